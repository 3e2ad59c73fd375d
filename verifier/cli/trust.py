"""``--trust-solver``: whose word counts where the kernel cannot repeat a proof; else nobody's."""

from __future__ import annotations

from typing import Annotated

import typer

from verifier.kernel.solvers import SOLVERS


def _known(names: list[str] | None) -> list[str] | None:
    for name in names or ():
        if name not in SOLVERS:
            raise typer.BadParameter(
                f"{name!a} is no solver whose answers Leafproof writes into proofs: "
                f"give {' or '.join(SOLVERS)}, or leave it out (nothing but the kernel is trusted)"
            )
    return names


TrustSolver = Annotated[
    list[str] | None,
    typer.Option(
        "--trust-solver",
        metavar="|".join(SOLVERS),
        help="take this solver's word where the kernel cannot prove what it says; else it is open",
        callback=_known,
    ),
]
NoTrust = Annotated[
    bool, typer.Option("--no-trust", help="trust no solver: the default", hidden=True)
]


def trusted(names: list[str] | None, no_trust: bool = False) -> tuple[str, ...]:
    """The solvers that the user trusts, each once. Raises a usage error on a contradiction."""
    if names and no_trust:
        raise typer.BadParameter(
            "--trust-solver and --no-trust contradict each other: leave one out"
        )
    return tuple(sorted(set(names or ())))
