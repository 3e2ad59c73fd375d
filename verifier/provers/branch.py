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
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import cast

import numpy as np
from threadpoolctl import threadpool_limits

from verifier.model.domain import Domain
from verifier.model.errors import DomainError
from verifier.model.network import Affine, Network
from verifier.model.proof import Finding, Open
from verifier.model.tree import Tree, overlay
from verifier.provers.attack import attack
from verifier.provers.batched import batch_size, expand
from verifier.provers.cells import Branching, confirmed, settle, take
from verifier.provers.compiled.chain import chain
from verifier.provers.compiled.net import Net, multiplications
from verifier.provers.device import used
from verifier.provers.evaluate import bulk_classes
from verifier.provers.ledger import in_order
from verifier.provers.loop import go_on, run
from verifier.provers.options import UNLIMITED, Options
from verifier.provers.ordered import Ordered
from verifier.provers.pricing import prices
from verifier.provers.relaxable import WIDE
from verifier.provers.search import check, conclude, record, speak
from verifier.provers.shaping import Shape, dear, shape_of
from verifier.provers.space import boxes
from verifier.provers.thinning import Weigh, shares, thin
from verifier.provers.thinning import takes as can_be_thin
from verifier.provers.timing import TimeOver, ending, passed
from verifier.provers.wide import TOGETHER
from verifier.provers.wide import expand as expand_wide
from verifier.provers.words import fits
from verifier.writing.processors import processors

COMPILED = "verifier.provers.compiled.explore"
BATCHED_FIRST = 4096  # most cells before Numba is loaded, which takes about a second
BATCHED_WORK = 1 << 30  # most multiplications, about
BATCHED_SECONDS = 0.5  # of a processor, at most, where time is limited
BATCH = 64  # fewest cells
MANY = 10_000  # nodes of a large proof
ATTACKED = 64  # tree leaves attacked before the search
MOST_AT_ONCE = 2048  # cells that the kernel checks in half a second, of the smallest networks
WORK_AT_ONCE = 1 << 29  # and multiplications, about


def prove(
    domain: Domain,
    teacher: Network,
    tree: Tree,
    options: Options = UNLIMITED,
    strategy: Callable[[Branching], object] | None = None,
) -> Finding:
    """A proof about ``teacher`` that covers ``domain``, and points where ``tree`` differs.

    ``strategy`` closes the cells, by default in this process. Raises NetworkError, TreeError or
    CertificateError where the parts do not fit together, and DomainError for ordinals of more than
    2^31 values.
    """
    if not fits(domain):
        raise DomainError(
            "the prover branch takes ordinals of at most 2^31 values: widen their steps, or use "
            "the prover questions"
        )
    if passed(options.deadline):
        check(domain, teacher, tree)
        return Finding(options.resume or (Open(),))
    if options.anytime and not can_be_thin(domain):
        options = replace(options, anytime=False, least=None)
    with threadpool_limits(1, "blas"):  # more slow each other down on a busy machine
        try:
            with ending(options.deadline):
                search = Branching(domain, teacher, tree, options=options)
        except TimeOver:  # before all is made ready
            return Finding(options.resume or (Open(),))
        if search.budget is not None:
            search.budget.order = partial(_order, search, together=options.anytime)
        pressed = run(search, lambda: (strategy or _search_all)(search))
    settle(search)
    speak(search, last=True)
    most = _at_once(teacher) if pressed and options.brief else None
    order, seconds = _order(search, most, shaped=not pressed), None
    if search.budget is not None and search.options.anytime and not pressed:
        order, seconds = thin(search, order, prices(search, order), _weighing(order))
    return conclude(search, order.handed_over(2, domain.columns), seconds)


def takes(teacher: Network, domain: Domain) -> bool:
    """Whether the compiled search takes a network on a domain."""
    return fits(domain) and _compiled_net(teacher, domain) is not None


def _search_all(search: Branching) -> None:
    """Close cells until none is open or the time is over."""
    look_for_points(search)
    net = None if used() else _compiled_net(search.teacher, search.domain)
    briefly = None if search.options.deadline is None else BATCHED_SECONDS
    done = _run(search) if net is None else _run(search, _first(net), briefly)
    if not done and net is not None:
        from verifier.provers.compiled.parallel import run_compiled

        run_compiled(search, net, partial(_run, search, BATCH))


def _at_once(teacher: Network) -> int:
    """Cells that the kernel checks in about half a second."""
    weights = sum(layer.weight.size for layer in teacher.layers if isinstance(layer, Affine))
    return max(4, min(MOST_AT_ONCE, WORK_AT_ONCE // max(1, weights * max(teacher.widths))))


def _order(
    search: Branching, most: int | None = None, *, shaped: bool = True, together: bool = False
) -> Ordered:
    """The proof as it is handed over: cheap to check, or ``most`` of its largest cells, perhaps
    with what is open taken ``together``.

    Large ones, of the compiled search, are put in order by compiled code.
    """
    walk, weigh, large = in_order, dear, search.ledger.size >= MANY
    if large and COMPILED in sys.modules:
        from verifier.provers.compiled import loading

        if loading.is_ready():
            walk, weigh, large = loading.walk, loading.weigh, not search.shaping
    order = search.ledger.ordered(walk, most, together=together)
    shape = _shape(search, order) if shaped and not large else None
    return order if shape is None else order.shaped(shape, weigh)


def _weighing(order: Ordered) -> Weigh:
    """What weighs the cells of a proof, compiled where it is large."""
    if len(order.codes) >= MANY and COMPILED in sys.modules:
        from verifier.provers.compiled import loading

        if loading.is_ready():
            return cast(Weigh, loading.share_out)
    return shares


def _shape(search: Branching, order: Ordered) -> Shape | None:
    """What cells of the proof cost the kernel; None leaves them as they were searched."""
    if search.domain.infinite:  # there points cannot be enumerated instead
        return None
    return shape_of(search.domain, prices(search, order))


def _first(net: Net) -> int:
    """Cells for the batched search before Numba is loaded: about as long as loading takes."""
    loaded = sys.modules.get(COMPILED)
    if loaded is not None and loaded.explore.signatures:
        return 0
    return max(BATCH, min(BATCHED_FIRST, BATCHED_WORK // multiplications(net)))


def _compiled_net(teacher: Network, domain: Domain) -> Net | None:
    """The teacher for the compiled search; None if it is not a chain or Numba is not installed."""
    if importlib.util.find_spec("numba") is None:
        return None
    return chain(teacher, domain)


def _run(search: Branching, limit: int = sys.maxsize, seconds: float | None = None) -> bool:
    """Close cells until none is open or the time is over; False after ``limit`` cells, or so many
    ``seconds`` of a processor."""
    wide = search.network.first is not None and not len(search.network.space.ordinals.variables)
    wide = wide and used() is None
    most = TOGETHER * processors() if wide else batch_size(search.network)
    close = expand_wide if wide else expand
    taken, begun = 0, time.process_time()

    def step() -> bool:
        nonlocal taken
        if taken >= limit or (seconds is not None and time.process_time() - begun >= seconds):
            return False
        batch = take(search, most)
        if batch is not None:
            taken += len(batch)
            close(search, batch)
        return confirmed(search, idle=batch is None)

    return not go_on(search, step) or not search.open


def look_for_points(search: Branching) -> None:
    """Look for a counterexample in the open cells before anything is proved."""
    space, tree = search.network.space, search.tree
    some = search.frontier.top(ATTACKED)
    if some is None:
        return
    parts = [part for cell in some.cells() for part in islice(overlay(tree, cell), ATTACKED)]
    wide = max(search.network.teacher.widths) >= WIDE
    points, _, margin = attack(
        search.network,
        boxes(space, [cell for cell, _ in parts[:ATTACKED]]),
        tree.classes[[leaf for _, leaf in parts[:ATTACKED]]],
        starts=16 if wide else 4,
        rounds=12 if wide else 4,
        most=20 if wide else 8,
        seed=0,
        stop=lambda: search.late,
    )
    likely = points[np.argsort(margin)[:ATTACKED]].astype(np.int64)
    record(search, likely, bulk_classes(search.bulk, likely))
