"""What a folded network says of itself: what is bent, how far off outputs are, and when single
precision is not used."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from verifier.kernel import folding
from verifier.kernel.arithmetic import Bounds, Fixed
from verifier.kernel.folding import DOUBLE, SINGLE, Folded, fold
from verifier.kernel.plain import plain
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.rules import all_bounds
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu, Sign


def test_what_takes_more_than_one_line_is_bent():
    """Also by one unit: a ReLU that may have either sign, and a sign that may have two values."""
    every = [(a, b) for a, b in product(range(-3, 4), repeat=2) if a <= b]
    ends = np.array(every).T
    # all in one cell, an exponent for each
    held = Bounds(ends[:1], ends[1:], np.zeros(1, dtype=np.int64))
    relu, sign = (folding._bent(layer, held, held, 0) for layer in (Relu(1), Sign(1)))
    assert relu.tolist() == [a < 0 < b for a, b in every]
    assert sign.tolist() == [a < b for a, b in every]


def with_errors(error, precision=DOUBLE):
    """Outputs that are so far off at most."""
    count = len(error)
    nothing = np.zeros((0, 0)), np.zeros(0, dtype=np.int64), np.zeros(count)
    return Folded((), *nothing, np.array(error), precision)


@pytest.mark.parametrize("seed", range(20))
def test_outputs_are_enclosed_with_their_errors(seed):
    """Errors from far below the outputs to far above."""
    rng = np.random.default_rng([seed, 60])
    error = 2.0 ** rng.uniform(-90, 20, size=3)
    out = rng.normal(size=(40, 3)) * 2.0 ** rng.uniform(-60, 60, size=(40, 1))
    found = with_errors(error).around(out)
    for n, row in enumerate(out.tolist()):
        unit = Fraction(2) ** -int(found.e[n])
        for j, own in enumerate(row):
            low, high = (int(x[n, j]) * unit for x in (found.lo, found.hi))
            assert low <= Fraction(own) - Fraction(error[j])
            assert Fraction(own) + Fraction(error[j]) <= high


@pytest.mark.parametrize("precision", [DOUBLE, SINGLE])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_what_is_far_is_more_than_errors_and_spreads_change(count, precision):
    """A difference changes by both logits' spreads, a gap between outputs by those of two."""
    rng = np.random.default_rng([count, 61])
    for _ in range(50):
        error = 2.0 ** rng.uniform(-40, 10, size=1 if count < 3 else count)
        spread = rng.integers(0, 1 << 20, size=(1, count))
        e = rng.integers(-10, 50, size=1)
        far = with_errors(error, precision).far(Fixed(spread, e))
        unit = Fraction(2) ** -int(e[0])
        if count < 3:
            changed = sum(map(int, spread[0])) * unit + Fraction(error[0])
        else:
            each = zip(spread[0].tolist(), error.tolist(), strict=True)
            changed = 2 * max(n * unit + Fraction(x) for n, x in each)
        assert changed < Fraction(far) < Fraction(101, 100) * changed


def folded_of(*layers, columns=1):
    network = Network(columns, layers)
    p = prepare(network, bits(columns))
    return fold(plain(p), all_bounds(p, parts_of([full_cell(bits(columns))]), False), 0)


def one(layer, weight, bias=0.0):
    return Affine(layer, np.array([[weight]]), np.array([bias]))


LARGE = 2.0**101
BENT = one(0, 2.0, -1.0), Relu(1)


@pytest.mark.parametrize(
    ("layers", "where"),
    [
        ((one(0, LARGE),), "weight"),
        ((one(0, 1.0, LARGE),), "bias"),
        ((*BENT, one(2, LARGE)), "weight of a feature"),
        ((*BENT, one(2, 2.0**60), one(3, 2.0**60)), "product"),
    ],
)
def test_numbers_that_single_precision_may_not_hold_are_left_to_double(layers, where):
    """Sums that overflow would be certain, whatever cancels them."""
    found = folded_of(*layers)
    assert found is not None and found.single is None, where
    smaller = [
        replace(x, weight=x.weight / LARGE, bias=x.bias / LARGE) if isinstance(x, Affine) else x
        for x in layers
    ]
    assert folded_of(*smaller).single is not None


def test_more_roundings_than_single_precision_allows_are_left_to_double():
    for columns, fits in ((2039, True), (2040, False)):
        layer = Affine(0, np.ones((1, columns)), np.zeros(1))
        found = folded_of(layer, columns=columns)
        assert found is not None and (found.single is not None) is fits


@pytest.mark.parametrize(("power", "folds"), [(190, True), (205, False)])
def test_numbers_of_2_to_the_400_and_more_are_not_folded(power, folds):
    """Also where weights, and what forms may be off by, are less."""
    large = np.full((1, 2), 2.0**power)
    layers = Affine(0, large, large[:, 0]), Relu(1), Affine(2, large[:, :1], np.zeros(1))
    net = plain(prepare(Network(2, layers), bits(2)))
    found = fold(net, all_bounds(net.p, parts_of([full_cell(net.p.domain)]), False), 0)
    assert (found is not None) == folds
