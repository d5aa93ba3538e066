"""Writes brackets into the texts of parts, around each place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from redactor.formats import Token
from redactor.proposals import brackets
from redactor.proposals.letters import Letters
from redactor.proposals.office.parts import Story
from redactor.proposals.places import Original, Place, Segment

Edit = tuple[int, int, str]
"""What is put into a part: before which byte, in which order there, the text."""


@dataclass(frozen=True, slots=True)
class Source:
    """A part as it is read: its bytes, its tokens, and what the log calls it."""

    data: bytes = field(repr=False)
    tokens: Sequence[Token] = field(repr=False)
    part: str


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of a part: its segment, the byte where it begins, and its token."""

    segment: Segment
    at: int
    token: Token = field(repr=False)
    spare: bool

    def byte(self, at: int) -> int:
        """Return the byte at which a character begins."""
        assert self.token.codec is not None  # noqa: S101  # for the types
        return self.at + self.token.codec.offsets(self.token.raw)[at]


class Sheet:
    """A part with stories, the first of which has a number; brackets are put into it."""

    def __init__(self, source: Source, stories: Sequence[Story], first: int) -> None:
        """Find the texts of its stories among its tokens."""
        rows = sorted(
            (start, end, number, story.paragraph.spare)
            for number, story in enumerate(stories, first)
            for start, end in story.paragraph.spans
        )
        found = list(_texts(source, rows))
        self.texts = sorted(found, key=lambda one: (one.segment.story, one.segment.base))

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Return the texts, story by story."""
        return tuple(one.segment for one in self.texts)

    def edits(
        self, original: Original, letters: Letters, pair: str, first: int, *, says: bool
    ) -> Iterator[Edit]:
        """Yield what marks the places, of segments from the number `first` on.

        `says` is set if the part is to say first what the copy is.
        """
        if says and (one := next((one for one in self.texts if not one.spare), None)):
            yield one.byte(0), -1, brackets.head(pair, original.stamp)
        for place in original.places:
            pieces = [
                (self.texts[number - first], start, end)
                for number, start, end in letters.pieces(place)
                if first <= number < first + len(self.texts)
            ]
            yield from _around([row for row in pieces if not row[0].spare], place, pair)


def _texts(source: Source, rows: Sequence[tuple[int, int, int, bool]]) -> Iterator[_Text]:
    """Yield the texts in some spans of bytes, each with its story."""
    starts = [row[0] for row in rows]
    at = base = 0
    for token in source.tokens:
        end = at + len(token.raw)
        number = bisect_right(starts, at) - 1
        if token.text is not None and token.codec and token.raw and number >= 0:
            _, last, story, spare = rows[number]
            if end <= last:
                segment = Segment(source.part, base, token.text, story)
                yield _Text(segment, at, token, spare)
        base += len(token.text or "")
        at = end


def _around(pieces: Sequence[tuple[_Text, int, int]], place: Place, pair: str) -> Iterator[Edit]:
    """Yield a pair of brackets for each story that a place is in."""
    for at, (text, start, end) in enumerate(pieces):
        before = pieces[at - 1][0].segment.story if at else -1
        behind = pieces[at + 1][0].segment.story if at + 1 < len(pieces) else -1
        if before != text.segment.story:
            yield text.byte(start), 2, escape(brackets.opened(pair, place))
        if behind != text.segment.story:
            yield text.byte(end), 1, pair[1]


def edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return a part with what is put into it."""
    parts: list[bytes] = []
    done = 0
    for at, _, source in sorted(edits, key=lambda one: one[:2]):
        parts += (data[done:at], source.encode())
        done = at
    return b"".join([*parts, data[done:]])
