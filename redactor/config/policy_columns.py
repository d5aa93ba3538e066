"""The columns of tables and keys of JSON that a policy treats by name.

    columns: {notes: detect, customer_id: pseudonym, amount: keep}

`keep` leaves the cells of a column as they are, unexamined; `detect` examines them as if they were
not named; any action replaces each cell as a whole. With `{action: mask, entity: PERSON}` the cells
are of that entity, else of COLUMN. A key is named alone or with those that lead to it:
`user.email`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from redactor.config.actions import PLACEHOLDERS, action_of, check_action
from redactor.config.policy_fields import ColumnFields
from redactor.errors import PolicyError
from redactor.model import Action, Column, Columns, EntityPolicy, column_name

__all__ = ["columns_of"]


def columns_of(
    given: Mapping[str, str | ColumnFields], default: EntityPolicy, lines: Mapping[str, str]
) -> Columns:
    """Return the columns of a policy, whose general settings hold for what they do not set.

    `lines` are the file and line of each. Raises PolicyError.
    """
    found: dict[str, Column | None] = {}
    for written, treatment in given.items():
        name = column_name(written)
        if not name.strip("."):
            raise PolicyError(f"{lines[written]}: columns: a name without letters and digits")
        if name in found:
            raise PolicyError(f"{lines[written]}: columns: names that differ in signs alone")
        found[name] = _column(name, treatment, default, lines[written])
    return Columns({name: column for name, column in found.items() if column})


def _column(
    name: str, given: str | ColumnFields, default: EntityPolicy, line: str
) -> Column | None:
    """Return a column, None if it is examined as any other. Raises PolicyError."""
    if not isinstance(given, ColumnFields):
        kept = Column(name, "COLUMN", EntityPolicy(Action.KEEP, 0.0))
        return kept if given == "keep" else None
    action, parameters = action_of(given.action)
    if problem := check_action(action, parameters, given.entity):
        raise PolicyError(f"{line}: columns: action: {problem}")
    shows = default.shows if action in PLACEHOLDERS else ()
    policy = replace(default, action=action, parameters=parameters, threshold=0.0, shows=shows)
    return Column(name, given.entity, policy)
