"""Checking the Steps of many cells together: rules 5, 7 and 8 of docs/soundness.md. Trusted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Net, evaluate_seen, tree_classes
from verifier.kernel.ensembles import Forest
from verifier.kernel.entering import Bools, Bounded, enter_many
from verifier.kernel.float32 import never_shown
from verifier.kernel.helpers import Some, answer
from verifier.kernel.judging import (
    Found,
    Known,
    Rare,
    Shown,
    Waiting,
    complain,
    is_enumerated,
    judged,
    rare_tails,
    refuse,
)
from verifier.kernel.known import known
from verifier.kernel.ledger import Ledger
from verifier.kernel.paired import pair
from verifier.kernel.points import blocks
from verifier.kernel.prepared import Parts, parts_of
from verifier.kernel.rules import constant_over, group_of
from verifier.kernel.signed import signed_margins
from verifier.kernel.stretches import Counted, counted, enter_sums, laid
from verifier.kernel.tally import weight
from verifier.kernel.truths import UNKNOWN, truths
from verifier.model.cell import Cell, describe_cell
from verifier.model.limits import PYTHON
from verifier.model.proof import SAME, Constant, Paired, Sandwich, Signed
from verifier.model.sample import Left

CLOSER = 1 << 8
"""Up to so many tuples, a cell not shown for float32 as a whole is looked at point by point."""


def leave_open(ledger: Ledger, cell: Cell) -> None:
    """A cell of which the proof says nothing: what trees alone decide is still counted."""
    nothing = known(len(ledger.asked.names), (), (), (), ledger.trust)
    ledger.count("open" if ledger.add(cell, nothing) else "impossible")


def enter_pair(ledger: Ledger, number: int, cell: Cell, step: Paired) -> None:
    """A cell in which two ensembles are said to be of an order."""
    said = (step.left, -step.order), (step.right, -step.order)
    own = [ledger.asked.forests[m] for m, _ in said if m in ledger.asked.forests]
    if len(own) < 2 or (step.order != SAME and max(x.classes for x in own) > 2):
        refuse(ledger, f"step {number} pairs no ensembles, or orders more than two classes")
    held = pair(ledger.asked, step.left, step.right)
    if held is not None and held.holds(cell, step.order):
        ledger.count("paired")
        steady = said if all(x.firm for x in own) else ()
        ledger.add(cell, known(len(ledger.asked.names), said, steady, (), ledger.trust))
        return
    where = f"where {describe_cell(ledger.asked.domain, cell)}, but that is not shown"
    complain(ledger, number, f"step {number} pairs two ensembles {where}")
    if ledger.lenient:
        leave_open(ledger, cell)


@dataclass(frozen=True, slots=True)
class Looked:
    """What bounds show of the cells of a batch, and of those of Sandwiches why they do not hold.

    ``bounded`` are by network those of which a class was looked at, ``rare`` the Tails that ranges
    rarely left show, ``sums`` is what those of Sandwiches count that hold.
    """

    bounded: dict[int, Bounded]
    rare: Rare
    wrong: dict[int, str]
    sums: dict[int, Counted]


def look(ledger: Ledger, batch: Sequence[Waiting]) -> Looked:
    """Bound the cells of a batch: in any thread, as this changes nothing."""
    at = [i for i, leaf in enumerate(batch) if isinstance(leaf.steps[-1], Sandwich)]
    cells = [batch[i].cell for i in at]
    steps = [step for i in at for step in batch[i].steps if isinstance(step, Sandwich)]
    some = Some(cells, steps, laid(ledger, cells, steps))
    waiting = None if ledger.desk is None else ledger.desk.hand_in(ledger, some)
    bounded, rare = _bounded(ledger, batch), rare_tails(ledger, batch)
    why, sums = waiting() if waiting is not None else answer(ledger, some)
    wrong = dict(zip(at, why, strict=True))
    good = [k for k, problem in enumerate(why) if not problem]
    own = [cells[k] for k in good], [steps[k] for k in good], [some.parts[k] for k in good]
    found = counted(*own, sums)
    return Looked(bounded, rare, wrong, dict(zip([at[k] for k in good], found, strict=True)))


def settle(ledger: Ledger, batch: list[Waiting]) -> None:
    """Check the waiting cells, and empty the batch."""
    if batch:
        enter(ledger, batch, look(ledger, batch))
        batch.clear()


def enter(ledger: Ledger, batch: Sequence[Waiting], looked: Looked) -> None:
    """Enter what was found of the cells of a batch, in their order but for what adds up."""
    rest = _entered_at_once(ledger, batch, looked)
    wanted = np.zeros(len(batch), dtype=bool)
    wanted[rest] = True
    shown = {m: _by_place(own, wanted) for m, own in looked.bounded.items()}
    left = [(i, batch[i]) for i in rest]
    wrong, rare = looked.wrong, looked.rare
    found = [
        _sandwiched(ledger, leaf, i, shown, wrong[i])
        if i in wrong
        else judged(ledger, leaf, i, shown, rare)
        for i, leaf in left
    ]
    closer = [_needs_points(ledger, x, f) for (_, x), f in zip(left, found, strict=True)]
    near = [(x, f) for (_, x), f, close in zip(left, found, closer, strict=True) if close]
    _doubt_points(ledger, near)
    for (i, leaf), held, close in zip(left, found, closer, strict=True):
        ledger.step = leaf.number
        if i in looked.sums and not held.refused:
            own = looked.sums[i]
            ledger.count("sandwich")
            ledger.count("constant", len(own.step.beside))
            if own.problem:
                refuse(ledger, f"step {leaf.number}: {own.problem}")
            enter_sums(ledger, own)
        else:
            _enter(ledger, leaf, held, doubted=close)


def _entered_at_once(ledger: Ledger, batch: Sequence[Waiting], looked: Looked) -> list[int]:
    """Enter cells that can be together; returns the places of the others in the batch."""
    if len(looked.bounded) != 1 or looked.wrong:
        return [*range(len(batch))]
    (held,) = looked.bounded.values()
    if not (held.alone and len(held.at) == len(batch)):
        return [*range(len(batch))]
    rest: Ints = np.flatnonzero(~enter_many(ledger, held, 0 if _is_loose(ledger) else CLOSER))
    return list(rest.tolist())


def _by_place(held: Bounded, wanted: Bools) -> dict[int, tuple[bool, bool]]:
    """What bounds show of some of the cells, by their places in the batch."""
    at = np.flatnonzero(wanted[held.at])
    pairs = zip(held.good[at].tolist(), held.firm[at].tolist(), strict=True)
    return dict(zip(held.at[at].tolist(), pairs, strict=True))


@dataclass(eq=False)
class Line:
    """Cells on their way: a batch is bounded in the thread of ``ahead`` while the next is read.
    Whoever wants to know is told up to which number Steps are entered."""

    ledger: Ledger
    ahead: Executor
    tell: Callable[[int], None] = lambda _: None
    under_way: deque[tuple[Sequence[Waiting], Future[Looked]]] = field(default_factory=deque)

    def send(self, batch: list[Waiting]) -> None:
        """Have a batch bounded, empty it, and enter the first one where there are many."""
        if not batch:
            return
        sent = tuple(batch)
        batch.clear()
        self.under_way.append((sent, self.ahead.submit(look, self.ledger, sent)))
        if len(self.under_way) > 1:
            self._enter()

    def settle(self, batch: list[Waiting]) -> None:
        """Check all that waits or is under way, and empty the batch."""
        self.send(batch)
        while self.under_way:
            self._enter()

    def _enter(self) -> None:
        batch, looked = self.under_way.popleft()
        enter(self.ledger, batch, self.ledger.asked.wait(looked))
        self.tell(batch[-1].number)


def _sandwiched(ledger: Ledger, leaf: Waiting, i: int, shown: Shown, problem: str) -> Found:
    """Whether what is said in cell ``i`` by a Sandwich, and beside it, does not hold."""
    beside = Waiting(leaf.number, leaf.cell, leaf.steps[:-1])
    if judged(ledger, beside, i, shown, frozenset()).refused:
        return Found(refused=True)
    if problem:
        where = describe_cell(ledger.asked.domain, leaf.cell)
        complain(
            ledger, leaf.number, f"step {leaf.number} claims strips where {where}, but {problem}"
        )
    return Found(refused=bool(problem))


def _bounded(ledger: Ledger, batch: Sequence[Waiting]) -> dict[int, Bounded]:
    """For each model: in which of the cells bounds prove its class, and for float32 too."""
    found: dict[int, Bounded] = {}
    for model, net in ledger.asked.proved.items():
        picked = [
            (i, leaf, step)
            for i, leaf in enumerate(batch)
            for step in leaf.steps
            if isinstance(step, Known) and step.model == model
        ]
        if not picked:
            continue
        at, leaves, steps = map(list, zip(*picked, strict=True))
        numbers = np.array([leaf.number for leaf in leaves])
        parts = parts_of([net.cell(x.cell) for x in leaves])
        wanted = np.array([x.klass for x in steps])
        signed = np.array([isinstance(x, Signed) for x in steps])
        good, firm = np.zeros(len(at), dtype=bool), np.zeros(len(at), dtype=bool)
        if (own := np.flatnonzero(~signed)).size:
            closer = np.array([type(steps[i]) is Constant for i in own])
            some = parts[own], wanted[own], numbers[own]
            good[own], firm[own] = _shown(ledger, model, net, *some, closer)
        if (own := np.flatnonzero(signed)).size:
            assert isinstance(net, Net)
            trees = [x.trees for x in steps if isinstance(x, Signed)]
            margins, firm[own] = signed_margins(
                net.p,
                parts[own],
                wanted[own],
                trees,
                numbers[own].tolist(),
                float32=True,
                apply=ledger.pool.map,
            )
            good[own] = margins > 0
        alone = all(len(x.steps) == 1 and isinstance(x.steps[0], Constant | Signed) for x in leaves)
        found[model] = Bounded(np.array(at), numbers, parts, wanted, good, firm, signed, alone)
    return found


def _shown(
    ledger: Ledger,
    model: int,
    net: Net | Forest,
    parts: Parts,
    wanted: Ints,
    numbers: Ints,
    closer: Bools,
) -> tuple[Bools, Bools]:
    """In which cells bounds prove the class, and for float32 too.

    What a solver says is not looked at ``closer``: a certificate states how often it is trusted.
    """
    if isinstance(net, Forest):
        good = net.shows(parts, wanted)
        return good, good & net.firm
    groups = ((numbers - 1) // group_of(net.p)).tolist()
    apply = ledger.pool.map
    return constant_over(
        net.p, parts, wanted, float32=True, apply=apply, groups=groups, closer=closer
    )


def _needs_points(ledger: Ledger, leaf: Waiting, held: Found) -> bool:
    """Whether a small cell is looked at point by point for float32."""
    return (
        len(held.steady) < len(held.proved)
        and not ledger.asked.domain.infinite
        and not _is_loose(ledger)
        and leaf.cell.size <= CLOSER
        and not (held.refused or held.words or held.tails)
        and not is_enumerated(ledger, leaf.cell, held)
    )


def _is_loose(ledger: Ledger) -> bool:
    """Whether an ensemble or all networks are shown for float32 at no point, so that none is looked
    at for that."""
    forests, nets = ledger.asked.forests.values(), ledger.asked.nets.values()
    loose = bool(nets) and not forests and all(never_shown(net.p) for net in nets)
    return loose or any(not forest.firm for forest in forests)


def _enter(ledger: Ledger, leaf: Waiting, held: Found, *, doubted: bool) -> None:
    """Count a cell of which everything has been checked."""
    cell = leaf.cell
    if held.refused:
        if ledger.lenient:
            leave_open(ledger, cell)
        return
    signed = sum(isinstance(step, Signed) for step in leaf.steps)
    ledger.count("signed", signed)
    ledger.count("constant", len(held.proved) - signed)
    ledger.upheld += held.upheld
    for word in held.words:
        ledger.count("trusted")
        ledger.trusted[word.solver] += 1
    count = len(ledger.asked.names)
    if held.tails:
        ledger.count("tail", len(held.tails))
        likely = (*held.proved, *((step.model, step.klass) for step in held.tails))
        base = known(count, likely, likely, held.words, ledger.trust)
        ledger.add_tail(cell, base, sum((step.bound for step in held.tails), Fraction(0)))
        ledger.leave(Left(cell, (None,) * count, tail=True))
    elif is_enumerated(ledger, cell, held):
        ledger.enumerate(cell)
    else:
        own = known(count, held.proved, held.steady, held.words, ledger.trust)
        ledger.add(cell, own, doubted=doubted)


def _doubt_points(ledger: Ledger, leaves: Sequence[tuple[Waiting, Found]]) -> None:
    """Count the points of some small cells for which float32 is not shown."""
    asked = ledger.asked
    asked.spend(sum(leaf.cell.size for leaf, _ in leaves) * asked.point_cost)
    some: list[Ints] = []
    owners: list[int] = []
    for i, (leaf, _) in enumerate(leaves):
        for part, _ in asked.possible_parts(leaf.cell):
            for block in blocks(part):
                some.append(block)
                owners += [i] * len(block)
        if some and (i == len(leaves) - 1 or len(owners) >= asked.chunk):
            _doubt_some(ledger, np.concatenate(some), np.array(owners), leaves)
            some.clear()
            owners.clear()


def _doubt_some(
    ledger: Ledger, points: Ints, owners: Ints, leaves: Sequence[tuple[Waiting, Found]]
) -> None:
    """The same of points in the cells ``owners``: those where what is steady decides nothing."""
    asked = ledger.asked
    asked.spend(8 * PYTHON * asked.atoms)
    classes = tree_classes(asked, points)
    for model in asked.proved:
        claimed = [dict(held.proved).get(model, -1) for _, held in leaves]
        wanted = np.array(claimed, dtype=np.int64)[owners]
        at = np.flatnonzero(wanted >= 0)
        classes[model] = np.full(len(points), -1)
        if at.size:
            _, steady = evaluate_seen(asked, model, points[at])
            classes[model][at[steady]] = wanted[at[steady]]
    unsure = points[truths(asked.question, classes, len(points)) == UNKNOWN]
    ledger.doubt(len(unsure), weight(asked, unsure))
