"""A tree grows with its proof until sandwiches promise to tell more: they have the rest."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import pytest

import verifier as lp
from tests.jobs.test_stalled import BITS, rough
from verifier.distillers import certified
from verifier.distillers.certified import distill
from verifier.jobs import distill as job
from verifier.jobs import proving
from verifier.jobs.watching import Watch
from verifier.model.domain import Domain, bits
from verifier.model.proof import Finding, Open, Sandwich, is_open
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.model.variable import Variable
from verifier.provers.pairs import proving as sandwiching
from verifier.provers.timing import now

FIVE = [Fraction(1, 5)] * 5
WIDE = Domain(
    tuple(
        Variable(f"x{i}", tuple("abcde"), tuple((Fraction(k),) for k in range(5)), tuple(FIVE))
        for i in range(BITS)
    )
)


@pytest.mark.parametrize("answer", [True, False])
def test_it_is_asked_once_of_the_tree_so_far(answer):
    asked = []

    def instead(tree, closed):
        asked.append((tree, closed))
        return answer

    found = distill(rough(1), WIDE, leaves=6, deadline=now() + 12, instead=instead)
    assert is_open(found.finding.proof) and len(asked) <= 1  # or there was no second round
    for tree, closed in asked:
        assert tree.leaves <= 6 and 0 <= closed < 1
        assert found.tree == tree or not answer


@pytest.mark.parametrize(("told", "closed", "handed"), [(0.3, 0.1, True), (0.3, 0.2, False)])
def test_what_promises_more(told, closed, handed, monkeypatch):
    search = SimpleNamespace(undecided=lambda: 1.0 - told)
    monkeypatch.setattr(proving, "_is_loaded", lambda: True)
    monkeypatch.setattr(sandwiching, "promised", lambda *_: search)
    matter = matter_of(bits(BITS), rough(1), Tree((Leaf(0),)))
    assert proving.promising(matter, Watch(), now() + 5, closed) is (search if handed else None)
    monkeypatch.setattr(proving, "LARGE", 1 << BITS)  # few points are swept
    assert proving.promising(matter, Watch(), now() + 5, closed) is None


def test_the_tree_is_proved_by_sandwiches(monkeypatch, compiled):
    monkeypatch.setattr(proving, "MORE", -1.0)
    given = []
    begin = job.promising

    def promising(*about):
        given.append(begin(*about))
        return given[-1]

    monkeypatch.setattr(job, "promising", promising)
    made = lp.distill(rough(1), WIDE, leaves=6, timeout=20, sample=0)
    assert given and all(given)
    assert any(isinstance(step, Sandwich) for step in made.certificate.proof)
    assert made.error.upper < 1


def test_a_leaf_that_is_handed_over_gives_way_to_a_tree(monkeypatch, compiled):
    """What a search began about the leaf is not said of the tree of a few points."""
    monkeypatch.setattr(proving, "MORE", -1.0)
    answers = []

    def grow(*_, instead, **__):
        leaf = Tree((Leaf(0),))
        answers.append(instead(leaf, 0.0))
        return certified.Certified(leaf, Finding((Open(),)), certified.UNKNOWN, False)

    monkeypatch.setattr(certified, "distill", grow)
    made = lp.distill(rough(1), WIDE, leaves=6, timeout=12, sample=0)
    assert answers == [True] and made.tree.leaves > 1
    assert 0 <= made.error.lower <= made.error.upper <= 1
