"""What detectors found, and what was decided about it: by the policy, by a reviewer."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

from redactor.model.actions import Action, Exemption, Parameters, Shown


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a detector: positions, entity, score (0 to 1) and source; never the text.

    `source` names the detector, as in `rule:email/plain`, `presidio:IbanRecognizer`,
    `model:names_accurate` or `link:surname`.
    """

    segment: int
    start: int
    end: int
    entity: str
    score: float
    source: str


Verdict = Literal["confirmed", "added", "restored", "changed"]
"""What a reviewer decided about a finding."""


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """A reviewer's decision about a finding, and the decision that it supersedes.

    `supersedes` is the id of the superseded record, `earlier` its content (action, entity, code,
    decision and reviewer); both are empty where there was none.
    """

    decision: Verdict
    reviewer: str
    note: str = ""
    supersedes: str = ""
    earlier: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The action for the characters `start:end` of a segment, and its reasons.

    `finding` is the one whose entity was chosen; `because` are the sources of all findings that
    agree. `review` are the reasons for a review, sorted: a low `score`, an uncertain `link` to a
    person, or an uncertain match with the allow list (`keep`). `exemption` is the ground of a
    redaction, or the reason for keeping. `parameters` are those of the action.
    """

    finding: Finding
    start: int
    end: int
    action: Action
    because: tuple[str, ...]
    review: tuple[str, ...] = ()
    exemption: Exemption = field(default_factory=Exemption)
    shows: tuple[Shown, ...] = ()
    review_decision: ReviewDecision | None = None
    parameters: Parameters = ()


BANDS = ((1, "1-4"), (5, "5-9"), (10, "10-19"), (20, "20-49"), (50, "50+"))
"""Bands of lengths in characters, each with its lower bound. They are shown instead of the length,
since an exact length together with the entity can identify a value."""


def amount(length: int) -> str:
    """Return the band of a number of removed characters: `12 -> "10-19"`.

    Raises ValueError for less than one.
    """
    if length < 1:
        raise ValueError("nothing was removed")
    return BANDS[bisect_right(BANDS, length, key=lambda band: band[0]) - 1][1]
