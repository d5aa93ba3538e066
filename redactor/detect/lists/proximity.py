"""The words of one window in order, the names among them, and the distances between both."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from redactor.detect.coreference.name_parser import Name
from redactor.model import Finding, TextWindow
from redactor.text import View, words

# About the length of a sentence.
NEAR = 15
"""Words between a name and a role, value or year that belongs to it."""

_GAP = re.compile(r"[^\S\n]*[.,'*_-]{0,2}[^\S\n]*\n?[^\S\n]*")  # inside a name
# A blank line, across which nothing belongs to a name.
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
# Punctuation: of two names at the same distance, one behind a sign is farther away.
_SIGN = re.compile(r"[^\w\s]")

Run = tuple[int, int]
"""First and last word."""


@dataclass(frozen=True, slots=True)
class NamedSpan:
    """The words of a window that name a person.

    `owned` tells whether both sides of it are in view.
    """

    run: Run
    name: Name = field(repr=False)
    owned: bool  # by the window: what stands on either side of it is seen as well


class Nearby:
    """The words of a window, in order, for measuring distances."""

    def __init__(self, segment: TextWindow, text: View) -> None:
        """Index a window and its view."""
        self._text = text.text
        self._words = list(words(text.text))
        spans = [text.span(word.start, word.end) for word in self._words]
        self._starts = [start + segment.offset for start, _ in spans]
        self._ends = [end + segment.offset for _, end in spans]
        self._begin = segment.offset + segment.context

    def place(self, run: Run, name: Name) -> NamedSpan:
        """Return the named span of some words."""
        return NamedSpan(run, name, self._starts[run[0]] >= self._begin)

    def run(self, finding: Finding) -> Run:
        """Return the words that a finding covers."""
        return self.run_of(finding.start, finding.end)

    def run_of(self, start: int, end: int) -> Run:
        """Return the words that a span of the source covers; a sign before them is none of them."""
        last = max(bisect_left(self._starts, end) - 1, 0)
        first = min(bisect_right(self._ends, start), last)
        return first, last

    def named(self, names: Mapping[str, Sequence[Name]]) -> Iterator[NamedSpan]:
        """Yield the spans of full names, with an initial in between or surname first.

        `names` are looked up by either of their first words.
        """
        for at, word in enumerate(self._words):
            for name in names.get(word.form, ()):
                for run in self._runs(at, name):
                    yield self.place(run, name)

    def _runs(self, at: int, name: Name) -> Iterator[Run]:
        """Yield the words of a name that begins at word `at`, if it does."""
        count = len(name.first) + len(name.last)
        forms = tuple(word.form for word in self._words[at : at + count + 1])
        initial = len(name.first)
        if forms[:count] in (name.first + name.last, name.last + name.first):
            run = at, at + count - 1
        elif initial and len(forms) > count and len(forms[initial]) == 1:
            run = at, at + count
            if forms[:initial] + forms[initial + 1 :] != name.first + name.last:
                return
        else:
            return
        if all(_GAP.fullmatch(self._between((i, i), (i + 1, i + 1))) for i in range(*run)):
            yield run

    def phrases(self, place: NamedSpan, phrases: Sequence[tuple[str, ...]]) -> Iterator[Run]:
        """Yield the words of phrases within `NEAR` words of a name, in the same paragraph."""
        first, last = place.run
        for at in range(max(first - NEAR, 0), min(last + NEAR + 1, len(self._words))):
            for phrase in phrases:
                run = at, at + len(phrase) - 1
                forms = tuple(word.form for word in self._words[at : run[1] + 1])
                if forms == phrase and not _PARAGRAPH.search(self._between(place.run, run)):
                    yield run

    def span(self, run: Run) -> tuple[int, int]:
        """Return the source span of some words."""
        return self._starts[run[0]], self._ends[run[1]]

    def after(self, run: Run) -> str:
        """Return the text behind some words, up to `NEAR` words."""
        last = min(run[1] + NEAR, len(self._words) - 1)
        return self._text[self._words[run[1]].end : self._words[last].end]

    def beside(self, place: NamedSpan, run: Run) -> bool:
        """Tell whether words are within `NEAR` words of a name, in the same paragraph."""
        near = self.closeness(place, run)[0] <= NEAR
        return near and not _PARAGRAPH.search(self._between(place.run, run))

    def said(self, run: Run) -> tuple[list[str], int, int]:
        """Return the words around some words, and the range of these among them."""
        first = max(run[0] - NEAR, 0)
        forms = [word.form for word in self._words[first : run[1] + 1 + NEAR]]
        return forms, run[0] - first, run[1] + 1 - first

    def closeness(self, place: NamedSpan, run: Run) -> tuple[int, bool]:
        """Return the distance of a name from some words, and if punctuation is in between.

        Less is nearer.
        """
        distance = max(run[0] - place.run[1], place.run[0] - run[1], 0)
        return distance, _SIGN.search(self._between(place.run, run)) is not None

    def follows(self, run: Run, place: NamedSpan, places: Sequence[NamedSpan]) -> bool:
        """Tell whether words follow a name on its line, near it and with no name between them."""
        first = place.run[1]
        return (
            0 < run[0] - first <= NEAR
            and "\n" not in self._between(place.run, run)
            and not any(first < other.run[1] <= run[0] for other in places)
        )

    def _between(self, one: Run, other: Run) -> str:
        """Return the text between two groups of words."""
        left, right = sorted((one, other))
        if left[1] >= right[0]:
            return ""
        return self._text[self._words[left[1]].end : self._words[right[0]].start]
