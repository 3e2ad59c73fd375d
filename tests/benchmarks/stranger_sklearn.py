"""Models of scikit-learn as people hand them over: made from a seed, with odd labels and numbers.

The maker returns a pickle of its own making: the fitted model, a tree of scikit-learn fitted to its
answers, and the values of each input. The judge asks ``certify`` and compares its count with
``predict`` at every point.
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
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError
from verifier.model.network import exact_classes

LABELS: tuple[tuple[Any, ...], ...] = (
    (0, 1, 2, 3),
    (1, 0, 2, 3),
    (True, False),
    ("yes", "no", "perhaps", "Ünd so"),
    ("b", "a", "10", "9"),
    ("1", "0"),
    (-1, 1, 5, 3),
    (7, 3, 300, -2),
    (-2.0, 1.0, 3.0, 5.0),
    (1.0, 0.0, 2.0, 3.0),
    (np.int64(2), np.int64(1)),
)
VALUES: tuple[tuple[Any, ...], ...] = (
    (0, 1),
    (-1, 1),
    (0, 1, 2, 3),
    ("1/10", "2/10", "3/10"),
    ("1/3", "2/3", 1),
    (-5, 0, 16777217, 16777216),
    (0.1, 0.25, 1e-3, 7),
    (10**6, 10**6 + 1, 10**9),
    (4,),
)
ROWS = 90
"""Points of a domain at most."""


def sklearn(rng: Random) -> bytes:
    """A model, a tree and the domain's values."""
    values = []
    while len(values) < 2 or (len(values) < 4 and rng.random() < 0.7):
        new = pick(rng, VALUES)
        if int(np.prod([len(v) for v in (*values, new)])) <= ROWS:
            values.append(new)
    domain = domain_of(values)
    x = domain.inputs()
    classes = 1 if rng.random() < 0.04 else pick(rng, (2, 2, 3, 4))
    names = pick(rng, LABELS)[:classes]
    score = np.round(x / (1 + np.abs(x).max(axis=0)) @ rng.normal(size=x.shape[1]) * 9).astype(int)
    given = (score + (rng.random(len(x)) < 0.15)) % len(names)
    y = np.array(names)[given]
    rows = x.astype(np.float32) if rng.random() < 0.2 else x
    times = pick(rng, (1, 1, 3))
    rows, y = np.tile(rows, (times, 1)), np.tile(y, times)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = MODELS[pick(rng, list(MODELS))](rng).fit(rows, y)
            model.predict(x)
        except (ValueError, AttributeError):  # one class, or parts that do not fit together
            from sklearn.ensemble import RandomForestClassifier

            model = RandomForestClassifier(3, max_depth=3, random_state=0).fit(rows, y)
        from sklearn.tree import DecisionTreeClassifier

        answers = model.predict(x)
        answers = answers.copy()
        changed = rng.random(len(x)) < 0.2
        answers[changed] = np.asarray(y[: len(x)])[changed]
        tree = DecisionTreeClassifier(max_depth=pick(rng, (1, 3, 8)), random_state=0)
        tree.fit(x, answers)
    return pickle.dumps((model, tree, values))


def domain_of(values: Any) -> Domain:
    """A number a variable."""
    return Domain.product(*(Domain.ordinal(f"x{i}", list(v)) for i, v in enumerate(values)))


def _tree(rng: Random) -> Any:
    from sklearn import tree

    kind = pick(rng, (tree.DecisionTreeClassifier, tree.ExtraTreeClassifier))
    return kind(max_depth=pick(rng, (1, 3, None)), random_state=int(rng.integers(99)))


def _forest(rng: Random) -> Any:
    from sklearn import ensemble as e

    kind = pick(rng, (e.RandomForestClassifier, e.ExtraTreesClassifier))
    return kind(
        pick(rng, (1, 2, 7, 20)),
        max_depth=pick(rng, (1, 3, None)),
        criterion=pick(rng, ("gini", "entropy")),
        class_weight=pick(rng, (None, None, "balanced")),
        n_jobs=pick(rng, (None, 2)),
        random_state=int(rng.integers(99)),
    )


def _gradient(rng: Random) -> Any:
    from sklearn.dummy import DummyClassifier
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(
        n_estimators=pick(rng, (1, 3, 10)),
        max_depth=pick(rng, (1, 3)),
        init=pick(rng, (None, None, "zero", DummyClassifier(strategy="prior"))),
        loss=pick(rng, ("log_loss", "log_loss", "exponential")),
        learning_rate=pick(rng, (0.1, 1.0, 0.3)),
        random_state=0,
    )


def _histogram(rng: Random) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=pick(rng, (1, 3, 10)),
        min_samples_leaf=pick(rng, (1, 5)),
        categorical_features=pick(rng, (None, None, [0])),
        early_stopping=False,
        random_state=0,
    )


def _ada(rng: Random) -> Any:
    from sklearn.ensemble import AdaBoostClassifier
    from sklearn.tree import DecisionTreeClassifier

    own = DecisionTreeClassifier(max_depth=pick(rng, (1, 2, 4)))
    return AdaBoostClassifier(
        pick(rng, (None, own)), n_estimators=pick(rng, (1, 4, 15)), random_state=0
    )


def _bagging(rng: Random) -> Any:
    from sklearn.ensemble import BaggingClassifier

    return BaggingClassifier(
        pick(rng, (None, _tree(rng))),
        n_estimators=pick(rng, (1, 5)),
        max_samples=pick(rng, (1.0, 0.2)),
        max_features=pick(rng, (1.0, 0.5)),
        random_state=0,
    )


def _mlp(rng: Random) -> Any:
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        pick(rng, ((3,), (4, 3), ())),
        activation=pick(rng, ("relu", "identity", "tanh", "logistic")),
        max_iter=60,
        random_state=0,
    )


def _linear(rng: Random) -> Any:
    from sklearn import linear_model as m
    from sklearn import svm

    return pick(
        rng,
        (
            m.LogisticRegression(),
            m.RidgeClassifier(),
            m.SGDClassifier(random_state=0),
            m.Perceptron(),
            svm.LinearSVC(),
        ),
    )


def _combined(rng: Random) -> Any:
    from sklearn import ensemble as e
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
    from sklearn.naive_bayes import BernoulliNB

    own = [(f"m{i}", pick(rng, PARTS)(rng)) for i in range(3)]
    return pick(
        rng,
        (
            e.VotingClassifier(
                own,
                voting=pick(rng, ("hard", "soft")),
                weights=pick(rng, (None, [1, 2, 0.5])),
                flatten_transform=False,
            ),
            e.StackingClassifier(own, cv=2),
            OneVsRestClassifier(own[0][1]),
            OneVsOneClassifier(own[0][1]),
            CalibratedClassifierCV(own[0][1], cv=2, method=pick(rng, ("sigmoid", "isotonic"))),
            BernoulliNB(binarize=pick(rng, (0.0, 0.5))),
        ),
    )


def _piped(rng: Random) -> Any:
    from sklearn import preprocessing as p
    from sklearn.compose import ColumnTransformer
    from sklearn.decomposition import PCA
    from sklearn.pipeline import FeatureUnion, make_pipeline

    def step() -> Any:
        return pick(
            rng,
            (
                p.StandardScaler(),
                p.MinMaxScaler(),
                p.MaxAbsScaler(),
                p.RobustScaler(),
                p.OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                p.OrdinalEncoder(),
                p.KBinsDiscretizer(2, encode="onehot-dense"),
                p.Binarizer(threshold=0.5),
                p.PolynomialFeatures(2),
                p.FunctionTransformer(),
                PCA(2),
                "passthrough",
            ),
        )

    nests = [
        step(),
        make_pipeline(step(), step()),
        ColumnTransformer(
            [("a", step(), [0]), ("b", step(), [1])], remainder=pick(rng, ("drop", "passthrough"))
        ),
        FeatureUnion([("a", step()), ("b", p.MinMaxScaler())]),
    ]
    return make_pipeline(pick(rng, nests), pick(rng, PARTS)(rng))


PARTS: tuple[Callable[[Random], Any], ...] = (_tree, _forest, _mlp, _linear, _linear, _histogram)
MODELS: dict[str, Callable[[Random], Any]] = {
    "tree": _tree,
    "forest": _forest,
    "gradient": _gradient,
    "histogram": _histogram,
    "ada": _ada,
    "bagging": _bagging,
    "mlp": _mlp,
    "linear": _linear,
    "combined": _combined,
    "combined2": _combined,
    "piped": _piped,
    "piped2": _piped,
}
"""What makes a model that is not fitted yet."""


def handed_over(data: bytes, reached: Callable[[], None]) -> Outcome:
    """A model and a tree that ``certify`` is asked about."""
    import verifier as lp

    model, tree, values = pickle.loads(data)  # made a moment ago
    domain = domain_of(values)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = lp.certify(model, tree, domain, sample=0)
    except LeafproofError as problem:
        reached()
        return refusal(problem)
    reached()
    x = domain.inputs()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, leaves = model.predict(x), tree.predict(x)
    network = result.network
    points = list(product(*(range(v.count) for v in domain.variables)))
    named = network.labels or tuple(str(i) for i in range(network.classes))
    if isinstance(network, Ensemble):
        ours = [named[network.class_at(domain.encode(p))] for p in points]
    else:
        ours = [named[k] for k in exact_classes(network, domain, points)]
    wrong = [i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != word(b)]
    if wrong and not all(near(model, x[i : i + 1]) for i in wrong):
        at = wrong[0]
        return "WRONG", f"{ours[at]} and not {theirs[at]!r} at {x[at].tolist()} ({model})"
    apart = sum(a != word(b) for a, b in zip(ours, leaves, strict=True))
    if result.disagreements != (apart, apart):
        return "WRONG", f"{result.disagreements} differ and not {apart} ({model})"
    return ("equal, but for rounding" if wrong else "equal"), ""


def word(label: Any) -> str:
    """What a label is called."""
    from verifier.formats.heads import label_names

    return label_names([label])[0]


def near(model: Any, x: Any) -> bool:
    """Whether the decision at a point is one of rounding."""
    if hasattr(model, "decision_function"):
        found = np.atleast_1d(model.decision_function(x)[0])
    else:
        found = np.atleast_1d(model.predict_proba(x)[0])
    found = np.sort(found)
    gap = abs(found[0]) if len(found) == 1 else found[-1] - found[-2]
    return bool(gap < 1e-9 * max(1.0, float(np.abs(found).max())))
