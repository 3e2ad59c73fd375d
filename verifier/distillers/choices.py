"""The cuts that a growing tree has chosen, kept in a journal while it grows.

To choose a cut takes nearly all of a growth's time. So a growth that was cut off is gone on with by
making the cuts that were chosen again, which are the same: a cut depends on the cuts before it, and
on counters of draws, which are kept with it. Nothing that is kept is trusted: what it leads to is a
tree like any other, which is proved or not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from verifier.distillers.cuts import Cuts
from verifier.distillers.sources import Region, Source
from verifier.provers.timing import now

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store

SECONDS = 2.0
"""After so many it is kept what was chosen since."""
Counter = list[int]
"""One number: of the draws that were made so far."""
KIND = "<i8"


@dataclass(eq=False)
class Choices:
    """The cuts of one growth, which is told from others by its ``name``.

    ``held`` are those that are known from before, and ``new`` those that are not kept yet: each the
    cut, then the ``counters`` after it was chosen.
    """

    store: Store
    name: str
    counters: Sequence[Counter] = ()
    held: deque[list[int]] = field(init=False, default_factory=deque)
    new: list[list[int]] = field(init=False, default_factory=list)
    pieces: int = field(init=False, default=0)
    since: float = field(init=False, default_factory=now)

    def __post_init__(self) -> None:
        width = 1 + len(self.counters)
        while (data := self.store.recall(f"{self.name} {self.pieces}")) is not None:
            self.pieces += 1
            if len(data) % (8 * width):
                break  # it is none of these
            self.held.extend(np.frombuffer(data, KIND).reshape(-1, width).tolist())

    def choose(self, cuts: Cuts, source: Source, region: Region) -> int:
        """What ``source.cut`` says, or said when it was asked before the growth was cut off."""
        if self.held:
            cut, *counts = self.held.popleft()
            if _fits(cuts, region, cut):
                for counter, count in zip(self.counters, counts, strict=True):
                    counter[0] = count
                return cut
            self.held.clear()
        cut = source.cut(region)
        self.new.append([cut, *(counter[0] for counter in self.counters)])
        if now() >= self.since + SECONDS:
            self.keep()
        return cut

    def keep(self) -> None:
        """Have all that was chosen be on the disk."""
        if self.new:
            self.store.remember(f"{self.name} {self.pieces}", np.array(self.new, KIND).tobytes())
            self.pieces += 1
            self.new = []
        self.since = now()


def _fits(cuts: Cuts, region: Region, cut: int) -> bool:
    """Whether a cut cuts a region in two; or it is none."""
    if not 0 <= cut < len(cuts.column):
        return cut == -1
    own = region.allowed & (cuts.owner == cuts.variable(cut))
    left = cuts.left(cut)
    return bool((own & left).any() and (own & ~left).any())
