"""How a tree grows in a job: on which domain and rows, by which options, and until when."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.formats.frame_rows import at_edges
from verifier.formats.intervals import between_bins, binned
from verifier.jobs.choices import Method
from verifier.jobs.limit import Limit
from verifier.jobs.loading import About, Source, seen
from verifier.jobs.methods import MethodOptions, Outcome
from verifier.jobs.schedule import a_moment_at_least, growing_end, read_again
from verifier.jobs.sweeping import kept_free_after
from verifier.jobs.watching import Watch
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.tree import Leaf, Tree
from verifier.provers.listing import listable, listed, translated
from verifier.provers.timing import now, part

PIECES = 1 << 6
"""Pieces of an interval whose middles are listed for those methods that need lists."""
GROWS = 0.6
"""The share of the time in which a tree of an ensemble grows."""
BY_POINTS = (Method.CERTIFIED, Method.CART)
"""Methods that grow trees from points where the values of a domain are not listed."""


@dataclass(frozen=True, eq=False)
class Growth:
    """How a tree grows: of a teacher and a domain for it, by ``options``, ``until`` when.

    ``limit`` is what the whole job has: rows that were read for it are read again.
    """

    about: About
    options: MethodOptions
    until: float | None
    limit: Limit | None


def growth_of(
    about: About,
    method: str,
    options: MethodOptions,
    table: Source,
    limit: Limit | None,
    watch: Watch,
    *,
    proved: bool,
) -> Growth:
    """How a tree grows that a method finds in a job with this limit, and that may be ``proved``.

    ``table`` has the rows that it is to be right on, if any. Raises LeafproofError.
    """
    by_points = method in BY_POINTS and not options.explain and not listable(about.domain)
    plain = replace(about, domain=_grown_on(about, method, watch, by_points))
    # of intervals rows are written, and evaluated, as numbers
    where = plain if by_points and about.domain.infinite else about
    rows = None if table is None else seen(where, table, watch)
    if limit is not None and rows is not None:
        spent = now() - limit.start
        limit = read_again(limit, spent, [about.network], about.domain, rows)
    until = _until(limit, method, proved=proved, afterwards=by_points)
    if until is not None and limit and isinstance(about.network, Ensemble):
        until = min(until, now() + GROWS * (limit.end - now()))  # a search closes the rest
    if until is not None and limit and (proved or method == Method.CERTIFIED):
        until = min(until, limit.end - kept_free_after(about, limit.end))
        if not by_points:
            until = a_moment_at_least(about.matter(Tree((Leaf(0),))), until, limit)
    return Growth(
        plain,
        replace(
            options,
            rows=rows,
            pieces=about.domain.infinite,
            sampled=limit is not None and limit.sampling > 0,
            progress=watch.tell,
        ),
        until,
        limit,
    )


def _grown_on(about: About, method: str, watch: Watch, by_points: bool) -> Domain:
    """The domain that trees grow on: in which points are drawn, or all values are listed.

    Of intervals the middles of pieces are.
    """
    domain = about.domain
    if by_points:
        return about.cut_for().domain
    if domain.infinite:
        domain = binned(domain, PIECES)
        watch.note(
            f"the tree is grown on about {PIECES} pieces of each interval, taken as their middles; "
            "what is proved of it holds for all real numbers"
        )
    return listed(domain, f"the method {method}")


def on_the_domain(about: About, plain: About, outcome: Outcome) -> Outcome:
    """What a method found on the domain without ranges, about the domain itself."""
    tree = replace(outcome.tree, labels=about.network.labels)
    if about.domain.infinite:  # a proof about middles is none about pieces
        tree = between_bins(tree, about.domain, plain.domain)
        return replace(outcome, tree=tree, finding=None)
    tree = at_edges(tree, about.domain)
    finding = outcome.finding and translated(about.domain, outcome.finding)
    return replace(outcome, tree=tree, finding=finding)


def _until(limit: Limit | None, method: str, *, proved: bool, afterwards: bool) -> float | None:
    """When growing the tree ends: the method certified proves it meanwhile, others ``afterwards``.

    So do all where trees grow from points.
    """
    if limit is None:
        return None
    if method == Method.CERTIFIED and not afterwards:
        return growing_end(limit)
    if method != Method.CERTIFIED and not proved:
        return limit.end
    return part(limit.end, 0.5)
