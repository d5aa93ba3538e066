"""What one reading of a document gathers: findings, and what they say. Nothing is decided yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import replace

from redactor.decide import DENIED, Span
from redactor.detect.coreference.name_parser import CONTEXT, title_span, with_titles
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.lists.allow_list import AllowListContext
from redactor.detect.ner.detector import tidied
from redactor.model import AllowedPerson, Finding, TextWindow
from redactor.text import view


class DetectionPass:
    """What one reading of a document gathered, for a list of people who may stay."""

    def __init__(self, allow_list: Iterable[AllowedPerson] = (), name: str = "") -> None:
        self.name = name
        self.evidence = AllowListContext(allow_list)
        self.mentions: list[Mention] = []
        self.near_missed: list[Mention] = []
        self.allowed: list[Finding] = []
        self.released: list[Finding] = []
        self.placeholders: list[Span] = []
        self.taken: set[str] = set()

    def add(self, segment: TextWindow, findings: Iterable[Finding]) -> None:
        """Take in findings of a window, with the text they cover."""
        self.mentions += (_mention(finding, segment) for finding in findings)

    def add_near_misses(self, segment: TextWindow, findings: Iterable[Finding]) -> None:
        """Take in findings that fall just short of the score by which they would go."""
        self.near_missed += (_mention(finding, segment) for finding in findings)

    def with_mentions(self, mentions: Iterable[Mention]) -> DetectionPass:
        """Return the same with more mentions."""
        more = copy(self)
        more.mentions = [*self.mentions, *mentions]
        return more

    def add_placeholder(self, segment: TextWindow, span: tuple[int, int], name: str | None) -> None:
        """Take in what looks like a replacement of ours in the source."""
        start, end = span
        self.placeholders.append((segment.index, start + segment.offset, end + segment.offset))
        self.taken |= {name} if name else set()


def _mention(finding: Finding, segment: TextWindow) -> Mention:
    offset = segment.offset
    here = replace(finding, start=finding.start - offset, end=finding.end - offset)
    return mention_of(finding, segment.text, here)


def mention_of(placed: Finding, text: str, here: Finding, *, reading: bool = False) -> Mention:
    """Return a finding in the source as a mention of what it says in a text, where it is `here`."""
    said = view(text[here.start : here.end]).text
    told = _told(text, here.start, here.end, said) if here.entity == "PERSON" else ""
    return Mention(placed, said, told, reading)


def _told(text: str, start: int, end: int, written: str) -> str:
    """Return a person's name with what stands beside it and tells whose it is."""
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return with_titles(view(before).text, written, view(after).text)


def tidy(findings: Iterable[Finding], segment: TextWindow) -> Iterator[Finding]:
    """Yield the findings that are a window's own, people without their titles.

    Whoever found them, "Cllr" and "Mrs" stay in the copy, and "Judge" alone is nobody's name.
    """
    offset = segment.offset
    for finding in filter(segment.starts_in, findings):
        if finding.entity != "PERSON" or finding.source == DENIED:
            yield finding
            continue
        start, end = tidied(segment.text, finding.start - offset, finding.end - offset)
        if start < end:
            yield replace(finding, start=start + offset, end=end + offset)


def with_title(finding: Finding, segment: TextWindow) -> Finding:
    """Return a person with the titles before the name and the honorifics after it."""
    if finding.entity != "PERSON":
        return finding
    offset = segment.offset
    start, end = title_span(segment.text, finding.start - offset, finding.end - offset)
    return replace(finding, start=start + offset, end=end + offset)
