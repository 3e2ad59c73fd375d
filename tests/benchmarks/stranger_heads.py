"""Strange ends of ONNX networks: probabilities, comparisons, labels, one after the other.

The maker returns a file of a small network with some operators behind its scores. What is read of
it, and the sentence of its head ("class 1 where the output is greater than ..."), are held against
onnxruntime's own output at the points of a grid, ties included.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.benchmarks.stranger_boosters import Random, pick
from tests.benchmarks.stranger_judges import Outcome, read_as, refusal, session_of
from verifier.formats.heads import label_names
from verifier.model.errors import NetworkError
from verifier.model.network import decide, exact_logits

COLUMNS = 3
GRID = np.array(list(product((-2, -1, 0, 1, 2), repeat=COLUMNS)))
COMPARISONS = ("Greater", "Less", "GreaterOrEqual", "LessOrEqual")
NEAR = 1e-6
"""Float32's probabilities are known so well: nearer ones are no finding, but for ties."""


class _Graph:
    """Nodes one after the other."""

    def __init__(self, rng: Random) -> None:
        self.rng, self.opset = rng, int(pick(rng, (11, 13, 15, 18, 21)))
        self.nodes: list[Any] = []
        self.tensors: list[Any] = []

    def held(self, array: Any, kind: Any = np.float32) -> str:
        name = f"c{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(np.asarray(array, dtype=kind), name))
        return name

    def add(self, operator: str, *inputs: str, ml: bool = False, **attributes: Any) -> str:
        out = f"v{len(self.nodes)}"
        domain = {"domain": "ai.onnx.ml"} if ml else {}
        self.nodes.append(helper.make_node(operator, inputs, [out], out, **domain, **attributes))
        return out


def heads(rng: Random) -> bytes:
    """A network of few whole numbers, and what is made of its scores."""
    g, width = _Graph(rng), int(pick(rng, (1, 1, 2, 3)))
    hidden = 3
    at = g.add("Gemm", "x", g.held(rng.integers(-2, 3, size=(COLUMNS, hidden))),
               g.held(rng.integers(-2, 3, size=hidden)))  # fmt: skip
    at = g.add("Relu", at)
    at = g.add("Gemm", at, g.held(rng.integers(-2, 3, size=(hidden, width)) / 8),
               g.held(rng.integers(-2, 3, size=width) / 8))  # fmt: skip
    for _ in range(pick(rng, (0, 1, 1, 2))):
        at, width = _changed(g, at, width)
    kind = TensorProto.FLOAT
    if rng.random() < 0.7:
        at, kind = _decided(g, at, width)
    graph = helper.make_graph(
        g.nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", COLUMNS])],
        [helper.make_tensor_value_info(at, kind, None)],
        g.tensors,
    )
    sets = [helper.make_opsetid("", g.opset), helper.make_opsetid("ai.onnx.ml", 2)]
    return bytes(helper.make_model(graph, opset_imports=sets, ir_version=8).SerializeToString())


def _changed(g: _Graph, at: str, width: int) -> tuple[str, int]:
    """Other numbers of the scores."""
    rng = g.rng
    ways = ("Sigmoid", "Softmax", "LogSoftmax", "Neg", "Mul", "Add", "less", "both", "column")
    way = pick(rng, (*ways, "Sigmoid", "Softmax", "Clip", "Identity", "Tanh"))
    if way in ("Softmax", "LogSoftmax"):
        return g.add(way, at, axis=pick(rng, (1, -1, -1))), width
    if way in ("Mul", "Add"):
        row = [float(pick(rng, (-1, 0.5, 1, 2, -0.5))) for _ in range(width)]
        return g.add(way, at, g.held(row if rng.random() < 0.5 else row[:1])), width
    if way == "less":
        return g.add("Sub", g.held([1.0]), at), width
    if way == "both":
        parts = [g.add("Sub", g.held([1.0]), at), at]
        parts = parts if rng.random() < 0.7 else parts[::-1]
        return g.add("Concat", *parts, axis=1), 2 * width
    if way == "column":
        chosen = int(rng.integers(width))
        return g.add("Gather", at, g.held([chosen], np.int64), axis=1), 1
    if way == "Clip":
        return g.add("Clip", at, g.held(0.0), g.held(1.0)), width
    return g.add(way, at), width


def _decided(g: _Graph, at: str, width: int) -> tuple[str, int]:
    """A class of them, by a comparison or the largest, and perhaps its name."""
    rng = g.rng
    count = width
    kind = TensorProto.INT64
    if rng.random() < 0.5 and width > 1:
        more = {"select_last_index": 1} if g.opset >= 12 and rng.random() < 0.2 else {}
        which = "ArgMin" if rng.random() < 0.1 else "ArgMax"
        at = g.add(which, at, axis=pick(rng, (1, -1)), keepdims=pick(rng, (0, 1)), **more)
    else:
        cut = g.held([float(pick(rng, (0, 0.5, 0.5, 1, 0.25, -1, 0.3)))])
        pair = (at, cut) if rng.random() < 0.7 else (cut, at)
        at, count, kind = g.add(pick(rng, COMPARISONS), *pair), 2, TensorProto.BOOL
        if rng.random() < 0.3:
            at = g.add("Not", at)
        way = rng.random()
        if way < 0.3:
            ends = [g.held([x], np.int64) for x in pick(rng, ((1, 0), (0, 1), (7, 3), (1, 1)))]
            return g.add("Where", at, *ends), TensorProto.INT64
        if way < 0.8:
            kind = pick(rng, (TensorProto.INT64, TensorProto.INT32, TensorProto.FLOAT))
            at = g.add("Cast", at, to=kind)
    if kind == TensorProto.INT64 and rng.random() < 0.4:
        numbers = rng.permutation(5)[:count]
        if rng.random() < 0.5:
            return g.add("Gather", g.held(numbers, np.int64), at), kind
        keys = {"keys_int64s": list(range(count)), "values_int64s": numbers.tolist()}
        return g.add("LabelEncoder", at, ml=True, **keys), kind
    return at, kind


def ends(data: bytes, reached: Callable[[], None]) -> Outcome:
    """Whether the class is what the file's output says."""
    import onnx

    from verifier.formats.onnx import load_onnx

    model = onnx.load_model_from_string(data)
    read, outcome, _ = read_as(lambda asked: load_onnx(model, asked))
    reached()
    if outcome is not None:
        return outcome
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            session = session_of(data)
    except Exception as problem:  # noqa: BLE001  it has an error of its own for each
        return "library refuses", str(problem)
    found = np.asarray(session.run(None, {"x": GRID.astype(np.float32)})[0])
    try:
        logits, _ = exact_logits(read, GRID.tolist(), 1)
    except NetworkError as problem:  # a smooth function's tie
        return refusal(problem)
    mine = [decide(row) for row in logits]
    head = read.head
    found = found.reshape(len(GRID), -1)
    for row, numbers, klass in zip(GRID.tolist(), found, mine, strict=True):
        if head is not None and head.kind == "label":
            said = label_names([numbers[0]])[0] if found.dtype != bool else str(int(numbers[0]))
            name = read.labels[klass] if read.labels else str(klass)
            if len(numbers) > 1 or said != name:
                return "WRONG", f"{name} and not {said} at {row}: {head}"
        elif len(numbers) > 1:
            top = np.sort(numbers)[::-1]
            is_near = 0 < top[0] - top[1] < NEAR or (top[0] == top[1] and _is_rounded(read))
            if int(numbers.argmax()) != klass and not is_near:
                return "WRONG", f"{klass} and not {numbers} at {row}: {head}"
        else:
            cut = float(head.threshold or 0) if head is not None else 0.0
            is_near = 0 < abs(float(numbers[0]) - cut) < NEAR
            if int(numbers[0] > cut) != klass and not is_near:
                return "WRONG", f"{klass} and not {numbers} at {row}: {head}"
    return "equal", ""


def _is_rounded(read: Any) -> bool:
    """Whether probabilities are compared, which may be equal where scores are not."""
    return any("Softmax" in text or "Sigmoid" in text for text in read.notes)
