"""Detection in the windows of a unit: what detectors find in each, and in its other readings.

Nearly all of the work is what detectors find in a window, which depends on the unit alone. So it
may be had from another process that reads the same document (`redactor.pipeline.sharing`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from redactor.analysis.cells import cells_of, within
from redactor.analysis.detection import DetectionPass, mention_of, tidy, with_title
from redactor.analysis.detectors import Detectors
from redactor.analysis.file_names import is_plain_file_name
from redactor.analysis.inserts import inserted_columns
from redactor.analysis.split_addresses import split_addresses
from redactor.analysis.tables import columns
from redactor.analysis.unit import Unit
from redactor.analysis.walls import Walls
from redactor.decide import (
    DENIED,
    NEAR_MISS_MARGIN,
    Cover,
    near_misses,
    split_expired,
    without_allowed,
)
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.deobfuscation.hidden import glued
from redactor.detect.deobfuscation.opaque import check_readable
from redactor.detect.deobfuscation.views import SURE, alternate_views
from redactor.model import Finding, Policy, TextWindow
from redactor.text import View, view

__all__ = ["Elsewhere", "WindowFindings", "WindowReader"]


@dataclass(frozen=True, slots=True)
class WindowFindings:
    """What detectors find in a window, and what they find in its other readings."""

    found: list[Finding]
    otherwise: list[Mention]


class Elsewhere(Protocol):
    """Where what detectors find in a window may be known already."""

    def findings(self, unit: Unit, segment: TextWindow) -> WindowFindings | None:
        """Return the findings of a window, exactly as `WindowReader` has them; None if unknown.

        Asked once for each window, in their order.
        """


@dataclass(frozen=True, slots=True)
class WindowReader:
    """Detectors, the policy that asks them, and what finds the placeholders in a text."""

    detectors: Detectors
    policy: Policy
    placeholders: Callable[[str], Iterator[re.Match[str]]]
    elsewhere: Elsewhere | None = None

    def read(self, unit: Unit, detected: DetectionPass) -> None:
        """Add the findings of all windows of a unit to `detected`. Raises InputError."""
        cells = list(cells_of(unit, self.policy))
        if self.policy.removes("EMAIL_ADDRESS"):
            cells += split_addresses(unit, self._alone)
        whole = Cover((one.segment, one.start, one.end) for one in cells)
        for segment in unit.windows:
            self._read(segment, unit, detected, cells, whole)

    def check(self, segment: TextWindow) -> None:
        """Raise InputError for a window that holds data of which nobody can tell what it says."""
        check_readable(segment.text, self.policy.limits.opaque_bytes)

    def findings(self, unit: Unit, segment: TextWindow) -> WindowFindings:
        """Return what detectors find in a window, whatever stands in the others.

        Raises InputError.
        """
        text = view(segment.text)
        inert = list(self.placeholders(segment.text))
        walls = Walls.of(segment.text, inert)
        read = view(walls.text) if inert else text
        found = unit.within_fields(
            walls.outside(
                self.detectors.find(read, segment.index, segment.offset, self.policy),
                segment.offset,
                self.policy.entity_policy("PERSON").threshold - NEAR_MISS_MARGIN / 2,
            ),
            alone=self._alone,
            names=self._names_alone,
        )
        found += [] if len(unit.fields) > 1 else self._in_columns(segment)
        return WindowFindings(found, list(self._read_otherwise(segment, text, unit, walls)))

    def _read(
        self,
        segment: TextWindow,
        unit: Unit,
        detected: DetectionPass,
        cells: Sequence[Finding],
        whole: Cover,
    ) -> None:
        """Add the findings of a window; of `cells`, which are `whole`, nothing else is found."""
        self.check(segment)
        known = self.elsewhere.findings(unit, segment) if self.elsewhere else None
        seen = known or self.findings(unit, segment)
        text = view(segment.text)
        found = [one for one in seen.found if not is_plain_file_name(one, unit)]
        detected.read += (one for one in found if one.entity == "PERSON")
        others = seen.otherwise
        if cells:
            found = [one for one in found if not whole.holds(one)]
            others = [one for one in others if not whole.holds(one.finding)]
            detected.add(segment, within(cells, segment))
        wrong = glued([*found, *(one.finding for one in others)], segment.text, segment.offset)
        found = [one for one in found if one not in wrong]
        detected.evidence.add(segment, text, self._sure(found, segment))
        own = [
            f if f.source == DENIED else detected.evidence.strip_role(f, segment)
            for f in tidy(found, segment)
        ]
        if self.policy.titles == "remove":
            own = [unit.clipped(with_title(one, segment), one) for one in own]
        goes, stays = split_expired(own, self.policy)
        detected.add(segment, goes)
        detected.add_near_misses(segment, near_misses(own, self.policy))
        detected.released += stays
        detected.mentions += (one for one in others if one.finding not in wrong)
        allowed = self.detectors.allowed_terms.find(text, segment.index, segment.offset)
        detected.allowed += unit.within_fields(filter(segment.starts_in, allowed))
        detected.add_readings(segment, found)
        for match in self.placeholders(segment.text):
            detected.add_placeholder(segment, match.span(), match["name"])

    def _in_columns(self, segment: TextWindow) -> Iterator[Finding]:
        """Yield the findings of the rules in tables and rows of SQL, each cell by its label."""
        for column in chain(columns(segment.text), inserted_columns(segment.text)):
            found = self.detectors.by_rules(view(column.text), segment.index)
            yield from column.placed(found, segment.offset)

    def _alone(self, text: str, offset: int) -> list[Finding]:
        """Return the findings of rules and recognisers in a field that is read by itself."""
        return self.detectors.patterns(view(text), 0, offset, self.policy)

    def _names_alone(self, text: str, offset: int) -> list[Finding]:
        """Return the people whom the name model finds in a text that is read by itself."""
        return [f for f in self.detectors.names.find(view(text), 0, offset) if f.entity == "PERSON"]

    def _read_otherwise(
        self, segment: TextWindow, seen: View, unit: Unit, walls: Walls
    ) -> Iterator[Mention]:
        """Yield mentions to redact that are found in the alternate views of a window.

        Those in the context of the window too: an encoded message may begin there and end far
        behind it.
        """
        for reading in alternate_views(segment.text, seen):
            stretch = TextWindow(segment.index, reading.text)
            by_name = reading.names and reading.least < SURE  # at guessed digits none is
            ask = self.detectors.find if by_name else self.detectors.patterns
            found = tidy(ask(reading.plain, segment.index, 0, self.policy), stretch)
            allowed = self.detectors.allowed_terms.find(reading.plain, segment.index)
            for finding in without_allowed(split_expired(found, self.policy)[0], allowed):
                placed = reading.placed(finding, segment.offset)
                whole = unit.is_whole(placed.start, placed.end)
                held = walls.hold(placed.start, placed.end, segment.offset)
                if whole and not held and reading.counts(finding.start, finding.end, finding.score):
                    yield mention_of(placed, reading.text, finding, reading=True)

    def _sure(self, found: Iterable[Finding], segment: TextWindow) -> list[Finding]:
        """Return the findings of at least their threshold, in a window and its context."""
        whole = tidy(found, replace(segment, context=0))
        return [f for f in whole if f.score >= self.policy.entity_policy(f.entity).threshold]
