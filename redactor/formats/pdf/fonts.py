"""The fonts of a PDF: from the bytes of a shown string to codes with their text and their width.

Encodings, CMaps and widths are those of pdfminer.six; the objects are those that pikepdf read, so
that no second parser of the file has a say.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from string import ascii_lowercase
from typing import Any
from unicodedata import normalize

import pikepdf
from pdfminer.cmapdb import CMap, CMapBase, CMapParser, FileUnicodeMap, IdentityCMap
from pdfminer.pdffont import PDFCIDFont, PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdftypes import PDFStream
from pdfminer.psparser import LIT

from redactor.formats.pdf.cff import own_encoding

__all__ = ["NO_FONT", "Code", "Font", "load_font"]

# They log what is wrong with a document, and quote it.
for _name in ("pdfminer", "pikepdf"):
    _logger = logging.getLogger(_name)
    _logger.addHandler(logging.NullHandler())
    _logger.propagate = False

SYMBOLIC = 4
"""The flag of a font with an encoding of its own (ISO 32000-2, table 121)."""

# What a fixed pitch has, for a font of which nothing is known.
_SOME_WIDTH = 0.5

_FEWEST = 8
"""Small letters of which the widths are known, for a mean of them to be that of the font: the font
of a short document may have no others than those of the names in it."""

_IN_AN_EM = 20
"""Steps in an em by which the mean is told: few, so that it says little of which letters it is of.
"""


_SMALL = frozenset(ascii_lowercase)


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a shown string: its bytes, its text, and its displacement in ems.

    `text` is None if the font does not tell which character it is.
    """

    raw: bytes
    text: str | None
    width: float


class Font:
    """A font as it is used by a content stream."""

    def __init__(self, pdf_font: PDFFont | None, unicode_map: FileUnicodeMap | None) -> None:
        """Take the font, and its ToUnicode map, if there is one."""
        self._font, self._map = pdf_font, unicode_map
        self._codes: dict[bytes, Code] = {}
        self.vertical = bool(pdf_font and pdf_font.is_vertical())
        self.trusted = True
        self.em = 1.0
        self.own: Mapping[int, str] = {}
        self.widths: Mapping[int, float] = {}

    @cached_property
    def letter(self) -> float:
        """Return how wide a small letter is, in ems, as the mean of those that the font has."""
        known = {one.text: one.width for one in self._all_codes() if one.width > 0}
        found = [width for text, width in known.items() if text in _SMALL]
        if len(found) < _FEWEST:
            return _SOME_WIDTH
        return max(1, round(sum(found) / len(found) / self.em * _IN_AN_EM)) / _IN_AN_EM

    def _all_codes(self) -> Iterator[Code]:
        """Yield the codes of which the font states a width, or has a text."""
        if not isinstance(self._font, PDFCIDFont):
            yield from self.codes(bytes(one for one in self.widths or range(256) if one < 256))
            return
        named = self._map or self._font.unicode_map
        for cid in named.cid2unichr if isinstance(named, FileUnicodeMap) else ():
            if cid < 1 << 16:
                yield from self.codes(cid.to_bytes(2, "big"))

    def codes(self, shown: bytes) -> Iterator[Code]:
        """Yield the codes of a string; joined, their bytes are the string."""
        for raw, cid in self._split(shown):
            known = self._codes.get(raw)
            if known is None:
                known = self._codes[raw] = Code(raw, self._text(raw, cid), self._width(raw, cid))
            yield known

    def _split(self, shown: bytes) -> Iterator[tuple[bytes, int | None]]:
        if not isinstance(self._font, PDFCIDFont):
            for value in shown:
                yield bytes((value,)), value
            return
        cmap = self._font.cmap
        if isinstance(cmap, IdentityCMap) or not isinstance(cmap, CMap):
            yield from _in_pairs(shown)
        elif not cmap.code2cid:
            yield from ((raw, None) for raw, _ in _in_pairs(shown))
        else:
            yield from _by_tree(cmap, shown)

    def _text(self, raw: bytes, cid: int | None) -> str | None:
        found: str | None = None
        if self._map is not None:
            with suppress(KeyError):
                found = self._map.get_unichr(int.from_bytes(raw, "big"))
        if found is None and self._font is not None and cid is not None and self.trusted:
            with suppress(PDFUnicodeNotDefined, KeyError):
                found = self._own(cid)
        if found is None and cid is not None and not self.trusted:
            found = self.own.get(cid)
        return _readable(found)

    def _own(self, cid: int) -> str | None:
        assert self._font is not None  # noqa: S101  # for the types
        if isinstance(self._font, PDFCIDFont):
            return self._font.to_unichr(cid)
        found = getattr(self._font, "cid2unicode", {}).get(cid)
        return found if isinstance(found, str) else None

    def _width(self, raw: bytes, cid: int | None) -> float:
        if self._font is None or cid is None:
            return _SOME_WIDTH
        if len(raw) == 1 and cid in self.widths:
            return self.widths[cid]
        try:
            return float(self._font.char_width(cid))
        except (TypeError, ValueError, ArithmeticError):
            return _SOME_WIDTH


NO_FONT = Font(None, None)


def _in_pairs(shown: bytes) -> Iterator[tuple[bytes, int]]:
    for at in range(0, len(shown), 2):
        raw = shown[at : at + 2]
        yield raw, int.from_bytes(raw, "big")


def _by_tree(cmap: CMapBase, shown: bytes) -> Iterator[tuple[bytes, int | None]]:
    """Yield the codes of a string by a CMap; bytes that begin no code are codes without a CID."""
    at = 0
    while at < len(shown):
        node: Any = cmap.code2cid  # type: ignore[attr-defined]
        end = at
        while isinstance(node, dict) and end < len(shown):
            node = node.get(shown[end])
            end += 1
        yield shown[at:end], node if isinstance(node, int) else None
        at = end


def _readable(text: str | None) -> str | None:
    """Return a text without what is no character: controls are blanks, private use is unknown."""
    if text is None or not text.strip("\0\ufffd"):
        return None
    if any("\ue000" <= one <= "\uf8ff" or one >= "\U000f0000" for one in text):
        return None
    if any("\ud800" <= one <= "\udfff" for one in text):
        return None
    return "".join(map(_plain, text))


def _plain(one: str) -> str:
    """Return the letters of a ligature or a form of a letter; a blank for a control character."""
    if one < " " or one in "\x7f\u2028\u2029\x85":
        return " "
    return normalize("NFKC", one) if "\ufb00" <= one <= "\ufefc" else one


_KEYS = (
    *("Type", "Subtype", "BaseFont", "Encoding", "FirstChar", "Widths", "FontMatrix", "FontBBox"),
    *("CIDSystemInfo", "W", "DW", "W2", "DW2"),
)
_DESCRIPTOR = ("FontName", "Flags", "Ascent", "Descent", "MissingWidth", "FontBBox")
_DEPTH = 6  # of the objects of a font: /W is an array of arrays


def load_font(obj: pikepdf.Object) -> Font:
    """Return a font; one that cannot be read has codes without text."""
    try:
        return _loaded(obj)
    except Exception:  # noqa: BLE001  # whatever a font that lies makes of the library
        return NO_FONT


def _loaded(obj: pikepdf.Object) -> Font:
    spec = _spec(obj)
    unicode_map = _unicode_map(obj)
    if obj.get("/Subtype") == "/Type0":
        below = obj.DescendantFonts[0]
        inner = _spec(below, font_file="FontFile2" if unicode_map is None else "")
        spec["DescendantFonts"] = [inner]
    font = Font(PDFResourceManager(caching=False).get_font(None, spec), unicode_map)
    if obj.get("/Subtype") == "/Type3":
        font.em = _em_of_type3(obj)
    if obj.get("/Subtype") != "/Type0":
        font.trusted = _is_trusted(obj)
        font.own = {} if font.trusted else _own_encoding(obj)
        font.widths = _widths(obj)
    return font


def _widths(obj: pikepdf.Object) -> dict[int, float]:
    """Return the widths that a simple font states, in ems of text space."""
    if "/Widths" not in obj:
        return {}
    scale = 0.001
    if obj.get("/Subtype") == "/Type3":
        scale = abs(float(obj.FontMatrix[0]))
    first = int(obj.get("/FirstChar", 0))
    return {first + n: float(one) * scale for n, one in enumerate(list(obj.Widths)[:256])}


def _em_of_type3(obj: pikepdf.Object) -> float:
    """Return the height of a Type 3 font, of which the font size may be any part."""
    low, high = float(obj.FontBBox[1]), float(obj.FontBBox[3])
    scale = abs(float(obj.FontMatrix[3])) or 0.001
    return (high - low) * scale if high > low else 1000 * scale


def _is_trusted(obj: pikepdf.Object) -> bool:
    """Tell whether the encoding of a simple font is known: it states one, or has a standard one.

    The codes of a subset with an encoding of its own are numbers of glyphs, and mean nothing.
    """
    descriptor = obj.get("/FontDescriptor")
    if "/Encoding" in obj or descriptor is None or "/FontFile" in descriptor:
        return True
    embedded = "/FontFile2" in descriptor or "/FontFile3" in descriptor
    symbolic = int(descriptor.get("/Flags", 0)) & SYMBOLIC
    subset = _name_of(obj.get("/BaseFont", pikepdf.Name("/F")))[6:7] == "+"
    return not (embedded and (symbolic or subset))


def _own_encoding(obj: pikepdf.Object) -> dict[int, str]:
    """Return the encoding that an embedded font program of PostScript has of its own."""
    program = obj.FontDescriptor.get("/FontFile3")
    if not isinstance(program, pikepdf.Stream) or program.get("/Subtype") != "/Type1C":
        return {}
    return own_encoding(program.read_bytes())


def _unicode_map(obj: pikepdf.Object) -> FileUnicodeMap | None:
    stream = obj.get("/ToUnicode")
    if not isinstance(stream, pikepdf.Stream):
        return None
    found = FileUnicodeMap()
    CMapParser(found, BytesIO(stream.read_bytes())).run()
    return found


def _spec(obj: pikepdf.Object, font_file: str = "") -> dict[str, Any]:
    """Return the dictionary of a font as pdfminer holds it."""
    spec = {key: _converted(obj[f"/{key}"], 0) for key in _KEYS if f"/{key}" in obj}
    descriptor = obj.get("/FontDescriptor")
    if descriptor is not None:
        spec["FontDescriptor"] = described = {
            key: _converted(descriptor[f"/{key}"], 0)
            for key in _DESCRIPTOR
            if f"/{key}" in descriptor
        }
        if obj.get("/Subtype") in ("/Type1", "/MMType1") and "/Encoding" not in obj:
            font_file = "FontFile"
        if font_file and f"/{font_file}" in descriptor:
            described[font_file] = _converted(descriptor[f"/{font_file}"], 0)
    return spec


def _converted(obj: Any, depth: int) -> Any:
    """Return an object of pikepdf as one of pdfminer."""
    if depth > _DEPTH:
        return None
    found = obj
    if isinstance(obj, pikepdf.Name):
        found = LIT(_name_of(obj))
    elif isinstance(obj, pikepdf.String):
        found = bytes(obj)
    elif isinstance(obj, pikepdf.Stream):
        found = PDFStream(_entries(obj.stream_dict, depth), obj.read_bytes())
    elif isinstance(obj, pikepdf.Dictionary):
        found = _entries(obj, depth)
    elif isinstance(obj, pikepdf.Array):
        found = [_converted(one, depth + 1) for one in obj]
    elif isinstance(obj, Decimal):
        found = float(obj)
    return found


def _name_of(obj: pikepdf.Object) -> str:
    """Return a name without its slash; one in a code page, as of fonts in Chinese, by its bytes."""
    try:
        return str(obj)[1:]
    except UnicodeDecodeError:
        return obj.unparse()[1:].decode("latin-1")


def _entries(obj: pikepdf.Object, depth: int) -> dict[str, Any]:
    """Return the entries of a dictionary, without those of a stream that it is decoded by."""
    left_out = ("/Filter", "/DecodeParms", "/Length")
    return {
        str(key)[1:]: _converted(value, depth + 1)
        for key, value in obj.items()
        if key not in left_out
    }
