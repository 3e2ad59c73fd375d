"""Repair: grow a tree where it differs from a network, until both are equal."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from verifier.distillers import pointwise
from verifier.distillers import repair as growing
from verifier.distillers.repair import Change
from verifier.jobs.choices import Engine
from verifier.jobs.distill import UNFINISHED
from verifier.jobs.engines import engine_of, spread_over, units_on, working
from verifier.jobs.journals import check_folder, check_journal, journalled
from verifier.jobs.limit import Limit, Timeout, in_time, limit_of, reading
from verifier.jobs.loading import About, Source, StrPath, check_results, load_with_tree, seen
from verifier.jobs.proving import search, swept_if_open
from verifier.jobs.result import Result
from verifier.jobs.sampling import reserved, sampled, wish_of
from verifier.jobs.schedule import (
    a_moment_at_least,
    bounded,
    growing_end,
    note_handing_over,
    read_again,
    remainder_of,
)
from verifier.jobs.settling import settle
from verifier.jobs.trusting import trusted
from verifier.jobs.watching import Hear, Stop, Watch
from verifier.model.cell import full_cell
from verifier.model.proof import Finding
from verifier.model.question import Matter
from verifier.model.tree import Tree, bind, overlay
from verifier.model.verdict import EQUIVALENT
from verifier.provers.device import recorded
from verifier.provers.listing import listable, listed, translated
from verifier.provers.tensors.using import using
from verifier.provers.timing import now, part
from verifier.writing.certificate import found_by
from verifier.writing.json_nouns import write_tree

__all__ = ["Change", "RepairResult", "repair"]

GROWING = 0.5
"""The share of the time in which a tree is repaired at points; the rest is for its proof."""

if TYPE_CHECKING:
    from verifier.formats.heads import Number
    from verifier.provers.units.driver import Units


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RepairResult(Result):
    """A Result with the repaired tree.

    ``before`` is the tree that was given, ``changes`` the leaves of it that were changed, most new
    leaves first.
    """

    before: Tree
    changes: tuple[Change, ...]
    _JSON: ClassVar[str] = "repair_json"

    @property
    def leaves_added(self) -> int:
        """How many leaves the tree has gained in all."""
        return sum(change.added for change in self.changes)


def repair(
    network: Source,
    tree: Source,
    domain: Source = None,
    *,
    head: str | None = None,
    threshold: Number | None = None,
    leaves: int | None = None,
    seed: int = 0,
    timeout: Timeout = None,
    output: StrPath | None = None,
    certificate: StrPath | None = None,
    journal: StrPath | None = None,
    resume: StrPath | None = None,
    rows: Source = None,
    trust: Collection[str] = (),
    sample: int | None = None,
    delta: Fraction | float | str | None = None,
    nonce: str = "",
    device: str | None = None,
    engine: str = Engine.LOCAL,
    address: str | None = None,
    command: str = "",
    progress: Hear | None = None,
    stop: Stop | None = None,
) -> RepairResult:
    """Grow ``tree`` where it differs from ``network`` until both are equal; the rest stays.

    The arguments are those of ``certify``; ``leaves`` is the most that the repaired tree may have,
    ``seed`` that of the points drawn for growing, ``output`` where the tree is written (JSON),
    ``certificate`` where its certificate is; ``resume`` goes on from a ``journal`` only. ``rows``
    change nothing in the tree: the repaired one's error on them is found. Raises what ``certify``
    raises.
    """
    limit = limit_of(timeout, network, tree)
    watch = Watch(progress, stop)
    believed = trusted(trust)
    wish = wish_of(sample, delta, nonce)
    start = time.perf_counter()
    check_results(output, certificate)
    check_journal(journal, resume, device)
    check_folder(resume)
    where = engine_of(engine, address, device=device)
    with using(device), in_time(limit):
        with reading(limit):
            about, before = load_with_tree(
                network, tree, domain, watch, head=head, threshold=threshold
            )
        points = None if rows is None else seen(about, rows, watch)
        loaded = time.perf_counter()
        limit = read_again(limit, loaded - start, [about.network, before], about.domain, points)
        limit = reserved(limit, wish, [about.network])
        kept = about, watch, {"tree": before, "leaves": leaves, "seed": seed}
        with (
            working(where, address, watch) as cluster,
            journalled(journal, resume, "repair", *kept) as store,
        ):
            units = units_on(cluster, store)
            way = _grown if listable(about.domain) else _regrown
            fixed = way(about, before, leaves, seed, limit, watch, units)
            grown, matter, finding = fixed.tree, fixed.matter, fixed.finding
            found = time.perf_counter()
            by = found_by(recorded("repair"), command)
            origin = about.domain_from
            finding = swept_if_open(matter, finding, limit, watch)
            finding = bounded(matter, finding, limit, watch)
            note_handing_over(matter, finding, limit, watch)
            made = settle(
                *(matter, finding, by, watch, limit),
                domain_from=origin,
                trust=believed,
                rows=points,
                spread=spread_over(cluster, units, watch),
            )
            made = sampled(made, wish, limit, watch, cluster, units)
    checked = time.perf_counter()
    finished = fixed.finished or made.proved.verdict == EQUIVALENT
    result = RepairResult(
        matter=matter,
        certificate=made.certificate,
        proved=made.proved,
        data=made.data,
        seconds={"load": loaded - start, "repair": found - loaded, "check": checked - found},
        finished=finished,
        notes=tuple(watch.notes),
        moments=tuple(watch.moments),
        before=before,
        changes=fixed.changes,
    )
    if certificate is not None:
        result.save(certificate)
    if output is not None:
        write_tree(output, grown, "" if finished else UNFINISHED)
    return result


@dataclass(frozen=True, eq=False)
class _Fixed:
    """A repaired tree: the question about it, what is found, and the leaves that were changed.

    ``finished`` says that the search found it equal.
    """

    tree: Tree
    matter: Matter
    finding: Finding
    changes: tuple[Change, ...]
    finished: bool = False


def _grown(
    about: About,
    before: Tree,
    leaves: int | None,
    seed: int,
    limit: Limit | None,
    watch: Watch,
    units: Units | None,
) -> _Fixed:
    """The tree repaired along its proof, on a domain whose values are listed."""
    end = a_moment_at_least(about.matter(before), growing_end(limit), limit) if limit else None
    plain = listed(about.domain, "repair")
    with watch.stage("repairing", "search", deadline=end):
        fixed = growing.repair(
            *(about.network, before, plain),
            deadline=end,
            leaves=leaves,
            seed=seed,
            units=units,
            sampled=limit is not None and limit.sampling > 0,
            progress=watch.tell,
        )
    tree = replace(fixed.tree, labels=about.network.labels)
    finding = translated(about.domain, fixed.finding)
    return _Fixed(tree, about.matter(tree), finding, fixed.added, fixed.finished)


def _regrown(
    about: About,
    before: Tree,
    leaves: int | None,
    seed: int,
    limit: Limit | None,
    watch: Watch,
    units: Units | None,
) -> _Fixed:
    """The tree repaired at points, on a domain with a tree, intervals or long ranges."""
    end = growing_end(limit) if limit else None

    def prove(tree: Tree) -> Finding:
        here = now() if watch.stopped else end
        found = search(
            *(about.cut_for(tree), tree, watch),
            deadline=here,
            end=limit.end if limit else None,
            units=units,
            sampled=remainder_of(limit),
        )
        return found[1]

    with watch.stage("repairing", "search", deadline=end):
        fixed = pointwise.repair(
            *(about.network, before, about.cut_for(before).domain, prove),
            deadline=part(end, GROWING),
            leaves=leaves,
            seed=seed,
            units=units,
        )
    tree = replace(fixed.tree, labels=about.network.labels)
    matter = about.cut_for(tree).matter(tree)
    cells = overlay(bind(before, matter.domain), full_cell(matter.domain))
    changes = growing.changes_of(before, fixed.grafts, cells)
    return _Fixed(tree, matter, fixed.finding, changes)
