"""People and other names, by the spaCy pipeline that is shipped or one that the policy names.

The model reads the normalised view, in pieces of some thousand characters, after two changes that
keep every position: a line that is all capitals is set in title case, and the line ends inside a
wrapped paragraph become spaces. Headings and soft-wrapped text are otherwise where names get lost.

What the model says is tidied, never silently dropped: titles and possessives leave the span, and
a "person" that is plainly an organisation by its own words becomes one.

The shipped model gives no probabilities; its findings all carry `SCORE`. The issue on names
replaces it by one that does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Span

from redactor.detect.checks import not_organisation, plain_place, plain_service
from redactor.detect.link import words_of
from redactor.detect.words import is_common
from redactor.errors import PolicyError
from redactor.files import tree_digest
from redactor.model import Finding
from redactor.text import View, calm

SCORE = 0.75  # below the rules, which know better what an address or an account is
UNSURE = 0.3  # ordinary words: "Grace" alone may be one, but so may "Letters"
PIECE = 2_000
MARGIN = 120
BATCH = 32  # pieces in memory at a time
SHIPPED = "en_names_cnn"

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

# spaCy's labels, of our model and of the usual packages, in Presidio's words.
ENTITIES = {
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

_TITLE = re.compile(
    r"(?:(?:mr|mrs|ms|mx|miss|dr|prof|professor|sir|dame|lord|lady|rev|revd|fr|cllr|councillor"
    r"|judge|justice|hon|sgt|det|capt|captain|major|col|lt|gen|president|mayor|st)\b\.?\s+)+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:'s?|[\s.,;:!?\"()\[\]*_-]+)$")
_HEAD = re.compile(r"^[\s.,;:!?\"'()\[\]*_-]+")
_WRAPPED = re.compile(r"(?<=[^\n]{40})(?<=[\w,;)'\"])\n(?=[^\W\d_])")
_CAPITALISED = re.compile(r"(?:[ \t]+(?:of|the|and|&|for)){0,2}[ \t]+[A-Z][\w'-]*")


def shipped_model() -> Path:
    """Return the folder of the shipped pipeline, which `spacy.load` takes."""
    return Path(__file__).parent.parent / "models" / SHIPPED


def describe_model(model: str | None) -> tuple[str, str, str]:
    """Return name, version and digest of a model, without loading it. Raises PolicyError."""
    folder = shipped_model() if model is None else Path(model)
    if not folder.is_dir() and (spec := find_spec(model or SHIPPED)) is not None:
        folder = Path(spec.origin or "").parent
    try:
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise PolicyError(f"there is no name model {model or SHIPPED}") from None
    return str(meta["name"]), str(meta["version"]), tree_digest([folder])


class NameDetector:
    """A spaCy pipeline as a detector."""

    def __init__(self, model: str | None = None) -> None:
        """Load the shipped pipeline, or the installed package or folder that `model` names.

        Raises PolicyError when there is none; nothing is ever downloaded.
        """
        self._nlp = _load(model)
        self._source = f"model:{self._nlp.meta['name']}"

    def find(self, view: View, segment: int = 0, offset: int = 0) -> list[Finding]:
        """Return the names in a view, in source positions plus `offset`."""
        text = _readable(calm(view.text))
        pieces = list(_pieces(text))
        docs = self._nlp.pipe((text[left:right] for left, right, _, _ in pieces), batch_size=BATCH)
        found: dict[Finding, None] = {}
        for (left, _, start, end), doc in zip(pieces, docs, strict=True):
            for span in doc.ents:
                if start <= left + span.start_char < end:
                    for finding in self._findings(view, span, left):
                        found[finding] = None
        return [
            replace(one, segment=segment, start=one.start + offset, end=one.end + offset)
            for one in found
        ]

    def _findings(self, view: View, span: Span, left: int) -> Iterator[Finding]:
        entity = ENTITIES.get(span.label_)
        start, end = tidied(view.text, left + span.start_char, left + span.end_char)
        if entity is None or start >= end:
            return
        if entity == "PERSON":
            wider = _widened(view.text, end)
            if not not_organisation(view.text[start:wider]):
                entity, end = "ORGANIZATION", wider
            elif plain_place(view.text[start:wider]):
                entity, end = "LOCATION", wider
            elif not re.search(r"[^\W\d_]{2}|[^\W\d_]\.", view.text[start:end]):
                return
        source_start, source_end = view.span(start, end)
        score = UNSURE if entity == "PERSON" and _ordinary(view.text[start:end]) else SCORE
        yield Finding(0, source_start, source_end, entity, score, self._source)


def _load(model: str | None) -> Language:
    try:
        return spacy.load(model or shipped_model())
    except (OSError, ValueError):
        raise PolicyError(
            f"the name model {model or SHIPPED} is not installed or does not load"
        ) from None


def _readable(text: str) -> str:
    """Set shouted lines in title case and unwrap paragraphs, keeping every position."""
    return "\n".join(map(_title_case, _WRAPPED.sub(" ", text).split("\n")))


def _title_case(line: str) -> str:
    if not line.isupper() or " " not in line.strip():
        return line
    title = line.title()
    return title if len(title) == len(line) else line


def _pieces(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield (left, right, start, end): read `left:right`, believe what begins in `start:end`."""
    start = 0
    while start < len(text):
        end = _end(text, start)
        yield max(0, start - MARGIN), min(len(text), end + MARGIN), start, end
        start = end


def _end(text: str, start: int) -> int:
    stop = start + PIECE
    if stop >= len(text):
        return len(text)
    for gap in ("\n", ". ", " "):
        if (found := text.rfind(gap, start + PIECE // 2, stop)) > 0:
            return found + len(gap)
    return stop


def tidied(text: str, start: int, end: int) -> tuple[int, int]:
    """Take titles, possessives and loose punctuation off a span."""
    if head := _HEAD.match(text[start:end]):
        start += head.end()
    if title := _TITLE.match(text[start:end]):
        start += title.end()
    while (
        start < end and (tail := _TAIL.search(text[start:end])) and not _initial(text, start, end)
    ):
        end = start + tail.start()
    return start, end


def _ordinary(text: str) -> bool:
    """Tell whether a "name" is made of ordinary words, or has a number in it."""
    forms = words_of(text)
    if any(char.isdigit() for char in text) or plain_service(text):
        return True
    return all(map(is_common, forms)) and (len(forms) == 1 or forms[0] not in _GIVEN)


def _initial(text: str, start: int, end: int) -> bool:
    """Tell whether a span ends in an initial, whose full stop belongs to it."""
    return re.search(r"(?:^|[\s.])[^\W\d_]\.$", text[start:end]) is not None


def _widened(text: str, end: int) -> int:
    """Return where the capitalised words that follow a span end, on its line."""
    while word := _CAPITALISED.match(text, end):
        end = word.end()
    return end
