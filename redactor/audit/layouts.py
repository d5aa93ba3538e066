"""The layouts of a document's nodes, as its records have them: by them its copy is read."""

from __future__ import annotations

from collections.abc import Mapping

from redactor.audit.records import Json
from redactor.formats.base import Layout
from redactor.formats.tree import Path

__all__ = ["layout_of"]


def layout_of(record: Mapping[str, Json]) -> tuple[Path, Layout]:
    """Return the place and the layout of the node that a record (document or part) is about."""
    part = str(record.get("part", "text"))
    path = tuple(int(number) for number in part.split("/")) if part != "text" else ()
    settings = [("encoding", str(record["encoding"]))] if record.get("encoding") else []
    more = record.get("layout")
    settings += [(n, str(v)) for n, v in more.items()] if isinstance(more, dict) else []
    return path, Layout(str(record["format"]), tuple(settings))
