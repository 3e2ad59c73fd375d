"""Numbers at the ends of float64, and far beyond each other: what is shown is true, exactly."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values
from tests.every import EVERY
from tests.kernel.extreme_cases import corners, extreme, extreme_intervals, klass
from tests.kernel.sandwich_cases import margin
from tests.kernel.test_quick import bounded
from verifier.kernel import lines, patches, rounds, rules, sandwich
from verifier.kernel.asked import ask
from verifier.kernel.checker import verify
from verifier.kernel.choices import DOUBLE, SINGLE, matrices, rounded
from verifier.kernel.points import narrow_classes
from verifier.kernel.prepared import parts_of, prepare
from verifier.model.cell import Cell, full_cell
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network, Relu, Scale
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Constant, Enumerated, Sandwich, Strip
from verifier.model.question import Bound, ClassIs, Matter, Not, Same

SEEDS = 400 if EVERY else 24


@pytest.mark.parametrize(
    ("scale", "divisor", "more"), [(5e-324, 3.0, 1.0), (5e-323, 7.0, 0.2), (1e-200, 1e120, 5e-6)]
)
def test_a_quotient_that_underflows_is_not_lost_in_a_column_of_large_numbers(scale, divisor, more):
    """The factor was 0, or had lost its digits, before it was multiplied by 2**999: what is always
    of class 1 was accepted as class 0."""
    unit = Fraction(2) ** 990
    domain = Domain((Ordinal("x", 256 * unit, unit / 2**16, 5, uniform(5)),))
    factor = Fraction(scale) / Fraction(divisor)
    back = float(Fraction(1 + more) / (factor * 256 * unit))
    layers = (
        Scale(0, np.array([scale]), np.array([divisor]), np.zeros(1)),
        Affine(1, np.array([[back]]), np.array([-1.0])),
    )
    teacher = Network(1, layers)
    p, cell = prepare(teacher, domain), full_cell(domain)
    assert max(p.scales) == 999 and matrices(p)
    assert factor * 256 * unit * Fraction(back) > 1
    for precision in rounds.precisions(p):
        for wanted in (0, 1):
            rows = rules.class_rows(1, wanted)[0][None]
            own = {"together": 1, "float32": False, "precision": precision}
            shown, _ = rounds.prove(p, parts_of([cell]), rows, **own)
            assert wanted or not shown.any()
    matter = Matter(domain, (Bound("net", teacher, (0,)),), ClassIs(0, 0))
    assert verify(matter, (Constant(1),)).disagreements == (0, 0)
    with pytest.raises(InvalidProof):
        verify(matter, (Constant(0),))


def test_bounds_in_floats_hold():
    told = Counter()
    for seed in range(SEEDS):
        domain, teacher, cells = extreme(seed)
        p = prepare(teacher, domain)
        for precision, held in ((SINGLE, rounded), (DOUBLE, matrices)):
            if not held(p):
                continue
            together = 1 + 3 * (seed % 2)
            with np.errstate(over="ignore", invalid="ignore"):
                nodes, forms = bounded(p, cells, together, bool(seed % 3), precision)
            for i, cell in enumerate(cells):
                for point in list(cell.points())[::5]:
                    values = node_values(teacher, domain.encode(point))
                    for own in forms:
                        for bound, value in zip(own[i].tolist(), values[-1], strict=True):
                            assert bound == -np.inf or Fraction(bound) <= value, seed
                            told[precision.kind, bound > -np.inf] += 1
                    values[0] = [x / 2**k for x, k in zip(values[0], p.scales, strict=True)]
                    if seed % 3:
                        continue  # neurons are left out
                    every = zip(values, nodes.low, nodes.high, nodes.most, strict=True)
                    for exactly, low, high, most in every:
                        if np.isfinite(most).all():
                            for x, a, b in zip(exactly, low[i], high[i], strict=True):
                                assert Fraction(float(a)) <= x <= Fraction(float(b)), seed
    assert min(told[kind, True] for kind in (np.float32, np.float64)) > SEEDS


def test_constants_are_true():
    told = Counter()
    for seed in range(SEEDS):
        domain, teacher, cells = extreme(seed)
        p = prepare(teacher, domain)
        true = [{klass(node_values(teacher, domain.encode(x))[-1]) for x in c.points()}
                for c in cells]  # fmt: skip
        for wanted in range(teacher.classes):
            shown, _ = rules.constant(p, cells, [wanted] * len(cells), groups=[0] * len(cells))
            assert all(own == {wanted} for own, here in zip(true, shown, strict=True) if here), seed
            told[bool(shown.any())] += 1
    assert told[True] > SEEDS // 3


def test_constants_and_boxes_of_intervals_are_true():
    """At the ends of the cells, both included, and between."""
    told = Counter()
    for seed in range(SEEDS):
        if (case := extreme_intervals(seed)) is None:
            continue
        domain, teacher, cells = case
        p = prepare(teacher, domain)
        true = [{klass(node_values(teacher, x)[-1]) for x in corners(domain, c)} for c in cells]
        for wanted in range(teacher.classes):
            shown, _ = rules.constant(p, cells, [wanted] * len(cells), groups=[0] * len(cells))
            assert all(own == {wanted} for own, here in zip(true, shown, strict=True) if here), seed
            told["cells"] += int(shown.sum())
        rng = np.random.default_rng([seed, 64])
        boxes = np.array([[rng.integers(v.count) for v in domain.variables] for _ in range(4)])
        for box, found in zip(boxes.tolist(), narrow_classes(p, boxes).tolist(), strict=True):
            parts = [range(i, i + 1) if isinstance(v, Continuous) else 1 << i
                     for i, v in zip(box, domain.variables, strict=True)]  # fmt: skip
            every = corners(domain, Cell(tuple(parts)))
            assert found < 0 or {klass(node_values(teacher, x)[-1]) for x in every} == {found}, seed
            told["boxes"] += found >= 0
    assert min(told["cells"], told["boxes"]) > SEEDS // 2


def test_classes_that_floats_decide_are_true():
    """Point by point, along lines and in patches."""
    told = Counter()
    for seed in range(SEEDS):
        domain, teacher, cells = extreme(seed)
        matter = Matter(domain, (Bound("net", teacher, (*range(len(domain.variables)),)),),
                        ClassIs(0, 1))  # fmt: skip
        asked, points = ask(matter), np.array(list(cells[0].points()))
        net = asked.nets[0]
        true = np.array(
            [klass(node_values(teacher, domain.encode(x))[-1]) for x in points.tolist()]
        )
        assert (patches.classes_of(net, points) == true).all(), seed
        for way in net.unfolded:
            found, near = way.at(points)
            assert (found == true)[~near].all(), seed
            told["layers"] += int((~near).sum())
        if net.everywhere is None:
            continue
        for way in (net.everywhere, *net.real):
            found, near = way.at(points)
            assert (found == true)[~near].all(), seed
            told["points"] += int((~near).sum())
        for i, v in enumerate(domain.variables):
            if v.count < 2 or not isinstance(v, Ordinal) or lines.problem(asked, i):
                continue
            some = points[points[:, i] == 0]
            ends = np.zeros(len(some), dtype=np.int64), np.full(len(some), v.count - 1)
            counted = lines.true_along(asked, i, lines.Lines(some, *ends))
            rest = np.delete(points, i, axis=1)
            for point, count in zip(np.delete(some, i, axis=1), counted, strict=True):
                assert (true[(rest == point).all(axis=1)] == 1).sum() == count, seed
            told["lines"] += len(some)
        if not patches.problem(asked, (0,)):
            held = patches.Patches(asked, (0,))
            patched, some = patches.Patched(net, held), points[points[:, 0] == points[0, 0]]
            some = some[: held.step]
            for group in held.groups():
                own = patched.classes(patched.shifts(some), some, group, patched.buffer())
                for value, row in zip(held.combinations[group][:, 0], own, strict=True):
                    at = np.array(some)
                    at[:, 0] = value
                    assert (row == patches.classes_of(net, at)).all(), seed
                told["patches"] += own.size
    assert min(told["points"], told["lines"], told["patches"]) > SEEDS
    assert told["layers"]  # nothing is shown of most


def asked_of(seed, domain, teacher):
    """A network, or it and another one of the same layers that reads other variables."""
    rng, reads = np.random.default_rng([seed, 62]), tuple(range(len(domain.variables)))
    models, columns = [Bound("one", teacher, reads)], [v.columns for v in domain.variables]
    if seed % 2:
        return Matter(domain, tuple(models), ClassIs(0, 1))
    i, j = rng.integers(len(reads), size=2)
    if columns[i] == columns[j]:
        reads = tuple({i: j, j: i}.get(x, x) for x in reads)
    return Matter(domain, (*models, Bound("two", teacher, reads)), Not(Same(0, 1)))


def sums_near(rng, first, columns):
    """A sum near a network's form, or a random one, cut to few bits or many."""
    x = first.lines[0]
    form = np.ldexp(x.a[:, 0], -np.array(x.enclosed.p.scales))
    if rng.random() < 0.3:
        form = rng.normal(size=form.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        top = np.frexp(np.abs(form).max(axis=1, initial=2.0**-500))[1].astype(np.int64)
        e = np.clip(int(rng.choice([3, 8, 30, 52])) - top, 0, sandwich.FINEST)
        own = np.rint(np.ldexp(form, e[:, None]))
        own = np.where(np.abs(own) < 2.0**53, own, 0)  # and 0 for what is no number
    sums, read = np.zeros((len(form), columns)), set(first.columns[-1].tolist())
    sums[:, first.columns[0]] = own
    sums[:, [c for c in range(columns) if c not in read]] = 0
    return sums, e


def test_sandwiches_are_true():
    told = Counter()
    for seed in range(SEEDS):
        domain, teacher, cells = extreme(seed, most=2)
        matter, rng = asked_of(seed, domain, teacher), np.random.default_rng([seed, 63])
        asked, held = ask(matter), []

        def near(first, own, rng=rng, columns=domain.columns, held=held, seed=seed):
            found = sandwich.within(first) if seed % 3 else None
            held[:] = sums_near(rng, first, columns)
            return sandwich.shown(first, found, *held)

        for cell in cells[:2]:
            ends = sandwich.ends_of(asked, [(x, 0) for x in asked.nets], [cell], near)
            told[bool(ends.good[0])] += 1
            if not ends.good[0]:
                continue
            (sums, _), order = held, int(ends.order[0])
            for point in cell.points():
                row = zip(sums[0].tolist(), domain.encode(point), strict=True)
                at = sum((Fraction(n) * x for n, x in row), Fraction(0))
                margins = [margin(matter, model, point) for model in asked.nets]
                for (least, most), g in zip(ends.strips[0].tolist(), margins, strict=True):
                    assert g > 0 or at + least <= 0, seed
                    assert g <= 0 or at + most > 0, seed
                one, two = margins[0], margins[-1]
                assert not (order & 1 and one > 0 >= two), seed
                assert not (order & 2 and two > 0 >= one), seed
    assert told[True] > SEEDS


def test_a_sandwich_of_numbers_beyond_what_floats_bound_is_answered():
    """It ended in a traceback: what no float encloses was given on as enclosures."""
    answered = 0
    for seed in range(0, 4 * SEEDS, 2):
        domain, teacher, _ = extreme(seed, most=2)
        p = prepare(teacher, domain)
        if not matrices(p):
            continue
        matter = asked_of(seed, domain, teacher)
        strips = tuple(Strip(i, -1, 1) for i in range(len(matter.models)))
        step = Sandwich(strips, (0,) * domain.columns, 0, 1, 3)
        try:
            low, high = verify(matter, (step,)).disagreements
        except InvalidProof:
            answered += 1
            continue
        low_, high_ = verify(matter, (Enumerated(),)).disagreements
        assert low <= low_ == high_ <= high
        answered += 1
    assert answered > SEEDS // 3


def test_a_relu_of_the_input_that_nothing_reads_is_no_first_layer():
    """It was taken for factors that are in weights: the check ended in a traceback."""
    domain = Domain((Ordinal("x", Fraction(-2), Fraction(1), 5, uniform(5)),))
    one, zero = np.ones((1, 1)), np.zeros(1)
    layers = (
        Affine(0, one, zero),
        Relu(0),
        Relu(1),
        Affine(3, one, zero),
        Relu(4),
        Affine(5, -one, zero),
    )
    p = prepare(Network(1, layers), domain)
    shown, _ = rules.constant(p, [full_cell(domain)] * 2, [0, 1], groups=[0, 0])
    assert shown.tolist() == [True, False]
