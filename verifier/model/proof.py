"""Proofs as data: a tree of splits of the domain whose leaves are Steps about the teacher alone.

A Proof is the sequence of its nodes in pre-order: a Split is followed by the nodes of its left
half, then by those of its right half. Each Step speaks of the cell that the splits above it leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, Point
from verifier.model.errors import CertificateError


@dataclass(frozen=True, slots=True)
class Split:
    """Cut the cell: the values of ``variable`` that are in the mask ``left``, and the others."""

    variable: int
    left: int


@dataclass(frozen=True, slots=True)
class Constant:
    """The teacher has this class everywhere in the cell, by the kernel's linear relaxation."""

    klass: int


@dataclass(frozen=True, slots=True)
class Enumerated:
    """The kernel evaluates every point of the cell."""


@dataclass(frozen=True, slots=True)
class Tail:
    """P[teacher != class | cell] <= ``bound``, by the kernel's tail inequality."""

    klass: int
    bound: Fraction


@dataclass(frozen=True, slots=True)
class Open:
    """Nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """``solver`` said that the teacher has this class everywhere in the cell."""

    klass: int
    solver: str


Step = Constant | Enumerated | Tail | Open | Trusted
Proof = tuple[Split | Step, ...]


def is_open(proof: Iterable[Split | Step]) -> bool:
    """Whether a proof leaves a cell open."""
    return any(isinstance(node, Open) for node in proof)


def steps(domain: Domain, proof: Sequence[Split | Step]) -> Iterator[tuple[Cell, int, Step]]:
    """The proof's cells in order, each with its depth (number of splits above) and its Step.

    The cells are disjoint and cover the domain. Raises CertificateError where the sequence is not
    a well-formed proof over the domain.
    """
    return Walk([(full_cell(domain), 0)]).through(proof)


@dataclass(eq=False)
class Walk:
    """How far a proof has been read: ``nodes`` are, of which ``count`` are Steps.

    ``stack`` holds the cells that have not begun, each with its depth, the next one last.
    """

    stack: list[tuple[Cell, int]]
    nodes: int = 0
    count: int = 0

    def through(self, proof: Sequence[Split | Step]) -> Iterator[tuple[Cell, int, Step]]:
        """See ``steps``."""
        stack = self.stack
        for position, node in enumerate(proof):
            if not stack:
                raise CertificateError(f"proof.bin: node {position} follows the end of the proof")
            cell, depth = stack.pop()
            self.nodes = position + 1
            if not isinstance(node, Split):
                self.count += 1
                yield cell, depth, node
                continue
            left, right = cut(cell, node, position)
            stack.append((right, depth + 1))
            stack.append((left, depth + 1))
        if stack:
            raise CertificateError(
                f"proof.bin: ends after {len(proof)} nodes, {len(stack)} cells missing"
            )


def check_shape(domain: Domain, proof: Sequence[Split | Step]) -> int:
    """Raise CertificateError where ``steps`` would, at once and without making the cells.

    Returns how many points the cells with the Step Enumerated have together.
    """
    masks = list(full_cell(domain).masks)
    size, points = domain.size, 0
    halves: list[tuple[int, int, int]] = []  # variable, right half (0: it is being read), whole
    done = False
    for position, node in enumerate(proof):
        if done:
            raise CertificateError(f"proof.bin: node {position} follows the end of the proof")
        if isinstance(node, Split):
            whole = masks[node.variable] if 0 <= node.variable < len(masks) else 0
            if node.left & ~whole or not node.left or node.left == whole:
                cut(Cell(tuple(masks)), node, position)
            masks[node.variable] = node.left
            size = size // whole.bit_count() * node.left.bit_count()
            halves.append((node.variable, whole & ~node.left, whole))
            continue
        done = True
        points += size if isinstance(node, Enumerated) else 0
        while halves and done:
            variable, rest, whole = halves.pop()
            size = size // masks[variable].bit_count() * (rest or whole).bit_count()
            masks[variable] = rest or whole
            if rest:
                halves.append((variable, 0, whole))
                done = False
    if not done:
        missing = 1 + sum(1 for _, rest, _ in halves if rest)
        raise CertificateError(f"proof.bin: ends after {len(proof)} nodes, {missing} cells missing")
    return points


def cut(cell: Cell, split: Split, position: int) -> tuple[Cell, Cell]:
    """The two halves of a cell; raises CertificateError if the split does not cut it in two."""
    if not 0 <= split.variable < len(cell.masks):
        raise CertificateError(f"proof.bin: node {position}: no variable {split.variable} to split")
    try:
        return cell.split(split.variable, split.left)
    except ValueError as error:
        raise CertificateError(f"proof.bin: node {position}: {error}") from None


@dataclass(frozen=True)
class Finding:
    """What a prover found: a Proof, and points that it believes are disagreements (untrusted).

    ``check`` is how many seconds it expects the kernel to take, if it measured that.
    """

    proof: Proof
    counterexamples: tuple[Point, ...] = ()
    check: float = 0.0
