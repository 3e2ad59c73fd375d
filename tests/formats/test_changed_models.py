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
from sklearn.linear_model import LogisticRegression, SGDClassifier  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

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


def _xgboost() -> Any:
    return pytest.importorskip("xgboost").XGBClassifier(n_estimators=2, max_depth=2, n_jobs=1)


def _lightgbm() -> Any:
    return pytest.importorskip("lightgbm").LGBMClassifier(
        n_estimators=2, min_child_samples=2, n_jobs=1, verbose=-1
    )


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (_xgboost, "objective", "multi:softmax"),  # by which predict cuts the shares to whole ones
        (_lightgbm, "_classes", np.array([1, 0])),  # which predict does not ask
        (_lightgbm, "_n_classes", 3),
    ],
)
def test_boosters_whose_predict_goes_by_something_else_are_refused(make, name, value):
    model = make().fit(X, Y)
    changed = deepcopy(model)
    setattr(changed, name, value)
    assert load_teacher(model, domain=DOMAIN).classes == 2
    with pytest.raises(LeafproofError, match="since") as problem:
        load_teacher(changed, domain=DOMAIN)
    assert str(problem.value).isprintable()
