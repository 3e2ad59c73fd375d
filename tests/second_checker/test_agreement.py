"""The kernel and the float32 checker on the same certificates, of both formats."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.brute import truth
from tests.brute_claims import random_proof as random_claims
from tests.brute_claims import sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of as brute_matter
from tests.certificates.forging import packed
from tests.certificates.matters import file
from tests.every import EVERY
from tests.kernel.float32_cases import network
from tests.kernel.test_checker import CASES, case, random_proof
from tests.second_checker.test_second_checker import LEAF0, LEAF1, hidden, identity
from verifier import second_checker
from verifier.formats.variables import one_hot, ordinal, thermometer
from verifier.kernel import checker
from verifier.kernel.certificate import check_certificate
from verifier.kernel.claim import claim_of, digits
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import InvalidProof, LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Enumerated, Open, Split, Trusted
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.certificate import read_certificate
from verifier.second_checker import counting
from verifier.second_checker.stated import count, exact

CORPUS = Path(__file__).parents[1] / "certificates"
VALID = sorted((CORPUS / "valid").glob("*.certificate"))
TOO_DEEP = "formula-nested-1000-deep"
RANDOM = 240 if EVERY else 80
BLOCK = 40


def kernels(path):
    """What the kernel finds, as a claim that leaves no room."""
    certificate = read_certificate(path)
    verdict = check_certificate(certificate)
    return claim_of(verdict.stated, certificate.matter, certificate.format)


def examined(path, claim):
    """The float32 checker on a file that states ``claim``."""
    held = second_checker.read(Path(path).read_bytes())
    return second_checker.examine(replace(held, claim=None), claim)


def not_shown(path):
    """The points and their probability that the float32 checker itself does not show."""
    held = second_checker.read(Path(path).read_bytes())
    tally = counting.walk(held.case, held.proof)
    counting.look_again(held.case, tally)
    return tally.points, tally.probability()


def stating(claim, points, chance):
    """The claim with these numbers not shown."""
    shown = {"points": count(points), "probability": exact(chance)}
    return claim | {"float32": {"robust": points == 0, "not_shown": shown}}


# The corpus


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_what_the_kernel_shows_of_valid_files_is_shown(path):
    if path.stem == TOO_DEEP:
        with pytest.raises(second_checker.TooLarge, match="nested too deeply"):
            second_checker.read(path.read_bytes())
        return
    second_checker.check(path.read_bytes())
    examined(path, kernels(path))


FALSE = ("float32-shown-for-more-in-format-2", "robust-without-proof", "robust-written-as-one")


@pytest.mark.parametrize("name", FALSE)
def test_files_that_state_too_much_of_float32_are_refused(name):
    path = CORPUS / "invalid" / f"{name}.certificate"
    with pytest.raises(InvalidProof, match="the certificate states float32"):
        check_certificate(read_certificate(path))
    with pytest.raises(InvalidProof, match="the certificate states float32"):
        second_checker.check(path.read_bytes())


# Random matters: ordinals, domain trees, several networks and trees, formulas of all connectives


@pytest.mark.parametrize("start", range(0, RANDOM, BLOCK))
def test_random_matters(start, tmp_path):
    partly = exactly = several = 0
    for seed in range(start, start + BLOCK):
        rng = random.Random(seed)
        members = random_members(rng)
        matter = brute_matter(members)
        (tmp_path / "c").write_bytes(file(sealed(members, random_claims(rng, matter))))
        claim = kernels(tmp_path / "c")
        examined(tmp_path / "c", claim)
        points, chance = not_shown(tmp_path / "c")
        assert points <= len(matter.weights) and chance <= 1
        examined(tmp_path / "c", stating(claim, points, chance))
        if points:
            less = max(Fraction(0), chance - Fraction(1, 10**9))
            for lie in ((points - 1, chance if points > 1 else 0), (points, less)):
                if lie != (points, chance):
                    with pytest.raises(InvalidProof, match="states float32"):
                        examined(tmp_path / "c", stating(claim, *lie))
        partly += 0 < points < len(matter.weights)
        exactly += claim == stating(claim, points, chance)
        several += sum(m.is_network for m in matter.models) > 1
    assert partly >= BLOCK // 4 and several >= BLOCK // 4
    assert exactly >= BLOCK * 9 // 10


# Networks of all kinds against one tree


def agrees(folder, data):
    """Whether the float32 checker accepts what the kernel accepts, and refuses what it refuses."""
    (folder / "c").write_bytes(data)
    said = []
    for check in (
        lambda: check_certificate(read_certificate(folder / "c")),
        lambda: second_checker.check(data),
    ):
        try:
            check()
        except LeafproofError as error:
            said.append(type(error))
        else:
            said.append(None)
    assert said[0] == said[1]
    return said[0] is None


@pytest.mark.parametrize("seed", CASES)
def test_both_accept_what_is_true(seed, tmp_path):
    """All layer kinds, encodings, sizes from 1e-30 to 1e30, ties, probabilities, one value."""
    rng, domain, teacher, tree = case(seed, 150)
    proof = random_proof(rng, domain, teacher, truth(domain, teacher, tree).classes)
    opened = tuple(Open() if not isinstance(s, Split) and rng.random() < 0.4 else s for s in proof)
    trusted = tuple(
        Trusted(s.klass, "a solver") if isinstance(s, Constant) and rng.random() < 0.5 else s
        for s in proof
    )
    for steps in (proof, opened, trusted):
        assert agrees(tmp_path, packed((domain, teacher, tree), steps))


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
    made = bits(4), identity(0.0), LEAF1
    claim = claim_of(checker.verify(matter_of(*made), (Enumerated(),)), matter_of(*made))
    assert claim["float32"]["not_shown"] == {"points": 1, "probability": "1/16"}
    claim["float32"] = {"robust": points == 0, "not_shown": {"points": points}}
    claim["float32"]["not_shown"]["probability"] = chance
    assert agrees(tmp_path, packed(made, (Enumerated(),), (), claim)) == true


def test_claiming_more_float32_points_than_python_reads_at_once(tmp_path):
    """Numbers of 10^4304 points are text, with more digits than ``int`` takes."""
    made = bits(14_300), Network(14_300, (Affine(0, np.zeros((1, 14_300)), -np.ones(1)),)), LEAF0
    claim = claim_of(checker.verify(matter_of(*made), (Constant(0),)), matter_of(*made))
    for more, chance, true in ((0, "1", True), (1, "1", False), (0, "1/2", False)):
        shown = {"points": digits(2**14_300 + more), "probability": chance}
        claim["float32"] = {"robust": False, "not_shown": shown}
        assert agrees(tmp_path, packed(made, (Constant(0),), (), claim)) == true


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
    teacher = network(rng, DOMAINS[which].columns, kind)
    made = DOMAINS[which], teacher, Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    proof = random_proof(rng, *made[:2], truth(*made).classes)
    assert agrees(tmp_path, packed(made, proof))


@pytest.mark.parametrize("size", [1e-45, 2.0**-130, 5e-324, 1e-30, 1e30, 3e38, 1e300])
def test_both_accept_huge_and_denormal_weights(size, tmp_path):
    rng = np.random.default_rng(4)
    kind = np.float32 if 1e-46 < size < 1e39 else np.float64

    def affine(source, rows, columns):
        weight = rng.choice([-1.0, 0.0, 1.0], size=(rows, columns)) * rng.choice([1, size])
        bias = (rng.uniform(-1, 1, size=rows) * size).astype(kind)
        return Affine(source, weight.astype(kind), bias)

    for _ in range(4):
        teacher = Network(4, (affine(0, 5, 4), Relu(1), affine(2, 2, 5)))
        made = bits(4), teacher, Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
        proof = random_proof(rng, *made[:2], truth(*made).classes)
        assert agrees(tmp_path, packed(made, proof))


def test_both_accept_a_wide_layer(tmp_path):
    """From 256 neurons on, intervals are tried first."""
    rng = np.random.default_rng(8)
    first = Affine(0, rng.normal(size=(260, 5)).astype(np.float32), np.zeros(260, np.float32))
    last = Affine(2, np.abs(rng.normal(size=(1, 260))).astype(np.float32), -np.ones(1, np.float32))
    made = bits(5), Network(5, (first, Relu(1), last)), Tree((Leaf(1),))
    proof = random_proof(rng, *made[:2], truth(*made).classes)
    assert sum(isinstance(step, Constant) for step in proof) > 1
    assert agrees(tmp_path, packed(made, proof))


def test_both_accept_large_domains(tmp_path):
    weight = np.zeros((1, 10_000), np.float32)
    weight[0, 7] = 1
    domain = Domain(tuple(ordinal(f"v{i}", (0, 1, 2)) for i in range(10_000)))
    teacher = Network(10_000, (Affine(0, weight, np.array([-1.5], np.float32)),))
    tree = Tree((Inner(7, Fraction(1), 1, 2), Leaf(0), Leaf(1)))
    proof = (Split(7, 3), Open(), Constant(1))
    assert agrees(tmp_path, packed((domain, teacher, tree), proof))
    assert agrees(tmp_path, packed(hidden(5), (Trusted(0, "oracle 1.0"),)))
