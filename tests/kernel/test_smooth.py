"""Smooth layers in the kernel: enclosures, lines, cells and points hold what they say."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from flint import arb

import verifier as lp
from tests.smooth import FUNCTIONS, float_class, points, random_network
from verifier.kernel.arithmetic import Bounds
from verifier.kernel.points import evaluate
from verifier.kernel.prepared import prepare
from verifier.kernel.rules import all_bounds, constant, parts_of
from verifier.kernel.smooth import held, image, lines
from verifier.kernel.strips import _smooth_apart
from verifier.model.cell import Cell
from verifier.model.curves import CELLS, FAR, UNITS, curve
from verifier.model.network import exact_logits
from verifier.model.smooth import KINDS, Smooth
from verifier.model.smooth import image as ball


def _inputs(seed: int, count: int) -> Bounds:
    """Intervals of every size, near 0 and far away, of exponents of their own."""
    rng = np.random.default_rng(seed)
    size = (count, 1)
    middle = rng.normal(size=size) * rng.choice([0.1, 1, 4, 20, 300, 5000], size)
    wide = np.abs(rng.normal(size=size)) * rng.choice([0, 1e-6, 1e-3, 0.1, 1, 10, 100], size)
    e = rng.integers(8, 30, count)
    ends = (np.ldexp(x, e[:, None]) for x in (middle - wide, middle + wide))
    low, high = ends
    return Bounds(np.floor(low), np.ceil(high), e)


def _inside(x: Bounds, i: int) -> list[float]:
    low, high = (float(np.ldexp(end[i, 0], -x.e[i])) for end in (x.lo, x.hi))
    return sorted({low, high, *np.linspace(low, high, 9).tolist(), min(max(0.0, low), high)})


@pytest.mark.parametrize("kind", KINDS)
def test_enclosures_and_lines_hold_the_function(kind: str) -> None:
    layer, x = Smooth(0, kind), _inputs(1, 150)
    over, by = image(layer, x), lines(layer, x)
    unit, slope = np.ldexp(1.0, -by.e), np.ldexp(1.0, -by.g)
    for i in range(len(x.lo)):
        low, high = (arb(float(np.ldexp(end[i, 0], -over.e[i]))) for end in (over.lo, over.hi))
        for v in _inside(x, i):
            y = ball(kind, arb(v))
            assert low <= y <= high
            below = arb(by.below[i, 0] * slope[i]) * arb(v) + arb(by.low[i, 0] * unit[i])
            above = arb(by.above[i, 0] * slope[i]) * arb(v) + arb(by.high[i, 0] * unit[i])
            assert below <= y <= above


@pytest.mark.parametrize("kind", KINDS)
def test_enclosures_and_lines_are_close(kind: str) -> None:
    """As close as a second derivative of 2 allows; at a point within 2^-18."""
    layer = Smooth(0, kind)
    for wide, close in ((0.0, 2.0**-18), (0.125, 0.01), (1.0, 0.35)):
        at = np.linspace(-6, 6, 61)[:, None] * 2.0**30
        x = Bounds(np.floor(at), np.floor(at + wide * 2.0**30), np.full(61, 30))
        low, high = held(layer, x)
        assert ((high - low) * 2.0**-UNITS <= 1.5 * wide + 2.0**-18).all()
        by = lines(layer, x)
        middle = (x.lo + x.hi)[:, 0] * 2.0**-31
        steep = (by.above - by.below)[:, 0] * np.ldexp(1.0, -by.g)
        apart = steep * middle + (by.high - by.low)[:, 0] * np.ldexp(1.0, -by.e)
        assert apart.max() <= close + 2.0**-9 * wide


def test_a_table_that_lies_is_found_out() -> None:
    """The tests above compare with balls: a table that is off by 2^-20 would fail them."""
    kind = "tanh"
    c, layer = curve(kind), Smooth(0, kind)
    place = CELLS // 2 + 3 * CELLS // (4 * FAR)
    x = np.array([[float(place - CELLS // 2)]])
    own = Bounds(x, x, np.array([9]))
    off = 2.0 ** (UNITS - 20)
    try:
        c.at[place] += off
        c.least[0, place] += off
        low, _ = held(layer, own)
    finally:
        c.at[place] -= off
        c.least[0, place] -= off
    assert not arb(low[0, 0] * 2.0**-UNITS) <= ball(kind, arb(x[0, 0] * 2.0**-9))


Cells = Callable[[np.random.Generator], Cell]


def _cell(rng: np.random.Generator, columns: int) -> Cell:
    return Cell(tuple(int(rng.choice([1, 2, 3, 3])) for _ in range(columns)))


@pytest.mark.parametrize("outputs", [1, 3])
def test_what_is_proved_of_a_cell_is_true(outputs: int) -> None:
    proved = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        kinds = [str(k) for k in rng.choice([*KINDS], 2)]
        network, domain = random_network(rng, 5, kinds, outputs=outputs), lp.Domain.bits(5)
        p = prepare(network, domain)
        truth = {q: float_class(network, list(q)) for q in points(5)}
        cells = [_cell(rng, 5) for _ in range(20)]
        wanted = [truth[next(iter(c.points()))] for c in cells]
        shown, steady = constant(p, cells, wanted, float32=True)
        others, _ = constant(p, cells, [(k + 1) % network.classes for k in wanted])
        assert not steady.any()
        assert not others.any()
        for cell, klass, is_shown in zip(cells, wanted, shown, strict=True):
            if is_shown:
                proved += 1
                assert {truth[tuple(q)] for q in cell.points()} == {klass}
    assert proved > 40


def test_nodes_are_enclosed() -> None:
    for seed, kind in enumerate(KINDS):
        rng = np.random.default_rng(seed)
        network, domain = random_network(rng, 4, [kind, kind]), lp.Domain.bits(4)
        p = prepare(network, domain)
        cell = _cell(rng, 4)
        nodes = all_bounds(p, parts_of([cell]), True)
        for q in cell.points():
            x = np.array(q, dtype=np.float64)
            for layer, bounds in zip(network.layers, nodes[1:], strict=True):
                if isinstance(layer, Smooth):
                    x = np.array([FUNCTIONS[kind](float(v)) for v in x])
                else:
                    x = layer.weight @ x + layer.bias  # type: ignore[union-attr]
                low, high = (np.ldexp(end[0], -bounds.e[0]) for end in (bounds.lo, bounds.hi))
                assert (low <= x + 1e-9).all()
                assert (x - 1e-9 <= high).all()


def test_points_are_evaluated_exactly() -> None:
    for seed, kind in enumerate(KINDS):
        rng = np.random.default_rng(seed)
        network = random_network(rng, 6, [kind], outputs=int(rng.integers(1, 4)))
        every = points(6)
        classes, steady, _ = evaluate(prepare(network, lp.Domain.bits(6)), np.array(every))
        assert classes.tolist() == [float_class(network, list(q)) for q in every]
        assert not steady.any()


def test_a_point_near_a_tie_is_decided_in_balls() -> None:
    rng = np.random.default_rng(0)
    network, domain = random_network(rng, 3, ["sigmoid"]), lp.Domain.bits(3)
    last = network.layers[-1]
    (row,), over = exact_logits(network, [[1, 0, 1]], 1)
    for off, klass in ((-1e-12, 1), (1e-12, 0)):
        bias = last.bias - row[0] / over - off  # type: ignore[union-attr]
        near = replace(network, layers=(*network.layers[:-1], replace(last, bias=bias)))  # type: ignore[type-var]
        classes, _, _ = evaluate(prepare(near, domain), np.array([[1, 0, 1]]))
        assert classes.tolist() == [klass]


def test_two_copies_are_no_further_apart_than_said() -> None:
    """f(b) - f(a) lies in what is said of it, for b - a and both values in what is known."""
    rng = np.random.default_rng(5)
    for kind in KINDS:
        layer, x = Smooth(0, kind), _inputs(3, 60)
        moved = rng.normal(size=(60, 1)) * rng.choice([1e-3, 0.1, 3], (60, 1))
        by = np.rint(np.ldexp(moved, x.e[:, None]))
        spread = np.abs(np.rint(by * rng.random((60, 1))))
        d = Bounds(by - spread, by + spread, x.e)
        y = Bounds(x.lo + d.lo, x.hi + d.hi, x.e)
        apart = _smooth_apart(d, image(layer, x), image(layer, y))
        for i in range(60):
            low, high = (float(np.ldexp(end[i, 0], -apart.e[i])) for end in (apart.lo, apart.hi))
            for a in _inside(x, i):
                for n in (d.lo[i, 0], by[i, 0], d.hi[i, 0]):
                    b = a + float(np.ldexp(n, -x.e[i]))
                    change = FUNCTIONS[kind](b) - FUNCTIONS[kind](a)
                    slack = 1e-9 * (1 + abs(a))
                    assert low - slack <= change <= high + slack
