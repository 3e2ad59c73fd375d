"""The mutation campaign: single mutations of valid certificates, and what became of them.

python -m tests.benchmarks mutations --each 11
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from tests.certificates.mutations import MUTATIONS, certificate, outcome

CERTIFICATES = 200
EACH = 6
"""Mutations of each kind of each certificate: 25 kinds, 30,000 in all."""
OUTCOMES = ("same", "malformed", "invalid", "true", "stricter", "FALSE", "DISAGREE")


def main(options: list[str] | None = None) -> None:
    """Print a row for each kind of mutation."""
    match options or []:
        case []:
            each = EACH
        case ["--each", number]:
            each = int(number)
        case _:
            raise SystemExit("only --each N is known")
    total = Counter[str]()
    print(f"{'mutation':17}" + "".join(f"{name:>11}" for name in OUTCOMES))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "mutant"
        for number, kind in enumerate(MUTATIONS):
            seen = Counter[str]()
            for seed in range(CERTIFICATES):
                rng = np.random.default_rng([seed, number, 7])
                parts = certificate(seed)
                seen.update(outcome(rng, parts, kind, path) for _ in range(each))
            print(f"{kind:17}" + "".join(f"{seen[o]:>11}" for o in OUTCOMES), flush=True)
            total += seen
    print(f"{'all':17}" + "".join(f"{total[o]:>11}" for o in OUTCOMES))
    print(
        f"{total.total()} mutations of {CERTIFICATES} certificates: {total['FALSE']} accepted with "
        f"a false claim, {total['DISAGREE']} on which the checkers disagree"
    )
