"""Sandwiches over intervals of real numbers, split where they leave most open."""

from __future__ import annotations

import heapq
from fractions import Fraction

import numpy as np
import pytest

import verifier as lp
from tests.clocks import PATIENCE
from verifier.formats.intervals import ready
from verifier.kernel import checker
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Sandwich
from verifier.model.question import Matter, matter_of
from verifier.model.tree import Inner, Leaf, Tree, bind, leaves_of_points
from verifier.provers import questions, refining
from verifier.provers.evaluate import bulk_classes, bulk_of
from verifier.provers.refining import Refining
from verifier.provers.timing import Stopped, now, poll

HALVES = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))


def reals(count: int) -> lp.Domain:
    return lp.Domain.product(*(lp.Domain.continuous(f"x{i}", 0, 1) for i in range(count)))


def bent(seed: int, count: int = 2, wide: int = 8) -> Network:
    """A network with a boundary in the middle of the unit cube, or near it."""
    rng = np.random.default_rng(seed)
    weight = np.round(rng.normal(size=(wide, count)) * 16) / 16
    first = Affine(0, weight, -weight.sum(axis=1) / 2)
    last = Affine(2, np.round(rng.normal(size=(1, wide)) * 16) / 16, np.zeros(1))
    middle = np.maximum(first.weight @ np.full(count, 0.5) + first.bias, 0)
    bias = -np.round(last.weight @ middle * 64) / 64
    return Network(count, (first, Relu(1), Affine(2, last.weight, bias)))


def problem(seed: int, count: int = 2) -> Matter:
    domain = ready(reals(count), [(HALVES, range(count))])
    return matter_of(domain, bent(seed, count), HALVES)


def near(matter: Matter) -> float:
    """The share of points at which the two differ, of a fine grid."""
    network, tree = (bound.model for bound in matter.models)
    steps = matter.domain.variables[0].count
    at = ((np.arange(100) + 0.5) * steps / 100).astype(np.int64)
    points = np.stack([x.ravel() for x in np.meshgrid(*[at] * len(matter.domain.variables))], 1)
    bound = bind(tree, matter.domain)
    theirs = bound.classes[leaves_of_points(bound, points)]
    return float((bulk_classes(bulk_of(network, matter.domain), points) != theirs).mean())


def refined(matter: Matter, nodes: int) -> Refining:
    """A search with so many nodes at least, or nothing left to split."""
    search = Refining(matter)
    search._enter([(full_cell(matter.domain), search.ready.overlay.top)])
    while search.heap and len(search.nodes) < nodes:
        search._split([heapq.heappop(search.heap)[1] for _ in range(min(8, len(search.heap)))])
    return search


@pytest.mark.parametrize("seed", range(4))
def test_what_it_finds_holds_and_more_nodes_tell_more(seed):
    matter = problem(seed)
    search, share = refined(matter, 400), near(matter)
    widths = []
    for count in (1, 9, 81, len(search.nodes)):
        low, high = checker.verify(matter, search.proof(count)).error
        assert low - 0.02 < share < high + 0.02
        assert float(high - low) == pytest.approx(search._least(count)[0], abs=1e-9)
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True) and widths[-1] < 0.02
    assert widths[-1] == pytest.approx(search.open, abs=1e-9)


def test_cells_of_one_class_are_constant():
    """Which takes the kernel less time, and tells of float32 too."""
    proof = refined(problem(0), 200).proof(200)
    assert {Constant, Sandwich} <= {type(step) for step in proof}


@pytest.mark.parametrize("after", [1, 3, 10])
def test_what_is_interrupted_is_split_later(after, monkeypatch):
    matter = problem(1)
    search, entered, enter = refined(matter, 50), [0], Refining._enter

    def interrupted(self, cells):
        entered[0] += 1
        if entered[0] == after:
            raise refining.TimeOver
        return enter(self, cells)

    with monkeypatch.context() as patch:
        patch.setattr(Refining, "_enter", interrupted)
        search.until(now() + PATIENCE, now() + PATIENCE)
    assert entered[0] == after and not search.stopped
    waiting = sum(share for share, _ in search.heap)
    assert -waiting == pytest.approx(sum(x.open for x in search.nodes if x.cut is None))
    found = checker.verify(matter, search.proof(len(search.nodes))).error
    assert float(found[1] - found[0]) == pytest.approx(search.open, abs=1e-9)


def test_a_stop_leaves_what_is_checked_in_a_moment(monkeypatch):
    search = refined(problem(2), 1000)

    def asked():
        raise Stopped

    monkeypatch.setattr(refining, "poll", asked)
    search.until(now() + PATIENCE, now() + PATIENCE)
    assert search.stopped
    found = search.found(now() + PATIENCE)
    assert 1 < len(found.proof) <= refining.AT_ONCE < len(search.nodes)
    assert getattr(found, "further", None) is None


def test_what_there_is_no_time_to_check_is_left_out():
    search = refined(problem(2), 600)
    search.each, all_of = 1.0, search.found(now() + 10 * PATIENCE)
    some = search.found(now() + 100.0)
    assert len(some.proof) < len(all_of.proof) and some.check <= 101.0
    assert len(some.proof) > 1
    assert len(search.found(now()).proof) == 1


def test_it_goes_on_once_it_is_seen_what_the_check_takes(monkeypatch):
    search = refined(problem(3), 100)
    found = search.found(now() + PATIENCE)
    monkeypatch.setattr(refining, "now", _passing(now()))
    more = found.further(now() + 0.5 * found.check + 10.0, 0.5)
    assert search.learned == 0.5
    assert len(more.proof) > len(found.proof)
    assert more.further(now(), 0.5) is None


def _passing(at):
    """A clock that goes on by a tenth of a second at every look."""
    held = [at]

    def look():
        held[0] += 0.1
        return held[0]

    return look


@pytest.mark.parametrize("networks", [1, 2])
def test_questions_of_networks_alone_are_refined_too(networks, own_time):
    """Whether two differ, or where one is true."""
    models = dict(list(zip("fg", (bent(0), bent(5)), strict=True))[:networks])
    formula = "not same(f, g)" if networks == 2 else "class(f) = 1"
    made = lp.ask(formula, models, reals(2), timeout=3, sample=0)
    low, high = made.probability
    assert high - low < 0.5 and made.proved.checked.cells["sandwich"]


def test_sandwiches_tell_more_of_a_line_than_closing_cells(monkeypatch, own_time):
    searched = []
    monkeypatch.setattr(questions, "prove", _seen(questions.prove, searched))
    line = Network(2, (Affine(0, np.ones((1, 2)), np.array([-1.0])),))
    for seconds in (1, 3):
        made = lp.certify(line, HALVES, reals(2), timeout=seconds, sample=0)
        low, high = made.error
        assert low <= Fraction(1, 4) <= high and high - low < 0.01
    assert len(searched) == 2  # in the first part of the time alone


def _seen(real, searched):
    def prove(matter, options):
        searched.append(options)
        return real(matter, options)

    return prove


def test_where_all_is_closed_there_are_none(monkeypatch):
    steep = Network(2, (Affine(0, np.array([[3.0, -1.0]]), np.array([-0.5])), Relu(1)))
    always = Network(2, (*steep.layers, Affine(2, np.ones((1, 1)), np.array([0.25]))))
    monkeypatch.setattr(Refining, "until", lambda *_: pytest.fail("it was closed"))
    made = lp.certify(always, Tree((Leaf(1),)), reals(2), timeout=PATIENCE, sample=0)
    assert made.verdict == "equivalent" and made.finished


def test_where_closing_cells_tells_more_that_goes_on(monkeypatch, own_time):
    """Sandwiches that tell nothing: the search goes on from what it had closed."""
    monkeypatch.setattr(Refining, "until", lambda *_: poll())
    resumed, real = [], questions.prove

    def prove(matter, options):
        resumed.append(options.resume)
        return real(matter, options)

    monkeypatch.setattr(questions, "prove", prove)
    made = lp.certify(bent(0), HALVES, reals(2), timeout=2, sample=0)
    assert resumed[0] is None and len(resumed[1]) > 1
    assert made.error[1] - made.error[0] < 0.5


def test_intervals_and_ranges_are_refined():
    ranges = lp.Domain.product(*(lp.Domain.range(name, 0, 1000) for name in "ab"))
    assert refining.takes(problem(0)) and refining.takes(
        matter_of(ranges, bent(0), Tree((Leaf(0),)))
    )
    assert not refining.takes(matter_of(bits(2), bent(0), HALVES))


def test_a_line_over_ranges_is_refined_too(own_time):
    """The compiled search for Sandwiches takes no network without ReLUs."""
    ranges = lp.Domain.product(*(lp.Domain.range(name, 0, 1000) for name in "abc"))
    line = Network(3, (Affine(0, np.ones((1, 3)), np.array([-1500.5])),))
    made = lp.certify(line, Tree((Leaf(1),)), ranges, timeout=2, sample=0)
    low, high = made.error
    assert abs(low - Fraction(1, 2)) < 0.01 and abs(high - Fraction(1, 2)) < 0.01
