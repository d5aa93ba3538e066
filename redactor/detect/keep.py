"""Who of the keep list may stay in one document: in their role, in their period, with what.

The first reading gathers it window by window, and holds no text but names and values that may
stay. What it cannot tell it does not vouch for, and the person goes:

- a *role* counts when its words stand, one after the other, within `NEAR` words of the full name,
  in the same paragraph, and nobody else is named nearer to them;
- a *period* counts when a year of it stands in the document, by itself or in a date, but not in a
  telephone number, a birth date or whatever else was found there. Two digits are no year;
- a *value* (an account, an address, a telephone number) is theirs when it spells given name and
  surname, or follows the full name on a line, within `NEAR` words, with nobody named in between.
  It then stays wherever it stands in the document.

A person with one name is looked for by that word. A role before the name ("Senator") is no part
of it, whoever found it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from redactor.detect.naming import Name, names_in, parse_name
from redactor.detect.near import Nearby, Place, Run
from redactor.detect.terms import value_of
from redactor.detect.years import years
from redactor.model import Finding, Kept, Segment
from redactor.text import View, fold, view, words

# Names and dates, as a model sees them, may hold the year that a document is of.
_MAY_HOLD_A_YEAR = frozenset({"DATE_TIME", "ORGANIZATION", "LOCATION", "NRP"})


_Value = tuple[Run, str, str]
"""Where in a window a value stands, its entity and text."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a keep list, as it is looked for."""

    kept: Kept
    names: frozenset[Name] = field(repr=False)
    roles: tuple[tuple[str, ...], ...] = field(repr=False)

    @property
    def others(self) -> frozenset[str]:
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


class Evidence:
    """What one document says for the people of a keep list."""

    def __init__(self, keep: Iterable[Kept] = ()) -> None:
        """Begin a document."""
        self._entries = [_entry(kept) for kept in keep]
        self._needed = any(entry.others or entry.kept.conditional for entry in self._entries)
        listed = {parse_name(name): name for e in self._entries for name in e.kept.names}
        self._listed = {name: text for name, text in listed.items() if name is not None}
        self._titles = frozenset(role for entry in self._entries for role in entry.roles)
        self._begin: dict[str, list[Name]] = defaultdict(list)
        for name in self._listed:
            for form in dict.fromkeys((*name.first[:1], name.last[0])):
                self._begin[form].append(name)
        self._spelled: dict[str, list[_Entry]] = defaultdict(list)
        for entry in self._entries:
            for letters in dict.fromkeys(_spellings(entry)):
                self._spelled[letters].append(entry)
        self._seen: set[Name] = set()
        self._in_role: set[Kept] = set()
        self._in_period: set[Kept] = set()
        self._theirs: dict[Kept, set[tuple[str, str]]] = defaultdict(set)

    def untitled(self, finding: Finding, segment: Segment) -> Finding:
        """Return a finding without the role before the name of somebody on the keep list."""
        if finding.entity != "PERSON" or not self._titles:
            return finding
        text = view(_text(finding, segment))
        tokens = list(words(text.text))
        for at in range(1, len(tokens)):
            role = tuple(word.form for word in tokens[:at])
            name = parse_name(text.text[tokens[at].start :])
            if role in self._titles and name in self._listed:
                start = text.span(tokens[at].start, tokens[at].end)[0]
                return replace(finding, start=finding.start + start)
        return finding

    def add(self, segment: Segment, text: View, findings: Sequence[Finding]) -> None:
        """Take in a window, whose view is `text`, and all that was found in it."""
        if not self._needed:
            return
        self._add_years(segment, text, findings)
        near = Nearby(segment, text)
        places = list(near.named(self._begin))
        for finding in findings:
            if finding.entity == "PERSON":
                person = self.untitled(finding, segment)
                names = names_in(view(_text(person, segment)).text)
                places += [near.place(near.run(person), name) for name in names]
        values = [
            (near.run(finding), finding.entity, view(_text(finding, segment)).text)
            for finding in findings
            if finding.entity != "PERSON"
        ]
        self._add_spelled(values)
        known = {place.name for place in places if place.name in self._listed}
        self._seen |= known
        for entry in self._entries if known else ():
            if not known.isdisjoint(entry.names):
                self._add_entry(entry, near, places, values)

    def vouched(self) -> tuple[str, ...]:
        """Return the names of everybody who stays."""
        return tuple(name for entry in self._staying() for name in entry.kept.names)

    def doubted(self) -> tuple[str, ...]:
        """Return the names that were seen and go, because role or period were not."""
        staying = {name for entry in self._staying() for name in entry.names}
        return tuple(sorted(self._listed[name] for name in self._seen - staying))

    def values(self) -> frozenset[tuple[str, str]]:
        """Return entity and canonical value of what stays beside the names."""
        return frozenset().union(*(self._theirs[entry.kept] for entry in self._staying()))

    def _staying(self) -> Iterator[_Entry]:
        for entry in self._entries:
            in_role = not entry.roles or entry.kept in self._in_role
            in_period = entry.kept.period is None or entry.kept in self._in_period
            if in_role and in_period:
                yield entry

    def _add_years(self, segment: Segment, text: View, findings: Sequence[Finding]) -> None:
        undated = [
            e for e in self._entries if e.kept.period is not None and e.kept not in self._in_period
        ]
        if not undated:
            return
        taken = sorted((f.start, f.end) for f in findings if f.entity not in _MAY_HOLD_A_YEAR)
        ends = [0, *accumulate((end for _, end in taken), max)]
        found: set[int] = set()
        for start, end, some in years(text.text):
            left, right = (at + segment.offset for at in text.span(start, end))
            if ends[bisect_left(taken, (right,))] <= left:
                found |= some
        self._in_period |= {entry.kept for entry in undated if entry.in_period(found)}

    def _add_spelled(self, values: Iterable[_Value]) -> None:
        for _, entity, text in values:
            account = text.rstrip("/").rsplit("/", maxsplit=1)[-1].strip("@")
            for entry in self._spelled.get(_letters(account.split("@", maxsplit=1)[0]), ()):
                if entity in entry.others:
                    self._theirs[entry.kept].add((entity, value_of(entity, text)))

    def _add_entry(
        self, entry: _Entry, near: Nearby, places: Sequence[Place], values: Sequence[_Value]
    ) -> None:
        """Take in what the window says of one entry: the role, and what is theirs."""
        own = [place for place in places if place.owned and place.name in entry.names]
        if _in_role(entry, own, near, places):
            self._in_role.add(entry.kept)
        self._theirs[entry.kept] |= {
            (entity, value_of(entity, text))
            for run, entity, text in values
            if entity in entry.others and any(near.follows(run, place, places) for place in own)
        }


def _entry(kept: Kept) -> _Entry:
    names = (parse_name(name) for name in kept.names)
    roles = (tuple(word.form for word in words(view(role).text)) for role in kept.roles)
    return _Entry(kept, frozenset(n for n in names if n is not None), tuple(roles))


def _in_role(entry: _Entry, own: Iterable[Place], near: Nearby, places: Iterable[Place]) -> bool:
    rivals = [place for place in places if entry.is_rival(place.name)]
    return any(
        all(near.closeness(place, run) <= near.closeness(rival, run) for rival in rivals)
        for place in own
        for run in near.phrases(place, entry.roles)
    )


def _spellings(entry: _Entry) -> Iterator[str]:
    """Yield what is left of an account that spells a name, without signs and digits."""
    for name in entry.names:
        if name.full:
            yield "".join(name.first + name.last)
            yield "".join(name.last + name.first)


def _letters(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalpha())


def _text(finding: Finding, segment: Segment) -> str:
    return segment.text[finding.start - segment.offset : finding.end - segment.offset]
