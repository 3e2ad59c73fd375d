"""Families of trained networks, beside other tools; writes docs/performance.md and its plot.

python -m tests.benchmarks families [--limit S] [--own-limit S] [--only NAME ...] [--page DIR]
                                    [--fresh] [--rewrite]

Every measurement runs in its own process with a limit. Results are printed as they come and kept in
.cache/bench: an interrupted run goes on where it stopped, as long as nothing has changed.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import shlex
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.benchmarks.cases import Entry, entries, load_case
from tests.benchmarks.page import line, page
from tests.benchmarks.paper_nets import VARIABLE, folder
from tests.benchmarks.plot import plot
from tests.benchmarks.results import Result, Run, load_result, load_run, save
from tests.benchmarks.runner import KEPT, ROOT, TOOLS, fingerprint, first_run, measured, start
from tests.benchmarks.trained_page import sections_of

PACKAGES = ("numpy", "torch", "numba", "python-flint", "z3-solver", "highspy", "maraboupy")


def main(arguments: Sequence[str] = ()) -> None:
    """Measure, print, and write the page; partial runs write it only where they are told to."""
    options = _parser().parse_args(list(arguments))
    if options.rewrite:
        _rewrite(options.page or ROOT / "docs")
        return
    chosen = [e for e in entries() if not options.only or e.name in options.only]
    unknown = set(options.only) - {e.name for e in chosen}
    if unknown:
        raise SystemExit(f"no case {min(unknown)}: {', '.join(e.name for e in entries())}")
    run = describe(arguments, options.limit, options.own_limit)
    if options.only:
        with tempfile.TemporaryDirectory(prefix="leafproof.") as place:
            _measure(chosen, run, Path(place), options.page, fresh=True)
    else:
        _measure(chosen, run, KEPT, options.page or ROOT / "docs", fresh=options.fresh)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks families")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each other tool")
    parser.add_argument("--own-limit", type=float, default=120.0, help="seconds for branch")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these cases")
    parser.add_argument("--page", type=Path, metavar="DIR", help="write the page there")
    parser.add_argument("--fresh", action="store_true", help="do not go on, begin again")
    parser.add_argument("--rewrite", action="store_true", help="write the page from what is kept")
    return parser


def describe(arguments: Sequence[str], limit: float, own_limit: float) -> Run:
    """This run: the command, the machine, the versions."""
    command = shlex.join(["python", "-m", "tests.benchmarks", "families", *arguments])
    return Run(
        command.replace(" --fresh", ""),
        str(date.today()),
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}",
        f"Python {platform.python_version()}, {', '.join(_version(p) for p in PACKAGES)}",
        fingerprint(),
        limit,
        own_limit,
    )


def processor() -> str:
    """The processor's name."""
    info = Path("/proc/cpuinfo")
    names = [x for x in info.read_text().splitlines() if "model name" in x] if info.exists() else []
    return names[0].split(":")[1].strip() if names else platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return f"{package} not installed"


def _measure(
    chosen: list[Entry], run: Run, kept: Path, target: Path | None, *, fresh: bool
) -> None:
    print(f"{run.machine}; {run.versions}")
    if folder() is None:
        print(f"networks of width 1000: left out; {VARIABLE} names their folder")
    begun = time.perf_counter()
    for entry in chosen:
        load_case(entry)
    print(f"networks trained or loaded in {time.perf_counter() - begun:.0f} s", flush=True)
    run = start(run, kept, fresh=fresh)
    if run.minutes:
        print(f"going on with an interrupted run of {run.date}: {run.minutes:.0f} minutes so far")
    begun = time.perf_counter() - 60 * run.minutes
    results: dict[tuple[str, str], Result] = {}
    try:
        if run.first is None:
            run = replace(run, first=first_run(kept, print))
            save(kept / "run.json", run)
        if run.first:
            first = run.first
            print(f"compiling takes {first.compiling:.1f} s once, loading {first.loading:.1f} s")
        for result in measured(chosen, TOOLS, run, kept):
            results[result.case, result.tool] = result
            print(line(result, results.get((result.case, "branch"))), flush=True)
    except KeyboardInterrupt:
        print("interrupted: the same command goes on", file=sys.stderr)
        raise SystemExit(130) from None
    finally:
        run = replace(run, minutes=(time.perf_counter() - begun) / 60)
        save(kept / "run.json", run)
    run = replace(run, complete=True)
    save(kept / "run.json", run)
    print(f"{run.minutes:.1f} minutes")
    if target is not None:
        write(run, chosen, results, target)


def write(
    run: Run, chosen: Sequence[Entry], results: dict[tuple[str, str], Result], target: Path
) -> None:
    """Write the page and its plot into a folder."""
    target.mkdir(parents=True, exist_ok=True)
    file = target / "performance.md"
    others = sections_of(file.read_text()) if file.exists() else ""
    file.write_text(page(run, chosen, results) + ("\n" + others if others else ""))
    plot(chosen, results, run.limit, target / "performance.svg")
    print(f"written: {target / 'performance.md'}, performance.svg")


def _rewrite(target: Path) -> None:
    """The page from the results of the last complete run."""
    if not (KEPT / "run.json").exists() or not load_run(KEPT / "run.json").complete:
        raise SystemExit(f"{KEPT} holds no complete run: run the benchmark first")
    found = [load_result(path) for path in sorted(KEPT.glob("*--*.json"))]
    results = {(r.case, r.tool): r for r in found}
    held = {r.case for r in found}
    write(load_run(KEPT / "run.json"), [e for e in entries() if e.name in held], results, target)
