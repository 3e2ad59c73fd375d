"""Classifiers as skl2onnx writes them load as they are, with the labels that onnxruntime gives."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import linear_model, preprocessing, svm
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline

from verifier.formats.heads import Asked
from verifier.formats.onnx import load_onnx
from verifier.formats.runtime_classes import runtime_classes
from verifier.model.errors import NetworkError
from verifier.model.head import Head
from verifier.model.network import decide, exact_logits

GRID = np.random.default_rng(1).integers(-16, 17, (200, 3)) / 8
LABELS = {"two": [0, 1], "signs": [-1, 1], "words": ["no", "yes"], "three": ["x", "y", "z"]}
MODELS: dict[str, Any] = {
    "network": lambda: MLPClassifier((5,), solver="lbfgs", max_iter=30, tol=1e3, random_state=0),
    "pipeline": lambda: make_pipeline(
        preprocessing.StandardScaler(),
        MLPClassifier((5,), solver="lbfgs", max_iter=30, tol=1e3, random_state=0),
    ),
    "logistic": lambda: linear_model.LogisticRegression(),
    "scaled logistic": lambda: make_pipeline(
        preprocessing.MinMaxScaler(), linear_model.LogisticRegression()
    ),
    "sgd": lambda: linear_model.SGDClassifier(random_state=0),
    "svc": lambda: svm.LinearSVC(),
    "ridge": lambda: linear_model.RidgeClassifier(),
    "perceptron": lambda: linear_model.Perceptron(),
}


def written(model: Any, path: Path, **options: Any) -> Path:
    """The model as skl2onnx writes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skl2onnx import to_onnx

        proto = to_onnx(model, np.zeros((1, 3), np.float32), options=options or None)
    path.write_bytes(proto.SerializeToString())
    return path


# Each model with each option that skl2onnx has for it.
ZIPPED = {"svc": [None], "ridge": [True, False]}
CASES = [(name, zipped) for name in MODELS for zipped in ZIPPED.get(name, [True, False, "columns"])]


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize(("name", "zipped"), CASES)
def test_labels_are_those_of_onnxruntime(
    name: str, labels: str, zipped: Any, tmp_path: Path
) -> None:
    import onnxruntime

    names = LABELS[labels]
    cuts = np.quantile(GRID[:, 0], np.arange(1, len(names)) / len(names))
    model = MODELS[name]().fit(GRID, np.asarray(names)[np.searchsorted(cuts, GRID[:, 0])])
    options = {} if zipped is None else {"zipmap": zipped}
    path = written(model, tmp_path / "net.onnx", **options)
    teacher = load_onnx(path)
    assert teacher.head == Head("label", None, "shown")
    assert teacher.labels == tuple(str(x) for x in names)
    assert any(text.startswith("the class is the output") for text in teacher.notes)
    rows = GRID.astype(np.float32)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {session.get_inputs()[0].name: rows})
    exact, _ = exact_logits(teacher, (GRID * 8).astype(int).tolist(), 8)
    assert runtime_classes(teacher, found).tolist() == [decide(row) for row in exact]


def test_a_regressor_is_read_as_asked(tmp_path: Path) -> None:
    network = MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", max_iter=30, tol=1e3)
    for model in (network, linear_model.LinearRegression()):
        path = written(model.fit(GRID, GRID[:, 0]), tmp_path / "net.onnx")
        head = load_onnx(path).head
        assert head is not None and head.origin == "assumed"
        with pytest.raises(NetworkError, match="not a label"):
            load_onnx(path, Asked("label"))


def test_what_is_not_exact_is_refused(tmp_path: Path) -> None:
    model = make_pipeline(preprocessing.Normalizer(), linear_model.LogisticRegression())
    path = written(model.fit(GRID, GRID[:, 0] > 0), tmp_path / "net.onnx")
    with pytest.raises(NetworkError, match=r"\(Normalizer\): it divides the activations"):
        load_onnx(path)
