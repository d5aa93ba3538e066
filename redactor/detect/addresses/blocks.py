"""Postal addresses as whole blocks: the lines around a street, a box or a postcode belong to them.

Rules find the cores: a number and a street, a post office box, a postcode. From a core the block
grows, part by part, over commas, blanks and line ends: to the right over units, towns, postcodes,
regions and countries, to the left over units and the names of houses, and, from a postcode, over
towns. A town is included only with a part that comes after it: towns alone prove nothing.

A core may be weak: "14 Chapel Hill" is no address by itself, but one with a postcode after it.
Such a rule scores below what policies ask for, and the parts that were found add to it. The
source of a finding that grew names them: `rule:address/street + unit + code`.

Every step is one match of bounded length at one position, and there are at most `_MOST` of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from redactor.detect.addresses.parts import (
    AFTER,
    AFTER_ANY,
    BEFORE,
    BEFORE_ANY,
    LONE_TOWN,
    NAMED,
    POSTCODE,
    TOWNS_BEFORE,
)
from redactor.model import Finding
from redactor.text import View

__all__ = ["ENTITY", "whole_blocks"]

ENTITY = "STREET_ADDRESS"  # of the rules whose findings are cores
_MOST = 10  # parts after a core, and half as many before it
_TOWNS = 4  # towns in a row before what proves them
_REACH = 90  # characters in which the part before a core must begin
_CODE = 9  # characters of the longest postcode of the United Kingdom or Ireland, and one more
# What the best of the parts adds to the score of a core.
_WORTH = {"code": 0.65, "unit": 0.5, "locality": 0.35, "region": 0.35, "country": 0.35}
# The highest score that parts can raise a core to.
_SUREST = 0.95


@dataclass(frozen=True, slots=True)
class _Block:
    """A span of the view, and the kinds of the parts that were found after its core."""

    start: int
    end: int
    parts: tuple[str, ...] = ()


def whole_blocks(text: View, findings: Iterable[Finding], offset: int = 0) -> Iterator[Finding]:
    """Yield the findings, those of parts of an address widened to the whole of it.

    `offset` was added to positions in the source of `text`.
    """
    for finding in findings:
        if finding.entity == ENTITY:
            yield _whole(text, finding, offset)
        else:
            yield finding


def _whole(text: View, finding: Finding, offset: int) -> Finding:
    core = _Block(*_in_view(text, finding.start - offset, finding.end - offset))
    block = _before(text.text, _after(text.text, core))
    start, end = text.span(block.start, block.end)
    parts = tuple(dict.fromkeys(block.parts))
    return replace(
        finding,
        start=min(start + offset, finding.start),
        end=max(end + offset, finding.end),
        score=_score(finding.score, parts),
        source=" + ".join((finding.source, *parts)),
    )


def _score(core: float, parts: Iterable[str]) -> float:
    best = max((_WORTH[part] for part in parts), default=0.0)
    return max(core, min(round(core + best, 2), _SUREST))


def _in_view(text: View, start: int, end: int) -> tuple[int, int]:
    """Return the span of the view that a span of its source became."""
    if text.starts == text.origins == (0,) and text.lengths == (len(text.text),):
        return start, min(end, len(text.text))  # the view is its source
    places = range(len(text.text))
    first = bisect_left(places, start + 1, key=lambda at: text.span(at, at + 1)[1])
    last = bisect_left(places, end, key=lambda at: text.span(at, at + 1)[1])
    return first, min(last + 1, len(text.text))


def _after(text: str, core: _Block) -> _Block:
    """Return a block with what follows it, as far as it is proved to belong."""
    pattern = AFTER_ANY if text[core.start : core.end].islower() else AFTER
    at, towns, block = core.end, 0, core
    for _ in range(_MOST):
        part = pattern.match(text, at)
        if part is None or part.lastgroup is None or towns > _TOWNS:
            break
        at = part.end()
        if part.lastgroup == "town":
            towns += 1
        else:
            towns, block = 0, _Block(core.start, at, (*block.parts, part.lastgroup))
    if {*block.parts} <= {"unit"} and (town := LONE_TOWN.match(text, block.end)):
        return replace(block, end=town.end())
    return block


def _before(text: str, block: _Block) -> _Block:
    """Return a block with the units and houses before it; before a bare postcode, with towns."""
    patterns = [BEFORE_ANY if text[block.start : block.end].islower() else BEFORE]
    code = POSTCODE.search(text, max(block.start, block.end - _CODE), block.end)
    if code and code.start() == block.start:
        patterns.append(TOWNS_BEFORE)
    elif code or not {"code", "locality"}.isdisjoint(block.parts):
        patterns.append(NAMED)
    for _ in range(_MOST // 2):
        lowest = max(0, block.start - _REACH)
        parts = (pattern.search(text, lowest, block.start) for pattern in patterns)
        part = next(filter(None, parts), None)
        if part is None:
            break
        block = replace(block, start=part.start("part"))
    return block
