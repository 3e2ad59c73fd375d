"""What the kernel's check of a cell takes, about: so that a search knows which proof is cheap.

Constants measured by ``python -m tests.benchmarks costs`` on one core of an AMD EPYC (Zen 5), one
BLAS thread: processor seconds, good to a factor of two. A search that only enumerates does not have
to evaluate anything itself: it writes Enumerated, and the kernel counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from verifier.kernel.sweep import LEAST
from verifier.model.ensemble import Ensemble
from verifier.model.network import Affine, Network, Sign
from verifier.model.question import Matter
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

POINT, NEURON, WEIGHT = 5e-9, 0.7e-9, 0.022e-9
"""Seconds for a point of a sweep: whatever it is, for each neuron, for each weight beyond the
first layer."""
GROUP, GROUP_LAYER, GROUP_WEIGHT = 5e-4, 1e-4, 60e-9
"""Seconds for a swept cell beside its points: whatever it is, for each layer, for each weight."""
LISTED, LISTED_WEIGHT = 0.7e-6, 0.12e-9
"""Seconds for a point of a cell that is too small for a sweep, and for each weight."""
SIGNED, SIGN = 0.55e-6, 6.7e-9
"""Seconds beside these for a point of a network of signs: whatever it is, and for each number that
is computed of it or read."""
STAIR, CURVE = 35e-9, 12e-9
"""Seconds for a staircase of a number, or a smooth function, whatever a point is in."""
TREE, WORD, LEAVES = 20e-9, 10e-9, 64
"""Seconds for an ensemble's tree at a point, and for each word of bits, one of each leaf."""
CELL_LAYER, CELL_WEIGHT = 14e-6, 3e-9
"""Seconds for a Constant cell that holds, for each layer but the last, and for each weight: so it
is in proofs of thousands."""


@dataclass(frozen=True)
class Costs:
    """Seconds of the kernel: for a point, for what comes with a swept cell, for a Constant cell.

    ``listed`` is for a point that is not swept, and ``least`` the points from which on a cell is.
    """

    point: float
    group: float
    listed: float
    constant: float
    least: int

    def enumerated(self, points: int) -> float:
        """For an Enumerated cell of so many points."""
        if points < self.least:
            return points * self.listed
        return self.group + points * self.point


def seconds_of(matter: Matter) -> float:
    """For a point of a sweep about a matter."""
    networks = [x.model for x in matter.models if isinstance(x.model, Network)]
    ensembles = [x.model for x in matter.models if isinstance(x.model, Ensemble)]
    own = 0.0 if ensembles and not networks else costs(networks).point
    for ensemble in ensembles:
        words = sum(math.ceil((len(m.nodes) + 1) / 2 / LEAVES) for m in ensemble.members)
        own += TREE * len(ensemble.members) + WORD * words
    return own + LISTED * bool(ensembles)


def costs(networks: Iterable[Network]) -> Costs:
    """What checking a cell takes of a question that names these networks."""
    point = group = listed = constant = 0.0
    widest = 1
    for network in networks:
        affine = [x for x in network.layers if isinstance(x, Affine)]
        neurons, weights = sum(len(x.bias) for x in affine), sum(x.weight.size for x in affine)
        beyond = sum(x.weight.size for x in affine if x.source)
        group += GROUP + GROUP_LAYER * len(affine) + GROUP_WEIGHT * weights
        bent = 0.0
        for node, layer in enumerate(network.layers, 1):
            own = STAIR * isinstance(layer, Steps) + CURVE * isinstance(layer, Smooth)
            bent += own * network.widths[node]
        point += POINT + NEURON * neurons + WEIGHT * beyond + bent
        if any(isinstance(layer, Sign) for layer in network.layers):
            point += SIGNED + SIGN * sum(network.widths)
        listed += LISTED + LISTED_WEIGHT * weights + bent
        constant += CELL_LAYER * max(1, len(affine) - 1) + CELL_WEIGHT * weights
        widest = max(widest, *network.widths)
    if not listed:  # trees alone: their leaves are looked up
        point = listed = LISTED
    least = max(LEAST, 8 * widest)
    return Costs(point, group, listed, constant, least)
