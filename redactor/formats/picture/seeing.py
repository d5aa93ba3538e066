"""The text that a picture shows: tesseract's words of it, upright, in several readings.

A picture is read as a page and once more as scattered words, since either misses what the other
sees. Small letters are made larger first, and a picture of which little is read surely is turned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Literal

from PIL import Image, ImageChops, ImageFilter
from PIL.Image import Transpose

from redactor.formats.ocr import Box, Labelled, Paragraph, Word, merged, paragraphs
from redactor.formats.ocr.tesseract import table_of_words
from redactor.formats.ocr.words import words_of
from redactor.formats.picture.depth import DEEP, in_eight_bits
from redactor.formats.picture.own_labels import own_labels, painted

__all__ = ["MODES", "Seen", "readings", "see", "turned_back", "upright"]

Verdict = Literal["text", "no text", "unsure"]

MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "CMYK"}) | DEEP
"""The kinds of pixels that are read, and written again as they were."""

_PAGE, _SCATTERED, _BLOCK = 3, 11, 6
"""Page segmentation modes of tesseract: a page, words in no order, and one block, for the check."""

_SURE = 60.0
"""The confidence of a word that is held to be read: words of clear prints have 85 to 97."""

_DOUBTFUL = 0.25
"""The share of letters in words that are not, from which on a picture is not held to be read."""

_SMALL, _ENOUGH = 20, 32
"""Heights of words in pixels: below the first a picture is enlarged until they have the second."""

_BOX = "[REDACTED]"
_CELL, _DARK, _COVERED = (8, 4), 40, 0.5
"""A box of ours is three cells of pixels wide and high or more, each darker than that. Letters of
a headline may be so thick, but cover less of their word than that."""

_LIT, _SPECKS = 64, 0.02
"""Letters on black: their pixels are as bright, and more of the middle of a word than specks are.
Thin ones leave the cells dark all the same."""

_LARGEST_FACTOR = 4
_LEAST = 8  # pixels of a side: no letter is smaller
_TURNS = (Transpose.ROTATE_180, Transpose.ROTATE_90, Transpose.ROTATE_270)
_BACK = {
    Transpose.ROTATE_90: Transpose.ROTATE_270,
    Transpose.ROTATE_270: Transpose.ROTATE_90,
}
"""What undoes a transposition; all others undo themselves."""

_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What turns a picture upright, by what its Exif data say of it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read in a picture, how surely, and how it was turned for that."""

    paragraphs: tuple[Paragraph, ...]
    verdict: Verdict
    turns: tuple[Transpose, ...]


def see(image: Image.Image, languages: str) -> Seen:
    """Return the text of a picture. Raises InputError."""
    if min(image.size) < _LEAST:
        return Seen((), "no text", ())
    shown = _UPRIGHT.get(image.getexif().get(0x0112, 1))
    views = [_turned(one, shown) for one in _views(image)]
    words = _words(views, languages)
    verdict, turned = _judged(words), None
    for turn in _TURNS if verdict == "unsure" else ():
        others = _words_of_turned([_turned(one, turn) for one in views], languages, _sure(words))
        if others and _judged(others) == "text":
            words, verdict, turned = others, "text", turn
            break
    turns = tuple(one for one in (shown, turned) if one is not None)
    return Seen(tuple(paragraphs(words)), verdict, turns)


def _words_of_turned(views: Sequence[Image.Image], languages: str, sure: int) -> list[Word]:
    """Return the words of a picture that was turned; none where fewer letters are sure than before.

    A bad scan shows a few, whichever way it is turned: it is read to its end if there are many.
    """
    page = [one for view in views for one in _page(view, languages)]
    words = _words(views, languages) if _sure(page) >= sure / 2 else []
    return words if _sure(words) > sure else []


def _page(view: Image.Image, languages: str) -> list[Word]:
    return words_of(table_of_words(_pnm(view), languages, _PAGE))


def readings(image: Image.Image, languages: str) -> Iterator[Seen]:
    """Yield a picture as `see` reads it, and then as one block. Raises InputError."""
    seen = see(image, languages)
    yield seen
    for view in _views(image) if min(image.size) >= _LEAST else ():
        shown = upright(view, seen.turns)
        block = painted(shown, own_labels(shown))
        solid = _solid(block)
        words = words_of(table_of_words(_pnm(block), languages, _BLOCK))
        found = paragraphs(_named(one, solid, block) for one in words)
        yield Seen(tuple(found), seen.verdict, seen.turns)


def _turned(image: Image.Image, turn: Transpose | None) -> Image.Image:
    return image if turn is None else image.transpose(turn)


def _views(image: Image.Image) -> list[Image.Image]:
    """Return a picture in shades of grey, as it is shown, and what it hides by transparency."""
    image = in_eight_bits(image)
    if "A" not in image.getbands() and "transparency" not in image.info:
        return [image.convert("L")]
    whole = image.convert("RGBA")
    alpha = whole.getchannel("A")
    colours = whole.convert("RGB").convert("L")
    paper = Image.new("L", image.size, 255)
    shown = Image.composite(colours, paper, alpha)
    hides = ImageChops.difference(shown, colours).getbbox() is not None
    return [shown, colours] if hides else [shown]


def _words(views: Sequence[Image.Image], languages: str) -> list[Word]:
    found: list[Word] = []
    for view in views:
        some = _words_of_view(view, languages)
        found = merged(found, some) if found else some
    return found


def _words_of_view(view: Image.Image, languages: str) -> list[Word]:
    labels = own_labels(view)
    view = painted(view, labels)
    return list(_with_labels(_enlarged(view, languages), labels))


def _enlarged(view: Image.Image, languages: str) -> list[Word]:
    """Return the words of a picture, read larger if its letters are small.

    Where a page in order has small ones, the scattered words need not be read at its own size.
    """
    factor = _factor(_page(view, languages))
    if factor > 1:
        return _read(view, languages, factor)
    words = _read(view, languages, 1)
    small = 2 if view.width * view.height < 1 << 20 else 1  # one without a word is tried larger
    factor = _factor(words) or small
    return _read(view, languages, factor) if factor > 1 else words


def _with_labels(words: Sequence[Word], labels: Sequence[Labelled]) -> Iterator[Word]:
    """Yield words, but labels of ours where boxes with these are."""
    left = list(labels)
    for one in words:
        own = next((two for two in labels if one.box.common(two.box).area > one.box.area / 2), None)
        if own is None:
            yield one
        elif own in left:
            left.remove(own)
            yield Word(own.text, 100.0, one.paragraph, one.line, own.box)
    for number, two in enumerate(left, max((one.paragraph[0] for one in words), default=0) + 1):
        yield Word(two.text, 100.0, (number, 1), 1, two.box)


def _factor(words: Sequence[Word]) -> int:
    """Return how many times larger a picture with these words is to be read; 0 if it has none."""
    heights = [one.box.across for one in words if sum(map(str.isalnum, one.text)) > 1]
    if not heights:
        return 0
    usual = max(1, median(heights))
    return min(_LARGEST_FACTOR, ceil(_ENOUGH / usual)) if usual < _SMALL else 1


def _read(view: Image.Image, languages: str, factor: int) -> list[Word]:
    if factor > 1:
        view = view.resize((view.width * factor, view.height * factor), Image.Resampling.BICUBIC)
    data = _pnm(view)
    page = words_of(table_of_words(data, languages, _PAGE))
    scattered = words_of(table_of_words(data, languages, _SCATTERED))
    solid = _solid(view)
    return [_smaller(_named(one, solid, view), factor) for one in merged(page, scattered)]


def _solid(view: Image.Image) -> Image.Image:
    """Return a small picture that is white where a picture has boxes that are black all over."""
    dark = view.reduce(_CELL).point(lambda level: 255 if level < _DARK else 0)
    return dark.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(5))


def _named(word: Word, solid: Image.Image, view: Image.Image) -> Word:
    """Return a word, but a box that was read as letters by the word for it."""
    box, (wide, high) = word.box, _CELL
    at = (box.left // wide, box.top // high, box.right // wide + 1, box.bottom // high + 1)
    counts = solid.crop(at).histogram()
    if counts[255] < _COVERED * sum(counts) or _is_lit(word, view):
        return word
    return Word(_BOX, 100.0, word.paragraph, word.line, box)


def _is_lit(word: Word, view: Image.Image) -> bool:
    """Tell whether the middle of a word has bright pixels, as letters on black have."""
    box = word.box
    by = (box.right - box.left) // 4, (box.bottom - box.top) // 4
    at = (box.left + by[0], box.top + by[1], box.right - by[0], box.bottom - by[1])
    counts = view.crop(at).histogram()
    return sum(counts[_LIT:]) > _SPECKS * sum(counts)


def _smaller(word: Word, factor: int) -> Word:
    if factor == 1:
        return word
    box = Box(
        word.box.left // factor,
        word.box.top // factor,
        -(-word.box.right // factor),
        -(-word.box.bottom // factor),
    )
    return Word(word.text, word.confidence, word.paragraph, word.line, box)


def _pnm(view: Image.Image) -> bytes:
    return b"P5 %d %d 255\n" % view.size + view.tobytes()


def _judged(words: Sequence[Word]) -> Verdict:
    """Return what is held of a picture with these words, by the share of letters that are in doubt.

    Single letters that are seen in doubt are spots; so are pairs.
    """
    sure, doubtful = _letters(words)
    if not sure + doubtful:
        return "no text"
    return "unsure" if doubtful > _DOUBTFUL * (sure + doubtful) else "text"


def _sure(words: Sequence[Word]) -> int:
    return _letters(words)[0]


def _letters(words: Sequence[Word]) -> tuple[int, int]:
    """Return how many letters are in words that are held to be read, and in others."""
    counts = [
        (sum(map(str.isalnum, one.text)), one.confidence >= _SURE)
        for one in words
        if one.text != _BOX
    ]
    sure = sum(letters for letters, surely in counts if surely and letters > 1)
    return sure, sum(letters for letters, surely in counts if not surely and letters > 2)


def upright(image: Image.Image, turns: Sequence[Transpose]) -> Image.Image:
    """Return a picture as it was turned to be read."""
    for turn in turns:
        image = image.transpose(turn)
    return image


def turned_back(turns: Sequence[Transpose]) -> Iterator[Transpose]:
    """Yield what undoes some turns, in order."""
    for turn in reversed(turns):
        yield _BACK.get(turn, turn)
