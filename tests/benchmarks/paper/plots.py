"""Pictures of docs/paper.md; the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from tests.benchmarks.paper.rows import PROBES, PaperRow
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

LEAST = 1e-6
"""Probabilities below are drawn there."""


def plot_accuracy(rows: Sequence[PaperRow], path: Path) -> None:
    """Agreement against leaves, one small plot for each depth and number of variables."""
    places = sorted({(row.net.columns, row.net.depth) for row in rows})
    lines = lines_of(len(places), 4)
    with figure_of(path, 10, 2.8 * lines + 0.6) as figure:
        for axes, place in zip(small_plots(figure, len(places), 4), places, strict=True):
            axes.set(title=f"r = {place[1]}, d = {place[0]:,}", xlabel="leaves", ylim=(0.45, 1.02))
            axes.set_xscale("log", base=2)
            axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
            here = [row for row in rows if (row.net.columns, row.net.depth) == place]
            for row in here:
                of_way = [r.keep for r in here if r.way == row.way and r.net == row.net]
                if row.keep in (max(of_way), min(of_way)):
                    colour = RED if row.way == PROBES else BLUE
                    line = "-" if row.keep == max(of_way) else ":"
                    ends = [*row.frontier, (2**row.net.depth, row.frontier[-1][1])]
                    axes.step(*columns_of(ends), line, color=colour, where="post")
        figure.supylabel("agreement with the network")
        legend(
            figure,
            (RED, "-", "", "Leafproof, largest keep"),
            (RED, ":", "", "smallest"),
            (BLUE, "-", "", "as published, largest keep"),
            (BLUE, ":", "", "smallest"),
        )


def plot_steps(rows: Sequence[PaperRow], path: Path) -> None:
    """Disagreement with the network's own tree against training steps, a plot for each network."""
    names = list(dict.fromkeys(row.net.name for row in rows))
    with figure_of(path, 8, 3.4) as figure:
        for axes, name in zip(small_plots(figure, len(names), len(names)), names, strict=True):
            here = [row for row in rows if row.net.name == name]
            steps = [row.net.steps for row in here]
            axes.set(title=name, yscale="log", ylim=(LEAST / 2, 2), xlabel="steps of training")
            ends = [(_drawn(r.proved.low), _drawn(r.proved.high)) for r in here]
            axes.fill_between(steps, *zip(*ends, strict=True), color=RED, alpha=0.2, linewidth=0)
            drawn = [(x, r.sample) for x, r in zip(steps, here, strict=True)]
            for x, found in drawn:
                if found is not None:
                    axes.vlines(x, _drawn(found.low), _drawn(found.high), color=BLUE, linewidth=3)
            wrong = [(x, max(LEAST, 1 - r.net.agrees)) for x, r in zip(steps, here, strict=True)]
            axes.plot(*columns_of(wrong), "o-", color=GREEN, markersize=3)
        figure.supylabel("probability that they differ")
        legend(
            figure,
            (RED, "-", "", "proved"),
            (BLUE, "-", "", "sampled, δ = 10$^{-9}$"),
            (GREEN, "-", "o", "of 100,000 fresh inputs"),
        )


def _drawn(value: Fraction) -> float:
    return max(LEAST, float(value))
