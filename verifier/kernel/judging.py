"""What is known of one cell by its Steps: rules 5, 7 and 8 of docs/soundness.md. Trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NoReturn

from verifier.kernel.asked import Net, evaluate_model, evaluate_own
from verifier.kernel.ensembles import Forest
from verifier.kernel.known import Pairs, Word
from verifier.kernel.ledger import Ledger
from verifier.kernel.likely import is_looked_at, rarely_wrong, runs_of
from verifier.kernel.moments import moment_tail
from verifier.kernel.points import blocks, chunk_of
from verifier.kernel.tails import tail_bound
from verifier.model.cell import Cell, describe_cell
from verifier.model.chances import Distribution
from verifier.model.errors import InvalidProof
from verifier.model.limits import PYTHON
from verifier.model.proof import About, Constant, Signed, Step, Tail, Trusted

Shown = dict[int, dict[int, tuple[bool, bool]]]
"""For each network, for cells by their numbers: what bounds show."""
Known = Constant | Signed | Trusted
"""What says which class a network has."""
Rare = frozenset[tuple[int, Tail]]
"""Tails of cells, by their numbers, that ranges rarely left show."""
UPHOLD = 1 << 12
"""Up to so many tuples of a network's variables, a claim that no bound shows is evaluated."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A cell of the proof, its number from 1, and the Steps about it, of different networks. Or a
    Sandwich, behind what is said beside it."""

    number: int
    cell: Cell
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found out about a cell's Steps: models with their classes.

    ``evaluated``: a class was shown by evaluating all that its network can see; ``refused``: a
    Constant or Signed step does not hold.
    """

    proved: Pairs = ()
    steady: Pairs = ()
    words: tuple[Word, ...] = ()
    tails: tuple[Tail, ...] = ()
    upheld: int = 0
    evaluated: bool = False
    refused: bool = False


def refuse(ledger: Ledger, complaint: str) -> NoReturn:
    """Raise InvalidProof about the first step that fails: a Constant before, or the one given."""
    raise InvalidProof(ledger.complaint or complaint)


def judged(ledger: Ledger, leaf: Waiting, i: int, shown: Shown, rare: Rare) -> Found:
    """What is known of cell ``i``; InvalidProof where a Tail or a solver's word does not hold.
    Bounds show what is in ``shown`` and ``rare``."""
    if len(leaf.steps) == 1 and isinstance(only := leaf.steps[0], Known):
        good, firm = shown[only.model][i]
        if good:
            return _proved((only.model, only.klass), firm, isinstance(only, Trusted))
    proved, steady, words, tails = [], [], [], []
    upheld, evaluated, refused = 0, False, False
    for step in leaf.steps:
        assert isinstance(step, About)
        if isinstance(step, Tail):
            if (i, step) not in rare:
                _check_tail(ledger, leaf, step)
            tails.append(step)
            continue
        good, firm = shown[step.model][i]
        if not good:
            good, firm = _holds_everywhere(ledger, leaf.cell, step)
            evaluated |= good
        if good:
            proved.append((step.model, step.klass))
            upheld += isinstance(step, Trusted)
            if firm:
                steady.append((step.model, step.klass))
        elif not isinstance(step, Trusted):
            complain(ledger, leaf.number, _why_not(ledger, leaf, step))
            refused = True
        else:
            _check_not_refuted(ledger, leaf, step)
            words.append(Word(step.model, step.klass, step.solver))
    known = tuple(proved), tuple(steady), tuple(words), tuple(tails)
    return Found(*known, upheld, evaluated, refused)


@lru_cache(maxsize=1 << 10)
def _proved(pair: tuple[int, int], firm: bool, upheld: bool) -> Found:
    """What is known where bounds prove the only Step: the same for most cells."""
    return Found((pair,), (pair,) if firm else (), upheld=int(upheld))


def is_enumerated(ledger: Ledger, cell: Cell, held: Found) -> bool:
    """Whether a small cell's points are enumerated, as bounds did not show all that is claimed."""
    everything = len(held.proved) == len(ledger.asked.proved)
    finite = not ledger.asked.domain.infinite
    return held.evaluated and everything and finite and cell.size <= UPHOLD


def _is_small(net: Net | Forest, cell: Cell) -> bool:
    """Whether all that a model can see of a cell may be evaluated: not where it sees reals."""
    return not net.infinite and net.cell(cell).size <= UPHOLD


def complain(ledger: Ledger, number: int, why: str) -> None:
    """Note that a step is refused; of the first also why."""
    ledger.refused.append(number)
    ledger.complaint = ledger.complaint or why


def _why_not(ledger: Ledger, leaf: Waiting, step: Constant | Signed) -> str:
    """What is wrong with such a step that is refused."""
    small = _is_small(ledger.asked.proved[step.model], leaf.cell)
    why = "it is not" if small else "the relaxation does not prove it"
    which = "" if ledger.asked.differs else f" of {ledger.asked.word(step.model)}"
    where = describe_cell(ledger.asked.domain, leaf.cell)
    return f"step {leaf.number} claims class {step.klass}{which} where {where}, but {why}"


def _check_not_refuted(ledger: Ledger, leaf: Waiting, step: Trusted) -> None:
    """Refuse a solver's word that evaluation contradicts: of a small cell, or a counterexample."""
    asked = ledger.asked
    which = "" if asked.differs else f" of {asked.word(step.model)}"
    claim = f"step {leaf.number}: {json.dumps(step.solver)} said that the class{which} is "
    claim += f"{step.klass} where "
    if _is_small(asked.proved[step.model], leaf.cell):
        refuse(ledger, f"{claim}{describe_cell(asked.domain, leaf.cell)}; it is not")
    asked.spend(PYTHON * len(ledger.found))
    for point, classes in ledger.found.items():
        if classes[step.model] != step.klass and leaf.cell.contains(point):
            where, ours = describe_cell(asked.domain, leaf.cell), classes[step.model]
            refuse(ledger, f"{claim}{where}; counterexample {point} has class {ours}")


def _holds_everywhere(ledger: Ledger, cell: Cell, step: Known) -> tuple[bool, bool]:
    """Whether a network has the class at all of a small cell, and is shown for float32 there."""
    net = ledger.asked.proved[step.model]
    own = net.cell(cell)
    if not _is_small(net, cell):
        return False, False
    ledger.asked.spend(own.size * net.point_cost)
    firm = True
    for block in blocks(own, net.chunk):
        classes, steady = evaluate_model(ledger.asked, step.model, block)
        if (classes != step.klass).any():
            return False, False
        firm = firm and bool(steady.all())
    return True, firm


def rare_tails(ledger: Ledger, batch: Sequence[Waiting]) -> Rare:
    """The Tails of a batch that ranges rarely left show, in the ledger's threads.

    Of those of one class and bound what is near each other is looked at together.
    """
    alike: dict[tuple[Tail, int | None], list[tuple[int, _Of]]] = {}
    for i, leaf in enumerate(batch):
        for step in leaf.steps:
            net = ledger.asked.nets.get(step.model) if isinstance(step, Tail) else None
            if net is None or not isinstance(step, Tail) or not is_looked_at(net.p):
                continue
            if isinstance(of := _said_of(ledger, leaf, step), _Of):
                alike.setdefault((step, of.node), []).append((i, of))
    jobs = [
        (step, run)
        for (step, _), every in alike.items()
        for run in runs_of(every, [of.cell for _, of in every], every[0][1].chances)
    ]

    def shown(job: tuple[Tail, Sequence[tuple[int, _Of]]]) -> list[bool]:
        step, run = job
        of, cells = run[0][1], [own.cell for _, own in run]
        net = ledger.asked.nets[step.model]
        return rarely_wrong(net.p, cells, step.klass, step.bound, of.chances)

    held = zip(jobs, ledger.pool.map(shown, jobs), strict=True)
    return frozenset(
        (i, step)
        for (step, run), found in held
        for (i, _), good in zip(run, found, strict=True)
        if good
    )


@dataclass(frozen=True, eq=False)
class _Of:
    """What a Tail is about: a model's own cell, and its distribution at leaf ``node``."""

    cell: Cell
    node: int | None
    chances: Sequence[Distribution]


def _said_of(ledger: Ledger, leaf: Waiting, step: Tail) -> _Of | str | None:
    """What a Tail is about; why it can be about nothing, and None where nothing is possible."""
    asked, cell = ledger.asked, leaf.cell
    net, node = asked.proved[step.model], None
    if asked.domain.given is not None:
        node = asked.leaf_around(cell)
        if node is None:
            return "a Tail needs a cell within one leaf of the domain's tree"
        if not asked.domain.leaves[node][1].weight:
            return "a Tail needs a cell with points"
    every = list(asked.domain.distributions(node))
    if not ledger.measure(cell, node)[1]:
        return None
    return _Of(net.cell(cell), node, [every[i] for i in net.reads])


def _check_tail(ledger: Ledger, leaf: Waiting, step: Tail) -> None:
    """Refuse a Tail whose bound cannot be shown: by forms, else point by point."""
    asked, of, bound = ledger.asked, _said_of(ledger, leaf, step), Fraction(1)
    if isinstance(of, str):
        refuse(ledger, f"step {leaf.number}: {of}")
    net = asked.proved[step.model]
    if of is not None and isinstance(net, Forest):
        bound = moment_tail(net, of.cell, step.klass, of.chances)
    elif of is not None and isinstance(net, Net):
        bound = tail_bound(net.p, of.cell, step.klass, of.chances)
        if bound > step.bound and of.cell.size <= UPHOLD:
            bound = _exact_tail(ledger, net, of.cell, step.klass, of.chances)
    if not 0 <= bound <= step.bound:
        what = "teacher" if asked.differs else asked.word(step.model)
        refuse(
            ledger,
            f"step {leaf.number} claims P[{what} != {step.klass}] <= {step.bound} where "
            f"{describe_cell(asked.domain, leaf.cell)}, but only {bound} can be shown",
        )


def _exact_tail(
    ledger: Ledger, net: Net, cell: Cell, klass: int, chances: Sequence[Distribution]
) -> Fraction:
    """P[network != klass | cell] for a small cell of the network's variables."""
    ledger.asked.spend(cell.size * (net.p.point_cost + PYTHON * len(chances)))
    whole = math.prod(own.weight_of(x) for own, x in zip(chances, cell.parts, strict=True))
    weight = 0
    for block in blocks(cell, chunk_of(net.p)):
        classes, _, _ = evaluate_own(net, block)
        for point in block[classes != klass].tolist():
            weight += math.prod(own.weight_at(x) for own, x in zip(chances, point, strict=True))
    return Fraction(weight, whole)
