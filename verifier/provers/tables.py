"""What a network and a domain are in float64: encodings, weights, and how much rounding costs.

Whatever is a whole multiple of one power of two, and not too large, is added without rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Layer, Network, Relu, Scale, Sign
from verifier.model.ordinal import Ordinal, Ranged
from verifier.model.steps import Steps
from verifier.provers.intervals import Cuts, cuts_of

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.integer[Any]]

UNIT = 2.0**-53
TINY = 2.0**-1018  # above the error of one operation that underflows, even where it flushes to 0
LOWEST_GRID = -900  # multiples of 2^q with q above this stay far from underflow
SLACK = 1.0 + 2.0**-20  # covers the rounding of the error bounds themselves (sums of < 2^30 terms)


@dataclass(frozen=True)
class Line:
    """The numbers of an ordinal in float64: value i is ``first + i * step``, within ``error``."""

    first: float
    step: float
    error: float


@dataclass(frozen=True, eq=False)
class Pieces:
    """The right ends of a continuous variable's pieces in float64, within ``error``."""

    cuts: Cuts
    error: float


Table = Floats | Line | Pieces
"""The encodings of a variable's values."""


def tables_of(domain: Domain) -> tuple[list[Table], list[float]]:
    """The encodings of all variables, and by how much the numbers of each column are off."""
    tables: list[Table] = []
    errors: list[float] = []
    for v in domain.variables:
        if isinstance(v, Ranged):
            line = _pieces(v) if isinstance(v, Continuous) else _line(v)
            tables.append(line)
            errors.append(line.error)
            continue
        table = np.array([[_nearest(x) for x in row] for row in v.encoding])
        error = [
            max(_error(table[i, j], row[j]) for i, row in enumerate(v.encoding))
            for j in range(v.columns)
        ]
        tables.append(table)
        errors += error
    return tables, errors


def _line(ordinal: Ordinal) -> Line:
    """An ordinal's numbers in float64; the error is 0 where none of them is rounded."""
    first, step = _nearest(ordinal.first), _nearest(ordinal.step)
    total = abs(ordinal.first) + ordinal.count * ordinal.step
    if step == ordinal.step and first == ordinal.first:
        grid = _grid(np.array([first]), np.array([step]))
        most = max(total, Fraction(ordinal.count))  # the indices become floats as well
        if grid is not None and most < Fraction(2) ** min(53, 53 + grid):
            return Line(first, step, 0.0)
    # rounded are the first, the step, the index, their product and the sum
    return Line(first, step, _error(0.0, total) * 8 * UNIT + TINY)


def _pieces(v: Continuous) -> Pieces:
    """An interval's cuts in float64: rounded are begin, length, index, product and sum."""
    return Pieces(cuts_of(v), _error(0.0, 2 * max(abs(v.first), abs(v.last))) * 8 * UNIT + TINY)


def _nearest(x: Fraction) -> float:
    try:
        return float(x)
    except OverflowError:
        return 0.0


def _error(rounded: float, x: Fraction) -> float:
    distance = abs(Fraction(float(rounded)) - x)
    if not distance:
        return 0.0
    try:
        return float(distance) * SLACK + TINY
    except OverflowError:
        return float("inf")


def float_weights(layer: Layer) -> tuple[Floats, ...]:
    """A layer's numbers in float64: of an affine layer the weight (columns, rows), its magnitudes
    (rows, columns) and the bias, of others factors and shifts, or ends of steps and lowest values.
    """
    if isinstance(layer, Affine):
        weight = layer.weight.astype(np.float64)
        return np.ascontiguousarray(weight.T), np.abs(weight), layer.bias.astype(np.float64)
    if isinstance(layer, Scale):
        with np.errstate(all="ignore"):
            factor = layer.scale.astype(np.float64) / layer.divisor.astype(np.float64)
        return factor, layer.shift.astype(np.float64)
    if isinstance(layer, Steps):
        return layer.rows, layer.lowest.astype(np.float64)
    return ()


def grids_of(
    teacher: Network,
    tables: Sequence[Table],
    weights: Sequence[tuple[Floats, ...]],
    *,
    exact_input: bool,
) -> tuple[int | None, ...]:
    """For the input and each layer's node an exponent q: all its values are multiples of 2^q, or
    None where there may be no such exponent. The input has one if its numbers are not rounded.
    """
    grids: list[int | None] = [_grid(*map(_numbers, tables)) if exact_input else None]
    for layer, arrays in zip(teacher.layers, weights, strict=True):
        if isinstance(layer, Affine):
            source, own, bias = grids[layer.source], _grid(arrays[0]), _grid(arrays[2])
            if source is None or own is None or bias is None:
                grids.append(None)
            else:
                grids.append(min(source + own, bias))
        elif isinstance(layer, Add):
            left, right = grids[layer.left], grids[layer.right]
            grids.append(None if left is None or right is None else min(left, right))
        elif isinstance(layer, Relu):
            grids.append(grids[layer.source])
        else:
            grids.append(0 if isinstance(layer, Sign | Steps) else None)
    return tuple(grids)


def _numbers(table: Table) -> Floats:
    """Numbers of which all of a table's are sums of multiples."""
    if isinstance(table, Pieces):  # they are rounded, so that no grid is asked for
        return table.cuts.begins
    return np.array([table.first, table.step]) if isinstance(table, Line) else table


def _grid(*arrays: Floats) -> int | None:
    """An exponent q such that all entries are multiples of 2^q; None near underflow."""
    lowest = 1024
    for array in arrays:
        mantissa, exponent = np.frexp(array[array != 0])
        if mantissa.size:
            whole = (mantissa * 2.0**53).astype(np.int64)
            trailing = np.frexp((whole & -whole).astype(np.float64))[1] - 1
            lowest = min(lowest, int((exponent - 53 + trailing).min()))
    return lowest if lowest > LOWEST_GRID else None
