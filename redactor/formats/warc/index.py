"""Indexes of web archives (CDXJ, CDX): an address with its key in each line, and where it is.

A copy has other addresses, and their keys with them. Offsets, lengths and digests are those of the
archive that the index was made of: a digest of a page would prove a guess of what was removed from
it, and the places hold no longer. So a copy has none, but in a WACZ, whose writer puts in those of
the copied archive, and beside archives whose copies are at hand (`beside.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from redactor.errors import OutputError
from redactor.formats.base import Budget, Composed, Hints, Layout, Sink, Token
from redactor.formats.warc.index_lines import NOTHING, Piece, Role, lines
from redactor.formats.warc.surt import surt
from redactor.model import Edit, Kind, Location, Slot

__all__ = ["WebIndex"]

# The key of an address, a time, and an object.
_BEGINS = re.compile(rb"[^\s)]{1,250}\)/\S* [0-9]{14,17} \{\"")
OF_COPIES = Layout("web-index", (("filenames", "copies"),))
"""The layout of an index in which all names of archives are those of copies, which are no texts."""

_SLOTS = {"url": Slot.URL, "urlkey": Slot.URL, "redirect": Slot.URL, "filename": Slot.FILE_NAME}


class WebIndex(Composed):
    """Indexes of web archives."""

    name = "web-index"
    title = "Indexes of web archives (CDXJ, CDX)"
    suffixes = frozenset({".cdxj", ".cdx"})
    examined = "addresses with their keys, names of files, all other values"
    not_examined = (
        "times, statuses, media types; offsets, lengths and digests: those of the copies, or none"
    )

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of an index. Raises DamagedDocument, UnsupportedFormat."""
        del hints
        next(lines(source), None)
        return Layout(self.name)

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins with the letters of the columns of CDX, or as CDXJ."""
        return head.startswith(b" CDX ") or _BEGINS.match(head) is not None

    def texts(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Token]:
        """Yield the addresses and other values line by line. Raises InputError."""
        del budget
        for number, line in enumerate(lines(source), 1):
            yield from (_token(piece, number) for piece in line if _is_text(piece, layout))

    def write(
        self,
        source: BinaryIO,
        layout: Layout,
        edits: Sequence[Edit],
        sink: Sink,
        contents: Mapping[int, BinaryIO | None],
    ) -> Sequence[Token]:
        """Write a copy without offsets, lengths and digests. Raises InputError, OutputError."""
        del contents
        texts: list[Token] = []
        left = list(reversed(edits))
        for number, line in enumerate(lines(source), 1):
            values: list[str] = []
            for piece in line:
                values.append(piece.value)
                if _is_text(piece, layout):
                    mine: list[Edit] = []
                    while left and left[-1].segment == len(texts):
                        mine.append(left.pop())
                    values[-1] = _edited(piece.value, mine)
                    texts.append(_token(piece, number))
            sink.write(written(line, values).encode())
        return texts

    def check_unchanged(self, source: BinaryIO, copy: BinaryIO, layout: Layout) -> None:
        """Raise OutputError unless a copy has the same lines with other values."""
        pairs = zip(lines(source), lines(copy), strict=True)
        try:
            for before, after in pairs:
                if [_kept(one, layout) for one in before] != [_kept(one, layout) for one in after]:
                    raise OutputError("the draft has other lines than its source")
                if any(p.role is Role.COMPUTED and p.value not in _NONE for p in after):
                    raise OutputError("the draft has a place or a digest of its source")
        except ValueError:
            raise OutputError("the draft has more or fewer lines than its source") from None

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield keys and values as the standard library's decoder reads them."""
        skips = layout == OF_COPIES
        column = -1  # of names of archives: the last one, unless a first line says otherwise
        source.seek(0)
        for raw in source:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            words, brace, block = line.partition(" {")
            found = words.split(" ")
            if brace:
                values = json.loads("{" + block)
                found += [
                    str(values[name]) for name in values if not (skips and name == "filename")
                ]
            elif line.startswith(" CDX "):
                column = found.index("g") - 2 if "g" in found else len(found)
            elif skips:
                found[column:] = found[column:][1:]
            yield from (f"\n\n{word}" for word in found)


_NONE = frozenset({NOTHING, "null"})


def written(line: list[Piece], values: Sequence[str]) -> str:
    """Return a line with other values; its key follows from its address."""
    address = next((v for p, v in zip(line, values, strict=True) if p.name == "url"), "")
    parts: list[str] = []
    for piece, value in zip(line, values, strict=True):
        if piece.role is Role.KEY:
            parts.append(surt(address).replace(" ", "%20"))
        elif piece.role is Role.COMPUTED:
            parts.append(piece.written(NOTHING))
        else:
            parts.append(piece.written(value) if piece.name else piece.raw)
    return "".join(parts)


def _token(piece: Piece, number: int) -> Token:
    # A blank in a column would begin the next one.
    slot = _SLOTS.get(piece.name, Slot.TEXT if piece.raw[:1] == '"' else Slot.URL)
    label = piece.name if slot is Slot.TEXT else ""
    return Token(b"", piece.value, None, Location(Kind.BODY, line=number), slot, label)


def _is_text(piece: Piece, layout: Layout) -> bool:
    return piece.role is Role.TEXT and not _names_a_copy(piece, layout)


def _names_a_copy(piece: Piece, layout: Layout) -> bool:
    return piece.name == "filename" and layout == OF_COPIES


def _kept(piece: Piece, layout: Layout) -> tuple[Role, str, str]:
    role = Role.TEXT if piece.role is Role.KEY else piece.role
    same = role is Role.MARKUP or (role is Role.TEXT and _names_a_copy(piece, layout))
    return role, piece.name.lstrip("."), piece.raw if same else ""


def _edited(text: str, edits: Sequence[Edit]) -> str:
    for edit in reversed(edits):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text
