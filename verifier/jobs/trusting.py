"""Whose word counts where the kernel cannot repeat a proof: nobody's, unless it is asked for."""

from __future__ import annotations

from collections.abc import Collection

from verifier.kernel.solvers import SOLVERS
from verifier.model.errors import LeafproofError

__all__ = ["SOLVERS", "trusted", "unknown"]


def trusted(names: Collection[str]) -> tuple[str, ...]:
    """The solvers to trust, each once. Raises LeafproofError for one that is none."""
    if isinstance(names, str):
        names = (names,)
    for name in names:
        if name not in SOLVERS:
            raise LeafproofError(unknown(name))
    return tuple(sorted(set(names)))


def unknown(name: str) -> str:
    """What is said of a solver whose answers no proof holds."""
    return (
        f"{name!a} is no solver whose answers Leafproof writes into proofs: "
        f"give {' or '.join(SOLVERS)}, or leave it out (nothing but the kernel is trusted)"
    )
