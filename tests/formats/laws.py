"""What the tests of formats have in common: reading and writing a document at hand."""

from __future__ import annotations

import io

from redactor.errors import InputError
from redactor.formats import Hints, Tokenized, format_for
from redactor.formats.rewriting import TextDigest, Written, write_tokens
from redactor.model import Edit


def opened(data: bytes, name: str = "", encoding: str | None = None):
    """Return format and layout of a document."""
    return format_for(io.BytesIO(data), Hints(name, encoding))


def tokens_of(form: Tokenized, layout, data: bytes):
    return list(form.tokens(io.BytesIO(data), layout))


def texts_of(form: Tokenized, layout, data: bytes) -> list[str]:
    return [token.text for token in tokens_of(form, layout, data) if token.text is not None]


def rewritten(form: Tokenized, layout, data: bytes, edits=()) -> tuple[bytes, Written]:
    copy = io.BytesIO()
    return_value = write_tokens(form.tokens(io.BytesIO(data), layout), edits, copy)
    return copy.getvalue(), return_value


def digest_of(form: Tokenized, layout, data: bytes) -> str:
    digest = TextDigest()
    for token in tokens_of(form, layout, data):
        digest.add(token.text or "", joins=token.joins)
    return digest.hexdigest()


def applied(text: str, edits) -> str:
    for edit in reversed(edits):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


def drawn_edits(draw, texts: list[str], replacements=("[PERSON_7FQ2M9XA]", "[X]", "XXXXXXXX")):
    """Draw edits of some texts, sorted and apart, as the pipeline makes them."""
    from hypothesis import strategies as st

    edits = []
    for index, text in enumerate(texts):
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False):
            edits.append(Edit(index, start, end, draw(st.sampled_from(replacements))))
    return edits


__all__ = [
    "InputError",
    "applied",
    "digest_of",
    "drawn_edits",
    "opened",
    "rewritten",
    "texts_of",
    "tokens_of",
]
