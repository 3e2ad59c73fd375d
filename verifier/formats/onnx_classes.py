"""The ONNX operators from scores to labels, and those of ai.onnx.ml that are exact.

Semantics: the specification of ai.onnx.ml, and where it leaves room (ties, one score for two
classes) what onnxruntime does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from onnx import TensorProto

from verifier.formats import decisions, operators
from verifier.formats.graph import ConstantValue, Graph, Label, Probability, Signal, Value, refuse
from verifier.formats.onnx_call import OnnxCall, Operator
from verifier.formats.onnx_tensors import type_name
from verifier.formats.words import few
from verifier.model.errors import quoted

_INTEGERS = {
    TensorProto.INT8: 7,
    TensorProto.UINT8: 8,
    TensorProto.INT32: 31,
    TensorProto.INT64: 63,
}
"""Types of labels, with the bits of their largest number."""
_FLOATS = {TensorProto.FLOAT: np.float32, TensorProto.DOUBLE: np.float64}


@dataclass(frozen=True, eq=False)
class Named:
    """What a ZipMap gives: scores, each under its class's label. Only ever an output."""

    scores: Value | None
    labels: tuple[int | str, ...]


def relabelled(label: Label, values: Sequence[Any]) -> Label:
    """The label with other values, from what each class had."""
    plain = tuple(v.item() if isinstance(v, np.generic) else v for v in values)
    return replace(label, values=plain, named=True)


def cast_label(call: OnnxCall, label: Label, kind: int) -> Label:
    """A label in another type, where that changes no value."""
    values: list[Any] = []
    for value in label.values:
        if kind == TensorProto.STRING and not isinstance(value, float):
            values.append(str(value))
        elif isinstance(value, str) or (isinstance(value, float) and not value.is_integer()):
            refuse(call.where, f"it casts the label {quoted(value)} to {type_name(kind)}")
        elif kind in _INTEGERS and abs(int(value)) < 1 << _INTEGERS[kind]:
            values.append(int(value))
        elif kind in _FLOATS and float(value) == _FLOATS[kind](value):
            values.append(float(value))
        else:
            refuse(call.where, f"it casts the label {quoted(value)} to {type_name(kind)}")
    return replace(label, values=tuple(values))


def shaped_label(call: OnnxCall, label: Label, shape: list[int]) -> Label:
    """A label in another shape, if that is one number a row."""
    if len([n for n in shape if n != 1]) > 1 or any(n not in (-1, 0, 1) for n in shape):
        refuse(call.where, f"it reshapes the label to {shape}: only [-1] or [-1, 1] is supported")
    return label


def _extract(graph: Graph, call: OnnxCall) -> Value:
    """ArrayFeatureExtractor or Gather: labels by class number, or some columns of activations."""
    held, index = call.given(0), call.given(1)
    if isinstance(held, ConstantValue) and isinstance(index, Label):
        return _looked_up(call, held, index, -1)
    if not isinstance(index, ConstantValue) or index.array.dtype != np.int64:
        refuse(call.where, "its indices must be constant, or the network's class")
    if index.array.ndim > 1 and index.array.size != max(index.array.shape):
        refuse(call.where, f"its indices have shape {index.array.shape}: they must be a row")
    return operators.selected(graph, call.signal(), index.array.reshape(-1).tolist(), call.where)


def labels_gathered(call: OnnxCall, axis: int) -> Value:
    """Gather of a list of labels, by the network's class."""
    held, index = call.given(0), call.given(1)
    assert isinstance(index, Label)
    if not isinstance(held, ConstantValue) or axis not in (0, -1):
        refuse(call.where, f"its axis is {axis}: it must be 1, or 0 for a list of labels")
    return _looked_up(call, held, index, axis)


def _looked_up(call: OnnxCall, held: ConstantValue, index: Label, axis: int) -> Value:
    if not 1 <= held.array.ndim <= 2 or held.array.size != held.array.shape[axis]:
        refuse(call.where, f"its labels have shape {held.array.shape}: they must be a list")
    values = held.array.reshape(-1).tolist()
    numbers = index.values
    if not all(isinstance(n, int) and 0 <= n < len(values) for n in numbers):
        refuse(call.where, f"it has {len(values)} labels for the classes {_some(numbers)}")
    return relabelled(index, [values[int(n)] for n in numbers])


def _some(values: Sequence[Any]) -> str:
    return few([str(v) for v in values], 6)


def _label_encoder(graph: Graph, call: OnnxCall) -> Value:
    x = call.given(0)
    if not isinstance(x, Label):
        refuse(call.where, "it encodes something other than the network's class")
    kinds = ("int64s", "strings", "floats")
    keys, values = (
        next((v for k in kinds if (v := call.listed(f"{part}_{k}")) is not None), None)
        for part in ("keys", "values")
    )
    if keys is None or values is None:
        refuse(call.where, "only lists keys_* and values_* are supported")
    found = dict(zip(keys, values, strict=False))
    if len(found) != len(values) or len(keys) != len(values):
        refuse(call.where, "its keys and values do not fit each other: damaged file")
    if missing := [v for v in x.values if v not in found]:
        refuse(call.where, f"it has no value for the label {quoted(missing[0])}")
    return relabelled(x, [found[v] for v in x.values])


def _compare(graph: Graph, call: OnnxCall) -> Value:
    return decisions.compared(graph, call.node.op_type, call.inputs[0], call.inputs[1], call.where)


def _not(graph: Graph, call: OnnxCall) -> Value:
    x = call.given(0)
    if not isinstance(x, Label):
        refuse(call.where, "it negates something other than the network's class")
    return relabelled(x, [int(not v) for v in x.values])


def _where(graph: Graph, call: OnnxCall) -> Value:
    x = call.given(0)
    parts = [call.given(i) for i in (1, 2)]
    if not isinstance(x, Label) or not all(
        isinstance(p, ConstantValue) and p.array.size == 1 for p in parts
    ):
        refuse(call.where, "only a choice between two constants by the network's class is read")
    yes, no = (p.array.reshape(-1)[0] for p in parts if isinstance(p, ConstantValue))
    return relabelled(x, [yes if v else no for v in x.values])


def relabelled_squeeze(call: OnnxCall, x: Label | Probability) -> Value:
    """A label stays one; so does the one column of a probability."""
    if isinstance(x, Probability) and len(x.columns) > 1:
        refuse(call.where, "only a single column of the network's activations can be squeezed")
    return x


def _scaler(graph: Graph, call: OnnxCall) -> Value:
    """(x - offset) * scale."""
    x = call.signal()
    parts = []
    for name, neutral in (("offset", 0.0), ("scale", 1.0)):
        row = np.asarray(call.listed(name) or [neutral], np.float64)
        if row.size not in (1, x.width) or not np.isfinite(row).all():
            refuse(call.where, f"its {name} must be {x.width} finite numbers, or one")
        parts.append(row)
    return operators.scale(graph, operators.scale(graph, x, shift=-parts[0]), parts[1])


def _binarizer(graph: Graph, call: OnnxCall) -> Value:
    """1 where x > threshold, else 0: the positive part of the sign."""
    x = operators.scale(graph, call.signal(), shift=-call.number("threshold", 0.0))
    return operators.relu(graph, operators.sign(graph, x))


def _normalizer(graph: Graph, call: OnnxCall) -> Value:
    """Only of probabilities: there it divides a row by a positive number."""
    x, norm = call.given(0), call.text("norm", "MAX")
    positive = {"Softmax", "Sigmoid"}
    if not isinstance(x, Signal) or not x.dropped or x.dropped[-1][0] not in positive:
        refuse(
            call.where,
            "it divides the activations by a norm of themselves, which is not piecewise linear: "
            "normalise the inputs before, in the domain's encodings",
        )
    if norm not in ("MAX", "L1", "L2"):
        refuse(call.where, f"its norm {quoted(norm)} is not supported")
    return x


def _linear(call: OnnxCall, outputs: int, x: Signal) -> tuple[Any, Any]:
    """Coefficients (outputs, columns) and intercepts."""
    weights = np.asarray(call.listed("coefficients") or [], np.float64)
    bias = np.asarray(call.listed("intercepts") or [0.0] * outputs, np.float64)
    if not outputs or weights.size != outputs * x.width or bias.size != outputs:
        refuse(
            call.where,
            f"it has {weights.size} coefficients and {bias.size} intercepts for {x.width} "
            "columns: damaged file",
        )
    if not np.isfinite(weights).all() or not np.isfinite(bias).all():
        refuse(call.where, "it has a NaN or infinite coefficient: train it again")
    return weights.reshape(outputs, x.width), bias


def _linear_regressor(graph: Graph, call: OnnxCall) -> Value:
    x = call.signal()
    if call.text("post_transform", "NONE") != "NONE":
        refuse(call.where, "its post_transform is not supported: only NONE is")
    weights, bias = _linear(call, call.integer("targets", 1), x)
    return operators.affine(graph, x, weights, bias, call.where)


def _linear_classifier(graph: Graph, call: OnnxCall) -> tuple[Value | None, ...]:
    """The label of the largest score, the first of equals; of one score, whether it is positive."""
    x = call.signal()
    labels = call.listed("classlabels_strings") or call.listed("classlabels_ints")
    if not labels or len(labels) < 2:
        refuse(call.where, "it does not list at least two class labels")
    outputs = len(call.listed("coefficients") or []) // x.width
    if outputs != len(labels) and (outputs, len(labels)) != (1, 2):
        refuse(call.where, f"it has {outputs} scores for {len(labels)} labels: damaged file")
    scores = operators.affine(graph, x, *_linear(call, outputs, x), call.where)
    label = Label(scores, tuple(labels), call.where, named=True)
    transform = call.text("post_transform", "NONE")
    shown = {"LOGISTIC": "Sigmoid", "SOFTMAX": "Softmax", "NONE": ""}
    if outputs == 1 or transform not in shown:
        return label, None
    final = ((shown[transform], call.where),) if shown[transform] else ()
    return label, replace(scores, dropped=final)


def zipped(call: OnnxCall) -> Named:
    """A ZipMap's scores with the labels that it gives them."""
    labels = call.listed("classlabels_strings") or call.listed("classlabels_int64s")
    return Named(call.given(0), tuple(labels or ()))


CLASS_OPERATORS: dict[str, Operator] = {
    "Greater": Operator(_compare, (2, 2)),
    "GreaterOrEqual": Operator(_compare, (2, 2)),
    "Less": Operator(_compare, (2, 2)),
    "LessOrEqual": Operator(_compare, (2, 2)),
    "Not": Operator(_not),
    "Where": Operator(_where, (3, 3)),
}
_LINEAR = ("coefficients", "intercepts", "post_transform")
ML_OPERATORS: dict[str, Operator] = {
    "ArrayFeatureExtractor": Operator(_extract, (2, 2)),
    "Binarizer": Operator(_binarizer, (1, 1), ("threshold",)),
    "LabelEncoder": Operator(
        _label_encoder,
        (1, 1),
        tuple(
            f"{part}_{kind}"
            for part, kinds in (
                ("keys", ("int64s", "strings", "floats")),
                ("values", ("int64s", "strings", "floats")),
                ("default", ("int64", "string", "float")),
            )
            for kind in kinds
        ),
    ),
    "LinearClassifier": Operator(
        _linear_classifier,
        (1, 1),
        (*_LINEAR, "classlabels_ints", "classlabels_strings", "multi_class"),
    ),
    "LinearRegressor": Operator(_linear_regressor, (1, 1), (*_LINEAR, "targets")),
    "Normalizer": Operator(_normalizer, (1, 1), ("norm",)),
    "Scaler": Operator(_scaler, (1, 1), ("offset", "scale")),
}
