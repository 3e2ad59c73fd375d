"""Many points' logits in float64, with a bound on their error: ``evaluate.bulk_logits`` in torch.

That bound holds for any order of summation, with or without fused multiply-add or flushing of
denormals, so for the products of such a device too.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
import torch

from verifier.model.network import Affine, Relu, Sign, sources
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.provers.evaluate import Bulk, rounding, smooth_error
from verifier.provers.tables import Bools, Floats
from verifier.provers.tensors.held import tensor
from verifier.provers.tensors.points import Weights, climb, run_layer

_HELD: WeakKeyDictionary[Bulk, dict[str, Weights]] = WeakKeyDictionary()


@torch.inference_mode()
def bulk_logits(bulk: Bulk, x: Floats, device: str) -> tuple[Floats, Floats, Bools]:
    """Logits of the inputs ``x``, their error, and the points for which that is not claimed."""
    weights = _weights(bulk, device)
    nodes, errors = [tensor(x, device)], [bulk.input_error]
    unsure = torch.zeros(len(x), dtype=torch.bool, device=device)
    with np.errstate(all="ignore"):
        for i, layer in enumerate(bulk.teacher.layers):
            if isinstance(layer, Sign):
                z, error = nodes[layer.source].abs(), tensor(errors[layer.source], device)
                unsure |= ~((z > error) | (error == 0)).all(1)
                errors.append(np.zeros_like(errors[layer.source]))
            elif isinstance(layer, Steps):
                z, error = nodes[layer.source], tensor(errors[layer.source], device)
                far = torch.full_like(z, torch.inf)
                ends = [torch.nextafter(z - error, -far), torch.nextafter(z + error, far)]
                least, most = (climb(weights[i], x) for x in (ends if error.any() else [z, z]))
                unsure |= (least != most).any(1)
                errors.append(np.zeros_like(errors[layer.source]))
            elif isinstance(layer, Smooth):
                errors.append(smooth_error(_largest(nodes[layer.source]), errors[layer.source]))
            elif isinstance(layer, Relu):
                errors.append(errors[layer.source])
            else:
                largest = [_largest(nodes[source]) for source in sources(layer)]
                before = [errors[source] for source in sources(layer)]
                errors.append(rounding(layer, bulk.weights[i], largest, before, bulk.grids[i + 1]))
            nodes.append(run_layer(layer, weights[i], nodes))
    return nodes[-1].cpu().numpy(), errors[-1], unsure.cpu().numpy()


def _largest(x: torch.Tensor) -> Floats:
    """The largest magnitude of each component."""
    return x.abs().amax(0).cpu().numpy() if len(x) else np.zeros(x.shape[1])


def _weights(bulk: Bulk, device: str) -> Weights:
    known = _HELD.setdefault(bulk, {})
    if device not in known:
        known[device] = [
            (tensor(own[0].T, device), tensor(own[2], device))
            if isinstance(layer, Affine)
            else tuple(tensor(array, device) for array in own)
            for layer, own in zip(bulk.teacher.layers, bulk.weights, strict=True)
        ]
    return known[device]
