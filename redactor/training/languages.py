"""Invented texts: letters, minutes, news, forms and technical texts with drawn names.

`languages/de.txt` and its neighbours hold blocks between empty lines: those with people, a line
`===`, those without. A slot in braces is a name: `{F}` a full name, `{S}` a surname, `{G}` a given
name, `{X}` "Vance, Orla", `{M}` and `{W}` full names of a man and a woman, `{O}` an organisation,
`{N}` a town, `{E}` an address; equal numbers are one person. Letters glued to a slot are its
ending: `{S}a`. Places and organisations are annotated where they are slots, and unknown elsewhere.
Each eighth block is kept out of training, to measure.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from redactor.training.corpora import Corpus, Record, Span, join
from redactor.training.names import (
    UNSPACED,
    NameLists,
    Person,
    draw_organisation,
    draw_person,
    rows,
    surname_first,
)

CORPUS = Corpus("", "languages", frozenset({"PERSON"}))
FOLDER = Path(__file__).parent / "languages"
# The countries of each language, in the name lists (in small letters the longer ones) and in the
# list of places.
COUNTRIES = {
    "ar": ("EG", "AE", "Egypt", "Morocco", "Tunisia"),
    "cs": ("CZ", "cz", "Czechia"),
    "da": ("DK", "NO", "Denmark"),
    "de": ("DE", "AT", "de", "Germany", "Austria", "Switzerland"),
    "el": ("GR", "Greece"),
    "en": ("GB", "US", "IE", "AU", "us", "United Kingdom", "United States", "Australia", "Ireland"),
    "es": ("ES", "MX", "AR", "CL", "es", "Spain", "Mexico", "Argentina", "Chile", "Colombia"),
    "fi": ("FI", "Finland"),
    "fr": ("FR", "BE", "CA", "fr", "France", "Belgium"),
    "he": ("IL", "Israel"),
    "hr": ("HR", "BA", "SI", "Croatia"),
    "hu": ("HU", "Hungary"),
    "it": ("IT", "it", "Italy"),
    "ja": ("JP", "Japan"),
    "ko": ("KR", "Korea, Republic of"),
    "nb": ("NO", "DK", "Norway"),
    "nl": ("NL", "BE", "Netherlands", "Belgium"),
    "pl": ("PL", "pl", "Poland"),
    "pt": ("PT", "BR", "pt", "Portugal", "Brazil"),
    "ro": ("RO", "Romania"),
    "ru": ("RU", "Russian Federation"),
    "sv": ("SE", "NO", "DK", "Sweden"),
    "tr": ("TR", "Türkiye"),
    "uk": ("UA", "Ukraine"),
    "zh": ("CN", "TW", "China"),
}
# The country whose names the lists have in the script of the language.
_SCRIPTS = {"el": "GR", "ja": "JP", "ko": "KR", "ru": "RU", "uk": "RU", "zh": "CN"}
_LATIN = 0.3  # share of people with names in Latin letters in the texts of these
HELD_OUT = 8  # one block of so many is kept out of training
_ANYWHERE = 0.35  # share of people with names of any country: the lists of some are short
_JOINED = 0.5  # probability that a block follows the last one in the same text
# Of the blocks a fifth are a few words alone, without a name. This share of them is a name or a
# town alone instead in training: a student of the blocks as they are took names alone in cells and
# on lines for words.
LONE_NAMES = 0.75
_LONE_WORDS = 3
_LONE = tuple("{S}|{S}|{G}|{G}|{F}|{X}|{S}:|{G}:|{S}, {N}|{N}: {S}|{N}|{N}|{N}, {N}".split("|"))
_SLOT = re.compile(r"\{([A-Z])(\d?)\}(\w*)")
_LABELS = {"O": "ORG", "N": "LOC", "E": ""}
# Endings of Slavic names fit names that end in a consonant; tries until one is drawn.
_SLAVIC, _CONSONANT, _TRIES = (
    frozenset({"cs", "hr", "pl"}),
    re.compile(r"[^\WaeiouyáéíóúýąęAEIOU]\Z"),
    40,
)


@dataclass(frozen=True, slots=True)
class Language:
    """The blocks of a language, and the names of its countries."""

    code: str
    blocks: tuple[str, ...]
    given: tuple[str, ...]
    surnames: tuple[str, ...]
    places: tuple[str, ...]

    @property
    def training(self) -> list[str]:
        """The blocks for training."""
        return [one for number, one in enumerate(self.blocks) if number % HELD_OUT]

    @property
    def held_out(self) -> list[str]:
        """The blocks to measure."""
        return list(self.blocks[::HELD_OUT])


def read_languages(names: Path) -> list[Language]:
    """The languages of `FOLDER`, with names from the folder of the lists."""
    given, surnames, places = (
        _by_country(names / f"{kind}.tsv.gz", at)
        for kind, at in (("given_names", 0), ("surnames", 0), ("places", 1))
    )
    return [
        Language(
            path.stem,
            tuple(re.split(r"\n\s*\n|\n===\n", path.read_text("utf-8").strip("\n"))),
            *(_of(lists, COUNTRIES[path.stem[:2]]) for lists in (given, surnames, places)),
        )
        for path in sorted(FOLDER.glob("*.txt"))
    ]


def _by_country(path: Path, at: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for value, attributes in rows(path):
        if value[:1].isupper() and value.isprintable() and "local" not in attributes:
            found.setdefault(attributes.split("|")[at], []).append(value)
    return found


def _of(lists: dict[str, list[str]], countries: Sequence[str]) -> tuple[str, ...]:
    """The values of some countries; those of short lists several times."""
    found = [lists[one] for one in countries if one in lists]
    most = max(map(len, found), default=0)
    return tuple(value for part in found for value in part * max(1, most // (4 * len(part))))


def invent(
    known: Iterable[Language],
    lists: NameLists,
    rng: random.Random,
    blocks: Callable[[Language], list[str]] = lambda one: one.training,
    *,
    lone: float = 0.0,
) -> Iterator[Record]:
    """Yield the blocks of each language with drawn names, some joined to longer texts.

    `lone` is the share of the blocks of a few words that are a name or a town instead.
    """
    for language in known:
        chosen = blocks(language)
        rng.shuffle(chosen)
        made: Record | None = None
        for block in (_or_name(one, lone, rng) for one in chosen):
            filled = Filler(language, lists, rng).fill(block)
            if made is not None and rng.random() < _JOINED:
                made = join(made, filled, rng.choice(("\n", "\n\n")))
                continue
            if made is not None:
                yield made
            made = filled
        if made is not None:
            yield made


def _or_name(block: str, share: float, rng: random.Random) -> str:
    """The block, or at random a name alone in place of a few words alone."""
    lone = "{" not in block and all(len(line.split()) <= _LONE_WORDS for line in block.splitlines())
    return rng.choice(_LONE) if lone and rng.random() < share else block


class Filler:
    """Fills the slots of one block."""

    def __init__(self, language: Language, lists: NameLists, rng: random.Random) -> None:
        self._language, self._lists, self._rng = language, lists, rng
        self._people: dict[str, Person] = {}

    def fill(self, block: str) -> Record:
        """The block with names, and a span for each."""
        slots = list(_SLOT.finditer(block))
        inflected = self._language.code in _SLAVIC and any(slot[3] for slot in slots)
        text, spans, at = "", list[Span](), 0
        for slot in slots:
            kind, number, ending = slot.groups()
            person = self._people.get(number) or self._person(inflected=inflected)
            if number:
                self._people[number] = person
            text += block[at : slot.start()]
            value = self._value(kind, person) + ending
            if label := _LABELS.get(kind, "PERSON"):
                spans.append(Span(len(text), len(text) + len(value), label))
            text, at = text + value, slot.end()
        return Record(text + block[at:], tuple(spans), CORPUS.name, "")

    def _person(self, *, inflected: bool) -> Person:
        person = self._drawn()
        for _ in range(_TRIES * inflected):
            if _CONSONANT.search(person.given) and _CONSONANT.search(person.surname):
                break
            person = self._drawn()
        return person

    def _drawn(self) -> Person:
        country = _SCRIPTS.get(self._language.code)
        if country in self._lists.scripts and self._rng.random() >= _LATIN:
            given, surnames = self._lists.scripts[country]
            unspaced = country in UNSPACED
            first, last = self._rng.choice(given), self._rng.choice(surnames)
            return Person(first, last, self._rng.choice(given), unspaced)
        if self._rng.random() < _ANYWHERE:
            return draw_person(self._lists, self._rng)
        draw, given = self._rng.choice, self._language.given or self._lists.given
        return Person(
            draw(given), draw(self._language.surnames or self._lists.surnames), draw(given)
        )

    def _value(self, kind: str, person: Person) -> str:
        if kind in "FMW":
            return person.full
        return {
            "G": lambda: person.given,
            "S": lambda: person.surname,
            "X": lambda: surname_first(person, self._rng),
            "N": lambda: self._rng.choice(self._language.places or self._lists.places),
            "O": lambda: draw_organisation(self._lists, self._rng),
            "E": lambda: f"{person.surname.lower().replace(' ', '')}@example.org",
        }[kind]()
