"""Strange models: forged files and odd numbers, and whether what is read is what the library runs.

Each case is a file made from a seed. Leafproof reads it or refuses it in one line; what it reads
has to answer as the library does, by its own ``predict``, at all points of a small domain and at
the thresholds' neighbours. A case runs in a process of its own, as libraries may fall over forged
files: that is a finding only where Leafproof's reading itself falls over.
``--runs N``, ``--seed S``, ``--family NAME``, ``--keep DIR`` (files of the bad ones).
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks import stranger_boosters as boosters
from verifier.formats.ensembles import ensemble_from_bytes
from verifier.formats.ensembles_check import points_of
from verifier.formats.heads import asked_for
from verifier.formats.runtime import Floats
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError, RuntimeNote

Answers = Callable[[Floats], Any]

RUNS, SEED = 400, 0
SECONDS = 60
"""Processor seconds that a case may take."""
MEMORY = 4 << 30
PRELOADED = ("xgboost", "lightgbm", "sklearn.ensemble", "onnx", "onnxruntime")
"""Take long to import: once is enough."""
GOOD = ("equal", "refused", "library refuses", "read, library falls over")


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
        start = time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        for at in range(runs):
            kind, words = apart(name, seed, at, kept)
            seen[kind] += 1
            if kind not in GOOD:
                bad += 1
                print(f"{name} {at}: {kind}: {words[:400]}", flush=True)
                if kept is not None:
                    (kept / "last").replace(kept / f"{name}-{seed}-{at}")
        took = time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(seen.items()))
        print(f"{name:10} {counts} ({took:.0f} processor seconds)", flush=True)
    print(f"{runs * len(chosen)} cases, {bad} bad")


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
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
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


def judged(data: bytes, reached: Callable[[], None]) -> tuple[str, str]:
    """What becomes of a booster's file."""
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        try:
            ensemble = _read(data)
        except LeafproofError as problem:
            return refusal(problem)
    reached()
    if any(issubclass(n.category, RuntimeNote) for n in notes):
        return "library refuses", str(notes[0].message)
    library = _lightgbm if data.startswith(b"tree") else _xgboost
    scores, classes = library(data)
    return held(ensemble, scores, classes)


def _read(data: bytes) -> Ensemble:
    try:
        return ensemble_from_bytes(data)
    except LeafproofError as problem:
        if "--head regression" not in str(problem):
            raise
        return ensemble_from_bytes(data, asked_for("regression", "1/2"))


def refusal(problem: LeafproofError) -> tuple[str, str]:
    """Whether a refusal is one clear line."""
    said = str(problem)
    if "please report" in said:
        return "MISREAD", said
    if not said.isprintable() or len(said) > 600:
        return "NOT ONE LINE", said
    return "refused", said


def held(ensemble: Ensemble, scores: Answers | None, classes: Answers) -> tuple[str, str]:
    """Whether the ensemble answers as the library does, scores to the last bit."""
    sizes = ensemble.columns <= 4
    points = product((-1.0, 0.0, 0.5, 1.0, 2.0), repeat=ensemble.columns) if sizes else ()
    near = points_of(ensemble, 600, seed=7)
    rows = np.concatenate([near, np.array(list(points)).reshape(-1, ensemble.columns)])
    for what, ours, answers in (
        ("scores", ensemble.scores, scores),
        ("classes", ensemble.predict, classes),
    ):
        if answers is None:
            continue
        mine = np.asarray(ours(rows), np.float64).reshape(len(rows), -1)
        theirs = np.asarray(answers(rows), np.float64).reshape(len(rows), -1)
        if mine.shape != theirs.shape or (wrong := np.any(mine != theirs, axis=1)).any():
            shapes = f"{mine.shape}, {theirs.shape}"
            if mine.shape != theirs.shape:
                return "WRONG", f"{what} have the shapes {shapes}"
            i = int(np.argmax(wrong))
            return "WRONG", f"{what} {mine[i]} and not {theirs[i]} at {rows[i].tolist()}"
    for row in rows[::200]:  # and by the plain definition, in fractions
        if ensemble.class_at([Fraction(float(x)) for x in row]) != ensemble.predict(row[None])[0]:
            return "WRONG", f"class_at and predict differ at {row.tolist()}"
    return "equal", ""


def _xgboost(data: bytes) -> tuple[Answers, Answers]:
    import xgboost as xgb

    from verifier.formats.ensembles_xgboost import read_document

    learner = read_document(data)["learner"]
    objective = learner["objective"]["name"]
    booster = xgb.Booster({"nthread": 1}, model_file=bytearray(data))
    span = (0, 0)
    wrapped = None
    if "scikit_learn" in learner.get("attributes", {}):
        wrapped = xgb.XGBClassifier(n_jobs=1)
        wrapped.load_model(bytearray(data))
        best = booster.attr("best_iteration")
        span = (0, int(best) + 1) if best is not None else span
    kinds = {"feature_types": booster.feature_types, "enable_categorical": True}
    names = booster.feature_names

    def answer(rows: Floats, margins: bool) -> Any:
        matrix = xgb.DMatrix(rows, feature_names=names, nthread=1, **kinds)
        return booster.predict(matrix, output_margin=margins, iteration_range=span)

    def classes(rows: Floats) -> Any:
        if wrapped is not None:
            return wrapped.predict(rows)
        found = answer(rows, False)
        if objective == "multi:softprob":
            return found.argmax(axis=1)
        if objective.startswith("reg:"):
            return found > 0.5
        return (
            found > {"binary:logistic": 0.5, "binary:logitraw": 0.0}.get(objective, 0.5)
            if not objective.startswith("multi")
            else found
        )

    return (lambda rows: answer(rows, True)), classes


def _lightgbm(data: bytes) -> tuple[Answers, Answers]:
    import lightgbm as lgb

    booster = lgb.Booster(model_str=data.decode())
    several = booster.num_model_per_iteration() > 1
    objective = next(
        (x.partition("=")[2] for x in data.decode().splitlines() if x.startswith("objective=")), ""
    )

    def classes(rows: Floats) -> Any:
        found = booster.predict(rows, num_threads=1)
        if several:
            return found.argmax(axis=1)
        return found > 0.5 if objective.startswith("regression") else found > 1 - found

    divisor = 1.0
    if "average_output" in data.decode().splitlines():
        divisor = float(booster.num_trees() // booster.num_model_per_iteration())
    return (lambda rows: booster.predict(rows, raw_score=True, num_threads=1) / divisor), classes


Family = tuple[
    Callable[[np.random.Generator], bytes], Callable[[bytes, Callable[[], None]], tuple[str, str]]
]
FAMILIES: dict[str, Family] = {
    "xgboost": (boosters.xgboost, judged),
    "lightgbm": (boosters.lightgbm, judged),
}
"""What makes a file, and what judges it."""
