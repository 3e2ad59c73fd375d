"""scikit-learn's forests and boosters of trees, as ``predict`` decides.

All of them add in float64. What each adds, in which order, and where class 1 begins is said at its
reader; docs/formats.md says it for users.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from verifier.formats.ensembles_fold import Fold
from verifier.formats.ensembles_parts import (
    Node,
    Test,
    among,
    at_most,
    below_zero,
    finite,
    float_at_most,
    member,
    moved,
    pairs,
)
from verifier.formats.ensembles_votes import votes, votes_of_trees
from verifier.formats.heads import Number, asked_for, label_names
from verifier.formats.own import kind_of
from verifier.formats.sklearn import cast_threshold, double_threshold
from verifier.formats.sklearn_encoders import categories_in_order
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.errors import EnsembleError
from verifier.model.head import Head


def ensemble_from_sklearn(
    model: Any, *, threshold: Number | None = None, fold: Fold | None = None
) -> Ensemble:
    """The ensemble that a fitted forest or booster executes on float64 inputs.

    ``threshold`` says of a regressor above which predicted number it is class 1. Its columns are
    the model's, or with a ``fold`` the domain's. Raises EnsembleError for what is not fitted or has
    no exact form.
    """
    where = kind_of(model)
    if where not in READERS:
        raise EnsembleError(f"{where} is not supported: give one of {', '.join(READERS)}")
    if not hasattr(model, "n_features_in_"):
        raise EnsembleError(f"the {where} is not fitted: call fit first")
    if getattr(model, "n_outputs_", 1) != 1:
        raise EnsembleError(f"the {where} has {model.n_outputs_} outputs: one is supported")
    regresses = where.endswith("Regressor")
    if threshold is not None and not regresses:
        raise EnsembleError(f"{where} decides by itself: leave the threshold out")
    above = asked_for("regression", threshold).threshold if regresses else None
    classes = getattr(model, "classes_", (0, 1))
    if len(classes) < 2:
        raise EnsembleError(f"the {where} was fitted to one class: give it examples of two")
    return READERS[where](model, where, above, fold)


def _forest(model: Any, where: str, above: Fraction | None, fold: Fold | None) -> Ensemble:
    """The trees' shares of the classes (or their numbers) are added, then divided by their count.

    The largest mean decides, the first of several. One tree is a forest of itself.
    """
    trees = getattr(model, "estimators_", None) or [model]
    members = [_member(t.tree_, _rows(t.tree_, above is None), fold) for t in trees]
    return _averaged(model, members, above, fold)


def _averaged(
    model: Any, members: Sequence[Member], above: Fraction | None, fold: Fold | None
) -> Ensemble:
    """What the members say, added in their order and divided by their count."""
    outputs = _outputs(model, above)
    return Ensemble(
        columns=_width(model, fold),
        outputs=outputs,
        members=tuple(members),
        start=(0.0,) * outputs,
        arithmetic="float64",
        divisor=float(len(members)),
        notes=_in_order(model, len(members)),
        **_decision(model, above),
    )


def _outputs(model: Any, above: Fraction | None) -> int:
    """How many scores it has: of a regressor, which is above a threshold or not, one."""
    return 1 if above is not None else len(model.classes_)


def _in_order(model: Any, trees: int) -> tuple[str, ...]:
    """What has to be noted where trees are added side by side."""
    if getattr(model, "n_jobs", None) in (None, 1) or trees <= 2:
        return ()
    return (
        "the trees are added in their order, as with n_jobs=1; with more jobs scikit-learn adds "
        "them in any order, which may round otherwise",
    )


def _rows(tree: Any, shares: bool) -> Any:
    """What each node of a tree predicts, shape (nodes, outputs)."""
    values = np.asarray(tree.value[:, 0, :], dtype=np.float64)
    if shares and not np.all(np.abs(values.sum(axis=1) - 1) < 1e-6):
        raise EnsembleError(
            "its trees hold counts and not shares: train it with scikit-learn 1.3 or later"
        )
    return values


def _decision(model: Any, above: Fraction | None) -> dict[str, Any]:
    """The last fields of an Ensemble: those of a regressor, or of the classes of several scores."""
    if above is not None:
        return {
            "threshold": float_at_most(above, np.float64),
            "head": Head("regression", above, "asked"),
        }
    return {"head": Head("label", None, "shown"), "labels": label_names(list(model.classes_))}


def _bagging(model: Any, where: str, above: Fraction | None, fold: Fold | None) -> Ensemble:
    """As a forest, of trees that may see some columns only, and know some classes only."""
    members = []
    for one, seen in zip(model.estimators_, model.estimators_features_, strict=True):
        if kind_of(one) not in TREES:
            raise EnsembleError(f"its estimators are {kind_of(one)}: give decision trees")
        rows = _rows(one.tree_, above is None)
        values = np.zeros((len(rows), _outputs(model, above)))
        values[:, [int(c) for c in one.classes_] if above is None else [0]] = rows
        members.append(_member(one.tree_, values, fold, [int(c) for c in seen]))
    return _averaged(model, members, above, fold)


def _member(tree: Any, values: Any, fold: Fold | None, seen: Sequence[int] | None = None) -> Member:
    """A tree of scikit-learn's, whose node ``i`` adds ``values[i]`` where it is a leaf.

    ``seen`` are the columns that it was given, where these are not all.
    """
    left, right = tree.children_left.tolist(), tree.children_right.tolist()
    columns, thresholds = tree.feature.tolist(), tree.threshold.tolist()
    if seen is not None:
        columns = [seen[c] if c >= 0 else c for c in columns]
    gone = getattr(tree, "missing_go_to_left", np.zeros(len(left))).tolist()
    added = values.tolist()

    def node_of(i: int) -> Node:
        if left[i] < 0:
            return Score(pairs(added[i]))
        cut = cast_threshold(thresholds[i])
        return at_most(columns[i], cut, (left[i], right[i]), bool(gone[i]))

    return member(0, node_of, fold)


def _gradient(model: Any, where: str, above: Fraction | None, fold: Fold | None) -> Ensemble:
    """Each stage adds learning_rate times its leaf's number, rounded, to what ``init`` starts with.

    Two classes have one score, and class 1 from 0 on.
    """
    init = model.init_
    if not isinstance(init, str) and (
        kind_of(init) not in ("DummyClassifier", "DummyRegressor")
        or init.strategy in ("stratified", "uniform")
    ):
        raise EnsembleError(f"the {where} starts from a model of its own (init): leave init out")
    outputs = int(model.estimators_.shape[1])
    start = unwarned(model._raw_predict_init, np.zeros((1, model.n_features_in_), np.float32))[0]
    members = []
    for stage in model.estimators_:
        for k, one in enumerate(stage):
            added = float(model.learning_rate) * one.tree_.value[:, 0, :]
            members.append(moved(_member(one.tree_, added, fold), k))
    return Ensemble(
        columns=_width(model, fold),
        outputs=outputs,
        members=tuple(members),
        start=tuple(finite(s) for s in start),
        arithmetic="float64",
        **_boosted(model, outputs, above, below_zero(np.float64)),
    )


def _boosted(model: Any, outputs: int, above: Fraction | None, least: float) -> dict[str, Any]:
    """The last fields of a booster: of one score, class 1 is above ``least``."""
    fields = _decision(model, above)
    if above is None and outputs == 1:
        fields["threshold"] = least
    return fields


def _histogram(model: Any, where: str, above: Fraction | None, fold: Fold | None) -> Ensemble:
    """The trees' numbers are added to the baseline; inputs and thresholds are float64.

    Two classes have one score, and class 1 above 0. A category that training did not see is
    missing.
    """
    if above is not None and model._loss.link.__class__.__name__ != "IdentityLink":
        raise EnsembleError(
            f"the {where} with loss {model.loss!r} predicts the exponential of a sum: train it "
            "with squared_error, absolute_error or quantile"
        )
    start = np.asarray(model._baseline_prediction, dtype=np.float64).ravel()
    columns = _order(model)
    categories = _categories(model, where) if fold is None else _codes(model)
    members = []
    for stage in model._predictors:
        for k, one in enumerate(stage):
            members.append(moved(_histogram_member(one, columns, categories, fold), k))
    return Ensemble(
        columns=_width(model, fold),
        outputs=len(start),
        members=tuple(members),
        start=tuple(finite(s) for s in start),
        arithmetic="float64",
        **_boosted(model, len(start), above, 0.0),
    )


def _order(model: Any) -> list[int]:
    """Which column of the input each column of the trees is: those of categories come first."""
    if getattr(model, "_preprocessor", None) is None:
        return list(range(int(model.n_features_in_)))
    chosen = np.asarray(model.is_categorical_)
    return [*np.flatnonzero(chosen).tolist(), *np.flatnonzero(~chosen).tolist()]


def categories_of(model: Any) -> dict[int, list[Any]]:
    """The categories of the input's columns that have some, in the order of their numbers."""
    if getattr(model, "_preprocessor", None) is None:
        return {}
    encoder = model._preprocessor.named_transformers_["encoder"]
    order = _order(model)
    return {
        order[j]: [x for x in categories_in_order(encoder, j).tolist() if x is not None and x == x]
        for j in range(len(encoder.categories_))
    }


def _categories(model: Any, where: str) -> dict[int, list[float]]:
    """The categories as the numbers that the input's columns hold."""
    found = {}
    for column, labels in categories_of(model).items():
        if not all(isinstance(x, int | float) for x in labels):
            raise EnsembleError(
                f"the {where} has categories that are texts (column {column}): give the domain of "
                "its table, or encode them as numbers before, with OrdinalEncoder"
            )
        found[column] = [float(x) for x in labels]
    return found


def _codes(model: Any) -> dict[int, list[float]]:
    """The categories as their own numbers, which a fold makes of what a column holds."""
    return {k: [float(i) for i in range(len(v))] for k, v in categories_of(model).items()}


def _histogram_member(
    one: Any, columns: Sequence[int], categories: dict[int, list[float]], fold: Fold | None
) -> Member:
    nodes, bits = one.nodes, one.raw_left_cat_bitsets

    def node_of(i: int) -> Node:
        node = nodes[i]
        if node["is_leaf"]:
            return Score(pairs([node["value"]]))
        column, ends = columns[int(node["feature_idx"])], (int(node["left"]), int(node["right"]))
        gone = bool(node["missing_go_to_left"])
        if not node["is_categorical"]:
            return at_most(column, double_threshold(float(node["num_threshold"])), ends, gone)
        return _category(column, categories[column], bits[int(node["bitset_idx"])], ends, gone)

    return member(0, node_of, fold)


def _category(
    column: int, numbers: Sequence[float], row: Any, ends: tuple[int, int], gone: bool
) -> Test:
    """A test of categories, which are the ``numbers``; all others go where missing ones do.

    The category in place ``i`` goes left iff bit ``i`` of ``row`` is set.
    """
    left = [bool(int(row[i // 32]) >> (i % 32) & 1) for i in range(len(numbers))]
    ranges = [
        (double_threshold(math.nextafter(x, -math.inf)), double_threshold(x))
        for x, is_left in zip(numbers, left, strict=True)
        if is_left != gone
    ]
    return among(column, ranges, ends, gone, inside_left=not gone)


def _ada(model: Any, where: str, above: Fraction | None, fold: Fold | None) -> Ensemble:
    """Each tree adds its weight to the class that it answers, and less to the others.

    With two classes that is the weight for class 1 and minus it for class 0.
    """
    if above is not None:
        raise EnsembleError(f"{where} predicts a weighted median, which is no sum of trees")
    if getattr(model, "algorithm", "SAMME") == "SAMME.R":
        raise EnsembleError("SAMME.R adds logarithms of shares: train with algorithm='SAMME'")
    classes = list(model.classes_)
    count = len(classes)
    members = []
    for tree, weight in zip(model.estimators_, model.estimator_weights_, strict=False):
        if kind_of(tree) not in TREES[:2]:
            raise EnsembleError(f"its estimators are {kind_of(tree)}: give decision trees")
        place = [classes.index(c) for c in tree.classes_]
        won = np.argmax(tree.tree_.value[:, 0, :], axis=1)
        other = -1 / (count - 1) * float(weight)
        values = np.full((len(won), count), other)
        values[np.arange(len(won)), [place[int(k)] for k in won]] = float(weight)
        own = values[:, 1:] if count == 2 else values
        members.append(_member(tree.tree_, own, fold))
    outputs = 1 if count == 2 else count
    return Ensemble(
        columns=_width(model, fold),
        outputs=outputs,
        members=tuple(members),
        start=(0.0,) * outputs,
        arithmetic="float64",
        divisor=float(model.estimator_weights_.sum()),
        **_boosted(model, outputs, None, 0.0),
    )


def _votes(model: Any, where: str, above: Fraction | None, fold: Fold | None) -> Ensemble:
    """Votes of decision trees, hard or soft: the largest sum decides, the first of several."""
    if not votes_of_trees(model):
        raise EnsembleError(
            f"a {where} of other models than decision trees is no ensemble of trees"
        )
    values, divisor = votes(model)
    trees = zip(model.estimators_, values, strict=True)
    made = _averaged(model, [_member(t.tree_, own, fold) for t, own in trees], above, fold)
    return replace(made, divisor=divisor, notes=())


def _width(model: Any, fold: Fold | None) -> int:
    """The columns that the ensemble reads."""
    return int(model.n_features_in_) if fold is None else fold.domain.columns


def unwarned(call: Callable[[Any], Any], x: Any) -> Any:
    """What a library answers, without its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(x)


TREES = (
    *("DecisionTreeClassifier", "ExtraTreeClassifier"),
    *("DecisionTreeRegressor", "ExtraTreeRegressor"),
)
READERS: dict[str, Callable[[Any, str, Fraction | None, Fold | None], Ensemble]] = {
    "RandomForestClassifier": _forest,
    "ExtraTreesClassifier": _forest,
    "GradientBoostingClassifier": _gradient,
    "HistGradientBoostingClassifier": _histogram,
    "AdaBoostClassifier": _ada,
    "BaggingClassifier": _bagging,
    "BaggingRegressor": _bagging,
    "DecisionTreeClassifier": _forest,
    "ExtraTreeClassifier": _forest,
    "RandomForestRegressor": _forest,
    "ExtraTreesRegressor": _forest,
    "VotingClassifier": _votes,
    "GradientBoostingRegressor": _gradient,
    "HistGradientBoostingRegressor": _histogram,
    "DecisionTreeRegressor": _forest,
    "ExtraTreeRegressor": _forest,
}
"""The estimators that are read."""
