"""Runs with a journal killed at 50 random moments, and what the journal costs.

python -m tests.benchmarks journal
python -m tests.benchmarks journal --kills 10
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import verifier as lp
from tests.jobs.kills import network, stump
from verifier.model.domain import bits

SHARES = {"certify": 0.5, "distill": 0.15, "repair": 0.15, "lrh": 0.1, "cart": 0.1}
"""Of the kills."""
RUNS = 3
"""Of which the least time counts."""


def main(arguments: Sequence[str] = ()) -> None:
    """Print a line for each verb, and one for what a journal costs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    kills = parser.parse_args(arguments).kills
    print("| verb | kills | runs | same certificate | most seconds that a kill cost |")
    print("| --- | --- | --- | --- | --- |")
    for verb, share in SHARES.items():
        asked = [verb, "--kills", str(max(1, round(share * kills))), "--each", "5", "--late", "1"]
        ended = subprocess.run(
            [sys.executable, "-m", "tests.jobs.kills", *asked],
            capture_output=True,
            text=True,
            check=True,
        )
        told = json.loads(ended.stdout)
        print(
            f"| {verb} | {told['kills']} | {told['runs']} | {told['same']} "
            f"| at most {told['most_lost_seconds']:.2f} |"
        )
    _cost()


def _cost() -> None:
    """The processor seconds of one search with and without a journal."""
    net, domain = network(5, 26, 28), bits(26)
    lp.certify(net, stump(), domain, prover="branch")  # loads what is compiled
    spent: dict[str, list[float]] = {"without": [], "with": []}
    with tempfile.TemporaryDirectory() as place:
        for i in range(RUNS):
            for name, kept in (("without", {}), ("with", {"journal": Path(place) / str(i)})):
                start = time.process_time()
                found = lp.certify(net, stump(), domain, prover="branch", **kept)
                spent[name].append(time.process_time() - start)
                cells = sum(found.proved.checked.cells.values())
        size = (Path(place) / "0" / "journal").stat().st_size
    print(f"\nprocessor seconds of a run of {cells} cells, check included:")
    print(f"{min(spent['without']):.1f} without a journal")
    print(f"{min(spent['with']):.1f} with one, of {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
