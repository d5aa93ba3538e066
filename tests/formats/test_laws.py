"""The two laws of every format, and what the text formats promise beyond them.

1. Splicing with no edits gives back the same bytes.
2. A spliced copy, read again by either reader, has the same text with exactly the edits applied.

A format that is added to `FORMATS` needs a strategy in `DOCUMENTS`, and then has all of these.
"""

from __future__ import annotations

import codecs
import io
import tracemalloc
from collections import defaultdict
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from redactor.errors import EncodingError, RedactorError, UnsupportedFormat
from redactor.formats import FORMATS, Encoding, Text, format_for
from redactor.formats.text import OVERLAP, WINDOW
from redactor.model import Edit

CANARY = "Zebedee"

some = settings(max_examples=150, deadline=None)


# -- documents of every format ---------------------------------------------------------------

# How Python names an encoding, its mark, and what a text of that encoding may hold.
ENCODINGS = {
    "utf-8": ("utf-8", b"", st.characters(codec="utf-8")),
    "utf-8-sig": ("utf-8", codecs.BOM_UTF8, st.characters(codec="utf-8")),
    "utf-16": ("utf-16-le", codecs.BOM_UTF16_LE, st.characters(codec="utf-16")),
    "utf-16-be": ("utf-16-be", codecs.BOM_UTF16_BE, st.characters(codec="utf-16")),
    "utf-32": ("utf-32-le", codecs.BOM_UTF32_LE, st.characters(codec="utf-32")),
    "utf-32-be": ("utf-32-be", codecs.BOM_UTF32_BE, st.characters(codec="utf-32")),
    "cp1252": ("cp1252", b"", st.characters(codec="cp1252")),
    "latin-1": ("latin-1", b"", st.characters(codec="latin-1")),
}
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\x00", " ", "", "Vance", "é", "\t"])


@st.composite
def text_documents(draw):
    """Draw a format, the bytes of a document of it, and its text."""
    codec, mark, characters = ENCODINGS[draw(st.sampled_from(sorted(ENCODINGS)))]
    pieces = draw(st.lists(st.one_of(st.text(characters, max_size=6), ENDS), max_size=12))
    text = "".join(pieces)
    data = mark + text.encode(codec)
    # A mark of UTF-16 and a NUL are the mark of UTF-32; some bytes are a mark or valid UTF-8.
    assume(not text.startswith(("\x00", "\ufeff")))
    form = Text(codec)
    try:
        described = form.describe(io.BytesIO(data))
    except EncodingError:
        described = ""
    assume(described.removesuffix("+bom") in (codec, "utf-8" if data.isascii() else codec))
    return form, data, text


DOCUMENTS = {"text": text_documents()}

each_format = pytest.mark.parametrize(
    "form",
    [
        pytest.param(form, id=form.name)
        for form in sorted(set(FORMATS.values()), key=lambda f: f.name)
    ],
)


@each_format
def test_every_format_has_documents_to_be_tested_with(form):
    assert form.name in DOCUMENTS


@st.composite
def edits_of(draw, texts):
    """Draw edits of some segments, sorted and apart, as the pipeline makes them."""
    edits = []
    for index, text in sorted(texts.items()):
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False):
            replacement = draw(st.sampled_from(["[PERSON_7FQ2M9XA]", "[X]", "XXXXXXXX"]))
            edits.append(Edit(index, start, end, replacement))
    return edits


def splice(form, data, edits=()):
    copy = io.BytesIO()
    placed = list(form.splice(io.BytesIO(data), edits, copy))
    return copy.getvalue(), placed


def joined(segments):
    """Return the text of each segment, put together from windows that may overlap."""
    texts = defaultdict(str)
    for segment in segments:
        text = texts[segment.index]
        assert segment.offset <= len(text)
        overlap = len(text) - segment.offset
        assert segment.text[:overlap] == text[segment.offset :]
        texts[segment.index] = text + segment.text[overlap:]
    return dict(texts)


def texts_of(form, data):
    return joined(form.read(io.BytesIO(data)))


def applied(text, edits):
    for edit in reversed(edits):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


@each_format
@some
@given(data=st.data())
def test_splicing_with_no_edits_gives_back_the_same_bytes(form, data):
    form, source, _ = data.draw(DOCUMENTS[form.name])
    assert splice(form, source) == (source, [])


@each_format
@some
@given(data=st.data())
def test_a_spliced_copy_reads_as_the_source_with_exactly_the_edits(form, data):
    form, source, _ = data.draw(DOCUMENTS[form.name])
    texts = texts_of(form, source)
    edits = data.draw(edits_of(texts))
    expected = {
        index: applied(text, [edit for edit in edits if edit.segment == index])
        for index, text in texts.items()
    }
    copy, placed = splice(form, source, edits)
    assert texts_of(form, copy) == expected
    assert joined(form.read_again(io.BytesIO(copy))) == expected
    assert [one.edit for one in placed] == edits


@each_format
@some
@given(data=st.data())
def test_each_edit_says_where_it_landed(form, data):
    form, source, _ = data.draw(DOCUMENTS[form.name])
    edits = data.draw(edits_of(texts_of(form, source)))
    copy, placed = splice(form, source, edits)
    copied = texts_of(form, copy)
    kept, kept_copy, at, at_copy = b"", b"", 0, 0
    for one in placed:
        assert copied[one.edit.segment][one.start : one.end] == one.edit.replacement
        assert one.line == copied[one.edit.segment].count("\n", 0, one.start) + 1
        kept, kept_copy = (
            kept + source[at : one.source[0]],
            kept_copy + copy[at_copy : one.target[0]],
        )
        at, at_copy = one.source[1], one.target[1]
    assert kept + source[at:] == kept_copy + copy[at_copy:]


@each_format
@some
@given(data=st.data())
def test_both_readers_see_the_same(form, data):
    form, source, text = data.draw(DOCUMENTS[form.name])
    first = texts_of(form, source)
    assert first == joined(form.read_again(io.BytesIO(source)))
    assert "".join(first.values()) == text


# -- text: python's own files as a further reader --------------------------------------------


@some
@given(document=text_documents(), data=st.data())
def test_byte_spans_of_a_text_are_those_of_its_edits(document, data):
    form, source, text = document
    edits = data.draw(edits_of({0: text} if text else {}))
    copy, placed = splice(form, source, edits)
    codec = form.describe(io.BytesIO(source)).removesuffix("+bom")
    for one in placed:
        assert source[slice(*one.source)] == text[one.edit.start : one.edit.end].encode(codec)
        assert copy[slice(*one.target)] == one.edit.replacement.encode(codec)


TEXT = "Teodor Vance\r\nIlse Marsh\rKofi Marsh\n\x00 no final line end: vance"
AFTER = TEXT.replace("Teodor Vance", "[PERSON_1]").replace("vance", "[PERSON_1]")
EDITS = [Edit(0, 0, 12, "[PERSON_1]"), Edit(0, len(TEXT) - 5, len(TEXT), "[PERSON_1]")]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_copy_opens_like_its_source(tmp_path, encoding):
    codec, mark, _ = ENCODINGS[encoding]
    source = mark + f"é {TEXT}".encode(codec)
    edits = [Edit(0, edit.start + 2, edit.end + 2, edit.replacement) for edit in EDITS]
    copy, _ = splice(Text(codec), source, edits)
    (tmp_path / "copy.txt").write_bytes(copy)
    with (tmp_path / "copy.txt").open(encoding=codec, newline="") as file:
        assert file.read().removeprefix("\ufeff") == f"é {AFTER}"
    assert copy.startswith(mark)


@pytest.mark.parametrize(
    ("data", "text", "described"),
    [
        pytest.param(b"", "", "utf-8", id="empty"),
        pytest.param(b"\xef\xbb\xbf", "", "utf-8+bom", id="a mark alone"),
        pytest.param("Böll".encode(), "Böll", "utf-8", id="UTF-8"),
        pytest.param("\ufeffBöll".encode(), "Böll", "utf-8+bom", id="UTF-8 with a mark"),
        pytest.param("Böll".encode("utf-16"), "Böll", "utf-16-le+bom", id="UTF-16"),
        pytest.param(
            "\ufeffBöll".encode("utf-16-be"), "Böll", "utf-16-be+bom", id="UTF-16, big end first"
        ),
        pytest.param("Böll".encode("utf-32"), "Böll", "utf-32-le+bom", id="UTF-32"),
        pytest.param("Böll – 5 €".encode("cp1252"), "Böll – 5 €", "cp1252", id="cp1252"),
        pytest.param(b"B\xf6ll \x81\x9d", "Böll \x81\x9d", "latin-1", id="bytes cp1252 lacks"),
        pytest.param(b"a NUL:\x00.", "a NUL:\x00.", "utf-8", id="NUL"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbfa", "\ufeffa", "utf-8+bom", id="two marks"),
    ],
)
def test_the_encoding_is_made_out(data, text, described):
    assert Text().describe(io.BytesIO(data)) == described
    assert "".join(texts_of(Text(), data).values()) == text
    assert splice(Text(), data)[0] == data


def test_an_empty_text_has_no_segment_and_can_be_copied():
    assert list(Text().read(io.BytesIO(b""))) == []
    assert list(Text().read_again(io.BytesIO(b""))) == []
    assert splice(Text(), b"") == (b"", [])


def test_a_named_encoding_comes_after_utf8():
    assert Text("cp1251").describe(io.BytesIO("Ваня".encode())) == "utf-8"
    assert Text("cp1251").describe(io.BytesIO("Ваня".encode("cp1251"))) == "cp1251"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_refused_unless_it_is_named(codec):
    data = f"{CANARY} was here.\n".encode(codec)
    with pytest.raises(EncodingError, match="UTF-16 without a byte order mark") as caught:
        Text().describe(io.BytesIO(data))
    assert CANARY not in str(caught.value)
    assert texts_of(Text(codec), data) == {0: f"{CANARY} was here.\n"}
    assert splice(Text(codec), data)[0] == data


UNREADABLE = [
    pytest.param(None, b"\xef\xbb\xbf" + CANARY.encode() + b"\xff", id="after a mark of UTF-8"),
    pytest.param(None, b"\xff\xfe" + CANARY.encode("utf-16-le") + b"\x00", id="half a UTF-16 unit"),
    pytest.param(None, "\ufeff".encode("utf-16-le") + b"\x00\xdc", id="half a surrogate pair"),
    pytest.param(None, codecs.BOM_UTF32_LE + b"\xff" * 4, id="beyond Unicode"),
    pytest.param("ascii", CANARY.encode() + b"\xff", id="not in the named encoding"),
    pytest.param("utf-8", CANARY.encode() + b"\xff", id="named UTF-8"),
    pytest.param("utf-16-le", CANARY.encode() + b"x\x00\xdc", id="named UTF-16"),
]


@pytest.mark.parametrize("read", ["read", "read_again"])
@pytest.mark.parametrize(("encoding", "data"), UNREADABLE)
def test_what_does_not_fit_its_encoding_is_an_error_that_quotes_nothing(encoding, data, read):
    with pytest.raises(EncodingError) as caught:
        list(getattr(Text(encoding), read)(io.BytesIO(data)))
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_place_of_a_wrong_byte_is_named_across_chunks():
    data = codecs.BOM_UTF8 + b"a" * 2_500_000 + b"\xff"
    with pytest.raises(EncodingError, match="near byte 2500003"):
        list(Text().read(io.BytesIO(data)))


@pytest.mark.parametrize(
    "encoding",
    ["nosuch", "", "hex", "rot13", "zlib", "undefined", "utf-8\x00"],
)
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"{CANARY} B\xf6ll".encode("latin-1"), id="no UTF-8"),
        pytest.param(CANARY.encode("utf-16-le"), id="like UTF-16"),
    ],
)
def test_a_name_of_no_text_encoding_is_an_error_of_ours(encoding, data):
    with pytest.raises(RedactorError) as caught:
        splice(Text(encoding), data)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        pytest.param("utf-16", "Teodor".encode("utf-16-le"), id="UTF-16 without its mark"),
        pytest.param("utf-32", "Teodor".encode("utf-32-le"), id="UTF-32 without its mark"),
        pytest.param("utf-8-sig", b"Teodor", id="UTF-8 without its mark"),
        pytest.param("cp932", b"\xfa\x54 \x81\xca", id="two spellings of one character"),
        pytest.param("utf-7", b"+AGEAYg- +AGI-\xff"[:-1], id="shifts that could be shorter"),
        pytest.param("iso2022_jp", b'\x1b$B$"\x1b(B\x1b$B$$\x1b(B\xff'[:-1], id="needless shifts"),
    ],
)
def test_in_a_named_encoding_a_copy_is_exact_or_refused(encoding, data):
    try:
        copy, _ = splice(Text(encoding), data)
    except RedactorError:
        return
    assert copy == data


@pytest.mark.parametrize(
    ("data", "name"),
    [
        # Without the é of the name, what is left is valid UTF-8, and reads otherwise.
        pytest.param("René: Ã©t".encode("cp1252"), "René", id="cp1252 would be UTF-8"),
        pytest.param(b"Ren\x81: \x80", "Ren\x81", id="latin-1 would be cp1252"),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_copy_reads_in_the_encoding_of_its_source(data, name, named):
    form = Text(Text().describe(io.BytesIO(data)) if named else None).settle(io.BytesIO(data))
    text = texts_of(form, data)[0]
    copy, _ = splice(form, data, [Edit(0, 0, len(name), "[PERSON_1]")])
    assert texts_of(form, copy) == {0: text.replace(name, "[PERSON_1]")}


def test_a_text_that_was_never_a_file_has_no_mark():
    form, data = Text(known=Encoding("utf-8")), "\ufeffVance".encode()
    assert texts_of(form, data) == {0: "\ufeffVance"}
    assert splice(form, data, [Edit(0, 1, 6, "[X]")])[0] == "\ufeff[X]".encode()


@pytest.mark.parametrize("start", [5, 6, 7])
def test_an_edit_outside_the_text_is_no_silent_nothing(start):
    with pytest.raises(ValueError, match="outside"):
        splice(Text(), b"Vance", [Edit(0, start, start + 2, "[X]")])


@some
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), st.data())
def test_edits_across_chunks_land_where_they_should(text, data):
    # The text lies across the border of two chunks, as do its edits.
    before = data.draw(st.integers(0, len(text.encode())))
    filler = "x" * ((1 << 20) - before)
    edits = data.draw(edits_of({0: text}))
    moved = [Edit(0, e.start + len(filler), e.end + len(filler), e.replacement) for e in edits]
    copy, _ = splice(Text(), (filler + text).encode(), moved)
    assert copy == (filler + applied(text, edits)).encode()


# -- windows ---------------------------------------------------------------------------------


@st.composite
def long_texts(draw):
    """Draw a text of a few windows whose gaps are few, many, or uneven."""
    lengths = st.sampled_from([1, 7, 90, 999, 1_500, 2_500, 30_000, 60_000])
    gaps = st.sampled_from([" ", "\n", "\n\n", "\r\n", "\r\n\r\n", ""])
    pattern = draw(st.lists(st.tuples(lengths, gaps), min_size=1, max_size=5))
    unit = "".join("x" * length + gap for length, gap in pattern)
    return (unit * (3 * WINDOW // len(unit) + 1))[: draw(st.integers(WINDOW - 5, 3 * WINDOW))]


def windows(text):
    """Return the windows of a text; a text that falls into very many is a failure, not a wait."""
    most = 2 * len(text) // (WINDOW // 2 - OVERLAP) + 2
    found = list(islice(Text.windows(text), most))
    assert len(found) < most
    return found


@settings(max_examples=60, deadline=None)
@given(long_texts())
@example("x" * 3 * WINDOW)
@example("x" * WINDOW)
@example("x" * 150_000 + "\n" + "x" * 60_000)
@example("x y" * WINDOW)
def test_windows_are_exact_and_every_short_word_is_whole_in_one_of_them(text):
    found = windows(text)
    assert joined(found) == {0: text}
    starts = [window.offset for window in found]
    assert starts == sorted(set(starts))
    assert max(len(window.text) for window in found) <= WINDOW
    for one, other in pairwise(found):
        cut = one.offset + len(one.text)
        after = text[cut - 1 : cut] + text[other.offset - 1 : other.offset]
        # Either the next window repeats enough, or the cut is a gap: no word stands across it.
        assert cut - other.offset >= 1_000 or not after.strip()


BROKEN = [
    pytest.param("x" * 3_000_000, id="a single line of 3 MB"),
    pytest.param("x" * 2_999_999 + "\n", id="with a final line end"),
    pytest.param(("x" * 120_000 + "\n") * 10, id="lines longer than half a window"),
    pytest.param("x" * 150_000 + "\n" + "x" * 150_000, id="one line end in the second half"),
    pytest.param("x" * 150_000 + " " + "x" * 150_000, id="one space in the second half"),
    pytest.param(("x" * 99 + "\n") * 10_000, id="ordinary lines"),
    pytest.param("\n" * 1_000_000, id="line ends alone"),
    pytest.param("\r\n" * 500_000, id="CRLF alone"),
    pytest.param(" " * 1_000_000, id="spaces alone"),
]


@pytest.mark.parametrize("text", BROKEN)
def test_windows_are_few(text):
    assert sum(len(window.text) for window in windows(text)) <= 2 * len(text) + WINDOW


@pytest.mark.parametrize("gap", ["", "\n", " "])
def test_a_token_across_any_cut_is_whole_somewhere(gap):
    token = "Vance" * 190
    for shift in range(0, 1_900, 170):
        text = "x" * (WINDOW - OVERLAP + shift) + gap + token + gap + "x" * WINDOW
        assert any(token in window.text for window in windows(text))


def test_the_second_reader_sees_every_token_whole_too():
    token = "Vance" * 190
    for shift in range(0, 950, 170):
        data = ("x" * (WINDOW - shift) + token + "x" * WINDOW).encode()
        read = [segment.text for segment in Text().read_again(io.BytesIO(data))]
        assert any(token in text for text in read)


def test_memory_does_not_grow_with_the_document(tmp_path):
    line = b"Teodor Vance wrote to Ilse Marsh at noon, and nobody answered.\n"
    path = tmp_path / "long.txt"
    with path.open("wb") as file:
        for _ in range(60):
            file.write(line * (1_000_000 // len(line)))
    edits = [Edit(0, at, at + 12, "[PERSON_1]") for at in range(0, 50_000_000, len(line) * 50_000)]
    tracemalloc.start()
    try:
        with path.open("rb") as source, (tmp_path / "copy.txt").open("wb") as copy:
            read = sum(len(segment.text) for segment in Text().read(source))
            placed = sum(1 for _ in Text().splice(source, edits, copy))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read >= path.stat().st_size > 59_000_000
    assert placed == len(edits) > 10
    assert peak < 40_000_000


# -- which format reads which file -----------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt", "a.TXT", "a.b.text", "README.md", "x.markdown"])
def test_a_format_is_chosen_by_the_suffix(name):
    form = format_for(Path(name), io.BytesIO(b"text"), "cp1252")
    assert form == Text("cp1252")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        pytest.param(b"%PDF-1.7\n", "PDF", id="PDF"),
        pytest.param(b"PK\x03\x04\x14\x00", "ZIP", id="ZIP"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office", id="old Office"),
        pytest.param(b"{\\rtf1\\ansi", "RTF", id="RTF"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "PNG", id="PNG"),
        pytest.param(b"\xff\xd8\xff\xe0", "JPEG", id="JPEG"),
        pytest.param(b"GIF89a", "GIF", id="GIF"),
        pytest.param(b"\x1f\x8b\x08", "gzip", id="gzip"),
        pytest.param(b"7z\xbc\xaf\x27\x1c", "7-Zip", id="7-Zip"),
        pytest.param(b"\x7fELF\x02", "program", id="ELF"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a"])
def test_another_kind_of_document_is_refused_whatever_its_name_says(name, head, kind):
    with pytest.raises(UnsupportedFormat, match=kind):
        format_for(Path(name), io.BytesIO(head + CANARY.encode()), None)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param(f"{CANARY}.exe", ".exe", id="unknown suffix"),
        pytest.param(CANARY, "of this file", id="no suffix"),
        pytest.param(f".{CANARY}", "of this file", id="a hidden file"),
        pytest.param(f"a.Ваня {CANARY}", "of this file", id="a suffix that is a name"),
        pytest.param(f"{CANARY}.", "of this file", id="a full stop at the end"),
        pytest.param(f"{CANARY}.txt/x.bin", ".bin", id="a folder with a suffix"),
    ],
)
def test_an_unknown_type_is_refused_and_no_more_than_the_suffix_is_named(name, shown):
    with pytest.raises(UnsupportedFormat) as caught:
        format_for(Path(name), io.BytesIO(CANARY.encode()), None)
    assert f"the type {shown} is not supported" in str(caught.value)
    assert CANARY not in str(caught.value)
