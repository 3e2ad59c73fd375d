"""``sample.json`` of a sample that was drawn."""

from __future__ import annotations

from typing import Any

from verifier.model.sample import Sample
from verifier.reading.sample_json import FORMAT


def sample_to_json(sample: Sample) -> dict[str, Any]:
    """The JSON value that ``sample_from_json`` reads."""
    plan = sample.plan
    boxes = {} if sample.undecided is None else {"undecided": sample.undecided}
    return {
        "format": FORMAT,
        "method": plan.method,
        "delta": str(plan.delta),
        "draws": plan.draws,
        "block": plan.block,
        "nonce": plan.nonce,
        "seen": {"true": sample.seen, **boxes},
        "probability": {"lower": str(sample.lower), "upper": str(sample.upper)},
    }
