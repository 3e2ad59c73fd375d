"""Certificates: seconds to prove, to check, and for the second checker; bytes per cell; memory.

For every case of the families that branch and bound settles in the limit. *Bytes per cell* are
those of ``proof.bin``, and *rest* is the file beyond it and the network's weights (domain, tree and
verdict). The last lines are the medians, points enumerated a second, and the peak memory of
``leafproof check`` on a proof of about a million cells.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.cases import Entry, entries, load_case
from tests.benchmarks.families import Case, case
from tests.benchmarks.measure import LOADING, named
from tests.benchmarks.words import seconds as words
from verifier import second_checker
from verifier.jobs.settling import settle
from verifier.jobs.watching import Watch
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import blocks, evaluate, prepare
from verifier.model.cell import Cell
from verifier.model.proof import Finding, Split
from verifier.model.question import matter_of
from verifier.provers import branch
from verifier.provers.options import Options
from verifier.reading import container
from verifier.reading.certificate import read_certificate

LIMIT = 20.0
"""Seconds of search."""
SECOND = 5e7
"""Most work given to the second checker; it does some ten million steps a second."""
LARGE = ("d64-s0-t1000", 10.0)
"""A case that is far from done after some seconds, and how many: about a million cells."""


def main() -> None:
    """Print a row a case, then the summary."""
    warm = load_case(named(LOADING[0]))
    branch.prove(warm.domain, warm.teacher, warm.tree, Options(confirm=False))
    print(
        f"{'case':16}{'cells':>9}{'prove, s':>10}{'check, s':>10}{'ratio':>7}"
        f"{'second, s':>11}{'bytes/cell':>12}{'rest':>9}"
    )
    ratios, sizes = [], []
    with tempfile.TemporaryDirectory(prefix="leafproof.") as folder:
        for entry in entries():
            found = row(entry, Path(folder) / "certificate")
            if found:
                ratios.append(found[0])
                sizes.append(found[1])
        print(f"median: check / prove {statistics.median(ratios):.2f}")
        print(f"median: {statistics.median(sizes):.1f} bytes per cell")
        print(f"points of a [64, 64] network enumerated a second: {points_a_second():,.0f}")
        memory(Path(folder) / "large")


def row(entry: Entry, path: Path) -> tuple[float, float] | None:
    """Measure one case and print it; the ratio and the bytes per cell, None if out of time."""
    held = load_case(entry)
    begun = time.perf_counter()
    finding = branch.prove(
        held.domain,
        held.teacher,
        held.tree,
        Options(deadline=time.monotonic() + LIMIT, confirm=False, stop_at_difference=entry.refute),
    )
    proved = time.perf_counter() - begun
    if proved >= LIMIT:
        print(f"{entry.name:16} not settled in {LIMIT:g} s", flush=True)
        return None
    keep(path, held, finding)
    certificate = read_certificate(path)
    begun = time.perf_counter()
    verdict = check_certificate(certificate)
    checked = time.perf_counter() - begun
    cells = sum(verdict.checked.cells.values())
    parts = container.unpack(path.read_bytes())
    each = len(parts["proof.bin"]) / cells
    rest = path.stat().st_size - len(parts["proof.bin"]) - len(parts["weights.bin"])
    print(
        f"{entry.name:16}{cells:>9,}{words(proved):>10}{words(checked):>10}"
        f"{checked / proved:>7.2f}{second(path):>11}{each:>12.1f}{rest:>9,}",
        flush=True,
    )
    return checked / proved, each


def keep(path: Path, held: Case, finding: Finding) -> None:
    """Write the certificate of what was found, as ``leafproof certify`` does."""
    matter = matter_of(held.domain, held.teacher, held.tree)
    path.write_bytes(settle(matter, finding, "branch", Watch()).data)


def second(path: Path) -> str:
    """The second checker's seconds on a file, or why it was not asked."""
    try:
        held = second_checker.read(path.read_bytes())
    except second_checker.TooLarge:
        return "too large"
    if second_checker.work(held) > SECOND:
        return "left out"
    return words(second_checker.examine(held).seconds)


def points_a_second(count: int = 1 << 19) -> float:
    """How fast the kernel evaluates points, on one thread."""
    held = case("count30")
    prepared = prepare(held.teacher, held.domain)
    free = count.bit_length() - 1
    masks = [3 if i < free else 1 for i in range(len(held.domain.variables))]
    begun = time.perf_counter()
    done = sum(len(evaluate(prepared, b)[0]) for b in blocks(Cell(tuple(masks))))
    return done / (time.perf_counter() - begun)


def memory(path: Path) -> None:
    """The peak memory of checking about a million cells, in a process of its own."""
    held = load_case(named(LARGE[0]))
    finding = branch.prove(
        held.domain,
        held.teacher,
        held.tree,
        Options(deadline=time.monotonic() + LARGE[1], confirm=False),
    )
    keep(path, held, finding)
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "verifier.cli.main", "check", str(path), "--quiet"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    cells = sum(not isinstance(step, Split) for step in finding.proof)
    print(f"leafproof check on {cells:,} cells: {took:.0f} s, peak {peak:.0f} MiB")
