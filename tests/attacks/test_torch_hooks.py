"""`from_torch` ignored hooks on the outermost module: the network certified was another one."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from tests.formats.onnx_models import evaluate
from verifier.formats.load import load_network
from verifier.formats.torch import from_torch
from verifier.model.errors import NetworkError, UnsupportedError

COMMON = torch.nn.modules.module


def negate(module: nn.Module, inputs: Any, output: Any) -> Any:
    return -output


def double(module: nn.Module, inputs: Any) -> Any:
    return (2 * inputs[0],)


HOOKS: dict[str, Callable[[nn.Module], Any]] = {
    "forward hook": lambda m: m.register_forward_hook(negate),
    "forward pre-hook": lambda m: m.register_forward_pre_hook(double),
    "global forward hook": lambda m: COMMON.register_module_forward_hook(negate),
    "global forward pre-hook": lambda m: COMMON.register_module_forward_pre_hook(double),
}


@pytest.mark.parametrize("net", [nn.Linear(2, 1), nn.Sequential(nn.Linear(2, 2), nn.ReLU())])
def test_hooks_are_refused_by_name(net: nn.Module) -> None:
    """And the network is read as before once all of them are removed."""
    plain = from_torch(net, 2)
    for kind, register in HOOKS.items():
        handle = register(net)
        try:
            with pytest.raises(NetworkError) as caught:
                from_torch(net, 2)
        finally:
            handle.remove()
        name = "double" if "pre" in kind else "negate"
        assert f'has a {kind}, "{name}"' in str(caught.value)
        assert "\n" not in str(caught.value)
    assert evaluate(from_torch(net, 2), [[1, 2]]) == evaluate(plain, [[1, 2]])


def test_hooks_inside_are_part_of_the_network() -> None:
    """torch.export runs them, as a call of the outer module does."""
    inner = nn.Linear(2, 1)
    inner.weight.data, inner.bias.data = torch.tensor([[1.0, 2.0]]), torch.tensor([0.5])
    inner.register_forward_hook(negate)
    inner.register_forward_pre_hook(double)
    net = nn.Sequential(inner, nn.ReLU())
    assert evaluate(from_torch(nn.Sequential(inner), 2), [[1, 1]]) == [[-6.5]]
    assert evaluate(from_torch(net, 2), [[1, 1]]) == [[0]]


def test_what_is_computed_outside_forward_is_refused() -> None:
    class Called(nn.Linear):
        def __call__(self, x: torch.Tensor) -> torch.Tensor:
            return -self.forward(x)

    with pytest.raises(NetworkError, match="a __call__ of its own"):
        from_torch(Called(2, 1), 2)
    with torch.autocast("cpu", torch.bfloat16), pytest.raises(NetworkError, match="autocast"):
        from_torch(nn.Linear(2, 1), 2)


def test_parametrised_and_pruned_weights_are_those_in_use() -> None:
    class Doubled(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * 2

    net = nn.Sequential(nn.Linear(2, 1, bias=False))
    net[0].weight.data = torch.tensor([[1.0, 3.0]])
    nn.utils.parametrize.register_parametrization(net[0], "weight", Doubled())
    assert evaluate(from_torch(net, 2), [[1, 1]]) == [[8]]


def test_what_torch_makes_of_a_module_is_read_or_says_what_is() -> None:
    net = nn.Sequential(nn.Linear(2, 1), nn.ReLU()).eval()
    traced, plain = torch.fx.symbolic_trace(net), from_torch(net, 2)
    assert evaluate(from_torch(traced, 2), [[1, 2]]) == evaluate(plain, [[1, 2]])

    class Called(torch.fx.GraphModule):
        def __call__(self, x: torch.Tensor) -> torch.Tensor:
            return -super().__call__(x)

    with pytest.raises(NetworkError, match="a __call__ of its own"):
        from_torch(Called(traced, traced.graph), 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch's own, where its compiler is loaded
        compiled = torch.compile(net)
    with pytest.raises(NetworkError, match=r"OptimizedModule is what torch\.compile made: give"):
        from_torch(compiled, 2)
    program = torch.export.export(net, (torch.zeros(3, 2),))
    for given in program, program.module():
        with pytest.raises(
            (NetworkError, UnsupportedError), match=r"give the module that torch\.ex"
        ):
            load_network(given, columns=2)
