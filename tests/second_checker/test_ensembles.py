"""The second checker on ensembles: its own rounding, sums and bounds, and what it refuses."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.ensembles import near_ties, random_domain, random_ensemble, random_tree, simple
from verifier import second_checker
from verifier.kernel.asked import ask
from verifier.kernel.population import population
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.ensemble import ARITHMETICS, Ensemble
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Constant, Enumerated, Finding, Open
from verifier.model.question import Bound, Matter, differ, matter_of
from verifier.model.sample import Plan
from verifier.model.tree import Leaf, Tree
from verifier.provers import forests
from verifier.reading.certificate import pack
from verifier.reading.container import unpack
from verifier.second_checker.ensembles import nearest, rounded
from verifier.writing.certificate import make_certificate
from verifier.writing.sampling import with_sample


def test_numbers_are_rounded_as_numpy_rounds_them():
    rng = random.Random(0)
    for _ in range(600):
        x = rng.getrandbits(rng.randrange(1, 60)) * rng.choice((1, -1))
        assert rounded(x, 53) == int(np.float64(x))
        assert rounded(x, 24) == int(np.float32(Fraction(x)))
        y = Fraction(x, rng.randrange(1, 1 << 20))
        exact = float(y)  # Python rounds fractions to nearest, ties to even
        assert nearest(y, 53) == Fraction(exact)
    assert (rounded((1 << 24) + 1, 24), rounded((1 << 24) + 3, 24)) == (1 << 24, (1 << 24) + 4)
    assert nearest(Fraction(0), 24) == 0


def certificates(seeds):
    for seed in seeds:
        rng = random.Random(seed)
        domain = random_domain(rng)
        ensemble = random_ensemble(rng, ARITHMETICS[seed % 3], domain.columns)
        tree = random_tree(rng, domain.columns, ensemble.classes)
        matter = matter_of(domain, ensemble, tree)
        finding = forests.prove(matter, few=rng.choice((0, 4)))
        yield seed, ensemble, make_certificate(matter, finding, "branch")


@pytest.mark.parametrize("first", [0, Fraction(-3, 2)])
def test_the_step_of_a_single_value_is_no_number(first):
    """The kernel showed float32 and this checker did not, so users were told to believe neither."""
    one = Ordinal("one", Fraction(first), Fraction(1, 3), 1, uniform(1))
    domain = Domain((one, *bits(1).variables))
    matter = matter_of(domain, simple("exact"), Tree((Leaf(0),)))
    data, _, verdict = make_certificate(matter, Finding((Enumerated(),)), "by hand")
    assert verdict.float32.is_shown
    second_checker.check(data)


def test_it_finds_what_the_kernel_finds():
    """Also that it shows as much: what the kernel says of float32 is not more than it shows."""
    firm = 0
    for seed, ensemble, (data, written, verdict) in certificates(range(36)):
        second_checker.check(data)
        held = second_checker.read(data)
        own = held.case.nets[0]
        assert own.firm or not verdict.float32.is_shown, seed
        firm += own.firm
        for point in full_cell(written.domain).points():
            assert own.class_at(point) == ensemble.class_at(written.domain.encode(point)), seed
    assert firm


def test_softmaxes_are_compared_as_the_kernel_does():
    for seed in range(24):
        rng = random.Random(seed)
        domain = random_domain(rng)
        ensemble = near_ties(rng, ("float32", "float64")[seed % 2], domain.columns)
        tree = random_tree(rng, domain.columns, ensemble.classes)
        matter = matter_of(domain, ensemble, tree)
        found = forests.prove(matter, few=rng.choice((0, 4)))
        second_checker.check(make_certificate(matter, found, "branch")[0])


def test_a_class_that_only_the_scores_have_is_refused():
    """A certificate of the scores' own classes does not pass with the link added."""
    ensemble = Ensemble(1, 2, (), (0.25, 0.25 + 2.0**-25), "float32")
    matter = matter_of(bits(1), ensemble, Tree((Leaf(1),)))
    data = make_certificate(matter, Finding((Constant(1),)), "branch")[0]
    second_checker.check(data)
    with pytest.raises(InvalidProof):
        second_checker.check(changed(data, lambda e: e.update(link="softmax")))


def test_samples_are_drawn_again():
    tree = random_tree(random.Random(2), 2, 2)
    reads = (0, 1)
    matter = Matter(bits(2), (Bound("a", simple(), reads), Bound("t", tree, reads)), differ())
    data, written, verdict = make_certificate(matter, Finding((Open(),)), "branch")
    found = population(ask(matter), verdict, verdict.checked.left)
    sampled, _, _ = with_sample(written, data, verdict, found, Plan(50))
    assert second_checker.check(sampled).sample == ""


def changed(data, change):
    parts = unpack(data)
    held = json.loads(parts["ensembles.json"])
    change(held["ensembles"][0])
    parts["ensembles.json"] = json.dumps(held).encode()
    return pack(parts, "exhaustive", None, 3)


def of_simple():
    tree = random_tree(random.Random(1), 2, 2)
    matter = matter_of(bits(2), replace(simple("exact"), start=(0.1,)), tree)
    return make_certificate(matter, Finding((Enumerated(),)), "exhaustive")[0]


def test_more_for_float32_than_it_shows_is_refused():
    """Exact sums of 0.1 are no float32 sums: a certificate that says they are is refused."""
    data = of_simple()
    parts = unpack(data)
    claim = json.loads(parts["verdict.json"])
    assert claim["float32"]["robust"] is False
    claim["float32"] = {"robust": True, "not_shown": {"points": 0, "probability": "0"}}
    parts["verdict.json"] = json.dumps(claim).encode()
    with pytest.raises(InvalidProof):
        second_checker.check(pack(parts, "exhaustive", None, 3))


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e.pop("start"),
        lambda e: e.update(start=[], outputs=0),
        lambda e: e.update(columns=3),
        lambda e: e.update(arithmetic="float16"),
        lambda e: e.update(start=["0x1.0p+0"]),
        lambda e: e.update(start=["0x1.0000000000000p-950"]),
        lambda e: e.update(start=["0x1.0000000000000p+1010"]),
        lambda e: e.update(start=[]),
        lambda e: e.update(divisor="0x0.0p+0"),
        lambda e: e.update(threshold=None),
        lambda e: e["members"][0].append([]),
        lambda e: e["members"][0].__setitem__(0, [5, "1/2", 1, 2]),
        lambda e: e["members"][0].__setitem__(0, [0, "1/2", 0, 2]),
        lambda e: e["members"][0].__setitem__(0, [0, "x", 1, 2]),
        lambda e: e["members"][0].__setitem__(1, [[1, "0x1.0000000000000p+0"]]),
        lambda e: e["members"].append([]),
        lambda e: e["members"].append(1),
        lambda e: e.update(link="softmax"),
        lambda e: e.update(link=""),
        lambda e: e.update(factor="0x1.8000000000000p+0"),
        lambda e: e.update(factor="0x1.0000000000000p+0"),
    ],
)
def test_what_is_no_ensemble_is_refused(change):
    with pytest.raises(CertificateError):
        second_checker.read(changed(of_simple(), change))
