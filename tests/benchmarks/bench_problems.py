"""Real problems: the size and the proved error of trees by every method; writes docs/problems.md.

python -m tests.benchmarks problems [--only NAME ...] [--limit S] [--page FILE]

With --only the other rows of the page stay as they are.

For each problem a network is trained on its labelled points. The method certified grows a tree and
proves it equal to the network; by the same proof the kernel gives the exact error of all others.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from tests.benchmarks.optimal import PACKAGE, is_installed, optimal
from tests.benchmarks.page import table, wrapped
from tests.benchmarks.runner import ROOT
from tests.benchmarks.sections import first, held_rows, others, with_rows
from tests.benchmarks.words import power, seconds
from verifier.demo.problems import Problem, breast_cancer, car, monk, multiplexer, tic_tac_toe
from verifier.demo.training import accuracy, train
from verifier.distillers import cart, certified, linear_representation
from verifier.distillers.cuts import prepare_cuts
from verifier.formats.torch import from_torch
from verifier.jobs.certify import certify
from verifier.kernel import checker
from verifier.kernel.checker import blocks
from verifier.model.cell import full_cell
from verifier.model.network import Network
from verifier.model.question import matter_of
from verifier.model.tree import Tree
from verifier.provers.evaluate import bulk_classes, prepare_bulk

PROBLEMS: dict[str, tuple[Callable[[], Problem], tuple[int, ...]]] = {
    "monk-1": (partial(monk, 1), (16, 16)),
    "monk-2": (partial(monk, 2), (16, 16)),
    "monk-3": (partial(monk, 3), (16, 16)),
    "multiplexer-6": (partial(multiplexer, 2), (16, 16)),
    "multiplexer-11": (partial(multiplexer, 3), (24, 24)),
    "tic-tac-toe": (tic_tac_toe, (24, 24)),
    "car": (car, (16, 16)),
    "cancer-one-hot": (partial(breast_cancer, 7, 4, "one-hot"), (16,)),
    "cancer-thermometer": (partial(breast_cancer, 10, 4, "thermometer"), (16,)),
}
"""Problems, and the hidden layers of their networks."""
MOST_POINTS = 1 << 16
"""Largest domain on which optimal trees are sought."""
SWEPT = 1 << 24
"""Largest domain that is swept for a tree's error, where the search's proof leaves it open."""
COLUMNS = (
    *("problem", "points", "network right", "equal: leaves", "s"),
    *("cart, leaves", "cart, error", "n", "lrh, error", "cart, error", "certified, error"),
    "optimal, error",
)
TEXT = """\
# Real problems

Measured by `{command}` on {date}: {machine} (load
{load:.0f}), Python {python}; {minutes:.0f} minutes.

For each problem a ReLU network was trained on the labelled points (`verifier/demo/training.py`;
`network right` is the share of them that it classifies as labelled) and distilled over the
**whole** domain: all combinations of values, equally likely. No figure below is a sample's: every
error is the proved probability that tree and network differ. Where the search for an equal tree
did not end within its limit of {limit:g} s (of the clock), that tree's error stands in brackets,
and the errors are those of a sweep of all points; an interval stands where that did not end either.
"""
EARLIER = """
Of this run are the rows of {rows}; the others are from an earlier one.
"""
METHODS = """\
* **equal**: `--method certified` until the tree is proved to be the network, and the processor
  seconds.
* **cart**: scikit-learn's tree without a limit, on the network's answers at all points (at
  {samples} samples where there are more than 2^16), the usual baseline.
* **at most n leaves**: `lrh` with its defaults (depth 5) sets n; `cart`, `certified` and the
  optimum get as many leaves. **optimal** is the best tree of the tests that the domain allows with
  at most n leaves and the depth of `lrh`'s tree, found and proved by STreeD (`pystreed`) within
  {limit:g} s; trees of `cart` and `certified` may be deeper, and so better. (Where its splits form
  few enough cells, `certified` finds the best tree of these splits too, of any depth.)

The sources of the problems are named in `verifier/demo/problems.py`. The breast cancer data is cut
into 4 bins per measurement at its quartiles: 7 measurements, one-hot, and 10, thermometer.
"""


@dataclass(frozen=True)
class Setting:
    """A problem with its trained network; ``limit`` in seconds is for each search."""

    problem: Problem
    teacher: Network
    right: float
    limit: float


def main(arguments: Sequence[str] = ()) -> None:
    """Measure, print, and write the page; partial runs write it only where they are told to."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks problems")
    parser.add_argument("--only", nargs="+", default=list(PROBLEMS), choices=list(PROBLEMS))
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each search")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the page there")
    options = parser.parse_args(list(arguments))
    begun, rows = time.perf_counter(), []
    if not is_installed():
        print(f"optimal trees: left out; {PACKAGE} is not installed (pip install {PACKAGE})")
    for name in options.only:
        rows.append(row(name, options.limit))
        print(" | ".join(f"{c} {x}" for c, x in zip(COLUMNS, rows[-1], strict=True)), flush=True)
    page = options.page or (ROOT / "docs" / "problems.md" if not arguments else None)
    if page is not None:
        facts = {
            "command": shlex.join(["python", "-m", "tests.benchmarks", "problems", *arguments]),
            "date": date.today(),
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
            "load": os.getloadavg()[2],
            "python": platform.python_version(),
            "minutes": (time.perf_counter() - begun) / 60,
            "samples": f"{cart.SAMPLES:,}",
            "limit": options.limit,
        }
        before = page.read_text() if page.exists() else ""
        earlier = held_rows(first(before), COLUMNS)
        whole = with_rows(earlier, {r[0]: r for r in rows})
        text = TEXT + (EARLIER if len(whole) > len(rows) else "")
        facts["rows"] = ", ".join(r[0] for r in rows)
        text = wrapped(text.format(**facts)) + "\n" + METHODS.format(**facts)
        page.write_text(text + "\n" + table(COLUMNS, whole) + others(before))
        print(f"written: {page}")


def trained(name: str, limit: float) -> Setting:
    """The problem of that name, and a network trained on it."""
    make, hidden = PROBLEMS[name]
    problem = make()
    network = train(problem, hidden)
    teacher = from_torch(network, problem.domain.columns)
    return Setting(problem, teacher, accuracy(network, problem), limit)


def row(name: str, limit: float) -> tuple[str, ...]:
    """The table's row."""
    held = trained(name, limit)
    domain, teacher = held.problem.domain, held.teacher
    start = time.process_time()
    equal = certified.distill(teacher, domain, deadline=time.monotonic() + limit)
    took = time.process_time() - start

    def proved(tree: Tree | None) -> str:
        if tree is None:
            return f"none in {limit:g} s"
        found = checker.verify(matter_of(domain, teacher, tree), equal.finding.proof).error
        if found[0] < found[1] and domain.size <= SWEPT:
            swept = certify(teacher, tree, domain, prover="exhaustive", timeout=limit)
            found = max(found[0], swept.error[0]), min(found[1], swept.error[1])
        return error(found)

    greedy = cart.distill(teacher, domain).tree
    probed = linear_representation.distill(teacher, domain).tree
    n = probed.leaves
    limited = certified.distill(teacher, domain, leaves=n, deadline=time.monotonic() + limit).tree
    missing = proved(equal.tree)
    return (
        held.problem.name,
        power(domain.size),
        f"{held.right:.2%}",
        f"{equal.tree.leaves}" if missing == "0" else f"{equal.tree.leaves} ({missing})",
        seconds(took),
        str(greedy.leaves),
        proved(greedy),
        str(n),
        proved(probed),
        proved(cart.distill(teacher, domain, leaves=max(2, n)).tree),
        proved(limited),
        _optimal(held, probed, proved),
    )


def _optimal(held: Setting, like: Tree, proved: Callable[[Tree | None], str]) -> str:
    """The error of the optimal tree of the size and depth of another."""
    domain = held.problem.domain
    if domain.size > MOST_POINTS:
        return "too many points"
    if not is_installed():
        return "not installed"
    points = np.concatenate(list(blocks(full_cell(domain))))
    classes = bulk_classes(prepare_bulk(held.teacher, domain), points)
    best = optimal(
        prepare_cuts(domain),
        points,
        classes,
        depth=like.depth,
        leaves=like.leaves,
        seconds=held.limit,
    )
    return proved(best)


def error(interval: tuple[Fraction, Fraction]) -> str:
    """The proved error, or the interval of it."""
    low, high = interval
    if low == high:
        return f"{float(low):.2%}" if low else "0"
    return f"{float(low):.2%} to {float(high):.2%}"
