"""What other solvers are asked about a certificate: closed cells again, open ones for the first."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from verifier.jobs.choices import Language
from verifier.jobs.loading import network_of
from verifier.model.cell import Cell
from verifier.model.certificate import Certificate
from verifier.model.network import Network
from verifier.model.proof import Open, Sandwich, Tail, steps
from verifier.model.tree import Leaf, bind, overlay
from verifier.provers.timing import TimeOver, ending, over, polled


def require_solvers(network: Network) -> None:
    """Raise NetworkError for a network that solvers cannot be asked about."""
    from verifier.provers.solvers.folding import require_lines  # Z3 takes long to import

    require_lines(network)


def ask_again(certificate: Certificate, sample: int, end: float | None) -> str:
    """Ask Z3 about some of the closed cells; raises InvalidProof on a contradiction."""
    from verifier.provers.solvers.cross_check import cross_check

    c = certificate
    result = cross_check(
        c.domain, network_of(c.teacher, "cross_check"), c.proof, sample, seed=0, deadline=end
    )
    return (
        f"cross-check: of {result.cells} cells closed by relaxation, Z3 was asked about "
        f"{result.asked}: agreed on {result.agreed} by itself, on {result.assisted} given the "
        f"kernel's bounds, undecided on {result.undecided}; no contradiction"
    )


def write_open(
    certificate: Certificate, language: Language, folder: Path, end: float | None = None
) -> str:
    """Write what is open as questions to other solvers: is the class the tree's everywhere?"""
    from verifier.provers.solvers import smtlib, vnnlib

    c = certificate
    bound = bind(c.tree, c.domain)
    leaves = [node.klass if isinstance(node, Leaf) else -1 for node in c.tree.nodes]
    cells: list[tuple[Cell, int]] = []
    write = smtlib.write_cells if language is Language.SMT2 else vnnlib.write_cells
    with ending(end):
        with suppress(TimeOver):
            for cell, _, step in polled(steps(c.domain, c.proof)):
                if isinstance(step, Open | Sandwich | Tail):
                    cells += [(part, leaves[leaf]) for part, leaf in polled(overlay(bound, cell))]
        paths = write(c.domain, network_of(c.teacher, "emit"), cells, folder)
        late = "; the time limit came, others are left out" if over() else ""
    return f"emitted: {len(cells)} open cells, {len(paths)} files in {folder}{late}"
