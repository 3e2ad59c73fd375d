"""Branch and bound: proves what class the teacher has, cell by cell.

The tree's tests make the first splits; a cell that the relaxation cannot close is split further
where that helps the bound most, until it is closed or small enough to enumerate. Cells close with
the teacher's own class, whatever the tree says, so the same search counts disagreements. What the
kernel does not confirm is split again.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Collection
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from verifier.certificate.proof import Constant, Finding, Open, Proof, Split
from verifier.domain import Cell, Domain
from verifier.provers.attack import attack
from verifier.provers.branch_batched import batch_size, expand
from verifier.provers.branch_search import Search, begin, record, settle, speak, take
from verifier.provers.branch_space import allowed_values
from verifier.provers.bulk import bulk_classes
from verifier.provers.progress import Report
from verifier.provers.relaxation import WIDE
from verifier.teacher import Teacher, check_columns
from verifier.tree import Tree, bind, check_fits, overlay

if TYPE_CHECKING:
    from verifier.provers.branch_net import Net

CONFIRM = 1024  # cells that wait for the kernel at most
BATCHED_FIRST = 4096  # cells before Numba is loaded: compiling takes longer than easy problems
ATTACKED = 64  # tree leaves attacked before the search


def prove(
    domain: Domain,
    teacher: Teacher,
    tree: Tree,
    *,
    deadline: float | None = None,
    progress: Report | None = None,
    resume: Proof | None = None,
    refused: frozenset[int] = frozenset(),
    confirm: bool = True,
) -> Finding:
    """A proof about ``teacher`` that covers ``domain``, and points where ``tree`` differs.

    At ``deadline`` (on the clock of ``time.monotonic``) or at KeyboardInterrupt the search stops;
    cells that are not closed by then are Open. ``resume`` is a proof whose Open cells are to be
    closed; its other Steps are kept. ``refused`` numbers (from 1, in the order of its steps) those
    Open cells that the kernel does not accept as Constant: they are split. With ``confirm`` the
    kernel checks every cell before it is closed, and what it refuses is split further; without,
    cells are closed by the search's own bounds, which the kernel may still refuse. Raises
    TeacherError, TreeError or CertificateError where the parts do not fit together.
    """
    check_columns(teacher, domain)
    check_fits(tree, domain, teacher.classes)
    if deadline is not None and time.monotonic() >= deadline:
        return Finding(resume or (Open(),))
    search = begin(domain, teacher, bind(tree, domain), resume, refused, deadline, progress)
    search.confirming = confirm
    try:
        _attack(search)
        if not _run(search, BATCHED_FIRST):
            _go_on(search, teacher, domain)
    except KeyboardInterrupt:
        pass
    settle(search)
    speak(search, last=True)
    return Finding(search.ledger.proof(), tuple(search.found))


def _go_on(search: Search, teacher: Teacher, domain: Domain) -> None:
    """The long run: compiled where the teacher and the installation allow it."""
    net = _compiled_net(teacher, domain)
    if net is None:
        _run(search)
    else:
        from verifier.provers.branch_slots import run_compiled

        run_compiled(search, net)


def _compiled_net(teacher: Teacher, domain: Domain) -> Net | None:
    """The teacher for the compiled search; None if it is not a chain or Numba is not installed."""
    if importlib.util.find_spec("numba") is None:
        return None
    from verifier.provers.branch_chain import chain

    return chain(teacher, domain)


def _run(search: Search, limit: int | None = None) -> bool:
    """Close cells until none is open or the time is over; False after ``limit`` cells."""
    most = batch_size(search.network)
    taken = 0
    while not search.late:
        if limit is not None and taken >= limit:
            return False
        batch = take(search, most)
        taken += len(batch)
        if batch:
            expand(search, batch)
        if len(search.waiting) >= CONFIRM or not batch:
            if not search.waiting:
                return True
            settle(search)
        speak(search)
    return True


def _attack(search: Search) -> None:
    """Look for a counterexample in the open cells before anything is proved."""
    space, tree = search.network.space, search.tree
    if not search.stack:
        return
    opened = [Cell(tuple(w.masks.tolist())) for w in search.stack[-ATTACKED:]]
    parts = [part for cell in opened for part in islice(overlay(tree, cell), ATTACKED)]
    wide = max(search.network.teacher.widths) >= WIDE
    points, _, margin = attack(
        search.network,
        allowed_values(space, [cell.masks for cell, _ in parts[:ATTACKED]]),
        tree.classes[[leaf for _, leaf in parts[:ATTACKED]]],
        starts=16 if wide else 4,
        rounds=12 if wide else 4,
        most=20 if wide else 8,
        seed=0,
        stop=lambda: search.late,
    )
    likely = points[np.argsort(margin)[:ATTACKED]].astype(np.int64)
    record(search, likely, bulk_classes(search.bulk, likely))


def reopen(proof: Proof, refused: Collection[int]) -> Proof:
    """The proof with the Constant steps of these numbers (from 1, in order) Open."""
    wanted, count, out = frozenset(refused), 0, []
    for item in proof:
        count += not isinstance(item, Split)
        out.append(Open() if isinstance(item, Constant) and count in wanted else item)
    return tuple(out)
