"""Every node of an ONNX tree file but the TreeEnsembleClassifier was ignored.

With a Scaler, Neg or Gather before it or ``1 - label`` after it, onnxruntime answered the opposite
at every point where ``certify`` and ``check --against`` said EQUIVALENT.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from tests.formats.onnx_trees import ML, ensemble, model, tensor
from verifier.cli.main import run
from verifier.formats.load import read_tree
from verifier.formats.onnx_writer import save_onnx
from verifier.model.errors import TreeError
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf

node = helper.make_node
LABEL = ("label", TensorProto.INT64)
OUT = ("out", TensorProto.INT64)
INVERTED = node("Sub", ["one", "label"], ["out"], "inverted")
ONE = tensor("one", np.int64(1))

REFUSED: dict[str, tuple[Any, str]] = {
    "scaler": (
        model(
            [
                node(
                    "Scaler",
                    ["x"],
                    ["y"],
                    "scaler",
                    domain=ML,
                    offset=[1.0, 0.0],
                    scale=[-1.0, 1.0],
                ),
                ensemble("y"),
            ]
        ),
        "scaler.*Scaler.*changes the input",
    ),
    "neg": (model([node("Neg", ["x"], ["y"], "neg"), ensemble("y")]), "neg.*Neg.*changes"),
    "gather": (
        model(
            [node("Gather", ["x", "at"], ["y"], "gather", axis=1), ensemble("y")],
            tensors=[tensor("at", np.array([1, 0]))],
        ),
        "gather.*Gather.*changes",
    ),
    "normalizer": (
        model([node("Normalizer", ["x"], ["y"], "norm", domain=ML, norm="MAX"), ensemble("y")]),
        "norm.*Normalizer.*changes",
    ),
    "1 - label": (model([ensemble(), INVERTED], [OUT], tensors=[ONE]), "inverted.*Sub.*between"),
    "argmin of the scores": (
        model([ensemble(), node("ArgMin", ["scores"], ["out"], "least", axis=1)], [OUT]),
        "least.*ArgMin",
    ),
    "1 - label beside the label": (
        model([ensemble(), INVERTED], [LABEL, OUT], tensors=[ONE]),
        "inverted",
    ),
    "scores under other names": (
        model(
            [
                ensemble(),
                node("ZipMap", ["scores"], ["z"], "zip", domain=ML, classlabels_int64s=[1, 0]),
            ],
            [LABEL, ("z", 0)],
        ),
        "zip.*class labels are not those",
    ),
    "scores only": (model([ensemble()], [("scores", TensorProto.FLOAT)]), "label is 0 of"),
    "a cast that truncates": (
        model(
            [
                node("Cast", ["x"], ["i"], "cut", to=TensorProto.INT64),
                node("Cast", ["i"], ["y"], "back", to=TensorProto.FLOAT),
                ensemble("y"),
            ]
        ),
        "cut.*Cast.*INT64",
    ),
    "a cast to bool": (
        model(
            [
                node("Cast", ["x"], ["i"], "cut", to=TensorProto.BOOL),
                node("Cast", ["i"], ["y"], "back", to=TensorProto.FLOAT),
                ensemble("y"),
            ]
        ),
        "cut.*Cast.*BOOL",
    ),
    "a cast to float16": (
        model(
            [
                node("Cast", ["x"], ["i"], "cut", to=TensorProto.FLOAT16),
                node("Cast", ["i"], ["y"], "back", to=TensorProto.FLOAT),
                ensemble("y"),
            ]
        ),
        "cut.*Cast.*FLOAT16",
    ),
    "labels cast to bool": (
        model(
            [
                ensemble(class_ids=[0, 2, 0, 2], classlabels_int64s=[0, 1, 2]),
                node("Cast", ["label"], ["out"], "cut", to=TensorProto.BOOL),
            ],
            [("out", TensorProto.BOOL)],
        ),
        "cut.*Cast.*changes the labels",
    ),
    "an input that is an Identity of another domain": (
        model([node("Identity", ["x"], ["y"], "mine", domain="mine"), ensemble("y")]),
        "mine.*changes the input",
    ),
}


def written(proto: Any, path: Path) -> Path:
    path.write_bytes(proto.SerializeToString())
    return path


@pytest.mark.parametrize("name", list(REFUSED))
def test_a_node_that_changes_the_answer_is_refused_by_name(name: str, tmp_path: Path) -> None:
    proto, message = REFUSED[name]
    with pytest.raises(TreeError, match=message) as raised:
        read_tree(written(proto, tmp_path / "tree.onnx"))
    assert "\n" not in str(raised.value)


def test_certify_and_check_refuse_the_inverted_label(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    weight = np.array([[1.0, 0.0]], np.float32)
    save_onnx(Network(2, (Affine(0, weight, np.array([-0.5], np.float32)),)), tmp_path / "n.onnx")
    right = written(model([ensemble()]), tmp_path / "right.onnx")
    wrong = written(REFUSED["1 - label"][0], tmp_path / "wrong.onnx")
    files = [str(tmp_path / name) for name in ("n.onnx", "right.onnx", "wrong.onnx", "c")]
    assert run(["certify", files[0], files[1], "--domain", "bits", "-o", files[3]]) == 0
    assert run(["check", files[3], "--against", files[0], str(right), "bits"]) == 0
    capfd.readouterr()
    assert run(["certify", files[0], str(wrong), "--domain", "bits"]) == 3
    assert "inverted" in capfd.readouterr().err
    assert run(["check", files[3], "--against", files[0], str(wrong), "bits"]) == 3
    assert "inverted" in capfd.readouterr().err


def test_what_changes_nothing_is_read(tmp_path: Path) -> None:
    nodes = [
        node("Identity", ["x"], ["a"], "same"),
        node("Cast", ["a"], ["y"], "wider", to=TensorProto.FLOAT),
        ensemble("y"),
        node("Cast", ["label"], ["out"], "as_int", to=TensorProto.INT32),
        node("ZipMap", ["scores"], ["zipped"], "zip", domain=ML, classlabels_int64s=[0, 1]),
        node("Neg", ["scores"], ["unused"], "nobody_reads_it"),
    ]
    proto = model(nodes, [("out", TensorProto.INT32), ("zipped", 0)])
    tree = read_tree(written(proto, tmp_path / "tree.onnx"))
    assert [type(n) for n in tree.nodes] == [Inner, Leaf, Leaf]
    assert [n.klass for n in tree.nodes if isinstance(n, Leaf)] == [0, 1]


def test_nodes_that_no_output_needs_are_not_executed(tmp_path: Path) -> None:
    nodes = [ensemble(), node("Expand", ["one", "shape"], ["unused"], "terabytes")]
    tensors = [tensor("one", np.float32(1)), tensor("shape", np.array([1 << 20, 1 << 20]))]
    tree = read_tree(written(model(nodes, tensors=tensors), tmp_path / "tree.onnx"))
    assert len(tree.nodes) == 3
