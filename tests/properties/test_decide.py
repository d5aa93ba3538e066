"""The laws of `decide`, for any findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from redactor.decide import LOOKALIKE, accepted, decide, drop_lookalikes, split_expired
from redactor.model import Action, EntityPolicy, Exemption, Finding, Policy

POLICY = Policy(
    name="test",
    about="",
    entity_policies={
        "PERSON": EntityPolicy(Action.PSEUDONYM, 0.4, review=0.69),
        "EMAIL_ADDRESS": EntityPolicy(Action.LABEL, 0.7),
        "US_SSN": EntityPolicy(Action.MASK, 0.0, review=0.5),
        "LOCATION": EntityPolicy(Action.KEEP, 0.0),
    },
    unlisted=EntityPolicy(Action.NUMBER, 0.5),
)
LENGTH = 30
LEAST = {
    entity: (POLICY.entity_policy(entity).threshold, POLICY.entity_policy(entity).review)
    for entity in ("PERSON", "EMAIL_ADDRESS", "US_SSN", "LOCATION", "BADGE")
}

many = settings(max_examples=100, deadline=None)


@st.composite
def _findings(draw, entities=("PERSON", "EMAIL_ADDRESS", "US_SSN", "LOCATION", "BADGE")):
    start = draw(st.integers(0, LENGTH - 1))
    return Finding(
        segment=draw(st.integers(0, 1)),
        start=start,
        end=draw(st.integers(start + 1, LENGTH)),
        entity=draw(st.sampled_from(entities)),
        score=draw(st.sampled_from([0.0, 0.3, 0.4, 0.5, 0.69, 0.7, 1.0])),
        source=draw(st.sampled_from(["rule:a", "rule:b", "model:c"])),
    )


findings = st.lists(_findings(), max_size=12)
people = st.lists(_findings(entities=["PERSON"]), max_size=3)


def cells(spans):
    return {(segment, at) for segment, start, end in spans for at in range(start, end)}


def span(finding):
    return finding.segment, finding.start, finding.end


def place(decision):
    return decision.finding.segment, decision.start, decision.end


def removals(decisions):
    return [decision for decision in decisions if decision.action is not Action.KEEP]


@many
@given(findings, people)
def test_no_character_of_an_accepted_finding_survives_but_for_people_who_stay(found, kept):
    removed = cells(place(d) for d in removals(decide(found, POLICY, kept=kept)))
    stays = cells(map(span, kept))
    for finding in accepted(found, POLICY):
        lost = cells([span(finding)]) - removed
        assert not lost or (finding.entity == "PERSON" and lost <= stays)


@many
@given(findings, people)
def test_nothing_is_removed_that_no_accepted_finding_covers(found, kept):
    removed = cells(place(d) for d in removals(decide(found, POLICY, kept=kept)))
    assert removed <= cells(map(span, accepted(found, POLICY)))


@many
@given(findings, people, st.randoms(use_true_random=False))
def test_any_order_of_the_findings_gives_the_same_decisions(found, kept, random):
    other = [*found, *found[:3]]
    random.shuffle(other)
    assert decide(found, POLICY, kept=kept) == decide(iter(other), POLICY, kept=kept)


@many
@given(findings, people)
def test_decisions_are_sorted_and_removals_do_not_overlap(found, kept):
    decisions = decide(found, POLICY, kept=kept)
    assert list(map(place, decisions)) == sorted(map(place, decisions))
    for one, other in pairwise(removals(decisions)):
        assert place(one)[:1] < place(other)[:1] or one.end <= other.start


@many
@given(findings)
def test_deciding_over_what_was_decided_changes_nothing(found):
    first = decide(found, POLICY)
    again = [replace(d.finding, start=d.start, end=d.end) for d in first]
    second = decide(again, POLICY)
    assert [(place(d), d.action) for d in first] == [(place(d), d.action) for d in second]


@many
@given(findings)
def test_the_winner_is_one_of_those_who_agreed_and_none_of_them_was_surer(found):
    for decision in decide(found, POLICY):
        group = [
            f
            for f in accepted(found, POLICY)
            if f.segment == decision.finding.segment
            and decision.start <= f.start
            and f.end <= decision.end
        ]
        assert decision.finding in group
        assert decision.finding.score == max(f.score for f in group)
        assert decision.action is POLICY.entity_policy(decision.finding.entity).action
        assert decision.because == tuple(sorted({f.source for f in group}))
        assert (decision.start, decision.end) == (
            min(f.start for f in group),
            max(f.end for f in group),
        )


@many
@given(findings, people)
def test_a_decision_is_for_review_where_no_sure_finding_covers_a_part_of_it(found, kept):
    for decision in decide(found, POLICY, kept=kept):
        sure = cells(
            span(f) for f in found if f.score >= max(LEAST[f.entity]) and POLICY.removes(f.entity)
        )
        stays = cells(map(span, kept))
        covered = cells([place(decision)]) <= sure
        if decision.action is Action.KEEP:
            assert decision.review == ()
        elif not covered:
            assert decision.review == ("score",)
        elif not stays:
            assert decision.review == ()


@many
@given(findings)
def test_review_only_marks(found):
    without = {e: replace(t, review=0.0) for e, t in POLICY.entity_policies.items()}
    plain = decide(found, replace(POLICY, entity_policies=without))
    assert plain == tuple(replace(d, review=()) for d in decide(found, POLICY))


@many
@given(_findings(entities=["PERSON"]), st.integers(1, 9), st.sampled_from(["PERSON", "US_SSN"]))
def test_findings_that_touch_stay_apart(one, width, entity):
    assume(one.score >= 0.4)
    other = replace(one, start=one.end, end=one.end + width, entity=entity)
    assert [place(d) for d in decide([other, one], POLICY)] == [span(one), span(other)]


@many
@given(_findings())
def test_a_finding_counts_from_its_threshold_on(finding):
    entity_policy = POLICY.entity_policy(finding.entity)
    removed = finding.score >= entity_policy.threshold and entity_policy.action is not Action.KEEP
    assert [d.finding for d in decide([finding], POLICY)] == [finding] * removed


@many
@given(findings, _findings(entities=["PERSON"]))
def test_who_stays_drops_person_findings_wholly_inside_and_nothing_else(found, kept):
    inside = [
        f
        for f in found
        if f.entity == "PERSON"
        and f.segment == kept.segment
        and kept.start <= f.start
        and f.end <= kept.end
    ]
    others = [f for f in found if f not in inside]
    assert removals(decide(found, POLICY, kept=[kept])) == list(decide(others, POLICY))


@many
@given(findings, people)
def test_every_mention_of_somebody_who_stays_is_recorded_as_kept(found, kept):
    decided = decide(found, POLICY, kept=kept)
    keeps = [d for d in decided if d.action is Action.KEEP]
    gone = [cells([place(d)]) for d in removals(decided)]
    kept = [one for one in kept if not any(cells([span(one)]) <= each for each in gone)]
    spots = [place(d) for d in keeps]
    for one in kept:  # in one record, however many ways it was seen
        segment, start, end = span(one)
        [holding] = [
            d for d in keeps if place(d)[0] == segment and d.start <= start and end <= d.end
        ]
        assert one.source in holding.because
    assert cells(spots) == cells(map(span, kept))
    assert sum(end - start for _, start, end in spots) == len(cells(spots))
    assert not [spot for spot in spots if any(cells([spot]) <= each for each in gone)]


@many
@given(findings, _findings())
def test_inside_a_placeholder_nothing_is_found(found, placeholder):
    spot = span(placeholder)
    outside = [
        f for f in found if not (f.segment == spot[0] and spot[1] <= f.start and f.end <= spot[2])
    ]
    assert decide(found, POLICY, placeholders=[spot]) == decide(outside, POLICY)


@many
@given(findings)
def test_a_placeholder_over_everything_leaves_nothing_to_do(found):
    everywhere = [(0, 0, LENGTH), (1, 0, LENGTH)]
    assert decide(found, POLICY, placeholders=everywhere) == ()
    assert decide(found, POLICY, placeholders=[*everywhere, (0, 3, 5)]) == ()


@many
@given(findings)
def test_accepted_findings_are_sorted_and_each_stands_once(found):
    chosen = accepted([*found, *found], POLICY)
    assert len(set(chosen)) == len(chosen)
    assert list(map(span, chosen)) == sorted(map(span, chosen))
    assert set(chosen) <= set(found)


alike = st.lists(_findings(entities=[LOOKALIKE]), max_size=6)


@many
@given(findings, alike)
def test_only_what_no_surer_look_alikes_cover_wholly_is_dropped(found, alike):
    kept = drop_lookalikes(found, alike)
    for one in found:
        surer = cells(span(other) for other in alike if other.score >= one.score)
        if not cells([span(one)]) <= surer or one.entity == "PERSON":
            assert one in kept
    assert set(kept) <= set(found)
    assert drop_lookalikes(kept, alike) == kept
    assert drop_lookalikes(found, alike[::-1]) == kept


@many
@given(_findings(entities=["US_SSN", "EMAIL_ADDRESS"]))
def test_a_look_alike_drops_what_it_covers_and_is_no_surer(one):
    alike = replace(one, entity=LOOKALIKE)
    assert drop_lookalikes([one], [alike]) == []
    assert drop_lookalikes([one], [replace(alike, score=one.score - 0.01)]) == [one]


# -- restrictions that have ended ------------------------------------------------------------

LIFTED = replace(
    POLICY,
    entity_policies={
        **POLICY.entity_policies,
        "EMAIL_ADDRESS": EntityPolicy(
            Action.LABEL,
            0.7,
            exemption=Exemption("C-1", restrict_until=date(2030, 1, 1)),
            expired=True,
        ),
    },
)


def lifted(found):
    goes, ended = split_expired(found, LIFTED)
    return decide(goes, LIFTED, released=ended)


@many
@given(findings)
def test_where_nothing_has_ended_nothing_is_parted(found):
    assert split_expired(found, POLICY) == (accepted(found, POLICY), [])


@many
@given(findings)
def test_what_has_ended_comes_back_and_nothing_else(found):
    """What goes without the lifting goes with it, but where a lifted finding was the stronger."""
    before, after = (cells(map(place, removals(d))) for d in (decide(found, POLICY), lifted(found)))
    ended = [f for f in found if f.entity == "EMAIL_ADDRESS" and f.score >= 0.7]
    assert after <= before
    assert before - after <= cells(map(span, ended))
    others = [f for f in accepted(found, LIFTED) if f.entity == "PERSON"]
    assert cells(map(span, others)) <= after
    if not ended:
        assert lifted(found) == decide(found, POLICY)


@many
@given(findings)
def test_what_has_ended_is_recorded_where_nothing_goes(found):
    decisions = lifted(found)
    gone = cells(map(place, removals(decisions)))
    keeps = [d for d in decisions if d.action is Action.KEEP]
    assert not cells(map(place, keeps)) & gone
    assert {d.finding.entity for d in keeps} <= {"EMAIL_ADDRESS"}
    assert {d.exemption for d in keeps} <= {
        Exemption(reason="The restriction ended on 2030-01-01.", restrict_until=date(2030, 1, 1))
    }
    alone = [f for f in split_expired(found, LIFTED)[1] if not cells([span(f)]) & gone]
    assert all(any(f.source in d.because for d in keeps) for f in alone if _untouched(f, found))


def _untouched(finding, found):
    return not any(
        other is not finding and cells([span(other)]) & cells([span(finding)]) for other in found
    )


@many
@given(findings, st.randoms())
def test_the_order_of_findings_changes_nothing_that_is_lifted(found, random):
    shuffled = random.sample(found, len(found))
    assert lifted(found) == lifted(shuffled)
