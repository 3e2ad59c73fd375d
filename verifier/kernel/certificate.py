"""The check of a whole certificate: its steps, and that it states what they prove. Trusted."""

from __future__ import annotations

from collections.abc import Callable, Collection

from verifier.kernel import checker
from verifier.kernel.claim import claim_of, compare, listed_points
from verifier.kernel.stopping import Stop
from verifier.model.certificate import Certificate
from verifier.model.domain import Point
from verifier.model.errors import InvalidProof
from verifier.model.verdict import Verdict


def check_certificate(
    certificate: Certificate,
    *,
    trust: Collection[str] = (),
    threads: int = 1,
    progress: Callable[[int], None] | None = None,
    stop: Stop | None = None,
    lenient: bool = False,
    limited: bool = True,
) -> Verdict:
    """Have the kernel check every step, and compare what it finds with what the file states.

    The points that the verdict lists are evaluated like the counterexamples of their own part.
    The file states what follows if every solver that its proof names is right, and that is compared
    entry by entry; returned is what holds if the solvers in ``trust`` are, none by default.
    Once ``stop`` says so the check ends (``checked.cut``): the verdict is then what the steps
    checked by then prove, and says nothing of what the file states. Other arguments: those of
    ``checker.verify``.
    Raises InvalidProof where a step, a counterexample or the stated verdict does not hold.
    """
    c = certificate
    claim = c.claim
    listed: tuple[Point, ...] | InvalidProof = ()
    if claim is not None:
        listed = listed_points(claim, c.domain, c.format)
    points = (*c.counterexamples, *(() if isinstance(listed, InvalidProof) else listed))
    verdict = checker.verify(
        c.matter,
        c.proof,
        points,
        trust=trust,
        threads=threads,
        progress=progress,
        stop=stop,
        lenient=lenient,
        limited=limited,
    )
    if verdict.checked.cut is None:
        if isinstance(listed, InvalidProof):  # said only now: of several faults, a step comes first
            raise listed
        if claim is not None:
            compare(claim, claim_of(verdict.stated, c.matter, c.format), verdict.stated)
    return verdict
