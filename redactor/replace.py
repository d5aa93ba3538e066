"""From a decision to what stands in its place. Pure.

A pseudonym is the entity and 40 bits of HMAC(key, entity, canonical value), in Crockford's
base 32: `[PERSON_7FQ2M9XA]`. The same value gives the same token in every file, worker and run,
with no coordination, and nobody without the key can compute it. Its width tells nothing of the
value's. A number, `[PERSON_1]`, goes by the order in one document and skips those that the source
already uses. A label is the entity alone; a mask is always as wide as any other.

Where a policy shows the code of an exemption, or the amount, they stand after the entity, as in
`[PERSON_7FQ2M9XA (b)(6) 10-19 characters]`; a mask gives way to them, `[(b)(6) 10-19 characters]`,
and still names no entity. The amount is a band, as in the log, never a length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from redactor.keys import Key
from redactor.model import BANDS, Action, Decision, Slot, amount

MASK = "XXXXXXXX"
_UNIT = "characters"
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOKEN_BYTES = 5
_NO_HOST = "redacted.invalid"
"""A host that no mail can reach: RFC 2606 reserves `.invalid`."""

_PORTABLE = re.compile(r"[A-Za-z0-9_]+")
"""What may stand in every URL and file name."""


def token(key: Key, entity: str, value: str) -> str:
    """Return the pseudonym of a canonical value."""
    bits = int.from_bytes(key.mac("pseudonym", entity, value)[:_TOKEN_BYTES], "big")
    digits = (_DIGITS[bits >> shift & 31] for shift in range(35, -1, -5))
    return f"[{entity}_{''.join(digits)}]"


def replacements(removals: Sequence[Removed], key: Key, numbers: Numbers) -> list[str]:
    """Return what stands in the place of each removal, in their order."""
    return [_replacement(one.decision, one.value, key, numbers) for one in removals]


class Removed(Protocol):
    """What a replacement is made from: a decision, and the canonical value it removes."""

    @property
    def decision(self) -> Decision:
        """Return the decision."""

    @property
    def value(self) -> str:
        """Return the canonical value."""


def render(replacement: str, slot: Slot) -> str:
    """Return a replacement as it may stand in a slot.

    `[PERSON_7FQ2M9XA]` is `PERSON_7FQ2M9XA` in a URL, a file name or an identifier, and
    `PERSON_7FQ2M9XA@redacted.invalid` where only a mailbox may stand.
    """
    if slot in {Slot.TEXT, Slot.NUMBER}:
        return replacement
    bare = "-".join(_PORTABLE.findall(replacement))
    return f"{bare}@{_NO_HOST}" if slot is Slot.MAILBOX else bare


def _replacement(decision: Decision, value: str, key: Key, numbers: Numbers) -> str:
    name = _name(decision, value, key, numbers)
    parts = [part for part in (name, *_beside(decision)) if part]
    return f"[{' '.join(parts)}]" if parts else MASK


def _name(decision: Decision, value: str, key: Key, numbers: Numbers) -> str:
    """Return how the value is named in its placeholder; a mask does not name it."""
    entity = decision.finding.entity
    match decision.action:
        case Action.PSEUDONYM:
            return token(key, entity, value)[1:-1]
        case Action.NUMBER:
            return f"{entity}_{numbers.of(entity, value)}"
        case Action.LABEL:
            return entity
        case Action.MASK:
            return ""
        case Action.KEEP:
            raise ValueError("what is kept has no replacement")


def _beside(decision: Decision) -> Iterator[str]:
    """Yield what the placeholder shows beside the name."""
    if "code" in decision.shows:
        yield decision.exemption.code
    if "amount" in decision.shows:
        yield f"{amount(decision.end - decision.start)} {_UNIT}"


class Numbers:
    """Numbers by entity, in the order of first appearance in a document.

    `taken` are placeholders of the source, whose numbers are not given out again.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._given: dict[tuple[str, str], int] = {}
        self._last: dict[str, int] = {}

    def branch(self, taken: Iterable[str]) -> Numbers:
        """Return a copy that goes on from here, with more numbers taken."""
        branch = Numbers(self._taken.union(taken))
        branch._given, branch._last = dict(self._given), dict(self._last)
        return branch

    def of(self, entity: str, value: str) -> int:
        """Return the number of a value: the one it has, or the next."""
        if (entity, value) not in self._given:
            number = self._last.get(entity, 0) + 1
            while f"{entity}_{number}" in self._taken:
                number += 1
            self._given[entity, value] = self._last[entity] = number
        return self._given[entity, value]


def placeholders(
    text: str, entities: Iterable[str], codes: Iterable[str] = ()
) -> Iterator[re.Match[str]]:
    """Yield what looks like a replacement of ours (or of a kindred tool) in a text.

    The group `name` is the entity with its number or token, or None where there is none. Only known
    entities and codes count: `<MARSH>` is a name between brackets, and so is `[PERSON MARSH]`. A
    mask counts wherever it stands, be it ours or not.
    """
    yield from _shape(frozenset(entities), frozenset(codes)).finditer(text)


@lru_cache(maxsize=8)
def _shape(entities: frozenset[str], codes: frozenset[str]) -> re.Pattern[str]:
    known = _one_of(entities)
    bands = _one_of(f"{band} {_UNIT}" for _, band in BANDS)
    code = _one_of(codes)
    name = rf"(?P<name>{known}(?:_(?:\d{{1,6}}|[{_DIGITS}]{{8}}))?)"
    shown = rf"{name}(?: {code})?(?: {bands})?|{code}(?: {bands})?|{bands}"
    # In URLs and file names there are no brackets: a pseudonym is known by its eight digits.
    bare = rf"(?<![A-Za-z0-9]){known}_[{_DIGITS}]{{8}}(?![A-Za-z0-9])"
    return re.compile(rf"[\[<](?:{shown})[\]>]|{bare}|(?<!X){MASK}(?!X)")


def _one_of(words: Iterable[str]) -> str:
    """Return a pattern of any of some words, the longest first; of none, one that never fits."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, ordered)) or '(?!)'})"
