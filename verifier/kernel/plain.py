"""A network and its inputs in float64, where that is used for sweeps: rule 6. Trusted."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.float32 import never_shown
from verifier.kernel.prepared import Prepared
from verifier.model.continuous import Continuous
from verifier.model.network import Add, Affine, Relu, Scale, sources
from verifier.model.ordinal import Ordinal
from verifier.model.part import Part, values

Floats = npt.NDArray[np.float64]
LARGEST, SMALLEST = 2.0**400, 2.0**-400
"""All numbers stay below the first, weights and encodings are 0 or above the second; or float64 is
not used."""
EXACT_INDEX = 1 << 53


@dataclass(frozen=True, eq=False)
class Plain:
    """A network and its inputs in float64.

    ``layers`` holds for each affine layer its matrix, its shift and the matrix's magnitudes, for a
    scale layer its factors as a column, likewise; None for others. ``tables`` are the encodings of
    each variable, (values, columns), or an ordinal's first number and step. ``most`` (columns,)
    bounds the magnitudes of the inputs, and of the terms that an ordinal's numbers are summed from.
    """

    p: Prepared
    layers: tuple[tuple[Floats, Floats, Floats] | None, ...]
    tables: tuple[Floats | tuple[float, float], ...]
    most: Floats

    @cached_property
    def spans(self) -> tuple[float, ...]:
        """About how much a step of each variable's value changes of the layers that read it."""
        change = np.ones(len(self.most))
        for layer, held in zip(self.p.teacher.layers, self.layers, strict=True):
            if held is not None and 0 in sources(layer):
                affine = isinstance(layer, Affine)
                change += held[2].sum(axis=0) if affine else held[2][:, 0]
        found = []
        for i, (v, table) in enumerate(zip(self.p.domain.variables, self.tables, strict=True)):
            own = change[self.p.domain.offsets[i] :][: v.columns]
            step = np.array([table[1]]) if isinstance(table, tuple) else np.ptp(table, axis=0)
            found.append(float(own @ step) / (1 if isinstance(table, tuple) else len(table)))
        return tuple(found)

    @cached_property
    def never_shown(self) -> bool:
        """Whether nothing is shown of it for float32, whatever the cell."""
        return never_shown(self.p)

    def encoded(self, points: Ints) -> Floats:
        """The inputs at points, (columns, points), each number up to four roundings off."""
        x = np.empty((len(self.most), len(points)))
        for i, (at, table) in enumerate(zip(self.p.domain.offsets, self.tables, strict=True)):
            if isinstance(table, tuple):
                x[at] = table[0] + points[:, i].astype(np.float64) * table[1]
            else:
                x[at : at + table.shape[1]] = table.take(points[:, i], axis=0).T
        return x

    def numbers(self, variable: int, part: Part) -> Floats:
        """The encodings of a part's values, (values, columns), each up to four roundings off."""
        table = self.tables[variable]
        if isinstance(part, range):
            assert isinstance(table, tuple)
            indices = np.arange(part.start, part.stop).astype(np.float64)
            return (table[0] + indices * table[1])[:, None]
        assert not isinstance(table, tuple)
        return table.take(np.array(values(part)), axis=0)


def plain(p: Prepared) -> Plain | None:
    """The network in float64; None where that is not done: sign layers, numbers out of range.

    Nor where inputs are real numbers: their points are never gone through.
    """
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
            elif isinstance(layer, Relu | Add):
                layers.append(None)
                continue
            else:
                return None
            if not is_small(weight, shift) or _is_tiny(weight):
                return None
            layers.append((weight, shift, np.abs(weight)))
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


def _real(x: Fraction) -> float:
    """The number to nearest; OverflowError where it is out of range, or next to 0 but not 0."""
    value = float(x)
    if abs(value) < SMALLEST and x:
        raise OverflowError
    return value


def is_small(*arrays: Floats) -> bool:
    """Whether all numbers are below LARGEST in magnitude; not where one is NaN."""
    return all(bool((np.abs(a) < LARGEST).all()) for a in arrays)


def _is_tiny(a: Floats) -> bool:
    """Whether a number is not 0, but so small that products might underflow."""
    return bool(((a != 0) & (np.abs(a) < SMALLEST)).any())
