"""Networks in float32, layer by layer: what that is off by, and what is decided."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tests.brute import node_values
from tests.kernel.extreme_cases import klass
from verifier.formats.variables import variable
from verifier.kernel import folding, patches
from verifier.kernel import unfolded as module
from verifier.kernel.asked import ask
from verifier.kernel.prepared import Prepared, prepare
from verifier.kernel.unfolded import LISTED, Unfolded, frobenius, linear, norm, spectral, unfolded
from verifier.model.domain import Domain, bits, signs
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.question import Bound, ClassIs, Matter


def residual(seed: int, width: int | None = None) -> tuple[Network, Domain]:
    """h = relu(W x + b), h += relu(W h + b) scaled, then some logits; over listed and other
    values."""
    rng = np.random.default_rng(seed)
    width, outputs = width or int(rng.integers(2, 9)), int(rng.integers(1, 4))
    rows = [[1, 0, Fraction(1, 3)], [0, 1, 0], [0, 0, Fraction(1, 10)]]
    domain = Domain(
        (
            variable("colour", ("red", "green", "blue"), rows),
            Ordinal("x", Fraction(-3), Fraction(1, 7 if seed % 2 else 8), 9, uniform(9)),
            *bits(4).variables,
        )
    )
    columns = sum(v.columns for v in domain.variables)

    def affine(source: int, rows: int, below: int) -> Affine:
        size = 10.0 ** rng.integers(-3, 4)
        weight = rng.normal(size=(rows, below)) * size
        return Affine(source, weight.astype(np.float32) if seed % 3 else weight,
                      rng.normal(size=rows) * size)  # fmt: skip

    layers = (
        affine(0, width, columns),
        Relu(1),
        affine(2, width, width),
        Relu(3),
        Scale(4, rng.normal(size=width), np.ones(width), rng.normal(size=width)),
        Add(2, 5),
        affine(6, outputs, width),
    )
    return Network(columns, layers), domain


@pytest.fixture(params=["as they are", "by directions"])
def narrow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether layers of nine neurons and more are tried by one direction."""
    if request.param == "by directions":
        monkeypatch.setattr(module, "RANK", 1)
        monkeypatch.setattr(module, "ALIKE", 2.0)
    return request.param == "by directions"


@pytest.mark.parametrize("seed", range(16))
def test_outputs_are_off_by_less_than_is_said(seed: int, narrow: bool):
    network, domain = residual(seed, width=12 if narrow else None)
    held = of_every_way(prepare(network, domain))
    assert len(held) == 1 + narrow
    rng = np.random.default_rng(seed)
    points = rng.integers(0, [v.count for v in domain.variables], (40, len(domain.variables)))
    exact = [node_values(network, domain.encode(x))[-1] for x in points.tolist()]
    for way in held:
        classes, unsure = way.at(points)
        out, off = way.outputs(points)
        for own, most, true, found, open_ in zip(out, off, exact, classes, unsure, strict=True):
            missed = sum((Fraction(float(a)) - b) ** 2 for a, b in zip(own, true, strict=True))
            assert missed <= Fraction(float(most)) ** 2
            assert open_ or found == klass(true)
    assert not held[-1].at(points)[1].all()


def of_every_way(p: Prepared) -> list[Unfolded]:
    """The network in float32 in each way, those that say little too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "TRIED", 1 << 5)
        patch.setattr(module.np, "count_nonzero", lambda _: 0)
        return [*unfolded(p)]


EYE, ALL = np.eye(12), np.ones((12, 12))
THIRDS = (np.arange(144).reshape(12, 12) % 7 / 3).astype(np.float32)
HUGE = [[2.0**60] * 12, [0] * 12]
LOST: dict[str, tuple[tuple[Affine | Relu | Scale | Add, ...], list[Any]]] = {
    "directions": ((Affine(0, ALL + 1e-3 * EYE, np.zeros(12)),), []),
    "before": (
        (Affine(0, ALL + 1e-3 * EYE, np.zeros(12)), Affine(1, 1024 * ALL, np.zeros(12))),
        [],
    ),
    "before a scale": (
        (
            Affine(0, ALL + 1e-3 * EYE, np.zeros(12)),
            Scale(1, np.full(12, 99.0), np.ones(12), np.zeros(12)),
        ),
        [],
    ),
    "before a negative scale": (
        (
            Affine(0, ALL + 1e-3 * EYE, np.zeros(12)),
            Scale(1, np.full(12, -99.0), np.ones(12), np.zeros(12)),
        ),
        [],
    ),
    "sums": ((Affine(0, EYE, np.ones(12)), Affine(1, THIRDS, np.zeros(12))), []),
    "scaling": ((Scale(0, np.full(12, 1 / 3), np.ones(12), np.zeros(12)),), []),
    "shift": ((Affine(0, np.zeros((12, 12)), np.full(12, 1 / 3)),), []),
    "a large shift": ((Affine(0, np.zeros((12, 12)), np.full(12, 1e6 / 3)),), []),
    "adding": ((Add(0, 0), Add(0, 1)), [[2**24 - 1] * 12, [2**24 - 3] * 12]),
    "beside": ((Affine(0, ALL + 1e-3 * EYE, np.zeros(12)), Add(0, 1)), []),
    "encoding": ((Relu(0),), [[Fraction(1, 3)] * 12, [Fraction(2, 3)] * 12]),
    "encoding on both sides": (
        (Relu(0),),
        [[Fraction(1, 3), Fraction(-1, 3)] * 6, [Fraction(2, 3), Fraction(-2, 3)] * 6],
    ),
    "a small weight": ((Affine(0, np.full((12, 12), 2.1e-45), np.zeros(12)),), HUGE),
}
"""Networks in which one error is nearly all that outputs are off by, and a variable's two rows."""


@pytest.mark.parametrize("few", [0, 128])
@pytest.mark.parametrize("lost", LOST)
def test_each_error_is_charged(lost: str, few: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "RANK", 1)
    monkeypatch.setattr(module, "FEW", few)
    layers, rows = LOST[lost]
    network = Network(12, layers)
    domain = Domain((variable("x", ("a", "b"), rows),)) if rows else bits(12)
    points = np.array([[i >> j & 1 for j in range(len(domain.variables))] for i in (0, 1, 4095)])
    for way in of_every_way(prepare(network, domain)):
        out, off = way.outputs(points)
        for x, own, most in zip(points.tolist(), out, off, strict=True):
            true = node_values(network, domain.encode(x))[-1]
            missed = sum((Fraction(float(a)) - b) ** 2 for a, b in zip(own, true, strict=True))
            assert most >= 0 and missed <= Fraction(float(most)) ** 2


@pytest.mark.parametrize("few", [0, 128])
@pytest.mark.parametrize("shape", [(1, 90), (90, 1), (40, 90), (90, 40)])
def test_every_sum_is_charged_what_it_may_lose_at_worst(
    shape: tuple[int, int], few: int, monkeypatch: pytest.MonkeyPatch
):
    """That is far more than sums lose that anybody has seen: so it is compared with the formulas,
    also of two narrow layers of other sizes."""
    monkeypatch.setattr(module, "RANK", 1)
    monkeypatch.setattr(module, "ALIKE", 2.0)
    monkeypatch.setattr(module, "FEW", few)
    found = module.directions
    monkeypatch.setattr(module, "directions", lambda w: (found(w)[0] / 8, found(w)[1] * 8))
    rng, unit = np.random.default_rng(shape), 2.0**-24
    weight = np.outer(rng.normal(size=shape[0]), rng.normal(size=shape[1]))  # one direction
    shift = 1e3 * rng.normal(size=shape[0])
    ways = linear(Affine(0, weight, shift))
    assert [len(way.factors) for way in ways] == [2, 1][min(shape) == 1 :]
    for way in ways:
        held = [x.astype(np.float64) for x in way.factors]
        whole = held[0] if len(held) == 1 else held[1] @ held[0]
        sums, sizes = sum(x.shape[1] + 1 for x in held), [np.linalg.norm(x) for x in held]
        if isinstance(way.own, float):
            missed = np.linalg.norm(weight - whole, 2)
            assert way.own >= (missed + unit * sums * np.prod(sizes)) * (1 - 1e-9)
        else:
            columns = np.linalg.norm(weight, axis=0), np.linalg.norm(weight - whole, axis=0)
            assert (way.own >= unit * sums * columns[0] + columns[1]).all()
        assert way.grows >= np.linalg.norm(weight, 2) * (1 - 1e-9)
        assert way.fixed >= 2 * unit * np.linalg.norm(shift)


def test_factors_are_charged_what_they_may_lose_at_worst():
    """The roundings of a factor, of its product, of the sum and of what is added."""
    factors, shift = np.array([-3.0, 0.5]), np.array([1e3, 1 / 3])
    (way,) = linear(Scale(0, factors, np.ones(2), shift))
    assert isinstance(way.own, float) and way.own >= 4 * 2.0**-24
    assert way.grows >= 3 and way.fixed >= 4 * 2.0**-24 * np.linalg.norm(shift)


def test_points_are_gone_through_in_stretches(monkeypatch: pytest.MonkeyPatch):
    """However many are: each has its own class, and is as certain."""
    network, domain = residual(1)
    way = of_every_way(prepare(network, domain))[-1]
    rng = np.random.default_rng(1)
    points = rng.integers(0, [v.count for v in domain.variables], (40, len(domain.variables)))
    found = []
    for most in (40, 7):
        monkeypatch.setattr(module, "MOST", most)
        found.append([x.tolist() for x in way.at(points)])
    assert found[0] == found[1] and len({*found[0][0][7:]}) > 1


@pytest.mark.parametrize("what", ["encoding", "factor", "factors", "between", "outputs"])
def test_nothing_is_said_beyond_float32(what: str, monkeypatch: pytest.MonkeyPatch):
    """A number that is infinite there; a factor that is none; or more outputs than are added up."""
    layer: Relu | Scale | Affine = Relu(0)
    domain = Domain((variable("x", ("a", "b"), HUGE),))
    if what == "encoding":
        domain = Domain((variable("x", ("a", "b"), [[10**39] + [0] * 11] * 2),))
    elif what in ("factor", "factors"):
        some = EYE[0] if what == "factor" else np.arange(12) + 1
        layer = Scale(0, 2.1e-45 * some, np.ones(12), np.zeros(12))
        domain = Domain((variable("x", ("a", "b"), [[2.0**110] * 12] * 2),))
    elif what == "between":  # narrow layers whose product is right
        monkeypatch.setattr(module, "RANK", 1)
        signs_of = np.array([[1.0]] + [[-1.0]] * 11, np.float32)
        single = np.full((1, 12), 2.0**126, np.float32), signs_of * np.float32(2.0**-126)
        monkeypatch.setattr(module, "directions", lambda _: single)
        layer, domain = Affine(0, signs_of * ALL, np.zeros(12)), bits(12)
        way = of_every_way(prepare(Network(12, (layer,)), domain))[0]
        assert way.at(np.ones((1, 12), dtype=np.int64))[1].all()
        return
    elif what == "outputs":
        layer = Affine(0, np.ones((module.WIDEST + 1, 12)), np.arange(module.WIDEST + 1.0))
    assert not unfolded(prepare(Network(12, (layer,)), domain))


def test_what_directions_miss_grows_what_is_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "RANK", 1)
    monkeypatch.setattr(module, "ALIKE", 2.0)
    none = np.zeros((1, 12), np.float32), np.zeros((12, 1), np.float32)
    monkeypatch.setattr(module, "directions", lambda _: none)
    way, full = linear(Affine(0, ALL, np.zeros(12)))
    assert (len(way.factors), len(full.factors)) == (2, 1)
    assert min(way.grows, full.grows) >= 12 and isinstance(way.own, float) and way.own >= 12


def test_a_gap_has_to_be_twice_what_outputs_are_off_by(monkeypatch: pytest.MonkeyPatch):
    """Both of two classes may be off, to either side."""
    two = Network(3, (Affine(0, np.ones((2, 3)), np.zeros(2)),))
    way = of_every_way(prepare(two, bits(3)))[0]
    out = np.array([[1.0, 0.5], [1.0, 0.25]], np.float32), np.full(2, 0.3)
    monkeypatch.setattr(Unfolded, "outputs", lambda *_: out)
    classes, unsure = way.at(np.zeros((2, 3), dtype=np.int64))
    assert classes.tolist() == [0, 0] and unsure.tolist() == [True, False]


@pytest.mark.parametrize("steps", [0, 1, 16])
@pytest.mark.parametrize("wider", [(0.5, 2.0), (0.99, 1.0), (1.1, 1.3, 2.0)])
@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (3, 7), (30, 30)])
def test_a_norm_that_is_guessed_badly_is_no_smaller(
    steps: int, wider: tuple[float, ...], shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
):
    """Too little or far too much; of equal directions too, of which one is not to be seen."""
    monkeypatch.setattr(module, "STEPS", steps)
    monkeypatch.setattr(module, "WIDER", wider)
    rng = np.random.default_rng(steps)
    equal = np.linalg.qr(rng.normal(size=(max(shape), max(shape))))[0][: shape[0], : shape[1]]
    hidden = np.zeros(shape)
    hidden[0, :2], hidden[-1, -1] = (5, -5 * np.cos(0.7) / np.cos(1.4))[: shape[1]], 1
    for m in (rng.normal(size=shape), equal, hidden, np.zeros(shape)):
        for size in (2.0**-400, 1e-9, 1.0, 3e9, 2.0**400):
            true = float(np.linalg.svd(m * size, compute_uv=False)[0])
            with np.errstate(all="ignore"):  # as where it is used
                assert true * (1 - 1e-12) <= spectral(m * size) <= frobenius(m * size)


def test_a_norm_beyond_all_numbers_is_said_to_be():
    for x in (np.inf, np.nan, 1e200):
        with np.errstate(all="ignore"):
            assert not spectral(np.full((3, 3), x)) < np.inf


@pytest.mark.parametrize("seed", range(8))
def test_norms_are_at_least_the_norms(seed: int):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 40, 2).tolist())
    m = rng.normal(size=shape) * 10.0 ** rng.integers(-9, 9)
    if seed % 2:
        m = np.outer(m[:, 0], m[0]) / m[0, 0]  # one direction
    true = float(np.linalg.svd(m, compute_uv=False)[0])
    assert true * (1 - 1e-12) <= spectral(m) <= 1.2 * true
    assert spectral(m) <= frobenius(m) and frobenius(m) >= float(np.linalg.norm(m))
    rows = m.astype(np.float32)
    exact = [sum(Fraction(x) ** 2 for x in row) for row in rows.tolist()]
    assert all(Fraction(float(a)) ** 2 >= b for a, b in zip(norm(rows), exact, strict=True))


def test_most_points_of_a_network_of_few_directions_are_found_by_these(
    monkeypatch: pytest.MonkeyPatch,
):
    """Classes are the exact ones; a layer with as many directions as neurons is not narrowed."""
    monkeypatch.setattr(module, "RANK", 2)
    rng = np.random.default_rng(3)
    few = rng.normal(size=(40, 2)) @ rng.normal(size=(2, 40))
    last = Affine(4, rng.normal(size=(1, 40)), np.zeros(1))
    domain, found = signs(40), []
    for middle in (few, rng.normal(size=(40, 40))):
        first = Affine(0, rng.normal(size=(40, 40)), np.zeros(40))
        layers = (first, Relu(1), Affine(2, middle, np.zeros(40)), Relu(3), last)
        network = Network(40, layers)
        held = unfolded(prepare(network, domain))
        found.append([len(x.linear[2].factors) for x in held])
        points = rng.integers(0, 2, (64, 40))
        classes, unsure = held[0].at(points)
        true = [klass(node_values(network, domain.encode(x))[-1]) for x in points.tolist()]
        assert (classes == true)[~unsure].all() and np.count_nonzero(~unsure) > 50
    assert found == [[2, 1], [1]]


def test_what_float32_loses_is_left_to_integers(monkeypatch: pytest.MonkeyPatch):
    """Twice 2^24 and 1 less 2^25 is 0 in float32 where the 1 is not added last."""
    monkeypatch.setattr(folding, "NUMBERS", 0)
    weight, domain = 2.0**24 * np.array([[1.0, 2.0**-24, 1.0, -2.0]]), signs(4)
    network = Network(4, (Affine(0, weight, np.zeros(1)),))
    asked = ask(Matter(domain, (Bound("net", network, (0, 1, 2, 3)),), ClassIs(0, 1)))
    net, points = asked.nets[0], np.array([[i >> j & 1 for j in range(4)] for i in range(16)])
    assert net.everywhere is None and len(net.unfolded) == 1
    _, unsure = net.unfolded[0].at(points)
    true = [klass(node_values(network, domain.encode(x))[-1]) for x in points.tolist()]
    assert np.count_nonzero(unsure) == 4
    assert patches.classes_of(net, points).tolist() == true


@pytest.mark.parametrize("what", ["signs", "values", "far"])
def test_where_it_says_little_it_is_not_used(what: str):
    first = Affine(0, np.ones((2, 3)), np.zeros(2))
    last = Affine(2, np.array([[1.0, -1.0]]), np.array([0.0 if what == "far" else 9.0]))
    network = Network(3, (first, Sign(1) if what == "signs" else Relu(1), last))
    domain = bits(3)
    if what == "values":
        many = LISTED + 1
        domain = Domain((*bits(2).variables, Ordinal("x", 0, 1, many, uniform(many))))
    assert not unfolded(prepare(network, domain))
    kept = Network(3, (first, Relu(1), Affine(2, last.weight, np.array([9.0]))))
    assert unfolded(prepare(kept, bits(3)))


def test_numbers_beyond_float32_are_not_computed_in_it():
    """2^198 is infinite there, and stays so where a weight of 2^-99 makes it the smaller one."""
    layers: list[Affine | Relu] = []
    for weight in (2.0**99, 2.0**99, 2.0**-99):
        layers += [Affine(len(layers), np.array([[weight]]), np.zeros(1)), Relu(len(layers) + 1)]
    last = Affine(len(layers), np.ones((1, 1)), np.array([-1.5 * 2.0**99]))
    assert not unfolded(prepare(Network(1, (*layers, last)), bits(1)))
