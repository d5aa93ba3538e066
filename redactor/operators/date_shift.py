"""Dates moved by a keyed number of days, so that the intervals between them are kept."""

from __future__ import annotations

from typing import Any

from redactor.keys import Key
from redactor.operators.dates import shifted
from redactor.operators.tokens import Ours

DAYS = 365
"""How far dates are moved at most, in either direction, if a policy says nothing else."""


class DateShift(Ours):
    """Every full date moved by the same days, written as it was; an empty text for all else."""

    NAME = "date_shift"

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return the text with its dates moved, or nothing if it holds another thing than dates."""
        given = params or {}
        scope = given["document"] if given.get("per") == "document" else ""
        days = offset(given["key"], scope, given.get("days", DAYS))
        return shifted(text, days, dayfirst=given.get("dayfirst", True)) or ""


def offset(key: Key, scope: str, most: int) -> int:
    """Return by how many days the dates of a scope are moved: from -most to most, and never 0."""
    number = int.from_bytes(key.mac("date shift", scope)[:8], "big") % (2 * most)
    return number - most if number < most else number - most + 1
