"""What a search leaves open is swept where that is soon done: all points, if that is less."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import verifier as lp
from tests.clocks import PATIENCE
from verifier.jobs import proving, sweeping
from verifier.jobs.limit import Limit
from verifier.jobs.methods import Outcome
from verifier.jobs.watching import Watch
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu, exact_classes
from verifier.model.proof import Enumerated, Finding, Open, Split
from verifier.model.question import matter_of
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.model.tree import Leaf, Tree
from verifier.provers import exhaustive
from verifier.provers.budget import speed_of
from verifier.provers.options import UNLIMITED, Options
from verifier.provers.timing import now
from verifier.writing.processors import processors

BITS = 11
NOTHING = Tree((Leaf(0),))


def bent(seed: int, columns: int = BITS) -> Network:
    rng = np.random.default_rng(seed)
    layers = (
        Affine(0, rng.normal(size=(4, columns)), rng.normal(size=4)),
        Smooth(1, "sigmoid"),
        Affine(2, rng.normal(size=(1, 4)), np.zeros(1)),
    )
    return Network(columns, layers)


def halves(depth: int) -> tuple[Split | Open, ...]:
    """All values of some first variables apart, and nothing said."""
    if not depth:
        return (Open(),)
    return (Split(BITS - depth, 1), *halves(depth - 1), *halves(depth - 1))


def test_many_small_cells_take_longer_than_all_points():
    matter = matter_of(bits(BITS), bent(0), NOTHING)
    assert exhaustive.is_cheaper(matter, Finding(halves(6)))
    assert exhaustive.is_cheaper(matter, Finding(halves(1), check=1.0))
    assert not exhaustive.is_cheaper(matter, Finding((Open(),)))
    assert not exhaustive.is_cheaper(matter, Finding((Split(0, 1), Open(), Enumerated())))


@pytest.mark.parametrize("depth", [0, 5])
def test_what_a_search_leaves_open_is_swept(depth, monkeypatch):
    left = Finding(halves(depth))
    monkeypatch.setattr(proving, "AT_ONCE", 0.0)
    monkeypatch.setattr(proving, "_prover", lambda name: lambda *_: left)
    monkeypatch.setattr(proving, "_answered", lambda *_: left)
    domain, network, other = bits(BITS), bent(1), bent(2)
    points = list(full_cell(domain).points())
    one, two = (exact_classes(x, domain, points) for x in (network, other))
    result = lp.certify(network, NOTHING, domain, timeout=PATIENCE)
    assert result.disagreements == (sum(one),) * 2
    assert result.proved.checked.cells == {"enumerated": 1}
    result = lp.ask_same(network, other, domain, timeout=PATIENCE)
    apart = sum(a != b for a, b in zip(one, two, strict=True))
    assert result.disagreements == (apart,) * 2 and 0 < apart < 1 << BITS


def test_what_was_swept_in_part_is_kept(monkeypatch):
    part = Finding((Split(0, 1), Enumerated(), Open()))
    monkeypatch.setattr(proving, "AT_ONCE", 0.0)
    monkeypatch.setattr(proving, "_prover", lambda name: lambda *_: Finding(halves(5)))
    monkeypatch.setattr(exhaustive, "sweep", lambda *_: part)
    domain = bits(BITS)
    assert exhaustive.open_points(matter_of(domain, bent(1), NOTHING), part.proof) == 1 << BITS - 1
    result = lp.certify(bent(1), NOTHING, domain, timeout=PATIENCE, sample=0)
    low, high = result.disagreements
    assert result.proved.checked.points_enumerated == 1 << BITS - 1 and 0 < low <= high < 1 << BITS


def test_a_question_that_cannot_be_swept_after_all_is_summed(monkeypatch):
    left, whole = Finding((Open(),)), Finding((Enumerated(),))
    monkeypatch.setattr(proving, "_answered", lambda *_: left)
    monkeypatch.setattr(exhaustive, "sweep", lambda *_: left)
    monkeypatch.setattr(proving, "_summed", lambda *_: whole)
    result = lp.ask_same(bent(1), bent(2), bits(BITS), timeout=PATIENCE)
    assert result.disagreements[0] == result.disagreements[1] > 0


@pytest.mark.parametrize(("points", "kept"), [(5, True), (4, False), (1, False)])
def test_a_sweep_that_comes_to_no_end_stands_where_it_leaves_less_open(points, kept, monkeypatch):
    """Of eight parts growth has closed four, and the sweep so many."""
    swept = iter(range(points))
    steps = tuple(
        Enumerated() if isinstance(x, Open) and next(swept, None) is not None else x
        for x in halves(3)
    )
    grown = iter(range(4))
    left = tuple(
        Enumerated() if isinstance(x, Open) and next(grown, None) is not None else x
        for x in halves(3)
    )
    monkeypatch.setattr(proving, "sweep", lambda *_: Finding(steps))
    matter = matter_of(bits(BITS), bent(1), NOTHING)
    found = proving.swept_if_open(matter, Finding(left), Limit(PATIENCE, now()), Watch())
    assert found.proof == (steps if kept else left)


@pytest.mark.parametrize(("share", "free"), [(0.5, True), (0.9, False)])
def test_growing_a_tree_leaves_time_for_a_sweep(share, free, monkeypatch):
    """Where it takes no more than there is; else it has the time that it always had."""
    seen = []

    def grown(method, about, options, deadline, units):
        seen.append(deadline)
        return Outcome(NOTHING, None, True)

    monkeypatch.setattr("verifier.jobs.distill.find", grown)
    monkeypatch.setattr(exhaustive, "timed", lambda matter, left: share * PATIENCE)
    before = now()
    lp.distill(bent(1), bits(BITS), method="certified", timeout=PATIENCE, sample=0)
    assert (seen[0] - before < 0.6 * PATIENCE) == free


def test_what_a_long_sweep_takes_is_told_by_a_block(monkeypatch):
    small = matter_of(bits(BITS), bent(1), NOTHING)
    assert exhaustive.timed(small, 60.0) == exhaustive.expected(small)
    monkeypatch.setattr(exhaustive, "MOMENT", 0.0)
    monkeypatch.setattr(exhaustive, "_measured", lambda search: 1.0)
    whole = exhaustive.FIXED + exhaustive.SAFETY * 2**BITS
    count = processors()
    assert exhaustive.timed(small, 60.0) == pytest.approx(
        whole * speed_of(count) / speed_of(count, helped=True)
    )
    monkeypatch.setattr(exhaustive, "HELPED", whole)  # too little for helpers
    assert exhaustive.timed(small, 60.0) == whole
    assert exhaustive.timed(small, 0.001) == exhaustive.expected(small)


@pytest.mark.parametrize(("each", "most"), [(4e-5, 14), (4e-6, 17), (1e-9, 20)])
def test_what_cannot_be_folded_is_not_measured_for_a_minute(each, most, monkeypatch):
    """A large block is gone through if it takes but a moment: 30 s went by for its 2^20 points."""
    seen, clock = [], [0.0]

    def enumerated(search, *cells):
        seen.extend(cell.size for cell in cells)
        clock[0] += each * sum(cell.size for cell in cells)

    monkeypatch.setattr(exhaustive, "_enumerated", enumerated)
    monkeypatch.setattr(exhaustive, "speed_of", lambda *_, **__: 1.0)
    monkeypatch.setattr(exhaustive, "thread_time", lambda: clock[0])
    monkeypatch.setattr(exhaustive, "granted", lambda *_: 1.0)
    monkeypatch.setattr(exhaustive, "expected", lambda matter: 10.0)
    found = exhaustive.timed(matter_of(bits(30), bent(1, 30), NOTHING), 8.0)
    assert seen[0] == exhaustive.TRIED and seen[-1] == 1 << most
    assert clock[0] < 2 * exhaustive.MOMENT
    whole = each * 2**30 * exhaustive.SAFETY
    assert (
        0.5 * whole < found - exhaustive.FIXED < 1.01 * whole
    )  # of a small block a part is not for its points


def test_the_speed_of_a_sweep_is_told_by_blocks_from_all_over(monkeypatch):
    """Each takes by how many values its first part has left; the first one says little."""
    clock = [0.0]

    def enumerated(search, *cells):
        clock[0] += sum((1e-8 if cell.parts[0] & 1 else 7e-8) * cell.size for cell in cells)

    monkeypatch.setattr(exhaustive, "_enumerated", enumerated)
    monkeypatch.setattr(exhaustive, "thread_time", lambda: clock[0])
    monkeypatch.setattr(exhaustive, "granted", lambda *_: 1.0)
    monkeypatch.setattr(exhaustive, "expected", lambda matter: 10.0)
    monkeypatch.setattr(exhaustive, "PLACES", 64)
    monkeypatch.setattr(exhaustive, "halved", lambda asked, cell: _first_half(cell))
    found = exhaustive.timed(matter_of(bits(30), bent(1, 30), NOTHING), 80.0)
    whole = 4e-8 * 2**30 * exhaustive.SAFETY / speed_of(processors(), helped=True)
    assert found - exhaustive.FIXED == pytest.approx(whole, rel=0.3)


def _first_half(cell):
    """The first variable of which both values are left, and 0."""
    return next((i, 1) for i, part in enumerate(cell.parts) if part == 3)


def test_seconds_by_the_clock_are_not_compared_with_those_of_a_processor(monkeypatch):
    matter = matter_of(bits(BITS), bent(0), NOTHING)
    whole = exhaustive.expected(matter) - exhaustive.FIXED
    found = Finding((Enumerated(),), check=0.0)
    assert not exhaustive.is_cheaper(matter, found)
    monkeypatch.setattr(exhaustive, "speed_of", lambda count: 100.0)
    assert exhaustive.is_cheaper(matter, Finding((Enumerated(),), check=whole))
    monkeypatch.setattr(exhaustive, "speed_of", lambda count: 1e-3)
    assert not exhaustive.is_cheaper(matter, Finding((Enumerated(),), check=whole))


@pytest.mark.parametrize(("seconds", "started"), [(4.0, 1), (2.0, 0), (30.0, 0)])
def test_helpers_are_there_for_a_long_sweep_that_is_kept_free(seconds, started, monkeypatch):
    begun = []
    monkeypatch.setattr(exhaustive, "timed", lambda *_: seconds)
    monkeypatch.setattr(sweeping, "start_helpers", lambda: begun.append(1))
    matter = matter_of(bits(BITS), bent(0), NOTHING)
    kept = sweeping.kept_free(matter, Watch(), now() + 10.0)
    assert (len(begun), kept > 0) == (started, seconds < 8)


STAIRCASES = (
    Affine(0, np.ones((1, BITS)), np.zeros(1)),
    Steps(1, np.array([[5.5]]), np.zeros(1)),
    Affine(2, np.ones((1, 1)), np.array([-0.5])),
)


@pytest.mark.parametrize(
    ("network", "seconds", "kept"),
    [
        (Network(BITS, STAIRCASES), 6.0, 6.0),
        (Network(BITS, STAIRCASES), 30.0, 9.0),
        (Network(BITS, STAIRCASES), 60.0, 0.0),
        (bent(0), 6.0, 6.0),
        (bent(0), 12.0, 9.0),
        (bent(0), 30.0, 0.0),
    ],
)
def test_most_points_are_swept_where_all_take_too_long(network, seconds, kept, monkeypatch):
    """A network of 2^27 points whose sweep takes 8.3 of 10 s was searched to the end for an
    interval of 0.1 to 0.6; of staircases, which tell of large cells nothing, fewer are enough."""
    monkeypatch.setattr(exhaustive, "timed", lambda *_: seconds)
    monkeypatch.setattr(sweeping, "start_helpers", lambda: None)
    spare = sweeping.kept_free(matter_of(bits(BITS), network, NOTHING), Watch(), now() + 10.0)
    assert spare == pytest.approx(kept, abs=0.1)


@pytest.mark.parametrize(("share", "times"), [(1.0, 1.0), (0.25, 4.0), (0.0, 50.0)])
def test_what_else_a_process_does_does_not_make_a_sweep_seem_long(share, times, monkeypatch):
    """A search that was just ending, and helpers that were starting, made it three times as long,
    so a third of the points was swept: what counts is what other processes leave."""
    used = [0.0]

    def enumerated(search, *cells):
        used[0] += 0.5

    monkeypatch.setattr(exhaustive, "_enumerated", enumerated)
    monkeypatch.setattr(exhaustive, "thread_time", lambda: used[0])
    monkeypatch.setattr(exhaustive, "granted", lambda since, threads: share)
    search = exhaustive.Sweep(options=UNLIMITED, matter=matter_of(bits(BITS), bent(1), NOTHING))
    cell = full_cell(bits(BITS))
    assert exhaustive._timed(search, cell, cell) == times * 0.5 / (2 << BITS)


@pytest.mark.parametrize(
    ("seconds", "points", "stalled", "instead"),
    [
        (40.0, 1 << BITS - 2, True, True),
        (60.0, 1 << BITS - 2, True, False),  # too few for it to be tried
        (40.0, 1 << BITS - 4, True, False),  # or because it took longer than was expected
        (40.0, 1 << BITS - 2, False, False),
    ],
)
def test_where_a_search_told_of_next_to_nothing_some_points_are_swept(
    seconds, points, stalled, instead, monkeypatch
):
    """Of a network of 64 + 64 neurons on 2^26 points next to nothing was told in half of the time,
    and in the rest an eighth of the points can be swept."""
    part: tuple[Split | Open | Enumerated, ...] = (Enumerated(),)
    while points < 1 << BITS:
        part, points = (Split(BITS - points.bit_length(), 1), *part, Open()), 2 * points
    swept = Finding(part, ((0,) * BITS,), check=1.0)
    monkeypatch.setattr(exhaustive, "expected", lambda _: seconds)
    monkeypatch.setattr(exhaustive, "sweep", lambda *_: swept)
    monkeypatch.setattr(sweeping, "start_helpers", lambda: None)
    found, matter = Finding((Open(),), stalled=stalled), matter_of(bits(BITS), bent(0), NOTHING)
    told = sweeping.swept_instead(matter, Watch(), Options(), now() + 10.0, found)
    assert (told.proof == swept.proof) == instead != (told == found)
    assert told == found or (told.counterexamples and not told.stalled)


def test_every_search_that_told_of_nothing_leaves_its_time_to_a_sweep(monkeypatch):
    """Of a network and a tree, and of any question."""
    left = Finding((Open(),), stalled=True)
    monkeypatch.setattr(proving, "AT_ONCE", 0.0)
    monkeypatch.setattr(proving, "kept_free", lambda *_: 0.0)
    monkeypatch.setattr(proving, "_closed_or_summed", lambda *_: (proving.Prover.BRANCH, left))
    monkeypatch.setattr(proving, "_summed", lambda *_: left)
    domain, network, other = bits(BITS), plain(1), plain(2)
    for result in (
        lp.certify(network, NOTHING, domain, timeout=PATIENCE),
        lp.ask_same(network, other, domain, timeout=PATIENCE),
    ):
        assert result.proved.checked.cells == {"enumerated": 1}


def plain(seed: int) -> Network:
    """A network of ReLUs, which the compiled search takes."""
    rng = np.random.default_rng(seed)
    layers = Affine(0, rng.normal(size=(4, BITS)), rng.normal(size=4)), Relu(1)
    return Network(BITS, (*layers, Affine(2, rng.normal(size=(1, 4)), np.zeros(1))))


def staircases(columns: int) -> Network:
    """A network whose first two inputs decide, quantised to eight steps, and others disturb."""
    weight = np.array([[8.0, *[0.25] * (columns - 1)], [0.0, 8.0, *[0.25] * (columns - 2)]])
    layers = (
        Affine(0, weight, np.zeros(2)),
        Steps(1, np.tile(np.arange(1.0, 9.0), (2, 1)), np.zeros(2)),
        Affine(2, np.ones((1, 2)), np.array([-9.5])),
    )
    return Network(columns, layers)


def test_what_has_staircases_is_asked_of_the_kernel_where_time_is_limited(monkeypatch):
    monkeypatch.setattr(proving, "AT_ONCE", 0.0)
    monkeypatch.setattr(exhaustive, "timed", lambda *_: 1e9)  # too many points for a sweep
    network, domain = staircases(BITS), bits(BITS)
    result = lp.certify(network, NOTHING, domain, timeout=PATIENCE, sample=0)
    said = result.to_dict()
    assert said["prover"] == "questions" and said["cells"]["constant"] > 1
    differ = sum(exact_classes(network, domain, full_cell(domain).points()))
    assert result.error == (Fraction(differ, domain.size),) * 2
