"""Invented people: names drawn from the name lists, in the forms in which they are written."""

import csv
import gzip
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PARTICLES = ("van der", "de", "van", "von", "al", "bin", "de la", "Mac", "O'", "St", "di", "ben")
UNSPACED = frozenset({"JP", "CN", "KR", "TW", "HK"})
_FUNCTION_WORDS = (
    " a an the of and or in on at to by for from is are was were be it its he she they we you i "
    "not no as with this that but if so do all any "
)
_INNER = "'\u2019-"  # what a name may hold besides letters
_LONGEST = 18  # characters of a name
_LONGEST_ORGANISATION = 60
_CODE = 2  # letters of a country
_SHORTEST, _SHORTEST_ORGANISATION = 2, 4
_LAST_LATIN_MARK = 0x36F  # letters beyond are of another script
_OTHER_SCRIPT, _ONE_COUNTRY = 0.04, 0.5  # shares of the people drawn, cumulative
_KNOWN = 0.3  # share of the organisations drawn from the well-known companies

Rows = list[tuple[str, str]]
Pairs = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Person:
    """A given name, a surname, and perhaps a second given name."""

    given: str
    surname: str
    middle: str
    unspaced: bool = False

    @property
    def full(self) -> str:
        """The given name, then the surname; in some scripts the surname first, unspaced."""
        if self.unspaced:
            return self.surname + self.given
        return f"{self.given} {self.surname}"


@dataclass(frozen=True, slots=True)
class NameLists:
    """The name lists: by country, in other scripts, and all together."""

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    countries: Pairs
    scripts: Pairs
    organisations: tuple[str, ...]
    companies: tuple[str, ...]
    places: tuple[str, ...]


def read_names(directory: Path) -> NameLists:
    """The lists in the folder `names` of the corpora."""
    given = list(rows(directory / "given_names.tsv.gz"))
    surnames = list(rows(directory / "surnames.tsv.gz"))
    organisations = list(rows(directory / "organisations.tsv.gz"))
    places = (value for value, _ in rows(directory / "places.tsv.gz"))
    return NameLists(
        given=_plain(given),
        surnames=_plain(surnames),
        countries=_paired(given, surnames, "latin"),
        scripts=_paired(given, surnames, "local"),
        organisations=tuple(value for value, _ in organisations if _organisation(value)),
        companies=tuple(value for value, attrs in organisations if attrs.startswith("company")),
        places=tuple(value for value in places if value[:1].isupper()),
    )


def rows(path: Path) -> Iterator[tuple[str, str]]:
    """The value and the attributes of every entry of a list."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        entries = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(entries)
        for row in entries:
            yield row[0], row[1]


def _organisation(value: str) -> bool:
    letters = sum(char.isalpha() or char == " " for char in value)
    fits = _SHORTEST_ORGANISATION <= len(value) < _LONGEST_ORGANISATION
    return fits and value[:1].isupper() and letters > 0.9 * len(value)


def _plain(rows: Rows) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(value for value, attrs in rows if is_name(value) and "local" not in attrs)
    )


def is_name(value: str) -> bool:
    """Whether a list entry looks like one name in Latin letters."""
    shaped = value[:1].isupper() and all(char.isalpha() or char in _INNER for char in value)
    return (
        shaped
        and _SHORTEST <= len(value) <= _LONGEST
        and f" {value.lower()} " not in _FUNCTION_WORDS
    )


def _paired(given: Rows, surnames: Rows, script: str) -> Pairs:
    """The two lists of each country; in Latin script, all names replace a missing list."""
    first, last = _by_country(given, script), _by_country(surnames, script)
    if script == "local":
        return {country: (first[country], last[country]) for country in sorted(first.keys() & last)}
    spare_first, spare_last = _plain(given), _plain(surnames)
    return {
        country: (first.get(country, spare_first), last.get(country, spare_last))
        for country in sorted(first.keys() | last)
    }


def _by_country(rows: Rows, script: str) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for value, attrs in rows:
        country, _, kind = attrs.split("|")
        fits = is_name(value) if script == "latin" else _foreign(value)
        if kind == script and len(country) == _CODE and country.isupper() and fits:
            found[country].append(value)
    return {country: tuple(values) for country, values in found.items()}


def _foreign(value: str) -> bool:
    """Whether the name is written in a script without Latin letters."""
    return (
        all(char.isalpha() or char in " -" for char in value) and ord(value[0]) > _LAST_LATIN_MARK
    )


def draw_person(lists: NameLists, rng: random.Random) -> Person:
    """A person: half from one country's lists, half from all names, few in other scripts."""
    chance = rng.random()
    if chance < _OTHER_SCRIPT:
        return _from_country(lists.scripts, rng)
    if chance < _ONE_COUNTRY:
        return _from_country(lists.countries, rng)
    given, middle = rng.choice(lists.given), rng.choice(lists.given)
    return Person(given, rng.choice(lists.surnames), middle)


def _from_country(pairs: Pairs, rng: random.Random) -> Person:
    country = rng.choice(list(pairs))
    given, surnames = pairs[country]
    unspaced = country in UNSPACED and ord(given[0][0]) > _LAST_LATIN_MARK
    return Person(rng.choice(given), rng.choice(surnames), rng.choice(given), unspaced)


def draw_organisation(lists: NameLists, rng: random.Random) -> str:
    """An organisation: with probability `_KNOWN` a well-known company."""
    return rng.choice(lists.companies if rng.random() < _KNOWN else lists.organisations)


def initials(person: Person) -> str:
    """The initial of the given name: T."""
    return f"{person.given[0]}."


def surname_first(person: Person, rng: random.Random) -> str:
    """The name as in an index: Vance, Teodor J."""
    tail = rng.choice(("", "", f" {person.middle[0]}.", f" {person.middle}"))
    first = rng.choice((person.given, person.given, initials(person)))
    return f"{person.surname}, {first}{tail}"


def draw_form(person: Person, words: int, rng: random.Random) -> str:
    """A form of the name with about that many words."""
    if person.unspaced:
        return person.full
    if words <= 1:
        return rng.choice((person.given, person.surname))
    return rng.choice(_forms(person, rng)[min(words, 3)])


def _forms(person: Person, rng: random.Random) -> dict[int, tuple[str, ...]]:
    first, last, middle = person.given, person.surname, person.middle
    particle = rng.choice(PARTICLES)
    tie = "" if particle.endswith(("'", "c")) else " "
    two = (person.full,) * 6 + (f"{first[0]}. {last}", f"{first} {middle}-{last}")
    three = (
        f"{first} {middle[0]}. {last}",
        f"{first} {middle} {last}",
        f"{first[0]}. {middle[0]}. {last}",
        f"{first[0]}.{middle[0]}. {last}",
        f"{first} {particle}{tie}{last}",
        f"{first} {particle}{tie}{last}",
    )
    return {2: two, 3: three}
