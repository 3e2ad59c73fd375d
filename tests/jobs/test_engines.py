"""Where work is done: what does not fit together is one line, exit code 3, nothing written."""

from __future__ import annotations

import importlib.util
import json
import socket

import numpy as np
import pytest

import verifier as lp
from verifier.jobs.check import check
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network

TREE = {"format": "leafproof-tree/1", "root": {"class": 1}}


@pytest.fixture
def files(tmp_path):
    weight = np.eye(3)[:1]
    Network(3, (Affine(0, weight, np.array([-0.5])),)).save(tmp_path / "net.onnx")
    (tmp_path / "tree.json").write_text(json.dumps(TREE))
    return tmp_path


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--address", "10.0.0.1:6379"], "add --engine ray"),
        (["--engine", "ray", "--address", "here"], "is not HOST:PORT"),
        (["--engine", "ray", "--device", "cpu"], "leave one out"),
        (["--engine", "ray", "--prover", "z3"], "the prover z3 does not work unit by unit"),
        (["--engine", "spark"], "'spark' is not one of 'local', 'ray'"),
    ],
)
def test_engines_that_cannot_be_used(call, files, options, says):
    code, out, err = call("certify", "net.onnx", "tree.json", "-o", "c", *options)
    assert (code, out) == (3, "") and says in err and err.count("\n") == 1
    assert not (files / "c").exists()


def test_an_address_where_nothing_answers_is_told_before_anything_is_read(call, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as held:
        address = f"127.0.0.1:{held.getsockname()[1]}"
    for words in (
        ("certify", "no.onnx", "no.json"),
        ("check", "no.certificate"),
        ("repair", "no.onnx", "no.json", "-o", "t.json"),
        ("distill", "no.onnx", "--method", "certified", "-o", "t.json"),
    ):
        code, out, err = call(*words, "--engine", "ray", "--address", address)
        assert (code, out, err.count("\n")) == (3, "", 1), (words, err)
        assert f'nothing answers at "{address}"' in err


def test_without_ray_there_is_one_line(call, files, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *more: None if name == "ray" else find(name, *more),
    )
    code, out, err = call("certify", "net.onnx", "tree.json", "--engine", "ray")
    assert (code, out) == (3, "") and err.count("\n") == 1
    assert 'the engine ray needs Ray: pip install "leafproof[cluster]"' in err


def test_the_same_from_python(files):
    made = lp.certify(files / "net.onnx", files / "tree.json", "bits")
    made.save(files / "c")
    with pytest.raises(LeafproofError, match="add --engine ray"):
        check(files / "c", address="10.0.0.1:6379")
    with pytest.raises(LeafproofError, match='there is no engine "spark": give one of local, ray'):
        lp.certify(files / "net.onnx", files / "tree.json", "bits", engine="spark")
