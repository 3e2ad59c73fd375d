"""Forests and boosters against the ONNX files that skl2onnx and onnxmltools make of them.

The original and the converted model are read from different files by different readers; where they
answer differently, both must do so in their own runtimes.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from tests.formats.ensemble_points import around, grid
from verifier.formats.load import load_teacher
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError

skl2onnx = pytest.importorskip("skl2onnx")
ort = pytest.importorskip("onnxruntime")


def _table(classes: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(classes)
    x = np.round(rng.normal(1.5, 1.5, size=(200, 3)), 1)
    return x, (np.abs(x[:, 0] * x[:, 1]) + x[:, 2]).astype(int) % classes


def _labels(model: Any, rows: Any) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(model.SerializeToString(), options)
    return session.run(["label"], {session.get_inputs()[0].name: rows.astype(np.float32)})[0]


def _agree(original: Any, converted: Any) -> float:
    """Both are read as their own runtimes answer; returns the share of rows where they differ."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = load_teacher(original), load_teacher(converted)
    assert isinstance(ours, Ensemble)
    assert isinstance(theirs, Ensemble)
    rows = np.concatenate([grid(3), around(ours), around(theirs)])
    rows = rows.astype(np.float32).astype(np.float64)
    labels = _labels(converted, rows)
    np.testing.assert_array_equal(theirs.predict(rows), labels)
    np.testing.assert_array_equal(ours.predict(rows), original.predict(rows))
    return float(np.mean(labels != original.predict(rows)))


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("name", ["forest", "extra", "gradient", "tree"])
def test_skl2onnx(name: str, classes: int) -> None:
    from sklearn import ensemble, tree

    x, y = _table(classes)
    model = {
        "forest": lambda: ensemble.RandomForestClassifier(9, max_depth=4, random_state=0),
        "extra": lambda: ensemble.ExtraTreesClassifier(9, max_depth=4, random_state=0),
        "gradient": lambda: ensemble.GradientBoostingClassifier(n_estimators=8, random_state=0),
        "tree": lambda: tree.DecisionTreeClassifier(max_depth=5, random_state=0),
    }[name]()
    model.fit(x, y)
    plain = {id(model): {"zipmap": False}}
    made = skl2onnx.to_onnx(model, x[:1].astype(np.float32), options=plain)
    assert _agree(model, made) < 0.05


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_onnxmltools(library: str, classes: int) -> None:
    tools = pytest.importorskip("onnxmltools")
    pytest.importorskip(library)
    from onnxmltools.convert.common.data_types import FloatTensorType

    x, y = _table(classes)
    types = [("x", FloatTensorType([None, 3]))]
    if library == "xgboost":
        from xgboost import XGBClassifier

        model = XGBClassifier(n_estimators=6, max_depth=3, n_jobs=1).fit(x, y)
        made = tools.convert_xgboost(model, initial_types=types)
    else:
        from lightgbm import LGBMClassifier

        model = LGBMClassifier(n_estimators=6, num_leaves=6, verbose=-1, num_threads=1).fit(x, y)
        made = tools.convert_lightgbm(model, initial_types=types, zipmap=False)
    assert _agree(model, made) < 0.05


@pytest.mark.parametrize(("name", "says"), [("ada", r" \(Exp rounds"), ("bagging", ": give")])
def test_ensembles_that_are_joined_are_refused_in_words(name: str, says: str) -> None:
    """Their classes hang on how a runtime rounds; the models themselves are read."""
    from sklearn import ensemble, tree

    x, y = _table(3)
    stump = tree.DecisionTreeClassifier(max_depth=2, random_state=0)
    model = {
        "ada": lambda: ensemble.AdaBoostClassifier(stump, n_estimators=3, random_state=0),
        "bagging": lambda: ensemble.BaggingClassifier(stump, n_estimators=3, random_state=0),
    }[name]().fit(x, y)
    assert isinstance(load_teacher(model), Ensemble)
    words = rf"the answers of 3 tree ensembles by nodes that are not read{says}.*scikit-learn model"
    with pytest.raises(EnsembleError, match=words):
        load_teacher(skl2onnx.to_onnx(model, x[:1].astype(np.float32)))
