"""Questions about many models: what is said of open cells is accepted, true, and tells more."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import verifier as lp
from tests.clocks import PATIENCE
from tests.every import seeds
from tests.kernel.beside_cases import random_many
from tests.kernel.test_beside import three, with_forest
from tests.provers.matters import answer
from tests.provers.test_sandwiches import network
from verifier.kernel.checker import verify
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Constant, Finding, Open, Sandwich, Several, Split
from verifier.model.question import All, Bound, ClassIs, Matter, Not
from verifier.provers import questions
from verifier.provers.beside import is_about_many
from verifier.provers.count import with_bounds
from verifier.provers.options import Options
from verifier.provers.timing import now
from verifier.writing.certificate import make_certificate


def said(matter, *proof):
    """The proof with what is said of its open cells, and the kernel's verdict."""
    found = with_bounds(matter, Finding(proof), deadline=now() + PATIENCE)
    return found.proof, verify(matter, found.proof)


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_what_is_said_of_open_cells_is_accepted_and_true(seed):
    rng = np.random.default_rng([seed, 39])
    matter = random_many(rng, 300)
    part = int(rng.integers(len(matter.domain.variables)))
    count = matter.domain.variables[part].count
    proof = (Open(),)
    if count > 1:
        is_range = isinstance(matter.domain.variables[part], Ordinal)
        proof = (Split(part, count // 2 - 1 if is_range else 1), Open(), Open())
    _, verdict = said(matter, *proof)
    assert not verdict.checked.refused
    number, chance = answer(matter)
    low, high = verdict.disagreements
    assert low <= number <= high and verdict.error[0] <= chance <= verdict.error[1]


def test_constant_models_stand_beside_a_sandwich():
    proof, verdict = said(three(), Open())
    assert verdict.disagreements == (5000, 5000)
    (step,) = proof
    assert isinstance(step, Sandwich) and {x.model for x in step.beside} <= {1, 2}


def test_cells_that_constant_models_decide_are_closed():
    """f and g are 1 on the right half, and h is 0 everywhere."""
    matter = three()
    domain, (f, g, h) = matter.domain, matter.models
    question = All((ClassIs(0, 1), Not(ClassIs(1, 1)), ClassIs(2, 0)))
    proof, verdict = said(Matter(domain, (f, g, h), question), Open())
    assert isinstance(proof[0], Constant | Several) and verdict.disagreements == (0, 0)


def test_an_ensemble_may_be_among_them():
    matter = with_forest()
    assert is_about_many(matter)
    proof, verdict = said(matter, Split(0, 29), Open(), Split(1, 89), Open(), Open())
    assert verdict.disagreements == (5200, 5200)
    assert sum(isinstance(x, Sandwich) and bool(x.beside) for x in proof) == 1


@pytest.mark.parametrize(("count", "about"), [(1, False), (2, False), (3, True)])
def test_questions_about_two_networks_are_as_they_were(count, about):
    matter = three()
    domain, models = matter.domain, matter.models[:count]
    question = All(tuple(ClassIs(i, 1) for i in range(count)))
    assert is_about_many(Matter(domain, models, question)) is about


def three_hills(outputs=1):
    """Where three networks on 389,017 points all have class 1, or 0 of three."""
    rng = np.random.default_rng(0)
    ranges = [Ordinal(f"v{i}", Fraction(0), Fraction(1, 8), 73, uniform(73)) for i in range(3)]
    models = tuple(Bound(name, network(rng, 3, outputs), (0, 1, 2)) for name in "fgh")
    question = All(tuple(ClassIs(i, int(outputs == 1)) for i in range(3)))
    return Matter(lp.Domain(tuple(ranges)), models, question)


@pytest.mark.parametrize("outputs", [1, 3])
def test_it_tells_more_than_the_search_alone(outputs):
    matter = three_hills(outputs)
    begun = now()
    found = questions.prove(
        matter, Options(deadline=begun + PATIENCE, progress=None, judged=begun, hope=2.0)
    )
    _, _, before = make_certificate(matter, found, "test", lenient=True)
    _, held, after = make_certificate(
        matter, with_bounds(matter, found, deadline=now() + PATIENCE), "test", lenient=True
    )
    groups = {x.ones for x in held.proof if isinstance(x, Sandwich)}
    assert groups == ({0} if outputs == 1 else {1})
    width = [float(v.error[1] - v.error[0]) for v in (before, after)]
    assert before.error[0] <= after.error[0] <= after.error[1] <= before.error[1]
    assert width[1] < 0.7 * width[0]
