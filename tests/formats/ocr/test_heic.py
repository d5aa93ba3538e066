"""HEIC: what it shows, by pi-heif, a decoder without an encoder; other programs see no metadata."""

from __future__ import annotations

import base64
import io
import shutil
import subprocess

import pytest
from ocr_building import KnowsWords, Letter
from PIL import Image

from redactor.analysis.analyzer import Analyzer
from redactor.api import prepare_policy, redact_bytes
from redactor.errors import UnsupportedFormat
from redactor.formats.base import Hints
from redactor.formats.budget import unlimited
from redactor.formats.picture import Picture, cleaned, heic
from redactor.keys import Key

KEY = Key(bytes(range(32)))
SEEING = "redactor.formats.picture.seeing.table_of_words"
# The word `Teodor`, drawn by Pillow and encoded by pillow-heif, with a thumbnail, and with Exif and
# XMP that name Teodor Vance.
DATA = base64.b64decode(
    "AAAAHGZ0eXBoZWl4AAAAAG1pZjFoZWl4bWlhZgAAAuptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAA"
    "AAAAAAAAAAAFhpbG9jAAAAAERAAAQAAQAAAAADDgABAAAAAAAAAU8AAgAAAAAEXQABAAAAAAAAADIAAwAAAAAEjwAB"
    "AAAAAAAAAEMABAAAAAAE0gABAAAAAAAAADMAAAB3aWluZgAAAAAABAAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbm"
    "ZlAgAAAQACAABFeGlmAAAAACppbmZlAgAAAQADAABtaW1lAGFwcGxpY2F0aW9uL3JkZit4bWwAAAAAABVpbmZlAgAA"
    "AAAEAABodmMxAAAAAA5waXRtAAAAAAABAAABqmlwcnAAAAGDaXBjbwAAAHFodmNDAQQIAAAAn/gAAAAAHvAA/Pz4+A"
    "AADwNgAAEAF0ABDAH//wQIAAADAJ/4AAADAAAeugJAYQABACZCAQEECAAAAwCf+AAAAwAAHsBQgQWW6uSmubAgAAAD"
    "AyAAAAMAIWIAAQAGRAHBc8GJAAAAE2NvbHJuY2x4AAEADQAGgAAAABRpc3BlAAAAAAAAAKAAAABAAAAAKGNsYXAAAA"
    "CgAAAAAQAAADAAAAABAAAAAAAAAAL////wAAAAAgAAAA5waXhpAAAAAAEIAAAAcWh2Y0MBBAgAAACf+AAAAAAe8AD8"
    "/Pj4AAAPA2AAAQAXQAEMAf//BAgAAAMAn/gAAAMAAB66AkBhAAEAJkIBAQQIAAADAJ/4AAADAAAewIIEFluqumubAg"
    "AAAwAyAAADAAIQYgABAAZEAcFzwYkAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFwAAAAKAAAAAEAAAAMAAAAAf//"
    "/+gAAAAC////zAAAAAIAAAAfaXBtYQAAAAAAAAACAAEFgQIDBYQABASGBwWIAAAANmlyZWYAAAAAAAAADmNkc2MAAg"
    "ABAAEAAAAOY2RzYwADAAEAAQAAAA50aG1iAAQAAQABAAAB/21kYXQAAAFLKAGuCChHNPE3bWupgR5cTlg6IGJt2HCM"
    "gNa+8JGOlm2KlGDD/tLdn6QCduGbbYluCSAqvI1/HlfepEEFhFMS0LBAAXRejiYFdJmEBt4b2HdYQ/DaFb8n5QTI0D"
    "DsI8R3Wem8+oLHl18Ztdx4w0QfDbn1LLu/e98qRZTOqgjBzsSqQ/VFZc2zbiOHtgUZOzMJb8JxXhUVs+W0jaGH1mV9"
    "Fs9rEL618pvNBkgfiXG5VJxKXb87KYjBEgx9KA6D9dip/JbGpZRlF3oKAoexpCbmgusjAVdV8ZzivU2Du6WTYsMJMQ"
    "Sn1Cxax8O38O9p1N6v9PLqf6fNMU3cFVJrwUVDDUY/GrYgKRcQ3+C8Pt/f4853gf8kVZ1vlZycYat8mfpjDS9Bbh7M"
    "OREIKprGYvrE8bVDJuEI+N0CsFAewW34KhGsErQqtw7LlMob6AAAAAZFeGlmAABNTQAqAAAACAABATsAAgAAAA0AAA"
    "AaAAAAAFRlb2RvciBWYW5jZQAAPHg6eG1wbWV0YSB4bWxuczp4PSdhZG9iZTpuczptZXRhLyc+PGE+VGVvZG9yIFZh"
    "bmNlPC9hPjwveDp4bXBtZXRhPgAAAC8oAa4IJC5IOPO0nGteBCsDSw03aMQuHi3SGbANhcEEkRUw7AxmHYChm5Zgkt"
    "CPgA=="
)
BOX = (8, 16, 100, 36)


@pytest.fixture(scope="module")
def reads(analyzer) -> Analyzer:
    """Return an examiner under the default policy with OCR."""
    return Analyzer(prepare_policy("default", ocr="eng"))


@pytest.fixture
def knows(monkeypatch) -> KnowsWords:
    words = [("Teodor", BOX, 0), ("Vance", (104, 16, 150, 36), 0)]
    found = KnowsWords(Letter(Image.new("L", (160, 48)), words))
    monkeypatch.setattr(SEEING, found)
    return found


@pytest.fixture
def decoder():
    """Skip a test where HEIC is not decoded."""
    return pytest.importorskip("pi_heif", reason="HEIC IS NOT DECODED: no pi-heif")


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=["HEIF"]) as image:
        return image.tobytes()


def test_a_copy_has_no_metadata_and_the_same_length():
    copy = cleaned(DATA)
    assert b"Vance" in DATA
    assert b"thmb" in DATA
    assert not any(one in copy for one in (b"Vance", b"thmb", b"Exif", b"rdf+xml"))
    assert len(copy) == len(DATA)


def test_a_decoder_sees_the_same_pixels_and_nothing_beside_them(decoder):
    decoder.register_heif_opener()
    copy = cleaned(DATA)
    assert pixels(copy) == pixels(DATA)
    before, after = (Image.open(io.BytesIO(one)).info for one in (DATA, copy))
    assert b"Vance" in before["exif"]
    assert before["thumbnails"]
    assert not any(after.get(one) for one in ("exif", "xmp", "thumbnails", "metadata"))


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_sees_no_metadata():
    def seen(data: bytes) -> str:
        run = ["exiftool", "-a", "-G1", "-s", "-Exif:all", "-XMP:all", "-"]
        return subprocess.run(run, input=data, stdout=subprocess.PIPE, check=False).stdout.decode()

    assert "Vance" in seen(DATA)
    assert not seen(cleaned(DATA))


def test_what_is_to_be_removed_refuses_a_picture_that_is_not_written(decoder, knows, reads):
    with pytest.raises(UnsupportedFormat, match="is HEIC: it cannot be burned") as caught:
        redact_bytes(DATA, reads, KEY)
    assert "Vance" not in str(caught.value)
    assert knows.calls


def test_a_picture_that_shows_nothing_to_be_removed_is_published_and_counts_as_read(
    decoder, knows, reads
):
    knows.letter.words[:] = [("harbour", BOX, 0)]
    assert redact_bytes(DATA, reads, KEY) == cleaned(DATA)
    assert knows.calls
    layout = Picture().layout(io.BytesIO(DATA), Hints(seeing=reads.policy.seeing))
    tokens = list(Picture().texts(io.BytesIO(DATA), layout, unlimited()))
    assert [(one.medium, one.read) for one in tokens if one.medium] == [("pixels", "text")]


def test_without_the_decoder_pixels_are_not_examined_and_count_as_such(monkeypatch, knows, reads):
    monkeypatch.setattr(heic, "_is_read", lambda: False)
    assert redact_bytes(DATA, reads, KEY) == cleaned(DATA)
    assert not knows.calls
    layout = Picture().layout(io.BytesIO(DATA), Hints(seeing=reads.policy.seeing))
    tokens = list(Picture().texts(io.BytesIO(DATA), layout, unlimited()))
    assert [(one.medium, one.read) for one in tokens] == [("pixels", "")]


def test_only_what_a_copy_has_is_decoded(decoder, monkeypatch):
    opened = []

    def open_picture(file, *others):
        opened.append((file.getvalue(), others))
        return real(file, *others)

    real = heic.open_picture
    monkeypatch.setattr(heic, "open_picture", open_picture)
    with heic.open_shown(io.BytesIO(DATA)) as image:
        assert image is not None
        assert image.size == (160, 48)
    assert opened == [(DATA, ()), (cleaned(DATA), ("HEIF",))]
