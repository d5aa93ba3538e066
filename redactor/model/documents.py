"""The texts of a document: where they are, what may replace them, how they are read and edited.

A *segment* is one text that is examined as a whole, as a unit is. A long one is read in several
windows, which overlap: `TextWindow.offset` is the position of the window in the segment,
`TextWindow.context` the number of its first characters that serve only as context. Every other
position is an offset in the segment, counted in characters, half open: `start` is covered, `end` is
not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from redactor.model.findings import Finding


class Kind(Enum):
    """The kind of a text in its document, in words for people."""

    BODY = "text"
    ATTRIBUTE = "attribute"
    COMMENT = "comment"
    METADATA = "metadata"
    SCRIPT = "script"
    NAME = "name"
    CELL = "cell"
    KEY = "key"
    HEADER = "header"


class Slot(Enum):
    """The form that a replacement of a text must have, so that the document remains valid."""

    TEXT = "text"
    URL = "url"
    MAILBOX = "mailbox"
    FILE_NAME = "file name"
    IDENTIFIER = "identifier"
    NUMBER = "number"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class Location:
    """The location of a text in a document: numbers and a closed vocabulary, never its own words.

    `line` counts from 1 in the document's own lines, where it has any. `number` and `column` count
    what the format counts (row), from 1, and `page` the pages; 0 where there are none.
    """

    kind: Kind = Kind.BODY
    line: int = 0
    number: int = 0
    column: int = 0
    page: int = 0

    def __str__(self) -> str:
        """Return the location in words: `attribute, line 12`."""
        counted = (
            ("page", self.page),
            ("row", self.number),
            ("column", self.column),
            ("line", self.line),
        )
        return ", ".join([self.kind.value, *(f"{name} {n}" for name, n in counted if n)])


BODY = Location()
NAME = Location(Kind.NAME)


@dataclass(frozen=True, slots=True)
class TextWindow:
    """A window of a segment: its text, and the offset at which it begins."""

    index: int
    text: str = field(repr=False)
    where: str = "text"
    offset: int = 0
    context: int = 0

    def contains(self, finding: Finding) -> bool:
        """Tell whether a finding is within this window."""
        return (
            finding.segment == self.index
            and self.offset <= finding.start
            and finding.end <= self.offset + len(self.text)
        )

    def starts_in(self, finding: Finding) -> bool:
        """Tell whether a finding begins behind the context of this window.

        A finding in the context belongs to the window before.
        """
        return finding.start - self.offset >= self.context


@dataclass(frozen=True, slots=True)
class Edit:
    """The replacement of the characters `start:end` of a segment."""

    segment: int
    start: int
    end: int
    replacement: str = field(repr=False)
