"""docs/anytime.svg and docs/growth.svg: width against seconds, and how cost grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.plot import GREY, INK, tidy
from tests.benchmarks.rows import OWN, Row

RED, BLUE, GREEN = "#d1495b", "#2f86c8", "#2a9d6f"
NARROWEST = 1e-9
"""Widths below are drawn there."""


def style() -> dict[Any, Any]:
    """As legible on white as on black."""
    colours = ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color")
    return dict.fromkeys(colours, INK) | {
        "svg.hashsalt": "leafproof",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }


@contextmanager
def figure_of(path: Path, width: float, height: float) -> Iterator[Any]:
    """A figure that is legible on white as on black, written to the path at the end."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(style()):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, transparent=True, metadata={"Date": None})
    tidy(path)


def small_plots(figure: Any, count: int, across: int, **shared: bool) -> list[Any]:
    """Axes for so many small plots, ``across`` of them in a line."""
    grid = list(
        figure.subplots(lines_of(count, across), max(1, across), squeeze=False, **shared).flat
    )
    for axes in grid:
        axes.set_visible(False)
    for axes in grid[:count]:
        axes.set_visible(True)
        axes.patch.set_alpha(0)
        axes.grid(color=GREY, linewidth=0.5)
    return grid[:count]


def lines_of(count: int, across: int) -> int:
    """How many lines of plots that takes."""
    return max(1, -(-count // max(1, across)))


def curves(rows: Sequence[Row]) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """For each network of the curves, by tool: (seconds given, width), in order of time."""
    names = list(dict.fromkeys(r.name for r in rows if r.family == "curves"))
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for name in names:
        tools: dict[str, list[tuple[float, float]]] = {}
        for row in rows:
            if row.name == name and row.width is not None:
                tools.setdefault(row.tool, []).append((row.limit, row.width))
        found[name] = {tool: sorted(set(points)) for tool, points in tools.items()}
    return found


def plot_curves(rows: Sequence[Row], path: Path) -> None:
    """One small plot for each network; the same rows give the same bytes."""
    held = curves(rows)
    with figure_of(path, 10, 5) as figure:
        axes = figure.subplots(2, 5, sharex=True, sharey=True)
        for place, (name, tools) in zip(axes.flat, held.items(), strict=False):
            place.set(xscale="log", yscale="log", title=name)
            for tool, colour, mark in ((OWN, RED, "o-"), ("plain sampling", BLUE, "s--")):
                points = [(x, max(y, NARROWEST)) for x, y in tools.get(tool, [])]
                place.plot(*columns_of(points), mark, color=colour, label=tool, markersize=3)
            for _, width in tools.get("FairQuant", []):
                place.axhline(width, color=GREEN, linestyle=":", label="FairQuant, undecided")
            place.grid(color=GREY, linewidth=0.5)
            place.patch.set_alpha(0)
        for place in axes[-1]:  # one label for all would lie on the legend
            place.set_xlabel("seconds")
        figure.supylabel("width of the interval")
        _legend(figure)


def plot_growth(rows: Sequence[Row], path: Path) -> None:
    """Seconds of search and check against what grows; the same rows give the same bytes."""
    with figure_of(path, 10, 5.6) as figure:
        for place, (what, label) in zip(figure.subplots(2, 3).flat, GROWING.items(), strict=True):
            held = [r for r in rows if r.name.split()[0] == what]
            sizes = [int(r.name.split()[1]) for r in held]
            if what in WIDENING:
                widths = [max(r.width or 0.0, NARROWEST) for r in held]
                place.set(yscale="log", xlabel=label, ylabel="width of the interval")
                place.plot(sizes, widths, "D-", color=GREEN, label="proved width", markersize=3)
            else:
                place.set(yscale="log", xlabel=label, ylabel="seconds")
                _seconds(place, sizes, held)
            place.grid(color=GREY, linewidth=0.5)
            place.patch.set_alpha(0)
        _legend(figure)


GROWING = {
    "points": "bits of the domain (swept)",
    "inputs": "inputs",
    "width": "neurons of each of two layers",
    "layers": "hidden layers of 32",
    "hidden": "hidden layers of 16, on ranges",
    "neurons": "neurons of one layer, on ranges",
}
"""What grows, with the words at its axis."""
WIDENING = ("hidden", "neurons")
"""Where the seconds stay and the interval grows."""


def _seconds(place: Any, sizes: Sequence[int], held: Sequence[Row]) -> None:
    search, check = ([max(getattr(r, k), 1e-3) for r in held] for k in ("search", "check"))
    place.plot(sizes, search, "o-", color=RED, label="search", markersize=3)
    place.plot(sizes, check, "s--", color=BLUE, label="the kernel's check", markersize=3)
    late = [(s, r.search) for s, r in zip(sizes, held, strict=True) if r.width]
    place.plot(*columns_of(late), "^", color=RED, markerfacecolor="none", markersize=8)


def columns_of(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Places across, and up."""
    return [x for x, _ in points], [y for _, y in points]


def _legend(figure: Any) -> None:
    handles: dict[str, Any] = {}
    for place in figure.axes:
        for handle, label in zip(*place.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    if handles:
        figure.legend(
            list(handles.values()),
            list(handles),
            loc="outside lower center",
            ncols=len(handles),
            frameon=False,
        )


def legend(figure: Any, *entries: tuple[str, str, str, str]) -> None:
    """One legend for all plots: colour, line, marker and label of each entry."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour, linestyle=line, marker=mark, markersize=4, label=label)
        for colour, line, mark, label in entries
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=4, frameon=False, fontsize=8)
