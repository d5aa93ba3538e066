"""What a Word document holds that its pages do not show: runs, tracked changes, comments."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from redactor.badredactions.finding import Category, Finding
from redactor.errors import DamagedDocument, EncryptedDocument, LimitExceeded

__all__ = ["examine_docx", "is_docx"]

_BYTES = 256 << 20  # of one part, unpacked
_PARTS = re.compile(
    r"word/(?:document|header|footer|footnotes|endnotes|comments|glossary/document)"
)
"""Parts that have runs, whatever number they have."""

_DARK = 0x40  # the brightest channel of black, and of what is nearly black
_LIGHT = 0xF2  # the darkest channel of white
_NEAR = 0x0C  # how far two colours differ in one channel at most that no eye tells apart
_TINY = 2  # half points: Word writes no smaller letters
_WHITE_OF_THEME = frozenset({"background1", "light1"})
_BLACK_OF_THEME = frozenset({"tx1", "dk1"})
# Colours of markers (ECMA-376 part 1, 17.18.40), but for black and white.
_MARKERS = {
    "red": "FF0000",
    "yellow": "FFFF00",
    "green": "00FF00",
    "cyan": "00FFFF",
    "blue": "0000FF",
    "magenta": "FF00FF",
    "darkRed": "800000",
    "darkYellow": "808000",
    "darkGreen": "008000",
    "darkCyan": "008080",
    "darkBlue": "000080",
    "darkMagenta": "800080",
    "darkGray": "808080",
    "lightGray": "C0C0C0",
}
# A shape of VML that is drawn at a place of its own, and its filling.
_FLOATING = re.compile(r"position:\s*absolute")
_BEHIND = re.compile(r"z-index:\s*-")
_BLACK = re.compile(r"black|#0{3}|#0{6}|windowText", re.IGNORECASE)
_VML_SHAPES = frozenset({"rect", "shape", "roundrect", "oval"})
_TEXT = frozenset({"t", "delText", "instrText", "delInstrText"})


@dataclass(frozen=True, slots=True)
class _Look:
    """How a run looks: what is None is not set."""

    vanish: bool | None = None
    colour: str | None = None
    shade: str | None = None
    highlight: str | None = None
    tiny: bool | None = None

    def over(self, under: _Look) -> _Look:
        """Return this look where it is set, else another."""
        return _Look(
            under.vanish if self.vanish is None else self.vanish,
            self.colour or under.colour,
            self.shade or under.shade,
            self.highlight or under.highlight,
            under.tiny if self.tiny is None else self.tiny,
        )


@dataclass(slots=True)
class _Styles:
    """The looks of styles, each after the style that it is based on."""

    own: dict[str, _Look] = field(default_factory=dict)
    based: dict[str, str] = field(default_factory=dict)
    coloured_tables: set[str] = field(default_factory=set)

    def look(self, name: str) -> _Look:
        """Return how a style looks."""
        found = _Look()
        seen: set[str] = set()
        while name and name not in seen:
            seen.add(name)
            found = found.over(self.own.get(name, _Look()))
            name = self.based.get(name, "")
        return found


@dataclass(frozen=True, slots=True)
class _Context:
    """What holds in an element."""

    name: str
    ground: str | None = None
    unknown_ground: bool = False
    look: _Look = _Look()  # frozen
    style: _Look = _Look()  # frozen
    change: str = ""
    in_properties: bool = False


def is_docx(names: list[str]) -> bool:
    """Tell whether a package with parts of these names is a Word document."""
    return "word/document.xml" in names


def examine_docx(data: bytes) -> list[Finding]:
    """Return what a Word document conceals. Raises InputError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            styles = _Styles()
            if "word/styles.xml" in names:
                _StyleReader(styles).read(_part(package, "word/styles.xml"))
            findings: list[Finding] = []
            for name in sorted(name for name in names if _PARTS.match(name)):
                if name.endswith(".xml"):
                    reader = _PartReader(name, styles)
                    reader.read(_part(package, name))
                    findings += reader.findings()
            return findings
    except RuntimeError:
        raise EncryptedDocument("needs a password") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError):
        raise DamagedDocument("is no package that can be read") from None
    except (expat.ExpatError, ValueError):
        raise DamagedDocument("a part is no XML that can be read") from None


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as file:
        data = file.read(_BYTES + 1)
    if len(data) > _BYTES:
        raise LimitExceeded("a part unpacks to too many bytes")
    return data


class _Reader:
    """Reads a part with expat; names without their namespace."""

    def read(self, data: bytes) -> None:
        """Read a part. Raises ExpatError, DamagedDocument for a document type."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.Parse(data, True)  # noqa: FBT003  # the last piece

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        values = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self.start(name.rpartition(" ")[2], values)

    def _finish(self, name: str) -> None:
        self.end(name.rpartition(" ")[2])

    def start(self, name: str, values: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def characters(self, text: str) -> None:
        """Take text."""


def _refuse_doctype(*_: object) -> None:
    raise DamagedDocument("a part has a document type")


def _changed(look: _Look, name: str, values: dict[str, str]) -> _Look:
    """Return a look with one property of a run."""
    value = values.get("val", "")
    match name:
        case "vanish":  # what is hidden on the web alone is printed: numbers of pages
            return replace(look, vanish=value not in ("0", "false", "off"))
        case "color":
            return replace(look, colour=_ink(values))
        case "sz":
            return replace(look, tiny=value.isdecimal() and int(value) <= _TINY)
        case "shd":
            return replace(look, shade=_ground(values))
        case "highlight":
            return replace(look, highlight=value)
    return look


def _ink(values: dict[str, str]) -> str:
    """Return the colour of text; empty if it is a theme's that is not known."""
    if "themeColor" not in values:
        return values.get("val", "")
    is_white = values["themeColor"] in _WHITE_OF_THEME and "themeShade" not in values
    return "FFFFFF" if is_white else ""


def _ground(values: dict[str, str]) -> str:
    """Return the colour of a shading: `auto` if there is none, empty if it is not known."""
    if values.get("val") == "solid":
        return values.get("color", "")
    return values.get("fill", "") if "themeFill" not in values else ""


class _StyleReader(_Reader):
    """Reads the styles of a document."""

    def __init__(self, styles: _Styles) -> None:
        self._styles = styles
        self._style = self._kind = ""
        self._depth = 0

    def start(self, name: str, values: dict[str, str]) -> None:
        """Take the start of an element."""
        match name:
            case "style":
                self._style, self._kind = values.get("styleId", ""), values.get("type", "")
                if self._kind == "paragraph" and values.get("default") in ("1", "true"):
                    self._styles.based.setdefault("", self._style)
            case "basedOn":
                self._styles.based[self._style] = values.get("val", "")
            case "rPr":
                self._depth += 1
            case "shd" if self._kind == "table":
                self._styles.coloured_tables.add(self._style)
            case _ if self._depth and self._style and self._kind != "table":
                own = self._styles.own.get(self._style, _Look())
                self._styles.own[self._style] = _changed(own, name, values)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "rPr":
            self._depth -= 1
        elif name == "style":
            self._style = self._kind = ""


@dataclass(slots=True)
class _Paragraph:
    """The text of a paragraph, and whether a black shape is drawn in front of it or near it."""

    text: list[str] = field(default_factory=list, repr=False)
    covered: bool = False


@dataclass(slots=True)
class _Shape:
    """A shape at a place of its own: a cover, if it is black and holds no text."""

    floats: bool
    is_black: bool = False
    has_text: bool = False

    @property
    def covers(self) -> bool:
        """Tell whether nothing can be read where it is."""
        return self.floats and self.is_black and not self.has_text


@dataclass(slots=True)
class _Piece:
    category: Category
    text: list[str] = field(default_factory=list, repr=False)


class _PartReader(_Reader):
    """Reads the runs of a part."""

    def __init__(self, part: str, styles: _Styles) -> None:
        self._part, self._styles = part, styles
        self._stack = [_Context("")]
        self._is_comments = "comments" in part
        self._pieces: list[_Piece] = []
        self._open: _Piece | None = None
        self._plain: list[str] = []
        self._paragraphs: list[_Paragraph] = []
        self._shapes: list[_Shape] = []

    def start(self, name: str, values: dict[str, str]) -> None:
        """Take the start of an element."""
        top = self._stack[-1]
        inner = replace(top, name=name)
        self._drawn(name, values)
        match name:
            case "p":
                self._paragraphs.append(_Paragraph())
                self._open = self._open if top.change else None
                inner = replace(inner, look=_Look(), style=_Look())
            case "r":
                inner = replace(inner, look=_Look())
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
        """Take what says that a shape covers text: it floats in front of it, and is black."""
        if name == "anchor":
            self._shapes.append(_Shape(floats=values.get("behindDoc") in ("0", "false")))
        elif name in _VML_SHAPES:
            style = values.get("style", "")
            floats = bool(_FLOATING.search(style)) and not _BEHIND.search(style)
            black = bool(_BLACK.fullmatch(values.get("fillcolor", "").partition(" ")[0]))
            self._shapes.append(_Shape(floats, black))
        elif not self._shapes:
            return
        elif name in ("txbxContent", "blip"):
            self._shapes[-1].has_text = True
        elif name.startswith("wrap") and name not in ("wrapNone", "wrap"):
            self._shapes[-1].floats = False
        elif [one.name for one in self._stack[-2:]] == ["spPr", "solidFill"]:
            black = name == "schemeClr" and values.get("val") in _BLACK_OF_THEME
            self._shapes[-1].is_black = black or _is_dark(values.get("val", ""))

    def _property(self, top: _Context, name: str, values: dict[str, str]) -> None:
        """Take a property: it holds for the run, paragraph, cell or table that it is in."""
        if top.in_properties or len(self._stack) < 2:  # it and what holds it
            return
        holder = self._stack[-2]
        match top.name:
            case "rPr" if holder.name == "r":
                look = _changed(holder.look, name, values)
                if name == "rStyle":
                    look = look.over(self._styles.look(values.get("val", "")))
                self._stack[-2] = replace(holder, look=look)
            case "pPr" if name == "pStyle":
                style = self._styles.look(values.get("val", ""))
                self._stack[-2] = replace(holder, style=style)
            case "pPr" | "tcPr" if name == "shd":
                self._stack[-2] = replace(holder, ground=_ground(values))
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
        elif (name == "anchor" or name in _VML_SHAPES) and self._shapes:
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
        return _category(top.look.over(top.style), top.ground, known=not top.unknown_ground)

    def findings(self) -> list[Finding]:
        """Return what the runs conceal; a text that was moved is still shown where it is now."""
        plain = "".join(self._plain)
        return [
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


def _category(look: _Look, ground: str | None, *, known: bool) -> Category | None:
    """Return how a run of this look on this ground is concealed."""
    if look.vanish or look.tiny:
        return Category.HIDDEN_TEXT
    if look.highlight and look.highlight != "none":
        return _on_marker(look, look.highlight)
    shade = look.shade if look.shade not in (None, "auto") else ground
    if shade and shade != "auto" and not _is_light(shade):
        return _on_shade(look, shade)
    if _is_light(_ink_of(look)) and known and shade != "":
        return Category.WHITE_TEXT
    return None


def _ink_of(look: _Look) -> str:
    return "000000" if _is_automatic(look) else look.colour or ""


def _is_automatic(look: _Look) -> bool:
    """Tell whether a run has no colour of its own: on a dark ground Word shows it in white."""
    return look.colour in (None, "auto")


def _on_marker(look: _Look, marker: str) -> Category | None:
    ink = _ink_of(look)
    if marker == "black":
        return Category.BLACK_HIGHLIGHT if _is_dark(ink) else None
    if marker == "white":
        return Category.WHITE_TEXT if _is_light(ink) else None
    return Category.SAME_COLOUR if _is_same(ink, _MARKERS.get(marker, "")) else None


def _on_shade(look: _Look, shade: str) -> Category | None:
    ink = "" if _is_automatic(look) else _ink_of(look)
    if _is_dark(shade):
        return Category.BLACK_SHADING if _is_dark(ink) else None
    return Category.SAME_COLOUR if _is_same(ink, shade) else None


def _channels(colour: str) -> Iterator[int]:
    if re.fullmatch(r"[0-9A-Fa-f]{6}", colour):
        yield from bytes.fromhex(colour)


def _is_same(ink: str, ground: str) -> bool:
    pairs = list(zip(_channels(ink), _channels(ground), strict=False))
    return bool(pairs) and all(abs(one - other) <= _NEAR for one, other in pairs)


def _is_dark(colour: str) -> bool:
    return max(_channels(colour), default=0xFF) < _DARK


def _is_light(colour: str) -> bool:
    return min(_channels(colour), default=0) >= _LIGHT
