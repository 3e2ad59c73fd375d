"""What units of work are: cells to search, how, and what was found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from verifier.model.cell import Cell, Point
from verifier.model.proof import Step

Ints = npt.NDArray[np.signedinteger[Any]]
Way = Literal["compiled", "wide", "batched", "questions"]
"""Which of the searches closes the cells of a unit."""
FORM = "shaped"
"""How a unit's fragment is made: another one of the same unit is none of these."""
FEWEST = 8
"""Nodes that a unit may make, at least."""
MOST = 1 << 16
"""Nodes that a unit may make, at most: a fragment has to fit into a ledger's block of memory."""
GROWTH = 2
"""Binary logarithm of how much more a unit may make than the one that left it, at first."""
LEVELS = 3
"""After so many of them it may make all: so that there are soon many units."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the units of a search are done: the ``way``, and the nodes that each may make.

    A unit that has made as many ends, and what it leaves is new units: the first ones may make a
    small part of ``budget``. ``key`` says what the plan is about, in hexadecimal digits: a hash of
    the matter.
    """

    way: Way
    budget: int
    key: str = ""

    def nodes(self, unit: Unit) -> int:
        """How many nodes of a proof a unit may make."""
        early = max(0, LEVELS + 1 - len(unit.path))
        return max(FEWEST, self.budget >> GROWTH * early)


@dataclass(frozen=True, slots=True)
class Unit:
    """Disjoint cells that are searched together.

    ``path`` says whose child it is: a unit's path with one number more for each of the units that
    it left. The first units have one number.
    """

    path: tuple[int, ...]
    cells: tuple[Cell, ...]

    def digest(self, plan: Plan) -> str:
        """64 hexadecimal digits: units of which these are the same have the same fragment."""
        held = hashlib.sha256(
            f"{FORM} {plan.key} {plan.way} {plan.budget} {plan.nodes(self)}".encode()
        )
        for cell in self.cells:
            held.update(b"\n")
            for part in cell.parts:
                words = f"{part:x}" if isinstance(part, int) else f"{part.start}-{part.stop}"
                held.update(f" {words}".encode())
        return held.hexdigest()


@dataclass(frozen=True, eq=False)
class Fragment:
    """What the search of a unit found: a proof for each of its cells, one after the other.

    ``codes`` and ``lefts`` [nodes] are theirs as in `ordered.Ordered`, each in pre-order; so are
    ``steps`` and ``large``. ``left`` are the units that remain, ``places`` of each the nodes that
    its cells are, which are open, and ``shares`` the part of the work that it is, about; other open
    nodes are left so. ``points`` are points, evaluated exactly, where the question's formula is
    true. For what is told of the search only: ``closed`` counts closed cells, and of these ``sums``
    are the probabilities of all, of where the formula is false, and of where it is true.
    """

    codes: Ints
    lefts: Ints
    steps: tuple[Step, ...]
    large: tuple[int, ...]
    left: tuple[Unit, ...]
    places: tuple[tuple[int, ...], ...]
    shares: tuple[float, ...]
    points: tuple[Point, ...]
    closed: int
    sums: tuple[float, float, float]
