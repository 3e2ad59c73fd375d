"""``sample.json`` of a sample that was drawn."""

from __future__ import annotations

from typing import Any

from verifier.model.sample import Sample
from verifier.reading.sample_json import FORMAT


def sample_to_json(sample: Sample) -> dict[str, Any]:
    """The JSON value that ``sample_from_json`` reads."""
    plan = sample.plan
    boxes = {} if sample.undecided is None else {"undecided": sample.undecided}
    line: dict[str, Any] = {}
    if plan.line is not None:
        guess = plan.line.guess
        guessed = {} if guess is None else {"guess": str(guess)}
        line = {"line": {"variable": plan.line.variable, "bet": str(plan.line.bet), **guessed}}
    share = {} if sample.share is None else {"share": str(sample.share)}
    return {
        "format": FORMAT,
        "method": plan.method,
        "delta": str(plan.delta),
        "draws": plan.draws,
        "block": plan.block,
        "nonce": plan.nonce,
        **line,
        "seen": {"true": sample.seen, **boxes, **share},
        "probability": {"lower": str(sample.lower), "upper": str(sample.upper)},
    }
