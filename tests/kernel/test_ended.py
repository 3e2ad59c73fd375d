"""Samples of lines and patches that end before all draws are made that were planned."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from tests.certificates.resampled import restated, stated_of
from tests.every import EVERY as ALL
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_patches import cases, truth_of
from tests.kernel.test_sampling import checked
from tests.second_checker.test_sample import has_hits, in_lines, is_refused_by_both
from verifier import second_checker
from verifier.chance.betting import SHARE_BITS, bounds_by_betting
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import prepared
from verifier.kernel.ledger import EVERY
from verifier.kernel.lines import problem
from verifier.kernel.sampling import counting, drawn_from, key_of, sample
from verifier.kernel.stopping import CheckStopped
from verifier.model.errors import InvalidProof
from verifier.model.ordinal import Ordinal
from verifier.model.proof import Finding, Open
from verifier.model.sample import Line, Plan
from verifier.reading.certificate import certificate_of
from verifier.writing.certificate import make_certificate
from verifier.writing.sampling import left_open, with_sample

UNIT = 1 << SHARE_BITS
PLAN = Plan(1000, Fraction(1, 1000), method="plain", block=16)


@cache
def kinds():
    """Questions with plans of patches, some with guides, and of lines of either kind."""
    return list(_kinds())


def _kinds():
    for at, (matter, _, line) in enumerate(cases(4)):
        yield matter, replace(PLAN, line=line if at % 2 else replace(line, guides=()))
    for seed in range(12):
        matter = random_sandwich_matter(np.random.default_rng([seed, 18]), 200)
        asked = prepared(matter)
        along = [i for i in range(len(matter.domain.variables)) if not problem(asked, i)]
        for i in along[:1]:
            yield matter, replace(PLAN, line=Line(i, Fraction(1, 8)))
            ranges = [v for v in matter.domain.variables if isinstance(v, Ordinal)]
            if not all(v.chances.is_uniform for v in ranges):
                continue
            guess = Line(i, Fraction(1, 8), guess=Fraction(1, 4))
            yield matter, replace(PLAN, method="cells", line=guess)


def ended(matter, plan, after):
    """A certificate that leaves a question open, whose sample ends after so many blocks; and what
    was drawn from."""
    data, _, _ = make_certificate(matter, Finding((Open(),)), "nobody")
    held = certificate_of(data)
    verdict = check_certificate(held, keep_left=EVERY)
    found = left_open(held, verdict)
    late = None if after is None else lambda draws: draws >= after * plan.block
    return *with_sample(held, data, verdict, found, plan, None, late), found


def test_what_follows_is_what_follows_from_the_draws_that_were_made():
    """And both checkers find the same."""
    tried = 0
    for matter, plan in kinds():
        data, held, verdict, found = ended(matter, plan, 5)
        key = key_of(held.hashes, plan)
        first = list(counting(drawn_from(found, plan.method, plan.line), plan, key))[:5]
        shares = np.concatenate([x for own in first for x in own.shares])
        assert (len(shares), sum(own.true for own in first)) == (80, verdict.sampled.seen)
        assert verdict.sampled.share == Fraction(int(shares.sum()), UNIT)
        low, high = bounds_by_betting(shares, plan.delta, plan.line.bet, plan.line.below)
        if plan.method == "plain" and not plan.line.guides:
            off = Fraction(1, 1 << 30)
            assert abs(verdict.sampled.lower - low) < off > abs(verdict.sampled.upper - high)
        assert held.sample.drawn == verdict.sampled.draws == 80 < held.sample.plan.draws == 1000
        assert check_certificate(certificate_of(data)).sampled == verdict.sampled
        assert second_checker.check(data).sample == ""
        tried += 1
    assert tried == 12


def test_a_sample_that_does_not_end_is_what_it_ever_was():
    matter, plan = kinds()[0]
    assert ended(matter, plan, None)[0] == ended(matter, plan, 1000)[0]


def test_ends_that_cannot_be_are_refused_by_both():
    tried = 0
    for matter, plan in kinds():
        data, held, _, found = ended(matter, plan, 5)
        key = key_of(held.hashes, plan)
        every = list(counting(drawn_from(found, plan.method, plan.line), plan, key))
        if tried == 3 or not all(x.shares[0].sum() for x in every[4:6]):
            continue  # other draws may have the same sum
        tried += 1
        stated = stated_of(data)
        for drawn in (64, 96, 81, 79, 0, -16, 1000, 1008, 2000, "80", True, None, 80.0):
            bad = stated | {"seen": stated["seen"] | {"drawn": drawn}}
            is_refused_by_both(restated(data, bad))
        gone = {k: v for k, v in stated["seen"].items() if k != "drawn"}
        is_refused_by_both(restated(data, stated | {"seen": gone}))
        is_refused_by_both(restated(data, stated | {"draws": 80}))  # the key is of the plan
        with pytest.raises(InvalidProof, match="does not end after 1000 draws"):
            sample(found, plan, key_of(held.hashes, plan), map, 1000)
    assert tried == 3


def test_points_and_lines_that_are_drawn_together_do_not_end():
    """What follows from points is right for a number of draws that is told beforehand alone, and
    lines of all open pieces are not made one after the other."""
    matter, plan = kinds()[0]
    for own in (replace(plan, line=None), replace(plan, line=None, method="pooled")):
        data, held, _, found = ended(matter, own, 5)
        assert held.sample.drawn is None and not own.may_end
        with pytest.raises(InvalidProof, match="does not end"):
            sample(found, own, key_of(held.hashes, own), map, 160)
        seen = stated_of(data)["seen"]
        is_refused_by_both(restated(data, stated_of(data) | {"seen": seen | {"drawn": 160}}))
    data = next(x for x in (in_lines(seed, "pooled") for seed in range(30)) if has_hits(x))
    seen = stated_of(data)["seen"]
    is_refused_by_both(restated(data, stated_of(data) | {"seen": seen | {"drawn": 150}}))


def test_whoever_ends_it_when_the_interval_is_wrong_is_seldom_right():
    """Ended after the block that serves best, the truth is outside at delta = 1/10 in no more than
    a tenth of the samples: of intervals for one number of draws it often would be."""
    rng, delta, bet = np.random.default_rng(7), Fraction(1, 10), Fraction(1, 2)
    missed, runs, mean = 0, 60, UNIT // 4
    for _ in range(runs):
        shares = (rng.random(160) < 0.25).astype(np.int64) * UNIT
        ends = (bounds_by_betting(shares[:n], delta, bet) for n in range(16, 161, 16))
        missed += any(not low * UNIT <= mean <= high * UNIT for low, high in ends)
    assert 0 < missed <= runs // 10


def test_the_truth_is_inside_wherever_it_ends():
    """At 1/10, after the worst of ten blocks."""
    missed, tried = 0, 0
    for seed, (matter, asked, line) in enumerate(cases(4)):
        _, _, found = checked(matter, (Open(),))
        truth, plan = truth_of(asked), Plan(88, Fraction(1, 10), method="plain", block=8, line=line)
        for at in range(10 if ALL else 5):
            key = b"%d, %d" % (seed, at)
            every = [sample(found, plan, key, map, n) for n in range(8, 88, 8)]
            missed += any(not x.lower <= truth <= x.upper for x in every)
            tried += 1
    assert tried == (40 if ALL else 20) and missed <= tried // 10


def test_a_check_that_is_stopped_while_a_block_is_waited_for_has_those_before():
    matter, plan = kinds()[0]
    data, _, _ = make_certificate(matter, Finding((Open(),)), "nobody")
    held = certificate_of(data)
    verdict = check_certificate(held, keep_left=EVERY)
    found = left_open(held, verdict)

    def stopping_after(count):
        def apply(function, every):
            for own in every:
                if own >= count:
                    raise CheckStopped
                yield function(own)

        return lambda asked: apply

    def late(draws):
        return False

    made = with_sample(held, data, verdict, found, plan, stopping_after(3), late)
    assert made[1].sample.drawn == made[2].sampled.draws == 48
    assert second_checker.check(made[0]).sample == ""
    with pytest.raises(CheckStopped):
        with_sample(held, data, verdict, found, plan, stopping_after(0), late)
    with pytest.raises(CheckStopped):
        with_sample(held, data, verdict, found, plan, stopping_after(3))
