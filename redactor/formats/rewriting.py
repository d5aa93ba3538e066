"""The copy of a tree: edits put into the bytes of its documents, everything else as it was.

Written once for all formats. What is rewritten: the tokens with edits, the members around them,
and the names that are edited. A member without edits is taken over byte for byte.
"""

from __future__ import annotations

import hashlib
import io
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from redactor.errors import DamagedDocument, OutputError
from redactor.files import Spool, sha256
from redactor.formats.base import (
    Codec,
    Composed,
    Container,
    Entry,
    GuardedCodec,
    Member,
    Packer,
    Sink,
    Token,
    Tokenized,
)
from redactor.formats.budget import unlimited
from redactor.formats.embedded import with_pictures
from redactor.formats.media import blank_of
from redactor.formats.picture.coded import cleaned_code
from redactor.formats.signatures import HEAD
from redactor.formats.tree import Node, Path, Reading, child, texts_of_tree
from redactor.model import Edit, Slot

WRITTEN_WHOLE = frozenset({Slot.NUMBER, Slot.CELL})
"""Slots whose texts are encoded as a whole when a part is replaced."""


@dataclass(frozen=True, slots=True)
class TreeEdit:
    """An edit of one of the texts of a node; below 0 of those that its container has for it."""

    path: Path
    edit: Edit


class Edits:
    """The edits of a tree, each handed out once.

    Those of documents of tokens come in the order of the tree; those of the texts in containers,
    which are few, are at hand by the path of the member (its name, its comment) or the container.
    """

    def __init__(self, edits: Iterable[TreeEdit], names: Mapping[Path, Sequence[Edit]]) -> None:
        """Take the edits of documents, in order, and those of the texts in containers."""
        self._rest = iter(edits)
        self._next = next(self._rest, None)
        self._names = {path: list(some) for path, some in names.items()}
        self._above = {path[:depth] for path in names for depth in range(len(path))}
        self._above |= {path for path, some in names.items() if any(e.segment >= 0 for e in some)}

    def any_below(self, path: Path) -> bool:
        """Tell whether an edit is one of a node's own texts, or of what is inside it."""
        streamed = self._next is not None and self._next.path[: len(path)] == path
        return streamed or path in self._above

    def of_member(self, path: Path) -> list[Edit]:
        """Return the edits of the texts that the container has for a node."""
        return [replace(edit, segment=-1 - edit.segment) for edit in self._of(path, own=False)]

    def of_container(self, path: Path) -> list[Edit]:
        """Return the edits of a container's own texts."""
        return self._of(path, own=True)

    def _of(self, path: Path, *, own: bool) -> list[Edit]:
        some = self._names.pop(path, [])
        rest = [edit for edit in some if (edit.segment >= 0) is not own]
        if rest:
            self._names[path] = rest
        return [edit for edit in some if (edit.segment >= 0) is own]

    def of_node(self, path: Path) -> Iterator[Edit]:
        """Yield the edits of a document of tokens."""
        while self._next is not None and self._next.path == path:
            taken, self._next = self._next.edit, next(self._rest, None)
            yield taken

    def require_done(self) -> None:
        """Raise OutputError if an edit is left: it is of no text of this tree."""
        if self._next is not None or self._names:
            raise OutputError("an edit lies outside the document")


@dataclass(frozen=True)
class Written:
    """What a copy of a node's own bytes is made of.

    `spans` are four numbers for each edit: the bytes of the source that it replaced, and those of
    the copy in their place. `reads` is a digest of all texts as the copy must read, but for those
    that OCR saw: of them `seen` has what is left.
    """

    spans: array[int] = field(repr=False)
    reads: str
    seen: tuple[str, ...] = field(default=(), repr=False)

    def patches(self) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """Yield, for each edit, its byte span in the source and in the copy."""
        for at in range(0, len(self.spans), 4):
            first, last, start, end = self.spans[at : at + 4]
            yield (first, last), (start, end)


class TextDigest:
    """A digest of texts in their order, which does not depend on where tokens are cut."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, text: str, *, joins: bool) -> None:
        """Take in the text of a token."""
        if text:
            border = b"" if joins else b"\xff"  # which no character has in UTF-8
            self._digest.update(border + text.encode("utf-8", "surrogatepass"))

    def hexdigest(self) -> str:
        """Return the digest."""
        return self._digest.hexdigest()


def write_tokens(
    tokens: Iterable[Token],
    edits: Iterable[Edit],
    sink: Sink,
    *,
    blank: bool = False,
    clean: bool = False,
) -> Written:
    """Write a document of tokens with edits applied; they are sorted by text and start.

    With `blank`, pictures and the like are left out; with `clean`, the metadata of pictures are.
    """
    spans = array("q")
    reads = TextDigest()
    pending = iter(edits)
    edit = next(pending, None)
    source = target = 0
    number = -1
    for token in tokens:
        number += token.text is not None
        mine: list[Edit] = []
        while token.text is not None and edit is not None and edit.segment == number:
            mine.append(edit)
            edit = next(pending, None)
        if blank and token.blank is not None:
            data, text = token.blank, None
            placed = [(0, len(token.raw), 0, len(data))]
        elif clean and token.medium == "pixels":
            data, text = cleaned_code(token.raw), None
            placed = [(0, len(token.raw), 0, len(data))] if data != token.raw else []
        else:
            data, text, placed = _edited(token, mine) if mine else (token.raw, token.text, [])
        sink.write(data)
        reads.add(text or "", joins=token.joins)
        for first, last, start, end in placed:
            spans.extend((source + first, source + last, target + start, target + end))
        source, target = source + len(token.raw), target + len(data)
    if edit is not None:
        raise OutputError("an edit lies outside the document")
    return Written(spans, reads.hexdigest())


def write_composed(
    node: Node,
    form: Composed,
    edits: Sequence[Edit],
    sink: Sink,
    contents: Mapping[int, BinaryIO | None],
) -> Written:
    """Write a composed document with edits applied; they are sorted by text and start.

    `contents` are the new contents of its members, None for one that is left out.
    """
    reads = TextDigest()
    seen: list[str] = []
    pending = iter(edits)
    edit = next(pending, None)
    of = node.source, node.layout
    for number, token in enumerate(form.write(*of, edits, sink, contents)):
        mine: list[Edit] = []
        while edit is not None and edit.segment == number:
            mine.append(edit)
            edit = next(pending, None)
        text = with_edits(token.text or "", mine)
        if token.seen:
            seen.append(f"\n\n{text}")
        else:
            reads.add(text, joins=token.joins)
    if edit is not None:
        raise OutputError("an edit lies outside the document")
    return Written(array("q"), reads.hexdigest(), tuple(seen))


def _edited(
    token: Token, edits: Sequence[Edit]
) -> tuple[bytes, str, list[tuple[int, int, int, int]]]:
    """Return the bytes and the text of a token after edits, and where each of them landed."""
    if token.codec is None or token.text is None:
        raise OutputError("markup has no text to edit")
    if token.whole or token.slot in WRITTEN_WHOLE:
        return _edited_whole(token, token.codec, with_edits(token.text, edits))
    offsets = token.codec.offsets(token.raw)
    data = bytearray()
    texts: list[str] = []
    placed: list[tuple[int, int, int, int]] = []
    done = read = 0
    for edit in edits:
        if not read <= edit.start <= edit.end < len(offsets):
            raise OutputError("an edit lies outside the document")
        first, last = offsets[edit.start], offsets[edit.end]
        data += token.raw[done:first]
        start = len(data)
        if isinstance(token.codec, GuardedCodec):
            data += token.codec.guard(token.raw[:first])
        data += token.codec.encode(edit.replacement)
        placed.append((first, last, start, len(data)))
        texts += (token.text[read : edit.start], edit.replacement)
        done, read = last, edit.end
    return bytes(data + token.raw[done:]), "".join([*texts, token.text[read:]]), placed


def _edited_whole(
    token: Token, codec: Codec, text: str
) -> tuple[bytes, str, list[tuple[int, int, int, int]]]:
    """Return a text of which a part is replaced, with the signs around it that it needs now.

    A number becomes a string, `"[PHONE_NUMBER_1].5"`, and a cell is quoted.
    """
    data = codec.encode(text)
    return data, text, [(0, len(token.raw), 0, len(data))]


def with_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits applied, which are sorted by their starts."""
    parts: list[str] = []
    done = 0
    for edit in edits:
        parts += (text[done : edit.start], edit.replacement)
        done = edit.end
    return "".join([*parts, text[done:]])


Check = Callable[[Node, BinaryIO, Written], None]
"""What is called with each node of tokens, its copy and what that is made of; raises."""

Note = Callable[[Iterable[str]], object]
"""What is called with the texts of a copy that no `Check` sees: names, members without edits."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a copy is without: some nodes, and the pictures and the like of some others.

    `composed` are those that are written anew although nothing in them is edited, since there is in
    them what no copy has: metadata of pictures, scripts.
    """

    nodes: frozenset[Path] = frozenset()
    media: frozenset[Path] = frozenset()
    composed: frozenset[Path] = frozenset()


_NOTHING = LeftOut()


class TreeWriter:
    """Writes the copy of a tree. `dropped` are signatures that containers in it left out."""

    def __init__(
        self,
        edits: Edits,
        reading: Reading,
        *,
        left_out: LeftOut = _NOTHING,
        check: Check,
        note: Note,
    ) -> None:
        """Take the edits, how the tree is read, and what sees the texts of the copy."""
        self._edits, self._reading = edits, reading
        self._omitted, self._blanked = left_out.nodes, left_out.media
        self.dropped: list[tuple[Path, str]] = []
        every = (*left_out.nodes, *left_out.media, *left_out.composed)
        self._changed = {path[:depth] for path in every for depth in range(len(path) + 1)}
        self._check, self._note = check, note

    def write(self, node: Node, sink: Sink, read_back: Callable[[], BinaryIO]) -> None:
        """Write the copy of a node and of all below it, checked. Raises OutputError, LeakError.

        `read_back` opens what was written to the sink.
        """
        if isinstance(node.format, Tokenized):
            tokens = with_pictures(node.format.tokens(node.source, node.layout))
            edited = self._edits.of_node(node.path)
            blank = node.path in self._blanked
            written = write_tokens(tokens, edited, sink, blank=blank, clean=True)
            with read_back() as copy:
                self._check(node, copy, written)
        elif isinstance(node.format, Composed):
            if node.path in self._blanked:
                for _ in self._edits.of_node(node.path):
                    pass  # of what OCR saw in a picture that is left out
                sink.write(_blank_of(node, node.format))
            else:
                self._compose(node, node.format, sink, read_back)
        elif isinstance(node.format, Container):
            entries = self._pack(node, node.format, sink)
            with read_back() as copy:
                _check_entries(node, node.format, copy, entries)

    def _compose(
        self, node: Node, form: Composed, sink: Sink, read_back: Callable[[], BinaryIO]
    ) -> None:
        edits = list(self._edits.of_node(node.path))
        contents: dict[int, BinaryIO | None] = {}
        digests: list[str] = []
        with ExitStack() as stack:
            for member in form.members(node.source, node.layout, self._reading.budget):
                if (*node.path, member.number) in self._omitted:
                    contents[member.number] = None
                    continue
                with child(node, member, self._reading) as below:
                    changed = self._changed_content(below, stack)
                if changed is not None:
                    contents[member.number] = changed
                digests.append(_digest(member) if changed is None else sha256(changed))
            written = write_composed(node, form, edits, sink, contents)
        with read_back() as copy:
            self._check(node, copy, written)
            if list(form.digests(copy, node.layout)) != sorted(digests):
                raise OutputError("the draft holds other files than were written")

    def _changed_content(self, node: Node, stack: ExitStack) -> BinaryIO | None:
        """Return the new content of a member of a composed document; None if it is kept."""
        if not self._is_rewritten(node.path):
            self._note(texts_of_tree(node, self._reading))
            return None
        spool = stack.enter_context(Spool())
        self.write(node, spool, spool.read_back)
        return stack.enter_context(spool.read_back())

    def _is_rewritten(self, path: Path) -> bool:
        """Tell whether a node has edits, lacks something, or is written anew in any case."""
        return path in self._changed or self._edits.any_below(path)

    def _pack(self, node: Node, form: Container, sink: Sink) -> list[Entry]:
        own = [one.text for one in form.texts(node.source, node.layout)]
        own = _edited_texts(own, self._edits.of_container(node.path))
        left_out = frozenset(one[-1] for one in self._omitted if one[:-1] == node.path and one)
        layout = form.without(node.source, node.layout, left_out)
        packer = form.packer(node.source, layout, sink)
        names = _Names()
        entries = [
            self._member(node, member, packer, names)
            for member in form.members(node.source, layout, self._reading.budget)
            if member.number not in left_out
        ]
        packer.finish(own)
        self.dropped += ((node.path, kind) for kind in packer.dropped())
        self._note(f"\n\n{text}" for text in (*own, *(t for one in entries for t in one.texts)))
        return [*entries, Entry(tuple(own), "")]

    def _member(self, node: Node, member: Member, packer: Packer, names: _Names) -> Entry:
        path = (*node.path, member.number)
        before = [one.text for one in member.texts]
        texts = _edited_texts(before, self._edits.of_member(path))
        texts[:1] = map(names.free, before[:1], texts[:1])
        if member.medium and path in self._blanked:
            packer.replace(member, texts, io.BytesIO(_blank(member)))
            return Entry(tuple(texts), _digest(member))
        if not self._is_rewritten(path):
            if texts == before:
                packer.keep(member)
            else:
                packer.replace(member, texts, None)
            if not member.copied:
                with child(node, member, self._reading) as below:
                    self._note(texts_of_tree(below, self._reading))
            return Entry(tuple(texts), _digest(member))
        with Spool() as spool:
            with child(node, member, self._reading) as below:
                self.write(below, spool, spool.read_back)
            with spool.read_back() as data:
                digest = sha256(data)
                if texts == before and digest == _digest(member):
                    packer.keep(member)
                else:
                    packer.replace(member, texts, data)
                return Entry(tuple(texts), digest)


class _Names:
    """The names of a container's members so far; two that become the same would hide each other.

    Members that have one name in the source (versions of a file in a tar archive) have one in the
    copy.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._given: dict[tuple[str, str], str] = {}

    def free(self, before: str, name: str) -> str:
        """Return the new name of a member, or, where it is taken, with a number before its suffix.

        `before` is its name in the source.
        """
        if known := self._given.get((before, name)):
            return known
        stem, dot, suffix = name.rpartition(".")
        stem, ending = (stem, dot + suffix) if stem and "/" not in suffix else (name, "")
        tried, number = name, 1
        while tried in self._taken:
            number += 1
            tried = f"{stem}_{number}{ending}"
        self._taken.add(tried)
        self._given[before, name] = tried
        return tried


def _blank_of(node: Node, form: Composed) -> bytes:
    blank = form.blank(node.layout)
    if blank is None:
        raise OutputError("no copy without its pictures can be written")
    return blank


def _blank(member: Member) -> bytes:
    with member.open() as data:
        return blank_of(data.read(HEAD))


def _digest(member: Member) -> str:
    if member.copied:
        return hashlib.sha256().hexdigest()
    with member.open() as data:
        return sha256(data)


def _edited_texts(texts: Sequence[str], edits: Sequence[Edit]) -> list[str]:
    return [
        with_edits(text, (edit for edit in edits if edit.segment == number))
        for number, text in enumerate(texts)
    ]


def _check_entries(node: Node, form: Container, copy: BinaryIO, entries: list[Entry]) -> None:
    """Raise OutputError unless an independent reader sees in a copy what was put there.

    Raises DamagedDocument instead if the two readers do not agree about the source either.
    """
    if list(form.entries(copy, node.layout)) == entries:
        return
    members = form.members(node.source, node.layout, unlimited())
    seen = [Entry(tuple(one.text for one in member.texts), _digest(member)) for member in members]
    seen.append(Entry(tuple(one.text for one in form.texts(node.source, node.layout)), ""))
    if list(form.entries(node.source, node.layout)) != seen:
        raise DamagedDocument("two readers see different members in it")
    raise OutputError("the draft holds other members than were written")
