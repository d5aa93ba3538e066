"""Pieces of a document: stretches of its source with their syntax, of which tokens are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from redactor.formats.base import Token
from redactor.formats.html.escapes import (
    NestedSyntax,
    References,
    Syntax,
    SyntaxCodec,
    decode,
    offsets,
)
from redactor.formats.html.references import is_half
from redactor.formats.media import blank_code, medium_of_code
from redactor.formats.text import Encoding
from redactor.model import Kind, Location, Slot

LONGEST = 1 << 16
"""Characters of a piece of text. A longer text is cut into several that join: positions are worked
out for a whole piece."""


@dataclass(slots=True)
class Piece:
    """A stretch of a page's source. Without a syntax it is markup.

    Not frozen, as a `Token` is not. `medium` is as in `Token`: markup that is a picture in base64,
    of which a copy without it has `blank`.
    """

    source: str = field(repr=False)
    syntax: Syntax | None = None
    kind: Kind = Kind.BODY
    slot: Slot = Slot.TEXT
    label: str = field(default="", repr=False)
    joins: bool = False
    key_path: str = field(default="", repr=False)
    medium: str = ""
    blank: str = field(default="", repr=False)


def picture(piece: Piece, source: str = "", *, begins: bool = True) -> Piece:
    """Return a piece as the markup that a picture, a sound or a font in base64 is.

    `source` is the code from its beginning. Where it does not begin here, a copy without it has
    nothing here.
    """
    medium = (medium_of_code(source) or "pixels") if begins else _REST
    blank = blank_code(source) if begins else ""
    return replace(piece, syntax=None, medium=medium, blank=blank)


_REST = "-"
"""The medium of the later parts of a picture that is cut into several pieces."""


def split(piece: Piece) -> Iterator[Piece]:
    """Yield a piece in parts of at most `LONGEST`, cut at blanks and never within an escape."""
    source, start = piece.source, 0
    if len(source) <= LONGEST:
        yield piece
        return
    while piece.syntax and len(source) - start > LONGEST:
        end = cut(piece.syntax, source, start)
        yield replace(piece, source=source[start:end], joins=piece.joins or start > 0)
        start = end
    if start < len(source):
        yield replace(piece, source=source[start:], joins=piece.joins or start > 0)


def cut(syntax: Syntax, source: str, start: int) -> int:
    """Return where a source that is too long is cut: at a blank, and never within an escape."""
    return _blank(source, start) or _between_escapes(syntax, source, start)


def _blank(source: str, start: int) -> int:
    """Return the end of the last blank in the second half of `LONGEST`; 0 if there is none."""
    low, high = start + LONGEST // 2, start + LONGEST
    return max(source.rfind(blank, low, high) for blank in (" ", "\n")) + 1


def _between_escapes(syntax: Syntax, source: str, start: int) -> int:
    """Return a position between escapes; the end of the source if an escape is that long."""
    places = offsets(syntax, source[start : start + 2 * LONGEST])
    ends = [at for at in places if LONGEST // 2 < at <= LONGEST]
    return start + ends[-1] if ends else len(source)


def map_to_source(inner: Iterator[Piece], source: str, outer: Syntax) -> list[Piece] | None:
    """Return pieces of a decoded text as pieces of its source.

    None if a cut would change the meaning of an escape: between `&amp` and `lt;`.
    """
    places = offsets(outer, source)
    found, at, start = [], 0, 0
    for piece in inner:
        at += len(piece.source)
        end = places[at] if at < len(places) - 1 else len(source)
        written = source[start:end]
        if decode(outer, written) != piece.source:
            return None
        syntax = NestedSyntax(piece.syntax, outer) if piece.syntax else None
        found.append(replace(piece, source=written, syntax=syntax))
        start = end
    return found if start == len(source) else None


def tokens_of(pieces: Iterator[Piece], encoding: Encoding) -> Iterator[Token]:
    """Yield pieces as tokens in an encoding; markup that follows markup is one token."""
    markup: list[str] = []
    line = 1
    for piece in pieces:
        if not piece.syntax and not piece.medium:
            markup.append(piece.source)
            continue
        if before := "".join(markup):
            yield Token(before.encode(encoding.codec))
            line += before.count("\n")
            markup = []
        yield _token(piece, encoding, line)
        line += piece.source.count("\n")
    if before := "".join(markup):
        yield Token(before.encode(encoding.codec))


def _token(piece: Piece, encoding: Encoding, line: int) -> Token:
    if piece.syntax is None:
        blank = piece.blank.encode(encoding.codec)
        raw, rest = piece.source.encode(encoding.codec), piece.medium == _REST
        return Token(raw, medium="" if rest else piece.medium, blank=blank, continues=rest)
    return Token(
        piece.source.encode(encoding.codec),
        decode(piece.syntax, piece.source),
        SyntaxCodec(piece.syntax, encoding),
        Location(piece.kind, line=line),
        piece.slot,
        piece.label,
        piece.joins,
        key_path=piece.key_path,
        whole=_is_half_referenced(piece),
    )


def _is_half_referenced(piece: Piece) -> bool:
    """Tell whether a value has a reference that only a letter behind it keeps from being one.

    `title="&nbspTeodor"` shows an ampersand: it must be escaped where that letter is removed.
    """
    syntax = piece.syntax.outer if isinstance(piece.syntax, NestedSyntax) else piece.syntax
    return isinstance(syntax, References) and syntax.attribute and is_half(piece.source)
