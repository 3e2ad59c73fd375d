"""What ONNX files compute of shapes: as onnxruntime does, and refused where it is not known."""

from __future__ import annotations

import io
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from tests.formats.onnx_models import Model, evaluate, refused
from tests.formats.quantised_models import session
from verifier.formats.graph import ConstantValue, Graph
from verifier.formats.load import load_network
from verifier.formats.onnx_call import OnnxCall
from verifier.formats.onnx_integers import whole
from verifier.model.errors import NetworkError

NUMBERS = (-7, -3, -2, -1, 1, 2, 3, 7, 100)


def _call(operator: str, a: Any, b: Any, kind: str = "int64", **attributes: Any) -> OnnxCall:
    node = helper.make_node(operator, ["a", "b"], ["y"], **attributes)
    graph = Graph(1)
    given = [ConstantValue(np.array(x, dtype=np.int64), "it", kind) for x in (a, b)]
    return OnnxCall("it", node, 17, given, None, graph)


@pytest.mark.parametrize("kind", ["int64", "int32"])
@pytest.mark.parametrize(
    ("operator", "attributes"),
    [("Add", {}), ("Sub", {}), ("Mul", {}), ("Div", {}), ("Mod", {}), ("Mod", {"fmod": 1})],
)
def test_arithmetic_is_onnxruntimes(operator: str, attributes: Any, kind: str) -> None:
    pairs = np.array([*product((0, *NUMBERS), NUMBERS)], dtype=kind)
    left, right = pairs[:, :1], pairs[:, 1:]
    code = {"int64": TensorProto.INT64, "int32": TensorProto.INT32}[kind]
    held = [helper.make_tensor_value_info(name, code, ["N", 1]) for name in "aby"]
    node = helper.make_node(operator, ["a", "b"], ["y"], **attributes)
    graph = helper.make_graph([node], "g", held[:2], held[2:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (theirs,) = session(model).run(None, {"a": left, "b": right})
    call = _call(operator, left, right, kind, **attributes)
    found = whole(call.graph, call)
    assert isinstance(found, ConstantValue)
    assert found.kind == kind
    np.testing.assert_array_equal(found.array, theirs)


@pytest.mark.parametrize(
    ("operator", "a", "b", "kind", "words"),
    [
        ("Div", [1], [0], "int64", "divides by zero"),
        ("Mod", [1], [0], "int64", "divides by zero"),
        ("Add", [2**31 - 1], [1], "int32", "does not fit int32"),
        ("Mul", [2**62], [2], "int64", "does not fit int64"),
        ("Add", [1], [1], "uint8", "use int64"),
        ("Add", [1, 2], [1, 2, 3], "int64", "do not fit"),
        ("Add", [-(1 << 40)], [1], "int64", "the number of rows"),
    ],
)
def test_what_is_not_known_is_refused(operator: str, a: Any, b: Any, kind: str, words: str) -> None:
    call = _call(operator, a, b, kind)
    with pytest.raises(NetworkError, match=words):
        whole(call.graph, call)


class _Padded(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.pad(x, (1, 2), value=0.5)


@pytest.mark.parametrize("opset", [13, 17])
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("way", ["unflatten", "pad"])
@pytest.mark.filterwarnings("ignore")
def test_shapes_that_torch_writes_out(way: str, named: bool, opset: int, capfd: Any) -> None:
    """nn.Unflatten becomes Mod, Shape, Slice and Concat; a padding ConstantOfShape and others."""
    torch.manual_seed(0)
    first = {
        "unflatten": (
            torch.nn.Unflatten(1, (1, 2, 3)),
            torch.nn.Conv2d(1, 2, 2),
            torch.nn.Flatten(),
        ),
        "pad": (_Padded(), torch.nn.Linear(9, 4)),
    }[way]
    module = torch.nn.Sequential(*first, torch.nn.ReLU(), torch.nn.Linear(4, 2)).eval()
    file = io.BytesIO()
    axes = {"x": {0: "N"}} if named else None
    more: Any = {"dynamic_axes": axes, "input_names": ["x"], "opset_version": opset}
    torch.onnx.export(module, (torch.zeros(1, 6),), file, dynamo=False, verbose=False, **more)
    capfd.readouterr()
    network = load_network(onnx.load_from_string(file.getvalue()))
    rows = [*product((-1, 0, 2), repeat=6)]
    ours = np.array(evaluate(network, rows), dtype=float)
    with torch.no_grad():
        theirs = module(torch.tensor(rows, dtype=torch.float32)).numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_constants_of_a_shape(tmp_path: Path) -> None:
    """A float 0 unless a number is given; one for each row of the input is refused."""
    model = Model(2)
    ones = helper.make_tensor("ones", TensorProto.FLOAT, [1], [1.5])
    row = model.node("ConstantOfShape", [model.tensor([1, 2], np.int64)], value=ones)
    zero = model.node("ConstantOfShape", [model.tensor([2], np.int64)])
    out = model.node("Add", [model.node("Add", ["x", row]), zero])
    assert evaluate(load_network(model.save(tmp_path / "net.onnx", out)), [[1, 2]]) == [[2.5, 3.5]]
    for shape, words in (([-1], "impossible"), ([1] * 40, "impossible"), ([[1]], "constant int")):
        bad = Model(2)
        made = bad.node("ConstantOfShape", [bad.tensor(shape, np.int64)])
        path = bad.save(tmp_path / "bad.onnx", bad.node("Add", ["x", made]))
        refused(path, "ConstantOfShape", words)
    bad = Model(2)
    made = bad.node("ConstantOfShape", [bad.node("Shape", ["x"])])
    refused(bad.save(tmp_path / "rows.onnx", bad.node("Add", ["x", made])), "for each row")
