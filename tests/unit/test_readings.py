"""Other readings: each class by a table, the offsets and the cost by laws for any text."""

from __future__ import annotations

import base64

import pytest
from hostile import READINGS, repeated
from hypothesis import given, settings
from hypothesis import strategies as st
from steps import growth

from redactor.detect.deobfuscation.encodings import decoded
from redactor.detect.deobfuscation.views import DEPTH, alternate_views
from redactor.errors import InputError
from redactor.text import view

few = settings(max_examples=100, deadline=None)


def said(source):
    return [reading.text for reading in alternate_views(source, view(source))]


def encoded(text, encoding="utf-8"):
    return base64.b64encode(text.encode(encoding)).decode()


LETTER = "Ruud asks whether the minutes of the last meeting can be sent to him this week or next."
WRAPPED = "\n".join(encoded(LETTER)[at : at + 60] for at in range(0, 200, 60)).strip()

READ = [
    pytest.param("x i l s e @ b . o r g", "xilse@b.org", id="letter-spaced"),
    pytest.param("i  l  s  e    b  r  a  n  d  t", "ilse brandt", id="two blanks a letter"),
    pytest.param("S S N  2 1 9 - 0 9", "SSN 219-09", id="two words, the first a short one"),
    pytest.param("SSN 2 1 9 0 9 9 9 9 8.", "SSN 219099998.", id="single digits"),
    pytest.param("to ilse@exam\nple.net.", "to ilse@example.net.", id="host in two lines"),
    pytest.param("of ilse.bra\n ndt@b.net", "of ilse.brandt@b.net", id="local part in two lines"),
    pytest.param("https://x.com/ilse_\nb77/a", "https://x.com/ilse_b77/a", id="link in two lines"),
    pytest.param("card 4000 0000\n0000 0002", "card 4000 0000 0000 0002", id="digits in two lines"),
    pytest.param("DE89 3704\n0044 0532 01", "DE89 3704 0044 0532 01", id="IBAN in two lines"),
    pytest.param('[Str "Ilse" , Space\n , Str "Brandt"]', '[Str "Ilse Brandt"]', id="pandoc"),
    pytest.param("ilse=40b.net J=C3=B6", "ilse@b.net Jö", id="quoted-printable"),
    pytest.param("=69=6C=73=65=40b.net", "ilse@b.net", id="quoted-printable all over"),
    pytest.param("ilse.br=\nandt@b.net", "ilse.brandt@b.net", id="soft line break"),
    pytest.param("no. 4OOO 0000 00l2", "no. 4000 0000 0012", id="letters for digits"),
    pytest.param("NL91ABNA0417l643OO", "NL91ABNA0417164300", id="letters for digits of an IBAN"),
    pytest.param("\u202e2410-555\u202c", "555-0142", id="turned round"),
    pytest.param("ten.elpmaxe@duur", "ruud@example.net", id="an address backwards"),
    pytest.param("b/moc.x//:sptth", "https://x.com/b", id="a link backwards"),
    pytest.param("eslI dna duur htiw", "with ruud and Ilse", id="a line backwards"),
    pytest.param(encoded(LETTER), LETTER, id="base64"),
    pytest.param(encoded(LETTER).rstrip("="), LETTER, id="base64 without padding"),
    pytest.param(WRAPPED, LETTER, id="base64 over lines"),
    pytest.param(f"key_{encoded(LETTER)}", LETTER, id="base64 behind a word"),
    pytest.param(f"a{encoded(LETTER)}", LETTER, id="base64 behind a letter"),
    pytest.param(encoded(LETTER, "utf-16-le"), LETTER, id="base64 of UTF-16"),
    pytest.param(encoded("Ilse Günther", "cp1252"), "Ilse Günther", id="base64 of cp1252"),
    pytest.param("aWxzZUBiLm5ldA==", "ilse@b.net", id="short base64, padded"),
    pytest.param(b"ruud@example.com".hex(), "ruud@example.com", id="hexadecimal"),
    pytest.param(b"ruud@b.com".hex(" "), "ruud@b.com", id="hexadecimal in pairs"),
    pytest.param("0x" + b"ruud@example.com".hex(), "ruud@example.com", id="as a number"),
    pytest.param("0x72, 0x75, 0x75, 0x64, 0x40, 0x62, 0x2e, 0x63", "ruud@b.c", id="bytes of C"),
    pytest.param(encoded(encoded(LETTER)), LETTER, id="base64 in base64"),
    pytest.param("=?utf-8?Q?J=C3=B6?=\n =?latin1?q?_=E9?=", "Jö é", id="encoded words"),
    pytest.param("=?x-nowhere?Q?J=F6?=", "Jö", id="encoded word, character set unknown"),
    pytest.param("=?utf-8*de?B?SsO2?=", "Jö", id="encoded word that tells its language"),
]


@pytest.mark.parametrize(("source", "expected"), READ)
def test_a_text_is_read_otherwise(source, expected):
    assert any(expected in text for text in said(source))


PLAIN = [
    "She wrote a letter a day, at 5 p m, and I a m sure",
    "5 3 4 6 7 8 9 1 2\n6 7 2 1 9 5 3 4 8",
    "Par 4 4 3 5 4 4 3 5 4",
    "6033391\n6058722\n",
    "see teo\nilse@example.org",
    "if (a == b) { c=d }",
    "Strict-Transport-Security: max-age=31536000; a=42",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "Counterrevolutionaries/Internationalisation",
    "the time is 10 21 33 47 12 8 and 55 62",
    "part 1O of 20, DNA and the",
    "12 Sold, 30 Items, 5 Boxes, 100 lb",
]


@pytest.mark.parametrize("source", PLAIN)
def test_plain_text_has_no_other_reading(source):
    assert said(source) == []


def nested(times):
    code = "ruud@example.com, told in confidence"
    for _ in range(times):
        code = encoded(code)
    return code


def test_what_is_nested_is_read_to_the_depth():
    found = said(nested(DEPTH))
    assert len(found) == DEPTH
    assert "ruud@example.com" in found[-1]


def test_what_is_nested_deeper_is_an_error_and_not_silence():
    with pytest.raises(InputError, match="more than 5 times") as caught:
        said(nested(DEPTH + 1))
    assert "ruud" not in str(caught.value)


def test_a_finding_counts_where_it_touches_what_reads_otherwise():
    source = "Ruud wrote to i l s e @ b . o r g yesterday"
    [reading] = alternate_views(source, view(source))
    at = reading.text.index("ilse@b.org")
    assert reading.counts(at, at + 10)
    assert not reading.counts(0, 4)
    assert source[slice(*reading.span(at, at + 10))] == "i l s e @ b . o r g"


def test_guessed_digits_need_a_sure_finding():
    source = "card 4OOO OOOO 0000 OO02 x"
    [reading] = alternate_views(source, view(source))
    at = reading.text.index("4000")
    assert reading.counts(at, at + 19, 0.9)
    assert not reading.counts(at, at + 19, 0.5)


def test_a_finding_in_what_was_decoded_covers_all_of_the_code():
    code = encoded(LETTER)
    source = f"x: {code}; y"
    [reading] = alternate_views(source, view(source))
    assert source[slice(*reading.span(0, 4))] == code


def test_a_reading_shows_no_text():
    source = encoded(LETTER)
    assert "Ruud" not in repr(list(alternate_views(source, view(source))))


# -- laws ------------------------------------------------------------------------------------

pieces = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["i l s e", " b ", "  ", "=40", "=\n", "\n", "ilse@exam", "ple.net", "\n> "]),
    st.sampled_from(["4OOO", " 0002", "O2O 7946", "\u202e", "\u202c", "moc.b@a", "//:ptth"]),
    st.sampled_from([" eht ", " dna ", "https://x.com/a_", "%40", "&#64;", "\\u0040", "é", "ﬁ"]),
    st.text(max_size=20).map(lambda text: encoded(text, "utf-16-le")),
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace").hex()),
)
texts = st.lists(pieces, max_size=16).map("".join)


@few
@given(texts)
def test_every_character_of_a_reading_came_from_the_source(source):
    for reading in alternate_views(source, view(source)):
        spans = [reading.span(at, at + 1) for at in range(len(reading.text))]
        assert all(0 <= start < end <= len(source) for start, end in spans)
        assert spans in (sorted(spans), sorted(spans, reverse=True))


@few
@given(texts, st.data())
def test_a_range_maps_to_all_of_its_characters_and_to_no_others(source, data):
    seen = view(source)
    for reading in alternate_views(source, seen):
        spans = [reading.span(at, at + 1) for at in range(len(reading.text))]
        start = data.draw(st.integers(0, len(spans) - 1))
        end = data.draw(st.integers(start + 1, len(spans)))
        covered = reading.span(start, end)
        inside = {at for left, right in spans[start:end] for at in range(left, right)}
        elsewhere = {at for left, right in spans for at in range(left, right)} - inside
        assert covered == (min(inside), max(inside) + 1)
        assert elsewhere.isdisjoint(range(*covered))


@few
@given(texts)
def test_what_does_not_read_otherwise_is_the_view(source):
    seen = view(source)
    for reading in alternate_views(source, seen):
        changed = {at for span in reading.changed for at in range(*span)}
        for at in range(len(reading.text)):
            if at not in changed:
                start, end = reading.span(at, at + 1)
                folded = view(source[start:end]).text
                assert reading.text[at] in folded or not folded  # a line end may be dropped alone


@few
@given(st.binary(min_size=12, max_size=64))
def test_bytes_at_random_say_nothing(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        assert all(text != encoded(str(data)) for _, _, text in decoded(data.hex()))


@pytest.mark.parametrize("unit", READINGS.values(), ids=READINGS)
def test_twice_the_hostile_text_is_twice_the_work(unit):
    def read(size):
        source = repeated(unit, size)
        return list(alternate_views(source, view(source)))

    assert growth(read, 5_000) < 2.1


@pytest.mark.parametrize("unit", READINGS.values(), ids=READINGS)
def test_the_readings_of_a_hostile_text_are_a_few_times_as_long(unit):
    source = repeated(unit, 100_000)
    length = sum(len(reading.text) for reading in alternate_views(source, view(source)))
    assert length <= 6 * len(source)
