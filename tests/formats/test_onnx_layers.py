"""Convolutions, pooling, shapes and piecewise linear functions, at every point of small domains.

Weights are multiples of 1/8 and divisors powers of two, so that float32 rounds nothing, and what
was read must be onnxruntime's answer bit for bit (and float64 rounds nothing either).
"""

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto

from tests.formats.onnx_models import Model, evaluate, refused
from verifier.formats.floating import evaluate as everywhere
from verifier.formats.onnx import load_onnx
from verifier.model.network import Relu, Sign

Build = Callable[[Model, np.random.Generator], str]


def _eighths(rng: np.random.Generator, *shape: int) -> Any:
    return rng.integers(-8, 9, shape) / 8


def _points(columns: int) -> Any:
    """Every point of a domain of at most 4,096."""
    values = [-2.0, 0.0, 0.5, 3.0] if columns <= 6 else [-1.5, 2.0]
    return np.array(list(itertools.product(values, repeat=columns)), np.float32)


def _agree(model: Model, last: str, tmp_path: Path) -> Any:
    """The network read, which computes at all points what onnxruntime does."""
    size = _width(model, last)
    out = model.node("Reshape", [last, model.tensor([0, -1], np.int64)])
    path = model.save(tmp_path / "net.onnx", out, size)
    network = load_onnx(path)
    rows = _points(model.columns)
    session = _session(path)
    found = session.run(None, {"x": rows.reshape(-1, *model.shape)})[0]
    assert np.array_equal(found, everywhere(network.layers, rows.astype(float), 0.0)[0][-1])
    exact = evaluate(network, rows[::1000].tolist())
    assert found[::1000].tolist() == [[float(v) for v in row] for row in exact]
    assert network.outputs == size
    return network


def _session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _width(model: Model, last: str) -> int:
    """Numbers of a row of a value, as onnxruntime computes it."""
    proto = model.proto(last)
    del proto.graph.output[0].type.tensor_type.shape.dim[:]
    proto.graph.output[0].type.tensor_type.ClearField("shape")
    session = onnxruntime.InferenceSession(
        proto.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return int(session.run(None, {"x": np.zeros((1, *model.shape), np.float32)})[0].size)


def _conv(shape: tuple[int, ...], made: int, kernel: list[int], **more: Any) -> Build:
    def build(m: Model, rng: np.random.Generator) -> str:
        weight = _eighths(rng, made, shape[0] // more.get("group", 1), *kernel)
        return m.node("Conv", ["x", m.tensor(weight), m.tensor(_eighths(rng, made))], **more)

    return build


def _one(operator: str, *tensors: Any, **attributes: Any) -> Build:
    """One operator of the input; lists of whole numbers are shapes, axes and the like."""

    def build(m: Model, _: np.random.Generator) -> str:
        held = [
            m.tensor(t, np.int64 if isinstance(t, list) else None) if t is not None else ""
            for t in tensors
        ]
        return m.node(operator, ["x", *held], **attributes)

    return build


def _two_halves(operator: str, axis: int) -> Build:
    def build(m: Model, _: np.random.Generator) -> str:
        a, b = (f"half{i}" for i in range(2))
        node = m.node("Split", ["x"], axis=axis)
        m.nodes[-1].output[:] = [a, b]
        assert node
        if operator == "Concat":
            doubled = m.node("Relu", [b])
            return m.node("Concat", [doubled, a, b], axis=axis)
        return m.node(operator, [a, b])

    return build


def _one_half(m: Model, _: np.random.Generator) -> str:
    """The other is left out, over which onnxruntime falls."""
    m.node("Split", ["x"], axis=1)
    m.nodes[-1].output[:] = ["", "half"]
    return "half"


CASES: dict[str, tuple[tuple[int, ...], Build]] = {
    "conv": ((1, 3, 3), _conv((1, 3, 3), 2, [2, 2])),
    "conv padded": ((2, 2, 2), _conv((2, 2, 2), 3, [3, 3], pads=[1, 1, 1, 1])),
    "conv uneven": ((1, 3, 4), _conv((1, 3, 4), 2, [2, 3], pads=[0, 2, 1, 0], strides=[2, 1])),
    "conv dilated": ((1, 3, 4), _conv((1, 3, 4), 1, [2, 2], dilations=[2, 3])),
    "conv same upper": ((1, 3, 3), _conv((1, 3, 3), 2, [2, 2], auto_pad="SAME_UPPER")),
    "conv same lower": (
        (1, 3, 4),
        _conv((1, 3, 4), 1, [2, 2], auto_pad="SAME_LOWER", strides=[2, 2]),
    ),
    "conv in groups": ((4, 1, 3), _conv((4, 1, 3), 4, [1, 2], group=2)),
    "conv depthwise": ((3, 2, 2), _conv((3, 2, 2), 6, [2, 1], group=3)),
    "conv of a line": ((2, 5), _conv((2, 5), 2, [3], pads=[1, 0], strides=[2])),
    "conv of a cube": ((1, 2, 2, 3), _conv((1, 2, 2, 3), 2, [2, 1, 2])),
    "max pool": ((1, 3, 4), _one("MaxPool", kernel_shape=[2, 2])),
    "max pool of three": ((1, 3, 3), _one("MaxPool", kernel_shape=[3, 3], pads=[1, 1, 1, 1])),
    "max pool ceil": ((2, 5), _one("MaxPool", kernel_shape=[2], strides=[2], ceil_mode=1)),
    "max pool dilated": ((1, 3, 4), _one("MaxPool", kernel_shape=[2, 2], dilations=[1, 2])),
    "average pool": ((2, 2, 3), _one("AveragePool", kernel_shape=[2, 2])),
    "average pool without padding": (
        (1, 3, 3),
        _one("AveragePool", kernel_shape=[2, 2], pads=[1, 1, 0, 0], strides=[1, 1]),
    ),
    "average pool with padding": (
        (1, 3, 3),
        _one("AveragePool", kernel_shape=[2, 2], pads=[1, 0, 1, 0], count_include_pad=1),
    ),
    "global average": ((3, 2, 2), _one("GlobalAveragePool")),
    "global max": ((3, 2, 2), _one("GlobalMaxPool")),
    "transpose": ((2, 3, 2), _one("Transpose", perm=[0, 3, 1, 2])),
    "flatten": ((2, 3, 2), _one("Flatten")),
    "reshape": ((2, 3, 2), _one("Reshape", [-1, 4, 3])),
    "reshape with copies": ((2, 3, 2), _one("Reshape", [0, 0, -1, 2])),
    "slice": ((3, 4), _one("Slice", [1, 3], [3, -5], [1, 2], [1, -2])),
    "slice of all": ((3, 4), _one("Slice", [0, 0], [1 << 40, 2], [0, 2])),
    "gather": ((3, 4), _one("Gather", [2, 0, -1, 2], axis=1)),
    "gather of a table": ((3, 4), _one("Gather", [[3, 0], [1, 1]], axis=2)),
    "squeeze": ((3, 1, 4), _one("Squeeze", [2])),
    "unsqueeze": ((3, 4), _one("Unsqueeze", [1, 4])),
    "expand": ((3, 1, 2), _one("Expand", [1, 3, 2, 2])),
    "pad": ((2, 2, 3), _one("Pad", [0, 0, 1, 0, 0, 1, 0, 2], 1.5)),
    "pad by mirror": ((2, 2, 3), _one("Pad", [0, 0, 1, 2, 0, 0, 0, 1], mode="reflect")),
    "space to depth": ((1, 2, 4), _one("SpaceToDepth", blocksize=2)),
    "depth to space": ((8, 1, 1), _one("DepthToSpace", blocksize=2, mode="DCR")),
    "depth to space, columns": ((8, 1, 1), _one("DepthToSpace", blocksize=2, mode="CRD")),
    "sum over axes": ((2, 3, 2), _one("ReduceSum", [1, -1])),
    "mean over an axis": ((2, 4), _one("ReduceMean", axes=[2], keepdims=0)),
    "max over an axis": ((2, 3, 2), _one("ReduceMax", axes=[2], keepdims=0)),
    "min over axes": ((2, 3, 2), _one("ReduceMin", axes=[-1, 1])),
    "split and join": ((2, 2, 2), _two_halves("Concat", 2)),
    "max of two": ((2, 4), _two_halves("Max", 1)),
    "min of two": ((2, 4), _two_halves("Min", 2)),
    "sum of two": ((2, 4), _two_halves("Sum", 1)),
    "mean of two": ((2, 4), _two_halves("Mean", 1)),
    "max with a row": ((2, 3), _one("Max", np.array([0.5, -1.0, 4.0]))),
    "min with a column": ((2, 3), _one("Min", np.array([[0.5], [-1.0]]))),
    "hard sigmoid": ((5,), _one("HardSigmoid", alpha=0.25, beta=0.375)),
    "leaky by channel": ((2, 3), _one("PRelu", np.array([[0.25], [-0.5]]))),
    "leaky by one": ((5,), _one("PRelu", np.array([2.0]))),
    "absolute value": ((5,), _one("Abs")),
    "add by channel": ((2, 3), _one("Add", np.array([[0.25], [-0.5]]))),
    "matrix on the last axis": ((2, 3), _one("MatMul", np.arange(6.0).reshape(3, 2) / 4)),
}


@pytest.mark.parametrize("name", CASES)
def test_every_point_is_onnxruntimes(name: str, tmp_path: Path) -> None:
    shape, build = CASES[name]
    model = Model(math.prod(shape), shape=shape)
    _agree(model, build(model, np.random.default_rng(1)), tmp_path)


@pytest.mark.parametrize("opset", [9, 11, 17, 19])
def test_a_small_convolutional_network(opset: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(opset)
    m = Model(12, opset=opset, shape=(1, 3, 4))
    h = m.node("Conv", ["x", m.tensor(_eighths(rng, 2, 1, 2, 2)), m.tensor(_eighths(rng, 2))])
    variance = np.array([1.0, 4.0])  # with epsilon 0 the square roots are exact
    parts = (_eighths(rng, 2), _eighths(rng, 2), _eighths(rng, 2), variance)
    h = m.node("BatchNormalization", [h, *(m.tensor(p) for p in parts)], epsilon=0.0)
    h = m.node("MaxPool", [m.node("Relu", [h])], kernel_shape=[2, 2], strides=[1, 1])
    h = m.node("Flatten", [m.node("Transpose", [h], perm=[0, 2, 3, 1])])
    network = _agree(m, m.node("MatMul", [h, m.tensor(_eighths(rng, 4, 3))]), tmp_path)
    assert any("Winograd" in note for note in network.notes)


def test_a_row_of_the_input_is_read_in_order(tmp_path: Path) -> None:
    m = Model(4, shape=(1, 2, 2))
    out = m.node("Flatten", [m.node("Transpose", ["x"], perm=[0, 1, 3, 2])])
    network = load_onnx(m.save(tmp_path / "net.onnx", out, 4))
    assert evaluate(network, [[1, 2, 3, 4]]) == [[1, 3, 2, 4]]
    assert any("the last axis running fastest" in note for note in network.notes)


def test_choices_of_columns_cost_no_layer(tmp_path: Path) -> None:
    """Transposing, slicing and joining merge into the matrices beside them."""
    rng = np.random.default_rng(0)
    m = Model(6)
    parts = [m.node("Slice", ["x", *(m.tensor([v], np.int64) for v in ends)])
             for ends in ((0, 3, 1), (3, 6, 1))]  # fmt: skip
    joined = m.node("Concat", [parts[1], parts[0]], axis=1)
    h = m.node("MatMul", [joined, m.tensor(_eighths(rng, 6, 4))])
    h = m.node("Gather", [h, m.tensor([3, 1], np.int64)], axis=1)
    network = _agree(m, h, tmp_path)
    assert len(network.layers) == 1


def test_a_maximum_is_relus(tmp_path: Path) -> None:
    m = Model(4)
    network = _agree(m, m.node("ReduceMax", ["x"], axes=[1]), tmp_path)
    assert sum(isinstance(x, Relu) for x in network.layers) == 2
    assert not any(isinstance(x, Sign) for x in network.layers)


def test_the_shape_may_be_asked_of_the_file(tmp_path: Path) -> None:
    """x.view(x.size(0), -1), as older exporters write it."""
    m = Model(6, shape=(2, 3))
    size = m.node("Gather", [m.node("Shape", ["x"]), m.tensor(0, np.int64)], axis=0)
    size = m.node("Unsqueeze", [size, m.tensor([0], np.int64)])
    size = m.node("Cast", [size], to=TensorProto.INT64)
    shape = m.node("Concat", [size, m.tensor([-1], np.int64)], axis=0)
    h = m.node("Reshape", ["x", shape])
    _agree(m, m.node("MatMul", [h, m.tensor(np.arange(12).reshape(6, 2) / 8)]), tmp_path)


BAD: dict[str, tuple[tuple[int, ...], Build, str]] = {
    "rows are mixed": ((2, 2), _one("Transpose", perm=[1, 0, 2]), "mixes the rows"),
    "rows are sliced": ((2, 2), _one("Slice", [0], [1], [0]), "mixes the rows"),
    "every other row": ((2, 2), _one("Slice", [0], [1 << 62], [0], [2]), "mixes the rows"),
    "rows behind an axis of 1": ((1, 4), _one("Transpose", perm=[1, 0, 2]), "mixes the rows"),
    "rows are reshaped away": ((2, 2), _one("Reshape", [1, -1]), "only [N, -1]"),
    "rows are squeezed": ((2, 1), _one("Squeeze", [0]), "mixes the rows"),
    "rows are summed": ((2, 2), _one("ReduceSum", keepdims=1), "it names no axes"),
    "no such axis": ((2, 2), _one("Transpose", perm=[0, 1]), "do not fit"),
    "no such index": ((2, 2), _one("Gather", [5], axis=1), "do not fit"),
    "a window that does not fit": ((1, 2, 2), _one("MaxPool", kernel_shape=[3, 3]), "does not fit"),
    "a window of other axes": ((1, 2, 2), _one("MaxPool", kernel_shape=[2]), "1 axes"),
    "where the largest is": (
        (1, 2, 2),
        _one("MaxPool", kernel_shape=[2, 2], storage_order=1),
        "not where they are",
    ),
    "channels that do not fit": (
        (3, 2, 2),
        lambda m, _: m.node("Conv", ["x", m.tensor(np.ones((2, 2, 1, 1)))]),
        "3 channels",
    ),
    "a half left out": ((2, 3), _one_half, "leaves out one of its parts"),
    "a matrix for other columns": ((2, 3), _one("MatMul", np.ones((2, 2))), "takes 2 inputs"),
    "a slope for other channels": ((2, 3), _one("PRelu", np.ones((3, 1))), "does not fit"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_one_line(name: str, tmp_path: Path) -> None:
    shape, build, words = BAD[name]
    model = Model(math.prod(shape), shape=shape)
    last = build(model, np.random.default_rng(0))
    refused(model.save(tmp_path / "net.onnx", model.node("Flatten", [last])), words, "node")


def test_an_output_of_another_shape_is_refused(tmp_path: Path) -> None:
    model = Model(4, shape=(1, 2, 2))
    path = model.save(tmp_path / "net.onnx", model.node("Relu", ["x"]))
    refused(path, "output", "[N, 1, 2, 2]", "[N, columns]")
