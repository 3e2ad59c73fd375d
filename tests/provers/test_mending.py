"""Mended proofs keep the numbers of all other cells, but for whole groups."""

from __future__ import annotations

import numpy as np
import pytest

from tests.brute import truth
from tests.certificates.mutations import subtree
from tests.every import seeds
from tests.kernel.test_checker import random_proof
from tests.provers.cases import random_domain, random_teacher, random_tree
from verifier.kernel.checker import verify
from verifier.model.domain import bits
from verifier.model.proof import Constant, Enumerated, Open, Split, check_shape, steps
from verifier.model.question import matter_of
from verifier.provers.mending import evened
from verifier.writing.proof_bytes import encoded

SEEDS = seeds(range(40))


def problem(seed):
    """A matter with a proof of Constants, some of them Open, and the proof without that."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 200) if seed % 2 else bits(7)
    teacher = random_teacher(rng, domain.columns, 1.0)
    tree = random_tree(rng, domain, teacher.classes)
    classes = truth(domain, teacher, tree).classes
    after = random_proof(rng, domain, teacher, classes)
    before = opened(after, rng)
    return domain, matter_of(domain, teacher, tree), before, after


def opened(proof, rng):
    """The proof with some of its parts, splits and all, Open."""
    nodes, found, at = list(proof), [], 0
    while at < len(nodes):
        end = subtree(nodes, at)
        if 1 < end - at < len(nodes) and rng.random() < 0.2:
            found.append(Open())
            at = end
        elif end - at == 1 and rng.random() < 0.2:
            found.append(Open())
            at += 1
        else:
            found.append(nodes[at])
            at += 1
    return tuple(found)


def places(before, after):
    """How many cells there are in the place of each Open one; 1 for those that are as before."""
    nodes, at = list(after), 0
    for node in before:
        end = subtree(nodes, at) if isinstance(node, Open) else at + 1
        yield node, nodes[at:end]
        at = end
    assert at == len(nodes)


@pytest.mark.parametrize("group", [1, 2, 3, 32])
def test_other_cells_keep_their_numbers_but_for_whole_groups(group):
    added = short = 0
    for seed in SEEDS:
        domain, matter, before, after = problem(seed)
        found = evened(domain, before, after, group)
        check_shape(domain, found)
        cells = [x for x, _, _ in steps(domain, before)]
        number = 0
        for node, own in places(before, found):
            number += not isinstance(node, Split)
            if not isinstance(node, Open):
                assert own == [node]
                continue
            count = sum(not isinstance(x, Split) for x in own)
            kinds = {type(x) for x in own} - {Split}
            most = cells[number - 1].size
            assert kinds <= {Constant, Enumerated, Open}
            if count % group != 1 % group:
                assert own == [Open()] or count == most or Open in kinds
                short += 1
        added += len(found) - len(after)
        plain, same = verify(matter, after), verify(matter, found)
        assert (plain.disagreements, plain.error) == (same.disagreements, same.error)
    assert (added > 0) == (group > 1)
    assert short < 5 or group > 3


def test_what_is_encoded_stays_so():
    domain, _, before, after = problem(0)
    own = encoded(after, 2, domain.columns, ())
    found = evened(domain, before, own, 32)
    assert tuple(found) == tuple(evened(domain, before, after, 32)) and found.models == 2


def test_another_proof_is_left_as_it_is():
    """Where it is no longer the one before, and behind that."""
    domain = bits(3)
    before = (Split(0, 1), Constant(0), Split(1, 1), Open(), Constant(1))
    after = (Split(0, 1), Constant(1), Split(1, 1), Constant(0), Constant(1))
    assert evened(domain, before, after, 2 + 1) == after
    right = (Split(0, 1), Constant(0), Split(1, 1), Constant(0), Constant(1))
    assert len(evened(domain, before, right, 2)) == 5
    ended = evened(domain, before, (Split(0, 1), Constant(0), Constant(1)), 2)
    assert ended == (Split(0, 1), Constant(0), Constant(1))
