"""The people of a collection, as one document tells of them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A full name in a document, with its titles. The `repr` shows nothing of it.

    A `sure` one is searched for in other documents; any tells which mentions are one person.
    `born` are years of birth that the document gives for the name. One who is `kept` is a person
    whose own data is kept in the whole collection.
    """

    text: str = field(repr=False)
    sure: bool = False
    born: frozenset[int] = field(default=frozenset(), repr=False)
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Census:
    """What a document tells of the collection's people.

    `own` are entities and values that are kept with a person who is kept in the whole collection.
    """

    people: tuple[NamedPerson, ...] = field(default=(), repr=False)
    own: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
