"""Patterns of the `regex` module as the standard library's parser reads them.

What only that module has, and the rules use, is put in other words: groups that are defined once
and called by name, groups that share a name, properties of characters. The translation matches
whatever the pattern matches, and may match more, never less. Whatever else is in a pattern makes
it unreadable.
"""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["DIGIT", "UnreadableError", "property_of", "translated"]

DIGIT = "\ue0ff"  # not used in a pattern: stands for any digit

# Each of these properties is written as one character that no pattern has: some that is no blank.
_PROPERTIES = (
    "L Lu Ll Lt Lm Lo M N Nd Arabic Cyrillic Greek Hangul Han Hebrew Hiragana Katakana Thai".split()
)
_SIGNS = {name: chr(0xE000 + number) for number, name in enumerate(_PROPERTIES)}
_NAMES = {sign: name for name, sign in _SIGNS.items()}
# Characters of a pattern that is translated.
_LARGEST = 100_000

# A class of characters; a named group; a reference to one; a call of one; a property; something
# escaped; a repetition; other braces; what comments are made of.
_TOKEN = re.compile(
    r"(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<group>\(\?P?<(?P<name>[A-Za-z_]\w*)>)"
    r"|\(\?P=(?P<again>\w+)\)|\(\?&(?P<call>\w+)\)|(?P<property>\\[pP]\{\w+\})|\\."
    r"|\{\d*,?\d*\}|(?P<brace>\{)",
    re.DOTALL,
)
# A class, an escape, a comment, or a bracket: for finding the end of a group.
_BRACKET = re.compile(
    r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|(?P<comment>#|\(\?#)|(?P<open>\()|(?P<close>\))", re.DOTALL
)
# A property, a named group, a call of a group, and the group of definitions: what `regex` has and
# the standard library's parser has not.
_PROPERTY = re.compile(r"\\([pP])\{(\w+)\}")
_NAMED = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")
_CALL = re.compile(r"\(\?&(\w+)\)")
_DEFINE = "(?(DEFINE)"


class UnreadableError(Exception):
    """A pattern with something in it that is not known here."""


def translated(pattern: str) -> str:
    """Return a pattern in the standard library's terms. Raises UnreadableError."""
    if any("\ue000" <= one <= DIGIT for one in pattern):
        raise UnreadableError
    pattern = _written_out(pattern)
    names = Counter(_NAMED.findall(pattern))
    if names and max(names.values()) > 1 and re.search(r"\\[1-9]", pattern):
        raise UnreadableError  # groups of one name share a number
    return _TOKEN.sub(lambda found: _token(found, names), pattern)


def _written_out(pattern: str) -> str:
    """Return a pattern with what it defines in each place where that is called."""
    if _DEFINE not in pattern:
        return pattern
    if re.search(r"\\[1-9]", pattern):
        raise UnreadableError  # numbers of groups would change
    start = pattern.index(_DEFINE)
    end = _closed(pattern, start)
    groups = _groups(pattern[start + len(_DEFINE) : end - 1])
    rest = pattern[:start] + pattern[end:]
    while _CALL.search(rest):
        rest = _CALL.sub(lambda call: _called(call, groups), rest)
        if len(rest) > _LARGEST:
            raise UnreadableError  # a group that calls itself never comes to an end
    return rest


def _called(call: re.Match[str], groups: dict[str, str]) -> str:
    if call[1] not in groups:
        raise UnreadableError
    return groups[call[1]]


def _groups(defined: str) -> dict[str, str]:
    """Return the groups in a row that a pattern defines, by name, without their names."""
    groups: dict[str, str] = {}
    at = 0
    while found := _NAMED.search(defined, at):
        if defined[at : found.start()].strip() or found[1] in groups:
            raise UnreadableError
        at = _closed(defined, found.start())
        groups[found[1]] = f"(?:{defined[found.end() : at]}"
    if defined[at:].strip():
        raise UnreadableError
    return groups


def _closed(pattern: str, start: int) -> int:
    """Return where the group that begins at `start` has ended."""
    depth = 0
    for found in _BRACKET.finditer(pattern, start):
        if found["comment"]:
            raise UnreadableError  # where it ends depends on flags
        depth += bool(found["open"]) - bool(found["close"])
        if not depth:
            return found.end()
    raise UnreadableError


def _token(found: re.Match[str], names: Counter[str]) -> str:
    if found["brace"] or found["call"] or "[:" in (found["set"] or "")[1:]:
        raise UnreadableError
    if found["group"]:
        return f"(?P<{found['name']}>" if names[found["name"]] == 1 else "("
    if found["again"] and names[found["again"]] > 1:
        return r"[\w\W]*"
    return _PROPERTY.sub(_property, found[0]) if found["set"] or found["property"] else found[0]


def _property(found: re.Match[str]) -> str:
    if found[1] == "P" or found[2] not in _SIGNS:
        raise UnreadableError
    return _SIGNS[found[2]]


def property_of(sign: str) -> str:
    """Return the property that a character stands for in a translation, if it does."""
    return rf"\p{{{_NAMES[sign]}}}" if sign in _NAMES else ""
