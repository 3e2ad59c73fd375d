"""Sandwiches with cases of one network: the verified checker counts both sums as brute force does,
and refuses what is wrong."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.certificates.checkers import INVALID, VALID, of_members
from tests.every import EVERY
from tests.kernel.joint_cases import certificate, with_cases
from tests.kernel.test_ordinals import ordinal
from tests.verified.test_cases import cases_of, nudged, others_judged, said_of, word_of_the_kernel
from tests.verified.test_sandwiches import found, parts_of
from verifier.kernel.asked import ask
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Cases, Neuron, Strip
from verifier.model.question import Bound, ClassIs, Matter, Not
from verifier.verified import generated

SEEDS = 60 if EVERY else 10


def test_both_checkers_accept(tmp_path):
    """The verified one nearly always: of very small networks its second round may be closer."""
    seen = said_of(map(certificate, range(SEEDS)), tmp_path / "valid")
    assert seen[INVALID] <= SEEDS // 10 and seen[VALID] + seen[INVALID] == SEEDS


def changed(rng, node, columns):
    """Some numbers of a Sandwich with cases others, or those of both cases exchanged."""
    more, size = list(node.more), 6 + columns  # the kind, exponent, width, a strip, the form
    first, second, over = (len(more) - back for back in (4 + 2 * size, 4 + size, 4))
    if rng.random() < 0.2:
        more[first:over] = more[second:over] + more[first:second]
        more[over:] = more[over + 2 :] + more[over : over + 2]
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.randrange(len(more)) if rng.random() < 0.7 else rng.randrange(over, len(more))
        more[at] = nudged(rng, more[at])
    return replace(node, more=tuple(more))


def test_what_is_accepted_of_others_is_counted_as_brute_force_does():
    seen = others_judged(map(certificate, range(SEEDS)), changed, 16)
    assert min(seen["Accepted"], seen["Invalid"], seen["Malformed"]) > SEEDS // 2


def bow(sign, klass=1):
    """A network that is +-(|1.1 x| - 5.3) + y / 8: two lines, and one ReLU that tells them apart.

    It is twice the ReLU of 1.1 x, less 1.1 x, which is in another ReLU that is nowhere open.
    """
    first = Affine(0, np.array([[1.1, 0.0], [-1.1 * sign, 0.125]]), np.array([0.0, 64.0]))
    last = Affine(2, np.array([[2.0 * sign, 1.0]]), np.array([-64 - 5.3 * sign]))
    domain = Domain((ordinal("x", -9, 1, 19), ordinal("y", 0, 1, 4)))
    network = Network(2, (first, Relu(1), last))
    question = ClassIs(0, 1) if klass else Not(ClassIs(0, 1))
    return Matter(domain, (Bound("bow", network, (0, 1)),), question)


BEND = Neuron(1, 0)


def proposed(matter):
    return with_cases(ask(matter), full_cell(matter.domain), 0, BEND, bins=1 << 9)


@pytest.mark.parametrize("klass", [0, 1])
@pytest.mark.parametrize("sign", [1, -1])
def test_both_sums_show_what_one_does_not(sign, klass):
    """Where one line is above class 1 is sure, or where both are; class 0 the other way round."""
    matter = bow(sign, klass)
    step = proposed(matter)
    lower, upper = found(parts_of(matter, (replace(step, cases=None),)))[1][0]
    assert upper - lower > 9
    word, (points, _) = found(parts_of(matter, (step,)))
    every = [(x, y) for x in range(-9, 10) for y in range(4)]
    true = sum((sign * (abs(1.1 * x) - 5.3) + y / 8 > 0) == (klass == 1) for x, y in every)
    assert word == "Accepted" and points == (true, true)


def everywhere(step, strips):
    return replace(step, cases=replace(step.cases, everywhere=tuple(strips)))


def moved(strip, least=0, most=0):
    return replace(strip, least=strip.least + least, most=strip.most + most)


FAR = 1 << 60


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (lambda x: x, "Accepted"),
        (lambda x: everywhere(x, [moved(y, -FAR, FAR) for y in x.cases.everywhere]), "Accepted"),
        (lambda x: everywhere(x, [moved(y, FAR, FAR) for y in x.cases.everywhere]), "Invalid"),
        (lambda x: everywhere(x, [moved(y, -FAR, -FAR) for y in x.cases.everywhere]), "Invalid"),
        (lambda x: everywhere(x, [moved(y, FAR, 0) for y in x.cases.everywhere]), "Malformed"),
        (lambda x: everywhere(x, x.cases.everywhere[:1]), "Malformed"),
        (lambda x: everywhere(x, ()), "Malformed"),
        (lambda x: everywhere(x, x.cases.everywhere + x.cases.everywhere), "Malformed"),
        (lambda x: everywhere(x, [y.strips[0] for y in x.cases.steps]), "Invalid"),
        (lambda x: about([Neuron(1, 1)], x), "Invalid"),
        (lambda x: about([Neuron(1, 2)], x), "Invalid"),
        (lambda x: about([Neuron(2, 0)], x), "Invalid"),
        (lambda x: about([Neuron(0, 0)], x), "Invalid"),
        (lambda x: about([Neuron(1 << 70, 0)], x), "Invalid"),
        (lambda x: about([BEND, Neuron(1, 1)], x, 2 * x.cases.steps), "Malformed"),
        (lambda x: about([BEND], x, x.cases.steps[::-1]), "Invalid"),
        (lambda x: about([BEND], x, [x.cases.steps[0], x]), "Malformed"),
        (lambda x: about([BEND], x, x.cases.steps[:1]), "Malformed"),
        (
            lambda x: about([BEND], x, [replace(y, order=1) for y in x.cases.steps]),
            "Malformed",
        ),
        (lambda x: about([BEND], x, [replace(y, width=0) for y in x.cases.steps]), "Malformed"),
        (
            lambda x: about([BEND], x, [replace(y, strips=2 * y.strips) for y in x.cases.steps]),
            "Malformed",
        ),
        (
            lambda x: about([BEND], x, [replace(y, form=(1 << 54, 0)) for y in x.cases.steps]),
            "Invalid",
        ),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_wrong_with_them_is_refused(change, answer, sign):
    """By both checkers in the same way."""
    matter = bow(sign)
    parts = parts_of(matter, (change(proposed(matter)),))
    assert of_members(parts) == answer == word_of_the_kernel(matter, parts["proof.bin"])


def about(neurons, step, steps=None):
    held = Cases(tuple(neurons), tuple(steps or step.cases.steps), step.cases.everywhere)
    return replace(step, cases=held)


def test_cases_of_one_network_need_both_strips_all_over_the_cell():
    """And those of two have none: the bytes say how many there are."""
    step = proposed(bow(1))
    bare = cases_of(step, [BEND], step.cases.steps)
    assert of_members(parts_of(bow(1), (bare,))) == "Malformed"
    two = everywhere(step, [Strip(0, -FAR, FAR)] * 4)
    assert of_members(parts_of(bow(1), (two,))) == "Malformed"


@pytest.mark.parametrize("seed", range(30))
def test_rows_of_digits_below_limits_are_added_up(seed):
    """Whatever the limits are: below 0, or beyond a row; and rows beyond the last are none."""
    rng = random.Random(seed)
    k, rows, bits = rng.randint(1, 9), rng.randint(1, 9), rng.randint(3, 40)
    amounts = [[rng.randint(0, 2) for _ in range(k)] for _ in range(rows)]
    most = (1 << bits) - 2
    while sum(map(sum, amounts)) > most:
        amounts[rng.randrange(rows)] = [0] * k
    number = sum(
        n << bits * (k * j + q) for j, row in enumerate(amounts) for q, n in enumerate(row)
    )
    ends, limits = [[rng.randint(-3, 12) for _ in range(n)] for n in (2, 3)]
    below = [limits[0 if j < ends[0] else 1 if j < ends[1] else 2] for j in range(rows)]
    wanted = sum(sum(row[: max(0, end)]) for row, end in zip(amounts, below, strict=True))
    levels = max(0, (rows - 1).bit_length()) + rng.randint(0, 2)
    assert generated.stairs(levels, bits, k, (*ends, *limits), 0, number) == wanted
