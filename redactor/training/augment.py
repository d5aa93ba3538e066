"""Data augmentation: other names in the same sentences, and other cases.

Every function keeps offsets exact: a span always covers the whole mention.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from redactor.training.corpora import Record, Span
from redactor.training.names import NameLists, draw_form, draw_organisation, draw_person

Recase = Callable[[str], str]
_INITIAL = 2  # length of an initial with its full stop, which is not a word in capitals


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of the records of which copies are made: other people, lower and upper case."""

    substituted: float = 0.30
    lowered: float = 0.06
    raised: float = 0.06


def rewrite(record: Record, mentions: dict[int, str]) -> Record:
    """The record with other texts for the numbered spans, and all offsets adjusted."""
    parts: list[str] = []
    spans: list[Span] = []
    at = length = 0
    for number, span in enumerate(record.spans):
        if span.start < at:
            continue
        before, mention = record.text[at : span.start], record.mention(span)
        new = mentions.get(number, mention)
        start = length + len(before)
        parts += [before, new]
        spans.append(Span(start, start + len(new), span.label))
        at, length = span.end, start + len(new)
    parts.append(record.text[at:])
    return replace(record, text="".join(parts), spans=tuple(spans))


def substitute(record: Record, lists: NameLists, rng: random.Random) -> Record:
    """The record with other people; equal names are replaced by equal names."""
    chosen: dict[str, str] = {}
    mentions: dict[int, str] = {}
    people = [(n, s) for n, s in enumerate(record.spans) if s.label == "PERSON"]
    for number, span in sorted(people, key=lambda pair: -(pair[1].end - pair[1].start)):
        mention = record.mention(span)
        if mention not in chosen:
            chosen |= _renamed(mention, lists, rng)
        mentions[number] = chosen[mention]
    return rewrite(record, mentions)


def substitute_others(record: Record, lists: NameLists, rng: random.Random) -> Record:
    """The record with other places and organisations: a rare word need not be a person."""
    mentions: dict[int, str] = {}
    for number, span in enumerate(record.spans):
        mention = record.mention(span)
        if span.label == "LOC" and "," not in mention:
            mentions[number] = match_case(rng.choice(lists.places), mention)
        elif span.label == "ORG":
            mentions[number] = match_case(draw_organisation(lists, rng), mention)
    return rewrite(record, mentions)


def _renamed(mention: str, lists: NameLists, rng: random.Random) -> dict[str, str]:
    """The new name for a mention, and for its first and last words alone."""
    person = draw_person(lists, rng)
    words = mention.split()
    new = {mention: match_case(draw_form(person, len(words), rng), mention)}
    if len(words) > 1:
        new |= {words[0]: match_case(person.given, words[0])}
        new |= {words[-1]: match_case(person.surname, words[-1])}
    return new


def match_case(name: str, model: str) -> str:
    """The name in upper or lower case if the model is."""
    if model.isupper() and len(model) > _INITIAL:
        return name.upper()
    return name.lower() if model.islower() else name


def recased(record: Record, change: Recase) -> Record:
    """The record in another case, without letters whose other case is longer (ß)."""
    text = "".join(new if len(new := change(char)) == 1 else char for char in record.text)
    return replace(record, text=text)


def augmented(
    records: list[Record], lists: NameLists, shares: Shares, rng: random.Random
) -> list[Record]:
    """The records and their copies; in a repetitive corpus every name is replaced."""
    grown: list[Record] = []
    for record in records:
        always = record.corpus in _REPETITIVE
        base = substitute(record, lists, rng) if always else record
        grown.append(base)
        if base.has("PERSON") and not always and rng.random() < shares.substituted:
            grown.append(substitute(base, lists, rng))
        chance = rng.random()
        if chance < shares.lowered:
            grown.append(recased(base, str.lower))
        elif chance < shares.lowered + shares.raised:
            grown.append(recased(base, str.upper))
    return grown


_REPETITIVE = frozenset({"contextual_anonymizer"})
