"""What compiling the search costs: a process with a cache of compiled code of its own.

python -m tests.benchmarks.first_run

prints the seconds after which the compiled code is there: compiled, if the cache is empty, else
loaded.
"""

from __future__ import annotations

import time

from verifier.provers.compiled import apart
from verifier.provers.compiled.beside import SEARCH


def main() -> None:
    """Have the code ready, as is done once after an installation."""
    begun = time.perf_counter()
    apart.main(SEARCH)
    print("seconds", time.perf_counter() - begun)


if __name__ == "__main__":
    main()
