"""Texts beside which a removal changed how the rest of a document is read, as fuzzing found them.

Each copy was refused (exit code 5 or 6) and none leaked; each stands for its class. New ones are
found by `tests/benchmarks/fuzz_laws.py`.
"""

from __future__ import annotations

import base64
import io

import pytest
from laws import rewritten
from tokenized_laws import all_replaced, applied, fields, read, texts_of, tokens_of

from redactor.errors import DamagedDocument, EncodingError
from redactor.formats import Hints, format_named
from redactor.model import Edit
from redactor.operators.slots import render

READ_ALIKE = {
    "a lone backslash in a script": ("html", r'<script>"C:\users\xkevin"</script>'),
    "a lone backslash in an unfinished string": ("html", r'<script>"""\xkevin'),
    "one in an event handler": ("html", "<p onclick='\"\\u00kevin'>"),
    "one in a handler in a comment": ("html", "<!--t<n onclick='\"\\u00kevin'>"),
    "one in a page in a handler": ("html", "<p onclick='\"\\u00kevin<i'>"),
    "an expression in a page in a comment": ("html", "<script >/*<script>/kevin</"),
    "one in a style sheet": ("html", r"<style>a{b:'\u0020kevin'}</style>"),
    "half a reference in an attribute": ("html", '<p title="Name:&nbspkevin">'),
    "markup in code": ("html", "<script></>kevin<e>M</script>"),
    "half a reference in markup in an attribute": ("html", '<f c="&lt;p t=&quot&ltkevin">'),
    "a doctype but for two letters": ("html", "<html><!DOCTYkevin>"),
    "declarations of a doctype that do not end": (
        "html",
        "<?xml version='1.0'?><!DOCTYPE[<>kevin>",
    ),
    "a letter behind a backslash in an expression": ("html", r"<script>/\kevin/</script>"),
    "a comparison as long as it is": (
        "html",
        f'<script>""</>;<or kevin {"b" * 179} kevin>c</script>',
    ),
    "a word of a script up to a tag": ("html", "<script>ke<b>vin</v<>r</b></script>"),
    "a section without its bracket": ("html", "<![CDATAkevin<B>"),
    "a bracket in a doctype": ("html", "<?xml version='1.0'?><!DOCTYPE[>kevin>"),
    "a condition that is none": ("html", "<!--[if kevin]>-->"),
    "digits behind a word of JSON": (
        "html",
        "<script type=application/ld+json>[kevin9, 5]</script>",
    ),
    "a word without a charset": ("mail-header", "From: =??B?VG9yIGtldmlu?= <a@example.org>\n"),
    "what is no encoded word": ("mail-header", "From: =?8?B?kevin\xe5?= <a@example.org>\n"),
    "the name of a parameter": (
        "mail-header",
        "Content-Disposition: inline; kevin=1; kevin*0*=2\n",
    ),
    "what is behind a date": ("mail-header", "Received: x; Tue, 3 Nov 2026 0:10 D kevin\n"),
    "a name for a month": ("mail-header", "Date: Tue, 3 kevin 2026 0:10\n"),
    "a short name behind a date": ("mail-header", "Date: Tue, 3 Nov 2026 0:10 kevin\n"),
    "a comment behind a date": ("mail-header", "Date: Tue, 3 Nov 2026 0:10 +0100 (kevin)\n"),
    "a queue id": ("mail-header", "Received: id 2kevin@\n"),
    "base64 without an attribute": ("records", "dn: cn=a\n:: VG9yIGtldmlu\n"),
    "Latin-1 in base64": ("records", "dn: cn=a\ndescription:: S/ZsbiBrZXZpbg==\n"),
    "a word up to the end, before a blank": ("rtf", r"{\rtf1{x{write}\t1x200 }}"),
}


@pytest.mark.parametrize(("name", "text"), READ_ALIKE.values(), ids=READ_ALIKE)
def test_a_copy_reads_as_was_decided_and_no_reader_sees_the_name(name, text):
    form, data = format_named(name), text.encode("latin-1" if "\xe5" in text else "utf-8")
    layout, tokens = read(form, data, Hints("a.ldif" if name == "records" else "a"))
    slots = [token.slot for token in texts_of(tokens)]
    edits = [
        (number, start, end, put and render(put, slots[number]))
        for number, start, end, put in all_replaced(
            tokens, "u00kevin|u0020kevin|xkevin|kevin|writex200|x200", "[PERSON_7FQ2M9XA]"
        )
    ]
    assert edits
    copy, _ = rewritten(form, layout, data, [Edit(*one) for one in edits])
    assert fields(tokens_of(form, copy, layout)) == fields(tokens, applied(tokens, edits))
    assert "kevin" not in "\n".join(form.extract(io.BytesIO(copy), layout))


DAMAGED = {
    "base64 that is damaged": ("records", "dn: cn=a\ncn:: S2V2aW4=Kevin\n"),
    "base64 that begins as a text": (
        "records",
        "dn: cn=a\n::w5xiZXIgVGVvZG9y9yIFZhbmNlIHVuZCBJbstalA\n",
    ),
    "base64 without an attribute's name": ("records", "dn: cn=a\n~::S2V2aW4=\n"),
    "quoted-printable that no parameter says": (
        "records",
        "BEGIN:VCARD\nN;=QUOTED-PRINTABLE:Ke=\nvin\nEND:VCARD\n",
    ),
    "quoted-printable in two encodings": (
        "records",
        "BEGIN:VCARD\nNOTE;ENCODING=QUOTED-PRINTABLE:gr=C3=B=C3=9Ft\nEND:VCARD\n",
    ),
}


@pytest.mark.parametrize(("name", "text"), DAMAGED.values(), ids=DAMAGED)
def test_what_readers_make_different_things_of_is_damaged(name, text):
    hints = Hints("a.ldif" if text.startswith("dn") else "a.vcf")
    with pytest.raises(DamagedDocument):
        read(format_named(name), text.encode(), hints)


@pytest.mark.parametrize("comment", [b' (j")"', b'(j"k")', b'(j"")', b' ("Marsh'])
def test_quotes_in_comments_among_addresses_that_an_edit_might_open_are_damaged(comment):
    with pytest.raises(DamagedDocument):
        read(format_named("mail-header"), b"From: r Vac" + comment + b" <a@example.org>\n")


def test_a_header_with_a_byte_order_mark_and_other_bytes_is_not_valid_text():
    with pytest.raises(EncodingError):
        read(format_named("mail-header"), b"\xef\xbb\xbfFrom: Kevin \x80 <a@example.org>\n")


def test_words_of_microsoft_in_a_condition_are_no_text():
    _, tokens = read(format_named("html"), b"<!--[if gte mso 9]><p>Marsh</p><![endif]-->")
    assert [token.text for token in texts_of(tokens)] == ["Marsh", "[endif]"]


def test_data_in_base64_is_no_text_in_latin_1():
    """An `objectGUID` is sixteen bytes of any kind: a name found in it would break it."""
    guid = bytes.fromhex("a3f0c26be7914d5e8fb2d9c84e57b0fa")
    line = b"dn: cn=a\nobjectGUID:: " + base64.b64encode(guid) + b"\n"
    _, tokens = read(format_named("records"), line, Hints("a.ldif"))
    assert texts_of(tokens)[-1].text == base64.b64encode(guid).decode()


def test_a_character_of_rtf_that_no_integer_holds_is_damaged_to_the_other_reader():
    form, document = format_named("rtf"), rb"{\rtf1 Kevin \u9999999999999999999999 Marsh}"
    with pytest.raises(DamagedDocument):
        list(form.extract(io.BytesIO(document), form.layout(io.BytesIO(document), Hints("a.rtf"))))


def test_a_picture_in_the_midst_of_a_group_of_rtf_is_part_of_its_text():
    data = rb"{\rtf1{x{{}{}}\pict\00kevin}}"
    layout, tokens = read(format_named("rtf"), data, Hints("a.rtf"))
    assert layout.format == "rtf"
    assert b"".join(token.raw for token in tokens) == data
    assert [token.text for token in texts_of(tokens)][-1].endswith("kevin")


def test_both_readers_of_rtf_take_a_byte_without_a_code_page_for_the_same_letter():
    form, data = format_named("rtf"), b"{\\rtf1 \x83kevin}"
    layout, tokens = read(form, data, Hints("a.rtf"))
    assert [token.text for token in texts_of(tokens)] == ["ƒkevin"]
    assert "ƒkevin" in "".join(form.extract(io.BytesIO(data), layout))


def test_the_name_of_a_parameter_of_the_standards_is_no_text_to_the_other_reader():
    form, data = format_named("records"), b"BEGIN:VCARD\nN;CHARSET=;x-marsh=1:Kevin\nEND:VCARD\n"
    layout, _ = read(form, data, Hints("a.vcf"))
    seen = "\n".join(form.extract(io.BytesIO(data), layout))
    assert "CHARSET" not in seen
    assert "x-marsh" in seen
    assert "Kevin" in seen


@pytest.mark.parametrize("end", [b"", b">"])
def test_a_voice_of_subtitles_does_not_join_the_word_before(end):
    cue = b"WEBVTT\n\n00:01.000 --> 00:02.000\ny2t<v Kevin%b Marsh\n" % end
    texts = texts_of(read(format_named("subtitles"), cue)[1])
    assert [(token.text, token.joins) for token in texts] == [
        ("y2t", False),
        (f"Kevin{end.decode()} Marsh", False),
    ]
