"""Writes the marked copies of Word documents: runs split around places, comments on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from redactor.errors import MarksError
from redactor.formats import Token
from redactor.proposals.letters import Letters
from redactor.proposals.office.writing import Edit, Source
from redactor.proposals.package import TYPES
from redactor.proposals.places import Original, Place, Segment
from redactor.proposals.word.package import WordPackage
from redactor.proposals.word.reading import comments_of
from redactor.proposals.word.walk import SPACES, Text, Walk

_COMMENTS = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_RELATION = "/relationships/comments"

_SAYS = (
    "PRIVATE, NOT REDACTED. What has a comment of redactor is to be removed: take the comment away "
    "and the text is kept; put a comment that says redact on another text and it is removed. "
    "Headers, notes, text boxes and comments have brackets: take them away, or put some around a "
    "text, behind a bar: {mark}. Change nothing else."
)
# Properties of a run behind which a highlight may not come (ECMA-376 part 1, 17.3.2).
_AFTER = re.compile(
    r"<(?:\w+:)?(?:u|effect|bdr|shd|fitText|vertAlign|rtl|cs|em|lang|eastAsianLayout|specVanish"
    r"|oMath|rPrChange)\b"
)
_HIGHLIGHT = re.compile(r"<(?:\w+:)?highlight\b[^<>]*/>")


class Body:
    """The part of a Word document with its running text, which gets comments."""

    def __init__(self, package: WordPackage, source: Source) -> None:
        """Read the part from its tokens. Raises MarksError."""
        self._package, self._data = package, source.data
        self._walk = Walk(source.data)
        self._walk.run()
        self._at: list[tuple[int, Token, Text]] = []
        self.segments = tuple(self._segments(source.tokens, source.part))

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

    def edits(self, original: Original, letters: Letters, pair: str) -> Iterator[Edit]:
        """Yield what marks the places, of the segments that come first."""
        yield self._walk.body, 0, self._banner(original.stamp, pair)
        preserved: set[int] = set()
        for number, place in enumerate(self._own(original, letters), self._first):
            pieces = [one for one in letters.pieces(place) if one[0] < len(self.segments)]
            for at, piece in enumerate(pieces):
                text = self._at[piece[0]][2]
                yield from self._piece(piece, number, (at == 0, at == len(pieces) - 1))
                if text.tag not in preserved:
                    preserved.add(text.tag)
                    yield from self._preserved(text)

    @property
    def _first(self) -> int:
        """Return the first number that no comment of the document has."""
        known = comments_of(self._package)
        return max((int(one) for one in known if one.isdigit()), default=-1) + 1

    def _own(self, original: Original, letters: Letters) -> Iterator[Place]:
        """Yield the places that the running text has."""
        for place in original.places:
            if next(letters.pieces(place), (len(self.segments),))[0] < len(self.segments):
                yield place

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

    def _banner(self, stamp: str, pair: str) -> str:
        w, said = self._walk.prefix, _SAYS.format(mark=f"{pair[0]}|text{pair[1]}")
        return (
            f'<{w}p><{w}r><{w}rPr><{w}b/><{w}color {w}val="CC0000"/></{w}rPr>'
            f"<{w}t>{escape(said)} {stamp}</{w}t></{w}r></{w}p>"
        )

    def comments(
        self, original: Original, letters: Letters, changed: Mapping[str, bytes]
    ) -> dict[str, bytes]:
        """Return the parts that hold the comments and say that they are there.

        `changed` are parts that have other marks already.
        """
        rows = "".join(
            f'<w:comment w:id="{number}" w:author="redactor" w:initials="R" xmlns:w="{SPACES[0]}">'
            f"<w:p><w:r><w:t>{escape(place.words)}</w:t></w:r></w:p></w:comment>"
            for number, place in enumerate(self._own(original, letters), self._first)
        ).encode()
        package = self._package
        if name := package.comments:
            data = changed.get(name) or package.read(name)
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
