"""Sampling where variables are continuous: tiny boxes, against the exact measure."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from scipy import stats

from tests.brute_intervals import classes, measure, numbers, random_variables
from tests.every import EVERY, seeds
from tests.kernel.test_intervals import matter_of, random_matter, random_proof, threshold, unit
from verifier.chance.draws import drawing
from verifier.kernel import boxes, checker
from verifier.kernel.boxes import boxed, refined, truths_in
from verifier.kernel.population import population, summed
from verifier.kernel.prepared import parts_of
from verifier.kernel.sampling import KEYED, confirm, key_of, off, sample
from verifier.kernel.starting import begun
from verifier.kernel.truths import FALSE, TRUE, UNKNOWN
from verifier.kernel.undecided import group
from verifier.model.cell import Cell, full_cell
from verifier.model.chances import Runs
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.network import Affine, Network, Relu, Scale
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Open, Split
from verifier.model.question import truth
from verifier.model.sample import Plan, Sample
from verifier.model.smooth import Smooth
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.sandwiches import propose

HASHES = dict.fromkeys(KEYED, "0" * 64)


def left(matter, proof, **options):
    """What a check of a proof leaves open."""
    asked = checker.prepared(matter)
    verdict = checker.verify(matter, proof, asked=asked, **options)
    return verdict, population(asked, verdict, verdict.checked.left)


def with_tree(matter, rng):
    """The same with a domain tree that tests one of the variables."""
    free = [i for i, v in enumerate(matter.domain.variables) if v.count > 1]
    if not free:
        return matter
    i = rng.choice(free)
    v = matter.domain.variables[i]
    at = rng.randrange(1, v.count)

    def leaf(start, stop, weight):
        cuts = sorted({start, stop, *(x for x in getattr(v, "starts", ()) if start < x < stop)})
        runs = [(b - a, Fraction(1, len(cuts) - 1)) for a, b in pairwise(cuts)]
        chances = [None] * len(matter.domain.variables)
        chances[i] = Runs(start, tuple(runs))
        return GivenLeaf(weight, tuple(chances))

    third = Fraction(rng.randrange(1, 3), 3)
    nodes = GivenTest(i, range(at), 1, 2), leaf(0, at, third), leaf(at, v.count, 1 - third)
    domain = Domain(matter.domain.variables, Given(nodes))
    return replace(matter, domain=domain)


def problem(seed):
    rng = random.Random(seed)
    matter = random_matter(rng, seed)
    matter = with_tree(matter, rng) if seed % 3 == 0 else matter
    return matter, random_proof(rng, matter.domain, rng.randrange(1, 5))


def test_intervals_hold_the_exact_measure_as_often_as_is_said():
    delta, tried, missed, narrower = Fraction(1, 5), 0, 0, 0
    for seed in range(240 if EVERY else 120):
        matter, proof = problem(seed)
        verdict, found = left(matter, proof, lenient=True)
        if not found.pieces:
            continue
        plan = Plan(40, delta, str(seed), "plain" if seed % 5 == 0 else "pooled", block=16)
        drawn = sample(found, plan, key_of(HASHES, plan))
        room = Fraction(1, 1 << 49)  # the ends are rounded outward
        assert verdict.error[0] - room <= drawn.lower <= drawn.upper <= verdict.error[1] + room
        assert drawn.undecided is not None and drawn.seen + drawn.undecided <= 40
        exact = measure(matter)
        tried += 1
        missed += not drawn.lower <= exact <= drawn.upper
        narrower += drawn.upper - drawn.lower < verdict.error[1] - verdict.error[0]
    assert tried > (100 if EVERY else 50) and narrower > tried // 3
    assert stats.binom.sf(missed - 1, tried, float(delta)) > 1e-3


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_the_boxes_are_the_same_measure_and_are_decided_as_their_points_are(seed, monkeypatch):
    if seed % 2:
        monkeypatch.setattr(boxes, "FINEST", 1)  # large boxes, of which many are not decided
    rng = random.Random(seed)
    matter = random_matter(rng, seed, 1 + seed % 2)
    matter = with_tree(matter, rng) if seed % 3 == 0 else matter
    _, found = left(matter, (Open(),))
    fine = boxed(found)
    assert fine.mass == found.mass == found.open_mass == 1
    assert boxed(found.everything).mass == 1
    assert [x.place.leaf for x in fine.pieces] == [x.place.leaf for x in found.pieces]
    domain = fine.asked.domain
    for old, new in zip(found.pieces, fine.pieces, strict=True):
        held = domain.weight_within(new.place.part, new.place.leaf)
        assert held == new.weight
        assert Fraction(held, domain.total_weight) == Fraction(
            old.weight, matter.domain.total_weight
        )
    drawn = drawing(b"k", 40, [x.weight for x in fine.pieces], fine.axes())
    assert off(fine) >= drawn.off
    _, points = drawn.block(0)
    said = truths_in(fine.asked, points)
    for point, own in zip(points.tolist(), said.tolist(), strict=True):
        box = Cell(tuple(range(x, x + 1) for x in point))
        assert domain.possible(tuple(point))
        for _ in range(4 if own != UNKNOWN else 0):
            x = numbers(rng, domain, box)
            assert truth(matter.question, classes(matter, x)) == (own == TRUE)


def far_apart(bend=None):
    """A matter of numbers of very different sizes, an income and a third, scaled."""
    rng = np.random.default_rng(8)
    income = Continuous("income", Fraction(5380), (Run(7, Fraction(13251), Fraction(1)),))
    third = Ordinal("third", Fraction(1, 3), Fraction(1, 3), 9, uniform(9))
    ones = np.ones(2)
    layers = (
        Affine(0, np.eye(2), np.array([-24949.06, -1.7])),
        Scale(1, ones, np.array([13492.5, 0.8]), 0 * ones),
        Affine(2, rng.normal(size=(8, 2)), rng.normal(size=8) / 4),
        bend or Relu(3),
        Affine(4, rng.normal(size=(2, 8)), np.zeros(2)),
    )
    domain = Domain((income, third))
    return matter_of(domain, Network(2, layers), Tree((Leaf(1),)))


def test_boxes_of_numbers_of_very_different_sizes_are_decided(monkeypatch):
    """In floats, where fixed point cannot tell: every class is what it is at points of the box."""
    matter, rng = far_apart(), random.Random(3)
    _, found = left(matter, (Open(),))
    fine = boxed(found)
    _, points = drawing(b"k", 400, [x.weight for x in fine.pieces], fine.axes()).block(0)
    said = truths_in(fine.asked, points)
    assert set(said.tolist()) == {FALSE, TRUE}
    for point, own in zip(points.tolist(), said.tolist(), strict=True):
        box = Cell(tuple(range(x, x + 1) for x in point))
        x = numbers(rng, fine.asked.domain, box)
        assert truth(matter.question, classes(matter, x)) == (own == TRUE)
    monkeypatch.setattr("verifier.kernel.points.leading", lambda p: ())
    assert UNKNOWN in truths_in(fine.asked, points)
    monkeypatch.setattr(boxes, "FINEST", 1)  # large ones: nothing is said of more than is so
    fine = boxed(found)
    _, points = drawing(b"k", 400, [x.weight for x in fine.pieces], fine.axes()).block(0)
    monkeypatch.undo()
    for point, own in zip(points.tolist(), truths_in(fine.asked, points).tolist(), strict=True):
        box = Cell(tuple(range(x, x + 1) for x in point))
        for _ in range(3 if own != UNKNOWN else 0):
            x = numbers(rng, fine.asked.domain, box)
            assert truth(matter.question, classes(matter, x)) == (own == TRUE)


def test_so_are_those_of_smooth_networks(monkeypatch):
    matter, rng = far_apart(Smooth(3, "tanh")), random.Random(3)
    _, found = left(matter, (Open(),))
    fine = boxed(found)
    _, points = drawing(b"k", 4000, [x.weight for x in fine.pieces], fine.axes()).block(0)
    said = truths_in(fine.asked, points)
    assert set(said.tolist()) == {FALSE, TRUE}
    first, by, second, _, last = matter.models[0].model.layers
    for point, own in zip(points.tolist()[:400], said.tolist(), strict=False):
        box = Cell(tuple(range(x, x + 1) for x in point))
        x = np.array([float(v) for v in numbers(rng, fine.asked.domain, box)])
        hidden = np.tanh(second.weight @ ((x + first.bias) / by.divisor) + second.bias)
        low, high = last.weight @ hidden
        assert (high <= low) == (own == TRUE) or abs(high - low) < 1e-6
    monkeypatch.setattr("verifier.kernel.points.leading", lambda p: ())
    assert UNKNOWN in truths_in(fine.asked, points)


def test_numbers_too_large_for_floats_are_left_as_they_are():
    large = np.full((1, 1), 2.0**90)
    layers = (Affine(0, large, np.zeros(1)), Affine(1, large, np.zeros(1)), Relu(2))
    matter = matter_of(Domain((unit(1),)), Network(1, layers), Tree((Leaf(0),)))
    asked = boxed(left(matter, (Open(),))[1]).asked
    assert begun(asked.nets[0].p, parts_of([full_cell(asked.domain)])) == []
    assert truths_in(asked, np.array([[0], [1 << 31]])).tolist() == [UNKNOWN, TRUE]


def test_what_a_file_states_of_boxes_stands_where_fewer_are_undecided_now(monkeypatch):
    """Kernels differ in how many they decide: what one stated that decided less is still true."""
    matter = far_apart()
    _, found = left(matter, (Open(),))
    plan = Plan(3000, Fraction(1, 1000))
    key = key_of(HASHES, plan)
    monkeypatch.setattr("verifier.kernel.points.leading", lambda p: ())
    before = sample(found, plan, key)
    monkeypatch.undo()
    now = sample(found, plan, key)
    assert now.undecided == 0 < before.undecided and before.seen < now.seen

    def stated(x):
        return Sample(plan, x.seen, x.lower, x.upper, undecided=x.undecided)

    assert sample(found, plan, key, stated=stated(before)) == before
    assert sample(found, plan, key, stated=stated(now)) == now
    few = replace(stated(before), seen=now.seen + 1)  # too many are true, or possibly so
    less = replace(stated(before), undecided=now.seen - before.seen - 1)
    many = replace(
        stated(before), undecided=3001 - before.seen
    )  # more than were drawn: no such interval
    for forged in (few, less, many, replace(stated(now), seen=now.seen - 1)):
        assert sample(found, plan, key, stated=forged) == now
        with pytest.raises(InvalidProof, match="states"):
            confirm(forged, now)


def test_a_box_on_the_boundary_is_undecided_and_counts_for_both_ends(monkeypatch):
    monkeypatch.setattr(boxes, "FINEST", 1)
    domain = Domain((unit(1),))
    matter = matter_of(domain, threshold(Fraction(3, 4)), Tree((Leaf(0),)))  # differs above 3/4
    _, found = left(matter, (Open(),))
    fine = boxed(found)
    assert truths_in(fine.asked, np.array([[0], [1]])).tolist() == [FALSE, UNKNOWN]
    plan = Plan(400, Fraction(1, 1000))
    drawn = sample(found, plan, key_of(HASHES, plan))
    assert drawn.seen == 0 and 150 < drawn.undecided < 250
    assert drawn.lower == 0 and Fraction(1, 2) < drawn.upper < Fraction(7, 10)
    assert boxed(found).asked is fine.asked  # made once
    monkeypatch.setattr(boxes, "FINEST", 32)
    _, found = left(matter, (Open(),))
    drawn = sample(found, plan, key_of(HASHES, plan))
    assert drawn.undecided == 0 and 60 < drawn.seen < 140
    assert drawn.lower < Fraction(1, 4) < drawn.upper < Fraction(2, 5)


def test_trees_keep_their_cuts():
    domain = Domain((unit(4), unit(3, "y")))
    inner = Inner(1, Fraction(2, 3), 3, 4)
    tree = Tree((Inner(0, Fraction(1, 4), 1, 2), Leaf(0), inner, Leaf(1), Leaf(0)))
    never = Network(2, (Affine(0, np.zeros((1, 2), np.float32), np.array([-1], np.float32)),))
    _, found = left(matter_of(domain, never, tree), (Open(),))
    plan = Plan(2000, Fraction(1, 10**6))
    drawn = sample(found, plan, key_of(HASHES, plan))
    assert drawn.undecided == 0 and drawn.lower < Fraction(1, 2) < drawn.upper


def beside_sandwiches(seed):
    """A network over an interval or two, Sandwiches of some cells, and what they leave."""
    matter, proof = with_sandwiches(seed)
    return (matter, *left(matter, proof))


def with_sandwiches(seed):
    """The question and the proof."""
    rng = random.Random(seed)
    domain = Domain(random_variables(rng, 1 + seed % 2, rng.randrange(2)))
    columns = domain.columns
    matrix = np.array([[rng.gauss(0, 1) for _ in range(columns)] for _ in range(3)])
    out = Affine(2, np.array([[1.0, -1.0, 0.5]]), np.array([rng.gauss(0, 1)]))
    network = Network(columns, (Affine(0, matrix, np.zeros(3)), Relu(1), out))
    column = rng.randrange(columns)
    at = domain.variables[column].number(rng.randrange(domain.variables[column].count))
    matter = matter_of(domain, network, Tree((Inner(column, at, 1, 2), Leaf(0), Leaf(1))))
    cells, proof = [Cell(tuple(v.whole for v in domain.variables))], []
    i = rng.randrange(len(domain.variables))
    if domain.variables[i].count > 1:
        cut = rng.randrange(domain.variables[i].count - 1)
        cells, proof = list(cells[0].split(i, cut)), [Split(i, cut)]
    asked = checker.prepared(matter)
    steps = propose(asked, cells, (0,), bins=rng.choice((8, 64)))
    proof += [step or Open() for step in steps]
    return matter, tuple(proof)


def test_what_sandwiches_leave_of_intervals_is_drawn_as_it_weighs():
    """Every piece's tuples that are undecided, and no others, each as often as it weighs."""
    pieces, drawn = 0, 5000
    for seed in range(30):
        matter, _, found = beside_sandwiches(seed)
        fine = boxed(found)
        assert [x.place.leaf for x in fine.parted] == [x.place.leaf for x in found.parted]
        assert off(fine) < Fraction(1, 1 << 28)
        for x in found.parted:
            held = summed(found.asked, x)
            every = {}
            for point in product(*x.place.part.parts):
                at = _bins(matter.domain, x, point, held.sums)
                if not any(a <= at < b for a, b in held.decided):
                    every[point] = matter.domain.weight(point)
            assert sum(every.values()) == x.weight
            tables = group([held])
            words = np.random.default_rng(seed).integers(
                0, 1 << 64, size=(tables.words, drawn), dtype=np.uint64
            )
            points, _ = tables.draw(np.zeros(drawn, dtype=np.int64), words)
            times = Counter(map(tuple, points.tolist()))
            assert set(times) <= set(every)
            wanted = {p: drawn * w / x.weight for p, w in every.items()}
            apart = sum((times[p] - n) ** 2 / n for p, n in wanted.items() if n)
            assert stats.chi2.sf(apart, max(1, len(every) - 1)) > 1e-6
            pieces += 1
    assert pieces > 20


def _bins(domain, x, point, sums):
    """The sum of bins of a tuple of pieces, each from its own least contribution."""
    found = 0
    for i, (v, k) in enumerate(zip(domain.variables, point, strict=True)):
        part, n = x.place.part.parts[i], x.step.form[domain.offsets[i]] * sums.unit
        ends = [n * y for y in v.hull(part.start, part.stop - 1)]
        here = [n * y for y in v.hull(k, k)]
        found += (min(here) - min(ends)) // sums.width
    return found


def test_boxes_beside_sandwiches_hold_the_measure_as_often_as_is_said():
    delta, tried, missed, narrower = Fraction(1, 5), 0, 0, 0
    for seed in range(0, 240, 2):  # of one interval the measure is known exactly
        matter, verdict, found = beside_sandwiches(seed)
        if not found.parted:
            continue
        plan = Plan(60, delta, str(seed), block=16)
        drawn = sample(found, plan, key_of(HASHES, plan))
        tried += 1
        missed += not drawn.lower <= measure(matter) <= drawn.upper
        narrower += drawn.upper - drawn.lower < verdict.error[1] - verdict.error[0]
        assert drawn.undecided is not None
    assert tried > 40 and narrower > tried // 3
    assert stats.binom.sf(missed - 1, tried, float(delta)) > 1e-3


def test_a_box_of_a_piece_is_any_of_its_boxes():
    words = np.random.default_rng(3).integers(0, 1 << 64, size=(1, 8000), dtype=np.uint64)
    found = refined(np.full((8000, 2), 5), (8, 1), words)
    assert set(found[:, 1].tolist()) == {5}
    held = np.bincount(found[:, 0] - 40, minlength=8)
    assert held.sum() == 8000 and abs(held - 1000).max() < 150
