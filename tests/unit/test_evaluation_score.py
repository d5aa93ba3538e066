"""Counts and figures, worked out by hand, and intervals that come out the same every time."""

from __future__ import annotations

import pytest

from redactor.evaluation.counts import Found, count, misses
from redactor.evaluation.gold import Document, Mention, Record
from redactor.evaluation.score import Figure, score

TEXT = "Teodor Vance (teodor@example.org) met Ada Okonjo in Marl."
#       0      7     14                  34   38  42     52
JUDGED = frozenset({"PERSON", "EMAIL"})
MARKED = JUDGED | {"LOC"}
VANCE = Mention(0, 12, "PERSON", "DIRECT", "vance")
MAIL = Mention(14, 32, "EMAIL", "DIRECT", "vance")
OKONJO = Mention(38, 48, "PERSON", "QUASI", "okonjo")
MARL = Mention(52, 56, "LOC", "QUASI", "marl")
GOLD = (VANCE, MAIL, OKONJO, MARL)


def _document(*mentions: Mention, text: str = TEXT, records: int = 1) -> Document:
    return Document("=x", tuple(Record(n + 1, text, mentions) for n in range(records)))


def _counts(found: list[Found], mentions: tuple[Mention, ...] = GOLD) -> dict:
    return count(_document(*mentions), [found], JUDGED, MARKED)


def test_the_offsets_of_the_example_are_right():
    texts = [TEXT[mention.start : mention.end] for mention in GOLD]
    assert texts == ["Teodor Vance", "teodor@example.org", "Ada Okonjo", "Marl"]


EXACT = [Found(0, 12, "PERSON"), Found(14, 32, "EMAIL"), Found(38, 48, "PERSON")]

# What is found; then gold, touched, covered, met, exact, found, right of PERSON, and `beyond`.
CASES = {
    "all of it": (EXACT, (2, 2, 2, 2, 2, 2, 2), 0),
    "nothing": ([], (2, 0, 0, 0, 0, 0, 0), 0),
    "half a name": ([Found(0, 6, "PERSON")], (2, 1, 0, 1, 0, 1, 1), 0),
    "two halves cover, with the space left": (
        [Found(0, 6, "PERSON"), Found(7, 12, "PERSON")],
        (2, 1, 1, 1, 0, 2, 2),
        0,
    ),
    "too much: ' (' goes as well": ([Found(0, 14, "PERSON")], (2, 1, 1, 1, 0, 1, 1), 2),
    "under another class": ([Found(0, 12, "EMAIL")], (2, 1, 1, 0, 0, 0, 0), 0),
    "a false alarm: 'met'": ([Found(34, 37, "PERSON")], (2, 0, 0, 0, 0, 1, 0), 3),
    "not judged: a class that gold never marks": ([Found(34, 37, "ID")], (2, 0, 0, 0, 0, 0, 0), 0),
    "a place taken for a person is no character in vain": (
        [Found(52, 56, "PERSON")],
        (2, 0, 0, 0, 0, 1, 0),
        0,
    ),
    "one removal over two people": ([Found(0, 48, "PERSON")], (2, 2, 2, 2, 0, 1, 1), 8),
}
KINDS = ("gold", "touched", "covered", "met", "exact", "found", "right")


@pytest.mark.parametrize(("found", "people", "beyond"), CASES.values(), ids=CASES)
def test_what_counts_as_what(found, people, beyond):
    counts = _counts(found)
    assert tuple(counts["type PERSON", kind] for kind in KINDS) == people
    assert counts["text", "beyond"] == beyond
    assert counts["text", "characters"] == len(TEXT)


def test_all_classes_together_are_the_sum_of_those_judged():
    counts = _counts(EXACT)
    assert [counts["type all", kind] for kind in KINDS] == [3, 3, 3, 3, 3, 3, 3]
    assert counts["type LOC", "gold"] == 0


def test_a_document_with_one_untouched_person_is_counted_once():
    one = _counts([Found(0, 12, "PERSON")])
    assert (one["text", "with_people"], one["text", "untouched"]) == (1, 1)
    assert _counts(EXACT)["text", "untouched"] == 0
    nobody = _counts([], mentions=(MAIL,))
    assert (nobody["text", "with_people"], nobody["text", "untouched"]) == (0, 0)


def test_who_is_identified_is_gone_only_if_every_mention_is():
    half = _counts([Found(0, 12, "PERSON"), Found(38, 48, "PERSON")])
    assert (half["identifiers DIRECT", "gold"], half["identifiers DIRECT", "covered"]) == (1, 0)
    assert (half["identifiers QUASI", "gold"], half["identifiers QUASI", "covered"]) == (2, 1)
    assert _counts(EXACT)["identifiers DIRECT", "covered"] == 1


def test_mentions_of_one_document_are_one_person_across_its_records():
    document = _document(VANCE, records=2)
    counts = count(document, [[Found(0, 12, "PERSON")], []], JUDGED, MARKED)
    assert (counts["identifiers DIRECT", "gold"], counts["identifiers DIRECT", "covered"]) == (1, 0)
    assert (counts["text", "documents"], counts["text", "untouched"]) == (1, 1)


def test_sources_are_counted_by_name_and_by_kind():
    both = Found(0, 12, "PERSON", ("model:names", "rule:person/titled"))
    alarm = Found(34, 37, "PERSON", ("rule:person/titled", "rule:person/wrote"))
    counts = _counts([both, alarm])
    rows = {
        source: [
            counts[f"source {source}", kind] for kind in ("found", "right", "alone", "touched")
        ]
        for source in ("model", "rule", "rule:person/titled", "rule:person/wrote")
    }
    assert rows == {
        "model": [1, 1, 0, 1],
        "rule": [2, 1, 1, 1],
        "rule:person/titled": [2, 1, 0, 1],
        "rule:person/wrote": [1, 0, 0, 0],
    }


def test_misses_are_what_is_left_in_part_or_whole():
    left = misses(_document(*GOLD), [[Found(0, 6, "PERSON"), Found(14, 32, "EMAIL")]], JUDGED)
    assert [(miss.mention, miss.touched) for miss in left] == [(VANCE, True), (OKONJO, False)]


def test_figures_from_two_documents():
    """Of three people two are met, of three removals two are right: 2/3; strict, one of three."""
    one = _counts([Found(0, 12, "PERSON"), Found(34, 37, "PERSON")])
    two = _counts([Found(0, 6, "PERSON")], mentions=(VANCE,))
    groups = score([one, two], 0)
    people = groups["type PERSON"].figures
    assert people["recall"] == Figure(pytest.approx(2 / 3))
    assert people["precision"] == Figure(pytest.approx(2 / 3))
    assert people["f1"] == Figure(pytest.approx(2 / 3))
    assert people["strict_f1"] == Figure(pytest.approx(1 / 3))
    assert people["covered"] == Figure(pytest.approx(1 / 3))
    assert groups["text"].figures["untouched_documents"] == Figure(0.5)
    assert groups["text"].figures["beyond_per_1000"].value == pytest.approx(3000 / (2 * len(TEXT)))


def test_what_has_nothing_to_divide_by_is_none():
    groups = score([_counts([])], 100)
    assert groups["type PERSON"].figures["precision"] == Figure(None)
    assert groups["type PERSON"].figures["f1"] == Figure(0.0)
    assert groups["type PERSON"].counts["found"] == 0


def test_one_document_has_no_interval():
    assert score([_counts(EXACT)], 100)["type PERSON"].figures["recall"] == Figure(1.0)


def test_the_interval_of_two_unlike_documents_is_the_whole_range():
    """Both documents are drawn alike in one of four resamples, which is more than 2.5 %."""
    hit, miss = _counts([Found(0, 12, "PERSON")], (VANCE,)), _counts([], (VANCE,))
    assert score([hit, miss], 400)["type PERSON"].figures["recall"] == Figure(0.5, 0.0, 1.0)


def test_the_interval_of_a_share_is_near_its_textbook_width():
    """200 documents with one mention each, 150 met: 0.75 give or take 1.96 * sqrt(p q / n)."""
    hit, miss = _counts([Found(0, 12, "PERSON")], (VANCE,)), _counts([], (VANCE,))
    figure = score([hit] * 150 + [miss] * 50, 1000)["type PERSON"].figures["recall"]
    assert figure.value == 0.75
    assert figure.low == pytest.approx(0.75 - 0.06, abs=0.01)
    assert figure.high == pytest.approx(0.75 + 0.06, abs=0.01)


def test_the_same_counts_give_the_same_intervals():
    counts = [_counts(EXACT[:n]) for n in (0, 1, 2, 3, 2, 1)]
    assert score(counts, 300) == score(list(counts), 300)


def test_a_resample_without_the_class_is_left_out():
    """EMAIL stands in one of ten documents: without it there is no recall, and no zero either."""
    counts = [_counts(EXACT)] + [_counts([], (VANCE,))] * 9
    figure = score(counts, 300)["type EMAIL"].figures["recall"]
    assert figure == Figure(1.0, 1.0, 1.0)
