"""How much work a draw is for whoever checks it, whose work has a limit."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from verifier.jobs.promising import Way
from verifier.kernel.asked import Asked
from verifier.kernel.patches import classes_of
from verifier.kernel.patches import cost as patch_cost
from verifier.kernel.sampling import draw_cost
from verifier.model.limits import DEFAULT_WORK, PYTHON, Meter

EVALUATIONS = 16
"""Of the networks for a line, about."""
LARGE, SOME, MORE = 10**6, 256, 5
"""Of networks of so many steps a point, SOME points tell how many are evaluated once more, each by
itself for four times as much; of those that they did not show so many more are taken to be."""
SPARE = 8
"""One part in so many of the work is for all else that is checked."""
SEEN = 0.5
"""The share of the work that draws have whose steps a pilot has counted: proofs that took as long
before have the other."""


def most_draws(way: Way) -> int:
    """How many draws a check has work for, if that has the limit that there is by default: of most
    as many as it has in any case."""
    asked = way.found.asked
    if way.line is not None and way.others:
        return DEFAULT_WORK // (4 * patch_cost(asked, (way.line, *way.others)))
    if way.line is None and _is_large(asked):
        return (DEFAULT_WORK - DEFAULT_WORK // SPARE) // _measured(asked)
    work = asked.point_cost * (1 if way.line is None else EVALUATIONS)
    return DEFAULT_WORK // (8 * (work + PYTHON * len(asked.domain.variables)))


def possible_draws(way: Way, spent: int, draws: int) -> int:
    """The same, as so many draws spent so many steps together; 0 where these were not counted."""
    if not spent:
        return 0
    return int(SEEN * DEFAULT_WORK * draws) // (spent + MORE * 4 * way.found.asked.point_cost)


def _is_large(asked: Asked) -> bool:
    """Whether what a point takes is worth measuring, and can be."""
    plain = not (asked.domain.infinite or asked.forests or asked.opaque)
    return plain and asked.point_cost >= LARGE


def _measured(asked: Asked) -> int:
    """Steps that a drawn point takes, by some points that nothing else is made of."""
    meter, rng = Meter("a pilot", sys.maxsize), np.random.default_rng(0)
    nets = {
        model: replace(net, p=replace(net.p, poll=asked.poll, spend=meter.spend))
        for model, net in asked.nets.items()
    }
    for net in nets.values():
        counts = [v.count for v in net.p.domain.variables]
        points = rng.integers(0, counts, (SOME, len(counts)))
        classes_of(net, points)  # with what making it ready takes once: next to nothing
    again = meter.spent + MORE * 4 * asked.point_cost
    return draw_cost(replace(asked, nets=nets)) + -(-again // SOME)
