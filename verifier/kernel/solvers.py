"""Which solvers a user may choose to trust. Trusted.

A Trusted step names whose word it is. A name is the file's own word, so it counts only where it is
one that a prover of Leafproof writes, letter by letter, and where the user asked for that solver.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from verifier.model.verdict import Status

SOLVERS = ("z3",)
"""The solvers whose answers provers write as Trusted steps."""

_NAME = re.compile(rf"({'|'.join(SOLVERS)})( [0-9]+(\.[0-9]+)*)?", re.ASCII)


def solver_of(name: str) -> str | None:
    """The solver that a step names, with its version or without: ``z3 4.13.0`` is ``z3``.

    None for every other name, however much it looks like one.
    """
    found = _NAME.fullmatch(name)
    return found[1] if found else None


def is_trusted(name: str, trust: Collection[str] | None) -> bool:
    """Whether the solver that a step names is one of those trusted (None: everyone is)."""
    return trust is None or solver_of(name) in trust


def shares_by_status(
    leaves: Mapping[int, Mapping[tuple[Status, tuple[str, ...]], Sequence[int]]],
    trust: Collection[str] | None,
) -> dict[int, dict[Status, list[int]]]:
    """The shares of each leaf, given by status and solvers named: those not trusted set apart."""
    found: dict[int, dict[Status, list[int]]] = {}
    for leaf, shares in sorted(leaves.items()):
        for (status, solvers), amounts in shares.items():
            if not all(is_trusted(solver, trust) for solver in solvers):
                status = Status.UNTRUSTED
            held = found.setdefault(leaf, {}).setdefault(status, [0] * len(amounts))
            held[:] = [a + b for a, b in zip(held, amounts, strict=True)]
    return found
