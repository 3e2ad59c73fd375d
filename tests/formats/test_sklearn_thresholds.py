"""Classifiers of scikit-learn with a threshold: read as they answer, ties and all."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import verifier as lp
from tests.brute import teacher_class
from verifier.model.errors import LeafproofError

pytest.importorskip("sklearn", "1.6")
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

POINTS = np.array([[i >> k & 1 for k in range(6)] for i in range(64)], dtype=float)


def data(seed, names=("no", "yes")):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 2, (120, 6)).astype(float)
    return x, np.array(names)[(x @ rng.normal(size=6) + 0.3 * rng.normal(size=120) > 0.2) * 1]


def answers(model):
    network, domain = lp.load_network(model), lp.Domain.bits(6)
    return [network.labels[teacher_class(network, domain.encode(p))] for p in POINTS.astype(int)]


@pytest.mark.parametrize("label", [None, "no", "yes"])
@pytest.mark.parametrize(
    ("inner", "response"),
    [
        (LogisticRegression(), "auto"),
        (LogisticRegression(), "decision_function"),
        (
            MLPClassifier((5,), solver="lbfgs", alpha=0.1, max_iter=9999, random_state=0),
            "predict_proba",
        ),
        (make_pipeline(StandardScaler(), LogisticRegression(C=0.1)), "auto"),
        (LinearSVC(), "auto"),
        (RidgeClassifier(), "auto"),
    ],
)
def test_a_fixed_threshold_is_read_as_it_answers(inner, response, label):
    x, y = data(1)
    seen = set()
    for threshold in ("auto", 0.2, 0.35, 0.5, 0.8):
        model = FixedThresholdClassifier(
            inner, threshold=threshold, pos_label=label, response_method=response
        ).fit(x, y)
        said = model.predict(POINTS).tolist()
        assert answers(model) == said
        seen.add(tuple(said))
    assert len(seen) > 2  # thresholds matter


@pytest.mark.parametrize("label", [None, 0, 1])
@pytest.mark.parametrize("response", ["predict_proba", "decision_function"])
def test_where_a_score_is_the_threshold_the_class_is_the_positive_one(label, response):
    """A sum of whole numbers that is 0, or 2, at many points."""
    inner = LogisticRegression().fit(*data(0, (0, 1)))
    inner.coef_, inner.intercept_ = np.array([[1.0, -1.0, 2.0, -2.0, 1.0, -1.0]]), np.array([0.0])
    held = {"predict_proba": (0.5,), "decision_function": (0.0, 2.0, -1.0)}[response]
    for threshold in held:
        model = FixedThresholdClassifier(
            FrozenEstimator(inner), threshold=threshold, pos_label=label, response_method=response
        ).fit(POINTS, np.arange(64) % 2)
        said = [str(c) for c in model.predict(POINTS)]
        ties = (inner.decision_function(POINTS) == 0).sum()
        assert ties > 5 and answers(model) == said


def test_a_tuned_threshold_and_pipelines_around_and_inside():
    x, y = data(3, (0, 1))
    for model in (
        TunedThresholdClassifierCV(LogisticRegression(), scoring="balanced_accuracy"),
        TunedThresholdClassifierCV(LogisticRegression(), scoring="f1"),
        make_pipeline(
            StandardScaler(),
            FixedThresholdClassifier(make_pipeline(StandardScaler(), LinearSVC()), threshold=0.4),
        ),
    ):
        fitted = model.fit(x, y)
        assert answers(fitted) == [str(c) for c in fitted.predict(POINTS)]


def test_it_is_certified_by_its_own_answers():
    x, y = data(4, (0, 1))
    model = FixedThresholdClassifier(LogisticRegression(), threshold=0.3).fit(x, y)
    made = lp.distill(model, lp.Domain.bits(6))
    assert made.verdict == "equivalent"
    assert made.tree.predict(POINTS, names=True).tolist() == [str(c) for c in model.predict(POINTS)]
    plain = lp.certify(model.estimator_, made.tree, lp.Domain.bits(6))
    differ = Fraction(int((model.predict(POINTS) != model.estimator_.predict(POINTS)).sum()), 64)
    assert differ and plain.error == (differ, differ)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (FixedThresholdClassifier(LogisticRegression()), "not fitted"),
        (FixedThresholdClassifier(LogisticRegression(), threshold=1.0), "one answer only"),
        (FixedThresholdClassifier(RandomForestClassifier(3), threshold=0.3), "not supported"),
        (make_pipeline(FixedThresholdClassifier(LogisticRegression())), "threshold of its own"),
        (LinearRegression(), "give the threshold"),
    ],
)
def test_refusals(model, words):
    x, y = data(5, (0, 1))
    if words != "not fitted":
        model = model.fit(x, y)
    asked = {"threshold": 0.3} if words == "threshold of its own" else {}
    with pytest.raises(LeafproofError, match=words):
        lp.load_network(model, **asked)
