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
from PIL import Image

from redactor.errors import OutputError
from redactor.formats.base import Token
from redactor.formats.ocr import Labelled, boxes_of
from redactor.formats.pdf.images import drawn_images
from redactor.formats.picture.again import reread
from redactor.formats.picture.covered import is_covered
from redactor.formats.picture.covers import Cover, cover_of, drawn_over
from redactor.formats.picture.pixels import BROKEN
from redactor.formats.picture.seeing import MODES, Seen, see
from redactor.model import Edit

__all__ = ["burn_embedded", "embedded_tokens", "reread_embedded"]

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


def burn_embedded(
    pdf: pikepdf.Pdf, but: Container[tuple[int, int]], edits: Sequence[Edit], languages: str
) -> list[Token]:
    """Put boxes into pictures; return their texts before. Edits count from the first of these.

    Raises InputError, OutputError.
    """
    tokens: list[Token] = []
    for picture in list(drawn_images(pdf, but)):
        layers = _layers(picture, languages)
        first = len(tokens)
        tokens += _tokens(layers)
        mine = [one for one in edits if first <= one.segment < len(tokens)]
        if mine:
            _burn(layers, [replace(one, segment=one.segment - first) for one in mine])
    return tokens


def _burn(layers: Sequence[_Layer], edits: Sequence[Edit]) -> None:
    parts = [(one, part) for one in layers for part in one.seen.paragraphs]
    covers = []
    for layer in layers:
        boxes: list[Labelled] = []
        for edit in edits:
            if parts[edit.segment][0] is layer:
                boxes += boxes_of(parts[edit.segment][1], [edit])
        if boxes:
            covers.append(cover_of(layer.seen, boxes, layer.image))
    for layer in layers:
        own = [one.resized(layer.image.size) for one in covers]
        if layer.is_mask:  # all of a box is shown, its label too
            own = [Cover.plain(one.boxes) for one in own]
        for one in own:
            layer.image = drawn_over(layer.image, one, 255 if layer.is_mask else None)
        _write(layer, own)


def _write(layer: _Layer, covers: Sequence[Cover]) -> None:
    """Write the pixels of a picture into its object. Raises OutputError."""
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
