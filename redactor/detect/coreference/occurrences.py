"""Finds every occurrence of a person, or of another removed value, in a text.

Everything that `find` yields is redacted, and `find` over the finished copy must yield nothing: the
same function searches and verifies. A surname that begins the name of an organisation or a street
("Marsh Street") is found with its phrase, and left there as long as the phrase is whole.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from redactor.detect.checks.names import not_organisation, plain_place
from redactor.detect.checks.words import is_common
from redactor.detect.coreference.index import SHORTEST_GLUED
from redactor.detect.coreference.long_terms import LongTerm
from redactor.detect.coreference.matching import GAPS, match_end
from redactor.detect.coreference.name_parser import CONTEXT, with_titles
from redactor.detect.coreference.resolver import EntityResolver, Resolution
from redactor.detect.coreference.search_terms import SearchTerm
from redactor.model import Finding
from redactor.text import View, Word, as_words, normalized_tokens

SCORE = 0.65  # below the detectors: the detector that found a name first is recorded as its source
# Sources of terms that are one word of a person's name, or a form of it.
_LONE = frozenset({"link:name", "link:short", "link:family", "link:file name"})
# The next word of a phrase in capitals: of "Marsh and Sons", " and Sons".
_NEXT_CAPITALS = re.compile(r"(?:[ \t]+(?:of|the|and|&|for)){0,2}(?:'s)?[ \t]+[A-Z][\w'-]*")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A finding for a search term, the canonical value it names, and whether that person is kept.

    `phrase` is the span of the organisation or street whose name begins here ("Marsh" in "Marsh
    Street"): the occurrence then counts only if something else of the phrase is redacted. `clear`
    is false where the term can mean several people. `word` is the given name or surname that is
    found alone. `elsewhere` tells that another document has a part in whose it is, `spread` that
    another document alone is why it was searched for.
    """

    finding: Finding
    value: str = field(repr=False)
    kept: bool = False
    phrase: tuple[int, int] | None = None
    clear: bool = True
    word: str = field(default="", repr=False)
    elsewhere: bool = False
    spread: bool = False


class OccurrenceFinder:
    """Finds search terms, and names glued together, in a view. Immutable once made."""

    def __init__(self, terms: Iterable[SearchTerm], people: EntityResolver) -> None:
        """Index the terms by their first two words."""
        self._index: dict[tuple[str, ...], list[SearchTerm]] = defaultdict(list)
        self._numbers: dict[str, SearchTerm] = {}
        self._long: dict[tuple[str, ...], list[LongTerm]] = defaultdict(list)
        for term in dict.fromkeys(terms):
            if term.gap == "digits":
                self._numbers[term.forms[0]] = term
            elif LongTerm.is_one(term):
                self._long[term.forms[:2]].append(LongTerm(term))
            else:
                self._index[term.forms[:2]].append(term)
        self._first = frozenset(form for forms in self._index for form in forms[:1])
        self._first_of_long = frozenset(form for forms in self._long for form in forms[:1])
        self._longest = max(map(len, self._numbers), default=0)
        self._people = people
        self._glued: dict[str, Resolution | None] = {}

    def find(self, view: View, segment: int = 0, offset: int = 0) -> Iterator[Occurrence]:
        """Yield every occurrence in a view; positions are those of the source, plus `offset`."""
        for span, term in self._spans(view.text):
            start, end = view.span(*span)
            finding = Finding(
                segment, start + offset, end + offset, term.entity, SCORE, term.source
            )
            phrase = None
            if term.entity == "PERSON" and len(term.forms) == 1:
                phrase = _organisation(view, *span, offset)
            word = term.forms[0] if is_lone(term) else ""
            yield Occurrence(
                finding,
                term.value,
                term.kept,
                phrase,
                term.clear,
                word,
                term.elsewhere,
                term.spread,
            )

    def without(self, words: frozenset[str]) -> OccurrenceFinder:
        """Return the same without the terms for these words alone."""
        if not words:
            return self
        long = (one.term for some in self._long.values() for one in some)
        terms = (one for some in self._index.values() for one in some)
        left = (one for one in terms if not (is_lone(one) and one.forms[0] in words))
        return OccurrenceFinder([*left, *long, *self._numbers.values()], self._people)

    def _spans(self, text: str) -> Iterator[tuple[tuple[int, int], SearchTerm]]:
        """Yield the span of each match in the view's text, with its term as resolved there."""
        found = list(normalized_tokens(text))
        forms = {form for _, _, form in found}  # far fewer than words
        begin = {form for form in forms if self._may_begin(form)}
        if not begin and forms.isdisjoint(self._first_of_long):
            return
        tokens = list(as_words(found))
        yield from self._long_spans(text, tokens)
        for at, word in enumerate(tokens):
            if word.form not in begin:
                continue
            if word.form in self._first:
                for term in self._candidates(tokens, at):
                    if (end := match_end(text, tokens, at, term)) is not None:
                        yield (word.start, end), self._with_its_titles(text, word.start, end, term)
            if self._numbers and word.form.isdigit():
                for end, term in self._numbers_at(text, tokens, at):
                    yield (word.start, end), term
            if (resolution := self._owner(word.form)) is not None:
                term = SearchTerm((word.form,), "PERSON", resolution.value, "link:glued")
                yield (word.start, word.end), _meaning(term, resolution)

    def _may_begin(self, form: str) -> bool:
        """Tell whether a match that is not of a long term may begin with a word."""
        number = bool(self._numbers) and form.isdigit()
        return number or form in self._first or self._owner(form) is not None

    def _long_spans(
        self, text: str, tokens: Sequence[Word]
    ) -> Iterator[tuple[tuple[int, int], SearchTerm]]:
        """Yield the spans of terms of more than `LONG` words."""
        if not self._long:
            return
        read: dict[LongTerm, int] = defaultdict(int)
        for at, (word, after) in enumerate(pairwise(tokens)):
            for long in self._long.get((word.form, after.form), ()):
                if at < read[long]:
                    continue
                for first, last in long.run(text, tokens, at):
                    if last is None:
                        read[long] = first
                    else:
                        yield (tokens[first].start, tokens[last].end), long.term

    def _with_its_titles(self, text: str, start: int, end: int, term: SearchTerm) -> SearchTerm:
        """Return a term resolved with the titles around the match: "Mrs Vance" is not Mr Vance."""
        if term.source not in {"link:name", "link:full name", "link:initial"}:
            return term
        written = text[start:end]
        titled = with_titles(
            text[max(0, start - CONTEXT) : start], written, text[end : end + CONTEXT]
        )
        return term if titled == written else _meaning(term, self._people.resolve(titled))

    def _candidates(self, tokens: Sequence[Word], at: int) -> Iterator[SearchTerm]:
        """Yield the terms that can begin at a token; a middle name may follow their first word."""
        form = tokens[at].form
        yield from self._index.get((form,), ())
        for word in tokens[at + 1 : at + 3]:
            yield from self._index.get((form, word.form), ())

    def _numbers_at(
        self, text: str, tokens: Sequence[Word], at: int
    ) -> Iterator[tuple[int, SearchTerm]]:
        """Yield the numbers that begin at a token, whatever their grouping, with end offsets."""
        digits = ""
        for here in range(at, len(tokens)):
            word = tokens[here]
            near = here == at or GAPS["number"].fullmatch(text, tokens[here - 1].end, word.start)
            if not (near and word.form.isdigit() and len(digits) < self._longest):
                return
            digits += word.form
            if digits in self._numbers:
                yield word.end, self._numbers[digits]

    def _owner(self, form: str) -> Resolution | None:
        """Return the one person whose names are glued together in a word: `"teovance"`."""
        if form not in self._glued:
            ordinary = len(form) <= SHORTEST_GLUED or is_common(form)
            self._glued[form] = None if ordinary else self._people.glued(form)
        return self._glued[form]


def is_lone(term: SearchTerm) -> bool:
    """Tell whether a term is a given name or surname alone, of a person who is redacted."""
    return len(term.forms) == 1 and term.source in _LONE and not term.kept


def _meaning(term: SearchTerm, resolution: Resolution) -> SearchTerm:
    """Return a term with the value of a resolution."""
    return replace(
        term,
        value=resolution.value,
        clear=resolution.clear,
        kept=resolution.kept,
        elsewhere=resolution.elsewhere,
    )


def _organisation(view: View, start: int, stop: int, offset: int) -> tuple[int, int] | None:
    """Return the source span of the organisation or street whose name begins at a word."""
    end = stop
    while found := _NEXT_CAPITALS.match(view.text, end):
        end = found.end()
    phrase = view.text[start:end]
    if end == stop or (not_organisation(phrase) and not plain_place(phrase)):
        return None
    left, right = view.span(start, end)
    return left + offset, right + offset
