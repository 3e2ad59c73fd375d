"""Sampling what is open: the population is exactly what is undecided, and draws follow it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import stats

from tests.brute_claims import random_proof, sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of as brute_matter_of
from tests.certificates.matters import file
from tests.certificates.sandwich_mutations import random_proof as sandwich_proof
from tests.every import seeds
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.provers.matters import random_cell
from verifier.chance.confidence import clopper_pearson
from verifier.chance.draws import Axis, drawing, stream, times
from verifier.kernel import judging
from verifier.kernel.checker import prepared, verify
from verifier.kernel.population import axis_of, population, summed
from verifier.kernel.sampling import is_true_at, key_of, off, sample
from verifier.kernel.sums import Ramp, binned
from verifier.kernel.undecided import Run, Summed, group, together
from verifier.model.cell import full_cell
from verifier.model.chances import Listed, Runs
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof
from verifier.model.network import exact_classes
from verifier.model.ordinal import Ordinal
from verifier.model.overlay import classify
from verifier.model.part import values
from verifier.model.proof import Open
from verifier.model.question import truth
from verifier.model.sample import BLOCK, Plan
from verifier.reading.certificate import certificate_of

PARTS = "domain.json", "models.json", "weights.bin", "question.json", "proof.bin"
HASHES = dict.fromkeys(PARTS, "0" * 64)


def checked(matter, proof):
    """What a check finds in a proof, and what it leaves open."""
    asked = prepared(matter)
    verdict = verify(matter, proof, asked=asked)
    return asked, verdict, population(asked, verdict, verdict.checked.left)


def bins_of(held, point):
    """The sum of bins of a point, by the definition."""
    total = 0
    for i, own in held.sums.variables:
        if isinstance(own, Ramp):
            part = own.part
            rank = part.stop - 1 - point[i] if own.reverse else point[i] - part.start
            total += own.slope * rank // held.sums.width
        else:
            total += dict(own)[point[i]]
    return total


def undecided_points(asked, piece):
    """The points of a piece that no stretch decides."""
    decided = None if piece.step is None else summed(asked, piece)
    for point in product(*map(values, piece.place.part.parts)):
        if decided is None or not any(a <= bins_of(decided, point) < b for a, b in decided.decided):
            yield point


def compare_with_every_tuple(asked, verdict, found):
    """Undecided, settled and true by looking at every tuple of every piece."""
    domain, total = asked.domain, asked.domain.total_weight
    shares = [x for by in verdict.leaves.values() for x in by.items()]
    firm = ("proved", "enumerated", "sandwich")
    left = sum(x.weight for status, x in shares if status not in firm)
    assert found.mass == found.open_mass == Fraction(left, total)
    true = 0
    seen = set()
    for piece in found.pieces:
        points = list(undecided_points(asked, piece))
        assert not seen & set(points)
        seen |= set(points)
        assert all(domain.leaf_of(point) == piece.place.leaf for point in points)
        assert sum(map(domain.weight, points)) == piece.weight > 0
        yes = is_true_at(asked, np.array(points))
        pairs = zip(points, yes, strict=True)
        true += sum(domain.weight(point) for point, is_yes in pairs if is_yes)
    return found.settled + Fraction(true, total)


def exactly(asked, points):
    """The classes of all models at some points: of networks in integers, by no enclosure."""
    columns = {m: [classify(tree, x) for x in points] for m, tree in asked.trees.items()}
    for m, net in asked.nets.items():
        own = [tuple(x[i] for i in net.reads) for x in points]
        columns[m] = exact_classes(net.p.teacher, net.p.domain, own)
    rows = np.array(points)
    columns |= {m: forest.classes_at(forest.points(rows)) for m, forest in asked.forests.items()}
    return list(zip(*(columns[m] for m in range(len(asked.names))), strict=True))


def true_probability(matter, asked):
    """The probability of the question, by evaluating every point exactly."""
    domain = matter.domain
    every = [p for p in full_cell(domain).points() if domain.possible(p)]
    classes = exactly(asked, every)
    yes = [p for p, own in zip(every, classes, strict=True) if truth(matter.question, own)]
    return Fraction(sum(map(domain.weight, yes)), domain.total_weight)


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_what_sandwiches_leave_is_what_is_drawn_from(seed):
    rng = np.random.default_rng([seed, 16])
    matter = random_sandwich_matter(rng, 200)
    try:
        asked, verdict, found = checked(matter, sandwich_proof(rng, matter))
    except InvalidProof:  # beside cells of much larger numbers float64 shows less
        return
    assert compare_with_every_tuple(asked, verdict, found) == true_probability(matter, asked)


@pytest.mark.parametrize("seed", seeds(range(7000, 7080)))
def test_what_other_steps_leave_is_what_is_drawn_from(seed, monkeypatch):
    monkeypatch.setattr(judging, "UPHOLD", 0)
    rng = random.Random(seed)
    members = random_members(rng)
    proof = random_proof(rng, brute_matter_of(members))
    c = certificate_of(file(sealed(members, proof, [])))
    try:
        asked, verdict, found = checked(c.matter, c.proof)
    except InvalidProof:  # a true step that bounds do not show
        return
    assert compare_with_every_tuple(asked, verdict, found) == true_probability(c.matter, asked)


def sandwiched(count, limit=200):
    """Populations with pieces that Sandwiches decide in part."""
    for seed in range(1000):
        rng = np.random.default_rng([seed, 16])
        matter = random_sandwich_matter(rng, limit)
        try:
            _, _, found = checked(matter, sandwich_proof(rng, matter))
        except InvalidProof:
            continue
        if found.parted:
            yield found
            count -= 1
        if not count:
            return


def test_what_sums_leave_undecided_is_drawn_by_its_weight():
    """Only that, all of it, and as often as its weight says."""
    least = 1.0
    for found in sandwiched(25):
        pieces = found.parted
        tables = group([summed(found.asked, x) for x in pieces])
        words = stream(b"draws", 7, 4000 * tables.words).reshape(tables.words, 4000)
        domain = found.asked.domain
        for number, piece in enumerate(pieces):
            chances = domain.distributions(piece.place.leaf)
            mass = domain.weight_within(piece.place.part, piece.place.leaf)
            share = Fraction(piece.weight, mass)
            assert tables.ways[0][number, 0] == pytest.approx(float(share), rel=1e-12)
            assert len(chances) == len(tables.choices)
            drawn = tables.draw(np.full(4000, number), words)[0]
            counts = Counter(map(tuple, drawn.tolist()))
            every = {p: domain.weight(p) for p in undecided_points(found.asked, piece)}
            assert set(counts) <= {p for p, weight in every.items() if weight}
            expected = {p: 4000 * w / piece.weight for p, w in every.items() if w}
            many = [p for p, n in expected.items() if n >= 5]
            rest = [4000 - sum(x[p] for p in many) for x in (counts, expected)]
            seen = [counts[p] for p in many] + ([rest[0]] if rest[1] >= 5 else [])
            wanted = [expected[p] for p in many] + ([rest[1]] if rest[1] >= 5 else [])
            if len(seen) > 1:
                scale = sum(seen) / sum(wanted)
                least = min(least, stats.chisquare(seen, [scale * x for x in wanted]).pvalue)
        assert 0 < off(found) < Fraction(1, 1 << 30)
    assert least > 1e-4


def test_bins_of_long_ranges_are_drawn_before_their_values():
    """Two ordinals of 2^20 numbers of two probabilities each, one of them counted backward."""
    runs = ((1 << 19, Fraction(1, 4)), (1 << 19, Fraction(3, 4)))
    v = Ordinal("x", Fraction(0), Fraction(1), 1 << 20, runs)
    domain = Domain((v, replace(v, name="y")))
    part = full_cell(domain)
    sums = binned(domain, part, (-3, 2), 1 << 10)
    decided = (0, 3000), (3100, sums.top + 1)
    held = Summed(part, domain.distributions(None), sums, decided)
    tables = group([held])
    words = stream(b"long", 1, 3000 * tables.words).reshape(tables.words, 3000)
    drawn = tables.draw(np.zeros(3000, dtype=np.int64), words)[0]
    assert all(3000 <= bins_of(held, p) < 3100 for p in drawn.tolist())
    ranks = np.arange(1 << 20)
    weights = np.where(ranks < 1 << 19, 1.0, 3.0)
    own, other = 3 * ranks[::-1] >> 10, 2 * ranks >> 10  # the first one's slope is negative
    second = np.bincount(other, weights)
    ways = [
        sum(n * second[max(0, 3000 - i) : max(0, 3100 - i)].sum() for i, n in enumerate(amounts))
        for amounts in (
            np.bincount(own[half], weights[half], own.max() + 1) for half in np.split(ranks, 2)
        )
    ]
    low = (drawn[:, 0] < 1 << 19).mean()
    assert abs(low - ways[0] / sum(ways)) < 5 * (0.25 / 3000) ** 0.5


def test_runs_are_put_together_in_their_order():
    runs = [Run(0, 0, 100), Run(0, 1, 100), Run(1, 0, 30)]
    assert together(runs, 1 << 20) == [runs]
    assert together(runs, 150) == [runs[:1], runs[1:]]
    assert together([], 150) == []
    many = [Run(i, 0, 1) for i in range(100)]
    assert [len(x) for x in together(many, 1 << 20)] == [64, 36]


def weights_of(axis):
    """Every value of an axis with its weight."""
    runs = zip(axis.starts, axis.counts, axis.weights, strict=True)
    return {v + i: w for v, n, w in runs for i in range(n)}


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_an_axis_is_the_distribution_within_the_part(seed):
    rng = np.random.default_rng([seed, 17])
    matter = random_sandwich_matter(rng, 100)
    cell, domain = random_cell(rng, matter.domain), matter.domain
    for part, leaf in domain.parts(cell):
        for own, chances in zip(part.parts, domain.distributions(leaf), strict=True):
            mass = chances.weight_of(own)
            if not mass:
                continue
            axis = axis_of(chances, own)
            expected = {v: Fraction(chances.weight_at(v), mass) for v in values(own)}
            found = {v: Fraction(w, axis.total) for v, w in weights_of(axis).items()}
            assert found == {v: p for v, p in expected.items() if p}


LONG = Runs(0, ((1 << 30, Fraction(1, 4)), (1 << 31, Fraction(3, 4))))
AXES = (
    axis_of(Listed(tuple(Fraction(1, 3) for _ in range(3))), 7),
    axis_of(Listed((Fraction(1, 2), Fraction(0), Fraction(1, 3), Fraction(1, 6))), 13),
    axis_of(Runs(0, ((5, Fraction(1, 4)), (10, Fraction(3, 4)))), range(3, 12)),
    axis_of(
        Runs(0, ((1 << 30, Fraction(1, 4)), (1 << 31, Fraction(3, 4)))), range(1 << 29, 1 << 31)
    ),
)


def test_draws_follow_the_distribution():
    """Pieces by weight, and every axis, the last one of 2^31 numbers, within them."""
    other = (Axis((1,), (1,), (1,)), Axis((0, 3), (1, 1), (2, 5)), AXES[2], AXES[3])
    pairs = zip(AXES, other, strict=True)
    drawn = drawing(b"key", BLOCK, [3, 5], [(pair, [0, 1]) for pair in pairs])
    blocks = [drawn.block(i) for i in range(8)]
    pieces, points = (np.concatenate(x) for x in zip(*blocks, strict=True))
    assert stats.chisquare(np.bincount(pieces), len(pieces) * np.array([3, 5]) / 8).pvalue > 1e-4
    for number, axes in enumerate((AXES, other)):
        own = points[pieces == number]
        for i, axis in enumerate(axes[:3]):
            weights = weights_of(axis)
            counts = Counter(own[:, i].tolist())
            assert set(counts) <= {v for v, w in weights.items() if w}
            expected = [len(own) * w / axis.total for w in weights.values()]
            if len(expected) > 1:
                seen = [counts[v] for v in weights]
                assert stats.chisquare(seen, expected).pvalue > 1e-4
        cut, last = 1 << 30, own[:, 3]
        assert last.min() >= 1 << 29 and last.max() < 1 << 31
        share = Fraction(1 << 29, (1 << 29) + (1 << 30) * 3 // 2)  # in the first run
        assert abs((last < cut).mean() - float(share)) < 5 / len(last) ** 0.5
        inside = (last[last >= cut] - cut) / (1 << 30)
        assert stats.kstest(inside, "uniform").pvalue > 1e-4
    assert 0 < drawn.off < Fraction(1, 1 << 39)


def test_variables_that_share_a_word_are_independent():
    axes = (AXES[0], AXES[1], Axis((0,), (4,), (1,)))
    drawn = drawing(b"other", BLOCK, [1], [([axis], [0]) for axis in axes])
    assert drawn.words == 2
    _, points = drawn.block(0)
    counts = Counter(map(tuple, points.tolist()))
    every = [weights_of(axis).items() for axis in axes]
    expected, seen = [], []
    for values_ in product(*every):
        expected.append(np.prod([w for _, w in values_]))
        seen.append(counts[tuple(v for v, _ in values_)])
    expected = np.array(expected) * BLOCK / sum(expected)
    assert sum(seen) == BLOCK
    assert stats.chisquare(seen, expected).pvalue > 1e-4


def test_products_of_words():
    rng = np.random.default_rng(5)
    a = rng.integers(0, 1 << 64, 500, dtype=np.uint64)
    b = rng.integers(0, 1 << 64, 500, dtype=np.uint64) >> rng.integers(0, 60, 500).astype(np.uint64)
    top, rest = times(a, b)
    for x, y, up, low in zip(a.tolist(), b.tolist(), top.tolist(), rest.tolist(), strict=True):
        assert x * y == (up << 64) + low


@pytest.mark.parametrize("draws", [1, 7, 100, 10**5])
@pytest.mark.parametrize("delta", [Fraction(1, 10), Fraction(1, 10**9)])
def test_the_interval_is_that_of_clopper_and_pearson(draws, delta):
    """Next to SciPy's, and outside of it."""
    for seen in {0, 1, draws // 3, draws - 1, draws} & set(range(draws + 1)):
        low, high = clopper_pearson(seen, draws, delta)
        exact = stats.binomtest(seen, draws).proportion_ci(float(1 - delta), "exact")
        if delta == Fraction(1, 10):  # SciPy's own error is too large for 1e-9
            assert float(low) <= exact.low + 1e-12 and float(high) >= exact.high - 1e-12
        width = exact.high - exact.low
        assert abs(float(low) - exact.low) < 5e-4 * width
        assert abs(float(high) - exact.high) < 5e-4 * width


def test_coverage_is_exact_for_small_numbers():
    """The probability that the interval misses p is at most delta, summed over all outcomes."""
    delta = Fraction(1, 10)
    for draws in (1, 3, 10):
        ends = [clopper_pearson(k, draws, delta) for k in range(draws + 1)]
        for i in range(101):
            p = Fraction(i, 100)
            pairs = zip(range(draws + 1), ends, strict=True)
            missed = [k for k, (low, high) in pairs if not low <= p <= high]
            chance = sum(stats.binom.pmf(k, draws, float(p)) for k in missed)
            assert chance <= float(delta) + 1e-12


def open_matter(seed):
    """A question on a small domain of which nothing is proved."""
    return random_sandwich_matter(np.random.default_rng([seed, 18]), 200)


def test_a_sample_depends_on_every_part_and_on_the_plan():
    plan = Plan(100, nonce="a")
    keys = {key_of(HASHES | {name: "1" * 64}, plan) for name in HASHES}
    other = [Plan(101, nonce="a"), Plan(100, nonce="b"), Plan(100, Fraction(1, 2), "a")]
    other.append(Plan(100, nonce="a", block=64))
    keys |= {key_of(HASHES, x) for x in (plan, *other)} | {key_of(HASHES, plan, "pilot")}
    assert len(keys) == len(HASHES) + 6


def test_more_threads_change_nothing():
    matter = open_matter(4)
    _, _, found = checked(matter, (Open(),))
    plan = Plan(3 * BLOCK + 17)
    one = sample(found, plan, b"key")
    assert sample(found, plan, b"key", lambda f, xs: reversed([f(x) for x in reversed(xs)])) == one
    assert 0 < one.lower <= one.upper < 1 and one.draws == plan.draws


@pytest.mark.parametrize("seed", seeds(range(20)))
def test_the_truth_is_inside(seed):
    """At delta = 1e-9 it always is."""
    matter = open_matter(seed)
    asked, _, found = checked(matter, (Open(),))
    drawn = sample(found, Plan(2000), b"%d" % seed)
    truth = true_probability(matter, asked)
    assert drawn.lower <= truth <= drawn.upper


@pytest.mark.parametrize("seed", range(8))
def test_plain_samples_are_of_the_whole_domain_and_within_what_is_proved(seed):
    rng = np.random.default_rng([seed, 16])
    matter = random_sandwich_matter(rng, 200)
    try:
        asked, _, found = checked(matter, sandwich_proof(rng, matter))
    except InvalidProof:
        return
    drawn = sample(found, Plan(3000, method="plain"), b"%d" % seed)
    truth = true_probability(matter, asked)
    assert drawn.lower <= truth <= drawn.upper and drawn.method == "plain"
    assert abs(Fraction(drawn.seen, 3000) - truth) < Fraction(1, 10)
    assert drawn.lower >= found.settled - Fraction(1, 1 << 40)
    assert drawn.upper <= found.settled + found.open_mass + Fraction(1, 1 << 40)
