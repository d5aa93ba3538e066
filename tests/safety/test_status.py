"""What people (`status`) and programs (`manifest.json`) are told of a run is what the log says.

The attack: a manifest is changed, or left from an earlier run, and a program that reads nothing
else publishes copies of a run that failed; or a run goes on from it.
"""

from __future__ import annotations

import json
import shutil
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import pytest
from command_line import SerialTeam

from redactor.audit import AuditLog, RevealRecord
from redactor.audit.manifest import MANIFEST
from redactor.audit.run_lock import run_lock
from redactor.errors import ExitCode, OutputError
from redactor.keys import Key

SMALL = "name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n"


class StoppedTeam(SerialTeam):
    """A team that Ctrl-C reaches after two documents."""

    def run(self, jobs):
        yield from islice(super().run(jobs), 2)
        raise KeyboardInterrupt


@pytest.fixture(scope="module")
def ended(cli, tmp_path_factory) -> Path:
    """A folder with sources, a policy, and an OUT whose run ended."""
    base = tmp_path_factory.mktemp("ended")
    (base / "src").mkdir()
    (base / "small.yaml").write_text(SMALL)
    for name in ("a.txt", "b.txt", "Ilse Quandt.txt"):
        (base / "src" / name).write_text(f"Write to ilse.{name[0]}@example.org.\n")
    (base / "src/broken.zip").write_bytes(b"PK\x03\x04 no archive")
    (base / "src/left.bak").write_text("Nothing here.\n")
    (base / "src/.redactorignore").write_text("*.bak\n")
    assert run(cli, base).code == ExitCode.INPUT
    return base


def run(cli, base: Path, *more: str):
    given = ("--policy", base / "small.yaml", *more)
    return cli("redact", base / "src", "--out", base / "out", *given)


@pytest.fixture
def base(ended, tmp_path) -> Path:
    return Path(shutil.copytree(ended, tmp_path / "base"))


@pytest.fixture
def stopped(base, cli) -> Path:
    """The same, with a run that was broken off."""
    shutil.rmtree(base / "out")
    shutil.rmtree(base / "out.audit")
    with patch("redactor.batch.Team", StoppedTeam):
        assert run(cli, base).code == ExitCode.INTERRUPTED
    return base


def manifest(base: Path) -> dict:
    return json.loads((base / "out.audit" / MANIFEST).read_text())


def status(cli, base: Path) -> dict:
    return json.loads(cli("status", base / "out.audit", "--json").out)


# --- status -------------------------------------------------------------------------------------


def test_a_run_that_finished(cli, base):
    done = cli("status", base / "out")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    said = done.out.splitlines()
    assert said[0].endswith("out.audit: finished with exit code 4: 5 of 5 documents are recorded")
    assert said[1].endswith(", policy small")
    assert said[3:] == [
        "documents: 3 redacted, 1 excluded, 1 failed",
        "not examined: 1 DamagedDocument",
        "redactions: 3 EMAIL_ADDRESS",
    ]
    found = status(cli, base)
    assert found.items() >= {"schema": 1, "state": "finished", "exit_code": 4, "planned": 5}.items()
    assert found["documents"] == {"excluded": 1, "failed": 1, "redacted": 3}


def test_a_run_that_was_broken_off(cli, stopped):
    done = cli("status", stopped / "out.audit")
    assert done.code == ExitCode.OUTPUT
    assert "broken off: 3 of 5 documents are recorded" in done.out
    assert "with --resume keeps what is recorded, and does the other 2" in done.out
    found = status(cli, stopped)
    assert (found["state"], found["recorded"], "exit_code" in found) == ("broken off", 3, False)
    assert run(cli, stopped, "--resume").code == ExitCode.INPUT
    found = status(cli, stopped)
    assert (found["state"], found["recorded"], len(found["resumed"])) == ("finished", 5, 1)


def test_a_run_that_is_at_work(cli, stopped):
    with run_lock(stopped / "out.audit"):
        done = cli("status", stopped / "out.audit")
        found = status(cli, stopped)
    assert done.code == ExitCode.OUTPUT
    assert "running (process " in done.out
    assert "3 of 5 documents are recorded" in done.out
    assert "--resume" not in done.out
    assert (found["state"], found["recorded"], found["process"] > 0) == ("running", 3, True)
    assert found["since"].startswith("20")


def test_a_run_that_has_just_begun(cli, base, tmp_path):
    with run_lock(tmp_path / "new.audit"), run_lock(base / "out.audit"):
        new, again = (cli("status", one) for one in (tmp_path / "new.audit", base / "out.audit"))
    assert new.code == again.code == ExitCode.OUTPUT
    assert "nothing is recorded yet" in new.out
    assert "nothing is recorded yet" in again.out
    assert "finished" not in again.out


def test_no_run_and_a_damaged_log(cli, base, tmp_path):
    assert cli("status", tmp_path / "none.audit").code == ExitCode.OUTPUT
    log = base / "out.audit/audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"redacted"', b'"clean"   ', 1))
    done = cli("status", base / "out.audit")
    assert (done.code, "damaged" in done.out) == (ExitCode.OUTPUT, True)
    assert "edited at record" in done.err


# --- the manifest -------------------------------------------------------------------------------


def test_it_says_what_the_log_says_and_no_name(base, cli):
    path = base / "out.audit" / MANIFEST
    made = manifest(base)
    assert path.stat().st_mode & 0o777 == 0o600
    assert made["documents"] == {"excluded": 1, "failed": 1, "redacted": 3}
    assert (made["exit_code"], made["redactions"]) == (4, 3)
    assert (made["not_examined"], made["entities"]) == (
        {"DamagedDocument": 1},
        {"EMAIL_ADDRESS": 3},
    )
    head = cli("audit", "verify", base / "out.audit", "--print-head").out.strip()
    assert "{size}:{root}:{key}".format(**made["head"]) == head
    assert not [word for word in ("Ilse", "ilse", "broken", "example") if word in path.read_text()]


def test_it_is_that_of_the_whole_run_however_often_it_went_on(cli, stopped):
    assert not (stopped / "out.audit" / MANIFEST).exists()
    run(cli, stopped, "--resume")
    made = manifest(stopped)
    assert made["documents"] == {"excluded": 1, "failed": 1, "redacted": 3}
    assert (made["redactions"], len(made["resumed"])) == (3, 1)


def test_an_update_has_its_own_and_counts_what_stands(cli, base):
    (base / "src/a.txt").unlink()
    (base / "src/new.txt").write_text("Nothing here.\n")
    with patch("redactor.batch.Team", StoppedTeam):
        assert run(cli, base, "--update").code == ExitCode.INTERRUPTED
    assert not (base / "out.audit" / MANIFEST).exists(), "there is none of a run that goes on"
    run(cli, base, "--resume")
    made = manifest(base)
    assert (made["update"], made["documents"]) == (True, {"clean": 1, "failed": 1, "withdrawn": 1})
    assert made["standing"] == {
        "clean": 1,
        "excluded": 1,
        "failed": 1,
        "redacted": 2,
        "withdrawn": 1,
    }


def test_what_is_recorded_later_changes_nothing(cli, base):
    key = Key.load(base / "out.audit/key")
    record = RevealRecord("a:1", "a", "0" * 64, "2031-05-04T10:00:00+00:00", "me", "age1", "why")
    AuditLog(base / "out.audit", key).append([record])
    assert cli("verify", base / "out").code == ExitCode.DONE
    assert cli("status", base / "out").code == ExitCode.DONE


def _changed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"exit_code": 4', b'"exit_code": 0'))


def _of_another_run(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"run": "', b'"run": "0', 1))


def _linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere.json"))
    path.symlink_to("elsewhere.json")


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = {
    "changed": _changed,
    "of another run": _of_another_run,
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:99]),
    "empty": lambda path: path.write_bytes(b""),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b" " * (1 << 21)),
    "a link": _linked,
    "a folder": _a_folder,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_one_that_is_not_what_the_log_says_is_noticed(cli, base, name):
    DAMAGES[name](base / "out.audit" / MANIFEST)
    for command in (("verify",), ("audit", "verify"), ("status",)):
        done = cli(*command, base / "out")
        assert (done.code, f"{MANIFEST} is not what the log says" in done.err) == (5, True), command


def test_nothing_relies_on_it(cli, base, files):
    before = files(base / "out")
    _changed(base / "out.audit" / MANIFEST)
    assert run(cli, base, "--resume").code == ExitCode.INPUT
    assert run(cli, base, "--update").code == ExitCode.INPUT
    assert files(base / "out") == before
    assert manifest(base)["exit_code"] == 4, "the update redid what failed, and summed up anew"


def test_a_run_that_was_killed_before_it_was_written_gets_it_later(cli, base):
    path = base / "out.audit" / MANIFEST
    before = path.read_bytes()
    path.unlink()
    assert cli("verify", base / "out").code == ExitCode.DONE
    run(cli, base, "--resume")
    assert path.read_bytes() == before


def test_one_that_cannot_be_written_is_said(cli, stopped):
    full = OutputError("cannot write manifest.json: No space left on device")
    with patch("redactor.audit.manifest.replace_private", side_effect=full):
        done = run(cli, stopped, "--resume")
    assert (done.code, "No space left" in done.err) == (ExitCode.OUTPUT, True)
    assert cli("verify", stopped / "out").code == ExitCode.DONE


def test_no_report_takes_its_name(cli, base):
    (base / "out.audit" / MANIFEST).unlink()
    given = ("--format", "csv", "--out", base / "out.audit" / MANIFEST)
    assert cli("audit", "export", base / "out.audit", *given).code == ExitCode.USAGE
