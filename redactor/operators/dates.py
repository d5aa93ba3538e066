"""Dates as they are written: read out of a text, and written again in the same way.

`DateFormat` is how one date was written. Reading is strict: what stands beside the dates must be a
time of day, a weekday or a word that joins dates, or the text is no date that can be moved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

_ENGLISH = (
    "January February March April May June July August September October November December"
).split()
_GERMAN = (
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
).split()
_FRENCH = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
).split()
_SPANISH = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()
MONTHS = (_ENGLISH, _GERMAN, _FRENCH, _SPANISH)
_WEEKDAYS = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
    "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
    "lunes martes miércoles jueves viernes sábado domingo".split(),
)
_SHORT = 3  # letters of the short form of a month or weekday in English
_PIVOT = 69  # years of two digits: 69 is 1969 and 68 is 2068, as POSIX has it

_NAMES = (
    "|".join(sorted({month for months in MONTHS for month in months}, key=len, reverse=True))
    + "|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\\.?(?!\\w)"
)
_DAYS = (
    "|".join(sorted({day for days in _WEEKDAYS for day in days}, key=len, reverse=True))
    + "|(?:Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun)\\.?(?!\\w)"
)
# The ways of writing a day of the calendar: 2014-05-03; 3 May 2014, 3rd of May, 2014, 3. Mai 2014;
# May 3, 2014; 03/05/2014, 3.5.14. Each may have a weekday before it.
_DATE = re.compile(
    rf"""(?<![\w])(?P<weekday>(?:{_DAYS})(?=[\s,]))?(?P<gap>(?(weekday),?\s+))(?:
      (?P<iso>(?P<iy>\d{{4}})(?P<isep>[-/.])(?P<im>\d\d?)(?P=isep)(?P<id>\d\d?))
     |(?P<dmy>(?P<dd>\d\d?)(?P<dth>st|nd|rd|th|er|\.)?(?P<dof>\s+(?:of\s+|de\s+)?|-)
        (?P<dm>{_NAMES})(?P<dsep>,?\s+(?:de\s+)?|-)(?P<dy>\d{{4}}))
     |(?P<mdy>(?P<mm>{_NAMES})(?P<mof>\s+)(?P<md>\d\d?)(?P<mth>st|nd|rd|th)?
        (?P<msep>,?\s+)(?P<my>\d{{4}}))
     |(?P<num>(?P<na>\d\d?)(?P<nsep>[-/.])(?P<nb>\d\d?)(?P=nsep)(?P<ny>\d{{4}}|\d\d))
    )(?!\d)(?![-/.]\d)""",
    re.VERBOSE | re.IGNORECASE,
)
# What may stand beside dates that are moved: a time of day, with its zone, and words between them.
_BESIDE = re.compile(
    r"""(?:\s|[,;()/–-]
      |T?\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?\s?(?:[ap]\.?m\.?|Z|UTC|GMT|h|Uhr|[+-]\d\d:?\d\d)?
      |\b\d\d?\s?[ap]\.?m\b\.?
      |\b(?:from|to|until|till|and|or|at|on|of|between|the|since|by|in|born|bis|und|um|am|vom|au|et
          |à|le|du|al|y)\b)*""",
    re.VERBOSE | re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\w/.-])(?:1[5-9]|20)\d\d(?![\w/-])(?!\.\d)")
# A day beside a month or a year, and no part of a time.
_DAY = re.compile(r"(?<![:\w])\d\d?(?:st|nd|rd|th)?\b(?!:)", re.IGNORECASE)
_MONTH = re.compile(rf"(?:{_NAMES})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date in a text: its span, the day, and the function that writes another day in its way.

    `sure` tells whether the century is written.
    """

    start: int
    end: int
    day: date = field(repr=False)
    write: Callable[[date], str] = field(repr=False)
    sure: bool = True


def dates_in(text: str, *, dayfirst: bool) -> list[WrittenDate] | None:
    """Return the dates of a text that is nothing but dates; None for any other text."""
    found = [_written(match, dayfirst=dayfirst) for match in _DATE.finditer(text)]
    dates = [one for one in found if one is not None]
    if not dates or len(dates) < len(found):
        return None
    return dates if _BESIDE.fullmatch(_without(text, dates)) else None


def years_in(text: str, *, dayfirst: bool) -> list[int] | None:
    """Return the years that a text tells; None if it is no text of dates, or tells no century."""
    dates = [
        one
        for match in _DATE.finditer(text)
        if (one := _written(match, dayfirst=dayfirst)) is not None
    ]
    if any(not one.sure for one in dates):
        return None
    rest = _without(text, dates)
    years = [one.day.year for one in dates] + [int(year) for year in _YEAR.findall(rest)]
    rest = _MONTH.sub(" ", _YEAR.sub(" ", rest))
    return years or None if _BESIDE.fullmatch(_DAY.sub(" ", rest)) else None


def _without(text: str, dates: list[WrittenDate]) -> str:
    parts, at = [], 0
    for one in dates:
        parts.append(text[at : one.start])
        at = one.end
    return " ".join([*parts, text[at:]])


def _written(match: re.Match[str], *, dayfirst: bool) -> WrittenDate | None:
    """Return a date that was matched; None for a day that the calendar lacks."""
    way = next(kind for kind in ("iso", "dmy", "mdy", "num") if match[kind])
    read = {"iso": _iso, "dmy": _day_month, "mdy": _month_day, "num": _numeric}[way]
    try:
        day, write, sure = read(match, dayfirst)
    except ValueError:
        return None
    weekday = match["weekday"]
    if not weekday:
        return WrittenDate(*match.span(), day, write, sure)
    before = _named(weekday, _WEEKDAYS)
    return WrittenDate(
        *match.span(),
        day,
        lambda other: f"{before(other.weekday())}{match['gap']}{write(other)}",
        sure,
    )


_Read = tuple[date, Callable[[date], str], bool]


def _iso(match: re.Match[str], dayfirst: bool) -> _Read:  # one signature for all
    del dayfirst
    separator, wide = match["isep"], _padded(match["im"], match["id"])
    day = date(int(match["iy"]), int(match["im"]), int(match["id"]))
    return (
        day,
        lambda d: separator.join((f"{d.year:04}", _number(d.month, wide), _number(d.day, wide))),
        True,
    )


def _day_month(match: re.Match[str], dayfirst: bool) -> _Read:
    del dayfirst
    month = _named(match["dm"], MONTHS)
    wide = match["dd"].startswith("0")
    day = date(int(match["dy"]), _month_of(match["dm"]) + 1, int(match["dd"]))

    def write(d: date) -> str:
        number = _number(d.day, wide) + _ordinal(d.day, match["dth"] or "")
        return f"{number}{match['dof']}{month(d.month - 1)}{match['dsep']}{d.year:04}"

    return day, write, True


def _month_day(match: re.Match[str], dayfirst: bool) -> _Read:
    del dayfirst
    month = _named(match["mm"], MONTHS)
    wide = match["md"].startswith("0")
    day = date(int(match["my"]), _month_of(match["mm"]) + 1, int(match["md"]))

    def write(d: date) -> str:
        number = _number(d.day, wide) + _ordinal(d.day, match["mth"] or "")
        return f"{month(d.month - 1)}{match['mof']}{number}{match['msep']}{d.year:04}"

    return day, write, True


def _numeric(match: re.Match[str], dayfirst: bool) -> _Read:
    """Read 03/05/2014; what can only be read in the other order is."""
    one, other, separator = int(match["na"]), int(match["nb"]), match["nsep"]
    first = (dayfirst or one > 12) and other <= 12
    month, number = (other, one) if first else (one, other)
    long = len(match["ny"]) == 4
    year = int(match["ny"]) if long else _century(int(match["ny"]))
    wide = _padded(match["na"], match["nb"])

    def write(d: date) -> str:
        parts = [_number(d.day, wide), _number(d.month, wide)]
        written = f"{d.year:04}" if long else f"{d.year % 100:02}"
        return separator.join([*(parts if first else reversed(parts)), written])

    return date(year, month, number), write, long


def _century(year: int) -> int:
    return year + (1900 if year >= _PIVOT else 2000)


def _padded(*parts: str) -> bool:
    """Tell whether numbers are written with two digits each."""
    return all(len(part) == 2 for part in parts)


def _number(number: int, wide: bool) -> str:
    return f"{number:02}" if wide else str(number)


def _ordinal(day: int, written: str) -> str:
    """Return the letters or the stop after a day, as after the one that was `written`."""
    if written in ("", "."):
        return written
    if written.lower() == "er":  # French, of the first alone
        return written if day == 1 else ""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in (11, 12, 13) else 0, "th")
    return ending.upper() if written.isupper() else ending


def _month_of(name: str) -> int:
    form = name.rstrip(".").casefold()
    return next(
        number
        for months in MONTHS
        for number, month in enumerate(months)
        if month.casefold() == form or (months is _ENGLISH and _is_short(form, month))
    )


def _is_short(form: str, name: str) -> bool:
    return len(form) >= _SHORT and name.casefold().startswith(form) and len(form) <= 5


def _named(name: str, lists: tuple[list[str], ...]) -> Callable[[int], str]:
    """Return the function that names another month or weekday in the way of this one."""
    form = name.rstrip(".")
    names = _language(form, lists)
    short = not any(form.casefold() == each.casefold() for each in names)
    stop = "." if name.endswith(".") else ""

    def write(number: int) -> str:
        text = names[number]
        text = text[:_SHORT] + stop if short else text
        return text.upper() if form.isupper() else text.lower() if form.islower() else text.title()

    return write


def _language(form: str, lists: tuple[list[str], ...]) -> list[str]:
    """Return the list that has a name: German before French if it has a capital, as in Mai."""
    having = [names for names in lists if any(n.casefold() == form.casefold() for n in names)]
    small = [names for names in having if names[0].islower() == form.islower()]
    return next(iter([*small, *having, lists[0]]))


def shifted(text: str, days: int, *, dayfirst: bool) -> str | None:
    """Return a text of dates, each of them `days` later; None for what cannot be moved."""
    dates = dates_in(text, dayfirst=dayfirst)
    if dates is None:
        return None
    try:
        moved = [one.write(one.day + timedelta(days)) for one in dates]
    except OverflowError:
        return None
    return "".join(_spliced(text, dates, moved))


def _spliced(text: str, dates: list[WrittenDate], moved: list[str]) -> Iterator[str]:
    at = 0
    for one, other in zip(dates, moved, strict=True):
        yield text[at : one.start] + other
        at = one.end
    yield text[at:]
