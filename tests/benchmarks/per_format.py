"""What each format costs: MB of prose a second of a processor, and memory, beside its library.

    python tests/benchmarks/per_format.py FOLDER            # all formats; FOLDER takes documents
    python tests/benchmarks/per_format.py FOLDER csv xlsx   # these
    python tests/benchmarks/per_format.py FOLDER format library   # without whole runs

Three things are measured, each in a process of its own, with a document of 100,000 characters of
prose and one of 600,000; the seconds are the difference, so that no start is in them:

- `run`: `redactor redact` with rules alone, no name model, start to end;
- `format`: what of that is no detection: read, written anew in all parts, checked by two readers;
- `library`: the format's library reads all of it and writes it again.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from format_libraries import LIBRARIES
from format_samples import MAKERS, groups, sample
from streaming import paragraphs

SIZES = (100_000, 600_000)
POLICY = """\
name: formats
about: What rules find, no names.
unlisted: keep
remove:
  EMAIL_ADDRESS: {}
  PHONE_NUMBER: {}
  CREDIT_CARD: {}
  IBAN_CODE: {}
  US_SSN: {}
"""


def by_library(path: Path) -> None:
    """Let the library of a format read a document and write it again."""
    LIBRARIES[suffix_of(path)][1](path, path.with_name(f"again.{suffix_of(path)}"))


def by_format(path: Path) -> None:
    """Read a document, write all its parts anew without edits, and check that by two readers."""
    from redactor.files import Spool
    from redactor.formats.budget import unlimited
    from redactor.formats.rewriting import Edits, LeftOut, TreeWriter
    from redactor.formats.tree import Node, Reading, root, texts_of_tree, walk
    from redactor.pipeline.copy_check import CopyCheck

    reading, check = Reading(unlimited()), CopyCheck(["nothing of it"])
    with path.open("rb") as source, Spool() as spool:
        node = root(source, path.name, reading)
        for _ in texts_of_tree(node, reading):
            pass
        every = frozenset(one.path for one in walk(node, reading) if isinstance(one, Node))
        left_out = LeftOut(composed=every)
        writer = TreeWriter(Edits([], {}), reading, left_out=left_out, check=check, note=check.note)
        writer.write(node, spool, spool.read_back)


def suffix_of(path: Path) -> str:
    return path.name.partition(".")[2]


def run(path: Path, policy: Path) -> tuple[float, int]:
    """Return seconds and peak of the largest process of a whole run of the program."""
    out = path.with_name(f"out-{time.monotonic_ns()}")
    command = [sys.executable, "-m", "redactor", "redact", str(path), "--out", str(out)]
    options = ["--policy", str(policy), "--workers", "1", "--progress", "none"]
    with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"redactor ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def alone(name: str, path: Path) -> tuple[float, int]:
    """Return seconds and peak of one of our functions, in an interpreter of its own."""
    command = [sys.executable, __file__, "--one", name, str(path)]
    return tuple(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def peak() -> int:
    """Return the peak of memory of this process in KiB: `ru_maxrss` has that of its parent too."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def pages(small: int, large: int) -> int:
    """Return how many more pages the larger of two PDFs has."""
    few, many = (sum(1 for _ in groups(list(paragraphs(size, 0)))) for size in (small, large))
    return many - few


def main() -> None:
    """Measure the formats that are named, or all."""
    if sys.argv[1] == "--one":
        call = {"format": by_format, "library": by_library}[sys.argv[2]]
        call(Path(sys.argv[3]))
        usage = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps([usage.ru_utime + usage.ru_stime, peak()]))
        return
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    policy = folder / "formats.yaml"
    policy.write_text(POLICY, "utf-8")
    known = {"run": partial(run, policy=policy)}
    known |= {name: partial(alone, name) for name in ("format", "library")}
    ways = {name: way for name, way in known.items() if name in sys.argv[2:]} or known
    for suffix in [one for one in sys.argv[2:] if one in MAKERS] or MAKERS:
        row: dict[str, object] = {"format": suffix, "library": LIBRARIES[suffix][0]}
        for name, way in ways.items():
            seconds = []
            for size in SIZES:
                path = folder / f"{size}.{suffix}"
                if not path.exists():
                    path.write_bytes(sample(suffix, size))
                spent, most = way(path)
                seconds.append(spent)
            took = max(0.01, seconds[1] - seconds[0])
            row[f"{name} MB/s"] = round((SIZES[1] - SIZES[0]) / 1e6 / took, 2)
            row[f"{name} peak MB"] = round(most / 1024)
            if suffix == "pdf":
                row[f"{name} pages/s"] = round(pages(*SIZES) / took, 1)
        row["file MB"] = round(path.stat().st_size / 1e6, 2)
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
