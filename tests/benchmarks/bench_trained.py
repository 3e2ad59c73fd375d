"""Networks that people train, family by family, beside plain ways; sections of two pages.

python -m tests.benchmarks trained [--family FAMILY ...] [--only NAME ...] [--fresh] [--write]
                                   [--page DIR]

Families: sweeps, thermometer, counts, traces, untuned, similar, several, formulas, pairs,
equal-times, deep-pairs, students, curves, wide, growth (all of them if none is named). Each takes
at most a quarter of an hour.
Every case runs in a process of its own; what is measured is kept in .cache/bench_trained, so that
an interrupted run, or another family, goes on from there; --fresh measures again, and what was
measured with other code is measured again anyway. --write writes the sections of
docs/performance.md and the page docs/growth.md, with their plots, from what is kept (to the folder
--page, if one is given).

Networks of the literature are found by environment variables: `literature`, `paper_nets`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.benchmarks.bench_families import processor
from tests.benchmarks.literature import place_of
from tests.benchmarks.rows import Kept, Row, load_rows
from tests.benchmarks.runner import ROOT, fingerprint, in_a_process
from tests.benchmarks.trained import FAMILIES
from tests.benchmarks.trained_page import growth_page, told, with_measured
from tests.benchmarks.trained_plot import plot_curves, plot_growth

KEPT = ROOT / ".cache" / "bench_trained"
MOST = 400.0
"""Seconds after which a case's process is ended."""


def main(arguments: Sequence[str] = ()) -> None:
    """Measure what is named, print it, and write the pages if asked to."""
    options = _parser().parse_args(list(arguments))
    KEPT.mkdir(parents=True, exist_ok=True)
    if options.family or not options.write:
        for name in options.family or FAMILIES:
            _family(name, options.only, fresh=options.fresh)
    if options.write:
        write(options.page or ROOT / "docs")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks trained")
    parser.add_argument("--family", nargs="+", default=[], choices=FAMILIES, help="only these")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these cases")
    parser.add_argument("--fresh", action="store_true", help="measure again what is kept")
    parser.add_argument("--write", action="store_true", help="write the pages from what is kept")
    parser.add_argument("--page", type=Path, metavar="DIR", help="write them there")
    return parser


def _family(family: str, only: Sequence[str], *, fresh: bool) -> None:
    held = FAMILIES[family]
    if held.needs and place_of(held.needs) is None:
        print(f"{family}: left out; {held.needs} does not name a folder")
        return
    begun, code = time.perf_counter(), fingerprint()
    print(f"-- {family} (up to about {held.minutes:g} minutes)", flush=True)
    for name in held.names:
        if only and name not in only:
            continue
        path = KEPT / f"{family}--{name.replace(' ', '-')}.json"
        kept = load_rows(path) if path.exists() else None
        if kept is None or kept.code != code or fresh:
            kept = _measured(family, name, path, code)
        for row in kept.rows if kept else ():
            print(told(row), flush=True)
    print(f"   {family}: {time.perf_counter() - begun:.0f} s", flush=True)


def _measured(family: str, name: str, path: Path, code: str) -> Kept | None:
    """Measure a case in a process of its own; None, with a word, if that fails."""
    path.unlink(missing_ok=True)
    command = ["tests.benchmarks.trained", family, name, code, str(date.today()), str(path)]
    try:
        status, words = in_a_process(command, MOST, KEPT)
    except KeyboardInterrupt:
        print("interrupted: the same command goes on", file=sys.stderr)
        raise SystemExit(130) from None
    if not path.exists():
        print(f"{family} {name}: nothing measured: {words or f'exit code {status}'}", flush=True)
        return None
    return load_rows(path)


def kept_rows() -> dict[str, list[Kept]]:
    """What is kept, by family, in the order of its cases."""
    found: dict[str, list[Kept]] = {}
    for family, held in FAMILIES.items():
        paths = (KEPT / f"{family}--{name.replace(' ', '-')}.json" for name in held.names)
        found[family] = [load_rows(path) for path in paths if path.exists()]
    return found


def write(target: Path) -> None:
    """Write the sections and the page; families of which nothing is kept stay as they are."""
    kept = kept_rows()
    rows: dict[str, list[Row]] = {f: [r for k in ks for r in k.rows] for f, ks in kept.items()}
    days = sorted({k.date for ks in kept.values() for k in ks})
    when = " to ".join(dict.fromkeys([days[0], days[-1]])) if days else "no day yet"
    machine = f"{processor()}, 2 cores" if days else "no machine yet"
    page = target / "performance.md"
    before = page.read_text() if page.exists() else "# Performance\n"
    page.write_text(with_measured(before, rows, when, machine))
    written = [page.name]
    if rows["growth"] or not (target / "growth.md").exists():
        (target / "growth.md").write_text(growth_page(rows["growth"], when, machine))
        plot_growth(rows["growth"], target / "growth.svg")
        written += ["growth.md", "growth.svg"]
    if rows["curves"] or not (target / "anytime.svg").exists():
        plot_curves([*rows["curves"], *rows["pairs"], *rows["deep-pairs"]], target / "anytime.svg")
        written.append("anytime.svg")
    print(f"written to {target}: {', '.join(written)}")
