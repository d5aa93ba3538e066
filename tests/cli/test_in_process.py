"""A command run in this process, or forked, ends as a process does, and leaves nothing behind.

Nearly every test of a command relies on this: here they are held against each other.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

import redactor.cli
from redactor.errors import ExitCode

LETTER = "Dear Mr Teodor Vance,\nwrite to teodor.vance@example.org.\nThe tide was low.\n"
REDACTED = ("redact", "src", "--out", "out", "--key-file", "collection.key", "--workers", "1")

# what is shown: the command, its standard input, and the exit code
COMMANDS: dict[str, tuple[tuple[str, ...], bytes, ExitCode]] = {
    "help": (("redact", "--help"), b"", ExitCode.DONE),
    "an option that is none": (("redact", "--nothing"), b"", ExitCode.USAGE),
    "a set of codes that is none": (("policy", "show", "codes:none"), b"", ExitCode.CONFIG),
    "a file that is not examined": (REDACTED, b"", ExitCode.INPUT),
    "an output that is there": (("redact", "src", "--out", "src2"), b"", ExitCode.OUTPUT),
    "a finding": (("scan", "-", "--fail-on-find"), LETTER.encode(), ExitCode.LEAK),
    "a value that is absent": (("audit", "lookup", "x", "log.audit"), b"", ExitCode.ABSENT),
}


@pytest.fixture(scope="module")
def place(cli, key_file, tmp_path_factory):
    base = tmp_path_factory.mktemp("place")
    for folder in ("src", "src2"):
        (base / folder).mkdir()
        (base / folder / "letter.txt").write_text(LETTER, "utf-8")
    shutil.copy(key_file, base / "collection.key")
    assert cli("redact", "src", "--out", "log", cwd=base).code == ExitCode.DONE
    (base / "src/odd.docx").write_text(LETTER, "utf-8")
    return base


@pytest.mark.parametrize("name", COMMANDS)
def test_all_ways_end_alike(cli, forked_cli, process_cli, place, tmp_path, name):  # noqa: PLR0917
    arguments, stdin, code = COMMANDS[name]
    ways = {"here": cli, "started": process_cli} | ({} if stdin else {"forked": forked_cli})
    ends = []
    for folder, run in ways.items():
        shutil.copytree(place, tmp_path / folder)
        given = {"stdin": stdin} if stdin else {}
        ended = run(*arguments, cwd=tmp_path / folder, **given)
        copies = {path.name: path.read_bytes() for path in (tmp_path / folder / "out").glob("*")}
        ends.append((ended.code, ended.out, ended.err, copies))
    assert ends == [ends[0]] * len(ways)
    assert ends[0][0] == code


def test_nothing_is_left_behind(cli, monkeypatch, tmp_path):
    """Of a command that changes whatever a process has of its own."""

    def careless() -> None:
        os.chdir(tmp_path)
        os.umask(0o077)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.environ.update(TERM="none", LOGNAME="nobody", ADDED="1")
        raise KeyError(*sys.argv[1:])

    monkeypatch.setattr(redactor.cli, "main", careless)
    monkeypatch.setenv("LOGNAME", "somebody")
    before = _state()
    ended = cli("a word", env={"GIVEN": "1", "LOGNAME": "reviewer7"})
    assert (ended.code, ended.out) == (1, "")
    assert ended.error_lines[0].startswith("Traceback")
    assert ended.error_lines[-1] == "KeyError: 'a word'"
    assert os.environ.pop("ADDED") == "1"  # as a library does that is imported once
    assert _state() == before


def _state() -> tuple[object, ...]:
    mask = os.umask(0o022)
    os.umask(mask)
    return Path.cwd(), mask, signal.getsignal(signal.SIGTERM), dict(os.environ)
