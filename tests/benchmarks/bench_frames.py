"""From a frame to a report: tables that packages ship; writes a section of docs/problems.md.

python -m tests.benchmarks frames [--only NAME ...] [--limit S] [--splits N] [--page FILE]

A network is fitted to two thirds of the rows; a tree is distilled for these rows, proved, and both
are asked about the other third, which is done for several such splits. Cars are those of the
package vega_datasets, left out without it.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import verifier as lp
from tests.benchmarks.page import table, wrapped
from tests.benchmarks.runner import ROOT
from tests.benchmarks.sections import held_rows, replaced, section, with_rows
from tests.benchmarks.words import power
from verifier.formats.bin_labels import edges_of
from verifier.formats.frame_choices import Kind
from verifier.formats.frame_rows import rows_of
from verifier.formats.frames import FrameDomain, read_frame
from verifier.formats.words import some
from verifier.model.domain import Domain
from verifier.model.network import Network, decide, exact_logits
from verifier.model.rows import Rows
from verifier.model.variable import Variable
from verifier.provers.evaluate import bulk_classes, bulk_of

Table = tuple[Any, Any]
"""A frame and the column that is predicted."""
TITLE = "From tables"
COLUMNS = (
    *("table", "rows", "read as", "points", "network right", "leaves", "error, proved"),
    *("sampled", "rows: certified", "rows: CART", "raw: certified"),
    *("others: certified", "others: CART", "others: in bins", "s"),
)
TEXT = """\
Measured by `{command}` on {date}: {machine} (load {load:.0f}). Each is what `docs/how-to/data.md`
does: a frame, a pipeline (scalers, encoders, a ReLU network of two layers of 16), a domain, a
tree, a proof and a report; `s` are all seconds from the frame to the report, by the clock, with
`timeout={limit:g}` for the tree and its proof.

The network is fitted to two thirds of the rows, and the tree distilled with `rows=` these.
*error, proved* is over the whole domain; *sampled* is the interval at δ = 1e-9 of what the proof
left open. *rows* are those two thirds as points of the domain: on how many the tree answers as
the network does (`Result.on_rows`, exact), beside *CART*, scikit-learn's tree with as many leaves
fitted to the network's answers at these points. *raw* are the same rows as they stand in the
table, before a bin's value stands for them. *others* is the last third, raw: there CART is fitted
to the network's answers on the raw two thirds; on average over {splits}, each with a
network and trees of its own (all else is of the first one). *in bins* is on how many of them the
network answers at the values that stand for their bins as it does at the numbers themselves: what a
tree that is equal on the domain tells, and CART, which has the numbers, is not bound by. Bins *by
the model* are cut where its answers at the two thirds tell (`read_frame` with `model=`).
"""
EARLIER = """
Of this run are the rows of {rows}; the others are from an earlier one.
"""


def _sklearn(name: str) -> Table:
    from sklearn import datasets

    held = getattr(datasets, f"load_{name}")(as_frame=True)
    x, y = held.data, held.target
    if name == "diabetes":
        y = (y > y.median()).map({True: "above", False: "below"})
    elif name != "digits":
        y = held.target_names[y]
    return x.loc[:, x.nunique() > 1], np.asarray(y)


def _cars() -> Table:
    from vega_datasets import data

    frame = data.cars()
    return frame.drop(columns=["Name", "Year", "Origin"]), frame["Origin"].to_numpy()


TABLES: dict[str, tuple[Callable[[], Table], dict[str, Any]]] = {
    "iris": (lambda: _sklearn("iris"), {}),
    "iris, 6 bins": (lambda: _sklearn("iris"), {"bins": 6}),
    "wine": (lambda: _sklearn("wine"), {}),
    "wine, 5 bins": (lambda: _sklearn("wine"), {"bins": 5}),
    "breast cancer": (lambda: _sklearn("breast_cancer"), {}),
    "breast cancer, 4 bins": (lambda: _sklearn("breast_cancer"), {"bins": 4}),
    "digits 8x8": (lambda: _sklearn("digits"), {}),
    "diabetes, 4 bins": (lambda: _sklearn("diabetes"), {"bins": 4}),
    "cars": (_cars, {}),
    "cars, 5 bins": (_cars, {"bins": 5}),
    "cars, 5 bins by the model": (_cars, {"bins": 5, "by_model": True}),
    "wine, 5 bins by the model": (lambda: _sklearn("wine"), {"bins": 5, "by_model": True}),
}


def fitted(x: Any, y: Any) -> Any:
    """A pipeline from the raw columns to a network, fitted."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    texts = [c for c in x if x[c].dtype.kind not in "ifb"]
    numbers = [c for c in x if c not in texts]
    first = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), texts),
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
    )
    network = MLPClassifier((16, 16), max_iter=1000, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make_pipeline(first, network).fit(x, y)


def edges_by(model: Any, x: Any, bins: int) -> dict[str, list[Any]]:
    """By column, the edges of bins that a model's answers at these rows tell."""
    found = {}
    for r in read_frame(x, bins=bins, model=model).read:
        if r.kind == Kind.BINS and isinstance(v := r.variable, Variable):
            held = edges_of(v.labels[: v.count - bool(r.missing)])
            assert held is not None
            found[r.name] = [high for _, high in held if high is not None]
    return found


def as_inputs(read: FrameDomain, x: Any) -> Any:
    """The rows of the whole table as the domain's columns, numbers as they are and not binned."""
    parts = []
    for r in read.read:
        v = r.variable
        if v.columns == 1 and not r.missing and len(r.columns) == 1:
            parts.append(x[[r.columns[0]]].to_numpy(dtype=float))
            continue
        rows = np.array([[float(c) for c in v.row(i)] for i in range(v.count)])[r.index]
        if v.columns == 2 and r.missing and str(r.kind) != "categorical":
            raw = x[r.columns[0]].to_numpy(dtype=float)
            rows[:, 0] = np.where(np.isnan(raw), rows[:, 0], raw)
        parts.append(rows)
    return np.hstack(parts)


def answers_at(network: Network, domain: Domain, rows: Rows) -> list[str]:
    """The network's class at each of some points, exactly, by name."""
    inputs = [domain.encode_integers(point) for point in rows.points]
    logits = exact_logits(network, inputs, domain.denominator)[0]
    return [network.labels[decide(row)] for row in logits]


class Split(NamedTuple):
    """A network that was fitted to ``some`` rows of a frame, and the tree that was distilled for
    them: which of all rows it answers as the network does (``tree``), as CART does by the same
    measure, and the network itself at their points of the domain (``binned``); and the seconds from
    the frame to the report."""

    x: Any
    model: Any
    read: FrameDomain
    made: Any
    some: Any
    rest: Any
    tree: Any
    cart: Any
    binned: Any
    right: float
    took: float


def split(name: str, limit: float, seed: int, sample: int | None = None) -> Split:
    """The table with two thirds of its rows drawn by a seed."""
    from sklearn.tree import DecisionTreeClassifier

    make, own_wishes = TABLES[name]
    wishes = dict(own_wishes)
    x, y = make()
    order = np.random.default_rng(seed).permutation(len(x))
    own, rest = np.sort(order[: 2 * len(x) // 3]), np.sort(order[2 * len(x) // 3 :])
    model = fitted(x.iloc[own], y[own])
    start = time.perf_counter()
    if wishes.pop("by_model", False):  # the other rows tell nothing of where to cut
        wishes["bins"] = edges_by(model, x.iloc[own], wishes["bins"])
    read = read_frame(x, **wishes)
    made = lp.distill(model, read.domain, rows=x.iloc[own], timeout=limit, sample=sample)
    with tempfile.TemporaryDirectory() as folder:
        made.report(Path(folder) / "report.html")
    took = time.perf_counter() - start
    inputs, said = as_inputs(read, x), model.predict(x).astype(str)
    cart = DecisionTreeClassifier(max_leaf_nodes=max(2, made.tree.leaves), random_state=0)
    cart.fit(inputs[own], said[own])
    tree = np.asarray(made.tree.predict(inputs, names=True)) == said
    right = float(np.mean(said == np.asarray(y).astype(str)))
    its = cart.predict(inputs) == said
    points = np.stack([r.index for r in read.read], axis=1)
    classes = bulk_classes(bulk_of(made.network, read.domain), points)
    binned = np.array(made.network.labels)[classes] == said
    return Split(x, model, read, made, own, rest, tree, its, binned, right, took)


def row(name: str, limit: float, splits: int = 1) -> tuple[str, ...]:
    """The table's row: of the first split, and how well others' rows are told on average."""
    from sklearn.tree import DecisionTreeClassifier

    held = [split(name, limit, seed) for seed in range(splits)]
    first = held[0]
    read, made, chosen = first.read, first.made, first.some
    points = rows_of(read.domain, first.x.iloc[chosen])
    assert made.on_rows is not None and made.on_rows.rows == points.count == len(chosen)
    of_points = answers_at(made.network, read.domain, points)
    other = DecisionTreeClassifier(max_leaf_nodes=max(2, made.tree.leaves), random_state=0)
    other.fit([list(map(float, read.domain.encode(p))) for p in points.points], of_points)
    its = lp.certify(first.model, lp.load_tree(other), read.domain, rows=points, timeout=1).on_rows
    sampled = made.to_dict().get("sampled")
    size = read.domain.size
    low, high = (float(p) for p in made.error)
    return (
        name,
        f"{len(first.x):,}",
        ", ".join(sorted(set(read.kinds.values()))),
        power(size) if size < 10**12 else f"{size:.1e}".replace("e+", "e"),
        percent(first.right),
        f"{made.tree.leaves:,}",
        "0" if high == 0 else f"{low:.3g}" if low == high else f"{low:.2g} to {high:.3g}",
        "nothing open" if low == high else _interval(sampled),
        percent(1 - float(made.on_rows.error)),
        "none" if its is None else percent(1 - float(its.error)),
        percent(np.mean(first.tree[chosen])),
        percent(np.mean([np.mean(x.tree[x.rest]) for x in held])),
        percent(np.mean([np.mean(x.cart[x.rest]) for x in held])),
        percent(np.mean([np.mean(x.binned[x.rest]) for x in held])),
        f"{first.took:.0f}",
    )


def percent(share: Any) -> str:
    """A share in words."""
    return f"{100 * float(share):.1f} %"


def _interval(sampled: Any) -> str:
    if not sampled:
        return "none"
    ends = sampled["error"]
    low, high = (float(lp_fraction(ends[end])) for end in ("lower", "upper"))
    return f"{low:.4f} to {high:.4f}"


def lp_fraction(text: str) -> float:
    """The number that a fraction in JSON is."""
    above, _, below = str(text).partition("/")
    return float(int(above) / int(below or 1))


def main(arguments: Sequence[str] = ()) -> None:
    """Measure, print, and write the section where told to."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks frames")
    parser.add_argument("--only", nargs="+", default=list(TABLES), choices=list(TABLES))
    parser.add_argument("--limit", type=float, default=40.0, help="seconds for each tree")
    parser.add_argument("--splits", type=int, default=4, help="into two thirds and one third")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the section there")
    options = parser.parse_args(list(arguments))
    rows = []
    for name in options.only:
        try:
            rows.append(row(name, options.limit, options.splits))
        except ImportError as missing:
            print(f"{name}: left out; {missing}", file=sys.stderr)
            continue
        print(" | ".join(f"{c} {x}" for c, x in zip(COLUMNS, rows[-1], strict=True)), flush=True)
    if options.page is None:
        return
    facts = {
        "command": shlex.join(["python", "-m", "tests.benchmarks", "frames", *arguments]),
        "date": date.today(),
        "machine": f"{os.cpu_count()} cores",
        "load": os.getloadavg()[2],
        "limit": options.limit,
        "splits": some(options.splits, "split"),
        "rows": "; ".join(x[0] for x in rows),
    }
    page = ROOT / options.page
    before = page.read_text()
    whole = with_rows(held_rows(section(before, TITLE), COLUMNS), {x[0]: x for x in rows})
    text = TEXT + (EARLIER if len(whole) > len(rows) else "")
    body = wrapped(text.format(**facts)) + "\n" + table(COLUMNS, whole)
    page.write_text(replaced(before, TITLE, body))
    print(f"written: {page}")
