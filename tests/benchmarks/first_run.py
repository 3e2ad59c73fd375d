"""What compiling costs, measured in processes with a cache of compiled code of their own.

python -m tests.benchmarks.first_run CASE SECONDS

prints the seconds of two runs of branch and bound in this process, a line each.
"""

from __future__ import annotations

import sys
import time

from tests.benchmarks.cases import entries, load_case
from verifier.provers import branch
from verifier.provers.options import Options


def main(arguments: list[str]) -> None:
    """Run the case twice."""
    case = load_case(next(e for e in entries() if e.name == arguments[0]))
    for _ in range(2):
        begun = time.perf_counter()
        end = time.monotonic() + float(arguments[1])
        branch.prove(case.domain, case.teacher, case.tree, Options(deadline=end, confirm=False))
        print("seconds", time.perf_counter() - begun)


if __name__ == "__main__":
    main(sys.argv[1:])
