"""The open cells of a proof: which they are, and the proof with other steps in their places."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from verifier.model.cell import Cell, cell_weight, full_cell
from verifier.model.domain import Domain
from verifier.model.proof import Open, Proof, Sandwich, Several, Split, Step, Tail, cut, steps
from verifier.provers.timing import polled
from verifier.writing.proof_bytes import changed

SAMPLE = 64
"""Cells on which it is measured what a sandwich takes."""


def reopened(proof: Proof) -> Proof:
    """The proof with its cells of Tails and Sandwiches open again, for a search that goes on."""
    return changed(proof, lambda nodes: (Open() if is_partial(x) else x for x in nodes))


def is_partial(item: Split | Step) -> bool:
    """Whether it is a step that says something of a part of its cell: a Tail or a Sandwich."""
    said = item.steps if isinstance(item, Several) else (item,)
    return any(isinstance(step, Tail | Sandwich) for step in said)


def open_cells(domain: Domain, proof: Proof) -> Iterator[tuple[int, int, Cell]]:
    """The Open cells as (weight, number of the step, cell)."""
    return (
        (cell_weight(domain, cell), at, cell)
        for at, (cell, _, step) in enumerate(polled(steps(domain, proof)))
        if isinstance(step, Open)
    )


def look_at(domain: Domain, proof: Proof) -> tuple[int, int, list[Cell]]:
    """How many Open cells there are, their weight, and the heaviest: of many, none is kept."""
    count, mass, heaviest = 0, 0, list[tuple[int, int, Cell]]()
    for weight, at, cell in open_cells(domain, proof):
        count, mass = count + 1, mass + weight
        if len(heaviest) < SAMPLE:
            heapq.heappush(heaviest, (weight, -at, cell))
        elif weight > heaviest[0][0]:
            heapq.heapreplace(heaviest, (weight, -at, cell))
    return count, mass, [cell for _, _, cell in sorted(heaviest, reverse=True)]


def closed_of(domain: Domain, proof: Proof) -> float:
    """The probability of the cells that are not Open."""
    left = sum(weight for weight, _, _ in open_cells(domain, proof))
    return float(1 - Fraction(left, domain.total_weight))


def merged(domain: Domain, proof: Proof, least: int) -> Proof:
    """The proof without splits of cells lighter than ``least`` below which all is open."""
    ends = _open_ends(proof)

    def nodes(items: Iterator[Split | Step]) -> Iterator[Split | Step]:
        stack, end = [full_cell(domain)], 0
        for at, item in enumerate(items):
            if at < end:
                continue
            cell = stack.pop()
            if isinstance(item, Split) and ends[at] and cell_weight(domain, cell) < least:
                yield Open()
                end = ends[at]
                continue
            if isinstance(item, Split):
                left, right = cut(cell, item, at)
                stack += (right, left)
            yield item

    return changed(proof, nodes)


def _open_ends(proof: Proof) -> Sequence[int]:
    """For each node below which all is open the place behind its last node, else 0."""
    kinds = bytes(isinstance(x, Split) + 2 * isinstance(x, Open) for x in proof)
    ends = array("q", bytes(8 * len(kinds)))
    below: list[int] = []  # the halves that follow, the left one last
    for at in range(len(kinds) - 1, -1, -1):
        if kinds[at] == 1:
            left, right = below.pop(), below.pop()
            ends[at] = ends[right] if ends[left] and ends[right] else 0
        elif kinds[at] == 2:
            ends[at] = at + 1
        below.append(at)
    return ends


def replaced(nodes: Iterable[Split | Step], found: dict[int, Step]) -> Iterator[Split | Step]:
    """The nodes with the steps of those numbers replaced."""
    at = 0
    for item in nodes:
        if isinstance(item, Split):
            yield item
        else:
            yield found.get(at, item)
            at += 1
