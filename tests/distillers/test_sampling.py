"""Points are drawn from exactly the domain's distribution, whatever its denominators."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from verifier.distillers import sampling
from verifier.distillers.sampling import sample
from verifier.formats.variables import one_hot
from verifier.model.cell import Cell
from verifier.model.domain import Domain, bits

HUGE = 3**200
"""Beyond every float64 and int64."""


class Counting:
    """A generator whose integers and bytes run through all values in turn."""

    def __init__(self):
        self.next = 0

    def integers(self, bound, size):
        return np.arange(size) % bound

    def bytes(self, size):
        self.next += 1
        return self.next.to_bytes(size, "little")


def test_every_integer_below_the_denominator_stands_for_its_value():
    colour = one_hot("c", "rgby", [Fraction(n, 10) for n in (1, 4, 0, 5)])
    points = sample(Domain((colour,)), 10, Counting())
    assert np.bincount(points[:, 0], minlength=4).tolist() == [1, 4, 0, 5]
    inside = sample(Domain((colour,)), 6, Counting(), Cell((0b1101,)))  # r and y: 1 to 5
    assert np.bincount(inside[:, 0], minlength=4).tolist() == [1, 0, 0, 5]


def test_values_of_probability_0_alone_are_drawn_alike():
    colour = one_hot("c", "rgb", [Fraction(1), Fraction(0), Fraction(0)])
    points = sample(Domain((colour,)), 8, Counting(), Cell((0b110,)))
    assert np.bincount(points[:, 0], minlength=3).tolist() == [0, 4, 4]


@pytest.mark.parametrize("bound", [(1 << 63) + 1, 3**41, HUGE])
def test_large_integers_are_below_their_bound_and_spread(bound):
    drawn = sampling._below(bound, 2000, np.random.default_rng(0)).tolist()
    assert all(type(n) is int and 0 <= n < bound for n in drawn)
    assert len(set(drawn)) == 2000
    thirds = np.bincount([3 * n // bound for n in drawn], minlength=3)
    assert abs(thirds - 2000 / 3).max() < 100  # 4.7 standard deviations


def test_denominators_beyond_floats_and_domains_beyond_integers():
    tiny = Fraction(1, HUGE)
    odd = one_hot("odd", "abc", [tiny, Fraction(1, 4), 1 - Fraction(1, 4) - tiny])
    domain = Domain((odd, *bits(200).variables))
    points = sample(domain, 4000, np.random.default_rng(1))
    assert domain.size > 1 << 200 and points.shape == (4000, 201)
    counts = np.bincount(points[:, 0], minlength=3)
    assert counts[0] == 0 and abs(counts[1] - 1000) < 130
    assert (abs(points[:, 1:].mean(axis=0) - 0.5) < 0.05).all()
    assert len(np.unique(points[:, 1:], axis=0)) == 4000
    assert (points == sample(domain, 4000, np.random.default_rng(1))).all()
