"""A large document that several workers share: the same bytes and records, whoever dies of it."""

from __future__ import annotations

import os
import signal
import time

import pytest

from redactor import intended
from redactor.audit import read
from redactor.batch import BatchRequest, redact_batch
from redactor.config.policy import load_policy
from redactor.errors import ExitCode
from redactor.keys import Key
from redactor.pipeline import sharing
from redactor.runners import local, worker_process
from redactor.runners.local_worker import bring_together
from redactor.verify import verify_output

pytestmark = pytest.mark.process

MESSAGE = """\
From clerk@example.org Fri Jan  2 03:04:05 2026
From: Teodor Vance <teodor.vance@example.org>
Subject: Minutes {number}

Dear Ms Ilse Brandt, ring 212-555-01{number:02}. Vance
{filler}
"""
FILLER = "The tide was low and the harbour was empty.\n" * 20
MAILBOX = "".join(MESSAGE.format(number=one, filler=FILLER) for one in range(24))


@pytest.fixture(autouse=True)
def forked_workers(analyzer, monkeypatch):
    """Let workers be forked from this process, and share what is small, since owners are slow."""
    findings = sharing.HelpedSearch.findings

    def slow(*arguments):
        time.sleep(0.1)
        return findings(*arguments)

    monkeypatch.setattr(sharing.HelpedSearch, "findings", slow)
    monkeypatch.setattr(worker_process, "_is_alone", lambda: True)
    monkeypatch.setattr(local, "LARGE", 2_000)
    monkeypatch.setattr(intended, "LARGE", 2_000)


def run(folder, workers, key_file):
    """Return copies and records of a run with so many workers, and how it ended."""
    folder.mkdir()
    (folder / "src").mkdir()
    (folder / "src" / "a.mbox").write_text(MAILBOX)
    (folder / "src" / "b.txt").write_text("Nothing.\n")
    request = BatchRequest(
        (folder / "src",),
        folder / "out",
        load_policy("default"),
        key_file=key_file,
        workers=workers,
    )
    result = redact_batch(request, team=local.Team)
    assert verify_output(folder / "out", result.audit, Key.load(key_file)) == []
    copies = {one.name: one.read_bytes() for one in sorted((folder / "out").iterdir())}
    return copies, sorted(map(str, _documents(result.audit))), result.exit_code


def _documents(audit):
    """Yield what the log says of documents, but for when and in which order."""
    for record in read(audit):
        if "document" in record:
            yield sorted((k, v) for k, v in record.items() if k not in {"time", "run"})


@pytest.fixture(scope="module")
def alone(analyzer, tmp_path_factory, key_file):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(worker_process, "_is_alone", lambda: True)
        return run(tmp_path_factory.mktemp("alone") / "run", 1, key_file)


class Moment:
    """Says once, to whichever process asks first, that the moment has come."""

    def __init__(self, path, calls):
        self.path, self.left = path, calls

    def __call__(self):
        self.left -= 1
        if self.left:
            return False
        try:
            with self.path.open("xb"):
                return True
        except FileExistsError:
            return False


@pytest.fixture
def used(monkeypatch, tmp_path):
    """Return the file that tells that a helper's result was used."""
    path, findings = tmp_path / "used", sharing._Line.findings

    def noted(line, window, key):
        found = findings(line, window, key)
        if found is not None:
            path.touch()
        return found

    monkeypatch.setattr(sharing._Line, "findings", noted)
    return path


@pytest.mark.parametrize("workers", [2, 4])
def test_the_number_of_workers_changes_nothing(alone, tmp_path, key_file, used, workers):
    assert run(tmp_path / "run", workers, key_file) == alone
    assert used.exists()


@pytest.mark.parametrize("who", ["owner", "helper"])
def test_a_worker_that_dies_in_a_share_changes_nothing(alone, tmp_path, key_file, monkeypatch, who):
    moment = Moment(tmp_path / "died", 2)
    kind, name = {
        "owner": (sharing._Line, "findings"),
        "helper": (sharing._Helper, "_found"),
    }[who]
    whole = getattr(kind, name)

    def dying(self, *arguments):
        found = whole(self, *arguments)
        if found is not None and moment():
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    monkeypatch.setattr(kind, name, dying)
    sent = []
    monkeypatch.setattr(local, "bring_together", lambda *who: sent.append(bring_together(*who)))
    assert run(tmp_path / "run", 2, key_file) == alone
    assert moment.path.exists()
    assert len(sent) == 1, "a second attempt has no helpers"
    assert alone[2] == ExitCode.DONE


def test_a_helper_without_memory_ends_and_costs_nothing(alone, tmp_path, key_file, monkeypatch):
    died = tmp_path / "died"

    def use_up(*_):
        died.touch()
        raise MemoryError

    monkeypatch.setattr(sharing._Helper, "_found", use_up)
    assert run(tmp_path / "run", 2, key_file) == alone
    assert died.exists()
