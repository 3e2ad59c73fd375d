"""Certificates made by hand: true ones through the checker, and false ones past it."""

from __future__ import annotations

from tests.certificates.format_1 import pack, parts_of
from verifier.kernel import checker
from verifier.kernel.claim import claim_of
from verifier.model.proof import Finding
from verifier.model.question import matter_of
from verifier.writing.json_text import dump


def packed(case, proof, points=(), claim=None):
    """A certificate's bytes with any proof, counterexamples and stated verdict, none of it checked.

    Without ``claim`` the verdict is the one that the kernel finds. ``case`` is (domain, teacher,
    tree).
    """
    if claim is None:
        matter = matter_of(*case)
        claim = claim_of(checker.verify(matter, proof, points).stated, matter)
    parts = parts_of(*case, Finding(tuple(proof), tuple(points)))
    parts["verdict.json"] = dump(claim)
    return pack(parts, "by hand")


def claimed(domain, **changes):
    """A stated verdict "equivalent" of one Constant step over the domain, changed."""
    claim = {
        "verdict": "equivalent",
        "domain_size": domain.size,
        "disagreements": {"lower": 0, "upper": 0},
        "error": {"lower": "0", "upper": "0"},
        "counterexamples": [],
        "float32": {"robust": True, "not_shown": {"points": 0, "probability": "0"}},
        "trusted": {},
        "cells": {"constant": 1},
    }
    return claim | changes
