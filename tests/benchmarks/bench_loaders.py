"""The loaders against onnxruntime: random ONNX models, each refused in one line or read.

What is read is compared with what onnxruntime answers for the same file: trees at and around every
threshold and at random points, networks at random points where the margin is beyond rounding. The
comparison that reading itself makes is switched off, so that it cannot hide a difference. A file
is a function of its seed: ``--only SEED`` shows one.

python -m tests.benchmarks loaders --models 20000 --start 0
"""

from __future__ import annotations

import re
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import onnx as onnx_format
from onnx import TensorProto, helper

from tests.formats.onnx_models import random_model
from tests.formats.onnx_trees import ML, model, tensor
from verifier.formats import network_runtime, tree_graph, tree_runtime
from verifier.formats.load import read_teacher
from verifier.formats.runtime import Session, Unusable
from verifier.model.errors import LeafproofError, RuntimeNote

MODELS = 20_000
POINTS = 64
KINDS = (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32)
node = helper.make_node


def random_tree_model(rng: np.random.Generator) -> Any:
    """A model around a tree ensemble; about half have something in them that changes the answer."""
    columns = int(rng.integers(1, 5))
    kind = int(rng.choice(KINDS, p=[0.6, 0.2, 0.1, 0.1]))
    nodes, tensors, name = _before(rng, columns) if rng.random() < 0.35 else ([], [], "x")
    ensemble = _ensemble(rng, name, columns, kind)
    nodes.append(ensemble)
    outputs = [("label", TensorProto.INT64), ("scores", TensorProto.FLOAT)]
    outputs = [outputs, outputs[:1], outputs[::-1], outputs[1:]][
        int(rng.choice(4, p=[0.45, 0.4, 0.1, 0.05]))
    ]
    if rng.random() < 0.35:
        outputs = _after(rng, nodes, tensors, outputs)
    return model(nodes, outputs, kind, columns, tensors, int(rng.choice([1, 2, 3, 4])))


def _before(rng: np.random.Generator, columns: int) -> tuple[list[Any], list[Any], str]:
    """One or two operators before the ensemble."""
    nodes, tensors, name = [], [], "x"
    for i in range(int(rng.integers(1, 3))):
        pick = str(
            rng.choice(["Identity", "Cast", "Cast", "Neg", "Scaler", "Normalizer", "Gather"])
        )
        out = f"p{i}"
        if pick == "Cast":
            to = [TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.INT64]
            nodes.append(node(pick, [name], [out], to=int(rng.choice(to, p=[0.5, 0.3, 0.1, 0.1]))))
        elif pick == "Scaler":
            scale = rng.choice([-1.0, 1.0, 2.0], columns).tolist()
            nodes.append(node(pick, [name], [out], domain=ML, offset=[0.25], scale=scale))
        elif pick == "Normalizer":
            nodes.append(node(pick, [name], [out], domain=ML, norm="L1"))
        elif pick == "Gather":
            tensors.append(tensor(f"at{i}", rng.permutation(columns)))
            nodes.append(node(pick, [name, f"at{i}"], [out], axis=1))
        else:
            nodes.append(node(pick, [name], [out]))
        name = out
    return nodes, tensors, name


def _after(
    rng: np.random.Generator, nodes: list[Any], tensors: list[Any], outputs: list[tuple[str, int]]
) -> list[tuple[str, int]]:
    """Something after the label or the scores, which becomes an output."""
    pick = str(rng.choice(["Cast", "Identity", "Sub", "ZipMap", "ArgMax", "Sigmoid", "Neg"]))
    rest = [o for o in outputs if o[0] != "label"]
    if pick == "Cast":
        to = [TensorProto.INT32, TensorProto.FLOAT, TensorProto.BOOL, TensorProto.INT8]
        kind = int(rng.choice(to))
        nodes.append(node("Cast", ["label"], ["out"], to=kind))
        return [("out", kind), *rest]
    if pick == "Sub":
        tensors.append(tensor("one", np.int64(1)))
        nodes.append(node("Sub", ["one", "label"], ["out"]))
        return [("out", TensorProto.INT64), *rest]
    if pick == "ZipMap":
        count = int(rng.integers(2, 4))
        nodes.append(node("ZipMap", ["scores"], ["z"], domain=ML, classlabels_int64s=range(count)))
        return [("label", TensorProto.INT64), ("z", 0)]
    if pick == "ArgMax":
        nodes.append(node("ArgMax", ["scores"], ["out"], axis=1, keepdims=0))
        return [("out", TensorProto.INT64)]
    if pick == "Identity":
        nodes.append(node("Identity", ["label"], ["out"]))
        return [("out", TensorProto.INT64), *rest]
    nodes.append(node(pick, ["scores"], ["out"]))
    return [("label", TensorProto.INT64), ("out", TensorProto.FLOAT)]


def _ensemble(rng: np.random.Generator, source: str, columns: int, kind: int) -> Any:
    """A random tree, its node ids and order sometimes shuffled, labels and scores of many kinds."""
    rows: list[list[Any]] = []  # id, mode, column, value, true, false

    def grow(depth: int) -> int:
        at = len(rows)
        rows.append([at, "LEAF", 0, 0.0, 0, 0])
        if depth and rng.random() < 0.85:
            modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ"]
            mode = str(rng.choice(modes, p=[0.7, 0.1, 0.1, 0.08, 0.02]))
            ends = grow(depth - 1), grow(depth - 1)
            rows[at] = [at, mode, int(rng.integers(columns)), _threshold(rng), *ends]
        return at

    grow(int(rng.integers(0, 5)))
    leaves = [row[0] for row in rows if row[1] == "LEAF"]
    new = np.arange(len(rows))
    if rng.random() < 0.3:
        new = rng.permutation(len(rows) * 2)[: len(rows)]
    for row in rows:
        inner = row[1] != "LEAF"
        row[0] = int(new[row[0]])
        row[4:] = [int(new[e]) if inner else 0 for e in row[4:]]
    order = np.arange(len(rows))
    if rng.random() < 0.3:
        start = int(rng.random() < 0.7)  # the root stays first
        order[start:] = rng.permutation(order[start:])
    rows = [rows[i] for i in order]
    if rng.random() < 0.04:
        rows.append([len(new) * 2 + 5, "LEAF", 0, 0.0, 0, 0])
    classes = int(rng.choice([1, 2, 3, 4], p=[0.04, 0.56, 0.3, 0.1]))
    labels = list(range(classes))
    if rng.random() < 0.25:
        labels = rng.permutation(7)[:classes].tolist()
    scores = _scores(rng, [int(new[i]) for i in leaves], classes)
    attributes: dict[str, Any] = {
        "nodes_treeids": [0] * len(rows),
        "nodes_nodeids": [r[0] for r in rows],
        "nodes_modes": [r[1] for r in rows],
        "nodes_featureids": [r[2] for r in rows],
        "nodes_truenodeids": [r[4] for r in rows],
        "nodes_falsenodeids": [r[5] for r in rows],
        "class_treeids": [0] * len(scores),
        "class_nodeids": [s[0] for s in scores],
        "class_ids": [s[1] for s in scores],
        "classlabels_int64s": labels,
        "post_transform": str(
            rng.choice(["NONE", "LOGISTIC", "SOFTMAX", "PROBIT"], p=[0.85, 0.07, 0.05, 0.03])
        ),
    }
    if rng.random() < 0.05:
        attributes["nodes_missing_value_tracks_true"] = [1] * len(rows)
    if rng.random() < 0.04:
        attributes["base_values"] = rng.normal(size=classes).tolist()
    values, weights = [float(r[3]) for r in rows], [float(s[2]) for s in scores]
    if kind == TensorProto.DOUBLE and rng.random() < 0.5:
        attributes["nodes_values_as_tensor"] = tensor("v", np.array(values))
        attributes["class_weights_as_tensor"] = tensor("w", np.array(weights))
    else:
        attributes |= {"nodes_values": values, "class_weights": weights}
    kept = {k: v for k, v in attributes.items() if not isinstance(v, list) or v}
    operator = "TreeEnsembleRegressor" if rng.random() < 0.03 else "TreeEnsembleClassifier"
    if operator == "TreeEnsembleRegressor":
        kept = {k.replace("class_", "target_"): v for k, v in kept.items() if k[:6] != "classl"}
        return node(operator, [source], ["scores"], domain=ML, n_targets=classes, **kept)
    return node(operator, [source], ["label", "scores"], domain=ML, **kept)


def _threshold(rng: np.random.Generator) -> float:
    if rng.random() < 0.05:
        return float(rng.choice([np.inf, -np.inf, 1e38, -3.4e38, 1e-45, 16777216.0, np.nan]))
    return float(rng.choice([0.5, 0.0, -0.0, 1.0, rng.normal(), rng.normal() * 100]))


def _scores(
    rng: np.random.Generator, leaves: Sequence[int], classes: int
) -> list[tuple[int, int, float]]:
    """Leaf, class and score: one-hot, probabilities, any numbers, or one column for two classes."""
    style = str(rng.choice(["hot", "share", "any", "one", "part"], p=[0.4, 0.2, 0.1, 0.25, 0.05]))
    found = []
    for leaf in leaves:
        best = int(rng.integers(classes))
        for c in range(classes):
            if style == "hot":
                found.append((leaf, c, float(c == best)))
            elif style == "share":
                found.append((leaf, c, float(rng.integers(0, 5)) / 4))
            elif style == "any":
                found.append((leaf, c, float(rng.normal())))
        if style == "one":
            negative = float(rng.choice([0.0, 0.0, 0.4]))
            found.append((leaf, 0, float(rng.random() - negative)))
        if style == "part":
            found.append((leaf, best, 1.0))
    return found


def random_network(rng: np.random.Generator) -> Any:
    """A random chain of operators, then a classifier's end: also those of ai.onnx.ml."""
    made, out, classes = random_model(rng)
    nodes, tensors, x = list(made.nodes), list(made.tensors), "x"
    if rng.random() < 0.25:
        scale = rng.choice([-1.0, 0.5, 2.0], made.columns).tolist()
        offset = rng.normal(size=made.columns).tolist()
        nodes.insert(0, node("Scaler", [x], ["scaled"], domain=ML, offset=offset, scale=scale))
        for own in nodes[1:]:
            own.input[:] = ["scaled" if name == x else name for name in own.input]
    outputs = _end(rng, nodes, tensors, out, classes)
    return model(nodes, outputs, made.kind, made.columns, tensors, 3, made.opset)


def _end(
    rng: np.random.Generator, nodes: list[Any], tensors: list[Any], out: str, classes: int
) -> list[tuple[str, int]]:
    """What stands after the logits; the outputs."""
    pick = str(
        rng.choice(
            [
                "none",
                "Sigmoid",
                "Softmax",
                "LogSoftmax",
                "ArgMax",
                "pair",
                "linear",
                "half",
                "Neg",
                "ZipMap",
                "Normalizer",
                "not",
            ]
        )
    )
    floats, whole = TensorProto.FLOAT, TensorProto.INT64
    if pick in ("Sigmoid", "Softmax", "LogSoftmax", "Neg"):
        nodes.append(node(pick, [out], ["y"]))
    elif pick == "ArgMax":
        last = {"select_last_index": 1} if rng.random() < 0.1 else {}
        nodes.append(node(pick, [out], ["y"], axis=1, keepdims=int(rng.integers(2)), **last))
        return [("y", whole)]
    elif pick == "not":
        tensors.append(tensor("one", np.int64(1)))
        nodes += [node("ArgMax", [out], ["a"], axis=1), node("Sub", ["one", "a"], ["y"])]
        return [("y", whole)]
    elif pick in ("pair", "ZipMap"):
        tensors.append(tensor("one", np.float32(1)))
        nodes += [
            node("Sigmoid", [out], ["p"]),
            node("Sub", ["one", "p"], ["q"]),
            node("Concat", ["q", "p"] if rng.random() < 0.8 else ["p", "q"], ["y"], axis=1),
            node("ArgMax", ["y"], ["label"], axis=1, keepdims=0),
        ]
        if pick == "ZipMap":
            nodes.append(node("ZipMap", ["y"], ["z"], domain=ML, classlabels_int64s=[0, 1]))
            return [("label", whole), ("z", 0)]
        return [[("y", floats)], [("label", whole), ("y", floats)]][int(rng.integers(2))]
    elif pick == "linear":
        count = int(rng.choice([1, 2, 3]))
        labels = list(range(max(2, count))) if rng.random() < 0.7 else [4, 2, 3][: max(2, count)]
        weight = rng.normal(size=count * classes).tolist()
        post = str(rng.choice(["NONE", "LOGISTIC", "SOFTMAX"]))
        nodes.append(
            node(
                "LinearClassifier",
                [out],
                ["label", "y"],
                domain=ML,
                coefficients=weight,
                intercepts=rng.normal(size=count).tolist(),
                classlabels_ints=labels,
                post_transform=post,
                multi_class=int(rng.integers(2)),
            )
        )
        return [("label", whole), ("y", floats)]
    elif pick == "half":
        to = int(rng.choice([TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.INT64]))
        nodes += [node("Cast", [out], ["h"], to=to), node("Cast", ["h"], ["y"], to=floats)]
    elif pick == "Normalizer":
        nodes.append(node(pick, [out], ["y"], domain=ML, norm=str(rng.choice(["L1", "MAX"]))))
    else:
        return [(out, floats)]
    return [("y", floats)]


def compared(seed: int, path: Path) -> tuple[str, int]:
    """What became of the model of that seed, and at how many points it was compared."""
    rng = np.random.default_rng(seed)
    make = random_tree_model if seed % 2 else random_network
    data = make(rng).SerializeToString()
    path.write_bytes(data)
    try:
        if seed % 2:
            return _compared_tree(seed, data)
        return _compared_network(seed, path)
    except LeafproofError as problem:
        text = str(problem)
        assert "\n" not in text and len(text) < 1000, (seed, text)
        if "onnxruntime" in text:
            return f"DIFFERENT, seed {seed}: {text}", 0
        return f"refused: {_reason(text)}", 0


def _compared_tree(seed: int, data: bytes) -> tuple[str, int]:
    read = tree_graph.tree_of_model(onnx_format.load_model_from_string(data))
    try:
        session = Session(data, read.batch)
        points = tree_runtime.tree_points(read, session.dtype, seed, random=POINTS)
        theirs = session.run(read.label, points)[:, 0]
    except Unusable as problem:
        return f"read, but onnxruntime does not run it: {str(problem)[:110]}", 0
    ours = tree_runtime.tree_classes(read.tree, points)
    if wrong := int((theirs.astype(np.float64) != ours).sum()):
        return f"DIFFERENT, seed {seed}: a tree at {wrong} of {len(points)} points", 0
    return "read (tree)", len(points)


def _compared_network(seed: int, path: Path) -> tuple[str, int]:
    """Numbers are compared at every point, classes (which are counted) where rounding cannot be."""
    counted: list[int] = []
    own = network_runtime.compare_classes

    def count(teacher: Any, theirs: Any, points: Any, dtype: Any) -> int:
        counted.append(own(teacher, theirs, points, dtype))
        return counted[-1]

    def points(columns: int, rows: int, dtype: Any, _: int = 0) -> Any:
        return drawn(columns, rows, dtype, seed)

    drawn = network_runtime.random_points
    with (
        warnings.catch_warnings(record=True) as notes,
        mock.patch.object(network_runtime, "compare_classes", count),
        mock.patch.object(network_runtime, "random_points", points),
    ):
        warnings.simplefilter("always", RuntimeNote)
        read_teacher(path)
    if notes:
        return f"read, but onnxruntime does not run it: {_reason(str(notes[0].message))[:110]}", 0
    return "read (network)", counted[0] if counted else 0


def _reason(text: str) -> str:
    """A refusal without names and numbers."""
    text = re.sub(r'^"[^"]*": ', "", text)
    text = re.sub(r'"[^"]*"', "...", text)
    return re.sub(r"-?\d+(\.\d+)?(e[+-]?\d+)?", "#", text)[:100]


def main(options: list[str] | None = None) -> None:
    """Compare the models, and print the counts."""
    given = dict(zip((options or [])[::2], (options or [])[1::2], strict=True))
    start = int(given.get("--only", given.get("--start", 0)))
    count = 1 if "--only" in given else int(given.get("--models", MODELS))
    total: Counter[str] = Counter()
    points, began = 0, time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(start, start + count):
            answer, own = compared(seed, Path(folder) / "model.onnx")
            total[answer] += 1
            points += own
    differences = sum(n for name, n in total.items() if name.startswith("DIFFERENT"))
    read = sum(n for name, n in total.items() if name.startswith("read ("))
    refused = sum(n for name, n in total.items() if name.startswith("refused"))
    for name, n in total.most_common():
        print(f"{n:>7}  {name}")
    print(
        f"{count} models from seed {start}: {refused} refused, {read} read, compared at "
        f"{points} points, {count - refused - read - differences} read but not run by onnxruntime, "
        f"{differences} differences ({time.process_time() - began:.0f} s of processor time)"
    )
    assert not differences, f"{differences} models are read otherwise than onnxruntime runs them"
