"""Certificates of very many cells: seconds and memory to write, check, compare and report them.

For each kind of proof (``many_cells``) a row a stage, each in a process of its own: processor
seconds, those a cell in microseconds, and the peak of resident memory. *In memory* is the check of
the same file with its proof as objects, as all checks were before proofs stayed in their bytes;
*other tree* is the whole of ``certify --resume`` with another tree. The last line of a kind is how
much longer the check takes than the one in memory.

python -m tests.benchmarks streaming --cells 10000000 --kinds masks
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.benchmarks import many_cells

CELLS = 1_000_000


def write(kind: str, cells: int, folder: Path) -> None:
    """The certificate of a proof that is handed over in bytes, as searches do."""
    from verifier.model.proof import Finding
    from verifier.writing.certificate import save_certificate
    from verifier.writing.proof_bytes import encoded

    matter = many_cells.matter(kind, cells)
    proof = encoded(many_cells.nodes(kind, cells), 2, matter.domain.columns, ())
    made = processor()
    save_certificate(folder / kind, matter, Finding(proof), "made by construction")
    report_of("write", cells, made)


def in_memory(kind: str, cells: int, folder: Path) -> None:
    """Read and checked with the proof as objects."""
    from verifier.reading.certificate import read_certificate
    from verifier.writing.threads import check_in_threads

    held = read_certificate(folder / kind)
    check_in_threads(replace(held, proof=tuple(held.proof)))
    report_of("in memory", cells)


def check(kind: str, cells: int, folder: Path) -> None:
    """``check``, against the objects that it is about."""
    from verifier.jobs.check import check as job

    matter = many_cells.matter(kind, cells)
    network, tree = (bound.model for bound in matter.models)
    job(folder / kind, against=(network, tree, matter.domain))
    report_of("check", cells)


def other_tree(kind: str, cells: int, folder: Path) -> None:
    """``certify --resume`` with another tree, to a certificate of its own."""
    from verifier.jobs.certify import certify

    matter = many_cells.matter(kind, cells, other=True)
    network, tree = (bound.model for bound in matter.models)
    output = folder / f"{kind}.other"
    found = certify(network, tree, matter.domain, resume=folder / kind, output=output, sample=0)
    assert found.verdict == "different", found
    report_of("other tree", cells)


def report(kind: str, cells: int, folder: Path) -> None:
    """``report``: the check, then the page."""
    from verifier.reports.making import report as job

    job(folder / kind, folder / f"{kind}.html")
    report_of("report", cells)


STAGES: dict[str, Callable[[str, int, Path], None]] = {
    "write": write,
    "in memory": in_memory,
    "check": check,
    "other tree": other_tree,
    "report": report,
}


def processor() -> float:
    """Processor seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def report_of(stage: str, cells: int, before: float = 0.0) -> None:
    """Print a row about this process."""
    seconds = processor() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{stage:12}{seconds:10.1f}{1e6 * seconds / cells:10.1f}{peak:10.0f}", flush=True)


def main(options: list[str] | None = None) -> None:
    """Each stage of each kind."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks streaming")
    asked.add_argument("--cells", type=int, default=CELLS)
    asked.add_argument("--kinds", nargs="+", choices=many_cells.KINDS, default=many_cells.KINDS)
    asked.add_argument("--stages", nargs="+", choices=list(STAGES), default=list(STAGES))
    chosen = asked.parse_args(options or [])
    with tempfile.TemporaryDirectory(prefix="leafproof.") as folder:
        for kind in chosen.kinds:
            print(f"{chosen.cells} cells, {kind}")
            print(f"{'':12}{'seconds':>10}{'us a cell':>10}{'MiB':>10}", flush=True)
            took: dict[str, float] = {}
            for stage in chosen.stages:
                code = (
                    "from pathlib import Path; from tests.benchmarks import bench_streaming; "
                    f"bench_streaming.STAGES[{stage!r}]({kind!r}, {chosen.cells}, "
                    f"Path({folder!r}))"
                )
                done = subprocess.run(
                    [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
                )
                print(done.stdout, end="", flush=True)
                took[stage] = float(done.stdout.split()[-3])
            if {"in memory", "check"} <= took.keys():
                print(f"check / in memory: {took['check'] / took['in memory']:.2f}")
            print(f"file: {(Path(folder) / kind).stat().st_size} bytes")
