"""Rule 5 in float64: a few cells at a time, with as little work as it takes. Trusted."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Fixed, Ints, Whole
from verifier.kernel.choices import LIMIT
from verifier.kernel.float32 import is_shown, logit_error
from verifier.kernel.prepared import Parts, Prepared, parts_of
from verifier.kernel.quick import cells_of
from verifier.model.cell import full_cell

Shown = npt.NDArray[np.bool_]
Errors = tuple[Fixed, Shown]
"""What ``logit_error`` returns."""
SHARES = (0, 5, 3, 1)
"""One in so many components is bounded again by lines of each cell's own; 0 is none."""
MARGIN = 40
"""Exponent of margins found in float64."""
MOST = 2.0**52
"""Greatest numerator of such a margin."""


def prove(
    p: Prepared, parts: Parts, rows: Whole, least: Ints, *, together: bool, float32: bool
) -> tuple[Shown, Shown]:
    """``rules.constant`` of a few cells, given their ``class_rows``.

    From round to round more components are bounded by lines of a cell's own. With ``together``
    cells have slopes in common in the first; without, no cell depends on others.
    """
    margins, steady = np.full(least.shape, -MOST), np.zeros(len(parts), dtype=bool)
    last, at = len(p.teacher.layers), np.arange(len(parts))
    seen: dict[int, Whole] = {}
    errors: Errors | None = None

    def steadfast(at: Ints, errors: Errors) -> Shown:
        return is_shown(errors, Fixed(margins[at], np.full(len(at), MARGIN)), rows[at])

    with np.errstate(over="ignore", invalid="ignore"):  # nothing is shown where that happens
        p.spend(2 * len(parts) * p.cell_cost)
        cells = cells_of(p, parts)
        cells.forward(together)
        for share in SHARES:
            if share and not cells.refine(seen, share):
                break
            own, zero = rows[at], np.zeros((len(at), rows.shape[1]))
            p.spend(zero.size * p.row_cost(last))
            low = cells.back(last, own, np.abs(own).sum(axis=2), zero, zero, seen)
            margins[at] = np.floor(np.clip(np.ldexp(low, MARGIN), -MOST, MOST))
            done = (margins[at] >= least[at]).all(axis=1)
            if float32 and done.any():
                firm = steadfast(at, everywhere(p))
                if not firm[done].all():
                    errors = errors or logit_error(p, cells.bounds())
                    firm |= steadfast(at, errors)
                steady[at] = done = done & firm
            left = np.flatnonzero(~done)
            cells, at, seen = cells.part(left), at[left], {k: a[left] for k, a in seen.items()}
            if not left.size:
                break
        proved = np.asarray((margins >= least).all(axis=1))
        near = np.flatnonzero(proved[at] & ~steady[at]) if float32 else at[:0]
        if near.size:
            steady[at[near]] = steadfast(at[near], logit_error(p, cells.bounds(near)))
    return proved, steady


@lru_cache(maxsize=16)
def everywhere(p: Prepared) -> Errors:
    """Errors of the logits that hold for all tuples."""
    cells = cells_of(p, parts_of([full_cell(p.domain)]))
    with np.errstate(over="ignore", invalid="ignore"):
        cells.forward(together=True)
    if max(cells.most) < LIMIT:
        return logit_error(p, cells.bounds())
    return Fixed(np.zeros((1, p.teacher.outputs)), np.zeros(1, dtype=np.int64)), np.zeros(
        1, dtype=bool
    )
