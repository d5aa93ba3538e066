"""A dry run says what a run would do, and writes nothing: not a byte, not a time of change.

The attack: who only asks what would happen has a key made, a lock left, a draft beside OUT, or what
a killed run left cleared away; or is told that all can be read, and the run then ends with 4.
"""

from __future__ import annotations

import zipfile
from datetime import date
from itertools import count, islice
from pathlib import Path
from unittest.mock import patch

import pytest
from command_line import SerialTeam

from redactor.api import prepare_policy
from redactor.audit.run_lock import RunInProgress, holder, run_lock
from redactor.dry_run import dry_run
from redactor.errors import ExitCode, LeakError
from redactor.requests import BatchRequest

SECRET = "ilse3@example.org"


class StoppedTeam(SerialTeam):
    """A team that Ctrl-C reaches after two documents."""

    def run(self, jobs):
        yield from islice(super().run(jobs), 2)
        raise KeyboardInterrupt


@pytest.fixture
def src(tmp_path) -> Path:
    folder = tmp_path / "src"
    (folder / "sub").mkdir(parents=True)
    for number in range(4):
        (folder / f"sub/{number}.txt").write_text(f"Write to ilse{number}@example.org.\n")
    (folder / "table.csv").write_text("name,mail\nIlse,ilse9@example.org\n")
    (folder / "left.bak").write_text("Nothing here.\n")
    (folder / ".redactorignore").write_text("*.bak\n")
    return folder


@pytest.fixture
def redact(cli, small, src, tmp_path):
    def run(*more: str | Path, policy: Path = small):
        return cli("redact", src, "--out", tmp_path / "out", "--policy", policy, *more)

    return run


@pytest.fixture
def dry(redact, tmp_path):
    """Return a function that tries a run, and sees to it that nothing was touched."""

    def run(*more: str | Path, **named):
        before = state(tmp_path)
        done = redact("--dry-run", *more, **named)
        assert state(tmp_path) == before
        assert SECRET not in done.out + done.err
        return done

    return run


def state(folder: Path) -> dict[str, object]:
    """Return all that is below a folder: times and modes, and what is in files."""
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_mode, content(path))
        for path in (folder, *sorted(folder.rglob("*")))
    }


def content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def test_it_says_what_would_happen(dry):
    done = dry("--workers", "1")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    said = [line.split() for line in done.out.splitlines()]
    assert said[0] == "dry run: nothing is written".split()
    assert said[1][:4] == "5 documents to redact".split()
    assert said[1][-4:] == "1 excluded by .redactorignore".split()
    assert [row[:2] for row in said[2:5]] == [["format", "documents"], ["csv", "1"], ["text", "4"]]
    assert " ".join(said[5]).startswith("time: about ")
    assert " ".join(said[5]).endswith("with 1 worker, an estimate")
    assert " ".join(said[6]).startswith("from 5 documents of 1")


def _damaged(src: Path) -> None:
    (src / "broken.zip").write_bytes(b"PK\x03\x04 no archive")


def _unknown(src: Path) -> None:
    (src / "tool.exe").write_bytes(b"MZ\x90\0\3\0\0\0")


def _link(src: Path) -> None:
    (src / "away.txt").symlink_to("/etc/hostname")


def _part(src: Path) -> None:
    with zipfile.ZipFile(src / "all.zip", "w") as archive:
        archive.writestr("tool.exe", b"MZ\x90\0\3\0\0\0")


@pytest.mark.parametrize("make", [_damaged, _unknown, _link, _part])
def test_what_a_run_could_not_examine_is_named_as_it_would_be(dry, redact, src, make):
    make(src)
    tried, done = dry(), redact()
    assert tried.code == done.code == ExitCode.INPUT
    failures = [line for line in done.error_lines if line.startswith("not examined")]
    assert [line.split(": ")[:2] for line in tried.error_lines] == [
        line.split(": ")[:2] for line in failures
    ]
    assert "5 documents to redact" in tried.out or "6 documents to redact" in tried.out


def test_a_part_that_is_left_out_is_named(dry, src, small):
    _part(src)
    small.write_text(small.read_text() + "parts: omit\n")
    done = dry()
    assert (done.code, "zip" in done.out) == (ExitCode.INPUT, True)
    assert "not examined: all.zip: member 1" in done.err


def test_quiet_names_what_fails_alone(dry, src):
    _damaged(src)
    done = dry("--quiet")
    assert (done.code, done.out, len(done.error_lines)) == (ExitCode.INPUT, "", 1)


def test_events_name_nothing(dry):
    done = dry("--progress", "json")
    assert done.err.count('"outcome": "read"') == 5
    assert "sub/" not in done.err


@pytest.fixture
def stopped(redact):
    with patch("redactor.batch.Team", StoppedTeam):
        assert redact().code == ExitCode.INTERRUPTED


@pytest.mark.usefixtures("stopped")
def test_it_says_what_resume_would_do(dry):
    refused = dry()
    assert (refused.code, "--resume would redact 3 not done yet" in refused.err) == (5, True)
    done = dry("--resume")
    assert (done.code, "to do: redact 3 not done yet, keep 3 as they are" in done.out) == (0, True)


@pytest.mark.usefixtures("stopped")
def test_another_policy_is_refused_as_it_would_be(dry, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text("name: other\nabout: For tests.\nremove:\n  URL:\n")
    assert dry("--resume", policy=other).code == ExitCode.CONFIG


def test_it_says_what_update_would_do(dry, redact, src):
    assert redact().code == ExitCode.DONE
    assert "nothing to do" in dry("--resume").out
    (src / "sub/0.txt").write_text("Write to otto@example.org.\n")
    (src / "sub/1.txt").unlink()
    (src / "new.txt").write_text("Nothing here.\n")
    done = dry("--update")
    assert "redact 1 changed, 1 new, withdraw 1 whose source is gone, keep 4" in done.out
    assert "1 copies to delete, whose source is gone" in done.out
    assert "2 documents to redact" in done.out


def test_what_failed_before_counts_where_it_would(dry, redact, src):
    _damaged(src)
    assert redact().code == ExitCode.INPUT
    assert dry("--resume").code == redact("--resume").code == ExitCode.INPUT
    assert dry("--update").code == ExitCode.INPUT


def test_remains_of_a_killed_run_stay(dry, tmp_path):
    audit = tmp_path / "out.audit"
    audit.mkdir(mode=0o700)
    (audit / "audit.jsonl").write_bytes(b"")
    assert dry("--resume").code == ExitCode.DONE
    refused = dry()
    assert (refused.code, "--resume" in refused.err) == (ExitCode.OUTPUT, True)


def test_a_run_in_progress_is_left_alone(redact, dry, tmp_path):
    assert redact().code == ExitCode.DONE
    audit = tmp_path / "out.audit"
    assert holder(audit) is None
    with run_lock(audit):
        assert holder(audit).startswith("process ")
        done = dry("--update")
        with pytest.raises(RunInProgress), run_lock(audit):
            pass
    assert (done.code, "another run (process" in done.err) == (ExitCode.OUTPUT, True)


def test_standard_input_is_no_dry_run(cli):
    assert cli("redact", "-", "--dry-run", stdin=b"x").code == ExitCode.USAGE


@pytest.fixture
def request_of(src, tmp_path, small):
    return BatchRequest((src,), tmp_path / "out", prepare_policy(small, as_of=date(2031, 5, 4)))


@pytest.mark.parametrize(("seconds", "documents"), [(100, 1), (2, 3), (0, 5)])
def test_the_sample_is_as_long_as_some_seconds(request_of, seconds, documents):
    clock = count(0, seconds)
    made = dry_run(request_of, clock=lambda: next(clock))
    assert made.estimate.documents == documents


def test_the_estimate_is_that_of_all_documents(request_of, src):
    for number in range(4, 400):
        (src / f"sub/{number}.txt").write_text("x" * 36)
    clock = count(0, 1)
    estimate = dry_run(request_of, clock=lambda: next(clock)).estimate
    assert estimate.documents == 5
    cost = estimate.measured / 5 * 401 / estimate.workers
    assert estimate.seconds == pytest.approx(cost, rel=0.1)


def test_a_long_document_is_in_the_sample_only_if_there_is_no_other(request_of, src):
    for path in [*src.rglob("*.txt"), *src.rglob("*.csv")]:
        path.unlink()
    (src / "long.txt").write_text("x y z\n" * 9)
    with patch("redactor.dry_run._LONGEST", 20):
        assert dry_run(request_of).estimate.characters == 54
        (src / "short.txt").write_text("x y\n")
        assert dry_run(request_of).estimate.characters == 4


def test_what_shows_in_the_sample_alone_counts(request_of):
    with patch("redactor.dry_run.write", side_effect=LeakError("still readable")):
        made = dry_run(request_of)
    assert (made.exit_code, len(made.failed)) == (ExitCode.LEAK, 5)
