"""Bounds in passes against brute force: never above the truth, never worse for one pass more."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import accumulate, product
from math import prod

import numpy as np
import pytest

from tests.every import examples, seeds
from tests.kernel.float32_cases import class_of, evaluations
from tests.second_checker.test_second_checker import held
from verifier.model.domain import signs
from verifier.model.network import Affine, Relu
from verifier.model.network import Network as Teacher
from verifier.second_checker import counting, envelopes, passes
from verifier.second_checker.bounds import STEPS, EnclosedCell, region
from verifier.second_checker.evaluation import dot, forward
from verifier.second_checker.heads import heads_of
from verifier.second_checker.network import Layer, Network
from verifier.second_checker.points import Tally
from verifier.second_checker.variables import Categorical, Inputs, Interval, Ordinal, Shares

ALL = Shares((), 1)
KINDS = ("one", "deep", "residual", "several", "scaled", "input", "sign", "affine", "beside")
TINY = Fraction(1, 10**6)


# Random networks, variables and cells


def affine(rng, source, rows, columns):
    """Small weights, some of them zero, over a small denominator."""
    weights = tuple(tuple(rng.randint(-4, 4) for _ in range(columns)) for _ in range(rows))
    return Layer("affine", (source,), weights, tuple(rng.randint(-6, 6) for _ in range(rows)), 3)


def scale(rng, source, width):
    factors = tuple(rng.randint(-3, 3) for _ in range(width))
    return Layer("scale", (source,), (factors,), tuple(rng.randint(-3, 3) for _ in factors), 2)


def relu(source):
    return Layer("relu", (source,))


def layers_of(rng, kind, n):
    """Layers of a kind over n columns, and their widths."""
    w = rng.randint(1, 4)
    first = affine(rng, 0, w, n)
    match kind:
        case "one":
            return [first, relu(1), affine(rng, 2, 2, w)], [w, w, 2]
        case "deep":
            inner = [affine(rng, 2, w, w), relu(3), affine(rng, 4, w, w), relu(5)]
            return [first, relu(1), *inner, affine(rng, 6, 1, w)], [w] * 6 + [1]
        case "residual":
            inner = [affine(rng, 2, w, w), relu(3), Layer("add", (2, 4)), relu(5)]
            return [first, relu(1), *inner, affine(rng, 6, 2, w)], [w] * 6 + [2]
        case "several":
            other = affine(rng, 0, w, n)
            joined = [relu(1), relu(2), Layer("add", (3, 4)), affine(rng, 5, 1, w)]
            return [first, other, *joined], [w] * 5 + [1]
        case "scaled":
            behind = [scale(rng, 1, w), affine(rng, 2, w, w), Layer("add", (1, 3)), relu(4)]
            return [first, *behind, affine(rng, 5, 1, w)], [w] * 5 + [1]
        case "input":
            return [relu(0), affine(rng, 1, w, n), relu(2), affine(rng, 3, 1, w)], [n, w, w, 1]
        case "sign":
            behind = [Layer("sign", (1,)), relu(1), Layer("add", (2, 3)), relu(4)]
            return [first, *behind, affine(rng, 5, 1, w)], [w] * 5 + [1]
        case "affine":
            return [first, affine(rng, 1, 2, w)], [w, 2]
        case _:  # the first ReLU read again after the second
            inner = [affine(rng, 2, w, w), relu(3), Layer("add", (4, 1)), relu(5)]
            return [first, relu(1), *inner, affine(rng, 6, 1, w)], [w] * 6 + [1]


def variable(rng, name):
    """A variable of any kind, of one to four values."""
    count = rng.randint(1, 4)
    labels = tuple(map(str, range(count)))
    match rng.randrange(5):
        case 0:  # one-hot
            rows = tuple(tuple(2 * (i == k) for k in range(count)) for i in range(count))
            return Categorical(name, labels, rows, ALL)
        case 1:
            width = rng.randint(1, 3)
            rows = tuple(tuple(rng.randint(-3, 3) for _ in range(width)) for _ in labels)
            return Categorical(name, labels, rows, ALL)
        case 2:
            return Ordinal(name, rng.randint(-5, 5), rng.randint(1, 3), count, ALL)
        case 3:
            begin, length = rng.randint(-5, 5), rng.randint(1, 3)
            return Interval(name, ((0, begin, length),), begin + count * length, count, ALL)
        case _:
            return Categorical(name, labels[:2], ((-2,), (2,))[:count], ALL)


def problem(seed, kind):
    """A network, what it reads, and cells of it: all tuples first."""
    rng = random.Random(f"{seed} {kind}")
    variables = tuple(variable(rng, str(i)) for i in range(rng.randint(1, 4)))
    starts = list(accumulate((v.columns for v in variables), initial=0))
    inputs = Inputs(variables, 2, tuple(starts[:-1]), starts[-1])
    layers, widths = layers_of(rng, kind, inputs.columns)
    network = Network(tuple(layers), (inputs.columns, *widths))
    cells = [tuple(v.whole for v in variables)]
    for _ in range(2):
        cells.append(tuple(_part(rng, v) for v in variables))
    return rng, network, inputs, cells


def _part(rng, v):
    if isinstance(v, Categorical):
        return tuple(sorted(rng.sample(v.whole, rng.randint(1, len(v.whole)))))
    first = rng.randrange(v.count)
    return range(first, rng.randint(first + 1, v.count))


def numbers(v, own):
    """The rows of the values; of real numbers both ends and some between, all over 6."""
    if not isinstance(v, Interval):
        return [tuple(6 * x for x in v.row(i)) for i in own]
    low, high = v.cut(own[0]), v.cut(own[-1] + 1)
    return [(6 * low,), (5 * low + high,), (2 * low + 4 * high,), (6 * high,)]


def all_nodes(network, inputs, cell):
    """Every node at every point of a cell."""
    for rows in product(*map(numbers, inputs.variables, cell)):
        columns = [x for row in rows for x in row]
        yield forward(network, (columns, 6 * inputs.denominator))


# The rule


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_an_envelope_is_above_the_relu_whatever_the_shares_and_touches_it(seed):
    rng = random.Random(seed)
    parts = [[rng.randint(-9, 9) for _ in range(rng.randint(1, 4))] for _ in range(3)]
    low, high = [min(p) for p in parts], [max(p) for p in parts]
    neuron = envelopes.Neuron((), rng.randint(-9, 9), (), low, high)
    for _ in range(5):
        shares = [rng.randint(-STEPS, 2 * STEPS) for _ in parts]
        rise = neuron.rise(shares)
        gaps = []
        for own in product(*parts):
            z = neuron.base + sum(own)
            gaps.append(dot(shares, own) + rise - max(z, 0) * STEPS)
        assert min(gaps) == 0


@pytest.mark.parametrize("seed", seeds(range(20)))
def test_shares_are_such_that_the_envelope_touches_where_the_form_is_least(seed):
    """On two values a variable: it is the Lovasz extension, exact at the point, up to rounding."""
    rng = random.Random(seed)
    parts = [(a, a + rng.randint(0, 9)) for a in (rng.randint(-9, 9) for _ in range(4))]
    low, high = [p[0] for p in parts], [p[1] for p in parts]
    leans = [(-0.5, 0.5) if a < b else (0.0, 0.0) for a, b in parts]
    neuron = envelopes.Neuron((), rng.randint(-9, 9), leans, low, high)
    for at in product((0, 1), repeat=4):
        shares = neuron.shares(at, [rng.random() for _ in parts])
        assert all(0 <= s <= STEPS for s in shares)
        own = [part[i] for part, i in zip(parts, at, strict=True)]
        above = dot(shares, own) + neuron.rise(shares)
        assert 0 <= above - STEPS * max(neuron.base + sum(own), 0) <= 2 * max(neuron.wide)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_heads_are_what_the_first_relus_read(seed, kind):
    _, network, inputs, cells = problem(seed, kind)
    heads = heads_of(network)
    expected = {"affine": set(), "several": {3, 4}, "scaled": {5}, "input": {1}, "sign": {3}}
    assert set(heads) == expected.get(kind, {2})
    for nodes in all_nodes(network, inputs, cells[0]):
        x, unit = nodes[0]
        for j, head in heads.items():
            values, over = nodes[network.layers[j - 1].sources[0]]
            terms = zip(head.rows, head.bias, strict=True)
            found = [Fraction(dot(row, x) + b * unit, head.over * unit) for row, b in terms]
            assert found == [Fraction(value, over) for value in values]


def test_long_products_of_layers_are_left(monkeypatch):
    _, network, *_ = problem(0, "scaled")
    monkeypatch.setattr("verifier.second_checker.heads.COMPOSED", 0)
    assert heads_of(network) == {}


# Bounds


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", seeds(range(12)))
def test_bounds_hold_and_only_rise_from_pass_to_pass(seed, kind):
    rng, network, inputs, cells = problem(seed, kind)
    heads, top = heads_of(network), len(network.layers)
    for cell in cells:
        here = region(network, inputs, cell, True)
        row = [rng.choice((-1, 1)) for _ in range(network.widths[-1])]
        values = [Fraction(dot(row, n[-1][0]), n[-1][1]) for n in all_nodes(network, inputs, cell)]
        looked = passes.Passes(here, heads)
        bounds = [looked.least(top, row, min(values) - TINY, k) for k in range(6)]
        assert bounds[0] == here.least(top, row)
        assert bounds == sorted(bounds)
        assert bounds[-1] <= min(values)
        if prod(map(len, cell)) == 1 and not any(isinstance(v, Interval) for v in inputs.variables):
            assert bounds[0] == values[0]
        assert looked.least(top, row, min(values), 6) <= min(values)  # never shown to be above it


def test_passes_show_much_that_lines_do_not():
    """Of random forms that are positive on a cell, and not by their first bound."""
    left = shown = 0
    for kind, seed in product(KINDS, range(60)):
        _, network, inputs, (cell, *_) = problem(seed, kind)
        if kind == "affine" or any(isinstance(v, Interval) for v in inputs.variables):
            continue
        here, top = region(network, inputs, cell, True), len(network.layers)
        row = [1] + [0] * (network.widths[-1] - 1)
        value = min(Fraction(n[-1][0][0], n[-1][1]) for n in all_nodes(network, inputs, cell))
        enough = value - max(abs(value), 1) / 50
        if here.least(top, row) <= enough:
            left += 1
            shown += passes.Passes(here, heads_of(network)).least(top, row, enough, 8) > enough
    assert shown > left / 3 > 20


def cross(bias):
    """2.2 - relu(x + y) - relu(x - y) and the like: its least value is ``bias`` - 2."""
    first = Layer("affine", (0,), ((1, 1), (1, -1)), (0, 0))
    last = Layer("affine", (2,), ((-bias.denominator,) * 2,), (bias.numerator,), bias.denominator)
    signs = Categorical("x", ("0", "1"), ((-1,), (1,)), ALL)
    inputs = Inputs((signs, signs), 1, (0, 1), 2)
    return Network((first, relu(1), last), (2, 2, 2, 1)), inputs, ((0, 1), (0, 1))


@pytest.mark.parametrize("bias", [Fraction(11, 5), Fraction(2), Fraction(9, 5)])
def test_a_form_that_only_envelopes_bound_exactly(bias):
    """Each relu is below 1 + y or 1 - y; each by itself is below (1 + x + y) / 2 + 1 / 2 only."""
    network, inputs, cell = cross(bias)
    here = region(network, inputs, cell, True)
    assert here.least(3, [1]) == bias - 3
    looked = passes.Passes(here, heads_of(network))
    assert looked.least(3, [1], bias - 3, 1) == bias - 2
    assert passes.Passes(here, {}).least(3, [1], bias - 3, 8) < bias - 2
    assert (looked.least(3, [1], Fraction(0), 8) > 0) == (bias > 2)  # a tie is not above zero


def test_the_best_mean_of_two_forms_is_taken():
    rng = random.Random(0)
    for _ in range(examples(50)):
        counts = [rng.randint(1, 3) for _ in range(3)]
        old, new = (
            passes.Form(
                [[rng.randint(-9, 9) for _ in range(n)] for n in counts],
                rng.randint(1, 6),
                Fraction(rng.randint(-9, 9), 5),
            )
            for _ in range(2)
        )
        mean, least = passes.best_mean(old, new)
        assert mean.least() == least
        shared = [form.over_the(60) for form in (old, new)]
        every = [shared[0].mean(shared[1], k).least() for k in range(passes.MEANS + 1)]
        assert least == max(every)
        assert (every[0], every[-1]) == (old.least(), new.least())


@pytest.mark.parametrize(("where", "exact"), [("CORNERS", False), ("TABLE", False), ("", True)])
def test_cells_of_too_many_values_do_without(monkeypatch, where, exact):
    network, inputs, cell = cross(Fraction(11, 5))
    if where:
        monkeypatch.setattr(passes, where, 1)
    looked = passes.Passes(region(network, inputs, cell, True), heads_of(network))
    assert (looked.least(3, [1], Fraction(0), 8) == Fraction(1, 5)) == exact


def test_passes_are_charged_and_none_are_made_in_vain():
    network, inputs, cell = cross(Fraction(11, 5))
    here, spent = region(network, inputs, cell, True), []
    looked = passes.Passes(here, heads_of(network), lambda: spent.append(1))
    for enough, count in ((Fraction(-1), 0), (Fraction(0), 1), (Fraction(1, 5), 0), (TINY, 1)):
        spent.clear()
        looked.least(3, [1], enough, 8)
        assert len(spent) == count


@pytest.mark.parametrize("kind", ["deep", "residual", "beside"])
def test_inner_components_may_be_bounded_in_passes_too(kind):
    tighter = 0
    for seed in range(12):
        _, network, inputs, cells = problem(seed, kind)
        heads = heads_of(network)
        for cell in cells:
            before = region(network, inputs, cell, True, bound=passes.inner(heads, 0))
            after = region(network, inputs, cell, True, bound=passes.inner(heads, 3))
            for nodes in all_nodes(network, inputs, cell):
                for box, (values, over) in zip(after.boxes, nodes, strict=True):
                    for low, x, high in zip(box.low, values, box.high, strict=True):
                        assert low * over <= x * box.over <= high * over
            pairs = zip(before.boxes, after.boxes, strict=True)
            tighter += any(
                [Fraction(x, a.over) for x in (*a.low, *a.high)]
                != [Fraction(x, b.over) for x in (*b.low, *b.high)]
                for a, b in pairs
            )
    assert tighter > 0
    assert passes.inner(heads, 0) is EnclosedCell.least


# float32


def a_tally():
    return Tally(None)


def cross_net(bias):
    layers = (
        Affine(0, np.array([[1.0, 1], [1, -1]]), np.zeros(2)),
        Relu(1),
        Affine(2, -np.ones((1, 2)), np.array([bias])),
    )
    return held(signs(2), Teacher(2, layers))


@pytest.mark.parametrize(
    ("bias", "count", "shown"),
    [(2.25, 8, True), (2.25, 0, False), (2 + 2.0**-30, 8, False), (2.0, 8, False)],
)
def test_passes_go_on_until_the_margin_is_above_what_rounding_does(monkeypatch, bias, count, shown):
    net = cross_net(bias)
    monkeypatch.setattr(counting, "PASSES", count)
    assert counting._is_bounded(net, ((0, 1), (0, 1)), 1, a_tally()) == shown
    assert not counting._is_bounded(net, ((0, 1), (0, 1)), 0, a_tally())


@pytest.mark.parametrize(("bias", "shown"), [(2.25, True), (2 + 2.0**-30, False)])
def test_a_margin_above_zero_is_not_enough(bias, shown):
    net = cross_net(bias)  # both neurons are on where x = 1, so the first bound is exact
    assert counting._is_bounded(net, ((1,), (0, 1)), 1, a_tally()) == shown


def test_what_only_passes_show_is_so_in_float32(monkeypatch):
    rng, found = np.random.default_rng(5), 0
    domain = signs(5)
    for _ in range(40):
        weights = [rng.normal(size=s).astype(np.float32) for s in ((6, 5), (6,), (1, 6), (1,))]
        layers = (Affine(0, *weights[:2]), Relu(1), Affine(2, *weights[2:]))
        teacher = Teacher(5, layers)
        net = held(domain, teacher)
        own = [(int(rng.integers(2)),) if i < 1 else (0, 1) for i in range(5)]
        points = [[2 * v - 1 for v in point] for point in product(*own)]
        values = [forward(net.network, (point, 1))[-1] for point in points]
        klass = int(values[0][0][0] > 0)
        shown = []
        for count in (0, 8):
            monkeypatch.setattr(counting, "PASSES", count)
            shown.append(counting._is_bounded(net, tuple(own), klass, a_tally()))
        assert shown[1] >= shown[0]
        if shown == [False, True]:
            found += 1
            for point in points:
                for evaluation in evaluations(rng):
                    assert class_of(evaluation.logits(teacher, [float(x) for x in point])) == klass
    assert found >= 3
