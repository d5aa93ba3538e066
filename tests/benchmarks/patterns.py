"""The pattern layer beside other systems: the same findings as Presidio's own engine, and how fast.

`differential` compares over a folder; `speed` takes all systems over the same text in the same
run. Both are called by `measure.py`. DataFog, scrubadub and a spaCy model for stock Presidio are
measured if they are installed: `pip install datafog scrubadub`, by preference elsewhere.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import peers

from redactor import Key, redact_text
from redactor.analysis.analyzer import Analyzer
from redactor.config.policy import load_policy
from redactor.detect.presidio.detector import PresidioDetector
from redactor.text import View, view

sys.path.append(str(Path(__file__).parents[1] / "properties"))
from stock_analyzer import StockAnalyzer  # it lies beside the law that needs it

SECONDS = 600.0
PIECE = 5_000  # characters that Presidio's engine gets at once; its time grows with the square
SPEED_PIECE = 100_000  # about what a window of a document has
NEWS = "gmb__all.repaired.jsonl.gz"
MODELS = ("en_core_web_lg", "en_core_web_md", "en_core_web_sm")  # Presidio asks for the first
KEY = Key(bytes(32))
CASES = Path(__file__).parents[1] / "cases" / "evasion.jsonl"


def texts(path: Path) -> Iterator[str]:
    """Yield the text of a file in pieces: rows of a corpus together, or the lines of a text."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", errors="replace", newline="") as lines:
        piece = ""
        for line in lines:
            piece += json.loads(line)["text"] + "\n" if ".jsonl" in path.name else line
            while len(piece) >= PIECE:
                yield piece[:PIECE]
                piece = piece[PIECE:]
    if piece:
        yield piece


def differential(folder: Path, most: int = 500_000) -> None:
    """Print, file by file, how many findings we have and how many only one of both has.

    Of each file no more than `most` characters are read. What differs is told by type and place.
    """
    ours, stock = PresidioDetector(SECONDS), StockAnalyzer(SECONDS)
    print("| file | characters | findings | ours alone | Presidio's alone |\n|---|--:|--:|--:|--:|")
    total: Counter[str] = Counter()
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and _readable(one)):
        seen = Counter[str]()
        for text in texts(path):
            if seen["characters"] >= most:
                break
            seen += _compared(ours, stock, text, f"{path.name}:{seen['characters']}")
        total += seen
        print(_row(path.name, seen), flush=True)
    print(_row("all", total))


def _readable(path: Path) -> bool:
    return path.name.endswith((".jsonl.gz", ".jsonl", ".txt", ".md", ".csv", ".eml", ".html"))


def _row(name: str, seen: Counter[str]) -> str:
    columns = ("characters", "findings", "ours alone", "Presidio's alone")
    return f"| {name} | {' | '.join(str(seen[one]) for one in columns)} |"


def _compared(ours: PresidioDetector, stock: StockAnalyzer, text: str, place: str) -> Counter[str]:
    seen = view(text)
    mine = Counter((f.start, f.end, f.entity, f.score, f.source) for f in ours.find(seen))
    theirs = Counter(
        (*seen.span(f.start, f.end), f.entity, f.score, f.source) for f in stock.find(seen.text)
    )
    for who, found in (("ours", mine - theirs), ("Presidio's", theirs - mine)):
        for start, end, entity, score, _ in found:
            print(f"{who} alone: {entity} {score} at {place}+{start}, {end - start} characters")
    alone = {"ours alone": (mine - theirs).total(), "Presidio's alone": (theirs - mine).total()}
    return Counter({"characters": len(text), "findings": mine.total(), **alone})


# -- speed ----------------------------------------------------------------------------------------

Read = Callable[[str], object]


def systems() -> dict[str, Read]:
    """Return ours in parts and whole, and what else is installed."""
    policy = load_policy("default")
    detectors = Analyzer(policy).detectors
    wanted = sorted(one for one in detectors.presidio.entities if policy.removes(one))

    def patterns(seen: View) -> None:
        detectors.rules.find(seen)
        detectors.presidio.find(seen, entities=wanted)

    ours: dict[str, Read] = {
        "redactor: the view": view,
        "redactor: rules": lambda text: detectors.rules.find(view(text)),
        "redactor: Presidio's recognisers, all": lambda text: detectors.presidio.find(view(text)),
        "redactor: Presidio's recognisers, as `default` asks them": lambda text: (
            detectors.presidio.find(view(text), entities=wanted)
        ),
        "redactor: rules and Presidio's recognisers": lambda text: patterns(view(text)),
        "redactor: pattern layer, with look-alikes and addresses": lambda text: detectors.patterns(
            view(text), 0, 0, policy
        ),
        "redactor: all, with the name model": lambda text: detectors.find(view(text), 0, 0, policy),
    }
    stock = StockAnalyzer(SECONDS)
    return ours | {"Presidio's own engine, recognisers as ours": stock.find} | _peers()


def _peers() -> dict[str, Read]:
    """Return the other systems that are installed."""
    found: dict[str, Read] = {"Presidio as it comes, no model": peers.presidio()}
    if model := next(filter(find_spec, MODELS), None):
        found[f"Presidio as it comes, with {model}"] = peers.presidio(model)
    for name in ("datafog", "scrubadub"):
        if find_spec(name):
            found[name] = peers.PEERS[name]()
    return found


def speed(folder: Path, size: int = 300_000) -> None:
    """Print how many megabytes of news a second each system reads on one core, and its cases."""
    text = ""
    for piece in texts(folder / NEWS):
        text += piece
        if len(text) >= size:
            break
    pieces = [text[at : at + SPEED_PIECE] for at in range(0, len(text), SPEED_PIECE)]
    print("| system | MB/s | times stock Presidio |\n|---|--:|--:|")
    taken = {name: _seconds(read, pieces) for name, read in systems().items()}
    base = taken["Presidio as it comes, no model"]
    for name, seconds in taken.items():
        print(f"| {name} | {len(text) / seconds / 1e6:.2f} | {base / seconds:.1f} |")
    print("\n| system | evasion cases passed |\n|---|--:|")
    for name, passed in _passed().items():
        print(f"| {name} | {passed} |")


def _seconds(read: Read, pieces: list[str]) -> float:
    """Return the CPU seconds that a system takes to read pieces, the first of them twice."""
    read(pieces[0])
    begin = time.process_time()
    for piece in pieces:
        read(piece)
    return time.process_time() - begin


def _passed() -> dict[str, str]:
    """Return for each system how many cases it passes, names apart."""
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    cases = [one for one in cases if one["cat"] != "name"]
    ways: dict[str, Callable[[str], str]] = {"redactor": lambda text: redact_text(text, key=KEY)}
    ways |= {name: _copy(find) for name, find in _peers().items()}
    return {
        name: f"{sum(_passes(copy(one['text']), one) for one in cases)} of {len(cases)}"
        for name, copy in ways.items()
    }


def _copy(find: Callable[[str], object]) -> Callable[[str], str]:
    """Return what makes a copy without what a system finds."""

    def copy(text: str) -> str:
        gone = {at for start, end, _ in find(text) for at in range(start, end)}  # type: ignore[attr-defined]
        return "".join("\x00" if at in gone else sign for at, sign in enumerate(text))

    return copy


def _passes(copy: str, case: dict[str, list[str]]) -> bool:
    """Tell whether nothing survives that must go, and all that must stay."""
    return not any(one in copy for one in case["must"]) and all(one in copy for one in case["keep"])
