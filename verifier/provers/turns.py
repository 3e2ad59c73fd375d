"""Parts of a proof in the order in which looks at them promise most Tails, and when looks end."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from verifier.model.cell import Cell
from verifier.model.proof import Split, Tail
from verifier.provers.sights import Drawn, Said, Sight
from verifier.provers.timing import now

HOPELESS, TRIED = 1 / 64, 32
"""Where so many looks in a row showed nothing, and all the time would tell of such a part of what
is open at most, no more is looked at: a sample has the time."""


@dataclass(eq=False)
class Part:
    """A cell of the new proof, and node ``at`` of the old one that it was; -1 where it was none.

    ``open`` is how much of its weight is not told, with its ``tail`` if it has one, which takes so
    many ``seconds``; ``what`` may be said of it, once that is known. Rungs from ``floor`` on would
    tell more, and so may the ``halves`` of a part that was split.
    """

    cell: Cell
    at: int
    open: Fraction
    floor: int = 0
    tail: Tail | None = None
    seconds: float = 0.0
    what: Said | Split | None = None
    split: Split | None = None
    halves: tuple[Part, ...] = ()
    sight: Sight = field(default_factory=Sight)
    near: Drawn | None = None

    def say(self, said: Sayable) -> Said | Split | None:
        """What may be said of it."""
        self.what = self.what or said(self.cell, self.near)
        return self.what

    @property
    def left(self) -> Fraction:
        """How much is not told of it, or of its halves if that is less."""
        return min(self.open, self.below) if self.halves else self.open

    @property
    def below(self) -> Fraction:
        """How much is not told of its halves."""
        return sum((half.left for half in self.halves), Fraction(0))

    @property
    def gives_way(self) -> bool:
        """Whether its halves tell more."""
        return self.split is not None and self.below < self.open

    @property
    def check(self) -> float:
        """Seconds that its tail takes, or those of its halves."""
        return sum(half.check for half in self.halves) if self.gives_way else self.seconds


Sayable = Callable[[Cell, Drawn | None], Said | Split | None]
"""What may be said of a cell, or the test of a tree that has to come first; given points that were
drawn in one around it."""


@dataclass(eq=False)
class Heap:
    """Parts to look at: first those of most open weight, of ``whole``, for the looks they want.

    Of equal ones the newest comes first. ``tails`` counts those that have one. Since the last one
    that has, or ``begun``, there were so many ``looks``, of which TRIED were ``judged`` so often;
    ``nearest`` is what they showed the margin to be at best, in parts of 2^-1, 2^-2, ... of the
    whole.
    """

    whole: float
    parts: list[tuple[float, int, Part]] = field(default_factory=list)
    count: int = 0
    tails: int = 0
    begun: float = 0.0
    looks: int = 0
    judged: int = 0
    nearest: dict[int, float] = field(default_factory=dict)

    def saw(self, least: Sequence[tuple[int, float]]) -> None:
        """Note looks, each with the splits before it and what the margin was shown to be."""
        self.looks += len(least)
        for at, found in least:
            self.nearest[at] = max(found, self.nearest.get(at, -math.inf))

    def showed(self) -> None:
        """Note a Tail: what is told of the others begins anew."""
        self.tails += 1
        self.begun, self.looks, self.judged = now(), 0, 0
        self.nearest.clear()

    def is_to_judge(self) -> bool:
        """Whether there were TRIED looks since this was asked."""
        due = self.looks >= TRIED * (self.judged + 1)
        self.judged += due
        return due

    def push(self, part: Part) -> None:
        """Add a part."""
        self.count += 1
        worth = float(part.open) / self.whole * 2.0**-part.sight.far
        heapq.heappush(self.parts, (-worth, -self.count, part))

    def gives_up(self, at: float, by: float, share: float) -> bool:
        """Whether the time from ``at`` to ``by`` would tell of hardly any of the ``share`` of the
        whole that is open, if looks take as long as these did, and splits do as much."""
        deepest = max(self.nearest)
        least = self._least(deepest)
        each = (least - self._least(deepest // 2)) / max(1, deepest - deepest // 2)
        if not each > 0:
            return True
        looks = self.looks * (by - at) / max(at - self.begun, 1e-9)
        return bool(looks * 2.0 ** (least / each - deepest) < HOPELESS * share)

    def _least(self, splits: int) -> float:
        """What the margin is shown to be, at best, in parts after at most so many splits."""
        return max((x for at, x in self.nearest.items() if at <= splits), default=-math.inf)

    def pop(self, most: int) -> list[Part]:
        """The next parts, at most so many."""
        return [heapq.heappop(self.parts)[2] for _ in range(min(most, len(self.parts)))]
