"""The laws of formats on real documents: those in `tests/cases/NAME/`, NAME being the format's.

Laws 2 and 3 as in `test_laws.py`, and

4. the second reader sees none of what was removed, and saw it in the source;
5. a document that is cut off or damaged is read, and then tiles, or ends in an InputError.

A format that is added to `FORMATS` needs nothing here but its folder of cases.
"""

from __future__ import annotations

import io
import random
import re
from collections import Counter
from pathlib import Path

import pytest
from laws import rewritten
from tokenized_laws import (
    all_replaced,
    applied,
    fields,
    read,
    texts_of,
    tokens_of,
    words_replaced,
)

from redactor.errors import InputError
from redactor.formats import FORMATS, Hints, Tokenized
from redactor.model import Edit

CASES = Path(__file__).parents[1] / "cases"
FORMS = [  # pictures and sounds have no texts
    form for form in FORMATS if isinstance(form, Tokenized) and form.name != "media"
]
DOCUMENTS = [
    pytest.param(form, path, id=f"{form.name}/{path.name}")
    for form in FORMS
    for path in sorted((CASES / form.name).glob("*.*"))
    if path.name != "README.md"
]
each_document = pytest.mark.parametrize(("form", "path"), DOCUMENTS)

WORD = re.compile(r"[^\W\d_]{5,}")
MOST = 8  # words that are removed at once


def copied(form, layout, data, edits=()):
    """Return a copy with some edits, as the pipeline writes it."""
    return rewritten(form, layout, data, [Edit(*edit) for edit in edits])[0]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_format_has_cases(form):
    assert any((CASES / form.name).glob("*.*"))


@each_document
def test_a_copy_without_edits_has_the_same_bytes(form, path):
    layout, tokens = read(form, path.read_bytes(), Hints(path.name))
    assert copied(form, layout, path.read_bytes()) == path.read_bytes()
    assert texts_of(tokens)


@each_document
@pytest.mark.parametrize("share", [0.05, 0.5, 1.0])
def test_a_copy_reads_as_the_source_with_exactly_the_edits(form, path, share):
    layout, tokens = read(form, path.read_bytes(), Hints(path.name))
    edits = words_replaced(tokens, random.Random(path.name), share)
    copy = copied(form, layout, path.read_bytes(), edits)
    assert fields(tokens_of(form, copy, layout)) == fields(tokens, applied(tokens, edits))


@each_document
def test_neither_reader_sees_what_was_removed(form, path):
    data = path.read_bytes()
    layout, tokens = read(form, data, Hints(path.name))
    before = "\n".join(form.extract(io.BytesIO(data), layout))
    markup = b" ".join(token.raw for token in tokens if token.text is None)
    seen = [word for word in WORD.findall(before) if word.encode() not in markup]
    removed = some_words(fields(tokens), seen, random.Random(path.name))
    pattern = "|".join(map(re.escape, removed))
    copy = copied(form, layout, data, all_replaced(tokens, pattern, "[X]"))
    for after in (fields(tokens_of(form, copy, layout)), form.extract(io.BytesIO(copy), layout)):
        assert re.findall(pattern, "\n".join(after)) == []


def some_words(texts: list[str], seen: list[str], rng: random.Random) -> list[str]:
    """Return words that both readers see; a frequent one stands in many kinds of places.

    What is a word of the markup as well ("script") may be seen afterwards, and is not taken.
    """
    known = Counter(word for text in texts for word in WORD.findall(text))
    both = [word for word, _ in known.most_common() if word in seen]
    assert both
    return both[: MOST // 2] + rng.sample(both, min(len(both), MOST // 2))


@each_document
def test_a_document_that_is_cut_off_or_damaged_tiles_or_is_refused(form, path):
    data, rng = path.read_bytes(), random.Random(path.name)
    for _ in range(25):
        start = rng.randrange(len(data))
        end = min(len(data), start + rng.choice([0, 1, 3, 40, len(data)]))
        put = rng.choice([b"", b"\x00", b"\xff", b"<", b'"', b"'", b"\\", b"=\n", b"\r"])
        try:
            layout, _ = read(form, data[:start] + put + data[end:], Hints(path.name))
        except InputError:
            continue
        damaged = data[:start] + put + data[end:]
        assert copied(form, layout, damaged) == damaged
