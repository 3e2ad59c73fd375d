"""Tails of wide networks: what is said of open cells, and what of a proof stays."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.clocks import PATIENCE
from verifier.formats.variables import variable
from verifier.kernel import checker
from verifier.kernel.likely import rarely
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, signs
from verifier.model.network import Add, Affine, Network, Relu, Sign
from verifier.model.proof import Constant, Finding, Open, Split, Tail
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import count, rare, sights, turns
from verifier.provers.count import with_bounds
from verifier.provers.timing import now

TREE = Tree((Inner(0, Fraction(0), 1, 2), Leaf(0), Leaf(1)))
COLUMNS = 256


def by_one_variable(width=300):
    """Class 1 where the first of 256 signs is 1, but in rare cases."""
    rng = np.random.default_rng(0)
    first = rng.normal(size=(width, COLUMNS)) * 0.0075
    first[:, 0] = 0
    first[0] = np.eye(COLUMNS)[0]
    bias = np.where(np.arange(width) % 2, 1.0, -1.0)
    bias[0] = 0
    last = rng.normal(size=(1, width)) / 17
    last[0, 0] = 8
    return Network(COLUMNS, (Affine(0, first, bias), Relu(1), Affine(2, last, np.full(1, -4.0))))


def matter():
    return matter_of(signs(COLUMNS), by_one_variable(), TREE)


def bounded(proof, monkeypatch, rungs=sights.RUNGS):
    for room in (rare, sights):
        monkeypatch.setattr(room, "RUNGS", rungs)
    found = with_bounds(matter(), Finding(proof), deadline=now() + PATIENCE).proof
    return tuple(found)


def test_open_cells_are_told_but_for_little(monkeypatch):
    found = bounded((Open(),), monkeypatch)
    least = Fraction(1, 1 << sights.RUNGS[-1])
    assert found == (Split(0, 1), Tail(0, least), Tail(1, least))
    checked = checker.verify(matter(), found)
    assert checked.error == (0, least)


def test_what_was_proved_stays(monkeypatch):
    constant = (Split(0, 1), Split(1, 1), Constant(0), Open(), Open())
    least = Fraction(1, 1 << 40)
    assert bounded(constant, monkeypatch) == (*constant[:3], Tail(0, least), Tail(1, least))
    # a likely class of a cell that is closed but for little would leave more open
    some = (Split(0, 1), *((Split(v, 1), Constant(0)) for v in range(1, 6)))
    proof = (some[0], *(node for pair in some[1:] for node in pair), Open(), Open())
    found = bounded(proof, monkeypatch, (1,))
    assert found[: len(proof) - 2] == proof[:-2]
    assert isinstance(found[-2], Tail) and isinstance(found[-1], Tail)


def test_a_cell_that_shows_nothing_is_cut_where_its_bound_varies_most(monkeypatch):
    """Where the first variable is 1, the second says what the class is."""
    monkeypatch.setattr(
        "tests.provers.test_rare.by_one_variable", lambda own=by_one_variable: heavy(own())
    )
    found = bounded((Open(),), monkeypatch)
    assert {x.variable for x in found if isinstance(x, Split)} == {0, 1}
    assert sorted(x.klass for x in found if isinstance(x, Tail)) == [0, 0, 1]


def heavy(network):
    """The same, and less where the second sign is 1: by a ReLU, so that no line is exact."""
    first, relu, last = network.layers
    weight, bias, out = first.weight.copy(), first.bias.copy(), last.weight.copy()
    weight[2] = np.eye(COLUMNS)[1]
    bias[2], out[0, 2] = 0, -24
    out[0, 0] = 24
    layers = (Affine(0, weight, bias), relu, Affine(2, out, np.full(1, -12.0)))
    return Network(COLUMNS, layers)


@pytest.mark.parametrize("seconds", [8.0, 12.5, 13.0, 17.0, 30.0])
def test_looks_end_in_time_for_the_check_of_what_they_show(monkeypatch, seconds):
    """Forms take a second here; those of a bound that no cell has are looked for to the end."""
    later, around, begun = [0.0], sights.Said.around, now()

    def slow(what, cell, rung):
        later[0] += 1
        return around(what, cell, rung)

    monkeypatch.setattr(sights.Said, "around", slow)
    monkeypatch.setattr(rare, "processors", lambda: 1)
    for room in (count, rare, sights):
        monkeypatch.setattr(room, "now", lambda: begun + later[0])  # nothing else takes time
    for room in (rare, sights):
        monkeypatch.setattr(room, "RUNGS", (5, 700))
    monkeypatch.setattr(count, "ending", lambda deadline: nullcontext())
    found = with_bounds(matter(), Finding((Open(),)), deadline=begun + seconds).proof
    tails = [x for x in found if isinstance(x, Tail)]
    assert tails and seconds / 2 <= later[0] + len(tails) <= seconds


@pytest.mark.parametrize(
    "nearest, ends",
    [
        ({0: -90.0, 8: -89.0}, True),
        ({0: -90.0, 8: -2.0}, False),  # a split or two more
        ({0: -9.0, 8: -10.0}, True),  # splits change nothing
        ({0: -np.inf, 8: -np.inf}, True),
        ({8: -5.0}, False),  # it is not known what they change
    ],
)
def test_looks_end_where_all_the_time_would_show_next_to_nothing(nearest, ends):
    heap = turns.Heap(1.0, begun=4.0)
    heap.saw([*nearest.items()] * 16)
    assert heap.gives_up(8.0, 500.0, 1.0) == ends
    assert heap.is_to_judge() == (len(nearest) == 2) and not heap.is_to_judge()
    heap.showed()
    assert heap.tails == 1 and not heap.nearest and not heap.is_to_judge()


def test_a_network_far_from_its_class_is_given_up_soon(monkeypatch):
    """No bound that is tried is small enough for any of its cells."""
    looks, look = [], rare.look
    monkeypatch.setattr(rare, "look", lambda *given: looks.append(0) or look(*given))
    for room in (rare, sights):
        monkeypatch.setattr(room, "RUNGS", (700,))
    found = with_bounds(matter(), Finding((Open(),)), deadline=now() + 60).proof
    assert tuple(found) == (Open(),) and turns.TRIED <= len(looks) < 2 * turns.TRIED


def test_no_time_changes_nothing():
    for seconds in (-1.0, 0.0):
        found = with_bounds(matter(), Finding((Open(),)), deadline=now() + seconds)
        assert tuple(found.proof) == (Open(),)


@pytest.mark.parametrize(
    "columns, width, said",
    [(64, 256, True), (63, 256, False), (64, 255, False), (64, 2800, True), (64, 2900, False)],
)
def test_it_is_tried_of_wide_networks_of_many_inputs(columns, width, said):
    network = Network(
        columns,
        (
            Affine(0, np.zeros((width, columns)), np.zeros(width)),
            Relu(1),
            Affine(2, np.zeros((1, width)), np.zeros(1)),
        ),
    )
    assert rare.suits(matter_of(signs(columns), network, TREE)) == said


def test_cells_are_split_unseen_only_where_a_look_at_the_same_class_tells_that():
    far = sights.Sight(form=np.ones(COLUMNS), klass=0, far=9.0, known=True)
    assert far.is_far_from(0, 1.0) and not far.is_far_from(1, 1.0)
    for held in ({"far": 1.0}, {"known": False}, {"form": None}, {"unseen": 3}):
        assert not replace(far, **held).is_far_from(0, 1.0)


def test_what_a_split_does_is_told_by_those_before_also_of_another_class():
    """Else large cells of another class than the one around wait behind all small ones."""
    form = np.ones(COLUMNS)

    def seen(least):
        return sights.Seen(least=least, form=form)

    first = sights.Sight().after(0, seen(-50.0))
    assert (first.far, first.known, first.each) == (sights.FAR, False, 0.0)
    second = first.of_half.after(0, seen(-30.0))
    assert (second.far, second.known, second.each) == (1.5, True, 20.0)
    other = second.of_half.after(1, seen(-4.0))
    assert (other.far, other.known) == (0.2, False)
    slow = other.of_half.after(1, seen(-3.0))  # one that adds little is not taken for all
    assert slow.each == 10.5 and slow.far == pytest.approx(3 / 10.5) and slow.known
    assert second.of_half.after(1, seen(-900.0)).far == sights.FAR


def test_the_check_of_tails_that_gave_way_is_not_waited_for():
    """Those of halves that tell more are checked in their place."""

    def part(seconds, left, **held):
        return rare.Part(full_cell(signs(2)), -1, Fraction(left), seconds=seconds, **held)

    halves = part(1.0, 1), part(2.0, 2)
    for left, check in ((4, 3.0), (3, 8.0), (2, 8.0)):
        whole = part(8.0, left, split=Split(0, 1), halves=halves)
        assert whole.check == check and whole.gives_way is (check == 3.0)
    assert part(8.0, 4).check == 8.0


def test_it_is_not_tried_where_the_kernel_looks_at_no_ranges():
    """Else a search would end early for nothing: see ``kernel.likely.rarely``."""
    first = Affine(0, np.zeros((256, 128)), np.zeros(256))
    cases = (
        ((Relu(1),), 1, True),
        ((Sign(1),), 1, False),
        ((Relu(1),), 3, False),
        ((Relu(1), Relu(1), Add(2, 3)), 1, False),
    )
    for layers, third, said in cases:
        codes = ((0, Fraction(1, third)), (1, 0))
        domain = Domain(tuple(variable(f"x{i}", ("a", "b"), codes) for i in range(64)))
        last = Affine(1 + len(layers), np.zeros((1, 256)), np.zeros(1))
        network = Network(128, (first, *layers, last))
        assert rare.suits(matter_of(domain, network, Tree((Leaf(0),)))) == said
        p, chances = checker.prepare(network, domain), list(domain.distributions(None))
        found = rarely(p, full_cell(domain), Fraction(1, 2), chances)
        assert (found is not None) == said
