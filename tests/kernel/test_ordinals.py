"""Ordinals in the kernel: ranges by their ends and points by their index, against fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values, teacher_class
from tests.every import seeds
from tests.provers.cases import random_teacher
from verifier.formats.variables import variable
from verifier.kernel import checker
from verifier.kernel.arithmetic import bits
from verifier.kernel.forms import backward, linear_form
from verifier.kernel.ordinals import ROOM, enclose, ordinals_of
from verifier.kernel.points import blocks, evaluate
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.rules import all_bounds
from verifier.kernel.tails import mean_index, tail_bound
from verifier.model.cell import Cell, full_cell
from verifier.model.chances import Runs
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof
from verifier.model.network import Add, Affine, Network, Relu, Sign
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree

SEEDS = range(40)
STEPS = (Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(7, 10), Fraction(2**70 + 1, 2**33))
FIRSTS = (Fraction(0), Fraction(-3), Fraction(1, 10), Fraction(-(2**61)), Fraction(1, 3 * 2**90))


def ordinal(name, first, step, count, runs=None):
    runs = uniform(count) if runs is None else runs
    return Ordinal(name, Fraction(first), Fraction(step), count, runs)


def random_runs(rng, count):
    cuts = sorted({0, count, *(int(k) for k in rng.integers(1, count + 1, 2))})
    masses = [int(m) for m in rng.integers(0, 4, len(cuts) - 1)]
    masses[-1] += 1
    whole = zip(cuts, cuts[1:], masses, strict=False)
    return tuple((b - a, Fraction(m, sum(masses))) for a, b, m in whole)


def random_domain(rng, *, largest=(1, 2, 3, 5, 9)):
    """One to four variables, some of them ordinals with values of all sizes."""
    variables = []
    for i in range(int(rng.integers(1, 5))):
        count = int(rng.choice(largest))
        if i and rng.random() < 0.4:
            rows = [[Fraction(int(x), 3) for x in rng.integers(-3, 4, 2)] for _ in range(count)]
            variables.append(variable(f"v{i}", [str(k) for k in range(count)], rows))
        else:
            first = Fraction(int(rng.integers(-9, 9)), int(rng.choice([1, 2, 3])))
            step = Fraction(int(rng.integers(1, 5)), int(rng.choice([1, 4, 7])))
            variables.append(ordinal(f"v{i}", first, step, count, random_runs(rng, count)))
    return Domain(tuple(variables))


def random_cell(rng, domain):
    parts = []
    for v in domain.variables:
        if isinstance(v, Ordinal):
            low, high = sorted(int(k) for k in rng.integers(0, v.count, 2))
            parts.append(range(low, high + 1))
        else:
            parts.append(int(rng.integers(1, v.whole + 1)))
    return Cell(tuple(parts))


def exact(n, e):
    return Fraction(int(n)) / Fraction(2) ** int(e)


def threshold(columns, weight, bias):
    row = np.zeros((1, columns))
    row[0, 0] = weight
    return Network(columns, (Affine(0, row, np.array([float(bias)])),))


@pytest.mark.parametrize("first", FIRSTS)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("count", [1, 2, 1000, 2**40, 2**62])
@pytest.mark.parametrize("scales", [(0, 0), (63, 0), (5, 9)])
def test_the_ends_of_ranges_are_rounded_outward(first, step, count, scales):
    v = ordinal("x", first, step, count)
    small = ordinal("y", Fraction(-1, 7), Fraction(1, 7), 3)
    x = ordinals_of(Domain((v, small)), scales)
    rng = np.random.default_rng(0)
    low, high = np.sort(rng.integers(0, count, (2, 30)), axis=0)
    other = rng.integers(0, 3, 30)
    ends = np.stack([low, other], axis=1), np.stack([high, other], axis=1)
    for together in (False, True):
        held = enclose(x, *ends, together=together)
        assert np.isfinite(held.lo).all() and (bits(held.magnitude) <= ROOM + 1).all()
        for i, (a, b, k) in enumerate(zip(low, high, other, strict=True)):
            for j, (w, s, t) in enumerate([(v, a, b), (small, k, k)]):
                least, most = (Fraction(end) for end in (held.lo[i, j], held.hi[i, j]))
                unit = Fraction(2) ** (int(held.e[i]) - scales[j])
                at, to = w.number(int(s)) * unit, w.number(int(t)) * unit
                assert least <= at < least + 1 and most - 1 < to <= most


def test_powers_of_two_below_make_no_number_longer():
    small = Fraction(3, 7 * 2**70)
    x = ordinals_of(Domain((ordinal("x", small, small, 5),)), (0,))
    assert not x.wide
    held = enclose(x, np.array([[1]]), np.array([[3]]))
    unit, least, most = (exact(n, held.e[0]) for n in (1, held.lo[0, 0], held.hi[0, 0]))
    assert least < 2 * small < least + unit
    assert most - unit < 4 * small < most


def test_what_is_a_multiple_of_a_power_of_two_is_exact():
    domain = Domain((ordinal("x", Fraction(-3, 8), Fraction(1, 8), 2**20),))
    held = enclose(ordinals_of(domain, (0,)), np.array([[5]]), np.array([[2**20 - 1]]))
    assert exact(held.lo[0, 0], held.e[0]) == Fraction(2, 8)
    assert exact(held.hi[0, 0], held.e[0]) == domain.variables[0].last


@pytest.mark.parametrize(
    ("first", "step", "count", "expected"),
    [
        (0, 1, 2**24, True),  # 0 to 2^24 - 1
        (1, 1, 2**24, False),  # to 2^24, which float32 holds; the rule asks for fewer bits
        (-(2**24) + 1, 1, 2**25 - 1, True),
        (Fraction(1, 10), Fraction(1, 10), 3, False),
        (Fraction(1, 2), Fraction(1, 2**99), 2, False),
        (Fraction(1, 2**99), Fraction(1, 2**99), 9, True),
        (Fraction(1, 2**100), Fraction(1, 2**100), 9, False),
        (2**40, 2**30, 2**14, True),
        (2**40 + 1, 1, 1, False),
        (2**40, Fraction(1, 3), 1, True),  # one value: there is no step
        (0, Fraction(1, 3), 1, True),
    ],
)
def test_which_ordinals_float32_holds(first, step, count, expected):
    v = ordinal("x", first, step, count)
    assert all(ordinals_of(Domain((v,)), (k,)).are_float32 == expected for k in (0, 7))
    if expected:
        for i in {0, count // 2, count - 1}:
            assert Fraction(float(np.float32(float(v.number(i))))) == v.number(i)


@pytest.mark.parametrize("refine", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_nodes_and_forms_are_bounded_over_ranges(seed, refine):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng)
    teacher = random_teacher(rng, domain.columns, [1.0, 0.1, 1e9][seed % 3])
    p = prepare(teacher, domain)
    cells = [random_cell(rng, domain) for _ in range(4)]
    parts = parts_of(cells)
    nodes = all_bounds(p, parts, refine)
    node = int(rng.integers(1, len(nodes)))
    rows = rng.integers(-3, 4, size=(len(cells), 2, nodes[node].lo.shape[1])).astype(float)
    form, constant = linear_form(p, nodes, node, rows)
    least = backward(p, parts, nodes, node, rows)
    for i, cell in enumerate(cells):
        for point in cell.points():
            x = domain.encode(point)
            held = node_values(teacher, x)
            x = held[0] = [y / 2**k for y, k in zip(x, p.scales, strict=True)]
            for b, values in zip(nodes, held, strict=True):
                for j, value in enumerate(values):
                    assert exact(b.lo[i, j], b.e[i]) <= value <= exact(b.hi[i, j], b.e[i])
            for r in range(2):
                value = sum(int(c) * y for c, y in zip(rows[i, r], held[node], strict=True))
                linear = sum(exact(c, form.e[i]) * y for c, y in zip(form.n[i, r], x, strict=True))
                assert linear + exact(constant.n[i, r], constant.e[i]) <= value
                assert exact(least.n[i, r], least.e[i]) <= value


def test_columns_of_different_sizes_lose_little():
    """x of up to a million counts as much as y of 0 or 1: its weight is not cut like y's."""
    domain = Domain((ordinal("x", 0, 1, 10**6 + 1), ordinal("y", 0, 1, 2)))
    row = np.array([[1e-6 / 3, 1 / 3]])
    p = prepare(Network(2, (Affine(0, row, np.zeros(1)),)), domain)
    assert p.scales == (20, 0)
    held = all_bounds(p, parts_of([Cell((range(10**6, 10**6 + 1), range(1, 2)))]), False)[-1]
    width = exact(held.hi[0, 0], held.e[0]) - exact(held.lo[0, 0], held.e[0])
    assert width < Fraction(1, 2**18)


@pytest.mark.parametrize(
    "layers",
    [
        (Sign(0), Affine(1, np.ones((1, 1)), np.zeros(1))),
        (Affine(0, np.array([[1e200]]), np.zeros(1)),),
        (Affine(0, np.ones((1, 1)), np.zeros(1)), Add(0, 1)),
    ],
)
def test_inputs_are_not_scaled_where_that_is_not_exact(layers):
    """Read by a sign or a sum, or by weights that would leave float64."""
    domain = Domain((ordinal("x", 0, 1, 2**61),))
    network = Network(1, layers)
    p = prepare(network, Domain((ordinal("x", 0, Fraction(2**990), 2**61),)))
    assert p.scales == (0,)
    assert prepare(network, domain).scales == ((61,) if len(layers) == 1 else (0,))


@pytest.mark.parametrize("seed", SEEDS)
def test_points_of_ordinals_are_classified_exactly(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng)
    teacher = random_teacher(rng, domain.columns, [1.0, 1e-9, 1e20][seed % 3])
    p = prepare(teacher, domain)
    (block,) = blocks(full_cell(domain))
    classes, _, _ = evaluate(p, block)
    for point, klass in zip(block.tolist(), classes.tolist(), strict=True):
        assert klass == teacher_class(teacher, domain.encode(tuple(point)))


def test_points_of_very_long_ordinals_are_classified_exactly():
    """The class changes between two of 2^62 values, far beyond what floats tell apart."""
    domain = Domain((ordinal("x", 0, 1, 2**62), ordinal("y", 0, Fraction(1, 3), 2**40)))
    network = Network(2, (Affine(0, np.array([[1.0, 0.0]]), np.array([-(2.0**61)])),))
    p = prepare(network, domain)
    some = np.array([[2**61 + k, j] for k in (-1, 0, 1) for j in (0, 2**40 - 1)])
    classes, _, _ = evaluate(p, some)
    assert classes.tolist() == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("most", [1, 3, 8, 1000])
@pytest.mark.parametrize("seed", seeds(range(12)))
def test_blocks_visit_every_point_once_in_order(seed, most):
    rng = np.random.default_rng(seed)
    cell = random_cell(rng, random_domain(rng))
    found = list(blocks(cell, most))
    assert [tuple(row) for block in found for row in block.tolist()] == list(cell.points())
    assert all(len(block) <= most for block in found)


def test_a_long_range_is_visited_in_stretches():
    found = [len(b) for b in blocks(Cell((range(7, 20_008), 3)), 1 << 13)]
    assert sum(found) == 2 * 20_001 and max(found) == 1 << 13
    few = next(blocks(Cell((range(2**62), 3, range(2**40))), 1 << 10))
    assert few[:2].tolist() == [[0, 0, 0], [0, 0, 1]] and len(few) == 1 << 10


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mean_of_a_range_is_that_of_its_values(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 20))
    start = int(rng.integers(0, 5))
    chances = Runs(start, random_runs(rng, count))
    low, high = sorted(int(k) for k in rng.integers(0, start + count + 3, 2))
    weights = {i: chances.weight_at(i) for i in range(low, high + 1)}
    whole = sum(weights.values())
    expected = Fraction(sum(i * w for i, w in weights.items()), whole) if whole else None
    assert mean_index(chances, range(low, high + 1)) == expected


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_tail_bounds_hold_over_ranges(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, largest=(2, 5, 9))
    teacher = random_teacher(rng, domain.columns)
    p = prepare(teacher, domain)
    cell = random_cell(rng, domain)
    weights = {point: domain.weight(point) for point in cell.points()}
    whole = sum(weights.values())
    for klass in range(teacher.classes):
        other = sum(
            w for x, w in weights.items() if teacher_class(teacher, domain.encode(x)) != klass
        )
        bound = tail_bound(p, cell, klass)
        assert bound == 1 if not whole else other <= bound * whole


def test_a_tail_bound_over_a_long_range_shows_something():
    """200 ordinals of 2^40 values: the sum is nearly always above a tenth of its mean."""
    count = 2**40
    domain = Domain(tuple(ordinal(f"x{i}", 0, 1, count) for i in range(200)))
    network = Network(200, (Affine(0, np.ones((1, 200)), np.array([-20.0 * count])),))
    bound = tail_bound(prepare(network, domain), full_cell(domain), 1)
    assert 0 < bound < Fraction(1, 10**20)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_range_is_called_constant_where_the_class_varies(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, largest=(3, 9))
    teacher = random_teacher(rng, domain.columns)
    cells = [random_cell(rng, domain) for _ in range(20)]
    p = prepare(teacher, domain)
    held = [{teacher_class(teacher, domain.encode(x)) for x in cell.points()} for cell in cells]
    for klass in range(teacher.classes):
        proved, steady = checker.constant(p, cells, [klass] * len(cells), float32=True)
        assert not (steady & ~proved).any()
        for true, shown in zip(held, proved, strict=True):
            assert not shown or true == {klass}


def test_an_ordinal_of_2_62_values_is_certified():
    """A threshold in the middle of it, at a value that only the exact comparison finds."""
    domain = Domain((ordinal("x", 0, 1, 2**62),))
    tree = Tree((Inner(0, Fraction(2**61), 1, 2), Leaf(0), Leaf(1)))
    matter = matter_of(domain, threshold(1, 1.0, -(2.0**61)), tree)
    low, high = 2**61 - 2**41, 2**61 + 2**41  # what 22 bits cannot tell from the middle
    proof = [Split(0, low), Constant(0), Split(0, high), Open(), Constant(1)]
    verdict = checker.verify(matter, proof)
    assert verdict.disagreements == (0, high - low)
    assert verdict.error == (0, Fraction(high - low, 2**62))
    near = [Split(0, low), Constant(0), Split(0, 2**61 - 2000), Open(), Split(0, 2**61 + 2000)]
    verdict = checker.verify(matter, [*near, Enumerated(), Split(0, high), Open(), Constant(1)])
    assert verdict.disagreements == (0, 2 * (2**41 - 2000))
    with pytest.raises(InvalidProof, match="the relaxation does not prove it"):
        checker.verify(matter, [Split(0, 2**61), Constant(0), Constant(1)])
    wrong = [Split(0, 2**61 - 1), Constant(0), Split(0, 2**61 + 1), Constant(1), Constant(1)]
    with pytest.raises(InvalidProof):
        checker.verify(matter, wrong)


def test_one_value_is_a_domain():
    domain = Domain((ordinal("x", Fraction(1, 3), Fraction(1, 3), 1),))
    for tree, count in ((Tree((Leaf(1),)), 0), (Tree((Leaf(0),)), 1)):
        for step in (Constant(1), Enumerated()):
            verdict = checker.verify(matter_of(domain, threshold(1, 3.0, 0.0), tree), [step])
            assert verdict.disagreements == (count, count) and verdict.error == (count, count)


def test_splits_and_runs_count_exactly():
    """Values of probability 0 count as points, of weight 0."""
    runs = ((5, Fraction(0)), (10, Fraction(1, 3)), (5, Fraction(2, 3)))
    domain = Domain((ordinal("x", -5, 1, 20, runs),))
    tree = Tree((Inner(0, Fraction(-1), 1, 2), Leaf(1), Leaf(1)))
    matter = matter_of(domain, threshold(1, 1.0, 0.0), tree)  # class 1 iff x > 0
    verdict = checker.verify(matter, [Split(0, 5), Constant(0), Constant(1)])
    assert verdict.disagreements == (6, 6) and verdict.error == (Fraction(1, 30),) * 2


def test_float32_of_long_ranges():
    """Shown only where rounding the number to float32, and the sum, cannot change the class."""
    large = 2**29
    for first, step, shown in ((large, 1, True), (large, Fraction(1, 3), True), (0, 1, False)):
        domain = Domain((ordinal("x", first, step, 2**30),))
        matter = matter_of(domain, threshold(1, 1.0, 0.25), Tree((Leaf(1),)))
        assert checker.verify(matter, [Constant(1)]).float32.is_shown == shown


@pytest.mark.parametrize("size", [2**9, 2**40])
def test_a_tail_over_a_range_is_checked(size):
    """x1 + .. + x8 > 0 on numbers that are rarely all small."""
    domain = Domain(tuple(ordinal(f"x{i}", Fraction(-1), Fraction(1), size) for i in range(8)))
    network = Network(8, (Affine(0, np.ones((1, 8)), np.array([0.0])),))
    matter = matter_of(domain, network, Tree((Leaf(1),)))
    bound = tail_bound(prepare(network, domain), full_cell(domain), 1)
    verdict = checker.verify(matter, [Tail(1, bound)])
    assert verdict.error == (0, bound) and verdict.disagreements == (0, size**8)
    with pytest.raises(InvalidProof, match="only"):
        checker.verify(matter, [Tail(1, bound * Fraction(99, 100))])


def test_relus_over_ranges_are_relaxed():
    """|x| > 1/2 outside of a small middle, by the chord of a ReLU on a range."""
    v = ordinal("x", -1000, Fraction(1, 10), 20_001)
    both = Affine(0, np.array([[1.0], [-1.0]]), np.zeros(2))
    network = Network(1, (both, Relu(1), Affine(2, np.ones((1, 2)), np.array([-0.5]))))
    domain = Domain((v,))
    low, high = Inner(0, Fraction(-6, 10), 3, 4), Inner(0, Fraction(1, 2), 1, 2)
    tree = Tree((high, low, Leaf(1), Leaf(1), Leaf(0)))
    proof = [Split(0, 9994), Constant(1), Split(0, 10_005), Constant(0), Constant(1)]
    verdict = checker.verify(matter_of(domain, network, tree), proof)
    assert verdict.disagreements == (0, 0) and verdict.error == (0, 0)
