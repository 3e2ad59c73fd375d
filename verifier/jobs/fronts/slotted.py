"""Recognising the points near one point where they are written as slots of changes to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from verifier.formats.slots import NONE, change_label, in_order, slot_name
from verifier.jobs.fronts.words import Labels
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble, Score
from verifier.model.errors import DomainError
from verifier.model.network import Affine, Network
from verifier.model.question import Bound
from verifier.model.tree import Inner
from verifier.model.variable import Variable

Sides = Callable[[Point], tuple[Labels, ...]]
MOST_NODES = 1 << 14
"""Most nodes of a domain's tree that is made again."""


def slotted(model: Bound, domain: Domain) -> tuple[int, Sides] | None:
    """How many slots a domain has, and the point and the input that a point of it stands for.

    None where it is another domain, or the model does not add the slots to the point.
    """
    names = [v.name for v in domain.variables]
    flips = next((j for j in range(len(names)) if slot_name(j) not in names), len(names))
    fixed, held = domain.variables[: len(names) - flips], domain.variables[len(names) - flips :]
    if not flips or names[-flips:] != [slot_name(j) for j in range(flips)]:
        return None
    if domain.given is not None and len(domain.given.nodes) > MOST_NODES:
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
    if len(listed) < len(names) or (made.given is None) != (domain.given is None):
        return None
    if domain.given is not None and made.leaves != domain.leaves:
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
    """Whether a model adds the slots to the point, and each value moves its own columns only."""
    held, slots = model.model, range(len(domain.variables) - flips, len(domain.variables))
    reads = model.reads[: len(model.reads) - flips]
    if model.reads[len(reads) :] != tuple(slots) or set(reads) & {*slots}:
        return False
    if isinstance(held, Network):
        if not _sums(held, one.columns, flips):
            return False
    elif not isinstance(held, Ensemble) or not _chained(held, one.columns, flips):
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


def _sums(network: Network, columns: int, flips: int) -> bool:
    """Whether it begins with the sum of a row and ``flips`` others."""
    first = network.layers[0]
    if not isinstance(first, Affine) or first.source or first.bias.any():
        return False
    return np.array_equal(first.weight, np.tile(np.eye(columns), 1 + flips))


def _chained(ensemble: Ensemble, columns: int, flips: int) -> bool:
    """Whether all tests are chains over the slots, as ``changed.added_to`` makes them."""
    if ensemble.columns != columns * (1 + flips):
        return False
    for member in ensemble.members:
        at, nodes, starts, led = 0, member.nodes, {0}, set[int]()
        while at < len(nodes):
            starts.add(at)
            node = nodes[at]
            if not isinstance(node, Inner):
                at += 1
                continue
            chain = nodes[at : at + flips]
            if not _is_chain(chain, at, columns, flips):
                return False
            last = chain[-1]
            assert isinstance(last, Inner)
            led |= {node.right, last.left} if node.threshold >= 0 else {node.left, last.right}
            at += flips
        if not led <= starts:
            return False
    return True


def _is_chain(chain: Sequence[Inner | Score], at: int, columns: int, flips: int) -> bool:
    """Whether tests of one column's slots follow each other, with one way out but at the end."""
    first = chain[0]
    assert isinstance(first, Inner)
    if len(chain) < flips or not columns <= first.column < 2 * columns:
        return False
    below = first.threshold < 0
    out = first.left if below else first.right
    for j, node in enumerate(chain):
        if not isinstance(node, Inner) or node.threshold != first.threshold:
            return False
        ahead, away = (node.right, node.left) if below else (node.left, node.right)
        if node.column != first.column + columns * j or away != out:
            return False
        if j + 1 < flips and ahead != at + j + 1:
            return False
    return True
