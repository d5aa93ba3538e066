"""Marked copies of Word documents: each place is highlighted and has a comment, `PERSON 7-3f2a`.

The comment is the mark; the highlight is for the eye. A person takes a comment away, moves it, or
adds one: `redact`, `PERSON` or another type, or `redact PERSON`. A comment that begins with `note`
is none, nor is one that the document had before; any other is refused. Marks are in the running
text, where Word has comments: not in headers, notes, text boxes and properties.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from redactor.errors import MarksError
from redactor.formats import Token
from redactor.proposals.letters import Letters
from redactor.proposals.places import Original, Segment, Words, stamp_of, words_of
from redactor.proposals.reading import MarkedText

_SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_TYPES = "[Content_Types].xml"
_MAIN_TYPES = re.compile(
    rb"<Override\b[^<>]*\bContentType=[\"'][^\"']*(?:wordprocessingml\.(?:document|template)\.main"
    rb"|ms-word\.(?:document|template)\.macroEnabled(?:Template)?\.main)\+xml[\"'][^<>]*>"
)
_PART_NAME = re.compile(rb"\bPartName=[\"']/([^\"']+)[\"']")
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
# A comment by which a person adds a mark: `redact`, `PERSON`, `Redact: PERSON`.
_ADDS = re.compile(
    r"(?i:redact)[:.]?(?: (?P<type>[A-Z][A-Z0-9_]{1,40}))?|(?P<alone>[A-Z][A-Z0-9_]{1,40})"
)
_NOTE = re.compile(r"note\b", re.IGNORECASE)
_LARGEST = 1 << 28  # bytes of a part that is read


class Package:
    """The parts of a Word document."""

    def __init__(self, data: bytes) -> None:
        """Open it. Raises MarksError for what is no Word document."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            types = self.read(_TYPES)
        except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError):
            raise MarksError("is no Word document that can be read") from None
        found = _MAIN_TYPES.search(types)
        name = _PART_NAME.search(found[0]) if found else None
        if name is None:
            raise MarksError(
                "is no Word document: marks are made in its text, not in sheets or slides"
            )
        self.types, self.main = types, name[1].decode("utf-8", "replace")
        folder, _, file = self.main.rpartition("/")
        self.relations = f"{folder}/_rels/{file}.rels".lstrip("/")
        self.folder = folder

    def read(self, name: str) -> bytes:
        """Return a part; nothing of one that is not there. Raises MarksError."""
        if name not in self._zip.namelist():
            return b""
        try:
            with self._zip.open(name) as part:
                data = part.read(_LARGEST + 1)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            OSError,
            EOFError,
            ValueError,
        ):
            raise MarksError("is no Word document that can be read") from None
        if len(data) > _LARGEST:
            raise MarksError("has a part that is too large")
        return data

    @property
    def number(self) -> int:
        """Return the number of the part with the text, by the order of the parts in the file."""
        rows = sorted(self._zip.infolist(), key=lambda one: one.header_offset)
        return next(at for at, one in enumerate(rows, 1) if one.filename == self.main)

    @property
    def comments(self) -> str:
        """Return the name of the part with comments; empty if there is none."""
        for tag in re.findall(rb"<Relationship\b[^<>]*>", self.read(self.relations)):
            if re.search(rb"\bType=[\"'][^\"']*/relationships/comments[\"']", tag):
                target = re.search(rb"\bTarget=[\"']([^\"']+)[\"']", tag)
                if target:
                    name = target[1].decode("utf-8", "replace")
                    return name[1:] if name.startswith("/") else f"{self.folder}/{name}".lstrip("/")
        return ""

    def written(self, parts: Mapping[str, bytes]) -> bytes:
        """Return the document with some parts in the place of others, or beside them."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            names = [one.filename for one in self._zip.infolist()]
            for one in self._zip.infolist():
                info = zipfile.ZipInfo(one.filename, one.date_time)
                info.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(info, parts.get(one.filename, self._zip.read(one)))
            for name, data in parts.items():
                if name not in names:
                    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                    info.compress_type = zipfile.ZIP_DEFLATED
                    file.writestr(info, data)
        return out.getvalue()


# -- reading ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Text:
    """An element with text: where it and its run begin, the pieces of its content."""

    tag: int
    run: int
    start: int = -1
    end: int = -1
    properties: str = field(default="", repr=False)


class _Walk:
    """Reads the text of a document: runs of the running text, and the comments on them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._parser = _parser(data)
        self._stack: list[str] = []
        self._prefix = ""
        self._barred = 0
        self._run = (-1, -1, -1)
        self.body = -1
        self.texts: list[_Text] = []
        self.said: Callable[[str], None] = lambda _: None
        self.marked: Callable[[str, str], None] = lambda *_: None
        self.ended: Callable[[], None] = lambda: None

    @property
    def prefix(self) -> str:
        """Return the prefix of the names of WordprocessingML, with its colon."""
        return self._prefix

    def run(self) -> None:
        """Read the document. Raises MarksError."""
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.buffer_text = False
        try:
            parser.Parse(self._data, True)
        except (expat.ExpatError, ValueError):
            raise MarksError("is no Word document that can be read") from None

    def _start(self, name: str, values: dict[str, str]) -> None:
        if not self._stack:
            found = [k for k, v in values.items() if k.startswith("xmlns") and v in _SPACES]
            if not found:
                raise MarksError("is no Word document that can be read")
            self._prefix = f"{found[0].partition(':')[2]}:".removeprefix(":")
        self._stack.append(name)
        local, at = self._local(name), self._parser.CurrentByteIndex
        if name.endswith(":Fallback") or local == "txbxContent":
            self._barred += 1
        match local:
            case "body" if self.body < 0:
                self.body = self._data.index(b">", at) + 1
            case "r":
                self._run = (at, -1, -1)
            case "rPr" if self._above == "r":
                self._run = (self._run[0], at, -1)
            case "t" if not self._barred:
                self.texts.append(_Text(at, self._run[0], properties=self._properties()))
            case "commentRangeStart" | "commentRangeEnd" if not self._barred:
                self.marked(local, values.get(f"{self._prefix}id", ""))
            case "tab" | "br" | "cr" if not self._barred:
                self.said(" ")

    @property
    def _above(self) -> str:
        return self._local(self._stack[-2]) if len(self._stack) > 1 else ""

    def _local(self, name: str) -> str:
        """Return a name of WordprocessingML without its prefix; empty for any other."""
        own = name.startswith(self._prefix) if self._prefix else ":" not in name
        return name[len(self._prefix) :] if own else ""

    def _properties(self) -> str:
        """Return the properties of the run, as they are written in its element."""
        _, start, end = self._run
        if start < 0 or end <= start:
            return ""
        whole = self._data[start:end]
        return whole[whole.index(b">") + 1 :].decode("utf-8", "replace")

    def _text(self, said: str) -> None:
        if self._stack and self._local(self._stack[-1]) == "t" and not self._barred:
            if self.texts[-1].start < 0:
                self.texts[-1].start = self._parser.CurrentByteIndex
            self.said(said)

    def _end(self, name: str) -> None:
        self._stack.pop()
        local, at = self._local(name), self._parser.CurrentByteIndex
        if local == "rPr" and self._stack and self._local(self._stack[-1]) == "r":
            self._run = (*self._run[:2], at)
        elif local == "t" and not self._barred:
            self.texts[-1].end = at
        elif local == "p" and not self._barred:
            self.ended()
        if name.endswith(":Fallback") or local == "txbxContent":
            self._barred -= 1


def _parser(data: bytes) -> expat.XMLParserType:
    head = data[:200].lower()
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or (b"encoding" in head and b"utf-8" not in head):
        raise MarksError("is written in another encoding than UTF-8")
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise MarksError("has a document type, which no Word document needs")


def comments_of(package: Package) -> dict[str, str]:
    """Return what each comment says, by its id. Raises MarksError."""
    data = package.read(package.comments) if package.comments else b""
    if not data:
        return {}
    found: dict[str, list[str]] = {}
    open_ids: list[str] = []
    parser = _parser(data)

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
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        raise MarksError("has comments that cannot be read") from None
    return {number: " ".join("".join(said).split()) for number, said in found.items()}


def read(data: bytes, known: Callable[[str], Sequence[str]]) -> MarkedText:
    """Return what a marked copy says; `known` are the comments that a document had before.

    Raises MarksError.
    """
    package = Package(data)
    walk = _Walk(package.read(package.main))
    reader = _Reader()
    walk.said, walk.marked, walk.ended = reader.said, reader.marked, reader.ended
    walk.run()
    return reader.finish(comments_of(package), known)


class _Reader:
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

    def finish(
        self, comments: Mapping[str, str], known: Callable[[str], Sequence[str]]
    ) -> MarkedText:
        """Return what was read. Raises MarksError."""
        if self._stamp is None:
            raise MarksError("has lost its first line, which says what it is the marked copy of")
        found = MarkedText(*self._stamp)
        own = set(known(found.document))
        marks = {
            number: found.open(words, f"comment {at}")
            for at, (number, said) in enumerate(comments.items(), 1)
            if (words := _words(said, own, at)) is not None
        }
        for at, pieces in enumerate(self._paragraphs, 1):
            for text, numbers in pieces:
                found.add(text, f"paragraph {at}", *(marks[n] for n in numbers if n in marks))
        found.close()
        return found


def _words(said: str, own: set[str], number: int) -> Words | None:
    """Return what a comment says as a mark; None for one that is none. Raises MarksError."""
    words = words_of(said)
    if words is not None and words.key:
        return words
    if said in own or _NOTE.match(said):
        return None
    adds = _ADDS.fullmatch(said)
    if adds is None:
        raise MarksError(
            f"has a comment of a person's own that begins with neither `redact` nor `note`, "
            f"comment {number}"
        )
    return Words("", adds["type"] or (adds["alone"] if adds["alone"] != "REDACT" else "") or "")


# -- writing ----------------------------------------------------------------------------------


class Sheet:
    """The part of a Word document with its text, which is to be marked."""

    def __init__(self, package: Package, data: bytes, tokens: Sequence[Token], part: str) -> None:
        """Read the part of that name in the log from its tokens. Raises MarksError."""
        self._package, self._data = package, data
        self._walk = _Walk(data)
        self._walk.run()
        self._at: list[tuple[int, Token, _Text]] = []
        self.segments = tuple(self._segments(tokens, part))

    def _segments(self, tokens: Sequence[Token], part: str) -> Iterator[Segment]:
        shown = iter([one for one in self._walk.texts if one.start >= 0])
        text = next(shown, None)
        at = base = 0
        for token in tokens:
            end = at + len(token.raw)
            while text and text.end <= at and token.text is not None:
                text = next(shown, None)
            if token.text is not None and token.codec and token.raw:
                if text and text.start <= at and end <= text.end:
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
            f'<{w}commentRangeEnd {w}id="{number}"/><{w}r><{w}commentReference {w}id="{number}"/></{w}r>'
            if ends[1]
            else ""
        )
        over = f"</{w}t></{w}r>"
        yield self._position(segment, start), 2, f"{over}{opens}<{w}r>{shown}{preserved}"
        yield self._position(segment, end), 1, f"{over}{closes}<{w}r>{plain}{preserved}"

    def _preserved(self, text: _Text) -> Iterator[tuple[int, int, str]]:
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
        w = "w:"
        rows = "".join(
            f'<{w}comment {w}id="{number}" {w}author="redactor" {w}initials="R" xmlns:w="{_SPACES[0]}">'
            f"<{w}p><{w}r><{w}t>{escape(place.words)}</{w}t></{w}r></{w}p></{w}comment>"
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
        override = f'<Override PartName="/{name}" ContentType="{_COMMENTS}"/></Types>'.encode()
        kind = f"{_SPACES[0].partition('/wordprocessingml')[0]}/officeDocument/2006{_RELATION}"
        relation = (
            f'<Relationship Id="redactorComments" Type="{kind}" Target="redactor-comments.xml"/>'
        )
        return {
            _TYPES: package.types.replace(b"</Types>", override),
            package.relations: _with(package.read(package.relations), relation),
            name: f'<?xml version="1.0" encoding="UTF-8"?><w:comments xmlns:w="{_SPACES[0]}">'.encode()
            + rows
            + b"</w:comments>",
        }


def _with(relations: bytes, one: str) -> bytes:
    """Return relationships with one more."""
    closes = b"</Relationships>"
    if closes not in relations:
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        relations = f'<Relationships xmlns="{space}">'.encode() + closes
    return relations.replace(closes, one.encode() + closes)
