"""Pictures on pages with text: each is read by OCR and written again with boxes, in its place.

A picture may hide its text in the mask that it is seen through: that is read, and burned, as well.
"""

from __future__ import annotations

import io
import warnings
import zlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pikepdf
from pikepdf import Array, Name
from PIL import Image, ImageChops

from redactor.errors import OutputError
from redactor.formats.base import Token
from redactor.formats.ocr import Labelled, boxes_of
from redactor.formats.ocr.again import RemovedTexts
from redactor.formats.pdf.images import drawn_images
from redactor.formats.picture.again import ROUNDS, reread, seen_again
from redactor.formats.picture.covered import is_covered
from redactor.formats.picture.covers import Cover, cover_of, drawn_over
from redactor.formats.picture.pixels import BROKEN
from redactor.formats.picture.seeing import MODES, Seen, see
from redactor.model import Edit

__all__ = [
    "BurnedPicture",
    "burn_embedded",
    "embedded_tokens",
    "reread_embedded",
    "settle_embedded",
]

_LARGEST = 1 << 26  # pixels that are read
_JPEG = frozenset({"/DCTDecode", "/DCT"})
_UNREAD = (pikepdf.PdfError, NotImplementedError, zlib.error, *BROKEN)
"""What a picture in a form that pikepdf or Pillow does not read ends in."""


@dataclass(slots=True)
class _Layer:
    """The pixels of a picture, or of its mask, and what is read in them."""

    stream: pikepdf.Stream = field(repr=False)
    image: Image.Image = field(repr=False)
    seen: Seen = field(repr=False)
    is_mask: bool

    def own(self, covers: Sequence[Cover]) -> list[Cover]:
        """Return boxes as they are in it: all of a box is shown by a mask, its label too."""
        found = [one.resized(self.image.size) for one in covers]
        return [Cover.plain(one.boxes) for one in found] if self.is_mask else found


def _layers(picture: pikepdf.Object, languages: str) -> list[_Layer]:
    """Return what is read in a picture; nothing where its pixels cannot be read."""
    found = []
    for key in ("", "/SMask", "/Mask"):
        stream = picture.get(key) if key else picture
        if not isinstance(stream, pikepdf.Stream):
            continue
        image = _decoded(stream)
        if image is None:
            return []
        found.append(_Layer(stream, image, see(image, languages), bool(key)))
    return found


def _decoded(stream: pikepdf.Stream) -> Image.Image | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of masks that are read by themselves
            image = pikepdf.PdfImage(stream).as_pil_image()
        if image.width * image.height > _LARGEST:
            return None
        image.load()
    except _UNREAD:
        return None
    return image if image.mode in MODES else None


def embedded_tokens(
    pdf: pikepdf.Pdf, but: Container[tuple[int, int]], languages: str
) -> Iterator[Token]:
    """Yield the texts that OCR sees in pictures, and each picture. Raises InputError."""
    for picture in drawn_images(pdf, but):
        layers = _layers(picture, languages) if languages else []
        yield from _tokens(layers)
        verdicts = [one.seen.verdict for one in layers]
        doubtful = not layers or "unsure" in verdicts
        read = "" if doubtful else "text" if "text" in verdicts else "no text"
        yield Token(b"", medium="pixels", read=read)


def _tokens(layers: Sequence[_Layer]) -> list[Token]:
    return [Token(b"", part.text, seen=True) for one in layers for part in one.seen.paragraphs]


@dataclass(slots=True)
class BurnedPicture:
    """A picture with boxes: its layers, and what covers them all."""

    layers: Sequence[_Layer] = field(repr=False)
    covers: list[Cover] = field(default_factory=list, repr=False)

    def cover(self, more: Sequence[Cover]) -> None:
        """Draw more boxes over all layers, and write these. Raises OutputError."""
        self.covers += more
        for layer in self.layers:
            for one in layer.own(more):
                layer.image = drawn_over(layer.image, one, 255 if layer.is_mask else None)
            _write(layer, layer.own(self.covers))

    def seen_again(self, removed: RemovedTexts, languages: str) -> list[Cover]:
        """Return boxes where the pixels that were written still seem to show what is removed."""
        found = []
        for layer in self.layers:
            covered = Image.new("1", layer.image.size, 0)
            for one in layer.own(self.covers):
                covered = ImageChops.logical_or(covered, one.boxes)
            image = _decoded(layer.stream) or layer.image
            boxes = seen_again(image, languages, removed, covered)
            found += [] if boxes is None else [Cover.plain(boxes)]
        return found


def burn_embedded(
    pdf: pikepdf.Pdf, but: Container[tuple[int, int]], edits: Sequence[Edit], languages: str
) -> tuple[list[Token], list[BurnedPicture]]:
    """Put boxes into pictures; return the texts of all before, and those with boxes.

    Edits count from the first of the texts.
    Raises InputError, OutputError.
    """
    tokens: list[Token] = []
    burned = []
    for picture in list(drawn_images(pdf, but)):
        layers = _layers(picture, languages)
        first = len(tokens)
        tokens += _tokens(layers)
        mine = [one for one in edits if first <= one.segment < len(tokens)]
        if mine:
            mine = [replace(one, segment=one.segment - first) for one in mine]
            burned.append(_burned(layers, mine))
    return tokens, burned


def _burned(layers: Sequence[_Layer], edits: Sequence[Edit]) -> BurnedPicture:
    parts = [(one, part) for one in layers for part in one.seen.paragraphs]
    covers = []
    for layer in layers:
        boxes: list[Labelled] = []
        for edit in edits:
            if parts[edit.segment][0] is layer:
                boxes += boxes_of(parts[edit.segment][1], [edit])
        if boxes:
            covers.append(cover_of(layer.seen, boxes, layer.image))
    found = BurnedPicture(layers)
    found.cover(covers)
    return found


def settle_embedded(burned: Sequence[BurnedPicture], removed: RemovedTexts, languages: str) -> None:
    """Burn as well what OCR sees in burned pictures alone. Raises InputError, OutputError."""
    for one in burned:
        for _ in range(ROUNDS):
            more = one.seen_again(removed, languages)
            if not more:
                break
            one.cover(more)


def _write(layer: _Layer, covers: Sequence[Cover]) -> None:
    """Write the pixels of a picture into its object; prove its boxes. Raises OutputError."""
    stream, image = layer.stream, layer.image
    filters = stream.get("/Filter")
    names = [str(one) for one in filters] if isinstance(filters, Array) else [str(filters)]
    if image.mode not in {"1", "L", "RGB"}:
        image = image.convert("RGB")
        if "/Decode" in stream:  # of colours that are no more
            del stream["/Decode"]
    if names[-1] in _JPEG and image.mode != "1":
        data = io.BytesIO()
        image.save(data, "JPEG", quality=90, subsampling=0)
        stream.write(data.getvalue(), filter=Name.DCTDecode)
    else:
        stream.write(image.tobytes())
    if not stream.get("/ImageMask", False):
        stream.ColorSpace = Name.DeviceRGB if image.mode == "RGB" else Name.DeviceGray
        stream.BitsPerComponent = 1 if image.mode == "1" else 8
    for key in ("/Alternates", "/Matte"):
        if key in stream:
            del stream[key]
    again = _decoded(stream)
    if again is None or any(not is_covered(again, one.resized(again.size)) for one in covers):
        raise OutputError("a box in a picture of the draft is not of one colour")


def reread_embedded(
    pdf: pikepdf.Pdf, but: Container[tuple[int, int]], languages: str
) -> Iterator[str]:
    """Yield the texts of pictures in several readings of OCR."""
    for picture in drawn_images(pdf, but):
        for layer in _layers(picture, languages):
            yield from reread(layer.image, languages)
