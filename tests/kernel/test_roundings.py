"""Roundings that all go one way, and numbers that underflow: the bound of a folded network counts
those of every layer."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from verifier.formats.variables import variable
from verifier.kernel.folding import contributions, fold, run
from verifier.kernel.plain import UNIT, plain
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.rules import all_bounds
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign, exact_logits

LAYERS = 150


def upward(rng, candidates, found, exact):
    """The candidate whose result is rounded up most, beside what the result is."""
    of = {c: found(c) for c in candidates(rng).tolist()}
    best = max(of, key=lambda c: (Fraction(of[c]) - exact(c)) / Fraction(abs(of[c])))
    return best, of[best]


def multiplied(rng, kind):
    """Factors near 1, one after the other."""
    layers, value = [], 1.0
    for i in range(LAYERS):
        factor, value = upward(
            rng,
            lambda r: r.uniform(0.95, 1.05, 100),
            lambda c, v=value: c * v,
            lambda c, v=value: Fraction(c) * Fraction(v),
        )
        if kind == "matrices":
            layers.append(Affine(i, np.diag([factor, factor]), np.zeros(2)))
        else:
            layers.append(Scale(i, np.full(2, factor), np.ones(2), np.zeros(2)))
    return tuple(layers)


def added(rng):
    """Small numbers of both signs, one after the other."""
    layers, value, at = [Affine(0, np.diag([1.5, 1.5]), np.zeros(2))], 1.5, 1
    for i in range(LAYERS):
        sign = (-1) ** i
        term, value = upward(
            rng,
            lambda r, s=sign: s * r.uniform(0.004, 0.006, 100),
            lambda c, v=value: c + v,
            lambda c, v=value: Fraction(c) + Fraction(v),
        )
        layers.append(Affine(0, np.diag([term, term]), np.zeros(2)))
        layers.append(Add(at, len(layers)))
        at = len(layers)
    return tuple(layers)


def vanishing(doubled):
    """By 2**-1170, which is 0 in float64, and by 2**1170; ``doubled`` is where it is added to
    itself: after so many."""
    layers, at = list[Affine | Add](), 0
    for i, power in enumerate([-390] * 3 + [390] * 3 + [0]):
        if i == doubled:
            layers.append(Add(at, at))
            at = len(layers)
        layers.append(Affine(at, np.diag([2.0**power] * 2), np.zeros(2)))
        at = len(layers)
    return tuple(layers)


def computed(layers, numbers, *, single=False):
    """The only output where the input is the last number, computed; exactly; and the bound of the
    difference."""
    last = Affine(len(layers), np.array([[1.0, 0.0]]), np.zeros(1))
    network = Network(2, (*layers, last))
    labels, rows = [str(x) for x in numbers], [(x, x) for x in numbers]
    domain = Domain((variable("x", labels, rows),))
    p, cell = prepare(network, domain), full_cell(domain)
    net = plain(p)
    folded = fold(net, all_bounds(p, parts_of([cell]), False), 0)
    folded = folded.single if single else folded
    kind = folded.precision.kind
    each = contributions(net, folded, 0, cell.parts[0])[:, -1:]
    shift = folded.shift.astype(kind)[:, None]
    out = run(folded, each.astype(kind), shift, np.empty((len(shift), 1), dtype=kind))
    point = domain.encode_integers((len(numbers) - 1,))
    exact, over = exact_logits(network, [point], domain.denominator)
    return Fraction(float(out[0, 0])), Fraction(exact[0][0], over), Fraction(folded.error[0])


@pytest.mark.parametrize("kind", ["matrices", "factors", "sums"])
def test_roundings_that_go_one_way_add_up_within_the_bound(kind):
    rng = np.random.default_rng(0)
    layers = added(rng) if kind == "sums" else multiplied(rng, kind)
    out, exact, error = computed(layers, [1])
    assert 40 * Fraction(UNIT) * exact < out - exact <= error  # of one layer that is some 20 units


@pytest.mark.parametrize("doubled", [None, 3, 6])
def test_what_underflows_on_the_way_is_counted(doubled):
    out, exact, error = computed(vanishing(doubled), [1])
    assert out == 0 and exact == (1 if doubled is None else 2) and error >= exact


def test_what_underflows_in_single_precision_alone_is_counted():
    """A weight of 2**-150, behind a ReLU that bends at 0."""
    large, small = np.diag([2.0**90] * 2), np.diag([2.0**-150] * 2)
    layers = (Affine(0, large, np.zeros(2)), Relu(1), Affine(2, small, np.zeros(2)))
    tiny = Fraction(1, 1 << 60)
    assert computed(layers, [-1, 1])[:2] == (tiny, tiny)
    out, exact, error = computed(layers, [-1, 1], single=True)
    assert (out, exact) == (0, tiny) and error >= tiny


def bent(*factors):
    """Multiplied and moved, and bent each time."""
    layers = list[Affine | Relu]()
    for factor, shift in factors:
        layers += [Affine(len(layers), np.eye(2) * factor, np.full(2, shift))]
        layers += [Relu(len(layers))]
    return tuple(layers)


LEFT = 1e6, -333333.1
"""What is left of a large product: behind it nothing large is seen."""


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("factors", [(LEFT,), (LEFT, (1.0, -0.125)), ((1.0, 0.0), LEFT)])
def test_errors_of_features_are_carried_on(factors, single):
    """Those of the features that are read, first ones or not."""
    out, exact, error = computed(bent(*factors), [-1, Fraction(1, 3)], single=single)
    unit = Fraction(1, 1 << 24) if single else Fraction(UNIT)
    assert exact > 0 and 100 * unit * exact < abs(out - exact) <= error


@pytest.mark.parametrize("single", [False, True])
def test_sums_with_large_shifts_are_rounded(single):
    layers = (*bent((1.0, 0.0)), Affine(2, np.eye(2), np.full(2, 1e6)))
    out, exact, error = computed(layers, [-1, Fraction(1, 3)], single=single)
    unit = Fraction(1, 1 << 24) if single else Fraction(UNIT)
    assert 10_000 * unit < abs(out - exact) <= error < 100 * unit * exact


def test_sums_of_signs_are_rounded():
    """Signs themselves are exact."""
    weight = np.array([[1 / 3, 1e-5], [0.0, 0.0]])
    layers = Affine(0, np.eye(2), np.zeros(2)), Sign(1), Affine(2, weight, np.zeros(2))
    out, exact, error = computed(layers, [-1, 1])
    assert 0 < abs(out - exact) <= error < Fraction(1, 1 << 40)
