"""Lines along an ordinal: counted as points are, drawn from what is undecided, and bet on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import stats

from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_sampling import checked, sandwiched, true_probability, undecided_points
from verifier.chance.betting import SHARE_BITS, bounds_by_betting
from verifier.chance.draws import stream
from verifier.kernel import lines
from verifier.kernel.bends import is_shallow
from verifier.kernel.checker import prepared
from verifier.kernel.lines import Lines, Sweep, true_along
from verifier.kernel.remaining import remaining
from verifier.kernel.sampling import is_true_at, key_of, sample
from verifier.model.domain import Domain, bits
from verifier.model.errors import CertificateError
from verifier.model.network import Add, Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Open
from verifier.model.question import Bound, ClassIs, Matter, Not, Same
from verifier.model.sample import Line, Plan
from verifier.model.tree import Inner, Leaf, Tree

HASHES = dict.fromkeys(
    ("domain.json", "models.json", "weights.bin", "question.json", "proof.bin"), "0" * 64
)


def counted_one_by_one(asked, variable, drawn):
    """The same by evaluating every point."""
    found = []
    for point, low, high in zip(*drawn, strict=True):
        every = np.repeat(point[None], high - low + 1, axis=0)
        every[:, variable] = np.arange(low, high + 1)
        found.append(int(is_true_at(asked, every).sum()))
    return found


def random_lines(rng, domain, variable, count):
    """Lines through random points."""
    points = np.stack([rng.integers(0, v.count, count) for v in domain.variables], axis=1)
    ends = np.sort(rng.integers(0, domain.variables[variable].count, (2, count)), axis=0)
    return Lines(points, ends[0], ends[1])


def test_lines_are_counted_as_their_points_are():
    """Pairs and trees over small domains."""
    tried = 0
    for seed in range(70):
        rng = np.random.default_rng([seed, 31])
        asked = prepared(random_sandwich_matter(rng, 2000))
        for variable in range(len(asked.domain.variables)):
            if not lines.problem(asked, variable):
                tried += 1
                drawn = random_lines(rng, asked.domain, variable, 5)
                assert true_along(asked, variable, drawn).tolist() == counted_one_by_one(
                    asked, variable, drawn
                )
    assert tried > 25


def deep(rng, outputs, scale=1.0, steps=False):
    """A network of two hidden layers over two numbers; with ``steps`` of small integers."""

    def affine(source, out, wide):
        weight, bias = rng.normal(size=(out, wide)) * scale, rng.normal(size=out) * scale
        if steps:  # so that it is often exactly 0
            weight, bias = np.round(weight), np.round(bias * 4)
        return Affine(source, weight, bias)

    layers = affine(0, 6, 2), Relu(1), affine(2, 6, 6), Relu(3), Add(4, 2), affine(5, outputs, 6)
    return Network(2, layers)


@pytest.mark.parametrize("outputs", [1, 2, 3, 5])
@pytest.mark.parametrize("steps", [False, True])
def test_long_lines_are_counted_as_their_points_are(outputs, steps):
    """Of networks that bend often, are exactly 0 in places, and of several classes; and a tree."""
    rng = np.random.default_rng([outputs, steps])
    x = Ordinal("x", Fraction(-7), Fraction(1, 100), 1500, uniform(1500))
    y = Ordinal("y", Fraction(-5), Fraction(1), 11, uniform(11))
    tree = Tree(
        (Inner(0, Fraction(3), 1, 2), Inner(0, Fraction(-1, 7), 3, 4), Leaf(0), Leaf(1), Leaf(0))
    )
    for _ in range(4):
        models = Bound("n", deep(rng, outputs, steps=steps), (0, 1)), Bound("t", tree, (0, 1))
        question = Not(Same(0, 1)) if outputs <= 2 else ClassIs(0, outputs - 1)
        asked = prepared(Matter(Domain((x, y)), models[: 1 + (outputs <= 2)], question))
        drawn = random_lines(rng, asked.domain, 0, 12)
        found = true_along(asked, 0, drawn).tolist()
        assert found == counted_one_by_one(asked, 0, drawn)


def test_a_line_of_many_values_is_not_gone_through_one_by_one():
    rng = np.random.default_rng(4)
    count = lines.LONGEST
    x = Ordinal("x", Fraction(-9), Fraction(18, count), count, uniform(count))
    y = Ordinal("y", Fraction(-5), Fraction(1), 11, uniform(11))
    steps = []
    asked = prepared(Matter(Domain((x, y)), (Bound("n", deep(rng, 1), (0, 1)),), ClassIs(0, 1)))
    net = asked.nets[0]
    nets = {0: replace(net, p=replace(net.p, spend=steps.append))}
    asked = replace(asked, nets=nets)
    drawn = Lines(np.array([[0, k] for k in range(11)]), np.zeros(11, int), np.full(11, count - 1))
    found = true_along(asked, 0, drawn)
    assert 0 < found.sum() < 11 * count
    assert sum(steps) < 11 * 100 * 4 * net.p.point_cost


def test_along_what_lines_are_drawn():
    """Only along short enough ordinals of equally probable values."""
    x = Ordinal("x", Fraction(0), Fraction(1), 8, uniform(8))
    skewed = replace(x, runs=((4, Fraction(1, 4)), (4, Fraction(3, 4))))
    long = Ordinal("x", Fraction(0), Fraction(1), lines.LONGEST + 1, uniform(lines.LONGEST + 1))
    for own, word in ((skewed, "equally probable"), (long, "equally probable")):
        domain = Domain((own, *bits(1).variables))
        asked = prepared(
            Matter(domain, (Bound("n", deep(np.random.default_rng(1), 1), (0, 1)),), ClassIs(0, 1))
        )
        assert word in lines.problem(asked, 0)
        assert word in lines.problem(asked, 1)
        assert "there is not" in lines.problem(asked, 2)
        _, _, found = checked(
            Matter(domain, (Bound("n", deep(np.random.default_rng(1), 1), (0, 1)),), ClassIs(0, 1)),
            (Open(),),
        )
        with pytest.raises(CertificateError, match=word):
            sample(found, Plan(100, line=Line(0, Fraction(1, 2))), b"key")


def uniform_ones(count):
    """Populations with pieces that Sandwiches decide in part, of which lines can be drawn."""
    for found in sandwiched(count, 400):
        variables = found.asked.domain.variables
        along = [i for i in range(len(variables)) if not lines.problem(found.asked, i)]
        if all(v.chances.is_uniform for v in variables if isinstance(v, Ordinal)):
            yield from ((found, i) for i in along[:2])
        elif along:
            with pytest.raises(CertificateError, match="equally probable"):
                remaining(found.asked, found.parted)


def test_what_sandwiches_leave_is_found_of_many_pieces_as_of_one():
    """The share of a piece, and of each line the undecided values: all of them, and no other."""
    tried = 0
    for found, variable in uniform_ones(18):
        asked, pieces = found.asked, found.parted
        held = remaining(asked, pieces)
        tables, rest = held.group(np.arange(len(pieces)), variable, lambda: None)
        words = stream(b"lines", 3, 40 * tables.words).reshape(tables.words, 40)
        for number, piece in enumerate(pieces):
            mass = asked.domain.weight_within(piece.place.part, piece.place.leaf)
            share = float(Fraction(piece.weight, mass))
            assert tables.ways[0][number, 0] == pytest.approx(share, rel=1e-12)
            owner = np.full(40, number)
            drawn, draws = rest.lines(owner, *tables.draw(owner, words))
            assert set(draws.tolist()) == set(range(40))
            every = set(undecided_points(asked, piece))
            for draw in range(40):
                own = [
                    (*point[:variable], value, *point[variable + 1 :])
                    for point, low, high in zip(*(x[draws == draw] for x in drawn), strict=True)
                    for value in range(low, high + 1)
                ]
                others = [
                    p
                    for p in every
                    if p[:variable] + p[variable + 1 :]
                    == own[0][:variable] + own[0][variable + 1 :]
                ]
                assert sorted(own) == sorted(others)
            tried += 1
    assert tried > 5


@pytest.mark.parametrize("method", ["pooled", "plain"])
def test_the_truth_is_inside(method):
    """At delta = 1e-9 it always is; and the mean share is what it should be."""
    tried = 0
    for found, variable in uniform_ones(14):
        plan = Plan(1000, method=method, line=Line(variable, Fraction(1, 8)), block=256)
        drawn = sample(found, plan, b"%d" % tried)
        truth = true_share(found.asked)
        assert drawn.lower <= truth <= drawn.upper
        assert 0 <= drawn.share <= drawn.seen <= 1000
        assert drawn.line == found.asked.domain.variables[variable].name
        tried += 1
    assert tried > 2


def assert_inside(found, drawn):
    """The truth is in a sample's interval, and that in what is not proved to be otherwise."""
    assert drawn.lower <= true_share(found.asked) <= drawn.upper
    least, most = (found.settled + x for x in (0, found.open_mass))
    slack = Fraction(1, 1 << 50)
    assert least - slack <= drawn.lower < drawn.upper <= most + slack


def true_share(asked):
    """The probability of the question, by evaluating every point."""
    domain = asked.domain
    every = np.array(list(product(*(range(v.count) for v in domain.variables))))
    yes = every[is_true_at(asked, every)]
    return Fraction(sum(domain.weight(tuple(p)) for p in yes.tolist()), domain.total_weight)


def exact_wealth(shares, bet, mean):
    """The product of 1 + bet (x - mean)."""
    found = Fraction(1)
    for x in shares:
        found *= 1 + bet * (Fraction(int(x), 1 << SHARE_BITS) - mean)
    return found


def shallow(rng, outputs, steps):
    """A network of one hidden layer; with ``steps`` its bends and zeros are at whole values."""
    first, bias = rng.normal(size=(9, 2)), rng.normal(size=9) * 3
    second, last = rng.normal(size=(outputs, 9)), rng.normal(size=outputs)
    if steps:
        first, bias, second, last = (np.round(x * 2) for x in (first, bias, second, last))
        second[:, 0] = -second[:, 1]
        first[0], bias[0] = first[1], bias[1]  # cancels: often 0 on a stretch
    layers = Affine(0, first, bias), Relu(1), Affine(2, second, last)
    return Network(2, layers)


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("steps", [False, True])
def test_lines_through_shallow_networks_are_counted_as_their_points_are(outputs, steps):
    """From bend to bend, and one by one what float64 leaves open: exact zeros."""
    rng = np.random.default_rng([outputs, steps, 3])
    x = Ordinal("x", Fraction(-7), Fraction(1, 4), 60, uniform(60))
    y = Ordinal("y", Fraction(-5), Fraction(1, 2), 21, uniform(21))
    zeros = 0
    for _ in range(12):
        models = [Bound(name, shallow(rng, outputs, steps), (0, 1)) for name in "ab"]
        asked = prepared(Matter(Domain((x, y)), tuple(models), Not(Same(0, 1))))
        assert all(is_shallow(net.everywhere.folded) for net in asked.nets.values())
        drawn = random_lines(rng, asked.domain, 0, 40)
        found = true_along(asked, 0, drawn).tolist()
        assert found == counted_one_by_one(asked, 0, drawn)
        zeros += left_by(asked.nets[0], drawn)
    assert bool(zeros) is steps


def left_by(net, drawn):
    """How many pieces of lines float64 leaves open."""
    sweep = Sweep(net, net.everywhere, 0)
    x = sweep.plain.encoded(drawn.points)
    x[sweep.column] = 0.0
    some = sweep.shallow.pieces(sweep.folded.inputs @ x, drawn.low, drawn.high)
    return len(sweep.shallow.changes(some).open)


def test_what_a_shallow_network_is_computed_as_is_as_near_as_it_says():
    """At every value of every line, by fractions; also of numbers of very different sizes."""
    rng = np.random.default_rng(12)
    x = Ordinal("x", Fraction(100), Fraction(3, 7), 30, uniform(30))
    y = Ordinal("y", Fraction(-5), Fraction(1, 3), 7, uniform(7))
    for scale in (1.0, 1e-6, 1e5):
        first, second = rng.normal(size=(5, 2)) * [1.0, scale], rng.normal(size=(1, 5))
        first[0] = 0.0, scale
        bias = -first[:, 0] * rng.uniform(100, 112, 5)
        network = Network(2, (Affine(0, first, bias), Relu(1), Affine(2, second, np.zeros(1))))
        asked = prepared(Matter(Domain((x, y)), (Bound("n", network, (0, 1)),), ClassIs(0, 1)))
        sweep = Sweep(asked.nets[0], asked.nets[0].everywhere, 0)
        points = np.array([[0, k] for k in range(7)])
        inputs = sweep.plain.encoded(points)
        inputs[sweep.column] = 0.0
        base, ends = sweep.folded.inputs @ inputs, np.zeros(7, dtype=np.int64)
        found = sweep.shallow.pieces(base, ends, ends + 29)
        for i, line in enumerate(found.line.tolist()):
            for at in range(found.low[i], found.high[i] + 1):
                exact = exactly(network, [x.first + x.step * at, y.first + y.step * line])
                computed = Fraction(float(found.shift[i])) + Fraction(float(found.rise[i])) * at
                assert abs(computed - exact) <= Fraction(found.far)


def exactly(network, row):
    """The only output of a network of one hidden layer, in fractions."""
    first, _, second = network.layers
    hidden = [
        max(0, sum(Fraction(w) * x for w, x in zip(own, row, strict=True)) + Fraction(b))
        for own, b in zip(first.weight.tolist(), first.bias.tolist(), strict=True)
    ]
    return sum(Fraction(w) * h for w, h in zip(second.weight[0].tolist(), hidden, strict=True))


@pytest.mark.parametrize("bet", [Fraction(64), Fraction(5, 2), Fraction(1, 7)])
def test_bets_on_small_means_are_those_of_exact_products(bet):
    """And nothing is said of means on which more could be lost than there is."""
    rng = np.random.default_rng(9)
    for count in (1, 50, 400):
        shares = (rng.beta(0.3, 30, count) * 2**SHARE_BITS).astype(np.int64)
        for delta in (Fraction(1, 10), Fraction(1, 10**9)):
            low, high = bounds_by_betting(shares, delta, Fraction(15, 16), bet)
            assert low * bet <= Fraction(15, 16)
            if low > 0:
                assert exact_wealth(shares, bet, low) >= 2 / delta
            if high < 1:
                step = Fraction(1, 1 << SHARE_BITS)
                assert exact_wealth(shares, -Fraction(15, 16), high - step) >= 2 / delta
            assert 0 <= low <= Fraction(int(shares.mean()), 1 << SHARE_BITS) <= high <= 1


@pytest.mark.parametrize("bet", [Fraction(3, 4), Fraction(1, 10), Fraction(1, 1 << 20)])
def test_bounds_by_betting_are_those_of_exact_products(bet):
    rng = np.random.default_rng(8)
    for count in (1, 50, 400):
        shares = (rng.beta(0.4, 1.5, count) * 2**SHARE_BITS).astype(np.int64)
        for delta in (Fraction(1, 10), Fraction(1, 10**9)):
            low, high = bounds_by_betting(shares, delta, bet)
            step = Fraction(1, 1 << SHARE_BITS)
            if high < 1:
                assert exact_wealth(shares, -bet, high - step) >= 2 / delta
                assert exact_wealth(shares, -bet, high - Fraction(1, 10**4)) < 2 / delta
            if low > 0:
                assert exact_wealth(shares, bet, low) >= 2 / delta
                assert exact_wealth(shares, bet, low + Fraction(1, 10**4)) < 2 / delta
            assert 0 <= low <= Fraction(int(shares.mean()), 1 << SHARE_BITS) <= high <= 1


def test_bounds_by_betting_miss_the_mean_as_seldom_as_they_say():
    """Of draws that are 0 or 1 the probability of a miss is summed over all outcomes."""
    delta, count = Fraction(1, 10), 20
    for bet, below in ((Fraction(3, 4), None), (Fraction(1, 5), None), (Fraction(15, 16), 6)):
        ends = []
        for k in range(count + 1):
            shares = np.array([1 << SHARE_BITS] * k + [0] * (count - k), dtype=np.int64)
            ends.append(bounds_by_betting(shares, delta, bet, below))
        worst = 0.0
        for i in range(101):
            p = Fraction(i, 100)
            missed = [k for k, (low, high) in enumerate(ends) if not low <= p <= high]
            worst = max(worst, float(stats.binom.pmf(missed, count, float(p)).sum()))
        assert 0 < worst <= 0.1


def test_the_plan_of_lines_is_part_of_the_key_and_in_range():
    plan = Plan(100, line=Line(1, Fraction(1, 4)))
    others = (
        Plan(100),
        Plan(100, line=Line(2, Fraction(1, 4))),
        Plan(100, line=Line(1, Fraction(1, 2))),
    )
    assert len({key_of(HASHES, x) for x in (plan, *others)}) == 4
    for bet in (Fraction(0), Fraction(31, 32), Fraction(1, 3), Fraction(-1, 2)):
        with pytest.raises(CertificateError, match="bet"):
            Line(0, bet)
    with pytest.raises(CertificateError, match="there is not"):
        Line(-1, Fraction(1, 2))
    with pytest.raises(CertificateError, match="lines are drawn"):
        Plan(1 << 29, line=Line(0, Fraction(1, 2)))


def test_more_threads_change_nothing():
    for found, variable in uniform_ones(10):
        plan = Plan(700, line=Line(variable, Fraction(1, 8)), block=64)
        one = sample(found, plan, b"key")
        assert (
            sample(found, plan, b"key", lambda f, xs: reversed([f(x) for x in reversed(list(xs))]))
            == one
        )


def test_open_domains_are_drawn_from_in_lines():
    """And a hit anywhere on a line is seen."""
    tried = 0
    for seed in range(40):
        matter = random_sandwich_matter(np.random.default_rng([seed, 18]), 200)
        asked, _, found = checked(matter, (Open(),))
        for variable in range(len(asked.domain.variables)):
            if lines.problem(asked, variable):
                continue
            drawn = sample(found, Plan(800, line=Line(variable, Fraction(1, 4))), b"%d" % seed)
            assert drawn.lower <= true_probability(matter, asked) <= drawn.upper
            tried += 1
            break
    assert tried > 5
