"""ONNX files with an input a column: encoders, scalers and casts in an odd order, then a model.

The maker returns the file, and what its inputs are; the judge compares the classes with
onnxruntime's at every point. Numbers are such as a narrower type does not hold.
"""

from __future__ import annotations

import pickle
from itertools import product
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.benchmarks.stranger_boosters import Random, pick
from tests.benchmarks.stranger_judges import Outcome, refusal
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError
from verifier.model.network import exact_classes

ML = "ai.onnx.ml"
NUMPY = {"FLOAT": np.float32, "DOUBLE": np.float64, "INT64": np.int64}
FLOATS = ((0, 1, 2), ("1/10", "2/10", "3/10"), (-1, 0.5, 3), (16777216, 16777217, 16777218))
VALUES: dict[str, tuple[tuple[Any, ...], ...]] = {
    "FLOAT": FLOATS,
    "DOUBLE": (*FLOATS, (1e-3, 7.7)),
    "INT64": ((0, 1, 2), (-3, 0, 5), (2**40, 2**40 + 1)),
    "STRING": (("u", "v", "w"), ("1", "2", "10"), ("a b", "é")),
}
KEYS: dict[str, dict[str, Any]] = {
    "INT64": {"keys_int64s": [0, 1, 2, 5, 2**40]},
    "FLOAT": {"keys_floats": [0.0, 0.1, 0.2, 1.0, 2.0, 16777216.0]},
}
Inputs = list[tuple[str, tuple[Any, ...]]]


class Writer:
    """Nodes and constants of a graph that is being made."""

    def __init__(self, rng: Random, inputs: Inputs) -> None:
        self.rng, self.inputs = rng, inputs
        self.nodes: list[Any] = []
        self.tensors: list[Any] = []

    def add(self, operator: str, *read: str, **given: Any) -> str:
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, read, [name], **given))
        return name

    def held(self, array: Any) -> str:
        name = f"c{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(array, name))
        return name

    def model(self, output: str, kind: int) -> bytes:
        given = [
            helper.make_tensor_value_info(f"i{i}", getattr(TensorProto, kind), ["N", 1])
            for i, (kind, _) in enumerate(self.inputs)
        ]
        out = [helper.make_tensor_value_info(output, kind, None)]
        graph = helper.make_graph(self.nodes, "g", given, out, self.tensors)
        sets = [helper.make_opsetid("", 15), helper.make_opsetid(ML, 2)]
        made = helper.make_model(graph, opset_imports=sets, ir_version=8)
        return bytes(made.SerializeToString())


def columns(rng: Random) -> bytes:
    """The file, and the type and values of each input."""
    inputs: Inputs = []
    for _ in range(pick(rng, (2, 2, 3))):
        kind = pick(rng, list(VALUES))
        inputs.append((kind, pick(rng, VALUES[kind])))
    graph = Writer(rng, inputs)
    parts = [_column(graph, i) for i in range(len(inputs))]
    names, width = [name for name, _ in parts], sum(count for _, count in parts)
    if rng.random() < 0.5:
        x = graph.add("Concat", *names, axis=1)
    else:
        x = graph.add("FeatureVectorizer", *names, domain=ML, inputdimensions=[n for _, n in parts])
    if rng.random() < 0.3:
        chosen = graph.held(rng.integers(0, width, width).astype(np.int64))
        way = (
            ("Gather", {"axis": 1})
            if rng.random() < 0.5
            else ("ArrayFeatureExtractor", {"domain": ML})
        )
        x = graph.add(way[0], x, chosen, **way[1])
    if rng.random() < 0.4:
        weight = rng.integers(-3, 4, (width, 2)).astype(np.float32) / 4
        bias = rng.integers(-3, 4, 2).astype(np.float32) / 4 + np.float32(0.013)
        y = graph.add("Gemm", x, graph.held(weight), graph.held(bias))
        return pickle.dumps((graph.model(y, TensorProto.FLOAT), inputs))
    seen = _run(graph.model(x, TensorProto.FLOAT), inputs)
    _tree(graph, x, seen)
    return pickle.dumps((graph.model("y", TensorProto.INT64), inputs))


def _column(graph: Writer, i: int) -> tuple[str, int]:
    """One input through some steps, to float columns; their name and count."""
    rng, (kind, values) = graph.rng, graph.inputs[i]
    x, width = f"i{i}", 1
    if kind == "STRING":
        if rng.random() < 0.5:
            cats = [str(v) for v in values][: pick(rng, (1, 2, 3))]
            x = graph.add("OneHotEncoder", x, domain=ML, cats_strings=cats, zeros=1)
            width = len(cats)
            return graph.add("Reshape", x, graph.held(np.array([-1, width]))), width
        numbers = [q / 3 for q in range(len(values))]
        x = graph.add(
            "LabelEncoder", x, domain=ML, keys_strings=list(values), values_floats=numbers
        )
        kind = "FLOAT"
    for _ in range(pick(rng, (0, 1, 2, 3))):
        x, kind = _step(graph, x, kind)
    return (x if kind == "FLOAT" else graph.add("Cast", x, to=TensorProto.FLOAT)), width


def _step(graph: Writer, x: str, kind: str) -> tuple[str, str]:
    """A step of one column of numbers, and what type it leaves."""
    rng = graph.rng
    way = pick(rng, ("cast", "scaler", "label", "binarizer", "arithmetic", "imputer"))
    if way == "cast":
        to = pick(rng, ("FLOAT", "DOUBLE", "INT64", "INT32"))
        return graph.add("Cast", x, to=getattr(TensorProto, to)), to
    if way == "scaler":
        offset, scale = pick(rng, (0.0, 0.1, 1.0, -0.3)), pick(rng, (1.0, 2.0, 0.1, -1.0))
        return graph.add("Scaler", x, domain=ML, offset=[offset], scale=[scale]), "FLOAT"
    if way == "label" and kind in KEYS:
        keys = KEYS[kind]
        count = len(next(iter(keys.values())))
        numbers = [float(q) / 3 for q in rng.integers(-3, 4, count)]
        return graph.add("LabelEncoder", x, domain=ML, values_floats=numbers, **keys), "FLOAT"
    if way == "binarizer" and kind == "FLOAT":
        return graph.add("Binarizer", x, domain=ML, threshold=pick(rng, (0.0, 0.1, 0.5))), kind
    if way == "arithmetic" and kind in ("FLOAT", "DOUBLE"):
        row = graph.held(np.array([pick(rng, (0.1, 1 / 3, 2, -1, 7))], NUMPY[kind]))
        return graph.add(pick(rng, ("Add", "Sub", "Mul", "Div")), x, row), kind
    if way == "imputer" and kind == "FLOAT":  # onnxruntime has no other
        gone = pick(rng, (float("nan"), float("nan"), 0.0))
        given: dict[str, Any] = {"imputed_value_floats": [1.0], "replaced_value_float": gone}
        return graph.add("Imputer", x, domain=ML, **given), kind
    return graph.add("Identity", x), kind


def _tree(graph: Writer, x: str, seen: Any) -> None:
    """A tree of three tests at numbers that the columns hold."""
    rng = graph.rng
    tested = [int(j) for j in rng.integers(0, seen.shape[1], 3)]
    mode = pick(rng, ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT", "BRANCH_GTE"))
    graph.nodes.append(
        helper.make_node(
            *("TreeEnsembleClassifier", [x], ["y", "shares"]),
            domain=ML,
            nodes_treeids=[0] * 7,
            nodes_nodeids=list(range(7)),
            nodes_featureids=[*tested, 0, 0, 0, 0],
            nodes_modes=[mode] * 3 + ["LEAF"] * 4,
            nodes_values=[*(float(pick(rng, seen[:, j])) for j in tested), 0.0, 0.0, 0.0, 0.0],
            nodes_truenodeids=[1, 3, 5, 0, 0, 0, 0],
            nodes_falsenodeids=[2, 4, 6, 0, 0, 0, 0],
            class_treeids=[0] * 8,
            class_nodeids=[3, 3, 4, 4, 5, 5, 6, 6],
            class_ids=[0, 1] * 4,
            class_weights=[1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0],
            classlabels_int64s=[0, 1],
            post_transform="NONE",
        )
    )


def domain_of(inputs: Inputs) -> Domain:
    """A number or a choice an input."""
    made = (
        Domain.one_hot(f"i{i}", list(values))
        if kind == "STRING"
        else Domain.ordinal(f"i{i}", list(values))
        for i, (kind, values) in enumerate(inputs)
    )
    return Domain.product(*made)


def _run(model: bytes, inputs: Inputs) -> Any:
    """The file's answers at every point, as onnxruntime gives them."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model, options)
    variables = domain_of(inputs).variables
    feeds = {}
    for i, (kind, values) in enumerate(inputs):
        held = (
            list(values)
            if kind == "STRING"
            else [float(x) for (x,) in map(variables[i].row, range(len(values)))]
        )
        own = np.array(held, dtype=NUMPY.get(kind, object))
        places = [p[i] for p in product(*(range(v.count) for v in variables))]
        feeds[f"i{i}"] = own[places].reshape(-1, 1)
    return np.asarray(session.run(None, feeds)[0])


def columns_read(data: bytes, reached: Any) -> Outcome:
    """Whether the classes are onnxruntime's at every point, but for what float32 rounds."""
    import onnx

    from verifier.formats.load import load_teacher

    model, inputs = pickle.loads(data)  # made a moment ago
    domain = domain_of(inputs)
    try:
        made = load_teacher(onnx.load_model_from_string(model), domain=domain)
    except LeafproofError as problem:
        reached()
        return refusal(problem)
    reached()
    points = list(product(*(range(v.count) for v in domain.variables)))
    theirs = _run(model, inputs)
    if isinstance(made, Ensemble):
        ours = [made.class_at(domain.encode(p)) for p in points]
        wrong = [i for i, k in enumerate(theirs.reshape(-1)) if k != ours[i]]
    else:
        gap = np.abs(theirs[:, 0] - theirs[:, 1]) / (1 + np.abs(theirs).max(axis=1))
        ours = [int(k) for k in exact_classes(made, domain, points)]
        own = theirs.argmax(axis=1)
        wrong = [i for i, k in enumerate(own) if k != ours[i] and gap[i] > 1e-4]
    if wrong:
        return "WRONG", f"class {ours[wrong[0]]} at {domain.labels(points[wrong[0]])}"
    return "equal", ""
