"""Sandwiches for open cells: which sum, in which bins. Untrusted: the kernel shows the strips.

The sum is the middle of the linear forms that the kernel finds below and above the margins, or, of
one network, the closest form on one side, where that leaves less open: where most of a cell is of
one class, the other side hardly matters. A bin is about as wide as the strip over the number of
variables, so that bins lose little beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints, Whole
from verifier.kernel.asked import Asked
from verifier.kernel.ensembles import Forest
from verifier.kernel.ledger import Ledger
from verifier.kernel.margins import Lines
from verifier.kernel.prepared import parts_of
from verifier.kernel.rules import Apply, constant
from verifier.kernel.sandwich import (
    LARGEST,
    Ends,
    Within,
    columns_read,
    ends_of,
    shown,
    within,
)
from verifier.kernel.stretches import count, enter_sums
from verifier.kernel.strips import Pair
from verifier.model.cell import Cell
from verifier.model.floats import nearest
from verifier.model.proof import Cases, Constant, Neuron, Sandwich, Sides, Strip, Subject
from verifier.model.verdict import Status
from verifier.provers.bins import BINS, Worth
from verifier.provers.both_sides import SLACK, on_both_sides
from verifier.provers.cases import jointly, of_no_point, told_apart
from verifier.provers.grids import Grid, grid_of
from verifier.provers.near import Sums, sums_near
from verifier.provers.timing import poll

WIDEST = 2.0**900
"""Of ranges of numbers that are longer nothing is proposed: sums of them may be beyond floats."""
IDLE = ThreadPoolExecutor(1)
"""For ledgers that evaluate nothing."""
NORMAL, CUBE = 0.7978845608, 0.044715
"""The normal distribution is about (1 + tanh(NORMAL (z + CUBE z**3))) / 2."""
COARSER = 16
"""Bins of a sum beside sides are worth so much less: of nearly all points these tell more."""
FAR = 8.0
"""Beyond so many deviations there is nothing."""


Beside = tuple[Constant, ...]
"""The classes of other models in a cell."""


def propose(
    asked: Asked,
    cells: Sequence[Cell],
    models: Sequence[int],
    *,
    bins: int = BINS,
    worth: Worth | None = None,
    again: bool = False,
    apply: Apply = map,
    beside: Sequence[Beside] | None = None,
    neurons: Sequence[Sequence[Neuron]] | None = None,
    sided: npt.NDArray[np.bool_] | None = None,
    ones: int = 0,
) -> list[Sandwich | None]:
    """A Sandwich for each cell that the kernel accepts, about one network or two of two classes.

    ``models`` are their numbers, increasing; the sums have at most about so many ``bins``, or as
    many as are ``worth`` it. None where the kernel shows nothing. Which points are settled,
    ``kernel.stretches`` tells. ``again`` says that one network is bounded again where its class is
    open, as two always are: it takes three times as long. ``beside`` are for each cell the classes
    that other models are expected to have all over it; None, too, where the kernel shows one not.
    ``neurons`` are those of the first of two copies whose signs tell cases of a cell apart, one or
    two in order for each cell, or none; where the kernel shows nothing of a case it has none.
    ``sided`` says which cells, that have no cases, have sides. ``ones``: of one network of more
    classes those that are taken for class 1, as bits.
    """
    subjects = [(model, ones) for model in models]
    nets = [asked.net(subject) for subject in subjects]
    grid, columns = grid_of(asked), columns_read(asked, nets)
    chosen: dict[int, Sums] = {}
    cased: dict[int, Cases] = {}
    sides: dict[int, Sides] = {}
    nothing = replace(of_no_point(models, asked.domain.columns), ones=ones)

    def choose(first: Pair, own: slice) -> Ends:
        held: int | Worth = bins
        if worth is not None:
            held = Worth(worth.share[own], worth.open[own])
        coarser = held
        if isinstance(held, Worth) and sided is not None:
            coarser = Worth(np.where(sided[own], held.share / COARSER, held.share), held.open)
        zoned = within(first) if again or len(nets) == 2 else None
        sums, ends = _best(grid, first, zoned, columns, coarser)
        chosen[own.start] = sums

        def some(at: Sequence[int] | Ints) -> int | Worth:
            return Worth(held.share[at], held.open[at]) if isinstance(held, Worth) else held

        def near(pair: Pair, at: Sequence[int]) -> list[Sandwich | None]:
            sums, ends = _best(grid, pair, within(pair), columns, some(at))
            return _made(subjects, ends, *sums)

        def near_both(
            pair: Pair, all_over: Pair, zones: Within | None, at: Sequence[int]
        ) -> list[tuple[Sandwich, Strip] | None]:
            sums = sums_near(grid, replace(pair, closer=()), columns, some(at), together=True)
            ends = shown(pair, within(pair) if again else None, *sums[:2])
            made = _made(subjects, ends, *sums)
            beyond = _made(subjects, shown(all_over, zones, *sums[:2]), *sums)
            both = zip(made, beyond, strict=True)
            return [(x, y.strips[0]) if x and y else None for x, y in both]

        if neurons is not None:
            if len(nets) == 2:
                found = told_apart(first, neurons[own], near, nothing)
            else:
                found = jointly(first, zoned, neurons[own], near_both)
            cased.update({own.start + i: x for i, x in found.items()})
        if sided is not None and (at := np.flatnonzero(sided[own])).size:
            both = on_both_sides(grid, first, zoned, columns, at, some(at))
            sides.update({own.start + i: x for i, x in both.items()})
        return ends

    if grid.widest > WIDEST:
        return [None] * len(cells)
    if not cells:
        return []
    ends = ends_of(asked, subjects, cells, choose, apply)
    every = [chosen[start] for start in sorted(chosen)]
    made = _made(subjects, ends, *(np.concatenate(x) for x in zip(*every, strict=True)))
    made = [x and replace(x, cases=cased.get(i), sides=sides.get(i)) for i, x in enumerate(made)]
    return made if beside is None else _behind(asked, cells, beside, made)


def _best(
    grid: Grid, first: Pair, found: Within | None, columns: Sequence[Ints], bins: int | Worth
) -> tuple[Sums, Ends]:
    """The better of two sums, and what is shown near it: of lines, and of those found in zones."""
    sums = sums_near(grid, first, columns, bins)
    ends = shown(first, found, *sums[:2])
    if found is None:
        return sums, ends
    other = sums_near(grid, found.pair, columns, bins)
    more = shown(first, found, *other[:2])
    lost, less = (_lost(first.lines[0], columns[0], x, y) for x, y in ((sums, ends), (other, more)))
    better = less < lost
    s, e, width = (_either(better, y, x) for x, y in zip(sums, other, strict=True))
    return (s, e, width), Ends(
        _either(better, more.strips, ends.strips),
        _either(better, more.order, ends.order),
        _either(better, more.good, ends.good),
    )


def _behind(
    asked: Asked,
    cells: Sequence[Cell],
    beside: Sequence[Beside],
    made: Sequence[Sandwich | None],
) -> list[Sandwich | None]:
    """The Sandwiches behind other models' classes, where the kernel shows all of these."""
    wanted = [
        (i, step)
        for i, (own, one) in enumerate(zip(beside, made, strict=True))
        for step in (() if one is None else own)
    ]
    good = shown_classes(asked, [(cells[i], step) for i, step in wanted])
    bad = {i for (i, _), fine in zip(wanted, good, strict=True) if not fine}
    return [
        None if one is None or i in bad else replace(one, beside=own)
        for i, (own, one) in enumerate(zip(beside, made, strict=True))
    ]


def shown_classes(asked: Asked, claims: Sequence[tuple[Cell, Constant]]) -> list[bool]:
    """Which classes of networks and ensembles the kernel shows all over cells, by its bounds."""
    found = [False] * len(claims)
    for model, net in asked.proved.items():
        at = [i for i, (_, step) in enumerate(claims) if step.model == model]
        if not at:
            continue
        poll()
        own, classes = [net.cell(claims[i][0]) for i in at], [claims[i][1].klass for i in at]
        if isinstance(net, Forest):
            good = net.shows(parts_of(own), np.array(classes))
        else:
            good = constant(net.p, own, classes)[0]
        for i, fine in zip(at, good.tolist(), strict=True):
            found[i] = fine
    return found


def _either(which: npt.NDArray[np.bool_], a: Any, b: Any) -> Any:
    """The rows of ``a`` where ``which``, else those of ``b``."""
    return np.where(which.reshape(-1, *[1] * (a.ndim - 1)), a, b)


def still_open(asked: Asked, cell: Cell, step: Sandwich) -> Fraction | None:
    """The share of a cell, by probability, that an accepted Sandwich leaves open.

    None where it settles no point, or where the kernel cannot count.
    """
    ledger = Ledger(asked, IDLE)
    (counted,) = count(ledger, [cell], [step])
    if counted.problem:
        return None
    enter_sums(ledger, counted)
    every = [(status, x) for by in ledger.leaves.values() for (status, _), x in by.items()]
    if all(status is not Status.SANDWICH for status, _ in every):
        return None
    weight = sum(amounts[1] for _, amounts in every)
    open_ = sum(amounts[1] for status, amounts in every if status is Status.OPEN)
    return Fraction(open_, weight) if weight else Fraction(0)


def _made(
    subjects: Sequence[Subject], ends: Ends, sums: Whole, e: Ints, width: Ints
) -> list[Sandwich | None]:
    good = ends.good & (np.abs(sums).max(axis=1, initial=0.0) <= LARGEST)
    low = ends.strips[..., 0]
    high = np.maximum(low, ends.strips[..., 1])  # where ends cross there is no point between
    slack = (high - low >> SLACK) + (width >> SLACK // 2)[:, None] + 1
    strips = np.stack([low - slack, high + slack], axis=2).tolist()
    forms = np.where(good[:, None], sums, 0.0).astype(np.int64).tolist()
    every = zip(good, strips, forms, e.tolist(), width.tolist(), ends.order.tolist(), strict=True)
    models, ones = [model for model, _ in subjects], subjects[0][1]
    return [
        Sandwich(tuple(map(_strip_of, models, own)), tuple(form), e, width, order, ones=ones)
        if fits
        else None
        for fits, own, form, e, width, order in every
    ]


def _strip_of(model: int, ends: tuple[int, int]) -> Strip:
    return Strip(model, *ends)


@np.errstate(over="ignore", invalid="ignore")  # what is not finite is not better
def _lost(x: Lines, columns: Ints, sums: Sums, ends: Ends) -> npt.NDArray[np.float64]:
    """The share of each cell where strips leave classes open, about: of a normal distribution."""
    form, e, _ = sums
    cells = x.enclosed.cells
    a = np.ldexp(form[:, columns], np.array(x.enclosed.p.scales) - e[:, None])
    low, high = cells.low[0], cells.high[0]
    middle = (a * (low + high)).sum(axis=1) / 2
    spread = np.sqrt(((a * (high - low)) ** 2).sum(axis=1) / 12) + 1e-300
    whole = (
        ends.strips if ends.strips.dtype != object else np.frompyfunc(nearest, 1, 1)(ends.strips)
    )
    strips = np.ldexp(whole.astype(np.float64), -e[:, None, None])
    first, last = -strips[..., 1].max(axis=1), -strips[..., 0].min(axis=1)
    below, above = (np.clip((at - middle) / spread, -FAR, FAR) for at in (first, last))
    lost = np.tanh(NORMAL * (above + CUBE * above**3)) - np.tanh(NORMAL * (below + CUBE * below**3))
    return np.where(ends.good, lost, 2.0)
