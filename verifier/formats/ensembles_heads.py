"""Where class 1 begins in the scores of a booster's trees, which are float64."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from verifier.formats.ensembles_parts import float_at_most, last_before
from verifier.formats.heads import Asked
from verifier.model.errors import EnsembleError
from verifier.model.head import Head

_HALF = Fraction(1, 2)
_STEEPEST = 700.0
"""math.exp is finite up to there."""


def above(threshold: Fraction, kind: str) -> dict[str, Any]:
    """An Ensemble's threshold and head: class 1 iff the score is above a number that was asked."""
    limit = float_at_most(threshold, np.float64)
    return {"threshold": limit, "head": Head(kind, threshold, "asked")}


def number_above(loss: str, asked: Asked) -> dict[str, Any]:
    """The same of a model that predicts a number. Raises EnsembleError where no limit is asked."""
    if asked.kind not in (None, "regression") or asked.threshold is None:
        raise EnsembleError(
            f"its objective {loss} predicts a number, which is no class: say above which "
            "number it is class 1 (--head regression --threshold ...)"
        )
    return above(asked.threshold, "regression")


def by_probability(steep: float, asked: Asked, objective: str) -> dict[str, Any]:
    """Class 1 iff p = 1 / (1 + exp(-steep score)), in float64, is above 1 - p, or the threshold."""
    if asked.kind in ("regression", "label"):
        raise EnsembleError(f"its objective {objective} gives a probability: leave --head out")

    def probability(score: Any) -> float:
        at = min(max(steep * float(score), -_STEEPEST), _STEEPEST)
        return 1 / (1 + math.exp(-at))

    stated = asked.threshold
    if stated is not None and stated != _HALF:
        limit = last_before(lambda score: Fraction(probability(score)) > stated, np.float64)
        return {"threshold": limit, "head": Head("probability", stated, "asked")}
    limit = last_before(lambda score: (p := probability(score)) > 1 - p, np.float64)
    return {"threshold": limit, "head": Head("probability", _HALF, "shown")}
