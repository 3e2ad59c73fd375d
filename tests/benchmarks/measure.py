"""One measurement, in a process of its own, so that its memory and its crashes are its own.

python -m tests.benchmarks.measure CASE TOOL SECONDS FILE

The result is written to FILE as JSON: once after the search, again after the kernel's check.
"""

from __future__ import annotations

import importlib
import importlib.util
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.cases import Entry, entries, load_case
from tests.benchmarks.families import Case
from tests.benchmarks.results import ABSENT, DONE, LATE, Result, save
from verifier.kernel.checker import verify
from verifier.model.errors import InvalidProof, TooMuch
from verifier.model.proof import Finding, Open, Split
from verifier.model.question import matter_of
from verifier.model.verdict import Verdict
from verifier.provers import branch, exhaustive, search
from verifier.provers.options import Options
from verifier.provers.solvers import z3

PROVERS: dict[str, Callable[..., Finding]] = {
    "branch": branch.prove,
    "exhaustive": exhaustive.prove,
    "z3": z3.prove,
}
"""Leafproof's own: their proofs are checked by the kernel."""
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


class _OutOfTime(Exception):
    """The kernel's check takes too long."""


def measure(entry: Entry, tool: str, seconds: float, keep: Callable[[Result], None]) -> Result:
    """Run a tool on a case; ``seconds`` limits each run, and the kernel's check."""
    if tool in SOLVERS:
        return _solver(entry, tool, seconds)
    case, prove = load_case(entry), PROVERS[tool]
    stop = entry.refute and tool == "branch"
    at_start = peak_memory()
    begun = time.perf_counter()
    _prove(prove, case, min(seconds, WARM_UP), stop)
    first = time.perf_counter() - begun
    memory = peak_memory()
    if tool == "branch":
        _prove(PROVERS[tool], load_case(named(LOADING[0])), LOADING[1])
    times, finding = repeated(lambda: _prove(prove, case, seconds, stop))
    if first >= WARM_UP:
        memory = peak_memory()
    middle = statistics.median(times)
    result = Result(
        entry.name,
        tool,
        LATE if middle >= seconds else DONE,
        middle,
        len(times),
        first=first if first < WARM_UP else None,
        cells=_steps(finding),
        memory=memory,
        at_start=at_start,
        note="the kernel's check did not end",
    )
    keep(result)
    try:
        verdict, check, more, refused = _check(case, finding, seconds)
    except _OutOfTime:
        return replace(result, note=f"the kernel's check takes more than {seconds:g} s")
    except TooMuch:
        return replace(result, note="the kernel's check takes more steps than it may")
    swept = check if tool == "exhaustive" else 0.0  # by the kernel alone
    return replace(
        result,
        seconds=middle + more + swept,
        verdict=verdict.verdict,
        disagreements=verdict.disagreements,
        cells=dict(verdict.checked.cells),
        check=check,
        refused=refused,
        note="",
    )


def _prove(
    prove: Callable[..., Finding], case: Case, seconds: float, stop: bool = False
) -> Finding:
    end = time.monotonic() + seconds
    options = Options(deadline=end, confirm=False, stop_at_difference=stop)
    return prove(case.domain, case.teacher, case.tree, options)


def _steps(finding: Finding) -> dict[str, int]:
    """The proof's steps by kind, as the kernel counts them."""
    kinds = (type(x).__name__.lower() for x in finding.proof if not isinstance(x, Split))
    return dict(sorted(Counter(kinds).items()))


def named(name: str) -> Entry:
    """The entry of that name."""
    return next(e for e in entries() if e.name == name)


def repeated(run: Callable[[], Finding]) -> tuple[list[float], Finding]:
    """Seconds of one run, or of RUNS if the first is SHORT; and what the last one found."""
    times: list[float] = []
    while True:
        begun = time.perf_counter()
        finding = run()
        times.append(time.perf_counter() - begun)
        if len(times) == RUNS or max(times) >= SHORT:
            return times, finding


def _check(case: Case, finding: Finding, limit: float) -> tuple[Verdict, float, float, int]:
    """The kernel's verdict, its seconds, those of searching again, and how many steps it refused.

    Steps that it refuses are searched again, as ``certify`` does; if cells are open anyway, they
    are left open, too.
    """
    checking, searching, refused = 0.0, 0.0, 0
    end = time.perf_counter() + limit

    def stop(_: int) -> None:
        if time.perf_counter() > end:
            raise _OutOfTime

    problem, points = (case.domain, case.teacher, case.tree), finding.counterexamples
    proof = finding.proof
    while True:
        begun = time.perf_counter()
        try:
            verdict = verify(matter_of(*problem), proof, points, progress=stop)
            return verdict, checking + time.perf_counter() - begun, searching, refused
        except InvalidProof as error:
            if not error.refused:
                raise
            wrong = frozenset(error.refused)
        checking += time.perf_counter() - begun
        refused += len(wrong)
        complete = not any(isinstance(step, Open) for step in proof)
        proof = search.reopen(proof, wrong)
        if complete:
            begun = time.perf_counter()
            again = branch.prove(
                *problem, Options(deadline=time.monotonic() + limit, resume=proof, refused=wrong)
            )
            searching += time.perf_counter() - begun
            proof, points = again.proof, points + again.counterexamples


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
    save(path, measure(entry, tool, float(seconds), lambda result: save(path, result)))


if __name__ == "__main__":
    main(sys.argv[1:])
