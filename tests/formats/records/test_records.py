"""Contacts, calendars, directories and subtitles: what is peculiar to them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from redactor.errors import InputError
from redactor.formats import Hints, Records, Subtitles, format_for
from redactor.formats.rewriting import write_tokens
from redactor.model import Edit
from redactor.operators import render

CASES = Path(__file__).parents[2] / "cases"


def opened(data, name):
    return format_for(io.BytesIO(data), Hints(name))


def tokens_of(form, layout, data):
    return [one for one in form.tokens(io.BytesIO(data), layout) if one.text is not None]


def read(data, name="a.vcf"):
    form, layout = opened(data, name)
    return form, layout, [token.text for token in tokens_of(form, layout, data)]


def replaced(data, pattern, name="a.vcf"):
    """Return a copy without what matches a pattern in any of the texts."""
    form, layout, _ = read(data, name)
    tokens = tokens_of(form, layout, data)
    edits = [
        Edit(number, *match.span(), render("[PERSON_7FQ2M9XA]", token.slot))
        for number, token in enumerate(tokens)
        for match in re.finditer(pattern, token.text)
    ]
    copy = io.BytesIO()
    write_tokens(form.tokens(io.BytesIO(data), layout), edits, copy)
    return copy.getvalue()


TEXTS = {
    "a fold within a character": (b"BEGIN:VCARD\nFN:J\xc3\n \xbcrgen\n", "Jürgen"),
    "a fold within a name": (b"BEGIN:VCARD\nNOTE:Kevin Ma\r\n\trsh\n", "Kevin Marsh"),
    "escapes": (b"BEGIN:VCARD\nNOTE:Marsh\\, Kevin\\nhere", "Marsh, Kevin\nhere"),
    "a name in a parameter": (b'BEGIN:VCARD\nX;CN="Marsh, Kevin":b\n', "Marsh, Kevin"),
    "an address behind its scheme": (b"BEGIN:VCARD\nX:mailto:a@b.example\n", "a@b.example"),
    "quoted-printable with soft line ends": (
        b"BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:Kev=\nin M=C3=A4rsh\nTEL:1\n",
        "Kevin Märsh",
    ),
    "a component": (b"BEGIN:VCARD\nN:Marsh;Kevin;;;\n", "Kevin"),
}


@pytest.mark.parametrize(("data", "text"), TEXTS.values(), ids=TEXTS)
def test_a_text_is_read_as_a_person_reads_it(data, text):
    assert text in read(data)[2]


def test_base64_of_a_directory_is_decoded_and_encoded_again():
    data = b"dn: cn=x\ncn:: S2V2aW4gTWFyc2g=\n"
    assert "Kevin Marsh" in read(data, "a.ldif")[2]
    copy = replaced(data, "Kevin", "a.ldif")
    assert "[PERSON_7FQ2M9XA] Marsh" in read(copy, "a.ldif")[2]


def test_pictures_and_times_are_kept():
    data = (CASES / "records" / "outlook21.vcf").read_bytes()
    picture = data[data.index(b"PHOTO") : data.index(b"END")]
    assert picture in replaced(data, r"\w+")
    meeting = (CASES / "records" / "meeting.ics").read_bytes()
    assert b"DTSTART;TZID=Europe/Berlin:20261104T100000" in replaced(meeting, r"\w+")
    zone = b"BEGIN:VCALENDAR\nBEGIN:STANDARD\nTZNAME:EST\nEND:STANDARD\nEND:VCALENDAR\n"
    assert replaced(zone, r"\w+", "a.ics") == zone


@pytest.mark.parametrize(
    "line",
    [
        *("BEGIN:Kevin", "RRULE:Kevin", "RRULE:KEVIN", "CLASS:Kevin Marsh", "ACTION:kevin"),
        *("METHOD:KEVIN", "STATUS:KEVIN", "RRULE:FREQ=KEVIN"),
    ],
)
def test_a_word_where_the_standard_has_its_own_is_text(line):
    data = f"BEGIN:VCALENDAR\n{line}\nEND:VCALENDAR\n".encode()
    assert any("evin" in text.lower() for text in read(data, "a.ics")[2])


@pytest.mark.parametrize(
    "line",
    [
        *("CLASS:PUBLIC", "METHOD:REQUEST", "STATUS:NEEDS-ACTION", "TRANSP:OPAQUE"),
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR,2MO;UNTIL=20270101T000000Z;WKST=SU",
        *("RRULE:YM1 6 #10", "RRULE:D1 19970101T000000Z", "VERSION:2.0"),
    ],
)
def test_a_word_of_the_standard_is_kept(line):
    assert list(read(f"BEGIN:VCALENDAR\n{line}\nEND:VCALENDAR\n".encode(), "a.ics")[2]) == []


def test_base64_with_a_text_in_it_is_no_picture():
    code = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    data = b"BEGIN:VCARD\nPHOTO;ENCODING=BASE64:" + code + b"Dear Kevin Marsh, hello\nEND:VCARD\n"
    assert any("Kevin Marsh" in text for text in read(data)[2])


@pytest.mark.parametrize("name", ["film.srt", "talk.vtt"])
def test_times_of_cues_are_kept_and_all_that_is_said_is_text(name):
    data = (CASES / "subtitles" / name).read_bytes()
    copy = replaced(data, r"\w+", name)
    assert re.findall(rb"(?m)^.*-->.*$", copy) == re.findall(rb"(?m)^.*-->.*$", data)
    assert not re.search(rb"Teodor|Vance|Kevin|Marsh|Ilse", copy)


def test_a_number_that_is_said_is_text():
    assert "1984" in read((CASES / "subtitles" / "film.srt").read_bytes(), "film.srt")[2]


def test_other_names_are_known_by_their_first_line():
    assert isinstance(opened(b"BEGIN:VCARD\nFN:x\n", "contact")[0], Records)
    assert isinstance(opened(b"WEBVTT\n\n", "film")[0], Subtitles)
    assert isinstance(opened(b"dn: cn=x\ncn: x\n", "export")[0], Records)


def test_a_parameter_with_a_stray_quote_is_damaged():
    with pytest.raises(InputError, match="line 2: a parameter has a quote"):
        read(b'BEGIN:VCARD\nTEL;TYPE=G"ilsna"":1\nEND:VCARD\n', "a.vcf")


def test_a_value_in_quoted_printable_without_a_property_is_damaged():
    with pytest.raises(InputError, match="line 2: a value in quoted-printable"):
        read(b"BEGIN:VCARD\nCHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:I=\nlse\nEND:VCARD\n", "a.vcf")


def test_a_wide_contact_is_refused():
    with pytest.raises(InputError, match="utf-16"):
        opened("\ufeffBEGIN:VCARD\n".encode("utf-16-le"), "a.vcf")


def test_the_second_reader_sees_values_in_base64():
    form, layout, _ = read(b"dn: cn=x\ncn:: S2V2aW4gTWFyc2g=\n", "a.ldif")
    seen = form.extract(io.BytesIO(b"dn: cn=x\ncn:: S2V2aW4gTWFyc2g=\n"), layout)
    assert "Kevin Marsh" in list(seen)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("TEL;HOME;VOICE:1", ["1"], id="types"),
        pytest.param("NOTE;BASE64:!", ["!"], id="an encoding"),
        pytest.param("NOTE;Teodor:Teodor", ["Teodor", "Teodor"], id="any other word"),
        pytest.param("NOTE:a\\", ["a\\"], id="a backslash at the end"),
        pytest.param("NOTE;X-BY=Teodor;TYPE=home: b \t", ["Teodor", " b"], id="blanks at the end"),
    ],
)
def test_a_parameter_without_a_name_is_a_text_unless_it_is_of_the_standard(line, expected):
    data = f"BEGIN:VCARD\r\n{line}\r\nEND:VCARD\r\n".encode()
    form, layout, texts = read(data)
    assert texts == expected
    assert b"".join(one.raw for one in form.tokens(io.BytesIO(data), layout)) == data
