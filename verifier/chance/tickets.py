"""Draws without replacement, and how many of all are hits: tests of rule 11. Trusted.

What is drawn from are tickets, numbered from 0 and each as likely as any other: every one is drawn
at most once, so how many of the drawn ones are hits has a hypergeometric distribution.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, count

import flint

from verifier.chance.confidence import PRECISION
from verifier.chance.draws import WORD, stream

MOST_TICKETS = 1 << 62
WORDS = 1 << 12
"""Words of a block."""
CLOSE = 1 << 40
"""What a sum of terms leaves out is at most one part in so many of it."""


def tickets(key: bytes, total: int, draws: int) -> Iterator[int]:
    """So many different tickets of all, in a random order: exactly uniform, if the words are."""
    moved: dict[int, int] = {}
    words = chain.from_iterable(stream(key, block, WORDS).tolist() for block in count())
    for i in range(draws):  # Fisher and Yates: what was drawn is swapped to the front
        left = total - i
        even = (1 << WORD) // left * left  # words from here on would make some more likely
        at = i + next(word for word in words if word < even) % left
        yield moved.get(at, at)
        moved[at] = moved.pop(i, i)


def hits_of_all(seen: int, draws: int, total: int, delta: Fraction) -> tuple[int, int]:
    """Fewest and most hits among all ``total`` tickets: missed with probability at most ``delta``.

    ``seen`` of ``draws`` >= 1 tickets, each drawn at most once, were hits. Either end is beyond the
    truth with probability at most delta / 2.
    """
    if not 0 <= seen <= draws <= total < MOST_TICKETS or draws < 1:
        raise ValueError("seen is not from 0 to draws, or these are more than all")
    with flint.ctx.workprec(PRECISION + draws.bit_length() + 64):
        least = total - _most(draws - seen, draws, total, delta / 2)
        return least, _most(seen, draws, total, delta / 2)


def _most(seen: int, draws: int, total: int, delta: Fraction) -> int:
    """A number of hits such that more are excluded: then so few are seen with at most ``delta``.

    That probability falls as there are more hits, so all larger numbers are excluded, too.
    """
    limit = flint.arb(delta.numerator) / delta.denominator
    low, high = seen - 1, total - draws + seen  # more than the last are impossible
    if not _excludes(seen, draws, total, high, limit):
        return high
    while high - low > 1:  # high is excluded, low is not known to be
        middle = (low + high) // 2
        if _excludes(seen, draws, total, middle, limit):
            high = middle
        else:
            low = middle
    return low


def _excludes(seen: int, draws: int, total: int, hits: int, limit: flint.arb) -> bool:
    """Whether at most ``seen`` of the draws are hits with at most that probability, for certain."""
    if hits < 0 or (seen + 1) * (total + 2) > (hits + 1) * (draws + 1):
        return False  # as many as are expected, or more
    term = _chosen(hits, seen) + _chosen(total - hits, draws - seen) - _chosen(total, draws)
    term = term.exp()
    found = term
    for j in range(seen, 0, -1):  # from the largest term down: each by a smaller factor
        least = total - hits - draws + j
        if least <= 0:
            break
        factor = flint.arb(j * least) / ((hits - j + 1) * (draws - j + 1))
        term *= factor
        found += term
        rest = term * factor / (1 - factor)
        if rest * CLOSE <= found:
            found += rest
            break
    return bool(found <= limit)


def _chosen(n: int, k: int) -> flint.arb:
    """The logarithm of the number of ways to choose k of n."""
    return (flint.arb(n + 1).lgamma() - flint.arb(k + 1).lgamma()) - flint.arb(n - k + 1).lgamma()
