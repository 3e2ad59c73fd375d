"""Plots of a bound over a parameter, with Matplotlib (an optional dependency)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from textwrap import fill
from typing import Any

from theory.language.errors import TheoryError
from theory.language.statement import Theorem
from theory.values.evaluation import Evaluation
from theory.values.names import by_name, name_of
from theory.values.tables import make_table

FORMATS = ("svg", "png", "pdf")
LINE_WIDTH, SIDE_WIDTH, LEGEND_WIDTH = 50, 42, 84
"""Characters of a line of the title and below the axis, beside it, and of the legend."""


def plot(
    theorem: Theorem,
    varied: Sequence[tuple[str, tuple[str, ...]]],
    fixed: Mapping[str, Any],
    format: str,
    beside: Sequence[Theorem] = (),
) -> bytes:
    """Draw the bound over the first varied parameter, a line for each value of the second.

    With theorems `beside` it has a line for each theorem instead; of `fixed` each takes what it
    has. Axes are labelled with symbols and meanings and are logarithmic where the values span more
    than two decades. `format` is svg, png or pdf; the file's content is returned. Raises
    TheoryError if Matplotlib is absent, the file type is unknown, or the values are not numbers.
    """
    if format not in FORMATS:
        raise TheoryError(f"unknown file type {format!r}; use one of {', '.join(FORMATS)}")
    figure = figure_of(theorem, varied, fixed, beside)
    from matplotlib import rc_context

    content = io.BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": theorem.name}):  # the same bytes again
        figure.savefig(content, format=format, metadata={"Date": None} if format == "svg" else None)
    return content.getvalue()


def figure_of(
    theorem: Theorem,
    varied: Sequence[tuple[str, tuple[str, ...]]],
    fixed: Mapping[str, Any],
    beside: Sequence[Theorem] = (),
) -> Any:
    """The Matplotlib figure that `plot` writes; it raises what `plot` does."""
    if len(varied) not in (1, 2):
        raise TheoryError("a plot needs --vary once (the axis) or twice (axis and lines)")
    if beside and len(varied) == 2:
        raise TheoryError("a plot of several theorems needs --vary once (the axis)")
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise TheoryError("plotting needs Matplotlib: pip install 'leafproof[plot]'") from error
    varied = [(name_of(theorem, name), values) for name, values in varied]
    fixed = by_name(theorem, fixed)
    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.add_subplot()
    lines = _several((theorem, *beside), varied, fixed) if beside else _one(theorem, varied, fixed)
    for label, points in lines.items():
        shown = fill(label, LEGEND_WIDTH, subsequent_indent="    ") if label else None
        axes.plot(*zip(*points, strict=True), marker="o", markersize=3, label=shown)
    points = [p for line in lines.values() for p in line]
    _decorate(axes, theorem, varied[0][0], points)
    if beside:
        axes.set_title("")
    if not _alike(theorem, beside):
        axes.set_ylabel("the bound")
        figure.legend(loc="outside upper left", fontsize="small")
    elif any(lines):
        axes.legend(fontsize="small")
    return figure


Lines = dict[str, list[tuple[float, float]]]


def _one(
    theorem: Theorem, varied: Sequence[tuple[str, tuple[str, ...]]], fixed: Mapping[str, Any]
) -> Lines:
    """A line for each value of the second varied parameter."""
    lines: Lines = {}
    for values, result in make_table(theorem, varied, fixed)[1]:
        label = f"${theorem_symbol(theorem, varied[1][0])}$ = {values[1]}" if varied[1:] else ""
        lines.setdefault(label, []).append((_number(values[0]), _value(result)))
    return lines


def _several(
    theorems: Sequence[Theorem],
    varied: Sequence[tuple[str, tuple[str, ...]]],
    fixed: Mapping[str, Any],
) -> Lines:
    """A line for each theorem. TheoryError where none of them takes a parameter that is given."""
    taken = {p.name for theorem in theorems for p in theorem.parameters}
    for name in fixed:
        if name not in taken:
            raise TheoryError(f"none of these theorems has a parameter {name!r}")
    lines: Lines = {}
    for theorem in theorems:
        own = {name: value for name, value in fixed.items() if theorem.parameter(name) is not None}
        results = make_table(theorem, varied, own)[1]
        said = (
            theorem.name if _alike(theorems[0], theorems) else f"{theorem.name}: {theorem.meaning}"
        )
        lines[said] = [(_number(values[0]), _value(result)) for values, result in results]
    return lines


def _alike(theorem: Theorem, others: Sequence[Theorem]) -> bool:
    """Whether the values of all mean the same."""
    return all(other.meaning == theorem.meaning for other in others)


def theorem_symbol(theorem: Theorem, name: str) -> str:
    """The LaTeX symbol of a parameter."""
    parameter = theorem.parameter(name)
    if parameter is None:
        raise TheoryError(f"{theorem.name} has no parameter {name!r}")
    return parameter.latex


def _decorate(axes: Any, theorem: Theorem, name: str, points: list[tuple[float, float]]) -> None:
    parameter = theorem.parameter(name)
    meaning = "" if parameter is None else parameter.meaning
    axes.set_xlabel(f"${theorem_symbol(theorem, name)}$: {fill(meaning, LINE_WIDTH)}")
    axes.set_ylabel(fill(theorem.meaning, SIDE_WIDTH))
    axes.set_title(fill(theorem.title, LINE_WIDTH))
    for values, scale in (
        ([x for x, _ in points], axes.set_xscale),
        ([y for _, y in points], axes.set_yscale),
    ):
        if min(values) > 0 and max(values) > 100 * min(values):
            scale("log")
    axes.grid(True, alpha=0.3)


def _number(text: str) -> float:
    try:
        return float(Fraction(text))
    except ValueError as error:
        raise TheoryError(f"the axis of a plot needs numbers, not {text!r}") from error


def _value(result: Evaluation) -> float:
    try:
        return float(Fraction(result.value))
    except OverflowError as error:
        raise TheoryError(
            f"{result.name}: the value {result.value} is too large to draw"
        ) from error
