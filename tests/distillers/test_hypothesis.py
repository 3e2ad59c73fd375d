"""The measured hypothesis on planted representations, where the truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.distillers.test_linear_representation import planted
from verifier.distillers.linear_representation import measure
from verifier.domain import bits
from verifier.errors import LeafproofError


def test_planted_ands_are_represented_exactly():
    teacher, tree = planted(np.random.default_rng(0), 7, 3)
    found = measure(teacher, tree, bits(7), tolerance=1e-6)
    assert found.whole and found.holds and len(found.ands) == 14
    assert sorted(found.widths) == [1] * 2 + [2] * 4 + [3] * 8
    # node 2 is the ReLU layer, one neuron per AND; psi is scaled by 1 / sqrt(E|psi|^2)
    energy = sum(2.0**-k for k in found.widths)
    for probe in found.probes[0]:
        assert probe.residual < 1e-8
        assert probe.norm <= math.sqrt(energy) * (1 + 1e-6)
    assert found.tau == max(p.norm for p in found.probes[0])
    for k in (1, 2, 3):
        assert 1 <= found.passed[k] <= found.allowed[k]


def test_a_bound_that_is_too_small_fails():
    teacher, tree = planted(np.random.default_rng(0), 6, 2)
    found = measure(teacher, tree, bits(6), tolerance=1e-6)
    assert measure(teacher, tree, bits(6), tolerance=1e-6, tau=found.tau * 1.01).holds
    assert not measure(teacher, tree, bits(6), tolerance=1e-6, tau=found.tau / 2).holds


def test_the_first_layer_cannot_represent_ands():
    teacher, tree = planted(np.random.default_rng(0), 6, 2)
    found = measure(teacher, tree, bits(6), tolerance=1e-4)
    for width, probe in zip(found.widths, found.probes[1], strict=True):
        if width == 1:
            assert probe.residual < 1e-8
        else:  # an AND of two bits is linear up to mean squared error 1/16
            assert abs(probe.residual - 1 / 16) < 1e-9 and probe.norm == math.inf


def test_the_norm_is_the_least_at_that_tolerance():
    teacher, tree = planted(np.random.default_rng(2), 5, 2)
    tight = measure(teacher, tree, bits(5), tolerance=1e-6)
    loose = measure(teacher, tree, bits(5), tolerance=1e-2)
    for a, b in zip(tight.probes[0], loose.probes[0], strict=True):
        assert b.norm < a.norm
    assert measure(teacher, tree, bits(5), tolerance=1.0).tau == 0


def test_bad_numbers_are_refused():
    teacher, tree = planted(np.random.default_rng(2), 5, 2)
    with pytest.raises(LeafproofError, match="at least 0"):
        measure(teacher, tree, bits(5), tolerance=-1)
    with pytest.raises(LeafproofError, match="layer 9"):
        measure(teacher, tree, bits(5), layers=[9])
