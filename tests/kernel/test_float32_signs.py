"""Blocks of points of networks with signs: what is shown for float32 holds at inputs beside 0."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values
from tests.every import seeds
from tests.kernel.float32_cases import F4, class_of, evaluations
from verifier.formats.variables import ordinal
from verifier.kernel import points as points_module
from verifier.kernel.points import evaluate, magnitudes
from verifier.kernel.prepared import prepare
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Sign, exact_classes

NUMBERS = (
    tuple(range(-2, 3)),
    tuple(Fraction(k, 8) for k in (-9, -1, 0, 3, 4)),
    tuple(Fraction(k, 3) for k in (-2, 0, 1, 5)),  # no float32 numbers
)


def beside_0(rng, layers, columns, rows, encoded):
    """The layers and an affine one that is 0 at an input, nearly 0, or not close to it."""
    exact = rng.integers(-8, 9, (rows, columns)) / 8
    weight = np.where(rng.random((rows, 1)) < 0.5, exact, rng.normal(size=(rows, columns)))
    bare = Affine(len(layers), weight.astype(F4), np.zeros(rows, F4))
    at = node_values(Network(3, (*layers, bare)), encoded)[-1]
    bias = F4([-float(x) for x in at])
    bias = np.nextafter(bias, bias + rng.integers(-1, 2, rows), dtype=F4)  # one float beside
    far = rng.random(rows) < 0.3
    return Affine(len(layers), bare.weight, np.where(far, bias + F4(0.3), bias))


def beside(seed):
    """A network of two layers of signs over few points, or of the inputs' own."""
    rng = np.random.default_rng(seed)
    domain = Domain(tuple(ordinal(f"v{i}", NUMBERS[rng.integers(3 - seed % 2)]) for i in range(3)))
    points = np.array(list(full_cell(domain).points()))
    encoded = domain.encode(tuple(rng.permutation(points)[0].tolist()))
    layers = (Sign(0),) if seed % 3 == 0 else ()
    for rows, columns in ((4, 3), (3, 4)):
        layers += (beside_0(rng, layers, columns, rows, encoded),)
        layers += (Sign(len(layers)),)
    last = Affine(len(layers), rng.normal(size=(1, 3)).astype(F4), F4([0.01]))
    return rng, domain, Network(3, (*layers, last)), points


def test_no_float32_evaluation_has_another_class_where_one_is_shown():
    held = flipped = 0
    for seed in range(24):
        rng, domain, network, points = beside(seed)
        p = prepare(network, domain)
        some = rng.permutation(points)[: rng.integers(1, 40)]
        classes, steady, _ = evaluate(p, some)
        assert classes.tolist() == exact_classes(network, domain, [tuple(x) for x in some.tolist()])
        held += steady.sum()
        for point, klass, shown in zip(some.tolist(), classes, steady, strict=True):
            encoded = [float(x) for x in domain.encode(tuple(point))]
            for way in evaluations(rng):
                same = class_of(way.logits(network, encoded)) == klass
                assert same or not shown
                flipped += not same
    assert held > 100 and flipped > 10


@pytest.mark.parametrize("seed", seeds(range(12)))
def test_magnitudes_hold_at_every_point_that_is_not_set_aside(seed):
    _, domain, network, points = beside(seed)
    nodes, sure = points_module.node_values(prepare(network, domain), points)
    bounds = magnitudes(nodes)
    for point in points[sure][::7].tolist():
        for x, truth in zip(bounds, node_values(network, domain.encode(tuple(point))), strict=True):
            for low, high, value in zip(x.lo[0], x.hi[0], truth, strict=True):
                unit = Fraction(2) ** -int(x.e[0])
                assert Fraction(low) * unit <= abs(value) <= Fraction(high) * unit


def test_a_block_with_both_signs_is_shown_at_once(monkeypatch):
    """No input of a sign is near 0, though some are on either side: no point is looked at alone."""
    domain = Domain(tuple(ordinal(f"v{i}", range(8)) for i in range(3)))
    large = F4(2**17)  # what is far from 0 for the others is not for this one
    first = Affine(0, np.diag(F4([large, 1, 1])), F4([-3.5 * large, -0.5, -6.5]))
    hidden = Affine(2, F4([[1, 1, 1], [1, -1, 1]]), F4([0, 0]))
    network = Network(3, (first, Sign(1), hidden, Sign(3), Affine(4, F4([[1, 0.5]]), F4([0.1]))))
    points = np.array(list(full_cell(domain).points()))
    alone = []
    each = points_module._evaluate_each
    monkeypatch.setattr(
        points_module, "_evaluate_each", lambda *x: (alone.append(len(x[1])), each(*x))[1]
    )
    classes, steady, _ = evaluate(prepare(network, domain), points)
    assert classes.tolist() == exact_classes(network, domain, [tuple(x) for x in points.tolist()])
    assert steady.all() and not alone
    beside = F4([np.nextafter(-3 * large, F4(0)), -0.5, -6.5])  # at 3 one float from 0
    near = Network(3, (Affine(0, first.weight, beside), *network.layers[1:]))
    _, steady, _ = evaluate(prepare(near, domain), points)
    assert steady.tolist() == (points[:, 0] != 3).tolist() and sum(alone) == len(points)
