"""The copy of a document, read back and checked before it is published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, pairwise
from typing import BinaryIO

from redactor.analysis.word_runs import WordRuns
from redactor.errors import DamagedDocument, LeakError, OutputError, RedactorError, UnsteadyReading
from redactor.files import CHUNK
from redactor.formats import Composed, Container, Token, Tokenized
from redactor.formats.budget import unlimited
from redactor.formats.picture.coded import cleaned_code
from redactor.formats.rewriting import TextDigest, Written
from redactor.formats.tree import Node, Reading, as_read, texts_and_media

__all__ = ["CopyCheck", "check_reading", "check_rest"]

# What may be left of the markup of a damaged page, as of `<p>`. A surname in Chinese, or an age, is
# a value of one sign.
_LETTER = re.compile("[a-z]")


def check_rest(node: Node, draft: BinaryIO, written: Written) -> None:
    """Raise OutputError unless source and draft agree outside the edits."""
    if isinstance(node.format, Composed):
        node.format.check_unchanged(node.source, draft, node.layout)
    else:
        check_bytes(node.source, draft, written)


def check_bytes(source: BinaryIO, draft: BinaryIO, written: Written) -> None:
    """Raise OutputError unless source and draft agree outside the edits, to the last byte."""
    ends = (_size(source), _size(draft))
    at = chain(
        [((0, 0), (0, 0))],
        written.patches(),
        [((ends[0], ends[0]), (ends[1], ends[1]))],
    )
    for (left, left_draft), (right, right_draft) in pairwise(at):
        length = right[0] - left[1]
        same = length == right_draft[0] - left_draft[1]
        if not same or not _equal(source, draft, left[1], left_draft[1], length):
            raise OutputError("the draft differs from the source outside the edits")


def check_reading(node: Node, draft: BinaryIO, written: Written) -> None:
    """Raise OutputError unless the copy of a node that is no container reads as was decided."""
    if not isinstance(node.format, Container):
        for _ in _read(node, draft, written):
            pass


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _equal(source: BinaryIO, draft: BinaryIO, start: int, start_draft: int, length: int) -> bool:
    source.seek(start)
    draft.seek(start_draft)
    while length > 0:
        piece = source.read(min(CHUNK, length))
        if not piece or piece != draft.read(len(piece)):
            return False
        length -= len(piece)
    return True


class CopyCheck:
    """Checks the copy of each node, and notes removed texts that are left in it.

    The draft must be the source outside the edits; read again by its format it must give exactly
    the texts that were decided on; and another reader must see no removed text that the first does
    not see, but for a letter alone.
    `left` are the removed texts that occur in it as ordinary words.
    """

    def __init__(self, removed: Iterable[str]) -> None:
        """Take the removed texts, normalised."""
        self._removed = WordRuns(removed)
        self.left: set[str] = set()

    def __call__(self, node: Node, draft: BinaryIO, written: Written) -> None:
        """Check one node. Raises OutputError, LeakError, InputError."""
        form = node.format
        if not isinstance(form, Tokenized | Composed):
            return
        check_rest(node, draft, written)
        searched: set[bytes] = set()
        own = self.note(_read(node, draft, written), searched)
        others = self._removed.among(form.extract(draft, node.layout), searched)
        if any(not _LETTER.fullmatch(value) for value in others - own):
            if isinstance(form, Tokenized) and form.is_cut_off(node.source, node.layout):
                raise DamagedDocument("it breaks off, and readers differ about its end")
            raise self._leak(node, draft, own)

    def _leak(self, node: Node, draft: BinaryIO, own: set[str]) -> RedactorError:
        """Return what is wrong with a draft in which another reader sees a removed value.

        Boxes were proven to be where OCR saw words, and of one colour. So what OCR alone sees it
        took for something else before, and it may be a spot.
        """
        form, layout = node.format, node.layout
        assert isinstance(form, Tokenized | Composed)  # noqa: S101  # for the types
        rest = tuple(one for one in layout.settings if one[0] != "ocr")
        others = self._removed.among(form.extract(draft, replace(layout, settings=rest)))
        if rest == layout.settings or any(not _LETTER.fullmatch(value) for value in others - own):
            return LeakError("another reader still sees a removed value in the draft")
        return UnsteadyReading("OCR reads the copy otherwise, and sees there what is to be removed")

    def note(self, texts: Iterable[str], searched: set[bytes] | None = None) -> set[str]:
        """Take in the texts of a node of the copy; return the removed ones that occur there.

        `searched` takes the digests of the windows that they were searched for in.
        """
        own = self._removed.among(texts, searched)
        self.left |= own
        return own


def _read(node: Node, draft: BinaryIO, written: Written) -> Iterator[str]:
    """Yield the texts of a draft; at their end it is known whether they are those expected.

    In the place of what OCR sees in it stands what is left of that by the edits.
    """
    digest = TextDigest()

    def digested() -> Iterator[Token]:
        for token in texts_and_media(replace(node, source=draft), Reading(unlimited())):
            if token.text is None:
                if cleaned_code(token.raw) != token.raw:
                    raise OutputError("the draft has metadata of a picture")
            elif not token.seen:
                digest.add(token.text, joins=token.joins)
                yield token

    yield from as_read(digested())
    yield from written.seen
    if digest.hexdigest() != written.reads:
        raise OutputError("the draft does not read as it was to read")
