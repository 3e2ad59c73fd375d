"""Ensembles that were trained on tables, on a domain's own columns: names, categories, gaps."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from verifier.formats.domains import product
from verifier.formats.ensembles_fold import check_categories, fold_of
from verifier.formats.frames import domain_from_frame
from verifier.formats.load import load_model, load_teacher
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError

pd = pytest.importorskip("pandas")


def _table(missing: bool = True) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 30, 300).astype(float),
            "colour": pd.Categorical(rng.choice(["red", "green", "blue"], 300)),
            "kind": pd.Categorical(rng.choice(["x", "y"], 300)),
        }
    )
    y = ((frame.age > 24) ^ (frame.colour == "red")).astype(int)
    if missing:
        frame.loc[::9, "age"] = np.nan
    return frame, y


def _points(domain: Domain) -> tuple[list[tuple[int, ...]], Any]:
    """All points of a domain, and the table that they are."""
    points = [()]
    for v in domain.variables:
        points = [(*p, i) for p in points for i in range(v.count)]
    columns: dict[str, list[Any]] = {}
    for j, v in enumerate(domain.variables):
        labels = [v.labels[p[j]] if hasattr(v, "labels") else None for p in points]
        if v.name == "age":
            ages = [np.nan if str(x).startswith("missing") else float(x) for x in labels]
            columns[v.name] = ages
        else:
            columns[v.name] = labels
    return points, pd.DataFrame(columns)


def _agree(made: Any, domain: Domain, answers: Any, points: Any) -> None:
    assert isinstance(made, Ensemble)
    assert made.columns == domain.columns
    found = [made.class_at(domain.encode(p)) for p in points]
    assert len(set(found)) == 2
    np.testing.assert_array_equal(found, np.asarray(answers).astype(int))


def _typed(table: Any, frame: Any) -> Any:
    for name in ("colour", "kind"):
        table[name] = pd.Categorical(table[name], categories=frame[name].cat.categories)
    return table[list(frame.columns)]


def test_a_category_of_no_letters() -> None:
    """The domain calls it by a word; what the model was given is an empty text."""
    frame = pd.DataFrame({"a": ["", "u", "U"] * 20, "b": [0, 1, 1, 0, 0, 1] * 10})
    y = (frame.a == "").astype(int)
    options = {"max_iter": 3, "min_samples_leaf": 1, "categorical_features": ["a"]}
    model = pytest.importorskip("sklearn.ensemble").HistGradientBoostingClassifier(**options)
    domain = domain_from_frame(frame)
    made = load_teacher(model.fit(frame, y), domain=domain)
    assert isinstance(made, Ensemble)
    labels = domain.variables[0].labels
    points = [(i, b) for i in range(3) for b in range(2)]
    rows = pd.DataFrame(
        [(labels[i].replace("(empty)", ""), b) for i, b in points], columns=["a", "b"]
    )
    found = [made.class_at(domain.encode(p)) for p in points]
    assert found == model.predict(rows).tolist() and len(set(found)) == 2


@pytest.mark.parametrize("library", ["xgboost", "lightgbm", "histogram"])
@pytest.mark.parametrize("missing", [True, False])
def test_categories_and_gaps(library: str, missing: bool) -> None:
    """A table with texts and missing numbers, as it is: every point of its domain."""
    frame, y = _table(missing)
    domain = domain_from_frame(frame)
    if library == "xgboost":
        model = pytest.importorskip("xgboost").XGBClassifier(
            n_estimators=8, max_depth=3, enable_categorical=True, n_jobs=1
        )
    elif library == "lightgbm":
        model = pytest.importorskip("lightgbm").LGBMClassifier(
            n_estimators=8, min_child_samples=3, verbose=-1, num_threads=1
        )
    else:
        from sklearn.ensemble import HistGradientBoostingClassifier

        model = HistGradientBoostingClassifier(
            max_iter=8, min_samples_leaf=3, categorical_features="from_dtype"
        )
    model.fit(frame, y)
    points, table = _points(domain)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = load_teacher(model, domain=domain)
        _agree(made, domain, model.predict(_typed(table, frame)), points)


def test_columns_in_another_order() -> None:
    from sklearn.ensemble import RandomForestClassifier

    frame, y = _table(False)
    frame["kind"] = (frame.kind == "x").astype(float)
    frame["colour"] = (frame.colour == "red").astype(float)
    model = RandomForestClassifier(7, max_depth=4, random_state=0).fit(frame, y)
    ordered = ["kind", "age", "colour"]
    domain = product([Domain.ordinal(n, sorted(set(frame[n]))) for n in ordered])
    made = load_teacher(model, domain=domain)
    points = [(a, b, c) for a in range(2) for b in range(12) for c in range(2)]
    rows = pd.DataFrame([[float(x) for x in domain.encode(p)] for p in points], columns=ordered)
    _agree(made, domain, model.predict(rows[list(frame.columns)]), points)


@pytest.mark.parametrize("missing", [True, False])
def test_pipelines(missing: bool) -> None:
    """Encoders and scalers before a forest are followed, value by value."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    frame, y = _table(missing)
    for name in ("colour", "kind"):
        frame[name] = frame[name].astype(object)
    domain = domain_from_frame(frame)
    for final in (
        RandomForestClassifier(7, max_depth=4, random_state=0),
        GradientBoostingClassifier(n_estimators=6, random_state=0),
    ):
        model = make_pipeline(
            ColumnTransformer(
                [
                    ("number", make_pipeline(SimpleImputer(), StandardScaler()), ["age"]),
                    ("text", OneHotEncoder(), ["colour", "kind"]),
                ]
            ),
            final,
        ).fit(frame, y)
        made = load_teacher(model, domain=domain)
        points, table = _points(domain)
        _agree(made, domain, model.predict(table[list(frame.columns)]), points)
        with pytest.raises(EnsembleError, match="give the domain of its table"):
            load_teacher(model)


def test_scalers_of_the_domains_own_columns() -> None:
    """A pipeline that was fitted to what the domain's columns hold, one-hot ones among them."""
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import KBinsDiscretizer, PowerTransformer, StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    domain = product([Domain.range("age", 18, 26, 2), Domain.one_hot("colour", ["r", "g", "b"])])
    points = [(i, j) for i in range(5) for j in range(3)]
    x = np.array([[float(v) for v in domain.encode(p)] for p in points])
    y = np.random.default_rng(1).integers(0, 3, len(x))
    cutting = KBinsDiscretizer(3, encode="ordinal", quantile_method="linear")
    for first in (StandardScaler(), PowerTransformer(), make_pipeline(StandardScaler(), cutting)):
        for final in (
            RandomForestClassifier(4, max_depth=3, random_state=0),
            GradientBoostingClassifier(n_estimators=3),
            DecisionTreeClassifier(),
        ):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of columns with two values
                model = make_pipeline(first, final).fit(x, y)
                made = load_model(model, domain=domain)
            found = [str(made.class_at(domain.encode(p))) for p in points]
            assert found == [str(k) for k in model.predict(x)]
    with pytest.raises(EnsembleError, match="give the domain of its table"):
        other = make_pipeline(StandardScaler(), RandomForestClassifier(2)).fit(x[:, :3], y)
        load_teacher(other, domain=domain)


def test_a_file_with_names_and_categories(tmp_path: Any) -> None:
    frame, y = _table()
    domain = domain_from_frame(frame)
    points, table = _points(domain)
    table = _typed(table, frame)
    xgboost, lightgbm = pytest.importorskip("xgboost"), pytest.importorskip("lightgbm")
    model = xgboost.XGBClassifier(n_estimators=5, enable_categorical=True, n_jobs=1).fit(frame, y)
    model.save_model(tmp_path / "model.json")
    _agree(
        load_teacher(tmp_path / "model.json", domain=domain), domain, model.predict(table), points
    )
    other = lightgbm.LGBMClassifier(n_estimators=5, min_child_samples=3, verbose=-1).fit(frame, y)
    other.booster_.save_model(tmp_path / "model.txt")
    _agree(
        load_teacher(tmp_path / "model.txt", domain=domain), domain, other.predict(table), points
    )
    plain = load_teacher(tmp_path / "model.txt")  # without a domain: the categories' own numbers
    assert any("pandas" in note for note in plain.notes)


def test_names_whose_spaces_became_underscores(tmp_path: Any) -> None:
    """LightGBM writes them so: they are matched by name, also where the domain's order is other."""
    lightgbm = pytest.importorskip("lightgbm")
    rng = np.random.default_rng(0)
    names = ["the length", "the width", "b c"]
    frame = pd.DataFrame(rng.integers(0, 4, (200, 3)), columns=names)
    y = ((frame["the length"] > 1) & (frame["b c"] < 2)).astype(int)
    model = lightgbm.LGBMClassifier(n_estimators=30, min_child_samples=1, verbose=-1).fit(frame, y)
    model.booster_.save_model(tmp_path / "model.txt")
    ordered = ["b c", "the width", "the length"]
    domain = product([Domain.range(n, 0, 3) for n in ordered])
    points = [(a, b, c) for a in range(4) for b in range(4) for c in range(4)]
    rows = pd.DataFrame(points, columns=ordered)
    for source in (model, model.booster_, tmp_path / "model.txt"):
        made = load_teacher(source, domain=domain)
        _agree(made, domain, model.predict(rows[names]), points)
    doubled = product([Domain.range(n, 0, 3) for n in ("b c", "b_c", "the length")])
    with pytest.raises(EnsembleError, match="which may be"):
        load_teacher(model, domain=doubled)


def test_whose_categories_lightgbm_has() -> None:
    """Its file has lists of categories, and not whose they are."""
    lightgbm = pytest.importorskip("lightgbm")
    rng = np.random.default_rng(0)
    a, b = rng.choice([10, 20, 30], 400), rng.integers(0, 3, 400)
    y = ((a == 20) ^ (b == 1)).astype(int)
    make = lightgbm.LGBMClassifier
    options = {"n_estimators": 9, "min_child_samples": 1, "min_data_per_group": 1, "cat_smooth": 0}
    domain = product(
        [Domain.ordinal("a", [10, 20, 30]), Domain.range("b", 0, 2), Domain.ordinal("k", [1])]
    )
    kinds = pd.Categorical(a), pd.Categorical(a, ordered=True)
    plain, ordered = (pd.DataFrame({"a": kind, "b": b, "k": 1}) for kind in kinds)
    model = make(**options, verbose=-1).fit(ordered, y)  # none is taken for categories
    with pytest.raises(EnsembleError, match="1 lists of categories for 0 columns"):
        load_teacher(model, domain=domain)
    model = make(**options, verbose=-1).fit(plain, y, categorical_feature=["b"])
    with pytest.raises(EnsembleError, match="may be another column's"):
        load_teacher(model, domain=domain)
    model = make(**options, verbose=-1).fit(plain, y)
    rows = [(i, j, 0) for i in range(3) for j in range(3)]
    table = pd.DataFrame([(10 * i + 10, j, 1) for i, j, _ in rows], columns=["a", "b", "k"])
    table["a"] = pd.Categorical(table["a"])
    _agree(load_teacher(model, domain=domain), domain, model.predict(table), rows)


def test_refused() -> None:
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

    frame, y = _table()
    domain = domain_from_frame(frame)
    numbers = frame[["age"]].fillna(0)
    gaps = domain_from_frame(frame[["age"]])
    one = GradientBoostingClassifier(n_estimators=3).fit(numbers[["age"]], y)
    with pytest.raises(EnsembleError, match="does not predict for the domain's values"):
        load_teacher(one, domain=gaps)
    mixed = RandomForestClassifier(3, random_state=0).fit(
        np.stack([np.arange(300) % 3, np.arange(300) % 2, np.arange(300) % 5], axis=1), y
    )
    with pytest.raises(EnsembleError, match="holds texts"):
        load_teacher(mixed, domain=domain)


def test_xgboosts_categories_beyond_ascii_are_refused(tmp_path):
    """XGBoost keeps "\u00e4" for "\u00e4\u00f6", which was taken for one that it never saw."""
    xgb = pytest.importorskip("xgboost")
    table = pd.DataFrame({"c": pd.Categorical(["\u00e4\u00f6", "z", "\u00e9\u20ac"] * 9)})
    model = xgb.XGBClassifier(n_estimators=2, n_jobs=1, enable_categorical=True)
    model.fit(table, table.c == "\u00e4\u00f6")
    model.save_model(tmp_path / "it.ubj")
    domain = Domain.one_hot("c", ["\u00e4\u00f6", "z", "\u00e9\u20ac"])
    for source in (model, tmp_path / "it.ubj"):
        with pytest.raises(EnsembleError, match="letters beyond ASCII"):
            load_teacher(source, columns=3, domain=domain)


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_a_domain_of_none_of_the_models_categories_is_refused(library):
    """All of them would count as missing, and numbers in their place as well."""
    made = pytest.importorskip(library)
    table = pd.DataFrame({"c": pd.Categorical(["a", "b", "d"] * 20), "n": [0, 1, 2, 3] * 15})
    options = {"n_estimators": 2, "n_jobs": 1}
    if library == "xgboost":
        model = made.XGBClassifier(**options, enable_categorical=True)
    else:
        model = made.LGBMClassifier(**options, min_child_samples=1, verbose=-1)
    model.fit(table, table.c == "a")
    for own in (Domain.one_hot("c", ["x", "y"]), Domain.range("c", 0, 2)):
        with pytest.raises(EnsembleError, match=r'of "c" is one of .* "a", "b", "d"'):
            load_teacher(model, domain=product([own, Domain.range("n", 0, 3)]))


def test_categories_that_are_truth_values():
    """A domain's column has 0 and 1 for them: they were missing to LightGBM's trees."""
    lightgbm = pytest.importorskip("lightgbm")
    table = pd.DataFrame({"c": pd.Categorical([True, False] * 30), "n": [0, 0, 1] * 20})
    model = lightgbm.LGBMClassifier(
        n_estimators=2, min_child_samples=1, min_data_per_group=1, verbose=-1
    )
    model.fit(table, table.c == True)  # noqa: E712
    domain = domain_from_frame(table)
    points, rows = _points(domain)
    rows["c"] = pd.Categorical(rows["c"] == "True")
    rows["n"] = rows["n"].astype(int)
    _agree(load_teacher(model, domain=domain), domain, model.predict(rows), points)


def test_categories_that_are_numbers_too_large_for_floats_are_refused() -> None:
    """10**23 of a table is no float: it was taken for a category that training did not see."""
    domain = domain_from_frame(pd.DataFrame({"a": pd.Series([1, 10**23, 7] * 9, dtype=object)}))
    fold = fold_of(domain, 1, ["a"], {0: {"1": 0, str(10**23): 1, "7": 2}})
    with pytest.raises(EnsembleError, match=r'"a" has categories that are numbers of 2\^53 and'):
        check_categories(fold)
