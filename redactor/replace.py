"""From a decision to what stands in its place. Pure.

A pseudonym is the entity and 40 bits of HMAC(key, entity, canonical value), in Crockford's
base 32: `[PERSON_7FQ2M9XA]`. The same value gives the same token in every file, worker and run,
with no coordination, and nobody without the key can compute it. Its width tells nothing of the
value's. A number, `[PERSON_1]`, goes by the order in one document and skips those that the source
already uses. A label is the entity alone; a mask is always as wide as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from redactor.keys import Key
from redactor.model import Action, Decision

MASK = "XXXXXXXX"
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOKEN_BYTES = 5


def token(key: Key, entity: str, value: str) -> str:
    """Return the pseudonym of a canonical value."""
    bits = int.from_bytes(key.mac("pseudonym", entity, value)[:_TOKEN_BYTES], "big")
    digits = (_DIGITS[bits >> shift & 31] for shift in range(35, -1, -5))
    return f"[{entity}_{''.join(digits)}]"


def replacements(
    decisions: Sequence[Decision], values: Sequence[str], key: Key, *, taken: Iterable[str] = ()
) -> list[str]:
    """Return what stands in the place of each decision, in their order.

    `values` are the canonical values, one a decision; `taken` are placeholders of the source,
    whose numbers are not given out again.
    """
    numbers = _Numbers(taken)
    return [
        _replacement(decision, value, key, numbers)
        for decision, value in zip(decisions, values, strict=True)
    ]


def _replacement(decision: Decision, value: str, key: Key, numbers: _Numbers) -> str:
    entity = decision.finding.entity
    match decision.action:
        case Action.PSEUDONYM:
            return token(key, entity, value)
        case Action.NUMBER:
            return f"[{entity}_{numbers.of(entity, value)}]"
        case Action.LABEL:
            return f"[{entity}]"
        case Action.MASK:
            return MASK
        case Action.KEEP:
            raise ValueError("what is kept has no replacement")


class _Numbers:
    """Numbers by entity, in the order of first appearance."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._given: dict[tuple[str, str], int] = {}
        self._last: dict[str, int] = {}

    def of(self, entity: str, value: str) -> int:
        if (entity, value) not in self._given:
            number = self._last.get(entity, 0) + 1
            while f"{entity}_{number}" in self._taken:
                number += 1
            self._given[entity, value] = self._last[entity] = number
        return self._given[entity, value]


def placeholders(text: str, entities: Iterable[str]) -> Iterator[re.Match[str]]:
    """Yield what looks like a replacement of ours (or of a kindred tool) in a text.

    The group `name` is the entity with its number or token. Only known entities count: `<MARSH>`
    is a name between brackets.
    """
    known = "|".join(sorted(map(re.escape, entities), key=lambda name: (-len(name), name)))
    shape = rf"[\[<](?P<name>(?:{known})(?:_(?:\d{{1,6}}|[{_DIGITS}]{{8}}))?)[\]>]"
    yield from re.finditer(shape, text)
