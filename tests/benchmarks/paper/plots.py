"""Pictures of docs/paper.md; the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.benchmarks.paper.rows import PROBES, PaperRow
from tests.benchmarks.plot import GREY, tidy
from tests.benchmarks.trained_plot import BLUE, GREEN, RED, style

LEAST = 1e-6
"""Probabilities below are drawn there."""


@contextmanager
def figure_of(path: Path, width: float, height: float) -> Iterator[Any]:
    """A figure in the style of the other pages, written to the path at the end."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(style()):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, transparent=True, metadata={"Date": None})
    tidy(path)


def plot_accuracy(rows: Sequence[PaperRow], path: Path) -> None:
    """Agreement against leaves, one small plot for each depth and number of variables."""
    places = sorted({(row.net.columns, row.net.depth) for row in rows})
    lines = max(1, -(-len(places) // 4))
    with figure_of(path, 10, 2.8 * lines + 0.6) as figure:
        grid = list(figure.subplots(lines, 4, squeeze=False).flat)
        for axes in grid[len(places) :]:
            axes.set_visible(False)
        for axes, place in zip(grid, places, strict=False):
            axes.set(title=f"r = {place[1]}, d = {place[0]:,}", xlabel="leaves", ylim=(0.45, 1.02))
            axes.set_xscale("log", base=2)
            axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
            axes.patch.set_alpha(0)
            axes.grid(color=GREY, linewidth=0.5)
            here = [row for row in rows if (row.net.columns, row.net.depth) == place]
            for row in here:
                of_way = [r.keep for r in here if r.way == row.way and r.net == row.net]
                if row.keep in (max(of_way), min(of_way)):
                    colour = RED if row.way == PROBES else BLUE
                    line = "-" if row.keep == max(of_way) else ":"
                    ends = [*row.frontier, (2**row.net.depth, row.frontier[-1][1])]
                    axes.step(*_columns(ends), line, color=colour, where="post")
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
        for axes, name in zip(
            figure.subplots(1, max(1, len(names)), squeeze=False).flat, names, strict=False
        ):
            here = [row for row in rows if row.net.name == name]
            steps = [row.net.epochs * row.net.samples // 100 for row in here]
            axes.set(title=name, yscale="log", ylim=(LEAST / 2, 2), xlabel="steps of training")
            axes.patch.set_alpha(0)
            axes.grid(color=GREY, linewidth=0.5)
            ends = [(_drawn(r.proved.low), _drawn(r.proved.high)) for r in here]
            axes.fill_between(steps, *zip(*ends, strict=True), color=RED, alpha=0.2, linewidth=0)
            drawn = [(x, r.sampled) for x, r in zip(steps, here, strict=True)]
            for x, found in drawn:
                if found is not None:
                    axes.vlines(x, _drawn(found.low), _drawn(found.high), color=BLUE, linewidth=3)
            wrong = [(x, max(LEAST, 1 - r.net.agrees)) for x, r in zip(steps, here, strict=True)]
            axes.plot(*_columns(wrong), "o-", color=GREEN, markersize=3)
        figure.supylabel("probability that they differ")
        legend(
            figure,
            (RED, "-", "", "proved"),
            (BLUE, "-", "", "sampled, δ = 10$^{-9}$"),
            (GREEN, "-", "o", "of 100,000 fresh inputs"),
        )


def _drawn(value: Fraction) -> float:
    return max(LEAST, float(value))


def _columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def legend(figure: Any, *entries: tuple[str, str, str, str]) -> None:
    """One legend for all plots: colour, line, marker and label of each entry."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour, linestyle=line, marker=mark, markersize=4, label=label)
        for colour, line, mark, label in entries
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=4, frameon=False, fontsize=8)
