"""A term of many words is found where its words stand in order, in linear time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from steps import growth

from redactor.detect.coreference.long_terms import LONG, LongTerm
from redactor.detect.coreference.matching import match_end
from redactor.detect.coreference.search_terms import SearchTerm
from redactor.text import words

few = st.lists(st.sampled_from("ab"), min_size=1, max_size=3)
gaps = st.sampled_from([".", ".", ".", " ... "])


def found(term, text):
    tokens, long, at = list(words(text)), LongTerm(term), 0
    while at < len(tokens):
        for first, last in long.run(text, tokens, at):
            if last is None:
                at = max(at + 1, first)
            else:
                yield tokens[first].start, tokens[last].end


def tried_everywhere(term, text):
    tokens = list(words(text))
    for at, word in enumerate(tokens):
        if (end := match_end(text, tokens, at, term)) is not None:
            yield word.start, end


@given(few, st.integers(LONG + 1, LONG + 5), st.lists(st.tuples(few, gaps), max_size=40), st.data())
def test_it_is_found_where_trying_every_word_finds_it(unit, length, pieces, data):
    forms = tuple((unit * length)[:length])
    term = SearchTerm(forms, "EMAIL_ADDRESS", "x", "link:value", gap="tight")
    text = "".join(f"{'.'.join(piece)}{gap}" for piece, gap in pieces)
    at = data.draw(st.integers(0, len(pieces)))
    whole = f"{text}{'.'.join(forms)}.{'.'.join(unit)}{text[at:]}"
    assert list(found(term, whole)) == list(tried_everywhere(term, whole))
    assert list(found(term, whole))


def test_twice_the_words_are_twice_the_work():
    def absent(count):
        forms = ("a",) * (count // 2) + ("b",)
        term = SearchTerm(forms, "EMAIL_ADDRESS", "x", "link:value", gap="tight")
        assert not list(found(term, "a." * count))

    assert growth(absent, 4_000) < 2.1
