"""The provers on the problems of the test suite, beside Z3 as one would use it by hand.

Each row: a teacher trained on the problem and the full CART tree of its own answers, so that the
two are equivalent and everything has to be proved. Seconds, one run each; ``check`` is the kernel
on the exhaustive prover's certificate; ``by hand`` is the whole network and the whole tree as one
Z3 query over exact rationals, without bounds.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.benchmarks.z3_by_hand import solve
from tests.test_problems import PROBLEMS, distilled, trained
from verifier.certificate import kernel
from verifier.certificate.proof import Finding
from verifier.domain import Domain
from verifier.provers import branch, exhaustive, z3
from verifier.teacher import Teacher
from verifier.tree import Tree

Case = tuple[Domain, Teacher, Tree]
LIMIT = 60.0
"""Seconds that Z3 gets, with Leafproof's bounds and by hand."""


def timed(
    prove: Callable[..., Finding], case: Case, seconds: float | None = None
) -> tuple[str, Finding]:
    """Seconds that a prover takes, or that it ran out of time, and what it found."""
    start = time.perf_counter()
    end = None if seconds is None else time.monotonic() + seconds
    finding = prove(*case, deadline=end)
    taken = time.perf_counter() - start
    late = seconds is not None and taken >= seconds
    return f">{seconds:.0f}" if late else f"{taken:.2f}", finding


def main() -> None:
    """Print the table."""
    print(f"{'problem':16}{'points':>8}{'leaves':>8}", end="")
    print(f"{'exhaustive':>12}{'check':>8}{'branch':>8}{'z3':>10}{'z3 by hand':>12}")
    for name in PROBLEMS:
        problem, _, teacher, _ = trained(name)
        tree = distilled(name, None)
        case = problem.domain, teacher, tree
        swept, finding = timed(exhaustive.prove, case)
        start = time.perf_counter()
        verdict = kernel.verify(*case, finding.proof)
        checked = time.perf_counter() - start
        assert verdict.verdict == "equivalent"
        print(f"{name:16}{problem.domain.size:8}{tree.leaves:8}{swept:>12}{checked:8.2f}", end="")
        fast, solver = timed(branch.prove, case)[0], timed(z3.prove, case, LIMIT)[0]
        print(f"{fast:>8}{solver:>10}", end="", flush=True)
        answer, seconds = solve(*case, LIMIT)
        print(f"{f'{seconds:.2f}' if answer == 'equivalent' else f'>{LIMIT:.0f}':>12}", flush=True)
