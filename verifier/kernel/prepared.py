"""A teacher and a domain in fixed point, ready for the kernel's rules. Trusted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, wraps
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import (
    EXACT_BITS,
    WEIGHT_BITS,
    Ints,
    Quantised,
    Whole,
    check_products,
    quantise,
    quantise_floats,
)
from verifier.kernel.ordinals import Ordinals, ordinals_of
from verifier.model.cell import Cell
from verifier.model.continuous import PieceRows
from verifier.model.domain import Domain
from verifier.model.limits import PYTHON
from verifier.model.network import (
    Affine,
    Network,
    Relu,
    Scale,
    Sign,
    check_columns,
    check_width,
    exact_scale,
    sources,
)
from verifier.model.ordinal import IntegerRows, Ranged
from verifier.model.overlay import no_charge
from verifier.model.rounding import check_rounding
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.model.variable import Variable

Masks = npt.NDArray[Any]
"""Allowed values as bits, (cells, categorical variables): int64, or Python integers where wider."""

T = TypeVar("T")
BENDS = (Relu, Sign, Steps, Smooth)
"""Layers whose inputs are worth close bounds."""
MASK_BITS = 62
LARGEST_POWER = 1000
"""Weights times powers of two stay below two to this one: far within float64."""
NUMBERS = 1 << 24
"""Numbers of an array, at most about: fewer cells, points or rows are worked on together."""


@dataclass(frozen=True, eq=False)
class Parts:
    """Cells together: the values of categorical variables, and the ends of ordinals' ranges.

    ``ends`` holds the first and the last index of each, shape (cells, 2, ordinals).
    """

    masks: Masks
    ends: Ints

    def __len__(self) -> int:
        return len(self.masks)

    def __getitem__(self, at: Ints) -> Parts:
        return Parts(self.masks[at], self.ends[at])


class Reader:
    """A model on the product of the variables that it ``reads``; ``whole`` if that is all."""

    reads: tuple[int, ...]
    whole: bool

    def cell(self, cell: Cell) -> Cell:
        """What it sees of a cell."""
        return cell if self.whole else Cell(tuple(cell.parts[i] for i in self.reads))

    def points(self, points: Ints) -> Ints:
        """What it sees of some points."""
        return points if self.whole else points[:, self.reads]


@dataclass(frozen=True, eq=False)
class Encodings:
    """Categorical variables with equally many values and columns: their encodings, quantised.

    ``variables`` (G,), their ``places`` among the categorical ones, ``columns`` (G, C), ``table``
    (G, V, C) with ``|table * 2**-e - x|`` at most ``inexact / 2`` units and ``|table| < 2**bits``.
    ``single`` means one column a variable, ``identity`` that every table is exactly the identity
    matrix (one-hot).
    """

    variables: Ints
    places: Ints
    columns: Ints
    table: Whole
    e: int
    inexact: int
    bits: int
    single: bool
    identity: bool


def no_poll() -> None:
    """The poll of work that nothing ends before its time."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A teacher and a domain, ready for the rules; ``bits`` is the width kept for node values.

    Column j of the input is held as x * 2**-scales[j], and what layers multiply it by is times
    2**scales[j].
    ``memo`` is what functions that are called ``once`` have found.
    ``poll`` is called between pieces of work of a bounded size, in any thread; it ends the work
    by raising an exception. ``spend`` is told how many steps such a piece takes, beforehand.
    """

    teacher: Network
    domain: Domain
    weights: tuple[Quantised | None, ...]
    biases: tuple[Quantised | None, ...]
    groups: tuple[Encodings, ...]
    ordinals: Ordinals | None
    scales: tuple[int, ...]
    bits: int
    refined: frozenset[int]
    poll: Callable[[], None] = no_poll
    spend: Callable[[int], None] = no_charge
    memo: dict[object, Any] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:  # other processes find again what is found once
        return {**self.__dict__, "memo": {}}

    @cached_property
    def values(self) -> int:
        """Numbers of all variables' encodings."""
        ranges = 0 if self.ordinals is None else len(self.ordinals.columns)
        return ranges + sum(g.table.size for g in self.groups)

    @cached_property
    def exact_bits(self) -> int:
        """Bits, about, of the integers of a point that is evaluated exactly."""
        ends = [
            v[:: max(1, len(v) - 1)] if isinstance(v, IntegerRows | PieceRows) else v
            for v in self.domain.integer_encoding
        ]
        longest = max(abs(x).bit_length() for v in ends for row in v for x in row)
        return max(longest, self.domain.denominator.bit_length()) + self.teacher.exact_bits

    @cached_property
    def exact_cost(self) -> int:
        """Steps to evaluate a point exactly, about."""
        return 16 * self.point_cost * (1 + self.exact_bits // 64)

    @cached_property
    def point_cost(self) -> int:
        """Steps to evaluate a point, about."""
        return point_cost(self.teacher, self.domain)

    @cached_property
    def cell_cost(self) -> int:
        """Steps to bound every node over a cell by intervals, about."""
        return 4 * self.teacher.work + 64 * sum(self.teacher.widths) + 32 * self.values + PYTHON

    def row_cost(self, node: int) -> int:
        """Steps to carry one linear form of a node to the input, about."""
        t = self.teacher
        return t.work_below[node] + 32 * sum(t.widths[: node + 1]) + 4 * self.values


def once(found: Callable[[Prepared], T]) -> Callable[[Prepared], T]:
    """A function that is called once for each Prepared."""

    @wraps(found)
    def held(p: Prepared) -> T:
        if found not in p.memo:
            p.memo[found] = found(p)
        own: T = p.memo[found]
        return own

    return held


def point_cost(teacher: Network, domain: Domain) -> int:
    """Steps to evaluate a point, about."""
    return 2 * teacher.work + 24 * sum(teacher.widths) + 16 * len(domain.variables) + 64


def prepare(teacher: Network, domain: Domain) -> Prepared:
    """Quantise the weights and the encodings.

    Raises NetworkError if the domain's columns are not the teacher's or a cell would take more than
    ``WIDEST`` numbers, an error where this machine's products or floats are not as usual.
    """
    check_rounding()
    check_columns(teacher, domain)
    check_width(teacher)
    scales = _scales(teacher, domain)
    weights, biases = _layers(teacher, scales, _content(teacher))
    by_shape: dict[tuple[int, int], list[int]] = {}
    places: dict[int, int] = {}
    for i, v in enumerate(domain.variables):
        if isinstance(v, Variable):
            places[i] = len(places)
            by_shape.setdefault((v.count, v.columns), []).append(i)
    groups = tuple(_group(domain, places, scales, *own) for own in by_shape.items())
    refined = {x.source for x in teacher.layers if isinstance(x, BENDS) and x.source}
    if all(v.columns == 1 for v in domain.variables):  # then intervals are exact one layer up
        refined -= {i for i, x in enumerate(teacher.layers, 1) if 0 in sources(x)}
    kept = EXACT_BITS - WEIGHT_BITS - 3 - max(teacher.widths).bit_length()
    return Prepared(
        teacher,
        domain,
        weights,
        biases,
        groups,
        ordinals_of(domain, scales),
        scales,
        kept,
        frozenset(refined),
    )


def _content(teacher: Network) -> tuple[bytes, ...]:
    """Its numbers as they are now: arrays may be written to."""
    every = (value for layer in teacher.layers for value in vars(layer).values())
    return tuple(value.tobytes() for value in every if hasattr(value, "tobytes"))


@lru_cache(maxsize=4)
def _layers(
    teacher: Network, scales: tuple[int, ...], content: tuple[bytes, ...]
) -> tuple[tuple[Quantised | None, ...], tuple[Quantised | None, ...]]:
    """The weights and the biases of its layers: once for a check, and what is drawn after it. For
    the same ``content`` only."""
    weights: list[Quantised | None] = []
    biases: list[Quantised | None] = []
    for layer in teacher.layers:
        own = scales if any(scales) and 0 in sources(layer) else None
        if isinstance(layer, Affine):
            weight = layer.weight if own is None else np.ldexp(layer.weight.astype(float), own)
            weights.append(quantise_floats(weight))
            biases.append(quantise_floats(layer.bias[:, None]))
        elif isinstance(layer, Scale):
            factors, shifts, denominator = exact_scale(layer)
            if own is not None:
                factors = [n << power for n, power in zip(factors, own, strict=True)]
            weights.append(quantise(factors, denominator, (len(factors),)))
            biases.append(quantise(shifts, denominator, (len(shifts), 1)))
        else:
            weights.append(None)
            biases.append(None)
    for held in weights:
        if held is not None and held.n.ndim == 2:
            check_products(held)
    return tuple(weights), tuple(biases)


def _scales(teacher: Network, domain: Domain) -> tuple[int, ...]:
    """Powers of two that the columns' numbers stay below, where weights can be scaled for them.

    So that numbers of very different sizes lose little where weights are cut together. All are 0
    for domains without ordinals, which are taken as they always were.
    """
    none = (0,) * domain.columns
    layers = [x for x in teacher.layers if 0 in sources(x)]
    if all(isinstance(v, Variable) for v in domain.variables):
        return none
    if not all(isinstance(x, Affine | Scale) for x in layers):
        return none
    scales: list[int] = []
    for v in domain.variables:
        rows = [(x,) for x in v.ends] if isinstance(v, Ranged) else v.encoding
        for j in range(v.columns):
            most = max(1, max(math.ceil(abs(row[j])) for row in rows))
            scales.append((most - 1).bit_length())
    weights = [x.weight for x in layers if isinstance(x, Affine)]
    longest = max((int(np.frexp(np.abs(w).max(initial=0))[1]) for w in weights), default=0)
    return tuple(scales) if longest + max(scales) <= LARGEST_POWER else none


def _group(
    domain: Domain,
    places: Mapping[int, int],
    scales: Sequence[int],
    shape: tuple[int, int],
    members: Sequence[int],
) -> Encodings:
    powers = [scales[domain.offsets[i] + j] for i in members for j in range(shape[1])]
    most = max(powers)
    lift = [
        [most - x for x in powers[at : at + shape[1]]] for at in range(0, len(powers), shape[1])
    ]
    numerators = [
        x << k
        for i, own in zip(members, lift, strict=True)
        for row in domain.integer_encoding[i]
        for x, k in zip(row, own, strict=True)
    ]
    table = quantise(numerators, domain.denominator << most, (len(members), *shape))
    columns = [[domain.offsets[i] + j for j in range(shape[1])] for i in members]
    identity = shape[0] == shape[1] and table.e == 0 and bool((table.n == np.eye(shape[0])).all())
    return Encodings(
        variables=np.array(members),
        places=np.array([places[i] for i in members]),
        columns=np.array(columns),
        table=table.n,
        e=table.e,
        inexact=table.inexact,
        bits=table.bits,
        single=shape[1] == 1,
        identity=identity and not table.inexact,
    )


def parts_of(cells: Sequence[Cell]) -> Parts:
    """The cells' parts; masks are int64 where they fit, else Python integers."""
    parts: list[tuple[Any, ...]] = [c.parts for c in cells]
    ranges = [i for i, part in enumerate(parts[0]) if isinstance(part, range)]
    ends = np.zeros((len(cells), 2, len(ranges)), dtype=np.int64)
    if ranges:
        ends[:, 0] = [[own[i].start for i in ranges] for own in parts]
        ends[:, 1] = [[own[i].stop - 1 for i in ranges] for own in parts]
        others = [i for i, part in enumerate(parts[0]) if not isinstance(part, range)]
        parts = [tuple(own[i] for i in others) for own in parts]
    shape = len(parts), len(parts[0])
    try:
        every = np.fromiter(chain.from_iterable(parts), np.int64, count=shape[0] * shape[1])
    except OverflowError:
        return Parts(np.array(parts, dtype=object), ends)
    wide = every.max(initial=0) >= 1 << MASK_BITS
    return Parts(np.array(parts, dtype=object) if wide else every.reshape(shape), ends)


def allowed_values(group: Encodings, parts: Parts) -> npt.NDArray[np.bool_]:
    """Which values of the group's variables are in each cell, shape (cells, G, V)."""
    return values_in(parts.masks[:, group.places], group.table.shape[1])


def values_in(masks: Masks, count: int) -> npt.NDArray[np.bool_]:
    """Which of ``count`` values are in sets, by one more axis."""
    if masks.dtype == object:
        size = -(-count // 8)
        raw = b"".join(mask.to_bytes(size, "little") for mask in masks.ravel().tolist())
        packed = np.frombuffer(raw, dtype=np.uint8).reshape(*masks.shape, size)
        return np.unpackbits(packed, axis=-1, count=count, bitorder="little").view(bool)
    inside: npt.NDArray[np.bool_] = (masks[..., None] >> np.arange(count) & 1).astype(bool)
    return inside
