"""The files of ``invalid/`` in format 2: well formed, but something does not hold or follow."""

from __future__ import annotations

from tests.brute_matters import question
from tests.brute_proof import CONSTANT, ENUMERATED, OPEN, SEVERAL, SPLIT, TAIL, TRUSTED, Node
from tests.certificates import signed_files
from tests.certificates.matters import (
    AGE,
    AGES,
    COPIES,
    GIVEN,
    JOB,
    OLD,
    SQUARE,
    YOUNG,
    above,
    change,
    claimed,
    differ,
    far,
    file,
    members,
    network,
    ordinal,
    proved,
    tree,
    with_proof,
)
from tests.certificates.sandwich_files import invalid

ALL, NOTHING = Node(ENUMERATED), Node(OPEN)
ZERO = Node(CONSTANT)
FIRST, SECOND = Node(SPLIT, 0, more=(1,)), Node(SPLIT, 1, more=(1,))
LOW = Node(SPLIT, 2, more=(0,))


def files():
    """Files whose proof, verdict, domain, models or question is not the right one."""
    return {**steps(), **verdicts(), **content(), **invalid(), **signed_files.invalid()}


def steps():
    """One Step is false, or about what no Step may be about."""
    honest = proved(AGES, YOUNG, ZERO, ALL)

    def false(reason, says, *proof, base=honest):
        return file(with_proof(base, *proof)), reason, says

    copies = proved(COPIES, FIRST, ALL, SECOND, ALL, LOW, *(Node(OPEN),) * 2)
    inside = FIRST, ALL, SECOND, ALL

    def both(*more):
        return Node(SEVERAL, more=more)

    work = network("work", ["job", "age"], ([[20, 1]], [-37.5]))
    working = members([AGE, JOB], [work, OLD], differ("work", "old"), GIVEN)
    many = ordinal("level", 0, 20000)
    cut = tree("cut", ["level"], above(12345))
    high = network("high", ["level"], ([[1]], [-12345.5]))
    large = members([many], [high, cut], differ("high", "cut"))
    only = members([JOB], [network("net", ["job"], ([[1]], [0]))], {"class": ["net", 1]})
    return {
        "constant-false-at-an-impossible-point-only": false(
            "a Step is about all tuples of its cell: 18 years and a job would be class 1",
            'step 1 claims class 0 of network "work" where age = 18',
            *(Node(SPLIT, 0, more=(0,)), ZERO, ALL),
            base=proved(working, Node(SPLIT, 0, more=(0,)), ALL, ALL),
        ),
        "constant-of-the-wrong-class-in-format-2": false(
            "ages up to 37/2 have class 0",
            'step 1 claims class 1 of network "net" where age is 18 to 37/2',
            YOUNG,
            Node(CONSTANT, 1),
            ALL,
        ),
        "constant-of-the-other-network": false(
            "what is true of one copy is said of the other",
            'step 1 claims class 1 of network "there" where group = a',
            *(FIRST, Node(CONSTANT, 1, 1), SECOND, ALL, LOW, NOTHING, NOTHING),
            base=copies,
        ),
        "several-of-which-one-is-false": false(
            "the second network has both classes",
            'step 4 claims class 1 of network "here" where group is b',
            *(*inside, LOW, NOTHING, both(Node(CONSTANT, 1, 0), Node(CONSTANT, 0, 1))),
            base=copies,
        ),
        "step-that-names-a-tree": false(
            "trees are looked at, never bounded",
            "step 1 speaks of model 1, which is no network",
            YOUNG,
            Node(CONSTANT, 0, 1),
            ALL,
        ),
        "class-that-the-network-lacks": false(
            "class 2 of two",
            'step 1 names class 2, which network "net" lacks',
            YOUNG,
            Node(CONSTANT, 2),
            ALL,
        ),
        "tail-across-leaves": false(
            "the ages from 18 on lie in two leaves of the domain's tree",
            "within one leaf of the domain's tree",
            Node(TAIL, more=(1, 1)),
        ),
        "tail-across-a-leaf-that-is-impossible": false(
            "at 18, with and without a job",
            "step 1: a Tail needs a cell within one leaf of the",
            Node(SPLIT, 0, more=(0,)),
            Node(TAIL, more=(1, 1)),
            ALL,
        ),
        "tail-in-a-leaf-that-is-impossible": false(
            "given what cannot be, nothing is probable",
            "step 2: a Tail needs a cell with points",
            *(Node(SPLIT, 0, more=(0,)), SECOND, ALL, Node(TAIL, more=(1, 1)), ALL),
        ),
        "tail-a-little-too-small-in-a-leaf": false(
            "a third has the other class, not 333/1000",
            'step 2 claims P[network "net" != 0] <= 333/1000',
            YOUNG,
            ZERO,
            Node(TAIL, more=(333, 1000)),
        ),
        "several-tails-of-which-one-is-too-small": false(
            "a sixth, and not a seventh",
            'step 4 claims P[network "there" != 1] <= 1/7 where group',
            *(
                *(*inside, LOW, NOTHING),
                both(Node(TAIL, 1, 0, (1, 1)), Node(TAIL, 1, 1, (1, 7))),
            ),
            base=copies,
        ),
        "trusted-in-format-2-refuted": false(
            "small enough to see that the solver was wrong",
            'said that the class of network "net" is 1 where age',
            *(YOUNG, Node(TRUSTED, 1, 0, (0,)), ALL),
        ),
        "split-of-a-range-moved": false(
            "at 39/2 the class is not 0 alone",
            'step 2 claims class 0 of network "net" where age = 39/2',
            Node(SPLIT, 0, more=(2,)),
            ALL,
            ZERO,
        ),
        "halves-of-a-range-swapped": false(
            "the low ages have class 0",
            'step 2 claims class 0 of network "net" where age is 19',
            YOUNG,
            ALL,
            ZERO,
        ),
        "range-that-is-cut-one-too-late": (
            file(
                claimed(
                    large,
                    (Node(SPLIT, 0, more=(12346,)), Node(CONSTANT), Node(CONSTANT, 1)),
                    domain_size=20001,
                    steps={"constant": 2},
                )
            ),
            "of 12,347 values one has class 1",
            "step 1 claims class 0 where level is 0 to 12346, but the",
        ),
        "trusted-in-format-2-contradicted-by-a-witness": (
            file(
                {
                    **claimed(
                        members(SQUARE, [far("net", 98)], {"class": ["net", 0]}),
                        (Node(TRUSTED, 1, 0, (0,)),),
                        domain_size=10000,
                    ),
                    "witnesses.json": b"[[99,0]]",
                }
            ),
            "the solver was wrong at (99, 0)",
            "counterexample (99, 0) has class 0",
        ),
        "trust-hidden-in-format-2": (
            file(
                claimed(
                    members(SQUARE, [far("net", 120)], {"class": ["net", 0]}),
                    (Node(TRUSTED, 1, 0, (0,)),),
                    domain_size=10000,
                    steps={"trusted": 1},
                )
            ),
            "the verdict names no solver",
            "the certificate states trusted = {}",
        ),
        "witness-that-is-impossible": (
            file({**proved(AGES, NOTHING, witnesses=[(2, 1)]), "witnesses.json": b"[[0,1],[2,1]]"}),
            "18 years and a job: no point of the domain",
            "counterexample (0, 1) is not a point of the domain",
        ),
        "witness-where-the-formula-is-false": (
            file({**proved(AGES, NOTHING, witnesses=[(2, 1)]), "witnesses.json": b"[[3,1],[2,1]]"}),
            "both have class 1",
            "counterexample (3, 1): the question is not true there",
        ),
        "witness-outside-a-range": (
            file({**proved(AGES, NOTHING, witnesses=[(2, 1)]), "witnesses.json": b"[[4,1],[2,1]]"}),
            "the fifth of four ages",
            "counterexample (4, 1) is not a point of the domain",
        ),
        "witness-too-long": (
            file({**proved(only, NOTHING), "witnesses.json": b"[[1,0]]"}),
            "two values for one variable",
            "counterexample (1, 0) is not a point of the domain",
        ),
    }


def verdicts():
    """The verdict states something else than follows."""
    base = proved(AGES, YOUNG, ZERO, Node(TAIL, more=(1, 3)), witnesses=[(2, 1)])
    exact = proved(AGES, ALL)

    def states(reason, says, edit, parts=exact):
        return file(change(parts, "verdict.json", edit)), reason, says

    def puts(**entries):
        return lambda verdict: verdict.update(entries)

    def swap(verdict):
        verdict["witnesses"].reverse()

    def lie(verdict):
        verdict["witnesses"][0]["classes"]["net"] = 1

    def other(verdict):
        verdict["witnesses"][0]["values"]["age"] = "19.5"

    def first(verdict):
        verdict["witnesses"][0]["values"] = {"age": "18", "job": "full"}

    ends = {"lower": 4, "upper": 4}
    return {
        "answer-nowhere-of-three-points": states(
            "three points are true",
            'the certificate states answer = "nowhere", but its proof',
            puts(answer="nowhere"),
        ),
        "answer-in-the-words-of-format-1": states(
            "different is the word of format 1",
            'the certificate states answer = "different", but its',
            puts(answer="different"),
        ),
        "points-count-an-impossible-one": states(
            "8 tuples, of which 7 are points",
            "the certificate states domain_size = 8, but its proof",
            puts(domain_size=8),
        ),
        "points-one-too-many": states(
            "3 and not 4",
            'the certificate states points = {"lower": 4, "upper": 4}',
            puts(points=ends),
        ),
        "points-of-a-tail-too-few": states(
            "4 points may be true",
            'the certificate states points = {"lower": 1, "upper": 3}',
            puts(points={"lower": 1, "upper": 3}),
            parts=base,
        ),
        "probability-of-the-other-points": states(
            "1/4 and not 3/4",
            'the certificate states probability = {"lower": "3/4',
            puts(probability={"lower": "3/4", "upper": "3/4"}),
        ),
        "probability-of-a-tail-understated": states(
            "1/4 to 3/8",
            'the certificate states probability = {"lower": "1/4',
            puts(probability={"lower": "1/4", "upper": "1/4"}),
            parts=base,
        ),
        "steps-miscounted": states(
            "one cell",
            'the certificate states steps = {"enumerated": 2}, but its',
            puts(steps={"enumerated": 2}),
        ),
        "steps-impossible-called-open": states(
            "the cell has no point",
            'the certificate states steps = {"enumerated": 2, "open',
            puts(steps={"enumerated": 2, "open": 1}),
            parts=proved(AGES, Node(SPLIT, 0, more=(0,)), SECOND, ALL, NOTHING, ALL),
        ),
        "classes-of-a-witness-changed": states(
            "net is 0 there", 'the certificate states witnesses = [{"values": {"age', lie
        ),
        "witnesses-in-another-order": states(
            "listed backwards", 'the certificate states witnesses = [{"values": {"age', swap
        ),
        "witness-with-another-label-of-a-number": states(
            "39/2 is written so", "counterexample 1 of the stated verdict is not a point", other
        ),
        "witness-of-the-verdict-is-impossible": states(
            "18 years and a job", "counterexample 1 of the stated verdict is not a point", first
        ),
        "entries-of-format-1-in-format-2": states(
            "error for probability",
            "the certificate states probability = null, but its proof",
            lambda verdict: verdict.update(error=verdict.pop("probability")),
        ),
        "float32-shown-for-more-in-format-2": states(
            "with no probability left, yet with points",
            'the certificate states float32 = {"robust": true',
            puts(float32={"robust": True, "not_shown": {"points": 0, "probability": "0"}}),
            parts=proved(AGES, NOTHING),
        ),
    }


def content():
    """A member was exchanged; proof and verdict are those of the member before."""
    honest = proved(AGES, YOUNG, ZERO, ALL)
    copies = proved(COPIES, ALL)

    def exchanged(reason, says, name, edit, parts=honest):
        return file(change(parts, name, edit)), reason, says

    def possible(domain):
        domain["given"]["left"]["right"] = {
            "weight": "1/4",
            "probabilities": [[[18, 18, 1]], [0, 1]],
        }
        domain["given"]["left"]["left"]["weight"] = "1/4"

    def impossible(domain):
        leaf = domain["given"]["left"]["left"]
        domain["given"] = {
            "variable": "age",
            "at_most": 18,
            "left": {**leaf, "weight": 1, "probabilities": [[[18, 18, 1]], None]},
            "right": {"weight": 0},
        }

    def heavier(domain):
        domain["given"]["left"]["left"]["weight"] = "1/3"
        domain["given"]["right"]["weight"] = "2/3"

    def runs(domain):
        domain["given"]["right"]["probabilities"][0] = [
            ["37/2", "37/2", "1/2"],
            [19, "39/2", "1/2"],
        ]

    def first(domain):
        domain["variables"][0].update({"from": "35/2", "to": 19})
        domain.pop("given")

    def reads(models):
        models["models"][1]["reads"] = ["group", "score"]

    def threshold(models):
        models["models"][1]["tree"]["root"]["threshold"] = 19

    def negated(q):
        q["formula"] = q["formula"]["not"]

    return {
        "impossible-leaf-made-possible": exchanged(
            "18 years and a job are a point now",
            "the certificate states domain_size = 7, but its proof",
            "domain.json",
            possible,
        ),
        "possible-leaf-made-impossible": exchanged(
            "nobody is older than 18",
            "counterexample (2, 0) is not a point of the domain",
            "domain.json",
            impossible,
        ),
        "weights-of-leaves-moved": exchanged(
            "a third and two thirds",
            'the certificate states probability = {"lower": "1/4',
            "domain.json",
            heavier,
        ),
        "borders-of-runs-moved": exchanged(
            "19 with the ages above it, not below",
            'the certificate states probability = {"lower": "1/4',
            "domain.json",
            runs,
        ),
        "range-moved-by-a-step": exchanged(
            "from 35/2 to 19",
            "counterexample (2, 0): the question is not true there",
            "domain.json",
            first,
        ),
        "copy-bound-to-the-first-variable": exchanged(
            "both copies read the same group",
            "counterexample (0, 1, 0): the question is not true there",
            "models.json",
            reads,
            parts=copies,
        ),
        "threshold-of-a-model-moved": exchanged(
            "old from 19 on",
            "counterexample (2, 0): the question is not true there",
            "models.json",
            threshold,
        ),
        "formula-negated": exchanged(
            "same, not differ",
            "counterexample (2, 0): the question is not true there",
            "question.json",
            negated,
        ),
        "formula-of-another-class": (
            file(
                {
                    **honest,
                    "question.json": question(
                        {"any": [{"class": ["net", 1]}, {"class": ["old", 0]}]}
                    ),
                }
            ),
            "another question",
            "counterexample (2, 0): the question is not true there",
        ),
    }
