"""What the second checker makes of Sandwiches about groups of classes, by itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.every import EVERY
from tests.kernel import couple_cases as couples
from tests.kernel import group_cases as cases
from tests.kernel.test_couples import moved
from tests.kernel.test_groups import PLAIN, three, three_and_three
from verifier import second_checker
from verifier.kernel.asked import ask
from verifier.kernel.population import population, summed
from verifier.model.cell import full_cell
from verifier.model.errors import CertificateError
from verifier.model.proof import Finding, Sandwich, Strip
from verifier.model.question import All, ClassIs, Matter, Not
from verifier.second_checker.crossing import decided_of, sums_of
from verifier.second_checker.nodes import proof_nodes
from verifier.second_checker.points import Tally
from verifier.second_checker.population import undecided_parts
from verifier.second_checker.summed import parted
from verifier.second_checker.tree import VISIT
from verifier.writing.certificate import make_certificate

NEAR = replace(PLAIN, strips=(Strip(0, -40, -39), Strip(1, -40, -39)))


def wide_of(**more):
    """About two networks, whose thresholds lie apart."""
    return Sandwich((Strip(0, -45, -35), Strip(1, -45, -35)), (1, 0, 0), 0, 1, **more)


def three_and_four(question):
    """A network of three classes beside one of four."""
    (one,) = three().models
    (layer,) = one.model.layers
    more = replace(
        layer, weight=np.vstack([layer.weight, [[0]]]), bias=np.append(layer.bias, -2000)
    )
    other = replace(one, name="other", model=replace(one.model, layers=(more,)))
    return Matter(three().domain, (one, other), question)


def read(matter, proof):
    """The certificate of a proof, what the kernel finds of it, and what is read of it here."""
    data, _, verdict = make_certificate(matter, Finding(proof), "x")
    held = second_checker.read(data)
    return verdict, held


@pytest.mark.parametrize("two", [False, True])
def test_both_find_as_much_left_of_each_part(two):
    """Of each part that a Sandwich decides in part what is not, and its weight; of one network or
    two, and as if there were no further groups."""
    seen = Counter()
    for seed in range(200 if EVERY else 70):
        rng = np.random.default_rng([seed, 74])
        matter = (couples.random_couple if two else cases.random_grouped)(rng, 100)
        asked, cell = ask(matter), full_cell(matter.domain)
        kind = couples.FURTHER if two and seed % 2 else 0
        step = (couples if two else cases).proposed(rng, asked, cell, kind)
        if step is None:
            continue
        verdict, held = read(matter, (step,))
        pieces = population(asked, verdict, verdict.checked.left).parted
        mine = []
        for part, leaf, step in undecided_parts(held.case, held.proof, Tally(held.case.domain)):
            found = step and parted(held.case, part, leaf, step, Tally(held.case.domain))
            if found:
                mine.append((tuple(own[0] for own in part), found.weight, tuple(found.left)))
        total = matter.domain.total_weight
        kernels = [
            (x.place.part.first_point(), Fraction(x.weight, total), left_of(summed(asked, x)))
            for x in pieces
        ]
        assert sorted(mine) == sorted(kernels)
        seen["parts"] += len(pieces)
        seen["decided"] += sum(bool(summed(asked, x).decided) for x in pieces)
    assert seen["parts"] > 15 and seen["decided"] > 5, seen


def left_of(held):
    """The sums of bins that the kernel has not decided, in stretches."""
    found, done = [], 0
    for first, last in held.decided:
        if done < first:
            found.append((done, first))
        done = last
    return (*found, (done, held.sums.top + 1)) if done <= held.sums.top else tuple(found)


@pytest.mark.parametrize(
    ("question", "ones", "decided"),
    [
        (ClassIs(0, 1), 0b010, [(0, 40, False), (41, 100, True)]),
        (Not(ClassIs(0, 1)), 0b010, [(0, 40, True), (41, 100, False)]),
        (ClassIs(0, 0), 0b010, [(41, 100, False)]),  # below, class 0 or 2
        (ClassIs(0, 2), 0b010, [(41, 100, False)]),
        (ClassIs(0, 1), 0b110, [(0, 40, False)]),
    ],
)
def test_what_is_true_of_all_classes_of_a_group_is_decided(question, ones, decided):
    matter = three(question)
    step = replace(PLAIN, strips=(Strip(0, -40, -39),), ones=ones)
    _, held = read(matter, (step,))
    own = held.proof[0].sandwich
    assert own.ones == ones and own.strips == ((0, -40, -39),)
    sums = sums_of(held.case, held.case.domain.cell(), own)
    assert list(decided_of(held.case, sums, own, {}, Tally(held.case.domain))) == decided


UP, DOWN = wide_of(ones=0b010, order=1), wide_of(ones=0b010, order=2)
FIRST, SECOND = (All((ClassIs(m, 1), Not(ClassIs(1 - m, 1)))) for m in (0, 1))


@pytest.mark.parametrize(
    ("matter", "step", "decided"),
    [
        (moved(1, FIRST), UP, [(0, 100, False)]),
        (moved(1, FIRST), replace(UP, order=0), [(0, 36, False), (46, 100, False)]),
        (moved(-1, SECOND), DOWN, [(0, 100, False)]),
        (moved(-1, SECOND), replace(DOWN, order=0), [(0, 36, False), (46, 100, False)]),
        (moved(1), UP, [(46, 100, False)]),  # where both are in the group
        (three_and_four(All((ClassIs(1, 3), Not(ClassIs(0, 1))))), NEAR, [(41, 100, False)]),
        (
            three_and_four(All((ClassIs(1, 1), Not(ClassIs(0, 2))))),
            NEAR,
            [(0, 40, False), (41, 100, True)],
        ),
    ],
)
def test_what_two_networks_decide(matter, step, decided):
    """By pairs of classes, those of each, that the order allows."""
    _, held = read(matter, (step,))
    own = held.proof[0].sandwich
    sums = sums_of(held.case, held.case.domain.cell(), own)
    assert list(decided_of(held.case, sums, own, {}, Tally(held.case.domain))) == decided


@pytest.mark.parametrize("ones", [0b111, 0b1000, 0b1010, 0b1111, 1 << 5000])
def test_what_is_no_group_is_refused(ones):
    _, held = read(three(), (PLAIN,))
    own = replace(held.proof[0].sandwich, ones=ones)
    sums = sums_of(held.case, held.case.domain.cell(), own)
    with pytest.raises(CertificateError, match="a group of classes that there is not"):
        list(decided_of(held.case, sums, own, {}, Tally(held.case.domain)))


FURTHER = [7 + 8 * 33, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0]
"""A group of two networks, which stands behind another one."""
TWO_GROUPS = [7 + 8 * 65, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, *FURTHER]


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        (TWO_GROUPS, ""),
        ([7 + 8 * (65 + 8), *TWO_GROUPS[1:]], "no known node at offset 1"),  # cases as well
        ([7 + 8 * (65 + 24), *TWO_GROUPS[1:]], "no known node at offset 1"),  # sides as well
        ([*TWO_GROUPS[:11], 6 + 8 * 33, *FURTHER[1:]], "that is no sandwich"),
        ([*TWO_GROUPS[:11], 0], "a further group that is no sandwich"),
        ([*TWO_GROUPS[:11], 7 + 8, *FURTHER[1:3], *FURTHER[4:]], "that is no sandwich"),
        ([*TWO_GROUPS[:11], 7 + 8 * 65, *FURTHER[1:], *FURTHER], "that is no sandwich"),
        ([*TWO_GROUPS[:11], 7 + 8 * 32, *FURTHER[1:7], 0], "that is no sandwich"),
        (TWO_GROUPS[:11], "ends too early"),
        (TWO_GROUPS[:-1], "ends too early"),
    ],
)
def test_further_groups_are_read_past(whole, why):
    data = encoded(whole)
    if why:
        with pytest.raises(CertificateError, match=why):
            proof_nodes(data, 2, 1)
        return
    node, last = proof_nodes(data + bytes([4]), 2, 1)
    assert (node.kind, last.kind) == ("sandwich", "open")
    assert (node.sandwich.ones, node.sandwich.cases) == (1, True)
    assert node.sandwich.strips == ((0, 0, 0), (1, 0, 0))


def encoded(whole):
    """A proof of these integers, with no solvers."""
    return bytes(x for n in (0, *whole) for x in ([n] if n < 128 else [n % 128 + 128, n // 128]))


@pytest.mark.parametrize(
    ("matter", "step", "pairs"),
    [
        (three(), PLAIN, 3),
        (three_and_three(), replace(PLAIN, strips=(Strip(0, -40, -39), Strip(1, -40, -39))), 9),
    ],
)
def test_what_it_takes_is_counted(matter, step, pairs):
    """All classes, of two networks all pairs, of each stretch."""

    class Counted(Tally):
        spent = 0

        def spend(self, work):
            Counted.spent += work

    _, held = read(matter, (step,))
    own = held.proof[0].sandwich
    sums = sums_of(held.case, held.case.domain.cell(), own)
    list(decided_of(held.case, sums, own, {}, Counted(held.case.domain)))
    assert Counted.spent >= pairs * 3 * (VISIT + 4 * len(held.case.question))
