"""Pages that are too large to be drawn finely enough for their letters are refused, and at once."""

from __future__ import annotations

import io

import pikepdf
import pytest
from ocr_building import KnowsWords, bytes_of, letter, scan
from pikepdf import Array

from redactor.analysis.analyzer import Analyzer
from redactor.api import prepare_policy, redact_bytes
from redactor.errors import UnsupportedFormat
from redactor.formats.pdf.opening import opened
from redactor.keys import Key
from redactor.model import Seeing

KEY = Key(bytes(range(32)))
SEEING = "redactor.formats.picture.seeing.table_of_words"
SIDE = 8400  # points, of which pages that others have scanned have as many: 117 inches


def page(side: int, pixels: int) -> pikepdf.Pdf:
    """Return a square page that is a picture, which says that it has so many pixels a side."""
    pdf = scan(letter())
    one = pdf.pages[0]
    one.MediaBox = Array([0, 0, side, side])
    one.Contents = pdf.make_stream(f"q {side} 0 0 {side} 0 0 cm /Im Do Q".encode())
    one.Resources.XObject.Im.Width = one.Resources.XObject.Im.Height = pixels
    return pdf


@pytest.fixture
def read(monkeypatch) -> KnowsWords:
    found = KnowsWords(letter())
    monkeypatch.setattr(SEEING, found)
    return found


@pytest.mark.parametrize("raster", ["none", "all"])
def test_a_page_of_1225_million_pixels_is_refused_before_it_is_read(raster, read, analyzer):
    policy = Analyzer(prepare_policy("default", ocr="eng", raster=raster))
    with pytest.raises(UnsupportedFormat, match="page 1 is too large to be read by OCR: at 150"):
        redact_bytes(bytes_of(page(SIDE, 35_000)), policy, KEY)
    assert read.calls == 0


def resolution(side: int, pixels: int) -> tuple[int, int]:
    """Return the dots in an inch at which a page is drawn, and the least."""
    data = io.BytesIO(bytes_of(page(side, pixels)))
    with opened(data, Seeing("eng")) as document:
        found = document.pages[1].resolution
    return round(found.drawn), round(found.least)


def test_the_least_resolution_is_that_of_the_picture_but_no_more_than_letters_need():
    assert resolution(SIDE, 35_000) == (300, 150)
    assert resolution(792, 2200) == (200, 150)
    assert resolution(792, 660) == (150, 60)  # as a screen shows it
    assert resolution(SIDE, 1000) == (150, 9)


def test_a_large_page_with_a_coarse_picture_is_read_and_its_copy_too(monkeypatch, read, analyzer):
    monkeypatch.setattr("redactor.formats.pdf.rendering._MOST", 2_000_000)
    pdf, side = scan(read.letter), 1500
    page = pdf.pages[0]
    page.MediaBox = Array([0, 0, side, side])
    page.Contents = pdf.make_stream(f"q {side} 0 0 {side} 0 0 cm /Im Do Q".encode())
    policy = Analyzer(prepare_policy("default", ocr="eng"))
    copy = redact_bytes(bytes_of(pdf), policy, KEY)
    assert copy != bytes_of(pdf)
    redact_bytes(copy, policy, KEY)
    assert read.calls > 0
