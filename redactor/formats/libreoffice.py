"""Old documents of Office (`.doc .xls .ppt`), converted by LibreOffice, a program of the system.

It runs as a process of its own: in a private folder that is removed with its profile, without
macros, without links to what is elsewhere, in a name space without a network where the system has
such, and for a limited time.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from redactor.errors import DamagedDocument, LimitExceeded, ProgramUnavailable, UnsupportedFormat
from redactor.files import CHUNK, Spool
from redactor.formats.ole import SIGNATURE, has_macros, ole_refusal

__all__ = ["TARGETS", "check_libreoffice", "converted", "described"]

TARGETS = {
    **dict.fromkeys((".doc", ".dot"), "docx"),
    **dict.fromkeys((".xls", ".xlt"), "xlsx"),
    **dict.fromkeys((".ppt", ".pot", ".pps"), "pptx"),
}
"""What is converted, by the suffix of its name, to what."""

_PROGRAM = "soffice"
_SECONDS = 300
_TIME = (1980, 1, 1, 0, 0, 0)  # of members: that of the conversion would make every copy another
_PASSED_ON = ("PATH", "LANG", "LD_LIBRARY_PATH")

# Macros do not run, and what is linked from elsewhere is not fetched.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
</oor:items>
"""
_WITHOUT_NETWORK = ("unshare", "--user", "--map-root-user", "--net", "--")


def check_libreoffice() -> None:
    """Raise ProgramUnavailable unless LibreOffice is installed and runs."""
    described()


@lru_cache(maxsize=1)
def described() -> str:
    """Return program and version: `LibreOffice 7.4.7.2`. Raises ProgramUnavailable."""
    with _folder() as folder:
        try:
            said = _run(folder, ["--version"], 60).decode("utf-8", "replace")
        except subprocess.SubprocessError:
            raise ProgramUnavailable("LibreOffice does not run here") from None
    found = re.match(r"LibreOffice [\d.]+", said)
    return found.group().rstrip(".") if found else "LibreOffice of an unknown version"


@contextmanager
def converted(source: BinaryIO, target: str) -> Iterator[BinaryIO]:
    """Open what LibreOffice makes of an old document: `docx`, `xlsx` or `pptx`.

    Raises InputError for one that is encrypted, has macros, or that LibreOffice does not read.
    """
    source.seek(0)
    if source.read(len(SIGNATURE)) != SIGNATURE:
        raise UnsupportedFormat("is no document of the type that its name says")
    if has_macros(source):
        raise UnsupportedFormat("it has macros, which are not examined; save it without them")
    if f"--convert-to {target}" not in str(refusal := ole_refusal(source)):
        raise refusal
    with Spool() as spool:
        with _folder() as folder:
            _convert(source, target, folder)
            _take(folder / "out" / f"document.{target}", spool)
        with spool.read_back() as document:
            yield document


@contextmanager
def _folder() -> Iterator[Path]:
    """Make a private folder that is removed; in memory, where the system has one there."""
    memory = Path("/dev/shm")  # noqa: S108  # the folder in it is private
    above = memory if memory.is_dir() and os.access(memory, os.W_OK | os.X_OK) else None
    with TemporaryDirectory(prefix="redactor-", dir=above, ignore_cleanup_errors=True) as name:
        yield Path(name)


def _convert(source: BinaryIO, target: str, folder: Path) -> None:
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_SETTINGS, "utf-8")
    (folder / "out").mkdir()
    given = folder / f"document.{target[:-1]}"  # not its name, which may tell of a person
    source.seek(0)
    with given.open("xb") as file:
        shutil.copyfileobj(source, file, CHUNK)
    arguments = ["--convert-to", target, "--outdir", str(folder / "out"), str(given)]
    try:
        _run(folder, arguments, _SECONDS)
    except subprocess.TimeoutExpired:
        raise LimitExceeded(f"LibreOffice took more than {_SECONDS} seconds for it") from None
    except subprocess.SubprocessError:
        raise _not_converted() from None


def _not_converted() -> DamagedDocument:
    return DamagedDocument("LibreOffice does not convert it: it may need a password, or be damaged")


def _run(folder: Path, arguments: Sequence[str], seconds: float) -> bytes:
    """Return what LibreOffice says on its standard output; its complaints may quote: unread."""
    program = shutil.which(_PROGRAM)
    if program is None:
        raise ProgramUnavailable("LibreOffice is not installed, and the policy needs it (convert)")
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"]
    with subprocess.Popen(  # noqa: S603  # no shell; all arguments are ours
        [*_prefix(), program, profile, *options, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**passed_on, "HOME": str(folder), "TMPDIR": str(folder)},
        cwd=folder,
        start_new_session=True,  # it starts others, which end with it
    ) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, _PROGRAM)
        return said


@lru_cache(maxsize=1)
def _prefix() -> tuple[str, ...]:
    """Return what runs a program without a network, where the system lets a user do that."""
    if shutil.which(_WITHOUT_NETWORK[0]) is None:
        return ()
    tried = subprocess.run(  # noqa: S603  # no shell; all arguments are ours
        [*_WITHOUT_NETWORK, "true"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return () if tried.returncode else _WITHOUT_NETWORK


def _take(path: Path, spool: Spool) -> None:
    """Put a converted document into a spool, without the time of its conversion."""
    data = io.BytesIO()
    try:
        with zipfile.ZipFile(path) as package, zipfile.ZipFile(data, "w") as again:
            for member in package.infolist():
                about = zipfile.ZipInfo(member.filename, _TIME)
                about.compress_type = member.compress_type
                again.writestr(about, package.read(member))
    except (OSError, zipfile.BadZipFile, zlib.error):
        raise _not_converted() from None
    spool.write(data.getvalue())
