"""Branch and bound: proves what class the teacher has, cell by cell.

The tree's tests make the first splits; a cell that the relaxation cannot close is split further
where that helps the bound most, until it is closed or small enough to enumerate. Cells close with
the teacher's own class, whatever the tree says, so the same search counts disagreements. What the
kernel does not confirm is split again.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Collection
from functools import partial
from itertools import islice

import numpy as np

from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, check_columns
from verifier.model.proof import Constant, Finding, Open, Proof, Split
from verifier.model.tree import Tree, bind, check_fits, overlay
from verifier.provers.attack import attack
from verifier.provers.batched import batch_size, expand
from verifier.provers.budget import Budget
from verifier.provers.bulk import bulk_classes
from verifier.provers.compiled.chain import chain
from verifier.provers.compiled.net import Net
from verifier.provers.ledger import in_order
from verifier.provers.progress import Report
from verifier.provers.relaxation import WIDE
from verifier.provers.search import Search, begin, measure, record, settle, speak, take
from verifier.provers.space import allowed_values
from verifier.provers.timing import TimeOver, ending

CONFIRM = 1024  # cells that wait for the kernel at most
COMPILED = "verifier.provers.compiled.explore"
BATCHED_FIRST = 4096  # most cells before Numba is loaded, which takes about a second
BATCHED_WORK = 1 << 30  # most multiplications, about
BATCH = 64  # fewest cells
MANY = 10_000  # nodes of a large proof
ATTACKED = 64  # tree leaves attacked before the search
MOST_AT_ONCE = 2048  # cells that the kernel checks in half a second, of the smallest networks
WORK_AT_ONCE = 1 << 29  # and multiplications, about


def prove(
    domain: Domain,
    teacher: Network,
    tree: Tree,
    *,
    deadline: float | None = None,
    progress: Report | None = None,
    resume: Proof | None = None,
    refused: frozenset[int] = frozenset(),
    confirm: bool = True,
    stop_at_difference: bool = False,
    brief: bool = False,
    interrupted: Callable[[], None] = lambda: None,
    check_by: float | None = None,
) -> Finding:
    """A proof about ``teacher`` that covers ``domain``, and points where ``tree`` differs.

    At ``deadline`` (on the clock of ``time.monotonic``) or at KeyboardInterrupt the search stops;
    cells that are not closed by then are Open. ``resume`` is a proof whose Open cells are to be
    closed; its other Steps are kept. ``refused`` numbers (from 1, in the order of its steps) those
    Open cells that the kernel does not accept as Constant: they are split. With ``confirm`` the
    kernel checks every cell before it is closed, and what it refuses is split further; without,
    cells are closed by the search's own bounds, which the kernel may still refuse.
    ``stop_at_difference`` ends the search at the first (exactly evaluated) counterexample. With
    ``brief`` an interrupted search keeps only its largest cells, about as many as the kernel checks
    in half a second; ``interrupted`` is called if it was. The search stops so early
    that the kernel's check is expected to end at ``check_by``. Raises NetworkError, TreeError or
    CertificateError where the parts do not fit together.
    """
    check_columns(teacher, domain)
    check_fits(tree, domain, teacher.classes, teacher.labels)
    if deadline is not None and time.monotonic() >= deadline:
        return Finding(resume or (Open(),))
    search = begin(domain, teacher, bind(tree, domain), resume, refused, deadline, progress)
    search.confirming, search.stop_at_difference = confirm, stop_at_difference
    if check_by is not None:
        search.budget = Budget(search.checker, search.tree, check_by, _closed(resume))
    try:
        with ending(deadline):
            _search_all(search)
        brief = False
    except TimeOver:
        brief = False
    except KeyboardInterrupt:
        interrupted()
    settle(search)
    speak(search, last=True)
    most = _at_once(teacher) if brief else None
    check = search.budget.seconds(search.closed, search.open) if search.budget else 0.0
    return Finding(_proof(search, most), tuple(search.found), check)


def _closed(proof: Proof | None) -> int:
    """How many cells a proof has closed."""
    return sum(not isinstance(item, Split | Open) for item in proof or ())


def _search_all(search: Search) -> None:
    """Close cells until none is open or the time is over."""
    _attack(search)
    net = _compiled_net(search.teacher, search.domain)
    if not _run(search, sys.maxsize if net is None else _first(net)) and net is not None:
        from verifier.provers.compiled.slots import run_compiled

        run_compiled(search, net, partial(_run, search, BATCH))


def _at_once(teacher: Network) -> int:
    """Cells that the kernel checks in about half a second."""
    weights = sum(layer.weight.size for layer in teacher.layers if isinstance(layer, Affine))
    return max(4, min(MOST_AT_ONCE, WORK_AT_ONCE // max(1, weights * max(teacher.widths))))


def _proof(search: Search, most: int | None) -> Proof:
    """The proof; large ones, of the compiled search, are put in order by compiled code."""
    if COMPILED not in sys.modules or search.ledger.size < MANY:
        return search.ledger.proof(most=most)
    from verifier.provers.compiled.slots import is_ready, walk

    return search.ledger.proof(walk if is_ready() else in_order, most)


def _first(net: Net) -> int:
    """Cells for the batched search before Numba is loaded: about as long as loading takes."""
    loaded = sys.modules.get(COMPILED)
    if loaded is not None and loaded.explore.signatures:
        return 0
    layers, neurons = map(int, net.bias.shape)
    work = 2 * neurons * neurons * (len(net.table) + (layers - 1) * neurons)
    return max(BATCH, min(BATCHED_FIRST, BATCHED_WORK // work))


def _compiled_net(teacher: Network, domain: Domain) -> Net | None:
    """The teacher for the compiled search; None if it is not a chain or Numba is not installed."""
    if importlib.util.find_spec("numba") is None:
        return None
    return chain(teacher, domain)


def _run(search: Search, limit: int) -> bool:
    """Close cells until none is open or the time is over; False after ``limit`` cells."""
    most = batch_size(search.network)
    taken = 0
    while not search.late:
        if taken >= limit:
            return False
        batch = take(search, most)
        taken += len(batch)
        if batch:
            expand(search, batch)
        if len(search.waiting) >= CONFIRM or not batch:
            if not search.waiting:
                return True
            settle(search)
        measure(search)
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
