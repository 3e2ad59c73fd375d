"""Listed probabilities: what is the same object is looked at once."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from verifier.model.chances import Listed


@pytest.mark.parametrize("seed", range(20))
def test_weights_are_the_probabilities(seed: int):
    """Whether equal ones are one object or several, in any order."""
    rng = np.random.default_rng(seed)
    parts = rng.integers(0, 4, 9) + np.eye(9, dtype=np.int64)[seed % 9]
    total = int(parts.sum())
    shared = {int(x): Fraction(int(x), total) for x in parts}
    for held in ([Fraction(int(x), total) for x in parts], [shared[int(x)] for x in parts]):
        listed = Listed(tuple(held))
        assert listed.denominator == math.lcm(*(p.denominator for p in held))
        assert [Fraction(w, listed.denominator) for w in listed.weights] == held
        inside = sum(1 << i for i, p in enumerate(held) if p)
        assert listed.fault(inside) == ""
        for i, p in enumerate(held):
            if p:
                assert listed.fault(inside & ~(1 << i)).startswith(f"value {i} has a probability")


@pytest.mark.parametrize(
    ("held", "problem"),
    [
        ((Fraction(1), Fraction(-1), Fraction(1)), "negative"),
        ((Fraction(1, 2), Fraction(1, 3), Fraction(0)), "sum not to 1"),
        ((0.5, Fraction(1, 2), Fraction(0)), "must be fractions"),
    ],
)
def test_faults_are_seen(held: tuple[Fraction, ...], problem: str):
    assert problem in Listed(held).fault(7)
