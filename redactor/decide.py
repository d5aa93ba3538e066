"""From findings to decisions: thresholds, overlaps, and who is kept. Pure.

The laws, property-tested:

1. every character that an accepted finding covers is covered by a decision that redacts it,
   unless the mention is a kept person's;
2. any order of the findings gives the same decisions.

Findings that overlap become one decision over their union; the winner determines only the label.
Who wins is a total order: a cell of a column that the policy names, then the higher score, then the
longer span, then names and positions; only a person inside an address, not at its beginning, leaves
the label to the address. Findings that merely touch stay apart.

A redaction on uncertain grounds alone is marked for review: some character of the decision is
covered by no finding whose score reaches the policy's `review`.

A look-alike (a version number, an ISBN, a decorator: rules of the entity LOOKALIKE) is no finding.
A finding wholly inside one, and with no higher score, is dropped: digits are no telephone number
once they are known to be something else.

A kept mention is recorded once, unless it is redacted as part of something longer.

Any redaction beats keeping, with one exception: a person on the allow list. Person findings wholly
inside a mention of such a person are dropped. Other findings there (an address, a number) are not,
unless the allow list names their entity too and they are wholly inside a value of that person.

A finding with a score just below its threshold is kept, and marked for review (`near`): the log
has to record it, since no later reader can ask detectors that no longer exist.

A value whose restriction has ended is kept, wherever no other redaction covers it.

Deny lists have the last word. A term of one is redacted, under any policy and for any person who
is kept. An allowed term is kept with all findings wholly inside it; a finding that reaches beyond
it is redacted, and the term with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from sys import maxsize

from redactor.model import COLUMN, Action, Decision, Exemption, Finding, Policy

Span = tuple[int, int, int]
"""Segment, start, end."""


LOOKALIKE = "LOOKALIKE"
"""The entity of rules for text that looks like personal data and is none."""

DENIED, ALLOWED = "list:remove", "list:keep"
"""Sources of the findings of deny lists and allow lists, as the log has always named them."""

NEAR_MISS_MARGIN = 0.1
"""How far below its threshold a score still makes a near miss, for a person to judge."""

NEVER_ALIKE = frozenset(
    {"PERSON", "AGE", "DATE_OF_BIRTH", "STREET_ADDRESS", "CREDENTIAL", "CASE_NUMBER", "DEVICE_ID"}
)
"""Entities that no look-alike drops: their rules ask for more than shape alone."""


def drop_lookalikes(findings: Iterable[Finding], alike: Iterable[Finding]) -> list[Finding]:
    """Return the findings that no look-alike of at least the same score covers wholly."""
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
    """Return the findings that the policy redacts, sorted, without duplicates."""
    chosen = {finding for finding in findings if is_removed(finding, policy)}
    return sorted(chosen, key=place)


def near_misses(findings: Iterable[Finding], policy: Policy) -> list[Finding]:
    """Return the findings whose score is less than `NEAR_MISS_MARGIN` below their threshold."""
    return [one for one in findings if policy.removes(one.entity) and _is_near_miss(one, policy)]


def _is_near_miss(finding: Finding, policy: Policy) -> bool:
    """Tell whether a score is below its threshold by no more than the margin."""
    threshold = policy.entity_policy(finding.entity).threshold
    return finding.source != DENIED and threshold - NEAR_MISS_MARGIN <= finding.score < threshold


def standing_near_misses(
    findings: Iterable[Finding], decisions: Sequence[Decision], policy: Policy
) -> list[Decision]:
    """Return a decision to keep each near miss that no other decision covers."""
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
    """Return the findings to redact, sorted, and those to keep because their restriction has ended.

    A weaker finding wholly inside one to keep is a part of it and dropped, as the host in an
    address. Not so a person or a term of a deny list: these are redacted all the same.
    """
    listed = list(findings)
    treated = ((one, policy.entity_policy(one.entity)) for one in listed if one.source != DENIED)
    stays = [one for one, way in treated if way.expired and one.score >= way.threshold]
    goes = accepted(listed, policy)
    if not stays:
        return goes, []
    groups = _overlapping(sorted({*goes, *stays}, key=place))
    parts = {one for group in groups for one in _parts(group, frozenset(stays))}
    return [one for one in goes if one not in parts], stays


def _parts(group: Sequence[Finding], stays: frozenset[Finding]) -> Iterator[Finding]:
    """Yield the findings of a group that are a part of one to keep."""
    stronger = [one for one in group if one in stays]
    for one in group:
        apart = one.entity == "PERSON" or one.source == DENIED
        if not apart and any(_takes(other, one) for other in stronger):
            yield one


def _takes(stronger: Finding, finding: Finding) -> bool:
    """Tell whether a finding is wholly inside a stronger one."""
    inside = stronger.segment == finding.segment and stronger.start <= finding.start
    return inside and finding.end <= stronger.end and _rank(stronger) < _rank(finding)


def is_removed(finding: Finding, policy: Policy) -> bool:
    """Tell whether the policy redacts a finding."""
    if finding.source == DENIED or finding.source.startswith(COLUMN):
        return True
    enough = finding.score >= policy.entity_policy(finding.entity).threshold
    return enough and policy.removes(finding.entity)


def without_allowed(findings: Iterable[Finding], allowed: Iterable[Finding]) -> list[Finding]:
    """Return the findings that no allowed term covers wholly, and all of deny lists."""
    cover = Cover((one.segment, one.start, one.end) for one in allowed)
    return [one for one in findings if one.source == DENIED or not cover.holds(one)]


def place(finding: Finding) -> tuple[int, int, int, str, float, str]:
    """Return the sort key of a finding: segment, start, end, then the rest."""
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
    """Return the decisions for a unit, sorted by position.

    `kept` are mentions of kept people, their kept values, and allowed terms (one that is redacted
    with something around it is not recorded as kept); `released` are findings whose restriction has
    ended; `placeholders` are replacements of an earlier run, inside which nothing is found.
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
    """Return the decision to keep a mention, with all its sources."""
    start, end = group[0].start, max(finding.end for finding in group)
    sources = tuple(sorted({finding.source for finding in group}))
    return Decision(min(group, key=_rank), start, end, Action.KEEP, sources)


def ended(until: date) -> str:
    """Return the reason for keeping a value whose restriction has ended."""
    return f"The restriction ended on {until}."


def _releases(
    findings: Iterable[Finding], others: Iterable[Finding], policy: Policy
) -> Iterator[Decision]:
    """Yield decisions to keep findings of ended restrictions that no other decision covers."""
    expired = set(findings)
    for group in _overlapping(sorted({*expired, *others}, key=place) if expired else []):
        if expired.issuperset(group):
            decision = _decision(group, policy)
            until = decision.exemption.restrict_until
            exemption = Exemption(reason=ended(until) if until else "", restrict_until=until)
            kept = replace(decision, action=Action.KEEP, review=(), exemption=exemption)
            yield replace(kept, shows=(), parameters=())


def _overlapping(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Yield groups of findings connected by overlaps; `findings` are sorted by position."""
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
    """Return the decision over the union of a group, with the label of its winner."""
    start, end = group[0].start, max(finding.end for finding in group)
    winner = min(group, key=_rank)
    if winner.entity == "PERSON" and winner.start > start:
        winner = min(
            (one for one in group if _is_address(one, start, end)), key=_rank, default=winner
        )
    column = policy.columns.of_source(winner.source)
    entity_policy = column.policy if column else policy.removal(winner.entity)
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
    """Tell whether a finding is an address over the whole span.

    A name in it is a street's or a town's.
    """
    return finding.entity == "STREET_ADDRESS" and (finding.start, finding.end) == (start, end)


def _doubtful(group: list[Finding], policy: Policy) -> bool:
    """Tell whether the findings that reach `review` leave a part of the union uncovered."""
    reach = group[0].start
    for finding in group:
        if finding.start <= reach and finding.score >= policy.entity_policy(finding.entity).review:
            reach = max(reach, finding.end)
    return reach < max(finding.end for finding in group)


def _rank(finding: Finding) -> tuple[bool, float, int, str, str, int, int]:
    """Return the sort key of the findings in a group; the least is the winner."""
    return (
        not finding.source.startswith(COLUMN),
        -finding.score,
        finding.start - finding.end,
        finding.entity,
        finding.source,
        finding.start,
        finding.end,
    )


class Cover:
    """A set of spans, merged where they overlap."""

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
        """Tell whether a finding is wholly inside one of the merged spans."""
        after = bisect_right(self._spans, (finding.segment, finding.start, maxsize))
        if not after:
            return False
        segment, _, end = self._spans[after - 1]
        return segment == finding.segment and finding.end <= end
