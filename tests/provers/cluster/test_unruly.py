"""Results that come in any order, twice, from another job, or about another section."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from functools import partial

import numpy as np
import pytest

from tests.jobs.kills import network, stump
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.provers.cluster.test_drawing import Here
from verifier.kernel.certificate import check_certificate
from verifier.kernel.ledger import EVERY
from verifier.kernel.sections import Established
from verifier.model.domain import bits
from verifier.model.errors import InvalidProof
from verifier.model.proof import Enumerated, Finding, Open, Split
from verifier.model.question import matter_of
from verifier.model.sample import Plan
from verifier.provers.cluster import cutting, drawing
from verifier.provers.cluster.messages import Done, Lost
from verifier.provers.cluster.plain import of_bytes, to_bytes
from verifier.provers.cluster.spreading import spread
from verifier.writing import sections
from verifier.writing.certificate import make_certificate
from verifier.writing.sampling import left_open, with_sample
from verifier.writing.threads import check_in_threads


class Unruly(Here):
    """What was done is reported in any order, some of it twice, beside what nobody asked for.

    Keys begin where those of ``before`` end, of which all is reported too. With ``lie`` a result is
    another one.
    """

    def __init__(self, seed, before=None, lie=None):
        super().__init__()
        self.rng, self.lie, self.told = random.Random(seed), lie, 0
        self.old = [] if before is None else before.results
        self.works = [None] * len(self.old)
        self.results = list(self.old)

    def submit(self, task, share, payload):
        key = super().submit(task, share, payload)
        self.results.append(None)
        return key

    def arrived(self, wait):
        waiting = [key for key, work in enumerate(self.works) if work is not None]
        if not waiting:
            return []
        key = self.rng.choice(waiting)
        work, others = self.works[key], list(self.works)
        self.works = [work if at == key else None for at in range(len(others))]
        (done,) = super().arrived(wait)
        self.works = [None if at == key else other for at, other in enumerate(others)]
        self.results[key] = done.result
        if self.lie is not None:
            done = replace(done, result=self.lie(self.told, done.result, self.results))
            self.told += 1
        beside = [Done(at, old, "there", 0.0, 0.0) for at, old in enumerate(self.old)]
        nobody = Done(10**9, b"no pickle", "nowhere", 0.0, 0.0)
        found = [done, done, Lost(key, "gone"), nobody, *beside]
        self.rng.shuffle(found)
        return found


def cut(domain, at=0, stop=7):
    """A proof that goes through the points of all halves of halves."""
    if at == stop:
        return (Enumerated(),)
    return (Split(at, 1), *cut(domain, at + 1, stop), *cut(domain, at + 1, stop))


@pytest.fixture(scope="module")
def certificates():
    """Two with some dozens of sections, of networks of the same shape."""
    made = (matter_of(bits(9), network(seed, 9, 6), stump()) for seed in (0, 1))
    return [make_certificate(x, Finding(cut(x.domain)), "nobody")[1] for x in made]


@pytest.fixture(autouse=True)
def short_sections(monkeypatch):
    for module in (cutting, sections):
        monkeypatch.setattr(module, "TOGETHER", 1)


def checked(certificate, cluster):
    return check_in_threads(certificate, spread=partial(spread, cluster, None))


def same(a, b):
    """Verdicts are the same, but for the time."""
    a, b = (replace(x, checked=replace(x.checked, seconds=0.0, left=())) for x in (a, b))
    return all(getattr(a, own.name) == getattr(b, own.name) for own in fields(a))


@pytest.mark.parametrize("seed", range(3))
def test_a_check_takes_its_own_sections_once_and_in_their_order(certificates, seed):
    one, other = certificates
    first = Unruly(seed)
    assert same(checked(one, first), check_certificate(one))
    second = Unruly(seed, first)
    assert same(checked(other, second), check_certificate(other))
    assert second.done > 3 and len(second.old) > 3


def swapped(at, result, every):
    """The fourth result is that of another section."""
    return next(x for x in every if x not in (None, result)) if at == 3 else result


def shorter(at, result, every):
    """The fourth ends a node before its section does."""
    held = of_bytes(Established, result, "it")
    after = held.after[0] - 1, held.after[1]
    return to_bytes(Established, replace(held, after=after)) if at == 3 else result


def longer(at, result, every):
    """The fourth leaves nothing after it."""
    held = of_bytes(Established, result, "it")
    return to_bytes(Established, replace(held, rest=())) if at == 3 else result


@pytest.mark.parametrize("lie", [swapped, shorter, longer])
@pytest.mark.parametrize("seed", range(3))
def test_a_result_about_another_section_is_refused(certificates, lie, seed):
    one, _ = certificates
    with pytest.raises(InvalidProof, match="does not begin where the one before it ended"):
        checked(one, Unruly(seed, lie=lie))


def test_draws_are_counted_once_and_in_their_order(monkeypatch):
    monkeypatch.setattr(drawing, "MOST", 2)
    before, tried = None, 0
    for seed in range(6):
        matter = random_sandwich_matter(np.random.default_rng([seed, 18]), 200)
        data, held, _ = make_certificate(matter, Finding((Open(),)), "nobody")
        verdict = check_certificate(held, keep_left=EVERY)
        found, plan = left_open(held, verdict), Plan(400, block=16)
        if not found.pieces:
            continue
        cluster = Unruly(seed, before)
        counted = drawing.Spreading(cluster, matter).about
        here = with_sample(held, data, verdict, found, plan)
        assert with_sample(held, data, verdict, found, plan, counted)[0] == here[0]
        before, tried = cluster, tried + 1
    assert tried > 3
