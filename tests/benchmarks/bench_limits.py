"""Time limits under attack: random command lines with ``--timeout``, each a process of its own.

Printed are, by verb, how far the worst run went beyond its limit, and everything that is wrong: a
run beyond the limit and what is allowed, a traceback, an exit code that does not exist, a written
certificate that does not check.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.benchmarks.limit_cases import KINDS, Files, make_files
from verifier.certificate import archive
from verifier.errors import LeafproofError

COMMAND = Path(sys.executable).with_name("leafproof")
ALLOWED, SHARE = 2.0, 0.05
"""A run may take so many seconds beyond its limit, or that share of it."""
HANGS = 60.0
"""Seconds beyond its limit after which a run is ended."""


@dataclass(frozen=True)
class Run:
    """One command line and what came of it; ``beyond`` are seconds after the limit."""

    number: int
    words: tuple[str, ...]
    kind: str
    limit: float
    wall: float
    processor: float
    load: float
    faults: tuple[str, ...]

    @property
    def verb(self) -> str:
        """The verb, with the method of distil."""
        at = self.words.index("--method") + 1 if "--method" in self.words else None
        return f"{self.words[0]} {self.words[at]}" if at else self.words[0]

    @property
    def beyond(self) -> float:
        """Seconds beyond the limit."""
        return self.wall - self.limit

    @property
    def late(self) -> bool:
        """Whether that is more than allowed."""
        return self.beyond > max(ALLOWED, SHARE * self.limit)


def main(options: list[str] | None = None) -> None:
    """Run ``--runs`` command lines, made from ``--seed``; ``--first`` is the first one's number."""
    parser = argparse.ArgumentParser(prog="limits")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    chosen = parser.parse_args(options or [])
    begun, done = time.monotonic(), []
    for number in range(chosen.first, chosen.first + chosen.runs):
        if time.monotonic() - begun > chosen.seconds:
            break
        with tempfile.TemporaryDirectory(prefix="limits.") as folder:
            done += list(runs(chosen.seed, number, Path(folder)))
        for run in done[-1:]:
            if run.late or run.faults:
                print(line(run), flush=True)
    show(done)


def runs(seed: int, number: int, folder: Path) -> Iterator[Run]:
    """Make the files and the command line of a number, and run it."""
    rng = np.random.default_rng([seed, number])
    kind = KINDS[int(rng.integers(len(KINDS)))]
    files = make_files(kind, rng, folder)
    words, limit = command(rng, files, folder)
    load = os.getloadavg()[0]
    code, wall, processor, errors = timed([*words, "--timeout", f"{limit:.2f}"], folder, limit)
    faults = []
    if "Traceback" in errors or "Exception ignored" in errors:
        faults.append("traceback: " + errors.strip().splitlines()[-1][:120])
    if code not in (0, 1, 2, 3):
        faults.append(f"exit code {code}: {errors.strip()[-120:]}")
    if code == 3:
        faults.append(f"refused: {errors.strip()[-160:]}")
    for path in sorted(folder.glob("*.certificate")):
        try:
            archive.check(archive.read(path))
        except LeafproofError as error:
            faults.append(f"{path.name} does not check: {error}")
    faults += [f"left behind: {path.name}" for path in folder.glob(".*")]
    yield Run(number, tuple(words), kind, limit, wall, processor, load, tuple(faults))


def command(rng: np.random.Generator, files: Files, folder: Path) -> tuple[list[str], float]:
    """A random command line on the files, and its limit in seconds."""

    def maybe(chance: float, *words: str) -> list[str]:
        return list(words) if rng.random() < chance else []

    limit = float(np.exp(rng.uniform(np.log(0.2), np.log(8))))
    if rng.random() < 0.05:
        limit = 0.0
    net, tree = str(files.net), str(files.tree)
    domain = ["--domain", str(files.domain)]
    verb = rng.choice(["certify", "certify", "distill", "distill", "repair", "check", "report"])
    if rng.random() < 0.03:
        verb = "export"
    if verb == "certify":
        words = ["certify", net, tree, *domain, *maybe(0.8, "-o", "out.certificate")]
        words += maybe(0.5, "--prover", str(rng.choice(["branch", "exhaustive", "z3"])))
        words += maybe(0.15, "--cross-check", "20") + maybe(0.15, "--emit", "smt2", "cells")
        words += maybe(0.1, "--emit", "vnnlib", "cells") if "--emit" not in words else []
        words += maybe(0.15, "--no-trust") + maybe(0.3, "--json") + maybe(0.3, "-q")
        if "--prover" not in words or "branch" in words:
            words += maybe(0.15, "--stop-at-difference")
        if rng.random() < 0.25 and certificate(net, tree, domain, folder):
            words += ["--prover", "branch"] if "--prover" not in words else []
            words += ["--resume", "given.certificate"] if "branch" in words else []
    elif verb == "distill":
        method = str(rng.choice(["certified", "certified", "lrh", "cart"]))
        words = ["distill", net, *domain, "--method", method, *maybe(0.9, "-o", "tree.json")]
        words += maybe(0.6, "--certificate", "out.certificate") + maybe(0.25, "--explain")
        if method == "certified":
            words += maybe(0.4, "--leaves", str(int(rng.integers(2, 40))))
            words += maybe(0.3, "--error", str(rng.choice(["1/10", "1/1000", "0.3"])))
            words += maybe(0.2, "--scores", "lrh")
        else:
            words += maybe(0.4, "--depth", str(int(rng.integers(1, 9))))
        words += maybe(0.15, "--samples", str(int(rng.integers(200, 300_000))))
        words += maybe(0.3, "--json")
    elif verb == "repair":
        words = ["repair", net, tree, *domain, "-o", "tree.json"]
        words += maybe(0.7, "--certificate", "out.certificate") + maybe(0.3, "--leaves", "100000")
    elif verb == "export":
        words = ["export", tree, "-o", "tree.c", "--to", "c", *domain]
    else:
        if not certificate(net, tree, domain, folder):
            return ["export", tree, "-o", "tree.svg", "--to", "svg"], limit
        limit /= 4
        if verb == "check":
            words = ["check", "given.certificate", *maybe(0.3, "--paranoid"), *maybe(0.3, "--json")]
            words += maybe(0.3, "--no-trust")
        else:
            suffix = str(rng.choice(["html", "md", "tex"]))
            words = ["report", "given.certificate", "-o", f"report.{suffix}"]
    return words, limit


def certificate(net: str, tree: str, domain: list[str], folder: Path) -> bool:
    """Make ``given.certificate``; False if that fails."""
    words = ["certify", net, tree, *domain, "-q", "-o", "given.certificate", "--timeout", "4"]
    subprocess.run([str(COMMAND), *words], cwd=folder, capture_output=True, check=False)
    return (folder / "given.certificate").exists()


def timed(words: list[str], folder: Path, limit: float) -> tuple[int, float, float, str]:
    """Exit code, seconds by the clock and of the processors, and what was said of errors."""
    with (folder / "errors").open("w+", encoding="utf-8", errors="replace") as errors:
        start = time.monotonic()
        process = subprocess.Popen(
            [str(COMMAND), *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=errors
        )
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            wall = time.monotonic() - start
            if pid:
                break
            if wall > limit + HANGS:
                process.kill()
            time.sleep(0.01)
        errors.seek(0)
        code = os.waitstatus_to_exitcode(status)
        process.returncode = code
        return code, wall, usage.ru_utime + usage.ru_stime, errors.read()


def line(run: Run) -> str:
    """A run that is worth a look."""
    late = f"{run.beyond:+.2f} s" if run.late else ""
    words = " ".join(str(Path(w).name) for w in run.words)
    return (
        f"{run.number:4} {run.kind}: {words} --timeout {run.limit:.2f}: {late} "
        f"(clock {run.wall:.2f}, processor {run.processor:.2f}, load {run.load:.1f}) "
        + "; ".join(run.faults)
    )


def show(done: list[Run]) -> None:
    """The table."""
    head = f"{'verb':20}{'runs':>6}{'worst beyond':>14}{'median':>9}{'late':>6}{'faults':>8}"
    print(head)
    for verb in [*sorted({run.verb for run in done}), "all"]:
        own = [run for run in done if verb in (run.verb, "all")]
        beyond = sorted(run.beyond for run in own)
        print(
            f"{verb:20}{len(own):>6}{beyond[-1]:>12.2f} s{beyond[len(beyond) // 2]:>7.2f} s"
            f"{sum(run.late for run in own):>6}{sum(bool(run.faults) for run in own):>8}"
        )
    loads = [run.load for run in done]
    print(f"load average {min(loads):.1f} to {max(loads):.1f} on {os.cpu_count()} processors")
    print(json.dumps({"late": [r.number for r in done if r.late]}))
