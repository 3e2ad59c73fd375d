"""What every network reader builds: a growing list of layers, and the Network made of it.

A reader turns each operator of its format into calls of ``verifier.formats.operators`` over
values: ``ConstantValue`` (known numbers), ``Signal`` (a node of the graph, shape [N, ...]), and
what may only come last: ``Probability`` and ``Label``.
``finish`` drops what the output does not need, merges layers where that rounds nothing, and makes
the Network. ``where`` names the operator in error messages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from verifier.formats.exact import Array
from verifier.formats.merging import compacted, merged, pruned
from verifier.model.errors import NetworkError
from verifier.model.head import Head
from verifier.model.limits import NUMBER_BYTES, require_memory
from verifier.model.network import NARROW, Affine, Layer, Network, Scale
from verifier.model.steps import Steps


@dataclass(frozen=True, eq=False)
class ConstantValue:
    """Known numbers: float64 (holding any float type's values exactly) or integers.

    ``kind`` names the type that the model holds them in, where that is known and matters.
    """

    array: npt.NDArray[Any]
    name: str
    kind: str = ""


@dataclass(frozen=True)
class Signal:
    """A node's output, each row of which has ``shape``, held as ``width`` columns in C order.

    ``dropped``: operators after it that keep the order of its columns. Each is (operator, where),
    and was left out.
    """

    node: int
    shape: tuple[int, ...]
    dropped: tuple[tuple[str, str], ...] = ()

    @property
    def width(self) -> int:
        """Numbers of a row."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Integers(Signal):
    """A node of whole numbers, of the type ``kind``: column i from ``low[i]`` to ``high[i]``.

    ``unsure``: whether a runtime goes on with them or with floats depends on its processor.
    """

    kind: str = ""
    low: tuple[int, ...] = ()
    high: tuple[int, ...] = ()
    unsure: bool = False


@dataclass(frozen=True)
class Probability:
    """Numbers made of p = sigmoid(z) of one logit: column i is ``columns[i][0] + columns[i][1] p``.

    ``where`` names the Sigmoid.
    """

    logit: Signal
    columns: tuple[tuple[Fraction, Fraction], ...]
    where: str


@dataclass(frozen=True)
class Label:
    """A class for each row: ``values[i]`` where the class of the logits is i.

    ``named`` says that the values are listed in the file, not only counted; ``where`` names the
    operator that decides.
    """

    logits: Signal
    values: tuple[int | float | str, ...]
    where: str
    named: bool = False


Value = ConstantValue | Signal | Probability | Label


@dataclass(eq=False)
class Graph:
    """The layers so far. ``batch`` is the number of rows N if the format fixes it.

    ``shape`` is that of a row of the input, (columns,) where it is left empty.
    """

    columns: int
    batch: int | None = None
    shape: tuple[int, ...] = ()
    layers: list[Layer] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    executed: set[str] = field(default_factory=set)
    numbers: int = 0

    def __post_init__(self) -> None:
        self.hold(self.columns, f"an input of {self.columns} columns")

    def hold(self, count: int, what: str) -> None:
        """Count numbers that are about to be allocated, and stay; raises NetworkError if too many.

        ``numbers`` is how many there were so far.
        """
        self.numbers += count
        require_memory(self.numbers * NUMBER_BYTES, f"the network, with {what},", NetworkError)

    def room(self, count: int, what: str) -> None:
        """Raise NetworkError if so many more numbers are too many; they are held when emitted."""
        needed = (self.numbers + count) * NUMBER_BYTES
        require_memory(needed, f"the network, with {what},", NetworkError)

    @property
    def input(self) -> Signal:
        """The teacher's input."""
        return Signal(0, self.shape or (self.columns,))

    def emit(self, layer: Layer, shape: int | tuple[int, ...]) -> Signal:
        """Append a layer whose output has that shape, or so many columns."""
        shape = (shape,) if isinstance(shape, int) else shape
        count = width = math.prod(shape)
        if isinstance(layer, Affine):
            count += layer.weight.size + layer.bias.size
        elif isinstance(layer, Scale):
            count += 3 * width
        elif isinstance(layer, Steps):
            count += layer.thresholds.size
        self.hold(count, f"{len(self.layers) + 1} layers")
        self.layers.append(layer)
        return Signal(len(self.layers), shape)

    def note(self, text: str) -> None:
        """Record what loading changed, once."""
        if text not in self.notes:
            self.notes.append(text)

    def execute(self, kind: str) -> None:
        """Record that running the model rounds to numbers of that type, if it is a narrow one."""
        if kind in NARROW:
            self.executed.add(kind)


def refuse(where: str, problem: str) -> NoReturn:
    """Raise NetworkError for an operator."""
    raise NetworkError(f"{where}: {problem}")


def signal(value: Value | None, where: str) -> Signal:
    """``value`` as a Signal that no classifying operator ended."""
    last = None
    if isinstance(value, Probability | Label):
        last = value.where
    elif not isinstance(value, Signal):
        refuse(where, "it takes the network's activations here, but is given constants")
    elif isinstance(value, Integers):
        refuse(where, f"it takes floats here, but is given {value.kind}: dequantise it before")
    elif value.dropped:
        last = value.dropped[-1][1]
    if last is not None:
        refuse(where, f"it follows {last}, which is supported only as the last step")
    assert isinstance(value, Signal)
    return value


def constant(value: Value | None, where: str, what: str) -> Array:
    """``value`` as finite float64 numbers; ``what`` names them in error messages."""
    if not isinstance(value, ConstantValue):
        refuse(where, f"its {what} must be constant, but depends on the network's input")
    if value.array.dtype != np.float64:
        found = "text" if value.array.dtype == object else "integers"
        kind = f" ({value.kind})" if value.kind else ""
        refuse(where, f"its {what} has {found}{kind} where floats are expected")
    if not np.isfinite(value.array).all():
        refuse(where, f"its {what} ({value.name}) has a NaN or infinite value: retrain or repair")
    return value.array


def finish(
    graph: Graph,
    output: Value | None,
    where: str,
    head: Head | None = None,
    labels: tuple[str, ...] = (),
) -> Network:
    """The Network whose logits are ``output``; ``head`` and ``labels`` say what its classes are."""
    if not isinstance(output, Signal):
        refuse(where, "the output does not depend on the input: there is nothing to prove")
    if not output.node:
        ones = np.ones(output.width)
        output = graph.emit(Scale(0, ones, ones, 0 * ones), output.width)
    layers = pruned(graph.layers[: output.node])
    layers = pruned(merged(layers))
    executed = tuple(kind for kind in NARROW if kind in graph.executed)
    short = tuple(compacted(layer) for layer in layers)
    return Network(graph.columns, short, tuple(graph.notes), executed, head, labels)
