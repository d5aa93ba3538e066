"""What every match of a pattern must hold, read off the pattern itself.

A text is searched for nine digits in a row only where nine digits stand. From the parse tree of a
pattern this module derives its *anchors*: literals, or a number of digits within a distance, of
which every match holds at least one, and how far behind the start of the match it begins. And its
*reach*: how many characters behind its start an attempt may look at. With both, the pattern need
only be tried at the few places in front of an anchor, and finds there what it finds anywhere:
nothing is lost, and that is a law the property tests hold for any pattern and text.

The tree is that of the standard library's parser, after the constructs are translated that only
the `regex` module has and the rules use. Whatever else is in a pattern makes it unreadable: it
has no anchors, its reach is the whole text, and it is tried everywhere. What lookbehinds ask, and
what a negative lookahead forbids, is left out of account; that can only add places.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import regex

from redactor.detect.parts import FAR, Anchor, Digits, Part, either, rarer

__all__ = ["Needs", "needs"]

_MOST_STRINGS = 64
_MOST_COPIES = 40
_FEW = 4  # a set of more characters is no choice of literals
_CARRIED = regex.IGNORECASE | regex.MULTILINE | regex.DOTALL | regex.VERBOSE
_KNOWN = _CARRIED | regex.VERSION0 | regex.UNICODE

# A class of characters; a named group; a reference to one; a property; something escaped; a
# repetition; other braces.
_TOKEN = re.compile(
    r"(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<group>\(\?P?<(?P<name>[A-Za-z_]\w*)>)"
    r"|\(\?P=(?P<again>\w+)\)|(?P<property>\\[pP]\{\w+\})|\\.|\{\d*,?\d*\}|(?P<brace>\{)",
    re.DOTALL,
)
_PROPERTY = re.compile(r"\\([pP])\{(\w+)\}")
_WORDLIKE = set("L Lu Ll Lt Lm Lo M N Nd Han Hiragana Katakana Hangul Thai".split())
_SOME = "\ue000"  # stands for a property of _WORDLIKE: some character that is no blank
_DIGIT = "\ue001"  # stands for any digit
_BLANKS = (" ", "\n")
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
_SMALL = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Needs:
    """Anchors of which every match holds one; none says nothing. And how far a match may look."""

    anchors: tuple[Anchor, ...] = ()
    reach: int = FAR


class _UnreadableError(Exception):
    """A pattern with something in it that this module does not know."""


def needs(pattern: str, flags: int) -> Needs:
    """Return what every match of a pattern for the `regex` module needs."""
    try:
        if flags & ~_KNOWN:
            return Needs()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parser.parse(_translated(pattern), int(flags & _CARRIED))
        part = _Reader().sequence(tree, cased=not tree.state.flags & regex.IGNORECASE)
    except (_UnreadableError, re.error, RecursionError, OverflowError):
        return Needs()
    return Needs(part.best() if part.least else (), part.reach)


def _translated(pattern: str) -> str:
    """Return a pattern as the standard library reads it, or with more matches, never with less."""
    names = Counter(re.findall(r"\(\?P?<([A-Za-z_]\w*)>", pattern))
    if names and max(names.values()) > 1 and re.search(r"\\[1-9]", pattern):
        raise _UnreadableError  # groups of one name share a number
    if _SOME in pattern or _DIGIT in pattern:
        raise _UnreadableError
    return _TOKEN.sub(lambda found: _token(found, names), pattern)


def _token(found: re.Match[str], names: Counter[str]) -> str:
    if found["brace"] or "[:" in (found["set"] or "")[1:]:
        raise _UnreadableError
    if found["group"]:
        return f"(?P<{found['name']}>" if names[found["name"]] == 1 else "("
    if found["again"] and names[found["again"]] > 1:
        return r"[\w\W]*"
    return _PROPERTY.sub(_property, found[0]) if found["set"] or found["property"] else found[0]


def _property(found: re.Match[str]) -> str:
    if found[1] == "P" or found[2] not in _WORDLIKE:
        raise _UnreadableError
    return _SOME


class _Reader:
    """Reads one tree; remembers its groups, for references to them, and what it has read."""

    def __init__(self) -> None:
        self._groups: dict[int, Any] = {}
        self._known: dict[tuple[int, bool], Part] = {}
        self._rows: dict[tuple[int, bool], list[str]] = {}

    def sequence(self, nodes: Iterable[Any], *, cased: bool) -> Part:
        """Return what is known of nodes in a row; if `cased`, capitals are told from small letters.

        Where a part may be missing, what follows alone may have the rarer anchors.
        """
        key = id(nodes), cased
        if key not in self._known:
            self._known[key] = self._folded(nodes, cased)
        return self._known[key]

    def _folded(self, nodes: Any, cased: bool) -> Part:
        whole = Part()
        for part, present in reversed(list(self._parts(nodes, cased))):
            rest, whole = whole, part + whole
            if present is not None:
                split = either([present + rest, rest])
                whole = replace(whole, anchors=rarer(whole.anchors, split.anchors))
        return whole

    def _parts(self, nodes: Iterable[Any], cased: bool) -> Iterator[tuple[Part, Part | None]]:
        """Yield parts in a row; with one that may be missing, the part if it is there."""
        run = [""]
        for node in self._flat(nodes, cased):
            strings = self._strings(*node)
            if 0 < len(strings) * len(run) <= _MOST_STRINGS:
                run = list(dict.fromkeys(one + more for one in run for more in strings))
                continue
            yield from _literals(run, closes=_edge(*node[:2], 1))
            run = [""]
            if len(strings) > 1 or (strings and strings != [""]):
                run = strings
            else:
                yield self._part(*node), self._present(*node)
        yield from _literals(run, closes=False)

    def _flat(self, nodes: Iterable[Any], cased: bool) -> Iterator[tuple[Any, Any, bool]]:
        """Yield nodes, and for a group what is in it, each with whether case counts there."""
        for kind, value in nodes:
            if kind is op.SUBPATTERN:
                group, on, off, inner = value
                within = (cased or bool(off & regex.IGNORECASE)) and not on & regex.IGNORECASE
                if group is not None:
                    self._groups[group] = inner, within
                yield from self._flat(inner, within)
            elif kind is op.ATOMIC_GROUP:
                yield from self._flat(value, cased)
            else:
                yield kind, value, cased

    def _strings(self, kind: Any, value: Any, cased: bool) -> list[str]:
        """Return all that a node matches; nothing if that is much or unsure.

        Letters are small, but for capitals that must be such.
        """
        if kind in {op.LITERAL, op.IN}:
            return _letters(kind, value, cased=cased)
        if kind is op.BRANCH:
            ways = [self._row(branch, cased) for branch in value[1]]
            some = list(dict.fromkeys(one for way in ways for one in way))
            return some if all(ways) and len(some) <= _MOST_STRINGS else []
        if kind in _REPEATS and int(value[1]) <= _FEW:
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

    def _part(self, kind: Any, value: Any, cased: bool) -> Part:
        if kind in {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN}:
            return _character(kind, value)
        if kind is op.BRANCH:
            return either([self.sequence(branch, cased=cased) for branch in value[1]])
        if kind in _REPEATS:
            least, most, nodes = value
            return self._repeated(least, most, nodes, cased)
        if kind is op.AT:
            return Part(over=2, edge=_edge(kind, value, -1))
        if kind in {op.ASSERT, op.ASSERT_NOT}:
            direction, nodes = value
            looked = self._looked(kind, direction, nodes, cased)
            return replace(looked, edge=_edge(kind, value, -1))
        if kind is op.GROUPREF and value in self._groups:
            group = self.sequence(self._groups[value][0], cased=self._groups[value][1])
            return replace(group, least=0, digits=None, anchors=(), letter=False)
        raise _UnreadableError

    def _present(self, kind: Any, value: Any, cased: bool) -> Part | None:
        if kind in _REPEATS and value[0] == 0:
            return self._repeated(1, value[1], value[2], cased)
        return None

    def _repeated(self, least: int, most: Any, nodes: Any, cased: bool) -> Part:
        one = self.sequence(nodes, cased=cased)
        copies = min(least, _MOST_COPIES)
        rest = (FAR if most is op.MAXREPEAT else int(most)) - copies
        more = Part(
            most=min(FAR, rest * one.most),
            over=one.over if rest else 0,
            solid=one.solid or not rest,
            letter=one.letter,
        )
        return reduce(Part.__add__, [one] * copies, Part()) + more

    def _looked(self, kind: Any, direction: int, nodes: Any, cased: bool) -> Part:
        inner = self.sequence(nodes, cased=cased)
        if kind is op.ASSERT_NOT:
            return Part(over=inner.over if direction < 0 else inner.reach)
        if direction > 0:
            return Part(over=inner.reach, anchors=inner.best())
        if inner.most >= FAR:
            return Part(over=inner.over)
        back = tuple(
            replace(one, near=one.near - inner.most, far=one.far - inner.least, solid=False)
            for one in inner.best()
        )
        return Part(over=inner.over, anchors=back)


def _copies(once: list[str], least: int, most: int) -> list[str]:
    """Return what a number of copies of some strings can be; nothing if that is much."""
    row, every = [""], [""] if least == 0 else []
    for number in range(1, most + 1):
        row = list(dict.fromkeys(one + more for one in row for more in once))
        if not 0 < len(row) <= _MOST_STRINGS:
            return []
        every += row if number >= least else []
    return every


def _literals(run: list[str], *, closes: bool) -> Iterator[tuple[Part, Part | None]]:
    """Yield the part that matches one of some strings, if there are any."""
    there = [_literal(one, closes=closes) for one in run if one]
    if there:
        part = either(there)
        if not closes and "" not in run:
            part = replace(part, anchors=tuple(_shortest(part.anchors)))
        yield (either([part, Part()]), part) if "" in run else (part, None)


def _shortest(anchors: Iterable[Anchor]) -> Iterator[Anchor]:
    """Yield those anchors that do not begin with another one."""
    seen: set[tuple[str, tuple[tuple[int, str], ...]]] = set()
    for one in sorted(anchors, key=lambda anchor: len(anchor.literal)):
        begins = ((one.literal[:end], end) for end in range(1, len(one.literal)))
        if not any(
            (text, tuple(at for at in one.exactly if at[0] < end)) in seen for text, end in begins
        ):
            seen.add((one.literal, one.exactly))
            yield one


def _literal(text: str, *, closes: bool) -> Part:
    """Return what is known of a string."""
    parts = [_character(op.LITERAL, ord(one)) for one in text]
    exactly = tuple((at, one) for at, one in enumerate(text) if one.isupper() or one.isdecimal())
    anchor = Anchor(_folded(text), closes=closes and text[-1].isalpha(), exactly=exactly)
    return replace(reduce(Part.__add__, parts), anchors=(anchor,))


def _folded(text: str) -> str:
    return "".join("0" if one == _DIGIT or one.isdecimal() else one for one in text.lower())


def _letters(kind: Any, value: Any, *, cased: bool) -> list[str]:
    """Return the few characters that a node matches, if that is sure."""
    items = value if kind is op.IN else [(kind, value)]
    if kind is op.IN and all(_within(item, "0", "9") for item in items):
        return [_DIGIT]
    if not all(item[0] is op.LITERAL for item in items):
        return []
    plain = [chr(item[1]) for item in items]
    forms = list(dict.fromkeys(one if cased else one.lower() for one in plain))
    return forms if all(map(_sure, plain)) and len(forms) <= _FEW else []


def _sure(character: str) -> bool:
    """Tell whether all that matches a character if case does not count has one folded form."""
    if character.lower() == character.upper():
        return character != _SOME
    return character.isascii() or ("\u00c0" <= character < "\u0130" and character != "\u00df")


def _edge(kind: Any, value: Any, direction: int) -> bool:
    """Tell whether no small letter can stand before a place, or behind it, next to a letter."""
    if kind is op.AT:
        return value is op.AT_BOUNDARY
    if kind is not op.ASSERT_NOT or value[0] != direction:
        return False
    ways = value[1][0][1][1] if len(value[1]) == 1 and value[1][0][0] is op.BRANCH else [value[1]]
    return any(len(way) == 1 and way[0][0] is op.IN and _all_small(way[0][1]) for way in ways)


def _all_small(items: list[tuple[Any, Any]]) -> bool:
    return all(_holds(items, letter) for letter in _SMALL)


def _character(kind: Any, value: Any) -> Part:
    """Return what is known of a set of characters."""
    items = value if kind is op.IN else [(kind, value)]
    listed = kind in {op.IN, op.LITERAL}
    solid = listed and not any(_holds(items, blank) for blank in _BLANKS)
    plain = listed and items[0][0] is not op.NEGATE
    digit = plain and all(_within(item, "0", "9") for item in items)
    letter = plain and all(_within(item, "A", "Z") or _within(item, "a", "z") for item in items)
    return Part(1, 1, 0, solid, letter, digits=Digits(1, 0, 0, 0, 0) if digit else None)


def _within(item: tuple[Any, Any], low: str, high: str) -> bool:
    kind, value = item
    if kind is op.CATEGORY:
        return low == "0" and value is op.CATEGORY_DIGIT
    if kind is op.LITERAL and value == ord(_DIGIT):
        return low == "0"
    first, last = value if kind is op.RANGE else (value, value)
    return kind in {op.RANGE, op.LITERAL} and ord(low) <= first and last <= ord(high)


def _holds(items: list[tuple[Any, Any]], character: str) -> bool:
    """Tell whether a set holds a blank or a small letter."""
    negated = items[0][0] is op.NEGATE
    return negated is not any(_has(item, character) for item in items)


def _has(item: tuple[Any, Any], character: str) -> bool:
    kind, value = item
    if kind is op.LITERAL:
        return bool(value == ord(character))
    if kind is op.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    if kind is op.CATEGORY and character in _BLANKS:
        return value in {op.CATEGORY_SPACE, op.CATEGORY_NOT_WORD, op.CATEGORY_NOT_DIGIT}
    return kind is op.CATEGORY and value in {
        op.CATEGORY_WORD,
        op.CATEGORY_NOT_SPACE,
        op.CATEGORY_NOT_DIGIT,
    }
