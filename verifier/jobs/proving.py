"""The search for a proof: which prover, for how long, and from what."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from verifier.jobs.choices import Prover, choice
from verifier.jobs.journals import by_units
from verifier.jobs.limit import Limit
from verifier.jobs.loading import About
from verifier.jobs.other_solvers import require_solvers
from verifier.jobs.schedule import a_moment_at_least, growing_end, remainder_of
from verifier.jobs.sweeping import (
    HOPE,
    before_sweep,
    kept_free,
    leaves_fewer,
    rest_swept,
    sweep,
    swept_instead,
    with_points_of,
)
from verifier.jobs.watching import Watch
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.network import Network
from verifier.model.proof import Finding, Open, Proof, is_open
from verifier.model.question import Matter, truth
from verifier.model.steps import Steps
from verifier.model.tree import Tree
from verifier.provers import exhaustive, moments
from verifier.provers.listing import listed, translated
from verifier.provers.open_cells import closed_of
from verifier.provers.options import FIRST, HOPELESS, LOOKED, SOONEST, Options
from verifier.provers.outlook import size_of, with_size
from verifier.provers.pairs.together import RATHER, with_check_of
from verifier.provers.rare import suits
from verifier.provers.timing import now, part
from verifier.writing.helping import start_helpers
from verifier.writing.processors import slow_now

if TYPE_CHECKING:
    from verifier.provers.pairs.search import Sandwiching
    from verifier.provers.remainder import Remainder
    from verifier.provers.units.driver import Units

AT_ONCE = 0.3
"""Seconds that the kernel may take for a sweep of the domain where nothing else is tried."""
CLOSING = 0.2
"""Share of the time in which cells are closed whatever the check of them takes: of these are kept
that close most."""
LESS, LITTLE = 0.5, 0.05
"""Where not all cells will be closed sandwiches of the whole domain are tried. They have the rest
of the time where they leave less than so much of what is not closed by then: else, and where they
leave little at once, they are for that alone."""
STILL = 0.5
"""Share of the time that is left for a search where the one that was waited for does not come."""
CLOSED, AHEAD, AGAIN = 0.15, 10.0, 2
"""Share of the time in which cells of real numbers are closed one by one, before it is seen what
Sandwiches tell in as much. Where these leave more open, but less than so many times as much, they
have so many times as long again: what they leave falls far quicker with time."""
UNSAMPLED = 0.8
"""Where these leave more open than that by then, a sample of it has the rest of the time."""
BOUNDS = 0.5
"""Share of the time after a search that is for what it leaves open, whatever its check takes."""
MORE = 0.15
"""While a tree grows they have the rest where they tell of so much more of the probability."""
LARGE = 1 << 16
"""Questions about more points than this are answered by sandwiches where the time is limited."""
LOADED, LOADING, LOOKS = 1.0, 0.5, 3
"""Seconds of a processor for loading the compiled search for Sandwiches, and the share of the time
that it may take: with less time the prover `questions` finds more. How busy the machine is, is the
least of LOOKS measurements, as one may fall into a moment in which others have the processors."""
JUDGED, AT_LAST, THROUGH, HOPE_OF_FORESTS = 0.2, 15.0, 1.0, 0.6
"""The search about a wide network of many inputs is judged from this share of its time on, but
after AT_LAST seconds at the latest: unless it looks as if it will close THROUGH of the probability,
Tails have the rest of the time. So it is of ensembles, with HOPE_OF_FORESTS."""


def search(
    about: About,
    tree: Tree,
    watch: Watch,
    *,
    prover: str = Prover.AUTO,
    deadline: float | None = None,
    end: float | None = None,
    earlier: Proof | None = None,
    stop_at_difference: bool = False,
    units: Units | None = None,
    sampled: Remainder | None = None,
) -> tuple[str, Finding]:
    """Run a prover; returns its name and what it found.

    ``deadline`` is when the search ends, ``end`` when everything does, the check included. With
    ``units`` it is done unit by unit, and by whom these say. Where what it leaves open is
    ``sampled`` a search that closes next to nothing ends soon.

    The provers close cells without the kernel, which checks them all in the file. What auto has
    searched is swept where time is left that is enough for it. Z3 knows sets of values only: it
    gets short ordinals listed.
    """
    matter, network = about.matter(tree), about.network
    options = _options(matter, watch, deadline, earlier, stop=stop_at_difference)
    options = _sampled(options, sampled if units is None else None)
    if units is not None:
        return by_units(matter, watch, options, prover, units)
    name = chosen(prover, matter)
    if name is Prover.Z3 and isinstance(network, Network):
        require_solvers(network)
    _check_goes_on(name, about.domain, resumed=earlier is not None)
    if earlier is not None and not is_open(earlier):
        watch.detail("nothing is open in the proof that is gone on from: nothing to search")
        return name.value, Finding(earlier)
    watch.detail(f"searching with {name}")
    if not isinstance(network, Network):
        return name.value, _of_ensembles(matter, watch, options, name, end)
    if name is Prover.EXHAUSTIVE:
        return name.value, sweep(matter, watch, options)
    spare = kept_free(matter, watch, end) if prover == Prover.AUTO else 0.0
    first = before_sweep(options, spare, end)
    counted = None if spare or prover != Prover.AUTO else end
    if name is Prover.QUESTIONS:
        found = _summed(matter, watch, first, counted)
        found = found or _answered(matter, watch, _still(first, counted))
    elif name is Prover.BRANCH and counted is not None:
        refined = _summed(matter, watch, first, counted) if about.domain.infinite else None
        name, found = Prover.QUESTIONS, refined
        if found is None:
            name, found = _closed_or_summed(matter, watch, first, counted)
    else:
        ranges = name is Prover.BRANCH
        domain = about.domain if ranges else listed(about.domain, f"the prover {name}")
        with watch.stage("proving", "search", deadline=first.deadline):
            found = _prover(name)(domain, network, tree, replace(first, signed=ranges))
        found = found if ranges else translated(about.domain, found)
    if spare:
        found = replace(found, stalled=False)  # that was for the sweep
    if spare and not watch.stopped and is_open(found.proof):
        found = rest_swept(matter, watch, replace(options, deadline=end, check_by=end), found)
    return name.value, swept_instead(matter, watch, options, counted, found)


def _closed_or_summed(
    matter: Matter, watch: Watch, options: Options, end: float
) -> tuple[Prover, Finding]:
    """Every cell closed, if branch does that; else counted by sandwiches in what it leaves open.

    Returns also whose finding it is.
    """
    from verifier.provers import branch

    network, tree = (bound.model for bound in matter.models)
    assert isinstance(network, Network) and isinstance(tree, Tree)
    anytime = options.resume is None and not options.stop_at_difference
    shared = anytime and not matter.domain.infinite
    shared = shared and branch.takes(network, matter.domain)
    if anytime and any(isinstance(layer, Steps) for layer in network.layers):
        # relaxed in floats they tell of next to nothing, where the kernel closes large cells
        return Prover.QUESTIONS, _answered(matter, watch, _still(options, end))
    if anytime:
        options = replace(options, anytime=True, least=part(options.deadline, CLOSING))
    if not shared:
        options = _bounded_after(options, end)
    instead: list[Sandwiching] = []
    if shared:
        options = replace(options, shared=True, check_by=end)
        # over sets of values alone what closes little at first may close all at last
        if not matter.domain.plain and (options.judged is None or options.sampled):
            options = replace(options, instead=partial(_tells_more, matter, options, end, instead))
    with watch.stage("proving", "search", deadline=options.deadline):
        found = branch.prove(matter.domain, network, tree, replace(options, signed=True))
    if instead and not watch.stopped:  # what is closed, in small cells, is only in the way
        summed = _summed(matter, watch, options, end, instead[0])
        if summed is not None:
            return Prover.QUESTIONS, with_points_of(found, summed)
    if not shared or watch.stopped or not is_open(found.proof):
        return Prover.BRANCH, found
    left = end - found.check
    if left - now() < RATHER * (end - now()):
        return Prover.BRANCH, found
    more = _summed(matter, watch, replace(options, resume=found.proof), left)
    if more is None:
        return Prover.BRANCH, found
    name = Prover.QUESTIONS
    return name, with_points_of(found, with_check_of(found.check, more))


def _tells_more(
    matter: Matter, options: Options, end: float, instead: list[Sandwiching], closed: float
) -> bool:
    """Whether sandwiches tell of more at once than branch does, which has ``closed`` so much of the
    probability; then their search is what goes on ``instead``."""
    if not _has_sandwiches(matter, end):
        return False
    from verifier.provers.pairs.proving import tells_more

    return tells_more(matter, options, end, instead, closed, less=LESS, least=LITTLE)


def _has_sandwiches(matter: Matter, end: float) -> bool:
    """Whether there can be sandwiches of the whole domain in time."""
    return matter.domain.size > LARGE and (_is_loaded() or _can_load(end))


def promising(matter: Matter, watch: Watch, end: float, closed: float) -> Sandwiching | None:
    """A search for sandwiches that at once tell of ``MORE`` than what is ``closed`` by then, of a
    tree that grows with its proof. None where they do not."""
    if matter.domain.infinite or not _has_sandwiches(matter, end):
        return None
    from verifier.provers.pairs.proving import TRIED, promised

    search = promised(matter, _options(matter, watch, end, None, stop=False), TRIED, end)
    return None if search is None or 1 - search.undecided() < closed + MORE else search


def by_sandwiches(
    matter: Matter, watch: Watch, limit: Limit, begun: Sandwiching
) -> tuple[str, Finding] | None:
    """What the search that was ``promising`` finds in the time that is left, and who found it."""
    options = _options(matter, watch, growing_end(limit), None, stop=False)
    found = _summed(matter, watch, _sampled(options, remainder_of(limit)), limit.end, begun)
    return None if found is None else (Prover.QUESTIONS.value, found)


def _of_ensembles(
    matter: Matter, watch: Watch, options: Options, name: Prover, end: float | None
) -> Finding:
    """What a prover finds about ensembles, and what it leaves open swept where there is time.

    Raises LeafproofError for a prover of networks.
    """
    if name is Prover.EXHAUSTIVE:
        return sweep(matter, watch, options)
    if name is Prover.Z3:
        raise LeafproofError(
            "the prover z3 takes networks, and the teacher is an ensemble: use auto"
        )
    from verifier.provers import forests

    spare = 0.0 if matter.networks else kept_free(matter, watch, end)
    first = before_sweep(options, spare, end)
    if name is Prover.QUESTIONS or not forests.takes(matter):
        found = _answered(matter, watch, first)
    else:
        with watch.stage("proving", "search", deadline=first.deadline):
            found = forests.prove(matter, first)
    if not spare:
        return found
    found = replace(found, stalled=False)  # that was for the sweep
    if watch.stopped or not is_open(found.proof):
        return found
    return rest_swept(matter, watch, replace(options, deadline=end, check_by=end), found)


def swept_if_open(matter: Matter, finding: Finding, limit: Limit | None, watch: Watch) -> Finding:
    """What was found while a tree grew; where that leaves cells open and there is time to sweep
    all points, these in place of its many cells, which would take longer: that there is if it
    takes a moment. Where it takes longer than was expected, what leaves fewer points open."""
    if limit is None or watch.stopped or not is_open(finding.proof):
        return finding
    takes, end = exhaustive.expected(matter), a_moment_at_least(matter, limit.end, limit)
    if takes > end - now():
        return finding
    options = _options(matter, watch, end, None, stop=False)
    swept = sweep(matter, watch, options)
    return with_points_of(finding, swept) if leaves_fewer(matter, swept, finding) else finding


def answer(
    matter: Matter,
    watch: Watch,
    *,
    deadline: float | None = None,
    end: float | None = None,
    earlier: Proof | None = None,
    stop_at_witness: bool = False,
    units: Units | None = None,
    sampled: Remainder | None = None,
) -> tuple[str, Finding]:
    """Run the prover of questions; returns its name and what it found. See ``search``."""
    options = _options(matter, watch, deadline, earlier, stop=stop_at_witness)
    options = _sampled(options, sampled if units is None else None)
    if truth(matter.question, [None] * len(matter.models)) is not None:
        return Prover.QUESTIONS.value, Finding((Open(),))  # the formula alone decides
    if units is not None:
        return by_units(matter, watch, options, Prover.AUTO, units)
    if matter.ensembles:
        name = chosen(Prover.AUTO, matter)
        return name.value, _of_ensembles(matter, watch, options, name, end)
    if spare := kept_free(matter, watch, end):
        asked = _answered(matter, watch, before_sweep(options, spare, end))
        asked = replace(asked, stalled=False)  # that was for the sweep
        if is_open(asked.proof) and not watch.stopped:
            asked = rest_swept(matter, watch, replace(options, deadline=end, check_by=end), asked)
        left = exhaustive.open_points(matter, asked.proof) if is_open(asked.proof) else 0
        if 2 * left > matter.domain.size and not watch.stopped:  # slower than was expected
            asked = _summed(matter, watch, options, end) or asked
        return Prover.QUESTIONS.value, asked
    found = _summed(matter, watch, options, end) or _followed(matter, watch, options)
    found = found or _answered(matter, watch, _still(options, end))
    return Prover.QUESTIONS.value, swept_instead(matter, watch, options, end, found)


def _summed(
    matter: Matter,
    watch: Watch,
    options: Options,
    end: float | None,
    begun: Sandwiching | None = None,
) -> Finding | None:
    """What sandwiches tell, where an interval is wanted in some time; None where they do not.

    That is behind cells that are closed, where that says more; or what a search that has ``begun``
    for them finds.
    """
    if end is None or options.stop_at_difference or matter.domain.size <= LARGE:
        return None
    if matter.domain.infinite:
        return _refined(matter, watch, options, end)
    if not _is_loaded() and not _can_load(end):
        watch.detail("no time to load the search for sandwiches")
        return None
    from verifier.provers.pairs import lone, proving, similar

    if end - now() > exhaustive.HELPED:
        start_helpers()
    with watch.stage("proving", "search", deadline=options.deadline):
        if begun is not None:
            return proving.prove(matter, options, end, begun)
        for prove in (lone.prove, similar.prove, proving.prove):
            if (found := prove(matter, options, end)) is not None:
                return found
    return None


def _refined(matter: Matter, watch: Watch, options: Options, end: float) -> Finding | None:
    """What Sandwiches tell of intervals of real numbers, where that is more than is closed of them
    in as much time or soon will be. None where there are none, or time for none."""
    from verifier.provers import questions
    from verifier.provers.refining import Refining, takes

    begun = now()
    if watch.stopped or begun >= end or options.resume is not None or not takes(matter):
        return None
    first = part(end, CLOSED)
    with watch.stage("proving", "search", deadline=end):
        brief = replace(options, deadline=first, check_by=end, judged=None, sampled=None)
        closed = questions.prove(matter, brief)
        if not is_open(closed.proof) or watch.stopped:
            return closed
        spent = now() - begun
        search = Refining(matter)
        search.until(now() + spent, end)
        left = 1 - closed_of(matter.domain, closed.proof)
        if not search.stopped and left <= search.open < AHEAD * left:
            search.until(now() + AGAIN * spent, end)
        if search.stopped or search.open < left:
            hopeless = options.sampled is not None and search.open > UNSAMPLED
            if not (search.stopped or hopeless):
                search.until(end, end)
            return replace(with_points_of(closed, search.found(end)), stalled=hopeless)
        again = replace(_still(options, end), resume=closed.proof)
        return questions.prove(matter, again)


def _is_loaded() -> bool:
    """Whether compiled code was loaded before."""
    return "numba" in sys.modules


def _can_load(end: float) -> bool:
    """Whether loading it takes little of the time that there is."""
    return LOADED * min(slow_now() for _ in range(LOOKS)) <= LOADING * (end - now())


def _still(options: Options, end: float | None) -> Options:
    """The options for what is done where sandwiches were waited for and did not come."""
    if options.deadline is None or end is None:
        return options
    by = max(options.deadline, now() + STILL * (end - now()))
    return replace(_bounded_after(options, end), deadline=by)


def _bounded_after(options: Options, end: float) -> Options:
    """The options for a search after which only what is open is bounded."""
    if options.deadline is None:
        return options
    return replace(options, check_by=end - BOUNDS * max(0.0, end - options.deadline))


def _followed(matter: Matter, watch: Watch, options: Options) -> Finding | None:
    """Two networks closed one along the other where time is not limited; None of other questions.

    A witness is found sooner among random points.
    """
    if options.deadline is not None or options.stop_at_difference or matter.domain.size <= LARGE:
        return None
    from verifier.provers.pairs import similar

    if similar.followers(matter) is None:
        return None
    with watch.stage("proving", "search", deadline=None):
        return similar.prove(matter, options)


def _answered(matter: Matter, watch: Watch, options: Options) -> Finding:
    from verifier.provers import questions

    with watch.stage("proving", "search", deadline=options.deadline):
        return questions.prove(matter, options)


def _options(
    matter: Matter, watch: Watch, deadline: float | None, earlier: Proof | None, *, stop: bool
) -> Options:
    """What a search is asked for: to end soon where it closes little, and Tails may tell more."""
    soon = part(deadline, JUDGED)
    told = suits(matter) or moments.takes(matter)
    judged = min(soon, now() + AT_LAST) if soon is not None and told else None
    hope = THROUGH if suits(matter) else HOPE_OF_FORESTS if moments.takes(matter) else HOPE
    return Options(
        deadline=deadline,
        check_by=deadline,
        judged=judged,
        hope=hope,
        progress=with_size(watch.tell, partial(size_of, matter)),
        resume=earlier,
        stop_at_difference=stop,
        confirm=False,
        brief=True,
    )


def _sampled(options: Options, sampled: Remainder | None) -> Options:
    """The options of a search of which what it leaves open may be sampled, in the time it leaves:
    of one that is not judged for Tails."""
    if sampled is None or options.deadline is None or options.judged is not None:
        return options
    if options.resume is not None:
        return options
    first, soon = (part(options.deadline, x) or 0.0 for x in (LOOKED, SOONEST))
    judged = max(min(now() + FIRST, first), soon)
    return replace(options, judged=judged, hope=HOPELESS, sampled=sampled)


def chosen(prover: str, matter: Matter) -> Prover:
    """The prover by its name; auto is the quickest that takes the domain.

    What is small is swept at once. A domain with ordinals or a tree is for branch where its
    compiled code takes the network too.
    """
    named = choice(Prover, prover, "prover")
    if named is not Prover.AUTO:
        return named
    if exhaustive.expected(matter) <= AT_ONCE:
        return Prover.EXHAUSTIVE
    if matter.ensembles:
        from verifier.provers import forests

        return Prover.BRANCH if forests.takes(matter) else Prover.QUESTIONS
    if not matter.domain.plain:
        from verifier.provers import branch  # takes a while to import

        network = matter.models[0].model
        takes = isinstance(network, Network) and branch.takes(network, matter.domain)
        return Prover.BRANCH if takes else Prover.QUESTIONS
    return Prover.BRANCH


def _check_goes_on(name: Prover, domain: Domain, *, resumed: bool) -> None:
    """Raise LeafproofError for a prover that cannot resume."""
    if resumed and name is Prover.Z3 and not domain.plain:
        raise LeafproofError(f"to resume needs the prover branch: {name} starts from nothing")


def _prover(name: Prover) -> Callable[[Domain, Network, Tree, Options], Finding]:
    if name is Prover.BRANCH:
        from verifier.provers import branch

        return branch.prove
    from verifier.provers.solvers import z3

    return z3.prove
