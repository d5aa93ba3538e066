"""Where in a text phonenumbers can find a number at all.

Its matcher is slow, and runs once for every region. All it ever looks at are *clusters*: digits
with no more between them than its pattern allows in one number, or before an extension. What it
does in one cluster depends on nothing outside of it, but for the signs before and the characters
next to it. So it gets one cluster at a time, with these around it, and only if that can be a
number: one that is dialled abroad, or one where some blocks of digits, with or without the
country's code and its prefix, are what a number of that country looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate, combinations
from typing import Any

import phonenumbers
from phonenumbers import PhoneMetadata

__all__ = ["SIGNS", "Cluster", "clusters"]

# The signs that phonenumbers takes between digits, as many as four in a row.
SIGNS = (
    "-x\u2010-\u2015\u2212\u30fc\uff0d-\uff0f \u00a0\u00ad\u200b\u2060\u3000"
    "()\uff08\uff09\uff3b\uff3d.\\[\\]/~\u2053\u223c\uff5e"
)
_EXTENSION = (
    r"(?:e?xt(?:ensi(?:o\u0301?|\u00f3))?n?|\uff45?\uff58\uff54\uff4e?|\u0434\u043e\u0431|anexo"
    r"|[x\uff58#\uff03~\uff5e]|int|\uff49\uff4e\uff54)"
)
_CLUSTER = re.compile(
    rf"\d++(?:(?:[{SIGNS}]{{1,4}}|[ \u00a0\t,]*{_EXTENSION}[:.\uff0e]?[ \u00a0\t,-]*"
    r"|[- ]++(?=\d{1,6}#)|;ext=)\d++)*+",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"\d+")
_PLUS = re.compile(r"[+\uff0b]")
_LETTER = re.compile("[A-Za-z]")
_LABELLED = re.compile(rf"[^{SIGNS}\d]")

_LEAD = 10  # characters that a number can have before its first digit
_NEXT = 4  # characters behind a cluster that the matcher looks at, or takes in
_LONGEST = 10_000  # characters of a cluster that it gets at once
_OVERLAP = 300
_LONGEST_BLOCK = 20  # digits that it takes for one block, and blocks that it takes for one number
_SPELLED = 3  # letters that make it take letters for digits
_SHORTEST = 4  # characters of the shortest numbers of any country

_KINDS = (
    "fixed_line mobile toll_free premium_rate shared_cost personal_number voip pager uan voicemail"
).split()


@dataclass(frozen=True)
class Cluster:
    """Digits that belong together: their position, their blocks, and the text before them."""

    first: int
    end: int
    text: str = field(repr=False)
    lead: str = field(repr=False)

    def window(self, length: int) -> tuple[int, int]:
        """Return what the matcher is to see of a text of some length."""
        return max(0, self.first - _LEAD - 1), min(length, self.end + _NEXT)

    def may_hold(self, region: str) -> bool:
        """Tell whether a number that is valid, if dialled in a region, may be in it."""
        plan = _plan(region)
        if self._size < plan.least:
            return False
        return self._open or plan.may_be(self._blocks, whole=self._whole)

    @cached_property
    def _blocks(self) -> list[str]:
        blocks = _BLOCK.findall(self.text)
        plain = self.text.isascii()
        return blocks if plain else [phonenumbers.normalize_digits_only(one) for one in blocks]

    @cached_property
    def _letters(self) -> int:
        return len(_LETTER.findall(self.text))

    @cached_property
    def _size(self) -> int:
        return sum(map(len, self._blocks)) + self._letters

    @cached_property
    def _whole(self) -> bool:
        """Tell whether numbers begin and end where blocks do: too long ones are cut anywhere."""
        longest = max(len(self._blocks), *map(len, self._blocks))
        return longest <= _LONGEST_BLOCK and not _LABELLED.search(self.text)

    @cached_property
    def _open(self) -> bool:
        """Tell whether it may be a number of any country, or one that is spelled in letters."""
        return _PLUS.search(self.lead) is not None or self._letters >= _SPELLED


def clusters(text: str) -> Iterator[Cluster]:
    """Yield the clusters of a text that have as many characters as the shortest number.

    One of more than ten thousand characters is cut, into pieces that overlap.
    """
    for match in _CLUSTER.finditer(text):
        first, end = match.span()
        if end - first >= _SHORTEST:
            for low in range(first, end, _LONGEST):
                start, stop = max(first, low - _OVERLAP), min(end, low + _LONGEST)
                lead = text[max(0, start - _LEAD) : start]
                yield Cluster(start, stop, text[start:stop], lead)


@dataclass(frozen=True)
class _Plan:
    """The numbers of a region, `least` to `most` digits; `abroad` are those of other countries.

    `numbers` are whole ones, with what may be dialled before them; `roughly` is what they hold.
    Both are None if any digits may become one.
    """

    least: int
    most: int
    abroad: re.Pattern[str]
    roughly: re.Pattern[str] | None
    numbers: re.Pattern[str] | None

    def may_be(self, blocks: list[str], *, whole: bool) -> bool:
        """Tell whether some blocks of digits in a row, or parts of them, may be a number."""
        digits = "".join(blocks)
        if self.roughly is None or self.numbers is None or self.abroad.search(digits):
            return True
        if self.roughly.search(digits) is None:
            return False
        if not whole:
            return True
        edges = list(accumulate(map(len, blocks), initial=0))
        return any(
            self.numbers.fullmatch(digits, start, end)
            for start, end in combinations(edges, 2)
            if self.least <= end - start <= self.most
        )


@cache
def _plan(region: str) -> _Plan:
    """Return how the numbers of a region look, with all that may be dialled before them."""
    own: Any = PhoneMetadata.metadata_for_region(region)
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[own.country_code]
    main: Any = PhoneMetadata.metadata_for_region(regions[0])
    kinds = [one for each in regions for one in _described(each)]
    lengths = [length for one in kinds for length in one.possible_length]
    rules = [one.national_prefix_transform_rule for one in (own, main)]
    before = rf"(?:{own.country_code})?{_prefix(own)}{_prefix(main)}"
    if any(rules):  # what is dialled before a number may then be within it
        before = r"\d*"
    adds = any(re.search(r"(?<!\\)\d", rule) for rule in rules if rule)
    plans: list[Any] = [PhoneMetadata.metadata_for_region(each) for each in regions]
    return _Plan(
        least=_SHORTEST if adds else min(lengths),
        most=_LONGEST_BLOCK + max(lengths),
        abroad=re.compile(rf"(?:{own.international_prefix})[1-9]\d\d\d"),
        roughly=None if adds else re.compile(_any(one.general_desc for one in plans)),
        numbers=None if adds else re.compile(f"{before}(?:{_any(kinds)})"),
    )


def _any(described: Iterable[Any]) -> str:
    return "|".join(f"(?:{one.national_number_pattern})" for one in described)


def _prefix(metadata: Any) -> str:
    return f"(?:{metadata.national_prefix_for_parsing or ''})?"


def _described(region: str) -> list[Any]:
    metadata: Any = PhoneMetadata.metadata_for_region(region)
    kinds = (getattr(metadata, kind) for kind in _KINDS)
    return [kind for kind in kinds if kind is not None and kind.national_number_pattern]
