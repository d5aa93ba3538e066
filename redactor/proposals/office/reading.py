"""Reads the brackets of marked office documents, and in Word the comments on the running text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from redactor.errors import MarksError
from redactor.proposals import brackets
from redactor.proposals.office.parts import Story, stories
from redactor.proposals.package import Package
from redactor.proposals.places import Original
from redactor.proposals.reading import MarkedText
from redactor.proposals.stories import Found, arrange
from redactor.proposals.word import reading as word
from redactor.proposals.word.package import WordPackage, is_word


def opened(data: bytes) -> Package:
    """Return a document as its parts. Raises MarksError."""
    package = Package(data)
    return WordPackage(data) if is_word(package) else package


def read(data: bytes, known: Callable[[str], Original]) -> MarkedText:
    """Return what a marked copy says; `known` returns what was kept of a document, by its id.

    Raises MarksError.
    """
    package = opened(data)
    shown = [one for one in stories(package) if not one.paragraph.spare]
    if isinstance(package, WordPackage):
        body = word.read_body(package)
        original = known(body.stamp[0])
        pair = pair_of(original)
        marked = body.finish(word.comments_of(package, pair), original.notes, pair)
    else:
        original, marked = _begun(shown, known)
        pair = pair_of(original)
    arrange(marked, original, _found(shown, pair))
    marked.close()
    return marked


def pair_of(original: Original) -> str:
    """Return the brackets that the marks of a document are made of. Raises MarksError."""
    return brackets.pair_of(one.text for one in original.segments)


def _begun(shown: list[Story], known: Callable[[str], Original]) -> tuple[Original, MarkedText]:
    found = next(filter(None, (brackets.head_of(one.paragraph.said) for one in shown)), None)
    if found is None:
        raise MarksError("is no marked copy, or has lost what it says first")
    return known(found[1][0]), MarkedText(*found[1])


def _found(shown: list[Story], pair: str) -> Iterator[Found]:
    for one in shown:
        where = one.where
        pieces = brackets.split(one.paragraph.said, pair, lambda where=where: where)  # type: ignore[misc]
        yield Found(tuple(pieces), where, one.ordered)
