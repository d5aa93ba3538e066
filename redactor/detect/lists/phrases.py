"""Finds the terms of a deny list, or the values of an allow list, wherever they occur.

A term is found as whole words, in the normalised view, whatever their case and accents. Between its
words there may be blanks, a line end, or a stop, comma, dash or the like. Other signs (`&`, `@`,
`+`) must be those of the term, between its words and around them: `C++` is no `C`, and `AT&T` not
"at t". A possessive ending is no part of a term, neither in a list nor in a text.

A hundred thousand terms cost no more than one: each word of a text is looked up, and only terms
that begin with it are compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from redactor.model import Finding, TermList
from redactor.text import View, normalized_tokens, view, words

__all__ = ["ListedTerms", "key_of", "listed_terms"]

# Characters between two words of a term: a line end and the indent of the next line.
_LONGEST_GAP = 16
# Signs and blanks that do not matter between the words of a term.
_LOOSE = re.compile(r"[\s.,;:'\"()*/_-]+")
# A blank line: a term does not go on across it.
_APART = re.compile(r"\n\s*\n")
# Signs directly before and after a term that belong to it: the "@" of "@vance", the "++" of "C++".
_LEAD = re.compile(r"[^\s\w.,;:'\"()*/_\[\]{}<>!?-]*\Z")
_TAIL = re.compile(r"[^\s\w.,;:'\"()*/_\[\]{}<>!?-]*")
# A possessive ending: "Vance's", "the Vances'".
_POSSESSIVE = re.compile(r"'s?(?!\w)", re.IGNORECASE)
# A term of ASCII words alone, whose key needs no view: most terms of a long list.
_PLAIN = re.compile(r"[a-zA-Z0-9]{2,}(?: [a-zA-Z0-9]{2,})*")
# Letters that Unicode does not decompose (NFKD), as they are written without their strokes.
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe"})

_Word = tuple[int, int, str]
"""Start, end and form."""

Key = tuple[tuple[str, ...], tuple[str, ...]]
"""The folded words of a term; the signs before, between and after them."""


@dataclass(frozen=True, slots=True)
class _Term:
    """A term as its folded words and the signs around and between them."""

    forms: tuple[str, ...] = field(repr=False)
    signs: tuple[str, ...] = field(repr=False)
    entity: str


class ListedTerms:
    """The terms of a list, indexed for search. Immutable once made."""

    def __init__(self, terms: Iterable[tuple[str, str]], source: str) -> None:
        """Index pairs of term and entity by the first word of the term."""
        self._source = source
        self._index: dict[str, list[_Term]] = defaultdict(list)
        terms = list(terms)
        self.entities = frozenset(entity for _, entity in terms)
        for term, entity in terms:
            said, signs = key_of(term)
            self._index[said[0]].append(_Term(said, signs, entity))

    def find(self, text: View, segment: int = 0, offset: int = 0) -> list[Finding]:
        """Return the findings of all terms, with score 1, in source positions plus `offset`."""
        return sorted(
            {
                Finding(segment, start + offset, end + offset, entity, 1.0, self._source)
                for low, high, entity in self._spans(text.text)
                for start, end in [text.span(low, high)]
            },
            key=lambda one: (one.start, one.end, one.entity),
        )

    def _spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and entity of each match in the text of a view."""
        if not self._index:
            return
        tokens = [word for word in normalized_tokens(text) if word[2]]  # a mark alone has no form
        for at, (_, end, word) in enumerate(tokens):
            form = word if word.isascii() else _flat(word)
            terms = self._index.get(form, ())
            if word[-1] == "s" and text[end : end + 1] == "'":
                terms = (*terms, *self._index.get(form[:-1], ()))
            for term in terms:
                if (span := _span(text, tokens, at, term)) is not None:
                    yield *span, term.entity


def _span(text: str, tokens: Sequence[_Word], at: int, term: _Term) -> tuple[int, int] | None:
    """Return the span of a term that begins at a token, or None if it does not match there."""
    here = tokens[at : at + len(term.forms)]
    if [_flat(form) for _, _, form in here[:-1]] != list(term.forms[:-1]):
        return None
    start, end = here[0][0], here[-1][1]
    last = _flat(here[-1][2])
    starts_in = last != term.forms[-1]
    if starts_in and not (last == f"{term.forms[-1]}s" and _POSSESSIVE.match(text, end)):
        return None
    gaps = (text[one[1] : other[0]] for one, other in pairwise(here))
    if any(_signs(gap) != signs for gap, signs in zip(gaps, term.signs[1:], strict=False)):
        return None
    end -= starts_in  # of "the Vances' house", the s and the sign stay
    before, after = term.signs[0], term.signs[-1]
    if text[start - len(before) : start] != before or not text.startswith(after, end):
        return None
    return start - len(before), end + len(after)


def _signs(gap: str) -> str | None:
    """Return the significant signs between two words; None where a term cannot go on."""
    if len(gap) > _LONGEST_GAP or _APART.search(gap):
        return None
    return _LOOSE.sub("", gap)


@lru_cache(maxsize=1 << 16)
def _flat(form: str) -> str:
    """Return a folded word without strokes.

    `"bråthen"` is folded already, `"ødegård" -> "odegard"`.
    """
    return form if form.isascii() else form.translate(_STROKES)


def key_of(term: str) -> Key:
    """Return the words and signs by which two terms are equal.

    `"AT&T" -> (("at", "t"), ("", "&", ""))`.

    A term without a word, as "!", has none.
    """
    if _PLAIN.fullmatch(term):
        plain = tuple(term.lower().split(" "))
        return plain, ("",) * (len(plain) + 1)
    text = view(term).text.strip()
    tokens = [word for word in words(text) if word.form]
    if (
        len(tokens) > 1
        and tokens[-1].form == "s"
        and text[tokens[-2].end : tokens[-1].start] == "'"
    ):
        del tokens[-1]
    if not tokens:
        return (), ()
    gaps = [_LOOSE.sub("", text[a.end : b.start]) for a, b in pairwise(tokens)]
    lead, tail = _LEAD.search(text[: tokens[0].start]), _TAIL.match(text, tokens[-1].end)
    around = [match.group() if match else "" for match in (lead, tail)]
    return tuple(_flat(word.form) for word in tokens), (around[0], *gaps, around[1])


@lru_cache(maxsize=8)
def listed_terms(listed: TermList, source: str) -> ListedTerms:
    """Return the terms of a list, indexed; from a cache."""
    return ListedTerms(listed.terms, source)
