"""Signed steps in proofs: what is true in the end is what Constants in their place say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.every import seeds
from tests.kernel.test_random_questions import by_bounds_alone, holds, made
from tests.kernel.test_sections import by_sections, outcome
from tests.sign_trees import constant_tree, encode, nodes_read, random_rows, random_tree
from verifier.kernel import checker
from verifier.kernel.checker import prepared, verify
from verifier.kernel.helpers import Helpers
from verifier.kernel.signed import suits
from verifier.model.domain import bits
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Finding, Open, Several, Signed, Split
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.certificate import certificate_of
from verifier.reading.proof_bytes import decode
from verifier.writing import falling
from verifier.writing import sections as cutting
from verifier.writing.certificate import make_certificate
from verifier.writing.falling import units
from verifier.writing.proof_bytes import encode as written
from verifier.writing.sections import sections

SEEDS = seeds(range(5000, 5180))


def signed_models(matter):
    """The networks that trees of signs say something about, by their numbers."""
    nets = prepared(matter).nets
    return {m: net.p.teacher for m, net in nets.items() if suits(net.p)}


def trees_for(rng, network, deep=3):
    """Trees for all forms of a class, most of which test nothing."""
    widths = [width for _, width in nodes_read(network)]
    forms = range(max(1, network.outputs - 1))
    depth = deep if rng.random() < 0.5 else 0
    made = [random_tree(rng, widths, depth, inner=1.0) for _ in forms]
    for tree in made:
        if rng.random() < 0.7:
            tree.bases = [-90] * len(widths)  # next to no multipliers
    rows = random_rows(rng, widths, 1, share=0.2) if rng.random() < 0.5 else []
    return encode([*rows, *made], widths)


def with_trees(matter, proof, seed, share=0.8):
    """A proof in which most Constants of such networks are Signed; and how many."""
    rng, networks, count = np.random.default_rng([seed, 73]), signed_models(matter), 0

    def of(step):
        nonlocal count
        if isinstance(step, Several):
            return Several(tuple(of(x) for x in step.steps))
        if not isinstance(step, Constant) or step.model not in networks or rng.random() > share:
            return step
        count += 1
        return Signed(step.klass, trees_for(rng, networks[step.model]), step.model)

    return tuple(of(node) for node in proof), count


def signed_proofs(chosen):
    """Of random questions the matter, the certificate, its proof with trees, and their number."""
    for seed in chosen:
        matter, _, c = made(seed)
        proof, count = with_trees(c.matter, c.proof, seed)
        if count:
            yield matter, c, proof, count


def test_the_verdict_is_that_of_constants():
    """Small cells are evaluated where no bound shows a class, so that all steps hold."""
    seen = Counter()
    for matter, c, proof, count in signed_proofs(SEEDS):
        whole, found = verify(c.matter, c.proof), verify(c.matter, proof)
        assert found.disagreements == whole.disagreements and found.error == whole.error
        assert found.checked.cells["signed"] == count and holds(found, matter)
        kinds = ("signed", "constant")
        before, after = (sum(x.checked.cells.get(k, 0) for k in kinds) for x in (whole, found))
        assert before == after
        seen["several"] += any(isinstance(x, Several) for x in proof)
        seen["proofs"] += 1
        size, columns = len(c.matter.models), c.matter.domain.columns
        assert decode(written(proof, size), size, columns) == proof
    assert seen["several"] > 3 and seen["proofs"] > 12


def test_cells_of_one_network_and_one_tree_are_entered_together():
    """Constant and Signed ones: they are counted by what they are, whoever enters them."""
    space = bits(14)
    weight = np.eye(14)[:2] * 4.0
    layers = Affine(0, weight, np.full(2, -1.0)), Relu(1), Affine(2, np.ones((1, 2)), -np.ones(1))
    network, tree = Network(14, layers), Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    trees = encode([constant_tree(network)], [2])
    proof = Split(0, 1), Split(1, 1), Constant(0), Signed(1, trees), Signed(1, trees)
    found = verify(matter_of(space, network, tree), proof)
    assert found.checked.cells == {"constant": 1, "signed": 2}
    assert found.disagreements == (1 << 12, 1 << 12) and not found.checked.points_enumerated
    plain = [Constant(x.klass) if isinstance(x, Signed) else x for x in proof]
    other = verify(matter_of(space, network, tree), plain)
    assert other.error == found.error and other.float32 == found.float32


def test_bounds_alone_prove_nothing_false(monkeypatch):
    by_bounds_alone(monkeypatch)
    shown = 0
    for matter, c, proof, _ in signed_proofs(SEEDS):
        if c.matter.is_test:
            continue
        try:
            found = verify(c.matter, proof, lenient=True)
        except InvalidProof:
            continue  # of a Tail
        assert holds(found, matter)
        shown += found.checked.cells.get("signed", 0)
    assert shown > 20


@pytest.mark.parametrize("lenient", [False, True])
def test_sections_and_threads_give_the_same(lenient, monkeypatch):
    by_bounds_alone(monkeypatch)
    for seed in SEEDS[::3]:
        _, _, c = made(seed)
        proof, count = with_trees(c.matter, c.proof, seed)
        if count:
            whole = outcome(lambda c=c, p=proof: verify(c.matter, p, lenient=lenient))
            for found in (
                outcome(lambda c=c, p=proof: by_sections(c, p, 2, monkeypatch, lenient=lenient)),
                outcome(lambda c=c, p=proof: verify(c.matter, p, lenient=lenient, threads=3)),
            ):
                assert found == whole


def plain(seeds):
    """A certificate of a network against a tree alone, with a Signed step: the step's place."""
    for seed in seeds:
        _, _, c = made(seed)
        proof, _ = with_trees(c.matter, c.proof, seed, share=1.0)
        at = [i for i, x in enumerate(proof) if isinstance(x, Signed)]
        if at and not c.matter.is_test:
            return c, proof, at[0]
    raise AssertionError("no proof has a Signed step")


def test_what_does_not_hold_is_refused(monkeypatch):
    c, proof, at = plain(SEEDS)
    step, number = proof[at], 1 + sum(not hasattr(x, "left") for x in proof[:at])

    def refused(changed, match, **options):
        nodes = (*proof[:at], changed, *proof[at + 1 :])
        with pytest.raises(InvalidProof, match=match) as error:
            verify(c.matter, nodes, **options)
        return error.value

    classes = prepared(c.matter).nets[step.model].p.teacher.classes
    wrong = [replace(step, klass=k) for k in range(classes) if k != step.klass]
    assert refused(wrong[0], f"step {number} claims class").refused[0] == number
    refused(replace(step, klass=classes), "which .* lacks")
    refused(replace(step, model=len(c.matter.models)), "no network")
    for lenient in (False, True):
        for trees in (b"", step.trees[:-1], step.trees + b"\0", b"\2\0\0" + step.trees[1:]):
            refused(replace(step, trees=trees), f"step {number}: its signs: the", lenient=lenient)
    by_bounds_alone(monkeypatch)
    nodes = (*proof[:at], wrong[0], *proof[at + 1 :])
    opened = (*proof[:at], Open(), *proof[at + 1 :])
    found, open_ = (verify(c.matter, x, lenient=True) for x in (nodes, opened))
    assert found.disagreements == open_.disagreements and number in found.checked.refused


def test_other_models_have_no_signs():
    """Networks of other layers, trees and ensembles: the step is refused, not read."""
    seen = 0
    for seed in SEEDS:
        _, _, c = made(seed)
        networks = signed_models(c.matter)
        for number, bound in enumerate(c.matter.models):
            if number not in networks and not c.matter.is_test:
                step = Signed(0, b"", number)
                with pytest.raises(InvalidProof, match=r"is Signed, which|is no network|lacks"):
                    verify(c.matter, (step,))
                seen += isinstance(bound.model, Network)
    assert seen > 2


def test_a_file_keeps_its_trees():
    seen = 0
    for matter, c, proof, count in signed_proofs(SEEDS):
        if c.matter.is_test:
            continue
        data, _, verdict = make_certificate(c.matter, Finding(proof), "test")
        held = certificate_of(data)
        assert tuple(held.proof) == proof and verdict.checked.cells["signed"] == count
        assert b'"signed": ' in data
        found = checker.verify(held.matter, held.proof)
        assert found.disagreements == verdict.disagreements and holds(found, matter)
        seen += 1
        if seen == 6:
            return
    raise AssertionError("too few files")


def test_sections_of_long_trees_are_short(monkeypatch):
    """Helpers are given work of a size: trees count by their bytes."""
    monkeypatch.setattr(cutting, "TOGETHER", 1)
    c, proof, at = plain(SEEDS)
    long = replace(proof[at], trees=bytes(falling.UNIT * 100))
    assert units(Several((long, Constant(0, 1)))) == units(long) + 1 > 101
    nodes = tuple(long if isinstance(x, Signed) else x for x in proof)
    held = list(sections(c.domain, nodes, lambda *_: 100))
    longs = [sum(isinstance(x, Signed) for x in section.nodes) for section in held]
    assert max(longs) == 1 and sum(longs) == sum(isinstance(x, Signed) for x in proof)
    monkeypatch.setattr(cutting, "TOGETHER", 4)  # what bounds share is shared by whole groups
    for size in (1, 100):
        held = list(sections(c.domain, nodes, lambda *_, size=size: size))
        assert len(held) > 1 and not any(section.before[1] % 4 for section in held)


def test_helpers_check_them_alike():
    c, proof, _ = plain(SEEDS[4:])
    with Helpers(1) as crew:
        found = verify(c.matter, proof, helpers=crew)
    assert replace(found, checked=None) == replace(verify(c.matter, proof), checked=None)
