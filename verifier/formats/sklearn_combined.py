"""scikit-learn's models that are made of others, and naive Bayes, as exact layers.

One model against the rest, votes, means of probabilities and calibrated scores: sums, steps and
sigmoids of what their members' scores are over the real numbers. ``scores(graph, x, member)`` gives
the scores of a member that is read: one of two classes, or one for each class.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any

import numpy as np

from verifier.formats.exact import Array
from verifier.formats.graph import Graph, Signal, refuse
from verifier.formats.operators import affine, relu, scale, sign
from verifier.formats.own import kind_of
from verifier.formats.sklearn_pipelines import passes
from verifier.formats.smooth import smooth
from verifier.model.network import Add

Scores = Callable[[Graph, Signal, Any], Signal]
_SIGMOID = (
    *("LogisticRegression", "LogisticRegressionCV", "LinearDiscriminantAnalysis"),
    *("MLPClassifier", "SGDClassifier"),
)
"""Models whose probability of the second of two classes is the sigmoid of their score."""


def finite(where: str, *arrays: Any) -> list[Array]:
    """Arrays in float64. Raises NetworkError where a number is none."""
    exact = [np.asarray(a, np.float64) for a in arrays]
    if not all(np.isfinite(a).all() for a in exact):
        refuse(where, "it has a NaN or infinite number: train it again")
    return exact


def final_of(model: Any) -> Any:
    """The model itself, or the one that a pipeline ends in."""
    return model.steps[-1][1] if kind_of(model) == "Pipeline" else model


def side_by_side(graph: Graph, parts: Sequence[Signal]) -> Signal:
    """One row of all the parts' columns."""
    width, at = sum(part.width for part in parts), 0
    total: Signal | None = None
    for part in parts:
        own = np.zeros((width, part.width))
        own[at : at + part.width] = np.eye(part.width)
        placed = affine(graph, part, own, None, "its members")
        at += part.width
        total = placed if total is None else graph.emit(Add(total.node, placed.node), (width,))
    assert total is not None
    return total


def one_against_rest(graph: Graph, x: Signal, model: Any, scores: Scores) -> Signal:
    """OneVsRestClassifier: the member with the largest score, the first of several.

    Of two classes there is one member. Members without decision functions are compared by
    probabilities, of which many are 1 in float64 though their scores differ: they are refused.
    """
    where = "OneVsRestClassifier"
    if getattr(model, "multilabel_", False):
        refuse(where, "it predicts several labels at once: one class is supported")
    parts = []
    for member in model.estimators_:
        if kind_of(member) == "_ConstantPredictor":
            refuse(where, "it saw no examples of a class, or nothing else: train it again")
        parts.append(_single(graph, x, member, where, scores))
    if len(parts) > 1 and len({kind_of(final_of(m)) for m in model.estimators_}) > 1:
        refuse(where, "its members are of several kinds, whose scores are not compared")
    if len(parts) > 1 and not all(hasattr(m, "decision_function") for m in model.estimators_):
        name = kind_of(final_of(model.estimators_[0]))
        refuse(where, f"it compares rounded probabilities of its members {name}: use one for all")
    return parts[0] if len(parts) == 1 else side_by_side(graph, parts)


def _single(graph: Graph, x: Signal, member: Any, where: str, scores: Scores) -> Signal:
    """The one score of a member of two classes."""
    found = scores(graph, x, member)
    if found.width != 1 or len(final_of(member).classes_) != 2:
        refuse(where, f"its member {kind_of(member)} is not of two classes with one score")
    return found


def voting(graph: Graph, x: Signal, model: Any, scores: Scores) -> Signal:
    """VotingClassifier of two classes: class 1 iff its votes, or its mean share, are the larger."""
    where = "VotingClassifier"
    if len(model.classes_) != 2:
        refuse(where, f"it has {len(model.classes_)} classes: votes of two classes are read")
    given = model._weights_not_none
    (weights,) = finite(where, np.ones(len(model.estimators_)) if given is None else given)
    if not (weights >= 0).all() or not weights.any():
        refuse(where, "its weights are not all positive: give positive ones")
    parts = [_single(graph, x, member, where, scores) for member in model.estimators_]
    row = side_by_side(graph, parts)
    if model.voting == "hard":  # a sign of 0 is a vote for class 0
        row = relu(graph, sign(graph, row))
    else:
        for member in model.estimators_:
            _check_sigmoid(member, where)
        row = smooth(graph, row, "sigmoid")
    # twice what is for class 1, less all that there is
    doubled = scale(graph, row, 2.0, shift=-1.0)
    return affine(graph, doubled, weights[None, :], None, where)


def _check_sigmoid(member: Any, where: str) -> None:
    final = final_of(member)
    name = kind_of(final)
    if name not in _SIGMOID or (name == "SGDClassifier" and final.loss != "log_loss"):
        refuse(where, f"the probability of its member {name} is no sigmoid: use hard voting")


def calibrated(graph: Graph, x: Signal, model: Any, scores: Scores) -> Signal:
    """CalibratedClassifierCV of two classes: the mean of 1 / (1 + e^(a f + b)) above 1/2."""
    where = "CalibratedClassifierCV"
    if len(model.classes_) != 2:
        refuse(where, f"it has {len(model.classes_)} classes: two are read")
    parts = []
    for held in model.calibrated_classifiers_:
        if held.method != "sigmoid":
            refuse(where, f"its method is {held.method}: sigmoid is read")
        if not hasattr(final_of(held.estimator), "decision_function"):
            refuse(where, f"it calibrates probabilities of {kind_of(held.estimator)}, not scores")
        own = _single(graph, x, held.estimator, where, scores)
        (curve,) = held.calibrators
        factor, shift = finite(where, -curve.a_, -curve.b_)
        parts.append(scale(graph, own, factor, shift=shift))
    if len(parts) == 1:  # its sigmoid is above 1/2 where it is above 0
        return parts[0]
    row = smooth(graph, side_by_side(graph, parts), "sigmoid")
    doubled = scale(graph, row, 2.0, shift=-1.0)
    return affine(graph, doubled, np.ones((1, len(parts))), None, where)


def bernoulli(graph: Graph, x: Signal, model: Any, name: str) -> Signal:
    """BernoulliNB: linear in what is above its threshold, if it has one."""
    shares, prior = finite(name, model.feature_log_prob_, model.class_log_prior_)
    with np.errstate(all="ignore"):
        others = np.log(1 - np.exp(shares))  # as scikit-learn computes it
    weight, bias = finite(name, shares - others, prior + others.sum(axis=1))
    if model.binarize is not None:
        (least,) = finite(name, model.binarize)
        x = relu(graph, sign(graph, scale(graph, x, shift=-least)))
    return affine(graph, x, weight, bias, name)


def multinomial(graph: Graph, x: Signal, model: Any, name: str) -> Signal:
    """MultinomialNB and ComplementNB: linear; the latter without the classes' own shares."""
    weight, prior = finite(name, model.feature_log_prob_, model.class_log_prior_)
    if name == "ComplementNB" and len(model.classes_) > 1:
        prior = np.zeros(len(model.classes_))
    return affine(graph, x, weight, prior, name)


def components(graph: Graph, x: Signal, step: Any) -> Signal:
    """PCA and TruncatedSVD: the products with the components, of PCA's after its mean is taken."""
    where = kind_of(step)
    (weight,) = finite(where, step.components_)
    if where == "TruncatedSVD":
        return affine(graph, x, weight, None, where)
    (mean,) = finite(where, step.mean_)
    found = affine(graph, scale(graph, x, shift=-mean), weight, None, where)
    if not step.whiten:
        return found
    spread = np.sqrt(np.asarray(step.explained_variance_, np.float64))
    return scale(graph, found, divisor=np.maximum(spread, np.finfo(spread.dtype).eps))


COMBINED: dict[str, Callable[[Graph, Signal, Any, Scores], Signal]] = {
    "OneVsRestClassifier": one_against_rest,
    "VotingClassifier": voting,
    "CalibratedClassifierCV": calibrated,
}
BAYES: dict[str, Callable[[Graph, Signal, Any, str], Signal]] = {
    "BernoulliNB": bernoulli,
    "MultinomialNB": multinomial,
    "ComplementNB": multinomial,
}
COMPONENTS = ("PCA", "TruncatedSVD")


def plain_steps(model: Any) -> list[Any]:
    """The steps before the last of a member that is a pipeline, but for those that do nothing."""
    if kind_of(model) != "Pipeline":
        return []
    return [step for _, step in model.steps[:-1] if not passes(step)]


def members_of(model: Any) -> list[Any]:
    """The fitted models that a combined one is made of."""
    if kind_of(model) == "CalibratedClassifierCV":
        return [held.estimator for held in model.calibrated_classifiers_]
    return list(model.estimators_)


def pipelines_of(model: Any) -> list[list[Any]]:
    """The steps before each model that is in a combined one, or in one of its members."""
    if kind_of(final_of(model)) not in COMBINED:
        return [plain_steps(model)]
    return [steps for member in members_of(final_of(model)) for steps in pipelines_of(member)]


def reads_table(model: Any, known: Container[str]) -> bool:
    """Whether a combined model has a member that begins with a table's raw columns: a pipeline with
    a step that is not one of the ``known``, which take numbers."""
    if kind_of(final_of(model)) in COMBINED and any(
        reads_table(member, known) for member in members_of(final_of(model))
    ):
        return True
    return any(kind_of(step) not in known for step in plain_steps(model))
