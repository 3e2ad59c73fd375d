"""Random tree ensembles as ONNX models, of all three operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

ML = "ai.onnx.ml"
MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ")
NUMBERS = (-1, -0.5, 0, 0.1, 0.3, 0.5, 1, 1.7, 2)
COLUMNS = 3
TYPES: dict[int, Any] = {
    TensorProto.FLOAT: np.float32,
    TensorProto.DOUBLE: np.float64,
    TensorProto.INT64: np.int64,
    TensorProto.INT32: np.int32,
}


def _tree(rng: Any, depth: int, modes: Sequence[str]) -> list[tuple[Any, ...]]:
    """(mode, column, number, true, false) or ("LEAF",) in pre-order."""
    nodes: list[tuple[Any, ...]] = []

    def grow(left: int) -> int:
        here = len(nodes)
        nodes.append(("LEAF", 0, 0.0, 0, 0))
        if left and rng.random() > 0.2:
            true, false = grow(left - 1), grow(left - 1)
            mode, column = str(rng.choice(modes)), int(rng.integers(COLUMNS))
            nodes[here] = (mode, column, float(rng.choice(NUMBERS)), true, false)
        return here

    grow(depth)
    return nodes


def by_ids(
    rng: Any,
    operator: str,
    *,
    trees: int = 5,
    kind: int = TensorProto.FLOAT,
    outputs: int = 1,
    only: int | None = None,
    labels: Sequence[Any] = (),
    positive: bool = False,
    tensors: bool = False,
    modes: Sequence[str] = MODES,
    **attributes: Any,
) -> Any:
    """A TreeEnsembleClassifier or TreeEnsembleRegressor over three columns."""
    what = "class" if operator == "TreeEnsembleClassifier" else "target"
    names = ("modes", "featureids", "values", "truenodeids", "falsenodeids")
    held: dict[str, Any] = {f"nodes_{name}": [] for name in ("treeids", "nodeids", *names)}
    held |= {f"{what}_{name}": [] for name in ("treeids", "nodeids", "ids", "weights")}
    for tree in range(trees):
        for i, node in enumerate(_tree(rng, 3, modes)):
            for name, value in zip(("treeids", "nodeids", *names), (tree, i, *node), strict=True):
                held[f"nodes_{name}"].append(value)
            for k in range(outputs) if node[0] == "LEAF" else ():
                if only is None or k == only:
                    weight = abs(rng.normal()) / trees if positive else rng.normal()
                    row = zip(
                        ("treeids", "nodeids", "ids", "weights"), (tree, i, k, weight), strict=True
                    )
                    for name, value in row:
                        held[f"{what}_{name}"].append(value)
    held |= attributes
    if tensors:
        for name in ("nodes_values", f"{what}_weights", "base_values"):
            if name in held:
                numbers = np.array(held.pop(name), np.float64) * (1 + 1e-10)
                held[f"{name}_as_tensor"] = numpy_helper.from_array(numbers, name)
    if labels:
        is_text = isinstance(labels[0], str)
        held["classlabels_strings" if is_text else "classlabels_int64s"] = list(labels)
        to = TensorProto.STRING if is_text else TensorProto.INT64
        found = [("label", to), ("scores", TensorProto.FLOAT)]
    else:
        held["n_targets"] = outputs
        found = [("y", TensorProto.FLOAT)]
    node = helper.make_node(operator, ["x"], [name for name, _ in found], domain=ML, **held)
    return model([node], found, kind, 3)


def model(nodes: Sequence[Any], found: Sequence[tuple[str, int]], kind: int, ml: int) -> Any:
    graph = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info("x", kind, ["N", COLUMNS])],
        [helper.make_tensor_value_info(name, to, None) for name, to in found],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid(ML, ml)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def by_lists(
    rng: Any,
    *,
    trees: int = 5,
    kind: int = TensorProto.FLOAT,
    outputs: int = 1,
    aggregate: int = 1,
    modes: Sequence[int] = range(6),
    largest: bool = False,
) -> Any:
    """A TreeEnsemble-5 over three columns; ``largest`` adds an ArgMax."""
    names = ("featureids", "truenodeids", "falsenodeids", "trueleafs", "falseleafs")
    held: dict[str, list[Any]] = {name: [] for name in (*names, "modes", "splits")}
    weights: list[float] = []
    targets: list[int] = []
    members: dict[int, list[float]] = {}

    def grow(left: int) -> int:
        here = len(held["modes"])
        mode = int(rng.choice(list(modes)))
        row = {"featureids": int(rng.integers(COLUMNS)), "splits": float(rng.choice(NUMBERS))}
        for name in held:
            held[name].append(row.get(name, mode if name == "modes" else 0))
        if mode == 6:
            known = [-3, 0, 1, 2, 3, 5, 31, 32, 40]
            members[here] = rng.choice(known, int(rng.integers(1, 5)), replace=False).tolist()
        for side in ("true", "false"):
            is_leaf = left <= 1 or rng.random() < 0.3
            held[f"{side}leafs"][here] = int(is_leaf)
            if is_leaf:
                weights.append(rng.normal())
                targets.append(int(rng.integers(outputs)))
            held[f"{side}nodeids"][here] = len(weights) - 1 if is_leaf else grow(left - 1)
        return here

    roots = [grow(4) for _ in range(trees)]
    number = TYPES[kind]
    attributes: dict[str, Any] = {f"nodes_{name}": held[name] for name in names}
    given = [x for at in sorted(members) for x in (*members[at], float("nan"))]
    for name, numbers, own in (
        ("nodes_modes", held["modes"], np.uint8),
        ("nodes_splits", held["splits"], number),
        ("leaf_weights", weights, number),
        *((("membership_values", given, number),) if given else ()),
    ):
        attributes[name] = numpy_helper.from_array(np.array(numbers, own), name)
    attributes |= {"leaf_targetids": targets, "n_targets": outputs, "tree_roots": roots}
    attributes |= {"aggregate_function": aggregate, "post_transform": 0}
    nodes = [helper.make_node("TreeEnsemble", ["x"], ["y"], domain=ML, **attributes)]
    found = [("y", kind)]
    if largest:
        nodes.append(helper.make_node("ArgMax", ["y"], ["label"], axis=1, keepdims=0))
        found = [("label", TensorProto.INT64)]
    return model(nodes, found, kind, 5)
