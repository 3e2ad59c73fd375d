"""Finite problems with published definitions, for the demo, the tests and the benchmarks.

MONK's problems: Thrun et al., "The MONK's Problems", CMU-CS-91-197 (1991). Tic-tac-toe endgame:
Aha (1991), in the UCI repository. Multiplexer: Wilson (1987), "Classifier systems and the animat
problem". The attributes of car evaluation: Bohanec and Rajkovic, "Knowledge acquisition and
explanation for multi-attribute decision making" (1988). Breast cancer: Street, Wolberg and
Mangasarian (1993), as scikit-learn has it. Random trees over signs: Boix-Adsera (arXiv 2403.09053).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random

import numpy as np

from verifier.formats.variables import one_hot, ordinal, thermometer
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, Point, bits
from verifier.model.errors import LeafproofError
from verifier.model.tree import Inner, Leaf, Tree

_MONK_VARIABLES = (
    ("head_shape", ("round", "square", "octagon")),
    ("body_shape", ("round", "square", "octagon")),
    ("is_smiling", ("yes", "no")),
    ("holding", ("sword", "balloon", "flag")),
    ("jacket_color", ("red", "yellow", "green", "blue")),
    ("has_tie", ("yes", "no")),
)


@dataclass(frozen=True)
class Problem:
    """A domain, and labelled points of it to train on."""

    name: str
    domain: Domain
    points: tuple[Point, ...]
    labels: tuple[int, ...]


def _over_all(name: str, domain: Domain, rule: Callable[[Point], bool]) -> Problem:
    points = tuple(full_cell(domain).points())
    return Problem(name, domain, points, tuple(int(rule(p)) for p in points))


def monk(number: int) -> Problem:
    """MONK's problem 1, 2 or 3 (without its label noise) on all 432 robots, one-hot."""
    domain = Domain(tuple(one_hot(name, labels) for name, labels in _MONK_VARIABLES))
    rules: dict[int, Callable[[Point], bool]] = {
        1: lambda a: a[0] == a[1] or a[4] == 0,
        2: lambda a: sum(v == 0 for v in a) == 2,
        3: lambda a: (a[4] == 2 and a[3] == 0) or (a[4] != 3 and a[1] != 2),
    }
    return _over_all(f"MONK's {number}", domain, rules[number])


def multiplexer(address: int) -> Problem:
    """The multiplexer with ``address`` address bits, the first the most significant.

    6 bits in all for address = 2, 11 for address = 3.
    """
    n = address + 2**address
    return _over_all(
        f"{n}-multiplexer",
        bits(n),
        lambda b: b[address + int("".join(map(str, b[:address])), 2)] == 1,
    )


def exactly(k: int, n: int) -> Problem:
    """1 iff exactly ``k`` of ``n`` bits are 1."""
    return _over_all(f"exactly {k} of {n}", bits(n), lambda b: sum(b) == k)


LINES = (
    *((3 * i, 3 * i + 1, 3 * i + 2) for i in range(3)),
    *((i, i + 3, i + 6) for i in range(3)),
    (0, 4, 8),
    (2, 4, 6),
)


def tic_tac_toe() -> Problem:
    """The 958 legal final boards of tic-tac-toe (x moves first); 1 iff x has won.

    The domain is all 3^9 boards, each square one-hot: x, o or b (blank).
    """
    rows, columns = ("top", "middle", "bottom"), ("left", "middle", "right")
    squares = [f"{row}-{column}" for row in rows for column in columns]
    domain = Domain(tuple(one_hot(name, ("x", "o", "b")) for name in squares))
    boards = [b for b in product(range(3), repeat=9) if _is_final(b)]
    return Problem("tic-tac-toe", domain, tuple(boards), tuple(int(_wins(b, 0)) for b in boards))


def _wins(board: Point, player: int) -> bool:
    return any(all(board[i] == player for i in line) for line in LINES)


def _is_final(board: Point) -> bool:
    """Whether play can end here: someone has just won, or the board is full."""
    x, o = board.count(0), board.count(1)
    if _wins(board, 0):
        return x == o + 1 and not _wins(board, 1)
    if _wins(board, 1):
        return x == o
    return x == 5 and o == 4


def car() -> Problem:
    """Six ordinal attributes of a car, one column each; 1 iff it is acceptable.

    The attributes, and that two seats or low safety rule a car out, are those of the car evaluation
    data; the rest of the rule is made for this project, and is not that data's.
    """
    names = ("buying", "maintenance", "doors", "persons", "luggage", "safety")
    sizes = (4, 4, 4, 3, 3, 3)  # from low to high; persons: 2, 4, more
    domain = Domain(tuple(ordinal(n, range(k)) for n, k in zip(names, sizes, strict=True)))

    def acceptable(a: Point) -> bool:
        buying, maintenance, doors, persons, luggage, safety = a
        if persons == 0 or safety == 0:
            return False
        comfort = min(doors, 2) + luggage + (persons == 2)
        return buying + maintenance <= 2 + 2 * (safety == 2) and comfort >= 2

    return _over_all("car", domain, acceptable)


def breast_cancer(features: int, bins: int, encoding: str) -> Problem:
    """The first ``features`` (of 30) measurements of 569 tumours, in ``bins`` bins; 1 iff benign.

    Each is cut at its quantiles, so that the bins are about equally frequent; ``encoding`` is
    ``thermometer`` or ``one-hot``. Raises LeafproofError without scikit-learn.
    """
    try:
        from sklearn.datasets import load_breast_cancer
    except ImportError:
        raise LeafproofError(
            "the breast cancer data comes with scikit-learn, which is not installed: "
            "run pip install 'leafproof[sklearn]'"
        ) from None
    data = load_breast_cancer()
    cuts = np.quantile(data.data, np.arange(1, bins) / bins, axis=0)
    make = {"thermometer": thermometer, "one-hot": one_hot}[encoding]
    labels = [f"bin {i + 1}" for i in range(bins)]
    domain = Domain(tuple(make(name, labels) for name in data.feature_names[:features].tolist()))
    binned = (data.data[:, None, :features] > cuts[:, :features]).sum(axis=1)
    points = tuple(map(tuple, binned.tolist()))
    return Problem(f"breast cancer, {encoding}", domain, points, tuple(data.target.tolist()))


def random_tree(depth: int, columns: int, seed: int) -> Tree:
    """A full tree over ``signs(columns)`` whose tests and leaf classes are drawn uniformly.

    No column is tested twice on a path. A tree of one class only is drawn again, so ``depth`` is at
    least 1.
    """
    rng = Random(seed)
    while True:
        nodes: list[Inner | Leaf] = []
        _random_nodes(nodes, depth, tuple(range(columns)), rng)
        if len({node for node in nodes if isinstance(node, Leaf)}) == 2:
            return Tree(tuple(nodes))


def _random_nodes(
    nodes: list[Inner | Leaf], depth: int, columns: tuple[int, ...], rng: Random
) -> int:
    at = len(nodes)
    nodes.append(Leaf(rng.randrange(2)))
    if depth:
        column = rng.choice(columns)
        others = tuple(c for c in columns if c != column)
        left = _random_nodes(nodes, depth - 1, others, rng)
        right = _random_nodes(nodes, depth - 1, others, rng)
        nodes[at] = Inner(column, Fraction(0), left, right)
    return at
