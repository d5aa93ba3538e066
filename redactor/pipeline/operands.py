"""What operators are given of a unit: its removals, and the words that no surrogate may have."""

from __future__ import annotations

from redactor.analysis.result import Analysis
from redactor.analysis.unit import Unit
from redactor.detect.coreference.name_parser import CONTEXT
from redactor.operators import INVENTING, Operand
from redactor.text import plain, view, words

__all__ = ["operands_of", "words_of"]


def operands_of(unit: Unit, found: Analysis) -> list[Operand]:
    """Return the removals of a unit as operators take them, with their text as the source has it.

    Of a file name that is `Kevin_Marsh`, where the unit has `Kevin Marsh`.
    """
    return [
        Operand(
            one.decision,
            one.value,
            "".join(
                piece.of.text[start:end]
                for piece, start, end in unit.cut(one.decision.start, one.decision.end)
            ),
            unit.text[max(0, one.decision.start - CONTEXT) : one.decision.start],
        )
        for one in found.removals
    ]


def words_of(unit: Unit, found: Analysis) -> frozenset[str]:
    """Return the normalised words of a unit, if values are invented for it; none otherwise."""
    if INVENTING.isdisjoint(one.decision.action for one in found.removals):
        return frozenset()
    texts = (read(window.text).text for window in unit.windows for read in (view, plain))
    return frozenset(word.form for text in texts for word in words(text))
