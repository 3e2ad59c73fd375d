"""Cells as bounds in floats begin with them: enclosures of their inputs. Trusted.

docs/soundness.md argues what is rounded, outward, and what is charged.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Bounds
from verifier.kernel.choices import (
    DOUBLE,
    FINEST,
    SINGLE,
    Choice,
    Floats,
    Pair,
    Precision,
    choice_of,
    closed,
    folded,
    leading,
    matrices,
    rounded,
)
from verifier.kernel.ordinals import enclose
from verifier.kernel.prepared import Parts, Prepared, allowed_values, once, values_in
from verifier.kernel.quick import Cells

TABLED = 4
"""Values of a variable of one column, at most, of which all sets are looked at beforehand."""


@np.errstate(over="ignore", invalid="ignore")  # nothing is shown where that happens
def cells_of(p: Prepared, parts: Parts, together: int = 1, precision: Precision = DOUBLE) -> Cells:
    """Cells with the enclosures of their inputs, so many ``together``."""
    shape = len(parts), p.teacher.columns
    low, high, single = np.empty(shape), np.empty(shape), np.zeros(shape[1])
    choices: list[Choice] = []
    inexact, pairs, tabled = 0.0, 0, _tabled(p)
    for i, g in enumerate(p.groups):
        table, off = np.ldexp(g.table, -g.e), np.ldexp(g.inexact, -g.e - 1).item()
        if g.single:
            at = g.columns[:, 0]
            if few := tabled[i]:
                masks = parts.masks[:, g.places].astype(np.int64)  # others' may be longer
                own = np.arange(len(at))
                least, most = (ends[masks, own] for ends in few)
            else:
                least, most = _ends(table, allowed_values(g, parts))
            low[:, at], high[:, at], single[at] = least - off, most + off, 1
            continue
        choice = choice_of(g, parts)
        tables, shut = table[choice.places], choice.closed[..., None]
        low[:, g.columns] = ((tables + shut).min(axis=1) - off)[choice.own]
        high[:, g.columns] = ((tables - shut).max(axis=1) + off)[choice.own]
        choices.append(choice)
        inexact, pairs = max(inexact, off), max(pairs, len(shut))
    if p.ordinals is not None:
        held, at = enclose(p.ordinals, parts.ends[:, 0], parts.ends[:, 1]), p.ordinals.columns
        low[:, at], high[:, at] = (np.ldexp(x, -held.e[:, None]) for x in (held.lo, held.hi))
        fine = held.e > FINEST
        low[fine], high[fine], single[at] = -np.inf, np.inf, 1
    terms = max(*p.teacher.widths, pairs) + 4 * len(p.teacher.layers) + len(choices) + 16
    layers, view, of = matrices(p), folded(p), precision.of
    if precision is SINGLE:
        layers, (low, high), single = rounded(p), outward(low, high), of(single)
        choices = [replace(c, closed=of(c.closed), chosen=of(c.chosen)) for c in choices]
    centre, radius = (low + high) / 2 * single, (high - low) / 2 * single
    error, ends = terms * precision.unit, ([low], [high])
    return Cells(view, precision, layers, centre, radius, choices, error, inexact, together, *ends)


@np.errstate(over="ignore", invalid="ignore")  # nothing is shown where that happens
def begun(p: Prepared, parts: Parts) -> list[Bounds]:
    """Enclosures of the first nodes, by intervals, up to a layer that is no affine one: in floats,
    where numbers of very different sizes lose nothing. None at all where they are too large."""
    cells = replace(cells_of(p, parts), layers=leading(p))
    cells.measure(0)
    for node in range(1, len(cells.layers) + 1):
        cells.weigh(node)
        for ends, own in zip((cells.low, cells.high), cells.interval(node), strict=True):
            ends.append(own)
        cells.measure(node)
    return cells.bounds() if all(np.isfinite(x).all() for x in cells.most) else []


def _ends(table: Floats, inside: npt.NDArray[np.bool_]) -> Pair:
    """The least and the greatest (cells, G) of variables' values, (G, V, 1), that are inside."""
    shut, own = closed(inside), table[..., 0]
    return (own + shut).min(axis=2), (own - shut).max(axis=2)


@once
def _tabled(p: Prepared) -> list[Pair | None]:
    """The same of all sets of values, (sets, G), by group; None where these are many."""
    found: list[Pair | None] = [None] * len(p.groups)
    for i, g in enumerate(p.groups):
        if g.single and g.table.shape[1] <= TABLED:
            sets = np.arange(1 << g.table.shape[1])[:, None].repeat(len(g.columns), axis=1)
            found[i] = _ends(np.ldexp(g.table, -g.e), values_in(sets, g.table.shape[1]))
    return found


def outward(low: Floats, high: Floats) -> Pair:
    """Enclosures in single precision that contain these."""
    less, more, beyond = SINGLE.of(low), SINGLE.of(high), np.float32(np.inf)
    less = np.where(less > low, np.nextafter(less, -beyond), less)
    more = np.where(more < high, np.nextafter(more, beyond), more)
    return less, more
