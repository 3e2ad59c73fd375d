"""Sandwiches for open cells: which sum, in which bins. Untrusted: the kernel shows the strips.

The sum is the middle of the linear forms that the kernel finds below and above the margins. A bin
is about as wide as the strip over the number of variables, so that bins lose little beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints, Whole
from verifier.kernel.asked import Asked
from verifier.kernel.forms import columns_of
from verifier.kernel.ledger import Ledger
from verifier.kernel.margins import Lines
from verifier.kernel.prepared import Prepared, allowed_values
from verifier.kernel.rules import Apply
from verifier.kernel.sandwich import FINEST, LARGEST, Ends, columns_read, ends_of
from verifier.kernel.stretches import count, enter_sums
from verifier.kernel.strips import Pair
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.ordinal import Ranged
from verifier.model.proof import Sandwich, Strip
from verifier.model.verdict import Status

BINS = 512
"""Bins of a sum, at most about."""
SHARE = 12
"""By how much what bins lose together is less than the strip, where there are bins enough."""
FINE = 5
"""A rounded coefficient of an ordinal moves its sum by 2**-FINE of a bin at most."""
SLACK = 9
"""A strip is stated wider than the kernel shows it by 2**-SLACK: other checkers round otherwise."""
IDLE = ThreadPoolExecutor(1)
"""For ledgers that evaluate nothing."""
LONGEST = 50
"""Bits of a form's integers."""


def propose(
    asked: Asked,
    cells: Sequence[Cell],
    models: Sequence[int],
    *,
    bins: int = BINS,
    apply: Apply = map,
) -> list[Sandwich | None]:
    """A Sandwich for each cell that the kernel accepts, about one network or two of two classes.

    ``models`` are their numbers, increasing; the sums have at most about so many ``bins``. None
    where the kernel shows nothing. Which points are settled, ``kernel.stretches`` tells.
    """
    nets = [asked.nets[model] for model in models]
    columns = columns_read(asked, nets)
    grid = _ranges(asked.domain), _whole_columns(asked.domain)
    chosen: dict[int, tuple[Whole, Ints, Ints]] = {}

    def choose(pair: Pair, own: slice) -> tuple[Whole, Ints]:
        chosen[own.start] = _sums(grid, pair, columns, bins)
        return chosen[own.start][:2]

    found = ends_of(asked, models, cells, choose, apply)
    every = [chosen[start] for start in sorted(chosen)]
    sums, e, width = (np.concatenate(x) for x in zip(*every, strict=True)) if every else ((),) * 3
    rows = zip(found, sums, e, width, strict=True)
    return [_made(models, ends, *own) for ends, *own in rows]


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
    models: Sequence[int], ends: Ends | None, sums: Whole, e: np.int64, width: np.int64
) -> Sandwich | None:
    if ends is None or not np.abs(sums).max(initial=0.0) <= LARGEST:
        return None
    strips = []
    for model, (low, high) in zip(models, ends.strips, strict=True):
        slack = (high - low >> SLACK) + (int(width) >> SLACK // 2) + 1
        strips.append(Strip(model, low - slack, high + slack))
    form = tuple(map(int, sums.tolist()))
    return Sandwich(tuple(strips), form, int(e), int(width), ends.order)


def _sums(
    grid: tuple[float, Ints], pair: Pair, columns: Sequence[Ints], bins: int
) -> tuple[Whole, Ints, Ints]:
    """For each cell integers of the domain's columns, an exponent and the width of a bin.

    ``grid`` is what ``_ranges`` and ``_whole_columns`` tell of the domain.
    """
    middles = [_middle(x) for x in pair.lines]
    count = len(middles[0])
    sums = np.zeros((count, len(grid[1])))
    read = np.zeros(len(grid[1]), dtype=np.int64)
    for own, middle in zip(columns, middles, strict=True):
        sums[:, own] += middle
        read[own] += 1
    sums = np.where(read == len(middles), sums / len(middles), 0.0)
    strip = np.zeros(count)
    for x, own, middle in zip(pair.lines, columns, middles, strict=True):
        strip = np.maximum(strip, _strip(x, middle - sums[:, own]))
    spans = _spans(pair.lines[0], sums[:, columns[0]])
    losing = np.maximum(1, (spans > 0) @ np.where(_ordinals(pair.lines[0].enclosed.p), 1.0, 0.5))
    width = np.maximum(strip / (SHARE * losing), spans.sum(axis=1) / bins)
    width = np.where(width > 0, width, 1.0)
    reach = np.abs(sums).max(axis=1, initial=0.0)
    fine = np.ceil(-np.log2(width)) + FINE + np.ceil(np.log2(grid[0]))
    most = LONGEST - np.frexp(np.maximum(reach, width))[1]
    e = np.clip(np.minimum(fine, most), 0, FINEST).astype(np.int64)
    bin_ = np.maximum(1, 2 * np.rint(np.ldexp(width, e - 1)))
    step = np.where(grid[1] > 0, bin_[:, None] / np.maximum(grid[1], 1), 1.0)
    step = np.where(np.floor(step) == step, step, 1.0)
    sums = np.rint(np.ldexp(sums, e[:, None]) / step) * step
    return sums, e, np.minimum(bin_, LARGEST).astype(np.int64)


def _middle(x: Lines) -> Whole:
    """The mean of the coefficients of the forms below and above the margin, (cells, columns)."""
    middle: Whole = np.ldexp((x.a[:, 0] - x.a[:, 1]) / 2, -np.array(x.enclosed.p.scales))
    return middle


def _strip(x: Lines, rest: Whole) -> npt.NDArray[np.float64]:
    """About how wide the strip is around a sum that the middle exceeds by ``rest``."""
    own = -x.constant.sum(axis=1)
    cells = x.enclosed.cells
    size = np.ldexp(cells.high[0] - cells.low[0], np.array(x.enclosed.p.scales))
    wide: npt.NDArray[np.float64] = np.maximum(0.0, own) + (np.abs(rest) * size).sum(axis=1)
    return wide


def _spans(x: Lines, sums: Whole) -> npt.NDArray[np.float64]:
    """By how much each variable of the network moves the sum within each cell."""
    p = x.enclosed.p
    spans = np.zeros((len(sums), len(p.domain.variables)))
    scales = np.array(p.scales)
    for g in p.groups:
        own = columns_of(sums * np.exp2(scales), g.columns)
        table = np.einsum("bgc,gvc->bgv", own, np.ldexp(g.table, -g.e))
        inside = allowed_values(g, x.enclosed.parts)
        high = np.where(inside, table, -np.inf).max(axis=2)
        spans[:, g.variables] = high - np.where(inside, table, np.inf).min(axis=2)
    if p.ordinals is not None:
        c = p.ordinals.columns
        cells = x.enclosed.cells
        size = np.ldexp(cells.high[0][:, c] - cells.low[0][:, c], scales[c])
        spans[:, p.ordinals.variables] = np.abs(sums[:, c]) * size
    return spans


def _ordinals(p: Prepared) -> npt.NDArray[np.bool_]:
    return np.array([isinstance(v, Ranged) for v in p.domain.variables])


def _ranges(domain: Domain) -> float:
    """The largest difference of a range's numbers, or 4."""
    own = [float(v.ends[1] - v.ends[0]) for v in domain.variables if isinstance(v, Ranged)]
    return max([4.0, *own])


def _whole_columns(domain: Domain) -> Ints:
    """For the columns of variables of few whole numbers what all their differences are multiples
    of, 1 or 2; 0 for others. There a coefficient can be made a multiple of the bin."""
    found = np.zeros(domain.columns, dtype=np.int64)
    for v, start in zip(domain.variables, domain.offsets, strict=True):
        if isinstance(v, Ranged):
            continue
        for j in range(v.columns):
            numbers = {row[j] for row in v.encoding}
            differences = {x - min(numbers) for x in numbers}
            if differences <= {0, 1, 2}:
                found[start + j] = 2 if differences <= {0, 2} else 1
    return found
