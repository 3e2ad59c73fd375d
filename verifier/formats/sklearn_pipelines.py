"""Pipelines of scikit-learn from raw columns on: folded into the network, exactly.

The network then reads the domain's own columns: numbers in the data's units, and a 0/1 column for
each label. Scaling is linear; what encoders and discretisers make is a table of few values, which
is linear in one-hot columns and a sum of steps in a number.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from verifier.formats.frame_missing import is_number
from verifier.formats.graph import Graph, Signal, refuse
from verifier.formats.own import kind_of
from verifier.formats.sklearn_columns import (
    FittedToNone,
    Held,
    as_numbers,
    check_not_rounded,
    filled,
    is_same,
    listed,
    lookup,
    put_together,
)
from verifier.formats.sklearn_encoders import by_number, by_target, one_hot, ordinal
from verifier.model.domain import Domain
from verifier.model.errors import NetworkError, quoted
from verifier.model.ordinal import Ranged

Columns = list[Held]


def passes(step: Any) -> bool:
    """Whether a step does nothing."""
    if kind_of(step) == "FunctionTransformer":
        return step.func is None
    return step is None or (isinstance(step, str) and step == "passthrough")


def folded(graph: Graph, domain: Domain, steps: Sequence[Any], held: Columns) -> Signal:
    """The output of transforming steps, on inputs that are the domain's variables."""
    return put_together(graph, domain, through(domain, steps, held), "the pipeline")


def through(domain: Domain, steps: Sequence[Any], held: Columns) -> Columns:
    """The columns after some steps. Raises NetworkError."""
    for step in steps:
        held = _through(domain, step, held)
    return held


def as_fitted_to(domain: Domain, pipelines: Iterable[Sequence[Any]], held: Columns) -> Columns:
    """The inputs, with None where texts are missing if one of the pipelines was fitted to that."""
    if not any(x is None for c in held for x in c.seen):
        return held
    for steps in pipelines:
        found: set[int] = set()
        while True:
            held = [replace(c, none=c.none or c.variable in found) for c in held]
            try:
                through(domain, steps, held)
            except FittedToNone as problem:
                v = domain.variables[problem.variable]
                if problem.variable in found or isinstance(v, Ranged) or is_number(v):
                    raise
                found.add(problem.variable)
            except NetworkError:  # said where the steps are followed
                break
            else:
                break
    return held


def require_known(step: Any) -> str:
    """The name of a step's kind. Raises NetworkError for one that is not known."""
    name = kind_of(step)
    if name not in STEPS:
        raise NetworkError(
            f"the pipeline's step {name} is not supported: supported are {', '.join(STEPS)}; "
            "do the rest before, in the table"
        )
    return name


def _through(domain: Domain, step: Any, held: Columns) -> Columns:
    """The columns after a step. Raises NetworkError for one that is not known."""
    if passes(step):
        return held
    name = require_known(step)
    if name != "Pipeline" and not hasattr(step, "n_features_in_"):
        raise NetworkError(f"the {name} is not fitted: call fit first")
    if name != "Pipeline" and step.n_features_in_ != len(held):
        refuse(name, f"it was fitted to {step.n_features_in_} columns but is given {len(held)}")
    return STEPS[name](domain, step, held)


def check_copies(where: str, parts: Iterable[Any]) -> None:
    """Refuse parts that change in place the rows which those beside them are given, too."""
    pending = list(parts)
    while pending:
        part = pending.pop()
        if not getattr(part, "copy", True):
            refuse(
                where,
                f"its {kind_of(part)} has copy=False, and changes what the parts beside it are "
                "given: fit it with copy=True",
            )
        for name in ("steps", "transformer_list", "transformers_"):
            pending += [inner for _, inner, *_ in getattr(part, name, ())]


def _pipeline(domain: Domain, step: Any, held: Columns) -> Columns:
    for _, inner in step.steps:
        held = _through(domain, inner, held)
    return held


def _union(domain: Domain, step: Any, held: Columns) -> Columns:
    if step.transformer_weights:
        refuse("FeatureUnion", "it weighs its transformers: leave transformer_weights out")
    check_copies("FeatureUnion", [inner for _, inner in step.transformer_list])
    parts = [_through(domain, inner, held) for _, inner in step.transformer_list if inner != "drop"]
    return [c for part in parts for c in part]


def _by_column(domain: Domain, step: Any, held: Columns) -> Columns:
    if step.transformer_weights:
        refuse("ColumnTransformer", "it weighs its transformers: leave transformer_weights out")
    slices = [inner for _, inner, columns in step.transformers_ if isinstance(columns, slice)]
    check_copies("ColumnTransformer", slices)  # other columns are copied for each
    names = [str(name) for name in getattr(step, "feature_names_in_", ())]
    found: Columns = []
    for _, inner, columns in step.transformers_:
        if isinstance(inner, str) and inner == "drop":
            continue
        picked = [held[i] for i in _picked(columns, names, len(held))]
        if picked:
            found += _through(domain, inner, picked)
    if not found:
        refuse("ColumnTransformer", "it drops every column")
    return found


def _picked(columns: Any, names: Sequence[str], width: int) -> list[int]:
    """The numbers of the columns that a transformer is for."""
    if isinstance(columns, slice):
        start, stop = (
            names.index(x) + (at == 1) if isinstance(x, str) else x
            for at, x in enumerate((columns.start, columns.stop))
        )
        return list(range(width))[slice(start, stop, columns.step)]
    if isinstance(columns, str) or np.isscalar(columns):
        columns = [columns]
    chosen = list(columns)
    if chosen and all(isinstance(x, bool | np.bool_) for x in chosen):
        return [i for i, x in enumerate(chosen) if x]
    found = []
    for x in chosen:
        if isinstance(x, str):
            if x not in names:
                refuse("ColumnTransformer", f"it takes column {quoted(x)} but its names are lost")
            found.append(names.index(x))
        else:
            found.append(int(x) % width)
    return found


def _finite(name: str, numbers: Any) -> list[float]:
    held = [float(x) for x in np.asarray(numbers, dtype=np.float64)]
    if not all(map(math.isfinite, held)):
        refuse(name, "it holds a NaN or infinite number: fit it again")
    return held


def _scaler(shift: str, divisor: str) -> Callable[[Domain, Any, Columns], Columns]:
    """(x - shift) / divisor, each where the scaler has it."""

    def through(domain: Domain, step: Any, held: Columns) -> Columns:
        name = kind_of(step)
        width = len(held)
        moved = getattr(step, shift, None) if shift else None
        over = getattr(step, divisor, None)
        if name == "StandardScaler":
            moved, over = moved if step.with_mean else None, over if step.with_std else None
        shifts = [0.0] * width if moved is None else _finite(name, moved)
        divisors = [1.0] * width if over is None else _finite(name, over)
        if not all(divisors):
            refuse(name, "it divides by zero: fit it again")
        found = []
        for c, s, d in zip(held, shifts, divisors, strict=True):
            c = as_numbers(domain, c, name).then((1.0, 1.0, -s))
            found.append(c.then((1.0, d, 0.0)))
        return found

    return through


def _min_max(domain: Domain, step: Any, held: Columns) -> Columns:
    factors = _finite("MinMaxScaler", step.scale_)
    shifts = _finite("MinMaxScaler", step.min_)
    low, high = (float(x) for x in step.feature_range)
    found = []
    for c, f, s in zip(held, factors, shifts, strict=True):
        c = as_numbers(domain, c, "MinMaxScaler").then((f, 1.0, 0.0))
        found.append(_unclipped(domain, step, c.then((1.0, 1.0, s)), low, high))
    return found


def _max_abs(domain: Domain, step: Any, held: Columns) -> Columns:
    scaled = _scaler("", "scale_")(domain, step, held)
    return [_unclipped(domain, step, c, -1.0, 1.0) for c in scaled]


def _unclipped(domain: Domain, step: Any, c: Held, low: float, high: float) -> Held:
    """What a scaler has made. Raises NetworkError where it clips some of that."""
    if getattr(step, "clip", False):
        where = kind_of(step)
        seen = [x for x in listed(domain, c, where) if x is not None]
        # numbers of the table that it was fitted to may leave the range by rounding alone
        if not all(low - 1e-12 <= x <= high + 1e-12 for x in seen):
            name = domain.variables[c.variable].name
            refuse(where, f"it clips values of {quoted(name)}: narrow the domain")
    return c


def _discretiser(domain: Domain, step: Any, held: Columns) -> Columns:
    where = "KBinsDiscretizer"
    found = []
    for i, c in enumerate(held):
        edges = [float(x) for x in step.bin_edges_[i][1:-1]]
        bins = int(step.n_bins_[i])
        if len(edges) != bins - 1:
            refuse(where, "its edges and bins do not belong together: fit it again")
        c = as_numbers(domain, c, where)
        seen = listed(domain, c, where)
        if None in seen:
            name = domain.variables[c.variable].name
            refuse(where, f"{quoted(name)} may be missing: fill it in (SimpleImputer) before")
        check_not_rounded(where, domain.variables[c.variable].name, seen, step.bin_edges_[i])
        if step.dtype is not None:  # it compares numbers of that type
            seen = tuple(float(np.dtype(step.dtype).type(x)) for x in seen)
        table = [bisect_right(edges, x) for x in seen]
        if step.encode == "ordinal":
            found.append(lookup(domain, c, [float(k) for k in table], where))
        else:
            for j in range(bins):
                found.append(lookup(domain, c, [float(k == j) for k in table], where))
    return found


def _imputer(domain: Domain, step: Any, held: Columns) -> Columns:
    where, mark = "SimpleImputer", step.missing_values
    _check_gone(domain, mark, held)
    # pandas.NA is both None and NaN to it
    takes = [(mark is None) == c.none or str(mark) == "<NA>" for c in held]
    found = []
    for c, value, is_taken in zip(held, step.statistics_, takes, strict=True):
        if None in c.seen and mark is None and not c.none:
            raise FittedToNone(where, domain.variables[c.variable].name, c.variable)
        if not is_taken and None in c.seen:
            found.append(c)
            continue
        if isinstance(value, str) or not c.weights:
            texts = tuple(value if x is None else x for x in c.seen)
            found.append(Held(c.variable, texts))
            continue
        if not math.isfinite(value):
            refuse(where, "it has nothing to fill in for a column: fit it again")
        found.append(filled(c, float(value), where))
    if step.indicator_ is not None:
        for i in step.indicator_.features_:
            table = [float(x is None and takes[i]) for x in listed(domain, held[i], where)]
            found.append(lookup(domain, held[int(i)], table, where))
    return found


def _check_gone(domain: Domain, mark: Any, held: Columns) -> None:
    """Refuse an imputer that takes something else for missing than what is, where it occurs."""
    if mark is None or str(mark) == "<NA>" or mark != mark:
        return
    for c in held:
        if any(x is None or is_same(x, mark) for x in listed(domain, c, "SimpleImputer")):
            name = domain.variables[c.variable].name
            refuse(
                "SimpleImputer",
                f"it takes {quoted(mark)} for a missing value of {quoted(name)}, and not what is "
                "missing: make these values missing in the table, and fit with missing_values=nan",
            )


def _selected(domain: Domain, step: Any, held: Columns) -> Columns:
    """Some of the columns."""
    kept = [held[int(i)] for i in step.get_support(indices=True)]
    if not kept:
        refuse(kind_of(step), "it keeps no column")
    return kept


def _binarizer(domain: Domain, step: Any, held: Columns) -> Columns:
    where = "Binarizer"
    found = []
    for c in held:
        seen = listed(domain, as_numbers(domain, c, where), where)
        if None in seen:
            name = domain.variables[c.variable].name
            refuse(where, f"{quoted(name)} may be missing: fill it in (SimpleImputer) before")
        found.append(lookup(domain, c, [float(x > step.threshold) for x in seen], where))
    return found


SELECTORS = (
    *("VarianceThreshold", "SelectKBest", "SelectPercentile", "SelectFpr", "SelectFdr"),
    *("SelectFwe", "GenericUnivariateSelect", "SelectFromModel", "RFE", "RFECV"),
    "SequentialFeatureSelector",
)
"""Steps that keep some columns as they are."""
STEPS: dict[str, Callable[[Domain, Any, Columns], Columns]] = {
    "StandardScaler": _scaler("mean_", "scale_"),
    "MinMaxScaler": _min_max,
    "MaxAbsScaler": _max_abs,
    "RobustScaler": _scaler("center_", "scale_"),
    "OneHotEncoder": one_hot,
    "OrdinalEncoder": ordinal,
    "TargetEncoder": by_target,
    "KBinsDiscretizer": _discretiser,
    "PowerTransformer": by_number,
    "QuantileTransformer": by_number,
    "FunctionTransformer": by_number,
    "SimpleImputer": _imputer,
    "Binarizer": _binarizer,
    **dict.fromkeys(SELECTORS, _selected),
    "ColumnTransformer": _by_column,
    "FeatureUnion": _union,
    "Pipeline": _pipeline,
}
