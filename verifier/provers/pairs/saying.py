"""The Sandwiches of a search's cells: with bins that pay, and with cases where these were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verifier.kernel.asked import Asked, ask
from verifier.kernel.rules import Apply
from verifier.model.proof import Neuron, Sandwich
from verifier.provers.bins import LIKELY, Worth
from verifier.provers.grouping import together
from verifier.provers.pairs.arrays import DOUBLE, SIDES, SINGLE
from verifier.provers.pairs.trial import Kept
from verifier.provers.sandwiches import propose
from verifier.provers.timing import poll

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.provers.pairs.search import Sandwiching

BIN, WEIGHED = 2e-8, 8e-12
"""Seconds for a bin in which a count is kept: whatever it is, and for each squared bit of the
numbers that stand for weights. The first is half of what is measured: twice as dear, bins are too
few (networks against trees of 32 leaves end a twentieth wider)."""
BINNING = 0.5
"""The share of the time that bins may take where nothing else leaves anything open."""


def asked_of(search: Sandwiching) -> Asked:
    """What the kernel knows of the question; see ``forget_cases``."""
    asked = ask(search.matter, poll)
    forget_cases(search, asked)
    return asked


def forget_cases(search: Sandwiching, asked: Asked) -> None:
    """Cases and sides are shown in floats alone: where the kernel bounds a network in fixed point
    the search's are forgotten."""
    held = search.held
    for model in held.models:
        net = asked.net((model, held.groups[0]))
        if not any(w is not None and w.inexact for w in net.p.weights):
            used, pool = search.pool.used[0], search.pool
            pool.neurons[:used], pool.sided[:used] = -1, pool.plain[:used]


def bin_seconds(asked: Asked) -> float:
    """Seconds for a bin of a count."""
    bits = 0 if asked.domain.uniform else asked.domain.total_weight.bit_length()
    return BIN + WEIGHED * bits**2


def least_worth(asked: Asked, cells: float, seconds: float) -> float:
    """What a second is worth at least, of some in which the kernel looks at so many cells: where
    the search leaves nothing open bins still take time, and that much of it at most."""
    losing = len(asked.domain.variables)
    return bin_seconds(asked) * cells * LIKELY[0] * losing / max(BINNING * seconds, 1e-3) ** 2


@dataclass(frozen=True, eq=False)
class Saying:
    """Sandwiches for cells of a search, where a second of the kernel's is worth so much."""

    search: Sandwiching
    asked: Asked
    second: float

    def propose(self, some: Sequence[Kept], apply: Apply) -> list[Sandwich | None]:
        """What the kernel accepts of some cells."""
        pool, at = self.search.pool, [number for _, number, _ in some]
        share = pool.share[at]
        price = self.second * bin_seconds(self.asked)
        kinds = self.search.batch[at]
        every = {SIDES: pool.sided, SINGLE: pool.single, DOUBLE: pool.double}
        left = pool.plain[at]
        for kind, undecided in every.items():
            left = np.where(kinds == kind, undecided[at], left)
        worth = Worth(share / price, left / np.maximum(share, 1e-300))
        twice = pool.again[at] & np.where(kinds == SIDES, 2, 1) > 0
        held = self.search.held
        if held.nets.copies == 1:  # with cases it would take too long
            twice &= kinds != SINGLE
        about = [(i, head) for i, n in enumerate(at) for head in self.search.groups_of(n)]
        parts: list[list[Sandwich]] = [[] for _ in some]
        for again, head in sorted({(int(twice[i]), head) for i, head in about}):
            own = np.array([i for i, x in about if x == head and twice[i] == again])
            near = [self._neurons(some[i][1]) for i in own.tolist()]
            made = propose(
                self.asked,
                [some[i][2] for i in own.tolist()],
                held.models,
                worth=Worth(worth.share[own], worth.open[own]),
                again=again == 1,
                apply=apply,
                neurons=near if any(near) else None,
                sided=kinds[own] == SIDES,
                ones=held.groups[head],
            )
            for i, step in zip(own.tolist(), made, strict=True):
                if step is not None:
                    parts[i].append(step)
        return [together(steps) if steps else None for steps in parts]

    def _neurons(self, at: int) -> tuple[Neuron, ...]:
        """The neurons whose signs tell the cases of a cell apart; none where it has no cases."""
        search, first = self.search, {SINGLE: (0,), DOUBLE: (1, 2)}
        places = first.get(int(search.batch[at]), ())
        return tuple(search.held.neuron(int(search.pool.neurons[at, t])) for t in places)
