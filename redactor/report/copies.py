"""The context of each redaction in the published copy: never the words of the source.

A copy is trusted only if its digest is the recorded one. It is read in one pass, whatever its
size: memory holds the text between the first redaction not yet yielded and the end of the window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from sys import maxsize

from redactor.errors import InputError
from redactor.files import open_source, sha256
from redactor.formats.tree import copy_parts
from redactor.report.evidence import Evidence
from redactor.report.summary import Document, Redaction

AROUND = 60  # characters on both sides


@dataclass(frozen=True, slots=True)
class Context:
    """The text before a redaction, at it, and after it, in the copy."""

    before: str
    place: str
    after: str


def contexts(evidence: Evidence) -> tuple[dict[tuple[int, str], Context], dict[str, str]]:
    """Return the words around every place, by run and id, and why documents have none, by id."""
    places: dict[tuple[int, str], list[Redaction]] = defaultdict(list)
    for one in evidence.summary.standing:
        places[one.run, one.document].append(one)
    found: dict[tuple[int, str], Context] = {}
    missing: dict[str, str] = {}
    for document in evidence.summary.latest:
        mine = places.get((document.run, document.id))
        if not mine:
            continue
        why = _unusable(document, evidence) or _read(document, mine, evidence, found)
        if why:
            missing[f"{document.run}:{document.id}"] = why
    return found, missing


def _unusable(document: Document, evidence: Evidence) -> str:
    """Return why the words around cannot be shown, or nothing if they can."""
    if evidence.copies is None:
        return "the folder of copies is not at hand"
    if document.id not in evidence.names:
        return "no copy here has this document's name"
    path = evidence.copy(document)
    if path is None:
        return "the copy is missing"
    with suppress(InputError), open_source(path, maxsize) as file:
        same = sha256(file) == document.sha256
        return "" if same else "the copy is not the one that was recorded"
    return "the copy cannot be read"


def _read(
    document: Document,
    places: Sequence[Redaction],
    evidence: Evidence,
    found: dict[tuple[int, str], Context],
) -> str:
    path = evidence.copy(document)
    if path is None:
        return "the copy is missing"
    by_part = {
        part: sorted(group, key=lambda one: one.start)
        for part, group in groupby(sorted(places, key=lambda one: one.part), lambda one: one.part)
    }
    try:
        with open_source(path, maxsize) as file:
            for one, context in around(copy_parts(file, document.layouts), by_part):
                found[one.run, one.id] = context
    except InputError:
        return "the copy cannot be read"
    return ""


def around(
    parts: Iterable[tuple[str, Iterator[str]]], places: Mapping[str, Sequence[Redaction]]
) -> Iterator[tuple[Redaction, Context]]:
    """Yield the words around places, sorted by start, of each part of a document."""
    for name, texts in parts:
        yield from _around(texts, list(places.get(name, ())))


def _around(parts: Iterator[str], places: list[Redaction]) -> Iterator[tuple[Redaction, Context]]:
    held, offset, number, more = "", 0, 0, True
    while number < len(places) and more:
        piece = next(parts, None)
        more = piece is not None
        held += piece or ""
        while number < len(places):
            one = places[number]
            if more and one.end + AROUND > offset + len(held):
                break
            yield one, _context(held, one.start - offset, one.end - offset)
            number += 1
        if number < len(places):
            drop = max(0, min(len(held), places[number].start - AROUND - offset))
            held, offset = held[drop:], offset + drop


def _context(text: str, start: int, end: int) -> Context:
    return Context(text[max(0, start - AROUND) : start], text[start:end], text[end : end + AROUND])
