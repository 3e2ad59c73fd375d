"""Forecasts of lines: their mean is that of all points, and samples with them contain the truth."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import inf

import numpy as np
import pytest

from tests.certificates.resampled import refused_where, restated
from tests.every import EVERY
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_lines import true_share
from tests.kernel.test_sampling import HASHES, checked
from verifier import second_checker
from verifier.chance.betting import SHARE_BITS
from verifier.jobs.forecasting import learned
from verifier.jobs.piloting import best_plans
from verifier.kernel import lines
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import prepared
from verifier.kernel.forecasts import forecasted
from verifier.kernel.lines import Lines, true_along
from verifier.kernel.sampling import key_of, sample
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Finding, Open
from verifier.model.question import Bound, Matter, Not, Same
from verifier.model.sample import BETS, Forecast, Line, Plan, Sample
from verifier.reading.certificate import certificate_of
from verifier.reading.sample_json import sample_from_json
from verifier.writing.certificate import make_certificate
from verifier.writing.sample_json import sample_to_json
from verifier.writing.sampling import left_open, with_sample

UNIT = 1 << SHARE_BITS


def random_forecast(rng, domain, variable):
    """A forecast by small numbers, in a few bins or in many."""
    form = rng.integers(-60, 61, domain.columns)
    v = domain.variables[variable]
    form[domain.offsets[variable] : domain.offsets[variable] + v.columns] = 0
    ends = np.unique(rng.integers(1, 40, rng.integers(0, 8)))
    guesses = rng.integers(0, BETS + 1, len(ends) + 1)
    if rng.random() < 0.3:
        guesses = rng.integers(BETS // 16, BETS // 8, len(ends) + 1)
    made = (*form.tolist(),), int(rng.integers(1, 9)), (*ends.tolist(),), (*guesses.tolist(),)
    return Forecast(*made)


def cases(count):
    """Questions of which lines are drawn, with the variable, and a random forecast."""
    found = 0
    for seed in range(500):
        rng = np.random.default_rng([seed, 77])
        matter = random_sandwich_matter(rng, 300)
        asked = prepared(matter)
        along = [i for i in range(len(matter.domain.variables)) if not lines.problem(asked, i)]
        if along:
            yield matter, asked, along[0], random_forecast(rng, matter.domain, along[0])
            found += 1
        if found == count:
            return


def guess_at(domain, forecast, point):
    """The guess at a point, from the words of docs/certificate.md."""
    bins = 0
    for v, start, at in zip(domain.variables, domain.offsets, point, strict=True):
        rows = [
            domain.integer_encoding[domain.variables.index(v)][value] for value in range(v.count)
        ]
        form = forecast.form[start : start + v.columns]
        sums = [sum(a * b for a, b in zip(form, row, strict=True)) for row in rows]
        bins += (sums[at] - min(sums)) // (forecast.width * domain.denominator)
    return forecast.guesses[sum(bins >= end for end in forecast.ends)]


def test_the_mean_of_forecasts_is_that_of_all_points():
    several = 0
    for _, asked, variable, forecast in cases(25):
        domain = asked.domain
        known = forecasted(asked, Line(variable, Fraction(1, 2), forecast=forecast))
        every = np.array(list(product(*(range(v.count) for v in domain.variables))))
        guesses = [guess_at(domain, forecast, p) for p in every.tolist()]
        assert known.guesses(every).tolist() == guesses
        weights = [domain.weight(tuple(p)) for p in every.tolist()]
        mean = sum(g * w for g, w in zip(guesses, weights, strict=True))
        assert known.average == Fraction(mean, domain.total_weight * BETS)
        several += len(set(guesses)) > 1
        # what is drawn of all lines has a mean that gives the share of all points, exactly
        shares = shares_of(asked, variable, every)
        most, spread = max(forecast.guesses), BETS + max(forecast.guesses) - min(forecast.guesses)
        exact = [(x * BETS - g + most) / spread for x, g in zip(shares, guesses, strict=True)]
        whole = sum(x * w for x, w in zip(exact, weights, strict=True)) / domain.total_weight
        assert known.share(whole) == true_share(asked)
        rounded = np.array([x * UNIT // 1 for x in shares], dtype=np.int64)
        for x, y in zip(exact, known.apart(rounded, every).tolist(), strict=True):
            assert 0 <= y <= x * UNIT < y + 2
    assert several > 15


def shares_of(asked, variable, every):
    """Of the line through each point."""
    size = asked.domain.variables[variable].count
    ends = np.zeros(len(every), dtype=np.int64)
    true = true_along(asked, variable, Lines(every, ends, ends + size - 1))
    return [Fraction(int(n), size) for n in true]


def plan_of(variable, forecast, draws=300, **options):
    line = Line(variable, Fraction(3, 8), below=Fraction(5, 4), forecast=forecast)
    return Plan(draws, method="plain", line=line, **options)


def test_the_truth_is_inside():
    """At delta = 1e-9 it always is; at 1/10 not more than a tenth of the samples miss it."""
    missed, tried = 0, 0
    for seed, (matter, asked, variable, forecast) in enumerate(cases(30 if EVERY else 15)):
        _, _, found = checked(matter, (Open(),))
        truth = true_share(asked)
        drawn = sample(found, plan_of(variable, forecast, block=128), b"%d" % seed)
        assert drawn.lower <= truth <= drawn.upper
        for at in range(10):
            plan = plan_of(variable, forecast, 40, delta=Fraction(1, 10))
            drawn = sample(found, plan, b"%d, %d" % (seed, at))
            missed += not drawn.lower <= truth <= drawn.upper
            tried += 1
    assert tried >= 150 and missed <= tried // 10


def made_of(matter, plan):
    """A certificate that leaves everything open, sampled."""
    data, held, verdict = make_certificate(matter, Finding((Open(),)), "nobody")
    return with_sample(held, data, verdict, left_open(held, verdict), plan)


def test_files_are_checked_by_both_and_whatever_is_changed_is_refused():
    tried = 0
    for matter, _, variable, forecast in cases(40):
        if not forecast.ends or tried == 3:
            continue
        data, held, verdict = made_of(matter, plan_of(variable, forecast, 200, block=128))
        if not 10 < held.sample.seen < 190:
            continue
        tried += 1
        assert certificate_of(data).sample == held.sample
        assert check_certificate(certificate_of(data)).sampled == verdict.sampled
        assert second_checker.check(data).sample == ""
        stated = sample_to_json(held.sample)
        own = stated["line"]["forecast"]
        for where, change in [
            (("line", "forecast", "guesses", 0), (own["guesses"][0] + 1) % BETS),
            (("line", "forecast", "width"), own["width"] + 1),
            (("line", "forecast", "ends", -1), own["ends"][-1] + 1),
            (("line", "forecast", "form"), [*own["form"], 0]),
            (("line", "forecast", "form"), [1] * len(own["form"])),
            (("line", "forecast", "guesses"), own["guesses"][1:]),
            (("line", "below"), "9/8"),
            (("line", "below"), "65"),
            (("seen", "share"), str(held.sample.share + Fraction(1, UNIT))),
            (("method",), "pooled"),
        ]:
            refused_where(data, where, change)
    assert tried == 3


def test_the_second_checker_refuses_an_end_that_does_not_follow():
    """Where what was drawn is stated as it is."""
    for matter, _, variable, forecast in cases(12):
        data, held, _ = made_of(matter, plan_of(variable, forecast, 400))
        stated = sample_to_json(held.sample)
        middle = (held.sample.lower + held.sample.upper) / 2
        for end, within in (("lower", held.sample.lower > 0), ("upper", held.sample.upper < 1)):
            if within:
                bad = stated | {"probability": stated["probability"] | {end: str(middle)}}
                with pytest.raises(InvalidProof, match=f"{end} end"):
                    second_checker.check(restated(data, bad))


def test_a_forecast_is_part_of_the_key_and_in_range():
    own = Forecast((1, 0), 3, (2, 5), (0, 7, BETS))
    plan = plan_of(1, own)
    value = sample_to_json(Sample(plan, 3, Fraction(0), Fraction(1, 2), None, Fraction(5, 4)))
    assert sample_from_json(value).plan == plan
    others = [Forecast((0, 1), 3, (2, 5), (0, 7, BETS)), Forecast((1, 0), 4, (2, 5), (0, 7, BETS))]
    others += [Forecast((1, 0), 3, (2, 6), (0, 7, BETS)), Forecast((1, 0), 3, (2, 5), (1, 7, BETS))]
    plans = [plan, *(plan_of(1, x) for x in (None, *others))]
    assert len({key_of(HASHES, x) for x in plans}) == 6
    for bad, word in [
        (((1,), 0, (), (1,)), "wide"),
        (((1,), 1, (2,), (1,)), "one guess more"),
        (((1,), 1, (2, 2), (1, 2, 3)), "rise"),
        (((1,), 1, (0,), (1, 2)), "above 0"),
        (((1,), 1, (2,), (1, BETS + 1)), "from 0 to"),
        (((1,), 1, (2,), (-1, 0)), "from 0 to"),
    ]:
        with pytest.raises(CertificateError, match=word):
            Forecast(*bad)
    with pytest.raises(CertificateError, match="plain"):
        Plan(5, line=Line(0, Fraction(1, 2), forecast=own))
    for below in (Fraction(0), Fraction(65), Fraction(1, 3)):
        with pytest.raises(CertificateError, match="bet below"):
            Line(0, Fraction(1, 2), below=below)


def test_sums_that_are_too_large_are_refused():
    for _, asked, variable, _ in cases(3):
        columns = asked.domain.columns
        form = [1 << 70] * columns
        form[asked.domain.offsets[variable]] = 0
        for width in (1, 1 << 69):
            held = Forecast(tuple(form), width, (5,), (1, 2))
            with pytest.raises(CertificateError, match=r"too large|too many"):
                forecasted(asked, Line(variable, Fraction(1, 2), forecast=held))


def shallow_pair(rng):
    """A network read with two values of one variable: linear but for a bend."""
    weight = rng.normal(size=(2, 4)) * [1.0, 0.3, 0.3, 0.05]
    network = Network(
        4,
        (
            Affine(0, weight, np.array([0.2, 9.0])),
            Relu(1),
            Affine(2, np.array([[1.0, 1.0]]), np.array([-9.0])),
        ),
    )
    names = ("x", 400), ("y", 30), ("z", 20), ("one", 1), ("two", 1)
    variables = [
        Ordinal(name, Fraction(-4 if n > 1 else 2 * (name == "one")), Fraction(8, n), n, uniform(n))
        for name, n in names
    ]
    models = Bound("a", network, (0, 1, 2, 3)), Bound("b", network, (0, 1, 2, 4))
    return Matter(Domain(tuple(variables)), models, Not(Same(0, 1)))


def test_a_forecast_is_learned_and_makes_samples_narrower():
    """Of a nearly linear network, by far; and the plan that is chosen has one."""
    matter = shallow_pair(np.random.default_rng(3))
    _, _, found = checked(matter, (Open(),))
    own = learned(found, 0, 2000, b"k" * 32)
    assert own is not None and learned(found, 0, 2000, b"k" * 32) == own
    plain = sample(found, Plan(20_000, method="plain", line=Line(0, Fraction(1, 8))), b"key")
    with_it = sample(
        found,
        Plan(20_000, method="plain", line=Line(0, Fraction(3, 4), below=Fraction(4), forecast=own)),
        b"key",
    )
    assert with_it.lower <= plain.upper and plain.lower <= with_it.upper
    assert (with_it.upper - with_it.lower) * 2 < plain.upper - plain.lower
    chosen = best_plans(found, HASHES, Plan(1, Fraction(1, 10**6)), 20_000, inf)[0]
    assert chosen.line is not None and chosen.line.forecast is not None


def test_none_is_learned_where_nothing_is_true():
    matter = shallow_pair(np.random.default_rng(3))
    one, network = matter.models[0], matter.models[0].model
    same = Matter(matter.domain, (one, Bound("b", network, one.reads)), matter.question)
    assert learned(checked(same, (Open(),))[2], 0, 1000, b"k" * 32) is None


def test_a_forecast_is_learned_by_the_domain_s_own_chances():
    """Where nearly all is in one run of values, the guesses are those of lines that are there."""
    matter = shallow_pair(np.random.default_rng(3))
    x, y, *rest = matter.domain.variables
    rare = replace(y, runs=((25, Fraction(1, 1000)), (5, Fraction(999, 1000))))
    skewed = replace(matter, domain=Domain((x, rare, *rest)))
    found = checked(skewed, (Open(),))[2]
    own = learned(found, 0, 4000, b"k" * 32)
    assert own is not None
    known = forecasted(found.asked, Line(0, Fraction(1, 2), forecast=own))
    points = replace(found.drawing, key=b"other", size=4000).block(0)[1]
    used = np.unique(known.guesses(points))
    assert len(used) > 0.9 * len(set(own.guesses))
