"""ONNX files with an input for each of a table's columns, as skl2onnx writes a pipeline of a frame.

Inputs are matched with a domain's variables by name. What comes before the model itself (encoders,
scalers, imputers, casts) is followed column by column, each a function of one variable's value;
what is left reads the domain's own columns: a network as it is, trees by tests of these columns.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from verifier.formats.graph import Graph, Signal, refuse
from verifier.formats.onnx_model import inputs_words, place_of
from verifier.formats.onnx_tensors import type_name
from verifier.formats.sklearn_columns import Held, listed, lookup, put_together, raw
from verifier.model.domain import Domain
from verifier.model.errors import quoted
from verifier.model.ordinal import Ranged

_FLOAT, _DOUBLE, _TEXT = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.STRING
_WHOLE = (TensorProto.INT64, TensorProto.INT32)


@dataclass(frozen=True, eq=False)
class Columns:
    """What a value of the file holds: columns, and their element type.

    ``rank`` is 2 for shape [N, count], 3 for [N, 1, count].
    """

    held: tuple[Held, ...]
    kind: int
    rank: int = 2


@dataclass(frozen=True, eq=False)
class Table:
    """The part of a file that goes column by column: its nodes (by place) and their values."""

    domain: Domain
    inputs: Mapping[str, tuple[int, Columns]]
    done: frozenset[int]
    values: Mapping[str, Columns]

    def signals(self, graph: Graph, names: Sequence[str]) -> dict[str, Signal]:
        """The values of these names as layers over the domain's columns."""
        return {
            name: put_together(graph, self.domain, self.values[name].held, quoted(name))
            for name in names
        }

    def feeds(self, points: Sequence[Sequence[int]]) -> dict[str, Any]:
        """What the file is given at points of the domain."""
        found = {}
        for name, (variable, columns) in self.inputs.items():
            (held,) = columns.held
            v = self.domain.variables[variable]
            some = [
                held.seen[p[variable]] if held.seen else float(v.row(p[variable])[0])
                for p in points
            ]
            kind = (
                object if columns.kind == _TEXT else helper.tensor_dtype_to_np_dtype(columns.kind)
            )
            found[name] = np.array(some, dtype=kind).reshape(-1, 1)
        return found


def table_of(model: Any, domain: Domain, folder: Path | None = None) -> Table | None:
    """The columns of a file with several inputs; None of one with a single one.

    Raises NetworkError where an input is no variable of the domain, or of another type.
    """
    tensors = {t.name: t for t in model.graph.initializer}
    given = [i for i in model.graph.input if i.name not in tensors]
    if len(given) < 2:
        return None
    inputs = {i.name: _input(i, domain, given) for i in given}
    values = {name: columns for name, (_, columns) in inputs.items()}
    done = set()
    for i, node in enumerate(model.graph.node):
        read = [name for name in node.input if name and name not in tensors]
        known = node.domain in ("", "ai.onnx", "ai.onnx.ml") and node.op_type in _OPERATORS
        if not known or not read or not all(name in values for name in read):
            continue
        if len(node.output) != 1 or node.output[0] in values:
            refuse(place_of(node, i), "its output is defined twice: damaged file")
        step = _Step(place_of(node, i), node, domain, tensors)
        values[node.output[0]] = _OPERATORS[node.op_type](step, [values[n] for n in read])
        done.add(i)
    return Table(domain, inputs, frozenset(done), values)


def _input(given: Any, domain: Domain, others: Sequence[Any]) -> tuple[int, Columns]:
    """The variable that an input is, and its one column."""
    name, kind = given.name, given.type.tensor_type.elem_type
    dims = [d.dim_value for d in given.type.tensor_type.shape.dim]
    spelled = [re.sub(r"\W", "_", v.name) for v in domain.variables]
    places = [i for i, v in enumerate(domain.variables) if v.name == name]
    places = places or [i for i, text in enumerate(spelled) if text == name]
    if len(dims) != 2 or dims[1] != 1 or len(places) != 1:
        refuse(
            f"input {quoted(name)}",
            f"it is no variable of the domain; the model has {inputs_words(others)}",
        )
    (at,) = places
    v, held = domain.variables[at], raw(domain, at)
    where = f"input {quoted(name)}"
    if any(x is None for x in held.seen):
        refuse(where, "its variable may be missing: give the fitted pipeline itself in Python")
    if kind == _TEXT:
        if held.weights:
            refuse(where, "it takes texts, and its variable is a number: make it categories")
        return at, Columns((held,), kind)
    if kind not in (_FLOAT, _DOUBLE, *_WHOLE):
        refuse(where, f"it is of type {type_name(kind)}: float, double, int64 and string are read")
    if not held.weights:
        held = _numbers(domain, held, where)
    if kind in _WHOLE and not _are_whole(v, held):
        refuse(where, "it takes whole numbers, and its variable has others: export it with floats")
    return at, Columns((held,), kind)


def _are_whole(v: Any, held: Held) -> bool:
    if held.seen:
        return all(float(x).is_integer() and abs(x) < 2**53 for x in held.seen)
    return bool(
        isinstance(v, Ranged)
        and v.whole
        and all(v.number(i).denominator == 1 for i in (0, 1, v.count - 1))
    )


def _numbers(domain: Domain, held: Held, where: str) -> Held:
    """Categories that are called by numbers, as these."""
    try:
        return lookup(domain, held, [float(text) for text in held.seen], where)
    except ValueError:
        refuse(where, f"it takes numbers, and {quoted(domain.variables[held.variable].name)} texts")


@dataclass(frozen=True, eq=False)
class _Step:
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


def _only(step: _Step, given: Sequence[Columns]) -> Columns:
    if len(given) != 1:
        refuse(step.where, "it reads several values: one is expected")
    return given[0]


def _single(x: Any) -> Any:
    with np.errstate(over="ignore"):
        return float(np.float32(x))


def _cast(step: _Step, given: Sequence[Columns]) -> Columns:
    x, to = _only(step, given), step.attribute("to")
    step.known("to", "saturate", "round_mode")
    if x.kind == to or (x.kind == _FLOAT and to == _DOUBLE):
        return replace(x, kind=to)
    if _TEXT in (x.kind, to) or to not in (_FLOAT, _DOUBLE, *_WHOLE):
        refuse(step.where, f"it casts {type_name(x.kind)} to {type_name(to)}, which is not read")
    if to in _WHOLE:
        if not all(float(v).is_integer() for c in x.held for v in step.seen(c)):
            refuse(step.where, "it cuts numbers to integers: export it without")
        return replace(x, kind=to)
    held = x.held
    if to == _FLOAT:
        held = tuple(replace(c, seen=tuple(map(_single, c.seen))) for c in x.held)
    return replace(x, held=held, kind=to)


def _same(step: _Step, given: Sequence[Columns]) -> Columns:
    return _only(step, given)


def _reshape(step: _Step, given: Sequence[Columns]) -> Columns:
    x = _only(step, given)
    tensor = step.tensors.get(step.node.input[1]) if len(step.node.input) == 2 else None
    shape = [] if tensor is None else numpy_helper.to_array(tensor).reshape(-1).tolist()
    count = len(x.held)
    if shape not in ([-1, count], [0, count], [0, -1]):
        refuse(step.where, f"it reshapes {count} columns to {shape}, which is not read")
    return replace(x, rank=2)


def _concat(step: _Step, given: Sequence[Columns]) -> Columns:
    step.known("axis")
    ranks, kinds = {x.rank for x in given}, {x.kind for x in given}
    if len(ranks) > 1 or len(kinds) > 1 or len(given) != len(step.node.input):
        refuse(step.where, "it joins values of several types or shapes")
    (rank,) = ranks
    if step.attribute("axis") not in (-1, rank - 1):
        refuse(step.where, "it does not join columns (axis=1)")
    return replace(given[0], held=tuple(c for x in given for c in x.held))


def _vector(step: _Step, given: Sequence[Columns]) -> Columns:
    step.known("inputdimensions")
    sizes = step.attribute("inputdimensions", [])
    if sizes != [len(x.held) for x in given] or any(x.kind == _TEXT or x.rank != 2 for x in given):
        refuse(step.where, "its inputdimensions are not those of its inputs")
    held = tuple(replace(c, seen=tuple(map(_single, c.seen))) for x in given for c in x.held)
    return Columns(held, _FLOAT)


def _one_hot(step: _Step, given: Sequence[Columns]) -> Columns:
    x = _only(step, given)
    step.known("cats_strings", "cats_int64s", "zeros")
    texts, numbers = step.attribute("cats_strings", []), step.attribute("cats_int64s", [])
    if bool(texts) == bool(numbers) or bool(texts) != (x.kind == _TEXT) or len(x.held) != 1:
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


def _encoded(step: _Step, given: Sequence[Columns]) -> Columns:
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


def _row(step: _Step, name: str, count: int, usual: float) -> list[float]:
    row = step.attribute(name) or [usual]
    if len(row) not in (1, count) or not all(map(math.isfinite, row)):
        refuse(step.where, f"its {name} must be {count} finite numbers, or one")
    return [float(v) for v in row] * (count if len(row) == 1 else 1)


def _scaler(step: _Step, given: Sequence[Columns]) -> Columns:
    """(x - offset) * scale, in float32."""
    x = _only(step, given)
    step.known("offset", "scale")
    if x.kind == _TEXT:
        refuse(step.where, "it scales texts")
    held = []
    offsets = _row(step, "offset", len(x.held), 0.0)
    for c, offset, by in zip(x.held, offsets, _row(step, "scale", len(x.held), 1.0), strict=True):
        with np.errstate(over="ignore"):
            seen = [(np.float32(v) - np.float32(offset)) * np.float32(by) for v in c.seen]
        moved = c.then((1.0, 1.0, -offset)).then((by, 1.0, 0.0))
        held.append(replace(moved, seen=tuple(map(float, seen))))
    return replace(x, held=tuple(held), kind=_FLOAT)


def _imputer(step: _Step, given: Sequence[Columns]) -> Columns:
    """Nothing is missing here: the number that it replaces must be NaN."""
    x = _only(step, given)
    step.known("imputed_value_floats", "replaced_value_float")
    if not math.isnan(step.attribute("replaced_value_float", 0.0)) or x.kind == _TEXT:
        refuse(step.where, "it replaces a number that is not NaN: impute in the table")
    return x


_OPERATORS: dict[str, Callable[[_Step, Sequence[Columns]], Columns]] = {
    "Cast": _cast,
    "Concat": _concat,
    "FeatureVectorizer": _vector,
    "Identity": _same,
    "Imputer": _imputer,
    "LabelEncoder": _encoded,
    "OneHotEncoder": _one_hot,
    "Reshape": _reshape,
    "Scaler": _scaler,
}
