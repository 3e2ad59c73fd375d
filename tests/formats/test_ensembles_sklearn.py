"""Forests and boosters of scikit-learn, against their own ``predict``: to the last bit."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier

from tests.formats.ensemble_points import around, check, grid
from verifier.formats.load import load_teacher
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError

CLASSIFIERS = {
    "forest": lambda: RandomForestClassifier(7, max_depth=4, random_state=0),
    "jobs": lambda: RandomForestClassifier(7, max_depth=4, random_state=0, n_jobs=2),
    "extra": lambda: ExtraTreesClassifier(7, max_depth=4, random_state=0),
    "gradient": lambda: GradientBoostingClassifier(n_estimators=6, max_depth=2, random_state=0),
    "zero": lambda: GradientBoostingClassifier(n_estimators=6, init="zero", random_state=0),
    "dummy": lambda: GradientBoostingClassifier(
        n_estimators=4, init=DummyClassifier(strategy="most_frequent"), random_state=0
    ),
    "histogram": lambda: HistGradientBoostingClassifier(max_iter=6, min_samples_leaf=3),
    "ada": lambda: AdaBoostClassifier(
        DecisionTreeClassifier(max_depth=2), n_estimators=6, random_state=0
    ),
    "bagging": lambda: BaggingClassifier(
        DecisionTreeClassifier(max_depth=4), n_estimators=6, random_state=0, max_features=2
    ),
    "few rows": lambda: BaggingClassifier(
        ExtraTreeClassifier(max_depth=3), n_estimators=9, random_state=1, max_samples=3
    ),
    "tree": lambda: DecisionTreeClassifier(max_depth=4, random_state=0),
    "random tree": lambda: ExtraTreeClassifier(max_depth=4, random_state=0),
}
REGRESSORS = {
    "forest": lambda: RandomForestRegressor(7, max_depth=4, random_state=0),
    "extra": lambda: ExtraTreesRegressor(7, max_depth=4, random_state=0),
    "gradient": lambda: GradientBoostingRegressor(n_estimators=6, random_state=0),
    "histogram": lambda: HistGradientBoostingRegressor(max_iter=6, min_samples_leaf=3),
    "bagging": lambda: BaggingRegressor(n_estimators=5, random_state=0, max_features=0.7),
    "tree": lambda: DecisionTreeRegressor(max_depth=4, random_state=0),
}


def _table(classes: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(classes)
    x = np.round(rng.normal(1.5, 1.5, size=(150, 3)), 1)
    return x, (np.abs(x[:, 0] * x[:, 1]) + x[:, 2]).astype(int) % classes


def _voting(voting: str, weights: list[float] | None) -> VotingClassifier:
    kinds = (DecisionTreeClassifier, ExtraTreeClassifier)
    trees = [(f"t{i}", kinds[i % 2](max_depth=3, max_features=2, random_state=i)) for i in range(5)]
    return VotingClassifier([*trees, ("none", "drop")], voting=voting, weights=weights)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("weights", [None, [1, 0.1, 0.7, 2, 0, 9]])
def test_votes_of_trees(weights: list[float] | None, classes: int) -> None:
    x, y = _table(classes)
    names = np.array(["z", "a", "m"])[y]
    for voting in ("hard", "soft"):
        model = _voting(voting, weights).fit(x, names)
        made = load_teacher(model)
        assert isinstance(made, Ensemble)
        assert made.labels == tuple(sorted(set(names)))

        def scores(rows: Any, model: Any = model) -> Any:
            if model.voting == "soft":
                return model.predict_proba(rows)
            own = [1.0] * 5 if weights is None else weights[:5]
            votes = np.asarray(model.transform(rows), int)
            return [np.bincount(v, weights=own, minlength=classes) for v in votes]

        for rows in (grid(3), around(made)):
            answers = np.searchsorted(made.labels, model.predict(rows))
            check(made, rows, scores, lambda _, answers=answers: answers)


def test_votes_of_trees_with_odd_weights() -> None:
    x, y = _table(2)
    for weights in ([-1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1]):
        with pytest.raises(EnsembleError, match="weights must be numbers of at least 0"):
            load_teacher(_voting("hard", weights).fit(x, y))


def _scores(model: Any, classes: int) -> Any:
    if isinstance(model, AdaBoostClassifier) and classes == 2:
        return lambda rows: model.decision_function(rows) / 2
    if hasattr(model, "n_jobs"):
        model.n_jobs = 1
    return getattr(model, "decision_function", None) or model.predict_proba


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers(name: str, classes: int) -> None:
    x, y = _table(classes)
    model = CLASSIFIERS[name]().fit(x, y)
    made = load_teacher(model)
    assert isinstance(made, Ensemble)
    assert made.labels == tuple(str(k) for k in range(classes))
    assert any("n_jobs" in note for note in made.notes) == (name == "jobs")
    for rows in (grid(3), around(made)):
        check(made, rows, _scores(model, classes), model.predict)


@pytest.mark.parametrize("name", REGRESSORS)
def test_regressors_with_a_threshold(name: str) -> None:
    x, y = _table(4)
    model = REGRESSORS[name]().fit(x, y)
    for threshold in ("3/2", float(np.median(model.predict(x)))):
        made = load_teacher(model, threshold=threshold)
        assert isinstance(made, Ensemble)
        above = Fraction(threshold)
        for rows in (grid(3), around(made)):
            answers = [int(Fraction(float(p)) > above) for p in model.predict(rows)]
            check(made, rows, model.predict, lambda _, answers=answers: np.array(answers))


def test_names_of_classes() -> None:
    x, y = _table(2)
    model = RandomForestClassifier(3, max_depth=2, random_state=0)
    model.fit(x, np.array(["no", "yes"])[y])
    made = load_teacher(model)
    assert made.labels == ("no", "yes")
    names = np.array(made.labels)[made.predict(grid(3))]
    np.testing.assert_array_equal(names, model.predict(grid(3)))


def test_exponential_loss_and_ties() -> None:
    """A score of exactly 0 is class 1 in gradient boosting, and class 0 in the histogram one."""
    x = np.array([[0.0], [0.0], [1.0], [1.0]])
    y = np.array([0, 1, 0, 1])
    model = GradientBoostingClassifier(n_estimators=1, init="zero", loss="exponential").fit(x, y)
    made = load_teacher(model)
    rows = np.array([[0.0], [1.0]])
    assert made.scores(rows).tolist() == [[0.0], [0.0]]
    check(made, rows, model.decision_function, model.predict)
    assert made.predict(rows).tolist() == [1, 1]
    other = HistGradientBoostingClassifier(max_iter=1).fit(x, y)
    made = load_teacher(other)
    assert made.scores(rows).tolist() == [[0.0], [0.0]]
    check(made, rows, other.decision_function, other.predict)
    assert made.predict(rows).tolist() == [0, 0]


@pytest.mark.parametrize("categorical", [[0], [1, 2], [0, 1, 2]])
def test_categories(categorical: list[int]) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(-1, 8, (300, 3)).astype(float)
    y = (x[:, 0] % 3 == 1) ^ (x[:, 1] > 2)
    x[rng.random(x.shape) < 0.05] = np.nan
    model = HistGradientBoostingClassifier(
        max_iter=6, min_samples_leaf=3, categorical_features=categorical
    ).fit(x, y)
    made = load_teacher(model)
    assert made.labels == ("False", "True")
    for rows in (grid(3, -2, 9)[::7], around(made)):
        check(made, rows, model.decision_function, lambda r: model.predict(r).astype(int))


def test_refused() -> None:
    x, y = _table(2)
    plain = RandomForestClassifier(2, random_state=0)
    with pytest.raises(EnsembleError, match="not fitted"):
        load_teacher(plain)
    plain.fit(x, y)
    with pytest.raises(EnsembleError, match="decides by itself"):
        load_teacher(plain, threshold=0.3)
    with pytest.raises(EnsembleError, match="leave head out"):
        load_teacher(plain, head="logit")
    with pytest.raises(EnsembleError, match="2 outputs"):
        load_teacher(RandomForestClassifier(2).fit(x, np.stack([y, y], axis=1)))
    with pytest.raises(ValueError, match="give the threshold above which"):
        load_teacher(RandomForestRegressor(2).fit(x, y))
    started = GradientBoostingClassifier(n_estimators=2, init=LogisticRegression()).fit(x, y)
    with pytest.raises(EnsembleError, match="starts from a model of its own"):
        load_teacher(started)
    with pytest.raises(EnsembleError, match="give decision trees"):
        load_teacher(AdaBoostClassifier(LogisticRegression(), n_estimators=2).fit(x, y))
    with pytest.raises(EnsembleError, match="give decision trees"):
        load_teacher(BaggingClassifier(LogisticRegression(), n_estimators=2).fit(x, y))
    poisson = HistGradientBoostingRegressor(max_iter=2, loss="poisson").fit(x, y)
    with pytest.raises(EnsembleError, match="exponential of a sum"):
        load_teacher(poisson, threshold=1)
    with pytest.raises(ValueError, match="AdaBoostRegressor"):
        load_teacher(AdaBoostRegressor(n_estimators=2).fit(x, y), threshold=1)
    texts = np.array([["a", "b"][k] for k in y], dtype=object)[:, None]
    model = HistGradientBoostingClassifier(categorical_features=[0]).fit(texts, y)
    with pytest.raises(EnsembleError, match="categories that are texts"):
        load_teacher(model)
