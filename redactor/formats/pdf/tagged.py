"""Strings of marked content, which say what glyphs are or stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import normalize

from pikepdf import Dictionary, String

from redactor.formats.pdf.content import Mark, Page
from redactor.formats.pdf.editing import Box

__all__ = ["drop_actual_text", "strings"]


def drop_actual_text(page: Page, some: Sequence[Box]) -> None:
    """Take out what marked content says that its glyphs are, where some of them are removed."""
    removed = {id(glyph) for box in some for glyph in box.glyphs}
    for mark in page.marks:
        if _repeats(page, mark) and any(
            id(one) in removed for one in page.glyphs[mark.first : mark.end]
        ):
            del mark.properties["/ActualText"]


def _repeats(page: Page, mark: Mark) -> bool:
    """Tell whether the `ActualText` of marked content is what its glyphs say anyway."""
    properties = mark.properties
    if not isinstance(properties, Dictionary) or "/ActualText" not in properties:
        return False
    said = "".join(one.text or "" for one in page.glyphs[mark.first : mark.end])
    actual = normalize("NFKC", str(properties["/ActualText"]))
    return "".join(actual.split()) == "".join(said.split())


def strings(page: Page) -> Iterator[tuple[Any, Any, str]]:
    """Yield the strings of marked content: their dictionary, themselves, their key."""
    for mark in page.marks:
        properties = mark.properties
        if not isinstance(properties, Dictionary) or mark.around is not None:
            continue
        for key in sorted(properties.keys()):
            value = properties[key]
            repeated = key == "/ActualText" and _repeats(page, mark)
            if isinstance(value, String) and key != "/Lang" and str(value) and not repeated:
                yield properties, value, key
