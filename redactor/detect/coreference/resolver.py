"""Who is who in one document: which mentions are one person, and which cannot be told.

A shorter mention belongs to the one person whom it can mean: a surname or a given name alone, a
short form ("Bill", "Teo"), initials ("T. Vance", "Teodor V.", "T. V."). The plain reading goes
first: "Bill" is Bill Keogh rather than William Marsh.

What cannot be told is not guessed: a surname of two people is nobody's, gets a value (and so a
pseudonym) of its own, and is not clear. "Mr Marsh" and "Mrs Marsh" are two as well.

The answers do not depend on the order of the mentions, and a look-up takes no longer when there
are more people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from redactor.detect.coreference.index import Index, Person, persons
from redactor.detect.coreference.name_parser import Name, is_initial, names_in
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
    """What a mention stands for: its canonical value, whether that is clear, and if it stays."""

    value: str = field(repr=False)
    clear: bool = True
    kept: bool = False


class EntityResolver:
    """The people of one document: which mention is whose. `names` are all names, each once."""

    def __init__(self, mentions: Iterable[str], keep: Iterable[str] = ()) -> None:
        """Sort the person mentions of a document; `keep` names people who stay."""
        listed = [name for text in keep for name in names_in(text)]
        told = listed + [name for text in set(mentions) for name in names_in(text)]
        self.names = sorted({name.key: name for name in told}.values(), key=lambda one: one.key)
        self._kept = frozenset(listed)
        self._index = Index()
        self._add_full([name for name in self.names if name.full])
        self._add_short([name for name in self.names if name.first and not name.full])
        self._genders: dict[str, set[str]] = defaultdict(set)
        self._ends: dict[str, set[str]] = defaultdict(set)
        for name in self.names:
            if not name.first:
                self._genders[name.value] |= {name.gender} - {""}
                self._ends[name.own[-1]].add(name.value)

    def _add_full(self, names: Sequence[Name]) -> None:
        self._agree = Agreement(names, self._kept)
        self._index.add(persons(groups(names, full_keys, self._agree), self._kept))

    def _add_short(self, names: Sequence[Name]) -> None:
        """Make people of names with an initial whom no full name explains."""
        unknown = [name for name in names if not (self._owners(name) or _only_initials(name))]
        self._index.add(persons(groups(unknown, short_keys, _agree_in_short), self._kept))

    def value(self, mention: str) -> str:
        """Return the canonical value of a person mention."""
        return self.resolve(mention).value

    def stays(self, mention: str) -> bool:
        """Tell whether a person mention belongs to somebody who stays."""
        return self.resolve(mention).kept

    def resolve(self, mention: str) -> Resolution:
        """Return what a person mention stands for; one of two people stands for both."""
        each = [self.of(name) for name in names_in(mention)]
        if not each:
            return Resolution(normalize(mention))
        value = " and ".join(one.value for one in each)
        return Resolution(value, all(one.clear for one in each), all(one.kept for one in each))

    def of(self, name: Name) -> Resolution:
        """Return what a name stands for in this document."""
        owners = self._owners(name)
        if not name.first:
            return self._of_lone(name, owners)
        return _of(owners[0]) if len(owners) == 1 else self._own(name, clear=not owners)

    def glued(self, word: str) -> Resolution | None:
        """Return whose given name and surname make up one word, as in "tvance77", if anybody."""
        stem = word.rstrip("0123456789")
        owners = self._index.glued(stem)
        return (
            _of(owners[0])
            if len(owners) == 1
            else Resolution(stem, clear=False)
            if owners
            else None
        )

    def _own(self, name: Name, *, clear: bool) -> Resolution:
        """Return a name as nobody's but its own."""
        return Resolution(name.value, clear, clear and name in self._kept)

    def _owners(self, name: Name) -> Sequence[Person]:
        """Return whom a name can mean: nobody, one, or two if there are two or more."""
        if (person := self._index.named(name)) is not None:
            return [person]
        if name.full:
            return self._index.some(full_keys(name), self._could_be(name))
        if _only_initials(name):
            return self._index.some([("letters", name.initials)], _of_a_kind(name))
        if name.first:
            by_middle = [_told_middle, _untold_middle] if name.middle else [_untold_middle]
            return self._first(
                (list(short_keys(name)), _both(_of_a_kind(name), middle(name)))
                for middle in by_middle
            )
        return self._by_word(name)

    def _by_word(self, name: Name) -> Sequence[Person]:
        """Return whom a lone name can mean, by the plainest reading that fits anybody."""
        form = name.value
        readings: list[list[Hashable]] = [[("name", form)], [("middle", form)]]
        if name.titled:
            readings.insert(0, [("surname", form)])
        fits = _of_a_kind(name)
        found = self._first((keys, fits) for keys in readings) or self._by_short(name)
        if len(found) == 1 and form in found[0].names[0].middle:  # one of two Spanish surnames
            return self._index.some(readings[-2] + readings[-1], fits)
        return found or self._index.some([("letters", name.alias)], fits)

    def _by_short(self, name: Name) -> Sequence[Person]:
        """Return whose given name a lone word is short for: by the list, or as its beginning."""
        longs = [("given", long) for long in sorted(long_forms(name.value))]
        found = [*self._index.some(longs, _of_a_kind(name)), *self._index.beginning(name.value)]
        return list({person.names[0].key: person for person in found}.values())[:2]

    def _first(
        self, readings: Iterable[tuple[list[Hashable], Callable[[Person], bool]]]
    ) -> Sequence[Person]:
        found = (self._index.some(keys, fits) for keys, fits in readings)
        return next(filter(None, found), [])

    def _could_be(self, name: Name) -> Callable[[Person], bool]:
        return lambda person: all(one.full and self._agree(name, one) for one in person.names)

    def _of_lone(self, name: Name, owners: Sequence[Person]) -> Resolution:
        genders = self._genders.get(name.value, set())
        if len(owners) == 1 and not _contested(name, owners[0], genders):
            return _of(owners[0])
        if name.gender and (len(genders) > 1 or self._index.some([("name", name.value)])):
            return Resolution(f"{name.value} {name.gender}", clear=not owners)
        longer = self._ends.get(name.value, set()) - {name.value}
        if not owners and len(longer) == 1:
            return Resolution(next(iter(longer)))
        return self._own(name, clear=not owners and len(genders) < 2)


def _contested(name: Name, owner: Person, genders: set[str]) -> bool:
    """Tell whether titles speak of two people where only one is known by a full name."""
    if name.gender or not owner.gender:
        return not owner.gender and len(genders) > 1
    return bool(genders - {owner.gender})


def _of(person: Person) -> Resolution:
    return Resolution(person.value, person.clear, person.kept)


def _only_initials(name: Name) -> bool:
    return is_initial(name.first) and is_initial(name.last)


def _agree_in_short(one: Name, other: Name) -> bool:
    same = one.first == other.first and one.last == other.last
    return same and same_kind(one, other) and middles_agree(one.middle, other.middle)


def _of_a_kind(name: Name) -> Callable[[Person], bool]:
    return lambda person: all(same_kind(name, one) for one in person.names)


def _both(
    one: Callable[[Person], bool], other: Callable[[Person], bool]
) -> Callable[[Person], bool]:
    return lambda person: one(person) and other(person)


def _told_middle(name: Name) -> Callable[[Person], bool]:
    """Tell who has the middle names that a name has."""
    return lambda person: any(
        one.middle and middles_agree(name.middle, one.middle) for one in person.names
    )


def _untold_middle(name: Name) -> Callable[[Person], bool]:
    """Tell who has no other middle names than a name has."""
    return lambda person: all(middles_agree(name.middle, one.middle) for one in person.names)
