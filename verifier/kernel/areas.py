"""The areas of an ensemble's leaves: of each tree, products of values that reach one leaf. Trusted.

Those of one tree are disjoint and cover the domain. So a point lies in one area of each tree, and a
cell of its variables reaches a leaf iff it meets one of the leaf's areas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError
from verifier.model.limits import PYTHON
from verifier.model.overlay import BoundTree
from verifier.model.part import Part, ranged, within
from verifier.model.tree import bind_nodes

MOST_AREAS = 1 << 20
"""Most areas of all trees together."""

Box = Mapping[int, Part]
"""What is left of some variables' values; of the others all are."""


@dataclass(frozen=True, slots=True)
class Area:
    """The values that reach a leaf ``node`` of a tree."""

    box: Box
    node: int


def members_of(ensemble: Ensemble, domain: Domain) -> tuple[BoundTree, ...]:
    """The trees bound to a domain whose columns are theirs; a leaf holds its node's number.

    Raises TreeError where a test parts a piece of a continuous variable, or a table is too large.
    """
    every = tuple(range(len(domain.variables)))
    return tuple(
        BoundTree(domain, bind_nodes(member.nodes, domain, every, lambda _, at: at))
        for member in ensemble.members
    )


def areas_of(tree: BoundTree, spend: Callable[[int], None], most: int) -> list[Area]:
    """The areas of a tree's leaves that some value reaches, at most so many.

    What reaches a node is one box, or some: those that differ in one variable only are taken
    together. Raises EnsembleError where there are more.
    """
    held: dict[int, list[dict[int, Part]]] = {0: [{}]}
    found: list[Area] = []
    waiting = 1
    for at, node in enumerate(tree.nodes):
        reach = held.pop(at, [])
        waiting -= len(reach)
        boxes = list(_together(tree.domain, reach))
        spend((1 + len(boxes)) * PYTHON)
        if isinstance(node, int):
            found += [Area(box, node) for box in boxes]
        if len(found) > most or waiting > most + 2 * len(tree.nodes):
            raise EnsembleError(
                "its trees have too many leaves, or tests for sets of values that are mixed up: "
                f"more than {MOST_AREAS} areas"
            )
        if isinstance(node, int):
            continue
        index, part, left, right = node
        whole = tree.domain.variables[index].whole
        for box in boxes:
            for own, child in zip(within(box.get(index, whole), part), (left, right), strict=True):
                if own:
                    held.setdefault(child, []).append({**box, index: own})
                    waiting += 1
    return found


def _together(domain: Domain, boxes: list[dict[int, Part]]) -> Iterator[dict[int, Part]]:
    """Disjoint boxes as fewer that hold the same points, without variables that keep all values."""
    for index in {index for box in boxes for index in box} if len(boxes) > 1 else ():
        rest: dict[tuple[tuple[int, Part], ...], list[Part]] = {}
        whole = domain.variables[index].whole
        for box in boxes:
            others = tuple(sorted((i, p) for i, p in box.items() if i != index))
            rest.setdefault(others, []).append(box.get(index, whole))
        boxes = [
            {**dict(others), index: part}
            for others, parts in rest.items()
            for part in _union(parts)
        ]
    for box in boxes:
        yield {i: p for i, p in box.items() if p != domain.variables[i].whole}


def _union(parts: list[Part]) -> list[Part]:
    """Disjoint parts of one variable: a mask, or as few ranges as there can be."""
    mask, ranges = 0, list[range]()
    for part in parts:
        if isinstance(part, int):
            mask |= part
        else:
            ranges.append(part)
    if mask:
        return [mask]
    ranges.sort(key=lambda x: x.start)
    found = ranges[:1]
    for own in ranges[1:]:
        if own.start == found[-1].stop:
            found[-1] = ranged(found[-1].start, own.stop)
        else:
            found.append(own)
    return list(found)
