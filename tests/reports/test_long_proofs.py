"""What a report takes from a proof that is gone through once: cells chosen, and its upper part."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from verifier.jobs.limit import Limit, within
from verifier.model.domain import bits
from verifier.model.errors import Unfinished
from verifier.model.proof import Constant, Enumerated, Open, Split, steps
from verifier.provers.timing import now
from verifier.reports import passing, point_box
from verifier.reports.passing import hearing, passed, some_cells

BITS = 12
SAID = {Constant: "proved", Enumerated: "enumerated", Open: "open"}


def random_proof(rng, cells, depth=0):
    """A proof of so many cells over bits."""
    if cells == 1:
        return [rng.choice([Constant(0), Constant(1), Enumerated(), Open()])]
    most = 1 << BITS - depth - 1
    left = rng.randrange(max(1, cells - most), min(cells, most + 1))
    sides = (random_proof(rng, n, depth + 1) for n in (left, cells - left))
    return [Split(depth, rng.choice([1, 2])), *next(sides), *next(sides)]


def words(step):
    return SAID[type(step)], repr(step), None


def tree(proof):
    """The proof as nested tuples: a split with its halves, or a step."""
    items = iter(proof)

    def below():
        node = next(items)
        return (node, below(), below()) if isinstance(node, Split) else node

    return below()


def cells_below(node):
    """The cells of a nested proof by what is said of them."""
    if not isinstance(node, tuple):
        return Counter([SAID[type(node)]])
    return cells_below(node[1]) + cells_below(node[2])


def as_nested(found, at=0):
    """What the page holds of a proof, in the same way; a dict of what is left out."""
    node = found["nodes"][at]
    if len(node) > 1:
        return (node[0], as_nested(found, node[2]), as_nested(found, node[3]))
    return node[0] if isinstance(node[0], dict) else found["says"][node[0]][1]


def upper(node, kept):
    """The nested proof with the splits that are not ``kept`` left out."""
    if not isinstance(node, tuple):
        return repr(node)
    if id(node) not in kept:
        return dict(cells_below(node))
    return node[0].variable, upper(node[1], kept), upper(node[2], kept)


def first_splits(root, most):
    """So many splits, those with the fewest others above them first."""
    kept, level = [], [root]
    while level:
        splits = [node for node in level if isinstance(node, tuple)]
        kept += splits
        level = [half for node in splits for half in node[1:]]
    return {id(node) for node in kept[:most]}


@pytest.mark.parametrize("most", [0, 1, 2, 7, 40, 4000])
@pytest.mark.parametrize("seed", range(6))
def test_the_page_holds_the_upper_part_of_a_proof(monkeypatch, seed, most):
    monkeypatch.setattr(point_box, "MOST_SPLITS", most)
    rng = random.Random(seed)
    proof = tuple(random_proof(rng, rng.randrange(1, 150)))
    found, root = point_box._proof(bits(BITS), proof, words), tree(proof)
    assert as_nested(found) == upper(root, first_splits(root, most))


@pytest.mark.parametrize("every", [1, 2, 5])
@pytest.mark.parametrize("seed", range(4))
def test_every_so_manieth_cell_is_chosen(monkeypatch, seed, every):
    monkeypatch.setattr(passing, "TOGETHER", 8)
    proof = tuple(random_proof(random.Random(seed), 100))
    kinds = Constant, Open
    wanted = [(cell, s) for cell, _, s in steps(bits(BITS), proof) if isinstance(s, kinds)]
    assert some_cells(bits(BITS), proof, kinds, every, "") == wanted[::every]


def test_going_through_a_long_proof_says_how_far_it_is_and_ends_in_time(monkeypatch):
    monkeypatch.setattr(passing, "TOGETHER", 10)
    proof, heard = tuple(random_proof(random.Random(1), 17)), []
    with hearing(heard.append):
        assert tuple(passed(proof, "counting")) == proof
    assert heard[0] == "counting: 10 of 33 nodes of the proof" and len(heard) == 4
    with pytest.raises(Unfinished), within(Limit(0, now() - 9)):
        list(passed(proof, "counting"))
