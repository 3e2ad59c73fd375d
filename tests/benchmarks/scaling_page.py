"""The tables and the plot of docs/scaling.md."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.plot import GREY, INK
from tests.benchmarks.plot import tidy as tidied
from tests.benchmarks.scaling import Overheads, Recorded
from tests.docs_blocks import ROOT

PAGE, PLOT = ROOT / "docs" / "scaling.md", ROOT / "docs" / "scaling.svg"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
WORKERS = (1, 2, 10, 30, 100, 300, 1000)
COPIES = (1, 30, 1000)
"""A run as long as the recorded one, and such as are so many times as long."""
COLOURS = ("#d1495b", "#2f86c8")

Rows = Mapping[int, Sequence[tuple[int, float, float]]]


@dataclass(frozen=True)
class Rate:
    """What a run on some workers took: how many ``units``, and seconds.

    ``busy`` and ``driver`` are of the processor, of all workers and of the driver, ``wall`` those
    of the run. ``replayed`` are those of a run in which nothing else takes any processor.
    """

    units: int
    busy: float
    driver: float
    wall: float
    replayed: float


@dataclass(frozen=True)
class Measured:
    """A network's recorded units, what is beside them, and what is predicted.

    ``rates`` are what runs on numbers of workers took, of the same units; ``rows``, for lengths of
    a run, what ``predicted`` says.
    """

    name: str
    units: Sequence[Recorded]
    overheads: Overheads
    rates: Mapping[int, Rate]
    rows: Rows


def tables(measured: Sequence[Measured]) -> str:
    """What was measured, and what is predicted of it, in Markdown."""
    lines = [
        f"| measured | {' | '.join(x.name for x in measured)} |",
        "| --- |" + " --- |" * len(measured),
    ]

    def line(what: str, cells: Iterable[str]) -> None:
        lines.append(f"| {what} | {' | '.join(cells)} |")

    def own(workers: int) -> list[Rate]:
        return [x.rates[workers] for x in measured]

    line("units recorded", (f"{len(x.units)}" for x in measured))
    line(
        "a unit's processor seconds: a tenth is below, the median, a tenth is above",
        map(_spread, measured),
    )
    kib = (statistics.median(u.bytes for u in x.units) / 1024 for x in measured)
    line("a fragment's bytes, the median", (f"{size:.1f} KiB" for size in kib))
    line(
        "handing out and taking back a unit",
        (f"{1e3 * x.overheads.there:.1f} ms" for x in measured),
    )
    line(
        "the driver's own processor time, a unit",
        (f"{1e3 * x.overheads.here:.1f} ms" for x in measured),
    )
    for workers in measured[0].rates:
        word = "1 worker" if workers == 1 else f"{workers} workers"
        line(
            f"{word}: units, their processor seconds, the driver's, seconds of the run",
            (f"{r.units}, {r.busy:.1f}, {r.driver:.1f}, {r.wall:.1f}" for r in own(workers)),
        )
    one, two = own(1), own(2)
    line(
        "2 workers are as fast as one times: by the clock",
        (f"{a.wall / b.wall:.2f}" for a, b in zip(one, two, strict=True)),
    )
    line(
        "the same if nothing else took their processors (processor seconds, replayed)",
        (f"{a.replayed / b.replayed:.2f}" for a, b in zip(one, two, strict=True)),
    )
    for x in measured:
        head = " | ".join(f"{n:,} times as long" if n > 1 else "as recorded" for n in x.rows)
        lines += ["", f"| {x.name}: workers | {head} |", "| ---: |" + " ---: |" * len(x.rows)]
        for i, workers in enumerate(WORKERS):
            line(
                f"{workers:,}",
                (f"{own[i][2]:,.1f} ({own[i][1]:,.0f} s)" for own in x.rows.values()),
            )
    return "\n".join(lines)


def _spread(held: Measured) -> str:
    seconds = sorted(x.seconds for x in held.units)
    places = (len(seconds) // 10, len(seconds) // 2, 9 * len(seconds) // 10)
    return ", ".join(f"{seconds[at]:.2f}" for at in places)


def write(text: str) -> None:
    """Put the tables into the page, between its marks."""
    page = PAGE.read_text()
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    assert pattern.search(page)
    PAGE.write_text(pattern.sub(lambda _: f"{BEGIN}\n{text}\n{END}", page))


def plot(measured: Sequence[Measured]) -> None:
    """Write the plot, of the longest runs; the same rows give the same bytes."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    colours = ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color")
    style = dict.fromkeys(colours, INK) | {
        "svg.hashsalt": "leafproof",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(8, 5), layout="constrained")
        axes = figure.add_subplot(xscale="log", yscale="log")
        axes.patch.set_alpha(0)
        axes.plot(WORKERS, WORKERS, color=INK, linewidth=0.8, linestyle=":", label="as many times")
        for colour, x in zip(COLOURS, measured, strict=False):
            own = x.rows[max(x.rows)]
            counts, times = [row[0] for row in own], [row[2] for row in own]
            axes.plot(counts, times, "o-", color=colour, linewidth=1.6, label=x.name)
        axes.set_xlabel("workers")
        axes.set_ylabel("times as fast as one worker")
        axes.grid(color=GREY, linewidth=0.6)
        axes.legend(frameon=False)
        figure.savefig(PLOT, transparent=True, metadata={"Date": None})
    tidied(PLOT)
