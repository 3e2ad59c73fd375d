"""CatBoost's models, from its own JSON, as its ``predict`` decides.

Inputs and borders are float32, a value above its border goes on to the second half; leaves and sums
are float64: the trees' leaves are added in their order, from 0, and the bias comes last. This was
held against CatBoost 1.2, bit for bit (tests/formats/test_ensembles_catboost.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from verifier.formats.ensembles_fold import Fold
from verifier.formats.ensembles_heads import above, by_probability, number_above
from verifier.formats.ensembles_parts import Node, at_most, member, pairs
from verifier.formats.ensembles_xgboost import once
from verifier.formats.heads import NOTHING, Asked, label_names
from verifier.formats.sklearn import cast_threshold
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.errors import EnsembleError, LeafproofError, NetworkError, quoted
from verifier.model.head import Head

AS_JSON = 'save it as JSON: model.save_model("model.json", format="json")'
_HALF = Fraction(1, 2)
_TWO = ("Logloss", "CrossEntropy")
_SEVERAL = ("MultiClass", "MultiClassOneVsAll")
_NUMBER = ("RMSE", "MAE", "Quantile", "MAPE", "Huber", "Expectile", "LogCosh", "Lq")
"""What the score itself predicts."""
_DEEPEST = 16
"""Levels of a symmetric tree, as CatBoost trains them."""
_LARGEST = float(np.finfo(np.float32).max)
_WHOLE = 1 << 63
"""From here on CatBoost reads whole numbers as others; it writes floats such as 1e+20."""
_TREATMENTS = ("AsIs", "AsFalse", "AsTrue")
_Document = Mapping[str, Any]


def read_document(data: bytes) -> dict[str, Any]:
    """The document in a model's JSON file. Raises EnsembleError."""
    try:
        found = json.loads(data, object_pairs_hook=once)
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, EnsembleError):
            raise
        raise EnsembleError(f"it is not JSON, or damaged: {AS_JSON}") from None
    if not isinstance(found, dict) or not isinstance(found.get("features_info"), dict):
        raise EnsembleError("it is no model of CatBoost, which has features_info: check the file")
    return found


def columns_of(document: _Document) -> list[str]:
    """The names of the model's columns, empty where they have none. Raises EnsembleError."""
    try:
        return [str(one["feature_id"]) for one in _columns(document)]
    except LeafproofError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError):
        raise EnsembleError("its features_info are not as CatBoost writes them: damaged") from None


def ensemble_from_catboost(
    document: _Document, asked: Asked = NOTHING, fold: Fold | None = None
) -> Ensemble:
    """The ensemble that a model of CatBoost executes. Raises EnsembleError, naming what is wrong.

    ``fold`` says what its columns are in a domain.
    """
    try:
        return _ensemble(document, asked, fold)
    except KeyError as problem:
        raise EnsembleError(f"the model does not say its {quoted(problem)}: damaged file") from None
    except (TypeError, IndexError, AttributeError, OverflowError, RecursionError):
        raise EnsembleError("the model is not as CatBoost writes it: damaged file") from None
    except ValueError as problem:
        if isinstance(problem, LeafproofError):
            raise
        raise EnsembleError("a number of the model is none: damaged file") from None


def _ensemble(document: _Document, asked: Asked, fold: Fold | None) -> Ensemble:
    columns = _columns(document)
    scale, bias = document["scale_and_bias"]
    if type(scale) not in (int, float) or scale != 1:
        raise EnsembleError(
            f"its scores are multiplied by {quoted(scale)}, which is not read: leave "
            "set_scale_and_bias out"
        )
    outputs = len(bias)
    if outputs < 1:
        raise EnsembleError("it has no outputs: damaged file")
    held = _questions(columns)
    if "oblivious_trees" in document:
        members = [_symmetric(t, held, outputs, fold) for t in document["oblivious_trees"]]
    else:
        members = [_branching(t, held, outputs, fold) for t in document["trees"]]
    if any(bias):
        members.append(Member((Score(pairs(_floats(bias, outputs))),)))
    info = document["model_info"]
    return Ensemble(
        columns=fold.domain.columns if fold else len(columns),
        outputs=outputs,
        members=tuple(members),
        start=(0.0,) * outputs,
        arithmetic="float64",
        labels=_labels(info, outputs),
        **_decision(info, outputs, asked),
    )


def _columns(document: _Document) -> list[Mapping[str, Any]]:
    """What is said of each column, in order."""
    info = document["features_info"]
    for kind in ("categorical", "text", "embedding"):
        if info.get(f"{kind}_features"):
            raise EnsembleError(
                f"it has {kind} features, which CatBoost turns into numbers of its own: train it "
                "on numbers (encode categories before)"
            )
    columns: list[Mapping[str, Any]] = list(info.get("float_features", ()))
    numbers = [(c["flat_feature_index"], c["feature_index"]) for c in columns]
    if not columns or numbers != [(i, i) for i in range(len(columns))]:
        raise EnsembleError("its columns are not 0, 1, ... in order: damaged file")
    return columns


def _missing_left(column: Mapping[str, Any]) -> bool:
    """Whether a missing value is below all borders."""
    treatment = column["nan_value_treatment"]
    if treatment not in _TREATMENTS:
        raise EnsembleError(f"it treats missing values {quoted(treatment)}: damaged file")
    return bool(treatment != "AsTrue")


@dataclass(frozen=True)
class _Split:
    """Goes on to the second half iff the column's number, as a float32, is above the border."""

    column: int
    border: float
    missing_left: bool

    def asked(self, ends: tuple[int, int]) -> Node:
        """The test of a node whose halves are the nodes ``ends``."""
        return at_most(self.column, cast_threshold(self.border), ends, self.missing_left)


def _questions(columns: Sequence[Mapping[str, Any]]) -> list[_Split]:
    """All that trees may ask, in the order of ``split_index``. Raises EnsembleError."""
    held: list[_Split] = []
    for i, column in enumerate(columns):
        borders, missing_left = column["borders"], _missing_left(column)
        if any(x >= y for x, y in pairwise(borders)):
            raise EnsembleError("a column's borders do not ascend: damaged file")
        for border in borders:
            if type(border) not in (int, float) or not _is_float32(border):
                raise EnsembleError(
                    f"the border {quoted(border)} is no float32 number: damaged file"
                )
            held.append(_Split(i, float(border), missing_left))
    return held


def _is_float32(x: float) -> bool:
    return abs(x) <= _LARGEST and float(np.float32(x)) == x


def _split(stated: Mapping[str, Any], held: Sequence[_Split]) -> _Split:
    """The question of that number, which is all that CatBoost reads; what is said of it beside is
    to say the same."""
    if stated["split_type"] != "FloatFeature":
        raise EnsembleError(
            f"a split is of the kind {quoted(stated['split_type'])}, of categories, which is not "
            "read: train it on numbers"
        )
    number = stated["split_index"]
    if type(number) is not int or not 0 <= number < len(held):
        raise EnsembleError("a split is of a border that the model lacks: damaged file")
    found = held[number]
    if (stated["float_feature_index"], stated["border"]) != (found.column, found.border):
        raise EnsembleError(
            f"a split is of the border {found.border:g} by its number, and of "
            f"{quoted(stated['border'])} as it says beside: damaged file, save the model again"
        )
    return found


def _floats(values: Sequence[Any], count: int) -> list[float]:
    if len(values) != count or not all(type(x) in (int, float) for x in values):
        raise EnsembleError("a leaf's numbers are not one for each output: damaged file")
    if any(type(x) is int and abs(x) >= _WHOLE for x in values):
        raise EnsembleError("a leaf's whole number is too long for CatBoost: damaged file")
    return [float(x) for x in values]


def _symmetric(
    tree: Mapping[str, Any], held: Sequence[_Split], outputs: int, fold: Fold | None
) -> Member:
    """One tree whose levels each ask one question; its leaves are in order of the answers' bits.

    Nodes are numbered as in a heap from 1. What an answer before has settled is not asked again.
    """
    splits = [_split(stated, held) for stated in tree.get("splits") or ()]
    depth, values = len(splits), tree["leaf_values"]
    if depth > _DEEPEST or len(values) != outputs << depth:
        raise EnsembleError(f"a tree of {depth} levels has {len(values)} numbers: damaged file")

    def node_of(number: int) -> Node:
        while (level := number.bit_length() - 1) < depth:
            settled = _settled(splits[: level + 1], number)
            if settled is None:
                return splits[level].asked((2 * number, 2 * number + 1))
            number = 2 * number + settled
        leaf = sum((number >> (depth - 1 - b) & 1) << b for b in range(depth))
        return Score(pairs(_floats(values[outputs * leaf : outputs * (leaf + 1)], outputs)))

    return member(1, node_of, fold)


def _settled(splits: Sequence[_Split], number: int) -> int | None:
    """How the answers on the way to a node answer the last of the questions; None: they do not.

    A missing value answers all questions of a column alike, as a number beyond all borders does.
    """
    *before, last = splits
    for level, earlier in enumerate(before):
        if earlier.column == last.column:
            is_above = number >> (len(before) - 1 - level) & 1
            if is_above and earlier.border >= last.border:
                return 1
            if not is_above and earlier.border <= last.border:
                return 0
    return None


def _branching(
    tree: Mapping[str, Any], held: Sequence[_Split], outputs: int, fold: Fold | None
) -> Member:
    """One tree that was grown leaf by leaf: nodes in nodes."""
    nodes: list[Mapping[str, Any]] = [tree]
    ends: dict[int, tuple[int, int]] = {}
    for i, node in enumerate(nodes):
        if "split" in node:
            ends[i] = len(nodes), len(nodes) + 1
            nodes += [node["left"], node["right"]]

    def node_of(number: int) -> Node:
        node = nodes[number]
        if "split" not in node:
            value = node["value"]
            values = value if isinstance(value, list) else [value]
            return Score(pairs(_floats(values, outputs)))
        return _split(node["split"], held).asked(ends[number])

    return member(0, node_of, fold)


def _labels(info: _Document, outputs: int) -> tuple[str, ...]:
    """What its classes are called, as it was told in training."""
    names = info.get("class_params", {}).get("class_names", [])
    if names == list(range(len(names))) and not any(isinstance(name, bool) for name in names):
        return ()
    try:
        labels = label_names(names)
    except NetworkError as problem:
        raise EnsembleError(str(problem)) from None
    if len(labels) != max(2, outputs):
        raise EnsembleError(f"it names {len(labels)} classes of {max(2, outputs)}: damaged file")
    return labels


def _decision(info: _Document, outputs: int, asked: Asked) -> dict[str, Any]:
    """Threshold and head: where class 1 begins, or that the largest score decides."""
    params = info.get("params", {})
    if isinstance(params, str):  # so older releases write them
        params = json.loads(params)
    loss = str(params.get("loss_function", {}).get("type", ""))
    if outputs > 1:
        if asked.threshold is not None or asked.kind not in (None, "label", "logit"):
            raise EnsembleError("of several classes the largest decides: leave the threshold out")
        if loss not in _SEVERAL and asked.kind is None:
            raise EnsembleError(_no_classes(loss))
        return {"head": Head("label", None, "shown")}
    if asked.kind == "logit":
        return above(asked.threshold or Fraction(0), "logit")
    if loss in _NUMBER:
        return number_above(loss, asked)
    if loss not in _TWO:
        raise EnsembleError(_no_classes(loss))
    own = info.get("binclass_probability_threshold")
    if own is not None and asked.threshold is None:
        raise EnsembleError(
            f"it has a probability threshold of its own, {quoted(own)}: say it (--threshold {own})"
        )
    if asked.threshold is None or asked.threshold == _HALF:
        if asked.kind in ("regression", "label"):
            raise EnsembleError(f"its objective {loss} gives a probability: leave --head out")
        return {"threshold": 0.0, "head": Head("probability", _HALF, "shown")}
    return by_probability(1.0, asked, loss)


def _no_classes(loss: str) -> str:
    return (
        f"its loss {quoted(loss or 'is not stated')} is no classification: supported are "
        f"{', '.join((*_TWO, *_SEVERAL))}, and {', '.join(_NUMBER)} with a threshold"
    )
