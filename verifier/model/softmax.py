"""The class where a library compares softmaxes: rounded, several may be equal. Trusted.

Of scores x_k, in float32 or float64: d_k = x_k - max x, rounded; e_k = exp(d_k), rounded to the
nearest; S = the e_k added up in their order in float64, then rounded; the class is the first with
the greatest e_k / S, rounded. It is another one than the first of the greatest scores only where a
score with a lower number is within ``NEAR`` of the greatest ("Softmax" in docs/soundness.md).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from verifier.model.errors import EnsembleError
from verifier.model.smooth import ALONE

DIGITS = {"float32": 24, "float64": 53}
"""Binary digits of each arithmetic."""
LEAST = {"float32": 149, "float64": 1074}
"""Its smallest numbers are two to minus this."""
NEAR = {name: Fraction(8, 1 << digits) for name, digits in DIGITS.items()}
"""Scores further apart than this have different softmaxes: 8 units of the last place below 1."""
_FAR = -800
"""The exponential of a smaller number is 0."""


def softmax_classes(scores: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The classes that scores (N, outputs) of float32 or float64 numbers stand for."""
    best = np.asarray(scores.argmax(axis=1), dtype=np.int64)
    near = np.float64(NEAR[scores.dtype.name])
    top = scores.max(axis=1).astype(np.float64)
    close = top[:, None] - scores.astype(np.float64) <= near
    rows = np.flatnonzero((close & (np.arange(scores.shape[1]) < best[:, None])).any(axis=1))
    if rows.size:
        kinds, which = np.unique(scores[rows], axis=0, return_inverse=True)
        own = np.array([first_of_largest(kind) for kind in kinds], dtype=np.int64)
        best[rows] = own[which.reshape(-1)]
    return best


def first_of_largest(scores: npt.NDArray[Any]) -> int:
    """The class that the scores (outputs,) of one point stand for."""
    kind = scores.dtype.type
    powers = [exponential(x, scores.dtype.name) for x in (scores - scores.max()).tolist()]
    total = np.float64(0)
    for power in powers:
        total += np.float64(power)
    shares = [kind(power) / kind(total) for power in powers]
    return shares.index(max(shares))


def exponential(x: float, arithmetic: str) -> float:
    """exp(x) for x <= 0, rounded to the nearest number of the arithmetic."""
    if x == 0 or x < _FAR:
        return float(x == 0)
    precision = 64
    while True:  # exp(x) is transcendental, so it is in the middle of no two numbers
        low, high = (_rounded(end, arithmetic) for end in _ends(x, precision))
        if low == high:
            return float(low)
        precision *= 2


def _ends(x: float, precision: int) -> tuple[Any, Any]:
    """What exp(x) lies between, by so many bits."""
    with ALONE, flint.ctx.workprec(precision):
        ball = flint.arb(x).exp()
        return ball.lower(), ball.upper()


def _rounded(end: Any, arithmetic: str) -> Fraction:
    """An exact ball as the nearest number, ties to even."""
    mantissa, exponent = (int(x) for x in end.man_exp())
    if mantissa <= 0:
        return Fraction(0)
    last = max(mantissa.bit_length() + exponent - DIGITS[arithmetic], -LEAST[arithmetic])
    unit = Fraction(2) ** last
    return round(Fraction(mantissa) * Fraction(2) ** exponent / unit) * unit


def check_link(link: str, arithmetic: str, outputs: int) -> None:
    """Raise EnsembleError where something is wrong with an ensemble's ``link``."""
    if link not in ("", "softmax"):
        raise EnsembleError(f"its link is {link!r}: softmax is known")
    if link and (outputs < 2 or arithmetic not in DIGITS):
        raise EnsembleError("a softmax is of several scores, in float32 or float64")
