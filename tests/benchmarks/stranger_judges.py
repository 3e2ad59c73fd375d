"""What becomes of a strange file: whether what is read of it is what the library runs.

Each judge takes a file's bytes, and a function to call once the file is read; it returns the kind
of outcome, and words. Kinds in capitals are findings.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np

from verifier.formats.booster_calls import LIBRARIES, Way
from verifier.formats.booster_libraries import first_line
from verifier.formats.ensembles import ensemble_from_bytes
from verifier.formats.ensembles_boosters import CLOSE
from verifier.formats.ensembles_check import points_of
from verifier.formats.heads import NOTHING, Asked, asked_for, label_names
from verifier.formats.libraries import booster_of
from verifier.formats.runtime import Floats
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError, NetworkError, RuntimeNote

Answers = Callable[[Floats], Any]
Outcome = tuple[str, str]


def refusal(problem: LeafproofError) -> Outcome:
    """Whether a refusal is one clear line."""
    said = str(problem)
    if "report this" in said or "please report" in said:
        return "MISREAD", said
    if not said.isprintable() or len(said) > 1500:
        return "NOT ONE LINE", said
    return "refused", said


def read_as(read: Callable[[Asked], Any]) -> tuple[Any, Outcome | None, Asked]:
    """What is read, with a threshold where one is asked for; or what became of it."""
    asked = NOTHING
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        try:
            try:
                made = read(asked)
            except LeafproofError as problem:
                if "--head regression" not in str(problem):
                    raise
                asked = asked_for("regression", "1/2")
                made = read(asked)
        except LeafproofError as problem:
            return None, refusal(problem), asked
    runtime = [n for n in notes if issubclass(n.category, RuntimeNote)]
    return made, ("library refuses", str(runtime[0].message)) if runtime else None, asked


def boosters(data: bytes, reached: Callable[[], None]) -> Outcome:
    """A file of XGBoost's, LightGBM's or CatBoost's, read with the library at hand and without."""

    def read(asked: Asked) -> Ensemble:
        return ensemble_from_bytes(data, asked)

    with without_libraries():
        alone, refused, _ = read_as(read)
    ensemble, outcome, _ = read_as(read)
    reached()
    if outcome is not None and outcome[0] != "refused":
        return outcome
    if refused is not None and refused[0] != "refused":
        return refused[0], f"without the library: {refused[1]}"
    library = str(booster_of(data))
    for how, made in (("without the library", alone), ("with the library", ensemble)):
        if made is not None:
            try:
                kind, words = held(made, *ANSWERS[library](data), SLACK.get(library, 0.0))
            except LIBRARIES[library].problem() as problem:
                return "library refuses", first_line(problem)
            if kind != "equal":
                return kind, f"{how}: {words}"
    return outcome or ("equal", "")


@contextmanager
def without_libraries() -> Iterator[None]:
    """As where no library of boosters is installed: a file is read, and compared with nothing."""
    found = importlib.util.find_spec

    def lacking(name: str, package: str | None = None) -> Any:
        return None if name in LIBRARIES else found(name, package)

    with patch("importlib.util.find_spec", lacking):
        yield


def held(
    ensemble: Ensemble, scores: Answers | None, classes: Answers | None, slack: float = 0.0
) -> Outcome:
    """Whether the ensemble answers as the library does, scores to the last bit.

    Or but for ``slack``, in proportion to the largest.
    """
    points = product((-1.0, 0.0, 0.5, 1.0, 2.0), repeat=ensemble.columns)
    grid = np.array(list(points) if ensemble.columns <= 4 else [])
    near = points_of(ensemble, 600, seed=7)
    rows = np.concatenate([near, grid.reshape(-1, ensemble.columns)])
    for what, ours, answers in (
        ("scores", ensemble.scores, scores),
        ("classes", ensemble.predict, classes),
    ):
        if answers is None:
            continue
        mine = np.asarray(ours(rows), np.float64).reshape(len(rows), -1)
        theirs = np.asarray(answers(rows), np.float64).reshape(len(rows), -1)
        if mine.shape != theirs.shape:
            return "WRONG", f"{what} have the shapes {mine.shape}, {theirs.shape}"
        most = slack * max(1.0, ensemble.largest)
        with np.errstate(invalid="ignore"):
            same = (mine == theirs) | (np.abs(mine - theirs) <= most)
        wrong = np.flatnonzero(~same.all(axis=1))
        if wrong.size:
            i = int(wrong[0])
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
    span, wrapped = (0, 0), None
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
        if objective == "multi:softmax":
            return found
        return found > (0.0 if objective == "binary:logitraw" else 0.5)

    return (lambda rows: answer(rows, True)), classes


def _lightgbm(data: bytes) -> tuple[Answers, Answers]:
    import lightgbm as lgb

    booster = lgb.Booster(model_str=data.decode())
    lines = data.decode().splitlines()
    count = booster.num_model_per_iteration()
    regresses = any(line.startswith("objective=regression") for line in lines)

    def classes(rows: Floats) -> Any:
        found = booster.predict(rows, num_threads=1)
        if count > 1:
            return found.argmax(axis=1)
        return found > 0.5 if regresses else found > 1 - found

    divisor = float(booster.num_trees() // count) if "average_output" in lines else 1.0
    return (lambda rows: booster.predict(rows, raw_score=True, num_threads=1) / divisor), classes


def _catboost(data: bytes) -> tuple[Answers, Answers | None]:
    """Its scores alone: a class at the threshold is a matter of how it reads decimals."""
    model = LIBRARIES["catboost"].opened(data)
    return (lambda rows: LIBRARIES["catboost"].run(model, rows, Way(raw=True))), None


ANSWERS: dict[str, Callable[[bytes], tuple[Answers, Answers | None]]] = {
    "xgboost": _xgboost,
    "lightgbm": _lightgbm,
    "catboost": _catboost,
}
"""A file's scores and classes, by the library's own functions."""
SLACK = {"catboost": CLOSE}


def session_of(data: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def trees(data: bytes, reached: Callable[[], None]) -> Outcome:
    """An ONNX file of a tree ensemble."""
    from verifier.formats.ensembles_onnx import ensemble_from_onnx, model_of

    model = model_of(data)
    ensemble, outcome, asked = read_as(lambda asked: ensemble_from_onnx(model, asked, "it"))
    reached()
    if outcome is not None:
        return outcome
    session = session_of(data)
    (given,) = session.get_inputs()
    kinds = {"float": np.float32, "double": np.float64, "int64": np.int64, "int32": np.int32}
    dtype = kinds[given.type.removeprefix("tensor(").removesuffix(")")]
    numbers = {label: k for k, label in enumerate(ensemble.labels)}
    whole = any(held.startswith("members of sets") for held in ensemble.notes)

    def typed(rows: Floats) -> Any:
        with np.errstate(all="ignore"):
            return rows.astype(dtype)

    def classes(rows: Floats) -> Any:
        found = np.asarray(session.run(None, {given.name: typed(rows)})[0]).reshape(len(rows), -1)
        if found.shape[1] > 1:
            return found.argmax(axis=1)
        if found.dtype.kind == "f":
            return found[:, 0].astype(np.float64) > float(asked.threshold or 0)
        if numbers:
            return np.array([numbers[label_names([x])[0]] for x in found[:, 0]])
        return found[:, 0]

    near = points_of(ensemble, 600, seed=7)
    grid = np.array(list(product((-1.0, 0.0, 0.5, 1.0, 2.0, 3.0), repeat=ensemble.columns)))
    rows = np.concatenate([near, grid])
    if dtype in (np.int32, np.int64):
        rows = np.round(rows[(np.abs(rows) < 2**31 - 1).all(axis=1)])
    rows = typed(np.round(rows) if whole else rows).astype(np.float64)
    rows = rows[np.isfinite(rows).all(axis=1)]
    wrong = np.flatnonzero(ensemble.predict(rows) != np.asarray(classes(rows)))
    if wrong.size:
        return "WRONG", f"the class at {rows[wrong[0]].tolist()}"
    return "equal", ""


def graphs(data: bytes, reached: Callable[[], None]) -> Outcome:
    """An ONNX file of a network."""
    import onnx

    from verifier.formats import network_runtime
    from verifier.formats.onnx import load_onnx

    model = onnx.load_model_from_string(data)
    network, outcome, _ = read_as(lambda asked: load_onnx(model, asked))
    reached()
    if outcome is not None:
        return outcome
    rows = np.array(list(product((-2.0, -1.0, -0.0, 0.25, 1.0, 3.0), repeat=network.columns)))
    theirs = np.asarray(session_of(data).run(None, {"x": rows.astype(np.float32)})[0])
    _, sure = network_runtime.forward(network.layers, rows, network.executed)
    lost = np.flatnonzero(sure & np.isnan(theirs).any(axis=1))
    if lost.size:
        return "WRONG", f"onnxruntime answers NaN at {rows[lost[0]].tolist()}"
    try:
        network_runtime.compare_classes(network, theirs, rows, np.float32)
    except NetworkError as problem:
        return "WRONG", str(problem)
    return "equal", ""
