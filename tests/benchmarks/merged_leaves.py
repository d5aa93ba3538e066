"""What the driver of a Spark run does alone: records of tasks become leaves of one Merkle tree.

    python tests/benchmarks/merged_leaves.py 10000000           # leaves; the tree alone
    python tests/benchmarks/merged_leaves.py 1000000 FOLDER     # the log itself, on a disk

Records are drawn as tasks hand them over: lines of 480 bytes, 64 documents at a time, three
lines each. Prints the seconds of processors and of the clock, the bytes of records, and the largest
memory of the process in MB beyond what it had before the first one.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from redactor.audit import AuditLog
from redactor.audit.merkle import Frontier, leaf_hash
from redactor.keys import Key

_LINE = 480  # bytes, as measured over letters with a handful of redactions
_TASK = 3 * 64  # lines


def tasks(leaves: int) -> Iterator[list[bytes]]:
    """Yield the lines of a task, until there are so many leaves."""
    filling = b"x" * (_LINE - 20)
    for start in range(0, leaves, _TASK):
        yield [b'"%017d"' % at + filling for at in range(start, min(start + _TASK, leaves))]


def merge(leaves: int) -> None:
    tree = Frontier()
    for lines in tasks(leaves):
        for line in lines:
            tree.add(leaf_hash(line))
    print(f"root {tree.root().hex()[:16]} of {tree.size:,} leaves")


def append(leaves: int, folder: Path) -> None:
    log = AuditLog.create(folder, Key.new())
    for lines in tasks(leaves):
        head = log.append(lines)
    print(f"root {head.root[:16]} of {head.size:,} leaves")


def main() -> None:
    leaves = int(sys.argv[1])
    before, clock = _memory(), time.perf_counter()
    if len(sys.argv) > 2:
        append(leaves, Path(sys.argv[2]))
    else:
        merge(leaves)
    print(
        f"{time.process_time():.1f} s of processors, {time.perf_counter() - clock:.1f} s in all, "
        f"{leaves * _LINE / 1e6:,.0f} MB of records, {_memory() - before:.1f} MB of memory more"
    )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


main()
