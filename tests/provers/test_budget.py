"""What the kernel's check will take: measured on runs of neighbouring cells."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.every import seeds
from verifier.kernel.asked import ask
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network
from verifier.model.ordinal import Ordinal
from verifier.model.proof import Constant, Enumerated, Open, Signed, Trusted, steps
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import budget, ordered, thinning
from verifier.provers.budget import Budget
from verifier.provers.ledger import GrowingProof
from verifier.provers.shaping import shape_of
from verifier.writing import falling, processors
from verifier.writing.processors import Clocks


def grown(seed: int, domain: Domain, splits: int) -> GrowingProof:
    """A proof with so many random splits, of which some cells stay open."""
    rng = random.Random(seed)
    ledger = GrowingProof()
    waiting = [(0, full_cell(domain))]
    for _ in range(splits):
        node, cell = waiting.pop(rng.randrange(len(waiting)))
        free = [i for i, part in enumerate(cell.masks) if part == 3]
        if not free:
            ledger.close(node, Enumerated())
            continue
        one, two = ledger.split(node, at := rng.choice(free), 1)
        waiting += zip((one, two), cell.split(at, 1), strict=True)
    for node, _ in waiting:
        if rng.random() < 0.8:
            ledger.close(node, Constant(1) if rng.random() < 0.5 else Enumerated())
    return ledger


def _later(held, passed, used, every=0.0):
    """The clocks of a budget after so many seconds."""
    then = held.since
    return Clocks(then.passed + passed, then.used + used, then.every + every)


@pytest.mark.parametrize("seed", seeds(range(20)))
@pytest.mark.parametrize("most", [1, 4, 1000])
def test_what_is_drawn_are_cells_that_follow_each_other_in_the_proof(seed, most):
    domain = bits(8)
    order = grown(seed, domain, 30).ordered()
    parts = full_cell(domain).parts
    held = [None if isinstance(s, Open) else (c, s) for c, _, s in steps(domain, order.proof())]
    places = np.flatnonzero(order.codes < 0)
    assert len(places) == len(held)
    for i, at in enumerate(places.tolist()):
        found = order.run(parts, at, most)
        rest = [x for x in held[i:] if x is not None]
        assert found == rest[: len(found)]
        assert len(found) == min(most, len(rest)) or len(order.codes) - at > 4 * most
    assert {held[i] is None for i in range(len(held))} == {True, False}


def test_cells_of_ranges_are_drawn_too():
    domain = Domain((Ordinal("n", Fraction(0), Fraction(1), 99, ((99, Fraction(1)),)),))
    ledger = GrowingProof()
    one, two = ledger.split(0, 0, 40)
    ledger.close(one, Enumerated())
    ledger.close(two, Constant(1))
    order, parts = ledger.ordered(), full_cell(domain).parts
    assert [c.parts for c, _ in order.run(parts, 0, 5)] == [(range(41),), (range(41, 99),)]
    assert order.run(parts, 2, 5) == [(Cell((range(41, 99),)), Constant(1))]
    assert order.where(Enumerated).tolist() == [1] and order.where(Constant).tolist() == [2]


def test_an_empty_proof_has_nothing_to_draw():
    order = GrowingProof().ordered()
    assert order.run(full_cell(bits(3)).parts, 0, 5) == []


def made(domain: Domain, ledger: GrowingProof, threads: int = 1) -> Budget:
    count = len(domain.variables)
    network = Network(count, (Affine(0, np.ones((1, count)), np.array([-0.5])),))
    asked = ask(matter_of(domain, network, Tree((Leaf(0),))))
    return Budget(asked, 1e9, ledger.ordered, threads=threads)


def test_as_long_as_nothing_is_measured_a_cell_takes_what_comes_with_it():
    held = made(bits(8), GrowingProof())
    assert held.seconds(1000, 0) == pytest.approx(budget.FIXED + budget.SAFETY * 1000 * budget.NODE)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_measurement_says_what_so_many_cells_take(monkeypatch, threads):
    """A second for each batch of cells, on processors of which half is granted."""
    domain = bits(8)
    ledger = grown(3, domain, 40)
    held = made(domain, ledger, threads)
    clock = iter(range(1000))
    monkeypatch.setattr(budget.time, "thread_time", lambda: float(next(clock)))
    then = _later(held, 2.0, 1.0)
    monkeypatch.setattr(budget, "clocks", lambda: then)
    monkeypatch.setattr(processors, "clocks", lambda: then)
    order = ledger.ordered()
    swept, stated = len(order.where(Enumerated)), len(order.where(Constant))
    left = int((order.codes == ordered.OPEN).sum())
    assert left > 0
    held.next = 0.0
    held.measure(40, 20)
    assert held.granted.each == pytest.approx(0.5)
    assert held.bounded.seconds == held.swept.seconds == 1
    assert held.bounded.units > 0 < held.swept.units
    assert held.laid.seconds == 1 and 1 <= held.laid.units <= left
    spent = stated * (held.bounded.each + budget.ENTERED) + swept * held.swept.each
    at_once, each = 1 + (threads - 1) * budget.SHARED, budget.NODE
    every = (spent / at_once + (stated + swept) * each) / 0.5
    opens = (left * (held.laid.each + budget.ENTERED) / at_once + left * each) / 0.5
    expected = budget.FIXED + budget.SAFETY * (every / 40 * 80 + opens / 20 * 5)
    assert held.seconds(80, 5) == pytest.approx(expected)
    assert held.next > 0 and held.closed == 40


def test_open_cells_take_the_longer_the_more_leaves_trees_have_in_them(monkeypatch):
    """Also of a search that closes nothing. The clock are the kernel's steps."""
    monkeypatch.setattr(Budget, "_share", 1.0)
    domain, ledger, took = bits(12), GrowingProof(), list[float]()
    waiting = [0]
    for variable in range(8):
        waiting = [x for node in waiting for x in ledger.split(node, variable, 1)]
    network = Network(12, (Affine(0, np.ones((1, 12)), np.array([-0.5])),))
    for depth in (0, 4):
        nodes: list[Inner | Leaf] = []
        for i in range(2**depth - 1):
            column = 7 + (i + 1).bit_length()
            nodes.append(Inner(column, Fraction(1, 2), 2 * i + 1, 2 * i + 2))
        tree = Tree((*nodes, *(Leaf(i % 2) for i in range(2**depth))))
        steps = list[int]()
        asked = ask(matter_of(domain, network, tree), spend=steps.append)
        held = Budget(asked, 1e9, ledger.ordered, threads=1)
        monkeypatch.setattr(budget.time, "thread_time", lambda every=steps: 1e-6 * sum(every))
        held.next = 0.0
        held.measure(0, len(waiting))
        assert held.laid.units == budget.FEW
        took.append(held.laid.each)
    assert 8 * took[0] < took[1] < 32 * took[0]
    assert held.seconds(0, 256) > 256 * took[1] > held.seconds(0, 128)


def test_a_cluster_checks_in_a_part_of_the_time_however_busy_this_process_is(monkeypatch):
    held = made(bits(8), grown(3, bits(8), 40))
    monkeypatch.setattr(held, "granted", budget.Spent(0.001, 1.0))
    held.bounded, held.swept = budget.Spent(4.0, 1.0), budget.Spent(1.0, 1.0)
    order = held.order()
    swept = len(order.where(Enumerated))
    spent, closed = (4.0 + budget.ENTERED) * (30 - swept) + swept, 30
    assert held._all(order, closed) > spent / budget.HARDLY / 100
    held.workers = 10
    assert held._all(order, closed) == pytest.approx(
        spent / (10 * budget.HELPED) + closed * budget.NODE
    )


def test_what_is_expected_of_swept_cells_counts_where_the_proof_is_priced(monkeypatch):
    domain = bits(8)
    ledger = grown(5, domain, 30)
    held = made(domain, ledger)
    shape = shape_of(domain, replace(held._prices, constant=1e9, listed=1e9, least=1))
    order = ledger.ordered().shaped(shape)
    monkeypatch.setattr(held, "order", lambda: replace(order, swept=1000.0))
    then = _later(held, 2.0, 2.0)
    monkeypatch.setattr(budget, "clocks", lambda: then)
    monkeypatch.setattr(processors, "clocks", lambda: then)
    held.next = 0.0
    held.measure(10)
    assert held.seconds(10, 0) > 1000  # by what is expected, and nothing tells that it is less


def test_small_trees_of_signs_take_longer_than_one_of_as_many_bytes(monkeypatch):
    """What is done for a cell beside its trees counts for each, also where cells are picked."""
    ledger = GrowingProof()
    left, right = ledger.split(0, 0, 1)
    ledger.close(left, Signed(0, bytes(9000)))
    for number, node in enumerate(ledger.split(right, 1, 1)):
        ledger.close(node, Signed(number, bytes(4500)))
    held, order = made(bits(8), ledger), ledger.ordered()
    held.signed = budget.Spent(2.0, 1.0)
    monkeypatch.setattr(held, "clock", lambda spent: spent)
    each = [2.0 * (falling.BESIDE + size) for size in (9000, 4500, 4500)]
    monkeypatch.setattr(held, "order", lambda: order)
    monkeypatch.setattr(held, "look", lambda _: 3)
    held.next = 0.0
    held.measure(3)
    after = [held.seconds(3, 0)]
    held.trees += 1000  # of cells that were closed since it was measured
    after.append(held.seconds(3, 0))
    expected = [budget.FIXED + budget.SAFETY * (sum(each) + more) for more in (0.0, 2000.0)]
    assert after == pytest.approx(expected, rel=1e-6)
    monkeypatch.setattr(thinning, "CAUTION", 1.0)
    seconds = thinning._seconds(held, order, np.zeros(len(order.codes)))
    assert seconds[order.codes < ordered.OPEN] == pytest.approx(each, rel=1e-6)


@pytest.mark.parametrize(("left", "measured"), [(20.0, False), (2.0, True), (-2.0, True)])
def test_it_is_measured_once_more_before_the_check_is_to_begin(left, measured, monkeypatch):
    """Or should have begun: once a tenth more is closed. It takes 10 seconds; long before, it is
    measured once twice as much is closed."""
    ledger = grown(5, bits(8), 30)
    held, looked = made(bits(8), ledger), list[int]()
    held.each = 10 / budget.SAFETY / 1000
    monkeypatch.setattr(budget, "now", lambda: 1000.0)
    held.end, held.next, held.begun = 1010.0 + left, 2000.0, 0.0
    monkeypatch.setattr(held, "look", lambda _: looked.append(1) or 0)
    held.measure(1090)
    assert looked == []
    held.measure(1110)
    assert looked == ([1] if measured else [])
    assert held.closed == (1110 if measured else 1000)


def test_what_was_measured_long_ago_fades():
    held = budget.Spent(8.0, 4.0)
    held.fade()
    held.enter(budget.Spent(2.0, 2.0))
    assert (held.seconds, held.units, held.each) == (6.0, 4.0, 1.5)
    assert budget.Spent().each == 0.0


def test_measurements_take_a_small_part_of_a_search_however_soon_more_cells_are_closed(monkeypatch):
    """Each takes a tenth of a second: of a second no more than two, and not one for each cell."""
    held, at, looks = made(bits(8), grown(3, bits(8), 40)), [100.0], list[float]()
    held.begun, held.next, held.end = 100.0, 100.1, float("inf")
    monkeypatch.setattr(budget, "now", lambda: at[0])

    def look(order):
        looks.append(at[0])
        at[0] += 0.1
        return 0

    monkeypatch.setattr(held, "look", look)
    closed = budget.SEEN
    while at[0] < 101.0:
        closed *= 3
        held.measure(closed)
        at[0] += 0.01
    assert len(looks) == 2
    assert looks[0] == 100.0 and looks[1] >= 100.0 + budget.SPARING * 0.1


def test_cells_of_some_thousand_points_are_measured(monkeypatch):
    """What many such cells of a proof take is not left to what was expected of them."""
    domain = bits(24)
    ledger = GrowingProof()
    waiting = [0]
    for variable in range(11):  # 2^11 cells of 2^13 points
        waiting = [x for place in waiting for x in ledger.split(place, variable, 1)]
    for place in waiting:
        ledger.close(place, Enumerated())
    held = made(domain, ledger)
    order = replace(ledger.ordered(), swept=1.0)
    monkeypatch.setattr(budget, "_timed", lambda _, some, units: budget.Spent(3 * units, units))
    held.look(order)
    assert held.swept.each == pytest.approx(3.0)


@pytest.mark.parametrize("constants", [budget.FEW - 1, 700])
def test_few_cells_among_others_tell_nothing_of_what_many_take(constants):
    """A search that goes on from a proof has closed one of its own: alone it takes far longer."""
    domain, ledger = bits(12), GrowingProof()
    waiting = [0]
    for variable in range(10):
        waiting = [x for place in waiting for x in ledger.split(place, variable, 1)]
    for i, place in enumerate(waiting):
        ledger.close(place, Constant(1) if i < constants else Trusted(1, "shown"))
    held = made(domain, ledger)
    held.look(ledger.ordered())
    assert (held.bounded.units > 0) is (constants >= budget.FEW)
