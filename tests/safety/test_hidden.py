r"""A disguise by what nobody sees: the view must neither join words nor part values for ever.

The attack: form feeds, vertical tabs, NULs, soft hyphens, tag characters, colour codes and their
like stand beside a value (`Phone:\v646-555-0187\vSSN:`) or inside it. The view dropped them, so
that value and next word were one word and nothing was found; a letter with form feeds for its
blanks was published unchanged. Others rub out (`x\b`), strike through, put tags of HTML inside a
number, or write in escapes and codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from redactor.analysis.unit import text_unit
from redactor.detect.deobfuscation.encodings import decoded
from redactor.detect.deobfuscation.rewrites import utf7
from redactor.text import view

if TYPE_CHECKING:
    from collections.abc import Callable

    from redactor.analysis.analyzer import Analyzer

VALUES = {
    "Phone": "646-555-0187",
    "SSN": "219-09-9981",
    "Card": "4539 1488 0343 6467",
    "Host": "203.0.113.177",
    "NINO": "QQ 12 34 56 C",
    "NHS number": "943 476 5919",
    "IBAN": "GB82 WEST 1234 5698 7654 32",
    "E-mail": "zq.plover@example.org",
    "Mastodon": "@zebquix_canary",
    "Home": "17 Umbrella Crescent",
    "MAC": "00:1A:2B:3C:4D:5E",
    "Witness": "Mr Zebediah Quixworthy",
    "Date of birth": "12 March 1961",
}
OPEN_ENDED = {"Mastodon", "Witness"}  # what is joined to one of these may belong to it

SEPARATORS = {"VT": "\v", "FF": "\f", "FS": "\x1c", "GS": "\x1d", "RS": "\x1e", "US": "\x1f"}
JOINERS = {
    "NUL": "\0",
    "BEL": "\a",
    "SO": "\x0e",
    "SUB": "\x1a",
    "ESC": "\x1b",
    "DEL": "\x7f",
    "soft hyphen": "\xad",
    "combining grapheme joiner": "\u034f",
    "Arabic letter mark": "\u061c",
    "Mongolian vowel separator": "\u180e",
    "zero-width space": "\u200b",
    "zero-width non-joiner": "\u200c",
    "zero-width joiner": "\u200d",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "left-to-right isolate": "\u2066",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "variation selector": "\ufe0f",
    "variation selector of the supplement": "\U000e0101",
    "tag character": "\U000e0041",
    "Hangul filler": "\u3164",
    "colour": "\x1b[1;31m",
    "end of colour": "\x1b[0m",
    "three of a kind": "\u200b\u200b\x1b[0m",
}


AFTER = "and nothing else"


@dataclass(frozen=True)
class Found:
    """A text and which of its characters detectors found something in."""

    text: str
    found: tuple[bool, ...]

    def holds(self, start: int, value: str) -> bool:
        """Tell whether a value is found whole; a title before a name is no part of it."""
        start, end = start + (3 if value.startswith("Mr ") else 0), start + len(value)
        return self.text[:end].endswith(value[-3:]) and all(self.found[start:end])

    def whole(self, value: str) -> bool:
        return self.holds(self.text.index(value), value)


def found(text: str, analyzer: Analyzer) -> Found:
    """Return what detectors find by themselves: no value is known from another place."""
    marks = [False] * len(text)
    for one in analyzer.detect(text_unit(text)).mentions:
        marks[one.finding.start : one.finding.end] = [True] * (one.finding.end - one.finding.start)
    return Found(text, tuple(marks))


Row = tuple[str, str, str, str]
"""The name of what is hidden, a label, what stands before a value, and the value."""


def _missed(rows: list[Row], after: list[str], analyzer: Analyzer) -> tuple[set[str], set[str]]:
    """Return which values are not found whole, and after which of them more is taken."""
    text, places = "", []
    for (_, label, before, value), behind in zip(rows, after, strict=True):
        text += f"{label}:{before}"
        places.append(len(text))
        text += f"{value}{behind}{AFTER}\n\n"
    seen = found(text, analyzer)
    left, taken = set(), set()
    for (name, label, _, value), behind, at in zip(rows, after, places, strict=True):
        beyond = at + len(value) + len(behind)
        left |= set() if seen.holds(at, value) else {f"{label}, {name}"}
        taken |= {f"{label}, {name}"} if any(seen.found[beyond : beyond + len(AFTER)]) else set()
    return left, taken


def _around(hidden: dict[str, str]) -> tuple[list[Row], list[str]]:
    rows = [
        (name, label, sign, value)
        for name, sign in hidden.items()
        for label, value in VALUES.items()
    ]
    return rows, [sign for _, _, sign, _ in rows]


def test_every_value_is_found_where_blanks_stand_around_it(analyzer: Analyzer) -> None:
    assert _missed(*_around({"blank": " "}), analyzer) == (set(), set())


def test_what_separates_separates(analyzer: Analyzer) -> None:
    assert _missed(*_around(SEPARATORS), analyzer) == (set(), set())


def test_a_value_between_what_joins_is_found(analyzer: Analyzer) -> None:
    left, taken = _missed(*_around(JOINERS), analyzer)
    assert left == set()
    assert {one.partition(",")[0] for one in taken} <= OPEN_ENDED


def test_a_value_is_found_whole_with_what_joins_inside_it(analyzer: Analyzer) -> None:
    rows = [
        (f"{name} at {at}", label, " ", value[:at] + sign + value[at:])
        for number, (name, sign) in enumerate(JOINERS.items())
        for label, value in VALUES.items()
        for at in [4 + 5 * number % (len(value) - 4)]  # behind the title of a name
    ]
    assert _missed(rows, [" "] * len(rows), analyzer) == (set(), set())


@pytest.mark.parametrize("between", ["\f", "\v", "\x1f"], ids=["FF", "VT", "US"])
def test_a_letter_with_separators_for_blanks_is_read_as_with_blanks(
    between: str, analyzer: Analyzer
) -> None:
    letter = (
        "Dear Mr Zebediah Quixworthy, write to zq.plover@example.org or call 646-555-0187. Your SSN"
        " is 219-09-9981. Home is 17 Umbrella Crescent, and Anna Vance was there."
    )
    apart = found(letter.replace(" ", between), analyzer)
    assert apart.found == found(letter, analyzer).found


@pytest.mark.parametrize(
    "value", ["219\x1f-09-9981", "zq.plover@exam\x0bple.org", "646-555-01\f87"]
)
def test_what_separates_inside_a_value_joins_as_well(value: str, analyzer: Analyzer) -> None:
    label = "E-mail" if "@" in value else "SSN" if value.startswith("219") else "Phone"
    assert found(f"{label}: {value} and nothing else", analyzer).whole(value)


@pytest.mark.parametrize("mark", ["\u0301", "\u0336", "\u0332", "\u0488", "\u1dc4", "\u0301\u0301"])
def test_marks_upon_digits_and_signs_hide_nothing(mark: str, analyzer: Analyzer) -> None:
    for label in ("Phone", "SSN", "Card", "IBAN", "E-mail"):
        value = "".join(sign if sign.isalpha() else sign + mark for sign in VALUES[label])
        assert found(f"{label}: {value} and nothing else", analyzer).whole(value), label


def test_a_letter_keeps_its_accent() -> None:
    assert view("Ren\u0065\u0301 9\u0301").text == "Ren\u00e9 9"


@pytest.mark.parametrize(
    "value",
    [
        "646<b>-555-</b>0187",
        "64<span class='x'>6-555</span>-0187",
        "219-<!-- -->09-9981",
        "zq.plover<i>@</i>example.org",
        "64x\b6-555-0187",
        "6xy\b\b46-555-0187",
        "64x\x7f6-555-0187",
        "zq.pl\bplover@example.org",
    ],
)
def test_tags_and_backspaces_inside_a_value_hide_nothing(value: str, analyzer: Analyzer) -> None:
    label = "E-mail" if "@" in value else "SSN" if value.startswith("219") else "Phone"
    assert found(f"{label}: {value} and nothing else", analyzer).whole(value)


def test_letters_struck_over_as_on_a_terminal_are_a_name(analyzer: Analyzer) -> None:
    name = "".join(f"{sign}\b{sign}" for sign in "Quixworthy")
    assert found(f"Signed by Mr Zebediah {name} today.", analyzer).whole(name)


def _tagged(text: str) -> str:
    return "".join(chr(0xE0000 + ord(sign)) for sign in text)


def test_text_in_tag_characters_is_read(analyzer: Analyzer) -> None:
    said = _tagged("call 646-555-0187 now")
    seen = found(f"Nothing to see here.{said} Nothing at all.", analyzer)
    assert seen.whole(_tagged("646-555-0187"))
    assert not any(seen.found[:20])


def test_the_flag_of_a_country_is_no_text(analyzer: Analyzer) -> None:
    seen = found(f"The flag \U0001f3f4{_tagged('gbeng')}\U000e007f is red and white.", analyzer)
    assert not any(seen.found)


def _quoted(text: str) -> str:
    return "".join(f"={code:02X}" for code in text.encode())


def _octal(text: str) -> str:
    return "".join(f"\\{code:03o}" for code in text.encode())


def _decimal(text: str) -> str:
    return " ".join(str(code) for code in text.encode())


LETTER = "Dear Anna Vance,\nplease call 646-555-0187\nor write to zq.plover@example.org\n"


@pytest.mark.parametrize("code", [_quoted, _octal, _decimal], ids=["quoted", "octal", "decimal"])
def test_a_letter_in_codes_on_one_line_is_read(
    code: Callable[[str], str], analyzer: Analyzer
) -> None:
    text = code(LETTER)
    seen = found(f"Kept in codes. {text} Nothing else.", analyzer)
    assert seen.whole(code("646-555-0187"))
    assert seen.whole(code("zq.plover@example.org"))
    assert not any(seen.found[:15])


@pytest.mark.parametrize(
    "value",
    [
        r"zq.plover\'40example.org",
        r"zq\'2eplover\'40example\'2eorg",
        r"zq.plover\100example.org",
        "zq.plover+AEA-example.org",
        "zq+AC4-plover+AEA-example+AC4-org",
        "zq.plover=40example=2Eorg",
    ],
)
def test_escapes_inside_an_address_are_read(value: str, analyzer: Analyzer) -> None:
    seen = found(f"Please write to {value} today.", analyzer)
    assert seen.whole(value)
    assert not any(seen.found[:15])


def test_phone_numbers_and_sums_are_no_utf_7() -> None:
    text = "call +1646-555 or +44-20, and a+abc-d is x+y-z"
    assert list(utf7(text)) == []


def test_a_table_of_numbers_is_no_code() -> None:
    assert list(decoded("98 97 99 101 100 97 98 96 95 99 102 97")) == []
