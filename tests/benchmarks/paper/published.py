"""The paper's own procedure, written after its published description: the peer of our distiller.

Level by level, every one-literal extension of the best ANDs gets a linear probe on the normalised
concatenation of all activations before and after the ReLUs, fitted on 1,000 points; the ANDs whose
probes err least on 10,000 others survive; a dynamic program makes the best tree of all ANDs that
were probed. One thing is not as published: there the probes are trained by 1,001 steps of Adam (on
a GPU); here they are ridge regressions in closed form, the best of `RIDGES` for each level, which
is quicker and no worse. `adam_seconds` says what those steps would take on this machine.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from verifier.distillers.cuts import Bools, Cuts, Ints, prepare_cuts
from verifier.distillers.frontier import FrontierTree, frontier
from verifier.distillers.quick import Singles, activations, classes_of, encode
from verifier.distillers.representation import choose_nodes
from verifier.distillers.sampling import sample
from verifier.model.domain import Domain
from verifier.model.network import Network
from verifier.model.tree import Tree

FITTED, JUDGED = 1_000, 10_000
"""Points that probes are fitted on, and judged on."""
RIDGES = (1e-2, 1e-4, 1e-6)
"""In units of E|φ|² = 1."""
STEPS = 1_001
"""Steps of Adam in the published code."""
BLOCK = 2_000
"""Probes that are judged together."""

Literals = tuple[int, ...]
"""An AND: each literal is 2 * variable + value, in order."""


@dataclass(frozen=True)
class Published:
    """The tree, how many different ANDs were probed of how many, and processor seconds.

    ``frontier`` has the best trees by number of leaves.
    """

    tree: Tree
    frontier: tuple[FrontierTree, ...]
    probes: int
    possible: int
    seconds: float


def distill(teacher: Network, domain: Domain, depth: int, keep: int, seed: int = 0) -> Published:
    """The tree of at most ``depth`` that the paper's procedure finds with ``keep`` ANDs a level.

    The domain's variables are signs. Leaves are labelled by the teacher, not by the tree that it
    was trained on, as in the published code: a distiller does not have that tree.
    """
    begun = time.process_time()
    cuts = prepare_cuts(domain)
    rng = np.random.default_rng([seed, 7])
    fitted, judged = sample(domain, FITTED, rng), sample(domain, JUDGED, rng)
    probes = _Probes.on(teacher, domain, fitted, judged)
    level: list[Literals] = [()]
    everything: list[Literals] = [()]
    for at in range(depth):
        if at:
            errors = probes.errors(fitted, judged, level)
            best = np.argsort(errors, kind="stable")[:keep]
            level = [level[i] for i in best.tolist()]
        level = _extended(level, len(domain.variables))
        everything += level
    counts = _counts(judged, everything, probes.labels, teacher.classes)
    found = frontier(cuts, _cells(cuts, everything), counts, 2**depth)
    possible = sum(math.comb(len(domain.variables), k) << k for k in range(1, depth + 1))
    spent = time.process_time() - begun
    return Published(found[-1].tree, tuple(found), len(everything) - 1, possible, spent)


def _extended(level: list[Literals], variables: int) -> list[Literals]:
    """All ANDs with one literal more, each once."""
    found: dict[Literals, None] = {}
    for literals in level:
        used = {x >> 1 for x in literals}
        for x in range(2 * variables):
            if x >> 1 not in used:
                found[tuple(sorted((*literals, x)))] = None
    return list(found)


@dataclass(frozen=True, eq=False)
class _Probes:
    """Probes of any target on one representation, as maps from fitted values to judged ones.

    ``hats[i]`` [JUDGED, FITTED] predicts with ridge ``RIDGES[i]``; ``labels`` are the teacher's
    classes at the judged points.
    """

    hats: tuple[Singles, ...]
    labels: Ints

    @staticmethod
    def on(teacher: Network, domain: Domain, fitted: Ints, judged: Ints) -> _Probes:
        """Factorise the representation of the points."""
        nodes = choose_nodes(teacher, "both")
        parts = []
        for points in (fitted, judged):
            held = activations(teacher, encode(domain, points))
            psi = np.concatenate([held[i] for i in nodes], axis=1)
            psi /= np.sqrt((psi.astype(np.float64) ** 2).sum() / len(psi))
            parts.append(np.concatenate([psi, np.ones((len(psi), 1), np.float32)], axis=1))
        first, second = parts
        gram = (first @ first.T).astype(np.float64) / len(first)
        values, vectors = np.linalg.eigh(gram)
        across = (second @ first.T).astype(np.float64) / len(first) @ vectors
        hats = tuple(
            ((across / (np.maximum(values, 0) + ridge)) @ vectors.T).astype(np.float32)
            for ridge in RIDGES
        )
        return _Probes(hats, classes_of(held[-1]))

    def errors(self, fitted: Ints, judged: Ints, ands: list[Literals]) -> np.ndarray:
        """Mean squared errors at the judged points of the probes of ANDs (-1 or 1), [ands]."""
        found = []
        for hat in self.hats:
            parts = []
            for start in range(0, len(ands), BLOCK):
                block = ands[start : start + BLOCK]
                wanted = 2 * _inside(judged, block) - 1
                parts.append(((hat @ (2 * _inside(fitted, block) - 1) - wanted) ** 2).mean(axis=0))
            found.append(np.concatenate(parts))
        return min(found, key=lambda errors: float(np.sort(errors)[: len(errors) // 50 + 1].mean()))


def _inside(points: Ints, ands: list[Literals]) -> Singles:
    """1 where a point satisfies an AND, [points, ands]."""
    width = max(map(len, ands))
    held = np.ones((len(points), len(ands)), dtype=np.bool_)
    for place in range(width):
        literal = np.array([x[place] if place < len(x) else -1 for x in ands])
        held &= (points[:, literal >> 1] == (literal & 1)) | (literal < 0)
    return held.astype(np.float32)


def _counts(points: Ints, ands: list[Literals], labels: Ints, classes: int) -> np.ndarray:
    """How many of the points lie in each AND, by class, [ands, classes]."""
    kinds = np.eye(classes, dtype=np.float32)[labels]
    blocks = (ands[s : s + BLOCK] for s in range(0, len(ands), BLOCK))
    found = np.concatenate([_inside(points, block).T @ kinds for block in blocks])
    return found.astype(np.int64)


def _cells(cuts: Cuts, ands: list[Literals]) -> Bools:
    """The ANDs as cells over the global values, [ands, values]."""
    cells = np.ones((len(ands), len(cuts.owner)), dtype=np.bool_)
    for n, literals in enumerate(ands):
        for x in literals:
            cells[n, cuts.starts[x >> 1] + 1 - (x & 1)] = False
    return cells


def adam_seconds(teacher: Network, probes: int) -> float:
    """Processor seconds of as many probes by Adam as published, in proportion from a few of them.

    The third step of Adam on 200 probes is timed, in one thread.
    """
    import torch

    few = 200
    width = sum(teacher.widths[i] for i in choose_nodes(teacher, "both"))
    phi, wanted = torch.randn(FITTED, width), torch.randn(FITTED, few)
    model = torch.nn.Linear(width, few)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    spent = 0.0
    for _ in range(3):
        begun = time.process_time()
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(model(phi), wanted).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        spent = time.process_time() - begun
    return spent * STEPS * probes / few
