"""Networks that onnxruntime's own quantizer made integers of, in every way that it offers."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.stranger_boosters import Random, pick
from tests.benchmarks.stranger_judges import Outcome, read_as, session_of

COLUMNS = 3
GRID = np.array([*product((-2.0, -1.0, -0.5, 0.0, 0.25, 1.0, 3.0), repeat=COLUMNS)], np.float32)
"""Every point of a small domain."""
_OTHERS = ("Abs", "Elu", "HardSigmoid", "Selu", "Softplus")


def quantised(rng: Random) -> bytes:
    """A small network, quantised."""
    import onnx
    from onnxruntime import quantization as q

    given = _network(rng)
    options: dict[str, Any] = {
        "per_channel": bool(rng.random() < 0.4),
        "reduce_range": bool(rng.random() < 0.3),
        "weight_type": pick(rng, (q.QuantType.QInt8, q.QuantType.QUInt8)),
    }
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        path, made = Path(folder) / "float.onnx", Path(folder) / "made.onnx"
        onnx.save(given, path)
        if rng.random() < 0.1:
            q.quantize_dynamic(path, made, **options)
            return made.read_bytes()
        kinds = [q.QuantType.QInt8, q.QuantType.QUInt8]
        if options["weight_type"] == q.QuantType.QUInt8:
            kinds = kinds[1:]  # sums of signed and unsigned bytes are not done
        more: dict[str, Any] = {}
        for name in ("ActivationSymmetric", "WeightSymmetric", "AddQDQPairToWeight"):
            if rng.random() < 0.25:
                more[name] = bool(rng.random() < 0.7)
        if rng.random() < 0.2:
            more["OpTypesToExcludeOutputQuantization"] = ["MatMul", "Gemm"]
        options |= {
            "quant_format": pick(rng, list(q.QuantFormat)),
            "activation_type": pick(rng, kinds),
            "extra_options": more,
            "calibrate_method": pick(
                rng, (q.CalibrationMethod.MinMax, q.CalibrationMethod.MinMax, *q.CalibrationMethod)
            ),
        }
        rows = GRID[rng.choice(len(GRID), 40)] * np.float32(pick(rng, (1.0, 1.0, 0.1)))
        q.quantize_static(path, made, _Rows(rows), **options)
        return made.read_bytes()


class _Rows:
    """What the quantizer looks at."""

    def __init__(self, rows: Any) -> None:
        self._left = iter(rows)

    def get_next(self) -> Any:
        """A row, as long as there are some."""
        row = next(self._left, None)
        return None if row is None else {"x": row[None]}


def _network(rng: Random) -> Any:
    """Layers of a few neurons, and what may stand between them."""
    from onnx import TensorProto, helper, numpy_helper

    nodes: list[Any] = []
    tensors: list[Any] = []

    def add(kind: str, *inputs: str, **attributes: Any) -> str:
        out = f"v{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [out], f"n{len(nodes)}", **attributes))
        return out

    def held(value: Any) -> str:
        name = f"c{len(tensors)}"
        tensors.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    x, width = "x", COLUMNS
    depth = pick(rng, (1, 2, 2, 3))
    for i in range(depth):
        last = i == depth - 1
        wide = pick(rng, (1, 2, 3)) if last else pick(rng, (2, 4, 5))
        weight = rng.normal(size=(width, wide)) / width**0.5
        if rng.random() < 0.2:
            weight[:, 0] = 0.0
        bias = 0.3 * rng.normal(size=wide)
        way = int(rng.integers(4))
        if way == 0:
            x = add("Gemm", x, held(weight), held(bias))
        elif way == 1:
            x = add("Gemm", x, held(weight.T), held(bias), transB=1)
        elif way == 2:
            x = add("Add", add("MatMul", x, held(weight)), held(bias))
        else:
            x = add("MatMul", x, held(weight))
        width = wide
        if not last:
            x = _between(rng, x, width, add, held)
    if rng.random() < 0.2:
        x = add(pick(rng, ("Sigmoid", "Softmax")) if width > 1 else "Sigmoid", x)
    nodes[-1].output[0] = "y"
    graph = helper.make_graph(
        nodes,
        "made",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", COLUMNS])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", width])],
        tensors,
    )
    opset = helper.make_opsetid("", pick(rng, (13, 17, 21)))
    return helper.make_model(graph, opset_imports=[opset], ir_version=10)


def _between(rng: Random, x: str, width: int, add: Callable[..., str], held: Any) -> str:
    """An activation, or something that moves or adds numbers."""
    way = int(rng.integers(9))
    if way <= 2:
        return add("Relu", x)
    if way == 3:
        return add("Clip", x, held(0.0), held(1.0))
    if way == 4:
        return add("LeakyRelu", x, alpha=0.1)
    if way == 5:
        return add(pick(rng, ("Sigmoid", "Tanh", "Relu", *_OTHERS)), x)
    if way == 6:
        again = add("MatMul", add("Relu", x), held(rng.normal(size=(width, width))))
        return add("Add", again, x)
    if way == 7:
        return add("Mul", add("Relu", x), held(rng.uniform(0.5, 2, size=width)))
    return x


def integers(data: bytes, reached: Callable[[], None]) -> Outcome:
    """A quantised file, held against onnxruntime bit for bit."""
    import onnx

    from verifier.formats.onnx import load_onnx
    from verifier.model.network import decide, exact_logits
    from verifier.model.smooth import Smooth

    model = onnx.load_model_from_string(data)
    network, outcome, _ = read_as(lambda asked: load_onnx(model, asked))
    reached()
    if outcome is not None:
        return outcome
    theirs = np.asarray(session_of(data).run(None, {"x": GRID})[0], np.float64)
    if any(isinstance(layer, Smooth) for layer in network.layers):
        return "refused", "a smooth function is not compared bit for bit"
    scaled = [[int(v * 4) for v in row] for row in GRID.astype(np.float64).tolist()]
    logits, over = exact_logits(network, scaled, 4)
    classes = np.array([decide(row) for row in logits])
    scores = np.array([[float(v / over) for v in row] for row in logits])
    if theirs.shape[1] > 1:
        gap = np.sort(scores, axis=1)
        sure = gap[:, -1] - gap[:, -2] > 1e-5 * np.abs(scores).max(axis=1)
        same = theirs.argmax(axis=1) == classes
        tied = gap[:, -1] == gap[:, -2]
        wrong = np.flatnonzero(~same & (sure | tied))
    else:
        assert network.head.threshold is not None
        at = float(network.head.threshold)
        same = (theirs[:, 0] > at) == (classes == 1)
        wrong = np.flatnonzero(~same & (np.abs(theirs[:, 0] - at) > 1e-6))
    if wrong.size:
        i = int(wrong[0])
        return "WRONG", f"{scores[i]} and not {theirs[i]} at {GRID[i].tolist()}"
    if scores.shape == theirs.shape and not same.all():
        return "equal, but for rounding", ""
    return "equal", ""
