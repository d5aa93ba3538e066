"""Texts that stand by themselves: which of a copy is which of its document."""

from __future__ import annotations

import pytest

from redactor.errors import MarksError
from redactor.proposals.comparison import changes
from redactor.proposals.places import Original, Place, Segment, Words
from redactor.proposals.reading import MarkedText
from redactor.proposals.stories import Found, arrange

NAME = "Teodor Vance"
ID, RUN = "0" * 24, "1" * 32


def original(*texts: str) -> Original:
    """Return a document of texts, each a story; the name is a place in each."""
    segments, places = [], []
    at = 0
    for number, text in enumerate(texts, 1):
        segments.append(Segment("2", at, text, number))
        if NAME in text:
            start = at + text.index(NAME)
            span = (start, start + len(NAME))
            places.append(Place(f"{ID}:{number}", "3f2a" * 12, "PERSON", "", "2", *span))
        at += len(text)
    return Original(ID, RUN, "odf", "a.odt", tuple(segments), tuple(places))


def found(*pieces: tuple[str, str], ordered: bool = True) -> Found:
    """Return a text of pieces: the words of a mark, empty for none, and the text."""
    rows = ((Words(said[:6], "") if said else None, text) for said, text in pieces)
    return Found(tuple(rows), "header text 1", ordered=ordered)


def new(text: str, *, ordered: bool = True) -> Found:
    return Found(((Words("", "HANDLE"), text),), "header text 1", ordered=ordered)


def done(document: Original, *texts: Found):
    marked = MarkedText(ID, RUN)
    arrange(marked, document, texts)
    marked.close()
    return changes(document, marked)


MARKED = found(("", "Mr "), ("1-3f2a", NAME))
SECOND = found(("", "Mr "), ("2-3f2a", NAME))
TWO = original(f"Mr {NAME}", f"Mr {NAME}")


def test_equal_texts_are_told_apart_by_their_marks_in_any_order():
    assert done(TWO, SECOND, MARKED).are_none


def test_one_that_is_written_once_counts_for_all():
    assert done(TWO, MARKED).are_none
    bare = done(TWO, found(("", f"Mr {NAME}")))
    assert [one.decision for one in bare.verdicts] == ["restore", "restore"]


def test_a_mark_in_one_that_counts_for_all_is_added_to_each():
    both = done(original("The keeper", "The keeper"), new("The keeper"))
    assert [(one.start, one.end) for one in both.added] == [(0, 10), (10, 20)]


def test_one_that_is_written_more_often_is_taken_if_all_are_alike():
    assert done(original(f"Mr {NAME}"), MARKED, MARKED).are_none


def test_without_marks_the_order_tells_which_is_which_if_programs_keep_it():
    plain = original("The keeper", "The keeper")
    [added] = done(plain, found(("", "The keeper")), new("The keeper")).added
    assert added.start == 10
    with pytest.raises(MarksError, match="nothing tells which is which: mark all alike, header"):
        done(plain, found(("", "The keeper"), ordered=False), new("The keeper", ordered=False))


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ([MARKED], "one is not found any more"),
        ([MARKED, found(("", "The end")), new("Other")], "in a text that its document has not"),
        ([MARKED, SECOND, found(("", f"Mr {NAME}")), found(("", "The end"))], "mark all alike"),
    ],
)
def test_what_is_of_another_document_is_refused(texts, why):
    with pytest.raises(MarksError, match=why):
        done(original(f"Mr {NAME}", "The end", f"Mr {NAME}"), *texts)


def test_a_text_that_is_added_without_a_mark_changes_nothing():
    assert done(TWO, MARKED, SECOND, found(("", "Agreed"))).are_none
