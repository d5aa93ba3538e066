"""Recall, precision and calibration of the encoder on the dev parts.

Recall counts the gold mentions that a candidate of their class overlaps. A candidate is right if it
overlaps a gold mention of its class; one that overlaps only a doubtful span is not counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from redactor.detect.ner.component import Candidate, NameEncoder
from redactor.training.corpora import DOUBT, Record, Span

Floats = NDArray[np.float64]
_OPEN = frozenset({DOUBT, "HANDLE", "ADDRESS"})
_AT_ONCE = 256  # texts in a batch
BINS = 10  # of the reliability diagram


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of one label on one corpus.

    `mentions` has the best probability for each gold mention, 0 without a candidate; `likely` the
    probability of each candidate, and `right` whether it is right.
    """

    mentions: Floats
    likely: Floats
    right: NDArray[np.bool_]

    def recall(self, threshold: float) -> float:
        """The share of mentions with a candidate of at least the threshold."""
        return float((self.mentions >= threshold).mean()) if len(self.mentions) else 0.0

    def precision(self, threshold: float) -> float:
        """The share of candidates of at least the threshold that are right."""
        chosen = self.right[self.likely >= threshold]
        return float(chosen.mean()) if len(chosen) else 0.0


def candidates(model: NameEncoder, records: Sequence[Record], label: str = "PERSON") -> Candidates:
    """Return the model's candidates for one label, compared with the annotation of records."""
    mentions: list[float] = []
    scored: list[tuple[float, bool]] = []
    for start in range(0, len(records), _AT_ONCE):
        some = records[start : start + _AT_ONCE]
        for record, found in zip(some, model.predict([r.text for r in some]), strict=True):
            mine = [one for one in found if one.label == label]
            gold = [span for span in record.spans if span.label == label]
            mentions += [_best(span, mine) for span in gold]
            scored += _scored(mine, gold, [span for span in record.spans if span.label in _OPEN])
    return Candidates(
        np.asarray(mentions, dtype=np.float64),
        np.asarray([likely for likely, _ in scored], dtype=np.float64),
        np.asarray([right for _, right in scored], dtype=np.bool_),
    )


def _best(span: Span, found: Iterable[Candidate]) -> float:
    return max((one.likely for one in found if _meet(one, span)), default=0.0)


def _scored(
    found: Iterable[Candidate], gold: Sequence[Span], doubtful: Sequence[Span]
) -> Iterable[tuple[float, bool]]:
    for one in found:
        right = any(_meet(one, span) for span in gold)
        if right or not any(_meet(one, span) for span in doubtful):
            yield one.likely, right


def _meet(one: Candidate, span: Span) -> bool:
    return one.start < span.end and span.start < one.end


def platt_parameters(likely: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return (a, b) of Platt scaling: a * logit + b is the calibrated logit.

    They are fitted by Newton's method, each step halved until the loss is no greater; Platt's
    (1999) targets keep them finite if all candidates are right.
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
        step = np.linalg.solve(curve, slope)
        while (
            _loss(given, goal, weights - step) > _loss(given, goal, weights)
            and abs(step).max() > 1e-9
        ):
            step /= 2
        weights -= step
    return float(weights[0]), float(weights[1])


def _loss(given: Floats, goal: Floats, weights: Floats) -> float:
    """Return the negative log-likelihood of a goal under the logits."""
    logits = given @ weights
    return float((np.logaddexp(0.0, logits) - goal * logits).sum())


def reliability(likely: Floats, right: NDArray[np.bool_]) -> list[tuple[float, float, int]]:
    """Return mean probability, share right and count of each bin that is not empty."""
    rows = np.minimum((likely * BINS).astype(int), BINS - 1)
    return [
        (float(likely[rows == row].mean()), float(right[rows == row].mean()), int(sum(rows == row)))
        for row in range(BINS)
        if (rows == row).any()
    ]


def expected_error(likely: Floats, right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error: the weighted mean gap between the two in each bin."""
    rows = reliability(likely, right)
    return sum(abs(said - true) * count for said, true, count in rows) / max(len(likely), 1)
