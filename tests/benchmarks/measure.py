"""One measurement, in a process of its own, so that its memory and its crashes are its own.

python -m tests.benchmarks.measure CASE TOOL SECONDS FILE

The result is written to FILE as JSON.
"""

from __future__ import annotations

import importlib
import importlib.util
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.cases import Entry, entries, load_case
from tests.benchmarks.families import Case
from tests.benchmarks.phases import Phases
from tests.benchmarks.results import ABSENT, DONE, LATE, Result, save
from verifier.jobs.certify import CertifyResult, certify

PROVERS = ("branch", "exhaustive", "z3")
"""Leafproof's own, by ``certify``."""
SOLVERS = {
    "z3 by hand": ("z3", "tests.benchmarks.z3_by_hand"),
    "HiGHS": ("highspy", "tests.benchmarks.milp"),
    "Marabou": ("maraboupy", "tests.benchmarks.marabou"),
}
"""The others: the package that each needs, and the module whose ``solve`` asks it."""

SHORT = 5.0
"""Runs of fewer seconds are repeated."""
RUNS = 3
WARM_UP = 5.0
"""Seconds of the case itself before it is timed."""
LOADING = ("d48-s1-t1000", 120.0)
"""A case so hard that branch and bound loads its compiled code, and seconds for it."""
MEMORY = 12 << 30
"""Bytes of address space that a solver gets."""


@dataclass(frozen=True)
class Certified:
    """What ``certify`` found, and how many seconds it searched and checked, by the clock."""

    result: CertifyResult
    search: float
    check: float


def measure(entry: Entry, tool: str, seconds: float) -> Result:
    """Run a tool on a case; ``seconds`` limits each run, of Leafproof with the kernel's check."""
    if tool in SOLVERS:
        return _solver(entry, tool, seconds)
    case = load_case(entry)
    stop = entry.refute and tool == "branch"
    at_start = peak_memory()
    early = _certify(case, tool, min(seconds, WARM_UP), stop)
    short = early.search < WARM_UP / 2
    memory = peak_memory()
    if tool == "branch":
        _certify(load_case(named(LOADING[0])), tool, LOADING[1], stop=False)
    found = repeated(case, tool, seconds, stop)
    memory = memory if short else peak_memory()
    last = found[-1].result
    assert last.proved is not None
    low, high = last.points
    settled = low == high or (stop and last.verdict == "different")
    if not settled and tool != "branch":
        return Result(entry.name, tool, LATE, seconds, len(found), verdict=last.verdict)
    return Result(
        entry.name,
        tool,
        DONE if settled else LATE,
        statistics.median(r.search for r in found),
        len(found),
        first=early.search if short else None,
        verdict=last.verdict,
        disagreements=(low, high),
        cells={kind: n for kind, n in last.proved.checked.cells.items() if n},
        check=statistics.median(r.check for r in found),
        memory=memory,
        at_start=at_start,
    )


def _certify(case: Case, tool: str, seconds: float, stop: bool) -> Certified:
    heard = Phases(time.perf_counter)
    result = certify(
        *(case.teacher, case.tree, case.domain),
        prover=tool,
        timeout=seconds,
        sample=0,
        stop_at_difference=stop,
        progress=heard,
    )
    return Certified(result, heard.seconds["search"], heard.seconds["check"])


def named(name: str) -> Entry:
    """The entry of that name."""
    return next(e for e in entries() if e.name == name)


def repeated(case: Case, tool: str, seconds: float, stop: bool) -> list[Certified]:
    """What one run found, or what RUNS did if the first is SHORT."""
    found: list[Certified] = []
    while True:
        begun = time.perf_counter()
        found.append(_certify(case, tool, seconds, stop))
        if len(found) == RUNS or time.perf_counter() - begun >= SHORT:
            return found


def _solver(entry: Entry, tool: str, seconds: float) -> Result:
    package, module = SOLVERS[tool]
    if importlib.util.find_spec(package) is None:
        return Result(entry.name, tool, ABSENT, note=f"{package} is not installed")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    solve = importlib.import_module(module).solve
    case, tiny = load_case(entry), load_case(entries()[0])
    at_start = peak_memory()
    solve(tiny.domain, tiny.teacher, tiny.tree, 2.0)
    times: list[float] = []
    verdict = ""
    while len(times) < RUNS and max(times, default=0.0) < SHORT:
        verdict, taken = solve(case.domain, case.teacher, case.tree, seconds)
        times.append(taken)
    middle = statistics.median(times)
    late = verdict == "undecided" and middle >= 0.95 * seconds
    return Result(
        entry.name,
        tool,
        LATE if late else DONE,
        middle,
        len(times),
        verdict=verdict,
        memory=peak_memory(),
        at_start=at_start,
    )


def peak_memory() -> int:
    """The largest resident size of this process so far, in MiB.

    Linux keeps the parent's peak in what getrusage says of a new process, so /proc is asked first.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) >> 10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak >> (20 if sys.platform == "darwin" else 10)


def main(arguments: list[str]) -> None:
    """Measure what the arguments say (see the module's first lines)."""
    name, tool, seconds, file = arguments
    entry, path = named(name), Path(file)
    save(path, measure(entry, tool, float(seconds)))


if __name__ == "__main__":
    main(sys.argv[1:])
