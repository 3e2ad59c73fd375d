"""Continuous variables in the verified checker, which shares nothing with the kernel.

It accepts what the kernel writes, with the same interval; that interval encloses the probability at
every selection of numbers in the pieces, and the exact measure; and what is false is refused.
"""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.brute_intervals import classes, inside, measure
from tests.certificates.checkers import chained
from tests.every import seeds
from tests.kernel.test_intervals import random_matter, random_proof
from verifier import verified
from verifier.jobs.check import check
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Finding, Open, Split, Tail
from verifier.model.question import Bound, ClassIs, Matter, Not, Same, matter_of, truth
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.container import unpack
from verifier.verified import generated
from verifier.writing.certificate import make_certificate
from verifier.writing.json_text import dump
from verifier.writing.proof_bytes import encode


def asked(members):
    """The checker's word, with the interval of the probability or what is wrong."""
    held = chained([(chained(name.encode()), chained(data)) for name, data in members.items()])
    word, found = generated.checked(None, held)
    if word == "Accepted":
        _, _, low, high = found[0]
        return word, (Fraction(*low), Fraction(*high))
    if word == "Malformed":
        return word, found[1][0][0]
    return word, found[1][0] if found[0] == "NotProved" else found[0]


def made(matter, proof, points=()):
    """A certificate's members, and the kernel's verdict; what is not shown is open."""
    data, _, verdict = make_certificate(
        matter, Finding(tuple(proof), tuple(points)), "by hand", lenient=True
    )
    return unpack(data), verdict


def changed(members, name, edit):
    """The members with one of JSON changed in place."""
    value = json.loads(members[name])
    edit(value)
    return {**members, name: dump(value)}


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_the_interval_is_the_kernels_and_holds_the_measure(seed):
    rng = random.Random(f"verified {seed}")
    matter = random_matter(rng, seed)
    members, verdict = made(matter, random_proof(rng, matter.domain, 8))
    assert asked(members) == ("Accepted", verdict.error)
    assert verdict.error[0] <= measure(matter) <= verdict.error[1]


def selected(rng, domain):
    """The probability of the boxes at whose selected numbers a formula is true."""

    def probability(matter):
        total = Fraction(0)
        for box in product(*(range(v.count) for v in domain.variables)):
            x = [
                inside(rng, v, range(k, k + 1)) if isinstance(v, Continuous) else v.row(k)[0]
                for v, k in zip(domain.variables, box, strict=True)
            ]
            if truth(matter.question, classes(matter, x)):
                total += domain.probability(box)
        return total

    return probability


@pytest.mark.parametrize("seed", seeds(range(12)))
def test_the_interval_holds_for_every_selection(seed):
    rng = random.Random(f"selected {seed}")
    matter = random_matter(rng, seed, 1 + seed % 2)
    members, verdict = made(matter, random_proof(rng, matter.domain, 8))
    word, found = asked(members)
    assert word == "Accepted" and found == verdict.error
    for _ in range(3):
        assert found[0] <= selected(rng, matter.domain)(matter) <= found[1]


X = Continuous(
    "x",
    Fraction(0),
    (Run(2, Fraction(1, 4), Fraction(1, 4)), Run(1, Fraction(1, 2), Fraction(3, 4))),
)
"""From 0 to 1, cut at 1/4 and 1/2; the last piece has probability 3/4."""


def stump(at):
    """Class 1 above a threshold."""
    return Tree((Inner(0, Fraction(at), 1, 2), Leaf(0), Leaf(1)))


def simple():
    """Two trees that differ in the second piece, which has probability 1/8."""
    models = (Bound("a", stump("1/4"), (0,)), Bound("b", stump("1/2"), (0,)))
    return Matter(Domain((X,)), models, Not(Same(0, 1)))


def test_trees_alone_are_counted_by_pieces():
    members, verdict = made(simple(), (Open(),), [(1,)])
    assert verdict.error == (Fraction(1, 8), Fraction(1, 8))
    assert asked(members) == ("Accepted", verdict.error)
    stated = json.loads(members["verdict.json"])
    assert stated["domain_size"] == "infinite" and "points" not in stated
    assert stated["witnesses"][0]["values"] == {"x": "1/2"}


def more(value):
    value["probability"]["upper"] = "3/16"


def less(value):
    value["probability"]["upper"] = "1/16"


def counted(value):
    value["domain_size"] = 3


def with_points(value):
    value["points"] = {"lower": 1, "upper": 1}


def other_point(value):
    value["witnesses"][0]["values"]["x"] = "1/4"


def no_number(value):
    value["witnesses"][0]["values"]["x"] = "3/8"


def nowhere(value):
    value["answer"] = "nowhere"


@pytest.mark.parametrize(
    "edit", [more, less, counted, with_points, other_point, no_number, nowhere]
)
def test_a_verdict_that_says_otherwise_is_refused(edit):
    members, _ = made(simple(), (Open(),), [(1,)])
    assert asked(changed(members, "verdict.json", edit))[0] == "Invalid"


def reversed_ends(x):
    x["interval"] = [1, 0]


def three_ends(x):
    x["interval"] = [0, "1/2", 1]


def a_gap(x):
    x["pieces"][1][0] = "3/4"


def short(x):
    x["pieces"].pop()


def none(x):
    x["pieces"] = []


def no_pieces(x):
    del x["pieces"]


def half_a_piece(x):
    x["pieces"][0][2] = "3/2"


def no_piece(x):
    x["pieces"][0][2] = 0


def density_of_two(x):
    x["density"][1][2] = "1/2"


def density_too_short(x):
    x["density"].pop()


def negative(x):
    x["density"] = [[0, "1/2", "-1/4"], ["1/2", 1, "5/4"]]


def break_in_a_piece(x):
    x["density"] = [[0, "1/3", "1/4"], ["1/3", 1, "3/4"]]


def break_in_a_run(x):
    x["density"] = [[0, "3/8", "1/4"], ["3/8", 1, "3/4"]]


def another_key(x):
    x["step"] = 1


def as_words(x):
    x["interval"] = ["a", "b"]


def no_list(x):
    x["pieces"] = 3


BAD = [
    *(reversed_ends, three_ends, a_gap, short, none, no_pieces, half_a_piece, no_piece),
    *(density_of_two, density_too_short, negative, break_in_a_piece, break_in_a_run),
    *(another_key, as_words, no_list),
]


@pytest.mark.parametrize("edit", BAD)
def test_an_interval_that_is_none_is_malformed(edit):
    members, _ = made(simple(), (Open(),))
    bad = changed(members, "domain.json", lambda value: edit(value["variables"][0]))
    assert asked(bad)[0] == "Malformed"


def test_earlier_formats_have_no_intervals():
    members, _ = made(simple(), (Open(),))
    for kind in "12":
        name = f"leafproof-certificate/{kind}"
        bad = changed(members, "manifest.json", lambda value, name=name: value.update(format=name))
        assert asked(bad)[0] == "Malformed"


@pytest.mark.parametrize(
    ("at", "word"), [("1/3", "Malformed"), ("7/8", "Malformed"), (0, "Invalid")]
)
def test_a_threshold_inside_a_piece_is_malformed(at, word):
    """At the ends of the interval, and outside, it parts pieces; the verdict is another then."""

    def edit(value):
        value["models"][1]["tree"]["root"]["threshold"] = at

    members, _ = made(simple(), (Open(),))
    assert asked(changed(members, "models.json", edit)) == (
        word,
        "ThresholdInsideAPiece" if word == "Malformed" else "WitnessFails",
    )


@pytest.mark.parametrize("at", [-1, 0, 1, 2])
def test_thresholds_outside_part_pieces(at):
    matter = Matter(Domain((X,)), (Bound("a", stump(at), (0,)),), ClassIs(0, 1))
    members, verdict = made(matter, (Open(),))
    assert asked(members) == ("Accepted", (Fraction(at <= 0),) * 2) == ("Accepted", verdict.error)


def threshold_net(at):
    """A network of one logit, x - at."""
    return Network(1, (Affine(0, np.array([[1.0]]), np.array([-float(at)])),))


@pytest.mark.parametrize("step", [Enumerated(), Tail(0, Fraction(1)), Tail(1, Fraction(0))])
def test_steps_for_finite_domains_are_refused(step):
    matter = matter_of(Domain((X,)), threshold_net(2), Tree((Leaf(0),)))
    members, _ = made(matter, (Open(),))
    bad = {**members, "proof.bin": encode((step,), 2)}
    assert asked(bad) == ("Invalid", "StepFails")


@pytest.mark.parametrize(
    ("at", "klass", "holds"),
    [
        ("1/2", 1, False),  # 1/2 itself, where the class is 0, belongs to the hull
        ("1/2", 0, False),
        ("127/256", 1, True),
        ("3/4", 1, False),  # the end of the piece has class 1, its begin has not
        ("3/4", 0, False),
        (1, 0, True),
        ("255/256", 0, False),
        (2, 0, True),
    ],
)
def test_a_class_is_shown_of_all_numbers_of_a_piece(at, klass, holds):
    matter = matter_of(Domain((X,)), threshold_net(Fraction(at)), Tree((Leaf(0),)))
    members, _ = made(matter, (Split(0, 1), Open(), Open()))
    del members["verdict.json"]
    proof = (Split(0, 1), Open(), Constant(klass))
    word, _ = asked({**members, "proof.bin": encode(proof, 2)})
    assert word == ("Accepted" if holds else "Invalid")


def test_a_witness_adds_no_probability():
    matter = matter_of(Domain((X,)), threshold_net(Fraction(3, 4)), Tree((Leaf(0),)))
    members, verdict = made(matter, (Open(),), [(2,)])
    assert asked(members) == ("Accepted", (0, 1)) == ("Accepted", verdict.error)
    assert json.loads(members["verdict.json"])["answer"] == "somewhere"


def test_a_split_by_a_set_is_no_split():
    members, _ = made(simple(), (Split(0, 0), Open(), Open()))
    assert asked(members)[0] == "Accepted"
    for mask in (2, 3, 7):  # the last piece, and more than there are, leave nothing on the right
        bad = {**members, "proof.bin": encode((Split(0, mask), Open(), Open()), 2)}
        assert asked(bad)[0] == "Malformed"


def test_a_step_that_only_the_kernel_shows_is_no_disagreement(tmp_path, monkeypatch):
    """It is not confirmed; where nothing is continuous both could have looked at every point."""
    data, _, _ = make_certificate(simple(), Finding((Open(),), ()), "by hand")
    (tmp_path / "c").write_bytes(data)
    said = verified.Outcome("invalid", verified.STORY["StepFails"].format(0), node=0)
    monkeypatch.setattr(verified, "run", lambda *arguments, **options: said)
    with pytest.raises(InvalidProof, match="does not confirm it: what node 0 of the proof"):
        check(tmp_path / "c", verified=True)
    monkeypatch.setattr(verified, "run", lambda *a, **o: verified.Outcome("invalid", "other"))
    with pytest.raises(InvalidProof, match="THE TWO CHECKERS DISAGREE"):
        check(tmp_path / "c", verified=True)
