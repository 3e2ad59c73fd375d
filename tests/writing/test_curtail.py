"""A check that is stopped anywhere leaves a certificate that is valid, of what was checked."""

from __future__ import annotations

import random

import pytest

from tests import brute_claims, brute_members
from tests.brute import truth
from tests.brute_matters import random_members
from tests.brute_proof import judged
from tests.every import EVERY
from tests.kernel.test_checker import case, random_proof
from tests.reports import cases
from tests.saved import save_certificate
from verifier.kernel import checker, stopping
from verifier.kernel.certificate import check_certificate
from verifier.model.errors import InvalidProof
from verifier.model.proof import Constant, Finding, Open, Split, Trusted, is_open, steps
from verifier.model.question import Matter, matter_of
from verifier.model.verdict import Checked, Cut
from verifier.reading import encoded
from verifier.reading.certificate import read_certificate
from verifier.reading.container import unpack
from verifier.reading.json_nouns import domain_from_json
from verifier.reading.json_text import parse
from verifier.reading.models_json import models_from_json, question_from_json
from verifier.reading.proof_bytes import decode
from verifier.writing import curtail
from verifier.writing.curtail import Gradual, opened
from verifier.writing.proof_bytes import encode

PROOF = cases.closed(cases.ROBOTS, cases.robots_teacher(), cases.BAD)


def after(calls):
    """Says stop from its so-many-th call on."""
    count = iter(range(10**9))
    return lambda: next(count) >= calls


def checked(nodes, missing, refused=()):
    """What a check that was cut there says of itself."""
    return Checked({}, 0, 0, 0, 0, 0.0, Cut(nodes, missing, 0), refused)


def gradual(proof):
    """The proof as a check of format 1 reads it."""
    return Gradual(encode(proof), None, 0, len(proof), opens=is_open(proof))


def missing(nodes):
    """How many subtrees have not begun after the nodes."""
    return 1 + sum(1 if isinstance(x, Split) else -1 for x in nodes)


@pytest.mark.parametrize("nodes", range(len(PROOF) + 1))
def test_what_is_left_is_a_proof_that_begins_the_same(nodes):
    held = gradual(PROOF)
    assert tuple(held) == PROOF == held[:]
    proof = held.left(checked(nodes, missing(PROOF[:nodes])))
    assert proof[:nodes] == PROOF[:nodes] and decode(proof.data) == proof
    assert proof.data == encode(tuple(proof)) and is_open(proof) == is_open(tuple(proof))
    assert all(isinstance(x, Open) for x in proof[nodes:])
    assert sum(cell.size for cell, _, _ in steps(cases.ROBOTS, proof)) == 432


@pytest.mark.parametrize("nodes", range(6))
def test_the_bytes_of_what_is_left_name_its_solvers_only(nodes):
    whole = (Split(0, 1), Trusted(1, "b"), Split(1, 1), Constant(0), Trusted(1, "a"))
    held = gradual(whole)
    assert tuple(held) == whole
    proof = held.left(checked(nodes, missing(whole[:nodes])))
    assert decode(proof.data) == proof and proof.data == encode(tuple(proof))


def test_refused_steps_are_open():
    proof = (Split(0, 1), Constant(0), Split(1, 1), Constant(0), Constant(1))
    assert tuple(opened(proof, ())) == proof
    held = gradual(proof)
    assert tuple(held) == proof
    left = held.left(checked(5, 0, (2,)))
    assert left == (*proof[:3], Open(), Constant(1)) and decode(left.data) == left
    assert is_open(left) and not is_open(held)


@pytest.mark.parametrize("gone_through", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_refused_steps_of_a_cut_check_are_open(seed, gone_through, monkeypatch):
    """Found again by the marks between, whichever they are, and told twice or more often."""
    monkeypatch.setattr(curtail, "APART", 3)
    monkeypatch.setattr(encoded, "APART", 3)
    rng, domain, teacher, tree = case(seed, 300)
    proof = random_proof(rng, domain, teacher, truth(domain, teacher, tree).classes)
    for nodes in range(1, len(proof) + 1):
        held = gradual(proof)
        if gone_through:
            assert tuple(held) == proof
        count = sum(not isinstance(x, Split) for x in proof[:nodes])
        refused = [i for i in range(1, count + 3) for _ in range(rng.choice((0, 0, 1, 2)))]
        left = held.left(checked(nodes, missing(proof[:nodes]), refused))
        told = *opened(proof[:nodes], refused), *[Open()] * missing(proof[:nodes])
        assert tuple(left) == told and left.data == encode(told)


@pytest.mark.parametrize("every", [0, 200_000_000])
@pytest.mark.parametrize("seed", range(6 if EVERY else 3))
def test_a_certificate_of_a_check_stopped_anywhere_is_valid(tmp_path, monkeypatch, seed, every):
    """Stopped at each place where the check asks, until it is not stopped any more."""
    monkeypatch.setattr(stopping, "EVERY", every)
    monkeypatch.setattr(stopping, "SHARE", 0)
    rng, domain, teacher, tree = case(seed, 100)
    facts = truth(domain, teacher, tree)
    proof = random_proof(rng, domain, teacher, facts.classes)
    points = tuple(facts.wrong)[:4]
    about = (tmp_path / "c", matter_of(domain, teacher, tree), Finding(proof, points), "test")
    widths, calls, step = [], 0, 1
    while True:
        made, verdict = save_certificate(*about, stop=after(calls))
        low, high = verdict.disagreements
        assert low <= len(facts.wrong) <= high
        assert verdict.error[0] <= facts.error <= verdict.error[1]
        assert judged(unpack((tmp_path / "c").read_bytes()))
        again = check_certificate(read_certificate(tmp_path / "c"))
        assert again.disagreements == verdict.disagreements and again.leaves == verdict.leaves
        widths.append(high - low)
        if verdict.checked.cut is None:
            break
        assert made.proof[: verdict.checked.cut.nodes] == proof[: verdict.checked.cut.nodes]
        assert len(made.counterexamples) == verdict.checked.cut.counterexamples
        calls, step = calls + step, step + len(widths) // 10
    assert calls > 3
    assert made.proof == proof and made.counterexamples == points
    assert widths[0] >= widths[-1]
    assert every or widths == sorted(widths, reverse=True)  # with each copy more is known


def test_a_check_that_is_stopped_still_refuses_what_it_has_seen():
    domain, teacher = cases.ROBOTS, cases.robots_teacher()
    wrong = tuple(Constant(1 - x.klass) if isinstance(x, Constant) else x for x in PROOF)
    assert wrong != PROOF
    with pytest.raises(InvalidProof):
        checker.verify(matter_of(domain, teacher, cases.BAD), wrong, stop=lambda: False)


def test_a_lenient_check_counts_what_it_refuses_as_open(tmp_path):
    domain, teacher = cases.ROBOTS, cases.robots_teacher()
    facts = truth(domain, teacher, cases.BAD)
    wrong = tuple(Constant(1 - x.klass) if isinstance(x, Constant) else x for x in PROOF)
    about = (tmp_path / "c", matter_of(domain, teacher, cases.BAD), Finding(wrong), "test")
    made, verdict = save_certificate(*about, lenient=True)
    assert verdict.checked.refused and Open() in made.proof
    assert verdict.error[0] <= facts.error <= verdict.error[1]
    assert judged(unpack((tmp_path / "c").read_bytes()))


@pytest.mark.parametrize("seed", range(12 if EVERY else 5))
def test_an_answer_whose_check_is_stopped_anywhere_is_valid(tmp_path, monkeypatch, seed):
    """Of any question: what is written holds by brute force, and is what is known by then."""
    monkeypatch.setattr(stopping, "EVERY", 0)
    monkeypatch.setattr(stopping, "SHARE", 0)
    parts = random_members(random.Random(seed))
    facts = brute_members.matter_of(parts)
    domain = domain_from_json(parse(parts["domain.json"]))
    models = models_from_json(domain, parse(parts["models.json"]), parts["weights.bin"])
    question = question_from_json(models, parse(parts["question.json"]))
    data = brute_claims.encode(
        brute_claims.random_proof(random.Random(seed), facts), len(models), solvers=("oracle",)
    )
    finding = Finding(decode(data, len(models)), tuple(facts.answer)[:4])
    about = tmp_path / "c", Matter(domain, models, question), finding, "test"
    calls, cut = 0, True
    while cut:
        made, verdict = save_certificate(*about, stop=after(calls))
        low, high = verdict.stated.disagreements
        assert low <= len(facts.answer) <= high
        assert judged(unpack((tmp_path / "c").read_bytes()))
        again = check_certificate(read_certificate(tmp_path / "c"))
        assert again.disagreements == verdict.disagreements
        cut = verdict.checked.cut is not None
        calls += 1 + calls // 4
    assert made.proof == finding.proof
