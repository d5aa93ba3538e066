"""The marked copy of a document, written before its records are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from redactor.audit import document_id, fingerprint
from redactor.decisions import place_of
from redactor.errors import MarksError
from redactor.formats.tree import part, root
from redactor.model import Job
from redactor.pipeline.context import RunContext
from redactor.pipeline.examination import Found
from redactor.proposals.places import Place
from redactor.proposals.writing import marked_copy

__all__ = ["proposed"]


def proposed(job: Job, settings: RunContext, found: Found, source: BinaryIO) -> tuple[int, str]:
    """Write the marked copy of a document; return how many places have no mark in it.

    Beside it stands why there is none, where that is so. Raises OutputError.
    """
    if settings.proposals is None:
        return 0, ""
    document = document_id(settings.key, job.name)
    places = list(_places(document, settings, found))
    node = root(source, job.source.name, settings.reading())
    parts = {one.path: part(one.copied) for one in found.nodes}
    stamp = document, settings.proposals.run
    try:
        copy = marked_copy(node, job.shown_name, stamp, places, parts)
    except MarksError as error:
        return len(places), str(error)
    settings.proposals.save(job.shown_name, copy)
    return len(copy.original.unmarked), ""


def _places(document: str, settings: RunContext, found: Found) -> Iterator[Place]:
    """Yield the places that are removed, with the ids that their records have."""
    numbers = count(settings.first)
    for one in found.redactions():
        decision, key = one.removal.decision, settings.key
        entity = decision.finding.entity
        place = place_of(key, document, decision, one.place.at, one.removal.words)
        yield Place(
            f"{document}:{next(numbers)}",
            f"{place}.{fingerprint(key, entity, one.removal.identity)}",
            entity,
            decision.exemption.code,
            *one.place.at,
        )
