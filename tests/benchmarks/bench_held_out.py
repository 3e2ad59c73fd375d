"""How well trees tell a network's answers at rows that no tree has seen; writes a section of
docs/problems.md.

python -m tests.benchmarks held_out [--only NAME ...] [--limit S] [--splits N] [--page FILE]

The tables are those of `frames`. A network and trees of its own for each split. Limits are of the
seconds of one processor, so that what else the machine does takes none of them.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.benchmarks.bench_frames import TABLES, Split, percent, split
from tests.benchmarks.own_time import own_time
from tests.benchmarks.page import table, wrapped
from tests.benchmarks.runner import ROOT
from tests.benchmarks.sections import replaced
from verifier.formats.frames import FrameDomain
from verifier.formats.words import some

TITLE = "Rows that no tree has seen"
COLUMNS = (
    *("table", "splits", "leaves", "certified", "CART", "above", "equal", "below"),
    *("CART, same bins", "above", "equal", "below", "network, same bins"),
)
TEXT = """\
Measured by `{command}` on {date}. A third of the rows is held out, at random, {splits} times; a
network is fitted to the others, and the tree distilled with `rows=` these in {limit:g} s of one
processor, proof included. The columns are means: on how many of the rows held out, as they stand in
the table, a tree answers as the network does there.

* **CART** is scikit-learn's tree with as many leaves, fitted to the network's answers at the two
  thirds as they stand in the table. *above, equal, below*: in how many splits the certified tree
  agrees at more rows than it, at as many, at fewer.
* **CART, same bins** is fitted to the same answers, and reads what the certified tree reads: each
  number as the value that stands for its bin.
* **network, same bins** is the network itself, read so: what a tree that is equal to it on the
  whole domain has, and no more.

Bins *by the model* are cut where its answers at the two thirds tell (`read_frame` with `model=`).
"""


class Held(NamedTuple):
    """Of the rows held out, which share is answered as the network answers them."""

    leaves: int
    tree: float
    cart: float
    cart_in_bins: float
    network_in_bins: float


def held(name: str, limit: float, seed: int) -> Held:
    """One split."""
    from sklearn.tree import DecisionTreeClassifier

    one: Split = split(name, limit, seed, sample=0)
    points = as_points(one.read)
    other = DecisionTreeClassifier(max_leaf_nodes=max(2, one.made.tree.leaves), random_state=0)
    said = one.model.predict(one.x).astype(str)
    in_bins = other.fit(points[one.some], said[one.some]).predict(points) == said
    shares = [float(np.mean(x[one.rest])) for x in (one.tree, one.cart, in_bins, one.binned)]
    return Held(one.made.tree.leaves, *shares)


def as_points(read: FrameDomain) -> Any:
    """The rows as the domain's columns, each number as the value that stands for its bin."""
    columns = [
        np.array([[float(c) for c in r.variable.row(i)] for i in range(r.variable.count)])[r.index]
        for r in read.read
    ]
    return np.hstack(columns)


def row(name: str, limit: float, splits: int) -> tuple[str, ...]:
    """The table's row."""
    made = [held(name, limit, seed) for seed in range(splits)]

    def mean(field: str) -> str:
        return percent(np.mean([getattr(x, field) for x in made]))

    def beside(field: str) -> tuple[str, ...]:
        sides = [np.sign(round(x.tree - getattr(x, field), 9)) for x in made]
        return tuple(str(sides.count(side)) for side in (1, 0, -1))

    leaves = round(np.mean([x.leaves for x in made]))
    return (
        *(name, str(splits), f"{leaves:,}", mean("tree"), mean("cart"), *beside("cart")),
        *(mean("cart_in_bins"), *beside("cart_in_bins"), mean("network_in_bins")),
    )


def main(arguments: Sequence[str] = ()) -> None:
    """Measure, print, and write the section where told to."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks held_out")
    parser.add_argument("--only", nargs="+", default=list(TABLES), choices=list(TABLES))
    parser.add_argument("--limit", type=float, default=5.0, help="processor seconds for each tree")
    parser.add_argument("--splits", type=int, default=10, help="into two thirds and one third")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the section there")
    options = parser.parse_args(list(arguments))
    rows = []
    for name in options.only:
        try:
            with own_time():
                rows.append(row(name, options.limit, options.splits))
        except ImportError as missing:
            print(f"{name}: left out; {missing}", file=sys.stderr)
            continue
        print(" | ".join(f"{c} {x}" for c, x in zip(COLUMNS, rows[-1], strict=True)), flush=True)
    if options.page is None:
        return
    facts = {
        "command": shlex.join(["python", "-m", "tests.benchmarks", "held_out", *arguments]),
        "date": date.today(),
        "limit": options.limit,
        "splits": some(options.splits, "time").removesuffix(" times"),
    }
    page = ROOT / options.page
    body = wrapped(TEXT.format(**facts)) + "\n" + table(COLUMNS, rows)
    page.write_text(replaced(page.read_text(), TITLE, body))
    print(f"written: {page}")
