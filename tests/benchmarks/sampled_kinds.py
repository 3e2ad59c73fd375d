"""Problems of many kinds of which a search leaves something open: what is sampled of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import verifier as lp
from verifier.jobs.result import Result

ROWS = 900
Kind = Callable[[float], Result]


def kinds() -> Iterator[tuple[str, Kind]]:
    """A name, and what gives a Result in some seconds: trees that are too small to be equal."""
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

    frame, answer = _loans()
    forest = RandomForestClassifier(60, max_depth=10, random_state=0)
    boosted = GradientBoostingClassifier(n_estimators=80, random_state=0)
    for name, model, wishes in (
        ("ranges and values", _network(16), {}),
        ("bins", _network(16), {"bins": 40}),
        ("uniform", _network(16), {"distribution": "uniform"}),
        ("a tree of dependence", _network(16), {"distribution": "tree"}),
        ("a continuous income", _network(16), {"continuous": ["income"], "bins": 20}),
        ("a deep network", _network(32, 32, 32), {}),
        ("a smooth network", _network(16, activation="tanh"), {}),
        ("a random forest", forest, {}),
        ("a boosted forest", boosted, {}),
    ):
        yield name, lambda s, m=model, w=wishes: _against_a_tree(frame, answer, m, w, s)
    yield "two networks", lambda s: _same(frame, answer, (_network(16), _network(16, seed=1)), s)
    yield "a network, a forest", lambda s: _same(frame, answer, (_network(16), forest), s)
    yield "monotone in the income", lambda s: _monotone(frame, answer, s)
    yield "signs", _signs


def _loans() -> tuple[Any, Any]:
    """A made table of loans: numbers of many digits, categories, a skewed income."""
    import pandas as pd

    rng = np.random.default_rng(7)
    age = rng.integers(18, 80, ROWS)
    income = np.round(np.exp(rng.normal(10.3, 0.6, ROWS)), 2)
    region = rng.choice(["north", "south", "east", "west"], ROWS, p=[0.4, 0.3, 0.2, 0.1])
    job = rng.choice(["clerk", "nurse", "engineer", "driver", "teacher"], ROWS)
    debt = np.round(rng.gamma(2, 3000, ROWS), 0)
    children = rng.poisson(1.2, ROWS)
    score = 0.03 * (age - 40) + 4e-5 * (income - 30000) - 1e-4 * debt + 0.3 * (region == "north")
    answer = np.where(score - 0.2 * children + rng.normal(0, 0.5, ROWS) > -0.5, "yes", "no")
    columns = {"age": age, "income": income, "region": region, "job": job}
    return pd.DataFrame({**columns, "debt": debt, "children": children}), answer


def _network(*layers: int, activation: str = "relu", seed: int = 0) -> Any:
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(layers, activation=activation, max_iter=400, random_state=seed)


def _fitted(frame: Any, answer: Any, model: Any) -> Any:
    import warnings

    from sklearn.base import clone
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    texts = ["region", "job"]
    numbers = [x for x in frame if x not in texts]
    first = make_column_transformer((OneHotEncoder(), texts), (StandardScaler(), numbers))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make_pipeline(first, clone(model)).fit(frame, answer)


def _against_a_tree(frame: Any, answer: Any, model: Any, wishes: Any, limit: float) -> Result:
    fitted = _fitted(frame, answer, model)
    domain = lp.read_frame(frame, **wishes).domain
    tree = lp.distill(fitted, domain, method="cart", leaves=12, samples=2000, timeout=20).tree
    return lp.certify(fitted, tree, domain, timeout=limit)


def _same(frame: Any, answer: Any, models: tuple[Any, ...], limit: float) -> Result:
    held = [_fitted(frame, answer, x) for x in models]
    return lp.ask_same(*held, lp.read_frame(frame).domain, timeout=limit)


def _monotone(frame: Any, answer: Any, limit: float) -> Result:
    model = _fitted(frame, answer, _network(16))
    domain = lp.read_frame(frame, kinds={"income": "range", "debt": "range"}).domain
    return lp.ask_monotone(model, domain, "income", timeout=limit)


def _signs(limit: float) -> Result:
    """A random function of 40 signs, a network of 16 neurons fitted to it, and a small tree."""
    from sklearn.neural_network import MLPClassifier

    rng = np.random.default_rng(1)
    x = rng.choice([-1.0, 1.0], (3000, 40))
    y = (x[:, :5] @ [3, 2, 2, 1, 1] + x[:, 5] * x[:, 6] > 0).astype(int)
    model = MLPClassifier((16,), max_iter=60, random_state=0).fit(x, y)
    tree = lp.distill(model, "signs", method="cart", leaves=12, samples=2000, timeout=20).tree
    return lp.certify(model, tree, "signs", timeout=limit)
