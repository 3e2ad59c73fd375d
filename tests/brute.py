"""The truth by brute force in fractions, sharing no code with the kernel's rules."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from verifier.model.domain import Domain, Point
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign
from verifier.model.steps import Steps
from verifier.model.tree import Inner, Tree


def node_values(teacher: Network, x: list[Fraction]) -> list[list[Fraction]]:
    """Every node of the network at an encoded input, layer by layer in fractions."""
    nodes = [x]
    for layer in teacher.layers:
        match layer:
            case Affine(source, weight, bias):
                out = [
                    sum(
                        (Fraction(w) * h for w, h in zip(row, nodes[source], strict=True)),
                        Fraction(b),
                    )
                    for row, b in zip(weight.tolist(), bias.tolist(), strict=True)
                ]
            case Scale(source, scale, divisor, shift):
                out = [
                    h * Fraction(s) / Fraction(d) + Fraction(t)
                    for h, s, d, t in zip(
                        nodes[source], scale.tolist(), divisor.tolist(), shift.tolist(), strict=True
                    )
                ]
            case Relu(source):
                out = [max(h, Fraction(0)) for h in nodes[source]]
            case Sign(source):
                out = [Fraction((h > 0) - (h < 0)) for h in nodes[source]]
            case Steps(source, thresholds, lowest):
                out = [
                    Fraction(low) + sum(h >= Fraction(t) for t in row)
                    for h, row, low in zip(
                        nodes[source], thresholds.tolist(), lowest.tolist(), strict=True
                    )
                ]
            case Add(left, right):
                out = [a + b for a, b in zip(nodes[left], nodes[right], strict=True)]
        nodes.append(out)
    return nodes


def logits(teacher: Network, x: list[Fraction]) -> list[Fraction]:
    """The network's logits at an encoded input."""
    return node_values(teacher, x)[-1]


def teacher_class(teacher: Network, x: list[Fraction]) -> int:
    """One logit: class 1 iff it is positive; several: the largest, ties to the lowest index."""
    out = logits(teacher, x)
    return int(out[0] > 0) if len(out) == 1 else out.index(max(out))


def tree_class(tree: Tree, x: list[Fraction]) -> int:
    """The tree's class at an encoded input."""
    node = tree.nodes[0]
    while isinstance(node, Inner):
        node = tree.nodes[node.left if x[node.column] <= node.threshold else node.right]
    return node.klass


@dataclass(frozen=True)
class Truth:
    """Every point's teacher class, the disagreeing points and their probability."""

    classes: dict[Point, int]
    wrong: list[Point]
    error: Fraction


def truth(domain: Domain, teacher: Network, tree: Tree) -> Truth:
    """Evaluate teacher and tree at every point."""
    classes, wrong, error = {}, [], Fraction(0)
    for point in product(*(range(len(v.labels)) for v in domain.variables)):
        x = [c for v, i in zip(domain.variables, point, strict=True) for c in v.encoding[i]]
        classes[point] = teacher_class(teacher, x)
        if classes[point] != tree_class(tree, x):
            wrong.append(point)
            chance = Fraction(1)
            for v, i in zip(domain.variables, point, strict=True):
                chance *= v.probabilities[i]
            error += chance
    return Truth(classes, wrong, error)
