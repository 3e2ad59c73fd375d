"""Planes above the first ReLUs: bounds of forms against exact values at every point, and faults."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values
from tests.every import EVERY
from tests.kernel import test_second
from tests.kernel.test_quick import PRECISIONS, smaller
from verifier.formats.variables import one_hot, variable
from verifier.kernel import envelopes, rounds, rules, starting
from verifier.kernel.choices import DOUBLE, SINGLE
from verifier.kernel.prepared import parts_of, prepare
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, signs
from verifier.model.network import Add, Affine, Network, Relu, exact_classes

SEEDS = range(12 if EVERY else 4)


def sets(seed):
    """A network over one-hot variables beside single columns, and cells."""
    rng = np.random.default_rng([seed, 46])
    domain, _, _ = test_second.case(seed)
    kept = [v for v in domain.variables[:2] if hasattr(v, "encoding")]
    few = [one_hot(f"c{i}", tuple("abcd"[: rng.integers(2, 5)])) for i in range(2)]
    domain = Domain((*kept, *few))
    width = int(rng.integers(2, 9))

    def affine(source, rows, columns):
        return Affine(source, rng.normal(size=(rows, columns)), rng.normal(size=rows))

    layers = [affine(0, width, domain.columns), Relu(1)]
    if seed % 2:
        layers += [affine(2, width, width), Relu(3)]
    if seed % 3 == 0:  # another layer that reads the input, and a sum behind both
        behind = len(layers)
        layers += [affine(0, width, domain.columns), Relu(behind + 1), Add(behind, behind + 2)]
    last = affine(len(layers), 2, width)
    layers.append(replace(last, bias=last.bias + 1000))  # positive at all points
    cells = [full_cell(domain)]
    while len(cells) < 6:
        parts = list(cells[int(rng.integers(len(cells)))].parts)
        i = int(rng.integers(len(parts)))
        parts[i] = smaller(rng, parts[i])
        cells.append(Cell(tuple(parts)))
    return domain, Network(domain.columns, tuple(layers)), cells


@np.errstate(over="ignore", invalid="ignore")  # as ``rounds`` does
def bounded(p, cells, rows, precision, *, kept=True):
    """The bounds of forms by lines alone, and by planes; with the input's columns as they are, or
    from the cells' centres on."""
    held = starting.cells_of(p, parts_of(cells), 1, precision)
    held.forward()
    if not kept:
        held, _ = held.narrowed({})
    own, wanted = precision.of(rows), np.full(len(cells), np.inf)
    lines = envelopes.lowest(held, envelopes.form_of(held, own))
    return lines, envelopes.improve(held, own, wanted)


def check(domain, teacher, cells, precision, **how):
    """By how much planes raise bounds, all of which every point is compared with."""
    raised, p = 0.0, prepare(teacher, domain)
    for row in ([1.0, -1.0], [-1.0, 1.0], [0.5, 2.0]):
        rows = np.tile(row, (len(cells), 1))
        lines, planes = bounded(p, cells, rows, precision, **how)
        for cell, one, other in zip(cells, lines, planes, strict=True):
            values = [node_values(teacher, domain.encode(x))[-1] for x in cell.points()]
            least = min(sum(Fraction(c) * v for c, v in zip(row, x, strict=True)) for x in values)
            for bound in (one, other):
                assert bound == -np.inf or Fraction(float(bound)) <= least
            if other > one:
                raised += other - one
    return raised


@PRECISIONS
@pytest.mark.parametrize("kept", [True, False], ids=["whole", "from-centres"])
def test_bounds_are_below_every_point(precision, kept):
    raised = [check(*test_second.case(seed), precision, kept=kept) for seed in SEEDS]
    assert 2 * sum(x > 0 for x in raised) >= len(raised)


@PRECISIONS
def test_bounds_over_sets_of_values_are_too(precision):
    raised = [check(*sets(seed), precision) for seed in SEEDS]
    assert 2 * sum(x > 0 for x in raised) >= len(raised)


@PRECISIONS
def test_a_plane_shows_what_lines_do_not(precision):
    """1/4 - relu(y + z - 1) + y for bits y and z is 1/4 at least; by lines it may be -1/4."""
    first = np.array([[0.5, 0.5], [0.5, 0.0]])  # y and z are (1 + x) / 2
    layers = (Affine(0, first, np.array([0.0, 0.5])), Relu(1))
    layers += (Affine(2, np.array([[-1.0, 1.0]]), np.array([0.25])),)
    p = prepare(Network(2, layers), signs(2))
    lines, planes = bounded(p, [full_cell(signs(2))], np.array([[1.0]]), precision)
    assert -0.26 < lines[0] < -0.24 and 0.2 < planes[0] <= 0.25


def tied(seed, precision):
    """A network, and a cell of one free bit over which its least value is 0 or just below.

    All ReLUs have negative factors, so that bounds over the cell are what the value is at its ends.
    """
    rng = np.random.default_rng([seed, 12])
    count, width = 5, 6
    first = precision.of(rng.normal(size=(width, count))).astype(np.float64)
    last = precision.of(-np.abs(rng.normal(size=(1, width)))).astype(np.float64)
    domain, cell = signs(count), Cell((3, *(1 << int(v) for v in rng.integers(0, 2, count - 1))))
    layers = (Affine(0, first, np.zeros(width)), Relu(1), Affine(2, last, np.zeros(1)))
    open_ = Network(count, layers)
    least = min(node_values(open_, domain.encode(x))[-1][0] for x in cell.points())
    bias = precision.kind(-float(least))
    while least + Fraction(float(bias)) > 0:
        bias = np.nextafter(bias, precision.kind(-np.inf))
    own = replace(layers[2], bias=np.array([float(bias)]))
    return domain, replace(open_, layers=(*layers[:2], own)), cell


def wrongly_shown(precision):
    """How many ties are bounded above 0."""
    wrong = 0
    for seed in range(80):
        domain, teacher, cell = tied(seed, precision)
        assert 0 in exact_classes(teacher, domain, list(cell.points()))
        _, planes = bounded(prepare(teacher, domain), [cell], np.ones((1, 1)), precision)
        wrong += int(planes[0] > 0)
    return wrong


@PRECISIONS
def test_ties_are_never_shown(precision):
    assert wrongly_shown(precision) == 0


def test_roundings_have_to_be_charged(monkeypatch):
    bare = replace(SINGLE, tiny=0.0, unit=0.0)
    monkeypatch.setattr(starting, "SINGLE", bare)
    assert wrongly_shown(bare) > 0


def less_missing(honest):
    def planes(cells, chosen, source, a):
        rows = honest(cells, chosen, source, a)
        return replace(rows, total=rows.total * np.where(rows.total < 0, 0.9, 1.1))

    return planes


def more_taken(honest):
    def planes(cells, chosen, source, a):
        rows = honest(cells, chosen, source, a)
        return replace(rows, a=rows.a * 1.25)

    return planes


def turned(honest):
    return lambda cells, chosen, source, a: replace(
        rows := honest(cells, chosen, source, a), a=-rows.a
    )


def of_the_positive(honest):
    return lambda cells, chosen, source, a: honest(cells, chosen, source, a / 2)


@pytest.mark.parametrize("fault", [less_missing, more_taken, turned, of_the_positive])
def test_a_wrong_plane_would_be_seen(fault, monkeypatch):
    monkeypatch.setattr(envelopes, "planes_above", fault(envelopes.planes_above))
    with pytest.raises(AssertionError):
        for seed in range(20):
            check(*test_second.case(seed), DOUBLE)
            check(*sets(seed), DOUBLE)


def test_more_taken_of_columns_than_is_counted_would_be_seen(monkeypatch):
    honest = envelopes._take
    monkeypatch.setattr(
        envelopes,
        "_take",
        lambda *given: replace(taken := honest(*given), single=taken.single * 1.5),
    )
    with pytest.raises(AssertionError):
        for seed in range(20):
            check(*test_second.case(seed), DOUBLE)


def test_a_wrong_blend_would_be_seen(monkeypatch):
    monkeypatch.setattr(
        envelopes.Form,
        "blended",
        lambda self, other, share: envelopes.Form(
            self.a + share[:, None] * (other.a - self.a),
            self.total + 1.5 * share * np.abs(other.total - self.total),
            np.maximum(self.weight, other.weight),
        ),
    )
    with pytest.raises(AssertionError):
        for seed in range(20):
            check(*test_second.case(seed), DOUBLE)


def test_slopes_below_beyond_one_would_be_seen(monkeypatch):
    honest = envelopes.lines_at
    monkeypatch.setattr(
        envelopes,
        "lines_at",
        lambda cells, chosen, upper, source: (
            (lines := honest(cells, chosen, upper, source))[0] + 0.5,
            *lines[1:],
        ),
    )
    with pytest.raises(AssertionError):
        for seed in range(20):
            check(*test_second.case(seed), DOUBLE)


def test_inexact_encodings_are_charged():
    """Sets of values whose numbers are thirds, and a row that is 0 at their least."""
    thirds = tuple((Fraction(i, 3), Fraction(1 - i, 7)) for i in range(3))
    domain = Domain(tuple(variable(f"c{i}", tuple("abc"), thirds) for i in range(3)))
    rng = np.random.default_rng(4)
    shown = 0
    for _ in range(30):
        layers = (
            Affine(0, rng.normal(size=(5, 6)), rng.normal(size=5)),
            Relu(1),
            Affine(2, rng.normal(size=(1, 5)), np.zeros(1)),
        )
        open_ = Network(6, layers)
        values = [node_values(open_, domain.encode(x))[-1][0] for x in full_cell(domain).points()]
        bias = -float(min(values))
        while min(values) + Fraction(bias) > 0:
            bias = float(np.nextafter(bias, -np.inf))
        tie = replace(open_, layers=(*layers[:2], replace(layers[2], bias=np.array([bias]))))
        cells = [Cell(tuple(1 << v for v in x)) for x in full_cell(domain).points()]
        held = starting.cells_of(prepare(tie, domain), parts_of(cells), 1, DOUBLE)
        assert held.inexact > 0
        _, planes = bounded(prepare(tie, domain), cells, np.ones((len(cells), 1)), DOUBLE)
        for value, bound in zip(values, planes, strict=True):
            assert Fraction(float(bound)) <= value + Fraction(bias)
        shown += int((planes > 0).sum())
    assert shown > 100


def test_the_words_of_solvers_are_not_looked_at_closer():
    """A certificate states how often they are trusted: what it states is to remain true."""
    found = 0
    for seed in range(12):
        domain, teacher, cells = test_second.case(seed)
        classes = [set(exact_classes(teacher, domain, list(c.points()))) for c in cells]
        picked = [i for i, own in enumerate(classes) if len(own) == 1]
        if not picked:
            continue
        own, wanted = [cells[i] for i in picked], [min(classes[i]) for i in picked]
        p, parts = prepare(teacher, domain), parts_of(own)
        every, _ = rules.constant_over(p, parts, np.array(wanted))
        without, _ = rules.constant_over(
            p, parts, np.array(wanted), closer=np.zeros(len(own), dtype=bool)
        )
        assert (every | ~without).all()
        found += int((every & ~without).sum())
    assert found > 0 and rounds.SHARES[0] == 0
