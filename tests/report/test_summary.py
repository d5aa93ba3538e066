"""Records to rows and totals; which rows are asked for."""

from __future__ import annotations

import re

import pytest
from report_cases import document, redaction, run_end, run_start

from redactor.report.meaning import Meanings, reason
from redactor.report.select import Selection
from redactor.report.summary import summarise


def test_rows_belong_to_the_last_run_that_began_before_them():
    second = {"run": "99" * 16, "started": "2031-06-01T08:00:00+00:00"}
    records = [
        run_start(),
        document(),
        redaction(),
        run_end(),
        run_start(**second),
        document(),
        redaction(id="d1:1", entity="US_SSN"),
    ]
    summary = summarise(records)
    assert [run.id for run in summary.runs] == ["4f2a" * 8, "99" * 16]
    assert [run.when for run in summary.runs] == [
        "2031-05-04T09:00:07+00:00",
        "2031-06-01T08:00:00+00:00",
    ]
    assert [(one.run, one.entity) for one in summary.redactions] == [(0, "PERSON"), (1, "US_SSN")]
    assert [one.run for one in summary.documents] == [0, 1]


def test_totals_count_what_went_and_not_what_stayed(made):
    summary = made.summary
    assert len(summary.redactions) == 3
    assert len(summary.removals) == 2
    assert summary.by("entity") == (("PERSON", 2),)
    assert summary.by("code") == (("", 1), ("(b)(6)", 1))
    assert [one.id for one in summary.unexamined] == ["d2"]
    assert summary.others == (("reveal", 1),)


@pytest.mark.parametrize(
    ("score", "tenth"), [(0.0, 0), (0.09, 0), (0.1, 1), (0.3, 3), (0.7, 7), (0.99, 9), (1.0, 9)]
)
def test_a_score_counts_in_its_tenth(score, tenth):
    scores = summarise([run_start(), redaction(score=score)]).scores()
    assert scores == tuple(int(number == tenth) for number in range(10))


def test_what_a_record_lacks_is_empty_and_what_is_new_is_passed_over():
    bare = {"type": "redaction", "id": "d:1", "document": "d", "later": {"a": 1}}
    (one,) = summarise([bare]).redactions
    assert (one.code, one.line, one.score, one.because, one.run) == ("", None, None, (), 0)


SELECTIONS = {
    "all": (Selection(), True),
    "file by name": (Selection(file="letter"), True),
    "file by id": (Selection(file="d1"), True),
    "other file": (Selection(file="memo"), False),
    "a part of an id is no id": (Selection(file="d"), False),
    "type, in small letters": (Selection(entity="person"), True),
    "other type": (Selection(entity="US_SSN"), False),
    "rule": (Selection(rule="email"), True),
    "rule that agreed": (Selection(rule="link:name"), True),
    "other rule": (Selection(rule="phone"), False),
    "code": (Selection(code="(b)(6)"), True),
    "a part of a code is no code": (Selection(code="(b)"), False),
    "action": (Selection(action="pseudonym"), True),
    "other action": (Selection(action="keep"), False),
    "decision": (Selection(decision="auto"), True),
    "other decision": (Selection(decision="confirmed"), False),
    "run": (Selection(run="4f2a"), True),
    "other run": (Selection(run="99"), False),
    "its very score": (Selection(min_score=0.85), True),
    "a higher score": (Selection(min_score=0.86), False),
    "in doubt": (Selection(review=True), False),
}


@pytest.mark.parametrize(("wanted", "taken"), SELECTIONS.values(), ids=SELECTIONS)
def test_a_selection_takes_what_it_names(wanted, taken):
    record = redaction(code="(b)(6)", because=["rule:email/plain", "link:name"])
    (one,) = summarise([record]).redactions
    assert wanted.takes(one, "letter.txt", "4f2a" * 8) is taken


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("rule:staff/badge", "Staff badge."),
        ("rule:staff/badge + code", "Staff badge."),
        ("rule:gone", "The rule gone, which is not at hand."),
        ("presidio:IbanRecognizer", "Microsoft Presidio's recogniser IbanRecognizer."),
        ("link:initials", "The initials of a person who was found elsewhere."),
        ("link:new way", "Linked by redactor: new way."),
        ("list:remove", "A term of the user's own deny list."),
        ("something else", "something else."),
    ],
)
def test_every_source_is_explained(source, said):
    assert Meanings({"staff/badge": "Staff badge."}, same_rules=True).source(source) == said


def test_every_way_to_link_is_explained():
    from pathlib import Path

    import redactor

    code = "".join(
        path.read_text("utf-8")
        for path in (Path(redactor.__file__).parent / "detect").rglob("*.py")
    )
    linked = set(re.findall(r'"(link:[a-z ]+)"', code))
    assert len(linked) > 8
    unknown = [one for one in linked if "Linked by" in Meanings({}, same_rules=True).source(one)]
    assert unknown == []


def test_every_reason_is_a_sentence_of_the_error():
    assert reason("UnsupportedFormat") == "No format of ours reads this kind of file."
    assert reason("Excluded").startswith("Left out on purpose")
    assert reason("NotAnError") == "NotAnError"
