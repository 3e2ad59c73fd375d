"""Tails for the cells that a search about ensembles left open, by the scores' means and variances.

Few large cells tell of most: a cell in which the mean of a score is several deviations from where
the class changes has another class rarely, however far its least and greatest sums are apart. So
cells are split where that takes most of the variance, those of which most is open first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verifier.kernel.asked import Asked
from verifier.kernel.ensembles import Array, Forest
from verifier.kernel.moments import MOST, moment_tail
from verifier.kernel.prepared import parts_of
from verifier.model.cell import Cell, cell_weight
from verifier.model.chances import Distribution
from verifier.model.overlay import leaves_of_points
from verifier.model.part import Part, ranged, split_number, values, within
from verifier.model.proof import About, Constant, Finding, Open, Proof, Several, Split, Step, Tail
from verifier.model.question import Matter
from verifier.provers import forests
from verifier.provers.asked_once import asked_once
from verifier.provers.forest_arrays import Shares, shares_of
from verifier.provers.forest_reach import Reaching, reaching
from verifier.provers.further import continued, further_of
from verifier.provers.open_cells import look_at, merged, open_cells
from verifier.provers.overlaying import Cut, Overlay, overlay_of
from verifier.provers.space import Space, boxes, prepare_space, random_points
from verifier.provers.timing import now, poll
from verifier.writing.proof_bytes import changed

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
FEW = 64
"""About so many cells are looked at first: small ones that are all open are taken together."""
ANEW = 0.5
"""Where a search left more than this of the probability open, its splits are not kept."""
TWICE = 4
"""Two halves of a cell take so many times as long as it, at most about, to be looked at and then
to be checked."""
LATER = 0.25
"""The share of what is left for more that Tails have, where they told of something before."""
DRAWN, HOPELESS = 256, 0.9
"""Random points of a cell, and what a Tail's bound is by their scores where none is asked for."""
LEAST = 1e-9
"""Of a cell that is open less than this nothing more is asked."""


@dataclass(eq=False)
class _Part:
    """A cell that was looked at: what is ``said`` of it, and how much of its weight is open then.

    ``seconds`` is what the kernel takes; ``cut`` where it is split, ``halves`` what that made.
    """

    cell: Cell
    said: Step
    open: float
    cut: Cut | None
    seconds: float
    halves: tuple[_Part, _Part] | None = None

    def left(self) -> float:
        """What is open if the best is said, of it or of its halves."""
        return min(self.open, sum(x.left() for x in self.halves)) if self.halves else self.open

    def nodes(self) -> Iterator[Split | Step]:
        """The proof of it."""
        if self.halves is None or self.left() == self.open:
            yield self.said
            return
        assert self.cut is not None
        yield Split(self.cut[0], split_number(self.cut[1]))
        for half in self.halves:
            yield from half.nodes()


@dataclass(frozen=True, eq=False)
class _Ready:
    """A matter about ensembles, made ready."""

    asked: Asked
    overlay: Overlay
    reaching: dict[int, Reaching] = field(init=False)
    shares: Shares = field(init=False)
    space: Space = field(init=False)

    def __post_init__(self) -> None:
        domain = self.asked.domain
        found = {m: reaching(x, domain) for m, x in self.asked.forests.items()}
        object.__setattr__(self, "reaching", found)
        object.__setattr__(self, "shares", shares_of(domain))
        object.__setattr__(self, "space", prepare_space(domain))


def takes(matter: Matter) -> bool:
    """Whether it is about ensembles that this tells of."""
    return forests.takes(matter) and not matter.domain.infinite


@dataclass(eq=False)
class _Looks:
    """Cells that were looked at, which are not looked at twice.

    ``told`` is whether the last proof has something of them; ``check`` what the kernel takes for
    its Tails, about: ``learned`` times as much as the looks took.
    """

    ready: _Ready
    known: dict[Cell, _Part] = field(default_factory=dict)
    learned: float = 1.0
    check: float = 0.0
    told: bool = False

    def at(self, cell: Cell) -> _Part:
        """What is seen of a cell, without halves."""
        found = self.known.get(cell)
        if found is None:
            found = self.known[cell] = _looked_at(self.ready, cell)
        found.halves = None
        return found


def bounded(
    matter: Matter,
    finding: Finding,
    deadline: float,
    progress: Callable[[int], None] | None = None,
) -> Finding:
    """The finding with Tails of open cells, until the kernel needs the time that is left; what is
    found further has them, too."""
    looks = _Looks(_Ready(asked_once(matter), overlay_of(matter)))
    made = _with_tails(matter, looks, finding, deadline, progress)

    def further(end: float, learned: float) -> Finding | None:
        looks.learned = learned
        search, more = further_of(finding), None
        if search is not None and not (looks.told and made.stalled):
            tails = LATER * (end - now()) if looks.told else 0.0
            more = search(end - tails, learned)
        if not looks.told:
            return more
        kept = learned * finding.check if more is None else more.check
        return _with_tails(matter, looks, more or finding, end - kept, progress)

    return continued(made, further)


def _with_tails(
    matter: Matter,
    looks: _Looks,
    finding: Finding,
    deadline: float,
    progress: Callable[[int], None] | None,
) -> Finding:
    proof = _closed(matter, looks, finding.proof, deadline, progress)
    return replace(finding, proof=proof, check=finding.check + looks.check)


def _closed(
    matter: Matter,
    looks: _Looks,
    proof: Proof,
    deadline: float,
    progress: Callable[[int], None] | None,
) -> Proof:
    """The proof with Tails of open cells; as it was where that leaves no less open."""
    domain = matter.domain
    _, mass, _ = look_at(domain, proof)
    anew = mass > ANEW * domain.total_weight
    old = proof
    proof = (Open(),) if anew else merged(domain, proof, 2 * mass // FEW)
    roots: dict[int, _Part] = {}
    heap: list[tuple[float, int, _Part]] = []
    count, spent = 0, 0.0

    def look(cell: Cell) -> _Part:
        nonlocal count
        part, count = looks.at(cell), count + 1
        if part.cut is not None and part.open > LEAST * domain.total_weight:
            heapq.heappush(heap, (-part.open, count, part))
        return part

    with suppress(KeyboardInterrupt):
        last = 0.0
        for _, at, cell in sorted(open_cells(domain, proof), key=lambda x: -x[0]):
            if now() + looks.learned * (spent + TWICE * last) >= deadline:
                break
            roots[at] = look(cell)
            last = roots[at].seconds
            spent += last
        while heap:
            _, _, part = heapq.heappop(heap)
            assert part.cut is not None
            if now() + looks.learned * (spent + TWICE * part.seconds) >= deadline:
                break
            one, other = map(look, part.cell.split(*part.cut))
            part.halves = one, other
            spent += one.seconds + other.seconds - part.seconds  # about what is checked at last
            if progress is not None:
                progress(count)
    left = float(domain.total_weight if anew else mass)
    left -= sum(float(cell_weight(domain, x.cell)) - x.left() for x in roots.values())
    looks.told = left < mass
    looks.check = looks.learned * spent if looks.told else 0.0
    return changed(proof, lambda nodes: _assembled(nodes, roots)) if looks.told else old


def _assembled(nodes: Iterator[Split | Step], roots: dict[int, _Part]) -> Iterator[Split | Step]:
    at = 0
    for item in nodes:
        if isinstance(item, Split):
            yield item
            continue
        if at in roots:
            yield from roots[at].nodes()
        else:
            yield item
        at += 1


def _looked_at(ready: _Ready, cell: Cell) -> _Part:
    """What is said of a cell, and where it is split."""
    poll()
    overlay, asked, seconds = ready.overlay, ready.asked, 0.0
    weight = float(cell_weight(asked.domain, cell))
    place = overlay.descend(cell, overlay.top)
    cut: Cut | None = None
    leaf, given = None, overlay.trees[0]
    if overlay.excluded(place) or not weight:
        return _Part(cell, Open(), 0.0, None, 0.0)
    if given is not None:
        leaf, node = asked.leaf_around(cell), given.nodes[place[0]]
        if leaf is None:
            assert not isinstance(node, int)
            cut = node[0], within(cell.parts[node[0]], node[1])[0]
            return _Part(cell, Open(), weight, cut, 0.0)
    wanted = overlay.undecided(cell, place, {})
    if not wanted.networks and wanted.complete:
        return _Part(cell, Open(), 0.0, None, 0.0)
    every = list(asked.domain.distributions(leaf))
    said: list[About] = []
    most, slack = Fraction(0), Fraction(0)
    for model in sorted(wanted.networks):
        step, bound, own_cut, took = _said(ready, model, cell, every)
        said.append(step)
        slack, seconds = slack + bound, seconds + took
        if bound > most:
            most, cut = bound, own_cut
    if slack >= 1 or overlay.undecided(cell, place, {x.model: x.klass for x in said}):
        return _Part(cell, Open(), weight, cut, seconds)
    whole: Step = said[0] if len(said) == 1 else Several(tuple(said))
    return _Part(cell, whole, weight * float(slack), cut, seconds)


def _said(
    ready: _Ready, model: int, cell: Cell, chances: Sequence[Distribution]
) -> tuple[About, Fraction, Cut | None, float]:
    """A class of an ensemble, how often it is another one at most, a cut, and seconds."""
    forest = ready.asked.forests[model]
    own = forest.cell(cell)
    parts = parts_of([own])
    at = np.flatnonzero(forest.areas.reached(parts)[0])
    shares = _shares(ready, model, cell, at)
    probable = np.prod([x for _, x in shares], axis=0) if shares else np.ones(len(at))
    added = forest.areas.values[at].astype(np.float64)
    mean = forest.sums.start.astype(np.float64) + probable @ added
    klass, toward = _likely(forest, mean)
    if forest.shows(parts, np.array([klass]))[0]:
        return Constant(klass, model), Fraction(0), None, 0.0
    bound, begun = Fraction(1), now()
    if len(at) <= MOST and not _is_hopeless(ready, forest, cell, klass, toward):
        bound = moment_tail(forest, own, klass, [chances[i] for i in forest.reads])
    took = now() - begun
    cut = _cut(ready, model, cell, at, added @ toward, shares)
    return Tail(klass, bound, model), bound, cut, took


def _is_hopeless(ready: _Ready, forest: Forest, cell: Cell, klass: int, toward: Floats) -> bool:
    """Whether a Tail would tell of next to nothing, by the scores of some random points."""
    rng = np.random.default_rng(0)
    points = forest.points(random_points(ready.space, boxes(ready.space, [cell]), DRAWN, rng))
    leaves = np.empty((DRAWN, len(forest.members)), dtype=np.int64)
    for m, tree in enumerate(forest.members):
        leaves[:, m] = leaves_of_points(tree, points)
    own, ahead = forest.ensemble, forest.sums.total(leaves).astype(np.float64) @ toward
    if own.outputs == 1:
        assert own.threshold is not None
        cut = own.threshold * own.divisor * forest.sums.scale / own.factor
        ahead = (ahead - cut) * (1 if klass else -1)
    mean, variance = float(ahead.mean()), float(ahead.var())
    return mean <= 0 or variance > HOPELESS * (variance + mean**2)


def _likely(forest: Forest, mean: Array) -> tuple[int, Floats]:
    """The class of a mean score, and the weights of outputs in what speaks for it."""
    own = forest.ensemble
    if own.outputs == 1:
        return int(forest.sums.above(forest.sums.divided(mean))[0]), np.ones(1)
    first, second = np.argsort(-mean, kind="stable")[:2].tolist()
    toward = np.zeros(own.outputs)
    toward[[first, second]] = 1.0, -1.0
    return first, toward


def _shares(ready: _Ready, model: int, cell: Cell, at: Ints) -> list[tuple[int, Floats]]:
    """Of each variable that areas leave not whole in a cell: the probability of their parts."""
    held, found = ready.reaching[model], []
    for index, part in enumerate(cell.parts):
        low, high = held.low[at, index], held.high[at, index]
        numbers, below = ready.shares.tables[index]
        if isinstance(part, range):
            ends = np.clip([low, high + (high < part.stop)], part.start, part.stop)
            if (ends[0] == part.start).all() and (ends[1] == part.stop).all():
                continue
            mass = np.interp(ends, numbers, below)
            own = mass[1] - mass[0]
            whole = np.interp(part.stop, numbers, below) - np.interp(part.start, numbers, below)
        else:
            inside = np.array(list(values(part)))
            if ((low & part) == part).all():
                continue
            own = (low[:, None] >> inside & 1) @ below[inside]
            whole = below[inside].sum()
        found.append((index, own / whole if whole > 0 else np.ones(len(at))))
    return found


def _cut(
    ready: _Ready, model: int, cell: Cell, at: Ints, adds: Floats, shares: list[tuple[int, Floats]]
) -> Cut | None:
    """The cut that takes most of the variance of the sum of what the leaves add."""
    held, best, found = ready.reaching[model], 0.0, None
    probable = np.prod([x for _, x in shares], axis=0) if shares else np.ones(len(at))
    for index, own in shares:
        part = cell.parts[index]
        each = np.divide(adds * probable, own, out=np.zeros(len(at)), where=own > 0)
        numbers, below = ready.shares.tables[index]
        low, high = held.low[at, index], held.high[at, index]
        if isinstance(part, range):
            ends = np.clip([low, high + (high < part.stop)], part.start, part.stop)
            points, place = np.unique(ends, return_inverse=True)
            place = place.reshape(ends.shape)
            step = np.bincount(place[0], each, len(points)) - np.bincount(
                place[1], each, len(points)
            )
            mean, mass = np.cumsum(step)[:-1], np.diff(np.interp(points, numbers, below))
            order = np.arange(len(mass))
        else:
            points = np.array(list(values(part)))
            mean, mass = each @ (low[:, None] >> points & 1), below[points]
            order = np.argsort(mean, kind="stable")
        if len(mass) < 2 or not mass.sum() > 0:
            continue
        mass = mass[order] / mass.sum()
        one, sums = np.cumsum(mass)[:-1], np.cumsum(mass * mean[order])
        other = np.maximum(1 - one, 0)
        apart = sums[:-1] * other - (sums[-1] - sums[:-1]) * one
        gains = np.divide(apart**2, one * other, out=np.zeros(len(one)), where=one * other > 0)
        i = int(gains.argmax())
        if gains[i] > best:
            best = float(gains[i])
            left: Part = sum(1 << int(x) for x in points[order[: i + 1]])
            if isinstance(part, range):
                left = ranged(part.start, int(points[i + 1]))
            found = index, left
    return found
