"""No single mutation of a valid certificate is accepted with a claim that is false."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.certificate.mutations import MUTATIONS, certificate, outcome


@pytest.mark.parametrize("name", MUTATIONS)
def test_no_mutant_with_a_false_claim_is_accepted(name, tmp_path):
    seen = Counter()
    for seed in range(10):
        parts = certificate(seed, tmp_path)
        rng = np.random.default_rng([seed, sorted(MUTATIONS).index(name)])
        for _ in range(8):
            seen[outcome(rng, parts, name, tmp_path)] += 1
    assert seen["FALSE"] == 0
    assert seen["refused"] >= 5, seen
