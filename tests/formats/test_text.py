"""Plain text: its encodings, its bytes, and Python's own files as a further reader."""

from __future__ import annotations

import codecs
import io
import tracemalloc
from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate

import pytest
from documents import ENCODINGS
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import applied, drawn_edits, opened, rewritten, texts_of

from redactor.errors import EncodingError, OutputError, RedactorError, UnsupportedFormat
from redactor.formats import Hints, Layout, Text, format_for
from redactor.formats.rewriting import write_tokens
from redactor.formats.text import CHUNK
from redactor.model import Edit

CANARY = "Zebedee"


def spliced(data, edits=(), encoding=None):
    return rewritten(*opened(data, "a.txt", encoding), data, edits)[0]


def spliced_at(data, edits, encoding=None):
    """Return a copy with edits at positions of the whole text, none of which crosses a token."""
    form, layout = opened(data, "a.txt", encoding)
    starts = [0, *accumulate(map(len, texts_of(form, layout, data)))]
    own = [
        replace(e, segment=at, start=e.start - starts[at], end=e.end - starts[at])
        for e in edits
        for at in [bisect_right(starts, e.start) - 1]
    ]
    return spliced(data, own, encoding)


def encoding_of(data, named=None):
    return opened(data, "a.txt", named)[1].setting("encoding")


def text_of(data, encoding=None):
    return "".join(texts_of(*opened(data, "a.txt", encoding), data))


def extracted(data, encoding=None):
    form, layout = opened(data, "a.txt", encoding)
    return "".join(form.extract(io.BytesIO(data), layout))


TEXT = "Teodor Vance\r\nIlse Marsh\rKofi Marsh\n\x00 no final line end: vance"
AFTER = TEXT.replace("Teodor Vance", "[PERSON_1]").replace("vance", "[PERSON_1]")
EDITS = [Edit(0, 0, 12, "[PERSON_1]"), Edit(0, len(TEXT) - 5, len(TEXT), "[PERSON_1]")]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_copy_opens_like_its_source(tmp_path, encoding):
    codec, mark, _ = ENCODINGS[encoding]
    source = mark + f"é {TEXT}".encode(codec)
    edits = [Edit(0, edit.start + 2, edit.end + 2, edit.replacement) for edit in EDITS]
    copy = spliced_at(source, edits, codec)
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
    assert encoding_of(data) == described
    assert text_of(data) == text
    assert spliced(data) == data


def test_an_empty_text_has_no_segment_and_can_be_copied():
    assert text_of(b"") == ""
    assert extracted(b"") == ""
    assert spliced(b"") == b""


def test_a_named_encoding_comes_after_utf8():
    assert encoding_of("Ваня".encode(), "cp1251") == "utf-8"
    assert encoding_of("Ваня".encode("cp1251"), "cp1251") == "cp1251"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_refused_unless_it_is_named(codec):
    data = f"{CANARY} was here.\n".encode(codec)
    with pytest.raises(EncodingError, match="UTF-16 without a byte order mark") as caught:
        encoding_of(data)
    assert CANARY not in str(caught.value)
    assert text_of(data, codec) == f"{CANARY} was here.\n"
    assert spliced(data, (), codec) == data


UNREADABLE = [
    pytest.param(None, b"\xef\xbb\xbf" + CANARY.encode() + b"\xff", id="after a mark of UTF-8"),
    pytest.param(None, b"\xff\xfe" + CANARY.encode("utf-16-le") + b"\x00", id="half a UTF-16 unit"),
    pytest.param(None, "\ufeff".encode("utf-16-le") + b"\x00\xdc", id="half a surrogate pair"),
    pytest.param(None, codecs.BOM_UTF32_LE + b"\xff" * 4, id="beyond Unicode"),
    pytest.param("ascii", CANARY.encode() + b"\xff", id="not in the named encoding"),
    pytest.param("utf-8", CANARY.encode() + b"\xff", id="named UTF-8"),
    pytest.param("utf-16-le", CANARY.encode() + b"x\x00\xdc", id="named UTF-16"),
]


@pytest.mark.parametrize("read", [text_of, extracted])
@pytest.mark.parametrize(("encoding", "data"), UNREADABLE)
def test_what_does_not_fit_its_encoding_is_an_error_that_quotes_nothing(encoding, data, read):
    with pytest.raises(EncodingError) as caught:
        read(data, encoding)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_place_of_a_wrong_byte_is_named_across_chunks():
    data = codecs.BOM_UTF8 + b"a" * 2_500_000 + b"\xff"
    with pytest.raises(EncodingError, match="near byte 2500003"):
        text_of(data)


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
        spliced(data, (), encoding)
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
        copy = spliced(data, (), encoding)
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
    form, layout = opened(data, "a.txt", encoding_of(data) if named else None)
    text = "".join(texts_of(form, layout, data))
    copy, _ = rewritten(form, layout, data, [Edit(0, 0, len(name), "[PERSON_1]")])
    assert texts_of(form, layout, copy) == [text.replace(name, "[PERSON_1]")]


def test_a_text_that_was_never_a_file_has_no_mark():
    layout, data = Layout("text", (("encoding", "utf-8"),)), "\ufeffVance".encode()
    assert texts_of(Text(), layout, data) == ["\ufeffVance"]
    copy, _ = rewritten(Text(), layout, data, [Edit(0, 1, 6, "[X]")])
    assert copy == "\ufeff[X]".encode()


@pytest.mark.parametrize("edit", [Edit(1, 0, 2, "[X]"), Edit(0, 3, 6, "[X]"), Edit(0, 6, 7, "")])
def test_an_edit_of_no_text_is_no_silent_nothing(edit):
    with pytest.raises(OutputError, match="outside"):
        spliced(b"Vance", [edit])


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), st.data())
def test_edits_across_chunks_land_where_they_should(text, data):
    # The text lies across the border of two chunks, as do its edits.
    before = data.draw(st.integers(0, len(text.encode())))
    source = ("x" * (CHUNK - before) + text).encode()
    texts = texts_of(*opened(source, "a.txt"), source)
    edits = drawn_edits(data.draw, texts[-2:])
    moved = [replace(edit, segment=edit.segment + len(texts[:-2])) for edit in edits]
    expected = [
        applied(each, [edit for edit in moved if edit.segment == index])
        for index, each in enumerate(texts)
    ]
    assert spliced(source, moved) == "".join(expected).encode()


def test_lines_are_counted_as_editors_count_them():
    data = b"one\r\ntwo\n" * 20_000
    form, layout = opened(data, "a.txt")
    line = 1
    for token in form.tokens(io.BytesIO(data), layout):
        assert token.location.line == line
        line += token.raw.count(b"\n")
    assert line == 40_001


def test_memory_does_not_grow_with_the_document(tmp_path):
    line = b"Teodor Vance wrote to Ilse Marsh at noon, and nobody answered.\n"
    path = tmp_path / "long.txt"
    with path.open("wb") as file:
        for _ in range(60):
            file.write(line * (1_000_000 // len(line)))
    tracemalloc.start()
    try:
        with path.open("rb") as source, (tmp_path / "copy.txt").open("wb") as copy:
            form, layout = format_for(source, Hints("long.txt"))
            read = sum(len(token.text) for token in form.tokens(source, layout))
            edits = (Edit(at, 0, 12, "[PERSON_1]") for at in range(0, 800, 50))
            placed = len(write_tokens(form.tokens(source, layout), edits, copy).spans) // 4
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read >= path.stat().st_size > 59_000_000
    assert placed == 16
    assert peak < 4_000_000


# -- which format reads which file -----------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt", "a.TXT", "a.b.text", "README.md", "x.markdown"])
def test_a_format_is_chosen_by_the_suffix(name):
    form, layout = opened(b"text", name, "cp1252")
    assert (form.name, layout) == ("text", Layout("text", (("encoding", "utf-8"),)))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office", id="old Office"),
        pytest.param(b"MSCF\0\0\0\0", "cabinet", id="cabinet"),
        pytest.param(b"7z\xbc\xaf\x27\x1c", "7-Zip", id="7-Zip"),
        pytest.param(b"filedesc://a.arc 203.0.113.7 2031 text/plain 75\n", "ARC", id="ARC"),
        pytest.param(b"\x7fELF\x02", "program", id="ELF"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a"])
def test_another_kind_of_document_is_refused_whatever_its_name_says(name, head, kind):
    with pytest.raises(UnsupportedFormat, match=kind):
        opened(head + CANARY.encode(), name)


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
def test_binary_data_is_refused_and_no_more_than_the_suffix_is_named(name, shown):
    with pytest.raises(UnsupportedFormat) as caught:
        opened(b"\x00\x01\x02" + CANARY.encode(), name)
    assert f"the type {shown} is not supported" in str(caught.value)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("name", ["", "+bom", "klingon", "hex", "utf-8\0", CANARY])
def test_a_recorded_encoding_that_is_none_is_an_error_that_does_not_name_it(name):
    layout = Layout("text", (("encoding", name),))
    for read in (Text().tokens, Text().extract):
        with pytest.raises(EncodingError) as caught:
            list(read(io.BytesIO(b"a"), layout))
        assert CANARY not in str(caught.value)
