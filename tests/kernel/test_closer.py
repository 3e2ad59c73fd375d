"""Points one by one: enclosures from float64 hold the exact outputs, and change no answer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from verifier.formats.variables import variable
from verifier.kernel.asked import Net
from verifier.kernel.points import evaluate
from verifier.kernel.prepared import prepare
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu, exact_logits


def case(seed, outputs):
    """A network, close to a boundary, on a small domain; and all points."""
    rng = np.random.default_rng(seed)
    codes = [Fraction(1, 3), Fraction(-2, 7), Fraction(5), Fraction(0)]
    every = tuple(
        variable(f"x{i}", ("a", "b", "c", "d"), tuple((x * (i + 1),) for x in codes))
        for i in range(4)
    )
    domain = Domain(every)
    widths = [4, int(rng.integers(2, 7)), int(rng.integers(2, 7)), outputs]
    layers = []
    for a, b in pairwise(widths):
        layers.append(Affine(len(layers), rng.normal(size=(b, a)), rng.normal(size=b)))
        layers.append(Relu(len(layers)))
    network = Network(4, tuple(layers[:-1]))
    points = np.array(list(full_cell(domain).points()))
    logits, denominator = exact_logits(
        network, [domain.encode_integers(tuple(x)) for x in points.tolist()], domain.denominator
    )
    # the last bias is moved by one logit, or difference, so that one point is about at a tie
    last = layers[-2]
    at = int(rng.integers(len(points)))
    top = [Fraction(x, denominator) for x in logits[at]]
    bias = last.bias - np.array([float(x) for x in top])
    bias[0] += (0.0, 2.0**-50, -(2.0**-30), 2.0**-22)[seed % 4]
    network = replace(network, layers=(*layers[:-2], replace(last, bias=bias)))
    return network, domain, points


def margins(network, domain, points):
    """The exact outputs, of two logits their difference."""
    inputs = [domain.encode_integers(tuple(x)) for x in points.tolist()]
    logits, denominator = exact_logits(network, inputs, domain.denominator)
    rows = [[x[1] - x[0]] if len(x) == 2 else x for x in logits]
    return [[Fraction(x, denominator) for x in row] for row in rows]


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_what_encloses_points_holds_the_exact_outputs_and_is_narrow(outputs):
    caught = 0
    for seed in range(6):
        network, domain, points = case(seed, outputs)
        net = Net(prepare(network, domain), (0, 1, 2, 3), whole=True)
        over = net.everywhere
        held, exact = over.enclosed(points), margins(network, domain, points)
        bold = replace(over.folded, error=over.folded.error * 0)
        short = np.stack([out.T for _, out in over.outputs(points)])[0].copy()
        for lo, hi, e, row in zip(held.lo, held.hi, held.e, exact, strict=True):
            unit = Fraction(2) ** -int(e)
            for a, b, x in zip(lo, hi, row, strict=True):
                assert int(a) * unit <= x <= int(b) * unit
                assert (b - a) * float(unit) < 1e-9
        near = bold.around(short)
        for lo, hi, e, row in zip(near.lo, near.hi, near.e, exact, strict=True):
            unit = Fraction(2) ** -int(e)
            caught += any(
                not int(a) * unit <= x <= int(b) * unit
                for a, b, x in zip(lo + 1, hi - 1, row, strict=True)
            )
    assert caught  # without the error it would not hold


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_what_is_closer_changes_no_answer_and_leaves_less_to_exact_integers(outputs):
    longest = 0, 0
    for seed in range(8):
        network, domain, points = case(seed, outputs)
        net = Net(prepare(network, domain), (0, 1, 2, 3), whole=True)
        one, other = evaluate(net.p, points), evaluate(net.p, points, net.everywhere.enclosed)
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1], other[1])
        longest = longest[0] + (one[2] > 0), longest[1] + (other[2] > 0)
    assert longest[1] < longest[0]
