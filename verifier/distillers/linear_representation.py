"""Distillation through the linear representation hypothesis.

After "Towards a theory of model distillation" (Boix-Adsera, 2024): if the ANDs along the paths of a
tree are linear in the network's representation φ, then probes on φ find them, level by level, and a
dynamic program assembles the tree. Differences to the paper's procedure: probes are ridge
regressions in closed form on one shared eigenspace; the two halves of a split are judged together,
inside their parent's cell; half of the places at a level go to the splits that rank best within
their parents rather than among all; and at the last two levels half of the places go to the splits
after which a tree that ends there gets most samples right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from verifier.distillers.cuts import Bools, Cuts, Floats, Ints, prepare_cuts
from verifier.distillers.frontier import FrontierTree, fingerprints, frontier
from verifier.distillers.hypothesis import measure
from verifier.distillers.kept import FLOATS, Kept
from verifier.distillers.lookahead import AHEAD, TRIED, completed
from verifier.distillers.options import check_whole
from verifier.distillers.quick import quick_kept
from verifier.distillers.representation import (
    RIDGE,
    Layers,
    Representation,
    choose_nodes,
    represented,
)
from verifier.distillers.sampling import sample
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.network import Network, check_columns
from verifier.model.tree import Tree
from verifier.provers.timing import ending, part, passed, polled

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store

__all__ = ["Distilled", "distill", "measure"]

DEPTH, KEEP, SIZE = 5, 200, 64
NAME = "lrh"
"""Begins the names of what is kept."""
SEARCHING = 0.7
"""The share of the time for the search; the rest is for the dynamic program."""
ENDS = 4
"""Cuts of a cell that get a place because a tree can end after them."""
FEW = 32
"""Cells with fewer samples than this are not extended."""


@dataclass(frozen=True)
class Distilled:
    """The best tree found, with the whole frontier and what the search cost.

    ``agreement`` is the share of fresh samples on which ``tree`` and teacher agree; ``probes``
    counts the different ANDs that were scored, ``possible`` those that exist up to the depth;
    ``finished`` unless the deadline or Ctrl-C ended the search early.
    """

    tree: Tree
    agreement: Fraction
    frontier: tuple[FrontierTree, ...]
    probes: int
    possible: int
    finished: bool


def distill(
    teacher: Network,
    domain: Domain,
    *,
    depth: int = DEPTH,
    keep: int = KEEP,
    size: int = SIZE,
    samples: int | None = None,
    layers: Layers | None = None,
    seed: int = 0,
    deadline: float | None = None,
    store: Store | None = None,
) -> Distilled:
    """The tree of at most ``depth`` and ``size`` leaves that agrees best with the teacher.

    ``keep`` ANDs survive at each level; ``samples`` points are probed and twice as many fresh ones
    labelled for the dynamic program (default: by depth); ``layers`` chooses the nodes of φ (see
    `choose_nodes`; default: the outputs of all nonlinear layers). The same seed gives the same
    tree. ``deadline`` is on the clock of time.monotonic; ``store`` keeps what is found on the way.
    Raises LeafproofError for an option out of range, a teacher without hidden layers, or one whose
    class never changes on the samples.
    """
    for name, value, least in (
        ("depth", depth, 1),
        ("keep", keep, 2),
        ("size", size, 1),
        ("samples", samples, 2 * FEW),
        ("seed", seed, 0),
    ):
        check_whole(name, value, least)
    check_columns(teacher, domain)
    nodes = choose_nodes(teacher, layers)
    count = samples or min(16_000, max(2_000, 250 << min(depth, 10)))
    search = _begin(teacher, domain, nodes, count, seed, part(deadline, SEARCHING), store)
    finished = True
    # The products are small: several threads would spend their time waiting for each other.
    with threadpool_limits(1, "blas"):
        try:
            with ending(search.deadline):
                for levels in range(depth, 0, -1):
                    if not _extend(search, keep, levels):
                        finished = not search.late
                        break
        except KeyboardInterrupt:
            finished = False
        finally:
            search.kept.keep()
    cells = np.stack(search.cells)
    counts = _fresh_counts(search, 2 * count, seed)
    entries = frontier(search.cuts, cells, counts, size)
    best = entries[-1]
    possible = _possible(len(search.cuts.first), depth)
    probes = _probes(search, cells)
    return Distilled(best.tree, best.agreement, tuple(entries), probes, possible, finished)


@dataclass(eq=False)
class _LinearSearch:
    """The kept cells (ANDs), in order of levels, with the samples in each.

    ``z`` holds the representation and ``left`` the outcome of every cut at every sample; ``kept``
    is what probes have found, cell by cell; ``born[n]`` is the cell, cut and side that cell n came
    from; ``level`` the newest cells; ``scored`` pairs a cell with the cuts that were judged in it.
    """

    teacher: Network
    domain: Domain
    cuts: Cuts
    representation: Representation
    labels: Ints
    left: npt.NDArray[np.float32]
    deadline: float | None
    kept: Kept
    cells: list[Bools] = field(default_factory=list)
    rows: dict[int, Ints] = field(default_factory=dict)
    born: list[tuple[int, int, bool]] = field(default_factory=list)
    rating: list[float] = field(default_factory=list)
    known: dict[bytes, int] = field(default_factory=dict)
    level: list[int] = field(default_factory=list)
    scored: list[tuple[int, Ints]] = field(default_factory=list)

    @property
    def late(self) -> bool:
        """Whether the deadline has passed."""
        return passed(self.deadline)


def _begin(
    teacher: Network,
    domain: Domain,
    nodes: Sequence[int],
    count: int,
    seed: int,
    deadline: float | None,
    store: Store | None,
) -> _LinearSearch:
    """Draw the samples, factorise the representation, and start from the empty AND."""
    cuts = prepare_cuts(domain)
    points = sample(domain, count, np.random.default_rng([seed, 0]))
    rank = min(400, max(32, count // 40))
    kept = store, f"{NAME} representation"
    labels, representation = represented(teacher, domain, nodes, points, rank, seed, kept)
    if (labels == labels[0]).all():
        raise LeafproofError(
            f"the teacher answers {labels[0]} at all {count} samples: there is nothing to distil; "
            "check --domain, or prove it constant with certify"
        )
    left, probed = cuts.outcomes(points), Kept(store, f"{NAME} probes", FLOATS)
    search = _LinearSearch(teacher, domain, cuts, representation, labels, left, deadline, probed)
    whole = np.ones(len(cuts.owner), dtype=np.bool_)
    _add(search, whole, np.arange(count), (-1, -1, False), 1.0)
    search.level = [0]
    return search


def _add(
    search: _LinearSearch, cell: Bools, rows: Ints, born: tuple[int, int, bool], rating: float
) -> int:
    at = len(search.cells)
    search.known[cell.tobytes()] = at
    search.cells.append(cell)
    search.rows[at] = rows
    search.born.append(born)
    search.rating.append(rating)
    return at


def explained(search: _LinearSearch, rows: Ints) -> Floats:
    """How much of the variance of each split of a cell the probes explain on fresh samples.

    The target of a cut is, in the cell, 1 on its left and 0 on its right less their mean, and 0
    outside. Probes are fitted on one half of the samples and judged on the other, both ways: with
    orthonormal coordinates that is a product of two coefficient vectors. Cuts that do not split
    the samples get minus infinity.
    """
    z, total = search.representation.z, len(search.labels)
    middle = int(np.searchsorted(rows, total // 2))
    left = search.left[rows]
    share = left.mean(axis=0)
    kept = search.representation.spectrum / (search.representation.spectrum + RIDGE)
    parts = []
    for half, own in ((rows[:middle], left[:middle]), (rows[middle:], left[middle:])):
        here = z[half]
        parts.append(here.T @ own - np.outer(here.sum(axis=0), share))
    first, second = max(total // 2, 1), max(total - total // 2, 1)
    gain = (2 * kept - kept**2) @ (parts[0] * parts[1]) / (first * second)
    variance = share * (1 - share) * (len(rows) / total)
    split = variance > 0
    return np.where(split, gain / np.where(split, variance, 1), -np.inf)


def _extend(search: _LinearSearch, keep: int, levels: int) -> bool:
    """Probe all one-cut extensions of the newest cells and keep the best; False if none is left.

    ``levels`` are left, this one included.
    """
    found: list[tuple[int, int, float, float]] = []
    ends: list[tuple[int, int, float, float]] = []
    for n in polled(search.level):
        rows = search.rows[n]
        if search.late:
            return False
        if len(rows) < FEW or (search.labels[rows] == search.labels[rows[0]]).all():
            continue
        scores, order, right = _probed(search, rows, levels)
        search.scored.append((n, order))
        for place, cut in enumerate(order[: max(16, keep // 2)].tolist()):
            found.append((n, cut, float(scores[cut]), search.rating[n] / (1 + place)))
        ends += _ends(search, n, order, right)
    fresh: list[int] = []
    for ranking, most in (
        (sorted(ends, key=lambda f: -f[2]), keep // 2),
        (sorted(found, key=lambda f: -f[3]), keep - keep // 4),
        (sorted(found, key=lambda f: -f[2]), keep),
    ):
        for n, cut, _, rating in ranking:
            if len(fresh) >= most:
                break
            fresh += _split(search, n, cut, rating)
    for n in search.level:
        del search.rows[n]
    search.level = fresh[:keep]
    return bool(fresh)


def _probed(search: _LinearSearch, rows: Ints, levels: int) -> tuple[Floats, Ints, Floats]:
    """What the probes say in the next cell: of each cut, and the cuts with the best ones first.

    Close to the last level also the share of the samples that can be right after each of the best.
    """
    width, ahead = search.left.shape[1], TRIED if levels <= AHEAD else 0
    known = search.kept.recall(width + ahead)
    if known is not None and not _may(known, search.left[rows]):
        search.kept.forget()
        known = None
    scores = explained(search, rows) if known is None else known[:width]
    order = np.argsort(-scores, kind="stable")[: np.isfinite(scores).sum()]
    tried = order[:ahead]
    if known is not None:
        return scores, order, known[width : width + len(tried)]
    found = np.zeros(ahead)
    if len(tried):
        labels, classes = search.labels[rows], search.teacher.classes
        right = completed(search.left[rows], labels, classes, tried, levels) / len(rows)
        found[: len(tried)] = right
    search.kept.note(np.concatenate([scores, found]))
    return scores, order, found[: len(tried)]


def _may(known: Floats, left: npt.NDArray[np.float32]) -> bool:
    """Whether probes can have said so of cuts, of which each says who is ``left``, and of the best
    of them: anybody may have written it."""
    scores, right = known[: left.shape[1]], known[left.shape[1] :]
    some = left.any(axis=0) & ~left.all(axis=0)
    return bool((np.isfinite(scores) <= some).all()) and bool(np.isfinite(right).all())


def _ends(
    search: _LinearSearch, n: int, order: Ints, right: Floats
) -> list[tuple[int, int, float, float]]:
    """The cuts of a cell after which most samples can be right: first the best of each cell."""
    return [
        (n, int(order[at]), float(right[at]) - place, search.rating[n] / (1 + at))
        for place, at in enumerate(np.argsort(-right, kind="stable").tolist()[:ENDS])
    ]


def _split(search: _LinearSearch, n: int, cut: int, rating: float) -> list[int]:
    """Keep the two halves of a cell; returns those that are new."""
    goes_left = search.cuts.left(cut)
    keeps = goes_left | (search.cuts.owner != search.cuts.variable(cut)), ~goes_left
    fresh = []
    for side, keep in enumerate(keeps):
        cell = search.cells[n] & keep
        at = search.known.get(cell.tobytes())
        if at is not None:
            search.rating[at] = max(search.rating[at], rating)
            continue
        rows = search.rows[n]
        inside = rows[(search.left[rows, cut] > 0) == (side == 0)]
        fresh.append(_add(search, cell, inside, (n, cut, side == 0), rating))
    return fresh


def _fresh_counts(search: _LinearSearch, count: int, seed: int) -> npt.NDArray[np.int64]:
    """How many of ``count`` new samples lie in each cell, by the teacher's class."""
    points = sample(search.domain, count, np.random.default_rng([seed, 1]))
    labels = quick_kept(
        Kept(search.kept.store, f"{NAME} classes"), search.teacher, search.domain, points
    )
    left = search.cuts.outcomes(points) > 0
    counts = np.zeros((len(search.cells), search.teacher.classes), dtype=np.int64)
    rows = [np.arange(count)]
    for n, (parent, cut, side) in enumerate(search.born):
        if parent >= 0:
            inside = rows[parent]
            rows.append(inside[left[inside, cut] == side])
        counts[n] = np.bincount(labels[rows[n]], minlength=search.teacher.classes)
    return counts


def _probes(search: _LinearSearch, cells: Bools) -> int:
    """The number of different ANDs that were scored (by 64-bit fingerprints)."""
    _, *sides = fingerprints(search.cuts, cells)
    found = [side[n, tried] for n, tried in search.scored for side in sides]
    return len(np.unique(np.concatenate(found))) if found else 0


def _possible(cuts: int, depth: int) -> int:
    """The number of ANDs of 1 to ``depth`` literals, each one side of a different cut."""
    return sum(math.comb(cuts, k) << k for k in range(1, depth + 1))
