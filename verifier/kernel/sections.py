"""Sections of a proof, which are checked each by itself, and how they make one check. Trusted.

A section are consecutive nodes, with the cells that had not begun before them. What its check finds
are sums over its own cells, and the cells that have not begun after it. If the first section begins
with the whole domain, each other one with what the one before it left, and the last one leaves
nothing, then their cells are those of one proof: disjoint, and all of the domain. So their sums add
up to what checking that proof at one go would have found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.kernel.known import Solvers
from verifier.kernel.ledger import Ledger
from verifier.kernel.tally import Noted
from verifier.model.cell import Cell
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.proof import Split, Step, Walk
from verifier.model.sample import Left
from verifier.model.verdict import Status

Stack = tuple[tuple[Cell, int], ...]
"""Cells that have not begun, each with its depth, the next one last: those of a Walk."""


@dataclass(frozen=True, eq=False)
class Section:
    """Some ``nodes`` of a proof, the cells before them, and how many nodes and Steps are before.

    They may go on to the proof's end where the check is ended by the time that it takes.
    """

    nodes: Iterable[Split | Step]
    stack: Stack
    before: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Established:
    """What the check of a section found: where it began and ended, and what a Ledger holds of it.

    ``noted`` are the first points where the question is true. ``fault`` is why the section does not
    hold at all; ``refused`` and ``complaint`` are of its Constant steps. ``left`` is None where
    they are more than were to be kept.
    """

    stack: Stack
    before: tuple[int, int]
    rest: Stack
    after: tuple[int, int]
    leaves: Mapping[int, Mapping[tuple[Status, Solvers], Sequence[int]]]
    cells: Mapping[str, int]
    trusted: Mapping[str, int]
    tail: Sequence[Fraction]
    not_shown: tuple[int, int]
    noted: Sequence[Noted]
    left: Sequence[Left] | None
    counts: tuple[int, int, int]
    refused: tuple[int, ...]
    complaint: str
    fault: InvalidProof | CertificateError | None


def established(
    section: Section, walk: Walk, ledger: Ledger, fault: InvalidProof | CertificateError | None
) -> Established:
    """What a ledger of its own holds of a section, once the walk went through it."""
    return Established(
        stack=section.stack,
        before=section.before,
        rest=tuple(walk.stack),
        after=(walk.nodes, walk.count),
        leaves=ledger.leaves,
        cells=ledger.cells,
        trusted=ledger.trusted,
        tail=ledger.tail,
        not_shown=(ledger.not_shown[0], ledger.not_shown[1]),
        noted=ledger.noted,
        left=ledger.left if ledger.keeps else None,
        counts=(ledger.points, ledger.upheld, ledger.largest),
        refused=tuple(ledger.refused),
        complaint=ledger.complaint,
        fault=fault,
    )


def take(ledger: Ledger, held: Established, walk: Walk) -> None:
    """Add what was found of the section where the ``walk`` is; then it is at that one's end.

    Raises InvalidProof where that is another section, or where it does not hold; CertificateError
    where it is not well formed.
    """
    if held.stack != tuple(walk.stack) or held.before != (walk.nodes, walk.count):
        raise InvalidProof("a section of the proof does not begin where the one before it ended")
    ledger.refused += held.refused
    ledger.complaint = ledger.complaint or held.complaint
    if isinstance(held.fault, InvalidProof):
        raise InvalidProof(ledger.complaint or str(held.fault))
    if held.fault is not None:
        raise held.fault
    walk.stack[:] = held.rest
    walk.nodes, walk.count = held.after
    for key, by in held.leaves.items():
        for (status, solvers), amounts in by.items():
            ledger.share(key, status, amounts, solvers)
    ledger.cells += Counter(held.cells)
    ledger.trusted += Counter(held.trusted)
    ledger.tail = [a + b for a, b in zip(ledger.tail, held.tail, strict=True)]
    ledger.doubt(*held.not_shown)
    points, upheld, largest = held.counts
    ledger.points += points
    ledger.upheld += upheld
    ledger.largest = max(ledger.largest, largest)
    ledger.leave(*held.left or ())
    if held.left is None:
        ledger.left, ledger.keeps = [], 0
    ledger.note(held.noted)
