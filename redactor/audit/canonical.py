"""Canonical JSON (RFC 8785): one text for one value, so that a seal over it means something.

The rules, and what we refuse because no reader could be trusted to agree on it:

- members are sorted by the UTF-16 code units of their names, with no white space anywhere;
- strings escape only what JSON must, in the short form where there is one; a lone surrogate is
  no Unicode text and is refused;
- numbers are written as ECMAScript writes a double. Whole numbers past 2^53 - 1 and numbers that
  are not finite are refused.

Errors are ValueError or TypeError and never quote the value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
LARGEST_WHOLE = 2**53 - 1
PLAIN_DIGITS = 21  # ECMAScript turns to exponents where a number has more digits before the point
PLAIN_ZEROS = 6  # ... or more than five zeros right after it
SHORTEST_ALIKE, LONGEST_ALIKE = 1e-4, 1e16  # between them, Python does as ECMAScript


def canonical(value: Json) -> str:
    """Return the canonical text of a value."""
    # In order of frequency: a log is written at the speed of this function.
    if isinstance(value, str):
        return _string(value)
    if value is None or value is True or value is False:
        return _CONSTANTS[value]
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return f"[{','.join([canonical(item) for item in value])}]"
    if isinstance(value, Mapping):
        return _object(value)
    raise TypeError("a value of this type has no place in JSON")


_CONSTANTS = {None: "null", True: "true", False: "false"}


def _object(members: Mapping[str, Json]) -> str:
    names = _ordered(tuple(members))
    return f"{{{','.join([f'{text}:{canonical(members[name])}' for name, text in names])}}}"


@lru_cache(maxsize=1 << 10)
def _ordered(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the names of an object in canonical order, each with its text."""
    if not all(isinstance(name, str) for name in names):
        raise TypeError("a name in a JSON object must be a string")
    return tuple((name, _string(name)) for name in sorted(names, key=_utf16))


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _string(text: str) -> str:
    if not text.isascii() and LONE_SURROGATE.search(text):
        raise ValueError("a lone surrogate has no place in JSON")
    return encode_basestring(text)


def _whole(value: int) -> str:
    if abs(value) > LARGEST_WHOLE:
        raise ValueError("a whole number too large for JSON readers to agree on")
    return str(int(value))


def _number(value: float) -> str:
    """Return the shortest digits that read back as the same double, set as ECMAScript sets them."""
    if not math.isfinite(value):
        raise ValueError("a number that is not finite has no place in JSON")
    if value == 0:
        return "0"
    if SHORTEST_ALIKE <= abs(value) < LONGEST_ALIKE:
        return repr(value).removesuffix(".0")  # where Python sets a number as ECMAScript does
    sign = "-" if value < 0 else ""
    # `repr` finds the same shortest digits as ECMAScript; only the setting of them differs.
    shortest = Decimal(repr(abs(value))).normalize().as_tuple()
    digits = "".join(map(str, shortest.digits))
    return sign + _set_digits(digits, point=len(digits) + int(shortest.exponent))


def _set_digits(digits: str, *, point: int) -> str:
    """Set `digits` with the decimal point after `point` of them (which may lie outside)."""
    if len(digits) <= point <= PLAIN_DIGITS:
        return digits.ljust(point, "0")
    if 0 < point <= PLAIN_DIGITS:
        return f"{digits[:point]}.{digits[point:]}"
    if -PLAIN_ZEROS < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if digits[1:] else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"
