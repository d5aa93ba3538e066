"""Dates that exist."""

from __future__ import annotations

import re
from calendar import monthrange

from redactor.detect.checks.words import MONTHS, ORDINALS

# Years in brackets after a name that are closer than this are as a rule those of an office. Those
# born before 1900 are dead, and what archives say of them is history.
_SHORTEST_LIFE, _LONGEST_LIFE, _FIRST_BIRTH = 24, 105, 1900
# Years of the highest age.
_OLDEST = 120
# Words beside a year without a month: "circa 1985". Other words make it a number of something.
_VAGUE = {"about", "around", "c", "ca", "circa", "in", "the", "year"}
# A time behind a date, as ISO 8601 joins them: "2031-05-04T10:30".
_TIME = re.compile(r"(?<=\d)T\d\d:.*", re.IGNORECASE | re.DOTALL)


def calendar_date(text: str) -> bool:
    """Tell whether a text is a date that exists, or a plausible year, of 1850 to 2099."""
    text = _TIME.sub("", text)
    words = [word.casefold().rstrip(".") for word in re.findall(r"[^\W\d_]+", text)]
    month = next((MONTHS[word] for word in words if word in MONTHS), None)
    groups = re.findall(r"\d+", text)
    numbers = [int(group) for group in groups]
    if month and (day := next(filter(None, map(ORDINALS.get, words)), None)):
        numbers.insert(0, day)
    if month is None and [len(group) for group in groups] == [8]:
        return _exists(_cut(groups[0], 4, 2, 2)) or _exists(_cut(groups[0], 2, 2, 4))
    if month is None:
        vague = all(word in _VAGUE for word in words)
        return _exists(numbers) if len(numbers) == 3 else vague and _only_year(numbers)
    match numbers:
        case [one]:
            return one <= 31 or _only_year(numbers)
        case [one, other]:
            return _exists([one, month, other]) or _exists([other, month, one])
        case _:
            return False


def human_age(text: str) -> bool:
    """Tell whether every number of a text can be the age of a person: below 120."""
    numbers = re.findall(r"\d+", text)
    return all(int(number) < _OLDEST and number[0] != "0" for number in numbers)


def life_years(text: str) -> bool:
    """Tell whether the first and the last year in a text can be of one life, begun since 1900."""
    years = [int(year) for year in re.findall(r"(?<!\d)\d{4}(?!\d)", text)]
    if len(years) < 2 or years[0] < _FIRST_BIRTH:
        return False
    return _SHORTEST_LIFE <= years[-1] - years[0] <= _LONGEST_LIFE


def looks_like_date(text: str) -> bool:
    """Tell whether a text is nothing but a date in numbers."""
    parts = re.fullmatch(r"\s*(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\s*", text)
    return parts is not None and _exists([int(parts[number]) for number in (1, 3, 4)])


def _cut(digits: str, *widths: int) -> list[int]:
    rest = iter(digits)
    return [int("".join(next(rest) for _ in range(width))) for width in widths]


def _only_year(numbers: list[int]) -> bool:
    return len(numbers) == 1 and 1850 <= numbers[0] <= 2099


def _exists(numbers: list[int]) -> bool:
    """Tell whether three numbers are a date in one of the orders d-m-y, m-d-y, y-m-d, y-d-m."""
    a, b, c = numbers
    return any(_day_exists(*one) for one in ((a, b, c), (b, a, c), (c, b, a), (b, c, a)))


def _day_exists(day: int, month: int, year: int) -> bool:
    year += 1900 if year < 100 else 0
    return 1850 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
