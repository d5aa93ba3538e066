"""The required factors of a pattern, derived from its parse tree.

From left to right and from the inside out: a literal is a factor, a sequence holds the factors of
all its parts, a choice holds one of each branch, a part that may be missing has none. With each
goes how far behind the start of the match it can begin, and with the whole how far an attempt can
look. What a negative lookaround forbids is mostly left out of account: that can only make the
pattern be tried at more positions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, reduce
from typing import Any

import regex

from redactor.detect.prefilter.char_runs import CharRun
from redactor.detect.prefilter.charsets import (
    char_info,
    has_all_digits,
    has_all_lower,
    single_chars,
)
from redactor.detect.prefilter.dialect import DIGIT, UnreadableError
from redactor.detect.prefilter.factor import (
    UNBOUNDED,
    Factor,
    FactorSet,
    RequiredFactors,
    rarest,
)
from redactor.detect.prefilter.parse_tree import op, parsed
from redactor.detect.prefilter.pattern_info import PatternInfo, either
from redactor.detect.prefilter.prefix import EMPTY, UNKNOWN, PatternPrefix, alternation
from redactor.detect.prefilter.unparse import unparse

__all__ = ["derived_factors"]

_MAX_STRINGS = 64  # a part that matches more strings is no choice of literals
_MAX_COPIES = 40  # of a repeated part; what further ones hold is left out
_MAX_TIMES = 4  # a part that may be repeated more often is no choice of literals
_MIN_OPTIONAL = 8  # characters; a narrower optional part is not read both with and without it
# Flags that mean the same to the standard library's parser and to `regex`; a pattern with any other
# flag has no required factors.
_PARSER_FLAGS = regex.IGNORECASE | regex.MULTILINE | regex.DOTALL | regex.VERBOSE
_KNOWN_FLAGS = _PARSER_FLAGS | regex.VERSION0 | regex.UNICODE
# Opcodes of the standard library's parser: anchors before and behind a text, and repetitions.
_STARTS = {op.AT_BEGINNING, op.AT_BEGINNING_STRING}
_ENDS = {op.AT_BOUNDARY, op.AT_END, op.AT_END_STRING}
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}


def derived_factors(pattern: str, flags: int) -> RequiredFactors:
    """Return the required factors of a pattern; none at all if it cannot be read."""
    if flags & ~_KNOWN_FLAGS:
        return RequiredFactors()
    try:
        tree = parsed(pattern, int(flags & _PARSER_FLAGS))
        info = _Reader().sequence(tree, cased=not tree.state.flags & regex.IGNORECASE)
    except (UnreadableError, re.error, RecursionError, OverflowError):
        return RequiredFactors()
    if not info.min_width:
        return RequiredFactors(max_width=info.total_width)
    # A suffix is compiled with `prefix.FLAGS`: `^` in it says the same only if it did before.
    same = tree.state.flags & regex.MULTILINE and not tree.state.flags & regex.ASCII
    sets = rarest(_by_suffix(factors, known=bool(same)) for factors in info.all_sets())
    return RequiredFactors(
        sets, info.total_width, digits=info.digits is not None, at_line_start=info.at_line_start
    )


class _Reader:
    """Reads one tree; remembers its groups, for references to them, and what it has read."""

    def __init__(self) -> None:
        self._groups: dict[int, Any] = {}
        self._infos: dict[tuple[int, bool], PatternInfo] = {}
        self._joined: dict[tuple[int, bool], list[str]] = {}

    def sequence(self, nodes: Iterable[Any], *, cased: bool) -> PatternInfo:
        """Return what is known of nodes in sequence; `cased` if case counts in them."""
        key = id(nodes), cased
        if key not in self._infos:
            self._infos[key] = self._combined(nodes, cased)
        return self._infos[key]

    def _combined(self, nodes: Any, cased: bool) -> PatternInfo:
        """Return the parts of a sequence combined, from the last one on.

        Where a part is optional, the rest alone may hold rarer factors: both ways are read.
        """
        whole = PatternInfo(prefix=EMPTY)
        for part, present in reversed(list(self._parts(nodes, cased))):
            rest, whole = whole, part + whole
            if present is not None and present.max_width >= _MIN_OPTIONAL:
                split = either([present + rest, rest])
                whole = replace(whole, sets=rarest((*whole.sets, *split.sets)))
        return whole

    def _parts(
        self, nodes: Iterable[Any], cased: bool
    ) -> Iterator[tuple[PatternInfo, PatternInfo | None]]:
        """Yield the parts of a sequence, each with what it is if it is optional and present.

        Neighbouring nodes that match few strings make one part: `a[bc]d?` is abd, acd, ab or ac.
        """
        strings, source = [""], EMPTY
        for node in self._flat(nodes, cased):
            more, node_source = self._strings(*node), unparse([node[:2]], cased=node[2])
            if 0 < len(more) * len(strings) <= _MAX_STRINGS:
                strings = list(dict.fromkeys(one + two for one in strings for two in more))
                source += node_source
                continue
            yield from _literal_parts(strings, source)
            strings, source = [""], EMPTY
            if len(more) > 1 or (more and more != [""]):
                strings, source = more, node_source
            else:
                present = self._present(*node)
                part = replace(self._part(*node), prefix=node_source)
                yield part, present and replace(present, prefix=node_source)
        yield from _literal_parts(strings, source)

    def _flat(self, nodes: Iterable[Any], cased: bool) -> Iterator[tuple[Any, Any, bool]]:
        """Yield nodes, groups as what is in them, each with whether case counts in it."""
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
        """Return all strings that a node matches, or none if they are many or uncertain.

        They are in lower case, but for capitals that have to be capitals.
        """
        if kind in {op.LITERAL, op.IN}:
            return single_chars(kind, value, cased=cased)
        if kind is op.BRANCH:
            branches = [self._sequence_strings(branch, cased) for branch in value[1]]
            strings = list(dict.fromkeys(one for branch in branches for one in branch))
            return strings if all(branches) and len(strings) <= _MAX_STRINGS else []
        if kind is op.ATOMIC_GROUP:
            return self._sequence_strings(value, cased)
        if kind in _REPEATS and int(value[1]) <= _MAX_TIMES:
            return _repeated_strings(self._sequence_strings(value[2], cased), value[0], value[1])
        return []

    def _sequence_strings(self, nodes: Any, cased: bool) -> list[str]:
        key = id(nodes), cased
        if key not in self._joined:
            self._joined[key] = self._joined_strings(nodes, cased)
        return self._joined[key]

    def _joined_strings(self, nodes: Any, cased: bool) -> list[str]:
        strings = [""]
        for node in self._flat(nodes, cased):
            more = self._strings(*node)
            if not 0 < len(more) * len(strings) <= _MAX_STRINGS:
                return []
            strings = list(dict.fromkeys(one + two for one in strings for two in more))
        return strings

    def _part(self, kind: Any, value: Any, cased: bool) -> PatternInfo:
        if kind in {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN}:
            return char_info(kind, value, cased=cased)
        if kind in {op.ATOMIC_GROUP, op.BRANCH}:
            branches = value[1] if kind is op.BRANCH else [value]
            return either([self.sequence(branch, cased=cased) for branch in branches])
        if kind in _REPEATS:
            return self._repeated(kind, value, cased)
        if kind is op.AT:
            return _position(value)
        if kind in {op.ASSERT, op.ASSERT_NOT}:
            direction, nodes = value
            return self._lookaround(kind, direction, nodes, cased)
        if kind is op.GROUPREF and value in self._groups:
            return self._reference(value)
        raise UnreadableError

    def _reference(self, group: int) -> PatternInfo:
        """Return what a reference to a group matches: as much as the group, or nothing."""
        nodes, cased = self._groups[group]
        info = self.sequence(nodes, cased=cased)
        return PatternInfo(
            max_width=info.max_width,
            lookahead=info.lookahead,
            nonblank=CharRun(info.nonblank.whole),
            word_chars=CharRun(info.word_chars.whole),
            ends_in_letter=False,
            never_starts_lower=False,
        )

    def _present(self, kind: Any, value: Any, cased: bool) -> PatternInfo | None:
        """Return an optional part as one that is there, or None for one that is not optional."""
        if kind in _REPEATS and value[0] == 0:
            return self._repeated(kind, (1, *value[1:]), cased)
        return None

    def _repeated(self, kind: Any, value: Any, cased: bool) -> PatternInfo:
        """Return the copies of a part that are there, followed by those that may be there."""
        low, high, nodes = value
        one = self.sequence(nodes, cased=cased)
        copies = min(low, _MAX_COPIES)
        rest = (UNBOUNDED if high is op.MAXREPEAT else int(high)) - copies
        rest_node = kind, (0, rest if high is not op.MAXREPEAT else high, nodes)
        more = PatternInfo(
            max_width=min(UNBOUNDED, rest * one.max_width),
            lookahead=one.lookahead if rest else 0,
            nonblank=CharRun(one.nonblank.whole or not rest),
            word_chars=CharRun(one.word_chars.whole or not rest),
            ends_in_letter=one.ends_in_letter or not rest,
            never_starts_lower=one.never_starts_lower or one.blocks_lower or not rest,
            prefix=unparse([rest_node], cased=cased),
        )
        return reduce(PatternInfo.__add__, [one] * copies, PatternInfo(prefix=EMPTY)) + more

    def _lookaround(self, kind: Any, direction: int, nodes: Any, cased: bool) -> PatternInfo:
        inner = self.sequence(nodes, cased=cased)
        if kind is op.ASSERT_NOT:
            lower = _forbids(nodes, has_all_lower)
            if direction > 0:
                return PatternInfo(lookahead=inner.total_width, blocks_lower=lower)
            digit = _forbids(nodes, has_all_digits)
            return PatternInfo(
                lookahead=inner.lookahead, no_lower_before=lower, no_digit_before=digit
            )
        if direction > 0:
            sets = tuple(tuple(map(_ahead, factors)) for factors in inner.all_sets())
            return PatternInfo(
                lookahead=inner.total_width, blocks_lower=inner.ends_words, sets=sets
            )
        if inner.max_width >= UNBOUNDED:
            return PatternInfo(lookahead=inner.lookahead)
        sets = tuple(tuple(_behind(one, inner) for one in some) for some in inner.all_sets())
        return PatternInfo(lookahead=inner.lookahead, sets=sets)


def _position(at: Any) -> PatternInfo:
    """Return what is known of an anchor: a line's or text's start or end, or a word boundary."""
    boundary = at is op.AT_BOUNDARY
    return PatternInfo(
        lookahead=2,  # `$` looks at a line end, and whether the text ends behind it
        no_lower_before=boundary,
        no_digit_before=boundary,
        at_line_start=at in _STARTS,
        blocks_lower=at in _ENDS,
    )


def _ahead(factor: Factor) -> Factor:
    """Return a factor of a lookahead: what follows the lookahead does not follow the factor."""
    return replace(factor, suffix=replace(factor.suffix, complete=False))


def _behind(factor: Factor, inner: PatternInfo) -> Factor:
    """Return a factor of a lookbehind, at an offset from where that ends."""
    nearest, farthest = factor.min_offset - inner.max_width, factor.max_offset - inner.min_width
    return replace(factor, min_offset=nearest, max_offset=farthest, same_word=False)


def _forbids(nodes: Any, has_all: Callable[[Any], bool]) -> bool:
    """Tell whether a negative lookaround forbids every character of a kind."""
    is_choice = len(nodes) == 1 and nodes[0][0] is op.BRANCH
    branches = nodes[0][1][1] if is_choice else [nodes]
    return any(len(one) == 1 and one[0][0] is op.IN and has_all(one[0][1]) for one in branches)


def _repeated_strings(once: list[str], low: int, high: int) -> list[str]:
    """Return all strings of `low` to `high` copies of some, or none if they are many."""
    copies, found = [""], [""] if low == 0 else []
    for number in range(1, high + 1):
        copies = list(dict.fromkeys(one + two for one in copies for two in once))
        if not 0 < len(copies) <= _MAX_STRINGS:
            return []
        found += copies if number >= low else []
    return found


def _literal_parts(
    strings: list[str], source: PatternPrefix
) -> Iterator[tuple[PatternInfo, PatternInfo | None]]:
    """Yield the part that matches one of some strings, if there is one that is not empty."""
    infos = [_literal(one) for one in strings if one]
    if infos:
        part = replace(either(infos), prefix=source)
        optional = replace(either([part, PatternInfo()]), prefix=source)
        yield (optional, part) if "" in strings else (part, None)


@lru_cache(maxsize=10_000)
def _literal(string: str) -> PatternInfo:
    """Return what is known of a literal. One of digits alone is better off as a cluster."""
    if set(string) == {DIGIT}:
        return _spelled(string)
    exact = tuple((at, one) for at, one in enumerate(string) if one.isupper() or one.isdecimal())
    factor = Factor(_folded(string), exact_chars=exact, suffix=EMPTY)
    return replace(_spelled(string), sets=((factor,),))


@lru_cache(maxsize=20_000)
def _spelled(string: str) -> PatternInfo:
    """Return what is known of the characters of a literal; many literals begin alike."""
    return _spelled(string[:-1]) + _char(string[-1]) if string else PatternInfo(prefix=EMPTY)


@lru_cache(maxsize=2_000)
def _char(one: str) -> PatternInfo:
    source = PatternPrefix.of(r"\d" if one == DIGIT else regex.escape(one))
    return replace(char_info(op.LITERAL, ord(one), cased=False), prefix=source)


def _folded(string: str) -> str:
    return "".join("0" if one == DIGIT or one.isdecimal() else one for one in string.lower())


def _by_suffix(factors: FactorSet, *, known: bool) -> FactorSet:
    """Return factors, those that differ in their suffix alone as one with a choice of suffixes."""
    suffixes: dict[Factor, list[PatternPrefix]] = {}
    for one in factors:
        suffixes.setdefault(replace(one, suffix=UNKNOWN), []).append(one.suffix)
    return tuple(
        replace(one, suffix=alternation(some) if known else UNKNOWN)
        for one, some in suffixes.items()
    )
