"""Parts of a field: stretches of its source, with what each is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from redactor.formats.html.escapes import Syntax
from redactor.formats.mail.header.syntaxes import FOLDED
from redactor.formats.mail.header.words import Word, runs
from redactor.model import Kind, Slot


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a field. Without a syntax and a word it is markup."""

    source: str = field(repr=False)
    syntax: Syntax | None = None
    slot: Slot = Slot.TEXT
    kind: Kind = Kind.HEADER
    label: str = field(default="", repr=False)
    joins: bool = False
    word: Word | None = None


def text(source: str, end: str, syntax: Syntax = FOLDED, slot: Slot = Slot.TEXT) -> Iterator[Part]:
    """Yield a text in which encoded words are read; its parts join what is before.

    What looks like a word and is none is not quoted: it would take quotes for its own letters.
    """
    if not source:
        return
    for run, word in runs(source, end):
        if word is not None:
            yield Part(run, None, slot, joins=True, word=word)
        else:
            yield Part(run, FOLDED if "=?" in run else syntax, slot, joins=True)


def labelled(parts: Iterator[Part], label: str) -> Iterator[Part]:
    """Yield the parts of a field of their own: the first text has its label, and joins nothing."""
    first = True
    for part in parts:
        if first and (part.syntax or part.word):
            yield replace(part, label=label, joins=False)
            first = False
        else:
            yield part
