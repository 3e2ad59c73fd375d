"""Runs the measurements one after the other, each in its own process, and keeps their results."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.cases import Entry
from tests.benchmarks.results import (
    CRASHED,
    LATE,
    SKIPPED,
    TOO_LARGE,
    FirstRun,
    Result,
    Run,
    load_result,
    load_run,
    save,
)

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".cache" / "bench"
"""Where results are kept, so that an interrupted run goes on."""
TOOLS = ("branch", "exhaustive", "z3", "z3 by hand", "HiGHS", "Marabou")
SWEPT = 1 << 24
"""Most points that are swept exhaustively."""
STARTING = 60.0
"""Seconds that a process gets for everything but its runs: imports, training, loading."""
COMPILING = 240.0
"""The same for branch and bound, which compiles once."""


def fingerprint() -> str:
    """Identifies the code that is measured and that measures, as far as it lies here."""
    digest = hashlib.sha256()
    for folder in ("verifier", "tests/benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def start(run: Run, folder: Path, *, fresh: bool) -> Run:
    """Go on with an interrupted run like ``run``, or clear the folder for a new one."""
    state = folder / "run.json"
    if state.exists() and not fresh:
        earlier = load_run(state)
        same = ("command", "machine", "versions", "code", "limit", "own_limit")
        if not earlier.complete and all(getattr(earlier, k) == getattr(run, k) for k in same):
            return earlier
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    save(state, run)
    return run


def measured(
    cases: Sequence[Entry], tools: Sequence[str], run: Run, folder: Path
) -> Iterator[Result]:
    """The results of all tools on all cases, in order; those that are kept are not repeated."""
    late: dict[tuple[str, str], int] = {}
    for entry in cases:
        for tool in tools:
            path = folder / f"{entry.name}--{tool.replace(' ', '-')}.json"
            if path.exists():
                result = load_result(path)
            else:
                smallest = late.get((entry.ladder, tool))
                result = excused(entry, tool, smallest) or _run(entry, tool, run, folder)
                save(path, result)
            if result.outcome in (LATE, CRASHED) and tool != "branch":
                late.setdefault((entry.ladder, tool), entry.size)
            yield result


def excused(entry: Entry, tool: str, late: int | None) -> Result | None:
    """Why a measurement is not made; None if it is. ``late``: the size that it was late on."""
    if tool == "exhaustive" and entry.points > SWEPT:
        return Result(entry.name, tool, TOO_LARGE)
    if late is not None and entry.size >= late:
        return Result(entry.name, tool, SKIPPED, note=f"out of time with {late} inputs")
    return None


def _run(entry: Entry, tool: str, run: Run, folder: Path) -> Result:
    own = tool == "branch"
    limit = run.own_limit if own else run.limit
    target = folder / "measuring.json"
    target.unlink(missing_ok=True)
    most = 2 * limit + COMPILING if own else 2 * limit + STARTING
    command = ["tests.benchmarks.measure", entry.name, tool, str(limit), str(target)]
    code, error = in_a_process(command, most, folder)
    found = load_result(target) if target.exists() else None
    target.unlink(missing_ok=True)
    if found is not None and code in (0, None):
        return found
    if found is not None:
        return replace(found, note=f"{found.note}: {error or f'exit code {code}'}")
    if code is None:
        return Result(entry.name, tool, LATE, limit, note=f"ended after {most:g} s")
    return Result(entry.name, tool, CRASHED, note=error or f"exit code {code}")


def in_a_process(command: Sequence[str], seconds: float, folder: Path) -> tuple[int | None, str]:
    """Run a module of the benchmark; its exit code (None: ended at the limit) and last words.

    Compiled code is kept in the folder, apart from that of other runs.
    """
    log = folder / "process.log"
    environment = os.environ | {"NUMBA_CACHE_DIR": str(folder / "compiled")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    lines = log.read_text(errors="replace").strip().splitlines()
    return code, lines[-1] if lines else ""


def first_run(folder: Path, report: Callable[[str], None]) -> FirstRun | None:
    """What compiling costs; None, with a report, if that cannot be found out."""
    shutil.rmtree(folder / "compiled", ignore_errors=True)
    found = []
    for _ in range(2):  # into an empty cache, and from a full one
        code, words = in_a_process(["tests.benchmarks.first_run"], 600, folder)
        if code != 0:
            report(f"the first run could not be measured: exit code {code}")
            return None
        found.append(float(words.split()[1]))
    return FirstRun(*found)
