"""The files of ``malformed/`` in format 2 whose models, question, proof or parts are at fault."""

from __future__ import annotations

import json

from tests.brute_claims import encode, integer
from tests.brute_matters import dump, question
from tests.brute_proof import CONSTANT, ENUMERATED, OPEN, SEVERAL, SPLIT, TAIL, TRUSTED, Node
from tests.certificates.matters import (
    AGE,
    AGES,
    COPIES,
    JOB,
    NET,
    YOUNG,
    above,
    change,
    differ,
    file,
    members,
    proved,
    tree,
)

ALL, NOTHING, ZERO = Node(ENUMERATED), Node(OPEN), Node(CONSTANT)


def models():
    """Models that are bound to what does not fill their columns, or are none."""
    held = proved(AGES, ALL)

    def of(reason, says, edit):
        return file(change(held, "models.json", edit)), reason, says

    def at(reason, says, i, **entries):
        def edit(value):
            entry = {**value["models"][i], **entries}
            value["models"][i] = {k: v for k, v in entry.items() if v is not None}

        return of(reason, says, edit)

    def both(value):
        value["models"][0]["tree"] = value["models"][1]["tree"]

    def many(value):
        value["models"] += [{**value["models"][1], "name": f"old {i}"} for i in range(63)]

    third = {"format": "leafproof-tree/1", "root": above(1, 1)}
    return {
        "model-that-does-not-fill-its-columns": at("one column of two", "", 0, reads=["job"]),
        "model-of-more-columns-than-it-has": (
            file(
                change(
                    proved(COPIES, ALL),
                    "models.json",
                    lambda v: v["models"][0].update(reads=["group", "group'", "score"]),
                )
            ),
            "seven columns for four",
            "",
        ),
        "model-that-tests-a-column-too-many": at("column 1 of one", "", 1, tree=third),
        "model-that-reads-an-unknown-variable": at("height", "", 0, reads=["job", "height"]),
        "model-that-reads-a-variable-twice": at("job and job", "", 0, reads=["job", "job"]),
        "model-that-reads-nothing": at("an empty list", "", 1, reads=[]),
        "model-that-reads-a-number": at("0 for a name", "", 1, reads=[0]),
        "model-without-a-name": at("an empty name", "", 0, name=""),
        "model-with-escape-characters": at("it clears the screen", "", 0, name="\x1b[2J"),
        "models-of-one-name": at("net and net", "", 1, name="net"),
        "model-that-is-both": of("a network and a tree", "", both),
        "model-that-is-neither": at("a name alone", "", 1, tree=None),
        "models-none": of("an empty list", "", lambda v: v.update(models=[])),
        "models-65": of("at most 64", "", many),
        "later-models-format": of(
            "leafproof-models/2", "", lambda v: v.update(format="leafproof-models/2")
        ),
        "model-that-the-question-does-not-name": (
            file({**held, "question.json": question({"class": ["net", 1]})}),
            "old is not named",
            "",
        ),
        "models-with-weights-for-one-more": (
            file({**held, "weights.bin": held["weights.bin"] + bytes(8)}),
            "eight bytes too many",
            "",
        ),
        "models-with-weights-missing": (
            file({**held, "weights.bin": held["weights.bin"][:-8]}),
            "eight bytes too few",
            "",
        ),
    }


def questions():
    """Formulas that are none, or not about the models."""
    held = proved(AGES, ALL)

    def of(reason, says, formula):
        return file({**held, "question.json": question(formula)}), reason, says

    def text(reason, says, data):
        return file({**held, "question.json": data}), reason, says

    deep = b'{"not":' * 1000 + b'{"same":["net","old"]}' + b"}" * 1000
    deep = b'{"format":"leafproof-question/1","formula":' + deep + b"}"
    wide = tree("wide", ["age"], above("37/2", 0, 0, 2))
    old = {"class": ["old", 1]}
    return {
        "question-about-an-unknown-model": of("young is no model", "", differ("net", "young")),
        "question-about-an-unknown-class": of(
            "class 2 of two", "", {"any": [old, {"class": ["net", 2]}]}
        ),
        "question-about-a-negative-class": of("-1", "", {"any": [old, {"class": ["net", -1]}]}),
        "question-about-class-true": of("no number", "", {"any": [old, {"class": ["net", True]}]}),
        "question-about-a-class-in-words": of("yes", "", {"any": [old, {"class": ["net", "yes"]}]}),
        "question-of-an-empty-list": of("all of nothing", "", {"all": []}),
        "question-of-two-words": of(
            "not and any", "", {"not": old, "any": [{"class": ["net", 1]}]}
        ),
        "question-of-an-unknown-word": of("implies", "", {"implies": [old, old]}),
        "question-of-no-word": of("an empty object", "", {}),
        "question-same-of-one": of("one name", "", {"any": [old, {"same": ["net"]}]}),
        "question-same-of-three": of("three names", "", {"same": ["net", "old", "net"]}),
        "question-not-of-a-list": of("a list", "", {"not": [{"same": ["net", "old"]}]}),
        "question-nested-1001-deep": text("one too deep", "", deep),
        "question-that-compares-other-classes": (
            file(
                {
                    **members([AGE, JOB], [NET, wide], differ("net", "wide")),
                    "proof.bin": encode([ALL], 2),
                    "witnesses.json": b"[]",
                }
            ),
            "the tree answers class 2, the network has two",
            "",
        ),
        "question-missing": text("no formula", "", dump({"format": "leafproof-question/1"})),
        "question-with-another-entry": text(
            "an entry too many",
            "",
            dump({"format": "leafproof-question/1", "formula": differ("net", "old"), "why": ""}),
        ),
        "later-question-format": text(
            "leafproof-question/2",
            "",
            dump({"format": "leafproof-question/2", "formula": differ("net", "old")}),
        ),
    }


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
        "range-split-at-its-last-value": of("the right half is empty", "", cut(3), ALL, ALL),
        "range-split-beyond-it": of("a fifth age", "", cut(4), ALL, ALL),
        "range-split-far-beyond-it": of("2^70", "", cut(1 << 70), ALL, ALL),
        "range-split-below-the-cell": of(
            "index 0 lies left of the cell", "", YOUNG, ALL, cut(0), ALL, ALL
        ),
        "range-split-above-the-cell": of(
            "index 2 lies right of the cell", "", YOUNG, cut(2), ALL, ALL, ALL
        ),
        "several-of-one-step": several("one alone is no several", "", here),
        "several-of-none": of("an empty list", "", integer(SEVERAL), base=copies),
        "several-out-of-order": several("the second network first", "", there, here),
        "several-about-one-network": several("twice the first", "", here, here),
        "several-with-an-open": of("no Step about a network", "", b"\x00\x16\x00\x04", base=copies),
        "several-inside-several": of("not nested", "", b"\x00\x16\x01\x16\x01\x11", base=copies),
        "several-cut-short": of("one of two", "", b"\x00\x16\x01", base=copies),
        "several-of-2-to-70": of(
            "far more than models",
            "",
            b"\x00" + integer((8 << 70) + SEVERAL) + b"\x01",
            base=copies,
        ),
        "step-of-kind-7": of("a kind that does not exist", "", b"\x00\x07"),
        "tail-above-one-in-format-2": of(
            "a probability of 2", "", Node(TAIL, more=(2, 1)), base=copies
        ),
        "trusted-in-several-by-an-unknown-solver": of(
            "the first of no solvers", "", b"\x00\x16\x05\x00\x09", base=copies
        ),
        "solver-that-only-several-names-missing": of(
            "a name without a step",
            "",
            b"\x01\x01z" + encode([Node(SEVERAL, more=(here, there))], 2)[1:],
            base=copies,
        ),
        "cell-missing-in-format-2": of("the right half is dropped", "", YOUNG, ZERO),
        "mask-for-a-categorical-in-format-2": of(
            "both jobs go left", "", Node(SPLIT, 1, more=(3,)), z3, ALL
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
            "",
        ),
        "second-format-without-a-question": (
            file({k: v for k, v in held.items() if k != "question.json"}),
            "a part is missing",
            "",
        ),
        "second-format-with-counterexamples": (
            file(renamed("witnesses.json", "counterexamples.json")),
            "they are called witnesses.json",
            "",
        ),
        "witnesses-not-a-list": (file({**held, "witnesses.json": b"{}"}), "an object", ""),
        "witness-of-labels": (
            file({**held, "witnesses.json": json.dumps([["18", "none"]]).encode()}),
            "indices are numbers",
            "",
        ),
        "verdict-of-format-2-a-list": (file({**held, "verdict.json": b"[]"}), "a list", ""),
        "domain-said-to-be-bits-in-format-2": (
            file(held, domain="bits"),
            "the domain is not bits",
            "",
        ),
    }


def files():
    """All of them."""
    return {**models(), **questions(), **proofs(), **manifests()}
