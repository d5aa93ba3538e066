"""Which people of the allow list are kept in one document.

By role, by period, and with what values.

The detection pass feeds it window by window; it stores no text but names and values that may be
kept. What it cannot confirm is not kept, so that the person is redacted:

- a *role* counts when its words occur in order within `NEAR` words of the full name, in the same
  paragraph, no other name is nearer to them, and they are not part of another role or of a relation
  ("deputy mayor", "the mayor's wife");
- a *period* counts when a year of it occurs in the document, by itself or in a date, but not in a
  telephone number, a birth date or any other finding. Years of two digits do not count;
- a *value* (an account, an address, a telephone number) is the person's own when it spells given
  name and surname, or follows the full name on a line, within `NEAR` words, with no other name in
  between. It is then kept wherever it occurs in the document.

A person who is kept is kept throughout the document, except for full names away from the role that
may be a namesake's, or private: personal details that are redacted follow, or ", a baker" does.
Such a name among years of another period alone is kept, and marked for review.

A person with a single name is searched for by that word. A role before the name ("Senator") is no
part of it, whichever detector found it.
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
"""Words of a window that a value covers, its entity and text."""

_Dated = tuple[Run, frozenset[int]]
"""Words of a window that a date covers, and its years."""

Spot = tuple[int, int, int]
"""Segment, start, end."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of an allow list, its names and roles as folded words."""

    kept: AllowedPerson
    names: frozenset[Name] = field(repr=False)
    roles: tuple[tuple[str, ...], ...] = field(repr=False)

    @property
    def homonym_spans(self) -> frozenset[str]:
        """Return the entities of the entry's scope, without PERSON."""
        return self.kept.scope - {"PERSON"}

    def in_period(self, found: Iterable[int]) -> bool:
        """Tell whether any of some years lies in the period."""
        first, last = self.kept.period or (1, 0)
        return any(first <= year <= last for year in found)

    def is_rival(self, name: Name) -> bool:
        """Tell whether a name is another person's.

        A lone surname, or initials, that could be this person's are no rival.
        """
        mine = {form for own in self.names for form in own.first + own.last}
        initials = {form[0] for form in mine}
        return name not in self.names and (
            name.full
            or not mine.issuperset(name.last)
            or not initials.issuperset(form[0] for form in name.first)
        )


class _Listed:
    """An index of an allow list, for all documents: made once, whatever its length."""

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
            for form in {form for name in entry.names for form in _identifying(name)}.union(
                letters
            ):
                self.by_form[form].append(number)
        self.begin: dict[str, list[Name]] = defaultdict(list)
        for name in self.texts:
            for form in dict.fromkeys((*name.first[:1], name.last[0])):
                self.begin[form].append(name)


class _Same:
    """A tuple of people as a cache key, compared by identity.

    Hashing a long list would cost too much.
    """

    def __init__(self, people: tuple[AllowedPerson, ...]) -> None:
        self.people = people

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.people is self.people

    def __hash__(self) -> int:
        return id(self.people)


@lru_cache(maxsize=4)
def _listed(same: _Same) -> _Listed:
    """Return the index of an allow list, from a cache."""
    return _Listed(same.people)


class AllowListContext:
    """What one document says about the people of an allow list.

    Feed it every window (`add`), then ask who is `confirmed`. Of a long list only those people
    count of whose names a word occurs in the document.
    """

    def __init__(self, people: Iterable[AllowedPerson] = ()) -> None:
        """Begin a document; the same tuple of people is indexed only once."""
        self._list = _listed(_Same(tuple(people)))
        self._here: set[int] = set()
        self._forms: set[str] = set()
        self._years: set[int] = set()
        self._seen: set[Name] = set()
        self._in_role: set[AllowedPerson] = set()
        self._others: dict[AllowedPerson, set[Spot]] = defaultdict(set)
        self._dated: dict[AllowedPerson, set[Spot]] = defaultdict(set)
        self._own_values: dict[AllowedPerson, set[tuple[str, str]]] = defaultdict(set)

    def strip_role(self, finding: Finding, segment: TextWindow) -> Finding:
        """Return a finding without a listed role at its start: of "Senator Vance", "Vance"."""
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
        """Add a window, whose view is `text`, and all findings in it."""
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
            self._own_values[entry.kept] |= _own_values(entry, own, near, places, values)
            doubt = _Doubt(entry, near, places, values, dated)
            for place in own if entry.kept.conditional else ():
                if place not in held:
                    spot = segment.index, *near.span(place.run)
                    self._others[entry.kept] |= {spot} if doubt.of_another(place) else set()
                    self._dated[entry.kept] |= {spot} if doubt.of_another_time(place) else set()

    def confirmed(self) -> tuple[str, ...]:
        """Return the names of all people who are kept in this document."""
        return tuple(name for entry in self._staying() for name in entry.kept.names)

    def unconfirmed(self) -> tuple[str, ...]:
        """Return the names that occur but are redacted, because role or period did not."""
        staying = {name for entry in self._staying() for name in entry.names}
        return tuple(sorted(self._list.texts[name] for name in self._seen - staying))

    def possible(self) -> frozenset[str]:
        """Return surnames, and initials with surnames, that may mean a person on the list.

        `{"vance", "a vance"}` for Anna Vance.
        """
        entries = (self._list.entries[number] for number in self._here)
        names = [name for entry in entries for name in entry.names if name.full]
        surnames = {" ".join(name.last) for name in names}
        return frozenset(surnames | {f"{name.first[0][0]} {' '.join(name.last)}" for name in names})

    def homonym_spans(self) -> frozenset[Spot]:
        """Return the spans where a kept person's name may be a namesake's, and is redacted."""
        return frozenset().union(*(self._others[entry.kept] for entry in self._staying()))

    def out_of_period(self) -> frozenset[Spot]:
        """Return the spans where a kept person's name occurs among years of another period."""
        return frozenset().union(*(self._dated[entry.kept] for entry in self._staying()))

    def values(self) -> frozenset[tuple[str, str]]:
        """Return entity and canonical value of each value that is kept with its person."""
        return frozenset().union(*(self._own_values[entry.kept] for entry in self._staying()))

    def _staying(self) -> Iterator[_Entry]:
        """Yield the entries whose role and period are confirmed."""
        for number in sorted(self._here):
            entry = self._list.entries[number]
            in_role = not entry.roles or entry.kept in self._in_role
            in_period = entry.kept.period is None or entry.in_period(self._years)
            if in_role and in_period:
                yield entry

    def _years_of(
        self, segment: TextWindow, text: View, findings: Sequence[Finding], near: Nearby
    ) -> Iterator[_Dated]:
        """Yield the dates of a window with their years, except inside a finding of another kind."""
        if not self._list.dated:
            return
        taken = sorted((f.start, f.end) for f in findings if f.entity not in _MAY_HOLD_A_YEAR)
        ends = [0, *accumulate((end for _, end in taken), max)]
        for start, end, some in years(text.text):
            left, right = (at + segment.offset for at in text.span(start, end))
            if ends[bisect_left(taken, (right,))] <= left:
                yield near.run_of(left, right), some

    def _add_spelled(self, values: Iterable[_Value]) -> None:
        """Add the values that spell the name of an entry, as `anna.vance@example.org` does."""
        for _, entity, text in values:
            account = text.rstrip("/").rsplit("/", maxsplit=1)[-1].strip("@")
            for entry in self._list.spelled.get(_letters(account.split("@", maxsplit=1)[0]), ()):
                if entity in entry.homonym_spans:
                    self._own_values[entry.kept].add((entity, value_of(entity, text)))


def restrictions(people: tuple[AllowedPerson, ...]) -> Mapping[str, date]:
    """Return the day up to which each person is restricted, by canonical value of the name."""
    return _restrictions(_Same(people))


@lru_cache(maxsize=8)
def _restrictions(same: _Same) -> dict[str, date]:
    dated = ((one.restrict_until, name) for one in same.people for name in one.names)
    named = ((day, parse_name(name)) for day, name in dated if day is not None)
    return {value: day for day, name in named if name for value in (name.value, name.whole)}


def is_at(spots: Iterable[Spot], finding: Finding) -> bool:
    """Tell whether a finding overlaps one of some spans."""
    return any(
        segment == finding.segment and start < finding.end and finding.start < end
        for segment, start, end in spots
    )


def _entry(kept: AllowedPerson, texts: dict[Name, str]) -> _Entry:
    """Return an entry with parsed names; the spelling of each name is added to `texts`."""
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
    """Tell whether a role occurs near a name of the entry and no nearer to another name."""
    rivals = [*own, *(other for other in places if entry.is_rival(other.name))]
    return any(
        held(*near.said(run))
        and all(near.closeness(place, run) <= near.closeness(rival, run) for rival in rivals)
        for run in near.phrases(place, entry.roles)
    )


def _own_values(
    entry: _Entry,
    own: Sequence[NamedSpan],
    near: Nearby,
    places: Sequence[NamedSpan],
    values: Iterable[_Value],
) -> set[tuple[str, str]]:
    """Return entity and value of findings in the scope that follow the name and are not private."""
    return {
        (entity, value_of(entity, text))
        for run, entity, text in values
        if entity in entry.homonym_spans
        and not private(*near.said(run))
        and any(near.follows(run, place, places) for place in own)
    }


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Evidence in one window against a mention of a kept person away from their role."""

    entry: _Entry
    near: Nearby
    places: Sequence[NamedSpan]
    values: Sequence[_Value]
    dated: Sequence[_Dated]

    def of_another_time(self, place: NamedSpan) -> bool:
        """Tell whether there are years near a mention, all of them out of the period."""
        here = [some for run, some in self.dated if self.near.beside(place, run)]
        return bool(here) and not any(self.entry.in_period(some) for some in here)

    def of_another(self, place: NamedSpan) -> bool:
        """Tell whether the text beside a mention describes a namesake, or the person in private."""
        words, start, _ = self.near.said(place.run)
        return described(words[:start], self.near.after(place.run)) or any(
            entity not in self.entry.kept.scope
            and entity not in _MAY_HOLD_A_YEAR
            and self.near.follows(run, place, self.places)
            for run, entity, _ in self.values
        )


def _identifying(name: Name) -> set[str]:
    """Return words of a name; wherever the person is named, at least one of them occurs."""
    every = {*name.first, *name.middle, *name.own}
    return {form for form in every if len(form) > 1} or every


def _spellings(entry: _Entry) -> Iterator[str]:
    """Yield the account names that spell a name, without signs and digits.

    "annavance", "vanceanna".
    """
    for name in entry.names:
        if name.full:
            yield "".join(name.first + name.last)
            yield "".join(name.last + name.first)


def _letters(text: str) -> str:
    """Return the letters of a text, folded: `"Anna.Vance61" -> "annavance"`."""
    return "".join(char for char in normalize(text) if char.isalpha())


def _text(finding: Finding, segment: TextWindow) -> str:
    """Return the text of a finding."""
    return segment.text[finding.start - segment.offset : finding.end - segment.offset]
