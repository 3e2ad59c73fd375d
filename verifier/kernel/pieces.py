"""What a sample is drawn from, a product of values at a time: rule 11. Trusted."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.kernel.tally import Place
from verifier.model.proof import Sandwich


@dataclass(frozen=True, eq=False)
class Piece:
    """A product of values in a leaf of the domain's tree; ``weight`` is what is undecided of it.

    That is all of it, or what the sums of bins of a Sandwich leave undecided.
    """

    place: Place
    weight: int
    step: Sandwich | None = None
