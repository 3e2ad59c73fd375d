"""Coverage: over 2,000 samples of small problems the truth is outside as often as delta allows."""

from __future__ import annotations

from fractions import Fraction
from itertools import count, islice

import numpy as np

from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_sampling import HASHES, checked, true_probability
from verifier.kernel.sampling import key_of, sample
from verifier.model.proof import Open
from verifier.model.sample import Plan

DELTA = Fraction(1, 10)
PROBLEMS, NONCES = 50, 40


def problems():
    """Questions of which a half, or all, is open, and that are neither nearly false nor true."""
    for seed in count():
        rng = np.random.default_rng([seed, 19])
        matter = random_sandwich_matter(rng, 60)
        asked, _, found = checked(matter, (Open(),))
        truth = true_probability(matter, asked)
        if found is not None and Fraction(1, 20) < truth < Fraction(19, 20):
            yield found, truth


def test_the_truth_is_outside_at_most_as_often_as_delta_allows():
    outside = [0, 0]
    for number, (found, truth) in enumerate(islice(problems(), PROBLEMS)):
        for i in range(NONCES):
            plan = Plan(20 + 3 * (number % 20), DELTA, f"{number} {i}", block=40)
            drawn = sample(found, plan, key_of(HASHES, plan))
            outside[0] += truth < drawn.lower
            outside[1] += drawn.upper < truth
    assert PROBLEMS * NONCES == 2000
    assert all(
        25 < n <= DELTA / 2 * 2000 for n in outside
    )  # an interval that is too wide is no test
