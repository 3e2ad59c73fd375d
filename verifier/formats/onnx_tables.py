"""ONNX files with an input for each of a table's columns, as skl2onnx writes a pipeline of a frame.

Inputs are matched with a domain's variables by name; the columns of a single one, which the file
encodes or scales itself, with all of them in their order. What comes before the model itself
(encoders, scalers, imputers, casts) is followed column by column, each a function of one variable's
value; what is left reads the domain's own columns: a network as it is, trees by tests of these
columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from verifier.formats.ensembles_graph import OPERATORS as TREES
from verifier.formats.graph import Graph, Signal, refuse
from verifier.formats.onnx_columns import OPERATORS, Columns, Step
from verifier.formats.onnx_model import inputs_words, place_of
from verifier.formats.onnx_tensors import type_name
from verifier.formats.sklearn_columns import Held, lookup, put_together, raw
from verifier.model.domain import Domain
from verifier.model.errors import quoted
from verifier.model.ordinal import Ranged

_FLOAT, _DOUBLE, _TEXT = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.STRING
_WHOLE, _TRUTH = (TensorProto.INT64, TensorProto.INT32), TensorProto.BOOL


@dataclass(frozen=True, eq=False)
class Table:
    """The part of a file that goes column by column: its nodes (by place) and their values."""

    domain: Domain
    inputs: Mapping[str, Columns]
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
        for name, columns in self.inputs.items():
            kind = (
                object if columns.kind == _TEXT else helper.tensor_dtype_to_np_dtype(columns.kind)
            )
            rows = [[self._given(held, p) for held in columns.held] for p in points]
            found[name] = np.array(rows, dtype=kind)
        return found

    def _given(self, held: Held, point: Sequence[int]) -> Any:
        """What the file is given in a column, at a point."""
        value, v = point[held.variable], self.domain.variables[held.variable]
        return held.seen[value] if held.seen else float(v.row(value)[0])


def table_of(model: Any, domain: Domain, folder: Path | None = None) -> Table:
    """The columns of a file with several inputs, or of the single one of a file that changes them.

    Raises NetworkError where an input, or a column of
    it, is no variable of the domain, or of another type.
    """
    tensors = {t.name: t for t in model.graph.initializer}
    given = [i for i in model.graph.input if i.name not in tensors]
    if len(given) == 1:
        inputs = {given[0].name: _every_column(given[0], domain)}
    else:
        inputs = {i.name: _input(i, domain, given) for i in given}
    taken = [columns.held[0].variable for columns in inputs.values()]
    for i, variable in zip(given, taken, strict=True):
        if taken.count(variable) > 1:
            name = quoted(domain.variables[variable].name)
            refuse(f"input {quoted(i.name)}", f"another input is the variable {name} too")
    values = dict(inputs)
    done = set()
    for i, node in enumerate(model.graph.node):
        read = [name for name in node.input if name and name not in tensors]
        known = node.domain in ("", "ai.onnx", "ai.onnx.ml") and node.op_type in OPERATORS
        if not known or not read or not all(name in values for name in read):
            continue
        if len(node.output) != 1 or node.output[0] in values:
            refuse(place_of(node, i), "its output is defined twice: damaged file")
        step = Step(place_of(node, i), node, domain, tensors)
        values[node.output[0]] = OPERATORS[node.op_type](step, [values[n] for n in read])
        done.add(i)
    return Table(domain, inputs, frozenset(done), values)


def encodes(model: Any) -> bool:
    """Whether a file with a single input encodes columns of it as categories, or has trees test
    columns that it scaled, or changed otherwise, before."""
    before = {node.op_type for node in _before(model)}
    if before & {"OneHotEncoder", "LabelEncoder"}:
        return True
    return bool(before - {"Cast", "Identity"}) and any(n.op_type in TREES for n in model.graph.node)


def _before(model: Any) -> list[Any]:
    """The nodes from the input on that go column by column, each behind such alone."""
    tensors = {t.name for t in model.graph.initializer}
    reached = {i.name for i in model.graph.input} - tensors
    found = []
    for node in model.graph.node:
        read = [name for name in node.input if name and name not in tensors]
        if read and node.op_type in OPERATORS and all(name in reached for name in read):
            reached |= {*node.output}
            found.append(node)
    return found


def _every_column(given: Any, domain: Domain) -> Columns:
    """All variables of a domain, as the columns of a single input."""
    dims = [d.dim_value for d in given.type.tensor_type.shape.dim]
    where, many = f"input {quoted(given.name)}", len(domain.variables)
    if len(dims) != 2 or dims[1] != many:
        shown = dims[1] if len(dims) == 2 and dims[1] else "unknown"
        refuse(
            where,
            "the file encodes or scales its columns itself, so each is a variable of the domain, "
            f"in their order: its columns are {shown}, the variables {many}",
        )
    kind = given.type.tensor_type.elem_type
    parts = [_column(domain, at, kind, where) for at in range(many)]
    return Columns(tuple(parts), kind)


def _input(given: Any, domain: Domain, others: Sequence[Any]) -> Columns:
    """The variable that an input is, as its one column."""
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
    return Columns((_column(domain, at, kind, f"input {quoted(name)}"),), kind)


def _column(domain: Domain, at: int, kind: int, where: str) -> Held:
    """A variable as a column of that type."""
    v, held = domain.variables[at], raw(domain, at)
    if any(x is None for x in held.seen):
        refuse(where, "its variable may be missing: give the fitted pipeline itself in Python")
    if kind == _TEXT:
        if held.weights:
            refuse(where, "it takes texts, and its variable is a number: make it categories")
        return held
    if kind not in (_FLOAT, _DOUBLE, *_WHOLE, _TRUTH):
        read = "float, double, int64, bool and string are read"
        refuse(where, f"it is of type {type_name(kind)}: {read}")
    if not held.weights:
        held = _numbers(domain, held, where)
    if kind == _TRUTH and not (held.seen and {*held.seen} <= {0, 1}):
        refuse(where, "it takes truth values, and its variable has others: export it with floats")
    if kind in _WHOLE and not _are_whole(v, held):
        refuse(where, "it takes whole numbers, and its variable has others: export it with floats")
    if kind == _FLOAT and held.seen:
        held = replace(held, seen=tuple(float(np.float32(x)) for x in held.seen))
    return held


def _are_whole(v: Any, held: Held) -> bool:
    if held.seen:
        return all(float(x).is_integer() and abs(x) < 2**53 for x in held.seen)
    return bool(
        isinstance(v, Ranged)
        and v.whole
        and all(
            v.number(i).denominator == 1 and abs(v.number(i)) < 2**53 for i in (0, 1, v.count - 1)
        )
    )


def _numbers(domain: Domain, held: Held, where: str) -> Held:
    """Categories that are called by numbers, as these."""
    try:
        return lookup(domain, held, [float(text) for text in held.seen], where)
    except ValueError:
        refuse(where, f"it takes numbers, and {quoted(domain.variables[held.variable].name)} texts")
