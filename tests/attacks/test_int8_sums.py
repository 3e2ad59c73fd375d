"""Sums and products of int8 between QuantizeLinear and DequantizeLinear: bit for bit, or refused.

On x86 onnxruntime makes uint8 of int8 first, whose zero points are 128 more; float32 rounds some
sums of these in another way. They were read as sums of int8: of random scales a fifth was wrong
at some pairs of integers.
"""

from __future__ import annotations

import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.every import EVERY
from verifier.formats.heads import asked_for
from verifier.formats.onnx import load_onnx
from verifier.model.errors import NetworkError
from verifier.model.network import exact_logits

onnxruntime = pytest.importorskip("onnxruntime")
SCALES = (0.1, 0.3, 0.02, 0.7, 1 / 3, 0.0625, 0.25)
LOGIT = asked_for("logit", None)
KINDS = {"int8": np.int8, "uint8": np.uint8}


class Case:
    """Two columns, each quantised and dequantised; then ``operator`` (of the second, or of a
    constant), perhaps a Relu, and quantised again."""

    def __init__(self, seed: int, operator: str, *, constant: bool, relu: bool) -> None:
        rng = np.random.default_rng(seed)
        self.rng, self.nodes, self.tensors = rng, list[Any](), list[Any]()
        self.scales = [np.float32(rng.choice([*SCALES, rng.uniform(0.01, 0.5)])) for _ in "xyz"]
        kinds = ["int8", "int8" if not constant else "uint8", "int8"]
        zeros = [int(rng.integers(-128, 128)), int(rng.integers(0, 100)), -128]
        if not relu:
            zeros[2] = int(rng.integers(-128, 128))
        self.zero, self.scale = zeros[0], self.scales[0]
        ends = [self.held(np.array(i, np.int64).reshape(1)) for i in range(3)]
        axis = self.held(np.array([1], np.int64))
        parts = [self.add("Slice", "x", ends[i], ends[i + 1], axis) for i in range(2)]
        first = self.again(parts[0], 0, kinds[0], zeros[0])
        if constant:
            row = self.held(rng.integers(1, 256, size=1).astype(np.uint8))
            second = self.add("DequantizeLinear", row, *self.scaling(1, "uint8", 0))
        else:
            second = self.again(parts[1], 1, kinds[1], zeros[1])
        self.second = self.scales[1], zeros[1]
        made = self.add(operator, first, second)
        if relu:
            made = self.add("Relu", made)
        self.again(made, 2, kinds[2], zeros[2], "y")

    def held(self, array: Any) -> str:
        self.tensors.append(numpy_helper.from_array(array, f"c{len(self.tensors)}"))
        return f"c{len(self.tensors) - 1}"

    def add(self, operator: str, *inputs: str, out: str = "") -> str:
        made = out or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [made]))
        return made

    def scaling(self, at: int, kind: str, zero: int) -> tuple[str, str]:
        return self.held(self.scales[at]), self.held(np.array(zero, KINDS[kind]))

    def again(self, x: str, at: int, kind: str, zero: int, out: str = "") -> str:
        made = self.add("QuantizeLinear", x, *self.scaling(at, kind, zero))
        return self.add("DequantizeLinear", made, *self.scaling(at, kind, zero), out=out)

    def model(self) -> Any:
        graph = helper.make_graph(
            self.nodes,
            "g",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 2])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 1])],
            self.tensors,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)

    def rows(self) -> Any:
        """All integers of the first column, each with some of the second."""
        a = np.repeat(np.arange(-128, 128), 20 if EVERY else 6)
        b = self.rng.integers(-128, 128, len(a))
        scale, zero = self.second
        first, second = (a - self.zero).astype(np.float32) * self.scale, (b - zero) * scale
        return np.stack([first, second.astype(np.float32)], axis=1)


@pytest.mark.parametrize(("operator", "constant"), [("Add", False), ("Add", True), ("Mul", True)])
@pytest.mark.parametrize("relu", [False, True])
def test_what_is_read_is_what_onnxruntime_computes(
    operator: str, constant: bool, relu: bool
) -> None:
    seen: Counter[str] = Counter()
    for seed in range(16 if EVERY else 8):
        case = Case(seed, operator, constant=constant, relu=relu)
        model = case.model()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                network = load_onnx(model, LOGIT)
        except NetworkError as problem:
            assert "report this file" not in str(problem)
            seen["to uint8" if "to uint8" in str(problem) else "otherwise"] += 1
            continue
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        rows = case.rows()
        theirs = session.run(None, {"x": rows})[0][:, 0].astype(np.float64)
        under = 1 << 40
        inputs = np.ldexp(rows, 40, dtype=np.float64)
        assert np.array_equal(inputs, np.rint(inputs))
        logits, over = exact_logits(network, inputs.astype(np.int64).tolist(), under)
        step = float(case.scales[2])
        ours = np.array([row[0] / over for row in logits])
        assert np.array_equal(np.rint(theirs / step), np.rint(ours / step)), seed
        seen["equal"] += 1
    assert seen["equal"] > 2
    assert constant or seen["to uint8"]


def test_sums_of_uint8_are_all_read() -> None:
    """The remedy works: nothing is refused for its processor."""
    for seed in range(6):
        case = Case(seed, "Add", constant=False, relu=False)
        model = case.model()
        for tensor in model.graph.initializer:
            if tensor.data_type == TensorProto.INT8:
                zero = int(numpy_helper.to_array(tensor)) + 128
                tensor.CopyFrom(numpy_helper.from_array(np.array(zero, np.uint8), tensor.name))
        try:
            assert load_onnx(model, LOGIT).columns == 2
        except NetworkError as problem:
            assert "grow with their terms" in str(problem)
