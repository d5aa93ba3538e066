"""Count what the default policy removes from texts that hold little personal data, names apart.

    python tests/benchmarks/false_alarms.py DIR                            the table
    python tests/benchmarks/false_alarms.py DIR --show TYPE --sample 100   findings to judge
    ... --false 3,17                              store that sample: these wrong, the others right
    python tests/benchmarks/false_alarms.py DIR --peer NAME                another system's findings

DIR is a folder of annotated texts, as `redactor.training.corpora` reads them. Rules, Presidio,
the search for further places and `decide` do their work; the name model is left out. Findings are
judged by a person who reads them; `verdicts.tsv` keeps the verdicts by place, and no word of any
text. Figures are false alarms per 100,000 characters; where only a sample was judged, its share of
false alarms stands for the rest, and the table says how many were judged.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from peers import PEERS, Find

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import text_unit
from redactor.config.policy import load_policy

DOMAINS = {
    "news": ("gmb__all.repaired",),
    "wikipedia": ("wikigold__all", "crossner__train", "crossner__dev"),
    "novels": ("litbank__all",),
    "court": ("tab__train", "tab__dev", "indian_legal_ner__dev"),
    "web": ("uner_ewt__train", "uner_ewt__dev"),
    "interviews": ("gum__train", "gum__dev"),
    "tweets": (
        *("btc__train", "btc__dev", "wnut17__train", "wnut17__dev"),
        *("tweebank_ner__train", "tweebank_ner__dev"),
    ),
}
TOGETHER = 40  # sentences of no known document are read so many at a time
VERDICTS = Path(__file__).with_name("verdicts.tsv")
PER = 100_000
FIELDS = ("system", "corpus", "row", "start", "length", "entity", "verdict")


@dataclass(frozen=True)
class Found:
    """A finding by its place: the row of a corpus, an offset in it, and its text for reading."""

    domain: str
    corpus: str
    row: int
    start: int
    length: int
    entity: str
    shown: str

    def meets(self, row: int, start: int, length: int) -> bool:
        """Tell whether it lies over a place in its corpus."""
        return self.row == row and self.start < start + length and start < self.start + self.length


def documents(path: Path) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield (text, [(row, where it begins)]) of a corpus, rows of one document together."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [(number, json.loads(line)) for number, line in enumerate(lines)]
    for _, group in itertools.groupby(rows, lambda r: r[1].get("doc_id") or r[0] // TOGETHER):
        text, places = "", []
        for number, row in group:
            places.append((number, len(text)))
            text += row["text"] + "\n"
        yield text, places


def run(folder: Path, find: Find) -> tuple[list[Found], Counter[str], float]:
    """Return what a system finds, the characters by domain, and the seconds it took."""
    found, size, seconds = [], Counter(), 0.0
    for domain, names in DOMAINS.items():
        for corpus in names:
            for text, places in documents(folder / f"{corpus}.jsonl.gz"):
                size[domain] += len(text)
                begin = time.process_time()
                spans = list(find(text))
                seconds += time.process_time() - begin
                for start, end, entity in spans:
                    row, at = max((p for p in places if p[1] <= start), key=lambda p: p[1])
                    shown = f"{text[max(0, start - 50) : start]}[[{text[start:end]}]]"
                    shown += text[end : end + 40]
                    place = domain, corpus, row, start - at, end - start, entity
                    found.append(Found(*place, " ".join(shown.split())))
    return found, size, seconds


class _NoNames:
    """Stands for the name model, and finds nobody."""

    entities: frozenset[str] = frozenset()
    scored = True

    def find(self, *_: object) -> tuple[()]:
        return ()


def ours() -> Find:
    """Return what the default policy removes of a text, names apart."""
    analyzer = Analyzer(load_policy("default"))
    analyzer.detectors = replace(analyzer.detectors, names=_NoNames())

    def find(text: str) -> Iterator[tuple[int, int, str]]:
        for one in (r.decision for r in analyzer.analyze(text_unit(text)).removals):
            if one.finding.entity != "PERSON":
                yield one.start, one.end, one.finding.entity

    return find


class Verdicts:
    """What a person said of findings: right or wrong, by system and place."""

    def __init__(self, system: str) -> None:
        self._system = system
        self._said: dict[tuple[str, str], list[tuple[int, int, int, bool]]] = defaultdict(list)
        if VERDICTS.exists():
            with VERDICTS.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file, delimiter="\t"):
                    if row["system"] == system:
                        place = int(row["row"]), int(row["start"]), int(row["length"])
                        key = row["corpus"], row["entity"]
                        self._said[key].append((*place, row["verdict"] == "right"))

    def of(self, one: Found) -> bool | None:
        """Return whether a finding is right, or None if nobody looked at it."""
        for row, start, length, right in self._said[one.corpus, one.entity]:
            if one.meets(row, start, length):
                return right
        return None

    def store(self, judged: Iterable[tuple[Found, bool]]) -> None:
        """Add verdicts to the file, sorted."""
        _, *lines = VERDICTS.read_text("utf-8").splitlines() if VERDICTS.exists() else [""]
        for one, right in judged:
            place = one.corpus, str(one.row), str(one.start), str(one.length), one.entity
            lines.append("\t".join((self._system, *place, "right" if right else "wrong")))
        lines = sorted(set(lines))
        VERDICTS.write_text("\n".join(["\t".join(FIELDS), *lines]) + "\n", "utf-8")


def table(found: list[Found], size: Counter[str], verdicts: Verdicts) -> Iterator[str]:
    """Yield a Markdown table: findings and false alarms by type, false alarms by domain."""
    heads = ("type", "found", "judged", "wrong", "per 100,000", *DOMAINS)
    yield f"| {' | '.join(heads)} |\n|---|{'--:|' * (len(heads) - 1)}"
    for entity in sorted({one.entity for one in found}):
        mine = [one for one in found if one.entity == entity]
        said = {one: right for one in mine if (right := verdicts.of(one)) is not None}
        wrong = sum(not right for right in said.values())
        row = [entity, len(mine), len(said), wrong, _rate(mine, said, size.total())]
        for domain in DOMAINS:
            there = [one for one in mine if one.domain == domain]
            row.append(_rate(there, said, size[domain]))
        yield f"| {' | '.join(map(str, row))} |"
    yield f"{size.total()} characters: " + ", ".join(f"{d} {n}" for d, n in size.items())


def _rate(found: list[Found], said: dict[Found, bool], size: int) -> str:
    """Return false alarms per 100,000 characters, by the share of those that were judged.

    Where nobody judged one of the findings, the share of the type as a whole stands for it.
    """
    judged = [said[one] for one in found if one in said] or list(said.values())
    if found and not judged:
        return "?"
    share = judged.count(False) / len(judged) if judged else 0.0
    return f"{share * len(found) / size * PER:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", choices=PEERS)
    parser.add_argument("--show", metavar="TYPE", help="a type, or ALL")
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--new", action="store_true", help="show only what nobody judged")
    parser.add_argument("--false", dest="wrong", help="numbers of those shown that are wrong")
    given = parser.parse_args()
    find = PEERS[given.peer]() if given.peer else ours()
    found, size, seconds = run(given.folder, find)
    verdicts = Verdicts(given.peer or "redactor")
    if not given.show:
        print(*table(found, size, verdicts), f"{seconds:.0f} s", sep="\n")
        return
    mine = [one for one in found if given.show in {one.entity, "ALL"}]
    if given.new:
        mine = [one for one in mine if verdicts.of(one) is None]
    chosen = random.Random(given.seed).sample(mine, min(given.sample, len(mine)))
    for number, one in enumerate(chosen):
        said = {True: "right", False: "wrong", None: "?"}[verdicts.of(one)]
        print(number, one.corpus, one.entity, said, one.shown)
    if given.wrong is not None:
        wrong = {int(number) for number in given.wrong.split(",") if number}
        verdicts.store((one, number not in wrong) for number, one in enumerate(chosen))


if __name__ == "__main__":
    main()
