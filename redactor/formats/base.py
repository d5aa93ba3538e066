"""The contract of formats: which text stands where in a document, and how edits get back into it.

A format knows one media type and nothing of personal data. There are two kinds:

- a `Tokenized` format (text, HTML) cuts a document into tokens that tile it: joined, the `raw`
  bytes of all tokens are the document. Tokens with a `text` are examined, all others are copied;
- a `Container` (ZIP) holds members, each a document of its own format, and names and comments,
  which are texts as well. `pack` puts rewritten members into a new container.

The author of a format writes how to read; how edits are applied is written once (`rewrite`).
Four laws hold for every row of the table, and `tests/formats/test_laws.py` runs them:

1. tokens tile: `b"".join(token.raw for token in tokens(source))` is the source;
2. with no edits, the copy has the same bytes (a container: every untouched member has);
3. reading a copy gives the same texts with exactly the edits applied;
4. an independent reader (`extract`, written on another library than the format) sees none of what
   was removed.

What cannot be read raises an `InputError`; what cannot be read inside a container is named as
`Unexamined`. Nothing is passed through in silence.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar, Protocol

from redactor.errors import InputError
from redactor.model import BODY, NAME, Location, Slot


@dataclass(frozen=True, slots=True)
class Layout:
    """A format's name, and what was made out of a document that its copy must have in common.

    `Layout("text", (("encoding", "utf-8+bom"),))`. It goes into the log, and a copy is read by the
    layout of its source: what its own bytes suggest may be something else.
    """

    format: str
    settings: tuple[tuple[str, str], ...] = ()

    def setting(self, name: str) -> str:
        """Return a setting, empty where there is none."""
        return dict(self.settings).get(name, "")


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a document beside its bytes: its name, and the encoding a user named."""

    name: str = field(default="", repr=False)
    encoding: str | None = None


class Codec(Protocol):
    """How the characters of a text stand in bytes: with escapes, in a charset."""

    def offsets(self, raw: bytes) -> Sequence[int]:
        """Return the offset in `raw` of each character of the text, and the end of the last.

        For `b"a&amp;b"` in HTML, whose text is "a&b": `[0, 1, 6, 7]`.
        """

    def encode(self, text: str) -> bytes:
        """Return the bytes that stand for a text in this slot, escaped as they must be.

        What the charset cannot hold is written in another way, or as `?`; it never raises.
        """


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of a document: its bytes and, unless it is markup, the text that they hold.

    `joins` says that the text goes on from the last text of the same `location.kind`, though markup
    or texts of other kinds may stand between: of `Kevin <a href="/x">Marsh</a>` the second word
    joins the first, and a name across both is found. Texts
    that do not join are never read as one. `label` is what the document itself calls the text (a
    column's title, a JSON key, the name of a header): detectors read it before the text, and it is
    never edited. `location` says where it stands, `slot` what may stand there instead.
    """

    raw: bytes = field(repr=False)
    text: str | None = field(default=None, repr=False)
    codec: Codec | None = field(default=None, repr=False)
    location: Location = BODY
    slot: Slot = Slot.TEXT
    label: str = field(default="", repr=False)
    joins: bool = False


@dataclass(frozen=True, slots=True)
class MemberText:
    """A text that belongs to a member of a container: its name, a comment.

    As of a token, without bytes: the container writes it.
    """

    text: str = field(repr=False)
    location: Location = NAME
    slot: Slot = Slot.FILE_NAME
    label: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a container: its number in it, from 1, its own texts, and its bytes.

    `texts` begin with its name. `open` hands out its decoded bytes as a seekable private file; it
    raises an InputError for what is encrypted, damaged or too large. `copied` says that it holds no
    bytes to examine (a folder).
    """

    number: int
    texts: tuple[MemberText, ...]
    open: Callable[[], AbstractContextManager[BinaryIO]] = field(repr=False)
    copied: bool = False

    @property
    def name(self) -> str:
        """Return the name of the member, by which its format is chosen."""
        return self.texts[0].text


class Sink(Protocol):
    """Where a copy is written, from its start to its end."""

    def write(self, data: bytes, /) -> object:
        """Append bytes."""


class Packer(ABC):
    """Writes the copy of a container, member by member, in their order.

    What is put neither with `keep` nor with `replace` is not in the copy.
    """

    @abstractmethod
    def keep(self, member: Member) -> None:
        """Take over a member as it is, byte for byte."""

    @abstractmethod
    def replace(self, member: Member, texts: Sequence[str], data: BinaryIO | None) -> None:
        """Write a member under other texts, with other bytes; None are the bytes it has."""

    @abstractmethod
    def finish(self, texts: Sequence[str]) -> None:
        """Write what follows the members; `texts` are the container's own, in their order."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A member as an independent reader sees it: its texts and the SHA-256 of its bytes."""

    texts: tuple[str, ...] = field(repr=False)
    sha256: str


class Budget(Protocol):
    """What a whole tree of documents may still ask for. Each method raises LimitExceeded."""

    def member(self) -> None:
        """Count one more member."""

    def unpacked(self, size: int, packed: int) -> None:
        """Count bytes that came out of a container, of so many packed ones (as they come)."""


class Format(ABC):
    """What knows one media type. Instances hold no document."""

    name: ClassVar[str]
    """As in a layout and in the log: `html`."""

    title: ClassVar[str]
    """For people: `HTML pages`."""

    suffixes: ClassVar[frozenset[str]]
    """Of file names, in lower case: `.html`."""

    examined: ClassVar[str]
    """What is examined, in a phrase for the table of formats."""

    not_examined: ClassVar[str] = ""
    """What is not, in a phrase; empty if everything is."""

    @abstractmethod
    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of a document. Raises InputError for what is not of this format."""

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether the first kilobyte of a document shows that it is of this format."""
        del head
        return False


class Tokenized(Format):
    """A format of bytes with text in it: an author writes `tokens` and `extract`."""

    @abstractmethod
    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield the tokens of a document, from its start. Raises InputError."""

    @abstractmethod
    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the texts as an independent reader sees them, in any order. Raises InputError."""


class Container(Format):
    """A format of members: an author writes how to read and how to pack them."""

    @abstractmethod
    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the members in their order. Raises InputError for a container that is unsound."""

    @abstractmethod
    def texts(self, source: BinaryIO, layout: Layout) -> tuple[MemberText, ...]:
        """Return the container's own texts (a comment). Raises InputError."""

    @abstractmethod
    def packer(self, source: BinaryIO, layout: Layout, sink: Sink) -> Packer:
        """Return what writes a copy."""

    @abstractmethod
    def entries(self, source: BinaryIO, layout: Layout) -> Iterator[Entry]:
        """Yield the members as an independent reader sees them, then the container's own texts.

        The last entry has the container's own texts and no digest. Raises InputError.
        """


@dataclass(frozen=True, slots=True)
class Unexamined:
    """A part of a document that was not examined: the numbers of the members to it, and why.

    `reason` is the name of the error that says so, as in `UnsupportedFormat`.
    """

    path: tuple[int, ...]
    reason: str
    error: InputError | None = field(default=None, repr=False, compare=False)
