"""Certificates for the report's tests: small real ones, checked by the checker."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from verifier.formats.variables import one_hot
from verifier.jobs.result import Result
from verifier.kernel import checker
from verifier.model.cell import full_cell
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Enumerated, Split
from verifier.model.question import differ, matter_of
from verifier.model.tree import Inner, Leaf, Tree, bind, descend

HALF = Fraction(1, 2)
SHAPES = ("round", "square", "octagon")
ROBOTS = Domain(
    (
        one_hot("head", SHAPES),
        one_hot("body", SHAPES),
        one_hot("smiling", ("yes", "no")),
        one_hot("holding", ("sword", "balloon", "flag")),
        one_hot("jacket", ("red", "yellow", "green", "blue")),
        one_hot("tie", ("yes", "no")),
    )
)


def robots_teacher():
    """MONK's problem 1 by hand, slightly perturbed: head = body, or a red jacket."""
    weight = np.random.default_rng(1).normal(size=(4, 17)).astype(np.float32) / 64
    for i in range(3):
        weight[i, [i, 3 + i]] += 1
    weight[3, 11] += 1
    bias = np.array([-1, -1, -1, 0], np.float32)
    out = Affine(2, np.ones((1, 4), np.float32), np.array([-0.5], np.float32))
    notes = ("the final Sigmoid is dropped: it does not change the class",)
    return Network(17, (Affine(0, weight, bias), Relu(1), out), notes)


def grown(spec):
    """A tree from nested (column, left, right) and classes."""
    nodes = []

    def grow(part):
        at = len(nodes)
        nodes.append(Leaf(part) if isinstance(part, int) else None)
        if not isinstance(part, int):
            column, left, right = part
            nodes[at] = Inner(column, HALF, grow(left), grow(right))
        return at

    grow(spec)
    return Tree(tuple(nodes))


GOOD = grown((11, (0, (1, (5, 0, 1), (4, 0, 1)), (3, 0, 1)), 1))
BAD = grown((11, (0, (1, 0, (4, 0, 1)), (3, 0, 1)), 1))


def closed(domain, teacher, tree):
    """A proof along the tree: Constant where the kernel can show it, else Enumerated."""
    bound, p = bind(tree, domain), checker.prepare(teacher, domain)
    proof, stack = [], [full_cell(domain)]
    while stack:
        cell = stack.pop()
        fits = [k for k in range(teacher.classes) if checker.constant(p, [cell], [k])[0][0]]
        test = bound.nodes[descend(bound, cell)]
        if fits:
            proof.append(Constant(fits[0]))
        elif isinstance(test, int):
            proof.append(Enumerated())
        else:
            left = cell.masks[test[0]] & test[1]
            proof.append(Split(test[0], left))
            stack.extend(reversed(cell.split(test[0], left)))
    return tuple(proof)


def certified(domain, teacher, tree, proof, counterexamples=(), *, trust=(), prover="exhaustive"):
    """A certificate in memory (nothing but the file's own hashes is made up) and its verdict."""
    verdict = checker.verify(matter_of(domain, teacher, tree), proof, counterexamples, trust=trust)
    hashes = {"domain.json": "0a" * 32, "proof.bin": "0b" * 32}
    models, question = matter_of(domain, teacher, tree).models, differ()
    held = tuple(proof), tuple(counterexamples)
    certificate = Certificate(domain, models, question, *held, prover, None, hashes, "0c" * 32)
    return certificate, verdict


def result(certificate, verdict, seconds=None):
    """What a job makes of them."""
    return Result(
        matter=certificate.matter,
        certificate=certificate,
        proved=verdict,
        data=None,
        seconds=seconds or {},
    )


def good():
    teacher = robots_teacher()
    return certified(ROBOTS, teacher, GOOD, closed(ROBOTS, teacher, GOOD))


def bad():
    teacher = robots_teacher()
    return certified(ROBOTS, teacher, BAD, closed(ROBOTS, teacher, BAD))


def sum_teacher(columns, offset):
    """One logit: the sum of the inputs plus an offset."""
    weight = np.ones((1, columns), np.float32)
    return Network(columns, (Affine(0, weight, np.array([offset], np.float32)),))


def full_tree(domain, depth, classes=2, seed=0):
    """A complete tree that never tests a column twice on a path."""
    rng = np.random.default_rng(seed)

    def spec(left, used):
        if not left:
            return int(rng.integers(classes))
        column = next(c for c in rng.permutation(domain.columns).tolist() if c not in used)
        return column, spec(left - 1, used | {column}), spec(left - 1, used | {column})

    return grown(spec(depth, frozenset()))


def wide(n=100):
    """A domain of 2^n points on which the network has class 1 everywhere."""
    return bits(n), sum_teacher(n, 0.5)
