"""Bounds on a probability that hold after every draw at once: tests of rule 11. Trusted.

Whoever bets on draws as if they were hits with a probability q, drawn beforehand, multiplies what
they have by q / p at a hit, and by (1 - q) / (1 - p) else. If hits have the probability p, nobody's
wealth is expected to grow, so it ever becomes 1 / delta with probability at most delta (Ville):
where it does, p is excluded for good.
"""

from __future__ import annotations

from fractions import Fraction

import flint

from verifier.chance.confidence import PRECISION, search


def at_any_time(
    seen: int, draws: int, delta: Fraction, aim: Fraction | None = None
) -> tuple[Fraction, Fraction]:
    """An interval; that any after some number of draws misses p has probability at most ``delta``.

    ``seen`` of ``draws`` >= 1 independent draws were hits, each with probability p, and how many
    are drawn may depend on what was seen. q is the ``aim``, above 0 and below 1, or has the law
    Beta(1/2, 1/2).
    """
    if not 0 <= seen <= draws or draws < 1:
        raise ValueError("seen is not from 0 to draws")
    with flint.ctx.workprec(PRECISION + draws.bit_length()):
        low = _upper(draws - seen, draws, delta, None if aim is None else 1 - aim)
        return 1 - low, _upper(seen, draws, delta, aim)


def _upper(seen: int, draws: int, delta: Fraction, aim: Fraction | None) -> Fraction:
    """A p above the share that was seen which is excluded: there the wealth grows with p."""
    missed = draws - seen
    if aim is None:  # the mean of q^seen (1 - q)^missed: B(seen + 1/2, missed + 1/2) / pi
        half = flint.arb(1) / 2
        ends = (seen + half).lgamma() + (missed + half).lgamma() - flint.arb(draws + 1).lgamma()
        won = ends - flint.arb.pi().log()
    else:
        won = seen * _log(aim) + missed * _log(1 - aim)
    wanted = -_log(delta)

    def excluded(p: Fraction) -> bool:
        return p < 1 and bool(won - seen * _log(p) - missed * _log(1 - p) >= wanted)

    return search(seen, draws, excluded)


def _log(x: Fraction) -> flint.arb:
    return (flint.arb(x.numerator) / x.denominator).log()
