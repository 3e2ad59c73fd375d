"""What is done by when: a search, what it leaves open, and the kernel's check, in a time limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from verifier.jobs.limit import Limit
from verifier.jobs.watching import Watch
from verifier.kernel.checker import prepared
from verifier.kernel.points import narrow_classes
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.network import Network
from verifier.model.proof import Finding, Proof
from verifier.model.question import Matter
from verifier.model.rows import Rows
from verifier.model.tree import Tree
from verifier.model.variable import Variable
from verifier.provers import exhaustive, forests, moments
from verifier.provers.beside import is_about_many
from verifier.provers.count import with_bounds
from verifier.provers.open_cells import reopened
from verifier.provers.putting_back import put_back
from verifier.provers.rare import suits
from verifier.provers.remainder import Remainder
from verifier.provers.timing import now

CHECKED, PREPARED = 0.15, 6e-8
"""Seconds of a processor that are kept for the kernel's check, whatever is expected of it: a fixed
part, and one for each multiplication in the evaluation of a point."""
READY = 1e-7
"""Seconds of a processor for each such multiplication until open cells can be bounded."""
WRITTEN, BOUNDED = 1.5e-4, 5e-5
"""Seconds of a processor for each listed value of a variable: to be written, read and made ready by
the kernel; and to be made ready for bounds."""
NODE, NODE_OUTPUT = 1.2e-5, 2.7e-6
"""Seconds for each node of an ensemble to be written, read and made ready; and for each of its
outputs beside."""
BUSY = 1.5
"""A busy machine is taken to be at least so many times slower than an idle one."""
LARGE = 1 << 20
"""Multiplications in the evaluation of a point from which on making integers exact takes long."""
RARE = 0.25
"""The share of the time that is kept for the Tails of wide networks, with their check."""
MANY = 0.6
"""The same for what is said of open cells in questions about many models: it settles more than a
search closes in that time."""
READ, NUMBER = 0.1, 1e-5
"""Seconds of a processor for reading again what a certificate is about, at most: a fixed part, and
one for each number in it."""
MOMENT = 0.5
"""Seconds for a sweep of all points when the limit has come already, if half of that is enough."""
TAIL_SECONDS = 10.0
"""Most seconds after a search for Sandwiches and Tails of the cells that it left open."""


def read_again(
    limit: Limit | None,
    seconds: float,
    models: Iterable[object],
    domain: Domain,
    rows: Rows | None = None,
) -> Limit | None:
    """The limit when loading what a job is about took so long: it is read again, as a certificate
    has it. What a library takes to hand over a model of few numbers is not taken again; what an
    ensemble does is kept before the check (`_prepared`), and would be lost after it."""
    if limit is None:
        return None
    numbers = sum(v.count * (1 + v.columns) for v in domain.variables if isinstance(v, Variable))
    numbers += len(domain.given.nodes) if domain.given else 0
    numbers += 2 * len(rows.points) * len(domain.variables) if rows else 0
    for own in models:
        if isinstance(own, Network):
            numbers += own.work
        elif isinstance(own, Tree):
            numbers += len(own.nodes)
    return limit.loaded(min(seconds, (READ + NUMBER * numbers) * limit.slow))


def find_in_time(
    find: Callable[..., tuple[str, Finding]],
    matter: Matter,
    watch: Watch,
    limit: Limit | None,
    earlier: Proof | None = None,
    *,
    one: bool = False,
) -> tuple[str, Finding]:
    """What ``find`` does by a deadline, with what the kernel can count of what it leaves open.

    ``earlier`` is the proof to go on from. What that says of parts of cells is open for ``find``,
    and said again where it leaves them open. With ``one``, a counterexample is enough: once there
    is one nothing is counted beside it.
    """
    tails = tail_seconds(limit.seconds) if limit else 0.0
    if moments.takes(matter):  # they have the time of a search that is far from its end
        tails /= 4
    end = limit.end - _prepared(matter, limit) if limit else None
    if end is not None and suits(matter):
        tails = max(tails, RARE * (end - now()))
    if end is not None and matter.networks and is_about_many(matter):
        tails = max(tails, MANY * (end - now()))
    deadline = None if end is None else max(now(), end - tails)
    if limit and limit.seconds and end is not None and deadline is not None:  # 0: leave all open
        deadline, end = (a_moment_at_least(matter, x, limit) for x in (deadline, end))
    begun = None if earlier is None else reopened(earlier)
    name, finding = find(deadline=deadline, end=end, earlier=begun, sampled=remainder_of(limit))
    if earlier is not None:
        finding = put_back(earlier, finding)
    if not (one and finding.counterexamples):
        finding = bounded(matter, finding, limit, watch)
    if limit is not None:
        finding = without_close(matter, finding)
    note_handing_over(matter, finding, limit, watch)
    if watch.stopped:
        watch.note(
            "stopped: so as to end at once, the kernel checks no more of what was found than "
            "it can in a moment (a time limit has all of it checked)"
        )
    return name, finding


def remainder_of(limit: Limit | None) -> Remainder | None:
    """The sample of what a search leaves open; None where that has no time."""
    if limit is None or not limit.sampling:
        return None
    return Remainder(limit.seconds, limit.full)


def a_moment_at_least(matter: Matter, end: float, limit: Limit) -> float:
    """The ``end``, or where all points are evaluated in a moment one from now: other work on the
    machine may have had all of the time in which models were read."""
    if 2 * exhaustive.expected(matter) >= MOMENT:
        return end
    return max(end, now() + MOMENT * limit.slow)


def hands_over(matter: Matter, finding: Finding, limit: Limit) -> bool:
    """Whether the time that a search left is for a sample of what is open."""
    told = suits(matter) or moments.takes(matter)
    return finding.stalled and limit.sampling > 0 and not told


def note_handing_over(matter: Matter, finding: Finding, limit: Limit | None, watch: Watch) -> None:
    """Say so where it is."""
    if limit is not None and hands_over(matter, finding, limit):
        watch.note(
            "the search ended early, so that the sample of what is open is narrower: it has the "
            "rest of the time"
        )


def without_close(matter: Matter, finding: Finding) -> Finding:
    """The finding without the points at which a large network's class takes exact integers to be
    told, if others are left: these take the kernel seconds to be made, of a thousand neurons a
    layer."""
    points = finding.counterexamples
    if len(points) < 2 or _work(matter) < LARGE:
        return finding
    rows = np.array(points, dtype=np.int64)
    clear = np.ones(len(points), dtype=np.bool_)
    for net in prepared(matter, limited=False).nets.values():
        clear &= narrow_classes(net.p, net.points(rows)) >= 0
    kept = tuple(x for x, is_clear in zip(points, clear.tolist(), strict=True) if is_clear)
    return replace(finding, counterexamples=kept or points[:1])


def _prepared(matter: Matter, limit: Limit) -> float:
    """Seconds that it takes to write a certificate and the kernel to be ready for it, where
    networks or ensembles are large or values many; at most half of those that are left, but for
    ensembles: of what is not checked at last nothing is sampled, whatever a search has found."""
    seconds = PREPARED * _work(matter) + WRITTEN * _listed_values(matter.domain)
    every = [x.model for x in matter.models if isinstance(x.model, Ensemble)]
    trees = sum((NODE + NODE_OUTPUT * own.outputs) * own.size for own in every)
    half = (limit.end - now()) / 2
    if seconds + trees < CHECKED:
        return 0.0
    if trees * limit.slow > half:
        return trees * limit.slow
    return max(0.0, min((seconds + trees) * limit.slow, half))


def _listed_values(domain: Domain) -> int:
    """Values that are listed one by one."""
    return sum(v.count for v in domain.variables if isinstance(v, Variable))


def _work(matter: Matter) -> int:
    """Multiplications of a point's evaluation."""
    return sum(bound.model.work for bound in matter.models if isinstance(bound.model, Network))


def tail_seconds(timeout: float) -> float:
    """How much of the time is for what stays open: sandwiches and probability bounds."""
    return min(max(timeout / 5, min(0.5, timeout / 2)), TAIL_SECONDS)


def growing_end(limit: Limit) -> float:
    """When a search ends that grows a tree, so that there is time for what stays open."""
    return limit.end - tail_seconds(limit.seconds) / 2


def bounded(matter: Matter, finding: Finding, limit: Limit | None, watch: Watch) -> Finding:
    """The finding with what can be shown, in time, of cells that the search left open.

    That has some time even if the check may want all of it, as what it shows of large cells is
    worth more than the last small ones that are closed.
    """
    if not limit or not limit.seconds or watch.stopped or now() >= limit.end:
        return finding
    kept = CHECKED * limit.slow + _prepared(matter, limit)
    last = limit.end - min(kept, max(_prepared(matter, limit), (limit.end - now()) / 2))
    told = not finding.coarser and (finding.stalled or not moments.takes(matter))
    least = tail_seconds(limit.seconds) / 4 if told else 0.0
    some = min(last, now() + least)  # what has a coarser proof has sandwiches for all that is worth
    end = max(min(limit.end - finding.check, last), some)
    if hands_over(matter, finding, limit):
        end = min(end, some)
    ready = READY * _work(matter) + BOUNDED * _listed_values(matter.domain)
    ready += forests.readied(matter)
    if now() + ready * limit.slow > end:
        watch.detail("no time to make so much ready for bounds of what is open")
        return finding
    threads = 1 if limit.slow > BUSY else None  # that wait for each other take far longer
    with (
        watch.stage("bounding what is open", "search", deadline=end),
        threadpool_limits(threads, "blas"),
    ):
        return with_bounds(matter, finding, deadline=end, progress=watch.count)
