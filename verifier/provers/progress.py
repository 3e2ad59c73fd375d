"""What a running prover reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """A snapshot of a search; for display only, nothing is proved by it.

    ``probability`` is the probability of the closed cells, in [0, 1]; ``rate`` is cells (or points,
    for a prover that enumerates) per second; ``remaining`` a guess at the number of cells still to
    come, or None.
    """

    closed: int
    open: int
    probability: float
    rate: float
    remaining: float | None = None


Report = Callable[[Progress], None]
