"""A proof that leaves very many cells open is gone on with piece by piece, to the same answer."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from tests.provers import matters
from tests.provers.cases import hard_problem, only_batched, small_cells
from verifier.kernel import checker
from verifier.model.proof import (
    Constant,
    Enumerated,
    Finding,
    Open,
    Split,
    Tail,
    is_open,
    steps,
)
from verifier.model.question import matter_of
from verifier.provers import asked_cells, branch, cells, questions
from verifier.provers.cells import Branching
from verifier.provers.options import Options
from verifier.provers.overlaying import leaves_open
from verifier.provers.putting_back import put_back


def opened(proof, share):
    """A proof with some of its cells open again."""
    rng = random.Random(0)
    return tuple(x if isinstance(x, Split) or rng.random() >= share else Open() for x in proof)


@pytest.fixture(params=[3, 10**6], ids=["pieces", "whole"])
def pieces(request, monkeypatch):
    """Few cells at a time, or all at once."""
    monkeypatch.setattr(cells, "PIECE", request.param)
    monkeypatch.setattr(asked_cells, "PIECE", request.param)


@pytest.fixture(autouse=True)
def many_cells(monkeypatch):
    """Proofs as they are searched, and not those that are cheap to check."""
    monkeypatch.setattr(branch, "_shape", lambda *_: None)
    small_cells(monkeypatch, 16)


@pytest.mark.parametrize("batched", [False, True])
def test_branch_closes_all_of_them(pieces, monkeypatch, batched):
    domain, teacher, tree = hard_problem()
    if batched:
        only_batched(monkeypatch)
    else:
        monkeypatch.setattr(branch, "_first", lambda *_: 0)
    first = branch.prove(domain, teacher, tree).proof
    left = opened(first, 0.7)
    assert sum(isinstance(x, Open) for x in left) > 60
    search = Branching(domain, teacher, tree, options=Options(resume=left))
    sizes = [cell.size for cell, _, x in steps(domain, left) if isinstance(x, Open)]
    assert search.open == len(sizes)
    assert search.proved == pytest.approx(1 - sum(sizes) / domain.size)
    again = branch.prove(domain, teacher, tree, Options(resume=left))
    assert not is_open(again.proof)
    matter = matter_of(domain, teacher, tree)
    assert checker.verify(matter, again.proof).error == checker.verify(matter, first).error


@pytest.mark.parametrize("seed", range(8))
def test_questions_are_answered_all_the_same(pieces, seed):
    matter = matters.random_matter(np.random.default_rng(seed))
    left = opened(questions.prove(matter).proof, 0.7)
    again = questions.prove(matter, Options(resume=left))
    assert not leaves_open(matter, again.proof)
    assert matters.holds(matter, again.proof)


def test_a_search_that_ends_at_once_leaves_those_open_that_never_began(monkeypatch):
    monkeypatch.setattr(cells, "PIECE", 3)
    domain, teacher, tree = hard_problem()
    left = opened(branch.prove(domain, teacher, tree).proof, 0.7)
    monkeypatch.setattr(branch, "_search_all", lambda search: None)
    assert branch.prove(domain, teacher, tree, Options(resume=left)).proof == left


def test_what_was_said_of_parts_is_put_back_where_cells_stayed_open():
    tail, shut = Tail(1, Fraction(1, 4)), Constant(0)
    earlier = (Split(0, 1), Split(1, 1), tail, tail, Split(2, 1), Open(), Split(3, 1), shut, tail)
    found = (
        *(Split(0, 1), Split(1, 1), Open(), Split(4, 1), shut, Open()),
        *(Split(2, 1), Split(5, 1), Open(), shut, Enumerated()),
    )
    expected = (*found[:2], tail, *found[3:])
    assert put_back(earlier, Finding(found)).proof == expected
    untouched = (*earlier[:2], Open(), Open(), *earlier[4:8], Open())
    assert put_back(earlier, Finding(untouched)).proof == earlier
    assert put_back(earlier, Finding((Open(),))).proof == (Open(),)
    assert put_back((tail,), Finding((Open(),))).proof == (tail,)
    other = (Split(0, 1), Split(7, 1), Open(), Open(), Split(2, 1), Open(), Open())
    assert put_back(earlier, Finding(other)).proof == other
