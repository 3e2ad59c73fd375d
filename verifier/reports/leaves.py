"""What a Verdict says of each leaf of the tree, and of all leaves together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from verifier.model.domain import Point
from verifier.model.part import contains
from verifier.model.tree import BoundTree
from verifier.model.verdict import Share, Status, Verdict


class LeafStatus(StrEnum):
    """What a leaf is coloured by: the weakest thing known about it, or that it is wrong."""

    PROVED = "proved"
    ENUMERATED = "enumerated"
    TRUSTED = "trusted"
    TAIL = "tail"
    OPEN = "open"
    DIFFERS = "differs"
    EMPTY = "empty"


MEANING: Mapping[LeafStatus, str] = {
    LeafStatus.PROVED: "the kernel proved by bounds that the network has this class "
    "on the whole leaf",
    LeafStatus.ENUMERATED: "the kernel evaluated the network exactly at the leaf's points "
    "(and proved any others by bounds); all agree",
    LeafStatus.TRUSTED: "a solver said so on a part of the leaf; the kernel did not prove it there",
    LeafStatus.TAIL: "on a part of the leaf only the probability of a disagreement is bounded",
    LeafStatus.OPEN: "nothing is proved on a part of the leaf",
    LeafStatus.DIFFERS: "the kernel found or counted points of the leaf where network and tree "
    "differ",
    LeafStatus.EMPTY: "no point of the domain reaches the leaf",
}
WEAKEST_FIRST = (
    LeafStatus.OPEN,
    LeafStatus.TAIL,
    LeafStatus.TRUSTED,
    LeafStatus.ENUMERATED,
    LeafStatus.PROVED,
)


@dataclass(frozen=True)
class LeafFacts:
    """A leaf's points, weight (probability times ``total_weight``), shares and status."""

    points: int
    weight: int
    shares: Mapping[Status, Share]
    status: LeafStatus


def total(verdict: Verdict, status: Status) -> Share:
    """All points with a status, over all leaves."""
    parts = [by[status] for by in verdict.leaves.values() if status in by]
    return Share(
        sum(s.points for s in parts),
        sum(s.weight for s in parts),
        sum(s.differ for s in parts),
        sum(s.differ_weight for s in parts),
    )


def leaf_facts(tree: BoundTree, verdict: Verdict) -> dict[int, LeafFacts]:
    """The facts of every leaf of the tree, by node, in the order of the nodes."""
    wrong = {leaf_of(tree, c.point) for c in verdict.counterexamples}
    found = {}
    for node, klass in enumerate(tree.nodes):
        if not isinstance(klass, int):
            continue
        shares = verdict.leaves.get(node, {})
        found[node] = LeafFacts(
            sum(s.points for s in shares.values()),
            sum(s.weight for s in shares.values()),
            shares,
            _status(shares, node in wrong),
        )
    return found


def _status(shares: Mapping[Status, Share], wrong: bool) -> LeafStatus:
    present = {s for s, share in shares.items() if share.points}
    if not present:
        return LeafStatus.EMPTY
    firm = [shares[s] for s in present & {Status.PROVED, Status.ENUMERATED, Status.SANDWICH}]
    if wrong or any(s.differ for s in firm):
        return LeafStatus.DIFFERS
    if Status.UNTRUSTED in present:
        return LeafStatus.OPEN
    if present == {Status.SANDWICH}:
        return LeafStatus.PROVED
    return next(s for s in WEAKEST_FIRST if Status(s.value) in present)


def leaf_of(tree: BoundTree, point: Point) -> int:
    """The leaf node that a point reaches."""
    node = 0
    while isinstance(test := tree.nodes[node], tuple):
        index, part, left, right = test
        node = left if contains(part, point[index]) else right
    return node


def tallies(tree: BoundTree, facts: Mapping[int, LeafFacts]) -> npt.NDArray[np.int64]:
    """How many leaves of each status lie below every node, shape (nodes, statuses)."""
    place = {status: i for i, status in enumerate(LeafStatus)}
    table = np.zeros((len(tree.nodes), len(place)), dtype=np.int64)
    for leaf, held in facts.items():
        table[leaf, place[held.status]] = 1
    for i in range(len(tree.nodes) - 1, -1, -1):
        node = tree.nodes[i]
        if isinstance(node, tuple):
            np.add(table[node[2]], table[node[3]], out=table[i])
    return table


def worst(tally: Mapping[LeafStatus, int]) -> LeafStatus:
    """The status that a subtree is coloured by."""
    for status in (LeafStatus.DIFFERS, *WEAKEST_FIRST):
        if tally.get(status):
            return status
    return LeafStatus.EMPTY
