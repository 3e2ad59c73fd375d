"""Of which variables patches are to be where a question is rarely true.

There a guide explains little, and a patch's share varies by what is true of it and of other
combinations together: so that is told by points that are true, of which these variables are drawn
again.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.patches import MOST_COMBINATIONS, cost, problem
from verifier.kernel.population import Population
from verifier.kernel.sampling import is_true_at

RARE = 1 / 16
"""Of the points, at most, are true where it is rare."""
EACH, ENOUGH = 1 << 12, 1 << 10
"""Points of a block; and true ones that are enough."""
TRUE, AGAIN = 1 << 5, 1 << 12
"""Fewer true points tell nothing; and so many are drawn again for a choice, about."""
SURE = 3
"""More points than were true are taken to be: it was seldom bad luck that there were no more."""
BEST, CHOICES = 3, 80
"""Choices that are extended, and proposed; and those that are looked at, about."""


def are_too_few(true: int, tried: int, points: int) -> bool:
    """Whether so many points that are looked at are not going to tell anything of a question that
    is rarely true, where so many of some that were tried are."""
    share = (true + SURE) / tried
    return share <= RARE and share * points / 2 < TRUE


def choices(found: Population, key: bytes, points: int) -> list[tuple[int, ...]]:
    """Variables whose patches promise most for their time, the best first; none where it is not
    rare that the question is true, or too few points are.

    About so many points are looked at, half of them to find true ones. They are drawn from the
    ``key``.
    """
    asked, drawing = found.asked, found.drawing
    assert drawing is not None
    blocks = replace(drawing, key=key, size=EACH)
    seen, held, true = list[Ints](), list[Ints](), 0
    for number in range(max(1, points // (2 * EACH))):
        asked.poll()
        own = blocks.block(1 + number)[1]
        seen.append(own)
        held.append(own[is_true_at(asked, own)])
        true += len(held[-1])
        if true >= ENOUGH or (true > TRUE and true > RARE * EACH * len(seen)):
            break
    share = true / (EACH * len(seen))
    if true < TRUE or share > RARE:
        return []
    times = max(1, min(AGAIN, points // (2 * CHOICES)) // true)
    trying = _Trying(asked, np.repeat(np.concatenate(held), times, axis=0), seen[0], share)
    return trying.best()


class _Trying:
    """Choices that are tried with points that are ``true``, and ``others`` as they come."""

    def __init__(self, asked: Asked, true: Ints, others: Ints, share: float) -> None:
        self.asked, self.true, self.share = asked, true, share
        self.others = others.take(np.arange(len(true)) % len(others), axis=0)
        self.tried: dict[tuple[int, ...], float] = {}

    def best(self) -> list[tuple[int, ...]]:
        """The best choices of several variables, grown by one at a time."""
        several = [i for i, v in enumerate(self.asked.domain.variables) if v.count > 1]
        some: list[tuple[int, ...]] = [()]
        while some and len(self.tried) < CHOICES:
            before = len(self.tried)
            for own in some:
                for i in several:
                    self._try(tuple(sorted({*own, i})))
            if len(self.tried) == before:
                break
            some = sorted(self.tried, key=self.tried.__getitem__)[:BEST]
        ordered = sorted(self.tried, key=self.tried.__getitem__)
        return [x for x in ordered if len(x) > 1][:BEST]

    def _try(self, own: tuple[int, ...]) -> None:
        """What a choice's patches vary by, times what one takes."""
        counts = [self.asked.domain.variables[i].count for i in own]
        if own in self.tried or prod(counts) > MOST_COMBINATIONS or problem(self.asked, own):
            return
        self.asked.poll()
        again = self.true.copy()
        again[:, own] = self.others[:, own]
        both = np.count_nonzero(is_true_at(self.asked, again)) + 1  # none is no promise
        varies = self.share * max(both / (len(again) + 1) - self.share, 1 / len(again))
        self.tried[own] = varies * cost(self.asked, own)
