"""A question about one network and trees: closed by branch and bound, the rest counted."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from tests.provers.test_following import MANY, in_a_minute, true_points, widened
from tests.provers.test_similar import chain
from verifier.kernel import checker
from verifier.model.domain import bits
from verifier.model.proof import Constant, Finding, Open, Sandwich, Split, steps
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import branch
from verifier.provers.pairs import followed, lone, proving, search, similar

HALF = Fraction(1, 2)
TREE = Tree((Inner(0, HALF, 1, 2), Leaf(0), Inner(1, HALF, 3, 4), Leaf(1), Leaf(0)))
QUESTIONS = {
    "differ": Not(Same(0, 1)),
    "both": All((ClassIs(0, 1), ClassIs(1, 0))),
    "either": Any_((ClassIs(0, 1), ClassIs(1, 0))),
}


def about(question):
    """A question about a tree and a network over fourteen bits."""
    rng, every = np.random.default_rng(5), tuple(range(14))
    bound = Bound("t", TREE, every), Bound("f", chain(rng, 14, 8, 1), every)
    return Matter(bits(14), bound, question)


@pytest.mark.parametrize("asked", QUESTIONS)
@pytest.mark.parametrize("closed", [True, False])
def test_what_is_proved_is_true(monkeypatch, asked, closed):
    """Whether branch and bound closes all cells, or leaves half of the domain to sandwiches."""
    few = about(QUESTIONS[asked])
    matter, prove = widened(few, MANY), branch.prove

    def half(domain, network, tree, options):
        if options.resume is not None:
            return Finding(options.resume)  # as if the time was over
        begun = (Split(0, 1), Open(), followed.UNASKED)
        led = prove(domain, network, tree, replace(options, resume=begun))
        return replace(led, proof=tuple(Open() if x == followed.UNASKED else x for x in led.proof))

    if not closed:
        monkeypatch.setattr(branch, "prove", half)
        monkeypatch.setattr(search, "CELLS", 40)  # so that some are counted
    found = lone.prove(matter, *in_a_minute())
    assert found is not None
    low, high = checker.verify(matter, found.proof, lenient=True).disagreements
    count = true_points(few) << MANY
    assert low <= count <= high < matter.domain.size
    assert (low == high) is closed or not closed
    if not closed:
        assert any(isinstance(x, Sandwich) for _, _, x in steps(matter.domain, found.proof))


def test_nothing_else_is_taken():
    few = about(QUESTIONS["both"])
    options, end = in_a_minute()
    assert lone.prove(few, replace(options, resume=(Open(),)), end) is None
    turned = replace(few.models[1], reads=tuple(range(13, -1, -1)))
    assert lone.prove(replace(few, models=(few.models[0], turned)), options, end) is None
    trees = Matter(few.domain, few.models[:1], ClassIs(0, 1))
    assert lone.prove(trees, options, end) is None


def test_where_little_is_closed_soon_sandwiches_have_all_of_it(monkeypatch):
    little = (Split(0, 1), Open(), Split(1, 1), Open(), Constant(0))
    monkeypatch.setattr(branch, "prove", lambda *_: Finding(little))
    assert lone.prove(about(QUESTIONS["both"]), *in_a_minute()) is None


@pytest.mark.parametrize(
    ("told", "closed", "theirs"),
    [(0.99, 0.7, True), (0.99, 0.9, False), (None, 0.0, False), (1.0, 0.0, True)],
)
def test_sandwiches_that_tell_of_far_more_at_once_have_the_time(told, closed, theirs, monkeypatch):
    """Where not all cells will be closed; with what their search has found by then."""
    matter, some, asked = about(QUESTIONS["both"]), Finding((Split(0, 1), Constant(0), Open())), []
    held = None if told is None else SimpleNamespace(undecided=lambda: 1 - told)

    def prove(domain, network, tree, options):
        if options.resume is None:
            assert options.instead(closed) == theirs
        return some

    def summed(matter, options, end, begun=None):
        asked.append((options.resume, begun))
        return Finding((Open(),))

    monkeypatch.setattr(branch, "prove", prove)
    monkeypatch.setattr(proving, "promised", lambda *_: held)
    monkeypatch.setattr(proving, "prove", summed)
    assert lone.prove(matter, *in_a_minute()) is not None
    assert [begun for _, begun in asked] == [held if theirs else None]
    assert (asked[0][0] is None) == theirs


def test_a_stop_keeps_what_was_closed(monkeypatch):
    matter = about(QUESTIONS["both"])

    def stopped(domain, network, tree, options):
        options.interrupted()
        return Finding((Open(),))

    told = []
    options, end = in_a_minute()
    monkeypatch.setattr(branch, "prove", stopped)
    found = lone.prove(matter, replace(options, interrupted=lambda: told.append(1)), end)
    assert found is not None and found.proof == (Open(),) and told == [1]
    assert similar.followers(matter) is None
