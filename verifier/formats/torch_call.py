"""One node of a module's exported graph, and the values that its arguments stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from verifier.formats.graph import ConstantValue, Graph, Signal, Value, refuse
from verifier.formats.smooth import solid
from verifier.model.network import NARROW

Results = tuple[Value | None, ...]
"""What an operation of several results gives (None: one that cannot be read)."""


@dataclass(frozen=True, eq=False)
class TorchCall:
    """One node of the exported graph, with the values computed before it."""

    where: str
    node: Any
    graph: Graph
    values: Mapping[str, Value | Results]

    def argument(self, position: int, name: str, default: Any = None) -> Any:
        """An argument as it stands: a node, a number, a list."""
        if position < len(self.node.args):
            return self.node.args[position]
        return self.node.kwargs.get(name, default)

    def value(
        self, position: int, name: str = "", dtype: torch.dtype | None = None
    ) -> Value | None:
        """An argument as a value; Python numbers become constants of a type, else the result's."""
        argument = self.argument(position, name)
        if argument is None:
            return None
        if isinstance(argument, torch.fx.Node):
            return self._typed(self.held(argument), dtype)
        if isinstance(argument, bool) or not isinstance(argument, int | float):
            refuse(self.where, f"its argument {position} is not a tensor or a number")
        return held_constant(torch.tensor(argument, dtype=dtype or self.dtype), "a number")

    def held(self, node: torch.fx.Node) -> Value:
        """What an earlier node computed."""
        found = self.values.get(node.name)
        if found is None or isinstance(found, tuple):
            refuse(self.where, f"it reads {node.name}, which is not supported")
        return found

    def several(self, position: int) -> Results:
        """An argument that stands for the results of an operation of several."""
        found = self.values.get(self.node.args[position].name)
        return found if isinstance(found, tuple) else (found,)

    def integers(self, position: int, name: str, axes: int, default: int) -> tuple[int, ...]:
        """Whole numbers, one for each axis; a single one stands for all."""
        found = self.argument(position, name)
        listed = [default] if found is None or found == [] else found
        listed = listed if isinstance(listed, list | tuple) else [listed]
        if not all(isinstance(n, int) for n in listed):
            refuse(self.where, f'its argument "{name}" is not a list of whole numbers')
        return tuple(listed) * (axes if len(listed) == 1 else 1)

    def signal(self) -> Signal:
        """The first argument, as the network's activations."""
        return solid(self.graph, self.value(0), self.where)

    def activations(self) -> Signal:
        """The first argument, whatever the type of the result is."""
        return solid(self.graph, self.held(self.node.args[0]), self.where)

    def number(self, position: int, name: str, default: float | None) -> float | None:
        """A Python number, as the value of the result's type that PyTorch computes with."""
        argument = self.argument(position, name, default)
        if argument is None:
            return None
        if isinstance(argument, bool) or not isinstance(argument, int | float):
            refuse(self.where, f'its argument "{name}" is not a number')
        return float(torch.tensor(argument, dtype=self.dtype).double())

    @property
    def dtype(self) -> torch.dtype:
        """The type of the result's numbers."""
        value = self.node.meta["val"]
        value = value[0] if isinstance(value, tuple | list) else value
        if not value.dtype.is_floating_point:
            refuse(self.where, f"it computes {value.dtype}, not floats")
        found: torch.dtype = value.dtype
        return found

    def _typed(self, value: Value, dtype: torch.dtype | None) -> Value:
        """Single numbers and integers in the result's type, as PyTorch converts them."""
        if not isinstance(value, ConstantValue) or (
            value.array.ndim and value.array.dtype.kind != "i"
        ):
            return value
        plain = torch.from_numpy(np.asarray(value.array)).to(dtype or self.dtype)
        return held_constant(plain, value.name)


def number_type(node: torch.fx.Node, name: str) -> str:
    """The type of the numbers that an operation rounds to ("float32"), of all its results."""
    results = node.meta["val"]
    results = results if isinstance(results, tuple | list) else [results]
    kinds = {str(x.dtype).removeprefix("torch.") for x in results if x.dtype.is_floating_point}
    if odd := kinds - {"float64", "float32", *NARROW}:
        refuse(name, f"it computes in {min(odd)}: only {', '.join(NARROW)} and wider are supported")
    return min(kinds, default="float32")


def held_constant(tensor: torch.Tensor, name: str) -> ConstantValue:
    """A tensor's numbers, exactly."""
    if tensor.is_meta:
        refuse(name, "it has no numbers yet (device meta): load the weights first")
    if tensor.layout is not torch.strided:
        kind = str(tensor.layout).removeprefix("torch.")
        refuse(name, f"its numbers are kept in another layout ({kind}): call to_dense() on it")
    plain = tensor.detach().cpu()
    if plain.dtype.is_floating_point:
        return ConstantValue(plain.to(torch.float64).numpy(), name)
    return ConstantValue(plain.to(torch.int64).numpy(), name)


Operation = Callable[[Graph, TorchCall], Value | Results]
