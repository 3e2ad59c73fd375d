"""Certificates with Sandwiches: brute force finds the same numbers, and no false one is accepted.

``python -m tests.benchmarks mutations`` runs more of them.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.brute_members import matter_of
from tests.brute_proof import judged, proof_of
from tests.certificates.checkers import VALID, answers
from tests.certificates.matters import file
from tests.certificates.sandwich_mutations import MUTATIONS, certificate, outcome, seeded
from tests.every import EVERY

CERTIFICATES = 25 if EVERY else 13


@pytest.mark.parametrize("seed", range(2 * CERTIFICATES))
def test_brute_force_counts_the_same(seed):
    """The verdict that the file states is compared as text; all sums are counted one by one."""
    parts = certificate(seed)
    _, found = judged(parts)
    assert found.steps["sandwich"] == sum(n.kind == 7 for n in proof_of(matter_of(parts), parts))


def test_both_checkers_accept(tmp_path):
    """The verified checker nearly always: where its enclosures are wider, so are its strips."""
    refused = 0
    for seed in range(CERTIFICATES):
        (tmp_path / "valid").write_bytes(file(certificate(seed)))
        found = answers(tmp_path / "valid")
        assert found["kernel"] == VALID
        refused += found["verified"] != VALID
    assert refused <= CERTIFICATES // 12


@pytest.mark.parametrize("kind", MUTATIONS)
def test_no_mutant_with_a_false_claim_is_accepted(kind, tmp_path):
    seen = Counter(
        outcome(seeded(kind, seed), certificate(seed), kind, tmp_path / "mutant")
        for seed in range(CERTIFICATES)
    )
    assert not seen["FALSE"], seen
    assert seen["refused"] >= (3 if EVERY else 1), seen


def test_a_checker_that_believes_everything_would_be_seen(tmp_path, monkeypatch):
    from tests.certificates import checkers

    monkeypatch.setattr(checkers, "CHECKERS", {"gullible": lambda path, said: VALID})
    kind = "strip narrower"
    seen = Counter(
        outcome(seeded(kind, seed), certificate(seed), kind, tmp_path / "mutant")
        for seed in range(20)
    )
    assert seen["FALSE"] >= 10, seen
