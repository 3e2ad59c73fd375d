"""The files of ``valid/`` in format 2: name -> (file, reason, what ``leafproof check`` says)."""

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
    GROUP,
    JOB,
    NET,
    OLD,
    SCORE,
    YOUNG,
    above,
    categorical,
    claimed,
    differ,
    file,
    members,
    network,
    ordinal,
    proved,
    tree,
)

ALL = Node(ENUMERATED)
NOTHING = Node(OPEN)


def files():
    """Files about each noun that format 2 brought, and about each new form of a proof."""
    return {**domains(), **models(), **questions(), **proofs()}


def of(reason, says, parts, *proof, **options):
    """An entry: the members with a proof, and the verdict that brute force finds."""
    return file(proved(parts, *proof, **options)), reason, says


def domains():
    """Ordinals, domain trees, points of probability 0."""
    many = ordinal("level", 0, 20000)
    longest = ordinal("count", 0, (1 << 62) - 1)
    high = network("high", ["level"], ([[1]], [-12345.5]))
    count = network("any", ["count"], ([[1]], [1]))
    runs = ordinal("x", -1, 1, "1/3", [[-1, "-1/3", "1/2"], [0, 0, 0], ["1/3", 1, "1/2"]])
    one = ordinal("only", "7/3", "7/3", "1/5")
    zero = categorical("z", ("never", "always"), [[0], [1]], [0, 1])
    sure = {**GIVEN, "right": {"weight": "1/2", "probabilities": [[["37/2", "39/2", 1]], [1, 0]]}}
    sign = network("net", ["x"], ([[3]], [-1]))
    third = above("1/3")
    return {
        "domain-tree-enumerated": of(
            "the points of a domain with impossible combinations, one by one", "3 ", AGES, ALL
        ),
        "domain-tree-left-open": of(
            "nothing is proved but what a witness shows", "", AGES, NOTHING
        ),
        "domain-tree-with-a-value-of-probability-0": of(
            "a point of weight 0 is a point",
            "",
            members([AGE, JOB], [NET, OLD], differ("net", "old"), sure),
            ALL,
        ),
        "domain-of-one-leaf-in-a-tree-of-two": of(
            "pairs of groups that are not both a", "12", COPIES, ALL
        ),
        "ordinal-of-20001-values": (
            file(
                claimed(
                    members(
                        [many], [high, tree("cut", ["level"], above(12345))], differ("high", "cut")
                    ),
                    (Node(SPLIT, 0, more=(12345,)), Node(CONSTANT), Node(CONSTANT, 1)),
                    domain_size=20001,
                    steps={"constant": 2},
                )
            ),
            "two cells of one range",
            "20001",
        ),
        "ordinal-of-2-to-62-values": (
            file(
                claimed(
                    members([longest], [count], {"class": ["any", 0]}),
                    (Node(CONSTANT, 1),),
                    domain_size=1 << 62,
                    steps={"constant": 1},
                )
            ),
            "the longest range that there may be",
            str(1 << 62),
        ),
        "ordinal-of-one-value": of(
            "from equals to",
            "",
            members(
                [one, JOB],
                [network("net", ["only", "job"], ([[3, 1]], [-7]))],
                {"class": ["net", 1]},
            ),
            ALL,
        ),
        "ordinal-with-runs": of(
            "thirds from -1 to 1, zero of probability 0; at 1/3 the logit is 0 and the tree equal",
            "",
            members([runs], [sign, tree("tree", ["x"], third)], differ("net", "tree")),
            Node(SPLIT, 0, more=(3,)),
            Node(CONSTANT),
            Node(TAIL, 1, more=(1, 3)),
        ),
        "variable-of-probability-0-and-1": of(
            "a witness of probability 0",
            "",
            members([zero], [network("net", ["z"], ([[-1]], [1]))], {"class": ["net", 1]}),
            ALL,
        ),
        "decimals-in-a-domain": of(
            "0.5 is 1/2, 2e1 is 20",
            "",
            members(
                [ordinal("x", 0, 20, "0.5"), JOB],
                [network("net", ["x", "job"], ([[1, 1]], [-19.75]))],
                {"class": ["net", 1]},
            ),
            ALL,
        ),
    }


def models():
    """Several models, bound to variables of their own."""
    three = network("three", ["score"], ([[1], [0], [-1]], [0, 1, 2]))
    mixed = tree(
        "mixed",
        ["score", "group"],
        {
            "column": 0,
            "threshold": 1,
            "left": above("1/2", 1, 2, 0),
            "right": above("1/2", 2, 1, 2),
        },
    )
    only = tree("first", ["job"], above("1/2")), tree("second", ["age"], above(19))
    return {
        "network-twice": of(
            "two copies of a network, bound to two variables",
            "12",
            COPIES,
            Node(SPLIT, 0, more=(1,)),
            Node(SPLIT, 1, more=(1,)),
            NOTHING,
            ALL,
            ALL,
        ),
        "model-that-reads-in-another-order": of(
            "the columns are those of job, then of age",
            "",
            members(
                [AGE, JOB],
                [network("net", ["job", "age"], ([[20, 1]], [-39]))],
                {"class": ["net", 1]},
            ),
            ALL,
        ),
        "models-of-three-classes": of(
            "a network and a tree of three classes, with ties",
            "",
            members([GROUP, SCORE], [three, mixed], differ("three", "mixed")),
            Node(SPLIT, 1, more=(1,)),
            Node(CONSTANT, 2),
            ALL,
        ),
        "trees-alone": of(
            "two trees and no network: their overlay decides",
            "",
            members([AGE, JOB], list(only), {"same": ["first", "second"]}, GIVEN),
            NOTHING,
        ),
        "names-of-models-that-look-like-markup": of(
            "names are any printable text",
            "",
            members(
                [JOB],
                [network("[b]<net>[/]", ["job"], ([[1]], [0]))],
                {"class": ["[b]<net>[/]", 1]},
            ),
            ALL,
        ),
    }


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
            "all, any, not, class and same", "", {**AGES, "question.json": question(every)}, *steps
        ),
        "formula-that-is-never-true": of(
            "net and old are both 1 and differ: nowhere",
            "",
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
            "",
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
            "6",
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
            "a witness is found by its labels", "", AGES, NOTHING, witnesses=[(2, 1)]
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
            "",
            AGES,
            YOUNG,
            Node(CONSTANT),
            Node(TAIL, more=(1, 3)),
        ),
        "tail-wider-than-needed-in-a-leaf": of(
            "a half may have the other class",
            "",
            AGES,
            YOUNG,
            Node(CONSTANT),
            Node(TAIL, more=(1, 2)),
        ),
        "trusted-cell-upheld-in-format-2": of(
            "small enough to be evaluated", "", AGES, YOUNG, trusted, ALL
        ),
        "several-constants": of(
            "two networks have class 0 in a cell, so they agree there",
            "",
            COPIES,
            *(first, ALL, second, ALL, low, zero, NOTHING),
        ),
        "several-of-a-constant-and-a-tail": of(
            "one network is known, the other up to a half",
            "",
            COPIES,
            *(first, second, NOTHING, here, second, there, low, zero, ALL),
        ),
        "several-tails": of(
            "two bounds of a sixth: together a third may differ",
            "",
            COPIES,
            *(first, ALL, second, ALL, low, zero, sixths),
        ),
        "several-with-a-solvers-word": of(
            "a trusted Step that is small enough to be upheld",
            "",
            COPIES,
            *(first, ALL, second, ALL, low, given, NOTHING),
        ),
        "step-about-the-second-network": of(
            "nothing is said of the first",
            "",
            COPIES,
            *(first, second, NOTHING, ALL, second, Node(CONSTANT, 1, 1), ALL),
        ),
        "cell-that-is-impossible": of(
            "18 years and a job: nothing is open there",
            "",
            AGES,
            Node(SPLIT, 0, more=(0,)),
            Node(SPLIT, 1, more=(1,)),
            ALL,
            NOTHING,
            ALL,
        ),
        "split-of-a-range-twice": of(
            "the index counts from the domain's first value, not the cell's",
            "",
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
            "",
        ),
        "witness-given-twice": (
            file({**proved(AGES, NOTHING, witnesses=[(2, 1)]), "witnesses.json": b"[[2,1],[2,1]]"}),
            "it counts once",
            "",
        ),
        "witness-only-in-the-verdict": (
            file({**proved(AGES, NOTHING, witnesses=[(2, 1)]), "witnesses.json": b"[]"}),
            "the points that the verdict lists are evaluated like others",
            "",
        ),
    }
