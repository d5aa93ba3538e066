"""Nothing reaches for the network: not on import, not for a text, not in a worker.

An audit hook of the interpreter refuses every socket, those of C code included. Every attempt to
reach anybody is noted in a file first, so that one whose refusal was swallowed is seen too. (That
a socket is made is no such attempt: urllib3 makes one when imported, to see whether there is IPv6.)
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from command_line import SECONDS

pytestmark = pytest.mark.process
HOOK = """
import os, socket, sys

REACHING = {
    "socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
    "socket.gethostbyname", "socket.getnameinfo", "urllib.Request", "http.client.connect",
}

def hook(event, arguments):
    if event in REACHING:
        with open(os.environ["SEEN"], "a") as file:
            file.write(event + "\\n")
        raise RuntimeError("no network here")
    if event == "socket.__new__" and arguments[1] != socket.AF_UNIX:
        raise RuntimeError("no sockets here")

sys.addaudithook(hook)
"""
ADDRESSES = (
    "Write to jane@corp.internal, teo@example.org or ilse@bücher.example.org, "
    "or see https://t.co/9aZk3TeoV."
)
LIBRARY = f"""
import redactor
from redactor import redact_text, scan
copy = redact_text({ADDRESSES!r}, policy="strict")
assert "jane" not in copy and "teo@" not in copy
assert scan({ADDRESSES!r})
print("done")
"""
REACHING = """
import urllib.request
try:
    urllib.request.urlopen("http://example.org")
except Exception:
    print("swallowed")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a letter, to work in."""
    folder = tmp_path_factory.mktemp("network")
    (folder / "letter.txt").write_text(ADDRESSES)
    return folder


@pytest.fixture(scope="module")
def python(place, tmp_path_factory):
    """Return a function that runs Python under the hook: its output, and what the hook saw."""
    site = tmp_path_factory.mktemp("site")
    (site / "sitecustomize.py").write_text(HOOK)
    path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))

    def run(*arguments):
        seen = site / "seen"
        seen.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, *arguments],
            env=os.environ | {"PYTHONPATH": path, "SEEN": str(seen)},
            cwd=place,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return done, seen.read_text().split() if seen.exists() else []

    return run


@pytest.fixture(scope="module")
def redacted(python):
    """How the command ended that redacts the letter, and what the hook saw."""
    return python("-m", "redactor", "redact", "letter.txt", "--out", "out")


def test_this_hook_sees_what_is_swallowed(python):
    done, seen = python("-c", REACHING)
    assert done.stdout == "swallowed\n"
    assert seen


def test_the_library_reaches_for_nothing(python):
    done, seen = python("-c", LIBRARY)
    assert (done.stdout, seen) == ("done\n", []), done.stderr


def test_the_command_line_and_its_workers_reach_for_nothing(place, redacted):
    done, seen = redacted
    assert (done.returncode, seen) == (0, []), done.stderr
    assert "jane" not in (place / "out/letter.txt").read_text()


@pytest.mark.usefixtures("redacted")
def test_reports_and_exports_reach_for_nothing(python):
    for command in (
        ("verify", "out.audit"),
        ("prove", "out.audit", "0"),
        ("report", "out.audit"),
        ("export", "out.audit", "--format", "premis"),
        ("export", "out.audit", "--format", "bagit", "--out", "bag"),
    ):
        done, seen = python("-m", "redactor", "audit", *command)
        assert (done.returncode, seen) == (0, []), done.stderr
