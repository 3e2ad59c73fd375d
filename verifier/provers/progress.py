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
    """

    closed: int
    open: int
    probability: float
    rate: float
    remaining: float | None = None
    error: tuple[float, float] = (0.0, 1.0)
    differs: bool = False
    doing: str = ""


Report = Callable[[Progress], None]
