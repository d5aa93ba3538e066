"""A write that fails costs one document: the rest is done, all is named, the exit code is right.

The machine fails while a run goes on: the disk becomes read-only or full, something stands where a
copy belongs, a path is too long, a process dies. Failures of the system are put into this process;
processes are started where one is killed.
"""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest
from attacks import ADDRESS, failing
from command_line import wait_until, workers_of

from redactor.audit import read
from redactor.errors import ExitCode, OutputError, WorkerDied
from redactor.files import delete_copy

ALONE = ("--workers", "1")


def run(cli, source, out, small, *more, **how):
    return cli("redact", source, "--out", out, "--policy", small, *ALONE, *more, **how)


def copies(out):
    return {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}


def test_a_disk_that_becomes_read_only_costs_what_was_not_done(  # noqa: PLR0917
    cli, source, small, tmp_path, meanwhile, read_only
):
    """What ext4 does after an error of the disk. Each document and the log are named."""
    meanwhile(read_only)
    done = run(cli, source, tmp_path / "out", small)
    assert done.code == ExitCode.OUTPUT, done.err
    assert [line.split(": ")[1] for line in done.error_lines[:2]] == ["a.txt", "sub/b.txt"]
    assert "cannot write the log" in done.error_lines[-1]
    assert "Traceback" not in done.err
    assert "unexpected" not in done.err
    assert "2 not examined" in done.out


STANDING = {
    "a folder where a copy belongs": lambda out: (out / "a.txt").mkdir(),
    "a full folder where a copy belongs": lambda out: (out / "a.txt/x").mkdir(parents=True),
    "a link to nothing": lambda out: (out / "sub").symlink_to("nowhere"),
    "a file where a folder belongs": lambda out: (out / "sub").write_text("precious"),
    "a pipe where a folder belongs": lambda out: os.mkfifo(out / "sub"),
    "a folder that may not be written to": lambda out: (out / "sub").mkdir(mode=0o500),
}


@pytest.mark.usefixtures("no_overrides")
@pytest.mark.parametrize("name", STANDING)
def test_what_stands_in_the_way_of_one_copy_costs_that_one(  # noqa: PLR0917
    cli, source, small, tmp_path, meanwhile, name
):
    out = tmp_path / "out"
    meanwhile(lambda: STANDING[name](out))
    (source / "z.txt").write_text(f"Write to {ADDRESS}.\n")
    done = run(cli, source, out, small)
    lost = "a.txt" if "copy belongs" in name else "sub/b.txt"
    assert done.code == ExitCode.OUTPUT, done.err
    assert [line.split(": ")[1] for line in done.error_lines] == [lost], done.err
    assert copies(out) - {"sub"} == {"a.txt", "sub/b.txt", "z.txt"} - {lost}
    assert "1 not examined" in done.out
    ended = [one for one in read(tmp_path / "out.audit") if one["type"] == "run-end"]
    assert [one["exit_code"] for one in ended] == [ExitCode.OUTPUT]


@pytest.mark.parametrize("where", ["first", "last"])
def test_a_path_that_is_too_long_in_the_output_costs_that_document(
    cli, source, small, tmp_path, where
):
    """The output's own path is longer than the source's, so that a path no longer fits."""
    deep = source / ("0" if where == "first" else "z")
    while len(os.fsencode(deep)) < 3900:
        deep /= "d" * 60
    deep.mkdir(parents=True)
    (deep / "c.txt").write_text(f"Write to {ADDRESS}.\n")
    out = tmp_path / ("o" * 240)
    done = run(cli, source, out, small)
    assert done.code == ExitCode.OUTPUT, done.err
    assert len(done.error_lines) == 1
    assert "File name too long" in done.err
    assert copies(out) == {"a.txt", "sub/b.txt"}


def test_a_name_that_the_output_cannot_have_costs_that_document(
    cli, source, small, tmp_path, monkeypatch
):
    """A file system that refuses a name, as FAT does colons."""
    linked = os.link

    def refuse(old, new, **named):
        hidden = Path(f"/proc/self/fd/{named['dst_dir_fd']}").resolve().name == "sub"
        if hidden:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return linked(old, new, **named)

    monkeypatch.setattr(os, "link", refuse)
    done = run(cli, source, tmp_path / "out", small)
    assert done.code == ExitCode.OUTPUT
    assert [line.split(": ")[1] for line in done.error_lines] == ["sub/b.txt"]


def test_a_copy_that_cannot_be_deleted_is_told(tmp_path, monkeypatch):
    """Else a document would be reported as failed while an earlier copy of it is there."""
    (tmp_path / "a.txt").write_text("x")
    failing(errno.EROFS, "unlink")(monkeypatch)
    with pytest.raises(OutputError, match="cannot delete"):
        delete_copy(tmp_path / "a.txt", below=tmp_path)
    delete_copy(tmp_path / "none.txt", below=tmp_path)


def test_a_log_that_takes_nothing_more_is_told_beside_what_was_done(  # noqa: PLR0917
    cli, source, small, tmp_path, meanwhile, monkeypatch
):
    """The disk is full from the first document on, for the log alone."""

    def full():
        def fail(*given):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr("redactor.audit.log.write_all", fail)

    (source / "odd.docx").write_text("x")
    meanwhile(full)
    done = run(cli, source, tmp_path / "out", small)
    assert done.code == ExitCode.OUTPUT, done.err
    assert [line.split(": ")[1] for line in done.error_lines[:3]] == [
        *("a.txt", "odd.docx", "sub/b.txt")
    ]
    assert "No space left" in done.error_lines[-1]
    assert copies(tmp_path / "out") == set()


def test_a_run_that_cannot_begin_leaves_nothing_and_the_next_one_begins(
    cli, source, small, tmp_path, monkeypatch
):
    """OUT.audit on a disk of 4 kB: the key was written, and kept the next run from beginning."""

    def fail(*given):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr("redactor.audit.log.write_all", fail)
        done = run(cli, source, tmp_path / "out", small)
    assert (done.code, len(done.error_lines)) == (ExitCode.OUTPUT, 1)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.audit").exists()
    assert run(cli, source, tmp_path / "out", small).code == ExitCode.DONE


@pytest.mark.parametrize("left", [("key",), ("key", "audit.pub", "heads.jsonl"), ("run.lock",)])
def test_what_a_killed_run_left_before_its_first_record_is_named_as_that(
    cli, source, small, tmp_path, left
):
    audit = tmp_path / "out.audit"
    audit.mkdir(mode=0o700)
    for name in left:
        (audit / name).write_text("x")
    done = run(cli, source, tmp_path / "out", small)
    if left == ("run.lock",):
        assert (done.code, done.err) == (ExitCode.DONE, "")
        return
    assert done.code == ExitCode.OUTPUT
    assert "broken off before its first record" in done.err
    assert "--resume" in done.err
    assert {path.name for path in audit.iterdir()} == set(left)
    assert run(cli, source, tmp_path / "out", small, "--resume").code == ExitCode.DONE


def test_when_no_worker_is_left_the_rest_is_named(cli, source, small, tmp_path, monkeypatch):
    """The memory is gone: every worker dies as it starts, in the middle of a batch."""
    from command_line import SerialTeam

    class Dying(SerialTeam):
        def run(self, jobs):
            jobs = list(jobs)
            yield from super().run(jobs[:1])
            raise WorkerDied("no worker lives long enough to take a document")

    monkeypatch.setattr("redactor.batch.Team", Dying)
    done = run(cli, source, tmp_path / "out", small)
    assert done.code == ExitCode.INPUT
    assert [line.split(": ")[1] for line in done.error_lines] == ["sub/b.txt"]
    assert "1 redacted" in done.out


# --- standard output that takes nothing -----------------------------------------------------


class _Full:
    """A stream on a full disk."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, code):
        self.code, self.buffer = code, self

    def write(self, text):
        raise OSError(self.code, os.strerror(self.code))

    def flush(self):
        raise OSError(self.code, os.strerror(self.code))

    def isatty(self):
        return False

    def fileno(self):
        return 1


@pytest.mark.process
@pytest.mark.parametrize("command", ["redact", "scan"])
def test_a_full_standard_output_hides_no_failure(process_cli, source, small, tmp_path, command):
    """`redactor redact ... > /dev/full`: what was not examined is named all the same."""
    (source / "odd.docx").write_text("x")
    out = ("--out", tmp_path / "out", *ALONE) if command == "redact" else ()
    with Path("/dev/full").open("wb") as full:
        done = process_cli(command, source, *out, "--policy", small, stdout=full, stderr=-1)
    assert done.code == ExitCode.OUTPUT, done.err
    assert "not examined: odd.docx: " in done.err
    assert "cannot write to standard output: No space left on device" in done.err
    assert "unexpected" not in done.err
    assert "Exception ignored" not in done.err


@pytest.mark.process
def test_a_full_standard_output_is_told_by_what_reads_a_log(process_cli, cli, source, small,
                                                            tmp_path):  # fmt: skip
    assert run(cli, source, tmp_path / "out", small).code == ExitCode.DONE
    with Path("/dev/full").open("wb") as full:
        done = process_cli("audit", "show", tmp_path / "out.audit", stdout=full, stderr=-1)
    assert (done.code, len(done.error_lines)) == (ExitCode.OUTPUT, 1), done.err


# --- no orphans -----------------------------------------------------------------------------


@pytest.mark.process
@pytest.mark.parametrize("way", ["killed", "interrupted twice"])
def test_no_worker_outlives_its_parent(process_cli, small, tmp_path, way):
    """A worker went on with its document, and published it, when the parent was gone."""
    folder = tmp_path / "long"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"Write to {ADDRESS} about the tide.\n" * 20_000)
    out = tmp_path / "out"
    process = process_cli.start("redact", folder, "--out", out, "--policy", small, "--workers", "2")
    wait_until(lambda: (tmp_path / "out.audit/audit.jsonl").exists() and out.is_dir())
    workers = workers_of(process.pid)
    assert workers
    if way == "killed":
        process.kill()
    else:
        process.send_signal(signal.SIGINT)
        wait_until(lambda: process.poll() is not None or not process.send_signal(signal.SIGINT))
    process.communicate()
    seen = copies(out)
    wait_until(lambda: not [pid for pid in workers if _alive(pid)])
    assert copies(out) == seen


def _alive(pid):
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


# --- damaged or unreadable tables of our own ------------------------------------------------


@pytest.mark.usefixtures("no_overrides")
@pytest.mark.parametrize("mode", [0o000, 0o444], ids=oct)
def test_a_folder_of_rules_that_cannot_be_read_is_an_error_of_the_rules(
    cli, source, small, tmp_path, mode
):
    rules = tmp_path / "rules"
    (rules / "x").mkdir(parents=True)
    (rules / "x/a.yaml").write_text("entity: X\n")
    rules.chmod(mode)
    done = run(cli, source, tmp_path / "out", small, "--rules", rules)
    rules.chmod(0o700)
    assert (done.code, len(done.error_lines)) == (ExitCode.CONFIG, 1), done.err
    assert str(rules) in done.err
    assert not (tmp_path / "out").exists()
