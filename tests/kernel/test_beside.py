"""Sandwiches beside other models' classes: what is counted is true, nothing false is accepted."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.brute_members import matter_of
from tests.brute_proof import SANDWICH, SEVERAL, judged, proof_of
from tests.certificates import mutate_proofs, sandwich_mutations
from tests.certificates.checkers import VALID, answers
from tests.certificates.matters import file
from tests.every import EVERY, seeds
from tests.kernel import beside_cases as cases
from tests.kernel.test_sampling import checked, compare_with_every_tuple, true_probability
from tests.provers.matters import answer
from verifier import second_checker
from verifier.kernel import checker, helpers, settling
from verifier.kernel.helpers import Helpers
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import (
    Constant,
    Finding,
    Sandwich,
    Split,
    Strip,
    Tail,
    Trusted,
)
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not
from verifier.model.sample import Plan
from verifier.model.tree import Inner
from verifier.reading.certificate import certificate_of
from verifier.writing.certificate import make_certificate

FEW = 16 if EVERY else 5


@pytest.fixture(scope="module")
def members():
    """The members of several certificates."""
    return [cases.certificate(seed) for seed in range(2 * FEW)]


def test_brute_force_counts_the_same(members):
    """The verdict that the file states is compared as text; all sums are counted one by one."""
    seen = Counter()
    for parts in members:
        _, found = judged(parts)
        nodes = proof_of(matter_of(parts), parts)
        last = [n.more[-1] if n.kind == SEVERAL else n for n in nodes]
        assert found.steps["sandwich"] == sum(n.kind == SANDWICH for n in last)
        seen.update(found.steps)
        seen["beside"] += sum(n.kind == SEVERAL and n.more[-1].kind == SANDWICH for n in nodes)
    assert seen["beside"] > 2 * FEW and seen["constant"] >= seen["beside"]


def test_all_checkers_accept(members, tmp_path):
    """The verified checker nearly always: where its enclosures are wider, so are its strips."""
    refused = 0
    for parts in members:
        (tmp_path / "valid").write_bytes(file(parts))
        found = answers(tmp_path / "valid")
        refused += found.pop("verified") != VALID
        assert set(found.values()) == {VALID}
        second_checker.check(file(parts))
    assert refused <= len(members) // 8


def beside(change):
    """A mutation of one of the classes beside a Sandwich."""

    def mutate(rng, nodes, matter):
        at = [i for i, n in enumerate(nodes) if n.kind == SEVERAL and n.more[-1].kind == SANDWICH]
        if at:
            i = rng.choice(at)
            inner = list(nodes[i].more)
            change(rng, inner, matter)
            nodes[i] = inner[0] if len(inner) == 1 else replace(nodes[i], more=tuple(inner))

    return mutate_proofs.in_proof(mutate)


def another(rng, inner, matter):
    j = rng.randrange(len(inner) - 1)
    inner[j] = replace(inner[j], argument=1 - inner[j].argument)


def of_another(rng, inner, matter):
    j = rng.randrange(len(inner) - 1)
    inner[j] = replace(inner[j], model=rng.randrange(len(matter.models)))


def one_more(rng, inner, matter):
    own = replace(inner[0], argument=rng.randrange(2), model=rng.randrange(len(matter.models)))
    inner[:-1] = sorted([*inner[:-1], own], key=lambda n: n.model)


def one_less(rng, inner, matter):
    del inner[rng.randrange(len(inner) - 1)]


def moved(rng, inner, matter):
    inner.insert(0, inner.pop())


MUTATIONS = {
    "class": beside(another),
    "model": beside(of_another),
    "one more": beside(one_more),
    "one less": beside(one_less),
    "sandwich first": beside(moved),
    "strip narrower": sandwich_mutations.MUTATIONS["strip narrower"],
    "sandwich's number": sandwich_mutations.MUTATIONS["sandwich's number"],
    "merged cells": sandwich_mutations.MUTATIONS["merged cells"],
    "split index": sandwich_mutations.MUTATIONS["split index"],
    "formula": sandwich_mutations.MUTATIONS["formula"],
}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_no_mutant_with_a_false_claim_is_accepted(kind, members, tmp_path, monkeypatch):
    monkeypatch.setattr(sandwich_mutations, "MUTATIONS", MUTATIONS)
    seen = sandwich_mutations.outcomes(kind, members, tmp_path / "mutant")
    assert not seen["FALSE"], seen
    assert seen["refused"] >= (1 if kind == "one less" else 3), seen


def test_a_checker_that_looks_at_no_class_beside_would_be_seen(members, tmp_path, monkeypatch):
    """The kernel itself, with what it finds of those classes taken for shown."""
    monkeypatch.setattr(sandwich_mutations, "MUTATIONS", MUTATIONS)
    real = settling.judged

    def gullible(ledger, leaf, i, shown, rare):
        held = real(ledger, leaf, i, shown, rare)
        ledger.refused.clear()
        return replace(held, refused=False)

    monkeypatch.setattr(settling, "judged", gullible)
    seen = Counter(
        sandwich_mutations.outcome(random.Random(i), parts, "class", tmp_path / "mutant")
        for i, parts in enumerate(members)
    )
    assert seen["FALSE"] >= 1, seen


def line(name, count=100):
    return Ordinal(name, Fraction(0), Fraction(1), count, uniform(count))


def step_at(at, columns=1, column=0):
    """A network whose class is 1 above a number."""
    weight = np.zeros((1, columns))
    weight[0, column] = 1.0
    return Network(columns, (Affine(0, weight, np.array([-at])),))


def three():
    """f is 1 from 50 on, g never is and h always; over two ranges of 100 numbers."""
    domain = Domain((line("x"), line("y")))
    models = (
        Bound("f", step_at(49.5, 2), (0, 1)),
        Bound("g", step_at(200.5), (1,)),
        Bound("h", step_at(-1.5), (1,)),
    )
    question = All((ClassIs(0, 1), Not(ClassIs(1, 1)), ClassIs(2, 1)))
    return Matter(domain, models, question)


ALONE = Sandwich((Strip(0, -99, -99),), (2, 0), 1, 1)
KNOWN = Constant(0, 1), Constant(1, 2)


def test_classes_beside_settle_what_a_sandwich_alone_leaves():
    verdict = checker.verify(three(), (ALONE,))
    assert verdict.disagreements == (0, 5000)
    verdict = checker.verify(three(), (replace(ALONE, beside=KNOWN),))
    assert verdict.disagreements == (5000, 5000)
    assert verdict.checked.cells == {"sandwich": 1, "constant": 2}
    one = checker.verify(three(), (replace(ALONE, beside=KNOWN[:1]),))
    assert one.disagreements == (0, 5000)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ((Constant(1, 1), KNOWN[1]), "claims class 1"),
        ((KNOWN[0], Constant(0, 2)), "claims class 0"),
        ((KNOWN[1], KNOWN[0]), "increasing order"),
        ((KNOWN[0], KNOWN[0]), "increasing order"),
        ((Constant(1, 0), *KNOWN), "no class of another model"),
        ((Tail(0, Fraction(1), 1),), "no class of another model"),
        ((Trusted(0, "z3 4.13.0", 1),), "no class of another model"),
        ((Constant(2, 1),), "which network"),
        ((Constant(0, 3),), "model 3"),
    ],
)
def test_what_is_said_beside_has_to_hold(known, why):
    with pytest.raises(InvalidProof, match=why):
        checker.verify(three(), (replace(ALONE, beside=known),))


def test_where_one_does_not_hold_the_cell_is_open_for_the_lenient():
    wrong = replace(ALONE, beside=(Constant(1, 1), KNOWN[1]))
    verdict = checker.verify(three(), (wrong,), lenient=True)
    assert verdict.disagreements == (0, 10_000) and verdict.checked.cells == {"open": 1}
    assert verdict.checked.refused == (1,)
    narrow = replace(ALONE, strips=(Strip(0, -97, -97),), beside=KNOWN)
    assert checker.verify(three(), (narrow,), lenient=True).disagreements == (0, 10_000)


@pytest.mark.parametrize("known", [(Tail(0, Fraction(1), 1),), (Constant(1, 0),)])
def test_files_with_other_steps_before_a_sandwich_are_malformed(known):
    data, held, _ = make_certificate(three(), Finding((replace(ALONE, beside=KNOWN),)), "x")
    assert certificate_of(data).proof[0].beside == KNOWN
    from verifier.writing.proof_bytes import encode

    raw = encode((replace(ALONE, beside=known),), 3)
    with pytest.raises(CertificateError, match="no class of another model"):
        tuple(replace_proof(held, raw))


def replace_proof(held, raw):
    from verifier.reading.proof_bytes import decode

    return decode(raw, len(held.matter.models), held.matter.domain.columns)


def test_float32_is_shown_of_no_point_that_a_sandwich_settles():
    verdict = checker.verify(three(), (replace(ALONE, beside=KNOWN),))
    assert verdict.float32.points_not_shown == 10_000


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_what_is_counted_is_true(seed):
    """Whatever classes are said beside: of those that do not hold nothing is proved."""
    rng = np.random.default_rng([seed, 36])
    matter = cases.random_many(rng)
    proof = cases.random_proof(rng, matter)
    count, chance = answer(matter)
    for flipped in (False, True):
        steps = tuple(flip(x) if flipped else x for x in proof)
        try:
            verdict = checker.verify(matter, steps, lenient=flipped)
        except InvalidProof:  # beside cells of much larger numbers float64 shows less
            continue
        low, high = verdict.disagreements
        assert low <= count <= high and verdict.error[0] <= chance <= verdict.error[1]


def flip(step):
    """A Sandwich with the first class that is said beside it changed."""
    if not isinstance(step, Sandwich) or not step.beside:
        return step
    first, *rest = step.beside
    return replace(step, beside=(replace(first, klass=1 - first.klass), *rest))


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_what_they_leave_is_what_is_drawn_from(seed):
    rng = np.random.default_rng([seed, 37])
    matter = cases.random_many(rng)
    try:
        asked, verdict, found = checked(matter, cases.random_proof(rng, matter))
    except InvalidProof:
        return
    assert compare_with_every_tuple(asked, verdict, found) == true_probability(matter, asked)


def test_samples_beside_them_are_drawn_again():
    from tests.second_checker.test_sample import sampled

    found = 0
    for seed in range(30 if EVERY else 12):
        rng = np.random.default_rng([seed, 38])
        matter = cases.random_many(rng)
        try:
            data, _, _ = make_certificate(matter, Finding(cases.random_proof(rng, matter)), "x")
        except InvalidProof:
            continue
        data = sampled(data, Plan(200, Fraction(1, 1000), str(seed), block=40 + seed))
        if data is not None:
            assert second_checker.check(data).sample == ""
            found += any(getattr(x, "beside", ()) for x in certificate_of(data).proof)
    assert found > (5 if EVERY else 2)


def test_helpers_find_the_same(monkeypatch):
    monkeypatch.setattr(helpers, "FEWEST", 1)
    proof = (replace(ALONE, beside=KNOWN),)
    with Helpers(1) as held:
        found = checker.verify(three(), proof, helpers=held)
    assert found.disagreements == (5000, 5000)


def with_forest():
    """f is 1 from 50 on and an ensemble from 30 on, over x; another over y is 1 from 90 on."""
    domain = Domain((line("x"), line("y")))
    models = (
        Bound("early", stump(29.5), (0,)),
        Bound("f", step_at(49.5), (0,)),
        Bound("late", stump(89.5), (1,)),
    )
    return Matter(domain, models, All((ClassIs(0, 1), Any_((ClassIs(1, 1), ClassIs(2, 1))))))


def stump(at):
    """An ensemble of one tree that has class 1 above a number."""
    nodes = (Inner(0, Fraction(at), 1, 2), Score(((0, 0.0),)), Score(((0, 1.0),)))
    return Ensemble(1, 1, (Member(nodes),), (0.0,), "exact", 0.5)


def test_an_ensembles_class_may_stand_beside():
    matter, alone = with_forest(), Sandwich((Strip(1, -99, -99),), (2, 0), 1, 1)
    first, last = Constant(1, 0), Constant(0, 2)
    proof = (
        Split(0, 29),
        Constant(0, 0),
        Split(1, 89),
        replace(alone, beside=(first, last)),
        Constant(1, 2),
    )
    verdict = checker.verify(matter, proof)
    assert verdict.disagreements == (50 * 90, 50 * 90 + 70 * 10)
    whole = (*proof[:4], replace(alone, beside=(first, Constant(1, 2))))
    assert checker.verify(matter, whole).disagreements == (50 * 90 + 70 * 10,) * 2
    for wrong in ((Constant(0, 0), last), (first, Constant(1, 2))):
        with pytest.raises(InvalidProof, match=r"claims class \d of ensemble"):
            checker.verify(matter, (*proof[:3], replace(alone, beside=wrong), proof[4]))
