"""Domains: products of variables, or trees of products.

A *point* is a tuple of value indices, one per variable, that the domain's tree (where there is one)
does not call impossible. Everything here is exact: encodings and probabilities are fractions,
counts are Python integers.

The index of a continuous variable is that of a piece of its interval, so a tuple is a box; as a
point it stands for the box's corner of right ends. Counts are of boxes, and whoever prints one says
that there are infinitely many points (``Domain.infinite``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from verifier.model.cell import Cell, Point
from verifier.model.chances import Distribution, common_denominator
from verifier.model.continuous import Continuous, PieceRows
from verifier.model.errors import DomainError
from verifier.model.given import Given, GivenLeaf, GivenTest, check_leaf, denominators, leaf_cells
from verifier.model.methods import DomainMethods
from verifier.model.ordinal import AnyVariable, IntegerRows, Ordinal, Ranged
from verifier.model.overlay import BoundTree, classify, no_charge, overlay
from verifier.model.variable import Variable

__all__ = ["Domain", "Point", "bits", "signs"]

LONGEST_WEIGHT = 1 << 20
"""Most bits of the common denominator of all points' probabilities: probabilities of cells have as
many, and are counted with."""
LARGEST_ENCODING = 1 << 31
"""Most bits of all encodings together over their common denominator."""


@dataclass(frozen=True, repr=False)
class Domain(DomainMethods):
    """An ordered product of variables, and which of its tuples are points, how probable each is.

    Without ``given`` all tuples are, and the variables are independent.
    """

    variables: tuple[AnyVariable, ...]
    given: Given | None = None

    def __post_init__(self) -> None:
        if not self.variables:
            raise DomainError("the domain has no variables: give it at least one")
        seen: set[str] = set()
        for v in self.variables:
            if v.name in seen:
                raise DomainError(f'two variables are named "{v.name}": names must differ')
            seen.add(v.name)
        length = sum((v.chances.denominator - 1).bit_length() for v in self.variables)
        if length > LONGEST_WEIGHT:
            raise DomainError(
                f"the probabilities of the domain's points have a common denominator of {length} "
                f"bits, but at most {LONGEST_WEIGHT} can be handled: round the probabilities"
            )
        numbers = sum(v.count * v.columns for v in self.variables if isinstance(v, Variable))
        if self.denominator.bit_length() * numbers > LARGEST_ENCODING:
            raise DomainError(
                f"the domain's {numbers} encoded numbers have a common denominator of "
                f"{self.denominator.bit_length()} bits: too many digits; round the encodings"
            )
        for at, (cell, leaf) in self.leaves.items():
            check_leaf(self.variables, cell, leaf, f"the domain's tree, leaf at node {at}")
        _ = self.total_weight  # raises where weights do not sum to 1

    @cached_property
    def plain(self) -> bool:
        """Whether it is a product of categorical variables: every tuple is a point."""
        return self.given is None and all(isinstance(v, Variable) for v in self.variables)

    @cached_property
    def infinite(self) -> bool:
        """Whether a variable is continuous: then a tuple is a box of points."""
        return any(isinstance(v, Continuous) for v in self.variables)

    @cached_property
    def leaves(self) -> dict[int, tuple[Cell, GivenLeaf]]:
        """The leaves of the domain's tree by their nodes, each with its cell; {} without a tree."""
        if self.given is None:
            return {}
        return {at: (cell, leaf) for at, cell, leaf in leaf_cells(self.variables, self.given)}

    @cached_property
    def bound_given(self) -> BoundTree:
        """The domain's tree to be laid over cells: its leaves are the numbers of their nodes."""
        nodes = () if self.given is None else self.given.nodes
        return BoundTree(
            self,
            tuple(
                (n.variable, n.left, n.yes, n.no) if isinstance(n, GivenTest) else i
                for i, n in enumerate(nodes)
            ),
        )

    @cached_property
    def size(self) -> int:
        """Number of points; of an ``infinite`` domain that of tuples of pieces."""
        if self.given is None:
            return math.prod(v.count for v in self.variables)
        return sum(cell.size for cell, leaf in self.leaves.values() if leaf.weight)

    @cached_property
    def columns(self) -> int:
        """Number of columns that all variables fill, side by side."""
        return sum(v.columns for v in self.variables)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """First column of each variable."""
        offsets, total = [], 0
        for v in self.variables:
            offsets.append(total)
            total += v.columns
        return tuple(offsets)

    @cached_property
    def column_owner(self) -> tuple[tuple[int, int], ...]:
        """For each column, its variable's index and its position within the variable."""
        return tuple((i, j) for i, v in enumerate(self.variables) for j in range(v.columns))

    @cached_property
    def denominator(self) -> int:
        """Least common denominator of all encoded numbers."""
        return common_denominator(_denominators(self.variables), "the domain's encodings")

    @cached_property
    def integer_encoding(self) -> tuple[Sequence[tuple[int, ...]], ...]:
        """Encodings times ``denominator``: ``[variable][value][column]``."""
        return tuple(_integer_rows(v, self.denominator) for v in self.variables)

    @cached_property
    def total_weight(self) -> int:
        """Common denominator of all point probabilities."""
        return self._weights[0]

    @cached_property
    def _weights(self) -> tuple[int, dict[int, int]]:
        """The common denominator, and by what each leaf's own product of weights is multiplied."""
        if self.given is None:
            return math.prod(v.chances.denominator for v in self.variables), {}
        leaves = [leaf for _, leaf in self.leaves.values()]
        whole, own = denominators(self.variables, leaves)
        scale = (leaf.weight.numerator * (whole // d) for leaf, d in zip(leaves, own, strict=True))
        return whole, dict(zip(self.leaves, scale, strict=True))

    @cached_property
    def uniform(self) -> bool:
        """Whether every tuple is a point and all have the same probability."""
        return self.given is None and all(v.chances.is_uniform for v in self.variables)

    @cached_property
    def _chances(self) -> tuple[Distribution, ...]:
        return tuple(v.chances for v in self.variables)

    def distributions(self, leaf: int | None) -> Sequence[Distribution]:
        """Every variable's distribution in a possible leaf of the domain's tree (None: no tree)."""
        if leaf is None:
            return self._chances
        pairs = zip(self._chances, self.leaves[leaf][1].chances, strict=True)
        return [own if chances is None else chances for own, chances in pairs]

    def parts(
        self, cell: Cell, spend: Callable[[int], None] = no_charge
    ) -> Iterator[tuple[Cell, int | None]]:
        """The cell cut by the domain's tree: its possible parts, each with its leaf's node.

        ``spend`` is told the steps that it takes to find them.
        """
        if self.given is None:
            yield cell, None
            return
        for part, leaf in overlay(self.bound_given, cell, spend=spend):
            if self._weights[1][leaf]:
                yield part, leaf

    def measure(self, cell: Cell, spend: Callable[[int], None] = no_charge) -> tuple[int, int]:
        """How many points a cell holds, and their probability times ``total_weight``."""
        points = weight = 0
        for part, leaf in self.parts(cell, spend):
            points += part.size
            weight += self.weight_within(part, leaf)
        return points, weight

    def weight_within(self, cell: Cell, leaf: int | None) -> int:
        """The weight of a cell that lies in one leaf of the domain's tree (None: no tree)."""
        weight = self.factor(leaf)
        if weight:
            for chances, part in zip(self.distributions(leaf), cell.parts, strict=True):
                weight *= chances.weight_of(part)
        return weight

    def factor(self, leaf: int | None) -> int:
        """What a leaf's products of its values' weights are multiplied by (None: no tree)."""
        return 1 if leaf is None else self._weights[1][leaf]

    def leaf_of(self, point: Point) -> int | None:
        """The node of the domain's tree that a tuple reaches; None without a tree."""
        return None if self.given is None else classify(self.bound_given, point)

    def possible(self, point: Point) -> bool:
        """Whether a tuple of value indices is a point of the domain."""
        if len(point) != len(self.variables) or not all(
            0 <= i < v.count for v, i in zip(self.variables, point, strict=True)
        ):
            return False
        leaf = self.leaf_of(point)
        return leaf is None or bool(self._weights[1][leaf])

    def product_of(self, reads: Iterable[int]) -> Domain:
        """The product of some variables, with their own distributions."""
        return Domain(tuple(self.variables[i] for i in reads))

    def encode(self, point: Point) -> list[Fraction]:
        """The numbers in all columns at a point, exactly."""
        return [x for v, i in zip(self.variables, point, strict=True) for x in v.row(i)]

    def encode_integers(self, point: Point) -> list[int]:
        """The numbers in all columns at a point, times ``denominator``."""
        return [x for rows, i in zip(self.integer_encoding, point, strict=True) for x in rows[i]]

    def labels(self, point: Point) -> dict[str, str]:
        """The point in words: variable name to value label."""
        return {v.name: v.label(i) for v, i in zip(self.variables, point, strict=True)}

    def weight(self, point: Point) -> int:
        """The tuple's probability times ``total_weight``; 0 if it is impossible."""
        if self.plain:
            return math.prod(v.weights[0][i] for v, i in zip(self.variables, point, strict=True))
        leaf = self.leaf_of(point)
        weight = 1 if leaf is None else self._weights[1][leaf]
        if weight:
            for chances, i in zip(self.distributions(leaf), point, strict=True):
                weight *= chances.weight_at(i)
        return weight

    def probability(self, point: Point) -> Fraction:
        """The point's exact probability."""
        return Fraction(self.weight(point), self.total_weight)


def _denominators(variables: Iterable[AnyVariable]) -> Iterator[Fraction]:
    """Fractions with the denominators of all encoded numbers."""
    for v in variables:
        if isinstance(v, Ranged):
            yield Fraction(1, v.denominator)
        else:
            yield from (x for row in v.encoding for x in row)


def _integer_rows(v: AnyVariable, d: int) -> Sequence[tuple[int, ...]]:
    if isinstance(v, Ordinal):
        return IntegerRows(int(v.first * d), int(v.step * d), v.count)
    if isinstance(v, Continuous):
        return PieceRows(v, d)
    return tuple(tuple(x.numerator * (d // x.denominator) for x in row) for row in v.encoding)


def bits(n: int) -> Domain:
    """``n`` uniform {0,1} variables named x0, x1, ..."""
    return _pairs(n, 0)


def signs(n: int) -> Domain:
    """``n`` uniform {-1,+1} variables named x0, x1, ..."""
    return _pairs(n, -1)


def _pairs(n: int, low: int) -> Domain:
    rows = (Fraction(low),), (Fraction(1),)
    chances = Fraction(1, 2), Fraction(1, 2)
    return Domain(tuple(Variable(f"x{i}", (str(low), "1"), rows, chances) for i in range(n)))
