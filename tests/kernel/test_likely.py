"""Ranges that neurons rarely leave, against all points of small domains, and faults."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import flint
import numpy as np
import pytest

from tests.every import THIRD, seeds
from verifier.formats.variables import one_hot, variable
from verifier.kernel import checker, judging, likely, spread, stopping
from verifier.kernel.choices import DOUBLE, SINGLE
from verifier.kernel.likely import share_of
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.quick import slopes
from verifier.kernel.rules import class_rows
from verifier.model.cell import Cell, full_cell
from verifier.model.chances import Listed
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import InvalidProof
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.network import Add, Affine, Network, Relu
from verifier.model.ordinal import Ordinal
from verifier.model.part import size
from verifier.model.proof import Open, Split, Tail
from verifier.model.question import Bound, ClassIs, Matter, matter_of
from verifier.model.tree import Leaf, Tree

EVERY_CASE = range(24)
CASES = seeds(EVERY_CASE, THIRD)
ALLOWED = Fraction(1, 2), Fraction(1, 8), Fraction(1, 100)


@pytest.fixture
def of_any_width(monkeypatch):
    """The rule is for wide networks; what it says is compared on small ones."""
    monkeypatch.setattr(likely, "WIDE", 1)


def case(seed):
    """A network of whole weights, which float64 evaluates exactly, a domain and a cell."""
    rng = np.random.default_rng([seed, 46])
    held = []
    for i in range(int(rng.integers(8, 12))):
        p = Fraction(int(rng.integers(1, 8)), 8)
        kind = rng.integers(5) if i < 3 else 0
        if kind == 1:
            held.append(one_hot(f"x{i}", ("a", "b", "c"), (p / 2, (1 - p) / 2, Fraction(1, 2))))
        elif kind == 2:
            held.append(Ordinal(f"x{i}", Fraction(-900), Fraction(700), 4, ((1, p), (3, 1 - p))))
        elif kind == 3:
            codes = ((1, 0), (0, 2), (-1, 1))
            held.append(variable(f"x{i}", ("a", "b", "c"), codes, (p, 1 - p, Fraction(0))))
        else:
            held.append(variable(f"x{i}", ("no", "yes"), ((-1,), (1,)), (p, 1 - p)))
    domain = Domain(tuple(held))
    width = int(rng.integers(2, 5))

    def affine(source, rows, columns):
        weight = rng.integers(-3, 4, size=(rows, columns)).astype(float)
        return Affine(source, weight, rng.integers(-4, 5, size=rows).astype(float))

    layers = [affine(0, width, domain.columns), Relu(1), affine(2, width, width), Relu(3)]
    if seed % 2:
        layers.append(Add(2, 4))
    outputs = 1 if seed % 3 else 3
    layers.append(affine(len(layers), outputs, width))
    cell = full_cell(domain)
    for i in (0, 4) if seed % 4 == 3 else ():
        part = cell.parts[i]
        cell = cell.split(i, 1 if isinstance(part, range) else part & -part)[int(rng.integers(2))]
    return domain, Network(domain.columns, tuple(layers)), cell


def values_of(domain, teacher, cell):
    """The probability of each point of a cell, given that, and all nodes there."""
    chances = list(domain.distributions(None))
    points = list(cell.points())
    weights = [
        np.prod([float(own.weight_at(x)) for own, x in zip(chances, point, strict=True)])
        for point in points
    ]
    nodes = [np.array([[float(x) for x in domain.encode(point)] for point in points])]
    for layer in teacher.layers:
        if isinstance(layer, Affine):
            nodes.append(nodes[layer.source] @ layer.weight.T + layer.bias)
        elif isinstance(layer, Relu):
            nodes.append(np.maximum(nodes[layer.source], 0))
        else:
            nodes.append(nodes[layer.left] + nodes[layer.right])
    return np.array(weights) / sum(weights), nodes


def outside(seed, allowed, precision=DOUBLE, only=None):
    """What is left more than is said (ranges and lines, on average, or forms), and how many ranges
    are less than all values."""
    domain, teacher, cell = case(seed)
    share, nodes = values_of(domain, teacher, cell)
    p = prepare(teacher, domain)
    cells = likely.rarely(p, cell, allowed, list(domain.distributions(None)), precision, only)
    return left(cells, share, nodes, allowed)


def outside_around(seed, allowed, klass=0):
    """The same of a cell by what is found of one around it."""
    domain, teacher, around = case(seed)
    p, chances = prepare(teacher, domain), list(domain.distributions(None))
    rng, cell = np.random.default_rng([seed, 48]), around
    for i in rng.permutation(len(domain.variables)).tolist():
        part = cell.parts[i]
        if size(part) < 2:
            continue
        first = part.start if isinstance(part, range) else part & -part
        half = cell.split(i, first)[int(rng.integers(2))]
        possible = share_of(half, around, chances) > 0
        if possible and likely.share_of(half, around, chances) >= likely.SMALLER:
            cell = half
    found = likely.Around.of(p, around, klass, allowed, chances)
    own = found.within(cell, allowed)
    assert found.holds(cell)
    return *left(own, *values_of(domain, teacher, cell), allowed), cell != around


def left(cells, share, nodes, allowed):
    """What is left more than is said by points of probabilities ``share``; and as above."""
    assert cells is not None
    teacher, spread, wrong, closer = cells.p.teacher, cells.spread, [], 0
    unit = np.exp(-spread.rarity)
    for node, values in enumerate(nodes[1:], 1):
        low, high = cells.low[node][0], cells.high[node][0]
        below, above = (unit * x for x in spread.astray[node])
        wrong += ["below"] * bool((share @ np.maximum(low - values, 0) > below).any())
        wrong += ["above"] * bool((share @ np.maximum(values - high, 0) > above).any())
        wrong += ["most"] * bool((share @ np.abs(values) > cells.most[node]).any())
        closer += int((values.min(axis=0) < low).sum() + (values.max(axis=0) > high).sum())
    for source, over in spread.over.items():
        _, above, most, _ = cells.relu(source, 1)
        line = nodes[source] * np.float64(above[0]) + np.float64(most[0])
        high = np.maximum(np.maximum(nodes[source], 0) - line, 0)
        wrong += ["over"] * bool(
            (share @ high > unit * over + cells.error * cells.most[source]).any()
        )
    for klass in range(teacher.classes):
        rows = class_rows(teacher.outputs, klass)[0]
        less = (nodes[-1] @ rows.T < likely.least_of(cells, rows)).any(axis=1)
        wrong += ["class"] * bool(share[less].sum() > allowed)
    return wrong, closer


@pytest.mark.usefixtures("of_any_width")
@pytest.mark.parametrize("precision", [SINGLE, DOUBLE])
def test_ranges_are_left_by_as_little_as_is_said(precision):
    closer = 0
    every = [*product(CASES, ALLOWED, (None,)), *product(CASES, ALLOWED[1:2], (0, 1))]
    for seed, allowed, only in every:
        wrong, some = outside(seed, allowed, precision, only)
        assert not wrong, (seed, allowed, only, wrong)
        closer += some * (only is None)
    assert closer > 100


@pytest.mark.usefixtures("of_any_width")
@pytest.mark.parametrize("least", [likely.SMALLER, Fraction(1, 2)])
@pytest.mark.parametrize("allowed", ALLOWED)
def test_ranges_of_smaller_cells_are_left_by_as_little_as_is_said(allowed, least, monkeypatch):
    monkeypatch.setattr(likely, "SMALLER", least)
    closer, smaller = 0, 0
    for seed, klass in product(seeds(range(48), THIRD), (0, 1)):
        wrong, some, less = outside_around(seed, allowed, klass)
        assert not wrong, (seed, klass, wrong)
        closer, smaller = closer + some, smaller + less
    assert closer and smaller > 60 // (2 * THIRD)


@pytest.mark.usefixtures("of_any_width")
def test_forms_are_taken_of_cells_that_are_not_too_large():
    domain, teacher, cell = case(1)
    p, chances = prepare(teacher, domain), list(domain.distributions(None))
    found, least = likely.Around.of(p, cell, 0, ALLOWED[0], chances), Fraction(1)
    while least >= likely.SMALLER:
        assert found.holds(cell) and found.within(cell, ALLOWED[0]) is not None
        assert found.within(cell, ALLOWED[0] * likely.SMALLER / 2) is None
        some = (i for i, part in enumerate(cell.parts) if not isinstance(part, range))
        cell = cell.split(next(i for i in some if cell.parts[i] == 3), 1)[0]
        least = likely.share_of(cell, full_cell(domain), chances)
    assert not found.holds(cell) and found.within(cell, ALLOWED[0]) is None


def test_cells_near_each_other_are_looked_at_together():
    """As they come in a proof: what was split last is together."""
    chances = list(signs(6).distributions(None))
    cells = [full_cell(signs(6))]
    for v in range(5):
        cells = [half for cell in cells for half in cell.split(v, 1)]
    runs = list(likely.runs_of(range(32), cells, chances))
    assert [list(run) for run in runs] == [list(range(16)), list(range(16, 32))]
    some = [cells[i] for i in (0, 15, 16, 31)]
    assert [list(run) for run in likely.runs_of("abcd", some, chances)] == [["a", "b"], ["c", "d"]]
    never = [Listed((Fraction(0), Fraction(1)))] * 6
    assert len(list(likely.runs_of(range(32), cells, never))) == 32


def test_a_hull_is_the_smallest_cell_around_some():
    """Were it smaller, forms would be taken for points that they were not found for."""
    for seed in range(100):
        rng = np.random.default_rng([seed, 50])
        cells = []
        for _ in range(int(rng.integers(1, 5))):
            start = int(rng.integers(0, 9))
            part = range(start, int(rng.integers(start, 9)) + 1)
            cells.append(Cell((part, int(rng.integers(1, 64)))))
        ranged, mask = likely.hull_of(cells).parts
        inside = {x for cell in cells for x in cell.parts[0]}
        assert (ranged.start, ranged[-1]) == (min(inside), max(inside))
        held = {x for x in range(6) for cell in cells if cell.parts[1] >> x & 1}
        assert {x for x in range(6) if mask >> x & 1} == held and mask < 64


@pytest.mark.usefixtures("of_any_width")
def test_ranges_that_a_class_hardly_needs_are_as_intervals_are(monkeypatch):
    """Its forms are shown to be about as much, with less work; and another's hold as well."""
    monkeypatch.setattr(likely, "ODDS", 1)
    fewer = 0
    for seed, klass in product(CASES, (0, 1)):
        domain, teacher, cell = case(seed)
        p, chances = prepare(teacher, domain), list(domain.distributions(None))
        rows = class_rows(teacher.outputs, klass)[0]
        every, own = (
            likely.rarely(p, cell, ALLOWED[1], chances, DOUBLE, only) for only in (None, klass)
        )
        (wanted,) = own.spread.wanted.values()
        last = teacher.layers[-1].weight
        assert np.array_equal(wanted, (rows @ last < 0).any(axis=0))
        assert np.array_equal(own.low[3][0, wanted], every.low[3][0, wanted])
        fewer += (own.high[3] != every.high[3]).sum()
        lower, size = likely.least_of(own, rows), np.abs(rows @ last) @ np.abs(own.most[3])
        assert (lower >= likely.least_of(every, rows) - size).all()
    assert fewer


@pytest.mark.usefixtures("of_any_width")
def test_a_class_loses_what_is_taken_from_its_form_and_its_deviations(monkeypatch):
    """No small network shows it: both are hardly ever lost together."""
    domain, teacher, cell = case(0)
    chances = list(domain.distributions(None))
    cells = likely.rarely(prepare(teacher, domain), cell, ALLOWED[1], chances)
    rows = class_rows(teacher.outputs, 0)[0]
    every = np.array([[5.0], [2.0], [0.25]]) * np.ones(len(rows))
    monkeypatch.setattr(likely.Spread, "sums", lambda *_: spread.Sums(*every))
    said = likely.least_of(cells, rows)
    assert np.array_equal(said, np.full(len(rows), 5 - 2 * cells.spread.reach - 0.25))


def sums(seed):
    """A network of one layer, of weights that single precision rounds, over few signs."""
    rng = np.random.default_rng([seed, 47])
    weight = rng.normal(size=(6, 7)) * 10.0 ** rng.integers(-6, 3, size=(6, 7))
    return signs(7), Network(7, (Affine(0, weight, rng.normal(size=6)),))


def beyond_the_least(seed, precision):
    """Whether a form is said to be above what it is, exactly, at some point: where hardly any
    probability is left, all terms are taken at their least."""
    domain, teacher = sums(seed)
    p, cell = prepare(teacher, domain), full_cell(domain)
    chances = list(domain.distributions(None))
    (layer,) = teacher.layers
    cells = likely.rarely(p, cell, Fraction(1, 1 << 700), chances, precision)
    rows = np.eye(6)
    said = likely.least_of(cells, rows)
    exact = [
        Fraction(b) - sum(abs(Fraction(w)) for w in row)
        for row, b in zip(layer.weight.tolist(), layer.bias.tolist(), strict=True)
    ]
    return any(Fraction(float(x)) > y for x, y in zip(said, exact, strict=True))


@pytest.mark.usefixtures("of_any_width")
@pytest.mark.parametrize("precision", [SINGLE, DOUBLE])
def test_rounding_is_charged(precision, monkeypatch):
    assert not any(beyond_the_least(seed, precision) for seed in range(200))
    begun = likely.cells_of

    def free(*given, **named):
        free_of_charge = replace(precision, unit=0.0, tiny=0.0)
        return replace(begun(*given, **named), error=0.0, precision=free_of_charge)

    monkeypatch.setattr(likely, "cells_of", free)
    assert any(beyond_the_least(seed, precision) for seed in range(200))


def halved(*given, found=spread._split):
    taken, sigma = found(*given)
    return taken, sigma / 2


def upside_down(own, allowed, found=likely._share):
    """As if all values were allowed, and most probable those that are least."""
    weights = found(own, np.ones_like(allowed))
    return sorted(weights) if weights[0] > weights[-1] else sorted(weights, reverse=True)


def shifted(*given, found=likely.spread_of):
    spread = found(*given)
    return replace(spread, mean=spread.mean + 1)


def never_below(sums, ends, rarity):
    return sums.strays


def no_strays(own, *given, found=likely.Spread.sums):
    """As if what is carried from the layers before were nothing."""
    sums = found(own, *given)
    return replace(sums, strays=sums.strays * 0)


def below_alone(spread, cells, node, low, high, found=likely.Spread.enclose):
    """As if ReLUs were above their lines below ranges alone."""
    found(spread, cells, node, low, high)
    if node in spread.over:
        up = slopes(low[0], high[0], cells.precision)[1]
        spread.over[node] = up * spread.astray[node][0]


def on_line(spread, cells, node, low, high, found=likely.Spread.enclose):
    """As if ReLUs that a class wants no ranges of were never above their lines."""
    found(spread, cells, node, low, high)
    if node in spread.wanted:
        spread.over[node] = spread.over[node] * spread.wanted[node]


def carried_nowhere(spread, cells, node, width):
    return np.zeros(width), np.zeros(width)


FAULTS = {
    "reach": (likely.Spread, "reach", 0.3),
    "means": (likely, "spread_of", shifted),
    "deviations": (spread, "_split", halved),
    "chances": (likely, "_share", upside_down),
    "tails": (spread.Sums, "below", never_below),
    "strays": (likely.Spread, "sums", no_strays),
    "lines": (likely.Spread, "enclose", below_alone),
    "intervals": (likely.Spread, "_by_interval", carried_nowhere),
    "unwanted": (likely.Spread, "enclose", on_line),
    "units": (likely, "_rarity", lambda *given, found=likely._rarity: found(*given) / 8),
}


@pytest.mark.usefixtures("of_any_width")
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_leaves_ranges_by_more(name, monkeypatch):
    monkeypatch.setattr(*FAULTS[name])
    every = product(EVERY_CASE, ALLOWED, (None, 0))
    assert any(outside(seed, x, only=only)[0] for seed, x, only in every)


def of_the_larger(spread, around, begun, found=likely.Spread.within):
    return found(spread, around, replace(begun, centre=around.centre, radius=around.radius * 0))


def kept_on_lines(spread, around, begun, found=likely.Spread.within):
    """As if ReLUs of nodes of one sign around were never above their lines."""
    over = {node: 0 * x for node, x in around.spread.over.items()}
    return found(spread, replace(around, spread=replace(around.spread, over=over)), begun)


FAULTS_AROUND = {
    "kept": (likely.Spread, "within", kept_on_lines),
    "units": (likely, "SLIGHTLY", Fraction(12)),
    "means": (likely, "spread_of", shifted),
    "larger": (likely.Spread, "within", of_the_larger),
    "strays": (likely.Spread, "sums", no_strays),
}


@pytest.mark.usefixtures("of_any_width")
@pytest.mark.parametrize("name", FAULTS_AROUND)
def test_a_fault_leaves_ranges_of_smaller_cells_by_more(name, monkeypatch):
    monkeypatch.setattr(likely, "SMALLER", Fraction(1, 2))
    monkeypatch.setattr(*FAULTS_AROUND[name])
    assert any(outside_around(seed, x)[0] for seed, x in product(range(96), ALLOWED[1:]))


def raised(domain, teacher, cell, klass, allowed):
    """The network with a class's logit so much higher that the rule just shows the class."""
    chances = list(domain.distributions(None))
    rows = class_rows(teacher.outputs, klass)[0]
    cells = likely.rarely(prepare(teacher, domain), cell, allowed, chances)
    more = np.ceil(max(0.0, -likely.least_of(cells, rows).min())) + 1 / 16
    last = teacher.layers[-1]
    bias = last.bias.copy()
    bias[klass if teacher.outputs > 1 else 0] += more if klass or teacher.outputs > 1 else -more
    own = Network(teacher.columns, (*teacher.layers[:-1], replace(last, bias=bias)))
    return own, prepare(own, domain), chances


@pytest.mark.usefixtures("of_any_width")
def test_a_class_is_wrong_as_rarely_as_is_shown():
    wrong = 0
    for seed, allowed in product(CASES, ALLOWED):
        domain, teacher, cell = case(seed)
        own, p, chances = raised(domain, teacher, cell, seed % 2, allowed)
        assert likely.rarely_wrong(p, [cell], seed % 2, allowed, chances) == [True]
        share, nodes = values_of(domain, own, cell)
        logits = nodes[-1]
        classes = (logits[:, 0] > 0) if own.outputs == 1 else logits.argmax(axis=1)
        assert share[classes != seed % 2].sum() <= allowed
        wrong += (classes != seed % 2).any()
    assert wrong  # else worst cases would have shown as much


@pytest.mark.usefixtures("of_any_width")
@pytest.mark.parametrize("odds", [1, 2, likely.ODDS])
def test_both_ways_to_fail_together_are_as_improbable_as_was_asked(odds):
    for seed, allowed in product((0, 1), (*ALLOWED, Fraction(1, 1 << 700))):
        domain, teacher, cell = case(seed)
        p, chances = prepare(teacher, domain), list(domain.distributions(None))
        rarity = likely._rarity(p, allowed, odds)
        spread = likely.spread_of(p, parts_of([cell]), chances, rarity, odds)
        lost, far = (-flint.arb(rarity)).exp(), (-(flint.arb(spread.reach) ** 2) / 2).exp()
        each = flint.arb(allowed.numerator) / (allowed.denominator * max(1, teacher.outputs - 1))
        assert lost + far <= each and lost + far > each * 0.99 and far * odds <= lost


@pytest.mark.usefixtures("of_any_width")
def test_cells_of_probability_zero_and_bounds_out_of_reach_show_nothing():
    domain, teacher, _ = case(1)
    p, chances = prepare(teacher, domain), list(domain.distributions(None))
    cell = full_cell(domain)
    for allowed in (Fraction(0), Fraction(1), Fraction(-1, 2), Fraction(1, 1 << 900)):
        assert likely.rarely(p, cell, allowed, chances) is None
    never = [Listed((Fraction(0), Fraction(1)))] * 9
    bits = Domain(tuple(variable(f"x{i}", ("no", "yes"), ((-1,), (1,))) for i in range(9)))
    first, last = Affine(0, np.ones((3, 9)), np.zeros(3)), Affine(2, np.ones((1, 3)), np.ones(1))
    own = Network(9, (first, Relu(1), last))
    half = full_cell(bits).split(0, 1)[0]
    assert likely.rarely(prepare(own, bits), half, Fraction(1, 2), never) is None


@pytest.mark.usefixtures("of_any_width")
@pytest.mark.parametrize("where", ["first", "last"])
def test_numbers_beyond_all_bounds_show_nothing(where):
    domain = signs(12)
    scale = {"first": 1.0, "last": 1.0, where: 1e200}
    layers = (
        Affine(0, np.full((3, 12), scale["first"]), np.full(3, 40.0)),
        Relu(1),
        Affine(2, np.full((1, 3), scale["last"]), np.ones(1)),
    )
    p = prepare(Network(12, layers), domain)
    chances = list(domain.distributions(None))
    assert likely.rarely_wrong(p, [full_cell(domain)], 1, Fraction(1, 2), chances) == [False]


def wide(offset=3.0):
    """A network of 300 neurons over 256 signs, nearly always of class 1."""
    rng = np.random.default_rng(0)
    layers = (
        Affine(0, rng.normal(size=(300, 256)) * 0.0075, np.where(np.arange(300) % 2, 1.0, -1.0)),
        Relu(1),
        Affine(2, rng.normal(size=(300, 300)) / 17, np.zeros(300)),
        Relu(3),
        Affine(4, rng.normal(size=(1, 300)) / 17, np.full(1, offset)),
    )
    return Network(256, layers), signs(256)


def test_a_wide_network_is_shown_to_be_rarely_wrong_where_lines_say_nothing():
    teacher, domain = wide()
    p, chances = prepare(teacher, domain), list(domain.distributions(None))
    bound = Fraction(1, 1 << 20)
    assert checker.tail_bound(p, full_cell(domain), 1, chances) == 1
    matter = matter_of(domain, teacher, Tree((Leaf(1),)))
    found = checker.verify(matter, (Tail(1, bound),))
    assert found.error == (0, bound) and found.verdict == "undecided"
    assert checker.verify(
        matter_of(domain, teacher, Tree((Leaf(0),))), (Tail(1, bound),)
    ).error == (
        1 - bound,
        1,
    )
    for tail in (Tail(0, bound), Tail(1, Fraction(1, 1 << 790))):
        with pytest.raises(InvalidProof, match="step 1 claims P"):
            checker.verify(matter, (tail,))


@pytest.mark.usefixtures("of_any_width")
def test_nodes_that_two_relus_read_are_left_to_lines():
    """One coefficient is kept of each node that a ReLU reads: a second one would be lost."""
    teacher, domain = wide()
    first, _, second, *rest = teacher.layers
    half = np.split(second.weight, [150], axis=1)
    layers = (
        first,
        Relu(1),
        Relu(1),
        Affine(2, np.hstack([half[0], 0 * half[1]]), second.bias),
        Affine(3, np.hstack([0 * half[0], half[1]]), second.bias),
        Add(4, 5),
        Relu(6),
        Affine(7, rest[-1].weight, rest[-1].bias),
    )
    again, cell, chances = Network(256, layers), full_cell(domain), list(domain.distributions(None))
    for model, looked_at in ((teacher, True), (again, False)):
        found = likely.rarely(prepare(model, domain), cell, Fraction(1, 2), chances)
        assert (found is not None) is looked_at


@pytest.mark.usefixtures("of_any_width")
@pytest.mark.parametrize(("number", "looked_at"), [("1/8", True), ("1/3", False)])
def test_encodings_that_are_rounded_are_left_to_lines(number, looked_at):
    """Of variables of several columns what is no binary fraction is."""
    rows = (Fraction(1, 2), Fraction(0)), (Fraction(1, 4), Fraction(number))
    domain = Domain((variable("x", ("a", "b"), rows), *signs(1).variables))
    layers = (
        Affine(0, np.ones((3, 3)), np.zeros(3)),
        Relu(1),
        Affine(2, np.ones((1, 3)), -np.ones(1)),
    )
    p, chances = prepare(Network(3, layers), domain), list(domain.distributions(None))
    found = likely.rarely(p, full_cell(domain), Fraction(1, 2), chances)
    assert (found is not None) is looked_at


def test_means_are_off_by_no_more_than_rounded_encodings_are():
    """Of variables of one column, whose numbers no binary fraction is."""
    chances = (Fraction(1, 8), Fraction(3, 8), Fraction(1, 2))
    numbers = [(1, 3), (2, 7), (-5, 9), (1000, 3)], [(0, 1), (-1, 7), (4, 3), (1, 3)]
    every = [(a[i], a[i - 1], (i, 5)) for a in numbers for i in range(4)]
    rows = [[Fraction(*x) for x in own] for own in every]
    labels = ("a", "b", "c")
    held = [variable(f"x{i}", labels, [[x] for x in own], chances) for i, own in enumerate(rows)]
    domain = Domain(tuple(held))
    p = prepare(Network(8, (Affine(0, np.ones((2, 8)), np.zeros(2)),)), domain)
    beyond = 0
    for cell, inside in ((full_cell(domain), (0, 1, 2)), (Cell((6,) * 8), (1, 2))):
        of = list(domain.distributions(None))
        found = likely.spread_of(p, parts_of([cell]), of, 1.0)
        for j, own in enumerate(rows):
            whole = sum(chances[k] for k in inside)
            exact = sum(chances[k] * own[k] for k in inside) / whole / Fraction(2) ** p.scales[j]
            off = abs(Fraction(found.mean[j]) - exact) - abs(exact) / (1 << 53)
            assert off <= Fraction(found.loose[j])
            beyond += off > 0
    assert beyond > 8  # more than is rounded once


def test_narrow_networks_are_left_to_lines():
    domain, teacher, cell = case(0)
    chances = list(domain.distributions(None))
    assert likely.rarely(prepare(teacher, domain), cell, Fraction(1, 2), chances) is None


@pytest.mark.usefixtures("of_any_width")
def test_a_cell_of_one_point_has_its_values():
    domain, teacher, _ = case(2)
    point = tuple(0 for _ in domain.variables)
    parts = [
        range(x, x + 1) if isinstance(v, Ordinal) else 1 << x
        for v, x in zip(domain.variables, point, strict=True)
    ]
    cell, p = Cell(tuple(parts)), prepare(teacher, domain)
    cells = likely.rarely(p, cell, Fraction(1, 2), list(domain.distributions(None)))
    _, nodes = values_of(domain, teacher, cell)
    for low, high, values in zip(cells.low[1:], cells.high[1:], nodes[1:], strict=True):
        assert (low[0] <= values[0]).all() and (values[0] <= high[0]).all()
        assert (high[0] - low[0] < 1e-9).all()


def test_tails_that_were_checked_stand_where_the_check_is_stopped(monkeypatch):
    """A few are checked together: more and more."""
    teacher, domain = wide()
    each = Tail(1, Fraction(1, 1 << 20))
    proof = (*(node for v in range(6) for node in (Split(v, 1), each)), each)
    done = []

    def counted(*given, found=judging.rarely_wrong):
        done.append(found(*given))
        return done[-1]

    monkeypatch.setattr(judging, "rarely_wrong", counted)
    monkeypatch.setattr(checker, "FIRST", checker.TAIL)
    monkeypatch.setattr(stopping, "EVERY", 0)
    found = checker.verify(
        matter_of(domain, teacher, Tree((Leaf(1),))), proof, stop=lambda: len(done) >= 3
    )
    assert 1 <= found.checked.cells["tail"] < 7
    assert found.error[1] < 1


def test_a_tail_counts_by_itself_where_several_are_looked_at_together():
    """Of two cells the one whose bound is too small is refused."""
    teacher, domain = wide()
    matter = matter_of(domain, teacher, Tree((Leaf(1),)))
    shown, tiny = Tail(1, Fraction(1, 1 << 20)), Tail(1, Fraction(1, 1 << 300))
    assert checker.verify(matter, (Split(0, 1), shown, shown)).error[1] == Fraction(1, 1 << 20)
    for proof, step in (((tiny, shown), 1), ((shown, tiny), 2), ((shown, Tail(0, shown.bound)), 2)):
        with pytest.raises(InvalidProof, match=f"step {step} claims"):
            checker.verify(matter, (Split(0, 1), *proof))


@pytest.mark.usefixtures("of_any_width")
@pytest.mark.parametrize("first", ["rare", "common"])
def test_tails_of_cells_with_other_distributions_are_looked_at_apart(first):
    """The network sees the same of both cells, but not as often."""
    count = 30
    common, rare = (Listed((1 - x, x)) for x in (Fraction(1, 2), Fraction(1, 16)))
    switch = [Listed((Fraction(1 - i), Fraction(i))) for i in (0, 1)]
    leaves = [GivenLeaf(Fraction(1, 2), (switch[0], *[rare] * count))]
    leaves.insert(first == "rare", GivenLeaf(Fraction(1, 2), (switch[1], *[common] * count)))
    if first == "common":
        leaves = [replace(x, chances=(switch[i], *x.chances[1:])) for i, x in enumerate(leaves)]
    domain = Domain(bits(count + 1).variables, Given((GivenTest(0, 1, 1, 2), *leaves)))
    layers = (Affine(0, -np.ones((1, count)), np.full(1, 19.5)),)
    network = Bound("few", Network(count, layers), tuple(range(1, count + 1)))
    matter, tail = Matter(domain, (network,), ClassIs(0, 1)), Tail(1, Fraction(1, 1000))
    proof = [Split(0, 1), tail, Open()] if first == "rare" else [Split(0, 1), Open(), tail]
    assert checker.verify(matter, proof).error[0] == Fraction(999, 2000)
    step = 2 if first == "rare" else 1
    with pytest.raises(InvalidProof, match=f"step {step} claims P"):
        checker.verify(matter, [Split(0, 1), tail, tail])
