"""Nothing compared a network that was read with what a runtime answers for the same file.

A reader's mistake was then certified. Now a difference that rounding cannot explain is an error
that shows the point, and a file that onnxruntime does not run is said to be one.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from tests.every import seeds
from tests.formats.onnx_models import Model, random_model
from verifier.cli.main import run
from verifier.formats import onnx, onnx_operators, operators, runtime
from verifier.formats.load import read_teacher
from verifier.formats.onnx_call import Operator
from verifier.model.domain import signs
from verifier.model.errors import NetworkError, RuntimeNote
from verifier.model.network import Affine, Network


def network(path: Path, final: str = "", classes: int = 2) -> Path:
    model = Model(3)
    hidden = model.node("Relu", [model.node("MatMul", ["x", model.tensor(np.eye(3) - 0.25)])])
    shifted = model.node("Sub", [hidden, model.tensor(np.array([0.25, 0.5, -0.125]))])
    weight = np.array([[1.0, -1, 0.5], [0, 2, -1], [-1, 0, 1]])[:, :classes]
    out = model.node("MatMul", [shifted, model.tensor(weight)])
    out = model.node(final, [out]) if final else out
    return model.save(path / "net.onnx", out, classes)


@pytest.mark.parametrize("final", ["", "Sigmoid", "Softmax", "LogSoftmax"])
@pytest.mark.parametrize("classes", [1, 2, 3])
def test_an_operator_read_wrongly_is_found(
    final: str, classes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if classes == 1 and final not in ("", "Sigmoid"):
        return
    path = network(tmp_path, final, classes)
    read_teacher(path)

    def wrong(graph: Any, call: Any) -> Any:
        return operators.arithmetic(graph, "Add", call.inputs[0], call.inputs[1], call.where)

    monkeypatch.setitem(onnx_operators.OPERATORS, "Sub", Operator(wrong, (2, 2)))
    with pytest.raises(NetworkError, match=r"onnxruntime computes \[.*, as the file was read, at"):
        read_teacher(path)


def test_a_class_that_differs_on_the_domain_is_found(tmp_path: Path) -> None:
    path = network(tmp_path)
    teacher = read_teacher(path)
    onnx.compare_on_domain(path, teacher, signs(3))
    last = teacher.layers[-1]
    assert isinstance(last, Affine)
    turned = replace(last, weight=-last.weight, bias=-last.bias)
    wrong = Network(3, (*teacher.layers[:-1], turned), head=teacher.head)
    with pytest.raises(NetworkError, match=r"onnxruntime answers class [01] and not [01]"):
        onnx.compare_on_domain(path, wrong, signs(3))


def test_numbers_too_large_for_the_runtime_are_no_network_of_the_domain(tmp_path: Path) -> None:
    """Infinite less infinite was no class there, and the tree was "equivalent" over the reals."""
    weights = ([[3e38, 3e38], [3e38, -3e38]], [[1e38, 2e38], [2e38, -1e38]], [[-1, 1], [2, 3]])
    model = Model(2)
    name = "x"
    for weight in weights:
        name = model.node("Relu", [model.node("MatMul", [name, model.tensor(np.array(weight))])])
    path = model.save(tmp_path / "net.onnx", model.node("Neg", [name]), 2)
    teacher = read_teacher(path)
    with pytest.raises(NetworkError, match=r"answers no class and not .*: numbers in it are too"):
        onnx.compare_on_domain(path, teacher, signs(2))


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_rounding_is_no_difference(seed: int, tmp_path: Path) -> None:
    model, output, classes = random_model(np.random.default_rng(seed))
    model.save(tmp_path / "net.onnx", output, classes)
    read_teacher(tmp_path / "net.onnx")


def test_what_onnxruntime_does_not_run_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    model = Model(2, TensorProto.BFLOAT16)
    path = model.save(tmp_path / "n.onnx", model.node("MatMul", ["x", model.tensor(np.eye(2))]), 2)
    with pytest.warns(RuntimeNote, match="does not run this file"):
        read_teacher(path)
    tree = tmp_path / "tree.json"
    tree.write_text('{"format": "leafproof-tree/1", "root": {"class": 0}}')
    assert run(["certify", str(path), str(tree), "--domain", "bits"]) == 1
    assert "leafproof: note: " in capfd.readouterr().err
    monkeypatch.setattr(onnx, "is_installed", lambda: False)
    read_teacher(path)


def test_nodes_that_no_output_needs_are_not_executed(tmp_path: Path) -> None:
    model = Model(2)
    out = model.node("MatMul", ["x", model.tensor(np.eye(2))])
    shape = model.tensor([1 << 20, 1 << 20], np.int64)
    model.node("Expand", [model.tensor(1.0), shape])  # 4 TB
    read_teacher(model.save(tmp_path / "net.onnx", out, 2))


def test_points_are_shown_in_one_short_line() -> None:
    assert runtime.shown([0.5, 1.0]) == "[0.5, 1.0]"
    assert runtime.shown([0.0] * 100) == "all columns 0"
    assert len(runtime.shown([1 / 3] * 5000)) < 600
