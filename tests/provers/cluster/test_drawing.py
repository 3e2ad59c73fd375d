"""Draws counted block by block somewhere else: every kind of them tells what it tells here."""

from __future__ import annotations

import random
import secrets
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

import verifier as lp
from tests.brute_claims import random_proof, sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of as brute_matter_of
from tests.certificates.matters import file
from tests.certificates.sandwich_mutations import random_proof as sandwich_proof
from tests.jobs.kills import network, stump
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_sampling import checked
from verifier.jobs.piloting import best_plans
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import prepared
from verifier.kernel.ledger import EVERY
from verifier.kernel.lines import problem
from verifier.kernel.sampling import sample
from verifier.kernel.stopping import CheckStopped
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError
from verifier.model.ordinal import Ordinal
from verifier.model.proof import Finding, Open
from verifier.model.sample import CELLS, METHODS, Line, Plan
from verifier.provers.cluster import drawing, running
from verifier.provers.cluster.drawing import Spreading
from verifier.provers.cluster.messages import Done, Failed
from verifier.reading.certificate import certificate_of
from verifier.writing.certificate import make_certificate
from verifier.writing.sampling import left_open, with_sample


class Here:
    """A cluster that is none: work is done here, the last first, through bytes alone."""

    workers = 2

    def __init__(self):
        self.shares, self.works, self.done, self.fails = [], [], 0, None
        self.name = secrets.token_hex(8)

    def share(self, data):
        self.shares.append(data)
        return len(self.shares) - 1

    def submit(self, task, share, payload):
        self.works.append((task, share, payload))
        return len(self.works) - 1

    def arrived(self, wait):
        for key in reversed(range(len(self.works))):
            if self.works[key] is None:
                continue
            (task, share, payload), self.works[key] = self.works[key], None
            if self.fails == self.done:
                return [Failed("no memory", key)]
            self.done += 1
            fetch = partial(self.shares.__getitem__, share)
            name = f"{self.name} {share}"
            running.prepare(task, name, fetch)
            result, seconds = running.perform(task, name, payload)
            return [Done(key, result, "here", seconds, seconds)]
        return []

    def drop(self):
        self.works = [None] * len(self.works)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(drawing, "MOST", 2)


def both(data, plan):
    """A certificate's sample counted here and elsewhere, and checked so; how much was handed out.

    0 where nothing is open.
    """
    held = replace(certificate_of(data), claim=None)  # what is stated of the proof is not asked
    verdict = check_certificate(held, keep_left=EVERY)
    found = left_open(held, verdict)
    if not found.pieces:
        return 0
    here = with_sample(held, data, verdict, found, plan)
    cluster = Here()
    counted = Spreading(cluster, held.matter).about
    assert with_sample(held, data, verdict, found, plan, counted)[0] == here[0]
    count = cluster.done
    stated = replace(certificate_of(here[0]), claim=None)
    again = check_certificate(stated, counted=counted)
    assert again.sampled == here[2].sampled
    assert cluster.done == 2 * count > 0
    return count


def opened(seed):
    """A certificate of true steps, some of which are open or tails."""
    rng = random.Random(seed)
    members = random_members(rng)
    try:
        return file(sealed(members, random_proof(rng, brute_matter_of(members)), []))
    except InvalidProof:
        return None


def test_random_certificates():
    plan, counts = Plan(300, Fraction(1, 1000), block=64), []
    for seed in range(9000, 9024):
        data = opened(seed)
        if data is not None:
            counts.append(both(data, plan))
    assert sum(count > 1 for count in counts) > 4


@pytest.mark.parametrize("method", METHODS)
def test_lines_and_points(method):
    counts = []
    for seed in range(40):
        matter = random_sandwich_matter(np.random.default_rng([seed, 18]), 200)
        asked = prepared(matter)
        along = [i for i in range(len(matter.domain.variables)) if not problem(asked, i)]
        if not along or len(counts) > 4:
            continue
        ranges = [v for v in matter.domain.variables if isinstance(v, Ordinal)]
        if method == CELLS and not all(v.chances.is_uniform for v in ranges):
            continue
        data, _, _ = make_certificate(matter, Finding((Open(),)), "nobody")
        line = Line(along[0], Fraction(1, 8), Fraction(1, 2) if method == CELLS else None)
        for own in (line, None):
            plan = Plan(200, Fraction(1, 1000), block=32, method=method, line=own)
            counts.append(both(data, plan))
    assert len(counts) > 2 and min(counts) > 0


def test_pieces_that_sandwiches_decide_in_part():
    """Their points, and their lines where these can be gone through."""
    seen = {None: 0, "lines": 0}
    for seed in range(30):
        rng = np.random.default_rng([seed, 16])
        matter = random_sandwich_matter(rng, 400)
        try:
            _, _, found = checked(matter, sandwich_proof(rng, matter))
        except InvalidProof:
            continue
        along = [i for i in range(len(matter.domain.variables)) if not problem(found.asked, i)]
        for line in (None, *(Line(i, Fraction(1, 8)) for i in along[:1])):
            plan = Plan(300, Fraction(1, 1000), block=32, line=line)
            cluster = Here()
            elsewhere = Spreading(cluster, matter).about(found.asked)
            try:
                here = sample(found, plan, b"key") if found.parted else None
            except CertificateError:  # ordinals that are not uniform
                continue
            if here is not None:
                assert sample(found, plan, b"key", elsewhere) == here
                seen["lines" if line else None] += cluster.done > 2
    assert min(seen.values()) > 1, seen


def test_plans_without_an_end_are_the_same_each_time():
    """However quick the machine is, and wherever draws are counted."""
    matter = random_sandwich_matter(np.random.default_rng([3, 18]), 200)
    _, held, verdict = make_certificate(matter, Finding((Open(),)), "nobody")
    found = left_open(held, verdict)
    asked = found, held.hashes, Plan(1), 3000, float("inf")
    plans = best_plans(*asked)
    assert best_plans(*asked) == plans == best_plans(*asked, Spreading(Here(), matter).about)


def test_a_block_that_fails_and_a_stop_end_it():
    matter = random_sandwich_matter(np.random.default_rng([3, 18]), 200)
    data, held, verdict = make_certificate(matter, Finding((Open(),)), "nobody")
    found, plan = left_open(held, verdict), Plan(400, block=32)
    failing = Here()
    failing.fails = 2
    with pytest.raises(LeafproofError, match="no memory"):
        with_sample(held, data, verdict, found, plan, Spreading(failing, matter).about)
    assert failing.works == [None] * len(failing.works)
    cluster = Here()
    stopping = Spreading(cluster, matter, lambda: cluster.done > 3)
    with pytest.raises(CheckStopped):
        with_sample(held, data, verdict, found, plan, stopping.about)


def test_the_whole_job_draws_there(monkeypatch):
    """What a search by units leaves open is sampled with as many draws each time."""
    parts = lp.Domain.continuous("x", -1, 1), lp.Domain.continuous("y", -1, 1)
    made = lp.certify(network(3, 2, 6), stump(), lp.Domain.product(*parts), sample=600)
    assert made.sampled is not None
    assert both_again(made.data)


def both_again(data):
    """Whether a certificate with a sample is accepted by a check that counts elsewhere."""
    held, cluster = certificate_of(data), Here()
    verdict = check_certificate(held, counted=Spreading(cluster, held.matter).about)
    return verdict.sampled is not None and cluster.done > 0
