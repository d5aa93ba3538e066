"""Seconds and memory of hostile documents at 1, 2 and 4 times a size: linear, or worse.

    python tests/benchmarks/hostile_sizes.py [--bytes 100000] [--rules] [--times 1,2,4] [KIND ...]

Each document is redacted by a process of its own, forked from one that has the detectors: seconds
are those of the processor, memory is what the process took beyond its parent's. `--rules` is for a
policy without the name model. Growth is by how much seconds rise for each doubling: 2 is linear.
"""

from __future__ import annotations

import argparse
import base64
import csv
import io
import json
import os
import random
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from redactor.audit import AuditLog
from redactor.config.policy import load_policy
from redactor.keys import Key
from redactor.model import Job
from redactor.pipeline import RunContext, prepare, redact

KEY = Key(bytes(32))
RULES = """\
name: hostile
about: What rules find, without the name model.
unlisted: keep
media: keep
remove: {EMAIL_ADDRESS: , PHONE_NUMBER: , HANDLE: , CREDENTIAL: , IP_ADDRESS: , STREET_ADDRESS: }
limits: {tree_seconds: 3000, document_seconds: 3000, rule_seconds: 1000}
"""
_WORDS = "the minutes of a meeting were read and approved by those who came to the hall".split()
_BEGIN = "Bran Kel Mor Thorn Ash Vel Har Dun Stell Wick Ost Gar Lind Pet Sand".split()
_END = "dt sen wick ley ford mann ing ström berg holm quist son by thorpe".split()


def _drawn(options: list[str], size: int, between: str = "") -> str:
    draw, made, length = random.Random(17), [], 0
    while length < size:
        made.append(draw.choice(options))
        length += len(made[-1]) + len(between)
    return between.join(made)[:size]


def _names(size: int) -> str:
    """Return people, hardly one of them twice."""
    draw, made, length = random.Random(17), [], 0
    while length < size:
        surname = draw.choice(_BEGIN) + draw.choice(_END) + draw.choice(("", "e", "s", "er"))
        made.append(f"{draw.choice(_BEGIN)}{draw.choice('aeio')} {draw.choice('ABCDE')}. {surname}")
        length += len(made[-1]) + 7
    return "Then ".join(f"{one}.\n" for one in made)[:size]


KINDS: dict[str, Callable[[int], str]] = {
    "one word": lambda size: _drawn(list("abcdefghijklmnopqrstuvwxyz"), size),
    "one line": lambda size: _drawn(_WORDS, size, " "),
    "zeros": lambda size: "0" * size,
    "digits": lambda size: _drawn(list("0123456789"), size),
    "numbers": lambda size: _drawn(["0", "00", "555", "1-2", "2.5", "0199"], size, " "),
    "names": _names,
    "at signs": lambda size: "@" * size,
    "less-than signs": lambda size: "<" * size,
    "quotes": lambda size: '"' * size,
    "line ends": lambda size: "\n" * size,
    "base64, one line": lambda size: _base64(size).decode(),
    "base64, wrapped": lambda size: "\n".join(
        _base64(size).decode()[at : at + 76] for at in range(0, size, 76)
    ),
}


def _base64(size: int) -> bytes:
    return base64.b64encode(random.Random(17).randbytes(size * 3 // 4 + 3))[:size]


def _csv(text: str) -> str:
    sink = io.StringIO()
    csv.writer(sink).writerows([["id", "note"], ["1", text], ["2", "end"]])
    return sink.getvalue()


FORMATS: dict[str, Callable[[str], str]] = {
    "txt": lambda text: text,
    "html": lambda text: f"<!DOCTYPE html><title>x</title><p>{text}",
    "json": lambda text: json.dumps({"id": 1, "note": text}),
    "csv": _csv,
}


def cost(source: Path, settings: RunContext) -> tuple[float, int, str]:
    """Return seconds and MB of a document, redacted in a process of its own, and why it failed."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        before = resource.getrusage(resource.RUSAGE_SELF)
        outcome = redact(Job(source, source.with_suffix(".copy"), source.name), settings)
        after = resource.getrusage(resource.RUSAGE_SELF)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        row = [seconds, (after.ru_maxrss - before.ru_maxrss) // 1024, outcome.error or ""]
        os.write(writing, json.dumps(row).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    seconds, megabytes, error = json.loads(told or b'[0, 0, "died"]')
    return seconds, megabytes, error


def main() -> None:
    """Print a row for each kind and format."""
    asked = argparse.ArgumentParser()
    asked.add_argument("kinds", nargs="*", default=list(KINDS))
    asked.add_argument("--bytes", type=int, default=100_000)
    asked.add_argument("--times", default="1,2,4")
    asked.add_argument("--formats", default=",".join(FORMATS))
    asked.add_argument("--rules", action="store_true")
    given = asked.parse_args()
    times = [int(one) for one in given.times.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "hostile.yaml").write_text(RULES)
        (folder / "audit").mkdir(mode=0o700)
        policy = load_policy(str(folder / "hostile.yaml") if given.rules else "default")
        settings = RunContext(policy, KEY, AuditLog.create(folder / "audit", KEY))
        prepare(settings)
        _warm(folder, settings)
        for kind in given.kinds:
            for suffix in given.formats.split(","):
                _row(kind, suffix, [given.bytes * one for one in times], folder, settings)


def _warm(folder: Path, settings: RunContext) -> None:
    """Let patterns be compiled before anything is measured."""
    for kind, make in KINDS.items():
        source = folder / f"warm-{kind}.txt"
        source.write_text(make(2_000))
        redact(Job(source, source.with_suffix(".copy"), source.name), settings)


def _row(kind: str, suffix: str, sizes: list[int], folder: Path, settings: RunContext) -> None:
    row, source = [], folder / f"hostile.{suffix}"
    for size in sizes:
        source.write_text(FORMATS[suffix](KINDS[kind](size)), "utf-8")
        row.append(cost(source, settings))
    growth = (row[-1][0] / max(row[0][0], 1e-3)) ** (1 / max(1, len(row) - 1))
    shown = " | ".join(f"{seconds:.2f} s, {megabytes} MB" for seconds, megabytes, _ in row)
    print(f"| {kind} | {suffix} | {shown} | {growth:.1f} | {row[-1][2][:90]} |", flush=True)


if __name__ == "__main__":
    main()
