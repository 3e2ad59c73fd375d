"""Ensembles whose scores are exact in float64 but not in float32, where the kernel said they were.

It asked whether ``np.float32(t) == t``, for which NumPy 2 rounds the right ``t`` as well, and
whether sums have few digits, but not how small they are: in float32 2**-200 is 0.
"""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from tests.ensembles import random_tree
from verifier import second_checker
from verifier.model.domain import bits
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.proof import Enumerated, Finding
from verifier.model.question import matter_of
from verifier.model.tree import Inner
from verifier.writing.certificate import make_certificate


@pytest.mark.parametrize(
    ("value", "threshold"),
    [
        (float(np.float32(0.1)), 0.1),  # above it, but not above what float32 makes of it
        (2.0**-200, 0.0),  # which is 0 in float32
        (0.0, -(2.0**-200)),
        (2.0**-140, 0.0),  # where small numbers are flushed
    ],
)
def test_it_is_not_shown(value, threshold):
    stump = Member((Inner(0, Fraction(0), 1, 2), Score(()), Score(((0, value),))))
    ensemble = Ensemble(1, 1, (stump,), (0.0,), "float64", threshold)
    assert ensemble.class_at([Fraction(1)]) == 1
    if abs(value) != 2.0**-140:
        assert not np.float32(value) > np.float32(threshold)
    tree = random_tree(random.Random(0), 1, 2)
    matter = matter_of(bits(1), ensemble, tree)
    data, _, verdict = make_certificate(matter, Finding((Enumerated(),)), "exhaustive")
    assert not verdict.float32.is_shown
    assert not second_checker.read(data).case.nets[0].firm
