"""The peer: mixed-integer linear programming by HiGHS, one program per leaf of the tree.

A program asks for the least margin of the leaf's class over the leaf's cell. Inputs are binary; an
ambiguous ReLU has one binary and the big-M rows that the bounds of Leafproof's relaxation over that
cell allow (Tjeng et al., Evaluating Robustness of Neural Networks with Mixed Integer Programming,
2019). Only margins of the wrong sign are allowed, which prunes far better than the objective alone:
a program without solution proves its leaf. HiGHS computes in floating point with a tolerance of
1e-6, so that a margin that is wrong by less than GAP may go unnoticed; a point that it finds counts
only if exact evaluation confirms it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import highspy
import numpy as np

from verifier.model.cell import Cell, full_cell, values
from verifier.model.domain import Domain, Point
from verifier.model.network import Add, Affine, Network, Relu, Scale, exact_classes
from verifier.model.tree import Tree, bind, overlay
from verifier.provers.bound import FloatBounds, relax, unbounded
from verifier.provers.relaxable import Relaxable, prepare_network
from verifier.provers.space import allowed_values

GAP = 1e-5
"""By how much a margin that may be 0 must be negative; above HiGHS's tolerance."""

Expression = tuple[dict[int, float], float]
"""Coefficients of the program's columns, and a constant."""


@dataclass(eq=False)
class Program:
    """A mixed-integer program that is being written.

    Columns are continuous or integer between bounds; a row is (coefficients, least, largest).
    ``points[i]`` lists, for variable i, (column or None, value): the value holds if the column is
    1; a value without a column is what remains.
    """

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)
    points: list[list[tuple[int | None, int]]] = field(default_factory=list)

    def column(self, low: float, high: float, *, integer: bool = False) -> int:
        """A new column's index."""
        self.low.append(low)
        self.high.append(high)
        self.integer.append(integer)
        return len(self.low) - 1

    def at_most(self, expression: Expression, other: Expression) -> None:
        """Add the row ``expression <= other``."""
        form, constant = combine([expression, other], [1.0, -1.0], 0.0)
        self.rows.append((form, -math.inf, -constant))


def solve(domain: Domain, teacher: Network, tree: Tree, seconds: float) -> tuple[str, float]:
    """The verdict (equivalent, different or undecided) and the seconds it took, bounds included.

    ``seconds`` limits all programs together. Raises ValueError for a layer that is not encoded.
    """
    begun = time.perf_counter()
    bound = bind(tree, domain)
    parts = list(overlay(bound, full_cell(domain)))
    classes = bound.classes[[leaf for _, leaf in parts]]
    network = prepare_network(teacher, domain)
    masks = [cell.masks for cell, _ in parts]
    start = unbounded(network, len(parts))
    bounds = relax(network, allowed_values(network.space, masks), start, classes).bounds
    verdict = "equivalent"
    for i, (cell, _) in enumerate(parts):
        klass = int(classes[i])
        own = FloatBounds(bounds.low[i], bounds.high[i])
        program, logits = encode(domain, network, cell, own)
        for margin, strict in margins(logits, klass):
            left = seconds - (time.perf_counter() - begun)
            if left <= 0:
                return "undecided", time.perf_counter() - begun
            found, point = wrong_sign(program, margin, strict, left)
            if found == "none":
                continue
            if point is not None and exact_classes(teacher, domain, [point])[0] != klass:
                return "different", time.perf_counter() - begun
            verdict = "undecided"
    return verdict, time.perf_counter() - begun


def margins(logits: list[Expression], klass: int) -> Iterator[tuple[Expression, bool]]:
    """Expressions of which one has the wrong sign iff the class is not ``klass``.

    Each comes with whether 0 has the right sign.
    """
    if len(logits) == 1:
        yield combine(logits, [1.0 if klass else -1.0], 0.0), klass == 0
        return
    for other, logit in enumerate(logits):
        if other != klass:
            yield combine([logits[klass], logit], [1.0, -1.0], 0.0), other > klass


def combine(parts: list[Expression], weights: list[float], constant: float) -> Expression:
    """The sum of weighted expressions and a constant."""
    total: dict[int, float] = {}
    for (form, own), weight in zip(parts, weights, strict=True):
        if weight == 0.0:
            continue
        constant += weight * own
        for column, coefficient in form.items():
            total[column] = total.get(column, 0.0) + weight * coefficient
    return total, constant


def encode(
    domain: Domain, network: Relaxable, cell: Cell, bounds: FloatBounds
) -> tuple[Program, list[Expression]]:
    """The teacher over a cell as rows, and its logits; ``bounds`` hold one cell, [neurons]."""
    program = Program()
    nodes = [_inputs(program, domain, cell)]
    for layer, own in zip(network.teacher.layers, network.weights, strict=True):
        if isinstance(layer, Add):
            pairs = zip(nodes[layer.left], nodes[layer.right], strict=True)
            nodes.append([combine([a, b], [1.0, 1.0], 0.0) for a, b in pairs])
            continue
        source = nodes[layer.source]
        if isinstance(layer, Affine):
            rows = zip(own[0].tolist(), own[1].tolist(), strict=True)
            nodes.append([combine(source, row, shift) for row, shift in rows])
        elif isinstance(layer, Scale):
            each = zip(source, own[0].tolist(), own[1].tolist(), strict=True)
            nodes.append([combine([x], [factor], shift) for x, factor, shift in each])
        elif isinstance(layer, Relu):
            part = network.slices[layer.source]
            ends = zip(source, bounds.low[part].tolist(), bounds.high[part].tolist(), strict=True)
            nodes.append([_relu(program, x, low, high) for x, low, high in ends])
        else:
            raise ValueError(f"{type(layer).__name__} layers are not encoded for HiGHS")
    return program, nodes[-1]


def _inputs(program: Program, domain: Domain, cell: Cell) -> list[Expression]:
    """One binary per allowed value, of which one is 1; two values share one binary."""
    inputs: list[Expression] = []
    for variable, mask in zip(domain.variables, cell.masks, strict=True):
        allowed = values(mask)
        chosen: list[int | None] = [None]
        if len(allowed) > 1:
            count = len(allowed) if len(allowed) > 2 else 1
            columns = [program.column(0.0, 1.0, integer=True) for _ in range(count)]
            chosen = [*columns] if count > 1 else [columns[0], None]
            if count > 1:
                program.rows.append((dict.fromkeys(columns, 1.0), 1.0, 1.0))
        program.points.append(list(zip(chosen, allowed, strict=True)))
        for j in range(variable.columns):
            rest = float(variable.encoding[allowed[-1]][j]) if chosen[-1] is None else 0.0
            form = {
                c: float(variable.encoding[v][j]) - rest
                for c, v in zip(chosen, allowed, strict=True)
                if c is not None
            }
            inputs.append((form, rest))
    return inputs


def _relu(program: Program, x: Expression, low: float, high: float) -> Expression:
    if high <= 0:
        return {}, 0.0
    if low >= 0:
        column = program.column(low, high)
        form, constant = combine([x, ({column: 1.0}, 0.0)], [1.0, -1.0], 0.0)
        program.rows.append((form, -constant, -constant))
        return {column: 1.0}, 0.0
    column, active = program.column(0.0, high), program.column(0.0, 1.0, integer=True)
    out = {column: 1.0}, 0.0
    program.at_most(x, out)
    program.at_most(out, ({active: high}, 0.0))
    program.at_most(out, combine([x, ({active: low}, 0.0)], [1.0, 1.0], -low))
    return out


def wrong_sign(
    program: Program, margin: Expression, strict: bool, seconds: float
) -> tuple[str, Point | None]:
    """Whether ``margin`` can have the wrong sign: none, found (with the point) or late.

    ``strict``: 0 has the right sign.
    """
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("mip_max_improving_sols", 1)
    form, constant = margin
    wrong = -GAP if strict else 0.0
    if not form:  # nothing is free, or the bounds have folded the whole network
        if constant > wrong:
            return "none", None
        return "found", tuple(choices[-1][1] for choices in program.points)
    rows = [*program.rows, (form, -math.inf, wrong - constant)]
    solver.passModel(_model(program, form, rows))
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return "none", None
    solution = solver.getSolution()
    if not solution.value_valid or not len(solution.col_value):
        return "late", None
    return "found", _point(program, list(solution.col_value))


def _model(
    program: Program, form: dict[int, float], rows: list[tuple[dict[int, float], float, float]]
) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.low), len(rows)
    cost = np.zeros(len(program.low))
    cost[list(form)] = list(form.values())
    model.col_cost_ = cost
    model.col_lower_, model.col_upper_ = np.array(program.low), np.array(program.high)
    model.row_lower_ = np.array([low for _, low, _ in rows])
    model.row_upper_ = np.array([high for _, _, high in rows])
    kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
    model.integrality_ = [kinds[kind] for kind in program.integer]
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.cumsum([0, *(len(row) for row, _, _ in rows)])
    matrix.index_ = np.array([c for row, _, _ in rows for c in row], dtype=np.int32)
    matrix.value_ = np.array([x for row, _, _ in rows for x in row.values()])
    return model


def _point(program: Program, solution: list[float]) -> Point:
    """The point of a solution, its binaries rounded."""
    point = []
    for choices in program.points:
        chosen = [v for c, v in choices if c is not None and solution[c] > 0.5]
        point.append(chosen[0] if chosen else choices[-1][1])
    return tuple(point)
