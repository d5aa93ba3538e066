"""Pictures of which little is read surely: tried upside down and sideways, and kept as they are."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from ocr_building import KnowsWords, letter
from PIL import Image
from PIL.Image import Transpose

from redactor.formats.picture.seeing import see

SEEING = "redactor.formats.picture.seeing.table_of_words"
LETTER = letter("Dear Mr Teodor Vance,", "about the harbour.", size=(640, 260))


@dataclass
class ReadsUpright(KnowsWords):
    """Stands for tesseract: it knows the letter as it is drawn, and else takes spots for words.

    `spots` are words that it sees wherever the letter is turned, and how sure of them it is.
    """

    spots: tuple[tuple[str, float], ...] = ()

    def __call__(self, picture: bytes, languages: str, segmentation: int) -> str:
        if picture.endswith(self.letter.image.tobytes()):
            return super().__call__(picture, languages, segmentation)
        self.calls += 1
        rows = [
            [5, 1, 1, 1, 1, number, 10 + 90 * number, 10, 80, 30, sure, word]
            for number, (word, sure) in enumerate(self.spots)
        ]
        return "\n".join("\t".join(map(str, row)) for row in rows)


class SureOfSome(ReadsUpright):
    """Is sure of every second word of the letter."""

    def __call__(self, picture: bytes, languages: str, segmentation: int) -> str:
        rows = super().__call__(picture, languages, segmentation).split("\n")
        return "\n".join(
            row.replace("\t50.0\t", "\t95.0\t") if number % 2 else row
            for number, row in enumerate(rows)
        )


def turned(turn: Transpose) -> Image.Image:
    return LETTER.image.transpose(turn)


@pytest.mark.parametrize(
    ("turn", "back"),
    [
        (Transpose.ROTATE_180, Transpose.ROTATE_180),
        (Transpose.ROTATE_90, Transpose.ROTATE_270),
        (Transpose.ROTATE_270, Transpose.ROTATE_90),
    ],
)
def test_a_turned_picture_is_read_as_it_is_upright(turn, back, monkeypatch):
    monkeypatch.setattr(SEEING, ReadsUpright(LETTER, spots=(("aoueu", 20.0), ("il", 80.0))))
    seen = see(turned(turn), "eng")
    assert (seen.verdict, seen.turns) == ("text", (back,))
    assert seen.paragraphs[0].text.startswith("Dear Mr Teodor Vance,")


def test_a_bad_scan_is_not_read_as_the_few_words_that_it_seems_to_show_upside_down(monkeypatch):
    reads = SureOfSome(LETTER, confidence=50.0, spots=(("lil", 95.0),))
    monkeypatch.setattr(SEEING, reads)
    seen = see(LETTER.image, "eng")
    assert (seen.verdict, seen.turns) == ("unsure", ())
    assert "Teodor" in seen.paragraphs[0].text
    assert reads.calls == 3 + 3  # its page, which is remembered, two readings, and a page a turn
