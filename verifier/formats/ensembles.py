"""Ensembles from whatever the user has: objects of scikit-learn and of boosters, and files.

What was read is compared with the library's own answers, where the library is installed: around
every threshold, or at points of the domain where the model reads a table's columns.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats import sklearn_check
from verifier.formats.ensembles_boosters import (
    booster_fold,
    of_catboost,
    of_catboost_object,
    of_lightgbm,
    of_lightgbm_object,
    of_xgboost,
    of_xgboost_object,
)
from verifier.formats.ensembles_check import compare, compare_points
from verifier.formats.ensembles_fold import Fold, fold_of
from verifier.formats.ensembles_sklearn import (
    READERS,
    categories_of,
    ensemble_from_sklearn,
    unwarned,
)
from verifier.formats.ensembles_votes import votes_of_trees
from verifier.formats.frame_columns import text_of
from verifier.formats.heads import NOTHING, Asked
from verifier.formats.libraries import booster_of
from verifier.formats.own import kind_of
from verifier.formats.runtime import Floats
from verifier.formats.sklearn_pipelines import passes
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError

_XGBOOST = ("XGBClassifier", "XGBRFClassifier", "XGBRegressor", "XGBRFRegressor", "Booster")
_LIGHTGBM = ("LGBMClassifier", "LGBMRegressor", "Booster")
_CATBOOST = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor")


def library_of(model: Any) -> str | None:
    """The library of an object that is an ensemble of trees of a kind that is read; else None.

    Of a pipeline that ends in one it is scikit-learn.
    """
    for base in type(model).__mro__:
        library, name = base.__module__.partition(".")[0], base.__name__
        if library == "xgboost" and name in _XGBOOST:
            return library
        if library == "lightgbm" and name in _LIGHTGBM:
            return library
        if library == "catboost" and name in _CATBOOST:
            return library
    if kind_of(model) == "Pipeline":
        return "sklearn" if library_of(model.steps[-1][1]) is not None else None
    if kind_of(model) == "VotingClassifier" and not votes_of_trees(model):
        return None
    return "sklearn" if kind_of(model) in READERS else None


def ensemble_from_object(
    model: Any, asked: Asked = NOTHING, domain: Domain | None = None
) -> Ensemble:
    """The ensemble in a fitted object for which ``library_of`` knows the library.

    With a ``domain`` whose variables are the columns of the model's table it reads the domain's
    columns. Raises EnsembleError.
    """
    library = library_of(model)
    if library == "xgboost":
        return of_xgboost_object(model, asked, domain)
    if library == "lightgbm":
        return of_lightgbm_object(model, asked, domain)
    if library == "catboost":
        return of_catboost_object(model, asked, domain)
    final, before = _steps(model)
    if library_of(final) != "sklearn":
        raise EnsembleError(
            f"a pipeline that ends in {type(final).__name__} is not supported: give the model "
            "alone, or one of scikit-learn"
        )
    return _of_sklearn(model, final, before, asked, domain)


def _steps(model: Any) -> tuple[Any, list[Any]]:
    """The last step of a pipeline, or the model itself, and what comes before."""
    steps = [step for _, step in model.steps] if kind_of(model) == "Pipeline" else [model]
    return steps[-1], [step for step in steps[:-1] if not passes(step)]


def read_fold(model: Any, library: str, domain: Domain) -> Fold | None:
    """How an object that was read reads a domain's columns; None: as they are."""
    if library != "sklearn":
        return booster_fold(model, library, domain)
    return _sklearn_fold(*_steps(model), domain)


def _sklearn_fold(final: Any, before: list[Any], domain: Domain | None) -> Fold | None:
    first = before[0] if before and hasattr(before[0], "n_features_in_") else final
    codes = {
        column: {text_of(x): code for code, x in enumerate(labels)}
        for column, labels in categories_of(final).items()
    }
    names = [str(name) for name in getattr(first, "feature_names_in_", ())]
    return fold_of(domain, int(first.n_features_in_), names, codes, before)


def is_model_file(data: bytes) -> bool:
    """Whether a file holds a model of XGBoost, LightGBM or CatBoost, by its bytes."""
    return booster_of(data) is not None


def ensemble_from_bytes(
    data: bytes, asked: Asked = NOTHING, domain: Domain | None = None
) -> Ensemble:
    """The ensemble in such a file. Raises EnsembleError."""
    library = booster_of(data)
    if library == "catboost":
        return of_catboost(data, asked, domain)
    if library == "xgboost":
        return of_xgboost(data, asked, domain)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise EnsembleError("the model is not UTF-8 text: damaged file") from None
    return of_lightgbm(text, asked, domain)


def _of_sklearn(
    model: Any, final: Any, before: list[Any], asked: Asked, domain: Domain | None
) -> Ensemble:
    """A forest or booster of scikit-learn, at the end of a pipeline if there are steps before."""
    where = kind_of(final)
    if asked.kind not in (None, "regression"):
        raise EnsembleError(f"{where} shows what its output is: leave head out")
    if not hasattr(final, "n_features_in_"):
        raise EnsembleError(f"the {where} is not fitted: call fit first")
    fold = _sklearn_fold(final, before, domain)
    if before and fold is None:
        raise EnsembleError(
            "the pipeline changes its columns before the trees: give the domain of its table"
        )
    made = ensemble_from_sklearn(final, threshold=asked.threshold, fold=fold)
    if fold is None or domain is None:
        _compare_sklearn(final, made)
        return made
    points = sklearn_check.drawn(domain)
    said = sklearn_check.predicted(model, domain, fold.raw, points, asked.threshold)
    if said is None:
        raise EnsembleError(f"{type(model).__name__} {sklearn_check.SILENT}")
    compare_points(made, "scikit-learn", domain, points, None, said)
    return made


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
                found = np.asarray(unwarned(getattr(one, name), rows))
                return found / 2 if is_ada else found
        raise AssertionError

    def classes(rows: Floats) -> npt.NDArray[Any]:
        found = unwarned(one.predict, rows)
        return np.array([numbers[label] for label in found])

    hard = getattr(model, "voting", None) == "hard"  # it tells no scores
    compare(made, "scikit-learn", None if hard else scores, classes if numbers else None)
