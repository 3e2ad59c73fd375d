"""The exhaustive prover against brute force, and on a domain of millions of points."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.brute import truth
from tests.every import examples, seeds
from tests.provers.cases import random_domain, random_teacher, random_tree
from tests.provers.matters import random_matter
from verifier.formats.balls import ball
from verifier.kernel import checker
from verifier.model.domain import bits
from verifier.model.errors import TooMuch
from verifier.model.network import Affine, Network, Relu, Sign
from verifier.model.proof import Enumerated, Open, is_open
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import exhaustive, search
from verifier.provers.options import Options
from verifier.provers.timing import now


@given(
    seed=st.integers(0, 2**32 - 1), cut=st.sampled_from([(1 << 18, 1 << 18), (64, 1 << 18), (5, 0)])
)
@settings(max_examples=examples(100))
def test_verdict_count_and_probability_equal_brute_force(seed, cut):
    """Random domains, teachers (ties, sign layers, residuals, several classes) and trees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exhaustive, "BLOCK", cut[0])
        patch.setattr(exhaustive, "LOOKED", cut[1])
        compare_with_brute_force(seed)


def compare_with_brute_force(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 600)
    teacher = random_teacher(rng, domain.columns, [1.0, 1.0, 0.1][seed % 3])
    tree = random_tree(rng, domain, teacher.classes)
    facts = truth(domain, teacher, tree)
    finding = exhaustive.prove(domain, teacher, tree)
    found = checker.verify(matter_of(domain, teacher, tree), finding.proof, finding.counterexamples)
    assert found.disagreements == (len(facts.wrong), len(facts.wrong))
    assert found.error == (facts.error, facts.error)
    assert set(finding.counterexamples) <= set(facts.wrong)
    assert bool(found.counterexamples) == bool(facts.wrong)


def parity(n, width):
    """A teacher for the parity of ``n`` bits: no linear relaxation closes a large cell of it."""
    columns = np.zeros((width, n), np.float32)
    columns[:n] = 1
    bias = -np.arange(width, dtype=np.float32)
    second = np.zeros((1, width), np.float32)
    second[0, :n] = [1.0] + [2.0 * (-1) ** i for i in range(1, n)]
    return Network(
        n, (Affine(0, columns, bias), Relu(1), Affine(2, second, np.array([-0.5], np.float32)))
    )


def test_a_large_domain_is_swept(monkeypatch):
    monkeypatch.setattr(exhaustive, "BLOCK", 1 << 16)
    domain = bits(18)
    weight = np.zeros((2, 18), np.float32)
    weight[0, :9] = 1
    weight[1, 9:] = 1
    teacher = Network(
        18,
        (
            Affine(0, weight, np.array([-4.5, -4.5], np.float32)),
            Sign(1),
            Affine(2, np.ones((1, 2), np.float32), np.array([-1.0], np.float32)),
        ),
    )
    tree = Tree((Inner(0, 0, 1, 2), Leaf(0), Leaf(1)))
    finding = exhaustive.prove(domain, teacher, tree)
    found = checker.verify(matter_of(domain, teacher, tree), finding.proof, finding.counterexamples)
    most = 256 / 512  # P[at least 5 of 9 bits]
    assert found.disagreements[0] == found.disagreements[1]
    both = 256 * 256
    with_first = 163 * 256  # x0 = 1: at least 4 of the other 8
    assert found.disagreements[0] == (both - with_first) + (256 * 512 - with_first)
    assert 0 < float(found.error[0]) < most


def test_parity_is_enumerated_exactly():
    domain, teacher = bits(10), parity(10, 12)
    finding = exhaustive.prove(domain, teacher, Tree((Leaf(0),)))
    found = checker.verify(matter_of(domain, teacher, Tree((Leaf(0),))), finding.proof)
    assert found.disagreements == (512, 512)
    assert any(isinstance(step, Enumerated) for step in finding.proof)


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_any_question_on_any_domain_is_swept(seed, monkeypatch):
    """Ordinals, domain trees, several models; whole, and going on from a proof with open cells."""
    monkeypatch.setattr(exhaustive, "BLOCK", 20)
    rng = np.random.default_rng([seed, 3])
    matter = random_matter(rng)
    expected = checker.verify(matter, (Enumerated(),))
    found = exhaustive.sweep(matter)
    verdict = checker.verify(matter, found.proof, found.counterexamples)
    assert (verdict.disagreements, verdict.error) == (expected.disagreements, expected.error)
    assert bool(found.counterexamples) == bool(expected.disagreements[0])
    opened = tuple(
        Open() if rng.random() < 0.4 and isinstance(x, Enumerated) else x for x in found.proof
    )
    again = exhaustive.sweep(matter, Options(resume=opened))
    assert not is_open(again.proof)
    verdict = checker.verify(matter, again.proof, again.counterexamples)
    assert (verdict.disagreements, verdict.error) == (expected.disagreements, expected.error)


def test_it_writes_what_the_kernel_can_check_in_time():
    """2^30 points are swept as far as half a second allows, with the check that is expected."""
    domain, teacher = bits(30), parity(30, 32)
    end = time.monotonic() + 0.5
    options = Options(deadline=end, check_by=end)
    finding = exhaustive.prove(domain, teacher, Tree((Leaf(0),)), options)
    assert is_open(finding.proof)
    assert finding.check < 0.6
    first = exhaustive.prove(domain, teacher, Tree((Leaf(0),)), Options(deadline=0.0, check_by=0.0))
    assert first.proof == (Open(),)


def test_what_takes_a_moment_is_swept_however_long_it_seems_to_take(monkeypatch):
    """Where others had the processors a block of 27,000 points seemed too long, and stayed open."""
    monkeypatch.setattr(exhaustive, "_measured", lambda _: 1.0)
    for size, is_swept in ((10, True), (26, False)):
        domain, teacher = bits(size), parity(size, size)
        options = Options(check_by=time.monotonic() + 9)
        finding = exhaustive.prove(domain, teacher, Tree((Leaf(0),)), options)
        assert is_open(finding.proof) is not is_swept


def test_the_last_blocks_are_as_small_as_there_is_time_for(monkeypatch):
    """A block of a million points, a quarter of the domain, was too large for the time left."""
    monkeypatch.setattr(exhaustive, "_measured", lambda _: 1.0)  # a second a point
    monkeypatch.setattr(exhaustive, "GROUP", 1 << 6)
    domain, teacher = bits(24), parity(24, 24)
    finding = exhaustive.prove(
        domain, teacher, Tree((Leaf(0),)), Options(check_by=time.monotonic() + 1000)
    )
    opened = exhaustive.open_points(matter_of(domain, teacher, Tree((Leaf(0),))), finding.proof)
    assert 500 < domain.size - opened <= 1000


def test_impossible_points_take_no_time_of_a_sweep(monkeypatch):
    """Near a point of 24 bits are 2,325 of 2^24; those that are looked at would take as long."""
    near = ball(bits(24), (0,) * 24, 3, range(24))
    size, looked = near.size, []
    monkeypatch.setattr(exhaustive, "SOON", 0.0)
    monkeypatch.setattr(exhaustive, "_measured", lambda _: 1.0)  # a second a point
    monkeypatch.setattr(exhaustive, "_look", lambda _, cell: looked.append(cell))
    for times, looks in ((0.9, False), (1.1, False), (2.1, True)):
        end = now() + times * size + 10
        finding = exhaustive.prove(near, *beside(24), Options(deadline=end, check_by=end))
        assert is_open(finding.proof) == (times < 1)
        assert bool(looked) == looks
    assert size <= finding.check < size + 2


def beside(n):
    """A network and a tree over so many bits."""
    bit = Affine(0, np.eye(1, n), np.zeros(1))
    return Network(n, (bit,)), Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))


def test_it_stops_at_a_difference(monkeypatch):
    """The rest is open; where there is none it goes to the end."""
    monkeypatch.setattr(exhaustive, "BLOCK", 1 << 8)
    monkeypatch.setattr(exhaustive, "LOOKED", 0)
    domain, teacher = bits(12), parity(12, 12)
    options = Options(stop_at_difference=True)
    finding = exhaustive.prove(domain, teacher, Tree((Leaf(0),)), options)
    assert finding.counterexamples and is_open(finding.proof)
    verdict = checker.verify(
        matter_of(domain, teacher, Tree((Leaf(0),))), finding.proof, finding.counterexamples
    )
    assert verdict.verdict == "different"
    never = Network(12, (Affine(0, np.zeros((1, 12)), np.array([-1.0])),))
    finding = exhaustive.prove(domain, never, Tree((Leaf(0),)), options)
    assert not finding.counterexamples and not is_open(finding.proof)


def test_ctrl_c_leaves_a_proof_of_what_was_done(monkeypatch):
    monkeypatch.setattr(exhaustive, "BLOCK", 1 << 8)
    monkeypatch.setattr(search, "EVERY", 0.0)
    domain, teacher = bits(12), parity(12, 12)
    seen = []

    def interrupt(progress):
        seen.append(progress)
        if len(seen) == 3:
            raise KeyboardInterrupt

    tree = Tree((Leaf(0),))
    finding = exhaustive.prove(domain, teacher, tree, Options(progress=interrupt))
    found = checker.verify(matter_of(domain, teacher, tree), finding.proof, finding.counterexamples)
    assert found.verdict == "different"
    assert found.disagreements[0] < found.disagreements[1]
    assert 0 < seen[-1].probability < 1


def test_a_sweep_that_would_not_end_is_refused():
    question = matter_of(bits(60), parity(60, 60), Tree((Leaf(0),)))
    with pytest.raises(TooMuch, match="without a --timeout"):
        exhaustive.require_end(question)
    assert exhaustive.expected(question) > 1e6
    assert exhaustive.expected(matter_of(bits(10), parity(10, 12), Tree((Leaf(0),)))) < 0.1
