"""Cluster scores, against figures worked out by hand and against every pairing there is."""

from __future__ import annotations

from itertools import permutations

import pytest
from clusters import Agreement, b_cubed, ceaf
from hypothesis import given
from hypothesis import strategies as st


def _clusters(*texts: str) -> list[frozenset[str]]:
    return [frozenset(text) for text in texts]


# Gold and found; then B-cubed precision and recall, and CEAF precision and recall.
CASES = {
    "the same": (["abc", "d"], ["d", "abc"], (1, 1), (1, 1)),
    # Precision: nobody is taken for another. Recall: (1/2 + 1/2 + 1) / 3.
    # CEAF: {a,b}-{a} gives 2*1/3, {c}-{c} gives 1: 5/3 over 3 found and 2 gold.
    "split": (["ab", "c"], ["a", "b", "c"], (1, 2 / 3), (5 / 9, 5 / 6)),
    # Two people under one: a, b see 2/3, c sees 1/3, so (2/3 + 2/3 + 1/3)/3 = 5/9.
    # CEAF: {a,b}-{a,b,c} gives 4/5, over 1 found and 2 gold.
    "merged": (["ab", "c"], ["abc"], (5 / 9, 1), (4 / 5, 2 / 5)),
    "missed": (["ab", "c"], ["ab"], (1, 2 / 3), (1, 1 / 2)),
    "invented": (["ab"], ["ab", "x"], (2 / 3, 1), (1 / 2, 1)),
    # c is wrong, d and e find 2/3: (1 + 1 + 1/3 + 2/3 + 2/3) / 5. CEAF: 4/5 and 4/5.
    "crossed": (["abc", "de"], ["ab", "cde"], (11 / 15, 11 / 15), (0.8, 0.8)),
    "nothing found": (["ab"], [], (0, 0), (0, 0)),
    "nothing at all": ([], [], (0, 0), (0, 0)),
}


@pytest.mark.parametrize(("gold", "found", "b3", "entity"), CASES.values(), ids=CASES)
def test_figures_worked_out_by_hand(gold, found, b3, entity):
    cubed, paired = (
        b_cubed(_clusters(*gold), _clusters(*found)),
        ceaf(_clusters(*gold), _clusters(*found)),
    )
    assert (cubed.precision, cubed.recall) == pytest.approx(b3)
    assert (paired.precision, paired.recall) == pytest.approx(entity)


def test_the_best_pairing_is_not_the_greedy_one():
    """Greedy takes abc-abd, 4/6, and def has nobody left; abc-c and def-abd are worth 5/6."""
    assert ceaf(_clusters("abc", "def"), _clusters("abd", "c")).recall * 2 == pytest.approx(5 / 6)


def test_f1_is_the_harmonic_mean():
    assert Agreement(0.5, 1.0).f1 == pytest.approx(2 / 3)
    assert Agreement(0.0, 0.0).f1 == 0.0


@pytest.mark.parametrize("score", [b_cubed, ceaf])
def test_a_mention_stands_in_one_cluster_only(score):
    with pytest.raises(ValueError, match="two clusters"):
        score(_clusters("ab", "b"), _clusters("ab"))


@st.composite
def _partitions(draw):
    mentions = draw(st.lists(st.integers(0, 9), unique=True))
    homes = [draw(st.integers(0, 4)) for _ in mentions]
    grouped = (
        frozenset(m for m, home in zip(mentions, homes, strict=True) if home == number)
        for number in range(5)
    )
    return [cluster for cluster in grouped if cluster]


def _best_by_trial(gold, found):
    small, large = sorted((gold, found), key=len)
    return max(
        sum(2 * len(a & b) / (len(a) + len(b)) for a, b in zip(small, chosen, strict=True))
        for chosen in permutations(large, len(small))
    )


@given(_partitions(), _partitions())
def test_the_pairing_is_the_best_of_all(gold, found):
    total = _best_by_trial(gold, found)
    agreed = ceaf(gold, found)
    assert agreed.recall * len(gold) == pytest.approx(total)
    assert agreed.precision * len(found) == pytest.approx(total)


@given(_partitions(), _partitions())
def test_gold_and_found_are_each_others_mirror(gold, found):
    for score in (b_cubed, ceaf):
        there, back = score(gold, found), score(found, gold)
        assert (there.precision, there.recall) == pytest.approx((back.recall, back.precision))
        assert 0 <= there.precision <= 1
