"""The detection pass over a document: findings and the texts they cover, before any decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import replace

from redactor.analysis.labels import without_labels
from redactor.analysis.name_edges import after_title, paragraphs, trimmed
from redactor.analysis.result import is_within
from redactor.decide import DENIED, Span, is_removed
from redactor.detect.coreference.name_parser import CONTEXT, title_span, with_titles, words_of
from redactor.detect.coreference.other_people import PeopleElsewhere
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.evidence.places import Places
from redactor.detect.evidence.readings import SURE
from redactor.detect.evidence.weighing import weighed
from redactor.detect.lists.allow_list import AllowListContext
from redactor.detect.ner.detector import tidied
from redactor.detect.rules.detector import RuleDetector
from redactor.model import AllowedPerson, Finding, Policy, TextWindow
from redactor.text import view

_NO_PEOPLE = {"LOCATION", "ORGANIZATION"}


class DetectionPass:
    """The results of one detection pass, and what it says about the people of an allow list."""

    def __init__(self, allow_list: Iterable[AllowedPerson] = (), name: str = "") -> None:
        self.name = name
        self.evidence = AllowListContext(allow_list)
        self.mentions: list[Mention] = []
        self.near_missed: list[Mention] = []
        self.read: list[Finding] = []  # people of all detectors, however unlikely
        self.readings: list[Mention] = []
        self.rejected: list[frozenset[str]] = []
        self.allowed: list[Finding] = []
        self.released: list[Finding] = []
        self.placeholders: list[Span] = []
        self.taken: set[str] = set()
        self.others: PeopleElsewhere | None = None

    def add(self, segment: TextWindow, findings: Iterable[Finding]) -> None:
        """Add findings of a window, with the text they cover."""
        self.mentions += (_mention(finding, segment) for finding in findings)

    def add_near_misses(self, segment: TextWindow, findings: Iterable[Finding]) -> None:
        """Add findings whose score is just below their threshold."""
        self.near_missed += (_mention(finding, segment) for finding in findings)

    def add_readings(self, segment: TextWindow, findings: Iterable[Finding]) -> None:
        """Add the places and organisations that the name model reads in a window."""
        read = (one for one in findings if one.entity in _NO_PEOPLE)
        self.readings += (
            _mention(one, segment)
            for one in read
            if one.source.startswith("model:") and segment.starts_in(one)
        )

    def without_labels(self, text: str, rules: RuleDetector) -> DetectionPass:
        """Return the same without people who are labels of values that rules have found."""
        found = [one.finding for one in self.mentions]
        more = copy(self)
        more.mentions = without_labels(self.mentions, found, text, rules)
        more.near_missed = without_labels(self.near_missed, found, text, rules)
        return more

    def weighed(self, text: str, policy: Policy) -> DetectionPass:
        """Return the same, the people in it with the scores that the whole unit speaks for."""
        way = policy.entity_policy("PERSON")
        places = Places(text, self.read, (one.finding for one in self.readings))
        judged = weighed(places, self.mentions, self.readings, review=way.review, file=self.name)
        people = [one for one in judged if one.finding.entity == "PERSON"]
        low = {one.finding for one in people if not is_removed(one.finding, policy)}
        more = copy(self)
        more.near_missed = self._near_missed(places)
        more.rejected = [frozenset(words_of(m.text)) for m in people if m.finding in low]
        more.mentions = [one for one in judged if one.finding not in low]
        return more

    def _near_missed(self, places: Places) -> list[Mention]:
        """Return the near misses that the whole unit does not speak against, people among them.

        Of lone words in small letters or in capitals hardly any is a name, so nobody is asked: on
        the dev parts 9 of 114, of those with a capital 86 of 391.
        """
        people = [one for one in self.near_missed if one.finding.entity == "PERSON"]
        judged = weighed(places, people, self.readings, review=1.0, file=self.name)
        left = {one.finding for one in judged} - {m.finding for m in people if _is_faint(m)}
        return [m for m in self.near_missed if m.finding.entity != "PERSON" or m.finding in left]

    def against(self) -> frozenset[str]:
        """Return the words that are read as a place or an organisation, or turned out no person."""
        read = (one for one in self.readings if one.finding.score >= SURE)
        words = (frozenset(words_of(one.text)) for one in read)
        return frozenset().union(*words, *self.rejected)

    def is_rejected(self, forms: Iterable[str]) -> bool:
        """Tell whether words are among those of a mention that turned out to be no person."""
        return is_within(forms, self.rejected)

    def with_mentions(self, mentions: Iterable[Mention]) -> DetectionPass:
        """Return the same with more mentions."""
        more = copy(self)
        more.mentions = [*self.mentions, *mentions]
        return more

    def add_placeholder(self, segment: TextWindow, span: tuple[int, int], name: str | None) -> None:
        """Add a placeholder that the source has already."""
        start, end = span
        self.placeholders.append((segment.index, start + segment.offset, end + segment.offset))
        self.taken |= {name} if name else set()


def _is_faint(mention: Mention) -> bool:
    """Tell whether a mention is a lone word of the model's that is not written like a name."""
    said = mention.text
    alone = mention.finding.source.startswith("model:") and len(words_of(said)) == 1
    return alone and (said.islower() or said.isupper())


def _mention(finding: Finding, segment: TextWindow) -> Mention:
    """Return the mention of a finding in a window."""
    offset = segment.offset
    here = replace(finding, start=finding.start - offset, end=finding.end - offset)
    return mention_of(finding, segment.text, here)


def mention_of(placed: Finding, text: str, here: Finding, *, reading: bool = False) -> Mention:
    """Return the mention of a finding `placed` in the source, which is `here` in a text."""
    said = view(text[here.start : here.end]).text
    titled = _titled(text, here.start, here.end, said) if here.entity == "PERSON" else ""
    return Mention(placed, said, titled, reading)


def _titled(text: str, start: int, end: int, written: str) -> str:
    """Return a person's name with the titles around it."""
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return with_titles(view(before).text, written, view(after).text)


def tidy(findings: Iterable[Finding], segment: TextWindow) -> Iterator[Finding]:
    """Yield the findings that begin in a window's own part, people without their titles.

    "Cllr" and "Mrs" are left in the copy, whichever detector found them, and "Judge" alone is no
    name.
    """
    offset = segment.offset
    for finding in filter(segment.starts_in, findings):
        if finding.entity == "PHONE_NUMBER":
            yield _closed(finding, segment)
            continue
        if finding.entity != "PERSON" or finding.source == DENIED:
            yield finding
            continue
        for part in paragraphs(segment.text, finding.start - offset, finding.end - offset):
            start, end = _edges(segment.text, *part, trims=finding.source.startswith("model:"))
            if start < end:
                yield replace(finding, start=start + offset, end=end + offset)


def _closed(finding: Finding, segment: TextWindow) -> Finding:
    """Return a telephone number without a bracket that it does not close: "(512-555-0142"."""
    start, end = finding.start - segment.offset, finding.end - segment.offset
    opens = segment.text.startswith("(", start) and ")" not in segment.text[start:end]
    return replace(finding, start=finding.start + 1) if opens else finding


def _edges(text: str, start: int, end: int, *, trims: bool) -> tuple[int, int]:
    """Return the span of a name without titles; that of the name model without more."""
    start, end = tidied(text, start, end)
    start = after_title(text, start, end)
    if trims:
        start, end = tidied(text, *trimmed(text, start, end))
    return start, end


def with_title(finding: Finding, segment: TextWindow) -> Finding:
    """Return a person finding widened by titles before the name and honorifics after it."""
    if finding.entity != "PERSON":
        return finding
    offset = segment.offset
    start, end = title_span(segment.text, finding.start - offset, finding.end - offset)
    return replace(finding, start=start + offset, end=end + offset)
