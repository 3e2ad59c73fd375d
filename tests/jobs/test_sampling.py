"""Jobs sample what stays open: how much, with which confidence, and how that is said."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from math import inf
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest

import verifier as lp
from tests.certificates.resampled import restated, stated_of
from tests.clocks import PATIENCE
from tests.ensembles import simple
from tests.kernel.test_sampling import HASHES
from verifier import second_checker
from verifier.cli.main import run
from verifier.formats.onnx_writer import save_onnx
from verifier.jobs import guiding, piloting, pilots, pricing, sampling, workload
from verifier.jobs.limit import Limit, limit_of
from verifier.jobs.promising import Pilot, Promise, Way, promised
from verifier.jobs.settling import Settled
from verifier.jobs.watching import Watch
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import prepared, verify
from verifier.kernel.population import population
from verifier.kernel.sampling import Seen, draw_cost
from verifier.kernel.stopping import CheckStopped
from verifier.model.domain import Domain, bits
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError, TooMuch
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Open, Split
from verifier.model.question import matter_of
from verifier.model.sample import CELLS, PLAIN, POOLED, Plan
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.timing import now
from verifier.reading.certificate import certificate_of, read_certificate
from verifier.reports.sampled_words import line, section, sentence
from verifier.writing import processors
from verifier.writing.json_nouns import write_tree
from verifier.writing.processors import clocks
from verifier.writing.sampling import left_open, with_sample


def network():
    """Over 40 bits: 1 where x0 is, and x1 or x2."""
    weight = np.zeros((1, 40), np.float32)
    weight[0, :3] = 2, 1, 1
    return Network(40, (Affine(0, weight, np.array([-2.5], np.float32)),))


STUMP = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
"""It differs where x0 is 1 and x1 and x2 are 0: an eighth."""


@pytest.fixture(autouse=True)
def patches_of_domains_from(monkeypatch):
    """Most tests are about points and lines: this network's patches would say all."""
    small = guiding.SMALL
    monkeypatch.setattr(guiding, "SMALL", 1 << 200)
    return small


def opened(**options):
    """A certificate that leaves nearly all open, as one difference is enough."""
    return lp.certify(network(), STUMP, bits(40), stop_at_difference=True, **options)


def test_what_is_open_is_sampled_apart_from_what_is_proved():
    result = opened(sample=3000, nonce="mine")
    found = result.sampled
    assert result.verdict == "different" and result.error[1] - result.error[0] > Fraction(1, 20)
    assert found.draws == 3000 and found.delta == Fraction(1, 10**9) and found.method == "pooled"
    assert result.error[0] <= found.lower < Fraction(1, 8) < found.upper <= result.error[1]
    assert result.certificate.format == 3 and result.certificate.sample.plan.nonce == "mine"
    assert result.to_dict()["sampled"] == {
        "error": {"lower": str(found.lower), "upper": str(found.upper)},
        "delta": "1/1000000000",
        "samples": 3000,
        "seen": found.seen,
        "method": "pooled",
    }
    again = opened(sample=3000, nonce="mine")
    assert again.data == result.data
    assert repr(result).endswith(f", 2 leaves, not finished; {found})")
    assert opened(sample=3000, nonce="yours").sampled.seen != found.seen


def test_without_being_asked_for_as_long_as_there_is_time(monkeypatch, own_time):
    monkeypatch.setattr(sampling, "UNLIMITED", 0.05)
    assert opened().sampled.draws >= 64


@pytest.mark.parametrize("draws", [None, 700])
def test_where_sandwiches_have_too_many_bins_the_whole_domain_is_drawn_from(
    monkeypatch, draws, own_time
):
    real = pilots.counting

    def refuse(found, plan, key, apply=map):
        if plan.method == "pooled":
            raise CertificateError("a Sandwich has more bins than are sampled")
        return real(found, plan, key, apply)

    monkeypatch.setattr(sampling, "UNLIMITED", 0.05)
    monkeypatch.setattr(sampling, "_few", lambda found: 1)  # where there is no plan
    monkeypatch.setattr(pilots, "counting", refuse)
    result = opened(sample=draws)
    assert result.sampled.method == "plain" and draws in (None, result.sampled.draws)
    assert result.sampled.draws > 1
    assert result.error[0] <= result.sampled.lower < Fraction(1, 8) < result.sampled.upper


def test_a_way_that_takes_too_long_to_try_is_given_up(monkeypatch, own_time):
    real, tried = pilots.counting, []

    def slow(found, plan, key, apply=map):
        tried.append(plan.method)
        while plan.method == "pooled":
            found.asked.poll()
        return real(found, plan, key, apply)

    monkeypatch.setattr(sampling, "UNLIMITED", 0.5)
    monkeypatch.setattr(pilots, "counting", slow)
    for module in (piloting, pricing):
        monkeypatch.setattr(module, "narrower", lambda *_: 0.0)
    result = opened()
    assert "pooled" in tried
    assert result.sampled.method == "plain" and result.sampled.draws > 1000
    assert result.sampled.lower < Fraction(1, 8) < result.sampled.upper


def test_where_the_time_comes_before_all_else_a_few_points_are_in_hand(monkeypatch):
    def stopped(*_, **__):
        raise CheckStopped

    left = opened(sample=0)
    made, limit = Settled(left.certificate, left.proved, left.data), limit_of(PATIENCE)
    monkeypatch.setattr(sampling, "_drawn", stopped)
    watch = Watch()
    held = sampling.sampled(made, sampling.wish_of(), limit, watch)
    found = held.proved.sampled
    assert found.method == "plain" and found.draws >= sampling.FEW
    assert found.lower < Fraction(1, 8) < found.upper
    assert check_certificate(held.certificate).sampled == found
    assert "points of the whole domain are drawn" in " ".join(watch.notes)
    held = sampling.sampled(made, sampling.wish_of(100), limit, watch)
    assert held.proved.sampled.draws == 100
    monkeypatch.setattr(sampling, "left_open", stopped)  # not even for these there is time
    assert sampling.sampled(made, sampling.wish_of(), limit, watch) is made
    assert "left out" in watch.notes[-1]


def test_a_sample_that_tells_less_than_the_proof_is_left_out_unless_it_was_asked_for(monkeypatch):
    def stopped(*_, **__):
        raise CheckStopped

    left = opened(sample=0)
    made, limit = Settled(left.certificate, left.proved, left.data), limit_of(PATIENCE)
    monkeypatch.setattr(sampling, "_drawn", stopped)
    monkeypatch.setattr(sampling, "_fewest", lambda found: 1)
    monkeypatch.setattr(sampling, "FEW_MOST", 1)
    watch = Watch()
    assert sampling.sampled(made, sampling.wish_of(), limit, watch) is made
    assert watch.notes[-1] == "a sample (1 drawn) tells nothing that is not proved: left out"
    held = sampling.sampled(made, sampling.wish_of(1), limit, watch).proved
    assert held.sampled.draws == 1 and not sampling.tells_more(held.sampled, held)


def test_a_check_that_ended_late_leaves_a_moment_for_a_few_points(monkeypatch, clock):
    """On a busy machine it may end beyond the last moment: then nothing at all would be said."""
    left = opened(sample=0)
    made, limit = Settled(left.certificate, left.proved, left.data), Limit(1.0, clock.time)
    monkeypatch.setattr(Limit, "slow", 1.0)
    monkeypatch.setattr("verifier.jobs.limit.kept_waiting", lambda: 0.0)  # this machine's
    clock.time = limit.late + 1.0
    watch = Watch()
    held = sampling.sampled(made, sampling.wish_of(), limit, watch)
    assert held.proved.sampled.draws >= sampling.FEWEST
    assert held.proved.sampled.lower < Fraction(1, 8) < held.proved.sampled.upper
    assert check_certificate(held.certificate).sampled == held.proved.sampled
    counting = sampling.counted_blocks

    def slowly(certificate, found, plan):
        clock.time += 1.0
        found.asked.poll()
        return counting(certificate, found, plan)

    clock.time = limit.late + 1.0
    monkeypatch.setattr(sampling, "counted_blocks", slowly)
    assert sampling.sampled(made, sampling.wish_of(), limit, watch) is made
    assert "left out" in watch.notes[-1]


def test_more_points_are_in_hand_while_there_is_time_for_twice_as_many(monkeypatch):
    """What the first few take tells little of that."""
    left, at, counts = opened(sample=0), [0.0], []
    made = Settled(left.certificate, left.proved, left.data)

    def drawn(certificate, found, plan):
        counts.append(plan.draws)
        at[0] += 0.02 + 1e-6 * plan.draws
        return []

    monkeypatch.setattr(sampling, "counted_blocks", drawn)
    monkeypatch.setattr(sampling, "now", lambda: at[0])
    limit = Limit(60.0, 0.0)
    found = sampling._few_drawn(made, sampling.wish_of(), limit, Watch())
    assert found.draws == sampling.FEW_MOST
    assert counts[0] == sampling.FEW and counts[-1] == sampling.FEW_MOST and len(counts) == 3
    at[0], counts[:] = 0.0, []
    sampling._few_drawn(made, sampling.wish_of(), Limit(0.5, 0.0), Watch())
    assert counts == [sampling.FEW]


def test_where_points_in_hand_are_kept_more_are_drawn_until_the_end(monkeypatch):
    """Pilots that a busy machine starved may promise nothing: what is left is for points."""
    left, at, counts = opened(sample=0), [0.0], []
    made = Settled(left.certificate, left.proved, left.data)

    def drawn(made, found, plan, counted):
        counts.append(plan.draws)
        at[0] += 0.01 + 1e-5 * plan.draws
        if at[0] > 1.0:
            raise CheckStopped
        sampled_ = SimpleNamespace(draws=plan.draws)
        return SimpleNamespace(proved=SimpleNamespace(sampled=sampled_))

    monkeypatch.setattr(sampling, "_with", drawn)
    monkeypatch.setattr(sampling, "now", lambda: at[0])
    first = sampling.Few(lambda: made, sampling.FEW, 3e-5)
    held = sampling._more_drawn(made, sampling.wish_of(), Limit(1.0, 0.0), Watch(), first)
    assert held.proved.sampled.draws == counts[-1] > 20_000
    assert counts[0] == sampling.CLIMB * sampling.FEW and at[0] <= 1.0  # and not FEW once more
    assert counts[1] == sampling.CLIMB * counts[0]
    # and where the machine gets slower on the way those before it stand
    monkeypatch.setattr(sampling, "_with", lambda *_: drawn(*_) if at[0] < 0.3 else stop())
    at[0] = 0.0
    counts.clear()
    held = sampling._more_drawn(made, sampling.wish_of(), Limit(1.0, 0.0), Watch(), first)
    assert held.proved.sampled.draws == max(counts)
    late = first._replace(each=1.0)  # there is no time for more: these stand
    assert sampling._more_drawn(made, sampling.wish_of(), Limit(1.0, 0.0), Watch(), late) is made


def stop():
    raise CheckStopped


def test_where_a_certificate_is_sampled_kept_points_become_more(monkeypatch):
    left = opened(sample=0)
    made, limit = Settled(left.certificate, left.proved, left.data), limit_of(PATIENCE)
    monkeypatch.setattr(sampling, "_drawn", lambda *_: None)
    monkeypatch.setattr(sampling, "FEW_MOST", sampling.FEW)
    monkeypatch.setattr(sampling, "MOST_MORE", 1 << 14)
    held = sampling.sampled(made, sampling.wish_of(), limit, Watch())
    found = held.proved.sampled
    assert found.method == "plain" and found.draws > sampling.FEW
    assert check_certificate(held.certificate).sampled == found
    assert sampling.sampled(made, sampling.wish_of(600), limit, Watch()).proved.sampled.draws <= 600


def test_what_a_sample_drew_becomes_witnesses_though_its_time_is_over(monkeypatch, clock):
    """That takes a moment, and shows that there is a difference; but not much later."""
    left, polled, after = opened(sample=0), [], [0.0]
    made = Settled(left.certificate, left.proved, left.data)
    drawing, witnesses = sampling.with_sample, sampling.with_witnesses

    def drawn(*given):
        found = drawing(*given)
        if given[-1] is None:  # not those in hand
            return found
        clock.time = limit.start + after[0]
        return found

    def found(certificate, data, verdict, population):
        population.asked.poll()
        polled.append(clock.time)
        return witnesses(certificate, data, verdict, population)

    monkeypatch.setattr(sampling, "with_sample", drawn)
    monkeypatch.setattr(sampling, "with_witnesses", found)
    monkeypatch.setattr(sampling, "counted_on", lambda *_: lambda asked: map)
    monkeypatch.setattr(Limit, "slow", 1.0)
    monkeypatch.setattr("verifier.jobs.limit.kept_waiting", lambda: 0.0)  # on a busy machine
    for after[0], are_found in ((10.5, True), (12.0, False)):
        polled.clear()
        limit = Limit(10.0, clock.time)
        held = sampling.sampled(made, sampling.wish_of(1000), limit, Watch())
        assert held.proved.sampled.draws == 1000
        assert any(at > limit.cut for at in polled) == are_found


def test_where_little_time_is_left_the_points_in_hand_are_not_given_up_for_fewer(monkeypatch):
    """Which of both it is follows from pilots: from no draw of either."""
    monkeypatch.setattr(sampling, "MOST_MORE", 1 << 12)
    left = opened(sample=0)
    made, limit = Settled(left.certificate, left.proved, left.data), limit_of(PATIENCE)
    monkeypatch.setattr(pilots.Pilots, "_possible", lambda *_: 100)
    held = sampling.sampled(made, sampling.wish_of(), limit, Watch()).proved.sampled
    assert held.method == "plain" and held.draws >= sampling.FEW
    more = sampling.sampled(made, sampling.wish_of(3000), limit, Watch()).proved.sampled
    assert more.draws == 3000  # as was asked for


def test_points_that_a_short_pilot_takes_for_dear_go_on_from_those_in_hand(monkeypatch):
    """Of a forest sixteen took as long as hundreds: what was in hand tells what a draw takes."""
    monkeypatch.setattr(sampling, "MOST_MORE", 1 << 14)
    monkeypatch.setattr(sampling, "FEW_MOST", 512)
    left = opened(sample=0)
    made, limit = Settled(left.certificate, left.proved, left.data), limit_of(PATIENCE)
    monkeypatch.setattr(pilots.Pilots, "_possible", lambda _, x, __: 600 if x.way.is_plain else 1)
    held = sampling.sampled(made, sampling.wish_of(), limit, Watch()).proved.sampled
    assert held.method == "plain" and held.draws > 600


def test_nothing_is_kept_that_was_not_drawn(monkeypatch):
    made, _ = piloting_of(monkeypatch, 1e-3, 1e-6)
    assert made.promised_by(400) == inf
    points = Way(SimpleNamespace(mass=1, parted=()), PLAIN, None)
    made.pilots = [Pilot(points, 100, 1e-6)]
    assert 0.049 < made.promised_by(400) <= 0.05
    assert made.promised_by(0) == inf


def test_large_networks_have_fewer_points_in_hand():
    def few(work):
        return sampling._fewest(SimpleNamespace(asked=SimpleNamespace(point_cost=work)))

    assert few(1000) == sampling.FEW and few(1 << 30) == sampling.FEWEST
    assert few(1 << 20) == 256


def test_a_pilot_that_had_luck_is_taken_to_be_slower(monkeypatch):
    """What was done before had a tenth of the processors: so will what is drawn for good."""
    monkeypatch.setattr(pilots, "processors", lambda: 2)
    # 0.04 of one processor or 0.02 of each: what it waited for one is not taken to be its own
    for share, seconds in ((0.5, 0.04), (1.0, 0.02), (0.01, 0.16)):
        monkeypatch.setattr(processors, "granted", lambda since, threads, share=share: share)
        made = pilots.Pilots({}, None, None, 0.0, map, clocks())
        assert made._lasting(0.02, 0.04) == pytest.approx(seconds)
    monkeypatch.setattr(processors, "granted", lambda since, threads: 0.5)
    made = pilots.Pilots({}, None, None, 0.0, map, clocks())
    assert made._lasting(1.0, 0.04) == pytest.approx(max(0.08, 1.0 / processors.SLOWEST))
    assert pilots.Pilots({}, None, None, 0.0, map, None)._lasting(0.02, 9.0) == 0.02


def test_on_a_quiet_machine_more_of_the_time_is_planned_with(monkeypatch):
    for share, planned in ((1.0, pilots.QUIETLY), (0.95, pilots.QUIETLY), (0.8, pilots.CAREFUL)):
        monkeypatch.setattr(processors, "granted", lambda since, threads, share=share: share)
        assert pilots.planned_with(clocks()) == planned
        made = pilots.Pilots({}, Plan(1), None, 10.0, map, clocks())
        monkeypatch.setattr(pilots, "most_draws", lambda way: 1 << 30)
        points = Pilot(Way(Mock(), PLAIN, None), 1000, 1e-3)
        monkeypatch.setattr(pilots, "now", lambda: 0.0)
        assert made._possible(points, 10.0) == pytest.approx(planned * 1e7, rel=0.1)
    assert pilots.planned_with(None) == pilots.CAREFUL  # it is not known


def test_a_pilot_tells_how_many_draws_a_check_has_work_for(monkeypatch):
    """By what points spend, not by the most that they may: and the check ends within its work."""
    made, work = opened(sample=0), 10**10
    monkeypatch.setattr(workload, "DEFAULT_WORK", work)
    found = left_open(made.certificate, made.proved, whole=True)
    least = workload.most_draws(Way(found, PLAIN, None))
    hashes = made.certificate.hashes
    (plan, *_) = piloting.best_plans(found, hashes, Plan(1), None, now() + 1e4)
    assert plan.method == PLAIN and plan.line is None
    assert 4 * least < plan.draws < work / draw_cost(found.asked)
    data, _, _ = with_sample(made.certificate, made.data, made.proved, found, plan)
    monkeypatch.setenv("LEAFPROOF_WORK", str(work))
    assert check_certificate(certificate_of(data)).sampled.draws == plan.draws
    monkeypatch.setenv("LEAFPROOF_WORK", str(work // 4))
    with pytest.raises(TooMuch):
        check_certificate(certificate_of(data))


def in_both(monkeypatch, name, value):
    """Set what those who draw pilots and those who choose use by one name."""
    for module in (piloting, pilots):
        monkeypatch.setattr(module, name, value)


def piloting_of(monkeypatch, once, each, end=1.0, **given):
    """Pilots of a way whose blocks take so long, and each draw; and how many draws each had."""
    tried = []

    def again(self, before, draws):
        tried.append(draws)
        return before._replace(tried=draws, seconds=once + each * draws)

    monkeypatch.setattr(pilots.Pilots, "again", again)
    monkeypatch.setattr(piloting, "drawn_from", lambda found, method, line: found)
    in_both(monkeypatch, "processors", lambda: 1)
    in_both(monkeypatch, "now", lambda: 0.0)
    monkeypatch.setattr(pilots.Pilots, "_possible", lambda *_: 10**6)
    in_both(monkeypatch, "promised", lambda x, draws, _: Promise(draws, 1 / draws**0.5))
    draw = pilots.Pilots({}, Plan(1), None, end, map, None)
    return piloting._Piloting(draw), tried


@pytest.mark.parametrize(
    ("each", "end", "expected"),
    [
        (1e-6, 1.0, [1, 1, 16, 128, 512, 2048, 8192]),
        (1e-6, 0.1, [1, 1, 16, 128, 512]),  # what a block takes is not taken for theirs
        (1e-3, 1.0, [1, 1, 16]),  # of what is slow a few draws tell enough
        (1e-3, inf, [1, 128]),
    ],
)
def test_of_what_is_quick_a_longer_pilot_tells_how_quick(each, end, expected, monkeypatch):
    made, tried = piloting_of(monkeypatch, 1e-3, each, end)
    assert made.first(Way(None, PLAIN, None)).tried == expected[-1]
    assert tried == expected


def test_where_little_time_is_left_a_few_more_draws_tell_that_they_take_hardly_longer(monkeypatch):
    """The first sixteen seem to take as long, each, as a hundred and twenty-eight have no time."""
    made, tried = piloting_of(monkeypatch, 0.0, 0.0, 0.14)

    def again(self, before, draws):
        tried.append(draws)
        return before._replace(
            tried=draws, seconds=5e-4 + (1e-3 if draws > 1 else 0) + 1e-6 * draws
        )

    monkeypatch.setattr(pilots.Pilots, "again", again)
    assert made.first(Way(None, PLAIN, None)).tried >= 128
    assert tried[:5] == [1, 1, 16, 64, 128]


@pytest.mark.parametrize(("end", "points"), [(9.0, 0.09), (0.2, 0.003), (0.05, 0.0015)])
def test_points_have_little_of_the_time_but_enough_to_be_timed(end, points, monkeypatch):
    made, _ = piloting_of(monkeypatch, 1e-3, 1e-6, end)
    assert made._briefly(Way(None, PLAIN, None)) == pytest.approx(points)
    assert made._briefly(Way(None, PLAIN, 0)) == pytest.approx(piloting.BRIEF * end)


def test_what_a_block_takes_is_not_taken_for_what_draws_take(monkeypatch):
    """A pilot's block is short: most of its time may be what any block takes."""
    made, _ = piloting_of(monkeypatch, 2e-3, 1e-5, 0.3)
    pilot = made.first(Way(None, PLAIN, 0))
    assert pilot.tried == 128 and pilot.once == pytest.approx(2.01e-3)
    real = 2e-3 * 100_000 / made.draw.like.block + 1e-5 * 100_000
    mixed = pilot.seconds / pilot.tried * 100_000
    assert real < made.draw.seconds(pilot, 100_000) < 1.6 * real < mixed


@pytest.mark.parametrize(("piece", "draw"), [(1e-4, 4e-5), (1e-4, 2e-3), (1e-2, 1e-5), (0, 1e-5)])
def test_pieces_are_made_ready_once_but_every_draw_takes_time(piece, draw, monkeypatch):
    """Of few large pieces all are ready soon: longer pilots tell what the draws take."""
    made, _ = piloting_of(monkeypatch, 0.0, 0.0)
    own = [SimpleNamespace(weight=1 << 20 >> i // 8) for i in range(100)]
    found = Mock(parted=own[:60], pieces=own, mass=Fraction(1, 5))
    way = Way(found, POOLED, 10)

    def true(draws):
        return piece * made.draw._pieces(found, draws) + draw * draws

    pilot = Pilot(way)
    for n in (16, 64, 256):
        longer = pilot._replace(tried=n, seconds=true(n))
        pilot = longer._replace(takes=made.draw._takes(pilot, longer))
    in_proportion = pilot.seconds * 60_000 / 256
    assert 0.8 * true(60_000) < made.draw.seconds(pilot, 60_000) <= 1.001 * in_proportion


def prices_of(mass, pieces, monkeypatch, each=1e-3):
    """The prices of a population of which so much is open, in pieces that take so long each."""
    at = [0.0]

    def cells(asked, some):
        at[0] += each * len(some)

    monkeypatch.setattr(pricing, "Cells", cells)
    monkeypatch.setattr(pricing, "now", lambda: at[0])
    some = (None,) * pieces
    return pricing.Prices(
        SimpleNamespace(mass=Fraction(mass), pieces=some, parted=some, asked=None)
    )


@pytest.mark.parametrize(
    ("proof", "expected"),
    [
        ((Open(),), POOLED),
        ((Split(3, 1), Open(), Open()), PLAIN),
    ],
)
def test_all_of_a_domain_is_drawn_from_as_one(proof, expected):
    matter = matter_of(bits(40), network(), STUMP)
    asked = prepared(matter)
    verdict = verify(matter, proof, asked=asked)
    found = population(asked, verdict, verdict.checked.left)
    assert len(found.pieces) == proof.count(Open()) and found.mass == 1
    assert {way.method for way in pricing.ways(found)} == {expected}


def opened_of(matter, proof):
    """What is open once the kernel has checked a proof: as a whole, and in pieces when asked."""
    asked = prepared(matter)
    verdict = verify(matter, proof, asked=asked)
    return sampling.Open(population(asked, verdict, ()), verdict, many=False)


def test_how_wide_points_of_pieces_leave_it_follows_from_what_is_proved():
    """Beside points of the whole domain; true are those of which x0 to x2 are 1."""
    found = opened_of(matter_of(bits(40), network(), STUMP), (Open(),))
    seen = Pilot(Way(found.whole, PLAIN, None), tried=10**6, seen=Seen(125_000))
    assert pricing.narrower(found.whole, seen) == pytest.approx(1.0)
    for settled, mass, expected in (
        (0, 1 / 4, (1 / 8 * 1 / 8) / (1 / 8 * 7 / 8)),
        (1 / 8, 1 / 2, 0),
    ):
        own = replace(found.whole, settled=Fraction(settled), open_mass=Fraction(mass))
        assert pricing.narrower(own, seen) == pytest.approx(expected**0.5, abs=1e-2)


@pytest.mark.parametrize(("wide", "found"), [(1.0, False), (0.5, True)])
def test_pieces_are_found_only_where_points_of_them_may_be_narrower(wide, found, monkeypatch):
    held = opened_of(matter_of(bits(40), network(), STUMP), (Split(3, 1), Open(), Open()))
    monkeypatch.setattr(piloting, "narrower", lambda *_: wide)
    end = piloting.now() + 30.0
    plans = piloting.best_plans(held.whole, HASHES, Plan(1), None, end, opened=held)
    assert ("pieces" in held.__dict__) == found and {x.method for x in plans} == {PLAIN}
    # where it does not depend on how quick the machine is they always are
    piloting.best_plans(held.whole, HASHES, Plan(1), 400, inf, opened=held)
    assert held.pieces.everything is held.whole.everything and len(held.pieces.pieces) == 2
    assert held.by(PLAIN) is held.whole and held.by(POOLED) is held.pieces


def test_tables_of_long_lists_take_their_time():
    few, many = (SimpleNamespace(asked=SimpleNamespace(domain=bits(n))) for n in (4, 400))
    assert pricing.table_takes(many) == pytest.approx(pricing.table_takes(few) + 792e-6)
    assert pricing.pays(0.5, 1.0, 0.1, 1.0) and not pricing.pays(0.5, 1.0, 0.4, 1.0)
    assert not pricing.pays(0.95, 1.0, 0.2, 1.0)


def test_cells_are_made_ready_only_where_they_may_pay(monkeypatch):
    """They are priced by a few of them, and by how much is open."""
    way = Way(None, CELLS, 0)
    prices = prices_of("1/100", 1000, monkeypatch)
    assert prices.ready(way) == pytest.approx(1.0)
    # of a hundredth lines may be ten times narrower than points of the whole domain
    assert prices.may_pay(way, 0.9e-4, 1e-3, 10.0)
    assert not prices.may_pay(way, 0.6e-4, 1e-3, 10.0)  # what is there is as narrow
    assert not prices.may_pay(way, 0.9e-4, 1e-3, 2.0)  # a half of the time would be gone
    # and what is left then is to be enough: 0.7 of a tenth is more than it seems
    assert not prices.may_pay(way, 0.75e-4, 1e-3, 5.0) and prices.may_pay(way, 0.75e-4, 1e-3, 50.0)
    assert prices.may_pay(Way(None, PLAIN, 0), 1e-9, 1e-3, 0.1)  # these are ready
    prices.found.cells = None  # made before: nothing to pay for
    assert prices.ready(way) == 0 and prices.may_pay(way, 0.9e-4, 1e-3, 0.1)
    wide = prices_of("9/10", 10, monkeypatch)
    assert not wide.may_pay(way, 1e-3 * 0.6, 1e-3, 100.0)  # of so much nothing is gained


def test_what_may_be_much_narrower_is_tried_though_the_time_for_it_was_spent(monkeypatch):
    """Of a hundredth that is open lines through cells may be ten times narrower than points."""
    made, _ = piloting_of(monkeypatch, 1e-3, 1e-6)
    found = SimpleNamespace(mass=1, parted=())
    made.pilots, made.more = [Pilot(Way(found, PLAIN, None), 100, 1e-6)], 0.1
    at = [0.0]
    in_both(monkeypatch, "now", lambda: at[0])
    for mass, time, method, worth in (
        ("1/100", 0.05, CELLS, True),
        ("1/100", 0.15, CELLS, True),
        ("1/100", 0.15, PLAIN, False),
        ("1/100", 0.25, CELLS, False),
        ("7/10", 0.05, CELLS, True),
        ("7/10", 0.15, CELLS, False),
    ):
        at[0] = time
        prices = prices_of(mass, 10, monkeypatch, 1e-5)
        assert made._is_worth(Way(found, method, 0), prices, 0.1) == worth


@pytest.mark.parametrize(("cells", "best", "worth"), [(1.0, 2.0, True), (3.0, 2.0, False)])
def test_lines_of_points_are_tried_where_those_through_cells_are_narrow(
    cells, best, worth, monkeypatch
):
    """They take longer, each, along the same variable."""
    made, _ = piloting_of(monkeypatch, 1e-3, 1e-6)
    found = SimpleNamespace(mass=1, parted=())
    widths = {PLAIN: best, CELLS: cells}
    monkeypatch.setattr(
        pilots.Pilots, "promise", lambda self, x, left: Promise(100, widths[x.way.method])
    )
    monkeypatch.setattr(pricing.Prices, "may_pay", lambda *_: True)
    made.pilots = [Pilot(Way(found, PLAIN, None), 1 << 40), Pilot(Way(found, CELLS, 0), 1 << 40)]
    assert made._is_worth(Way(found, POOLED, 0), prices_of("1/2", 10, monkeypatch), 1.0) == worth
    assert made._is_worth(Way(found, POOLED, 1), prices_of("1/2", 10, monkeypatch), 1.0)


@pytest.mark.parametrize(
    ("mass", "line", "worth"), [(0.8, 2.0, False), (0.8, 1.1, True), (0.3, 2.0, True)]
)
def test_lines_through_cells_are_not_tried_where_whole_ones_are_too_wide(
    mass, line, worth, monkeypatch
):
    """Of how much is closed it follows how much narrower they may be, at most."""
    made, _ = piloting_of(monkeypatch, 1e-3, 1e-6)
    found = SimpleNamespace(mass=mass, parted=(None,))
    widths = {None: 1.0, 0: line}
    monkeypatch.setattr(
        pilots.Pilots, "promise", lambda self, x, left: Promise(100, widths[x.way.line])
    )
    monkeypatch.setattr(pricing.Prices, "may_pay", lambda *_: True)
    made.pilots = [Pilot(Way(found, PLAIN, line), 1 << 40) for line in (None, 0)]
    assert made._is_worth(Way(found, CELLS, 0), prices_of("1/2", 10, monkeypatch), 1.0) == worth
    assert made._is_worth(Way(found, CELLS, 1), prices_of("1/2", 10, monkeypatch), 1.0)


@pytest.mark.parametrize(("patch", "tried"), [(2.0, [0]), (0.5, [0, 1])])
def test_looking_for_patches_takes_the_time_of_lines_where_points_are_best(
    patch, tried, monkeypatch
):
    """Where patches are, others may be as well: these have their time as if nothing was looked."""
    made, _ = piloting_of(monkeypatch, 1e-3, 1e-6)
    clock, found = [0.0], SimpleNamespace(mass=1, parted=())
    in_both(monkeypatch, "now", lambda: clock[0])
    every = [Way(found, PLAIN, line) for line in (None, 0, 1)]
    monkeypatch.setattr(piloting, "ways", lambda _: every)

    def looked(_):
        clock[0] += 0.05
        yield Way(found, PLAIN, 7, others=(8,))

    def promise(self, x, left):
        return Promise(1, patch if x.way.others else 1.0 if x.way.line is None else 3.0)

    monkeypatch.setattr(made, "patches", looked)
    monkeypatch.setattr(made, "forecast", lambda _: [])
    monkeypatch.setattr(pilots.Pilots, "promise", promise)
    monkeypatch.setattr(  # what is tried late would have to be far narrower
        pricing.Prices, "may_pay", lambda self, way, best, plain, left: best >= min(patch, 1.0)
    )
    made.try_all(found, 0.04)
    held = [x.way.line for x in made.pilots if x.way.line is not None and not x.way.others]
    assert held == tried


@pytest.mark.parametrize(("width", "looks"), [(1.1, True), (1.3, False)])
def test_patches_are_looked_for_unless_lines_are_far_from_as_narrow(width, looks, monkeypatch):
    made, _ = piloting_of(monkeypatch, 1e-3, 1e-6, 1e3)
    found = Mock(mass=1, parted=(), asked=Mock(domain=Mock(infinite=False, variables=[0])))
    monkeypatch.setattr(piloting, "are_too_few", lambda *_: False)
    monkeypatch.setattr(piloting, "drawn_from", lambda found, method: found)
    widths = {None: 1.0, 0: width}
    monkeypatch.setattr(
        pilots.Pilots, "promise", lambda self, x, left: Promise(100, widths[x.way.line])
    )
    monkeypatch.setattr(piloting, "varied", lambda *_: [(3, 4)])
    monkeypatch.setattr(made, "_key", lambda use: b"")
    own = [Pilot(Way(found, PLAIN, line), 1 << 40, 1.0) for line in (None, 0)]
    for made.pilots in (own[:1], own):
        found_ = [(x.line, x.others) for x in made.patches(found)]
        assert found_ == ([(3, (4,))] if looks or made.pilots == own[:1] else [])


def test_cells_that_cannot_be_made_ready_end_no_other_way(monkeypatch):
    """Sums of a Sandwich may be too large to draw lines by: that is seen where they are priced."""
    made, tried = piloting_of(monkeypatch, 1e-3, 1e-6)
    made.pilots = [Pilot(Way(SimpleNamespace(mass=1, parted=()), PLAIN, None), 100, 1e-6)]
    prices = prices_of("1/100", 10, monkeypatch)

    def refuse(asked, pieces):
        raise CertificateError("the sums of a Sandwich are too large to draw lines by")

    monkeypatch.setattr(pricing, "Cells", refuse)
    assert not made._try(Way(prices.found, CELLS, 0), prices, 0.1)
    assert len(made.pilots) == 1 and not tried


def test_what_was_spent_on_one_way_counts_against_no_other(monkeypatch):
    """All are judged by the time that is left at last, and points are left only for what is
    clearly narrower."""
    made, _ = piloting_of(monkeypatch, 1e-3, 1e-6)
    found = SimpleNamespace(mass=1, parted=())
    points, some = Way(found, PLAIN, None), Way(found, PLAIN, 0)
    made.pilots = [Pilot(points, 100, 1e-6), Pilot(some, 100, 1e-6)]
    at = [0.0]
    in_both(monkeypatch, "now", lambda: at[0])

    def promised(x, draws, _):
        wide = 1.0 if x.way.is_plain else share[0]
        return Promise(draws, wide * made.left)

    in_both(monkeypatch, "promised", promised)
    for time, share, first in [(0.0, [0.9], points), (0.5, [0.9], points), (0.5, [0.7], some)]:
        at[0] = time
        (best, promise), *_ = made.ordered()
        assert best.way == first and promise.width == pytest.approx(
            (1 - time) * (1 if first == points else share[0])
        )


def test_what_may_be_narrower_than_few_lines_tell_is_looked_at_more_closely(monkeypatch):
    """And not what is already certain."""
    made, tried = piloting_of(monkeypatch, 1e-3, 1e-6)
    found = SimpleNamespace(mass=1, parted=())
    points, some = Way(found, PLAIN, None), Way(found, PLAIN, 0)
    monkeypatch.setattr(pilots.Pilots, "_possible", lambda *_: 10_000)
    made.first = lambda way: Pilot(way, 8192 if way == points else 64, 1e-3)
    made.forecast = lambda pilot: []
    made.patches = lambda found: iter(())
    monkeypatch.setattr(piloting, "ways", lambda found: iter([points, some]))
    for own, more in ((1.4, [256, 1024, 4096]), (3.0, [])):

        def promised(x, draws, _, own=own):
            return Promise(draws, 1.0 if x.way == points else own / x.tried**0.5 * 8)

        in_both(monkeypatch, "promised", promised)
        made.pilots, tried[:] = [], []
        made.try_all(found, 0.5)
        assert [n for n in tried if n < 8192] == more


def test_where_points_are_certain_the_lines_that_may_be_narrower_are_looked_at(monkeypatch):
    """And no more points, which would tell nothing."""
    made, tried = piloting_of(monkeypatch, 1e-3, 1e-6)
    points, some = (Way(SimpleNamespace(mass=1, parted=()), PLAIN, x) for x in (None, 0))
    monkeypatch.setattr(pilots.Pilots, "_possible", lambda *_: 10_000)
    made.first = lambda way: Pilot(way, 8192 if way == points else 64, 1e-3)
    made.forecast, made.patches = lambda pilot: [], lambda found: iter(())
    monkeypatch.setattr(piloting, "ways", lambda found: iter([points, some]))
    for own, more in ((2.7, []), (1.7, [256])):  # hoped to be 1.2 and .76 times as wide

        def promised(x, draws, _, own=own):
            return Promise(draws, 1.0 if x.way == points else own)

        in_both(monkeypatch, "promised", promised)
        made.pilots, tried[:] = [], []
        made.try_all(points.found, 0.5)
        assert tried == more


def test_few_lines_are_not_trusted_as_many_are():
    """They may not have met the largest shares."""
    rng = np.random.default_rng(1)
    found = SimpleNamespace(mass=1)
    shares = (rng.random(4096) < 0.05) * rng.random(4096)
    widths = []
    for count in (64, 512, 4096):
        held = ((shares[:count] * 2**40).astype(np.int64),)
        pilot = Pilot(Way(found, PLAIN, 0), count, 1.0, 0.0, Seen(0, 0, held))
        widths.append(promised(pilot, 10**5, 1e-9).width)
    assert widths[0] > widths[1] > widths[2]
    level, spread = 2 * np.log(2e9) / 10**5, float(shares.std())
    assert 1 < widths[2] / (level**0.5 * spread) < 1.2


def test_no_sample_and_nothing_open(tmp_path):
    assert opened(sample=0).sampled is None
    whole = lp.certify(network(), STUMP, bits(40), sample=1000)
    assert whole.sampled is None and whole.certificate.format == 2
    assert whole.to_dict()["sampled"] is None and not whole.notes


def test_a_larger_delta_gives_a_narrower_interval():
    wide, narrow = (opened(sample=2000, delta=d).sampled for d in ("1e-9", "1/10"))
    assert narrow.upper - narrow.lower < (wide.upper - wide.lower) * Fraction(2, 3)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"sample": -1}, "number of draws"),
        ({"sample": 2.5}, "number of draws"),
        ({"sample": 1 << 41}, "number of draws"),
        ({"delta": 0}, "probability of being wrong"),
        ({"delta": 1}, "probability of being wrong"),
        ({"delta": "often"}, "probability of being wrong"),
        ({"delta": float("nan")}, "probability of being wrong"),
        ({"nonce": "a\nb"}, "nonce"),
        ({"nonce": 7}, "nonce"),
    ],
)
def test_bad_wishes_are_refused_in_one_line(options, why):
    with pytest.raises(LeafproofError, match=why) as told:
        opened(**options)
    assert "\n" not in str(told.value)


def test_a_tenth_of_the_limit_is_for_sampling():
    """And half a second, in which it is found how."""
    limit = sampling.reserved(limit_of(50.0), sampling.wish_of())
    assert limit.full - limit.end == pytest.approx(5.5)
    assert limit.cut - limit.checked == pytest.approx(5.5)
    assert sampling.reserved(limit_of(0), sampling.wish_of()).sampling == 0
    short = sampling.reserved(limit_of(3.0), sampling.wish_of())  # a late check leaves most of it
    assert short.sampling == pytest.approx(0.6)
    assert short.checked - short.end == pytest.approx(short.sampling / 4)
    assert sampling.reserved(limit_of(50.0), None).sampling == 0
    two = sampling.reserved(limit_of(50.0), sampling.wish_of(), [network(), network()])
    assert two.sampling == pytest.approx(10)  # a search leaves more of such questions
    forest = sampling.reserved(limit_of(50.0), sampling.wish_of(), iter([simple()]))
    assert forest.sampling == pytest.approx(10)  # and of ensembles
    deep = (
        Affine(0, np.eye(40), np.zeros(40)),
        Relu(1),
        Affine(2, np.eye(40), np.zeros(40)),
        Relu(3),
    )
    deep = Network(40, (*deep, Affine(4, np.ones((1, 40)), np.zeros(1))))
    two = sampling.reserved(limit_of(50.0), sampling.wish_of(), [deep, deep])
    assert two.sampling == pytest.approx(15)  # and more still of deep ones
    mixed = sampling.reserved(limit_of(50.0), sampling.wish_of(), [deep, network()])
    assert mixed.sampling == pytest.approx(10)
    layers = Affine(0, np.zeros((1100, 1000)), np.zeros(1100)), Relu(1)
    large = Network(1000, (*layers, Affine(2, np.zeros((1, 1100)), np.zeros(1))))
    # of large ones, unless Tails tell of them: these leave a moment
    for tails, limit, seconds in (
        (False, 50.0, 15),
        (True, 50.0, 10),
        (True, 100.0, 12),
        (True, 200.0, 20.5),
    ):
        held = sampling.reserved(limit_of(limit), sampling.wish_of(), [large], tails=tails)
        assert held.sampling == pytest.approx(seconds)


def test_a_stop_leaves_the_sample_out():
    stopped = []

    def hear(event):
        if "sampling" in str(event):
            stopped.append(True)

    result = opened(sample=1 << 30, progress=hear, stop=lambda: bool(stopped))
    assert stopped and result.sampled is None and "left out" in " ".join(result.notes)
    assert result.verdict == "different" and result.certificate.format == 2


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The network and the tree."""
    monkeypatch.chdir(tmp_path)
    save_onnx(network(), "net.onnx")
    write_tree("tree.json", STUMP)
    return tmp_path


ASKED = ["certify", "net.onnx", "tree.json", "--domain", "bits", "--stop-at-difference"]


def test_the_command_says_it_with_its_confidence(files, capfd):
    options = ["--sample", "2000", "--nonce", "today", "--delta", "1e-6", "-o", "c"]
    assert run([*ASKED, *options]) == 1
    said = capfd.readouterr().out
    assert "sampled" in said and "confidence 1 − 10⁻⁶" in said
    assert run(["check", "c", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)["sampled"]
    held = read_certificate("c").sample
    assert found["samples"] == 2000 and found["delta"] == "1/1000000"
    assert found["error"] == {"lower": str(held.lower), "upper": str(held.upper)}
    assert run([*ASKED, "--no-sample", "--json"]) == 1
    assert json.loads(capfd.readouterr().out)["sampled"] is None


@pytest.mark.parametrize(
    "options",
    [["--sample", "-3"], ["--sample", "x"], ["--sample", "5", "--no-sample"], ["--delta", "2"]],
)
def test_bad_options_end_with_3_and_nothing_written(files, capfd, options):
    assert run([*ASKED, *options, "-o", "c"]) == 3
    told = capfd.readouterr()
    assert not told.out and told.err.count("\n") == 1 and not (files / "c").exists()


def test_no_time_at_all_still_gives_a_sample(files, capfd, patient):
    """And what it hits is a witness."""
    code = run(["certify", "net.onnx", "tree.json", "--timeout", "0", "--json", "-o", "c"])
    found = json.loads(capfd.readouterr().out)
    hits = found["sampled"] and found["sampled"]["seen"]
    assert (code, found["verdict"]) in ([(1, "different")] if hits else [(2, "undecided")]) or (
        hits and code == 2 and not found["counterexamples"]  # there was no time for it
    )
    assert found["error"]["upper"] == "1" and (found["error"]["lower"] == "0") is (code == 2)
    assert found["sampled"] is None or Fraction(found["sampled"]["error"]["upper"]) < 1
    assert run(["check", "c"]) == 0


def reals(seed=0):
    """A network on three intervals and a stump."""
    rng = np.random.default_rng(seed)
    first = Affine(0, rng.normal(size=(8, 3)), rng.normal(size=8))
    network = Network(3, (first, Relu(1), Affine(2, rng.normal(size=(1, 8)), np.zeros(1))))
    domain = lp.Domain([lp.Domain.continuous(f"x{i}", -1, 1).variables[0] for i in range(3)])
    return network, Tree((Inner(0, Fraction(1, 8), 1, 2), Leaf(0), Leaf(1))), domain


def share_drawn(network, tree, count=40_000):
    """About how often they differ."""
    x = np.random.default_rng(5).uniform(-1, 1, (count, 3))
    first, _, last = network.layers
    logits = np.maximum(x @ first.weight.T + first.bias, 0) @ last.weight.T
    return np.mean((logits[:, 0] > 0) != (x[:, 0] > 1 / 8))


@pytest.mark.parametrize("method", ["pooled", "plain"])
def test_continuous_variables_are_sampled_in_boxes(method, monkeypatch):
    monkeypatch.setattr(pricing, "METHODS", (method,))
    network, tree, domain = reals()
    result = lp.certify(network, tree, domain, stop_at_difference=True, sample=2000)
    found = result.sampled
    assert found.method == method and not result.notes and result.verdict == "different"
    assert found.draws == 2000 and 0 <= found.undecided < 20 < found.seen
    assert found.lower < share_drawn(network, tree) < found.upper < found.lower + Fraction(1, 5)
    assert result.to_dict()["sampled"]["undecided"] == found.undecided
    assert check_certificate(result.certificate).sampled == found
    left = second_checker.check(result.data).sample
    assert not left or (method == "pooled" and "beside Sandwiches" in left)
    page = "".join(map(str, section(result.proved)))
    assert "tiny boxes" in page and "shown at all of their points" in page
    seen = {"true": found.seen, "undecided": found.undecided}
    for other, why in [
        (seen | {"true": found.seen + 1}, "but the draws give"),
        (seen | {"undecided": found.undecided + 1}, "but the draws give"),
        ({"true": found.seen}, "but the draws give"),
        ({"undecided": 0}, "in this order"),
        (seen | {"undecided": -1}, "whole number"),
    ]:
        with pytest.raises((InvalidProof, CertificateError), match=why):
            check_certificate(certificate_of(changed(result.data, other)))


def changed(data, seen):
    """The certificate with other numbers of what was seen."""
    return restated(data, stated_of(data) | {"seen": seen})


def test_draws_of_finite_domains_are_not_undecided():
    result = opened(sample=300)
    assert result.sampled.undecided is None
    bad = changed(result.data, {"true": result.sampled.seen, "undecided": 0})
    with pytest.raises(InvalidProof, match="undecided"):
        check_certificate(certificate_of(bad))
    with pytest.raises(InvalidProof, match="undecided"):
        second_checker.check(bad)


def test_patches_are_drawn_where_they_give_more(monkeypatch, patches_of_domains_from):
    """Here of the variables that are read: then each says all, and only so few are uncertain."""
    points = opened(sample=3000).sampled
    monkeypatch.setattr(guiding, "SMALL", patches_of_domains_from)
    result = opened(sample=3000)
    found = result.sampled
    assert found.patches and {"x0", "x1", "x2"} == set(found.line.split(", "))
    assert found.share == Fraction(3000, 8) and found.lower < Fraction(1, 8) < found.upper
    assert 3 * (found.upper - found.lower) < points.upper - points.lower
    assert "3,000 patches of all values of x" in line(result.proved)
    assert "3,000 patches of all values of x" in sentence(result.proved)
    assert second_checker.check(result.data).sample == ""
    assert opened(sample=3000).data == result.data


def test_patches_have_guides_where_these_can_be_learned(monkeypatch, patches_of_domains_from):
    """Of a network that no few variables decide: with a linear sum of all, it is nearly known."""
    rng = np.random.default_rng(4)
    hidden = Affine(0, rng.normal(size=(6, 24)), rng.normal(size=6))
    weight = np.abs(rng.normal(size=(1, 6)))
    model = Network(24, (hidden, Relu(1), Affine(2, weight, np.array([-6.0]))))
    options = {"stop_at_difference": True, "sample": 30_000}
    points = lp.certify(model, STUMP, bits(24), **options).sampled
    monkeypatch.setattr(guiding, "SMALL", patches_of_domains_from)
    result = lp.certify(model, STUMP, bits(24), **options)
    found = result.sampled
    assert found.patches and found.forecast and found.line.count(", ") > 1
    assert 3 * (found.upper - found.lower) < points.upper - points.lower
    exact = lp.certify(model, STUMP, bits(24)).error[0]
    assert found.lower < exact < found.upper and points.lower < exact < points.upper
    assert "a forecast that was fixed before" in sentence(result.proved)
    assert check_certificate(certificate_of(result.data)).sampled == found


def test_boxes_that_are_not_decided_are_told():
    verdict = opened(sample=300).proved
    told = replace(verdict, sampled=replace(verdict.sampled, undecided=7))
    assert "7 not decided" in line(told) and "7 more that was not shown" in sentence(told)
    assert "not decided" not in line(verdict)


def test_lines_are_drawn_where_they_give_more(monkeypatch):
    """And are told apart from points, on the page, in the line and in JSON."""
    monkeypatch.setattr(sampling, "UNLIMITED", 60.0)  # the draws are given: none waits for it
    monkeypatch.setattr(piloting, "PILOTS", 0.0)
    x = Ordinal("income", Fraction(0), Fraction(1), 5000, uniform(5000))
    y = Ordinal("age", Fraction(0), Fraction(1), 90, uniform(90))
    z = Ordinal("rent", Fraction(0), Fraction(1), 1000, uniform(1000))
    weight = np.array([[1.0, 20.0, 1.0]])
    network = Network(3, (Affine(0, weight, np.array([-3000.5])),))
    tree = Tree((Inner(0, Fraction(2500), 1, 2), Leaf(0), Leaf(1)))
    result = lp.certify(network, tree, Domain((x, y, z)), stop_at_difference=True, sample=2000)
    found = result.sampled
    assert found.line == "income" and found.draws == 2000
    assert 0 < found.share < 2000 and 0 < found.seen <= 2000
    a, b = np.arange(5000)[:, None], 20 * np.arange(90)
    above = np.clip(a + b - 2001, 0, 1000) / 1000  # the share of rents from 3001 - a - b on
    truth = float(np.where(a > 2500, 1 - above, above).mean())
    assert found.lower < truth < found.upper < found.lower + Fraction(1, 25)
    assert check_certificate(result.certificate).sampled == found
    assert second_checker.check(result.data).sample == ""
    assert result.to_dict()["sampled"]["line"] == "income"
    assert "lines along income were drawn from" in sentence(result.proved)
    assert "lines along income from" in line(result.proved)
    page = "".join(map(str, section(result.proved)))
    assert "lines along income" in page
    assert ("of a line's values, on average" in page) is not found.forecast


def test_of_too_many_open_cells_the_whole_domain_is_drawn(monkeypatch, tmp_path):
    """None of them is kept then, as each takes some memory."""
    monkeypatch.setattr("verifier.writing.certificate.SAMPLED", 0)
    result = opened(sample=3000)
    assert result.proved.checked.left == () and result.proved.checked.cells["open"] > 0
    assert result.sampled.method == "plain"
    assert result.sampled.lower < Fraction(1, 8) < result.sampled.upper
    result.save(tmp_path / "c")
    assert lp.check(tmp_path / "c").sampled == result.sampled
