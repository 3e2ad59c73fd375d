"""Whether a network's class is one of some: as chains of ReLU layers with one logit.

Behind the network's last layer come those of ``grouped``, one for each round of maxima of two:
``max(a, b) = b + relu(a - b)``. As a chain has no shortcuts, b passes through a neuron that is
always on. It is for the search only, which nothing is proved by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.grouped import members
from verifier.provers.pairs.arrays import Real
from verifier.provers.pairs.likeness import Folded
from verifier.provers.space import boxes, extremes, prepare_space

FAR = 64.0
"""What passes is raised by so many times what intervals tell of the logits: the search bounds them
in its own way, by which they may seem to reach further."""


@dataclass(frozen=True, eq=False)
class _Values:
    """Sums of a layer's neurons: first those of the classes of a group, ``own`` many of them."""

    matrix: Real
    constant: Real
    own: int

    def at(self, places: Sequence[int]) -> tuple[Real, Real]:
        """Some of them."""
        return self.matrix[list(places)], self.constant[list(places)]


def of_groups(chain: Folded, groups: Sequence[int], reached: float) -> list[Folded]:
    """For each group of classes the chain whose logit is the largest of these less that of others.

    They have equally many layers. Neuron i of a round is that of the i-th maximum of ``grouped``.
    The logits have ``reached`` so far from 0 at most.
    """
    far = FAR * reached
    made = [_of_group(chain, ones, far) for ones in groups]
    layers = max(len(x.hidden) for x in made)
    for i, held in enumerate(made):
        while len(held.hidden) < layers:
            held = _passed(held, far)
        made[i] = held
    return made


def _of_group(chain: Folded, ones: int, far: float) -> Folded:
    matrix, constant = chain.last
    others, own = members(ones, len(constant))
    order = [*own, *others]
    held = replace(chain, last=(matrix[order], constant[order]))
    count = len(own)
    while len(held.last[1]) > 1:
        held, count = _round(held, count, far)
    return held


def _round(chain: Folded, own: int, far: float) -> tuple[Folded, int]:
    """Maxima of two and two values of a group, which come first, and of the others; in the last
    round the difference of both."""
    values = _Values(*chain.last, own)
    count = len(values.constant)
    pairs = [(i, min(i + 1, end - 1)) for end, i in _starts(own, count)]
    (one, c), (two, d) = (values.at(side) for side in zip(*pairs, strict=True))
    size, units = len(pairs), np.eye(len(pairs))
    if size == 2:
        signs = np.array([[1.0, -1.0]])
        hidden = np.concatenate([one - two, signs @ two]), np.concatenate([c - d, signs @ d + far])
        last = np.concatenate([signs, np.ones((1, 1))], axis=1), np.array([-far])
    else:
        hidden = np.concatenate([one - two, two]), np.concatenate([c - d, d + far])
        last = np.concatenate([units, units], axis=1), np.full(size, -far)
    return _deeper(chain, hidden, last), (own + 1) // 2


def _starts(own: int, count: int) -> list[tuple[int, int]]:
    """Where each two begin of the values, and where those of the same side end."""
    return [(end, i) for start, end in ((0, own), (own, count)) for i in range(start, end, 2)]


def _passed(chain: Folded, far: float) -> Folded:
    matrix, constant = chain.last
    return _deeper(chain, (matrix, constant + far), (np.ones((1, 1)), np.array([-far])))


def _deeper(chain: Folded, hidden: tuple[Real, Real], last: tuple[Real, Real]) -> Folded:
    rough = (*chain.rough, np.zeros(len(hidden[1])))
    return Folded((*chain.hidden, hidden), last, rough)


def reach(chain: Folded, domain: Domain) -> float:
    """How far from 0 the logits are anywhere, at most, and at least something."""
    space = prepare_space(domain)
    weight, bias = chain.hidden[0]
    ends = extremes(space, boxes(space, [full_cell(domain)]), weight[None])
    low, high = ends.low[0].sum(axis=1) + bias, ends.high[0].sum(axis=1) + bias
    for weight, bias in (*chain.hidden[1:], chain.last):
        low, high = np.maximum(low, 0.0), np.maximum(high, 0.0)
        up, down = np.maximum(weight, 0.0), np.minimum(weight, 0.0)
        low, high = up @ low + down @ high + bias, up @ high + down @ low + bias
    return max(float(np.abs([low, high]).max()), 2.0**-64)
