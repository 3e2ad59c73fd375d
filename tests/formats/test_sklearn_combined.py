"""Models made of others, naive Bayes and components, against scikit-learn's ``predict``."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from sklearn import naive_bayes
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from verifier.formats.floating import evaluate
from verifier.formats.load import load_teacher
from verifier.formats.variables import ordinal
from verifier.model.domain import Domain
from verifier.model.errors import NetworkError
from verifier.model.network import Network

X = np.random.default_rng(0).integers(0, 4, (150, 3)).astype(float)
ROWS = np.array(list(product(np.arange(-1, 5) / 1.0, repeat=3)))
SCORE = X @ [2.0, -1.0, 0.5] + (X[:, 0] > 1)
NET = MLPClassifier((3,), solver="lbfgs", max_iter=30, tol=1e3, random_state=0)
SOFT: list[tuple[str, Any]] = [
    ("lr", LogisticRegression()),
    ("lda", LinearDiscriminantAnalysis()),
    ("sgd", SGDClassifier(loss="log_loss", random_state=0)),
    ("net", make_pipeline(StandardScaler(), NET)),
]
MODELS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "rest": (OneVsRestClassifier(LinearSVC()), (2, 3, 4)),
    "rest of networks": (OneVsRestClassifier(make_pipeline(StandardScaler(), NET)), (2,)),
    "soft votes": (VotingClassifier(SOFT, voting="soft"), (2,)),
    "weighed soft votes": (VotingClassifier(SOFT, voting="soft", weights=[1, 0.5, 0, 3]), (2,)),
    "hard votes": (VotingClassifier([*SOFT, ("ridge", RidgeClassifier())]), (2,)),
    "votes that may tie": (VotingClassifier(SOFT, weights=[1, 1, 2, 2]), (2,)),
    "calibrated": (CalibratedClassifierCV(LinearSVC(), ensemble=False), (2,)),
    "calibrated on folds": (CalibratedClassifierCV(LinearSVC(), cv=3), (2,)),
    "votes of calibrated": (VotingClassifier([("a", CalibratedClassifierCV(LinearSVC()))]), (2,)),
    "bernoulli": (naive_bayes.BernoulliNB(binarize=1.0), (2, 3)),
    "bernoulli of bits": (naive_bayes.BernoulliNB(binarize=None), (2, 3)),
    "multinomial": (naive_bayes.MultinomialNB(), (2, 3)),
    "complement": (naive_bayes.ComplementNB(norm=True), (2, 3)),
    "components": (make_pipeline(StandardScaler(), PCA(2), LogisticRegression()), (2, 3)),
    "whitened": (make_pipeline(PCA(2, whiten=True), NET), (2,)),
    "truncated": (make_pipeline(TruncatedSVD(2, random_state=0), LinearSVC()), (2, 3)),
}
CASES = [(name, classes) for name, (_, every) in MODELS.items() for classes in every]


def _fitted(model: Any, classes: int, x: Any = X) -> Any:
    cuts = np.quantile(SCORE, np.arange(1, classes) / classes)
    return model.fit(x, np.array(["a", "b", "c", "d"])[np.searchsorted(cuts, SCORE)])


@pytest.mark.parametrize(("name", "classes"), CASES)
def test_classes_are_those_of_predict(name: str, classes: int) -> None:
    bits = name == "bernoulli of bits"
    rows = np.array(list(product((0.0, 1.0), repeat=3))) if bits else ROWS
    if name in ("multinomial", "complement"):
        rows = rows[(rows >= 0).all(axis=1)]
    model = _fitted(MODELS[name][0], classes, (X > 1).astype(float) if bits else X)
    network = load_teacher(model)
    assert isinstance(network, Network)
    assert network.labels == tuple("abcd"[:classes])
    nodes, _, _ = evaluate(network.layers, rows, 0.0)
    logits = nodes[-1] if nodes[-1].shape[1] > 1 else np.pad(nodes[-1], ((0, 0), (1, 0)))
    ranked = np.sort(logits, axis=1)
    tied = ranked[:, -1] == ranked[:, -2]  # of votes: these go to class 0, exactly
    sure = (ranked[:, -1] - ranked[:, -2] > 1e-9) | tied
    assert sure.mean() > 0.9
    ours = np.array(network.labels)[logits.argmax(axis=1)]
    np.testing.assert_array_equal(ours[sure], model.predict(rows)[sure])
    if name == "votes that may tie":
        assert tied.any()


def test_components_behind_raw_columns() -> None:
    """What is before them is folded value by value, they and what follows are layers."""
    steps = (OneHotEncoder(), PCA(3), StandardScaler(), LogisticRegression())
    model = _fitted(make_pipeline(*steps), 3)
    domain = Domain(tuple(ordinal(f"v{i}", range(4)) for i in range(3)))
    network = load_teacher(model, domain=domain)  # it is compared with the pipeline there
    assert isinstance(network, Network)
    points = np.array(list(product(range(4), repeat=3)), dtype=float)
    nodes, _, _ = evaluate(network.layers, points, 0.0)
    ours = np.array(network.labels)[nodes[-1].argmax(axis=1)]
    np.testing.assert_array_equal(ours, model.predict(points))


@pytest.mark.parametrize(
    ("model", "classes", "message"),
    [
        (VotingClassifier(SOFT), 3, "3 classes: votes of two classes"),
        (VotingClassifier([("f", RandomForestClassifier(2))]), 2, "member RandomForestClassifier"),
        (OneVsRestClassifier(NET), 3, "rounded probabilities of its members MLPClassifier"),
        (
            VotingClassifier([("s", SGDClassifier(loss="modified_huber"))], voting="soft"),
            2,
            "SGDClassifier is no sigmoid",
        ),
        (VotingClassifier(SOFT[:1], weights=[-1]), 2, "weights are not all positive"),
        (CalibratedClassifierCV(LinearSVC()), 3, "3 classes: two are read"),
        (CalibratedClassifierCV(LinearSVC(), method="isotonic"), 2, "isotonic: sigmoid is read"),
        (CalibratedClassifierCV(NET), 2, "calibrates probabilities"),
        (OneVsRestClassifier(RandomForestClassifier(2)), 3, "member RandomForestClassifier"),
        (naive_bayes.GaussianNB(), 2, "GaussianNB is not supported"),
        (KNeighborsClassifier(), 2, "KNeighborsClassifier is not supported"),
    ],
)
def test_refused(model: Any, classes: int, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        load_teacher(_fitted(model, classes))


def test_several_labels_at_once_are_refused() -> None:
    model = OneVsRestClassifier(LinearSVC()).fit(X, (X > 1).astype(int))
    with pytest.raises(NetworkError, match="several labels at once"):
        load_teacher(model)
