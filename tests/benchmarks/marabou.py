"""The peer: Marabou (Katz et al., The Marabou Framework, 2019), one query per leaf of the tree.

Inputs are disjunctions over the encodings of their values, ReLUs Marabou's own; its bounds are its
own, too. Marabou computes in floating point, so that a margin that is wrong by less than GAP may go
unnoticed; a point that it finds counts only if exact evaluation confirms it.
"""

from __future__ import annotations

import math
import time
from typing import Any

from maraboupy import MarabouCore

from verifier.model.cell import Cell, full_cell, values
from verifier.model.domain import Domain, Point
from verifier.model.network import Add, Affine, Network, Relu, Scale, exact_classes
from verifier.model.tree import Tree, bind, overlay

GAP = 1e-5
"""By how much a margin that may be 0 must be negative; above Marabou's tolerance."""

Terms = list[tuple[float, int]]


def solve(domain: Domain, teacher: Network, tree: Tree, seconds: float) -> tuple[str, float]:
    """The verdict (equivalent, different or undecided) and the seconds it took.

    ``seconds`` limits all queries together. Raises ValueError for a layer that is not encoded.
    """
    begun = time.perf_counter()
    bound = bind(tree, domain)
    verdict = "equivalent"
    for cell, leaf in overlay(bound, full_cell(domain)):
        klass = int(bound.classes[leaf])
        for terms, strict in margins(teacher.outputs, klass):
            left = seconds - (time.perf_counter() - begun)
            if left <= 0:
                return "undecided", time.perf_counter() - begun
            query, margin = encode(domain, teacher, cell, terms)
            query.setUpperBound(margin, -GAP if strict else 0.0)
            code, found, _ = MarabouCore.solve(query, _options(left), "")
            if code == "unsat":
                continue
            if code == "sat":
                point = _nearest(domain, cell, found)
                if exact_classes(teacher, domain, [point])[0] != klass:
                    return "different", time.perf_counter() - begun
            verdict = "undecided"
    return verdict, time.perf_counter() - begun


def margins(outputs: int, klass: int) -> list[tuple[Terms, bool]]:
    """Sums of (weight, logit) of which one has the wrong sign iff the class is not ``klass``.

    Each comes with whether 0 has the right sign.
    """
    if outputs == 1:
        return [([(1.0 if klass else -1.0, 0)], klass == 0)]
    others = [k for k in range(outputs) if k != klass]
    return [([(1.0, klass), (-1.0, k)], k > klass) for k in others]


def _options(seconds: float) -> Any:
    options = MarabouCore.Options()
    options._timeoutInSeconds = max(1, math.ceil(seconds))
    options._verbosity = 0
    return options


def _equation(terms: Terms, value: float) -> Any:
    """The sum of (weight, variable) is ``value``."""
    equation = MarabouCore.Equation(MarabouCore.Equation.EQ)
    for weight, variable in terms:
        equation.addAddend(weight, variable)
    equation.setScalar(value)
    return equation


def encode(domain: Domain, teacher: Network, cell: Cell, margin: Terms) -> tuple[Any, int]:
    """The teacher over a cell as a query, and the variable that is the margin.

    ``margin`` is a sum of (weight, logit). Variables 0, 1, ... are the teacher's columns; those of
    the layers follow in order, and the margin is the last.
    """
    query = MarabouCore.InputQuery()
    query.setNumberOfVariables(sum(teacher.widths) + 1)
    _add_inputs(query, domain, cell)
    nodes = [list(range(domain.columns))]
    free = domain.columns
    for layer in teacher.layers:
        width = teacher.widths[len(nodes)]
        out = list(range(free, free + width))
        free += width
        if isinstance(layer, Relu):
            for x, y in zip(nodes[layer.source], out, strict=True):
                MarabouCore.addReluConstraint(query, x, y)
        else:
            for y, (terms, shift) in zip(out, _sums(layer, nodes), strict=True):
                query.addEquation(_equation([*terms, (-1.0, y)], -shift))
        nodes.append(out)
    terms = [(weight, nodes[-1][k]) for weight, k in margin]
    query.addEquation(_equation([*terms, (-1.0, free)], 0.0))
    query.markOutputVariable(free, 0)
    return query, free


def _sums(layer: Affine | Add | Scale | Any, nodes: list[list[int]]) -> list[tuple[Terms, float]]:
    """A linear layer's rows: (weight, variable) pairs and a shift each."""
    if isinstance(layer, Add):
        pairs = zip(nodes[layer.left], nodes[layer.right], strict=True)
        return [([(1.0, a), (1.0, b)] if a != b else [(2.0, a)], 0.0) for a, b in pairs]
    if isinstance(layer, Scale):
        factors = (layer.scale.astype(float) / layer.divisor.astype(float)).tolist()
        shifts = layer.shift.astype(float).tolist()
        each = zip(nodes[layer.source], factors, shifts, strict=True)
        return [([(factor, x)], shift) for x, factor, shift in each]
    if not isinstance(layer, Affine):
        raise ValueError(f"{type(layer).__name__} layers are not encoded for Marabou")
    rows = zip(layer.weight.astype(float).tolist(), layer.bias.astype(float).tolist(), strict=True)
    source = nodes[layer.source]
    return [
        ([(w, x) for w, x in zip(row, source, strict=True) if w != 0.0], shift)
        for row, shift in rows
    ]


def _add_inputs(query: Any, domain: Domain, cell: Cell) -> None:
    """Bound every column, and let each variable take one of its allowed values."""
    for variable, offset, mask in zip(domain.variables, domain.offsets, cell.masks, strict=True):
        rows = [[float(x) for x in variable.encoding[v]] for v in values(mask)]
        for j, column in enumerate(zip(*rows, strict=True)):
            query.markInputVariable(offset + j, offset + j)
            query.setLowerBound(offset + j, min(column))
            query.setUpperBound(offset + j, max(column))
        if len(rows) > 1:
            choices = [
                [_equation([(1.0, offset + j)], x) for j, x in enumerate(row)] for row in rows
            ]
            MarabouCore.addDisjunctionConstraint(query, choices)


def _nearest(domain: Domain, cell: Cell, found: dict[int, float]) -> Point:
    """The point of the cell whose encoding is nearest to the columns' values."""
    point = []
    for variable, offset, mask in zip(domain.variables, domain.offsets, cell.masks, strict=True):
        x = [found[offset + j] for j in range(variable.columns)]
        point.append(
            min(values(mask), key=lambda v: math.dist(x, map(float, variable.encoding[v])))
        )
    return tuple(point)
