"""Bounds on a probability of which samples were drawn, rounded outward: rule 11. Trusted.

All comparisons are with Arb's enclosures: a bound is returned only once it is certain.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import flint

PRECISION, QUICK = 112, 44
"""Bits of Arb's numbers; and of those by which a probability is compared first."""
FINE = 64
"""Bounds are multiples of 2**-FINE / (draws + 1)."""
LOOKS, NEAR = 3, 1 << 14
"""So many p are looked at one after the other, then one on either side of the last, nearer to it by
so many times than it is to the share that was seen."""
CLOSE = 12
"""They are found up to this power of two of their distance from the share that was seen."""


def clopper_pearson(
    seen: int, draws: int, delta: Fraction, undecided: int = 0
) -> tuple[Fraction, Fraction]:
    """An interval that misses p with probability at most ``delta``, after Clopper and Pearson.

    ``seen`` of ``draws`` >= 1 independent draws were hits, each with probability p. Either end
    misses it with probability at most delta / 2. Of ``undecided`` more it is not known: for the
    upper end they are hits.
    """
    if not 0 <= seen <= seen + undecided <= draws or draws < 1:
        raise ValueError("seen is not from 0 to draws, with what is undecided")
    with flint.ctx.workprec(PRECISION):
        low = 1 - _upper(draws - seen, draws, delta / 2)
        return low, _upper(seen + undecided, draws, delta / 2)


def _upper(seen: int, draws: int, delta: Fraction) -> Fraction:
    """A p where at most ``seen`` hits have probability at most ``delta``: not far from the least.

    That probability falls as p grows, so it is at most ``delta`` for all larger p too: it is
    found at a few p near the end first, and what follows of others is not computed.
    """
    limit = flint.arb(delta.numerator) / delta.denominator
    least, most = Fraction(0), Fraction(1)  # not known to be excluded, and excluded

    def found(p: Fraction) -> flint.arb:
        nonlocal least, most
        with flint.ctx.workprec(QUICK):
            tail = at_most(seen, draws, p)
        if not (tail <= limit or tail > limit):
            tail = at_most(seen, draws, p)
        if tail <= limit:
            most = min(most, p)
        else:
            least = max(least, p)
        return tail

    def excluded(p: Fraction) -> bool:
        if least < p < most:
            found(p)
        return p >= most

    if 0 < seen < draws:
        _near(seen, draws, delta, found)
    return search(seen, draws, excluded)


def _near(seen: int, draws: int, delta: Fraction, found: Callable[[Fraction], flint.arb]) -> None:
    """Find the probability at some p that come ever nearer to where it is ``delta``, and on both
    sides of that. They may be any: which they are decides only how soon the end is found.
    """
    share = flint.arb(seen) / draws
    wanted = (-(flint.arb(delta.numerator) / delta.denominator).log()).sqrt()
    step = wanted * (2 * share * (1 - share) / draws).sqrt()
    before, roots = flint.arb(0), flint.arb(0)

    def root(ahead: flint.arb) -> flint.arb:
        """What is nearly linear in how far ahead of the share it is; NaN where there is no p."""
        at = ((share + ahead) * (1 << FINE)).floor().unique_fmpz()
        if at is None or not seen << FINE < int(at) * draws < draws << FINE:
            return flint.arb.nan()
        return (-found(Fraction(int(at), 1 << FINE)).mid().log()).sqrt()

    for _ in range(LOOKS):
        own = root(step)
        if not own > roots and not own < roots:
            return
        slope = (step - before) / (own - roots)
        step, before, roots = step + (wanted - own) * slope, step, own
    for side in (-1, 1):
        root(step + side * step / NEAR)


def search(seen: int, draws: int, excluded: Callable[[Fraction], bool]) -> Fraction:
    """A p that is ``excluded``, or 1: from the share that was seen up, not far from the least."""
    if seen == draws:
        return Fraction(1)
    scale = (draws + 1) << FINE
    start = seen * scale // draws
    step = (math.isqrt((seen + 1) * (draws - seen) // draws) + 1) << FINE
    low, high = start, scale
    while low + step < scale:
        if excluded(Fraction(low + step, scale)):
            high = low + step
            break
        low, step = low + step, 2 * step
    while high - low > 1 and (high - low) << CLOSE > high - start:
        middle = (low + high) // 2
        if excluded(Fraction(middle, scale)):
            high = middle
        else:
            low = middle
    return Fraction(high, scale)


def at_most(seen: int, draws: int, p: Fraction) -> flint.arb:
    """An enclosure of P[Bin(draws, p) <= seen], for seen < draws: a regularised beta integral."""
    if p >= 1:
        return flint.arb(0)
    miss = flint.arb(p.denominator - p.numerator) / p.denominator
    if not seen:
        return (draws * miss.log()).exp()
    return miss.beta_lower(flint.arb(draws - seen), flint.arb(seen + 1), 1)
