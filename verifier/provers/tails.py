"""Open cells of a finding, bounded in probability where the time did not suffice to close them.

A cell that is nearly closed has a margin that is positive nearly everywhere: the kernel's tail
inequality then leaves a tiny part of its probability open instead of all of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from verifier.certificate import kernel
from verifier.certificate.proof import Finding, Open, Split, Step, Tail, steps
from verifier.domain import Cell, Domain, cell_weight
from verifier.teacher import Teacher
from verifier.tree import BoundTree, Tree, bind, overlay

MOST = 4096
"""Cells tried, those of the largest probability first: the kernel takes each by itself."""


def with_tails(
    domain: Domain,
    teacher: Teacher,
    tree: Tree,
    finding: Finding,
    *,
    deadline: float,
    progress: Callable[[int], None] | None = None,
) -> Finding:
    """The finding with Tail steps for those Open cells for which the kernel proves a bound.

    ``deadline`` is on the clock of ``time.monotonic``. ``progress`` is called with the number of
    cells bounded so far. The bounds are the kernel's own, so it accepts them.
    """
    bound = bind(tree, domain)
    opened = [
        (at, cell)
        for at, (cell, _, step) in enumerate(steps(domain, finding.proof))
        if isinstance(step, Open)
    ]
    opened.sort(key=lambda item: -cell_weight(domain, item[1]))
    prepared = kernel.prepare(teacher, domain)
    found: dict[int, Tail] = {}
    try:
        for at, cell in opened[:MOST]:
            if time.monotonic() >= deadline:
                break
            klass = _class(bound, cell)
            if klass is not None:
                chance = kernel.tail_bound(prepared, cell, klass)
                if chance < 1:
                    found[at] = Tail(klass, chance)
            if progress:
                progress(len(found))
    except KeyboardInterrupt:
        pass
    return Finding(tuple(_replaced(finding.proof, found)), finding.counterexamples)


def without_tails(proof: tuple[Split | Step, ...]) -> tuple[Split | Step, ...]:
    """The proof with its Tail cells open again, for a search that is to go on."""
    return tuple(Open() if isinstance(item, Tail) else item for item in proof)


def _class(tree: BoundTree, cell: Cell) -> int | None:
    """The tree's class all over the cell, or None."""
    classes = {int(tree.classes[leaf]) for _, leaf in overlay(tree, cell)}
    return classes.pop() if len(classes) == 1 else None


def _replaced(proof: tuple[Split | Step, ...], found: dict[int, Tail]) -> list[Split | Step]:
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
