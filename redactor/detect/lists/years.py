"""The years in a text: numbers of four digits, by themselves or in a date."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A number that is no amount, no part of a word, and not grouped with other numbers.
_NUMBER = re.compile(
    r"(?<![\w$£€#@+])(?<![\d)][.,:/-])(?<!\d{3}\s)"
    r"\d[\d./-]*+(?:(?=T\d)|(?![\w@%$£€]|[,:]\d|\s\d{3}))"
)
# 1000 to 2999.
_YEAR = r"([12]\d{3})"
# A year, a range of years, or a date in one of the orders ISO, day first, month first.
_DATE = re.compile(
    rf"{_YEAR}(?:[/-](?:{_YEAR}|\d\d))?"  # 2014, 2014/15, 2014-2016, 2014-05
    rf"|{_YEAR}(?P<sign>[./-])\d\d?(?P=sign)\d\d?"
    rf"|\d\d?(?P<mark>[./-])(?:\d\d?(?P=mark))?{_YEAR}"
)


def years(text: str) -> Iterator[tuple[int, int, frozenset[int]]]:
    """Yield start, end and the years of each date with a year of four digits (1000 to 2999)."""
    for number in _NUMBER.finditer(text):
        digits = number.group().rstrip("./-")
        if date := _DATE.fullmatch(digits):
            found = frozenset(int(part) for part in date.groups() if part and len(part) == 4)
            yield number.start(), number.start() + len(digits), found
