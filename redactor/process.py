"""A process that holds text of documents and keys: nothing of its memory is left to others.

A crash writes no core file, on Linux no other process of the user may read the memory (which a
debugger or profiler would do), and a worker ends with the process that started it, however that
ends.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import time
from pathlib import Path
from threading import Thread

__all__ = ["end_with", "keep_memory_private", "limit_memory"]

# of prctl(2)
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PAUSE = 1.0  # seconds between two looks at the parent, where the system does not tell


def keep_memory_private() -> None:
    """Let nothing of this process's memory get into a core file or, on Linux, another process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_DUMPABLE, 0)


def end_with(parent: int) -> None:
    """Let this process be killed when the parent ends, be it killed itself."""
    if not _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL):
        Thread(target=_watch, args=(parent,), daemon=True).start()
    elif os.getppid() != parent:  # it ended before the system was asked
        os.kill(os.getpid(), signal.SIGKILL)


def limit_memory(more: int) -> None:
    """Let this process have so many bytes of memory beyond what it has, where the system can."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
        held = next(line.split()[1] for line in status.splitlines() if line.startswith("VmData:"))
        limit = int(held) * 1024 + more
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    except (OSError, ValueError, StopIteration):  # not Linux: the machine's own limits hold
        return


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PAUSE)
    os.kill(os.getpid(), signal.SIGKILL)


def _prctl(option: int, value: int) -> bool:
    """Set something for this process that only Linux knows; tell whether it is set."""
    if not sys.platform.startswith("linux"):
        return False
    function = getattr(ctypes.CDLL(None), "prctl", None)
    return function is not None and function(option, value, 0, 0, 0) == 0
