"""scikit-learn's neural networks and linear models as Teachers, as ``predict`` decides.

``predict`` gives ties to class 0 (one score: class 1 iff it is positive) or to the first of the
largest scores, which is the Network's own rule. scikit-learn computes in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from verifier.formats import sklearn_columns, sklearn_pipelines
from verifier.formats.graph import Graph, Signal, finish, refuse
from verifier.formats.heads import Number, asked_for, conclude, label_names
from verifier.formats.operators import affine, clip, relu, scale
from verifier.formats.own import check_own, kind_of
from verifier.formats.sklearn_check import compare, compare_rows
from verifier.formats.sklearn_combined import (
    BAYES,
    COMBINED,
    COMPONENTS,
    components,
    final_of,
    pipelines_of,
    plain_steps,
    reads_table,
)
from verifier.formats.sklearn_inputs import inputs_of
from verifier.formats.sklearn_pipelines import check_copies, passes
from verifier.formats.sklearn_search import found_by
from verifier.formats.sklearn_thresholds import Cut, concluded, cut_of
from verifier.formats.smooth import smooth
from verifier.formats.words import few
from verifier.model.domain import Domain
from verifier.model.errors import NetworkError, quoted
from verifier.model.head import Head
from verifier.model.network import Network

LINEAR_CLASSIFIERS = (
    *("LogisticRegression", "LogisticRegressionCV", "LinearSVC", "SGDClassifier"),
    *("RidgeClassifier", "RidgeClassifierCV", "Perceptron", "PassiveAggressiveClassifier"),
    "LinearDiscriminantAnalysis",
)
LINEAR_REGRESSORS = (
    *("LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet"),
    *("ElasticNetCV", "LinearSVR", "SGDRegressor", "Lars", "LarsCV", "LassoLars", "LassoLarsCV"),
    *("LassoLarsIC", "OrthogonalMatchingPursuit", "OrthogonalMatchingPursuitCV", "BayesianRidge"),
    *("ARDRegression", "HuberRegressor", "QuantileRegressor", "TheilSenRegressor"),
    "PassiveAggressiveRegressor",
)
NETWORKS = ("MLPClassifier", "MLPRegressor")
SMOOTH = {"tanh": "tanh", "logistic": "sigmoid"}
"""Activations that are smooth functions, and what these are called here."""


def teacher_from_mlp(model: Any) -> Network:
    """The logits of a fitted ``MLPClassifier``, whatever its activation.

    Two classes: one logit, whose logistic exceeds 1/2 iff it is positive, as in ``predict``.
    Raises NetworkError.
    """
    where = type(model).__name__
    if where != "MLPClassifier":
        raise NetworkError(f"{where} is not supported: give an MLPClassifier")
    return teacher_from_sklearn(model)


def teacher_from_sklearn(
    model: Any, *, threshold: Number | None = None, domain: Domain | None = None
) -> Network:
    """The scores of a fitted classifier, network or linear, or of a pipeline that ends in one.

    A regressor predicts a number: ``threshold`` says above which one it is class 1. Supported are
    the classes named in this module, whole pipelines of them, and the scalers. With a ``domain``
    pipelines may begin with the raw columns that its variables are (``sklearn_pipelines``), and the
    network reads the domain's columns. Raises NetworkError.
    """
    if type(model).__module__.partition(".")[0] == "sklearn":
        check_own(model, "sklearn", NetworkError)
    where = kind_of(model)
    steps, cut = _steps(model)
    final = steps[-1]
    name = kind_of(final)
    supported = _READERS.get(name)
    if supported is None:
        raise NetworkError(
            f"{name} is not supported: give one of {few(list(_READERS), 12)}, a forest, boosted "
            "trees, or a Pipeline that ends in one; how often a tree differs from any model that "
            "can be called, a test tells (lp.test, leafproof test)"
        )
    _check_fitted(final, name)
    if len(getattr(final, "classes_", (0, 1))) < 2:
        raise NetworkError(f"the {name} was fitted to one class: give it examples of two")
    first = _first(steps)
    own = first is not final and kind_of(first) not in COMPONENTS
    if own and not hasattr(first, "n_features_in_"):
        sklearn_pipelines.require_known(first)  # one of the user's own may have no state
    _check_fitted(first, kind_of(first))
    inputs = None if domain is None else _inputs(steps, domain)
    if domain is not None and first is final and reads_table(final, _SCALERS):
        graph, first_mixing = Graph(domain.columns), len(steps) - 1
        x, supported = graph.input, partial(_combined, domain=domain, none=_lacking(inputs or ()))
    elif domain is not None and inputs is not None:
        graph = Graph(domain.columns)
        mixing = (i for i, step in enumerate(steps[:-1]) if kind_of(step) in COMPONENTS)
        first_mixing = next(mixing, len(steps) - 1)  # before it a column is made of one variable
        x = sklearn_pipelines.folded(graph, domain, steps[:first_mixing], inputs)
    else:
        graph, first_mixing = Graph(int(first.n_features_in_)), 0
        x = graph.input
    for step in steps[first_mixing:-1]:
        x = _scaled(graph, x, step)
    if cut is not None and threshold is not None:
        raise NetworkError(f"the {where} has a threshold of its own: leave the threshold out")
    scores = supported(graph, x, final, name)
    if cut is None:
        made = _concluded(graph, scores, final, where, threshold)
    else:
        made = concluded(graph, scores, final, where, cut)
    above = None if threshold is None else asked_for("regression", threshold).threshold
    if domain is not None and inputs is not None:
        compare(model, made, domain, inputs, above)
    else:
        compare_rows(model, made, domain, above)
    return made


def _steps(model: Any) -> tuple[list[Any], Cut | None]:
    """What a model does one after the other, and how it decides where it has a threshold."""
    if kind_of(model) == "Pipeline":
        inner, cut = _steps(model.steps[-1][1])
        return [*(step for _, step in model.steps[:-1]), *inner], cut
    inside, cut = cut_of(model)
    return ([model], None) if cut is None else (_steps(inside)[0], cut)


def inputs_in(model: Any, domain: Domain) -> Sequence[sklearn_columns.Held] | None:
    """The inputs of a model that was read as the domain has them; None where its columns are the
    inputs, in order."""
    return _inputs(_steps(found_by(model))[0], domain)


def _first(steps: Sequence[Any]) -> Any:
    """The step that reads the model's inputs."""
    return next((s for s in steps if not passes(s)), steps[-1])


def _inputs(steps: Sequence[Any], domain: Domain) -> list[sklearn_columns.Held] | None:
    first = _first(steps)
    if first is steps[-1] and reads_table(first, _SCALERS):
        inputs, pipelines = inputs_of(first, domain, table=True), pipelines_of(first)
    else:
        inputs, pipelines = _raw_inputs(first, steps[:-1], domain), [list(steps[:-1])]
    return inputs and sklearn_pipelines.as_fitted_to(domain, pipelines, inputs)


def _raw_inputs(
    first: Any, steps: Sequence[Any], domain: Domain
) -> list[sklearn_columns.Held] | None:
    """The inputs as the domain's variables; None where its columns are the inputs, in order."""
    plain = all(passes(s) or kind_of(s) in _SCALERS for s in steps)
    inputs = inputs_of(first, domain, table=not plain)
    if inputs is None or (plain and sklearn_columns.are_columns(domain, inputs)):
        return None
    return inputs


def _concluded(
    graph: Graph, output: Signal, final: Any, where: str, threshold: Number | None
) -> Network:
    """The network whose scores are ``output``."""
    name = kind_of(final)
    if name in (*LINEAR_REGRESSORS, "MLPRegressor"):
        return _cut(graph, output, name, threshold)
    if threshold is not None:
        raise NetworkError(f"{name} decides by itself: leave the threshold out")
    several = output.width > 1
    kind = "probability" if name == "MLPClassifier" else "logit"
    usual = Fraction(1, 2) if kind == "probability" else Fraction(0)
    head = Head(kind, None if several else usual, "shown")
    return finish(graph, output, where, head, label_names(list(final.classes_)))


def _check_fitted(model: Any, name: str) -> None:
    if not hasattr(model, "n_features_in_"):
        raise NetworkError(f"the {name} is not fitted: call fit first")


def _cut(graph: Graph, output: Signal, name: str, threshold: Number | None) -> Network:
    """A predicted number as a class."""
    if threshold is None:
        raise NetworkError(
            f"{name} predicts a number, which is no class by itself: give the threshold above "
            "which it is class 1"
        )
    if output.width != 1:
        raise NetworkError(f"the {name} predicts {output.width} numbers at once: one is supported")
    return conclude(graph, output, f"the prediction of {name}", asked_for("regression", threshold))


def _finite(place: str, *arrays: Any) -> list[Any]:
    dense = [np.asarray(a.toarray() if hasattr(a, "toarray") else a) for a in arrays]
    if any(a.dtype.kind not in "fiu" for a in dense):
        raise NetworkError(f"{place} has weights that are no real numbers: train it again")
    exact = [np.asarray(a, np.float64) for a in dense]
    if not all(np.isfinite(a).all() for a in exact):
        raise NetworkError(f"{place} has a NaN or infinite weight: train it again")
    if any((x.astype(a.dtype) != a).any() for x, a in zip(exact, dense, strict=True)):
        raise NetworkError(f"{place} has a weight that is no float64: round its weights first")
    return exact


def _network(graph: Graph, x: Signal, model: Any, name: str) -> Signal:
    if model.activation not in ("relu", "identity", *SMOOTH):
        raise NetworkError(
            f"the {name} has activation {quoted(model.activation)}: supported are relu, identity, "
            f"{', '.join(SMOOTH)}"
        )
    if name == "MLPRegressor" and model.out_activation_ != "identity":
        raise NetworkError(f"the {name} ends in {quoted(model.out_activation_)}: only identity")
    if name == "MLPClassifier" and (
        model.out_activation_ not in ("logistic", "softmax") or _multilabel(model)
    ):
        raise NetworkError(f"the {name} predicts several labels at once: one class is supported")
    last = len(model.coefs_) - 1
    for i, (weight, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True)):
        place = f"{name} layer {i}"
        arrays = _finite(place, weight.T, bias)
        x = affine(graph, x, arrays[0], arrays[1], place)
        if i < last and model.activation == "relu":
            x = relu(graph, x)
        elif i < last and model.activation in SMOOTH:
            x = smooth(graph, x, SMOOTH[model.activation])
    if name == "MLPClassifier":
        graph.note(f"the final {model.out_activation_} is left out (it keeps the class)")
    return x


def _multilabel(model: Any) -> bool:
    """Several outputs, each thresholded by itself: then ``classes_`` are not exclusive."""
    return bool(model.out_activation_ == "logistic" and model.n_outputs_ > 1)


def _linear(graph: Graph, x: Signal, model: Any, name: str) -> Signal:
    if not hasattr(model, "coef_"):
        raise NetworkError(f"the {name} is not fitted: call fit first")
    weight, bias = _finite(name, model.coef_, model.intercept_)
    weight = np.atleast_2d(weight)
    bias = np.broadcast_to(bias.reshape(-1), (weight.shape[0],)).copy()
    classes = getattr(model, "classes_", None)
    if classes is not None and len(classes) != max(2, weight.shape[0]):
        raise NetworkError(f"the {name} predicts several labels at once: one class is supported")
    if str(getattr(getattr(model, "_label_binarizer", None), "y_type_", "")).startswith("multil"):
        raise NetworkError(f"the {name} predicts several labels at once: one class is supported")
    return affine(graph, x, weight, bias, name)


def _lacking(inputs: Sequence[sklearn_columns.Held]) -> frozenset[int]:
    """The variables in whose columns None is what is missing."""
    return frozenset(c.variable for c in inputs if c.none)


def _combined(
    graph: Graph,
    x: Signal,
    model: Any,
    name: str,
    domain: Domain | None = None,
    none: Collection[int] = (),
) -> Signal:
    """A model that is made of others; each may read the raw columns of a ``domain`` by itself.

    What is missing there is None of the variables ``none``.
    """
    return COMBINED[name](graph, x, model, partial(_member, domain=domain, none=none, whose=name))


def _member(
    graph: Graph, x: Signal, member: Any, domain: Domain | None, none: Collection[int], whose: str
) -> Signal:
    """The scores of a member, which may be a pipeline, from the same inputs."""
    steps, final = plain_steps(member), final_of(member)
    name = kind_of(final)
    check_copies("a model of several", steps)
    if domain is not None and name not in COMBINED:
        first = steps[0] if steps else final
        inputs = inputs_of(first, domain, table=True)
        assert inputs is not None  # a table's columns are found, or refused
        inputs = [replace(c, none=c.variable in none) for c in inputs]
        tabled = next((i for i, s in enumerate(steps) if kind_of(s) in COMPONENTS), len(steps))
        x = sklearn_pipelines.folded(graph, domain, steps[:tabled], inputs)
        steps = steps[tabled:]
    for step in steps:
        x = _scaled(graph, x, step)
    if name not in (*LINEAR_CLASSIFIERS, "MLPClassifier", "CalibratedClassifierCV"):
        raise NetworkError(
            f"the {whose}: its member {name} is not supported: supported are "
            f"{', '.join(LINEAR_CLASSIFIERS)}, MLPClassifier, CalibratedClassifierCV and pipelines "
            "that end in one"
        )
    if name in COMBINED:
        return _combined(graph, x, final, name, domain, none)
    return _READERS[name](graph, x, final, name)


def _scaled(graph: Graph, x: Signal, step: Any) -> Signal:
    """A step of a pipeline before the last."""
    if passes(step):
        return x
    name = kind_of(step)
    if name not in _SCALERS and name in sklearn_pipelines.STEPS:
        raise NetworkError(
            f"the pipeline's step {name} reads the columns of a table: give that table's domain "
            "(Domain.from_frame, leafproof domain)"
        )
    if name not in _SCALERS:
        raise NetworkError(
            f"the pipeline's step {name} is not supported: supported are {', '.join(_SCALERS)}, "
            "and with a domain of the raw columns "
            f"{', '.join(x for x in sklearn_pipelines.STEPS if x not in _SCALERS)}; do the rest in "
            "the domain's encodings"
        )
    _check_fitted(step, name)
    return _SCALERS[name](graph, x, step)


def _standard(graph: Graph, x: Signal, step: Any, shift: str, divisor: str) -> Signal:
    """(x - shift) / divisor, each where the scaler has it."""
    for attribute, sign in ((shift, True), (divisor, False)):
        held = getattr(step, attribute, None) if attribute else None
        if held is None:
            continue
        (row,) = _finite(kind_of(step), held)
        if not sign and not row.all():
            refuse(kind_of(step), "it divides by zero: train it again")
        x = scale(graph, x, shift=-row) if sign else scale(graph, x, divisor=row)
    return x


def _min_max(graph: Graph, x: Signal, step: Any) -> Signal:
    factor, shift = _finite("MinMaxScaler", step.scale_, step.min_)
    return _clipped(
        graph, scale(graph, scale(graph, x, factor), shift=shift), step, step.feature_range
    )


def _clipped(graph: Graph, x: Signal, step: Any, ends: Sequence[float]) -> Signal:
    """What a scaler has made, between two ends if it clips."""
    low, high = map(float, ends)
    return clip(graph, x, low, high, kind_of(step)) if getattr(step, "clip", False) else x


def _selected(graph: Graph, x: Signal, step: Any) -> Signal:
    """Some of the columns."""
    kept = np.asarray(step.get_support(), dtype=bool)
    if kept.shape != (x.width,) or not kept.any():
        refuse(kind_of(step), f"it keeps {int(kept.sum())} of {kept.size} columns, of {x.width}")
    return affine(graph, x, np.eye(x.width)[kept], np.zeros(int(kept.sum())), kind_of(step))


_SCALERS: dict[str, Callable[[Graph, Signal, Any], Signal]] = {
    "StandardScaler": lambda graph, x, step: _standard(
        graph, x, step, "mean_" if step.with_mean else "", "scale_" if step.with_std else ""
    ),
    "MinMaxScaler": _min_max,
    "MaxAbsScaler": lambda graph, x, step: _clipped(
        graph, _standard(graph, x, step, "", "scale_"), step, (-1, 1)
    ),
    "RobustScaler": lambda graph, x, step: _standard(graph, x, step, "center_", "scale_"),
    **dict.fromkeys(sklearn_pipelines.SELECTORS, _selected),
    **dict.fromkeys(COMPONENTS, components),
}
_Reader = Callable[[Graph, Signal, Any, str], Signal]
_READERS: dict[str, _Reader] = {
    **dict.fromkeys(NETWORKS, _network),
    **dict.fromkeys((*LINEAR_CLASSIFIERS, *LINEAR_REGRESSORS), _linear),
    **BAYES,
    **dict.fromkeys(COMBINED, _combined),
}
