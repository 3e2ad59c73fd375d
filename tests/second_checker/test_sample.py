"""Samples in the second checker: drawn again by itself, and refused where something was changed."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import verifier as lp
from tests.brute_claims import random_proof, sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of as brute_matter_of
from tests.certificates.matters import file
from tests.certificates.proved import certificate
from tests.certificates.resampled import restated, stated_of
from tests.certificates.sandwich_mutations import random_proof as sandwich_proof
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_lines import deep
from verifier import second_checker
from verifier.kernel import sampling as kernel_sampling
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import prepared
from verifier.kernel.ledger import EVERY
from verifier.kernel.lines import problem
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Finding, Open, Sandwich, Split, Tail
from verifier.model.question import Bound, ClassIs, Matter
from verifier.model.question import matter_of as differ_matter
from verifier.model.sample import Line, Plan
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.sandwiches import propose
from verifier.reading.certificate import certificate_of, pack
from verifier.reading.container import unpack
from verifier.second_checker import lines_beside
from verifier.second_checker.ends import at_most
from verifier.second_checker.sample import UNSTATED
from verifier.writing.certificate import make_certificate
from verifier.writing.json_text import dump
from verifier.writing.sampling import left_open, with_sample


def sampled(data, plan):
    """A certificate's bytes with a sample; None where nothing is open."""
    held = certificate_of(data)
    verdict = check_certificate(held, keep_left=EVERY)
    found = left_open(held, verdict)
    return with_sample(held, data, verdict, found, plan)[0] if found.pieces else None


def opened(seed):
    """A random certificate of true steps, some of which are open or tails, with a sample."""
    rng = random.Random(seed)
    members = random_members(rng)
    proof = random_proof(rng, brute_matter_of(members))
    data = file(sealed(members, proof, []))
    try:
        return sampled(data, Plan(300 + seed % 50, Fraction(1, 1000), str(seed), block=64))
    except InvalidProof:
        return None


@pytest.fixture(scope="module")
def certificates():
    """Several of them."""
    found = [opened(seed) for seed in range(9000, 9060)]
    return [data for data in found if data is not None]


def test_it_finds_what_the_kernel_finds(certificates):
    said = [second_checker.check(data).sample for data in certificates]
    assert len(said) >= 8 and said.count("") > 5
    assert all(text == "" or "left to the kernel" in text for text in said)


def of_ordinals(seed):
    """A certificate that leaves a question on ordinals open, sampled."""
    matter = random_sandwich_matter(np.random.default_rng([seed, 18]), 200)
    data, _, _ = make_certificate(matter, Finding((Open(),)), "nobody")
    return sampled(data, Plan(300, Fraction(1, 1000), block=200))


@pytest.mark.parametrize("seed", range(6))
def test_and_of_questions_with_ordinals(seed):
    assert second_checker.check(of_ordinals(seed)).sample == ""


@pytest.mark.parametrize("count", [(1 << 24) - 1, 1 << 24, (1 << 25) - 1])
def test_and_of_ranges_of_one_word_or_three(count):
    """From 2^24 values on, a variable has words of its own; the next one shares its word or not."""
    variables = [
        Ordinal(x, Fraction(0), Fraction(1), n, uniform(n)) for x, n in (("a", count), ("b", 5))
    ]
    network = Network(2, (Affine(0, np.array([[1.0, -(2.0**22)]]), np.array([0.0])),))
    matter = Matter(Domain(tuple(variables)), (Bound("n", network, (0, 1)),), ClassIs(0, 1))
    data, _, _ = make_certificate(matter, Finding((Open(),)), "nobody")
    held = sampled(data, Plan(400, block=128))
    assert 0 < certificate_of(held).sample.seen < 400
    assert second_checker.check(held).sample == ""


def test_and_of_long_ranges():
    """An ordinal of 2^40 numbers in two runs, which takes three words."""
    runs = (1 << 39, Fraction(1, 4)), (1 << 39, Fraction(3, 4))
    long = Ordinal("long", Fraction(0), Fraction(1), 1 << 40, runs)
    short = Ordinal("short", Fraction(0), Fraction(1), 5, uniform(5))
    network = Network(2, (Affine(0, np.array([[1.0, -(2.0**37)]]), np.array([-(2.0**38)])),))
    matter = Matter(Domain((long, short)), (Bound("n", network, (0, 1)),), ClassIs(0, 1))
    data, _, _ = make_certificate(matter, Finding((Open(),)), "nobody")
    assert second_checker.check(sampled(data, Plan(400, block=128))).sample == ""


def in_lines(seed, method):
    """A certificate that leaves a question open, sampled in lines; None where there are none."""
    matter = random_sandwich_matter(np.random.default_rng([seed, 18]), 200)
    asked = prepared(matter)
    along = [i for i in range(len(matter.domain.variables)) if not problem(asked, i)]
    if not along:
        return None
    data, _, _ = make_certificate(matter, Finding((Open(),)), "nobody")
    line = Line(along[0], Fraction(1, 8))
    return sampled(data, Plan(200, Fraction(1, 1000), block=150, method=method, line=line))


@pytest.mark.parametrize("method", ["pooled", "plain"])
def test_lines_are_counted_again(method):
    """By bends and divisions, and the sum of all shares is the kernel's."""
    held = [data for data in (in_lines(seed, method) for seed in range(30)) if data is not None]
    assert len(held) > 5
    assert [second_checker.check(data).sample for data in held] == [""] * len(held)


@pytest.mark.parametrize("outputs", [1, 3])
def test_long_lines_are_counted_again(outputs):
    """Of a network that bends often."""
    variables = [
        Ordinal(x, Fraction(-3), Fraction(6, n), n, uniform(n)) for x, n in (("a", 5000), ("b", 7))
    ]
    matter = Matter(
        Domain(tuple(variables)),
        (Bound("n", deep(np.random.default_rng(5), outputs), (0, 1)),),
        ClassIs(0, 1),
    )
    data, _, _ = make_certificate(matter, Finding((Open(),)), "nobody")
    held = sampled(data, Plan(60, line=Line(0, Fraction(1, 2))))
    assert 0 < certificate_of(held).sample.share < 60
    assert second_checker.check(held).sample == ""


def is_refused_by_both(bad):
    with pytest.raises((InvalidProof, CertificateError)):
        second_checker.check(bad)
    with pytest.raises((InvalidProof, CertificateError)):
        check_certificate(certificate_of(bad))


def test_lines_that_were_changed_are_refused_by_both():
    data = next(x for x in (in_lines(seed, "pooled") for seed in range(30)) if has_hits(x))
    stated = stated_of(data)
    line, seen = stated["line"], stated["seen"]
    for change in (
        {"seen": seen | {"true": seen["true"] + 1}},
        {"seen": seen | {"share": str(Fraction(seen["share"]) + Fraction(1, 1 << 40))}},
        {"line": line | {"bet": "1/16"}},
        {"line": line | {"bet": "31/32"}},
        {"line": line | {"variable": line["variable"] + 1}},
        {"line": line | {"variable": 99}},
        {"line": line | {"variable": -1}},
        {"seen": {"true": seen["true"]}},
        {"delta": "1/1001"},
        {"probability": {"lower": "1/3", "upper": "1/2"}},
    ):
        is_refused_by_both(restated(data, stated | change))


def has_hits(data):
    """Whether some lines have a true value, and some have none."""
    return data is not None and 0 < certificate_of(data).sample.seen < 200


CHANGES = [
    {"seen": {"true": 1}},
    {"draws": 299},
    {"block": 63},
    {"nonce": "other"},
    {"delta": "1/1001"},
    {"probability": {"lower": "1/3", "upper": "1/2"}},
]


def test_what_was_changed_is_refused_by_both():
    """A change may leave the number of hits as it is: of several files none leaves it in all."""
    refused = {str(change): 0 for change in CHANGES}
    some = [of_ordinals(seed) for seed in range(20)]
    mixed = [data for data in some if 0 < certificate_of(data).sample.seen < 300]
    assert len(mixed) >= 3
    for data in mixed:
        for change in CHANGES:
            bad = restated(data, stated_of(data) | change)
            try:
                second_checker.check(bad)
            except InvalidProof:
                refused[str(change)] += 1
                with pytest.raises(InvalidProof):
                    check_certificate(certificate_of(bad))
    assert min(refused.values()) >= 1, refused


@pytest.mark.parametrize(
    "change",
    [
        {"method": "guessed"},
        {"format": "leafproof-sample/2"},
        {"draws": 1.5},
        {"nonce": 3},
        {"delta": "often"},
        {"delta": "2"},
        {"block": 0},
        {"probability": {"lower": "-1/3", "upper": "1"}},
        {"probability": {"lower": "0", "upper": "4/3"}},
    ],
)
def test_what_is_malformed_is_refused(certificates, change):
    data = certificates[0]
    with pytest.raises(CertificateError):
        second_checker.read(restated(data, stated_of(data) | change))


def test_binomial_tails():
    for n, p in ((10, 0.3), (1000, 0.01), (100_000, 0.5)):
        for k in {0, int(n * p) // 2, int(n * p) - 1}:
            found = at_most(k, n, Fraction(p))
            assert found == pytest.approx(stats.binom.cdf(k, n, p), rel=1e-6, abs=1e-300)


def beside_sandwiches(seed, line=None, tail=False, method="pooled"):
    """A certificate whose Sandwiches leave some of a long range, a list and a short range open."""
    rng, r = np.random.default_rng(seed), random.Random(seed)
    parts = [
        lp.Domain.range("a", 0, r.choice([9, 99, 999, 4999])),
        lp.Domain.encoded("c", ["x", "y", "z"], [[0], [2], [1]], ["1/2", "1/3", "1/6"]),
        *([lp.Domain.range("b", -5, r.choice([4, 700]))] if seed % 3 else []),
    ]
    domain = lp.Domain.product(*parts)
    if seed % 4 == 1:
        leaves = {"left": {"weight": "1/4"}, "right": {"weight": "3/4"}}
        domain = domain.depending({"variable": "a", "at_most": 4, **leaves})
    elif seed % 4 == 3:
        domain = domain.without({"a": "3", "c": "x"})
    n = domain.columns
    weight = rng.normal(size=(4, n)) / [100 if i == 0 else 1 for i in range(n)]
    layers = (
        Affine(0, weight, rng.normal(size=4)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 4)), rng.normal(size=1)),
    )
    tree = Tree((Inner(0, Fraction(r.randrange(1, 8)), 1, 2), Leaf(0), Leaf(1)))
    matter = differ_matter(domain, Network(n, layers), tree)
    cut = r.randrange(1, 8)
    cells = full_cell(domain).split(0, cut)
    steps = propose(prepared(matter), cells, (0,), bins=r.choice([16, 200, 2000]))
    proof = (Split(0, cut), *(step or Open() for step in steps))
    if tail:
        proof = (*proof[:2], Tail(seed % 2, Fraction(1)))
    data, _, _ = make_certificate(matter, Finding(proof), "nobody")
    block = r.choice([30, 128, 400])
    return sampled(data, Plan(400, Fraction(1, 1000), str(seed), method, block, line))


def test_what_sandwiches_and_tails_leave_is_drawn_again():
    """In points, in lines and in lines through cells; what is changed is refused by both."""
    line = Line(0, Fraction(1, 8), below=Fraction(2))
    across = Line(0, Fraction(1, 8), guess=Fraction(3, 8))
    tried = 0
    for more in ({}, {"line": line}, {"line": across, "method": "cells"}):
        for seed in range(0, 12, 2):
            data = beside_sandwiches(seed, tail=True, **more)
            if {Sandwich, Tail} <= set(map(type, certificate_of(data).proof)):
                assert second_checker.check(data).sample == ""
                tried += 1
        stated = stated_of(data)
        for key, other in (
            ("nonce", "other"),
            ("probability", stated["probability"] | {"upper": stated["probability"]["lower"]}),
            ("probability", stated["probability"] | {"lower": stated["probability"]["upper"]}),
        ):
            is_refused_by_both(restated(data, {**stated, key: other}))
    assert tried > 8


def test_what_sandwiches_leave_is_drawn_again():
    found = [x for seed in range(14) if (x := beside_sandwiches(seed)) is not None]
    assert len(found) > 9
    assert {second_checker.check(data).sample for data in found} == {""}


@pytest.fixture(scope="module")
def lined():
    """The same of products of variables, sampled in lines along the first."""
    line = Line(0, Fraction(1, 8), below=Fraction(2))
    every = (beside_sandwiches(seed, line) for seed in range(0, 40, 2))
    return [x for x in every if x is not None and Sandwich in map(type, certificate_of(x).proof)]


def test_lines_through_what_sandwiches_leave_are_drawn_again(lined):
    assert len(lined) > 9
    assert {second_checker.check(data).sample for data in lined} == {""}
    assert sum(0 < certificate_of(data).sample.share < 400 for data in lined) > 4


@pytest.mark.parametrize("numbers", [{"AT_ONCE": 3}, {"MANY": 2}, {"NUMBERS": 100}])
def test_and_in_whatever_groups_they_are_made_ready(lined, numbers, monkeypatch):
    """The order of variables, and so the words of each, depend on what is made ready together."""
    for name, number in numbers.items():
        monkeypatch.setattr(kernel_sampling, name, number)
        own = {"MANY": "RUNS"}.get(name, name)
        monkeypatch.setattr(lines_beside, own, number)
    for data in lined[:6]:
        parts = {k: x for k, x in unpack(data).items() if k not in ("sample.json", "manifest.json")}
        held = certificate_of(data)
        bare = pack(parts, held.prover, held.domain_from, 2)
        again = sampled(bare, replace(held.sample.plan, block=7))
        assert second_checker.check(again).sample == ""


@pytest.mark.parametrize("seed", [1020, 1037])
def test_lines_along_the_only_variable_have_nothing_else_to_draw(seed):
    rng = np.random.default_rng([seed, 19])
    matter = random_sandwich_matter(rng, 200)
    assert len(matter.domain.variables) == 1
    data, _, _ = make_certificate(matter, Finding(sandwich_proof(rng, matter)), "nobody")
    held = sampled(data, Plan(150, Fraction(1, 1000), block=20, line=Line(0, Fraction(1, 8))))
    assert Sandwich in map(type, certificate_of(held).proof)
    assert check_certificate(certificate_of(held)).sampled.draws == 150
    assert second_checker.check(held).sample == ""


def test_such_lines_that_were_changed_are_refused_by_both(lined):
    mixed = [x for x in lined if 0 < certificate_of(x).sample.seen < 400]
    data = max(mixed, key=lambda x: certificate_of(x).sample.share.denominator)
    stated = stated_of(data)
    line, seen = stated["line"], stated["seen"]
    for change in (
        {"seen": seen | {"true": seen["true"] + 1}},
        {"seen": seen | {"share": str(Fraction(seen["share"]) + Fraction(1, 1 << 40))}},
        {"line": line | {"bet": "1/16"}},
        {"line": line | {"below": "1"}},
        {"line": line | {"variable": 1}},
        {"draws": 399},
        {"block": 29},
        {"nonce": "other"},
        {"probability": {"lower": "1/3", "upper": "1/2"}},
    ):
        is_refused_by_both(restated(data, stated | change))


def test_lines_beside_many_sandwiches_are_left_to_the_kernel(lined, monkeypatch):
    monkeypatch.setattr(second_checker.sample, "work_beside", lambda pieces, draws: 1 << 60)
    assert "many Sandwiches was left to the kernel" in second_checker.check(lined[0]).sample


def test_and_of_questions_about_two_networks():
    found = 0
    for seed in range(20):
        rng = np.random.default_rng([seed, 19])
        matter = random_sandwich_matter(rng, 200)
        try:
            data, _, _ = make_certificate(matter, Finding(sandwich_proof(rng, matter)), "nobody")
        except InvalidProof:  # beside cells of much larger numbers float64 shows less
            continue
        data = sampled(data, Plan(200, Fraction(1, 1000), str(seed), block=40 + seed))
        if data is not None:
            assert second_checker.check(data).sample == ""
            found += any(isinstance(x, Sandwich) for x in certificate_of(data).proof)
    assert found > 3


def test_what_is_changed_beside_sandwiches_is_refused():
    data = beside_sandwiches(2)
    parts = unpack(data)
    prover = json.loads(parts.pop("manifest.json"))["prover"]
    held = json.loads(parts["sample.json"])
    for key, other in [
        ("seen", {"true": held["seen"]["true"] + 1}),
        ("nonce", "x"),
        ("draws", 399),
        ("block", 64),
        ("probability", held["probability"] | {"lower": held["probability"]["upper"]}),
        ("probability", held["probability"] | {"upper": held["probability"]["lower"]}),
    ]:
        parts["sample.json"] = dump({**held, key: other})
        forged = pack(parts, prover, None, 3)
        with pytest.raises(InvalidProof, match=r"second checker finds|does not show"):
            second_checker.check(forged)
    parts["sample.json"] = dump(held)
    verdict = json.loads(parts["verdict.json"])
    verdict["probability"]["upper"] = "1"
    parts["verdict.json"] = dump(verdict)
    with pytest.raises(InvalidProof):
        second_checker.check(pack(parts, prover, None, 3))


def test_a_sample_without_a_stated_verdict_is_left_to_the_kernel_and_that_is_said():
    """It is cut to what is proved, which only a verdict says: it was refused as not shown."""
    for kind, seed in (("patches", 2), ("pooled", 0), ("cells", 0), ("boxes", 2)):
        parts = unpack(certificate(kind, seed))
        assert second_checker.check(certificate(kind, seed)).sample == ""
        del parts["verdict.json"], parts["manifest.json"]
        bare = pack(parts, "tests", form=3)
        assert check_certificate(certificate_of(bare)).sampled is not None
        assert second_checker.check(bare).sample == UNSTATED
