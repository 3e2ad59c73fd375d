"""What a certificate is about: the domain, the network and the tree, in integers and fractions.

Everything is exact: an IEEE-754 weight is an integer over a power of two, and whatever stands over
a common denominator is kept as numerators.
"""

from __future__ import annotations

import struct
from collections.abc import Set
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import inf, prod
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.bounded import HELD, LONGEST, LONGEST_WEIGHT, common
from verifier.second_checker.naming import check_head, check_labels
from verifier.second_checker.reading import MOST_VALUES, TooLarge, number

Cell = tuple[tuple[int, ...], ...]
"""For each variable the indices of the values that it may take."""
Point = tuple[int, ...]


@dataclass(frozen=True)
class Variable:
    """``rows[v]`` encodes value v, over the domain's denominator; its probability is proportional
    to ``chances[v]``, which sum to ``whole``."""

    name: str
    labels: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    chances: tuple[int, ...]
    whole: int


@dataclass(frozen=True)
class Domain:
    """The product of the variables; ``starts`` holds the first column of each."""

    variables: tuple[Variable, ...]
    denominator: int
    starts: tuple[int, ...]
    columns: int

    def cell(self) -> Cell:
        """The cell of all points."""
        return tuple(tuple(range(len(v.labels))) for v in self.variables)

    def weight(self, cell: Cell) -> int:
        """The cell's probability times the weight of the whole domain."""
        return prod(
            sum(v.chances[i] for i in own) for v, own in zip(self.variables, cell, strict=True)
        )


def size(cell: Cell) -> int:
    """Number of points."""
    return prod(map(len, cell))


def read_domain(value: Any) -> Domain:
    """The domain of domain.json; CertificateError if it is not one."""
    entries = entry_of("domain.json", value, {"format", "variables"})
    if entries["format"] != "leafproof-domain/1" or not _filled(entries["variables"]):
        raise CertificateError("domain.json is not a domain of at least one variable")
    raw = [_variable(f"domain.json, variable {i}", e) for i, e in enumerate(entries["variables"])]
    if len({name for name, *_ in raw}) != len(raw):
        raise CertificateError("domain.json has two variables of one name")
    shared = common((x for _, _, rows, _ in raw for row in rows for x in row), LONGEST)
    variables = []
    for name, labels, rows, chances in raw:
        whole = common(chances, LONGEST)
        variables.append(
            Variable(
                name,
                labels,
                tuple(tuple(int(x * shared) for x in row) for row in rows),
                tuple(int(p * whole) for p in chances),
                whole,
            )
        )
    if sum((v.whole - 1).bit_length() for v in variables) > LONGEST_WEIGHT:
        raise TooLarge("domain.json: the probabilities of points have too many digits")
    starts = list(accumulate((len(v.rows[0]) for v in variables), initial=0))
    return Domain(tuple(variables), shared, tuple(starts[:-1]), starts[-1])


def _variable(
    where: str, value: Any
) -> tuple[str, tuple[str, ...], list[list[Fraction]], list[Fraction]]:
    keys = {"name", "values", "encoding", "probabilities"}
    entry = entry_of(where, value, keys, optional={"probabilities"})
    name, labels, encoding = entry["name"], entry["values"], entry["encoding"]
    words = [name, *labels] if isinstance(labels, list) else []
    if not words or not all(isinstance(w, str) and w and w.isprintable() for w in words):
        raise CertificateError(f"{where}: name and values must be printable text")
    if not _filled(labels) or len(set(labels)) != len(labels):
        raise CertificateError(f"{where} needs at least one value, and different ones")
    if len(labels) > MOST_VALUES:
        raise TooLarge(f"{where} has more than {MOST_VALUES} values")
    if not _filled(encoding) or not all(map(_filled, encoding)):
        raise CertificateError(f"{where}: encoding must hold a row of numbers for each value")
    try:
        rows = [[number(x) for x in row] for row in encoding]
        chances = [Fraction(1, len(labels))] * len(labels)
        if "probabilities" in entry:
            stated = entry["probabilities"]
            chances = [number(p) for p in stated] if _filled(stated) else []
    except ValueError as error:
        raise CertificateError(f"{where}: {error}") from None
    if len(rows) != len(labels) or len({len(row) for row in rows}) != 1:
        raise CertificateError(f"{where}: encoding must have one row a value, all equally long")
    if len(chances) != len(labels) or min(chances) < 0 or sum(chances) != 1:
        raise CertificateError(f"{where}: the probabilities are not a distribution of its values")
    return name, tuple(labels), rows, chances


@dataclass(frozen=True)
class Layer:
    """A layer; ``weights`` (rows; one row of factors for "scale") and ``bias`` over ``over``.

    ``divided`` says that a scale layer has a divisor other than 1.
    """

    kind: str
    sources: tuple[int, ...]
    weights: tuple[tuple[int, ...], ...] = ()
    bias: tuple[int, ...] = ()
    over: int = 1
    divided: bool = False


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


_ARRAYS = {"affine": 2, "scale": 3, "relu": 0, "sign": 0, "add": 0}


def read_network(value: Any, raw: bytes) -> Network:
    """The network of teacher.json and weights.bin; CertificateError if they do not describe one."""
    narrow = isinstance(value, dict) and "executed" in value
    optional = {"executed", "head", "labels"}
    entry = entry_of("teacher.json", value, {"columns", "layers", "notes"} | optional, optional)
    if narrow and entry["executed"] not in (["float16"], ["bfloat16"], ["bfloat16", "float16"]):
        raise CertificateError("teacher.json: executed must name bfloat16, float16 or both, sorted")
    notes, widths, layers = entry["notes"], [entry["columns"]], []
    if not isinstance(notes, list) or not all(
        isinstance(n, str) and n.isprintable() for n in notes
    ):
        raise CertificateError("teacher.json: notes must be a list of printable text")
    if type(widths[0]) is not int or widths[0] < 1 or not _filled(entry["layers"]):
        raise CertificateError("teacher.json must have columns and layers")
    at = 0
    for i, item in enumerate(entry["layers"]):
        where = f"teacher.json, layer {i}"
        kind = item.get("kind") if isinstance(item, dict) else None
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
    if at != len(raw):
        raise CertificateError(f"weights.bin has {len(raw) - at} bytes too many")
    if "head" in entry:
        check_head(entry["head"], widths[-1])
    if "labels" in entry:
        check_labels(entry["labels"], max(2, widths[-1]))
    return Network(tuple(layers), tuple(widths), narrow)


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
    return Layer(kind, sources)


def _over_one(numbers: list[Fraction]) -> tuple[int, list[int]]:
    """The numbers over one denominator."""
    over = common(numbers, max(LONGEST, HELD // (1 + len(numbers))))
    return over, [x.numerator * (over // x.denominator) for x in numbers]


def entry_of(
    where: str, value: Any, keys: set[str], optional: Set[str] = frozenset()
) -> dict[str, Any]:
    """The value, if it is an object with these keys."""
    if not isinstance(value, dict) or not keys - optional <= set(value) <= keys:
        raise CertificateError(f"{where} must hold {', '.join(sorted(keys - optional))}")
    return value


def _filled(value: Any) -> bool:
    return isinstance(value, list) and bool(value)
