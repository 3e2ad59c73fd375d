"""Sandwiches with sides: the verified checker shows them by bounds of its own, counts as the kernel
and brute force do, and refuses what is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.certificates.matters import file
from tests.every import EVERY
from tests.kernel.neuron_cases import bent_copies
from tests.kernel.sided_cases import certificate
from tests.kernel.test_joint_cases import heavy
from tests.kernel.test_ordinals import ordinal
from tests.kernel.test_sides import changed, proposed
from tests.verified.test_cases import nudged, others_judged, word_of_the_kernel
from tests.verified.test_sandwiches import found, parts_of
from verifier.kernel import checker
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Sandwich, Side, Sides, Strip
from verifier.model.question import Bound, Matter, Not, Same
from verifier.reading.certificate import certificate_of
from verifier.verified import generated

SEEDS = 60 if EVERY else 12


def looser(step, part=256):
    """With ends that leave room for slopes of 20 bits: the kernel's lines are floats."""
    sides = step.sides
    one, zero = sides.one.end, sides.zero.end
    room = 64 + (abs(one) + abs(zero)) // part
    return changed(changed(step, "one", end=one - room), "zero", end=zero + room)


def side_changed(rng, step):
    """The step with one side's end moved, by little or much, so that it says more."""
    which = "one" if rng.random() < 0.5 else "zero"
    side = getattr(step.sides, which)
    by = max(1, abs(side.end) >> int(rng.integers(6))) * (1 if which == "one" else -1)
    return replace(step, sides=replace(step.sides, **{which: replace(side, end=side.end + by)}))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_both_checkers_accept_and_find_the_same(seed):
    held = certificate_of(file(certificate(seed)))
    proof = tuple(looser(x) if isinstance(x, Sandwich) and x.sides else x for x in held.proof)
    word, (points, chance) = found(parts_of(held.matter, proof))
    verdict = checker.verify(held.matter, proof)
    assert word == "Accepted" and (points, chance) == (verdict.disagreements, verdict.error)


def other(rng, node, columns):
    """Some numbers of a Sandwich with sides others, or those of both sides exchanged."""
    more, size = list(node.more), 2 + columns
    start = len(more) - 2 * size
    if rng.random() < 0.2:
        more[start:] = more[start + size :] + more[start : start + size]
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.randrange(start - 1, len(more)) if rng.random() < 0.8 else rng.randrange(start)
        more[at] = nudged(rng, more[at])
    return replace(node, more=tuple(more))


def test_what_is_accepted_of_others_is_counted_as_brute_force_does():
    seen = others_judged(map(certificate, range(SEEDS)), other, 16)
    assert min(seen["Accepted"], seen["Invalid"], seen["Malformed"]) > SEEDS // 2


FAR = 1 << 60


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (looser, "Accepted"),
        (lambda x: changed(x, "one", end=-FAR), "Accepted"),
        (lambda x: changed(x, "zero", end=FAR), "Accepted"),
        (lambda x: changed(x, "one", end=FAR), "Invalid"),
        (lambda x: changed(x, "zero", end=-FAR), "Invalid"),
        (lambda x: changed(changed(x, "one", end=-FAR), "zero", end=-FAR), "Invalid"),
        (lambda x: changed(x, "one", width=0), "Malformed"),
        (lambda x: changed(x, "zero", width=0), "Malformed"),
        (lambda x: replace(x, sides=replace(x.sides, exponent=1025)), "Malformed"),
        (lambda x: changed(x, "zero", form=x.sides.zero.form[:1]), "Malformed"),
        (lambda x: changed(x, "one", form=(*x.sides.one.form, 0)), "Malformed"),
        (lambda x: changed(x, "one", form=(1 << 54, *x.sides.one.form[1:])), "Invalid"),
    ],
)
@pytest.mark.parametrize("models", [(0,), (0, 1)])
def test_what_is_wrong_with_them_is_refused(change, answer, models):
    """By both checkers in the same way."""
    matter = heavy() if models == (0,) else bent_copies(np.random.default_rng(4))
    parts = parts_of(matter, (change(looser(proposed(matter, models))),))
    assert found(parts)[0] == answer == word_of_the_kernel(matter, parts["proof.bin"])


def test_columns_that_a_network_does_not_read_are_in_no_side():
    matter = bent_copies(np.random.default_rng(4))
    step = looser(proposed(matter, (0, 1)))
    assert not step.sides.one.form[-1]
    wrong = changed(step, "one", form=(*step.sides.one.form[:-1], 1))
    assert found(parts_of(matter, (wrong,)))[0] == "Invalid"


def test_a_sum_of_the_other_line_below_a_neuron_is_confirmed_where_both_are_nearly_as_good(
    monkeypatch,
):
    """From -5.49 to 5.51 the identity is better by little; a sum without the neuron fits 0."""
    rows = np.array([[1.1, 0.0, 0.0], [0.0, 0.125, 3.0]])
    first = Affine(0, rows, np.array([0.01, 64.0]))
    network = Network(3, (first, Relu(1), Affine(2, np.array([[2.0, 1.0]]), np.array([-64.3]))))
    domain = Domain((ordinal("x", -5, 1, 11), ordinal("y", 0, 1, 6), ordinal("z", -5, 1, 11)))
    models = Bound("a", network, (0, 1, 2)), Bound("b", network, (0, 1, 2))
    matter = Matter(domain, models, Not(Same(0, 1)))
    plain = Strip(0, -FAR, FAR), Strip(1, -FAR, FAR)
    form = 0, 1, 24
    sides = Sides(3, Side(form, 1, -3), Side(form, 1, FAR))
    parts = parts_of(matter, (Sandwich(plain, (0, 0, 0), 0, 1, 0, sides=sides),))
    assert found(parts)[0] == "Accepted"
    monkeypatch.setattr(generated, "all_kinds", generated.both_kinds)
    assert found(parts)[0] == "Invalid"
