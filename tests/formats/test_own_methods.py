"""Models that answer by code which is not their library's are refused, and named."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats import sklearn_networks
from verifier.formats.load import load_model
from verifier.formats.operators import scale
from verifier.model.errors import LeafproofError

sklearn = pytest.importorskip("sklearn")
from sklearn.calibration import CalibratedClassifierCV  # noqa: E402
from sklearn.ensemble import (  # noqa: E402
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, SGDClassifier  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.multiclass import OneVsRestClassifier  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.svm import LinearSVC  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

DOMAIN = lp.Domain.product(*(lp.Domain.range(name, 0, 3) for name in "abc"))
X = DOMAIN.inputs()
Y = ((X[:, 0] > 1) ^ (X[:, 1] * X[:, 2] > 3)).astype(int)
MODELS = [
    LogisticRegression(),
    MLPClassifier((2,), max_iter=2, random_state=0),
    RandomForestClassifier(2, random_state=0),
    HistGradientBoostingClassifier(max_iter=1),
    DecisionTreeClassifier(max_depth=2),
    make_pipeline(StandardScaler(), LogisticRegression()),
    make_pipeline(StandardScaler(), DecisionTreeClassifier()),
    VotingClassifier([("a", LogisticRegression()), ("b", SGDClassifier())]),
    CalibratedClassifierCV(LinearSVC()),
    OneVsRestClassifier(LogisticRegression()),
    GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2),
]


def _ones(rows: Any) -> Any:
    return np.ones(len(rows), dtype=int)


@pytest.fixture(scope="module", params=MODELS, ids=lambda m: type(m).__name__)
def fitted(request: Any) -> Any:
    return request.param.fit(X, Y)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["predict", "predict_proba", "decision_function"])
def test_an_object_with_a_method_of_its_own_is_refused(fitted: Any, name: str) -> None:
    load_model(fitted, columns=3, domain=DOMAIN)
    other = deepcopy(fitted)
    setattr(other, name, _ones)
    with pytest.raises(LeafproofError, match=f"has a {name} of its own, which is not read"):
        load_model(other, columns=3, domain=DOMAIN)


def test_so_is_one_that_hides_another_method_of_its_class() -> None:
    model = LogisticRegression().fit(X, Y)
    model._predict_proba_lr = _ones
    with pytest.raises(LeafproofError, match="has a _predict_proba_lr of its own"):
        load_model(model, columns=3)


@pytest.mark.parametrize("final", [LogisticRegression(), DecisionTreeClassifier()])
def test_a_step_with_a_transform_of_its_own_is_refused(final: Any) -> None:
    model = make_pipeline(StandardScaler(), final).fit(X, Y)
    model[0].transform = lambda rows: rows * 0
    with pytest.raises(LeafproofError, match="StandardScaler with a transform of its own"):
        load_model(model, columns=3, domain=DOMAIN)


def test_a_member_with_a_predict_of_its_own_is_refused() -> None:
    model = VotingClassifier([("a", LogisticRegression()), ("b", SGDClassifier())]).fit(X, Y)
    model.estimators_[0].predict = _ones
    with pytest.raises(LeafproofError, match="LogisticRegression with a predict of its own"):
        load_model(model, columns=3, domain=DOMAIN)


@pytest.mark.parametrize("domain", [None, DOMAIN])
def test_a_network_that_was_read_wrongly_is_found_out(
    monkeypatch: pytest.MonkeyPatch, domain: Any
) -> None:
    reads = sklearn_networks._READERS
    model = LogisticRegression().fit(X, Y)

    def turned(graph: Any, x: Any, one: Any, name: str) -> Any:
        return scale(graph, sklearn_networks._linear(graph, x, one, name), -1.0)

    monkeypatch.setitem(reads, "LogisticRegression", turned)
    with pytest.raises(LeafproofError, match="was not read right"):
        load_model(model, columns=3, domain=domain)


def test_labels_that_are_large_numbers_are_names() -> None:
    model = DecisionTreeClassifier(max_depth=2).fit(X, np.array([0, 10**12])[Y])
    tree = load_model(model, columns=3, domain=DOMAIN)
    assert tree.labels == ("0", "1000000000000")
    for point, row in zip(X.tolist(), model.predict(X).tolist(), strict=True):
        assert tree.class_name(tree.class_at(point)) == str(row)
