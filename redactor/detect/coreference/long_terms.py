"""Terms of many words, found in time in proportion to the text.

A term is tried wherever its first two words stand. Of one that has thousands, in a text that
repeats them, most would be read again at every word; the algorithm of Knuth, Morris and Pratt
(1977) reads each word once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redactor.detect.coreference.matching import GAPS
from redactor.detect.coreference.search_terms import SearchTerm
from redactor.text import Word

__all__ = ["LongTerm"]

LONG = 32  # words; what is shorter costs no more than so many times the text


class LongTerm:
    """A term of more than `LONG` words. Holds no state of a text, so it serves for all of them."""

    def __init__(self, term: SearchTerm) -> None:
        """Compute the failure function.

        For each prefix of the term, the longest one that also ends it.
        """
        self.term = term
        self._again = [0] * len(term.forms)
        matched = 0
        for at in range(1, len(term.forms)):
            matched = self._next(matched, term.forms[at])
            self._again[at] = matched

    @classmethod
    def is_one(cls, term: SearchTerm) -> bool:
        """Tell whether a term is long, and matched by nothing but its words in order."""
        return len(term.forms) > LONG and not term.middle and not term.capital

    def _next(self, matched: int, form: str) -> int:
        """Return how many words are matched after one more word."""
        forms = self.term.forms
        while matched and (matched == len(forms) or forms[matched] != form):
            matched = self._again[matched - 1]
        return matched + (forms[matched] == form)

    def run(self, text: str, tokens: Sequence[Word], at: int) -> Iterator[tuple[int, int | None]]:
        """Match from a token on, as long as some of the term is matched.

        Yields first and last token of each whole match, and in the end the token before which no
        other match begins, with None.
        """
        matched, here, gap = 0, at, GAPS[self.term.gap]
        while here < len(tokens):
            if matched and not gap.fullmatch(text, tokens[here - 1].end, tokens[here].start):
                matched = 0
            matched = self._next(matched, tokens[here].form)
            if not matched:
                break
            here += 1
            if matched == len(self.term.forms):
                yield here - matched, here - 1
        yield here, None
