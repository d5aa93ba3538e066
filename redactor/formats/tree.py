"""A document as a tree: a file, the members inside it, what is inside them.

A node is a document with the numbers of the members that lead to it: `()` is the file itself,
`(2, 1)` the first member of its second. The same walk serves whoever reads: examination, the copy,
its verification, the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.errors import InputError
from redactor.formats import FORMATS, Hints, Layout, format_for, format_named
from redactor.formats.base import Container, Format, Member, MemberText, Tokenized, Unexamined
from redactor.formats.budget import TreeBudget, unlimited

__all__ = [
    "FORMATS",
    "Node",
    "Path",
    "Reading",
    "Unexamined",
    "child",
    "part",
    "root",
    "texts_of_tree",
    "walk",
]

Path = tuple[int, ...]


@dataclass(frozen=True)
class Node:
    """A document in the tree: where it is, of which format, and its bytes.

    `texts` are the names and comments that its container has for it; none for the file itself.
    """

    path: Path
    format: Format
    layout: Layout
    source: BinaryIO = field(repr=False)
    texts: tuple[MemberText, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """Return the last part of the name that its container has for it; empty for the file."""
        return PurePosixPath(self.texts[0].text).name if self.texts else ""


@dataclass(frozen=True)
class Reading:
    """How a tree is read: within which limits, in which encoding, or by which recorded layouts."""

    budget: TreeBudget
    encoding: str | None = None
    layouts: Mapping[Path, Layout] = field(default_factory=dict)


def part(path: Path) -> str:
    """Return the place of a node as the audit log has it: `text` for the file, `2/1` inside it."""
    return "/".join(map(str, path)) or "text"


def root(source: BinaryIO, name: str, reading: Reading) -> Node:
    """Return a file as a node. Raises InputError for what no format reads."""
    found, layout = _format(source, name, (), reading)
    return Node((), found, layout, source)


@contextmanager
def child(parent: Node, member: Member, reading: Reading) -> Iterator[Node]:
    """Open a member of a container as a node. Raises InputError for what cannot be read."""
    path = (*parent.path, member.number)
    with reading.budget.deeper(), member.open() as source:
        found, layout = _format(source, member.name, path, reading)
        yield Node(path, found, layout, source, member.texts)


def walk(node: Node, reading: Reading) -> Iterator[Node | Unexamined]:
    """Yield a node and all below it, each open until the next; and what could not be read."""
    yield node
    if not isinstance(node.format, Container):
        return
    for member in node.format.members(node.source, node.layout, reading.budget):
        if member.copied:
            continue
        try:
            with child(node, member, reading) as below:
                yield from walk(below, reading)
        except InputError as error:
            yield Unexamined((*node.path, member.number), type(error).__name__, error)


def _format(source: BinaryIO, name: str, path: Path, reading: Reading) -> tuple[Format, Layout]:
    known = reading.layouts.get(path)
    if known is not None:
        return format_named(known.format), known
    return format_for(source, Hints(name, reading.encoding))


def copy_texts(source: BinaryIO, layouts: Mapping[Path, Layout]) -> Iterator[str]:
    """Yield every text of a copy whose layouts were recorded. Raises InputError."""
    reading = Reading(unlimited(), layouts=layouts)
    return texts_of_tree(root(source, "", reading), reading)


def copy_parts(
    source: BinaryIO, layouts: Mapping[Path, Layout]
) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield each part of a copy, as the log names it, with its texts, end to end.

    The texts of a part must be taken before the next. Raises InputError.
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
        elif isinstance(one.format, Tokenized):
            tokens = one.format.tokens(one.source, one.layout)
            yield part(one.path), (token.text or "" for token in tokens)


def texts_of_tree(node: Node, reading: Reading) -> Iterator[str]:
    """Yield every text of a tree, names included; those that do not join begin with a gap.

    Raises InputError for a part that cannot be read.
    """
    for one in walk(node, reading):
        if isinstance(one, Unexamined):
            raise one.error or InputError("a part could not be read")
        yield from (f"\n\n{text.text}" for text in one.texts)
        if isinstance(one.format, Container):
            yield from (f"\n\n{text.text}" for text in one.format.texts(one.source, one.layout))
            yield from _names_of_folders(one, one.format)
        elif isinstance(one.format, Tokenized):
            for token in one.format.tokens(one.source, one.layout):
                if token.text is not None:
                    yield token.text if token.joins else f"\n\n{token.text}"


def _names_of_folders(node: Node, form: Container) -> Iterator[str]:
    for member in form.members(node.source, node.layout, unlimited()):
        if member.copied:
            yield from (f"\n\n{text.text}" for text in member.texts)
