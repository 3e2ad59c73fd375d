"""Certificates about networks with staircases: written, read, and checked by everyone who can."""

from __future__ import annotations

import json

import numpy as np
import pytest

import verifier as lp
from tests.brute import node_values, teacher_class
from tests.kernel.stairs_cases import quantised_case
from tests.provers.cases import all_points, brute_force, random_tree
from verifier import second_checker, verified
from verifier.model.cell import full_cell
from verifier.model.errors import CertificateError, LeafproofError, NetworkError
from verifier.provers import evaluate as evaluating
from verifier.provers.solvers.folding import fold
from verifier.reading.container import unpack
from verifier.reading.network_parts import network_from_parts
from verifier.second_checker.bounds import region
from verifier.second_checker.evaluation import decide, logits
from verifier.second_checker.network import read_network
from verifier.writing.network_parts import teacher_to_parts

SEEDS = range(4)


def read(net):
    described, raw = teacher_to_parts(net)
    return read_network("teacher.json", json.loads(json.dumps(described)), raw, 0)[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_second_checker_evaluates_and_encloses(seed, tmp_path):
    rng, domain, teacher = quantised_case(seed)
    path = tmp_path / "c.cert"
    lp.certify(teacher, random_tree(rng, domain, teacher.classes), domain=domain, output=path)
    case = second_checker.read(path.read_bytes()).case
    net = case.nets[0]
    cell = tuple(range(v.count) for v in domain.variables)
    whole = region(net.network, net.inputs, cell, refine=True)
    for point in all_points(domain):
        values = node_values(teacher, domain.encode(point))
        nodes = logits(net.network, net.inputs, point)
        assert decide(nodes[-1][0]) == teacher_class(teacher, domain.encode(point))
        for (n, over), exact, box in zip(nodes, values, whole.boxes, strict=True):
            assert [x * over for x in exact] == n
            for low, x, high in zip(box.low, exact, box.high, strict=True):
                assert low <= x * box.over <= high


@pytest.mark.parametrize("seed", SEEDS)
def test_a_certificate_is_checked_by_all_who_can(seed, tmp_path):
    rng, domain, teacher = quantised_case(seed, 200)
    tree, path = random_tree(rng, domain, teacher.classes), tmp_path / "c.cert"
    device = "cpu" if seed % 4 == 3 else None
    result = lp.certify(teacher, tree, domain=domain, output=path, device=device)
    wrong, error = brute_force(domain, teacher, tree)
    assert result.disagreements == (wrong, wrong)
    assert result.error == (error, error)
    opinion = second_checker.check(path.read_bytes())
    assert opinion.cells.get("shown", 0) == 0
    with pytest.raises(verified.NotCovered, match="does not cover staircase layers"):
        verified.run(unpack(path.read_bytes()))
    with pytest.raises(LeafproofError, match="does not cover staircase layers: check without it"):
        lp.check(path, verified=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_written_is_read(seed):
    _, _, teacher = quantised_case(seed)
    described, raw = teacher_to_parts(teacher)
    again, end = network_from_parts(json.loads(json.dumps(described)), raw, 0, "teacher.json")
    assert end == len(raw)
    assert teacher_to_parts(again) == (described, raw)


def spoilt(kind):
    """A description and weights that are no staircase's."""
    thresholds, lowest = np.array([[0.0, 1.0]]), np.array([0.0])
    if kind == "order":
        thresholds = thresholds[:, ::-1]
    if kind == "fraction":
        lowest = lowest + 0.5
    if kind == "far":
        thresholds = thresholds + 2.0**201
    if kind == "near":
        thresholds[0, 0] = 2.0**-300
    shapes = [list(thresholds.shape), list(lowest.shape)]
    if kind == "shape":
        shapes[0] = [2, 1]
    arrays = [{"type": "float64", "shape": shape} for shape in shapes]
    layer = {"kind": "steps", "from": [0], "arrays": arrays[: 1 if kind == "missing" else 2]}
    described = {"columns": 1, "layers": [layer], "notes": []}
    return described, thresholds.tobytes() + lowest.tobytes()


@pytest.mark.parametrize("kind", ["order", "fraction", "far", "near", "shape", "missing"])
def test_both_readers_refuse_what_is_no_staircase(kind):
    described, raw = spoilt(kind)
    with pytest.raises(LeafproofError):
        network_from_parts(described, raw, 0, "teacher.json")
    with pytest.raises(CertificateError):
        read_network("teacher.json", described, raw, 0)
    described, raw = spoilt("")
    network_from_parts(described, raw, 0, "teacher.json")
    read_network("teacher.json", described, raw, 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_bulk_evaluation_is_exact(seed):
    _, domain, teacher = quantised_case(seed, rough=seed % 2 == 0)
    points = all_points(domain)
    truth = [teacher_class(teacher, domain.encode(p)) for p in points]
    bulk = evaluating.prepare_bulk(teacher, domain)
    assert evaluating.bulk_classes(bulk, np.array(points)).tolist() == truth


def test_solvers_say_that_they_do_not_take_it():
    _, domain, teacher = quantised_case(3, 200)
    with pytest.raises(NetworkError, match=r"staircase layers .* no solver is asked about"):
        fold(teacher, domain, full_cell(domain), None)
