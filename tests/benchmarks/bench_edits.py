"""Edited certificates of provers, of every kind: what became of them, judged by brute force.

python -m tests.benchmarks edits --seeds 4 10
"""

from __future__ import annotations

import random
import time
from collections import Counter

from tests.certificates.edited_truth import outcome
from tests.certificates.edits import EDITS, edited
from tests.certificates.proved import KINDS, certificate

OUTCOMES = ("same", "malformed", "refused", "true", "unjudged", "FALSE", "DISAGREE")
EACH = 6
"""Edits of each kind of each certificate."""


def main(options: list[str] | None = None) -> None:
    """Print a row for each kind of certificate, and each edit of which something false came."""
    match options or []:
        case []:
            seeds = range(10)
        case ["--seeds", first, last]:
            seeds = range(int(first), int(last))
        case _:
            raise SystemExit("only --seeds FIRST LAST is known")
    total = Counter[str]()
    print(f"{'certificate':12}" + "".join(f"{name:>11}" for name in OUTCOMES) + f"{'s':>8}")
    for kind in KINDS:
        start, seen = time.process_time(), Counter[str]()
        for seed in seeds:
            data = certificate(kind, seed)
            for name in EDITS:
                for i in range(EACH):
                    made = edited(random.Random(f"{kind} {seed} {name} {i}"), data, name)
                    said = "same" if made is None else outcome(made)
                    word, _, what = said.partition(": ")
                    seen[word] += 1
                    if what:
                        print(f"{kind} {seed}, {name} {i}: {said}", flush=True)
        seconds = time.process_time() - start
        print(f"{kind:12}" + "".join(f"{seen[o]:>11}" for o in OUTCOMES) + f"{seconds:>8.0f}")
        total += seen
    print(f"{'all':12}" + "".join(f"{total[o]:>11}" for o in OUTCOMES))
