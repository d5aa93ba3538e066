"""The laws of every format of tokens, on documents that hypothesis draws.

1. Tokens tile: joined, their bytes are the document.
2. With no edits, the copy has the same bytes.
3. A copy, read again, has the same texts with exactly the edits applied.
4. Outside the edits the copy has the bytes of the source, and each edit says where it landed.

The law of the second reader, and those of damaged documents, are those of `test_case_laws.py`.
"""

from __future__ import annotations

import pytest
from documents import DOCUMENTS
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import applied, digest_of, drawn_edits, rewritten, texts_of, tokens_of

from redactor.formats import FORMATS, Tokenized
from redactor.formats.rewriting import WRITTEN_WHOLE

some = settings(max_examples=100, deadline=None)

each_format = pytest.mark.parametrize(
    "name", [form.name for form in FORMATS if isinstance(form, Tokenized)]
)


@each_format
def test_every_format_has_documents_to_be_tested_with(name):
    assert name in DOCUMENTS


@each_format
@some
@given(data=st.data())
def test_tokens_tile_the_document(name, data):
    form, layout, source = data.draw(DOCUMENTS[name])
    assert b"".join(token.raw for token in tokens_of(form, layout, source)) == source


@each_format
@some
@given(data=st.data())
def test_the_codec_of_a_token_places_each_of_its_characters(name, data):
    form, layout, source = data.draw(DOCUMENTS[name])
    for token in tokens_of(form, layout, source):
        if token.text is not None:
            offsets = list(token.codec.offsets(token.raw))
            assert len(offsets) == len(token.text) + 1
            assert offsets == sorted(offsets)
            assert offsets[-1] <= len(token.raw)


@each_format
@some
@given(data=st.data())
def test_with_no_edits_the_copy_has_the_same_bytes(name, data):
    form, layout, source = data.draw(DOCUMENTS[name])
    copy, written = rewritten(form, layout, source)
    assert copy == source
    assert list(written.patches()) == []
    assert written.reads == digest_of(form, layout, source)


@each_format
@some
@given(data=st.data())
def test_a_copy_reads_as_the_source_with_exactly_the_edits(name, data):
    form, layout, source = data.draw(DOCUMENTS[name])
    texts = texts_of(form, layout, source)
    edits = drawn_edits(data.draw, texts)
    expected = [
        applied(text, [edit for edit in edits if edit.segment == index])
        for index, text in enumerate(texts)
    ]
    copy, written = rewritten(form, layout, source, edits)
    assert digest_of(form, layout, copy) == written.reads
    assert "".join(texts_of(form, layout, copy)) == "".join(expected)


@each_format
@some
@given(data=st.data())
def test_outside_the_edits_the_copy_has_the_bytes_of_the_source(name, data):
    form, layout, source = data.draw(DOCUMENTS[name])
    tokens = [token for token in tokens_of(form, layout, source) if token.text is not None]
    wholes = [token.whole or token.slot in WRITTEN_WHOLE for token in tokens]
    edits = drawn_edits(data.draw, texts_of(form, layout, source))
    copy, written = rewritten(form, layout, source, edits)
    patches = list(written.patches())
    whole = [edit.segment for edit in edits if wholes[edit.segment]]
    assert len(patches) == len(edits) - len(whole) + len(set(whole))
    kept, kept_copy, at, at_copy = b"", b"", 0, 0
    for (first, last), (start, end) in patches:
        kept, kept_copy = kept + source[at:first], kept_copy + copy[at_copy:start]
        at, at_copy = last, end
    assert kept + source[at:] == kept_copy + copy[at_copy:]
