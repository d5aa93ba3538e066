"""Runs of words, by which it is asked whether a removed text occurs in another text.

`"Anna Vance left"` has the runs "anna", "anna vance", "anna vance left", "vance" ... So a question
about a text needs no detectors, and one about digests of texts no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from redactor.analysis.unit import WINDOW, windows
from redactor.detect.deobfuscation.views import alternate_views
from redactor.model import TextWindow
from redactor.text import normalized_tokens, view, words

__all__ = ["WINDOW_WORDS", "WordRuns", "head", "in_windows", "texts_of", "word_runs"]

WINDOW_WORDS = 8
"""Of a removed value, so many words are looked for; the rest follows from them."""


class WordRuns:
    """A set of texts, as runs of at most `WINDOW_WORDS` words, to be looked for in others."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take texts as `normalize` returns them."""
        self._runs: dict[str, set[tuple[str, ...]]] = {}
        for text in texts:
            if run := tuple(text.split()[:WINDOW_WORDS]):
                self._runs.setdefault(run[0], set()).add(run)

    def among(self, texts: Iterable[str], searched: set[bytes] | None = None) -> set[str]:
        """Return those that occur in some texts that follow one another, in any view of them.

        `searched` are digests of windows that need no search, since one of the same text had it;
        those of these texts are added.
        """
        found: set[str] = set()
        searched = set() if searched is None else searched
        for window in in_windows(texts) if self._runs else ():
            digest = sha256(window.text.encode("utf-8", "surrogatepass")).digest()
            if digest not in searched:
                searched.add(digest)
                found = found.union(*map(self._in, texts_of(window)))
        return found

    def _in(self, text: str) -> set[str]:
        forms = [form for _, _, form in normalized_tokens(text)]
        if self._runs.keys().isdisjoint(forms):
            return set()
        return {
            " ".join(run)
            for at, form in enumerate(forms)
            for run in self._runs.get(form, ())
            if tuple(forms[at : at + len(run)]) == run
        }


def in_windows(texts: Iterable[str]) -> Iterator[TextWindow]:
    """Yield texts that follow one another in windows that overlap, as a document is examined."""
    held = ""
    for text in texts:
        held += text
        while len(held) > 2 * WINDOW:
            *whole, last = windows(held)
            yield from whole
            held = last.text
    yield from windows(held)


def head(text: str) -> str:
    """Return the first words of a normalised text, by which it is looked up."""
    return " ".join(text.split()[:WINDOW_WORDS])


def texts_of(segment: TextWindow) -> Iterator[str]:
    """Yield the text of a window in every view of it."""
    seen = view(segment.text)
    yield seen.text
    yield from (reading.text for reading in alternate_views(segment.text, seen))


def word_runs(text: str) -> Iterator[str]:
    """Yield every run of up to `WINDOW_WORDS` words of a text, normalised."""
    forms = [word.form for word in words(text)]
    for start in range(len(forms)):
        for end in range(start + 1, min(start + WINDOW_WORDS, len(forms)) + 1):
            yield " ".join(forms[start:end])
