"""Tesseract as a process: a picture is given over a pipe, and a table of words comes back."""

from __future__ import annotations

import os
import shutil
import subprocess
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from redactor.errors import InputError, LimitExceeded, ProgramUnavailable

__all__ = ["check_ocr", "describe_ocr", "table_of_words"]

_PROGRAM = "tesseract"
_SECONDS = 300
"""That one picture may take: a page of 300 dpi takes one to five on one core."""
_PASSED_ON = ("PATH", "TESSDATA_PREFIX")
"""Of the environment: where programs are, and where the data of languages is."""


def check_ocr(languages: str) -> None:
    """Raise ProgramUnavailable unless tesseract is there and has the data of these languages."""
    missing = sorted(set(languages.split("+")) - _installed())
    if missing:
        raise ProgramUnavailable(f"tesseract has no data of the language {', '.join(missing)}")


def describe_ocr(languages: str) -> str:
    """Return program, version and languages: `tesseract 5.3.0 (eng)`. Raises ProgramUnavailable."""
    return f"{_PROGRAM} {_version()} ({languages})"


@lru_cache(maxsize=1)
def _version() -> str:
    said = _answer("--version").split()
    return said[1] if len(said) > 1 and said[0] == _PROGRAM else "of an unknown version"


@lru_cache(maxsize=1)
def _installed() -> frozenset[str]:
    """Return the languages of which there is data; the first line says where it is."""
    return frozenset(_answer("--list-langs").split("\n")[1:])


def _answer(question: str) -> str:
    try:
        return _run([question], b"", 30).decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError):
        raise ProgramUnavailable("tesseract does not run here") from None


def _run(arguments: Sequence[str], given: bytes, seconds: float) -> bytes:
    """Return what tesseract writes. What it complains of may have words of the picture: unread."""
    program = shutil.which(_PROGRAM)
    if program is None:
        raise ProgramUnavailable("tesseract is not installed, and the policy needs it (ocr)")
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    done = subprocess.run(  # noqa: S603  # no shell; all arguments are ours or checked
        [program, *arguments],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # One thread: as many workers as cores run at once, and sums of floats keep their order.
        env={"LC_ALL": "C", "OMP_THREAD_LIMIT": "1", **passed_on},
        cwd="/",
        timeout=seconds,
        check=True,
    )
    return done.stdout


_KNOWN: OrderedDict[bytes, bytes] = OrderedDict()
_MOST_KNOWN = 3000
"""Tables that are remembered, packed: a document is walked through several times. Those of a dense
page have 10 kB, and a page has two or three."""


def table_of_words(picture: bytes, languages: str, segmentation: int) -> str:
    """Return the words of a picture (PNM) as tesseract's table, by a page segmentation mode.

    Raises InputError, ProgramUnavailable.
    """
    about = f"{languages} {segmentation} ".encode()
    key = sha256(about + sha256(picture).digest()).digest()
    if key in _KNOWN:
        _KNOWN.move_to_end(key)
        return zlib.decompress(_KNOWN[key]).decode()
    found = _read(picture, languages, segmentation)
    _KNOWN[key] = zlib.compress(found.encode())
    if len(_KNOWN) > _MOST_KNOWN:
        _KNOWN.popitem(last=False)
    return found


def _read(picture: bytes, languages: str, segmentation: int) -> str:
    # A resolution is stated, since tesseract would else guess one by the height of letters.
    options = ["-l", languages, "--psm", str(segmentation), "--dpi", "300", "tsv"]
    try:
        return _run(["stdin", "stdout", *options], picture, _SECONDS).decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        raise LimitExceeded(f"tesseract took more than {_SECONDS} seconds for a picture") from None
    except (OSError, subprocess.SubprocessError):
        raise InputError("tesseract could not read a picture") from None
