"""Canonical JSON against the vectors that RFC 8785 itself prints, and against its own law."""

from __future__ import annotations

import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.audit.canonical import LARGEST_WHOLE, Json, canonical

NUMBERS = {  # RFC 8785, appendix B: the bits of a double, and its text
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}

VALUES: dict[str, tuple[Json, str]] = {
    "nothing": (None, "null"),
    "true is no 1": ([True, 1, False, 0], "[true,1,false,0]"),
    "empty": ({"a": [], "b": {}, "c": ""}, '{"a":[],"b":{},"c":""}'),
    "a tuple is a list": ((1, (2,)), "[1,[2]]"),
    "a whole double has no point": (4.0, "4"),
    "short escapes": ('\b\t\n\f\r"\\', r'"\b\t\n\f\r\"\\"'),
    "other controls": ("\x00\x0f\x1f", r'"\u0000\u000f\u001f"'),
    "nothing else is escaped": ("/\x7f\u2028\u20ac\U0001f600", '"/\x7f\u2028\u20ac\U0001f600"'),
    "no normal form is imposed": ("\u00c5A\u030a", '"\u00c5A\u030a"'),
    "RFC 8785 section 3.2.2": (
        {
            "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
            "literals": [None, True, False],
        },
        (
            '{"literals":[null,true,false],'
            '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        ),
    ),
    "RFC 8785 section 3.2.3, order by UTF-16": (
        {
            "\u20ac": "Euro Sign",
            "\r": "Carriage Return",
            "\ufb33": "Hebrew Letter Dalet With Dagesh",
            "1": "One",
            "\U0001f600": "Emoji: Grinning Face",
            "\u0080": "Control",
            "\u00f6": "Latin Small Letter O With Diaeresis",
        },
        (
            '{"\\r":"Carriage Return","1":"One","\u0080":"Control",'
            '"\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign",'
            '"\U0001f600":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
        ),
    ),
}

REFUSED: dict[str, object] = {
    "not a number": math.nan,
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "a whole number readers round": LARGEST_WHOLE + 1,
    "the same below zero": -LARGEST_WHOLE - 1,
    "half a character": "secret\ud800",
    "half a character in a name": {"secret\udfff": 1},
    "a name that is no string": {1: "secret"},
    "bytes": b"secret",
    "a set": {"secret"},
    "deep down": [{"a": [b"secret"]}],
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST_WHOLE, LARGEST_WHOLE)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("bits", NUMBERS)
def test_a_number_is_written_as_in_the_appendix(bits: str) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(value) == NUMBERS[bits]


@pytest.mark.parametrize("name", VALUES)
def test_a_value_has_one_text(name: str) -> None:
    value, expected = VALUES[name]
    assert canonical(value) == expected


@pytest.mark.parametrize("name", REFUSED)
def test_what_readers_may_disagree_on_is_refused_without_a_quote(name: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        canonical(REFUSED[name])  # type: ignore[arg-type]
    assert "secret" not in str(caught.value)


@given(JSON)
def test_reading_gives_the_value_back(value: Json) -> None:
    # Floats throughout, as for a reader in ECMAScript: past 2^53 a double prints as a whole number.
    read_back = json.loads(canonical(value), parse_int=float)
    assert read_back == json.loads(json.dumps(value), parse_int=float)


@given(JSON)
def test_the_text_is_a_fixed_point(value: Json) -> None:
    text = canonical(value)
    assert canonical(json.loads(text, parse_int=float)) == text


@given(st.dictionaries(st.text(), st.integers(0, 9), min_size=2))
def test_the_order_of_members_makes_no_difference(members: dict[str, Json]) -> None:
    assert canonical(dict(reversed(members.items()))) == canonical(members)
