"""From findings to decisions: thresholds, overlaps, and who stays. Pure.

The laws, property-tested:

1. every character that an accepted finding covers is covered by a decision that removes it,
   unless the mention belongs to somebody who stays;
2. any order of the findings gives the same decisions.

Findings that overlap become one decision over their union; the winner chooses only the label.
Who wins is a total order: the higher score, then the longer span, then names and positions; only
a person inside an address, who does not begin it, leaves the label to the address.
Findings that merely touch stay apart.

What goes on doubtful grounds alone is marked for review: where a character of a decision is covered
by findings whose scores are all below the policy's `review`.

A look-alike (a version number, an ISBN, a decorator: rules of the entity LOOKALIKE) is no finding.
What lies wholly inside such, and is no surer than they are, is none either: digits are no
telephone number once they are known to be something else.

What stays is told once a place, unless it goes with something around it.

Any removal beats keeping, but for one case: a person on the allow list. Person findings wholly
inside a mention of such a person are dropped; other findings there (an address, a number) are not,
unless the allow list names their entity too and they are wholly inside one of it that is theirs.

What is found with a score just below its threshold stays, and is marked for review (`near`): the
log is to say so, since no later reader can ask detectors that are gone.

What the policy would remove, but for a restriction that has ended, stays: not because it is
somebody's, but wherever nothing else takes it along.

Deny lists have the last word. What one names is redacted, under any policy and for anybody who
stays. What a list allows stays with all that is found wholly inside it; what reaches beyond goes,
and takes it along.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from sys import maxsize

from redactor.model import Action, Decision, Exemption, Finding, Policy

Span = tuple[int, int, int]
"""Segment, start, end."""


LOOKALIKE = "LOOKALIKE"
"""The entity of what looks like personal data and is none."""

DENIED, ALLOWED = "list:remove", "list:keep"
"""Sources of the findings of deny lists and allow lists, as the log has always named them."""

NEAR_MISS_MARGIN = 0.1
"""How far below its threshold a finding is still told of, and left to a person to judge."""

NEVER_ALIKE = frozenset(
    {"PERSON", "AGE", "DATE_OF_BIRTH", "STREET_ADDRESS", "CREDENTIAL", "CASE_NUMBER", "DEVICE_ID"}
)
"""What no look-alike takes away: it rests on more than the shape of a number or of a word."""


def drop_lookalikes(findings: Iterable[Finding], alike: Iterable[Finding]) -> list[Finding]:
    """Return the findings without what only looks like something: look-alikes cover it wholly."""
    listed = list(alike)
    covers = {
        score: Cover((one.segment, one.start, one.end) for one in listed if one.score >= score)
        for score in {one.score for one in listed}
    }
    return [
        one
        for one in findings
        if one.entity in NEVER_ALIKE
        or not any(score >= one.score and cover.holds(one) for score, cover in covers.items())
    ]


def accepted(findings: Iterable[Finding], policy: Policy) -> list[Finding]:
    """Return the findings that the policy removes, sorted, each once."""
    chosen = {finding for finding in findings if _removed(finding, policy)}
    return sorted(chosen, key=place)


def near_misses(findings: Iterable[Finding], policy: Policy) -> list[Finding]:
    """Return the findings that would go, were their scores higher by `HAIR`."""
    return [one for one in findings if policy.removes(one.entity) and _is_near_miss(one, policy)]


def _is_near_miss(finding: Finding, policy: Policy) -> bool:
    threshold = policy.entity_policy(finding.entity).threshold
    return finding.source != DENIED and threshold - NEAR_MISS_MARGIN <= finding.score < threshold


def standing_near_misses(
    findings: Iterable[Finding], decisions: Sequence[Decision], policy: Policy
) -> list[Decision]:
    """Return what stays since its score is just too low, where nothing else is decided."""
    others = [replace(one.finding, start=one.start, end=one.end) for one in decisions]
    short = set(findings) - set(others)
    groups = _overlapping(sorted({*short, *others}, key=place) if short else [])
    made = (_decision(group, policy) for group in groups if short.issuperset(group))
    return [
        replace(
            one,
            action=Action.KEEP,
            review=("near",),
            exemption=Exemption(),
            shows=(),
            parameters=(),
        )
        for one in made
    ]


def split_expired(
    findings: Iterable[Finding], policy: Policy
) -> tuple[list[Finding], list[Finding]]:
    """Return the findings that go, sorted, and those that stay, for their restriction has ended.

    What is wholly inside one that stays, and weaker, is a part of it and no finding, as the host in
    an address. But a person goes all the same, and so does what a list denies.
    """
    listed = list(findings)
    treated = ((one, policy.entity_policy(one.entity)) for one in listed if one.source != DENIED)
    stays = [one for one, way in treated if way.lifted and one.score >= way.threshold]
    goes = accepted(listed, policy)
    if not stays:
        return goes, []
    groups = _overlapping(sorted({*goes, *stays}, key=place))
    parts = {one for group in groups for one in _parts(group, frozenset(stays))}
    return [one for one in goes if one not in parts], stays


def _parts(group: Sequence[Finding], stays: frozenset[Finding]) -> Iterator[Finding]:
    stronger = [one for one in group if one in stays]
    for one in group:
        apart = one.entity == "PERSON" or one.source == DENIED
        if not apart and any(_takes(other, one) for other in stronger):
            yield one


def _takes(stronger: Finding, finding: Finding) -> bool:
    """Tell whether a finding is a part of another one."""
    inside = stronger.segment == finding.segment and stronger.start <= finding.start
    return inside and finding.end <= stronger.end and _rank(stronger) < _rank(finding)


def _removed(finding: Finding, policy: Policy) -> bool:
    if finding.source == DENIED:
        return True
    enough = finding.score >= policy.entity_policy(finding.entity).threshold
    return enough and policy.removes(finding.entity)


def without_allowed(findings: Iterable[Finding], allowed: Iterable[Finding]) -> list[Finding]:
    """Return the findings that no allowed term covers wholly, and those that a list denies."""
    cover = Cover((one.segment, one.start, one.end) for one in allowed)
    return [one for one in findings if one.source == DENIED or not cover.holds(one)]


def place(finding: Finding) -> tuple[int, int, int, str, float, str]:
    """Return what findings are sorted by."""
    return (
        finding.segment,
        finding.start,
        finding.end,
        finding.entity,
        finding.score,
        finding.source,
    )


def decide(
    findings: Iterable[Finding],
    policy: Policy,
    *,
    kept: Sequence[Finding] = (),
    released: Iterable[Finding] = (),
    placeholders: Iterable[Span] = (),
) -> tuple[Decision, ...]:
    """Return what happens where, sorted by place.

    `kept` are mentions of people who stay, values of theirs that do, and allowed terms (what goes
    with something around it is not recorded as kept); `released` are findings whose restriction
    has ended; `placeholders` are replacements of an earlier run, inside which nothing is found.
    """
    inert = Cover(placeholders)
    stays = {
        entity: Cover((f.segment, f.start, f.end) for f in kept if f.entity == entity)
        for entity in {finding.entity for finding in kept}
    }
    wanted = accepted(findings, policy)
    removed = [
        finding
        for finding in without_allowed(wanted, (one for one in kept if one.source == ALLOWED))
        if not inert.holds(finding)
        and (
            finding.source == DENIED
            or not (finding.entity in stays and stays[finding.entity].holds(finding))
        )
    ]
    decisions = [_decision(group, policy) for group in _overlapping(removed)]
    gone = Cover((one.finding.segment, one.start, one.end) for one in decisions)
    left = sorted((one for one in kept if not gone.holds(one)), key=place)
    keeps = [_keep(group) for group in _overlapping(left)]
    keeps += _releases((one for one in released if not inert.holds(one)), [*removed, *kept], policy)
    return tuple(sorted([*decisions, *keeps], key=lambda d: (d.finding.segment, d.start, d.end)))


def _keep(group: Sequence[Finding]) -> Decision:
    """Return that a mention stays, by whatever ways it was seen."""
    start, end = group[0].start, max(finding.end for finding in group)
    sources = tuple(sorted({finding.source for finding in group}))
    return Decision(min(group, key=_rank), start, end, Action.KEEP, sources)


def ended(until: date) -> str:
    """Return why something stays whose restriction has ended."""
    return f"The restriction ended on {until}."


def _releases(
    findings: Iterable[Finding], others: Iterable[Finding], policy: Policy
) -> Iterator[Decision]:
    """Yield what stays because a restriction has ended, wherever nothing else is decided."""
    lifted = set(findings)
    for group in _overlapping(sorted({*lifted, *others}, key=place) if lifted else []):
        if lifted.issuperset(group):
            decision = _decision(group, policy)
            until = decision.exemption.restrict_until
            exemption = Exemption(reason=ended(until) if until else "", restrict_until=until)
            kept = replace(decision, action=Action.KEEP, review=(), exemption=exemption)
            yield replace(kept, shows=(), parameters=())


def _overlapping(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Cut findings, sorted by place, into groups that hang together by overlaps."""
    group: list[Finding] = []
    end = 0
    for finding in findings:
        if group and (finding.segment != group[0].segment or finding.start >= end):
            yield group
            group = []
        end = max(end, finding.end) if group else finding.end
        group.append(finding)
    if group:
        yield group


def _decision(group: list[Finding], policy: Policy) -> Decision:
    start, end = group[0].start, max(finding.end for finding in group)
    winner = min(group, key=_rank)
    if winner.entity == "PERSON" and winner.start > start:
        winner = min(
            (one for one in group if _is_address(one, start, end)), key=_rank, default=winner
        )
    entity_policy = policy.removal(winner.entity)
    return Decision(
        winner,
        start,
        end,
        entity_policy.action,
        tuple(sorted({finding.source for finding in group})),
        ("score",) if _doubtful(group, policy) else (),
        entity_policy.exemption,
        entity_policy.shows,
        parameters=entity_policy.parameters,
    )


def _is_address(finding: Finding, start: int, end: int) -> bool:
    """Tell whether all of a place is an address: a name in it is a street's or a town's."""
    return finding.entity == "STREET_ADDRESS" and (finding.start, finding.end) == (start, end)


def _doubtful(group: list[Finding], policy: Policy) -> bool:
    """Tell whether the sure findings of a group, sorted by place, leave a part of it uncovered."""
    reach = group[0].start
    for finding in group:
        if finding.start <= reach and finding.score >= policy.entity_policy(finding.entity).review:
            reach = max(reach, finding.end)
    return reach < max(finding.end for finding in group)


def _rank(finding: Finding) -> tuple[float, int, str, str, int, int]:
    """Order the findings of one group; the least is the winner."""
    return (
        -finding.score,
        finding.start - finding.end,
        finding.entity,
        finding.source,
        finding.start,
        finding.end,
    )


class Cover:
    """A set of spans, merged where they overlap, that tells whether it holds a finding."""

    def __init__(self, spans: Iterable[Span]) -> None:
        """Merge the spans."""
        self._spans: list[Span] = []
        for segment, start, end in sorted(set(spans)):
            last = self._spans[-1] if self._spans else (-1, 0, 0)
            if last[0] == segment and start < last[2]:
                self._spans[-1] = segment, last[1], max(end, last[2])
            else:
                self._spans.append((segment, start, end))

    def holds(self, finding: Finding) -> bool:
        """Tell whether all of a finding lies inside."""
        after = bisect_right(self._spans, (finding.segment, finding.start, maxsize))
        if not after:
            return False
        segment, _, end = self._spans[after - 1]
        return segment == finding.segment and finding.end <= end
