"""Whether time limits hold: random command lines over all verbs, each a process of its own.

python -m tests.benchmarks limits --runs 500 --seed 0

Every line ends within limit + 2 s (or 1.05 times the limit), start included, with an exit code
of 0, 1 or 2, and what it wrote is a certificate that checks. Printed are the counts and every line
that did not. On a machine that does other work, processor seconds tell what a line itself took.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.limit_runs import Outcome, run_one


def main(options: list[str] | None = None) -> None:
    """Print a table by verb, then what went wrong with the seed that repeats it."""
    given = dict(zip((options or [])[::2], (options or [])[1::2], strict=True))
    runs, seed = int(given.pop("--runs", 120)), int(given.pop("--seed", 0))
    if given:
        raise SystemExit(f"{next(iter(given))}: --runs N and --seed S are known")
    done: list[tuple[int, Outcome]] = []
    while len(done) < runs:
        with tempfile.TemporaryDirectory(prefix="limits.") as folder:
            found = run_one(seed, Path(folder))
        for outcome in found:
            if outcome.late or outcome.faults:
                print(_complaint(seed, outcome), flush=True)
        done += [(seed, outcome) for outcome in found]
        seed += 1
    table([outcome for _, outcome in done])


def _complaint(seed: int, outcome: Outcome) -> str:
    load = os.getloadavg()[0]
    return (
        f"seed {seed}, {outcome.kind}: leafproof {outcome.command}: {outcome.wall:.1f} s "
        f"({outcome.processor:.1f} processor s, load {load:.1f}), exit {outcome.code}"
        f"{''.join('; ' + fault for fault in outcome.faults)}"
    )


def table(done: Sequence[Outcome]) -> None:
    """A row for each verb and for all of them."""
    head = ("verb", "runs", "late", "faults", "worst over, s", "median over, s", "exit 0/1/2/3")
    print("".join(f"{name:>16}" for name in head))
    for verb in (*sorted({o.verb for o in done}), "all"):
        rows = [o for o in done if verb in (o.verb, "all")]
        over = sorted(o.over for o in rows)
        codes = "/".join(str(sum(o.code == code for o in rows)) for code in range(4))
        cells = (
            verb,
            len(rows),
            sum(o.late for o in rows),
            sum(bool(o.faults) for o in rows),
            f"{over[-1]:.1f}",
            f"{over[len(over) // 2]:.1f}",
            codes,
        )
        print("".join(f"{cell:>16}" for cell in cells))
