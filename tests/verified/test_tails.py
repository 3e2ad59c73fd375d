"""Tails of large cells: the verified checker believes the kernel's bound, and no smaller one."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from tests.certificates.checkers import INVALID, VALID, kernel, of_members
from tests.every import EVERY
from verifier.formats.variables import one_hot, variable
from verifier.kernel.checker import verify
from verifier.kernel.claim import claim_of
from verifier.kernel.prepared import prepare
from verifier.kernel.tails import tail_bound
from verifier.model.cell import full_cell
from verifier.model.chances import Runs
from verifier.model.domain import Domain
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal
from verifier.model.proof import Finding, Open, Split, Tail
from verifier.model.question import Bound, ClassIs, Matter
from verifier.reading import container
from verifier.reading.certificate import pack
from verifier.writing.certificate import members_of
from verifier.writing.json_text import dump

WORDS = {"Accepted": VALID, "Invalid": INVALID}
LEAVES = Fraction(2, 3), Fraction(1, 3)
CASES = 40 if EVERY else 16
CUT = 4
"""The last index of the first variable that belongs to the first leaf."""


def random_variable(rng, name):
    """One of all kinds; ranges of up to 2^40 numbers."""
    n, p = rng.choice((5, 10**6, 2**40)), Fraction(rng.randrange(1, 9), 9)
    return rng.choice(
        (
            variable(name, ("no", "yes"), ((-1,), (1,))),
            variable(name, ("low", "high"), ((Fraction(1, 3),), (2,)), (p, 1 - p)),
            one_hot(name, ("a", "b", "c"), (p / 2, (1 - p) / 2, Fraction(1, 2))),
            Ordinal(name, Fraction(-1, 2), Fraction(1, n), n, ((2, p), (n - 2, 1 - p))),
        )
    )


def case(rng, relu):
    """A network that is nearly always 1 on a domain, with or without a tree of two leaves."""
    first = Ordinal("first", Fraction(0), Fraction(1, 9), 9, ((9, Fraction(1)),))
    held = (first, *(random_variable(rng, f"v{i}") for i in range(rng.choice((20, 40)))))
    given = None
    if rng.random() < 0.5:
        ends = Runs(0, ((CUT + 1, Fraction(1)),)), Runs(CUT + 1, ((8 - CUT, Fraction(1)),))
        leaves = [
            GivenLeaf(w, (own, *(None for _ in held[1:])))
            for w, own in zip(LEAVES, ends, strict=True)
        ]
        given = Given((GivenTest(0, range(CUT + 1), 1, 2), *leaves))
    domain = Domain(held, given)
    width = 4 if relu else 1
    rows = [[rng.randrange(-9, 10) for _ in range(domain.columns)] for _ in range(width)]
    lead = rng.uniform(0.8, 1.5) * sum(map(abs, rows[0]))
    layers = [Affine(0, np.array(rows, float), np.array([0.0 if relu else lead] * width))]
    if relu:
        layers += [Relu(1), Affine(2, np.full((1, width), -1.0), np.array([3 * lead]))]
    network = Network(domain.columns, tuple(layers))
    return Matter(domain, (Bound("net", network, tuple(range(len(held)))),), ClassIs(0, 1))


def files(matter):
    """The kernel's bound, and files that claim any part of it, with the verdict of that."""
    domain, network = matter.domain, matter.models[0].model
    node, weight, cell = None, 1, full_cell(domain)
    if domain.given is not None:
        node, weight, cell = 1, LEAVES[0], cell.split(0, CUT)[0]
    plain = Domain(domain.variables)
    bound = tail_bound(prepare(network, plain), cell, 1, list(domain.distributions(node)))

    def file(share):
        tail = Tail(1, bound * share)
        proof = (Split(0, CUT), tail, Open()) if node else (tail,)
        parts = members_of(matter, Finding(proof, ()))
        true = (*proof[:-2], Tail(1, bound), *proof[2:]) if node else (Tail(1, bound),)
        claim = claim_of(verify(matter, true).stated, matter, 2)
        claim["probability"]["lower"] = str(weight * (1 - tail.bound))
        return pack({**parts, "verdict.json": dump(claim)}, "by hand", None)

    return bound, file


@pytest.mark.parametrize("relu", [False, True])
def test_the_bound_of_the_kernel_is_the_least_that_both_believe(relu, tmp_path):
    """Where ReLUs are replaced by lines, the checkers' lines differ a little."""
    rng, told = random.Random(f"tails {relu}"), 0

    def said(share):
        data = file(share)
        (tmp_path / "c").write_bytes(data)
        return {kernel(tmp_path / "c"), WORDS[of_members(container.unpack(data))]}

    while told < CASES:
        bound, file = files(case(rng, relu))
        if not Fraction(1, 10**40) < bound < Fraction(9, 10):
            continue
        told += 1
        assert said(1) == {VALID}, told
        less = Fraction(1, 2) if relu else Fraction(999, 1000)
        assert said(less) == {INVALID}, told
