"""Residual ReLU networks in the maximal update parametrisation, trained by SGD.

The networks of Boix-Adsera, "Towards a theory of model distillation" (arXiv 2403.09053), with the
settings of his published code: 5 layers of width 1000, batches of 100, learning rate 0.05, 11
epochs, initial deviation 0.001; logistic loss, or squared loss against labels -1 and 1.
Parametrisation: Yang and Hu, "Feature learning in
infinite-width neural networks" (ICML 2021).
"""

from __future__ import annotations

import hashlib
import math
import pickle
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from verifier.distillers.quick import encode
from verifier.distillers.sampling import sample
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.tree import Tree, bind, leaves_of_points


@dataclass(frozen=True)
class Recipe:
    """How a network is made: ``layers`` counts all affine maps, ``std`` scales the initial weights.

    ``rate`` and ``std`` are those of the parametrised weights; `Residual` holds the weights that
    act, whose rates and deviations depend on ``width``. ``loss`` is one of `LOSSES`.
    """

    width: int = 1000
    layers: int = 5
    rate: float = 0.05
    std: float = 0.001
    batch: int = 100
    epochs: int = 11
    seed: int = 0
    loss: str = "logistic"


class Residual(torch.nn.Module):
    """h = relu(A x + b), then h += relu(A h + b) for each middle layer, then one logit A h + b."""

    def __init__(self, columns: int, recipe: Recipe) -> None:
        super().__init__()
        width, middle = recipe.width, recipe.layers - 2
        self.first = torch.nn.Linear(columns, width)
        self.middle = torch.nn.Sequential(*(torch.nn.Linear(width, width) for _ in range(middle)))
        self.last = torch.nn.Linear(width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits [N, 1] of encoded inputs [N, columns]."""
        h = torch.relu(self.first(x))
        for layer in self.middle:
            h = h + torch.relu(layer(h))
        return self.last(h)  # type: ignore[no-any-return]


def _initialise(network: Residual, recipe: Recipe) -> None:
    """Normal weights: of deviation std / sqrt(columns), std / sqrt(width), std / width."""
    std, width = recipe.std, recipe.width
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            deviation = std
        elif name == "last.weight":
            deviation = std / width
        else:
            deviation = std / math.sqrt(parameter.shape[1])
        torch.nn.init.normal_(parameter, std=deviation)


def _optimiser(network: Residual, recipe: Recipe) -> torch.optim.Optimizer:
    """SGD; a weight that is width^a times its parameter learns width^2a times as fast as that."""
    rate, width = recipe.rate, recipe.width
    groups = []
    for name, parameter in network.named_parameters():
        factor = {"last.weight": 1 / width, "last.bias": 1}.get(name)
        if factor is None:
            factor = 1 if name.startswith("middle") and name.endswith("weight") else width
        groups.append({"params": [parameter], "lr": rate * factor})
    return torch.optim.SGD(groups, foreach=True)


def _squared(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean square of logit less label, where the labels 0 and 1 count as -1 and 1."""
    return torch.nn.functional.mse_loss(logits, 2 * labels - 1)


LOSSES: Mapping[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "logistic": torch.nn.functional.binary_cross_entropy_with_logits,
    "squared": _squared,
}
"""Mean losses of logits [N] at labels 0 or 1 [N], by name."""


def train_on_tree(
    tree: Tree,
    domain: Domain,
    samples: int,
    recipe: Recipe,
    checkpoint: Path | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> Residual:
    """A network trained on ``samples`` points drawn from ``domain`` and the tree's classes there.

    The samples follow from the recipe's seed; ``checkpoint`` and ``progress`` as in `train`.
    """
    points = sample(domain, samples, np.random.default_rng(recipe.seed))
    bound = bind(tree, domain)
    labels = bound.classes[leaves_of_points(bound, points)]
    inputs = encode(domain, points)
    return train(inputs, labels, recipe, checkpoint=checkpoint, progress=progress)


def train(
    inputs: npt.NDArray[np.float32],
    labels: npt.NDArray[np.int64],
    recipe: Recipe,
    *,
    checkpoint: Path | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> Residual:
    """A network trained on encoded inputs [N, columns] and their labels 0 or 1.

    After every epoch the network is kept in ``checkpoint``, from which an interrupted training, or
    one of more epochs, goes on, and ``progress`` gets the number of epochs done and the mean loss
    of the last one. The same recipe and samples give the same network on the same machine. Raises
    LeafproofError if the loss is unknown or the checkpoint cannot be used.
    """
    if recipe.loss not in LOSSES:
        raise LeafproofError(f"no loss {recipe.loss!r}: there are {', '.join(LOSSES)}")
    loss_of = LOSSES[recipe.loss]
    x, y = torch.from_numpy(inputs), torch.from_numpy(labels.astype(np.float32))
    facts = asdict(recipe) | {
        "samples": hashlib.sha256(inputs.tobytes() + labels.tobytes()).hexdigest()
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        network = Residual(inputs.shape[1], recipe)
        _initialise(network, recipe)
    done = 0 if checkpoint is None else _resume(checkpoint, network, facts, recipe.epochs)
    optimiser = _optimiser(network, recipe)
    for epoch in range(done, recipe.epochs):
        order = np.random.default_rng([recipe.seed, epoch]).permutation(len(inputs))
        total = 0.0
        for chosen in torch.from_numpy(order).split(recipe.batch):  # type: ignore[no-untyped-call]
            logits = network(x[chosen])[:, 0]
            loss = loss_of(logits, y[chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += loss.item() * len(chosen)
        if checkpoint is not None:
            _keep(checkpoint, network, facts, epoch + 1)
        if progress is not None:
            progress(epoch + 1, total / len(inputs))
    return network.eval()


def _keep(path: Path, network: Residual, facts: dict[str, Any], epochs: int) -> None:
    beside = path.with_name(path.name + ".new")
    torch.save({"facts": facts, "epochs": epochs, "state": network.state_dict()}, beside)
    beside.replace(path)


def _resume(path: Path, network: Residual, facts: dict[str, Any], most: int) -> int:
    """Load the checkpoint, if there is one; the number of epochs that it has behind it.

    It may have been made for fewer epochs than ``facts`` say, but has ``most`` behind it at most.
    """
    if not path.exists():
        return 0
    remedy = "remove it to train from the start"
    try:
        held = torch.load(path, weights_only=True)
        earlier = {"loss": "logistic"} | held["facts"] | {"epochs": facts["epochs"]}
        if earlier != facts or held["epochs"] > most:
            raise LeafproofError(f"{path} holds a network of other settings: {remedy}")
        network.load_state_dict(held["state"])
        return int(held["epochs"])
    except (OSError, RuntimeError, LookupError, TypeError, EOFError, pickle.UnpicklingError) as bad:
        raise LeafproofError(f"{path} is not a checkpoint of this network: {remedy}") from bad
