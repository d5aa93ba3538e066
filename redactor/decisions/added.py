"""Where a text that a reviewer added stands in a document."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from redactor.analysis.analyzer import Analysis, Segments
from redactor.analysis.detection import mention_of
from redactor.config.decisions import Row
from redactor.config.remove import DENY_LIST
from redactor.decide import DENIED, Span
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.deobfuscation.views import alternate_views
from redactor.detect.lists.phrases import ListedTerms
from redactor.formats import LineEnds
from redactor.model import Finding, TextWindow
from redactor.text import view


def terms_of(rows: Iterable[Row]) -> ListedTerms:
    """Return the texts that rows add, ready to be found."""
    return ListedTerms(((row.text, row.type or DENY_LIST) for row in rows), DENIED)


def mentions(row: Row, segments: Segments) -> list[Mention]:
    """Return every place of the text that a row adds, in every reading of the document.

    It is found as whole words; only where there are none, letter by letter.
    """
    return list(_in_words(terms_of([row]), segments())) or list(_by_letter(row, segments()))


def _in_words(terms: ListedTerms, segments: Iterable[TextWindow]) -> Iterator[Mention]:
    for segment in segments:
        seen = view(segment.text)
        for found in filter(segment.starts_in, terms.find(seen, segment.index, segment.offset)):
            yield _mention(found, segment)
        for reading in alternate_views(segment.text, seen):
            for found in terms.find(reading.plain, segment.index):
                if reading.counts(found.start, found.end):
                    placed = reading.placed(found, segment.offset)
                    yield mention_of(placed, reading.text, found, reading=True)


def _by_letter(row: Row, segments: Iterable[TextWindow]) -> Iterator[Mention]:
    sought = re.compile(re.escape(view(row.text).text.strip()), re.IGNORECASE)
    for segment in segments:
        seen = view(segment.text)
        for match in sought.finditer(seen.text):
            start, end = (at + segment.offset for at in seen.span(*match.span()))
            found = Finding(segment.index, start, end, row.type or DENY_LIST, 1.0, DENIED)
            if segment.starts_in(found):
                yield _mention(found, segment)


def _mention(found: Finding, segment: TextWindow) -> Mention:
    offset = segment.offset
    here = replace(found, start=found.start - offset, end=found.end - offset)
    return mention_of(found, segment.text, here)


def text_at(span: Span, segments: Segments) -> str:
    """Return what stands at a place of a document."""
    index, start, end = span
    for segment in segments():
        if segment.contains(Finding(index, start, end, "", 1.0, "")):
            return view(segment.text[start - segment.offset : end - segment.offset]).text
    return ""


def lines_of_copy(segments: Segments, found: Analysis) -> LineEnds:
    """Return the lines as a copy counts them: an end of line that went with something is none."""
    gone = [(one.finding.segment, one.start, one.end) for one in found.removals]
    ends = LineEnds(segments())
    ends.places = [end for end in ends.places if not _inside(end, gone)]
    return ends


def _inside(at: tuple[int, int], spans: Sequence[Span]) -> bool:
    before = bisect_right(spans, at, key=lambda span: span[:2])
    return bool(before) and spans[before - 1][0] == at[0] and at[1] < spans[before - 1][2]
