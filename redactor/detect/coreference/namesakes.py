"""Which full names are one person: with a middle name or without, in short, or surname first.

Two names *agree* when nothing in them tells two people apart. "Ada Marsh" agrees with "Ada Louise
Marsh" and with "Ada Ruth Marsh", which do not agree with each other: then "Ada Marsh" is ambiguous,
a group by itself that is not clear. The other names form groups in which all agree with all.

Only names that share a given name (or a form of it) and another word are compared, so the work
grows with the names and not with their pairs. Of a given name and a word that very many names
share, nothing is concluded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import combinations

from redactor.detect.coreference.name_parser import Name, is_initial
from redactor.detect.coreference.nicknames import is_given, long_forms, short_forms

_CROWD = 64  # names with the same given name and word: too many to be told apart

Group = tuple[list[Name], bool]
"""Names of one person, the most telling first; and whether they are clearly one."""


def groups(
    names: Sequence[Name],
    keys: Callable[[Name], Iterable[Hashable]],
    agree: Callable[[Name, Name], bool],
) -> Iterator[Group]:
    """Yield the people that names stand for, each as a group.

    Only names with a common key are compared.
    """
    near = _neighbours(names, keys, agree)
    unclear = {one for one in range(len(names)) if _is_ambiguous(near[one], near)}
    for one, name in enumerate(names):
        if one in unclear:
            yield [name], False
            continue
        members = sorted({one} | near[one] - unclear)
        if members[0] == one:
            yield sorted((names[member] for member in members), key=_rank), True


def _neighbours(
    names: Sequence[Name],
    keys: Callable[[Name], Iterable[Hashable]],
    agree: Callable[[Name, Name], bool],
) -> list[set[int]]:
    """Return, for each name by its number, the numbers of the names that agree with it."""
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        for key in set(keys(name)):
            blocks[key].append(number)
    near: list[set[int]] = [set() for _ in names]
    for block in blocks.values():
        for one, other in combinations(block, 2) if len(block) <= _CROWD else ():
            if agree(names[one], names[other]):
                near[one].add(other)
                near[other].add(one)
    return near


def _is_ambiguous(near: set[int], all_near: Sequence[set[int]]) -> bool:
    """Tell whether a name agrees with two that do not agree with each other: it is ambiguous."""
    return any(one not in all_near[other] for one, other in combinations(sorted(near), 2))


def _rank(name: Name) -> tuple[bool, bool, int, int, str]:
    """Return a sort key for the names of one person.

    The name that gives the canonical value is first.
    """
    given = name.first[0] if name.first else ""
    turned = not is_given(given) and is_given(name.last[-1])
    return (turned, bool(long_forms(given)), -len(name.middle), -len(name.last), name.whole)


def full_keys(name: Name) -> Iterator[Hashable]:
    """Yield index keys that full names of one person share: `("full", "ada", "marsh")`."""
    for given in {name.first[0], *long_forms(name.first[0])}:
        for word in _identifying_words(name):
            yield "full", given, word
    yield "words", *sorted((*name.first, *name.middle, *name.last))


def _identifying_words(name: Name) -> list[str]:
    """Return the words after the given name, without particles and initials."""
    return [form for form in (*name.middle, *name.own) if not is_initial((form,))]


def short_keys(name: Name) -> Iterator[Hashable]:
    """Yield index keys that a name with an initial shares with the full one.

    `("short", "a", "marsh")`.
    """
    if is_initial(name.first):
        yield from (("short", name.first[0], word) for word in name.own)
    else:
        yield "short", name.own[0][0], name.first[0]


def long_keys(name: Name) -> Iterator[Hashable]:
    """Yield the `short_keys` under which a full name is found."""
    for word in _identifying_words(name):
        yield "short", name.first[0][0], word
    for word in name.first:
        yield "short", name.own[0][0], word


class Agreement:
    """The relation "can be one person" between the full names of a document."""

    def __init__(self, names: Iterable[Name], kept: frozenset[Name]) -> None:
        """Index names. One in `kept` agrees with one that is not in it only if they are equal."""
        self._known = {(name.first[0], name.last) for name in names if name.first}
        self._kept = kept

    def __call__(self, one: Name, other: Name) -> bool:
        """Tell whether nothing in two names tells two people apart."""
        if not same_kind(one, other):
            return False
        if (one in self._kept) != (other in self._kept):
            return one == other and middles_agree(one.middle, other.middle)
        return (self._same_given(one, other) and _same_rest(one, other)) or _surname_first(
            one, other
        )

    def _same_given(self, one: Name, other: Name) -> bool:
        """Tell whether given names are equal, or forms of one: "Bill" and "William"."""
        left, right = one.first[0], other.first[0]
        if left == right:
            return one.first[: len(other.first)] == other.first[: len(one.first)]
        if len(one.first) > 1 or len(other.first) > 1:
            return "".join(one.first) == "".join(other.first)
        if left in short_forms(right) or right in short_forms(left):
            return True
        both = long_forms(left) & long_forms(right)
        return any((name, one.last) in self._known for name in both)


def same_kind(one: Name, other: Name) -> bool:
    """Tell whether neither gender nor generation tells two people apart."""
    same_gender = not (one.gender and other.gender) or one.gender == other.gender
    same_age = not (one.generation and other.generation) or one.generation == other.generation
    return same_gender and same_age


def middles_agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether one of two middle names can be the other in short.

    "L." and "Louise", none and "Ruth".
    """
    few, many = sorted((one, other), key=len)
    return all(any(_same_or_initial(form, rest) for rest in many) for form in few)


def _same_or_initial(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def _same_rest(one: Name, other: Name) -> bool:
    """Tell whether surname and middle names are equal, or one name's among the other's."""
    if one.last == other.last:
        return middles_agree(one.middle, other.middle)
    few, many = sorted((one, other), key=lambda name: len(name.middle + name.last))
    rest = (*many.middle, *many.last)
    fewer = len(few.middle + few.last) < len(rest)
    return fewer and set(few.own) <= set(rest) and middles_agree(few.middle, rest)


def _surname_first(one: Name, other: Name) -> bool:
    """Tell whether one name is the other with the surname first: "Kovács Anna" and "Anna Kovács".

    Not if both begin with a known given name: "William Peter" and "Peter William" are two people.
    """
    words = [sorted((*name.first, *name.middle, *name.last)) for name in (one, other)]
    same = words[0] == words[1] and one.first != other.first
    return same and not (is_given(one.first[0]) and is_given(other.first[0]))
