"""A torch module may ask whether gradients are taken, or be another one after ``eval()``.

It was traced and compared without gradients alone, and by a flag that its own ``train`` never saw.
"""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.formats.onnx_models import evaluate
from verifier.formats.torch import from_torch
from verifier.model.errors import NetworkError


class Asks(nn.Linear):
    """Answers the opposite in one mode."""

    def __init__(self, mode: str) -> None:
        super().__init__(2, 1)
        self.mode = mode

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inference = torch.is_inference_mode_enabled()
        held = {"gradients": torch.is_grad_enabled(), "inference": inference}
        return -super().forward(x) if held[self.mode] else super().forward(x)


@pytest.mark.parametrize("mode", ["gradients", "inference"])
def test_what_depends_on_gradients_is_refused(mode: str) -> None:
    with pytest.raises(NetworkError, match="on whether gradients are taken"):
        from_torch(Asks(mode), 2)


class Counts(nn.Linear):
    """Changes a weight in place, which cannot be done where gradients are taken."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.weight.mul_(1)
        return super().forward(x)


def test_a_module_that_runs_without_gradients_alone_is_one_line() -> None:
    with pytest.raises(NetworkError) as caught:
        from_torch(Counts(2, 1), 2)
    assert "\n" not in str(caught.value)


class Merges(nn.Linear):
    """Has other weights once ``eval()`` is called, as low-rank adapters do."""

    def train(self, mode: bool = True) -> Merges:
        if not mode:
            self.weight.data = torch.tensor([[5.0, 7.0]])
            self.bias.data = torch.tensor([0.5])
        return super().train(mode)


def test_a_train_of_its_own_is_called_by_the_user() -> None:
    net = nn.Sequential(Merges(2, 1))
    with pytest.raises(NetworkError, match=r"Merges has a train or eval of its own.*: call eval"):
        from_torch(net, 2)
    assert evaluate(from_torch(net.eval(), 2), [[1, 1]]) == [[12.5]]


def test_a_part_in_training_mode_is_no_evaluation() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 1)).eval()
    from_torch(net, 2)
    net[1].train()
    with pytest.raises(NetworkError, match='but its part "1" in training mode: call eval'):
        from_torch(net, 2)
    from_torch(net.train(), 2)  # as a whole it is read in evaluation mode
    assert net.training and net[1].training
