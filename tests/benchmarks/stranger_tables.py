"""Models that were fitted to tables: gaps, texts, booleans, categories, pipelines of columns.

The table is every combination of its columns' values, so that each point of the domain that
``Domain.from_frame`` makes of it is a row, and the library's ``predict`` says the class of each.
"""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from tests.benchmarks.stranger_boosters import Random, pick
from tests.benchmarks.stranger_judges import Outcome, refusal
from tests.benchmarks.stranger_sklearn import near, word
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError
from verifier.model.network import exact_classes
from verifier.model.tree import Leaf, Tree

COLUMNS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "number": ((0, 1, 2), (-1.5, 0.1, 0.3, 7.0), (1e-3, 2e5), (10, 20, 30)),
    "gaps": ((0.1, 0.2, None), (1.0, 2.0, 5.0, None)),
    "text": (("red", "green", "blue"), ("b", "a"), ("10", "9", "x y"), ("Ü", "ü", "")),
    "bool": ((False, True),),
}
"""What columns hold, by their kinds."""
ROWS = 120
"""Combinations at most."""


def table(rng: Random) -> bytes:
    """A frame, a model that was fitted to it, and the frame's own types."""
    import pandas as pd

    held: dict[str, Any] = {}
    while len(held) < 2 or (len(held) < 4 and rng.random() < 0.6):
        kind = pick(rng, ("number", "number", "gaps", "text", "bool"))
        values = pick(rng, COLUMNS[kind])
        if int(np.prod([len(v) for _, v in (*held.values(), (kind, values))])) <= ROWS:
            held[f"{kind} {len(held)}"] = (kind, values)
    rows = list(product(*(values for _, values in held.values())))
    frame = pd.DataFrame(rows, columns=list(held))
    for name, (kind, values) in held.items():
        if kind == "gaps":
            frame[name] = frame[name].astype(float)
        if kind == "text" and rng.random() < 0.5:
            frame[name] = pd.Categorical(frame[name], categories=list(values))
    codes = np.stack([pd.factorize(frame[name])[0] for name in frame], axis=1)
    noise = rng.random(len(frame)) < 0.1
    y = (codes @ rng.integers(-2, 3, codes.shape[1]) + noise) % pick(rng, (2, 2, 3))
    names = pick(rng, (np.array([0, 1, 2]), np.array(["no", "yes", "eh"])))
    y[:2] = 0, 1
    y = names[y]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = MODELS[pick(rng, list(MODELS))](rng, held).fit(frame, y)
            model.predict(frame)
        except (ValueError, TypeError):
            model = _piped(rng, held).fit(frame, y)
    return pickle.dumps((model, frame))


def _columns(held: dict[str, Any], *kinds: str) -> list[str]:
    return [name for name, (kind, _) in held.items() if kind in kinds]


def _histogram(rng: Random, held: dict[str, Any]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=pick(rng, (1, 4)),
        min_samples_leaf=pick(rng, (1, 5)),
        categorical_features=pick(rng, ("from_dtype", _columns(held, "text"))),
        random_state=0,
    )


def _xgboost(rng: Random, held: dict[str, Any]) -> Any:
    from xgboost import XGBClassifier

    return XGBClassifier(
        n_estimators=pick(rng, (1, 4)),
        max_depth=3,
        enable_categorical=True,
        max_cat_to_onehot=pick(rng, (1, 9)),
        n_jobs=1,
    )


def _lightgbm(rng: Random, held: dict[str, Any]) -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_estimators=pick(rng, (1, 4)),
        min_child_samples=pick(rng, (1, 5)),
        zero_as_missing=bool(rng.random() < 0.2),
        min_data_per_group=1,
        cat_smooth=1,
        num_threads=1,
        verbose=-1,
    )


def _piped(rng: Random, held: dict[str, Any]) -> Any:
    from sklearn import ensemble as e
    from sklearn import linear_model
    from sklearn import preprocessing as p
    from sklearn import tree as t
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline

    fill = SimpleImputer(
        strategy=pick(rng, ("mean", "median", "most_frequent")),
        add_indicator=bool(rng.random() < 0.3),
    )
    numbers = pick(
        rng,
        (
            make_pipeline(fill, p.StandardScaler()),
            make_pipeline(fill, p.KBinsDiscretizer(2, encode="onehot-dense")),
            make_pipeline(p.RobustScaler(), fill),
            fill,
        ),
    )
    texts = pick(
        rng,
        (
            p.OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            p.OneHotEncoder(drop="if_binary", sparse_output=False),
            p.OneHotEncoder(drop="first", sparse_output=False),
            p.OrdinalEncoder(),
        ),
    )
    parts = [
        ("n", numbers, _columns(held, "number", "gaps")),
        ("t", texts, _columns(held, "text")),
        ("b", "passthrough", _columns(held, "bool")),
    ]
    if rng.random() < 0.5:
        parts.reverse()
    final = pick(
        rng,
        (
            e.RandomForestClassifier(5, max_depth=3, random_state=0),
            e.VotingClassifier([(str(d), t.DecisionTreeClassifier(max_depth=d)) for d in (1, 2)]),
            e.GradientBoostingClassifier(n_estimators=3, random_state=0),
            t.DecisionTreeClassifier(max_depth=4, random_state=0),
            MLPClassifier((3,), max_iter=30, random_state=0),
            linear_model.LogisticRegression(),
        ),
    )
    return make_pipeline(ColumnTransformer(parts), final)


MODELS: dict[str, Callable[[Random, dict[str, Any]], Any]] = {
    "histogram": _histogram,
    "xgboost": _xgboost,
    "lightgbm": _lightgbm,
    "piped": _piped,
    "piped2": _piped,
}
"""What makes a model that is not fitted yet."""


def rows_of_tables(data: bytes, reached: Callable[[], None]) -> Outcome:
    """A model and its table, whose domain ``certify`` is asked about."""
    import verifier as lp
    from verifier.formats.frame_rows import rows_of

    model, frame = pickle.loads(data)  # made a moment ago
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            domain = lp.Domain.from_frame(frame)
            result = lp.certify(model, Tree((Leaf(0),)), domain, sample=0)
    except LeafproofError as problem:
        reached()
        return refusal(problem)
    reached()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [word(x) for x in model.predict(frame)]
    points = [rows_of(domain, frame.iloc[[i]]).points[0] for i in range(len(frame))]
    network = result.network
    if isinstance(network, Ensemble):
        classes = [network.class_at(domain.encode(p)) for p in points]
    else:
        classes = exact_classes(network, domain, points)
    named = network.labels or tuple(str(i) for i in range(network.classes))
    wrong = [i for i, k in enumerate(classes) if named[k] != theirs[i]]
    if wrong and not all(near(model, frame.iloc[[i]]) for i in wrong):
        i = wrong[0]
        return "WRONG", f"{named[classes[i]]}, not {theirs[i]} at {frame.iloc[i].to_dict()} {model}"
    if len(set(points)) == domain.size:
        others = sum(k != 0 for k in classes)
        if result.disagreements != (others, others):
            return "WRONG", f"{result.disagreements} are not of class 0, and not {others} {model}"
    return ("equal, but for rounding" if wrong else "equal"), ""
