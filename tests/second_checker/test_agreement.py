"""The kernel and the second checker on the same certificates: true, false and malformed ones."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import truth
from tests.certificates.forging import packed
from tests.certificates.format_1 import pack
from tests.kernel.float32_cases import network
from tests.kernel.test_checker import CASES, case, random_cells, random_proof
from tests.provers.test_count import wide_margin
from tests.second_checker.test_second_checker import LEAF0, LEAF1, hidden, identity
from verifier import second_checker
from verifier.formats.variables import one_hot, ordinal, thermometer
from verifier.kernel import checker
from verifier.kernel.certificate import check_certificate
from verifier.kernel.claim import claim_of, digits
from verifier.kernel.tails import tail_bound
from verifier.model.cell import cell_weight, full_cell
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import InvalidProof, LeafproofError
from verifier.model.network import Affine, Network, Relu, exact_classes
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail, Trusted
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading import container
from verifier.reading.certificate import read_certificate
from verifier.writing.json_text import dump


def both(folder, data):
    """What each checker says: None, or its refusal. The kernel's verdict is checked too."""
    (folder / "c").write_bytes(data)
    refusals = []
    for check in (
        lambda: check_certificate(read_certificate(folder / "c")),
        lambda: second_checker.check(data),
    ):
        try:
            check()
        except LeafproofError as error:
            refusals.append(error)
        else:
            refusals.append(None)
    return refusals


@pytest.mark.parametrize("seed", CASES)
def test_both_accept_what_is_true(seed, tmp_path):
    """All layer kinds, encodings, sizes from 1e-30 to 1e30, ties, probabilities, one value."""
    rng, domain, teacher, tree = case(seed, 150)
    facts = truth(domain, teacher, tree)
    proof = random_proof(rng, domain, teacher, facts.classes)
    opened = tuple(Open() if not isinstance(s, Split) and rng.random() < 0.4 else s for s in proof)
    trusted = tuple(
        Trusted(s.klass, "a solver") if isinstance(s, Constant) and rng.random() < 0.5 else s
        for s in proof
    )
    points = facts.wrong[: int(rng.integers(0, 14))]
    for steps, given in ((proof, ()), (opened, points), (trusted, points)):
        assert both(tmp_path, packed((domain, teacher, tree), steps, given)) == [None, None]


@pytest.mark.parametrize("seed", CASES)
def test_tails_agree(seed, tmp_path):
    rng, domain, teacher, tree = case(seed)
    p = checker.prepare(teacher, domain)
    (cell,) = random_cells(rng, domain, 1)
    proof, here = [], full_cell(domain)
    for i, mask in enumerate(cell.masks):
        if mask != here.masks[i]:
            proof.append(Split(i, mask))
            here, _ = here.split(i, mask)
    klass = int(rng.integers(teacher.classes))
    bound = tail_bound(p, here, klass)
    opened = [Open()] * len(proof)
    true = (*proof, Tail(klass, bound), *opened)
    assert both(tmp_path, packed((domain, teacher, tree), true)) == [None, None]
    if bound:
        matter = matter_of(domain, teacher, tree)
        claim = claim_of(checker.verify(matter, true), matter)
        less = bound * Fraction(99, 100)
        steps = (*proof, Tail(klass, less), *opened)
        found = zip(here.points(), exact_classes(teacher, domain, here.points()), strict=True)
        other = sum(domain.weight(x) for x, c in found if c != klass)
        if other <= less * (whole := cell_weight(domain, here)) and whole:
            assert both(tmp_path, packed((domain, teacher, tree), steps)) == [None, None]
        else:
            one, two = both(tmp_path, packed((domain, teacher, tree), steps, (), claim))
            assert isinstance(one, InvalidProof) and isinstance(two, InvalidProof)


@pytest.mark.parametrize(
    ("points", "chance", "true"),
    [
        *((1, "1/16", True), (2, "1/8", True), (16, "1", True), (2, "1/16", True)),
        *((0, "0", False), (1, "0", False), (0, "1/16", False), (1, "1/17", False)),
        *((17, "1", False), (16, "17/16", False), (16, "16/16", False), ("16", "1", False)),
        *((True, "1", False), (-1, "1", False), (16, 1, False), (16, None, False)),
    ],
)
def test_claiming_less_about_float32_is_true(points, chance, true, tmp_path):
    """At the origin the logit is 0: of one point of 16 float32 is not shown."""
    case = bits(4), identity(0.0), LEAF1
    claim = claim_of(checker.verify(matter_of(*case), (Enumerated(),)), matter_of(*case))
    assert claim["float32"]["not_shown"] == {"points": 1, "probability": "1/16"}
    claim["float32"] = {"robust": points == 0, "not_shown": {"points": points}}
    claim["float32"]["not_shown"]["probability"] = chance
    one, two = both(tmp_path, packed(case, (Enumerated(),), (), claim))
    assert (one is None) == (two is None) == true


@pytest.mark.parametrize("entry", ["domain_size", "disagreements", "error", "cells", "trusted"])
@pytest.mark.parametrize("wrong", [b"0.5", b"[1.0]", b'{"lower": 1e1}', b"1e400"])
def test_decimals_in_a_claim_are_refused(entry, wrong, tmp_path):
    case = bits(4), identity(0.5), LEAF1
    parts = container.unpack(packed(case, (Constant(1),)))
    claim = json.loads(parts["verdict.json"]) | {entry: "here"}
    parts["verdict.json"] = dump(claim).replace(b'"here"', wrong)
    one, two = both(tmp_path, pack(parts, "by hand"))
    assert isinstance(one, InvalidProof) and isinstance(two, InvalidProof)


def test_claiming_more_float32_points_than_python_reads_at_once(tmp_path):
    """Numbers of 10^4304 points are text, with more digits than ``int`` takes."""
    case = bits(14_300), Network(14_300, (Affine(0, np.zeros((1, 14_300)), -np.ones(1)),)), LEAF0
    claim = claim_of(checker.verify(matter_of(*case), (Constant(0),)), matter_of(*case))
    for more, chance, true in ((0, "1", True), (1, "1", False), (0, "1/2", False)):
        shown = {"points": digits(2**14_300 + more), "probability": chance}
        claim["float32"] = {"robust": False, "not_shown": shown}
        one, two = both(tmp_path, packed(case, (Constant(0),), (), claim))
        assert (one is None) == (two is None) == true


def trained(rng, domain, kind):
    """A network with normally distributed weights, and a small tree."""
    teacher = network(rng, domain.columns, kind)
    return domain, teacher, Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))


DOMAINS = (
    bits(6),
    signs(6),
    Domain(
        (
            one_hot("a", ["x", "y", "z"]),
            ordinal("b", [Fraction(1, 3), 2, 7], [Fraction(1, 7), Fraction(0), Fraction(6, 7)]),
            thermometer("c", ["1", "2", "3", "4"]),
            one_hot("d", ["only"]),
            ordinal("e", [Fraction(-5, 2)]),
        )
    ),
)


@pytest.mark.parametrize("kind", ["relu", "residual", "scale", "sign", "cancelling"])
@pytest.mark.parametrize("which", range(len(DOMAINS)))
def test_both_accept_networks_of_real_weights(kind, which, tmp_path):
    rng = np.random.default_rng(which)
    made = trained(rng, DOMAINS[which], kind)
    proof = random_proof(rng, *made[:2], truth(*made).classes)
    assert both(tmp_path, packed(made, proof)) == [None, None]


@pytest.mark.parametrize("size", [1e-45, 2.0**-130, 5e-324, 1e-30, 1e30, 3e38, 1e300])
def test_both_accept_huge_and_denormal_weights(size, tmp_path):
    rng = np.random.default_rng(4)
    kind = np.float32 if 1e-46 < size < 1e39 else np.float64

    def affine(source, rows, columns):
        weight = rng.choice([-1.0, 0.0, 1.0], size=(rows, columns)) * rng.choice([1, size])
        return Affine(
            source, weight.astype(kind), (rng.uniform(-1, 1, size=rows) * size).astype(kind)
        )

    for _ in range(4):
        teacher = Network(4, (affine(0, 5, 4), Relu(1), affine(2, 2, 5)))
        made = bits(4), teacher, Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
        proof = random_proof(rng, *made[:2], truth(*made).classes)
        assert both(tmp_path, packed(made, proof)) == [None, None]


def test_both_accept_a_wide_layer(tmp_path):
    """From 256 neurons on, intervals are tried first."""
    rng = np.random.default_rng(8)
    first = Affine(0, rng.normal(size=(260, 5)).astype(np.float32), np.zeros(260, np.float32))
    last = Affine(2, np.abs(rng.normal(size=(1, 260))).astype(np.float32), -np.ones(1, np.float32))
    made = bits(5), Network(5, (first, Relu(1), last)), Tree((Leaf(1),))
    proof = random_proof(rng, *made[:2], truth(*made).classes)
    assert sum(isinstance(step, Constant) for step in proof) > 1
    assert both(tmp_path, packed(made, proof)) == [None, None]


def test_both_accept_large_domains(tmp_path):
    weight = np.zeros((1, 10_000), np.float32)
    weight[0, 7] = 1
    domain = Domain(tuple(ordinal(f"v{i}", (0, 1, 2)) for i in range(10_000)))
    teacher = Network(10_000, (Affine(0, weight, np.array([-1.5], np.float32)),))
    tree = Tree((Inner(7, Fraction(1), 1, 2), Leaf(0), Leaf(1)))
    proof = (Split(7, 3), Open(), Constant(1))
    assert both(tmp_path, packed((domain, teacher, tree), proof)) == [None, None]
    domain, teacher, tree = wide_margin(60)
    bound = tail_bound(checker.prepare(teacher, domain), full_cell(domain), 1)
    assert bound < 1
    assert both(tmp_path, packed((domain, teacher, tree), (Tail(1, bound),))) == [None, None]
    assert both(tmp_path, packed(hidden(5), (Trusted(0, "oracle 1.0"),))) == [None, None]
