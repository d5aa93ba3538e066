"""Presidio's anonymizer, asked for one value at a time.

What it takes, with the version the facts were seen in (2.2.366):

- `anonymize` merges overlapping results and results of one entity that blanks separate, and takes
  one operator an entity. Overlaps are resolved before (`redactor.decide`), and each decision has an
  operator of its own, so that the engine is given one result over the whole of a value;
- it makes an operator afresh for every value (`operators_factory`), so that operators have no
  state: what they need stands in their parameters;
- `encrypt` has a random initialisation vector, so that no run would give the same copy twice. Our
  own operator of that name is registered in its place;
- `hash` takes a random salt unless it is given one; here it always is;
- its loggers name operators and positions, never a text. A parameter may be the collection key,
  which `OperatorConfig` shows in its `repr`: none is kept or logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from presidio_anonymizer import AnonymizerEngine, DeanonymizeEngine
from presidio_anonymizer.entities import OperatorConfig, OperatorResult, RecognizerResult
from presidio_anonymizer.operators import Operator

from redactor.operators.date_shift import DateShift
from redactor.operators.encrypt import Decrypt, Encrypt
from redactor.operators.generalise import Generalise
from redactor.operators.surrogate import Surrogate
from redactor.operators.tokens import Number, Pseudonym

OURS: tuple[type[Operator], ...] = (Pseudonym, Number, Encrypt, Surrogate, DateShift, Generalise)


@lru_cache(maxsize=64)
def _engine(custom: type[Operator] | None = None) -> AnonymizerEngine:
    """Return an engine with our operators, or one for an operator of the user's own.

    That one has an engine to itself: under a name such as `replace` it would stand in the place of
    the operator that has it.
    """
    engine = AnonymizerEngine()  # type: ignore[no-untyped-call]
    for operator in (_guarded(custom),) if custom else OURS:
        engine.add_anonymizer(operator)
    return engine


class NoTextError(Exception):
    """What an operator returned is no text, which the engine cannot put into one."""


def _guarded(custom: type[Operator]) -> type[Operator]:
    """Return an operator of the user's own that is known to return a text."""

    class Guarded(custom):  # type: ignore[valid-type, misc]
        def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
            made = super().operate(text=text, params=params)
            if not isinstance(made, str):
                raise NoTextError
            return made

    return Guarded


def anonymize(
    text: str,
    entity: str,
    name: str,
    parameters: Mapping[str, Any],
    *,
    custom: type[Operator] | None = None,
) -> str:
    """Return what an operator puts in the place of a text. Raises whatever it raises."""
    engine = _engine(custom)
    result = RecognizerResult(entity, 0, len(text), 1.0)
    config = OperatorConfig(name, dict(parameters))
    [item] = engine.anonymize(text, [result], {entity: config}).items
    return str(item.text)


def deanonymize(text: str, entity: str, parameters: Mapping[str, Any]) -> str:
    """Return the text that was encrypted. Raises InvalidToken."""
    engine = DeanonymizeEngine()  # type: ignore[no-untyped-call]
    engine.add_deanonymizer(Decrypt)
    config = OperatorConfig("decrypt", dict(parameters))
    result = OperatorResult(0, len(text), entity)
    [item] = engine.deanonymize(text, [result], {entity: config}).items
    return str(item.text)
