"""The prover of ensembles: what it proves is all there is, on random matters of all kinds."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.ensembles import random_domain, random_ensemble, random_tree, simple
from verifier.kernel import checker
from verifier.model.cell import cell_weight, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.proof import Constant, Enumerated, Open, is_open, steps
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same, differ, matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers import forests, questions
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
        search = forests.Forests(matter=matter, options=Options(resume=found.proof))
        left = sum(
            float(cell_weight(Domain(domain.variables), cell))
            for cell, _, step in steps(domain, found.proof)
            if isinstance(step, Open)
        )
        whole = Domain(domain.variables).total_weight
        if any(isinstance(step, Open) for _, _, step in steps(domain, found.proof)):
            assert search.proved == pytest.approx(1 - left / whole), seed
        assert np.allclose(search.weights.of(forests.parts_of([full_cell(domain)])), 1.0)


def test_the_least_is_said():
    """Where one ensemble decides the formula nothing is said of the other."""
    reads = (0, 1)
    models = Bound("a", simple(), reads), Bound("b", simple(), reads)
    matter = Matter(bits(2), models, All((ClassIs(0, 1), ClassIs(1, 1))))
    found = forests.prove(matter, few=0)
    said = [x for x in found.proof if isinstance(x, Constant)]
    assert said and differ() != matter.question
