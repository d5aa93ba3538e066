"""An independent reader of pictures: Pillow. It sees no metadata in a copy, and the same pixels.

Of HEIF, of which it reads AVIF alone, another one sees the same by the bytes (`heif_again.py`).
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import BinaryIO

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageSequence,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from redactor.errors import OutputError
from redactor.formats.picture.cuts import EMPTY_EXIF, EMPTY_XMP, orientation_only
from redactor.formats.picture.heif_again import check_same, is_heif, texts_beside

__all__ = ["BROKEN", "check_beside", "check_pixels", "is_reduced", "metadata", "open_picture"]

_PLUGINS = (
    AvifImagePlugin.AvifImageFile,
    GifImagePlugin.GifImageFile,
    Jpeg2KImagePlugin.Jpeg2KImageFile,
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    TiffImagePlugin.TiffImageFile,
    WebPImagePlugin.WebPImageFile,
)
"""The readers that are needed: of those that Pillow has beside them none is loaded."""
_READERS = tuple(one.format for one in _PLUGINS)
_LARGEST = 1 << 26
"""Pixels that are compared, of all frames together; cuts of larger ones are checked by bytes."""

# What Pillow says of a picture that is no metadata: sizes, colours, times of an animation.
_SHOWN = frozenset(
    "jfif jfif_version jfif_unit jfif_density dpi adobe adobe_transform icc_profile progressive"
    " progression gamma transparency aspect srgb chromaticity interlace loop background duration"
    " timestamp version compression disposal blend default_image bbox resolution".split()
)
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
_NO_EXIF = EMPTY_EXIF.rstrip(b"\0")


def check_pixels(source: BinaryIO, copy: BinaryIO) -> None:
    """Raise OutputError unless Pillow sees the pixels of the source in a copy, and no metadata."""
    check_beside(source, copy)
    with open_picture(source) as before, open_picture(copy) as after:
        if before is None:
            return
        if after is None or (before.size, before.mode) != (after.size, after.mode):
            raise OutputError("the draft of a picture is of another size or kind")
        frames: Iterable[tuple[bytes | None, bytes | None]]
        frames = zip_longest(_frames(before), _frames(after))
        if before.format == "MPO":  # several pictures in one file: a copy has the first
            frames = zip(_frames(before), _frames(after), strict=False)
        elif before.format == "TIFF":  # the copy has no reduced ones
            frames = zip_longest(_frames(before, whole=True), _frames(after))
        if any(first != second for first, second in frames):
            raise OutputError("the draft of a picture has other pixels")


def check_beside(source: BinaryIO, copy: BinaryIO) -> None:
    """Raise OutputError for metadata in a copy, and for other bytes of the picture in HEIF."""
    if any(metadata(copy)):
        raise OutputError("the draft of a picture has metadata")
    if heif := _heif(copy):
        source.seek(0)
        check_same(source.read(), heif)


def _heif(file: BinaryIO) -> bytes:
    """Return the bytes of a HEIF picture; none of others."""
    file.seek(0)
    if not is_heif(file.read(8)):
        return b""
    file.seek(0)
    return file.read()


@contextmanager
def open_picture(file: BinaryIO, *others: str) -> Iterator[Image.Image | None]:
    """Open a picture; None if Pillow does not read it, with the readers that are named beside."""
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they quote names of tags
        try:
            image = Image.open(file, formats=(*_READERS, *others))
        except BROKEN:
            yield None
            return
        yield image


BROKEN = (
    *(OSError, ValueError, SyntaxError, RuntimeError, struct.error, zlib.error),
    *(TypeError, KeyError, IndexError, AttributeError, ArithmeticError, MemoryError, EOFError),
    Image.DecompressionBombError,
)
"""What a picture that Pillow does not read ends in."""


def _frames(image: Image.Image, *, whole: bool = False) -> Iterator[bytes]:
    """Yield the pixels of each frame, as far as they can be read."""
    rest = _LARGEST
    try:
        for frame in ImageSequence.Iterator(image):
            rest -= frame.width * frame.height
            if rest < 0:
                return
            if whole and is_reduced(frame):
                continue
            yield frame.tobytes()
    except BROKEN:
        return


def is_reduced(frame: Image.Image) -> bool:
    """Tell whether a frame of a TIFF picture is a smaller one of another frame."""
    tags = getattr(frame, "tag_v2", {})
    return bool(tags.get(254, 0) & 1)


def metadata(file: BinaryIO) -> Iterator[str]:
    """Yield what is seen in a picture beside itself, as text."""
    if heif := _heif(file):
        yield from texts_beside(heif)
    with open_picture(file) as image:
        if image is None:
            return
        try:
            yield from _info(image)
        except BROKEN:
            return


def _info(image: Image.Image) -> Iterator[str]:
    for key, value in image.info.items():
        if key == "exif":
            stated = value.removeprefix(b"Exif\0\0")
            if stated.rstrip(b"\0") not in {orientation_only(stated).rstrip(b"\0"), _NO_EXIF}:
                yield _text(value)
        elif key == "xmp" and value.rstrip() == EMPTY_XMP:
            continue
        elif key == "extension":
            if value[0] not in _LOOPS:
                yield _text(value[0])
        elif key not in _SHOWN and not (isinstance(value, bytes) and not value.strip(b"\0")):
            yield _text(value)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        yield from (_text(value) for tag, value in image.tag_v2.items() if tag not in _TIFF)


_TIFF = frozenset({*range(254, 269), *range(273, 285), *range(286, 305), *range(317, 333)}) | {
    *(334, 336, 338, 339, 340, 341, 342, 346, 347, 529, 530, 531, 532, 34675, 50674),
    *range(32995, 32999),
}


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
