"""The linear relaxation of ``provers.bound`` in torch.

Thin layers are not taken apart here: a dense product is quick on such a device, and bounds more
tightly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from verifier.model.network import Add, Affine, Relu, Scale
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.provers.bound import FloatBounds, FloatForm, Relaxed
from verifier.provers.relaxable import Relaxable
from verifier.provers.space import Array, Cells
from verifier.provers.staircases import SHORT, around, through
from verifier.provers.tensors.held import Held, Inside, extremes, held, inside, tensor
from verifier.provers.tensors.points import climb
from verifier.provers.timing import poll

NUMBERS = 1 << 26
"""Numbers that a step of the work makes at most, about."""

Form = tuple[Tensor, Tensor, dict[int, Tensor]]
"""Coefficients [cells, rows, columns], constants [cells, rows], coefficients at activations."""


@dataclass(eq=False)
class Relaxing:
    """A relaxation under way: bounds of all neurons [cells, neurons], on the device.

    ``rows_of[node]`` are the neurons that were bounded again, with their forms below and above.
    """

    network: Relaxable
    own: Held
    cells: Inside
    low: Tensor
    high: Tensor
    rows_of: dict[int, tuple[Tensor, Tensor, Tensor]] = field(default_factory=dict)


@torch.inference_mode()
def relax(
    network: Relaxable, allowed: Cells, low: Array, high: Array, rows: Array, device: str
) -> Relaxed:
    """See ``bound.relax``: ``low`` and ``high`` are inherited, ``rows`` [cells, rows, outputs]."""
    own = held(network, device)
    cells = inside(network.space, allowed, device)
    run = Relaxing(network, own, cells, tensor(low, device).clone(), tensor(high, device).clone())
    for node in network.slices:
        _tighten(run, node)
    last = len(network.teacher.layers)
    coefficients, constant, inner = _backward(run, last, tensor(rows, device))
    least, most = _extremes(run, coefficients)
    bound = constant + least.sum(-1)
    size = constant.abs() + torch.maximum(least.abs(), most.abs()).sum(-1)
    bound = bound.masked_fill(bound.isnan(), -torch.inf)
    at = torch.arange(cells.cells, device=device)
    worst = bound.argmin(1)
    chosen = {node: a[at, worst] for node, a in inner.items()}
    influence = _influence(run, coefficients[at, worst], chosen)
    form = FloatForm(
        coefficients[at, worst].cpu().numpy(),
        constant[at, worst].cpu().numpy(),
        {node: a.cpu().numpy() for node, a in chosen.items()},
    )
    return Relaxed(
        FloatBounds(run.low.cpu().numpy(), run.high.cpu().numpy()),
        bound[at, worst].cpu().numpy(),
        size[at, worst].cpu().numpy(),
        form,
        influence.cpu().numpy(),
    )


@torch.inference_mode()
def gradient(network: Relaxable, inner: Array, rows: Array, device: str) -> Array:
    """Coefficients [points, columns] of rows [points, 1, outputs] where each point is a cell."""
    own, at = held(network, device), tensor(inner, device)
    none = torch.empty((len(inner), 0), device=device)
    run = Relaxing(network, own, Inside(none, none, none), at, at)
    found, _, _ = _backward(run, len(network.teacher.layers), tensor(rows, device))
    given: Array = found[:, 0].cpu().numpy()
    return given


def _extremes(run: Relaxing, forms: Tensor) -> tuple[Tensor, Tensor]:
    return extremes(run.own, run.cells, run.network.space.variables, forms)


def _tighten(run: Relaxing, node: int) -> None:
    """Bound the ambiguous pre-activations of a node."""
    part, linear = run.network.slices[node], run.own.linear[node]
    low, high = run.low[:, part], run.high[:, part]
    if linear is not None:
        least, most = _extremes(run, linear[0][None])
        low.copy_(torch.fmax(low, (least.sum(-1) + linear[1]).to(low.dtype)))
        high.copy_(torch.fmin(high, (most.sum(-1) + linear[1]).to(high.dtype)))
        return
    ambiguous = ~((low >= 0) | (high <= 0))
    if isinstance(run.network.stairs.get(node), Smooth):
        ambiguous = high - low > SHORT
    elif node in run.network.stairs:
        own = run.own.weights[_reader(run, node)]
        ambiguous = climb(own, low) != climb(own, high)
    most_rows = int(ambiguous.sum(1).max()) if len(ambiguous) else 0
    if not most_rows:
        return
    picked = (~ambiguous).to(torch.int8).argsort(dim=1, stable=True)[:, :most_rows]
    down, least = _bound_rows(run, node, picked, 1)
    up, negated = _bound_rows(run, node, picked, -1)
    low.scatter_(1, picked, torch.fmax(low.gather(1, picked), least.to(low.dtype)))
    high.scatter_(1, picked, torch.fmin(high.gather(1, picked), -negated.to(high.dtype)))
    run.rows_of[node] = picked, down, up


def _reader(run: Relaxing, node: int) -> int:
    """The staircase layer that reads a node."""
    return run.network.teacher.layers.index(run.network.stairs[node])


def _bound_rows(run: Relaxing, node: int, picked: Tensor, sign: int) -> tuple[Tensor, Tensor]:
    """Lower forms and bounds of ``sign`` times the picked neurons of a node."""
    widest = max(*run.network.teacher.widths, run.cells.allowed.shape[1])
    step = max(1, NUMBERS // (widest * max(1, run.cells.cells)))
    forms, least = [], []
    for start in range(0, picked.shape[1], step):
        poll()
        form, constant, _ = _from_neurons(run, node, picked[:, start : start + step], sign)
        forms.append(form)
        least.append(constant + _extremes(run, form)[0].sum(-1))
    return torch.cat(forms, 1), torch.cat(least, 1)


def _from_neurons(run: Relaxing, node: int, picked: Tensor, sign: int) -> Form:
    layer, own = run.network.teacher.layers[node - 1], run.own.weights[node - 1]
    if isinstance(layer, Affine):
        return _backward(run, layer.source, sign * own[0][picked], sign * own[1][picked])
    width = run.network.teacher.widths[node]
    rows = torch.zeros((*picked.shape, width), dtype=run.low.dtype, device=run.own.device)
    rows.scatter_(2, picked[..., None], float(sign))
    return _backward(run, node, rows)


def _backward(run: Relaxing, node: int, rows: Tensor, constant: Tensor | None = None) -> Form:
    """Lower bounds of ``rows @ node`` that are linear in the input; see ``bound.backward``."""
    if constant is None:
        constant = rows.new_zeros(rows.shape[:2])
    pending, inner = {node: rows}, dict[int, Tensor]()

    def send(target: int, part: Tensor) -> None:
        pending[target] = pending[target] + part if target in pending else part

    for j in range(node, 0, -1):
        poll()
        if j not in pending:
            continue
        layer, own, a = run.network.teacher.layers[j - 1], run.own.weights[j - 1], pending.pop(j)
        if isinstance(layer, Affine):
            constant = constant + a @ own[1]
            send(layer.source, a @ own[0])
        elif isinstance(layer, Scale):
            constant = constant + a @ own[1]
            send(layer.source, a * own[0])
        elif isinstance(layer, Add):
            send(layer.left, a)
            send(layer.right, a)
        else:
            part = run.network.slices[layer.source]
            low, high = run.low[:, None, part], run.high[:, None, part]
            inner[layer.source] = inner[layer.source] + a if layer.source in inner else a
            if isinstance(layer, Relu):
                passed, extra = _through_relu(a, low, high)
                send(layer.source, passed)
            elif isinstance(layer, Smooth | Steps):
                lines = around(layer, *(x[:, 0].cpu().numpy() for x in (low, high)))
                forms = [torch.from_numpy(x) for x in through(a.cpu().numpy(), *lines)]
                passed, extra = (x.to(a.device, a.dtype) for x in forms)
                send(layer.source, passed)
            else:
                extra = torch.where(a >= 0, a * low.sign(), a * high.sign()).sum(-1)
            constant = constant + extra
    if 0 not in pending:
        pending[0] = rows.new_zeros((*rows.shape[:2], run.network.space.columns))
    return pending[0], constant, inner


def _through_relu(a: Tensor, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    ambiguous = (low < 0) & (high > 0)
    slope = torch.where(ambiguous, high / (high - low), (low >= 0).to(a.dtype))
    below = torch.where(ambiguous, (high > -low).to(a.dtype), (low >= 0).to(a.dtype))
    offset = torch.where(ambiguous, -low * slope, torch.zeros_like(low))
    negative = a.clamp(max=0)
    extra = (negative @ offset[:, 0, :, None])[..., 0]
    return a.clamp(min=0) * below + negative * slope, extra


def _influence(run: Relaxing, coefficients: Tensor, inner: Mapping[int, Tensor]) -> Tensor:
    """The splitting score [cells, variables]; see ``influence.influence_of``."""

    def moved(forms: Tensor) -> Tensor:
        low, high = _extremes(run, forms)
        return high - low

    total = moved(coefficients[:, None])[:, 0]
    for node, part in run.network.slices.items():
        if node not in inner:
            continue
        low, high = run.low[:, part], run.high[:, part]
        weight = _gap_weight(low, high, inner[node]).double()
        linear = run.own.linear[node]
        if linear is not None:
            total += torch.einsum("bj,bjv->bv", weight, moved(linear[0][None]))
        elif node in run.rows_of:
            picked, down, up = run.rows_of[node]
            low, high, weight = (x.gather(1, picked) for x in (low, high, weight))
            share = torch.where(weight > 0, high**2 / (low**2 + high**2), 0.0)
            total += torch.einsum("bj,bjv->bv", weight * share, moved(down))
            total += torch.einsum("bj,bjv->bv", weight * (1 - share), moved(up))
    return torch.where(total.isfinite(), total, 0.0)


def _gap_weight(low: Tensor, high: Tensor, inner: Tensor) -> Tensor:
    wide = high - low
    above = (-inner).clamp(min=0) * (low**2 + high**2) / wide**2
    below = inner.clamp(min=0) * torch.minimum(-low, high) / wide
    return torch.where((low < 0) & (high > 0), above + below, torch.zeros_like(above))
