"""Who is who in one document, and what to look for so that nothing of them is overlooked.

Detectors find mentions; this module asks which of them are one person, and in which other ways
the person, or any other removed value, may be written in the same document: as surname alone, as
initial and surname, surname first, glued together in an account name. `sweep` finds these places.

What is said of a single word is said with care, since many names are words: one that also serves
as an ordinary word (Hill, Mark, May) is looked for with a capital letter only.

What cannot be told is not guessed: a surname of two people is nobody's, and gets a value (and so
a pseudonym) of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from redactor.detect.words import is_common
from redactor.model import Finding
from redactor.text import fold, words

_SHORTEST = 3  # letters of a name that is looked for by itself
_SHORTEST_UNCASED = 2  # the same, in scripts without capitals, where a letter is a syllable or word
SHORTEST_GLUED = 4  # letters of a surname that is looked for inside account names

_PARTICLES = frozenset(
    "van von der den de del della di da do dos das du la le ter ten bin binti ibn al el ben af av "
    "zu zum zur y e st saint mac o".split()
)
_NOT_NAMES = frozenset(
    "mr mrs ms mx miss dr prof professor sir dame lord lady rev revd fr cllr councillor judge "
    "justice hon sgt det capt captain major col lt gen jr sr ii iii iv phd md mbe obe cbe qc kc "
    "esq the and of".split()
)
_SPACED = {"STREET_ADDRESS", "ORGANIZATION", "LOCATION", "NRP", "DATE_TIME", "DATE_OF_BIRTH", "AGE"}
# Numbers that mean something else when their digits are grouped otherwise.
_NOT_GROUPED = _SPACED | {"IP_ADDRESS", "COORDINATES", "MAC_ADDRESS"}
_SHORTEST_NUMBER = 7  # digits of a number that is looked for wherever it stands


@dataclass(frozen=True, slots=True)
class Mention:
    """A finding and the normalised text it covers."""

    finding: Finding
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart: forms of the given name, and of the surname with its particles.

    A lone name is a surname without a given name, whatever it really is.
    """

    first: tuple[str, ...] = field(repr=False)
    last: tuple[str, ...] = field(repr=False)

    @property
    def value(self) -> str:
        """Return the canonical value: given name and surname, folded."""
        return " ".join(self.first + self.last)

    @property
    def full(self) -> bool:
        """Tell whether there is a given name that is more than an initial."""
        return len("".join(self.first)) > 1


@dataclass(frozen=True, slots=True)
class Term:
    """Words to look for, and what they mean where they stand."""

    forms: tuple[str, ...] = field(repr=False)
    entity: str
    value: str = field(repr=False)
    source: str
    gap: str = "name"
    capital: bool = False
    kept: bool = False
    middle: int = 0  # an initial may stand before this form


def parse_name(text: str) -> Name | None:
    """Take a name apart, `Surname, Given` included. None when no word of it is a name."""
    if text.count(",") == 1 and not text.startswith(","):
        last, first = text.split(",")
        if words_of(last) and words_of(first):
            text = f"{first} {last}"
    parts = [words_of(part) for part in text.split()]
    parts = [part for part in parts if part and part[0] not in _NOT_NAMES]
    if not parts:
        return None
    begin = len(parts) - 1
    while begin > 1 and parts[begin - 1][0] in _PARTICLES:
        begin -= 1
    if begin == 0 or (begin == 1 and parts[0][0] in _PARTICLES):
        return Name((), tuple(form for part in parts for form in part))
    return Name(parts[0], tuple(form for part in parts[begin:] for form in part))


def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words of a text."""
    forms = tuple(word.form for word in words(text))
    return forms[:-1] if len(forms) > 1 and forms[-1] == "s" else forms


class People:
    """The people of one document: which mention is whose."""

    def __init__(self, mentions: Iterable[str], keep: Iterable[str] = ()) -> None:
        """Sort the person mentions of a document; `keep` names people who stay."""
        self._kept = {name for name in map(parse_name, keep) if name is not None}
        names = {name for name in map(parse_name, mentions) if name is not None}
        self._full = sorted(
            {name for name in names if name.full} | {name for name in self._kept if name.full},
            key=lambda name: (name.last, name.first),
        )
        self._by_word: dict[str, list[Name]] = defaultdict(list)
        for name in self._full:
            for form in dict.fromkeys((*name.first, *name.last, " ".join(name.last))):
                self._by_word[form].append(name)
        self._names = names

    def value(self, mention: str) -> str:
        """Return the canonical value of a person mention."""
        name = parse_name(mention)
        if name is None:
            return fold(mention)
        owner = self._owner(name)
        return (owner or name).value

    def stays(self, mention: str) -> bool:
        """Tell whether a person mention belongs to somebody who stays."""
        name = parse_name(mention)
        return name is not None and (self._owner(name) or name) in self._kept

    def _owner(self, name: Name) -> Name | None:
        """Return the one full name that a shorter mention can mean."""
        if name.full:
            return name
        candidates = self._by_word.get(" ".join(name.last), [])
        if name.first:
            candidates = [c for c in candidates if c.first[0][0] == name.first[0][0]]
        if not candidates and not name.first and len(name.last) == 1:
            candidates = [c for c in self._full if _short_for(name.last[0], c)]
        return candidates[0] if len(candidates) == 1 else None

    def terms(self) -> Iterator[Term]:
        """Yield what to look for, for every person."""
        for name in self._full:
            yield from _full_terms(name, kept=name in self._kept)
        lone = {form for name in self._full for form in (" ".join(name.last), *name.first)}
        lone |= {" ".join(name.last) for name in self._names | self._kept if not name.full}
        for form in sorted(lone):
            yield from self._lone_terms(tuple(form.split()))
        yield from self._short_terms()

    def _short_terms(self) -> Iterator[Term]:
        """Yield beginnings of given names, as in Teo for Teodor, that mean only one person."""
        owners: dict[str, set[Name]] = defaultdict(set)
        for name in self._full:
            for end in range(_SHORTEST, len(name.first[0])):
                owners[name.first[0][:end]].add(name)
        for form, names in sorted(owners.items()):
            name = min(names, key=lambda name: name.value)
            if len(names) == 1 and form not in self._by_word and _short_for(form, name):
                kept = name in self._kept
                yield Term((form,), "PERSON", name.value, "link:short", capital=True, kept=kept)

    def _lone_terms(self, forms: tuple[str, ...]) -> Iterator[Term]:
        name = Name((), forms)
        owner = self._owner(name) or name
        word = "".join(forms)
        uncased = word.upper() == word.lower()
        if len(word) >= (_SHORTEST_UNCASED if uncased else _SHORTEST):
            capital = len(word) == _SHORTEST or (len(forms) == 1 and is_common(forms[0]))
            kept = owner in self._kept
            yield Term(forms, "PERSON", owner.value, "link:name", capital=capital, kept=kept)

    def glued(self, word: str) -> Name | None:
        """Return whose given name (or its beginning) and surname make up one word."""
        stem = word.rstrip("0123456789")
        for cut in range(1, len(stem)):
            for last, first in ((stem[cut:], stem[:cut]), (stem[:cut], stem[cut:])):
                for name in self._by_word.get(last, ()):
                    if _spells(first, last, name):
                        return name
        return None


def _short_for(form: str, name: Name) -> bool:
    return (
        len(form) >= _SHORTEST
        and len(name.first) == 1
        and name.first[0].startswith(form)
        and not is_common(form)
    )


def _spells(first: str, last: str, name: Name) -> bool:
    return (
        len(last) >= SHORTEST_GLUED
        and "".join(name.last) == last
        and "".join(name.first).startswith(first)
    )


def _full_terms(name: Name, *, kept: bool) -> Iterator[Term]:
    def term(forms: tuple[str, ...], source: str, middle: int = 0) -> Term:
        return Term(forms, "PERSON", name.value, f"link:{source}", kept=kept, middle=middle)

    yield term(name.first + name.last, "full name", len(name.first))
    yield term(name.last + name.first, "surname first")
    yield term((name.first[0][0], *name.last), "initial", 1)
    yield term((*name.last, name.first[0][0]), "initial")
    yield term((*name.first, name.last[0][0]), "initial")


def address_terms(address: str) -> Iterator[Term]:
    """Yield the name that an e-mail address of the form given.surname@ spells, to be looked for.

    Only with capitals, and only as a whole: `london.office@` must not take London away.
    """
    local = words_of(address.split("@", 1)[0])
    if len(local) == 2 and all(len(f) > 2 and f.isalpha() and not is_common(f) for f in local):
        value = " ".join(local)
        yield Term(local, "PERSON", value, "link:address", capital=True)
        yield Term(local[::-1], "PERSON", value, "link:address", capital=True)


def value_of(entity: str, text: str) -> str:
    """Return the canonical value of what is no person: one for every way of writing it."""
    forms = words_of(text)
    if entity == "EMAIL_ADDRESS" and "@" not in text:
        forms = tuple(form for form in forms if form not in ("at", "dot"))
    if entity in ("PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "UK_NINO", "UK_NHS"):
        return "".join(forms)
    return " ".join(forms)


def value_terms(mention: Mention) -> Iterator[Term]:
    """Yield what to look for so that a removed value is found again.

    Nothing is yielded for values too short or too ordinary to be told from other text. Of an
    account, the name without number or server is looked for as well: `@teo@social.example`,
    `teo_vance#0420`.
    """
    entity = mention.finding.entity
    value = value_of(entity, mention.text)
    texts = [mention.text]
    if entity == "HANDLE":
        texts.append(re.split(r"(?<=\w)[@#:]", mention.text)[0])
    for text in dict.fromkeys(texts):
        forms = words_of(text)
        if (
            entity not in _NOT_GROUPED
            and _numeric(forms)
            and sum(map(len, forms)) >= _SHORTEST_NUMBER
        ):
            yield Term(("".join(forms),), entity, value, "link:value", gap="digits")
        elif forms and _telling(forms, text) and (entity != "DATE_OF_BIRTH" or len(forms) > 2):
            gap = "name" if entity in _SPACED else "number" if _numeric(forms) else "tight"
            capital = forms[0].isalpha() and len(forms) == 1 and entity in _SPACED
            yield Term(forms, entity, value, "link:value", gap=gap, capital=capital)


def _numeric(forms: Sequence[str]) -> bool:
    return bool(forms) and all(form.isdigit() for form in forms)


def _telling(forms: Sequence[str], text: str) -> bool:
    """Tell whether words are distinctive enough to be looked for wherever they stand."""
    joined = "".join(forms)
    digits = sum(char.isdigit() for char in joined)
    if digits == len(joined):
        return digits >= _SHORTEST_NUMBER
    if len(forms) > 1:
        return not all(len(form) == 1 or is_common(form) for form in forms)
    if digits:
        return len(joined) >= 5
    return len(joined) >= 5 and text.strip("@").islower() and not is_common(joined)
