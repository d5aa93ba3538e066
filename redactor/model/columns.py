"""Columns of tables and keys of JSON that a policy treats by name, whatever their cells hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from redactor.model.actions import Action, EntityPolicy

__all__ = ["COLUMN", "Column", "Columns", "column_name"]

COLUMN = "column:"
"""The beginning of the source of a finding that is a whole cell: `column:customer_id`."""


@dataclass(frozen=True, slots=True)
class Column:
    """The treatment of a column: its cells are one entity, with a policy of their own.

    `KEEP` leaves every cell as it is, unexamined.
    """

    name: str
    entity: str
    policy: EntityPolicy

    @property
    def source(self) -> str:
        """Return the source of the findings in this column."""
        return f"{COLUMN}{self.name}"

    @property
    def kept(self) -> bool:
        """Tell whether the cells of the column are left as they are."""
        return self.policy.action is Action.KEEP


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a policy names, by their names as `column_name` returns them."""

    by_name: Mapping[str, Column] = field(default_factory=dict, hash=False)

    @property
    def entities(self) -> frozenset[str]:
        """Return the entities of the columns."""
        return frozenset(one.entity for one in self.by_name.values() if not one.kept)

    def of(self, label: str, path: str = "") -> Column | None:
        """Return the column of a text by its label, or by its path: `user.email`."""
        if not self.by_name or not label:
            return None
        found = self.by_name.get(column_name(path)) if path else None
        return found or self.by_name.get(column_name(label))

    def of_source(self, source: str) -> Column | None:
        """Return the column that a finding has as its source."""
        return self.by_name.get(source.removeprefix(COLUMN)) if self.by_name else None


@lru_cache(maxsize=4096)
def column_name(text: str) -> str:
    """Return a head or a key without case and punctuation: `Customer ID` is `customer_id`."""
    return ".".join("_".join(re.findall(r"[^\W_]+", part)) for part in text.casefold().split("."))
