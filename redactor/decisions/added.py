"""Finds the texts that reviewers added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from redactor.analysis.detection import mention_of
from redactor.analysis.result import Analysis
from redactor.analysis.unit import Unit
from redactor.config.decisions import Row
from redactor.config.deny_list import DENY_LIST
from redactor.decide import DENIED
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.deobfuscation.views import alternate_views
from redactor.detect.lists.phrases import ListedTerms
from redactor.model import Finding, TextWindow
from redactor.text import view


def terms_of(rows: Iterable[Row]) -> ListedTerms:
    """Return the texts that rows add, indexed for search."""
    return ListedTerms(((row.text, row.type or DENY_LIST) for row in rows), DENIED)


def mentions(row: Row, unit: Unit) -> list[Mention]:
    """Return every mention of the text that a row adds, in every view of a unit.

    It is found as whole words; only where there are none, letter by letter.
    """
    return list(_in_words(terms_of([row]), unit)) or list(_by_letter(row, unit))


def _in_words(terms: ListedTerms, unit: Unit) -> Iterator[Mention]:
    for window in unit.windows:
        seen = view(window.text)
        for found in filter(window.starts_in, terms.find(seen, window.index, window.offset)):
            yield _mention(found, window)
        for reading in alternate_views(window.text, seen):
            for found in terms.find(reading.plain, window.index):
                if reading.counts(found.start, found.end):
                    placed = reading.placed(found, window.offset)
                    yield mention_of(placed, reading.text, found, reading=True)


def _by_letter(row: Row, unit: Unit) -> Iterator[Mention]:
    sought = re.compile(re.escape(view(row.text).text.strip()), re.IGNORECASE)
    for window in unit.windows:
        seen = view(window.text)
        for match in sought.finditer(seen.text):
            start, end = (at + window.offset for at in seen.span(*match.span()))
            found = Finding(window.index, start, end, row.type or DENY_LIST, 1.0, DENIED)
            if window.starts_in(found):
                yield _mention(found, window)


def _mention(found: Finding, window: TextWindow) -> Mention:
    offset = window.offset
    here = replace(found, start=found.start - offset, end=found.end - offset)
    return mention_of(found, window.text, here)


def line_in_copy(unit: Unit, found: Analysis, position: int) -> int:
    """Return the line of a position in the copy, which lacks the line ends that were removed.

    In a unit that is not a document's first, lines that were removed before it are not counted.
    """
    line = unit.line(position)
    for one in found.removals:
        if one.decision.start < position:
            end = min(one.decision.end, position)
            line -= unit.line_ends(one.decision.start, end)
    return line
