"""XGBoost's models, from their own files (JSON and UBJSON), as ``predict`` decides.

Inputs, thresholds, leaves and sums are float32: the scores are the base score and then the trees'
leaves, added in their order. docs/formats.md says where class 1 begins for each objective.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb, ctx

from verifier.formats.ensembles_fold import Fold
from verifier.formats.ensembles_parts import float_at_most, last_before, moved
from verifier.formats.ensembles_xgboost_trees import counted, tree_of
from verifier.formats.frame_columns import text_of
from verifier.formats.heads import NOTHING, Asked
from verifier.formats.libraries import is_ubjson
from verifier.formats.ubjson import read_ubjson
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError, quoted
from verifier.model.head import Head
from verifier.model.smooth import ALONE

LOGISTIC = float.fromhex("0x1.8p-24")
"""The largest float32 whose logistic, in float32, is not above 1/2."""
MANTISSA, SUBNORMAL = 24, -125
"""Bits of a float32, and the exponent (as of frexp) below which it has fewer."""
_HALF = Fraction(1, 2)
_IDENTITY = ("reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror", "reg:linear")
_CLASSIFIERS = ("binary:logistic", "binary:logitraw", "binary:hinge")
_SEVERAL = ("multi:softprob", "multi:softmax")
_NEAR = 1 / 16
"""Logarithms this near to the middle of two floats, in units of their distance, may be either."""
ROUNDED = (
    "the base score's logit was rounded to the nearest float32, but lies so near the middle of two "
    "that XGBoost's own may be the other"
)
DART = (
    "the scores are those that Booster.predict gives for a DMatrix; for an array XGBoost adds the "
    "base score to every tree and subtracts it again, which may round otherwise"
)

CUT_SHORT = (
    "its categories have letters beyond ASCII, and XGBoost writes the texts of such cut short: "
    "name them in ASCII and train it again, or encode categories as numbers before"
)


@dataclass(frozen=True)
class Settings:
    """What a file of XGBoost's does not say: how many rounds count, what the classes are called.

    ``wrapped``: it is an XGBClassifier, whose ``predict`` compares with 1/2 whatever the objective.
    ``margin`` gives the library's own base score, for a logarithm that may be rounded either way;
    ``fold`` says what its columns are in a domain.
    """

    rounds: int | None = None
    labels: tuple[str, ...] = ()
    wrapped: bool = False
    margin: Callable[[], Sequence[float]] | None = None
    fold: Fold | None = None


def read_document(data: bytes, number: Callable[[str], float] | None = None) -> dict[str, Any]:
    """The document in a JSON or UBJSON file, its decimals as ``number`` makes them, by default as
    ``for_float32`` does. Raises EnsembleError.
    """
    try:
        if is_ubjson(data):
            found = read_ubjson(data)
        else:
            found = json.loads(data, object_pairs_hook=once, parse_float=number or for_float32)
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, EnsembleError):
            raise
        raise EnsembleError("it is not JSON: save the model as .json or .ubj") from None
    if not isinstance(found, dict) or not isinstance(found.get("learner"), dict):
        raise EnsembleError("it is no model of XGBoost, which has a learner: check the file")
    return found


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members have different names. Raises EnsembleError."""
    held = dict(pairs)
    if len(held) < len(pairs):
        raise EnsembleError("the document names a member twice: damaged file")
    return held


def for_float32(text: str) -> float:
    """A float64 that rounds to the float32 nearest to a decimal: in the middle of two, it is moved.

    XGBoost rounds a decimal once. Raises ValueError for what is no number.
    """
    near = float(text)
    exponent = max(math.frexp(near)[1], SUBNORMAL) if math.isfinite(near) else 0
    if not math.isfinite(near) or math.ldexp(near, MANTISSA + 1 - exponent) % 2 != 1:
        return near
    exact = Fraction(text)
    return near if exact == near else math.nextafter(near, math.inf if exact > near else -math.inf)


def ensemble_from_xgboost(
    document: Mapping[str, Any], asked: Asked = NOTHING, settings: Settings | None = None
) -> Ensemble:
    """The ensemble that a model of XGBoost executes. Raises EnsembleError, naming what is wrong."""
    try:
        if document["learner"]["objective"]["name"] == "binary:logitraw" and _version(document) < 3:
            raise EnsembleError(
                "its binary:logitraw is of an older XGBoost: save it with 3.0 or later"
            )
        return _ensemble(document["learner"], asked, settings or Settings())
    except EnsembleError:
        raise
    except (KeyError, TypeError, IndexError, AttributeError, ValueError, OverflowError) as problem:
        what = f"no {problem}" if isinstance(problem, KeyError) else str(problem)
        raise EnsembleError(
            f"the model is not as XGBoost 1.6 and later write it ({quoted(what)[1:-1]}): save it "
            "again"
        ) from None


def _version(document: Mapping[str, Any]) -> int:
    return int(document.get("version", [0])[0])


def _ensemble(learner: Mapping[str, Any], asked: Asked, settings: Settings) -> Ensemble:
    objective = str(learner["objective"]["name"])
    stated = learner["learner_model_param"]
    outputs = max(1, int(stated.get("num_class", 0)))
    if (targets := int(stated.get("num_target", 1))) > 1:
        raise EnsembleError(f"it has {targets} targets: one is supported")
    _check_sizes(learner, targets)
    if asked.kind is None and settings.wrapped and objective == "binary:logitraw":
        asked = replace(asked, kind="logit", threshold=asked.threshold or _HALF)
    fields = _decision(objective, outputs, asked)
    model, weights = _booster(learner["gradient_booster"])
    trees, groups = counted(model, learner, settings.rounds)
    members = [
        moved(tree_of(tree, weight, settings.fold), group)
        for tree, weight, group in zip(trees, weights, groups, strict=False)
    ]
    if any(not 0 <= group < outputs for group in groups):
        raise EnsembleError("a tree belongs to a class that does not exist: damaged file")
    start, notes = _start(stated["base_score"], objective, outputs, settings)
    if learner["gradient_booster"]["name"] == "dart":
        notes += (DART,)
    if settings.fold is None and codes_of(learner):
        notes += (
            "it was trained on a table with categories: a column of these holds their numbers, "
            "from 0, in the order of that table",
        )
    if settings.labels and len(settings.labels) != max(2, outputs):
        raise EnsembleError(
            f"{len(settings.labels)} labels were given for {max(2, outputs)} classes"
        )
    return Ensemble(
        columns=settings.fold.domain.columns if settings.fold else int(stated["num_feature"]),
        outputs=outputs,
        members=tuple(members),
        start=start,
        arithmetic="float32",
        notes=notes,
        labels=settings.labels,
        **fields,
    )


def _check_sizes(learner: Mapping[str, Any], targets: int) -> None:
    """Refuse numbers of classes, columns or their names that XGBoost itself would fall over."""
    stated = learner["learner_model_param"]
    columns, classes = int(stated["num_feature"]), int(stated.get("num_class", 0))
    if columns < 1 or classes < 0 or targets < 0:
        raise EnsembleError("it has less than no classes, targets or columns: damaged file")
    for what in ("names", "types"):
        count = len(learner.get(f"feature_{what}") or ())
        if count not in (0, columns):
            raise EnsembleError(f"it has {columns} columns and {count} {what} of them: damaged")


def _decision(objective: str, outputs: int, asked: Asked) -> dict[str, Any]:
    """Threshold and head: where class 1 begins, or that the largest score decides."""
    if objective in _SEVERAL:
        if asked.threshold is not None or asked.kind not in (None, "label", "logit"):
            raise EnsembleError("of several classes the largest decides: leave the threshold out")
        if outputs < 2:
            raise EnsembleError(f"it has one class for {objective}: train it with two or more")
        softens = objective == "multi:softprob" and asked.kind != "logit"
        return {"head": Head("label", None, "shown"), "link": "softmax" if softens else ""}
    if outputs > 1:
        raise EnsembleError(f"it has {outputs} classes for {objective}: damaged file")
    if objective in _IDENTITY:
        if asked.kind not in (None, "regression") or asked.threshold is None:
            raise EnsembleError(
                f"its objective {objective} predicts a number, which is no class: say above which "
                "number it is class 1 (--head regression --threshold ...)"
            )
        return _above(asked.threshold, "regression", "asked")
    if objective not in _CLASSIFIERS:
        raise EnsembleError(
            f"its objective {quoted(objective)} is no classification: supported are "
            f"{', '.join((*_CLASSIFIERS, *_SEVERAL))}, and {', '.join(_IDENTITY)} with a threshold"
        )
    return _two_classes(objective, asked)


def _two_classes(objective: str, asked: Asked) -> dict[str, Any]:
    threshold = asked.threshold
    if asked.kind in ("regression", "label") and objective != "binary:hinge":
        raise EnsembleError(f"its objective {objective} gives a logit: leave --head out")
    if asked.kind == "logit":
        return _above(threshold or Fraction(0), "logit", "asked")
    if objective == "binary:logistic":
        if threshold not in (None, _HALF):
            return {
                "threshold": last_before(lambda s: probability(s) > threshold, np.float32),
                "head": Head("probability", threshold, "asked"),
            }
        return {"threshold": LOGISTIC, "head": Head("probability", _HALF, "shown")}
    if objective == "binary:logitraw":
        return _above(threshold or Fraction(0), "logit", "asked" if threshold else "assumed")
    if threshold is not None:
        raise EnsembleError("binary:hinge gives a class: leave the threshold out")
    return {"threshold": 0.0, "head": Head("label", None, "shown")}


def probability(score: Any) -> Fraction:
    """XGBoost's float32 probability of a float32 score: 1 / (e^-score + 1 + 1e-16)."""
    power = np.float32(math.exp(min(-float(score), float(np.float32(88.7)))))
    return Fraction(float(np.float32(1) / (power + np.float32(1) + np.float32(1e-16))))


def _above(threshold: Fraction, kind: str, origin: str) -> dict[str, Any]:
    limit = float_at_most(threshold, np.float32)
    return {"threshold": limit, "head": Head(kind, threshold, origin)}


def _booster(booster: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[float]]:
    """The trees' part of the file, and what each tree's leaves are multiplied with."""
    name = booster["name"]
    if name == "dart":
        model = booster["gbtree"]["model"]
        return model, [float(np.float32(w)) for w in booster["weight_drop"]]
    if name != "gbtree":
        raise EnsembleError(f"its booster is {quoted(name)}: gbtree and dart are supported")
    model = booster["model"]
    return model, [1.0] * len(model["trees"])


def codes_of(learner: Mapping[str, Any]) -> dict[int, dict[str, int]]:
    """The numbers of the categories of a table that the model was trained on, by their texts.

    Raises EnsembleError for texts beyond ASCII: of a pandas table XGBoost (3.0 to 3.2) takes as
    many bytes of them as they have letters, and writes them so.
    """
    booster = learner["gradient_booster"]
    model = booster.get("gbtree", booster).get("model", {})
    found = {}
    for column, held in enumerate(model.get("cats", {}).get("enc", [])):
        if "offsets" not in held:
            values = [text_of(x) for x in held["values"]]
        else:
            data, ends = bytes(x % 256 for x in held["values"]), held["offsets"]
            if not data.isascii():
                raise EnsembleError(CUT_SHORT)
            values = [text_of(data[a:b].decode()) for a, b in pairwise(ends)]
        if values:
            found[column] = {text: code for code, text in enumerate(values)}
    return found


def _start(
    stated: Any, objective: str, outputs: int, settings: Settings
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """The scores before the first tree, and a note where their rounding is not certain."""
    text = str(stated).strip("[] ")
    bases = [float(np.float32(for_float32(part))) for part in text.split(",")]
    bases = bases * outputs if len(bases) == 1 else bases
    if len(bases) != outputs or not all(map(math.isfinite, bases)):
        raise EnsembleError(f"its base score {quoted(text)} does not fit {outputs} outputs")
    if objective != "binary:logistic":
        return tuple(bases), ()
    if not 0 < bases[0] < 1:
        raise EnsembleError(f"its base score {text} is no probability: train it again")
    start, certain = logit(bases[0])
    if certain:
        return (start,), ()
    for given in settings.margin() if settings.margin is not None else ():
        return (float(given),), ()
    return (start,), (ROUNDED,)


def logit(probability: float) -> tuple[float, bool]:
    """-log(1/p - 1) in float32, the logarithm rounded to nearest; and whether that is certain.

    C libraries' logarithms err by a little more than half a unit: near the middle of two float32
    numbers they may give either.
    """
    odds = np.float32(np.float32(1) / np.float32(probability)) - np.float32(1)
    if odds == 1:
        return 0.0, True
    with ALONE, ctx.workprec(100):
        value = -float(arb(float(odds)).log().mid())  # within 2^-52 of it: float32 has 24 bits
    near = np.float32(value)
    unit = float(np.spacing(np.abs(near)))
    return float(near), 0.5 - abs(value - float(near)) / unit > _NEAR
