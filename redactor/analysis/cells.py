"""Cells of columns that the policy names: personal data, whatever they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from redactor.analysis.unit import Unit
from redactor.model import Finding, Policy, TextWindow

__all__ = ["cells_of", "within"]


def cells_of(unit: Unit, policy: Policy) -> Iterator[Finding]:
    """Yield the fields of a unit that are cells of a column which the policy names."""
    if not policy.columns.by_name:
        return
    for start, end in unit.fields:
        of = next((piece.of for piece, _, _ in unit.cut(start, end)), None)
        column = policy.columns.of(of.label, of.key_path) if of else None
        if column and not column.kept and unit.text[start:end].strip():
            yield Finding(0, start, end, column.entity, 1.0, column.source)


def within(cells: Iterable[Finding], segment: TextWindow) -> Iterator[Finding]:
    """Yield the part of each cell that is in a window's own part."""
    first, last = segment.offset + segment.context, segment.offset + len(segment.text)
    for one in cells:
        start, end = max(first, one.start), min(last, one.end)
        if start < end:
            yield replace(one, start=start, end=end)
