"""scikit-learn's linear models, networks and pipelines against their own ``predict``."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn import feature_selection, linear_model, preprocessing, svm
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import BernoulliNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline

from tests.formats.onnx_models import evaluate
from verifier.formats.load import load_teacher
from verifier.formats.sklearn import teacher_from_sklearn
from verifier.model.errors import NetworkError
from verifier.model.network import Network, decide

X = np.random.default_rng(0).integers(-4, 5, (120, 3)) / 2
ROWS = np.array([[a, b, c] for a in (-2, -1, 0, 1) for b in (-1, 0, 0.5) for c in (0, 1, 3)], float)
LABELS: dict[str, list[Any]] = {
    "two": [0, 1],
    "signs": [-1, 1],
    "words": ["no", "yes"],
    "truth": [False, True],
    "three": [3, 5, 9],
    "floats": [1.0, 2.0],
}
MODELS: dict[str, Any] = {
    "logistic": lambda: linear_model.LogisticRegression(),
    "svc": lambda: svm.LinearSVC(),
    "sgd": lambda: linear_model.SGDClassifier(random_state=0),
    "ridge": lambda: linear_model.RidgeClassifier(),
    "perceptron": lambda: linear_model.Perceptron(),
    "discriminant": lambda: LinearDiscriminantAnalysis(),
    "selected": lambda: make_pipeline(
        feature_selection.VarianceThreshold(),
        feature_selection.SelectKBest(k=2),
        linear_model.LogisticRegression(),
    ),
    "network": lambda: MLPClassifier((4,), solver="lbfgs", max_iter=30, tol=1e3, random_state=0),
    "scaled": lambda: make_pipeline(preprocessing.StandardScaler(), linear_model.Perceptron()),
    "clipped": lambda: make_pipeline(
        preprocessing.MaxAbsScaler(clip=True), linear_model.LogisticRegression()
    ),
    "scaled network": lambda: make_pipeline(
        "passthrough",
        preprocessing.MaxAbsScaler(),
        preprocessing.MinMaxScaler(clip=True),
        preprocessing.RobustScaler(with_centering=False),
        preprocessing.StandardScaler(with_mean=False),
        MLPClassifier((4,), solver="lbfgs", max_iter=30, tol=1e3, random_state=0),
    ),
}


def fitted(model: Any, labels: list[Any]) -> Any:
    score = X @ [2.0, -1.0, 0.5] + (X[:, 0] > 1)
    cuts = np.quantile(score, np.arange(1, len(labels)) / len(labels))
    return model.fit(X, np.asarray(labels)[np.searchsorted(cuts, score)])


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("name", MODELS)
def test_classes_are_those_of_predict(name: str, labels: str) -> None:
    model = fitted(MODELS[name](), LABELS[labels])
    teacher = teacher_from_sklearn(model)
    assert teacher.head is not None and teacher.head.origin == "shown"
    assert len(teacher.labels) == len(LABELS[labels])
    exact = evaluate(teacher, ROWS.tolist())
    found = [model.classes_[decide([int(v * 2**200) for v in row])] for row in exact]
    predicted = model.predict(ROWS).tolist()
    margin = [min(abs(a - b) for a in row for b in [*row, 0] if a is not b) for row in exact]
    for row, (ours, theirs) in enumerate(zip(found, predicted, strict=True)):
        assert ours == theirs or margin[row] < 1e-9, ROWS[row]


@pytest.mark.parametrize(
    "model",
    [
        linear_model.LinearRegression(),
        linear_model.Ridge(),
        linear_model.Lasso(),
        linear_model.ElasticNet(),
        svm.LinearSVR(),
        linear_model.SGDRegressor(random_state=0),
        linear_model.LassoLars(alpha=0.01),
        linear_model.OrthogonalMatchingPursuit(),
        linear_model.BayesianRidge(),
        linear_model.ARDRegression(),
        linear_model.HuberRegressor(),
        linear_model.QuantileRegressor(alpha=0.01),
        MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", max_iter=30, tol=1e3),
        make_pipeline(preprocessing.StandardScaler(), linear_model.LinearRegression()),
    ],
    ids=lambda m: type(m).__name__,
)
def test_regressors_are_cut_where_asked(model: Any) -> None:
    model.fit(X, X @ [2.0, -1.0, 0.5])
    with pytest.raises(NetworkError, match="give the threshold"):
        teacher_from_sklearn(model)
    teacher = teacher_from_sklearn(model, threshold="1/3")
    exact = [row[0] for row in evaluate(teacher, ROWS.tolist())]
    for ours, theirs in zip(exact, model.predict(ROWS), strict=True):
        assert (ours > 0) == (theirs > 1 / 3) or abs(theirs - 1 / 3) < 1e-9


def _many() -> Any:
    return linear_model.RidgeClassifier().fit(X, np.array([[0, 1], [1, 1]])[(X[:, 0] > 0) * 1])


class Own(linear_model.LogisticRegression):
    """Not scikit-learn's own: it may predict anything."""


class Doubling(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """A step that has nothing to be fitted."""

    def fit(self, x: Any, y: Any = None) -> Doubling:
        return self

    def transform(self, x: Any) -> Any:
        return 2 * x


REFUSED: dict[str, tuple[Any, str]] = {
    "another estimator": (lambda: svm.SVC().fit(X, X[:, 0] > 0), "SVC is not supported: give one"),
    "a subclass": (lambda: fitted(Own(), [0, 1]), "Own is not supported"),
    "not an estimator": (lambda: 7, "int is not supported"),
    "unfitted": (lambda: linear_model.Perceptron(), "not fitted"),
    "unfitted pipeline": (lambda: make_pipeline(linear_model.Perceptron()), "not fitted"),
    "another step": (
        lambda: fitted(
            make_pipeline(preprocessing.PolynomialFeatures(), linear_model.Perceptron()), [0, 1]
        ),
        "step PolynomialFeatures is not supported: supported are StandardScaler",
    ),
    "a step that reads a table": (
        lambda: fitted(
            make_pipeline(preprocessing.OrdinalEncoder(), linear_model.Perceptron()), [0, 1]
        ),
        r"OrdinalEncoder reads the columns of a table: give that table's domain \(Domain.from_fr",
    ),
    "a normaliser": (
        lambda: fitted(make_pipeline(preprocessing.Normalizer(), svm.LinearSVC()), [0, 1]),
        "step Normalizer is not supported",
    ),
    "a step of one's own without a state": (
        lambda: fitted(make_pipeline(Doubling(), linear_model.Perceptron()), [0, 1]),
        "step .*Doubling is not supported",
    ),
    "an unfitted step": (
        lambda: Pipeline(
            [
                ("scale", preprocessing.StandardScaler()),
                ("last", linear_model.Perceptron().fit(X, X[:, 0] > 0)),
            ]
        ),
        "StandardScaler is not fitted",
    ),
    "several labels": (_many, "several labels"),
    "several numbers": (
        lambda: linear_model.LinearRegression().fit(X, X[:, :2]),
        "2 numbers at once",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_supported_says_what_is(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(NetworkError, match=words) as caught:
        teacher_from_sklearn(make(), threshold=1 if name == "several numbers" else None)
    assert "\n" not in str(caught.value)


def test_a_classifier_takes_no_threshold() -> None:
    with pytest.raises(NetworkError, match="decides by itself"):
        teacher_from_sklearn(fitted(linear_model.Perceptron(), [0, 1]), threshold=1)
    with pytest.raises(NetworkError, match="is not a number"):
        teacher_from_sklearn(linear_model.LinearRegression().fit(X, X[:, 0]), threshold=[1])  # type: ignore[arg-type]


def test_damaged_coefficients() -> None:
    model = fitted(linear_model.Perceptron(), [0, 1])
    model.coef_[0, 0] = np.inf
    with pytest.raises(NetworkError, match="NaN or infinite"):
        teacher_from_sklearn(model)


def test_sparse_coefficients() -> None:
    model = fitted(linear_model.Perceptron(), [0, 1])
    plain = evaluate(teacher_from_sklearn(model), ROWS.tolist())
    assert evaluate(teacher_from_sklearn(model.sparsify()), ROWS.tolist()) == plain


def test_a_search_is_the_model_that_it_found() -> None:
    search = GridSearchCV(linear_model.LogisticRegression(), {"C": [0.1, 1]}, cv=2)
    with pytest.raises(NetworkError, match="no best_estimator_: call fit first"):
        load_teacher(search)
    fitted(search, [0, 1])
    teacher = load_teacher(search)
    assert isinstance(teacher, Network)
    ours = [decide([int(v * 2**200) for v in row]) for row in evaluate(teacher, ROWS.tolist())]
    assert ours == search.predict(ROWS).tolist() and len(set(ours)) == 2
    frozen = load_teacher(FrozenEstimator(search))
    assert isinstance(frozen, Network)
    assert evaluate(frozen, ROWS.tolist()) == evaluate(teacher, ROWS.tolist())


@pytest.mark.parametrize("name", ["ridge", "MLP", "bits"])
def test_one_class_is_said_to_be_one(name: str) -> None:
    models = {
        "ridge": linear_model.RidgeClassifier(),
        "MLP": MLPClassifier((2,), max_iter=1),
        "bits": BernoulliNB(),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = models[name].fit(X, ["only"] * len(X))
    with pytest.raises(NetworkError, match="was fitted to one class: give it examples of two"):
        load_teacher(model)
