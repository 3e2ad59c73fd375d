"""Sections of docs/performance.md about networks that people train, and docs/growth.md."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from tests.benchmarks.page import table, wrapped
from tests.benchmarks.rows import OWN, Row
from tests.benchmarks.words import count, seconds, short

HEADING = "## Networks that people really train"
"""Where the sections of this module begin; what follows it in the page is theirs."""

INTRODUCTION = """\
{heading}

Measured by `python -m tests.benchmarks trained` on {when}: {machine}. Each case ran in a process of
its own that had loaded its compiled code; search and the kernel's check are timed apart, by the
clock, and the tools of one row ran one after the other in the same process. `load` is the machine's
just before. Networks of the literature are not part of this repository: environment variables name
their folders (`tests/benchmarks/literature.py`, `tests/benchmarks/paper_nets.py`).
"""

PARTS: Mapping[str, tuple[str, str]] = {
    "sweeps": (
        "Sweeping a whole domain",
        "A random network [32, 32] over bits, against a tree of one test: nothing to find but the "
        "count. The plain sweep is numpy in float32 as one writes it "
        "(`tests/benchmarks/plain.py`): it proves nothing, and no one can check it. `times` is "
        "search and check together over it.",
    ),
    "thermometer": (
        "Breast cancer, thermometer code: any tree",
        "The network of [Real problems](problems.md) on 2^20 points, against CART's trees of its "
        "answers. Every error is exact.",
    ),
    "counts": (
        "How many points differ",
        "Networks that were trained until few points differ from their tree, as in the first table "
        "of this page. The plain sweep's seconds are those of 2^22 points, in proportion.",
    ),
    "traces": (
        "Networks with traces of their training",
        "Trained for 1,000 steps, equal to their trees: what costs is the number of cells.",
    ),
    "untuned": (
        "Networks that nothing was tuned for",
        "Random ones, and ones that were trained for a moment on a random tree (*brief*) or on the "
        "side of a random hyperplane (*side*), in {limit:g} s with the check: what is not closed "
        "soon is counted by sandwiches, in what branching leaves open; and where these "
        "say nothing, as many points are gone through as there is time for.",
    ),
    "similar": (
        "Two similar networks",
        "Networks trained on random trees over signs (the last ones are random), and what they "
        "became: *pruned* of the tenth of each layer's weights that is smallest, *quantised* to "
        "weights and neurons of eight bits, *tuned* for 50 more steps on points of which 1 % have "
        "a wrong class. At how many points do the two differ? Beside that, as far as one engine "
        "comes with the *joint network* in the same {limit:g} s: both side by side, with one "
        "logit that is positive where they differ. `narrower` is how many times the interval of "
        "the joint network is as wide (`tests/benchmarks/trained_similar.py`).",
    ),
    "several": (
        "Networks of several classes",
        "scikit-learn's perceptrons of wines, digits, made clusters and rules, with three to ten "
        "classes: how often is the network CART's tree of 16 leaves of its own answers, does its "
        "class change with the first variable alone, does it fall where the last one goes up a "
        "step, and is it that of the network after more training? All of {limit:g} s of a "
        "processor is for proofs, nothing is sampled (`tests/benchmarks/trained_several.py`).",
    ),
    "formulas": (
        "Networks that encode propositional formulas",
        "The benchmark `sat_relu` (NeuroCodeBench 2.0), over bits, against one leaf of class 0. "
        "The command as users run it (`leafproof certify --stop-at-difference`), from the start "
        "of the process to its end, the certificate checked and written. The best verifiers need "
        "up to 7.0 s each on the original files, and prove nothing that can be checked; HiGHS gets "
        "the "
        "bounds of Leafproof's relaxation and {solver:g} s.",
    ),
    "pairs": (
        "Does the protected feature matter?",
        "Networks of the fairness literature: at how many points does the class change with the "
        "protected feature alone? Proved intervals for the share of such points, after {limit:g} s "
        "for search and check together. Beside them a plain sample of 4 s (in float32; wrong "
        "with a probability of at most 10^-9, by Clopper and Pearson) and what FairQuant leaves "
        "undecided (its program, built and run by us on 2 cores; in brackets its processor "
        "seconds); `narrower` is how many times the proved interval that share is. The sample is "
        "usually narrower still: it is no proof, and no one can check it afterwards.",
    ),
    "equal-times": (
        "In the time that FairQuant took",
        "The same where search and check together have as many processor seconds as FairQuant had, "
        "shared by both processors.",
    ),
    "deep-pairs": (
        "The same, of deeper and wider networks",
        "Reported as they are. What widens the interval is the relaxation, layer after layer: a "
        "cell has to become so small that few neurons are unstable in it, and there are too many "
        "such cells.",
    ),
    "students": (
        "Against trees of 32 leaves",
        "The same networks, each against scikit-learn's tree of 32 leaves for its own answers at "
        "100,000 points: the proved interval for the probability that they differ, after {limit:g} "
        "s for search and check together.",
    ),
    "wide": (
        "Residual networks of width 1000",
        "Networks trained as in [the paper](paper.md), against the trees that they were trained "
        "on; at most 180 s for search and check together. For r = 5 one difference is enough.",
    ),
}
"""Titles and what is said of each family, in order."""
CURVES = """\
### Width against time

![Width of the proved interval against seconds, for ten networks](anytime.svg)

The pair question of ten networks after 2, 5, 10 and 20 s (search and check together), beside plain
sampling for 1, 2 and 4 s. Dotted: the share that FairQuant leaves undecided.
"""


def with_sections(page: str, text: str) -> str:
    """The page with these sections instead of its own."""
    before = page.split(HEADING)[0].rstrip()
    return f"{before}\n\n{text}"


def sections_of(page: str) -> str:
    """The sections of this module that a page has, or nothing."""
    return HEADING + page.split(HEADING, 1)[1] if HEADING in page else ""


def sections(rows: Mapping[str, Sequence[Row]], when: str, machine: str) -> str:
    """All sections, as Markdown."""
    parts = [wrapped(INTRODUCTION.format(heading=HEADING, when=when, machine=machine))]
    for family, (title, words) in PARTS.items():
        held = rows.get(family, ())
        limit = max((r.limit for r in held if r.tool == OWN), default=20.0)
        parts.append(wrapped(f"### {title}\n\n{words.format(limit=limit, solver=2.0)}"))
        parts.append(_table(family, held) if held else "Not measured in this run.\n")
        if family == "deep-pairs":
            parts.append(wrapped(CURVES))
    return "\n".join(parts)


def with_measured(page: str, rows: Mapping[str, Sequence[Row]], when: str, machine: str) -> str:
    """The page with new sections of the families that have rows; the others stay as they are.

    A section that is newer than the page's own words says when it was measured.
    """
    text = sections(rows, when, machine)
    earlier = _by_title(sections_of(page))
    if not earlier or all(rows.get(family) for family in PARTS):
        return with_sections(page, text)
    fresh = _by_title(text)
    for family, (title, _) in PARTS.items():
        if rows.get(family) or title not in earlier:
            measured = wrapped(f"(Measured on {when}: {machine}.)") if rows.get(family) else ""
            earlier[title] = "\n\n".join(x.strip() for x in (fresh[title], measured) if x) + "\n"
    parts = (f"### {title}\n{body}" if title else body for title, body in earlier.items())
    return with_sections(page, "\n".join(part.rstrip() + "\n" for part in parts))


def _by_title(text: str) -> dict[str, str]:
    """Sections by their titles, in order; what stands before them by no title."""
    if not text:
        return {}
    before, *parts = text.split("\n### ")
    return {"": before} | {title: body for title, _, body in (p.partition("\n") for p in parts)}


def _table(family: str, rows: Sequence[Row]) -> str:
    if family == "formulas":
        return _formulas(rows)
    if family in ("pairs", "equal-times"):
        heads = (*INTERVAL_COLUMNS[:-1], "narrower", INTERVAL_COLUMNS[-1])
        body = table(heads, [_beside(n, g) for n, g in cases(rows)], 3)
        return f"{body}\n{wrapped(_ten_times(rows))}"
    if family in ("deep-pairs", "students", "several"):
        return table(INTERVAL_COLUMNS, [_interval(n, g) for n, g in cases(rows)], 3)
    if family == "similar":
        return table(SIMILAR_COLUMNS, [_similar(n, g) for n, g in cases(rows)], 3)
    return table(COLUMNS, [_plain(n, g) for n, g in cases(rows)], 4)


def cases(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """The rows by case, in order."""
    held: dict[str, list[Row]] = {}
    for row in rows:
        held.setdefault(row.name, []).append(row)
    return list(held.items())


COLUMNS = ("case", "network", "points", "found", "search, s", "check, s", "steps", "plain sweep, s",
           "times", "load")  # fmt: skip
INTERVAL_COLUMNS = ("network", "hidden", "points", "proved", "width", "search, s", "check, s",
                    "sampled", "FairQuant", "load")  # fmt: skip


SIMILAR_COLUMNS = ("networks", "points", "differ", "width", "joint network", "narrower",
                   "search, s", "check, s", "steps", "load")  # fmt: skip


def _similar(name: str, group: Sequence[Row]) -> tuple[str, ...]:
    own = next(r for r in group if r.tool == OWN)
    joint = next((r for r in group if r.tool != OWN), None)
    return (
        name,
        own.domain,
        interval(own),
        "" if own.width is None else percent(own.width),
        "" if joint is None else interval(joint),
        "" if joint is None else narrower(own.width, joint.width),
        seconds(own.search),
        seconds(own.check),
        steps(own),
        f"{own.load:.1f}",
    )


def narrower(own: float | None, other: float | None) -> str:
    """How many times as wide as an interval another one is, in words."""
    if own is None or other is None:
        return ""
    if own == 0:
        return "both exact" if other == 0 else "exact"
    return f"{short(other / own)}x"


def _plain(name: str, group: Sequence[Row]) -> tuple[str, ...]:
    own = group[0]
    other = next((r for r in group if r.tool != OWN), None)
    both = own.search + own.check
    times = f"{short(both / other.wall)}" if other and other.wall else ""
    if other and other.note:
        times = f"({times})" if times else ""
    return (
        name,
        own.shape,
        own.domain,
        found(own),
        seconds(own.search),
        seconds(own.check),
        steps(own),
        seconds(other.wall) if other else "",
        times,
        f"{own.load:.1f}",
    )


def _interval(name: str, group: Sequence[Row]) -> tuple[str, ...]:
    own = [r for r in group if r.tool == OWN][-1]
    sampled = [r for r in group if r.tool not in (OWN, "FairQuant")]
    theirs = next((r for r in group if r.tool == "FairQuant"), None)
    return (
        name,
        own.shape,
        own.domain,
        own.note or interval(own),
        "" if own.width is None else percent(own.width),
        seconds(own.search),
        seconds(own.check),
        interval(sampled[-1]) if sampled else "",
        f"{percent(theirs.high or 0.0)} ({theirs.cpu:g} s)" if theirs else "",
        f"{own.load:.1f}",
    )


def _beside(name: str, group: Sequence[Row]) -> tuple[str, ...]:
    """The same, and how many times as wide what FairQuant leaves undecided is."""
    own = [r for r in group if r.tool == OWN][-1]
    theirs = next((r.high for r in group if r.tool == "FairQuant"), None)
    *cells, load = _interval(name, group)
    return (*cells, narrower(own.width, theirs), load)


def _ten_times(rows: Sequence[Row]) -> str:
    """Of which networks the interval is ten times narrower than FairQuant's share, in words."""
    times = {
        name: 1 / max(own.width or 0.0, 1e-300) * (theirs.high or 0.0)
        for name, group in cases(rows)
        for own in [r for r in group if r.tool == OWN][-1:]
        for theirs in group
        if theirs.tool == "FairQuant"
    }
    enough = [name for name, x in times.items() if x >= 10]
    return (
        f"Ten times narrower: {', '.join(enough) or 'none'}. "
        f"Not: {', '.join(name for name in times if name not in enough) or 'none'}."
    )


def _formulas(rows: Sequence[Row]) -> str:
    lines = []
    for half in ("unsat", "sat"):
        own = [r for r in rows if r.name.startswith(f"{half}_") and r.tool == OWN]
        if not own:
            continue
        other = [r for r in rows if r.name.startswith(f"{half}_") and r.tool != OWN]
        wanted = "equivalent" if half == "unsat" else "different"
        decided = [r for r in own if r.verdict == wanted]
        slowest = max(own, key=lambda r: r.wall)
        lines.append(
            (
                half,
                str(len(own)),
                str(len(decided)),
                f"{seconds(slowest.wall)} ({slowest.name})",
                seconds(sum(r.wall for r in own)),
                seconds(sum(r.search for r in own)),
                seconds(sum(r.check for r in own)),
                f"{sum(r.verdict == wanted for r in other)} in "
                f"{seconds(sum(r.wall for r in other))} s" if other else "",
            )
        )  # fmt: skip
        lines += [(r.name, "open", r.verdict or r.note, seconds(r.wall), "", "", "", "")
                  for r in own if r.verdict != wanted]  # fmt: skip
    heads = ("kind", "networks", "decided", "the longest, s", "all, s", "of it search, s",
             "of it check, s", "decided by HiGHS")  # fmt: skip
    return table(heads, lines)


def found(row: Row) -> str:
    """What a row found, in words."""
    if row.points is None:
        return row.note or row.verdict or "nothing"
    low, high = (int(x) for x in row.points)
    if row.verdict == "equivalent":
        return "equivalent"
    if low == high:
        return f"exactly {count(low)} differ"
    if row.verdict == "different" and row.low is not None and row.low == 0:
        return "different"
    return f"{row.verdict}: {interval(row)}"


def interval(row: Row) -> str:
    """The interval of a probability, or its exact value."""
    if row.low is None or row.high is None:
        return ""
    if row.low == row.high:
        return f"exactly {percent(row.low)}"
    return f"{percent(row.low)} to {percent(row.high)}"


def percent(share: float) -> str:
    """A share in percent, to three digits."""
    if share == 0:
        return "0 %"
    digits = max(0, 2 - math.floor(math.log10(abs(100 * share))))
    return f"{100 * share:.{min(digits, 12)}f} %" if digits < 9 else f"{100 * share:.1e} %"


def steps(row: Row) -> str:
    """The certificate's steps by kind."""
    return ", ".join(f"{n:,} {kind}" for kind, n in sorted(row.cells.items()))


def told(row: Row) -> str:
    """A row as a line, printed as it comes."""
    where = f"{row.family:11} {row.name:16} {row.tool:20}"
    times = f"search {seconds(row.search)} s, check {seconds(row.check)} s, cpu {row.cpu:.1f} s"
    said = " ".join(x for x in (row.verdict, interval(row), row.note) if x)
    return f"{where} {times}, {said}, {row.size:,} bytes, load {row.load:.1f}"


GROWTH = """\
# How cost grows

Measured by `python -m tests.benchmarks trained growth --write` on {when}: {machine}. Seconds of
search and of the kernel's check as one thing grows and the others stay, at most {limit:g} s each
(open triangles: the interval was still open then); and the width of the interval after a fixed
time.

![Seconds against points, inputs, width and layers](growth.svg)

The networks of *points* are random, and swept. Those of *inputs*, *width* and *layers* were trained
here on random trees of depth 4 for 2,000 steps: most of each network is the tree. Those of *hidden*
and *neurons* are random over ten ranges of 0 to 99, and two copies of each are compared that read
the two ends of one more: nothing in them is a tree. Networks of your own lie between, and may be
easier or harder than either by orders of magnitude (`tests/benchmarks/trained_made.py`).
"""
LIMITS = """\
## Where it ends

* **Points.** A sweep costs the same for every point, whatever the network says: each further bit
  doubles the time. {sweep}
* **Inputs.** The number of points is no limit by itself. What costs is the number of cells, and
  that grows with how much of the network is not the tree: traces of its training, which more inputs
  leave more room for.
* **Width.** A bound costs a product of a row with every layer's matrix, so it grows with the square
  of the width; and the relaxation's gap grows with the number of neurons that are unstable.
* **Layers.** Every layer widens the relaxation of those before it. So deep networks whose neurons
  are unstable on most of the domain stay open, and more time helps little.
* **Memory.** All closed cells are held until the certificate is written: see `bytes` below for the
  file; the search holds some ten times as much.
"""
GROWTH_COLUMNS = ("case", "hidden", "points", "found", "search, s", "check, s", "steps", "bytes")


def growth_page(rows: Sequence[Row], when: str, machine: str) -> str:
    """The page docs/growth.md."""
    limit = max((r.limit for r in rows), default=20.0)
    lines = [
        (r.name, r.shape, r.domain, found(r), seconds(r.search), seconds(r.check), steps(r),
         f"{r.size:,}")
        for r in rows
    ]  # fmt: skip
    text = wrapped(GROWTH.format(when=when, machine=machine, limit=limit))
    limits = LIMITS.format(sweep=_hour(rows))
    body = table(GROWTH_COLUMNS, lines, 4) if lines else "Not measured in this run.\n"
    return f"{text}\n{limits}\n## The figures\n\n{body}"


def _hour(rows: Sequence[Row]) -> str:
    """How many points are swept and checked in an hour, in proportion to the largest sweep."""
    swept = [r for r in rows if r.name.startswith("points ") and r.search and not r.width]
    if not swept:
        return "How many points an hour is enough for was not measured in this run."
    last = swept[-1]
    bits = int(last.name.split()[1]) + math.floor(math.log2(3600 / (last.search + last.check)))
    return f"In proportion to the largest one here, an hour is enough for 2^{bits} points."
