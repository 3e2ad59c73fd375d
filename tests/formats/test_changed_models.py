"""Models whose attributes were changed after they were fitted, and models that go on learning."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats.load import load_teacher
from verifier.model.errors import LeafproofError

sklearn = pytest.importorskip("sklearn")
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.ensemble import (  # noqa: E402
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, SGDClassifier  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402
from sklearn.pipeline import FeatureUnion, make_pipeline  # noqa: E402
from sklearn.preprocessing import (  # noqa: E402
    FunctionTransformer,
    MaxAbsScaler,
    OneHotEncoder,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

DOMAIN = lp.Domain.product(*(lp.Domain.range(name, 0, 3) for name in "abc"))
X = DOMAIN.inputs()
Y = ((X[:, 0] > 1) ^ (X[:, 1] * X[:, 2] > 3)).astype(int)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        SGDClassifier(max_iter=2),
        MLPClassifier((3,), max_iter=2, random_state=0),
        make_pipeline(StandardScaler(), LogisticRegression()),
    ],
    ids=lambda m: type(m).__name__,
)
def test_a_network_shares_no_memory_with_what_it_was_read_from(model):
    network = load_teacher(model.fit(X, Y), domain=DOMAIN)
    steps = [step for _, step in getattr(model, "steps", [(None, model)])]
    own = [x for step in steps for a in vars(step).values() for x in _arrays(a)]
    read = [x for layer in network.layers for a in vars(layer).values() for x in _arrays(a)]
    assert own and read
    assert not any(np.shares_memory(a, b) for a in own for b in read)


def _arrays(held: Any) -> list[Any]:
    many = held if isinstance(held, list | tuple) else [held]
    return [x for x in many if isinstance(x, np.ndarray) and x.size]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda c: c.astype(np.longdouble) + np.longdouble(1) / 3, "no float64"),
        (lambda c: np.full(c.shape, 2**53 + 1), "no float64"),
        (lambda c: c + 0j, "no real numbers"),
        (lambda c: c.astype(object), "no real numbers"),
        (lambda c: c.tolist(), "was it changed since"),
    ],
)
def test_weights_that_float64_does_not_hold_are_refused(changed, words):
    model = LogisticRegression().fit(X, Y)
    model.coef_ = changed(model.coef_)
    with pytest.raises(LeafproofError, match=words) as problem:
        load_teacher(model, domain=DOMAIN)
    assert str(problem.value).isprintable()


@pytest.mark.parametrize("named", [False, True])
def test_a_fault_of_ours_is_not_blamed_on_a_model_that_answers(named, monkeypatch):
    pandas = pytest.importorskip("pandas")
    rows = pandas.DataFrame(X, columns=list("abc")) if named else X

    def faulty(*_: Any, **__: Any) -> Any:
        raise AttributeError("no such thing")

    monkeypatch.setattr("verifier.formats.sklearn_networks.teacher_from_sklearn", faulty)
    model = LogisticRegression().fit(rows, Y)
    with pytest.raises(LeafproofError, match="please report this model"):
        load_teacher(model, domain=DOMAIN)
    del model.coef_
    with pytest.raises(LeafproofError, match="was it changed since"):
        load_teacher(model, domain=DOMAIN)


@pytest.mark.parametrize(
    ("name", "value"), [("coefs_", []), ("n_layers_", 9), ("classes_", [0, 1, 2])]
)
def test_attributes_that_do_not_fit_are_refused_in_one_line(name, value):
    model = MLPClassifier((3,), max_iter=2, random_state=0)
    with pytest.warns(Warning, match="converged"):
        model.fit(X, Y)
    setattr(model, name, value)
    with pytest.raises(LeafproofError) as problem:
        load_teacher(model, domain=DOMAIN)
    assert str(problem.value).isprintable()


@pytest.mark.parametrize("copy", [True, False])
@pytest.mark.parametrize(
    "make",
    [
        lambda own: make_pipeline(
            FeatureUnion([("a", FunctionTransformer()), ("b", own)]), LogisticRegression()
        ),
        lambda own: make_pipeline(
            ColumnTransformer([("a", own, slice(3)), ("b", "passthrough", slice(3))]),
            DecisionTreeClassifier(max_depth=4),
        ),
        lambda own: VotingClassifier(
            [("a", make_pipeline(own, LogisticRegression())), ("b", LogisticRegression())],
            voting="soft",
        ),
    ],
    ids=["union", "slices", "votes"],
)
def test_what_changes_the_rows_of_others_in_place_is_refused(make, copy):
    """scikit-learn gives all parts the same array: with copy=False one scales it for the others."""
    model = make(MaxAbsScaler(copy=copy)).fit(X.copy(), Y)
    if copy:
        assert load_teacher(model, domain=DOMAIN).classes == 2
        return
    with pytest.raises(LeafproofError, match="MaxAbsScaler has copy=False"):
        load_teacher(model, domain=DOMAIN)


def test_in_a_row_of_steps_nothing_is_changed_for_others():
    model = make_pipeline(StandardScaler(copy=False), LogisticRegression()).fit(X.copy(), Y)
    assert load_teacher(model, domain=DOMAIN).classes == 2


def test_categories_out_of_order_are_refused():
    """scikit-learn looks numbers up by bisection."""
    model = make_pipeline(OneHotEncoder(), LogisticRegression()).fit(X, Y)
    forest = HistGradientBoostingClassifier(categorical_features=[0], max_iter=2).fit(X, Y)
    encoders = model[0], forest._preprocessor.named_transformers_["encoder"]
    for changed, encoder in zip((model, forest), encoders, strict=True):
        assert load_teacher(changed, domain=DOMAIN).classes == 2
        encoder.categories_[0] = encoder.categories_[0][::-1].copy()
        with pytest.raises(LeafproofError, match="categories are not in order"):
            load_teacher(changed, domain=DOMAIN)


def test_a_start_that_is_none_is_refused_in_one_line():
    model = GradientBoostingClassifier(n_estimators=2, max_depth=1).fit(X, Y)
    model.init_._strategy = "none"
    with pytest.raises(LeafproofError, match="was it changed since"):
        load_teacher(model, domain=DOMAIN)


def _in_other_order() -> Any:
    return pytest.importorskip("pandas").DataFrame(X, columns=list("abc"))[list("cab")]


def _xgboost() -> Any:
    return pytest.importorskip("xgboost").XGBClassifier(n_estimators=2, max_depth=2, n_jobs=1)


def _dart() -> Any:
    return _xgboost().set_params(booster="dart", rate_drop=0.5, learning_rate=1.0)


def _lightgbm() -> Any:
    return pytest.importorskip("lightgbm").LGBMClassifier(
        n_estimators=2, min_child_samples=2, n_jobs=1, verbose=-1
    )


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (_xgboost, "objective", "multi:softmax"),  # by which predict cuts the shares to whole ones
        (_dart, "objective", "multi:softmax"),
        (_lightgbm, "_classes", np.array([1, 0])),  # which predict does not ask
        (_lightgbm, "_n_classes", 3),
    ],
)
@pytest.mark.parametrize("named", [False, True])
def test_boosters_whose_predict_goes_by_something_else_are_refused(make, name, value, named):
    """Also where their inputs are a table's columns, in another order than the domain's."""
    model = make().fit(_in_other_order() if named else X, Y)
    changed = deepcopy(model)
    setattr(changed, name, value)
    assert load_teacher(model, domain=DOMAIN).classes == 2
    with pytest.raises(LeafproofError, match="since") as problem:
        load_teacher(changed, domain=DOMAIN)
    assert str(problem.value).isprintable()
