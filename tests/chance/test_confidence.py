"""Clopper and Pearson's bounds: what is looked at first changes no bound."""

from __future__ import annotations

import random
from fractions import Fraction

import flint
import pytest

from verifier.chance import confidence
from verifier.chance.confidence import PRECISION, at_most, clopper_pearson, search

CASES = [(250, 512), (1, 700), (699, 700), (5000, 10**6), (10**6 - 7, 10**6), (1, 2), (3, 4)]


def plainly(seen, draws, delta):
    """The upper end, by a search that computes the probability at every p that it comes to."""
    limit = flint.arb(delta.numerator) / delta.denominator
    return search(seen, draws, lambda p: bool(at_most(seen, draws, p) <= limit))


def random_case(rng):
    draws = int(10 ** rng.uniform(0, 6)) + 1
    return int(draws * rng.random() ** rng.choice((1, 8))), draws


@pytest.mark.parametrize("seed", range(4))
def test_the_bounds_are_those_of_the_plain_search(seed):
    rng = random.Random(seed)
    for seen, draws in (*CASES, *(random_case(rng) for _ in range(6))):
        delta = Fraction(rng.randrange(1, 10), 10 ** rng.choice((1, 2, 9, 40, 300)))
        found = clopper_pearson(seen, draws, delta)
        with flint.ctx.workprec(PRECISION):
            wanted = 1 - plainly(draws - seen, draws, delta / 2), plainly(seen, draws, delta / 2)
        assert found == wanted


def test_what_is_undecided_is_taken_for_hits_by_the_upper_end():
    delta = Fraction(1, 10**9)
    for seen, undecided, draws in ((0, 3, 10), (4, 0, 10), (4, 6, 10), (700, 20, 9000)):
        low, _ = clopper_pearson(seen, draws, delta)
        _, high = clopper_pearson(seen + undecided, draws, delta)
        assert clopper_pearson(seen, draws, delta, undecided) == (low, high)
    with pytest.raises(ValueError, match="undecided"):
        clopper_pearson(4, 10, delta, 7)


def test_few_probabilities_are_computed(monkeypatch):
    looked = []

    def counted(seen, draws, p):
        looked.append(p)
        return at_most(seen, draws, p)

    monkeypatch.setattr(confidence, "at_most", counted)
    clopper_pearson(5000, 10**6, Fraction(1, 10**9))
    assert len(looked) <= 16  # 30 without
