"""The command line under attack: hostile files for every verb, and what became of each run.

Each run is ``verifier.cli.main.run`` in a forked process with limits of memory and processor time.
A run is good if it ends with one of the documented exit codes, says one line where it refuses, and
neither shows a fault nor goes beyond the limits. ``--runs N``, ``--seed S``; ``--keep DIR`` keeps
the files of the bad ones.
"""

from __future__ import annotations

import importlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks import hostile_inputs as make
from verifier.cli.main import run
from verifier.formats.onnx_writer import save_onnx

RUNS, SEED = 3000, 0
MEMORY = 3 << 30
"""Bytes that a run may have beyond what this process has."""
WORK = "100G"
"""Steps that a run may take (LEAFPROOF_WORK), about a minute: what needs more has to be refused."""
SECONDS = 180
"""Processor seconds that a run may take."""
TIMEOUT = 2
"""Seconds that searches are given."""
PRELOADED = ("onnx", "sklearn.tree", "rich.console", "numba", "jinja2", "verifier.provers.branch")
EXPORTS = ("text", "svg", "dot", "python", "c", "java", "sql", "onnx", "json")


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its exit code (minus a signal's number), what it said, what it took."""

    code: int
    said: str
    seconds: float
    memory: int

    @property
    def kind(self) -> str:
        """``ok`` to ``bad input``, or what is wrong with the run."""
        if self.code < 0:
            return "KILLED" if self.code != -signal.SIGXCPU else "TOO SLOW"
        if "Traceback" in self.said or self.code not in (0, 1, 2, 3):
            return "TRACEBACK"
        if "a fault of Leafproof" in self.said:
            return "FAULT"
        if "not enough memory" in self.said:
            return "OUT OF MEMORY"
        complaints = [line for line in self.said.splitlines() if line.startswith("leafproof: ")]
        if self.code == 3 and len(complaints) != 1:
            return "NOT ONE LINE"
        return ("exit 0", "exit 1", "exit 2", "exit 3")[self.code]


def main(options: list[str] | None = None) -> None:
    """Print the outcomes by verb, and every bad run."""
    given = dict(zip(*[iter(options or [])] * 2, strict=True))
    runs, seed = int(given.get("--runs", RUNS)), int(given.get("--seed", SEED))
    kept = Path(given["--keep"]) if "--keep" in given else None
    for name in PRELOADED:
        importlib.import_module(name)
    seen: dict[str, Counter[str]] = {}
    slowest, largest, bad = 0.0, 0, 0
    with tempfile.TemporaryDirectory() as name, threadpool_limits(1):
        for at in range(runs):
            folder = Path(name) / str(at)
            folder.mkdir()
            words = prepared(np.random.default_rng([seed, at]), folder)
            found = apart(words, folder)
            seen.setdefault(words[0], Counter())[found.kind] += 1
            slowest, largest = max(slowest, found.seconds), max(largest, found.memory)
            if not found.kind.startswith("exit"):
                bad += 1
                last = (found.said.strip().splitlines() or [""])[-1][:300]
                print(f"{at}: {found.kind} ({found.code}): {' '.join(words)}: {last}", flush=True)
                if kept:
                    shutil.copytree(folder, kept / str(at), dirs_exist_ok=True)
            shutil.rmtree(folder)
    kinds = sorted({kind for counts in seen.values() for kind in counts})
    print(f"{'verb':10}" + "".join(f"{kind:>15}" for kind in kinds))
    for verb, counts in sorted(seen.items()):
        print(f"{verb:10}" + "".join(f"{counts[kind]:>15}" for kind in kinds))
    print(
        f"{runs} runs, {bad} bad; most: {slowest:.1f} processor seconds, "
        f"{largest / 2**20:.0f} MB more than the process that started them"
    )


def prepared(rng: np.random.Generator, folder: Path) -> list[str]:
    """A command line; its files are written to the folder, in which it is to be run."""

    def write(name: str, data: bytes) -> str:
        (folder / name).write_bytes(data)
        return name

    def network() -> str:
        save_onnx(make.network(rng), folder / "net.onnx")
        return "net.onnx"

    def space() -> list[str]:
        return ["--domain", write("domain.json", make.domain(rng))]

    def tree() -> str:
        return write("tree.json", make.tree(rng))

    def proven() -> str:
        return write("a.certificate", make.proven(rng))

    def some(*flags: list[str]) -> list[str]:
        return [word for flag in flags if rng.random() < 0.3 for word in flag]

    limit = ["--timeout", str(TIMEOUT)]
    json = ["--json"]
    verbs: list[Callable[[], list[str]]] = [
        lambda: [
            *("certify", network(), tree(), *space(), *limit),
            *("--prover", make.pick(rng, ("auto", "exhaustive", "branch", "branch", "z3"))),
            *some(json, ["-o", "out"], ["--stop-at-difference"], ["--no-trust"]),
        ],
        lambda: [
            *("distill", network(), *space(), *limit),
            *("--method", make.pick(rng, ("certified", "cart", "lrh"))),
            *some(json, ["-o", "out"], ["--certificate", "proof"], ["--explain"], ["--depth", "3"]),
            *some(["--samples", "200"], ["--leaves", "5"]),
        ],
        lambda: [
            *("repair", network(), tree(), *space(), *limit, "-o", "out"),
            *some(json, ["--certificate", "proof"], ["--leaves", "9"]),
        ],
        lambda: ["export", tree(), "--to", make.pick(rng, EXPORTS), *some(space(), ["-o", "out"])],
        lambda: ["check", proven(), *some(json, ["--paranoid"], ["--statement"], ["--no-trust"])],
        lambda: ["check", proven(), "--against", network(), tree(), *some(json, ["--statement"])],
        lambda: ["check", proven(), "--against", network(), tree(), *space()[1:], *some(json)],
        lambda: ["report", proven(), "-o", make.pick(rng, ("r.html", "r.md", "r.tex"))],
    ]
    return make.pick(rng, verbs)()  # type: ignore[no-any-return]


def apart(words: list[str], folder: Path) -> Outcome:
    """Run the command line in a process of its own."""
    said = folder / ".said"
    child = os.fork()
    if not child:
        _child(words, folder, said)
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    memory = int((folder / ".memory").read_text() or 0) if (folder / ".memory").exists() else 0
    text = said.read_text(errors="replace")
    return Outcome(code, text, used.ru_utime + used.ru_stime, memory)


def _child(words: list[str], folder: Path, said: Path) -> Any:
    code = 70
    try:
        os.chdir(folder)
        handle = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        os.dup2(handle, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        held = _status("VmSize:")
        resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
        before = _status("VmRSS:")
        started = time.monotonic()
        os.environ |= {"LEAFPROOF_MEMORY": str(MEMORY // 2), "LEAFPROOF_WORK": WORK}
        code = run(words)
        sys.stdout.flush()
        sys.stderr.flush()
        (folder / ".memory").write_text(str(max(0, _status("VmHWM:") - before)))
        (folder / ".seconds").write_text(str(time.monotonic() - started))
    finally:
        os._exit(code)


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name))
