"""Networks at many points in torch, for attacks and probes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from verifier.model.network import Add, Affine, Layer, Network, Relu, Scale
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.provers.relaxable import Relaxable
from verifier.provers.space import Array
from verifier.provers.staircases import smooth_values
from verifier.provers.tensors.held import held, tensor

Weights = Sequence[tuple[Tensor, ...]]
Numbers = np.ndarray[Any, np.dtype[Any]]

_SINGLES: WeakKeyDictionary[Network, dict[str, Weights]] = WeakKeyDictionary()


@torch.inference_mode()
def forward(network: Relaxable, x: Array, device: str) -> tuple[Array, Array]:
    """Logits [points, outputs], pre-activations [points, neurons]; see ``attack.forward``."""
    own = held(network, device)
    nodes = _nodes(network.teacher.layers, own.weights, tensor(x, device))
    inner = nodes[0].new_empty((len(x), network.neurons))
    for node, part in network.slices.items():
        inner[:, part] = nodes[node]
    return nodes[-1].cpu().numpy(), inner.cpu().numpy()


@torch.inference_mode()
def activations(teacher: Network, x: Numbers, device: str) -> list[Numbers]:
    """All nodes in float32; see ``distillers.quick.activations``."""
    known = _SINGLES.setdefault(teacher, {})
    if device not in known:
        known[device] = [_singles(layer, device) for layer in teacher.layers]
    found = _nodes(teacher.layers, known[device], tensor(x, device))
    return [node.cpu().numpy() for node in found]


def _singles(layer: Layer, device: str) -> tuple[Tensor, ...]:
    with np.errstate(all="ignore"):
        if isinstance(layer, Affine):
            given = layer.weight.astype(np.float32), layer.bias.astype(np.float32)
        elif isinstance(layer, Scale):
            factor = (layer.scale / layer.divisor).astype(np.float32)
            given = factor, layer.shift.astype(np.float32)
        elif isinstance(layer, Steps):
            given = layer.rows.astype(np.float32), layer.lowest.astype(np.float32)
        else:
            return ()
    return tuple(tensor(array, device) for array in given)


def _nodes(layers: Sequence[Layer], weights: Weights, x: Tensor) -> list[Tensor]:
    """Every node's values at the inputs [points, columns]."""
    nodes = [x]
    for layer, own in zip(layers, weights, strict=True):
        nodes.append(run_layer(layer, own, nodes))
    return nodes


def run_layer(layer: Layer, own: tuple[Tensor, ...], nodes: Sequence[Tensor]) -> Tensor:
    """What a layer makes of the nodes before it."""
    if isinstance(layer, Affine):
        return torch.addmm(own[1], nodes[layer.source], own[0].T)
    if isinstance(layer, Scale):
        return nodes[layer.source] * own[0] + own[1]
    if isinstance(layer, Add):
        return nodes[layer.left] + nodes[layer.right]
    if isinstance(layer, Relu):
        return nodes[layer.source].clamp(min=0)
    if isinstance(layer, Smooth):
        return curved(layer, nodes[layer.source])
    if isinstance(layer, Steps):
        return climb(own, nodes[layer.source])
    return nodes[layer.source].sign()


def curved(layer: Smooth, x: Tensor) -> Tensor:
    """A smooth function, by the kernel's table, which is on the processor."""
    return torch.from_numpy(smooth_values(layer, x.cpu().numpy())).to(x.device, x.dtype)


def climb(own: tuple[Tensor, ...], x: Tensor) -> Tensor:
    """The values of staircases, of thresholds and lowest values."""
    found = torch.searchsorted(own[0], x.T.contiguous(), right=True).T
    return found.to(x.dtype) + own[1].to(x.dtype)
