"""Running the methods of ``leafproof distill`` with the options that a user gave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import common, live
from verifier.model.errors import LeafproofError
from verifier.provers.timing import Limit, TimeOver, ending, now

if TYPE_CHECKING:
    from verifier.distillers.representation import Layers
    from verifier.model.certificate import Certificate
    from verifier.model.domain import Domain
    from verifier.model.network import Network
    from verifier.model.proof import Finding
    from verifier.model.tree import Tree
    from verifier.model.verdict import Verdict


class Scores(StrEnum):
    """What method certified splits a cell on."""

    SEPARATION = "separation"
    LRH = "lrh"


class Method(StrEnum):
    """The ways to a tree."""

    LRH = "lrh"
    CERTIFIED = "certified"
    CART = "cart"


@dataclass(frozen=True)
class Options:
    """What the user asked for; None is the method's own default.

    ``explain`` says that the hypothesis will be measured, on the ``layers``.
    """

    depth: int | None
    leaves: int | None
    samples: int | None
    seed: int
    error: Fraction | None
    keep: int | None
    size: int | None
    layers: Layers | None
    scores: Scores | None
    explain: bool
    deadline: float | None


@dataclass(frozen=True)
class Outcome:
    """A tree, the Finding that came with it (or None), and whether the search came to its end.

    ``more`` are lines about the search, ``facts`` the same for ``--json``.
    """

    tree: Tree
    finding: Finding | None
    finished: bool
    more: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def find(method: Method, network: Network, space: Domain, options: Options) -> Outcome:
    """Run a method; raises LeafproofError for options that it does not have.

    Where the time was over before there was any tree, the tree is a single leaf.
    """
    try:
        with ending(options.deadline):
            return _find(method, network, space, options)
    except TimeOver:
        from verifier.model.tree import Leaf, Tree

        return Outcome(Tree((Leaf(0),)), None, False)


def _find(method: Method, network: Network, space: Domain, options: Options) -> Outcome:
    if method is Method.LRH:
        return probe(network, space, options)
    refuse(method, keep=options.keep, size=options.size)
    if method is Method.CART:
        refuse(method, error=options.error, scores=options.scores)
        if not options.explain:
            refuse(method, layers=options.layers)
        from verifier.distillers import cart

        tree, finished = cart.distill_within(
            network,
            space,
            depth=options.depth,
            leaves=options.leaves,
            samples=options.samples,
            seed=options.seed,
            deadline=options.deadline,
        )
        return Outcome(tree, None, finished)
    refuse(method, depth=options.depth)
    by_probes = options.scores is Scores.LRH
    if options.layers is not None and not by_probes and not options.explain:
        raise LeafproofError(
            "--layers is for --scores lrh, --explain and --plot: give one of them, or leave it out"
        )
    from verifier.distillers import certified

    found = certified.distill(
        network,
        space,
        error=options.error,
        leaves=options.leaves,
        samples=certified.SAMPLES if options.samples is None else options.samples,
        seed=options.seed,
        scores=(options.scores or Scores.SEPARATION).value,
        layers=options.layers if by_probes else None,
        deadline=options.deadline,
    )
    return Outcome(found.tree, found.finding, found.finished)


def probe(network: Network, space: Domain, options: Options) -> Outcome:
    """Method lrh, with its frontier."""
    refuse(Method.LRH, error=options.error, leaves=options.leaves, scores=options.scores)
    from verifier.distillers import linear_representation as lrh

    found = lrh.distill(
        network,
        space,
        depth=lrh.DEPTH if options.depth is None else options.depth,
        keep=lrh.KEEP if options.keep is None else options.keep,
        size=lrh.SIZE if options.size is None else options.size,
        samples=options.samples,
        layers=options.layers,
        seed=options.seed,
        deadline=options.deadline,
    )
    steps = [(entry.leaves, f"{float(entry.agreement):.4%}") for entry in found.frontier]
    more = (
        f"agrees with the network on {float(found.agreement):.4%} of fresh samples",
        f"{found.probes} ANDs probed of {found.possible} possible",
        "agreement by leaves: " + ", ".join(f"{n}: {share}" for n, share in steps),
    )
    facts = {
        "agreement": str(found.agreement),
        "probes": found.probes,
        "possible": found.possible,
        "frontier": [
            {"leaves": entry.leaves, "agreement": str(entry.agreement)} for entry in found.frontier
        ],
    }
    return Outcome(found.tree, None, found.finished, more, facts)


def refuse(method: Method, **options: object) -> None:
    """Raise LeafproofError for an option that was given but means nothing to the method."""
    for name, value in options.items():
        if value is not None:
            raise LeafproofError(f"--{name} is not an option of --method {method}: leave it out")


def prove(
    network: Network,
    space: Domain,
    outcome: Outcome,
    method: Method,
    path: Path | None,
    limit: Limit | None,
    *,
    stopped: bool,
    trust: Collection[str] = (),
    domain_from: str | None = None,
) -> tuple[Certificate, Verdict] | None:
    """Have the kernel check the tree's proof, found now if the method gave none.

    Without a proof and without a path for it there is nothing to check: None. If the method was
    ``stopped`` by Ctrl-C, no time is given to a search, and a moment to the check.
    """
    from verifier.cli.certify import Prover, search

    name, finding = method.value, outcome.finding
    if finding is None:
        if path is None:
            return None
        end = now() if stopped else limit.end if limit else None
        with live.noticing() as again, live.progress("proving", end) as report:
            name, finding = search(space, network, outcome.tree, Prover.AUTO, end, report)
        stopped = stopped or again()
    return common.save(
        *(path, space, network, outcome.tree, finding, name, limit),
        stopped=stopped,
        trust=trust,
        domain_from=domain_from,
    )
