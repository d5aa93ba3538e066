"""People in other languages: `python tests/benchmarks/languages.py DIR`.

DIR is the folder of annotated texts with the lists of names, as `redactor.training` reads it. The
blocks of `redactor/training/languages` that no training reads are filled with drawn names, and read
under the default policy. Printed are the share of names touched, and by thousand words the wrong
people removed and the places that a reviewer is asked about.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import NamedTuple

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import text_unit
from redactor.config.policy import load_policy
from redactor.training.languages import Language, invent, read_languages
from redactor.training.names import read_names

SEED = 7


class Counts(NamedTuple):
    """Names and those touched, wrong people, places in doubt, words."""

    names: int
    touched: int
    wrong: int
    asked: int
    words: int

    def __str__(self) -> str:
        thousand = self.words / 1_000
        return (
            f"{self.names} | {self.touched / self.names:.2f} | {self.wrong / thousand:.1f}"
            f" | {self.asked / thousand:.1f}"
        )


def count(analyzer, record):
    removed = [one.decision for one in analyzer.analyze(text_unit(record.text)).removals]
    names = [(span.start, span.end) for span in record.spans if span.label == "PERSON"]
    people = [(one.start, one.end) for one in removed if one.finding.entity == "PERSON"]
    return Counts(
        len(names),
        sum(any(one.start < e and s < one.end for one in removed) for s, e in names),
        sum(not any(b < e and s < t for s, e in names) for b, t in people),
        sum(bool(one.review) for one in removed),
        len(record.text.split()),
    )


def main(folder: Path) -> None:
    """Print a row for each file of blocks, and one for all."""
    analyzer, lists = Analyzer(load_policy("default")), read_names(folder / "names")
    print("| texts | names | touched | wrong people | questions |\n|---|---|---|---|---|")
    every: list[Counts] = []
    for language in read_languages(folder / "names"):
        drawn = invent([language], lists, random.Random(SEED), held_out)
        counts = [count(analyzer, record) for record in drawn]
        every += counts
        print(f"| {language.code} | {together(counts)} |", flush=True)
    print(f"| all | {together(every)} |")


def held_out(language: Language) -> list[str]:
    return language.held_out


def together(counts):
    return Counts(*map(sum, zip(*counts, strict=True)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
