"""Fills the rows of one network: distils it, by us and as published, and proves every tree."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

import verifier as lp
from tests.benchmarks.paper import published
from tests.benchmarks.paper.rows import (
    ITSELF,
    PROBES,
    PUBLISHED,
    AtLeaf,
    Interval,
    PaperRow,
    Trained,
)
from tests.benchmarks.rows import load_before, spending
from verifier.distillers import linear_representation
from verifier.distillers.frontier import FrontierTree
from verifier.distillers.quick import quick_classes
from verifier.distillers.sampling import sample
from verifier.jobs.certify import CertifyResult
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.network import Network, exact_classes
from verifier.model.overlay import BoundTree, Ints, leaves_of_points, overlay
from verifier.model.proof import Constant, Tail, steps
from verifier.model.tree import Tree, bind

FRESH = 100_000
"""Fresh points for the shares of agreement."""
MOST_PUBLISHED = 130_000
"""Runs of the paper's procedure that would probe more ANDs than this are left out."""
TRIED = 10
"""Fresh points that are evaluated exactly where a proof shows no difference."""
LEAVES = 3
"""Leaves that a row tells of, at most."""


@dataclass(frozen=True)
class Asked:
    """What each proof may cost: seconds of the clock, and draws (None: a tenth of the time)."""

    seconds: float
    draws: int | None


@dataclass(frozen=True)
class Found:
    """A tree, and what it took to find it."""

    way: str
    keep: int
    tree: Tree
    probes: int = 0
    possible: int = 0
    seconds: float = 0.0
    frontier: tuple[tuple[int, float], ...] = ()
    adam: float = 0.0


@dataclass(eq=False)
class Subject:
    """A network that rows are made of, with fresh points and its classes there.

    ``proofs`` are the results so far: a proof is about the network, and serves other trees.
    """

    teacher: Network
    truth: Tree
    domain: Domain
    net: Trained
    asked: Asked
    scratch: Path
    proofs: list[tuple[BoundTree, CertifyResult, float]] = field(default_factory=list)
    points: Ints = field(init=False)
    classes: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.points = sample(self.domain, FRESH, np.random.default_rng(99))
        with threadpool_limits(1, "blas"):
            self.classes = quick_classes(self.teacher, self.domain, self.points)
        self.net = replace(self.net, agrees=self.share(bind(self.truth, self.domain)))

    def share(self, tree: BoundTree) -> float:
        """The share of the fresh points on which a tree agrees with the network."""
        return float((tree.classes[leaves_of_points(tree, self.points)] == self.classes).mean())

    def fresh_witness(self, tree: BoundTree) -> str:
        """A fresh point where tree and network differ, evaluated exactly; "" for none."""
        answers = tree.classes[leaves_of_points(tree, self.points)]
        for at in np.flatnonzero(answers != self.classes)[:TRIED].tolist():
            point = tuple(self.points[at].tolist())
            if exact_classes(self.teacher, self.domain, [point])[0] != answers[at]:
                return hexadecimal(point)
        return ""

    def row(self, found: Found) -> PaperRow:
        """Prove what can be proved of a tree, and say it all."""
        tree = bind(found.tree, self.domain)
        load = load_before()
        result, spent = self._proof(found.tree, tree)
        sampled = result.sampled
        low, high = result.error
        return PaperRow(
            net=self.net,
            way=found.way,
            keep=found.keep,
            leaves=found.tree.leaves,
            agrees=self.share(tree),
            truth=1 - difference(tree, bind(self.truth, self.domain)),
            probes=found.probes,
            possible=found.possible,
            seconds=found.seconds,
            frontier=found.frontier,
            verdict=result.verdict,
            proved=Interval(low, high),
            sampled=None
            if sampled is None
            else Interval(sampled.lower, sampled.upper, sampled.delta, sampled.draws),
            leaves_open=where(result, tree) if found.way == ITSELF else (),
            literals=smallest(result, tree),
            witness=witness(result) or self.fresh_witness(tree),
            spent=spent,
            limit=self.asked.seconds,
            load=load,
            date=str(date.today()),
            adam=found.adam,
        )

    def _proof(self, tree: Tree, bound: BoundTree) -> tuple[CertifyResult, float]:
        """A result about the tree, or about one that answers the same everywhere."""
        for earlier, result, spent in self.proofs:
            if difference(earlier, bound) == 0:
                return result, spent
        kept = self.scratch / f"{self.net.name}-epoch{self.net.epochs}.certificate"
        with spending() as cost:
            result = lp.certify(
                self.teacher,
                tree,
                self.domain,
                timeout=self.asked.seconds,
                sample=self.asked.draws,
                resume=kept if self.proofs else None,
            )
        result.save(kept)
        self.proofs.append((bound, result, cost.cpu))
        return result, cost.cpu


def difference(tree: BoundTree, other: BoundTree) -> Fraction:
    """The share of the domain's points where two trees differ, exactly."""
    whole = full_cell(tree.domain)
    wrong = sum(
        part.size
        for cell, leaf in overlay(tree, whole)
        for part, there in overlay(other, cell)
        if tree.nodes[leaf] != other.nodes[there]
    )
    return Fraction(wrong, tree.domain.size)


def smallest(result: CertifyResult, tree: BoundTree) -> int | None:
    """The fewest literals of an AND at all whose points a proof shows network and tree to differ.

    None where it shows no such AND.
    """
    assert result.certificate is not None
    found = [
        fixed(part)
        for cell, _, step in steps(tree.domain, result.certificate.proof)
        if isinstance(step, Constant)
        for part, leaf in overlay(tree, cell)
        if tree.nodes[leaf] != step.klass
    ]
    return min(found, default=None)


def where(result: CertifyResult, tree: BoundTree) -> tuple[AtLeaf, ...]:
    """The leaves of a tree where most is open or different by its proof, at most `LEAVES`."""
    assert result.certificate is not None
    low: Counter[int] = Counter()
    high: defaultdict[int, Fraction] = defaultdict(Fraction)
    for cell, _, step in steps(tree.domain, result.certificate.proof):
        for part, leaf in overlay(tree, cell):
            if isinstance(step, Constant):
                low[leaf] += part.size * (tree.nodes[leaf] != step.klass)
            elif isinstance(step, Tail) and tree.nodes[leaf] == step.klass:
                high[leaf] += min(cell.size * step.bound, Fraction(part.size))
            else:
                high[leaf] += part.size
    size = tree.domain.size
    cells = {leaf: cell for cell, leaf in overlay(tree, full_cell(tree.domain))}
    found = [
        AtLeaf(
            path_of(cell),
            Fraction(cell.size, size),
            Fraction(low[leaf], size),
            Fraction(low[leaf] + high[leaf], size),
        )
        for leaf, cell in cells.items()
        if low[leaf] + high[leaf]
    ]
    return tuple(sorted(found, key=lambda leaf: -leaf.high)[:LEAVES])


def path_of(cell: Cell) -> str:
    """The literals of a cell over signs: ``x3`` where variable 3 is 1, ``-x3`` where it is -1."""
    names = ((i, mask) for i, mask in enumerate(cell.masks) if mask.bit_count() == 1)
    return " ".join(f"{'-' * (mask == 1)}x{i}" for i, mask in names)


def fixed(cell: Cell) -> int:
    """How many variables of a cell over signs have one value."""
    return sum(mask.bit_count() == 1 for mask in cell.masks)


def witness(result: CertifyResult) -> str:
    """The first counterexample as a hexadecimal number, first variable first; "" for none."""
    return next((hexadecimal(found.point) for found in result.counterexamples), "")


def hexadecimal(point: Sequence[int]) -> str:
    """A point over signs as a hexadecimal number, first variable first, 1 for +1."""
    return f"{int(''.join(map(str, point)), 2):0{-(-len(point) // 4)}x}"


def wanted(net: Trained, keeps: Sequence[int]) -> list[tuple[str, int]]:
    """What rows a network is to have: way and keep; the proof of the first serves the others."""
    most_first = sorted(keeps, reverse=True)
    own = [(PROBES, keep) for keep in most_first]
    few = [keep for keep in most_first if published_probes(net, keep) <= MOST_PUBLISHED]
    return [(ITSELF, 0), *own, *((PUBLISHED, keep) for keep in few)]


def find(subject: Subject, way: str, keep: int) -> Found:
    """The tree of a row."""
    if way == ITSELF:
        return Found(way, keep, subject.truth)
    net = subject.net
    if way == PUBLISHED:
        with threadpool_limits(1, "blas"):
            done = published.distill(subject.teacher, subject.domain, net.depth, keep)
            adam = published.adam_seconds(subject.teacher, done.probes)
        shares = _shares(done.frontier)
        return Found(way, keep, done.tree, done.probes, done.possible, done.seconds, shares, adam)
    begun = time.process_time()
    found = linear_representation.distill(
        subject.teacher, subject.domain, depth=net.depth, keep=keep, size=2**net.depth
    )
    spent = time.process_time() - begun
    shares = _shares(found.frontier)
    return Found(way, keep, found.tree, found.probes, found.possible, spent, shares)


def _shares(entries: Sequence[FrontierTree]) -> tuple[tuple[int, float], ...]:
    return tuple((entry.leaves, float(entry.agreement)) for entry in entries)


def published_probes(net: Trained, keep: int) -> int:
    """How many ANDs the paper's procedure probes, at most."""
    level, total = 1, 0
    for _ in range(net.depth):
        level = 2 * net.columns * min(level, keep)
        total += level
    return total
