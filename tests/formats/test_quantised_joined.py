"""QDQ graphs that onnxruntime rewrites: read as it runs them, or refused in one line."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from onnx import helper

from tests.formats.quantised_models import model, run
from verifier.formats.load import load_network
from verifier.model.errors import NetworkError
from verifier.model.network import decide, exact_logits

GRID = np.array([*product(np.arange(-4, 5) / 4, repeat=3)], dtype=np.float32)
"""Every point of a small domain."""


def pair(at, name, nodes, tensors, *, scale, zero=0, kind="uint8"):
    """QuantizeLinear and DequantizeLinear behind a value."""
    tensors |= {f"{name}s": (scale, "float32"), f"{name}z": (zero, kind)}
    both = [f"{name}s", f"{name}z"]
    nodes.append(helper.make_node("QuantizeLinear", [at, *both], [f"{name}q"], f"{name}q"))
    nodes.append(helper.make_node("DequantizeLinear", [f"{name}q", *both], [name], f"{name}d"))
    return name


def product_of(
    *,
    end,
    bias="float",
    weight="int8",
    way="Gemm",
    axis=None,
    off=0,
    scale=None,
    zero=131,
    **attributes,
):
    """x, quantised, times a matrix, plus a bias, then what ``end`` names; y of two numbers."""
    rng = np.random.default_rng(3)
    nodes, tensors = [], {}
    at = pair("x", "a", nodes, tensors, scale=0.25, zero=4)
    matrix = rng.integers(-20, 20, (3, 3))
    if weight == "float":
        tensors["w"] = (matrix * 0.0513, "float32")
    else:
        tensors |= {
            "wi": (matrix, "int8"),
            "ws": (0.05 if axis is None else [0.05, 0.1, 0.2], "float32"),
        }
        tensors["wz"] = (0 if axis is None else [0] * 3, "int8")
        more = {} if axis is None else {"axis": axis}
        nodes.append(helper.make_node("DequantizeLinear", ["wi", "ws", "wz"], ["w"], "w", **more))
    tensors["b"] = ([0.3331, -0.7772, 0.1118], "float32")
    if bias == "int":
        tensors |= {
            "bi": ([26, -62, 9], "int32"),
            "bs": (scale or np.float32(0.25) * np.float32(0.05), "float32"),
        }
        tensors["bz"] = (off, "int32")
        nodes.append(helper.make_node("DequantizeLinear", ["bi", "bs", "bz"], ["b2"], "b2"))
    given = ["b2"] if bias == "int" else ["b"]
    if way == "Gemm":
        nodes.append(helper.make_node("Gemm", [at, "w", *given], ["g"], "product", **attributes))
    else:
        nodes.append(helper.make_node("MatMul", [at, "w"], ["m"], "product"))
        nodes.append(helper.make_node("Add", ["m", *given], ["g"], "sum"))
    at = "g"
    for i, step in enumerate(end):
        if step == "Q":
            at = pair(at, f"o{i}", nodes, tensors, scale=0.0123, zero=zero)
        elif step == "Clip":
            tensors |= {"low": (-0.2, "float32"), "high": (0.6, "float32")}
            nodes.append(helper.make_node("Clip", [at, "low", "high"], [f"c{i}"]))
            at = f"c{i}"
        else:
            nodes.append(helper.make_node(step, [at], [f"c{i}"]))
            at = f"c{i}"
    tensors["last"] = (np.array([[1, -1], [-2, 1], [1, 1]]), "float32")
    nodes.append(helper.make_node("MatMul", [at, "last"], ["y"], "last"))
    return model(nodes, tensors, 3, 2, opset=17)


@pytest.mark.parametrize("way", ["Gemm", "MatMul"])
@pytest.mark.parametrize(("end", "zero"), [(("Q",), 131), (("Relu", "Q"), 0)], ids=str)
def test_a_bias_of_floats_is_rounded_as_onnxruntime_does_where_the_sum_is_quantised(way, end, zero):
    given = product_of(end=end, way=way, zero=zero)
    network = load_network(given)
    logits, over = exact_logits(network, [[int(x * 4) for x in row] for row in GRID.tolist()], 4)
    mine = np.array([[x / over for x in row] for row in logits])
    assert np.allclose(mine, run(given, GRID), atol=1e-5)
    assert len({decide(row) for row in logits}) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"end": ("Q",), "weight": "float"}, "quantises the floats of the Gemm"),
        ({"end": ("Relu", "Q"), "weight": "float"}, "quantises the floats of the Gemm"),
        ({"end": ("Q",), "weight": "float", "way": "MatMul"}, "quantises the floats of the Gemm"),
        ({"end": ("Clip", "Q")}, "quantises the floats of the Gemm"),
        ({"end": ("Relu", "Q")}, "computes the product before it in floats"),
        ({"end": ("Relu", "Q"), "bias": "int"}, "computes the product before it in floats"),
        ({"end": ("Q",), "beta": 2.0}, "quantises the floats of the Gemm"),
        ({"end": ("Q",), "bias": "int", "scale": 0.5}, "the scale of its int32 bias"),
        ({"end": (), "bias": "int", "scale": 0.5}, "the scale of its int32 bias"),
        ({"end": ("Q",), "bias": "int", "off": 3}, "the scale of its int32 bias"),
        ({"end": (), "axis": 0}, "a scale for each input"),
    ],
)
def test_what_onnxruntime_rewrites_to_other_numbers_is_refused(options, words):
    with pytest.raises(NetworkError, match=words) as caught:
        load_network(product_of(**options))
    assert "report this" not in str(caught.value)


@pytest.mark.parametrize("between", [(), ("Relu",)], ids=str)
def test_two_pairs_one_behind_the_other_are_refused_unless_they_are_the_same(between):
    def doubled(scale):
        nodes, tensors = [], {}
        at = pair("x", "a", nodes, tensors, scale=0.25)
        for step in between:
            nodes.append(helper.make_node(step, [at], ["r"]))
            at = "r"
        at = pair(at, "b", nodes, tensors, scale=scale)
        tensors["last"] = (np.array([[1, -1], [-2, 1], [1, 1]]), "float32")
        nodes.append(helper.make_node("MatMul", [at, "last"], ["y"], "last"))
        return model(nodes, tensors, 3, 2, opset=17)

    with pytest.raises(NetworkError, match="leave one of the two pairs out"):
        load_network(doubled(0.1))
    network = load_network(doubled(0.25))
    logits, _ = exact_logits(network, [[int(x * 4) for x in row] for row in GRID.tolist()], 4)
    theirs = run(doubled(0.25), GRID).argmax(axis=1)
    assert [decide(row) for row in logits] == theirs.tolist()
