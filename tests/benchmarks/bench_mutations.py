"""The mutation campaign: single mutations of valid certificates by someone who fixes the hashes."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from tests.certificate.mutations import MUTATIONS, certificate, outcome

CERTIFICATES = 60
EACH = 12
"""Mutations of each kind of each certificate."""


def main() -> None:
    """Print a row for each kind of mutation."""
    total = Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in MUTATIONS:
            seen = Counter[str]()
            for seed in range(CERTIFICATES):
                parts = certificate(seed, folder)
                rng = np.random.default_rng([seed, 7])
                seen.update(outcome(rng, parts, kind, folder) for _ in range(EACH))
            print(f"{kind:10} {dict(sorted(seen.items()))}", flush=True)
            total += seen
    print(f"all        {dict(sorted(total.items()))}: {total['FALSE']} accepted with a false claim")
