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


class Digits:
    """A generator of given words, then of zeros."""

    def __init__(self, words):
        self.words = list(words)

    def integers(self, bound, size=None):
        some = [self.words.pop(0) if self.words else 0 for _ in range(1 if size is None else size)]
        assert all(word < bound for word in some)
        return some[0] if size is None else np.array(some)


def place(upto, digits):
    """Where a real number with these digits (and zeros after them) lies, by definition."""
    number = sum(Fraction(d, 1 << sampling.WORD * (i + 1)) for i, d in enumerate(digits))
    return sum(Fraction(end, upto[-1]) <= number for end in upto)


@pytest.mark.parametrize("total", [(1 << 63) + 1, 3**41, 1 << 70, HUGE])
def test_a_number_is_where_its_digits_say(total):
    """At the ends' own first digits more of them are drawn; everywhere else one word is enough."""
    word = 1 << sampling.WORD
    upto = [0, total // 3, total // 3, total // 3 + 1, total // 2, total - 1, total]
    ends = [end * word // total for end in upto[:-1]]
    firsts = sorted({w for end in ends for w in (end - 1, end, end + 1) if 0 <= w < word})
    for first in [*firsts, word - 1]:
        for then in ([], [1], [word // 2, 5], [word - 1, word - 1, word - 1]):
            held = Digits([first, *then])
            found = sampling._by_digits(upto, 1, held).tolist()
            read = [first, *then][: 1 + len(then) - len(held.words)]
            assert found == [place(upto, [first, *then])], (first, then, read)
            if first not in ends:
                assert len(read) == 1


def test_large_denominators_are_drawn_in_proportion():
    upto = [HUGE // 3, HUGE // 2, HUGE]
    drawn = sampling._by_digits(upto, 6000, np.random.default_rng(0))
    counts = np.bincount(drawn, minlength=3)
    assert abs(counts - np.array([2000, 1000, 3000])).max() < 180  # 4.6 standard deviations


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
