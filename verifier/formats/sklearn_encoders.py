"""Steps of scikit-learn's pipelines that look a column's value up in a table of few.

Encoders do by their categories. Others compute a number of each number by itself (a logarithm, a
quantile): where the values are few they are asked for all of them, and what they give is the table.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from itertools import cycle, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.formats.frame_columns import CALLED, MISSING, pandas_for
from verifier.formats.frame_missing import missing_of
from verifier.formats.graph import refuse
from verifier.formats.own import kind_of
from verifier.formats.sklearn_columns import (
    FittedToNone,
    Held,
    as_numbers,
    check_not_rounded,
    is_nan,
    is_same,
    listed,
    lookup,
)
from verifier.model.domain import Domain
from verifier.model.errors import quoted
from verifier.model.ordinal import Ranged
from verifier.model.variable import Variable

Columns = list[Held]
FAULTS = ValueError, TypeError, ArithmeticError, LookupError, AttributeError
"""What a function of the user's may raise on numbers that it was not written for."""


def one_hot(domain: Domain, step: Any, held: Columns) -> Columns:
    """A 0/1 column for each category, or for all that are infrequent together."""
    where = "OneHotEncoder"
    dropped = getattr(step, "drop_idx_", None)
    found = []
    for i, c in enumerate(held):
        categories = list(categories_in_order(step, i))
        groups, rare = _groups(step, i, categories)
        codes = _codes(domain, c, categories, where, known=step.handle_unknown == "error")
        unknown = rare if step.handle_unknown in ("infrequent_if_exist", "warn") else None
        own = [unknown if k is None else groups[k] for k in codes]
        gone = None if dropped is None or dropped[i] is None else groups[dropped[i]]
        for j in range(max(groups) + 1):
            if j != gone:
                found.append(lookup(domain, c, [float(k == j) for k in own], where))
    return found


def ordinal(domain: Domain, step: Any, held: Columns) -> Columns:
    """The number of the category, or of all that are infrequent together."""
    where = "OrdinalEncoder"
    found = []
    for i, c in enumerate(held):
        categories = list(categories_in_order(step, i))
        # missing values have a code of their own, and are not counted
        groups, _ = _groups(step, i, [x for x in categories if not is_nan(x)])
        groups += [0] * (len(categories) - len(groups))
        codes = _codes(domain, c, categories, where, known=step.handle_unknown == "error")
        other = math.nan if step.unknown_value is None else float(step.unknown_value)
        table = [other if k is None else float(groups[k]) for k in codes]
        for at, k in enumerate(codes):
            if k is not None and is_nan(categories[k]):
                table[at] = float(step.encoded_missing_value)
        found.append(lookup(domain, c, table, where))
    return found


def by_target(domain: Domain, step: Any, held: Columns) -> Columns:
    """What the target was on average where a column had its value; of several classes, each."""
    where = "TargetEncoder"
    means = np.ravel(step.target_mean_).tolist()
    found = []
    for i, c in enumerate(held):
        codes = _codes(domain, c, list(categories_in_order(step, i)), where, known=False)
        for j, mean in enumerate(means):
            own = step.encodings_[i * len(means) + j].tolist()
            table = [float(mean if k is None else own[k]) for k in codes]
            found.append(lookup(domain, c, table, where))
    return found


def by_number(domain: Domain, step: Any, held: Columns) -> Columns:
    """What a step makes of each number by itself, as it says when it is asked."""
    where = kind_of(step)
    numbers = [listed(domain, as_numbers(domain, c, where), where) for c in held]
    quantiles = getattr(step, "quantiles_", np.zeros((0, len(held))))
    for c, seen, fitted in zip(held, numbers, np.asarray(quantiles).T, strict=True):
        check_not_rounded(where, domain.variables[c.variable].name, seen, fitted)
    rows = max(map(len, numbers))
    table = np.array([list(islice(cycle(own), rows)) for own in numbers], dtype=np.float64).T
    made = _made(step, table)
    _require_apart(step, table, made)
    found = []
    for i, c in enumerate(held):
        own = made[: len(numbers[i]), i]
        for x, y in zip(numbers[i], own.tolist(), strict=True):
            if math.isinf(y):
                name = domain.variables[c.variable].name
                refuse(where, f"it makes an infinite number of {quoted(name)} = {x:g}")
        found.append(lookup(domain, c, own.tolist(), where))
    return found


def _made(step: Any, table: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a step makes of some rows, as numbers. Raises NetworkError."""
    where = kind_of(step)
    rows: Any = table
    if hasattr(step, "feature_names_in_"):
        columns = [str(name) for name in step.feature_names_in_]
        rows = pandas_for("a pipeline's input").DataFrame(table, columns=columns)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            made = np.asarray(step.transform(rows), dtype=np.float64)
    except FAULTS as problem:
        refuse(where, f"it does not take the domain's numbers ({problem})")
    if made.shape != table.shape:
        refuse(where, "it makes other columns than it is given: do it before, in the table")
    return made


def _require_apart(step: Any, table: NDArray[np.float64], made: NDArray[np.float64]) -> None:
    """Refuse a step that makes something else of a number if other numbers are beside it."""
    shifts = [1 + i for i in range(table.shape[1])]

    def shifted(x: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = [np.roll(own, n) for own, n in zip(x.T, shifts, strict=True)]
        return np.column_stack(moved)

    others, expected = shifted(table), shifted(made)
    for some in (slice(None), slice(0, 1), slice(0, (len(table) + 1) // 2), slice(-1, None)):
        if not np.array_equal(_made(step, others[some]), expected[some], equal_nan=True):
            refuse(
                kind_of(step),
                "what it makes of a number depends on the others: do it before, in the table",
            )


def categories_in_order(step: Any, column: int) -> NDArray[Any]:
    """A column's categories. Raises NetworkError for numbers out of order, as they are bisected."""
    held = np.asarray(step.categories_[column])
    if held.dtype.kind not in "OUS":
        numbers = held[held == held]
        if (numbers[1:] <= numbers[:-1]).any():
            refuse(
                kind_of(step), "its categories are not in order: was it changed since? fit it again"
            )
    return held


def _groups(step: Any, column: int, categories: Sequence[Any]) -> tuple[list[int], int | None]:
    """The output that each of a column's categories has, and that of all infrequent ones."""
    every = getattr(step, "infrequent_categories_", None)
    rare = None if every is None else every[column]
    if rare is None:
        return list(range(len(categories))), None
    is_rare = [any(_is_equal(x, other) for other in rare) for x in categories]
    last = len(categories) - sum(is_rare)
    before = [sum(not other for other in is_rare[:k]) for k in range(len(categories))]
    return [last if own else k for own, k in zip(is_rare, before, strict=True)], last


def _is_equal(x: Any, other: Any) -> bool:
    """Whether two of an encoder's categories are one; NaN is itself."""
    return bool(x is other or x == other or (x != x and other != other))


def _codes(
    domain: Domain, c: Held, categories: Sequence[Any], where: str, *, known: bool
) -> list[int | None]:
    """The category of each of the variable's values; None for one that the encoder lacks."""
    found: list[int | None] = []
    v = domain.variables[c.variable]
    name, texts = v.name, v.labels if isinstance(v, Variable) else ()
    _check_missing(domain, c, categories, where)
    for x in listed(domain, c, where):
        same = (k for k, category in enumerate(categories) if is_same(x, category, c.none))
        at = next(same, None)
        if at is None:
            check_not_rounded(where, name, [x], categories)
        if at is None and x is None and MISSING in categories and CALLED[MISSING] not in texts:
            refuse(
                where,
                f"it knows a text {quoted(MISSING)} of {quoted(name)}, and the domain's "
                f"{quoted(MISSING)} is a row that has none: call a text's value "
                f"{quoted(CALLED[MISSING])}",
            )
        if at is None and known:
            shown = "a missing value" if x is None else quoted(f"{x:g}" if x != str(x) else x)
            refuse(where, f"it does not know {shown} of {quoted(name)}: fit it with it")
        found.append(at)
    return found


def _check_missing(domain: Domain, c: Held, categories: Sequence[Any], where: str) -> None:
    """Raise where an encoder was fitted to None, and what the column may lack is NaN, or both."""
    v = domain.variables[c.variable]
    if isinstance(v, Ranged) or missing_of(v) is None:
        return
    of_none, of_nan = any(x is None for x in categories), any(map(is_nan, categories))
    filled = None not in c.seen  # then NaN was None that an imputer left, and a frame made NaN
    if of_nan and (of_none or filled or c.none):
        refuse(
            where,
            f"it was fitted to NaN where {quoted(v.name)} is missing, and to None: make them NaN "
            "in the table (fillna(float('nan'))), and fit it again",
        )
    if of_none and not c.none:
        raise FittedToNone(where, v.name, c.variable)
