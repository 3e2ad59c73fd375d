"""How far a float32 evaluation of the teacher can be from the real one. Trusted.

Running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, ch. 3): k roundings
change a term by at most a factor 1 +- gamma_k, gamma_k = k u / (1 - k u) <= (k + 1) u for k <= 4094
with u = 2**-24. It holds for every summation order, with or without fused multiply-add, for IEEE
754 arithmetic with gradual underflow. Where a partial sum might reach 2**127 nothing is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verifier.certificate.arithmetic import (
    EXACT_BITS,
    Bounds,
    Fixed,
    Whole,
    cut_up,
    product,
    upper_sum,
)
from verifier.certificate.prepared import Prepared
from verifier.teacher import Add, Affine, Relu, Scale, Sign

UNIT = 24
MOST = 4000
"""Terms of a sum beyond which nothing is shown: gamma's bound needs n + 7 <= 4094."""
TINY = Fixed(np.ones((1, 1)), np.array([120]))
"""At least what underflow can add to one operation on up to 4,094 terms."""


def robust(
    p: Prepared, nodes: Sequence[Bounds], margin: Fixed, rows: Whole
) -> npt.NDArray[np.bool_]:
    """For which cells every float32 evaluation has the class whose forms are bounded by ``margin``.

    ``margin`` bounds the forms ``rows @ logits`` from below, shapes (cells, rows) and
    (cells, rows, outputs); ``nodes`` may also be one cell's bounds that hold for all of them.
    """
    error, shown = logit_error(p, nodes)
    spread = Fixed((np.abs(rows) * error.n[:, None]).sum(axis=2), error.e)
    slack = upper_sum([spread, Fixed(-margin.n, margin.e)])
    return shown & (slack.n < 0).all(axis=1)


def logit_error(p: Prepared, nodes: Sequence[Bounds]) -> tuple[Fixed, npt.NDArray[np.bool_]]:
    """Upper bounds of |float32 logit - logit| over each cell, and for which cells they hold."""
    inputs = nodes[0]
    zero = Fixed(np.zeros_like(inputs.lo), inputs.e)
    errors = [zero if _inputs_are_float32(p) else _rounded(inputs, _rounded(inputs, zero))]
    shown = _below(upper_sum([errors[0], Fixed(inputs.magnitude, inputs.e)]), 127)
    shown &= _weights_are_safe(p)
    for index, layer in enumerate(p.teacher.layers):
        if isinstance(layer, Relu):
            errors.append(errors[layer.source])
        elif isinstance(layer, Sign):
            errors.append(_sign_error(nodes[layer.source], errors[layer.source]))
        elif isinstance(layer, Add):
            both = upper_sum([errors[layer.left], errors[layer.right]])
            errors.append(_rounded(nodes[index + 1], both))
        else:
            error, size = _affine_error(p, index, nodes[layer.source], errors[layer.source])
            errors.append(error)
            shown &= _below(size, 127) & (p.teacher.widths[layer.source] <= MOST)
        largest = Fixed(nodes[index + 1].magnitude, nodes[index + 1].e)
        shown &= _below(upper_sum([errors[-1], largest]), 127)
    return errors[-1], shown


def _inputs_are_float32(p: Prepared) -> bool:
    numbers = {x for v in p.domain.variables for row in v.encoding for x in row}
    return all(
        x.denominator & (x.denominator - 1) == 0
        and x.denominator.bit_length() <= 100
        and abs(x.numerator).bit_length() <= UNIT
        for x in numbers
    )


def _weights_are_safe(p: Prepared) -> bool:
    """Whether every weight is within float32's range and no division can go astray.

    A weight that float32 cannot hold is rounded with a small relative error only from 2**-126 on.
    """
    for layer in p.teacher.layers:
        if isinstance(layer, Affine):
            arrays = [layer.weight, layer.bias]
        elif isinstance(layer, Scale):
            arrays = [layer.scale, layer.shift]
            if not (layer.divisor == 1).all():
                return False
        else:
            continue
        for a in arrays:
            size = np.abs(a)
            if (size >= 2.0**127).any():
                return False
            if a.dtype != np.float32 and (a.astype(np.float32) != a)[size < 2.0**-126].any():
                return False
    return True


def _rounded(value: Bounds, error: Fixed) -> Fixed:
    """The error after one more rounding of a value of at most that size."""
    size = upper_sum([Fixed(value.magnitude, value.e), error])
    return upper_sum([error, Fixed(size.n, size.e + UNIT), TINY])


def _sign_error(x: Bounds, error: Fixed) -> Fixed:
    above = upper_sum([error, Fixed(-x.lo, x.e)]).n < 0
    below = upper_sum([error, Fixed(x.hi, x.e)]).n < 0
    zero = (x.lo == 0) & (x.hi == 0) & (error.n == 0)
    return Fixed(np.where(above | below | zero, 0.0, 2.0), np.zeros_like(x.e))


def _affine_error(p: Prepared, index: int, x: Bounds, error: Fixed) -> tuple[Fixed, Fixed]:
    """The error of ``w x + b``, and an upper bound of every partial sum.

    |w| error + gamma (|w| (|x| + error) + |b|): products and sums of n terms round at most n + 1
    times, and up to 6 more cover a weight or bias that is not a float32, and a scale layer.
    """
    weight, bias = p.weights[index], p.biases[index]
    assert weight is not None and bias is not None
    count = 1 if weight.n.ndim == 1 else min(weight.n.shape[1], MOST)

    def through(value: Fixed) -> Fixed:
        cut = cut_up(value, p.bits)
        norm = cut.n.sum(axis=1)
        moved = product(cut.n, norm, weight.size.T, weight.bits)
        if weight.inexact:
            moved = moved + np.ceil(norm / 2)[:, None]
        return Fixed(moved, cut.e + weight.e)

    largest = 2 * bias.size.reshape(1, -1) + bias.inexact
    offset = Fixed(largest, np.array([bias.e + 1]))
    size = upper_sum([through(upper_sum([Fixed(x.magnitude, x.e), error])), offset])
    cut = cut_up(size, EXACT_BITS - 14)
    gamma = Fixed(cut.n * (count + 8), cut.e + UNIT)
    tiny = Fixed(TINY.n * (count + 8), TINY.e)
    worst = upper_sum([through(error), gamma, tiny])
    return worst, upper_sum([size, worst])


def _below(x: Fixed, power: int) -> npt.NDArray[np.bool_]:
    """For which cells every value is less than ``2**power``."""
    limit = np.ldexp(1.0, np.clip(power + x.e, -1, EXACT_BITS))
    return np.asarray((x.n < limit[:, None]).all(axis=1), dtype=np.bool_)
