"""The open cells of a search for the answer to a question, and how they are split and closed."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from verifier.kernel.asked import Asked
from verifier.kernel.ensembles import Forest
from verifier.kernel.prepared import point_cost
from verifier.model.cell import Cell
from verifier.model.network import Network
from verifier.model.part import Part, contains, first, split_number
from verifier.model.proof import About, Constant, Enumerated, Open, Several, Step
from verifier.model.question import Matter
from verifier.provers.answering import Answerer, Values, answerer_of
from verifier.provers.asked_once import asked_once
from verifier.provers.ledger import GrowingProof
from verifier.provers.options import Options
from verifier.provers.overlaying import Cut, Overlay, Place, overlay_of
from verifier.provers.relaxable import Relaxable, prepare_network
from verifier.provers.search import COUNTEREXAMPLES, Answering, Later, plan, take_up
from verifier.provers.space import Array, Space, prepare_space
from verifier.provers.tables import Bools

SLACK = 2.0**-14
"""Least margin, relative to its terms, at which the kernel is expected to find one as well."""
DOUBT = 2.0**-6
"""A quarter of the margin below which the kernel is asked at first."""
FRONTIER = 20_000
"""Most cells that wait in order of probability; beyond, depth first."""
HELD = 1 << 24
"""Most bounds of neurons that such cells hold together, about."""
FEWEST = 64
"""Cells of at most so many points are evaluated rather than split."""
SMALL = 1 << 9
"""So are cells of up to so many points if that takes few multiplications: the kernel does it too,
and evaluates some 25 points in the time in which it bounds a cell."""
PIECE = 1 << 14
"""Cells of a proof that is gone on from that are made at a time."""
LEAST = 2.0**-20
"""Where time is not limited, boxes of real numbers of less probability stay open."""
EVALUATED = 1 << 22
"""Multiplications that are few."""


@dataclass(slots=True, eq=False)
class Work:
    """An open cell.

    ``node`` is where it is in the ledger, ``place`` where in the trees, ``share`` its probability,
    ``weight`` 2^-depth, where depth counts the splits of this search above it. ``point`` is one of
    its tuples, ``bounds`` what was found of the neurons of each network in a cell around it,
    ``refused`` says that the kernel did not accept it as constant.
    """

    node: int
    cell: Cell
    place: Place
    share: float
    weight: float
    point: Values
    bounds: dict[int, tuple[Array, Array]] = field(default_factory=dict)
    refused: bool = False


@dataclass(eq=False)
class Asking(Answering):
    """A search for the answer to a matter's question, under way.

    ``networks`` are those that the question names, ``asked`` is the kernel's view of them all;
    it refused margins up to ``doubt``, lately. ``stack`` are cells taken depth first and
    ``heap`` those taken by their probability. ``flying`` counts open cells that others work on.
    """

    matter: Matter
    overlay: Overlay = field(init=False)
    answerer: Answerer = field(init=False)
    networks: dict[int, Relaxable] = field(init=False)
    space: Space = field(init=False)
    stack: list[Work] = field(init=False, default_factory=list)
    heap: list[tuple[float, int, Work]] = field(init=False, default_factory=list)
    asked: Asked = field(init=False)
    doubt: float = field(init=False, default=DOUBT)
    flying: int = field(init=False, default=0)
    later: Later = field(init=False)

    def __post_init__(self) -> None:
        self.overlay = overlay_of(self.matter)
        self.answerer = answerer_of(self.overlay)
        self.space = prepare_space(self.matter.domain)
        self.networks = {}
        for i, bound in enumerate(self.matter.models):
            if isinstance(bound.model, Network):
                own = self.matter.domain.product_of(bound.reads)
                self.networks[i] = prepare_network(bound.model, own)
        self.asked = asked_once(self.matter)
        plan(self, lambda: self.asked)
        self.later = take_up(self, self.matter.domain)
        begin(self, self.later.take(PIECE), self.later.weight)
        opened = sum(work.share for work in all_open(self)) + self.later.mass
        self.proved = max(0.0, 1.0 - opened)

    @property
    def open(self) -> int:
        """Number of cells not yet decided."""
        return len(self.stack) + len(self.heap) + self.flying + len(self.later)

    def share(self, cell: Cell) -> float:
        """The probability of a cell."""
        domain = self.matter.domain
        return domain.measure(cell)[1] / domain.total_weight

    def is_too_small(self, work: Work) -> bool:
        """Whether a box of real numbers is not split: else a search without a limit has no end."""
        unlimited = self.matter.domain.infinite and self.options.deadline is None
        return unlimited and work.share < LEAST

    def few(self, models: frozenset[int]) -> int:
        """So many points of some networks are evaluated rather than split; of reals none are."""
        if self.matter.domain.infinite:
            return 0
        cost = sum(self.point_costs[m] for m in models)
        return max(FEWEST, min(SMALL, EVALUATED // max(1, cost)))

    @property
    def forests(self) -> dict[int, Forest]:
        """The ensembles that the question names."""
        return self.answerer.forests

    @property
    def models(self) -> frozenset[int]:
        """The networks and ensembles that the question names."""
        return frozenset((*self.networks, *self.forests))

    @cached_property
    def point_costs(self) -> dict[int, int]:
        """The multiplications, about, of a point of each network or ensemble."""
        own = {m: point_cost(x.teacher, x.domain) for m, x in self.answerer.bulks.items()}
        return own | {m: x.point_cost for m, x in self.answerer.forests.items()}


def begin(
    search: Asking, opened: Sequence[tuple[int, int, Cell]], weight: float | None = None
) -> None:
    """Add the cells that a search begins with; see ``search.take_up``.

    ``weight`` is that of each, by default all are together 1.
    """
    each = 1 / max(1, len(opened)) if weight is None else weight
    for node, number, cell in reversed(opened):
        point = np.array(cell.first_point(), dtype=np.int64)
        work = Work(node, cell, search.overlay.top, search.share(cell), each, point)
        work.refused = number in search.options.refused
        add_open(search, work)


def blank(search: Asking) -> Asking:
    """The same problem, made ready, with no cells and nothing found; its work has no time limit."""
    found = copy(search)
    found.options, found.budget = Options(confirm=False), None
    found.ledger, found.stack, found.heap = GrowingProof(), [], []
    found.found, found.doubt, found.closed = {}, DOUBT, 0
    found.flying, found.later = 0, search.later.none()
    found.proved = found.yes = found.no = found.weight = 0.0
    return found


def all_open(search: Asking) -> list[Work]:
    """The cells that wait."""
    return [*search.stack, *(work for _, _, work in search.heap)]


def add_open(search: Asking, work: Work) -> None:
    """Add an open cell: by probability, or depth first where very many wait."""
    neurons = sum(network.neurons for network in search.networks.values())
    if len(search.heap) < min(FRONTIER, HELD // max(1, neurons)):
        heapq.heappush(search.heap, (-work.share, work.node, work))
    else:
        search.stack.append(work)


def take(search: Asking, most: int) -> list[Work]:
    """The next open cells, at most ``most``."""
    if len(search.later) and not search.stack and not search.heap:
        begin(search, search.later.take(PIECE), search.later.weight)
    taken = [search.stack.pop() for _ in range(min(most, len(search.stack)))]
    while len(taken) < most and search.heap:
        taken.append(heapq.heappop(search.heap)[2])
    return taken


def split(search: Asking, work: Work, cut: Cut, known: Values | None = None) -> None:
    """Split an open cell; the halves wait, with what is known of the whole.

    ``known`` is another of its tuples.
    """
    variable, left = cut
    places = search.ledger.split(work.node, variable, split_number(left))
    for node, half in zip(places, work.cell.split(variable, left), strict=True):
        point = _point_in(half.parts[variable], variable, work.point, known)
        share = _share_of(search, work, half, variable)
        add_open(search, Work(node, half, work.place, share, work.weight / 2, point, work.bounds))


def _share_of(search: Asking, work: Work, half: Cell, variable: int) -> float:
    """The probability of a half of a cell; where variables are independent, from the cell's."""
    domain = search.matter.domain
    if domain.given is not None:
        return search.share(half)
    chances = domain.variables[variable].chances
    whole = chances.weight_of(work.cell.parts[variable])
    return work.share * (chances.weight_of(half.parts[variable]) / whole) if whole else 0.0


def _point_in(part: Part, variable: int, *points: Values | None) -> Values:
    """One of some tuples, if it is in a half, else the first, changed."""
    given = [point for point in points if point is not None]
    for point in given:
        if contains(part, int(point[variable])):
            return point
    point = given[-1].copy()
    point[variable] = first(part)
    return point


def close(search: Asking, work: Work, known: Mapping[int, int]) -> None:
    """Close a cell where the classes of some networks, all over it, decide the formula."""
    least = dict(known)
    for model in sorted(known):
        rest = {m: k for m, k in least.items() if m != model}
        if len(least) > 1 and not search.overlay.undecided(work.cell, work.place, rest):
            least = rest
    search.ledger.close(work.node, step_of(least))
    _count(search, work)
    for part, found in search.overlay.parts(work.cell, work.place, known):
        share = work.share if part == work.cell else search.share(part)
        search.yes += share * (found is True)
        search.no += share * (found is False)
    if search.overlay.excluded(search.overlay.descend(work.cell, work.place)):
        search.no += work.share


def step_of(known: Mapping[int, int]) -> Step:
    """The step that says that networks have these classes."""
    steps: tuple[About, ...] = tuple(Constant(k, m) for m, k in sorted(known.items()))
    if not steps:
        return Open()  # the trees decide it
    return steps[0] if len(steps) == 1 else Several(steps)


def close_enumerated(search: Asking, work: Work, true: Bools | None) -> None:
    """Close a small cell by evaluation of all its points, where the formula is ``true`` or not."""
    search.ledger.close(work.node, Enumerated())
    _count(search, work)
    if true is not None and len(true):
        search.yes += work.share * float(true.mean())
        search.no += work.share * float(1 - true.mean())


def give_up(search: Asking, work: Work) -> None:
    """Leave a cell open for good."""
    search.weight += work.weight


def _count(search: Asking, work: Work) -> None:
    search.closed += 1
    search.proved += work.share
    search.weight += work.weight


def record(search: Asking, points: Values, classes: Values) -> Bools:
    """Keep those points at which the formula is true, as long as some are wanted."""
    true = search.answerer.true_at(points, classes)
    wanted = COUNTEREXAMPLES - len(search.found)
    for i in np.flatnonzero(true)[: max(0, wanted)].tolist():
        search.found[tuple(points[i].tolist())] = None
    return true
