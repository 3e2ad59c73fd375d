"""The kernel's check of a proof, section by section, on the machines of a cluster."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from verifier.kernel.checker import Elsewhere
from verifier.kernel.known import Classes
from verifier.kernel.sections import Established, Section
from verifier.kernel.stopping import CheckStopped, Stop
from verifier.model.cell import Cell, full_cell
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain, Point
from verifier.model.errors import LeafproofError
from verifier.model.part import Part, size
from verifier.model.question import Matter
from verifier.provers.cluster.checking import Job
from verifier.provers.cluster.cutting import sections
from verifier.provers.cluster.joining import Cluster, results
from verifier.provers.cluster.plain import of_bytes
from verifier.provers.units.checked import Keep, Keeper, Reached

AHEAD = 4
"""Sections for each worker that are under way or wait for those before them."""
LISTEN = 0.1
"""Seconds between two looks at whether to stop."""
TAILS = 4
"""Sums of Tails that a ledger holds."""


CUT = 128
"""For so many workers is cut what is kept: where sections begin must not depend on how many there
are now."""


def spread(
    cluster: Cluster,
    keep: Keep | None,
    certificate: Certificate,
    trust: frozenset[str],
    lenient: bool,
    stop: Stop | None,
) -> Elsewhere:
    """Has a certificate's proof checked on a cluster (`writing.threads.Spread`, but for it).

    With ``keep`` what is found is kept, and what was kept is not checked again.
    """
    keeper = None if keep is None else keep(certificate, trust, lenient)

    def everywhere(found: Mapping[Point, Classes]) -> Iterator[Established]:
        c, at = certificate, Reached.nothing(certificate.domain)
        for held, end in () if keeper is None else keeper.known():
            yield held
            at = end
        if at.before[0] == len(c.proof):
            return
        share = cluster.share(pickle.dumps(Job(c.matter, found, trust, lenient)))
        workers = cluster.workers if keeper is None else CUT
        parts = sections(c.domain, c.proof, workers, at.stack, at.before)
        try:
            yield from _done(_Sent(cluster, share, keeper, c.matter), parts, stop)
        finally:
            cluster.drop()

    return everywhere


@dataclass(eq=False)
class _Sent:
    """Sections that were handed over: ``keys`` of those under way, by the work's; and what came."""

    cluster: Cluster
    share: int
    keeper: Keeper | None
    matter: Matter
    keys: dict[int, int] = field(default_factory=dict)
    held: dict[int, Established] = field(default_factory=dict)

    def send(self, number: int, section: Section) -> None:
        """Have a section checked, unless what was found of it is kept."""
        at = Reached(section.stack, section.before)
        kept = None if self.keeper is None else self.keeper.recall(at)
        if kept is not None:
            self.held[number] = kept
            return
        key = self.cluster.submit("check", self.share, pickle.dumps(section))
        self.keys[key] = number

    def listen(self) -> None:
        """Take what arrives in a moment. Raises LeafproofError for what cannot be checked."""
        for key, result in results(self.cluster, LISTEN, self.keys):
            found = established_of(result, self.matter)
            self.held[self.keys.pop(key)] = found
            if self.keeper is not None and found.fault is None:
                self.keeper.keep(found)


def established_of(data: bytes, matter: Matter) -> Established:
    """What a machine says of a section; raises LeafproofError where it can be no section's.

    Whether it is of the one that was sent is seen where it is taken.
    """
    held: Established = of_bytes(Established, data, "what a machine found of a section")
    domain, models = matter.domain, len(matter.models)
    amounts = [x for by in held.leaves.values() for x in by.values()]
    counts = [*held.before, *held.after, *held.not_shown, *held.counts, *held.refused]
    counts += [*held.leaves, *held.cells.values(), *held.trusted.values()]
    if (
        any(x < 0 for x in counts)
        or any(x < 0 for x in held.tail)
        or len(held.tail) != TAILS
        or not all(len(x) == 4 and 0 <= x[2] <= x[0] and 0 <= x[3] <= x[1] for x in amounts)
        or not all(_is_point(domain, x) and len(known) == models for _, x, known in held.noted)
        or not all(fits(domain, x.cell) and len(x.known) == models for x in held.left or ())
    ):
        raise LeafproofError("what a machine found of a section is of no section of this proof")
    return held


def fits(domain: Domain, cell: Cell) -> bool:
    """Whether a cell is one of the domain's."""
    whole = full_cell(domain).parts
    return len(cell.parts) == len(whole) and all(
        type(part) is type(all_of) and _lies_in(part, all_of)
        for part, all_of in zip(cell.parts, whole, strict=True)
    )


def _lies_in(part: Part, whole: Part) -> bool:
    if isinstance(part, int) and isinstance(whole, int):
        return part > 0 and not part & ~whole
    return isinstance(part, range) and 0 <= part.start < part.stop <= size(whole)


def _is_point(domain: Domain, point: Point) -> bool:
    return len(point) == len(domain.variables) and all(
        0 <= value < v.count for value, v in zip(point, domain.variables, strict=True)
    )


def _done(sent: _Sent, parts: Iterator[Section], stop: Stop | None) -> Iterator[Established]:
    """What is found of all sections, in order."""
    waiting, count, given = enumerate(parts), 0, 0
    while True:
        room = AHEAD * max(1, sent.cluster.workers) - (count - given)
        for number, section in islice(waiting, max(0, room)):
            sent.send(number, section)
            count += 1
        if given == count:
            return
        if given in sent.held:
            yield sent.held.pop(given)
            given += 1
            continue
        if stop is not None and stop():
            raise CheckStopped
        sent.listen()
