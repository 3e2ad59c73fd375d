"""The files of ``valid/`` in format 2 that are about domains, or about several models."""

from __future__ import annotations

from tests.brute_proof import (
    CONSTANT,
    ENUMERATED,
    OPEN,
    SPLIT,
    TAIL,
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
    above,
    categorical,
    change,
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
    plain = members([JOB], [network("net", ["job"], ([[1]], [0]))], {"class": ["net", 1]})

    def second(domain):
        domain["format"] = "leafproof-domain/2"

    return {
        "domain-tree-enumerated": of(
            "the points of a domain with impossible combinations, one by one",
            "at exactly 3 points of 7",
            AGES,
            ALL,
        ),
        "domain-tree-left-open": of(
            "nothing is proved but what a witness shows",
            "at 3 to 7 points of 7",
            AGES,
            NOTHING,
        ),
        "domain-tree-with-a-value-of-probability-0": of(
            "a point of weight 0 is a point",
            "at exactly 3 points of 7",
            members([AGE, JOB], [NET, OLD], differ("net", "old"), sure),
            ALL,
        ),
        "domain-of-one-leaf-in-a-tree-of-two": of(
            "pairs of groups that are not both a", "at exactly 12 points of 40", COPIES, ALL
        ),
        "plain-domain-in-the-second-format": (
            file(change(proved(plain, ALL), "domain.json", second)),
            "neither ordinals nor a tree of its own",
            "at exactly 1 point of 2",
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
            "EQUIVALENT",
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
            "NOWHERE",
        ),
        "ordinal-of-one-value": of(
            "from equals to",
            "at exactly 1 point of 2",
            members(
                [one, JOB],
                [network("net", ["only", "job"], ([[3, 1]], [-7]))],
                {"class": ["net", 1]},
            ),
            ALL,
        ),
        "ordinal-with-runs": of(
            "thirds from -1 to 1, zero of probability 0; at 1/3 the logit is 0 and the tree equal",
            "UNDECIDED",
            members([runs], [sign, tree("tree", ["x"], third)], differ("net", "tree")),
            Node(SPLIT, 0, more=(3,)),
            Node(CONSTANT),
            Node(TAIL, 1, more=(1, 3)),
        ),
        "variable-of-probability-0-and-1": of(
            "a witness of probability 0",
            "at exactly 1 point of 2",
            members([zero], [network("net", ["z"], ([[-1]], [1]))], {"class": ["net", 1]}),
            ALL,
        ),
        "decimals-in-a-domain": of(
            "0.5 is 1/2, 2e1 is 20",
            "at exactly 4 points of 82",
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
            "at exactly 12 points of 40",
            COPIES,
            Node(SPLIT, 0, more=(1,)),
            Node(SPLIT, 1, more=(1,)),
            NOTHING,
            ALL,
            ALL,
        ),
        "model-that-reads-in-another-order": of(
            "the columns are those of job, then of age",
            "at exactly 1 point of 8",
            members(
                [AGE, JOB],
                [network("net", ["job", "age"], ([[20, 1]], [-39]))],
                {"class": ["net", 1]},
            ),
            ALL,
        ),
        "models-of-three-classes": of(
            "a network and a tree of three classes, with ties",
            "at exactly 10 points of 15",
            members([GROUP, SCORE], [three, mixed], differ("three", "mixed")),
            Node(SPLIT, 1, more=(1,)),
            Node(CONSTANT, 2),
            ALL,
        ),
        "trees-alone": of(
            "two trees and no network: their overlay decides",
            "at exactly 4 points of 7",
            members([AGE, JOB], list(only), {"same": ["first", "second"]}, GIVEN),
            NOTHING,
        ),
        "names-of-models-that-look-like-markup": of(
            "names are any printable text",
            "at exactly 1 point of 2",
            members(
                [JOB],
                [network("[b]<net>[/]", ["job"], ([[1]], [0]))],
                {"class": ["[b]<net>[/]", 1]},
            ),
            ALL,
        ),
    }
