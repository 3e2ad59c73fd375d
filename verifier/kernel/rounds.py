"""Rule 5 in floats: a few cells at a time, with as little work as it takes. Trusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verifier.kernel import envelopes
from verifier.kernel.arithmetic import Ints, Whole
from verifier.kernel.choices import DOUBLE, SINGLE, UP, Floats, Precision, rounded
from verifier.kernel.float32 import logit_error
from verifier.kernel.prepared import Parts, Prepared, once, parts_of
from verifier.kernel.quick import Cells
from verifier.kernel.starting import cells_of
from verifier.model.cell import full_cell
from verifier.model.network import Relu

Shown = npt.NDArray[np.bool_]
SHARES = (0, 4, 2, 1)
"""One in so many components is bounded again by lines of each cell's own; 0 is none."""
FEW, AT_ONCE = 64, (0, 1)
"""Where layers have at most so many components all are, before planes: that is quicker."""


def precisions(p: Prepared) -> Sequence[Precision]:
    """Those that cells are bounded in, one after the other: single where it can show much."""
    return (SINGLE, DOUBLE) if rounded(p) else (DOUBLE,)


def prove(
    p: Prepared,
    parts: Parts,
    rows: Whole,
    precision: Precision = DOUBLE,
    *,
    together: int,
    float32: bool,
    closer: Shown | None = None,
    at_once: bool = True,
) -> tuple[Shown, Shown]:
    """``rules.constant`` of a few cells, given their ``class_rows``: are all forms positive?

    From round to round more components are bounded by lines of a cell's own; cells that are to be
    looked at ``closer``, by default all, then by planes. In the first every ``together`` cells have
    slopes in common; where that is 1, no cell depends on others.
    """
    least, norm = np.full(rows.shape[:2], -np.inf), np.abs(rows).sum(axis=2)
    reach = np.full((len(parts), 1), everywhere(p) if float32 else 0.0)
    last, at = len(p.teacher.layers), np.arange(len(parts))
    at_once = at_once and _goes_at_once(p)
    shares = AT_ONCE if at_once else SHARES
    seen: dict[int, Floats] = {}
    improved = False
    with np.errstate(over="ignore", invalid="ignore"):  # nothing is shown where that happens
        p.spend(2 * len(parts) * p.cell_cost)
        cells = cells_of(p, parts, together, precision)
        cells.forward()
        for share in shares:
            if share and not cells.refine(seen, share) and improved:
                break
            zero, own = precision.of(np.zeros((len(at), rows.shape[1]))), precision.of(rows[at])
            p.spend(zero.size * p.row_cost(last))
            found = cells.back(last, own, zero[:, None], zero, seen)[:, 0]
            least[at] = found
            done = np.asarray((found > norm[at] * reach[at]).all(axis=1))
            if share == 0 and float32:
                reach = _closer(p, cells, reach, done, np.asarray((found > 0).all(axis=1)))
                done = (found > norm * reach).all(axis=1)
            left = np.flatnonzero(~done)
            if share and left.size:
                improved, some = True, left if closer is None else left[closer[at[left]]]
                _improve(cells.part(some), least, at[some], precision.of(rows), norm * reach)
                left = left[~(least > norm * reach).all(axis=1)[at[left]]]
            if not left.size:
                break
            cells, at, seen = cells.part(left), at[left], {k: a[left] for k, a in seen.items()}
            if share != shares[-1]:
                cells, seen = cells.narrowed(seen)
        proved = np.asarray((least > 0).all(axis=1))
        steady = np.asarray((least > norm * reach).all(axis=1)) & float32
    open_ = ~(steady if float32 else proved)
    if at_once and precision is DOUBLE and open_.any():  # what single leaves gets there by itself
        some = np.flatnonzero(np.repeat(open_.reshape(-1, together).any(axis=1), together))
        held = None if closer is None else closer[some]
        given = p, parts[some], rows[some], precision
        more = prove(*given, together=together, float32=float32, closer=held, at_once=False)
        proved[some], steady[some] = proved[some] | more[0], steady[some] | more[1]
    return proved, steady


@once
def _goes_at_once(p: Prepared) -> bool:
    """Whether layers are narrow, and not all of those behind ReLUs are refined as a whole anyway
    (``Cells.is_second``)."""
    relus = sum(isinstance(layer, Relu) for layer in p.teacher.layers)
    return max(p.teacher.widths[1:]) <= FEW and (relus > 2 or any(not g.single for g in p.groups))


def _improve(cells: Cells, least: Floats, at: Ints, rows: Floats, wanted: Floats) -> None:
    """Raise the ``least`` values of forms that are not what is wanted, by closer bounds."""
    own, row = np.nonzero(~(least[at] > wanted[at]))
    if not own.size:
        return
    places = at[own], row
    found = envelopes.improve(cells.part(own), rows[places], wanted[places])
    least[places] = np.where(found > least[places], found, least[places])


def _closer(p: Prepared, cells: Cells, reach: Floats, done: Shown, positive: Shown) -> Floats:
    """The greatest errors of logits in float32 over each set of cells, where it is worth it.

    That is where most forms of the set that are positive do not exceed what holds everywhere, and
    for a cell by itself that is not done: rounds to come may find it positive. No set depends on
    others.
    """
    sets = (-1, cells.together)
    many = np.maximum(positive.reshape(sets).sum(axis=1), cells.together == 1)
    few = 2 * done.reshape(sets).sum(axis=1) < many
    if not few.any():
        return reach
    found = np.where(few, farthest(p, cells), np.inf)
    return np.asarray(np.minimum(reach, np.repeat(found, cells.together)[:, None]))


@once
def everywhere(p: Prepared) -> float:
    """The greatest error of a logit in float32 over all tuples."""
    cells = cells_of(p, parts_of([full_cell(p.domain)]))
    with np.errstate(over="ignore", invalid="ignore"):
        cells.forward()
        return float(farthest(p, cells)[0])


def farthest(p: Prepared, cells: Cells) -> Floats:
    """The greatest error of a logit in float32 over each set of cells; inf where none is shown."""
    if not all(most.max() < DOUBLE.limit for most in cells.most):
        return np.full(len(cells) // cells.together, np.inf)
    error, shown = logit_error(p, cells.bounds(cells.together))
    worst: Floats = np.ldexp(error.n, -error.e[:, None]).max(axis=1) * UP
    return np.asarray(np.where(shown, worst, np.inf))
