"""Boxes in the place of words that a picture shows, and the proof that nothing is beneath them.

A picture is written again as what it was: without a loss, but for JPEG, which is encoded anew by
the tables of its source.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from PIL import Image, JpegImagePlugin

from redactor.errors import OutputError, UnsupportedFormat
from redactor.formats.base import Token
from redactor.formats.ocr import Labelled, boxes_of
from redactor.formats.ocr.again import RemovedTexts
from redactor.formats.picture.again import ROUNDS, reread, seen_again
from redactor.formats.picture.covered import NOISE, check_near, check_same, is_covered
from redactor.formats.picture.covers import Cover, cover_of, drawn_over
from redactor.formats.picture.depth import DEEP, is_reduced_in_depth
from redactor.formats.picture.heic import open_shown
from redactor.formats.picture.pixels import BROKEN, check_beside, is_reduced
from redactor.formats.picture.seeing import MODES, Seen, see
from redactor.model import Edit, Kind, Location

__all__ = [
    "burned",
    "check_burned",
    "check_is_burned",
    "reread_texts",
    "seen_tokens",
]

_LARGEST = 1 << 26
"""Pixels of one frame that are read, and an eighth of those of all of them together."""

_FRAMES = 200  # of a picture that moves, of which each is read

_READ = frozenset({"JPEG", "MPO", "PNG", "GIF", "WEBP", "TIFF", "JPEG2000", "AVIF", "HEIF"})
"""Kinds that are read, every frame of them; HEIF is what pi-heif reads, where it is installed."""


@contextmanager
def _frames(file: BinaryIO) -> Iterator[list[Image.Image] | None]:
    """Open a picture as its frames; None where what it shows is not read."""
    with open_shown(file) as image:
        try:
            yield _readable(image) if image else None
        except BROKEN:
            yield None


def _readable(image: Image.Image) -> list[Image.Image] | None:
    # An MPO has several pictures in one file, of which a copy has the first.
    count = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    if image.format not in _READ or count > _FRAMES:
        return None
    found = []
    for number in range(count):
        image.seek(number)
        if not is_reduced(image):
            if image.width * image.height > _LARGEST:
                return None
            image.load()
            found.append(image.copy() if count > 1 else image)
    pixels = sum(one.width * one.height for one in found)
    return found if pixels <= 8 * _LARGEST and all(one.mode in MODES for one in found) else None


def seen_tokens(file: BinaryIO, languages: str, blank: bytes | None) -> Iterator[Token]:
    """Yield what a picture shows as texts, then the picture, and whether it was examined by that.

    Raises InputError.
    """
    with _frames(file) as frames:
        said = []
        for number, frame in enumerate(frames or (), 1):
            seen = see(frame, languages)
            where = Location(Kind.BODY, page=number if len(frames or ()) > 1 else 0)
            for one in seen.paragraphs:
                yield Token(b"", one.text, location=where, seen=True)
            said.append(seen.verdict)
    doubtful = not said or "unsure" in said
    read = "" if doubtful else "text" if "text" in said else "no text"
    yield Token(b"", medium="pixels", blank=blank, read=read)


def burned(file: BinaryIO, languages: str, edits: Sequence[Edit]) -> tuple[bytes, list[Token]]:
    """Return a picture with boxes in the place of edits, and its texts before.

    Raises InputError, OutputError.
    """
    with _frames(file) as frames:
        if frames is None:
            raise OutputError("an edit is of no text")
        tokens: list[Token] = []
        covers: dict[int, Cover] = {}
        for number, frame in enumerate(frames):
            seen = see(frame, languages)
            mine = [one for one in edits if 0 <= one.segment - len(tokens) < len(seen.paragraphs)]
            if mine:
                covers[number] = _cover(frame, seen, mine, len(tokens))
            tokens += (Token(b"", one.text, seen=True) for one in seen.paragraphs)
        with open_shown(file) as image:
            assert image is not None  # noqa: S101  # it was read
            _check_is_written(image, file)
            removed = RemovedTexts.of([one.text or "" for one in tokens], edits)
            data = _settled(image, frames, covers, removed, languages)
    check_is_burned(io.BytesIO(data), covers)
    return data, tokens


def _settled(
    image: Image.Image,
    frames: Sequence[Image.Image],
    covers: dict[int, Cover],
    removed: RemovedTexts,
    languages: str,
) -> bytes:
    """Return a picture with boxes, also over what is removed and seen in the burned one alone."""
    for _ in range(ROUNDS):
        data = _written(image, [drawn_over(f, covers.get(n)) for n, f in enumerate(frames)])
        more = _seen_again(data, covers, removed, languages)
        if not more:
            return data
        for number, boxes in more.items():
            covers[number] = covers[number].with_more(boxes)
    return _written(image, [drawn_over(f, covers.get(n)) for n, f in enumerate(frames)])


def _seen_again(
    data: bytes, covers: Mapping[int, Cover], removed: RemovedTexts, languages: str
) -> dict[int, Image.Image]:
    """Return boxes, by frame, where removed texts are seen in a picture that was burned."""
    with _frames(io.BytesIO(data)) as frames:
        rows = [(n, one, covers[n]) for n, one in enumerate(frames or ()) if n in covers]
        found = {n: seen_again(one, languages, removed, of.boxes) for n, one, of in rows}
    return {number: boxes for number, boxes in found.items() if boxes is not None}


def _check_is_written(image: Image.Image, file: BinaryIO) -> None:
    """Raise UnsupportedFormat for a picture that is read, but not written again as what it is."""
    why = ""
    if image.format not in {"MPO", "TIFF"} and getattr(image, "n_frames", 1) > 1:
        why = "moves"
    elif image.format in {"AVIF", "HEIF"}:
        why = "is AVIF" if image.format == "AVIF" else "is HEIC"
    elif is_reduced_in_depth(image, file):
        why = "has 16 bits a colour"
    if why:
        raise UnsupportedFormat(f"shows what is to be removed, and {why}: it cannot be burned")


def _cover(frame: Image.Image, seen: Seen, edits: Sequence[Edit], first: int) -> Cover:
    boxes: list[Labelled] = []
    for number, paragraph in enumerate(seen.paragraphs, first):
        boxes += boxes_of(paragraph, [one for one in edits if one.segment == number])
    return cover_of(seen, boxes, frame)


def _written(image: Image.Image, frames: Sequence[Image.Image]) -> bytes:
    """Return frames as a file of the kind of a picture that is open, with its colours and sizes."""
    data = io.BytesIO()
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    options: dict[str, Any] = {
        key: image.info[key] for key in ("dpi", "icc_profile") if image.info.get(key)
    }
    if turned := image.getexif().get(0x0112):
        exif = Image.Exif()
        exif[0x0112] = turned
        options["exif"] = exif
    options |= _of_kind(image, kind, frames)
    try:
        frames[0].save(data, kind, **options)
    except BROKEN:
        raise OutputError("the draft of a picture could not be written") from None
    return data.getvalue()


def _of_kind(image: Image.Image, kind: str, frames: Sequence[Image.Image]) -> Mapping[str, Any]:
    """Return what a kind of pictures is written with."""
    if kind == "JPEG":
        return {
            "qtables": getattr(image, "quantization", None),
            "subsampling": JpegImagePlugin.get_sampling(image),
            "progressive": bool(image.info.get("progressive")),
        }
    if kind == "TIFF":
        bits = all(one.mode == "1" for one in frames)
        packed = "group4" if bits else "tiff_adobe_deflate"
        return {"compression": packed, "save_all": True, "append_images": frames[1:]}
    if kind == "JPEG2000":
        return {"irreversible": False, "no_jp2": getattr(image, "codec", "") == "j2k"}
    if kind == "WEBP":
        return {"lossless": True, "exact": True, "quality": 75}
    return {"optimize": False}


def check_is_burned(copy: BinaryIO, covers: Mapping[int, Cover]) -> None:
    """Raise OutputError unless boxes of a copy are of one colour, and labels in them of one."""
    with _frames(copy) as frames:
        for number, cover in covers.items():
            frame = frames[number] if frames and number < len(frames) else None
            if frame is None or frame.size != cover.boxes.size:
                raise OutputError("the draft of a picture is of another size or kind")
            if not is_covered(frame, cover, noise=NOISE if _is_lossy(copy) else 0):
                raise OutputError("a box in the draft of a picture is not of one colour")


def _is_lossy(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(2) == b"\xff\xd8"


def check_burned(source: BinaryIO, copy: BinaryIO) -> None:
    """Raise OutputError unless a copy is its source but for boxes, and has no metadata."""
    check_beside(source, copy)
    with _frames(source) as before, _frames(copy) as after:
        if before is None:
            return
        if after is None or [_kind(one) for one in before] != [_kind(one) for one in after]:
            raise OutputError("the draft of a picture is of another size or kind")
        for first, second in zip(before, after, strict=True):
            (check_near if _is_lossy(copy) else check_same)(first, second)


def _kind(frame: Image.Image) -> tuple[tuple[int, int], str]:
    """Return size and kind of pixels, whichever of two bytes comes first."""
    return frame.size, "I;16" if frame.mode in DEEP else frame.mode


def reread_texts(file: BinaryIO, languages: str) -> Iterator[str]:
    """Yield the texts of a picture in several readings."""
    with _frames(file) as frames:
        for frame in frames or ():
            yield from reread(frame, languages)
