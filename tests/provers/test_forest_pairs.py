"""Ensembles beside each other: closed by what they have in common, and counted as by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.kernel.test_paired import changed, pairs
from tests.provers.test_forests import by_hand
from verifier.kernel import checker
from verifier.kernel.asked import ask
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Open, Paired, Split
from verifier.model.question import All, Bound, ClassIs, Matter, Not, Same, differ
from verifier.model.tree import Inner
from verifier.provers import forest_pairs, forests
from verifier.provers.options import Options
from verifier.provers.search import reopen

LONG = 1000


def line(name, first=0):
    """A thousand whole numbers."""
    return Ordinal(name, Fraction(first), Fraction(1), LONG, uniform(LONG))


def wide(trees=40, seed=1):
    """Trees over four long ranges, too many for single classes to be found soon."""
    rng = random.Random(seed)

    def member():
        cuts = [(rng.randrange(4), Fraction(rng.randrange(LONG))) for _ in range(7)]
        tests = [Inner(c, t, 2 * i + 1, 2 * i + 2) for i, (c, t) in enumerate(cuts)]
        leaves = [Score(((0, rng.randrange(-99, 100) / 64),)) for _ in range(8)]
        return Member((*tests, *leaves))

    return Ensemble(4, 1, tuple(member() for _ in range(trees)), (0.0,), "float32", 0.0)


def beside(one, other, question=None):
    domain = Domain(tuple(line(f"x{i}") for i in range(4)))
    reads = tuple(range(4))
    models = Bound("a", one, reads), Bound("b", other, reads)
    return Matter(domain, models, question or differ())


@pytest.mark.parametrize(
    "question",
    [differ(), All((ClassIs(0, 1), ClassIs(1, 0))), Not(Same(0, 1))],
)
def test_equal_ensembles_are_the_same_at_once(question):
    matter = beside(wide(), wide(), question)
    found = forests.prove(matter)
    assert found.proof == (Paired(0, 1),)
    assert checker.verify(matter, found.proof).disagreements == (0, 0)


def test_votes_added_in_other_arithmetics_are_the_same_at_once():
    own = wide()
    votes = tuple(
        Member(tuple(Score(((0, float(x.values[0][1] > 0)),)) if isinstance(x, Score) else x
                     for x in m.nodes))
        for m in own.members
    )  # fmt: skip
    one = replace(own, members=votes, threshold=20.5, arithmetic="float64")
    other = replace(one, arithmetic="float32")
    found = forests.prove(beside(one, other))
    assert found.proof == (Paired(0, 1),)


def test_one_changed_leaf_is_searched_alone():
    """Few cells are left by one leaf; the classes of all of the others are never found."""
    one = wide(12)
    nodes = list(one.members[3].nodes)
    nodes[-1] = Score(((0, nodes[-1].values[0][1] + 0.5),))
    members = (*one.members[:3], Member(tuple(nodes)), *one.members[4:])
    matter = beside(one, replace(one, members=members))
    found = forests.prove(matter, most=400)
    low, high = checker.verify(matter, found.proof, lenient=True).error
    assert high - low < 0.2
    assert any(isinstance(x, Paired) for x in found.proof)


def test_what_is_proved_is_what_is_counted_by_hand():
    for seed, rng, plain in pairs(range(40)):
        questions = (differ(), All((ClassIs(0, 1), ClassIs(1, 0))), ClassIs(0, 1))
        question = rng.choice(questions[: 3 if plain.models[0].classes > 1 else 1])
        if question == ClassIs(0, 1):
            question = All((question, Not(Same(0, 1))))
        matter = replace(plain, question=question)
        found = forests.prove(matter, few=0)
        true = by_hand(matter)
        assert checker.verify(matter, found.proof).disagreements == (true, true), seed


def test_of_three_ensembles_two_may_be_paired():
    one, third = wide(6), wide(3, seed=2)
    domain, reads = Domain(tuple(line(f"x{i}") for i in range(4))), tuple(range(4))
    models = tuple(Bound(n, m, reads) for n, m in (("a", one), ("c", third), ("b", one)))
    matter = Matter(domain, models, All((ClassIs(1, 1), Not(Same(0, 2)))))
    assert forests.prove(matter).proof == (Paired(0, 2),)


def test_a_monotone_ensemble_is_so_at_once():
    """Leaves grow with the first variable, as a booster's with a constraint do."""
    rng = random.Random(3)

    def member():
        low = sorted(rng.randrange(-50, 51) / 32 for _ in range(2))
        first = Inner(1, Fraction(rng.randrange(LONG)), 1, 2)
        tests = [Inner(0, Fraction(rng.randrange(2 * LONG)), 3 + 2 * i, 4 + 2 * i) for i in (0, 1)]
        more = sorted(rng.randrange(-50, 51) / 32 for _ in range(2))
        return Member((first, *tests, *(Score(((0, x),)) for x in (*low, *more))))

    own = Ensemble(2, 1, tuple(member() for _ in range(50)), (0.0,), "float32", 0.0)
    domain = Domain((line("x"), line("y"), line("more", LONG)))
    models = Bound("a", own, (0, 1)), Bound("b", own, (2, 1))
    matter = Matter(domain, models, All((ClassIs(0, 1), ClassIs(1, 0))))
    assert forests.prove(matter).proof == (Paired(0, 1, 1),)


def test_pairs_that_close_nothing_are_looked_at_no_more(monkeypatch):
    monkeypatch.setattr(forest_pairs, "LOOKED", 8)
    matter = beside(wide(20), wide(20, seed=5))
    found = forests.prove(matter, Options(), most=200)
    assert not any(isinstance(x, Paired) for x in found.proof)
    (held,) = forest_pairs.besides(ask(beside(wide(3), changed(random.Random(4), wide(3)))))
    assert held.useful
    held.looked = 9
    assert not held.useful


def test_those_that_the_kernel_refuses_are_opened_again():
    proof = (Split(0, 5), Paired(0, 1), Paired(0, 1, 2))
    assert tuple(reopen(proof, [2])) == (Split(0, 5), Paired(0, 1), Open())
