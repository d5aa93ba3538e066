"""What operators are given: operands, and what holds for a whole document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from redactor.keys import Key
from redactor.model import Action, Decision
from redactor.operators.numbering import Numbers

INVENTING = frozenset({Action.SURROGATE})
"""Actions that must know every word of the text, to use none."""


@dataclass(frozen=True, slots=True)
class Operand:
    """What an operator replaces: a decision, the canonical value it removes, and its text.

    `text` is as written in the source. `before` are the characters before it, in which a title may
    show a person's gender.
    """

    decision: Decision
    value: str = field(repr=False)
    text: str = field(default="", repr=False)
    before: str = field(default="", repr=False)


def _nowhere(text: str) -> bool:
    del text
    return False


class DocumentState:
    """The numbers that were given out in a document, and the surrogates, by what they stand for."""

    def __init__(self) -> None:
        self.numbers = Numbers()
        self.surrogates: dict[str, str] = {}

    def branch(self, taken: Iterable[str]) -> DocumentState:
        """Return a copy that goes on from here; `taken` are placeholders of the source."""
        branch = DocumentState()
        branch.numbers = self.numbers.branch(taken)
        branch.surrogates = dict(self.surrogates)
        return branch


@dataclass(frozen=True, slots=True)
class ReplacementContext:
    """What the replacements of one text depend on, beside the operands.

    `state` is the document's, and goes on from text to text; `document` names it. `words` are the
    normalised words of the text, and `occurs` tells whether a value that is removed from it, or a
    person who is kept, occurs in another one: surrogates avoid both.
    """

    key: Key
    state: DocumentState = field(default_factory=DocumentState, repr=False)
    document: str = field(default="", repr=False)
    words: frozenset[str] = field(default=frozenset(), repr=False)
    occurs: Callable[[str], bool] = field(default=_nowhere, repr=False)
