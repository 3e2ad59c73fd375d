"""The reader under attack: inputs of 10 MB made to be slow or greedy, and a longer fuzz.

Each hostile input is read in a process of its own; printed are the seconds and the most memory that
the process held (Python and the libraries alone are the first row).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from tests.certificates import fuzz_matters, fuzzing, hostile, hostile_matters
from tests.certificates.fuzzing import survives
from verifier.model.errors import LeafproofError
from verifier.reading.certificate import read_certificate

FUZZES = {**fuzzing.FUZZES, **fuzz_matters.FUZZES}
INPUTS = {**hostile.INPUTS, **hostile_matters.INPUTS}
SIZE = 10_000_000
SECONDS = 600
"""Processor time after which a reader is said to hang."""
MEMORY = 1 << 30
EXAMPLES = 5000


def main(options: list[str] | None = None) -> None:
    """Print a row for each hostile input, then the fuzz. ``--only WORDS`` picks inputs by name."""
    words = " ".join((options or [])[1:])
    worst = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        print(f"{'input':42}{'MB':>6}{'read s':>9}{'peak MB':>9}  answer")
        for name, make in {"(nothing)": lambda _: b"", **INPUTS}.items():
            if words not in name:
                continue
            data = make(SIZE)
            path.write_bytes(data)
            row = read_apart(path)
            worst.append((row["seconds"], row["memory"]))
            print(
                f"{name:42}{len(data) / 1e6:>6.1f}{row['seconds']:>9.1f}"
                f"{row['memory'] / 2**20:>9.0f}  {row['answer'][:100]}",
                flush=True,
            )
        seconds, memory = (max(column) for column in zip(*worst, strict=True))
        print(f"most: {seconds:.1f} s, {memory / 2**20:.0f} MB (to stay below {MEMORY >> 20} MB)")
        if not words:
            fuzz(path)


def fuzz(path: Path) -> None:
    """Run the tests' strategies for longer."""
    for name, strategy in FUZZES.items():
        start = time.perf_counter()
        given(strategy)(
            settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))(
                lambda data: survives(data, path)
            )
        )()
        print(f"{name}: {EXAMPLES} files, no crash ({time.perf_counter() - start:.0f} s)")


def read_apart(path: Path) -> dict[str, object]:
    """Time, peak memory and answer of a process that reads the file."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_fuzz", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        return {"seconds": float(SECONDS), "memory": 0, "answer": f"CRASH or HANG: {last[0]}"}
    return dict(json.loads(done.stdout))


def read_here(path: Path) -> dict[str, object]:
    """Read a file and say what it cost."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    start = time.process_time()
    try:
        read_certificate(path)
        answer = "read"
    except LeafproofError as error:
        answer = str(error).partition("certificate: ")[2]
    seconds = time.process_time() - start
    status = Path("/proc/self/status").read_text("ascii")  # ru_maxrss counts the parent's too
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    memory = int(peak.split()[1]) * 1024
    return {"seconds": seconds, "memory": memory, "answer": answer}


if __name__ == "__main__":
    print(json.dumps(read_here(Path(sys.argv[1]))))
