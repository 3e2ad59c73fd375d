"""Convolutional and piecewise linear PyTorch modules, at every point of small domains.

Weights are multiples of 1/8 and divisors powers of two, so that nothing rounds in float32 or
float64, and what was read must be PyTorch's answer bit for bit.
"""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from verifier.formats.floating import evaluate
from verifier.formats.torch import from_torch
from verifier.model.errors import NetworkError


class Shaped(nn.Module):
    """A function of rows in a shape, and a few layers to use in it."""

    def __init__(self, shape: tuple[int, ...], function: Callable[[Any, Any], Any]) -> None:
        super().__init__()
        self.shape, self.function = shape, function
        self.conv = nn.Conv2d(2, 3, 2)
        self.same = nn.Conv2d(2, 2, (2, 3), padding="same", bias=False)
        self.strided = nn.Conv2d(2, 4, 2, stride=(1, 2), padding=1, dilation=(1, 2), groups=2)
        self.line = nn.Conv1d(2, 2, 2, padding=1)
        self.last = nn.Linear(3, 2)
        self.slopes = nn.PReLU(2)
        generator = torch.Generator().manual_seed(0)
        for p in self.parameters():
            p.data = torch.randint(-8, 9, p.shape, generator=generator) / 8

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(self, x.view(x.shape[0], *self.shape)).flatten(1)


GRID, LINE, ROW = (2, 2, 3), (2, 4), (6,)
FUNCTIONS: dict[str, tuple[tuple[int, ...], Callable[[Any, Any], Any]]] = {
    "conv": (GRID, lambda m, x: m.conv(x)),
    "conv same": (GRID, lambda m, x: m.same(x)),
    "conv strided": (GRID, lambda m, x: m.strided(x)),
    "conv of a line": (LINE, lambda m, x: m.line(x)),
    "max pool": (GRID, lambda m, x: functional.max_pool2d(x, 2, 1)),
    "max pool padded": (GRID, lambda m, x: functional.max_pool2d(x, (2, 3), padding=(1, 1))),
    "max pool ceil": (LINE, lambda m, x: functional.max_pool1d(x, 3, 2, ceil_mode=True)),
    "max pool with places": (
        GRID,
        lambda m, x: functional.max_pool2d(x, 2, 1, return_indices=True)[0],
    ),
    "average pool": (GRID, lambda m, x: functional.avg_pool2d(x, 2, 1)),
    "average pool of a line": (
        LINE,
        lambda m, x: functional.avg_pool1d(x, 2, padding=1, count_include_pad=False),
    ),
    "average pool by eight": (GRID, lambda m, x: functional.avg_pool2d(x, 2, divisor_override=8)),
    "adaptive average": (LINE, lambda m, x: functional.adaptive_avg_pool1d(x, 3)),
    "adaptive max": (GRID, lambda m, x: functional.adaptive_max_pool2d(x, (1, 2))),
    "global average": ((3, 2, 2), lambda m, x: functional.adaptive_avg_pool2d(x, 1)),
    "sum and mean": (LINE, lambda m, x: x.sum((1, 2), keepdim=True) + x.mean(2, keepdim=True)),
    "extremes along axes": (
        GRID,
        lambda m, x: x.amax(3) - x.amin((2, 3))[:, :, None] + x.max(2).values.min(2, True).values,
    ),
    "maximum": (LINE, lambda m, x: torch.maximum(x[:, 0], x[:, 1]) - torch.min(x[:, 0], -x[:, 1])),
    "clamp by tensors": (
        LINE,
        lambda m, x: torch.clamp(x, torch.tensor([[-0.5], [0.25]]), torch.tensor(1.0)),
    ),
    "prelu": (LINE, lambda m, x: m.slopes(x)),
    "absolute": (ROW, lambda m, x: x.abs() + functional.threshold(x, 0.5, 0.5)),
    "permute": (GRID, lambda m, x: x.permute(0, 3, 1, 2).reshape(-1, 6, 2).transpose(1, 2)),
    "select and index": (GRID, lambda m, x: x[:, 1, :, [2, 0]] + x.select(3, 1)),
    "slices": (GRID, lambda m, x: x[:, :1, ::1, -2:] * 2 - x[:, 1:, 0:1, :2]),
    "split and join": (
        GRID,
        lambda m, x: torch.cat([x.chunk(2, 1)[1], torch.relu(x.unbind(1)[0])[:, None]], 3),
    ),
    "stack": (LINE, lambda m, x: torch.stack([x, -x], 2).flip(2).roll(1, 3)),
    "pad": (GRID, lambda m, x: functional.pad(x, (1, 0, 0, 2), value=-0.75)),
    "pad by mirror": (LINE, lambda m, x: functional.pad(x, (1, 2), mode="reflect")),
    "upsample": (LINE, lambda m, x: functional.interpolate(x, scale_factor=2)),
    "pixel shuffle": ((4, 1, 2), lambda m, x: functional.pixel_shuffle(x, 2)),
    "expand": ((2, 1, 3), lambda m, x: x.expand(-1, -1, 2, -1) + x.repeat(1, 1, 2, 1)),
    "linear on the last axis": (GRID, lambda m, x: m.last(x)),
    "a network": (
        GRID,
        lambda m, x: m.last(functional.max_pool2d(torch.relu(m.conv(x)), (1, 2)).flatten(1)),
    ),
}


@pytest.mark.parametrize("shape", sorted({shape for shape, _ in FUNCTIONS.values()}))
def test_every_point_is_pytorchs(shape: tuple[int, ...]) -> None:
    """All functions of rows of a shape side by side, since tracing one takes long."""
    own = {name: f for name, (given, f) in FUNCTIONS.items() if given == shape}
    module = Shaped(shape, lambda m, x: torch.cat([f(m, x).flatten(1) for f in own.values()], 1))
    columns = int(np.prod(shape))
    network = from_torch(module, columns)
    values = [-2.0, 0.0, 0.5, 3.0] if columns <= 6 else [-1.5, 2.0]
    rows = np.array(list(itertools.product(values, repeat=columns)))
    given = torch.from_numpy(rows).float()
    read = evaluate(network.layers, rows, 0.0)[0][-1]
    with torch.no_grad():
        for name, function in own.items():
            shaped = given.view(len(given), *shape)
            found = function(module, shaped).flatten(1).double().numpy()
            held, read = np.split(read, [found.shape[1]], axis=1)
            assert np.array_equal(found, held), name
    assert not read.size


def test_hard_sigmoid_divides_exactly() -> None:
    network = from_torch(Shaped(ROW, lambda m, x: functional.hardsigmoid(x)), 6)
    rows = np.array(list(itertools.product([-4.0, -1.0, 0.0, 2.5, 3.0], repeat=6)))[::7]
    expected = torch.nn.functional.hardsigmoid(torch.from_numpy(rows)).numpy()
    np.testing.assert_allclose(evaluate(network.layers, rows, 0.0)[0][-1], expected, atol=1e-15)


BAD: dict[str, tuple[tuple[int, ...], Callable[[Any, Any], Any], str]] = {
    "rows flipped": (LINE, lambda m, x: x.flip(0), "mixes the rows"),
    "rows rolled": (LINE, lambda m, x: x.roll(7, 0), "mixes the rows"),
    "rows joined": (LINE, lambda m, x: torch.cat([x, x], 0), "mixes the rows"),
    "rows sliced": (LINE, lambda m, x: x[:9999], "some of the rows"),
    "rows swapped": (LINE, lambda m, x: x.view(2, -1, 4).transpose(0, 1), "the rows"),
    "rows summed": (LINE, lambda m, x: x - x.mean(0, keepdim=True), "mixes the rows"),
    "a jump": (ROW, lambda m, x: functional.threshold(x, 0.5, 2.0), "jumps"),
    "where the largest is": (LINE, lambda m, x: x + x.max(2).indices[:, :, None], "second result"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_one_line(name: str) -> None:
    shape, function, words = BAD[name]
    with pytest.raises(NetworkError, match=words) as caught:
        from_torch(Shaped(shape, function), int(np.prod(shape)))
    assert "\n" not in str(caught.value)
