"""Models made of pipelines that each begin with a table's raw columns, against ``predict``."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.model.errors import NetworkError
from verifier.model.network import decide, exact_logits

pandas = pytest.importorskip("pandas")

from sklearn.calibration import CalibratedClassifierCV  # noqa: E402
from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.decomposition import PCA  # noqa: E402
from sklearn.ensemble import RandomForestClassifier, VotingClassifier  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV  # noqa: E402
from sklearn.multiclass import OneVsRestClassifier  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import (  # noqa: E402
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    StandardScaler,
)
from sklearn.svm import LinearSVC  # noqa: E402

NUMBERS, TEXTS = ["age", "score"], ["colour"]
AGES, SCORES, COLOURS = [20, 30, 40, 50], [-1.5, 0.0, 2.5], ["blue", "green", "red"]


def piped(scaler: Any, *last: Any, texts: bool = True) -> Any:
    """A pipeline from the raw columns on: numbers through a scaler, texts one-hot, and models."""
    encoded = [(OneHotEncoder(), TEXTS)] if texts else []
    return make_pipeline(make_column_transformer((scaler, NUMBERS), *encoded), *last)


LINEAR = piped(StandardScaler(), LogisticRegression())
SVC = piped(StandardScaler(), LinearSVC(random_state=0))
BINNED = piped(KBinsDiscretizer(3, encode="onehot-dense", strategy="uniform"), LogisticRegression())
NARROW = piped(MinMaxScaler(), LogisticRegression(), texts=False)
VOTES = VotingClassifier([("a", LINEAR), ("b", BINNED), ("c", NARROW)])
MODELS: dict[str, Any] = {
    "hard votes": VOTES,
    "soft votes": VotingClassifier([("a", LINEAR), ("b", BINNED)], voting="soft", weights=[2, 1]),
    "calibrated": CalibratedClassifierCV(SVC, cv=3),
    "calibrated at once": CalibratedClassifierCV(SVC, ensemble=False),
    "votes of calibrated": VotingClassifier([("a", CalibratedClassifierCV(SVC)), ("b", LINEAR)]),
    "components": VotingClassifier(
        [("a", piped(StandardScaler(), PCA(2), LogisticRegression())), ("b", LINEAR)]
    ),
    "searched": GridSearchCV(VOTES, {"weights": [None, [1, 2, 1]]}, cv=2),
    "cut elsewhere": FixedThresholdClassifier(LINEAR, threshold=0.3),
    "rest": OneVsRestClassifier(LINEAR),
}


def table() -> Any:
    """Rows of three columns."""
    rng = np.random.default_rng(0)
    columns = {"age": AGES, "colour": COLOURS, "score": SCORES}
    return pandas.DataFrame({name: rng.choice(held, 150) for name, held in columns.items()})


def classes_of(x: Any, *, several: bool) -> Any:
    """What is learned: it depends on all columns."""
    score = x.age / 10 + x.score - 2 * (x.colour == "red")
    return np.where(score > 4, "c" if several else "b", np.where(score > 2.5, "b", "a"))


@pytest.mark.parametrize("name", MODELS)
def test_classes_are_those_of_predict_at_every_point(name: str) -> None:
    x = table()
    model = MODELS[name].fit(x, classes_of(x, several=name == "rest"))
    domain = lp.Domain.from_frame(x, kinds={"age": "values", "score": "values"})
    network = lp.load_network(model, domain=domain)
    points = list(product(*(range(v.count) for v in domain.variables)))
    assert len(points) == 36
    rows = pandas.DataFrame(
        [(AGES[a], COLOURS[c], SCORES[s]) for a, c, s in points], columns=list(x)
    )
    logits = exact_logits(network, [domain.encode_integers(p) for p in points], domain.denominator)
    found = [network.labels[decide(row)] for row in logits[0]]
    assert found == model.predict(rows).tolist() and len(set(found)) > 1


def test_a_member_that_is_not_read_is_named() -> None:
    x = table()
    votes = [("a", LINEAR), ("b", piped("passthrough", RandomForestClassifier(3)))]
    model = VotingClassifier(votes).fit(x, classes_of(x, several=False))
    with pytest.raises(NetworkError, match="VotingClassifier: its member RandomForestClassifier"):
        lp.load_network(model, domain=lp.Domain.from_frame(x))
    with pytest.raises(NetworkError, match="give that table's domain"):
        lp.load_network(VOTES.fit(x, classes_of(x, several=False)))
