"""Every place where a person, or a removed value, stands in a text.

Everything that `find` accepts is removed, and `find` over the finished copy must accept nothing:
the same function sweeps and verifies. A surname that begins the name of an organisation or a
street ("Marsh Street") is found with its phrase, and left there as long as the phrase is whole.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from redactor.detect.checks import not_organisation
from redactor.detect.link import SHORTEST_GLUED, Name, People, Term
from redactor.detect.words import is_common
from redactor.model import Finding
from redactor.text import View, Word, words

SCORE = 0.7  # below the detectors: who found a name first is the source that is told
_GAPS = {
    "name": re.compile(r"[^\S\n]*[.,'*_/+-]{0,2}[^\S\n]*\n?[^\S\n]*"),
    "number": re.compile(r"[\s().,/+-]{0,3}"),
    "tight": re.compile(r"[^\s]{0,4}"),
}
_NEXT_CAPITALS = re.compile(r"(?:[ \t]+(?:of|the|and|&|for)){0,2}(?:'s)?[ \t]+[A-Z][\w'-]*")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place where a term was found, the value it means, and whether that person stays.

    `phrase` is the span of the organisation or street whose name begins here ("Marsh" in "Marsh
    Street"), if that is what it looks like: the occurrence then counts only if something else
    of the phrase is removed.
    """

    finding: Finding
    value: str = field(repr=False)
    kept: bool = False
    phrase: tuple[int, int] | None = None


class Sweep:
    """Finds terms, and names glued together, in a view. Immutable once made."""

    def __init__(self, terms: Iterable[Term], people: People) -> None:
        """Index the terms by their first two words."""
        self._index: dict[tuple[str, ...], list[Term]] = defaultdict(list)
        self._numbers: dict[str, Term] = {}
        for term in dict.fromkeys(terms):
            if term.gap == "digits":
                self._numbers[term.forms[0]] = term
            else:
                self._index[term.forms[:2]].append(term)
        self._longest = max(map(len, self._numbers), default=0)
        self._people = people
        self._glued: dict[str, Name | None] = {}

    def find(self, view: View, segment: int = 0, offset: int = 0) -> Iterator[Occurrence]:
        """Yield every occurrence, in source positions plus `offset`."""
        tokens = list(words(view.text))
        for at, word in enumerate(tokens):
            for term in self._candidates(tokens, at):
                if (end := _match(view.text, tokens, at, term)) is not None:
                    yield _occurrence(view, (word.start, end), term, segment, offset)
            for end, term in self._numbers_at(view.text, tokens, at):
                yield _occurrence(view, (word.start, end), term, segment, offset)
            if (owner := self._owner(word.form)) is not None:
                kept = self._people.stays(owner.value)
                term = Term((word.form,), "PERSON", owner.value, "link:glued", kept=kept)
                yield _occurrence(view, (word.start, word.end), term, segment, offset)

    def _candidates(self, tokens: Sequence[Word], at: int) -> Iterator[Term]:
        """Yield the terms that can begin at a token; an initial may follow their first word."""
        form = tokens[at].form
        yield from self._index.get((form,), ())
        for word in tokens[at + 1 : at + 3]:
            yield from self._index.get((form, word.form), ())

    def _numbers_at(self, text: str, tokens: Sequence[Word], at: int) -> Iterator[tuple[int, Term]]:
        """Yield the numbers that begin at a token, however their digits are grouped."""
        digits = ""
        for here in range(at, len(tokens)):
            word = tokens[here]
            near = here == at or _GAPS["number"].fullmatch(text, tokens[here - 1].end, word.start)
            if not (near and word.form.isdigit() and len(digits) < self._longest):
                return
            digits += word.form
            if digits in self._numbers:
                yield word.end, self._numbers[digits]

    def _owner(self, form: str) -> Name | None:
        if len(form) <= SHORTEST_GLUED or is_common(form):
            return None
        if form not in self._glued:
            self._glued[form] = self._people.glued(form)
        return self._glued[form]


def _occurrence(
    view: View, span: tuple[int, int], term: Term, segment: int, offset: int
) -> Occurrence:
    start, end = view.span(*span)
    finding = Finding(segment, start + offset, end + offset, term.entity, SCORE, term.source)
    phrase = None
    if term.entity == "PERSON" and len(term.forms) == 1:
        phrase = _organisation(view, *span, offset)
    return Occurrence(finding, term.value, term.kept, phrase)


def _match(text: str, tokens: Sequence[Word], at: int, term: Term) -> int | None:
    """Return where a term that begins at token `at` ends, or None when it does not stand there."""
    here = at
    for position, form in enumerate(term.forms):
        if position == term.middle > 0 and _is_initial(text, tokens, here, form):
            here += 1
        if here >= len(tokens) or tokens[here].form != form:
            return None
        if position and not _joined(text, tokens[here - 1], tokens[here], term):
            return None
        here += 1
    first, last = tokens[at], tokens[here - 1]
    fits = _fits(text, first, last, term)
    return _with_stop(text, last, term) if fits else None


def _is_initial(text: str, tokens: Sequence[Word], here: int, form: str) -> bool:
    """Tell whether a capital initial stands where `form` is awaited."""
    if here + 1 >= len(tokens) or tokens[here].form == form:
        return False
    word = tokens[here]
    return word.end - word.start == 1 and text[word.start].isupper()


def _joined(text: str, left: Word, right: Word, term: Term) -> bool:
    return _GAPS[term.gap].fullmatch(text, left.end, right.start) is not None


def _fits(text: str, first: Word, last: Word, term: Term) -> bool:
    if term.source == "link:initial":
        initial = first if len(first.form) == 1 else last
        return text[initial.start].isupper() and _spelled_as_initial(text, initial, last)
    if term.capital and text[first.start].islower():
        return False
    if term.source in ("link:full name", "link:surname first"):  # not into the address beside it
        return text[first.start].islower() == text[last.start].islower()
    if term.source == "link:address":
        return text[last.start].isupper() and not_organisation(text[first.start : last.end])
    return True


def _spelled_as_initial(text: str, initial: Word, last: Word) -> bool:
    """Tell `Vance, T.` from `Vance A man`: after the surname an initial needs its full stop."""
    return initial is not last or text[initial.end : initial.end + 1] == "."


def _organisation(view: View, start: int, stop: int, offset: int) -> tuple[int, int] | None:
    """Return the source span of the organisation whose name begins at a word, if one does."""
    end = stop
    while found := _NEXT_CAPITALS.match(view.text, end):
        end = found.end()
    if end == stop or not_organisation(view.text[start:end]):
        return None
    left, right = view.span(start, end)
    return left + offset, right + offset


def _with_stop(text: str, last: Word, term: Term) -> int:
    """Take in the full stop of a final initial."""
    initial = term.source == "link:initial" and len(last.form) == 1
    return last.end + 1 if initial and text[last.end : last.end + 1] == "." else last.end
