"""Texts that are removed, known again among the words of another reading of the same picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from redactor.formats.ocr.words import Word
from redactor.model import Edit
from redactor.text import normalized_tokens, view

__all__ = ["RemovedTexts"]

_WORDS = 8
"""Of a text so many words are looked for, as in the check of a copy: the rest follows them."""

_Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemovedTexts:
    """Texts that edits remove and that no text of the document keeps, as their first words."""

    runs: frozenset[_Run] = field(repr=False)

    @classmethod
    def of(cls, texts: Sequence[str], edits: Iterable[Edit]) -> RemovedTexts:
        """Return what edits remove of some texts, but what these keep elsewhere."""
        mine: dict[int, list[Edit]] = {}
        for one in edits:
            mine.setdefault(one.segment, []).append(one)
        gone = {
            _forms(texts[one.segment][one.start : one.end])[:_WORDS]
            for some in mine.values()
            for one in some
        }
        found = cls(frozenset(gone - {()}))
        kept = (one for n, text in enumerate(texts) for one in _kept(text, mine.get(n, ())))
        forms = tuple(form for one in kept for form in _forms(one))
        return cls(found.runs - {run for run, _ in found._places(forms)})

    def among(self, words: Sequence[Word]) -> list[Word]:
        """Return the words that spell one of them, be they of several paragraphs."""
        forms = [(form, at) for at, word in enumerate(words) for form in _forms(word.text)]
        found = {
            at
            for run, first in self._places([form for form, _ in forms])
            for _, at in forms[first : first + len(run)]
        }
        return [words[at] for at in sorted(found)]

    def _places(self, forms: Sequence[str]) -> Iterator[tuple[_Run, int]]:
        """Yield each that is in a row of words, and where it begins."""
        starts: dict[str, list[_Run]] = {}
        for run in self.runs:
            starts.setdefault(run[0], []).append(run)
        for at, form in enumerate(forms):
            for run in starts.get(form, ()):
                if tuple(forms[at : at + len(run)]) == run:
                    yield run, at


def _forms(text: str) -> _Run:
    return tuple(form for _, _, form in normalized_tokens(view(text).text))


def _kept(text: str, edits: Sequence[Edit]) -> Iterator[str]:
    """Yield what edits leave of a text."""
    done = 0
    for one in sorted(edits, key=lambda edit: edit.start):
        yield text[done : one.start]
        done = max(done, one.end)
    yield text[done:]
