"""The tree inside a TreeEnsembleClassifier was read otherwise than onnxruntime executes it.

Double inputs were compared as float32 (28 of 1,131 trees differ), class labels [1, 0] taken at
their word, the first node listed taken for the root, and nodes that are never reached ignored.
"""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto

from tests.formats.onnx_trees import ensemble, model, tensor
from verifier.formats import runtime, tree_runtime
from verifier.formats.load import read_tree
from verifier.formats.tree_runtime import tree_classes
from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Tree

SINGLE = float(np.float32(0.3))
ABOVE = float(np.nextafter(np.float32(0.3), np.float32(1)))


def read(proto: Any, tmp_path: Path) -> Tree:
    path = tmp_path / "tree.onnx"
    path.write_bytes(proto.SerializeToString())
    return read_tree(path)


@pytest.mark.parametrize("mode", ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"])
@pytest.mark.parametrize("value", [0.3, 0.0, -math.inf, math.inf, 1e-45, -3e38, 16777216.0])
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64, np.int32])
def test_as_onnxruntime_executes_it(mode: str, value: float, kind: Any, tmp_path: Path) -> None:
    types = {np.float32: 1, np.float64: 11, np.int64: 7, np.int32: 6}
    node = ensemble(nodes_modes=[mode, "LEAF", "LEAF"], nodes_values=[value, 0.0, 0.0])
    proto = model([node], kind=types[kind])
    tree = read(proto, tmp_path)
    near = [0.0, 0.3, SINGLE, ABOVE, (SINGLE + ABOVE) / 2, np.nextafter(SINGLE, 1), -1e-45, 1e-45]
    near += [1e-320, 1.0, -1.0, 1e38, -3e38, -3.3e38, 16777216.0, 16777217.0, 16777218.0]
    rows = np.array([[x, 0.0] for x in near if abs(x) < 2**31 or kind in (np.float32, np.float64)])
    given = rows.astype(kind)
    session = onnxruntime.InferenceSession(proto.SerializeToString())
    theirs = session.run(["label"], {"x": given})[0]
    assert tree_classes(tree, given.astype(np.float64)).tolist() == theirs.tolist()


def test_double_thresholds_of_a_double_input(tmp_path: Path) -> None:
    node = ensemble(
        nodes_values=None,
        nodes_values_as_tensor=tensor("v", np.array([0.3, 0.0, 0.0])),
    )
    tree = read(model([node], kind=TensorProto.DOUBLE), tmp_path)
    rows = np.array([[0.3, 0], [math.nextafter(0.3, 1), 0], [SINGLE, 0]])
    assert tree_classes(tree, rows).tolist() == [0, 1, 1]
    root = tree.nodes[0]
    assert isinstance(root, Inner)
    assert Fraction(3, 10) <= root.threshold  # what is compared is the float64 nearest to 3/10
    with pytest.raises(TreeError, match="nodes_values_as_tensor"):
        read(model([node]), tmp_path)
    with pytest.raises(TreeError, match=r"does not exist in ai.onnx.ml 1"):
        read(model([node], kind=TensorProto.DOUBLE, ml=1), tmp_path)


ONE_COLUMN = {"class_treeids": [0, 0], "class_nodeids": [1, 2], "class_ids": [0, 0]}
CHAIN = {"nodes_treeids": [0] * 5, "class_treeids": [0, 0, 0, 0], "nodes_featureids": [0] * 5}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classlabels_int64s": [1, 0]}, r"labels are \[1, 0\]"),
        ({"classlabels_int64s": [3, 7]}, r"labels are \[3, 7\]"),
        ({"classlabels_int64s": [0, 0]}, "not the teacher's classes"),
        ({"classlabels_int64s": [0, 10**15]}, "not the teacher's classes"),
        ({"classlabels_int64s": [1]}, "1 class labels"),
        ({"classlabels_int64s": None, "classlabels_strings": ["no", "yes"]}, "not numbers"),
        ({"nodes_nodeids": [1, 0, 2]}, "missing, has two parents|not reached|cycle"),
        ({"nodes_truenodeids": [2, 0, 0]}, "two parents"),
        ({"nodes_falsenodeids": [1, 0, 0]}, "two parents"),
        (
            CHAIN
            | {
                "nodes_nodeids": [0, 1, 2, 3, 4],
                "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF", "LEAF", "LEAF"],
                "nodes_values": [0.5, 0.0, 0.0, 0.0, 0.0],
                "nodes_truenodeids": [1, 0, 0, 0, 0],
                "nodes_falsenodeids": [2, 0, 0, 0, 0],
            },
            "node 3 is not reached",
        ),
        ({"nodes_featureids": [2, 0, 0]}, "column 2, which the input lacks"),
        ({"nodes_featureids": [-1, 0, 0]}, "column -1, which the input lacks"),
        ({"nodes_values": [0.5, 0.0]}, "different lengths"),
        ({"class_weights": [1.0, 0.0, 0.0]}, "different lengths"),
        ({"class_treeids": [0, 0, 1, 1]}, "tree 1, which does not exist"),
        ({"class_nodeids": [1, 1, 0, 0]}, "no leaf|no score"),
        ({"class_ids": [0, 0, 0, 1]}, "two scores for one class"),
        ({"class_weights": [1.0, 0.0, 0.0, math.nan]}, "NaN"),
        ({"class_weights": [1.0, math.inf, 0.0, 1.0]}, "infinite"),
        ({"post_transform": "SOFTMAX_ZERO"}, "post_transform"),
        ({"base_values": [0.0, 1.0]}, "base_values"),
        ({"nodes_modes": ["BRANCH_NEQ", "LEAF", "LEAF"]}, "BRANCH_NEQ is not supported"),
        (ONE_COLUMN | {"class_weights": [0.2, 0.9], "post_transform": "LOGISTIC"}, "LOGISTIC"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_runtimes_read_differently_is_refused(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(TreeError, match=message) as raised:
        read(model([ensemble(**changes)]), tmp_path)
    assert "the_tree" in str(raised.value)


@pytest.mark.parametrize("labels", [[0, 1], [1, 0], [7, 3]])
def test_one_score_for_two_classes(labels: list[int], tmp_path: Path) -> None:
    node = ensemble(**ONE_COLUMN, class_weights=[0.2, 0.9], classlabels_int64s=labels)
    tree = read(model([node]), tmp_path)
    assert tree_classes(tree, np.array([[0.0, 0], [1.0, 0]])).tolist() == labels


def test_nodes_in_another_order_than_their_numbers(tmp_path: Path) -> None:
    node = ensemble(nodes_nodeids=[9, 2, 1], nodes_truenodeids=[1, 0, 0])
    tree = read(model([node]), tmp_path)
    assert tree_classes(tree, np.array([[0.0, 0], [1.0, 0]])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ml": 5}, "version of ai.onnx.ml"),
        ({"kind": TensorProto.FLOAT16}, "FLOAT16"),
        ({"kind": TensorProto.BOOL}, "BOOL"),
    ],
)
def test_models_that_no_runtime_executes_so(
    change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(TreeError, match=message):
        read(model([ensemble()], **change), tmp_path)


def test_a_difference_from_onnxruntime_shows_the_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upside_down(tree: Tree, points: Any) -> Any:
        return 1 - tree_classes(tree, points)

    monkeypatch.setattr(tree_runtime, "tree_classes", upside_down)
    with pytest.raises(
        TreeError, match=r"onnxruntime answers class [01] and not [01].*\[.*, 0.0\]"
    ):
        read(model([ensemble()]), tmp_path)


def test_a_file_that_onnxruntime_does_not_run_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise runtime.Unusable("no kernel")

    monkeypatch.setattr(tree_runtime, "Session", fail)
    with pytest.warns(runtime.RuntimeNote, match="no kernel"):
        read(model([ensemble()]), tmp_path)
