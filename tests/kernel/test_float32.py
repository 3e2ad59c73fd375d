"""Where the kernel says that float32 cannot change the class, no float32 evaluation does."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.brute import logits as exact_reals
from tests.brute import teacher_class
from tests.kernel.float32_cases import (
    F4,
    KINDS,
    ULP,
    UNDECIDED,
    Evaluation,
    class_of,
    evaluations,
    network,
)
from verifier.formats.variables import ordinal, variable
from verifier.kernel import checker, float32
from verifier.kernel.arithmetic import Fixed
from verifier.kernel.float32 import logit_error
from verifier.kernel.prepared import parts_of
from verifier.kernel.rules import all_bounds
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits, signs
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign, exact_classes


def thirds(n):
    """Values that no float holds."""
    return Domain(tuple(ordinal(f"v{i}", (Fraction(-1, 3), Fraction(7, 10))) for i in range(n)))


def encoded(domain, point):
    return [float(v) for v in domain.encode(tuple(point))]


@pytest.mark.parametrize("space", [signs, thirds])
@pytest.mark.parametrize("kind", KINDS)
def test_errors_stay_below_the_bound(kind, space):
    rng = np.random.default_rng(1)
    domain = space(8)
    for _ in range(2):
        teacher = network(rng, 8, kind)
        p = checker.prepare(teacher, domain)
        error, shown = logit_error(p, all_bounds(p, parts_of([full_cell(domain)]), True))
        assert shown[0]
        bounds = [Fraction(int(n)) / Fraction(2) ** int(error.e[0]) for n in error.n[0]]
        for _ in range(5):
            point = rng.integers(0, 2, size=8).tolist()
            truth = exact_reals(teacher, domain.encode(tuple(point)))
            for way in evaluations(rng):
                got = way.logits(teacher, encoded(domain, point))
                for value, real, bound in zip(got, truth, bounds, strict=True):
                    assert abs(Fraction(float(value)) - real) <= bound


@pytest.mark.parametrize("space", [signs, thirds])
@pytest.mark.parametrize("kind", KINDS)
def test_robust_points_keep_their_class(kind, space):
    rng = np.random.default_rng(2)
    domain = space(7)
    held = 0
    for _ in range(2):
        teacher = network(rng, 7, kind)
        p = checker.prepare(teacher, domain)
        points = rng.integers(0, 2, size=(6, 7))
        classes, steady, _ = checker.evaluate(p, points)
        truth = exact_classes(teacher, domain, [tuple(row) for row in points.tolist()])
        assert classes.tolist() == truth
        for point, klass in zip(points[steady].tolist(), classes[steady], strict=True):
            held += 1
            for way in evaluations(rng):
                assert class_of(way.logits(teacher, encoded(domain, point))) == klass
    assert (held == 0) == (kind in UNDECIDED)


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in UNDECIDED])
def test_robust_cells_keep_their_class_everywhere(kind):
    rng = np.random.default_rng(3)
    domain = signs(6)
    held = 0
    for _ in range(3):
        teacher = network(rng, 6, kind)
        p = checker.prepare(teacher, domain)
        cells = [Cell(tuple(rng.choice([1, 2, 3], 6).tolist())) for _ in range(12)]
        classes = [exact_classes(teacher, domain, [c.first_point()])[0] for c in cells]
        proved, steady = checker.constant(p, cells, classes, float32=True)
        assert (proved | ~steady).all()
        for i in np.flatnonzero(steady).tolist():
            for point in cells[i].points():
                held += 1
                for way in evaluations(rng):
                    assert class_of(way.logits(teacher, encoded(domain, point))) == classes[i]
    assert held > 0


def one(weight, bias):
    return Network(1, (Affine(0, np.array([[weight]]), np.array([bias])),))


@pytest.mark.parametrize(
    ("teacher", "shown"),
    [
        (one(F4(1), F4(-0.5)), True),
        (one(F4(2.0**-30), F4(-0.5)), True),
        (one(np.float64(1), np.float64(-1 + 2.0**-40)), False),  # the bias rounds to -1
        (one(np.float64(1e300), np.float64(-0.5)), False),  # the weight overflows
        (one(F4(3e38), F4(3e38)), False),  # the sum overflows
        (one(np.float64(2.0**-200), np.float64(0)), False),  # the weight underflows
        (one(F4(1), F4(0)), False),  # a tie at x = 0
    ],
)
def test_rounding_overflow_and_ties(teacher, shown):
    p = checker.prepare(teacher, bits(1))
    classes, steady, _ = checker.evaluate(p, np.array([[0], [1]]))
    assert classes.tolist() == exact_classes(teacher, bits(1), [(0,), (1,)])
    assert steady.all() == shown


# Cases that float32 really gets wrong, most of them barely: each is (teacher, domain), and the
# point is the last one of the domain. The kernel must not call any of them shown.


def row(*numbers, dtype=F4):
    return np.array(numbers, dtype)


def lost_terms(n):
    """Two sums of n terms: from left to right float32 loses all but the first of one of them.

    1, to which n - 1 terms just below u add nothing, and 1, to which n - 1 terms just above u add
    2 u each.
    """
    weight = np.empty((2, n), F4)
    weight[0], weight[1] = ULP * (1 - 2.0**-20), ULP * (1 + 2.0**-20)
    weight[:, 0] = 1
    return Network(n, (Affine(0, weight, row(0, 0)),)), bits(n)


def affine(source, weight):
    weight = np.array(weight, F4)
    return Affine(source, weight, np.zeros(len(weight), F4))


def absorbing(ending, count=150):
    """1 + u + ... + u - 1: float32 loses every u, since 1 + u is rounded to even, which is 1.

    The ending turns ``count`` u, or 0 in float32, into a logit.
    """
    layers = [affine(0, [[1]]), affine(0, [[ULP]]), affine(0, [[-1]])]
    last = 1
    for _ in range(count):
        layers.append(Add(last, 2))
        last = len(layers)
    layers.append(Add(last, 3))
    return Network(1, (*layers, *ending(len(layers)))), bits(1)


ENDINGS = {
    "plain": lambda _: (),
    "relu": lambda at: (Relu(at), affine(at + 1, [[2]])),
    "sign": lambda at: (Sign(at), Affine(at + 1, row(1)[None], row(-0.5))),
    "scale": lambda at: (Scale(at, row(-1), row(1), row(0)), affine(at + 1, [[-1]])),
    "classes": lambda at: (affine(at, [[0], [1]]),),
}


def scaled(first, second, dtype=float, value=1):
    """Two affine layers of one neuron each, over one input."""
    layers = (
        Affine(0, row(first)[None], row(0)),
        Affine(1, row(second, dtype=dtype)[None], row(0)),
    )
    return Network(1, layers), Domain((ordinal("v", (0, value)),))


def not_a_number():
    """inf - inf: the inputs are beyond float32."""
    weight = row(2.0**-60, -(2.0**-61))[None]
    domain = Domain(tuple(ordinal(v, (0, 2**150)) for v in "ab"))
    return Network(2, (Affine(0, weight, row(0)),)), domain


def infinite_sums():
    """The same with inputs and weights of moderate size: the products overflow."""
    layers = (affine(0, [[2.0**66], [2.0**65]]), affine(1, [[2.0**65, -(2.0**64)]]))
    return Network(1, layers), bits(1)


def lost_input():
    """The sign of 2^-200, which float32 cannot tell from 0."""
    layers = (Sign(0), Affine(1, row(1)[None], row(-0.5)))
    return Network(1, layers), Domain((ordinal("v", (0, Fraction(1, 2**200))),))


def no_input_rounding(*_):
    return True


BROKEN = {
    **{f"absorbing {name}": absorbing(ending) for name, ending in ENDINGS.items()},
    "lost input": lost_input(),
    "lost product": scaled(2.0**-99, 2.0**-99, F4),
    "lost weight": scaled(2.0**90, 2.0**-160),
    "infinite inputs": not_a_number(),
    "infinite sums": infinite_sums(),
}
EVERYWHERE = np.ones(1, bool)
WEAKER = {
    "half of every rounding": ("UNIT", 25, "absorbing"),
    "no rounding of inputs": ("inputs_are_float32", no_input_rounding, "lost input"),
    "no underflow of operations": ("TINY", Fixed(np.zeros((1, 1)), np.array([100])), "lost pro"),
    "no underflow of weights": ("numbers_of", lambda layer: (layer.bias + 1, 0), "lost weight"),
    "no overflow of inputs and nodes": ("_in_range", lambda *_: EVERYWHERE, "infinite in"),
    "no overflow": ("_below", lambda *_: EVERYWHERE, "infinite"),
}


def steady_at_the_last(teacher, domain):
    """Whether the kernel calls the last point shown; as a point and as a cell."""
    p = checker.prepare(teacher, domain)
    point = tuple(len(v.labels) - 1 for v in domain.variables)
    classes, steady, _ = checker.evaluate(p, np.array([point]))
    assert classes.tolist() == exact_classes(teacher, domain, [point])
    cell = Cell(tuple(1 << v for v in point))
    proved, also = checker.constant(p, [cell], classes.tolist(), float32=True)
    assert proved[0]
    return bool(steady[0]), bool(also[0])


@pytest.mark.parametrize("name", BROKEN)
def test_what_float32_gets_wrong_is_not_called_robust(name):
    teacher, domain = BROKEN[name]
    point = tuple(len(v.labels) - 1 for v in domain.variables)
    with np.errstate(over="ignore", invalid="ignore"):
        got = Evaluation().logits(teacher, encoded(domain, point))
    assert class_of(got) != teacher_class(teacher, domain.encode(point))
    assert steady_at_the_last(teacher, domain) == (False, False)


@pytest.mark.parametrize("weaker", WEAKER)
def test_every_part_of_the_bound_is_needed(weaker, monkeypatch):
    """Without it the kernel would call a case shown that float32 really gets wrong."""
    name, value, cases = WEAKER[weaker]
    monkeypatch.setattr(float32, name, value)
    fooled = [c for c in BROKEN if cases in c and steady_at_the_last(*BROKEN[c]) == (True, True)]
    assert fooled


def used_up(n):
    """The share of the bound that the error of sums that lose every term makes up, per logit."""
    teacher, domain = lost_terms(n)
    p = checker.prepare(teacher, domain)
    error, _ = logit_error(p, all_bounds(p, parts_of([Cell((2,) * n)]), False))
    got = Evaluation().logits(teacher, [1.0] * n)
    for j, real in enumerate(exact_reals(teacher, [Fraction(1)] * n)):
        bound = Fraction(int(error.n[0, j])) / Fraction(2) ** int(error.e[0])
        yield abs(Fraction(float(got[j])) - real) / bound


def test_sums_that_lose_every_term_come_near_the_bound():
    assert all(Fraction(95, 100) < share <= 1 for share in used_up(4000))


@pytest.mark.parametrize(("name", "value"), [("UNIT", 25), ("SPARE", -400)])
def test_a_weaker_bound_for_sums_is_exceeded(name, value, monkeypatch):
    monkeypatch.setattr(float32, name, value)
    assert all(share > 1 for share in used_up(4000))


@pytest.mark.parametrize("ending", ENDINGS)
def test_margins_above_the_bound_are_robust(ending):
    """The same sums, and twenty units to spare for what the layers around them are charged."""
    teacher, domain = absorbing(ENDINGS[ending])
    teacher.layers[0].weight[0, 0] += F4(80 * ULP)
    assert steady_at_the_last(teacher, domain) == (True, True)


@pytest.mark.parametrize(("n", "shown"), [(4000, True), (4001, False)])
def test_wide_layers(n, shown):
    teacher = Network(n, (affine(0, np.ones((1, n))),))
    assert steady_at_the_last(teacher, bits(n)) == (shown, shown)


def test_very_wide_layers_do_not_overflow_the_kernel():
    n = 50_000
    rows = [[Fraction(1, 3)] * n, [Fraction(700_001, 10**6)] * n]
    domain = Domain((variable("v", "ab", rows),))
    weight = np.random.default_rng(0).normal(size=(1, n)).astype(F4)
    p = checker.prepare(Network(n, (Affine(0, weight, row(0)),)), domain)
    classes, steady, _ = checker.evaluate(p, np.ones((1, 1), int))
    assert classes[0] == int(float(weight.sum(dtype=float)) > 0) and not steady[0]


def numbers(*encodings):
    labels = [str(i) for i in range(len(encodings[0]))]
    return Domain(
        tuple(variable(f"v{i}", labels, [[x] for x in e]) for i, e in enumerate(encodings))
    )


@pytest.mark.parametrize(
    ("weight", "encodings", "shown"),
    [
        ([2.0**-149], [(2**60, 2**61)], False),  # where underflow flushes to zero the logit is 0
        ([2.0**-150], [(2**60, 2**61)], False),  # it rounds to 0, and the logit with it
        ([3 * 2.0**-149.0 / 2], [(2**60, 2**61)], False),  # it rounds by a third
        ([2.0**-90, -(2.0**-91)], [(2**90, 2**91), (2**90, 2**90 + 2**80)], True),
        ([2.0**-90, -(2.0**-91)], [(2**200, 2**201), (2**200, 2**200 + 2**190)], False),
    ],
)
def test_tiny_weights_and_huge_inputs(weight, encodings, shown):
    domain = numbers(*encodings)
    layer = Affine(0, np.array([weight]), np.zeros(1))
    p = checker.prepare(Network(len(weight), (layer,)), domain)
    points = np.array(list(full_cell(domain).points()))
    assert checker.evaluate(p, points)[1].all() == shown
    proved, steady = checker.constant(p, [full_cell(domain)], [1], float32=True)
    assert proved.all()
    assert steady.all() == shown


def test_what_an_error_makes_of_0_is_rounded_again():
    """x - x is 0 and may be off by some; a layer behind it rounds what it is off by."""
    domain = Domain((variable("x", ("one",), [[2**20, 2**20]]),))
    first = Affine(0, np.array([[1.0, -1.0]]), np.zeros(1))
    errors = []
    for layers in ((first,), (first, Affine(1, np.ones((1, 1)), np.zeros(1)))):
        p = checker.prepare(Network(2, layers), domain)
        nodes = all_bounds(p, parts_of([full_cell(domain)]), True)
        assert nodes[1].lo == nodes[1].hi == 0
        error, _ = logit_error(p, nodes)
        errors.append(Fraction(error.n[0, 0]) / Fraction(2) ** int(error.e[0]))
    assert errors[1] >= errors[0] * (1 + Fraction(1, 1 << 24)) > 1


def test_a_bias_is_rounded_too():
    """2^30 + 64 lies between two float32 numbers, 128 apart."""
    domain, layer = bits(1), Affine(0, np.ones((1, 1)), np.array([2.0**30 + 64]))
    p = checker.prepare(Network(1, (layer,)), domain)
    error, _ = logit_error(p, all_bounds(p, parts_of([full_cell(domain)]), True))
    assert Fraction(error.n[0, 0]) / Fraction(2) ** int(error.e[0]) > 64
