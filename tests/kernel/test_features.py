"""Sweeps of signs, staircases and smooth functions: every class is the exact one, every error is
within its bound, and where a step is not certain that is said."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.every import seeds
from tests.kernel.test_near_ties import random_domain, weights
from tests.kernel.test_sweep import everything_swept, random_cell
from verifier.kernel import checker, features, plain
from verifier.kernel.asked import ask, evaluate_net
from verifier.kernel.folding import fold
from verifier.kernel.over import Over
from verifier.kernel.plain import plain as in_floats
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.rules import all_bounds
from verifier.model.cell import full_cell
from verifier.model.curves import curve
from verifier.model.domain import Domain, bits
from verifier.model.errors import NetworkError
from verifier.model.network import (
    Add,
    Affine,
    Network,
    Relu,
    Scale,
    Sign,
    exact_classes,
    exact_logits,
)
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Enumerated
from verifier.model.question import matter_of
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.model.tree import Leaf, Tree

SEEDS = seeds(range(60))
SMOOTH = ("sigmoid", "gelu", "elu")
"""Each table takes a while."""
NOTHING = Tree((Leaf(0),))


def mixed(rng):
    """Awkward encodings, and mostly an ordinal."""
    domain = random_domain(rng)
    if rng.random() < 0.7:
        first, step = Fraction(int(rng.integers(-9, 9)), 3), Fraction(1, int(rng.choice([1, 7])))
        return Domain((*domain.variables, Ordinal("n", first, step, 6, uniform(6))))
    return domain


def stairs(rng, source, x):
    """A staircase whose thresholds are values of its input ``x``, (points, width), or near."""
    some = rng.choice(x, size=5, axis=0)
    moved = np.nextafter(some, rng.choice([-np.inf, np.inf], size=some.shape))
    met = np.sort(np.where(rng.random(some.shape) < 0.5, some, moved), axis=0).T
    met = np.where(np.abs(met) < 2.0**-190, 0.0, met)
    return Steps(source, met, rng.integers(-3, 3, size=len(met)).astype(np.float32))


def reals(network, domain, points):
    """The last node at points, in float64."""
    rows = [domain.encode_integers(x) for x in points]
    logits, over = exact_logits(network, rows, domain.denominator)
    return np.array([[float(Fraction(x, over)) for x in row] for row in logits])


def random_network(rng, domain, outputs):
    """Layers of all kinds; stairs of values that occur, also of the input itself."""
    points = list(full_cell(domain).points())
    layers, width = [], domain.columns
    start = rng.random() < 0.5
    if start:
        x = np.array([[float(v) for v in domain.encode(p)] for p in points])
        layers.append(stairs(rng, 0, x))
    for _ in range(int(rng.integers(1, 4))):
        own = int(rng.integers(1, 5))
        weight = weights(rng, (own, width), int(rng.integers(3)))
        layers.append(Affine(len(layers), weight, weights(rng, (own,), 0)))
        width, node = own, len(layers)
        kind = rng.integers(5)
        if kind == 0:
            layers.append(Relu(node))
        elif kind == 1:
            layers.append(Sign(node))
        elif kind == 2:
            layers.append(Smooth(node, str(rng.choice(SMOOTH))))
        else:
            layers.append(
                stairs(rng, node, reals(Network(domain.columns, tuple(layers)), domain, points))
            )
        if rng.random() < 0.3:
            layers.append(Add(node, len(layers)))
        if rng.random() < 0.3:
            every = (rng.choice([3.0, 0.1, -7.0], size=width) for _ in range(3))
            layers.append(Scale(len(layers), *every))
    last = weights(rng, (outputs, width), 0), weights(rng, (outputs,), 0)
    layers.append(Affine(len(layers), *last))
    return Network(domain.columns, tuple(layers))


def case(seed):
    rng = np.random.default_rng([seed, 18])
    domain = mixed(rng)
    network = random_network(rng, domain, int(rng.choice([1, 2, 3])))
    return network, domain, random_cell(rng, domain), bool(rng.random() < 0.5)


def worst(seed):
    """The largest error of a folded network over a random cell, in units of its bound.

    None where float64 is not used, or no point is certain. Also how many points are, of all.
    """
    return worst_of(*case(seed))


def worst_of(network, domain, cell, refine=False):
    """The same of a network over a cell."""
    p = prepare(network, domain)
    net = in_floats(p)
    folded = net and fold(net, all_bounds(p, parts_of([cell]), refine), 0)
    if not folded:
        return None, (0, 0)
    points = list(cell.points())
    over = Over(tuple(range(len(domain.variables))), net, folded, 0.0, True)
    out = np.concatenate([x.copy() for _, x in over.outputs(np.array(points))], axis=1)
    rows = [domain.encode_integers(x) for x in points]
    try:
        exact, below = exact_logits(network, rows, domain.denominator)
    except NetworkError:  # smooth logits that are equal
        return None, (0, 0)
    gaps = [
        abs(Fraction(float(own)) - Fraction(real, below)) / Fraction(folded.error[j])
        for n, row in enumerate(exact)
        for j, real in enumerate(row if len(row) != 2 else [row[1] - row[0]])
        if not np.isnan(own := out[j, n])
    ]
    return max(gaps, default=None), (int((~np.isnan(out[0])).sum()), len(points))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_computed_is_within_its_bound(seed):
    gap, _ = worst(seed)
    assert gap is None or gap <= 1


def test_most_is_certain_and_not_all():
    some = [worst(seed)[1] for seed in SEEDS]
    sure, every = (sum(x) for x in zip(*some, strict=True))
    assert 0.3 * every < sure < 0.99 * every


@pytest.mark.parametrize("seed", SEEDS)
def test_classes_and_counts_are_exact(seed, monkeypatch):
    network, domain, _, _ = case(seed)
    points = list(full_cell(domain).points())
    classes = np.array(exact_classes(network, domain, points))
    asked = ask(matter_of(domain, network, NOTHING))
    assert (evaluate_net(asked.nets[0], np.array(points))[0] == classes).all()
    everything_swept(monkeypatch)
    verdict = checker.verify(matter_of(domain, network, NOTHING), (Enumerated(),))
    assert verdict.disagreements == (np.count_nonzero(classes),) * 2


def no_margin_at_steps(monkeypatch):
    honest = features.bend

    def careless(*about):
        made, error = honest(*about)
        return replace(made, off=0 * made.off), error

    monkeypatch.setattr("verifier.kernel.folding.bend", careless)


def tables_are_exact(monkeypatch):
    for kind in SMOOTH:
        monkeypatch.setitem(curve(kind).__dict__, "off", 0.0)


@pytest.mark.parametrize("fault", [no_margin_at_steps, tables_are_exact])
def test_too_small_a_bound_is_found(fault, monkeypatch):
    fault(monkeypatch)
    assert any((gap := worst(seed)[0]) is not None and gap > 1 for seed in range(200))


def test_an_error_grows_through_a_smooth_function(monkeypatch):
    """Between two values of its table a sigmoid is off by 1e-8; a tanh of a thousand of it more."""
    domain = bits(1)
    layers = (
        *(Affine(0, np.array([[2.0**-10]]), np.array([1.0])), Smooth(1, "sigmoid")),
        *(Affine(2, np.array([[1024.0]]), np.array([-748.75])), Smooth(3, "tanh")),
        Affine(4, np.ones((1, 1)), np.zeros(1)),
    )
    about = Network(1, layers), domain, full_cell(domain)
    assert worst_of(*about)[0] <= 1
    monkeypatch.setattr(features, "STEEPEST", 0.0)
    assert worst_of(*about)[0] > 1


def stepped():
    """The encodings behind a staircase whose thresholds are the float64 numbers next to them."""
    tenths = Ordinal("a", Fraction(1, 10), Fraction(1, 10), 2, uniform(2))
    domain = Domain((tenths, *bits(1).variables))
    met = np.array([[0.1, 0.2], [0.5, 1.5]])  # above 1 / 10 and 1 / 5
    layers = Steps(0, met, np.zeros(2)), Affine(1, np.array([[2.0, 1.0]]), np.array([-0.5]))
    net = in_floats(prepare(Network(2, layers), domain))
    return net.start, [x.tolist() for x in net.tables]


def test_values_of_stairs_are_found_exactly(monkeypatch):
    assert stepped() == (1, [[[0.0], [1.0]], [[0.0], [1.0]]])
    honest = plain.bisect_right
    monkeypatch.setattr(plain, "bisect_right", lambda met, x: honest(met, float(x)))
    assert stepped() == (1, [[[1.0], [2.0]], [[0.0], [1.0]]])
