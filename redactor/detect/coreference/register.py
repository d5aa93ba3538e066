"""The people of a collection, by all its documents: who is known by which names.

It is made by a first pass over the documents and handed to the workers of the second. It is held
in memory alone, as small as it can be: names packed one after the other, and keyed digests of their
words, by which those are found whom the words of a document can mean. Of 100,000 people that is
some 20 MB.

    register = RegisterBuilder()
    register.add(Census((NamedPerson("Dr Teodor Vance", sure=True),)))
    register.made(key).near(frozenset({"vance", "said"}))   # Teodor Vance, and nobody else
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, islice

from redactor.detect.checks.words import is_common
from redactor.detect.coreference.index import SHORTEST, SHORTEST_GLUED, Person, persons
from redactor.detect.coreference.name_parser import PARTICLES, Name, names_in
from redactor.detect.coreference.namesakes import Agreement, full_keys, groups
from redactor.detect.coreference.nicknames import long_forms
from redactor.detect.coreference.other_people import KnownPerson, PeopleElsewhere
from redactor.keys import Key
from redactor.model import Census

__all__ = ["CROWD", "Register", "RegisterBuilder"]

CROWD = 16
"""People who share a word, from which on nothing is concluded from the word alone."""

_LONGEST_GLUED = 40  # characters of an account name that is taken apart

# Signs that no word of a name holds: between names, the parts of one, and the words of a part.
_NAME, _PART, _WORD = "\n", "\t", " "
_KINDS = {"word": b"w", "surname": b"s", "name": b"n"}


class RegisterBuilder:
    """Takes in what documents tell, in any order."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._names: dict[tuple[object, ...], Name] = {}
        self._sure: set[tuple[object, ...]] = set()
        self._born: dict[tuple[object, ...], set[int]] = {}
        self._own: set[tuple[str, str]] = set()
        self._kept: dict[tuple[object, ...], Name] = {}

    def add(self, found: Census) -> None:
        """Take in what one document tells."""
        self._own |= found.own
        for one in found.people:
            for name in filter(_is_telling, names_in(one.text)):
                names = self._kept if one.kept else self._names
                names.setdefault(name.key, replace(name, titled=False))
                if one.sure:
                    self._sure.add(name.key)
                if one.born:
                    self._born.setdefault(name.key, set()).update(one.born)

    def is_named(self, kept: Name) -> bool:
        """Tell whether any document names a person in full who is kept."""
        return any(kept == one for one in self._kept.values())

    def is_shared(self, kept: Name) -> bool:
        """Tell whether the name of a person who is kept can be that of several."""
        same = [kept, *(one for one in self._kept.values() if one.key != kept.key)]
        found = groups(same, full_keys, Agreement(same, frozenset()))
        members, clear = next(group for group in found if kept in group[0])
        years = {year for one in members for year in self._born.get(one.key, ())}
        return not clear or len(years) > 1

    def made(self, key: Key) -> Register:
        """Return the register of all that was taken in."""
        names = sorted(self._names.values(), key=lambda one: one.key)
        agree = Agreement(names, frozenset())
        found = persons(groups(names, full_keys, agree), frozenset())
        known = sorted((self._known(one) for one in found), key=_packed)
        return Register.of(known, key, frozenset(self._own))

    def _known(self, person: Person) -> KnownPerson:
        keys = [name.key for name in person.names]
        born = {year for one in keys for year in self._born.get(one, ())}
        return KnownPerson(person, any(one in self._sure for one in keys), frozenset(born))


def _is_telling(name: Name) -> bool:
    """Tell whether a name is one by which a person is known elsewhere: full, and of letters."""
    return name.full and all(form.isalpha() for form in (*name.first, *name.own))


@dataclass(frozen=True, slots=True)
class Register:
    """The people of a collection, packed. `own` are values that are kept with a person.

    `digest` is keyed, and equal for the same people.
    """

    own: frozenset[tuple[str, str]] = field(repr=False)
    digest: str
    count: int
    _secret: bytes = field(repr=False)
    _packed: bytes = field(repr=False)
    _ends: array[int] = field(repr=False)
    _keys: array[int] = field(repr=False)
    _numbers: array[int] = field(repr=False)
    _given: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(
        cls, known: Sequence[KnownPerson], key: Key, own: frozenset[tuple[str, str]]
    ) -> Register:
        """Return the register of some people."""
        secret = key.derive("people of a collection")
        packed = [_packed(one).encode() for one in known]
        rows = sorted(
            {
                (_digest(secret, kind, text), number)
                for number, one in enumerate(known)
                for kind, text in _entries(one.person)
            }
        )
        whole = hashlib.sha256(repr(sorted(own)).encode())
        for one in packed:
            whole.update(len(one).to_bytes(4, "big") + one)
        return cls(
            own=own,
            digest=key.mac("collection people", whole.hexdigest())[:16].hex(),
            count=len(known),
            _secret=secret,
            _packed=b"".join(packed),
            _ends=array("Q", accumulate(map(len, packed))),
            _keys=array("Q", (digest for digest, _ in rows)),
            _numbers=array("I", (number for _, number in rows)),
            _given=tuple(
                sorted({n.first[0] for one in known for n in one.person.names if len(n.first) == 1})
            ),
        )

    @property
    def bytes(self) -> int:
        """Return how much memory it takes, about."""
        arrays = sum(len(one) * one.itemsize for one in (self._ends, self._keys, self._numbers))
        return len(self._packed) + arrays + sum(50 + len(one) for one in self._given)

    def near(self, forms: frozenset[str]) -> PeopleElsewhere:
        """Return the people whom some words can mean, each with all names."""
        numbers: set[int] = set()
        crowded: set[str] = set()
        for form in forms:
            for word in (form, *self._longer(form)):
                found = list(islice(self._found("word", word), CROWD + 1))
                if len(found) > CROWD:
                    crowded.add(form)
                else:
                    numbers.update(found)
            numbers.update(self._glued(form))
        known = map(self._person, sorted(numbers))
        return PeopleElsewhere(known, forms, frozenset(crowded), self)

    def exact(self, name: Name) -> KnownPerson | None:
        """Return the person of exactly this name, or None."""
        number = next(self._found("name", _packed_name(name)), None)
        return None if number is None else self._person(number)

    def _longer(self, form: str) -> Iterator[str]:
        """Yield the given names that a word is short for, or that begin with it."""
        if len(form) < SHORTEST or is_common(form):
            return
        yield from sorted(long_forms(form))
        at = bisect_left(self._given, form)
        for given in self._given[at : at + CROWD]:
            if not given.startswith(form):
                return
            if given != form:
                yield given

    def _glued(self, form: str) -> Iterator[int]:
        """Yield the people of whose surname a word is made up, with more before or behind it."""
        stem = form.rstrip("0123456789")
        short, plain = SHORTEST_GLUED < len(stem) <= _LONGEST_GLUED, stem.isalpha()
        if not (short and plain) or is_common(stem):
            return
        for cut in range(1, len(stem)):
            for part in (stem[:cut], stem[cut:]):
                if len(part) >= SHORTEST_GLUED:
                    yield from islice(self._found("surname", part), CROWD)

    def _found(self, kind: str, text: str) -> Iterator[int]:
        """Yield the numbers of the people under an entry."""
        digest = _digest(self._secret, kind, text)
        for at in range(bisect_left(self._keys, digest), len(self._keys)):
            if self._keys[at] != digest:
                return
            yield self._numbers[at]

    def _person(self, number: int) -> KnownPerson:
        start = self._ends[number - 1] if number else 0
        return _unpacked(self._packed[start : self._ends[number]].decode())


def _digest(secret: bytes, kind: str, text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    keyed = hashlib.blake2b(data, digest_size=8, key=secret, person=_KINDS[kind])
    return int.from_bytes(keyed.digest(), "big")


def _entries(person: Person) -> Iterator[tuple[str, str]]:
    """Yield what a person is found under."""
    for name in person.names:
        for word in {*name.first, *name.middle, *name.last} - PARTICLES:
            if len(word) > 1 or word.upper() == word:
                yield "word", word
        yield "surname", "".join(name.last)
        yield "name", _packed_name(name)


def _packed_name(name: Name) -> str:
    parts = (name.first, name.last, name.middle)
    return _PART.join((*map(_WORD.join, parts), name.gender, name.generation, name.alias))


def _packed(one: KnownPerson) -> str:
    born = _WORD.join(map(str, sorted(one.born)))
    head = _PART.join((one.person.value, str(int(one.person.clear)), str(int(one.sure)), born))
    return _NAME.join((head, *map(_packed_name, one.person.names)))


def _unpacked(text: str) -> KnownPerson:
    head, *rows = text.split(_NAME)
    value, clear, sure, born = head.split(_PART)
    person = Person(tuple(_names(rows)), value, clear == "1", kept=False)
    return KnownPerson(person, sure == "1", frozenset(map(int, born.split())))


def _names(rows: Iterable[str]) -> Iterator[Name]:
    for row in rows:
        first, last, middle, gender, generation, alias = row.split(_PART)
        given, surname, between = (_words(part) for part in (first, last, middle))
        yield Name(given, surname, between, gender, generation, alias)


def _words(part: str) -> tuple[str, ...]:
    return tuple(part.split(_WORD)) if part else ()
