"""What a detector saw at a place, and why it says what it says: for people to read."""

from __future__ import annotations

from dataclasses import dataclass

from redactor.model import Finding

__all__ = ["Observation"]


@dataclass(frozen=True, slots=True)
class Observation:
    """A candidate: what it would be, what spoke for it or against it, and whether that refused it.

    `why` quotes what rules and recognisers say of themselves, and nothing of the text.
    """

    finding: Finding
    why: tuple[str, ...]
    refused: bool = False
