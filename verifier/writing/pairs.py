"""How many parts the leaves of a tree cut the cells of a proof into: counted before they are made.

So a check that would take too long is refused at once. The kernel makes the parts one by one, and
counts them again, whatever is found here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verifier.kernel.prepared import MASK_BITS
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.limits import PYTHON, require_work, work_limit
from verifier.model.proof import Split, Step
from verifier.model.tree import BoundTree, Tree, bind

Boxes = npt.NDArray[np.int64]
PART = 6 * PYTHON
"""Steps to make a part and count it, at least."""


def require_parts(domain: Domain, tree: Tree, proof: Sequence[Split | Step]) -> None:
    """Raise TooMuch if the cells and the tree's leaves meet more often than there may be steps for.

    Where a variable has more than ``MASK_BITS`` values nothing is counted here.
    """
    cells, most = (len(proof) + 1) // 2, work_limit() // PART
    if cells * tree.leaves <= most or not domain.plain:
        return
    if max(len(v.labels) for v in domain.variables) > MASK_BITS:
        return
    found = _count(domain, _boxes(bind(tree, domain)), proof, most)
    what = f"laying the tree's {tree.leaves} leaves over the proof's {cells} cells"
    require_work(found * PART, what)


def _boxes(tree: BoundTree) -> Boxes:
    """The values that each leaf leaves every variable, as bits, (leaves, variables)."""
    leaves = []
    stack = [(0, full_cell(tree.domain).masks)]
    while stack:
        at, masks = stack.pop()
        node = tree.masked[at]
        if isinstance(node, int):
            leaves.append(masks)
            continue
        index, mask, left, right = node
        for child, own in ((right, masks[index] & ~mask), (left, masks[index] & mask)):
            if own:
                stack.append((child, (*masks[:index], own, *masks[index + 1 :])))
    return np.array(leaves, dtype=np.int64)


def _count(domain: Domain, boxes: Boxes, proof: Sequence[Split | Step], most: int) -> int:
    """How often a leaf and a cell meet; the count ends once it is beyond ``most``."""
    masks = list(full_cell(domain).masks)
    alive = np.arange(len(boxes))
    waiting: list[tuple[list[int], npt.NDArray[np.int64]]] = []
    found = alone = 0  # halves to come of a cell that one leaf alone meets
    for node in proof:
        split = isinstance(node, Split)
        if alone:
            alone += 1 if split else -1
            found += not split
        elif split and len(alive) == 1:
            alone = 2
        elif isinstance(node, Split):
            own = boxes[alive, node.variable]
            rest = masks.copy()
            rest[node.variable] &= ~node.left
            masks[node.variable] = node.left
            waiting.append((rest, alive[own & rest[node.variable] != 0]))
            alive = alive[own & node.left != 0]
            continue
        else:
            found += len(alive)
        if not alone:
            if found > most or not waiting:
                return found
            masks, alive = waiting.pop()
    return found
