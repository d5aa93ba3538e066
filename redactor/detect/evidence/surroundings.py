"""What stands directly around a finding: before it, after it, and on its line."""

from __future__ import annotations

from dataclasses import dataclass, field

from redactor.model import Finding

__all__ = ["Surroundings"]

NEAR = 64  # characters on either side


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The surroundings of the findings of one text, whose `repr` shows nothing of it."""

    text: str = field(repr=False)

    def said(self, finding: Finding) -> str:
        """Return the words of a finding."""
        return self.text[finding.start : finding.end]

    def before(self, finding: Finding) -> str:
        """Return what is directly before a finding."""
        return self.text[max(0, finding.start - NEAR) : finding.start]

    def after(self, finding: Finding) -> str:
        """Return what is directly behind a finding."""
        return self.text[finding.end : finding.end + NEAR]

    def line(self, finding: Finding) -> str:
        """Return the line of a finding, as far as it is near."""
        start = self.text.rfind("\n", max(0, finding.start - 4 * NEAR), finding.start) + 1
        end = self.text.find("\n", finding.end, finding.end + 4 * NEAR)
        start = start or max(0, finding.start - 4 * NEAR)
        return self.text[start : end if end >= 0 else finding.end + 4 * NEAR]
