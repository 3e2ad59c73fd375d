"""``sample.json`` of a sample that was drawn."""

from __future__ import annotations

from typing import Any

from verifier.model.sample import Forecast, Line, Sample
from verifier.reading.sample_json import FORMAT


def sample_to_json(sample: Sample) -> dict[str, Any]:
    """The JSON value that ``sample_from_json`` reads."""
    plan = sample.plan
    boxes = {} if sample.undecided is None else {"undecided": sample.undecided}
    line: dict[str, Any] = {}
    if plan.line is not None:
        line = {"line": _line(plan.line)}
    aim = {} if plan.aim is None else {"aim": str(plan.aim)}
    drawn = {} if sample.drawn is None else {"drawn": sample.drawn}
    share = {} if sample.share is None else {"share": str(sample.share)}
    return {
        "format": FORMAT,
        "method": plan.method,
        "delta": str(plan.delta),
        "draws": plan.draws,
        "block": plan.block,
        "nonce": plan.nonce,
        **aim,
        **line,
        "seen": {"true": sample.seen, **boxes, **share, **drawn},
        "probability": {"lower": str(sample.lower), "upper": str(sample.upper)},
    }


def _line(line: Line) -> dict[str, Any]:
    held: dict[str, Any] = {"variable": line.variable, "bet": str(line.bet)}
    if line.guess is not None:
        held["guess"] = str(line.guess)
    if line.below is not None:
        held["below"] = str(line.below)
    if line.forecast is not None:
        held["forecast"] = _forecast(line.forecast)
    if line.others:
        held["others"] = list(line.others)
    if line.guides:
        held["guides"] = [_forecast(own) for own in line.guides]
    return held


def _forecast(own: Forecast) -> dict[str, Any]:
    return {
        "form": list(own.form),
        "width": own.width,
        "ends": list(own.ends),
        "guesses": list(own.guesses),
    }
