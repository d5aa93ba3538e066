"""Fragments: named parts of patterns, for one rule or for all rules of a folder.

`define:` names fragments, in a rule for that rule, and in `_define.yaml` for every rule in the same
folder and below it. A pattern, or another fragment, refers to one in braces: `{month_name}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from redactor.config.patterns import REFERENCE, PatternError, plain_pattern, tokens
from redactor.errors import RuleError

__all__ = ["Definition", "Fragment", "Fragments", "check_used"]

# The opening of a group that neither captures nor refers to another group: those a fragment may
# have, since it is used among the groups of any pattern.
_OPENS = re.compile(r"\(\?(?:[a-zA-Z0-9]*(?:-[a-z]+)?:|<?[=!]|[>|])")
# What precedes a fragment that is a whole alternative, and so needs no group of its own.
_BEGINS = re.compile(r"\||\((?!\?)|\(\?(?:P?<\w+>|[a-zA-Z0-9]*(?:-[a-z]+)?:|<?[=!]|[>|])")
# The beginning of a quantifier: `*`, `+`, `?`, `{2}`, `{,3}`.
_QUANTIFIER = re.compile(r"[*+?]|\{[\d,]")
# A reference to a group, `\1` or `\g<name>`: a fragment cannot know the groups around it.
_REFERS = re.compile(r"\\(?:[1-9]|g<)")


@dataclass(frozen=True, slots=True)
class Definition:
    """A fragment as it is written in a file; `place` is its file and line."""

    name: str
    text: str = field(repr=False)
    place: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """A fragment with its references expanded.

    `has_alternatives` means that it has a `|` outside of all groups, `is_atom` that it is a single
    item, which a quantifier repeats as a whole. `uses` are the fragments that it refers to.
    """

    name: str
    place: str
    pattern: str = field(repr=False)
    has_alternatives: bool
    is_atom: bool
    uses: frozenset[Fragment] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fragments:
    """The fragments that are defined for some rules."""

    by_name: Mapping[str, Fragment] = field(default_factory=dict)

    def with_definitions(self, definitions: Iterable[Definition]) -> Fragments:
        """Return these fragments and more, which may refer to each other in any order.

        Raises RuleError for a name that is taken, a circular reference, or an invalid fragment.
        """
        given = {one.name: one for one in definitions}
        for one in given.values():
            if one.name in self.by_name:
                other = self.by_name[one.name].place
                raise RuleError(f"{one.place}: the fragment {one.name} is there already: {other}")
        resolver = _Resolver(given, dict(self.by_name))
        for one in given.values():
            resolver.resolve(one, ())
        return Fragments(resolver.resolved)

    def expand(self, text: str, place: str) -> tuple[str, frozenset[Fragment]]:
        """Return a pattern with verbose mode removed and fragments expanded, and those fragments.

        Raises RuleError, whose message begins with `place`, a file and line.
        """
        return _expand(_plain(text, place), self.by_name, place)


@dataclass(frozen=True, slots=True)
class _Resolver:
    given: Mapping[str, Definition]
    resolved: dict[str, Fragment]

    def resolve(self, one: Definition, above: tuple[str, ...]) -> None:
        """Resolve a fragment after those it refers to; `above` are those that refer to it."""
        if one.name in above:
            circle = ", ".join(above[above.index(one.name) :])
            raise RuleError(f"{one.place}: fragments that name each other in a circle: {circle}")
        if one.name in self.resolved:
            return
        text = _plain(one.text, one.place)
        for name in REFERENCE.findall(text):
            if name in self.given:
                self.resolve(self.given[name], (*above, one.name))
        pattern, uses = _expand(text, self.resolved, one.place)
        self.resolved[one.name] = _fragment(one, pattern, uses)


def _plain(text: str, place: str) -> str:
    try:
        return plain_pattern(text)
    except PatternError as error:
        raise RuleError(f"{place}: {error}") from None


def _expand(
    text: str, known: Mapping[str, Fragment], place: str
) -> tuple[str, frozenset[Fragment]]:
    if not REFERENCE.search(text):
        return text, frozenset()
    used: set[Fragment] = set()
    parts, before, at = [], "|", 0  # a pattern begins as an alternative does
    for part in tokens(text):
        at += len(part)
        if part[0] == "{" and (found := REFERENCE.fullmatch(part)):
            fragment = _named(found[1], known, place)
            used |= {fragment, *fragment.uses}
            parts.append(_in_place(fragment, before, text[at : at + 2]))
        else:
            if part[0] == "[" and "{" in part:
                _check_class(part, known, place)
            parts.append(part)
        before = part
    return "".join(parts), frozenset(used)


def _named(name: str, known: Mapping[str, Fragment], place: str) -> Fragment:
    if name not in known:
        raise RuleError(f"{place}: there is no fragment {name}; a brace itself is \\{{")
    return known[name]


def _check_class(part: str, known: Mapping[str, Fragment], place: str) -> None:
    if any(name in known for name in REFERENCE.findall(part)):
        raise RuleError(f"{place}: a fragment is named in a class, where it means nothing")


def _in_place(fragment: Fragment, before: str, after: str) -> str:
    """Return a fragment's pattern, in a group if its neighbours would apply to a part of it."""
    if _QUANTIFIER.match(after):
        return fragment.pattern if fragment.is_atom else f"(?:{fragment.pattern})"
    alone = _BEGINS.fullmatch(before) and (not after or after[0] in "|)")
    return fragment.pattern if alone or not fragment.has_alternatives else f"(?:{fragment.pattern})"


def _fragment(one: Definition, pattern: str, uses: frozenset[Fragment]) -> Fragment:
    """Return a fragment. Raises RuleError for one that cannot be used in every pattern."""
    if not pattern or _QUANTIFIER.match(pattern):
        raise _broken(one, "begins with a repetition" if pattern else "is empty")
    top = list(_top_level(one, pattern))
    is_atom = len(top) == 1 and (len(top[0]) == 1 or top[0][0] in "\\[(")
    return Fragment(one.name, one.place, pattern, "|" in top, is_atom, uses)


def _top_level(one: Definition, pattern: str) -> Iterator[str]:
    """Yield the parts of a fragment outside of groups, and the opening of each group."""
    depth = 0
    for part in tokens(pattern):
        _check_part(one, part)
        opens, closes = part[0] == "(" and not part.startswith("(?#"), part == ")"
        if depth == 0:
            yield part
        depth += opens - closes
        if depth < 0:
            break
    if depth:
        raise _broken(one, "does not close what it opens, or closes what it does not open")


def _check_part(one: Definition, part: str) -> None:
    if part[0] == "(" and not (_OPENS.fullmatch(part) or part.startswith("(?#")):
        what = "holds a group that captures, calls or sets a flag; (?:...) and (?-i:...) may be"
        raise _broken(one, what)
    if part in {"[", "\\"}:
        raise _broken(one, "ends in a class or an escape that is not complete")
    if _REFERS.match(part):
        raise _broken(one, "refers to a group by its number")


def _broken(one: Definition, what: str) -> RuleError:
    return RuleError(f"{one.place}: the fragment {one.name} {what}")


def check_used(fragments: Iterable[Fragment], used: Iterable[Fragment]) -> None:
    """Raise RuleError for the first of some fragments that is not among those used."""
    known = set(used)
    for one in fragments:
        if one not in known:
            raise RuleError(f"{one.place}: the fragment {one.name} is used nowhere")
