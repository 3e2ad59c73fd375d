"""Trees of signs in the second checker: against every point, and against the kernel."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from tests import sign_trees
from tests.brute import node_values
from tests.every import seeds
from tests.kernel.test_random_questions import made
from tests.kernel.test_signed import SEEDS, signed_proofs, with_trees
from tests.kernel.test_signs import bounds, problem
from tests.second_checker.test_sample import sampled
from tests.sign_trees import encode, is_in, nodes_read, values_of
from verifier import second_checker
from verifier.kernel.choices import DOUBLE
from verifier.kernel.prepared import prepare
from verifier.kernel.signs import decode, neurons
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import (
    Constant,
    Finding,
    Open,
    Sandwich,
    Several,
    Signed,
    Tail,
    Trusted,
)
from verifier.model.question import matter_of
from verifier.model.sample import Plan
from verifier.model.tree import Leaf, Tree
from verifier.second_checker.bounds import Box, class_forms, region
from verifier.second_checker.counting import _is_signed
from verifier.second_checker.nodes import Node
from verifier.second_checker.points import Tally
from verifier.second_checker.signs import Leaf as Held
from verifier.second_checker.signs import _Known, leaf_count, leasts, tightened, trees_of
from verifier.writing.certificate import make_certificate


def case_of(domain, network):
    """What the second checker reads of a domain and a network."""
    matter = matter_of(domain, network, Tree((Leaf(0),)))
    data, _, _ = make_certificate(matter, Finding((Open(),)), "test")
    return second_checker.read(data).case


def read_by(domain, network):
    """The cell of all, and the network."""
    case = case_of(domain, network)
    return case.domain.cell(), case.nets[0]


@pytest.mark.parametrize("seed", seeds(range(24)))
def test_what_leaves_show_is_true_and_what_the_kernel_shows(seed):
    """At every point, and up to the slopes of upper lines, which are rounded down."""
    domain, network, _, klass, made_trees = problem(seed)
    widths, cell = [width for _, width in nodes_read(network)], full_cell(domain)
    data, (whole, net) = encode(made_trees[0], widths), read_by(domain, network)
    _, (kernel,) = bounds(prepare(network, domain), [cell], klass, [data], DOUBLE)
    rows = [row for row, _ in class_forms(network.outputs, klass)]
    trees, top, seen = trees_of(net.network, data, len(rows)), len(network.layers), 0
    every = [*trees.forms, *(tree for _, tree in trees.rows)]
    assert leaf_count(data, len(rows)) == sum(map(len, every))
    here = tightened(region(net.network, net.inputs, net.cell(whole), True), trees)
    points = list(cell.points())
    values = [node_values(network, domain.encode(x)) for x in points[:: 1 + len(points) // 16]]
    for row, tree, theirs in zip(rows, trees.forms, kernel, strict=True):
        for leaf, bound, other in zip(tree, leasts(here, top, row, tree), theirs, strict=True):
            assert abs(float(bound) - other) <= 2e-3 * (1 + abs(other))
            for nodes in values:
                if is_in(leaf.signs, values_of(network, nodes)):
                    margin = sum(x * y for x, y in zip(row, nodes[-1], strict=True))
                    assert bound <= margin
                    seen += 1
    assert seen


def test_whole_files_are_accepted():
    """What the kernel states of float32 is shown, too."""
    seen = kinds = 0
    for _, c, proof, _ in signed_proofs(SEEDS):
        if c.matter.is_test:
            continue
        data, _, _ = make_certificate(c.matter, Finding(proof), "test")
        try:
            found = second_checker.check(data)
        except second_checker.TooLarge:
            continue
        seen += sum(found.cells.values()) > 0
        kinds += found.cells.get("shown", 0)
    assert seen > 8 and kinds > 20


def test_bytes_are_read_as_the_kernel_reads_them():
    """Flipped bits, bytes too many and too few: both refuse, or both read the same."""
    agreed = {True: 0, False: 0}
    for seed in (0, 1, 3, 4, 5):
        domain, network, _, _, made_trees = problem(seed)
        rng, (_, net) = random.Random(seed), read_by(domain, network)
        p = prepare(network, domain)
        widths, forms = [width for _, width in nodes_read(network)], max(1, network.outputs - 1)
        data = encode(made_trees[0], widths)
        some = [data, data[:-1], data + b"\0", b"\2\0\0" + data[1:], b"\x80\0" + data[1:], b""]
        for at in range(len(data)):
            changed = bytearray(data)
            changed[at] ^= 1 << rng.randrange(8)
            some.append(bytes(changed))
        for own in some:
            try:
                kernel = decode([own], [1], neurons(p), forms)
            except InvalidProof:
                kernel = None
            try:
                second = trees_of(net.network, own, forms)
            except CertificateError:
                second = None
            assert (kernel is None) == (second is None)
            agreed[kernel is not None] += 1
            if kernel is not None and second is not None:
                own_trees = [*(tree for _, tree in second.rows), *second.forms]
                leaves = [leaf for tree in own_trees for leaf in tree]
                about = [row for row, _ in second.rows] + [-1 - i for i in range(forms)]
                assert about == kernel.about.tolist()
                owner = np.repeat(np.arange(len(widths)), widths)
                for i, leaf in enumerate(leaves):
                    own_signs = {j: int(s) for j, s in enumerate(kernel.sign[i]) if s}
                    assert own_signs == leaf.signs
                    for j, (code, power) in leaf.betas.items():
                        beta = Fraction(float(kernel.units[i, owner[j]])) * int(kernel.codes[i, j])
                        assert beta == code * Fraction(2) ** power
    assert min(agreed.values()) > 20


def test_all_leaves_have_to_show_it():
    """relu(z) - relu(z) + 1/10: with the sign of z it is shown where the other slope fits it."""
    layers = Affine(0, np.ones((2, 2)), np.full(2, -0.75)), Relu(1)
    network = Network(2, (*layers, Affine(2, np.array([[1.0, -1.0]]), np.array([0.1]))))
    case, found = case_of(bits(2), network), []
    net, tally = case.nets[0], Tally(case.domain)
    for off, on in ((0, 3), (0, 0), (3, 3), (3, 0)):
        ends = sign_trees.Leaf([0], [off, 0]), sign_trees.Leaf([0], [on, 0])
        tree = sign_trees.Tree(sign_trees.Inner(1, *ends), [3, 3], [-4])
        node = Node("signed", 1, trees=encode([tree], [2]))
        found.append(_is_signed(net, net.cell(case.domain.cell()), node, tally))
    assert found == [True, False, False, False]


def test_lines_above_are_above_at_both_ends():
    """Exactly, wherever a slope is rounded down."""
    rng, leaf = random.Random(0), Held({}, {}, [8])
    for _ in range(200):
        low, high, c = -rng.randrange(1, 1 << 20), rng.randrange(1, 1 << 20), rng.randrange(1, 9)
        back = _Known(Box([low], [high], 7), leaf, 0).back([-c], 3)
        (slope,), over = back.form
        for z in (Fraction(low, 7), Fraction(0), Fraction(high, 7)):
            assert slope * z / over + back.constant <= Fraction(-c, 3) * max(z, 0)


def test_samples_are_not_drawn_where_a_class_is_signed():
    """Where all of the rest is open: the second checker draws the same points again."""
    seen = 0
    for seed in SEEDS:
        _, _, c = made(seed)
        proof, _ = with_trees(c.matter, c.proof, seed, share=1.0)
        proof = tuple(Open() if isinstance(x, Constant) else x for x in proof)
        if c.matter.is_test or not any(isinstance(x, Signed) for x in proof):
            continue
        if any(isinstance(x, Several | Sandwich | Tail | Trusted) for x in proof):
            continue
        data, _, _ = make_certificate(c.matter, Finding(proof), "test")
        held = sampled(data, Plan(200, Fraction(1, 1000), str(seed), block=64))
        if held is not None:
            seen += second_checker.check(held).sample == ""
    assert seen
