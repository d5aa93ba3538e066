"""Expiry of restrictions: the policy on a given day.

`restrict_until` is the last day of a restriction. From the next day on the restricted entity is
kept, and the log records it. In a policy without a day, no restriction has expired.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from redactor.model import EntityPolicy, Policy

__all__ = ["on_day", "today"]


def today() -> date:
    """Return the current date in UTC, as in the log."""
    return datetime.now(UTC).date()


def on_day(policy: Policy, day: date) -> Policy:
    """Return the policy on a day, with the restrictions until earlier days expired."""
    entity_policies = {
        entity: _on_day(entity_policy, day)
        for entity, entity_policy in policy.entity_policies.items()
    }
    changed = replace(
        policy, entity_policies=entity_policies, unlisted=_on_day(policy.unlisted, day), as_of=day
    )
    return _with_expired(changed, day)


def _with_expired(policy: Policy, day: date) -> Policy:
    """Return the policy with people whose restriction has expired on its allow list."""
    every = [*policy.allow_list, *policy.restricted]
    dated = {one: one.restrict_until < day for one in every if one.restrict_until}
    if not dated:
        return policy
    ordered = sorted(dated, key=lambda one: (one.name, one.roles, one.period or ()))
    opened, closed = ([one for one in ordered if dated[one] is ended] for ended in (True, False))
    always = [one for one in policy.allow_list if one not in dated]
    return replace(policy, allow_list=(*always, *opened), restricted=tuple(closed))


def _on_day(entity_policy: EntityPolicy, day: date) -> EntityPolicy:
    until = entity_policy.exemption.restrict_until
    return replace(entity_policy, expired=until is not None and until < day)
