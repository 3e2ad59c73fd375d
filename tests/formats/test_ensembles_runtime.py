"""Witnesses of ensembles, run in the library that each came from."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats.ensembles_runtime import answers
from verifier.formats.load import load_teacher
from verifier.formats.runtime import Unusable
from verifier.model.ensemble import Ensemble

xgb = pytest.importorskip("xgboost")
lgb = pytest.importorskip("lightgbm")
POINTS = [[Fraction(a), Fraction(b), Fraction(c)] for a, b, c in product(range(4), repeat=3)]


def _table(classes: int) -> tuple[Any, Any]:
    x = np.array(POINTS, dtype=float)
    return np.repeat(x, 3, axis=0), np.repeat(
        (x[:, 0] * x[:, 1] + x[:, 2]).astype(int) % classes, 3
    )


def _sources(classes: int, folder: Path) -> list[tuple[Any, dict[str, Any], str]]:
    """(source, how it is read, the library's name)."""
    from skl2onnx import to_onnx
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    x, y = _table(classes)
    one = xgb.XGBClassifier(n_estimators=4, max_depth=3, n_jobs=1).fit(x, y)
    two = lgb.LGBMClassifier(
        n_estimators=4, min_child_samples=1, num_leaves=6, verbose=-1, num_threads=1
    ).fit(x, y)
    forest = RandomForestClassifier(5, max_depth=3, random_state=0).fit(
        x, np.array(["a", "b", "c"])[y]
    )
    numbers = RandomForestRegressor(3, max_depth=3, random_state=0).fit(x, y)
    plain = RandomForestClassifier(5, max_depth=3, random_state=0).fit(x, y)
    one.save_model(folder / "model.ubj")
    two.booster_.save_model(folder / "model.txt")
    made = to_onnx(plain, x[:1].astype(np.float32), options={id(plain): {"zipmap": False}})
    (folder / "model.onnx").write_bytes(made.SerializeToString())
    return [
        (one, {}, "XGBoost"),
        (one.get_booster(), {}, "XGBoost"),
        (folder / "model.ubj", {}, "XGBoost"),
        (two, {}, "LightGBM"),
        (folder / "model.txt", {}, "LightGBM"),
        (forest, {}, "scikit-learn"),
        (numbers, {"threshold": "1/2"}, "scikit-learn"),
        (folder / "model.onnx", {}, "onnxruntime"),
        *([(folder / "model.txt", {"head": "logit"}, "LightGBM")] if classes == 2 else []),
    ]


@pytest.mark.parametrize("classes", [2, 3])
def test_every_library(classes: int, tmp_path: Path) -> None:
    for source, how, library in _sources(classes, tmp_path):
        made = load_teacher(source, **how)
        assert isinstance(made, Ensemble)
        name, found = answers(source, made, POINTS)
        assert name == library
        assert [made.class_at(row) for row in POINTS] == found.tolist()


def test_what_cannot_be_run_is_said() -> None:
    x, y = _table(2)
    made = load_teacher(xgb.XGBClassifier(n_estimators=2, n_jobs=1).fit(x, y))
    assert isinstance(made, Ensemble)
    with pytest.raises(Unusable, match="no object of a library"):
        answers(made, made, POINTS)
    narrow = xgb.XGBClassifier(n_estimators=2, n_jobs=1).fit(x[:, :2], y)
    with pytest.raises(Unusable, match="a table's columns"):
        answers(narrow, made, POINTS)


def test_columns_in_another_order_are_run_by_their_names() -> None:
    pd = pytest.importorskip("pandas")
    from sklearn.ensemble import RandomForestClassifier

    names, other = ["a b", "c", "d e"], ["d e", "c", "a b"]
    x = pd.DataFrame([[float(v) for v in p] for p in POINTS], columns=names)
    y = ((x["a b"] > 1) & (x["d e"] < 2)).astype(int)
    domain = lp.Domain.product(*(lp.Domain.range(n, 0, 3) for n in other))
    models = (
        lgb.LGBMClassifier(n_estimators=30, min_child_samples=1, verbose=-1),
        xgb.XGBClassifier(n_estimators=9),
        RandomForestClassifier(3, random_state=0),
    )
    for model in models:
        made = load_teacher(model.fit(x, y), domain=domain)
        rows = pd.DataFrame([[float(v) for v in p] for p in POINTS], columns=other)
        _, found = answers(model, made, POINTS, domain)
        np.testing.assert_array_equal(found, model.predict(rows[names]))
        assert len(set(found.tolist())) == 2
        told = lp.ask_fair(model, domain, "d e").instances
        assert {one.runtime.partition(" ")[2] for one in told} == {"gives the same class"}
    table = lp.Domain.product(lp.Domain.one_hot("c", ["0", "1"]), domain.product_of([0, 2]))
    made = load_teacher(models[2], domain=table)
    assert answers(models[2], made, [[0, 1, 1, 1]], table)[1] == models[2].predict(
        pd.DataFrame([[1, 1, 1]], columns=names)
    )
    with pytest.raises(Unusable, match="a table's columns"):
        answers(models[2], made, [[0, 1, 1, 1]])


def test_witnesses_of_a_table_s_model_are_run() -> None:
    """Categories and gaps: each as its library is given them."""
    pd = pytest.importorskip("pandas")
    from sklearn.ensemble import HistGradientBoostingClassifier

    rng = np.random.default_rng(4)
    table = pd.DataFrame(
        {
            "sex": pd.Categorical(rng.choice(["f", "m"], 300)),
            "age": rng.integers(20, 24, 300).astype(float),
        }
    )
    table.loc[::7, "sex"], table.loc[::11, "age"] = np.nan, np.nan
    y = ((table.sex == "f") & (table.age > 21) | table.age.isna()).astype(int)
    domain = lp.Domain.from_frame(table)
    for model in (
        HistGradientBoostingClassifier(max_iter=9, categorical_features="from_dtype"),
        lgb.LGBMClassifier(n_estimators=20, min_child_samples=1, verbose=-1),
        xgb.XGBClassifier(n_estimators=9, enable_categorical=True),
    ):
        told = lp.ask_fair(model.fit(table, y), domain, "sex").instances
        assert {one.runtime.partition(" ")[2] for one in told} == {"gives the same class"}
