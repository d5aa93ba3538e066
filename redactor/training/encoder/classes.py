"""The classes of a word piece in the BIO scheme: outside, and beginning and inside of each label.

A class that a corpus does not annotate is unknown there, not absent. So a piece has the set of
classes that are possible, and the loss is that of the probability of the whole set.
"""

from collections.abc import Iterable

from redactor.training.corpora import LABELS

CLASSES = ("O", *(f"{place}-{label}" for label in LABELS for place in "BI"))
# Sets of classes as bit masks, in the order of `CLASSES`.
OUTSIDE = 1
ANY = (1 << len(CLASSES)) - 1


def begins(label: str) -> int:
    """The set that holds only the beginning of a label, as a bit mask."""
    return 1 << CLASSES.index(f"B-{label}")


def inside(label: str) -> int:
    """The set that holds only the inside of a label, as a bit mask."""
    return 1 << CLASSES.index(f"I-{label}")


def outside(unknown: Iterable[str]) -> int:
    """The set of a piece without a span, where the given labels are not annotated."""
    return OUTSIDE | sum(begins(label) | inside(label) for label in unknown)
