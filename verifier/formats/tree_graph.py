"""Trees from ONNX files: the whole graph must be input, TreeEnsembleClassifier, label.

Between them may stand only what provably keeps the answer: Identity, casts of the input (their
rounding goes into the thresholds) and casts of the label that lose no label. The scores may be an
output too. Every other node that an output needs is refused by name: a Scaler before the ensemble,
or ``1 - label`` after it, makes another classifier of it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, helper

from verifier.formats.onnx_model import inputs_words
from verifier.formats.onnx_tensors import type_name
from verifier.formats.runtime import alone
from verifier.formats.tree_ensemble import NUMPY, tree_of_node
from verifier.formats.tree_runtime import TreeModel, compare_tree
from verifier.model.errors import TreeError, quoted
from verifier.model.tree import Inner, Tree
from verifier.reading.files import read_bytes

_ML = "ai.onnx.ml"
_NEWEST_ML = 4
"""The operator is deprecated in later operator sets, and runtimes drop it."""
_OTHERS = {
    "TreeEnsembleRegressor": "it gives numbers, not classes: export a classifier",
    "TreeEnsemble": "export a TreeEnsembleClassifier (ai.onnx.ml 1 to 4), or the tree as JSON",
}
_CHANGING = "only Identity and Cast may stand there: export the tree alone"


def read_tree_onnx(path: str | os.PathLike[str]) -> Tree:
    """The tree in an ONNX file with one TreeEnsembleClassifier of one tree. Raises TreeError."""
    name = quoted(path, 200)
    data = read_bytes(path, "tree", TreeError)
    try:
        model = onnx.load_model_from_string(data)
    except (DecodeError, ValueError):
        raise TreeError(f"{name} is not a tree file (JSON or ONNX): check the path") from None
    return tree_from_onnx(model, name)


def tree_from_onnx(model: Any, name: str = "the ModelProto") -> Tree:
    """The tree of an ``onnx.ModelProto``, which errors call ``name``. Raises TreeError."""
    if not any(n.op_type in ("TreeEnsembleClassifier", *_OTHERS) for n in model.graph.node):
        raise TreeError(
            f"{name} has 0 TreeEnsembleClassifier nodes, not one: the teacher (ONNX) comes first, "
            "then the tree"
        )
    try:
        read = tree_of_model(model)
        compare_tree(alone(model, read.label), read, name)
    except TreeError as problem:
        raise TreeError(f"{name}: {problem}") from None
    return read.tree


def tree_of_model(model: Any) -> TreeModel:
    """What the whole graph of ``model`` is; raises TreeError naming the node in the way."""
    _check_whole(model)
    graph = model.graph
    given = {t.name for t in graph.initializer}
    inputs = [i for i in graph.input if i.name not in given]
    if len(inputs) != 1:
        raise TreeError(f"the model has {inputs_words(inputs)}")
    makers: dict[str, int] = {}
    for i, node in enumerate(graph.node):
        for name in node.output:
            if name and (name in makers or name in given or name == inputs[0].name):
                refuse_node(node, i, f"its output {quoted(name)} is defined twice: damaged file")
            makers[name] = i
    label, at = _outputs(graph, makers)
    node = graph.node[at]
    _check_version(model, node, at)
    _check_zipped(graph, node)
    types = input_types(graph, makers, at, inputs[0])
    columns, batch = shape_of(inputs[0])
    try:
        tree = tree_of_node(node, types, columns)
    except TreeError as problem:
        raise TreeError(f"{where_of(node, at)}: {problem}") from None
    _check_label_casts(graph, makers, label, node)
    tested = [n.column for n in tree.nodes if isinstance(n, Inner)]
    wide = columns or 1 + max(tested, default=0)
    return TreeModel(tree, wide, batch, label)


def _check_whole(model: Any) -> None:
    """Refuse what would give the graph's nodes another meaning."""
    if model.functions:
        name = quoted(model.functions[0].name)
        raise TreeError(f"the file defines its own function {name}: inline it before saving")
    if model.graph.sparse_initializer:
        raise TreeError("the file has sparse constants: a tree needs none")
    versions = {o.version for o in model.opset_import if o.domain == _ML}
    if len(versions) != 1 or not 1 <= max(versions) <= _NEWEST_ML:
        raise TreeError(
            f"its version of {_ML} is {sorted(versions) or 'missing'}: "
            f"export the tree with {_ML} 1 to {_NEWEST_ML}"
        )


def _check_version(model: Any, node: Any, position: int) -> None:
    """Refuse attributes that this version of the operator does not have."""
    version = next(o.version for o in model.opset_import if o.domain == _ML)
    known = onnx.defs.get_schema("TreeEnsembleClassifier", version, _ML).attributes
    for attribute in node.attribute:
        if attribute.name not in known:
            name = quoted(attribute.name)
            refuse_node(node, position, f"its attribute {name} does not exist in {_ML} {version}")


def _check_zipped(graph: Any, ensemble: Any) -> None:
    """Refuse a ZipMap that calls the scores otherwise than the ensemble calls its classes."""
    own = [list(a.ints) for a in ensemble.attribute if a.name == "classlabels_int64s"]
    for i, node in enumerate(graph.node):
        if is_operator(node, "ZipMap"):
            stated = [list(a.ints) for a in node.attribute if a.name == "classlabels_int64s"]
            if stated != own:
                refuse_node(node, i, "its class labels are not those of the ensemble")


def where_of(node: Any, position: int) -> str:
    """What an error calls a node: by its name or its place, and its operator."""
    name = quoted(node.name) if node.name else f"number {position}"
    return f"node {name} ({quoted(node.op_type)[1:-1]})"


def refuse_node(node: Any, position: int, problem: str) -> NoReturn:
    """Raise TreeError about a node."""
    raise TreeError(f"{where_of(node, position)}: {problem}")


def is_operator(node: Any, operator: str) -> bool:
    """Whether the node is that operator of its proper set."""
    is_ml = operator == "ZipMap" or operator.startswith("TreeEnsemble")
    domains = (_ML,) if is_ml else ("", "ai.onnx")
    return bool(node.op_type == operator and node.domain in domains)


def _outputs(graph: Any, makers: Mapping[str, int]) -> tuple[str, int]:
    """The output that is the label, and the ensemble's position, which every output comes from."""
    labels: list[str] = []
    found: set[int] = set()
    for output in graph.output:
        at, slot = _source(graph, makers, output.name)
        found.add(at)
        if slot == 0:
            labels.append(output.name)
    if len(found) != 1:
        raise TreeError(f"its outputs come from {len(found)} ensembles, not one: export one tree")
    at = found.pop()
    if len(labels) != 1:
        refuse_node(
            graph.node[at],
            at,
            f"its label is {len(labels)} of the model's outputs, not one: export the label, which "
            "says how scores become a class",
        )
    return labels[0], at


def _source(graph: Any, makers: Mapping[str, int], name: str) -> tuple[int, int]:
    """The ensemble that an output comes from, and which of the ensemble's outputs it is."""
    wanted = quoted(name)
    zipped: int | None = None
    before = len(graph.node)
    while True:
        at = makers.get(name, -1)
        if at < 0:
            raise TreeError(f"the output {wanted} does not come from a TreeEnsembleClassifier")
        node = graph.node[at]
        if at >= before:
            refuse_node(node, at, "it comes after a node that reads it: damaged file")
        before = at
        if is_operator(node, "TreeEnsembleClassifier"):
            slot = list(node.output).index(name)
            if slot > 1 or (zipped is not None and slot == 0):
                refuse_node(node, at, f"the output {wanted} is not its label or its scores")
            return at, slot
        if is_operator(node, "ZipMap") and zipped is None:
            zipped = at
        elif not (is_operator(node, "Identity") or is_operator(node, "Cast")):
            if node.op_type in _OTHERS:
                refuse_node(node, at, _OTHERS[node.op_type])
            refuse_node(
                node, at, f"it stands between the tree and the output {wanted}: {_CHANGING}"
            )
        if len(node.input) != 1 or len(node.output) != 1:
            refuse_node(node, at, "it has more than one input or output: damaged file")
        name = node.input[0]


def cast_to(node: Any, position: int) -> int:
    """The type that a Cast casts to."""
    to = [a.i for a in node.attribute if a.name == "to" and a.type == onnx.AttributeProto.INT]
    if len(to) != 1 or any(a.ref_attr_name for a in node.attribute):
        refuse_node(node, position, "it does not say what it casts to: damaged file")
    return int(to[0])


def input_types(graph: Any, makers: Mapping[str, int], at: int, given: Any) -> list[int]:
    """The element types of the input on its way to the ensemble: its own, then its casts'."""
    casts: list[int] = []
    node, before = graph.node[at], at
    if len(node.input) != 1:
        refuse_node(node, at, f"it has {len(node.input)} inputs: damaged file")
    name = node.input[0]
    while name != given.name:
        i = makers.get(name, -1)
        if i < 0:
            refuse_node(node, at, f"it does not read the model's input but {quoted(name)}")
        node = graph.node[i]
        if i >= before:
            refuse_node(node, i, "it comes after a node that reads it: damaged file")
        before = i
        if is_operator(node, "Cast"):
            to = cast_to(node, i)
            if to not in (TensorProto.FLOAT, TensorProto.DOUBLE):
                refuse_node(
                    node, i, f"it casts the input to {type_name(to)}: only float and double may be"
                )
            casts.append(to)
        elif not is_operator(node, "Identity"):
            refuse_node(node, i, f"it changes the input before the tree: {_CHANGING}")
        if len(node.input) != 1 or len(node.output) != 1:
            refuse_node(node, i, "it has more than one input or output: damaged file")
        name = node.input[0]
    kind = given.type.tensor_type.elem_type
    if kind not in NUMPY:
        raise TreeError(
            f"its input {quoted(given.name)} has type {type_name(kind)}: "
            "it must be float, double, int64 or int32"
        )
    return [kind, *reversed(casts)]


def shape_of(given: Any) -> tuple[int | None, int | None]:
    """The input's columns, and its number of rows if that is fixed; None where not declared."""
    tensor = given.type.tensor_type
    if not tensor.HasField("shape"):
        return None, None
    dims = tensor.shape.dim
    if len(dims) != 2 or any(d.dim_value < 0 for d in dims):
        raise TreeError(f"its input {quoted(given.name)} is not of shape [N, columns]")
    return dims[1].dim_value or None, dims[0].dim_value or None


def _check_label_casts(graph: Any, makers: Mapping[str, int], name: str, ensemble: Any) -> None:
    """Refuse a cast of the label that is not one number for each label."""
    labels = next(a.ints for a in ensemble.attribute if a.name == "classlabels_int64s")
    numbers = np.array(labels, np.int64)
    while (node := graph.node[makers[name]]) is not ensemble and not is_operator(
        node, "TreeEnsembleClassifier"
    ):
        if is_operator(node, "Cast"):
            to = cast_to(node, makers[name])
            known = to in TensorProto.DataType.values() and to not in (0, TensorProto.STRING)
            cast = numbers.astype(helper.tensor_dtype_to_np_dtype(to)) if known else None
            if cast is None or not np.array_equal(cast.astype(np.float64), numbers):
                refuse_node(node, makers[name], f"its cast to {type_name(to)} changes the labels")
        name = node.input[0]
