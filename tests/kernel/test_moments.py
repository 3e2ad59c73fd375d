"""Tails of ensembles by the scores' means and mean squares, against every point by itself."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.ensembles import near_ties, random_domain, random_ensemble, stump
from tests.kernel.test_ensembles import some_cells
from verifier.kernel import checker, moments
from verifier.kernel.asked import ask
from verifier.kernel.ensembles import forest_of
from verifier.kernel.moments import moment_tail
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.ensemble import ARITHMETICS, Ensemble, Member, Score
from verifier.model.errors import InvalidProof
from verifier.model.ordinal import Ordinal
from verifier.model.proof import Tail
from verifier.model.question import Bound, ClassIs, Matter
from verifier.model.variable import Variable

F = Fraction
CLOSE = {"exact": 1e-9, "float32": 1e-3, "float64": 1e-9}
"""How near to Chebyshev's inequality a bound is, where scores are not far from one another."""


def uneven(rng, domain):
    """The domain without its tree, its ordinals in two runs of different probabilities."""
    held = []
    for v in domain.variables:
        if isinstance(v, Ordinal):
            first = rng.randrange(1, v.count)
            share = F(rng.randrange(1, 8), 8)
            v = replace(v, runs=((first, share), (v.count - first, 1 - share)))
        held.append(v)
    return Domain(tuple(held))


def cases(seeds):
    for seed in seeds:
        rng = random.Random(seed)
        domain = uneven(rng, random_domain(rng))
        yield seed, rng, domain, random_ensemble(rng, ARITHMETICS[seed % 3], domain.columns)


def weights(domain, cell):
    """The points of a cell with their probabilities in it."""
    own = list(domain.distributions(None))
    held = dict.fromkeys(cell.points(), 1)
    for p in held:
        for chances, x in zip(own, p, strict=True):
            held[p] *= chances.weight_at(x)
    total = sum(held.values())
    return {p: F(w, total) for p, w in held.items()} if total else {}


def failing(ensemble, domain, chances, klass):
    """How often the class is another one."""
    return sum(w for p, w in chances.items() if ensemble.class_at(domain.encode(p)) != klass)


def plain(ensemble, row, output):
    """A score as real numbers have it, before it is divided."""
    leaves = [m.nodes[m.leaf_at(row)] for m in ensemble.members]
    return F(ensemble.start[output]) + sum(F(dict(n.values).get(output, 0)) for n in leaves)


def by_chebyshev(ensemble, domain, chances, klass):
    """The sum of variance / (variance + mean^2) of what must be above 0, in fractions."""
    total = F(0)
    others = [None] if ensemble.outputs == 1 else [*range(ensemble.outputs)]
    for j in others:
        if j == klass and ensemble.outputs > 1:
            continue
        ahead = {}
        for p in chances:
            row = domain.encode(p)
            if j is None:
                cut = F(ensemble.threshold) * F(ensemble.divisor) / F(ensemble.factor)
                ahead[p] = (plain(ensemble, row, 0) - cut) * (1 if klass else -1)
            else:
                ahead[p] = plain(ensemble, row, klass) - plain(ensemble, row, j)
        mean = sum(w * ahead[p] for p, w in chances.items())
        variance = sum(w * (ahead[p] - mean) ** 2 for p, w in chances.items())
        total += variance / (variance + mean**2) if mean > 0 else F(1)
    return min(F(1), total)


def test_a_bound_is_no_less_than_how_often_the_class_is_another_one():
    """And neither less than Chebyshev's one-sided inequality, nor much more."""
    shown = near = 0
    for seed, rng, domain, ensemble in cases(range(90)):
        every = tuple(range(len(domain.variables)))
        forest = forest_of(ensemble, domain, every, True)
        own = list(domain.distributions(None))
        for cell in (full_cell(domain), *some_cells(rng, domain, 4)):
            chances = weights(domain, cell)
            for klass in range(ensemble.classes) if chances else ():
                bound = moment_tail(forest, cell, klass, own)
                assert failing(ensemble, domain, chances, klass) <= bound <= 1, seed
                least = by_chebyshev(ensemble, domain, chances, klass)
                assert bound >= least, seed
                close = CLOSE[ensemble.arithmetic]
                near += bound <= least + F(close)
                shown += bound < 1
                if ensemble.arithmetic == "float64" and least:  # 0: thresholds out of reach
                    assert bound <= least + F(1e-4), seed
    assert shown > 300 and near > 900


def test_a_bound_of_softmaxes_that_nearly_tie():
    for seed in range(60):
        rng = random.Random(seed)
        domain = uneven(rng, random_domain(rng))
        ensemble = near_ties(rng, ("float32", "float64")[seed % 2], domain.columns)
        forest = forest_of(ensemble, domain, range(len(domain.variables)), True)
        chances = weights(domain, full_cell(domain))
        for klass in range(ensemble.classes):
            bound = moment_tail(forest, full_cell(domain), klass, list(domain.distributions(None)))
            assert failing(ensemble, domain, chances, klass) <= bound, seed


@pytest.mark.parametrize("power", [-600, -300, -100, -60, 60, 90, 300, 600])
def test_numbers_of_any_size(power):
    """Scaled by a power of two bounds are the same, or nothing is shown where squares overflow."""
    for _, _, domain, ensemble in cases(range(2, 32, 3)):
        assert ensemble.arithmetic == "float64"
        by = 2.0**power

        def scaled(score, by=by):
            return Score(tuple((k, x * by) for k, x in score.values))

        members = tuple(
            Member(tuple(scaled(n) if isinstance(n, Score) else n for n in m.nodes))
            for m in ensemble.members
        )
        cut = None if ensemble.threshold is None else ensemble.threshold * by
        start = tuple(x * by for x in ensemble.start)
        other = replace(ensemble, members=members, start=start, threshold=cut)
        own, every = list(domain.distributions(None)), range(len(domain.variables))
        a, b = (forest_of(x, domain, every, True) for x in (ensemble, other))
        for klass in range(ensemble.classes):
            first, second = (moment_tail(x, full_cell(domain), klass, own) for x in (a, b))
            assert second == first or (abs(power) >= 300 and second == 1)


def test_sets_of_more_values_than_an_integer_has_bits():
    count = 70
    rows = tuple((F(i - 35, 16),) for i in range(count))
    shares = tuple(F(i + 1, count * (count + 1) // 2) for i in range(count))
    many = Variable("x", tuple(map(str, range(count))), rows, shares)
    domain = Domain((many, *bits(1).variables))
    shown = 0
    for seed in range(30):
        rng = random.Random(seed)
        ensemble = random_ensemble(rng, ARITHMETICS[seed % 3], 2)
        forest = forest_of(ensemble, domain, range(2), True)
        cell = Cell((rng.getrandbits(count) | 1, 3))
        chances = weights(domain, cell)
        for klass in range(ensemble.classes):
            bound = moment_tail(forest, cell, klass, list(domain.distributions(None)))
            assert failing(ensemble, domain, chances, klass) <= bound
            shown += bound < 1
    assert shown > 20


def many_stumps(count, values=2):
    """Stumps of a column each: class 1 where more than a third of the columns are 1."""
    members = tuple(stump(i % values, 1.0) for i in range(count))
    return Ensemble(values, 1, members, (0.0,), "float64", count / 3)


def test_what_a_hundred_trees_say_together():
    """The least sum of the least is far below the threshold; nearly all points are above it."""
    ensemble, domain = many_stumps(60, 60), bits(60)
    matter = Matter(domain, (Bound("a", ensemble, tuple(range(60))),), ClassIs(0, 1))
    forest = ask(matter).forests[0]
    bound = moment_tail(forest, full_cell(domain), 1, list(domain.distributions(None)))
    assert bound == pytest.approx(15 / (15 + 100), rel=1e-9)  # variance 60 / 4, 10 from its mean
    verdict = checker.verify(matter, [Tail(1, bound)])
    assert verdict.error == (1 - bound, 1)


def test_a_tail_is_accepted_at_its_bound_and_not_below_it():
    refused = 0
    for _, _, domain, ensemble in cases(range(40)):
        every = tuple(range(len(domain.variables)))
        matter = Matter(domain, (Bound("a", ensemble, every),), ClassIs(0, 1))
        for klass in range(ensemble.classes):
            own = list(domain.distributions(None))
            bound = moment_tail(ask(matter).forests[0], full_cell(domain), klass, own)
            checker.verify(matter, [Tail(klass, bound)])
            if bound:
                with pytest.raises(InvalidProof, match="can be shown"):
                    checker.verify(matter, [Tail(klass, bound * F(1 - 1e-9))])
                refused += 1
    assert refused > 40


def test_a_cell_that_reaches_more_leaves_is_told_nothing_of(monkeypatch):
    ensemble, domain = many_stumps(60, 60), bits(60)
    matter = Matter(domain, (Bound("a", ensemble, tuple(range(60))),), ClassIs(0, 1))
    monkeypatch.setattr(moments, "MOST", 119)
    own = list(domain.distributions(None))
    assert moment_tail(ask(matter).forests[0], full_cell(domain), 1, own) == 1


def test_a_cell_of_probability_0_is_told_nothing_of():
    never = Variable("x", ("a", "b"), ((F(0),), (F(1),)), (F(1), F(0)))
    domain, ensemble = Domain((never,)), Ensemble(1, 1, (stump(0, 1.0),), (0.0,), "exact", 0.5)
    forest = forest_of(ensemble, domain, (0,), True)
    assert moment_tail(forest, Cell((2,)), 1, list(domain.distributions(None))) == 1


def leaves(*numbers):
    """Trees of one leaf each: what they add to the outputs."""
    return tuple(Member((Score(tuple((k, x) for k, x in enumerate(own) if x)),)) for own in numbers)


U = 2.0**-25
"""A quarter of what float32 numbers above 1 are apart."""
ALMOST = 1 + 2.0**-52


@pytest.mark.parametrize(
    ("ensemble", "klass"),
    [
        # as real numbers the sums are on the other side of the threshold, or the order is another
        (Ensemble(1, 1, leaves([1.0], [U]), (0.0,), "float32", 1.0), 1),
        (Ensemble(1, 1, leaves([-1.0], [-U]), (0.0,), "float32", -1.0 - U), 0),
        (Ensemble(1, 1, leaves([1.0], [3 * U]), (0.0,), "float32", 1 + 3 * U), 0),
        (Ensemble(1, 2, leaves([1.0, 1.0], [0.0, U]), (0.0, 0.0), "float32"), 1),
        (Ensemble(1, 2, leaves([1.0, 1.0], [0.0, U / 8]), (0.0, 0.0), "float32"), 1),
        (Ensemble(1, 2, leaves([0.125, 0.125 + U / 2]), (0.0, 0.0), "float32", link="softmax"), 1),
        (Ensemble(1, 2, leaves([0.0, 2.0**-40]), (0.0, 0.0), "float32", link="softmax"), 1),
        (Ensemble(1, 2, leaves([2.0**-54, 1.0], [1.0], [0.0, 2.0**-55]), (0.0, 0.0), "exact"), 1),
        (Ensemble(1, 1, leaves([2.0**-105]), (1 + 2.0**-51,), "exact", ALMOST, ALMOST), 1),
    ],
)
def test_roundings_are_allowed_for(ensemble, klass):
    forest, own = forest_of(ensemble, bits(1), (0,), True), list(bits(1).distributions(None))
    assert ensemble.class_at([F(0)]) != klass
    assert moment_tail(forest, full_cell(bits(1)), klass, own) == 1
