"""Bounds of a margin less a sum, against fractions: also with all that rounding can do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values
from tests.every import EVERY
from tests.kernel.extreme_cases import extreme
from verifier.kernel import margins
from verifier.kernel.margins import between, beyond, enclose, margin, near, zone_of
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.strips import parallel
from verifier.model.cell import Cell
from verifier.model.network import Affine, Network, Relu

SEEDS = range(900 if EVERY else 150)
LARGEST = 2.0**53


def exact(teacher, inputs):
    """The margin of one input, a fraction: the only logit, or that of class 1 less the other."""
    logits = node_values(teacher, inputs)[-1]
    return logits[0] if len(logits) == 1 else logits[1] - logits[0]


def points(domain, cell):
    """The inputs of all points of a cell."""
    return [domain.encode(point) for point in cell.points()]


def sum_of(row, e, inputs):
    """A sum of inputs in units of ``2**-e``."""
    total = sum((Fraction(n) * x for n, x in zip(row, inputs, strict=True)), Fraction(0))
    return total / Fraction(2) ** int(e)


def sums_near(rng, x):
    """Integers about the form of each cell, in their units, or much larger; some are too fine."""
    form = np.ldexp(x.a[:, 0], -np.array(x.enclosed.p.scales))
    with np.errstate(all="ignore"):
        largest = np.where(np.isfinite(form), np.abs(form), 0).max(axis=1, initial=2.0**-900)
        e = int(rng.integers(20, 60)) - np.frexp(largest)[1].astype(np.int64)
        e -= int(rng.choice([0, 0, 0, 12]))
        scale = rng.uniform(1e3, 4e3, size=form.shape) if rng.random() < 0.4 else 1.0
        own = np.rint(np.ldexp(form, e[:, None]) * scale)
    own += rng.integers(-9, 10, size=own.shape)
    return np.where(np.abs(own) < LARGEST, own, 0), e


def whole(seed, columns):
    """A network of two layers of ReLUs whose weights are small whole numbers."""
    rng, width = np.random.default_rng([seed, 67]), 3

    def affine(source, rows, columns):
        weight = rng.integers(-4, 5, size=(rows, columns)).astype(np.float64)
        return Affine(source, weight, rng.integers(-6, 7, size=rows).astype(np.float64))

    first, last = affine(0, width, columns), affine(4, 1 + seed // 3 % 2, width)
    return Network(columns, (first, Relu(1), affine(2, width, width), Relu(3), last))


def cases(seed):
    """Lines on three cells of one network, the last of them a point."""
    domain, teacher, cells = extreme(seed, most=2)
    if seed % 3 == 2:  # of whole numbers, which are bounded in fixed point
        teacher = whole(seed, domain.columns)
    point = next(cells[1].points())
    parts = (
        range(v, v + 1) if isinstance(part, range) else 1 << v
        for v, part in zip(point, cells[1].parts, strict=True)
    )
    cells = [cells[0], cells[1], Cell(tuple(parts))]
    p = prepare(teacher, domain)
    own = enclose(p, parts_of(cells))
    slopes = parallel([own])[0] if seed % 2 else None
    if slopes and seed % 4 == 3:  # any are sound: of two networks they are the other one's as well
        rng = np.random.default_rng([seed, 66])
        slopes = {j: np.floor(margins.ONE * rng.random(x.shape)) for j, x in slopes.items()}
    return domain, teacher, cells, margin(own, slopes)


def false_bounds(seed):
    """How many bounds of margins less sums are above the truth, and of how many something is."""
    rng, (domain, teacher, cells, x) = np.random.default_rng([seed, 64]), cases(seed)
    sums, e = sums_near(rng, x)
    low, fit = near(x, sums, e)
    wrong = 0
    for i, cell in enumerate(cells):
        said = [Fraction(n) / Fraction(2) ** int(low.e[i]) for n in low.n[i].tolist()]
        if not fit[i]:
            continue
        for inputs in points(domain, cell):
            away = exact(teacher, inputs) - sum_of(sums[i].tolist(), e[i], inputs)
            wrong += said[0] > away or said[1] > -away
    return wrong, int(fit.sum())


def test_what_is_left_of_a_margin_less_a_sum_is_never_above_the_truth():
    told = Counter()
    for seed in SEEDS:
        wrong, shown = false_bounds(seed)
        assert not wrong, seed
        told.update(shown=shown)
    assert told["shown"] > len(SEEDS)


FREE = {
    "what was added up": lambda x: margins.Lines(x.enclosed, x.a, x.constant, 0 * x.mass),
    "the sum's own products": lambda x: _free(x, most=[0 * own for own in x.enclosed.cells.most]),
    "all of it": lambda x: _free(x, error=0.0, inexact=0.0),
}


def _free(x, **fields):
    cells = replace(x.enclosed.cells, **fields)
    return replace(x, enclosed=replace(x.enclosed, cells=cells))


@pytest.mark.parametrize("name", FREE)
def test_a_fault_in_what_rounding_is_charged_shows(name, monkeypatch):
    real = margins.near
    monkeypatch.setitem(
        globals(), "near", lambda x, *more: real(x if x.fixed else FREE[name](x), *more)
    )
    assert any(false_bounds(seed)[0] for seed in SEEDS)


@pytest.mark.parametrize("e", [0, 30, -60, -400, 2000])
def test_a_zone_of_sums_that_do_not_fit_is_everywhere(e):
    """Too large for the forms beside, or too fine: nothing is said there that is not so of all."""
    fitting = Counter()
    for seed in range(60 if EVERY else 30):
        rng, (domain, teacher, cells, x) = np.random.default_rng([seed, 65]), cases(seed)
        if x.fixed is not None:
            continue
        shape = len(cells), domain.columns
        own = rng.integers(-(2**53), 2**53, size=shape, endpoint=True).astype(np.float64)
        unit, ends = np.full(len(cells), e), np.sort(rng.normal(size=(2, len(cells))), axis=0)
        zone = zone_of(x.enclosed.p, own, unit, (ends[0], ends[1]))
        sums, f = sums_near(rng, x)
        low, fit = near(x, sums, f, zone)
        inside = between(x.enclosed, zone)
        far = beyond(x, zone, sums, f)
        for i, cell in enumerate(cells):
            everywhere = bool(np.isneginf(zone.least[i]) and np.isposinf(zone.most[i]))
            fitting[everywhere] += 1
            for inputs in points(domain, cell):
                s = sum_of(own[i].tolist(), e, inputs)
                t = sum_of(sums[i].tolist(), 0, inputs)
                if everywhere or s <= ends[0][i]:
                    assert everywhere or Fraction(float(far[0][i])) <= -t, seed
                if everywhere or s >= ends[1][i]:
                    assert everywhere or Fraction(float(far[1][i])) <= t, seed
                if not everywhere and not ends[0][i] <= s <= ends[1][i]:
                    continue
                for j, values in enumerate(node_values(teacher, inputs)[1:], 1):
                    held = inside.cells.low[j][i].tolist(), inside.cells.high[j][i].tolist()
                    assert all(
                        a <= v <= b for a, v, b in zip(held[0], values, held[1], strict=True)
                    )
                if fit[i]:
                    away = exact(teacher, inputs) - sum_of(sums[i].tolist(), f[i], inputs)
                    unit_ = Fraction(2) ** int(low.e[i])
                    assert Fraction(low.n[i, 0]) / unit_ <= away, seed
                    assert Fraction(low.n[i, 1]) / unit_ <= -away, seed
    assert fitting[e not in (0, 30)] > (20 if EVERY else 10)


def lost_ends(seed):
    """How often ``beyond`` leaves out a point where a sum is at its least or its most."""
    rng, (domain, _, cells, x) = np.random.default_rng([seed, 68]), cases(seed)
    own = rng.integers(-(2**52), 2**52, size=(len(cells), domain.columns)).astype(np.float64)
    e, wrong = np.full(len(cells), 52), 0
    held = [
        [sum_of(n.tolist(), 52, q) for q in points(domain, c)]
        for n, c in zip(own, cells, strict=True)
    ]
    with np.errstate(all="ignore"):
        ends = tuple(np.array([float(f(s)) for s in held]) for f in (min, max))
    if not all(np.isfinite(x).all() for x in ends):
        return 0
    zone = zone_of(x.enclosed.p, own, e, ends)
    far = beyond(x, zone, own, e)
    for i, s in enumerate(held):
        s = [n * 2**52 for n in s]
        if Fraction(float(ends[0][i])) >= min(s) / 2**52 and np.isfinite(zone.least[i]):
            wrong += bool(far[0][i] > -min(s))
        if Fraction(float(ends[1][i])) <= max(s) / 2**52 and np.isfinite(zone.most[i]):
            wrong += bool(far[1][i] > max(s))
    return wrong


def test_no_point_at_an_end_is_left_out_by_rounding():
    assert not any(lost_ends(seed) for seed in SEEDS)


@pytest.mark.parametrize("name", ["error", "inexact"])
def test_ends_without_what_rounding_is_charged_leave_points_out(name, monkeypatch):
    real = margins._least
    monkeypatch.setattr(margins, "_least", lambda cells, s: real(replace(cells, **{name: 0.0}), s))
    assert any(lost_ends(seed) for seed in SEEDS)


@pytest.mark.parametrize("e", [-400, 2000])
def test_of_sums_that_do_not_fit_it_is_not_known_how_far_they_reach(e):
    told = 0
    for seed in range(60):
        rng, (domain, _, cells, x) = np.random.default_rng([seed, 69]), cases(seed)
        own = rng.integers(1, 2**53, size=(len(cells), domain.columns)).astype(np.float64)
        zone = zone_of(x.enclosed.p, own, np.full(len(cells), 53), tuple(np.zeros((2, len(cells)))))
        far = np.array(beyond(x, zone, own, np.full(len(cells), e)))
        assert not np.isfinite(far).any()
        told += int(np.isneginf(far).sum())
    assert told > 20
