"""The small problems that the certificate files are about, and how their parts are made."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np

from tests.certificates.format_1 import pack, parts_of
from verifier.formats.variables import one_hot, ordinal, thermometer, variable
from verifier.kernel import checker
from verifier.kernel.claim import claim_of
from verifier.kernel.prepared import prepare
from verifier.kernel.tails import tail_bound
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits, signs
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign, exact_classes
from verifier.model.proof import Constant, Finding, Split
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_text import dump

HALF = Fraction(1, 2)
NO, YES = Tree((Leaf(0),)), Tree((Leaf(1),))


def parts(domain, teacher, tree, proof, points=(), *, claim=True):
    """A certificate's parts, with the verdict the kernel finds (not if ``claim`` is false)."""
    held = parts_of(domain, teacher, tree, Finding(tuple(proof), tuple(points)))
    if claim:
        matter = matter_of(domain, teacher, tree)
        verdict = checker.verify(matter, tuple(proof), tuple(points))
        held["verdict.json"] = dump(claim_of(verdict.stated, matter))
    return held


def seal(held, prover="by hand"):
    """The file of these parts, every hash correct."""
    return pack(held, prover)


def put(held, name, data):
    """The parts with one of them replaced."""
    return {**held, name: data}


def edit(held, name, change):
    """The parts with one JSON part changed in place by ``change(value)``."""
    value = json.loads(held[name])
    change(value)
    return put(held, name, json.dumps(value, ensure_ascii=False).encode())


def claim(held, **stated):
    """The parts with entries of the stated verdict replaced."""
    return edit(held, "verdict.json", lambda value: value.update(stated))


def affine(source, weight, bias, kind=np.float32):
    return Affine(source, np.array(weight, kind), np.array(bias, kind))


def stump(column=0, left=0, right=1, threshold=HALF):
    return Tree((Inner(column, threshold, 1, 2), Leaf(left), Leaf(right)))


# Class 1 iff the first of three bits is set.
FIRST_BIT = (bits(3), Network(3, (affine(0, [[1, 0, 0]], [-0.5]),)), stump())
FIRST_BIT_PROOF = (Split(0, 1), Constant(0), Constant(1))

# Class 1 iff more bits of the first two are set than none: 0 is a tie, which is class 0.
SUM = (bits(2), Network(2, (affine(0, [[1, 1]], [0]),)), NO)
SUM_POINTS = ((0, 1), (1, 0), (1, 1))

# Three classes; at x0 = x1 all logits are equal, and the lowest class wins.
TIES = (
    bits(2),
    Network(2, (affine(0, [[0, 0], [1, -1], [1, -1]], [0, 0, 0]),)),
    Tree((Inner(0, HALF, 1, 2), Leaf(0), Inner(1, HALF, 3, 4), Leaf(1), Leaf(0))),
)
TIES_PROOF = (Split(0, 1), Constant(0), Split(1, 1), Constant(1), Constant(0))


def every_layer():
    """Every kind of layer, variable and weight type; one value alone, one of probability 0."""
    domain = Domain(
        (
            one_hot("colour", ("red", "green", "blue"), (HALF, HALF, Fraction(0))),
            ordinal("size", (Fraction(-1, 3), Fraction(2, 7), 5)),
            thermometer("grade", ("low", "middle", "high")),
            variable("always", ("here",), ((Fraction(3, 2), -1),)),
        )
    )
    teacher = Network(
        8,
        (
            affine(0, [[1, -1, 0, 2, 0, 1, 0, 0], [0, 1, 1, -1, 1, 0, 1, 1]], [0.25, -1]),
            Relu(1),
            Scale(2, np.array([3.0, -1.0]), np.array([7.0, 3.0]), np.array([0.1, 0.0])),
            Sign(3),
            Add(2, 4),
            affine(5, [[1, -0.3], [-1, 0.7], [0.1, 0.1]], [0, 0.5, -0.5], np.float64),
        ),
        ("made by hand",),
    )
    tree = Tree((Inner(3, Fraction(2, 7), 1, 2), Leaf(1), Inner(0, HALF, 3, 4), Leaf(0), Leaf(2)))
    return domain, teacher, tree


def crowd(n=14):
    """A domain too large to be evaluated point by point, for Tail and Trusted steps."""
    rng = np.random.default_rng(3)
    layers = (
        affine(0, rng.integers(-9, 10, (6, n)), np.zeros(6)),
        Relu(1),
        affine(2, -np.ones((1, 6)), [90.0]),
    )
    return bits(n), Network(n, layers), NO


def votes(n=40):
    """Class 1 iff the votes (+1 or -1 each) and a lead of 20 are positive: nearly always."""
    return signs(n), Network(n, (affine(0, np.ones((1, n)), [20.0]),)), YES


def bound(problem, klass):
    """The tail bound that the kernel proves over the whole domain."""
    return tail_bound(prepare(problem[1], problem[0]), full_cell(problem[0]), klass)


def first_class(problem):
    """The teacher's class where bit 0 is set and no other is."""
    domain, teacher, _ = problem
    point = (1, *(0 for _ in domain.variables[1:]))
    return exact_classes(teacher, domain, [point])[0]
