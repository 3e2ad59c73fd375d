"""docs/representation.md, from what was measured."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.page import table, wrapped
from tests.benchmarks.trained_plot import BLUE, GREEN, RED, figure_of

FIRST, LAST, ALL = "first layer", "last layer", "all layers"
"""What is probed: the outputs of ReLUs."""


@dataclass(frozen=True)
class Count:
    """So many sets of ``k`` variables, of ``total``, are held; at most ``most`` can be."""

    k: int
    found: int
    total: int
    most: int


@dataclass(frozen=True)
class Case:
    """What was measured of a network.

    ``rows`` of a table it was trained on, ``right`` the share of them that it answers as labelled
    (None: not said);
    ``whole`` says that all points were measured, not a sample. ``unexplained`` has for each layer
    (and for ``all`` of them side by side) the share of each AND's variance that no probe explains,
    ``norms`` the least norm of a probe of all layers that is near enough (infinite: there is none),
    ``tau`` the largest of them. ``leaves`` and ``errors`` are of the trees by method: the ends of
    the interval, and whether it is a sample's.
    """

    problem: str
    rows: int
    variables: int
    hidden: tuple[int, ...]
    right: float | None
    whole: bool
    leaves: dict[str, int]
    ands: tuple[str, ...]
    widths: tuple[int, ...]
    unexplained: dict[str, tuple[float, ...]]
    tau: float
    norms: tuple[float, ...]
    counts: tuple[Count, ...]
    errors: dict[str, tuple[float, float, bool]]
    date: str
    load: float

    @property
    def held(self) -> tuple[int, int]:
        """How many ANDs have a probe that is near enough, of those that 0 is not near enough to."""
        counted = [norm for norm in self.norms if norm > 0]
        return sum(map(math.isfinite, counted)), len(counted)


def load(path: Path) -> Case:
    """A Case from its file."""
    held: dict[str, Any] = json.loads(path.read_text())
    tuples: Mapping[str, Any] = {
        "hidden": tuple(held["hidden"]),
        "ands": tuple(held["ands"]),
        "widths": tuple(held["widths"]),
        "unexplained": {label: tuple(x) for label, x in held["unexplained"].items()},
        "norms": tuple(held["norms"]),
        "counts": tuple(Count(**count) for count in held["counts"]),
        "errors": {method: (e[0], e[1], e[2]) for method, e in held["errors"].items()},
    }
    return Case(**(held | tuples))


def told(case: Case) -> str:
    """A Case as a line."""
    layers = ", ".join(f"{x} {median(shares):.1%}" for x, shares in case.unexplained.items())
    counts = ", ".join(f"k = {c.k}: {c.found} of {c.total}, at most {c.most}" for c in case.counts)
    errors = ", ".join(f"{method} {error(e)}" for method, e in case.errors.items())
    return (
        f"{case.problem}: {case.held[0]} of {case.held[1]} ANDs held, tau {case.tau:.3g}; "
        f"unexplained (median) {layers}; {counts or 'not counted'}; {errors}"
    )


def error(found: tuple[float, float, bool]) -> str:
    """A probability, or its interval."""
    low, high, sampled = found
    if low == high:
        return f"{low:.2%}"
    return f"{low:.2%} to {high:.2%}{', sampled' if sampled else ''}"


INTRODUCTION = """\
# Is the representation linear? Measured

The paper's distiller rests on the *linear representation hypothesis*: every AND along the paths of
the tree that the network implements is a linear function of the network's activations, with a probe
of norm at most τ. Here it is measured on networks that were trained on real tables, as `leafproof
distill --explain` does for a network of yours, beside a small network and one of the paper's that
were trained on random trees.

Measured by `python -m tests.benchmarks representation --write` on {when}, on 2 busy cores (load
{low} to {high}). What depends on the machine: the trees are found within a limit of the clock (run
again, digits alone had another one), and with another tree go its ANDs and what is unexplained of
them: on digits the tree of a search of 10 s at load 18 has medians of 92.5 %, 93.4 % and 91.9 %,
that of 25 s 94.3 %, 94.8 % and 94.1 %. The networks are the same with one thread and with two, but
for digits (they are trained in one since then), and may differ with another processor's
instructions (with libraries held to older ones wine's trees differ 0.03 points less). The tables
come with scikit-learn (`tests/benchmarks/tables.py`), every column cut in two at its median, so
that the domain is uniform over d variables of two values, as the theorems want it. These networks
have two hidden layers of 16 ReLUs; the ANDs are those of the best tree of at most 16 leaves that
`--method certified` finds for the network; probes are the best there are, from the second moments
over **all** points of the domain. Where that has more than 2^20 points (digits, and the network
of the paper's kind, of width 1000) they are from 8,000 points drawn; the 1,000 neurons of a layer
fit an eighth of such a sample whatever the AND, and four layers a half, so that there more is
left than is shown.
"""

PICTURE = """\
## By layer and by AND

![The share of each AND's variance that no probe explains, by layer](representation.svg)

Each point is an AND: across, its number of literals; up, the share of its variance that the best
probe of that layer leaves. At 0 the AND is linear in the layer, at 1 a probe is no better than the
mean. An AND of one literal is an input: by a layer that lost it no split on it can be found.
"""

HOLDS = """\
`held` are the ANDs with a probe whose root mean squared error is at most 1/10; τ is the largest
norm that those of *all* ANDs need (none where one AND has no such probe), over φ = (1, ψ) with
E|ψ|² = 1. ANDs so rare that 0 is as near are not counted. `unexplained` is the median over all
ANDs.
"""

RANK = """\
## How much a representation can hold

Whatever the probes' norms, a space of m functions can hold few ANDs: at most m / (1 - 4^k η²) of
the sets of k variables have an AND within η of it (theorem `lrh-rank`, proved by Coq as well;
`leafproof bounds show lrh-rank`). Here m = 33 (both layers and the constant), η = 1/10, and `held`
are the sets that were found to be, over all points.
"""

FAILS = """\
## Where it fails, and what Leafproof does instead

Trees of at most 16 leaves (`lrh`: and depth 5), and the proved probability that they differ from
the network (digits: of a sample, at δ = 10^-9). `lrh` finds its splits by probes alone. Where the
ANDs of a good tree are far from linear in the activations, as for all the tables here, its trees
differ from the network more often than plain CART's, which looks at the network's answers only;
where they are nearly linear it finds the tree. That is why `--method certified`, the default,
splits by no probe unless it is told to (`--scores lrh`): it splits where the answers at points of
the cell differ most, proves a leaf by bounds of the network or by all of its points, and cuts what
it grew back to the best subtree of every size. Only for networks too large to be evaluated often
(above 2^20 multiplications a point, as the paper's) do probes propose a first tree, which the proof
then extends wherever it is wrong. What it returns is covered by the theorem
`certified-distillation`, which assumes nothing of the representation.
"""


def write(cases: Sequence[Case], docs: Path) -> None:
    """Write the page and its picture."""
    (docs / "representation.md").write_text(text(cases))
    plot(cases, docs / "representation.svg")


def text(cases: Sequence[Case]) -> str:
    """The page as Markdown."""
    days = sorted({case.date for case in cases})
    loads = sorted(case.load for case in cases)
    facts = {
        "when": " to ".join(dict.fromkeys([days[0], days[-1]])),
        "low": f"{loads[0]:.0f}",
        "high": f"{loads[-1]:.0f}",
    }
    parts = [
        wrapped(INTRODUCTION.format(**facts)),
        wrapped(PICTURE),
        table(HOLDS_COLUMNS, [_holds(case) for case in cases]),
        wrapped(HOLDS),
        wrapped(_conclusion(cases)),
        wrapped(RANK),
        table(RANK_COLUMNS, [_rank(case, c) for case in cases for c in case.counts]),
        wrapped(FAILS),
        table(FAILS_COLUMNS, [_fails(case) for case in cases if case.errors]),
    ]
    return "\n".join(parts)


def _conclusion(cases: Sequence[Case]) -> str:
    """For which networks the hypothesis holds, for which in part, for which not at all."""

    def those(chosen: Sequence[Case]) -> str:
        return "; ".join(case.problem for case in chosen) or "none of these networks"

    every = [case for case in cases if case.held[0] == case.held[1]]
    some = [case for case in cases if 0 < case.held[0] < case.held[1]]
    none = [case for case in cases if not case.held[0]]
    return (
        f"So it holds for all ANDs of the network trained on: {those(every)}. For some: "
        f"{those(some)}. For not one: {those(none)}."
    )


HOLDS_COLUMNS = ("trained on", "rows", "right", "d", "ANDs", "held", "τ",
                 "unexplained: first layer", "last", "all")  # fmt: skip


def _holds(case: Case) -> tuple[str, ...]:
    layers = [f"{median(shares):.1%}" for shares in case.unexplained.values()]
    tau = f"{case.tau:.3g}" if math.isfinite(case.tau) else "none"
    right = "" if case.right is None else f"{case.right:.1%}"
    rows = f"{case.rows:,}" if case.rows else ""
    facts = (rows, right, str(case.variables), str(case.held[1]))
    return case.problem, *facts, str(case.held[0]), tau, *layers


RANK_COLUMNS = ("trained on", "k", "sets of k variables", "held", "at most")


def _rank(case: Case, c: Count) -> tuple[str, ...]:
    return case.problem, str(c.k), f"{c.total:,}", f"{c.found:,}", f"{min(c.most, c.total):,}"


FAILS_COLUMNS = ("trained on", "lrh: leaves", "differs", "certified: leaves", "differs",
                 "CART: leaves", "differs")  # fmt: skip


def _fails(case: Case) -> tuple[str, ...]:
    ways = [(str(case.leaves[w]), error(case.errors[w])) for w in ("lrh", "certified", "cart")]
    return case.problem, *(cell for pair in ways for cell in pair)


def plot(cases: Sequence[Case], path: Path) -> None:
    """A small plot for each network; the same cases give the same bytes."""
    styles = {FIRST: (BLUE, "o", -0.12), LAST: (GREEN, "s", 0), ALL: (RED, "D", 0.12)}
    with figure_of(path, 10, 3.2) as figure:
        for axes, case in zip(
            figure.subplots(1, len(cases), sharey=True, squeeze=False).flat, cases, strict=True
        ):
            title = case.problem.split(",")[0].replace("a random tree of ", "random tree,\n")
            axes.set(title=title, ylim=(-0.03, 1.03), xlabel="literals of the AND")
            axes.patch.set_alpha(0)
            for label, (colour, mark, shift) in styles.items():
                across = [width + shift for width in case.widths]
                shares = case.unexplained[label]
                axes.plot(across, shares, mark, color=colour, markersize=4, label=label)
        figure.supylabel("variance left by the best probe")
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
