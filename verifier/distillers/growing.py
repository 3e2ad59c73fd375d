"""Growing a tree best-first from what is known of the teacher.

The leaf with the most mass outside its class is split next, where the source says. Unlike in CART,
masses are exact or freshly drawn in the leaf, so that deep leaves do not run out of points.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from verifier.distillers.choices import Choices
from verifier.distillers.cuts import Cuts
from verifier.distillers.sources import Region, Source
from verifier.distillers.tidying import preorder
from verifier.model.cell import Cell, full_cell
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.timing import TimeOver, passed, poll


@dataclass(frozen=True)
class Limits:
    """When growing stops: each is None if it does not count.

    ``leaves`` at most; ``depth`` at most; ``wrong`` the total mass outside the leaves' classes
    below which it is enough; ``deadline`` on the clock of `timing.now`.
    """

    leaves: int | None = None
    depth: int | None = None
    wrong: float | None = None
    deadline: float | None = None


@dataclass(frozen=True)
class Grown:
    """A grown tree for each cell.

    ``finished`` unless leaves of mixed classes are left; ``interrupted`` if by Ctrl-C.
    """

    trees: tuple[Tree, ...]
    finished: bool
    interrupted: bool = False

    @property
    def tree(self) -> Tree:
        """The first tree."""
        return self.trees[0]


@dataclass(eq=False)
class _Growth:
    nodes: list[Inner | Leaf] = field(default_factory=list)
    heap: list[tuple[float, int, Region, int]] = field(default_factory=list)
    leaves: int = 0
    wrong: float = 0.0
    stuck: bool = False

    def add(self, region: Region, depth: int) -> int:
        at = len(self.nodes)
        self.nodes.append(Leaf(region.klass))
        self.leaves += 1
        self.wrong += region.wrong
        if region.mixed:
            heapq.heappush(self.heap, (-region.wrong, at, region, depth))
        return at


def grow(
    cuts: Cuts,
    source: Source,
    limits: Limits,
    cells: Sequence[Cell] | None = None,
    enough: Callable[[Tree], bool] | None = None,
    choices: Choices | None = None,
) -> Grown:
    """A tree for each cell (one for the whole domain) that follows ``source`` within ``limits``.

    The limits hold for all trees together. ``enough`` is asked about the first tree whenever the
    number of leaves has doubled, and may end the growth; Ctrl-C does too. ``choices`` keeps cuts.
    """
    growth = _Growth()
    roots = [growth.add(source.region(c), 0) for c in cells or [full_cell(cuts.domain)]]
    ask, interrupted = 2, False
    try:
        while growth.heap and not _reached(growth, limits):
            if enough is not None and growth.leaves >= ask:
                ask = 2 * growth.leaves
                if enough(preorder(growth.nodes, roots[0])):
                    break
            poll()
            _split(cuts, source, growth, limits, choices)
    except TimeOver:  # as if the deadline had been seen in time
        pass
    except KeyboardInterrupt:  # a node becomes a test only when both its children are there
        interrupted = True
    finally:
        if choices is not None:
            choices.keep()
    trees = tuple(preorder(growth.nodes, root) for root in roots)
    return Grown(trees, not growth.heap and not growth.stuck and not interrupted, interrupted)


def _reached(growth: _Growth, limits: Limits) -> bool:
    return (
        (limits.leaves is not None and growth.leaves >= limits.leaves)
        or (limits.wrong is not None and growth.wrong <= limits.wrong)
        or passed(limits.deadline)
    )


def _split(
    cuts: Cuts, source: Source, growth: _Growth, limits: Limits, choices: Choices | None
) -> None:
    """Split the leaf with the most mass outside its class."""
    _, at, region, depth = growth.heap[0]
    cut = source.cut(region) if choices is None else choices.choose(cuts, source, region)
    if cut < 0 or (limits.depth is not None and depth >= limits.depth):
        heapq.heappop(growth.heap)
        growth.stuck = True
        return
    goes_left = cuts.left(cut)
    others = cuts.owner != cuts.variable(cut)
    parts = source.part(region, goes_left | others), source.part(region, ~goes_left | others)
    heapq.heappop(growth.heap)
    growth.leaves -= 1
    growth.wrong -= region.wrong
    left, right = (growth.add(half, depth + 1) for half in parts)
    growth.nodes[at] = Inner(int(cuts.column[cut]), cuts.thresholds[cut], left, right)
