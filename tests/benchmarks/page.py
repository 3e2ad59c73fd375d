"""docs/performance.md, from measured results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import fill

from tests.benchmarks.cases import GROUPS, Entry
from tests.benchmarks.results import LATE, Result, Run
from tests.benchmarks.runner import TOOLS
from tests.benchmarks.words import answer, contradicts, count, power, seconds, short, verdict

PEERS = tuple(tool for tool in TOOLS if tool != "branch")
Results = Mapping[tuple[str, str], Result]

INTRODUCTION = """\
# Performance

Measured by `{command}` on {date}: {machine}. {versions}. {minutes:.0f} minutes in all.

![Seconds against the number of inputs, for each tool](performance.svg)

Every case is a network and a tree of which nothing is assumed; to be found is whether they have the
same class at **all** points of the domain, and if not, at how many. The networks are multilayer
perceptrons that were trained on random trees (`tests/benchmarks/families.py`, fixed seeds), or on
published problems (`verifier/demo/problems.py`), and residual networks of width 1000 if their files
are at hand. **Networks that were trained longer are easier**: 8,000 steps, with weight decay, leave
few traces of the training in the network beside the tree itself, so that a few hundred cells prove
it; the same networks after 1,000 steps take hundreds to thousands of times as many. Both kinds are
shown; a network of your own may be of either.
"""

OWN = """\
## Branch and bound

`certify --prover branch --no-sample`, as users run it: a search that shapes its proof for the
kernel, and the kernel's `check`, which repeats every bound (with the writing and the reading of the
certificate). Both are medians of {runs} runs (of one, if it takes {short:g} s or more) in a process
that has loaded its compiled code; `first` is the first search in a new process, which loads that
code if the case is long enough to need it (not shown where it is longer than {early:g} s).
{compiling} `cells` are those closed by the relaxation + those enumerated (+ those left open).
`memory` is the peak of the whole process, of which {base} MiB are Python, the libraries and the
case. Limit: {own_limit:g} s for search and check together; where it came, `>` stands before the
seconds of the search.
"""

OTHERS = """\
## Beside other tools

Seconds, of Leafproof's own tools with the kernel's check, and in brackets how many times those of
branch and bound on the same case in the same run. Limit: {limit:g} s. A tool that runs out of time
is not tried on cases of the same family with as many inputs or more (*skipped*).

* **exhaustive** is Leafproof's sweep of the whole domain, up to {swept} points; **z3** is
  Leafproof's `--prover z3`, which bounds every cell and asks Z3 about what is left. Both give the
  exact count and a certificate.
* **z3 by hand** is the whole question as one query over exact rationals, as one would write it
  without Leafproof: `tests/benchmarks/z3_by_hand.py`.
* **HiGHS** solves one mixed-integer program per leaf of the tree, with the bounds of Leafproof's
  relaxation over that leaf for its big-M rows: `tests/benchmarks/milp.py`.
* **Marabou** gets one query per leaf, with the inputs as disjunctions:
  `tests/benchmarks/marabou.py`.

The last two compute in floating point and prove nothing that could be checked; the last three give
no count, only a verdict. Branch and bound uses all cores; the solvers run as they come, Z3 and
Marabou on one core.
"""


def page(run: Run, entries: Sequence[Entry], results: Results) -> str:
    """The page as Markdown."""
    own = [results[e.name, "branch"] for e in entries]
    introduction = INTRODUCTION.format(
        command=run.command,
        date=run.date,
        machine=run.machine,
        versions=run.versions,
        minutes=run.minutes,
    )
    first = run.first
    compiling = (
        f"Compiling takes {seconds(first.compiling)} s once on a machine, loading what was "
        f"compiled {seconds(first.loading)} s."
        if first
        else ""
    )
    about = OWN.format(
        runs=3,
        short=5,
        early=2.5,
        compiling=compiling,
        base=min(r.at_start for r in own),
        own_limit=run.own_limit,
    )
    others = OTHERS.format(limit=run.limit, swept="2^24")
    parts = [wrapped(introduction), wrapped(about)]
    parts += [table(OWN_COLUMNS, own_rows(entries, results), 4), others]
    parts += [table(("case", "branch", *PEERS), peer_rows(entries, results))]
    parts += _remarks(entries, results)
    return "\n".join(parts)


def wrapped(text: str) -> str:
    """The text with its plain paragraphs filled to 100 characters; lists and code stay as is."""
    paragraphs = [
        part if part.startswith(AS_IS) else fill(part, 100, break_on_hyphens=False)
        for part in text.strip().split("\n\n")
    ]
    return "\n\n".join(paragraphs) + "\n"


AS_IS = ("#", "!", "* ", "```")
"""How paragraphs begin that are not plain ones."""

OWN_COLUMNS = (
    "case",
    "network",
    "points",
    "verdict",
    "search, s",
    "first, s",
    "check, s",
    "cells",
    "cells/s",
    "memory, MiB",
)


def own_rows(entries: Iterable[Entry], results: Results) -> list[tuple[str, ...]]:
    """A row for every case, under headings for the groups."""
    rows: list[tuple[str, ...]] = []
    for group, members in grouped(entries):
        rows.append((f"**{group}**", *[""] * (len(OWN_COLUMNS) - 1)))
        for entry in members:
            r = results[entry.name, "branch"]
            cells = sum(r.cells.values())
            rows.append(
                (
                    entry.name,
                    entry.shape,
                    power(entry.points),
                    verdict(r, refute=entry.refute),
                    f"{'>' if r.outcome == LATE else ''}{seconds(r.seconds)}",
                    seconds(r.first) if r.first is not None else "",
                    seconds(r.check) if r.check is not None else "none",
                    _cells(r),
                    count(round(cells / r.seconds)) if r.seconds and cells else "",
                    str(r.memory),
                )
            )
    return rows


def _cells(result: Result) -> str:
    c = result.cells
    if not c:
        return ""
    text = f"{c.get('constant', 0):,} + {c.get('enumerated', 0):,}"
    rest = sum(n for kind, n in c.items() if kind not in ("constant", "enumerated"))
    return f"{text} + {rest:,}" if rest else text


def peer_rows(entries: Iterable[Entry], results: Results) -> list[tuple[str, ...]]:
    """A row for every case: the seconds of branch and bound, and the peers' with ratios."""
    rows: list[tuple[str, ...]] = []
    for group, members in grouped(entries):
        rows.append((f"**{group}**", *[""] * (len(PEERS) + 1)))
        for entry in members:
            own = results[entry.name, "branch"]
            late = ">" if own.outcome == LATE else ""
            found = [answer(results[entry.name, tool], own) for tool in PEERS]
            rows.append((entry.name, f"{late}{seconds(own.total)}", *found))
    return rows


def grouped(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """The groups that occur, in order, with their cases."""
    held = list(entries)
    groups = [(group, [e for e in held if e.group == group]) for group in GROUPS]
    return [(group, members) for group, members in groups if members]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A Markdown table; the first ``left`` columns are left-aligned."""
    lines = [columns, ["---"] * left + ["--:"] * (len(columns) - left), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _remarks(entries: Iterable[Entry], results: Results) -> list[str]:
    """Contradictions between tools."""
    lines = []
    for entry in entries:
        own = results[entry.name, "branch"]
        for tool in PEERS:
            if contradicts(results[entry.name, tool], own):
                says = results[entry.name, tool].verdict
                lines.append(f"* {entry.name}: {tool} says *{says}*, the kernel {own.verdict}.")
    return ["## Remarks\n", *lines, ""] if lines else []


def line(result: Result, own: Result | None) -> str:
    """One result as a line, printed as it comes."""
    start = f"{result.case:16} {result.tool:11}"
    if result.tool != "branch" and own is not None:
        return f"{start} {answer(result, own)}"
    late = ">" if result.outcome == LATE else ""
    check = f"check {seconds(result.check)} s" if result.check is not None else "no check"
    rate = short(sum(result.cells.values()) / result.seconds) if result.seconds else "no"
    return (
        f"{start} {late}{seconds(result.seconds)} s, {check}, {verdict(result)}, "
        f"cells {_cells(result) or 'none'}, {rate} cells/s, {result.memory} MiB"
    )
