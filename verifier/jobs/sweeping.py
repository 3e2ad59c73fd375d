"""Sweeping points after a search, or in its place: when time is kept free for it, how many."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from verifier.jobs.loading import About
from verifier.jobs.watching import Watch
from verifier.model.network import Network
from verifier.model.proof import Finding, is_open
from verifier.model.question import Matter
from verifier.model.steps import Steps
from verifier.model.tree import Leaf, Tree
from verifier.provers import exhaustive
from verifier.provers.options import Options
from verifier.provers.search import COUNTEREXAMPLES
from verifier.provers.timing import now
from verifier.writing.helping import start_helpers

AFFORDABLE, NEARLY = 0.8, 0.9
"""A sweep of all points is kept free where it takes at most the first share of the time. A sweep of
as many as possible has the second."""
PARTLY, MOSTLY = 0.2, 0.6
"""Such a partial sweep is kept free where it gets through so much of all points: PARTLY for
networks with staircases, whose relaxations say next to nothing of large cells, MOSTLY for others.
From PARTLY on it is also done in place of a search that told of next to nothing."""
BRIEFLY, SOON, TRIED = 8.0, 1 / 3, 2
"""How long is searched before a sweep that is kept free: so many seconds, but at most the share
SOON of the time; or so many times what the sweep takes, if that is more."""
HOPE = 0.5
"""That search ends early unless it looks as if it will close so much of the probability."""


def kept_free(matter: Matter, watch: Watch, end: float | None) -> float:
    """Seconds for sweeping all points at last; 0 where that takes too long, or nothing ends."""
    if end is None:
        return 0.0
    spare = exhaustive.timed(matter, end - now())
    most = AFFORDABLE * (end - now())
    least = PARTLY if _has_staircases(matter) else MOSTLY
    partly = least * spare < most < spare
    if spare > most:
        instead = "some are swept at last" if partly else "too long to keep it free"
        watch.detail(f"sweeping all points would take {spare:.1f} s: {instead}")
    kept = spare if spare <= most else NEARLY * (end - now()) if partly else 0.0
    if kept > exhaustive.HELPED:
        start_helpers()
    return kept


def _has_staircases(matter: Matter) -> bool:
    networks = [bound.model for bound in matter.models if isinstance(bound.model, Network)]
    return any(isinstance(layer, Steps) for network in networks for layer in network.layers)


def kept_free_after(about: About, end: float) -> float:
    """Seconds for sweeping all points once a tree has grown; 0 where that takes too long."""
    if not isinstance(about.network, Network):
        return 0.0
    spare = exhaustive.timed(about.matter(Tree((Leaf(0),))), end - now())
    return spare if spare <= AFFORDABLE * (end - now()) else 0.0


def before_sweep(options: Options, spare: float, end: float | None) -> Options:
    """The options of a search after which so many seconds are free for a sweep.

    It ends after a while if it would leave most open: the sweep leaves nothing.
    """
    if not spare or end is None:
        return replace(options, check_by=options.deadline)
    briefly = min(BRIEFLY, SOON * (end - now()))
    by, judged = min(end - spare, now() + max(briefly, TRIED * spare)), now() + briefly
    own = replace(options, deadline=by, check_by=by)
    return replace(own, judged=judged, hope=HOPE, sampled=None)


def sweep(matter: Matter, watch: Watch, options: Options) -> Finding:
    """All points evaluated, or as many as there is time for. Raises LeafproofError without a limit
    where that would never end."""
    if options.deadline is None:
        exhaustive.require_end(matter)
    with watch.stage("sweeping", "search", deadline=options.deadline):
        return exhaustive.sweep(matter, options)


def rest_swept(matter: Matter, watch: Watch, options: Options, found: Finding) -> Finding:
    """What a search has found, and what it has left open swept; or all points, if that is less."""
    if options.stop_at_difference and found.counterexamples:
        return found
    whole = exhaustive.is_cheaper(matter, found)
    check = 0.0 if whole else found.check
    end = None if options.check_by is None else options.check_by - check
    resume = None if whole else found.proof
    swept = sweep(matter, watch, replace(options, resume=resume, check_by=end))
    if whole and not leaves_fewer(matter, swept, found):
        return found
    points = dict.fromkeys((*found.counterexamples, *swept.counterexamples))
    return Finding(swept.proof, tuple(points), check + swept.check)


def swept_instead(
    matter: Matter, watch: Watch, options: Options, end: float | None, found: Finding
) -> Finding:
    """What a search has found; or, where it gave up as it told of next to nothing, a sweep of as
    many points as there is time for, if that is a good part of them."""
    if end is None or not found.stalled or watch.stopped or options.stop_at_difference:
        return found
    if end - now() < PARTLY * exhaustive.expected(matter):
        return found
    watch.detail("the search told of next to nothing: some points are swept in its place")
    start_helpers()
    swept = sweep(matter, watch, replace(options, deadline=end, check_by=end))
    if exhaustive.open_points(matter, swept.proof) > (1 - PARTLY / 2) * matter.domain.size:
        return found
    return with_points_of(found, swept)


def leaves_fewer(matter: Matter, swept: Finding, found: Finding) -> bool:
    """Whether a sweep leaves fewer points open than what was found without it."""
    left = partial(exhaustive.open_points, matter)
    return not is_open(swept.proof) or left(swept.proof) < left(found.proof)


def with_points_of(earlier: Finding, found: Finding) -> Finding:
    """What was found, with the points of an earlier search before its own."""
    points = dict.fromkeys((*earlier.counterexamples, *found.counterexamples))
    return replace(found, counterexamples=tuple(points)[:COUNTEREXAMPLES])
