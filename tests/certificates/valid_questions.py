"""The files of ``valid/`` in format 2 that are about formulas and about forms of a proof."""

from __future__ import annotations

from tests.brute_matters import question
from tests.brute_proof import (
    CONSTANT,
    ENUMERATED,
    OPEN,
    SEVERAL,
    SPLIT,
    TAIL,
    TRUSTED,
    Node,
)
from tests.certificates.matters import (
    AGE,
    AGES,
    COPIES,
    GIVEN,
    JOB,
    NET,
    SQUARE,
    YOUNG,
    above,
    claimed,
    differ,
    far,
    file,
    members,
    network,
    proved,
    tree,
)
from tests.certificates.valid_domains import of

ALL = Node(ENUMERATED)
NOTHING = Node(OPEN)


def questions():
    """Formulas of every connective."""
    deep = b'{"not":' * 999 + b'{"class":["net",1]}' + b"}" * 999
    deep = b'{"format":"leafproof-question/1","formula":' + deep + b"}"
    every = {
        "any": [
            {"all": [{"class": ["net", 1]}, {"not": {"class": ["old", 1]}}]},
            {"not": {"any": [{"same": ["net", "old"]}, {"class": ["old", 0]}]}},
        ]
    }
    steps = Node(SPLIT, 0, more=(1,)), Node(CONSTANT), ALL
    net = members([AGE, JOB], [NET], {"class": ["net", 1]}, GIVEN)
    return {
        "formula-of-every-connective": of(
            "all, any, not, class and same",
            "at exactly 3 points",
            {**AGES, "question.json": question(every)},
            *steps,
        ),
        "formula-that-is-never-true": of(
            "net and old are both 1 and differ: nowhere",
            "NOWHERE",
            {
                **AGES,
                "question.json": question({"all": [{"class": ["old", 0]}, {"class": ["net", 1]}]}),
            },
            Node(SPLIT, 0, more=(1,)),
            Node(CONSTANT),
            NOTHING,
        ),
        "formula-of-a-model-with-itself": of(
            "same(net, net) is true whatever net is",
            "at exactly 7 points of 7",
            {**net, "question.json": question({"same": ["net", "net"]})},
            NOTHING,
        ),
        "formula-nested-1000-deep": (
            file(
                claimed(
                    {**net, "question.json": deep},
                    steps,
                    answer="somewhere",
                    domain_size=7,
                    points={"lower": 6, "upper": 6},
                    probability={"lower": "7/8", "upper": "7/8"},
                    witnesses=[
                        {"values": {"age": age, "job": job}, "classes": {"net": 0}}
                        for age, job in (
                            ("18", "none"),
                            ("37/2", "none"),
                            ("37/2", "full"),
                            ("19", "none"),
                            ("19", "full"),
                            ("39/2", "none"),
                        )
                    ],
                    steps={"constant": 1, "enumerated": 1},
                )
            ),
            "999 times not, the most there may be",
            "at exactly 6 points of 7",
        ),
        "difference-of-a-network-and-a-tree": of(
            "today's question in the new format",
            "EQUIVALENT",
            members(
                [JOB],
                [network("teacher", ["job"], ([[1]], [0])), tree("tree", ["job"], above("1/2"))],
                differ("teacher", "tree"),
            ),
            ALL,
        ),
        "point-of-a-verdict-named-in-another-order": of(
            "a witness is found by its labels",
            "at 1 to 7 points of 7",
            AGES,
            NOTHING,
            witnesses=[(2, 1)],
        ),
    }


def proofs():
    """Splits of ranges, Steps about several networks, cells that are impossible."""
    trusted = Node(TRUSTED, 0, 0, (0,))
    zero = Node(SEVERAL, more=(Node(CONSTANT, 0, 0), Node(CONSTANT, 0, 1)))
    here = Node(SEVERAL, more=(Node(CONSTANT, 1, 0), Node(TAIL, 1, 1, (1, 2))))
    there = Node(SEVERAL, more=(Node(TAIL, 1, 0, (1, 2)), Node(CONSTANT, 1, 1)))
    sixths = Node(SEVERAL, more=(Node(TAIL, 1, 0, (1, 6)), Node(TAIL, 1, 1, (1, 6))))
    given = Node(SEVERAL, more=(Node(TRUSTED, 0, 0, (0,)), Node(CONSTANT, 0, 1)))
    first, second, low = (
        Node(SPLIT, 0, more=(1,)),
        Node(SPLIT, 1, more=(1,)),
        Node(SPLIT, 2, more=(1,)),
    )
    return {
        "tail-in-a-leaf-of-the-domain": of(
            "a third may have the other class",
            "at 3 to 4 points of 7",
            AGES,
            YOUNG,
            Node(CONSTANT),
            Node(TAIL, more=(1, 3)),
        ),
        "tail-wider-than-needed-in-a-leaf": of(
            "a half may have the other class",
            "at 3 to 4 points of 7",
            AGES,
            YOUNG,
            Node(CONSTANT),
            Node(TAIL, more=(1, 2)),
        ),
        "trusted-cell-upheld-in-format-2": of(
            "small enough to be evaluated",
            "at exactly 3 points of 7",
            AGES,
            YOUNG,
            trusted,
            ALL,
        ),
        "several-constants": of(
            "two networks have class 0 in a cell, so they agree there",
            "at 10 to 22 points of 40",
            COPIES,
            *(first, ALL, second, ALL, low, zero, NOTHING),
        ),
        "several-of-a-constant-and-a-tail": of(
            "one network is known, the other up to a half",
            "at 10 to 22 points of 40",
            COPIES,
            *(first, second, NOTHING, here, second, there, low, zero, ALL),
        ),
        "several-tails": of(
            "two bounds of a sixth: together a third may differ",
            "at 10 to 22 points of 40",
            COPIES,
            *(first, ALL, second, ALL, low, zero, sixths),
        ),
        "several-with-a-solvers-word": of(
            "a trusted Step that is small enough to be upheld",
            "at 10 to 22 points of 40",
            COPIES,
            *(first, ALL, second, ALL, low, given, NOTHING),
        ),
        "trusted-large-cell-in-format-2": (
            file(
                claimed(
                    members(SQUARE, [far("net", 120)], {"class": ["net", 0]}),
                    (Node(TRUSTED, 1, 0, (0,)),),
                    domain_size=10000,
                    trusted={"z3 4.13.0": 1},
                    steps={"trusted": 1},
                )
            ),
            "no bound shows it; unasked, nobody's word counts",
            "at most at 10,000 points of 10,000",
        ),
        "several-words-of-solvers": (
            file(
                claimed(
                    members(
                        SQUARE,
                        [far("here", 120), far("there", 121)],
                        {"not": {"same": ["here", "there"]}},
                    ),
                    (Node(SEVERAL, more=tuple(Node(TRUSTED, 1, i, (0,)) for i in (0, 1))),),
                    domain_size=10000,
                    trusted={"z3 4.13.0": 2},
                    steps={"trusted": 2},
                )
            ),
            "two networks in one cell",
            "at most at 10,000 points of 10,000",
        ),
        "step-about-the-second-network": of(
            "nothing is said of the first",
            "at 10 to 17 points of 40",
            COPIES,
            *(first, second, NOTHING, ALL, second, Node(CONSTANT, 1, 1), ALL),
        ),
        "cell-that-is-impossible": of(
            "18 years and a job: nothing is open there",
            "at exactly 3 points of 7",
            AGES,
            Node(SPLIT, 0, more=(0,)),
            Node(SPLIT, 1, more=(1,)),
            ALL,
            NOTHING,
            ALL,
        ),
        "split-of-a-range-twice": of(
            "the index counts from the domain's first value, not the cell's",
            "at 3 to 4 points of 7",
            AGES,
            YOUNG,
            Node(SPLIT, 0, more=(0,)),
            ALL,
            Node(CONSTANT),
            Node(SPLIT, 0, more=(2,)),
            ALL,
            NOTHING,
        ),
        "no-verdict-stated-in-format-2": (
            file({k: v for k, v in proved(AGES, ALL).items() if k != "verdict.json"}),
            "the proof alone says what holds",
            "at exactly 3 points of 7",
        ),
        "witness-given-twice": (
            file({**proved(AGES, NOTHING, witnesses=[(2, 1)]), "witnesses.json": b"[[2,1],[2,1]]"}),
            "it counts once",
            "at 1 to 7 points of 7",
        ),
        "witness-only-in-the-verdict": (
            file({**proved(AGES, NOTHING, witnesses=[(2, 1)]), "witnesses.json": b"[]"}),
            "the points that the verdict lists are evaluated like others",
            "at 1 to 7 points of 7",
        ),
    }
