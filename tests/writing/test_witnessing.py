"""Differences that were drawn are witnesses, where the search has found none."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.ensembles import random_domain, random_ensemble
from tests.kernel.sandwich_cases import random_sandwich_matter
from verifier.kernel import checker, lines
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import prepared
from verifier.kernel.stopping import CheckStopped
from verifier.model.domain import Domain
from verifier.model.proof import Finding, Open
from verifier.model.question import Bound, Matter, Not, Same
from verifier.model.sample import Line, Plan
from verifier.reading.certificate import certificate_of
from verifier.writing import witnessing
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


def test_of_ensembles_what_was_made_ready_for_the_draws_is_asked(monkeypatch):
    """And where that is to end, nothing is said of what it has not evaluated."""
    monkeypatch.setattr(checker, "prepared", None)  # nothing is made ready once more
    witnessed, over = 0, []
    for seed in range(12):
        rng = random.Random(seed)
        domain = Domain(random_domain(rng).variables)
        one, other = (random_ensemble(rng, "float64", domain.columns) for _ in range(2))
        every = tuple(range(len(domain.variables)))
        models = Bound("a", one, every), Bound("b", other, every)
        matter = Matter(domain, models, Not(Same(0, 1)))
        data, held, verdict = make_certificate(matter, Finding((Open(),)), "nobody")
        found = left_open(held, verdict, lambda: bool(over))
        data, held, verdict = with_sample(held, data, verdict, found, Plan(300, block=100))
        _, _, shown = with_witnesses(held, data, verdict, found)
        assert bool(shown.counterexamples) is bool(verdict.sampled.seen)
        witnessed += bool(shown.counterexamples)
        if shown.counterexamples:
            points = tuple(row.point for row in shown.counterexamples)
            over.append(seed)
            with monkeypatch.context() as patch:
                patch.setattr(witnessing, "_true_points", lambda *_, held=points: held)
                assert with_witnesses(held, data, verdict, found)[0] is data
            over.clear()
    assert witnessed > 3
