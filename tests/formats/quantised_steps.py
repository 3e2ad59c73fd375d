"""Single operators between QuantizeLinear and DequantizeLinear, with scales at random."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

WIDTH = 4


class Steps:
    """A graph from x [N, 4], node by node; integers are uint8, or int8 where ``signed``."""

    def __init__(self, seed, *, signed=False):
        self.rng, self.signed = np.random.default_rng(seed), signed
        self.type = np.int8 if signed else np.uint8
        self.range = (-128, 127) if signed else (0, 255)
        self.nodes, self.tensors = [], []

    def held(self, value, kind=np.float32):
        name = f"c{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def add(self, operator, *inputs, **attributes):
        out = f"v{len(self.nodes)}"
        name = f"{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [out], name, **attributes))
        return out

    def scale(self):
        """Powers of two and short decimals, where halves are common, and others."""
        way = self.rng.random()
        if way < 0.25:
            return np.float32(2.0 ** self.rng.integers(-6, 1))
        if way < 0.6:
            return np.float32(self.rng.choice([0.1, 0.3, 0.02, 0.7, 1 / 3]))
        return np.float32(self.rng.uniform(0.003, 0.5))

    def zero(self):
        low, high = self.range
        return int(
            self.rng.choice([low, high, (low + high + 1) // 2, self.rng.integers(low, high)])
        )

    def dequantised(self, x, scale, zero):
        return self.add("DequantizeLinear", x, self.held(scale), self.held(zero, self.type))

    def pair(self, x, scale, zero):
        made = self.add("QuantizeLinear", x, self.held(scale), self.held(zero, self.type))
        return self.dequantised(made, scale, zero)

    def kernel(self, shape, scale, *, by_channel=False):
        """Weights of int8 and an int32 bias, dequantised, for inputs of that scale."""
        own = np.array([self.scale() for _ in range(shape[0])]) if by_channel else self.scale()
        more = {"axis": 0} if by_channel else {}
        made = []
        for value, kind, of in (
            (self.rng.integers(-127, 128, size=shape), np.int8, own),
            (self.rng.integers(-20000, 20000, size=shape[0]), np.int32, scale * own),
        ):
            none = self.held(np.zeros(np.shape(of)), kind)
            made.append(
                self.add("DequantizeLinear", self.held(value, kind), self.held(of), none, **more)
            )
        return made, np.float32(20 * np.mean(own))

    def model(self, opset=13):
        self.nodes[-1].output[0] = "y"
        graph = helper.make_graph(
            self.nodes,
            "steps",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", WIDTH])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
            self.tensors,
        )
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8
        )


def step(kind, seed):
    """A model of one operator, the scale and zero point of its input, and its output's scale."""
    g = Steps([seed, len(kind)], signed=seed % 3 == 2)
    own, zero, scale, shift = g.scale(), g.zero(), g.scale(), g.zero()
    if g.rng.random() < 0.3:
        scale = own
    x = g.pair("x", own, zero)
    square = g.add("Reshape", x, g.held([-1, 1, 2, 2], np.int64))
    match kind:
        case "Conv" | "Conv by channel" | "Conv and Relu":
            (weight, bias), more = g.kernel((2, 1, 2, 2), own, by_channel=kind.endswith("channel"))
            scale = np.float32(scale * more)
            pads = [int(g.rng.integers(2))] * 4
            y = g.add("Conv", square, weight, bias, kernel_shape=[2, 2], pads=pads)
            if kind == "Conv and Relu":
                y, shift = g.add("Relu", y), g.range[0]
        case "Gemm and Relu":
            (weight, bias), more = g.kernel((3, WIDTH), own)
            scale, shift = np.float32(scale * more), g.range[0]
            y = g.add("Relu", g.add("Gemm", x, weight, bias, transB=1))
        case "GlobalAveragePool":
            y = g.add("GlobalAveragePool", square)
        case "MaxPool":
            y = g.add("MaxPool", square, kernel_shape=[2, 1])
        case "Mul" | "Add" | "Mul and Relu":
            row = g.dequantised(
                g.held(g.rng.integers(1, 128, size=WIDTH), g.type), g.scale(), g.range[0] * 0
            )
            y = g.add(kind.split()[0], x, row)
            y = g.add("Relu", y) if kind.endswith("Relu") else y
        case "Concat":
            y = g.add("Concat", x, g.pair("x", g.scale(), g.zero()), axis=1)
        case _:
            assert kind == "Sum and Relu"
            y = g.add("Relu", g.add("Add", x, g.pair("x", g.scale(), g.zero())))
    y = g.pair(y, scale, shift)
    g.add("Flatten", y)
    return g.model(), own, zero, scale


def rows(rng, own, zero, *, signed):
    """Every integer in all columns, and integers at random, as the floats they stand for."""
    low, high = (-128, 128) if signed else (0, 256)
    all_alike = np.repeat(np.arange(low, high)[:, None], WIDTH, 1)
    ints = np.concatenate([all_alike, rng.integers(low, high, size=(500, WIDTH))])
    return (ints - zero).astype(np.float32) * own
