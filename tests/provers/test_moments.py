"""Tails of ensembles' open cells: what is told is true, of random matters of all kinds."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from tests.kernel.test_moments import many_stumps
from tests.provers.test_forests import matters, six_of_sixteen
from verifier.kernel import checker
from verifier.model.cell import cell_weight, full_cell
from verifier.model.domain import bits
from verifier.model.proof import Constant, Finding, Open, Several, Split, Tail, is_open
from verifier.model.question import Bound, ClassIs, Matter, matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers import count, forests, moments
from verifier.provers.further import further_of
from verifier.provers.options import Options
from verifier.provers.timing import now


def chance_by_hand(matter):
    """The probability that the formula is true, point by point."""
    domain = matter.domain
    asked = checker.prepared(matter)
    points = [p for p in full_cell(domain).points() if domain.possible(p)]
    every, _ = asked.exact_classes(points)
    weight = 0
    for point, classes in zip(points, every, strict=True):
        if asked.truth(classes):
            cell = type(full_cell(domain))(
                tuple(
                    1 << x if isinstance(v.whole, int) else range(x, x + 1)
                    for v, x in zip(domain.variables, point, strict=True)
                )
            )
            weight += cell_weight(domain, cell)
    return Fraction(weight, domain.total_weight)


def told(matter, proof, deadline):
    """The proof with Tails."""
    return moments.bounded(matter, Finding(proof), deadline).proof


@pytest.mark.parametrize("least", [0.0, 0.02, 0.2])
def test_what_is_told_is_true(least, monkeypatch):
    monkeypatch.setattr(moments, "LEAST", least)
    kinds, narrow = set(), 0
    for seed, matter in matters(range(300, 330)):
        assert moments.takes(matter)
        proof = told(matter, (Open(),), now() + 60)
        verdict = checker.verify(matter, proof)
        low, high = verdict.error
        assert low <= chance_by_hand(matter) <= high, seed
        narrow += high - low < 1
        kinds |= {type(x) for x in proof}
        kinds |= {type(y) for x in proof if isinstance(x, Several) for y in x.steps}
    assert narrow > 20 and kinds >= ({Split, Constant, Tail} if least else {Split})


def test_cells_that_a_search_left_open_are_told_of():
    for seed, matter in matters(range(400, 412)):
        first = forests.prove(matter, few=0, most=2)
        before = checker.verify(matter, first.proof).error
        if not is_open(first.proof):
            continue
        proof = told(matter, first.proof, now() + 60)
        low, high = checker.verify(matter, proof).error
        assert low <= chance_by_hand(matter) <= high, seed
        assert high - low <= before[1] - before[0], seed


def test_where_no_time_is_left_the_proof_is_as_it_was():
    _, matter = next(iter(matters([300])))
    assert told(matter, (Open(),), now() - 1) == (Open(),)


def test_sums_of_many_trees_are_told_of_where_no_cell_is_constant():
    matter = matter_of(bits(60), many_stumps(60, 60), Tree((Leaf(1),)))
    found = count.with_bounds(matter, Finding((Open(),)), deadline=now() + 1)
    low, high = checker.verify(matter, found.proof).error
    assert low == 0 and high <= Fraction(3, 20)


def hurried(monkeypatch, matter):
    """What there is time for in a look or two."""
    early = iter(range(3))  # then the clock says that it is late
    with monkeypatch.context() as patch:
        patch.setattr(moments, "now", lambda: next(early, 1000) + now())
        return moments.bounded(matter, Finding((Open(),), stalled=True), now() + 30)


def test_what_is_found_further_tells_no_less_and_is_true(monkeypatch):
    for seed, matter in matters(range(430, 445)):
        first = hurried(monkeypatch, matter)
        before = checker.verify(matter, first.proof).error
        again = further_of(first)(now() + 60, 1.0)
        if again is None:
            assert first.proof == (Open(),)  # nothing was told at all
            continue
        low, high = checker.verify(matter, again.proof).error
        assert low <= chance_by_hand(matter) <= high, seed
        assert high - low <= before[1] - before[0], seed


def test_more_is_found_further_of_many_trees(monkeypatch):
    models = (Bound("a", many_stumps(8, 8), tuple(range(8))),)
    matter = Matter(bits(8), models, ClassIs(0, 1))
    first = hurried(monkeypatch, matter)
    low, high = checker.verify(matter, first.proof).error
    again = further_of(first)(now() + 60, 1.0)
    lower, upper = checker.verify(matter, again.proof).error
    true = Fraction(sum(math.comb(8, k) for k in range(3, 9)), 2**8)
    assert low < lower <= true <= upper <= high


def test_a_search_that_closed_something_goes_on_before_them(monkeypatch):
    matter = six_of_sixteen(monkeypatch)
    options = Options(deadline=now() + 60, check_by=now() + 60)
    found = forests.prove(matter, options, few=0, most=5)
    made = moments.bounded(matter, found, now() - 1)
    assert is_open(found.proof) and made.proof == found.proof
    again = further_of(made)(now() + 60, 1.0)
    low, high = checker.verify(matter, again.proof).error
    assert low == high == Fraction(sum(math.comb(16, k) for k in range(6, 17)), 2**16)
