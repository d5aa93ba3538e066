"""Cost beside size: one document of 1 to 100 MB, and 10 to 10,000 small documents.

    python tests/benchmarks/linearity.py FOLDER [--megabytes 1,10,100] [--documents 10,100,1000]
    python tests/benchmarks/linearity.py FOLDER --from ROWS    # draw rows that were printed

Documents are those of `streaming.py` (nine lines of blanks to one of prose) and `soak_folder.py`,
policies those without the name model. Prints rows, and writes `linearity.svg` beside this file:
both axes by powers of ten, so that what is linear is a straight line.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence
from pathlib import Path

import streaming
from soak import RULES
from soak_folder import fill

Row = tuple[float, float, float]  # size, processor seconds, MB of the largest process
SVG = Path(__file__).with_suffix(".svg")
_WIDTH, _HEIGHT, _LEFT, _BELOW = 360, 230, 56, 54
_ROW = re.compile(r"\| ([\d,]+) (MB|documents) \| ([\d.]+) s \| (\d+) MB \|")


def of_sizes(megabytes: Sequence[int], folder: Path) -> list[Row]:
    """Return the cost of one document of so many MB, each redacted by a command of its own."""
    policy = folder / "streaming.yaml"
    policy.write_text(streaming._POLICY, "utf-8")
    rows = []
    for size in megabytes:
        source = streaming.make("text", size * 1_000_000, folder / f"{size}-MB", 9)
        _, spent, peak = streaming.run(source, folder / f"{size}-MB-out", policy)
        rows.append(said("MB", size, spent, peak / 1024))
    return rows


def of_counts(documents: Sequence[int], folder: Path) -> list[Row]:
    """Return the cost of so many documents of some hundred bytes, in one command."""
    policy = folder / "rules.yaml"
    policy.write_text(RULES, "utf-8")
    rows = []
    for count in documents:
        source = fill(folder / f"{count}-documents", count, damaged=0)
        _, spent, peak = streaming.run(source, folder / f"{count}-documents-out", policy)
        rows.append(said("documents", count, spent, peak / 1024))
    return rows


def said(unit: str, size: int, seconds: float, peak: float) -> Row:
    """Print a row as soon as it is known, and return it."""
    print(f"| {size:,} {unit} | {seconds:.1f} s | {peak:.0f} MB |", flush=True)
    return float(size), seconds, peak


def printed(path: Path, unit: str) -> list[Row]:
    """Return the rows of a unit that an earlier run printed, the smallest first."""
    rows = [found.groups() for found in _ROW.finditer(path.read_text("utf-8"))]
    return sorted(
        (float(size.replace(",", "")), float(seconds), float(peak))
        for size, of, seconds, peak in rows
        if of == unit
    )


def panel(title: str, unit: str, rows: Sequence[Row], left: int) -> str:
    """Return a drawing of seconds beside size, both by powers of ten, with the memory below."""
    x = [math.log10(size) for size, _, _ in rows]
    y = [math.log10(seconds) for _, seconds, _ in rows]
    low, high = math.floor(min(y)), math.ceil(max(y))
    across = (_WIDTH - _LEFT - 44) / max(max(x) - min(x), 1)
    up = (_HEIGHT - _BELOW - 28) / max(high - low, 1)
    spots = [
        (left + _LEFT + 16 + (a - min(x)) * across, _HEIGHT - _BELOW - (b - low) * up)
        for a, b in zip(x, y, strict=True)
    ]
    drawn = [f'<text x="{left + _LEFT}" y="16" font-weight="bold">{title}</text>']
    for power in range(low, high + 1):
        at = _HEIGHT - _BELOW - (power - low) * up
        drawn.append(
            f'<path d="M{left + _LEFT} {at:.0f}h{_WIDTH - _LEFT - 16}" stroke="#ccc"/>'
            f'<text x="{left + _LEFT - 6}" y="{at + 4:.0f}" text-anchor="end">'
            f"{10**power:g} s</text>"
        )
    for (a, b), (size, seconds, peak) in zip(spots, rows, strict=True):
        drawn.append(
            f'<circle cx="{a:.0f}" cy="{b:.0f}" r="3" fill="#05a"/>'
            f'<text x="{a:.0f}" y="{_HEIGHT - _BELOW + 16}" text-anchor="middle">{size:,.0f}</text>'
            f'<text x="{a:.0f}" y="{_HEIGHT - _BELOW + 30}" text-anchor="middle" fill="#666">'
            f"{peak:.0f} MB</text>"
            f'<text x="{a:.0f}" y="{b - 8:.0f}" text-anchor="middle">{seconds:,.0f} s</text>'
        )
    line = " ".join(f"{a:.0f},{b:.0f}" for a, b in spots)
    drawn.append(f'<polyline points="{line}" fill="none" stroke="#05a"/>')
    drawn.append(
        f'<text x="{left + _WIDTH // 2}" y="{_HEIGHT - 4}" text-anchor="middle">{unit}</text>'
    )
    return "\n".join(drawn)


def main() -> None:
    """Measure, and draw it."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--megabytes", default="1,10,100")
    asked.add_argument("--documents", default="10,100,1000")
    asked.add_argument("--from", dest="rows", type=Path)
    given = asked.parse_args()
    if given.rows:
        draw(printed(given.rows, "MB"), printed(given.rows, "documents"))
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    sizes = of_sizes([int(one) for one in given.megabytes.split(",")], given.folder)
    draw(sizes, of_counts([int(one) for one in given.documents.split(",")], given.folder))


def draw(sizes: Sequence[Row], counts: Sequence[Row]) -> None:
    """Write the drawing of both."""
    SVG.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * _WIDTH}" height="{_HEIGHT}" '
        'font-family="sans-serif" font-size="11">\n<rect width="100%" height="100%" fill="#fff"/>\n'
        f"{panel('One document: seconds of processors, memory', 'MB', sizes, 0)}\n"
        f"{panel('Many documents: seconds of processors, memory', 'documents', counts, _WIDTH)}\n"
        "</svg>\n",
        "utf-8",
    )


if __name__ == "__main__":
    main()
