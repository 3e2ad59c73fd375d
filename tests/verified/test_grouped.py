"""Sandwiches about a group of a network's classes: the verified checker counts as the kernel, and
accepts nothing that is not so. In the proof a tie may be on either side of a group."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.brute_intervals import random_continuous
from tests.every import EVERY
from tests.kernel.test_ordinals import ordinal
from tests.kernel.test_sandwich import changed
from tests.provers.matters import answer
from tests.verified.grouped_cases import case, is_true
from tests.verified.test_cases import word_of_the_kernel
from tests.verified.test_continuous import asked, made, selected
from tests.verified.test_sandwiches import found, parts_of
from tests.verified.test_sides import looser, side_changed
from verifier import check, verified
from verifier.kernel.asked import ask
from verifier.kernel.checker import verify
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Cases, Constant, Finding, Neuron, Sandwich, Strip
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not
from verifier.provers.sandwiches import propose
from verifier.verified import generated
from verifier.writing.certificate import make_certificate
from verifier.writing.proof_bytes import integers

SEEDS = 240 if EVERY else 48


@cache
def proposed_ones():
    """Questions with what is proposed, and the state of what they were drawn with."""
    every = [case(seed) for seed in range(SEEDS)]
    return [(rng, matter, looser(x) if x.sides else x) for rng, matter, x in every]


def kind(step):
    """Which parts it has."""
    return "sides" if step.sides else "cases" if step.cases else "plain"


def test_both_checkers_find_the_same_of_what_is_proposed():
    """Nearly always: lines of many layers are sometimes closer for one, sometimes for the other."""
    seen, told = Counter(), 0
    for _, matter, step in proposed_ones():
        verdict, (word, got) = verify(matter, (step,)), found(parts_of(matter, (step,)))
        seen[kind(step), word] += 1
        if word != "Accepted":
            continue
        assert got == (verdict.disagreements, verdict.error)
        (low, high), (least, most) = got
        count, chance = answer(matter)
        assert low <= count <= high and least <= chance <= most
        told += low > 0 or high < matter.domain.size
    refused = sum(n for (_, word), n in seen.items() if word != "Accepted")
    assert refused <= SEEDS // 24 and told > SEEDS // 2
    assert all(seen[x, "Accepted"] > SEEDS // 8 for x in ("plain", "cases", "sides"))


def other(rng, step):
    """One number changed, or another group."""
    if rng.random() < 0.2:
        return replace(step, ones=step.ones ^ 1 << int(rng.integers(3)))
    return changed(rng, step)


def test_what_is_changed_is_refused_or_true():
    accepted = refused = 0
    for rng, matter, step in proposed_ones():
        for _ in range(4):
            own = replace(other(rng, replace(step, cases=None, sides=None)), order=0)
            if own.ones == 0:
                continue
            word, got = found(parts_of(matter, (own,)))
            if word != "Accepted":
                refused += 1
                continue
            accepted += 1
            assert is_true(matter, own)
            (low, high), (least, most) = got
            count, chance = answer(matter)
            assert low <= count <= high and least <= chance <= most
    assert accepted > SEEDS and refused > SEEDS // 2


def parts_changed(rng, step):
    """A number of a case, of what is said all over the cell, or of a side changed; or a neuron."""
    if step.sides:
        return side_changed(rng, step)
    cases, i = step.cases, int(rng.integers(2))
    if rng.random() < 0.3:
        (x,) = cases.neurons
        return replace(step, cases=replace(cases, neurons=(Neuron(x.node, x.component ^ 1),)))
    if rng.random() < 0.5:
        every = list(cases.steps)
        every[i] = replace(changed(rng, every[i]), order=0, ones=step.ones)
        return replace(step, cases=replace(cases, steps=tuple(every)))
    over = list(cases.everywhere)
    over[i] = changed(rng, replace(cases.steps[i], strips=(over[i],))).strips[0]
    return replace(step, cases=replace(cases, everywhere=tuple(over)))


def test_what_is_changed_of_cases_and_sides_shows_nothing_false():
    seen = Counter()
    for rng, matter, step in proposed_ones():
        for _ in range(0 if kind(step) == "plain" else 6):
            word, got = found(parts_of(matter, (parts_changed(rng, step),)))
            seen[word] += 1
            if word == "Accepted":
                (low, high), (least, most) = got
                count, chance = answer(matter)
                assert low <= count <= high and least <= chance <= most
    assert min(seen["Accepted"], seen["Invalid"]) > SEEDS // 6


def three():
    """Logits x - 5, 0 and -100 of x from 0 to 10: at 5 classes 0 and 1 tie, and 0 it is."""
    weight, bias = np.array([[1.0], [0.0], [0.0]]), np.array([-5.0, 0.0, -100.0])
    network = Network(1, (Affine(0, weight, bias),))
    return Matter(Domain((ordinal("x", 0, 1, 11),)), (Bound("net", network, (0,)),), ClassIs(0, 0))


def about(ones, least, most, sign=1, **more):
    """A Sandwich about a group of ``three``: the sum is x, or -x."""
    return Sandwich((Strip(0, least, most),), (sign,), 0, 1, ones=ones, **more)


@pytest.mark.parametrize(("ones", "sign", "end"), [(1, 1, -5), (6, -1, 5), (5, 1, -5), (2, -1, 5)])
def test_a_tie_is_on_neither_side(ones, sign, end, monkeypatch):
    """The margin is the sum and ``end``: that it is below 0 is said where the sum is one less."""
    matter = three()
    assert found(parts_of(matter, (about(ones, end, end + 1, sign),)))[0] == "Accepted"
    narrow = about(ones, end, end, sign)
    assert found(parts_of(matter, (narrow,)))[0] == "Invalid"
    assert word_of_the_kernel(matter, parts_of(matter, (narrow,))["proof.bin"]) == "Invalid"
    assert found(parts_of(matter, (about(ones, end + 1, end + 1, sign),)))[0] == "Invalid"
    assert is_true(matter, narrow) == (sign < 0)  # class 0 has the tie
    monkeypatch.setattr(generated, "strictly", lambda strict, ends: ends)
    assert found(parts_of(matter, (narrow,)))[0] == "Accepted"


@pytest.mark.parametrize(
    ("question", "points"),
    [
        (ClassIs(0, 0), (5, 6)),  # above 5, perhaps at 5
        (ClassIs(0, 1), (0, 6)),  # nowhere above 5: class 2 there is not excluded
        (Any_((ClassIs(0, 1), ClassIs(0, 2))), (5, 6)),
        (Not(ClassIs(0, 2)), (5, 11)),
        (All((ClassIs(0, 0), ClassIs(0, 1))), (0, 0)),
    ],
)
def test_what_is_true_of_all_classes_of_a_side_is_counted(question, points):
    matter = replace(three(), question=question)
    step = about(1, -5, -4)
    assert found(parts_of(matter, (step,)))[1][0] == points
    assert verify(matter, (step,)).disagreements == points


@pytest.mark.parametrize("ones", [0, 7, 8, 9, 15, 1 << 70])
def test_what_is_no_group_is_refused(ones):
    parts = parts_of(three(), (about(ones, -1 << 60, 1 << 60),))
    assert found(parts)[0] == "Invalid" == word_of_the_kernel(three(), parts["proof.bin"])


def test_networks_of_two_classes_have_no_group():
    matter = three()
    network = Network(1, (Affine(0, np.array([[1.0], [0.0]]), np.array([-5.0, 0.0])),))
    matter = replace(matter, models=(Bound("net", network, (0,)),))
    for ones in (1, 2):
        parts = parts_of(matter, (about(ones, -1 << 60, 1 << 60),))
        assert found(parts)[0] == "Invalid" == word_of_the_kernel(matter, parts["proof.bin"])


@pytest.mark.parametrize(
    "numbers",
    [
        (32, 0, 1, 0, 0, 9, 10, 2),  # no classes
        (64, 0, 1, 1, 0, 9, 10, 2),  # twice a group
        (33, 0, 1, 1, 0, 9, 10, 1, 9, 10, 2),  # of two strips
        (34, 0, 1, 1, 0, 9, 10, 2),  # an order of one
        (48, 0, 1, 1, 0, 9, 10, 2, 1, 0, 1, 1, 1, 1),  # two neurons of one
        (32, 0, 1, 1, 0, 9, 10),  # no sum
    ],
)
def test_other_numbers_are_malformed(numbers):
    """Those of a step that is right are the first ones, but for their group."""
    parts = parts_of(three(), (about(1, -5, 5),))
    assert parts["proof.bin"] == integers((0, 32 * 8 + 7, 0, 1, 1, 0, 9, 10, 2))
    assert found(parts)[0] == "Accepted"
    data = integers((0, numbers[0] * 8 + 7, *numbers[1:]))
    assert found({**parts, "proof.bin": data})[0] == "Malformed"
    assert word_of_the_kernel(three(), data) == "Malformed"


def bent():
    """Three logits of two neurons: a group's pair, and its single one, are before a ReLU at 4."""
    first = Affine(0, np.array([[1.1], [-0.9]]), np.array([-2.5, 7.5]))
    last = Affine(2, np.array([[1.1, 0.0], [0.0, 0.9], [0.6, 0.6]]), np.array([0.1, 0.0, 0.3]))
    domain = Domain((ordinal("x", 0, 1, 11),))
    return Matter(domain, (Bound("net", Network(1, (first, Relu(1), last)), (0,)),), ClassIs(0, 1))


@pytest.mark.parametrize(
    ("neuron", "answer"),
    [
        (Neuron(1, 0), "Accepted"),
        (Neuron(4, 0), "Accepted"),
        (Neuron(4, 1), "Accepted"),
        (Neuron(4, 2), "Invalid"),
        (Neuron(3, 0), "Invalid"),  # logits, which no ReLU reads
        (Neuron(5, 0), "Invalid"),
        (Neuron(6, 0), "Invalid"),
        (Neuron(7, 0), "Invalid"),
        (Neuron(8, 0), "Invalid"),
    ],
)
@pytest.mark.parametrize("ones", [1, 3])
def test_neurons_are_those_of_the_kernels_network(ones, neuron, answer):
    wide = about(ones, -1 << 40, 1 << 40)
    step = replace(wide, cases=Cases((neuron,), (wide, wide), wide.strips * 2))
    parts = parts_of(bent(), (step,))
    assert found(parts)[0] == answer == word_of_the_kernel(bent(), parts["proof.bin"])


def test_it_stands_beside_another_models_class():
    matter = three()
    other = Network(1, (Affine(0, np.array([[1.0]]), np.array([100.0])),))
    models = (*matter.models, Bound("other", other, (0,)))
    matter = replace(matter, models=models, question=All((ClassIs(0, 0), ClassIs(1, 1))))
    step = about(1, -5, -4, beside=(Constant(1, 1),))
    assert found(parts_of(matter, (step,)))[1][0] == (5, 6)
    assert found(parts_of(matter, (replace(step, beside=(Constant(0, 1),)),)))[0] == "Invalid"


def continuous(seed):
    """A network of three classes over intervals, and a Sandwich about one of them."""
    rng, own = random.Random(f"grouped {seed}"), np.random.default_rng([seed, 62])
    domain = Domain(tuple(random_continuous(rng, name) for name in "xy"[: rng.randrange(1, 3)]))
    count = len(domain.variables)
    weight, bias = own.integers(-8, 9, (3, count)) / 8, own.integers(-8, 9, 3) / 4
    network = Network(count, (Affine(0, weight, bias),))
    matter = Matter(domain, (Bound("net", network, tuple(range(count))),), ClassIs(0, 1))
    (step,) = propose(ask(matter), [full_cell(domain)], [0], bins=64, ones=2)
    return rng, matter, step


def test_of_continuous_variables_both_find_the_same_interval():
    decided = 0
    for seed in range(12):
        rng, matter, step = continuous(seed)
        members, verdict = made(matter, (step,))
        assert asked(members) == ("Accepted", verdict.error)
        assert verdict.error[0] <= selected(rng, matter.domain)(matter) <= verdict.error[1]
        decided += verdict.error != (0, 1)
    assert decided > 3


def test_certificates_with_groups_are_confirmed(tmp_path):
    matter, path = three(), tmp_path / "certificate"
    path.write_bytes(make_certificate(matter, Finding((about(1, -6, -3),), ()), "by hand")[0])
    assert check(path, verified=True).verified is not None


def test_what_only_the_kernel_shows_is_not_confirmed(tmp_path, monkeypatch):
    matter, path = three(), tmp_path / "certificate"
    path.write_bytes(make_certificate(matter, Finding((about(1, -6, -3),), ()), "by hand")[0])
    said = verified.Outcome("invalid", verified.STORY["StepFails"].format(0), node=0)
    monkeypatch.setattr(verified, "run", lambda *a, **o: said)
    with pytest.raises(InvalidProof, match="does not confirm it: what node 0"):
        check(path, verified=True)


def test_many_classes_are_counted():
    """A hundred classes, logit k greatest near x = k: which are from 40 on."""
    centres = np.arange(100.0)
    network = Network(1, (Affine(0, 2 * centres[:, None], -(centres**2)),))
    question = Any_(tuple(ClassIs(0, k) for k in range(40, 100)))
    matter = Matter(Domain((ordinal("x", 0, 1, 100),)), (Bound("net", network, (0,)),), question)
    ones = (1 << 100) - (1 << 40)
    (step,) = propose(ask(matter), [full_cell(matter.domain)], [0], bins=512, ones=ones)
    word, got = found(parts_of(matter, (step,)))
    verdict = verify(matter, (step,))
    assert word == "Accepted" and got == (verdict.disagreements, verdict.error)
    assert got[0][0] <= 60 <= got[0][1] and got[0] != (0, 100)
