"""Tree ensembles in ONNX files, as onnxruntime decides: from the model's input to its class.

The class is a label that a TreeEnsembleClassifier gives, or the ArgMax of an ensemble's numbers, or
where a number is greater than a threshold. Between may stand only what keeps it: Identity, Cast.
Sums are in the order of the trees, as onnxruntime adds on one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from verifier.formats.ensembles_check import compare
from verifier.formats.ensembles_graph import answer_of, check_whole
from verifier.formats.ensembles_parts import constant, last_before, rescored
from verifier.formats.heads import NOTHING, Asked, label_names
from verifier.formats.onnx_ensemble import Trees, trees_of_node
from verifier.formats.onnx_model import inputs_words
from verifier.formats.runtime import Floats, Session, Unusable, alone, is_installed, note
from verifier.formats.tree_ensemble import tree_of_node
from verifier.formats.tree_graph import input_types, shape_of, where_of
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.errors import EnsembleError, TreeError, quoted
from verifier.model.head import Head
from verifier.model.tree import Inner, Leaf, Tree

THREADS = (
    "the trees are added in their order, as onnxruntime does on one thread; on several it adds "
    "parts of them, which may round otherwise"
)
POSITIVE = (
    "all its weights are positive, so onnxruntime answers class 1 where their sum is above 1/2, "
    "whatever the post_transform is"
)
WHOLE = (
    "members of sets are compared as the operator's definition says; onnxruntime does so for whole "
    "numbers, and cuts others"
)


def ensemble_from_onnx(model: Any, asked: Asked = NOTHING, name: str = "the model") -> Ensemble:
    """The ensemble that a whole ``onnx.ModelProto`` executes. Raises EnsembleError.

    It is compared with onnxruntime, where that is installed, around every threshold.
    """
    try:
        read = _read(model, asked)
    except TreeError as problem:
        raise EnsembleError(str(problem)) from None
    _compare(model, read, name)
    return read.ensemble


@dataclass(frozen=True)
class _Read:
    """The ensemble, the output that it stands for, the number of rows if that is fixed, and the
    columns in which onnxruntime agrees at whole numbers only."""

    ensemble: Ensemble
    output: str
    batch: int | None
    whole: frozenset[int]


def _read(model: Any, asked: Asked) -> _Read:
    graph = model.graph
    check_whole(model)
    given = {t.name for t in graph.initializer}
    inputs = [i for i in graph.input if i.name not in given]
    if len(inputs) != 1:
        raise EnsembleError(f"the model has {inputs_words(inputs)}")
    makers = {out: i for i, n in enumerate(graph.node) for out in n.output if out}
    output, at, slot, largest = answer_of(graph, makers)
    node = graph.node[at]
    types = input_types(graph, makers, at, inputs[0])
    columns, batch = shape_of(inputs[0])
    where = where_of(node, at)
    try:
        trees = trees_of_node(node, types)
        made = _ensemble(trees, node, types, columns, asked, slot == 0 and trees.labels is not None)
    except EnsembleError as problem:
        raise EnsembleError(f"{where}: {problem}") from None
    if made.outputs == 1 and largest:
        raise EnsembleError(f"{where}: ArgMax of one number is always 0: leave it out")
    if trees.labels is None and made.outputs > 1 and not largest and asked.kind is None:
        made = replace(made, head=Head("logit", None, "assumed"))
    return _Read(made, output, batch, trees.whole)


def _ensemble(
    trees: Trees, node: Any, types: list[int], columns: int | None, asked: Asked, labelled: bool
) -> Ensemble:
    """The ensemble of these trees: which of the operator's readings it is."""
    if trees.labels is not None:
        if not labelled or asked.kind not in (None, "label") or asked.threshold is not None:
            raise EnsembleError(
                "it gives a label, which is a class: leave --head and --threshold out"
            )
        two = len(trees.labels) == 2
        fields = _two(trees, node, types, columns) if two else _several(trees)
        fields |= {"head": Head("label", None, "shown"), "labels": _names(trees.labels)}
    elif trees.transform != "NONE":
        raise EnsembleError(f"its post_transform {trees.transform} rounds: give NONE")
    else:
        fields = _numbers(trees, asked)
    members = fields["members"]
    tested = [n.column for m in members for n in m.nodes if isinstance(n, Inner)]
    if columns is not None and max(tested, default=0) >= columns:
        raise EnsembleError(f"it tests column {max(tested)}, which the input lacks")
    return Ensemble(
        **{
            "columns": columns or 1 + max(tested, default=0),
            "outputs": 1,
            "start": (0.0,) * fields.get("outputs", 1),
            "arithmetic": trees.kind.__name__,
            "notes": (
                *fields.pop("remarks", ()),
                *((THREADS,) if len(trees.members) > 1 else ()),
                *((WHOLE,) if trees.whole else ()),
            ),
        }
        | fields
    )


def _names(labels: tuple[Any, ...]) -> tuple[str, ...]:
    """The classes' names; none where they are only their numbers."""
    return () if labels == tuple(range(len(labels))) else label_names(list(labels))


def _based(trees: Trees, outputs: int) -> tuple[Member, ...]:
    """The trees, and the base values as the last of them."""
    if not any(trees.base):
        return trees.members
    if outputs == 1:
        return (*trees.members, constant(0, trees.base[0]))
    return (*trees.members, Member((Score(tuple(enumerate(trees.base))),)))


def _two(trees: Trees, node: Any, types: list[int], columns: int | None) -> dict[str, Any]:
    """Two classes: one score decides, where all leaves' scores are for one and the same class.

    It is compared with 1/2 if no weight is negative, else with 0. Leaves with scores for both
    classes are read as a single tree's alone, as runtimes differ about several: unless they are
    each other's negatives, as CatBoost writes them, so that the larger one is the one above 0.
    """
    used = {output for output, _ in trees.weights}
    if len(used) == 2 and not trees.base and all(_is_opposite(m) for m in trees.members):
        return {"members": tuple(_of_class_1(m) for m in trees.members), "threshold": 0.0}
    if len(used) == 2:
        if len(trees.members) > 1 or trees.base:
            raise EnsembleError(
                "its leaves have scores for both of two classes, which runtimes read differently "
                "for several trees: give one score, for class 1"
            )
        return {"members": (_indicating(tree_of_node(node, types, columns)),), "threshold": 0.5}
    (own,) = used
    if own == 1 and trees.base:
        raise EnsembleError(
            "it has base values and scores for class 1 only, which onnxruntime does not add up: "
            "give the scores for class 0, as converters do"
        )
    positive = all(x >= 0 for _, x in trees.weights)
    plain = tuple(rescored(m, lambda leaf: ((0, x) for _, x in leaf.values)) for m in trees.members)
    base = trees.base[:1]
    members = (*plain, constant(0, base[0])) if base and base[0] else plain
    remarks = (POSITIVE,) if positive and trees.transform != "NONE" else ()
    return {"members": members, "threshold": 0.5 if positive else 0.0, "remarks": remarks}


def _is_opposite(one: Member) -> bool:
    """Whether each leaf's score for class 0 is minus that for class 1: so are rounded sums."""
    leaves = (dict(node.values) for node in one.nodes if isinstance(node, Score))
    return all(leaf.get(0, 0.0) == -leaf.get(1, 0.0) for leaf in leaves)


def _of_class_1(one: Member) -> Member:
    return rescored(one, lambda leaf: ((0, x) for output, x in leaf.values if output == 1))


def _indicating(tree: Tree) -> Member:
    """A tree of two classes as a member that adds 1 for class 1."""
    return Member(
        tuple(
            Score(((0, 1.0),) if n.klass else ()) if isinstance(n, Leaf) else n for n in tree.nodes
        )
    )


def _several(trees: Trees) -> dict[str, Any]:
    """More than two classes: the largest sum decides, the first of several."""
    outputs = trees.outputs
    if len(trees.base) not in (0, outputs):
        raise EnsembleError(f"it has {len(trees.base)} base values for {outputs} classes")
    lost = set() if trees.base else _unscored(trees)
    if lost:
        raise EnsembleError(
            f"class number {min(lost)} may be without a score, which runtimes read differently: "
            "give every leaf a score, or base_values"
        )
    return {"outputs": outputs, "members": _based(trees, outputs), "threshold": None}


def _unscored(trees: Trees) -> set[int]:
    """The outputs that no leaf may add to, at some point."""
    always: set[int] = set()
    for one in trees.members:
        scored = [{k for k, _ in n.values} for n in one.nodes if isinstance(n, Score)]
        always |= set.intersection(*scored)
    return set(range(trees.outputs)) - always


def _numbers(trees: Trees, asked: Asked) -> dict[str, Any]:
    """An operator that gives numbers: one, with a threshold, or several, of which the largest."""
    outputs, count = trees.outputs, len(trees.members)
    if len(trees.base) not in (0, outputs):
        raise EnsembleError(f"it has {len(trees.base)} base values for {outputs} targets")
    if outputs == 1:
        return _one(trees, asked)
    if asked.threshold is not None or asked.kind == "regression":
        raise EnsembleError(
            f"it gives {outputs} numbers, of which the largest decides: no threshold"
        )
    if trees.kind is not trees.given or trees.aggregate not in ("SUM", "AVERAGE"):
        raise EnsembleError(
            f"it gives {outputs} numbers by {trees.aggregate} in {trees.kind.__name__}: several "
            "are supported as sums and averages, of float64 in a TreeEnsemble alone"
        )
    if trees.aggregate == "AVERAGE" and any(trees.base):
        raise EnsembleError(
            "base_values beside AVERAGE are supported for one target: leave them out"
        )
    lost = {k for k in _unscored(trees) if any(trees.base) and trees.base[k]}
    if lost:
        raise EnsembleError(
            f"target {min(lost)} may get nothing from any leaf, where onnxruntime leaves out its "
            "base value: give every leaf a number for each target, or no base_values"
        )
    return {
        "outputs": outputs,
        "members": _based(trees, outputs),
        "divisor": float(count) if trees.aggregate == "AVERAGE" else 1.0,
        "threshold": None,
        "head": Head(asked.kind or "logit", None, "asked" if asked.kind else "shown"),
    }


def _one(trees: Trees, asked: Asked) -> dict[str, Any]:
    """One number: class 1 iff it is greater than the threshold (of a logit: 0).

    What onnxruntime does after the sum, or after the division, is folded into the threshold.
    """
    if asked.kind == "label":
        raise EnsembleError("it is a number, not a label: say where class 1 begins (--threshold)")
    if asked.threshold is None and asked.kind in (None, "regression"):
        raise EnsembleError(
            "it predicts a number, which is no class: say above which number it is class 1 "
            "(--head regression --threshold ...)"
        )
    usual = Fraction(1, 2) if asked.kind == "probability" else Fraction(0)
    threshold = usual if asked.threshold is None else asked.threshold
    kind, count = trees.kind, len(trees.members)
    base = kind(trees.base[0]) if trees.base else kind(0)
    late = trees.aggregate != "SUM"

    def above(x: Any) -> bool:
        with np.errstate(over="ignore"):
            result = trees.given(x + base if late else x)
        return bool(np.isinf(result) and result > 0) or (
            bool(np.isfinite(result)) and Fraction(float(result)) > threshold
        )

    limit = last_before(above, kind)
    head = Head(asked.kind or "regression", threshold, "asked")
    fields: dict[str, Any] = {"head": head, "threshold": limit}
    if trees.aggregate == "SUM":
        return fields | {"members": _based(trees, 1)}
    if trees.aggregate == "AVERAGE":
        return fields | {"members": trees.members, "divisor": float(count)}
    return fields | _extreme(trees, limit)


def _extreme(trees: Trees, limit: float) -> dict[str, Any]:
    """The least or the greatest of the trees' numbers: counted are those above the limit."""
    is_greatest = trees.aggregate == "MAX"

    def mark(value: float) -> float:
        return float(value > limit) if is_greatest else -float(value <= limit)

    marked = tuple(
        rescored(m, lambda leaf: ((0, mark(dict(leaf.values).get(0, 0.0))),)) for m in trees.members
    )
    return {
        "members": marked,
        "arithmetic": "exact",
        "threshold": 0.5 if is_greatest else -0.5,
    }


def _compare(model: Any, read: _Read, name: str) -> None:
    """Compare the classes with onnxruntime's."""
    if not is_installed():
        return
    try:
        session = Session(alone(model, read.output), read.batch)
        classes = _classes(session, read.ensemble, read.output)
        compare(read.ensemble, "onnxruntime", None, classes, session.dtype, read.whole)
    except Unusable as problem:
        note(name, problem)


def _classes(session: Session, made: Ensemble, output: str) -> Callable[[Floats], Any]:
    """onnxruntime's answers as numbers of classes."""
    threshold = None if made.head is None else made.head.threshold
    numbers = {label: k for k, label in enumerate(made.labels)}

    def classes(rows: Floats) -> Any:
        found = session.run(output, rows)
        if threshold is not None:
            return np.array([Fraction(float(x)) > threshold for x in found[:, 0]]).astype(int)
        if found.shape[1] > 1:
            return found.argmax(axis=1)
        if numbers:
            said = label_names(list(found[:, 0]))
            lost = min(set(said) - set(numbers), default=None)
            if lost is not None:
                raise EnsembleError(
                    f"onnxruntime answers {quoted(lost)}, which is none of its classes "
                    f"{', '.join(numbers)}: train it with the classes 0 and 1, or with texts"
                )
            return np.array([numbers[name] for name in said])
        return found[:, 0].astype(np.int64)

    return classes


def model_of(data: bytes) -> Any:
    """The model in the bytes of an ONNX file. Raises EnsembleError."""
    try:
        return onnx.load_model_from_string(data)
    except (DecodeError, ValueError):
        raise EnsembleError("it is no ONNX file, or cut short: export it again") from None
