"""How many of a finite population can be bad, when so many of a sample were. Exact.

A sample of `drawn` out of `population`, without replacement, each as likely as any other: the
number of bad ones in it is hypergeometric. The bound is the one of Clopper and Pearson for that
distribution: the largest number of bad ones in the population under which a sample with as few as
were seen, or fewer, is still more likely than one minus the confidence. For a large population it
is their bound for the binomial distribution. Where rounding could tip the scales, the bound is the
larger one.
"""

from __future__ import annotations

from math import exp, fsum, lgamma

_ROUNDING = 1e-6  # of a chance: what logarithms of the number of ways may be off by


def most_bad(population: int, drawn: int, bad: int, confidence: float) -> int:
    """Return how many are bad at most, with a confidence between 0 and 1.

    Raises ValueError for numbers that do not go together.
    """
    if not (0 <= bad <= drawn <= population and 0 < confidence < 1):
        raise ValueError("no sample has such numbers")
    low, high = bad, population - (drawn - bad)
    while low < high:  # the chance of so few falls as the number of bad ones grows
        middle = (low + high + 1) // 2
        if chance(population, middle, drawn, bad) >= (1 - confidence) * (1 - _ROUNDING):
            low = middle
        else:
            high = middle - 1
    return low


def chance(population: int, bad: int, drawn: int, seen: int) -> float:
    """Return how likely a sample is to hold at most `seen` bad ones, of `bad` in all."""
    least = max(0, drawn - (population - bad))
    whole = _ways(population, drawn)
    return min(
        1.0,
        fsum(
            exp(_ways(bad, one) + _ways(population - bad, drawn - one) - whole)
            for one in range(least, min(seen, bad, drawn) + 1)
        ),
    )


def _ways(population: int, chosen: int) -> float:
    """Return the logarithm of the number of ways to choose some of a population."""
    return lgamma(population + 1) - lgamma(chosen + 1) - lgamma(population - chosen + 1)


def needed(population: int, share: float, confidence: float) -> int:
    """Return how many must be drawn so that, if none is bad, at most a share of all can be."""
    low, high = 0, population
    while low < high:
        middle = (low + high) // 2
        if most_bad(population, middle, 0, confidence) <= share * population:
            high = middle
        else:
            low = middle + 1
    return low
