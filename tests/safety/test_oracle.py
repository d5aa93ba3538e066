"""The log is no oracle: who lacks the key cannot try candidates against it.

The attack (of an insider with the log, the copies and the shipped model, but no key): put each of
many names into the gaps of a copy, redact the result with the same policy, and compare everything
in the two logs that is not keyed. Scores in tenths, the rules that agreed, the length band and the
scope left one of 704 names after five mentions. So did what was kept with a score just below its
threshold, and whether a placeholder was recorded at all. Exports carried the same.

What the copy itself tells is no leak: that the model finds a candidate at these places, and nothing
else, is seen without a log.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from redactor import Key
from redactor.audit import RedactionRecord, document_id, read, to_fields
from redactor.model import Action

LETTER = """Minutes of the meeting of 4 May 2031

Present were {name} and two guests. {name} opened the meeting.
The board thanked {name}, who had come by train; in the matter of the bridge,
{name} said no. The chair asked for a vote, and Hill Street stays closed.

Signed: {name}
Seen: Ilse Brandt
"""
FIRST = "Ruth Joan Grace April Dmitri Ximena Bo Wolfgang Mary Kwame".split()
LAST = "Hill Marchetti Li Featherstonehaugh".split()
NAMES = [f"{first} {last}" for first in FIRST for last in LAST]
FILES = {name: f"letter-{number:02}.txt" for number, name in enumerate(NAMES)}
TRUE = NAMES[5]
KEYED = {"document", "id", "fingerprint", "placeholder", "place", "source_mac", "data", "vault"}
KEYED |= {"output_sha256", "supersedes", "residue"}
PSEUDONYM = re.compile(r"(?<=PERSON_)[0-9A-Z]{8}")


@dataclass(frozen=True)
class Run:
    """A run over letters by name of the person in them, and the key of its log."""

    out: Path
    key: Path

    @property
    def audit(self) -> Path:
        return self.out.with_name(f"{self.out.name}.audit")

    def copy(self, name: str) -> str:
        return pattern((self.out / FILES[name]).read_text("utf-8"))

    def log(self, name: str) -> list[dict[str, object]]:
        """Return the records of a letter, without the key, and what is keyed by its pattern."""
        document = self.document(name)
        seen: dict[str, int] = {}
        return [
            {field: masked(field, value, seen) for field, value in record.items()}
            for record in read(self.audit)
            if record.get("document") == document
        ]

    def document(self, name: str) -> str:
        return document_id(Key.load(self.key), FILES[name])


def pattern(text: str) -> str:
    """Return a copy with its pseudonyms numbered: which are equal is public, and no more."""
    numbers: dict[str, int] = {}
    return PSEUDONYM.sub(lambda code: str(numbers.setdefault(code[0], len(numbers))), text)


def masked(field: str, value: object, seen: dict[str, int]) -> object:
    """Return what a thief can compare of a field: of a keyed one, its length, and what is equal."""
    if field not in KEYED:
        return value
    return len(str(value)), seen.setdefault(f"{field} {value}", len(seen))


@pytest.fixture(scope="module")
def run(cli, tmp_path_factory) -> Run:
    """All letters in one run: the true one and each candidate's, as the thief makes them.

    That it is one key makes no difference: what is keyed is compared by its pattern alone.
    """
    base = tmp_path_factory.mktemp("oracle")
    (base / "src").mkdir()
    (base / "kept.txt").write_text("Ilse Brandt\n", "utf-8")
    for name in NAMES:
        (base / "src" / FILES[name]).write_text(LETTER.format(name=name), "utf-8")
    done = cli("redact", base / "src", "--out", base / "out", "--allow-list", base / "kept.txt")
    assert done.code == 0, done.err
    return Run(base / "out", base / "out.audit/key")


def test_the_log_leaves_as_many_candidates_as_the_copy_alone(run):
    by_copy = {name for name in NAMES if run.copy(name) == run.copy(TRUE)}
    by_log = {name for name in by_copy if run.log(name) == run.log(TRUE)}
    assert len(by_copy) > 10
    assert by_log == by_copy


def test_with_the_key_the_details_tell_candidates_apart(run):
    """The attack tries the right thing: decrypted, the same comparison leaves few."""
    shown: dict[str, list[object]] = {name: [] for name in NAMES}
    names = {run.document(name): name for name in NAMES}
    for record in read(run.audit, Key.load(run.key)):
        if record["type"] == "redaction":
            fields = ("score", "because", "amount", "scope", "start", "source", "review")
            shown[names[str(record["document"])]].append([record.get(one) for one in fields])
    by_copy = {name for name in NAMES if run.copy(name) == run.copy(TRUE)}
    assert len({name for name in by_copy if shown[name] == shown[TRUE]}) < len(by_copy) / 3


def test_nothing_that_depends_on_a_value_is_in_the_clear(run):
    told = {field for record in read(run.audit) for field in record}
    assert not told & {"score", "because", "amount", "scope", "source", "review", "residue"}
    kept = [r for r in read(run.audit, Key.load(run.key)) if r.get("action") == "keep"]
    assert len(kept) >= len(NAMES)
    assert not [r for r in read(run.audit) if r.get("action") == "keep"]


def test_who_has_the_key_sees_all(cli, run):
    done = cli("audit", "show", run.audit, "--json", "--file", FILES[TRUE])
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert rows
    assert all({"score", "rule", "because", "amount", "scope"} <= set(row) for row in rows)
    assert cli("verify", run.out).code == 0


@pytest.fixture
def keyless(run, tmp_path) -> Path:
    """The log as it is handed to somebody without the key."""
    shutil.copytree(run.audit, tmp_path / "out.audit", ignore=shutil.ignore_patterns("key"))
    return tmp_path / "out.audit"


def test_without_the_key_it_is_said_that_details_need_it(cli, keyless):
    done = cli("audit", "show", keyless)
    assert (done.code, done.out.count("PERSON") > len(NAMES)) == (0, True)
    assert "encrypted under the log's key" in done.err
    for asked in (("--review",), ("--min-score", "0.5"), ("--rule", "model")):
        assert cli("audit", "show", keyless, *asked).code == 3
    assert cli("review", keyless).code == 3
    report = cli("audit", "report", keyless)
    assert report.code == 0
    assert "encrypted in the log" in (keyless / "report.html").read_text("utf-8")


EXPORTS = ("csv", "vaughn", "premis", "sarif")


@pytest.mark.parametrize("form", EXPORTS)
def test_no_export_has_what_the_log_encrypts(cli, run, form):
    told = cli("audit", "export", run.audit, "--format", form).out
    assert FILES[TRUE] in told  # the key is at hand: files go by their names
    assert not re.search(r"score|everywhere|mention\b|link:|model:|presidio:|rule:", told)
    assert not re.search(r"\b(?:1-4|5-9|10-19|20-49|50\+)", told)


def test_the_csv_has_the_same_row_for_every_candidate(cli, run):
    by_copy = {name for name in NAMES if run.copy(name) == run.copy(TRUE)}
    rows = csv.DictReader(io.StringIO(cli("audit", "export", run.audit, "--format", "csv").out))
    told: dict[str, list[object]] = {name: [] for name in by_copy}
    hidden, named = {"file", "document", "id", "placeholder"}, {FILES[one]: one for one in NAMES}
    for row in rows:
        if (name := named[row["file"]]) in by_copy:
            told[name].append({k: v for k, v in row.items() if k not in hidden})
    assert all(one == told[TRUE] for one in told.values())


@pytest.mark.parametrize("action", ["mask", "surrogate"])
def test_whether_a_replacement_is_the_value_itself_is_not_recorded(action):
    """A replacement of any form is not logged where it equals the value: so it never is."""
    one, other = (redaction(Action(action), shown) for shown in ("1931", None))
    assert to_fields(one) == to_fields(other)


def redaction(action, placeholder):
    return RedactionRecord(
        id="d1:1",
        document="d1",
        part="text",
        start=0,
        end=4,
        entity="DATE_OF_BIRTH",
        source="rule:birth/year",
        source_version="1.0",
        score=0.9,
        action=action,
        amount="1-4",
        fingerprint="ab" * 16,
        placeholder=placeholder,
    )
