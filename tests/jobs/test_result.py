"""What a Result says, saves and reports."""

from __future__ import annotations

import json
import pickle
from dataclasses import FrozenInstanceError
from fractions import Fraction
from hashlib import sha256

import numpy as np
import pytest

from tests.saved import save_certificate
from verifier.jobs.result import Result
from verifier.kernel.certificate import check_certificate
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import exhaustive
from verifier.reading.certificate import read_certificate

HALF = Fraction(1, 2)
DOMAIN = bits(2)
NETWORK = Network(
    2,
    (Affine(0, np.array([[1, 1]], np.float32), np.array([-1.5], np.float32)),),
    labels=("no", "yes"),
)
TREE = Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1)), NETWORK.labels)
"""Differs from the network at one of the four points: x0 = 1, x1 = 0."""


@pytest.fixture
def result(tmp_path):
    path = tmp_path / "made"
    finding = exhaustive.prove(DOMAIN, NETWORK, TREE)
    held, verdict = save_certificate(path, matter_of(DOMAIN, NETWORK, TREE), finding, "exhaustive")
    return Result(
        matter=matter_of(DOMAIN, NETWORK, TREE),
        certificate=held,
        proved=verdict,
        data=path.read_bytes(),
        seconds={"load": 0.0, "prove": 0.25, "check": 0.5},
    )


@pytest.fixture
def unproved():
    return Result(
        matter=matter_of(DOMAIN, NETWORK, TREE),
        certificate=None,
        proved=None,
        data=None,
        seconds={"distill": 1.0},
    )


def test_the_verdict_is_the_kernels(result):
    assert result.verdict == "different"
    assert result.error == (Fraction(1, 4), Fraction(1, 4)) and result.disagreements == (1, 1)
    (found,) = result.counterexamples
    assert found.point == (1, 0) and found.values == {"x0": "1", "x1": "0"}
    assert (found.network_class, found.tree_class) == (0, 1)
    assert (found.network_name, found.tree_name) == ("no", "yes")
    assert repr(result) == "Result(different, error 1/4, 2 leaves)"


def test_without_a_proof_nothing_is_claimed(unproved, tmp_path):
    assert unproved.verdict == "undecided" and unproved.counterexamples == ()
    assert unproved.error == (0, 1) and unproved.disagreements == (0, 4)
    assert unproved.to_dict() == {"seconds": {"distill": 1.0}}
    for write in (unproved.save, unproved.report):
        with pytest.raises(LeafproofError, match="no proof was asked for"):
            write(tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_the_bytes_that_were_checked_are_saved(result, tmp_path):
    result.save(tmp_path / "kept")
    data = (tmp_path / "kept").read_bytes()
    assert data == result.data and sha256(data).hexdigest() == result.certificate.sha256
    assert check_certificate(read_certificate(tmp_path / "kept")).verdict == "different"
    with pytest.raises(LeafproofError, match="cannot write"):
        result.save(tmp_path / "no" / "folder")


def test_it_is_data(result):
    again = pickle.loads(pickle.dumps(result))
    assert again.verdict == "different" and again.counterexamples == result.counterexamples
    assert again.data == result.data
    assert again.to_dict() == result.to_dict()
    with pytest.raises(FrozenInstanceError):
        result.finished = False


def test_what_machines_read(result):
    said = json.loads(json.dumps(result.to_dict()))
    assert said["verdict"] == "different" and said["error"] == {"lower": "1/4", "upper": "1/4"}
    assert said["counterexample"]["values"] == {"x0": "1", "x1": "0"}
    assert said["counterexample"]["teacher_label"] == "no"
    assert said["seconds"] == {"load": 0.0, "prove": 0.25, "check": 0.5}
    assert said["class"]["labels"] == ["no", "yes"]


def test_reports_by_ending_and_by_format(result, tmp_path):
    result.report(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text().startswith("<!")
    result.report(tmp_path / "page.txt", format="md")
    assert (tmp_path / "page.txt").read_text().startswith("#")
    for name, kind in (("page.doc", None), ("page.html", "word")):
        with pytest.raises(LeafproofError, match=r"end it with \.html|one of html, md, tex, pdf"):
            result.report(tmp_path / name, kind)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["made", "page.html", "page.txt"]
