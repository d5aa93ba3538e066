"""What a content stream draws with: its fonts, each loaded once, and the font of labels."""

from __future__ import annotations

from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from redactor.formats.pdf.content import FONT, Page, interpret
from redactor.formats.pdf.fonts import NO_FONT, Font, load_font
from redactor.formats.pdf.objects import Content

__all__ = ["Fonts", "interpreted", "with_label_font"]


class Fonts:
    """The fonts of a document, each loaded once."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[int, int], Font] = {}

    def of(self, resources: pikepdf.Object | None, name: str) -> Font:
        """Return the font of that name in some resources."""
        found = _resource(resources, "/Font", name)
        return self._font(found) if isinstance(found, Dictionary) else NO_FONT

    def stated(self, resources: pikepdf.Object | None, name: str) -> tuple[Font, float] | None:
        """Return font and size that a graphics state of that name sets."""
        found = _resource(resources, "/ExtGState", name)
        if isinstance(found, Dictionary) and "/Font" in found:
            return self._font(found.Font[0]), float(found.Font[1])
        return None

    def _font(self, obj: pikepdf.Object) -> Font:
        if not obj.is_indirect:
            return load_font(obj)
        if obj.objgen not in self._loaded:
            self._loaded[obj.objgen] = load_font(obj)
        return self._loaded[obj.objgen]


def _resource(resources: pikepdf.Object | None, kind: str, name: str) -> Any:
    if not isinstance(resources, Dictionary) or kind not in resources:
        return None
    return resources[kind].get(name)


def interpreted(item: Content, fonts: Fonts) -> Page:
    """Return what a content stream shows. Raises InputError."""
    resources = item.resources
    return interpret(
        pikepdf.Page(item.obj) if item.is_page else item.obj,
        lambda name: fonts.of(resources, name),
        lambda name: fonts.stated(resources, name),
    )


def with_label_font(resources: pikepdf.Object | None) -> Dictionary:
    """Return resources with the font of labels."""
    found = _copied(resources)
    fonts = _copied(found.get("/Font"))
    fonts[FONT] = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name.Helvetica,
        Encoding=Name.WinAnsiEncoding,
    )
    found.Font = fonts
    return found


def _copied(obj: pikepdf.Object | None) -> Dictionary:
    """Return a dictionary with the same entries, which others do not share."""
    found = Dictionary()
    if isinstance(obj, Dictionary):
        for key, value in obj.items():
            found[key] = value
    return found
