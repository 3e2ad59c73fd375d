"""How long the kernel's check takes beside the search, in processor seconds, on every case.

python -m tests.benchmarks ratio                      all cases of the performance page's table
python -m tests.benchmarks ratio --only count30,d16   these; --limit SECONDS for each, 60 by default

``certify`` under a time limit, in a process that has loaded its compiled code. A job tells when it
searches and when it checks: also where it searches on after a check, because there was time left,
and checks once more. Printed are both, what the check took of that, and of the last check how many
microseconds a node of the proof took; processors are counted, helpers and all, so that other work
on the machine hardly matters.
"""

from __future__ import annotations

import time

from tests.benchmarks.cases import entries, load_case
from tests.benchmarks.phases import Phases
from tests.benchmarks.trained_made import warm
from verifier.jobs.certify import certify


def main(options: list[str] | None = None) -> None:
    """Print a row for each case."""
    given = dict(zip((options or [])[::2], (options or [])[1::2], strict=True))
    only, limit = given.pop("--only", ""), float(given.pop("--limit", 60))
    if given:
        raise SystemExit(f"{next(iter(given))}: --only NAMES and --limit SECONDS are known")
    names = [name for name in only.split(",") if name]
    warm()
    head = ("case", "search", "check", "check/search", "checks", "us a node", "verdict", "cells")
    print(f"{head[0]:16}" + "".join(f"{x:>14}" for x in head[1:]))
    for entry in entries():
        if names and entry.name not in names:
            continue
        case, heard, begun = load_case(entry), Phases(), time.perf_counter()
        result = certify(
            *(case.teacher, case.tree, case.domain),
            timeout=limit,
            sample=0,
            stop_at_difference=entry.refute,
            progress=heard,
        )
        search, check = heard.seconds["search"], heard.seconds["check"]
        assert result.proved is not None
        cells = ", ".join(f"{n} {k}" for k, n in result.proved.checked.cells.items() if n)
        ratio = f"{check / search:.2f}" if search else ""
        each = f"{1e6 * heard.last / max(1, heard.nodes):.0f}"
        print(
            f"{entry.name:16}{search:>14.3f}{check:>14.3f}{ratio:>14}"
            f"{heard.times['checking']:>14}{each:>14}{result.verdict:>14}  {cells}"
            f" ({time.perf_counter() - begun:.0f} s by the clock)",
            flush=True,
        )
