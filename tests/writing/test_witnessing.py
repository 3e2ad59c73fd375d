"""Differences that were drawn are witnesses, where the search has found none."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.kernel.sandwich_cases import random_sandwich_matter
from verifier.kernel import lines
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import prepared
from verifier.kernel.stopping import CheckStopped
from verifier.model.proof import Finding, Open
from verifier.model.sample import Line, Plan
from verifier.reading.certificate import certificate_of
from verifier.writing.certificate import make_certificate
from verifier.writing.sampling import left_open, with_sample
from verifier.writing.witnessing import with_witnesses


def made(seed, plan, witnesses=()):
    """A certificate that leaves all open, sampled; with what was drawn from."""
    matter = random_sandwich_matter(np.random.default_rng([seed, 18]), 200)
    data, held, verdict = make_certificate(matter, Finding((Open(),), witnesses), "nobody")
    found = left_open(held, verdict)
    data, held, verdict = with_sample(held, data, verdict, found, plan)
    return held, data, verdict, found


@pytest.mark.parametrize("method", ["pooled", "plain"])
def test_what_was_drawn_is_evaluated_and_written(method):
    """And the file is what the kernel finds in it; the sample is as it was."""
    witnessed = 0
    for seed in range(12):
        held, data, verdict, found = made(seed, Plan(300, method=method, block=100))
        again, made_of, shown = with_witnesses(held, data, verdict, found)
        if not verdict.sampled.seen:
            assert again is data
            continue
        witnessed += 1
        assert shown.disagreements[0] == len(shown.counterexamples) > 0
        assert shown.verdict != verdict.verdict and shown.error[0] > 0
        assert shown.error[1] == verdict.error[1] and shown.sampled == verdict.sampled
        checked = check_certificate(certificate_of(again))
        assert checked.counterexamples == shown.counterexamples
        assert (checked.verdict, checked.error) == (shown.verdict, shown.error)
        assert checked.disagreements == shown.disagreements
        assert checked.sampled == verdict.sampled
        read = certificate_of(again)
        assert (read.sha256, read.claim, read.hashes) == (
            made_of.sha256,
            made_of.claim,
            made_of.hashes,
        )
        # what has witnesses is left as it is
        assert with_witnesses(made_of, again, shown, found)[0] is again
    assert witnessed > 3


def test_of_lines_the_values_are_gone_through():
    witnessed = 0
    for seed in range(16):
        matter = random_sandwich_matter(np.random.default_rng([seed, 18]), 200)
        asked = prepared(matter)
        along = [i for i in range(len(matter.domain.variables)) if not lines.problem(asked, i)]
        if not along:
            continue
        for method in ("pooled", "plain"):
            plan = Plan(60, method=method, block=40, line=Line(along[0], Fraction(1, 8)))
            held, data, verdict, found = made(seed, plan)
            again, _, shown = with_witnesses(held, data, verdict, found)
            assert bool(shown.counterexamples) is bool(verdict.sampled.seen)
            assert check_certificate(certificate_of(again)).verdict == shown.verdict
            witnessed += len(shown.counterexamples) > 0
    assert witnessed > 1


def test_a_stop_is_heard():
    every = (made(seed, Plan(300)) for seed in range(12))
    held, data, verdict, found = next(x for x in every if x[2].sampled.seen)

    def stopped():
        raise CheckStopped

    with pytest.raises(CheckStopped):
        with_witnesses(
            held, data, verdict, replace(found, asked=replace(found.asked, poll=stopped))
        )
