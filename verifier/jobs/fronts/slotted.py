"""Recognising the points near one point where they are written as slots of changes to it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from verifier.formats.slots import NONE, change_label, in_order, slot_name
from verifier.jobs.fronts.words import Labels
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain, Point
from verifier.model.errors import DomainError
from verifier.model.network import Affine, Network
from verifier.model.question import Bound
from verifier.model.variable import Variable

Sides = Callable[[Point], tuple[Labels, ...]]
MOST_NODES = 1 << 14
"""Most nodes of a domain's tree that is made again."""


def slotted(model: Bound, domain: Domain) -> tuple[int, Sides] | None:
    """How many slots a domain has, and the point and the input that a point of it stands for.

    None where it is another domain, or the model is no network that adds the slots to the point.
    """
    names = [v.name for v in domain.variables]
    flips = next((j for j in range(len(names)) if slot_name(j) not in names), len(names))
    fixed, held = domain.variables[: len(names) - flips], domain.variables[len(names) - flips :]
    if not flips or names[-flips:] != [slot_name(j) for j in range(flips)]:
        return None
    if domain.given is None or len(domain.given.nodes) > MOST_NODES:
        return None
    if any(v.count > 1 for v in fixed):
        return None
    one = held[0]
    if not isinstance(one, Variable) or one.labels[0] != NONE:
        return None
    for v in held:
        if not isinstance(v, Variable) or (v.labels, v.encoding) != (one.labels, one.encoding):
            return None
    owners = [_owner([v.name for v in fixed], label) for label in one.labels[1:]]
    of = [i for i in owners if i is not None]
    if len(of) < len(owners) or of != sorted(of) or not _adds(model, domain, one, of, flips):
        return None
    listed = [v for v in domain.variables if not isinstance(v, Continuous)]
    try:
        made = in_order(listed, flips, of)
    except DomainError:
        return None
    if len(listed) < len(names) or made.leaves != domain.leaves:
        return None
    centre = {v.name: v.label(0) for v in fixed}

    def sides(point: Point) -> tuple[Labels, ...]:
        after = dict(centre)
        for at in point[len(fixed) :]:
            if at:
                name = fixed[of[at - 1]].name
                after[name] = one.labels[at][len(change_label(name, "")) :]
        return centre, after

    return flips, sides


def _owner(names: list[str], label: str) -> int | None:
    """The variable that a slot's value changes: the one with the longest name that fits."""
    fits = [i for i, name in enumerate(names) if label.startswith(change_label(name, ""))]
    return max(fits, key=lambda i: len(names[i]), default=None)


def _adds(model: Bound, domain: Domain, one: Variable, of: list[int], flips: int) -> bool:
    """Whether a network adds the slots to the point, and each value moves its own columns only."""
    network, slots = model.model, range(len(domain.variables) - flips, len(domain.variables))
    reads = model.reads[: len(model.reads) - flips]
    if not isinstance(network, Network) or model.reads[len(reads) :] != tuple(slots):
        return False
    first, n = network.layers[0], one.columns
    if not isinstance(first, Affine) or first.source or first.bias.any():
        return False
    if set(reads) & {*slots} or not np.array_equal(first.weight, np.tile(np.eye(n), 1 + flips)):
        return False
    begin, own = 0, dict[int, range]()
    for i in reads:
        own[i] = range(begin, begin + domain.variables[i].columns)
        begin += len(own[i])
    nothing = range(0)
    return not any(one.encoding[0]) and all(
        x == Fraction(0) or c in own.get(i, nothing)
        for i, row in zip(of, one.encoding[1:], strict=True)
        for c, x in enumerate(row)
    )
