"""Which elements of office documents hold the texts that people read, in paragraphs."""

from __future__ import annotations

from dataclasses import dataclass

_OFFICE_OPEN = "http://schemas.openxmlformats.org"
_STRICT = "http://purl.oclc.org/ooxml"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"

PREFIXES = {
    f"{_OFFICE_OPEN}/wordprocessingml/2006/main": "w",
    f"{_STRICT}/wordprocessingml/main": "w",
    f"{_OFFICE_OPEN}/drawingml/2006/main": "a",
    f"{_STRICT}/drawingml/main": "a",
    f"{_OFFICE_OPEN}/spreadsheetml/2006/main": "x",
    f"{_STRICT}/spreadsheetml/main": "x",
    f"{_OFFICE_OPEN}/markup-compatibility/2006": "mc",
    f"{_ODF}:text:1.0": "text",
    f"{_ODF}:table:1.0": "table",
    f"{_ODF}:office:1.0": "office",
}
"""What names are written with here, by their namespaces; those of any other are unknown."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names of elements: paragraphs, their texts, blanks, and what has no text that is read.

    Where there are no `texts`, the text stands in the paragraph itself and in elements that are
    `within` it. `inside` names the element in which alone paragraphs count.
    """

    paragraphs: frozenset[str]
    texts: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()
    blanks: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    inside: str = ""


def _names(said: str) -> frozenset[str]:
    return frozenset(said.split())


_BLANKS = _names("w:tab w:br w:cr")

WORD = Vocabulary(_names("w:p"), _names("w:t"), blanks=_BLANKS)
"""Headers, footers, notes, comments."""

TEXT_BOXES = Vocabulary(_names("w:p"), _names("w:t"), blanks=_BLANKS, inside="w:txbxContent")
"""The part with the running text, in which text boxes are."""

SLIDES = Vocabulary(
    _names("a:p"), _names("a:t"), blanks=_names("a:br a:tab"), barred=_names("a:fld")
)
STRINGS = Vocabulary(_names("x:si x:is"), _names("x:t"), barred=_names("x:rPh"))
"""Strings of cells, without their phonetic readings."""

OPEN_DOCUMENT = Vocabulary(
    _names("text:p text:h"),
    within=_names("text:span text:a text:meta text:ruby text:ruby-base"),
    blanks=_names("text:s text:tab text:line-break"),
    barred=_names("text:tracked-changes"),
)
