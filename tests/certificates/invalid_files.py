"""The files of ``invalid/``: well formed, but the claim does not hold or does not follow."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from tests.certificates.problems import (
    FIRST_BIT,
    FIRST_BIT_PROOF,
    HALF,
    NO,
    SUM,
    SUM_POINTS,
    TIES,
    TIES_PROOF,
    YES,
    affine,
    bound,
    claim,
    crowd,
    parts,
    put,
    seal,
    votes,
)
from verifier.formats.variables import ordinal
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Network, Sign, exact_classes
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail, Trusted
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.proof_bytes import encode


def false(problem, proof, points=(), **stated):
    """A file whose proof was written without asking the kernel; its verdict says what is told."""
    held = parts(*problem, proof, points, claim=False)
    if stated:
        honest = parts(*problem, (Enumerated(),))["verdict.json"]
        held = claim(put(held, "verdict.json", honest), **stated)
    return seal(held)


def files():
    return {**steps(), **verdicts(), **changed_content()}


def steps():
    """One step of the proof is false or cannot be shown."""
    domain, teacher, _ = crowd()
    high = next(p for p in full_cell(domain).points() if exact_classes(teacher, domain, [p]) == [1])
    tail = bound(votes(), 1)
    zero = Domain((ordinal("x", (0, 2)),))
    sign = Network(1, (affine(0, [[1]], [0]), Sign(1), affine(2, [[1]], [0])))
    close = Network(2, (affine(0, [[1, -1]], [-5e-324], np.float64),))
    return {
        "constant-wrong-class": (
            false(FIRST_BIT, (Split(0, 1), Constant(0), Constant(0))),
            "the second step names the other class",
            "step 2 claims class 0",
        ),
        "constant-over-both-classes": (
            false(FIRST_BIT, (Constant(0),)),
            "one step for a cell that holds both classes",
            "step 1 claims class 0 where everything",
        ),
        "constant-that-no-bound-shows": (
            false(crowd(), (Constant(1),)),
            "a claim about a large cell that the relaxation cannot show",
            "the relaxation does not prove it",
        ),
        "constant-on-a-tie-of-classes": (
            false(TIES, (Split(0, 1), Split(1, 1), Constant(1), *TIES_PROOF[1:2], *TIES_PROOF[2:])),
            "three equal logits: the class is 0, not 1",
            "step 1 claims class 1",
        ),
        "constant-on-a-zero-logit": (
            false(SUM, (Split(0, 1), Split(1, 1), Constant(1), Constant(1), Constant(1))),
            "the logit is exactly 0: class 0, not 1",
            "step 1 claims class 1",
        ),
        "constant-on-the-sign-of-zero": (
            false((zero, sign, YES), (Split(0, 1), Constant(1), Constant(1))),
            "sign(0) is 0, so the logit is not positive",
            "step 1 claims class 1",
        ),
        "constant-on-a-denormal-below-zero": (
            false(
                (bits(2), close, NO),
                (Split(0, 1), Constant(0), Split(1, 1), Constant(1), Constant(1)),
            ),
            "the logit is -4.9e-324 at (1, 1): a float32 evaluation would say 0 or more",
            "step 3 claims class 1",
        ),
        "swapped-children": (
            false(FIRST_BIT, (Split(0, 1), Constant(1), Constant(0))),
            "the halves of a split the wrong way round",
            "step 1 claims class 1",
        ),
        "split-on-another-variable": (
            false(FIRST_BIT, (Split(1, 1), Constant(0), Constant(1))),
            "the split cuts the variable beside the right one",
            "step 1 claims class 0",
        ),
        "class-that-the-teacher-lacks": (
            false(FIRST_BIT, (Split(0, 1), Constant(0), Constant(2))),
            "class 2 of a teacher with classes 0 and 1",
            "step 2 names class 2",
        ),
        "tail-class-that-the-teacher-lacks": (
            false(votes(), (Tail(7, Fraction(1)),)),
            "a tail bound of 1 is empty, but its class must exist",
            "step 1 names class 7",
        ),
        "tail-bound-a-little-too-small": (
            false(votes(), (Tail(1, tail * Fraction(999, 1000)),)),
            "a thousandth below the bound that can be shown",
            "step 1 claims P[teacher != 1] <=",
        ),
        "tail-bound-zero": (
            false(votes(), (Tail(1, Fraction(0)),)),
            "a probability of 0 cannot be shown by a tail bound",
            "step 1 claims P[teacher != 1] <= 0",
        ),
        "tail-bound-for-the-rare-class": (
            false(votes(), (Tail(0, tail),)),
            "the bound belongs to the other class",
            "step 1 claims P[teacher != 0]",
        ),
        "trusted-contradicted-by-counterexample": (
            false(crowd(), (Trusted(0, "liar"),), (high,)),
            "a solver's word for a large cell against a point of the certificate",
            'step 1: "liar" said that the class is 0',
        ),
        "trusted-small-cell-refuted": (
            false(SUM, (Trusted(1, "liar"),)),
            "a solver's word about a cell that the kernel evaluates itself",
            'step 1: "liar" said that the class is 1',
        ),
        "first-of-two-faults-is-named": (
            false(votes(), (Split(0, 1), Constant(0), Tail(1, Fraction(0)))),
            "a Constant step fails before a Tail step does",
            "step 1 claims class 0",
        ),
        "fault-before-a-class-that-is-lacking": (
            false(FIRST_BIT, (Split(0, 1), Constant(1), Constant(5))),
            "a Constant step fails before the step with a class that does not exist",
            "step 1 claims class",
        ),
        "fault-before-a-false-trusted-step": (
            false(SUM, (Split(0, 1), Constant(1), Trusted(0, "liar"))),
            "a Constant step fails before a Trusted step is refuted",
            "step 1 claims class 1",
        ),
    }


def verdicts():
    """The proof holds, the verdict stated is another."""
    good = parts(*FIRST_BIT, FIRST_BIT_PROOF)
    differs = parts(*SUM, (Enumerated(),), SUM_POINTS)
    opened = parts(*FIRST_BIT, (Open(),))
    trusted = parts(*crowd(), (Trusted(1, "oracle 1.0"),))
    tail = parts(*votes(), (Tail(1, HALF),))
    shown = {"values": {"x0": "0", "x1": "1"}, "teacher_class": 1, "tree_class": 0}

    def case(held, reason, says, **stated):
        return seal(claim(held, **stated)), reason, f"the certificate states {says}"

    return {
        "verdict-upgraded-from-undecided": case(
            opened, "nothing is proved, equivalent is stated", "verdict", verdict="equivalent"
        ),
        "verdict-upgraded-from-different": case(
            differs, "the points differ, equivalent is stated", "verdict", verdict="equivalent"
        ),
        "verdict-downgraded": case(
            good, "equivalent is proved, undecided is stated", "verdict", verdict="undecided"
        ),
        "verdict-in-other-letters": case(
            good, "words are compared exactly", "verdict", verdict="Equivalent"
        ),
        "count-one-too-low": case(
            differs,
            "one disagreement too few",
            "disagreements",
            disagreements={"lower": 2, "upper": 2},
        ),
        "count-one-too-high": case(
            differs,
            "one disagreement too many",
            "disagreements",
            disagreements={"lower": 4, "upper": 4},
        ),
        "count-interval-narrowed": case(
            opened,
            "the upper count is lower than what is proved",
            "disagreements",
            disagreements={"lower": 0, "upper": 7},
        ),
        "error-understated": case(
            differs, "a probability too small", "error", error={"lower": "1/2", "upper": "1/2"}
        ),
        "tail-error-understated": case(
            tail, "half of the proved bound", "error", error={"lower": "0", "upper": "1/4"}
        ),
        "domain-size-overstated": case(good, "9 points of 8", "domain_size", domain_size=9),
        "count-written-as-false": case(
            good,
            "false is not the number 0",
            "disagreements",
            disagreements={"lower": 0, "upper": False},
        ),
        "robust-without-proof": case(
            opened,
            "float32 robustness where nothing is proved",
            "float32",
            float32={"robust": True, "not_shown": {"points": 0, "probability": "0"}},
        ),
        "robust-written-as-one": case(
            good,
            "1 is not true",
            "float32",
            float32={"robust": 1, "not_shown": {"points": 0, "probability": "0"}},
        ),
        "trust-hidden": case(trusted, "the solver is left out", "trusted", trusted={}),
        "trust-in-another-solver": case(
            trusted, "another solver is named", "trusted", trusted={"z3 4.13": 1}
        ),
        "cells-overstated": case(good, "three cells of two", "cells", cells={"constant": 3}),
        "counterexample-hidden": case(
            differs,
            "one of three is not stated",
            "counterexamples",
            counterexamples=[shown],
        ),
        "counterexample-with-other-labels": case(
            parts(*SUM, (Open(),), SUM_POINTS[:1]),
            "the labels are of another point that differs: one more than was counted",
            "disagreements",
            counterexamples=[{**shown, "values": {"x0": "1", "x1": "1"}}],
        ),
        "unknown-entry-in-the-verdict": case(
            good, "an entry that the kernel does not find", "blessed", blessed="yes"
        ),
    }


def changed_content():
    """Network, tree, domain or points are not those of the verdict; every hash is correct."""
    good = parts(*FIRST_BIT, FIRST_BIT_PROOF)
    differs = parts(*SUM, (Open(),), SUM_POINTS[:1])
    domain, teacher, tree = FIRST_BIT
    negated = parts(domain, Network(3, (affine(0, [[-1, 0, 0]], [0.5]),)), tree, (Open(),))
    moved = Tree((Inner(1, HALF, 1, 2), Leaf(0), Leaf(1)))
    flipped = Tree((Inner(0, HALF, 1, 2), Leaf(1), Leaf(0)))
    always = replace(tree, nodes=(Inner(0, Fraction(1), 1, 2), *tree.nodes[1:]))

    def of(other_tree):
        return seal(
            put(good, "tree.json", parts(domain, teacher, other_tree, (Open(),))["tree.json"])
        )

    def with_points(text):
        return seal(put(differs, "counterexamples.json", text))

    return {
        "weights-negated": (
            seal(put(good, "weights.bin", negated["weights.bin"])),
            "the same proof about the network with all signs turned",
            "step 1 claims class 0",
        ),
        "weight-bit-flipped": (
            seal(put(good, "weights.bin", b"\x00\x00\x80\xbf" + good["weights.bin"][4:])),
            "the sign bit of one weight",
            "step 2 claims class 1",
        ),
        "tree-tests-another-column": (
            of(moved),
            "the tree asks x1 instead of x0",
            "states verdict",
        ),
        "tree-leaves-swapped": (of(flipped), "the tree answers the other class", "states verdict"),
        "tree-threshold-moved": (
            of(always),
            "x0 <= 1 always holds: the right leaf is empty",
            "states verdict",
        ),
        "probabilities-changed": (
            seal(
                put(
                    parts(*SUM, (Enumerated(),)),
                    "domain.json",
                    parts(
                        Domain(
                            (
                                ordinal("x0", (0, 1), (Fraction(1, 4), Fraction(3, 4))),
                                bits(2).variables[1],
                            )
                        ),
                        SUM[1],
                        NO,
                        (Open(),),
                    )["domain.json"],
                )
            ),
            "the error stated is that of another distribution",
            "states error",
        ),
        "value-labels-swapped": (
            seal(
                put(
                    differs,
                    "domain.json",
                    differs["domain.json"].replace(b'["0", "1"]', b'["1", "0"]', 1),
                )
            ),
            "the counterexample stated is named by other labels",
            "states disagreements",
        ),
        "counterexample-where-both-agree": (
            with_points(b"[[0, 0]]"),
            "teacher and tree agree at the point given",
            "counterexample (0, 0): teacher and tree agree there",
        ),
        "counterexample-outside-the-domain": (
            with_points(b"[[0, 2]]"),
            "a value that the variable does not have",
            "counterexample (0, 2) is not a point of the domain",
        ),
        "counterexample-of-negative-index": (
            with_points(b"[[0, -1]]"),
            "an index from the end is not a value",
            "counterexample (0, -1) is not a point of the domain",
        ),
        "counterexample-too-short": (
            with_points(b"[[1]]"),
            "a point needs a value for each variable",
            "counterexample (1,) is not a point of the domain",
        ),
        "counterexamples-left-out": (
            seal(claim(put(differs, "counterexamples.json", b"[]\n"), counterexamples=[])),
            "the verdict rests on points that are nowhere listed",
            "states verdict",
        ),
        "proof-left-open": (
            seal(put(good, "proof.bin", encode((Open(),)))),
            "the proof is replaced by nothing, the verdict kept",
            "states verdict",
        ),
        "cell-left-open": (
            seal(put(good, "proof.bin", encode((Split(0, 1), Constant(0), Open())))),
            "one of two cells is no longer proved, the verdict kept",
            "states verdict",
        ),
    }
