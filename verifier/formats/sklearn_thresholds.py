"""scikit-learn's classifiers with a threshold of their own: fixed, or tuned on data.

They answer one class where its score (its probability, or what a linear model sums up) is at least
the threshold, and the other class below it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from verifier.formats import decisions, heads, operators
from verifier.formats.graph import Graph, Signal, finish
from verifier.formats.own import kind_of
from verifier.formats.sklearn_search import found_by
from verifier.model.errors import NetworkError
from verifier.model.head import Head
from verifier.model.network import Network

THRESHOLDS = ("FixedThresholdClassifier", "TunedThresholdClassifierCV")
ODDS = ("LogisticRegression", "LogisticRegressionCV", "LinearDiscriminantAnalysis", "MLPClassifier")
"""Classifiers of two classes whose probability is the sigmoid of their one score."""
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Cut:
    """The class at ``index`` (0, 1) is answered where its score is at least ``threshold``: its
    ``probability``, or the score of a linear model, which is that of class 1."""

    threshold: Fraction
    probability: bool
    index: int


def cut_of(model: Any) -> tuple[Any, Cut | None]:
    """The classifier that is asked, and how its score decides; a model of another kind, and None.

    Raises NetworkError where it is not fitted, or its threshold decides nothing.
    """
    name = kind_of(model)
    if name not in THRESHOLDS:
        return model, None
    fixed = name == THRESHOLDS[0]
    inner = getattr(model, "estimator_", model.estimator if fixed else None)
    if inner is None or not hasattr(inner, "classes_"):
        raise NetworkError(f"the {name} is not fitted: call fit first")
    inner = found_by(inner)
    by_chance = model.response_method == "predict_proba"
    if model.response_method == "auto":
        by_chance = hasattr(inner, "predict_proba")
    held = model.threshold if fixed else model.best_threshold_
    if isinstance(held, str):  # "auto"
        held = 0.5 if by_chance else 0.0
    if not math.isfinite(held) or (by_chance and not 0 < held < 1):
        raise NetworkError(
            f"the {name} has the threshold {held}, so that it gives one answer only: give it "
            "another one"
        )
    classes = np.asarray(inner.classes_)
    if len(classes) != 2:
        raise NetworkError(f"the {name} was fitted to {len(classes)} classes: give it two")
    label = model.pos_label if fixed else model._curve_scorer._get_pos_label()
    at = [1] if label is None else np.flatnonzero(classes == label).tolist()
    if len(at) != 1:
        raise NetworkError(f"the {name} has a pos_label that is none of its classes: fit it again")
    return inner, Cut(Fraction(float(held)), by_chance, at[0])


def concluded(graph: Graph, z: Signal, final: Any, where: str, cut: Cut) -> Network:
    """The network of a classifier whose one score is ``z``, class 1's, and which a cut decides by.

    Raises NetworkError for a model whose probability is another function of the score.
    """
    name = kind_of(final)
    odds = name in ODDS or (name == "SGDClassifier" and final.loss == "log_loss")
    if z.width != 1 or (cut.probability and not odds):
        raise NetworkError(
            f"a threshold for the probabilities of {name} is not supported: it is for "
            f"{', '.join(ODDS)} and SGDClassifier with the loss log_loss, of two classes"
        )
    limit = cut.threshold
    if not cut.index:  # its probability is what is left of 1, and its score the other's negative
        limit = 1 - limit if cut.probability else -limit
    read = decisions.above_logit if cut.probability else heads.above
    above = read(graph, z, limit, where)
    # the logarithm of odds other than 1 is no fraction: no score is equal to it
    if cut.index and (not cut.probability or limit == HALF):
        # class 1 where ``above`` is at least 0: one number that is then positive
        above = operators.scale(graph, operators.sign(graph, above), shift=0.5)
    head = Head("probability" if cut.probability else "logit", limit, "shown")
    return finish(graph, above, where, head, heads.label_names(list(final.classes_)))
