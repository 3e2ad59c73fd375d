"""How much of its time a proof has where what it leaves open is sampled."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.provers.test_sandwich_proofs import wide
from tests.provers.watched import Watched
from verifier.kernel.asked import ask
from verifier.model.domain import bits
from verifier.model.network import Affine, Network
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers import search as searching
from verifier.provers.options import Options
from verifier.provers.pairs import proving, pruning, search
from verifier.provers.pairs.pruning import Prices
from verifier.provers.progress import Progress
from verifier.provers.remainder import ENOUGH, LITTLE, SHARES, SHORTEST, Left, Remainder, Seen
from verifier.provers.timing import now

HALF = Seen(0.5, 0.0, 1e-6)
"""Half of all points are true, at a microsecond each."""


def left(opened: float) -> Left:
    """So much is open, and half of that is true."""
    return Left(opened, opened, 0, (1 - opened) / 2)


@pytest.mark.parametrize(
    ("opened", "rest", "least", "share"),
    [
        (0.0, 0.1, None, 1.0),  # nothing is left to sample
        (0.1, 0.1, None, 1.0),  # little more than a hundredth of the draws would do
        (0.5, 0.1, None, 0.7),  # a third of them does not fit before
        (0.5, 0.4, None, 1.0),
        (0.95, 0.1, None, 0.7),
        (0.95, 0.1, 0.1, 0.1),  # a proof that tells of little leaves its time
    ],
)
def test_a_proof_has_the_time_that_leaves_a_narrow_sample(opened, rest, least, share, clock):
    """Of a limit of which all but a ``rest`` is for a proof, however much of it that has."""
    seconds = 1000.0
    given = (1 - rest) * seconds
    sample = Remainder(seconds, now() + seconds)
    assert sample.share(HALF, given, lambda x: left(opened), least) == share


def test_a_short_limit_is_the_proofs(clock):
    seconds = SHORTEST / 2
    sample = Remainder(seconds, now() + seconds)
    assert sample.share(HALF, 0.9 * seconds, lambda x: left(0.5), None) == 1.0


@pytest.mark.parametrize("opened", [0.05, 0.3, 0.8])
@pytest.mark.parametrize("true", [0.1, 0.5])
def test_what_draws_of_cells_tell_is_what_they_vary_by(opened, true):
    """By simulation: so many draws of what is open, and of everything, and their estimates."""
    rng, many, each = np.random.default_rng(0), 400, 4000
    found = Left(opened, opened, 0, true * (1 - opened))
    whole = rng.binomial(many, true, each) / many
    within = opened * rng.binomial(many, true, each) / many
    times = Seen(true, 0.0, 1.0).times(found)  # draws that take so long take the same anywhere
    assert times == pytest.approx(within.var() / whole.var(), rel=0.1)


def test_some_draws_tell_how_many_points_are_true():
    first = Network(10, (Affine(0, np.eye(1, 10), np.array([-0.5])),))
    seen = Seen.of(ask(matter_of(bits(10), first, Tree((Leaf(0),)))))
    assert seen is not None and abs(seen.true - 0.5) < 6 * seen.off
    assert seen.off == pytest.approx(0.5 / 64, rel=0.1) and 0 < seen.each < 1


def test_what_a_pruned_tree_leaves_open_lies_in_its_cells():
    made = proving.begin(wide(), Options())
    assert made is not None
    search.grow(made, now() + 600.0, enough=2000)
    before = 1.0
    for seconds in (0.01, 0.1, 1.0):
        dear = replace(searching_costs(), point=1e9, group=1e9, listed=1e9)
        pruned = pruning.prune(made, Prices(1e-3, 1e-3, dear), seconds)
        found = pruning.left_by(made, pruned)
        assert found.open == pruned.open <= before
        assert found.open <= found.around + 1e-9 <= 1 + 2e-9
        assert 0 < found.cells <= len(made.leaves())
        assert 0 <= found.true <= 1 - found.open + 1e-9
        before = found.open


def searching_costs():
    """What things take, whatever the networks are."""
    from verifier.provers.costs import costs

    return costs([])


class Budget:
    """Nothing is to be checked until the end; and of the question draws tell what is given."""

    asked = None

    def __init__(self, end: float) -> None:
        self.end = end

    def seconds(self, closed: int, opened: int) -> float:
        return 0.0

    def left(self, closed: int, opened: int) -> float:
        return self.end - now()


@pytest.mark.parametrize(
    ("at", "closed", "remaining", "ends"),
    [
        (10.0, 1e-6, None, True),  # hardly anything will be closed, and nothing tells how far
        (10.0, 1e-6, 10.0, False),  # the last cells may hold most, and are near
        (10.0, 0.3, None, False),  # enough may be closed yet
        (60.0, 0.3, 10.0, True),  # half of its time is over
        (60.0, 0.9, 10.0, False),
    ],
)
def test_a_search_ends_where_the_sample_had_better_have_the_rest(
    at, closed, remaining, ends, clock, monkeypatch
):
    """At a time of ninety seconds of a hundred; the sample has the last ten."""
    monkeypatch.setattr(searching.Seen, "of", lambda asked: HALF)
    begun = now()
    sample = Remainder(100.0, begun + 100.0)
    made = Watched(options=Options(deadline=begun + 90.0, judged=begun, sampled=sample))
    made.closed, made.budget = searching.SEEN, Budget(begun + 90.0)
    made.held = Progress(1, 1, closed, 100.0, remaining, (closed / 2, 1 - closed / 2))
    clock.time = begun + at
    made.judge()
    assert bool(made.stalled) == ends


def test_it_is_not_looked_at_before_it_is_told_how_it_goes_on(clock, monkeypatch):
    asked = []
    monkeypatch.setattr(Remainder, "share", lambda *_: asked.append(1) or 1.0)
    monkeypatch.setattr(searching.Seen, "of", lambda asked: HALF)
    begun = now()
    sample = Remainder(100.0, begun + 100.0)
    made = Watched(options=Options(deadline=begun + 90.0, judged=begun, sampled=sample))
    made.budget, made.held = Budget(begun + 90.0), Progress(1, 1, 0.0, 0.0)
    for at, closed, times in ((1.0, 0, 0), (1.0, searching.SEEN, 1), (2.0, searching.SEEN, 1)):
        clock.time, made.closed = begun + at, closed
        made.judge()
        assert len(asked) == times
    clock.time = begun + 1.0 + searching.OFTEN * 90.0
    made.judge()
    assert len(asked) == 2


def test_constants_are_shares_in_order():
    assert list(SHARES) == sorted(SHARES, reverse=True) and SHARES[0] == 1
    assert 0 < LITTLE < 1 and 0 < ENOUGH < 1 and Fraction(ENOUGH) < 1
