"""``leafproof certify``: prove that a tree is the network, or refute it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli import common

if TYPE_CHECKING:
    from verifier.certificate.proof import Finding
    from verifier.domain import Domain
    from verifier.provers.progress import Report
    from verifier.teacher import Teacher
    from verifier.tree import Tree

SMALL = 1 << 14
"""Domains of at most so many points are swept by ``--prover auto``."""


class Prover(StrEnum):
    """The searches for a proof."""

    AUTO = "auto"
    EXHAUSTIVE = "exhaustive"
    BRANCH = "branch"
    Z3 = "z3"


def certify(
    teacher: Annotated[Path, typer.Argument(help="the network, ONNX", show_default=False)],
    tree: Annotated[Path, typer.Argument(help="the tree, JSON", show_default=False)],
    domain: common.DomainOption = "bits",
    prover: Annotated[Prover, typer.Option(help="how to search")] = Prover.AUTO,
    timeout: Annotated[
        float | None, typer.Option(min=0, help="seconds after which the rest stays open")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="write the certificate here")
    ] = None,
    no_trust: common.NoTrust = False,
    json: common.Json = False,
) -> None:
    """Prove that the tree is the network on the whole domain, or show where it is not.

    The verdict printed is the kernel's, found in the certificate just written.

    Examples: leafproof certify net.onnx tree.json --domain signs -o net.certificate;
    leafproof certify net.onnx tree.json --domain domain.json --timeout 60 --json
    """
    from verifier.certificate import archive
    from verifier.formats.files import check_writable

    start = time.perf_counter()
    if output:
        check_writable(output)
    network, student, space = load(teacher, tree, domain)
    loaded = time.perf_counter()
    with common.progress("proving") as report:
        name, finding = search(space, network, student, prover, timeout, report)
    found = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="leafproof.") as folder:
        path = output or Path(folder) / "certificate"
        certificate, verdict = archive.save(path, space, network, student, finding, name)
    if no_trust and verdict.trusted:
        verdict = archive.check(certificate, trust=False)
    seconds = {
        "load": loaded - start,
        "prove": found - loaded,
        "check": time.perf_counter() - found,
    }
    if json:
        common.print_json(common.as_json(certificate, verdict, seconds))
    else:
        common.print_verdict(certificate, verdict, seconds, str(output) if output else None)
    raise typer.Exit(common.EXIT[verdict.verdict])


def load(teacher: Path, tree: Path, domain: str) -> tuple[Teacher, Tree, Domain]:
    """The user's files, checked to belong together; raises LeafproofError."""
    from verifier.formats.load import read_teacher
    from verifier.formats.text import domain_notes, read_domain, read_tree
    from verifier.teacher import check_columns
    from verifier.tree import check_fits

    student = read_tree(tree)
    network = read_teacher(teacher)
    space = read_domain(domain, network.columns)
    check_columns(network, space)
    check_fits(student, space, network.classes)
    for text in domain_notes(space):
        common.note(text)
    return network, student, space


def search(
    domain: Domain,
    teacher: Teacher,
    tree: Tree,
    prover: Prover,
    timeout: float | None,
    report: Report,
) -> tuple[str, Finding]:
    """Run a prover; returns its name and what it found."""
    if prover is Prover.AUTO:
        prover = Prover.EXHAUSTIVE if domain.size <= SMALL else Prover.BRANCH
    deadline = None if timeout is None else time.monotonic() + timeout
    prove: Callable[..., Finding]
    if prover is Prover.EXHAUSTIVE:
        from verifier.provers import exhaustive

        prove = exhaustive.prove
    elif prover is Prover.BRANCH:
        from verifier.provers import branch

        prove = branch.prove
    else:
        from verifier.provers import z3

        prove = z3.prove
    return prover.value, prove(domain, teacher, tree, deadline=deadline, progress=report)
