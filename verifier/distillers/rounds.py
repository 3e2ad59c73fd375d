"""When the rounds of a search are over, in which a proof and a tree grow by turns."""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.provers.timing import now

PROVING, CHECKED = 0.6, 0.8
"""Shares of the time left: for the next proof, and for it and the kernel's check."""
LITTLE = 0.03
"""The share of all time that is too little for another round."""
GROWTH = 2.0
"""A tree is expected to take so many times as long as the one before: it is grown on more cells."""


@dataclass(eq=False)
class Rounds:
    """``length`` seconds are for the next proof, twice as many each time; ``growing`` were needed
    for what followed the last one. ``deadline`` and ``begun`` are on the clock of `timing.now`.
    """

    deadline: float | None
    length: float
    growing: float = 0.0
    begun: float = field(default_factory=now)

    def next(self) -> tuple[float, float | None]:
        """When the next proof ends, and when its check has to be done."""
        at, length = now(), self.length
        self.length *= 2
        if self.deadline is None:
            return at + length, None
        left = max(0.0, self.deadline - at - GROWTH * self.growing)
        return at + min(length, PROVING * left), at + CHECKED * left

    def short(self, ends: float | None) -> bool:
        """Whether too little time is left for another round, if everything has to end then."""
        if ends is None or self.deadline is None:
            return False
        needed = max(LITTLE * (self.deadline - self.begun), GROWTH * self.growing)
        return ends - now() <= needed
