"""Kinds of pictures that OCR reads: in 16 bits, JPEG 2000, AVIF, and those that move."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from ocr_building import KnowsWords, letter, saved
from PIL import Image

from redactor.analysis.analyzer import Analyzer
from redactor.api import prepare_policy, redact_bytes
from redactor.errors import UnsupportedFormat
from redactor.formats.picture.depth import in_eight_bits
from redactor.formats.picture.own_labels import own_labels, painted
from redactor.keys import Key

KEY = Key(bytes(range(32)))
SEEING = "redactor.formats.picture.seeing.table_of_words"


@pytest.fixture(scope="module")
def reads(analyzer) -> Analyzer:
    """Return an examiner under the default policy with OCR."""
    return Analyzer(prepare_policy("default", ocr="eng"))


@pytest.fixture
def knows(monkeypatch) -> KnowsWords:
    found = KnowsWords(letter())
    monkeypatch.setattr(SEEING, found)
    return found


def deep(image: Image.Image, *, big: bool = False, most: int = 65535) -> Image.Image:
    levels = np.asarray(image, dtype=np.uint32) * most // 255
    return Image.fromarray(levels.astype(">u2" if big else "<u2"))


def deep_png(image: Image.Image) -> bytes:
    """Return a PNG with 16 bits a colour, which Pillow does not write."""
    rows = np.repeat(np.asarray(image, dtype=">u2")[..., None] * 257, 3, axis=2)
    data = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows)
    size = struct.pack(">IIBBBBB", *image.size, 16, 2, 0, 0, 0)
    chunks = (b"IHDR", size), (b"IDAT", zlib.compress(data)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(some)) + name + some + struct.pack(">I", zlib.crc32(name + some))
        for name, some in chunks
    )


def moving(image: Image.Image, kind: str) -> bytes:
    first = Image.new("L", image.size, 255)
    first.putpixel((3, 3), 0)
    frames = [one.convert("RGB") for one in (first, image)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=40)


def is_black(image: Image.Image, box) -> bool:
    grey = in_eight_bits(image).convert("L")
    return painted(grey, own_labels(grey)).crop(box).getextrema()[1] < 40


KINDS = {
    "PNG in 16 bits": lambda image: saved(deep(image), "PNG"),
    "PNG in 16 bits of which 12 are used": lambda image: saved(deep(image, most=4095), "PNG"),
    "TIFF in 16 bits": lambda image: saved(deep(image), "TIFF"),
    "TIFF in 16 bits, the high byte first": lambda image: saved(deep(image, big=True), "TIFF"),
    "JPEG 2000": lambda image: saved(image.convert("RGB"), "JPEG2000"),
    "JPEG 2000 with a loss": lambda image: saved(
        image, "JPEG2000", irreversible=True, quality_layers=[8]
    ),
    "JPEG 2000 in 16 bits": lambda image: saved(deep(image), "JPEG2000"),
    "JPEG 2000 without a box": lambda image: saved(image, "JPEG2000", no_jp2=True),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_is_burned_keeps_its_kind_and_depth(name, knows, reads):
    source = KINDS[name](knows.letter.image)
    copy = redact_bytes(source, reads, KEY)
    before, after = (Image.open(io.BytesIO(one)) for one in (source, copy))
    assert (before.format, before.mode[:4], before.size) == (
        *(after.format, after.mode[:4], after.size),
    )
    for word, box, _ in knows.letter.words:
        if word in {"Teodor", "Vance,", "ilse@example.org"}:
            assert is_black(after, box)
        else:
            left, top, right, bottom = box
            inner = left + 4, top, right - 4, bottom
            assert np.array_equal(*(np.asarray(one.crop(inner)) for one in (before, after))), word
    assert redact_bytes(copy, reads, KEY) == copy


READ = {
    "PNG with 16 bits a colour": (deep_png, "16 bits a colour"),
    "GIF that moves": (lambda image: moving(image, "GIF"), "moves"),
    "PNG that moves": (lambda image: moving(image, "PNG"), "moves"),
    "WebP that moves": (lambda image: moving(image, "WEBP"), "moves"),
    "AVIF": (lambda image: saved(image, "AVIF", quality=100), "is AVIF"),
}


@pytest.mark.parametrize("name", READ)
def test_what_cannot_be_written_again_is_read_and_refused_only_for_what_it_shows(
    name, knows, reads
):
    make, why = READ[name]
    source = make(knows.letter.image)
    with pytest.raises(UnsupportedFormat, match=f"{why}: it cannot be burned"):
        redact_bytes(source, reads, KEY)
    knows.letter.words.clear()
    knows.calls = 0
    copy = redact_bytes(source, reads, KEY)
    assert knows.calls > 0
    with Image.open(io.BytesIO(copy)) as after, Image.open(io.BytesIO(source)) as before:
        assert getattr(after, "n_frames", 1) == getattr(before, "n_frames", 1)
