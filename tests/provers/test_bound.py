"""Bounds contain what they bound, on every point of random cells."""

from __future__ import annotations

import tracemalloc

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.every import examples
from tests.provers.cases import random_domain, random_teacher
from verifier.formats.variables import one_hot, ordinal, variable
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits, signs
from verifier.model.network import Affine, Network, Relu
from verifier.provers import attack, bound, space
from verifier.provers.relaxable import prepare_network


def random_cell(rng, domain):
    masks = []
    for v in domain.variables:
        n = len(v.labels)
        mask = int(rng.integers(1, 1 << n))
        masks.append(mask if rng.random() < 0.7 else 1 << int(rng.integers(n)))
    return Cell(tuple(masks))


def relax_cells(teacher, domain, cells, targets, inherited=None):
    network = prepare_network(teacher, domain)
    allowed = space.allowed_values(network.space, [c.masks for c in cells])
    start = inherited or bound.unbounded(network, len(cells))
    return network, allowed, bound.relax(network, allowed, start, np.array(targets))


def check(network, cell, relaxed, row, target):
    """All points of the cell: pre-activations within bounds, margin and form below the truth."""
    points = np.array(list(cell.points()))
    logits, inner = attack.forward(network, points)
    margin, _ = attack.margins(logits, np.full(len(points), target))
    scale = 1e-9 * (1 + np.abs(inner).max(initial=0) + np.abs(logits).max())
    assert (inner >= relaxed.bounds.low[row] - scale).all()
    assert (inner <= relaxed.bounds.high[row] + scale).all()
    assert (margin >= relaxed.margin[row] - scale).all()
    form = attack.encode(network.space, points) @ relaxed.form.coefficients[row]
    lowest = space.minimiser(
        network.space,
        space.allowed_values(network.space, [cell.masks]),
        relaxed.form.coefficients[row][None],
    )
    bound = form + relaxed.form.constant[row]
    assert np.isclose(bound.min(), relaxed.margin[row], atol=scale, rtol=1e-9)
    assert tuple(lowest[0].tolist()) in set(cell.points())


@settings(max_examples=examples(120), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_bounds_contain_all_points(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 200, dyadic=True)
    teacher = random_teacher(rng, domain.columns, scales=False)
    cells = [full_cell(domain)] + [random_cell(rng, domain) for _ in range(3)]
    targets = rng.integers(teacher.classes, size=len(cells)).tolist()
    network, _, relaxed = relax_cells(teacher, domain, cells, targets)
    for i, cell in enumerate(cells):
        check(network, cell, relaxed, i, targets[i])


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_children_inherit(seed):
    """A child's bounds stay valid with the parent's bounds as a start, and are never looser."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 200, dyadic=True)
    teacher = random_teacher(rng, domain.columns, scales=False)
    network, _, parent = relax_cells(teacher, domain, [full_cell(domain)], [0])
    child = random_cell(rng, domain)
    _, _, relaxed = relax_cells(teacher, domain, [child], [0], parent.bounds)
    assert (relaxed.bounds.low >= parent.bounds.low).all()
    assert (relaxed.bounds.high <= parent.bounds.high).all()
    check(network, child, relaxed, 0, 0)


def test_one_hot_groups_are_exact():
    """x_a - x_b over a one-hot group lies in [-1, 1]; as boxes it would reach [-1, 1] per column:
    the sum of all three columns is 1, never 0 or 3."""
    domain = Domain((one_hot("c", "abc"),))
    teacher = Network(
        3, (Affine(0, np.ones((1, 3), dtype=np.float32), np.array([-0.5], dtype=np.float32)),)
    )
    _, _, relaxed = relax_cells(teacher, domain, [full_cell(domain)], [1])
    assert relaxed.margin[0] == 0.5


def test_known_bound():
    """relu(x + y) - relu(x - y) over signs: lower slopes 0, uppers 1/2 x + ..., by hand -3."""
    first = Affine(0, np.array([[1, 1], [1, -1]], np.float32), np.zeros(2, np.float32))
    last = Affine(2, np.array([[1, -1]], np.float32), np.zeros(1, np.float32))
    teacher = Network(2, (first, Relu(1), last))
    _, _, relaxed = relax_cells(teacher, signs(2), [full_cell(signs(2))], [1])
    # both neurons in [-2, 2]: below, slope 0 (u = -l); above, z / 2 + 1
    assert relaxed.margin[0] == -2.0
    assert relaxed.bounds.low.tolist() == [[-2.0, -2.0]]


def test_values_of_masks():
    domain = Domain(
        (
            one_hot("a", "xyz"),
            ordinal("b", list(range(70))),
            variable("c", ("0", "1"), ((0,), (1,))),
        )
    )
    wide = space.prepare_space(domain)
    assert wide.wide and not space.prepare_space(bits(3)).wide
    cells = [(0b101, (1 << 69) | 5, 2), (0b111, (1 << 70) - 1, 3)]
    allowed = space.allowed_values(wide, cells)
    assert np.flatnonzero(allowed[0]).tolist() == [0, 2, 3, 5, 72, 74]
    assert np.flatnonzero(~allowed[1]).tolist() == []


def test_huge_weights_give_no_false_bound():
    """Overflow in float64 must not become a finite margin."""
    big = np.full((2, 2), 1e200)
    layers = (
        Affine(0, big, np.zeros(2)),
        Relu(1),
        Affine(2, -big, np.zeros(2)),
        Relu(3),
        Affine(4, np.array([[1.0, -1.0]]), np.array([1.0])),
    )
    _, _, relaxed = relax_cells(Network(2, layers), bits(2), [full_cell(bits(2))], [1])
    assert not relaxed.margin[0] > 1.0


def test_attack_finds_the_only_point():
    """AND of six bits, reached by single coordinate changes along the gradient."""
    teacher = Network(6, (Affine(0, np.ones((1, 6), np.float32), np.array([-5.5], np.float32)),))
    network = prepare_network(teacher, bits(6))
    allowed = np.ones((1, 12), dtype=bool)
    points, rows, margin = attack.attack(
        network, allowed, np.array([0]), starts=2, rounds=20, most=3, seed=0
    )
    best = margin.argmin()
    assert points[best].tolist() == [1] * 6
    assert margin[best] < 0
    assert set(rows.tolist()) == {0}


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_attack_stays_in_its_cells(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 500)
    teacher = random_teacher(rng, domain.columns)
    network = prepare_network(teacher, domain)
    cells = [random_cell(rng, domain) for _ in range(3)]
    allowed = space.allowed_values(network.space, [c.masks for c in cells])
    classes = rng.integers(teacher.classes, size=3)
    points, rows, margin = attack.attack(
        network, allowed, classes, starts=2, rounds=3, most=4, seed=seed
    )
    for point, row in zip(points.tolist(), rows.tolist(), strict=True):
        assert cells[row].contains(tuple(point))
    logits, _ = attack.forward(network, points)
    assert np.allclose(attack.margins(logits, classes[rows])[0], margin)


def test_margins_are_the_least_of_the_rows():
    rng = np.random.default_rng(0)
    for outputs in (1, 2, 3, 7):
        logits = rng.integers(-3, 4, (200, outputs)).astype(float)
        classes = rng.integers(0, max(2, outputs), 200)
        kinds = np.stack([bound.class_rows(outputs, k) for k in range(max(2, outputs))])
        each = np.einsum("nro,no->nr", kinds[classes], logits)
        margin, worst = attack.margins(logits, classes)
        assert (margin == each.min(axis=1)).all() and (worst == each.argmin(axis=1)).all()
        assert (bound.rows_at(outputs, classes, worst) == kinds[classes, worst]).all()


def test_a_thousand_classes_take_no_gigabytes():
    """The rows of all of them were made anew for every batch of cells."""
    rng = np.random.default_rng(0)
    first = Affine(0, rng.normal(size=(8, 4)), np.zeros(8))
    last = Affine(2, rng.normal(size=(1000, 8)), np.zeros(1000))
    domain, teacher = bits(4), Network(4, (first, Relu(1), last))
    tracemalloc.start()
    try:
        network, _, relaxed = relax_cells(teacher, domain, [full_cell(domain)], [7])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1 << 27
    logits, _ = attack.forward(network, np.array(list(full_cell(domain).points())))
    least, _ = attack.margins(logits, np.full(16, 7))
    assert -np.inf < relaxed.margin[0] <= least.min() + 1e-4
