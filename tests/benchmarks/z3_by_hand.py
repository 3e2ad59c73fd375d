"""The peer: a Z3 encoding as a user would write it by hand, the whole question as one query.

Every number is an exact rational, every ReLU an if-then-else, the tree nested if-then-elses; there
are no bounds and nothing is folded.
"""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import z3

from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Relu, Scale
from verifier.model.tree import Inner, Leaf, Tree


def solve(domain: Domain, teacher: Network, tree: Tree, seconds: float) -> tuple[str, float]:
    """The verdict (equivalent, different or undecided) and the seconds it took, encoding included.

    ``seconds`` limits the solver.
    """
    begun = time.perf_counter()
    solver = z3.Solver(ctx=z3.Context())
    solver.set(timeout=max(1, int(1000 * seconds)))
    x = [z3.Real(f"x{i}", solver.ctx) for i in range(domain.columns)]
    for variable, offset in zip(domain.variables, domain.offsets, strict=True):
        solver.add(
            _any(
                [
                    z3.And(*(x[offset + j] == _number(e, x[0]) for j, e in enumerate(row)))
                    for row in variable.encoding
                ]
            )
        )
    logits = _logits(teacher, x)
    classes = _teacher_class(logits)
    solver.add(classes != _tree_class(tree, x))
    found = solver.check()
    verdict = {"sat": "different", "unsat": "equivalent", "unknown": "undecided"}[str(found)]
    return verdict, time.perf_counter() - begun


def _any(cases: list[Any]) -> Any:
    return z3.Or(*cases) if len(cases) > 1 else cases[0]


def _number(value: float | Fraction, like: Any) -> Any:
    exact = Fraction(value)
    return z3.RealVal(f"{exact.numerator}/{exact.denominator}", like.ctx)


def _logits(teacher: Network, x: list[Any]) -> list[Any]:
    nodes = [x]
    for layer in teacher.layers:
        if isinstance(layer, Add):
            pairs = zip(nodes[layer.left], nodes[layer.right], strict=True)
            nodes.append([a + b for a, b in pairs])
            continue
        source = nodes[layer.source]
        zero, one = _number(0, source[0]), _number(1, source[0])
        if isinstance(layer, Affine):
            out = [
                z3.Sum([_number(w, zero) * h for w, h in zip(row, source, strict=True)])
                + _number(b, zero)
                for row, b in zip(layer.weight.tolist(), layer.bias.tolist(), strict=True)
            ]
        elif isinstance(layer, Scale):
            columns = (layer.scale.tolist(), layer.divisor.tolist(), layer.shift.tolist())
            out = [
                h * _number(Fraction(s) / Fraction(d), zero) + _number(t, zero)
                for h, s, d, t in zip(source, *columns, strict=True)
            ]
        elif isinstance(layer, Relu):
            out = [z3.If(h > 0, h, zero) for h in source]
        else:
            out = [z3.If(h > 0, one, z3.If(h < 0, -one, zero)) for h in source]
        nodes.append(out)
    return nodes[-1]


def _teacher_class(logits: list[Any]) -> Any:
    context = logits[0].ctx
    if len(logits) == 1:
        return z3.If(logits[0] > 0, z3.IntVal(1, context), z3.IntVal(0, context))
    best, klass = logits[0], z3.IntVal(0, context)
    for i, logit in enumerate(logits[1:], 1):
        klass = z3.If(logit > best, z3.IntVal(i, context), klass)
        best = z3.If(logit > best, logit, best)
    return klass


def _tree_class(tree: Tree, x: list[Any]) -> Any:
    below: dict[int, Any] = {}
    for i in reversed(range(len(tree.nodes))):
        node = tree.nodes[i]
        if isinstance(node, Leaf):
            below[i] = z3.IntVal(node.klass, x[0].ctx)
            continue
        assert isinstance(node, Inner)
        test = x[node.column] <= _number(node.threshold, x[0])
        below[i] = z3.If(test, below[node.left], below[node.right])
    return below[0]
