"""How well mentions were put together into persons: B-cubed and CEAF. Pure.

A clustering is a collection of disjoint sets of mention ids. Gold and found need not hold the same
mentions: one that the other side does not know is a cluster partner of nobody there, so it costs
recall if it is gold and precision if it is found.

B-cubed: Bagga and Baldwin, "Entity-based cross-document coreferencing using the vector space
model", 1998. CEAF with the entity measure phi4: Luo, "On coreference resolution performance
metrics", 2005.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf

Cluster = frozenset[Hashable]
_Weights = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two shares from 0 to 1, and their harmonic mean. A share of nothing is 0."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def b_cubed(gold: Collection[Cluster], found: Collection[Cluster]) -> Agreement:
    """Return how much of each mention's cluster is right, on average over the mentions.

    Raises ValueError when a mention stands in two clusters of one side.
    """
    return Agreement(precision=_purity(found, gold), recall=_purity(gold, found))


def _purity(clusters: Collection[Cluster], others: Collection[Cluster]) -> float:
    """Return the share of its own cluster that a mention finds in its other one, on average."""
    homes = _homes(others)
    mentions = len(_homes(clusters))
    shares = (
        len(cluster & homes[mention]) / len(cluster)
        for cluster in clusters
        for mention in cluster
        if mention in homes
    )
    return fsum(shares) / mentions if mentions else 0.0


def _homes(clusters: Iterable[Cluster]) -> dict[Hashable, Cluster]:
    homes: dict[Hashable, Cluster] = {}
    for cluster in clusters:
        if not homes.keys().isdisjoint(cluster):
            raise ValueError("a mention stands in two clusters")
        homes |= dict.fromkeys(cluster, cluster)
    return homes


def ceaf(gold: Collection[Cluster], found: Collection[Cluster]) -> Agreement:
    """Return how alike the clusters are when each is paired with at most one of the other side.

    The pairing is the best there is: that of the greatest total of phi4, twice the common mentions
    over the mentions of both. Pairs with nothing in common are worth nothing, so clusters are
    paired only within groups that hang together by mentions; a group of n and m clusters, n <= m,
    takes n * n * m steps (the Hungarian method). Raises ValueError as `b_cubed` does.
    """
    sides = [list(filter(None, gold)), list(filter(None, found))]
    total = fsum(_best(weights) for weights in _groups(*sides))
    precision, recall = (total / len(side) if side else 0.0 for side in reversed(sides))
    return Agreement(precision, recall)


def _groups(gold: Sequence[Cluster], found: Sequence[Cluster]) -> Iterator[_Weights]:
    """Yield phi4 of every gold cluster with every found one, group by group."""
    gold_of, found_of = _numbers(gold), _numbers(found)
    met: set[int] = set()
    for number in range(len(gold)):
        if number in met:
            continue
        rows, columns, fresh = {number}, set[int](), {number}
        while fresh:
            reached = {found_of[m] for row in fresh for m in gold[row] if m in found_of}
            columns |= reached
            back = {gold_of[m] for column in reached for m in found[column] if m in gold_of}
            fresh = back - rows
            rows |= fresh
        met |= rows
        yield [[_phi4(gold[row], found[one]) for one in sorted(columns)] for row in sorted(rows)]


def _numbers(clusters: Sequence[Cluster]) -> Mapping[Hashable, int]:
    _homes(clusters)
    return {mention: number for number, cluster in enumerate(clusters) for mention in cluster}


def _phi4(one: Cluster, other: Cluster) -> float:
    return 2 * len(one & other) / (len(one) + len(other))


def _best(weights: _Weights) -> float:
    """Return the greatest total of weights with at most one taken from a row and a column."""
    if not weights[0]:
        return 0.0
    rows = weights if len(weights) <= len(weights[0]) else list(zip(*weights, strict=True))
    pairing = _Pairing(rows)
    for row in range(len(rows)):
        pairing.add(row)
    return fsum(rows[row][column] for column, row in enumerate(pairing.row_of) if row >= 0)


class _Pairing:
    """The Hungarian method: rows join one by one, each by the cheapest chain of changes.

    A pair costs its weight, negated. The prices keep each cost, less the prices of its row and its
    column, at zero or more, and at zero for the pairs that are made; so a cheapest chain is found
    by settling the nearest column first.
    """

    def __init__(self, weights: _Weights) -> None:
        self._weights = weights
        self._row_price = [0.0] * len(weights)
        self._column_price = [0.0] * len(weights[0])
        self.row_of = [-1] * len(weights[0])

    def add(self, row: int) -> None:
        """Pair one more row, moving others where that is better."""
        distance, before = [inf] * len(self.row_of), [-1] * len(self.row_of)
        free, settled = set(range(len(self.row_of))), list[int]()
        column, so_far, reached = -1, 0.0, row
        while reached >= 0:
            for other in free:
                further = so_far + self._rest(reached, other)
                if further < distance[other]:
                    distance[other], before[other] = further, column
            column = min(free, key=lambda other: (distance[other], other))
            free.remove(column)
            so_far, reached = distance[column], self.row_of[column]
            settled.append(column)
        self._price({one: so_far - distance[one] for one in settled})
        self._row_price[row] += so_far
        while column >= 0:
            last = before[column]
            self.row_of[column] = self.row_of[last] if last >= 0 else row
            column = last

    def _rest(self, row: int, column: int) -> float:
        return -self._weights[row][column] - self._row_price[row] - self._column_price[column]

    def _price(self, gains: Mapping[int, float]) -> None:
        for column, gain in gains.items():
            self._column_price[column] -= gain
            if (row := self.row_of[column]) >= 0:
                self._row_price[row] += gain
