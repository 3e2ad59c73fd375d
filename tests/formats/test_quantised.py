"""Quantised ONNX models: bit for bit what onnxruntime computes, at every point."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantFormat, QuantType

from tests.formats.quantised_models import (
    KINDS,
    by_hand,
    model,
    plain,
    residual,
    run,
    statically,
)
from verifier.formats.graph import Graph
from verifier.formats.load import load_network
from verifier.formats.quantised import products, rounded
from verifier.model.errors import NetworkError
from verifier.model.network import exact_logits
from verifier.model.steps import Steps

GRID = np.array([*product(np.arange(-2, 3) / 2, repeat=4)], dtype=np.float32)
"""Every point of a small domain."""


def ours(network, rows):
    """Our logits, rounded to float32 once."""
    scaled = [[int(x * 2**40) for x in row] for row in rows.astype(np.float64).tolist()]
    logits, over = exact_logits(network, scaled, 2**40)
    return np.array([[x / over for x in row] for row in logits], dtype=np.float64)


def assert_same(given, rows, *, network=None):
    """The same numbers at every row: integers times a scale, each rounded to float32."""
    network = network or load_network(given)
    assert any(isinstance(layer, Steps) for layer in network.layers)
    theirs, found = run(given, rows), ours(network, rows)
    np.testing.assert_array_equal(found.astype(np.float32), theirs)
    np.testing.assert_array_equal(found.argmax(axis=1), theirs.argmax(axis=1))
    return network


@pytest.mark.parametrize("products", [False, True])
@pytest.mark.parametrize("form", [QuantFormat.QOperator, QuantFormat.QDQ])
@pytest.mark.parametrize(("each", "kinds"), [(0, "U8U8"), (0, "U8S8"), (1, "U8S8"), (1, "S8S8")])
def test_what_onnxruntime_quantises(products, form, each, kinds, tmp_path):
    rng = np.random.default_rng([products, each, form.value, len(kinds)])
    types = [QuantType.QUInt8 if k == "U" else QuantType.QInt8 for k in (kinds[0], kinds[2])]
    given = plain(rng, [4, 6, 5, 3], products=products)
    options = {"quant_format": form, "per_channel": bool(each)}
    options |= {"activation_type": types[0], "weight_type": types[1]}
    assert_same(statically(given, GRID[::9], tmp_path, **options), GRID)


def test_a_wide_model_is_held_against_integers(tmp_path):
    """Run as floats, as it is without onnxruntime's optimisations, some of its numbers differ."""
    rng = np.random.default_rng(0)
    given = plain(rng, [64, 256, 256, 4], products=False)
    rows = rng.normal(size=(300, 64)).astype(np.float32)
    quantised = statically(given, rows[:100], tmp_path, quant_format=QuantFormat.QDQ)
    assert_same(quantised, np.round(rows * 16) / 16)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["uint8", "int8"])
def test_integers_and_floats_in_between(seed, kind):
    rng = np.random.default_rng(seed)
    nodes, tensors = by_hand(rng, kind=kind)
    assert_same(model(nodes, tensors, 4, 3, opset=17), GRID)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("floats", [False, True])
@pytest.mark.parametrize("kind", ["uint8", "int8"])
def test_sums_of_two_rows(seed, floats, kind):
    given = residual(np.random.default_rng(seed), kind=kind, floats=floats)
    if (seed, kind, floats) == (1, "int8", True):  # on x86 added up in floats, elsewhere not
        with pytest.raises(NetworkError, match="in integers on some processors"):
            load_network(given)
        return
    assert_same(given, GRID)


@pytest.mark.parametrize("kind", ["uint8", "int8"])
def test_a_sum_without_a_zero_point_is_of_its_operands_type(kind):
    given = residual(np.random.default_rng(4), kind=kind)
    node = next(n for n in given.graph.node if n.op_type == "QLinearAdd")
    node.input.pop()
    zero = next(t for t in given.graph.initializer if t.name == "zs")
    zero.CopyFrom(numpy_helper.from_array(np.array(0, dtype=KINDS[kind][0]), "zs"))
    assert_same(given, GRID)


@pytest.mark.parametrize(
    ("operator", "name", "kind", "words"),
    [
        (
            "QLinearMatMul",
            "zm",
            "int16",
            "int16 or several scales: one scale, and a zero point of 8",
        ),
        ("QLinearAdd", "zs", "int8", "the zero point of its output has type int8, but the output"),
        ("QLinearAdd", "zm", "int8", "its operands have types int8 and uint8: quantise it again"),
    ],
)
def test_a_zero_point_of_another_type_is_refused(operator, name, kind, words):
    given = residual(np.random.default_rng(4), kind="uint8")
    held = next(t for t in given.graph.initializer if t.name == name)
    held.CopyFrom(numpy_helper.from_array(np.array(3, dtype=KINDS[kind][0]), name))
    if "operands" in words:
        next(n for n in given.graph.node if n.op_type == "QLinearAdd").input.pop()
    with pytest.raises(NetworkError, match=words) as problem:
        load_network(given)
    assert operator in str(problem.value)
    with pytest.raises(Exception, match="ONNXRuntimeError"):  # it does not take such, either
        run(given, GRID[:1])


def _looked_up(operator, kind, scales, zeros, *, floats, width=2, **attributes):
    """An 8-bit integer through Sigmoid or LeakyRelu: as onnxruntime's operator, or with floats."""
    tensors = {name: (np.float32(v), "float32") for name, v in zip("st", scales, strict=True)}
    tensors |= {name: (v, kind) for name, v in zip("zu", zeros, strict=True)}
    nodes = [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], "q")]
    if floats:
        nodes += [
            helper.make_node("DequantizeLinear", ["q", "s", "z"], ["d"], "d"),
            helper.make_node(operator, ["d"], ["e"], "op", **attributes),
            helper.make_node("QuantizeLinear", ["e", "t", "u"], ["r"], "r"),
        ]
    else:
        own = {"domain": "com.microsoft", **attributes}
        nodes.append(helper.make_node(f"QLinear{operator}", ["q", *"sztu"], ["r"], "op", **own))
    nodes.append(helper.make_node("DequantizeLinear", ["r", "t", "u"], ["y"], "y"))
    return model(nodes, tensors, width, width, opset=17)


@pytest.mark.parametrize("floats", [False, True])
@pytest.mark.parametrize("kind", ["uint8", "int8"])
@pytest.mark.parametrize("operator", ["Sigmoid", "LeakyRelu"])
def test_tables_of_integers(operator, kind, floats):
    """Every integer, also where halves are rounded: scales that are powers of two."""
    least = 0 if kind == "uint8" else -128
    more = {"alpha": 0.25} if operator == "LeakyRelu" else {}
    for scales, zeros in (
        ((0.0625, 0.00390625), (least + 100, least)),
        ((0.037, 0.031), (least + 140, least + 90)),
        ((0.5, 0.25), (least + 128, least + 255)),
    ):
        given = _looked_up(operator, kind, scales, zeros, floats=floats, **more)
        numbers = (np.arange(least, least + 256) - zeros[0]) * np.float32(scales[0])
        rows = np.stack([numbers, numbers[::-1]], axis=1).astype(np.float32)
        assert_same(given, rows)


@pytest.mark.parametrize("operator", ["Sigmoid", "LeakyRelu"])
def test_a_table_without_its_last_zero_point_is_refused(operator):
    """onnxruntime looks at an input that is not there, and ends the process."""
    given = _looked_up(operator, "uint8", (0.1, 0.004), (100, 0), floats=False)
    given.graph.node[1].input.pop()
    with pytest.raises(NetworkError, match="it has 4 inputs"):
        load_network(given)


def test_tables_that_are_not_asked_for(monkeypatch):
    given = _looked_up("Sigmoid", "uint8", (0.1, 0.004), (100, 0), floats=False)
    monkeypatch.setattr("verifier.formats.quantised_tables.is_installed", lambda: False)
    with pytest.raises(NetworkError, match="install onnxruntime"):
        load_network(given)
    given = _looked_up("Tanh", "uint8", (0.1, 0.01), (100, 100), floats=True)
    with pytest.raises(NetworkError, match="install onnxruntime"):
        load_network(given)


@pytest.mark.parametrize("floats", [False, True])
def test_a_table_that_turns_is_the_steps_up_less_the_steps_down(floats):
    given = _looked_up("LeakyRelu", "int8", (0.1, 0.1), (0, 0), floats=floats, alpha=-0.5)
    numbers = (np.arange(-128, 128) * np.float32(0.1)).astype(np.float32)
    assert_same(given, np.stack([numbers, numbers[::-1]], axis=1))


def test_a_quantised_sigmoid_that_comes_last_is_a_logit_or_a_probability():
    given = _looked_up("Sigmoid", "uint8", (0.1, 1 / 256), (100, 0), floats=True, width=1)
    rows = ((np.arange(256)[:, None] - 100) * np.float32(0.1)).astype(np.float32)
    for head, above in (("logit", 0.0), ("probability", 0.5)):
        network = load_network(given, head=head)
        found = ours(network, rows)[:, 0] > 0
        np.testing.assert_array_equal(found, run(given, rows)[:, 0] > above)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("each", [False, True])
def test_constants_that_the_file_quantises(each, turned, tmp_path):
    """By tensor, and by output: a column of the matrix, or a row where it is transposed."""
    given = plain(np.random.default_rng(5), [4, 6, 3], products=False)
    for node, held in zip(given.graph.node[::2], given.graph.initializer[::2], strict=True):
        if turned:
            matrix = numpy_helper.to_array(held).T.copy()
            held.CopyFrom(numpy_helper.from_array(matrix, held.name))
            node.attribute.append(helper.make_attribute("transB", 1))
    options = {"quant_format": QuantFormat.QDQ, "per_channel": each}
    options |= {"weight_type": QuantType.QInt8, "extra_options": {"AddQDQPairToWeight": True}}
    assert_same(statically(given, GRID[::9], tmp_path, **options), GRID)


@pytest.mark.parametrize("kind", ["uint8", "int8", "uint16", "int16"])
@pytest.mark.parametrize("seed", range(4))
def test_rounding_at_every_threshold_and_beside_it(kind, seed):
    """The float32 number at which each value begins, and its neighbours."""
    rng = np.random.default_rng(seed)
    scale = np.float32([0.1, 2.0**-3, rng.uniform(0.001, 3), rng.uniform(1e-9, 1e9)][seed])
    zero = int(rng.integers(0, 120))
    tensors = {"s": (scale, "float32"), "z": (zero, kind)}
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], "q"),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"], "d"),
    ]
    given = model(nodes, tensors, 1, 1)
    network = load_network(given)
    (layer,) = [x for x in network.layers if isinstance(x, Steps)]
    at = layer.rows[0]
    at = at[np.abs(at) < 1e38][:: 257 if "16" in kind else 1].astype(np.float32)
    up, down = np.nextafter(at, np.float32(np.inf)), np.nextafter(at, np.float32(-np.inf))
    ends = np.float32([-3e38, 3e38, 0, -0.0, 1e-45, -1e-45])
    rows = np.concatenate([at, up, down, ends])[:, None]
    quantised = model(
        [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["y"], "q")],
        tensors,
        1,
        1,
        kind=KINDS[kind][1],
    )
    found = layer.values(rows.astype(np.float64))[:, 0].astype(np.int64)
    np.testing.assert_array_equal(found, run(quantised, rows)[:, 0].astype(np.int64))


def test_numbers_that_are_no_floats_are_rounded_as_python_does():
    """0.1 and its like are rounded to float32 before they are quantised."""
    tensors = {"s": (np.float32(0.1), "float32"), "z": (3, "uint8")}
    nodes = [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["y"], "q")]
    graph = Graph(1)
    rounded(graph, graph.input, np.float32([0.1]), np.array([3]), "uint8")
    (layer,) = graph.layers
    rows = np.array([k / 20 + d for k in range(80) for d in (0, 1e-9, -1e-9, 3e-8)])[:, None]
    theirs = run(model(nodes, tensors, 1, 1, kind=TensorProto.UINT8), rows)
    np.testing.assert_array_equal(layer.values(rows), theirs)


def test_sums_too_large_for_32_bits_are_refused():
    graph = Graph(2)
    x = rounded(graph, graph.input, np.float32([0.1]), np.array([0]), "uint8")
    weight = np.array([[127], [-128]])
    room = 2**31 - 1 - 255 * 127
    assert products(graph, x, 0, weight, np.array([room]), "it").high == (2**31 - 1,)
    with pytest.raises(NetworkError, match="too large for 32 bits"):
        products(graph, x, 0, weight, np.array([room + 1]), "it")


def changed(change, base=by_hand):
    nodes, tensors = base(np.random.default_rng(0))
    change(nodes, tensors)
    return model(nodes, tensors, 4, 3, opset=17)


def test_bad_graphs_are_refused_in_one_line():
    def zero_of_another_type(nodes, tensors):
        tensors["z0"] = (0, "uint8")

    def negative_scale(nodes, tensors):
        tensors["sx"] = (-0.1, "float32")

    def float_of_integers(nodes, tensors):
        nodes[2] = helper.make_node("Relu", ["m0"], ["c0"], "c0")

    def dynamic(nodes, tensors):
        nodes[0] = helper.make_node("DynamicQuantizeLinear", ["x"], ["xq", "a", "b"], "qx")

    def no_floats_at_the_end(nodes, tensors):
        nodes.pop()
        nodes[-1].output[0] = "y"

    def sixteen_bits(nodes, tensors):
        tensors["zx"] = (0, "uint16")

    def convolution(nodes, tensors):
        nodes[1] = helper.make_node("ConvInteger", ["xq", "w0", "zx", "z0"], ["m0"], "m0")

    for change, says in (
        (zero_of_another_type, r'node "m0" \(MatMulInteger\): a zero point must be .* int8'),
        (negative_scale, r'node "qx" \(QuantizeLinear\): the scale of its output must be positive'),
        (float_of_integers, r'node "c0" \(Relu\): it takes floats here, but is given int32'),
        (dynamic, r"DynamicQuantizeLinear\): its scale depends on all the rows"),
        (no_floats_at_the_end, 'output "y": it is of type uint8: end the graph with a Deq'),
        (sixteen_bits, r"m0.*operands were quantised to 16 bits, which .*: quantise to 8 bits"),
        (convolution, "convolutions are read as QLinearConv"),
    ):
        with pytest.raises(NetworkError, match=says) as raised:
            load_network(changed(change))
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("products", [False, True])
def test_sums_of_16_bits_are_refused(products, tmp_path):
    """onnxruntime adds them as floats, or makes MatMulNBits of them, which rounds by row."""
    given = plain(np.random.default_rng(0), [4, 3, 2], products=products)
    options = {"activation_type": QuantType.QUInt16, "quant_format": QuantFormat.QDQ}
    quantised = statically(given, GRID[::99], tmp_path, **options)
    with pytest.raises(NetworkError, match=r"quantised to 16 bits.*: quantise to 8 bits") as raised:
        load_network(quantised)
    assert "\n" not in str(raised.value)


def test_a_quantised_probability_is_not_taken_for_a_logit(tmp_path):
    """Its Sigmoid is quantised too: the number is never below 0, and what it is has to be said."""
    given = plain(np.random.default_rng(3), [4, 3, 1], products=False, last="z")
    given.graph.node.append(helper.make_node("Sigmoid", ["z"], ["y"], "s"))
    given.graph.output[0].name = "y"
    quantised = statically(given, GRID[::9], tmp_path, quant_format=QuantFormat.QDQ)
    with pytest.raises(NetworkError, match=r"never below 0.*--head probability, or logit"):
        load_network(quantised)
    network = load_network(quantised, head="probability")
    probable = run(quantised, GRID)[:, 0] > 0.5
    assert 0 < probable.sum() < len(GRID)
    np.testing.assert_array_equal(ours(network, GRID)[:, 0] > 0, probable)
