"""What the name model reads at all places of some words, wherever they are in a document.

One place misleads it more often than all of them together: a word that it takes for a person once,
with little certainty, and for none three times, is hardly ever one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from redactor.detect.checks.given_names import is_on_list
from redactor.detect.coreference.likelihood import Likelihood
from redactor.detect.coreference.name_parser import words_of
from redactor.detect.coreference.nicknames import is_given
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.evidence.languages import is_foreign
from redactor.model import Finding
from redactor.text import normalized_tokens

__all__ = ["Means", "Places"]

# A lone word in doubt is no person if its mean probability over its places is below. On the dev
# parts, crossner and the training part of gum, 47 such words were wrong and 8 right.
SELDOM = 0.4
# With so many places, and a mean so low, it is none however sure the model is of one of them: on
# the dev parts twelve such words were wrong and none right.
MANY, HARDLY = 3, 0.3
# The model knows English best. Among words of another language a lone word less probable is no
# person: in held-out blocks of 24 languages such words were wrong 30 times and right twice; from
# here to 0.6 they were right 17 times of 40.
ABROAD = 0.45
# A name is not searched for if its places are read as a place or an organisation with this mean
# probability, and with so much more than that of a person.
OTHER, MOSTLY = 0.5, 1.5
CERTAIN = 0.9  # a name this probable is searched for all the same
# A word with a capital directly before or after: "Method" of "Method Man".
_BEFORE = re.compile(r"(?<![^\W_])[^\W\d_a-z][\w'’-]*[ ]\Z")
_AFTER = re.compile(r"[ ][^\W\d_a-z]")
_SMALL_WORD = re.compile(r"(?<![^\W_])[^\W\d_A-Z]{2,}(?![^\W_])")  # "the", in any script
_NEAR = 64  # characters on either side of a mention


@dataclass(frozen=True, slots=True)
class Means:
    """How many places some words have, and the mean probabilities of a person and of others.

    `follows_given` tells whether a given name with a capital is before any: "Ilse Brandt".
    """

    places: int
    person: float
    other: float
    follows_given: bool


class Places:
    """The words of a text, and what is read where each of them is."""

    def __init__(
        self, text: str, people: Iterable[Finding] = (), others: Iterable[Finding] = ()
    ) -> None:
        """Take a text, the people read in it, however unlikely, and what else is read."""
        self.text = text
        self._people, self._others = Likelihood.of(people), Likelihood.of(others)
        self._words: list[tuple[int, int, str]] = []
        self._at: Mapping[str, Sequence[int]] = {}
        self._means: dict[tuple[str, ...], Means] = {}

    def rejects(self, mention: Mention, review: float) -> bool:
        """Tell whether a lone word of running text, in doubt here, is no name at its other places.

        Given names are left: most of them are words somewhere. So are parts of longer names.
        """
        forms, finding = words_of(mention.text), mention.finding
        if len(forms) != 1 or not _is_bare(mention):
            return False
        if finding.score < ABROAD and self._is_unlikely_abroad(mention):
            return True
        if is_given(forms[0]):
            return False
        if finding.score < CERTAIN and self._is_hardly_ever(forms):
            return True
        if finding.score >= review or not self._is_alone_in_sentence(finding):
            return False
        means = self.means(forms)
        return means.places > 1 and means.person < SELDOM and not means.follows_given

    def _is_hardly_ever(self, forms: tuple[str, ...]) -> bool:
        """Tell whether a lone word is no person at most of its places, of which there are many."""
        means = self.means(forms)
        return means.places >= MANY and means.person < HARDLY and not means.follows_given

    def _is_unlikely_abroad(self, mention: Mention) -> bool:
        """Tell whether a lone word is among words of another language, and no given name."""
        finding = mention.finding
        around = is_foreign(self.text, finding.start, finding.end)
        return around and not (is_on_list(mention.text) and self._is_written_so(finding))

    def _is_written_so(self, finding: Finding) -> bool:
        """Tell whether a name has a capital, or its line has none at all."""
        line = self.text[self.text.rfind("\n", 0, finding.start) + 1 : finding.end]
        return not self.text[finding.start : finding.end].islower() or line.islower()

    def doubts(self, mention: Mention) -> bool:
        """Tell whether the places of a name are mostly read as a place or an organisation."""
        if mention.finding.score >= CERTAIN or not _is_bare(mention):
            return False
        means = self.means(words_of(mention.text))
        return means.places > 1 and means.other >= max(OTHER, MOSTLY * means.person)

    def means(self, forms: tuple[str, ...]) -> Means:
        """Return the means over all places where some words follow each other, found once."""
        if forms not in self._means:
            spans = list(self._spans(forms))
            count = max(1, len(spans))
            person = sum(self._people.at(*span) for span in spans) / count
            other = sum(self._others.at(*span) for span in spans) / count
            self._means[forms] = Means(len(spans), person, other, self._follows_given(forms))
        return self._means[forms]

    def _spans(self, forms: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield the spans of the places where some words follow each other."""
        self._index()
        for first in self._at.get(forms[0], ()) if forms else ():
            found = self._words[first : first + len(forms)]
            if [form for _, _, form in found] == [*forms]:
                yield found[0][0], found[-1][1]

    def _index(self) -> None:
        """Find the words, once: few documents have a mention that asks for them."""
        if self._words:
            return
        self._words = list(normalized_tokens(self.text))
        at: dict[str, list[int]] = defaultdict(list)
        for index, (_, _, form) in enumerate(self._words):
            at[form].append(index)
        self._at = at

    def _follows_given(self, forms: Sequence[str]) -> bool:
        """Tell whether some words follow a given name with a capital anywhere."""
        places = (at for form in forms[:1] for at in self._at.get(form, ()))
        before = (self._words[at - 1] for at in places if at)
        return any(is_given(given) and self.text[start].isupper() for start, _, given in before)

    def _is_alone_in_sentence(self, finding: Finding) -> bool:
        """Tell whether words in small letters are on the line of a mention, and no name beside it.

        A cell, a form or a list is read worse than running text, and says less.
        """
        before = self.text[max(0, finding.start - 4 * _NEAR) : finding.start].rpartition("\n")[2]
        after = self.text[finding.end : finding.end + 4 * _NEAR].partition("\n")[0]
        small = len(_SMALL_WORD.findall(before)) + len(_SMALL_WORD.findall(after))
        return small > 1 and not (_BEFORE.search(before) or _AFTER.match(after))


def _is_bare(mention: Mention) -> bool:
    """Tell whether the name model has found a mention, and no title is beside it."""
    found = mention.finding.source.startswith("model:")
    return found and not mention.reading and not mention.has_title
