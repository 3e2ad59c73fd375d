"""What the library that an ensemble came from answers for its inputs: to run witnesses there."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.ensembles import is_model_file, library_of
from verifier.formats.heads import label_names
from verifier.formats.outputs import model_file
from verifier.formats.runtime import Session, Unusable, is_installed
from verifier.formats.runtime_classes import names_of, runtime_classes
from verifier.formats.sklearn_inputs import inputs_of, with_spaces
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError, NetworkError
from verifier.model.floats import nearest

NAMES = {"xgboost": "XGBoost", "lightgbm": "LightGBM", "sklearn": "scikit-learn"}
_OTHER = "the model reads a table's columns"


def answers(
    source: Any,
    ensemble: Ensemble,
    rows: Sequence[Sequence[Fraction]],
    domain: Domain | None = None,
) -> tuple[str, npt.NDArray[np.int64]]:
    """The library's name and its classes at rows, rounded to float64. Raises Unusable.

    The rows are those of the ``domain``, whose variables may stand in another order than the
    model's columns, which are matched by name. Models of a table's columns are not run.
    """
    given = np.array([[nearest(x) for x in row] for row in rows])
    model: Any
    library: str | None
    if isinstance(source, str | os.PathLike):
        data = model_file(source, "model", EnsembleError)
        if not is_model_file(data):
            return "onnxruntime", _onnx(data, ensemble, given)
        model, library = _opened(data)
    else:
        model, library = source, library_of(source)
    if library is None:
        raise Unusable("it is no object of a library that runs it")
    width = _width(model, library)
    if width != ensemble.columns:
        raise Unusable(_OTHER)
    given = given[:, _order(_names(model, library), width, domain)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return NAMES[library], _classes(model, library, ensemble, given)


def _onnx(data: bytes, ensemble: Ensemble, given: npt.NDArray[np.float64]) -> Any:
    if not is_installed():
        raise Unusable("onnxruntime is not installed")
    session = Session(data)
    return runtime_classes(ensemble, [session.run(session.answer, given)])


def _opened(data: bytes) -> tuple[Any, str]:
    """A file in its library."""
    library = "lightgbm" if data.startswith(b"tree") else "xgboost"
    try:
        if library == "lightgbm":
            import lightgbm

            return lightgbm.Booster(model_str=data.decode()), library
        import xgboost

        return xgboost.Booster(model_file=bytearray(data)), library
    except ImportError:
        raise Unusable(f"{NAMES[library]} is not installed") from None


def _width(model: Any, library: str) -> int:
    if library == "xgboost" and type(model).__name__ == "Booster":
        return int(model.num_features())
    if library == "lightgbm" and type(model).__name__ == "Booster":
        return int(model.num_feature())
    return int(model.n_features_in_)


def _names(model: Any, library: str) -> list[str]:
    """What the model calls its columns; nothing where it has no names of its own."""
    if library == "lightgbm":
        held = model if type(model).__name__ == "Booster" else model.booster_
        found = [str(name) for name in held.feature_name()]
        return [] if found == [f"Column_{i}" for i in range(len(found))] else found
    if library == "xgboost":
        held = model if type(model).__name__ == "Booster" else model.get_booster()
        return [str(name) for name in held.feature_names or ()]
    return [str(name) for name in getattr(model, "feature_names_in_", ())]


def _order(names: list[str], width: int, domain: Domain | None) -> list[int]:
    """Which of the domain's columns each of the model's is. Raises Unusable."""
    if domain is None or not names:
        return list(range(width))
    try:
        spelled = with_spaces(names, domain)
        model = SimpleNamespace(n_features_in_=width, feature_names_in_=spelled)
        held = inputs_of(model, domain)
    except NetworkError as problem:
        raise Unusable(str(problem)) from None
    if held is None:
        return list(range(width))
    if any(domain.variables[c.variable].columns != 1 for c in held):
        raise Unusable(_OTHER)
    return [domain.offsets[c.variable] for c in held]


def _classes(
    model: Any, library: str, ensemble: Ensemble, given: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """The classes that the library answers."""
    threshold = None if ensemble.head is None else ensemble.head.threshold
    if type(model).__name__ != "Booster":
        found = np.asarray(model.predict(given)).reshape(-1)
        if getattr(model, "classes_", None) is None:
            return _above(found, threshold)
        numbers = {name: k for k, name in enumerate(names_of(ensemble))}
        return np.array([numbers.get(name, -1) for name in label_names(found.tolist())])
    is_logit = ensemble.head is not None and ensemble.head.kind == "logit"
    if library == "lightgbm":
        values = np.asarray(model.predict(given, raw_score=is_logit))
    else:
        kind = "margin" if is_logit else "value"
        values = np.asarray(
            model.inplace_predict(given, predict_type=kind, validate_features=False)
        )
    if values.ndim == 2 and values.shape[1] > 1:
        return np.asarray(values.argmax(axis=1), np.int64)
    values = values.reshape(-1)
    if ensemble.outputs > 1:
        return np.asarray(values, np.int64)  # softmax: the class itself
    if threshold is None:
        threshold = Fraction(1, 2)  # of what is 0 or 1
    return _above(values, threshold)


def _above(values: npt.NDArray[Any], threshold: Fraction | None) -> npt.NDArray[np.int64]:
    if threshold is None:
        raise Unusable("its answer is no class")
    return np.array([int(Fraction(float(x)) > threshold) for x in values], dtype=np.int64)
