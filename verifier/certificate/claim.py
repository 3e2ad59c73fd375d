"""A verdict as JSON: what a certificate states and what ``--json`` prints."""

from __future__ import annotations

from typing import Any

from verifier.certificate.verdict import Counterexample, Verdict
from verifier.domain import Domain


def claim_of(verdict: Verdict, domain: Domain) -> dict[str, Any]:
    """Everything that the verdict says of teacher and tree; fractions are strings.

    A function of the certificate alone: no times, no machine.
    """
    return {
        "verdict": verdict.verdict,
        "domain_size": verdict.domain_size,
        "disagreements": {
            "lower": verdict.disagreements[0],
            "upper": verdict.disagreements[1],
        },
        "error": {"lower": str(verdict.error[0]), "upper": str(verdict.error[1])},
        "counterexamples": [counterexample_json(c, domain) for c in verdict.counterexamples],
        "float32": {
            "robust": verdict.float32.robust,
            "not_shown": {
                "points": verdict.float32.points_not_shown,
                "probability": str(verdict.float32.probability_not_shown),
            },
        },
        "trusted": dict(verdict.trusted),
        "cells": dict(verdict.checked.cells),
    }


def counterexample_json(found: Counterexample, domain: Domain) -> dict[str, Any]:
    """A counterexample by value labels."""
    return {
        "values": domain.labels(found.point),
        "teacher_class": found.teacher_class,
        "tree_class": found.tree_class,
    }
