"""Certificates about questions in general, and over domains with ranges and trees; checked."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

import verifier as lp
from tests.reports import cases
from verifier.model.network import Affine, Network
from verifier.model.proof import Enumerated, Finding, Open
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, differ, matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.certificate import make_certificate

EVERYTHING = (Enumerated(),)
PEOPLE = lp.Domain.product(
    lp.Domain.range("age", 18, 90, probabilities=[[18, 40, "1/2"], [41, 90, "1/2"]]),
    lp.Domain.one_hot("group", ["A", "B"]),
    lp.Domain.one_hot("other", ["A", "B"]),
)
TWINS = PEOPLE.without({"group": "A", "other": "A"}, {"group": "B", "other": "B"})
"""The other group is another one: 146 of 292 combinations."""
OLD = Tree((Inner(0, Fraction(81, 2), 1, 2), Leaf(0), Leaf(1)))
BY_AGE = {
    "variable": "age",
    "at_most": 20,
    "left": {"weight": "1/4", "probabilities": {"group": ["1/3", "2/3"]}},
    "right": {
        "variable": "group",
        "values": ["A"],
        "left": {"weight": 0},
        "right": {"weight": "3/4"},
    },
}


def scorer(labels=()):
    """An age from which it says 1: 33 in group A, 53 in group B."""
    weight = np.array([[0.25, 4, -1]], np.float32)
    return Network(3, (Affine(0, weight, np.array([-12], np.float32)),), labels=labels)


def certified(matter, proof=EVERYTHING, witnesses=()):
    """A certificate as it is read back, and its verdict."""
    finding = Finding(tuple(proof), tuple(witnesses))
    _, certificate, verdict = make_certificate(matter, finding, "exhaustive: leafproof ask")
    return certificate, verdict


def copies(question=None, proof=EVERYTHING, *, labels=("no", "yes")):
    """Two copies of a network, each with a group of its own, and a tree."""
    net = scorer(labels)
    models = Bound("a", net, (0, 1)), Bound("b", net, (0, 2)), Bound("rule", OLD, (0,))
    return certified(Matter(TWINS, models, question or UNFAIR), proof)


UNFAIR = All((differ(0, 1), Any_((ClassIs(2, 1), Not(ClassIs(0, 1))))))
"""The copies differ, and the rule says 1 or the first copy does not."""
NEVER = All((ClassIs(0, 1), ClassIs(1, 1), ClassIs(2, 0), Not(Not(ClassIs(2, 1)))))


def nowhere():
    return copies(NEVER)


def undecided():
    return copies(UNFAIR, (Open(),))


def over(domain, tree=OLD, proof=EVERYTHING):
    """Where the scorer and the rule differ, over a domain of ages and groups."""
    return certified(matter_of(domain, scorer(), tree), proof)


def impossible():
    """Network and tree over ages and groups, of which some are impossible."""
    people = lp.Domain.product(
        lp.Domain.range("age", 18, 90), lp.Domain.one_hot("group", ["A", "B"])
    )
    return over(people.without({"group": "A", "age": (18, 40)}))


def dependent():
    """The same with leaves that have weights of their own."""
    people = lp.Domain.product(
        lp.Domain.range("age", 18, 90), lp.Domain.one_hot("group", ["A", "B"])
    )
    return over(people.depending(BY_AGE))


def long_range():
    """A range of 2^62 values, of which nothing is proved but on one half."""
    domain = lp.Domain.product(lp.Domain.range("far", 0, 2**62 - 1), lp.Domain.bits(2))
    tree = Tree((Inner(0, Fraction(2**61), 1, 2), Leaf(0), Leaf(1)))
    return certified(matter_of(domain, cases.sum_teacher(3, -(2.0**61)), tree), (Open(),))
