"""The words around a place come from the copy that was recorded, or it is told why not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as some
from report_cases import redaction

from redactor.report.copies import AROUND, around, contexts
from redactor.report.evidence import gather
from redactor.report.summary import summarise


def test_the_words_around_are_those_of_the_copy(finished):
    evidence = gather(finished.audit)
    found, missing = contexts(evidence)
    assert missing == {}
    assert len(found) == len(evidence.summary.redactions) > 3
    for one in evidence.summary.redactions:
        text = (finished.out / evidence.name(one.document)).read_text("utf-8")
        context = found[one.run, one.id]
        assert context.place == one.placeholder
        assert context.before == text[max(0, one.start - AROUND) : one.start]
        assert context.after == text[one.end : one.end + AROUND]


def test_a_changed_copy_is_not_quoted(cli, own):
    (own.out / "letter.txt").write_text("Mr Teodor Vance, zebra\n")
    _, missing = contexts(gather(own.audit))
    assert list(missing.values()) == ["the copy is not the one that was recorded"]
    cli("audit", "report", own.audit)
    page = (own.audit / "report.html").read_text("utf-8")
    assert "zebra" not in page
    assert "the copy is not the one that was recorded" in page


def test_a_missing_copy_is_told(own):
    (own.out / "letter.txt").unlink()
    _, missing = contexts(gather(own.audit))
    assert list(missing.values()) == ["no copy here has this document's name"]


def test_without_copies_nothing_is_quoted(made):
    found, missing = contexts(made)
    assert found == {}
    assert missing == {"0:d1": "the folder of copies is not at hand"}


@given(
    text=some.text("ab\n", max_size=400),
    cuts=some.lists(some.tuples(some.integers(0, 400), some.integers(0, 30)), max_size=8),
    length=some.integers(1, 120),
)
def test_the_pieces_that_a_text_is_read_in_do_not_show(text, cuts, length):
    spans = sorted((at, min(at + wide, len(text))) for at, wide in cuts if at <= len(text))
    rows = [redaction(id=f"d1:{n}", start=a, end=b) for n, (a, b) in enumerate(spans)]
    places = summarise(rows).redactions
    pieces = (text[at : at + length] for at in range(0, len(text), length))
    found = {one.id: context for one, context in around([("text", pieces)], {"text": places})}
    assert len(found) == len(places)
    for one in places:
        context = found[one.id]
        assert context.before == text[max(0, one.start - AROUND) : one.start]
        assert context.place == text[one.start : one.end]
        assert context.after == text[one.end : one.end + AROUND]


def test_a_placeholder_that_is_not_there_is_told(made, tmp_path):
    from hashlib import sha256

    from redactor.report.page import report

    (tmp_path / "letter.txt").write_text("x" * 200)
    digest = sha256(b"x" * 200).hexdigest()
    documents = (replace(made.summary.documents[0], sha256=digest), made.summary.documents[1])
    summary = replace(made.summary, documents=documents)
    evidence = replace(made, copies=tmp_path, names={"d1": "letter.txt"}, summary=summary)
    assert "the copy does not have the placeholder here" in report(evidence)
