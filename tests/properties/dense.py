"""Texts dense in what Presidio's recognisers look for, made by chance and the same every time.

Values are made from the patterns themselves, with their labels; where a check has to agree, from
what the check takes, or from examples that standards publish.
"""

from __future__ import annotations

import random
import re._constants as op
import re._parser as parser
import warnings
from functools import cache
from typing import Any

import phonenumbers

from redactor.detect.presidio.patches import pin_suffix_list
from redactor.detect.presidio.registry import registry

__all__ = ["dense", "digits", "values"]

_CATEGORIES = {
    op.CATEGORY_DIGIT: "0123456789" * 3 + "\u0663\u0967\uff17",
    op.CATEGORY_WORD: "abcxyzABCXYZ0123456789_\u00e9\u0436\u4e2d\uff21",
    op.CATEGORY_SPACE: "   \t\n\u00a0\u2003",
    op.CATEGORY_NOT_SPACE: "abc012.,-/?=&#%",
    op.CATEGORY_NOT_WORD: " .,-/()'\"",
    op.CATEGORY_NOT_DIGIT: "abc .,-",
}
_ANY = "abcXYZ012789 .,:;-_/()@+'\"\u00e9\u0436"
_MOST = 4  # more copies than must be
_TRIES, _ENOUGH = 3_000, 8

# What a check takes and chance does not make: examples of ISO 13616 and of BIP 173.
_PUBLISHED = {
    "IbanRecognizer": (
        "GB82WEST12345698765432",
        "GB82 WEST 1234 5698 7654 32",
        "DE89370400440532013000",
        "de89 3704 0044 0532 0130 00",
        "DE89-3704-0044-0532-0130-00",
        "NO9386011117947",
        "FR14 2004 1010 0505 0001 3M02 606",
    ),
    "CryptoRecognizer": (
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    ),
    "EmailRecognizer": (
        "teodor@example.org",
        "https://example.org/?q=teodor@example.org",
        "mail=t.v@sub.example.co.uk",
        "../@teodor@example.com",
    ),
    "UrlRecognizer": (
        "https://www.example.org/a?b=c",
        '"example.com/x"',
        "'http://example.net'",
        "www2.example.org.",
        "a.b-c.example.museum/(x)",
    ),
}
_FILLERS = (
    "the a be is call us no not of and one call:5 id:5 us:1 no:yes 12:30 :) ;-) :-/ don't e.g. "
    "a.m. Mr. U.S. it's 5pm $15 10% http://x -PRON- word words bus class status . , ; ! ? ( ) -- "
    "\u2026 \u2019 \u201c \u201d x X ext ext. # + ++ / \\ Stra\u00dfe \ufb01 \u0130 "
    "\u0131 na\u00efve \u017f \u212a \u4e2d\u6587 \u0663 \U0001f600 \u200b \u00e9 \u2167 \u00bd "
    "x5 5x A1 1A 2003 15 1999-2000"
).split(" ")
_BETWEEN = (
    *(" " * 12),
    *("  ", "   ", "\n", "\n\n", "\r\n", "\t", " \n", "\u00a0", "\u2003", "\u200b", "\x1c", "\x85"),
    *(", ", ". ", ": ", "; ", " - ", "-", "/", " / ", "(", ") ", " (", '"', "'", "", "", "#", "_"),
    *(
        " x",
        " ext. ",
        ";ext=",
        " +",
        "+",
        "@",
        "=",
        "?q=",
        "://",
        "--------",
        ".........",
        "&",
        "%",
    ),
)


class _Sampler:
    """Makes strings that a pattern matches, labels before them included, borders not heeded."""

    def __init__(self, pattern: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._tree = parser.parse(pattern)
        self._groups: dict[int, str] = {}

    def __call__(self, chance: random.Random) -> str:
        return "".join(self._one(*node, chance) for node in self._tree)

    def _row(self, nodes: Any, chance: random.Random) -> str:
        return "".join(self._one(*node, chance) for node in nodes)

    def _one(self, kind: Any, value: Any, chance: random.Random) -> str:
        if kind in {op.LITERAL, op.IN, op.ANY, op.NOT_LITERAL}:
            return _character(kind, value, chance)
        if kind is op.BRANCH:
            return self._row(chance.choice(value[1]), chance)
        if kind is op.SUBPATTERN:
            self._groups[value[0]] = made = self._row(value[3], chance)
            return made
        if kind in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
            times = chance.randint(value[0], min(int(value[1]), value[0] + _MOST))
            return "".join(self._row(value[2], chance) for _ in range(times))
        if kind is op.ASSERT and value[0] < 0:
            return self._row(value[1], chance)
        return self._groups.get(value, "") if kind is op.GROUPREF else ""


def _character(kind: Any, value: Any, chance: random.Random) -> str:
    if kind is op.LITERAL:
        return chance.choice([chr(value), chr(value), chr(value).swapcase()])
    return _member(value, chance) if kind is op.IN else chance.choice(_ANY)


def _member(items: Any, chance: random.Random) -> str:
    if items[0][0] is op.NEGATE:
        return chance.choice(_ANY)
    kind, value = chance.choice(items)
    if kind is op.RANGE:
        return chr(chance.randint(*value))
    return chr(value) if kind is op.LITERAL else chance.choice(_CATEGORIES[value])


@cache
def _recognizers() -> dict[str, Any]:
    pin_suffix_list()
    return {one.name: one for one in registry().recognizers}


@cache
def _samplers(name: str) -> list[_Sampler]:
    return [_Sampler(one.regex) for one in getattr(_recognizers()[name], "patterns", ())]


@cache
def _checked(name: str) -> tuple[str, ...]:
    """Return some values that the check of a recogniser takes."""
    recognizer, chance = _recognizers()[name], random.Random(name)
    found = list(_PUBLISHED.get(name, ()))
    for _ in range(_TRIES if _samplers(name) and not found else 0):
        value = chance.choice(_samplers(name))(chance)
        if recognizer.validate_result(value) is not False:
            found.append(value)
        if len(found) == _ENOUGH:
            break
    return tuple(found)


def values(name: str, chance: random.Random) -> str:
    """Return a value for a recogniser."""
    if not _samplers(name):
        return _phone(chance)
    if _checked(name) and chance.random() < 0.5:
        return chance.choice(_checked(name))
    return chance.choice(_samplers(name))(chance)


_REGIONS = ("US", "GB", "DE", "FR", "IL", "IN", "CA", "BR", "ZA", "JE", "JM", "AT", "SM", "NO")
_FORMATS = tuple(
    vars(phonenumbers.PhoneNumberFormat)[one] for one in ("E164", "INTERNATIONAL", "NATIONAL")
)


def _phone(chance: random.Random) -> str:
    region, kind = chance.choice(_REGIONS), chance.choice([0, 1, 2, 3, 4, 6, 7])
    number = phonenumbers.example_number_for_type(region, kind)
    number = number or phonenumbers.example_number(region)
    written = phonenumbers.format_number(number, chance.choice(_FORMATS))
    written = written.replace("+", chance.choice(["+", "+", "", "00", "011 ", "(+", "\uff0b"]))
    if chance.random() < 0.3:
        written = written.replace(
            " ", chance.choice(["", "-", ".", "  ", "/", ") ", "\u00a0", "x"])
        )
    return written + chance.choice(["", "", "", " ext. 12", "x123", ";ext=5", "  - 503#", " int 4"])


def digits(chance: random.Random, length: int) -> str:
    """Return digits in blocks, with what may stand between those of phone numbers."""
    made = ""
    while len(made) < length:
        made += "".join(chance.choices("0123456789", k=chance.choice([1, 2, 3, 3, 4, 4, 7, 10])))
        made += chance.choice(
            [*"  -./()x+", ", ", " (", ") ", " - ", "\n", ":", "", " ext ", "    "]
        )
        if chance.random() < 0.2:
            made += _phone(chance)
    return made


def dense(chance: random.Random, length: int) -> str:
    """Return a text of about so many characters."""
    names = sorted(_recognizers())
    context = sorted({w for one in _recognizers().values() for w in one.context or ()})
    made: list[str] = []
    size = 0
    while size < length:
        which = chance.random()
        if which < 0.45:
            piece = values(chance.choice(names), chance)
            piece = _changed(piece, chance) if which < 0.1 else piece
        elif which < 0.65:
            piece = chance.choice(context)
            piece = chance.choice([piece, piece, piece.upper(), piece + "s", piece + ":"])
        elif which < 0.7:
            piece = digits(chance, 20)
        else:
            piece = chance.choice(_FILLERS)
        made += [piece, chance.choice(_BETWEEN)]
        size += len(piece) + 1
    return "".join(made)


def _changed(value: str, chance: random.Random) -> str:
    at = chance.randrange(len(value) + 1)
    return value[:at] + chance.choice(["", *_ANY]) + value[at + chance.choice([0, 0, 1]) :]
