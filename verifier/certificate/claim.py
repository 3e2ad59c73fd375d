"""A verdict as JSON: what a certificate states and what ``--json`` prints."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint

from verifier.certificate.verdict import Counterexample, Verdict
from verifier.domain import Domain


def claim_of(verdict: Verdict, domain: Domain) -> dict[str, Any]:
    """Everything that the verdict says of teacher and tree; fractions are strings.

    A function of the certificate alone: no times, no machine.
    """
    return {
        "verdict": verdict.verdict,
        "domain_size": count(verdict.domain_size),
        "disagreements": {
            "lower": count(verdict.disagreements[0]),
            "upper": count(verdict.disagreements[1]),
        },
        "error": {"lower": exact(verdict.error[0]), "upper": exact(verdict.error[1])},
        "counterexamples": [counterexample_json(c, domain) for c in verdict.counterexamples],
        "float32": {
            "robust": verdict.float32.robust,
            "not_shown": {
                "points": count(verdict.float32.points_not_shown),
                "probability": exact(verdict.float32.probability_not_shown),
            },
        },
        "trusted": dict(verdict.trusted),
        "cells": dict(verdict.checked.cells),
    }


def digits(n: int) -> str:
    """All decimal digits of a whole number, however long (Python's own limit is 4,300)."""
    return str(flint.fmpz(n))


def exact(p: Fraction) -> str:
    """A fraction in lowest terms, ``0`` or ``1/3``."""
    top = digits(p.numerator)
    return top if p.denominator == 1 else f"{top}/{digits(p.denominator)}"


def count(n: int) -> int | str:
    """A number of points: a JSON number, or a string beyond what JSON readers take."""
    return n if n < 10**1000 else digits(n)


def counterexample_json(found: Counterexample, domain: Domain) -> dict[str, Any]:
    """A counterexample by value labels."""
    return {
        "values": domain.labels(found.point),
        "teacher_class": found.teacher_class,
        "tree_class": found.tree_class,
    }
