"""What bounds in floats begin with: matrices, and the values that cells allow. Trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.prepared import Encodings, Parts, Prepared, once, values_in
from verifier.model.network import Add, Affine, Layer, Network, Relu, Scale, exact_logits, sources

Floats = npt.NDArray[np.float64]
"""Of float32 where bounds are computed in single precision."""
Pair = tuple[Floats, Floats]

UP = 1 + 2.0**-20
"""A computed sum of at most 2**20 magnitudes, times this, is at least the exact one."""
FINEST = 900
"""Encodings are whole numbers of units 2**-FINEST, or nothing is shown: none underflows."""
SQUARE = 1 << 9
"""Factors of so many numbers are taken as a matrix, at most."""
MODERATE = 64
"""Factors are multiplied into weights where those that are not 0 lie between 2**-MODERATE and
2**MODERATE, and no column is scaled by more: no product of theirs underflows by what matters."""


@dataclass(frozen=True, eq=False)
class Precision:
    """The floats that bounds are computed in.

    A sum of k products, of numbers that were rounded once, is off by at most k times ``unit`` of
    their magnitudes. These are below ``limit``; ``tiny`` is more than underflow can do to a bound.
    Nodes have at most ``widest`` numbers.
    """

    kind: type[np.float64 | np.float32]
    unit: float
    limit: float
    tiny: float
    widest: int

    def of(self, x: npt.NDArray[np.floating[Any]]) -> Floats:
        """Numbers rounded to it."""
        return np.asarray(x, dtype=self.kind)


DOUBLE = Precision(np.float64, 2.0**-52, 2.0**100, 2.0**-800, 1 << 19)
SINGLE = Precision(np.float32, 2.0**-23, 2.0**30, 2.0**-40, 1 << 10)


@dataclass(frozen=True, eq=False)
class Matrix:
    """An affine layer, in some precision. ``size`` are the magnitudes of its weights."""

    weight: Floats
    bias: Floats
    size: Floats

    def part(self, rows: Ints | None, columns: Ints | None) -> Matrix:
        """Some of its rows and columns; None are all."""
        weight, bias, size = self.weight, self.bias, self.size
        if rows is not None:
            weight, bias, size = weight[rows], bias[rows], size[rows]
        if columns is not None:
            weight, size = weight[:, columns], size[:, columns]
        return Matrix(weight, bias, size)


@dataclass(frozen=True, eq=False)
class Choice:
    """A group of variables of several columns, and which sets of values the cells have.

    ``closed`` (pairs, V) is about pairs of a variable, by its place in the group, and a set of
    values: 0 for these, inf for others. ``own`` (cells, G) are the cells' pairs, which are 1 in
    ``chosen`` (cells, pairs).
    """

    group: Encodings
    closed: Floats
    places: Ints
    own: Ints
    chosen: Floats

    def least(self, a: Floats) -> Floats:
        """The least (sets, cells, rows) that the variables add to forms (sets, rows, columns)."""
        tables, cells = self.tables(a), len(self.own)
        if len(a) < cells:
            chosen = self.chosen.reshape(len(a), -1, len(self.places))
            every = [_least(own[:, self.places], self.closed).T for own in tables]
            return np.stack([x @ y for x, y in zip(chosen, every, strict=True)])
        least = _least(tables, self.closed[self.own][:, None])
        return np.asarray(least.sum(axis=2)[:, None])

    def tables(self, a: Floats) -> Floats:
        """What each value (..., G, V) adds to forms (..., columns)."""
        g, own = self.group, a[..., self.group.columns]
        if g.identity:
            return own
        return np.asarray(np.einsum("...gc,gvc->...gv", own, self.encoded(a)))

    def encoded(self, like: Floats) -> Floats:
        """The values' numbers (G, V, columns), in such floats."""
        return np.ldexp(self.group.table, -self.group.e).astype(like.dtype, copy=False)

    def at(self, values: Ints) -> Floats:
        """The numbers (cells, G, columns) of values (cells, G)."""
        return self.encoded(self.closed)[np.arange(values.shape[1]), values]

    def middle(self) -> Floats:
        """The numbers (cells, G, columns) of the cells' values, on average."""
        some = (self.closed == 0).astype(self.closed.dtype)
        share = some / some.sum(axis=1)[:, None]
        every = np.einsum("pv,pvk->pk", share, self.encoded(share)[self.places])
        return np.asarray(every[self.own])

    def moves(self, weight: Floats, values: Ints) -> tuple[Floats, Floats, Floats]:
        """What the variables add to the rows of a matrix, each (cells, G, rows).

        That is at values (cells, G), and the least and the most of the cells' values.
        """
        tables = self.tables(weight).transpose(1, 2, 0)  # variables, values, rows
        own, shut = tables[self.places], self.closed[:, :, None]
        least, most = (own + shut).min(axis=1), (own - shut).max(axis=1)
        return tables[np.arange(len(tables)), values], least[self.own], most[self.own]


def _least(tables: Floats, closed: Floats) -> Floats:
    """The least value of the last axis that is not closed."""
    least: Floats = tables[..., 0] + closed[..., 0]
    for v in range(1, tables.shape[-1]):
        np.minimum(least, tables[..., v] + closed[..., v], out=least)
    return least


def summed(x: Floats) -> Floats:
    """Sums over the last axis, which are products of matrices: quicker where it is short."""
    rows, ones = x.reshape(-1, max(1, x.shape[-1])), np.ones(x.shape[-1], dtype=x.dtype)
    return np.asarray((rows @ ones).reshape(x.shape[:-1]) if x.size else x.sum(axis=-1))


def folded(p: Prepared) -> Prepared:
    """The same for bounds in floats, with the input's factors in the weights of what reads them."""
    teacher, memo = _folded(p)
    return p if teacher is p.teacher else replace(p, teacher=teacher, memo=memo)


@once
def _folded(p: Prepared) -> tuple[Network, dict[object, Any]]:
    """The network, and what is found once about it."""
    teacher, layers = p.teacher, list(p.teacher.layers)
    for i, layer in enumerate(teacher.layers):
        before = layers[layer.source - 1] if isinstance(layer, Affine) and layer.source else None
        if isinstance(layer, Affine) and isinstance(before, Scale) and not before.source:
            with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # refused below
                factors = DOUBLE.of(before.scale) / DOUBLE.of(before.divisor)
                own = layer.weight * factors, _at_zero(before, replace(layer, source=1))
            size = np.abs(factors[before.scale != 0])
            fits = size.min(initial=1) >= 2.0**-MODERATE and size.max(initial=1) <= 2.0**MODERATE
            if fits and max(p.scales) < MODERATE and all(np.isfinite(x).all() for x in own):
                layers[i] = Affine(0, *own)
    folds = any(x is not y for x, y in zip(layers, teacher.layers, strict=True))
    return Network(teacher.columns, tuple(layers)) if folds else teacher, {}


def _at_zero(factors: Scale, layer: Affine) -> Floats:
    """The values of both where the input is 0, rounded once; infinite beyond what is bounded."""
    inputs = [[0] * len(factors.shift)]
    (values,), unit = exact_logits(Network(len(*inputs), (factors, layer)), inputs, 1)
    exact = (Fraction(x, unit) for x in values)
    return np.array([float(x) if abs(x) < DOUBLE.limit else np.inf for x in exact])


@once
def matrices(p: Prepared) -> Sequence[Matrix | None]:
    """The affine layers, exactly, and factors as matrices, whose quotients are rounded once. Empty
    where other layers or extreme numbers are."""
    return _matrices(p, DOUBLE, folded(p).teacher.layers)


@once
def leading(p: Prepared) -> Sequence[Matrix | None]:
    """The same of the affine layers and factors before the first layer that is neither."""
    plain = takewhile(lambda x: isinstance(x, Affine | Scale), folded(p).teacher.layers)
    return _matrices(p, DOUBLE, tuple(plain))


@once
def rounded(p: Prepared) -> Sequence[Matrix | None]:
    """The same with weights and biases rounded to single precision."""
    return _matrices(p, SINGLE, folded(p).teacher.layers)


def _matrices(
    p: Prepared, precision: Precision, layers: Sequence[Layer]
) -> Sequence[Matrix | None]:
    found: list[Matrix | None] = []
    if max(p.teacher.widths) > precision.widest or any(g.e > FINEST for g in p.groups):
        return ()
    for layer in layers:
        if isinstance(layer, Relu | Add):
            found.append(None)
            continue
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            own = p.scales if layer.source == 0 else 0  # before quotients, which may underflow
            if isinstance(layer, Affine):
                weight, bias = np.ldexp(DOUBLE.of(layer.weight), own), layer.bias
            elif isinstance(layer, Scale) and len(layer.shift) <= SQUARE:
                factors = np.ldexp(DOUBLE.of(layer.scale), own) / DOUBLE.of(layer.divisor)
                weight, bias = np.eye(len(factors)) * factors, layer.shift
            else:
                return ()
            bias = bias.astype(np.float64)
            sizes = np.abs(bias).max(), np.abs(weight).sum(axis=1).max() * UP
        if not all(size < precision.limit for size in sizes):  # one may be no number
            return ()
        weight, bias = precision.of(weight), precision.of(bias)
        found.append(Matrix(weight, bias, np.abs(weight)))
    return found


def closed(inside: npt.NDArray[np.bool_]) -> Floats:
    """0 for what is inside, inf for the rest."""
    return np.where(inside, 0.0, np.inf)


def choice_of(g: Encodings, parts: Parts) -> Choice:
    """A group's sets of values in some cells."""
    masks = parts.masks[:, g.places]
    members = masks.shape[1]
    sets, which = np.unique(masks, return_inverse=True)
    own = which.reshape(masks.shape) * members + np.arange(members)
    pairs, own = np.unique(own, return_inverse=True)
    own, places = own.reshape(masks.shape), pairs % members
    chosen = np.zeros((len(masks), len(pairs)))
    np.put_along_axis(chosen, own, 1, axis=1)
    return Choice(
        g, closed(values_in(sets[pairs // members], g.table.shape[1])), places, own, chosen
    )


def readers(p: Prepared) -> list[list[int]]:
    """The layers (by their nodes) that read each node."""
    layers = p.teacher.layers
    found: list[list[int]] = [[] for _ in p.teacher.widths]
    for node, layer in enumerate(layers, 1):
        for source in sources(layer):
            found[source].append(node)
    return found


@once
def lone_relus(p: Prepared) -> Sequence[int]:
    """ReLUs that only affine layers read, and that alone read an affine layer."""
    layers, read = (None, *p.teacher.layers), readers(p)
    return [
        node
        for node, layer in enumerate(layers)
        if isinstance(layer, Relu)
        and isinstance(layers[layer.source], Affine)
        and read[layer.source] == [node]
        and read[node]
        and all(isinstance(layers[i], Affine) for i in read[node])
    ]


@once
def first_layers(p: Prepared) -> Sequence[int]:
    """The layers that read the input, if all that are read themselves are affine."""
    read, layers = readers(p), p.teacher.layers
    left = [i for i in read[0] if read[i] or not isinstance(layers[i - 1], Scale)]  # others: folded
    return read[0] if left and all(isinstance(layers[i - 1], Affine) for i in left) else []
