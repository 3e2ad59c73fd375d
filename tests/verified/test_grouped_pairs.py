"""Sandwiches about groups of two networks' classes, and about further groups: the verified checker
counts as the kernel, and accepts nothing that is not so. Groups' amounts add up as they are
disjoint, and an order needs margins that are apart, as a tie may be on either side."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from tests.every import EVERY
from tests.kernel.test_ordinals import ordinal
from tests.kernel.test_sandwich import changed
from tests.provers.matters import answer
from tests.verified.grouped_pairs import KINDS, case, is_true
from tests.verified.test_cases import word_of_the_kernel
from tests.verified.test_sandwiches import found, parts_of
from tests.verified.test_sides import looser, side_changed
from verifier.kernel.checker import verify
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network
from verifier.model.proof import Cases, Neuron, Sandwich, Side, Sides, Strip
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same
from verifier.model.variable import Variable
from verifier.reading.proof_bytes import LONGEST
from verifier.verified import generated
from verifier.writing.proof_bytes import integers

SEEDS = 320 if EVERY else 64


@cache
def proposed():
    """What kinds there are, with the questions and the state of what they were drawn with."""
    every = [(KINDS[seed % 4], *case(seed)) for seed in range(SEEDS)]
    return [
        (kind, rng, matter, looser(x) if x.sides else x)
        for kind, rng, matter, x in every
        if x is not None
    ]


def is_within(matter, got):
    """Whether the true answer lies in intervals."""
    (low, high), (least, most) = got
    count, chance = answer(matter)
    return low <= count <= high and least <= chance <= most


def test_both_checkers_find_the_same_of_what_is_proposed():
    """Nearly always, as of one network. Further groups often show more."""
    seen, told, more, ordered = Counter(), 0, 0, 0
    for kind, _, matter, step in proposed():
        verdict, (word, got) = verify(matter, (step,)), found(parts_of(matter, (step,)))
        seen[kind, word] += 1
        if word != "Accepted":
            continue
        assert got == (verdict.disagreements, verdict.error) and is_within(matter, got)
        (low, high), _ = got
        told += low > 0 or high < matter.domain.size
        ordered += any(x.order for x in (step, *step.further))
        more += got != found(parts_of(matter, (replace(step, further=()),)))[1] and kind == KINDS[1]
    refused = sum(n for (_, word), n in seen.items() if word != "Accepted")
    assert refused <= SEEDS // 24 and told > SEEDS // 4 and ordered > SEEDS // 16
    assert more > SEEDS // 32 and all(seen[x, "Accepted"] > SEEDS // 6 for x in KINDS)


def other(rng, step):
    """One number changed of it or of a further group, or another group."""
    at = int(rng.integers(1 + len(step.further)))
    x = (step, *step.further)[at]
    if rng.random() < 0.2:
        x = replace(x, ones=x.ones ^ 1 << int(rng.integers(3)))
    else:
        x = replace(changed(rng, replace(x, further=())), further=x.further)
    return replace(step, further=(*step.further[: at - 1], x, *step.further[at:])) if at else x


def test_what_is_changed_is_refused_or_true():
    seen = Counter()
    for kind, rng, matter, step in proposed():
        for _ in range(6 if kind == "further" else 3):
            own = other(rng, replace(step, cases=None, sides=None))
            if any(x.ones == 0 for x in (own, *own.further)):
                continue
            word, got = found(parts_of(matter, (own,)))
            seen[word] += 1
            if word == "Accepted":
                assert is_true(matter, own) and is_within(matter, got)
    assert seen["Accepted"] > SEEDS and seen["Invalid"] > SEEDS // 2


def parts_changed(rng, step):
    """A number of a case or of a side changed, or a neuron."""
    if step.sides:
        return side_changed(rng, step)
    cases = step.cases
    if rng.random() < 0.3:
        x = cases.neurons[0]
        return replace(
            step,
            cases=replace(cases, neurons=(Neuron(x.node, x.component ^ 1), *cases.neurons[1:])),
        )
    every, i = list(cases.steps), int(rng.integers(len(cases.steps)))
    every[i] = replace(changed(rng, every[i]), ones=step.ones)
    return replace(step, cases=replace(cases, steps=tuple(every)))


def test_what_is_changed_of_cases_and_sides_shows_nothing_false():
    seen = Counter()
    for _, rng, matter, step in proposed():
        for _ in range(4 if step.cases or step.sides else 0):
            word, got = found(parts_of(matter, (parts_changed(rng, step),)))
            seen[word] += 1
            assert word != "Accepted" or is_within(matter, got)
    assert min(seen["Accepted"], seen["Invalid"]) > SEEDS // 6


BOTH = All((ClassIs(0, 0), ClassIs(1, 0)))
OR_NEVER = Any_((BOTH, All((ClassIs(0, 1), ClassIs(1, 2)))))
"""The same where both models' classes are always equal."""


def two(question=BOTH):
    """Logits x - 5, 0 and -100 of x from 0 to 10, twice: from 5 on classes are 0, as ties are."""
    weight, bias = np.array([[1.0], [0.0], [0.0]]), np.array([-5.0, 0.0, -100.0])
    network = Network(1, (Affine(0, weight, bias),))
    models = Bound("one", network, (0,)), Bound("other", network, (0,))
    return Matter(Domain((ordinal("x", 0, 1, 11),)), models, question)


def about(ones, sign=1, room=0, **more):
    """A Sandwich of ``two``: the sum is x, with the group of class 0, or -x."""
    ends = -5 * sign - room, -5 * sign + 1 + room
    strips = Strip(0, *ends), Strip(1, *ends)
    return Sandwich(strips, (sign,), 0, 1, ones=ones, **more)


@pytest.mark.parametrize(
    ("question", "further", "points"),
    [
        (Same(0, 1), (), (5, 11)),  # class 0 above 5; below there are several
        (Same(0, 1), ((2, -1),), (10, 11)),  # class 1 below 5
        (Same(0, 1), ((6, -1),), (5, 11)),  # or one of both: nothing follows
        (Not(Same(0, 1)), ((2, -1),), (0, 1)),
        (BOTH, ((6, -1),), (5, 6)),  # the groups' amounts of both: no more than by one
        (All((ClassIs(0, 1), ClassIs(1, 1))), ((2, -1),), (5, 6)),
    ],
)
def test_amounts_of_groups_add_up(question, further, points):
    matter = two(question)
    step = about(1, further=tuple(about(*x) for x in further))
    assert found(parts_of(matter, (step,)))[1][0] == points
    assert verify(matter, (step,)).disagreements == points


def test_only_what_is_in_a_group_is_added(monkeypatch):
    matter, step = two(OR_NEVER), about(1, further=(about(6, -1),))
    assert found(parts_of(matter, (step,)))[1][0] == (5, 11) and answer(matter)[0] == 6
    monkeypatch.setattr(generated, "first_is_one", lambda new: True)
    assert found(parts_of(matter, (step,)))[1][0] == (10, 11)


def test_groups_are_disjoint(monkeypatch):
    matter, step = two(OR_NEVER), about(1, further=(about(1),))
    parts = parts_of(matter, (step,))
    assert found(parts)[0] == "Invalid" == word_of_the_kernel(matter, parts["proof.bin"])
    monkeypatch.setattr(generated, "disjoint", lambda seen, further: True)
    assert found(parts)[1][0] == (10, 11)


@pytest.mark.parametrize(
    "further",
    [
        (about(6, -1), about(2, -1)),  # with each other
        (about(2, -1), about(2, -1)),
        (about(3, 1, 1 << 60),),  # with the first
        (about(8, 1, 1 << 60),),  # of classes that there are not
        (about(7, 1, 1 << 60),),
        (replace(about(2, -1), strips=about(2, -1, 1).strips, form=(1,)),),  # another sum
    ],
)
def test_what_is_no_further_group_is_refused(further):
    matter = two()
    parts = parts_of(matter, (about(1, further=further),))
    assert found(parts)[0] == "Invalid" == word_of_the_kernel(matter, parts["proof.bin"])


def test_further_groups_are_of_the_same_networks():
    matter = two()
    models = *matter.models, replace(matter.models[0], name="third")
    matter = replace(matter, models=models, question=All((BOTH, ClassIs(2, 0))))
    own = about(2, -1)
    step = about(1, further=(own,))
    assert found(parts_of(matter, (step,)))[0] == "Accepted"
    strips = own.strips[0], replace(own.strips[1], model=2)
    parts = parts_of(matter, (about(1, further=(replace(own, strips=strips),)),))
    assert found(parts)[0] == "Invalid" == word_of_the_kernel(matter, parts["proof.bin"])


def test_one_network_has_further_groups():
    matter = replace(two(), models=two().models[:1], question=Not(ClassIs(0, 2)))
    alone, other = (replace(x, strips=x.strips[:1]) for x in (about(1), about(2, -1)))
    assert found(parts_of(matter, (alone,)))[1][0] == (5, 11)
    step = replace(alone, further=(other,))
    assert found(parts_of(matter, (step,)))[1][0] == (10, 11)
    assert verify(matter, (step,)).disagreements == (10, 11)


@pytest.mark.parametrize(
    "numbers",
    [
        (65, 0, 1, 1, 0, 9, 7, 1, 9, 7, 2),  # no further group
        (65, 0, 1, 1, 0, 9, 7, 1, 9, 7, 2, 8 * 1 + 7, 0, 1, 0, 10, 12, 1, 10, 12, 1),  # no group
        (65, 0, 1, 1, 0, 9, 7, 1, 9, 7, 2, 8 * 32 + 7, 0, 1, 2, 0, 10, 12, 1),  # of one network
        (65, 0, 1, 1, 0, 9, 7, 1, 9, 7, 2, 8 * 33 + 1, 0, 1, 2, 0, 10, 12, 1, 10, 12, 1),
        (65, 0, 1, 1, 0, 9, 7, 1, 9, 7, 2, 8 * 65 + 7, 0, 1, 2, 0, 10, 12, 1, 10, 12, 1),
        (65 + 24, 0, 1, 1, 0, 9, 7, 1, 9, 7, 2, 0, 1, 9, 2, 1, 10, 2),  # and sides
        (64 + (1 << 20000), 0, 1, 1, 0, 9, 10, 2),  # very many groups
    ],
)
def test_other_numbers_are_malformed(numbers):
    """Those of a step that is right are the first ones, but for their number."""
    matter = two()
    parts = parts_of(matter, (about(1, further=(about(2, -1),)),))
    right = (65, 0, 1, 1, 0, 9, 7, 1, 9, 7, 2, 8 * 33 + 7, 0, 1, 2, 0, 10, 12, 1, 10, 12, 1)
    assert parts["proof.bin"] == integers((0, right[0] * 8 + 7, *right[1:]))
    assert found(parts)[0] == "Accepted"
    data = integers((0, numbers[0] * 8 + 7, *numbers[1:]))
    assert found({**parts, "proof.bin": data})[0] == "Malformed"
    assert word_of_the_kernel(matter, data) == "Malformed"


@pytest.mark.parametrize("place", ["ones", "width", "side", "neuron", "class"])
@pytest.mark.parametrize("more", [0, 1])
def test_numbers_of_too_many_digits_are_malformed(place, more):
    """Both read a number of so many bits, whatever they say of it, and no longer one."""
    matter, long, step = two(), 1 << LONGEST - 1 + more, about(1, 1, 1 << 60)
    if place == "side":
        step = replace(step, sides=Sides(0, Side((1,), long, -99), Side((1,), 1, 99)))
    elif place == "neuron":
        step = replace(step, cases=Cases((Neuron(1, long),), (step, step)))
    elif place != "class":
        step = replace(step, **{place: long})
    data = parts_of(matter, (step,))["proof.bin"]
    if place == "class":
        data = integers((0, (long >> 1) * 2 * 8 + 1))  # of model 0
    words = (
        word_of_the_kernel(matter, data),
        found({**parts_of(matter, (step,)), "proof.bin": data})[0],
    )
    assert [word == "Malformed" for word in words] == [more == 1] * 2


def tied(last):
    """Logits 5, 5, 0, 0 of the first network, in class 0; of the second 0, 5, 0 and ``last``."""
    rows = {"a": (5, 5, 0, 0), "b": (0, 5, 0, last)}
    domain = Domain(
        tuple(
            Variable(name, ("v",), (tuple(map(Fraction, row)),), (Fraction(1),))
            for name, row in rows.items()
        )
    )
    network = Network(4, (Affine(0, np.eye(4), np.zeros(4)),))
    models = Bound("one", network, (0,)), Bound("other", network, (1,))
    return Matter(domain, models, Not(Same(0, 1)))


@pytest.mark.parametrize(("last", "order", "answer"), [(5, 1, "Invalid"), (6, 1, "Accepted")])
def test_an_order_needs_margins_that_are_apart(last, order, answer, monkeypatch):
    """Both margins of the group of classes 0 and 3 are 0, and the second network is in class 1."""
    matter, wide = tied(last), 1 << 30
    strips = Strip(0, -wide, wide), Strip(1, -wide, wide)
    step = Sandwich(strips, (0,) * 8, 0, 1, order=order, ones=0b1001)
    parts = parts_of(matter, (step,))
    assert found(parts)[0] == answer == word_of_the_kernel(matter, parts["proof.bin"])
    assert is_true(matter, step) == (answer == "Accepted")
    orders = generated.orders
    monkeypatch.setattr(
        generated, "orders", lambda strict, order, apart: orders(False, order, apart)
    )
    assert found(parts)[0] == "Accepted"


def test_ties_are_on_neither_side(monkeypatch):
    """One more of either network's upper end is needed."""
    matter = two()
    for m in (0, 1):
        step = about(1)
        strips = tuple(replace(x, most=x.most - (i == m)) for i, x in enumerate(step.strips))
        narrow = parts_of(matter, (replace(step, strips=strips),))
        assert found(narrow)[0] == "Invalid" == word_of_the_kernel(matter, narrow["proof.bin"])
    monkeypatch.setattr(generated, "strictly", lambda strict, ends: ends)
    assert found(narrow)[0] == "Accepted"
