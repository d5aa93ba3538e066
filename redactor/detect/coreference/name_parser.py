"""Name parser: given name, middle names and surname of a person mention, titles and suffixes apart.

Titles, honorifics and letters after a name are no part of it, but tell people apart: "Mr" and
"Mrs" are two people, and so are "Jr" and "Sr". A title is one only before a name and a suffix only
after it: there are people called Major, King and Judge.

The usual orders are read: "Teodor Vance", "Vance, Teodor", "VANCE Teodor". Where neither comma nor
capitals mark the surname, as in "Kovács Anna", the first word is taken for the given name;
`namesakes` puts the two orders together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from redactor.text import words

# Words that belong to the surname behind them: "van der Berg", "de la Cruz". Folded.
PARTICLES = frozenset(
    "van von der den de del della di da do dos das du la le ter ten bin binti ibn al el ben af av "
    "zu zum zur y e st saint mac o".split()
)
_ALSO_GIVEN = frozenset({"al", "ben", "mac"})  # before one surname: "Ben Vance" is no "van Buren"
# Titles by which two people of one surname are told apart: Mr Marsh is not Mrs Marsh.
_MEN = frozenset("mr sir lord fr father herr monsieur senor signor don".split())
_WOMEN = frozenset(
    "mrs ms miss dame lady sister frau fraulein madame mme mlle mademoiselle senora sra senorita "
    "signora dona".split()
)
# Titles that say nothing of the gender.
_OFFICES = frozenset(
    "mx dr prof professor rev revd reverend cllr councillor judge justice hon sgt sergeant det "
    "detective insp inspector capt captain major maj col colonel lt gen general pc dc president "
    "mayor senator sen rep gov ing mag dott".split()
)
# Function words that a mention may begin with: "the Marshes", "and Vance".
_LINKS = frozenset({"the", "and", "of"})
_ALWAYS = frozenset("mr mrs ms miss dr".split())  # nobody's name, whatever stands before
_TITLES = _MEN | _WOMEN | _OFFICES
# Generations by their canonical form: "Junior" and "Jr" are one, "Jr" and "Sr" two people.
_GENERATIONS = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr"} | {
    number: number for number in ("ii", "iii", "iv")
}
# Degrees, honours and honorifics after a name: "Vance, PhD", "Tanaka-san".
_SUFFIXES = frozenset(
    "phd md dr mbe obe cbe qc kc esq msc bsc mp jp rn dds mba cpa frs san sama kun".split()
) | set(_GENERATIONS)

# Titles as a pattern, the longest first, so that "prof" does not hide "professor".
_TITLE = "|".join(sorted(_TITLES, key=len, reverse=True))
_TITLE = _TITLE.replace("senor", "se[nñ]or").replace("dona", "do[nñ]a")
# The titles directly before a name: "Dr ", "Hon. Judge ". Not in "x.dr " or "@mr ".
_TITLE_BEFORE = re.compile(rf"(?<![\w.'@-])(?:(?:{_TITLE})\b\.?[^\S\n]+)+$", re.IGNORECASE)
# What follows a name directly: ", Jr.", " III", " Ph.D.", "-san".
_SUFFIX_AFTER = re.compile(
    r"(?:,?[^\S\n]+(?:(?:Jr|Sr)\b\.?|III?\b|IV\b|Ph\.?D\b\.?|MD\b|M\.D\.|[MOC]BE\b|[QK]C\b|Esq\b\.?"
    r"|MP\b|JP\b))+|-(?:san|sama|kun)\b"
)

# What precedes a former surname: "Ada Marsh (née Keogh)", "born Keogh", "geb. Keogh".
_BORN = re.compile(
    r"[\s,;(\[]+(?:n[ée]e?|born|formerly|previously|geb(?:\.|oren[e]?)?|z domu|ros\.)[.:]?\s+",
    re.IGNORECASE,
)
# Initials in brackets at the end of a mention: 'Teodor Vance ("TV")'.
_ALIAS = re.compile(r"\s*[(\[]\s*[\"']?([^\W\d_]{2,4})[\"']?\s*[)\]]\s*$")
# The same two in the text after a mention: " (née Keogh)", " (TV)".
_EXPLAINED = re.compile(
    r"(?:[^\S\n]*[,(\[]?[^\S\n]*(?:n[ée]e|geb\.|geborene?|formerly)[^\S\n]+"
    r"(?:(?:van|von|der|de|la)[^\S\n]+){0,2}[A-ZÀ-ÞŁŚŠŽČ][\w'-]+[)\]]?)?"
    r"(?:[^\S\n]*[(\[][\"']?[A-Z]{2,4}[\"']?[)\]])?"
)
# A letter-spaced name: "T e o d o r  V a n c e", two blanks between its words.
_SPACED = re.compile(r"\s*[^\W\d_](?:[ ][^\W\d_]){2,}(?:[ ]{2,}[^\W\d_](?:[ ][^\W\d_])+)*\s*")
# Initials before a word or alone: "T.J." and the "T." of "T.Vance".
_INITIALS = re.compile(r"(?:[^\W\d_]\.[-\s]?)+(?=[^\W\d_]|$)")
# A word in title case: "Teodor", but neither "VANCE" nor "T.".
_CAPITALISED = re.compile(r"(?!.*(?:[A-Z]{2}|^[A-Z]\.?$))[^\W\d_a-z]")
# What joins two people into one mention: "Kevin and Ada Marsh", "Vance & Keogh".
_JOINT = re.compile(r"\s+(?:and|und|et|&)\s+", re.IGNORECASE)
CONTEXT = 40
"""Characters before and after a mention that `in_full` looks at."""


@dataclass(frozen=True, slots=True)
class Name:
    """A parsed name: folded words of given name, middle names, and surname with its particles.

        parse_name("Dr T.J. van der Berg Jr")
            first ("t",)  middle ("j",)  last ("van", "der", "berg")  generation "jr"  titled

    A lone name is a surname without a given name, whichever it really is. `middle` also holds a
    surname at birth. Names are equal when given name and surname are.
    """

    first: tuple[str, ...] = field(repr=False)
    last: tuple[str, ...] = field(repr=False)
    middle: tuple[str, ...] = field(default=(), repr=False, compare=False)
    gender: str = field(default="", compare=False)
    generation: str = field(default="", compare=False)
    alias: str = field(default="", repr=False, compare=False)  # "tv", said to mean this person
    titled: bool = field(default=False, compare=False)

    @property
    def value(self) -> str:
        """Return the canonical value, given name and surname.

        `"Vance, Teodor" -> "teodor vance"`.
        """
        return " ".join(self.first + self.last)

    @property
    def whole(self) -> str:
        """Return every word that tells people of one value apart: `"t j van der berg jr"`."""
        told = (*self.first, *self.middle, *self.last, self.generation, self.gender)
        return " ".join(filter(None, told))

    @property
    def key(self) -> tuple[object, ...]:
        """Return the identity of a name: every field but whether it had a title."""
        return self.first, self.middle, self.last, self.generation, self.gender, self.alias

    @property
    def full(self) -> bool:
        """Tell whether given name and surname are both there, and not as initials."""
        return bool(self.first) and not (is_initial(self.first) or is_initial(self.last))

    @property
    def own(self) -> tuple[str, ...]:
        """Return the words of the surname without particles: `("berg",)` of "van der Berg"."""
        return tuple(form for form in self.last if form not in PARTICLES) or self.last

    @property
    def initials(self) -> str:
        """Return the first letters of given, middle and last name.

        `"tjb"` of "T.J. van der Berg".
        """
        return "".join(form[0] for form in (*self.first, *self.middle, self.own[0]))

    @property
    def letters(self) -> frozenset[str]:
        """Return the abbreviations of this name by first letters: `{"tjb", "tb", "tjvdb"}`."""
        every = "".join(form[0] for form in (*self.first, *self.middle, *self.last))
        ends = self.initials[0] + self.initials[-1]
        return frozenset(filter(None, (self.initials, ends, every, self.alias)))


def is_title(word: str) -> bool:
    """Tell whether a word is a title, as "Mrs" and "Judge"."""
    return word.casefold().strip(".") in _TITLES


def is_initial(forms: Sequence[str]) -> bool:
    """Tell whether the words of a name are a single letter of a script with capitals.

    One character of a script without them, as in Chinese, is a whole name.
    """
    return len(forms) == 1 and len(forms[0]) == 1 and forms[0].upper() != forms[0]


def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, without a possessive s: `"Vance's" -> ("vance",)`."""
    forms = tuple(word.form for word in words(text) if word.form)  # accents alone have none
    return forms[:-1] if len(forms) > 1 and forms[-1] == "s" else forms


def with_titles(before: str, mention: str, after: str) -> str:
    """Return a mention with its titles, suffix, former surname and initials from the text around.

    `("saw Mr ", "Vance", ", Jr, who")` gives `"Mr Vance, Jr"`, and what follows may be "(née
    Keogh)" or "(TV)". Only `CONTEXT` characters on either side are needed.
    """
    _, end = title_span(after, 0, 0)
    told = _EXPLAINED.match(after, end)
    start, _ = title_span(before, len(before), len(before))
    return before[start:] + mention + after[: told.end() if told else end]


def title_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span `start:end` of a name, widened by titles before it and suffixes after it."""
    before = text[max(0, start - CONTEXT) : start]
    last = before.rsplit(None, 1)[-1:]
    if last and before[-1] in " \t\xa0" and last[0].strip(".([\"'").casefold() in _TITLES:
        title = _TITLE_BEFORE.search(text, max(0, start - CONTEXT), start)
        start = title.start() if title else start
    suffix = _SUFFIX_AFTER.match(text, end)
    return start, suffix.end() if suffix else end


def names_in(text: str) -> list[Name]:
    """Return the names that a mention holds.

    `"Kevin and Ada Marsh"` holds Kevin Marsh and Ada Marsh.
    """
    halves = _JOINT.split(text)
    known = [half for half in map(parse_name, halves) if half] if len(halves) > 1 else []
    if len(known) < 2:
        name = parse_name(text)
        return [name] if name else []
    last = known[-1]
    return [_of_family(name, last) for name in known]


def _of_family(name: Name, last: Name) -> Name:
    """Return "Kevin" of "Kevin and Ada Marsh" with the surname of the last name."""
    if name.first or not last.first or name.titled:
        return name
    return Name(name.last, last.last)


def parse_name(text: str) -> Name | None:
    """Return the parsed name of a mention, `Surname, Given` included; None if no word is a name."""
    alias = _ALIAS.search(text)
    told, *born = _BORN.split(text[: alias.start()] if alias else text, maxsplit=1)
    parts = [part for part in _parts(_in_order(_unspaced(told))) if part[0] not in _LINKS]
    parts = parts[
        max((at for at, part in enumerate(parts[:-1]) if part[0] in _ALWAYS), default=0) :
    ]
    gender, titled = _strip_titles(parts)
    generation = _strip_suffixes(parts)
    if not parts:
        return None
    first, middle, last = _split(parts)
    middle += tuple(form for part in born for form in words_of(part))
    letters = Name(first, last, middle).letters
    short = alias.group(1) if alias else text.strip() if not first else ""
    known = short.casefold() in letters if alias else not first and _is_acronym(short)
    return Name(first, last, middle, gender, generation, short.casefold() if known else "", titled)


def _is_acronym(text: str) -> bool:
    """Tell whether a text can be the initials of a person, without stops: "TV"."""
    return 2 <= len(text) <= 4 and text.isalpha() and text.isupper()


def _split(
    parts: Sequence[tuple[str, ...]],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return given name, middle names, and surname with its particles."""
    begin = len(parts) - 1
    while begin > 1 and parts[begin - 1][0] in PARTICLES:
        begin -= 1
    if begin == 0 or (begin == 1 and parts[0][0] in PARTICLES - _ALSO_GIVEN):
        return (), (), tuple(form for part in parts for form in part)
    between = tuple(form for part in parts[1:begin] for form in part)
    return parts[0], between, tuple(form for part in parts[begin:] for form in part)


def _strip_titles(parts: list[tuple[str, ...]]) -> tuple[str, bool]:
    """Remove the titles at the front.

    Return the gender they imply (`m`, `f` or none), and if any were.
    """
    genders = set()
    titled = False
    while parts and (parts[0][0] in _TITLES):
        title, *rest = parts[0]
        titled = True
        genders |= {"m"} if title in _MEN else {"f"} if title in _WOMEN else set()
        parts[:1] = [tuple(rest)] if rest else []
    return genders.pop() if len(genders) == 1 else "", titled


def _strip_suffixes(parts: list[tuple[str, ...]]) -> str:
    """Remove suffixes at the end; return the generation they name ("jr"), or an empty text."""
    generation = ""
    while parts and parts[-1][-1] in _SUFFIXES:
        *rest, suffix = parts[-1]
        generation = _GENERATIONS.get(suffix, generation)
        parts[-1:] = [tuple(rest)] if rest else []
    for part in [part for part in parts[1:] if part[0] in _GENERATIONS]:  # "Hollis, Edmund Sr."
        generation = _GENERATIONS[part[0]]
        parts.remove(part)
    return generation


def _unspaced(text: str) -> str:
    """Return a letter-spaced name as words: `"T e o d o r  V a n c e" -> "Teodor Vance"`."""
    if not _SPACED.fullmatch(text):
        return text
    return " ".join("".join(word.split()) for word in re.split(r"\s{2,}", text.strip()))


def _in_order(text: str) -> str:
    """Return a name with the surname last, where a comma or capitals mark it."""
    pieces = [piece for piece in text.split(",") if words_of(piece)]
    suffixes = [piece for piece in pieces[1:] if set(words_of(piece)) <= _SUFFIXES]
    named = [piece for piece in pieces if piece not in suffixes]
    if len(named) == 2 and len(pieces) == text.count(",") + 1:
        named.reverse()
    elif len(named) == 1:
        named = [_capitals_last(named[0])]
    return " ".join([*named, *suffixes])


def _capitals_last(text: str) -> str:
    """Return `VANCE Teodor` as `Teodor VANCE`; initials are no surname in capitals."""
    parts = text.split()
    count = 0
    while count < len(parts) and parts[count].isupper():
        form = "".join(words_of(parts[count]))
        if form in _TITLES or (len(form) < 3 and form not in PARTICLES):
            break
        count += 1
    rest = parts[count:]
    if not count or not rest or not all(map(_CAPITALISED.match, rest)):
        return text
    return " ".join((*rest, *parts[:count]))


def _parts(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the folded words of each part of a name, initials apart.

    `"T.Vance"` is `t`, `vance`.
    """
    tokens = text.split()
    for token in tokens:
        initials = _INITIALS.match(token)
        head = initials.end() if initials else 0
        for form in words_of(token[:head]):
            yield (form,)
        if len(tokens) > 1 and _is_pair(token, text):
            yield from ((form,) for form in token.casefold())
        elif rest := words_of(token[head:]):
            yield rest


def _is_pair(token: str, text: str) -> bool:
    """Tell whether a token is two initials without stops, as in "TJ Vance"."""
    return (
        len(token) == 2
        and token.isalpha()
        and token.isupper()
        and text.lstrip().startswith(token)
        and not text.isupper()
        and token.casefold() not in PARTICLES
    )
