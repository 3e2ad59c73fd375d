"""``make bench``: runs the measurements, each printing a table. Name some to run only those.

python -m tests.benchmarks                        all of them
python -m tests.benchmarks families               one
python -m tests.benchmarks families --limit 10    one, with options of its own
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


def main(arguments: list[str]) -> int:
    """Run the named benchmarks (all by default); 3 if a name is unknown.

    What follows the first option is handed to the benchmark, of which there is one then.
    """
    first = next((i for i, a in enumerate(arguments) if a.startswith("-")), len(arguments))
    names, options = arguments[:first], arguments[first:]
    if options and len(names) != 1:
        print(f"{options[0]}: name one benchmark before its options", file=sys.stderr)
        return 3
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
        module = importlib.import_module(f"tests.benchmarks.bench_{name}")
        module.main(*([options] if options else []))
        print(f"({time.perf_counter() - start:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
