"""What is done with an entity: the action, its parameters, and the ground of a removal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Literal


class Action(Enum):
    """What is done with a finding: the operator that replaces its text, or `KEEP`."""

    PSEUDONYM = "pseudonym"
    LABEL = "label"
    NUMBER = "number"
    MASK = "mask"
    KEEP = "keep"
    REPLACE = "replace"
    REDACT = "redact"
    HASH = "hash"
    ENCRYPT = "encrypt"
    SURROGATE = "surrogate"
    DATE_SHIFT = "date_shift"
    GENERALISE = "generalise"
    CUSTOM = "custom"


FREE_FORM = frozenset(
    {
        Action.MASK,
        Action.REPLACE,
        Action.SURROGATE,
        Action.DATE_SHIFT,
        Action.GENERALISE,
        Action.CUSTOM,
    }
)
"""Actions whose replacements may look like any text, and not like a placeholder."""

Scalar = str | int | float | bool
Parameters = tuple[tuple[str, Scalar | tuple[Scalar, ...]], ...]
"""The parameters of an operator, sorted by name; a list is a tuple here."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """The ground of a redaction: exemption code, legal basis, reason, end of the restriction.

    The words are those of the policy's author, never of a document. `restrict_until` is the last
    day of the restriction.
    """

    code: str = ""
    basis: str = ""
    reason: str = ""
    restrict_until: date | None = None


Shown = Literal["code", "amount"]
"""What a placeholder may show beside the entity: the code, and a band of the length."""


@dataclass(frozen=True, slots=True)
class EntityPolicy:
    """A policy's settings for one entity: the action, its parameters and its ground.

    The action is applied to findings with a score of at least `threshold`; those below `review` are
    marked for review. `shows` lists what a placeholder shows beside the entity. `expired` means
    that the restriction has ended on the day of the run: the entity is kept.
    """

    action: Action
    threshold: float
    review: float = 0.0
    exemption: Exemption = Exemption()
    shows: tuple[Shown, ...] = ()
    expired: bool = False
    parameters: Parameters = ()
