"""Files about Sandwiches: of ``valid/``, ``invalid/`` and ``malformed/``."""

from __future__ import annotations

from dataclasses import replace

from tests.brute_claims import encode
from tests.brute_proof import ENUMERATED, OPEN, SANDWICH, SEVERAL, SPLIT, Node
from tests.brute_sandwich import Sandwich, Side
from tests.certificates.matters import (
    AGE,
    AGES,
    COPIES,
    JOB,
    SQUARE,
    above,
    differ,
    file,
    members,
    network,
    ordinal,
    proved,
    tree,
    with_proof,
)
from tests.certificates.valid_domains import of

ALL, NOTHING = Node(ENUMERATED), Node(OPEN)
LONG = {"name": "n", "from": 0, "to": 2999, "step": 1}


def step(*strips, form, exponent=0, width=1, order=0):
    """The node of a Sandwich."""
    argument, more = Sandwich(strips, form, exponent, width, order).numbers
    return Node(SANDWICH, argument, more=more)


EXACT = step((0, -78, -78), form=(2, 40), exponent=1)
"""``net`` of AGES is linear: 20 where there is a job, and the age, and -39."""
FIRST = Node(SPLIT, 0, more=(1,))
BOTH = (0, -65, 193), (1, -257, 193)
COPY = {"form": (0, 0, 0, 0, 0, 0, 128), "exponent": 7, "width": 64}
SUMS = members(
    [SQUARE[0], SQUARE[1]],
    [
        network("net", ["x", "y"], ([[1, 1], [1, 0]], [-90, -60]), ([[1, 1]], [-3])),
        tree("tree", ["x"], above("70")),
    ],
    differ("net", "tree"),
)
"""Two ReLUs: (x + y - 90)+ + (x - 60)+ > 3; neither is stable in the whole square."""
CORNER = Node(SPLIT, 0, more=(60,)), Node(SPLIT, 1, more=(29,))
TWO = members(
    [AGE, JOB],
    [network("two", ["job", "age"], ([[20, 1], [0, 2]], [0, 20]))],
    {"class": ["two", 1]},
)
"""Two logits: class 1 iff 20 + 2 age > 20 job + age."""
LINES = ([[1.1, 0.1], [-1.1, -0.1]], [0, 0]), ([[1, 1]], [-5.3])
HINGES = members(
    [ordinal("x", -9, 9), ordinal("a", 0, 0), ordinal("b", 1, 1)],
    [network("first", ["x", "a"], *LINES), network("second", ["x", "b"], *LINES)],
    differ("first", "second"),
)
"""|1.1 x| - 5.3, and the same with 0.1 more within: a line is near on each side of 0 alone."""
LEFT = Sandwich(((0, -173753, -173590), (1, -177030, -176867)), (-36045, 0, 0), 15, 1268, 2)
RIGHT = Sandwich(((0, -173753, -173590), (1, -170476, -170313)), (36045, 0, 0), 15, 1268, 1)
SIDES = replace(
    Sandwich(((0, -11005, 9675), (1, -11004, 9672)), (12, 0, 0), 11, 1698, 0),
    neurons=((1, 0),),
    steps=(LEFT, RIGHT),
)

BEND = members(
    [SQUARE[0], SQUARE[1]],
    [
        network("net", ["x", "y"], ([[1.1, 1], [1, 0]], [-90, -60]), ([[1, 1]], [-3])),
        tree("tree", ["x"], above("70")),
    ],
    differ("net", "tree"),
)
"""As SUMS, but of numbers that are rounded: cases are shown in floats alone."""
BENT = Sandwich(
    *(((0, -3080, 80000),), (0, 0), 10, 1, 0),
    neurons=((1, 0),),
    steps=(
        Sandwich(((0, -3080, -3060),), (0, 0), 10, 1, 0),
        Sandwich(((0, -95300, -95200),), (1126, 1024), 10, 64, 0),
    ),
    everywhere=((-3080, 80000), (-95300, -3000)),
)
"""Of BEND where x is up to 60: (1.1 x + y - 90)+ - 3 is the greater of -3 and 1.1 x + y - 93."""


SIDED = replace(
    Sandwich(((0, -2100, 160000),), (0, 0), 10, 1, 0),
    sides=(Side((2150, 1024), 64, -156800), Side((1967, 857), 64, -121900)),
    side_exponent=10,
)
"""Of BEND where x is more: (1.1 x + y - 90)+ + x - 63 is at least 2.1 x + y - 153."""


MANY = members(
    [SQUARE[0]],
    [network("net", ["x"], ([[0], [1], [0]], [0, -40, -1000]))],
    {"class": ["net", 1]},
)
"""Class 1 where x is above 40, where 0 and 1 have equal logits."""
TIED = Sandwich(((0, -40, -39),), (1,), 0, 1, 0, ones=2)
KINDS = members(
    [SQUARE[0], SQUARE[1]],
    [
        network(
            "net",
            ["x", "y"],
            ([[1.1, 1], [1, 0]], [-90, -60]),
            ([[1, 1], [0, 0], [0, 1]], [-3, 0, -20]),
        )
    ],
    {"class": ["net", 0]},
)
GROUPED = replace(
    Sandwich(((0, -191400, -5200),), (2253, 2048), 11, 7680, 0, ones=1),
    neurons=((1, 1),),
    steps=(
        Sandwich(((0, -191400, -16000),), (2253, 2048), 11, 7680, 0, ones=1),
        Sandwich(((0, -254100, -154900),), (3303, 2048), 11, 5278, 0, ones=1),
    ),
    everywhere=((-191400, -5200), (-271700, -5200)),
)
"""Of KINDS: class 0 or another, told apart by the second neuron."""


FLANKED = replace(
    Sandwich(((0, 5200, 191400),), (-2253, -2048), 11, 7680, 0, ones=6),
    sides=(
        Side((-492667, -208531), 271166, 3145000),
        Side((-2253 << 9, -2048 << 9), 7680 << 9, 191400 << 9),
    ),
    side_exponent=20,
)
"""The same the other way round."""


THREE = ([[0, 0], [1, 1], [0, 0]], [0, -40, -1000])


def twins(formula, more):
    """Two networks of three classes that have class 1 where x, or x with ``more``, is above 40,
    where 0 and 1 have equal logits; else they have class 0."""
    constants = ordinal("a", 0, 0), ordinal("b", more, more)
    models = [network(name, ["x", own], THREE) for name, own in (("one", "a"), ("other", "b"))]
    return members([SQUARE[0], *constants], models, formula)


TWINS = twins(differ("one", "other"), 1)
ONLY = twins({"all": [{"class": ["one", 1]}, {"not": {"class": ["other", 1]}}]}, 1)
EQUAL = twins(differ("one", "other"), 0)
ONES = Sandwich(((0, -40, -39), (1, -39, -38)), (1, 0, 0), 0, 1, 1, ones=2)
"""Of TWINS: class 1, or another one; the second margin is the greater one."""
ZEROS = Sandwich(((0, 40, 41), (1, 39, 40)), (-1, 0, 0), 0, 1, 2, ones=1)
"""The same of class 0."""
SUMMED = replace(ONES, further=(ZEROS,))


def node_of(step):
    """Its node."""
    argument, more = step.numbers
    return Node(SANDWICH, argument, more=more)


def valid():
    """Strips that hold, and what is counted from them."""
    wide = step((0, -80, -76), form=(2, 40), exponent=1)
    coarse = step((0, -78, -78), form=(2, 40), exponent=1, width=7)
    flat = step((0, -42, 1), form=(0, 0))
    return {
        "sandwich-of-a-linear-network": of(
            "the margin is the sum: all points are settled",
            "at exactly 3 points of 7",
            AGES,
            EXACT,
        ),
        "sandwich-wider-than-needed": of(
            "sums between the thresholds are open", "points of 7", AGES, wide
        ),
        "sandwich-in-wide-bins": of(
            "bins of width 7 do not tell all sums apart", "points of 7", AGES, coarse
        ),
        "sandwich-without-a-form": of(
            "the margin's range alone: nothing is settled", "points of 7", AGES, flat
        ),
        "sandwich-of-two-logits": of(
            "the margin is the difference of the logits",
            "points of 8",
            TWO,
            step((0, 40, 40), form=(2, -40), exponent=1),
        ),
        "sandwiches-of-two-copies": of(
            "in a group the second margin is nowhere above the first",
            "points of 40",
            COPIES,
            *(FIRST, step(*BOTH, order=2, **COPY), NOTHING),
        ),
        "sandwich-in-cases": of(
            "a line for each sign of a neuron",
            "at none of the 19 points",
            HINGES,
            Node(SANDWICH, SIDES.numbers[0], more=SIDES.numbers[1]),
        ),
        "sandwich-with-sides": of(
            "a sum of its own for either class",
            "points of 10,000",
            BEND,
            *(CORNER[0], NOTHING, Node(SANDWICH, SIDED.numbers[0], more=SIDED.numbers[1])),
        ),
        "sandwich-about-a-group": of(
            "of three classes one, or one of the others: at a tie it stays open",
            "at 59 to 60 points of 100",
            MANY,
            node_of(TIED),
        ),
        "sandwich-about-a-group-in-cases": of(
            "and a line for each sign of a neuron",
            "points of 10,000",
            KINDS,
            node_of(GROUPED),
        ),
        "sandwich-about-a-group-with-sides": of(
            "and a sum of its own for either",
            "points of 10,000",
            KINDS,
            node_of(FLANKED),
        ),
        "sandwich-about-a-group-of-two-copies": of(
            "where the first has a class of the group the second has one, too",
            "at none of the 100 points",
            ONLY,
            node_of(replace(ONES, strips=((0, -45, -35), (1, -44, -34)))),
        ),
        "sandwich-about-a-group-of-two-networks": of(
            "above both ends they have class 1; else the formula is open, and of the order",
            "at 1 to 41 points of 100",
            TWINS,
            node_of(ONES),
        ),
        "sandwich-about-further-groups": of(
            "of the points where the first network has class 1, and of those where it has class 0",
            "at 1 to 2 points of 100",
            TWINS,
            node_of(SUMMED),
        ),
        "sandwich-about-a-further-group-of-one-network": of(
            "each tells of its own class",
            "at 59 to 60 points of 100",
            MANY,
            node_of(replace(TIED, further=(Sandwich(((0, 40, 41),), (-1,), 0, 1, 0, ones=1),))),
        ),
        "sandwich-in-cases-of-one-network": of(
            "two sums at once tell all but a strip apart",
            "points of 10,000",
            BEND,
            *(CORNER[0], Node(SANDWICH, BENT.numbers[0], more=BENT.numbers[1]), NOTHING),
        ),
        "sandwiches-in-a-corner": of(
            "where both ReLUs are open, and where they are not",
            "points of 10,000",
            SUMS,
            *(CORNER[0], NOTHING, CORNER[1], NOTHING),
            step((0, -153, -153), form=(2, 1)),
        ),
        "sandwich-of-a-range-of-3000-numbers": of(
            "their bins are found by division",
            "points of 3,000",
            members([LONG], [network("net", ["n"], ([[1]], [-1234.5]))], {"class": ["net", 1]}),
            step((0, -2469, -2469), form=(2,), exponent=1, width=50),
        ),
    }


def invalid():
    """Strips too narrow, a wrong order, forms and networks that a Sandwich may not have."""
    honest = proved(AGES, EXACT)
    copies = proved(COPIES, FIRST, step(*BOTH, order=2, **COPY), NOTHING)
    three = network("net", ["job"], ([[1], [2], [3]], [0, 0, 0]))
    kinds = proved(members([JOB], [three], {"class": ["net", 2]}), ALL)

    def false(reason, says, *proof, base=honest):
        return file(with_proof(base, *proof)), reason, says

    return {
        "sandwich-too-narrow-below": false(
            "least is one unit too large",
            "step 1 claims strips where everything, but only -78 to -78 can be shown",
            step((0, -77, -77), form=(2, 40), exponent=1),
        ),
        "sandwich-of-another-sum": false(
            "the form is another one",
            "step 1 claims strips where everything, but only",
            step((0, -78, -78), form=(2, 39), exponent=1),
        ),
        "sandwich-in-the-wrong-order": false(
            "the second margin is not nowhere below the first",
            "of the order only 2 can be shown",
            *(FIRST, step(*BOTH, order=1, **COPY), NOTHING),
            base=copies,
        ),
        "sandwich-about-a-tree": false(
            "trees are looked at, never bounded",
            "step 1 speaks of model 1, which is no network",
            step((1, 0, 0), form=(0, 0)),
        ),
        "sandwich-of-three-classes": false(
            "there is no margin",
            'step 1 is about network "net", which has more than two classes',
            step((0, 0, 0), form=(0,)),
            base=kinds,
        ),
        "sandwich-about-all-classes": false(
            "a group of some has others",
            'step 1 is about what is no group of the classes of network "net"',
            node_of(replace(TIED, ones=7)),
            base=proved(MANY, ALL),
        ),
        "sandwich-about-a-group-at-a-tie": false(
            "where x is 40 the class is the first of two, and in the group",
            "step 1 claims strips where everything, but only 40 to 41 can be shown",
            node_of(replace(TIED, strips=((0, 40, 40),), form=(-1,), ones=5)),
            base=proved(MANY, ALL),
        ),
        "sandwich-about-a-group-of-two-at-a-tie": false(
            "where x is 39 the second network's class is the first of two, and not in the group",
            "step 1 claims strips where everything, but only -39 to -38 can be shown",
            node_of(replace(ONES, strips=((0, -40, -39), (1, -39, -39)))),
            base=proved(TWINS, ALL),
        ),
        "sandwich-with-an-order-of-groups-at-a-difference-of-0": false(
            "equal margins of 0 may be of either side",
            "step 1 claims strips where everything, but of the order only 0 can be shown",
            node_of(replace(ONES, strips=((0, -40, -39), (1, -40, -39)))),
            base=proved(EQUAL, ALL),
        ),
        "sandwich-about-further-groups-with-a-class-in-common": false(
            "what both have would be counted twice",
            "step 1 has further groups that have classes in common",
            node_of(replace(ONES, further=(replace(ONES, ones=6),))),
            base=proved(TWINS, ALL),
        ),
        "sandwich-about-further-groups-with-a-class-in-common-of-each-other": false(
            "and of these as well",
            "step 1 has further groups that have classes in common",
            node_of(
                replace(
                    ONES,
                    further=(
                        replace(ZEROS, ones=4, strips=((0, -2000, 0), (1, -2000, 0)), order=0),
                        replace(ONES, strips=((0, -2000, 0), (1, -2000, 0)), order=0, ones=5),
                    ),
                )
            ),
            base=proved(TWINS, ALL),
        ),
        "sandwich-about-a-further-group-of-other-networks": false(
            "of the first one's points, by strips of the second",
            "step 1 has a further group of other networks",
            node_of(
                replace(
                    ONES,
                    strips=ONES.strips[:1],
                    order=0,
                    further=(replace(ZEROS, strips=ZEROS.strips[1:], order=0),),
                )
            ),
            base=proved(TWINS, ALL),
        ),
        "sandwich-too-narrow-of-a-further-group": false(
            "the other group's strips hold",
            "strips where everything, but of the group with class 0 only 39 to 40 can be shown",
            node_of(replace(ONES, further=(replace(ZEROS, strips=((0, 40, 41), (1, 39, 39))),))),
            base=proved(TWINS, ALL),
        ),
        "sandwich-about-a-further-group-counted-too-well": (
            file(
                {
                    **proved(
                        TWINS,
                        node_of(replace(ONES, further=(replace(ZEROS, width=7),))),
                    ),
                    **stated(proved(TWINS, node_of(SUMMED))),
                }
            ),
            "the verdict is that of narrower bins",
            "the certificate states",
        ),
        "sandwich-with-a-column-not-read": false(
            "the first copy does not read the other's group",
            "step 1 has a form with a column that a network does not read",
            *(FIRST, step(*BOTH, **{**COPY, "form": (0, 0, 0, 1, 0, 0, 128)}), NOTHING),
            base=copies,
        ),
        "sandwich-of-too-many-bins": false(
            "one bin a unit of 2^-40",
            "step 1: its sum has too many bins of width 1 to be counted",
            step((0, -39 << 40, -39 << 40), form=(1 << 40, 20 << 40), exponent=40),
        ),
        "sandwich-counted-better-than-it-shows": (
            file({**proved(AGES, step((0, -80, -76), form=(2, 40), exponent=1)), **stated(honest)}),
            "the verdict is that of narrower strips",
            "the certificate states",
        ),
        "sandwich-where-not-everything-is-linear": false(
            "outside of the corner the first ReLU bends",
            "step 3 claims strips where x is 61 to 99, y is 28 to 99",
            *(CORNER[0], NOTHING, Node(SPLIT, 1, more=(27,)), NOTHING),
            step((0, -153, -153), form=(2, 1)),
            base=proved(SUMS, NOTHING),
        ),
    }


def stated(parts):
    """The verdict of some members."""
    return {"verdict.json": parts["verdict.json"]}


def malformed():
    """Numbers that no Sandwich has."""
    held, copies = proved(AGES, ALL), proved(COPIES, ALL)
    form = (2, 40)

    def bad(reason, says, node, base=held):
        return file({**base, "proof.bin": encode([node], 2)}), reason, f"proof.bin: {says}"

    def numbers(argument, *more):
        return Node(SANDWICH, argument, more=more)

    inner = Node(SEVERAL, more=(Node(1), numbers(0, 0, 1, 0, 0, 0, 2, 40)))
    sandwich = "no sandwich at offset 1"
    strips = "no strips of a sandwich at offset 1"
    further, twins_held = "no sandwich of a further group at offset 1", proved(TWINS, ALL)
    return {
        "sandwich-with-an-order-of-one-network": bad(
            "nothing to compare", sandwich, step((0, 0, 0), form=form, order=1)
        ),
        "sandwich-of-three-neurons": bad(
            "cases of one or two", sandwich, numbers(41, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0)
        ),
        "sandwich-about-an-empty-group": bad(
            "no class", sandwich, numbers(32, 0, 1, 0, 0, 0, 0, 2, 40)
        ),
        "sandwich-about-a-further-group-with-cases": bad(
            "a sum alone",
            further,
            numbers(65, *ONES.numbers[1], 41 * 8 + 7, *ZEROS.numbers[1], 1, 0),
            twins_held,
        ),
        "sandwich-about-a-further-group-of-one-network-of-two": bad(
            "of the same networks",
            further,
            numbers(
                65,
                *ONES.numbers[1],
                *(32 * 8 + 7, *replace(ZEROS, strips=ZEROS.strips[:1], order=0).numbers[1]),
            ),
            twins_held,
        ),
        "sandwich-about-a-further-group-that-is-missing": bad(
            "one too few",
            "ends in the middle of a node",
            numbers(97, *SUMMED.numbers[1]),
            twins_held,
        ),
        "sandwich-about-further-groups-with-sides": bad(
            "either of both",
            sandwich,
            numbers(65 + 24, *SUMMED.numbers[1]),
            twins_held,
        ),
        "sandwich-with-sides-of-no-width": bad(
            "a division by 0",
            "no sides of a sandwich at offset 1",
            numbers(24, 0, 1, 0, 0, 0, 2, 40, 0, 1, 0, 2, 40, 0, 0, 2, 40),
        ),
        "sandwich-with-a-case-that-has-cases": bad(
            "cases are not told apart again",
            "no sandwich of a case at offset 1",
            numbers(9, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 9 * 8 + 7),
        ),
        "sandwich-of-one-network-and-two-neurons": bad(
            "two for two networks", sandwich, numbers(16, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0)
        ),
        "sandwich-with-cases-upside-down-everywhere": bad(
            "least above most",
            strips,
            numbers(8, 0, 1, 0, 0, 0, 0, 0, 1, 0, *2 * (7, 0, 1, 0, 0, 0, 0, 0), 0, 0, 2, 0),
        ),
        "sandwich-with-bins-of-no-width": bad(
            "a division by 0", sandwich, step((0, 0, 0), form=form, width=0)
        ),
        "sandwich-with-an-exponent-too-large": bad(
            "2^10 + 1", sandwich, step((0, 0, 0), form=form, exponent=1025)
        ),
        "sandwich-upside-down": bad("least above most", strips, step((0, 1, 0), form=form)),
        "sandwich-of-one-network-twice": bad(
            "the same number",
            strips,
            step((0, 0, 0), (0, 0, 0), form=COPY["form"]),
            copies,
        ),
        "sandwich-of-a-third-model": bad("of two there are", strips, step((2, 0, 0), form=form)),
        "sandwich-without-its-form": bad(
            "a number too few", "ends in the middle of a node", step((0, 0, 0), form=form[:1])
        ),
        "sandwich-among-several": bad(
            "beside its own network",
            "a sandwich behind what is no class of another model at offset 1",
            inner,
        ),
    }
