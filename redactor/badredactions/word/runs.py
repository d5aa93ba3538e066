"""Reads the runs of a part: what they look like, what shapes are in front of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from redactor.badredactions.finding import Category, Finding
from redactor.badredactions.word.looks import (
    PLAIN,
    Look,
    category_of,
    changed,
    ground_of,
)
from redactor.badredactions.word.reader import Reader
from redactor.badredactions.word.shapes import VML_SHAPES, Shape, shape_of
from redactor.badredactions.word.styles import Styles

__all__ = ["PartReader"]

_TEXT = frozenset({"t", "delText", "instrText", "delInstrText"})


@dataclass(frozen=True, slots=True)
class _Context:
    """What holds in an element."""

    name: str
    ground: str | None = None
    unknown_ground: bool = False
    look: Look = PLAIN
    style: Look = PLAIN
    change: str = ""
    in_properties: bool = False


@dataclass(slots=True)
class _Paragraph:
    """The text of a paragraph, and whether a shape that hides it is in front of it or near it."""

    text: list[str] = field(default_factory=list, repr=False)
    covered: bool = False


@dataclass(slots=True)
class _Piece:
    category: Category
    text: list[str] = field(default_factory=list, repr=False)


class PartReader(Reader):
    """Reads the runs of a part."""

    def __init__(self, part: str, styles: Styles) -> None:
        self._part, self._styles = part, styles
        self._stack = [_Context("")]
        self._is_comments = "comments" in part
        self._pieces: list[_Piece] = []
        self._open: _Piece | None = None
        self._plain: list[str] = []
        self._paragraphs: list[_Paragraph] = []
        self._shapes: list[Shape] = []
        self._cropped = 0

    def start(self, name: str, values: dict[str, str]) -> None:
        """Take the start of an element."""
        top = self._stack[-1]
        inner = replace(top, name=name)
        self._drawn(name, values)
        match name:
            case "p":
                self._paragraphs.append(_Paragraph())
                self._open = self._open if top.change else None
                inner = replace(inner, look=PLAIN, style=PLAIN)
            case "r":
                inner = replace(inner, look=PLAIN)
            case "del" | "moveFrom" if top.name not in ("rPr", "trPr"):
                inner = replace(inner, change=name)
            case "txbxContent" | "background":
                inner = replace(inner, unknown_ground=True)
            case "rPrChange" | "pPrChange" | "tcPrChange" | "tblPrChange":
                inner = replace(inner, in_properties=True)
            case _:
                self._property(top, name, values)
        self._stack.append(inner)

    def _drawn(self, name: str, values: dict[str, str]) -> None:
        """Take what says that a shape covers text, or that a picture is cut."""
        shape = shape_of(name, values)
        if shape is not None:
            self._shapes.append(shape)
        elif name == "srcRect" and _cut(values) > _CUT:
            self._cropped += 1
        elif self._shapes:
            self._shapes[-1].take([one.name for one in self._stack[-3:]], name, values)

    def _property(self, top: _Context, name: str, values: dict[str, str]) -> None:
        """Take a property: it holds for the run, paragraph, cell or table that it is in."""
        if top.in_properties or len(self._stack) < 2:  # it and what holds it
            return
        holder = self._stack[-2]
        match top.name:
            case "rPr" if holder.name == "r":
                look = changed(holder.look, name, values)
                if name == "rStyle":
                    look = look.over(self._styles.look(values.get("val", "")))
                self._stack[-2] = replace(holder, look=look)
            case "pPr" if name == "pStyle":
                style = self._styles.look(values.get("val", ""))
                self._stack[-2] = replace(holder, style=style)
            case "pPr" | "tcPr" if name == "shd":
                self._stack[-2] = replace(holder, ground=ground_of(values))
            case "tblPr" if name == "tblStyle":
                coloured = values.get("val", "") in self._styles.coloured_tables
                known = holder.unknown_ground or coloured
                self._stack[-2] = replace(holder, unknown_ground=known)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._stack.pop()
        if name == "comment":
            self._open = None
        elif name == "p" and self._paragraphs:
            ended = self._paragraphs.pop()
            if ended.covered:
                self._pieces.append(_Piece(Category.UNDER_BOX, ended.text))
        elif (name == "anchor" or name in VML_SHAPES) and self._shapes:
            shape = self._shapes.pop()
            if shape.covers and self._paragraphs:
                self._paragraphs[-1].covered = True

    def characters(self, text: str) -> None:
        """Take text."""
        top = self._stack[-1]
        if top.name not in _TEXT:
            return
        category = self._category(top)
        if category is None:
            self._open = None
            self._plain.append(text)
            if self._paragraphs and top.name == "t":
                self._paragraphs[-1].text.append(text)
            return
        if self._open is None or self._open.category is not category:
            self._open = _Piece(category)
            self._pieces.append(self._open)
        self._open.text.append(text)

    def _category(self, top: _Context) -> Category | None:
        if top.change:
            return Category.TRACKED_DELETION
        if self._is_comments:
            return Category.COMMENT
        if top.name != "t":
            return None  # instructions of fields
        return category_of(top.look.over(top.style), top.ground, known=not top.unknown_ground)

    def findings(self) -> list[Finding]:
        """Return what the runs conceal; a text that was moved is still shown where it is now."""
        plain = "".join(self._plain)
        pictures = Finding(Category.CROPPED_PICTURE, 0, part=self._part, concealed=False)
        return [pictures] * self._cropped + [
            Finding(
                one.category,
                sum(1 for char in text if not char.isspace()),
                part=self._part,
                text=text,
                concealed=one.category is not Category.COMMENT,
            )
            for one in self._pieces
            if (text := "".join(one.text)) and any(map(str.isalnum, text))
            if one.category is not Category.TRACKED_DELETION or text not in plain
        ]


_CUT = 0.2
"""The part of a picture that is out of sight, if it was cut for more than its frame."""


def _cut(values: dict[str, str]) -> float:
    """Return the part of a picture that a document does not show (in thousandths of a percent)."""
    left, top, right, bottom = (_part(values.get(side, "0")) for side in "ltrb")
    return 1 - max(0.0, 1 - left - right) * max(0.0, 1 - top - bottom)


def _part(said: str) -> float:
    return max(0.0, int(said) / 100_000) if said.lstrip("-").isdecimal() else 0.0
