"""What every match of a pattern must hold, read off the pattern itself.

A text is searched for nine digits in a row only where nine digits stand. From the parse tree of a
pattern this module derives its *anchors*: literals, or a number of digits within a distance, of
which every match holds at least one, and how far behind the start of the match it begins. And its
*reach*: how many characters behind its start an attempt may look at. With both, the pattern need
only be tried at the few places in front of an anchor, and finds there what it finds anywhere:
nothing is lost, and that is a law the property tests hold for any pattern and text.

The tree is that of the standard library's parser, for the translation that `dialect` makes of a
pattern. One that cannot be translated has no anchors, its reach is the whole text, and it is tried
everywhere. What a negative lookaround forbids is mostly left out of account; that can only add
places.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, reduce
from typing import Any

import regex

from redactor.detect.prefilter.char_runs import CharRun
from redactor.detect.prefilter.charsets import all_digits, all_small, character, letters
from redactor.detect.prefilter.dialect import DIGIT, UnreadableError, translated
from redactor.detect.prefilter.pattern_info import FAR, Anchors, Factor, PatternInfo, either, rarest
from redactor.detect.prefilter.table import RequiredFactors, shipped
from redactor.detect.prefilter.unparse import NOTHING, Text, any_of, written

__all__ = ["RequiredFactors", "required_factors", "worked_out"]

_MOST_STRINGS = 64
_MOST_COPIES = 40
_MOST_TIMES = 4
_WIDE = 8  # a part that is narrower, and may be missing, is not worth being looked at in both ways
_CARRIED = regex.IGNORECASE | regex.MULTILINE | regex.DOTALL | regex.VERBOSE
_KNOWN = _CARRIED | regex.VERSION0 | regex.UNICODE
_BEGINNINGS = {op.AT_BEGINNING, op.AT_BEGINNING_STRING}
_ENDS = {op.AT_BOUNDARY, op.AT_END, op.AT_END_STRING}
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}


@lru_cache(maxsize=2_000)
def required_factors(pattern: str, flags: int) -> RequiredFactors:
    """Return what every match of a pattern for the `regex` module needs."""
    return shipped(pattern, flags) or worked_out(pattern, flags)


def worked_out(pattern: str, flags: int) -> RequiredFactors:
    """Return what a pattern needs, read off the pattern."""
    try:
        if flags & ~_KNOWN:
            return RequiredFactors()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parser.parse(translated(pattern), int(flags & _CARRIED))
        part = _Reader().sequence(tree, cased=not tree.state.flags & regex.IGNORECASE)
    except (UnreadableError, re.error, RecursionError, OverflowError):
        return RequiredFactors()
    if not part.least:
        return RequiredFactors(reach=part.reach)
    sure = tree.state.flags & regex.MULTILINE and not tree.state.flags & regex.ASCII
    sets = rarest(_fewer(some, sure=bool(sure)) for some in part.every())
    return RequiredFactors(sets, part.reach, part.digits is not None, part.line)


class _Reader:
    """Reads one tree; remembers its groups, for references to them, and what it has read."""

    def __init__(self) -> None:
        self._groups: dict[int, Any] = {}
        self._known: dict[tuple[int, bool], PatternInfo] = {}
        self._rows: dict[tuple[int, bool], list[str]] = {}

    def sequence(self, nodes: Iterable[Any], *, cased: bool) -> PatternInfo:
        """Return what is known of nodes in a row; if `cased`, capitals are told from small letters.

        Where a part may be missing, what follows alone may have the rarer anchors.
        """
        key = id(nodes), cased
        if key not in self._known:
            self._known[key] = self._folded(nodes, cased)
        return self._known[key]

    def _folded(self, nodes: Any, cased: bool) -> PatternInfo:
        whole = PatternInfo(text=Text())
        for part, present in reversed(list(self._parts(nodes, cased))):
            rest, whole = whole, part + whole
            if present is not None and present.most >= _WIDE:
                split = either([present + rest, rest])
                whole = replace(whole, sets=rarest((*whole.sets, *split.sets)))
        return whole

    def _parts(
        self, nodes: Iterable[Any], cased: bool
    ) -> Iterator[tuple[PatternInfo, PatternInfo | None]]:
        """Yield parts in a row; with one that may be missing, the part if it is there."""
        run, text = [""], Text()
        for node in self._flat(nodes, cased):
            strings, written_node = self._strings(*node), written([node[:2]], cased=node[2])
            if 0 < len(strings) * len(run) <= _MOST_STRINGS:
                run = list(dict.fromkeys(one + more for one in run for more in strings))
                text += written_node
                continue
            yield from _literals(run, text)
            run, text = [""], Text()
            if len(strings) > 1 or (strings and strings != [""]):
                run, text = strings, written_node
            else:
                present = self._present(*node)
                part = replace(self._part(*node), text=written_node)
                yield part, present and replace(present, text=written_node)
        yield from _literals(run, text)

    def _flat(self, nodes: Iterable[Any], cased: bool) -> Iterator[tuple[Any, Any, bool]]:
        """Yield nodes, and for a group what is in it, each with whether case counts there."""
        for kind, value in nodes:
            if kind is op.SUBPATTERN:
                group, on, off, inner = value
                within = (cased or bool(off & regex.IGNORECASE)) and not on & regex.IGNORECASE
                if group is not None:
                    self._groups[group] = inner, within
                yield from self._flat(inner, within)
            else:
                yield kind, value, cased

    def _strings(self, kind: Any, value: Any, cased: bool) -> list[str]:
        """Return all that a node matches; nothing if that is much or unsure.

        Letters are small, but for capitals that must be such.
        """
        if kind in {op.LITERAL, op.IN}:
            return letters(kind, value, cased=cased)
        if kind is op.BRANCH:
            ways = [self._row(branch, cased) for branch in value[1]]
            some = list(dict.fromkeys(one for way in ways for one in way))
            return some if all(ways) and len(some) <= _MOST_STRINGS else []
        if kind is op.ATOMIC_GROUP:
            return self._row(value, cased)
        if kind in _REPEATS and int(value[1]) <= _MOST_TIMES:
            return _copies(self._row(value[2], cased), value[0], value[1])
        return []

    def _row(self, nodes: Any, cased: bool) -> list[str]:
        key = id(nodes), cased
        if key not in self._rows:
            self._rows[key] = self._joined(nodes, cased)
        return self._rows[key]

    def _joined(self, nodes: Any, cased: bool) -> list[str]:
        row = [""]
        for node in self._flat(nodes, cased):
            strings = self._strings(*node)
            if not 0 < len(strings) * len(row) <= _MOST_STRINGS:
                return []
            row = list(dict.fromkeys(one + more for one in row for more in strings))
        return row

    def _part(self, kind: Any, value: Any, cased: bool) -> PatternInfo:
        if kind in {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN}:
            return character(kind, value, cased=cased)
        if kind in {op.ATOMIC_GROUP, op.BRANCH}:
            ways = value[1] if kind is op.BRANCH else [value]
            return either([self.sequence(way, cased=cased) for way in ways])
        if kind in _REPEATS:
            return self._repeated(kind, value, cased)
        if kind is op.AT:
            boundary = value is op.AT_BOUNDARY
            line = value in _BEGINNINGS
            return PatternInfo(
                over=2, edge=boundary, alone=boundary, line=line, bars=value in _ENDS
            )
        if kind in {op.ASSERT, op.ASSERT_NOT}:
            direction, nodes = value
            return self._looked(kind, direction, nodes, cased)
        if kind is op.GROUPREF and value in self._groups:
            group = self.sequence(self._groups[value][0], cased=self._groups[value][1])
            return PatternInfo(
                most=group.most,
                over=group.over,
                solid=CharRun(group.solid.whole),
                wordy=CharRun(group.wordy.whole),
                letter=False,
                clear=False,
            )
        raise UnreadableError

    def _present(self, kind: Any, value: Any, cased: bool) -> PatternInfo | None:
        if kind in _REPEATS and value[0] == 0:
            return self._repeated(kind, (1, *value[1:]), cased)
        return None

    def _repeated(self, kind: Any, value: Any, cased: bool) -> PatternInfo:
        least, most, nodes = value
        one = self.sequence(nodes, cased=cased)
        copies = min(least, _MOST_COPIES)
        rest = (FAR if most is op.MAXREPEAT else int(most)) - copies
        more = PatternInfo(
            most=min(FAR, rest * one.most),
            over=one.over if rest else 0,
            solid=CharRun(one.solid.whole or not rest),
            wordy=CharRun(one.wordy.whole or not rest),
            letter=one.letter or not rest,
            clear=one.clear or one.bars or not rest,
            text=written(
                [(kind, (0, rest if most is not op.MAXREPEAT else most, nodes))], cased=cased
            ),
        )
        return reduce(PatternInfo.__add__, [one] * copies, PatternInfo(text=Text())) + more

    def _looked(self, kind: Any, direction: int, nodes: Any, cased: bool) -> PatternInfo:
        inner = self.sequence(nodes, cased=cased)
        if kind is op.ASSERT_NOT:
            small = _forbids(nodes, all_small)
            if direction < 0:
                return PatternInfo(over=inner.over, edge=small, alone=_forbids(nodes, all_digits))
            return PatternInfo(over=inner.reach, bars=small)
        if direction > 0:
            sets = tuple(tuple(map(_ahead, some)) for some in inner.every())
            return PatternInfo(over=inner.reach, bars=inner.barred, sets=sets)
        if inner.most >= FAR:
            return PatternInfo(over=inner.over)
        back = tuple(tuple(_behind(one, inner) for one in some) for some in inner.every())
        return PatternInfo(over=inner.over, sets=back)


def _ahead(anchor: Factor) -> Factor:
    """Return an anchor of what is looked for ahead: what comes next does not follow on it."""
    return replace(anchor, after=replace(anchor.after, whole=False))


def _behind(anchor: Factor, inner: PatternInfo) -> Factor:
    """Return an anchor of what a lookbehind looks for."""
    near, far = anchor.near - inner.most, anchor.far - inner.least
    return replace(anchor, near=near, far=far, solid=False)


def _forbids(nodes: Any, every: Callable[[Any], bool]) -> bool:
    """Tell whether a negative lookaround forbids every character of a kind."""
    one = len(nodes) == 1 and nodes[0][0] is op.BRANCH
    ways = nodes[0][1][1] if one else [nodes]
    return any(len(way) == 1 and way[0][0] is op.IN and every(way[0][1]) for way in ways)


def _copies(once: list[str], least: int, most: int) -> list[str]:
    """Return what a number of copies of some strings can be; nothing if that is much."""
    row, every = [""], [""] if least == 0 else []
    for number in range(1, most + 1):
        row = list(dict.fromkeys(one + more for one in row for more in once))
        if not 0 < len(row) <= _MOST_STRINGS:
            return []
        every += row if number >= least else []
    return every


def _literals(run: list[str], text: Text) -> Iterator[tuple[PatternInfo, PatternInfo | None]]:
    """Yield the part that matches one of some strings, if there are any, as it is written."""
    there = [_literal(one) for one in run if one]
    if there:
        part = replace(either(there), text=text)
        whole = replace(either([part, PatternInfo()]), text=text)
        yield (whole, part) if "" in run else (part, None)


@lru_cache(maxsize=10_000)
def _literal(text: str) -> PatternInfo:
    """Return what is known of a string."""
    exactly = tuple((at, one) for at, one in enumerate(text) if one.isupper() or one.isdecimal())
    anchor = Factor(_folded(text), exactly=exactly, after=Text())
    digits_alone = set(text) == {DIGIT}
    return replace(_spelled(text), sets=() if digits_alone else ((anchor,),))


@lru_cache(maxsize=20_000)
def _spelled(text: str) -> PatternInfo:
    """Return what is known of the characters of a string; many strings begin alike."""
    return _spelled(text[:-1]) + _letter(text[-1]) if text else PatternInfo(text=Text())


@lru_cache(maxsize=2_000)
def _letter(one: str) -> PatternInfo:
    text = Text.of(r"\d" if one == DIGIT else regex.escape(one))
    return replace(character(op.LITERAL, ord(one), cased=False), text=text)


def _folded(text: str) -> str:
    return "".join("0" if one == DIGIT or one.isdecimal() else one for one in text.lower())


def _fewer(anchors: Anchors, *, sure: bool) -> Anchors:
    """Return anchors, those that differ in nothing but what follows as one.

    What follows counts for nothing unless it is `sure` that it says what the pattern says.
    """
    alike: dict[Factor, list[Text]] = {}
    for one in anchors:
        alike.setdefault(replace(one, after=NOTHING), []).append(one.after)
    return tuple(
        replace(one, after=any_of(after) if sure else NOTHING) for one, after in alike.items()
    )
