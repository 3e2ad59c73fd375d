"""Factors of the input multiplied into the layers behind: as exactly as is said, and no faults."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values
from tests.every import EVERY
from tests.kernel import test_envelopes, test_quick, test_second
from tests.kernel.test_quick import PRECISIONS
from verifier.formats.variables import variable
from verifier.kernel import choices, rounds, rules, starting
from verifier.kernel.choices import DOUBLE, SINGLE, first_layers, folded, matrices
from verifier.kernel.prepared import parts_of, prepare
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu, Scale, exact_classes
from verifier.model.ordinal import Ordinal, uniform

SEEDS = range(36 if EVERY else 12)


def behind(teacher, seed, reach=12):
    """The network behind factors of the input, some of them 0, others 2**-reach to 2**reach."""
    rng, kind = np.random.default_rng([seed, 47]), [np.float32, np.float64][seed % 2]
    columns = teacher.columns
    scale = rng.normal(size=columns) * 2.0 ** rng.integers(-reach, reach + 1, columns)
    scale[rng.random(columns) < 0.1] = 0
    divisor = rng.choice([-1, 1], columns) * rng.uniform(0.3, 3, columns)
    shift = rng.normal(size=columns) * 2.0 ** (rng.integers(-3, 8, columns) * reach / 12 - 1)
    layers = [Scale(0, *(x.astype(kind) for x in (scale, divisor, shift)))]
    for layer in teacher.layers:
        read = {n: getattr(layer, n) + 1 for n in ("source", "left", "right") if hasattr(layer, n)}
        layers.append(replace(layer, **read))
    return Network(columns, tuple(layers))


def test_layers_behind_factors_read_the_input():
    for seed in SEEDS:
        domain, teacher, _ = test_quick.cases(seed)
        p = prepare(behind(teacher, seed), domain)
        view, exact = folded(p), p.teacher.layers
        assert folded(view) is view and folded(prepare(teacher, domain)).teacher is teacher
        first = [n + 1 for n in first_layers(prepare(teacher, domain))]
        assert first and first_layers(view) == [1, *first] and not first_layers(p)
        assert rules.takes_planes(p) == rules.takes_planes(prepare(teacher, domain))
        factors = exact[0]
        for node in first:
            held, layer = view.teacher.layers[node - 1], exact[node - 1]
            assert held.source == 0 and layer.source == 1
            for own, bias, row, b in zip(
                held.weight, held.bias, layer.weight, layer.bias, strict=True
            ):
                whole = Fraction(float(b))
                every = zip(own, row, factors.scale, factors.divisor, factors.shift, strict=True)
                for found, *numbers in every:
                    w, f, d, t = (Fraction(float(x)) for x in numbers)
                    assert abs(Fraction(float(found)) - w * f / d) <= abs(w * f / d) / 2**52
                    whole += w * t
                assert float(whole) == bias  # rounded once, to nearest
        kept = [n for n in range(1, len(exact) + 1) if n not in first]
        assert all(view.teacher.layers[n - 1] is exact[n - 1] for n in kept)


@PRECISIONS
@pytest.mark.parametrize("together", [1, 3])
def test_enclosures_hold_at_every_point(precision, together):
    for seed in SEEDS:
        domain, teacher, cells = test_quick.cases(seed)
        test_quick.check(domain, behind(teacher, seed), cells, together, precision)


@PRECISIONS
@pytest.mark.parametrize("sets", [True, False])
def test_planes_are_below_every_point(precision, sets):
    raised = []
    for seed in SEEDS[1::3]:
        made = test_envelopes.sets(seed) if sets else test_second.case(seed)
        domain, teacher, cells = made
        network = behind(teacher, seed, 0)
        raised.append(test_envelopes.check(domain, network, cells, precision))
    assert 2 * sum(x > 0 for x in raised) >= len(raised)


def test_more_is_shown_than_with_factors_as_a_layer(monkeypatch):
    """Bits behind a scaler: 1/4 - relu(y + z - 1) + y is at least 1/4, by lines perhaps -1/4."""
    first = np.array([[0.25, 0.25], [0.25, 0.0]])
    layers = (Scale(0, np.full(2, 4.0), np.full(2, 3.0), np.full(2, -2 / 3)),)
    layers += (Affine(1, first * 3, np.array([0.0, 0.5])), Relu(2))
    layers += (Affine(3, np.array([[-1.0, 1.0]]), np.array([0.25])),)
    teacher, domain = Network(2, layers), bits(2)
    values = [node_values(teacher, domain.encode(x))[-1][0] for x in full_cell(domain).points()]
    assert min(values) > 0

    def shown():
        p = prepare(teacher, domain)
        rows, parts = rules.class_rows(1, 1)[0][None], parts_of([full_cell(domain)])
        return bool(rounds.prove(p, parts, rows, together=1, float32=False)[0][0])

    assert shown()
    monkeypatch.setattr(choices, "_folded", lambda p: (p.teacher, {}))
    assert not shown()


def cancelling(seed):
    """One point, whose logit is 0 or just below: the factors' shifts and the biases cancel."""
    rng = np.random.default_rng([seed, 48])
    count = 8
    weight, shift = rng.normal(size=(1, count)), rng.normal(size=count) * 2.0**20
    whole = sum(
        Fraction(float(w)) * Fraction(float(t)) for w, t in zip(weight[0], shift, strict=True)
    )
    bias = -float(whole)
    while Fraction(bias) + whole > 0:
        bias = np.nextafter(bias, -np.inf)
    factors = Scale(0, np.ones(count), np.full(count, 3.0), shift)
    layers = (factors, Affine(1, weight, np.array([bias])), Relu(2))
    layers += (Affine(3, np.ones((1, 1)), np.zeros(1)),)
    zero = tuple(variable(f"x{i}", ("0",), ((Fraction(0),),)) for i in range(count))
    return Domain(zero), Network(count, layers)


def wrongly_shown(precision):
    wrong = 0
    for seed in range(40):
        domain, teacher = cancelling(seed)
        assert list(exact_classes(teacher, domain, [(0,) * 8])) == [0]
        p = prepare(teacher, domain)
        cells = starting.cells_of(p, parts_of([full_cell(domain)]), 1, precision)
        cells.forward()
        wrong += int(cells.low[2][0, 0] > 0)
    return wrong


@PRECISIONS
def test_biases_that_cancel_are_never_shown(precision):
    assert wrongly_shown(precision) == 0


def test_biases_have_to_be_exact(monkeypatch):
    """Sums in floats are off by more than what is charged, which is of what is left of them."""

    def in_floats(factors, layer):
        return layer.weight @ factors.shift + layer.bias

    monkeypatch.setattr(choices, "_at_zero", in_floats)
    assert wrongly_shown(DOUBLE) > 0


def no_shift(honest):
    return lambda factors, layer: honest(replace(factors, shift=0 * factors.shift), layer)


def no_bias(honest):
    return lambda factors, layer: honest(factors, replace(layer, bias=0 * layer.bias))


def doubled(honest):
    return lambda factors, layer: honest(factors, layer) * 2


@pytest.mark.parametrize("fault", [no_shift, no_bias, doubled])
def test_a_fault_of_biases_would_be_seen(fault, monkeypatch):
    monkeypatch.setattr(choices, "_at_zero", fault(choices._at_zero))
    seen_by_enclosures()


@pytest.mark.parametrize("fault", ["divisor", "scale", "weight"])
def test_a_fault_of_weights_would_be_seen(fault, monkeypatch):
    honest = choices._folded

    def faulty(p):
        teacher, _ = honest(p)
        layers = list(teacher.layers)
        factors = p.teacher.layers[0]
        for i, layer in enumerate(layers):
            if isinstance(layer, Affine) and layer.source == 0 and layer is not p.teacher.layers[i]:
                change = {"divisor": factors.divisor, "scale": 2.0, "weight": 1 + 2.0**-10}[fault]
                layers[i] = Affine(0, layer.weight * change, layer.bias)
        return Network(teacher.columns, tuple(layers)), {}

    monkeypatch.setattr(choices, "_folded", faulty)
    seen_by_enclosures()


def seen_by_enclosures():
    for seed in range(12):
        domain, teacher, cells = test_quick.cases(seed)
        try:
            test_quick.check(domain, behind(teacher, seed), cells, 1, DOUBLE)
        except AssertionError:
            return
    pytest.fail("the fault was not noticed")


OUTSIDE = {
    "too large": (2.0**65, 1.0, 0.0),
    "too small": (2.0**-65, 1.0, 0.0),
    "quotient lost": (2.0**-600, 2.0**600, 0.0),
    "quotient too large": (2.0**600, 2.0**-600, 0.0),
    "bias beyond": (1.0, 1.0, 2.0**200),
}


@pytest.mark.parametrize("numbers", OUTSIDE.values(), ids=OUTSIDE)
def test_what_does_not_fit_stays_a_layer(numbers):
    factors = Scale(0, *(np.array([1.0, x]) for x in numbers))
    layers = (factors, Affine(1, np.ones((1, 2)), np.zeros(1)))
    p = prepare(Network(2, layers), bits(2))
    assert folded(p) is p and not first_layers(p)


def test_columns_of_large_numbers_stay_behind_their_factors():
    layers = (Scale(0, np.ones(1), np.full(1, 3.0), np.ones(1)),)
    layers += (Affine(1, np.ones((1, 1)), np.ones(1)),)
    for power, small in ((63, True), (64, False)):
        step = Fraction(2**power)
        domain = Domain((Ordinal("x", Fraction(0), step, 2, uniform(2)),))
        p = prepare(Network(1, layers), domain)
        assert (folded(p) is not p) == small and matrices(p)


def test_factors_that_others_read_stay_a_layer():
    layers = (Scale(0, np.ones(2), np.full(2, 3.0), np.ones(2)), Relu(1))
    layers += (Affine(1, np.ones((2, 2)), np.zeros(2)), Affine(2, np.ones((2, 2)), np.zeros(2)))
    p = prepare(Network(2, layers), bits(2))
    assert not first_layers(folded(p))
    cells = starting.cells_of(p, parts_of([full_cell(bits(2))]), 1, SINGLE)
    cells.forward()
    for point in full_cell(bits(2)).points():
        nodes = node_values(p.teacher, bits(2).encode(point))
        for low, high, values in zip(cells.low, cells.high, nodes, strict=True):
            ends = zip(low[0].tolist(), values, high[0].tolist(), strict=True)
            assert all(a <= v <= b for a, v, b in ends)
