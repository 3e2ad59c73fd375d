"""The mutation campaign: single mutations of valid certificates, and what became of them.

python -m tests.benchmarks mutations --each 11

Of both formats; brute force is the judge. The first table is about format 1, the second about 2,
the third about certificates with Sandwiches.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.certificates import matter_mutations, mutations, sandwich_mutations

CERTIFICATES = 200
EACH = 6
"""Mutations of each kind of each certificate: 25 kinds of format 1 and 34 of format 2."""
FIRST = ("same", "malformed", "invalid", "true", "FALSE", "DISAGREE")


def first(kind: str, seed: int, each: int, path: Path) -> Counter[str]:
    """What became of some mutations of a certificate of format 1."""
    rng = np.random.default_rng([seed, [*mutations.MUTATIONS].index(kind), 7])
    parts = mutations.certificate(seed)
    return Counter(mutations.outcome(rng, parts, kind, path) for _ in range(each))


def second(kind: str, seed: int, each: int, path: Path) -> Counter[str]:
    """What became of some mutations of a certificate of format 2."""
    rng = random.Random(f"campaign {kind} {seed}")
    parts = matter_mutations.certificate(seed)
    return Counter(matter_mutations.outcome(rng, parts, kind, path) for _ in range(each))


def third(kind: str, seed: int, each: int, path: Path) -> Counter[str]:
    """What became of some mutations of a certificate with Sandwiches."""
    rng = sandwich_mutations.seeded(f"campaign {kind}", seed)
    parts = sandwich_mutations.certificate(seed)
    return Counter(sandwich_mutations.outcome(rng, parts, kind, path) for _ in range(each))


def campaign(
    kinds: list[str],
    outcomes: tuple[str, ...],
    of: Callable[[str, int, int, Path], Counter[str]],
    each: int,
) -> Counter[str]:
    """Print a row for each kind of mutation, and one for all."""
    total = Counter[str]()
    print(f"{'mutation':17}" + "".join(f"{name:>11}" for name in outcomes))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "mutant"
        for kind in kinds:
            seen = Counter[str]()
            for seed in range(CERTIFICATES):
                seen += of(kind, seed, each, path)
            print(f"{kind:17}" + "".join(f"{seen[o]:>11}" for o in outcomes), flush=True)
            total += seen
    print(f"{'all':17}" + "".join(f"{total[o]:>11}" for o in outcomes) + "\n")
    return total


def main(options: list[str] | None = None) -> None:
    """Print the tables."""
    match options or []:
        case []:
            each = EACH
        case ["--each", number]:
            each = int(number)
        case _:
            raise SystemExit("only --each N is known")
    total = campaign([*mutations.MUTATIONS], FIRST, first, each)
    total += campaign([*matter_mutations.MUTATIONS], matter_mutations.OUTCOMES, second, each)
    total += campaign([*sandwich_mutations.MUTATIONS], sandwich_mutations.OUTCOMES, third, each)
    print(
        f"{total.total()} mutations of {3 * CERTIFICATES} certificates: {total['FALSE']} accepted "
        f"with a false claim, {total['STRICTER']} refused though brute force finds no fault, "
        f"{total['DISAGREE']} on which the checkers disagree"
    )
