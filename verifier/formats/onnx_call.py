"""One node of an ONNX file, and how operators of its kind are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from onnx import AttributeProto, helper

from verifier.formats.graph import Graph, Signal, Value, refuse
from verifier.formats.smooth import solid

_LISTS = (AttributeProto.FLOATS, AttributeProto.INTS, AttributeProto.STRINGS)


@dataclass(frozen=True, eq=False)
class OnnxCall:
    """One node of the file with the values of its inputs (None where left out).

    ``readers`` are the operators that read what it makes; ``shared``: it quantises, and several
    read its integers or their floats.
    """

    where: str
    node: Any
    opset: int
    inputs: Sequence[Value | None]
    folder: Path | None
    graph: Graph
    readers: frozenset[str] = frozenset()
    shared: bool = False

    def given(self, position: int) -> Value | None:
        """An optional input."""
        return self.inputs[position] if position < len(self.inputs) else None

    def signal(self, position: int = 0) -> Signal:
        """An input that must be the network's activations."""
        return solid(self.graph, self.given(position), self.where)

    def number(self, name: str, default: float) -> float:
        """A float attribute, which ONNX stores as float32."""
        value = self._attribute(name, AttributeProto.FLOAT)
        return float(np.float32(default)) if value is None else float(value)

    def integer(self, name: str, default: int) -> int:
        """An integer attribute."""
        value = self._attribute(name, AttributeProto.INT)
        return default if value is None else int(value)

    def text(self, name: str, default: str) -> str:
        """A text attribute."""
        value = self._attribute(name, AttributeProto.STRING)
        return default if value is None else _decoded(value)

    def listed(self, name: str) -> list[Any] | None:
        """A list attribute of numbers or texts; None where it is missing or empty."""
        for attribute in self.node.attribute:
            if attribute.name == name:
                if attribute.type not in _LISTS:
                    refuse(self.where, f'its attribute "{name}" has the wrong type: damaged file')
                found = list(helper.get_attribute_value(attribute))
                return [_decoded(x) if isinstance(x, bytes) else x for x in found] or None
        return None

    def _attribute(self, name: str, kind: int) -> Any:
        for attribute in self.node.attribute:
            if attribute.name == name:
                if attribute.type != kind:
                    refuse(self.where, f'its attribute "{name}" has the wrong type: damaged file')
                return helper.get_attribute_value(attribute)
        return None


@dataclass(frozen=True)
class Operator:
    """How to read an operator: its numbers of inputs (least, most) and known attributes.

    ``apply`` gives the value of its output, or of several (None: one that cannot be read).
    """

    apply: Callable[[Graph, OnnxCall], Value | tuple[Value | None, ...]]
    inputs: tuple[int, int] = (1, 1)
    attributes: tuple[str, ...] = ()


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")
