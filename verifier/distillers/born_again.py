"""An ensemble born again as one tree: equal to it everywhere, and made as small as is found.

All cells of the domain are closed by the classes that the ensemble has in them, so the tree of
their splits is equal to it already. A tree grown from these cells by what parts classes best is
mostly smaller. Tests are left out that change nothing, and parts with few tests made smallest.

Vidal and Schiffer, "Born-Again Tree Ensembles" (ICML 2020), find smallest trees by dynamic
programming over all regions of the thresholds' grid; here that is done where there are few (see
`smallest`), and what is left is a tree of which no single test can be left out.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from verifier.distillers.cuts import Cuts
from verifier.distillers.frontier import FrontierTree
from verifier.distillers.growing import Limits, grow
from verifier.distillers.knowledge import known_cells
from verifier.distillers.options import Goal
from verifier.distillers.tidying import merge, preorder, shrink
from verifier.distillers.whole import Certified
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.part import Part, values, within
from verifier.model.proof import Constant, Finding, Open, Proof, Split, is_open
from verifier.model.question import matter_of
from verifier.model.tree import BoundTree, Inner, Leaf, Tree, bind, descend
from verifier.provers import forests
from verifier.provers.evaluate import AnyBulk
from verifier.provers.options import Options
from verifier.provers.timing import TimeOver, ending, part, passed, poll

PROVING, GROWING = 0.35, 0.5
"""Shares of the time left for closing all cells, and then for growing a tree from them."""
MOST_CELLS = 1 << 18
"""Of more cells there is no tree: it would be larger than anyone reads."""
GROWN = 1 << 15
"""Of at most so many cells a tree is grown, which takes long; of more the proof's own is kept."""
PROBED = 1 << 9
"""Of at most so many cells a tree is also grown by probing, which takes longer."""
COMPARED = 1 << 12
"""Cells that are compared, at most, to see whether a test can be left out."""


def reborn(cuts: Cuts, bulk: AnyBulk, goal: Goal, seed: int) -> Certified | None:
    """A tree equal to an ensemble, with the proof of that; None where no time or room is for it."""
    domain, teacher = cuts.domain, bulk.teacher
    if not isinstance(teacher, Ensemble) or goal.error or goal.leaves or goal.rows is not None:
        return None
    matter = matter_of(domain, teacher, Tree((Leaf(0),)))
    if not forests.takes(matter):
        return None
    end = part(goal.deadline, PROVING)
    stopped: list[bool] = []
    options = Options(deadline=end, brief=True, interrupted=lambda: stopped.append(True))
    found = forests.prove(matter, options, few=0, most=MOST_CELLS)
    if is_open(found.proof) or stopped or passed(goal.deadline):
        return None
    trees = [merge(tree_of(domain, found.proof))]
    guess = Tree((Leaf(0),))
    if len(found.proof) > 2 * GROWN:
        with ending(part(goal.deadline, GROWING)):
            return _made(smaller(trees[0], domain), found)
    try:
        with ending(part(goal.deadline, GROWING)):
            known = known_cells(cuts, bulk, found.proof, guess, np.random.default_rng(seed))
            quick = replace(known.source, classify=None)
            sources = (quick, known.source) if len(known.cells) <= PROBED else (quick,)
            for source in sources:
                grown = grow(cuts, source, Limits(leaves=trees[0].leaves))
                if grown.finished:
                    trees.append(merge(grown.tree))
    except TimeOver:
        pass
    smallest = min(trees, key=lambda tree: tree.leaves)
    with ending(part(goal.deadline, GROWING)):
        smallest = smaller(smallest, domain)
    return _made(smallest, found)


def _made(tree: Tree, found: Finding) -> Certified:
    """An equal tree with its proof."""
    none = Fraction(0), Fraction(0)
    sizes = (FrontierTree(tree, tree.leaves, Fraction(1)),)
    return Certified(tree, Finding(found.proof), none, True, sizes)


def tree_of(domain: Domain, proof: Proof) -> Tree:
    """The tree of a proof's splits, all of whose cells have a class; tests are those of columns."""
    nodes: list[Inner | Leaf] = []
    stack: list[tuple[Cell, int, bool]] = [(full_cell(domain), -1, False)]
    swapped: set[int] = set()
    for item in proof:
        cell, above, second = stack.pop()
        here = len(nodes)
        if above >= 0:
            node = nodes[above]
            assert isinstance(node, Inner)
            right = second is not (above in swapped)
            ways = (node.left, here) if right else (here, node.right)
            nodes[above] = Inner(node.column, node.threshold, *ways)
        if not isinstance(item, Split):
            assert isinstance(item, Constant | Open)
            nodes.append(Leaf(item.klass if isinstance(item, Constant) else 0))
            continue
        one, two = cell.split(item.variable, item.left)
        column, threshold, low = _test(domain, item.variable, one, two)
        nodes.append(Inner(column, threshold, here, here))
        if not low:
            swapped.add(here)
        stack += [(two, here, True), (one, here, False)]
    return Tree(tuple(nodes))


def _test(domain: Domain, variable: int, one: Cell, two: Cell) -> tuple[int, Fraction, bool]:
    """A test of a column that parts two cells, and whether the first has the lower numbers."""
    v, offset = domain.variables[variable], domain.offsets[variable]
    rows = [[v.row(i) for i in values(cell.parts[variable])] for cell in (one, two)]
    for j in range(v.columns):
        (a, b), (c, d) = ((min(r[j] for r in own), max(r[j] for r in own)) for own in rows)
        if b < c:
            return offset + j, (b + c) / 2, True
        if d < a:
            return offset + j, (d + a) / 2, False
    raise AssertionError("a split that no test of a column makes")


def smaller(tree: Tree, domain: Domain) -> Tree:
    """A tree with the same answers and no more leaves: no single test can be left out.

    Where the time is over (`timing.ending`) it may be larger.
    """
    try:
        while True:
            fewer = shrink(without_needless(tree, domain), domain)
            if fewer.leaves >= tree.leaves:
                return fewer
            tree = fewer
    except TimeOver:
        return tree


def without_needless(tree: Tree, domain: Domain) -> Tree:
    """The tree without tests of which one side would do for both, as far as COMPARED cells show."""
    bound = bind(tree, domain)
    cells: dict[int, Cell] = {0: full_cell(domain)}
    for at, test in enumerate(bound.nodes):
        if isinstance(test, tuple) and at in cells:
            index, mask, left, right = test
            inside, outside = _halves(cells[at], index, mask)
            if inside is not None:
                cells[left] = inside
            if outside is not None:
                cells[right] = outside
    nodes = list(tree.nodes)
    for at in range(len(nodes) - 1, -1, -1):  # children stand after their parent
        node = nodes[at]
        if not isinstance(node, Inner):
            continue
        poll()
        for kept, other in ((node.left, node.right), (node.right, node.left)):
            if other not in cells or _alike(bound, kept, other, cells[other]):
                nodes[at] = nodes[kept]
                bound = BoundTree(
                    bound.domain,
                    (*bound.nodes[:at], bound.nodes[kept], *bound.nodes[at + 1 :]),
                )
                break
    return merge(preorder(nodes))


def _halves(cell: Cell, index: int, left: Part) -> list[Cell | None]:
    """The parts of a cell that go left and right; None where nothing does."""
    before, after = cell.parts[:index], cell.parts[index + 1 :]
    halves = within(cell.parts[index], left)
    return [Cell((*before, half, *after)) if half else None for half in halves]


def _alike(bound: BoundTree, a: int, b: int, cell: Cell) -> bool:
    """Whether the trees below two nodes answer the same all over a cell, as far as is looked."""
    stack, seen = [(cell, a, b)], 0
    while stack:
        own, x, y = stack.pop()
        x, y = descend(bound, own, x), descend(bound, own, y)
        one, two = bound.nodes[x], bound.nodes[y]
        seen += 1
        if seen > COMPARED:
            return False
        if isinstance(one, int) and isinstance(two, int):
            if one != two:
                return False
            continue
        test = one if isinstance(one, tuple) else two
        assert isinstance(test, tuple)
        stack += [(half, x, y) for half in _halves(own, test[0], test[1]) if half is not None]
    return True
