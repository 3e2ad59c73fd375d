"""Trees of signs in the second checker: against every point, and against the kernel."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values
from tests.every import seeds
from tests.kernel.test_random_questions import made
from tests.kernel.test_signed import SEEDS, with_trees
from tests.kernel.test_signs import bounds, problem
from tests.sign_trees import encode, is_in, nodes_read, values_of
from verifier import second_checker
from verifier.kernel.choices import DOUBLE
from verifier.kernel.prepared import prepare
from verifier.kernel.signs import decode, neurons
from verifier.model.cell import full_cell
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.proof import Finding, Open
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.second_checker.bounds import class_forms, region
from verifier.second_checker.signs import leaf_count, leasts, tightened, trees_of
from verifier.writing.certificate import make_certificate


def read_by(domain, network):
    """What the second checker reads of a domain and a network."""
    matter = matter_of(domain, network, Tree((Leaf(0),)))
    data, _, _ = make_certificate(matter, Finding((Open(),)), "test")
    case = second_checker.read(data).case
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
    for seed in SEEDS:
        _, _, c = made(seed)
        proof, count = with_trees(c.matter, c.proof, seed)
        if not count or c.matter.is_test:
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
                kernel = decode(own, neurons(p), forms)
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
                assert [row for row, _ in second.rows] == kernel.rows.tolist()
                owner = np.repeat(np.arange(len(widths)), widths)
                for i, leaf in enumerate(leaves):
                    own_signs = {j: int(s) for j, s in enumerate(kernel.sign[i]) if s}
                    assert own_signs == leaf.signs
                    for j, (code, power) in leaf.betas.items():
                        beta = Fraction(float(kernel.units[i, owner[j]])) * int(kernel.codes[i, j])
                        assert beta == code * Fraction(2) ** power
    assert min(agreed.values()) > 20
