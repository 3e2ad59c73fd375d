"""The kernel's check of a long proof on all processors: section by section, in its helpers.

The proof is cut while it is read. The kernel finds out where a section ends by itself: a cut that
is wrong is refused.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from verifier.kernel.checker import Elsewhere, Piece, prepared
from verifier.kernel.helpers import Helpers
from verifier.kernel.known import Classes
from verifier.kernel.rules import WIDE
from verifier.kernel.sections import Established, Section, Stack
from verifier.kernel.stopping import Stop
from verifier.model.cell import Cell, full_cell
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain, Point
from verifier.model.network import Network
from verifier.model.proof import Split, Step, cut
from verifier.reading.encoded import EncodedProof
from verifier.writing.falling import Falling, units

TOGETHER = 32
"""Sections begin after whole groups of Steps: the kernel bounds so many cells together."""
FEWEST, BEFORE, MOST = 1 << 9, 1 << 12, 1 << 13
"""Units of work of a section, about; the second before it is known how long they take."""
SECONDS = 0.25
"""Of a section, about: what is under way is lost where the check is ended."""
TINY = 1e-9
"""Seconds for a unit of work, at least: a clock may not have gone on."""
SHARE = 4
"""All helpers have at most this part of what is left at once, so that all end together."""
AHEAD = 2
"""Sections for each helper that are under way or wait for those before them."""
Size = Callable[[int, int], int]
"""How much work a section is to be, in ``falling.units``, once so many Steps, and since the first
of them so much work, are given out."""
Terms = Callable[[Section, Mapping[Point, Classes]], Piece]
"""What is to be checked of a section, knowing the counterexamples found before."""


def suits(certificate: Certificate) -> bool:
    """Whether a proof of very many cells is checked in sections.

    Of small networks, so that one does not take long.
    """
    models = [bound.model for bound in certificate.models]
    narrow = all(max(x.widths) < WIDE for x in models if isinstance(x, Network))
    return isinstance(certificate.proof, EncodedProof) and narrow


def in_sections(
    certificate: Certificate,
    crew: Helpers,
    terms: Terms,
    stop: Stop | None,
    *,
    limited: bool,
    stack: Stack | None = None,
    before: tuple[int, int] = (0, 0),
) -> Elsewhere:
    """Has a proof that ``suits`` checked by the helpers; from where ``sections`` begin."""

    def everywhere(found: Mapping[Point, Classes]) -> Iterator[Established]:
        proof = certificate.proof
        assert isinstance(proof, EncodedProof)
        asked = prepared(certificate.matter, stop=stop, limited=limited, nodes=len(proof))
        desk, pace = crew.about(certificate.matter), _Pace(crew.many, proof)
        going: deque[Future[Established]] = deque()

        def next_one() -> Established:
            held: Established = asked.wait(going.popleft())
            pace.enter()
            if isinstance(proof, Falling):
                proof.through(held.after[1])
            return held

        if isinstance(proof, Falling):
            proof.through(0)
        try:
            for section in sections(certificate.domain, proof, pace.size, stack, before):
                going.append(desk.establish(asked, terms(section, found)))
                if len(going) >= AHEAD * crew.many:
                    yield next_one()
            while going:
                yield next_one()
        finally:
            for future in going:
                future.cancel()

    return everywhere


@dataclass(eq=False)
class _Pace:
    """How large sections are, for so ``many`` helpers, of a ``proof``.

    ``ends`` are how much work there is before the ends of sections that are under way; ``done`` is
    how much before the last one that is not. The first one, while helpers are being started, tells
    nothing: since it was, at ``begun``, ``more`` was done.
    """

    many: int
    proof: EncodedProof
    ends: deque[int] = field(default_factory=deque)
    done: int = 0
    more: int = 0
    begun: float = 0.0

    def size(self, steps: int, given: int) -> int:
        """See ``Size``: as much as takes so long, and no more than lets all end together."""
        self.ends.append(given)
        rest = (len(self.proof) + 1) // 2 - steps
        fair, timely = int(rest * max(1.0, given / max(1, steps))), BEFORE
        if self.more:
            each = (time.perf_counter() - self.begun) / self.more
            timely = int(SECONDS / max(each * self.many, TINY))
        return max(FEWEST, min(MOST, timely, fair // (SHARE * self.many)))

    def enter(self) -> None:
        """The next section is checked."""
        self.ends.popleft()
        before, self.done = self.done, self.ends[0] if self.ends else self.done
        if not before:
            self.begun = time.perf_counter()
        else:
            self.more += self.done - before


def sections(
    domain: Domain,
    proof: Sequence[Split | Step],
    size: Size,
    stack: Stack | None = None,
    before: tuple[int, int] = (0, 0),
) -> Iterator[Section]:
    """The sections of a proof, in order, of whole groups of Steps and of the ``size`` at least.

    They begin ``before`` which nodes and Steps are gone through, with the ``stack`` of cells that
    have not begun; by default at the proof's beginning.

    Raises CertificateError where a split on the way does not cut its cell. What follows the end of
    a proof is part of its last section: whoever goes through it will see.
    """
    stack = ((full_cell(domain), 0),) if stack is None else stack
    read, offset, past = list[Split | Step](), 0, before[0]
    most, steps, height, start, ended, heavy = size(before[1], 0), 0, len(stack), 0, False, 0
    given = 0
    encoded = proof if isinstance(proof, EncodedProof) else None
    ends = (
        ((node, 0) for node in proof) if encoded is None else chain.from_iterable(encoded.groups())
    )

    def own() -> Iterable[Split | Step]:
        return tuple(read) if encoded is None else encoded.piece(offset, start)

    for node, end in ends:
        if past:
            past, offset = past - 1, end
            continue
        if heavy >= most and not ended and (before[1] + steps) % TOGETHER == 0:
            yield Section(own(), stack, before)
            stack = _past(read, stack, before[0])
            before = before[0] + len(read), before[1] + steps
            offset, steps, given, heavy = start, 0, given + heavy, 0
            read.clear()
            most = size(before[1], given)
        read.append(node)
        start = end
        if isinstance(node, Split):
            height += 1
        else:
            height, steps, heavy = height - 1, steps + 1, heavy + units(node)
            ended = ended or not height
    yield Section(own(), stack, before)


def _past(read: Sequence[Split | Step], stack: Stack, past: int) -> Stack:
    """The cells that have not begun after some nodes, given those before them: ``past`` nodes.

    Only cells around the end are looked at.
    """
    ups = np.array([1 if isinstance(node, Split) else -1 for node in read])
    heights = len(stack) + np.concatenate([[0], np.cumsum(ups)])  # so many are open before each
    level = int(heights.min())
    held = list(stack[: level - 1])
    cell, depth = stack[level - 1]
    at = 0
    while True:
        same = (at + np.flatnonzero(heights[at:] == level)).tolist()
        for place in same[:-1]:  # the left half is gone through before the next of them
            _, cell = _halves(read, cell, place, past)
            depth += 1
        last = same[-1]
        if last == len(read):
            return (*held, (cell, depth))
        cell, right = _halves(read, cell, last, past)
        depth += 1
        held.append((right, depth))
        level, at = level + 1, last + 1


def _halves(read: Sequence[Split | Step], cell: Cell, place: int, past: int) -> tuple[Cell, Cell]:
    node = read[place]
    assert isinstance(node, Split)
    return cut(cell, node, past + place)
