"""ONNX networks, from files and from objects.

One float input [N, columns], one float output [N, 1] or [N, classes] or a label for each row (then
other outputs may stand beside it), and the operators of ``OPERATORS`` and ``ML_OPERATORS``.
Everything else is refused, naming the node. Operator semantics: the ONNX operator specification,
opset 7 and later, over the real numbers.
"""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import onnx

from verifier.formats.graph import (
    ConstantValue,
    Graph,
    Integers,
    Probability,
    Signal,
    Value,
    refuse,
)
from verifier.formats.heads import NOTHING, Asked, conclude
from verifier.formats.onnx_call import OnnxCall
from verifier.formats.onnx_classes import ML_OPERATORS, Named, zipped
from verifier.formats.onnx_followed import continued, shared_integers
from verifier.formats.onnx_gelu import with_gelu
from verifier.formats.onnx_model import (
    OLDEST,
    checked_model,
    inputs_words,
    model_bytes,
    needed_nodes,
    place_of,
    producers_of,
)
from verifier.formats.onnx_operators import OPERATORS
from verifier.formats.onnx_outputs import beside, certified_output, stated_classes
from verifier.formats.onnx_qlinear import MICROSOFT
from verifier.formats.onnx_quantised_windows import (
    MOVING,
    as_floats,
    continued_windows,
    marked,
    moved,
)
from verifier.formats.onnx_softplus import with_softplus
from verifier.formats.onnx_tables import Table
from verifier.formats.onnx_tensors import FLOATS, read_tensor, type_name
from verifier.formats.outputs import split_output
from verifier.formats.runtime import Session, Unusable, alone, is_installed, note
from verifier.formats.unsupported import unsupported
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError, NetworkError, quoted
from verifier.model.network import Network


def load_onnx(given: Any, asked: Asked = NOTHING) -> Network:
    """The network in an ONNX file, or in an ``onnx.ModelProto`` that holds its own weights.

    Its output is read as ``asked``. Raises NetworkError with one line: file, node, remedy.
    """
    data = model_bytes(given)
    try:
        model = checked_model(data)
        teacher, read = _teacher(model, Path(given).parent if _is_path(given) else None, asked)
        _compare(model, data, given, teacher, read)
        return teacher
    except LeafproofError as problem:
        raise NetworkError(f"{_named(given)}: {problem}") from None


def _is_path(given: Any) -> bool:
    return isinstance(given, str | os.PathLike)


def _named(given: Any) -> str:
    return quoted(given, 200) if _is_path(given) else "the ModelProto"


@dataclass(frozen=True, eq=False)
class _Read:
    """What was read of the graph: its layers before they are merged, and the output they give."""

    graph: Graph
    output: str
    result: Value | None
    needed: tuple[int, ...]


def network_over(model: Any, folder: Path | None, table: Table, asked: Asked) -> Network:
    """The network of a file with several inputs, over a domain's columns. Raises NetworkError."""
    return _teacher(model, folder, asked, table)[0]


def _teacher(
    model: Any, folder: Path | None, asked: Asked, table: Table | None = None
) -> tuple[Network, _Read]:
    if len({t.name for t in model.graph.initializer}) != len(model.graph.initializer):
        raise NetworkError("two of its weights have the same name: damaged file")
    whole = model.graph
    model, notes = _with_functions(model)
    tensors = {t.name: t for t in model.graph.initializer}
    graph, given = _input(model.graph, tensors) if table is None else _columns(model, table)
    graph.notes += notes
    main = certified_output(model.graph)
    named = set(given) if table is None else set(table.inputs)
    producers = producers_of(model.graph, {*named, *tensors})
    versions = [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")]
    opset = versions[0] if versions else OLDEST
    values: dict[str, Value | Named | None] = {"": None, **given}

    done: set[int] = set() if table is None else set(table.done)
    readers: dict[str, set[str]] = {}
    for node in model.graph.node:
        for read in node.input:
            readers.setdefault(read, set()).add(node.op_type)
    shared = shared_integers(model.graph)

    def computed(output: str) -> Value | Named | None:
        for i in needed_nodes(model.graph, producers, output):
            node = model.graph.node[i]
            if i in done:
                continue
            done.add(i)
            where = place_of(node, i)
            inputs = [_lookup(values, tensors, folder, n, where) if n else None for n in node.input]
            following = frozenset[str]().union(*(readers.get(o, ()) for o in node.output))
            plain = _plain(inputs, where)
            several = not shared.isdisjoint(node.output)
            call = OnnxCall(where, node, opset, plain, folder, graph, following, several)
            found = _apply(graph, call)
            results = found if isinstance(found, tuple) else (found,)
            pairs = zip(node.output, results, strict=False)
            values.update((name, value) for name, value in pairs if name)
        return _lookup(values, tensors, folder, output, f"output {quoted(output)}")

    where = f"output {quoted(main.name)}"
    result = computed(main.name)
    if isinstance(result, Integers):
        refuse(where, f"it is of type {result.kind}: end the graph with a DequantizeLinear")
    if isinstance(result, Named):
        refuse(where, "it is a list of scores by label: keep the label as an output, too")
    _check_output(main, result)
    if len(model.graph.output) > 1:
        others = [o.name for o in model.graph.output if o.name != main.name]
        beside(graph, main.name, result, others, computed)
    names, shown = stated_classes(model)
    layers = list(graph.layers)  # what is read, without what the head adds
    teacher = conclude(graph, result, where, asked, names, shown)
    needed = tuple(needed_nodes(whole, producers, main.name))
    return teacher, _Read(replace(graph, layers=layers), main.name, result, needed)


def _with_functions(model: Any) -> tuple[Any, list[str]]:
    """The model with functions in place of what spells them out, and notes of that: a copy, as
    what it is compared with is the model itself."""
    if not any(node.op_type in ("Tanh", "Where") for node in model.graph.node):
        return model, []
    model = copy.deepcopy(model)
    return model, with_softplus(model.graph) + with_gelu(model.graph)


def _compare(model: Any, data: bytes, given: Any, teacher: Network, read: _Read) -> None:
    """Hold what was read against onnxruntime's answers at some points; raises NetworkError."""
    if not is_installed() or read.result is None:
        return
    from verifier.formats import network_runtime as runtime

    try:
        session = Session(_runnable(model, data, given, read), read.graph.batch)
        rows = runtime.rows_for(read.graph.layers)
        points = runtime.random_points(teacher.columns, rows, session.dtype)
        layers = read.graph.layers
        theirs = runtime.compare_values(
            session, read.output, layers, read.result, teacher.executed, points
        )
    except Unusable as problem:
        note(_named(given), problem)
        return
    runtime.compare_classes(teacher, theirs, points, session.dtype)


def compare_on_domain(given: Any, teacher: Network, domain: Domain) -> None:
    """Hold the network read by ``load_onnx`` against onnxruntime at random points of a domain.

    Raises NetworkError where a class differs that rounding cannot change.
    """
    if not is_installed():
        return
    from verifier.formats import network_runtime as runtime

    data = model_bytes(given)
    model = checked_model(data)
    output = certified_output(model.graph).name
    needed = tuple(needed_nodes(model.graph, producers_of(model.graph, set()), output))
    graph, _ = _input(model.graph, {t.name: t for t in model.graph.initializer})
    rows = runtime.domain_points(domain, runtime.rows_for(teacher.layers))
    try:
        read = _Read(graph, output, None, needed)
        session = Session(_runnable(model, data, given, read), graph.batch)
        points = runtime.typed(rows, session.dtype)
        theirs = session.run(output, points)
    except Unusable:
        return  # said when the file was read
    try:
        runtime.compare_classes(teacher, theirs, points, session.dtype, of_the_domain=True)
    except NetworkError as problem:
        raise NetworkError(f"{_named(given)}: {problem}") from None


def _runnable(model: Any, data: bytes, given: Any, read: _Read) -> bytes | str | os.PathLike[str]:
    """The model without what its one output does not need, which might take any amount of work."""
    whole = len(read.needed) == len(model.graph.node) and len(model.graph.output) == 1
    if any(t.data_location == onnx.TensorProto.EXTERNAL for t in model.graph.initializer):
        if not whole:
            raise Unusable("it keeps weights in another file, and has nodes beside the network")
        return split_output(given)[0]  # a path, as a ModelProto holds its weights
    if whole:
        return data
    return alone(model, read.output)


def _plain(inputs: Sequence[Value | Named | None], where: str) -> list[Value | None]:
    """The inputs of a node, none of which may be a ZipMap's."""
    plain = [x for x in inputs if not isinstance(x, Named)]
    if len(plain) < len(inputs):
        refuse(where, "it follows a ZipMap, which is supported only as an output")
    return plain


def _columns(model: Any, table: Table) -> tuple[Graph, dict[str, Signal]]:
    """The graph to fill, and what other nodes read of the columns of a file's several inputs."""
    graph = Graph(table.domain.columns)
    others = [n for i, n in enumerate(model.graph.node) if i not in table.done]
    read = {name for node in others for name in node.input} | {o.name for o in model.graph.output}
    graph.execute(FLOATS[onnx.TensorProto.FLOAT])
    return graph, dict(table.signals(graph, sorted(read.intersection(table.values))))


def _input(graph: Any, tensors: Mapping[str, Any]) -> tuple[Graph, dict[str, Signal]]:
    """The graph to fill, and the one input that is not a constant by its name."""
    inputs = [i for i in graph.input if i.name not in tensors]
    if len(inputs) != 1:
        raise NetworkError(f"the network has {inputs_words(inputs)}")
    name = quoted(inputs[0].name)
    kind = inputs[0].type
    if not kind.HasField("tensor_type") or kind.tensor_type.elem_type not in FLOATS:
        found = type_name(kind.tensor_type.elem_type)
        raise NetworkError(f"input {name} has type {found}: it must be a float tensor")
    dims = kind.tensor_type.shape.dim
    row = tuple(d.dim_value for d in dims[1:])
    if not kind.tensor_type.HasField("shape") or not row or min(row) < 1:
        shown = ", ".join(str(d.dim_value or quoted(d.dim_param or "?")) for d in dims)
        raise NetworkError(
            f"input {name} has shape [{shown}]: it must be [N, columns], columns a known number, "
            "or [N, channels, height, width] or the like"
        )
    result = Graph(math.prod(row), dims[0].dim_value or None, row)
    if len(row) > 1:
        result.note(
            f"the input's rows have shape {list(row)}: its columns are their numbers in order, "
            "the last axis running fastest"
        )
    result.execute(FLOATS[kind.tensor_type.elem_type])
    return result, {inputs[0].name: result.input}


def _lookup(
    values: dict[str, Value | Named | None],
    tensors: Mapping[str, Any],
    folder: Path | None,
    name: str,
    where: str,
) -> Value | Named | None:
    if name not in values:
        if name not in tensors:
            refuse(where, f"it reads {quoted(name)}, which nothing before it provides")
        values[name] = read_tensor(tensors[name], folder, f"weights {quoted(name)}")
    return values[name]


def _apply(graph: Graph, call: OnnxCall) -> Value | Named | tuple[Value | None, ...] | None:
    node = call.node
    if node.domain == "ai.onnx.ml" and node.op_type == "ZipMap" and len(call.inputs) == 1:
        return zipped(call)
    known = _DOMAINS.get(node.domain, {})
    if node.op_type not in known:
        own = node.domain in ("", "ai.onnx")
        name = quoted(node.op_type)
        name += "" if own else f" of the operator set {quoted(node.domain)}"
        supported = f"{', '.join(sorted(OPERATORS))}, and of ai.onnx.ml "
        supported += ", ".join(sorted(ML_OPERATORS))
        refuse(call.where, f"the operator {name} {unsupported(node.op_type, supported)}")
    operator = known[node.op_type]
    for attribute in node.attribute:
        if attribute.name not in operator.attributes or attribute.ref_attr_name:
            refuse(call.where, f"its attribute {quoted(attribute.name)} is not supported")
    if not operator.inputs[0] <= len(call.inputs) <= operator.inputs[1] or not node.output:
        refuse(call.where, f"it has {len(call.inputs)} inputs: damaged file")
    if any(value is None for value in call.inputs[: operator.inputs[0]]):
        refuse(call.where, "one of its inputs is left out: damaged file")
    if node.op_type not in ("Cast", "Identity"):
        for value in call.inputs:
            graph.execute(value.kind if isinstance(value, ConstantValue) else "")
    x = call.given(0)
    if node.op_type in MOVING and isinstance(x, Integers):
        put = operator.apply(graph, as_floats(call, x))
        return moved(put, x) if isinstance(put, Signal) else put
    made = operator.apply(graph, call)
    if isinstance(made, tuple):
        return made
    return marked(graph, call, continued_windows(graph, call, continued(graph, call, made)))


_DOMAINS = {
    "": OPERATORS,
    "ai.onnx": OPERATORS,
    "ai.onnx.ml": ML_OPERATORS,
    "com.microsoft": MICROSOFT,
}


def _check_output(declared: Any, result: Value | None) -> None:
    """The declared type and width, where given, must be what the network computes."""
    if not isinstance(result, Signal | Probability):
        return
    name = quoted(declared.name)
    kind = declared.type.tensor_type
    if kind.elem_type and kind.elem_type not in FLOATS:
        raise NetworkError(f"output {name} has type {type_name(kind.elem_type)}: it must be float")
    if not kind.HasField("shape"):
        return
    dims = [d.dim_value for d in kind.shape.dim]
    width = result.width if isinstance(result, Signal) else len(result.columns)
    if width == 1 and len(dims) == 1:
        return
    if len(dims) != 2 or dims[1] not in (0, width):
        raise NetworkError(
            f"output {name} is declared with shape {dims} but the network computes "
            f"[N, {width}]: export it again"
        )
