"""Random questions in the kernel: without evaluation, stopped, in threads, and in float32.

That it finds what brute force finds of 1,000 random certificates, tests/verified looks at.
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import count

import numpy as np
import pytest

from tests.brute_claims import random_proof, sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of as brute_matter_of
from tests.brute_proof import shown
from tests.certificates.matters import file
from tests.every import seeds
from verifier.kernel import checker, judging, ledger, settling, stopping
from verifier.kernel.asked import ask, evaluate_net
from verifier.kernel.points import blocks
from verifier.model.errors import InvalidProof
from verifier.model.proof import Constant, Enumerated, Tail, Trusted, steps
from verifier.model.question import truth
from verifier.reading.certificate import certificate_of

SEEDS = seeds(range(5000, 5120))


def made(seed):
    """A random matter, its truth by brute force, and a certificate of true steps about it."""
    rng = random.Random(seed)
    members = random_members(rng)
    matter = brute_matter_of(members)
    proof = random_proof(rng, matter)
    parts = sealed(members, proof, [])
    return matter, shown(matter, proof, []), certificate_of(file(parts))


def holds(verdict, matter):
    """Whether a verdict's intervals contain the truth."""
    size, chance = len(matter.answer), sum(matter.answer.values(), Fraction(0))
    (few, many), (low, high) = verdict.disagreements, verdict.error
    return (
        few <= size <= many and low <= chance <= high and verdict.domain_size == len(matter.weights)
    )


def by_bounds_alone(monkeypatch):
    """Small cells are not evaluated: what bounds do not show stays open."""
    monkeypatch.setattr(judging, "UPHOLD", 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_bounds_alone_prove_nothing_false(seed, monkeypatch):
    """Steps that bounds do not show are open; solvers are right, so trusting them is too."""
    by_bounds_alone(monkeypatch)
    matter, expected, c = made(seed)
    steps_told = [step for step in c.proof if not isinstance(step, Tail)]
    if any(isinstance(s, Tail) for step in c.proof for s in getattr(step, "steps", (step,))):
        steps_told = None
    try:
        verdict = checker.verify(c.matter, c.proof, lenient=True)
    except InvalidProof:
        assert steps_told is None  # only a Tail may not be shown
        return
    assert holds(verdict, matter) and holds(verdict.stated, matter)
    believed = checker.verify(c.matter, c.proof, lenient=True, trust=["z3"])
    assert believed.disagreements == believed.stated.disagreements
    assert verdict.stated.error == believed.error
    assert verdict.error[0] <= believed.error[0] and believed.error[1] <= verdict.error[1]
    if not verdict.checked.refused:
        assert verdict.stated.disagreements == expected.points
        assert verdict.stated.error == expected.probability


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_a_check_that_is_stopped_says_what_stands(seed, monkeypatch):
    """After any number of polls: intervals hold the truth, and all cells are accounted for."""
    monkeypatch.setattr(stopping, "EVERY", 0)
    monkeypatch.setattr(stopping, "SHARE", 0)
    matter, expected, c = made(seed)
    asked = count()
    whole = checker.verify(c.matter, c.proof, stop=lambda: next(asked) < 0)
    polls = next(asked)
    assert whole.disagreements == expected.points and whole.checked.cut is None
    last = 0
    for allowed in sorted({0, 1, polls // 3, polls // 2, polls - 1}):
        asked = count()
        verdict = checker.verify(c.matter, c.proof, stop=lambda n=allowed, a=asked: next(a) >= n)
        assert holds(verdict, matter)
        if verdict.checked.cut is None:
            continue
        leaves = verdict.checked.cut.nodes - verdict.checked.splits + verdict.checked.cut.missing
        assert leaves <= sum(verdict.checked.cells.values())
        assert verdict.checked.cut.nodes >= last
        last = verdict.checked.cut.nodes


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_threads_and_pieces_change_nothing(seed, monkeypatch):
    _, _, c = made(seed)
    one = checker.verify(c.matter, c.proof)
    monkeypatch.setattr(checker, "WAITING", 3)
    monkeypatch.setattr(ledger, "RUNNING", 1)
    three = checker.verify(c.matter, c.proof, threads=3)
    seconds = replace(one.checked, seconds=three.checked.seconds)
    assert replace(one, checked=seconds, if_all_right=None) == replace(three, if_all_right=None)


def doubted(c, *, evaluated=False):
    """How many points are not shown for float32, by the rule and point by point.

    The latter is of small cells, and of all that are ``evaluated``.
    """
    asked = ask(c.matter)
    unsure = 0
    for cell, _, step in steps(c.domain, c.proof):
        about = getattr(step, "steps", (step,))
        tails = any(isinstance(s, Tail) for s in about)
        said = [s for s in about if isinstance(s, Constant | Trusted)]
        firm = {s.model: is_firm(asked.nets[s.model], cell, s.klass) for s in said}
        for part, _ in asked.possible_parts(cell):
            points = list(part.points())
            steady = {m: evaluate_net(net, np.array(points))[1] for m, net in asked.nets.items()}
            for at, found in enumerate(asked.exact_classes(points)[0]):
                classes = list(found)
                own = {m: bool(every[at]) for m, every in steady.items()}
                if isinstance(step, Enumerated):
                    unsure += not all(own.values())
                    continue
                for m in asked.nets:
                    near = own[m] and (evaluated or cell.size <= settling.CLOSER)
                    if m not in firm or tails or not (firm[m] or near):
                        classes[m] = None
                unsure += tails or truth(c.question, classes) is None
    return unsure


def is_firm(net, cell, klass):
    """Whether a network is shown for float32 in a cell as a whole, or at all its tuples."""
    own = net.cell(cell)
    proved, steady = checker.constant(net.p, [own], [klass], float32=True)
    every = np.concatenate(list(blocks(own)))
    return bool(steady[0]) if proved[0] else bool(checker.evaluate(net.p, every)[1].all())


@pytest.mark.parametrize("closer", [0, settling.CLOSER])
@pytest.mark.parametrize("seed", SEEDS[::2])
def test_float32_is_shown_where_what_is_steady_decides(seed, closer, monkeypatch):
    monkeypatch.setattr(settling, "CLOSER", closer)
    _, _, c = made(seed)
    verdict = checker.verify(c.matter, c.proof)
    asked, found = doubted(c), verdict.float32.points_not_shown
    told = [cell for cell, _, step in steps(c.domain, c.proof) if isinstance(step, Enumerated)]
    if verdict.checked.points_enumerated == sum(c.domain.measure(cell)[0] for cell in told):
        assert found == asked
    else:  # where a step is shown by evaluation alone, points count as those of Enumerated
        assert found >= doubted(c, evaluated=True)


def test_some_random_cases_are_steady_and_some_are_not():
    found = [checker.verify(c.matter, c.proof).float32 for _, _, c in map(made, SEEDS[:30])]
    assert {f.points_not_shown == 0 for f in found} == {False, True}
