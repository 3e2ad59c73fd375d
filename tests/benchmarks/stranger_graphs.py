"""Strange ONNX files: tree ensembles of all operators, and small graphs with odd constants.

Each maker takes a random generator and returns a file's bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.benchmarks.stranger_boosters import Random, pick
from tests.formats.onnx_ensembles import COLUMNS, MODES, TYPES, by_ids, by_lists

ODD = (
    *(0.0, -0.0, 1e-45, -1e-45, 1e-40, 1.1754944e-38, 0.5, 1.0, -1.0, 2.0, 3.4028235e38, -3.4e38),
    *(float("nan"), float("inf"), float("-inf")),
)
OPSETS = (8, 9, 10, 11, 12, 13, 14, 15, 17, 19, 21, 23)


def trees(rng: Random) -> bytes:
    """A tree ensemble, mostly with something forged."""
    kind = pick(rng, list(TYPES))
    which = pick(rng, ("classifier", "regressor", "lists"))
    count, outputs = pick(rng, (1, 2, 5)), pick(rng, (1, 2, 3))
    if which == "lists":
        kind = pick(rng, (TensorProto.FLOAT, TensorProto.DOUBLE))
        model = by_lists(
            rng,
            trees=count,
            kind=kind,
            outputs=outputs,
            aggregate=int(rng.integers(4)),
            modes=range(7 if rng.random() < 0.3 else 6),
            largest=outputs > 1,
        )
    else:
        options: dict[str, Any] = {"modes": (pick(rng, MODES),) if rng.random() < 0.5 else MODES}
        if which == "classifier":
            outputs = pick(rng, (2, 2, 3))
            options["labels"] = (list(range(outputs)), ["b", "a", "c"][:outputs])[
                int(rng.random() < 0.3)
            ]
            options["only"] = pick(rng, (0, 1)) if outputs == 2 else None
            options["positive"] = bool(rng.random() < 0.3)
            ways = ("NONE", "NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT")
            options["post_transform"] = pick(rng, ways)
        else:
            options["aggregate_function"] = pick(rng, ("SUM", "AVERAGE", "MIN", "MAX"))
            if rng.random() < 0.1:
                options["post_transform"] = pick(rng, ("LOGISTIC", "SOFTMAX", "PROBIT"))
        if rng.random() < 0.4:
            options["base_values"] = [pick(rng, ODD) for _ in range(outputs)]
        operator = "TreeEnsemble" + which.capitalize()
        options["tensors"] = kind == TensorProto.DOUBLE
        model = by_ids(rng, operator, trees=count, kind=kind, outputs=outputs, **options)
    for _ in range(pick(rng, (0, 1, 1, 2))):
        _forge_trees(rng, model.graph.node[0])
    return bytes(model.SerializeToString())


def _forge_trees(rng: Random, node: Any) -> None:
    """Change a number of an attribute."""
    attribute = pick(rng, [a for a in node.attribute if a.name != "nodes_modes" or a.strings])
    if attribute.type == attribute.TENSOR:
        array = np.array(numpy_helper.to_array(attribute.t))
        if array.size:
            with np.errstate(all="ignore"):
                array[int(rng.integers(array.size))] = pick(rng, ODD)
            attribute.t.CopyFrom(numpy_helper.from_array(array, attribute.t.name))
    elif attribute.floats:
        for _ in range(pick(rng, (1, 1, len(attribute.floats)))):
            attribute.floats[int(rng.integers(len(attribute.floats)))] = pick(rng, ODD)
    elif attribute.ints:
        odd = (0, 1, 2, 3, -1, len(attribute.ints), 2**31, 2**62)
        attribute.ints[int(rng.integers(len(attribute.ints)))] = pick(rng, odd)
    elif attribute.strings:
        at = int(rng.integers(len(attribute.strings)))
        attribute.strings[at] = pick(rng, (b"LEAF", b"BRANCH_LT", b"BRANCH_EQ", b"x", b"\xff"))
    elif attribute.type == attribute.INT:
        attribute.i = pick(rng, (0, 1, 2, 3, 4, -1, 2**31))
    elif attribute.type == attribute.STRING:
        attribute.s = pick(rng, (b"NONE", b"SOFTMAX_ZERO", b"PROBIT", b"MAX", b"x"))


def graph(rng: Random) -> bytes:
    """x -> Gemm of small whole numbers -> some operators with odd constants -> Gemm -> y."""
    opset, width = pick(rng, OPSETS), 3
    nodes, tensors = [], []

    def held(array: Any, kind: Any = np.float32) -> str:
        name = f"c{len(tensors)}"
        with np.errstate(all="ignore"):
            tensors.append(numpy_helper.from_array(np.asarray(array, dtype=kind), name))
        return name

    def odd() -> float:
        return float(pick(rng, ODD if rng.random() < 0.3 else (-2.0, -1.0, 0.5, 1.0, 2.0, 0.25)))

    def add(operator: str, *inputs: str, **attributes: Any) -> str:
        out = f"v{len(nodes)}"
        domain = {"domain": "com.microsoft"} if operator.startswith("QLinearAdd") else {}
        nodes.append(helper.make_node(operator, inputs, [out], out, **domain, **attributes))
        return out

    weights = held(rng.integers(-2, 3, size=(COLUMNS, width)))
    at = add("Gemm", "x", weights, held(rng.integers(-2, 3, size=width)))
    for _ in range(pick(rng, (1, 1, 2))):
        at = _step(rng, at, opset, width, held, odd, add)
    nodes.append(
        helper.make_node("Gemm", [at, held(rng.integers(-2, 3, size=(width, 1)))], ["y"], "last")
        if opset >= 11
        else helper.make_node(
            "Gemm", [at, held(rng.integers(-2, 3, size=(width, 1))), held([0.0])], ["y"], "last"
        )
    )
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", COLUMNS])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 1])],
        tensors,
    )
    sets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(made, opset_imports=sets, ir_version=8)
    return bytes(model.SerializeToString())


def _step(rng: Random, at: str, opset: int, width: int, held: Any, odd: Any, add: Any) -> str:
    """One operator, or two that belong together."""
    ways = ("clip", "max", "min", "prelu", "leaky", "hard", "norm", "arithmetic", "quantise", "elu")
    way = pick(rng, ways)
    if way == "clip":
        low, high = odd(), odd()
        if opset < 11:
            return str(add("Clip", at, min=low, max=high))
        return str(add("Clip", at, *(pick(rng, (held(b), "")) for b in (low, high))))
    if way in ("max", "min"):
        row = [odd() for _ in range(width)]
        pair = (at, held(row)) if rng.random() < 0.5 else (held(row), at)
        return str(add(way.capitalize(), *pair))
    if way == "prelu":
        return str(add("PRelu", at, held([odd() for _ in range(width)])))
    if way == "leaky":
        return str(add("LeakyRelu", at, alpha=odd()))
    if way == "hard":
        return str(add("HardSigmoid", at, alpha=odd(), beta=odd()))
    if way == "elu":
        return str(add(pick(rng, ("Elu", "Celu") if opset >= 12 else ("Elu",)), at, alpha=odd()))
    if way == "norm":
        rows = [held([odd() for _ in range(width)]) for _ in range(4)]
        return str(add("BatchNormalization", at, *rows, epsilon=abs(odd())))
    if way == "arithmetic":
        row = held([odd() for _ in range(width)])
        pair = (at, row) if rng.random() < 0.7 else (row, at)
        return str(add(pick(rng, ("Add", "Sub", "Mul", "Div")), *pair))
    return _quantised(rng, at, opset, held, odd, add)


def _quantised(rng: Random, at: str, opset: int, held: Any, odd: Any, add: Any) -> str:
    """Integers and back, with an odd scale or zero point."""
    if opset < 10:
        return str(add("Relu", at))
    kind = pick(
        rng, (np.uint8, np.int8, np.int8, np.uint16) if opset >= 21 else (np.uint8, np.int8)
    )
    limits = np.iinfo(kind)
    scale = held(pick(rng, (odd(), 0.1, 0.5, 0.02)))
    zero = held(pick(rng, (0, 1, limits.min, limits.max)), kind)
    back = (held(pick(rng, (odd(), 0.1))), zero) if rng.random() < 0.2 else (scale, zero)
    return str(add("DequantizeLinear", add("QuantizeLinear", at, scale, zero), *back))
