"""Networks that nobody has seen before, in the way a user certifies them, under a time limit.

python -m tests.benchmarks unseen --runs 24 --seed 0 --limit 10

Every case is a process of its own: an ONNX file by the command, others by ``certify``. Printed
are the proved interval, what it took of the processor, and whether the interval has the truth in
it, where all points can be looked at; then what went wrong. The clock of a busy machine tells
nothing of a limit: twice the limit in processor seconds, of two cores, does.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.benchmarks.unseen import Unseen, truth, unseen
from verifier.jobs.certify import certify
from verifier.writing.json_nouns import write_domain, write_tree

HUNG = 120.0
"""Seconds beyond its limit after which a process is killed."""
ROOT = Path(__file__).resolve().parents[2]
WIDE = 0.05
"""Wider intervals are counted at the end."""
EXACT = 1e-9
"""How far sums of double precision may be from what is exact."""
MADE = "made"
"""Where the seconds stand that making the case itself took."""


@dataclass(frozen=True)
class Ran:
    """A process that has ended: what it printed as JSON, or why it did not; and what it took."""

    found: dict[str, Any] | None
    problem: str
    wall: float
    processor: float


def main(options: list[str] | None = None) -> None:
    """Print a row for each seed, and a count."""
    given = dict(zip((options or [])[::2], (options or [])[1::2], strict=True))
    runs, seed = int(given.pop("--runs", 24)), int(given.pop("--seed", 0))
    limit = float(given.pop("--limit", 10))
    if given:
        raise SystemExit(f"{next(iter(given))}: --runs N, --seed S and --limit SECONDS are known")
    widths, faulty = list[float](), 0
    for at in range(seed, seed + runs):
        case = unseen(at)
        with tempfile.TemporaryDirectory(prefix="unseen.") as folder:
            ran = _run(at, case, limit, Path(folder))
        faults = [ran.problem] if ran.found is None else _faults(case, ran, limit)
        print(f"{at:>4} {case.words}: {_words(case, ran)}", *faults, sep="; FAULT ", flush=True)
        widths.append(1.0 if ran.found is None else _width(ran.found["error"]))
        faulty += bool(faults)
    exact, wide = sum(not w for w in widths), sum(w > WIDE for w in widths)
    print(f"{runs} runs: {exact} exact, {wide} wider than {WIDE}, {faulty} with a fault")


def _run(seed: int, case: Unseen, limit: float, folder: Path) -> Ran:
    """Certify the case in a process."""
    command = ["tests.benchmarks.bench_unseen", str(seed), f"{limit:g}"]
    if case.format == "onnx":
        import torch

        like = torch.zeros(1, case.domain.columns)
        torch.onnx.export(case.model.eval(), (like,), folder / "net.onnx", dynamo=False)
        write_domain(folder / "domain.json", case.domain)
        write_tree(folder / "tree.json", case.tree)
        command = ["verifier.cli.main", "certify", "net.onnx", "tree.json", "--domain",
                   "domain.json", "--timeout", f"{limit:g}", "--json"]  # fmt: skip
    before, start = _children(), time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=limit + HUNG,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
    except subprocess.TimeoutExpired:
        return Ran(None, f"killed {HUNG:g} s after its limit", limit + HUNG, _children() - before)
    wall, spent = time.perf_counter() - start, _children() - before
    if done.returncode not in (0, 1, 2) or not done.stdout.strip() or "Traceback" in done.stderr:
        return Ran(None, f"exit {done.returncode}: {done.stderr.strip()[-300:]}", wall, spent)
    return Ran(json.loads(done.stdout), "", wall, spent)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ends(interval: dict[str, str]) -> tuple[float, float]:
    return float(Fraction(interval["lower"])), float(Fraction(interval["upper"]))


def _width(interval: dict[str, str]) -> float:
    return float(Fraction(interval["upper"]) - Fraction(interval["lower"]))


def _faults(case: Unseen, ran: Ran, limit: float) -> list[str]:
    """What is wrong with what was found, and how long it took."""
    assert ran.found is not None
    faults, known = list[str](), truth(case)
    if ran.processor - ran.found["seconds"].get(MADE, 0.0) > 2 * limit:
        faults.append("over its limit")
    told = {"proved": ran.found["error"]}
    if ran.found.get("sampled"):
        told["sampled"] = ran.found["sampled"]["error"]
    for how, interval in told.items():
        low, high = _ends(interval)
        if known is not None and (low > known[1] + EXACT or high < known[0] - EXACT):
            faults.append(f"WRONG: {how} {low:.12g} to {high:.12g}, but it is {known}")
    return faults


def _words(case: Unseen, ran: Ran) -> str:
    """What was found, in one line."""
    if ran.found is None:
        return f"nothing after {ran.wall:.1f} s"
    low, high = _ends(ran.found["error"])
    drawn = ran.found.get("sampled")
    beside = f", sampled {_width(drawn['error']):.2g}" if drawn else ""
    seconds = ran.found["seconds"]
    cells = ", ".join(f"{n} {kind}" for kind, n in ran.found["cells"].items() if n)
    return (
        f"2^{case.domain.size.bit_length() - 1} [{low:.4g}, {high:.4g}] width {high - low:.2g}"
        f"{beside}; search {seconds['prove']:.1f}, check {seconds['check']:.1f}, "
        f"wall {ran.wall:.1f}, processor {ran.processor:.1f}, load {os.getloadavg()[0]:.0f}; "
        f"{ran.found['prover']}: {cells}"
    )


def run_here(seed: int, limit: float) -> None:
    """Certify the object of a seed, and print what the command would as JSON."""
    begun = time.process_time()
    case = unseen(seed)
    made = time.process_time() - begun
    found = certify(case.model, case.tree, case.domain, timeout=limit).to_dict()
    found["seconds"][MADE] = made
    print(json.dumps(found))


if __name__ == "__main__":
    run_here(int(sys.argv[1]), float(sys.argv[2]))
