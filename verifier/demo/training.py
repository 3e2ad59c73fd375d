"""Small teachers for the demo, the tests and the benchmarks: ReLU networks trained with torch."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import torch

from verifier.demo.problems import Problem
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.torch import from_torch
from verifier.writing.json_nouns import write_domain


def train(
    problem: Problem, hidden: tuple[int, ...] = (16, 16), *, seed: int = 0, epochs: int = 400
) -> torch.nn.Sequential:
    """A fully connected ReLU network with one logit, trained on the problem's points (AdamW).

    The same seed gives the same network on the same machine. Stops once every point is classified
    with a margin of 2.
    """
    inputs = torch.tensor([[float(x) for x in problem.domain.encode(p)] for p in problem.points])
    labels = torch.tensor([float(y) for y in problem.labels])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[torch.nn.Module] = []
        widths = (problem.domain.columns, *hidden)
        for before, after in pairwise(widths):
            layers += [torch.nn.Linear(before, after), torch.nn.ReLU()]
        network = torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], 1))
        _fit(network, inputs, labels, epochs)
    return network.eval()


def _fit(
    network: torch.nn.Sequential, inputs: torch.Tensor, labels: torch.Tensor, epochs: int
) -> None:
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2, weight_decay=1e-2)
    batch = min(256, len(labels))
    for _ in range(epochs):
        for chosen in torch.randperm(len(labels)).split(batch):  # type: ignore[no-untyped-call]
            logits = network(inputs[chosen])[:, 0]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels[chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        with torch.no_grad():
            margin = (network(inputs)[:, 0] * (2 * labels - 1)).min()
        if margin > 2:
            return


def accuracy(network: torch.nn.Sequential, problem: Problem) -> float:
    """The fraction of the problem's points that the network classifies as labelled."""
    inputs = [[float(x) for x in problem.domain.encode(p)] for p in problem.points]
    with torch.no_grad():
        classes: list[int] = (network(torch.tensor(inputs))[:, 0] > 0).int().tolist()
    right = sum(int(a == b) for a, b in zip(classes, problem.labels, strict=True))
    return right / len(problem.labels)


def save(network: torch.nn.Sequential, problem: Problem, folder: Path) -> None:
    """Write teacher.onnx and domain.json into the folder."""
    save_onnx(from_torch(network, problem.domain.columns), folder / "teacher.onnx")
    write_domain(folder / "domain.json", problem.domain)
