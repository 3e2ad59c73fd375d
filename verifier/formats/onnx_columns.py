"""Operators of ONNX that go column by column, each column a function of one variable's value."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from verifier.formats.graph import refuse
from verifier.formats.onnx_tensors import type_name
from verifier.formats.sklearn_columns import Held, listed, lookup
from verifier.model.domain import Domain
from verifier.model.errors import quoted

_FLOAT, _DOUBLE, _TEXT = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.STRING
_WHOLE = (TensorProto.INT64, TensorProto.INT32)
_NO_NUMBERS = (_TEXT, TensorProto.BOOL)
"""What operators on numbers are not defined for: truth values are cast before."""


@dataclass(frozen=True, eq=False)
class Columns:
    """What a value of the file holds: columns, and their element type.

    ``rank`` is 2 for shape [N, count], 3 for [N, 1, count].
    """

    held: tuple[Held, ...]
    kind: int
    rank: int = 2


@dataclass(frozen=True, eq=False)
class Step:
    """One node, with what it may need."""

    where: str
    node: Any
    domain: Domain
    tensors: Mapping[str, Any]

    def attribute(self, name: str, usual: Any = None) -> Any:
        """An attribute, texts decoded."""
        for a in self.node.attribute:
            if a.name == name:
                found = helper.get_attribute_value(a)
                if isinstance(found, list):
                    return [x.decode() if isinstance(x, bytes) else x for x in found]
                return found
        return usual

    def known(self, *names: str) -> None:
        """Refuse attributes other than these."""
        for a in self.node.attribute:
            if a.name not in names or a.ref_attr_name:
                refuse(self.where, f"its attribute {quoted(a.name)} is not supported")

    def seen(self, held: Held) -> tuple[Any, ...]:
        """What a column holds for each value."""
        return listed(self.domain, held, self.where)


def _only(step: Step, given: Sequence[Columns]) -> Columns:
    if len(given) != 1:
        refuse(step.where, "it reads several values: one is expected")
    return given[0]


def _single(x: Any) -> Any:
    with np.errstate(over="ignore"):
        return float(np.float32(x))


def _cast(step: Step, given: Sequence[Columns]) -> Columns:
    x, to = _only(step, given), step.attribute("to")
    step.known("to", "saturate", "round_mode")
    if x.kind == to or (x.kind == _FLOAT and to == _DOUBLE):
        return replace(x, kind=to)
    if _TEXT in (x.kind, to) or to not in (_FLOAT, _DOUBLE, *_WHOLE):
        refuse(step.where, f"it casts {type_name(x.kind)} to {type_name(to)}, which is not read")
    if to in _WHOLE:
        most = 2**31 if to == TensorProto.INT32 else 2**53
        if not all(float(v).is_integer() and abs(v) < most for c in x.held for v in step.seen(c)):
            refuse(step.where, "it cuts numbers to integers: export it without")
        return replace(x, kind=to)
    held = x.held
    if to == _FLOAT:
        held = tuple(replace(c, seen=_finite(step, list(map(_single, c.seen)))) for c in x.held)
    return replace(x, held=held, kind=to)


def _same(step: Step, given: Sequence[Columns]) -> Columns:
    return _only(step, given)


def _reshape(step: Step, given: Sequence[Columns]) -> Columns:
    x = _only(step, given)
    tensor = step.tensors.get(step.node.input[1]) if len(step.node.input) == 2 else None
    shape = [] if tensor is None else numpy_helper.to_array(tensor).reshape(-1).tolist()
    count = len(x.held)
    if shape not in ([-1, count], [0, count], [0, -1]):
        refuse(step.where, f"it reshapes {count} columns to {shape}, which is not read")
    return replace(x, rank=2)


def _concat(step: Step, given: Sequence[Columns]) -> Columns:
    step.known("axis")
    ranks, kinds = {x.rank for x in given}, {x.kind for x in given}
    if len(kinds) > 1:
        types = " and ".join(sorted(type_name(x) for x in kinds))
        refuse(
            step.where,
            f"it joins {types}, which ONNX does not allow (no runtime loads the file): export it "
            "of a table whose numbers are all of one type, float32 say",
        )
    if len(ranks) > 1 or len(given) != len(step.node.input):
        refuse(step.where, "it joins values of several shapes")
    (rank,) = ranks
    if step.attribute("axis") not in (-1, rank - 1):
        refuse(step.where, "it does not join columns (axis=1)")
    return replace(given[0], held=tuple(c for x in given for c in x.held))


def _vector(step: Step, given: Sequence[Columns]) -> Columns:
    step.known("inputdimensions")
    sizes = step.attribute("inputdimensions", [])
    plain = all(x.kind not in _NO_NUMBERS and x.rank == 2 for x in given)
    if sizes != [len(x.held) for x in given] or not plain:
        refuse(step.where, "its inputdimensions are not those of its inputs")
    held = tuple(replace(c, seen=tuple(map(_single, c.seen))) for x in given for c in x.held)
    return Columns(held, _FLOAT)


def _one_hot(step: Step, given: Sequence[Columns]) -> Columns:
    x = _only(step, given)
    step.known("cats_strings", "cats_int64s", "zeros")
    texts, numbers = step.attribute("cats_strings", []), step.attribute("cats_int64s", [])
    if bool(texts) == bool(numbers) or bool(texts) != (x.kind in _NO_NUMBERS) or len(x.held) != 1:
        refuse(step.where, "its categories are not of its input's type, or it has several columns")
    cats = texts or numbers
    seen = step.seen(x.held[0])
    if numbers and not all(float(v).is_integer() for v in seen):
        refuse(step.where, "it cuts numbers to integers: encode whole numbers or texts")
    strange = [v for v in seen if v not in cats]
    if len(set(cats)) < len(cats) or (strange and not step.attribute("zeros", 1)):
        refuse(step.where, f"it fails at {quoted(strange[0] if strange else cats[0])}")
    made = (lookup(step.domain, x.held[0], [float(v == c) for v in seen], step.where) for c in cats)
    return Columns(tuple(made), _FLOAT, 3)


def _encoded(step: Step, given: Sequence[Columns]) -> Columns:
    """LabelEncoder: what each value becomes; one that it does not know, its default."""
    x = _only(step, given)
    kinds = {"strings": _TEXT, "int64s": TensorProto.INT64, "floats": _FLOAT}
    parts = ("keys", "values")
    names = [f"{part}_{kind}" for part in parts for kind in kinds]
    step.known(*names, "default_string", "default_int64", "default_float")
    keys, values = (
        [(kind, found) for kind in kinds if (found := step.attribute(f"{part}_{kind}"))]
        for part in parts
    )
    if len(keys) != 1 or len(values) != 1 or len(keys[0][1]) != len(values[0][1]):
        refuse(step.where, "only lists keys_* and values_* of one length are read")
    if kinds[keys[0][0]] != x.kind or len(set(keys[0][1])) < len(keys[0][1]):
        refuse(step.where, "its keys are not of its input's type, or given twice")
    name = values[0][0]
    usual = {"strings": "_Unused", "int64s": -1, "floats": -0.0}[name]
    usual = step.attribute(f"default_{name[:-1]}", usual)
    usual = usual.decode() if isinstance(usual, bytes) else usual
    table = dict(zip(keys[0][1], values[0][1], strict=True))
    held = []
    for c in x.held:
        found = [table.get(v, usual) for v in step.seen(c)]
        if name == "strings":
            held.append(Held(c.variable, tuple(found)))
        elif not all(map(math.isfinite, found)):
            refuse(step.where, "it gives NaN for some value")
        else:
            held.append(lookup(step.domain, c, list(map(float, found)), step.where))
    return replace(x, held=tuple(held), kind=kinds[name])


def _row(step: Step, name: str, count: int, usual: float) -> list[float]:
    row = step.attribute(name) or [usual]
    if len(row) not in (1, count) or not all(map(math.isfinite, row)):
        refuse(step.where, f"its {name} must be {count} finite numbers, or one")
    return [float(v) for v in row] * (count if len(row) == 1 else 1)


def _scaler(step: Step, given: Sequence[Columns]) -> Columns:
    """(x - offset) * scale, in float32; of doubles in float64, and rounded at the end."""
    x = _only(step, given)
    step.known("offset", "scale")
    if x.kind in _NO_NUMBERS:
        refuse(step.where, f"it scales other than numbers ({type_name(x.kind)})")
    held = []
    kind: Any = np.float64 if x.kind == _DOUBLE else np.float32
    offsets = _row(step, "offset", len(x.held), 0.0)
    for c, offset, by in zip(x.held, offsets, _row(step, "scale", len(x.held), 1.0), strict=True):
        with np.errstate(all="ignore"):
            seen = ((np.array(c.seen, kind) - kind(offset)) * kind(by)).astype(np.float32)
        moved = c.then((1.0, 1.0, -offset)).then((by, 1.0, 0.0))
        held.append(replace(moved, seen=_finite(step, seen)))
    return replace(x, held=tuple(held), kind=_FLOAT)


def _imputer(step: Step, given: Sequence[Columns]) -> Columns:
    """Nothing is missing here: the number that it replaces must be NaN."""
    x = _only(step, given)
    step.known("imputed_value_floats", "replaced_value_float")
    if not math.isnan(step.attribute("replaced_value_float", 0.0)) or x.kind in _NO_NUMBERS:
        refuse(step.where, "it replaces a number that is not NaN: impute in the table")
    return x


def _constant(step: Step, count: int, kind: Any) -> tuple[list[float], bool]:
    """The numbers of an operator's constant, one a column; whether it stands second."""
    places = [i for i, name in enumerate(step.node.input) if name in step.tensors]
    if len(step.node.input) != 2 or len(places) != 1:
        refuse(step.where, "it does not join columns and one constant, which is what is read")
    array = numpy_helper.to_array(step.tensors[step.node.input[places[0]]])
    row = array.reshape(-1).tolist()
    is_row = array.size == max(array.shape, default=1) and len(row) in (1, count)
    if array.dtype != kind or not is_row or not all(map(math.isfinite, row)):
        refuse(step.where, f"its constant is no row of {count} finite numbers of its input's type")
    return [float(v) for v in row] * (count if len(row) == 1 else 1), places[0] == 1


_LINEAR: dict[str, Callable[[float], tuple[float, float, float]]] = {
    "Add": lambda c: (1.0, 1.0, c),
    "Sub": lambda c: (1.0, 1.0, -c),
    "Mul": lambda c: (c, 1.0, 0.0),
    "Div": lambda c: (1.0, c, 0.0),
}


def _arithmetic(step: Step, given: Sequence[Columns]) -> Columns:
    """Columns plus, minus, times or divided by a row of constants."""
    x, operator = _only(step, given), step.node.op_type
    if x.kind not in (_FLOAT, _DOUBLE) or x.rank != 2:
        refuse(step.where, "it computes with other than plain columns of floats")
    kind: Any = np.float32 if x.kind == _FLOAT else np.float64
    row, is_second = _constant(step, len(x.held), kind)
    if not is_second and operator not in ("Add", "Mul"):
        refuse(step.where, "its constant stands before the columns")
    if operator == "Div" and 0.0 in row:
        refuse(step.where, "it divides by 0")
    held = []
    for c, by in zip(x.held, row, strict=True):
        first, second = np.array(c.seen, kind), kind(by)
        with np.errstate(all="ignore"):
            seen = {
                "Add": first + second,
                "Sub": first - second,
                "Mul": first * second,
                "Div": first / second,
            }[operator]
        held.append(replace(c.then(_LINEAR[operator](by)), seen=_finite(step, seen)))
    return replace(x, held=tuple(held))


def _finite(step: Step, seen: Any) -> tuple[float, ...]:
    """What columns hold, which must not overflow."""
    if not np.isfinite(seen).all():
        refuse(step.where, "it overflows for some value")
    return tuple(map(float, seen))


def _binarizer(step: Step, given: Sequence[Columns]) -> Columns:
    """1 above the threshold, else 0."""
    x = _only(step, given)
    step.known("threshold")
    if x.kind != _FLOAT:
        refuse(step.where, "it is given other than float32 numbers")
    limit = step.attribute("threshold", 0.0)
    held = (
        lookup(step.domain, c, [float(v > limit) for v in step.seen(c)], step.where) for c in x.held
    )
    return replace(x, held=tuple(held))


def _picked(step: Step, given: Sequence[Columns]) -> Columns:
    """ArrayFeatureExtractor, and Gather along the last axis: some of the columns."""
    x, tensor = _only(step, given), step.tensors.get(step.node.input[-1])
    chosen = [] if tensor is None else numpy_helper.to_array(tensor)
    is_row = isinstance(chosen, np.ndarray) and chosen.dtype == np.int64 and chosen.ndim == 1
    if step.node.op_type == "Gather":
        is_row &= step.attribute("axis", 0) in (-1, x.rank - 1)
    else:
        is_row &= x.rank == 2
    count = len(x.held)
    if not is_row or not len(chosen) or not all(0 <= i < count for i in chosen):
        refuse(step.where, "its indices are no columns")
    return replace(x, held=tuple(x.held[int(i)] for i in chosen))


OPERATORS: dict[str, Callable[[Step, Sequence[Columns]], Columns]] = {
    **dict.fromkeys(_LINEAR, _arithmetic),
    "ArrayFeatureExtractor": _picked,
    "Binarizer": _binarizer,
    "Cast": _cast,
    "Concat": _concat,
    "FeatureVectorizer": _vector,
    "Gather": _picked,
    "Identity": _same,
    "Imputer": _imputer,
    "LabelEncoder": _encoded,
    "OneHotEncoder": _one_hot,
    "Reshape": _reshape,
    "Scaler": _scaler,
}
