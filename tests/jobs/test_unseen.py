"""Problems made at random, as users have them, against looking at all of their points."""

from __future__ import annotations

import pytest

import verifier as lp
from tests.benchmarks.unseen import truth, unseen
from tests.every import EVERY

SEEDS = (39, 48, 54)[: 3 if EVERY else 2]
"""Of small domains."""
LIMITS = 0.5, 20.0
"""Seconds: what is found in a moment, and what is found in time."""
ROUNDED = 1e-9
"""How far a sum of double precision is from what is exact, at most."""


@pytest.mark.parametrize("seed", SEEDS)
def test_intervals_have_the_truth_in_them(seed, own_time, compiled):
    """Whatever the time allows: what is proved, and what is sampled beside it."""
    case = unseen(seed)
    known = truth(case)
    assert known is not None
    assert 0 <= known[1] - known[0] < ROUNDED  # hardly a logit is nearly 0
    for limit in LIMITS:
        result = lp.certify(case.model, case.tree, case.domain, timeout=limit)
        for told in (result.error, *([result.sampled] if result.sampled else [])):
            assert float(told.lower) <= known[1] + ROUNDED
            assert float(told.upper) >= known[0] - ROUNDED
