"""A thief with the log of a reviewed run: decisions tell him no more than the copies do.

As in `test_thief`: two collections that differ in the removed values alone have logs that say the
same, but for what is keyed; and no text of a decisions file is in them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from redactor import redact_folder

LETTER = "Dear Mr {name},\nwrite to {mail}. {name} signed. Seen near it: {nick}.\n"
ONE = {"name": "Zebediah Quixworthy", "mail": "zq.plover@example.org", "nick": "grey plover"}
OTHER = {"name": "Theodora Wrenfield", "mail": "tw.lapwng@example.org", "nick": "dark heron"}
KEYED = (
    "data",
    "document",
    "id",
    "fingerprint",
    "residue",
    "placeholder",
    "place",
    "supersedes",
    "decisions",
    "source_mac",
    "output_sha256",
    "output_bytes",
    "end",
    "run",
    "started",
    "finished",
    "key_id",
)


def records(base: Path) -> list[dict[str, object]]:
    lines = (base / "out.audit/audit.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def reviewed(base: Path, values: dict[str, str]) -> Path:
    (base / "src").mkdir(parents=True)
    (base / "src/letter.txt").write_text(LETTER.format(**values), "utf-8")
    redact_folder(base / "src", base / "out", workers=1)
    first = records(base)
    one = next(r for r in first if r.get("entity") == "EMAIL_ADDRESS")
    check = f"{one['place']}.{one['fingerprint']}"
    rows = [
        {"id": one["id"], "check": check, "decision": "change", "type": "HANDLE", "note": "seen"},
        {"decision": "add", "file": "letter.txt", "text": values["nick"], "type": "HANDLE"},
    ]
    content = {"drawn": f"1:{first[0]['run']}:{first[0]['key_id']}:", "reviewer": "RO"}
    (base / "d.yaml").write_text(yaml.safe_dump(content | {"rows": rows}), "utf-8")
    redact_folder(base / "src", base / "out", workers=1, decisions=[base / "d.yaml"])
    return base


@pytest.fixture(scope="module")
def hauls(tmp_path_factory) -> tuple[Path, Path]:
    base = tmp_path_factory.mktemp("reviews")
    return reviewed(base / "one", ONE), reviewed(base / "other", OTHER)


def told(base: Path) -> list[dict[str, object]]:
    return [{k: v for k, v in record.items() if k not in KEYED} for record in records(base)]


def test_two_reviewed_logs_that_differ_in_the_removed_values_tell_the_same(hauls):
    one, other = map(told, hauls)
    assert one == other
    assert {record.get("decision") for record in one} >= {"auto", "changed", "added"}


def test_no_text_of_a_decisions_file_is_in_the_log(hauls):
    for base, values in zip(hauls, (ONE, OTHER), strict=True):
        files = [path for path in (base / "out.audit").iterdir() if path.name != "key"]
        kept = b"\n".join(path.read_bytes() for path in files)
        copy = (base / "out/letter.txt").read_text("utf-8")
        for word in [part for value in values.values() for part in value.split()]:
            assert word.encode() not in kept
            assert word not in copy


def test_nothing_keyed_is_the_same_under_another_key(hauls):
    one, other = ({str(r[k]) for r in records(base) for k in KEYED[:8] if k in r} for base in hauls)
    assert not {v.partition(":")[0] for v in one} & {v.partition(":")[0] for v in other}
