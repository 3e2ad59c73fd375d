"""What the kernel's check of one cell takes, beside what ``provers/costs.py`` says of it."""

from __future__ import annotations

import time

import numpy as np
from threadpoolctl import threadpool_limits

from verifier.kernel import checker
from verifier.kernel.asked import Asked, ask
from verifier.kernel.helpers import Here
from verifier.kernel.ledger import Ledger
from verifier.model.cell import Cell
from verifier.model.domain import bits
from verifier.model.network import Affine, Layer, Network, Relu
from verifier.model.proof import Constant
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers.costs import costs

VARIABLES = 24
WIDTHS = ((16,), (64,), (16, 16), (32, 32), (64, 64), (128, 128), (32, 32, 32))
CELLS = {8: 64, 10: 64, 12: 32, 14: 16, 16: 8, 20: 2}
"""How many cells of so many free variables."""


def network(widths: tuple[int, ...]) -> Network:
    """Random weights, of which nothing is known beforehand: most ReLUs may switch."""
    rng = np.random.default_rng(0)
    layers: list[Layer] = []
    last = VARIABLES
    for width in widths:
        weight = rng.normal(size=(width, last)) * (2 / last) ** 0.5
        layers.append(Affine(len(layers), weight, rng.normal(size=width) / 10))
        layers.append(Relu(len(layers)))
        last = width
    layers.append(Affine(len(layers), rng.normal(size=(1, last)) / last**0.5, np.zeros(1)))
    return Network(VARIABLES, tuple(layers))


def cells(free: int, count: int) -> list[Cell]:
    """Random cells."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(count):
        parts = [3] * VARIABLES
        for i in rng.permutation(VARIABLES)[free:].tolist():
            parts[i] = 1 << int(rng.integers(2))
        found.append(Cell(tuple(parts)))
    return found


def enumerated(asked: Asked, some: list[Cell]) -> float:
    """Seconds of the processor for a cell that is enumerated."""
    ledger = Ledger(asked, Here())
    start = time.process_time()
    for cell in some:
        ledger.enumerate(cell)
    ledger.evaluate_waiting()
    return (time.process_time() - start) / len(some)


def constant(asked: Asked, some: list[Cell]) -> float:
    """The same for a Constant cell that holds, among thousands; entered, but not read."""
    p = asked.nets[0].p
    held: list[tuple[Cell, int]] = []
    for klass in (0, 1):
        good, _ = checker.constant(p, some, [klass] * len(some), float32=True)
        held += [(cell, klass) for cell, holds in zip(some, good.tolist(), strict=True) if holds]
    ledger = Ledger(asked, Here())
    batch = [checker.Waiting(i, c, (Constant(k),)) for i, (c, k) in enumerate(held, 1)]
    start = time.process_time()
    checker.settle(ledger, batch)
    return (time.process_time() - start) / len(held)


def main() -> None:
    """Print a row for each network: milliseconds measured, and said."""
    sizes = " ".join(f"{f'enumerated 2^{free}':>20}" for free in CELLS)
    print(f"{'widths':14} {sizes} {'constant':>20}")
    with threadpool_limits(1, "blas"):
        for widths in WIDTHS:
            asked = ask(matter_of(bits(VARIABLES), network(widths), Tree((Leaf(0),))))
            said = costs([network(widths)])
            enumerated(asked, cells(12, 4))
            row = [
                (enumerated(asked, cells(free, count)), said.enumerated(1 << free))
                for free, count in CELLS.items()
            ]
            row.append((constant(asked, cells(4, 4096)), said.constant))
            shown = " ".join(f"{f'{a * 1e3:.3f} ({b * 1e3:.3f})':>20}" for a, b in row)
            print(f"{widths!s:14} {shown}", flush=True)
