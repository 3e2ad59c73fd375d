"""Plots of a bound over a parameter, with Matplotlib (an optional dependency)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from theory.language.errors import TheoryError
from theory.language.statement import Theorem
from theory.values.evaluation import Evaluation
from theory.values.tables import make_table

FORMATS = ("svg", "png", "pdf")


def plot(
    theorem: Theorem,
    varied: Sequence[tuple[str, tuple[str, ...]]],
    fixed: Mapping[str, Any],
    format: str,
) -> bytes:
    """Draw the bound over the first varied parameter, a line for each value of the second.

    Axes are labelled with symbols and meanings and are logarithmic where the values span more
    than two decades. `format` is svg, png or pdf; the file's content is returned. Raises
    TheoryError if Matplotlib is absent, the file type is unknown, or
    the values are not numbers.
    """
    if format not in FORMATS:
        raise TheoryError(f"unknown file type {format!r}; use one of {', '.join(FORMATS)}")
    if len(varied) not in (1, 2):
        raise TheoryError("a plot needs --vary once (the axis) or twice (axis and lines)")
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise TheoryError("plotting needs Matplotlib: pip install 'leafproof[plot]'") from error
    _, results = make_table(theorem, varied, fixed)
    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.add_subplot()
    lines: dict[str, list[tuple[float, float]]] = {}
    for values, result in results:
        lines.setdefault(values[1] if len(values) > 1 else "", []).append(
            (_number(values[0]), _value(result))
        )
    for label, points in lines.items():
        shown = f"${theorem_symbol(theorem, varied[1][0])}$ = {label}" if label else None
        axes.plot(*zip(*points, strict=True), marker="o", markersize=3, label=shown)
    _decorate(axes, theorem, varied[0][0], [p for line in lines.values() for p in line])
    content = io.BytesIO()
    figure.savefig(content, format=format)
    return content.getvalue()


def theorem_symbol(theorem: Theorem, name: str) -> str:
    """The LaTeX symbol of a parameter."""
    parameter = theorem.parameter(name)
    if parameter is None:
        raise TheoryError(f"{theorem.name} has no parameter {name!r}")
    return parameter.latex


def _decorate(axes: Any, theorem: Theorem, name: str, points: list[tuple[float, float]]) -> None:
    parameter = theorem.parameter(name)
    meaning = "" if parameter is None else parameter.meaning
    axes.set_xlabel(f"${theorem_symbol(theorem, name)}$: {meaning}")
    axes.set_ylabel(theorem.meaning, wrap=True)
    axes.set_title(theorem.title)
    for values, scale in (
        ([x for x, _ in points], axes.set_xscale),
        ([y for _, y in points], axes.set_yscale),
    ):
        if min(values) > 0 and max(values) > 100 * min(values):
            scale("log")
    if axes.get_legend_handles_labels()[1]:
        axes.legend()
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
