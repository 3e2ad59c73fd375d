"""What the library that an ensemble came from answers for its inputs: to run witnesses there."""

from __future__ import annotations

import importlib.util
import math
import os
import warnings
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats import sklearn_check
from verifier.formats.booster_calls import LIBRARIES, Way
from verifier.formats.booster_libraries import Apart, Here, Refuses
from verifier.formats.code_trees import is_code
from verifier.formats.ensembles import is_model_file, library_of, read_fold
from verifier.formats.ensembles_fold import Fold
from verifier.formats.heads import label_names
from verifier.formats.libraries import booster_of
from verifier.formats.network_answers import point_at
from verifier.formats.outputs import model_file
from verifier.formats.runtime import Session, Unusable, is_installed
from verifier.formats.runtime_classes import names_of, runtime_classes
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError
from verifier.model.floats import nearest

NAMES = {key: own.name for key, own in LIBRARIES.items()} | {"sklearn": "scikit-learn"}


def answers(
    source: Any,
    ensemble: Ensemble,
    rows: Sequence[Sequence[Fraction]],
    domain: Domain | None = None,
) -> tuple[str, npt.NDArray[np.int64]]:
    """The library's name and its classes at rows, rounded to float64. Raises Unusable.

    The rows are those of the ``domain``, whose variables may stand in another order than the
    model's columns, which are matched by name, and may be a table's columns.
    """
    given = np.array([[nearest(x) for x in row] for row in rows])
    model: Any
    library: str | None
    if isinstance(source, str | os.PathLike):
        if is_code(source):
            raise Unusable("code is read, and not run")
        data = model_file(source, "model", EnsembleError)
        if not is_model_file(data):
            return "onnxruntime", _onnx(data, ensemble, given)
        model, library = _opened(data)
    else:
        model, library = source, library_of(source)
    if library is None:
        raise Unusable("it is no object of a library that runs it")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return NAMES[library], _run(model, library, ensemble, (domain, rows, given))
        except Refuses as problem:
            raise Unusable(f"{NAMES[library]} does not run it: {problem}") from None


def _run(model: Any, library: str, ensemble: Ensemble, at: Any) -> npt.NDArray[np.int64]:
    """The classes at rows of a domain, exact and in float64. Raises Unusable or Refuses."""
    domain, rows, given = at
    fold = None if domain is None else _fold(model, library, domain)
    if fold is not None:
        return _folded(model, library, ensemble, fold, rows)
    if _width(model, library) != ensemble.columns:
        raise Unusable("the model reads a table's columns")
    return _classes(model, library, ensemble, given)


def _fold(model: Any, library: str, domain: Domain) -> Fold | None:
    """How it reads the domain; None: as it is. Raises Unusable."""
    try:
        return read_fold(model, library, domain)
    except EnsembleError as problem:
        raise Unusable(str(problem)) from None


def _folded(
    model: Any, library: str, ensemble: Ensemble, fold: Fold, rows: Sequence[Sequence[Fraction]]
) -> npt.NDArray[np.int64]:
    """The classes where the model reads the domain's variables as a table's columns."""
    points = [point_at(fold.domain, row) for row in rows]
    if library != "sklearn":
        table = [[math.nan if x is None else x for x in row] for row in fold.rows(points)]
        return _classes(model, library, ensemble, np.array(table))
    above = None if ensemble.head is None else ensemble.head.threshold
    some = [*sklearn_check.drawn(fold.domain), *points]  # a row alone may have no type of its own
    found = sklearn_check.predicted(model, fold.domain, fold.raw, some, above)
    if found is None:
        raise Unusable("it does not predict for the domain's values")
    numbers = {name: k for k, name in enumerate(names_of(ensemble))}
    return np.array([numbers.get(name, -1) for name in found[-len(points) :]])


def _onnx(data: bytes, ensemble: Ensemble, given: npt.NDArray[np.float64]) -> Any:
    if not is_installed():
        raise Unusable("onnxruntime is not installed")
    session = Session(data)
    return runtime_classes(ensemble, [session.run(session.answer, given)])


def _opened(data: bytes) -> tuple[Apart, str]:
    """A file in its library."""
    library = booster_of(data)
    assert library is not None
    if importlib.util.find_spec(library) is None:
        raise Unusable(f"{NAMES[library]} is not installed")
    return Apart(library, data), library


def _width(model: Any, library: str) -> int:
    if isinstance(model, Apart):
        return model.columns
    if type(model).__name__ == "Booster" or library == "catboost":
        return LIBRARIES[library].columns(model)
    return int(model.n_features_in_)


def _classes(
    model: Any, library: str, ensemble: Ensemble, given: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """The classes that the library answers."""
    threshold = None if ensemble.head is None else ensemble.head.threshold
    if library == "catboost":
        held = model if isinstance(model, Apart) else Here(library, model)
        return _of_catboost(held, ensemble, given)
    if not isinstance(model, Apart) and type(model).__name__ != "Booster":
        found = np.asarray(model.predict(given)).reshape(-1)
        if getattr(model, "classes_", None) is None:
            return _above(found, threshold)
        numbers = {name: k for k, name in enumerate(names_of(ensemble))}
        return np.array([numbers.get(name, -1) for name in label_names(found.tolist())])
    is_logit = ensemble.head is not None and ensemble.head.kind == "logit"
    held = model if isinstance(model, Apart) else Here(library, model)
    values = held.answer(given, Way(raw=is_logit))
    if values.ndim == 2 and values.shape[1] > 1:
        return np.asarray(values.argmax(axis=1), np.int64)
    values = values.reshape(-1)
    if ensemble.outputs > 1:
        return np.asarray(values, np.int64)  # softmax: the class itself
    if threshold is None:
        threshold = Fraction(1, 2)  # of what is 0 or 1
    return _above(values, threshold)


def _of_catboost(
    held: Apart | Here, ensemble: Ensemble, given: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """By its scores, as its predict does; by probabilities where they are to be above a number."""
    assert ensemble.head is not None
    kind, threshold = ensemble.head.kind, ensemble.head.threshold
    is_share = kind == "probability" and threshold != Fraction(1, 2)
    values = held.answer(given, Way(raw=not is_share)).reshape(len(given), -1)
    if ensemble.outputs > 1:
        return np.asarray(values.argmax(axis=1), np.int64)
    is_score = kind == "probability" and not is_share
    return _above(values[:, -1], Fraction(0) if is_score else threshold)


def _above(values: npt.NDArray[Any], threshold: Fraction | None) -> npt.NDArray[np.int64]:
    if threshold is None:
        raise Unusable("its answer is no class")
    return np.array([int(Fraction(float(x)) > threshold) for x in values], dtype=np.int64)
