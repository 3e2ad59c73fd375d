"""The trees that one tree ensemble of ONNX executes, whichever of its three operators it is.

Every mode of comparison is read as the points where its side changes; the rounding of inputs goes
into these. Reference: ONNX-ML operators, TreeEnsembleClassifier and TreeEnsembleRegressor-1 and -3,
TreeEnsemble-5; and how onnxruntime adds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from verifier.formats.ensembles_parts import Node, Test, among, at_most, finite, member
from verifier.formats.onnx_tensors import read_tensor
from verifier.formats.tree_ensemble import before_casts, threshold_of
from verifier.model.ensemble import Member, Score
from verifier.model.errors import EnsembleError, LeafproofError, TreeError, quoted

MODES = (
    *("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"),
    "BRANCH_MEMBER",
)
"""The modes of nodes, as TreeEnsemble-5 numbers them."""
AGGREGATES = ("AVERAGE", "SUM", "MIN", "MAX")
TRANSFORMS = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")
MOST_OUTPUTS = 1 << 16
_DOUBLE = TensorProto.DOUBLE


@dataclass(frozen=True)
class Trees:
    """The operator's trees with what their leaves add, and what is done with the sums.

    ``base`` is added last; ``labels`` are the classifier's (None: it gives numbers). ``weights``
    are those of all leaves, (output, number) each; ``kind`` is the type of thresholds, leaves and
    sums, ``given`` that of the numbers that come out. ``whole`` are the columns that are asked for
    members of sets.
    """

    members: tuple[Member, ...]
    outputs: int
    base: tuple[float, ...]
    aggregate: str
    transform: str
    labels: tuple[Any, ...] | None
    weights: tuple[tuple[int, float], ...]
    kind: Any
    given: Any = np.float32
    whole: frozenset[int] = frozenset()


def trees_of_node(node: Any, types: Sequence[int]) -> Trees:
    """The trees of a tree ensemble. Raises EnsembleError.

    ``types`` are the element types that the model's input has in turn, the last the operator's own.
    """
    held: dict[str, Any] = {}
    for attribute in node.attribute:
        if attribute.ref_attr_name or attribute.name in held:
            raise EnsembleError(
                f"its attribute {quoted(attribute.name)} is given twice, or nowhere"
            )
        held[attribute.name] = helper.get_attribute_value(attribute)
    try:
        if node.op_type == "TreeEnsemble":
            return _of_lists(held, types)
        return _of_ids(held, types, node.op_type == "TreeEnsembleClassifier")
    except TreeError as problem:
        raise EnsembleError(str(problem)) from None


def _numbers(held: dict[str, Any], name: str) -> list[float]:
    """The numbers of an attribute: a list, or a tensor in ``name`` or ``name_as_tensor``."""
    plain, tensor = held.get(name), held.get(f"{name}_as_tensor")
    if isinstance(plain, TensorProto):
        plain, tensor = None, plain
    if tensor is None:
        return [float(x) for x in plain or ()]
    if plain:
        raise EnsembleError(f"it gives {name} twice: leave one out")
    try:
        read = read_tensor(tensor, None, name).array.ravel()
    except LeafproofError as problem:
        raise EnsembleError(str(problem)) from None
    return [float(x) for x in read.tolist()]


def _same_length(**lists: Sequence[Any]) -> None:
    if len({len(numbers) for numbers in lists.values()}) > 1:
        raise EnsembleError(f"{', '.join(lists)} have different lengths: damaged file")


def _test(
    mode: str,
    number: float,
    members: Sequence[float],
    column: int,
    ends: tuple[int, int],
    types: Sequence[int],
    missing: bool,
) -> Test:
    """A comparison that goes to ``ends[0]`` where it is true."""
    if mode in MODES[:4]:
        threshold, swapped = threshold_of(mode, number, types)
        if swapped:
            return at_most(column, threshold, (ends[1], ends[0]), not missing)
        return at_most(column, threshold, ends, missing)
    if mode not in MODES:
        known = ", ".join(MODES)
        raise EnsembleError(f"node mode {quoted(mode)} is not supported: supported are {known}")
    kind = np.float64 if types[-1] == _DOUBLE else np.float32
    chosen = members if mode == "BRANCH_MEMBER" else [number]
    if not all(map(math.isfinite, chosen)):
        raise EnsembleError("a node compares with what is no finite number: damaged file")
    ranges = []
    for x in sorted(set(chosen)):
        low = float(np.nextafter(kind(x), kind(-np.inf)))
        ranges.append((before_casts(low, types), before_casts(x, types)))
    real = [(low, high) for low, high in ranges if low < high]
    return among(column, real, ends, missing, inside_left=mode != "BRANCH_NEQ")


def _of_ids(held: dict[str, Any], types: Sequence[int], classifies: bool) -> Trees:
    """Operators whose nodes have a tree's and an own number, and leaves their scores in lists."""
    kind = np.float64 if types[-1] == _DOUBLE else np.float32
    what = "class" if classifies else "target"
    names = ("treeids", "nodeids", "featureids", "truenodeids", "falsenodeids")
    lists: dict[str, Any] = {name: list(held.get(f"nodes_{name}", ())) for name in names}
    modes = [mode.decode("ascii", "replace") for mode in held.get("nodes_modes", ())]
    values = _numbers(held, "nodes_values")
    _same_length(**lists, modes=modes, values=values)
    gone = list(held.get("nodes_missing_value_tracks_true", ())) or [0] * len(modes)
    _same_length(modes=modes, nodes_missing_value_tracks_true=gone)
    keys = list(zip(lists["treeids"], lists["nodeids"], strict=True))
    place = {key: i for i, key in enumerate(keys)}
    if len(place) != len(keys) or not keys:
        raise EnsembleError("two nodes have the same number, or there are none: damaged file")
    scores = _scores(held, what, place, modes)
    outputs = _outputs(held, classifies)
    if scores and max(k for own in scores.values() for k, _ in own) >= outputs:
        raise EnsembleError("a leaf has a score for a class or target that does not exist")

    def node_of(i: int) -> Node:
        if modes[i] == "LEAF":
            if i not in scores:
                raise EnsembleError(f"leaf {lists['nodeids'][i]} has no score: damaged file")
            return Score(tuple((k, float(kind(x))) for k, x in scores[i]))
        tree = lists["treeids"][i]
        ends = tuple(place.get((tree, lists[name][i]), -1) for name in names[3:])
        if -1 in ends:
            raise EnsembleError(f"node {lists['nodeids'][i]} leads to a missing node: damaged file")
        column = lists["featureids"][i]
        return _test(modes[i], values[i], (), column, (ends[0], ends[1]), types, gone[i] == 1)

    roots = [i for i, key in enumerate(keys) if i == 0 or keys[i - 1][0] != key[0]]
    if len({keys[i][0] for i in roots}) != len(roots):
        raise EnsembleError("the nodes of a tree are not listed together: runtimes differ about it")
    return Trees(
        members=_members(roots, node_of, len(keys)),
        outputs=outputs,
        base=tuple(float(kind(x)) for x in _numbers(held, "base_values")),
        aggregate=_text(held, "aggregate_function", "SUM", AGGREGATES),
        transform=_text(held, "post_transform", "NONE", TRANSFORMS),
        labels=_labels(held) if classifies else None,
        weights=tuple(pair for own in scores.values() for pair in own),
        kind=kind,
    )


def _members(
    roots: Sequence[int], node_of: Callable[[int], Node], count: int
) -> tuple[Member, ...]:
    """The trees; each of the ``count`` nodes 0, 1, ... must be reached from a root, once."""
    read: dict[int, Node] = {}
    stack = list(roots)
    while stack:
        at = stack.pop()
        if at in read and at >= 0:
            raise EnsembleError("a node has two parents or is part of a cycle: damaged file")
        read[at] = node_of(at)
        if isinstance(own := read[at], Test):
            stack += [own.left, own.right]
    if len({at for at in read if at >= 0}) < count:
        raise EnsembleError(
            "some nodes are not reached from the first node of their tree: list the root first and "
            "leave other nodes out"
        )
    return tuple(member(root, read.__getitem__) for root in roots)


def _scores(
    held: dict[str, Any],
    what: str,
    place: dict[tuple[int, int], int],
    modes: Sequence[str],
) -> dict[int, list[tuple[int, float]]]:
    """What each leaf adds: (output, number) pairs, ascending."""
    trees, nodes = held.get(f"{what}_treeids", ()), held.get(f"{what}_nodeids", ())
    ids, weights = held.get(f"{what}_ids", ()), _numbers(held, f"{what}_weights")
    _same_length(treeids=trees, nodeids=nodes, ids=ids, weights=weights)
    found: dict[int, list[tuple[int, float]]] = {}
    for tree, node, output, weight in zip(trees, nodes, ids, weights, strict=True):
        at = place.get((tree, node), -1)
        if at < 0 or modes[at] != "LEAF" or output < 0:
            raise EnsembleError(f"a score belongs to node {node}, which is no leaf: damaged file")
        own = found.setdefault(at, [])
        if any(k == output for k, _ in own):
            raise EnsembleError(f"leaf {node} has two scores for one output: add them up")
        own.append((int(output), finite(weight)))
    return {at: sorted(own) for at, own in found.items()}


def _outputs(held: dict[str, Any], classifies: bool) -> int:
    count = len(_labels(held)) if classifies else int(held.get("n_targets", 0))
    if count < 1 + classifies:
        raise EnsembleError(f"it has {count} classes or targets: damaged file")
    if count > MOST_OUTPUTS:
        raise EnsembleError(f"it has {count} targets: at most {MOST_OUTPUTS} are read")
    return count


def _labels(held: dict[str, Any]) -> tuple[Any, ...]:
    texts = [x.decode("utf-8", "replace") for x in held.get("classlabels_strings", ())]
    numbers = list(held.get("classlabels_int64s", ()))
    if bool(texts) == bool(numbers):
        raise EnsembleError("it has no class labels, or two kinds of them")
    return tuple(texts or numbers)


def _text(held: dict[str, Any], name: str, usual: str, known: Sequence[str]) -> str:
    given = held.get(name, usual)
    word = given.decode("ascii", "replace") if isinstance(given, bytes) else str(given)
    if word not in known:
        raise EnsembleError(f"its {name} {quoted(word)} is unknown: known are {', '.join(known)}")
    return word


def _choice(held: dict[str, Any], name: str, usual: int, known: Sequence[str]) -> str:
    given = int(held.get(name, usual))
    if not 0 <= given < len(known):
        raise EnsembleError(f"its {name} {given} is unknown: known are 0 to {len(known) - 1}")
    return known[given]


def _of_lists(held: dict[str, Any], types: Sequence[int]) -> Trees:
    """TreeEnsemble-5: tests and leaves in lists of their own; leaf ``j`` is node ``-1 - j``."""
    kind = np.float64 if types[-1] == _DOUBLE else np.float32
    names = ("featureids", "truenodeids", "falsenodeids", "trueleafs", "falseleafs")
    lists = {name: list(held.get(f"nodes_{name}", ())) for name in names}
    codes = _codes(held["nodes_modes"]) if "nodes_modes" in held else []
    splits = _numbers(held, "nodes_splits")
    gone = list(held.get("nodes_missing_value_tracks_true", ())) or [0] * len(codes)
    _same_length(**lists, modes=codes, splits=splits, nodes_missing_value_tracks_true=gone)
    if not all(0 <= code < len(MODES) for code in codes):
        raise EnsembleError("a node's mode is unknown: damaged file")
    leaves, ids = _numbers(held, "leaf_weights"), list(held.get("leaf_targetids", ()))
    _same_length(leaf_weights=leaves, leaf_targetids=ids)
    outputs = _outputs(held, False)
    if not all(0 <= k < outputs for k in ids):
        raise EnsembleError("a leaf adds to a target that does not exist: damaged file")
    sets = _sets(held, codes)

    def end(i: int, side: str) -> int:
        at = int(lists[f"{side}nodeids"][i])
        is_leaf = bool(lists[f"{side}leafs"][i])
        if not 0 <= at < (len(leaves) if is_leaf else len(codes)):
            raise EnsembleError(f"node {i} leads to a missing node: damaged file")
        return -1 - at if is_leaf else at

    def node_of(i: int) -> Node:
        if i < 0:
            return Score(((int(ids[-1 - i]), float(kind(finite(leaves[-1 - i])))),))
        ends = end(i, "true"), end(i, "false")
        mode = MODES[codes[i]]
        return _test(mode, splits[i], sets[i], lists["featureids"][i], ends, types, gone[i] == 1)

    roots = [int(root) for root in held.get("tree_roots", ())]
    if not roots or not all(0 <= root < len(codes) for root in roots):
        raise EnsembleError("a tree begins at a node that is missing: damaged file")
    return Trees(
        members=_members(roots, node_of, len(codes)),
        outputs=outputs,
        base=(),
        aggregate=_choice(held, "aggregate_function", 1, AGGREGATES),
        transform=_choice(held, "post_transform", 0, TRANSFORMS),
        labels=None,
        weights=tuple(zip(ids, leaves, strict=True)),
        kind=kind,
        given=kind,
        whole=frozenset(
            column
            for column, code in zip(lists["featureids"], codes, strict=True)
            if MODES[code] == "BRANCH_MEMBER"
        ),
    )


def _codes(tensor: Any) -> list[int]:
    """The modes' numbers, which are bytes."""
    if tensor.data_type != TensorProto.UINT8 or tensor.data_location != TensorProto.DEFAULT:
        raise EnsembleError("nodes_modes is no tensor of bytes (uint8) in the file: damaged file")
    try:
        return [int(x) for x in numpy_helper.to_array(tensor).ravel()]
    except ValueError:
        raise EnsembleError("nodes_modes does not have the bytes of its shape: damaged") from None


def _sets(held: dict[str, Any], codes: Sequence[int]) -> list[list[float]]:
    """The members that each node asks for, which NaN parts in their list."""
    values = _numbers(held, "membership_values")
    sets: list[list[float]] = [[]]
    for x in values:
        if math.isnan(x):
            sets.append([])
        else:
            sets[-1].append(x)
    if sets and not sets[-1]:
        sets.pop()
    asking = sum(MODES[code] == "BRANCH_MEMBER" for code in codes)
    if len(sets) != asking:
        raise EnsembleError(f"{asking} nodes ask for members of {len(sets)} sets: damaged file")
    following = iter(sets)
    return [next(following) if MODES[code] == "BRANCH_MEMBER" else [] for code in codes]
