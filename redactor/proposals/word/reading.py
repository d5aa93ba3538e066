"""Reads the marked copies of Word documents: paragraphs, and the comments on them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.parsers import expat

from redactor.errors import MarksError
from redactor.proposals import brackets
from redactor.proposals.paragraphs.walk import utf_8_parser
from redactor.proposals.places import Words, stamp_of, words_of
from redactor.proposals.reading import MarkedText
from redactor.proposals.word.package import WordPackage
from redactor.proposals.word.walk import Walk

# A comment by which a person adds a mark: `redact`, `PERSON`, `Redact: PERSON`.
_ADDS = re.compile(
    r"(?i:redact)[:.]?(?: (?P<type>[A-Z][A-Z0-9_]{1,40}))?|(?P<alone>[A-Z][A-Z0-9_]{1,40})"
)
_NOTE = re.compile(r"note\b", re.IGNORECASE)


def comments_of(package: WordPackage, pair: str = "") -> dict[str, str]:
    """Return what each comment says, by its id, without brackets. Raises MarksError."""
    data = package.read(package.comments) if package.comments else b""
    if not data:
        return {}
    found: dict[str, list[str]] = {}
    open_ids: list[str] = []
    parser = utf_8_parser(data)

    def start(name: str, values: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "comment":
            open_ids.append(
                next((v for k, v in values.items() if k.rpartition(":")[2] == "id"), "")
            )
            found[open_ids[-1]] = []
        elif local == "p" and open_ids:
            found[open_ids[-1]].append(" ")

    def text(said: str) -> None:
        if open_ids:
            found[open_ids[-1]].append(said)

    def end(name: str) -> None:
        if name.rpartition(":")[2] == "comment" and open_ids:
            open_ids.pop()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)  # noqa: FBT003  # its only form
    except (expat.ExpatError, ValueError):
        raise MarksError("has comments that cannot be read") from None
    return {number: _plain("".join(said), pair) for number, said in found.items()}


def _plain(said: str, pair: str) -> str:
    """Return a comment without the brackets that mark places in it."""
    pieces = brackets.split(said, pair, lambda: "a comment") if pair else [(None, said)]
    return " ".join("".join(text for _, text in pieces).split())


def read_body(package: WordPackage) -> Body:
    """Return what the running text of a marked copy says. Raises MarksError."""
    walk = Walk(package.read(package.main))
    body = Body()
    walk.said, walk.marked, walk.ended = body.said, body.marked, body.ended
    walk.run()
    return body


class Body:
    """Puts the paragraphs of a document together, with the comments that are open."""

    def __init__(self) -> None:
        self._open: dict[str, None] = {}
        self._pieces: list[tuple[str, tuple[str, ...]]] = []
        self._paragraphs: list[list[tuple[str, tuple[str, ...]]]] = []
        self._stamp: tuple[str, str] | None = None

    def said(self, text: str) -> None:
        """Take in a text."""
        self._pieces.append((text, tuple(self._open)))

    def marked(self, kind: str, number: str) -> None:
        """Take in the start or the end of what has a comment."""
        if kind == "commentRangeStart":
            self._open[number] = None
        else:
            self._open.pop(number, None)

    def ended(self) -> None:
        """Take in the end of a paragraph."""
        pieces, self._pieces = self._pieces, []
        stamp = stamp_of("".join(text for text, _ in pieces)) if self._stamp is None else None
        if stamp:
            self._stamp, pieces = stamp, []
        self._paragraphs.append(pieces)

    @property
    def stamp(self) -> tuple[str, str]:
        """Return the ids of document and run that the copy is of. Raises MarksError."""
        if self._stamp is None:
            raise MarksError("has lost its first line, which says what it is the marked copy of")
        return self._stamp

    def finish(self, comments: Mapping[str, str], known: Sequence[str], pair: str) -> MarkedText:
        """Return what was read; `known` are the comments that the document had before.

        Raises MarksError, for a pair of brackets too: here they are no mark.
        """
        found = MarkedText(*self.stamp)
        own = set(map(_bare, known))
        marks = {
            number: found.open(words, f"comment {at}")
            for at, (number, said) in enumerate(comments.items(), 1)
            if (words := _words(said, own, at)) is not None
        }
        for at, pieces in enumerate(self._paragraphs, 1):
            for text, numbers in pieces:
                if any(sign in text for sign in pair):
                    raise MarksError(f"has brackets where comments are the marks, paragraph {at}")
                found.add(text, f"paragraph {at}", *(marks[n] for n in numbers if n in marks))
        return found


def _words(said: str, own: set[str], number: int) -> Words | None:
    """Return what a comment says as a mark; None for one that is none. Raises MarksError."""
    words = words_of(said)
    if words is not None and words.key:
        return words
    if _bare(said) in own or _NOTE.match(said):
        return None
    adds = _ADDS.fullmatch(said)
    if adds is None:
        raise MarksError(
            f"has a comment of a person's own that begins with neither `redact` nor `note`, "
            f"comment {number}"
        )
    return Words("", adds["type"] or (adds["alone"] if adds["alone"] != "REDACT" else "") or "")


def _bare(said: str) -> str:
    """Return a comment without blanks, of which programs take some away."""
    return "".join(said.split())
