"""Name detector: the findings of the name model that the policy chooses.

The model reads the normalised view, in pieces of some thousand characters. Titles and possessives
are taken off its spans; its labels are mapped to entities.

The probabilities of a scored model become the scores of its findings, and the policy's thresholds
decide. Of a model without probabilities all findings get one score, and its usual weaknesses are
compensated: lines in capitals are set in title case and wrapped paragraphs unwrapped, positions
unchanged; a "person" whose own words make it an organisation or a place becomes one; a name of
ordinary words scores low. No finding is silently dropped.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from types import MappingProxyType

from redactor.detect.checks.accounts import plain_service
from redactor.detect.checks.names import not_organisation, number_label, plain_place
from redactor.detect.checks.words import is_common
from redactor.detect.coreference.name_parser import words_of
from redactor.detect.ner.models import Named, Reader, SpacyReader
from redactor.errors import DetectionIncomplete, ModelError, PolicyError
from redactor.model import Finding, NameModel
from redactor.text import View, mask_symbol_runs

SCORE = 0.75  # below the rules, which know better what an address or an account is
CERTAIN = 0.9  # a person this probable is not judged by the words that follow
SMALL = 0.3  # what is left of a probability that the text speaks against
UNSURE = 0.3  # ordinary words: "Grace" alone may be one, but so may "Letters"
# Characters of a piece for models that have no probabilities.
PIECE = 2_000
LONG_PIECE = 8_000  # for models that tell probabilities: they cut a text themselves
# Characters read on either side of a piece, for context: a line or two.
MARGIN = 120
# The reader for each `kind` of a policy's name model.


def _token_reader(model: NameModel) -> Reader:
    from redactor.detect.ner.transformers import TokenReader  # it imports Presidio

    return TokenReader(model)


def _gliner_reader(model: NameModel) -> Reader:
    from redactor.detect.ner.transformers import GlinerReader  # as above

    return GlinerReader(model)


READERS: dict[str, Callable[[NameModel], Reader]] = {
    "spacy": SpacyReader,
    "huggingface": _token_reader,
    "gliner": _gliner_reader,
}

# Ordinary words that often begin a person's name.
_GIVEN = frozenset(
    "amy angel art august bell bill bob carol chance charity cliff coral daisy dale dawn dean drew "
    "ebony eve faith frank gene glen glory grace grant guy happy harmony hazel holly honey hope "
    "hunter iris ivory ivy jack jade jan jewel joy june justice kitty lance laurie liberty lily "
    "luna mark max may melody mercy merry miles misty olive pat patience peace pearl peg penny "
    "precious prince princess prudence queen ray rich rob robin rocky rosario rose rosy royal ruby "
    "rusty sage sandy scarlet sherry star stella sue summer sunny tom tony victor victory viola "
    "violet wade warren will willow winter".split()
)

# Labels of our models and of the usual packages, in Presidio's words.
ENTITIES: Mapping[str, str] = MappingProxyType(
    {
        "PERSON": "PERSON",
        "PER": "PERSON",
        "ORG": "ORGANIZATION",
        "LOC": "LOCATION",
        "GPE": "LOCATION",
        "FAC": "LOCATION",
        "NORP": "NRP",
        "DATE": "DATE_TIME",
        "TIME": "DATE_TIME",
    }
)

# Titles at the beginning of a span, which are no part of the name: "Dr. ", "Lord Justice ".
_TITLE = re.compile(
    r"(?:(?:mr|mrs|ms|mx|miss|dr|prof|professor|sir|dame|lord|lady|rev|revd|fr|cllr|councillor"
    r"|judge|justice|hon|sgt|det|capt|captain|major|col|lt|gen|president|mayor|st"
    # Abroad.
    r"|herr|frau|mme|mlle|madame|monsieur|señora?|srta?|sra|sig(?:\.?ra)?|signora?|dott(?:\.?ssa)?"
    r"|mevrouw|mevr|meneer|dhr|pani|pan[iíą])\b\.?\s+)+",
    re.IGNORECASE,
)
# What precedes a name where mail is quoted: "On Mon, ", "10 a.m., ", "On 5 May ", "wrote ".
_BEFORE = re.compile(  # what stands before a name where mail is quoted
    r"(?:(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\.?,\s+(?:>\s*)?|(?<=\d )[ap]\.?m\.?,?\s+"
    # A day before it is not enough: "4 April Jones" may be the fourth of a list.
    r"|(?:(?<=\bon \d )|(?<=\bon \d\d ))"
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?\s+(?=\w)"
    r"|(?:wrote|schrieb|schreef|escribió|scrisse)\s+)",
    re.IGNORECASE,
)
# A weekday of a mail header or a log, which models take for a name: "On Tue, ", "Tue Jan  9".
_WEEKDAY = re.compile(
    r"(?<=\bOn )(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)(?=,)"
    r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
    r"(?= (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d)"
    r"|(?<=\bAm )(?:Mo|D[io]|Mi|Fr|S[ao])(?=\.?,)"
)
# A weekday behind a name, before a date: "-- Maren Quist  Tue, 03 Nov". "Wei Sun, 34" is whole.
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_WEEKDAY_AFTER = re.compile(
    r"[ \t,]+(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b"
    rf"(?=\.?,?[ \t]+(?:\d\d?[ \t]+{_MONTH}|{_MONTH}[a-z]*[ \t]+\d))"
)
_DATE = 16  # characters of a date that tell it from a surname: ",  03 November"
# Punctuation and a possessive at the end of a span, and punctuation at its beginning.
_TAIL = re.compile(r"(?:'s?|[\s.,;:!?\"()\[\]*_-]+)$")
_HEAD = re.compile(r"^[\s.,;:!?\"'()\[\]*_-]+")
# A line end inside a paragraph: after 40 characters or more, before a letter.
_WRAPPED = re.compile(r"(?<=[^\n]{40})(?<=[\w,;)'\"])\n(?=[^\W\d_])")
# What a name has at least: two letters, or an initial with its stop.
_LETTERS = re.compile(r"[^\W\d_]{2}|[^\W\d_]\.")
_MARK = re.compile(r"^[QA][.:]?", re.MULTILINE)  # in the transcript of a hearing
# A sign of an address or host name in a span: "@", ".org"; in "Ada Marsh@HQ", the form of some mail
# systems, a name stands before a server in capitals.
_ADDRESS = re.compile(r"@(?![A-Z][A-Z\d-]*(?![\w.]))|\w\.[a-z]{2,}\b")
_MEMBERS = re.compile(r"[\"']\s{0,4}[\]}]{0,8}\s{0,4}[,:]\s{0,4}[\[{]{0,8}\s{0,4}[\"']")  # of JSON
# The next word in capitals after a span: of "Marsh and Sons", " and Sons".
_CAPITALISED = re.compile(r"(?:[ \t]+(?:of|the|and|&|for)){0,2}[ \t]+[A-Z][\w'-]*")
_NEXT = re.compile(r"[ \t]+[A-Z][\w'-]*")  # the same, without words that may begin another name


def entities_of(labels: frozenset[str], model: NameModel) -> dict[str, str]:
    """Return the entity of each label of a model: by the policy, else by `ENTITIES`.

    Raises PolicyError for a label that the model does not have, ModelError if none means people.
    """
    own = dict(model.labels)
    if unknown := sorted(own.keys() - labels):
        raise PolicyError(
            f"the model {model.name} gives no label {', '.join(unknown)}, "
            f"only {', '.join(sorted(labels))}"
        )
    meaning = {label: own.get(label) or ENTITIES.get(label, "") for label in labels}
    if "PERSON" not in meaning.values():
        raise ModelError(
            f"no label of the model {model.name} means people, as far as is known: "
            f"map one of {', '.join(sorted(labels))} to PERSON in the policy"
        )
    return {label: entity for label, entity in meaning.items() if entity}


class NameDetector:
    """A name model as a detector."""

    def __init__(self, model: NameModel = NameModel()) -> None:  # noqa: B008  # frozen
        """Load the model. Raises ModelError, or PolicyError for settings that it cannot obey."""
        self._model: Reader = READERS[model.kind](model)
        self._entities = entities_of(self._model.labels, model)
        self._source = f"model:{self._model.name}"
        self._score = SCORE if model.score is None else model.score
        if self._model.scored and model.score is not None:
            raise PolicyError(f"the model {model.name} tells its scores: `score` has no effect")

    @property
    def entities(self) -> frozenset[str]:
        """Return what the model can find."""
        return frozenset(self._entities.values()) | {"ORGANIZATION", "LOCATION"}

    @property
    def scored(self) -> bool:
        """Tell whether the model tells the probability of each finding."""
        return self._model.scored

    def find(self, view: View, segment: int = 0, offset: int = 0) -> list[Finding]:
        """Return the names in a view, in source positions plus `offset`."""
        text = (
            mask_symbol_runs(view.text)
            if self._model.scored
            else _readable(mask_symbol_runs(view.text))
        )
        pieces = list(_pieces(text, LONG_PIECE if self._model.scored else PIECE))
        read = self._model.read(text[left:right] for left, right, _, _ in pieces)
        found: dict[Finding, None] = {}
        for (left, _, start, end), names in zip(pieces, read, strict=True):
            for one in self._rated(names):
                moved = one._replace(start=left + one.start, end=left + one.end)
                if moved.start < end and start < moved.end:
                    found |= dict.fromkeys(self._findings(view, moved))
        return [
            replace(one, segment=segment, start=one.start + offset, end=one.end + offset)
            for one in found
        ]

    def _rated(self, names: list[Named]) -> Iterator[Named]:
        """Yield names; a person inside a likelier longer name, as of a firm, gets a lower score."""
        others = [one for one in names if self._entities.get(one.label) != "PERSON"]
        others.sort(key=_START)
        longest = max((one.end - one.start for one in others), default=0)
        for name in names:
            person = self._entities.get(name.label) == "PERSON"
            within = person and name.score is not None
            yield _fainter(name) if within and _is_held(name, others, longest) else name

    def _findings(self, view: View, name: Named) -> Iterator[Finding]:
        """Yield the findings of one span of the model."""
        for start, end in _parts(view.text, name.start, name.end):
            yield from self._of_part(view, name._replace(start=start, end=end))

    def _of_part(self, view: View, name: Named) -> Iterator[Finding]:
        """Yield the finding of a span, with its entity and score, if it is a name at all."""
        entity = self._entities.get(name.label)
        start, end = tidied(view.text, name.start, name.end)
        if entity is None or start >= end:
            return
        score = name.score
        if score is None or score < CERTAIN:
            follows = _CAPITALISED if score is None else _NEXT
            wider = _widened(view.text, end, follows)
            entity, end = _judged(view.text, start, (end, wider), entity)
        if entity == "PERSON" and not _is_name(view.text, start, end):
            return
        if score is None:
            ordinary = entity == "PERSON" and _ordinary(view.text[start:end])
            score = min(UNSURE, self._score) if ordinary else self._score
        elif entity == "PERSON":
            score = _weighed(view.text[start:end], score)
        if not 0 <= score <= 1:  # nor is "not a number"
            raise DetectionIncomplete("the name model gave something that is no probability")
        source_start, source_end = view.span(start, end)
        yield Finding(0, source_start, source_end, entity, round(score, 4), self._source)


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a span, or its parts that are strings of JSON: no name extends across several.

    Parts in small letters are keys, and left out.
    """
    gaps = list(_MEMBERS.finditer(text, start, end))
    starts = [start, *(gap.end() for gap in gaps)]
    ends = [*(gap.start() for gap in gaps), end]
    for left, right in zip(starts, ends, strict=True):
        if not (gaps and text[left:right].islower()):
            yield left, right


_START = attrgetter("start")


def _is_held(name: Named, others: Sequence[Named], longest: int) -> bool:
    """Tell whether one of other names, in their order, holds a name; none has more characters."""
    first = bisect_left(others, name.end - longest, key=_START)
    last = bisect_right(others, name.start, key=_START)
    return any(_holds(one, name) for one in others[first:last])


def _holds(other: Named, name: Named) -> bool:
    """Tell whether a name is inside a longer one that is at least as likely."""
    longer = other.end - other.start > name.end - name.start
    inside = other.start <= name.start and name.end <= other.end
    return longer and inside and (other.score or 0.0) >= (name.score or 0.0)


def _fainter(name: Named) -> Named:
    """Return a name with a reduced score."""
    return name._replace(score=(name.score or 0.0) * SMALL)


def _is_name(text: str, start: int, end: int) -> bool:
    """Tell whether a span has the letters of a name, and is no weekday or mark of a transcript."""
    lettered = _LETTERS.search(text, start, end) is not None
    day = _WEEKDAY.match(text, start)
    named = day is None or day.end() != end
    return lettered and named and _MARK.fullmatch(text, start, end) is None


def _weighed(text: str, score: float) -> float:
    """Return the score of a person, reduced where the words speak against a name.

    An address may spell a name, and is for the rules to find. A service ("Skype") is what accounts
    are with. "dawn" in small letters is more often the word. "Kundennummer" is a label, of which
    models for English are often certain.
    """
    if number_label(text):
        return score * SMALL * SMALL
    ordinary = text.islower() and all(map(is_common, words_of(text)))
    against = ordinary or plain_service(text) or _ADDRESS.search(text) is not None
    return score * SMALL if against else score


def _judged(text: str, start: int, ends: tuple[int, int], entity: str) -> tuple[str, int]:
    """Return entity and end of a "person", whose words up to the second end may belong to a firm.

    "Marsh" of "Marsh Ltd". A model with probabilities has weighed most of what follows: "Philip
    Marsh and the Orchestra" begins with a person.
    """
    end, wider = ends
    if entity == "PERSON":
        if not not_organisation(text[start:wider]):
            return "ORGANIZATION", wider
        if plain_place(text[start:wider]):
            return "LOCATION", wider
    return entity, end


def _readable(text: str) -> str:
    """Return a text with lines in capitals in title case and paragraphs unwrapped.

    Positions hold.
    """
    return "\n".join(map(_title_case, _WRAPPED.sub(" ", text).split("\n")))


def _title_case(line: str) -> str:
    """Return a line in capitals in title case, if that has the same length."""
    if not line.isupper() or " " not in line.strip():
        return line
    title = line.title()
    return title if len(title) == len(line) else line


def _pieces(text: str, length: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (left, right, start, end): read `left:right`, take findings that touch `start:end`."""
    start = 0
    while start < len(text):
        end = _end(text, start, length)
        yield max(0, start - MARGIN), min(len(text), end + MARGIN), start, end
        start = end


def _end(text: str, start: int, length: int) -> int:
    """Return the end of a piece: after a paragraph, line, sentence or word in its second half."""
    stop = start + length
    if stop >= len(text):
        return len(text)
    for gap in ("\n\n", "\n", ". ", " "):
        if (found := text.rfind(gap, start + length // 2, stop)) > 0:
            return found + len(gap)
    return stop


def tidied(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without weekdays, titles, possessives and punctuation at its ends."""
    if head := _HEAD.match(text[start:end]):
        start += head.end()
    if before := _BEFORE.match(text, start, end):
        start = before.end()
    if title := _TITLE.match(text[start:end]):
        start += title.end()
    while (
        start < end and (tail := _TAIL.search(text[start:end])) and not _initial(text, start, end)
    ):
        end = start + tail.start()
    for day in _WEEKDAY_AFTER.finditer(text, start, end + _DATE):
        if day.end() == end:
            end = day.start()
    return start, end


def _ordinary(text: str) -> bool:
    """Tell whether a "name" consists of ordinary words, or has a digit."""
    forms = words_of(text)
    if any(char.isdigit() for char in text) or plain_service(text):
        return True
    return all(map(is_common, forms)) and (len(forms) == 1 or forms[0] not in _GIVEN)


def _initial(text: str, start: int, end: int) -> bool:
    """Tell whether a span ends in an initial, whose full stop belongs to it."""
    return re.search(r"(?:^|[\s.])[^\W\d_]\.$", text[start:end]) is not None


def _widened(text: str, end: int, follows: re.Pattern[str]) -> int:
    """Return the end of the capitalised words that follow a span on its line."""
    while word := follows.match(text, end):
        end = word.end()
    return end
