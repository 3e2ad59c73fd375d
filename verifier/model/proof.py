"""Proofs as data: a tree of splits of the domain whose leaves are Steps about single networks.

A Proof is the sequence of its nodes in pre-order: a Split is followed by the nodes of its left
half, then by those of its right half. Each Step speaks of the cell that the splits above it leave,
and of the network with the number ``model`` among the models that the question names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, Point
from verifier.model.errors import CertificateError
from verifier.model.limits import meter
from verifier.model.part import Part, going_left, size, within


@dataclass(frozen=True, slots=True)
class Split:
    """Cut the cell: the values of ``variable`` that go ``left``, and the others.

    ``left`` is a mask; for an ordinal the last index that goes left.
    """

    variable: int
    left: int


@dataclass(frozen=True, slots=True)
class Constant:
    """The network has this class everywhere in the cell, by the kernel's linear relaxation."""

    klass: int
    model: int = 0


@dataclass(frozen=True, slots=True)
class Signed:
    """The same, shown in parts: trees tell the cell's points apart by the signs of neurons, and
    each leaf has a relaxation of its own. ``trees`` are bytes that only the kernel looks into."""

    klass: int
    trees: bytes = field(repr=False)
    model: int = 0


@dataclass(frozen=True, slots=True)
class Enumerated:
    """The kernel evaluates every point of the cell."""


@dataclass(frozen=True, slots=True)
class Tail:
    """P[network != class | cell] <= ``bound``, by the kernel's tail inequality."""

    klass: int
    bound: Fraction
    model: int = 0


@dataclass(frozen=True, slots=True)
class Strip:
    """A network's margin g lies near a linear sum s in the cell.

    Where ``s(x) * 2**exponent > -least`` the network has class 1, and class 0 where that is at most
    ``-most``: as ``least <= (g(x) - s(x)) * 2**exponent <= most``, where classes are not known
    otherwise. g is the only logit, or that of class 1 minus that of class 0. Of a group of classes
    it is the logit of ``grouped``, which is less than ``most`` there.
    """

    model: int
    least: int
    most: int


Subject = tuple[int, int]
"""A model's number, and the bits of the classes that are taken for class 1, or 0: see Sandwich."""


@dataclass(frozen=True, slots=True)
class Sandwich:
    """One or two networks of two classes are near one linear sum, whose values are counted.

    Or networks of more, of which some classes, the bits of ``ones``, are taken for class 1 and the
    others for class 0; else that is 0. ``further`` ones are of the same networks alone and of other
    groups, which have no class in common: of the points where the first network's class is in its
    group each says what it shows, and these add up.

    ``s(x)`` is the sum of ``form`` (one integer a column of the domain) times the encodings, times
    ``2**-exponent``. The count takes values of s in bins of ``width * 2**-exponent``. Of two strips
    bit 0 of ``order`` says that where the first network has class 1 the second has it, too, bit 1
    the reverse: as the second margin is nowhere below the first, or above. ``beside`` are classes
    that other models have all over the cell, by their increasing numbers: with these the question
    is about the networks of the strips alone. ``cases``, or ``sides``, may leave less open.
    """

    strips: tuple[Strip, ...]
    form: tuple[int, ...]
    exponent: int
    width: int
    order: int = 0
    beside: tuple[Constant, ...] = ()
    cases: Cases | None = None
    sides: Sides | None = None
    ones: int = 0
    further: tuple[Sandwich, ...] = ()

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """What its strips are about."""
        return tuple([(strip.model, self.ones) for strip in self.strips])

    @property
    def every(self) -> tuple[Sandwich, ...]:
        """It, and those of its cases."""
        return (self, *(self.cases.steps if self.cases else ()))

    @property
    def work(self) -> int:
        """As many plain ones take a check about as long."""
        return len(self.every) + len(self.further) + (self.sides is not None)


@dataclass(frozen=True, slots=True, order=True)
class Neuron:
    """A component of a node that a ReLU reads."""

    node: int
    component: int


@dataclass(frozen=True, slots=True)
class Cases:
    """A cell's points told apart by the signs of one or two neurons of the first network.

    Of each case there is a Sandwich: what its strips and its order say holds where neuron i is at
    least 0, if bit i of its place is 1, else at most 0. All are of the same two networks; or of one
    and one neuron: then ``everywhere`` are the strips of both sums all over the cell.
    """

    neurons: tuple[Neuron, ...]
    steps: tuple[Sandwich, ...]
    everywhere: tuple[Strip, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """A sum of its own that shows one class: where it is above ``-end``, or not above it.

    The ``width`` of bins and the ``end`` are in units of the sum, as ``form`` is.
    """

    form: tuple[int, ...]
    width: int
    end: int


@dataclass(frozen=True, slots=True)
class Sides:
    """Sums of which each shows one class of all networks of a Sandwich, in units of 2**-exponent.

    Above its end the sum of ``one`` shows class 1, up to its end that of ``zero`` class 0.
    """

    exponent: int
    one: Side
    zero: Side


@dataclass(frozen=True, slots=True)
class Open:
    """Nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """``solver`` said that the network has this class everywhere in the cell."""

    klass: int
    solver: str
    model: int = 0


About = Constant | Signed | Tail | Trusted
"""What is said of one network."""


@dataclass(frozen=True, slots=True)
class Several:
    """What is said of two or more networks, one after the other by their increasing numbers."""

    steps: tuple[About, ...]


SAME = 3
"""The ``order`` of two models whose classes are the same."""


@dataclass(frozen=True, slots=True)
class Paired:
    """What one ensemble's class says of another's, whatever they are: ``order`` is a Sandwich's."""

    left: int
    right: int
    order: int = SAME


Step = Constant | Signed | Enumerated | Tail | Open | Trusted | Several | Sandwich | Paired
Proof = Sequence[Split | Step]
"""A tuple, or for those of many cells a LongProof."""


class LongProof(Proof):
    """A proof whose nodes are made anew whenever it is gone through; ``opens``: one is Open."""

    opens: bool


def is_open(proof: Iterable[Split | Step]) -> bool:
    """Whether a proof leaves a cell open."""
    if isinstance(proof, LongProof):
        return proof.opens
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

    def through(
        self, proof: Iterable[Split | Step], *, whole: bool = True
    ) -> Iterator[tuple[Cell, int, Step]]:
        """See ``steps``; where it is not the ``whole`` rest of a proof, cells may be left."""
        stack = self.stack
        for position, node in enumerate(proof, self.nodes):
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
        if whole:
            self.check_ended()

    def check_ended(self) -> None:
        """Raise CertificateError where cells have not begun."""
        if self.stack:
            raise CertificateError(
                f"proof.bin: ends after {self.nodes} nodes, {len(self.stack)} cells missing"
            )


@dataclass(frozen=True, slots=True)
class Shape:
    """How many ``nodes`` a proof has, whether one is Open, and how many points are Enumerated."""

    nodes: int
    opens: bool
    points: int


def check_shape(domain: Domain, proof: Iterable[Split | Step]) -> Shape:
    """Raise CertificateError where ``steps`` would, at once and without making the cells."""
    spend = meter("going through the proof").spend
    parts = list(full_cell(domain).parts)
    counts = list(map(size, parts))
    tuples, points, nodes, opens = math.prod(counts), 0, 0, False
    halves: list[tuple[int, Part, Part, int]] = []  # variable, right half (empty: read), whole
    done = False
    for position, node in enumerate(proof):
        nodes += 1
        if done:
            raise CertificateError(f"proof.bin: node {position} follows the end of the proof")
        if isinstance(node, Split):
            variable = node.variable
            whole = parts[variable] if 0 <= variable < len(parts) else 0
            left: Part = node.left
            if isinstance(whole, int):
                right: Part = whole & ~node.left
                fits = not node.left & ~whole
            else:
                left, right = within(whole, going_left(whole, node.left))
                fits = True
            if not left or not right or not fits:
                cut(Cell(tuple(parts)), node, position)
            parts[variable] = left
            halves.append((variable, right, whole, counts[variable]))
            counts[variable] = size(left)
            tuples = tuples // halves[-1][3] * counts[variable]
            continue
        done = True
        if isinstance(node, Open):
            opens = True
        elif isinstance(node, Enumerated) and domain.given is None:
            points += tuples
        elif isinstance(node, Enumerated):
            possible = domain.parts(Cell(tuple(parts)), spend)
            points += sum(part.size for part, _ in possible)
        while halves and done:
            variable, rest, whole, count = halves.pop()
            tuples = tuples // counts[variable]
            parts[variable] = rest or whole
            counts[variable] = count - counts[variable] if rest else count
            tuples *= counts[variable]
            if rest:
                halves.append((variable, 0, whole, count))
                done = False
    if not done:
        missing = 1 + sum(1 for _, rest, _, _ in halves if rest)
        raise CertificateError(f"proof.bin: ends after {nodes} nodes, {missing} cells missing")
    return Shape(nodes, opens, points)


def cut(cell: Cell, split: Split, position: int) -> tuple[Cell, Cell]:
    """The two halves of a cell; raises CertificateError if the split does not cut it in two."""
    if not 0 <= split.variable < len(cell.parts):
        raise CertificateError(f"proof.bin: node {position}: no variable {split.variable} to split")
    try:
        return cell.split(split.variable, split.left)
    except ValueError as error:
        raise CertificateError(f"proof.bin: node {position}: {error}") from None


@dataclass(frozen=True)
class Finding:
    """What a prover found: a Proof, and points that it believes are disagreements (untrusted).

    ``check`` is how many seconds it expects the kernel to take, if it measured that. ``coarser``
    are proofs of less, from the least, with seconds: their rest is checked where time runs short.
    ``stalled`` says that the search gave up before its time, as it closed little.
    """

    proof: Proof
    counterexamples: tuple[Point, ...] = ()
    check: float = 0.0
    coarser: tuple[tuple[Proof, float], ...] = ()
    stalled: bool = False
