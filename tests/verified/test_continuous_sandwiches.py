"""Sandwiches over continuous variables: counted as the rule says, true of every selection.

The term of a piece is its least, and what is left of a sum may be a piece's length longer. Networks
are linear here, so that the strips that hold on a closed box are those of its corners.
"""

from __future__ import annotations

import math
import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.brute_intervals import random_continuous
from tests.verified.test_continuous import asked, made, selected
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network
from verifier.model.proof import Open, Sandwich, Strip
from verifier.model.question import Bound, ClassIs, Matter
from verifier.writing.proof_bytes import encode


def random_matter(rng):
    """A network of one layer and one logit over intervals, and whether its class is 1."""
    domain = Domain(tuple(random_continuous(rng, name) for name in "xy"[: rng.randrange(1, 3)]))
    weights = [rng.randrange(-12, 13) / 8 for _ in domain.variables]
    bias = np.array([rng.randrange(-24, 25) / 8])
    net = Network(len(weights), (Affine(0, np.array([weights]), bias),))
    reads = tuple(range(len(weights)))
    return Matter(domain, (Bound("net", net, reads),), ClassIs(0, rng.randrange(2))), weights, bias


def narrowest(domain, weights, bias, form, exponent):
    """The ends of (g - s) 2^exponent over the hull of the whole domain, which is linear."""
    found = []
    for x in product(*(v.ends for v in domain.variables)):
        g = sum((Fraction(w) * a for w, a in zip(weights, x, strict=True)), Fraction(bias[0]))
        found.append(g * 2**exponent - sum(f * a for f, a in zip(form, x, strict=True)))
    return math.floor(min(found)), math.ceil(max(found))


def counted(domain, step, klass):
    """The interval that the rule finds of the whole domain, piece by piece."""
    width, held, base, rest = step.width, [], Fraction(0), Fraction(0)
    for v, f in zip(domain.variables, step.form, strict=True):
        least = [min(f * v.cut(k), f * v.cut(k + 1)) for k in range(v.count)]
        own = min(least)
        held.append([math.floor((x - own) / width) for x in least])
        base += own
        longest = v.longest(range(v.count))
        rest += min(width + abs(f) * longest, abs(f) * (v.last - v.first))
    strip = step.strips[0]
    low = math.floor((-strip.least - base) / width) + 1
    high = math.floor((-strip.most - base - rest) / width) + 1
    sums = {}
    for box in product(*(range(v.count) for v in domain.variables)):
        q = sum(own[k] for own, k in zip(held, box, strict=True))
        sums[q] = sums.get(q, Fraction(0)) + domain.probability(box)
    above = sum((p for q, p in sums.items() if q >= low), Fraction(0))
    most = sum((p for q, p in sums.items() if q >= high), Fraction(0))
    return (above, most) if klass else (1 - most, 1 - above)


def case(seed):
    rng = random.Random(f"sandwich {seed}")
    matter, weights, bias = random_matter(rng)
    exponent = rng.randrange(6)
    noise = [rng.choice((0, 0, 0, -1, 1)) for _ in weights]
    form = [round(w * 2**exponent) + n for w, n in zip(weights, noise, strict=True)]
    least, most = narrowest(matter.domain, weights, bias, form, exponent)
    strips = (Strip(0, least, most),)
    return rng, matter, Sandwich(strips, tuple(form), exponent, rng.randrange(1, 30))


def with_step(matter, step):
    """The members of a certificate whose proof is one Sandwich, and that states nothing."""
    members, _ = made(matter, (Open(),))
    del members["verdict.json"]
    return {**members, "proof.bin": encode((step,), 1)}


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_they_are_counted_as_the_rule_says(start):
    decided = 0
    for seed in range(start, start + 20):
        rng, matter, step = case(seed)
        word, found = asked(with_step(matter, step))
        assert word == "Accepted", (seed, found)
        assert found == counted(matter.domain, step, matter.question.klass), seed
        for _ in range(2):
            assert found[0] <= selected(rng, matter.domain)(matter) <= found[1], seed
        decided += found != (0, 1)
    assert decided > 8


def places(domain, parts=6):
    """Points of the closed box, its corners too."""
    ends = [v.ends for v in domain.variables]
    return product(*([a + (b - a) * Fraction(k, parts) for k in range(parts + 1)] for a, b in ends))


def too_narrow(matter, step):
    """The widest strips that say a class that is not so at one of some points."""
    (layer,) = matter.models[0].model.layers
    zero, one = [], []
    for x in places(matter.domain):
        g = sum((Fraction(w) * a for w, a in zip(layer.weight[0], x, strict=True)), Fraction(0))
        s = sum(f * a for f, a in zip(step.form, x, strict=True))
        (one if g + Fraction(layer.bias[0]) > 0 else zero).append(s)
    if zero:
        least = math.floor(-max(zero)) + 1  # class 1 where s > -least
        yield least, max(least, step.strips[0].most)
    if one:
        most = math.floor(-min(one))  # class 0 where s <= -most
        yield min(most, step.strips[0].least), most


def test_a_strip_that_is_too_narrow_is_refused():
    """Even where it fails at the box's closed corner only."""
    refused = 0
    for seed in range(12):
        _, matter, step = case(seed)
        for least, most in too_narrow(matter, step):
            narrow = Sandwich((Strip(0, least, most),), step.form, step.exponent, step.width)
            assert asked(with_step(matter, narrow)) == ("Invalid", "StepFails"), seed
            refused += 1
    assert refused > 12


@pytest.mark.parametrize("seed", range(10))
def test_the_kernel_counts_the_same(seed):
    _, matter, step = case(seed)
    (strip,) = step.strips
    wider = Sandwich(
        (Strip(0, strip.least - 1, strip.most + 1),), step.form, step.exponent, step.width
    )
    members, verdict = made(matter, (wider,))
    assert asked(members) == ("Accepted", verdict.error)
