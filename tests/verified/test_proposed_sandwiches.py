"""Sandwiches that the prover proposes for small networks: both checkers find the same of them."""

from __future__ import annotations

import pytest

from tests.certificates.checkers import INVALID, VALID, of_members
from tests.kernel.test_sandwich import case, changed, is_true
from tests.provers.matters import answer
from tests.verified.test_sandwiches import WORDS, found, parts_of
from verifier.kernel.checker import verify
from verifier.kernel.claim import claim_of
from verifier.model.errors import InvalidProof
from verifier.writing.json_text import dump


def word(matter, step, verdict):
    """The verified checker's word on a Sandwich and what the kernel states of it."""
    return WORDS[of_members(parts_of(matter, (step,), dump(claim_of(verdict.stated, matter, 2))))]


@pytest.mark.parametrize("start", range(0, 60, 30))
def test_the_kernel_and_the_verified_checker_count_the_same(start):
    told = 0
    for seed in range(start, start + 30):
        rng, matter, _, _, step = case(seed, whole=True)
        if step is None:
            continue
        assert word(matter, step, verify(matter, (step,))) == VALID, seed
        told += 1
        other = changed(rng, step)
        try:
            verdict = verify(matter, (other,))
        except InvalidProof:
            continue
        # its strips may be too narrow for this checker's own bounds; the numbers are the same
        if found(parts_of(matter, (other,)))[0] == "Accepted":
            assert word(matter, other, verdict) == VALID, seed
    assert told > 20


@pytest.mark.parametrize("start", range(100, 130, 30))
def test_what_is_changed_is_refused_or_true(start):
    accepted = refused = 0
    for seed in range(start, start + 30):
        rng, matter, _, cell, step = case(seed, whole=True)
        for other in () if step is None else [changed(rng, step) for _ in range(4)]:
            if other.order > 3 * (len(other.strips) == 2):
                continue  # malformed
            said, got = found(parts_of(matter, (other,)))
            if said != "Accepted":
                assert WORDS[said] == INVALID
                refused += 1
                continue
            accepted += 1
            assert is_true(matter, cell, other), seed
            (low, high), (least, most) = got
            count, chance = answer(matter)
            assert low <= count <= high and least <= chance <= most
    assert accepted > 20 and refused > 20
