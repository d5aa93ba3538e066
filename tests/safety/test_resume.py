"""A run that was broken off goes on: nothing is done twice, nothing is missed.

The attack: a run is killed at any moment, and whoever runs it again gets other copies than one
undisturbed run makes, a log with documents that nobody did, or none for copies that are there.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from functools import partial
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import pytest
from command_line import SerialTeam

from redactor.audit import PublicKey, check, document_id, read
from redactor.errors import ExitCode
from redactor.keys import Key
from redactor.report.summary import summarise

SMALL = "name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n"
TEXT = "Write to ilse{0}@example.org about the tide.\n"
DOCUMENTS = 5
UNLIKE = frozenset({"run", "started", "resumed", "finished", "workers", "command", "data"})
"""Fields in which two logs of the same documents differ: of runs, times, ciphertexts."""


class StoppedTeam(SerialTeam):
    """A team that Ctrl-C reaches after some documents; its jobs are noted."""

    def __init__(self, context, size, *, stop: int, jobs: list[str]):
        super().__init__(context, size)
        self._stop, self._jobs = stop, jobs

    def run(self, jobs):
        jobs = list(jobs)
        self._jobs[:] = [job.name for job in jobs]
        yield from islice(super().run(jobs), self._stop)
        if self._stop < len(jobs):
            raise KeyboardInterrupt


def fill(folder: Path) -> Path:
    (folder / "sub").mkdir(parents=True)
    for number in range(DOCUMENTS):
        name = f"sub/{number}.txt" if number % 2 else f"{number}.txt"
        (folder / name).write_text(TEXT.format(number))
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 no archive")
    (folder / "left.bak").write_text("Nothing here.\n")
    (folder / ".redactorignore").write_text("*.bak\n")
    return folder


@pytest.fixture
def src(tmp_path) -> Path:
    return fill(tmp_path / "src")


@pytest.fixture
def redact(cli, small, src, tmp_path, key_file):
    """Return a function that redacts the folder and returns how that ended, and with what jobs."""

    def run(*more: str | Path, stop: int = 99):
        jobs: list[str] = []
        with patch("redactor.batch.Team", partial(StoppedTeam, stop=stop, jobs=jobs)):
            done = cli(
                *("redact", src, "--out", tmp_path / "out", "--policy", small),
                *("--key-file", key_file, *more),
            )
        return done, jobs

    return run


@pytest.fixture(scope="module")
def undisturbed(cli, tmp_path_factory, key_file, files):
    """The copies and the log's content of one undisturbed run."""
    base = tmp_path_factory.mktemp("undisturbed")
    (base / "small.yaml").write_text(SMALL)
    given = ("--policy", base / "small.yaml", "--key-file", key_file)
    done = cli("redact", fill(base / "src"), "--out", base / "out", *given)
    assert done.code == ExitCode.INPUT, done.err
    return files(base / "out"), content(base / "out.audit", key_file)


def content(audit: Path, key_file: Path) -> Counter[str]:
    """Return the records of a log, but for what no two logs have in common."""
    records = read(audit, Key.load(key_file))
    kinds = {"run-resume", "recovery"}
    return Counter(
        json.dumps({k: v for k, v in one.items() if k not in UNLIKE}, sort_keys=True, default=str)
        for one in records
        if one["type"] not in kinds
    )


def of(tmp_path: Path, key_file: Path, files) -> tuple[dict[str, bytes], Counter[str]]:
    return files(tmp_path / "out"), content(tmp_path / "out.audit", key_file)


@pytest.mark.parametrize("stop", [0, 1, 4])
def test_it_goes_on_where_it_was_stopped(redact, undisturbed, tmp_path, key_file, files, stop):  # noqa: PLR0917
    first, jobs = redact(stop=stop)
    assert first.code == ExitCode.INTERRUPTED
    again, left = redact("--resume")
    assert (again.code, left) == (ExitCode.INPUT, jobs[stop:]), again.err
    assert of(tmp_path, key_file, files) == undisturbed
    report = check(tmp_path / "out.audit", PublicKey.of(Key.load(key_file)))
    assert (report.damage, report.sealed) == (None, 0)


# --- what a kill, or the time after it, may leave ----------------------------------------------


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def _put(path: Path, data: bytes = b"Write to ilse3@example.org.\n") -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def _torn(out: Path) -> None:
    _append(out.with_name("out.audit") / "audit.jsonl", b'{"act')
    _put(out / "sub/.redactor-0123456789abcdef.draft")


def _copies_without_records(out: Path) -> None:
    for name in ("sub/3.txt", "broken.zip", "left.bak"):  # of what is to come, failed, is left out
        _put(out / name)


def _records_without_copies(out: Path) -> None:
    (out / "0.txt").unlink()
    _put(out / "2.txt")


# what is left: done to OUT and its audit, once some documents of five are done
REMAINS = {
    "a record torn off, and a draft": _torn,
    "a head torn off": lambda out: _append(out.with_name("out.audit") / "heads.jsonl", b'{"byt'),
    "records without their copies": _records_without_copies,
    "copies without a record": _copies_without_records,
    "no copy at all": shutil.rmtree,
}


@pytest.mark.parametrize("remains", REMAINS)
def test_what_a_kill_left_is_made_good(  # noqa: PLR0917
    redact, undisturbed, tmp_path, key_file, files, remains
):
    redact(stop=3)
    REMAINS[remains](tmp_path / "out")
    again, _ = redact("--resume")
    assert again.code == ExitCode.INPUT, again.err
    assert of(tmp_path, key_file, files) == undisturbed
    assert check(tmp_path / "out.audit", PublicKey.of(Key.load(key_file))).damage is None


def test_it_may_be_broken_off_again_and_again(redact, undisturbed, tmp_path, key_file, files):
    assert [redact("--resume", stop=1)[0].code for _ in range(3)] == [ExitCode.INTERRUPTED] * 3
    redact("--resume")
    assert of(tmp_path, key_file, files) == undisturbed
    made = summarise(read(tmp_path / "out.audit"))
    assert (len(made.runs), len(made.runs[0].resumed), made.unfinished) == (1, 3, None)


def test_a_log_in_which_a_record_was_changed_is_not_gone_on_with(redact, tmp_path, files):
    redact(stop=2)
    log = tmp_path / "out.audit/audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"redacted"', b'"clean"   ', 1))
    before = files(tmp_path / "out")
    again, _ = redact("--resume")
    assert (again.code, "edited at record" in again.err) == (ExitCode.OUTPUT, True)
    assert files(tmp_path / "out") == before


def test_a_file_that_no_record_knows_is_refused_by_name(redact, tmp_path):
    redact(stop=2)
    _put(tmp_path / "out/stranger.txt")
    again, _ = redact("--resume")
    assert (again.code, "stranger.txt" in again.err) == (ExitCode.OUTPUT, True)


def test_a_source_that_changed_since_is_redacted_anew(redact, src, tmp_path, key_file, cli):
    redact(stop=2)
    (src / "0.txt").write_text("Write to otto@example.org and ilse0@example.org.\n")
    again, jobs = redact("--resume")
    assert ("0.txt" in jobs, again.code) == (True, ExitCode.INPUT)
    assert "otto@" not in (tmp_path / "out/0.txt").read_text()
    assert cli("verify", tmp_path / "out", "--key-file", key_file).code == ExitCode.DONE
    made = summarise(read(tmp_path / "out.audit", Key.load(key_file)))
    name = document_id(Key.load(key_file), "0.txt")
    assert len([one for one in made.removals if one.document == name]) == 2


def test_a_source_that_is_gone_is_named_and_update_withdraws_its_copy(redact, src, tmp_path):
    redact(stop=2)
    (src / "0.txt").unlink()
    refused, _ = redact("--resume")
    assert (refused.code, "0.txt is no longer among" in refused.err) == (ExitCode.OUTPUT, True)
    done, _ = redact("--update")
    assert (done.code, "1 withdrawn" in done.out) == (ExitCode.INPUT, True), done.err
    assert not (tmp_path / "out/0.txt").exists()


def test_what_was_killed_before_its_first_record_begins_anew(redact, undisturbed, tmp_path, files):
    redact(stop=0)
    audit = tmp_path / "out.audit"
    for name in ("audit.jsonl", "leaves.bin", "heads.jsonl"):
        (audit / name).write_bytes(b"")
    again, _ = redact()
    assert (again.code, "--resume" in again.err) == (ExitCode.OUTPUT, True)
    assert redact("--resume")[0].code == ExitCode.INPUT
    assert files(tmp_path / "out") == undisturbed[0]


# --- settings that differ ---------------------------------------------------------------------


def _other_policy(tmp_path: Path) -> tuple[str, Path]:
    path = tmp_path / "other.yaml"
    path.write_text("name: other\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n  URL:\n")
    return "--policy", path


OTHERS = {
    "the key": (lambda at: ("--key-file", at / "other.key"), "under another key"),
    "the policy": (_other_policy, "the policy (small then, other now)"),
    "the encoding": (lambda _: ("--encoding", "utf-16-le"), "the encoding"),
    "the day": (lambda _: ("--as-of", "2031-05-04"), None),
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_settings_are_refused_by_name(redact, other_key_file, tmp_path, files, what):
    redact(stop=2)
    shutil.copy(other_key_file, tmp_path / "other.key")
    before = files(tmp_path)
    option, said = OTHERS[what]
    again, _ = redact("--resume", *option(tmp_path))
    if said is None:  # no restriction of this policy depends on the day
        assert again.code == ExitCode.INPUT
        return
    assert (again.code, said in again.err) == (ExitCode.CONFIG, True), again.err
    assert {name: data for name, data in files(tmp_path).items() if name in before} == before


def test_another_version_is_refused_and_redone_with_update(redact, undisturbed, tmp_path, files):
    redact(stop=2)
    with patch("redactor.run_records.__version__", "99.0"):
        refused, _ = redact("--resume")
        assert "the version of redactor" in refused.err
        assert refused.code == ExitCode.CONFIG
        done, jobs = redact("--update")
    assert (done.code, len(jobs)) == (ExitCode.INPUT, DOCUMENTS + 1)
    assert files(tmp_path / "out") == undisturbed[0]


def test_the_day_of_the_run_holds_on_the_next_day(redact, src, tmp_path, small):
    small.write_text(
        "name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS: {restrict_until: 2031-05-04}\n"
    )
    from datetime import date

    with patch("redactor.api.today", lambda: date(2031, 5, 4)):
        redact(stop=2)
    with patch("redactor.api.today", lambda: date(2031, 5, 5)):
        done, _ = redact("--resume")
        assert done.code == ExitCode.INPUT, done.err
        assert not [one for one in (tmp_path / "out").rglob("*.txt") if "@" in one.read_text()]
        updated, jobs = redact("--update")
    assert (updated.code, len(jobs)) == (ExitCode.INPUT, DOCUMENTS + 1)
    assert "the day (2031-05-04 then, 2031-05-05 now)" in updated.out


# --- an OUT that exists, and --update -----------------------------------------------------------


def test_without_an_option_it_says_what_it_would_do(redact, tmp_path, files, src):
    redact(stop=2)
    before = files(tmp_path)
    broken, _ = redact()
    assert (broken.code, broken.out) == (ExitCode.OUTPUT, "")
    assert "a run that did not end (3 of 7 documents are recorded)" in broken.err
    assert "--resume would redact 4 not done yet, keep 3 as they are" in broken.err
    assert files(tmp_path) == before
    redact("--resume")
    (src / "new.txt").write_text("Write to nina@example.org.\n")
    ended, _ = redact()
    assert "a run that ended" in ended.err
    assert "--update would redact 1 new, 1 not examined before, keep 6 as they are" in ended.err


def test_a_run_that_ended_need_not_go_on(redact, tmp_path, files):
    first, _ = redact()
    before = files(tmp_path)
    again, jobs = redact("--resume")
    assert (again.code, jobs) == (first.code, [])
    assert "nothing to do" in again.out
    assert files(tmp_path) == before


def test_update_does_what_is_new_changed_or_gone_and_says_so(  # noqa: PLR0917
    redact, src, tmp_path, key_file, cli, files
):
    (src / "broken.zip").unlink()
    redact()
    before = files(tmp_path / "out")
    (src / "new.txt").write_text("Write to nina@example.org.\n")
    (src / "0.txt").write_text("Write to otto@example.org.\n")
    (src / "2.txt").unlink()
    (tmp_path / "out/4.txt").unlink()
    stopped, jobs = redact("--update", stop=1)
    assert (stopped.code, sorted(jobs)) == (ExitCode.INTERRUPTED, ["0.txt", "4.txt", "new.txt"])
    assert cli("verify", tmp_path / "out", "--key-file", key_file).code == ExitCode.OUTPUT
    done, jobs = redact("--resume")
    assert (done.code, len(jobs)) == (ExitCode.DONE, 2), done.err
    after = files(tmp_path / "out")
    assert after.keys() == before.keys() - {"2.txt"} | {"new.txt"}
    assert {n for n in before if n in after and before[n] != after[n]} == {"0.txt"}
    assert cli("verify", tmp_path / "out", "--key-file", key_file).code == ExitCode.DONE
    made = summarise(read(tmp_path / "out.audit", Key.load(key_file)))
    assert Counter(one.status for one in made.latest) == {
        "redacted": 5,
        "excluded": 1,
        "withdrawn": 1,
    }
    again = [one.id for one in made.redactions]
    assert len(set(again)) == len(again), "an id means one place"
    size = (tmp_path / "out.audit/audit.jsonl").stat().st_size
    nothing, jobs = redact("--update")
    assert (nothing.code, jobs, "to do: redact no document" in nothing.out) == (0, [], True)
    assert (tmp_path / "out.audit/audit.jsonl").stat().st_size == size


def test_update_redoes_all_under_a_policy_that_changed(redact, tmp_path, small):
    redact()
    small.write_text("name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS: {action: mask}\n")
    done, jobs = redact("--update")
    assert len(jobs) == DOCUMENTS + 1
    assert "not as in the last run: the policy (small then, small now)" in done.out
    assert "XXXX" in (tmp_path / "out/0.txt").read_text()


def test_one_option_at_a_time(redact):
    done, _ = redact("--resume", "--update")
    assert (done.code, "leave --resume out" in done.err) == (ExitCode.USAGE, True)


def test_sealed_remains_are_deleted(redact, tmp_path, key_file, cli):
    pyrage = pytest.importorskip("pyrage")
    redact("--seal-to", str(pyrage.x25519.Identity.generate().to_public()), stop=2)
    (tmp_path / "out.audit/vault" / ("0" * 64)).write_bytes(b"sealed, and never recorded")
    assert redact("--resume")[0].code == ExitCode.INPUT
    said = cli("audit", "verify", tmp_path / "out.audit").out
    assert "the vault is whole: 5 slots" in said
    assert "named by no record" not in said
