"""Points of cells, of which those count that nothing decides: those and no others."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.certificates.resampled import restated
from tests.certificates.sandwich_mutations import random_proof as sandwich_proof
from tests.every import examples
from tests.jobs.test_ask import number
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_lines import assert_inside, true_share
from tests.kernel.test_sampling import HASHES, sandwiched, undecided_points
from verifier import second_checker
from verifier.chance.confidence import clopper_pearson
from verifier.kernel import many, remaining
from verifier.kernel.certificate import check_certificate
from verifier.kernel.population import Population
from verifier.kernel.sampling import Seen, among_left, is_true_at, key_of, off, sample
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network
from verifier.model.part import values
from verifier.model.proof import Finding, Sandwich, Split, Strip
from verifier.model.question import Bound, ClassIs, Matter, Not, Same
from verifier.model.sample import CELLS, POOLED, Line, Plan
from verifier.model.variable import Variable
from verifier.reading.certificate import certificate_of
from verifier.writing.certificate import make_certificate
from verifier.writing.sample_json import sample_to_json
from verifier.writing.sampling import left_open, with_sample


@pytest.fixture(scope="module")
def populations():
    """With pieces that Sandwiches decide in part, beside trees and unequal probabilities."""
    return list(sandwiched(30))


def plan_of(draws=600, **options):
    return Plan(draws, method=CELLS, **options)


def points_of(piece):
    """Every point of a piece's cell."""
    return [*product(*map(values, piece.place.part.parts))]


def test_the_points_that_are_left_are_those_that_nothing_decides(populations):
    for found in populations:
        domain = found.asked.domain
        mass = 0
        for i, (piece, around) in enumerate(zip(found.pieces, found.around.pieces, strict=True)):
            every = points_of(piece)
            assert around.step is None and around.place is piece.place
            assert around.weight == sum(map(domain.weight, every))
            is_left = found.left.are_open(np.full(len(every), i), np.array(every))
            left = {p for p, own in zip(every, is_left.tolist(), strict=True) if own}
            assert left == set(undecided_points(found.asked, piece))
            mass += sum(map(domain.weight, left))
        assert found.mass == Fraction(mass, domain.total_weight)
    assert any(x.asked.domain.given is not None for x in populations)


def test_of_a_block_those_are_counted(populations):
    for found in populations:
        seen = sample(found, plan_of(50, block=50), b"k" * 32).seen
        pieces, points = replace(found.around.drawing, key=b"k" * 32, size=50).block(0)
        left = [
            p
            for i, p in zip(pieces.tolist(), map(tuple, points.tolist()), strict=True)
            if p in set(undecided_points(found.asked, found.pieces[i]))
        ]
        assert seen == (is_true_at(found.asked, np.array(left)).sum() if left else 0)


def test_the_interval_is_that_of_the_points_that_are_left(populations):
    """Each end is wider by what a draw is off by, twice, over the share that is left."""
    found = next(x for x in populations if x.around.mass > x.mass)
    away = 2 * off(found.around) * found.around.mass / found.mass
    low, high = clopper_pearson(30, 200, Fraction(1, 10))
    drawn = among_left(found, plan_of(500, delta=Fraction(1, 10)), left_of(30, (150, 50)))
    ends = (found.beside + found.mass * x for x in (low - away, high + away))
    least, most = found.settled, found.settled + found.open_mass
    slack = Fraction(1, 1 << 45)
    low, high = (min(max(x, least), most) for x in ends)
    assert low - slack < drawn.lower <= low and high <= drawn.upper < high + slack
    assert (drawn.draws, drawn.seen, drawn.method) == (500, 30, CELLS)
    nothing = among_left(found, plan_of(500), left_of(0, (0,)))
    assert nothing.lower <= least and most <= nothing.upper
    for seen in (left_of(3, (2,)), left_of(3, (501,)), left_of(1, (0,))):
        with pytest.raises(InvalidProof, match="more draws"):
            among_left(found, plan_of(500), seen)


def left_of(true, counts):
    return Seen(true, left=tuple(np.array([n]) for n in counts))


def test_the_truth_is_inside(populations):
    for n, found in enumerate(populations):
        drawn = sample(found, plan_of(block=256), b"%d" % n)
        assert_inside(found, drawn)


def test_it_is_missed_as_seldom_as_they_say(populations):
    missed, tried = 0, 0
    truths = [(found, true_share(found.asked)) for found in populations]
    while tried < examples(300):
        for found, truth in truths:
            drawn = sample(found, plan_of(40, delta=Fraction(1, 10)), b"%d" % tried)
            missed += not drawn.lower <= truth <= drawn.upper
            tried += 1
    assert missed <= tried // 10


def test_more_threads_change_nothing(populations):
    for found in populations[:6]:
        plan = plan_of(700, block=64)
        assert sample(found, plan, b"key") == sample(
            found, plan, b"key", lambda f, xs: reversed([f(x) for x in reversed(list(xs))])
        )


def certificates(witnesses=0):
    """Certificates with Sandwiches, sampled in points of cells; with some open points that are
    true."""
    for seed in range(5, 400):
        rng = np.random.default_rng([seed, 16])
        matter = random_sandwich_matter(rng, 400)
        try:
            finding = Finding(tuple(sandwich_proof(rng, matter)))
            data, held, verdict = make_certificate(matter, finding, "nobody")
        except InvalidProof:
            continue
        found = left_open(held, verdict)
        if witnesses and found.parted:
            some = [p for x in found.pieces for p in undecided_points(found.asked, x)]
            true = np.array(some)[is_true_at(found.asked, np.array(some))].tolist()
            finding = replace(finding, counterexamples=tuple(map(tuple, true[:witnesses])))
            data, held, verdict = make_certificate(matter, finding, "nobody")
            found = left_open(held, verdict)
        if found.parted:
            made = with_sample(held, data, verdict, found, plan_of(300, block=128))
            if 0 < made[1].sample.seen < 300:
                yield made


def test_both_checkers_take_files_and_refuse_whatever_is_changed():
    tried = 0
    for (data, held, verdict), _ in zip(certificates(), range(12), strict=False):
        again = certificate_of(data)
        assert again.sample == held.sample and check_certificate(again).sampled == verdict.sampled
        assert second_checker.check(data).sample == ""
        tried += 1
    assert tried == 12
    value = sample_to_json(held.sample)
    for where, key, other in [
        ("seen", "true", held.sample.seen + 1),
        ("probability", "lower", str(held.sample.upper)),
        ("probability", "upper", str(held.sample.lower)),
        (None, "draws", 301),
        (None, "block", 64),
        (None, "nonce", "x"),
    ]:
        bad = json.loads(json.dumps(value))
        (bad if where is None else bad[where])[key] = other
        with pytest.raises(InvalidProof, match="but the draws give"):
            check_certificate(certificate_of(restated(data, bad)))
        with pytest.raises(InvalidProof, match=r"second checker finds|does not show"):
            second_checker.check(restated(data, bad))
    bad = value | {"seen": value["seen"] | {"drawn": 128}}
    for check in (second_checker.check, certificate_of):
        with pytest.raises(CertificateError):
            check(restated(data, bad))


def test_witnesses_among_what_is_drawn_from_are_not_counted_beside_it():
    """They are proved, but what the draws tell is of all that the steps leave open."""
    tried = 0
    for data, held, verdict in certificates(witnesses=9):
        assert second_checker.check(data).sample == ""
        found = left_open(held, verdict)
        least, low = verdict.error[0], held.sample.lower
        more = low + least - found.settled
        if not found.settled < least < low < more < held.sample.upper:
            continue
        bad = sample_to_json(held.sample)
        bad["probability"]["lower"] = str(more)
        with pytest.raises(InvalidProof, match="but the draws give"):
            check_certificate(certificate_of(restated(data, bad)))
        with pytest.raises(InvalidProof, match="lower end that its sample does not show"):
            second_checker.check(restated(data, bad))
        tried += 1
        if tried == 3:
            return
    raise AssertionError("no certificate has witnesses that matter")


def test_an_end_that_leaves_out_what_decided_points_would_is_refused():
    """With all draws for those that are left the interval would be narrower, and wrong."""
    for data, held, _ in certificates():
        found = left_open(held, check_certificate(held))
        plan = held.sample.plan
        if found.around.mass < 2 * found.mass:
            continue
        high = clopper_pearson(held.sample.seen, plan.draws, plan.delta)[1]
        bad = sample_to_json(held.sample)
        bad["probability"]["upper"] = str(found.beside + high * found.mass)
        if Fraction(bad["probability"]["upper"]) >= held.sample.upper:
            continue
        with pytest.raises(InvalidProof, match="but the draws give"):
            check_certificate(certificate_of(restated(data, bad)))
        with pytest.raises(InvalidProof, match="upper end that its sample does not show"):
            second_checker.check(restated(data, bad))
        return
    raise AssertionError("no certificate leaves little of its cells")


def long_list(count, chances=None):
    """A variable of so many listed values, in disorder."""
    rng = np.random.default_rng(count)
    rows = tuple((Fraction(int(x)),) for x in rng.permutation(count))
    each = chances or (Fraction(1, count),) * count
    return Variable("x", tuple(map(str, range(count))), rows, each)


@pytest.mark.parametrize("count", [63, 64, 65, 200])
def test_variables_of_many_listed_values_are_drawn_of_too(count):
    """Whose masks are no machine integers: what is left is found of these as of few."""
    domain = Domain((long_list(count), number("y", 0, 3)))
    net = Network(2, (Affine(0, np.array([[1.0, 2.0]]), np.array([-40.5])),))
    matter = Matter(domain, (Bound("net", net, (0, 1)),), ClassIs(0, 1))
    step = Sandwich((Strip(0, -55, -30),), (1, 2), 0, 1)
    lower = sum(
        1 << i for i in np.random.default_rng(count).permutation(count)[: count // 3].tolist()
    )
    data, held, verdict = make_certificate(matter, Finding((Split(0, lower), step, step)), "nobody")
    found = left_open(held, verdict)
    assert many.table_of(domain) is None and len(found.parted) == 2
    for i, piece in enumerate(found.pieces):
        every = points_of(piece)
        is_left = found.left.are_open(np.full(len(every), i), np.array(every))
        left = {p for p, own in zip(every, is_left.tolist(), strict=True) if own}
        assert left == set(undecided_points(found.asked, piece)) and 0 < len(left) < len(every)
    data, held, verdict = with_sample(held, data, verdict, found, plan_of(400))
    assert held.sample.lower < true_share(found.asked) < held.sample.upper
    assert second_checker.check(data).sample == ""
    for method, guess in ((CELLS, Fraction(1, 4)), (POOLED, None)):
        plan = Plan(200, method=method, line=Line(1, Fraction(1, 4), guess))
        data, held, _ = with_sample(held, data, verdict, found, plan)
        assert held.sample.lower < true_share(found.asked) < held.sample.upper
        assert second_checker.check(data).sample == ""


def test_a_stretch_that_ends_below_all_sums_of_a_piece_is_none():
    """Between thresholds of two networks: there is nothing before bin 0 to be drawn from."""
    domain = Domain((number("x", 0, 12), number("y", 0, 3)))
    a, b = (Network(2, (Affine(0, np.array([[1.0, 0.0]]), np.array([k])),)) for k in (-5.5, -1.5))
    matter = Matter(domain, (Bound("a", a, (0, 1)), Bound("b", b, (0, 1))), Not(Same(0, 1)))
    step = Sandwich((Strip(0, -8, -4), Strip(1, -2, -1)), (1, 0), 0, 1)
    data, held, verdict = make_certificate(matter, Finding((Split(0, 5), step, step)), "nobody")
    found = left_open(held, verdict)
    assert [x.place.part.parts[0].start for x in found.pieces] == [0, 6]
    stretches = [[(a, b) for a, b in own if a < b] for own in found.left.open.tolist()]
    assert stretches == [[(2, 3), (5, 6)], [(0, 3)]] and found.left.open.min() == 0
    for line in (0, 1):
        plan = Plan(200, method=POOLED, line=Line(line, Fraction(1, 4)))
        made, drawn, _ = with_sample(held, data, verdict, found, plan)
        assert drawn.sample.lower < true_share(found.asked) < drawn.sample.upper
        assert second_checker.check(made).sample == ""


SMALL, FINE = Sandwich((Strip(0, -9, 9),), (1, 2), 0, 1), 1 << 53
STEEP = Sandwich((Strip(0, -2 * FINE, 5 * FINE),), (FINE, 2), 53, many.WIDE - 1)


@pytest.mark.parametrize(
    ("count", "steps", "most", "is_taken"),
    [
        (200, [SMALL], 200, True),
        (200, [SMALL], 199, False),
        (200, [SMALL, SMALL], 399, False),
        (3, [replace(SMALL, width=many.WIDE - 1)], 0, True),
        (3, [replace(SMALL, width=many.WIDE)], 0, False),
        (3, [replace(SMALL, strips=(Strip(0, 1 - many.LARGE, 9),))], 0, True),
        (3, [replace(SMALL, strips=(Strip(0, -many.LARGE, 9),))], 0, False),
        (3, [replace(SMALL, strips=(Strip(0, -9, many.LARGE),))], 0, False),
        (100, [STEEP], 100, True),
        (200, [STEEP], 200, False),
        (200, [STEEP, SMALL], 400, False),
    ],
)
def test_each_number_that_there_is_no_room_for_is_refused(
    count, steps, most, is_taken, monkeypatch
):
    """Listed values, bins, ends of strips, and sums, of any piece."""
    domain = Domain((long_list(count), number("y", 0, 3)))
    net = Network(2, (Affine(0, np.array([[1.0, 2.0]]), np.array([-1.5])),))
    matter = Matter(domain, (Bound("net", net, (0, 1)),), ClassIs(0, 1))
    proof = (Split(1, 1), *steps) if steps[1:] else steps
    _, held, verdict = make_certificate(matter, Finding(tuple(proof)), "nobody")
    found = left_open(held, verdict)
    monkeypatch.setattr(remaining, "NUMBERS", most)
    assert len(found.parted) == len(steps)
    if is_taken:
        assert sample(found, plan_of(), b"key").draws == 600
        return
    with pytest.raises(CertificateError, match="too large"):
        sample(found, plan_of(), b"key")


def test_what_there_is_no_room_for_is_refused(populations, monkeypatch):
    monkeypatch.setattr(remaining, "NUMBERS", 4)
    monkeypatch.setattr(many, "LARGE", 1)
    monkeypatch.setattr(remaining, "LARGE", 1)
    found = populations[0]
    with pytest.raises(CertificateError, match="too large"):
        sample(replace_of(found), plan_of(), b"key")


def replace_of(found):
    """The same with nothing known of it."""
    names = "asked", "pieces", "settled", "open_mass", "beside"
    return Population(*(getattr(found, name) for name in names))


def test_they_have_a_key_of_their_own():
    others = Plan(600), Plan(600, method="plain")
    assert len({key_of(HASHES, x) for x in (plan_of(), *others)}) == 3
    assert not plan_of().may_end
