"""Fonts whose encoding is in the font program alone: which code is which letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_building import new, saved, texts
from pikepdf import Array, Dictionary, Name

from redactor.formats.pdf.cff import own_encoding

STANDARD = {"T": 53, "e": 70, "o": 80, "d": 69, "r": 83}
"""Names of letters, by their numbers among the standard strings."""


def index(*items: bytes) -> bytes:
    """Return an index, with offsets of one byte."""
    places = [1]
    for one in items:
        places.append(places[-1] + len(one))
    return len(items).to_bytes(2, "big") + (b"\1" + bytes(places) + b"".join(items)) * bool(items)


def operator(number: int, value: int) -> bytes:
    return b"\x1d" + value.to_bytes(4, "big") + bytes([number])


def program(charset: bytes, encoding: bytes, glyphs: int, *strings: bytes) -> bytes:
    """Return a font program with a charset and an encoding."""
    before = b"\1\0\4\1" + index(b"Some")
    rest = index(*strings) + index()
    size = len(before) + len(index(bytes(18))) + len(rest)
    places = (size, size + len(charset), size + len(charset) + len(encoding))
    top = b"".join(operator(one, place) for one, place in zip((15, 16, 17), places, strict=True))
    return before + index(top) + rest + charset + encoding + index(*[b"\x0e"] * glyphs)


def names(*numbers: int) -> bytes:
    return b"\0" + b"".join(one.to_bytes(2, "big") for one in numbers)


TEODR = names(*STANDARD.values())
PROGRAMS = {
    "a code for each glyph": program(TEODR, b"\0\5\1\2\3\4\5", 6),
    "ranges of codes": program(TEODR, b"\1\2\1\1\3\2", 6),
    "ranges of names": program(b"\1\0\x35\0\0\x46\0\0\x50\0\0\x45\0\0\x53\0", b"\0\5\1\2\3\4\5", 6),
    "a code beside the glyphs": program(TEODR, b"\x80\4\1\2\3\4\1\5\0\x53", 6),
    "names of its own": program(
        names(391, 70, 80, 69, 83), b"\0\5\1\2\3\4\5", 6, b"uni0054", b"g17"
    ),
}


@pytest.mark.parametrize("data", PROGRAMS.values(), ids=PROGRAMS)
def test_codes_are_the_letters_that_the_program_names(data):
    assert own_encoding(data) == {1: "T", 2: "e", 3: "o", 4: "d", 5: "r"}


def test_a_name_that_is_no_letter_leaves_a_code_unknown():
    assert own_encoding(program(names(391, 70), b"\0\2\1\2", 3, b"g17")) == {2: "e"}


@given(st.binary(max_size=80), st.integers(0, 200))
def test_what_is_no_program_has_no_codes_and_ends(noise, at):
    whole = PROGRAMS["names of its own"]
    assert isinstance(own_encoding(noise), dict)
    assert isinstance(own_encoding(whole[:at] + noise + whole[at:]), dict)


def test_letters_of_such_a_font_are_examined():
    pdf = new(b"BT /F2 12 Tf 20 150 Td <0102030403050106> Tj ET")
    stream = pdf.make_stream(
        program(names(*STANDARD.values(), 87), b"\0\6\1\2\3\4\5\6", 7), Subtype=Name.Type1C
    )
    pdf.pages[0].Resources.Font.F2 = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name("/ABCDEF+Some"),
        FirstChar=1,
        Widths=Array([500] * 6),
        FontDescriptor=Dictionary(Type=Name.FontDescriptor, Flags=4, FontFile3=stream),
    )
    assert texts(saved(pdf))[0] == "TeodorTv"
