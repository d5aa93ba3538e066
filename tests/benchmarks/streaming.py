"""What memory a large document takes: a text, or a ZIP of texts, through the whole program.

    python tests/benchmarks/streaming.py text 2000 FOLDER 99    # MB; FOLDER takes source and copy
    python tests/benchmarks/streaming.py zip 2000 FOLDER 99

Prints the seconds, those of processors, and the largest process (worker or not) in MB, first of a
source a twentieth as large: what is read at once is in both figures, what grows with the document
only in the second.
For time's sake the policy looks for e-mail addresses and nothing else, and every line of prose may
be followed by so many lines of blanks as long as it (99 above): what is held of a text is the same.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

_POLICY = """\
name: streaming
about: E-mail addresses alone.
unlisted: keep
remove: {EMAIL_ADDRESS: {}}
limits: {file_bytes: 8000000000, tree_bytes: 8000000000}
"""
_WORDS = "the minutes of a meeting were read and approved by those who had come to the hall".split()
_MEMBER = 20_000_000  # characters of one member of the ZIP


def paragraphs(characters: int, seed: int, blanks: int = 0) -> Iterator[str]:
    """Yield lines of prose that make up so many characters; one in thirty has an address."""
    draw, left = random.Random(seed), characters
    while left > 0:
        words = " ".join(draw.choices(_WORDS, k=14))
        who = (
            f" Write to clerk{draw.randrange(10**6)}@example.org." if draw.random() < 1 / 30 else ""
        )
        line = f"{words.capitalize()}.{who}\n"
        line += (" " * (len(line) - 1) + "\n") * blanks
        left -= len(line)
        yield line


def make(kind: str, characters: int, folder: Path, blanks: int) -> Path:
    """Write a source of that kind and size into a folder, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"large.{'txt' if kind == 'text' else 'zip'}"
    if kind == "text":
        with path.open("w", encoding="utf-8") as file:
            file.writelines(paragraphs(characters, 0, blanks))
        return path
    with zipfile.ZipFile(path, "w") as archive:  # stored: as large as what it holds
        for number in range(max(1, characters // _MEMBER)):
            with archive.open(f"minutes/{number}.txt", "w", force_zip64=True) as member:
                for line in paragraphs(min(_MEMBER, characters), number, blanks):
                    member.write(line.encode())
    return path


def run(source: Path, out: Path, policy: Path) -> tuple[float, float, int]:
    """Redact a source in processes of its own.

    Returns the seconds it took, those of processors, and the peak of the largest process in KiB.
    """
    command = [sys.executable, "-m", "redactor", "redact", str(source), "--out", str(out)]
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        [*command, "--policy", str(policy)], stdout=subprocess.DEVNULL
    ) as process:
        _, status, _ = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"redactor ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, spent, after.ru_maxrss


def main() -> None:
    """Measure one kind at a twentieth of the size and at the size, smaller first."""
    kind, megabytes, folder, *more = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:]
    blanks = int(more[0]) if more else 0
    folder.mkdir(parents=True, exist_ok=True)
    policy = folder / "streaming.yaml"
    policy.write_text(_POLICY, "utf-8")
    for size in (megabytes // 20, megabytes):
        here = folder / f"{kind}-{size}"
        source = make(kind, size * 1_000_000, here, blanks)
        seconds, spent, peak = run(source, here / "out", policy)
        row = {"kind": kind, "MB": round(source.stat().st_size / 1e6), "s": round(seconds)}
        row["processor s"] = round(spent)
        print(json.dumps(row | {"peak MB": round(peak / 1024)}), flush=True)


if __name__ == "__main__":
    main()
