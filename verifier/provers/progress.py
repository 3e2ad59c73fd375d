"""What a running prover reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """A snapshot of a search; for display only, nothing is proved by it.

    ``probability`` is the probability of the closed cells, in [0, 1]; ``rate`` is cells (or points,
    for a prover that enumerates) per second; ``remaining`` an estimate of the number of cells still
    to come, good to an order of magnitude at best, or None. ``error`` bounds the probability of
    disagreement by the cells closed so far; the two ends only approach each other. ``differs`` says
    that a counterexample is known; ``doing`` is what else takes time just now, in words.

    ``points`` are those of the open cells, about, ``sweep`` the seconds that evaluating them all
    would take, the kernel included (`outlook`), and ``check`` the seconds that the kernel's check
    of what is closed is expected to take; None where that is not known.
    """

    closed: int
    open: int
    probability: float
    rate: float
    remaining: float | None = None
    error: tuple[float, float] = (0.0, 1.0)
    differs: bool = False
    doing: str = ""
    points: float | None = None
    sweep: float | None = None
    check: float | None = None


Report = Callable[[Progress], None]


def reached(
    *,
    closed: int,
    opened: int,
    weight: float,
    proved: float,
    seconds: float,
    error: tuple[float, float],
    differs: bool,
) -> Progress:
    """How far a search is that closed and has left open so many cells.

    The cells still to come are estimated from the shape of the tree of splits so far: the closed
    cells are worth ``weight``, the sum of 2^-depth, of the whole tree, which is 1 (the weighted
    backtrack estimator: Kilby, Slaney, Thiebaux, Walsh, Estimating Search Tree Size, 2006, after
    Knuth 1975). ``error`` are the probabilities of what is known and of what may be.
    """
    remaining = closed * max(0.0, 1 / min(1.0, weight) - 1) if weight > 0 else None
    return Progress(
        closed=closed,
        open=opened,
        probability=min(1.0, proved),
        rate=closed / seconds,
        remaining=remaining if opened else 0.0,
        error=(min(1.0, error[0]), max(0.0, error[1])),
        differs=differs,
    )
