"""Many patterns on one text, each tried only where a match of it can start."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import regex

from redactor.detect.prefilter.candidates import PatternSearch
from redactor.detect.prefilter.text_index import LiteralSet, TextIndex
from redactor.detect.time_budget import TimeBudget

__all__ = ["Prefilter"]

Key = TypeVar("Key", bound=Hashable)

_ALWAYS = ""  # the key of patterns without a literal; no literal is empty


class Prefilter(Generic[Key]):
    r"""Patterns under keys of the caller's choice, ready to be tried on texts.

    >>> prefilter = Prefilter({"room": regex.compile(r"room \d+"), "desk": regex.compile("desk")})
    >>> scan = prefilter.scan("in room 12", TimeBudget(1.0))
    >>> list(scan.candidates())
    ['room']
    >>> [match.group() for match in scan.matches("room")]
    ['room 12']
    """

    def __init__(
        self,
        patterns: Mapping[Key, regex.Pattern[str]],
        *,
        requires: Mapping[Key, Iterable[str]] | None = None,
        trusted: Collection[Key] = (),
    ) -> None:
        """Read the required factors off the patterns; see `PatternSearch` for the options.

        `trusted` are the keys of trusted patterns.
        """
        keywords, known = requires or {}, frozenset(trusted)
        self._searches = {
            key: PatternSearch(pattern, keywords.get(key, ()), trusted=key in known)
            for key, pattern in patterns.items()
        }
        self._literals = LiteralSet(
            literal for search in self._searches.values() for literal in search.literals
        )
        self._keys = tuple(self._searches)
        self._numbers: dict[str, list[int]] = {}
        for number, search in enumerate(self._searches.values()):
            for literal in search.keys or [_ALWAYS]:
                self._numbers.setdefault(literal, []).append(number)

    def scan(self, text: str, budget: TimeBudget) -> _Scan[Key]:
        """Return a text with the offsets of all that the patterns require, found in one pass."""
        index = TextIndex(text, self._literals, budget)
        held: dict[int, list[str]] = {number: [] for number in self._numbers.get(_ALWAYS, ())}
        for literal in self._numbers.keys() & index.literal_offsets.keys():
            for number in self._numbers[literal]:
                held.setdefault(number, []).append(literal)
        return _Scan(self._searches, {self._keys[one]: held[one] for one in sorted(held)}, index)


class _Scan(Generic[Key]):
    """One text under the patterns of a prefilter."""

    def __init__(
        self,
        searches: Mapping[Key, PatternSearch],
        held: Mapping[Key, Sequence[str]],
        index: TextIndex,
    ) -> None:
        """Take the patterns that may match, each with those of its literals that the text holds."""
        self._searches = searches
        self._held = held
        self._index = index

    def candidates(self) -> Iterator[Key]:
        """Yield the keys of the patterns that may match, in their order: few, on a short text."""
        yield from self._held

    def matches(self, key: Key) -> Iterator[regex.Match[str]]:
        """Return the matches of a pattern, as its `finditer` does. Raises TimeoutError."""
        if key not in self._held:
            return iter(())
        return self._searches[key].matches(self._index, self._held[key])
