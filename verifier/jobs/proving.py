"""The search for a proof: which prover, for how long, and from what."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection

from verifier.jobs.choices import Prover, choice
from verifier.jobs.loading import About
from verifier.jobs.watching import Watch
from verifier.kernel.solvers import solver_of
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.network import Network
from verifier.model.proof import Finding, Open, Proof, Trusted
from verifier.model.tree import Tree
from verifier.provers.count import with_tails, without_tails
from verifier.provers.options import Options
from verifier.reading.certificate import read_certificate
from verifier.writing.network_parts import same_network

SMALL = 1 << 14
"""Domains of at most so many points are swept by the prover auto."""
TAIL_SECONDS = 10.0
"""Most seconds spent after a timeout on probability bounds for the cells that are open."""


def search(
    about: About,
    tree: Tree,
    watch: Watch,
    *,
    prover: str = Prover.AUTO,
    deadline: float | None = None,
    earlier: Proof | None = None,
    stop_at_difference: bool = False,
) -> tuple[str, Finding]:
    """Run a prover; returns its name and what it found.

    Branch and bound closes cells without the kernel, which checks them all in the file.
    """
    name = chosen(prover, about, whole=earlier is None and not stop_at_difference)
    if earlier is not None and name is not Prover.BRANCH:
        raise LeafproofError(f"to resume needs the prover branch: {name} starts from nothing")
    if stop_at_difference and name is not Prover.BRANCH:
        raise LeafproofError(f"to stop at a difference needs the prover branch: {name} goes on")
    prove = _prover(name, about, deadline)
    options = Options(
        deadline=deadline,
        check_by=deadline,
        progress=watch.tell,
        resume=earlier,
        stop_at_difference=stop_at_difference,
        confirm=False,
        brief=True,
    )
    watch.detail(f"searching with {name}")
    with watch.stage("proving", "search", deadline=deadline):
        return name.value, prove(about.domain, about.network, tree, options)


def chosen(prover: str, about: About, *, whole: bool) -> Prover:
    """The prover by its name; auto sweeps what is small, where the ``whole`` is asked for."""
    named = choice(Prover, prover, "prover")
    if named is not Prover.AUTO:
        return named
    return Prover.EXHAUSTIVE if about.domain.size <= SMALL and whole else Prover.BRANCH


def _prover(
    name: Prover, about: About, deadline: float | None
) -> Callable[[Domain, Network, Tree, Options], Finding]:
    if name is Prover.BRANCH:
        from verifier.provers import branch

        return branch.prove
    if name is Prover.Z3:
        from verifier.provers.solvers import z3

        return z3.prove
    from verifier.provers import exhaustive

    if deadline is None:
        exhaustive.require_end(about.domain, about.network)
    return exhaustive.prove


def tail_seconds(timeout: float) -> float:
    """How much of the time is for probability bounds of what stays open."""
    return min(max(timeout / 5, min(0.5, timeout / 2)), TAIL_SECONDS)


def bounded(about: About, tree: Tree, finding: Finding, end: float, watch: Watch) -> Finding:
    """The finding with bounds in probability for cells that the search left open."""
    with watch.stage("bounding what is open", "search", deadline=end):
        return with_tails(
            about.domain, about.network, tree, finding, deadline=end, progress=watch.count
        )


def unfinished(path: str | os.PathLike[str], about: About, trust: Collection[str]) -> Proof:
    """The proof of an earlier certificate about the same network and domain, to go on from.

    Cells that rest on the word of a solver that is not in ``trust`` are open again.
    """
    held = read_certificate(path)
    if not same_network(held.teacher, about.network) or held.domain != about.domain:
        raise LeafproofError(
            f"{path} is about another network or domain: resume only what was begun for this one"
        )
    return tuple(
        Open() if isinstance(step, Trusted) and solver_of(step.solver) not in trust else step
        for step in without_tails(held.proof)
    )
