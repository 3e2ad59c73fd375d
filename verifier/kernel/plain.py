"""A network and its inputs in float64, where that is used for sweeps: rule 6. Trusted."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.prepared import Prepared
from verifier.model.continuous import Continuous
from verifier.model.network import Affine, Scale, Sign, sources
from verifier.model.ordinal import Ordinal
from verifier.model.part import Part, values
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

Floats = npt.NDArray[np.float64]
Reals = npt.NDArray[np.floating[Any]]
"""In double or in single precision."""
LARGEST, SMALLEST = 2.0**400, 2.0**-400
"""All numbers stay below the first, weights and encodings are 0 or above the second; or float64 is
not used."""
UNIT = 2.0**-53
EXACT_INDEX = 1 << 53
LISTED = 1 << 12
"""Values of a variable that a staircase's are listed for, at most."""


@dataclass(frozen=True, eq=False)
class Plain:
    """A network and its inputs in float64.

    ``layers`` holds for each affine layer its matrix, its shift and the matrix's magnitudes, for a
    scale layer its factors as a column, likewise; None for others. ``start`` is the node that is
    taken for the input: a staircase that alone reads it, where values can be listed. ``tables``
    are the encodings of each variable, (values, columns), or an ordinal's first number and step.
    ``most`` (columns,) bounds the magnitudes of the inputs, and of the terms that an ordinal's
    numbers are summed from.
    """

    p: Prepared
    layers: tuple[tuple[Floats, Floats, Floats] | None, ...]
    tables: tuple[Floats | tuple[float, float], ...]
    most: Floats
    start: int = 0

    @cached_property
    def straight(self) -> bool:
        """Whether it is linear between bends."""
        return not any(isinstance(x, Sign | Steps | Smooth) for x in self.p.teacher.layers)

    @cached_property
    def spans(self) -> tuple[float, ...]:
        """About how much a step of each variable's value changes of the layers that read it."""
        change = np.ones(len(self.most))
        for layer, held in zip(self.p.teacher.layers, self.layers, strict=True):
            if held is not None and self.start in sources(layer):
                affine = isinstance(layer, Affine)
                change += held[2].sum(axis=0) if affine else held[2][:, 0]
        found = []
        for i, (v, table) in enumerate(zip(self.p.domain.variables, self.tables, strict=True)):
            own = change[self.p.domain.offsets[i] :][: v.columns]
            step = np.array([table[1]]) if isinstance(table, tuple) else np.ptp(table, axis=0)
            found.append(float(own @ step) / (1 if isinstance(table, tuple) else len(table)))
        return tuple(found)

    def encoded(self, points: Ints) -> Floats:
        """The inputs at points, (columns, points), each number up to four roundings off."""
        x = np.empty((len(self.most), len(points)))
        for i, (at, table) in enumerate(zip(self.p.domain.offsets, self.tables, strict=True)):
            if isinstance(table, tuple):
                x[at] = table[0] + points[:, i].astype(np.float64) * table[1]
            else:
                x[at : at + table.shape[1]] = table.take(points[:, i], axis=0).T
        return x

    def put(self, inputs: Floats, variable: int, value: int) -> None:
        """Write a value's encoding into an input, each number up to four roundings off."""
        at, table = self.p.domain.offsets[variable], self.tables[variable]
        if isinstance(table, tuple):
            inputs[at] = table[0] + value * table[1]
        else:
            inputs[at : at + table.shape[1]] = table[value]

    def numbers(self, variable: int, part: Part) -> Floats:
        """The encodings of a part's values, (values, columns), each up to four roundings off."""
        table = self.tables[variable]
        at = np.array(values(part)) if isinstance(part, int) else np.arange(part.start, part.stop)
        if isinstance(table, tuple):
            return (table[0] + at.astype(np.float64) * table[1])[:, None]
        return table.take(at, axis=0)


def plain(p: Prepared) -> Plain | None:
    """The network in float64; None where that is not done: numbers out of range. Nor where inputs
    are real numbers: their points are never gone through."""
    if p.domain.infinite:
        return None
    layers: list[tuple[Floats, Floats, Floats] | None] = []
    with np.errstate(all="ignore"):
        for layer in p.teacher.layers:
            if isinstance(layer, Affine):
                weight, shift = layer.weight.astype(np.float64), layer.bias.astype(np.float64)
            elif isinstance(layer, Scale):
                weight = layer.scale.astype(np.float64) / layer.divisor.astype(np.float64)
                lost = not np.array_equal(weight == 0, layer.scale == 0)
                weight, shift = weight[:, None], layer.shift.astype(np.float64)
                if lost:
                    return None
            else:
                layers.append(None)
                continue
            tiny = (weight != 0) & (np.abs(weight) < SMALLEST)  # products might underflow
            if not is_small(weight, shift) or tiny.any():
                return None
            layers.append((weight, shift, np.abs(weight)))
    stepped = _stepped(p)
    if stepped is not None:
        every = np.concatenate([np.abs(x).max(axis=0) for x in stepped[1]])
        return Plain(p, tuple(layers), stepped[1], every, stepped[0])
    tables: list[Floats | tuple[float, float]] = []
    most: list[float] = []
    try:
        for v in p.domain.variables:
            if isinstance(v, Ordinal):
                if v.count > EXACT_INDEX:
                    return None
                tables.append((_real(v.first), _real(v.step)))
                most.append(abs(_real(v.first)) + v.count * _real(v.step))
                continue
            assert not isinstance(v, Continuous)
            table = np.array([[_real(x) for x in row] for row in v.encoding])
            tables.append(table)
            most += np.abs(table).max(axis=0).tolist()
    except OverflowError:
        return None
    return (
        Plain(p, tuple(layers), tuple(tables), np.array(most)) if is_small(np.array(most)) else None
    )


def _stepped(p: Prepared) -> tuple[int, tuple[Floats, ...]] | None:
    """The node of a staircase that alone reads the input, and its values as encodings."""
    nodes = [i for i, x in enumerate(p.teacher.layers, 1) if 0 in sources(x)]
    layer = p.teacher.layers[nodes[0] - 1] if len(nodes) == 1 else None
    if not isinstance(layer, Steps) or any(v.count > LISTED for v in p.domain.variables):
        return None
    tables = []
    for at, v in zip(p.domain.offsets, p.domain.variables, strict=True):
        assert not isinstance(v, Continuous)
        rows = v.encoding if not isinstance(v, Ordinal) else _numbers(v)
        met = layer.rows[at : at + v.columns].tolist()
        # a fraction is compared with a float exactly
        reached = [[bisect_right(own, x) for own, x in zip(met, row, strict=True)] for row in rows]
        tables.append(np.array(reached) + layer.lowest[at : at + v.columns].astype(np.float64))
    return nodes[0], tuple(tables)


def _numbers(v: Ordinal) -> tuple[tuple[Fraction, ...], ...]:
    return tuple((v.first + i * v.step,) for i in range(v.count))


def _real(x: Fraction) -> float:
    """The number to nearest; OverflowError where it is out of range, or next to 0 but not 0."""
    value = float(x)
    if abs(value) < SMALLEST and x:
        raise OverflowError
    return value


def is_small(*arrays: Floats) -> bool:
    """Whether all numbers are below LARGEST in magnitude; not where one is NaN."""
    return all(bool((np.abs(a) < LARGEST).all()) for a in arrays)
