"""The cuts that a growing tree has chosen, kept in a journal while it grows.

To choose a cut takes nearly all of a growth's time. So a growth that was cut off is gone on with by
making the cuts that were chosen again, which are the same: a cut depends on the cuts before it, and
on counters of draws, which are kept with it. Nothing that is kept is trusted: what it leads to is a
tree like any other, which is proved or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.distillers.cuts import Cuts
from verifier.distillers.kept import Kept
from verifier.distillers.sources import Region, Source

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store

Counter = list[int]
"""One number: of the draws that were made so far."""


@dataclass(eq=False)
class Choices:
    """The cuts of one growth: of each what is ``kept`` is the cut, then the ``counters`` after it
    was chosen."""

    kept: Kept
    counters: Sequence[Counter] = ()

    def choose(self, cuts: Cuts, source: Source, region: Region) -> int:
        """What ``source.cut`` says, or said when it was asked before the growth was cut off."""
        held = self.kept.recall(1 + len(self.counters))
        if held is not None:
            cut, *counts = (int(x) for x in held)
            if _fits(cuts, region, cut) and min(counts, default=0) >= 0:
                for counter, count in zip(self.counters, counts, strict=True):
                    counter[0] = count
                return cut
            self.kept.forget()
        cut = source.cut(region)
        self.kept.note([cut, *(counter[0] for counter in self.counters)])
        return cut

    def keep(self) -> None:
        """Have all that was chosen be on the disk."""
        self.kept.keep()


def kept_choices(
    store: Store | None, name: str, counters: Sequence[Counter] = ()
) -> Choices | None:
    """What keeps the cuts of a growth by a name; None where nothing is kept."""
    return None if store is None else Choices(Kept(store, name), counters)


def _fits(cuts: Cuts, region: Region, cut: int) -> bool:
    """Whether a cut cuts a region in two; or it is none."""
    if not 0 <= cut < len(cuts.column):
        return cut == -1
    own = region.allowed & (cuts.owner == cuts.variable(cut))
    left = cuts.left(cut)
    return bool((own & left).any() and (own & ~left).any())
