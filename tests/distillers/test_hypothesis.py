"""The measured hypothesis on planted representations, where the truth is known."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

from tests.distillers.test_linear_representation import planted
from theory import catalogue
from verifier.distillers.counting import Products
from verifier.distillers.linear_representation import measure
from verifier.distillers.quick import activations, encode
from verifier.kernel.checker import blocks
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError


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


@pytest.mark.parametrize("tau", [0.3, 1.0, 4.0])
def test_the_sets_that_pass_are_those_of_brute_force(tau):
    teacher, tree = planted(np.random.default_rng(3), 6, 2)
    tolerance = 1e-2
    found = measure(teacher, tree, bits(6), tolerance=tolerance, tau=tau)
    points = np.array(list(full_cell(bits(6)).points()))
    psi = activations(teacher, encode(bits(6), points))[2].astype(np.float64)
    phi = np.concatenate([np.ones((64, 1)), psi / np.sqrt((psi**2).sum(axis=1).mean())], axis=1)
    assert math.isclose((phi**2).sum(axis=1).mean(), found.bound_b**2)
    for k in (1, 2):
        passing = 0
        for chosen in combinations(range(6), k):
            for signs in product((0, 1), repeat=k):
                target = (points[:, chosen] == signs).all(axis=1).astype(float)
                if least_error(phi, target, tau) <= tolerance:
                    passing += 1
                    break
        assert found.passed[k] == passing <= found.allowed[k]


def least_error(phi, target, tau):
    """The least mean squared error of a probe of norm at most tau: ridges from fine to coarse."""
    best = float((target**2).mean())
    for ridge in np.geomspace(1e-9, 1e3, 4000):
        gram = phi.T @ phi / len(phi) + ridge * np.eye(phi.shape[1])
        w = np.linalg.solve(gram, phi.T @ target / len(phi))
        if np.linalg.norm(w) <= tau:
            return min(best, float(((phi @ w - target) ** 2).mean()))
    return best


def test_the_allowed_number_is_the_theorys():
    teacher, tree = planted(np.random.default_rng(0), 7, 3)
    found = measure(teacher, tree, bits(7), tolerance=2.0**-10)
    for k in (1, 2, 3):
        bound = catalogue["lrh-sets-robust"].evaluate(
            width=k, tau=Fraction(found.tau), B=Fraction(found.bound_b), eta=Fraction(1, 32)
        )
        assert found.allowed[k] == math.floor(Fraction(bound.upper))


def test_moments_with_products_are_those_of_every_point():
    products, rng = Products.of(15, 3), np.random.default_rng(0)
    found = expected = 0
    for points in blocks(full_cell(bits(15))):
        weighted = rng.normal(size=(len(points), 2))
        found += products.moments(points, weighted, whole=True)
        expected += products.moments(points, weighted, whole=False)
    assert found.shape == (2, 1 + 15 + 105 + 455)
    assert np.allclose(found, expected, rtol=0, atol=1e-9)


def test_a_domain_of_many_blocks_is_measured_on_all_points():
    teacher, tree = planted(np.random.default_rng(0), 16, 2)
    found = measure(teacher, tree, bits(16), tolerance=1e-6)
    assert found.whole and found.holds
    assert [p.variance for p in found.probes[0]] == [2.0**-k * (1 - 2.0**-k) for k in found.widths]
