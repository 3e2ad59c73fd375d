"""``make bench``: runs the measurements, each printing a table. Name some to run only those.

python -m tests.benchmarks            all of them
python -m tests.benchmarks provers    one
"""

from __future__ import annotations

import importlib
import platform
import sys
import time
from datetime import date
from pathlib import Path

BENCHMARKS = sorted(
    path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
)


def main(names: list[str]) -> int:
    """Run the named benchmarks (all by default); 3 if a name is unknown."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {unknown[0]}: there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 3
    print(
        f"{date.today()}, {platform.processor() or platform.machine()}, "
        f"Python {platform.python_version()}"
    )
    for name in names or BENCHMARKS:
        start = time.perf_counter()
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"tests.benchmarks.bench_{name}").main()
        print(f"({time.perf_counter() - start:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
