"""The check of a whole certificate: its steps, and that it states what they prove. Trusted."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from verifier.kernel import checker
from verifier.kernel.asked import Asked
from verifier.kernel.claim import claim_of, compare, listed_points
from verifier.kernel.helpers import Helpers
from verifier.kernel.ledger import EVERY
from verifier.kernel.population import population
from verifier.kernel.recorded import recorded
from verifier.kernel.rows import on_rows
from verifier.kernel.sampling import Counted, confirm, key_of, sample
from verifier.kernel.stopping import CheckStopped, Stop
from verifier.model.certificate import Certificate
from verifier.model.errors import InvalidProof
from verifier.model.sample import PLAIN, Sample
from verifier.model.verdict import Cut, Verdict


def check_certificate(
    certificate: Certificate,
    *,
    trust: Collection[str] = (),
    threads: int = 1,
    progress: Callable[[int], None] | None = None,
    stop: Stop | None = None,
    lenient: bool = False,
    limited: bool = True,
    elsewhere: checker.Elsewhere | None = None,
    helpers: Helpers | None = None,
    keep_left: int = 0,
    counted: Counted | None = None,
    asked: Asked | None = None,
) -> Verdict:
    """Have the kernel check every step, and compare what it finds with what the file states.

    The points that the verdict lists are evaluated like the counterexamples of their own part.
    The file states what follows if every solver that its proof names is right, and that is compared
    entry by entry; returned is what holds if the solvers in ``trust`` are, none by default.
    Once ``stop`` says so the check ends (``checked.cut``): the verdict is then what the steps
    checked by then prove, and says nothing of what the file states. A sample that the file states
    is drawn again, for which all of ``checked.left`` is kept if it was drawn from that. Rows that
    the file holds are evaluated first, and by themselves. ``counted`` has blocks of draws counted
    elsewhere. Other arguments: those of ``checker.verify``.
    Raises InvalidProof where a step, a counterexample, the stated verdict or sample does not hold.
    """
    c = certificate
    claim = c.claim
    listed = () if claim is None else listed_points(claim, c.domain, c.format)
    points = (*c.counterexamples, *(() if isinstance(listed, InvalidProof) else listed))
    asked = asked or checker.prepared(c.matter, stop=stop, limited=limited, nodes=len(c.proof))
    rows = None
    with suppress(CheckStopped):  # before that is done
        rows = None if c.rows is None else on_rows(asked, c.matter, c.rows)
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
        asked=asked,
        elsewhere=elsewhere,
        helpers=helpers,
        keep_left=kept_left(c, keep_left),
    )
    verdict = replace(verdict, rows=rows)
    if verdict.checked.cut is None:
        if isinstance(listed, InvalidProof):  # said only now: of several faults, a step comes first
            raise listed
        if claim is not None:
            compare(claim, claim_of(verdict.stated, c.matter, c.format), verdict.stated)
        if c.sample is not None:
            verdict = _drawn_again(asked, c, c.sample, verdict, threads, counted)
    return verdict


def kept_left(certificate: Certificate, least: int) -> int:
    """How many cells that are not decided are kept: all where the file's sample was drawn there."""
    stated = certificate.sample
    return EVERY if stated is not None and stated.plan.method != PLAIN else least


def _drawn_again(
    asked: Asked,
    c: Certificate,
    stated: Sample,
    verdict: Verdict,
    threads: int,
    counted: Counted | None,
) -> Verdict:
    """The verdict with what the file's sample shows; cut short where that is."""
    key = key_of(c.hashes, stated.plan)
    try:
        with ThreadPoolExecutor(threads) as pool:
            left = () if stated.plan.method == PLAIN else verdict.checked.left
            found = population(asked, verdict, left)
            if not found.open_mass:
                raise InvalidProof("sample.json states a sample, but the proof leaves nothing open")
            if c.recorded is None:
                apply = pool.map if counted is None else counted(asked)
                drawn = sample(found, stated.plan, key, apply, stated.drawn, stated)
            else:
                drawn = recorded(found, stated.plan, key, c.recorded)
    except CheckStopped:
        nodes, points = len(c.proof), len(c.counterexamples)
        return replace(verdict, checked=replace(verdict.checked, cut=Cut(nodes, 0, points)))
    confirm(stated, drawn)
    return replace(verdict, sampled=drawn)
