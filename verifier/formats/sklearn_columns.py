"""Columns inside a pipeline of scikit-learn, each a function of one variable's value.

What scikit-learn computes of a column step by step is followed twice. As ``seen``, the very floats
or texts that it holds for each value of the variable: by these encoders and discretisers decide,
and what they give is discrete, so exact. And as a piecewise linear function of the domain's own
columns, with exact arithmetic: by that the network is made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.formats.frame_columns import BEHIND, text_of
from verifier.formats.frame_missing import is_number, may_lack, missing_of
from verifier.formats.graph import Graph, Signal, refuse
from verifier.formats.operators import affine, scale, sign
from verifier.formats.variables import number
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, NetworkError, quoted
from verifier.model.floats import nearest
from verifier.model.network import Add
from verifier.model.ordinal import LISTED, AnyVariable, Ordinal, Ranged
from verifier.model.variable import Variable

Floats = NDArray[np.float64]
Linear = tuple[float, float, float]
"""``x * factor / divisor + shift``, one operation: two of the three are neutral."""


class FittedToNone(NetworkError):
    """A step was fitted to None where ``variable`` is missing, and tells it from NaN."""

    def __init__(self, where: str, name: str, variable: int) -> None:
        super().__init__(
            f"{where}: it was fitted to None where {quoted(name)} is missing, which it tells from "
            "NaN: make it NaN in the table (fillna(float('nan'))), and fit it again"
        )
        self.variable = variable


@dataclass(frozen=True, eq=False)
class Held:
    """A column of a pipeline: what it holds for each value of ``variable``.

    ``seen[i]`` is a float, a text, or None where it is missing; empty where the values are too many
    to list. The number is ``start``, plus the variable's columns times ``weights``, plus
    ``jumps[j][1]`` where the first of these columns is above ``jumps[j][0]``; then ``after`` is
    done to it. ``weights`` are empty for texts; a NaN says that a missing value has no number yet.
    Differences of numbers, in weights and jumps, are exact. Where it is missing a table has NaN, or
    ``none`` None.
    """

    variable: int
    seen: tuple[Any, ...]
    weights: tuple[float | Fraction, ...] = ()
    start: float = 0.0
    jumps: tuple[tuple[float, Fraction], ...] = ()
    after: tuple[Linear, ...] = ()
    none: bool = False

    def then(self, step: Linear) -> Held:
        """The column after a linear operation; what is seen is rounded as scikit-learn does."""
        factor, divisor, shift = step
        seen = tuple(None if x is None else x * factor / divisor + shift for x in self.seen)
        after = self.after if step == (1.0, 1.0, 0.0) else (*self.after, step)
        return replace(self, seen=seen, after=after)


def raw(domain: Domain, variable: int) -> Held:
    """A variable as the table's column that it stands for."""
    v = domain.variables[variable]
    if isinstance(v, Ranged):
        some = isinstance(v, Ordinal) and v.count <= LISTED
        return Held(variable, tuple(nearest(v.number(i)) for i in v.whole) if some else (), (1.0,))
    if is_number(v):
        gone = missing_of(v) if may_lack(v) else None
        seen = [None if i == gone else nearest(v.row(i)[0]) for i in range(v.count)]
        return Held(variable, tuple(seen), (1.0,) if gone is None else (1.0, math.nan))
    gone = missing_of(v)
    texts = (None if i == gone else BEHIND.get(x, x) for i, x in enumerate(v.labels))
    return Held(variable, tuple(texts))


def single(domain: Domain, variable: int, column: int) -> Held:
    """One of a variable's columns by itself, as an input of a pipeline."""
    v = domain.variables[variable]
    if isinstance(v, Ranged):
        return raw(domain, variable)
    weights = tuple(float(i == column) for i in range(v.columns))
    return Held(variable, tuple(nearest(row[column]) for row in v.encoding), weights)


def lookup(domain: Domain, held: Held, table: Sequence[float], where: str) -> Held:
    """The column that has ``table[i]`` for value i of the variable. Raises NetworkError."""
    v = domain.variables[held.variable]
    seen = tuple(None if math.isnan(x) else float(x) for x in table)
    if not isinstance(v, Ranged) and not is_number(v):
        if not is_one_hot(v):
            refuse(where, f"variable {quoted(v.name)} has an encoding of its own: make it one-hot")
        return Held(held.variable, seen, tuple(map(float, table)))
    gone = missing_of(v) if isinstance(v, Variable) and may_lack(v) else None
    known = [i for i in range(v.count) if i != gone]
    if any(math.isnan(table[i]) for i in known):
        refuse(where, f"it makes a missing value of a number of {quoted(v.name)}: fill in before")
    order = sorted(known, key=lambda i: v.row(i)[0])
    jumps: list[tuple[float, Fraction]] = []
    for a, b in pairwise(order):
        if table[a] == table[b]:
            continue
        low, high = v.row(a)[0], v.row(b)[0]
        cut = nearest((low + high) / 2 or low / 2)  # not 0, which a missing number has here
        if not low < Fraction(cut) < high:
            refuse(where, f"no float lies between two values of variable {quoted(v.name)}")
        jumps.append((cut, Fraction(table[b]) - Fraction(table[a])))
    made = Held(held.variable, seen, (0.0,), float(table[order[0]]), tuple(jumps))
    if gone is None:
        return made
    made = replace(made, weights=(0.0, math.nan))
    return made if math.isnan(table[gone]) else _with_missing(made, float(table[gone]))


def is_one_hot(v: Variable) -> bool:
    """Whether each value has a 0/1 column of its own."""
    return v.columns == v.count and all(
        x == (i == j) for i, row in enumerate(v.encoding) for j, x in enumerate(row)
    )


def as_numbers(domain: Domain, held: Held, where: str) -> Held:
    """The column, which must hold numbers by now: texts that are numbers are read as such."""
    if held.weights:
        return held
    name = domain.variables[held.variable].name
    table = []
    for x in held.seen:
        try:
            table.append(math.nan if x is None else nearest(number("", x)))
        except DomainError:
            refuse(where, f"it takes numbers, but {quoted(name)} is {quoted(x)} for some")
    return lookup(domain, held, table, where)


def listed(domain: Domain, held: Held, where: str) -> tuple[Any, ...]:
    """What the column holds for each value; NetworkError where these are too many."""
    if not held.seen:
        v: AnyVariable = domain.variables[held.variable]
        refuse(where, f"variable {quoted(v.name)} has too many values to list: bin it")
    return held.seen


def filled(held: Held, value: float, where: str) -> Held:
    """The column with a number in place of missing values. Raises NetworkError."""
    if not any(map(math.isnan, held.weights)):
        return held
    if held.after:
        refuse(where, "it fills in missing values after they were scaled: fill them in before")
    seen = tuple(value if x is None else x for x in held.seen)
    return replace(_with_missing(held, value), seen=seen)


def _with_missing(held: Held, value: float) -> Held:
    """The column's number where it is missing: the first of the variable's columns is 0 there."""
    there = Fraction(held.start) + sum(jump for cut, jump in held.jumps if cut < 0)
    own = tuple(Fraction(value) - there if math.isnan(w) else w for w in held.weights)
    return replace(held, weights=own)


def check_not_rounded(where: str, name: str, seen: Iterable[Any], numbers: Iterable[Any]) -> None:
    """Refuse a step that was fitted to what numbers of a column become as float32."""
    # as float64: NumPy compares a float with a float32 in float32
    fitted = {float(x) for x in numbers if isinstance(x, float | np.floating)}
    for x in seen:
        if isinstance(x, float) and math.isfinite(x):
            near = float(np.float32(x))
            if near != x and near in fitted and x not in fitted:
                refuse(
                    where,
                    f"it was fitted to float32 numbers, and {x:g} of {quoted(name)} is none: make "
                    'the column float64 before (astype("float64")), and fit it again',
                )


def is_nan(x: Any) -> bool:
    """Whether it is a float that is no number."""
    return isinstance(x, float | np.floating) and math.isnan(x)


def is_same(seen: Any, category: Any, none: bool = False) -> bool:
    """Whether what a column holds is one of an encoder's categories; ``none`` as in ``Held``."""
    if seen is None:
        return category is None if none else is_nan(category)
    if category is None or is_nan(category):
        return False
    if isinstance(seen, str):
        return text_of(seen) == text_of(category)
    return not isinstance(category, str) and seen == float(category)


def are_columns(domain: Domain, held: Sequence[Held]) -> bool:
    """Whether raw inputs are the domain's columns, all of them, in order."""
    each = [i for i, v in enumerate(domain.variables) if v.columns == 1]
    return domain.columns == len(held) and each == [c.variable for c in held]


def put_together(graph: Graph, domain: Domain, held: Sequence[Held], where: str) -> Signal:
    """The columns, side by side, as layers over the domain's columns. Raises NetworkError."""
    columns = [as_numbers(domain, c, where) for c in held]
    for c in columns:
        if any(map(math.isnan, c.weights)):
            name = domain.variables[c.variable].name
            refuse(where, f"{quoted(name)} may be missing: fill it in (SimpleImputer) before")
    cuts: dict[tuple[int, float], int] = {}
    for c in columns:
        for cut, _ in c.jumps:
            cuts.setdefault((domain.offsets[c.variable], cut), len(cuts))
    weight = np.zeros((2, len(columns), domain.columns))
    jumps = np.zeros((2, len(columns), len(cuts)))
    start = np.zeros((2, len(columns)))
    for row, c in enumerate(columns):
        at = domain.offsets[c.variable]
        weight[:, row, at : at + len(c.weights)] = np.transpose(
            [_parts(w, where) for w in c.weights]
        )
        start[:, row] = _parts(sum((jump / 2 for _, jump in c.jumps), Fraction(c.start)), where)
        for cut, jump in c.jumps:
            jumps[:, row, cuts[at, cut]] = _parts(jump / 2, where)
    x = _linear(graph, graph.input, weight, start, where)
    if cuts:
        steps = _linear(graph, _above(graph, domain, cuts, where), jumps, 0 * start, where)
        x = graph.emit(Add(x.node, steps.node), len(columns))
    for level in range(max(len(c.after) for c in columns)):
        done = [c.after[level] if level < len(c.after) else (1.0, 1.0, 0.0) for c in columns]
        factor, divisor, shift = (np.array(part) for part in zip(*done, strict=True))
        x = scale(graph, x, factor, divisor, shift)
    return x


def _linear(graph: Graph, x: Signal, weight: Floats, start: Floats, where: str) -> Signal:
    """``weight @ x + start``, each in two parts: by the nearest floats, and by what these lack."""
    (own, fine), (shift, finer) = weight, start
    same = own.shape[0] == own.shape[1] and (own == np.eye(len(own))).all()
    near = x if same and not shift.any() else affine(graph, x, own, shift, where)
    if not (fine.any() or finer.any()):
        return near
    rest = affine(graph, x, fine, finer, where)
    return graph.emit(Add(near.node, rest.node), len(own))


def _parts(x: float | Fraction, where: str) -> tuple[float, float]:
    """Two floats whose sum is ``x``, the first the nearest to it. Raises NetworkError."""
    if isinstance(x, float):
        return x, 0.0
    near = nearest(x)
    rest = nearest(x - Fraction(near)) if math.isfinite(near) else 0.0
    if not math.isfinite(near) or Fraction(near) + Fraction(rest) != x:
        refuse(where, "its numbers have too many digits to be put together without rounding")
    return near, rest


def _above(graph: Graph, domain: Domain, cuts: dict[tuple[int, float], int], where: str) -> Signal:
    """Whether a column is above each cut, 1 or -1: half a jump is added there, or taken away."""
    picked = np.zeros((len(cuts), domain.columns))
    for (column, _), j in cuts.items():
        picked[j, column] = 1.0
    below = np.array([cut for _, cut in cuts])
    return sign(graph, scale(graph, affine(graph, graph.input, picked, None, where), shift=-below))
