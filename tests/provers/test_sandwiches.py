"""The search for sandwiches: what it says of cells, against every tuple of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from numba import njit

from tests.every import seeds
from tests.provers.cases import random_variable
from verifier.kernel.asked import ask
from verifier.kernel.checker import prepared
from verifier.kernel.sandwich import fault, refused
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.part import values
from verifier.model.proof import Neuron, Open, Split
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same, differ, truth
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.answering import answerer_of, points_of
from verifier.provers.count import still_open
from verifier.provers.options import UNLIMITED
from verifier.provers.overlaying import overlay_of
from verifier.provers.pairs import layout
from verifier.provers.pairs import search as pairs
from verifier.provers.pairs.arrays import CLOSED, OPEN
from verifier.provers.pairs.joint import below_both
from verifier.provers.pairs.layout import part_of
from verifier.provers.pairs.proving import begin
from verifier.provers.pairs.ranges import spread
from verifier.provers.pairs.trunk import Root, trunk_of
from verifier.provers.sandwiches import propose


def network(rng, columns, outputs=1, hidden=6):
    """Two hidden layers with random weights."""
    layers = (
        Affine(0, rng.normal(size=(hidden, columns)), rng.normal(size=hidden)),
        Relu(1),
        Affine(2, rng.normal(size=(5, hidden)), rng.normal(size=5)),
        Relu(3),
        Affine(4, rng.normal(size=(outputs, 5)), rng.normal(size=outputs)),
    )
    return Network(columns, layers)


def number(rng, name):
    count = int(rng.integers(2, 7))
    first, step = Fraction(int(rng.integers(-3, 4)), 2), Fraction(int(rng.integers(1, 4)), 4)
    cut = int(rng.integers(1, count + 1))
    runs = ((cut, Fraction(1, 3)), (count - cut, Fraction(2, 3)))
    return Ordinal(name, first, step, count, runs if cut < count else uniform(count))


def variables(rng, count):
    return tuple(
        number(rng, f"v{i}")
        if rng.random() < 0.5
        else random_variable(rng, f"v{i}", int(rng.integers(1, 5)), int(rng.integers(1, 4)))
        for i in range(count)
    )


def one_network(seed):
    """A network and a tree that tests the first column, which differ."""
    rng = np.random.default_rng(seed)
    tested = number(rng, "tested")
    domain = Domain((tested, *variables(rng, 3)))
    tree = Tree((Inner(0, tested.first, 1, 2), Leaf(0), Leaf(1)))
    every = tuple(range(4))
    net = Bound("net", network(rng, domain.columns, 1 + seed % 2), every)
    question = differ() if seed % 3 else All((ClassIs(0, 1), Not(ClassIs(1, 1))))
    return Matter(domain, (net, Bound("tree", tree, every)), question)


def many_classes(seed):
    """A network of three to six classes, and a tree, about which one of three questions is."""
    rng, classes = np.random.default_rng(seed), 3 + seed % 4
    tested = number(rng, "tested")
    domain = Domain((tested, *variables(rng, 3)))
    tree = Tree((Inner(0, tested.first, 1, 2), Leaf(0), Leaf(classes - 1)))
    every = tuple(range(4))
    net = Bound("net", network(rng, domain.columns, classes), every)
    either = Any_((ClassIs(0, 1), ClassIs(0, classes - 1)))
    leaf = ClassIs(1, 0)
    question = (differ(), All((either, Not(leaf))), Any_((either, leaf)))[seed % 3]
    return Matter(domain, (net, Bound("tree", tree, every)), question)


def two_copies(seed):
    """Two copies of a network that read a variable each of their own."""
    rng = np.random.default_rng(seed)
    shared = variables(rng, 3)
    if seed % 2:
        own = number(rng, "a")
        other = Ordinal("b", own.first - 1, own.step, own.count, uniform(own.count))
    else:
        own = random_variable(rng, "a", 3, 1 + seed % 4 // 2)
        other = replace(own, name="b")
    domain = Domain((own, *shared, other))
    net = network(rng, domain.columns - other.columns, 1 + seed % 3 // 2)
    models = Bound("a", net, (0, 1, 2, 3)), Bound("b", net, (4, 1, 2, 3))
    question = differ() if seed % 3 else All((ClassIs(0, 0), ClassIs(1, 1)))
    return Matter(domain, models, question)


def grown(matter, cells, few=0.0, *, again=False):
    """The search after it has split so many cells, none of which is small enough to be left.

    ``again`` has it take bounding one network again to have told much.
    """
    search = begin(matter, UNLIMITED)
    assert search is not None
    for room in search.rooms:
        room.again[:2] = (1e99, 0.0) if again else 0.0
    for beside in search.beside:
        beside.told[:2] = 1e99, 0.0  # cases of all cells are tried
    pairs.step(search, pairs.Task(pairs.START, last=len(search.roots), few=few))
    while search.open and search.pool.used[0] < cells:
        pairs.split(search, min(4, search.open), few=few)
    return search


def cells_of(search):
    """The search's leaves, each with its cell and number in the pool."""
    pool = search.pool
    for at in search.leaves().tolist():
        rows = zip(pool.low[at].tolist(), pool.high[at].tolist(), strict=True)
        yield at, Cell(tuple(part_of(search.held, i, a, b) for i, (a, b) in enumerate(rows)))


@pytest.mark.parametrize(
    ("make", "again"),
    [
        (one_network, False),
        (one_network, True),
        (many_classes, False),
        (many_classes, True),
        (two_copies, False),
    ],
)
@pytest.mark.parametrize("seed", seeds(range(40)))
def test_what_is_said_of_cells_holds_at_all_of_their_tuples(make, again, seed):
    matter = make(seed)
    search = grown(matter, 40, again=again)
    answerer = answerer_of(overlay_of(matter))
    seen = 0
    for at, cell in cells_of(search):
        points = points_of(cell)
        seen += len(points)
        assert search.pool.points[at] == len(points)
        weight = sum(matter.domain.weight(tuple(p)) for p in points.tolist())
        share = weight / matter.domain.total_weight
        assert search.pool.share[at] == pytest.approx(share, abs=1e-12)
        classes = answerer.classes(points)
        true = answerer.true_at(points, classes)
        a, b = divmod(int(search.pool.known[at]), 3)
        ones = search.held.groups[search.pool.group[at]]
        for model, klass in zip(search.held.models, (a, b), strict=False):
            own = ones >> classes[:, model] & 1 if ones else classes[:, model]
            assert klass == 2 or (own == klass).all()
        if search.pool.ended[at] == CLOSED:
            assert true.all() or not true.any()
            assert (search.pool.yes[at] > 0) == (bool(true.any()) and weight > 0)
    decided = full_cell(matter.domain).size - sum(root.cell.size for root in search.roots)
    assert seen + decided == full_cell(matter.domain).size


def bent(seed=0, count=8):
    """Two copies that differ little, of a network with few neurons, most of which bend much."""
    rng = np.random.default_rng(seed)
    shared = tuple(Ordinal(f"x{i}", Fraction(0), Fraction(1), count, uniform(count)) for i in "abc")
    own = tuple(Ordinal(n, Fraction(k), Fraction(1), 1, uniform(1)) for k, n in enumerate("yz"))
    first = np.concatenate([rng.normal(size=(3, 3)), 0.05 * rng.normal(size=(3, 1))], axis=1)
    layers = (
        Affine(0, first, -first[:, :3].sum(axis=1) * (count - 1) / 2),
        Relu(1),
        Affine(2, rng.choice([-1.0, 1.0], size=(1, 3)) * rng.uniform(0.5, 1.5, 3), np.ones(1)),
    )
    models = (Bound(name, Network(4, layers), (0, 1, 2, 3 + k)) for k, name in enumerate("mn"))
    return Matter(Domain((*shared, *own)), tuple(models), differ())


def bent_alone(seed=0, count=8):
    """The same network by itself."""
    (a, b, c, own, _), bound = bent(seed, count).domain.variables, bent(seed, count).models[0]
    return Matter(Domain((a, b, c, own)), (bound,), ClassIs(0, 1))


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("seed", seeds(range(6)))
def test_what_cases_of_one_network_leave_open_is_less_and_the_kernel_shows_it(seed, again):
    matter = bent_alone(seed)
    search = grown(matter, 12, again=again)
    pool, asked, more = search.pool, ask(matter), 0.0
    for at, cell in cells_of(search):
        code = int(pool.neurons[at, 0])
        if code < 0:
            continue
        near, told = search.held.neuron(code), {"again": bool(pool.again[at] & 1)}
        (plain,) = propose(asked, [cell], (0,), **told)
        (step,) = propose(asked, [cell], (0,), neurons=[(near,)], **told)
        assert step.cases.neurons == (near,) and len(step.cases.everywhere) == 2
        assert refused(asked, [cell], [step]) == [""] and not fault(asked, step)
        left, before = (still_open(asked, cell, x) for x in (step, plain))
        left, before = (1 if x is None else x for x in (left, before))
        assert left <= before
        assert left * pool.share[at] <= pool.single[at] + 0.1 * pool.share[at]
        assert pool.single[at] <= pool.plain[at]
        more += float(before - left)
    assert more > 0 or (pool.neurons[: pool.used[0]] < 0).all()


@pytest.mark.parametrize("both", [-0.9, 0.0, 0.6])
@pytest.mark.parametrize(("x", "y"), [(0.3, -0.2), (-1.0, 2.0), (9.0, 0.5), (-9.0, 0.0)])
def test_how_probable_two_normal_numbers_are_below_two(x, y, both):
    rng = np.random.default_rng(0)
    one, rest = rng.normal(size=(2, 200_000))
    other = both * one + np.sqrt(1 - both**2) * rest
    assert below_both.py_func(x, y, both) == pytest.approx(
        np.mean((one <= x) & (other <= y)), abs=4e-3
    )


@pytest.mark.parametrize("seed", seeds(range(6)))
def test_what_cases_leave_open_is_less_and_the_kernel_shows_it(seed):
    matter = bent(seed)
    search = grown(matter, 12)
    pool, asked, more = search.pool, ask(matter), 0.0
    for at, cell in cells_of(search):
        for places, expected in (((0,), pool.single[at]), ((1, 2), pool.double[at])):
            codes = pool.neurons[at, list(places)].tolist()
            if min(codes) < 0:
                continue
            neurons = [search.held.neuron(code) for code in codes]
            (plain,), (step,) = (
                propose(asked, [cell], (0, 1), neurons=near) for near in (None, [neurons])
            )
            assert step.cases is not None and step.cases.neurons == tuple(neurons)
            left, before = (still_open(asked, cell, x) or 0 for x in (step, plain))
            assert left <= before
            assert left * pool.share[at] <= expected + 0.1 * pool.share[at]
            more += float(before - left)
    assert more > 0 or (pool.neurons[: pool.used[0]] < 0).all()


def test_cases_are_told_apart_by_neurons_of_the_network_as_it_is():
    for matter in (bent(), bent_alone()):
        held = begin(matter, UNLIMITED).held
        assert held.nets.told_apart and held.neuron(2) == Neuron(1, 2)


def beside_a_line(wide):
    """A network that is about the side of a line: near it no neuron that differs little is bent."""
    rng, count, width = np.random.default_rng(3), 8, 12
    eight = [Ordinal(f"x{i}", Fraction(0), Fraction(1), 8, uniform(8)) for i in range(count)]
    toward, side = rng.normal(size=count), np.resize([1.0, -1.0], width)
    first = side[:, None] * toward + wide * rng.normal(size=(width, count))
    bias = np.abs(toward).sum() - first @ np.full(count, 3.5)
    layers = Affine(0, first, bias), Relu(1), Affine(2, side[None], np.zeros(1))
    net = Bound("net", Network(count, layers), tuple(range(count)))
    return Matter(Domain(tuple(eight)), (net,), ClassIs(0, 1))


@pytest.mark.parametrize(("wide", "again"), [(0.1, True), (5.0, False)])
def test_one_network_is_bounded_again_where_that_tells_much(wide, again):
    """Then the same number of cells leaves much less open."""
    matter = beside_a_line(wide)
    search = grown(matter, 400)
    asked = ask(matter)
    every = [(at, cell) for at, cell in cells_of(search) if search.pool.ended[at] == OPEN]
    assert (np.mean([search.pool.again[at] & 1 for at, _ in every]) > 0.5) == again
    cells = [cell for _, cell in every]
    found = [propose(asked, cells, [0], again=own) for own in (False, True)]
    one, other = (sum(left_open(asked, cells, steps)) for steps in found)
    assert (other < 0.7 * one) == again


@pytest.mark.parametrize("seed", seeds(range(3)))
@pytest.mark.parametrize("sign", [1, -1])
def test_what_forms_on_one_side_tell_is_expected(sign, seed):
    """Of a network that curves one way parallel lines leave far more open than the kernel does."""
    rng, count, width = np.random.default_rng(seed), 20, 16
    first = rng.normal(size=(width, count))
    bias = -first @ np.full(count, 0.5)
    points = np.maximum(rng.integers(0, 2, size=(2000, count)) @ first.T + bias, 0)
    middle = float(np.median(points.sum(axis=1)))
    layers = (
        Affine(0, first, bias),
        Relu(1),
        Affine(2, sign * np.ones((1, width)), np.array([-sign * middle])),
    )
    net = Bound("net", Network(count, layers), tuple(range(count)))
    matter = Matter(bits(count), (net,), ClassIs(0, 1))
    search, asked = grown(matter, 300), ask(matter)
    every = [(at, cell) for at, cell in cells_of(search) if search.pool.ended[at] == OPEN]
    cells, places = [cell for _, cell in every], [at for at, _ in every]
    shown = sum(left_open(asked, cells, propose(asked, cells, [0])))
    assert 0.1 < shown < 0.95
    assert search.pool.plain[places].sum() == pytest.approx(shown, rel=0.15)


@pytest.mark.parametrize("make", [bent_alone, bent])
@pytest.mark.parametrize("seed", seeds(range(6)))
def test_what_sides_leave_open_is_less_and_about_what_is_expected(make, seed):
    matter = make(seed, 12)
    search = grown(matter, 30, again=True)
    asked, models = ask(matter), search.held.models
    every = [(at, cell) for at, cell in cells_of(search) if search.pool.ended[at] == OPEN]
    cells, places = [cell for _, cell in every], [at for at, _ in every]
    told = {"again": True, "sided": np.ones(len(cells), dtype=bool)}
    plain, steps = (propose(asked, cells, models, **own) for own in ({"again": True}, told))
    assert refused(asked, cells, steps) == [""] * len(cells)
    assert any(x.sides for x in steps)
    assert [replace(x, sides=None) for x in steps] == plain
    before, left = (list(left_open(asked, cells, own)) for own in (plain, steps))
    assert all(a <= b for a, b in zip(left, before, strict=True))
    assert search.pool.sided[places].sum() == pytest.approx(sum(left), rel=0.25, abs=0.05)
    assert sum(left) < 0.97 * sum(before) or seed


def left_open(asked, cells, steps):
    """What Sandwiches leave open of each cell, by probability."""
    domain = asked.domain
    for cell, step in zip(cells, steps, strict=True):
        share = None if step is None else still_open(asked, cell, step)
        yield float(domain.measure(cell)[1] * (1 if share is None else share)) / domain.total_weight


@pytest.mark.parametrize("seed", seeds(range(12)))
def test_what_is_open_shrinks_to_nothing(seed):
    search = grown(two_copies(seed), 4000)
    assert search.open == 0
    assert search.undecided() == 0.0


def test_a_table_says_which_classes_make_the_question_true():
    matter = one_network(0)
    overlay = overlay_of(matter)
    for item in trunk_of(overlay, frozenset(), None):
        assert isinstance(item, Split | Open | Root)
        if isinstance(item, Root):
            point = item.cell.first_point()
            tree = int(answerer_of(overlay).classes(np.array([point]))[0, 1])
            for a, b in product(range(2), repeat=2):
                told = bool(item.groups[0].table >> (2 * a + b) & 1)
                assert told == bool(truth(matter.question, (a, tree)))


def test_other_questions_are_left_to_others():
    rng = np.random.default_rng(0)
    domain = Domain(variables(rng, 3))
    three = Bound("a", network(rng, domain.columns, 3), (0, 1, 2))
    four = Bound("b", network(rng, domain.columns, 4), (0, 1, 2))
    assert begin(Matter(domain, (three, four), differ()), UNLIMITED) is None
    whole = Any_(tuple(ClassIs(0, k) for k in range(3)))
    assert begin(Matter(domain, (three,), whole), UNLIMITED) is None
    wider = {"a": 6, "b": 7}
    others = tuple(Bound(x, network(rng, domain.columns, hidden=wider[x]), (0, 1, 2)) for x in "ab")
    assert begin(Matter(domain, others, differ()), UNLIMITED) is None
    linear = Network(domain.columns, (Affine(0, np.ones((1, domain.columns)), np.zeros(1)),))
    matter = Matter(domain, (Bound("a", linear, (0, 1, 2)),), ClassIs(0, 1))
    assert begin(matter, UNLIMITED) is None


def test_there_may_be_more_points_than_floats_reach():
    rng = np.random.default_rng(0)
    domain = bits(1100)
    models = (Bound("a", network(rng, 1100), tuple(range(1100))),)
    search = grown(Matter(domain, models, ClassIs(0, 1)), 20)
    assert search.pool.used[0] >= 19
    assert 0 < search.undecided() <= 1
    assert sum(search.pool.share[search.leaves()]) == pytest.approx(1)


@njit
def spread_of(inputs, i, low, high):
    """What compiled code is told."""
    return spread(inputs, i, low, high)


@pytest.mark.parametrize("listed", [1, 1 << 16])
@pytest.mark.parametrize("seed", seeds(range(4)))
def test_a_cell_has_the_probability_that_its_values_have(listed, seed, monkeypatch):
    """Also of variables of too many values to list, which have runs of one weight."""
    monkeypatch.setattr(layout, "LISTED", listed)
    rng = np.random.default_rng(seed)
    runs = (2, Fraction(1, 8)), (3, Fraction(1, 2)), (1, Fraction(0)), (4, Fraction(3, 8))
    domain = Domain((*variables(rng, 2), Ordinal("runs", Fraction(-1), Fraction(1, 4), 10, runs)))
    net = Bound("net", network(rng, domain.columns), (0, 1, 2))
    search = grown(Matter(domain, (net,), ClassIs(0, 1)), 60)
    inputs = search.held.inputs
    for at, cell in cells_of(search):
        share = domain.measure(cell)[1] / domain.total_weight
        assert search.pool.share[at] == pytest.approx(share)
        for i, (v, part) in enumerate(zip(domain.variables, cell.parts, strict=True)):
            weights = [v.chances.weight_at(k) for k in values(part)]
            if isinstance(v, Ordinal) and any(weights):
                numbers = np.array([float(v.number(k)) for k in part])
                mean = np.average(numbers, weights=weights)
                square = np.average((numbers - mean) ** 2, weights=weights)
                found = spread_of(inputs, i, part.start, part.stop - 1)
                assert found == pytest.approx((mean, square), abs=1e-9)


def test_sets_of_values_come_back_as_they_were():
    matter = two_copies(4)
    search = begin(matter, UNLIMITED)
    for at, root in enumerate(search.roots):
        pool = search.pool
        for i, part in enumerate(root.cell.parts):
            held = part_of(search.held, i, int(pool.low[at, i]), int(pool.high[at, i]))
            assert values(held) == values(part)


@pytest.mark.parametrize("seed", [7, 11])
def test_lines_as_steep_as_floats_are_no_sum(seed):
    """Infinite minus infinite was a warning, and a form of NaN."""
    rng = np.random.default_rng(seed)

    def numbers(*shape):
        return rng.choice([1.7e308, -1.7e308, 1.0, 0.0], size=shape)

    hidden = Affine(0, numbers(3, 4), numbers(3)), Relu(1), Affine(2, numbers(3, 3), numbers(3))
    net = Network(4, (*hidden, Relu(3), Affine(4, numbers(1, 3), numbers(1))))
    domain = bits(4)
    asked = prepared(Matter(domain, (Bound("net", net, (0, 1, 2, 3)),), ClassIs(0, 1)))
    (step,) = propose(asked, [full_cell(domain)], [0])
    assert step is not None and not any(step.form)


def test_strips_beyond_floats_are_no_overflow():
    """Denormal weights have strips of 1,024 bits, of which a float was made."""
    tiny, large = 2.0**-1074, 2.0**25
    first = Affine(0, np.array([[1.0, 1, 0], [-1.0, -large, 1]]), np.array([0, large]))
    last = Affine(2, np.array([[tiny, -tiny]]), np.array([1.0]))
    net, three = Network(3, (first, Relu(1), last)), uniform(3)
    domain = Domain(tuple(Ordinal(x, Fraction(-1), Fraction(1), 3, three) for x in "xyab"))
    both = Bound("one", net, (0, 1, 2)), Bound("other", net, (0, 1, 3))
    (step,) = propose(ask(Matter(domain, both, Not(Same(0, 1)))), [full_cell(domain)], [0, 1])
    assert step is not None and min(x.least for x in step.strips) > 1 << 1000
