"""Large forests on long ranges, where a search closes next to nothing: what is proved without Tails
by means and variances, and with them.

python -m tests.benchmarks long_ranges
python -m tests.benchmarks long_ranges --limit 20

A model of 100 trees of depth 6, trained on 3,000 random rows of 20 variables of 100 values each
that a noisy sum with a product decides, against a tree of 30 leaves fitted to its answers. `share`
is how often the two differ at random points.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from typing import Any
from unittest import mock

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

import verifier as lp
from verifier.provers import moments

ROWS, VALUES, DRAWN = 3000, 100, 20_000
CASES = (("booster", 8), ("forest", 8), ("booster", 20), ("forest", 20))
"""What is trained, and on how many variables."""


def main(arguments: Sequence[str] = ()) -> None:
    """Print a line for each model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=float, default=20.0)
    limit = parser.parse_args(arguments).limit
    print(f"limit {limit:g} s, no sample; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("| model | variables | share | without | with | processor, s |\n" + "| --- " * 6 + "|")
    for kind, count in CASES:
        rng = np.random.default_rng(0)
        model, tree = fitted(kind, count, rng)
        points = rng.integers(0, VALUES, (DRAWN, count))
        share = float((tree.predict(points) != model.predict(points)).mean())
        domain = lp.Domain.product(*(lp.Domain.range(f"x{i}", 0, VALUES - 1) for i in range(count)))
        with mock.patch.object(moments, "takes", lambda matter: False):
            without = lp.certify(model, tree, domain, timeout=limit, sample=0).error
        begun = time.process_time()
        told = lp.certify(model, tree, domain, timeout=limit, sample=0).error
        took = time.process_time() - begun
        shown = " | ".join(
            f"{float(low):.3f} to {float(high):.3f}" for low, high in (without, told)
        )
        print(f"| {kind} | {count} | {share:.3f} | {shown} | {took:.0f} |", flush=True)


def fitted(kind: str, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """A model of 100 trees, and a tree fitted to its answers."""
    x = rng.integers(0, VALUES, (ROWS, count))
    near = x / VALUES - 0.5
    score = near @ rng.normal(size=count) + 2 * near[:, 0] * near[:, 1] + near[:, 2] ** 2 - 0.08
    y = (score + rng.normal(size=ROWS) * 0.1 > 0).astype(int)
    make = GradientBoostingClassifier if kind == "booster" else RandomForestClassifier
    model = make(n_estimators=100, max_depth=6, random_state=0).fit(x, y)
    tree = DecisionTreeClassifier(max_leaf_nodes=30, random_state=0).fit(x, model.predict(x))
    return model, tree
