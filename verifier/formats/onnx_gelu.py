"""GELU by tanh as exporters for older operator sets, and authors of modules, spell it out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import helper, numpy_helper

from verifier.formats.onnx_model import makers_of, number_in, place_of

INNER, CUBE = math.sqrt(2 / math.pi), 0.044715
WANTED = (0.0, INNER, 0.0, INNER * CUBE)
"""What the tanh is of: INNER (x + CUBE x^3), by its coefficients."""
NEAR = 2.0**-21
"""Numbers that differ by less, relatively, are the same one, rounded to float32 on the way."""
DEEPEST = 8
"""So many operators after one another spell out the cube, or the gate, at most."""
_Coefficients = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Names:
    """What a graph's names stand for: the nodes that make them, weights, how many read them."""

    makers: Mapping[str, Any]
    tensors: Mapping[str, Any]
    readers: Mapping[str, int]

    def number(self, name: str) -> npt.NDArray[Any] | None:
        return number_in(name, self.makers, self.tensors)


def with_gelu(graph: Any) -> list[str]:
    """Put the function itself where a graph spells out x / 2 (1 + tanh(...)); returns notes.

    That is a multiple of x times a multiple of 1 + tanh(INNER (x + CUBE x^3)), however these are
    written. The graph's nodes are changed: the Tanh becomes the Gelu, the product a multiple of it.
    """
    makers = makers_of(graph)
    readers = Counter(read for node in graph.node for read in node.input)
    readers.update(o.name for o in graph.output)
    names = _Names(makers, {t.name: t for t in graph.initializer}, readers)
    used = {*names.tensors, *readers, *(name for node in graph.node for name in node.output)}
    used.update(own.name for own in graph.input)
    notes = []
    for i, node in enumerate(graph.node):
        found = _spelled_out(node, names)
        if found is None:
            continue
        tanh, x, factor = found
        notes.append(
            f"{place_of(node, i)}: it is GELU by tanh, written out with rounded constants; the "
            "function itself is what is proved"
        )
        tanh.op_type = "Gelu"
        tanh.attribute.append(helper.make_attribute("approximate", "tanh"))
        name = f"{node.output[0]} factor"
        while name in used:
            name += "'"
        used.add(name)
        graph.initializer.append(numpy_helper.from_array(factor, name))
        for changed, read in ((tanh, [x]), (node, [tanh.output[0], name])):
            del changed.input[:]
            changed.input.extend(read)
    return notes


def _spelled_out(node: Any, names: _Names) -> tuple[Any, str, npt.NDArray[Any]] | None:
    """The Tanh of a product that is a multiple of GELU, what that is of, and the factor."""
    if node.op_type != "Mul" or len(node.input) != 2:
        return None
    for own, gate in (tuple(node.input), tuple(reversed(node.input))):
        walked = _gate(gate, names)
        if walked is None:
            continue
        tanh, one = walked
        shares = _of(gate, tanh.output[0], names)
        for x in dict.fromkeys((own, _multiplied(own, names))):
            outer, inner = _of(own, x, names), _of(tanh.input[0], x, names)
            if outer is None or inner is None or shares is None:
                continue
            other = outer[[0, 2, 3]].any() or shares[2:].any() or shares[0] != shares[1]
            if other or not np.allclose(inner, WANTED, rtol=NEAR, atol=0):
                continue
            times = 2 * outer[1] * shares[0]
            factor = np.array(times, dtype=one.dtype)
            return (tanh, x, factor) if times and factor == times else None
    return None


def _gate(name: str, names: _Names) -> tuple[Any, npt.NDArray[Any]] | None:
    """The Tanh that a value is made of by constants alone, and one of these: which nothing else
    reads, nor what is between."""
    one = None
    for _ in range(DEEPEST):
        node = names.makers.get(name)
        if node is None or names.readers[name] != 1:
            return None
        if node.op_type == "Tanh":
            return None if one is None else (node, one)
        if node.op_type not in ("Add", "Mul") or len(node.input) != 2:
            return None
        numbers = [names.number(read) for read in node.input]
        if (numbers[0] is None) == (numbers[1] is None):
            return None
        at = 0 if numbers[0] is None else 1
        name, one = node.input[at], numbers[1 - at]
    return None


def _multiplied(name: str, names: _Names) -> str:
    """What a value is a multiple of: itself, where it is no product with a constant."""
    node = names.makers.get(name)
    if node is None or node.op_type not in ("Mul", "Div") or len(node.input) != 2:
        return name
    by_first, by_second = (names.number(read) is not None for read in node.input)
    if by_second and not by_first:
        return str(node.input[0])
    return str(node.input[1]) if by_first and not by_second and node.op_type == "Mul" else name


def _of(name: str, x: str, names: _Names, depth: int = DEEPEST) -> _Coefficients | None:
    """A value's coefficients of 1, x, x^2 and x^3; None where it is no such polynomial."""
    if name == x:
        return np.array([0.0, 1.0, 0.0, 0.0])
    number = names.number(name)
    if number is not None:
        return np.array([float(number), 0.0, 0.0, 0.0])
    node = names.makers.get(name)
    if node is None or not depth or len(node.input) != 2:
        return None
    a, b = (_of(read, x, names, depth - 1) for read in node.input)
    if a is None or b is None or not np.isfinite([a, b]).all():
        return None
    match node.op_type:
        case "Add":
            return a + b
        case "Mul":
            return _product(a, b)
        case "Div" if b[0] and not b[1:].any():
            quotient: _Coefficients = a / b[0]
            return quotient
        case "Pow" if b[0] in (2, 3) and not b[1:].any():
            square = _product(a, a)
            return square if b[0] == 2 or square is None else _product(square, a)
    return None


def _product(a: _Coefficients, b: _Coefficients) -> _Coefficients | None:
    with np.errstate(all="ignore"):
        whole = np.convolve(a, b)
    return None if whole[4:].any() else whole[:4]
