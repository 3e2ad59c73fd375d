"""Whether an object answers by its library's own code, which is what is read.

A class of a user's, or a function put on one object, may answer anything.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from verifier.model.errors import LeafproofError, quoted

FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError),
    *(NameError, RuntimeError, TypeError, ValueError),
)
"""What a library raises where the attributes of a model of its own do not fit together."""
METHODS = ("predict", "predict_proba", "decision_function", "transform")
"""What a model answers by, or a step of a pipeline."""


def own_method(model: Any, library: str) -> str | None:
    """The first method that the object answers by and that is not the library's; None: all are."""
    held = getattr(model, "__dict__", {})
    kind = type(model)
    for name in METHODS:
        first = next((base for base in kind.__mro__ if name in vars(base)), None)
        if name in held or (first is not None and _library(first) != library):
            return name
    hidden = (name for name in held if callable(getattr(kind, name, None)))
    return next(hidden, None)


def check_own(model: Any, library: str, error: type[LeafproofError]) -> None:
    """Refuse a model that answers by something else than the library's own methods."""
    name = own_method(model, library)
    if name is not None:
        raise error(
            f"the {type(model).__name__} has a {name} of its own, which is not read: give a model "
            "with the library's own"
        )


def kind_of(model: Any) -> str:
    """The class's name if it is scikit-learn's own, and so is what the object answers by.

    Else a name that is none of scikit-learn's, which says what is not.
    """
    kind = type(model)
    if _library(kind) != "sklearn":
        return f"{kind.__module__}.{kind.__name__}"
    name = own_method(model, "sklearn")
    return kind.__name__ if name is None else f"{kind.__name__} with a {name} of its own"


@contextmanager
def as_fitted(model: Any, error: type[LeafproofError]) -> Iterator[None]:
    """Say in one line why reading a model fails: it is not as its library fits it, or we are wrong.

    The model is blamed only where its own ``predict`` fails, too.
    """
    try:
        yield
    except LeafproofError:
        raise
    except _faults() as problem:
        name = type(model).__name__
        first = str(problem).partition("\n")[0]
        said = f"{type(problem).__name__}: {quoted(first, 120)}"
        if _answers(model):
            raise error(
                f"the {name} answers, but could not be read ({said}), which is a fault of "
                "Leafproof's: please report this model"
            ) from problem
        raise error(
            f"the {name} does not answer as one that was fitted ({said}): was it changed since? "
            "fit it again"
        ) from problem


def _faults() -> tuple[type[Exception], ...]:
    found: tuple[type[Exception], ...] = FAULTS
    if (lightgbm := sys.modules.get("lightgbm")) is not None:
        found = (*found, lightgbm.basic.LightGBMError)
    if (catboost := sys.modules.get("catboost")) is not None:
        found = (*found, catboost.CatBoostError)
    return found


def _answers(model: Any) -> bool:
    """Whether the model's own ``predict`` takes a row of zeros, called as it was fitted."""
    columns = getattr(model, "n_features_in_", None)
    names, pandas = getattr(model, "feature_names_in_", None), sys.modules.get("pandas")
    if not isinstance(columns, int):
        return False
    rows: Any = np.zeros((1, columns))
    try:
        if names is not None and pandas is not None:
            rows = pandas.DataFrame(rows, columns=names)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.predict(rows)
    except _faults():
        return False
    return True


def _library(kind: type) -> str:
    return kind.__module__.partition(".")[0]
