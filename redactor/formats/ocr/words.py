"""The words that tesseract sees in a picture, put together to texts; and the boxes of edits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import chain, groupby

from redactor.model import Edit

__all__ = [
    "Box",
    "Labelled",
    "Paragraph",
    "Word",
    "alike",
    "boxes_of",
    "merged",
    "paragraphs",
    "touched",
    "with_margin",
    "words_of",
]

_WORD = "5"  # the level of a word in the table
_COLUMNS = 12
_OVERLAP = 0.3
"""The part of the smaller of two words that both cover, from which on they are one."""

_BAND = 32  # pixels of height: that of a line, so that a word is in two or three


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in a picture, in pixels; right and bottom are behind its last."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def across(self) -> int:
        """Return its shorter side: the height of a word, be it written upwards."""
        return min(self.bottom - self.top, self.right - self.left)

    @property
    def area(self) -> int:
        """Return its area; 0 for one that is nowhere."""
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)

    def common(self, other: Box) -> Box:
        """Return what two have in common."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def around(self, other: Box) -> Box:
        """Return the smallest that has both in it."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Labelled:
    """A box, and the text for it."""

    box: Box
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, how sure tesseract is of it (0 to 100), and where it is: paragraph, line, box."""

    text: str = field(repr=False)
    confidence: float
    paragraph: tuple[int, int]
    line: int
    box: Box


def words_of(table: str) -> list[Word]:
    """Return the words of tesseract's table, in its order."""
    rows = (row.split("\t") for row in table.splitlines())
    return [
        Word(row[11], float(row[10]), (int(row[2]), int(row[3])), int(row[4]), _box(row))
        for row in rows
        if len(row) == _COLUMNS and row[0] == _WORD and row[11].strip()
    ]


def _box(row: Sequence[str]) -> Box:
    left, top, width, height = map(int, row[6:10])
    return Box(left, top, left + width, top + height)


def merged(first: Sequence[Word], more: Sequence[Word]) -> list[Word]:
    """Return words, and behind them those of another reading that are at places of their own."""
    found = list(first)
    last = max((one.paragraph[0] for one in first), default=0)
    bands: defaultdict[int, list[Box]] = defaultdict(list)
    for one in first:
        for band in _bands(one.box):
            bands[band].append(one.box)
    for one in more:
        near = chain.from_iterable(bands.get(band, ()) for band in _bands(one.box))
        if not any(_is_same(one.box, other) for other in near):
            block, paragraph = one.paragraph
            place = last + block, paragraph
            found.append(Word(one.text, one.confidence, place, one.line, one.box))
    return found


def _bands(box: Box) -> range:
    """Return the stripes of a picture that a box is in: boxes without a common one are apart."""
    return range(box.top // _BAND, box.bottom // _BAND + 1)


def _is_same(one: Box, other: Box) -> bool:
    smaller = min(one.area, other.area)
    return smaller > 0 and one.common(other).area > _OVERLAP * smaller


@dataclass(slots=True)
class Paragraph:
    """A text of a picture: its words, and where in the text each begins."""

    words: list[Word] = field(default_factory=list, repr=False)
    starts: list[int] = field(default_factory=list)
    text: str = field(default="", repr=False)

    def add(self, word: Word) -> None:
        """Append a word, behind a blank, or at the start of a line."""
        if self.words and self._continues(word):
            self.text = self.text[:-1]
        elif self.words:
            self.text += " " if self.words[-1].line == word.line else "\n"
        self.words.append(word)
        self.starts.append(len(self.text))
        self.text += word.text

    def _continues(self, word: Word) -> bool:
        """Tell whether a word continues the one before, behind a hyphen at the end of a line."""
        broken = len(self.text) > 1 and self.text[-1] == "-" and self.text[-2].isalpha()
        return broken and self.words[-1].line != word.line and word.text[0].islower()


def paragraphs(words: Iterable[Word]) -> list[Paragraph]:
    """Return the words as texts, a paragraph each."""
    found = []
    for _, some in groupby(words, key=lambda word: word.paragraph):
        one = Paragraph()
        for word in some:
            one.add(word)
        found.append(one)
    return found


def touched(paragraph: Paragraph, edit: Edit) -> list[Word]:
    """Return the words that an edit touches."""
    return [
        word
        for word, start in zip(paragraph.words, paragraph.starts, strict=True)
        if start < edit.end and edit.start < start + len(word.text)
    ]


def alike(words: Iterable[Word], value: str, least: float = 0.6) -> list[Word]:
    """Return the words that may be a word of a value, read badly: the likest first.

    `Vance` and `Vanoe` are alike by 0.8.
    """
    rated = [(SequenceMatcher(None, one.text.lower(), value.lower()).ratio(), one) for one in words]
    rated.sort(key=lambda row: -row[0])
    return [one for ratio, one in rated if ratio >= least]


def boxes_of(paragraph: Paragraph, edits: Sequence[Edit]) -> Iterator[Labelled]:
    """Yield the boxes of the words that edits touch, those beside each other in a line as one.

    The first of an edit has what is put in the place of its text.
    """
    for edit in edits:
        text = edit.replacement
        for _, some in groupby(touched(paragraph, edit), key=lambda word: word.line):
            box, *rest = [word.box for word in some]
            for one in rest:
                box = box.around(one)
            yield Labelled(with_margin(box), text)
            text = ""


def with_margin(box: Box) -> Box:
    """Return a box a little larger: tesseract's touch the letters, and may cut off a point."""
    by = max(2, box.across // 8)
    return Box(box.left - by, box.top - by, box.right + by, box.bottom + by)
