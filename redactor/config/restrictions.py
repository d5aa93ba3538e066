"""Restrictions that end: what a policy means on a day.

The day of `restrict_until` is the last of the restriction. On a later day what was restricted
stays, and the log says so; everything else goes as before. A policy that was told no day lifts
nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from redactor.model import Policy, Treatment

__all__ = ["on_day", "today"]


def today() -> date:
    """Return the day it is, by the clock that the log goes by (UTC)."""
    return datetime.now(UTC).date()


def on_day(policy: Policy, day: date) -> Policy:
    """Return what a policy means on a day: what was restricted until an earlier one is lifted."""
    treatments = {entity: _on(treatment, day) for entity, treatment in policy.treatments.items()}
    return replace(policy, treatments=treatments, unlisted=_on(policy.unlisted, day), as_of=day)


def _on(treatment: Treatment, day: date) -> Treatment:
    until = treatment.ground.restrict_until
    return replace(treatment, lifted=until is not None and until < day)
