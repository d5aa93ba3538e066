"""Writes the marked copies of Word documents: runs split around places, comments on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from redactor.errors import MarksError
from redactor.formats import Token
from redactor.proposals.letters import Letters
from redactor.proposals.places import Original, Segment
from redactor.proposals.word.package import TYPES, Package
from redactor.proposals.word.reading import comments_of
from redactor.proposals.word.walk import SPACES, Text, Walk

_COMMENTS = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_RELATION = "/relationships/comments"

_SAYS = (
    "PRIVATE, NOT REDACTED. What has a comment of redactor is to be removed: take the comment away "
    "and the text is kept; put a comment that says redact on another text and it is removed. "
    "Change nothing else."
)
# Properties of a run behind which a highlight may not come (ECMA-376 part 1, 17.3.2).
_AFTER = re.compile(
    r"<(?:\w+:)?(?:u|effect|bdr|shd|fitText|vertAlign|rtl|cs|em|lang|eastAsianLayout|specVanish"
    r"|oMath|rPrChange)\b"
)
_HIGHLIGHT = re.compile(r"<(?:\w+:)?highlight\b[^<>]*/>")


class Sheet:
    """The part of a Word document with its text, which is to be marked."""

    def __init__(self, package: Package, data: bytes, tokens: Sequence[Token], part: str) -> None:
        """Read the part of that name in the log from its tokens. Raises MarksError."""
        self._package, self._data = package, data
        self._walk = Walk(data)
        self._walk.run()
        self._at: list[tuple[int, Token, Text]] = []
        self.segments = tuple(self._segments(tokens, part))

    def _segments(self, tokens: Sequence[Token], part: str) -> Iterator[Segment]:
        """Yield the texts of elements in which marks can be."""
        shown = iter([one for one in self._walk.texts if one.start >= 0])
        text = next(shown, None)
        at = base = 0
        for token in tokens:
            end = at + len(token.raw)
            while text and text.end <= at and token.text is not None:
                text = next(shown, None)
            is_shown = text is not None and text.start <= at and end <= text.end
            if text and is_shown and token.text is not None and token.codec and token.raw:
                self._at.append((at, token, text))
                yield Segment(part, base, token.text)
            base += len(token.text or "")
            at = end

    def marked(self, original: Original) -> bytes:
        """Return the marked copy of the document."""
        edits: list[tuple[int, int, str]] = [(self._walk.body, 0, self._banner(original.stamp))]
        known = comments_of(self._package)
        first = max((int(one) for one in known if one.isdigit()), default=-1) + 1
        preserved: set[int] = set()
        letters = Letters(original.segments)
        for number, place in enumerate(original.places, first):
            pieces = list(letters.pieces(place))
            for at, (segment, start, end) in enumerate(pieces):
                ends = at == 0, at == len(pieces) - 1
                text = self._at[segment][2]
                edits += self._piece((segment, start, end), number, ends)
                if text.tag not in preserved:
                    preserved.add(text.tag)
                    edits += self._preserved(text)
        parts: list[bytes] = []
        done = 0
        for at, _, source in sorted(edits, key=lambda one: one[:2]):
            parts += (self._data[done:at], source.encode())
            done = at
        data = b"".join([*parts, self._data[done:]])
        return self._package.written({self._package.main: data} | self._comments(original, first))

    def _piece(
        self, piece: tuple[int, int, int], number: int, ends: tuple[bool, bool]
    ) -> Iterator[tuple[int, int, str]]:
        """Yield what splits a run around a piece of a place, and the ends of its comment."""
        segment, start, end = piece
        text, w = self._at[segment][2], self._walk.prefix
        plain = f"<{w}rPr>{text.properties}</{w}rPr>" if text.properties else ""
        shown = f"<{w}rPr>{self._highlit(text.properties)}</{w}rPr>"
        preserved = f'<{w}t xml:space="preserve">'
        opens = f'<{w}commentRangeStart {w}id="{number}"/>' if ends[0] else ""
        closes = (
            f'<{w}commentRangeEnd {w}id="{number}"/>'
            f'<{w}r><{w}commentReference {w}id="{number}"/></{w}r>'
            if ends[1]
            else ""
        )
        over = f"</{w}t></{w}r>"
        yield self._position(segment, start), 2, f"{over}{opens}<{w}r>{shown}{preserved}"
        yield self._position(segment, end), 1, f"{over}{closes}<{w}r>{plain}{preserved}"

    def _preserved(self, text: Text) -> Iterator[tuple[int, int, str]]:
        """Yield what lets an element keep the blanks at its ends."""
        end = self._data.index(b">", text.tag)
        if b"xml:space" not in self._data[text.tag : end]:
            yield end, 0, ' xml:space="preserve"'

    def _position(self, segment: int, at: int) -> int:
        start, token, _ = self._at[segment]
        assert token.codec is not None  # noqa: S101  # for the types
        return start + token.codec.offsets(token.raw)[at]

    def _highlit(self, properties: str) -> str:
        """Return the properties of a run, with a highlight in its place among them."""
        inner = _HIGHLIGHT.sub("", properties)
        found = _AFTER.search(inner)
        at = found.start() if found else len(inner)
        w = self._walk.prefix
        return f'{inner[:at]}<{w}highlight {w}val="yellow"/>{inner[at:]}'

    def _banner(self, stamp: str) -> str:
        w = self._walk.prefix
        return (
            f'<{w}p><{w}r><{w}rPr><{w}b/><{w}color {w}val="CC0000"/></{w}rPr>'
            f"<{w}t>{escape(_SAYS)} {stamp}</{w}t></{w}r></{w}p>"
        )

    def _comments(self, original: Original, first: int) -> dict[str, bytes]:
        """Return the parts that hold the comments and say that they are there."""
        rows = "".join(
            f'<w:comment w:id="{number}" w:author="redactor" w:initials="R" xmlns:w="{SPACES[0]}">'
            f"<w:p><w:r><w:t>{escape(place.words)}</w:t></w:r></w:p></w:comment>"
            for number, place in enumerate(original.places, first)
        ).encode()
        package = self._package
        if name := package.comments:
            data = package.read(name)
            at = data.rfind(b"</")
            if at < 0:  # an element without comments that closes itself
                raise MarksError("has comments that cannot be read")
            return {name: data[:at] + rows + data[at:]}
        name = f"{package.folder}/redactor-comments.xml".lstrip("/")
        override = f'<Override PartName="/{name}" ContentType="{_COMMENTS}"/></Types>'
        kind = f"{SPACES[0].partition('/wordprocessingml')[0]}/officeDocument/2006{_RELATION}"
        relation = (
            f'<Relationship Id="redactorComments" Type="{kind}" Target="redactor-comments.xml"/>'
        )
        return {
            TYPES: package.types.replace(b"</Types>", override.encode()),
            package.relations: _with(package.read(package.relations), relation),
            name: f'<w:comments xmlns:w="{SPACES[0]}">'.encode() + rows + b"</w:comments>",
        }


def _with(relations: bytes, one: str) -> bytes:
    """Return relationships with one more."""
    closes = b"</Relationships>"
    if closes not in relations:
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        relations = f'<Relationships xmlns="{space}">'.encode() + closes
    return relations.replace(closes, one.encode() + closes)
