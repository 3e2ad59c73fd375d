"""Domain trees: which values are possible together, and how probable they are then.

A domain tree tests variables until a leaf says that nothing there is possible, or how probable the
leaf is and how each variable's values are distributed in it. See docs/meaning.md.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed, Runs, common_denominator
from verifier.model.continuous import Continuous
from verifier.model.errors import DomainError
from verifier.model.limits import PYTHON, meter, require_memory
from verifier.model.ordinal import AnyVariable, Ranged
from verifier.model.part import Part, within

LONGEST_GIVEN = 1 << 16
"""Most bits of the common denominator of all points' probabilities under a domain tree."""


@dataclass(frozen=True, slots=True)
class GivenTest:
    """Go to node ``yes`` iff the value of ``variable`` is in ``left``, else to node ``no``.

    ``left`` is a mask, or for an ordinal the range from 0 to the last index that goes left.
    """

    variable: int
    left: Part
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class GivenLeaf:
    """The probability of the leaf, and in it a distribution for every variable.

    None stands for the variable's own distribution, where the leaf leaves all of its values.
    Weight 0 means that nothing here is possible; then ``chances`` is empty.
    """

    weight: Fraction
    chances: tuple[Distribution | None, ...] = ()


@dataclass(frozen=True)
class Given:
    """A domain tree. ``nodes[0]`` is the root; children stand after their parent, once each."""

    nodes: tuple[GivenTest | GivenLeaf, ...]


def require_given(variables: Sequence[AnyVariable], nodes: int) -> None:
    """TooMuch where a domain tree of so many nodes takes more memory than the limit."""
    most = max((v.count for v in variables if not isinstance(v, Ranged)), default=0)
    needed = nodes * (16 * len(variables) + most // 4)
    require_memory(needed, f"the domain's tree of {nodes} nodes")


def leaf_cells(
    variables: Sequence[AnyVariable], given: Given
) -> Iterator[tuple[int, Cell, GivenLeaf]]:
    """Every leaf's node and cell; DomainError where the tree is no tree of these variables."""
    require_given(variables, len(given.nodes))
    seen: set[int] = set()
    stack = [(0, Cell(tuple(v.whole for v in variables)))]
    while stack:
        at, cell = stack.pop()
        if not 0 <= at < len(given.nodes) or at in seen:
            raise DomainError(f"the domain's tree has no node {at}, or two ways to it")
        seen.add(at)
        node = given.nodes[at]
        if isinstance(node, GivenLeaf):
            yield at, cell, node
            continue
        if not 0 <= node.variable < len(variables):
            raise DomainError(f"the domain's tree tests variable {node.variable}: there is none")
        name = variables[node.variable].name
        if isinstance(node.left, range) != isinstance(cell.parts[node.variable], range):
            raise DomainError(f'the domain\'s tree tests "{name}" as another kind of variable')
        if min(node.yes, node.no) <= at or node.yes == node.no:
            raise DomainError("the domain's tree: children stand after their parent, once each")
        inside, outside = within(cell.parts[node.variable], node.left)
        if isinstance(node.left, int) and inside != node.left:
            raise DomainError(
                f'the domain\'s tree tests "{name}" (node {at}) for values that are not left there'
            )
        if not inside or not outside:
            raise DomainError(
                f'the domain\'s tree has an empty leaf: its test of "{name}" (node {at}) leaves '
                "no value on one side; take the test out"
            )
        yes, no = cell.split(node.variable, inside)
        stack += [(node.no, no), (node.yes, yes)]
    if len(seen) != len(given.nodes):
        raise DomainError("the domain's tree has nodes that are no children")


def check_leaf(variables: Sequence[AnyVariable], cell: Cell, leaf: GivenLeaf, where: str) -> None:
    """DomainError unless the leaf is impossible or says how probable everything in it is."""
    if leaf.weight < 0:
        raise DomainError(f"{where} has a negative weight: weights must be >= 0")
    if not leaf.weight:
        if leaf.chances:
            raise DomainError(f"{where} has weight 0, that is impossible, and yet probabilities")
        return
    if len(leaf.chances) != len(variables):
        raise DomainError(
            f"{where} has distributions of {len(leaf.chances)} variables, but there are "
            f"{len(variables)}: give one for each"
        )
    for v, part, chances in zip(variables, cell.parts, leaf.chances, strict=True):
        if chances is None:
            if part != v.whole:
                raise DomainError(
                    f'{where} has no probabilities for "{v.name}", of whose values it leaves '
                    "only some: give them"
                )
            continue
        if isinstance(chances, Listed) != isinstance(part, int):
            raise DomainError(f'{where}: the probabilities of "{v.name}" are of another kind')
        if isinstance(chances, Listed) and len(chances.probabilities) != v.count:
            raise DomainError(
                f'{where} has {len(chances.probabilities)} probabilities for "{v.name}", which has '
                f"{v.count} values: give one per value, 0 outside the leaf"
            )
        if isinstance(v, Continuous) and isinstance(chances, Runs):
            _check_pieces(v, chances, f'{where}, variable "{v.name}"')
        if problem := chances.fault(part):
            raise DomainError(f'{where}, variable "{v.name}": {problem}')


def _check_pieces(v: Continuous, chances: Runs, where: str) -> None:
    """DomainError where a run of equally probable pieces has pieces of different lengths."""
    begins = (chances.start, *chances.stops[:-1])
    for begin, stop in zip(begins, chances.stops, strict=True):
        if bisect_right(v.starts, begin) < bisect_left(v.starts, stop):
            raise DomainError(
                f"{where}: a run of probabilities has pieces of different lengths: cut it there"
            )


def denominators(
    variables: Sequence[AnyVariable], leaves: Sequence[GivenLeaf]
) -> tuple[int, tuple[int, ...]]:
    """The common denominator of all points' probabilities, and that of each leaf's own.

    DomainError where the weights do not sum to 1 or denominators are too long.
    """
    common = common_denominator((leaf.weight for leaf in leaves), "the weights of the leaves")
    if (
        total := sum(leaf.weight.numerator * (common // leaf.weight.denominator) for leaf in leaves)
    ) != common:
        raise DomainError(
            f"the weights of the leaves of the domain's tree sum to {Fraction(total, common)}, not "
            'to 1: write them exactly, for instance "1/3"'
        )
    whole, own = 1, []
    spend = meter("reading the domain's tree").spend
    for leaf in leaves:
        spend(PYTHON * (1 + len(leaf.chances)) + (whole.bit_length() >> 5) ** 2)
        d = leaf.weight.denominator
        for v, chances in zip(variables, leaf.chances, strict=False):
            d *= (v.chances if chances is None else chances).denominator
            _check_length(d)
        own.append(d)
        if whole % d:
            whole = math.lcm(whole, d)
            _check_length(whole)
    return whole, tuple(own)


def _check_length(d: int) -> None:
    if d.bit_length() > LONGEST_GIVEN:
        raise DomainError(
            "the probabilities of the domain's points have a common denominator of more than "
            f"{LONGEST_GIVEN} bits: round the probabilities of the domain's tree"
        )
