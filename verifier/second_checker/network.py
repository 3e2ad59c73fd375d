"""The networks of a certificate, in integers.

Everything is exact: an IEEE-754 weight is an integer over a power of two, and whatever stands over
a common denominator is kept as numerators.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain, pairwise
from math import inf, prod
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.bounded import HELD, LONGEST, common
from verifier.second_checker.reading import TooLarge, entry_of, filled


@dataclass(frozen=True)
class Layer:
    """A layer; ``weights`` (rows; one row of factors for "scale") and ``bias`` over ``over``.

    Of "steps" ``weights`` are each component's thresholds, and ``bias`` its lowest value, over 1.
    ``divided`` says that a scale layer has a divisor other than 1.
    """

    kind: str
    sources: tuple[int, ...]
    weights: tuple[tuple[int, ...], ...] = ()
    bias: tuple[int, ...] = ()
    over: int = 1
    divided: bool = False

    @cached_property
    def sizes(self) -> tuple[tuple[int, ...], ...]:
        """The magnitudes of the weights, over ``over``."""
        return tuple(tuple(map(abs, row)) for row in self.weights)

    @cached_property
    def largest(self) -> int:
        """The largest magnitude of a weight or a bias, over ``over``."""
        return max(chain((0,), *self.sizes, map(abs, self.bias)))

    @cached_property
    def least(self) -> int | None:
        """The least magnitude of a weight that is not 0, over ``over``; None where all are."""
        return min(filter(None, chain(*self.sizes)), default=None)


@dataclass(frozen=True)
class Network:
    """Node 0 is the input, node i + 1 the output of ``layers[i]``; the last holds the logits."""

    layers: tuple[Layer, ...]
    widths: tuple[int, ...]
    narrow: bool = False
    """Whether running the network rounds to numbers narrower than float32."""

    @property
    def classes(self) -> int:
        """Two for a single logit."""
        return max(2, self.widths[-1])


_ARRAYS = {"affine": 2, "scale": 3, "relu": 0, "sign": 0, "steps": 2, "add": 0}


def read_network(name: str, value: Any, raw: bytes, at: int) -> tuple[Network, int]:
    """A network whose weights begin at ``at``, and where they end; CertificateError if it is none.

    What its classes are called and where they come from (head, labels) is not looked at.
    """
    narrow = isinstance(value, dict) and "executed" in value
    optional = {"executed", "head", "labels"}
    entry = entry_of(name, value, {"columns", "layers", "notes"} | optional, optional)
    if narrow and entry["executed"] not in (["float16"], ["bfloat16"], ["bfloat16", "float16"]):
        raise CertificateError(f"{name}: executed must name bfloat16, float16 or both, sorted")
    widths, layers = [entry["columns"]], []
    if type(widths[0]) is not int or widths[0] < 1 or not filled(entry["layers"]):
        raise CertificateError(f"{name} must have columns and layers")
    for i, item in enumerate(entry["layers"]):
        where = f"{name}, layer {i}"
        kind = item.get("kind") if isinstance(item, dict) else None
        if kind == "smooth":
            raise TooLarge(
                "the second checker computes in fractions, and has none for smooth layers "
                "(sigmoid, tanh, ...): check this certificate without --paranoid"
            )
        if not isinstance(kind, str) or kind not in _ARRAYS:
            raise CertificateError(f"{where} is of no known kind")
        count = _ARRAYS[kind]
        item = entry_of(where, item, {"kind", "from"} | ({"arrays"} if count else set()))
        sources = item["from"]
        if not isinstance(sources, list) or len(sources) != 1 + (kind == "add"):
            raise CertificateError(f"{where} reads a wrong number of nodes")
        if not all(type(s) is int and 0 <= s <= i for s in sources):
            raise CertificateError(f"{where} reads a node that does not come before it")
        stated = item.get("arrays", [])
        if not isinstance(stated, list) or len(stated) != count:
            raise CertificateError(f"{where} must have {count} arrays")
        arrays = []
        for array in stated:
            flat, shape, at = _array(where, array, raw, at)
            arrays.append((flat, shape))
        width = widths[sources[0]]
        if {widths[s] for s in sources} != {width}:
            raise CertificateError(f"{where} adds nodes of different widths")
        layer = _layer(where, kind, tuple(sources), arrays, width)
        layers.append(layer)
        widths.append(len(layer.bias) if kind == "affine" else width)
    return Network(tuple(layers), tuple(widths), narrow), at


def _array(where: str, stated: Any, raw: bytes, at: int) -> tuple[list[float], list[int], int]:
    """The next array of weights.bin, its shape, and where the one after it starts."""
    entry = entry_of(where, stated, {"type", "shape"})
    shape = entry["shape"]
    code = (
        {"float32": "f", "float64": "d"}.get(entry["type"])
        if isinstance(entry["type"], str)
        else None
    )
    if code is None or not isinstance(shape, list):
        raise CertificateError(f"{where}: an array needs a type and a shape")
    if not all(type(n) is int and 0 <= n < 1 << 40 for n in shape):
        raise CertificateError(f"{where}: an array has an impossible shape")
    end = at + prod(shape) * struct.calcsize(code)
    if end > len(raw):
        raise CertificateError(f"{where}: weights.bin ends before its weights")
    flat = list(struct.unpack(f"<{prod(shape)}{code}", raw[at:end]))
    if not all(-inf < x < inf for x in flat):  # false for NaN too
        raise CertificateError(f"{where} has a NaN or infinite weight")
    return flat, shape, end


def _layer(
    where: str,
    kind: str,
    sources: tuple[int, ...],
    arrays: list[tuple[list[float], list[int]]],
    width: int,
) -> Layer:
    shapes = [shape for _, shape in arrays]
    if kind == "affine":
        (weight, _), (bias, _) = arrays
        if len(shapes[0]) != 2 or shapes[0][1] != width or not shapes[0][0]:
            raise CertificateError(f"{where} has a weight that does not fit its input")
        if shapes[1] != shapes[0][:1]:
            raise CertificateError(f"{where} has a bias that does not fit its weight")
        over, numerators = _over_one([Fraction(x) for x in weight + bias])
        rows = [tuple(numerators[i * width : (i + 1) * width]) for i in range(shapes[0][0])]
        return Layer(kind, sources, tuple(rows), tuple(numerators[len(weight) :]), over)
    if kind == "scale":
        if any(shape != [width] for shape in shapes):
            raise CertificateError(f"{where} has numbers that do not fit its input")
        (scale, _), (divisor, _), (shift, _) = arrays
        if not all(divisor):
            raise CertificateError(f"{where} divides by zero")
        factors = [Fraction(s) / Fraction(d) for s, d in zip(scale, divisor, strict=True)]
        over, numerators = _over_one(factors + [Fraction(x) for x in shift])
        divided = any(d != 1 for d in divisor)
        return Layer(
            kind, sources, (tuple(numerators[:width]),), tuple(numerators[width:]), over, divided
        )
    if kind == "steps":
        return _staircase(where, sources, arrays, width)
    return Layer(kind, sources)


def _staircase(
    where: str, sources: tuple[int, ...], arrays: list[tuple[list[float], list[int]]], width: int
) -> Layer:
    """A layer that counts the thresholds reached, from its lowest value on."""
    (flat, shape), (lowest, start) = arrays
    if len(shape) != 2 or shape[0] != width or start != [width] or shape[1] > 1 << 16:
        raise CertificateError(f"{where} has numbers that do not fit its input")
    rows = [flat[i * shape[1] : (i + 1) * shape[1]] for i in range(width)]
    if any(a > b for row in rows for a, b in pairwise(row)):
        raise CertificateError(f"{where} has steps that are not in order")
    if not all(x == 0 or 2.0**-200 <= abs(x) <= 2.0**200 for x in flat):
        raise CertificateError(f"{where} has steps beyond 2^200, or too near to 0")
    if not all(x.is_integer() and abs(x) <= (1 << 20) - (1 << 16) for x in lowest):
        raise CertificateError(f"{where} has lowest values that are no whole numbers in range")
    over, numerators = _over_one([Fraction(x) for x in flat])
    held = [tuple(numerators[i * shape[1] : (i + 1) * shape[1]]) for i in range(width)]
    return Layer("steps", sources, tuple(held), tuple(map(int, lowest)), over)


def _over_one(numbers: list[Fraction]) -> tuple[int, list[int]]:
    """The numbers over one denominator."""
    over = common(numbers, max(LONGEST, HELD // (1 + len(numbers))))
    return over, [x.numerator * (over // x.denominator) for x in numbers]
