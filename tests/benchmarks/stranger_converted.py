"""Models as skl2onnx and onnxmltools convert them, with odd options.

The maker returns the converted file. The judge has onnxruntime answer at the thresholds'
neighbours (of trees) and at a grid; what the original would have said is no matter here, as
converters round.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from tests.benchmarks.stranger_boosters import COLUMNS, Random, pick, table
from tests.benchmarks.stranger_judges import Outcome, read_as, session_of
from verifier.formats.ensembles_check import points_of
from verifier.formats.heads import label_names
from verifier.model.ensemble import Ensemble
from verifier.model.network import decide, exact_logits

LABELS = ((0, 1, 2), (1, 2, 3), (-1, 5, 7), ("b", "a", "c"), ("no", "yes", "10"))
GRID = np.array(list(product((-1.0, 0.0, 0.25, 0.5, 1.0, 2.0, 3.0), repeat=COLUMNS)))


def converted(rng: Random) -> bytes:
    """A fitted model as its converter writes it."""
    classes = pick(rng, (2, 2, 3))
    x, y = table(rng, classes)
    x = np.nan_to_num(x).astype(np.float32)
    names = np.array(pick(rng, LABELS)[:classes])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(20):  # some models do not go with some options
            try:
                library = pick(rng, ("sklearn", "sklearn", "sklearn", "xgboost", "lightgbm"))
                if library == "sklearn":
                    return _skl2onnx(rng, x, names[y])
                return _onnxmltools(rng, library, x, y, classes)
            except Exception:  # noqa: BLE001  the converter's own matter
                continue
    raise RuntimeError("no model was converted")


def _skl2onnx(rng: Random, x: Any, y: Any) -> bytes:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, Int64TensorType

    model = pick(rng, _models(rng))
    kind = pick(rng, (FloatTensorType, FloatTensorType, FloatTensorType, DoubleTensorType, "int"))
    if kind == "int":
        x, kind = np.floor(x), Int64TensorType
    model.fit(x, y)
    options: dict[str, Any] = {}
    if rng.random() < 0.8:
        options["zipmap"] = pick(rng, (True, False, False, "columns"))
    if rng.random() < 0.2:
        options["raw_scores"] = True
    if rng.random() < 0.15:
        options["output_class_labels"] = True
    if rng.random() < 0.15:
        options["nocl"] = True
    made = to_onnx(
        model,
        initial_types=[("x", kind([pick(rng, (None, None, 1)), COLUMNS]))],
        options={id(model): options} if options else None,
        target_opset=pick(rng, (None, 12, 15, 17, {"": 18, "ai.onnx.ml": 1}, {"ai.onnx.ml": 3})),
    )
    return bytes(made.SerializeToString())


def _models(rng: Random) -> list[Any]:
    """One of each kind, not fitted."""
    from sklearn import calibration, ensemble, linear_model, multiclass, preprocessing, tree
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline

    depth, count = pick(rng, (1, 3, None)), pick(rng, (1, 2, 7))
    forest = ensemble.RandomForestClassifier(count, max_depth=depth, random_state=0)
    stump = tree.DecisionTreeClassifier(max_depth=depth)
    scaler = pick(
        rng,
        (preprocessing.StandardScaler(), preprocessing.MinMaxScaler(), preprocessing.Binarizer()),
    )
    network = MLPClassifier((4,), max_iter=50, random_state=0)
    return [
        forest,
        forest,
        ensemble.ExtraTreesClassifier(count, max_depth=depth, random_state=0),
        stump,
        ensemble.GradientBoostingClassifier(
            n_estimators=count, init=pick(rng, (None, "zero")), random_state=0
        ),
        ensemble.HistGradientBoostingClassifier(max_iter=count, early_stopping=False),
        ensemble.AdaBoostClassifier(n_estimators=count),
        ensemble.BaggingClassifier(stump, count, random_state=0),
        ensemble.BaggingClassifier(stump, count, max_features=2, random_state=0),
        ensemble.VotingClassifier(
            [("a", forest), ("b", stump)], voting=pick(rng, ("hard", "soft")), weights=(1, 2)
        ),
        calibration.CalibratedClassifierCV(stump, method=pick(rng, ("sigmoid", "isotonic"))),
        multiclass.OneVsRestClassifier(pick(rng, (stump, linear_model.LogisticRegression()))),
        make_pipeline(scaler, pick(rng, (forest, stump, network))),
        make_pipeline(preprocessing.OneHotEncoder(handle_unknown="ignore"), forest),
        linear_model.LogisticRegression(),
        network,
    ]


def _onnxmltools(rng: Random, library: str, x: Any, y: Any, classes: int) -> bytes:
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    types = [("x", FloatTensorType([None, COLUMNS]))]
    opset = pick(rng, (None, 12, 15))
    count = pick(rng, (1, 3))
    if library == "xgboost":
        import xgboost as xgb

        options: dict[str, Any] = {
            "n_estimators": count,
            "max_depth": pick(rng, (1, 3)),
            "booster": pick(rng, ("gbtree", "gbtree", "dart")),
            "base_score": pick(rng, (None, None, 0.5, 0.2)),
            "n_jobs": 1,
        }
        if classes == 2:
            options["objective"] = pick(rng, ("binary:logistic", "binary:logistic", "binary:hinge"))
        model = xgb.XGBClassifier(**options).fit(x, y)
        made = onnxmltools.convert_xgboost(model, initial_types=types, target_opset=opset)
        return bytes(made.SerializeToString())
    import lightgbm as lgb

    model = lgb.LGBMClassifier(
        n_estimators=count,
        num_leaves=pick(rng, (2, 6)),
        boosting_type=pick(rng, ("gbdt", "gbdt", "dart", "rf")),
        bagging_fraction=0.7,
        bagging_freq=1,
        zero_as_missing=bool(rng.random() < 0.2),
        verbose=-1,
        num_threads=1,
    ).fit(x, y)
    made = onnxmltools.convert_lightgbm(
        model,
        initial_types=types,
        zipmap=pick(rng, (True, False)),
        target_opset=opset,
        split=pick(rng, (None, None, 2)),
    )
    return bytes(made.SerializeToString())


def as_converted(data: bytes, reached: Callable[[], None]) -> Outcome:
    """Whether the class is the label that onnxruntime gives."""
    import onnx

    from verifier.formats.load import load_teacher

    model = onnx.load_model_from_string(data)
    read, outcome, asked = read_as(
        lambda asked: load_teacher(
            model, head=asked.kind, threshold=asked.threshold, columns=COLUMNS
        )
    )
    reached()
    if outcome is not None:
        return outcome
    try:
        session = session_of(data)
    except Exception as problem:  # noqa: BLE001  it has an error of its own for each
        return "library refuses", str(problem)
    (given,) = session.get_inputs()
    kinds = {"float": np.float32, "double": np.float64, "int64": np.int64}
    dtype = kinds[given.type.removeprefix("tensor(").removesuffix(")")]
    near = points_of(read, 400, seed=7) if isinstance(read, Ensemble) else GRID[:50]
    rows = np.concatenate([GRID, near])  # of networks quarters alone
    rows = rows[(np.abs(rows) < 1e9).all(axis=1)]
    rows = np.floor(rows) if dtype is np.int64 else rows.astype(dtype)
    rows = rows.astype(np.float64)
    name = session.get_outputs()[0].name
    typed = rows.astype(dtype)
    if given.shape[0] == 1:
        parts = [np.ravel(session.run([name], {given.name: row[None]})[0]) for row in typed]
        found = np.array([part[0] if len(part) == 1 else part.argmax() for part in parts])
    else:
        found = np.asarray(session.run([name], {given.name: typed})[0])
        found = found.argmax(axis=1) if found.ndim > 1 and found.shape[1] > 1 else found.ravel()
    if found.dtype.kind == "f":
        found = found.astype(np.float64) > float(asked.threshold or 0)
    numbers = {label: k for k, label in enumerate(read.labels)}
    theirs = np.array([numbers[label_names([v])[0]] if numbers else int(v) for v in found])
    if isinstance(read, Ensemble):
        mine = read.predict(rows)
        wrong = np.flatnonzero(mine != theirs)
    else:
        logits, _ = exact_logits(read, [[int(x * 4) for x in row] for row in rows], 4)
        mine = np.array([decide(row) for row in logits])
        wrong = np.flatnonzero(mine != theirs)
        if wrong.size and wrong.size < 3:
            return "equal, but for rounding", f"at {rows[wrong[0]].tolist()}"
    if wrong.size:
        at = int(wrong[0])
        return "WRONG", f"{mine[at]} and not {theirs[at]} at {rows[at].tolist()}"
    return "equal", ""
