"""Staircases: their values, their enclosures and their lines, against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.brute import teacher_class
from tests.every import seeds
from tests.kernel.stairs_cases import quantised_case, stairs
from tests.kernel.test_checker import random_cells
from tests.kernel.test_rules import (
    assert_linear_forms_are_below,
    assert_nodes_stay_within_bounds,
    exact,
)
from tests.provers.cases import all_points, brute_force, check, random_tree
from verifier.formats.variables import ordinal
from verifier.kernel import checker
from verifier.kernel import steps as rules_of_steps
from verifier.kernel.arithmetic import Bounds
from verifier.kernel.points import evaluate
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.rules import all_bounds, constant
from verifier.kernel.steps import lines, staircase
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof, NetworkError
from verifier.model.network import Affine, Network, exact_classes
from verifier.model.proof import Constant
from verifier.model.question import matter_of
from verifier.model.steps import Steps
from verifier.model.tree import Leaf, Tree

SEEDS = range(8)


def value(layer, j, x):
    return int(layer.lowest[j]) + sum(x >= Fraction(t) for t in layer.thresholds[j].tolist())


@pytest.mark.parametrize("seed", SEEDS)
def test_classes_are_exact(seed):
    _, domain, teacher = quantised_case(seed)
    points = all_points(domain)
    truth = [teacher_class(teacher, domain.encode(p)) for p in points]
    assert exact_classes(teacher, domain, points) == truth
    classes, steady, _ = evaluate(prepare(teacher, domain), np.array(points))
    assert classes.tolist() == truth
    assert not steady.any()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("refine", [False, True])
def test_every_node_stays_within_its_bounds(seed, refine):
    rng, domain, teacher = quantised_case(seed, rough=seed % 2 == 0)
    cells = random_cells(rng, domain, 4)
    assert_nodes_stay_within_bounds(prepare(teacher, domain), cells, refine)


@pytest.mark.parametrize("seed", SEEDS)
def test_linear_forms_are_lower_bounds(seed):
    rng, domain, teacher = quantised_case(seed, rough=seed % 2 == 0)
    cells = [full_cell(domain), *random_cells(rng, domain, 3)]
    assert_linear_forms_are_below(rng, prepare(teacher, domain), cells)


def random_bounds(rng, layer, cells, e):
    """Ends about the thresholds, at exponents ``e``."""
    width = len(layer.lowest)
    ends = np.sort(rng.integers(-9, 10, size=(2, cells, width)) + rng.random((2, cells, width)), 0)
    lo, hi = np.floor(np.ldexp(ends[0], e[:, None])), np.ceil(np.ldexp(ends[1], e[:, None]))
    return Bounds(lo, hi, e)


def assert_between(found, i, j, x, y):
    low, high = (exact(n[i, j], found.e[i]) for n in (found.low, found.high))
    below, above = (exact(n[i, j], found.g[i]) for n in (found.below, found.above))
    assert below * x + low <= y <= above * x + high


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_lie_below_and_above(seed):
    """At the ends, at all thresholds, just below them, and between."""
    rng = np.random.default_rng(seed)
    layer = stairs(rng, 0, 3, int(rng.integers(1, 30)))
    x = random_bounds(rng, layer, 5, rng.integers(-1, 27, size=5))
    for parallel in (False, True):
        check_lines(layer, x, lines(layer, x, parallel=parallel), staircase(layer, x))
    both = lines(layer, x, parallel=True)
    assert (both.below == both.above).all()


def check_lines(layer, x, found, box):
    assert max(np.abs(found.below).max(), np.abs(found.above).max()) <= 2**12
    for i in range(5):
        for j in range(3):
            lo, hi = exact(x.lo[i, j], x.e[i]), exact(x.hi[i, j], x.e[i])
            met = [Fraction(t) for t in layer.thresholds[j].tolist()]
            near = [t + d for t in met for d in (0, Fraction(-1, 2**60), Fraction(1, 9))]
            for at in [lo, hi, *(t for t in near if lo <= t <= hi)]:
                y = value(layer, j, at)
                assert_between(found, i, j, at, y)
                assert box.lo[i, j] <= y <= box.hi[i, j]


def test_lines_follow_a_quantiser():
    """Where 255 steps are evenly spaced the lines are about one step apart, not 255."""
    layer = Steps(0, (np.arange(255.0) - 127.5)[None] / 16, np.zeros(1))
    x = Bounds(np.array([[-(7.0 * 2**20)]]), np.array([[7.0 * 2**20]]), np.array([20]))
    found = lines(layer, x)
    middle = [exact(n[0, 0], found.e[0]) for n in (found.low, found.high)]
    assert middle[1] - middle[0] < Fraction(6, 5)


@pytest.mark.parametrize("e", [-1000, -800, -60, 0, 60, 899, 900, 950, 1070])
def test_extreme_exponents(e):
    """Ends that are tiny or huge: thresholds beside 0 are told from it."""
    layer = Steps(0, np.array([[-(2.0**-200), 0.0, 2.0**-200, 2.0**200]]), np.array([-2.0]))
    for lo, hi in ((-1.0, 1.0), (0.0, 1.0), (-1.0, 0.0), (0.0, 0.0), (1.0, 3.0), (-5.0, -1.0)):
        x = Bounds(np.array([[lo]]), np.array([[hi]]), np.array([e]))
        box, found = staircase(layer, x), lines(layer, x)
        for n in (lo, hi):
            at = exact(n, e)
            y = value(layer, 0, at)
            assert box.lo[0, 0] <= y <= box.hi[0, 0]
            assert_between(found, 0, 0, at, y)


@pytest.mark.parametrize("seed", range(10))
def test_a_cell_does_not_depend_on_its_batch(seed, monkeypatch):
    rng, domain, teacher = quantised_case(seed)
    p = prepare(teacher, domain)
    cells = random_cells(rng, domain, 6)
    together = all_bounds(p, parts_of(cells), True)
    monkeypatch.setattr(rules_of_steps, "TOGETHER", 1)
    for i, cell in enumerate(cells):
        for b, one in zip(together, all_bounds(p, parts_of([cell]), True), strict=True):
            assert (b.lo[i] == one.lo[0]).all() and (b.hi[i] == one.hi[0]).all()
            assert b.e[i] == one.e[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_constant_is_shown_only_where_it_is_true(seed):
    rng, domain, teacher = quantised_case(seed, rough=seed % 2 == 0)
    p = prepare(teacher, domain)
    for cell in [full_cell(domain), *random_cells(rng, domain, 6)]:
        seen = {teacher_class(teacher, domain.encode(point)) for point in cell.points()}
        for klass in range(teacher.classes):
            shown, steady = constant(p, [cell], [klass], float32=True)
            assert not shown[0] or seen == {klass}
            assert not steady[0]


@pytest.mark.parametrize("seed", seeds(range(12)))
def test_a_moved_threshold_is_noticed(seed):
    """A proof of one network is refused for another whose classes differ on a cell."""
    rng, domain, teacher = quantised_case(seed)
    points = all_points(domain)
    klass = exact_classes(teacher, domain, points[:1])[0]
    tree = Tree((Leaf(klass),))
    changed = list(teacher.layers)
    at = next(i for i, x in enumerate(changed) if isinstance(x, Steps))
    move = rng.choice([-1.0, 1.0, 4.0])
    changed[at] = Steps(changed[at].source, changed[at].thresholds + move, changed[at].lowest)
    other = Network(teacher.columns, tuple(changed))
    for network in (teacher, other):
        wrong, _ = brute_force(domain, network, tree)
        try:
            verdict = checker.verify(matter_of(domain, network, tree), (Constant(klass),), ())
        except InvalidProof:
            assert wrong
        else:
            assert not wrong and verdict.disagreements == (0, 0)


def test_a_step_is_reached_where_the_threshold_is():
    """x >= t, exactly: a third is not a float, and no float beside it will do."""
    third = float(Fraction(1, 3))
    for t in (np.nextafter(third, 0), third, np.nextafter(third, 1)):
        layers = Steps(0, np.array([[t]]), np.zeros(1)), Affine(1, np.ones((1, 1)), np.zeros(1))
        net = Network(1, layers)
        domain = Domain((ordinal("x", (Fraction(1, 3), 5)),))
        truth = int(Fraction(1, 3) >= Fraction(float(t)))
        assert exact_classes(net, domain, [(0,), (1,)]) == [truth, 1]
        assert evaluate(prepare(net, domain), np.array([[0], [1]]))[0].tolist() == [truth, 1]


@pytest.mark.parametrize(
    ("thresholds", "lowest", "says"),
    [
        ([[2.0, 1.0]], [0.0], "ascending"),
        ([[1.0], [2.0]], [0.0], "shape"),
        ([[1.0]], [0.0, 1.0], "shape"),
        ([[2.0**201]], [0.0], "out of range"),
        ([[2.0**-201]], [0.0], "out of range"),
        ([[1.0]], [0.5], "whole number"),
        ([[1.0]], [2.0**20], "whole number"),
        ([[np.nan]], [0.0], "NaN"),
        ([[1.0]], [np.inf], "NaN"),
    ],
)
def test_what_is_no_staircase_is_refused(thresholds, lowest, says):
    layer = Steps(0, np.array(thresholds), np.array(lowest))
    with pytest.raises(NetworkError, match=says):
        Network(1, (layer, Affine(1, np.ones((1, 1)), np.zeros(1))))
    with pytest.raises(NetworkError, match="at most"):
        many = Steps(0, np.zeros((1, (1 << 16) + 1)), np.zeros(1))
        Network(1, (many, Affine(1, np.ones((1, 1)), np.zeros(1))))


@pytest.mark.parametrize("seed", range(6))
def test_the_search_finds_the_exact_answer(seed):
    rng, domain, teacher = quantised_case(seed, 200)
    check(domain, teacher, random_tree(rng, domain, teacher.classes), shown=False)
