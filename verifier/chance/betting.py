"""Bounds on the mean of independent draws from 0 to 1, by betting against it: rule 11. Trusted.

Whoever bets the share b of what they have that draws lie below m multiplies it by 1 - b (x - m) at
each. Where the mean is m or more, nobody's wealth is expected to grow, so it becomes 2 / delta with
probability at most delta / 2 (Markov): where it does, the mean is below m.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SHARE_BITS = 40
"""Draws are whole numbers of 2**-SHARE_BITS, and so are bounds."""
LOSS = Fraction(15, 16)
"""Of what there is, more is never lost at once."""
COLUMNS = 1 << 10
"""So many products are made side by side."""
ROWS = 1 << 6
"""And of so many factors between 1/16 and 65, before exponents are taken out."""
SLACK = Fraction((1 << 16) + 1, 1 << 16)
"""More than roundings can have added to a product of up to 2**28 factors."""


def bounds_by_betting(
    shares: Ints, delta: Fraction, bet: Fraction, below: Fraction | None = None
) -> tuple[Fraction, Fraction]:
    """An interval that misses the mean with probability at most ``delta``.

    ``shares`` are independent draws of equal mean, rounded down to whole numbers of
    2**-SHARE_BITS, from 0 to 1. The bets were fixed before: ``bet``, above 0 and at most 15/16, on
    means that are too large, and ``below``, up to 64 (None: as ``bet``), on those that are too
    small; so much is bet only on means of up to LOSS / ``below``.
    """
    wanted = 2 / delta * SLACK
    x = np.ldexp(shares.astype(np.float64), -SHARE_BITS)
    one, b = 1 << SHARE_BITS, float(bet)
    mean = int(shares.mean())
    low, high = mean, one + 1  # of the upper end: ``high`` is enough, or more than 1
    step = max(1, one >> 20)
    while high - low > 1:  # further and further from the mean, then by halves
        middle = min(low + step, (low + high) // 2) if high > one else (low + high) // 2
        if _wealth(x, -b, middle) >= wanted:
            high = middle
        else:
            low, step = middle, 2 * step
    upper = min(high + 1, one)  # + 1: the shares are rounded down
    under = bet if below is None else below
    b, most = float(under), int(LOSS / under * one)
    low, high = -1, min(mean, most) + 1  # of the lower end: ``low`` is enough, or less than 0
    step = max(1, one >> 20)
    while high - low > 1:
        middle = max(high - step, (low + high) // 2) if low < 0 else (low + high) // 2
        if _wealth(x, b, middle) >= wanted:
            low = middle
        else:
            high, step = middle, 2 * step
    return Fraction(max(low, 0), one), Fraction(upper, one)


def _wealth(x: Floats, bet: float, mean: int) -> Fraction:
    """The product of 1 + bet (x - mean): each operation by itself, so that it is so everywhere."""
    shift = 1.0 - bet * (mean / (1 << SHARE_BITS))
    factors = shift + bet * x
    held: Floats = np.ones(COLUMNS)
    exponents = np.zeros(COLUMNS, dtype=np.int64)
    for at in range(0, len(x), COLUMNS * ROWS):
        own = factors[at : at + COLUMNS * ROWS]
        for start in range(0, len(own), COLUMNS):
            row = own[start : start + COLUMNS]
            held[: len(row)] *= row
        held, more = np.frexp(held)
        exponents += more
    exponent = int(exponents.sum())
    while len(held) > 1:
        held, more = np.frexp(held[::2] * held[1::2])
        exponent += int(more.sum())
    return Fraction(held.item()) * Fraction(2) ** max(-(1 << 14), min(exponent, 1 << 14))
