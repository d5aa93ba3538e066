"""Ordinary words of a file's name are nobody's names."""

from __future__ import annotations

from redactor.analysis.unit import Unit
from redactor.detect.checks.words import is_common
from redactor.model import Finding, Slot
from redactor.text import normalized_tokens

__all__ = ["is_plain_file_name"]


def is_plain_file_name(finding: Finding, unit: Unit) -> bool:
    """Tell whether the name model took an ordinary word of a file name for a person.

    The model is made for running text, not for `letter.txt` or `Annual report.pdf`. A word that is
    not common counts as a name, and so does any person who is named in the document itself.
    """
    if finding.entity != "PERSON" or not finding.source.startswith("model:"):
        return False
    piece = next((piece for piece, _, _ in unit.cut(finding.start, finding.end)), None)
    if piece is None or piece.of.slot is not Slot.FILE_NAME:
        return False
    named = [form for _, _, form in normalized_tokens(unit.text[finding.start : finding.end])]
    return all(is_common(form) or form.isdigit() or len(form) < 2 for form in named)
