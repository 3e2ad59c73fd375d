"""Samples of continuous variables in the second checker: boxes are drawn and judged by itself."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from tests.brute_intervals import classes, numbers
from tests.certificates.resampled import restated, stated_of
from tests.every import EVERY, seeds
from tests.kernel.test_boxes import left, problem, with_sandwiches, with_tree
from tests.kernel.test_intervals import random_matter, random_proof
from tests.second_checker.test_sample import sampled
from verifier import second_checker
from verifier.kernel import boxes as kernel_boxes
from verifier.kernel.boxes import boxed
from verifier.model.cell import Cell
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.proof import Finding, Open, Sandwich
from verifier.model.question import truth
from verifier.model.sample import Plan
from verifier.reading.certificate import certificate_of
from verifier.second_checker import boxes
from verifier.second_checker.boxes import Finer, truth_in
from verifier.second_checker.draws import Piece
from verifier.writing.certificate import make_certificate

MANY = 40 if EVERY else 20


def made(seed, method="pooled", draws=300):
    """A certificate of a question about continuous variables, sampled in boxes; None without."""
    matter, _ = problem(seed)
    rng = random.Random(seed)
    for _ in range(6):
        proof = random_proof(rng, matter.domain, rng.randrange(4))
        if Open() not in proof:
            continue
        try:
            data, _, _ = make_certificate(matter, Finding(proof), "nobody")
        except InvalidProof:
            continue
        return sampled(data, Plan(draws, Fraction(1, 1000), str(seed), method, block=128))
    return None


@pytest.fixture(scope="module")
def certificates():
    """Several of them, of every kind."""
    every = [made(seed, "plain" if seed % 4 == 1 else "pooled") for seed in range(MANY)]
    return [x for x in every if x is not None]


def test_boxes_are_drawn_and_judged_again(certificates):
    said = [second_checker.check(data).sample for data in certificates]
    assert len(said) > MANY // 2 and said == [""] * len(said)
    seen = [certificate_of(data).sample for data in certificates]
    assert sum(0 < x.seen < x.plan.draws for x in seen) > MANY // 8  # some of either
    assert any(x.undecided for x in seen)


def beside(seed, draws=300):
    """What Sandwiches leave of intervals, sampled in boxes; None where that is nothing."""
    matter, proof = with_sandwiches(seed)
    try:
        data, _, _ = make_certificate(matter, Finding(proof), "nobody")
    except InvalidProof:  # float64 shows less
        return None
    return sampled(data, Plan(draws, Fraction(1, 1000), str(seed), block=64 + seed))


def test_boxes_beside_sandwiches_are_drawn_and_judged_again():
    held = [x for seed in range(3 * MANY // 2) if (x := beside(seed)) is not None]
    some = [x for x in held if Sandwich in map(type, certificate_of(x).proof)]
    assert len(some) > MANY // 2
    assert [second_checker.check(data).sample for data in some] == [""] * len(some)
    seen = [certificate_of(data).sample for data in some]
    assert sum(0 < x.seen < x.plan.draws for x in seen) > MANY // 5
    for data in some[:6]:
        for change in (_plan(nonce="other"), _plan(block=7), _counts(1, 0), _ends(1, 0)):
            with pytest.raises((InvalidProof, CertificateError)):
                second_checker.check(changed(data, change))


def changed(data, change):
    """The same bytes with a sample that was changed, all hashes anew."""
    value = stated_of(data)
    change(value)
    return restated(data, value)


def _counts(true, undecided):
    def change(value):
        value["seen"]["true"] += true
        value["seen"]["undecided"] += undecided

    return change


def _ends(lower, upper):
    def change(value):
        for end, by in (("lower", lower), ("upper", upper)):
            value["probability"][end] = str(Fraction(value["probability"][end]) + Fraction(by))

    return change


def _plan(**new):
    return lambda value: value.update(new)


FORGED = {
    "one true box more": _counts(1, 0),
    "one true box less": _counts(-1, 0),
    "a higher lower end": _ends("1/10", 0),
    "a lower upper end": _ends(0, "-1/10"),
    "another nonce": _plan(nonce="mine"),
    "other draws": _plan(draws=299),
    "another block": _plan(block=127),
}
OTHER_DRAWS = "another nonce", "other draws", "another block"


@pytest.mark.parametrize("forgery", FORGED)
def test_what_was_changed_is_refused(certificates, forgery):
    """Of samples of which some boxes are true, and all are decided."""
    tried = refused = 0
    for data in certificates:
        stated = certificate_of(data).sample
        if stated.undecided or not 60 < stated.seen < 240:
            continue
        tried += 1
        try:
            second_checker.check(changed(data, FORGED[forgery]))
        except InvalidProof:
            refused += 1
    # of other draws as many may be true, by chance
    assert tried > 5 and (refused == tried or (forgery in OTHER_DRAWS and 2 * refused > tried))


def test_boxes_stated_as_undecided_only_widen(certificates):
    """The kernel's count is its own; one that makes the interval wider does not make it wrong."""
    data = next(x for x in certificates if 60 < certificate_of(x).sample.seen < 240)

    def change(value):
        _counts(-1, 1)(value)
        _ends("-1/10", 0)(value)

    assert second_checker.check(changed(data, change)).sample == ""
    with pytest.raises(InvalidProof, match="a lower end that its sample does not show"):
        second_checker.check(changed(data, _counts(-1, 1)))


@pytest.mark.parametrize("seed", seeds(range(24)))
def test_what_is_said_of_a_box_is_so_at_its_points(seed, monkeypatch):
    if seed % 2:  # large boxes, of which many are not decided
        monkeypatch.setattr(boxes, "FINEST", 1)
        monkeypatch.setattr(kernel_boxes, "FINEST", 1)
    rng = random.Random(seed)
    matter = random_matter(rng, seed, 1 + seed % 2)
    matter = with_tree(matter, rng) if seed % 3 == 0 else matter
    data, _, _ = make_certificate(matter, Finding((Open(),)), "nobody")
    case = second_checker.read(data).case
    finer, domain = Finer(case), boxed(left(matter, (Open(),))[1]).asked.domain
    some = rng.choices(list(product(*map(range, (v.count for v in matter.domain.variables)))), k=40)
    for point in some:
        box = tuple(x * f + rng.randrange(f) for x, f in zip(point, finer.factors, strict=True))
        said = truth_in(finer.case, box)
        for _ in range(4 if said is not None else 0):
            x = numbers(rng, domain, Cell(tuple(range(i, i + 1) for i in box)))
            assert truth(matter.question, classes(matter, x)) is said


def test_the_finer_domain_is_the_same_measure(certificates):
    for data in certificates:
        case = second_checker.read(data).case
        finer = Finer(case)
        for leaf in case.domain.leaves:
            own = finer.piece(Piece(case.domain.cell(), leaf, leaf.weight))
            before, after = leaf.amount(case.domain.cell()), own.leaf.amount(own.cell)
            assert leaf.probability(before) == own.leaf.probability(after)


def test_lines_and_sandwiches_are_not_taken_for_boxes(certificates):
    data = next(iter(certificates))
    held = second_checker.read(data)
    line = replace(held.sample, line=0)
    with pytest.raises(InvalidProof, match="a variable is continuous"):
        second_checker.examine(replace(held, sample=line))
