"""Teachers written as ONNX files."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from verifier.formats.onnx_outputs import KEY, metadata
from verifier.model.errors import NetworkError
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.writing.files import write_atomically

_OPSET, _IR = 13, 8
_SMOOTH_OPSET = 20
_OPERATORS: dict[str, tuple[str, dict[str, Any]]] = {
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "erf": ("Erf", {}),
    "softplus": ("Softplus", {}),
    "gelu": ("Gelu", {}),
    "gelu_tanh": ("Gelu", {"approximate": "tanh"}),
    "mish": ("Mish", {}),
    "elu": ("Elu", {}),
    "hard_swish": ("HardSwish", {}),
}


def save_onnx(teacher: Network, path: str | os.PathLike[str]) -> None:
    """Write the teacher's layers: input ``x`` [N, columns], output ``logits`` [N, outputs].

    All numbers are float32 if the teacher's are, else double; none is rounded, but a runtime
    rounds while it computes. The class names, and that class 1 is where the logit is positive
    (unless that is only assumed), are stated in the metadata. Raises LeafproofError; NetworkError
    for a teacher that computes in narrower numbers, as the file would compute in wider ones.
    """
    if teacher.executed:
        raise NetworkError(
            f"the network computes in {' and '.join(teacher.executed)}, which is not written: "
            "keep the file that it came from"
        )
    if any(isinstance(layer, Steps) for layer in teacher.layers):
        raise NetworkError(
            "the network is quantised, and is not written as ONNX: keep the file that it came from"
        )
    dtype = np.float32 if all(a.dtype == np.float32 for a in _arrays(teacher)) else np.float64
    kind = TensorProto.FLOAT if dtype == np.float32 else TensorProto.DOUBLE
    nodes: list[Any] = []
    tensors: list[Any] = []
    names = ["x", *(f"n{i + 1}" for i in range(len(teacher.layers) - 1)), "logits"]

    def tensor(name: str, array: Any) -> str:
        tensors.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=dtype), name))
        return name

    for i, layer in enumerate(teacher.layers):
        out = names[i + 1]
        match layer:
            case Affine(source=source, weight=weight, bias=bias):
                weights = [tensor(f"{out}.weight", weight), tensor(f"{out}.bias", bias)]
                inputs = [names[source], *weights]
                nodes.append(helper.make_node("Gemm", inputs, [out], f"{out}.gemm", transB=1))
            case Scale(source=source, scale=factor, divisor=divisor, shift=shift):
                last = names[source]
                steps = [("Mul", factor, 1), ("Div", divisor, 1), ("Add", shift, 0)]
                kept = [(op, a) for op, a, neutral in steps if (a != neutral).any()]
                for j, (op, array) in enumerate(kept or [("Add", shift)]):
                    result = out if j == max(len(kept), 1) - 1 else f"{out}.{op.lower()}"
                    inputs = [last, tensor(f"{out}.{op.lower()}er", array)]
                    nodes.append(helper.make_node(op, inputs, [result], f"{out}.{op.lower()}"))
                    last = result
            case Add(left=left, right=right):
                nodes.append(helper.make_node("Add", [names[left], names[right]], [out], out))
            case Relu(source=source) | Sign(source=source):
                operator = type(layer).__name__.capitalize()
                nodes.append(helper.make_node(operator, [names[source]], [out], out))
            case Smooth():
                nodes += _smooth(layer, names[layer.source], out, tensor)
    graph = helper.make_graph(
        nodes,
        "teacher",
        [helper.make_tensor_value_info("x", kind, ["N", teacher.columns])],
        [helper.make_tensor_value_info("logits", kind, ["N", teacher.outputs])],
        tensors,
    )
    opset = _SMOOTH_OPSET if teacher.is_smooth else _OPSET
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=_IR)
    head = teacher.head
    stated = metadata(head is not None and head.origin != "assumed", teacher.labels)
    if stated:
        helper.set_model_props(model, {KEY: stated})
    if sum(t.ByteSize() for t in tensors) > 1_900_000_000:
        raise NetworkError("the network is larger than the 2 GB that an ONNX file holds")
    write_atomically(path, model.SerializeToString(deterministic=True))


def _smooth(layer: Smooth, source: str, out: str, tensor: Callable[[str, Any], str]) -> list[Any]:
    """The nodes of a smooth function; where ONNX has none, those it is read from."""
    if layer.kind == "silu":
        gate = helper.make_node("Sigmoid", [source], [f"{out}.gate"], f"{out}.gate")
        return [gate, helper.make_node("Mul", [source, f"{out}.gate"], [out], out)]
    if layer.kind != "erf_gate":
        operator, attributes = _OPERATORS[layer.kind]
        return [helper.make_node(operator, [source], [out], out, **attributes)]
    one, half = (tensor(f"{out}.{name}", np.array(x)) for name, x in (("one", 1.0), ("half", 0.5)))
    steps = [
        ("Erf", [source], "erf"),
        ("Add", [f"{out}.erf", one], "gate"),
        ("Mul", [source, f"{out}.gate"], "twice"),
        ("Mul", [f"{out}.twice", half], ""),
    ]
    names = [f"{out}.{name}" if name else out for _, _, name in steps]
    return [
        helper.make_node(operator, inputs, [name], name)
        for (operator, inputs, _), name in zip(steps, names, strict=True)
    ]


def _arrays(teacher: Network) -> list[Any]:
    arrays: list[Any] = []
    for layer in teacher.layers:
        if isinstance(layer, Affine):
            arrays += (layer.weight, layer.bias)
        elif isinstance(layer, Scale):
            arrays += (layer.scale, layer.divisor, layer.shift)
    return arrays
