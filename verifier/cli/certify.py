"""``leafproof certify``: prove that a tree is the network, or refute it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli import common, ends, heads, live, trust
from verifier.model.errors import LeafproofError
from verifier.provers.timing import TimeOver, ending, now, over, polled

if TYPE_CHECKING:
    from verifier.formats.heads import Asked
    from verifier.model.cell import Cell
    from verifier.model.certificate import Certificate
    from verifier.model.domain import Domain
    from verifier.model.network import Network
    from verifier.model.proof import Finding, Proof
    from verifier.model.tree import Tree
    from verifier.provers.progress import Report

SMALL = 1 << 14
"""Domains of at most so many points are swept by ``--prover auto``."""


TAIL_SECONDS = 10.0
"""Most seconds spent after a timeout on probability bounds for the cells that are open."""


class Prover(StrEnum):
    """The searches for a proof."""

    AUTO = "auto"
    EXHAUSTIVE = "exhaustive"
    BRANCH = "branch"
    Z3 = "z3"


class Emit(StrEnum):
    """Languages of other solvers."""

    SMT2 = "smt2"
    VNNLIB = "vnnlib"


def certify(
    teacher: Annotated[Path, typer.Argument(help="the network, ONNX", show_default=False)],
    tree: Annotated[Path, typer.Argument(help="the tree, JSON", show_default=False)],
    domain: common.DomainOption = None,
    head: heads.HeadOption = None,
    threshold: heads.ThresholdOption = None,
    prover: Annotated[Prover, typer.Option(help="how to search")] = Prover.AUTO,
    timeout: ends.Timeout = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="write the certificate here")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="go on from this certificate's proof (branch)")
    ] = None,
    stop_at_difference: Annotated[
        bool, typer.Option("--stop-at-difference", help="one counterexample is enough (branch)")
    ] = False,
    cross_check: Annotated[
        int, typer.Option(min=0, metavar="N", help="ask Z3 again about N of the closed cells")
    ] = 0,
    emit: Annotated[
        tuple[Emit, Path] | None,
        typer.Option(metavar="smt2|vnnlib DIR", help="write the open cells for other solvers"),
    ] = None,
    trust_solver: trust.TrustSolver = None,
    no_trust: trust.NoTrust = False,
    json: common.Json = False,
    quiet: common.Quiet = False,
    verbose: common.Verbose = False,
) -> None:
    """Prove that the tree is the network on the whole domain, or show where it is not.

    The verdict printed is the kernel's, found in the certificate just written. --timeout ends the
    search and has all that it found checked; Ctrl-C ends the command at once, with what the kernel
    has checked by then, the largest cells first.
    """
    from verifier.writing.files import check_writable

    limit = ends.limited(timeout)
    believed = trust.trusted(trust_solver, no_trust)
    start = time.perf_counter()
    if output:
        check_writable(output)
    network, student, space = load(teacher, tree, domain, heads.asked(head, threshold))
    loaded = time.perf_counter()
    limit = limit and limit.loaded(loaded - start)
    earlier = unfinished(resume, network, space, believed) if resume else None
    end = limit.end if limit else None
    tails = tail_seconds(limit.seconds) if limit else 0.0
    until = None if end is None else max(now(), end - tails)
    with live.noticing() as stopped, live.progress("proving", until) as report:
        name, finding = search(
            space, network, student, prover, until, report, earlier, stop=stop_at_difference
        )
    if tails and end is not None and not stopped():
        finding = bounded(space, network, student, finding, end - finding.check)
    found = time.perf_counter()
    if stopped():
        live.note(
            "stopped: so as to end at once, the kernel checks no more of what was found than it "
            "can in a moment (--timeout has all of it checked)"
        )
    same = bool(resume and output and output.exists() and output.samefile(resume))
    certificate, verdict = common.save(
        *(output, space, network, student, finding, name, limit),
        stopped=stopped(),
        keep=same,
        domain_from=common.origin(domain),
        trust=believed,
    )
    remarks = []
    if cross_check:
        remarks.append(ask_again(certificate, cross_check, limit.cut if limit else None))
    if emit:
        remarks.append(write_open(certificate, *emit, limit.given_up if limit else None))
    seconds = {
        "load": loaded - start,
        "prove": found - loaded,
        "check": time.perf_counter() - found,
    }
    if json:
        from verifier.reports.json_object import certificate_json

        common.print_json(certificate_json(certificate, verdict, seconds) | {"remarks": remarks})
    else:
        common.print_verdict(certificate, verdict, seconds, str(output) if output else None)
        for text in remarks if live.level() >= 0 else ():
            common.say(f"  {text}", markup=False)
    raise typer.Exit(common.EXIT[verdict.verdict])


def tail_seconds(timeout: float) -> float:
    """How much of the time is for probability bounds of what stays open."""
    return min(max(timeout / 5, min(0.5, timeout / 2)), TAIL_SECONDS)


def load(
    teacher: Path, tree: Path, domain: str | None, asked: Asked | None = None
) -> tuple[Network, Tree, Domain]:
    """The user's files, checked to belong together; raises LeafproofError.

    The tree's classes are numbered as the network's, by their names where both have names.
    """
    from verifier.formats.load import read_tree
    from verifier.model.tree import check_fits, matched

    student = read_tree(tree)
    network, space = common.load_network(teacher, domain, asked)
    student = matched(student, network.labels)
    check_fits(student, space, network.classes, network.labels)
    if student.labels and not network.labels:
        live.note("the tree's classes have names, the network's only numbers: compared by number")
    return network, student, space


def search(
    domain: Domain,
    teacher: Network,
    tree: Tree,
    prover: Prover,
    deadline: float | None,
    report: Report,
    earlier: Proof | None = None,
    *,
    stop: bool = False,
) -> tuple[str, Finding]:
    """Run a prover; returns its name and what it found. ``stop`` ends it at a counterexample.

    Branch and bound closes cells without the kernel, which checks them all in the file.
    """
    if prover is Prover.AUTO:
        small = domain.size <= SMALL and earlier is None and not stop
        prover = Prover.EXHAUSTIVE if small else Prover.BRANCH
    if earlier is not None and prover is not Prover.BRANCH:
        raise LeafproofError(f"--resume needs --prover branch: {prover} starts from nothing")
    if stop and prover is not Prover.BRANCH:
        raise LeafproofError(f"--stop-at-difference needs --prover branch: {prover} goes on")
    prove: Callable[..., Finding]
    if prover is Prover.EXHAUSTIVE:
        from verifier.kernel.prepared import point_cost
        from verifier.model.limits import require_work
        from verifier.provers import exhaustive

        if deadline is None:
            what = "sweeping the domain without a --timeout"
            require_work(domain.size * point_cost(teacher, domain), what)
        prove = exhaustive.prove
    elif prover is Prover.BRANCH:
        from verifier.provers import branch

        prove = partial(
            branch.prove, resume=earlier, confirm=False, stop_at_difference=stop, brief=True
        )
    else:
        from verifier.provers.solvers import z3

        prove = z3.prove
    live.detail(f"searching with {prover.value}")
    return prover.value, prove(
        domain, teacher, tree, deadline=deadline, progress=report, check_by=deadline
    )


def bounded(domain: Domain, teacher: Network, tree: Tree, finding: Finding, end: float) -> Finding:
    """The finding with bounds in probability for cells that the search left open."""
    from verifier.provers.tails import with_tails

    with live.working("bounding what is open", "cells") as count:
        return with_tails(domain, teacher, tree, finding, deadline=end, progress=count)


def unfinished(
    path: Path, teacher: Network, domain: Domain, believed: Collection[str] = ()
) -> Proof:
    """The proof of an earlier certificate about the same network and domain, to go on from.

    Cells that rest on the word of a solver that is not ``believed`` are open again.
    """
    from verifier.kernel.solvers import solver_of
    from verifier.model.proof import Open, Trusted
    from verifier.provers.tails import without_tails
    from verifier.reading.certificate import read_certificate
    from verifier.writing.network_parts import same_network

    held = read_certificate(path)
    if not same_network(held.teacher, teacher) or held.domain != domain:
        raise LeafproofError(
            f"{path} is about another network or domain: resume only what was begun for this one"
        )
    return tuple(
        Open() if isinstance(step, Trusted) and solver_of(step.solver) not in believed else step
        for step in without_tails(held.proof)
    )


def ask_again(certificate: Certificate, sample: int, end: float | None) -> str:
    """Ask Z3 about some of the closed cells; raises InvalidProof on a contradiction."""
    from verifier.provers.solvers.cross_check import cross_check

    c = certificate
    result = cross_check(c.domain, c.teacher, c.proof, sample, seed=0, deadline=end)
    return (
        f"cross-check: of {result.cells} cells closed by relaxation, Z3 was asked about "
        f"{result.asked}: agreed on {result.agreed} by itself, on {result.assisted} given the "
        f"kernel's bounds, undecided on {result.undecided}; no contradiction"
    )


def write_open(certificate: Certificate, kind: Emit, folder: Path, end: float | None = None) -> str:
    """Write what is open as questions to other solvers: is the class the tree's everywhere?"""
    from verifier.model.proof import Open, Tail, steps
    from verifier.model.tree import Leaf, bind, overlay
    from verifier.provers.solvers import smtlib, vnnlib

    c = certificate
    bound = bind(c.tree, c.domain)
    leaves = [node.klass if isinstance(node, Leaf) else -1 for node in c.tree.nodes]
    cells: list[tuple[Cell, int]] = []
    write = smtlib.write_cells if kind is Emit.SMT2 else vnnlib.write_cells
    with ending(end):
        with suppress(TimeOver):
            for cell, _, step in polled(steps(c.domain, c.proof)):
                if isinstance(step, Open | Tail):
                    cells += [(part, leaves[leaf]) for part, leaf in polled(overlay(bound, cell))]
        paths = write(c.domain, c.teacher, cells, folder)
        late = "; the time limit came, others are left out" if over() else ""
    return f"emitted: {len(cells)} open cells, {len(paths)} files in {folder}{late}"
