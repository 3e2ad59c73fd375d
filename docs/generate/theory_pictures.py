"""The pictures of docs/theory.md: `python -m docs.generate.theory_pictures` draws them anew.

Each is what `leafproof bounds plot` draws, by the words below.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from verifier.cli.main import run

FOLDER = Path(__file__).parents[1] / "assets" / "theory"
SAMPLES = "n=100,200,500,1000,2000,5000,10000,20000,50000,100000"
COMMANDS = {
    "tests": f"clopper-pearson --vary {SAMPLES} errors=2 delta=1e-6 look=5 a=1/2 b=1/2"
    " --beside looks --beside confidence-sequence-beta --beside confidence-sequence"
    " --beside confidence-sequence-stitched --beside bernstein-upper --beside hoeffding-upper",
    "open-cells": f"open-cells-pooled --vary {SAMPLES} --vary open=1,0.1,0.01,0.001 known=0"
    " errors=1 delta=1e-6",
    "chosen": f"occam-binomial --vary {SAMPLES} errors=0 error=0 delta=1e-6 class=1000000000 kept=7"
    " side=1e12 divergence=10 vc=10 --beside compression --beside pac-bayes-kl-simple"
    " --beside relative-deviation",
    "promises": "vc-realizable --vary vc=2,5,10,20,50,100,200,500,1000 epsilon=1/100 delta=1/20"
    " --beside d-perfect-lower --beside vc-lower-sharp",
    "rank": "lrh-rank --vary eta=0:0.06:0.005 --vary width=1,2,3,4 rank=64",
    "parities": "parity-statistical-queries --vary variables=5:40:5 tolerance=1/100 delta=1/10"
    " --beside parity-evaluations --beside parity-examples",
}
"""Of each picture the words after `leafproof bounds plot`."""


def main() -> None:
    """Draw all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, words in COMMANDS.items():
        where = str(FOLDER / f"{name}.svg")
        if run(["bounds", "plot", *shlex.split(words), "-o", where]):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
