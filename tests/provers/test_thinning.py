"""Of the cells that are closed a proof keeps those that close most for the kernel's time."""

from __future__ import annotations

import math
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from tests.clocks import PATIENCE
from tests.every import seeds
from tests.provers import matters
from tests.provers.cases import hard_problem
from tests.provers.test_shaping import grown
from verifier.formats.variables import one_hot
from verifier.kernel import checker
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network
from verifier.model.ordinal import Ordinal
from verifier.model.proof import Constant, Enumerated, Open, Split, steps
from verifier.model.question import matter_of
from verifier.provers import branch, thinning
from verifier.provers.compiled.loading import share_out
from verifier.provers.costs import costs
from verifier.provers.ledger import GrowingProof, in_order
from verifier.provers.options import Options
from verifier.provers.ordered import OPEN
from verifier.provers.thinning import chances_of, shares, takes, thin, thinned
from verifier.provers.timing import now


def independent(rng):
    """A domain of variables that do not depend on each other."""
    while True:
        domain = matters.random_domain(rng, 2000)
        if not domain.given:
            return domain


def weighed(order, domain, way):
    """The shares and the points of a proof's cells, as floats."""
    share, points = np.zeros((2, len(order.codes)))
    deepest = int(order.depth.max()) + 1
    way(order.codes, order.lefts, chances_of(domain), deepest, share, points)
    return share, points


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_cells_have_their_probability_and_number_of_points(seed):
    rng = np.random.default_rng(seed)
    domain = independent(rng)
    order = grown(rng, domain, 9).ordered(in_order)
    places = np.flatnonzero(order.codes < 0)
    cells = [cell for cell, _, _ in steps(domain, order.proof())]
    for way in (shares, share_out):
        share, points = weighed(order, domain, way)
        for at, cell in zip(places.tolist(), cells, strict=True):
            _, weight = domain.measure(cell)
            assert share[at] == pytest.approx(weight / domain.total_weight, abs=1e-12)
            assert points[at] == pytest.approx(math.log2(cell.size), abs=1e-9)


def test_runs_of_a_long_range_have_their_probability():
    """Values of an ordinal of a billion are never listed."""
    runs = ((10**6, Fraction(1, 2)), (10**9 - 10**6, Fraction(1, 2)))
    domain = Domain((Ordinal("x", Fraction(0), Fraction(1), 10**9, runs), bits(1).variables[0]))
    ledger = GrowingProof()
    one, two = ledger.split(0, 0, 499_999)
    ledger.close(one, Constant(0))
    one, two = ledger.split(two, 1, 1)
    ledger.close(one, Constant(1))
    ledger.close(two, Constant(0))
    share, _ = weighed(ledger.ordered(), domain, shares)
    assert share.tolist() == pytest.approx([0, 0.25, 0, 0.375, 0.375])


def kept_of(proof, wanted):
    """The proof with Open for what is not wanted, by recursion."""
    items = iter(enumerate(proof))

    def below():
        at, node = next(items)
        if isinstance(node, Split):
            one, two = below(), below()
            return (Open(),) if one == two == (Open(),) else (node, *one, *two)
        return (node if wanted[at] else Open(),)

    return below()


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_what_is_not_kept_is_open_and_its_splits_are_gone(seed):
    rng = np.random.default_rng(seed)
    domain = matters.random_domain(rng, 2000)
    order = grown(rng, domain, 9).ordered()
    wanted = (order.codes < OPEN) & (rng.random(len(order.codes)) < rng.random())
    found = order.kept(wanted)
    assert found.proof() == kept_of(order.proof(), wanted)
    again = found.kept(found.codes < OPEN)
    assert (again.codes == found.codes).all()
    assert (again.depth == found.depth).all()


@pytest.mark.parametrize("seed", seeds(range(20)))
def test_the_cells_that_are_kept_close_most_in_their_time(seed):
    rng = np.random.default_rng(seed)
    domain = matters.random_domain(rng, 2000)
    order = grown(rng, domain, 9).ordered()
    closed = order.codes < OPEN
    if not closed.any():
        return
    share, _ = weighed(order, domain, shares)
    seconds = np.where(closed, rng.random(len(closed)) + 0.1, 1.0)
    limit = float(rng.random() * seconds[closed].sum())
    found, kept = thinned(order, share, seconds, limit, shared=False)
    assert (found.codes < OPEN).sum() == kept.sum()
    assert seconds[kept].sum() <= limit
    worth = share / seconds
    left = closed & ~kept
    if kept.any() and left.any():
        assert worth[kept].min() >= worth[left].max()
        best = worth[left].argmax()  # there was no time for the next one
        assert seconds[kept].sum() + seconds[left][best] > limit
    whole, everything = thinned(order, share, seconds, 1e9, shared=False)
    assert whole is order
    assert (everything == closed).all()


def comb(domain, places):
    """A proof whose k-th cell has half the probability of the one before; the last is open."""
    ledger, place = GrowingProof(), 0
    for v in range(places):
        place, one = ledger.split(place, v, 2)
        ledger.close(one, Constant(0))
    return ledger, place


def test_what_others_can_say_more_of_is_left_to_them():
    """Cells of little probability are dropped where something is open, and time is shared."""
    domain = bits(12)
    ledger, place = comb(domain, 11)
    order = ledger.ordered()
    share, _ = weighed(order, domain, shares)
    seconds = np.ones(len(order.codes))
    share[order.codes < OPEN] *= np.arange(12, 1, -1) / 12  # not all that is left can be closed
    found, kept = thinned(order, share, seconds, 100.0, shared=True)
    assert 0 < kept.sum() < 11
    assert (found.codes == OPEN).sum() == 1
    assert share[kept].min() > share[(order.codes < OPEN) & ~kept].max()
    assert thinned(order, share, seconds, 100.0, shared=False)[0] is order
    ledger.close(place, Constant(1))  # now nothing is open, and there is time for all
    order = ledger.ordered()
    share, _ = weighed(order, domain, shares)
    assert thinned(order, share, np.ones(len(order.codes)), 100.0, shared=True)[0] is order


def test_others_do_not_get_more_gaps_than_they_look_at(monkeypatch):
    """Every other cell of a full tree is closed: all gaps would be open cells."""
    domain, ledger, waiting = bits(8), GrowingProof(), [(0, 0)]
    while waiting:
        place, v = waiting.pop()
        if v < 7:
            waiting += [(half, v + 1) for half in ledger.split(place, v, 1)]
        else:
            ledger.close(ledger.split(place, v, 1)[0], Constant(0))
    order = ledger.ordered()
    share, _ = weighed(order, domain, shares)
    seconds = np.full(len(order.codes), 1e-6)
    assert (order.codes == OPEN).sum() == 128
    assert thinned(order, share, seconds, 1.0, shared=True)[1].sum() == 128
    monkeypatch.setattr(thinning, "GAPS", 60)
    found, kept = thinned(order, share, seconds, 1.0, shared=True)
    assert (found.codes == OPEN).sum() <= 60
    assert kept.sum() > 20
    assert thinned(order, share, seconds, 1.0, shared=False)[1].sum() == 128


def test_masks_of_too_many_values_are_not_weighed():
    assert takes(Domain((one_hot("x", [str(v) for v in range(62)]),)))
    assert not takes(Domain((one_hot("x", [str(v) for v in range(63)]),)))


class Dear:
    """In place of what a Budget measures: every cell takes the kernel long."""

    def __init__(self, each):
        self.each = each

    def __call__(self, budget, order, swept):
        return np.full(len(order.codes), self.each)


@pytest.mark.parametrize("cells", [1, 3, 7])
def test_a_search_hands_over_what_the_kernel_has_time_for(cells, monkeypatch):
    """It goes on until ``least`` even where the check has no time for more: the rest is open."""
    domain, teacher, tree = hard_problem()
    monkeypatch.setattr(thinning, "_seconds", Dear(1000.0))
    monkeypatch.setattr(branch, "_shape", lambda *_: None)
    limit = 1000.0 * (cells + 0.5)
    options = Options(confirm=False, anytime=True, least=now() + limit, check_by=now() + limit)
    found = branch.prove(domain, teacher, tree, options)
    closed = [x for x in found.proof if isinstance(x, Constant | Enumerated)]
    assert len(closed) == cells
    assert 1000.0 * cells <= found.check <= limit
    verdict = checker.verify(matter_of(domain, teacher, tree), found.proof, found.counterexamples)
    low, high = verdict.disagreements
    whole = branch.prove(domain, teacher, tree, Options(confirm=False))
    exact = checker.verify(matter_of(domain, teacher, tree), whole.proof, ()).disagreements
    assert low <= exact[0] == exact[1] <= high
    assert low < high


@pytest.mark.parametrize(("alone", "by_itself"), [(0.99, True), (0.85, False)])
def test_time_is_shared_unless_far_less_is_left_open_without_others(alone, by_itself, monkeypatch):
    """With others four fifths of the probability are closed here."""
    ledger = GrowingProof()
    left, right = ledger.split(0, 0, 1)
    ledger.close(left, Constant(0))
    ledger.close(right, Constant(1))
    order = ledger.ordered()
    closed = np.flatnonzero(order.codes < OPEN)

    def weigh(codes, lefts, held, deepest, share, points):
        share[closed] = alone - 0.8, 0.8

    def kept(order, share, seconds, limit, *, shared):
        which = np.zeros(len(order.codes), dtype=np.bool_)
        which[closed[1:] if shared else closed] = True
        return order.kept(which), which

    monkeypatch.setattr(thinning, "thinned", kept)
    monkeypatch.setattr(thinning, "_seconds", Dear(1.0))
    budget = SimpleNamespace(
        end=now() + PATIENCE, learned=1.0, look=lambda found: None, opens=lambda count: 0.0
    )
    search = SimpleNamespace(budget=budget, options=SimpleNamespace(shared=True), domain=bits(1))
    prices = costs([Network(1, (Affine(0, np.ones((1, 1)), np.zeros(1)),))])
    found, _ = thin(search, order, prices, weigh)
    assert (found.codes == OPEN).any() != by_itself
