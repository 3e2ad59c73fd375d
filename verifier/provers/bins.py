"""How wide the bins of a sum are, so that what they lose is worth the time that they take.

A bin is about as wide as the strip over the number of variables, so that bins lose little beside
it; where it is known what a cell is worth, it has as many as pay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verifier.kernel.choices import Floats
from verifier.kernel.many import MOST_BINS, MOST_MOVED

BINS = 512
"""Most bins of a sum, about, where it is not known what they are worth."""
LEAST_BINS, GREATEST_BINS = 256, 1 << 15
"""The fewest and the most where it is known. Fewer take as long, and what they lose reaches from
thresholds that are far from most of a sum into that. (Sampling what is left makes tables as long as
the longest sum's.)"""
DEARER = 6
"""The kernel counts sums of at most `MOST_BINS` bins many at a time. Where more bins would pay, but
not so many times as many, a sum is kept within that."""
LEAST_PAIRED, MOST_PAIRED = 32, 180
"""The fewest and the most bins of a sum, about, that is counted together with another one."""
PAIR = 5.0
"""The time for a pair of bins of two such sums, in times for a bin of one sum, over what the pair
loses in comparison: about half, as the single sum tells half of it as well."""
LIKELY = 0.05, 3.0
"""The density of a sum near its thresholds is taken to be between these, in mean densities."""
SHARE = 12
"""Where there are bins enough, all that they lose together is the strip's width over this."""


@dataclass(frozen=True, eq=False)
class Worth:
    """What bins are worth in some cells, so that each has as many as pay.

    ``share`` is a cell's probability over that which the time of a bin is worth; ``open`` the share
    of the cell that is open without bins, about.
    """

    share: Floats
    open: Floats


def width_of_one(
    strip: Floats, span: Floats, losing: Floats, digits: Floats, bins: int | Worth
) -> Floats:
    """The width of a bin for each cell, of a strip and all sums' span, as if
    ``losing`` variables lost a bin each.

    All variables have about so many values, ``digits``, that move the sum.
    """
    if isinstance(bins, int):
        width = np.maximum(strip / (SHARE * losing), span / bins)
    else:
        likely = np.clip(bins.open * span / np.maximum(strip, 1e-300), *LIKELY)
        many = np.clip(np.sqrt(bins.share * likely * losing), LEAST_BINS, GREATEST_BINS)
        quick = np.maximum(MOST_BINS - 1.0, MOST_MOVED / np.maximum(1.0, digits))
        many = np.where(many < DEARER * MOST_BINS, np.minimum(many, quick), many)
        width = span / many
    return np.where(width > 0, width, 1.0)


def width_of_two(strip: Floats, span: Floats, losing: Floats, bins: int | Worth) -> Floats:
    """The same where two sums are counted together: that takes so long as there are pairs of bins.

    What they lose falls as the number of bins of each.
    """
    if isinstance(bins, int):
        width = span / min(bins, MOST_PAIRED)
    else:
        likely = np.clip(bins.open * span / np.maximum(strip, 1e-300), *LIKELY)
        many = np.cbrt(bins.share * likely * losing / (2 * PAIR))
        width = span / np.clip(many, LEAST_PAIRED, MOST_PAIRED)
    return np.where(width > 0, width, 1.0)
