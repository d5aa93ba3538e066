"""What is drawn over a picture: boxes of one colour, with their labels in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageChops, ImageDraw
from PIL.Image import Transpose

from redactor.formats.ocr import Labelled
from redactor.formats.picture.blank import grown
from redactor.formats.picture.depth import DEEP, deep_drawn_over, in_eight_bits
from redactor.formats.picture.labels import label
from redactor.formats.picture.seeing import Seen, turned_back, upright

__all__ = ["Cover", "cover_of", "drawn_over"]


@dataclass(frozen=True, slots=True)
class Cover:
    """Boxes of a picture, and the ink of the labels in them: pictures of one bit, of its size."""

    boxes: Image.Image = field(repr=False)
    ink: Image.Image = field(repr=False)

    @classmethod
    def plain(cls, boxes: Image.Image) -> Cover:
        """Return boxes without labels."""
        return cls(boxes, Image.new("1", boxes.size, 0))

    def with_more(self, boxes: Image.Image) -> Cover:
        """Return these boxes, and others without labels, of the same size."""
        return Cover(ImageChops.logical_or(self.boxes, boxes), self.ink)

    def transposed(self, turn: Transpose) -> Cover:
        """Return this for a picture that is turned."""
        return Cover(self.boxes.transpose(turn), self.ink.transpose(turn))

    def resized(self, size: tuple[int, int]) -> Cover:
        """Return this for a picture of another size; without labels, which would be ragged."""
        return self if size == self.boxes.size else Cover.plain(self.boxes.resize(size))


def cover_of(seen: Seen, boxes: Sequence[Labelled], frame: Image.Image) -> Cover:
    """Return the boxes over what was seen of a frame, grown into blank space, with labels."""
    image = upright(in_eight_bits(frame), seen.turns)
    found = Cover.plain(Image.new("1", image.size, 0))
    draw = ImageDraw.Draw(found.boxes)
    for one in grown(image, boxes):
        box = one.box
        if not box.area:
            continue
        draw.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=1)
        if drawn := label(one.text, (box.right - box.left, box.bottom - box.top)):
            found.ink.paste(drawn, (box.left, box.top), drawn)
    for turn in turned_back(seen.turns):
        found = found.transposed(turn)
    return found


def drawn_over(frame: Image.Image, cover: Cover | None, colour: int | None = None) -> Image.Image:
    """Return a frame with boxes over it: black, with white labels, or all of one colour."""
    if cover is None:
        return frame
    if frame.mode in DEEP:
        return deep_drawn_over(frame, cover.boxes, cover.ink)
    found = frame.copy()
    found.info = dict(frame.info)
    dark, bright = _colours(frame)
    found.paste(dark if colour is None else colour, mask=cover.boxes)
    if colour is None:
        found.paste(bright, mask=cover.ink)
    return found


def _colours(frame: Image.Image) -> tuple[Any, Any]:
    """Return black and white in the colours of a frame; of a table, its darkest and brightest."""
    if frame.mode == "P":
        palette = frame.getpalette("RGB") or []
        clear = frame.info.get("transparency")
        rows = [(sum(palette[at : at + 3]), at // 3) for at in range(0, len(palette), 3)]
        shown = [row for row in rows if row[1] != clear] or [(0, 0)]
        return min(shown)[1], max(shown)[1]
    return _BLACK_AND_WHITE.get(frame.mode, (0, 255))


_BLACK_AND_WHITE: dict[str, tuple[Any, Any]] = {
    "CMYK": ((0, 0, 0, 255), (0, 0, 0, 0)),
    "LA": ((0, 255), (255, 255)),
    "RGB": ((0, 0, 0), (255, 255, 255)),
    "RGBA": ((0, 0, 0, 255), (255, 255, 255, 255)),
}
