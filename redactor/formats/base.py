"""The interface of formats: the texts of a document, their locations, and how edits are written.

A format reads one media type and knows nothing of personal data. There are three kinds:

- a `Tokenized` format (text, HTML) cuts a document into tokens that tile it: joined, the `raw`
  bytes of all tokens are the document. Tokens with a `text` are examined, all others are copied;
- a `Container` (ZIP) holds members, each a document of its own format, and names and comments,
  which are texts as well. Its `packer` writes rewritten members into a new container;
- a `Composed` format (PDF) holds texts that are no stretches of its bytes: glyphs with positions,
  strings of objects. It writes its copies itself.

The author of a format implements reading; edits are applied by one module (`rewriting`).
Four laws hold for every row of the table, and `tests/formats/test_laws.py` runs them:

1. tokens tile: `b"".join(token.raw for token in tokens(source))` is the source;
2. with no edits, the copy has the same bytes (a container: every untouched member has; a composed
   document: `check_unchanged` proves that everything else is as it was);
3. reading a copy gives the same texts with exactly the edits applied;
4. an independent reader (`extract`, written on another library than the format) sees none of what
   was removed.

A document that cannot be read raises an `InputError`; a member of a container that cannot be read
is reported as `Unexamined`. Nothing is copied unread without being reported.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar, Protocol, runtime_checkable

from redactor.errors import InputError
from redactor.model import BODY, NAME, Edit, Location, Seeing, Slot


@dataclass(frozen=True, slots=True)
class Layout:
    """The format of a document, and the settings that its copy shares with it.

    `Layout("text", (("encoding", "utf-8+bom"),))`. The log records it, and a copy is read by the
    layout of its source, since detection on the copy's own bytes may give another one.
    """

    format: str
    settings: tuple[tuple[str, str], ...] = ()

    def setting(self, name: str) -> str:
        """Return a setting, empty if there is none of that name."""
        return dict(self.settings).get(name, "")


@dataclass(frozen=True, slots=True)
class Hints:
    """Hints for the detection of a format: the document's name, and the encoding a user named.

    `seeing` says how what it shows as pixels is examined.
    """

    name: str = field(default="", repr=False)
    encoding: str | None = None
    seeing: Seeing = field(default_factory=Seeing)


class Codec(Protocol):
    """The encoding of a text as bytes: an encoding of characters, and perhaps escapes."""

    def offsets(self, raw: bytes) -> Sequence[int]:
        """Return the offset in `raw` of each character of the text, and the end of the last.

        For `b"a&amp;b"` in HTML, whose text is "a&b": `[0, 1, 6, 7]`.
        """

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text, escaped as its position requires.

        A character that the encoding lacks is escaped, or replaced by `?`. Never raises.
        """


@runtime_checkable
class GuardedCodec(Codec, Protocol):
    """A codec in which the end of one text may change how the next is read."""

    def guard(self, before: bytes) -> bytes:
        r"""Return what is written between the bytes before an edit and those that it puts there.

        A lone backslash in a script, `"C:\users"`, would escape the first sign of a replacement.
        """


@dataclass(slots=True)
class Token:
    """A stretch of a document: its bytes and, unless it is markup, the text that they hold.

    `joins` means that the text continues the last text of the same `location.kind`, even if markup
    or texts of other kinds are between them: in `Kevin <a href="/x">Marsh</a>` the second word
    joins the first, and a name across both is found. Texts that do not join are never read as one.
    `label` is the document's own name for the text (a column's title, a JSON key, the name of a
    header): detectors read it before the text, and it is never edited. `key_path` is its full name
    where it has one, the keys that lead to it: `user.email`. `slot` is the form that a replacement
    must have. `whole` means that the bytes of a part of the text cannot be replaced, as in base64:
    an edited token is encoded anew as a whole.

    `medium` says what of a picture, a sound, a film or a font in these bytes is not examined:
    `pixels`. One token is it, or begins it, and further ones are those that `continues` marks.
    `blank` are the bytes in its place in a copy without it; None where there are none. A picture
    that OCR examined says so in `read`: `text` or `no text`.

    A text that is `seen` was read by OCR: the copy has a box in the place of an edit, and need not
    read exactly as its source with the edits does.

    A token is not changed. It is not frozen, since that makes six times the work to make one.
    """

    raw: bytes = field(repr=False)
    text: str | None = field(default=None, repr=False)
    codec: Codec | None = field(default=None, repr=False)
    location: Location = BODY
    slot: Slot = Slot.TEXT
    label: str = field(default="", repr=False)
    joins: bool = False
    whole: bool = False
    key_path: str = field(default="", repr=False)
    medium: str = ""
    blank: bytes | None = field(default=None, repr=False)
    read: str = ""
    seen: bool = False
    continues: bool = False


@dataclass(frozen=True, slots=True)
class MemberText:
    """A text that belongs to a member of a container: its name, a comment.

    The fields are as in `Token`. It has no bytes, since the container writes it.
    """

    text: str = field(repr=False)
    location: Location = NAME
    slot: Slot = Slot.FILE_NAME
    label: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a container: its number, from 1, its own texts, and its content.

    `texts` begin with its name, if it has one. `open` returns the decoded content as a seekable
    private file; it raises an InputError if the member is encrypted, damaged or too large. `copied`
    means that there is no content to examine (a folder). Where the container states the type or
    the encoding of a member otherwise than by its name (`Content-Type: text/html; charset=cp1252`
    in mail), `hint` is a file name of that type, `part.html`, and `encoding` that encoding.
    `medium` says what of a copied member is not examined, as in `Token`, if it is a picture, a
    sound, a film or a font: `pixels`.
    """

    number: int
    texts: tuple[MemberText, ...]
    open: Callable[[], AbstractContextManager[BinaryIO]] = field(repr=False)
    copied: bool = False
    hint: str = field(default="", repr=False)
    encoding: str | None = None
    medium: str = ""

    @property
    def name(self) -> str:
        """Return the name by whose suffix the format of the member is chosen."""
        return self.hint or (self.texts[0].text if self.texts else "")


class Sink(Protocol):
    """The target of a copy, which is written from start to end."""

    def write(self, data: bytes, /) -> object:
        """Append bytes."""


class Packer(ABC):
    """Writes the copy of a container, member by member, in the order of the source.

    A member that is passed neither to `keep` nor to `replace` is not in the copy.
    """

    @abstractmethod
    def keep(self, member: Member) -> None:
        """Copy a member byte for byte."""

    @abstractmethod
    def replace(self, member: Member, texts: Sequence[str], data: BinaryIO | None) -> None:
        """Write a member with other texts, and with other content unless `data` is None."""

    @abstractmethod
    def finish(self, texts: Sequence[str]) -> None:
        """Write the end of the container; `texts` are its own texts, in their order."""

    def dropped(self) -> Iterable[str]:
        """Return what the copy is without, since it does not outlast an edit: `DKIM`."""
        return ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A member as an independent reader sees it: its texts and the SHA-256 of its content."""

    texts: tuple[str, ...] = field(repr=False)
    sha256: str


class Budget(Protocol):
    """Counts the resources that a tree of documents uses. Each method raises LimitExceeded."""

    def member(self) -> None:
        """Count one more member."""

    def unpacked(self, size: int, packed: int) -> None:
        """Count `size` bytes that were decompressed from `packed` ones, as they are read."""


class Format(ABC):
    """A format: it reads one media type. Instances hold no state of a document."""

    name: ClassVar[str]
    """The name in a layout and in the log: `html`."""

    title: ClassVar[str]
    """The name for people: `HTML pages`."""

    suffixes: ClassVar[frozenset[str]]
    """Suffixes of file names, in lower case: `.html`."""

    examined: ClassVar[str]
    """The parts that are examined, in a phrase for the table of formats."""

    not_examined: ClassVar[str] = ""
    """The parts that are not examined, in a phrase; empty if there are none."""

    listed: ClassVar[bool] = True
    """Whether it is a type of files; the headers of a message are only ever members of one."""

    together: ClassVar[bool] = False
    """Whether the texts of its members are examined as one document, as the headers and bodies of a
    message are, so that a surname in one is linked with the full name in another. Members that are
    containers themselves are examined by themselves, before."""

    @abstractmethod
    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of a document. Raises InputError if it is not of this format."""

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether the first kilobyte of a document shows that it is of this format."""
        del head
        return False

    def resembles(self, head: bytes, name: str) -> bool:
        """Tell whether a document is of this format, if its name says nothing else.

        Called where no format has the suffix of the name, or plain text has it.
        """
        del head, name
        return False

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the documents in a document, in their order. Raises InputError."""
        del source, layout, budget
        return iter(())


class Tokenized(Format):
    """A format whose bytes hold texts: its author implements `tokens` and `extract`."""

    @abstractmethod
    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield the tokens of a document, from its start. Raises InputError."""

    @abstractmethod
    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the texts that an independent reader finds, in any order. Raises InputError."""

    def is_cut_off(self, source: BinaryIO, layout: Layout) -> bool:  # noqa: ARG002
        """Tell whether a document breaks off within something that readers end as they like.

        A reader that sees a text where ours sees none is then the document's fault.
        """
        return False


class Composed(Format):
    """A format whose texts are composed of parts of it, and that writes its own copies.

    A text is a `Token` without bytes. It may hold members too (attached files). The copy, read
    again, must have the same texts with exactly the edits applied.
    """

    @abstractmethod
    def texts(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Token]:
        """Yield the texts of a document, in an order that its copies have too.

        Raises InputError.
        """

    @abstractmethod
    def write(
        self,
        source: BinaryIO,
        layout: Layout,
        edits: Sequence[Edit],
        sink: Sink,
        contents: Mapping[int, BinaryIO | None],
    ) -> Iterable[Token]:
        """Write a copy with edits, sorted by text and start; return the texts before the edits.

        `contents` are the new contents of members by their numbers, None for one that is left out.
        Raises InputError for a text that cannot be edited, OutputError for an edit of no text.
        """

    def blank(self, layout: Layout) -> bytes | None:
        """Return what a document that is left out is replaced by; None if nothing can be."""
        del layout
        return None

    def digests(self, copy: BinaryIO, layout: Layout) -> Sequence[str]:
        """Return the SHA-256 of each member, sorted, as an independent reader sees a copy."""
        del copy, layout
        return ()

    @abstractmethod
    def check_unchanged(self, source: BinaryIO, copy: BinaryIO, layout: Layout) -> None:
        """Raise OutputError unless a copy is the source in all but its texts."""

    @abstractmethod
    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the texts that an independent reader finds, in any order. Raises InputError."""


class Container(Format):
    """A format that holds members: its author implements how to read and how to write them."""

    @abstractmethod
    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the members in their order. Raises InputError for a damaged container."""

    def without(self, source: BinaryIO, layout: Layout, numbers: frozenset[int]) -> Layout:
        """Return the layout by which a copy without members of these numbers is written.

        Raises InputError if there is none: the document would not open.
        """
        del source, numbers
        return layout

    @abstractmethod
    def texts(self, source: BinaryIO, layout: Layout) -> tuple[MemberText, ...]:
        """Return the texts of the container itself (a comment). Raises InputError."""

    @abstractmethod
    def packer(self, source: BinaryIO, layout: Layout, sink: Sink) -> Packer:
        """Return the writer of a copy."""

    @abstractmethod
    def entries(self, source: BinaryIO, layout: Layout) -> Iterator[Entry]:
        """Yield the members as an independent reader sees them, then the container's own texts.

        The last entry has the container's own texts and no digest. Raises InputError.
        """


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture, a sound, a film or a font, of which `kind` is not examined: `pixels`.

    `path` are the numbers of the members to the document that it is, or that has it, and `copied`
    those in the copy. Unless it `has_blank`, no copy can be written without it. A picture that OCR
    did examine says so in `read`: `text`, or `no text`. One that `is_coded` has metadata within a
    document of text, and is written anew.
    """

    path: tuple[int, ...]
    copied: tuple[int, ...]
    kind: str
    has_blank: bool = True
    read: str = ""
    is_coded: bool = False


@dataclass(frozen=True, slots=True)
class Unexamined:
    """A part of a document that was not examined: the numbers of the members to it, and the reason.

    `reason` is the class name of the error, such as `UnsupportedFormat`.
    """

    path: tuple[int, ...]
    reason: str
    error: InputError | None = field(default=None, repr=False, compare=False)
