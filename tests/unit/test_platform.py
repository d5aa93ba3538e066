"""A system that is not POSIX is refused in a sentence, by the command and by the library."""

from __future__ import annotations

import subprocess
import sys

import pytest

from redactor.errors import ExitCode, UnsupportedPlatform

MAIN = "from redactor.cli import main; main()"
SAID = "redactor: redactor needs a POSIX system, and this is none. Run it on Linux or another"
COMMANDS = {
    "scan": "scan letter.txt",
    "redact": "redact letter.txt --out out",
    "verify": "verify out",
    "audit verify": "audit verify out.audit",
}


def without(name: str, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code on a system that lacks something of `os`, as Windows does."""
    return subprocess.run(
        [sys.executable, "-c", f"import os; del os.{name}; {code}", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_so_in_one_line(command):
    done = without(
        "O_NONBLOCK", "from redactor.cli import main; main()", *COMMANDS[command].split()
    )
    assert (done.returncode, done.stdout) == (ExitCode.CONFIG, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(SAID)


def test_help_is_given_all_the_same():
    assert without("O_NONBLOCK", MAIN, "--help").returncode == 0


@pytest.mark.parametrize("name", ["O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "fchmod"])
def test_the_library_raises_an_error_of_its_own(name):
    done = without(name, "from redactor import Redactor")
    assert done.returncode == 1
    assert f"redactor.errors.{UnsupportedPlatform.__name__}: redactor needs a POSIX" in done.stderr
