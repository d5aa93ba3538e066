"""Presidio's patterns, tried only where they can match; some as others that match the same.

Most of them are left to the prefilter. Four kinds take the square of the text, or are slow for what
they are, and have searches of their own: addresses, whose local part may be of any length; web
addresses, with a choice of 1,400 domains; one that looks for a digit anywhere behind it;
and those that look back for a label, with any number of blanks before the number.

Where there is no limit to what an attempt may look at, it is made with a timer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import regex

from redactor.detect.prefilter import required_factors
from redactor.detect.time_budget import TimeBudget

__all__ = ["CandidateSearch", "search_for"]

_LOCAL_PART = r"[!#$%&'*+\-/=?^_`{|}~\.\w]{0,}"
_DOMAIN = "[.](?:(?:com)"
_SCHEME = "https?://"
_DIGIT_BEHIND = r"(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)"


def search_for(pattern: str, flags: int) -> CandidateSearch | regex.Pattern[str]:
    """Return a search of its own for one of Presidio's patterns, or a pattern to prefilter."""
    compiled = regex.compile(pattern, flags)
    if _LOCAL_PART in pattern:
        return _AddressSearch(compiled)
    if _DOMAIN in pattern:
        return _SchemeSearch(compiled) if _SCHEME in pattern else _HostSearch(compiled)
    if _DIGIT_BEHIND in pattern:
        return _MixedSearch(regex.compile(pattern.replace(_DIGIT_BEHIND, ""), flags))
    return regex.compile(_possessive(pattern), flags)


def _possessive(pattern: str) -> str:
    """Return a pattern that matches the same, but tries blanks behind a label in one way only.

    Those that look back for a label take the square of the blanks there.
    """
    if not pattern.startswith("(?<="):
        return pattern
    return pattern.replace(r"\s*", r"\s*+").replace(r"\s+", r"\s++")


class CandidateSearch(ABC):
    """A pattern that is tried in the ranges that a search of its own picks out."""

    def __init__(self, pattern: regex.Pattern[str]) -> None:
        self._pattern = pattern

    def matches(self, text: str, budget: TimeBudget) -> Iterator[regex.Match[str]]:
        """Yield the matches in a text, as `finditer` of the pattern does. Raises TimeoutError."""
        done = 0
        for low, high in self._candidates(text):
            for match in self._tried(text, max(low, done), high, budget):
                yield match
                done = match.end()

    @abstractmethod
    def _candidates(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the first and last position of each range in which a match may start."""

    def _tried(
        self, text: str, low: int, high: int, budget: TimeBudget
    ) -> Iterator[regex.Match[str]]:
        """Yield the matches that start in a range."""
        while low <= high:
            match = self._pattern.match(text, low, timeout=budget.left())
            if match is not None:
                yield match
            low = low + 1 if match is None else max(match.end(), low + 1)


class _MixedSearch(CandidateSearch):
    """Finds a pattern that asks for a letter and a digit in the row of characters it begins.

    However long that row is, it is read once. The letter is asked for by the rest as well.
    """

    _DIGIT = regex.compile(r"\d")
    _ROW = regex.compile("(?r)[A-Z0-9-]*+", regex.IGNORECASE)
    _MAX_WIDTH = 300

    def __init__(self, pattern: regex.Pattern[str]) -> None:
        super().__init__(pattern)
        self._width = required_factors(pattern.pattern, pattern.flags).max_width

    def _candidates(self, text: str) -> Iterator[tuple[int, int]]:
        ranges: list[tuple[int, int]] = []
        done = 0
        for digit in self._DIGIT.finditer(text):
            at = digit.start()
            row = self._ROW.match(text, done, at)
            low = row.start() if row else at
            if ranges and low == done:
                low, _ = ranges.pop()
            ranges.append((low, at))
            done = at + 1
        yield from ranges

    def _tried(
        self, text: str, low: int, high: int, budget: TimeBudget
    ) -> Iterator[regex.Match[str]]:
        if self._width > self._MAX_WIDTH:
            yield from super()._tried(text, low, high, budget)
            return
        budget.left()
        for match in self._pattern.finditer(text, low, high + self._width + 1):
            if match.start() > high:
                return
            yield match


class _AddressSearch(CandidateSearch):
    """Finds addresses in the run of characters before an "@" that a host follows.

    The recogniser's pattern takes any length of local part, and tries it from each of its parts.
    Before such a host it matches from the first place in the run where a word begins or ends.
    """

    _SIGNS = r"\w!#$%&'*+\-/=?^`{|}~"
    _HOST = regex.compile(rf"(?<=[{_SIGNS}])@\w++(?:-++\w++)*+\.\w")
    _LOCAL = regex.compile(rf"(?r)[{_SIGNS}.]++")
    _START = regex.compile(rf"\b[{_SIGNS}]")

    def _candidates(self, text: str) -> Iterator[tuple[int, int]]:
        for at in _occurrences("@", text):
            run = self._LOCAL.match(text, 0, at) if self._HOST.match(text, at) else None
            if run:
                yield run.start(), at - 1

    def _tried(
        self, text: str, low: int, high: int, budget: TimeBudget
    ) -> Iterator[regex.Match[str]]:
        for start in self._START.finditer(text, low, high + 2):
            if found := self._pattern.match(text, start.start(), timeout=budget.left()):
                yield found
                return


class _SchemeSearch(CandidateSearch):
    """Finds web addresses with a scheme, if a dot is next to what can be in a host's name."""

    _SCHEME = regex.compile("https?://", regex.IGNORECASE)
    _HOST = regex.compile(r"https?://[a-z0-9\-\d]*+[.]", regex.IGNORECASE)
    _MAX_HOST = 300
    _QUOTES = "\"'"  # one of the patterns begins with a quotation mark

    def _candidates(self, text: str) -> Iterator[tuple[int, int]]:
        for scheme in self._SCHEME.finditer(text):
            at = scheme.start()
            if self._HOST.match(text, at, at + self._MAX_HOST):
                yield at - (text[at - 1 : at] in tuple(self._QUOTES)), at


class _HostSearch(CandidateSearch):
    """Finds web addresses without a scheme, before the dot of a top-level domain."""

    _HOST = regex.compile(r"""(?r)["']?[a-z0-9.\-\d]{0,260}+""", regex.IGNORECASE)
    _MAX_DOMAIN = 80  # characters of a dot and a domain

    def __init__(self, pattern: regex.Pattern[str]) -> None:
        super().__init__(pattern)
        self._end = _domain_end(pattern.pattern)

    def _candidates(self, text: str) -> Iterator[tuple[int, int]]:
        ranges: list[tuple[int, int]] = []
        for at in self._dots(text):
            host = self._HOST.match(text, 0, at)
            low = host.start() if host else at
            if ranges and low <= ranges[-1][1] + 1:
                low = min(low, ranges.pop()[0])
            ranges.append((low, at))
        yield from ranges

    def _dots(self, text: str) -> Iterator[int]:
        for at in _occurrences(".", text):
            if text[at + 1 : at + 2].isalnum() and self._end.match(text, at, at + self._MAX_DOMAIN):
                yield at


def _occurrences(char: str, text: str) -> Iterator[int]:
    """Yield the offsets of a character."""
    at = text.find(char)
    while at >= 0:
        yield at
        at = text.find(char, at + 1)


def _domain_end(pattern: str) -> regex.Pattern[str]:
    """Return the pattern of a dot and a top-level domain, cut out of one for web addresses."""
    start = pattern.index(_DOMAIN)
    depth, end = 0, start
    while depth or end < start + len("[.]("):
        depth += {"(": 1, ")": -1}.get(pattern[end], 0)
        end += 1
    return regex.compile(pattern[start:end], regex.IGNORECASE)
