"""The people of other documents, as far as the words of one document can mean them.

What the document itself says comes first: "Vance" is the Vance whom it names in full. Only where it
names nobody of that name, the collection is asked. One Vance in all of it: that one. Two, or very
many: nothing is guessed, the name has a pseudonym of its own and is marked for review. So is a
given name alone, which is no evidence across documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from redactor.detect.coreference.index import SHORTEST, Person
from redactor.detect.coreference.name_parser import Name
from redactor.detect.coreference.namesakes import Agreement
from redactor.detect.coreference.resolver import EntityResolver, Resolution

__all__ = ["Births", "KnownPerson", "PeopleElsewhere"]

Births = Mapping[Name, frozenset[int]]
"""The years of birth that a document gives for names."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person of a collection.

    A `sure` one is searched for where nobody found them. Documents that give different years of
    birth (`born`) speak of several people.
    """

    person: Person = field(repr=False)
    sure: bool
    born: frozenset[int] = field(repr=False)


class Exact(Protocol):
    """Where a person is looked up by their whole name."""

    def exact(self, name: Name) -> KnownPerson | None:
        """Return the person of exactly this name, or None."""


class PeopleElsewhere(EntityResolver):
    """Some people of a collection; the words `here`, and those that too many people share."""

    def __init__(
        self,
        known: Iterable[KnownPerson],
        here: frozenset[str],
        crowded: frozenset[str],
        every: Exact,
    ) -> None:
        """Take those whom the words of a document can mean; `every` has the others as well."""
        super().__init__(())
        self.known = tuple(known)
        self.here, self.crowded, self._every = here, crowded, every
        self.births: Births = {}
        self.names = [name for one in self.known for name in one.person.names]
        self._index.add(one.person for one in self.known)
        self._agree = Agreement(self.names, frozenset())
        self._sure = {one.person.value for one in self.known if one.sure}

    def completed(
        self, name: Name, found: Resolution, owners: Sequence[Person], *, here: bool
    ) -> Resolution:
        """Return the resolution of a name with what other documents tell of it."""
        if len(owners) == 1:
            return self._owned(name, found, owners[0], here=here)
        if owners or found.value != name.value:
            return found
        if name.full and (exact := self._every.exact(name)):
            return self._of(exact, found)
        return self._beyond(name, found)

    def _owned(self, name: Name, found: Resolution, owner: Person, *, here: bool) -> Resolution:
        """Return the resolution of a name that this document explains by one person."""
        if found.kept:
            return found if here or not self._is_anybody(name) else _unclear(name.value)
        if found.value != owner.value:  # titles point to two people
            return found
        if any(one.full for one in owner.names):
            return self._as_known(owner.names, found)
        return self._beyond(owner.names[0], found)  # known by an initial

    def glued(self, word: str) -> Resolution | None:
        """Return the one person whose names make up a word, if they are sure to be one.

        Of a given name there must be more than the initial: "santa" is no S. Anta.
        """
        found = super().glued(word)
        if found is None or not found.clear or found.value not in self._sure:
            return None
        stem = word.rstrip("0123456789")
        owner = self._index.glued(stem)[0]
        if len(stem) - min(len("".join(one.last)) for one in owner.names) < SHORTEST:
            return None
        return self._as_known(owner.names, Resolution(found.value, elsewhere=True))

    def _is_anybody(self, name: Name) -> bool:
        """Tell whether a name can mean a person of another document."""
        return bool(self.owners(name)) or not self.crowded.isdisjoint(name.last)

    def _as_known(self, names: Sequence[Name], found: Resolution) -> Resolution:
        """Return the resolution to a person whom this document names in full."""
        known = next(filter(None, map(self._every.exact, names)), None)
        return found if known is None else self._of(known, found)

    def _beyond(self, name: Name, found: Resolution) -> Resolution:
        """Return the resolution of a name that this document does not explain."""
        if not name.full and not self.crowded.isdisjoint(name.last):
            return _unclear(found.value)
        owners = self.owners(name)
        if len(owners) != 1:
            return _unclear(found.value) if owners else found
        known = self._as_known(owners[0].names, Resolution(owners[0].value, elsewhere=True))
        sure = known.clear and found.clear and (bool(name.first) or _is_surname(name, owners[0]))
        return Resolution(known.value, sure, elsewhere=True)

    def _of(self, known: KnownPerson, found: Resolution) -> Resolution:
        """Return the resolution to a person of the collection, or to the one born in this year."""
        person = known.person
        if len(known.born) < 2:
            clear = found.clear and person.clear
            apart = found.elsewhere or person.value != found.value or not person.clear
            return Resolution(person.value, clear, elsewhere=apart)
        years = {year for name in person.names for year in self.births.get(name, ())}
        if len(years) == 1:
            return Resolution(f"{min(years)} {person.value}", found.clear, elsewhere=True)
        return _unclear(person.value)


def _unclear(value: str) -> Resolution:
    return Resolution(value, clear=False, elsewhere=True)


def _is_surname(name: Name, person: Person) -> bool:
    """Tell whether a lone name is a surname of a person, or both names in one word."""
    return any(
        name.own[-1] in one.own or (set(name.own) <= {*one.first, *one.own} and len(name.own) > 1)
        for one in person.names
    )
