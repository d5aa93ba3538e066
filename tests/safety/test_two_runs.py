"""Two runs at once on one OUT: the second is refused before it looks at anything.

Both ended with 0, the log was broken, and one run's copies overwrote the other's.
"""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from command_line import wait_until

from redactor.audit.run_lock import RUN_LOCK, ForeignFolder, RunInProgress, run_lock
from redactor.errors import ExitCode, OutputError

ALONE = ("--workers", "1")


def run(cli, source, out, small, *more):
    return cli("redact", source, "--out", out, "--policy", small, *ALONE, *more)


def test_the_second_run_is_refused_and_told_who_is_at_work(  # noqa: PLR0917
    cli, source, small, tmp_path, key_file, meanwhile, files
):
    """It starts while the first one examines a document, with the same key."""
    out, second, seen = tmp_path / "out", [], []

    def strike():
        seen.append(files(tmp_path))
        second.append(run(cli, source, out, small, "--key-file", key_file))
        seen.append(files(tmp_path))

    meanwhile(strike)
    first = run(cli, source, out, small, "--key-file", key_file)
    assert first.code == ExitCode.DONE, first.err
    [refused] = second
    assert (refused.code, refused.out) == (ExitCode.OUTPUT, "")
    assert re.search(
        rf"another run \(process {os.getpid()}, since \d{{4}}-\d\d-\d\dT[\d:+]+\) writes to ",
        refused.err,
    )
    assert seen[0] == seen[1]
    assert cli("verify", out, "--key-file", key_file).code == ExitCode.DONE
    assert not (tmp_path / "out.audit" / RUN_LOCK).exists()


@pytest.mark.parametrize("wrong", ["policy", "source", "key"])
def test_it_is_refused_before_anything_else_is_looked_at(  # noqa: PLR0917
    cli, source, small, tmp_path, meanwhile, wrong
):
    out, second = tmp_path / "out", []
    given = {"policy": small, "source": source, "key": small} | {wrong: tmp_path / "none"}
    more = ("--key-file", given["key"]) if wrong == "key" else ()
    meanwhile(lambda: second.append(run(cli, given["source"], out, small, *more)))
    assert run(cli, source, out, small).code == ExitCode.DONE
    assert "another run" in second[0].err


def test_a_run_with_decisions_is_refused_while_another_is_at_work(  # noqa: PLR0917
    cli, source, small, tmp_path, meanwhile, files
):
    out, second = tmp_path / "out", []
    assert run(cli, source, out, small).code == ExitCode.DONE
    assert cli("review", tmp_path / "out.audit", "--all").code == ExitCode.DONE
    decisions = tmp_path / "out.audit/decisions-1.yaml"
    rows = decisions.read_text()
    rows = re.sub(r"decision:.*", "decision: confirm", rows)
    decisions.write_text(re.sub(r"reviewer:.*", "reviewer: A. Reader", rows))
    again = ("--decisions", decisions)
    meanwhile(lambda: second.append(run(cli, source, out, small, *again)))
    first = run(cli, source, out, small, *again)
    assert first.code == ExitCode.DONE, first.err
    assert (second[0].code, "another run" in second[0].err) == (ExitCode.OUTPUT, True)
    assert cli("verify", out).code == ExitCode.DONE


@pytest.mark.process
def test_a_killed_run_leaves_no_lock(process_cli, cli, source, small, tmp_path):
    out = tmp_path / "out"
    process = process_cli.start("redact", source, "--out", out, "--policy", small, *ALONE)
    held = tmp_path / "out.audit" / RUN_LOCK
    wait_until(lambda: held.exists() and held.read_bytes().endswith(b"\n"))
    os.killpg(process.pid, signal.SIGSTOP)
    refused = run(cli, source, out, small)
    assert f"process {process.pid}," in refused.err
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert held.exists()
    done = run(cli, source, out, small)
    assert (done.code, done.err) == (ExitCode.DONE, "")


def test_what_stands_in_the_lock_file_is_never_shown(tmp_path):
    """Somebody may have written to it: only a number and a time are."""
    with run_lock(tmp_path / "out.audit"):
        (tmp_path / "out.audit" / RUN_LOCK).write_text("process 7 since \x1b[31mnever\n")
        with pytest.raises(RunInProgress) as refused, run_lock(tmp_path / "out.audit"):
            pass
    assert str(refused.value) == f"another run writes to {tmp_path / 'out.audit'}"


def test_a_lock_leaves_nothing(tmp_path):
    with run_lock(tmp_path / "a/b/out.audit"):
        pass
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    with run_lock(tmp_path / "mine"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path):
    audit, precious = tmp_path / "out.audit", tmp_path / "precious"
    audit.mkdir()
    precious.write_text("precious")
    (audit / RUN_LOCK).symlink_to(precious)
    with pytest.raises(OutputError), run_lock(audit):
        pass
    assert precious.read_text() == "precious"


def test_an_audit_folder_of_somebody_else_is_refused(cli, source, small, tmp_path, monkeypatch):
    """Its owner could take the key, and put another log in its place."""
    audit = tmp_path / "out.audit"
    audit.mkdir(mode=0o700)
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)
    with pytest.raises(ForeignFolder), run_lock(audit):
        pass
    done = run(cli, source, tmp_path / "out", small)
    assert done.code == ExitCode.OUTPUT
    assert "belongs to another user" in done.err
    assert [path.name for path in audit.iterdir()] == []


def test_a_disk_without_locks_is_told(tmp_path, monkeypatch):
    import errno
    import fcntl

    def fail(*given):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises(OutputError, match="without file locks"), run_lock(Path(tmp_path, "a")):
        pass
    assert list(tmp_path.iterdir()) == []
