"""What the encoder finds in the dev parts, at every threshold, and how its probabilities are bent.

Touched: a gold mention that some accepted candidate of its class overlaps. Right: a candidate
that overlaps a gold mention of its class; one that touches a span in doubt counts neither way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from redactor.detect.ner.component import Candidate, NameEncoder
from redactor.training.corpora import DOUBT, Record, Span

Floats = NDArray[np.float64]
_OPEN = frozenset({DOUBT, "HANDLE", "ADDRESS"})
_AT_ONCE = 256  # texts
BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One label on one corpus: each mention's best probability; each candidate's, and if right."""

    mentions: Floats
    likely: Floats
    right: NDArray[np.bool_]

    def recall(self, threshold: float) -> float:
        """The share of mentions touched by candidates of at least the threshold."""
        return float((self.mentions >= threshold).mean()) if len(self.mentions) else 0.0

    def precision(self, threshold: float) -> float:
        """The share of candidates of at least the threshold that are right."""
        chosen = self.right[self.likely >= threshold]
        return float(chosen.mean()) if len(chosen) else 0.0


def judged(model: NameEncoder, records: Sequence[Record], label: str = "PERSON") -> Judged:
    """Compare what the model says of the records with what they say, for one label."""
    mentions: list[float] = []
    told: list[tuple[float, bool]] = []
    for start in range(0, len(records), _AT_ONCE):
        some = records[start : start + _AT_ONCE]
        for record, found in zip(some, model.predict([r.text for r in some]), strict=True):
            mine = [one for one in found if one.label == label]
            gold = [span for span in record.spans if span.label == label]
            mentions += [_best(span, mine) for span in gold]
            told += _told(mine, gold, [span for span in record.spans if span.label in _OPEN])
    return Judged(
        np.asarray(mentions, dtype=np.float64),
        np.asarray([likely for likely, _ in told], dtype=np.float64),
        np.asarray([right for _, right in told], dtype=np.bool_),
    )


def _best(span: Span, found: Iterable[Candidate]) -> float:
    return max((one.likely for one in found if _meet(one, span)), default=0.0)


def _told(
    found: Iterable[Candidate], gold: Sequence[Span], doubtful: Sequence[Span]
) -> Iterable[tuple[float, bool]]:
    for one in found:
        right = any(_meet(one, span) for span in gold)
        if right or not any(_meet(one, span) for span in doubtful):
            yield one.likely, right


def _meet(one: Candidate, span: Span) -> bool:
    return one.start < span.end and span.start < one.end


def bend(likely: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return (a, b) of the logistic that makes probabilities true, by Newton's method.

    Platt's (1999) targets keep it finite where everything is right.
    """
    inner = np.clip(likely, 1e-6, 1 - 1e-6)
    given = np.stack([np.log(inner / (1 - inner)), np.ones_like(inner)], axis=1)
    good, bad = right.sum(), (~right).sum()
    goal = np.where(right, (good + 1) / (good + 2), 1 / (bad + 2))
    weights = np.asarray([1.0, 0.0])
    for _ in range(50):
        said = 1 / (1 + np.exp(-given @ weights))
        slope = given.T @ (said - goal)
        curve = (given * (said * (1 - said))[:, None]).T @ given + 1e-6 * np.eye(2)
        weights -= np.linalg.solve(curve, slope)
    return float(weights[0]), float(weights[1])


def reliability(likely: Floats, right: NDArray[np.bool_]) -> list[tuple[float, float, int]]:
    """Return mean probability, share that is right, and count, for each tenth that holds any."""
    rows = np.minimum((likely * BINS).astype(int), BINS - 1)
    return [
        (float(likely[rows == row].mean()), float(right[rows == row].mean()), int(sum(rows == row)))
        for row in range(BINS)
        if (rows == row).any()
    ]


def expected_error(likely: Floats, right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error: the mean gap of `reliability`, by count."""
    rows = reliability(likely, right)
    return sum(abs(said - true) * count for said, true, count in rows) / max(len(likely), 1)
