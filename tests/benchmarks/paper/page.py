"""docs/paper.md, from the rows that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from pathlib import Path
from statistics import mean

from tests.benchmarks.page import table, wrapped
from tests.benchmarks.paper.plan import KEEPS, LONG, Net, networks
from tests.benchmarks.paper.plots import plot_accuracy, plot_steps
from tests.benchmarks.paper.rows import GIVEN, ITSELF, MADE, PROBES, PUBLISHED, PaperRow, Trained
from tests.benchmarks.paper.rows import Interval as Held
from tests.benchmarks.paper.training import FIRST_EPOCHS
from tests.benchmarks.paper.words import (
    COLUMNS,
    CURVE,
    INTRODUCTION,
    MISSING,
    NETWORKS,
    ROWS,
    SIZES,
    SUMMARY,
    TRADEOFF,
)
from tests.benchmarks.words import short
from verifier.demo.residual import Recipe

EARLIER = Path(__file__).with_name("earlier.md")
"""What was measured before there was a plan."""


def told(row: PaperRow) -> str:
    """One row as a line, printed as it comes."""
    return (
        f"{row.net.name} epoch {row.net.epochs}, {row.way}, keep {row.keep}: {row.leaves} leaves, "
        f"{row.agrees:.3%} of the network, {float(row.truth):.3%} of its tree, "
        f"{row.probes} probes in {row.seconds:.1f} s; {row.verdict}, proved {interval(row.proved)}"
        f"{'' if row.sample is None else f', sampled {interval(row.sample)}'} "
        f"({row.spent:.0f} s)"
    )


def rounded(value: Fraction, rounding: str) -> str:
    """A probability to three digits, in one direction."""
    if value.denominator == 1:
        return str(value.numerator)
    context = Context(prec=3, rounding=rounding)
    return f"{context.divide(Decimal(value.numerator), Decimal(value.denominator)):g}"


def interval(found: Held | None) -> str:
    """Both ends to three digits, rounded outwards; one number where they are one."""
    if found is None:
        return ""
    if found.low == found.high:
        return rounded(found.low, ROUND_FLOOR)
    return f"{rounded(found.low, ROUND_FLOOR)} to {rounded(found.high, ROUND_CEILING)}"


def write(rows: Sequence[PaperRow], docs: Path) -> None:
    """Write the page and its pictures."""
    (docs / "paper.md").write_text(text(rows))
    plot_accuracy([row for row in rows if row.way != ITSELF], docs / "paper" / "accuracy.svg")
    plot_steps(curve(rows), docs / "paper" / "steps.svg")


def text(rows: Sequence[PaperRow]) -> str:
    """The page as Markdown."""
    main = [row for row in rows if row.net.epochs in (0, FIRST_EPOCHS)]
    itself = [row for row in main if row.way == ITSELF]
    own = [row for row in main if row.way != ITSELF]
    days = sorted({row.date for row in rows})
    when = " to ".join(dict.fromkeys([days[0], days[-1]])) if days else "no day yet"
    loads = sorted(row.load for row in rows) or [0.0]
    parts = [
        wrapped(INTRODUCTION.format(when=when, low=f"{loads[0]:.0f}", high=f"{loads[-1]:.0f}")),
        wrapped(MISSING),
        _missing(rows),
        wrapped(SUMMARY),
        table(("networks", "seeds", *(f"keep {keep}" for keep in KEEPS)), _summary(own)),
        wrapped(NETWORKS),
        table(NET_COLUMNS, [_net_cells(row) for row in itself]),
        _where(itself),
        wrapped(SIZES),
        wrapped(CURVE.format(long=LONG)),
        table(CURVE_COLUMNS, [_curve_cells(row) for row in curve(rows)]),
        wrapped(TRADEOFF),
        wrapped(ROWS),
        COLUMNS,
        table(ROW_COLUMNS, _rows(own), 2),
        EARLIER.read_text(),
    ]
    return "\n".join(parts).rstrip() + "\n"


def kind(net: Trained | Net) -> str:
    """What networks that differ by their seeds alone have in common."""
    if isinstance(net, Trained) and net.origin == GIVEN:
        return f"r = {net.depth}, d = {net.columns}, given"
    return f"r = {net.depth}, d = {net.columns:,}, {net.samples:,} points, {net.loss}"


def _missing(rows: Sequence[PaperRow]) -> str:
    """Which networks of the plan have rows, and what the others take."""
    made = [row.net for row in rows if row.net.origin == MADE]
    done = {net.name: net for net in made if net.epochs == FIRST_EPOCHS}
    kinds: dict[str, list[Net]] = {}
    for net in networks():
        kinds.setdefault(kind(net), []).append(net)
    costs = [n.seconds / n.epochs / n.samples / weights(n.columns) for n in made if n.seconds]
    cost = mean(costs) if costs else None
    lines = []
    for name, nets in kinds.items():
        here = [net.name for net in nets if net.name in done]
        left = len(nets) - len(here)
        spent = [done[x].seconds for x in here]
        net = nets[0]
        guess = cost and cost * FIRST_EPOCHS * net.samples * weights(net.columns)
        took = f"{mean(spent) / 60:.1f}" if spent else ""
        more = f"{left * guess / 60:.0f}" if guess and left else ""
        lines.append((name, f"{len(here)} of {len(nets)}", took, more))
    return table(("networks", "there", "minutes each", "missing: minutes, about"), lines)


def weights(columns: int) -> int:
    """How many weights a network has, about: training takes in proportion."""
    width, middle = Recipe.width, Recipe.layers - 2
    return width * (columns + middle * width + 1)


def _summary(rows: Sequence[PaperRow]) -> list[tuple[str, ...]]:
    """The share of agreement with the network by keep, over the seeds."""
    lines = []
    for name, group in _grouped(rows, lambda row: f"{kind(row.net)}: {row.way}"):
        seeds = {row.net.name for row in group}
        cells = []
        for keep in KEEPS:
            shares = [row.agrees for row in group if row.keep == keep]
            cells.append(_spread(shares))
        lines.append((name, str(len(seeds)), *cells))
    return lines


def _spread(shares: Sequence[float]) -> str:
    if not shares:
        return ""
    middle = f"{mean(shares):.3%}"
    return middle if len(shares) == 1 else f"{middle} ({min(shares):.3%} to {max(shares):.3%})"


def _grouped(
    rows: Iterable[PaperRow], of: Callable[[PaperRow], str]
) -> list[tuple[str, list[PaperRow]]]:
    found: dict[str, list[PaperRow]] = {}
    for row in rows:
        found.setdefault(of(row), []).append(row)
    return list(found.items())


NET_COLUMNS = ("network", "training, s", "agrees with its tree", "verdict", "proved to differ",
               "sampled", "draws", "differs at", "s", "SHA-256")  # fmt: skip


def _net_cells(row: PaperRow) -> tuple[str, ...]:
    net = row.net
    return (
        net.name,
        f"{net.seconds:.0f}" if net.seconds else "not known",
        f"{net.agrees:.3%}",
        row.verdict,
        interval(row.proved),
        interval(row.sample),
        f"{row.sample.draws:,}" if row.sample else "",
        counterexample(row),
        f"{row.spent:.0f}",
        f"`{net.sha256[:16]}`",
    )


def counterexample(row: PaperRow) -> str:
    """The smallest counterexample that is known."""
    if row.literals is not None:
        return f"an AND of {row.literals}"
    return f"`{row.witness}`" if row.witness else ""


def _where(rows: Sequence[PaperRow]) -> str:
    """In which leaves a network may differ from its tree."""
    lines = []
    for row in rows:
        for leaf in row.leaves_open:
            share = f"{rounded(leaf.low / leaf.mass, ROUND_FLOOR)} to "
            share += rounded(leaf.high / leaf.mass, ROUND_CEILING)
            lines.append((row.net.name, f"`{leaf.path}`", f"1/{1 / leaf.mass}", share))
    if not lines:
        return "Every one of these networks is proved to be its tree.\n"
    head = "Where a network is not proved to be its tree, the leaves with most that is open:\n"
    columns = ("network", "leaf", "of all points", "proved to differ, of the leaf's points")
    return f"{head}\n{table(columns, lines)}"


def curve(rows: Sequence[PaperRow]) -> list[PaperRow]:
    """Rows of networks against their own trees that were measured on the way, in order."""
    way = {row.net.name for row in rows if row.net.epochs not in (0, FIRST_EPOCHS)}
    held = [row for row in rows if row.net.name in way and row.way == ITSELF]
    return sorted(held, key=lambda row: (row.net.name, row.net.epochs))


CURVE_COLUMNS = ("network", "epochs", "steps", "agrees", "proved", "sampled", "differs at")


def _curve_cells(row: PaperRow) -> tuple[str, ...]:
    net = row.net
    shown = (interval(row.proved), interval(row.sample), counterexample(row))
    return net.name, str(net.epochs), f"{net.steps:,}", f"{net.agrees:.3%}", *shown


ROW_COLUMNS = ("network", "by", "keep", "leaves", "agrees", "with its tree", "probes", "of all",
               "s", "proved", "sampled", "differs at", "s of proof")  # fmt: skip


def _rows(rows: Sequence[PaperRow]) -> list[tuple[str, ...]]:
    """All rows, network by network; what is distilled by us before what is as published."""
    order = {PROBES: 0, PUBLISHED: 1}
    lines = []
    for _, group in _grouped(rows, lambda row: row.net.name):
        for row in sorted(group, key=lambda row: (order[row.way], -row.keep)):
            lines.append(
                (
                    row.net.name,
                    row.way,
                    f"{row.keep:,}",
                    str(row.leaves),
                    f"{row.agrees:.3%}",
                    f"{float(row.truth):.3%}",
                    f"{row.probes:,}",
                    f"{row.probes / row.possible:.2g}",
                    short(row.seconds) + (f" ({short(row.adam)})" if row.adam else ""),
                    interval(row.proved),
                    interval(row.sample),
                    counterexample(row),
                    f"{row.spent:.0f}",
                )
            )
    return lines
