"""How far a float32 evaluation can be from the real one: the float32 section of docs/soundness.md.

Everything is computed exactly, so the kernel, which rounds outward, may show a little less.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd
from operator import add

from verifier.second_checker.bounds import Box
from verifier.second_checker.evaluation import Numbers, dot, together
from verifier.second_checker.network import Layer, Network
from verifier.second_checker.variables import Inputs, Ordinal, Variable

UNIT = 24
"""u = 2**-24."""
RANGE = 100
"""Numbers stay below 2**100; of what is below 2**-100 everything may be lost."""
WIDEST = 4000


def needed(
    network: Network, inputs: Inputs, boxes: Sequence[Box], rows: Sequence[Sequence[int]]
) -> list[Fraction] | None:
    """What each form of the logits must be above, so that rounding leaves it positive.

    None where nothing is known of what rounding does.
    """
    error = _logit_error(network, inputs, boxes)
    if error is None:
        return None
    numerators, over = error
    return [Fraction(dot([abs(x) for x in row], numerators), over) for row in rows]


def _logit_error(network: Network, inputs: Inputs, boxes: Sequence[Box]) -> Numbers | None:
    """Upper bounds of |float32 logit - logit| over the boxes, or None where there is none."""
    if network.narrow or not all(map(_safe, network.layers)):
        return None
    if any(layer.kind == "steps" for layer in network.layers):  # of integers nothing is claimed
        return None
    sizes: list[Numbers] = [
        ([max(-a, b) for a, b in zip(x.low, x.high, strict=True)], x.over) for x in boxes
    ]
    nothing: Numbers = ([0] * inputs.columns, 1)
    errors = [nothing if inputs_are_float32(inputs) else _rounded(nothing, sizes[0])]
    for j, layer in enumerate(network.layers, 1):
        if not _in_range(sizes[j - 1], errors[j - 1]):
            return None
        source = layer.sources[0]
        e = errors[source]
        if layer.kind == "relu":
            errors.append(e)
        elif layer.kind == "sign":
            errors.append(_sign_error(boxes[source], e))
        elif layer.kind == "add":
            (a, b), over = together(e, errors[layer.sources[1]])
            errors.append(_rounded((list(map(add, a, b)), over), sizes[j]))
        else:
            held, over = together(sizes[source], e)
            found = _affine_error(layer, held, over)
            if found is None:
                return None
            errors.append(found)
    return errors[-1] if _in_range(sizes[-1], errors[-1]) else None


def _safe(layer: Layer) -> bool:
    """Whether all weights are below 2**RANGE and nothing divides."""
    return not layer.divided and layer.largest < layer.over << RANGE


@lru_cache(maxsize=16)
def inputs_are_float32(inputs: Inputs) -> bool:
    """Whether all numbers of some variables are float32 numbers: no real ones are."""
    return all(_is_float32(v, inputs.denominator) for v in inputs.variables)


def _is_float32(variable: Variable, over: int) -> bool:
    """Whether every number of a variable has 24 bits over a power of two of at most 99."""
    numbers = [Fraction(x, over) for x in variable.numbers()]
    unit = max(x.denominator for x in numbers)
    if any(x.denominator & (x.denominator - 1) for x in numbers) or unit >= 1 << RANGE:
        return False
    if isinstance(variable, Ordinal):  # all are multiples of the common unit
        first, step, last = (int(x * unit) for x in numbers)
        shared = gcd(first, step)
        return not shared or max(abs(first), abs(last)) < (shared & -shared) << UNIT
    return all(abs(x.numerator) < 1 << UNIT for x in numbers)


def _in_range(size: Numbers, error: Numbers) -> bool:
    (a, b), over = together(size, error)
    return all(x + y < over << RANGE for x, y in zip(a, b, strict=True))


def _rounded(error: Numbers, size: Numbers) -> Numbers:
    """One more rounding of a node of that size: u (|x| + E) + 2**-100 more."""
    (e, s, (tiny,)), over = together(error, size, ([1], 1 << RANGE))
    more = [(x << UNIT) + x + y + (tiny << UNIT) for x, y in zip(e, s, strict=True)]
    return more, over << UNIT


def _sign_error(x: Box, error: Numbers) -> Numbers:
    """0 where the enclosure is farther from zero than the error, or is 0 exactly; else 2."""
    (low, high, e), _ = together((x.low, x.over), (x.high, x.over), error)
    certain = [a > d or b < -d or a == b == d == 0 for a, b, d in zip(low, high, e, strict=True)]
    return [0 if sure else 2 for sure in certain], 1


def _affine_error(layer: Layer, held: Sequence[list[int]], over: int) -> Numbers | None:
    """|w| E + (n + 8) (u (|w| (|x| + E) + |b|) + 2**-100), and more for weights below 2**-100.

    ``held`` are |x| and E over ``over``. None where a sum may leave the range, or n is too large.
    """
    x, e = held
    both = list(map(add, x, e))
    n = 1 if layer.kind == "scale" else len(x)
    if n > WIDEST:
        return None
    bias = [abs(b) * over for b in layer.bias]
    if layer.kind == "scale":
        factors = layer.sizes[0]
        carried = [f * d for f, d in zip(factors, e, strict=True)]
        size = [f * h + b for f, h, b in zip(factors, both, bias, strict=True)]
    else:
        carried = [dot(w, e) for w in layer.sizes]
        size = [dot(w, both) + b for w, b in zip(layer.sizes, bias, strict=True)]
    over *= layer.over
    # over `over << RANGE`: every term below is then a whole number
    worst = [
        (c << RANGE) + (n + 8) * ((s << RANGE - UNIT) + over)
        for c, s in zip(carried, size, strict=True)
    ]
    if layer.least is not None and layer.least << RANGE < layer.over:
        worst = [w + sum(both) * layer.over for w in worst]
    if not all((s << RANGE) + w < over << 2 * RANGE for s, w in zip(size, worst, strict=True)):
        return None
    return worst, over << RANGE
