"""A document as a tree: a file, its members, their members.

A node is a document with its path, the numbers of the members that lead to it: `()` is the file
itself, `(2, 1)` the first member of its second. Examination, writing, verification and reports all
read a tree by the same walk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.errors import InputError, UnsupportedFormat
from redactor.formats import FORMATS, Hints, Layout, format_for, format_named
from redactor.formats.base import (
    Composed,
    Container,
    Format,
    Member,
    MemberText,
    Token,
    Tokenized,
    Unexamined,
)
from redactor.formats.budget import TreeBudget, unlimited
from redactor.formats.embedded import with_pictures
from redactor.formats.media import Media
from redactor.model import Columns, Kind, Seeing

__all__ = [
    "FORMATS",
    "Node",
    "Path",
    "Reading",
    "Unexamined",
    "child",
    "composed_paths",
    "part",
    "root",
    "texts_and_media",
    "texts_of_node",
    "texts_of_tree",
    "walk",
]

Path = tuple[int, ...]


@dataclass(frozen=True)
class Node:
    """A document in the tree: its path, format, layout and bytes.

    `texts` are its name and comment in its container; the file itself has none.
    """

    path: Path
    format: Format
    layout: Layout
    source: BinaryIO = field(repr=False)
    texts: tuple[MemberText, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """Return the last step of its name in its container; empty for the file itself."""
        return PurePosixPath(self.texts[0].text).name if self.texts else ""


@dataclass(frozen=True)
class Reading:
    """The settings for reading a tree: budget, encoding named by the user, recorded layouts.

    The texts of columns that are kept are not examined; pixels are as `seeing` says.
    """

    budget: TreeBudget
    encoding: str | None = None
    layouts: Mapping[Path, Layout] = field(default_factory=dict)
    columns: Columns = field(default_factory=Columns)
    seeing: Seeing = field(default_factory=Seeing)


def part(path: Path) -> str:
    """Return the part name of a node in the audit log: `text` for the file, `2/1` for a member."""
    return "/".join(map(str, path)) or "text"


def root(source: BinaryIO, name: str, reading: Reading) -> Node:
    """Return a file as a node. Raises InputError if no format reads it."""
    found, layout = _format(source, name, (), reading)
    return Node((), found, layout, source)


@contextmanager
def child(parent: Node, member: Member, reading: Reading) -> Iterator[Node]:
    """Open a member of a container as a node. Raises InputError if it cannot be read."""
    path = (*parent.path, member.number)
    with reading.budget.deeper(), member.open() as source:
        try:
            found, layout = _format(source, member.name, path, reading, member.encoding)
        except UnsupportedFormat as error:
            found, layout = _medium(source, error)
        yield Node(path, found, layout, source, member.texts)


def walk(node: Node, reading: Reading) -> Iterator[Node | Unexamined]:
    """Yield a node and all nodes below it, each open until the next, and the unexamined members."""
    yield node
    for member in node.format.members(node.source, node.layout, reading.budget):
        if member.copied:
            continue
        try:
            with child(node, member, reading) as below:
                yield from walk(below, reading)
        except InputError as error:
            yield Unexamined((*node.path, member.number), type(error).__name__, error)


def composed_paths(layouts: Iterable[tuple[Path, Layout]]) -> frozenset[Path]:
    """Return the nodes that are written anew although nothing in them is edited."""
    return frozenset(
        path for path, layout in layouts if isinstance(format_named(layout.format), Composed)
    )


def _format(
    source: BinaryIO, name: str, path: Path, reading: Reading, stated: str | None = None
) -> tuple[Format, Layout]:
    known = reading.layouts.get(path)
    if known is not None:
        return format_named(known.format), known
    return format_for(source, Hints(name, stated or reading.encoding, reading.seeing))


def _medium(source: BinaryIO, error: UnsupportedFormat) -> tuple[Format, Layout]:
    """Return the format and layout of a picture, sound, film or font; for others raise an error."""
    form = Media()
    try:
        return form, form.layout(source, Hints())
    except UnsupportedFormat:
        raise error from None


def copy_texts(source: BinaryIO, layouts: Mapping[Path, Layout]) -> Iterator[str]:
    """Yield every text of a copy, read by its recorded layouts. Raises InputError."""
    reading = Reading(unlimited(), layouts=layouts)
    return texts_of_tree(root(source, "", reading), reading)


def copy_parts(
    source: BinaryIO, layouts: Mapping[Path, Layout]
) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield each part of a copy: its name in the log, and its texts in order.

    The texts of a part must be consumed before the next part is. Raises InputError.
    """
    reading = Reading(unlimited(), layouts=layouts)
    for one in walk(root(source, "", reading), reading):
        if isinstance(one, Unexamined):
            raise one.error or InputError("a part could not be read")
        for number, text in enumerate(one.texts, 1):
            yield f"{part(one.path)}#{number}", iter([text.text])
        if isinstance(one.format, Container):
            own = one.format.texts(one.source, one.layout)
            yield part(one.path), (text.text for text in own)
        else:
            yield part(one.path), (token.text or "" for token in texts_of_node(one, reading))


def texts_of_tree(node: Node, reading: Reading) -> Iterator[str]:
    """Yield every text of a tree, names included.

    Texts that do not join the one before begin with an empty line. Raises InputError for a part
    that cannot be read.
    """
    for one in walk(node, reading):
        if isinstance(one, Unexamined):
            raise one.error or InputError("a part could not be read")
        yield from (f"\n\n{text.text}" for text in one.texts)
        if isinstance(one.format, Container):
            yield from (f"\n\n{text.text}" for text in one.format.texts(one.source, one.layout))
            yield from _names_of_folders(one, one.format)
        else:
            yield from as_read(texts_of_node(one, reading))


_END = 200
"""Characters of a text that are repeated before one that continues it behind another."""


def as_read(tokens: Iterable[Token]) -> Iterator[str]:
    """Yield the texts of tokens in their order, with an empty line before what does not join.

    A text that joins continues the last one of its kind. Where others are between, the end of that
    is repeated: `Ma<b class="x">rsh</b>` gives "Ma", "x", "Marsh".
    """
    ends: dict[Kind, str] = {}
    last: Kind | None = None
    for token in tokens:
        text, kind = token.text or "", token.location.kind
        before = ends.get(kind, "") if token.joins else ""
        yield text if token.joins and kind is last else f"\n\n{before}{text}"
        ends[kind], last = (before + text)[-_END:], kind


def texts_of_node(node: Node, reading: Reading) -> Iterator[Token]:
    """Yield the texts that a document itself has; a container has none of them."""
    return (token for token in texts_and_media(node, reading) if token.text is not None)


def texts_and_media(node: Node, reading: Reading) -> Iterator[Token]:
    """Yield the texts that a document itself has, and its pictures, sounds, films and fonts."""
    if isinstance(node.format, Media):  # which need not be read
        yield Token(b"", medium=node.layout.setting("kind"), blank=b"")
    elif isinstance(node.format, Tokenized):
        tokens = with_pictures(node.format.tokens(node.source, node.layout))
        yield from (token for token in tokens if token.text is not None or token.medium)
    elif isinstance(node.format, Composed):
        yield from node.format.texts(node.source, node.layout, reading.budget)


def _names_of_folders(node: Node, form: Container) -> Iterator[str]:
    for member in form.members(node.source, node.layout, unlimited()):
        if member.copied:
            yield from (f"\n\n{text.text}" for text in member.texts)
