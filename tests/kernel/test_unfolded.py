"""Networks in float32, layer by layer: what that is off by, and what is decided."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values
from tests.kernel.extreme_cases import klass
from verifier.formats.variables import variable
from verifier.kernel import folding, patches
from verifier.kernel.asked import ask
from verifier.kernel.float32 import logit_error
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.rules import all_bounds
from verifier.kernel.unfolded import LISTED, unfolded
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits, signs
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.question import Bound, ClassIs, Matter


def residual(seed: int) -> tuple[Network, Domain]:
    """h = relu(W x + b), h += relu(W h + b) scaled, then some logits; over listed and other
    values."""
    rng = np.random.default_rng(seed)
    width, outputs = int(rng.integers(2, 9)), int(rng.integers(1, 4))
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


@pytest.mark.parametrize("seed", range(12))
def test_outputs_are_off_by_less_than_is_said(seed: int):
    network, domain = residual(seed)
    p = prepare(network, domain)
    held = unfolded(p)
    assert held is not None
    error, _ = logit_error(p, all_bounds(p, parts_of([full_cell(domain)]), False))
    most = max(Fraction(x) / Fraction(2) ** int(error.e[0]) for x in error.n[0].tolist())
    assert Fraction(held.far) > most * (1 if network.outputs == 1 else 2)
    rng = np.random.default_rng(seed)
    points = rng.integers(0, [v.count for v in domain.variables], (40, len(domain.variables)))
    classes, unsure = held.at(points)
    out = held._outputs(points)
    for point, own, found, open_ in zip(points.tolist(), out, classes, unsure, strict=True):
        exact = node_values(network, domain.encode(point))[-1]
        least = held.far if len(exact) == 1 else held.far / 2
        assert all(abs(Fraction(float(a)) - b) <= least for a, b in zip(own, exact, strict=True))
        assert open_ or found == klass(exact)
    assert not unsure.all()


def test_what_float32_loses_is_left_to_integers(monkeypatch: pytest.MonkeyPatch):
    """Twice 2^24 and 1 less 2^25 is 0 in float32 where the 1 is not added last."""
    monkeypatch.setattr(folding, "NUMBERS", 0)
    weight, domain = 2.0**24 * np.array([[1.0, 2.0**-24, 1.0, -2.0]]), signs(4)
    network = Network(4, (Affine(0, weight, np.zeros(1)),))
    asked = ask(Matter(domain, (Bound("net", network, (0, 1, 2, 3)),), ClassIs(0, 1)))
    net, points = asked.nets[0], np.array([[i >> j & 1 for j in range(4)] for i in range(16)])
    assert net.everywhere is None and net.unfolded is not None
    _, unsure = net.unfolded.at(points)
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
    assert unfolded(prepare(network, domain)) is None
    kept = Network(3, (first, Relu(1), Affine(2, last.weight, np.array([9.0]))))
    assert unfolded(prepare(kept, bits(3))) is not None


def test_numbers_beyond_float32_are_not_computed_in_it():
    """2^198 is infinite there, and stays so where a weight of 2^-99 makes it the smaller one."""
    layers: list[Affine | Relu] = []
    for weight in (2.0**99, 2.0**99, 2.0**-99):
        layers += [Affine(len(layers), np.array([[weight]]), np.zeros(1)), Relu(len(layers) + 1)]
    last = Affine(len(layers), np.ones((1, 1)), np.array([-1.5 * 2.0**99]))
    assert unfolded(prepare(Network(1, (*layers, last)), bits(1))) is None
