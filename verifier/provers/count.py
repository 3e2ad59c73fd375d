"""Open cells of a finding, bounded in probability where the time did not suffice to close them.

A cell that is nearly closed has a margin that is positive nearly everywhere: the kernel's tail
inequality then leaves a tiny part of its probability open instead of all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from verifier.kernel import checker
from verifier.kernel.prepared import Prepared
from verifier.model.cell import Cell, cell_weight, full_cell
from verifier.model.domain import Domain
from verifier.model.network import Network
from verifier.model.proof import Finding, Open, Proof, Split, Step, Tail, cut, is_open, steps
from verifier.model.tree import BoundTree, Tree, bind, overlay
from verifier.provers.timing import ending, now, poll, polled

MOST = 4096
"""About the most cells that are tried: the kernel takes each by itself."""


def with_tails(
    domain: Domain,
    teacher: Network,
    tree: Tree,
    finding: Finding,
    *,
    deadline: float,
    progress: Callable[[int], None] | None = None,
) -> Finding:
    """The finding with Tail steps for those Open cells for which the kernel proves a bound.

    Cells of large probability come first; small ones that are all open are taken together.
    ``deadline`` is on the clock of ``time.monotonic``. ``progress`` is called with the number of
    cells bounded so far. The bounds are the kernel's own, so it accepts them.
    """
    try:
        with ending(deadline):
            return _bounded(domain, teacher, bind(tree, domain), finding, deadline, progress)
    except KeyboardInterrupt:  # before anything was bounded
        return finding


def _bounded(
    domain: Domain,
    teacher: Network,
    bound: BoundTree,
    finding: Finding,
    deadline: float,
    progress: Callable[[int], None] | None,
) -> Finding:
    proof = finding.proof
    if not is_open(proof):
        return finding
    poll()
    prepared = replace(checker.prepare(teacher, domain), poll=poll)
    most = _affordable(prepared, deadline)
    opened = _open_cells(domain, proof)
    if len(opened) > most:
        proof = _merged(domain, proof, 2 * sum(weight for weight, _, _ in opened) // most)
        opened = _open_cells(domain, proof)
    found: dict[int, Tail] = {}
    try:
        spent = 0.0
        for _, at, cell in opened:
            if now() + spent >= deadline:  # the kernel will take as long again
                break
            begun = now()
            klass = _class(bound, cell)
            if klass is not None:
                chance = checker.tail_bound(prepared, cell, klass)
                if chance < 1:
                    found[at] = Tail(klass, chance)
            spent += now() - begun
            if progress:
                progress(len(found))
    except KeyboardInterrupt:
        pass
    return replace(finding, proof=tuple(_replaced(proof, found)))


def without_tails(proof: Proof) -> Proof:
    """The proof with its Tail cells open again, for a search that is to go on."""
    return tuple(Open() if isinstance(item, Tail) else item for item in proof)


def _affordable(prepared: Prepared, deadline: float) -> int:
    """About how many cells the kernel can bound before the deadline, at least 1."""
    start = now()
    checker.tail_bound(prepared, full_cell(prepared.domain), 0)
    spent = max(now() - start, 1e-6)
    return int(min(MOST, max(1, (deadline - now()) / (2 * spent))))


def _open_cells(domain: Domain, proof: Proof) -> list[tuple[int, int, Cell]]:
    """The Open cells as (weight, number of the step, cell), the heaviest first."""
    found = [
        (cell_weight(domain, cell), at, cell)
        for at, (cell, _, step) in enumerate(polled(steps(domain, proof)))
        if isinstance(step, Open)
    ]
    return sorted(found, key=lambda item: -item[0])


def _merged(domain: Domain, proof: Proof, least: int) -> Proof:
    """The proof without splits of cells lighter than ``least`` below which all is open."""
    ends = _open_ends(proof)
    out: list[Split | Step] = []
    stack, at = [full_cell(domain)], 0
    while stack:
        cell, item = stack.pop(), proof[at]
        if isinstance(item, Split) and ends[at] and cell_weight(domain, cell) < least:
            out.append(Open())
            at = ends[at]
            continue
        if isinstance(item, Split):
            left, right = cut(cell, item, at)
            stack += (right, left)
        out.append(item)
        at += 1
    return tuple(out)


def _open_ends(proof: Proof) -> list[int]:
    """For each node below which all is open the place behind its last node, else 0."""
    ends = [0] * len(proof)
    below: list[int] = []  # the halves that follow, the left one last
    for at in range(len(proof) - 1, -1, -1):
        if isinstance(proof[at], Split):
            left, right = below.pop(), below.pop()
            ends[at] = ends[right] if ends[left] and ends[right] else 0
        elif isinstance(proof[at], Open):
            ends[at] = at + 1
        below.append(at)
    return ends


def _class(tree: BoundTree, cell: Cell) -> int | None:
    """The tree's class all over the cell, or None."""
    classes = {int(tree.classes[leaf]) for _, leaf in overlay(tree, cell)}
    return classes.pop() if len(classes) == 1 else None


def _replaced(proof: Proof, found: dict[int, Tail]) -> list[Split | Step]:
    """The proof with the steps of those numbers replaced."""
    out: list[Split | Step] = []
    at = 0
    for item in proof:
        if isinstance(item, Split):
            out.append(item)
            continue
        out.append(found.get(at, item))
        at += 1
    return out
