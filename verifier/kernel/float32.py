"""How far a float32 evaluation of the teacher can be from the real one. Trusted.

Running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, ch. 3): k roundings
change a term by at most a factor 1 +- gamma_k, gamma_k = k u / (1 - k u) <= (k + 1) u for k <= 4094
with u = 2**-24. It holds for every summation order, with or without fused multiply-add, in IEEE 754
arithmetic that rounds to nearest, whether underflow is gradual or flushes to zero. Where a number
might reach 2**100 nothing is shown. docs/soundness.md argues each line.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import (
    EXACT_BITS,
    Bounds,
    Fixed,
    Whole,
    cut_up,
    product,
    upper_sum,
)
from verifier.kernel.ordinals import FLOAT32_RANGE, Ordinals
from verifier.kernel.prepared import Prepared, once
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, FloatArray, Relu, Scale, Sign
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.model.variable import Variable

UNIT = 24
SPARE = 7
"""Roundings charged beyond the n + 1 of n products and a bias."""
WIDEST = 4000
"""Inputs of a layer up to which anything is shown."""
RANGE = 100
"""Numbers stay below 2**100; of what is below 2**-100 everything may be lost."""
TINY = Fixed(np.ones((1, 1)), np.array([RANGE]))
"""At least what underflow, gradual or to zero, adds to one operation."""


def is_shown(
    errors: tuple[Fixed, npt.NDArray[np.bool_]], margin: Fixed, rows: Whole
) -> npt.NDArray[np.bool_]:
    """For which cells every float32 evaluation has the class whose forms are bounded by ``margin``.

    ``margin`` bounds the forms ``rows @ logits`` from below, shapes (cells, rows) and
    (cells, rows, outputs); ``errors`` of ``logit_error`` may be one cell's that hold for all.
    """
    error, shown = errors
    spread = Fixed((np.abs(rows) @ error.n[..., None])[..., 0], error.e)
    return within(spread, shown, margin)


def within(spread: Fixed, shown: npt.NDArray[np.bool_], margin: Fixed) -> npt.NDArray[np.bool_]:
    """``is_shown``, given the forms' greatest errors and the second answer of ``logit_error``."""
    slack = upper_sum([spread, Fixed(-margin.n, margin.e)])
    return shown & (slack.n < 0).all(axis=1)


def logit_error(p: Prepared, nodes: Sequence[Bounds]) -> tuple[Fixed, npt.NDArray[np.bool_]]:
    """Upper bounds of |float32 logit - logit| over each cell, and for which cells they hold.

    ``nodes`` bound the nodes, or their magnitudes, on which alone the errors depend.
    """
    first = Fixed(np.zeros_like(nodes[0].lo), nodes[0].e)
    if not _exact(p):
        first = _rounded(nodes[0], _rounded(nodes[0], first))  # perhaps to float64 first
    shown = _in_range(nodes[0], first, RANGE - max(p.scales))  # the input is held scaled
    shown, errors = shown & (not never_shown(p)), [first]
    for index, layer in enumerate(p.teacher.layers):
        if isinstance(layer, Relu):
            errors.append(errors[layer.source])
        elif isinstance(layer, Sign):
            errors.append(_sign_error(nodes[layer.source], errors[layer.source]))
        elif isinstance(layer, Steps | Smooth):
            errors.append(errors[layer.source])  # nothing is shown of such networks
        elif isinstance(layer, Add):
            both = upper_sum([errors[layer.left], errors[layer.right]])
            errors.append(_rounded(nodes[index + 1], both))
            shown &= _in_range(nodes[index + 1], errors[-1])
        else:
            error, size = _affine_error(p, index, nodes[layer.source], errors[layer.source])
            errors.append(error)
            shown &= _below(size, RANGE)  # no smaller than the node with its error
    return errors[-1], shown


@once
def never_shown(p: Prepared) -> bool:
    """Whether nothing is shown of this network, whatever the cell.

    Of real inputs nothing is: they are no float32 numbers. Nor of staircases, which stand for
    integers that were rounded in steps of their own, nor of smooth functions, which each runtime
    computes in its own way.
    """
    if p.domain.infinite or any(isinstance(x, Steps | Smooth) for x in p.teacher.layers):
        return True
    read = [x.source for x in p.teacher.layers if isinstance(x, Affine | Scale)]
    wide = any(p.teacher.widths[source] > WIDEST for source in read)
    return wide or bool(p.teacher.executed) or not _weights_are_safe(p)


def inputs_are_float32(domain: Domain, ordinals: Ordinals | None) -> bool:
    """Whether all numbers of a domain's variables are float32 numbers: no real ones are."""
    if ordinals is not None and not ordinals.are_float32:
        return False
    held = [v for v in domain.variables if isinstance(v, Variable)]
    return all(is_float32(x) for x in {x for v in held for row in v.encoding for x in row})


_exact = once(lambda p: inputs_are_float32(p.domain, p.ordinals))
"""Whether no input is rounded."""


def is_float32(x: Fraction) -> bool:
    """Whether a number is an integer of 24 bits over a power of two, and not too small."""
    return (
        x.denominator & (x.denominator - 1) == 0
        and x.denominator.bit_length() <= FLOAT32_RANGE + 1
        and abs(x.numerator).bit_length() <= UNIT
    )


def _weights_are_safe(p: Prepared) -> bool:
    """Whether every weight is far within float32's range and no division can go astray."""
    for layer in p.teacher.layers:
        if isinstance(layer, Scale) and not (layer.divisor == 1).all():
            return False
        if isinstance(layer, Affine | Scale):
            factor, shift = numbers_of(layer)
            if any((np.abs(a) >= 2.0**RANGE).any() for a in (factor, shift)):
                return False
    return True


def numbers_of(layer: Affine | Scale) -> tuple[FloatArray, FloatArray]:
    """What the layer multiplies by, and what it adds."""
    if isinstance(layer, Affine):
        return layer.weight, layer.bias
    return layer.scale, layer.shift


def _in_range(value: Bounds, error: Fixed, power: int = RANGE) -> npt.NDArray[np.bool_]:
    return _below(upper_sum([error, Fixed(value.magnitude, value.e)]), power)


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

    |w| error + gamma (|w| (|x| + error) + |b|): n products and a bias round at most n + 1 times;
    SPARE - 1 more roundings cover numbers that are not float32 and scalings merged into the layer.
    Weights below 2**-RANGE may round to anything as small, which takes 2**-RANGE (|x| + error).
    """
    layer, weight, bias = p.teacher.layers[index], p.weights[index], p.biases[index]
    assert isinstance(layer, Affine | Scale) and weight is not None and bias is not None
    count = 1 if weight.n.ndim == 1 else min(weight.n.shape[1], WIDEST)

    def through(value: Fixed) -> Fixed:
        cut = cut_up(value, p.bits)
        norm = cut.n.sum(axis=1)
        moved = product(cut.n, norm, weight.size.T, weight.bits)
        if weight.inexact:
            moved = moved + np.ceil(norm / 2)[:, None]
        return Fixed(moved, cut.e + weight.e)

    held = upper_sum([Fixed(x.magnitude, x.e), error])
    largest = 2 * bias.size.reshape(1, -1) + bias.inexact
    size = upper_sum([through(held), Fixed(largest, np.array([bias.e + 1]))])
    cut = cut_up(size, EXACT_BITS - 14)
    gamma = Fixed(cut.n * (count + 1 + SPARE), cut.e + UNIT)
    lost = [Fixed(TINY.n * (count + 1 + SPARE), TINY.e)]
    factor, _ = numbers_of(layer)
    if ((factor != 0) & (np.abs(factor) < 2.0**-RANGE)).any():
        short, up = cut_up(held, p.bits), 0 if layer.source else max(p.scales)
        lost.append(Fixed(short.n.sum(axis=1, keepdims=True), short.e + (RANGE - up)))
    worst = upper_sum([through(error), gamma, *lost])
    return worst, upper_sum([size, worst])


def _below(x: Fixed, power: int) -> npt.NDArray[np.bool_]:
    """For which cells every value is less than ``2**power``."""
    limit = np.ldexp(1.0, np.clip(power + x.e, -1, EXACT_BITS))
    return np.asarray((x.n < limit[:, None]).all(axis=1), dtype=np.bool_)
