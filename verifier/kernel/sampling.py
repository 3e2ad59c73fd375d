"""A sample of what a proof leaves open, drawn again and evaluated exactly: rule 11. Trusted."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked, evaluate_own, tree_classes
from verifier.kernel.confidence import clopper_pearson
from verifier.kernel.draws import drawing
from verifier.kernel.population import Bools, Population, Undecided
from verifier.kernel.rules import Apply
from verifier.kernel.truths import TRUE, truths
from verifier.model.errors import InvalidProof
from verifier.model.limits import PYTHON
from verifier.model.sample import Plan, Sample, Sampled

KEYED = "domain.json", "models.json", "weights.bin", "question.json", "proof.bin"
"""The parts of a certificate that the draws depend on."""
FINE = 50
"""Bits that the ends of an interval are rounded outward to."""


def key_of(hashes: Mapping[str, str], plan: Plan, use: str = "sample") -> bytes:
    """What all draws are made of: the certificate's parts, by their SHA-256, and the plan.

    ``use`` tells draws apart that have nothing to do with each other.
    """
    parts = [[name, hashes[name]] for name in KEYED]
    stated = [plan.method, plan.draws, plan.block, str(plan.delta), plan.nonce]
    text = json.dumps(["leafproof-sample/1", use, parts, stated], ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).digest()


def sample(found: Population, plan: Plan, key: bytes, apply: Apply = map) -> Sampled:
    """Draw as planned, and find what follows."""
    blocks = -(-plan.draws // plan.block)
    counts, off = counting(found, plan, key, range(blocks), apply)
    return pooled(found, plan, sum(counts), off)


def counting(
    found: Population, plan: Plan, key: bytes, blocks: range, apply: Apply = map
) -> tuple[Iterator[int], Fraction]:
    """How many draws of each of some blocks are true, and how far their distribution is off.

    Of the last block only what the plan has draws for is looked at.
    """
    asked = found.asked
    drawn = drawing(key, plan.block, [x.weight for x in found.pieces], found.axes())
    undecided = Undecided(found.pieces)
    each = plan.block * (asked.point_cost + PYTHON // 16 * len(asked.domain.variables))

    def count(block: int) -> int:
        asked.poll()
        asked.spend(each)
        pieces, points = drawn.block(block)
        size = min(plan.block, plan.draws - block * plan.block)
        return int(is_true(asked, undecided, pieces[:size], points[:size]).sum())

    return iter(apply(count, blocks)), drawn.off


def is_true(asked: Asked, undecided: Undecided, pieces: Ints, points: Ints) -> Bools:
    """At which points the question is true, and left undecided by the piece that it lies in."""
    found = undecided(pieces, points)
    at = np.flatnonzero(found)
    if at.size:
        found[at] = is_true_at(asked, points[at])
    return found


def is_true_at(asked: Asked, points: Ints) -> Bools:
    """At which points (value indices, (N, variables)) the question is true, exactly."""
    every = {m: evaluate_own(net, net.points(points))[0] for m, net in asked.nets.items()}
    every |= tree_classes(asked, points)
    found: Bools = truths(asked.question, every, len(points)) == TRUE
    return found


def pooled(found: Population, plan: Plan, seen: int, off: Fraction) -> Sampled:
    """What follows from independent draws from all pieces together, of which so many were true.

    The draws' distribution is within ``off`` of the pieces', so a draw's probability of being true
    is too.
    """
    low, high = clopper_pearson(seen, plan.draws, plan.delta)
    mass = found.mass
    return _within(found, plan, seen, (low - off) * mass, (high + off) * mass)


def _within(found: Population, plan: Plan, seen: int, low: Fraction, high: Fraction) -> Sampled:
    """The interval of what is undecided and true, with what is settled, and within what is open."""
    ends = sorted((_clipped(low, found.open_mass), _clipped(high, found.open_mass)))
    return Sampled(
        lower=_outward(found.settled + ends[0], up=False),
        upper=_outward(found.settled + ends[1], up=True),
        delta=plan.delta,
        draws=plan.draws,
        seen=seen,
        method=plan.method,
        open_mass=found.open_mass,
    )


def _clipped(x: Fraction, most: Fraction) -> Fraction:
    return min(max(x, Fraction(0)), most)


def _outward(x: Fraction, *, up: bool) -> Fraction:
    """A fraction with a short denominator, next to ``x`` and on this side of it."""
    scale = 1 << max(FINE, FINE + x.denominator.bit_length() - x.numerator.bit_length())
    return Fraction(math.ceil(x * scale) if up else math.floor(x * scale), scale)


def confirm(stated: Sample, found: Sampled) -> None:
    """InvalidProof where a file states of a sample what was not found."""
    for what, held, own in (
        ("seen", stated.seen, found.seen),
        ("lower", stated.lower, found.lower),
        ("upper", stated.upper, found.upper),
    ):
        if held != own:
            raise InvalidProof(f"sample.json states {what} = {held}, but the draws give {own}")
