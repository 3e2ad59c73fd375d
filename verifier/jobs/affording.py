"""How many draws of a test there is time for: told by what others take that nothing is made of."""

from __future__ import annotations

from collections.abc import Callable

from verifier.jobs.limit import Limit
from verifier.jobs.watching import Watch
from verifier.model.sample import MOST_DRAWS
from verifier.provers.timing import now

FEW, MORE = 1 << 8, 16
"""Draws that are tried, and so many times as many where these are quick."""
QUICK = 0.02
"""Of the time that is left, a trial that is followed by a longer one."""
ASKED = 0.4
"""Of the time that is left, for the draws: the kernel makes them again, and machines get slower."""


def affordable(limit: Limit, draws: int, watch: Watch, tried: Callable[[int], None]) -> int:
    """How many draws there is time for, of so many that are wished for; a note says if fewer.

    ``tried`` does with a number of draws all that is done with those that count.
    """
    count = min(FEW, draws)
    _taken(tried, count)  # some models take long to be called for the first time
    took = _taken(tried, count)
    while took < QUICK * (limit.full - now()) and MORE * count <= draws:
        count *= MORE
        took = _taken(tried, count)
    left = max(0.0, limit.full - now())
    # where reading took the time, some that take a moment more tell something
    least = min(FEW, draws) if took < ASKED * (limit.late - now()) else 1
    found = min(MOST_DRAWS, max(least, int(ASKED * left * count / took)))
    if found < draws:
        watch.note(
            f"{left:,.1f} of {limit.seconds:g} seconds are left for draws, and {draws:,} take "
            f"about {draws * took / count / ASKED:,.1f}: before the first of them it was decided "
            f"to make {found:,}"
        )
    return found


def _taken(tried: Callable[[int], None], count: int) -> float:
    start = now()
    tried(count)
    return max(now() - start, 1e-6)
