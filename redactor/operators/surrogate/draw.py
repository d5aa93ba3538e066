"""Keyed draws: the candidates for a surrogate, and which of them fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from redactor.keys import Key
from redactor.text import normalize

if TYPE_CHECKING:
    from faker import Faker

_TRIES = 200
"""Candidates for one value; a range of numbers may be smaller, so that two values share one."""

_DISTINCT = 100
"""Candidates of which none may be another value's surrogate."""


@dataclass(slots=True)
class Invented:
    """What was invented for one document, and what must not be.

    `words` are the normalised words of the text, `occurs` tells whether something that is removed
    stands in another one. `surnames` are those of its people; `genders` what titles tell, by value;
    `given` are the surrogates of the document so far, each with what it stands for.
    """

    words: frozenset[str] = field(repr=False)
    occurs: Callable[[str], bool] = field(repr=False)
    surnames: frozenset[str] = field(repr=False)
    genders: dict[str, str] = field(repr=False)
    given: dict[str, str] = field(default_factory=dict, repr=False)

    def take(self, surrogate: str, value: str) -> bool:
        """Tell whether a surrogate is free, or this value's already; then it is this value's."""
        return self.given.setdefault(normalize(surrogate), value) == value


@dataclass(frozen=True, slots=True)
class Draw:
    """One value for which a surrogate is drawn: canonical, and as it is written."""

    key: Key = field(repr=False)
    entity: str
    value: str = field(repr=False)
    text: str = field(repr=False)
    locale: str
    invented: Invented = field(repr=False)

    def number(self, *parts: str) -> int:
        """Return 128 keyed bits for a purpose of this entity."""
        return int.from_bytes(self.key.mac("surrogate", self.entity, *parts)[:16], "big")

    def faker(self, *parts: str) -> Faker:
        """Return the generator of the locale, seeded for a purpose; it draws without weights."""
        generator = generator_of(self.locale)
        generator.seed_instance(self.number(*parts))
        return generator

    def pick(self, candidate: Callable[[int], str]) -> str | None:
        """Return the first candidate for the value that fits, or None."""
        for number in range(_TRIES):
            text = candidate(number)
            owner = f"{self.entity} {self.value}"
            if self.unknown(text) and (self.invented.take(text, owner) or number >= _DISTINCT):
                return text
        return None

    def unknown(self, text: str) -> bool:
        """Tell whether a text is no value of the document: it holds a word that is new to it."""
        words = set(normalize(text).split())
        own = {*normalize(self.text).split(), *self.value.split()}
        return not words <= self.invented.words | own and not self.invented.occurs(text)

    def unknown_words(self, text: str) -> bool:
        """Tell whether no word of a name is a word of the document, or of the value."""
        if " " in text or text[:1].islower():  # lists of names hold some odd ones
            return False
        words = set(normalize(text).split())
        own = {*normalize(self.text).split(), *self.value.split()}
        known = words & self.invented.words or words & own
        return not known and not self.invented.occurs(text)

    def first_new(
        self, candidate: Callable[[int], str], fits: Callable[[str], bool] = bool
    ) -> str | None:
        """Return the first name that fits and has no word of the document, or None."""
        drawn = (candidate(number) for number in range(_TRIES))
        return next((text for text in drawn if self.unknown_words(text) and fits(text)), None)


@lru_cache(maxsize=16)
def generator_of(locale: str) -> Faker:
    """Return the generator of a locale: rare names are as likely as common ones."""
    from faker import Faker

    return Faker(locale, use_weighting=False)
