"""What bounds in float64 begin with: exact matrices, and the values that cells allow. Trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.prepared import Encodings, Parts, Prepared, once, values_in
from verifier.model.network import Add, Affine, Relu, sources

Floats = npt.NDArray[np.float64]

UP = 1 + 2.0**-20
"""A computed sum of at most 2**20 magnitudes, times this, is at least the exact one."""
LIMIT = 2.0**100
"""What magnitudes stay below."""
FINEST = 900
"""Encodings are whole numbers of units 2**-FINEST, or nothing is shown: none underflows."""
WIDEST = 1 << 19
"""Numbers of a node, at most."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """An affine layer, exactly. ``size`` are magnitudes, ``norms`` at least their sums by rows."""

    weight: Floats
    bias: Floats
    size: Floats
    norms: Floats
    norm: float
    most: float

    def part(self, rows: Ints | None, columns: Ints | None) -> Matrix:
        """Some of its rows and columns; None are all."""
        weight, bias, size, norms = self.weight, self.bias, self.size, self.norms
        if rows is not None:
            weight, bias, size, norms = weight[rows], bias[rows], size[rows], norms[rows]
        if columns is not None:
            weight, size = weight[:, columns], size[:, columns]
        return Matrix(weight, bias, size, norms, self.norm, self.most)


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
        g, cells = self.group, len(self.own)
        tables = a[..., g.columns]
        if not g.identity:
            tables = np.einsum("...gc,gvc->...gv", tables, np.ldexp(g.table, -g.e))
        if len(a) < cells:
            chosen = self.chosen.reshape(len(a), -1, len(self.places))
            every = [self._least_of_pairs(own[:, self.places]).T for own in tables]
            return np.stack([x @ y for x, y in zip(chosen, every, strict=True)])
        closed = self.closed[self.own][:, None]
        least = tables[..., 0] + closed[..., 0]
        for v in range(1, tables.shape[-1]):
            np.minimum(least, tables[..., v] + closed[..., v], out=least)
        return np.asarray(least.sum(axis=2)[:, None])

    def _least_of_pairs(self, tables: Floats) -> Floats:
        """The least value in each pair's set, (rows, pairs), of tables (rows, pairs, V)."""
        least = tables[..., 0] + self.closed[:, 0]
        for v in range(1, tables.shape[2]):
            np.minimum(least, tables[..., v] + self.closed[:, v], out=least)
        return least


@once
def matrices(p: Prepared) -> Sequence[Matrix | None]:
    """The affine layers; empty where the network has layers of other kinds or extreme numbers."""
    found: list[Matrix | None] = []
    if max(p.teacher.widths) > WIDEST or any(g.e > FINEST for g in p.groups):
        return ()
    for layer in p.teacher.layers:
        if not isinstance(layer, Affine):
            found.append(None)
            if isinstance(layer, Relu | Add):
                continue
            return ()
        weight, bias = layer.weight.astype(np.float64), layer.bias.astype(np.float64)
        with np.errstate(over="ignore"):  # refused below
            if layer.source == 0:
                weight = np.ldexp(weight, p.scales)
            size, most = np.abs(weight), np.abs(bias).max().item()
            norms = size.sum(axis=1) * UP
        if not max(norms.max(), most) < LIMIT:
            return ()
        found.append(Matrix(weight, bias, size, norms, norms.max().item(), most))
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
    """The layers that read the input, if all of them are affine."""
    read = readers(p)[0]
    return read if all(isinstance(p.teacher.layers[i - 1], Affine) for i in read) else []
