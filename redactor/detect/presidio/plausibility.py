"""Whether a result of Presidio is what it says, by its shape and its context.

Presidio's patterns are tried at any place, and phonenumbers takes any digits that a numbering plan
allows: both find numbers in digests, counters, dates and tables. Here

- an identifier that is cut out of a longer run of letters and digits is none, nor is one with
  fewer than three digits: "lib32", "template1"; nor is a web address that ends in the midst of a
  word: "self.co" of "self.control";
- a telephone number without a context word has to be written as one: with its country code, with
  brackets, in the groups of a numbering plan, or after a trunk zero, and not in a row of numbers.
"""

from __future__ import annotations

import re

from presidio_analyzer import RecognizerResult

__all__ = ["is_plausible"]

# The entities of the recognisers that use phonenumbers.
_PHONES = frozenset({"PHONE_NUMBER", "ZA_MOBILE_NUMBER", "ZA_TELEPHONE_NUMBER"})

# Entities that may occur inside a word: "x=anna@example.org".
_INSIDE_WORDS = frozenset({"EMAIL_ADDRESS", "URL", "DATE_TIME"})

# Entities that may do with fewer digits, or with none.
_WITHOUT_DIGITS = _INSIDE_WORDS | {
    "CRYPTO",
    "IBAN_CODE",
    "IP_ADDRESS",
    "MAC_ADDRESS",
    "NRP",
    "UUID",
}
_DIGITS = 3

# A host without a scheme and a path.
_BARE_HOST = re.compile(r"(?!www\.)[\w.-]+")

# A weight of the Unicode collation, as the Cisco way to write a MAC address: "[.21F4.0020.0002]".
_WEIGHT = ("[.", "[*")

# The beginnings and lengths of the schemes of cards: Visa, Diners, American Express, Mastercard and
# the others of sixteen digits, Maestro and UnionPay.
_CARD = re.compile(
    r"4\d{12}|3[0689]\d{12}|3[47]\d{13}|(?:2[2-7]|35)\d{14}|[4-6]\d{15}|(?:62|5\d|63|67)\d{15,17}"
)

# The score of a telephone number with a context word; phonenumbers alone gives 0.4.
_WITH_CONTEXT = 0.5

# Told by its signs alone: a plus, the two zeros of an international call, an area in brackets, or
# the groups of North America divided by one sign.
_CLEARLY_PHONE = re.compile(
    r"\(?\+\d|00[1-9]\d?[ ./-]|\(?\+?\d{0,3}[ ]?\(\d{2,5}\)[ ./-]?\d{3}"
    r"|(?:1[.-])?[2-9]\d\d([.-])[2-9]\d\d\1\d{4}(?:[ ,;]{0,3}(?:x|ext).*)?\Z"
)
# Told by its groups, unless in a row of numbers: North America and Israel, after a trunk zero, in
# pairs as in France, India's five and five, Brazil's area and mobile.
_GROUPED = re.compile(
    r"(?:1[ -])?[2-9]\d\d[ -/]{1,3}[2-9]\d\d[ .-]\d{4}"
    r"|0[1-9]\d{0,4}(?:[ ./-]{1,3}\d{2,8}){1,5}"
    r"|[6-9]\d{4}[ -]\d{5}|0[1-9]\d{8,9}"
    r"|[1-9]\d[ ]9?\d{4}[ -]\d{4}"
)
# Digits beside it, with no more than a blank or a sign between: a row of numbers.
_NUMBER_BEFORE = re.compile(r"[\d.:][ \t]{0,3}[,;|+-]?[ \t]{0,3}\Z")
_NUMBER_AFTER = re.compile(r"\.\d|[ \t]{0,3}[,;|:+-]?[ \t]{0,3}\d")
_REACH = 8  # characters before it that are looked at


def is_plausible(text: str, result: RecognizerResult) -> bool:
    """Tell whether nothing in or around a result speaks against it."""
    if result.entity_type == "URL":
        return not _is_cut_host(text[result.start : result.end], text[result.end : result.end + 1])
    if result.entity_type in _INSIDE_WORDS:
        return True
    if _is_cut_out(text, result.start, result.end) or _is_something_else(text, result):
        return False
    if result.entity_type not in _PHONES or result.score >= _WITH_CONTEXT:
        return True
    return _is_written_as_phone(text, result.start, result.end)


def _is_cut_host(said: str, after: str) -> bool:
    """Tell whether a web address is a word with a dot that goes on: `self.co` of `self.control`."""
    return after.isalpha() and _BARE_HOST.fullmatch(said) is not None


def _is_cut_out(text: str, start: int, end: int) -> bool:
    """Tell whether a span begins or ends in the midst of letters and digits."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return (before.isalnum() and text[start].isalnum()) or (
        after.isalnum() and text[end - 1].isalnum()
    )


def _is_something_else(text: str, result: RecognizerResult) -> bool:
    """Tell whether a result is a name of a program, a collation weight, or a counter."""
    if result.entity_type == "MAC_ADDRESS":
        return text[max(0, result.start - 2) : result.start] in _WEIGHT
    said = text[result.start : result.end]
    if result.entity_type == "CREDIT_CARD" and said.isdigit():
        return _CARD.fullmatch(said) is None
    return result.entity_type not in _WITHOUT_DIGITS and sum(map(str.isdigit, said)) < _DIGITS


def _is_written_as_phone(text: str, start: int, end: int) -> bool:
    """Tell whether digits are divided as telephone numbers are, and are none of a row."""
    said = text[start:end]
    before = text[max(0, start - _REACH) : start]
    if before.endswith(("+", "(")) or _CLEARLY_PHONE.match(said):
        return True
    row = _NUMBER_BEFORE.search(before) or _NUMBER_AFTER.match(text, end)
    return row is None and _GROUPED.fullmatch(said) is not None
