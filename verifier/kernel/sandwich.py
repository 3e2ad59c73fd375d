"""Sandwiches: whether their strips hold. Rule 10 of docs/soundness.md. Trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Bounds, Fixed, Ints, Whole
from verifier.kernel.asked import Asked, Net
from verifier.kernel.margins import near
from verifier.kernel.rules import Apply
from verifier.kernel.strips import Pair, lines, same_layers
from verifier.model.cell import Cell
from verifier.model.proof import Sandwich

FINEST = 1 << 10
"""The largest exponent."""
LARGEST = 1 << 53
"""The integers of a form are at most this."""
BLOCK = 1 << 16
"""Values of a node, for the cells taken together."""
SECOND_ABOVE, SECOND_BELOW = 1, 2
"""Bits of ``order``: the second margin is nowhere below the first, or nowhere above."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The least and the greatest value of g - s over a cell, rounded outward to whole units.

    One pair a network; ``apart`` encloses the second margin minus the first, in units, where that
    is known.
    """

    strips: tuple[tuple[int, int], ...]
    apart: tuple[int, int] | None

    @property
    def order(self) -> int:
        """The bits of a Sandwich's ``order`` that hold."""
        if self.apart is None:
            return 0
        return SECOND_ABOVE * (self.apart[0] >= 0) + SECOND_BELOW * (self.apart[1] <= 0)


def fault(asked: Asked, step: Sandwich) -> str:
    """What is wrong with a Sandwich as it stands; "" if nothing is."""
    models = [strip.model for strip in step.strips]
    if len(models) not in (1, 2) or models != sorted(set(models)):
        return "does not speak of one network, or of two in order"
    for model in models:
        if model not in asked.nets:
            return f"speaks of model {model}, which is no network"
        if asked.nets[model].p.teacher.classes != 2:
            return f"is about {asked.word(model)}, which has more than two classes"
    if any(strip.least > strip.most for strip in step.strips):
        return "has a strip whose ends are the wrong way round"
    if not 0 <= step.exponent <= FINEST or step.width < 1:
        return "has an exponent or a width that there is not"
    if not 0 <= step.order <= (3 if len(models) == 2 else 0):
        return "has an order that there is not"
    nets = [asked.nets[model] for model in models]
    if step.order and not same_layers(nets[0].p.teacher, nets[1].p.teacher):
        return "compares the margins of networks with other layers"
    if len(step.form) != asked.domain.columns:
        return "has a form that is not one of the domain's columns"
    if max(map(abs, step.form)) > LARGEST:
        return f"has a form with integers above {LARGEST}"
    read = set.intersection(*(set(x.tolist()) for x in columns_read(asked, nets)))
    if any(n and c not in read for c, n in enumerate(step.form)):
        return "has a form with a column that a network does not read"
    return ""


def columns_read(asked: Asked, nets: Sequence[Net]) -> list[Ints]:
    """For each network the columns of the domain that it reads, in its order."""
    offsets, variables = asked.domain.offsets, asked.domain.variables
    return [
        np.array([offsets[i] + j for i in net.reads for j in range(variables[i].columns)])
        for net in nets
    ]


def refused(
    asked: Asked, cells: Sequence[Cell], steps: Sequence[Sandwich], apply: Apply = map
) -> list[str]:
    """For each cell why its Sandwich, which has no ``fault``, does not hold; "" where it does."""
    found = [""] * len(cells)
    by_models: dict[tuple[int, ...], list[int]] = {}
    for i, step in enumerate(steps):
        by_models.setdefault(tuple(strip.model for strip in step.strips), []).append(i)
    for models, at in by_models.items():
        sums = np.array([steps[i].form for i in at], dtype=np.float64)
        e = np.array([steps[i].exponent for i in at])

        def given(pair: Pair, own: slice, sums: Whole = sums, e: Ints = e) -> tuple[Whole, Ints]:
            return sums[own], e[own]

        ends = ends_of(asked, models, [cells[i] for i in at], given, apply)
        for i, own in zip(at, ends, strict=True):
            found[i] = _problem(steps[i], own)
    return found


def _problem(step: Sandwich, ends: Ends | None) -> str:
    if ends is None:
        return "no strip around that sum can be shown"
    for strip, (least, most) in zip(step.strips, ends.strips, strict=True):
        if strip.least > least or strip.most < most:
            return f"only {least} to {most} can be shown"
    if step.order & ~ends.order:
        return f"of the order only {ends.order} can be shown"
    return ""


def ends_of(
    asked: Asked,
    models: Sequence[int],
    cells: Sequence[Cell],
    sums_near: Callable[[Pair, slice], tuple[Whole, Ints]],
    apply: Apply = map,
) -> list[Ends | None]:
    """What the kernel shows of networks near sums of the domain's columns, on each of some cells.

    ``sums_near`` gives these sums for some of the cells, about which something is known: integers
    of at most LARGEST, (cells, columns), and exponents. None where nothing is shown.
    """
    nets = [asked.nets[model] for model in models]
    columns = columns_read(asked, nets)
    size = max(1, BLOCK // max(w for net in nets for w in net.p.teacher.widths))

    def some(start: int) -> list[Ends | None]:
        own = slice(start, start + size)
        pair = lines(nets, columns, cells[own])
        sums, e = sums_near(pair, own)
        rows = [near(x, sums[:, c], e) for x, c in zip(pair.lines, columns, strict=True)]
        return _tightened([low for low, _ in rows], rows[0][1] & rows[-1][1], pair.apart, e)

    return [x for own in apply(some, range(0, len(cells), size)) for x in own]


def _tightened(
    rows: Sequence[Fixed], fit: npt.NDArray[np.bool_], apart: Bounds | None, e: Ints
) -> list[Ends | None]:
    """The strips of each cell, made narrower by how far apart the margins are."""
    found: list[Ends | None] = []
    lows = [(row.n.tolist(), (e - row.e).tolist()) for row in rows]
    for i, good in enumerate(fit.tolist()):
        strips = [(in_units(n[i][0], k[i]), -in_units(n[i][1], k[i])) for n, k in lows]
        between = None
        if apart is not None:
            k = int(e[i] - apart.e[i])
            between = in_units(apart.lo[i, 0], k), -in_units(-apart.hi[i, 0], k)
            (lo1, hi1), (lo2, hi2) = strips
            dl, du = between
            strips[0] = max(lo1, lo2 - du), min(hi1, hi2 - dl)
            strips[1] = max(lo2, lo1 + dl), min(hi2, hi1 + du)
        found.append(Ends(tuple(strips), between) if good else None)
    return found


def in_units(n: float, shift: int) -> int:
    """``floor(n * 2**shift)`` of a whole number."""
    return int(n) << shift if shift >= 0 else int(n) >> -shift
