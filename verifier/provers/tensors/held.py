"""What a search knows, on the device: a network's weights, a space, a batch of cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from verifier.provers.relaxable import Relaxable
from verifier.provers.space import Boxes, Cells, Group, Space, listed


@dataclass(frozen=True, eq=False)
class HeldGroup:
    """A group of variables; see ``space.Group``."""

    variables: Tensor
    columns: Tensor
    values: Tensor
    encoding: Tensor
    one_hot: bool


@dataclass(frozen=True, eq=False)
class Held:
    """A network and its space on a device; ``weights`` and ``linear`` are those of Relaxable."""

    device: str
    groups: tuple[HeldGroup, ...]
    ordinals: tuple[Tensor, Tensor]
    weights: tuple[tuple[Tensor, ...], ...]
    linear: tuple[tuple[Tensor, Tensor] | None, ...]


@dataclass(frozen=True, eq=False)
class Inside:
    """A batch of cells: the values allowed [cells, values], the least and the greatest number of
    each ordinal [cells, ordinals].
    """

    allowed: Tensor
    least: Tensor
    most: Tensor

    @property
    def cells(self) -> int:
        """How many."""
        return len(self.allowed)


_HELD: WeakKeyDictionary[Relaxable, dict[str, Held]] = WeakKeyDictionary()


def tensor(array: np.ndarray[Any, Any], device: str) -> Tensor:
    """An array on the device."""
    return torch.from_numpy(np.ascontiguousarray(array)).to(device)


def held(network: Relaxable, device: str) -> Held:
    """A network on the device: it is moved there once."""
    known = _HELD.setdefault(network, {})
    if device not in known:
        space = network.space
        linear = [x and (tensor(x[0], device), tensor(x[1], device)) for x in network.linear]
        known[device] = Held(
            device,
            tuple(_group(group, device) for group in space.groups),
            (tensor(space.ordinals.variables, device), tensor(space.ordinals.columns, device)),
            tuple(tuple(tensor(w, device) for w in own) for own in network.weights),
            tuple(linear),
        )
    return known[device]


def _group(group: Group, device: str) -> HeldGroup:
    return HeldGroup(
        tensor(group.variables, device),
        tensor(group.columns, device),
        tensor(group.values, device),
        tensor(np.asarray(group.encoding), device),
        group.one_hot,
    )


def inside(space: Space, cells: Cells, device: str) -> Inside:
    """A batch of cells on the device."""
    allowed = tensor(listed(cells), device)
    if isinstance(cells, Boxes):
        least, most = space.ordinals.least(cells.lowest), space.ordinals.numbers(cells.highest)
        return Inside(allowed, tensor(least, device), tensor(most, device))
    none = torch.empty((len(allowed), 0), dtype=torch.float64, device=device)
    return Inside(allowed, none, none)


def extremes(own: Held, cells: Inside, variables: int, forms: Tensor) -> tuple[Tensor, Tensor]:
    """Least and largest contributions [cells, rows, variables] of forms [*, rows, columns]."""
    shape = (cells.cells, forms.shape[1], variables)
    low = torch.empty(shape, dtype=torch.float64, device=own.device)
    high = torch.empty_like(low)
    members, columns = own.ordinals
    if len(members):
        part = forms[:, :, columns]
        a, b = part * cells.least[:, None], part * cells.most[:, None]
        low[:, :, members], high[:, :, members] = torch.minimum(a, b), torch.maximum(a, b)
    for group in own.groups:
        allowed = cells.allowed[:, group.values]
        if group.encoding.shape[1] == 1:  # a number each: its ends decide
            numbers = group.encoding[:, 0].double()
            least = numbers.masked_fill(~allowed, torch.inf).amin(-1)[:, None]
            most = numbers.masked_fill(~allowed, -torch.inf).amax(-1)[:, None]
            part = forms[:, :, group.columns[:, 0]]
            a, b = part * least, part * most
            low[:, :, group.variables] = torch.minimum(a, b)
            high[:, :, group.variables] = torch.maximum(a, b)
            continue
        each, out = contributions(group, forms), ~allowed[:, None]
        each = each.expand(cells.cells, *each.shape[1:])
        low[:, :, group.variables] = each.masked_fill(out, torch.inf).amin(-1).double()
        high[:, :, group.variables] = each.masked_fill(out, -torch.inf).amax(-1).double()
    return low, high


def contributions(group: HeldGroup, forms: Tensor) -> Tensor:
    """What each value adds to each form: [..., columns] -> [..., variables of the group, k]."""
    own = forms[..., group.columns]
    if group.one_hot:
        return own
    return torch.einsum("...vc,vck->...vk", own.double(), group.encoding.double())
