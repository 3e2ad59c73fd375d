"""Models of XGBoost, LightGBM and CatBoost, with the libraries at hand where they are there."""

from __future__ import annotations

import importlib.util
import json
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats import sklearn_check
from verifier.formats.booster_calls import LIBRARIES, Way, json_of
from verifier.formats.booster_libraries import Apart, Here, Refuses, opened
from verifier.formats.ensembles_check import compare, compare_points, points_of
from verifier.formats.ensembles_fold import Fold, check_categories, coded, fold_of
from verifier.formats.frame_columns import text_of
from verifier.formats.heads import NOTHING, Asked, label_names
from verifier.formats.libraries import BINARY
from verifier.formats.own import check_own
from verifier.formats.runtime import Floats
from verifier.formats.runtime_classes import names_of
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError, RuntimeNote, quoted
from verifier.model.floats import nearest

Scores = Callable[[Floats], npt.NDArray[Any]]
ROUGHLY = 2.0**-10
"""More than scores of thousands of trees can change by how they are rounded, in proportion."""
CLOSE = 1e-9
"""What CatBoost's scores may be off by that has read its own JSON, in proportion to the largest: it
does not round decimals to the nearest float64."""
DECIMALS = (
    "CatBoost reads the decimals of its JSON files with errors in their last places; here they are "
    "the nearest float64 numbers, as the model had that was saved"
)
_CATEGORIES = tuple(f"categories{end}" for end in ("", "_nodes", "_segments", "_sizes"))


def of_xgboost_object(model: Any, asked: Asked, domain: Domain | None) -> Ensemble:
    """The ensemble in a Booster, or in an estimator of XGBoost. Raises EnsembleError."""
    from verifier.formats.ensembles_xgboost import DART

    is_booster = type(model).__name__ == "Booster"
    if not is_booster and not hasattr(model, "_Booster"):
        raise EnsembleError(f"the {type(model).__name__} is not fitted: call fit first")
    if not is_booster and not _is_nan(getattr(model, "missing", None)):
        raise EnsembleError(
            f"the {type(model).__name__} takes {model.missing} for a missing value: train it with "
            "missing=nan"
        )
    check_own(model, "xgboost", EnsembleError)
    booster = model if is_booster else model.get_booster()
    labels = () if is_booster else _labels(model)
    rounds = None if is_booster else getattr(model, "best_iteration", None)
    data = bytes(booster.save_raw("json"))
    wrapped = hasattr(model, "classes_")
    made = of_xgboost(data, asked, domain, rounds, labels, booster, wrapped)
    if wrapped and asked == NOTHING:
        fold = _xgboost_fold(json.loads(data)["learner"], domain)
        _check_predict(model, made, "XGBoost", fold, loose=DART in made.notes)
    return made


def of_xgboost(
    data: bytes,
    asked: Asked,
    domain: Domain | None,
    best: int | None = None,
    labels: tuple[str, ...] = (),
    booster: Any = None,
    wrapped: bool = False,
) -> Ensemble:
    """The ensemble in a JSON or UBJSON document; ``best`` is the last round that counts.

    ``wrapped``: it is an XGBClassifier's.
    """
    from verifier.formats.ensembles_xgboost import Settings, ensemble_from_xgboost, read_document

    document = read_document(data)
    learner = document["learner"]
    try:
        own = learner.get("attributes", {}) if booster is None else {}
        wrapped = wrapped or "classifier" in str(own.get("scikit_learn", ""))
        if "scikit_learn" in own and "best_iteration" in own:
            best = int(own["best_iteration"], 10) if own["best_iteration"].isdecimal() else -1
    except (KeyError, TypeError, AttributeError, ValueError):
        pass  # what is wrong is said where the trees are read
    rounds = None if best is None else best + 1
    fold = _xgboost_fold(learner, domain)
    known = booster is not None or importlib.util.find_spec("xgboost") is not None
    base = (lambda: _base_margin(document, here=booster is not None)) if known else None
    made = ensemble_from_xgboost(document, asked, Settings(rounds, labels, wrapped, base, fold))
    held = _held("xgboost", booster, data)
    if held is not None:
        is_dart = learner["gradient_booster"].get("name") == "dart"
        ways = (Way(raw, rounds, is_dart) for raw in (True, False))
        scores, shares = (partial(_answers, held, way) for way in ways)
        _compare(made, "XGBoost", scores, shares, fold)
    return made


def _answers(held: Here | Apart, way: Way, rows: Floats) -> npt.NDArray[Any]:
    """The library's own scores, or what it makes of them. Raises EnsembleError."""
    try:
        return held.answer(rows, way)
    except Refuses as problem:
        name = LIBRARIES[held.library].name
        raise EnsembleError(f"{name} does not run it ({problem}): save the model again") from None


def _labels(model: Any) -> tuple[str, ...]:
    """What an estimator calls its classes; nothing of a regressor."""
    held = label_names(list(getattr(model, "classes_", ())))
    if len(held) == 1:
        raise EnsembleError(
            f"the {type(model).__name__} was fitted to one class: give it examples of two"
        )
    return held


def _is_nan(x: Any) -> bool:
    return x is None or (isinstance(x, float) and math.isnan(x))


def _base_margin(document: Mapping[str, Any], *, here: bool) -> list[float]:
    """What XGBoost's scores begin with: those of the model with one tree, which adds 0.

    It is asked ``here`` of an object, else apart. Nothing where it does not read such a model.
    """
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
    try:
        held = opened("xgboost", data) if here else Apart("xgboost", data)
        found = held.answer(np.zeros((1, count)), Way(raw=True))
    except Refuses:
        return []  # it will not read the file either, which is noted then
    return [float(x) for x in np.ravel(found)]


def of_lightgbm_object(model: Any, asked: Asked, domain: Domain | None) -> Ensemble:
    """The ensemble in a Booster, or in an estimator of LightGBM. Raises EnsembleError."""
    is_booster = type(model).__name__ == "Booster"
    if not is_booster and getattr(model, "_Booster", None) is None:
        raise EnsembleError(f"the {type(model).__name__} is not fitted: call fit first")
    check_own(model, "lightgbm", EnsembleError)
    if not is_booster and model.get_params().get("pred_early_stop"):
        raise EnsembleError(
            f"the {type(model).__name__} has pred_early_stop, with which predict leaves trees out: "
            "leave that out"
        )
    booster = model if is_booster else model.booster_
    labels = () if is_booster else _labels(model)
    text = booster.model_to_string()
    made = of_lightgbm(text, asked, domain, labels, booster)
    if labels and asked == NOTHING:
        _check_predict(model, made, "LightGBM", _lightgbm_fold(text, domain))
    return made


def of_lightgbm(
    text: str,
    asked: Asked,
    domain: Domain | None,
    labels: tuple[str, ...] = (),
    booster: Any = None,
) -> Ensemble:
    """The ensemble in LightGBM's text. Raises EnsembleError."""
    from verifier.formats.ensembles_lightgbm import ensemble_from_lightgbm

    fold = _lightgbm_fold(text, domain)
    made = ensemble_from_lightgbm(text, asked, labels, fold)
    held = _held("lightgbm", booster, text.encode())
    if held is not None:
        divisor, own = made.divisor, held

        def scores(rows: Floats) -> npt.NDArray[Any]:
            return _answers(own, Way(raw=True), rows) / divisor

        _compare(made, "LightGBM", scores, partial(_answers, own, Way(raw=False)), fold)
    return made


def of_catboost_object(model: Any, asked: Asked, domain: Domain | None) -> Ensemble:
    """The ensemble in a model of CatBoost. Raises EnsembleError."""
    if not model.is_fitted():
        raise EnsembleError(f"the {type(model).__name__} is not fitted: call fit first")
    check_own(model, "catboost", EnsembleError)
    made, fold = _of_catboost(json_of(model), asked, domain)
    _compare_catboost(made, Here("catboost", model), fold)
    is_classifier = any(base.__name__ == "CatBoostClassifier" for base in type(model).__mro__)
    if is_classifier and asked == NOTHING:
        _check_predict(model, made, "CatBoost", fold)
    return made


def of_catboost(data: bytes, asked: Asked, domain: Domain | None) -> Ensemble:
    """The ensemble in CatBoost's JSON, or, where it is installed, its binary file.

    Raises EnsembleError.
    """
    from verifier.formats.ensembles_catboost import AS_JSON

    if not data.startswith(BINARY):
        made, fold = _of_catboost(data, asked, domain)
        _compare_catboost(made, _held("catboost", None, data), fold, CLOSE)
        return replace(made, notes=(*made.notes, DECIMALS))
    if importlib.util.find_spec("catboost") is None:
        raise EnsembleError(f"only CatBoost reads its binary files: install it, or {AS_JSON}")
    held = Apart("catboost", data)
    try:
        document = held.as_json()
    except Refuses as problem:
        raise EnsembleError(
            f"CatBoost does not read this file, or cannot say it as JSON ({problem}): it is "
            "damaged; save the model again"
        ) from None
    made, fold = _of_catboost(document, asked, domain)
    _compare_catboost(made, held, fold)
    return made


def _of_catboost(data: bytes, asked: Asked, domain: Domain | None) -> tuple[Ensemble, Fold | None]:
    """What CatBoost's JSON holds, and its fold."""
    from verifier.formats.ensembles_catboost import ensemble_from_catboost, read_document

    document = read_document(data)
    fold = _catboost_fold(document, domain)
    return ensemble_from_catboost(document, asked, fold), fold


def _compare_catboost(
    made: Ensemble, held: Here | Apart | None, fold: Fold | None, slack: float = 0.0
) -> None:
    if held is not None:
        scores = partial(_answers, held, Way(raw=True))
        _compare(made, "CatBoost", scores, scores, fold, slack)


def _catboost_fold(document: Mapping[str, Any], domain: Domain | None) -> Fold | None:
    from verifier.formats.ensembles_catboost import columns_of

    names = columns_of(document)
    return fold_of(domain, len(names), names if all(names) else [], {})


def booster_fold(model: Any, library: str, domain: Domain) -> Fold | None:
    """How a model of such a library reads a domain's columns. Raises EnsembleError.

    None where it reads them as they are.
    """
    if library == "catboost":
        from verifier.formats.ensembles_catboost import read_document

        data = model.as_json() if isinstance(model, Apart) else json_of(model)
        return _catboost_fold(read_document(data), domain)
    if isinstance(model, Apart):
        if library == "lightgbm":
            return _lightgbm_fold(model.data.decode(), domain)
        from verifier.formats.ensembles_xgboost import read_document as read

        return _xgboost_fold(read(model.data, float)["learner"], domain)
    is_booster = type(model).__name__ == "Booster"
    if library == "lightgbm":
        return _lightgbm_fold((model if is_booster else model.booster_).model_to_string(), domain)
    booster = model if is_booster else model.get_booster()
    return _xgboost_fold(json.loads(bytes(booster.save_raw("json")))["learner"], domain)


def _xgboost_fold(learner: Mapping[str, Any], domain: Domain | None) -> Fold | None:
    from verifier.formats.ensembles_xgboost import codes_of

    try:
        count, codes = int(learner["learner_model_param"]["num_feature"]), codes_of(learner)
        names = [str(name) for name in learner.get("feature_names") or ()]
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        count, codes, names = 0, {}, []  # what is wrong is said where the trees are read
    fold = fold_of(domain, count, names, codes)
    check_categories(fold)
    return fold


def _lightgbm_fold(text: str, domain: Domain | None) -> Fold | None:
    from verifier.formats.ensembles_lightgbm import may_be_of, table_of

    names, codes = table_of(text)
    given = [] if names == [f"Column_{i}" for i in range(len(names))] else names
    fold = fold_of(domain, len(names), given, codes, spaces=True)
    if fold is not None and may_be_of(text, codes):
        _check_known(fold, names)
    check_categories(fold)
    return fold


def _check_known(fold: Fold, names: list[str]) -> None:
    """Refuse a column of categories of which the domain has others."""
    for column, known in fold.codes.items():
        held = fold.raw[column]
        given = [x for x in held.seen if x is not None] if held.seen else ["(others)"]
        lost = sorted(text_of(x) for x in given if coded(x, known) is None)
        if lost:
            raise EnsembleError(
                f"the domain's {quoted(names[column])} has {quoted(lost[0])}, which is none of the "
                "model's categories, and these may be another column's, as LightGBM does not say "
                "whose they are: encode categories as numbers before"
            )


def _compare(
    made: Ensemble,
    library: str,
    scores: Scores,
    shares: Scores,
    fold: Fold | None,
    slack: float = 0.0,
) -> None:
    """Compare around the thresholds, or where columns are a table's at points of the domain.

    Where softmaxes decide, ``shares``, the library's own, are to name the same classes.
    """
    if fold is None:

        def classes(rows: Floats) -> npt.NDArray[Any]:
            return np.asarray(np.asarray(shares(rows)).argmax(axis=1))

        compare(made, library, scores, classes if made.link else None, slack=slack)
        return
    points = sklearn_check.drawn(fold.domain)
    rows = _inputs(fold, points)
    compare_points(made, library, fold.domain, points, scores(rows), None, slack)


def _inputs(fold: Fold, points: Sequence[Point]) -> Floats:
    """The model's inputs at points of the domain; what is missing is NaN."""
    return np.array([[math.nan if x is None else x for x in row] for row in fold.rows(points)])


def _check_predict(
    model: Any, made: Ensemble, library: str, fold: Fold | None, *, loose: bool = False
) -> None:
    """Compare with the estimator's own ``predict``, which goes by attributes of its own, too.

    They may not be those that it was fitted with. Where it is ``loose``, scores that are rounded
    otherwise may have another class near where that changes.
    """
    held = rows = points_of(made, 200)
    if fold is not None:
        points = sklearn_check.drawn(fold.domain)
        rows = _inputs(fold, points)
        held = np.array([[nearest(x) for x in fold.domain.encode(p)] for p in points])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = np.asarray(model.predict(rows))
    if library == "CatBoost":  # of several classes it gives a column
        said = said.reshape(-1)
    names = names_of(made)
    sure = _far(made, held) if loose else range(len(rows))
    ours = [names[k] for k in made.predict(held).tolist()]
    theirs = label_names(said.tolist()) if said.shape == (len(rows),) else ()
    if not theirs or any(theirs[i] != ours[i] for i in sure):
        raise EnsembleError(
            f"the {type(model).__name__}'s predict answers otherwise than its {library} model: its "
            "parameters were changed since it was fitted, or it answers with several numbers; fit "
            "it again, or give its Booster"
        )


def _far(made: Ensemble, rows: Floats) -> Sequence[int]:
    """The rows whose scores are further from where the class changes than ROUGHLY."""
    scores = np.asarray(made.scores(rows), dtype=np.float64).reshape(len(rows), -1)
    if made.threshold is not None:
        scores = np.column_stack([scores, np.full(len(rows), made.threshold)])
    ranked = np.sort(scores, axis=1)
    far = ranked[:, -1] - ranked[:, -2] > ROUGHLY * max(1.0, made.largest)
    return list(np.flatnonzero(far).tolist())


def _held(library: str, booster: Any, data: bytes) -> Here | Apart | None:
    """What answers for the library; None where there is none, or, with a note, it reads no file.

    A file is not given to it before it was read here: it may break down over one that is damaged.
    """
    if booster is not None:
        return Here(library, booster)
    if importlib.util.find_spec(library) is None:
        return None
    held = Apart(library, data)
    try:
        held.check()
    except Refuses as problem:
        warnings.warn(
            f"{LIBRARIES[library].name} does not read this file ({problem}), so what was read of "
            "it is not compared with the library's answers",
            RuntimeNote,
            stacklevel=4,
        )
        return None
    return held
