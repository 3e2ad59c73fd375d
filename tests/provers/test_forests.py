"""The prover of ensembles: what it proves is all there is, on random matters of all kinds."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from tests.ensembles import random_domain, random_ensemble, random_tree, simple
from tests.kernel.test_moments import many_stumps
from verifier.kernel import checker
from verifier.kernel.prepared import Parts, parts_of
from verifier.model.cell import Cell, cell_weight, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.part import size
from verifier.model.proof import Constant, Enumerated, Open, Split, is_open, steps
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same, differ, matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers import forest_arrays, forest_reach, forest_search, forests, questions
from verifier.provers.further import further_of
from verifier.provers.options import Options
from verifier.provers.timing import now


def matters(seeds):
    for seed in seeds:
        rng = random.Random(seed)
        domain = random_domain(rng)
        reads = tuple(range(len(domain.variables)))
        some = tuple(rng.sample(reads, rng.randrange(1, len(reads) + 1)))
        columns = sum(domain.variables[i].columns for i in some)
        a = random_ensemble(rng, rng.choice(("exact", "float32")), domain.columns)
        b = random_ensemble(rng, "float64", columns)
        t = random_tree(rng, domain.columns, 2)
        models = Bound("a", a, reads), Bound("b", b, some), Bound("t", t, reads)
        questions = (
            Not(Any_((Same(0, 1), Same(0, 2)))),
            All((ClassIs(0, 1), Not(Same(1, 2)))),
            Any_((ClassIs(2, 0), All((ClassIs(0, 0), ClassIs(1, 1))))),
        )
        yield seed, Matter(domain, models, rng.choice(questions))


def by_hand(matter):
    """The number of points where the formula is true, one by one."""
    asked = checker.prepared(matter)
    points = [p for p in full_cell(matter.domain).points() if matter.domain.possible(p)]
    every, _ = asked.exact_classes(points)
    return sum(bool(asked.truth(classes)) for classes in every)


def test_where_there_is_no_time_to_make_trees_ready_the_sample_has_it(monkeypatch):
    _, matter = next(matters([3]))
    options = Options(deadline=now() + 50.0)
    assert is_open(forests.prove(matter, options).proof) is False
    monkeypatch.setattr(forests, "NODE", 100.0)
    assert forests.prove(matter, options).proof == (Open(),)


@pytest.mark.parametrize("few", [0, 4])
def test_everything_is_closed_and_counted(few):
    for seed, matter in matters(range(40)):
        found = forests.prove(matter, few=few)
        verdict = checker.verify(matter, found.proof, found.counterexamples)
        true = by_hand(matter)
        assert verdict.disagreements == (true, true), seed
        assert few or not any(isinstance(x, Enumerated) for x in found.proof)


def test_questions_finds_the_same():
    for seed, matter in matters(range(100, 112)):
        found = questions.prove(matter)
        true = by_hand(matter)
        assert checker.verify(matter, found.proof).disagreements == (true, true), seed


def test_it_goes_on_from_a_proof():
    for seed, matter in matters(range(200, 215)):
        first = forests.prove(matter, few=0, most=2)
        found = forests.prove(matter, Options(resume=first.proof), few=0)
        true = by_hand(matter)
        assert checker.verify(matter, found.proof).disagreements == (true, true), seed


def six_of_sixteen(monkeypatch):
    """Stumps of which six must say 1, asked about a few cells at a time."""
    monkeypatch.setattr(forest_search, "BATCH", 64)
    models = (Bound("a", many_stumps(16, 16), tuple(range(16))),)
    return Matter(bits(16), models, ClassIs(0, 1))


def test_below_no_split_is_all_open(monkeypatch):
    proof = forests.prove(six_of_sixteen(monkeypatch), few=0, most=5).proof
    below: list[bool] = []
    for node in reversed(proof):
        if isinstance(node, Split):
            one, other = below.pop(), below.pop()
            assert not (one and other)
            below.append(False)
        else:
            below.append(isinstance(node, Open))
    assert sum(isinstance(x, Open) for x in proof) > 5


def test_it_finds_further_what_there_is_time_for(monkeypatch):
    matter = six_of_sixteen(monkeypatch)
    options = Options(deadline=now() + 60, check_by=now() + 60)
    first = forests.prove(matter, options, few=0, most=5)
    assert is_open(first.proof)
    assert further_of(first)(now() - 1, 1.0) is None
    found = further_of(first)(now() + 60, 1.0)
    true = sum(math.comb(16, k) for k in range(6, 17))
    assert checker.verify(matter, found.proof).disagreements == (true, true)


def test_once_the_time_is_over_nothing_is_claimed():
    matter = matter_of(bits(2), simple(), Tree((Leaf(0),)))
    assert forests.prove(matter, Options(deadline=now() - 1)).proof == (Open(),)


def test_a_difference_is_enough_where_one_is_asked_for():
    matter = matter_of(bits(2), simple(), Tree((Leaf(0),)))
    found = forests.prove(matter, Options(stop_at_difference=True), few=0)
    assert found.counterexamples


def test_a_large_domain_is_closed_by_few_cells():
    """2^40 points: none is looked at."""
    domain = bits(40)
    matter = matter_of(domain, random_stumps(40), Tree((Leaf(0),)))
    found = forests.prove(matter)
    assert not is_open(found.proof) and len(found.proof) < 100
    verdict = checker.verify(matter, found.proof)
    assert verdict.disagreements == (3 * 2**38, 3 * 2**38)


def random_stumps(columns):
    """Class 1 iff one of the first two columns is 1; the others add what changes nothing."""
    from dataclasses import replace

    from tests.ensembles import stump

    held = simple()
    small = tuple(stump(i, 2.0**-20) for i in range(2, columns))
    return replace(held, columns=columns, members=(*held.members, *small), threshold=0.5)


def test_what_it_takes():
    assert forests.takes(matter_of(bits(2), simple(), Tree((Leaf(0),))))
    wide = Domain((bits(1).variables[0], Domain.ordinal("n", range(63)).variables[0]))
    assert not forests.takes(matter_of(wide, simple(), Tree((Leaf(0),))))
    alone = Matter(bits(1), (Bound("t", Tree((Leaf(0),)), (0,)),), ClassIs(0, 0))
    assert not forests.takes(alone)


def test_what_is_closed_is_told_by_its_probability():
    for seed, matter in matters(range(300, 320)):
        domain = matter.domain
        found = forests.prove(matter, few=0, most=2)
        search = forest_search.Forests(matter=matter, options=Options(resume=found.proof))
        left = sum(
            float(cell_weight(Domain(domain.variables), cell))
            for cell, _, step in steps(domain, found.proof)
            if isinstance(step, Open)
        )
        whole = Domain(domain.variables).total_weight
        if any(isinstance(step, Open) for _, _, step in steps(domain, found.proof)):
            assert search.proved == pytest.approx(1 - left / whole), seed
        assert np.allclose(search.weights.of(parts_of([full_cell(domain)])), 1.0)


def test_the_least_is_said():
    """Where one ensemble decides the formula nothing is said of the other."""
    reads = (0, 1)
    models = Bound("a", simple(), reads), Bound("b", simple(), reads)
    matter = Matter(bits(2), models, All((ClassIs(0, 1), ClassIs(1, 1))))
    found = forests.prove(matter, few=0)
    said = [x for x in found.proof if isinstance(x, Constant)]
    assert said and differ() != matter.question


def test_what_halves_reach_is_what_they_reach_by_themselves():
    """Through many splits, of variables that an ensemble reads and others, in any order."""
    shrunk = 0
    for seed, matter in matters(range(200, 230)):
        rng = random.Random(seed)
        asked, domain = checker.prepared(matter), matter.domain
        shares = forest_arrays.shares_of(domain)
        for model in (0, 1):
            forest = asked.forests[model]
            own = forest_reach.reaching(forest, domain)
            cells = [full_cell(domain)]
            parts = parts_of(cells)
            held = own.at(seen_by(forest, parts, shares))
            for _ in range(6):
                variable, goes = zip(*(any_split(rng, cell) for cell in cells), strict=True)
                if None in goes:
                    break
                where = np.array(variable), np.array(goes)
                both, _ = forest_arrays.halves(parts, *where, shares)
                twice = np.tile(np.arange(len(cells)), 2)
                held = own.halved(held[twice], both, np.tile(where[0], 2))
                parts = both
                cells = cells_of(domain, parts, shares)
                dense = forest.areas.reached(seen_by(forest, parts, shares))
                again = forest_reach.found(dense)
                np.testing.assert_array_equal(held.areas, again.areas)
                np.testing.assert_array_equal(held.ends, again.ends)
                shrunk += not dense.all()
                for values in (forest.areas.values, -forest.areas.values):
                    few = own.forest.areas.least(held, values)
                    np.testing.assert_array_equal(few, forest.areas.least(dense, values))
                klass = np.array([rng.randrange(forest.classes) for _ in cells])
                shown = own.shown(held, klass, own.ends(held))
                np.testing.assert_array_equal(shown, forest.shown(dense, klass))
                some = np.array(rng.sample(range(len(cells)), len(cells) // 2), dtype=np.int64)
                np.testing.assert_array_equal(
                    held[some].areas, forest_reach.found(dense[some]).areas
                )
    assert shrunk > 100


def any_split(rng, cell):
    """A variable with several values, and what goes left of them; None where there is none."""
    free = [i for i, part in enumerate(cell.parts) if size(part) > 1]
    if not free:
        return 0, None
    index = rng.choice(free)
    part = cell.parts[index]
    if isinstance(part, range):
        return index, rng.randrange(part.start + 1, part.stop)
    values = [1 << i for i in range(part.bit_length()) if part >> i & 1]
    return index, sum(rng.sample(values, rng.randrange(1, len(values))))


def cells_of(domain, parts, shares):
    """Cells of their arrays."""
    found = []
    for masks, ends in zip(parts.masks.tolist(), parts.ends.tolist(), strict=True):
        own = [
            range(ends[0][place], ends[1][place] + 1) if ranged else masks[place]
            for ranged, place in shares.places
        ]
        found.append(Cell(tuple(own)))
    return found


def seen_by(forest, parts, shares):
    """The parts of the variables that an ensemble reads."""
    places = [shares.places[i] for i in forest.reads]
    masks = [place for ranged, place in places if not ranged]
    ends = [place for ranged, place in places if ranged]
    return Parts(parts.masks[:, masks], parts.ends[:, :, ends])


def test_of_two_that_are_compared_the_second_waits_for_the_first(monkeypatch):
    """Whatever a class of the second were, the formula stays open while the first one's is."""
    bounded = []
    ends = forest_reach.Reaching.ends

    def seen(self, reach):
        bounded.append((self.forest.ensemble, len(reach)))
        return ends(self, reach)

    monkeypatch.setattr(forest_reach.Reaching, "ends", seen)
    reads = {"a": tuple(range(12)), "b": tuple(range(1, 13))}
    models = tuple(Bound(name, random_stumps(12), own) for name, own in reads.items())
    for question, waits in ((differ(), True), (All((ClassIs(0, 1), ClassIs(1, 1))), False)):
        bounded.clear()
        matter = Matter(bits(13), models, question)
        found = forests.prove(matter, few=0)
        true = by_hand(matter)
        assert checker.verify(matter, found.proof).disagreements == (true, true)
        first, second = (sum(n for _, n in bounded[i::2]) for i in (0, 1))
        assert first > 1 and second > 1
        assert bounded[0][1] == 1 and bounded[1][1] == (0 if waits else 1)


def test_which_ensembles_may_decide():
    reads = (0, 1)
    models = tuple(Bound(n, simple(), reads) for n in "abc")
    known = np.array([[-1, -1, -1], [0, -1, -1], [1, -1, -1], [-1, 0, -1], [-1, 1, -1]])

    def bounded(question, model):
        search = forest_search.Forests(
            matter=Matter(bits(2), models, question), options=Options(), few=0
        )
        return forests._may_decide(search, known, model).tolist()

    rising = All((ClassIs(0, 1), ClassIs(1, 0), Any_((ClassIs(2, 0), ClassIs(2, 1)))))
    assert bounded(rising, 0) == [True] * 5
    assert bounded(rising, 1) == [True] * 5  # class 1 of the second is enough
    both = Any_((differ(0, 1), All((ClassIs(0, 1), ClassIs(2, 1)))))
    assert bounded(both, 0) == [True] * 5
    assert bounded(both, 1) == [False, True, True, False, False]
    assert bounded(All((Same(0, 1), Same(0, 2))), 2) == [False, True, True, False, False]


def test_cells_of_which_nothing_is_held_are_looked_at_again(monkeypatch):
    monkeypatch.setattr(forest_search, "HELD", 40)
    for seed, matter in matters(range(10)):
        found = forests.prove(matter, few=0)
        true = by_hand(matter)
        assert checker.verify(matter, found.proof).disagreements == (true, true), seed
