"""What is left of a teacher on a cell: affine maps, and the neurons that are not stable there.

Neurons whose sign is known on the cell are folded into the affine maps around them, exactly: all
coefficients are integers over one denominator per node. What remains is a short list of *atoms*
(integers that pick the cell's values, then one output per unstable neuron) and linear rows over
them. The bounds come from the kernel's rules, which enclose every node soundly, and from exact
interval arithmetic on the rows. Solver-independent; z3 and the file writers read it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np

from verifier.kernel.arithmetic import Bounds
from verifier.kernel.prepared import Prepared, parts_of
from verifier.kernel.rules import all_bounds
from verifier.model.cell import Cell, values
from verifier.model.domain import Domain, Point
from verifier.model.errors import NetworkError
from verifier.model.network import Add, Affine, ExactLayer, Layer, Network, Relu, Sign
from verifier.model.steps import Steps
from verifier.provers.solvers.rows import Range, Row


@dataclass(frozen=True, slots=True)
class Choice:
    """How a variable's value is read off the atoms ``first``, ``first + 1``, ...

    With ``progression``, one atom in 0..len(values)-1 is the position in ``values``. Otherwise
    there are ``len(values) - 1`` atoms in {0, 1} of which at most one is 1: atom j stands for
    ``values[j + 1]``, none for ``values[0]``. Values whose encodings coincide are listed once.
    """

    variable: int
    values: tuple[int, ...]
    first: int
    progression: bool

    @property
    def atoms(self) -> int:
        """Number of atoms."""
        return 1 if self.progression else len(self.values) - 1


@dataclass(frozen=True, slots=True)
class Gate:
    """``atom = relu(row)`` or, with ``sign``, ``atom = sign(row)``; ``low <= row <= high``.

    ``low < 0 < high`` for a ReLU; for a sign the sign of 0 counts, so one end may be 0.
    """

    atom: int
    sign: bool
    row: Row
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Folded:
    """A teacher on a cell. Every gate is needed by a logit, and reads earlier atoms only."""

    base: Point
    choices: tuple[Choice, ...]
    gates: tuple[Gate, ...]
    logits: tuple[Row, ...]

    def point(self, atoms: Sequence[int]) -> Point:
        """The point that values of the choices' atoms stand for."""
        found = list(self.base)
        for c in self.choices:
            own = atoms[c.first : c.first + c.atoms]
            at = own[0] if c.progression else next((j + 1 for j, x in enumerate(own) if x), 0)
            found[c.variable] = c.values[at]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Node:
    """A node's values: ``matrix @ (1, atoms...) / denominator``; later atoms have no column yet."""

    matrix: flint.fmpz_mat
    denominator: int


def require_lines(teacher: Network) -> None:
    """Raise NetworkError for a network that has no formula of lines, as solvers are asked for."""
    if teacher.is_smooth:
        raise NetworkError(
            "the network has smooth layers (sigmoid, tanh, ...), which no solver is asked about: "
            "use the prover branch, questions or exhaustive"
        )
    if any(isinstance(layer, Steps) for layer in teacher.layers):
        raise NetworkError(
            "the network has staircase layers (it is quantised), which no solver is asked about: "
            "use the prover branch, questions or exhaustive"
        )


def fold(teacher: Network, domain: Domain, cell: Cell, prepared: Prepared | None) -> Folded:
    """Fold the stable neurons of ``teacher`` on ``cell``.

    Their bounds come from the kernel's rules and from intervals; with ``prepared`` None from
    intervals of exact fractions alone. Raises NetworkError for smooth layers and staircases.
    """
    require_lines(teacher)
    found = [] if prepared is None else all_bounds(prepared, parts_of([cell]), True)
    bounds = [fractions(b) for b in found]
    choices, node = _inputs(domain, cell)
    ranges = _choice_ranges(choices)
    gates: list[Gate] = []
    nodes = [node]
    for layer, exact in zip(teacher.layers, teacher.exact, strict=True):
        if isinstance(layer, Relu | Sign):
            ends = bounds[layer.source] if bounds else None
            nodes.append(_unstable(layer, nodes[layer.source], ends, ranges, gates))
        else:
            nodes.append(_linear(layer, exact, nodes))
    logits = tuple(_row(nodes[-1], i) for i in range(nodes[-1].matrix.nrows()))
    return Folded(cell.first_point(), choices, _needed(gates, logits), logits)


def fractions(bounds: Bounds) -> list[Range]:
    """The enclosures of the only cell of a batch, as fractions."""
    e = int(bounds.e[0])
    low, high = bounds.lo[0].astype(np.int64), bounds.hi[0].astype(np.int64)
    ends = zip(low.tolist(), high.tolist(), strict=True)
    return [(_times_power(low, -e), _times_power(high, -e)) for low, high in ends]


def _times_power(x: int, e: int) -> Fraction:
    """``x * 2**e``; the exponent of a zero may be anything."""
    if not x:
        return Fraction(0)
    return Fraction(x << e) if e >= 0 else Fraction(x, 1 << -e)


def span(gate: Gate) -> Range:
    """The range of a gate's output."""
    if gate.sign:
        ends = gate.low, gate.high
        return Fraction((ends[0] > 0) - (ends[0] < 0)), Fraction((ends[1] > 0) - (ends[1] < 0))
    return Fraction(0), gate.high


def _inputs(domain: Domain, cell: Cell) -> tuple[tuple[Choice, ...], _Node]:
    """Atoms that pick the cell's values, and the teacher's input over them."""
    choices: list[Choice] = []
    columns: list[tuple[int, list[int]]] = []  # the first teacher column, what it adds per atom
    constant: list[int] = []
    for i, rows in enumerate(domain.integer_encoding):
        distinct: dict[tuple[int, ...], int] = {}
        for v in values(cell.masks[i]):
            distinct.setdefault(rows[v], v)
        allowed = list(distinct)
        steps = [[b - a for a, b in zip(allowed[0], r, strict=True)] for r in allowed[1:]]
        constant += allowed[0]
        if not steps:
            continue
        even = all(s == [x * (j + 1) for x in steps[0]] for j, s in enumerate(steps))
        choices.append(Choice(i, tuple(distinct.values()), len(columns), even))
        columns += [(domain.offsets[i], s) for s in (steps[:1] if even else steps)]
    matrix = flint.fmpz_mat(len(constant), 1 + len(columns))
    for row, number in enumerate(constant):
        matrix[row, 0] = number
    for atom, (offset, step) in enumerate(columns):
        for j, x in enumerate(step):
            matrix[offset + j, atom + 1] = x
    return tuple(choices), _Node(matrix, domain.denominator)


def _choice_ranges(choices: Sequence[Choice]) -> list[Range]:
    """Least and largest value of every atom of the choices."""
    most = [len(c.values) - 1 if c.progression else 1 for c in choices for _ in range(c.atoms)]
    return [(Fraction(0), Fraction(m)) for m in most]


def _linear(layer: Layer, exact: ExactLayer, nodes: Sequence[_Node]) -> _Node:
    """The output of an affine, scale or add layer."""
    if isinstance(layer, Add):
        a, b = nodes[layer.left], nodes[layer.right]
        common = math.lcm(a.denominator, b.denominator)
        width = max(a.matrix.ncols(), b.matrix.ncols())
        left = _widened(a.matrix, width) * (common // a.denominator)
        right = _widened(b.matrix, width) * (common // b.denominator)
        return _reduced(left + right, common)
    assert exact.weight is not None
    x = nodes[layer.source]
    if isinstance(layer, Affine):
        matrix = exact.weight * x.matrix
    else:
        columns, entries = x.matrix.ncols(), x.matrix.entries()
        factors = [f for f in exact.weight.entries() for _ in range(columns)]
        products = [f * e for f, e in zip(factors, entries, strict=True)]
        matrix = flint.fmpz_mat(x.matrix.nrows(), columns, products)
    for i, constant in enumerate(exact.bias):
        matrix[i, 0] += constant * x.denominator
    return _reduced(matrix, exact.denominator * x.denominator)


def _reduced(matrix: flint.fmpz_mat, denominator: int) -> _Node:
    """The node with the common factor of two taken out (nearly all denominators are powers)."""
    spare = (denominator & -denominator).bit_length() - 1
    for x in matrix.entries():
        if x:
            spare = min(spare, (int(x) & -int(x)).bit_length() - 1)
        if not spare:
            return _Node(matrix, denominator)
    halved = [int(x) >> spare for x in matrix.entries()]
    return _Node(flint.fmpz_mat(matrix.nrows(), matrix.ncols(), halved), denominator >> spare)


def _widened(matrix: flint.fmpz_mat, columns: int) -> flint.fmpz_mat:
    """The matrix with zero columns appended."""
    missing = columns - matrix.ncols()
    if not missing:
        return matrix
    rows = [[*row, *[0] * missing] for row in matrix.tolist()]
    return flint.fmpz_mat(len(rows), columns, [x for row in rows for x in row])


def _unstable(
    layer: Relu | Sign,
    node: _Node,
    bounds: Sequence[Range] | None,
    ranges: list[Range],
    gates: list[Gate],
) -> _Node:
    """The output of a ReLU or sign layer; new gates and their atoms' ranges are appended."""
    table = node.matrix.tolist()
    signed = isinstance(layer, Sign)
    out: list[dict[int, int]] = []
    for i, entries in enumerate(table):
        least, most = _ends(node, i, bounds[i] if bounds else None, ranges)
        if least >= 0 and (not signed or least > 0 or most <= 0):
            kept = {0: (most > 0) * node.denominator} if signed else dict(enumerate(entries))
            out.append(kept)
        elif most <= 0 and (not signed or most < 0):
            out.append({0: -node.denominator} if signed else {})
        else:
            gates.append(Gate(len(ranges), signed, _row(node, i), least, most))
            ranges.append(span(gates[-1]))
            out.append({len(ranges): node.denominator})
    matrix = flint.fmpz_mat(len(table), 1 + len(ranges))
    for i, terms in enumerate(out):
        for j, x in terms.items():
            matrix[i, j] = x
    return _Node(matrix, node.denominator)


def _ends(node: _Node, index: int, bounds: Range | None, ranges: Sequence[Range]) -> Range:
    """An enclosure of one entry of a node; ``bounds`` is one that is known already."""
    if bounds and not bounds[0] <= 0 <= bounds[1]:
        return bounds
    low, high = _interval(_row(node, index), ranges)
    return (max(low, bounds[0]), min(high, bounds[1])) if bounds else (low, high)


def _row(node: _Node, index: int) -> Row:
    """One entry of a node as a linear row."""
    matrix = node.matrix
    entries = [int(matrix[index, j]) for j in range(matrix.ncols())]
    terms = tuple((j, x) for j, x in enumerate(entries[1:]) if x)
    return Row(entries[0], terms, node.denominator)


def _interval(row: Row, ranges: Sequence[Range]) -> Range:
    """The exact interval of a row where every atom is anywhere in its range."""
    low = high = Fraction(row.constant)
    for atom, x in row.terms:
        a, b = x * ranges[atom][0], x * ranges[atom][1]
        low, high = low + min(a, b), high + max(a, b)
    return low / row.denominator, high / row.denominator


def _needed(gates: Sequence[Gate], logits: Sequence[Row]) -> tuple[Gate, ...]:
    """The gates that some logit depends on."""
    used = {atom for row in logits for atom, _ in row.terms}
    kept = []
    for gate in reversed(gates):
        if gate.atom in used:
            kept.append(gate)
            used |= {atom for atom, _ in gate.row.terms}
    return tuple(reversed(kept))
