"""Inputs of very different units are brought to one size before anything is cut: exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from verifier.formats.merging import merged
from verifier.kernel.checker import prepare
from verifier.kernel.points import narrow_classes
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Scale


def standardised(means, spreads, divided):
    """Whether the sum of what is centred and scaled is above 1/100."""
    ones = np.ones(len(means))
    by = Scale(1, ones, spreads, 0 * ones) if divided else Scale(1, 1 / spreads, ones, 0 * ones)
    return [Scale(0, ones, ones, -means), by, Affine(2, ones[None], np.array([-0.01]))]


def value(layers, point):
    """The last layer's value, exactly."""
    held = [F(float(x)) for x in point]
    for layer in layers:
        if isinstance(layer, Scale):
            parts = layer.scale, layer.divisor, layer.shift
            rows = zip(held, *(map(F, x.tolist()) for x in parts), strict=True)
            held = [x * by / divisor + shift for x, by, divisor, shift in rows]
        else:
            weight = [list(map(F, row)) for row in layer.weight.tolist()]
            held = [
                sum((w * x for w, x in zip(row, held, strict=True)), F(b))
                for row, b in zip(weight, layer.bias.tolist(), strict=True)
            ]
    return held


@pytest.mark.parametrize("divided", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_it_is_the_same_function(seed, divided):
    rng = np.random.default_rng(seed)
    spreads = np.exp(rng.uniform(-12, 12, size=5))
    means = spreads * rng.normal(size=5)
    layers = standardised(means, spreads, divided)
    found = merged(layers)
    assert not (found[0].scale == found[0].scale[0]).all()  # there was something to gain
    for _ in range(20):
        point = means + spreads * rng.normal(size=5)
        assert value(found, point) == value(layers, point)
    again = merged(found)
    assert [x.scale.tolist() for x in again[:2]] == [x.scale.tolist() for x in found[:2]]


def test_nothing_is_changed_where_nothing_is_gained():
    alike = standardised(np.array([1.0, 2.0]), np.array([3.0, 3.5]), True)
    assert [x.shift.tolist() for x in merged(alike)[:2]] == [[-1.0, -2.0], [0.0, 0.0]]
    first, second, last = standardised(np.array([1.0, 2.0]), np.array([1e-3, 1e3]), True)
    again = Affine(1, np.eye(2), np.ones(2))  # what is centred is read a second time
    layers = [first, second, again, Add(2, 3), replace(last, source=4)]
    assert [x.scale.tolist() for x in merged(layers)[:2]] == [[1.0, 1.0], [1.0, 1.0]]
    assert merged([first, second, last])[0].scale.tolist() == [8.0, 1 / 64]


def test_small_numbers_keep_their_digits_beside_large_ones(monkeypatch):
    """Tiny boxes of real inputs are decided, though one is a million times the other."""
    means, spreads = np.array([655.0, 0.0038]), np.array([352.0, 0.0026])
    layers = standardised(means, spreads, True)
    variables = tuple(
        Continuous(f"x{i}", F(0), (Run(1 << 40, F(float(4 * m)) / (1 << 40), F(1)),))
        for i, m in enumerate(means)
    )
    domain, rng = Domain(variables), np.random.default_rng(0)
    boxes = rng.integers(0, 1 << 40, size=(2000, 2))

    def unknown():
        prepared = [prepare(Network(2, tuple(x)), domain) for x in (layers, merged(layers))]
        return [int((narrow_classes(p, boxes) < 0).sum()) for p in prepared]

    assert unknown() == [0, 0]
    monkeypatch.setattr("verifier.kernel.points.leading", lambda p: ())  # in fixed point alone
    one, other = unknown()
    assert other < one / 8
