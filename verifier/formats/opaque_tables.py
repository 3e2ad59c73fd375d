"""Tables that an estimator was fitted to, of points: for pipelines that nobody looks into."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from verifier.formats.ensembles_boosters import booster_fold
from verifier.formats.ensembles_fold import Fold
from verifier.formats.frame_columns import pandas_for
from verifier.formats.opaque import Ints
from verifier.formats.sklearn_columns import raw
from verifier.formats.told_apart import is_a
from verifier.model.domain import Domain
from verifier.model.errors import NetworkError, quoted
from verifier.model.floats import nearest
from verifier.model.ordinal import AnyVariable
from verifier.model.ranged import Ranged

_BOOSTERS = {
    "xgboost": ("XGBModel", "Booster"),
    "lightgbm": ("LGBMModel", "Booster"),
    "catboost": ("CatBoost",),
}
"""The libraries whose models take a table's categories as their numbers, or (CatBoost) are read
where there are none."""


def table_of(source: Any, domain: Domain) -> Callable[[Ints], Any] | None:
    """From value indices (N, variables) to the frame that ``source`` predicts on.

    Of boosters: to the array of numbers, those of the table's categories among them.
    None unless it is an estimator whose columns are the domain's variables, some of which have
    other columns in the domain: texts, and what may be missing. Raises LeafproofError where it
    cannot be known what the table holds.
    """
    of_texts = is_a(source, "catboost", "CatBoost") and bool(source.get_cat_feature_indices())
    for library, kinds in _BOOSTERS.items():
        if not of_texts and any(is_a(source, library, kind) for kind in kinds):
            return _numbered(booster_fold(source, library, domain))
    attribute = "feature_names_" if of_texts else "feature_names_in_"
    names = [str(x) for x in getattr(source, attribute, ())]
    place = {v.name: i for i, v in enumerate(domain.variables)}
    is_estimator = of_texts or is_a(source, "sklearn", "BaseEstimator")
    if not names or not is_estimator or set(names) - set(place):
        return None
    if all(domain.variables[place[name]].columns == 1 for name in names):
        return None
    held = {name: _held(domain, place[name]) for name in names}
    pandas = pandas_for("a model's input")

    def make(points: Ints) -> Any:
        columns = {}
        for name, values in held.items():
            own, v = points[:, place[name]], domain.variables[place[name]]
            columns[name] = _numbers(v, own) if values is None else values[own]
        return pandas.DataFrame(columns)

    return make


def _numbered(fold: Fold | None) -> Callable[[Ints], Any] | None:
    if fold is None:
        return None

    def make(points: Ints) -> Any:
        rows = fold.rows(points.tolist())
        return np.array([[math.nan if x is None else x for x in row] for row in rows])

    return make


def _held(domain: Domain, variable: int) -> Any:
    """What a table has for each of a variable's values; None where these are too many to list."""
    seen = raw(domain, variable).seen
    if not seen:
        return None
    texts = [x for x in seen if isinstance(x, str)]
    if not texts:
        return np.array([math.nan if x is None else x for x in seen])
    if all(map(_is_number, texts)):
        raise NetworkError(
            f"{quoted(domain.variables[variable].name)} holds numbers as categories, and whether "
            "the model takes texts or numbers is not known: give a function that takes the "
            "domain's columns and calls it"
        )
    found = np.empty(len(seen), dtype=object)
    found[:] = [math.nan if x is None else x for x in seen]
    return found


def _numbers(v: AnyVariable, own: Ints) -> Any:
    assert isinstance(v, Ranged)
    return np.array([nearest(v.number(i)) for i in own.tolist()])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
