"""A module can count its calls where no attribute shows it, and answer otherwise after many.

It was read as it answers the first calls. So was one that branches, unless it is exported, for
numbers larger than those at which it was asked.
"""

from __future__ import annotations

import itertools
import random
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from verifier.formats.torch import from_torch
from verifier.formats.torch_held import check_held, held_by
from verifier.model.errors import NetworkError

MANY = 1000
shared = 0


class Holds:
    """An object that counts, in a slot."""

    __slots__ = ("calls",)

    def __init__(self) -> None:
        self.calls = 0

    def count(self) -> int:
        self.calls += 1
        return self.calls


def by_closure() -> Callable[[], int]:
    calls = 0

    def count() -> int:
        nonlocal calls
        calls += 1
        return calls

    return count


def by_global() -> int:
    global shared
    shared += 1
    return shared


def by_default(calls: list[int] = [0]) -> int:  # noqa: B006 what it is a test of
    calls[0] += 1
    return calls[0]


def by_deque() -> Callable[[], int]:
    calls = deque([0])

    def count() -> int:
        calls.append(0)
        return len(calls)

    return count


def by_own_tensor() -> Callable[[], int]:
    array = torch.zeros(1, dtype=torch.int64).numpy()

    def count() -> int:
        array[0] += 1
        return int(array[0])

    return count


class Net(nn.Module):
    """Negates after many calls."""

    def __init__(self, count: Callable[[], Any]) -> None:
        super().__init__()
        self.count, self.one = count, nn.Linear(2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.one(x) if self.count() < MANY else -self.one(x)


COUNTERS: dict[str, tuple[Callable[[], Callable[[], Any]], str]] = {
    "closure": (by_closure, "count.calls"),
    "global": (lambda: by_global, "count.shared"),
    "default": (lambda: by_default, "count.defaults"),
    "object": (lambda: Holds().count, "count.self.calls"),
    "iterator": (lambda: itertools.count().__next__, "count"),
    "deque": (by_deque, "count.calls"),
    "memory of a tensor": (by_own_tensor, "count.array"),
    "random numbers": (lambda: random.Random(1).random, "count"),
    "the library's random numbers": (lambda: lambda: random.random(), "random"),
}


@pytest.mark.parametrize("name", COUNTERS)
def test_what_calls_change_is_seen(name: str) -> None:
    made, path = COUNTERS[name]
    net = Net(made())
    before = held_by(net)
    if name != "iterator":  # where one stands cannot be seen
        check_held(net, "Net", before)
    net(torch.zeros(1, 2))
    with pytest.raises(NetworkError, match=f'changes "{path}'):
        check_held(net, "Net", before)


def test_it_is_refused_in_one_line() -> None:
    with pytest.raises(NetworkError, match=r'\ANet changes "count.calls", which it holds') as said:
        from_torch(Net(by_closure()), 2)
    assert "\n" not in str(said.value)


def test_hooks_of_parts_remember_too() -> None:
    net, calls = nn.Sequential(nn.Linear(2, 1)), [0]

    def hook(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        calls[0] += 1
        return output if calls[0] < MANY else -output

    net[0].register_forward_hook(hook)
    with pytest.raises(NetworkError, match=r'changes "0\._forward_hooks\.\d+\.calls"'):
        from_torch(net, 2)


def test_what_every_call_writes_anew_is_no_memory() -> None:
    """Pruning keeps the weights that it computes in an attribute, here first in another type."""
    net = nn.Sequential(nn.Linear(2, 2))
    prune.l1_unstructured(net[0], "weight", 1)
    from_torch(net.double(), 2)


class First(nn.Linear):
    """Answers its first call otherwise, and remembers by a tensor."""

    def forward(self, x: Tensor) -> Tensor:
        held = vars(self).get("held", torch.zeros(1))
        self.held = torch.ones(1)
        return super().forward(x) + held


def test_a_first_call_is_as_the_others() -> None:
    with pytest.raises(
        NetworkError, match=r"First (changes|answers otherwise|does something else)"
    ):
        from_torch(First(2, 1), 2)


class Exchanges(nn.Linear):
    """Exchanges two functions, both of which it holds all the time."""

    def __init__(self) -> None:
        super().__init__(2, 1)
        self.some = self.used, self.other = [torch.neg], [torch.abs]

    def forward(self, x: Tensor) -> Tensor:
        self.used, self.other = self.other, self.used
        return super().forward(x)


def test_what_is_exchanged_is_seen() -> None:
    net = Exchanges()
    before = held_by(net)
    net(torch.zeros(1, 2))
    with pytest.raises(NetworkError, match=r'changes "(other|used)"'):
        check_held(net, "Exchanges", before)


class Far(nn.Linear):
    """Another function beyond 20, where it is not being exported."""

    def forward(self, x: Tensor) -> Tensor:
        y = super().forward(x)
        return y if torch.compiler.is_exporting() else torch.where(x[:, :1] > 20, -y, y)


def test_numbers_far_away_are_asked_about() -> None:
    with pytest.raises(NetworkError, match="answers otherwise than its trace"):
        from_torch(Far(2, 1), 2)
