"""Ensembles from whatever the user has: objects of scikit-learn, XGBoost and LightGBM, and files.

What was read is compared with the library's own answers around every threshold, where the library
is installed.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.ensembles_check import compare
from verifier.formats.ensembles_sklearn import READERS, ensemble_from_sklearn
from verifier.formats.heads import NOTHING, Asked, label_names
from verifier.formats.runtime import Floats
from verifier.formats.sklearn_pipelines import kind_of
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError, RuntimeNote

_XGBOOST = ("XGBClassifier", "XGBRFClassifier", "XGBRegressor", "XGBRFRegressor", "Booster")
_CATEGORIES = tuple(f"categories{end}" for end in ("", "_nodes", "_segments", "_sizes"))
_LIGHTGBM = ("LGBMClassifier", "LGBMRegressor", "Booster")


def library_of(model: Any) -> str | None:
    """The library of an object that is an ensemble of trees of a kind that is read; else None."""
    for base in type(model).__mro__:
        library, name = base.__module__.partition(".")[0], base.__name__
        if library == "xgboost" and name in _XGBOOST:
            return library
        if library == "lightgbm" and name in _LIGHTGBM:
            return library
    return "sklearn" if kind_of(model) in READERS else None


def ensemble_from_object(model: Any, asked: Asked = NOTHING) -> Ensemble:
    """The ensemble in a fitted object for which ``library_of`` knows the library.

    Raises EnsembleError.
    """
    library = library_of(model)
    if library == "xgboost":
        return _of_xgboost_object(model, asked)
    if library == "lightgbm":
        return _of_lightgbm_object(model, asked)
    if asked.kind not in (None, "regression"):
        raise EnsembleError(f"{kind_of(model)} shows what its output is: leave head out")
    made = ensemble_from_sklearn(model, threshold=asked.threshold)
    _compare_sklearn(model, made)
    return made


def is_model_file(data: bytes) -> bool:
    """Whether a file holds a model of XGBoost (JSON, UBJSON) or LightGBM (text), by its bytes."""
    from verifier.formats.ensembles_xgboost import is_ubjson

    if data.startswith((b"tree\n", b"tree\r\n")) or is_ubjson(data):
        return True
    return data.lstrip()[:1] == b"{" and b'"learner"' in data


def ensemble_from_bytes(data: bytes, asked: Asked = NOTHING) -> Ensemble:
    """The ensemble in such a file. Raises EnsembleError."""
    if not data.startswith(b"tree"):
        return _of_xgboost(data, asked, None, ())
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise EnsembleError("the model is not UTF-8 text: damaged file") from None
    return _of_lightgbm(text, asked, (), None)


def _of_xgboost_object(model: Any, asked: Asked) -> Ensemble:
    is_booster = type(model).__name__ == "Booster"
    if not is_booster and not hasattr(model, "_Booster"):
        raise EnsembleError(f"the {type(model).__name__} is not fitted: call fit first")
    if not is_booster and not _is_nan(getattr(model, "missing", None)):
        raise EnsembleError(
            f"the {type(model).__name__} takes {model.missing} for a missing value: train it with "
            "missing=nan"
        )
    booster = model if is_booster else model.get_booster()
    labels = () if is_booster else label_names(list(getattr(model, "classes_", ())))
    rounds = None if is_booster else getattr(model, "best_iteration", None)
    return _of_xgboost(bytes(booster.save_raw("json")), asked, rounds, labels, booster)


def _of_xgboost(
    data: bytes, asked: Asked, best: int | None, labels: tuple[str, ...], booster: Any = None
) -> Ensemble:
    from verifier.formats.ensembles_xgboost import (
        Settings,
        ensemble_from_xgboost,
        read_document,
    )

    document = read_document(data)
    own = document["learner"].get("attributes", {}) if booster is None else {}
    if "scikit_learn" in own and "best_iteration" in own:
        best = int(own["best_iteration"])
    rounds = None if best is None else best + 1
    if booster is None and importlib.util.find_spec("xgboost") is not None:
        import xgboost

        booster = _loaded(
            "XGBoost",
            lambda: xgboost.Booster(model_file=bytearray(data)),
            xgboost.core.XGBoostError,
        )
    if booster is None:
        return ensemble_from_xgboost(document, asked, Settings(rounds, labels))

    def margins(rows: Floats) -> npt.NDArray[Any]:
        if document["learner"]["gradient_booster"]["name"] == "dart":
            return _of_matrix(booster, rows, rounds)
        given = booster.inplace_predict(
            rows,
            iteration_range=(0, rounds or 0),
            predict_type="margin",
            validate_features=False,
        )
        return np.asarray(given)

    def base() -> list[float]:
        return _base_margin(document)

    made = ensemble_from_xgboost(document, asked, Settings(rounds, labels, base))
    compare(made, "XGBoost", margins, None)
    return made


def _of_matrix(booster: Any, rows: Floats, rounds: int | None) -> npt.NDArray[Any]:
    """The scores that are predicted for a DMatrix."""
    import xgboost

    kinds = {"feature_types": booster.feature_types, "enable_categorical": True}
    matrix = xgboost.DMatrix(rows, feature_names=booster.feature_names, **kinds)
    span = (0, rounds or 0)
    return np.asarray(booster.predict(matrix, output_margin=True, iteration_range=span))


def _is_nan(x: Any) -> bool:
    return x is None or (isinstance(x, float) and math.isnan(x))


def _base_margin(document: Mapping[str, Any]) -> list[float]:
    """What XGBoost's scores begin with: those of the model with one tree, which adds 0."""
    import xgboost

    learner = document["learner"]
    count = int(learner["learner_model_param"]["num_feature"])
    leaf: dict[str, Any] = {name: [] for name in _CATEGORIES}
    leaf |= {name: [-1] for name in ("left_children", "right_children")}
    leaf |= {name: [0] for name in ("default_left", "split_indices", "split_type")}
    numbers = ("base_weights", "loss_changes", "split_conditions", "sum_hessian")
    leaf |= {name: [0.0] for name in numbers}
    leaf |= {"id": 0, "parents": [2147483647]}
    sizes = {"num_deleted": "0", "num_nodes": "1", "size_leaf_vector": "1"}
    leaf["tree_param"] = sizes | {"num_feature": str(count)}
    model = {
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": "1"},
        "iteration_indptr": [0, 1],
        "tree_info": [0],
        "trees": [leaf],
    }
    names: dict[str, Any] = {"feature_names": [], "feature_types": [], "attributes": {}}
    plain = dict(learner) | names | {"gradient_booster": {"name": "gbtree", "model": model}}
    data = json.dumps(dict(document) | {"learner": plain}).encode()
    found = xgboost.Booster(model_file=bytearray(data)).inplace_predict(
        np.zeros((1, count)), predict_type="margin", validate_features=False
    )
    return [float(x) for x in np.ravel(found)]


def _of_lightgbm_object(model: Any, asked: Asked) -> Ensemble:
    is_booster = type(model).__name__ == "Booster"
    if not is_booster and getattr(model, "_Booster", None) is None:
        raise EnsembleError(f"the {type(model).__name__} is not fitted: call fit first")
    booster = model if is_booster else model.booster_
    labels = () if is_booster else label_names(list(getattr(model, "classes_", ())))
    return _of_lightgbm(booster.model_to_string(), asked, labels, booster)


def _of_lightgbm(text: str, asked: Asked, labels: tuple[str, ...], booster: Any) -> Ensemble:
    from verifier.formats.ensembles_lightgbm import ensemble_from_lightgbm

    made = ensemble_from_lightgbm(text, asked, labels)
    if booster is None and importlib.util.find_spec("lightgbm") is not None:
        import lightgbm

        booster = _loaded(
            "LightGBM",
            lambda: lightgbm.Booster(model_str=text),
            lightgbm.basic.LightGBMError,
        )
    if booster is not None:
        divisor = made.divisor

        def scores(rows: Floats) -> npt.NDArray[Any]:
            return np.asarray(booster.predict(rows, raw_score=True)) / divisor

        compare(made, "LightGBM", scores, None)
    return made


def _loaded(library: str, load: Callable[[], Any], failure: type[Exception]) -> Any:
    """What a library makes of a file; None, and a note, where it does not read it."""
    try:
        return load()
    except failure as problem:
        line = str(problem).strip().partition("\n")[0][:200]
        warnings.warn(
            f"{library} does not read this file ({line}), so what was read of it is not compared "
            "with the library's answers",
            RuntimeNote,
            stacklevel=5,
        )
        return None


def _compare_sklearn(model: Any, made: Ensemble) -> None:
    """Compare with the estimator itself, its trees added in their order."""
    one = copy.copy(model)
    if hasattr(one, "n_jobs"):
        one.n_jobs = 1
    numbers = {label: k for k, label in enumerate(getattr(model, "classes_", []))}
    is_ada = kind_of(model) == "AdaBoostClassifier" and made.outputs == 1

    def scores(rows: Floats) -> npt.NDArray[Any]:
        for name in ("decision_function", "predict_proba", "predict"):
            if hasattr(one, name):
                found = np.asarray(_unwarned(getattr(one, name), rows))
                return found / 2 if is_ada else found
        raise AssertionError

    def classes(rows: Floats) -> npt.NDArray[Any]:
        found = _unwarned(one.predict, rows)
        return np.array([numbers[label] for label in found])

    compare(made, "scikit-learn", scores, classes if numbers else None)


def _unwarned(call: Callable[[Any], Any], rows: Floats) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(rows)
