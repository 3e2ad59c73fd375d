"""Branch and bound: proves what class the teacher has, cell by cell.

The tree's tests make the first splits; a cell that the relaxation cannot close is split further
where that helps the bound most, until it is closed or small enough to enumerate. Cells close with
the teacher's own class, whatever the tree says, so the same search counts disagreements. What the
kernel does not confirm is split again.
"""

from __future__ import annotations

import time
from itertools import islice

import numpy as np

from verifier.certificate.proof import Finding, Open, Proof
from verifier.domain import Cell, Domain
from verifier.provers.attack import attack
from verifier.provers.branch_batched import batch_size, expand
from verifier.provers.branch_search import Search, begin, confirm, record, speak, take
from verifier.provers.branch_space import allowed_values, masks_of
from verifier.provers.bulk import bulk_classes
from verifier.provers.progress import Report
from verifier.teacher import Teacher, check_columns
from verifier.tree import Tree, bind, check_fits, overlay

CONFIRM = 1024  # cells that wait for the kernel at most
ATTACKED = 64  # tree leaves attacked before the search


def prove(
    domain: Domain,
    teacher: Teacher,
    tree: Tree,
    *,
    deadline: float | None = None,
    progress: Report | None = None,
    resume: Proof | None = None,
) -> Finding:
    """A proof about ``teacher`` that covers ``domain``, and points where ``tree`` differs.

    At ``deadline`` (on the clock of ``time.monotonic``) or at KeyboardInterrupt the search stops;
    cells that are not closed by then are Open. ``resume`` is a proof whose Open cells are to be
    closed; its other Steps are kept. Raises TeacherError, TreeError or CertificateError where the
    parts do not fit together.
    """
    check_columns(teacher, domain)
    check_fits(tree, domain, teacher.classes)
    if deadline is not None and time.monotonic() >= deadline:
        return Finding(resume or (Open(),))
    search = begin(domain, teacher, bind(tree, domain), resume, deadline, progress)
    try:
        _attack(search)
        _run(search)
    except KeyboardInterrupt:
        pass
    confirm(search)
    speak(search, last=True)
    return Finding(search.ledger.proof(), tuple(search.found))


def _run(search: Search) -> None:
    """Close cells until none is open or the time is over."""
    most = batch_size(search.network)
    while not search.late:
        batch = take(search, most)
        if batch:
            expand(search, batch)
        if len(search.waiting) >= CONFIRM or not batch:
            if not search.waiting:
                return
            confirm(search)
        speak(search)


def _attack(search: Search) -> None:
    """Look for a counterexample in the open cells before anything is proved."""
    space, tree = search.network.space, search.tree
    if not search.stack:
        return
    opened = masks_of(space, np.stack([w.allowed for w in search.stack[-ATTACKED:]]))
    parts = [part for masks in opened for part in islice(overlay(tree, Cell(masks)), ATTACKED)]
    points, _, margin = attack(
        search.network,
        allowed_values(space, [cell.masks for cell, _ in parts[:ATTACKED]]),
        tree.classes[[leaf for _, leaf in parts[:ATTACKED]]],
        starts=4,
        rounds=4,
        most=8,
        seed=0,
        stop=lambda: search.late,
    )
    likely = points[np.argsort(margin)[:ATTACKED]].astype(np.int64)
    record(search, likely, bulk_classes(search.bulk, likely))
