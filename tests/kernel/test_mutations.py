"""No single mutation of a valid certificate is accepted with a claim that is false.

``python -m tests.benchmarks mutations`` runs more of them and prints what became of each kind.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.certificates import checkers
from tests.certificates.checkers import VALID, answers
from tests.certificates.mutations import MUTATIONS, certificate, original, outcome
from tests.every import EVERY

CERTIFICATES = 16
EACH = 9 if EVERY else 1
"""Mutations of each kind of each certificate: 25 kinds, 3,600 in all, or 400."""
SPOILT = 24
"""Certificates that a spoilt kernel looks at."""

NEVER_ACCEPTED = {
    *("dropped cell", "duplicated cell", "error", "claim entry", "hash", "raw byte", "truncated"),
}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_no_mutant_with_a_false_claim_is_accepted(kind, tmp_path):
    seen, judged = Counter(), {}
    for seed in range(CERTIFICATES):
        rng = np.random.default_rng([seed, [*MUTATIONS].index(kind)])
        parts = certificate(seed)
        seen.update(outcome(rng, parts, kind, tmp_path / "mutant", judged) for _ in range(EACH))
    assert seen.total() == CERTIFICATES * EACH
    assert not seen["FALSE"] and not seen["DISAGREE"], seen
    assert seen["invalid"] + seen["malformed"] > EACH, seen
    if kind in NEVER_ACCEPTED:
        assert not seen["true"], seen


@pytest.mark.parametrize("seed", range(CERTIFICATES))
def test_what_is_mutated_is_valid(seed, tmp_path):
    (tmp_path / "valid").write_bytes(original(certificate(seed)))
    assert set(answers(tmp_path / "valid").values()) == {VALID}


def test_a_false_claim_would_be_seen(tmp_path, monkeypatch):
    """If the kernel forgot to compare the verdict stated, the campaign would say so."""
    from verifier.kernel import rules
    from verifier.kernel.rules import constant_margin

    def gullible(p, masks, classes, *more):
        nodes, margin, rows, least = constant_margin(p, masks, classes, *more)
        return nodes, margin, rows, least - 10**18

    for seed in range(SPOILT):
        certificate(seed)  # made, and kept, before the kernel is spoilt
    monkeypatch.setattr(rules, "constant_margin", gullible)
    monkeypatch.setattr(checkers, "CHECKERS", {"kernel": checkers.kernel})
    seen = Counter()
    for seed in range(SPOILT):
        rng = np.random.default_rng(seed)
        for kind in ("step class", "weight bit"):
            seen.update([outcome(rng, certificate(seed), kind, tmp_path / "mutant")])
    assert seen["FALSE"], seen
