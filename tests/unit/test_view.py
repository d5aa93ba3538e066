"""The normalised view: each disguise by a table, the offsets by laws that hold for any text."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hostile import VIEWS, repeated
from hypothesis import given, settings
from hypothesis import strategies as st
from steps import growth

from redactor.text import normalize, normalized_tokens, view, words
from redactor.text.words import _WORD, _form

few = settings(max_examples=100, deadline=None)

# -- disguises -------------------------------------------------------------------------------

FOLDS = [
    # compatibility forms
    pytest.param("Ｖａｎｃｅ", "Vance", id="full width"),
    pytest.param("\U0001d413\U0001d41e\U0001d428", "Teo", id="mathematical bold"),
    pytest.param("ⓣⓔⓞ", "teo", id="circled letters"),
    pytest.param("ﬁnn", "finn", id="ligature"),
    pytest.param("x²", "x2", id="superscript digit"),
    pytest.param("…", "...", id="ellipsis"),
    pytest.param("Jose\u0301", "José", id="letter and accent composed"),
    pytest.param("q\u0301\u0316", "q\u0316\u0301", id="marks in canonical order"),
    pytest.param("\u1112\u1161\u11ab", "한", id="Hangul in conjoining letters composed"),
    pytest.param("ᴠᴀɴᴄᴇ", "vance", id="small capitals"),
    # characters nobody sees
    pytest.param("Va\u200bn\u200cc\u200de", "Vance", id="zero width"),
    pytest.param("Va\u2060nce\ufeff", "Vance", id="word joiner and byte order mark"),
    pytest.param("Va\u00adnce", "Vance", id="soft hyphen"),
    pytest.param("\u202eVance\u202c\u200f", "Vance", id="bidirectional controls"),
    pytest.param("Va\ufe0fnce", "Vance", id="variation selector"),
    pytest.param("Va\u034fnce", "Vance", id="grapheme joiner"),
    pytest.param("Va\u3164nce", "Vance", id="Hangul filler"),
    pytest.param("Va\x00nce\x7f", "Vance", id="NUL and delete"),
    pytest.param("a\tb", "a\tb", id="a tab stays"),
    # spaces and line ends
    pytest.param("T.\u00a0Vance", "T. Vance", id="no-break space"),
    pytest.param("T.\u2009Vance\u3000x", "T. Vance x", id="thin and ideographic space"),
    pytest.param("a\r\nb\rc\nd", "a\nb\nc\nd", id="CRLF, CR, LF"),
    pytest.param("a\u2028b\u2029c\u0085d", "a\nb\nc\nd", id="other line separators"),
    # dashes, quotes and other marks
    *(
        pytest.param(f"7{dash}7", "7-7", id=f"dash U+{ord(dash):04X}")
        for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
    ),
    *(
        pytest.param(f"O{quote}Neill", "O'Neill", id=f"single quote U+{ord(quote):04X}")
        for quote in "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4\uff07"
    ),
    *(
        pytest.param(f"{quote}Teo", '"Teo', id=f"double quote U+{ord(quote):04X}")
        for quote in "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"
    ),
    pytest.param("vance＠example。org", "vance@example.org", id="full width at and full stop"),
    pytest.param("1\u22152", "1/2", id="division slash"),
    # decoration
    pytest.param("V\u0336a\u0336nce", "Vance", id="struck out"),
    pytest.param("V\u0332ance\u20e3", "Vance", id="underlined, and a keycap"),
    pytest.param("V\u0301\u0316\u0325\u0303ance", "Vance", id="a heap of marks"),
    pytest.param("🅥🅰nce", "VAnce", id="white letters in black"),
    pytest.param("a \u2260 b", "a ≠ b", id="a sign with a stroke stays"),
    pytest.param("मोहन", "मोहन", id="vowel signs stay"),
    # digits
    pytest.param("٠١٢٣٤٥٦٧٨٩", "0123456789", id="Arabic-Indic digits"),
    pytest.param("५५५", "555", id="Devanagari digits"),
    pytest.param("５５５", "555", id="full width digits"),
    pytest.param("\U0001d7d3\U0001d7db", "53", id="mathematical digits"),
]


@pytest.mark.parametrize(("source", "expected"), FOLDS)
def test_a_character_is_folded(source, expected):
    assert view(source).text == expected


LOOK_ALIKES = [
    pytest.param("Теоdоr", "Teodor", id="Cyrillic among Latin"),
    pytest.param("Vаnсе", "Vance", id="most of a word"),
    pytest.param("Τeodor", "Teodor", id="Greek among Latin"),
    pytest.param("vаnce@exаmple.org", "vance@example.org", id="in an address"),
    pytest.param("ꓦance ꓲꓡse", "Vance ILse", id="Lisu among Latin"),
    pytest.param("Ꭲeodor", "Teodor", id="Cherokee among Latin"),
    pytest.param("Vаղcе".replace("ղ", "ո"), "Vance", id="Armenian and Cyrillic"),
    pytest.param("Теодор", "Теодор", id="a Cyrillic word stays"),
    pytest.param("нос", "нос", id="a Cyrillic word of look-alikes alone stays"),
    pytest.param("Νικος", "Νικος", id="a Greek word stays"),
    pytest.param("Teodor и Ваня", "Teodor и Ваня", id="next to a Latin word"),
    pytest.param("Vaпce", "Vaпce", id="a letter that looks like none stays"),
]


@pytest.mark.parametrize(("source", "expected"), LOOK_ALIKES)
def test_look_alikes_are_folded_inside_words_that_hold_latin_letters_only(source, expected):
    assert view(source).text == expected


ENTITIES = [
    pytest.param("&amp;", "&", id="named"),
    pytest.param("&commat;", "@", id="the at sign"),
    pytest.param("&lt;&gt;", "<>", id="side by side"),
    pytest.param("&eacute;", "é", id="accented letter"),
    pytest.param("&nbsp;", " ", id="no-break space"),
    pytest.param("Va&shy;nce", "Vance", id="soft hyphen dropped"),
    pytest.param("Va&#8203;nce", "Vance", id="zero width dropped"),
    pytest.param("&#64;", "@", id="decimal"),
    pytest.param("&#0064;", "@", id="decimal with zeros"),
    pytest.param("&#x40;&#X40;", "@@", id="hexadecimal"),
    pytest.param("&#x1F600;", "\U0001f600", id="beyond the basic plane"),
    pytest.param("&amp;#64;", "@", id="nested once"),
    pytest.param("&amp;amp;amp;#64;", "@", id="nested thrice"),
    pytest.param("&#38;#64;", "@", id="nested decimal"),
    pytest.param("&#x26;amp;lt;", "<", id="nested hexadecimal"),
    pytest.param("&#038;lt;", "<", id="nested decimal with a zero"),
    pytest.param("&amp;amp;", "&", id="an ampersand, nested"),
    pytest.param("O&#146;Neill", "O'Neill", id="the quote of Windows, as browsers show it"),
    pytest.param("Teodor&#10;Vance", "Teodor\nVance", id="line end"),
    pytest.param("Teodor&#9;Vance", "Teodor\tVance", id="tab"),
    pytest.param("&nosuch;", "&nosuch;", id="unknown name stays"),
    pytest.param("&AT&T;", "&AT&T;", id="a company stays"),
    pytest.param("&#xD800;", "&#xD800;", id="surrogate stays"),
    pytest.param("&#1114112;", "&#1114112;", id="beyond Unicode stays"),
    pytest.param("&;&#;&#x;", "&;&#;&#x;", id="empty ones stay"),
    pytest.param("a & b", "a & b", id="a plain ampersand stays"),
]


@pytest.mark.parametrize(("source", "expected"), ENTITIES)
def test_html_entities_are_decoded(source, expected):
    assert view(source).text == expected


ESCAPES = [
    pytest.param("vance%40example.org", "vance@example.org", id="at sign"),
    pytest.param("Teodor%20Vance", "Teodor Vance", id="space"),
    pytest.param("%56%61%6e%63%65", "Vance", id="a whole word"),
    pytest.param("vance%2540example.org", "vance@example.org", id="nested once"),
    pytest.param("vance%25252540example.org", "vance@example.org", id="nested thrice"),
    pytest.param("Jos%C3%A9", "José", id="two bytes of UTF-8"),
    pytest.param("%E2%80%93", "-", id="three bytes, folded as well"),
    pytest.param("%F0%9F%98%80", "\U0001f600", id="four bytes"),
    pytest.param("%25C3%25A9", "é", id="nested UTF-8"),
    pytest.param("%0A", "\n", id="line end"),
    pytest.param("Va%E2%80%8Bnce", "Vance", id="zero width dropped"),
    pytest.param("Va%C2%ADnce", "Vance", id="soft hyphen dropped"),
    pytest.param("T.%C2%A0Vance", "T. Vance", id="no-break space"),
    pytest.param("%C3", "%C3", id="cut off UTF-8 stays"),
    pytest.param("%C3%41", "%C3A", id="broken UTF-8 stays, what follows is decoded"),
    pytest.param("%A9%40", "%A9@", id="a byte out of place stays"),
    pytest.param("%ED%A0%80", "%ED%A0%80", id="surrogate stays"),
    pytest.param("%00", "%00", id="NUL stays"),
    pytest.param("100 %, 5%zz", "100 %, 5%zz", id="a plain per cent sign stays"),
]


@pytest.mark.parametrize(("source", "expected"), ESCAPES)
def test_percent_escapes_are_decoded(source, expected):
    assert view(source).text == expected


PROGRAMS = [
    pytest.param(r"vance\u0040example.org", "vance@example.org", id="four hex digits"),
    pytest.param(r"vance\\u0040example.org", "vance@example.org", id="escaped twice"),
    pytest.param(r"vance\x40example.org", "vance@example.org", id="two hex digits"),
    pytest.param(r"vance\u{40}example.org", "vance@example.org", id="in braces"),
    pytest.param("vance%u0040example.org", "vance@example.org", id="of the old escape()"),
    pytest.param(r"\ud83d\ude00!", "\U0001f600!", id="a surrogate pair"),
    pytest.param(r"\ud83d!", r"\ud83d!", id="half a pair stays"),
    pytest.param(r"C:\users\xavier", r"C:\users\xavier", id="a path stays"),
]


@pytest.mark.parametrize(("source", "expected"), PROGRAMS)
def test_escapes_of_programs_are_decoded(source, expected):
    assert view(source).text == expected


QUOTED = [
    pytest.param("a\n> b", "a\nb", id="one"),
    pytest.param("a\r\n>> b\n> > c", "a\nb\nc", id="two, in both ways"),
    pytest.param("555-\n> 0142", "555-0142", id="a broken number"),
    pytest.param("vance@\n> example.org", "vance@example.org", id="after the at sign"),
    pytest.param("219-09\n-9999", "219-09-9999", id="before a hyphen"),
    pytest.param("a > b", "a > b", id="inside a line it stays"),
]


@pytest.mark.parametrize(("source", "expected"), QUOTED)
def test_marks_of_quoted_lines_are_dropped(source, expected):
    assert view(source).text == expected


BREAKS = [
    pytest.param("exam-\nple", "example", id="small letters: the hyphen goes"),
    pytest.param("exam- \t\r\n  ple", "example", id="with spaces and CRLF"),
    pytest.param("Ilse-\nMarie", "Ilse-Marie", id="before a capital: the hyphen stays"),
    pytest.param("219-\n09", "219-09", id="digits: the hyphen stays"),
    pytest.param("exam\u2010\nple", "example", id="a true hyphen"),
    pytest.param("exam\u2011\nple", "example", id="a no-break hyphen"),
    pytest.param("exam\u00ad\nple", "example", id="a soft hyphen"),
    pytest.param("219\u00ad\n09", "21909", id="a soft hyphen between digits goes"),
    pytest.param("exam\u00ac\nple", "example", id="a not sign, as OCR reads hyphens"),
    pytest.param("José-\nphine", "Joséphine", id="after an accented letter"),
    pytest.param("José\u00ad\nphine", "Joséphine", id="soft hyphen after an accented letter"),
    pytest.param("vance@\nexample.org", "vance@example.org", id="after the at sign"),
    pytest.param("vance@ \r\n example.org", "vance@example.org", id="with CRLF"),
    pytest.param("exam-\n\nple", "exam-\n\nple", id="a blank line is no break of a word"),
    pytest.param("- one\n- two", "- one\n- two", id="a list stays"),
    pytest.param("exam\nple", "exam\nple", id="no hyphen, no join"),
]


@pytest.mark.parametrize(("source", "expected"), BREAKS)
def test_words_broken_over_a_line_end_are_joined(source, expected):
    assert view(source).text == expected


SPANS = [
    pytest.param("a&amp;b", 1, 2, "&amp;", id="an entity as a whole"),
    pytest.param("%C3%A9", 0, 1, "%C3%A9", id="all bytes of a character"),
    pytest.param("ﬁ", 0, 1, "ﬁ", id="part of a ligature is all of it"),
    pytest.param("x Va\u200bnce y", 2, 7, "Va\u200bnce", id="with what was dropped inside"),
    pytest.param("x \u200bVance\u200b y", 2, 7, "Vance", id="without what was dropped outside"),
    pytest.param("exam-\nple!", 0, 7, "exam-\nple", id="over a line end"),
    pytest.param("\r\n\r\nVance", 2, 7, "Vance", id="after CRLF"),
    pytest.param("é&lt;%20Vance", 3, 8, "Vance", id="after all of these"),
    pytest.param("Jose\u0301 V", 0, 4, "Jose\u0301", id="an accent with its letter"),
]


@pytest.mark.parametrize(("source", "start", "end", "expected"), SPANS)
def test_a_span_of_the_view_covers_the_source_that_produced_it(source, start, end, expected):
    left, right = view(source).span(start, end)
    assert source[left:right] == expected


def test_a_view_shows_no_text_in_its_repr():
    assert "Vance" not in repr(view("Teodor Vance"))
    assert "vance" not in repr(next(words("Vance")))


# -- laws ------------------------------------------------------------------------------------

pieces = st.one_of(
    st.text(max_size=4),
    st.text("&;#xX0123456789aAmp", max_size=8),
    st.text("%2540CcAaEeFf89", max_size=8),
    st.text("\u0301\u0316\u0338\u200b\u00ad\u2011\u1160\ufe0f\ufdfa\ufdfbﬁ½ǅ", max_size=4),
    st.sampled_from(["&amp;", "&#64;", "&#xFDFB;", "&shy;", "&NotEqualTilde;", "&nosuch;"]),
    st.sampled_from(["%40", "%2540", "%C3%A9", "%C3", "%E2%80%8B", "%EF%B7%BA", "%25"]),
    st.sampled_from([r"\u0040", r"\\x41", r"\ud83d\ude00", "%u0040", "\n> ", "\r\n>>", "\n-"]),
    st.text("\\ux4Dd8c0{}>", max_size=8),
    st.text("\u0336\u0332\u20e3aVꓦᎢ🅥", max_size=6),
    st.sampled_from(["-\n", "\u00ad\n", "\u2010\r\n", "@\n ", "\r", "\r\n", "\n", "\x00", " "]),
    st.sampled_from(["Vance", "Теоdor", "Ваня", "219", "ﬁ", "é", "a", "王"]),
)
texts = st.one_of(st.text(), st.lists(pieces, max_size=24).map("".join))


def every_span(seen):
    return [seen.span(at, at + 1) for at in range(len(seen.text))]


@few
@given(texts)
def test_every_character_has_a_span_in_the_source_and_spans_never_go_backwards(source):
    spans = every_span(view(source))
    assert all(0 <= start < end <= len(source) for start, end in spans)
    for (left, left_end), (right, right_end) in pairwise(spans):
        assert left <= right
        assert left_end <= right_end
        assert right >= left_end or (left, left_end) == (right, right_end)


@few
@given(texts, st.data())
def test_a_range_maps_to_its_characters_and_what_was_dropped_between_them(source, data):
    seen = view(source)
    spans = every_span(seen)
    if spans:
        start = data.draw(st.integers(0, len(spans) - 1))
        end = data.draw(st.integers(start + 1, len(spans)))
        covered = seen.span(start, end)
        assert covered == (spans[start][0], spans[end - 1][1])
        inside = {at for left, right in spans[start:end] for at in range(left, right)}
        elsewhere = {at for left, right in spans for at in range(left, right)} - inside
        assert elsewhere.isdisjoint(range(*covered))


@few
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="&%")))
def test_plain_text_is_its_own_view(source):
    seen = view(source)
    assert seen.text == source
    assert every_span(seen) == [(at, at + 1) for at in range(len(source))]


@few
@given(st.text("ab cd\n\t.,é-", max_size=40))
def test_lines_stay_unless_a_word_is_broken_over_them(source):
    if not re.search(r"\w-[ \t]*\n[ \t]*\w", source):
        assert view(source).text == source


@few
@given(texts)
def test_the_view_is_the_same_each_time(source):
    assert view(source) == view(source)


@few
@given(texts.filter(lambda text: not set(text) & set("&%＆％﹪﹠")))
def test_without_escapes_the_view_of_a_view_is_final(source):
    again = view(view(source).text).text
    assert view(again).text == again


@pytest.mark.parametrize("unit", VIEWS.values(), ids=VIEWS)
def test_twice_the_hostile_text_is_twice_the_work(unit):
    assert growth(lambda size: view(repeated(unit, size)), 5_000) < 2.1


@pytest.mark.parametrize("unit", VIEWS.values(), ids=VIEWS)
def test_a_very_long_hostile_text_has_a_view(unit):
    source = repeated(unit, 1_000_000)
    seen = view(source)
    if seen.text:
        assert seen.span(0, len(seen.text))[1] <= len(source)


# -- words -----------------------------------------------------------------------------------

WORDS = [
    pytest.param("Teodor Vance", ["teodor", "vance"], id="two words"),
    pytest.param("teodor.vance_77@x", ["teodor", "vance", "77", "x"], id="punctuation splits"),
    pytest.param("O'Neill's", ["o", "neill", "s"], id="apostrophes split"),
    pytest.param("Straße ÉCOLE", ["strasse", "ecole"], id="case and accents folded"),
    pytest.param("李小明", ["李", "小", "明"], id="CJK cut into characters"),
    pytest.param("Vance李明x", ["vance", "李", "明", "x"], id="CJK glued to Latin"),
    pytest.param("やまの太郎", ["や", "ま", "の", "太", "郎"], id="kana cut into characters"),
    pytest.param("김철수", ["김철수"], id="Hangul is written with spaces"),
    pytest.param("मोहन", ["मोहन"], id="vowel signs belong to the word"),
    pytest.param("555-0142", ["555", "0142"], id="numbers"),
    pytest.param(" \n_-.", [], id="nothing"),
]


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_words_of_a_text(text, expected):
    assert [word.form for word in words(text)] == expected


@few
@given(texts)
def test_words_stand_where_they_say(source):
    found = list(words(source))
    assert all(normalize(source[word.start : word.end]) == word.form for word in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Teodor Vance", "TEODOR  VANCE", id="case and spaces"),
        pytest.param("Teodor Vance", "teodor.vance", id="punctuation"),
        pytest.param("Teodor\nVance", "Teodor Vance", id="line end"),
        pytest.param("José", "JOSE", id="accents"),
        pytest.param("李 明", "李明", id="CJK with or without a space"),
    ],
)
def test_spellings_of_one_value_fold_alike(one, other):
    assert normalize(one) == normalize(other) != ""


def test_different_values_fold_apart():
    assert normalize("Teodor Vance") != normalize("Teodora Vance") != normalize("Teo dor Vance")


def slow_words(text):
    """Return the words by the pattern for any text, whatever its lines are."""
    return [(*match.span(), _form(match.group())) for match in _WORD.finditer(text)]


@given(
    st.lists(
        st.one_of(
            st.text(max_size=8),
            st.sampled_from(
                "Vance O'Neil \n \r\n \u2028 \x0b Straße É e\u0301 漢字 a1_b2 İ ﬁ".split(" ")
            ),
        ),
        max_size=12,
    ).map("".join)
)
def test_words_of_lines_are_those_of_the_text(text):
    assert list(normalized_tokens(text)) == slow_words(text)
    assert [tuple(word) for word in words(text)] == slow_words(text)
