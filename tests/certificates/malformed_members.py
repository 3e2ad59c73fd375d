"""The files of ``malformed/`` in format 2 whose proof or parts are at fault."""

from __future__ import annotations

import json

from tests.brute_claims import encode, integer
from tests.brute_proof import CONSTANT, ENUMERATED, OPEN, SEVERAL, SPLIT, TAIL, TRUSTED, Node
from tests.certificates.matters import (
    AGES,
    COPIES,
    YOUNG,
    file,
    proved,
)

ALL, NOTHING, ZERO = Node(ENUMERATED), Node(OPEN), Node(CONSTANT)


def proofs():
    """Splits of ranges outside the cell, Steps out of order."""
    held, copies = proved(AGES, ALL), proved(COPIES, ALL)

    def of(reason, says, *proof, base=held):
        data = encode(proof, 2) if isinstance(proof[0], Node) else proof[0]
        return file({**base, "proof.bin": data}), reason, says

    def several(reason, says, *steps):
        return of(reason, says, Node(SEVERAL, more=steps), base=copies)

    here, there = ZERO, Node(CONSTANT, 0, 1)
    z3 = Node(TRUSTED, 0, 0, (0,))

    def cut(k):
        return Node(SPLIT, 0, more=(k,))

    return {
        "range-split-at-its-last-value": of(
            "the right half is empty",
            "proof.bin: node 0: index 3 does not split 0 to 3 of",
            cut(3),
            ALL,
            ALL,
        ),
        "range-split-beyond-it": of(
            "a fifth age", "proof.bin: node 0: index 4 does not split 0 to 3 of", cut(4), ALL, ALL
        ),
        "range-split-far-beyond-it": of(
            "2^70",
            "proof.bin: node 0: index 1180591620717411303424 does not",
            cut(1 << 70),
            ALL,
            ALL,
        ),
        "range-split-below-the-cell": of(
            "index 0 lies left of the cell",
            "proof.bin: node 2: index 0 does not split 2 to 3 of",
            YOUNG,
            ALL,
            cut(0),
            ALL,
            ALL,
        ),
        "range-split-above-the-cell": of(
            "index 2 lies right of the cell",
            "proof.bin: node 1: index 2 does not split 0 to 1 of",
            YOUNG,
            cut(2),
            ALL,
            ALL,
            ALL,
        ),
        "several-of-one-step": several(
            "one alone is no several", "proof.bin: 1 steps about one cell at offset 1", here
        ),
        "several-of-none": of(
            "an empty list",
            "proof.bin: 0 steps about one cell at offset 1",
            b"\x00\x06",
            base=copies,
        ),
        "several-out-of-order": several(
            "the second network first",
            "proof.bin: steps out of order of models at offset 1",
            there,
            here,
        ),
        "several-about-one-network": several(
            "twice the first", "proof.bin: steps out of order of models at offset 1", here, here
        ),
        "several-with-an-open": of(
            "no Step about a network",
            "proof.bin: what is no step about a network among several",
            b"\x00\x16\x00\x04",
            base=copies,
        ),
        "several-inside-several": of(
            "not nested",
            "proof.bin: unknown step 6 at offset 1: the file is",
            b"\x00\x16\x01\x16\x01\x11",
            base=copies,
        ),
        "several-cut-short": of(
            "one of two",
            "proof.bin: ends in the middle of a node (offset 3)",
            b"\x00\x16\x01",
            base=copies,
        ),
        "several-of-2-to-70": of(
            "far more than models",
            "proof.bin: 1180591620717411303424 steps about one cell at",
            b"\x00" + integer((8 << 70) + SEVERAL) + b"\x01",
            base=copies,
        ),
        "step-of-kind-7": of(
            "a kind that did not exist, and now a Sandwich without its numbers",
            "proof.bin: ends in the middle of a node (offset 2)",
            b"\x00\x07",
        ),
        "tail-above-one-in-format-2": of(
            "a probability of 2",
            "proof.bin: not a probability at offset 1",
            Node(TAIL, more=(2, 1)),
            base=copies,
        ),
        "trusted-in-several-by-an-unknown-solver": of(
            "the first of no solvers",
            "proof.bin: unknown solver at offset 1",
            b"\x00\x16\x05\x00\x09",
            base=copies,
        ),
        "solver-that-only-several-names-missing": of(
            "a name without a step",
            "proof.bin: the solvers named are not those of its steps",
            b"\x01\x01z" + encode([Node(SEVERAL, more=(here, there))], 2)[1:],
            base=copies,
        ),
        "cell-missing-in-format-2": of(
            "the right half is dropped",
            "proof.bin: ends after 2 nodes, 1 cells missing",
            YOUNG,
            ZERO,
        ),
        "mask-for-a-categorical-in-format-2": of(
            "both jobs go left",
            "proof.bin: node 0: values 0b11 do not split 0b11 of",
            Node(SPLIT, 1, more=(3,)),
            z3,
            ALL,
        ),
    }


def manifests():
    """Parts of one format with the number of the other."""
    held = proved(AGES, ALL)

    def renamed(old, new):
        return {new if name == old else name: data for name, data in held.items()}

    return {
        "later-format-of-the-same-parts": (
            file(held, kind="leafproof-certificate/3"),
            "from a newer Leafproof",
            "its format is",
        ),
        "first-format-with-the-parts-of-the-second": (
            file(held, kind="leafproof-certificate/1"),
            "models.json is no part of format 1",
            'the part "models.json" is unknown',
        ),
        "second-format-without-a-question": (
            file({k: v for k, v in held.items() if k != "question.json"}),
            "a part is missing",
            "the part question.json is missing",
        ),
        "second-format-with-counterexamples": (
            file(renamed("witnesses.json", "counterexamples.json")),
            "they are called witnesses.json",
            'the part "counterexamples.json" is unknown',
        ),
        "witnesses-not-a-list": (
            file({**held, "witnesses.json": b"{}"}),
            "an object",
            "witnesses.json: line 1, column 1: not a list of points",
        ),
        "witness-of-labels": (
            file({**held, "witnesses.json": json.dumps([["18", "none"]]).encode()}),
            "indices are numbers",
            "witnesses.json: [0] is not a list of value indices",
        ),
        "verdict-of-format-2-a-list": (
            file({**held, "verdict.json": b"[]"}),
            "a list",
            "verdict.json: line 1, column 1: not an object",
        ),
        "domain-said-to-be-bits-in-format-2": (
            file(held, domain="bits"),
            "the domain is not bits",
            'manifest.json: the domain is said to be "bits", which it',
        ),
    }
