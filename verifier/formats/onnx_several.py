"""ONNX files of a table's columns, read over a domain: networks, and ensembles of trees.

They have several inputs, or encode columns of one as categories.

What is read is held against onnxruntime at points of the domain, given as the file takes them.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from verifier.formats.chains import MOST_NODES, Chains
from verifier.formats.cuts import Cut, cuts_of
from verifier.formats.ensembles_graph import OPERATORS
from verifier.formats.ensembles_onnx import ensemble_from_onnx
from verifier.formats.heads import Asked
from verifier.formats.network_runtime import compare_classes
from verifier.formats.onnx import network_over
from verifier.formats.onnx_model import checked_model, model_bytes
from verifier.formats.onnx_outputs import certified_output
from verifier.formats.onnx_tables import Table, encodes, table_of
from verifier.formats.runtime import (
    Floats,
    Unusable,
    alone,
    first_line,
    is_installed,
    library,
    note,
    quiet_options,
    runtime_errors,
)
from verifier.formats.runtime_classes import runtime_classes
from verifier.formats.sklearn_check import drawn
from verifier.formats.sklearn_columns import Held
from verifier.formats.words import few
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble, Member
from verifier.model.errors import EnsembleError, LeafproofError, NetworkError, TreeError, quoted
from verifier.model.floats import nearest
from verifier.model.network import Network
from verifier.model.tree import Inner

_SINGLE: deque[tuple[Any, ...]] = deque(maxlen=8)
"""Files that are none of a table when they were looked at, lately: their size and time then."""


def of_a_table(source: Any) -> Any:
    """The ONNX model of a file or object that reads a table's columns; else None."""
    seen: tuple[Any, ...] | None = None
    if isinstance(source, str | os.PathLike):
        try:
            if not Path(source).is_file():
                return None  # nobody may ever write into a pipe
            with Path(source).open("rb") as file:
                if file.read(1) != b"\x08":
                    return None
                stat = os.fstat(file.fileno())
        except (OSError, ValueError):
            return None  # which is said where it is read
        seen = stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns
        if seen in _SINGLE:
            return None
    elif type(source).__name__ != "ModelProto":
        return None
    try:
        model = checked_model(model_bytes(source))
    except NetworkError:
        return None
    tensors = {t.name for t in model.graph.initializer}
    if sum(i.name not in tensors for i in model.graph.input) > 1 or encodes(model):
        return model
    if seen is not None:
        _SINGLE.append(seen)
    return None


def folder_of(source: Any) -> Path | None:
    """Where the weights of a file lie that are in files beside it."""
    return Path(source).parent if isinstance(source, str | os.PathLike) else None


def model_over(model: Any, source: Any, domain: Domain, asked: Asked) -> Network | Ensemble:
    """The network or ensemble in a file of a table's columns, over a domain's.

    Raises NetworkError or EnsembleError with one line.
    """
    folder = folder_of(source)
    name = "the ModelProto" if folder is None else quoted(source, 200)
    kind: type[LeafproofError] = NetworkError
    try:
        table = table_of(model, domain, folder)
        trees = [n for n in model.graph.node if n.op_type in OPERATORS]
        if trees:
            kind = EnsembleError
            made: Network | Ensemble = _trees(model, table, trees[0], asked, name)
        else:
            made = network_over(model, folder, table, asked)
        _compare(model, table, made, name)
    except LeafproofError as problem:
        raise kind(f"{name}: {str(problem).removeprefix(f'{name}: ')}") from None
    return made


def _trees(model: Any, table: Table, first: Any, asked: Asked, name: str) -> Ensemble:
    """What is left behind the columns, an ensemble of its own, folded to the domain's columns."""
    (read,) = first.input
    columns = table.values.get(read)
    if columns is None:
        raise EnsembleError(
            f"what makes {quoted(read)} is not followed column by column: give the fitted pipeline "
            "itself in Python, with the domain"
        )
    left = type(model)()
    left.CopyFrom(model)
    for field_ in (left.graph.node, left.graph.input):
        del field_[:]
    left.graph.node.extend(n for i, n in enumerate(model.graph.node) if i not in table.done)
    shape = ["N", len(columns.held)]
    left.graph.input.append(helper.make_tensor_value_info(read, columns.kind, shape))
    own = ensemble_from_onnx(left, asked, name)
    if columns.kind not in (TensorProto.FLOAT, TensorProto.DOUBLE):
        raise EnsembleError(f"its trees read numbers of type {columns.kind}: cast them to float")
    too_many = EnsembleError(
        f"a tree takes more than {MOST_NODES} tests of the domain's columns: make it shallower"
    )

    def cuts(node: Inner) -> tuple[list[Cut], bool]:
        return _cuts(table.domain, columns.held[node.column], node.threshold)

    members = tuple(Member(Chains(m.nodes, cuts, too_many).folded()) for m in own.members)
    return replace(own, columns=table.domain.columns, members=members)


def _cuts(domain: Domain, held: Held, limit: Fraction) -> tuple[list[Cut], bool]:
    """Cuts that tell which values of a column's variable are at most the threshold."""
    if held.after and not held.seen:
        name = quoted(domain.variables[held.variable].name)
        raise EnsembleError(f"{name} is scaled and has too many values to list: bin it")

    def goes_left(x: Any) -> bool:
        if not isinstance(x, float):
            raise TreeError("its trees test texts: encode them before")
        return Fraction(x) <= limit

    return cuts_of(domain, held, goes_left, (limit,))


def _compare(model: Any, table: Table, made: Network | Ensemble, name: str) -> None:
    """Hold the classes against onnxruntime's at points drawn from the domain."""
    if not is_installed():
        return
    points = drawn(table.domain)
    try:
        theirs = answers(model, table, points)
    except Unusable as problem:
        note(name, problem)
        return
    rows: Floats = np.array([[nearest(x) for x in table.domain.encode(p)] for p in points])
    if isinstance(made, Network):
        compare_classes(made, theirs, rows, np.float64)
        return
    found = runtime_classes(made, [theirs])
    for point, own in zip(points, found, strict=True):
        if made.class_at(table.domain.encode(point)) != own:
            words = few([f"{k} {v}" for k, v in table.domain.labels(point).items()])
            raise EnsembleError(
                f"onnxruntime answers class {own} where its trees say another ({words}): it was "
                "not read right; please report it"
            )


def answers(model: Any, table: Table, points: Sequence[Point]) -> Any:
    """The file's own answers at points, (N, 1) labels or (N, K) numbers. Raises Unusable."""
    output = certified_output(model.graph).name
    try:
        session = library().InferenceSession(
            alone(model, output), quiet_options(), providers=["CPUExecutionProvider"]
        )
        names = {i.name for i in session.get_inputs()}
        feeds = {name: x for name, x in table.feeds(points).items() if name in names}
        found = np.asarray(session.run([output], feeds)[0])
    except runtime_errors() as problem:
        raise Unusable(first_line(problem)) from None
    return found.reshape(len(points), -1)
