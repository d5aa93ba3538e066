"""Coreference in one document: which mentions are the same person, and which are ambiguous.

A shorter mention resolves to the one person whom it can mean: a surname or a given name alone, a
short form ("Bill", "Teo"), initials ("T. Vance", "Teodor V.", "T. V."). The literal reading has
precedence: "Bill" is Bill Keogh rather than William Marsh.

An ambiguous mention is not guessed. A surname that two people share resolves to neither: it gets a
canonical value (and so a pseudonym) of its own, and `clear` is false. "Mr Marsh" and "Mrs Marsh"
are two people as well.

Results do not depend on the order of the mentions, and a look-up takes no longer when there are
more people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from redactor.detect.coreference.index import Index, Person, persons
from redactor.detect.coreference.name_parser import PARTICLES, Name, is_initial, names_in
from redactor.detect.coreference.namesakes import (
    Agreement,
    full_keys,
    groups,
    middles_agree,
    same_kind,
    short_keys,
)
from redactor.detect.coreference.nicknames import long_forms
from redactor.text import normalize


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a mention resolves to: a canonical value, whether it is unambiguous, and if it is kept.

    `"Marsh"` resolves to the value `"kevin marsh"` where Kevin Marsh is the only one of that name.
    `elsewhere` tells that another document of the collection has a part in it.
    """

    value: str = field(repr=False)
    clear: bool = True
    kept: bool = False
    elsewhere: bool = False


class OtherPeople(Protocol):
    """The people of other documents, as far as the words of this one can mean them."""

    def completed(
        self, name: Name, found: Resolution, owners: Sequence[Person], *, here: bool
    ) -> Resolution:
        """Return the resolution of a name, of which this document says what was `found`.

        `owners` are the people of this document whom it can mean; `here` tells that one of them is
        named in full in it.
        """

    def glued(self, word: str) -> Resolution | None:
        """Return the person whose given name and surname make up one word."""


class EntityResolver:
    """The people of one document, for resolving mentions. `names` are all parsed names, each once.

    With the mentions "Kevin Marsh", "Marsh", "Ada Keogh", "Tom Keogh" and "Keogh":

        resolve("K. Marsh")  value "kevin marsh", clear
        resolve("Keogh")     value "keogh", not clear: Ada or Tom
    """

    def __init__(
        self,
        mentions: Iterable[str],
        keep: Iterable[str] = (),
        others: OtherPeople | None = None,
    ) -> None:
        """Group the person mentions of a document into people.

        `keep` are names on the allow list, `others` the people of other documents.
        """
        listed = [name for text in keep for name in names_in(text)]
        mentioned = [name for text in set(mentions) for name in names_in(text)]
        parsed = listed + mentioned
        self._others = others
        self._mentioned = frozenset(name for name in mentioned if name.full)
        self.names = sorted({name.key: name for name in parsed}.values(), key=lambda one: one.key)
        self._kept = frozenset(listed)
        self._index = Index()
        self._add_full([name for name in self.names if name.full])
        self._add_short([name for name in self.names if name.first and not name.full])
        self._resolved: dict[str, Resolution] = {}  # a table names the same people again and again
        self._genders: dict[str, set[str]] = defaultdict(set)
        self._ends: dict[str, set[str]] = defaultdict(set)
        for name in self.names:
            if not name.first:
                self._genders[name.value] |= {name.gender} - {""}
                self._ends[name.own[-1]].add(name.value)

    def _add_full(self, names: Sequence[Name]) -> None:
        """Add the people of the full names: names that agree with each other are one person."""
        self._agree = Agreement(names, self._kept)
        self._index.add(persons(groups(names, full_keys, self._agree), self._kept))

    def _add_short(self, names: Sequence[Name]) -> None:
        """Add people for names with an initial that no full name of the document explains."""
        unknown = [name for name in names if not (self.owners(name) or _only_initials(name))]
        self._index.add(persons(groups(unknown, short_keys, _agree_in_short), self._kept))

    def value(self, mention: str) -> str:
        """Return the canonical value of a person mention: `"Marsh" -> "kevin marsh"`."""
        return self.resolve(mention).value

    def stays(self, mention: str) -> bool:
        """Tell whether a person mention resolves to a person on the allow list."""
        return self.resolve(mention).kept

    def resolve(self, mention: str) -> Resolution:
        """Return the resolution of a mention.

        Of "Kevin and Ada Marsh", that of both names together.
        """
        known = self._resolved.get(mention)
        if known is None:
            known = self._resolved[mention] = self._resolve(mention)
        return known

    def _resolve(self, mention: str) -> Resolution:
        each = [self.of(name) for name in names_in(mention)]
        if not each:
            return Resolution(normalize(mention))
        value = " and ".join(one.value for one in each)
        return Resolution(
            value,
            all(one.clear for one in each),
            all(one.kept for one in each),
            any(one.elsewhere for one in each),
        )

    def of(self, name: Name) -> Resolution:
        """Return the resolution of a parsed name in this document."""
        owners = self.owners(name)
        if not name.first:
            found = self._of_lone(name, owners)
        else:
            found = _of(owners[0]) if len(owners) == 1 else self._own(name, clear=not owners)
        if self._others is None:
            return found
        here = any(one in self._mentioned for person in owners for one in person.names)
        return self._others.completed(name, found, owners, here=here)

    def glued(self, word: str) -> Resolution | None:
        """Return the person whose given name and surname make up one word.

        `"kmarsh77"`; None if nobody.
        """
        stem = word.rstrip("0123456789")
        owners = self._index.glued(stem)
        if not owners:
            return self._others.glued(word) if self._others else None
        if len(owners) > 1:
            return Resolution(stem, clear=False)
        found = _of(owners[0])
        if self._others is None:
            return found
        return self._others.completed(owners[0].names[0], found, owners, here=True)

    def _own(self, name: Name, *, clear: bool) -> Resolution:
        """Return the resolution of a name to itself, and to no other person of the document."""
        return Resolution(name.value, clear, clear and name in self._kept)

    def owners(self, name: Name) -> Sequence[Person]:
        """Return the people whom a name can mean: none, one, or two if there are two or more."""
        if (person := self._index.named(name)) is not None:
            return [person]
        if name.full:
            return self._index.some(full_keys(name), self._could_be(name))
        if _only_initials(name):
            return self._index.some([("letters", name.initials)], _of_a_kind(name))
        if name.first:
            by_middle = [_has_middle, _no_other_middle] if name.middle else [_no_other_middle]
            return self._first(
                (list(short_keys(name)), _both(_of_a_kind(name), middle(name)))
                for middle in by_middle
            )
        return self._by_word(name)

    def _by_word(self, name: Name) -> Sequence[Person]:
        """Return the people whom a lone name can mean, by the most literal reading that fits any.

        A surname or given name has precedence over a middle name, that over a short form, and that
        over initials; after a title ("Mr") a surname has precedence over all.
        """
        form = name.value
        readings: list[list[Hashable]] = [[("name", form)], [("middle", form)]]
        if name.titled:
            readings.insert(0, [("surname", form)])
        fits = _of_a_kind(name)
        found = self._first((keys, fits) for keys in readings) or self._by_short(name)
        if not found and (account := _as_account(name)):
            return self.owners(account)
        if len(found) == 1 and form in found[0].names[0].middle:  # one of two Spanish surnames
            return self._index.some(readings[-2] + readings[-1], fits)
        return found or self._index.some([("letters", name.alias)], fits)

    def _by_short(self, name: Name) -> Sequence[Person]:
        """Return the people of whose given name a word is a short form or the beginning.

        `"teo"`.
        """
        longs = [("given", long) for long in sorted(long_forms(name.value))]
        found = [*self._index.some(longs, _of_a_kind(name)), *self._index.beginning(name.value)]
        return list({person.names[0].key: person for person in found}.values())[:2]

    def _first(
        self, readings: Iterable[tuple[list[Hashable], Callable[[Person], bool]]]
    ) -> Sequence[Person]:
        """Return the people of the first reading (index keys and a condition) that anybody fits."""
        found = (self._index.some(keys, fits) for keys, fits in readings)
        return next(filter(None, found), [])

    def _could_be(self, name: Name) -> Callable[[Person], bool]:
        """Return the condition that all names of a person are full and agree with a name."""
        return lambda person: all(one.full and self._agree(name, one) for one in person.names)

    def _of_lone(self, name: Name, owners: Sequence[Person]) -> Resolution:
        """Return the resolution of a name without a given name, whose owners are known."""
        genders = self._genders.get(name.value, set())
        if len(owners) == 1 and not _contested(name, owners[0], genders):
            return _of(owners[0])
        if name.gender and (len(genders) > 1 or self._index.some([("name", name.value)])):
            return Resolution(f"{name.value} {name.gender}", clear=not owners)
        longer = self._ends.get(name.value, set()) - {name.value}
        if not owners and len(longer) == 1:
            return Resolution(next(iter(longer)))
        return self._own(name, clear=not owners and len(genders) < 2)


def _as_account(name: Name) -> Name | None:
    """Return the full name that two words joined by a sign may be: "teo_vance"."""
    if len(name.last) != 2 or not PARTICLES.isdisjoint(name.last):
        return None
    return Name(name.last[:1], name.last[1:])


def _contested(name: Name, owner: Person, genders: set[str]) -> bool:
    """Tell whether titles point to two people where only one is known by a full name."""
    if name.gender or not owner.gender:
        return not owner.gender and len(genders) > 1
    return bool(genders - {owner.gender})


def _of(person: Person) -> Resolution:
    """Return the resolution to a person."""
    return Resolution(person.value, person.clear, person.kept)


def _only_initials(name: Name) -> bool:
    """Tell whether given name and surname are single letters: "T. V."."""
    return is_initial(name.first) and is_initial(name.last)


def _agree_in_short(one: Name, other: Name) -> bool:
    """Tell whether two names with initials are the same person.

    Equal, but for gender or middle names.
    """
    same = one.first == other.first and one.last == other.last
    return same and same_kind(one, other) and middles_agree(one.middle, other.middle)


def _of_a_kind(name: Name) -> Callable[[Person], bool]:
    """Return the condition that gender and generation of a person contradict no title of a name."""
    return lambda person: all(same_kind(name, one) for one in person.names)


def _both(
    one: Callable[[Person], bool], other: Callable[[Person], bool]
) -> Callable[[Person], bool]:
    return lambda person: one(person) and other(person)


def _has_middle(name: Name) -> Callable[[Person], bool]:
    """Return the condition that a person has the middle names of a name."""
    return lambda person: any(
        one.middle and middles_agree(name.middle, one.middle) for one in person.names
    )


def _no_other_middle(name: Name) -> Callable[[Person], bool]:
    """Return the condition that a person has no middle names other than those of a name."""
    return lambda person: all(middles_agree(name.middle, one.middle) for one in person.names)
