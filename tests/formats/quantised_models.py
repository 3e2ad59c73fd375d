"""Quantised ONNX models: small networks, quantised by onnxruntime or by hand."""

from __future__ import annotations

import logging
from itertools import pairwise

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

KINDS = {
    "uint8": (np.uint8, TensorProto.UINT8),
    "int8": (np.int8, TensorProto.INT8),
    "uint16": (np.uint16, TensorProto.UINT16),
    "int16": (np.int16, TensorProto.INT16),
    "int32": (np.int32, TensorProto.INT32),
}


def session(model):
    """The model in onnxruntime, with all that it does by default."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    given = model if isinstance(model, bytes) else model.SerializeToString()
    return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])


def run(model, rows):
    """The only output at some rows."""
    return session(model).run(None, {"x": np.asarray(rows, dtype=np.float32)})[0]


def model(nodes, tensors, inputs, outputs, *, kind=TensorProto.FLOAT, opset=21):
    """A model from x [N, inputs] to y [N, outputs]."""
    graph = helper.make_graph(
        nodes,
        "quantised",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", inputs])],
        [helper.make_tensor_value_info("y", kind, ["N", outputs])],
        [tensor(name, *value) for name, value in tensors.items()],
    )
    sets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=sets, ir_version=10)


def tensor(name, value, kind="float32"):
    dtype = KINDS[kind][0] if kind in KINDS else np.dtype(kind)
    return numpy_helper.from_array(np.asarray(value, dtype=dtype), name)


def plain(rng, widths, *, products, last="y"):
    """A ReLU network of float32 weights: Gemms, or MatMuls and sums."""
    nodes, tensors, x = [], {}, "x"
    for i, (a, b) in enumerate(pairwise(widths)):
        tensors[f"w{i}"] = (rng.normal(size=(a, b)) / a**0.5, "float32")
        tensors[f"b{i}"] = (0.3 * rng.normal(size=b), "float32")
        out = last if i == len(widths) - 2 else f"h{i}"
        if products:
            nodes.append(helper.make_node("MatMul", [x, f"w{i}"], [f"m{i}"], f"m{i}"))
            nodes.append(helper.make_node("Add", [f"m{i}", f"b{i}"], [out], f"a{i}"))
        else:
            nodes.append(helper.make_node("Gemm", [x, f"w{i}", f"b{i}"], [out], f"g{i}"))
        if out != last:
            nodes.append(helper.make_node("Relu", [out], [f"r{i}"], f"r{i}"))
        x = f"r{i}"
    return model(nodes, tensors, widths[0], widths[-1], opset=17)


def statically(given, rows, folder, **options):
    """The model quantised by onnxruntime, calibrated at some rows."""
    from onnxruntime.quantization import CalibrationDataReader, quantize_static

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.left = iter(np.asarray(rows, dtype=np.float32))

        def get_next(self):
            row = next(self.left, None)
            return None if row is None else {"x": row[None]}

    onnx.save(given, folder / "float.onnx")
    logging.disable(logging.WARNING)
    try:
        quantize_static(folder / "float.onnx", folder / "quantised.onnx", Reader(), **options)
    finally:
        logging.disable(logging.NOTSET)
    return onnx.load(folder / "quantised.onnx")


def by_hand(rng, inputs=4, hidden=6, outputs=3, kind="uint8"):
    """QuantizeLinear, MatMulInteger, and floats in between, as no quantiser writes them."""
    tensors = {
        "sx": (rng.uniform(0.01, 0.05), "float32"),
        "zx": (int(rng.integers(0, 100)), kind),
        "w0": (rng.integers(-127, 128, size=(inputs, hidden)), "int8"),
        "z0": (0, "int8"),
        "s0": (rng.uniform(0.0001, 0.001, size=hidden), "float32"),
        "b0": (rng.normal(size=hidden), "float32"),
        "sh": (rng.uniform(0.005, 0.02), "float32"),
        "zh": (int(rng.integers(0, 60)), kind),
        "w1": (rng.integers(-127, 128, size=(hidden, outputs)), "int8"),
        "s1": (0.001, "float32"),
        "b1": (rng.normal(size=outputs), "float32"),
        "sy": (rng.uniform(0.005, 0.05), "float32"),
        "zy": (int(rng.integers(0, 100)), kind),
    }
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "sx", "zx"], ["xq"], "qx"),
        helper.make_node("MatMulInteger", ["xq", "w0", "zx", "z0"], ["m0"], "m0"),
        helper.make_node("Cast", ["m0"], ["c0"], "c0", to=TensorProto.FLOAT),
        helper.make_node("Mul", ["c0", "s0"], ["p0"], "p0"),
        helper.make_node("Add", ["p0", "b0"], ["a0"], "a0"),
        helper.make_node("Relu", ["a0"], ["r0"], "r0"),
        helper.make_node("QuantizeLinear", ["r0", "sh", "zh"], ["hq"], "qh"),
        helper.make_node("MatMulInteger", ["hq", "w1", "zh"], ["m1"], "m1"),
        helper.make_node("Cast", ["m1"], ["c1"], "c1", to=TensorProto.FLOAT),
        helper.make_node("Mul", ["c1", "s1"], ["p1"], "p1"),
        helper.make_node("Add", ["p1", "b1"], ["a1"], "a1"),
        helper.make_node("QuantizeLinear", ["a1", "sy", "zy"], ["yq"], "qy"),
        helper.make_node("DequantizeLinear", ["yq", "sy", "zy"], ["y"], "dy"),
    ]
    return nodes, tensors


def residual(rng, width=4, kind="uint8", *, floats=False):
    """A sum of two rows of integers, by QLinearAdd or by floats that were integers."""
    low, high = (0, 256) if kind == "uint8" else (-128, 128)
    zero = {name: (int(rng.integers(low // 2, high // 2)), kind) for name in ("zx", "zm", "zs")}
    tensors = {
        **zero,
        "sx": (rng.uniform(0.01, 0.05), "float32"),
        "sm": (rng.uniform(0.01, 0.05), "float32"),
        "ss": (rng.uniform(0.01, 0.08), "float32"),
        "w": (rng.integers(-127, 128, size=(width, width)), "int8"),
        "sw": (0.02, "float32"),
        "zw": (0, "int8"),
    }
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "sx", "zx"], ["xq"], "qx"),
        helper.make_node(
            "QLinearMatMul", ["xq", "sx", "zx", "w", "sw", "zw", "sm", "zm"], ["mq"], "mm"
        ),
    ]
    if floats:
        nodes += [
            helper.make_node("DequantizeLinear", ["mq", "sm", "zm"], ["m"], "dm"),
            helper.make_node("DequantizeLinear", ["xq", "sx", "zx"], ["d"], "dx"),
            helper.make_node("Add", ["m", "d"], ["s"], "add"),
            helper.make_node("QuantizeLinear", ["s", "ss", "zs"], ["sq"], "qs"),
        ]
    else:
        inputs = ["mq", "sm", "zm", "xq", "sx", "zx", "ss", "zs"]
        nodes.append(helper.make_node("QLinearAdd", inputs, ["sq"], "add", domain="com.microsoft"))
    nodes.append(helper.make_node("DequantizeLinear", ["sq", "ss", "zs"], ["y"], "dy"))
    return model(nodes, tensors, width, width, opset=17)
