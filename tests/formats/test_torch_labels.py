"""Modules that answer a class: compared, negated, cast; as PyTorch at every point, ties too."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import verifier as lp
from tests.every import EVERY
from verifier.formats.torch import from_torch
from verifier.model.errors import NetworkError
from verifier.model.network import exact_classes

VALUES = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
POINTS = [tuple(p) for p in product(range(len(VALUES)), repeat=2)]
Forward = Callable[[nn.Module, Tensor], Tensor]


class Deciding(nn.Module):
    """``scores`` are three numbers a row, ``one`` is one; weights of halves, so that ties occur."""

    shared = 0

    def __init__(self, forward: Forward, edge: float = 0.0) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(2, 3), nn.Linear(3, 1)
        with torch.no_grad():
            self.first.weight.copy_(torch.tensor([[1.0, -1.0], [0.5, 1.0], [-1.0, 2.0]]))
            self.first.bias.copy_(torch.tensor([0.0, 0.5, -0.5]))
            self.last.weight.copy_(torch.tensor([[1.0, -1.0, 0.5]]))
            self.last.bias.copy_(torch.tensor([edge]))
        self.register_buffer("limit", torch.tensor(0.5))
        self.register_buffer("wide", torch.tensor([0.5], dtype=torch.float64))
        self.calls, self.own, self.seen = 0, forward, list[int]()
        self.held, self.array = {"calls": [0]}, np.zeros(1)

    def scores(self, x: Tensor) -> Tensor:
        found: Tensor = self.first(x)
        return found

    def one(self, x: Tensor) -> Tensor:
        found: Tensor = self.last(torch.relu(self.first(x)))
        return found

    def forward(self, x: Tensor) -> Tensor:
        return self.own(self, x)


READ: dict[str, Forward] = {
    "gt": lambda m, x: m.one(x) > 0,
    "ge": lambda m, x: m.one(x) >= 0,
    "lt": lambda m, x: m.one(x) < 0.5,
    "le": lambda m, x: m.one(x) <= 0.5,
    "number first": lambda m, x: m.one(x) < 0.5,
    "function": lambda m, x: torch.ge(m.one(x), 0.5),
    "a buffer": lambda m, x: m.one(x) >= m.limit,
    "a wider buffer": lambda m, x: m.one(x) >= m.wide,
    "long": lambda m, x: (m.one(x) > 0).long(),
    "float": lambda m, x: (m.one(x) > 0).float(),
    "list": lambda m, x: (m.one(x) >= 0).squeeze(1),
    "list before": lambda m, x: m.one(x).squeeze(1) >= 0,
    "negated": lambda m, x: ~(m.one(x) >= 0),
    "logical not": lambda m, x: torch.logical_not((m.one(x) >= 0).int()),
    "probability": lambda m, x: torch.sigmoid(m.one(x)) > 0.5,
    "rest": lambda m, x: 1 - torch.sigmoid(m.one(x)) >= 0.5,
    "columns": lambda m, x: m.scores(x)[:, 0] >= m.scores(x)[:, 1],
    "argmax": lambda m, x: m.scores(x).argmax(1),
    "bits": lambda m, x: ~m.scores(x).argmax(1),
    "argmin": lambda m, x: m.scores(x).argmin(1),
    "argmin kept": lambda m, x: m.scores(x).argmin(dim=-1, keepdim=True),
    "argmin of two": lambda m, x: m.scores(x)[:, :2].argmin(1).to(torch.uint8),
    "equal": lambda m, x: m.scores(x)[:, :2].argmax(1) == 1,
    "not equal": lambda m, x: m.scores(x)[:, :2].argmax(1) != 1,
    "at least": lambda m, x: m.scores(x)[:, :2].argmax(1) >= 0.5,
}


BOTH = [(name, edge) for i, name in enumerate(READ) for edge in ((0.0, 0.5), (0.5, 0.0))[i % 2]]
"""Each with an edge, and with the other one in `make test-every`."""


@pytest.mark.parametrize(("name", "edge"), BOTH if EVERY else BOTH[::2])
def test_classes_are_pytorchs(name: str, edge: float) -> None:
    module = Deciding(READ[name], edge).eval()
    network = from_torch(module, 2)
    domain = lp.Domain.product(*(lp.Domain.ordinal(x, list(VALUES)) for x in "ab"))
    ours = [int((network.labels or "012")[k]) for k in exact_classes(network, domain, POINTS)]
    x = torch.tensor(domain.inputs(), dtype=torch.float32)
    assert ours == module(x).reshape(-1).int().tolist()
    assert len({*ours}) > 1


def test_a_number_is_the_float32_that_pytorch_compares_with() -> None:
    """0.1 in float32 is greater than 0.1: a score that is it is not greater than it."""
    for operator, klass in ((torch.gt, 0), (torch.ge, 1)):
        module = nn.Sequential(nn.Linear(1, 1, bias=False), Last(operator)).eval()
        with torch.no_grad():
            module[0].weight.fill_(0.1)
        network = from_torch(module, 1)
        found = exact_classes(network, lp.Domain.bits(1), [(0,), (1,)])
        assert (
            found == [0, klass] == module(torch.tensor([[0.0], [1.0]])).int().reshape(-1).tolist()
        )


class Last(nn.Module):
    """Compares with 0.1."""

    def __init__(self, operator: Callable[[Tensor, float], Tensor]) -> None:
        super().__init__()
        self.operator = operator

    def forward(self, x: Tensor) -> Tensor:
        return self.operator(x, 0.1)


def counted(m: Deciding, x: Tensor) -> Tensor:
    """Another class after thirty calls."""
    m.calls += 1
    return m.one(x) if m.calls < 30 else -m.one(x)


def listed(m: Deciding, x: Tensor) -> Tensor:
    """The same by a list."""
    m.seen.append(1)
    return m.one(x) if len(m.seen) < 30 else -m.one(x)


def nested(m: Deciding, x: Tensor) -> Tensor:
    """The same by a number in a list in a dict, whose sizes stay."""
    m.held["calls"][0] += 1
    return m.one(x) if m.held["calls"][0] < 30 else -m.one(x)


def by_array(m: Deciding, x: Tensor) -> Tensor:
    """The same by an array."""
    m.array[0] += 1
    return m.one(x) if m.array[0] < 30 else -m.one(x)


def by_class(m: Deciding, x: Tensor) -> Tensor:
    """The same by an attribute of the class, which all its modules share."""
    Deciding.shared += 1
    return m.one(x) if Deciding.shared < 30 else -m.one(x)


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        (lambda m, x: m.scores(x) > 0, "compares 3 columns"),
        (lambda m, x: m.one(x) == 0, "only classes are asked so"),
        (lambda m, x: m.scores(x).argmin(0), "its dim must be 1"),
        (lambda m, x: m.scores(x).argmin(), "its dim must be 1"),
        (lambda m, x: m.one(x) > float("nan"), "NaN or infinite"),
        (lambda m, x: m.one(x) > float("inf"), "NaN or infinite"),
        (lambda m, x: m.scores(x).argmax(1) == m.scores(x).argmin(1), "compares with a class"),
        (lambda m, x: m.scores(x).argmax(1) > m.limit, "compares a class with a tensor"),
        (lambda m, x: m.scores(x)[:, 0] > m.one(x), "each number with each other"),
        (lambda m, x: (m.scores(x).argmax(1) == 1).long(), "two of its labels are the same"),
        (counted, 'changes "calls"'),
        (listed, 'changes "seen"'),
        (nested, 'changes "held.calls'),
        (by_array, 'changes "array"'),
        (by_class, 'changes "class.shared"'),
    ],
)
def test_what_is_no_class_of_a_row_is_one_line(forward: Forward, words: str) -> None:
    with pytest.raises(NetworkError, match=r"\A[^\n]*\Z") as error:
        from_torch(Deciding(forward).eval(), 2)
    assert words in str(error.value)


def test_casts_keep_classes() -> None:
    """A class of 300 is no int8."""
    wide = nn.Linear(1, 300)
    module = nn.Sequential(wide, Cast(torch.int8)).eval()
    with pytest.raises(NetworkError, match=r"casts classes to .*int8, which changes"):
        from_torch(module, 1)
    assert from_torch(nn.Sequential(wide, Cast(torch.int16)).eval(), 1).classes == 300
    assert np.array_equal(from_torch(nn.Sequential(wide, Cast(torch.float64)).eval(), 1).columns, 1)


class Cast(nn.Module):
    """The class in a type."""

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, x: Tensor) -> Tensor:
        return x.argmax(1).to(self.dtype)
