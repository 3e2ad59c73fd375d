"""The ways to a tree, each with the options that a user gave for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier.distillers.frontier import FrontierTree
from verifier.distillers.kept import store_of
from verifier.distillers.options import Instead
from verifier.distillers.representation import WORDS, Layers
from verifier.jobs.choices import Method, Scores, choice, exact
from verifier.jobs.loading import About, network_of
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError
from verifier.model.proof import Finding
from verifier.model.rows import Rows
from verifier.model.tree import Leaf, Tree, check_fits
from verifier.provers.listing import listable
from verifier.provers.progress import Report
from verifier.provers.timing import Stopped, TimeOver, ending, now, part
from verifier.provers.units.packing import tree_of_bytes, tree_to_bytes
from verifier.writing.processors import SLOWEST, slow_now

if TYPE_CHECKING:
    from verifier.provers.units.driver import Units

EQUAL = 0.5
"""The share of the time in which an ensemble has its own tree found; else one grows from points."""
SMALLEST = 0.3
"""The share of the time that is left to find out whether a tree is the smallest."""
BRIEFLY = 0.5
"""Seconds of a processor for a tree of a few points where the time ended before there was any."""
SHOWN = 12
"""Sizes of trees whose agreement is said in words."""


@dataclass(frozen=True, kw_only=True)
class MethodOptions:
    """What the user asked for; None is the method's own default.

    ``explain`` says that the hypothesis will be measured, on the ``layers``; ``rows`` are what the
    tree is to be right on first; ``pieces``, that the domain's values are pieces of intervals;
    ``sampled``, that what is left open may be sampled in the time that is left; ``progress`` is
    told how far a proof is that a tree grows with, ``instead`` once whether another search is to
    have the rest of its time.
    """

    depth: int | None = None
    leaves: int | None = None
    samples: int | None = None
    seed: int = 0
    error: Fraction | None = None
    keep: int | None = None
    size: int | None = None
    layers: Layers | None = None
    scores: str | None = None
    explain: bool = False
    rows: Rows | None = None
    pieces: bool = False
    sampled: bool = field(default=False, repr=False)
    progress: Report | None = field(default=None, repr=False, compare=False)
    instead: Instead | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Outcome:
    """A tree, the Finding that came with it (or None), and whether the search came to its end.

    ``more`` are lines about the search, ``facts`` the same for ``--json``; ``frontier`` is the best
    tree of every size, if the method knows it.
    """

    tree: Tree
    finding: Finding | None
    finished: bool
    more: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    frontier: tuple[FrontierTree, ...] | None = None


def find(
    method: str,
    about: About,
    options: MethodOptions,
    deadline: float | None,
    units: Units | None = None,
) -> Outcome:
    """Run a method; raises LeafproofError for options that it does not have.

    ``units`` says who proves, where the method does. Where the time was over before there was any
    tree, the tree is one of a few points.
    """
    ways = {Method.LRH: _probed, Method.CART: _sampled, Method.CERTIFIED: _proved}
    try:
        with ending(deadline):
            found = ways[choice(Method, method, "method")](about, options, deadline, units)
    except (TimeOver, Stopped):
        found = Outcome(Tree((Leaf(0),)), None, False)
    limited = options.leaves == 1 or options.size == 1 or options.depth is not None
    if found.finished or found.tree.leaves > 1 or limited:
        return found
    tree = _brief(about, options)
    finding = found.finding and replace(found.finding, counterexamples=())  # of another tree
    return replace(found, tree=tree, finding=finding)


def _brief(about: About, options: MethodOptions) -> Tree:
    """A tree of a few points, which takes a moment; a leaf if not even that can be had in it."""
    from verifier.distillers import from_points
    from verifier.provers.evaluate import bulk_of

    most = min(x for x in (options.leaves, options.size, from_points.MANY) if x is not None)
    briefly = BRIEFLY * min(slow_now(), SLOWEST)
    with suppress(TimeOver, Stopped), ending(now() + briefly):
        bulk = bulk_of(about.network, about.domain)
        return from_points.of_few(bulk, most, options.rows, options.seed)
    return Tree((Leaf(0),))


def kept_tree(units: Units | None, grow: Callable[[], Outcome], about: About) -> Outcome:
    """The tree that a journal kept, if it was found without its proof; else what grows now."""
    store = store_of(units)
    held = None if store is None else store.recall("tree without proof")
    if held is not None:
        with suppress(LeafproofError):  # anybody may have written it
            tree = tree_of_bytes(held)
            check_fits(tree, about.domain, about.network.classes)
            return Outcome(tree, None, True)
    outcome = grow()
    if store is not None and outcome.finding is None and outcome.finished:
        store.remember("tree without proof", tree_to_bytes(outcome.tree))
    return outcome


def _sampled(
    about: About, options: MethodOptions, deadline: float | None, units: Units | None
) -> Outcome:
    _refuse(
        Method.CART,
        keep=options.keep,
        size=options.size,
        error=options.error,
        scores=options.scores,
    )
    if not options.explain:
        _refuse(Method.CART, layers=options.layers)
    from verifier.distillers import cart, from_points

    way = cart.distill if listable(about.domain) else from_points.by_cart
    found = way(
        about.network,
        about.domain,
        depth=options.depth,
        leaves=options.leaves,
        samples=options.samples,
        seed=options.seed,
        rows=options.rows,
        deadline=deadline,
        store=store_of(units),
    )
    return Outcome(found.tree, None, found.finished)


def _proved(
    about: About, options: MethodOptions, deadline: float | None, units: Units | None
) -> Outcome:
    _refuse(Method.CERTIFIED, keep=options.keep, size=options.size, depth=options.depth)
    if options.layers is not None and options.scores != Scores.LRH and not options.explain:
        raise LeafproofError(
            "layers belong to scores lrh, explain and plot: give one of them, or leave layers out"
        )
    if listable(about.domain):
        return _certified(about, options, deadline, units)
    _refuse(Method.CERTIFIED, samples=options.samples, scores=options.scores)
    equal = options.leaves is None and about.domain.given is None
    found = None
    if isinstance(about.network, Ensemble) and equal:
        with suppress(TimeOver), ending(by := part(deadline, EQUAL)):
            found = _by_tests(about, about.network, options, by, units)
        if found is not None and found.finished:
            return found
    grown = _pointwise(about, options, deadline)
    return found if found is not None and grown.tree.leaves == 1 else grown


def _by_tests(
    about: About,
    teacher: Ensemble,
    options: MethodOptions,
    deadline: float | None,
    units: Units | None,
) -> Outcome:
    """A tree on the parts of ranges and intervals that an ensemble's tests tell apart."""
    from verifier.distillers.coarse import by_tests

    coarse = by_tests(about.domain, [member.nodes for member in teacher.members])
    rows = None if options.rows is None else coarse.rows(options.rows)
    options = replace(options, rows=rows, pieces=False)
    plain = replace(about, domain=coarse.cuts.domain)
    found = _certified(plain, options, deadline, units)
    sizes = found.frontier and tuple(replace(f, tree=coarse.fine(f.tree)) for f in found.frontier)
    return replace(found, tree=coarse.fine(found.tree), finding=None, frontier=sizes)


def _certified(
    about: About, options: MethodOptions, deadline: float | None, units: Units | None
) -> Outcome:
    """A tree that grows along its proof, on a domain whose values are listed."""
    from verifier.distillers import certified

    by_probes = options.scores == Scores.LRH
    found = certified.distill(
        about.network,
        about.domain,
        error=options.error,
        leaves=options.leaves,
        samples=certified.SAMPLES if options.samples is None else options.samples,
        seed=options.seed,
        scores=(options.scores or Scores.SEPARATION),
        layers=options.layers if by_probes else None,
        rows=options.rows,
        deadline=deadline,
        units=units,
        sampled=options.sampled,
        progress=options.progress,
        instead=options.instead,
    )
    outcome = _with_sizes(found.tree, found.finding, found.finished, found.frontier, options)
    limited = options.leaves is not None or options.error or options.rows is not None
    whole = found.finished and not limited and not options.pieces
    return outcome if not whole else _least(outcome, about.domain, deadline)


def _least(outcome: Outcome, domain: Domain, deadline: float | None) -> Outcome:
    """An equal tree made smallest where that can be done, and whether it is known to be."""
    from verifier.distillers.least import least

    tree, is_least = outcome.tree, False
    with suppress(TimeOver), ending(part(deadline, SMALLEST)):
        tree, is_least = least(outcome.tree, domain)
    said = (
        f"no tree that tests single columns and is equal has fewer leaves than {tree.leaves} (all "
        "of them were gone through; the certificate does not say so)"
        if is_least
        else "an equal tree may have fewer leaves: there are too many to go through"
    )
    facts = {**outcome.facts, "smallest": is_least}
    return replace(outcome, tree=tree, more=(*outcome.more, said), facts=facts)


def _pointwise(about: About, options: MethodOptions, deadline: float | None) -> Outcome:
    """A tree from points, on a domain with a tree, intervals or long ranges: proved afterwards."""
    from verifier.distillers import from_points
    from verifier.distillers.options import goal_of

    goal = goal_of(options.error, options.leaves, options.seed, deadline)
    found = from_points.distill(about.network, about.domain, goal, options.rows, options.seed)
    return _with_sizes(found.tree, None, found.finished, found.frontier, options)


def _with_sizes(
    tree: Tree,
    finding: Finding | None,
    finished: bool,
    frontier: tuple[FrontierTree, ...],
    options: MethodOptions,
) -> Outcome:
    """A tree with the best ones of every size, which are told where a limit ended the search."""
    limited = options.leaves is not None or options.error or not finished
    sizes = frontier if limited else ()
    where = "on the rows" if options.rows else "as far as points tell"
    more = (f"agreement {where}, by leaves: {_by_leaves(sizes)}",) if len(sizes) > 1 else ()
    facts = {"frontier": _entries(sizes)} if sizes else {}
    return Outcome(tree, finding, finished, more, facts, frontier)


def _probed(
    about: About, options: MethodOptions, deadline: float | None, units: Units | None
) -> Outcome:
    """Linear probes on the network's activations, with their frontier."""
    _refuse(
        Method.LRH,
        error=options.error,
        leaves=options.leaves,
        scores=options.scores,
        rows=options.rows,
    )
    from verifier.distillers import linear_representation as lrh

    found = lrh.distill(
        network_of(about.network, "method lrh"),
        about.domain,
        depth=lrh.DEPTH if options.depth is None else options.depth,
        keep=lrh.KEEP if options.keep is None else options.keep,
        size=lrh.SIZE if options.size is None else options.size,
        samples=options.samples,
        layers=options.layers,
        seed=options.seed,
        deadline=deadline,
        store=store_of(units),
    )
    more = (
        f"agrees with the network on {float(found.agreement):.4%} of fresh samples",
        f"{found.probes} ANDs probed of {found.possible} possible",
        f"agreement by leaves: {_by_leaves(found.frontier)}",
    )
    facts = {
        "agreement": str(found.agreement),
        "probes": found.probes,
        "possible": found.possible,
        "frontier": _entries(found.frontier),
    }
    return Outcome(found.tree, None, found.finished, more, facts, found.frontier)


def _by_leaves(frontier: Sequence[FrontierTree]) -> str:
    """The agreement of the best tree of every size, in words; of many sizes, of some."""
    chosen = tuple(frontier[:: -(-len(frontier) // SHOWN)])
    if chosen[-1] != frontier[-1]:
        chosen = (*chosen, frontier[-1])
    return ", ".join(f"{entry.leaves}: {float(entry.agreement):.4%}" for entry in chosen)


def _entries(frontier: Sequence[FrontierTree]) -> list[dict[str, Any]]:
    """The same as data, of all sizes."""
    return [{"leaves": entry.leaves, "agreement": str(entry.agreement)} for entry in frontier]


def _refuse(method: str, **options: object) -> None:
    """Raise LeafproofError for an option that was given but means nothing to the method."""
    for name, value in options.items():
        if value is not None:
            raise LeafproofError(f"{name} is not an option of method {method}: leave it out")


def target(error: Fraction | float | str | None) -> Fraction | None:
    """The error that is small enough, exactly. Raises LeafproofError."""
    try:
        return None if error is None else exact(error)
    except ValueError:
        raise LeafproofError(
            f'the error target "{error}" is not a number: write 1/1000 or 0.001'
        ) from None


def parse_layers(layers: Layers | None) -> Layers | None:
    """Layers by number, or a word that ``choose_nodes`` knows; a text may list the numbers."""
    if not isinstance(layers, str) or layers in WORDS:
        return layers
    try:
        return tuple(int(part) for part in layers.split(","))
    except ValueError:
        raise LeafproofError(
            f'there are no layers "{layers}": write post, pre, both, or 2,4'
        ) from None
