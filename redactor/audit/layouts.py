"""The layouts of a document's nodes, as its records have them: by them its copy is read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from redactor.audit.records import Json
from redactor.formats.base import Layout
from redactor.formats.tree import Path

__all__ = ["layout_of"]

_NUMBERS = re.compile(r"[0-9]{1,9}(?:/[0-9]{1,9})*")  # of the members to a node


def layout_of(record: Mapping[str, Json]) -> tuple[Path, Layout]:
    """Return the place and the layout of the node that a record (document or part) is about.

    A record of a damaged log may lack any of its fields, and is read as far as it goes.
    """
    part = str(record.get("part", "text"))
    path = tuple(map(int, part.split("/"))) if _NUMBERS.fullmatch(part) else ()
    settings = [("encoding", str(record["encoding"]))] if record.get("encoding") else []
    more = record.get("layout")
    settings += [(n, str(v)) for n, v in more.items()] if isinstance(more, dict) else []
    return path, Layout(str(record.get("format", "")), tuple(settings))
