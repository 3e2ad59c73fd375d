"""What a proved error costs, beside what a sampled one does: a picture in docs/paper.md.

python -m tests.benchmarks tradeoff [--only NAME ...] [--limit S] [--write]

For each problem of `bench_problems`, for networks trained on random trees over many signs
(`trained_made.STEPS`), and for each error ε: `leafproof distill --error ε` grows a tree whose
error is proved to be at most ε (theorem `certified-distillation`: with certainty), and what that
took is counted: bounds of whole cells, and points at which the kernel evaluated the network. Beside
it the samples that the same promise takes: `occam-leaves-multiclass` for any distiller whose tree
of as many leaves is right on all of its samples, and `lrh-leaves-samples` for the paper's in its
best case: as if the variables were independent bits and the network held all ANDs exactly, with
probes of the least norm there can be (B τ = 1). Kept in docs/paper/tradeoff.json; --write draws the
picture from it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import verifier as lp
from tests.benchmarks import families
from tests.benchmarks.bench_problems import PROBLEMS, trained
from tests.benchmarks.runner import ROOT
from tests.benchmarks.trained_made import STEPS, named
from tests.benchmarks.trained_plot import (
    BLUE,
    GREEN,
    RED,
    columns_of,
    figure_of,
    legend,
    lines_of,
    small_plots,
)
from theory.catalogue import catalogue
from verifier.distillers.cuts import prepare_cuts
from verifier.model.domain import Domain
from verifier.model.network import Network
from verifier.model.proof import Enumerated, Open, steps
from verifier.model.tree import Tree
from verifier.writing.files import write_atomically

KEPT = ROOT / "docs" / "paper" / "tradeoff.json"
SIGNS = {f"signs-{d}": d for d in (24, 32, 64)}
NAMES = (*PROBLEMS, *SIGNS)
ERRORS = (Fraction(1, 4), Fraction(1, 8), Fraction(1, 16), Fraction(1, 32), Fraction(1, 64),
          Fraction(1, 256), Fraction(1, 1024))  # fmt: skip
DELTA = "1e-9"


@dataclass(frozen=True)
class Point:
    """One tree: asked for error ``epsilon``, proved to be at most ``high``.

    ``bounds`` of cells and ``evaluated`` points prove it; ``occam`` and ``linear`` samples would
    be enough for ε at δ = 1e-9 (``linear``: in the best case).
    """

    problem: str
    epsilon: str
    high: float
    leaves: int
    bounds: int
    evaluated: int
    occam: int
    linear: int | None


def main(arguments: Sequence[str] = ()) -> None:
    """Measure what is named, print it, and draw."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks tradeoff")
    parser.add_argument("--only", nargs="+", default=NAMES, choices=NAMES)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for each tree")
    parser.add_argument("--write", action="store_true", help="draw from what is kept")
    options = parser.parse_args(list(arguments))
    held = {(p.problem, p.epsilon): p for p in load(KEPT)}
    if not options.write:
        for name in options.only:
            for point in measured(name, options.limit):
                held[point.problem, point.epsilon] = point
                print(point, flush=True)
            _save(list(held.values()))
    plot(list(held.values()), KEPT.with_suffix(".svg"))


def load(path: Path) -> list[Point]:
    """What is kept."""
    return [Point(**held) for held in json.loads(path.read_text())] if path.exists() else []


def _save(points: Sequence[Point]) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    text = json.dumps([asdict(point) for point in points], indent=1) + "\n"
    write_atomically(KEPT, text.encode())


def measured(name: str, limit: float) -> list[Point]:
    """The trees of a problem's network, from the largest error on, until the limit is too short."""
    title, teacher, domain = _problem(name, limit)
    points = []
    for epsilon in ERRORS:
        found = lp.distill(teacher, domain, error=epsilon, timeout=limit, sample=0)
        assert found.proved is not None and found.certificate is not None
        if found.error[1] > epsilon:
            break
        parts = [(c.size, step) for c, _, step in steps(domain, found.certificate.proof)]
        points.append(
            Point(
                problem=title,
                epsilon=str(epsilon),
                high=float(found.error[1]),
                leaves=found.tree.leaves,
                bounds=sum(not isinstance(step, Enumerated | Open) for _, step in parts),
                evaluated=sum(size for size, step in parts if isinstance(step, Enumerated)),
                occam=_occam(domain, found.tree, teacher.classes, epsilon),
                linear=_linear(domain, found.tree, epsilon),
            )
        )
    return points


def _problem(name: str, limit: float) -> tuple[str, Network, Domain]:
    if name in SIGNS:
        case = families.load(named(STEPS["inputs"][SIGNS[name]]))
        return f"random tree, {SIGNS[name]} signs", case.teacher, case.domain
    setting = trained(name, limit)
    return setting.problem.name, setting.teacher, setting.problem.domain


def _occam(domain: Domain, tree: Tree, classes: int, epsilon: Fraction) -> int:
    tests = len(prepare_cuts(domain).first)
    evaluation = catalogue["occam-leaves-multiclass"].evaluate(
        variables=tests, classes=classes, leaves=tree.leaves, epsilon=epsilon, delta=DELTA
    )
    assert evaluation.integer is not None
    return evaluation.integer


def _linear(domain: Domain, tree: Tree, epsilon: Fraction) -> int | None:
    """By the paper's kind of distiller, in its best case; None for a tree without a test."""
    if tree.leaves < 2:
        return None
    evaluation = catalogue["lrh-leaves-samples"].evaluate(
        variables=max(tree.depth, len(prepare_cuts(domain).first)),
        depth=tree.depth,
        tau=1,
        B=1,
        leaves=tree.leaves,
        epsilon=epsilon,
        delta=DELTA,
    )
    return evaluation.integer


def plot(points: Sequence[Point], path: Path) -> None:
    """Evaluations against the error, a small plot for each problem."""
    names = list(dict.fromkeys(point.problem for point in points))
    with figure_of(path, 10, 2.6 * lines_of(len(names), 5) + 0.6) as figure:
        grid = small_plots(figure, len(names), 5, sharex=True)
        for axes, name in zip(grid, names, strict=True):
            here = [point for point in points if point.problem == name]
            across = [float(Fraction(point.epsilon)) for point in here]
            axes.set(title=name, xscale="log", yscale="log", xlabel="error ε")
            both = [point.bounds + point.evaluated for point in here]
            axes.plot(across, both, "o-", color=RED, markersize=3)
            axes.plot(across, [point.occam for point in here], "s--", color=BLUE, markersize=3)
            linear = [(x, p.linear) for x, p in zip(across, here, strict=True) if p.linear]
            axes.plot(*columns_of(linear), "^:", color=GREEN, markersize=3)
        figure.supylabel("evaluations")
        legend(
            figure,
            (RED, "-", "o", "proved: cells and points (δ = 0)"),
            (BLUE, "--", "s", "occam-leaves-multiclass (δ = 10$^{-9}$)"),
            (GREEN, ":", "^", "lrh-leaves-samples, best case"),
        )
