"""Searching through torch: the same bounds, points and classes as NumPy's, and the same verdicts.

Where there is no GPU the same code runs on torch's CPU device, and the tests for cuda are skipped.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import verifier as lp
from tests.provers.cases import all_points, random_domain, random_teacher
from tests.provers.test_bound import check, random_cell, relax_cells
from verifier.distillers.quick import activations
from verifier.distillers.quick import encode as encode_singles
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network, Relu, exact_classes
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import attack, evaluate
from verifier.provers.device import used
from verifier.provers.relaxable import prepare_network
from verifier.provers.tensors.using import using
from verifier.reading.certificate import read_certificate

GPU = pytest.mark.skipif(
    not torch.cuda.is_available(),
    reason="no GPU here: the same code was run on torch's CPU device",
)
on_each = pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=GPU)])


def near(a, b):
    return np.allclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True)


def jittered(rng, teacher):
    """Weights without ties, at which rounding would decide between slopes, or rows."""

    def other(layer):
        if not isinstance(layer, Affine):
            return layer
        shape = layer.weight.shape
        weight = layer.weight * rng.uniform(0.5, 1.5, shape)
        return replace(layer, weight=weight, bias=layer.bias + rng.uniform(-0.5, 0.5, shape[0]))

    return Network(teacher.columns, tuple(other(layer) for layer in teacher.layers))


@on_each
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_bounds_are_those_of_numpy(device, seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 200, dyadic=True)
    scales = bool(seed % 2)
    teacher = jittered(rng, random_teacher(rng, domain.columns, scales=scales))
    cells = [full_cell(domain)] + [random_cell(rng, domain) for _ in range(3)]
    targets = rng.integers(teacher.classes, size=len(cells)).tolist()
    network, _, ours = relax_cells(teacher, domain, cells, targets)
    with using(device):
        _, _, theirs = relax_cells(teacher, domain, cells, targets)
    assert near(ours.bounds.low, theirs.bounds.low) and near(ours.bounds.high, theirs.bounds.high)
    assert near(ours.margin, theirs.margin) and near(ours.scale, theirs.scale)
    assert near(ours.influence, theirs.influence)
    assert near(ours.form.coefficients, theirs.form.coefficients)
    assert near(ours.form.constant, theirs.form.constant)
    for i, cell in enumerate(cells):
        if not scales:
            check(network, cell, theirs, i, targets[i])


@on_each
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_many_points_have_their_exact_classes(device, seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 200)
    teacher = random_teacher(rng, domain.columns, float(rng.choice([1.0, 1e-3, 1e160])))
    points = all_points(domain)
    bulk = evaluate.prepare_bulk(teacher, domain)
    with using(device):
        found = evaluate.bulk_classes(bulk, np.array(points, dtype=np.int64))
        assert not len(evaluate.bulk_classes(bulk, np.empty((0, len(domain.variables)), np.int64)))
    assert found.tolist() == list(exact_classes(teacher, domain, points))


@on_each
def test_nearly_all_points_are_decided_without_fractions(device):
    """The error bound holds and is not so wide that integers decide instead."""
    rng = np.random.default_rng(1)
    layers = (
        Affine(0, rng.normal(size=(20, 12)), rng.normal(size=20)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 20)), rng.normal(size=1)),
    )
    bulk = evaluate.prepare_bulk(Network(12, layers), bits(12))
    points = rng.integers(0, 2, size=(4096, 12))
    with using(device):
        logits = evaluate.bulk_logits(bulk, points)
    assert evaluate.decide_logits(logits)[1].mean() > 0.999
    ours = evaluate.bulk_logits(bulk, points)
    assert (np.abs(ours.values - logits.values) <= ours.error + logits.error).all()
    assert near(ours.error, logits.error)


@on_each
def test_attacks_and_probes(device):
    teacher = Network(6, (Affine(0, np.ones((1, 6), np.float32), np.array([-5.5], np.float32)),))
    network = prepare_network(teacher, bits(6))
    allowed = np.ones((1, 12), dtype=bool)
    with using(device):
        points, _, margin = attack.attack(
            network, allowed, np.array([0]), starts=2, rounds=20, most=3, seed=0
        )
    assert [1] * 6 in points[margin <= 0].tolist()
    rng = np.random.default_rng(0)
    domain = random_domain(rng, 200)
    teacher = random_teacher(rng, domain.columns)
    x = encode_singles(domain, np.array(all_points(domain)))
    ours = activations(teacher, x)
    with using(device):
        theirs = activations(teacher, x)
    assert all(np.allclose(a, b, rtol=1e-4, atol=1e-4) for a, b in zip(ours, theirs, strict=True))


def case(seed):
    """A network of 9 bits and a number, a tree that asks for two of them, and the domain."""
    rng = np.random.default_rng(seed)
    first = Affine(0, rng.normal(size=(12, 10)), rng.normal(size=12))
    last = Affine(2, rng.normal(size=(1, 12)), rng.normal(size=1))
    number = Ordinal("n", Fraction(-3), Fraction(1), 7, uniform(7))
    nodes = (
        Inner(9, Fraction(1, 2), 1, 2),
        Leaf(0),
        Inner(0, Fraction(1, 2), 3, 4),
        Leaf(1),
        Leaf(0),
    )
    domain = lp.Domain((*bits(9).variables, number))
    return Network(10, (first, Relu(1), last)), Tree(nodes), domain


@on_each
@pytest.mark.parametrize("prover", ["branch", "questions", "exhaustive"])
def test_verdicts_are_the_same(device, prover):
    network, tree, domain = case(3)
    plain = lp.certify(network, tree, domain, prover=prover)
    found = lp.certify(network, tree, domain, prover=prover, device=device)
    assert found.verdict == plain.verdict == "different"
    assert found.disagreements == plain.disagreements
    assert found.certificate.found_by.startswith(f"{prover} ({device}, torch {torch.__version__}")
    assert plain.certificate.found_by == prover
    assert used() is None


@on_each
@pytest.mark.parametrize("method", ["certified", "cart", "lrh"])
def test_trees_are_distilled_and_repaired(device, method):
    network, tree, domain = case(5)
    found = lp.distill(network, domain, method=method, prove=True, device=device)
    assert found.disagreements[0] == found.disagreements[1]
    if method == "certified":
        assert found.verdict == "equivalent"
    fixed = lp.repair(network, tree, domain, device=device)
    assert fixed.verdict == "equivalent"


def test_a_device_that_is_not_there_is_said():
    network, tree, domain = case(0)
    with pytest.raises(LeafproofError, match="there is no device 'gpu': write cpu or cuda"):
        lp.certify(network, tree, domain, device="gpu")
    if not torch.cuda.is_available():
        with pytest.raises(LeafproofError, match="the device cuda is not there"):
            lp.certify(network, tree, domain, device="cuda")
    assert used() is None


def test_by_the_command(call):
    network, tree, domain = case(3)
    network.save("n.onnx"), tree.save("t.json"), domain.save("d.json")
    words = "certify", "n.onnx", "t.json", "--domain", "d.json", "-o", "c", "--device"
    assert call(*words, "cpu")[0] == 1
    held = read_certificate("c")
    assert "cpu, torch" in held.found_by and held.command.endswith("--device cpu")
    code, _, err = call(*words, "tpu")
    assert code == 3 and "write cpu or cuda" in err
