"""Index of the people of a document, by the words under which each can be found."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from redactor.detect.checks.words import is_common
from redactor.detect.coreference.name_parser import Name, is_initial
from redactor.detect.coreference.namesakes import Group, full_keys, long_keys
from redactor.detect.coreference.nicknames import long_forms

SHORTEST = 3  # letters of a name that is looked for by itself
SHORTEST_GLUED = 4  # letters of a surname that is looked for inside account names


@dataclass(frozen=True, slots=True)
class Person:
    """The names of one person, the one that gives the canonical value first, and that value."""

    names: tuple[Name, ...] = field(repr=False)
    value: str = field(repr=False)
    clear: bool
    kept: bool

    @property
    def gender(self) -> str:
        """Return `m` or `f` where a title implies it."""
        return next((name.gender for name in self.names if name.gender), "")


def persons(groups: Iterable[Group], kept: frozenset[Name]) -> Iterator[Person]:
    """Yield a person for each group.

    Only namesakes have more than given name and surname as value.
    """
    found = list(groups)
    shared = Counter(names[0].value for names, _ in found)
    for names, clear in found:
        name = names[0]
        value = name.whole if shared[name.value] > 1 and clear else name.value
        yield Person(tuple(names), value, clear, any(one in kept for one in names))


class Index:
    """People by index keys. A look-up stops at the second person who fits."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._people: list[Person] = []
        self._by: dict[Hashable, list[int]] = defaultdict(list)
        self._of: dict[tuple[object, ...], int] = {}
        self._given: list[tuple[str, int]] = []
        self._glued: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._longest = 0  # characters of a surname

    def add(self, people: Iterable[Person]) -> None:
        """Add people."""
        for person in people:
            number = len(self._people)
            self._people.append(person)
            self._of |= dict.fromkeys((name.key for name in person.names), number)
            for key in {key for name in person.names for key in _keys(name)}:
                self._by[key].append(number)
            for name in person.names:
                self._glued["".join(name.last)].append(("".join(name.first), number))
            self._given += {(n.first[0], number) for n in person.names if len(n.first) == 1}
        self._longest = max(map(len, self._glued), default=0)
        self._given.sort()
        for given in self._glued.values():
            given.sort()

    def named(self, name: Name) -> Person | None:
        """Return the person with exactly this name, or None."""
        number = self._of.get(name.key)
        return None if number is None else self._people[number]

    def some(
        self, keys: Iterable[Hashable], fits: Callable[[Person], bool] = lambda _: True
    ) -> Sequence[Person]:
        """Return the people under the keys who satisfy `fits`: none, one, or the first two."""
        numbers = (number for key in keys for number in self._by.get(key, ()))
        return self._two(number for number in numbers if fits(self._people[number]))

    def beginning(self, form: str) -> Sequence[Person]:
        """Return the people whose given name begins with a word, as Teodor with Teo.

        None, one, or two.
        """
        if len(form) < SHORTEST or is_common(form):
            return ()
        return self._two(_beginning(self._given, form))

    def glued(self, word: str) -> Sequence[Person]:
        """Return the people whose given name (or its beginning) and surname make up a word.

        `"kmarsh"`.
        """
        return self._two(
            number
            for cut in self._cuts(len(word))
            for last, first in ((word[cut:], word[:cut]), (word[:cut], word[cut:]))
            if SHORTEST_GLUED <= len(last) <= self._longest and last in self._glued
            for number in _spelled(self._glued[last], first)
        )

    def _cuts(self, length: int) -> Iterable[int]:
        """Return where a word of a length may be cut so that one part is a known surname."""
        if length <= 2 * self._longest:
            return range(1, length)
        return chain(range(1, self._longest + 1), range(length - self._longest, length))

    def _two(self, numbers: Iterable[int]) -> Sequence[Person]:
        """Return the people of the first two different numbers."""
        found: list[int] = []
        for number in numbers:
            if number not in found:
                found.append(number)
            if len(found) == 2:
                break
        return [self._people[number] for number in found]


def _spelled(given: Sequence[tuple[str, int]], first: str) -> Iterator[int]:
    """Yield people whose given name begins with `first` or has it as a short form."""
    yield from _beginning(given, first)
    for long in sorted(long_forms(first)):
        for at in range(bisect_left(given, (long, 0)), bisect_left(given, (f"{long}\0", 0))):
            yield given[at][1]


def _beginning(given: Sequence[tuple[str, int]], form: str) -> Iterator[int]:
    """Yield the people whose given name begins with a form, by bisection."""
    for at in range(bisect_left(given, (form, 0)), len(given)):
        if not given[at][0].startswith(form):
            return
        yield given[at][1]


def _keys(name: Name) -> Iterator[Hashable]:
    """Yield all keys under which a name is found.

    Full, short, surname, name, middle, given, letters.
    """
    yield from long_keys(name)
    if name.full:
        yield from full_keys(name)
    surnames = {" ".join(name.last), *name.own}
    for word in surnames:
        yield "surname", word
    for word in {*surnames, *name.first, " ".join(name.first)}:
        if not is_initial((word,)):
            yield "name", word
    for word in name.middle:
        if not is_initial((word,)):
            yield "middle", word
    yield "given", name.first[0]
    for letters in name.letters:
        yield "letters", letters
