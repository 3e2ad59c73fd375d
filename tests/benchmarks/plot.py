"""docs/performance.svg: seconds against the number of inputs, one line per tool."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.cases import LADDER, SHORT, Entry
from tests.benchmarks.results import DONE, LATE, Result
from tests.benchmarks.runner import TOOLS

STYLES = {
    "branch": ("#d1495b", "o", "branch and bound"),
    "exhaustive": ("#2f86c8", "s", "exhaustive"),
    "z3": ("#2a9d6f", "D", "Z3 with Leafproof's bounds"),
    "z3 by hand": ("#a8760b", "P", "Z3 by hand, one query"),
    "HiGHS": ("#9a66c9", "X", "HiGHS with Leafproof's bounds"),
    "Marabou": ("#3b8f93", "v", "Marabou"),
}
"""Colour, marker and name of each tool; the colours are legible on white and on black."""
INK = "#808080"
"""Axes and text: as legible on white as on black."""
GREY = "#80808044"

Line = tuple[list[tuple[int, float]], list[tuple[int, float]]]


def lines(
    entries: Iterable[Entry], results: Mapping[tuple[str, str], Result], limit: float
) -> dict[str, Line]:
    """For each tool (inputs, seconds) of the ladder's cases: those solved, those out of time.

    Seconds are those of search and check together. Those out of time stand at the limit of the
    other tools, or at what branch and bound took.
    """
    sizes = {e.name: e.size for e in entries}
    found: dict[str, Line] = {}
    for tool in TOOLS:
        chosen = [results[name, tool] for name in LADDER if name in sizes]
        solved = [(sizes[r.case], r.total) for r in chosen if r.outcome == DONE]
        ended = [r for r in chosen if r.outcome == LATE]
        late = [(sizes[r.case], r.total if tool == "branch" else limit) for r in ended]
        if solved or late:
            found[tool] = solved, late
    return found


def harder(
    entries: Iterable[Entry], results: Mapping[tuple[str, str], Result]
) -> list[tuple[int, float]]:
    """(inputs, seconds) of branch and bound on the networks that were trained briefly."""
    pairs = [(e.size, results[e.name, "branch"]) for e in entries if e.group == SHORT]
    return [(size, r.total) for size, r in pairs if r.outcome == DONE]


def plot(
    entries: Sequence[Entry], results: Mapping[tuple[str, str], Result], limit: float, path: Path
) -> None:
    """Write the plot; the same results give the same bytes."""
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    colours = ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color")
    style: dict[Any, Any] = dict.fromkeys(colours, INK) | {
        "svg.hashsalt": "leafproof",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(8, 5.6), layout="constrained")
        axes = figure.add_subplot(xscale="log", yscale="log")
        axes.patch.set_alpha(0)
        for tool, (solved, late) in lines(entries, results, limit).items():
            colour, marker, name = STYLES[tool]
            every = sorted([*solved, *late])
            axes.plot(*_columns(every), color=colour, linewidth=1.6, zorder=2)
            axes.plot(*_columns(solved), marker, color=colour, label=name, zorder=3)
            (triangles,) = axes.plot(*_columns(late), "^", color=colour, zorder=3)
            triangles.set(markerfacecolor="none", markersize=9)
            triangles.set_label(None if solved else name)
        briefly = harder(entries, results)
        if briefly:
            label = "branch and bound, trained for 1,000 steps"
            colour = STYLES["branch"][0]
            axes.plot(*_columns(briefly), "o", color=colour, markerfacecolor="none", label=label)
        axes.axhline(limit, color=INK, linewidth=0.8, linestyle=":")
        axes.set_xlabel("number of inputs d (the domain has 2$^d$ points)")
        axes.set_ylabel("time to a verdict / s")
        ticks = sorted({size for e in entries if e.name in LADDER for size in [e.size]})
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
        axes.grid(color=GREY, linewidth=0.6)
        title = f"open triangles: out of time after {limit:g} s"
        if axes.get_legend_handles_labels()[0]:
            figure.legend(
                title=title,
                loc="outside lower center",
                ncols=3,
                frameon=False,
                fontsize=9,
                title_fontsize=9,
            )
        figure.savefig(path, transparent=True, metadata={"Date": None})
    tidy(path)


def _columns(points: Sequence[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def tidy(path: Path) -> None:
    """No blanks at the ends of lines."""
    text = path.read_text()
    path.write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n")
