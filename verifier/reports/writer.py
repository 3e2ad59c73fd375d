"""Writing a report through its template; everything printed is escaped unless a template's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from verifier.reports import escape
from verifier.reports.blocks import Chart, Report, Table
from verifier.reports.numbers import digits

TEMPLATES: Mapping[str, str] = {"html": "report.html", "md": "report.md", "tex": "report.tex"}
_TEX_MARKS = {
    "block_start_string": "<%",
    "block_end_string": "%>",
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}


def write(report: Report, format: str) -> str:
    """The report in one of the formats html, md, tex. KeyError for another format."""
    environment = _environment(format)
    text = environment.get_template(TEMPLATES[format]).render(report=report)
    return text.strip() + "\n"


def _environment(format: str) -> Environment:
    """Jinja with everything escaped for the format; a template's own text is not."""
    escapes: dict[str, Callable[[str], str]] = {"tex": escape.tex, "md": escape.markdown}
    chosen = escapes.get(format)
    environment = Environment(
        loader=PackageLoader("verifier.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalizer(chosen) if chosen else None,
        **(_TEX_MARKS if format == "tex" else {}),  # type: ignore[arg-type]
    )
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["shares"] = column_shares
    environment.filters["fenced"] = fenced
    environment.filters["digits"] = digits
    environment.filters["plotted"] = plotted
    environment.filters["inert"] = inert
    environment.filters["lines"] = lambda text: text.split("\n")
    return environment


def _finalizer(chosen: Callable[[str], str]) -> Callable[[Any], Markup]:
    def finalize(value: Any) -> Markup:
        if isinstance(value, Markup):
            return value
        return Markup(value if isinstance(value, int | float) else chosen(str(value)))

    return finalize


def inert(text: str) -> Markup:
    """JSON that ends no script element and begins no comment in one."""
    plain = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
    return Markup("".join(plain.get(c, c) for c in text))


def column_shares(table: Table) -> list[float]:
    """The share of the line that each column of a table deserves, by its longest text."""
    columns = zip(*(row for row in table.rows), strict=True)
    longest = [max((len(c.text) for c in column), default=1) for column in columns]
    wanted = [
        min(34, max(4, n, min(12, len(head))))
        for n, head in zip(longest or [1] * len(table.header), table.header, strict=True)
    ]
    return [round(n / sum(wanted), 3) for n in wanted]


WIDE, HIGH = 60, 16
"""Characters of a chart in plain text."""


def plotted(chart: Chart) -> str:
    """A chart in characters: the number of each dot at its place, over its interval."""
    margin = max(len(label) for _, label in chart.upwards)
    rows = [[" "] * (WIDE + 12) for _ in range(HIGH + 1)]
    for dot in chart.dots:
        for height in range(round(dot.low * HIGH), round(dot.high * HIGH) + 1):
            rows[height][round(dot.across * WIDE)] = "|"
    for dot in chart.dots:
        label = dot.label if dot.frontier else f"({dot.label})"
        row, at = rows[round(dot.high * HIGH)], round(dot.across * WIDE)
        while any(c not in " |" for c in row[max(0, at - 1) : at + len(label) + 1]):
            at += 1
        row[at : at + len(label)] = label
    names = {round(place * HIGH): label for place, label in chart.upwards}
    lines = [
        f"{names.get(i, ''):>{margin}} {'+' if i in names else '|'}{''.join(rows[i]).rstrip()}"
        for i in range(HIGH, -1, -1)
    ]
    foot = [" "] * (WIDE + 12)
    for place, label in chart.across:
        foot[round(place * WIDE) : round(place * WIDE) + len(label)] = label
    lines.append(" " * (margin + 1) + "+" + "-" * WIDE)
    lines.append(" " * (margin + 2) + "".join(foot).rstrip() + "  leaves")
    return "\n".join(lines)


def fenced(text: str) -> Markup:
    """The text as a fenced code block of Markdown."""
    fence = escape.fence(text)
    return Markup(f"{fence}\n{text}\n{fence}")
