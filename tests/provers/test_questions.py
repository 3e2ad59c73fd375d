"""The prover of questions: any matter, against brute force, and how a search ends."""

from __future__ import annotations

import time
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from tests.every import THIRD, seeds
from tests.provers import matters
from verifier.kernel import checker
from verifier.model.chances import Runs
from verifier.model.domain import Domain, bits
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Constant, Enumerated, Open, Several, Split, steps
from verifier.model.question import All, Bound, ClassIs, Matter, differ
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import asked_cells, questions
from verifier.provers.options import Options
from verifier.provers.overlaying import leaves_open
from verifier.provers.search import reopen
from verifier.provers.timing import stopping


def number(name, first, last):
    count = last - first + 1
    return Ordinal(name, Fraction(first), Fraction(1), count, uniform(count))


def mixed_layers(columns, rng, width=12):
    """A network with random weights."""
    return Network(
        columns,
        (
            Affine(0, rng.normal(size=(width, columns)), rng.normal(size=width)),
            Relu(1),
            Affine(2, rng.normal(size=(1, width)), np.zeros(1)),
        ),
    )


def hard():
    """Two random networks over 11 bits and 50 numbers: hundreds of cells."""
    rng = np.random.default_rng(1)
    domain = Domain((*bits(11).variables, number("n", 0, 49)))
    both = tuple(range(12))
    models = Bound("a", mixed_layers(12, rng), both), Bound("b", mixed_layers(12, rng), both)
    return Matter(domain, models, differ())


def few(monkeypatch, points):
    """Let no cell of more than so many points be evaluated, so that bounds do the work."""
    monkeypatch.setattr(asked_cells.Asking, "few", lambda *_: points)


@pytest.mark.parametrize(
    ("most", "some"), [(4, seeds(range(200), THIRD)), (4096, seeds(range(200, 350), THIRD))]
)
def test_the_answer_is_that_of_brute_force(most, some, monkeypatch):
    few(monkeypatch, most)
    kinds = Counter()
    for seed in some:
        matter = matters.random_matter(np.random.default_rng(seed), 150)
        finding = questions.prove(matter)
        assert matters.holds(matter, finding.proof), seed
        assert not leaves_open(matter, finding.proof), seed
        count, probability = matters.answer(matter)
        verdict = checker.verify(matter, finding.proof, finding.counterexamples)
        assert verdict.disagreements == (count, count), seed
        assert verdict.error == (probability, probability), seed
        assert bool(finding.counterexamples) == bool(count), seed
        kinds.update(type(step) for step in finding.proof)
    assert all(kinds[kind] > 2 for kind in (Constant, Several, Enumerated, Open)), kinds


@pytest.mark.parametrize("size", [1e-300, 1e-40, 0.37, 1e150, 1e300])
def test_weights_of_any_size(size, monkeypatch):
    """Where floats overflow or underflow, the kernel and evaluation decide."""
    few(monkeypatch, 2)
    real = matters.random_teacher
    monkeypatch.setattr(matters, "random_teacher", lambda rng, n: real(rng, n, size))
    for seed in range(500, 512):
        matter = matters.random_matter(np.random.default_rng(seed), 60)
        finding = questions.prove(matter)
        count, probability = matters.answer(matter)
        verdict = checker.verify(matter, finding.proof, finding.counterexamples)
        assert verdict.disagreements == (count, count), seed
        assert verdict.error == (probability, probability), seed


def test_only_those_networks_are_bounded_that_the_formula_asks_for():
    domain = Domain((number("n", 0, 99_999), *bits(20).variables))
    low, all_of_it = (0,), tuple(range(21))
    below = Network(1, (Affine(0, np.array([[-1.0]]), np.array([500.5])),))  # n <= 500
    costly = mixed_layers(21, np.random.default_rng(0), 40)
    tree = Tree((Inner(0, Fraction(500), 1, 2), Leaf(0), Leaf(1)))
    models = Bound("below", below, low), Bound("costly", costly, all_of_it), Bound("t", tree, low)
    matter = Matter(domain, models, All((ClassIs(0, 1), ClassIs(2, 1), ClassIs(1, 1))))
    finding = questions.prove(matter)
    said = [step for step in finding.proof if not isinstance(step, Split)]
    assert finding.proof[0] == Split(0, 500)
    assert set(said) == {Open(), Constant(0, 0)}  # the tree decides here, there the small network
    assert not finding.counterexamples


def test_trees_alone_need_no_step():
    domain = Domain((number("n", 0, 10**15),))
    one = Tree((Inner(0, Fraction(10**14), 1, 2), Leaf(0), Leaf(1)))
    other = Tree((Inner(0, Fraction(10**14 + 3), 1, 2), Leaf(0), Leaf(1)))
    matter = Matter(domain, (Bound("a", one, (0,)), Bound("b", other, (0,))), differ())
    assert questions.prove(matter).proof == (Open(),)


def test_impossible_cells_are_left_out():
    """Over two numbers of which only equal halves are possible."""
    domain = Domain((number("x", 0, 999), number("y", 0, 999)))
    low, high = range(500), range(500, 1000)

    def leaf(part):
        runs = Runs(part.start, uniform(500))
        return GivenLeaf(Fraction(1, 2), (runs, runs))

    nodes = (
        GivenTest(0, low, 1, 2),
        GivenTest(1, low, 3, 4),
        GivenTest(1, low, 5, 6),
        *(leaf(low), GivenLeaf(Fraction(0)), GivenLeaf(Fraction(0)), leaf(high)),
    )
    domain = Domain(domain.variables, Given(nodes))
    apart = Network(2, (Affine(0, np.array([[1.0, -1.0]]), np.array([-600.0])),))  # x > y + 600
    matter = Matter(domain, (Bound("apart", apart, (0, 1)),), ClassIs(0, 1))
    finding = questions.prove(matter)
    assert not finding.counterexamples and not leaves_open(matter, finding.proof)
    assert not any(isinstance(step, Enumerated) for step in finding.proof)
    assert len(finding.proof) < 20


def test_a_deadline_ends_the_search_with_a_proof_that_can_be_gone_on_from(monkeypatch, clock):
    few(monkeypatch, 4)
    matter = hard()
    first = questions.prove(matter, a_second_each(monkeypatch, clock, 5))
    closed = [type(step) for _, _, step in steps(matter.domain, first.proof)].count(Open)
    assert closed and len(first.proof) > 3 and leaves_open(matter, first.proof)
    verdict = checker.verify(matter, first.proof, first.counterexamples)
    assert verdict.verdict == "somewhere" and verdict.checked.cells["open"]
    again = questions.prove(matter, Options(resume=first.proof))
    assert not leaves_open(matter, again.proof)
    kept = {cell for cell, _, step in steps(matter.domain, first.proof) if step != Open()}
    assert kept <= {cell for cell, _, _ in steps(matter.domain, again.proof)}


def a_second_each(monkeypatch, clock, rounds):
    """Options with a deadline that so many rounds of a search come to."""
    take = questions.take

    def slow(search, count):
        clock.time += 1.0
        return take(search, count)

    monkeypatch.setattr(questions, "take", slow)
    return Options(deadline=clock.time + rounds - 0.5)


def test_no_time_at_all_leaves_everything_open():
    assert questions.prove(hard(), Options(deadline=time.monotonic())).proof == (Open(),)


@pytest.mark.parametrize("place", ["descend", "undecided", "parts"])
@pytest.mark.parametrize("after", [1, 7, 60])
def test_an_interrupted_search_leaves_a_proof(place, after, monkeypatch):
    few(monkeypatch, 4)
    matter, calls = hard(), [0]
    kind = type(questions.Asking(matter=matter, options=Options()).overlay)
    held = getattr(kind, place)

    def interrupted(self, *given):
        calls[0] += 1
        if calls[0] == after:
            raise KeyboardInterrupt
        return held(self, *given)

    pressed = []
    monkeypatch.setattr(kind, place, interrupted)
    finding = questions.prove(matter, Options(interrupted=lambda: pressed.append(1)))
    monkeypatch.undo()
    assert pressed == [1]
    assert sum(1 for _ in steps(matter.domain, finding.proof)) >= 1
    assert leaves_open(matter, finding.proof)


def test_a_stop_is_heard():
    asked = [0]

    def stop():
        asked[0] += 1
        return asked[0] > 30

    with stopping(stop):
        finding = questions.prove(hard())
    assert leaves_open(hard(), finding.proof)


def test_one_witness_can_be_enough(monkeypatch):
    few(monkeypatch, 4)
    matter = hard()
    finding = questions.prove(matter, Options(stop_at_difference=True))
    assert finding.counterexamples
    point = finding.counterexamples[0]
    a, b = matters.classes_at(matter, point)
    assert a != b


def test_what_the_kernel_refused_is_split():
    domain = Domain((number("n", 0, 10**6),))
    network = Network(1, (Affine(0, np.array([[1.0]]), np.array([-1e5])),))
    matter = Matter(domain, (Bound("n", network, (0,)),), ClassIs(0, 1))
    first = questions.prove(matter)
    numbered = enumerate(steps(domain, first.proof), 1)
    at, refused = next((i, cell) for i, (cell, _, s) in numbered if s == Constant(1))
    opened = reopen(first.proof, {at})
    again = questions.prove(matter, Options(resume=opened, refused=frozenset({at})))
    assert len(again.proof) > len(first.proof) and not leaves_open(matter, again.proof)
    assert refused not in [cell for cell, _, _ in steps(domain, again.proof)]
    assert checker.verify(matter, again.proof).disagreements == (900_000, 900_000)


def test_margins_that_the_kernel_rounds_away_are_not_claimed(monkeypatch, clock):
    """Large inputs beside small ones: weights of very different size, which the kernel cuts."""
    rng = np.random.default_rng(3)
    domain = Domain((number("amount", 0, 20_000), *(number(f"n{i}", 0, 3) for i in range(6))))
    first = rng.normal(size=(30, 7)) * np.array([1e-4] + [1.0] * 6)
    layers = Affine(0, first, rng.normal(size=30)), Relu(1)
    network = Network(7, (*layers, Affine(2, rng.normal(size=(1, 30)), np.zeros(1))))
    matter = Matter(domain, (Bound("n", network, tuple(range(7))),), ClassIs(0, 1))
    finding = questions.prove(matter, a_second_each(monkeypatch, clock, 20))
    verdict = checker.verify(matter, finding.proof, lenient=True)
    assert verdict.checked.cells["constant"] > 20
    assert len(verdict.checked.refused) * 20 < verdict.checked.cells["constant"]


def test_progress_closes_in_on_the_answer(monkeypatch):
    few(monkeypatch, 4)
    rng = np.random.default_rng(5)
    domain = Domain((*bits(7).variables, number("n", 0, 9)))
    models = tuple(Bound(n, mixed_layers(8, rng), tuple(range(8))) for n in "ab")
    matter, seen = Matter(domain, models, differ()), []
    questions.prove(matter, Options(progress=seen.append))
    _, truth = matters.answer(matter)
    assert seen[-1].open == 0 and seen[-1].probability == pytest.approx(1)
    for progress in seen:
        assert progress.error[0] - 1e-9 <= truth <= progress.error[1] + 1e-9
    assert seen[-1].differs


def test_waiting_cells_do_not_fill_the_memory(monkeypatch, clock):
    few(monkeypatch, 4)
    monkeypatch.setattr(asked_cells, "FRONTIER", 10)
    most, matter = [0], hard()
    take = questions.take

    def watched(search, count):
        most[0] = max(most[0], search.open)
        return take(search, count)

    monkeypatch.setattr(questions, "take", watched)
    finding = questions.prove(matter, a_second_each(monkeypatch, clock, 30))
    assert len(finding.proof) > 1000
    assert most[0] < 10 + 64 * 40  # depth first: so many a level
