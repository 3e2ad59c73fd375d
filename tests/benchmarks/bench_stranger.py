"""Strange models: forged files and odd numbers, and whether what is read is what the library runs.

Each case is a file, or a fitted model, made from a seed. Leafproof reads it or refuses it in one
line; what it reads has to answer as the library does, by its own ``predict``, at all points of a
small domain and at the thresholds' neighbours. A case runs in a process of its own, as libraries
may fall over forged files: that is a finding only where Leafproof's reading itself falls over.
``--runs N``, ``--seed S``, ``--family NAME``, ``--keep DIR`` (files of the bad ones),
``--refusals N`` (the N most common).
"""

from __future__ import annotations

import importlib
import os
import re
import resource
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks import stranger_boosters as boosters
from tests.benchmarks import stranger_catboost as symmetric
from tests.benchmarks import stranger_code as written
from tests.benchmarks import stranger_columns as inputs
from tests.benchmarks import stranger_converted as other
from tests.benchmarks import stranger_forests as summed
from tests.benchmarks import stranger_graphs as graphs
from tests.benchmarks import stranger_heads as ended
from tests.benchmarks import stranger_judges as judges
from tests.benchmarks import stranger_quantised as small
from tests.benchmarks import stranger_questions as asked
from tests.benchmarks import stranger_sklearn as handed
from tests.benchmarks import stranger_tables as tabled

RUNS, SEED = 400, 0
SECONDS = 60
"""Processor seconds that a case may take."""
MEMORY = 4 << 30
"""Bytes of address space that it may take beside what this process has."""
HANGS = 900
"""Seconds after which it is ended, whatever it waits for."""
PRELOADED = ("xgboost", "lightgbm", "catboost", "sklearn.ensemble", "onnx", "onnxruntime")
"""Take long to import: once is enough."""
GOOD = (
    "equal",
    "equal, but for rounding",
    "refused",
    "library refuses",
    "read, library falls over",
)


def main(options: list[str] | None = None) -> None:
    """Print the outcomes by family, and every bad case."""
    given = dict(zip(*[iter(options or [])] * 2, strict=True))
    runs, seed = int(given.get("--runs", RUNS)), int(given.get("--seed", SEED))
    kept = Path(given["--keep"]) if "--keep" in given else None
    chosen = [given["--family"]] if "--family" in given else list(FAMILIES)
    bad = 0
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    for library in PRELOADED:
        importlib.import_module(library)
    for name in chosen:
        seen: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        start = time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        for at in range(runs):
            kind, words = apart(name, seed, at, kept)
            seen[kind] += 1
            if kind == "refused":
                refused[_general(words)] += 1
            if kind not in GOOD:
                bad += 1
                print(f"{name} {at}: {kind}: {words[:400]}", flush=True)
                if kept is not None:
                    (kept / "last").replace(kept / f"{name}-{seed}-{at}")
        took = time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(seen.items()))
        print(f"{name:10} {counts} ({took:.0f} processor seconds)", flush=True)
        if "--refusals" in given:
            for words, count in refused.most_common(int(given["--refusals"])):
                print(f"{count:6} {words[:300]}")
    print(f"{runs * len(chosen)} cases, {bad} bad")


def _general(words: str) -> str:
    """A refusal without its numbers, to be counted with its like."""
    return re.sub(r"\d+(\.\d+)?", "#", words)


def made(family: str, seed: int, at: int) -> bytes:
    """The file of a case."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return FAMILIES[family][0](np.random.default_rng([seed, at]))


def apart(family: str, seed: int, at: int, kept: Path | None = None) -> tuple[str, str]:
    """What became of a case, in a process of its own, and what was said."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _child(writing, family, seed, at, kept)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace").split("\0")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if len(said) == 4:  # made, read, kind, words
        return said[2], said[3]
    how = signal.Signals(-status).name if status < 0 else f"exit {status}"
    stages = ("MAKER FELL OVER", "READING FELL OVER", "read, library falls over")
    return stages[len(said) - 1], how


def _child(writing: int, family: str, seed: int, at: int, kept: Path | None) -> None:
    """Write, each with a zero behind it, that the file is made, that it is read, what became."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    most = MEMORY + int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    signal.alarm(HANGS)  # who starts a thread waits for it, also where it found no memory
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    stages = 0

    def reached() -> None:
        nonlocal stages
        stages += 1
        os.write(writing, b"\0")

    with threadpool_limits(1):
        try:
            data = made(family, seed, at)
            if kept is not None:
                (kept / "last").write_bytes(data)
            reached()
            kind, words = FAMILIES[family][1](data, reached)
        except Exception as fault:  # noqa: BLE001  whatever it is, it is a finding
            where = " ".join(traceback.format_exc().split())[-500:]
            kind, words = "FAULT", f"{type(fault).__name__}: {fault} ({where})"
    words = words.replace("\0", "?")
    os.write(writing, ("\0" * (2 - stages) + f"{kind}\0{words}").encode("utf-8", "replace"))


Family = tuple[
    Callable[[np.random.Generator], bytes], Callable[[bytes, Callable[[], None]], judges.Outcome]
]
FAMILIES: dict[str, Family] = {
    "xgboost": (boosters.xgboost, judges.boosters),
    "lightgbm": (boosters.lightgbm, judges.boosters),
    "catboost": (symmetric.catboost, judges.boosters),
    "trees": (graphs.trees, judges.trees),
    "graphs": (graphs.graph, judges.graphs),
    "quantised": (small.quantised, small.integers),
    "tables": (tabled.table, tabled.rows_of_tables),
    "sklearn": (handed.sklearn, handed.handed_over),
    "heads": (ended.heads, ended.ends),
    "questions": (asked.question, asked.answered),
    "converted": (other.converted, other.as_converted),
    "columns": (inputs.columns, inputs.columns_read),
    "code": (written.code, written.nested_ifs),
    "forests": (summed.forest, summed.added_up),
}
"""What makes a file, and what judges it."""
