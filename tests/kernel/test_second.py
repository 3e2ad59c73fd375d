"""Layers behind the first ReLUs, all components at once: against exact fractions, and faults."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values
from tests.kernel.test_quick import PRECISIONS, smaller
from verifier.formats.variables import variable
from verifier.kernel import quick, rounds, rules, starting
from verifier.kernel.choices import DOUBLE, SINGLE, rounded
from verifier.kernel.prepared import parts_of, prepare
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Relu, exact_classes
from verifier.model.ordinal import Ordinal, uniform

SECOND = 3
"""The node of the layer behind the first ReLUs."""


def case(seed):
    """A network over variables of one column each, and cells, some of one point."""
    rng = np.random.default_rng([seed, 45])
    codes = [0, 1, -1, Fraction(1, 3), Fraction(-2, 7), 5]
    variables = []
    for i in range(int(rng.integers(2, 6))):
        if rng.random() < 0.3:
            variables.append(Ordinal(f"x{i}", Fraction(-1, 3), Fraction(1, 7), 5, uniform(5)))
            continue
        values = [Fraction(codes[int(rng.integers(6))]) for _ in range(int(rng.integers(2, 4)))]
        labels = tuple(str(v) for v in range(len(values)))
        variables.append(variable(f"x{i}", labels, tuple((x,) for x in values)))
    domain = Domain(tuple(variables))
    width = int(rng.integers(2, 9))

    def affine(source, rows, columns):
        weight = rng.normal(size=(rows, columns)) * 2.0 ** rng.integers(-3, 4)
        return Affine(source, weight, rng.normal(size=rows))

    layers = [affine(0, width, domain.columns), Relu(1), affine(2, width, width), Relu(3)]
    if seed % 2:
        layers += [Add(2, 4), affine(5, width, width), Relu(6)]
    layers.append(affine(len(layers), 2, width))
    cells = [full_cell(domain)]
    while len(cells) < 8:
        parts = list(cells[int(rng.integers(len(cells)))].parts)
        i = int(rng.integers(len(parts)))
        parts[i] = smaller(rng, parts[i])
        cells.append(Cell(tuple(parts)))
    return domain, Network(domain.columns, tuple(layers)), cells


def refined(p, cells, precision):
    """The cells, with the layer behind the first ReLUs enclosed closer; and its ends before."""
    held = starting.cells_of(p, parts_of(cells), 1, precision)
    held.forward()
    held = replace(held, middle={1: held.centred(1)})
    assert held.is_second(SECOND) and not held.is_second(1)
    before = held.low[SECOND].copy(), held.high[SECOND].copy()
    held.second(SECOND, slice(0, 5))
    held.second(SECOND, slice(5, len(cells)))
    return held, before


def check(seed, precision):
    """How many ends got closer, all of which every point is compared with."""
    domain, teacher, cells = case(seed)
    held, (low, high) = refined(prepare(teacher, domain), cells, precision)
    assert {x.dtype for x in (*held.low, *held.high)} == {np.dtype(precision.kind)}
    for i, cell in enumerate(cells):
        points = list(cell.points())
        for point in points[:: 1 + len(points) // 5]:
            values = node_values(teacher, domain.encode(point))[SECOND]
            for j, value in enumerate(values):
                assert Fraction(float(held.low[SECOND][i, j])) <= value
                assert value <= Fraction(float(held.high[SECOND][i, j]))
    return int((held.low[SECOND] > low).sum() + (held.high[SECOND] < high).sum())


@PRECISIONS
def test_layers_behind_the_first_relus_are_enclosed(precision):
    assert sum(check(seed, precision) for seed in range(16)) > 80


@PRECISIONS
def test_they_are_enclosed_as_closely_as_row_by_row(precision):
    for seed in range(10):
        domain, teacher, cells = case(seed)
        held, _ = refined(prepare(teacher, domain), cells, precision)
        every = np.tile(np.arange(teacher.layers[SECOND - 1].weight.shape[0]), (len(cells), 1))
        low, high = held.lines(SECOND, every)
        mass = held.layers[SECOND - 1].size @ held.scale[1] + held.scale[SECOND]
        for own, row_by_row in ((held.low[SECOND], low), (-held.high[SECOND], -high)):
            unsure = (held.low[SECOND] < 0) & (held.high[SECOND] > 0)
            assert (own >= row_by_row - 6 * held.error * mass)[unsure].all()


def near_tie(seed, precision):
    """A network whose logit is 0 or less at all points, where floats may find more.

    The layer behind the first ReLUs adds up numbers that cancel; a ReLU and a weight of 1 follow,
    and what it must exceed is its exact value.
    """
    rng = np.random.default_rng([seed, 11])
    count, bits = 12, 52 if precision is DOUBLE else 24
    first = rng.integers(1, 2**bits, size=(count, 1)) * 2.0 ** rng.integers(-20, 1, (count, 1))
    if precision is SINGLE:  # the weights are rounded to it, and what is lost is not looked for
        first = first.astype(np.float32).astype(np.float64)
    last = rng.normal(size=(1, count)).astype(precision.kind).astype(np.float64)
    exact = sum(
        Fraction(float(a)) * Fraction(float(h)) for a, h in zip(last[0], first[:, 0], strict=True)
    )
    bias = float(precision.kind(-float(exact)))
    while Fraction(bias) + exact > 0:
        bias = float(np.nextafter(precision.kind(bias), precision.kind(-np.inf)))
    layers = [Affine(0, first, np.zeros(count)), Relu(1), Affine(2, last, np.array([bias]))]
    layers += [Relu(3), Affine(4, np.ones((1, 1)), np.zeros(1))]
    domain = Domain((variable("x", ("one",), ((Fraction(1),),)),))
    return domain, Network(1, tuple(layers))


def false_ends(precision, error=None):
    """How often the lower end of a tie is above 0, where its value is not."""
    wrong = 0
    for seed in range(60):
        domain, teacher = near_tie(seed, precision)
        p = prepare(teacher, domain)
        assert list(exact_classes(teacher, domain, [(0,)])) == [0]
        assert rounded(p) or precision is DOUBLE
        held = starting.cells_of(p, parts_of([full_cell(domain)]), 1, precision)
        held.forward()
        held.low[SECOND][:], held.high[SECOND][:] = -(2.0**90), 2.0**90
        held = replace(held, middle={1: held.centred(1)}, error=held.error if error is None else 0)
        held.second(SECOND, slice(0, 1))
        wrong += int(held.low[SECOND][0, 0] > 0)
    return wrong


@PRECISIONS
def test_roundings_are_charged(precision):
    assert false_ends(precision) == 0


@PRECISIONS
def test_roundings_have_to_be_charged(precision, monkeypatch):
    changed = replace(precision, tiny=0.0)
    for module in (starting, rounds):
        monkeypatch.setattr(module, "SINGLE" if precision is SINGLE else "DOUBLE", changed)
    assert false_ends(changed, error=0) > 0


def less_radius(layer, first, centred, radius, lines):
    return HONEST(layer, first, centred, radius * 0.9, lines)


def less_intercept(layer, first, centred, radius, lines):
    return HONEST(layer, first, centred, radius, (*lines[:2], lines[2] / 2))


def slopes_exchanged(layer, first, centred, radius, lines):
    return HONEST(layer, first, centred, radius, (lines[1], lines[0], lines[2]))


def signs_lost(layer, first, centred, radius, lines):
    return HONEST(replace(layer, size=-layer.size), first, centred, radius, lines)


def bias_lost(layer, first, centred, radius, lines):
    return HONEST(replace(layer, bias=layer.bias + 0.1), first, centred, radius, lines)


HONEST = quick.enclose_second


@pytest.mark.parametrize(
    "fault", [less_radius, less_intercept, slopes_exchanged, signs_lost, bias_lost]
)
def test_a_fault_would_be_seen(fault, monkeypatch):
    monkeypatch.setattr(quick, "enclose_second", fault)
    for seed in range(40):
        try:
            check(seed, DOUBLE)
        except AssertionError:
            return
    pytest.fail("the fault was not noticed")


@PRECISIONS
def test_what_does_not_fit_shows_nothing(precision):
    domain, teacher, cells = case(2)
    held = starting.cells_of(prepare(teacher, domain), parts_of(cells), 1, precision)
    held.forward()
    held.low[SECOND][:], held.high[SECOND][:] = -1, 1
    held = replace(
        held, middle={1: held.centred(1)}, scale={**held.scale, SECOND: held.scale[3] + np.inf}
    )
    held.second(SECOND, slice(0, len(cells)))
    assert (held.low[SECOND] == -1).all() and (held.high[SECOND] == 1).all()


def test_proofs_need_it(monkeypatch):
    """It is what shows cells that share slopes do not: the rounds ask for it once."""
    asked = []
    honest = quick.Cells.second
    monkeypatch.setattr(
        quick.Cells, "second", lambda self, node, at: asked.append(node) or honest(self, node, at)
    )
    shown = 0
    for seed in range(0, 20, 2):
        domain, teacher, cells = case(seed)
        classes = [set(exact_classes(teacher, domain, list(cell.points()))) for cell in cells]
        picked = [i for i, own in enumerate(classes) if len(own) == 1]
        if not picked:
            continue
        proved, _ = rules.constant(
            prepare(teacher, domain),
            [cells[i] for i in picked],
            [min(classes[i]) for i in picked],
        )
        shown += proved.sum()
    assert shown > 20 and set(asked) == {SECOND}
