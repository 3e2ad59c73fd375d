"""`from_torch` read a forward that depends on the number of rows as it is for 7,919 of them.

It is traced for one row, for many and for any number, and the module's own answers for batches of
several sizes, twice for some, are compared with what was read.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import torch
from torch import nn

from tests.formats.onnx_models import evaluate
from verifier.formats.torch import from_torch
from verifier.model.errors import NetworkError
from verifier.model.head import Head


class Net(nn.Module):
    """A module around a function of (module, x)."""

    def __init__(self, function: Callable[[Any, Any], Any]) -> None:
        super().__init__()
        self.function = function
        self.inner = nn.Linear(2, 2)
        self.calls = 0
        self.register_buffer("seen", torch.zeros(1))
        with torch.no_grad():
            self.inner.weight.copy_(torch.tensor([[1.0, 2.0], [-1.0, 0.5]]))
            self.inner.bias.copy_(torch.tensor([0.25, 0.0]))

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(self, x)


def _counting(m: Any, x: Any) -> Any:
    m.calls += 1
    return m.inner(x) if m.calls < 6 else -m.inner(x)


def _writing(m: Any, x: Any) -> Any:
    m.seen += 1
    return m.inner(x) * 2


def _python_random(m: Any, x: Any) -> Any:
    return m.inner(x) * random.random()


DEPENDING: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "many rows": (lambda m, x: m.inner(x) if len(x) > 100 else -m.inner(x), "number of rows"),
    "one row": (lambda m, x: -m.inner(x) if len(x) == 1 else m.inner(x), "number of rows"),
    "thirteen rows": (
        lambda m, x: -m.inner(x) if x.shape[0] == 13 else m.inner(x),
        "number of rows",
    ),
    "an odd number": (
        lambda m, x: -m.inner(x) if x.shape[0] % 2 else m.inner(x),
        "number of rows|rows",
    ),
    "divided": (lambda m, x: m.inner(x) / x.shape[0], "number of rows"),
    "counting": (_counting, "answers otherwise"),
    "writing": (_writing, "changes its own buffers"),
    "random": (_python_random, "answers otherwise|number of rows"),
    "noise": (lambda m, x: m.inner(x) + torch.randn_like(m.inner(x)), "not supported"),
    "a mean": (lambda m, x: m.inner(x) - m.inner(x).mean(0), "mixes the rows"),
    "a dict": (lambda m, x: {"logits": m.inner(x)}, "returns a dict"),
    "a tuple": (lambda m, x: (m.inner(x),), "returns a tuple"),
}


@pytest.mark.parametrize("name", DEPENDING)
def test_only_functions_of_each_row_are_read(name: str) -> None:
    function, words = DEPENDING[name]
    with pytest.raises(NetworkError, match=words) as caught:
        from_torch(Net(function), 2)
    assert "\n" not in str(caught.value)


def test_a_point_is_shown() -> None:
    with pytest.raises(NetworkError, match=r"at the point \(.*, .*\), in a batch of \d+"):
        from_torch(Net(_counting), 2)


def test_training_mode_is_not_what_is_read() -> None:
    net = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 1))
    net.train()
    again = from_torch(net, 2)
    assert net.training and net[1].training
    own = evaluate(again, [[1, 2]])[0][0]
    net.eval()
    with torch.no_grad():
        assert abs(float(net(torch.tensor([[1.0, 2.0]]))) - float(own)) < 1e-5


def test_batch_statistics_in_evaluation_mode_are_refused() -> None:
    net = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4, track_running_stats=False))
    with pytest.raises(NetworkError, match=r"not supported|number of rows"):
        from_torch(net, 2)


@pytest.mark.parametrize("default", [torch.float64, torch.float32])
def test_the_default_type_does_not_matter(default: torch.dtype) -> None:
    before = torch.get_default_dtype()
    torch.set_default_dtype(default)
    try:
        assert evaluate(from_torch(Net(lambda m, x: m.inner(x)).float(), 2), [[1, 1]])[0][0] == 3.25
    finally:
        torch.set_default_dtype(before)


def test_heads_of_modules() -> None:
    half = Fraction(1, 2)
    plain, squashed = nn.Sequential(nn.Linear(2, 1)), nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    assert from_torch(plain, 2).head == Head("logit", Fraction(0), "assumed")
    assert from_torch(plain, 2, head="regression", threshold="1/3").head == Head(
        "regression", Fraction(1, 3), "asked"
    )
    assert from_torch(squashed, 2).head == Head("probability", half, "shown")
    cut = from_torch(squashed, 2, threshold="0.3")
    assert cut.head == Head("probability", Fraction(3, 10), "asked")
    assert any("rounded to float64" in note for note in cut.notes)
    with pytest.raises(NetworkError, match="is not a number"):
        from_torch(plain, 2, threshold="many")


COLUMNS: dict[str, tuple[Callable[[Any, Any], Any], float]] = {
    "squeezed": (lambda m, x: m.inner(x)[:, :1].squeeze(-1), 3.25),
    "viewed": (lambda m, x: m.inner(x)[:, 1:2].view(-1), -0.5),
    "selected": (lambda m, x: m.inner(x)[:, 1], -0.5),
    "selected from the end": (lambda m, x: m.inner(x)[..., -2], 3.25),
    "a probability": (lambda m, x: torch.sigmoid(m.inner(x)[:, 0]), 3.25),
    "a probability, then": (lambda m, x: torch.sigmoid(m.inner(x)[:, :1]).squeeze(1), 3.25),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_one_column_as_a_list(name: str) -> None:
    function, expected = COLUMNS[name]
    assert evaluate(from_torch(Net(function), 2), [[1, 1]]) == [[expected]]


def test_a_module_that_is_traced_and_cannot_be_called_is_one_line() -> None:
    """Tracing does not mind layers of several types; calling does."""
    module = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1).double())
    with pytest.raises(NetworkError, match="cannot be called with 1 rows of 2 numbers") as raised:
        from_torch(module, 2)
    assert "\n" not in str(raised.value)
