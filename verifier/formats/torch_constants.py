"""What a PyTorch module computes of its weights alone, before it sees an input.

Parametrizations do that (weight_norm, spectral_norm, pruning): PyTorch is asked what it computes,
as the weights are then that, roundings and all.
"""

from __future__ import annotations

from typing import Any

import torch

from verifier.formats.graph import Value
from verifier.formats.torch_call import Results, held_constant

MOST = 1 << 24
"""Most numbers of a result."""


def computed(node: Any, tensors: dict[str, Any], rows: int) -> None:
    """Keep what a node computes, if all that it reads is in ``tensors``.

    Not what is drawn, and what is about the number of ``rows``.
    """
    drawn = torch.Tag.nondeterministic_seeded in getattr(node.target, "tags", ())
    shapes = [x.shape for x in _listed(node.meta.get("val")) if isinstance(x, torch.Tensor)]
    if drawn or not shapes or any(shape.numel() > MOST for shape in shapes):
        return
    if rows > 1 and any(rows in shape for shape in shapes):
        return
    if not all(x.name in tensors for x in node.all_input_nodes):
        return
    args, given = torch.fx.node.map_arg((node.args, node.kwargs), lambda x: tensors[x.name])
    if any(isinstance(x, torch.device) and x.type != "cpu" for x in given.values()):
        return
    with torch.no_grad():
        found = node.target(*args, **given)
    if "empty" in getattr(node.target, "__name__", ""):  # whatever was in memory: no number at all
        if not found.is_floating_point():
            return
        found.fill_(torch.nan)
    tensors[node.name] = found


def as_constants(found: Any, name: str) -> Value | Results:
    """A result of PyTorch's, or several, as constants. Raises NetworkError."""
    if isinstance(found, tuple | list):
        return tuple(held_constant(x, name) for x in found)
    return held_constant(found, name)


def _listed(value: Any) -> list[Any]:
    return [*value] if isinstance(value, tuple | list) else [value]
