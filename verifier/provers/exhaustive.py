"""The exhaustive prover: what is open is cut into blocks, whose points the kernel evaluates.

It has nothing to find out itself, and takes any question on any domain: sweeping is the kernel's
work (rule 6 of docs/soundness.md), and what that will take is known beforehand (`costs`). So it
writes as many blocks as can be checked in time, and leaves the rest open. Only where it is to stop
at a difference, or the whole is small, it has the kernel evaluate the blocks here as well.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from functools import partial
from time import thread_time

from threadpoolctl import threadpool_limits

from verifier.kernel.asked import Asked
from verifier.kernel.helpers import Here
from verifier.kernel.ledger import Ledger
from verifier.kernel.prepared import point_cost
from verifier.kernel.sweep import GROUP, group_size, halved
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Teacher
from verifier.model.errors import DomainError
from verifier.model.limits import require_work
from verifier.model.network import Network
from verifier.model.overlay import descend
from verifier.model.part import Part, ranged, split_number
from verifier.model.proof import Enumerated, Finding, Proof
from verifier.model.question import Matter, matter_of
from verifier.model.tree import Tree
from verifier.provers.asked_once import asked_once
from verifier.provers.budget import FIXED, HARDLY, SAFETY, speed_of
from verifier.provers.costs import costs, seconds_of
from verifier.provers.loop import go_on, run
from verifier.provers.options import UNLIMITED, Options
from verifier.provers.progress import Progress
from verifier.provers.search import COUNTEREXAMPLES, Searching, check, speak, take_up
from verifier.provers.timing import now, passed
from verifier.writing.processors import clocks, granted, processors

BLOCK = 1 << 18
"""Most points of a block: the kernel can be stopped after each. Four times as many where it goes
through large groups of points at a time."""
LOOKED = 1 << 18
"""Up to so many points in all, they are looked at here, where there is time for that beside the
check: differences are known before it."""
MOMENT, HOPELESS = 1.0, 3.0
"""A sweep that takes so many seconds or more is measured more closely, unless it would take so many
times the time left."""
SOON = 0.25
"""What takes less than so many seconds is done in any case, and not measured."""
TRIED, FURTHER = 1 << 14, 1 << 3
"""Points by which the kernel's speed is measured first. Where blocks are large, so many times as
many follow each time, up to a whole block."""
PLACES, BRIEF = 3, 0.25
"""Where a block takes at most so many seconds, the speed is measured on so many blocks from all
over what is open: how many neurons a block leaves open differs from place to place."""
HELPED = 3.0
"""In fewer seconds the kernel's helpers, which take a part of one to start, gain little."""


@dataclass(eq=False)
class Sweep(Searching):
    """A sweep under way: ``points`` of the domain are in closed cells; ``waiting`` cells are open.

    ``each`` are the seconds, by the clock, that the kernel is expected to take for a point, and
    ``check`` those for all blocks so far.
    """

    matter: Matter
    asked: Asked = field(init=False)
    points: int = field(init=False, default=0)
    waiting: list[tuple[int, Cell]] = field(init=False, default_factory=list)
    each: float = field(init=False, default=0.0)
    check: float = field(init=False, default=FIXED)

    def __post_init__(self) -> None:
        self.asked = asked_once(self.matter)

    @property
    def block(self) -> int:
        """Most points of a block."""
        return BLOCK << 2 * (group_size(self.asked) > GROUP)

    @property
    def open(self) -> int:
        """Number of cells that are not cut into blocks yet."""
        return len(self.waiting)

    def snapshot(self, seconds: float) -> Progress:
        """How far the sweep is; its rate is in points."""
        done = math.ldexp(float((self.points << 60) // self.matter.domain.size), -60)
        rate = min(self.points, 1 << 900) / seconds
        found = Progress(self.closed, self.open, min(1.0, done), rate, differs=bool(self.found))
        return replace(found, check=self.check)

    @property
    def affordable(self) -> float:
        """Points that the kernel can still check in time."""
        end = self.options.check_by
        if end is None or not self.each:
            return math.inf
        return max(0.0, (end - now() - self.check) / self.each)


def prove(domain: Domain, teacher: Teacher, tree: Tree, options: Options = UNLIMITED) -> Finding:
    """Sweep the domain for where a network or ensemble and a tree differ; see ``sweep``.

    Raises NetworkError or TreeError where the parts do not fit together.
    """
    check(domain, teacher, tree)
    return sweep(matter_of(domain, teacher, tree), options)


def sweep(matter: Matter, options: Options = UNLIMITED) -> Finding:
    """Close what is open by Enumerated; what cannot be checked in time stays Open.

    Raises NetworkError or TreeError where the parts do not fit, CertificateError where the proof to
    go on from is not well formed, DomainError where there are infinitely many points.
    """
    if matter.domain.infinite:
        raise DomainError(
            "the prover exhaustive goes through all points, and a domain with continuous variables "
            "has infinitely many: use the prover questions"
        )
    search = Sweep(options=options, matter=matter)
    opened = list(take_up(search, matter.domain).every())
    search.waiting = [(place, cell) for place, _, cell in reversed(opened)]
    search.points = matter.domain.size - sum(_points(search, cell) for _, cell in search.waiting)
    if not passed(options.deadline):
        with threadpool_limits(1, "blas"):
            run(search, lambda: _sweep(search))
    speak(search, last=True)
    return Finding(search.ledger.proof(), tuple(search.found), search.check)


def require_end(matter: Matter) -> None:
    """Raise TooMuch where a sweep without a time limit would not come to its end."""
    read = [(bound.model, matter.domain.product_of(bound.reads)) for bound in matter.models]
    each = sum(point_cost(m, domain) for m, domain in read if isinstance(m, Network))
    each += sum(64 * m.size for m, _ in read if isinstance(m, Ensemble))
    what = "sweeping the domain without a --timeout"
    require_work(matter.domain.size * each, what)


def expected(matter: Matter) -> float:
    """Seconds, about, that the kernel's check of a sweep of the whole domain takes."""
    return FIXED + for_all_points(matter)


def timed(matter: Matter, left: float) -> float:
    """The same, told by blocks that are gone through now where it is more than a moment, and may
    be done in the seconds that are ``left``: with helpers, where these gain."""
    found = expected(matter)
    if not MOMENT < found < HOPELESS * left:
        return found
    search = Sweep(options=UNLIMITED, matter=matter)
    search.waiting = [(0, full_cell(matter.domain))]
    with threadpool_limits(1, "blas"):
        each = _measured(search)
    takes = FIXED + SAFETY * matter.domain.size * each
    if takes <= HELPED:
        return takes
    count = processors()
    return takes * speed_of(count) / speed_of(count, helped=True)


def for_all_points(matter: Matter) -> float:
    """The same beside what does not grow with the points."""
    if matter.domain.infinite:
        return math.inf
    points = min(matter.domain.size, 1 << 900)
    return points * seconds_of(matter) / speed_of(processors())


def is_cheaper(matter: Matter, finding: Finding) -> bool:
    """Whether the kernel sweeps all points sooner than it checks a proof and sweeps what is open.

    Many small cells take it longer than as many points in large ones.
    """
    search = Sweep(options=Options(resume=finding.proof), matter=matter)
    known = costs([net.p.teacher for net in search.asked.nets.values()])
    if matter.ensembles:
        each = seconds_of(matter)
        known = replace(known, point=each, listed=each)
    opened = take_up(search, matter.domain).every()
    rest = sum(known.enumerated(cell.size) for _, _, cell in opened)
    check = finding.check * speed_of(processors())  # that is by the clock, these of a processor
    return known.enumerated(matter.domain.size) < check + rest


def open_points(matter: Matter, proof: Proof) -> int:
    """Points in the cells that a proof leaves open."""
    search = Sweep(options=Options(resume=proof), matter=matter)
    return sum(_points(search, cell) for _, _, cell in take_up(search, matter.domain).every())


def _points(search: Sweep, cell: Cell) -> int:
    return sum(part.size for part, _ in search.asked.possible_parts(cell))


def _sweep(search: Sweep) -> None:
    """Depth first over the blocks, as many as can be checked in time."""
    soon = expected(search.matter) < SOON  # measured on a busy machine it might seem too long
    if search.options.check_by is not None and search.waiting and not soon:
        search.each = _measured(search)
    left = search.matter.domain.size - search.points
    looks = search.options.stop_at_difference
    looks |= left <= LOOKED and 2 * left <= search.affordable  # the kernel does the same again
    go_on(search, lambda: _next(search, looks=looks))


def _next(search: Sweep, *, looks: bool) -> bool:
    """Close the next block, cut out of what is larger; False where no more can be checked.

    The last ones are smaller, as there is time left for.
    """
    if not search.waiting:
        return False
    most = min(search.block, max(float(GROUP), search.affordable))
    while search.waiting[-1][1].size > most:
        place, cell = search.waiting.pop()
        index, left = _cut(search.asked, cell)
        places = search.ledger.split(place, index, split_number(left))
        search.waiting += zip(reversed(places), reversed(cell.split(index, left)), strict=True)
    place, cell = search.waiting[-1]
    points = _points(search, cell)
    if points > search.affordable:
        return False
    if looks:
        _look(search, cell)
    search.ledger.close(place, Enumerated())
    search.waiting.pop()
    search.closed += 1
    search.points += points
    search.check += points * search.each
    return True


def _measured(search: Sweep) -> float:
    """Seconds by the clock that the kernel takes for a point, in all its threads.

    A large block is gone through only where a small one says that it takes but a moment: what
    cannot be folded has its points evaluated one by one, and that may take a minute.
    """
    for forest in search.asked.forests.values():
        _ = forest.leaves, forest.firm, forest.point_cost  # found once, whatever the points are
    cell, some = search.waiting[-1][1], []
    while cell.size > TRIED:
        if cell.size <= search.block:
            some.append(cell)
        halves = cell.split(*_cut(search.asked, cell))
        cell = max(halves, key=partial(_points, search))
    each = _timed(search, cell)
    if search.block > BLOCK:
        for larger in reversed(some):
            if each * larger.size > MOMENT:
                break
            if larger is some[0] or larger.size >= FURTHER * cell.size:
                cell, each = larger, _timed(search, larger)
    if each * search.block <= BRIEF:  # some together, as in the check: each takes less
        chosen = random.Random(0)
        some = [_somewhere(search, search.block, chosen) for _ in range(PLACES)]
        return _timed(search, *some) / speed_of(processors())
    networks = [net.p.teacher for net in search.asked.nets.values()]
    known = costs(networks)
    fixed = known.enumerated(cell.size) / (cell.size * known.point)  # of a small block
    return each / max(1.0, fixed) / speed_of(processors())


def _somewhere(search: Sweep, most: int, chosen: random.Random) -> Cell:
    """A block of at most so many points, from anywhere in what is open."""
    every = [own for _, own in search.waiting]
    cell = chosen.choices(every, [own.size for own in every])[0]
    while cell.size > most:
        halves = cell.split(*_cut(search.asked, cell))
        cell = chosen.choices(halves, [own.size for own in halves])[0]
    return cell


def _timed(search: Sweep, *cells: Cell) -> float:
    """Seconds that a point of some cells takes the kernel, in one thread, of what other processes
    leave of the processors. What this one does beside, or its helpers as they start, does not
    count: a search that has just ended, say."""
    since, begun = clocks(), thread_time()
    _enumerated(search, *cells)
    took = (thread_time() - begun) / max(granted(since, 1), HARDLY)
    return took / max(1, sum(_points(search, cell) for cell in cells))


def _look(search: Sweep, cell: Cell) -> None:
    """Have the kernel count in a block, and keep the points that it finds."""
    for point in _enumerated(search, cell).shown():
        if len(search.found) < COUNTEREXAMPLES:
            search.found[point] = None


def _enumerated(search: Sweep, *cells: Cell) -> Ledger:
    """What the kernel finds in some cells."""
    ledger = Ledger(search.asked, Here())
    for cell in cells:
        ledger.enumerate(cell)
    ledger.evaluate_waiting()
    return ledger


def _cut(asked: Asked, cell: Cell) -> tuple[int, Part]:
    """Where a large cell is cut: along the domain's tree, then that of the question if it is about
    one, whose leaves the kernel sweeps quickest; else half of what changes most."""
    for tree in (
        asked.domain.bound_given,
        *(asked.trees.values() if len(asked.trees) == 1 else ()),
    ):
        test = tree.nodes[descend(tree, cell)] if tree.nodes else 0
        if isinstance(test, int):
            continue
        index, part, _, _ = test
        own = cell.parts[index]
        if isinstance(own, int) and isinstance(part, int):
            return index, own & part
        assert isinstance(own, range) and isinstance(part, range)
        return index, ranged(own.start, min(own.stop, part.stop))
    return halved(asked, cell)
