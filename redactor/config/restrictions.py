"""Restrictions that end: the policy on a given day.

The day of `restrict_until` is the last of the restriction. On a later day the restricted entity is
kept, and the log says so; everything else is redacted as before. For a policy without a day, no
restriction ends.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from redactor.model import EntityPolicy, Policy

__all__ = ["on_day", "today"]


def today() -> date:
    """Return the present day in UTC, as in the log."""
    return datetime.now(UTC).date()


def on_day(policy: Policy, day: date) -> Policy:
    """Return the policy on a day: restrictions until an earlier day have ended."""
    entity_policies = {
        entity: _on(entity_policy, day) for entity, entity_policy in policy.entity_policies.items()
    }
    changed = replace(
        policy, entity_policies=entity_policies, unlisted=_on(policy.unlisted, day), as_of=day
    )
    return _opened(changed, day)


def _opened(policy: Policy, day: date) -> Policy:
    """Return a policy that keeps the people whose restriction has ended."""
    every = [*policy.allow_list, *policy.restricted]
    dated = {one: one.restrict_until < day for one in every if one.restrict_until}
    if not dated:
        return policy
    ordered = sorted(dated, key=lambda one: (one.name, one.roles, one.period or ()))
    opened, closed = ([one for one in ordered if dated[one] is ended] for ended in (True, False))
    always = [one for one in policy.allow_list if one not in dated]
    return replace(policy, allow_list=(*always, *opened), restricted=tuple(closed))


def _on(entity_policy: EntityPolicy, day: date) -> EntityPolicy:
    until = entity_policy.exemption.restrict_until
    return replace(entity_policy, expired=until is not None and until < day)
