"""Ordinals as ranges in the numbers underneath: linear forms, bounds, exact classes, cuts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.every import seeds
from tests.provers import matters
from tests.provers.cases import random_teacher
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.provers.bound import relax, unbounded
from verifier.provers.evaluate import bulk_classes, prepare_bulk
from verifier.provers.relaxable import prepare_network
from verifier.provers.space import boxes, extremes, minimiser, prepare_space, random_points
from verifier.provers.split import range_cut


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_linear_forms_are_exact(seed):
    rng = np.random.default_rng(seed)
    domain = Domain(matters.random_domain(rng, 100).variables)
    space, cell = prepare_space(domain), matters.random_cell(rng, domain)
    form = rng.integers(-3, 4, size=(1, 1, domain.columns)).astype(np.float64)
    held = boxes(space, [cell])
    sums = {
        point: sum(float(w * x) for w, x in zip(form[0, 0], domain.encode(point), strict=True))
        for point in cell.points()
    }
    ends = extremes(space, held, form)
    assert ends.low.sum() == pytest.approx(min(sums.values()))
    assert ends.high.sum() == pytest.approx(max(sums.values()))
    assert sums[tuple(minimiser(space, held, form[0])[0].tolist())] == pytest.approx(
        min(sums.values())
    )
    assert all(cell.contains(tuple(p)) for p in random_points(space, held, 9, rng).tolist())


def test_bounds_hold_at_every_point():
    shown = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        domain = Domain(matters.random_domain(rng, 60).variables)
        teacher = random_teacher(rng, domain.columns)
        network, cell = prepare_network(teacher, domain), matters.random_cell(rng, domain)
        classes = bulk_classes(prepare_bulk(teacher, domain), np.array(list(cell.points())))
        held = boxes(network.space, [cell])
        found = relax(network, held, unbounded(network, 1), classes[:1])
        if found.margin[0] > 1e-6:
            assert (classes == classes[0]).all()
            shown += cell.size > 1
    assert shown > 20


@pytest.mark.parametrize(
    ("first", "step", "count"), [(0, 1, 1 << 40), (3, 7, 10**17), (0, Fraction(1, 10), 10**6)]
)
def test_long_ordinals_are_evaluated_exactly(first, step, count):
    """Around the number where the class changes, also where floats are too coarse for it."""
    domain = Domain((Ordinal("n", Fraction(first), Fraction(step), count, uniform(count)),))
    (numbers,) = domain.variables
    change = float(numbers.number(count // 2))
    teacher = Network(1, (Affine(0, np.array([[1.0]]), np.array([-change])),))
    points = np.array([[count // 2 + d] for d in range(-40, 41)])
    found = bulk_classes(prepare_bulk(teacher, domain), points)
    exact = [int(numbers.number(i) > Fraction(change)) for (i,) in points.tolist()]
    assert found.tolist() == exact and set(exact) == {0, 1}


def test_a_range_is_cut_where_a_neuron_crosses_zero():
    """1 where n > 12345, by two neurons; the bound is loose because of both."""
    domain = Domain((Ordinal("n", Fraction(0), Fraction(1), 20_001, uniform(20_001)),))
    step = Affine(0, np.array([[1.0], [1.0]]), np.array([-12345.0, -12346.0]))
    layers = step, Relu(1), Affine(2, np.array([[1.0, -1.0]]), np.array([-0.5]))
    network = prepare_network(Network(1, layers), domain)
    part = range(20_001)
    held = boxes(network.space, [matters.full_cell(domain)])
    relaxed = relax(network, held, unbounded(network, 1), np.array([0]))
    assert range_cut(network, relaxed, 0, 0, part, 2**-14) in (12345, 12346, 12347)


def test_a_range_is_cut_where_the_bound_begins_to_suffice():
    """1 where 3 n + x > 3000, x from 0 to 10: shown from 1000 on, 0 up to 996."""
    numbers = Ordinal("n", Fraction(0), Fraction(1), 20_001, uniform(20_001))
    domain = Domain((numbers, Ordinal("x", Fraction(0), Fraction(1), 11, uniform(11))))
    layers = (Affine(0, np.array([[3.0, 1.0]]), np.array([-3000.0])),)
    network = prepare_network(Network(2, layers), domain)
    held = boxes(network.space, [matters.full_cell(domain)])
    for target, exact in ((1, 1000), (0, 997)):
        relaxed = relax(network, held, unbounded(network, 1), np.array([target]))
        found = range_cut(network, relaxed, 0, 0, range(20_001), 2**-14)
        assert abs(found - exact) < 5
