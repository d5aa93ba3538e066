"""Invented towns, streets, organisations and postal codes."""

from __future__ import annotations

import re

from redactor.operators.surrogate.draw import Draw

# A number in an address that begins or ends its first part: "12 Kelp Lane", "Kelpstraße 12".
_WHOLE = re.compile(r"[,\n]")


def town(draw: Draw) -> str | None:
    """Return the name of a town."""
    return draw.pick(lambda number: draw.faker("town", draw.value, str(number)).city())


def organisation(draw: Draw) -> str | None:
    """Return the name of a company."""
    return draw.pick(lambda number: draw.faker("company", draw.value, str(number)).company())


def street_address(draw: Draw) -> str | None:
    """Return a street with a number, and a town if the address has more than one part.

    No postal code: a real one would place the address.
    """
    separator = _WHOLE.search(draw.text)

    def candidate(number: int) -> str:
        generator = draw.faker("street", draw.value, str(number))
        street = " ".join(generator.street_address().split())
        joint = "\n" if separator and separator[0] == "\n" else ", "
        return f"{street}{joint}{generator.city()}" if separator else street

    return draw.pick(candidate)


def uk_postcode(draw: Draw) -> str | None:
    """Return a postcode of the district ZZ99, which lies nowhere.

    Source: NHS Data Dictionary: the pseudo-postcodes, of no fixed abode and other countries.
    """

    def candidate(number: int) -> str:
        bits = draw.number(draw.value, str(number))
        letters = "ABDEFGHJLNPQRSTUWXYZ"  # the inward code has no C, I, K, M, O or V
        one, other = letters[bits // 10 % 20], letters[bits // 200 % 20]
        return f"ZZ99 {bits % 10}{one}{other}"

    return draw.pick(candidate)


def zip_code(draw: Draw) -> str | None:
    """Return a ZIP code that begins with 000, as none does."""
    return draw.pick(lambda number: f"000{draw.number(draw.value, str(number)) % 100:02}")
