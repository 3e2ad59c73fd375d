"""Continuous variables as JSON values: what ``reading.continuous_json`` reads."""

from __future__ import annotations

from typing import Any

from verifier.model.chances import Runs
from verifier.model.continuous import Continuous, density_of
from verifier.writing.json_text import number_json

_Rows = list[list[int | float | str]]


def continuous_to_json(v: Continuous, *, brief: bool = False) -> dict[str, Any]:
    """A continuous variable as a JSON value; a uniform density is left out.

    A ``brief`` one has no pieces where nobody has chosen any.
    """
    entry: dict[str, Any] = {
        "name": v.name,
        "interval": [number_json(v.first), number_json(v.last)],
    }
    density = density_of(v.first, [(run.pieces * run.length, run.probability) for run in v.runs])
    if len(density) > 1:
        entry["density"] = [[number_json(x) for x in row] for row in density]
    if not brief or v.count > len(density):
        ends = zip(v.breaks, v.breaks[1:], v.runs, strict=False)
        entry["pieces"] = [
            [number_json(low), number_json(high), run.pieces] for low, high, run in ends
        ]
    return entry


def pieces_to_json(v: Continuous, chances: Runs) -> _Rows:
    """A distribution over some of its pieces, neighbours of equal density together."""
    at, lengths = chances.start, []
    for count, p in chances.runs:
        lengths.append((v.cut(at + count) - v.cut(at), p))
        at += count
    return [[number_json(x) for x in row] for row in density_of(v.cut(chances.start), lengths)]
