"""What onnxruntime makes of operators between quantised rows, bit for bit, at every integer.

Before, convolutions, means and products with constants between QuantizeLinear and DequantizeLinear
were taken over the real numbers: halves were rounded otherwise than onnxruntime's own integer
operators round them. So could Gemms whose Relu has integers below 0 behind it.
"""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.formats.quantised_models import model, run, statically
from tests.formats.quantised_steps import Steps, rows, step
from verifier.formats import quantised_tables
from verifier.formats.load import load_network
from verifier.model.errors import NetworkError
from verifier.model.network import exact_logits

KINDS = [
    *("Conv", "Conv by channel", "Conv and Relu", "Gemm and Relu", "GlobalAveragePool", "MaxPool"),
    *("Mul", "Add", "Mul and Relu", "Concat", "Sum and Relu"),
]
ALLOWED = ("float32 rounds its sums", "in integers on some processors", "as a probability is")
"""Why some scales are refused."""
BITS = 1 << 40


def logits_of(network, points):
    exact = [[int(float(x) * BITS) for x in row] for row in points]
    assert all(x / BITS == float(y) for a, b in zip(exact, points, strict=True)
               for x, y in zip(a, b, strict=True))  # fmt: skip
    logits, over = exact_logits(network, exact, BITS)
    return np.array([[float(x / over) for x in row] for row in logits])


@pytest.mark.parametrize("kind", KINDS)
def test_operators_on_quantised_rows_are_onnxruntimes_bit_for_bit(kind):
    read = 0
    for seed in range(12):
        given, own, zero, scale = step(kind, seed)
        points = rows(np.random.default_rng(seed), own, zero, signed=seed % 3 == 2)
        try:
            network = load_network(given)
        except NetworkError as problem:
            assert any(words in str(problem) for words in ALLOWED), problem
            continue
        read += 1
        theirs = np.rint(run(given, points).astype(float) / float(scale))
        mine = np.rint(logits_of(network, points) / float(scale))
        assert mine.shape == theirs.shape
        assert (mine == theirs).all(), (seed, np.argwhere(mine != theirs)[0])
    assert read >= 6


@pytest.mark.parametrize("operator", ["Gemm", "Conv"])
@pytest.mark.parametrize("between", ["Relu", "Clip", "Mul"])
def test_products_that_onnxruntime_computes_in_floats_are_refused(operator, between):
    g = Steps(1)
    x = g.pair("x", np.float32(0.1), 3)
    if operator == "Conv":
        x = g.add("Reshape", x, g.held([-1, 1, 2, 2], np.int64))
        (weight, bias), _ = g.kernel((2, 1, 2, 2), np.float32(0.1))
        at = g.add("Conv", x, weight, bias)
    else:
        (weight, bias), _ = g.kernel((3, 4), np.float32(0.1))
        at = g.add("Gemm", x, weight, bias, transB=1)
    more = {"Relu": [], "Clip": [g.held(0.0), g.held(1.0)], "Mul": [g.held(1.7)]}[between]
    g.pair(g.add(between, at, *more), np.float32(0.05), 100)
    g.add("Flatten", f"v{len(g.nodes) - 1}")
    with pytest.raises(NetworkError, match="computes the product before it in floats"):
        load_network(g.model())


@pytest.mark.parametrize("operator", ["AveragePool", "ReduceMean"])
def test_means_of_floats_between_integers_are_refused(operator):
    g = Steps(2)
    x = g.add("Reshape", g.pair("x", np.float32(0.5), 3), g.held([-1, 1, 2, 2], np.int64))
    more = {"kernel_shape": [2, 1]} if operator == "AveragePool" else {"axes": [2], "keepdims": 1}
    g.pair(g.add(operator, x, **more), np.float32(0.5), 3)
    g.add("Flatten", f"v{len(g.nodes) - 1}")
    with pytest.raises(NetworkError, match="adds up the floats of the mean"):
        load_network(g.model())


def test_a_clip_is_left_out_where_onnxruntime_leaves_it_out():
    """6/255 in float32 times 255 is a little beyond 6, which onnxruntime takes for 6."""
    for scale, read in ((6 / 255, True), (6.1 / 255, False), (5 / 255, True)):
        g = Steps(3)
        (weight, bias), _ = g.kernel((3, 4), np.float32(0.1))
        at = g.add("Gemm", g.pair("x", np.float32(0.1), 100), weight, bias, transB=1)
        at = g.add("Clip", at, g.held(0.0), g.held(6.0))
        g.pair(at, np.float32(scale), 0)
        g.add("Flatten", f"v{len(g.nodes) - 1}")
        if not read:
            with pytest.raises(NetworkError, match="computes the product"):
                load_network(g.model())
            continue
        points = rows(np.random.default_rng(0), np.float32(0.1), 100, signed=False)
        mine, theirs = logits_of(load_network(g.model()), points), run(g.model(), points)
        assert (np.rint(mine / scale) == np.rint(theirs / scale)).all()


def convolutional(*, last=()):
    """Floats: a convolution, a largest number, a mean by channel, rows joined, and a Gemm."""
    rng = np.random.default_rng(7)
    tensors = {
        "square": ([-1, 1, 2, 2], "int64"),
        "w": (rng.normal(size=(3, 1, 2, 2)), "float32"),
        "b": (rng.normal(size=3), "float32"),
        "k": (rng.uniform(0.5, 2, size=7), "float32"),
        "v": (rng.normal(size=(7, 3)), "float32"),
    }
    made = helper.make_node
    nodes = [
        made("Reshape", ["x", "square"], ["s"], "s"),
        made("Conv", ["s", "w", "b"], ["c"], "c", pads=[1, 1, 1, 1]),
        made("Relu", ["c"], ["r"], "r"),
        made("MaxPool", ["r"], ["m"], "m", kernel_shape=[2, 2]),
        made("GlobalAveragePool", ["m"], ["g"], "g"),
        made("Flatten", ["g"], ["f"], "f"),
        made("Concat", ["f", "x"], ["t"], "t", axis=1),
        made("Mul", ["t", "k"], ["n"], "n"),
        made("MatMul", ["n", "v"], ["y"], "y"),
        *(made(step, [f"y{'' if i == 0 else i}"], [f"y{i + 1}"]) for i, step in enumerate(last)),
    ]
    return model(nodes, tensors, 4, 3, opset=17)


@pytest.mark.parametrize("way", ["QOperator", "QDQ"])
@pytest.mark.parametrize("by_channel", [False, True])
def test_convolutional_networks_that_onnxruntime_quantised(way, by_channel, tmp_path):
    from onnxruntime.quantization import QuantFormat, QuantType

    grid = np.array(np.meshgrid(*[[-1, -0.5, 0, 0.5, 1]] * 4)).reshape(4, -1).T
    given = statically(
        convolutional(), grid[::7], tmp_path, quant_format=QuantFormat[way], per_channel=by_channel,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
    )  # fmt: skip
    kinds = {node.op_type for node in given.graph.node}
    wanted = {"QLinearConv", "QLinearGlobalAveragePool", "QLinearConcat", "QLinearMul"}
    assert wanted <= kinds if way == "QOperator" else "Conv" in kinds
    theirs = run(given, grid)
    mine = logits_of(load_network(given), grid.astype(np.float32))
    assert np.allclose(mine, theirs, rtol=1e-5, atol=1e-5)
    assert (mine.argmax(axis=1) == theirs.argmax(axis=1)).all()


@pytest.mark.parametrize(
    ("operator", "inputs", "more", "words"),
    [
        ("QLinearSoftmax", "qszsz", {"axis": 1, "opset": 13}, "leave the Softmax out"),
        ("QLinearAveragePool", "qszsz", {"kernel_shape": [1, 1]}, "use a GlobalAveragePool"),
        ("QLinearMul", "qszqszsz", {}, "it multiplies two activations"),
        ("QLinearConcat", "szqszqsz", {"axis": 0}, "it joins rows of the batch"),
        ("QLinearConcat", "szqsz", {"axis": 5}, "axis"),
        ("QLinearGlobalAveragePool", "qszsz", {}, "its input rows have shape"),
        ("QLinearConv", "qszqszsz", {}, "its weight must be constant integers"),
    ],
)  # fmt: skip
def test_other_integer_operators_are_refused_in_one_line(operator, inputs, more, words):
    nodes = [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"])]
    domain = "" if operator == "QLinearConv" else "com.microsoft"
    nodes.append(helper.make_node(operator, list(inputs), ["i"], "odd", domain=domain, **more))
    nodes.append(helper.make_node("DequantizeLinear", ["i", "s", "z"], ["y"]))
    given = model(nodes, {"s": (0.5, "float32"), "z": (3, "uint8")}, 2, 2)
    with pytest.raises(NetworkError, match=words) as caught:
        load_network(given)
    assert 'node "odd"' in str(caught.value) and "\n" not in str(caught.value)


def test_a_quantised_softmax_is_refused_with_a_remedy():
    g = Steps(4)
    g.pair(g.add("Softmax", g.pair("x", np.float32(0.5), 3)), np.float32(1 / 256), 0)
    graph = g.model()
    assert graph.graph.input[0].type.tensor_type.elem_type == TensorProto.FLOAT
    assert isinstance(graph, onnx.ModelProto)
    with pytest.raises(NetworkError, match="which mix all columns: leave that out"):
        load_network(graph)


CURVES = [
    *([(operator, {})] for operator in sorted(quantised_tables.CURVES)),
    [("LeakyRelu", {"alpha": -0.7})],
    [("Elu", {"alpha": 0.3})],
    [("HardSigmoid", {"alpha": -0.4, "beta": 0.6})],
    [("Gelu", {"approximate": "tanh"})],
    [("Tanh", {}), ("Clip", {})],
    [("HardSwish", {}), ("Relu", {})],
    [("Softplus", {}), ("Tanh", {})],
]


@pytest.mark.parametrize("signed", [False, True], ids=["uint8", "int8"])
@pytest.mark.parametrize("steps", CURVES, ids=str)
def test_functions_between_integers_are_onnxruntimes_bit_for_bit(steps, signed):
    """Tables of all 256 integers: taken over the real numbers they were one off beside halves."""
    for seed in range(4):
        g = Steps(seed, signed=signed)
        own, to, zero = g.scale(), g.scale(), g.zero()
        at = g.pair("x", own, zero)
        for operator, more in steps:
            ends = (g.held(-0.3), g.held(0.6)) if operator == "Clip" else ()
            at = g.add(operator, at, *ends, **more)
        g.pair(at, to, g.zero())
        given = g.model(opset=20)
        low, high = g.range
        numbers = (np.arange(low, high + 1) - zero) * own
        points = np.stack([np.roll(numbers, 61 * k) for k in range(4)], axis=1).astype(np.float32)
        network = load_network(given)
        assert not any("nearly halfway" in note for note in network.notes)
        theirs = np.rint(run(given, points).astype(float) / float(to))
        mine = np.rint(logits_of(network, points) / float(to))
        assert (mine == theirs).all(), (seed, np.argwhere(mine != theirs)[0])


def test_what_a_table_makes_is_known_to_lie_in_its_range():
    """Sums behind a table that turns are taken as far as its own numbers go, not its type's."""
    g = Steps(2)
    x = g.pair("x", np.float32(0.05), 128)
    g.pair(g.add("Abs", x), np.float32(0.05), 0)
    layers = load_network(g.model()).layers
    assert [type(layer).__name__ for layer in layers].count("Steps") == 3  # x, up and down
    points = ((np.arange(256) - 128) * 0.05).astype(np.float32)[:, None].repeat(4, axis=1)
    values = logits_of(load_network(g.model()), points)
    np.testing.assert_array_equal(np.rint(values[:, 0] / 0.05), np.abs(np.arange(256) - 128))


def test_a_table_whose_numbers_depend_on_their_place_is_refused(monkeypatch):
    """As a runtime's would that computes the ends of rows in another way."""
    whole = quantised_tables.Session.run

    def odd(self, output, given):
        found = whole(self, output, given)
        found[:, -1] += given.shape[1] == 16
        return found

    monkeypatch.setattr(quantised_tables.Session, "run", odd)
    g = Steps(2)
    g.pair(g.add("Tanh", g.pair("x", np.float32(0.05), 128)), np.float32(0.01), 100)
    with pytest.raises(NetworkError, match="depends on where in a row it stands"):
        load_network(g.model())


@pytest.mark.parametrize(
    ("operator", "noted"), [("HardSigmoid", True), ("Elu", True), ("Abs", False)]
)
def test_floats_between_integers_are_noted(operator, noted):
    g = Steps(5)
    x = g.pair("x", np.float32(0.25), 128)
    g.pair(g.add("Concat", g.add(operator, x), x, axis=1), np.float32(0.02), 100)
    g.add("Flatten", f"v{len(g.nodes) - 1}")
    notes = load_network(g.model()).notes
    assert any("nearly halfway between two" in note for note in notes) == noted
