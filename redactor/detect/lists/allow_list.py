"""Who of the allow list is kept in one document: in their role, in their period, with what.

The first reading gathers it window by window, and holds no text but names and values that may
stay. What it cannot tell it does not vouch for, and the person goes:

- a *role* counts when its words stand, one after the other, within `NEAR` words of the full name,
  in the same paragraph, nobody else is named nearer to them, and they are not said of another role
  or of somebody related ("deputy mayor", "the mayor's wife");
- a *period* counts when a year of it stands in the document, by itself or in a date, but not in a
  telephone number, a birth date or whatever else was found there. Two digits are no year;
- a *value* (an account, an address, a telephone number) is theirs when it spells given name and
  surname, or follows the full name on a line, within `NEAR` words, with nobody named in between.
  It then stays wherever it stands in the document.

Who stays in a document stays all through it, but for full names away from the role that may be a
namesake's, or private: something personal follows that goes, or ", a baker" does. Where such a name
stands among years of another period alone, it stays, and is for a person to see.

A person with one name is looked for by that word. A role before the name ("Senator") is no part
of it, whoever found it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import accumulate

from redactor.detect.coreference.name_parser import Name, names_in, parse_name
from redactor.detect.coreference.search_terms import value_of
from redactor.detect.lists.proximity import NamedSpan, Nearby, Run
from redactor.detect.lists.roles import described, held, private
from redactor.detect.lists.years import years
from redactor.model import AllowedPerson, Finding, TextWindow
from redactor.text import View, normalize, normalized_tokens, view, words

# Names and dates, as a model sees them, may hold the year that a document is of.
_MAY_HOLD_A_YEAR = frozenset({"DATE_TIME", "ORGANIZATION", "LOCATION", "NRP"})


_Value = tuple[Run, str, str]
"""Where in a window a value stands, its entity and text."""

_Dated = tuple[Run, frozenset[int]]
"""Where in a window a date stands, and the years of it."""

Spot = tuple[int, int, int]
"""Segment, start, end."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of an allow list, as it is looked for."""

    kept: AllowedPerson
    names: frozenset[Name] = field(repr=False)
    roles: tuple[tuple[str, ...], ...] = field(repr=False)

    @property
    def homonym_spans(self) -> frozenset[str]:
        """Return the entities that stay beside the name."""
        return self.kept.scope - {"PERSON"}

    def in_period(self, found: Iterable[int]) -> bool:
        """Tell whether one of some years lies in the period."""
        first, last = self.kept.period or (1, 0)
        return any(first <= year <= last for year in found)

    def is_rival(self, name: Name) -> bool:
        """Tell whether a name is somebody else's; their surname alone may be this person's."""
        mine = {form for own in self.names for form in own.first + own.last}
        initials = {form[0] for form in mine}
        return name not in self.names and (
            name.full
            or not mine.issuperset(name.last)
            or not initials.issuperset(form[0] for form in name.first)
        )


class _Listed:
    """An allow list as it is looked for in any document: made once, whatever its length."""

    def __init__(self, people: Iterable[AllowedPerson]) -> None:
        self.texts: dict[Name, str] = {}
        self.entries = [_entry(kept, self.texts) for kept in people]
        self.needed = any(entry.homonym_spans or entry.kept.conditional for entry in self.entries)
        self.dated = any(entry.kept.period is not None for entry in self.entries)
        self.titles = frozenset(role for entry in self.entries for role in entry.roles)
        self.spelled: dict[str, list[_Entry]] = defaultdict(list)
        self.named: dict[Name, list[_Entry]] = defaultdict(list)
        self.by_form: dict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(self.entries):
            letters = list(dict.fromkeys(_spellings(entry)))
            for spelling in letters:
                self.spelled[spelling].append(entry)
            for name in entry.names:
                self.named[name].append(entry)
            for form in {form for name in entry.names for form in _telling(name)}.union(letters):
                self.by_form[form].append(number)
        self.begin: dict[str, list[Name]] = defaultdict(list)
        for name in self.texts:
            for form in dict.fromkeys((*name.first[:1], name.last[0])):
                self.begin[form].append(name)


class _Same:
    """An allow list as a key: itself and no other, however long it is."""

    def __init__(self, people: tuple[AllowedPerson, ...]) -> None:
        self.people = people

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.people is self.people

    def __hash__(self) -> int:
        return id(self.people)


@lru_cache(maxsize=4)
def _listed(same: _Same) -> _Listed:
    return _Listed(same.people)


class AllowListContext:
    """What one document says for the people of an allow list.

    Of a long list only those count of whose names a word stands in the document.
    """

    def __init__(self, people: Iterable[AllowedPerson] = ()) -> None:
        """Begin a document; the same tuple of people costs something only once."""
        self._list = _listed(_Same(tuple(people)))
        self._here: set[int] = set()
        self._forms: set[str] = set()
        self._years: set[int] = set()
        self._seen: set[Name] = set()
        self._in_role: set[AllowedPerson] = set()
        self._others: dict[AllowedPerson, set[Spot]] = defaultdict(set)
        self._dated: dict[AllowedPerson, set[Spot]] = defaultdict(set)
        self._theirs: dict[AllowedPerson, set[tuple[str, str]]] = defaultdict(set)

    def strip_role(self, finding: Finding, segment: TextWindow) -> Finding:
        """Return a finding without the role before the name of somebody on the allow list."""
        if finding.entity != "PERSON" or not self._list.titles:
            return finding
        text = view(_text(finding, segment))
        tokens = list(words(text.text))
        for at in range(1, len(tokens)):
            role = tuple(word.form for word in tokens[:at])
            name = parse_name(text.text[tokens[at].start :])
            if role in self._list.titles and name in self._list.texts:
                start = text.span(tokens[at].start, tokens[at].end)[0]
                return replace(finding, start=finding.start + start)
        return finding

    def add(self, segment: TextWindow, text: View, findings: Sequence[Finding]) -> None:
        """Take in a window, whose view is `text`, and all that was found in it."""
        if not self._list.entries:
            return
        words_here = {form for _, _, form in normalized_tokens(text.text)} - self._forms
        for form in words_here & self._list.by_form.keys():
            self._forms.add(form)
            self._here.update(self._list.by_form[form])
        if not self._list.needed:
            return
        near = Nearby(segment, text)
        dated = list(self._years_of(segment, text, findings, near))
        self._years = self._years.union(*(some for _, some in dated))
        places = list(near.named(self._list.begin))
        for finding in findings:
            if finding.entity == "PERSON":
                person = self.strip_role(finding, segment)
                names = names_in(view(_text(person, segment)).text)
                places += [near.place(near.run(person), name) for name in names]
        values = [
            (near.run(finding), finding.entity, view(_text(finding, segment)).text)
            for finding in findings
            if finding.entity != "PERSON"
        ]
        self._add_spelled(values)
        known = {place.name for place in places if place.name in self._list.texts}
        self._seen |= known
        entries = {id(e): e for name in known for e in self._list.named[name]}
        for entry in entries.values():
            own = [place for place in places if place.owned and place.name in entry.names]
            held = [place for place in own if _in_role(entry, place, own, near, places)]
            if held:
                self._in_role.add(entry.kept)
            self._theirs[entry.kept] |= _theirs(entry, own, near, places, values)
            doubt = _Doubt(entry, near, places, values, dated)
            for place in own if entry.kept.conditional else ():
                if place not in held:
                    spot = segment.index, *near.span(place.run)
                    self._others[entry.kept] |= {spot} if doubt.of_another(place) else set()
                    self._dated[entry.kept] |= {spot} if doubt.of_another_time(place) else set()

    def confirmed(self) -> tuple[str, ...]:
        """Return the names of everybody who stays."""
        return tuple(name for entry in self._staying() for name in entry.kept.names)

    def unconfirmed(self) -> tuple[str, ...]:
        """Return the names that were seen and go, because role or period were not."""
        staying = {name for entry in self._staying() for name in entry.names}
        return tuple(sorted(self._list.texts[name] for name in self._seen - staying))

    def possible(self) -> frozenset[str]:
        """Return by which surnames and initials somebody on the list may be meant."""
        entries = (self._list.entries[number] for number in self._here)
        names = [name for entry in entries for name in entry.names if name.full]
        surnames = {" ".join(name.last) for name in names}
        return frozenset(surnames | {f"{name.first[0][0]} {' '.join(name.last)}" for name in names})

    def homonym_spans(self) -> frozenset[Spot]:
        """Return where somebody who stays is named who may be another, and goes there."""
        return frozenset().union(*(self._others[entry.kept] for entry in self._staying()))

    def out_of_period(self) -> frozenset[Spot]:
        """Return where somebody who stays is named among years of another period."""
        return frozenset().union(*(self._dated[entry.kept] for entry in self._staying()))

    def values(self) -> frozenset[tuple[str, str]]:
        """Return entity and canonical value of what stays beside the names."""
        return frozenset().union(*(self._theirs[entry.kept] for entry in self._staying()))

    def _staying(self) -> Iterator[_Entry]:
        for number in sorted(self._here):
            entry = self._list.entries[number]
            in_role = not entry.roles or entry.kept in self._in_role
            in_period = entry.kept.period is None or entry.in_period(self._years)
            if in_role and in_period:
                yield entry

    def _years_of(
        self, segment: TextWindow, text: View, findings: Sequence[Finding], near: Nearby
    ) -> Iterator[_Dated]:
        """Yield the dates of a window, but not those that are a part of something else."""
        if not self._list.dated:
            return
        taken = sorted((f.start, f.end) for f in findings if f.entity not in _MAY_HOLD_A_YEAR)
        ends = [0, *accumulate((end for _, end in taken), max)]
        for start, end, some in years(text.text):
            left, right = (at + segment.offset for at in text.span(start, end))
            if ends[bisect_left(taken, (right,))] <= left:
                yield near.run_of(left, right), some

    def _add_spelled(self, values: Iterable[_Value]) -> None:
        for _, entity, text in values:
            account = text.rstrip("/").rsplit("/", maxsplit=1)[-1].strip("@")
            for entry in self._list.spelled.get(_letters(account.split("@", maxsplit=1)[0]), ()):
                if entity in entry.homonym_spans:
                    self._theirs[entry.kept].add((entity, value_of(entity, text)))


def restrictions(people: tuple[AllowedPerson, ...]) -> Mapping[str, date]:
    """Return until when people are restricted, by the canonical values of their names."""
    return _restrictions(_Same(people))


@lru_cache(maxsize=8)
def _restrictions(same: _Same) -> dict[str, date]:
    dated = ((one.restrict_until, name) for one in same.people for name in one.names)
    named = ((day, parse_name(name)) for day, name in dated if day is not None)
    return {value: day for day, name in named if name for value in (name.value, name.whole)}


def is_at(spots: Iterable[Spot], finding: Finding) -> bool:
    """Tell whether a finding stands at one of some spots, or touches it."""
    return any(
        segment == finding.segment and start < finding.end and finding.start < end
        for segment, start, end in spots
    )


def _entry(kept: AllowedPerson, texts: dict[Name, str]) -> _Entry:
    """Return an entry; how its names are written is added to `texts`."""
    written = {text: parse_name(text) for text in kept.names}
    texts |= {name: text for text, name in written.items() if name is not None}
    names = written.values()
    roles = (tuple(word.form for word in words(view(role).text)) for role in kept.roles)
    return _Entry(kept, frozenset(n for n in names if n is not None), tuple(roles))


def _in_role(
    entry: _Entry,
    place: NamedSpan,
    own: Iterable[NamedSpan],
    near: Nearby,
    places: Iterable[NamedSpan],
) -> bool:
    """Tell whether a role is said at a place, and no nearer to a name elsewhere, theirs or not."""
    rivals = [*own, *(other for other in places if entry.is_rival(other.name))]
    return any(
        held(*near.said(run))
        and all(near.closeness(place, run) <= near.closeness(rival, run) for rival in rivals)
        for run in near.phrases(place, entry.roles)
    )


def _theirs(
    entry: _Entry,
    own: Sequence[NamedSpan],
    near: Nearby,
    places: Sequence[NamedSpan],
    values: Iterable[_Value],
) -> set[tuple[str, str]]:
    """Return entity and value of what follows the name and is in the scope, but nothing private."""
    return {
        (entity, value_of(entity, text))
        for run, entity, text in values
        if entity in entry.homonym_spans
        and not private(*near.said(run))
        and any(near.follows(run, place, places) for place in own)
    }


@dataclass(frozen=True, slots=True)
class _Doubt:
    """What speaks against mentions of somebody who stays, away from their role, in one window."""

    entry: _Entry
    near: Nearby
    places: Sequence[NamedSpan]
    values: Sequence[_Value]
    dated: Sequence[_Dated]

    def of_another_time(self, place: NamedSpan) -> bool:
        """Tell whether years are near, and all of them out of the period."""
        here = [some for run, some in self.dated if self.near.beside(place, run)]
        return bool(here) and not any(self.entry.in_period(some) for some in here)

    def of_another(self, place: NamedSpan) -> bool:
        """Tell whether the text goes on as it does of somebody else, or of somebody in private."""
        words, start, _ = self.near.said(place.run)
        return described(words[:start], self.near.after(place.run)) or any(
            entity not in self.entry.kept.scope
            and entity not in _MAY_HOLD_A_YEAR
            and self.near.follows(run, place, self.places)
            for run, entity, _ in self.values
        )


def _telling(name: Name) -> set[str]:
    """Return the words of a name one of which stands wherever the person is named."""
    every = {*name.first, *name.middle, *name.own}
    return {form for form in every if len(form) > 1} or every


def _spellings(entry: _Entry) -> Iterator[str]:
    """Yield what is left of an account that spells a name, without signs and digits."""
    for name in entry.names:
        if name.full:
            yield "".join(name.first + name.last)
            yield "".join(name.last + name.first)


def _letters(text: str) -> str:
    return "".join(char for char in normalize(text) if char.isalpha())


def _text(finding: Finding, segment: TextWindow) -> str:
    return segment.text[finding.start - segment.offset : finding.end - segment.offset]
