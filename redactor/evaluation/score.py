"""From the counts of documents to figures, with what the choice of documents may do to them. Pure.

The 95 % interval of a figure is what lies between its 2.5th and 97.5th percentile over a number of
resamples: as many documents as there are, drawn with replacement. Documents are drawn, not
mentions, since the mentions of a document stand or fall together. The draws come from a fixed
seed, and all systems get the same ones. A resample in which a figure has nothing to divide by is
left out for that figure; a single document gives no interval.

Why not `nervaluate` or `seqeval`: the second scores tags of tokens, not characters, and needs
scikit-learn. The first is light, but gives the totals of a run, where a bootstrap needs the counts
of each document, and knows neither characters nor identifiers nor what is merely touched.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from redactor.evaluation.counts import ALL, TEXT, Counts

SEED = 0
_EDGES = (2.5, 97.5)

_Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A share or a rate, with its 95 % interval. None where there is nothing to divide by."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The totals and the figures of a class, a source, or of all documents."""

    counts: Mapping[str, int]
    figures: Mapping[str, Figure]


# Kind of group: figure: (numerator, group of the denominator if another, denominator, factor).
_SHARES: Mapping[str, Mapping[str, tuple[str, str | None, str, float]]] = {
    "type": {
        "touched": ("touched", None, "gold", 1),
        "covered": ("covered", None, "gold", 1),
        "recall": ("met", None, "gold", 1),
        "precision": ("right", None, "found", 1),
        "strict_recall": ("exact", None, "gold", 1),
        "strict_precision": ("exact", None, "found", 1),
    },
    "source": {
        "precision": ("right", None, "found", 1),
        "share": ("touched", ALL, "gold", 1),
    },
    "identifiers": {
        "recall": ("covered", None, "gold", 1),
        "touched": ("touched", None, "gold", 1),
    },
    TEXT: {
        "untouched_documents": ("untouched", None, "with_people", 1),
        "beyond_per_1000": ("beyond", None, "characters", 1000),
    },
}


def score(documents: Sequence[Counts], resamples: int) -> dict[str, Group]:
    """Return the figures of every group, by its name, from the counts of the documents."""
    keys = sorted({key for counts in documents for key in counts})
    table = np.array([[counts[key] for key in keys] for counts in documents], dtype=np.float64)
    sums = _sums(table, resamples if len(documents) > 1 else 0)
    sample = _Sample({key: sums[:, place] for place, key in enumerate(keys)}, len(sums))
    return {group: sample.group(group) for group in sorted({group for group, _ in keys})}


def _sums(table: _Column, resamples: int) -> _Column:
    """Return the column sums of a table, then those of its resamples: whole numbers, so exact."""
    size = len(table)
    rng = random.Random(SEED)  # noqa: S311  # draws documents, guards nothing
    sums = [table.sum(axis=0)]
    for _ in range(resamples):
        drawn = [int(rng.random() * size) for _ in range(size)]
        sums.append(np.bincount(drawn, minlength=size).astype(np.float64) @ table)
    return np.stack(sums)


@dataclass(frozen=True, slots=True)
class _Sample:
    """Totals by group and kind: the observed one first, then those of the resamples."""

    columns: Mapping[tuple[str, str], _Column]
    rows: int

    def group(self, group: str) -> Group:
        shares = _SHARES[group.split(" ", maxsplit=1)[0]]
        made = {
            name: factor * self._share(self._at(group, top), self._at(other or group, bottom))
            for name, (top, other, bottom, factor) in shares.items()
        }
        if "recall" in made and "precision" in made:
            made |= self._f1s(made, self._at(group, "gold"))
        used = {top for top, *_ in shares.values()}
        used |= {bottom for _, other, bottom, _ in shares.values() if other is None}
        kinds = used | {kind for name, kind in self.columns if name == group}
        counts = {kind: int(self._at(group, kind)[0]) for kind in sorted(kinds)}
        return Group(counts, {name: _figure(column) for name, column in made.items()})

    def _at(self, group: str, kind: str) -> _Column:
        return self.columns.get((group, kind), np.zeros(self.rows))

    def _share(self, top: _Column, bottom: _Column) -> _Column:
        empty = np.full(self.rows, np.nan)
        shares: _Column = np.divide(top, bottom, out=empty, where=bottom > 0)
        return shares

    def _f1s(self, made: Mapping[str, _Column], gold: _Column) -> dict[str, _Column]:
        """Return the harmonic means: 0 where nothing was found of what there is."""
        means = {}
        for strict in ("", "strict_"):
            right, recall = np.nan_to_num(made[f"{strict}precision"]), made[f"{strict}recall"]
            mean = np.nan_to_num(self._share(2 * right * recall, right + recall))
            means[f"{strict}f1"] = np.where(gold > 0, mean, np.nan)
        return means


def _figure(column: _Column) -> Figure:
    observed, drawn = column[0], column[1:]
    if np.isnan(observed):
        return Figure(None)
    if not len(drawn) or np.isnan(drawn).all():
        return Figure(float(observed))
    low, high = np.nanpercentile(drawn, _EDGES)
    return Figure(float(observed), float(low), float(high))
