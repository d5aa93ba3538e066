"""A burned picture that OCR reads otherwise than before: it is covered anew, or refused by name."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf
import pypdfium2
import pytest
from ocr_building import KnowsWords, Letter, beside_text, bytes_of, letter, saved, scan
from PIL import Image

from redactor.analysis.analyzer import Analyzer
from redactor.api import prepare_policy, redact_bytes
from redactor.errors import ExitCode, UnsteadyReading
from redactor.formats.ocr import Box, Word
from redactor.formats.ocr.again import RemovedTexts
from redactor.formats.picture import again
from redactor.keys import Key
from redactor.model import Edit

KEY = Key(bytes(range(32)))
SEEING = "redactor.formats.picture.seeing.table_of_words"
MAIL = "ilse@example.org"
BLURRED = "iIse@exampIeorg"
"""What OCR takes the address for as long as nothing is black."""


@pytest.fixture(scope="module")
def reads(analyzer) -> Analyzer:
    """Return an examiner under the default policy with OCR."""
    return Analyzer(prepare_policy("default", ocr="eng"))


@dataclass
class ReadsOtherwise(KnowsWords):
    """Stands for tesseract: once something is black it reads the blurred address as what it is.

    With `spots` it sees the address then wherever nothing is black, a place at a time.
    """

    spots: bool = False

    def __call__(self, picture: bytes, languages: str, segmentation: int) -> str:
        rows = super().__call__(picture, languages, segmentation).split("\n")
        if any(row.endswith(f"\t{MAIL}") for row in rows):
            return "\n".join(rows)
        rows = [row.replace(BLURRED, MAIL) for row in rows]
        if self.spots:
            left, top = self.spot(picture)
            rows.append("\t".join(map(str, [5, 1, 9, 1, 9, 1, left, top, 60, 30, 95.0, MAIL])))
        return "\n".join(rows)

    def spot(self, picture: bytes) -> tuple[int, int]:
        head, _, pixels = picture.partition(b"\n")
        width, height = map(int, head.split()[1:3])
        image = Image.frombytes("L", (width, height), pixels)
        places = ((40, top) for top in range(height // 4, height, 80))
        return next(at for at in places if image.getpixel((at[0] + 30, at[1] + 15)) > 128)


def drawn_letter() -> Letter:
    found = letter(f"Write to {MAIL}", f"or to {MAIL}", size=(640, 900))
    (*_, last) = found.words
    found.words[-1] = (BLURRED, *last[1:])
    return found


def black(image: Image.Image, box) -> bool:
    left, _, right, bottom = box
    return image.convert("L").crop((left, bottom - 3, right, bottom)).getextrema()[1] < 60


def test_what_is_read_in_the_burned_picture_alone_is_burned_as_well(monkeypatch, reads):
    knows = ReadsOtherwise(drawn_letter())
    monkeypatch.setattr(SEEING, knows)
    copy = Image.open(io.BytesIO(redact_bytes(saved(knows.letter.image, "PNG"), reads, KEY)))
    places = [box for word, box, _ in knows.letter.words if word in {MAIL, BLURRED}]
    assert len(places) == 2
    assert all(black(copy, box) for box in places)
    kept = [box for word, box, _ in knows.letter.words if word not in {MAIL, BLURRED}]
    source = knows.letter.image
    assert all(copy.convert("L").crop(box) == source.crop(box) for box in kept)


def test_so_is_what_is_read_in_a_burned_page_alone(monkeypatch, reads):
    knows = ReadsOtherwise(drawn_letter())
    monkeypatch.setattr(SEEING, knows)
    copy = redact_bytes(bytes_of(scan(knows.letter)), reads, KEY)
    width = knows.letter.image.width
    page = pypdfium2.PdfDocument(copy)[0]
    image = page.render(scale=width / page.get_width()).to_pil()
    places = [box for word, box, _ in knows.letter.words if word in {MAIL, BLURRED}]
    assert all(black(image, box) for box in places)


def test_so_is_what_is_read_in_a_burned_picture_beside_text_alone(monkeypatch, reads):
    knows = ReadsOtherwise(drawn_letter())
    monkeypatch.setattr(SEEING, knows)
    copy = redact_bytes(beside_text(knows.letter), reads, KEY)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        image = pikepdf.PdfImage(pdf.pages[0].Resources.XObject.Im).as_pil_image()
    places = [box for word, box, _ in knows.letter.words if word in {MAIL, BLURRED}]
    assert all(black(image, box) for box in places)


MAKES = {
    "a picture": lambda drawn: saved(drawn.image, "PNG"),
    "a page": lambda drawn: bytes_of(scan(drawn)),
    "a picture beside text": beside_text,
}


@pytest.mark.parametrize("kind", MAKES)
def test_what_does_not_settle_is_refused_by_name(kind, monkeypatch, reads):
    knows = ReadsOtherwise(drawn_letter(), spots=True)
    monkeypatch.setattr(SEEING, knows)
    with pytest.raises(UnsteadyReading, match="OCR reads the copy otherwise") as error:
        redact_bytes(MAKES[kind](knows.letter), reads, KEY)
    assert error.value.exit_code is ExitCode.INPUT
    assert MAIL not in str(error.value)


def test_texts_of_a_picture_are_not_run_together(monkeypatch):
    drawn = letter("Vance", "about")
    monkeypatch.setattr(SEEING, KnowsWords(drawn))
    drawn.words = [(word, box, number) for number, (word, box, _) in enumerate(drawn.words)]
    rows = KnowsWords.__call__

    def apart(self, *given):
        lines = [row.split("\t") for row in rows(self, *given).split("\n")]
        return "\n".join("\t".join([*row[:2], row[4], *row[3:]]) for row in lines)

    monkeypatch.setattr(KnowsWords, "__call__", apart)
    assert "Vanceabout" not in "".join(again.reread(drawn.image, "eng"))


def test_thin_letters_on_black_are_no_boxes(monkeypatch):
    drawn = letter(f"Write to {MAIL}")
    ground = Image.new("L", (640, 260), 0)
    for _, (left, top, right, bottom), _ in drawn.words:
        for x in range(left, right, 9):
            ground.paste(200, (x, top, x + 1, bottom))
    row = "\t".join
    table = "\n".join(
        row(map(str, [5, 1, 1, 1, 0, n, b[0], b[1], b[2] - b[0], b[3] - b[1], 95.0, word]))
        for n, (word, b, _) in enumerate(drawn.words)
    )
    monkeypatch.setattr(SEEING, lambda *_: table)
    read = "".join(again.reread(ground, "eng"))
    assert MAIL in read
    assert "[REDACTED]" not in read


def words(text: str) -> list[Word]:
    return [Word(one, 90.0, (1, 1), 1, Box(0, 0, 9, 9)) for one in text.split()]


REMOVED = {
    "a word": (["Anna Fish came"], [(0, 5, 9)], "the fish, came", ["fish,"]),
    "one that stays elsewhere": (["Anna Fish", "fresh fish"], [(0, 5, 9)], "the fish", []),
    "words in a row": (["Anna Fish came"], [(0, 0, 9)], "so Anna Fish went", ["Anna", "Fish"]),
    "words that are not": (["Anna Fish came"], [(0, 0, 9)], "Anna the Fish", []),
    "other letters for the same": (["Anna"], [(0, 0, 4)], "ANNA", ["ANNA"]),
    "nothing": (["Anna"], [], "Anna", []),
}


@pytest.mark.parametrize("name", REMOVED)
def test_removed_texts_are_known_again(name):
    texts, spans, read, expected = REMOVED[name]
    edits = [Edit(at, start, end, "[PERSON]") for at, start, end in spans]
    found = RemovedTexts.of(texts, edits).among(words(read))
    assert [one.text for one in found] == expected
