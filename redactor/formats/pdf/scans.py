"""Pages whose text is pixels: scans, and pages that become pictures since they cannot be read.

Such a page is drawn by pdfium and read by OCR. Where something in it is removed, the page becomes
the picture with boxes; the recognised text of a scan is kept behind it, edited as any text is.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Operator
from PIL import Image, ImageDraw
from PIL.Image import Transpose

from redactor.errors import OutputError, UnsupportedFormat
from redactor.formats.base import Token
from redactor.formats.ocr import Labelled, Word, boxes_of
from redactor.formats.ocr.words import alike, touched, with_margin
from redactor.formats.pdf.pictures import COARSEST, Resolution, inherited
from redactor.formats.pdf.rendering import Renderer, place_of_page, rendering, stream_of
from redactor.formats.picture.again import reread
from redactor.formats.picture.covered import is_covered
from redactor.formats.picture.covers import Cover, cover_of, drawn_over
from redactor.formats.picture.seeing import Seen, see
from redactor.model import Edit, Kind, Location

__all__ = [
    "RASTER",
    "Burned",
    "PixelPage",
    "Recognised",
    "Removed",
    "burn",
    "check_pages",
    "images_of_scans",
    "is_ours",
    "page_drawn",
    "page_tokens",
    "put_picture",
    "reread_pages",
    "strip",
]

_OURS = "/RedactorPage"
"""The name of the picture that a page has become."""

RASTER = Resolution(200.0, COARSEST)
"""That of a page that becomes a picture: its letters are read as surely as from more dots."""

_KEPT = frozenset({"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit"})
"""Of a page that becomes a picture."""


@dataclass(frozen=True, slots=True)
class PixelPage:
    """A page that is read by OCR: its number, how finely it is drawn, whether it is a scan.

    The text and the notes of a scan are kept; of another page nothing is but the picture.
    """

    number: int
    resolution: Resolution
    is_scan: bool


def is_ours(page: pikepdf.Object) -> bool:
    """Tell whether a page is a picture that was made here."""
    own = page.get("/Resources")
    drawn = own.get("/XObject") if isinstance(own, Dictionary) else None
    return isinstance(drawn, Dictionary) and _OURS in drawn


def strip(pdf: pikepdf.Pdf, numbers: Sequence[int]) -> None:
    """Take everything out of pages that become pictures."""
    _hand_down(pdf)
    for number in numbers:
        page = pdf.pages[number - 1].obj
        box = inherited(page, "/MediaBox")
        for key in list(page.keys()):
            if key not in _KEPT:
                del page[key]
        page.Contents, page.Resources = pdf.make_stream(b""), Dictionary()
        if box is not None:
            page.MediaBox = Array(list(box))


def images_of_scans(pdf: pikepdf.Pdf, pages: Mapping[int, PixelPage]) -> set[tuple[int, int]]:
    """Return the pictures that nothing but scans draws: they are read with their pages."""
    of_scans: set[tuple[int, int]] = set()
    of_others: set[tuple[int, int]] = set()
    for number, page in enumerate(pdf.pages, 1):
        resources = inherited(page.obj, "/Resources")
        found = set(_images(resources))
        (of_scans if number in pages else of_others).update(found)
        of_others |= set(_images_of_notes(page.obj))
    return of_scans - of_others


def _images_of_notes(page: pikepdf.Object) -> Iterator[tuple[int, int]]:
    for note in page.get("/Annots") or ():
        shown = note.get("/AP") if isinstance(note, Dictionary) else None
        for one in shown.values() if isinstance(shown, Dictionary) else ():
            forms = one.values() if not isinstance(one, pikepdf.Stream) else (one,)
            for form in forms:
                if isinstance(form, pikepdf.Stream):
                    yield from _images(form.get("/Resources"))


def _images(resources: Any) -> Iterator[tuple[int, int]]:
    stack, seen = [resources], set()
    while stack:
        own = stack.pop()
        drawn = own.get("/XObject") if isinstance(own, Dictionary) else None
        for one in drawn.values() if isinstance(drawn, Dictionary) else ():
            if not isinstance(one, pikepdf.Stream) or one.objgen in seen:
                continue
            seen.add(one.objgen)
            if one.get("/Subtype") == "/Image":
                yield one.objgen
            stack.append(one.get("/Resources"))


def page_tokens(
    data: bytes, pages: Mapping[int, PixelPage], languages: str
) -> Iterator[tuple[list[Token], Token]]:
    """Yield the texts that OCR sees in each page, and the page as a picture. Raises InputError."""
    for page, _, seen in _read(data, pages, languages):
        yield _tokens(page, seen), _medium(seen)


def _tokens(page: PixelPage, seen: Seen) -> list[Token]:
    where = Location(Kind.BODY, page=page.number)
    return [Token(b"", one.text, location=where, seen=True) for one in seen.paragraphs]


def _medium(seen: Seen) -> Token:
    return Token(b"", medium="pixels", read="" if seen.verdict == "unsure" else seen.verdict)


def _read(
    data: bytes, pages: Mapping[int, PixelPage], languages: str
) -> Iterator[tuple[PixelPage, Image.Image, Seen]]:
    if not pages:
        return
    with rendering(data) as renderer:
        for page in pages.values():
            image = page_drawn(renderer, page)
            yield page, image, see(image, languages)


def page_drawn(renderer: Renderer, page: PixelPage) -> Image.Image:
    """Return a page as it is read by OCR: of a scan without its notes.

    Raises DamagedDocument, UnsupportedFormat.
    """
    return renderer.page(page.number, page.resolution, notes=not page.is_scan)


@dataclass(frozen=True, slots=True)
class Removed:
    """What is removed of the recognised text of a scan, and where that says that it is.

    `place` is left, low, right, high on the page; None in a form, whose place is not known.
    """

    text: str = field(repr=False)
    place: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Recognised:
    """Of the recognised text of a scan, what is removed, and the words that are kept."""

    removed: list[Removed] = field(default_factory=list, repr=False)
    kept: set[str] = field(default_factory=set, repr=False)


@dataclass(slots=True)
class Burned:
    """What was put into a document: boxes and pictures of pages; `gone` are digests of others.

    `images` are the pixels of pages with boxes.
    """

    tokens: list[Token] = field(default_factory=list, repr=False)
    covers: dict[int, Cover] = field(default_factory=dict, repr=False)
    gone: set[str] = field(default_factory=set)
    pictures: list[pikepdf.Object] = field(default_factory=list, repr=False)
    images: dict[int, Image.Image] = field(default_factory=dict, repr=False)


def burn(  # noqa: PLR0913, PLR0917  # a document, its source, what is removed of it
    pdf: pikepdf.Pdf,
    source: bytes,
    edited: bytes,
    pages: Mapping[int, PixelPage],
    edits: Sequence[Edit],
    layers: Mapping[int, Recognised],
    languages: str,
) -> Burned:
    """Put pictures in the place of pages: of those with edits, and of all that are no scans.

    `edited` is the document with its texts edited. Edits count from the first text of the pages.
    What is removed of `layers`, the recognised text of scans, is burned as well: OCR may have read
    it otherwise. Raises InputError, OutputError.
    """
    found = Burned()
    images: dict[int, Image.Image] = {}
    for page, image, seen in _read(source, pages, languages):
        mine = [one for one in edits if 0 <= one.segment - len(found.tokens) < len(seen.paragraphs)]
        mine = [replace(one, segment=one.segment - len(found.tokens)) for one in mine]
        layer = layers.get(page.number, Recognised())
        cover = _cover(pdf, page, seen, mine, layer, image)
        found.tokens += _tokens(page, seen)
        if cover is not None:
            found.covers[page.number] = cover
        if not page.is_scan:
            images[page.number] = drawn_over(image, cover)
    scans = {
        one.number: one for one in pages.values() if one.is_scan and one.number in found.covers
    }
    if scans:
        with rendering(edited) as renderer:
            for number, page in scans.items():
                images[number] = drawn_over(page_drawn(renderer, page), found.covers[number])
    _put(pdf, images, scans, found)
    return found


def _cover(  # noqa: PLR0913, PLR0917  # a page, what was seen, what is removed
    pdf: pikepdf.Pdf,
    page: PixelPage,
    seen: Seen,
    edits: Sequence[Edit],
    layer: Recognised,
    image: Image.Image,
) -> Cover | None:
    """Return the boxes of a page: of what is removed of what OCR sees, and of recognised text."""
    boxes: list[Labelled] = []
    burned: list[Word] = []
    for one in edits:
        boxes += boxes_of(seen.paragraphs[one.segment], [one])
        burned += touched(seen.paragraphs[one.segment], one)
    more, lost = _misread(seen, burned, layer.removed)
    _check_layer(page, seen, [*burned, *more], layer.kept)
    boxes += [Labelled(with_margin(one.box)) for one in more]
    cover = cover_of(seen, boxes, image) if boxes else None
    if lost:
        places = _places(pdf.pages[page.number - 1].obj, lost, image.size)
        cover = Cover.plain(places) if cover is None else cover.with_more(places)
    return cover


def _misread(
    seen: Seen, burned: Sequence[Word], removed: Sequence[Removed]
) -> tuple[list[Word], list[Removed]]:
    """Return words that are burned too, since recognised text has them, and what is in none."""
    used = list(burned)
    free = [one for part in seen.paragraphs for one in part.words if one not in burned]
    more: list[Word] = []
    lost: list[Removed] = []
    for one in removed:
        for value in one.text.split():
            if sum(map(str.isalnum, value)) < _SHORT:
                continue
            if near := alike(used, value):
                used.remove(near[0])
            elif near := alike(free, value):
                free.remove(near[0])
                more.append(near[0])
            else:
                lost.append(one)
    return more, lost


def _check_layer(page: PixelPage, seen: Seen, burned: Sequence[Word], kept: Iterable[str]) -> None:
    """Raise UnsupportedFormat if recognised text keeps a word much like one that is burned.

    A word that OCR sees in the picture as well, and leaves, is one of the page.
    """
    gone = {id(one) for one in burned}
    left = {
        _form(one.text) for part in seen.paragraphs for one in part.words if id(one) not in gone
    }
    for word in kept:
        form = _form(word)
        if len(form) > _SHORT and form not in left and alike(burned, form, _MUCH):
            raise UnsupportedFormat(
                f"the recognised text of page {page.number} may still say what is removed of the "
                "picture; `--raster all` leaves recognised text out"
            )


def _form(word: str) -> str:
    return "".join(one for one in word.lower() if one.isalnum() or one in "@.").strip(".")


_MUCH = 0.75
_SHORT = 3
"""Letters of a word that is looked for in what OCR saw: a shorter one is like many others."""

# How a page is shown that is turned by so many degrees.
_SHOWN = {90: Transpose.ROTATE_270, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_90}


def _places(page: pikepdf.Object, lost: Sequence[Removed], size: tuple[int, int]) -> Image.Image:
    """Return boxes where recognised text says that something is, with a line above and below.

    Raises UnsupportedFormat for what a form says.
    """
    turned = int(inherited(page, "/Rotate") or 0) % 360
    width, height = size[::-1] if turned in {90, 270} else size
    left, low, right, high = place_of_page(page)
    wide, tall = width / (right - left), height / (high - low)
    mask = Image.new("1", (width, height), 0)
    for one in lost:
        if one.place is None:
            raise UnsupportedFormat("recognised text has what OCR does not see in the picture")
        first, bottom, last, top = one.place
        more = top - bottom
        corners = (first - left - more) * wide, (high - top - more) * tall
        ends = (last - left + more) * wide, (high - bottom + more) * tall
        ImageDraw.Draw(mask).rectangle((*corners, *ends), fill=1)
    return mask.transpose(_SHOWN[turned]) if turned in _SHOWN else mask


def _put(
    pdf: pikepdf.Pdf,
    images: Mapping[int, Image.Image],
    scans: Mapping[int, PixelPage],
    found: Burned,
) -> None:
    _hand_down(pdf)
    for number, image in images.items():
        page = pdf.pages[number - 1].obj
        left, low, right, high = place_of_page(page)
        sizes = (right - left, 0, 0, high - low, left, low)
        content = f"q {' '.join(f'{one:.6f}' for one in sizes)} cm {_OURS} Do Q\n".encode()
        resources = Dictionary()
        if number in scans:
            before = page.Resources
            found.gone |= _digests(pdf, before)
            content += _unseen(pikepdf.Page(page), before)
            resources = _without_pictures(pdf, before, before, {})
        if "/XObject" not in resources:
            resources.XObject = Dictionary()
        page.Contents, page.Resources = pdf.make_stream(content), resources
        put_picture(pdf, page, image, found.pictures)
        if number in found.covers:
            found.images[number] = image


def put_picture(
    pdf: pikepdf.Pdf, page: pikepdf.Object, image: Image.Image, pictures: list[pikepdf.Object]
) -> None:
    """Make an image what a page shows that has become a picture; add it to these."""
    turned = int(inherited(page, "/Rotate") or 0) % 360
    pictures.append(pdf.make_indirect(stream_of(pdf, image, turned)))
    page.Resources.XObject[_OURS] = pictures[-1]


def _hand_down(pdf: pikepdf.Pdf) -> None:
    """Give each page the resources that it inherits, so that none but its own has a picture."""
    for page in pdf.pages:
        if "/Resources" not in page.obj:
            page.obj.Resources = inherited(page.obj, "/Resources") or Dictionary()
    for obj in pdf.objects:
        if isinstance(obj, Dictionary) and obj.get("/Type") == "/Pages" and "/Resources" in obj:
            del obj["/Resources"]


_PAINTS = frozenset("m l c v y h re S s f F f* B B* b b* n W W* sh BI ID EI".split()) | {
    "INLINE IMAGE"
}
"""Operators that paint or clip: what they did is in the picture of the page."""


def _unseen(stream: pikepdf.Object | pikepdf.Page, resources: Any) -> bytes:
    """Return a content stream of which nothing is seen: text is invisible, all else is gone."""
    hidden = pikepdf.ContentStreamInstruction([3], Operator("Tr"))
    drawn = _xobjects(resources)
    out: list[Any] = [hidden]
    for one in pikepdf.parse_content_stream(stream):
        operator = str(one.operator)
        if operator == "Tr":
            out.append(hidden)
        elif operator == "Do" and _is_image(drawn, list(one.operands)):
            continue
        elif operator not in _PAINTS:
            out.append(one)
    return bytes(pikepdf.unparse_content_stream(out))


def _xobjects(resources: Any) -> Any:
    found = resources.get("/XObject") if isinstance(resources, Dictionary) else None
    return found if isinstance(found, Dictionary) else Dictionary()


def _is_image(drawn: Any, operands: Sequence[Any]) -> bool:
    one = drawn.get(str(operands[0])) if operands else None
    return isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"


def _without_pictures(
    pdf: pikepdf.Pdf, resources: Any, of_page: Any, known: dict[tuple[int, int], pikepdf.Object]
) -> Dictionary:
    """Return resources without pictures; of forms they have copies that paint nothing."""
    found = Dictionary()
    for key, value in resources.items() if isinstance(resources, Dictionary) else ():
        found[key] = value
    drawn = Dictionary()
    for key, one in _xobjects(resources).items():
        if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Form":
            if one.objgen not in known:
                known[one.objgen] = one
                known[one.objgen] = _unseen_form(pdf, one, of_page, known)
            drawn[key] = known[one.objgen]
        elif isinstance(one, pikepdf.Stream) and "/OC" in one:
            # A pixel that nothing draws: the name of its layer keeps its turn among the texts.
            drawn[key] = stream_of(pdf, Image.new("1", (1, 1)), 0)
            drawn[key].OC = one.OC
    found.XObject = drawn
    return found


def _unseen_form(
    pdf: pikepdf.Pdf,
    form: pikepdf.Object,
    of_page: Any,
    known: dict[tuple[int, int], pikepdf.Object],
) -> pikepdf.Object:
    found = pdf.make_stream(_unseen(form, form.get("/Resources", of_page)))
    for key, value in form.items():
        if key not in {"/Length", "/Filter", "/DecodeParms"}:
            found[key] = value
    if "/Resources" in form:
        found.Resources = _without_pictures(pdf, form.Resources, of_page, known)
    return found


def _digests(pdf: pikepdf.Pdf, resources: Any) -> set[str]:
    return {_digest(pdf.get_object(objgen)) for objgen in _images(resources)}


def _digest(image: pikepdf.Object) -> str:
    return sha256(image.read_raw_bytes()).hexdigest()


def check_pages(copy: bytes, pages: Mapping[int, PixelPage], burned: Burned) -> None:
    """Raise OutputError unless boxes are of one colour, and what they cover is gone from a copy.

    Raises UnsupportedFormat if the source shows that elsewhere too.
    """
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        streams = (one for one in pdf.objects if isinstance(one, pikepdf.Stream))
        images = [one for one in streams if one.get("/Subtype") == "/Image"]
        if any(_digest(one) in burned.gone for one in images):
            raise UnsupportedFormat("a picture of which something is removed is used elsewhere too")
    if not burned.covers:
        return
    with rendering(copy) as renderer:
        for number, cover in burned.covers.items():
            image = page_drawn(renderer, pages[number])
            if image.size != cover.boxes.size or not is_covered(image, cover):
                raise OutputError("a box in the draft of a page is not of one colour")


def reread_pages(data: bytes, pages: Mapping[int, PixelPage], languages: str) -> Iterator[str]:
    """Yield the texts of pages in several readings of OCR."""
    if not pages:
        return
    with rendering(data) as renderer:
        for page in pages.values():
            yield from reread(page_drawn(renderer, page), languages)
