"""A question ready to be checked: networks prepared, trees bound, its formula evaluated. Trusted.

A network is bound to some variables: it sees a cell's parts of these, and their product domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Fixed, Ints
from verifier.kernel.ensembles import Forest, forest_of
from verifier.kernel.known import Classes
from verifier.kernel.many import Table, table_of
from verifier.kernel.over import Over, folded_over
from verifier.kernel.plain import Plain, plain
from verifier.kernel.points import chunk_of, evaluate, exact_at_once, narrow_classes
from verifier.kernel.prepared import Prepared, Reader, no_poll, prepare
from verifier.kernel.unfolded import Unfolded, unfolded
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble
from verifier.model.errors import quoted
from verifier.model.grouped import grouped
from verifier.model.limits import PYTHON
from verifier.model.network import Network, decide, exact_logits
from verifier.model.ordinal import Ranged
from verifier.model.overlay import (
    BoundTree,
    classify,
    descend,
    leaves_of_points,
    no_charge,
    overlay,
)
from verifier.model.proof import Subject
from verifier.model.question import Formula, Matter, atoms, check_names, differ, truth
from verifier.model.rounding import check_rounding
from verifier.model.tree import Tree, bind, check_table

PATIENCE = 2.0**-3
"""Seconds after which it is asked whether the check is to end."""
GROUPED, MOST, KEPT = 1 << 7, 1 << 10, 1 << 26
"""Steps to make a group of classes ready, for each to bound a cell; most groups that are kept, and
most steps to bound a cell with all of these, which goes with their memory."""
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Net(Reader):
    """A network on the product of the variables that it ``reads``; ``whole`` if that is all.

    ``strict``: its class is 0 for sure only where its logit is below 0.
    """

    p: Prepared
    reads: tuple[int, ...]
    whole: bool
    strict: bool = False

    @cached_property
    def plain(self) -> Plain | None:
        """The network in float64, where that is used."""
        return plain(self.p)

    def over(self, cells: Sequence[Cell], *, refine: bool) -> list[Over | None]:
        """The network over cells of its variables in float64, where that decides anything."""
        if self.plain is None:
            return [None] * len(cells)
        return folded_over(self.plain, self.reads, cells, refine=refine)

    @cached_property
    def everywhere(self) -> Over | None:
        """The same over all of its variables' values."""
        return self.over([full_cell(self.p.domain)], refine=False)[0]

    @cached_property
    def real(self) -> tuple[Over, ...]:
        """The same where only real numbers matter, not float32: the quickest first. Or none."""
        none = Fixed(np.zeros((1, self.p.teacher.outputs)), np.zeros(1, dtype=np.int64))
        every = () if self.everywhere is None else (self.everywhere.single, self.everywhere)
        return tuple([replace(x, far=x.folded.far(none)) for x in every if x is not None])

    @cached_property
    def unfolded(self) -> tuple[Unfolded, ...]:
        """The network in float32 as it is, quickest first, where that decides anything."""
        return unfolded(self.p)

    @property
    def straight(self) -> Over | None:
        """The same, if it is linear between bends."""
        return self.everywhere if self.plain is not None and self.plain.straight else None

    @cached_property
    def classes(self) -> int:
        """How many it has."""
        return self.p.teacher.classes

    @property
    def infinite(self) -> bool:
        """Whether it reads a continuous variable."""
        return self.p.domain.infinite

    @property
    def point_cost(self) -> int:
        """Steps to evaluate a point, about."""
        return self.p.point_cost

    @property
    def draw_cost(self) -> int:
        """The same of a point of which only the class matters."""
        ways = self.unfolded if self.everywhere is None else ()
        return min(self.point_cost, ways[0].cost) if len(ways) > 1 else self.point_cost

    @property
    def chunk(self) -> int:
        """Points evaluated at a time."""
        return chunk_of(self.p)


@dataclass(frozen=True, eq=False)
class Asked:
    """A question about models over a domain, by the models' numbers.

    ``nets`` are its networks, ``trees`` its trees, ``forests`` its ensembles.

    Of the models numbered in ``opaque`` nothing is known but what a file records.
    """

    domain: Domain
    question: Formula
    names: tuple[str, ...]
    nets: Mapping[int, Net]
    trees: Mapping[int, BoundTree]
    poll: Callable[[], None] = no_poll
    spend: Callable[[int], None] = no_charge
    differs: bool = False
    opaque: tuple[int, ...] = ()
    forests: Mapping[int, Forest] = field(default_factory=dict)
    _truths: dict[Classes, bool | None] = field(default_factory=dict)
    _grouped: dict[Subject, Net] = field(default_factory=dict)

    @cached_property
    def proved(self) -> Mapping[int, Net | Forest]:
        """The models that steps speak of."""
        return {**self.nets, **self.forests}

    def net(self, subject: Subject) -> Net:
        """A network of two classes: a model, or the group of some of its classes and the others."""
        model, ones = subject
        net, found = self.nets[model], self._grouped.get(subject)
        if not ones or found is not None:
            return found or net
        net.p.spend(GROUPED * (net.p.cell_cost + 8 * (net.classes**2 + PYTHON)))
        p = prepare(grouped(net.p.teacher, ones), net.p.domain)
        p = replace(p, poll=net.p.poll, spend=net.p.spend)
        if len(self._grouped) >= min(MOST, KEPT // p.cell_cost):  # a file may name very many
            self._grouped.clear()
        self._grouped[subject] = found = Net(p, net.reads, net.whole, strict=True)
        return found

    @cached_property
    def atoms(self) -> int:
        """How often the formula names models, at least 1."""
        return sum(1 for _ in atoms(self.question))

    @cached_property
    def spans(self) -> tuple[float, ...]:
        """About how much a step of each variable's value changes of the networks."""
        found = [0.0] * len(self.domain.variables)
        for net in self.nets.values():
            if net.plain is not None:
                for i, own in zip(net.reads, net.plain.spans, strict=True):
                    found[i] += own
        return tuple(found)

    @cached_property
    def labels(self) -> int:
        """Values of all categorical variables, and runs of the others."""
        return sum(
            len(v.chances.runs) if isinstance(v, Ranged) else v.count for v in self.domain.variables
        )

    @cached_property
    def table(self) -> Table | None:
        """The domain's numbers, as sums are counted by."""
        return table_of(self.domain)

    @cached_property
    def part_cost(self) -> int:
        """Steps to count a part of a cell, about, beside those of finding it."""
        if self.domain.uniform:
            return 2 * PYTHON
        words = 1 + self.domain.total_weight.bit_length() // 64
        return 2 * PYTHON + 400 * self.labels + 8 * words * len(self.domain.variables)

    @cached_property
    def point_cost(self) -> int:
        """Steps to evaluate a point, about."""
        own = sum(net.point_cost for net in self.proved.values())
        several = len(self.proved) != 1
        return own + 64 * (self.atoms - 1) + 64 * len(self.domain.variables) * several

    @cached_property
    def chunk(self) -> int:
        """Points evaluated at a time."""
        return min((net.chunk for net in self.proved.values()), default=1 << 13)

    def word(self, model: int) -> str:
        """A network or ensemble in a message."""
        kind = "ensemble" if model in self.forests else "network"
        return "the teacher" if self.differs else f"{kind} {quoted(self.names[model])}"

    def wait(self, future: Future[T]) -> T:
        """What a future finds, unless the check is to end before."""
        while True:
            self.poll()
            with suppress(TimeoutError):
                return future.result(PATIENCE)

    def truth(self, classes: Classes) -> bool | None:
        """Whether the formula is true of these classes, in three values; ``-order`` stands for
        those of two models of that order, all pairs that it allows."""
        if classes not in self._truths:
            self.spend(PYTHON * self.atoms)
            if len(self._truths) >= 1 << 12:
                self._truths.clear()
            self._truths[classes] = self._common(classes)
        return self._truths[classes]

    def _common(self, classes: Classes) -> bool | None:
        own = [m for m, klass in enumerate(classes) if klass is not None and klass < 0]
        if not own:
            return truth(self.question, classes)
        pairs = [(k, k) for k in range(self.proved[own[0]].classes)]
        pairs += {-1: [(0, 1)], -2: [(1, 0)]}.get(classes[own[0]] or 0, [])
        self.spend(PYTHON * self.atoms * len(pairs))
        every = [{**dict(enumerate(classes)), **dict(zip(own, x, strict=True))} for x in pairs]
        found = {truth(self.question, tuple(held.values())) for held in every}
        return found.pop() if len(found) == 1 else None

    def possible_parts(self, cell: Cell) -> Iterator[tuple[Cell, int | None]]:
        """The possible parts of a cell, each in one leaf of the domain's tree (None: no tree)."""
        if self.domain.given is None:
            yield cell, None
            return
        for part, leaf in overlay(self.domain.bound_given, cell, spend=self.spend):
            if self.domain.leaves[leaf][1].weight:
                yield part, leaf

    def leaf_around(self, cell: Cell) -> int | None:
        """The leaf of the domain's tree that the whole cell lies in; None if there is none."""
        tree = self.domain.bound_given
        node = descend(tree, cell)
        return node if isinstance(tree.nodes[node], int) else None

    def exact_classes(self, points: Sequence[Point]) -> tuple[list[Classes], int]:
        """All models' classes at some points, exactly, and the bits of the longest logit that was
        written out: only where enclosures do not decide is the network made exact."""
        columns: dict[int, list[int]] = {}
        rows = np.array(points, dtype=np.int64).reshape(-1, len(self.domain.variables))
        longest = 0
        for model, net in self.nets.items():
            own, p = net.points(rows), replace(net.p, poll=self.poll, spend=self.spend)
            self.spend(len(rows) * 4 * p.point_cost)
            found = narrow_classes(p, own) if points else own[:, 0]
            rest = np.flatnonzero(found < 0)
            size = exact_at_once(p) if rest.size else 1
            for at in (rest[start : start + size] for start in range(0, len(rest), size)):
                self.poll()
                self.spend(len(at) * p.exact_cost)
                inputs = [p.domain.encode_integers(tuple(x)) for x in own[at].tolist()]
                logits = exact_logits(p.teacher, inputs, p.domain.denominator)[0]
                found[at] = [decide(row) for row in logits]
                longest = max([longest, *(abs(x).bit_length() for row in logits for x in row)])
            columns[model] = found.tolist()
        for model, forest in self.forests.items():
            self.spend(len(rows) * forest.point_cost)
            columns[model] = forest.classes_at(forest.points(rows)).tolist()
        for model, tree in self.trees.items():
            columns[model] = [classify(tree, x) for x in points]
        every = [columns[model] for model in range(len(self.names))]
        return list(zip(*every, strict=True)), longest


def ask(
    matter: Matter,
    poll: Callable[[], None] = no_poll,
    spend: Callable[[int], None] = no_charge,
) -> Asked:
    """Prepare the networks and ensembles of a question and bind its trees.

    Raises NetworkError, EnsembleError or TreeError where a model does not fit, or takes too much.
    """
    check_rounding()
    check_names(matter, trees=True)
    everything = tuple(range(len(matter.domain.variables)))
    nets: dict[int, Net] = {}
    trees: dict[int, BoundTree] = {}
    forests: dict[int, Forest] = {}
    for number, bound in enumerate(matter.models):
        whole, domain = bound.reads == everything, matter.domain
        if not whole or domain.given is not None:
            domain = domain.product_of(bound.reads)
        if isinstance(bound.model, Network):
            p = replace(prepare(bound.model, domain), poll=poll, spend=spend)
            nets[number] = Net(p, bound.reads, whole)
        elif isinstance(bound.model, Ensemble):
            forests[number] = forest_of(bound.model, domain, bound.reads, whole, poll, spend)
    for number, bound in enumerate(matter.models):
        if isinstance(bound.model, Tree):
            check_table(bound.model, matter.domain)
            trees[number] = bind(bound.model, matter.domain, bound.reads)
    names = tuple(bound.name for bound in matter.models)
    about = matter.domain, matter.question, names, nets, trees, poll, spend, matter.is_differ
    return Asked(*about, (0,) if matter.is_test else (), forests=forests)


def difference(p: Prepared, tree: BoundTree) -> Asked:
    """The question where a network and a tree differ that are prepared already."""
    reads = tuple(range(len(p.domain.variables)))
    nets, trees = {0: Net(p, reads, whole=True)}, {1: tree}
    return Asked(p.domain, differ(), ("teacher", "tree"), nets, trees, p.poll, p.spend, True)


def evaluate_all(asked: Asked, points: Ints) -> tuple[dict[int, Ints], npt.NDArray[np.bool_], int]:
    """The classes at each point but of trees, where all are shown for float32, the largest bits.

    ``points`` holds value indices, shape (N, variables), N >= 1.
    """
    classes: dict[int, Ints] = {}
    steady, largest = np.ones(len(points), dtype=bool), 0
    for model, net in asked.nets.items():
        classes[model], shown, bits = evaluate_net(net, points)
        steady &= shown
        largest = max(largest, bits)
    for model, forest in asked.forests.items():
        classes[model] = forest.classes_at(forest.points(points))
        steady &= forest.firm
    return classes, steady, largest


def evaluate_model(asked: Asked, model: int, points: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The classes of a network or an ensemble at tuples of the variables that it reads. And where
    they are shown for float32."""
    if model in asked.nets:
        return evaluate_own(asked.nets[model], points)[:2]
    forest = asked.forests[model]
    return forest.classes_at(points), np.full(len(points), forest.firm)


def evaluate_seen(asked: Asked, model: int, points: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The same at points of all variables."""
    if model in asked.nets:
        return evaluate_net(asked.nets[model], points)[:2]
    return evaluate_model(asked, model, asked.forests[model].points(points))


def evaluate_net(net: Net, points: Ints) -> tuple[Ints, npt.NDArray[np.bool_], int]:
    """``points.evaluate`` of a network; each tuple of the variables that it reads once."""
    if net.whole:
        return evaluate_own(net, points)
    own, at = np.unique(net.points(points), axis=0, return_inverse=True)
    classes, steady, bits = evaluate_own(net, own)
    return classes[at.ravel()], steady[at.ravel()], bits


def evaluate_own(net: Net, points: Ints) -> tuple[Ints, npt.NDArray[np.bool_], int]:
    """``points.evaluate`` at tuples of the variables that a network reads, first in float64."""
    if net.everywhere is None:
        return evaluate(net.p, points)
    classes, near = net.everywhere.at(points)
    steady, at, bits = ~near & net.everywhere.firm, np.flatnonzero(near), 0
    if at.size:
        closer = net.straight.enclosed if net.straight is not None else None
        classes[at], steady[at], bits = evaluate(net.p, points[at], closer)
    return classes, steady, bits


def tree_classes(asked: Asked, points: Ints) -> dict[int, Ints]:
    """The trees' classes at each point."""
    return {m: t.classes[leaves_of_points(t, points)] for m, t in asked.trees.items()}
