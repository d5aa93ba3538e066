"""Allow list and deny list: who and what is kept or redacted, whatever is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class AllowedPerson:
    """An entry of the allow list: a person who is kept, and on what conditions.

    One of `roles` must occur near the name, and a year of `period` (first and last, both included)
    in the document. `scope` are the entities that are kept. `aliases` are further names. Until
    `restrict_until`, the last day of a restriction, the person is redacted.
    """

    name: str = field(repr=False)
    aliases: tuple[str, ...] = field(default=(), repr=False)
    roles: tuple[str, ...] = field(default=(), repr=False)
    period: tuple[int, int] | None = None
    scope: frozenset[str] = frozenset({"PERSON"})
    restrict_until: date | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name of the person."""
        return self.name, *self.aliases

    @property
    def is_value(self) -> bool:
        """Tell whether the entry is a value of the one entity in its scope instead of a person."""
        return "PERSON" not in self.scope

    @property
    def conditional(self) -> bool:
        """Tell whether a role or a period is required beside the name."""
        return bool(self.roles) or self.period is not None


@dataclass(frozen=True, slots=True)
class TermList:
    """Terms, each with its entity, and the SHA-256 of all, by which lists are compared."""

    terms: tuple[tuple[str, str], ...] = field(default=(), repr=False, compare=False)
    digest: str = field(default="", repr=False)
