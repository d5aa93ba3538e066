"""Decisions that cannot be applied: what is said, which exit code, and that nothing changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from redactor.audit import read
from redactor.errors import ExitCode
from redactor.keys import Key

LETTER = "Dear Mr Teodor Vance,\nwrite to teodor.vance@example.org. Seen: ochreplume.\n"
PRIVATE = ("Teodor", "Vance", "teodor.vance", "ochreplume", "quillfeather")


@dataclass
class Redacted:
    """A finished run, and rows that decide about it."""

    source: Path
    out: Path

    @property
    def audit(self) -> Path:
        return self.out.with_name("out.audit")

    @property
    def records(self) -> list[dict[str, Any]]:
        return list(read(self.audit, Key.load(self.audit / "key")))

    def row(self, entity: str, decision: str, **more: Any) -> dict[str, Any]:
        one = next(r for r in self.records if r.get("entity") == entity)
        check = f"{one['place']}.{one['fingerprint']}"
        return {"id": one["id"], "check": check, "decision": decision, "reviewer": "RO"} | more

    def file(self, name: str, *rows: dict[str, Any], **more: Any) -> Path:
        start = self.records[0]
        content = {"drawn": f"1:{start['run']}:{start['key_id']}:", "rows": list(rows)} | more
        path = self.out.with_name(name)
        path.write_text(yaml.safe_dump(content), "utf-8")
        return path


@pytest.fixture(scope="module")
def redacted(cli, tmp_path_factory) -> Redacted:
    base = tmp_path_factory.mktemp("decided")
    (base / "src").mkdir()
    (base / "src/letter.txt").write_text(LETTER, "utf-8")
    made = Redacted(base / "src", base / "out")
    assert cli("redact", made.source, "--out", made.out, "--workers", "1").code == 0
    return made


MAIL = "EMAIL_ADDRESS"
ADD = {"decision": "add", "file": "letter.txt", "text": "ochreplume", "reviewer": "RO"}


def text_file(redacted: Redacted, name: str, text: str) -> list[Path]:
    path = redacted.out.with_name(name)
    path.write_text(text, "utf-8")
    return [path]


# what is wrong: the files, and words of the message
BAD: dict[str, tuple[Any, tuple[str, ...]]] = {
    "an unknown record": (
        lambda r: [r.file("d", r.row(MAIL, "confirm", id="ab" * 12 + ":1"))],
        ("d, line 3", "no such document"),
    ),
    "a number that no record has": (
        lambda r: [
            r.file("d", r.row(MAIL, "confirm", id=r.row(MAIL, "")["id"].split(":")[0] + ":99"))
        ],
        ("d, line 3", "no such record"),
    ),
    "a record with the code of another": (
        lambda r: [
            r.file("d", r.row(MAIL, "confirm", check=r.row("PERSON", "")["check"])),
        ],
        ("d, line 3", "not as the log has them"),
    ),
    "two decisions on one record": (
        lambda r: [r.file("d", r.row(MAIL, "confirm"), r.row(MAIL, "restore"))],
        ("d, line 7", "in another way in", "d, line 3"),
    ),
    "two files that contradict each other": (
        lambda r: [r.file("d", r.row(MAIL, "confirm")), r.file("e", r.row(MAIL, "restore"))],
        ("e, line 3", "in another way in", "d, line 3"),
    ),
    "one text as two types": (
        lambda r: [r.file("d", ADD | {"type": "PERSON"}, ADD | {"type": "HANDLE"})],
        ("d, line", "that text is decided upon in another way"),
    ),
    "an unknown type": (
        lambda r: [r.file("d", ADD | {"type": "HANDEL"})],
        ("d, line 3", "no such type"),
    ),
    "a type in small letters": (
        lambda r: [r.file("d", ADD | {"type": "vance"})],
        ("d, line 7", "rows.0.type", "an entity in capitals"),
    ),
    "an unknown decision": (
        lambda r: [r.file("d", r.row(MAIL, "quillfeather"))],
        ("d, line 4", "rows.0.decision", "none of confirm, restore, change, add"),
    ),
    "an unknown column": (
        lambda r: [r.file("d", r.row(MAIL, "confirm", quillfeather="x"))],
        ("d, line 6", "rows.0.?", "Extra inputs"),
    ),
    "no reviewer": (
        lambda r: [r.file("d", r.row(MAIL, "confirm", reviewer=""))],
        ("d, line 3", "names no reviewer"),
    ),
    "a note without a decision": (
        lambda r: [r.file("d", r.row(MAIL, "", note="quillfeather"))],
        ("d, line 3", "has no decision"),
    ),
    "a decision without a place": (
        lambda r: [r.file("d", {"decision": "restore", "reviewer": "RO"})],
        ("d, line 3", "needs the id"),
    ),
    "a change of nothing": (
        lambda r: [r.file("d", r.row(MAIL, "change"))],
        ("d, line 3", "neither code nor type"),
    ),
    "a code that has no effect": (
        lambda r: [r.file("d", r.row(MAIL, "confirm", code="(b)(6)"))],
        ("d, line 3", "only `change` takes"),
    ),
    "a text in no file": (
        lambda r: [r.file("d", {k: v for k, v in ADD.items() if k != "file"})],
        ("d, line 3", "without the file"),
    ),
    "a text in a file that is not there": (
        lambda r: [r.file("d", ADD | {"file": "quillfeather.txt"})],
        ("d, line 3", "no such document"),
    ),
    "a text that is not there": (
        lambda r: [r.file("d", ADD | {"text": "quillfeather"})],
        ("d, line 3", "does not stand in the document"),
    ),
    "a text of one letter": (
        lambda r: [r.file("d", ADD | {"text": "q"})],
        ("d, line 3", "one character"),
    ),
    "a note with a removed name": (
        lambda r: [r.file("d", r.row(MAIL, "confirm", note="this is Teodor"))],
        ("d, line 3", "holds what was removed"),
    ),
    "a note with an added text": (
        lambda r: [r.file("d", ADD | {"note": "it is Ochreplume"})],
        ("d, line 3", "holds what was removed"),
    ),
    "drawn from nowhere": (
        lambda r: [r.file("d", r.row(MAIL, "confirm"), drawn="quillfeather")],
        ("`drawn`", "not as it was written"),
    ),
    "drawn from another log": (
        lambda r: [
            r.file("d", r.row(MAIL, "confirm"), drawn=f"1:{'ab' * 16}:{r.records[0]['key_id']}:")
        ],
        ("stale", "another log"),
    ),
    "drawn under another key": (
        lambda r: [r.file("d", r.row(MAIL, "confirm"), drawn=f"1:{'ab' * 16}:{'cd' * 8}:")],
        ("stale", "another key"),
    ),
    "after decisions that are not given": (
        lambda r: [
            r.file(
                "d",
                r.row(MAIL, "confirm"),
                drawn=f"2:{r.records[0]['run']}:{r.records[0]['key_id']}:{'ab' * 8}",
            )
        ],
        ("decisions that are not given",),
    ),
    "nothing decided": (lambda r: [r.file("d", r.row(MAIL, ""))], ("no row has a decision",)),
    "broken YAML": (
        lambda r: text_file(r, "d.yaml", "drawn: 1\nrows: [quillfeather\n"),
        ("d.yaml", "is not YAML", "line 3"),
    ),
    "a list": (lambda r: text_file(r, "d.yaml", "- quillfeather\n"), ("d.yaml", "line 1")),
    "a number for a name": (
        lambda r: [r.file("d", r.row(MAIL, "confirm", reviewer=1.5))],
        ("d, line 6", "rows.0.reviewer", "in quotes"),
    ),
    "a broken CSV": (
        lambda r: text_file(r, "d.csv", 'id,decision\n"quillfeather\n'),
        ("d.csv", "is not CSV", "line 2"),
    ),
    "a CSV with an unknown column": (
        lambda r: text_file(r, "d.csv", "id,decision,quillfeather\n"),
        ("d.csv", "line 1: column 3"),
    ),
    "a CSV with a bad cell": (
        lambda r: text_file(r, "d.csv", "id,decision\n,confirm\nvance,restore\n"),
        ("d.csv", "line 3", "no id of a record"),
    ),
    "no file": (lambda r: [r.out.with_name("nowhere.yaml")], ("nowhere.yaml", "cannot be read")),
}


@pytest.mark.parametrize("wrong", BAD)
def test_bad_decisions_change_nothing_and_are_told_with_file_and_line(cli, redacted, files, wrong):
    made, words = BAD[wrong]
    options = [part for path in made(redacted) for part in ("--decisions", path)]
    before = files(redacted.out), files(redacted.audit)
    run = cli("redact", redacted.source, "--out", redacted.out, "--workers", "1", *options)
    assert (run.code, run.out) == (int(ExitCode.CONFIG), ""), run.err
    assert len(run.error_lines) == 1
    assert not [word for word in words if word not in run.err], run.err
    assert not [word for word in PRIVATE if word in run.err], run.err
    assert (files(redacted.out), files(redacted.audit)) == before


def test_without_the_key_a_new_folder_takes_no_decisions(cli, redacted, tmp_path):
    decided = redacted.file("d", redacted.row(MAIL, "confirm"))
    run = cli("redact", redacted.source, "--out", tmp_path / "new", "--decisions", decided)
    assert (run.code, run.out) == (int(ExitCode.USAGE), "")
    assert "--key-file" in run.err
    assert list(tmp_path.iterdir()) == []


def test_standard_input_takes_no_decisions(cli, redacted):
    run = cli("redact", "-", "--decisions", redacted.file("d", ADD), stdin=b"ochreplume")
    assert (run.code, run.out) == (int(ExitCode.USAGE), "")


def test_a_damaged_log_takes_no_decisions(cli, redacted, tmp_path, files):
    for name in ("src", "out", "out.audit"):
        copied(redacted.out.with_name(name), tmp_path / name)
    log = tmp_path / "out.audit" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"PERSON"', b'"PERSOM"', 1))
    before = files(tmp_path)
    decided = redacted.file("d", redacted.row(MAIL, "confirm"))
    run = cli("redact", tmp_path / "src", "--out", tmp_path / "out", "--decisions", decided)
    assert (run.code, run.out) == (int(ExitCode.OUTPUT), "")
    assert "edited" in run.err
    assert files(tmp_path) == before


def copied(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    for path in source.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
