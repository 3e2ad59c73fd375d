"""Certificates of very many cells: seconds and memory to write, check, compare and report them.

For each kind of proof (``many_cells``) a row a stage, each in a process of its own: processor
seconds (the kernel's helpers included), those a cell in microseconds, and the peak of resident
memory, without the helpers' 60 to 70 MiB each. *Other tree* is the whole of
``certify --resume`` with another tree; *left open* the same with ``--stop-at-difference``: cells
that were open stay so. Each stage is also done *in memory*: with the proof as objects,
as all was before proofs stayed in their bytes. The last lines of a kind are how many times
as long a stage takes as it does so.

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
from typing import TYPE_CHECKING, Any

from tests.benchmarks import many_cells

if TYPE_CHECKING:
    from verifier.model.certificate import Certificate
    from verifier.model.proof import Proof
    from verifier.model.question import Matter

CELLS = 1_000_000
OBJECTS = ", in memory"


Stage = Callable[[str, int, Path], float | None]
"""Of so many cells of a kind, in a folder; returns the seconds that do not count, if any."""


def write(kind: str, cells: int, folder: Path) -> float:
    """The certificate of a proof that is handed over in bytes, as searches do."""
    from verifier.writing.proof_bytes import encoded

    matter = many_cells.matter(kind, cells)
    proof = encoded(many_cells.nodes(kind, cells), 2, matter.domain.columns, ())
    return _written(matter, proof, folder / kind)


def write_objects(kind: str, cells: int, folder: Path) -> float:
    """That of one that is handed over in objects."""
    matter = many_cells.matter(kind, cells)
    return _written(matter, tuple(many_cells.nodes(kind, cells)), folder / f"{kind}.objects")


def _written(matter: Matter, proof: Proof, path: Path) -> float:
    from tests.saved import save_certificate
    from verifier.model.proof import Finding

    made = processor()
    save_certificate(path, matter, Finding(proof), "made by construction")
    return made


def check(kind: str, cells: int, folder: Path) -> None:
    """``check``, against the objects that it is about."""
    from verifier.jobs.check import check as job

    matter = many_cells.matter(kind, cells)
    network, tree = (bound.model for bound in matter.models)
    job(folder / kind, against=(network, tree, matter.domain))


def other_tree(kind: str, cells: int, folder: Path, **options: Any) -> None:
    """``certify --resume`` with another tree, to a certificate of its own."""
    from verifier.jobs.certify import certify

    matter = many_cells.matter(kind, cells, other=True)
    network, tree = (bound.model for bound in matter.models)
    files = {"resume": folder / kind, "output": folder / f"{kind}.other"}
    found = certify(network, tree, matter.domain, **files, **{"sample": 0, **options})
    assert found.verdict == "different", found
    print(f"  {dict(found.proved.checked.cells)}", flush=True)


def left_open(kind: str, cells: int, folder: Path) -> None:
    """The same where one difference is enough: what was open stays so, and is sampled."""
    other_tree(kind, cells, folder, stop_at_difference=True, sample=None)


def report(kind: str, cells: int, folder: Path) -> None:
    """``report``: the check, then the page."""
    from verifier.reports.making import report as job

    job(folder / kind, folder / f"{kind}.html")


def in_memory(stage: Stage) -> Stage:
    """A stage that holds the proof of the certificate that it reads in objects."""

    def with_objects(kind: str, cells: int, folder: Path) -> float | None:
        from verifier.jobs import check, earlier, loading

        read = loading.read

        def whole(path: Any, watch: Any) -> tuple[Certificate, bytes]:
            held, data = read(path, watch)
            return replace(held, proof=tuple(held.proof)), data

        check.read = earlier.read = whole  # type: ignore[attr-defined]
        return stage(kind, cells, folder)

    return with_objects


STAGES: dict[str, Stage] = {
    "write": write,
    "check": check,
    "other tree": other_tree,
    "left open": left_open,
    "report": report,
}
"""And after each the same in memory."""
NOT_OF = {
    "constant": ["left open"],
    "enumerated": ["left open"],
    "masks": ["left open"],
    "every": ["other tree"],
}
"""Where nothing is open; and where no search closes what is, without a time limit."""
IN_MEMORY: dict[str, Stage] = {
    "write": write_objects,
    **{name: in_memory(STAGES[name]) for name in STAGES if name != "write"},
}


def run(stage: str, kind: str, cells: int, folder: Path) -> None:
    """Do a stage, and print a row about this process."""
    name, _, objects = stage.partition(", ")
    spent = (IN_MEMORY if objects else STAGES)[name](kind, cells, folder)
    report_of(stage, cells, spent or 0.0)


def processor() -> float:
    """Processor seconds of this process so far, and of its helpers that have ended."""
    every = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in every)


def report_of(stage: str, cells: int, before: float = 0.0) -> None:
    """Print a row about this process."""
    seconds = processor() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{stage:22}{seconds:10.1f}{1e6 * seconds / cells:10.1f}{peak:10.0f}", flush=True)


def main(options: list[str] | None = None) -> None:
    """Each stage of each kind."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks streaming")
    asked.add_argument("--cells", type=int, default=CELLS)
    asked.add_argument("--kinds", nargs="+", choices=many_cells.KINDS, default=many_cells.KINDS)
    asked.add_argument("--stages", nargs="+", choices=list(STAGES), default=None)
    asked.add_argument("--no-memory", dest="in_memory", action="store_false")
    chosen = asked.parse_args(options or [])
    with tempfile.TemporaryDirectory(prefix="leafproof.") as folder:
        for kind in chosen.kinds:
            print(f"{chosen.cells} cells, {kind}")
            print(f"{'':22}{'seconds':>10}{'us a cell':>10}{'MiB':>10}", flush=True)
            took: dict[str, float] = {}
            stages = chosen.stages or [x for x in STAGES if x not in NOT_OF.get(kind, ())]
            for stage in (f"{x}{own}" for x in stages for own in ("", OBJECTS)):
                if stage.endswith(OBJECTS) and not chosen.in_memory:
                    continue
                code = (
                    "from pathlib import Path; from tests.benchmarks import bench_streaming; "
                    f"bench_streaming.run({stage!r}, {kind!r}, {chosen.cells}, Path({folder!r}))"
                )
                done = subprocess.run(
                    [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
                )
                print(done.stdout, end="", flush=True)
                took[stage] = float(done.stdout.split()[-3])
            for stage in stages if chosen.in_memory else ():
                print(f"{stage} / in memory: {took[stage] / took[stage + OBJECTS]:.2f}")
            print(f"file: {(Path(folder) / kind).stat().st_size} bytes")
