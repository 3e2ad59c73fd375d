"""A tree's tests of a table's columns, each as a chain of cuts of the domain's own columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from verifier.formats.cuts import Cut
from verifier.model.errors import LeafproofError
from verifier.model.tree import Inner

MOST_NODES = 1 << 16
"""Nodes of a folded tree: what a test sends left may take several tests of the domain's columns."""
T = TypeVar("T")
"""What a tree's ends are."""


@dataclass
class Chains(Generic[T]):
    """Builds the nodes of a folded tree in pre-order, as certificates have them.

    Of each test of ``own``, ``cuts`` says which cuts it becomes, and whether what none of them
    decides goes left; ``too_many`` is raised where these are more than MOST_NODES.
    """

    own: Sequence[Inner | T]
    cuts: Callable[[Inner], tuple[Sequence[Cut], bool]]
    too_many: LeafproofError
    nodes: list[Inner | T] = field(default_factory=list)

    def folded(self) -> tuple[Inner | T, ...]:
        """The nodes of the whole tree."""
        self._grow(0)
        return tuple(self.nodes)

    def _grow(self, at: int) -> int:
        """Append what a node of the tree becomes; returns where that begins."""
        node = self.own[at]
        if not isinstance(node, Inner):
            return self._append(node)
        cuts, rest = self.cuts(node)
        return self._chain(node, cuts, left=rest)

    def _chain(self, node: Inner, cuts: Sequence[Cut], *, left: bool) -> int:
        """The cuts one after the other; what none of them decides goes ``left``, or right."""
        if not cuts:
            return self._grow(node.left if left else node.right)
        cut = cuts[0]
        here = self._append(Inner(cut.column, cut.threshold, 0, 0))
        ends = [
            lambda: self._chain(node, cuts[1:], left=left),
            lambda: self._grow(node.left if cut.left else node.right),
        ]
        yes, no = ends[cut.if_yes](), ends[not cut.if_yes]()
        self.nodes[here] = Inner(cut.column, cut.threshold, yes, no)
        return here

    def _append(self, node: Inner | T) -> int:
        if len(self.nodes) >= MOST_NODES:
            raise self.too_many
        self.nodes.append(node)
        return len(self.nodes) - 1
