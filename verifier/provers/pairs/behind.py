"""Sandwiches of one network alone, behind the class that another has in the same cell.

Where the class of one of two networks is known, the question is about the other one only: its own
strip is narrower than what both have in common.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from verifier.model.domain import Domain
from verifier.model.proof import Finding, Open, Proof, is_open, steps
from verifier.model.question import ClassIs, Matter
from verifier.provers.further import changed_alike
from verifier.provers.options import Options
from verifier.provers.pairs import proving
from verifier.provers.pairs.followed import Known, overlaid
from verifier.provers.pairs.together import with_check_of
from verifier.provers.timing import now

LAID, ONCE = 8.0, 2.0
"""Times that it takes to lay two proofs over each other are kept for doing so with all of them, and
with one."""


def open_share(domain: Domain, proof: Proof) -> float:
    """The probability of the cells that a proof leaves open."""
    left = sum(
        domain.measure(cell)[1] for cell, _, x in steps(domain, proof) if isinstance(x, Open)
    )
    return left / domain.total_weight


def summed(
    follower: int, known: Known, led: Proof, followed: Finding, options: Options, end: float
) -> Finding | None:
    """What was found of two networks, with Sandwiches of the follower where only the leader's
    class is known, as far as the kernel has time for them until ``end``.

    ``led`` is what is known of the leader, ``followed`` what a search that went on from it says of
    the model ``follower``. None where more is open because of the leader, and where no Sandwich
    speaks of the follower.
    """
    matter, begun = known.overlay.matter, now()
    proof = overlaid(led, followed.proof, known.left)
    each = now() - begun
    domain, bound, check = matter.domain, matter.models[follower], followed.check
    if bound.classes > 2:  # which classes are a group depends on the leader's
        return None
    if not is_open(proof) or open_share(domain, proof) < open_share(domain, led):
        return None
    alone = Matter(domain, (bound,), ClassIs(0, 1))
    more = proving.prove(alone, replace(options, resume=proof), end - check - LAID * each)
    if more is None:
        return None

    def laid(found: Proof) -> Proof:
        both = overlaid(led, found, partial(known.both, follower))
        return tuple(map(known.told, both))

    def whole(found: Finding) -> Finding:
        coarser = tuple((laid(x), seconds) for x, seconds in found.coarser)
        return Finding(laid(found.proof), (), found.check, coarser)

    return changed_alike(with_check_of(check, more), whole, spare=ONCE * each)
