"""No single mutation of a valid certificate of format 2 is accepted with a claim that is false.

``python -m tests.benchmarks mutations`` runs more of them and prints what became of each kind.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.certificates.checkers import VALID, answers
from tests.certificates.matter_mutations import MUTATIONS, certificate, outcome
from tests.certificates.matters import file
from tests.every import EVERY

CERTIFICATES, REFUSED = (40, 3) if EVERY else (20, 1)
"""One mutation of each kind of each certificate: 34 kinds."""
NEVER_ACCEPTED = {
    *("dropped cell", "duplicated cell", "chance stated", "numbers stated", "answer"),
    *("claim entry", "witness stated", "raw byte", "truncated", "value dropped"),
}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_no_mutant_with_a_false_claim_is_accepted(kind, tmp_path):
    seen = Counter()
    for seed in range(CERTIFICATES):
        rng = random.Random(f"{kind} {seed}")
        seen[outcome(rng, certificate(seed), kind, tmp_path / "mutant")] += 1
    assert not seen["FALSE"] and not seen["STRICTER"] and not seen["DISAGREE"], seen
    assert seen["invalid"] + seen["malformed"] >= REFUSED, seen
    if kind in NEVER_ACCEPTED:
        assert not seen["true"], seen


@pytest.mark.parametrize("seed", range(CERTIFICATES))
def test_what_is_mutated_is_valid(seed, tmp_path):
    (tmp_path / "valid").write_bytes(file(certificate(seed)))
    assert set(answers(tmp_path / "valid").values()) == {VALID}


def test_a_checker_that_believes_everything_would_be_seen(tmp_path, monkeypatch):
    """If none of the Steps were checked, the campaign would say so."""
    from tests.certificates import checkers

    monkeypatch.setattr(checkers, "CHECKERS", {"gullible": lambda path, said: VALID})
    seen = Counter(
        outcome(random.Random(seed), certificate(seed), "step class", tmp_path / "mutant")
        for seed in range(10)
    )
    assert seen["FALSE"] >= 5, seen
