"""How likely words are names of people, by what detectors found at all their places.

A person found once is searched for by surname or given name alone too. Where the model reads the
same word all over the document and takes it for no name ("Marlin" in "the Marlin kernel"), a lone
word is a product or a list rather than a person, and only the place that was found is redacted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from redactor.detect.coreference.occurrences import Occurrence
from redactor.model import Finding

# The mean probability below which a lone word is not searched for. On the dev parts most precise
# at no loss: gum 0.75 to 0.82, wikigold 0.81 to 0.82 for 0.003 of recall.
LIKELY = 0.25

ELSEWHERE = 0.1
"""The same for a word that another document has for a name: it is known to be one there."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The people whom detectors read in a document, likely or not, in order of position."""

    _starts: Sequence[int] = field(repr=False)
    _ends: Sequence[int] = field(repr=False)  # the farthest up to each
    _read: Sequence[Finding] = field(repr=False)

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Likelihood:
        """Make it of findings of people, low scores included."""
        read = sorted(findings, key=lambda one: (one.start, one.end))
        ends = list(accumulate((one.end for one in read), max))
        return cls([one.start for one in read], ends, read)

    def at(self, start: int, end: int) -> float:
        """Return the highest score of a person at a span; 0 where none was read."""
        likely = 0.0
        for index in range(bisect_right(self._starts, end - 1) - 1, -1, -1):
            if self._ends[index] <= start:
                break
            if self._read[index].end > start:
                likely = max(likely, self._read[index].score)
        return likely

    def unlikely_words(
        self, occurrences: Iterable[Occurrence], likely: float = LIKELY
    ) -> frozenset[str]:
        """Return the lone words whose mean probability over their places is below `likely`."""
        places: dict[str, dict[tuple[int, int], float]] = defaultdict(dict)
        for one in occurrences:
            if one.word and not one.kept:
                span = one.finding.start, one.finding.end
                places[one.word][span] = self.at(*span)
        means = {word: sum(of.values()) / len(of) for word, of in places.items()}
        return frozenset(word for word, mean in means.items() if mean < likely)
