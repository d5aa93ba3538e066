"""Decisions carried out: output, log and verification follow, and nothing else changes."""

from __future__ import annotations

import re

import pytest
from desk import REVIEWER, Desk, added, row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redactor.analysis import unit
from redactor.errors import DecisionsError, ExitCode
from redactor.model import Status
from redactor.operators import replacing
from redactor.operators.replacing import replacements

LETTER = """Dear Ms Vance,

Mr Teodor Vance wrote to us from teodor.vance@example.org on Tuesday; his number is 020 7946 0321.
We answered Teodor Vance the same day. The nick ochreplume was seen, and OCHREPLUME once more.
"""
PLACEHOLDER = re.compile(r"\[[A-Z_]+_[0-9A-Z]{8}\]")


def person(desk, line, nth=0):
    return [one for one in desk.now if one["entity"] == "PERSON" and one.get("line") == line][nth]


def of(desk, entity):
    return next(one for one in desk.now if one["entity"] == entity)


def ruled(desk, decision):
    return [one for one in desk.now if one["decision"] == decision]


class TestRestore:
    def test_one_mention_stays_and_the_others_go(self, desk):
        at = desk(a=LETTER)
        before = at.copy()
        placeholder = person(at, 4)["placeholder"]
        at.again(at.decisions(row(person(at, 3), "restore", note="public by the press report")))
        assert at.copy() == before.replace(placeholder, "Teodor Vance", 1)
        assert at.copy().count(placeholder) == 1
        assert at.problems() == []

    def test_the_log_says_who_why_and_what_was_before(self, desk):
        at = desk(a=LETTER)
        first = person(at, 3)
        at.again(at.decisions(row(first, "restore", note="public by the press report")))
        [kept] = ruled(at, "restored")
        assert (kept["action"], kept["reviewer"], kept["note"], kept["supersedes"]) == (
            "keep",
            REVIEWER,
            "public by the press report",
            first["id"],
        )
        assert kept["earlier"] == {"action": "pseudonym", "entity": "PERSON", "decision": "auto"}
        assert at.text_of(kept) == "Teodor Vance"
        assert first in at.records
        ids = [one["id"] for one in at.records if one["type"] == "redaction"]
        assert len(set(ids)) == len(ids)

    def test_in_the_document_the_same_text_stays_and_other_forms_go(self, desk):
        at = desk(a=LETTER, b="Teodor Vance called.\n")
        at.again(at.decisions(row(person(at, 3), "restore", where="document")))
        assert at.copy().count("Teodor Vance") == 2
        assert "Ms Vance" not in at.copy()
        assert "Teodor" not in at.copy("b")
        assert at.problems() == []

    def test_everywhere_means_the_other_documents_too(self, desk):
        at = desk(a=LETTER, b="Teodor Vance called.\n")
        [other] = at.of_file("b")
        at.again(at.decisions(row(person(at, 3), "restore", where="everywhere")))
        assert at.copy("b") == "Teodor Vance called.\n"
        [kept] = at.of_file("b")
        assert (kept["decision"], kept["supersedes"]) == ("restored", other["id"])
        assert at.problems() == []

    def test_what_nobody_restored_never_comes_through(self, desk, monkeypatch):
        """The verification lets through the restored place alone, whoever wrote the draft."""
        at = desk(a=LETTER)
        decided = at.decisions(row(person(at, 3), "restore"))

        def broken(removals, context):
            texts = replacements(removals, context)
            same = [t.startswith("[PERSON_") for t in texts]
            starts = [one.decision.start for one in removals]
            last = max(at for at, person in enumerate(same) if person and starts[at] > 100)
            return [*texts[:last], "Teodor Vance", *texts[last + 1 :]]

        monkeypatch.setattr(replacing, "replacements", broken)
        report = at.again(decided)
        assert report.exit_code is ExitCode.LEAK
        assert [one.status for one in report.outcomes] == [Status.FAILED]
        assert not (at.out / "a.txt").exists()

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(chosen=st.sets(st.integers(0, 5)))
    def test_exactly_what_was_chosen_is_put_back(self, desk, tmp_path_factory, chosen):
        at = Desk.of(tmp_path_factory.mktemp("desk"), {"a": LETTER})
        rows = at.now
        source, copy = LETTER, at.copy()
        assert len(rows) >= 6
        gone = originals(source, copy)
        picked = [one for number, one in enumerate(rows[:6]) if number in chosen]
        if picked:
            at.again(at.decisions(*(row(one, "restore") for one in picked)))
        texts = iter(gone)
        starts = {one["start"] for one in picked}
        expected = PLACEHOLDER.sub(
            lambda m: next(texts) if m.start() in starts else (next(texts), m.group())[1], copy
        )
        assert at.copy() == expected
        assert at.problems() == []


def originals(source, copy):
    """Return what stood where a copy has placeholders."""
    parts = PLACEHOLDER.split(copy)
    found = re.fullmatch("(.+)".join(re.escape(part) for part in parts), source, re.DOTALL)
    return found.groups()


class TestOthers:
    def test_a_confirmed_place_is_no_longer_in_doubt(self, desk):
        at = desk(a="Kevin Marsh met Jane Marsh. Then Marsh left.\n")
        before = at.copy()
        doubtful = next(one for one in at.now if one.get("review"))
        report = at.again(at.decisions(row(doubtful, "confirm")))
        [record] = ruled(at, "confirmed")
        assert record["supersedes"] == doubtful["id"]
        assert "review" not in record
        assert at.copy() == before
        assert report.outcomes[0].review == sum("review" in one for one in at.now)

    def test_another_type(self, desk):
        at = desk(a=LETTER)
        at.again(at.decisions(row(of(at, "EMAIL_ADDRESS"), "change", type="HANDLE")))
        [record] = ruled(at, "changed")
        assert record["entity"] == "HANDLE"
        assert record["placeholder"].startswith("[HANDLE_")
        assert record["placeholder"] in at.copy()
        assert record["earlier"]["entity"] == "EMAIL_ADDRESS"
        assert at.problems() == []

    def test_an_unknown_type_is_refused(self, desk):
        at = desk(a=LETTER)
        with pytest.raises(DecisionsError, match=r"line \d+: no such type"):
            at.again(at.decisions(row(of(at, "EMAIL_ADDRESS"), "change", type="HANDEL")))


class TestAdd:
    def test_an_added_text_goes_in_all_its_mentions(self, desk):
        at = desk(a="The nick ochreplume was seen. OCHREPLUME’s bag. b2NocmVwbHVtZSBpcyBoZXJl\n")
        at.again(at.decisions(added("ochreplume", type="HANDLE")))
        assert "ochreplume" not in at.copy().lower()
        assert "b2NocmVwbHVtZSBpcyBoZXJl" not in at.copy()
        record = ruled(at, "added")[0]
        assert (record["source"], record["reviewer"]) == ("review:added", REVIEWER)
        assert at.problems() == []

    def test_an_added_person_goes_by_all_names(self, desk):
        at = desk(a="The paper of ochre plume is late. Later Plume said: no. Ask Ochre.\n")
        at.again(at.decisions(added("Ochre Plume", type="PERSON")))
        assert "plume" not in at.copy().lower()
        assert "Ask Ochre" not in at.copy()

    def test_here_alone(self, desk):
        at = desk(a=LETTER)
        text = "One ochreplume.\nTwo ochreplume.\n"
        at.source().write_text(text, "utf-8")
        at.again(
            at.decisions(added("ochreplume", where="here", line=2, type="HANDLE")),
            out=at.base / "out2",
        )
        assert re.fullmatch(r"One ochreplume\.\nTwo \[HANDLE_\w{8}\]\.\n", at.copy())
        [record] = ruled(at, "added")
        assert record["scope"] == "mention"
        assert at.problems() == []

    def test_a_kind_that_the_policy_keeps_goes_all_the_same(self, desk):
        at = desk(a="The Plumbers' Guild met in Harrow.\n")
        at.again(at.decisions(added("Plumbers' Guild", type="ORGANIZATION")))
        assert re.match(r"The \[ORGANIZATION_\w{8}\] met", at.copy())

    def test_a_text_that_is_not_there_is_refused(self, desk):
        at = desk(a=LETTER)
        with pytest.raises(DecisionsError, match="does not stand in the document") as error:
            at.again(at.decisions(added("quillfeather")))
        assert "quillfeather" not in str(error.value)

    def test_a_line_that_does_not_hold_it_is_refused(self, desk):
        at = desk(a=LETTER)
        with pytest.raises(DecisionsError, match="does not stand on this line"):
            at.again(at.decisions(added("ochreplume", line=1)))

    def test_everywhere(self, desk):
        at = desk(a=LETTER, b="Seen: ochreplume.\n", c="Nothing.\n")
        at.again(at.decisions(added("ochreplume", file="", where="everywhere")))
        assert "ochreplume" not in at.copy("a").lower() + at.copy("b")
        assert at.copy("c") == "Nothing.\n"
        assert at.problems() == []


class TestRounds:
    def test_a_later_review_has_the_last_word(self, desk):
        at = desk(a=LETTER)
        first = at.decisions(row(person(at, 3), "restore"), added("ochreplume", type="HANDLE"))
        at.again(first)
        [back], [seen, _] = ruled(at, "restored"), ruled(at, "added")
        second = at.decisions(row(back, "add"), row(seen, "restore"))
        at.again(first, second)
        assert "Teodor Vance" not in at.copy()
        assert at.copy().count("ochreplume") == 1
        assert "OCHREPLUME" not in at.copy()
        assert [one["supersedes"] for one in ruled(at, "restored")] == [seen["id"]]
        assert back["id"] in [one.get("supersedes") for one in ruled(at, "added")]
        assert at.problems() == []
        third = at.decisions(row(ruled(at, "restored")[0], "confirm"))
        at.again(first, second, third)
        assert at.copy().count("ochreplume") == 1

    def test_the_order_of_the_files_does_not_matter(self, desk):
        at = desk(a=LETTER)
        first = at.decisions(row(person(at, 3), "restore"))
        at.again(first)
        second = at.decisions(row(ruled(at, "restored")[0], "add"))
        at.again(second, first)
        assert "Teodor" not in at.copy()

    def test_decisions_of_an_earlier_review_must_not_be_left_out(self, desk):
        at = desk(a=LETTER)
        first = at.decisions(row(person(at, 3), "restore"))
        at.again(first)
        second = at.decisions(row(of(at, "EMAIL_ADDRESS"), "confirm"))
        with pytest.raises(DecisionsError, match="decisions that are not given"):
            at.again(second)
        with pytest.raises(DecisionsError, match="decisions that are not given"):
            at.again(second, out=at.base / "other")
        assert not (at.base / "other").exists()

    def test_two_reviewers_of_one_run(self, desk):
        at = desk(a=LETTER)
        one = at.decisions(row(person(at, 3), "restore"))
        other = at.decisions(added("ochreplume", type="HANDLE"))
        at.again(one, other)
        assert "Mr Teodor Vance" in at.copy()
        assert "ochreplume" not in at.copy().lower()


class TestStale:
    def test_a_changed_source(self, desk):
        at = desk(a=LETTER)
        decided = at.decisions(row(person(at, 3), "restore"))
        at.source().write_text("Really: " + LETTER, "utf-8")
        log = at.records
        with pytest.raises(DecisionsError, match="stale"):
            at.again(decided)
        assert at.records == log

    def test_another_text_of_the_same_kind_at_the_same_place(self, desk):
        at = desk(a=LETTER)
        decided = at.decisions(row(person(at, 3), "restore"))
        at.source().write_text(LETTER.replace("Teodor Vance", "Ulrich Brand"), "utf-8")
        with pytest.raises(DecisionsError, match="stale"):
            at.again(decided)

    def test_another_policy(self, desk, tmp_path):
        at = desk(a=LETTER)
        policy = tmp_path / "other.yaml"
        policy.write_text(
            "name: other\nabout: no people\nremove: {EMAIL_ADDRESS: }\nkeep: [PERSON]\n", "utf-8"
        )
        decided = at.decisions(row(person(at, 3), "restore"))
        with pytest.raises(DecisionsError, match="stale"):
            at.again(decided, policy=policy)

    def test_another_key(self, desk, tmp_path):
        at = desk(a=LETTER)
        (tmp_path / "other.key").write_text("ab" * 32)
        decided = at.decisions(row(person(at, 3), "restore"))
        with pytest.raises(DecisionsError, match="stale: it was drawn under another key"):
            at.again(decided, out=tmp_path / "out2", key=tmp_path / "other.key")


def test_a_new_folder_gets_the_same_copies(desk):
    at = desk(a=LETTER, b="Teodor Vance called.\n")
    decided = at.decisions(
        row(person(at, 3), "restore", where="everywhere"), added("ochreplume", type="HANDLE")
    )
    at.again(decided)
    copies = at.copy("a"), at.copy("b")
    at.again(decided, out=at.base / "release")
    assert (at.copy("a"), at.copy("b")) == copies
    assert at.problems() == []


def test_a_document_that_fails_now_loses_its_copy(desk):
    at = desk(a=LETTER, b="Teodor Vance called.\n")
    decided = at.decisions(row(person(at, 3), "restore"))
    at.source("b").write_bytes(b"%PDF-1.7\n")
    report = at.again(decided)
    assert report.exit_code is ExitCode.INPUT
    assert not (at.out / "b.txt").exists()
    assert at.problems() == []


@pytest.mark.parametrize("note", ["saw teodor vance", "ring 02079460321", "Vance is public"])
def test_a_note_that_holds_what_was_removed_is_refused(desk, note):
    at = desk(a=LETTER, b="Teodor Vance called.\n")
    log = at.records
    with pytest.raises(DecisionsError, match="the note") as error:
        at.again(at.decisions(row(of(at, "EMAIL_ADDRESS"), "confirm", note=note)))
    assert note not in str(error.value)
    assert at.records == log


def test_a_note_may_not_tell_of_another_document_either(desk):
    at = desk(a=LETTER, b="Ilse Brandt called.\n")
    decided = at.decisions(row(person(at, 3), "restore", note="as Ilse Brandt says"))
    for options in ({}, {"out": at.base / "out2"}):
        with pytest.raises(DecisionsError, match="the note"):
            at.again(decided, **options)
    assert not (at.base / "out2").exists()


def test_nothing_of_a_decisions_file_is_in_the_log_but_notes(desk):
    at = desk(a=LETTER)
    at.again(at.decisions(added("ochreplume", type="HANDLE", note="seen twice")))
    text = (at.audit / "audit.jsonl").read_text("utf-8")
    assert "seen twice" in text
    assert "ochreplume" not in text.lower()


CODED = """name: coded
about: For tests.
codes: foia
placeholder: [code]
remove: {PERSON: , EMAIL_ADDRESS: }
keep: [ORGANIZATION, LOCATION, DATE_TIME, NRP, URL, PHONE_NUMBER]
"""


class TestCodes:
    @pytest.fixture
    def at(self, desk, tmp_path):
        (tmp_path / "coded.yaml").write_text(CODED, "utf-8")
        return desk(tmp_path / "coded.yaml", a=LETTER)

    def test_a_changed_code_takes_its_basis_and_reason_along(self, at):
        first = of(at, "EMAIL_ADDRESS")
        at.again(at.decisions(row(first, "change", code="(b)(7)(C)")))
        [changed] = ruled(at, "changed")
        assert changed["code"] == "(b)(7)(C)"
        assert "552(b)(7)(C)" in changed["basis"]
        assert changed["reason"] != first["reason"]
        assert changed["earlier"]["code"] == first["code"] == "(b)(6)"
        assert "(b)(7)(C)]" in at.copy()
        assert at.copy().count("(b)(6)]") == len(at.now) - 1
        assert at.problems() == []

    def test_a_restored_place_has_no_code(self, at):
        at.again(at.decisions(row(of(at, "EMAIL_ADDRESS"), "restore")))
        [kept] = ruled(at, "restored")
        assert "code" not in kept
        assert kept["earlier"]["code"] == "(b)(6)"

    def test_an_added_text_has_the_code_it_is_given(self, at):
        at.again(at.decisions(added("ochreplume", type="HANDLE", code="(b)(7)(C)")))
        assert {one["code"] for one in ruled(at, "added")} == {"(b)(7)(C)"}

    def test_a_later_change_leaves_the_rest_as_it_was(self, at):
        first = at.decisions(row(of(at, "EMAIL_ADDRESS"), "change", code="(b)(7)(C)"))
        at.again(first)
        second = at.decisions(row(ruled(at, "changed")[0], "change", type="PERSON"))
        at.again(first, second)
        [changed] = ruled(at, "changed")
        assert (changed["entity"], changed["code"]) == ("PERSON", "(b)(7)(C)")
        assert changed["earlier"]["decision"] == "changed"
        assert changed["earlier"]["reviewer"] == REVIEWER

    def test_an_unknown_code_is_refused(self, at):
        decided = at.decisions(row(of(at, "EMAIL_ADDRESS"), "change", code="(b)(6)(Z)"))
        with pytest.raises(DecisionsError, match=r"line \d+: neither the policy"):
            at.again(decided)


class TestOtherTexts:
    """Positions hold in every encoding, line ends, windows and other readings."""

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_encodings_and_line_ends(self, desk, encoding, end):
        at = desk(a="x\n")
        text = (
            f"Caf\u00e9{end}Mr Teodor Vance wrote.{end}So did Teodor Vance, by the blue heron.{end}"
        )
        at.source().write_bytes(text.encode(encoding))
        start = at.again_from_scratch()
        first, second, *_ = [one for one in start if one["entity"] == "PERSON"]
        before = (at.out / "a.txt").read_bytes().decode(encoding)
        at.again(at.decisions(row(second, "restore"), added("blue heron", type="HANDLE")))
        after = (at.out / "a.txt").read_bytes().decode(encoding)
        expected = before.replace(second["placeholder"], "Teodor Vance").replace(
            "Mr Teodor Vance", f"Mr {first['placeholder']}"
        )
        assert re.sub(r"\[HANDLE_\w{8}\]", "blue heron", after) == expected
        assert "blue heron" not in after
        assert at.problems() == []

    def test_a_text_of_several_windows(self, desk, monkeypatch):
        for name, size in (("WINDOW", 8_000), ("OVERLAP", 1_000), ("CONTEXT", 100)):
            monkeypatch.setattr(unit, name, size)
        filler = "The tide was low and the boats lay dry on the sand.\n" * 200
        at = desk(a=f"Teodor Vance came.\n{filler}Then Teodor Vance left; blue heron.\n{filler}")
        first, second = [one for one in at.now if one["entity"] == "PERSON"]
        at.again(
            at.decisions(
                row(second, "restore"),
                added("blue heron", line=second["line"], where="here", type="HANDLE"),
            )
        )
        copy = at.copy()
        assert copy.startswith(first["placeholder"])
        assert re.search(r"Then Teodor Vance left; \[HANDLE_\w{8}\]\.", copy)
        [kept] = ruled(at, "restored")
        assert (kept["line"], at.text_of(kept)) == (second["line"], "Teodor Vance")
        assert at.problems() == []

    def test_a_line_is_one_of_the_copy(self, desk):
        address = "Write to\n12 Mill Lane\nLondon NW1 6XE\nplease.\nThere the blue heron was.\n"
        at = desk(a=address)
        copied = at.copy().splitlines()
        line = next(n for n, text in enumerate(copied, 1) if "blue heron" in text)
        assert line < 5  # the address is one placeholder
        at.again(at.decisions(added("blue heron", line=line, where="here", type="HANDLE")))
        assert "blue heron" not in at.copy()

    def test_an_encoded_stretch_is_restored_as_a_whole(self, desk):
        code = "VGVvZG9yIFZhbmNlIDx0ZW9kb3IudmFuY2VAZXhhbXBsZS5vcmc+"
        at = desk(a=f"Teodor Vance wrote {code} on Tuesday.\n")
        assert code not in at.copy()
        one = next(one for one in at.now if one["start"] > 20)
        at.again(at.decisions(row(one, "restore")))
        assert code in at.copy()
        assert not at.copy().startswith("Teodor")
        assert [p.message for p in at.problems()] == []
