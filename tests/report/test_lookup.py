"""`redactor audit lookup`: which writings are one value, and what is said and never said."""

from __future__ import annotations

import json
import os
import pty
import shutil
from pathlib import Path

import pytest
from command_line import SECONDS
from hypothesis import given
from hypothesis import strategies as st

from redactor import Key, redact_folder
from redactor.audit import AuditLog, RunEnd, RunStart
from redactor.detect.coreference.search_terms import value_of
from redactor.errors import ExitCode, UsageError
from redactor.report.evidence import gather
from redactor.report.lookup import Match, places_of

LETTER = """Dear Mr Teodor Vance,

write to teodor.vance@example.org or call 020 7946 0018 (from abroad +44 20 7946 0018).
SSN 219-09-9981, again: 219 09 9981. Card 4539 1488 0343 6467. Vance was there.
From 203.0.113.177 came an answer.
"""
LABELLED = "name: m\nabout: a\naction: label\nremove:\n  PERSON:\n  PHONE_NUMBER:\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    base = tmp_path_factory.mktemp("lookup")
    (base / "src").mkdir()
    (base / "src/letter.txt").write_text(LETTER, "utf-8")
    (base / "src/other.txt").write_text("Ring 020 7946 0018 now.\n", "utf-8")
    (base / "labelled.yaml").write_text(LABELLED)
    assert redact_folder(base / "src", base / "out", workers=1).exit_code is ExitCode.DONE
    labelled = redact_folder(
        base / "src", base / "label", workers=1, policy=base / "labelled.yaml", deny=["Nightjar"]
    )
    assert labelled.exit_code is ExitCode.DONE
    return base


@pytest.fixture(scope="module")
def ask(base):
    """Return a function from a value to its places, in one of the two logs."""
    logs = {
        name: (gather(base / name).summary, Key.load(base / f"{name}.audit/key"))
        for name in ("out", "label")
    }

    def places(value, log="out"):
        summary, key = logs[log]
        return places_of(value, summary, key)

    return places


# how a value is typed: what it is, and how many places it was removed from
WRITINGS = {
    "a name as it stands": ("Teodor Vance", "PERSON", 2),
    "a name in capitals": ("TEODOR VANCE", "PERSON", 2),
    "surname first": ("Vance, Teodor", "PERSON", 2),
    "with a title": ("Dr Teodor Vance", "PERSON", 2),
    "with an accent": ("Téodor Vance", "PERSON", 2),
    "full-width letters": ("Ｔｅｏｄｏｒ Ｖａｎｃｅ", "PERSON", 2),
    "an address": ("Teodor.Vance@EXAMPLE.org", "EMAIL_ADDRESS", 1),
    "an address said": ("teodor.vance at example dot org", "EMAIL_ADDRESS", 1),
    "a national number": ("(020) 79460018", "PHONE_NUMBER", 2),
    "an international number": ("+442079460018", "PHONE_NUMBER", 1),
    "an SSN in one": ("219099981", "US_SSN", 2),
    "an SSN with stops": ("219.09.9981", "US_SSN", 2),
    "a card": ("4539-1488-0343-6467", "CREDIT_CARD", 1),
    "an IP address": ("203.0.113.177", "IP_ADDRESS", 1),
    "with a zero-width space": ("teodor.va\u200bnce@example.org", "EMAIL_ADDRESS", 1),
}


@pytest.mark.parametrize("name", WRITINGS)
def test_what_counts_as_the_same(ask, name):
    value, entity, count = WRITINGS[name]
    places = ask(value)
    assert [place.redaction.entity for place in places] == [entity] * count


# what is near one of the values, and none of them
OTHERS = {
    "another name": "Teodora Vance",
    "a part of an address": "teodor.vance@example",
    "a number short of a digit": "020 7946 001",
    "a number with one more": "020 7946 00188",
    "a look-alike": "219-09-9918",
    "a placeholder": "[PERSON_7FQ2M9XA]",
    "what stays": "answer",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_does_not(ask, name):
    assert ask(OTHERS[name]) == []


def test_a_surname_is_found_where_it_stood_and_the_person_by_pseudonym(ask):
    [alone] = ask("Vance")
    assert alone.match is Match.VALUE
    assert [place.match for place in ask("Teodor Vance")] == [Match.VALUE, Match.PSEUDONYM]


@pytest.mark.parametrize(
    ("value", "count"), [("Teodor Vance", 1), ("vance teodor", 1), ("Vance", 1), ("02079460018", 2)]
)
def test_without_pseudonyms_values_alone_tell(ask, value, count):
    """A label says nothing, so the surname is found only as such."""
    assert [place.match for place in ask(value, "label")] == [Match.VALUE] * count


@pytest.mark.parametrize("value", ["", "   ", "***", "\u200b"])
def test_a_value_of_signs_alone_is_refused(ask, value):
    with pytest.raises(UsageError):
        ask(value)


GAPS = st.sampled_from(["", " ", "-", ".", "\xa0", " / "])


@given(st.lists(GAPS, min_size=10, max_size=10))
def test_telephones_are_found_however_they_are_grouped(gaps):
    written = "".join(a + b for a, b in zip("02079460018", [*gaps, ""], strict=True))
    assert value_of("PHONE_NUMBER", written) == "02079460018"


# --- the command ------------------------------------------------------------------------------


def test_the_answer_names_files_and_places(cli, base):
    done = cli("audit", "lookup", "02079460018", "Nobody Atall", base / "out.audit")
    assert (done.code, done.err) == (ExitCode.ABSENT, "")
    first, head, *rows, last = done.out.splitlines()
    assert first == "value 1: 2 places in 2 files"
    assert head.split()[:3] == ["file", "id", "part"]
    assert [row.split()[0] for row in rows] == ["letter.txt", "other.txt"]
    assert last == "value 2: not removed"
    assert "0018" not in done.out
    assert "Nobody" not in done.out


def test_values_come_from_standard_input(cli, base):
    typed = b"Teodor Vance\r\n\n219-09-9981\n"
    done = cli("audit", "lookup", "-", "out.audit", "--json", stdin=typed, cwd=base)
    assert (done.code, done.err) == (ExitCode.DONE, "")
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [(one["value"], one["found"], len(one["places"])) for one in answers] == [
        (1, True, 2),
        (2, True, 2),
    ]
    place = answers[1]["places"][0]
    assert (place["file"], place["entity"], place["line"]) == ("letter.txt", "US_SSN", 4)
    assert place["rule"].startswith("rule:")


def test_a_value_is_asked_for_on_a_terminal_without_an_echo(process_cli, base):
    leader, follower = pty.openpty()
    process = process_cli.start(
        "audit", "lookup", base / "out.audit", stdin=follower, stderr=follower
    )
    os.close(follower)
    shown = b""
    while b"look up: " not in shown:
        shown += os.read(leader, 1000)
    os.write(leader, b"219-09-9981\n")
    out, _ = process.communicate(timeout=SECONDS)
    while True:
        try:
            shown += os.read(leader, 1000)
        except OSError:
            break
    assert (process.returncode, out.splitlines()[0]) == (0, b"value 1: 2 places in 1 file")
    assert b"219" not in shown
    os.close(leader)


# what is wrong: standard input, the arguments, the exit code, and words of the message
BAD = {
    "no value": (b"", ["out.audit"], ExitCode.USAGE, "no terminal"),
    "no value on stdin": (b"\n \n", ["-", "out.audit"], ExitCode.USAGE, "no value"),
    "not UTF-8": (b"\xff", ["-", "out.audit"], ExitCode.USAGE, "UTF-8"),
    "signs alone": (b"", ["***", "out.audit"], ExitCode.USAGE, "letters or digits"),
    "the log forgotten": (b"", ["Teodor Vance"], ExitCode.OUTPUT, "no audit log"),
    "another key": (b"", ["x", "out.audit", "--key-file", "o.key"], ExitCode.CONFIG, "another key"),
    "no key": (b"", ["x", "keyless.audit"], ExitCode.CONFIG, "--key-file"),
    "no such key": (b"", ["x", "out.audit", "--key-file", "none"], ExitCode.CONFIG, "none"),
    "a newer log": (b"", ["x", "newer.audit"], ExitCode.INPUT, "newer version"),
}


@pytest.fixture(scope="module")
def bad(base):
    (base / "o.key").write_text("ab" * 32)
    shutil.copytree(base / "out.audit", base / "keyless.audit")
    (base / "keyless.audit/key").unlink()
    shutil.copytree(base / "out.audit", base / "newer.audit")
    path = base / "newer.audit/audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"format":3', b'"format":4'))
    return base


@pytest.mark.parametrize("name", BAD)
def test_bad_input(cli, bad, name):
    stdin, arguments, code, word = BAD[name]
    before = {path: path.read_bytes() for path in bad.rglob("*.jsonl")}
    done = cli("audit", "lookup", *arguments, stdin=stdin, cwd=bad)
    assert (done.code, done.out) == (code, ""), done.err
    [line] = done.error_lines
    assert line.startswith("redactor: ")
    assert word in line
    assert "Teodor" not in line
    assert {path: path.read_bytes() for path in bad.rglob("*.jsonl")} == before


def test_a_damaged_log_is_not_believed(cli, base, tmp_path):
    shutil.copytree(base / "out.audit", tmp_path / "out.audit")
    path = tmp_path / "out.audit/audit.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    done = cli("audit", "lookup", "020 7946 0018", "out.audit", cwd=tmp_path)
    assert done.code == ExitCode.OUTPUT
    assert "NOT intact" in done.err


def test_a_log_without_redactions_has_nothing(tmp_path):
    key = Key(bytes(32))
    log = AuditLog.create(tmp_path / "x.audit", key)
    key.save(log.folder / "key")
    log.append(
        [
            RunStart("r", "t", "0", "p", "", "", "m", "0", "", (), key.id, 1, ()),
            RunEnd("r", "t", (), 0, 0),
        ]
    )
    assert places_of("Teodor Vance", gather(log.folder).summary, key) == []
