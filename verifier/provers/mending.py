"""Proofs in which a few cells were closed anew, made so that the others are as they were checked.

The kernel bounds cells together by their numbers, so many at a time. So what is put in the place
of a cell gets so many more cells, by splits that change nothing, that the numbers of all cells
after it stay the same but for a multiple of that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.part import first, size
from verifier.model.proof import Constant, Enumerated, Open, Proof, Split, Step
from verifier.writing.proof_bytes import changed


@dataclass(eq=False)
class _Node:
    """A node of a part of a proof, and its halves, if it is a split."""

    own: Split | Step
    halves: tuple[_Node, ...] = ()


def evened(domain: Domain, before: Proof, after: Proof, group: int) -> Proof:
    """``after``, which is ``before`` but for what closes Open cells of it, with more cells there.

    What is in the place of each has a multiple of ``group`` cells and one, where it can be split
    so often. Whatever else is not the same is left as it is, from there on.
    """
    return changed(after, partial(_evened, domain, before, group))


def _evened(
    domain: Domain, before: Proof, group: int, nodes: Iterator[Split | Step]
) -> Iterator[Split | Step]:
    stack = [full_cell(domain)]
    for node in before:
        other = next(nodes, None)
        if other is None:
            return
        if isinstance(node, Open) and other != node:
            yield from _several(_read(other, nodes), stack.pop(), group)
            continue
        yield other
        if node != other:
            break
        cell = stack.pop()
        if isinstance(node, Split):
            stack += reversed(cell.split(node.variable, node.left))
    yield from nodes


def _read(top: Split | Step, nodes: Iterator[Split | Step]) -> _Node:
    """A node with all below it."""
    root = _Node(top)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is not root:
            node.own = next(nodes)
        if isinstance(node.own, Split):
            node.halves = _Node(Open()), _Node(Open())
            waiting += reversed(node.halves)
    return root


def _several(root: _Node, whole: Cell, group: int) -> Iterator[Split | Step]:
    """The nodes of a part of a proof, about a cell, with so many more that there are enough."""
    leaves, waiting, count = deque[tuple[_Node, Cell]](), [(root, whole)], 0
    while waiting:
        node, cell = waiting.pop()
        if isinstance(node.own, Split):
            waiting += zip(node.halves, cell.split(node.own.variable, node.own.left), strict=True)
            continue
        count += 1
        if isinstance(node.own, Constant | Enumerated) and cell.size > 1:
            leaves.append((node, cell))
    while leaves and count % group != 1 % group:
        node, cell = leaves.popleft()
        variable = next(i for i, part in enumerate(cell.parts) if size(part) > 1)
        part = cell.parts[variable]
        left = 1 << first(part) if isinstance(part, int) else part.start
        halves = cell.split(variable, left)
        node.own, node.halves = Split(variable, left), (_Node(node.own), _Node(node.own))
        count += 1
        leaves += [(x, y) for x, y in zip(node.halves, halves, strict=True) if y.size > 1]
    below = [root]
    while below:
        node = below.pop()
        yield node.own
        below += reversed(node.halves)
