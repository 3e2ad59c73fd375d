"""One network or two copies where neurons of the first have one sign: rule 10, *Cases*. Trusted.

Where a ReLU's input is at most 0 its output is 0, and where it is at least 0 both are the same: so
the lines of a case have no gap there. All that rule 10 finds of a cell it finds of its points in a
case, from enclosures that are cut there. Beside one network's cases there are lines all over a cell
whose slope at the neuron is that of a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.choices import DOUBLE, Floats
from verifier.kernel.margins import ONE, Bools, Enclosed, margin
from verifier.kernel.quick import Cells
from verifier.kernel.strips import Pair, charge, differences, pair_of, parallel
from verifier.kernel.within import enclosed, meet
from verifier.model.network import sources
from verifier.model.proof import Neuron

FINER = 1 << 8
"""Parts of a step of slopes: so who finds other ends by a little finds other lines by a little."""


class Case(NamedTuple):
    """Of a cell, by its place, the points where neuron i is at least 0 if bit i of ``signs`` is 1,
    and at most 0 if not."""

    cell: int
    neurons: Sequence[Neuron]
    signs: int


def in_cases(first: Pair, cases: Sequence[Case]) -> tuple[Pair, Bools] | None:
    """Lines of one network, or two with equal layers, in cases of their cells, and in which there
    are no points. None where they are not bounded in floats."""
    both = [x.enclosed for x in first.lines]
    if any(not x.cells.layers for x in both):
        return None
    charge(first.nets, len(cases))
    rows, nodes, components, signs = _signs(cases)
    at, none = np.array([case.cell for case in cases]), np.zeros(len(cases), dtype=bool)

    def cut(cells: Cells, node: int) -> None:
        """Of the first network: by the sign."""
        some = np.flatnonzero(nodes == node)
        own, above = (rows[some], components[some]), signs[some] == 1
        good = meet(cells, node, own, (np.where(above, 0, -np.inf), np.where(above, np.inf, 0)))
        none[rows[some[~good]]] = True

    one = enclosed(both[0].cells.part(at), None, cut)
    known = one.bounds() if both[1:] else []

    def cut_as_well(cells: Cells, node: int) -> None:
        """Of the second: by how far it is from the first."""
        own = rows[nodes == node], components[nodes == node]
        apart = node in nodes and differences(
            first.nets, first.columns, (known, cells.bounds()), node
        )
        if apart:
            d = apart[node]
            less, more = (np.ldexp(end, -d.e[:, None])[own] for end in (d.lo, d.hi))
            low, high = one.low[node][own] + less, one.high[node][own] + more
            meet(cells, node, own, (_outward(low, -1), _outward(high, 1)))

    every = [one, *(enclosed(x.cells.part(at), None, cut_as_well) for x in both[1:])]
    found = [
        Enclosed(x.p, x.parts[at], cells, cells.bounds() if both[1:] else [])
        for x, cells in zip(both, every, strict=True)
    ]
    return pair_of(first.nets, first.columns, found, FINER), none


def all_over(first: Pair, cases: Sequence[Case]) -> Pair:
    """Of one network, bounded in floats, lines that hold all over the cells of cases by a neuron:
    parallel ones, whose slope at the neuron is what it is in the case, 0 or 1."""
    charge(first.nets, len(cases))
    rows, nodes, components, signs = _signs(cases)
    own = first.part(np.array([case.cell for case in cases]))
    x = own.lines[0].enclosed
    (slopes,) = parallel([x], own.finer)
    for j, lam in slopes.items():
        some = nodes == sources(x.p.teacher.layers[j - 1])[0]
        lam[rows[some], components[some]] = ONE * signs[some]
    return replace(own, lines=(margin(x, slopes),))


def _signs(cases: Sequence[Case]) -> Ints:
    """The places of cases, with their neurons' nodes, components and signs: (4, neurons)."""
    every = [
        (row, neuron.node, neuron.component, case.signs >> i & 1)
        for row, case in enumerate(cases)
        for i, neuron in enumerate(case.neurons)
    ]
    return np.array(every).T


def _outward(x: Floats, sign: int) -> Floats:
    """Beyond a sum of two numbers, each of which may have lost what is too small for floats."""
    return np.asarray(np.nextafter(x, sign * np.inf) + sign * DOUBLE.tiny)
