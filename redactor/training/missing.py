"""Tokens of classes that a corpus does not annotate: they are marked as missing.

A corpus without DATE leaves "Friday" untagged; trained on unchanged, it would teach that "Friday"
is no date. So the words that carry a class at least half the time are counted in the corpora that
annotate it, and marked as missing in those that do not.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc

from redactor.training.corpora import DOUBT, LABELS, Record, Span

# A word carries a class if it does so in half of its occurrences, and three times at least: a rarer
# word would be marked by an accident.
SHARE = 0.5
SEEN = 3
# Labels of spans whose tokens may be of any class.
_OPEN_LABELS = frozenset({DOUBT, "ADDRESS"})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """For each class, the words that carry it in at least half of their occurrences."""

    words: dict[str, frozenset[str]]

    def carries(self, word: str, labels: Iterable[str]) -> bool:
        """Whether the word, as written or lower-cased, often carries one of the classes."""
        return any(word in self.words.get(label, frozenset()) for label in labels)


@dataclass(frozen=True, slots=True)
class Example:
    """A tokenised record, and the classes its corpus does not annotate."""

    doc: Doc
    record: Record
    unknown: frozenset[str]


def learn(examples: Iterable[Example]) -> Lexicon:
    """The lexicon of the examples; a class is counted only where it is annotated."""
    seen: Counter[tuple[str, str]] = Counter()
    carried: Counter[tuple[str, str]] = Counter()
    for example in examples:
        _count(example, seen, carried)
    words: dict[str, set[str]] = {label: set() for label in LABELS}
    for (label, word), total in carried.items():
        if total >= SEEN and total >= SHARE * seen[label, word]:
            words[label].add(word)
    return Lexicon({label: frozenset(found) for label, found in words.items()})


def _count(
    example: Example, seen: Counter[tuple[str, str]], carried: Counter[tuple[str, str]]
) -> None:
    inside = {
        index: span.label for span in example.record.spans for index in _covered(example, span)
    }
    known = [label for label in LABELS if label not in example.unknown]
    for token in example.doc:
        if not any(char.isalnum() for char in token.text):
            continue
        for label in known:
            seen[label, token.text] += 1
            carried[label, token.text] += inside.get(token.i) == label


def _covered(example: Example, span: Span) -> range:
    found = example.doc.char_span(span.start, span.end, alignment_mode="expand")
    return range(found.start, found.end) if found is not None else range(0)


def missing_tokens(example: Example, lexicon: Lexicon) -> set[int]:
    """The indices of missing tokens: of an unannotated class, in doubt, or in an address."""
    opened = {token.i for token in example.doc if lexicon.carries(token.text, example.unknown)}
    if "DATE" in example.unknown:
        opened |= _beside_dates(example.doc, lexicon)
    for span in example.record.spans:
        if span.label in _OPEN_LABELS:
            opened.update(_covered(example, span))
    return opened


def _beside_dates(doc: Doc, lexicon: Lexicon) -> set[int]:
    """The indices of numbers and commas near a word of a date: the 4 in "May 4, 2019"."""
    dated = [token.i for token in doc if lexicon.carries(token.text, ("DATE",))]
    near = {i for at in dated for i in range(max(0, at - 2), min(len(doc), at + 3))}
    return {i for i in near if doc[i].like_num or doc[i].text == ","}
