"""Presidio's patterns, tried only where they can match; some as others that match the same.

What most of them need is read off them by `detect.needs`. Four kinds take the square of the text,
or are slow for what they are: addresses, whose local part may be of any length; web addresses, with
a choice of 1,400 domains; one that asks whether a digit stands anywhere behind it; and those that
look back for a label, with any number of blanks before the number.

No attempt is made with more of the text in view than it needs: `regex` looks through all that it
is given for a character that a pattern requires.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

from redactor.detect.prefilter.factors import required_factors
from redactor.detect.prefilter.search import Ranges, Search, TextIndex, TimeBudget

__all__ = ["search_for"]

_LOCAL_PART = r"[!#$%&'*+\-/=?^_`{|}~\.\w]{0,}"
_DOMAIN = "[.](?:(?:com)"
_SCHEME = "https?://"
_DIGIT_BEHIND = r"(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)"


def search_for(pattern: str, flags: int) -> Search:
    """Return what finds the matches of one of Presidio's patterns."""
    compiled = regex.compile(pattern, flags)
    if _LOCAL_PART in pattern:
        return _AddressSearch(compiled)
    if _DOMAIN in pattern:
        return _SchemeSearch(compiled) if _SCHEME in pattern else _HostSearch(compiled)
    if _DIGIT_BEHIND in pattern:
        return _MixedSearch(compiled)
    return _QuickSearch(regex.compile(_possessive(pattern), flags))


class _QuickSearch(Search):
    """Tries a pattern that looks no further than a few characters without a limit of its own.

    Setting one takes ten times as long as such an attempt.
    """

    _NEAR = 300
    _FEW = 4

    def _tried(
        self, text: str, low: int, high: int, clock: TimeBudget
    ) -> Iterator[regex.Match[str]]:
        if self._reach > self._NEAR or high - low > self._FEW:
            yield from super()._tried(text, low, high, clock)
            return
        clock.left()
        while low <= high:
            match = self.pattern.match(text, low, low + self._reach + 1)
            if match is not None:
                yield match
            low = low + 1 if match is None else max(match.end(), low + 1)


class _MixedSearch(_QuickSearch):
    """Looks for a pattern that asks for a letter and a digit in the row of characters it begins.

    However long that row is, it is read once. The letter is asked for by the rest as well.
    """

    _ROW = regex.compile("(?r)[A-Z0-9-]*+", regex.IGNORECASE)

    def __init__(self, pattern: regex.Pattern[str]) -> None:
        super().__init__(pattern)
        self.pattern = regex.compile(pattern.pattern.replace(_DIGIT_BEHIND, ""), pattern.flags)
        self._reach = required_factors(self.pattern.pattern, pattern.flags).reach

    def _ranges(self, places: TextIndex) -> Ranges:
        ranges: Ranges = []
        done = 0
        for at in places.digits:
            row = self._ROW.match(places.text, done, at)
            low = row.start() if row else at
            if ranges and low == done:
                low, _ = ranges.pop()
            ranges.append((low, at))
            done = at + 1
        return ranges


def _possessive(pattern: str) -> str:
    """Return a pattern that matches the same, but tries blanks behind a label in one way only.

    Those that look back for a label take the square of the blanks there.
    """
    if not pattern.startswith("(?<="):
        return pattern
    return pattern.replace(r"\s*", r"\s*+").replace(r"\s+", r"\s++")


class _AddressSearch(Search):
    """Looks for addresses in the run of characters before an "@" that a host follows.

    The recogniser's pattern takes any length of local part, and tries it from each of its parts.
    Before such a host it matches from the first place in the run where a word begins or ends.
    """

    _SIGNS = r"\w!#$%&'*+\-/=?^`{|}~"
    _HOST = regex.compile(rf"(?<=[{_SIGNS}])@\w++(?:-++\w++)*+\.\w")
    _LOCAL = regex.compile(rf"(?r)[{_SIGNS}.]++")
    _START = regex.compile(rf"\b[{_SIGNS}]")

    def _ranges(self, places: TextIndex) -> Ranges:
        text, literal_offsets = places.text, places.literal_offsets.get("@", ())
        hosted = [at for at in literal_offsets if self._HOST.match(text, at)]
        runs = [self._LOCAL.match(text, 0, at) for at in hosted]
        return [(run.start(), at - 1) for run, at in zip(runs, hosted, strict=True) if run]

    def _tried(
        self, text: str, low: int, high: int, clock: TimeBudget
    ) -> Iterator[regex.Match[str]]:
        for start in self._START.finditer(text, low, high + 2):
            if found := self.pattern.match(text, start.start(), timeout=clock.left()):
                yield found
                return


class _SchemeSearch(Search):
    """Looks for web addresses with a scheme, if a dot is next to what can be in a host's name."""

    _HOST = regex.compile(r"""["']?https?://[a-z0-9\-\d]*+[.]""", regex.IGNORECASE)
    _LONGEST = 300

    def _ranges(self, places: TextIndex) -> Ranges:
        text = places.text
        starts = (at for low, high in super()._ranges(places) for at in range(low, high + 1))
        return [(at, at) for at in starts if self._HOST.match(text, at, at + self._LONGEST)]


class _HostSearch(Search):
    """Looks for web addresses without a scheme, before the dot of a top-level domain."""

    _HOST = regex.compile(r"""(?r)["']?[a-z0-9.\-\d]{0,260}+""", regex.IGNORECASE)
    _LONGEST = 80  # a dot and a domain have no more

    def __init__(self, pattern: regex.Pattern[str]) -> None:
        super().__init__(pattern)
        self._end = _domain_end(pattern.pattern)

    @property
    def literals(self) -> Iterable[str]:
        return {".", *super().literals}

    def _ranges(self, places: TextIndex) -> Ranges:
        ranges: Ranges = []
        for at in self._dots(places):
            host = self._HOST.match(places.text, 0, at)
            low = host.start() if host else at
            if ranges and low <= ranges[-1][1] + 1:
                low = min(low, ranges.pop()[0])
            ranges.append((low, at))
        return ranges

    def _dots(self, places: TextIndex) -> Iterator[int]:
        text, end = places.text, self._end
        for at in places.literal_offsets.get(".", ()):
            if text[at + 1 : at + 2].isalnum() and end.match(text, at, at + self._LONGEST):
                yield at


def _domain_end(pattern: str) -> regex.Pattern[str]:
    """Return the pattern of a dot and a top-level domain, cut out of one for web addresses."""
    start = pattern.index(_DOMAIN)
    depth, end = 0, start
    while depth or end < start + len("[.]("):
        depth += {"(": 1, ")": -1}.get(pattern[end], 0)
        end += 1
    return regex.compile(pattern[start:end], regex.IGNORECASE)
