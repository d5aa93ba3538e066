"""What linking the documents of a run does: pseudonyms that become one, and what it removes more.

    python tests/benchmarks/linking.py                  an invented collection
    python tests/benchmarks/linking.py FILE.jsonl.gz    annotated texts, as one collection
    python tests/benchmarks/linking.py --people 100000  memory and time of a register

FILE is as `redactor.training.corpora` reads it. Of what linking removes there beyond each text by
itself, what overlaps a tagged person is right.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.result import Analysis, Removal
from redactor.analysis.unit import text_unit
from redactor.config.policy import load_policy
from redactor.detect.coreference.register import Register, RegisterBuilder
from redactor.keys import Key
from redactor.model import Census, NamedPerson
from redactor.pipeline.census import SURE
from redactor.text import normalize

GIVEN = (
    "Teodor Ilse Anna Kevin Ada Tomas Delphine Kofi Maren Oskar Nadia Piotr Lucia Henrik Yusuf "
    "Ingrid Samir Clara Edmund Beatrix"
).split()
SURNAMES = [
    begin + end
    for begin in "Bran Kel Mor Thorn Ash Vel Har Dun Stell Wick".split()
    for end in "dt sen wick ley ford mann ing ström".split()
]
SAID = (
    "Then {} said the cranes would wait until Friday.\n",
    "Ask {} about the survey.\n",
    "The {} letter is in the other folder.\n",
)
NOBODY = (
    "The {0} Street depot was shut, and {0} Ltd went under.\n",
    "We stayed at the {0} Hotel, and drove on to {0} Park.\n",
)


def both(texts: Sequence[str]) -> Iterable[tuple[str, Analysis, Analysis]]:
    """Yield each text with its analysis by itself, and as part of the collection."""
    alone = Analyzer(load_policy("default"))
    first = [alone.detect(text_unit(text), "x.txt") for text in texts]
    builder = RegisterBuilder()
    for one in first:
        named = (m for m in one.mentions if alone.names(m.finding))
        people = (NamedPerson(m.with_titles, m.finding.score >= SURE) for m in named)
        builder.add(Census(tuple(people)))
    register = builder.made(Key(bytes(32)))
    linked = Analyzer(load_policy("default"), (), register)
    for text, found in zip(texts, first, strict=True):
        unit = text_unit(text)
        before = alone.resolve(found, unit)
        found.others = register.near(unit.forms)
        yield text, before, linked.resolve(found, unit)


def people_of(found: Analysis) -> list[Removal]:
    return [one for one in found.removals if one.decision.finding.entity == "PERSON"]


def invented() -> None:
    """Print what becomes of 120 people in 600 documents, four of each and one trap."""
    chance = random.Random(7)
    every = [(given, surname) for given in GIVEN for surname in SURNAMES]
    people = chance.sample(every, 120)
    texts: list[str] = []
    told: list[tuple[str, str, str]] = []  # kind, words, whole name
    for given, surname in people:
        rows = (
            (
                "full",
                f"{given} {surname}",
                "Minutes.\n\n{} was in the chair and spoke first.\n",
            ),
            ("surname", surname, chance.choice(SAID)),
            ("initial", f"{given[0]}. {surname}", "The file was sent on by {} in May.\n"),
            ("account", f"{given}_{surname}".lower(), "Please see {} about this.\n"),
            ("trap", surname, chance.choice(NOBODY)),
        )
        for kind, words, text in rows:
            texts.append(text.format(words))
            told.append((kind, words, f"{given} {surname}"))
    counts = (Counter[tuple[str, str]](), Counter[tuple[str, str]]())
    for (text, *found), (kind, words, whole) in zip(both(texts), told, strict=True):
        for some, one in zip(counts, found, strict=True):
            some[kind, _outcome(text, words, whole, people_of(one))] += 1
    for name, some in zip(("by itself", "linked"), counts, strict=True):
        for (kind, outcome), number in sorted(some.items()):
            print(f"{name:10} {kind:8} {outcome:20} {number:4}")


def _outcome(text: str, words: str, whole: str, found: Sequence[Removal]) -> str:
    at = text.index(words)
    hit = [o for o in found if o.decision.start <= at and at + len(words) <= o.decision.end]
    if not hit:
        return "kept"
    if hit[0].value == normalize(whole):
        return "the person's"
    return "a question" if "link" in hit[0].decision.review else "a pseudonym of its own"


def annotated(path: Path, most: int, length: int) -> None:
    """Print what linking removes beyond each text by itself, and how much of it is right."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(most), lines, strict=False)]
    counts: Counter[str] = Counter()
    texts = [row["text"][:length] for row in rows]
    for row, (text, before, after) in zip(rows, both(texts), strict=True):
        tagged = {at for start, end in _people(row) for at in range(start, end)}
        known = {at for one in people_of(before) for at in _span(one)}
        counts["questions by itself"] += sum(
            "link" in one.decision.review for one in people_of(before)
        )
        for one in people_of(after):
            counts["places"] += 1
            counts["questions"] += "link" in one.decision.review
            if fresh := set(_span(one)) - known:
                right = not tagged.isdisjoint(fresh)
                counts["more, right" if right else "more, wrong"] += 1
                near = text[max(0, one.decision.start - 30) : one.decision.end + 30]
                print(f"{'right' if right else 'WRONG'}  {one.text!r} in {near!r}")
        counts["lost"] += len(known - {at for one in people_of(after) for at in _span(one)})
    print(path.name, len(rows), "texts", dict(counts))


def _people(row: dict) -> Iterable[tuple[int, int]]:
    for one in row.get("spans") or row.get("entities") or []:
        keys = ("start", "end", "label")
        start, end, label = map(one.get, keys) if isinstance(one, dict) else one[:3]
        if str(label).upper().startswith(("PER", "NAME")):
            yield start, end


def _span(one: Removal) -> range:
    return range(one.decision.start, one.decision.end)


def many(number: int) -> None:
    """Print what a register of so many people takes."""
    chance = random.Random(3)
    letters = "abcdefghijklmnopqrstuvwxyz"
    surnames = ["".join(chance.choices(letters, k=7)).title() for _ in range(number // 2)]
    given = ["".join(chance.choices(letters, k=5)).title() for _ in range(4000)]
    start = time.process_time()
    builder = RegisterBuilder()
    for _ in range(number):
        name = f"{chance.choice(given)} {chance.choice(surnames)}"
        builder.add(Census((NamedPerson(name, sure=True),)))
    register: Register = builder.made(Key(bytes(32)))
    made = time.process_time() - start
    names = [*chance.sample(surnames, 30), *chance.sample(given, 10)]
    words = frozenset(one.lower() for one in names)
    start = time.process_time()
    near = register.near(words)
    took = 1000 * (time.process_time() - start)
    print(
        f"{register.count:,} people, {register.bytes / 1e6:.1f} MB, made in {made:.1f} s; of a "
        f"document with {len(words)} words of names: {len(near.known)} people in {took:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--most", type=int, default=200, help="texts")
    parser.add_argument("--length", type=int, default=12_000, help="characters of a text")
    parser.add_argument("--people", type=int)
    given = parser.parse_args()
    if given.people:
        many(given.people)
    elif given.file:
        annotated(given.file, given.most, given.length)
    else:
        invented()


if __name__ == "__main__":
    main()
