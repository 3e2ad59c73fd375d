"""The files of ``valid/``: name -> (file, reason, what ``leafproof check`` says)."""

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
    every_layer,
    first_class,
    parts,
    put,
    seal,
    stump,
    votes,
)
from verifier.formats.variables import ordinal, variable
from verifier.model.domain import Domain, bits
from verifier.model.head import Head
from verifier.model.network import Network, Relu, Sign
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail, Trusted
from verifier.model.tree import Inner, Leaf, Tree


def files():
    trusted = (Trusted(1, "oracle 1.0"),)
    one = tuple(Split(i, 1) for i in range(2, 14))  # ever smaller halves: one point is left
    ends = (Constant(first_class(crowd())), *(Open(),) * 11, Enumerated())
    mixed = (Split(0, 1), Trusted(1, "oracle"), Split(1, 1), *one, *ends, Tail(1, Fraction(1)))
    wide = Domain((ordinal("level", range(100)), ordinal("x", (0, 1))))
    above = Network(2, (affine(0, [[1, 0]], [-62.5]),))
    level = stump(threshold=Fraction(125, 2))
    hostile = Domain(
        (
            variable("[bold]x[/]", ("[/red]", "\\[0]"), ((0,), (1,))),
            variable("<b>&amp;", ("'\"", "日本 ü"), ((0,), (1,))),
        )
    )
    rare = Domain((ordinal("x", (0, 1), (Fraction(1), Fraction(0))),))
    tiny, huge = 5e-324, 1.7e308
    long = Domain((ordinal("x", (Fraction(1, 7**150), Fraction(-1, 7**150))),))
    sign_at_zero = Network(1, (affine(0, [[1]], [0]), Sign(1), affine(2, [[1]], [0])))
    return {
        "constant-cells": (
            seal(parts(*FIRST_BIT, FIRST_BIT_PROOF)),
            "two Constant steps that the relaxation proves",
            "EQUIVALENT",
        ),
        "constant-evaluated-point-by-point": (
            seal(parts(*every_layer(), (Constant(0),))),
            "a Constant step on a small cell that the relaxation does not prove",
            "27 points evaluated",
        ),
        "counterexamples-only-in-the-verdict": (
            seal(put(parts(*SUM, (Open(),), SUM_POINTS[:1]), "counterexamples.json", b"[]\n")),
            "the points that the verdict lists are evaluated like others",
            "DIFFERENT",
        ),
        "float32-understated": (
            seal(
                claim(
                    parts(*FIRST_BIT, FIRST_BIT_PROOF),
                    float32={"robust": False, "not_shown": {"points": 1, "probability": "1/4"}},
                )
            ),
            "float32 is shown for more points than stated",
            "float32         shown:",
        ),
        "no-verdict-stated": (
            seal(parts(*FIRST_BIT, FIRST_BIT_PROOF, claim=False)),
            "the file states no verdict; the proof alone says what holds",
            "EQUIVALENT",
        ),
        "no-prover-named": (
            seal(parts(*FIRST_BIT, FIRST_BIT_PROOF), prover=""),
            "the prover's name may be empty",
            "EQUIVALENT",
        ),
        "enumerated-whole-domain": (
            seal(parts(*FIRST_BIT, (Enumerated(),))),
            "one Enumerated step: every point is evaluated",
            "EQUIVALENT",
        ),
        "every-layer-kind": (
            seal(
                parts(
                    *every_layer(), (Split(0, 1), Enumerated(), Split(1, 4), Enumerated(), Open())
                )
            ),
            "affine, relu, scale, sign and add layers; one-hot, ordinal, thermometer variables",
            "DIFFERENT",
        ),
        "different-with-counterexamples": (
            seal(parts(*SUM, (Enumerated(),), SUM_POINTS)),
            "teacher and tree differ, shown by points",
            "differ at exactly 3 points of 4",
        ),
        "counterexample-in-open-cell": (
            seal(parts(*SUM, (Open(),), SUM_POINTS[:1])),
            "nothing is proved but that one point differs",
            "differ at 1 to 4 points of 4",
        ),
        "counterexample-given-twice": (
            seal(
                {**parts(*SUM, (Open(),), SUM_POINTS[:1]), "counterexamples.json": b"[[0,1],[0,1]]"}
            ),
            "a point given twice counts once",
            "differ at 1 to 4 points of 4",
        ),
        "all-open": (
            seal(parts(*FIRST_BIT, (Open(),))),
            "nothing is claimed, and nothing more is said",
            "UNDECIDED",
        ),
        "ties-go-to-the-lowest-class": (
            seal(parts(*TIES, TIES_PROOF)),
            "Constant steps on cells where logits are equal",
            "EQUIVALENT",
        ),
        "zero-logit-is-class-0": (
            seal(parts(*SUM, (Split(0, 1), Split(1, 1), Constant(0), Constant(1), Constant(1)))),
            "a Constant step on the one point where the logit is exactly 0",
            "differ at exactly 3 points of 4",
        ),
        "sign-of-zero-is-zero": (
            seal(
                parts(
                    Domain((ordinal("x", (0, 2)),)),
                    sign_at_zero,
                    stump(threshold=Fraction(1)),
                    (Split(0, 1), Constant(0), Constant(1)),
                )
            ),
            "a sign layer at 0, where it is 0 and the logit is not positive",
            "EQUIVALENT",
        ),
        "tail-bound": (
            seal(parts(*votes(), (Tail(1, bound(votes(), 1)),))),
            "a Tail step with the bound that the kernel finds",
            "UNDECIDED",
        ),
        "tail-bound-wider-than-needed": (
            seal(parts(*votes(), (Split(3, 1), Tail(1, HALF), Tail(1, Fraction(1))))),
            "Tail steps with larger bounds than the kernel's, one of them saying nothing",
            "UNDECIDED",
        ),
        "trusted-large-cell": (
            seal(parts(*crowd(), trusted)),
            "a Trusted step on a cell too large to enumerate, of a solver not known, is open",
            'not trusted     "oracle 1.0" for 1 cell',
        ),
        "trusted-small-cell-upheld": (
            seal(parts(*SUM, (Split(0, 1), Open(), Trusted(1, "oracle 1.0")))),
            "a Trusted step that the kernel proves itself is not counted as trusted",
            "nothing but the kernel",
        ),
        "two-solvers": (
            seal(parts(*crowd(), (Split(0, 1), Trusted(1, "älter"), Trusted(1, "b")))),
            "two solver names, one of them not ASCII",
            '"b" for 1 cell',
        ),
        "every-step-kind": (
            seal(parts(*crowd(), mixed)),
            "Tail, Trusted, Open, Enumerated and Constant steps in one proof",
            'not trusted     "oracle" for 1 cell',
        ),
        "variable-of-100-values": (
            seal(parts(wide, above, level, (Split(0, (1 << 63) - 1), Constant(0), Constant(1)))),
            "masks wider than a machine word",
            "EQUIVALENT",
        ),
        "one-value-variable": (
            seal(
                parts(
                    Domain((ordinal("x", (1,)),)),
                    Network(1, (affine(0, [[1]], [0]),)),
                    YES,
                    (Constant(1),),
                )
            ),
            "a domain of a single point",
            "EQUIVALENT",
        ),
        "disagreement-of-probability-zero": (
            seal(parts(rare, Network(1, (affine(0, [[1]], [0]),)), NO, (Enumerated(),))),
            "the one point that differs has probability 0: still different",
            "DIFFERENT",
        ),
        "smallest-and-largest-weights": (
            seal(
                parts(
                    bits(2),
                    Network(2, (affine(0, [[tiny, huge]], [-tiny], np.float64),)),
                    Tree((Inner(1, HALF, 1, 2), Leaf(0), Leaf(1))),
                    (Split(1, 1), Enumerated(), Constant(1)),
                )
            ),
            "a denormal weight that decides at a tie, and one near the largest float64",
            "EQUIVALENT",
        ),
        "negative-zero-weights": (
            seal(parts(bits(1), Network(1, (affine(0, [[-0.0]], [-0.0]),)), NO, (Constant(0),))),
            "weights of -0.0 are 0",
            "EQUIVALENT",
        ),
        "encodings-of-127-digits": (
            seal(
                parts(
                    long,
                    Network(1, (affine(0, [[1]], [0]),)),
                    stump(0, 0, 1, Fraction(0)),
                    (Split(0, 2), Enumerated(), Enumerated()),
                )
            ),
            "encodings so small that only exact evaluation decides",
            "EQUIVALENT",
        ),
        "names-that-look-like-markup": (
            seal(parts(hostile, Network(2, (affine(0, [[1, 1]], [0]),)), NO, (Enumerated(),))),
            "labels that a terminal or a page might take for markup are printed as they are",
            "[bold]x[/]",
        ),
        "classes-with-names": (
            seal(
                parts(
                    FIRST_BIT[0],
                    replace(
                        FIRST_BIT[1],
                        head=Head("regression", Fraction(-7, 3), "asked"),
                        labels=("no", "<b>yes</b>"),
                    ),
                    FIRST_BIT[2],
                    FIRST_BIT_PROOF,
                )
            ),
            "the teacher says where its class 1 begins and what its classes are called",
            '"<b>yes</b>" where the network\'s output, a predicted number, is > -7/3',
        ),
        "classes-of-labels": (
            seal(
                parts(
                    TIES[0],
                    replace(TIES[1], head=Head("label", None, "shown"), labels=("3", "5", "9")),
                    TIES[2],
                    TIES_PROOF,
                )
            ),
            "the teacher gives labels itself",
            "EQUIVALENT",
        ),
        "relu-only-teacher": (
            seal(
                parts(
                    bits(2),
                    Network(2, (Relu(0),)),
                    Tree((Inner(1, HALF, 1, 2), Leaf(0), Inner(0, HALF, 3, 4), Leaf(1), Leaf(0))),
                    (Enumerated(),),
                )
            ),
            "a teacher without weights: the logits are the inputs",
            "EQUIVALENT",
        ),
        "error-written-as-decimal": (
            seal(claim(parts(*FIRST_BIT, FIRST_BIT_PROOF), trusted={})),
            "a verdict.json whose spaces differ from what Leafproof writes, saying the same",
            "EQUIVALENT",
        ),
    }
