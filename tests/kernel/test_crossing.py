"""Lines through cells: what is open of them is what Sandwiches leave, and shares add up to it."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import inf

import numpy as np
import pytest

from tests.certificates.resampled import restated
from tests.certificates.sandwich_mutations import random_proof as sandwich_proof
from tests.every import examples
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_lines import assert_inside, true_share, uniform_ones
from tests.kernel.test_sampling import HASHES, checked, undecided_points
from verifier.chance.betting import SHARE_BITS
from verifier.jobs import pricing
from verifier.jobs.piloting import best_plans
from verifier.kernel import lines
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import prepared
from verifier.kernel.sampling import is_true_at, key_of, sample
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.part import values
from verifier.model.proof import Finding
from verifier.model.sample import CELLS, Line, Plan, Sample
from verifier.reading.certificate import certificate_of
from verifier.reading.sample_json import sample_from_json
from verifier.writing.certificate import make_certificate
from verifier.writing.sample_json import sample_to_json
from verifier.writing.sampling import left_open, with_sample

UNIT = 1 << SHARE_BITS


@pytest.fixture(scope="module")
def populations():
    """With pieces that Sandwiches decide in part, and a variable that lines go along."""
    return list(uniform_ones(18))


def lines_of(found, number, variable):
    """Every line of a cell: a point of it, how many values are open, and how many of these true."""
    asked, piece = found.asked, found.pieces[number]
    open_ = set(undecided_points(asked, piece))
    yes = is_true_at(asked, np.array(sorted(open_)))
    true = {p for p, is_yes in zip(sorted(open_), yes, strict=True) if is_yes}
    parts = [*map(values, piece.place.part.parts)]
    along, parts[variable] = parts[variable], parts[variable][:1]
    for point in product(*parts):
        every = [(*point[:variable], v, *point[variable + 1 :]) for v in along]
        yield point, sum(p in open_ for p in every), sum(p in true for p in every)


def plan_of(variable, draws=600, guess=Fraction(1, 4), bet=Fraction(1, 4), **options):
    return Plan(draws, method=CELLS, line=Line(variable, bet, guess), **options)


def test_shares_are_those_of_every_value_and_their_mean_is_what_is_open_and_true(populations):
    tried = 0
    for found, variable in populations:
        cells = found.cells.along(variable)
        weights, total, guess = [], found.asked.domain.total_weight, Fraction(3, 8)
        mean = Fraction(0)
        for number, piece in enumerate(found.pieces):
            every = list(lines_of(found, number, variable))
            most = int(cells.most[number])
            assert (
                max(n for _, n, _ in every) <= most <= len(values(piece.place.part.parts[variable]))
            )
            leaf = found.asked.domain.distributions(None)
            own = [
                piece_weight(leaf, point, variable) for point, _, _ in every
            ]  # of the values of the others
            weights.append(most * sum(own))
            for (_, opened, true), weight in zip(every, own, strict=True):
                mean += weight * most * (guess + (true - guess * opened) / most)
        assert cells.mass * total == sum(weights)
        mean /= sum(weights)
        undecided = cells.mass * (mean - guess) + guess * found.mass
        assert found.settled + undecided == true_share(found.asked)
        tried += 1
    assert tried > 5


def piece_weight(chances, point, variable):
    """The weight of a point, but for one variable."""
    found = chances[variable].weight_at(0)
    for i, v in enumerate(point):
        found *= 1 if i == variable else chances[i].weight_at(v)
    return found


def test_draws_find_the_shares_of_their_lines(populations):
    for found, variable in populations:
        cells = found.cells.along(variable)
        for g in (Fraction(0), Fraction(5, 8), Fraction(1), Fraction(123457, 1 << 20)):
            drawn = cells.block(b"k" * 32, 2, 64, 50, g)
            pieces, points = replace(cells.draws, key=b"k" * 32, size=64).block(2)
            every = {i: {} for i in set(pieces[:50].tolist())}
            for i in every:
                for point, opened, true in lines_of(found, i, variable):
                    every[i][point[:variable] + point[variable + 1 :]] = opened, true
            hits = 0
            for i, point, share, left in zip(
                pieces[:50].tolist(), points.tolist(), drawn.drawn, drawn.left, strict=False
            ):
                opened, true = every[i][(*point[:variable], *point[variable + 1 :])]
                most = int(cells.most[i])
                assert share == ((true - g * opened) / most + g) * UNIT // 1
                assert left == Fraction(opened, most) * UNIT // 1
                assert 0 <= share <= UNIT
                hits += true > 0
            assert drawn.true == hits


def test_the_truth_is_inside(populations):
    """At delta = 1e-9 it always is; with a guess of all that is open or none of it, too."""
    for n, (found, variable) in enumerate(populations):
        for guess in (Fraction(0), Fraction(1, 2), Fraction(1)):
            drawn = sample(found, plan_of(variable, guess=guess, block=256), b"%d" % n)
            assert_inside(found, drawn)


def test_it_is_missed_as_seldom_as_they_say(populations):
    """Of 100 samples and more at delta = 1/10 not more than a tenth."""
    missed, tried = 0, 0
    truths = [(found, i, true_share(found.asked)) for found, i in populations]
    while tried < examples(300):
        for found, variable, truth in truths:
            plan = plan_of(variable, 40, Fraction(1, 2), Fraction(1, 2), delta=Fraction(1, 10))
            drawn = sample(found, plan, b"%d" % tried)
            missed += not drawn.lower <= truth <= drawn.upper
            tried += 1
    assert missed <= tried // 10


def test_more_threads_change_nothing(populations):
    for found, variable in populations[:6]:
        plan = plan_of(variable, 700, block=64)
        one = sample(found, plan, b"key")
        assert (
            sample(found, plan, b"key", lambda f, xs: reversed([f(x) for x in reversed(list(xs))]))
            == one
        )


def certificates():
    """Certificates with Sandwiches, sampled in lines through cells."""
    for seed in (5, 32, 108, 118, 144, 177, 189):  # many others leave nothing, or everything
        rng = np.random.default_rng([seed, 16])
        matter = random_sandwich_matter(rng, 400)
        proof = sandwich_proof(rng, matter)
        asked = prepared(matter)
        along = [i for i in range(len(matter.domain.variables)) if not lines.problem(asked, i)]
        if not along:
            continue
        try:
            data, held, verdict = make_certificate(matter, Finding(tuple(proof)), "nobody")
        except InvalidProof:
            continue
        found = left_open(held, verdict)
        if not found.parted:
            continue
        try:
            made = with_sample(held, data, verdict, found, plan_of(along[0], 300, block=128))
        except CertificateError:  # a range whose values are not equally probable
            continue
        if 20 < made[1].sample.seen < 280:
            yield made


def test_files_are_checked_and_whatever_is_changed_is_refused():
    for (data, held, verdict), _ in zip(certificates(), range(2), strict=False):
        again = certificate_of(data)
        assert again.sample == held.sample and check_certificate(again).sampled == verdict.sampled
        value = sample_to_json(held.sample)
        for where, key, other in [
            ("seen", "true", held.sample.seen + 1),
            ("seen", "share", str(held.sample.share + Fraction(1, UNIT))),
            ("line", "guess", "1/8"),
            ("line", "bet", "1/8"),
            ("probability", "lower", str(held.sample.upper)),
            (None, "draws", 301),
            (None, "block", 64),
            (None, "nonce", "x"),
            (None, "delta", "1/10"),
        ]:
            bad = json.loads(json.dumps(value))
            (bad if where is None else bad[where])[key] = other
            with pytest.raises(InvalidProof, match="but the draws give"):
                check_certificate(certificate_of(restated(data, bad)))


def test_a_guess_belongs_to_lines_through_cells_and_is_part_of_the_key():
    plan = plan_of(1)
    value = sample_to_json(Sample(plan, 3, Fraction(0), Fraction(1, 2), None, Fraction(5, 4)))
    assert sample_from_json(value).plan == plan
    others = plan_of(1, guess=Fraction(1, 2)), Plan(600, line=Line(1, Fraction(1, 4)))
    assert len({key_of(HASHES, x) for x in (plan, *others)}) == 3
    for guess in (Fraction(-1, 2), Fraction(9, 8), Fraction(1, 3)):
        with pytest.raises(CertificateError, match="guess"):
            Line(0, Fraction(1, 2), guess)
    for method, line in [
        (CELLS, Line(1, Fraction(1, 4))),
        ("pooled", Line(1, Fraction(1, 4), Fraction(1, 4))),
        ("plain", Line(1, Fraction(1, 4), Fraction(1, 4))),
    ]:
        with pytest.raises(CertificateError, match="guess"):
            Plan(600, method=method, line=line)


def test_what_machine_integers_have_no_room_for_is_refused():
    """And a range whose values are not equally probable."""
    refused = 0
    for seed in range(60):
        rng = np.random.default_rng([seed, 16])
        matter = random_sandwich_matter(rng, 400)
        try:
            asked, _, found = checked(matter, sandwich_proof(rng, matter))
        except InvalidProof:
            continue
        along = [i for i in range(len(matter.domain.variables)) if not lines.problem(asked, i)]
        if not along or not found.parted:
            continue
        try:
            drawn = sample(found, plan_of(along[0], 50), b"key")
        except CertificateError as problem:
            refused += "equally probable" in str(problem)
        else:
            assert drawn.method == CELLS
    assert refused


def test_pilots_try_it_with_a_guess_of_their_own(monkeypatch):
    """And a plan that they make is drawn by, with the truth inside."""
    monkeypatch.setattr(pricing, "SHORTEST", 2)
    for (_, held, verdict), _ in zip(certificates(), range(2), strict=False):
        found = left_open(held, verdict)
        plans = best_plans(found, held.hashes, Plan(1, Fraction(1, 10**6)), 400, inf)
        plan = next(x for x in plans if x.method == CELLS and x.line is not None)
        assert plan.draws == 400 and 0 <= plan.line.guess <= 1
        drawn = sample(found, plan, key_of(held.hashes, plan))
        assert drawn.lower <= true_share(found.asked) <= drawn.upper
