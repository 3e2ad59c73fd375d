"""The teacher: a small graph of exact layers, and its exact evaluation in integers.

Weights are raw IEEE-754 values, hence dyadic rationals, so the teacher over the reals is an exact
object. Evaluation carries every node as integers over one common denominator: nothing rounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial
from itertools import accumulate
from typing import Any, Protocol

import flint
import numpy as np
import numpy.typing as npt

from verifier.model import near
from verifier.model.domain import Domain, Point
from verifier.model.errors import NetworkError
from verifier.model.head import Head, check_classes
from verifier.model.limits import NUMBER_BYTES, require_memory
from verifier.model.methods import NetworkMethods
from verifier.model.rounding import check_rounding
from verifier.model.smooth import Smooth, check_smooth
from verifier.model.steps import Steps, check_steps, climb

FloatArray = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.int64]
WIDEST = 1 << 26
"""Most coefficients of the linear forms that tell the logits apart, for one cell."""
BALL_BYTES = 256
"""What a ball takes, about."""
LARGEST_LAYER = 1 << 31
"""Most bits of the exact factors of a Scale layer together."""


@dataclass(frozen=True, eq=False)
class Affine:
    """``y = weight @ x + bias``; ``weight`` has shape (outputs, inputs)."""

    source: int
    weight: FloatArray
    bias: FloatArray


@dataclass(frozen=True, eq=False)
class Scale:
    """``y = x * scale / divisor + shift``, elementwise; each of shape (width,)."""

    source: int
    scale: FloatArray
    divisor: FloatArray
    shift: FloatArray


@dataclass(frozen=True)
class Relu:
    """``y = max(x, 0)``."""

    source: int


@dataclass(frozen=True)
class Sign:
    """``y = -1, 0 or 1``; the sign of 0 is 0, as in ONNX."""

    source: int


@dataclass(frozen=True)
class Add:
    """``y = x[left] + x[right]``, elementwise."""

    left: int
    right: int


Layer = Affine | Scale | Relu | Sign | Steps | Smooth | Add

NARROW = ("bfloat16", "float16")
"""Number types narrower than float32 that a model may compute in."""


@dataclass(frozen=True, repr=False, eq=False)
class Network(NetworkMethods):
    """A network from ``columns`` inputs to logits.

    Node 0 is the input and node i + 1 the output of ``layers[i]``, which reads earlier nodes only;
    the last node holds the logits. One logit: class 1 iff it is > 0, else 0. Several: the largest,
    ties to the lowest index. ``notes`` records what loading changed (a dropped final Softmax, ...).
    ``executed`` names the number types of ``NARROW``, in that order, that running the model rounds
    to: then nothing is claimed about float32. ``head`` says how the output was read as a class
    (None: nobody has said), ``labels`` what the classes are called (empty: they have only numbers).
    """

    columns: int
    layers: tuple[Layer, ...]
    notes: tuple[str, ...] = ()
    executed: tuple[str, ...] = ()
    head: Head | None = None
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_rounding()
        if self.executed != tuple(kind for kind in NARROW if kind in self.executed):
            raise NetworkError(
                "the number types that the teacher computes in must be given once each, "
                f"of {', '.join(NARROW)}, in this order"
            )
        if self.columns < 1:
            raise NetworkError(f"the teacher has {self.columns} input columns: it needs at least 1")
        if not self.layers:
            raise NetworkError("the teacher has no layers: it needs at least one")
        _ = self.widths  # checks every layer
        check_classes(self.head, self.labels, self.outputs)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """The width of every node, the input first; raises NetworkError where layers do not fit."""
        widths = [self.columns]
        for i, layer in enumerate(self.layers):
            widths.append(_checked_width(f"layer {i} ({type(layer).__name__})", layer, widths))
        return tuple(widths)

    @property
    def outputs(self) -> int:
        """Number of logits."""
        return self.widths[-1]

    @property
    def classes(self) -> int:
        """Number of classes: 2 for a single logit."""
        return max(2, self.outputs)

    def __getstate__(self) -> dict[str, Any]:
        """For pickle and copy: only what was given; flint's matrices cannot be copied."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def work(self) -> int:
        """Multiplications for the logits of one point, at least 1."""
        return self.work_below[-1]

    @cached_property
    def work_below(self) -> tuple[int, ...]:
        """For each node, at least 1: the multiplications of the layers up to it."""
        sizes = (x.weight.size if isinstance(x, Affine) else 0 for x in self.layers)
        return tuple(accumulate(sizes, initial=1))

    @cached_property
    def last_use(self) -> tuple[int, ...]:
        """For each node the last layer that reads it, or -1."""
        last = [-1] * len(self.widths)
        for i, layer in enumerate(self.layers):
            for source in sources(layer):
                last[source] = i
        return tuple(last)

    @cached_property
    def is_smooth(self) -> bool:
        """Whether logits are no rational numbers: a layer is Smooth."""
        return any(isinstance(x, Smooth) for x in self.layers)

    @cached_property
    def exact_bits(self) -> int:
        """Bits, about, that the exact layers add to the integers of a point."""
        return sum(max(x.bits, x.denominator.bit_length()) + 8 for x in self.exact)

    @cached_property
    def exact(self) -> tuple[ExactLayer, ...]:
        """The layers with integer weights, one per layer."""
        return tuple(_exact(layer) for layer in self.layers)


def sources(layer: Layer) -> tuple[int, ...]:
    """The nodes that a layer reads."""
    return (layer.left, layer.right) if isinstance(layer, Add) else (layer.source,)


def _checked_width(where: str, layer: Layer, widths: Sequence[int]) -> int:
    for source in sources(layer):
        if not 0 <= source < len(widths):
            raise NetworkError(f"{where} reads node {source}, which does not come before it")
    width = widths[sources(layer)[0]]
    match layer:
        case Affine(weight=weight, bias=bias):
            if weight.ndim != 2 or bias.shape != weight.shape[:1] or not weight.shape[0]:
                raise NetworkError(
                    f"{where} has weight of shape {weight.shape} and bias of shape {bias.shape}: "
                    "they must be (outputs, inputs) and (outputs,)"
                )
            if weight.shape[1] != width:
                raise NetworkError(
                    f"{where} takes {weight.shape[1]} inputs but is given {width}: "
                    "the layers' shapes do not fit"
                )
            _check_finite(where, weight, bias)
            return int(weight.shape[0])
        case Scale(scale=scale, divisor=divisor, shift=shift):
            for array in (scale, divisor, shift):
                if array.shape != (width,):
                    raise NetworkError(f"{where} has shape {array.shape} but is given {width}")
            _check_finite(where, scale, divisor, shift)
            if not divisor.all():
                raise NetworkError(f"{where} divides by zero")
        case Steps(thresholds=thresholds, lowest=lowest):
            _check_finite(where, thresholds, lowest)
            check_steps(where, layer, width)
        case Smooth():
            check_smooth(where, layer)
        case Add(left=left, right=right):
            if widths[left] != widths[right]:
                raise NetworkError(
                    f"{where} adds nodes of widths {widths[left]} and {widths[right]}: "
                    "they must be equal"
                )
        case _:
            pass
    return width


def _check_finite(where: str, *arrays: FloatArray) -> None:
    for array in arrays:
        if array.dtype not in (np.float32, np.float64):
            raise NetworkError(f"{where} has {array.dtype} weights: use float32 or float64")
        if not np.isfinite(array).all():
            raise NetworkError(
                f"{where} has a NaN or infinite weight: the network has no exact meaning; "
                "retrain or repair it"
            )


@dataclass(frozen=True, eq=False)
class ExactLayer:
    """A layer in integers: true weight = ``weight / denominator``, likewise the bias.

    ``bits`` is the length of the longest.

    ``weight`` is None for layers without weights, and for Scale a column of per-channel factors.
    For Steps ``bias`` are the thresholds, row by row.
    """

    weight: flint.fmpz_mat | None
    bias: tuple[int, ...]
    denominator: int
    bits: int = 0


def _exact(layer: Layer) -> ExactLayer:
    if isinstance(layer, Affine):
        rows, columns = layer.weight.shape
        numbers, denominator = exact_integers(
            np.concatenate([layer.weight.ravel().astype(np.float64), layer.bias])
        )
        weight = flint.fmpz_mat(rows, columns, numbers[: rows * columns])
        return ExactLayer(weight, tuple(numbers[rows * columns :]), denominator, _longest(numbers))
    if isinstance(layer, Scale):
        factors, shifts, denominator = exact_scale(layer)
        column = flint.fmpz_mat(len(factors), 1, factors)
        return ExactLayer(column, tuple(shifts), denominator, _longest(factors + shifts))
    if isinstance(layer, Steps):
        numbers, denominator = exact_integers(layer.thresholds.ravel())
        return ExactLayer(None, tuple(numbers), denominator, _longest(numbers))
    return ExactLayer(None, (), 1)


def _longest(numbers: Iterable[int]) -> int:
    return max((abs(n).bit_length() for n in numbers), default=0)


def exact_scale(layer: Scale) -> tuple[list[int], list[int], int]:
    """The factors (scale / divisor) and shifts of a Scale as integers over one denominator."""
    factors = [
        flint.fmpq(*s.as_integer_ratio()) / flint.fmpq(*d.as_integer_ratio())
        for s, d in zip(layer.scale.tolist(), layer.divisor.tolist(), strict=True)
    ]
    shifts = [flint.fmpq(*t.as_integer_ratio()) for t in layer.shift.tolist()]
    denominator, most = 1, LARGEST_LAYER // (1 + len(factors))
    for q in factors + shifts:
        denominator = math.lcm(denominator, int(q.q))
        if denominator.bit_length() > max(most, 10_000):
            raise NetworkError(
                f"a layer of {len(factors)} divisors has exact factors of too many digits: "
                "divide by powers of two, or by one number"
            )
    scaled = [int(q.p) * (denominator // int(q.q)) for q in factors + shifts]
    return scaled[: len(factors)], scaled[len(factors) :], denominator


def significands(array: FloatArray) -> tuple[Integers, Integers]:
    """Integers and powers with ``array == integers * 2.0**powers`` exactly; odd, or 0 with 0."""
    mantissa, exponent = np.frexp(array.astype(np.float64))
    whole = (mantissa * 2.0**53).astype(np.int64)  # exact: |mantissa| < 1 has 53 bits
    trailing = np.where(whole == 0, 0, np.frexp((whole & -whole).astype(np.float64))[1] - 1)
    power = np.where(whole == 0, 0, exponent.astype(np.int64) - 53 + trailing)
    return whole >> trailing, power


def exact_integers(array: FloatArray) -> tuple[list[int], int]:
    """Integers and a power of two with ``array[i] == integers[i] / power`` exactly."""
    whole, power = significands(array)
    lowest = min(0, int(power.min(initial=0)))
    lift = (power - lowest).tolist()
    needed = sum(lift) // 8 + 40 * len(lift)
    require_memory(needed, f"a layer of {len(lift)} weights of very different sizes", NetworkError)
    return [w << s for w, s in zip(whole.tolist(), lift, strict=True)], 1 << -lowest


def exact_logits(
    teacher: Network, inputs: Sequence[Sequence[int]], denominator: int
) -> tuple[list[list[int]], int]:
    """The logits of ``inputs / denominator``, one row per input, as integers over a denominator.

    The returned denominator is positive, so signs and comparisons of logits can be read off. Of a
    network with smooth layers they are numbers near the logits, of the same class.
    """
    count = len(inputs)
    if teacher.is_smooth:
        needed = count * max(teacher.widths) * len(teacher.widths) * BALL_BYTES
        require_memory(needed, f"evaluating {count} points in balls of {near.FIRST} bits")
        return near.near_logits(partial(_balls, teacher), inputs, denominator)
    flat = [x for row in inputs for x in row]
    x = flint.fmpz_mat(count, teacher.columns, flat).transpose()
    bits = max(denominator.bit_length(), _longest(flat)) + teacher.exact_bits
    needed = 2 * count * max(teacher.widths) * (bits // 8 + 16)
    require_memory(needed, f"evaluating {count} points exactly, in integers of {bits} bits,")
    nodes: list[tuple[flint.fmpz_mat, int]] = [(x, denominator)]
    nothing = flint.fmpz_mat(0, 0)
    for i, (layer, exact) in enumerate(zip(teacher.layers, teacher.exact, strict=True)):
        nodes.append(_apply(layer, exact, nodes))
        for source in sources(layer):
            if teacher.last_use[source] == i:
                nodes[source] = nothing, 1
    logits, final = nodes[-1]
    return [[int(v) for v in row] for row in logits.transpose().tolist()], final


def _balls(teacher: Network, x: near.Balls) -> near.Balls:
    """The logits at some points, in balls."""
    nodes = [x]
    for layer, exact in zip(teacher.layers, teacher.exact, strict=True):
        if isinstance(layer, Add):
            nodes.append(nodes[layer.left] + nodes[layer.right])
            continue
        own = nodes[layer.source]
        if isinstance(layer, Affine | Scale):
            assert exact.weight is not None
            linear = near.affine if isinstance(layer, Affine) else near.scaled
            nodes.append(linear(own, exact.weight, exact.bias, exact.denominator))
        elif isinstance(layer, Steps):
            stairs = near.staircase(layer.rows.tolist(), [int(n) for n in layer.lowest.tolist()])
            nodes.append(near.bent(own, stairs))
        elif isinstance(layer, Smooth):
            nodes.append(near.bent(own, near.curved(layer.kind)))
        else:
            nodes.append(near.bent(own, near.relu if isinstance(layer, Relu) else near.sign))
    return nodes[-1]


def _apply(
    layer: Layer, exact: ExactLayer, nodes: Sequence[tuple[flint.fmpz_mat, int]]
) -> tuple[flint.fmpz_mat, int]:
    if isinstance(layer, Add):
        (a, da), (b, db) = nodes[layer.left], nodes[layer.right]
        common = math.lcm(da, db)
        return a * (common // da) + b * (common // db), common
    x, dx = nodes[layer.source]
    rows, columns = x.nrows(), x.ncols()
    if isinstance(layer, Relu):
        return flint.fmpz_mat(rows, columns, [v if v > 0 else 0 for v in x.entries()]), dx
    if isinstance(layer, Sign):
        signs = [(v > 0) - (v < 0) for v in x.entries()]
        return flint.fmpz_mat(rows, columns, signs), 1
    if isinstance(layer, Steps):
        entries, lowest = [int(v) for v in x.entries()], [int(v) for v in layer.lowest.tolist()]
        climbed = climb(exact.bias, exact.denominator, lowest, entries, dx)
        return flint.fmpz_mat(rows, columns, climbed), 1
    assert exact.weight is not None
    if isinstance(layer, Affine):
        product = exact.weight * x
    else:
        factors = [int(f) for f in exact.weight.entries()]
        entries = x.entries()
        scaled = [
            f * entries[i * columns + j] for i, f in enumerate(factors) for j in range(columns)
        ]
        product = flint.fmpz_mat(rows, columns, scaled)
    lifted = [b * dx for b in exact.bias for _ in range(columns)]
    bias = flint.fmpz_mat(product.nrows(), columns, lifted)
    return product + bias, exact.denominator * dx


def decide(logits: Sequence[int]) -> int:
    """The class that exact logits stand for."""
    if len(logits) == 1:
        return int(logits[0] > 0)
    return max(range(len(logits)), key=lambda i: (logits[i], -i))


def exact_classes(teacher: Network, domain: Domain, points: Iterable[Point]) -> list[int]:
    """The teacher's class of each point, exactly."""
    inputs = [domain.encode_integers(p) for p in points]
    if not inputs:
        return []
    logits, _ = exact_logits(teacher, inputs, domain.denominator)
    return [decide(row) for row in logits]


class HasColumns(Protocol):
    """A model that reads so many columns."""

    @property
    def columns(self) -> int:
        """How many."""


def check_columns(teacher: HasColumns, domain: Domain) -> None:
    """Raise NetworkError unless the domain fills exactly the teacher's input columns."""
    if teacher.columns != domain.columns:
        raise NetworkError(
            f"the teacher takes {teacher.columns} columns but the domain has {domain.columns}: "
            "give the domain that the teacher was trained on (--domain)"
        )


def check_width(teacher: Network) -> None:
    """NetworkError if the forms that tell the logits apart take more than ``WIDEST`` numbers.

    Also where the weights, made exact, take more memory than the limit.
    """
    require_memory(NUMBER_BYTES * teacher.work, "the network, made exact,", NetworkError)
    if teacher.outputs * max(teacher.widths) > WIDEST:
        raise NetworkError(
            f"the teacher has {teacher.outputs} logits and a layer of width {max(teacher.widths)}: "
            f"their product may be at most {WIDEST} for the kernel"
        )
