"""Strips where a sum of the kernel's own leaves classes open: what they say of classes is true."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.kernel.test_ordinals import ordinal
from verifier.kernel import sandwich, within
from verifier.kernel.asked import ask
from verifier.kernel.margins import beyond, zone_of
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.quick import Rows
from verifier.kernel.sandwich import columns_read
from verifier.kernel.starting import cells_of
from verifier.kernel.strips import lines
from verifier.kernel.within import Between
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, signs
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import Bound, Matter, Not, Same
from verifier.provers.sandwiches import propose


def case(seed, deep=False, turned=False):
    """Two copies of a network, of which each reads its own last variable.

    ``turned``: the second reads the others from the last to the first.
    """
    rng = np.random.default_rng(seed)
    count, width = 4, int(rng.integers(2, 7))
    sizes = [int(n) for n in rng.integers(3, 8, size=count)]
    variables = [ordinal(f"v{i}", -(n // 2), 1, n) for i, n in enumerate(sizes)]
    variables += [ordinal("a", 0, 1, 1), ordinal("b", int(rng.integers(-6, 7)), 1, 1)]
    layers = [
        Affine(0, rng.normal(size=(width, count + 1)), rng.normal(size=width)),
        Relu(1),
    ]
    if deep:
        layers += [Affine(2, rng.normal(size=(width, width)), rng.normal(size=width)), Relu(3)]
    layers.append(Affine(len(layers), rng.normal(size=(1, width)), rng.normal(size=1) * 3))
    domain, shared = Domain(tuple(variables)), tuple(range(count))

    def matter():
        network = Network(count + 1, tuple(layers))
        models = Bound("a", network, (*shared, count)), Bound("b", network, (*shared, count + 1))
        if turned:
            order = [*reversed(shared), count]
            first = Affine(0, layers[0].weight[:, order], layers[0].bias)
            reads = (*reversed(shared), count + 1)
            models = models[0], Bound("b", Network(count + 1, (first, *layers[1:])), reads)
        return Matter(domain, models, Not(Same(0, 1)))

    margin = margins(matter())[1][0]  # one class is to be rare: in a corner
    layers[-1].bias[:] -= np.quantile(margin, rng.choice([0.03, 0.3, 0.7, 0.97]))
    return matter()


def margins(matter):
    """The margins of both at all points, in floats, and the points' numbers."""
    domain = matter.domain
    columns = [[float(v.row(k)[0]) for k in range(v.count)] for v in domain.variables]
    points = np.array(list(product(*columns)))
    found = []
    for bound in matter.models:
        x = points[:, list(bound.reads)]
        for layer in bound.model.layers:
            x = np.maximum(x, 0) if isinstance(layer, Relu) else x @ layer.weight.T + layer.bias
        found.append(x[:, 0])
    return points, found


def sums_of(pair, columns, count, rng, rough):
    """Integers of the domain's columns near the middle of a network's lines."""
    x = pair.lines[0]
    middle = np.ldexp((x.a[:, 0] - x.a[:, 1]) / 2, -np.array(x.enclosed.p.scales))
    middle = middle * (1 + rough * rng.normal(size=middle.shape))
    sums = np.zeros((len(middle), count))
    both = np.isin(columns[0], columns[-1])
    sums[:, columns[0][both]] = np.rint(np.ldexp(middle[:, both], 30))
    return sums, np.full(len(middle), 30)


def _shown(seed, deep, turned, models, rough):
    """What is shown near a sum by lines all over a case's cell and those within it; that sum and
    the margins at all points."""
    matter, rng = case(seed, deep, turned), np.random.default_rng(seed)
    asked, cell = ask(matter), full_cell(matter.domain)
    columns = columns_read(asked, [asked.nets[model] for model in models])
    chosen = []

    def near(first, own):
        found = sandwich.within(first)
        chosen[:] = sums_of(found.pair, columns, matter.domain.columns, rng, rough)
        return sandwich.shown(first, found, *chosen)

    ends = sandwich.ends_of(asked, [(x, 0) for x in models], [cell], near)
    points, both = margins(matter)
    return ends, points @ chosen[0][0], both[: len(models)]


def _away_from(ends, at, both):
    """How many strips do not hold of all points; what they say of classes is so."""
    assert ends.good.all()
    narrower = 0
    for (least, most), g in zip(ends.strips[0].tolist(), both, strict=True):
        assert (g[at > -least + 1] > -1e-9).all() and (g[at <= -most - 1] <= 1e-9).all()
        away = g * 2.0**30 - at
        narrower += bool((away < least - 1).any() or (away > most + 1).any())
    one, two = both[0], both[-1]
    assert not (ends.order[0] & 1 and ((one > 1e-9) & (two < -1e-9)).any())
    assert not (ends.order[0] & 2 and ((one < -1e-9) & (two > 1e-9)).any())
    return narrower


@pytest.mark.parametrize("seed", [22, 92])
def test_how_far_a_sum_reaches_is_of_columns_in_the_first_network_s_order(seed):
    """That the second reads them in another order has made these strips say what is not so."""
    _away_from(*_shown(seed, False, True, [0, 1], 4))


@pytest.mark.parametrize(("models", "turned"), [([0], False), ([0, 1], False), ([0, 1], True)])
@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("rough", [0, 0.5])
def test_strips_say_what_is_true_and_often_more(deep, rough, models, turned):
    narrower = sum(_away_from(*_shown(seed, deep, turned, models, rough)) for seed in range(50))
    assert narrower > 5, "strips that do not hold all over cells are what is tested here"


def test_rows_are_bounded_where_a_sum_is_between_its_ends():
    rng = np.random.default_rng(1)
    gained = 0
    for seed in range(60):
        matter = case(seed)
        asked, cell = ask(matter), full_cell(matter.domain)
        nets = [asked.nets[0], asked.nets[1]]
        first = lines(nets, columns_read(asked, nets), [cell]).lines[0].enclosed
        count = first.cells.radius.shape[1]
        points, _ = margins(matter)
        inside = points[:, list(matter.models[0].reads)] / 2.0 ** np.array(first.p.scales)
        s = rng.normal(size=(1, count)) * (first.cells.radius > 0)
        values = inside @ s[0]
        least, most = np.sort(rng.choice(values, 2)) + np.array([-1e-6, 1e-6])
        own = within.enclosed(first.cells, Between(s, np.array([least]), np.array([most])))
        there = inside[(values >= least) & (values <= most)]
        z = there * 2.0 ** np.array(first.p.scales)
        z = z @ matter.models[0].model.layers[0].weight.T + matter.models[0].model.layers[0].bias
        assert (own.low[1][0] <= z.min(axis=0) + 1e-9).all()
        assert (own.high[1][0] >= z.max(axis=0) - 1e-9).all()
        gained += bool((own.high[1] - own.low[1]).sum() < 0.95 * _size(first.cells))
    assert gained > 20


def test_how_far_sums_reach_beyond_the_ends_of_another():
    rng, near = np.random.default_rng(2), 0
    for seed in range(60):
        matter = case(seed)
        asked, cell = ask(matter), full_cell(matter.domain)
        nets = [asked.nets[0], asked.nets[1]]
        columns = columns_read(asked, nets)
        x = lines(nets, columns, [cell]).lines[0]
        own, other = rng.integers(-99, 99, size=(2, 1, matter.domain.columns)).astype(float)
        own[:, -2:] = other[:, -2:] = 0
        points, _ = margins(matter)
        mine, s = points @ own[0], points @ other[0]
        least, most = np.sort(rng.choice(mine, 2))
        ends = np.array([least]), np.array([most])
        e = np.array([0])
        c = columns[0]
        zone = zone_of(x.enclosed.p, own[:, c], e, ends)
        below, above = beyond(x, zone, other[:, c], e)
        assert below[0] <= -s[mine <= least].max() + 1e-6
        assert above[0] <= s[mine >= most].min() + 1e-6
        near += below[0] > -s.max() + 1
    assert near > 20, "it is more than what holds all over the cell"


def test_a_zone_holds_all_that_either_network_leaves_open():
    apart = 0
    for seed in range(40):
        matter = case(seed)
        asked, cell = ask(matter), full_cell(matter.domain)
        nets = [asked.nets[0], asked.nets[1]]
        first = replace(lines(nets, columns_read(asked, nets), [cell]), apart=None)
        points, _ = margins(matter)
        ends = []
        zone = sandwich.within(first).zones[0]
        for x, bound in zip(first.lines, matter.models, strict=True):
            inside = points[:, list(bound.reads)] / 2.0 ** np.array(x.enclosed.p.scales)
            s = inside[:, :-1] @ zone.s[0, :-1]  # of what both read
            low, high = (
                inside @ x.a[0, 0] + x.constant[0, 0],
                -inside @ x.a[0, 1] - x.constant[0, 1],
            )
            ends.append((-(high - s).max(), -(low - s).min()))  # class 0 up to, 1 from there on
        (a, b), (c, d) = ends
        assert zone.s[0, -1] == 0
        assert zone.least[0] == pytest.approx(min(a, c), rel=1e-6, abs=1e-6)
        assert zone.most[0] == pytest.approx(max(b, d), rel=1e-6, abs=1e-6)
        apart += abs(a - c) > 1e-3 and abs(b - d) > 1e-3
    assert apart > 20


def test_of_one_network_both_forms_say_where_its_class_is_open():
    closer = 0
    for seed in range(40):
        matter = case(seed, deep=True)
        asked, cell = ask(matter), full_cell(matter.domain)
        nets = [asked.nets[0]]
        first = lines(nets, columns_read(asked, nets), [cell])
        both = sandwich.within(first).zones[0]
        alone = sandwich.within(replace(first, closer=None)).zones[0]
        points, (margin, _) = margins(matter)
        inside = points[:, list(matter.models[0].reads)] / 2.0 ** np.array(nets[0].p.scales)
        s = inside @ both.s[0]
        assert (margin[s < both.least[0]] <= 1e-9).all() and (
            margin[s > both.most[0]] > -1e-9
        ).all()
        assert both.least[0] >= alone.least[0] and both.most[0] <= alone.most[0]
        closer += bool(both.least[0] > alone.least[0] or both.most[0] < alone.most[0])
    assert closer > 10


def test_one_network_is_bounded_again_only_where_a_strip_needs_it(monkeypatch):
    """What is shown all over cells is accepted without that, and a narrower strip by it alone."""
    narrower = 0
    for seed in range(40):
        matter = case(seed)
        asked, cells = ask(matter), [full_cell(matter.domain)] * 2
        steps = [propose(asked, cells[:1], [0], again=again)[0] for again in (False, True)]
        assert sandwich.refused(asked, cells, steps) == ["", ""]
        with monkeypatch.context() as patch:
            patch.setattr(sandwich, "within", lambda *_: None)
            wide, narrow = sandwich.refused(asked, cells, steps)
        assert not wide
        narrower += "can be shown" in narrow
    assert narrower > 5


def test_sums_reach_nowhere_where_no_point_is():
    matter = case(3)
    asked, cell = ask(matter), full_cell(matter.domain)
    nets = [asked.nets[0], asked.nets[1]]
    x = lines(nets, columns_read(asked, nets), [cell]).lines[0]
    s = np.array([[1.0, 1, 1, 1, 0]])
    values = margins(matter)[0][:, :4].sum(axis=1)
    e = np.array([0])
    for least, most, none in (
        (values.min(), values.max(), (False, False)),
        (values.min() - 1, values.max() + 1, (True, True)),
        (values.min() + 1, values.max() + 1, (False, True)),
    ):
        zone = zone_of(x.enclosed.p, s, e, (np.array([least]), np.array([most])))
        assert tuple(bool(np.isposinf(far[0])) for far in beyond(x, zone, s, e)) == none


@pytest.mark.parametrize(
    ("below", "above", "least", "most"),
    [
        (-20.5, -30.5, -21, 32),
        (np.inf, np.inf, -10, 10),
        (-11, -9, -11, 10),
        (-(2.0**80), 0, -90, 99),
    ],
)
def test_strips_hold_beyond_too(below, above, least, most, monkeypatch):
    """-s is at least ``below`` where classes are 0, and s at least ``above`` where they are 1."""
    matter = case(3)
    asked, cell = ask(matter), full_cell(matter.domain)
    nets = [asked.nets[0], asked.nets[1]]
    first = lines(nets, columns_read(asked, nets), [cell])
    found = sandwich.within(first)
    sums, e = np.zeros((1, matter.domain.columns)), np.array([0])

    def ends(pair, *_):
        own = [-90, 99] if pair is first else [-10, 10]
        return sandwich.Ends(np.array([[own, own]]), e, np.array([True]))

    monkeypatch.setattr(sandwich, "_ends", ends)
    far = np.array([below]), np.array([above])
    monkeypatch.setattr(sandwich, "beyond", lambda *_: far)
    said = sandwich.shown(first, found, sums, e).strips
    assert said.tolist() == [[[least, most], [least, most]]]


def test_nothing_is_claimed_of_points_beyond(monkeypatch):
    """Where sums reach far beyond the ends, only what holds all over the cell is shown."""
    for seed, models in product(range(20), ([0], [0, 1])):
        matter = case(seed)
        asked, cell = ask(matter), full_cell(matter.domain)
        columns = columns_read(asked, [asked.nets[model] for model in models])
        chosen = []

        def near(first, own, columns=columns, matter=matter, chosen=chosen):
            found = sandwich.within(first)
            if not chosen:
                rng = np.random.default_rng(0)
                chosen[:] = sums_of(found.pair, columns, matter.domain.columns, rng, 0)
            return sandwich.shown(first, found, *chosen)

        shown = []
        for reach in (None, -(2.0**55)):
            with monkeypatch.context() as patch:
                if reach is not None:
                    ends = np.array([reach]), np.array([reach])
                    patch.setattr(sandwich, "beyond", lambda *_, ends=ends: ends)
                shown.append(sandwich.ends_of(asked, [(x, 0) for x in models], [cell], near).strips)
        with monkeypatch.context() as patch:
            patch.setattr(sandwich, "within", lambda *_: None)
            whole = sandwich.ends_of(asked, [(x, 0) for x in models], [cell], near).strips
        assert (shown[1] == whole).all()
        assert (shown[0][..., 0] >= whole[..., 0]).all()
        assert (shown[0][..., 1] <= whole[..., 1]).all()


@pytest.mark.parametrize("which", [0, 1])
def test_nothing_is_shown_of_two_networks_where_a_sum_does_not_fit_one(which, monkeypatch):
    matter = case(3)
    asked, cell = ask(matter), full_cell(matter.domain)
    nets, real = [asked.nets[0], asked.nets[1]], sandwich.near
    pair = lines(nets, columns_read(asked, nets), [cell])

    def near(x, *more):
        low, fit = real(x, *more)
        return low, fit & (x is not pair.lines[which])

    sums, e = np.zeros((1, matter.domain.columns)), np.array([0])
    assert sandwich.shown(pair, None, sums, e).good.all()
    monkeypatch.setattr(sandwich, "near", near)
    assert not sandwich.shown(pair, None, sums, e).good.any()


def _size(cells):
    return (cells.high[1] - cells.low[1]).sum()


def above_the_truth(seed, fault=None):
    """By how many rows more is said of forms, where a sum is between its ends, than is so.

    The truth is found in fractions, of numbers of very different sizes; least is a sum's least.
    """
    rng = np.random.default_rng([seed, 49])
    count, rows = int(rng.integers(1, 6)), 8
    weight = rng.normal(size=(rows, count)) * 10.0 ** rng.integers(-9, 3, size=(rows, count))
    domain, teacher = signs(count), Network(count, (Affine(0, weight, np.zeros(rows)),))
    p = prepare(teacher, domain)
    cells = cells_of(p, parts_of([full_cell(domain)]))
    cells.forward()
    scale = 2.0 ** np.array(p.scales)
    s = rng.normal(size=(1, count)) * 10.0 ** rng.integers(-6, 6, size=(1, count))
    total = rng.normal(size=rows) * 10.0 ** rng.integers(-9, 9, size=rows)
    least, most = np.sort(rng.uniform(-0.9, 0.9, size=2) * np.abs(s).sum())
    own, size = weight * scale, np.abs(weight * scale)
    form = Rows(own[None], total[None, None], np.abs(total)[None])
    if fault is not None:
        cells, form = fault(cells, form)
    found = Between(s * scale, np.array([least]), np.array([most])).lowest(cells, form, size[None])
    wrong = 0
    for row, x, said in zip(weight.tolist(), total.tolist(), found[0, 0].tolist(), strict=True):
        pairs = [(Fraction(a), Fraction(t)) for a, t in zip(row, s[0].tolist(), strict=True)]

        def bound(m, pairs=pairs, x=x):
            rest = sum(abs(a - m * t) for a, t in pairs)
            return Fraction(x) - rest + m * Fraction(float(least if m > 0 else most))

        wrong += Fraction(said) > max(bound(m) for m in (Fraction(0), *(a / t for a, t in pairs)))
    return wrong


FREE = {
    "nothing": lambda cells, form: (replace(cells, error=0.0), form),
    "not what forms are": lambda cells, form: (cells, replace(form, mass=0 * form.mass)),
    "not the sums": lambda cells, form: (replace(cells, most=[0 * x for x in cells.most]), form),
}


def test_rounding_is_charged_where_a_sum_is_between_its_ends():
    assert not any(above_the_truth(seed) for seed in range(300))


@pytest.mark.parametrize("name", FREE)
def test_a_fault_in_what_rounding_is_charged_shows(name):
    assert any(above_the_truth(seed, FREE[name]) for seed in range(300))
