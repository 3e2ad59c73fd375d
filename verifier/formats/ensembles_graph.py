"""The graph around a tree ensemble of ONNX: the whole of it must be input, ensemble, class.

Between may stand only what keeps the class: Identity, casts of the input (their rounding goes into
the thresholds) and of labels, and one ArgMax of an ensemble's numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import onnx

from verifier.formats.tree_graph import cast_to, is_operator, where_of
from verifier.model.errors import EnsembleError, quoted

OPERATORS = ("TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble")
_ML = "ai.onnx.ml"


def check_whole(model: Any) -> None:
    """Refuse what would give the graph's nodes another meaning."""
    if model.functions or model.graph.sparse_initializer:
        raise EnsembleError("the file defines functions, or has sparse constants: export it again")
    versions = {o.version for o in model.opset_import if o.domain == _ML}
    if len(versions) != 1 or not 1 <= max(versions) <= 5:
        found = sorted(versions) or "missing"
        raise EnsembleError(f"its version of {_ML} is {found}: 1 to 5 are read")
    newest = max(versions)
    for node in model.graph.node:
        if node.op_type not in OPERATORS:
            continue
        if (node.op_type == "TreeEnsemble") != (newest >= 5):
            raise EnsembleError(f"{node.op_type} does not exist in {_ML} {newest}: export it again")
        held = onnx.defs.get_schema(node.op_type, newest, _ML).attributes
        for attribute in node.attribute:
            if attribute.name not in held or attribute.type != held[attribute.name].type.value:
                raise EnsembleError(
                    f"{node.op_type} has the attribute {quoted(attribute.name)}, which is unknown "
                    f"in {_ML} {newest} or of another type"
                )


def answer_of(graph: Any, makers: Mapping[str, int]) -> tuple[str, int, int, bool]:
    """The output that says the class: its name, the ensemble, which of its outputs, by ArgMax?"""
    labels: list[tuple[str, int, int, bool]] = []
    numbers: list[tuple[str, int, int, bool]] = []
    problems: list[EnsembleError] = []
    for output in graph.output:
        try:
            at, slot, largest = _source(graph, makers, output.name)
        except EnsembleError as problem:
            problems.append(problem)
            continue
        is_label = largest or (slot == 0 and graph.node[at].op_type == OPERATORS[0])
        (labels if is_label else numbers).append((output.name, at, slot, largest))
    if len({at for _, at, _, _ in (*labels, *numbers)}) > 1:
        raise EnsembleError("its outputs come from several ensembles: export one model")
    numbers = [n for n in numbers if graph.node[n[1]].op_type != OPERATORS[0]]
    if len(labels) == 1:
        return labels[0]
    if problems:
        raise _joined(graph) or problems[0]
    if labels or len(numbers) != 1:
        raise EnsembleError(
            f"{len(labels)} of its outputs are labels and {len(numbers)} numbers: export the "
            "label, or the numbers alone"
        )
    return numbers[0]


def _joined(graph: Any) -> EnsembleError | None:
    """Why a graph of several ensembles is not read, as skl2onnx writes AdaBoost, bagging, votes."""
    count = sum(any(is_operator(node, own) for own in OPERATORS) for node in graph.node)
    if count < 2:
        return None
    rounds = [f"{x} rounds" for x in ("Exp", "Log") if any(is_operator(n, x) for n in graph.node)]
    why = f" ({' and '.join(rounds)} as each runtime likes)" if rounds else ""
    return EnsembleError(
        f"it joins the answers of {count} tree ensembles by nodes that are not read{why}: give the "
        "scikit-learn model itself (AdaBoost, bagging and votes of trees are read exactly)"
    )


def _source(graph: Any, makers: Mapping[str, int], name: str) -> tuple[int, int, bool]:
    """The ensemble that an output comes from, its output there, and whether by ArgMax."""
    wanted, largest, before = quoted(name), False, len(graph.node)
    while True:
        at = makers.get(name, -1)
        if not 0 <= at < before:
            raise EnsembleError(f"the output {wanted} does not come from a tree ensemble")
        before, node = at, graph.node[at]
        if any(is_operator(node, operator) for operator in OPERATORS):
            return at, list(node.output).index(name), largest
        if is_operator(node, "Cast"):
            _check_cast(graph, node, at, wanted)
        elif is_operator(node, "ArgMax"):
            _check_largest(node, at, largest)
            largest = True
        elif not (is_operator(node, "Identity") or is_operator(node, "ZipMap")):
            raise EnsembleError(
                f"{where_of(node, at)}: it stands between the ensemble and the output {wanted}: "
                "only Identity, Cast and ArgMax may stand there"
            )
        if len(node.input) != 1 or len(node.output) != 1:
            raise EnsembleError(f"{where_of(node, at)}: it has several inputs or outputs")
        name = node.input[0]


def _check_cast(graph: Any, node: Any, at: int, wanted: str) -> None:
    """Only a cast of labels to a type that holds all of them."""
    to = cast_to(node, at)
    if to not in (onnx.TensorProto.INT64, onnx.TensorProto.INT32):
        raise EnsembleError(
            f"{where_of(node, at)}: it casts what the output {wanted} is: only a cast of labels to "
            "int64 or int32 may stand there"
        )
    for source in graph.node:
        if list(node.input) and node.input[0] in source.output and source.op_type in OPERATORS[1:]:
            raise EnsembleError(f"{where_of(node, at)}: it cuts numbers to integers: leave it out")


def _check_largest(node: Any, at: int, again: bool) -> None:
    held = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    if again or held.get("axis", 0) not in (1, -1) or held.get("select_last_index", 0):
        raise EnsembleError(
            f"{where_of(node, at)}: it is not the first of the largest of a row's numbers (axis=1)"
        )
