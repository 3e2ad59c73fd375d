"""Coverage: over 500 samples of small problems the truth is outside as often as delta allows."""

from __future__ import annotations

from fractions import Fraction
from itertools import count, islice

import numpy as np

from tests.certificates.sandwich_mutations import random_proof as sandwich_proof
from tests.every import EVERY
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_sampling import HASHES, checked, true_probability
from verifier.kernel.sampling import key_of, sample
from verifier.model.errors import InvalidProof
from verifier.model.proof import Open
from verifier.model.sample import Plan

DELTA = Fraction(1, 10)
PROBLEMS, NONCES = (50, 40) if EVERY else (25, 20)


def problems():
    """Questions that are open, as a whole or beside Sandwiches: neither nearly false nor true."""
    for seed in count():
        rng = np.random.default_rng([seed, 19])
        matter = random_sandwich_matter(rng, 60)
        try:
            asked, _, found = checked(
                matter, sandwich_proof(rng, matter) if seed % 2 else (Open(),)
            )
        except InvalidProof:  # beside cells of much larger numbers float64 shows less
            continue
        if not found.pieces:
            continue
        truth = true_probability(matter, asked)
        if Fraction(1, 20) < truth - found.settled < found.mass * Fraction(19, 20):
            yield found, truth


def test_the_truth_is_outside_at_most_as_often_as_delta_allows():
    outside = [0, 0]
    for number, (found, truth) in enumerate(islice(problems(), PROBLEMS)):
        for i in range(NONCES):
            plan = Plan(20 + 3 * (number % 20), DELTA, f"{number} {i}", block=40)
            drawn = sample(found, plan, key_of(HASHES, plan))
            outside[0] += truth < drawn.lower
            outside[1] += drawn.upper < truth
    assert all(
        NONCES / 2 < n <= DELTA / 2 * PROBLEMS * NONCES for n in outside
    )  # an interval that is too wide is no test
