"""Each rule of the kernel against exact fractions, and its guards."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.brute import node_values
from tests.every import seeds
from tests.kernel.test_checker import case, random_cells
from tests.provers.cases import random_domain
from verifier.formats.variables import variable
from verifier.kernel import arithmetic as a
from verifier.kernel import checker, forms
from verifier.kernel import points as points_module
from verifier.kernel.forms import backward, linear_form
from verifier.kernel.points import evaluate
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.rules import all_bounds, class_rows
from verifier.kernel.tails import tail_bound
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign, exact_classes

SEEDS = range(40)
INTS = st.integers(-(2**52), 2**52)


def whole(n, e):
    """One number as the kernel holds it."""
    return a.Fixed(np.array([[n]], dtype=float), np.array([e]))


def exact(n, e):
    return Fraction(int(n)) / Fraction(2) ** int(e)


def assert_nodes_stay_within_bounds(p, cells, refine):
    bounds = all_bounds(p, parts_of(cells), refine)
    for i, cell in enumerate(cells):
        for point in cell.points():
            for b, node in zip(bounds, node_values(p.teacher, p.domain.encode(point)), strict=True):
                for j, value in enumerate(node):
                    assert exact(b.lo[i, j], b.e[i]) <= value <= exact(b.hi[i, j], b.e[i])


def assert_linear_forms_are_below(rng, p, cells):
    """Forms of random rows of a random node."""
    masks = parts_of(cells)
    nodes = all_bounds(p, masks, True)
    node = int(rng.integers(1, len(nodes)))
    rows = rng.integers(-3, 4, size=(len(cells), 2, nodes[node].lo.shape[1])).astype(float)
    coefficients, constant = linear_form(p, nodes, node, rows)
    assert (coefficients.norm >= np.abs(coefficients.n).sum(axis=2)).all()
    least = backward(p, masks, nodes, node, rows)
    for i, cell in enumerate(cells):
        for point in cell.points():
            x = p.domain.encode(point)
            values = node_values(p.teacher, x)[node]
            for r in range(2):
                form = sum(int(c) * value for c, value in zip(rows[i, r], values, strict=True))
                line = exact(constant.n[i, r], constant.e[i]) + sum(
                    exact(c, coefficients.e[i]) * h
                    for c, h in zip(coefficients.n[i, r], x, strict=True)
                )
                assert line <= form
                assert exact(least.n[i, r], least.e[i]) <= form


@pytest.mark.parametrize("refine", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_node_stays_within_its_bounds(seed, refine):
    rng, domain, teacher, _ = case(seed, 60)
    cells = random_cells(rng, domain, 4)
    assert_nodes_stay_within_bounds(prepare(teacher, domain), cells, refine)


@pytest.mark.parametrize("seed", SEEDS)
def test_linear_forms_are_lower_bounds(seed):
    rng, domain, teacher, _ = case(seed, 60)
    assert_linear_forms_are_below(rng, prepare(teacher, domain), random_cells(rng, domain, 3))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cell_does_not_depend_on_its_batch(seed):
    rng, domain, teacher, _ = case(seed, 60)
    p = prepare(teacher, domain)
    cells = random_cells(rng, domain, 6)
    together = all_bounds(p, parts_of(cells), True)
    for i, cell in enumerate(cells):
        for b, one in zip(together, all_bounds(p, parts_of([cell]), True), strict=True):
            assert (b.lo[i] == one.lo[0]).all() and (b.hi[i] == one.hi[0]).all()
            assert b.e[i] == one.e[0]


def rough_teacher(rng, n):
    """Weights of 24 and of 53 bits in layers of every kind, so that everything has to be cut."""

    def affine(source, rows, columns, kind):
        weight = rng.normal(size=(rows, columns)) / columns**0.5
        return Affine(source, weight.astype(kind), rng.normal(size=rows).astype(kind))

    kinds = rng.choice([np.float32, np.float64], size=4)
    scale = rng.normal(size=24), rng.uniform(1, 3, size=24), rng.normal(size=24)
    layers = (
        affine(0, 24, n, kinds[0]),
        Relu(1),
        affine(2, 24, 24, kinds[1]),
        Scale(3, *scale),
        Add(4, 2),
        Sign(5) if rng.random() < 0.2 else Relu(5),
        affine(6, 24, 24, kinds[2]),
        Relu(7),
        Add(8, 8),
        affine(9, 3, 24, kinds[3]),
    )
    return Network(n, layers)


def rough_case(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 60)
    return rng, domain, rough_teacher(rng, domain.columns)


@pytest.mark.parametrize("seed", seeds(range(24)))
def test_what_has_to_be_cut_stays_a_lower_bound(seed):
    """Forms, their norms, and bounds of networks whose numbers do not fit."""
    rng, domain, teacher = rough_case(seed)
    p = prepare(teacher, domain)
    cells = [full_cell(domain), *random_cells(rng, domain, 3)]
    nodes = all_bounds(p, parts_of(cells), True)
    top = len(nodes) - 1
    rows = np.repeat(np.eye(3)[None], len(cells), axis=0)
    coefficients, constant = linear_form(p, nodes, top, rows)
    assert (coefficients.norm >= np.abs(coefficients.n).sum(axis=2)).all()
    for i, cell in enumerate(cells):
        for point in list(cell.points())[:: max(1, cell.size // 5)]:
            x = domain.encode(point)
            for node, b in zip(node_values(teacher, x), nodes, strict=True):
                for j, value in enumerate(node):
                    assert exact(b.lo[i, j], b.e[i]) <= value <= exact(b.hi[i, j], b.e[i])
            for r, logit in enumerate(node):
                line = exact(constant.n[i, r], constant.e[i]) + sum(
                    exact(c, coefficients.e[i]) * h
                    for c, h in zip(coefficients.n[i, r], x, strict=True)
                )
                assert line <= logit


@pytest.mark.parametrize("seed", seeds(range(24)))
def test_cutting_costs_little(seed):
    """At a single point all relaxations are exact: what is left of the margin is what cuts cost."""
    rng, domain, teacher = rough_case(seed)
    if any(isinstance(layer, Sign) for layer in teacher.layers):
        return
    p = prepare(teacher, domain)
    point = tuple(int(rng.integers(len(v.labels))) for v in domain.variables)
    masks = parts_of([Cell(tuple(1 << v for v in point))])
    nodes = all_bounds(p, masks, True)
    least = backward(p, masks, nodes, len(nodes) - 1, np.eye(3)[None])
    for r, logit in enumerate(node_values(teacher, domain.encode(point))[-1]):
        assert 0 <= logit - exact(least.n[0, r], least.e[0]) < Fraction(1, 2000)


def test_class_rows_say_what_the_class_means():
    logits = np.array([[2, 2, 1], [1, 2, 2], [0, 0, 0], [-1, -2, 5]])
    for row in logits:
        truth = max(range(3), key=lambda i: (row[i], -i))
        for klass in range(3):
            rows, least = class_rows(3, klass)
            assert ((rows @ row) >= least).all() == (klass == truth)
    for value, truth in ((-1, 0), (0, 0), (1, 1)):
        for klass in (0, 1):
            rows, least = class_rows(1, klass)
            assert ((rows @ np.array([value])) >= least).all() == (klass == truth)


@given(n=INTS, e=st.integers(-200, 200), to=st.integers(-200, 200))
def test_floor_to_is_floor(n, e, to):
    x = whole(n, e)
    if n and to > e and to - e + n.bit_length() > 53:
        with pytest.raises(OverflowError):
            a.floor_to(x, np.array([to]))
        return
    moved = Fraction(n) * Fraction(2) ** (to - e)
    assert int(a.floor_to(x, np.array([to]))[0, 0]) == moved.numerator // moved.denominator


@given(
    ends=st.lists(st.tuples(INTS, st.integers(0, 2**52)), min_size=1, max_size=4),
    to=st.integers(2, 40),
)
def test_narrowing_widens(ends, to):
    lo = np.array([[n for n, _ in ends]], dtype=float)
    hi = np.array([[min(n + w, 2**52) for n, w in ends]], dtype=float)
    x = a.narrow(a.Bounds(lo, hi, np.array([5])), to)
    assert max(a.most_bits(x.lo), a.most_bits(x.hi)) <= to
    for j in range(lo.shape[1]):
        assert exact(x.lo[0, j], x.e[0]) <= exact(lo[0, j], 5)
        assert exact(hi[0, j], 5) <= exact(x.hi[0, j], x.e[0])


@given(st.lists(st.tuples(INTS, st.integers(-80, 80)), min_size=1, max_size=6))
def test_lower_and_upper_sums(terms):
    parts = [whole(n, e) for n, e in terms]
    truth = sum(exact(n, e) for n, e in terms)
    low, high = a.lower_sum(parts, len(parts)), a.upper_sum(parts)
    assert exact(low.n[0, 0], low.e[0]) <= truth <= exact(high.n[0, 0], high.e[0])
    assert a.most_bits(low.n) <= 52 and a.most_bits(high.n) <= 52
    with pytest.raises(OverflowError):
        a.lower_sum(parts, len(parts) - 1)


@given(x=st.integers(0, 2**52), y=st.integers(0, 2**52))
def test_products_rounded_up(x, y):
    out = a.times_up(whole(x, 3), whole(y, -4))
    assert exact(out.n[0, 0], out.e[0]) >= Fraction(x * y * 2)


@given(
    st.lists(st.integers(-(2**80), 2**80), min_size=1, max_size=5),
    st.integers(1, 2**90) | st.integers(0, 90).map(lambda k: 2**k),
)
def test_quantised_numbers_are_as_close_as_stated(numerators, denominator):
    q = a.quantise(numerators, denominator, (len(numerators),))
    half = Fraction(q.inexact, 2) / Fraction(2) ** q.e
    for n, held in zip(numerators, q.n.tolist(), strict=True):
        assert abs(Fraction(n, denominator) - exact(held, q.e)) <= half
    assert q.bits == max(int(abs(n)).bit_length() for n in q.n) <= a.WEIGHT_BITS + 1
    assert (q.size == np.abs(q.n)).all()


def test_what_is_exact_in_few_bits_is_held_exactly_over_any_denominator():
    for numerators, denominator in (
        ([0, 300, 0], 300),
        ([75, -150, 225], 300),
        ([7 * 3**40], 3**40),
    ):
        q = a.quantise(numerators, denominator, (len(numerators),))
        assert q.inexact == 0
        assert [exact(n, q.e) for n in q.n] == [Fraction(n, denominator) for n in numerators]
    assert a.quantise([100, 0, 300], 300, (3,)).inexact == 1


FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(FLOATS | st.integers(-9, 9).map(float), min_size=1, max_size=5))
def test_quantised_floats_are_as_close_as_stated(numbers):
    q = a.quantise_floats(np.array(numbers))
    half = Fraction(q.inexact, 2) / Fraction(2) ** q.e
    for x, held in zip(numbers, q.n.tolist(), strict=True):
        assert abs(Fraction(x) - exact(held, q.e)) <= half
    assert q.bits <= a.WEIGHT_BITS + 1
    if not q.inexact and any(numbers):
        assert any(int(n) % 2 for n in q.n)


@pytest.mark.parametrize(
    "numbers", [[5e-324, 1.7e308], [5e-324], [-1.7976931348623157e308, 1.0], [1e-300, 1e30]]
)
def test_quantised_floats_of_extreme_range(numbers):
    test_quantised_floats_are_as_close_as_stated.hypothesis.inner_test(numbers)


def test_products_that_could_round_are_refused():
    big = np.full((2, 3), 2.0**30)
    norm = np.abs(big).sum(axis=1)
    with pytest.raises(OverflowError):
        a.product(big, norm, np.full((3, 2), 2.0**22), 23)
    assert (a.product(big, norm, np.full((3, 2), 2.0**19), 20) == 3 * 2**49).all()


@pytest.mark.parametrize("wrong", [2.0**53 + 2, np.inf, -np.inf, np.nan])
def test_numbers_that_are_not_exact_integers_are_refused(wrong):
    with pytest.raises(OverflowError):
        a.bits(np.array([[1.0, wrong]]))


def test_a_broken_matrix_product_is_noticed():
    class Broken(np.ndarray):
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            out = getattr(ufunc, method)(*(np.asarray(x) for x in inputs), **kwargs)
            if ufunc is np.matmul and out.dtype == np.float64:
                out.flat[0] += 1
            return out

    weight = np.ones((3, 2))
    good = a.Quantised(weight, 0, 0, weight, 1)
    a.check_products(good)
    with pytest.raises(ArithmeticError, match="not exact"):
        a.check_products(a.Quantised(weight.view(Broken), 0, 0, weight, 1))


def test_tail_of_a_cell_without_probability_is_trivial():
    domain = bits(2)
    teacher = Network(2, (Affine(0, np.ones((1, 2), np.float32), np.ones(1, np.float32)),))
    assert tail_bound(prepare(teacher, domain), Cell((3, 3)), 0) == 1


def random_form(rng, cells, rows, width, size):
    """Coefficients of very different magnitudes, some rows of zeros."""
    n = np.floor(
        rng.normal(size=(cells, rows, width)) * 2.0 ** rng.integers(0, size, (cells, 1, 1))
    )
    n[:, 0] *= rng.random(cells)[:, None] < 0.7
    return forms.form(n, rng.integers(-5, 30, size=cells))


def random_bounds(rng, cells, width):
    ends = np.sort(np.floor(rng.normal(size=(2, cells, width)) * 2.0**20), axis=0)
    ends[0, :, :3] = -np.abs(ends[1, :, :3])  # slopes of exactly 1/2, where products are not whole
    ends[1, :, :3] = -ends[0, :, :3]
    return a.Bounds(ends[0], ends[1], rng.integers(0, 20, size=cells))


def value(form, cell, row, x):
    return sum(exact(n, form.e[cell]) * v for n, v in zip(form.n[cell, row], x, strict=True))


def corners(rng, x, cell, count=12):
    """Random corners of the box x, as fractions."""
    ends = np.stack([x.lo[cell], x.hi[cell]])
    for _ in range(count):
        picks = rng.integers(0, 2, size=ends.shape[1])
        yield [exact(ends[p, j], x.e[cell]) for j, p in enumerate(picks)]


def constants(terms, cell, row):
    return sum((exact(t.n[cell, row], np.broadcast_to(t.e, 3)[cell]) for t in terms), Fraction(0))


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_cut_forms_stay_below(seed):
    rng = np.random.default_rng(seed)
    x, before = random_bounds(rng, 3, 6), random_form(rng, 3, 4, 6, 45)
    terms = []
    after = forms._cut(before, 20, x, terms)
    assert (np.frexp(after.norm)[1] <= 22).all()
    assert (after.norm >= np.abs(after.n).sum(axis=2)).all()
    for i in range(3):
        for point in corners(rng, x, i):
            for r in range(4):
                held = value(after, i, r, point) + constants(terms, i, r)
                assert held <= value(before, i, r, point)


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_sums_of_forms_stay_below(seed):
    rng = np.random.default_rng(seed)
    x = random_bounds(rng, 3, 6)
    parts = [random_form(rng, 3, 4, 6, 45) for _ in range(2)]
    terms = []
    after = forms._sum(parts, x, terms)
    assert (after.norm >= np.abs(after.n).sum(axis=2)).all()
    for i in range(3):
        for point in corners(rng, x, i):
            for r in range(4):
                held = value(after, i, r, point) + constants(terms, i, r)
                assert held <= sum(value(part, i, r, point) for part in parts)


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_forms_behind_a_relu_stay_below(seed):
    """At the ends of every interval, and at zero, where the relaxation touches or kinks."""
    rng = np.random.default_rng(seed)
    x, before = random_bounds(rng, 3, 6), random_form(rng, 3, 4, 6, [10, 27][seed % 2])
    terms = []
    after = forms._through_relu(before, x, forms.relu_slopes(x), terms)
    assert (after.norm >= np.abs(after.n).sum(axis=2)).all()
    for i in range(3):
        for point in corners(rng, x, i):
            lo, hi = (exact(end, x.e[i]) for end in (x.lo[i].max(), x.hi[i].min()))
            for z in (point, [Fraction(0) if lo <= 0 <= hi else v for v in point]):
                out = [max(v, Fraction(0)) for v in z]
                for r in range(4):
                    held = value(after, i, r, z) + constants(terms, i, r)
                    assert held <= value(before, i, r, out)


@pytest.mark.parametrize("power", range(9, 20))
@pytest.mark.parametrize("klass", [0, 1])
def test_a_relu_that_hardly_turns_positive_is_charged(power, klass):
    """Input -1 or 2**-power: the slope above may be rounded down to 0, its intercept stays."""
    sign = 2 * klass - 1
    teacher = Network(
        1,
        (
            Affine(0, np.array([[1 + 2.0**-power]]), np.array([-1.0])),
            Relu(1),
            Affine(2, np.array([[-sign * 2.0 ** (power + 1)]]), np.array([float(sign)])),
        ),
    )
    assert exact_classes(teacher, bits(1), [(0,), (1,)]) == [klass, 1 - klass]
    p = prepare(teacher, bits(1))
    proved, _ = checker.constant(p, [full_cell(bits(1))], [klass])
    assert not proved.any()
    nodes = all_bounds(p, parts_of([full_cell(bits(1))]), True)
    least = backward(p, parts_of([full_cell(bits(1))]), nodes, 3, np.array([[[1.0], [-1.0]]]))
    assert exact(least.n[0, 0], least.e[0]) <= min(sign, -sign)
    assert exact(least.n[0, 1], least.e[0]) <= min(sign, -sign)


def test_a_form_too_large_for_the_next_step_is_refused():
    x = a.Bounds(np.full((1, 2), -1.0), np.ones((1, 2)), np.array([0]))
    large = forms.form(np.full((1, 1, 2), 2.0**40), np.array([0]))
    with pytest.raises(OverflowError):
        forms._through_relu(large, x, forms.relu_slopes(x), [])
    with pytest.raises(OverflowError):
        forms._cut(forms.Form(large.n, large.e, np.full((1, 1), np.inf)), 20, x, [])


def test_rounded_biases_are_charged_where_rows_begin():
    """With weights of zero a neuron is its bias, which does not fit: bounds on both sides of it."""
    bias = np.random.default_rng(0).normal(size=20)
    layers = (
        Affine(0, np.ones((1, 1)), np.zeros(1)),
        Relu(1),
        Affine(2, np.zeros((20, 1)), bias),
        Relu(3),
        Affine(4, np.ones((1, 20)), np.zeros(1)),
    )
    p = prepare(Network(1, layers), bits(1))
    nodes = all_bounds(p, parts_of([Cell((3,))]), False)[:4]
    picked = np.arange(20)[None]
    found = forms.neuron_bounds(p, parts_of([Cell((3,))]), nodes, picked, picked >= 0)
    for j, b in enumerate(bias):
        assert (
            exact(found.n[0, j], found.e[0]) < Fraction(b) < -exact(found.n[0, 20 + j], found.e[0])
        )


@pytest.mark.parametrize("seed", range(10))
def test_encodings_that_do_not_fit_are_charged(seed):
    """Values of two columns in thirds and sevenths: what they add is bounded from below."""
    rng = np.random.default_rng(seed)
    rows = [[Fraction(int(n), int(d)) for n, d in rng.integers(1, 90, (2, 2))] for _ in range(4)]
    domain = Domain((variable("v", "abcd", rows),))
    layer = Affine(0, np.array([[1.0, -1.0], [2.0, 1.0], [-1.0, -3.0]]), np.zeros(3))
    p = prepare(Network(2, (layer,)), domain)
    masks = parts_of([Cell((1 << v,)) for v in range(4)])
    nodes = all_bounds(p, masks, False)
    least = backward(p, masks, nodes, 1, np.repeat(np.eye(3)[None], 4, axis=0))
    for v, row in enumerate(rows):
        for r, weights in enumerate(layer.weight.tolist()):
            truth = sum(Fraction(w) * x for w, x in zip(weights, row, strict=True))
            assert truth - Fraction(1, 1000) < exact(least.n[v, r], least.e[v]) <= truth


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_points_evaluated_together_are_enclosed(seed):
    rng, domain, teacher = rough_case(seed) if seed % 2 else case(seed, 60)[:3]
    p = prepare(teacher, domain)
    points = [tuple(int(rng.integers(len(v.labels))) for v in domain.variables) for _ in range(9)]
    nodes, sure = points_module.node_values(p, np.array(points))
    sizes = points_module.magnitudes(nodes)
    for i in np.flatnonzero(sure).tolist():
        for x, size, truth in zip(
            nodes, sizes, node_values(teacher, domain.encode(points[i])), strict=True
        ):
            for j, value in enumerate(truth):
                low, high = (exact(x.n[i, j] + s * x.radius[j], x.e) for s in (-1, 1))
                assert low <= value <= high
                assert exact(size.lo[0, j], x.e) <= abs(value) <= exact(size.hi[0, j], x.e)


def test_a_sign_that_is_not_certain_is_set_aside():
    """Of the pre-activations 2^-60, 0 and 1 the first is within the radius of zero."""
    weight = np.array([[1.0, 2.0**-60]])
    teacher = Network(
        2, (Affine(0, weight, np.zeros(1)), Sign(1), Affine(2, np.ones((1, 1)), np.zeros(1)))
    )
    _, sure = points_module.node_values(prepare(teacher, bits(2)), np.array([[0, 1], [1, 0]]))
    assert sure.tolist() == [False, True]
    _, sure = points_module.node_values(prepare(teacher, bits(2)), np.array([[1, 1], [1, 0]]))
    assert sure.tolist() == [True, True]
    classes, _, most = evaluate(prepare(teacher, bits(2)), np.array([[0, 1], [0, 0], [1, 0]]))
    assert classes.tolist() == [1, 0, 1] and most > 0


@given(INTS, st.integers(0, 1000), st.integers(-300, 60))
def test_values_at_another_exponent_are_enclosed(n, radius, to):
    x = points_module._values(np.array([[float(n)]]), np.array([float(radius)]), 40)
    if to > 40 and (abs(n) + radius).bit_length() + to - 40 > 53:
        with pytest.raises(OverflowError):
            points_module._at(x, to)
        return
    y = points_module._at(x, to)
    assert y.lo == y.n.min() and y.hi == y.n.max()
    for end in (n - radius, n + radius):
        assert exact(y.n[0, 0] - y.radius[0], to) <= exact(end, 40)
        assert exact(end, 40) <= exact(y.n[0, 0] + y.radius[0], to)


@pytest.mark.parametrize("seed", seeds(range(24)))
def test_the_ends_of_values_are_their_least_and_greatest(seed):
    _, domain, teacher, _ = case(seed)
    points = np.array(list(full_cell(domain).points()), dtype=np.int64)
    for x in points_module.node_values(prepare(teacher, domain), points)[0]:
        assert np.array_equal(x.lo, x.n.min(axis=0)) and np.array_equal(x.hi, x.n.max(axis=0))
