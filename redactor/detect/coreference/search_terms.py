"""Search terms: the spellings of a person, or of another removed value, in a document.

A person is named by surname alone, by initial and surname, surname first, by a short form ("Bill"),
as a family ("the Marshes"), or glued together in an account name; a number is grouped otherwise.
`occurrences` finds them in the text.

Many names are ordinary words too (Hill, Mark, May): such a word alone is searched for with a
capital letter only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from redactor.detect.checks.words import TITLE_CASE_WORDS, is_common, is_rare
from redactor.detect.coreference.index import SHORTEST
from redactor.detect.coreference.name_parser import PARTICLES, Name, is_initial, words_of
from redactor.detect.coreference.nicknames import short_forms
from redactor.detect.coreference.resolver import EntityResolver, Resolution
from redactor.model import Finding

_SHORTEST_UNCASED = 2  # letters, in scripts without capitals, where one is a syllable or a word
_SHORTEST_MIDDLE = 4  # letters of a middle name that is looked for by itself
# Values of several ordinary words, between which there may be blanks and line ends.
_SPACED = {"STREET_ADDRESS", "ORGANIZATION", "LOCATION", "NRP", "DATE_TIME", "DATE_OF_BIRTH", "AGE"}
# Numbers that mean something else when their digits are grouped otherwise.
_NOT_GROUPED = _SPACED | {"IP_ADDRESS", "COORDINATES", "MAC_ADDRESS"}
_SHORTEST_NUMBER = 7  # digits of a number that is looked for wherever it stands
# Letters with stops that are no initials, whoever is called so.
_ABBREVIATIONS = frozenset(
    "us uk un eu am pm ad bc ie eg cf vs pp op no ps dc la ny nb ca al".split()
)
# Those of them that begin a line with a colon, whoever is called so: "PS:", but not "AM: I was."
_NO_SPEAKERS = frozenset("us uk un eu ie eg cf vs op no ps nb".split())
# The border between two words in `GivenSurname`.
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")


@dataclass(frozen=True, slots=True)
class Mention:
    """A finding with its normalised text, and the same text with titles around it.

    `titled` is the text with the title before a person's name and the surname at birth after it, by
    which the person is resolved. A mention in an alternate view (`reading`) may cover more than its
    text: all of an encoded message.
    """

    finding: Finding
    text: str = field(repr=False)
    titled: str = field(default="", repr=False)
    reading: bool = False

    @property
    def with_titles(self) -> str:
        """Return the text with the titles around it, where there are any."""
        return self.titled or self.text

    @property
    def has_title(self) -> bool:
        """Return whether a title or suffix stands beside it: "Mr Kernel"."""
        return self.with_titles != self.text


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """Folded words to search for, with the entity and canonical value of what they name.

    `gap` names the pattern between the words (`matching.GAPS`, or `digits` for a number whatever
    its grouping); `capital` asks for a capital letter; `kept` terms are recorded, not redacted.
    """

    forms: tuple[str, ...] = field(repr=False)
    entity: str
    value: str = field(repr=False)
    source: str
    gap: str = "name"
    capital: bool = False
    kept: bool = False
    middle: int = 0  # a middle name may stand before this form
    clear: bool = True  # whether it can be told whose this is
    elsewhere: bool = False  # whether another document has a part in whose this is
    spread: bool = False  # whether another document alone is why it is searched for


def person_terms(people: EntityResolver) -> Iterator[SearchTerm]:
    """Yield the search terms of every person, each spelling once.

    Of Teodor Vance: "teodor vance", "vance teodor", "teo vance", "t vance", "vance", "t v" and
    more.
    """
    spellings = {(*way.forms, way.source): way for name in people.names for way in ways(name)}
    for way in spellings.values():
        yield person_term(people.of(way.name), way.forms, way.source, middle=way.middle)
    lone = {form: None for name in people.names for form in lone_words(name)}
    for forms in lone:
        yield from _lone_term(people, forms)
    taken = {forms[0] for forms in lone if len(forms) == 1}
    yield from _letter_terms(people)
    yield from _short_terms(people, taken)
    yield from _family_terms(people, taken)


def person_term(
    resolution: Resolution,
    forms: tuple[str, ...],
    source: str,
    *,
    capital: bool = False,
    middle: int = 0,
) -> SearchTerm:
    """Return a search term for a resolved person."""
    return SearchTerm(
        forms,
        "PERSON",
        resolution.value,
        f"link:{source}",
        capital=capital,
        kept=resolution.kept,
        middle=middle,
        clear=resolution.clear,
        elsewhere=resolution.elsewhere,
    )


@dataclass(frozen=True, slots=True)
class Way:
    """A spelling of a name: its words in order, the name they stand for, its kind in the log."""

    name: Name = field(repr=False)
    forms: tuple[str, ...] = field(repr=False)
    source: str
    middle: int = 0


def ways(name: Name) -> Iterator[Way]:
    """Yield the spellings of a name that have several words."""
    first, last = name.first, name.last
    if name.full:
        plain = Name(first, last)
        yield Way(plain, first + last, "full name", len(first))
        yield Way(plain, last + first, "surname first")
        yield Way(Name(first, (name.own[0][0],)), (*first, name.own[0][0]), "initial")
        if name.middle:
            yield Way(name, first + name.middle + last, "full name")
            yield Way(name, last + first + name.middle, "surname first")
        for short in sorted(short_forms(first[0])) if len(first) == 1 else ():
            yield Way(Name((short,), last), (short, *last), "full name", 1)
    if first and not is_initial(last):
        initial = first[0][:1]
        yield Way(Name((initial,), last), (initial, *last), "initial", 1)
        yield Way(Name((initial,), last), (*last, initial), "initial")


def lone_words(name: Name) -> Iterator[tuple[str, ...]]:
    """Yield the words of a name that can name the person alone.

    "vance", "teodor", a long middle name.
    """
    yield from (part for part in (name.first, name.last) if part and not is_initial(part))
    yield from ((form,) for form in name.first if len(name.first) > 1)
    if name.full:
        others = (*name.middle, *(name.own if len(name.last) > 1 else ()))
        yield from ((form,) for form in others if _long_enough(form))


def _long_enough(form: str) -> bool:
    """Tell whether a middle name, or one of two surnames, is distinctive enough alone."""
    return len(form) >= _SHORTEST_MIDDLE and form not in PARTICLES and not is_common(form)


def _lone_term(people: EntityResolver, forms: tuple[str, ...]) -> Iterator[SearchTerm]:
    """Yield the search term of words that name a person alone; none for words like "Lady"."""
    if len(forms) == 1 and forms[0] in TITLE_CASE_WORDS:  # "Our Lady": no way to call anybody
        return
    word = "".join(forms)
    uncased = word.upper() == word.lower()
    if len(word) >= (_SHORTEST_UNCASED if uncased else SHORTEST):
        capital = len(word) == SHORTEST or (len(forms) == 1 and is_common(forms[0]))
        yield person_term(people.of(Name((), forms)), forms, "name", capital=capital)


def _letter_terms(people: EntityResolver) -> Iterator[SearchTerm]:
    """Yield initials alone.

    "T. V.", "TV:" before what a speaker says, "TV" where the text explains it.
    """
    told = {name.alias for name in people.names}
    letters = {
        some
        for name in people.names
        if name.first
        for some in name.letters
        if len(some) > 1 and some.isascii() and some.isalpha()
    }
    for some in sorted(letters - _NO_SPEAKERS):
        resolution = people.of(Name((some[0],), (some[-1],), tuple(some[1:-1])))
        if some in _ABBREVIATIONS:
            yield person_term(resolution, (some,), "speaker")
            continue
        yield person_term(resolution, tuple(some), "initials")
        yield person_term(resolution, (some,), "letters" if some in told else "speaker")


def _short_terms(people: EntityResolver, taken: set[str]) -> Iterator[SearchTerm]:
    """Yield short forms of given names, as Teo for Teodor, that can mean only one person."""
    given = {name.first[0] for name in people.names if name.full and len(name.first) == 1}
    listed = {form for one in given for form in short_forms(one) if len(form) >= SHORTEST}
    cut = {one[:end] for one in given for end in range(SHORTEST, len(one))}
    for form in sorted((listed | {form for form in cut if not is_common(form)}) - taken):
        name = Name((), (form,))
        resolution = people.of(name)
        if resolution.clear and resolution.value != name.value:
            yield person_term(resolution, (form,), "short", capital=True)


def _family_terms(people: EntityResolver, taken: set[str]) -> Iterator[SearchTerm]:
    """Yield plural surnames, as in "the Marshes", which name no one person."""
    surnames = {name.own[-1] for name in people.names if not is_initial(name.last)}
    for surname in sorted(form for form in surnames if len(form) >= SHORTEST and form.isalpha()):
        plural = surname + ("es" if surname.endswith(("s", "x", "z", "ch", "sh")) else "s")
        if plural not in taken:
            resolution = Resolution(plural, kept=people.of(Name((), (surname,))).kept)
            yield person_term(resolution, (plural,), "family", capital=True)


def address_terms(address: str, people: EntityResolver) -> Iterator[SearchTerm]:
    """Yield the name that an address or account of two words spells: given.surname@, @GivenSurname.

    It is searched for with capitals only, and only as a whole: `london.office@` must not redact
    London.
    """
    account = re.split(r"[/?#]", re.sub(r"^\w+://|/+$", "", address))[-1]
    local = words_of(_CAMEL.sub(" ", account.strip("@~").split("@", 1)[0]))
    if len(local) == 2 and all(len(f) > 2 and f.isalpha() and not is_common(f) for f in local):
        resolution = people.of(Name(local[:1], local[1:]))
        yield person_term(resolution, local, "address", capital=True)
        yield person_term(resolution, local[::-1], "address", capital=True)


def file_terms(name: str, people: EntityResolver) -> Iterator[SearchTerm]:
    """Yield the name that a file's name spells, if one of its words is a name in the text.

    Of "vance-ilja-1961.txt", Ilja is searched for where Vance was found, beside it or alone, and
    resolves as Vance does. A file name alone proves nothing: it may be a title or a street.
    """
    known = {form for one in people.names for form in (*one.first, *one.last) if len(form) > 1}
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    told = [form for form in words_of(_CAMEL.sub(" ", stem)) if form.isalpha()]
    for one, other in pairwise(told):
        found, fresh = (one, other) if one in known else (other, one)
        if found in known and fresh not in known and len(fresh) > 2 and not is_common(fresh):
            resolution = replace(people.of(Name((), (found,))), kept=False)
            for forms in ((one, other), (other, one), (fresh,)):
                yield person_term(resolution, forms, "file name", capital=True)


def value_of(entity: str, text: str) -> str:
    """Return the canonical value of a value that is no person, the same for all its spellings.

    `("PHONE_NUMBER", "+1 212-555-0198") -> "12125550198"`;
    `("EMAIL_ADDRESS", "ilse at example dot org") -> "ilse example org"`.
    """
    forms = words_of(text)
    if entity == "EMAIL_ADDRESS" and "@" not in text:
        forms = tuple(form for form in forms if form not in ("at", "dot"))
    if entity in ("PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "UK_NINO", "UK_NHS"):
        return "".join(forms)
    return " ".join(forms)


def value_terms(mention: Mention) -> Iterator[SearchTerm]:
    """Yield search terms that find a removed value again elsewhere in the document.

    Values too short or too ordinary to be distinguished from other text have none. Of an account,
    the name without number or server is searched for as well: `@teo@social.example`,
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
            yield SearchTerm(("".join(forms),), entity, value, "link:value", gap="digits")
        elif (
            forms and _is_distinctive(forms, text) and (entity != "DATE_OF_BIRTH" or len(forms) > 2)
        ):
            gap = "name" if entity in _SPACED else "number" if _numeric(forms) else "tight"
            capital = forms[0].isalpha() and len(forms) == 1 and entity in _SPACED
            yield SearchTerm(forms, entity, value, "link:value", gap=gap, capital=capital)


def _numeric(forms: Sequence[str]) -> bool:
    """Tell whether all words are digits."""
    return bool(forms) and all(form.isdigit() for form in forms)


def _is_distinctive(forms: Sequence[str], text: str) -> bool:
    """Tell whether words are distinctive enough to be searched for anywhere in the document."""
    joined = "".join(forms)
    digits = sum(char.isdigit() for char in joined)
    if digits == len(joined):
        return digits >= _SHORTEST_NUMBER
    if len(forms) > 1:
        return not all(len(form) == 1 or is_common(form) for form in forms)
    if digits:
        return len(joined) >= 5
    ordinary = is_common(joined) or is_rare(joined)
    return len(joined) >= 5 and text.strip("@").islower() and not ordinary
