"""Bounds in floats: each against exact fractions, and what a fault in them would let through."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values
from tests.every import seeds
from tests.kernel.test_checker import case, random_cells
from tests.kernel.test_rules import rough_case
from verifier.formats.variables import variable
from verifier.kernel import checker, choices, quick, rounds, rules, starting
from verifier.kernel.choices import DOUBLE, SINGLE, matrices, rounded
from verifier.kernel.prepared import parts_of, prepare
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Relu, Scale, exact_classes
from verifier.model.ordinal import Ordinal, uniform


def cases(seed):
    """A network of affine layers, ReLUs and sums, with cells that have something in common."""
    rng = np.random.default_rng([seed, 44])
    domain = random_product(rng)
    width = int(rng.integers(2, 9))

    def affine(source, rows, columns):
        weight = rng.normal(size=(rows, columns)) * 2.0 ** rng.integers(-3, 4)
        kind = rng.choice([np.float32, np.float64])
        return Affine(source, weight.astype(kind), rng.normal(size=rows).astype(kind))

    layers = [affine(0, width, domain.columns), Relu(1), affine(2, width, width), Relu(3)]
    if seed % 2:
        layers += [Add(2, 4), affine(5, width, width), Relu(6)]
    if seed % 3 == 0:  # the input is read twice
        layers += [affine(0, width, domain.columns), Add(len(layers), len(layers) + 1)]
    layers.append(affine(len(layers), int(rng.integers(1, 4)), width))
    cells = [full_cell(domain)]
    while len(cells) < 6:
        parts = list(cells[int(rng.integers(len(cells)))].parts)
        i = int(rng.integers(len(parts)))
        parts[i] = smaller(rng, parts[i])
        cells.append(type(cells[0])(tuple(parts)))
    return domain, Network(domain.columns, tuple(layers)), cells


def scaled(seed):
    """The same with factors: of the input, before a ReLU, or behind one; their quotients round."""
    domain, teacher, cells = cases(seed)
    rng, kind = np.random.default_rng([seed, 45]), [np.float32, np.float64][seed % 2]
    at = [0, 1, 2][seed % 3]

    width = teacher.widths[at]
    numbers = rng.normal(size=(3, width)).astype(kind)
    factors = Scale(at, numbers[0], np.where(np.abs(numbers[1]) < 0.1, 3, numbers[1]), numbers[2])
    layers = [*teacher.layers[:at], factors]
    for layer in teacher.layers[at:]:
        read = {name: getattr(layer, name) for name in ("source", "left", "right")
                if hasattr(layer, name)}  # fmt: skip
        moved = {name: node + 1 if node >= at else node for name, node in read.items()}
        layers.append(replace(layer, **moved))
    return domain, Network(teacher.columns, tuple(layers)), cells


def random_product(rng):
    """Variables of one and of several columns, and ranges."""
    codes = [0, 1, -1, Fraction(1, 3), Fraction(-2, 7), 5]
    found = []
    for i in range(int(rng.integers(2, 5))):
        count, columns = int(rng.integers(2, 4)), int(rng.integers(1, 3))
        if rng.random() < 0.3:
            found.append(Ordinal(f"x{i}", Fraction(-1, 3), Fraction(1, 7), 5, uniform(5)))
            continue
        rows = [[codes[int(rng.integers(6))] for _ in range(columns)] for _ in range(count)]
        if rng.random() < 0.4:
            rows = np.eye(count, dtype=int).tolist()
        labels = tuple(str(v) for v in range(count))
        found.append(variable(f"x{i}", labels, tuple(tuple(map(Fraction, row)) for row in rows)))
    return Domain(tuple(found))


def smaller(rng, part):
    if isinstance(part, range):
        start = int(rng.integers(part.start, part.stop))
        return range(start, int(rng.integers(start + 1, part.stop + 1)))
    values = [v for v in range(part.bit_length()) if part >> v & 1]
    kept = [v for v in values if rng.random() < 0.6] or values[:1]
    return sum(1 << v for v in kept)


def exact_rows(rows, logits):
    return [sum(int(c) * x for c, x in zip(row, logits, strict=True)) for row in rows]


PRECISIONS = pytest.mark.parametrize("precision", [SINGLE, DOUBLE], ids=["single", "double"])


@np.errstate(invalid="ignore")  # products of float32 say so now and then, of lanes that none uses
def bounded(p, cells, together, narrow, precision):
    """The enclosures of all nodes, and the bounds of the logits after each round."""
    held = starting.cells_of(p, parts_of(cells), together, precision)
    held.forward()
    rows = precision.of(np.repeat(np.eye(p.teacher.outputs)[None], len(cells), axis=0))
    zero, seen, found = precision.of(np.zeros(rows.shape[:2])), {}, []
    for share in rounds.SHARES:
        if share and not held.refine(seen, share):
            break
        last = len(p.teacher.layers)
        found.append(held.back(last, rows, zero[:, None], zero, seen)[:, 0])
        held = held.part(np.arange(len(cells)))
        if narrow:
            held, seen = held.narrowed(seen)
    return held, found


def check(domain, teacher, cells, together, precision=DOUBLE):
    """Every enclosure, and every bound of the logits, at every point of every cell."""
    p = prepare(teacher, domain)
    held, found = bounded(p, cells, together, narrow=False, precision=precision)
    _, more = bounded(p, cells, together, narrow=True, precision=precision)
    kinds = {x.dtype for x in (*held.low, *held.high, *held.most, *held.scale.values(), *found)}
    assert kinds == {np.dtype(precision.kind)}
    fixed = held.bounds()
    for i, cell in enumerate(cells):
        points = list(cell.points())
        for point in points[:: 1 + len(points) // 8]:
            nodes = node_values(teacher, domain.encode(point))
            for margins in (*found, *more):
                for bound, value in zip(margins[i], nodes[-1], strict=True):
                    assert Fraction(float(bound)) <= value
            nodes[0] = [x / 2**k for x, k in zip(nodes[0], p.scales, strict=True)]
            for values, low, high, whole in zip(nodes, held.low, held.high, fixed, strict=True):
                one = Fraction(2) ** int(whole.e[0])
                for j, value in enumerate(values):
                    assert Fraction(float(low[i, j])) <= value <= Fraction(float(high[i, j]))
                    assert whole.lo[0, j] <= value * one <= whole.hi[0, j]
    return more


@PRECISIONS
@pytest.mark.parametrize("together", [1, 6])
@pytest.mark.parametrize("made", [cases, scaled])
@pytest.mark.parametrize("seed", seeds(range(18)))
def test_nodes_and_forms_are_enclosed(seed, made, together, precision):
    check(*made(seed), together, precision)


@PRECISIONS
def test_bounds_are_finite_and_get_closer(precision):
    better = 0
    for seed in range(20):
        found = check(*cases(seed), together=6, precision=precision)
        assert all(np.isfinite(x).all() for x in found)
        better += (found[-1] > found[0]).any()
    assert better > 6


def test_all_sets_of_few_values_are_looked_at_beforehand():
    """And what is found of them is found of variables of more values, too."""
    for seed in range(12):
        domain, teacher, cells = cases(seed)
        p, parts = prepare(teacher, domain), parts_of(cells)
        for g, tabled in zip(p.groups, starting._tabled(p), strict=True):
            assert (tabled is not None) == (g.single and g.table.shape[1] <= starting.TABLED)
            if tabled is None:
                continue
            each = starting._ends(np.ldexp(g.table, -g.e), starting.allowed_values(g, parts))
            masks = parts.masks[:, g.places]
            for ends, own in zip(tabled, each, strict=True):
                assert (ends[masks, np.arange(masks.shape[1])] == own).all()


@PRECISIONS
def test_variables_of_few_values_stand_beside_one_of_very_many(precision):
    """Whose sets do not fit an int64, so that all are Python's integers."""
    few = variable("x", ("a", "b"), ((Fraction(-1),), (Fraction(1),)))
    codes = tuple((Fraction(i, 7),) for i in range(100))
    domain = Domain((few, variable("y", tuple(map(str, range(100))), codes)))
    rng = np.random.default_rng(5)
    layers = [Affine(0, rng.normal(size=(4, 2)), rng.normal(size=4)), Relu(1)]
    layers += [Affine(2, rng.normal(size=(4, 4)), rng.normal(size=4)), Relu(3)]
    layers.append(Affine(4, rng.normal(size=(2, 4)), rng.normal(size=2)))
    whole = full_cell(domain)
    cells = [whole, Cell((1, whole.parts[1])), Cell((2, 1 << 99)), Cell((3, 5 << 80))]
    check(domain, Network(2, tuple(layers)), cells, 1, precision)


@pytest.mark.parametrize("seed", seeds(range(12)))
def test_what_is_proved_for_a_group_is_true(seed):
    """Cells in groups, in one call and one by one."""
    _, domain, teacher = rough_case(seed) if seed % 2 else case(seed, 200)[:3]
    rng = np.random.default_rng(seed)
    cells = random_cells(rng, domain, 30)
    p = prepare(teacher, domain)
    for klass in range(teacher.classes):
        wanted = [klass] * len(cells)
        grouped, _ = rules.constant(p, cells, wanted, groups=[i // 8 for i in range(len(cells))])
        alone, _ = rules.constant(p, cells, wanted)
        for cell, *answers in zip(cells, grouped, alone, strict=True):
            true = set(exact_classes(teacher, domain, list(cell.points())))
            assert not any(answers) or true == {klass}


def test_other_layers_and_extreme_numbers_are_left_to_fixed_point():
    domain = Domain((variable("x", ("a", "b"), ((Fraction(0),), (Fraction(1),))),))
    one = np.ones(1)
    for scale, divisor in ((1e300, 1e-300), (2.0**101, 1.0)):  # a quotient beyond every float64
        p = prepare(Network(1, (Scale(0, scale * one, divisor * one, one),)), domain)
        assert matrices(p) == () == rounded(p)
    wide = np.ones((choices.SQUARE + 1, 1))
    long = (
        Affine(0, wide, wide[:, 0]),
        Scale(1, *wide.T, *wide.T, *wide.T),
        Affine(2, wide.T, one),
    )
    assert matrices(prepare(Network(1, long), domain)) == ()
    for weight in (2.0**101, 1e300):
        teacher = Network(1, (Affine(0, np.array([[weight]]), np.array([weight])),))
        p = prepare(teacher, domain)
        assert matrices(p) == () == rounded(p) and rules.group_of(p) == 1
        proved, _ = rules.constant(p, [full_cell(domain)], [1])
        assert proved.all()
    layers = [Affine(0, np.array([[2.0**90]]), np.array([1.0]))]
    for i in range(12):  # values beyond every float64
        layers.append(Affine(i + 1, np.array([[2.0**90]]), np.array([1.0])))
    p = prepare(Network(1, tuple(layers)), domain)
    rows, _ = rules.class_rows(1, 1)
    shown, _ = rounds.prove(p, parts_of([full_cell(domain)]), rows[None], together=1, float32=True)
    assert matrices(p) and rounded(p) == () and not shown.any()
    assert rounds.precisions(p) == (DOUBLE,)
    rng = np.random.default_rng(3)
    deep = [Affine(0, rng.normal(size=(8, 1)), rng.normal(size=8))]
    for i in range(9):  # values beyond float32, of weights that are not
        deep.append(Affine(i + 1, rng.normal(size=(8, 8)) * 2.0**25, rng.normal(size=8)))
    deep.append(Affine(10, np.ones((1, 8)), np.zeros(1)))
    p = prepare(Network(1, tuple(deep)), domain)
    own = {"together": 1, "float32": False, "precision": SINGLE}
    shown, _ = rounds.prove(p, parts_of([full_cell(domain)]), rows[None], **own)
    assert rounded(p) and not shown.any()


def test_ends_are_rounded_outward():
    rng = np.random.default_rng(4)
    x = rng.normal(size=400) * 2.0 ** rng.integers(-160, 140, size=400)
    x[:4] = 0.0, -0.0, np.inf, -np.inf
    with np.errstate(over="ignore"):
        low, high = starting.outward(x, x)
    assert low.dtype == high.dtype == np.float32
    assert (low.astype(np.float64) <= x).all() and (high.astype(np.float64) >= x).all()
    exact = low == x
    assert (x[exact] == high[exact]).all() and exact.sum() > 3
    exact = high == x
    assert (low[exact] == x[exact]).all()


# Sums of large numbers that cancel: floats are wrong about their signs by what ``error`` charges.


def near_tie(seed, precision):
    """A network whose logit is 0 or a little less at a point, where floats may find more."""
    rng = np.random.default_rng([seed, 9])
    count, bits = 12, 52 if precision is DOUBLE else 25
    first = rng.integers(1, 2**bits, size=(count, 1)) * 2.0 ** rng.integers(-20, 1, (count, 1))
    last = rng.normal(size=(1, count))
    hidden = [Fraction(float(w)) for w in first[:, 0]]
    exact = sum(Fraction(float(a)) * h for a, h in zip(last[0], hidden, strict=True))
    bias = float(-exact)
    while Fraction(bias) + exact > 0:
        bias = float(np.nextafter(bias, -np.inf))
    layers = (Affine(0, first, np.zeros(count)), Relu(1), Affine(2, last, np.array([bias])))
    domain = Domain((variable("x", ("one",), ((Fraction(1),),)),))
    return domain, Network(1, layers)


def quotient_tie(seed, precision):
    """A network whose logit is 0 or a little less at a point, of quotients that floats round."""
    rng = np.random.default_rng([seed, 11])
    count, top = 12, 2**52 if precision is DOUBLE else 2**24
    by = rng.integers(1, top, size=(2, count)).astype(float)
    last = rng.integers(1, 2**20, size=(1, count)) * np.where(np.arange(count) % 2, 1.0, -1.0)
    exact = sum(int(a) * Fraction(int(n), int(d)) for a, n, d in zip(last[0], *by, strict=True))
    bias = float(-exact)
    while Fraction(bias) + exact > 0:
        bias = float(np.nextafter(bias, -np.inf))
    layers = (
        Affine(0, np.ones((count, 1)), np.zeros(count)),
        Scale(1, *by, np.zeros(count)),
        Affine(2, last, np.array([bias])),
    )
    domain = Domain((variable("x", ("one",), ((Fraction(1),),)),))
    return domain, Network(1, layers)


def tiny_tie(seed, precision):
    """A network whose logit is 0 at a point, of weights that lose digits in float32 or are 0 there.

    Other layers make them large again, without a ReLU before which all would be enclosed anew.
    """
    rng = np.random.default_rng([seed, 10])
    weight = float(rng.integers(3, 1 << 20)) * 2.0**-165
    gains = [2.0**29] * 4
    tie = np.array([weight * 2.0 ** (29 * len(gains))])
    layers = [Affine(0, np.array([[weight]]), np.zeros(1))]
    for i, gain in enumerate(gains):
        layers.append(Affine(1 + i, np.array([[gain]]), np.zeros(1)))
    layers.append(Affine(1 + len(gains), np.array([[-1.0]]), tie))
    domain = Domain((variable("x", ("one",), ((Fraction(1),),)),))
    return domain, Network(1, tuple(layers))


def false_claims(seeds, precision, made=near_tie):
    """How often class 1 is proved of ties, where it is not true."""
    wrong = 0
    for seed in seeds:
        domain, teacher = made(seed, precision)
        p = prepare(teacher, domain)
        assert list(exact_classes(teacher, domain, [(0,)])) == [0]
        assert rounded(p) or precision.kind is np.float64
        rows, _ = rules.class_rows(1, 1)
        one, own = parts_of([full_cell(domain)]), {"float32": False, "precision": precision}
        shown, _ = rounds.prove(p, one, rows[None], together=1, **own)
        wrong += int(shown[0])
    return wrong


@PRECISIONS
@pytest.mark.parametrize("made", [near_tie, tiny_tie, quotient_tie])
def test_what_floats_get_wrong_is_not_proved(precision, made):
    assert false_claims(range(200), precision, made) == 0


def test_what_single_precision_leaves_is_bounded_in_double(monkeypatch):
    domain, teacher, cells = cases(4)
    p = prepare(teacher, domain)
    wanted = [int(exact_classes(teacher, domain, list(cell.points())[:1])[0]) for cell in cells]
    asked = []
    honest = rules.prove

    def prove(p, parts, rows, precision, **kwargs):
        asked.append((precision, len(parts)))
        shown = honest(p, parts, rows, precision, **kwargs)
        return tuple(np.zeros_like(x) for x in shown) if precision is SINGLE else shown

    monkeypatch.setattr(rules, "prove", prove)
    rules.constant(p, cells, wanted)
    assert asked == [(SINGLE, len(cells)), (DOUBLE, len(cells))]


def rounding_less(monkeypatch, precision, **less):
    """Charge less for what a precision loses."""
    changed = replace(precision, **less)
    for module in (choices, starting, rounds):
        monkeypatch.setattr(module, "SINGLE" if precision is SINGLE else "DOUBLE", changed)
    return changed


def one_unit_less(monkeypatch):
    honest = quick.intercept
    monkeypatch.setattr(quick, "intercept", lambda low, high, above: honest(low, high, above) / 2)


def slopes_that_are_no_lines(monkeypatch):
    honest = quick.slopes

    def slopes(low, high, precision):
        below, above = honest(low, high, precision)
        return below + 0.25, above

    monkeypatch.setattr(quick, "slopes", slopes)


def values_left_out(monkeypatch):
    honest, each = starting.allowed_values, starting.values_in
    monkeypatch.setattr(
        starting, "allowed_values", lambda g, parts: np.roll(honest(g, parts), 1, 2)
    )
    monkeypatch.setattr(starting, "values_in", lambda sets, count: np.roll(each(sets, count), 1, 2))


def columns_mixed_up(monkeypatch):
    honest = choices.Matrix.part

    def part(self, rows, columns):
        return honest(self, rows, columns if columns is None else np.roll(columns, 1))

    monkeypatch.setattr(choices.Matrix, "part", part)


def ends_rounded_inward(monkeypatch):
    honest = starting.outward
    monkeypatch.setattr(starting, "outward", lambda low, high: honest(low, high)[::-1])


@PRECISIONS
@pytest.mark.parametrize("made", [near_tie, quotient_tie])
def test_roundings_have_to_be_charged(precision, made, monkeypatch):
    changed = rounding_less(monkeypatch, precision, unit=0.0)
    assert false_claims(range(200), changed, made) > 0


def test_weights_that_underflow_have_to_be_charged(monkeypatch):
    changed = rounding_less(monkeypatch, SINGLE, tiny=0.0)
    assert false_claims(range(200), changed, tiny_tie) > 0


@pytest.mark.parametrize(
    "fault", [one_unit_less, slopes_that_are_no_lines, values_left_out, columns_mixed_up]
)
def test_a_fault_would_be_seen(fault, monkeypatch):
    fault(monkeypatch)
    for seed in range(30):
        try:
            check(*cases(seed), together=6)
        except AssertionError:
            return
    pytest.fail("the fault was not noticed")


def test_ends_rounded_inward_would_be_seen(monkeypatch):
    ends_rounded_inward(monkeypatch)
    with pytest.raises(AssertionError):
        test_ends_are_rounded_outward()


def test_groups_are_those_of_the_proof():
    """Whole groups are checked together; what is together does not depend on where a call ends."""
    assert checker.WAITING % rules.GROUP == 0
    groups = [0] * 5 + [1] * 3 + [2] * 34
    jobs = rules._jobs(len(groups), groups, 32, 2)
    sets = [tuple(x) for size, at in jobs for x in at.reshape(-1, size).tolist()]
    assert sorted(set(map(frozenset, sets)), key=min) == [
        *(frozenset(range(5)), frozenset(range(5, 8))),
        *(frozenset(range(8, 40)), frozenset((40, 41))),
    ]
    later = rules._jobs(len(groups) - 5, groups[5:], 32, 2)
    assert {tuple(x + 5) for size, at in later for x in at.reshape(-1, size)} < set(sets)


def test_what_is_shown_of_a_group_does_not_depend_on_other_groups():
    """Cells where the logit is small, and a group of cells where it is large."""
    long = Ordinal("x", Fraction(0), Fraction(1), 1 << 22, uniform(1 << 22))
    domain = Domain((long, Ordinal("y", Fraction(0), Fraction(1), 2, uniform(2))))
    twice = Affine(0, np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.zeros(3))
    last = Affine(2, np.array([[1.0, -1.0, 20.0]]), np.array([0.01]))
    p = prepare(Network(2, (twice, Relu(1), last)), domain)
    small = [Cell((range(at, at + 8), range(1))) for at in range(0, 256, 8)]
    cells = [*small, *(Cell((x.parts[0], range(1, 2))) for x in small)]
    rows = np.ones((len(cells), 1, 1))

    def shown(picked):
        own = parts_of(cells[picked]), rows[picked]
        return rounds.prove(p, *own, together=32, float32=True)

    assert 0.01 < rounds.everywhere(p) < 20
    for picked in (slice(0, 32), slice(32, 64)):
        for whole, alone in zip(shown(slice(0, 64)), shown(picked), strict=True):
            assert (whole[picked] == alone).all() and alone.all()
