"""Invented people, and what is named after people.

The surname is keyed by the surname and the given name by the whole person, so that a family stays a
family, and "Vance" alone reads right where two people are called so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from redactor.detect.coreference.name_parser import Name, is_initial, parse_name, with_titles
from redactor.detect.coreference.nicknames import is_given, long_forms
from redactor.operators.placeholders import base32
from redactor.operators.surrogate.draw import Draw, generator_of
from redactor.text import normalize, view

if TYPE_CHECKING:
    from faker import Faker
    from faker.providers.person import Provider as PersonProvider

_JOINT = re.compile(r"(\s+(?:and|und|et|&)\s+)", re.IGNORECASE)
_HOSTS = ("example.org", "example.com", "example.net")  # RFC 2606, section 3
_LONGEST = 5  # words of a name; a longer text is several mentions that ran together
_GENDERED = re.compile(r"(?P<name>.+) (?P<gender>[mf])")  # "vance f": Mrs Vance, of two Vances
# Whose given names tell a gender, beside those of the policy's locale, English ones first.
_LOCALES = (
    "en_GB",
    "en_US",
    "de_DE",
    "fr_FR",
    "es_ES",
    "it_IT",
    "nl_NL",
    "pl_PL",
    "pt_PT",
    "sv_SE",
)
_SIBILANTS = ("s", "x", "z", "ch", "sh")


@dataclass(frozen=True, slots=True)
class _Person:
    """Whose name it is: forms of given name and surname, and the gender where it is known."""

    value: str = field(repr=False)
    first: tuple[str, ...] = field(repr=False)
    last: tuple[str, ...] = field(repr=False)
    gender: str = ""


def person(draw: Draw) -> str | None:
    """Return the surrogate of a person, as the mention names them: wholly or in part."""
    text = view(draw.text).text
    mentions = _JOINT.split(text)
    values = draw.value.split(" and ")
    if len(values) == 1 or len(mentions) != 2 * len(values) - 1:
        mentions, values = [text], [draw.value]
    written = []
    for mention, value in zip(mentions[::2], values, strict=True):
        name = _invented(draw, _person(draw, value))
        if name is None:
            return None
        written.append(_written(mention, *name))
    joints = [*mentions[1::2], ""]
    return "".join(part + joint for part, joint in zip(written, joints, strict=True))


def _person(draw: Draw, value: str) -> _Person:
    told = draw.invented.genders.get(value, "")
    gendered = _GENDERED.fullmatch(value)
    name = parse_name(gendered["name"] if gendered else value) or Name((), (value,))
    told = gendered["gender"] if gendered else told
    if name.first or len(name.last) > 1:
        return _Person(value, name.first, name.last, _gender(name.first, draw.locale) or told)
    [form] = name.last or (value,)
    if (singular := _singular(form, draw.invented.surnames)) or form in draw.invented.surnames:
        return _Person(value, (), (singular or form,), told)
    gender = _gender((form,), draw.locale)
    if gender or is_given(form):
        return _Person(value, (form,), (), gender or told)
    return _Person(value, (), (form,), told)


def _singular(form: str, surnames: frozenset[str]) -> str:
    """Return the surname of a family, as in "the Marshes", if the document has it."""
    endings = [form.removesuffix(end) for end in ("es", "s") if form.endswith(end)]
    return next((one for one in endings if one in surnames), "")


@lru_cache(maxsize=4096)
def _gender(first: tuple[str, ...], locale: str) -> str:
    """Return the gender of a given name by the first list in which it is of one gender only."""
    for one in dict.fromkeys((locale, *_LOCALES)) if first else ():
        male, female = (first[0] in names for names in _given_names(one))
        if male != female:
            return "m" if male else "f"
    return ""


@lru_cache(maxsize=32)
def _given_names(locale: str) -> tuple[frozenset[str], frozenset[str]]:
    provider = _provider(locale)
    male, female = (
        frozenset(normalize(str(name)) for name in getattr(provider, f"first_names_{kind}", ()))
        for kind in ("male", "female")
    )
    return male, female


def _provider(locale: str) -> PersonProvider:
    from faker.providers.person import Provider as PersonProvider

    [factory] = generator_of(locale).factories
    return next(one for one in factory.providers if isinstance(one, PersonProvider))


def _invented(draw: Draw, who: _Person) -> tuple[_Person, str, str] | None:
    """Return a person with an invented given name and surname, which nobody else has here."""
    surname = draw.first_new(
        lambda number: draw.faker("surname", " ".join(who.last), str(number)).last_name()
    )
    if surname is None:
        return None
    given = draw.first_new(
        lambda number: _given(draw.faker("given", who.value, str(number)), who.gender),
        lambda name: draw.invented.take(f"{name} {surname}", who.value),
    )
    return None if given is None else (who, given, surname)


def _given(generator: Faker, gender: str) -> str:
    match gender:
        case "m":
            return str(generator.first_name_male())
        case "f":
            return str(generator.first_name_female())
        case _:
            return str(generator.first_name())


def _written(mention: str, who: _Person, given: str, surname: str) -> str:
    """Return an invented name in the form in which a mention names the person."""
    name = parse_name(mention)
    if name is None or len(mention.split()) > _LONGEST:
        return f"{given} {surname}"
    text = _full(mention, name, given, surname) if name.first else _lone(name, who, given, surname)
    letters = "".join(filter(str.isalpha, mention))
    if len(letters) > 2 and letters.isupper() and not name.alias:
        return text.upper()
    return text.lower() if letters.islower() else text


def _full(mention: str, name: Name, given: str, surname: str) -> str:
    """Return given name and surname in the order of a mention, initials as initials."""
    stop = "." if "." in mention else ""
    first = given[0] + stop if is_initial(name.first) else given
    last = surname[0] + stop if is_initial(name.last) else surname
    begin = normalize(mention).split()[0]
    if begin in name.last and begin not in name.first:
        return f"{last}, {first}" if "," in mention else f"{last} {first}"
    blank = " " if " " in mention or len(first) > 2 or len(last) > 2 else ""
    return f"{first}{blank}{last}"


def _lone(name: Name, who: _Person, given: str, surname: str) -> str:
    """Return the part of an invented name that a lone name is of the person's."""
    form = " ".join(name.last)
    if form in who.first or _is_short(form, who.first):
        return given
    if name.alias and form != " ".join(who.last):
        return (given[0] + surname[0]).upper()
    last = " ".join(who.last)
    plural = last and form in (f"{last}s", f"{last}es")
    return surname + ("es" if surname.endswith(_SIBILANTS) else "s") if plural else surname


def _is_short(form: str, first: tuple[str, ...]) -> bool:
    """Tell whether a word is a short form, or the beginning, of a given name."""
    longs = long_forms(form)
    return any(one in longs or (len(form) > 2 and one.startswith(form)) for one in first)


def title_gender(before: str, text: str) -> str:
    """Return the gender that a title before a name tells; none, if there is none."""
    name = parse_name(with_titles(view(before).text, view(text).text, ""))
    return name.gender if name else ""


def surname_of(value: str) -> str:
    """Return the surname of a canonical value that has a given name too, or nothing."""
    name = parse_name(value)
    return " ".join(name.last) if name and name.full else ""


def email(draw: Draw) -> str | None:
    """Return an address of an invented person at a host that is reserved for examples."""

    def candidate(number: int) -> str:
        generator = draw.faker("name", draw.value, str(number))
        local = ".".join(normalize(generator.first_name() + " " + generator.last_name()).split())
        bits = draw.number("host", draw.value, str(number))
        return f"{local}{bits // 3 % 100:02}@{_HOSTS[bits % 3]}"

    return draw.pick(candidate)


def account(draw: Draw) -> str | None:
    """Return the name of an account that says of itself that it is made up."""
    sign = "@" if draw.text.startswith("@") else ""

    def candidate(number: int) -> str:
        digest = draw.number(draw.value, str(number)).to_bytes(16, "big")
        return f"{sign}user_{base32(digest).lower()}"

    return draw.pick(candidate)
