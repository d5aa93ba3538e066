"""Annotations that mark glyphs of pages for redaction, and which glyphs each of them covers.

A mark is a `Redact` annotation that was not applied (ISO 32000-2, 12.5.6.23), with a quadrilateral
for each line. A glyph is covered if its centre is in one. So a mark survives any program that keeps
annotations and the places of glyphs, whatever it does to the objects of the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import atan2
from typing import Any, BinaryIO

import pikepdf
from pdfminer.fontmetrics import FONT_METRICS
from pikepdf import Array, Dictionary, Name, String

from redactor.errors import DamagedDocument
from redactor.formats.pdf.drawn import Quad
from redactor.formats.pdf.opening import opened
from redactor.model import Seeing

__all__ = ["Annotation", "Banner", "marked", "quads_of", "read_marks"]

OWN = "redactor-own:"
"""What the names of annotations begin with that the document had before it was marked."""

_WIDTHS: dict[str, int] = dict(FONT_METRICS["Helvetica-Bold"][1])

_PRINTED, _LOCKED = 4, 4 + 64 + 128 + 512
"""Flags of annotations: shown on paper; and not to be edited, moved or deleted."""

_MARKS = frozenset({"/Redact", "/Highlight"})
"""Annotations that mark a text; highlights are what people add in programs without redactions."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A mark: its page, its name, what it says, and what it covers."""

    page: int
    name: str
    says: str = field(repr=False)
    quads: tuple[Quad, ...]

    def covers(self, page: int, at: tuple[float, float]) -> bool:
        """Tell whether a point of a page is in a mark: the centre of a glyph."""
        return page == self.page and any(_holds(quad, at) for quad in self.quads)


@dataclass(frozen=True, slots=True)
class Banner:
    """What each page says at its top, and the name of that annotation."""

    text: str
    name: str


def read_marks(source: BinaryIO) -> tuple[list[Annotation], list[str]]:
    """Return the marks of a document, and the names of all its other annotations.

    Raises InputError.
    """
    marks: list[Annotation] = []
    names: list[str] = []
    with opened(source, Seeing()) as document:
        pdf = document.pdf
        for number, page in enumerate(pdf.pages, 1):
            for one in _annotations(page):
                name = str(one.get("/NM", ""))
                if one.get("/Subtype") not in _MARKS or name.startswith(OWN):
                    names.append(name)
                    continue
                marks.append(Annotation(number, name, str(one.get("/Contents", "")), _quads(one)))
    return marks, names


def _annotations(page: pikepdf.Page) -> Iterator[Dictionary]:
    listed = page.obj.get("/Annots")
    for one in listed if isinstance(listed, Array) else ():
        if isinstance(one, Dictionary):
            yield one


def _quads(one: Dictionary) -> tuple[Quad, ...]:
    """Return what an annotation covers: its quadrilaterals, or its rectangle without any."""
    numbers = [float(x) for x in one.get("/QuadPoints", Array())]
    if len(numbers) < 8:  # of one quadrilateral
        x, y, far, top = (float(x) for x in one.Rect)
        numbers = [x, top, far, top, x, y, far, y]
    return tuple(_of_numbers(numbers))


def _of_numbers(numbers: Sequence[float]) -> Iterator[Quad]:
    for at in range(0, len(numbers) - 7, 8):
        a, b, c, d, e, f, g, h = numbers[at : at + 8]
        yield (a, b, c, d, e, f, g, h)


def quads_of(numbers: Sequence[float]) -> tuple[Quad, ...]:
    """Return quadrilaterals from a row of numbers, or from the four of a rectangle."""
    if len(numbers) == 4:  # of a rectangle
        x, y, far, top = numbers
        numbers = (x, top, far, top, x, y, far, y)
    return tuple(_of_numbers(numbers))


def marked(source: BinaryIO, marks: Iterable[Annotation], banner: Banner) -> bytes:
    """Return a document with marks, and with a banner on each page. Raises InputError."""
    by_page: dict[int, list[Annotation]] = {}
    for one in marks:
        by_page.setdefault(one.page, []).append(one)
    with opened(source, Seeing()) as document:
        pdf = document.pdf
        for number, page in enumerate(pdf.pages, 1):
            for at, old in enumerate(_annotations(page)):
                if old.get("/Subtype") in _MARKS:
                    old["/NM"] = String(f"{OWN}{number}.{at}")
            rows = [_annotation(pdf, page, one) for one in by_page.get(number, ())]
            rows.append(_banner(pdf, page, banner))
            listed = page.obj.get("/Annots")
            kept = list(listed) if isinstance(listed, Array) else []
            page.obj["/Annots"] = Array([*kept, *rows])
        return _saved(pdf)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    try:
        pdf.save(out, deterministic_id=True, encryption=False, fix_metadata_version=False)
    except pikepdf.PdfError:
        raise DamagedDocument("cannot be written with marks") from None
    return out.getvalue()


def _annotation(pdf: pikepdf.Pdf, page: pikepdf.Page, one: Annotation) -> pikepdf.Object:
    """Return a mark as an object, drawn as programs do that know no redactions."""
    numbers = [round(x, 3) for quad in one.quads for x in quad]
    rect = _around(one.quads)
    drawn = b"/Marked gs 1 0.9 0.3 rg 0.8 0 0 RG 0.6 w\n"
    for a, b, c, d, e, f, g, h in one.quads:
        corners = " ".join(f"{x:.2f} {y:.2f} l" for x, y in ((c, d), (g, h), (e, f)))
        drawn += f"{a:.2f} {b:.2f} m {corners} b\n".encode()
    state = Dictionary(Type=Name.ExtGState, BM=Name.Multiply)
    shown = _form(pdf, rect, drawn, Dictionary(ExtGState=Dictionary(Marked=state)))
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Redact,
            Rect=Array(rect),
            QuadPoints=Array(numbers),
            Contents=String(one.says),
            NM=String(one.name),
            T=String("redactor"),
            F=_PRINTED,
            C=Array([0.8, 0, 0]),
            IC=Array([0, 0, 0]),
            OverlayText=String(one.says.rpartition(" ")[0]),
            DA=String("/Helv 0 Tf 1 g"),
            AP=Dictionary(N=shown),
            P=page.obj,
        )
    )


def _banner(pdf: pikepdf.Pdf, page: pikepdf.Page, banner: Banner) -> pikepdf.Object:
    """Return the annotation at the top of a page that says what the file is."""
    x, _, far, top = (float(one) for one in page.cropbox)
    width = sum(_WIDTHS.get(char, 600) for char in banner.text) / 1000
    size = max(1.0, min(9.0, (far - x - 12) / width))
    rect = [x + 4, top - size - 8, far - 4, top - 4]
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name("/Helvetica-Bold"),
        Encoding=Name.WinAnsiEncoding,
    )
    drawn = f"1 1 1 rg {rect[0]:.2f} {rect[1]:.2f} {rect[2] - rect[0]:.2f} {size + 4:.2f} re f\n"
    drawn += f"BT /Helv {size:.2f} Tf 0.8 0 0 rg {x + 6:.2f} {top - size - 4:.2f} Td "
    drawn += f"({banner.text}) Tj ET\n"
    resources = Dictionary(Font=Dictionary(Helv=font))
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.FreeText,
            Rect=Array(rect),
            Contents=String(banner.text),
            NM=String(banner.name),
            T=String("redactor"),
            F=_LOCKED,
            DA=String(f"/Helv {size:.2f} Tf 0.8 0 0 rg"),
            AP=Dictionary(N=_form(pdf, rect, drawn.encode(), resources)),
            P=page.obj,
        )
    )


def _form(pdf: pikepdf.Pdf, rect: Sequence[float], drawn: bytes, resources: Dictionary) -> Any:
    form = pdf.make_stream(drawn)
    form["/Type"], form["/Subtype"] = Name.XObject, Name.Form
    form["/BBox"], form["/Resources"] = Array(rect), resources
    return form


def _around(quads: Iterable[Quad]) -> list[float]:
    points = [x for quad in quads for x in quad]
    across, up = points[::2], points[1::2]
    return [round(x, 3) for x in (min(across) - 1, min(up) - 1, max(across) + 1, max(up) + 1)]


def _holds(quad: Quad, at: tuple[float, float]) -> bool:
    """Tell whether a point is in a quadrilateral, whatever the order of its corners."""
    points = list(zip(quad[::2], quad[1::2], strict=True))
    x, y = sum(p[0] for p in points) / 4, sum(p[1] for p in points) / 4
    corners = _round(points, (x, y))
    sides = [
        (b[0] - a[0]) * (at[1] - a[1]) - (b[1] - a[1]) * (at[0] - a[0])
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)
    ]
    if not any(sides):  # of no extent
        return False
    return all(side >= 0 for side in sides) or all(side <= 0 for side in sides)


def _round(
    points: Sequence[tuple[float, float]], middle: tuple[float, float]
) -> list[tuple[float, float]]:
    """Return corners in their order around the middle."""
    return sorted(points, key=lambda p: atan2(p[1] - middle[1], p[0] - middle[0]))
