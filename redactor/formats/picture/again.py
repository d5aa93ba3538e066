"""A burned picture, read again: what OCR makes of it the second time is covered as well.

OCR reads a picture otherwise once a part of it is black: it takes letters for others, and spots for
letters. A removed text that it sees only then is burned where it is seen, and read once more.
"""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image, ImageChops

from redactor.errors import LeakError
from redactor.formats.ocr import Labelled, Word
from redactor.formats.ocr.again import RemovedTexts
from redactor.formats.ocr.words import with_margin
from redactor.formats.picture.covers import cover_of
from redactor.formats.picture.seeing import Seen, readings, upright

__all__ = ["ROUNDS", "reread", "seen_again"]

ROUNDS = 3
"""How often a picture is covered anew. Real scans needed one; what is not settled then is refused
by the check of the copy."""


def reread(image: Image.Image, languages: str) -> Iterator[str]:
    """Yield the texts of a picture in all readings, each apart from the one before."""
    for seen in readings(image, languages):
        yield from (f"\n\n{one.text}" for one in seen.paragraphs)


def seen_again(
    image: Image.Image, languages: str, removed: RemovedTexts, covered: Image.Image
) -> Image.Image | None:
    """Return boxes where a burned picture seems to show removed texts; None if it does not.

    `covered` are the boxes that it has: what is read in one is no letter. Raises LeakError if a box
    would not be where its word is.
    """
    found: Image.Image | None = None
    for seen in readings(image, languages):
        words = removed.among([one for part in seen.paragraphs for one in part.words])
        words = [one for one in words if not _is_in(covered, seen, one)]
        if words:
            more = _boxes(image, seen, words)
            found = more if found is None else ImageChops.logical_or(found, more)
    return found


def _boxes(image: Image.Image, seen: Seen, words: list[Word]) -> Image.Image:
    boxes = cover_of(seen, [Labelled(with_margin(one.box)) for one in words], image).boxes
    if not all(_is_in(boxes, seen, one) for one in words):
        raise LeakError("a removed value is still in the draft of a picture")
    return boxes


def _is_in(boxes: Image.Image, seen: Seen, word: Word) -> bool:
    """Tell whether a word is in boxes all over."""
    box = word.box
    at = upright(boxes, seen.turns).crop((box.left, box.top, box.right, box.bottom))
    return bool(box.area) and not at.convert("L").histogram()[0]
