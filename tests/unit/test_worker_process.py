"""The process of a worker, forked or started anew: what it has of its parent, and how it ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest

from redactor.runners import worker_process
from redactor.runners.worker_process import start

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="nothing is forked elsewhere"),
]
SECONDS = 60


@pytest.fixture
def forked(monkeypatch):
    """Return what starts a forked worker that does something else, and the pipe to it."""
    begun = []

    def begin(serve):
        monkeypatch.setattr(worker_process, "serve", serve)
        monkeypatch.setattr(worker_process, "_is_alone", lambda: True)
        ours, theirs = Pipe()
        with theirs:
            begun.append(start(theirs.fileno()))
        return begun[-1], ours

    yield begin
    for one in begun:
        one.kill()


def told(pipe):
    assert pipe.poll(SECONDS)
    return pipe.recv()


def linked(handle, parent):
    """Say where the open files of this process lead."""
    folder = "/proc/self/fd"
    every = [(int(one), f"{folder}/{one}") for one in os.listdir(folder)]  # noqa: PTH208
    files = {number: os.readlink(one) for number, one in every if os.path.lexists(one)}  # noqa: PTH115
    Connection(handle).send((files, parent == os.getppid()))


def test_a_fork_has_no_open_file_but_its_pipe(forked, tmp_path):
    with (tmp_path / "log").open("w") as held:
        process, pipe = forked(linked)
        files, is_child = told(pipe)
        assert is_child
        assert files[held.fileno()] == os.devnull
        assert str(tmp_path / "log") not in files.values()
        others = [one for number, one in files.items() if number > 2 and one != os.devnull]
        assert [one[:7] for one in others] == ["socket:"]  # its pipe
        held.write("as before")
    assert process.ended(SECONDS)
    assert (tmp_path / "log").read_text() == "as before"


def test_the_pipe_of_a_worker_ends_though_others_were_forked_after_it(forked):
    """Otherwise none would go home before its turn: each would hold the pipe of the one before."""

    def until_it_ends(handle, _):
        Connection(handle).poll(None)

    first, pipe = forked(until_it_ends)
    second, other = forked(until_it_ends)
    pipe.close()
    assert first.ended(SECONDS)
    assert second.lives()
    other.close()
    assert second.ended(SECONDS)


def test_a_fork_hears_signals_as_a_new_process_does(forked):
    def handlers(handle, _):
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        Connection(handle).send((signal.getsignal(signal.SIGTERM), blocked))

    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        _, pipe = forked(handlers)
        assert told(pipe) == (signal.SIG_DFL, {signal.SIGINT})
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_fork_that_fails_says_nothing(forked, capfd):
    def fails(*_):
        raise ValueError("Dear Mr Teodor Vance")

    process, _ = forked(fails)
    assert process.ended(SECONDS)
    assert capfd.readouterr() == ("", "")


def test_a_fork_writes_nothing_that_its_parent_was_about_to_write(forked, capfd):
    sys.stdout.write("once")
    process, _ = forked(lambda *_: None)
    assert process.ended(SECONDS)
    sys.stdout.flush()
    assert capfd.readouterr().out == "once"


def test_a_fork_can_be_ended(forked):
    process, _ = forked(lambda handle, _: Connection(handle).poll(None))
    assert process.lives()
    assert not process.ended(0.1)
    process.kill()
    assert not process.lives()
    process.kill()


def test_one_whose_end_somebody_else_waited_for_has_ended(forked):
    process, _ = forked(lambda *_: None)
    os.waitpid(process._number, 0)
    assert process.ended(SECONDS)


def test_beside_another_thread_python_is_started_anew():
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    ours, theirs = Pipe()
    try:
        with theirs:
            process = start(theirs.fileno())
        assert isinstance(process, worker_process._Anew)
        assert process.lives()
        ours.close()
        assert process.ended(SECONDS)
    finally:
        done.set()
        thread.join()
        process.kill()
