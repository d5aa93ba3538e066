"""The passages of the published copies: the population of a sample.

A missed value is in the text that was left, so a passage is a piece of a *copy*: a line that has a
letter or a digit, or of a longer one a piece of at most `LONGEST` characters, cut at a blank where
there is one. A miss that extends into the next passage counts where it begins. Only copies that are
as recorded count, and all of them must be there: a sample from half of them states nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from sys import maxsize

from redactor.errors import OutputError
from redactor.files import open_source, sha256
from redactor.formats.tree import copy_parts
from redactor.report.evidence import Evidence
from redactor.report.summary import Document

LONGEST = 300  # characters


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a copy: its file, its line, and its text."""

    file: str = field(repr=False)
    line: int
    text: str = field(repr=False)


def passages(evidence: Evidence) -> Iterator[Passage]:
    """Yield every passage of every copy, by file name. Raises OutputError, see above."""
    copies = [one for one in evidence.summary.latest if one.has_copy]
    for document in sorted(copies, key=lambda one: evidence.name(one.id)):
        yield from _of(document, evidence)


def _of(document: Document, evidence: Evidence) -> Iterator[Passage]:
    path = evidence.copy(document)
    if path is None:
        raise OutputError("a recorded copy is missing, or the key to tell its name")
    name = evidence.name(document.id)
    with open_source(path, maxsize) as file:
        if sha256(file) != document.sha256:
            raise OutputError(f"{name} is not the copy that was recorded")
        for _, texts in copy_parts(file, document.layouts):
            for line, text in cut(texts):
                yield Passage(name, line, text)


def cut(parts: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the passages of a text that comes in parts, each with its line."""
    rest, line = "", 1
    for part in parts:
        rest += part
        *lines, rest = rest.split("\n")
        for each in lines:
            yield from _pieces(each, line)
            line += 1
        while len(rest) > 2 * LONGEST:  # a line without an end: what is sure is handed on
            end = _end(rest)
            yield from _pieces(rest[:end], line)
            rest = rest[end:]
    yield from _pieces(rest, line)


def _pieces(text: str, line: int) -> Iterator[tuple[int, str]]:
    while text:
        end = _end(text)
        if any(map(str.isalnum, text[:end])):
            yield line, " ".join(text[:end].split())
        text = text[end:]


def _end(text: str) -> int:
    """Return where the first passage of a text ends."""
    if len(text) <= LONGEST:
        return len(text)
    return max(text.rfind(" ", 0, LONGEST) + 1, 0) or LONGEST
