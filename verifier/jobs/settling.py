"""From what a search found to a certificate: written, read back, and checked by the kernel."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from verifier.jobs.limit import Limit
from verifier.jobs.loading import About
from verifier.jobs.watching import Patience, Watch
from verifier.model.certificate import Certificate
from verifier.model.errors import InvalidProof
from verifier.model.proof import Finding, is_open
from verifier.model.question import matter_of
from verifier.model.tree import Tree
from verifier.model.verdict import Verdict
from verifier.provers.options import Options
from verifier.provers.search import reopen
from verifier.provers.timing import now
from verifier.writing.certificate import make_certificate

GRACE = 0.5
"""Seconds that the kernel checks even if a stop came before it began."""


@dataclass(frozen=True, eq=False)
class Settled:
    """A certificate as it was read back, its bytes, and what the kernel found in it."""

    certificate: Certificate
    proved: Verdict
    data: bytes


def settle(
    about: About,
    tree: Tree,
    finding: Finding,
    prover: str,
    watch: Watch,
    limit: Limit | None = None,
    *,
    trust: Collection[str] = (),
) -> Settled:
    """Make the certificate and have the kernel check its bytes.

    Constant steps that the kernel refuses are searched again, until it accepts all of them; after
    the time limit, or where the search left cells open, they are left open too. A stop and the time
    limit end the check: what the kernel has not come to is left open. A search that was stopped
    leaves the kernel ``GRACE`` seconds. ``prover`` is recorded in the certificate.
    """
    while True:
        made, refused = _checked(about, tree, finding, prover, watch, limit, trust)
        if made is not None and not _worth_another(made, finding, refused, watch, limit):
            return made
        until = now() if watch.stopped else None
        if made is not None and limit is not None:
            until = limit.end - 1.2 * made.proved.checked.seconds
        finding = _search_on(about, tree, finding, refused, until, watch)


def _checked(
    about: About,
    tree: Tree,
    finding: Finding,
    prover: str,
    watch: Watch,
    limit: Limit | None,
    trust: Collection[str],
) -> tuple[Settled | None, tuple[int, ...]]:
    """The certificate, and the numbers of the Constant steps that the kernel refuses.

    Without a time limit there is no certificate where there are any.
    """
    nodes = len(finding.proof)
    stop = Patience(lambda: watch.stopped, GRACE, limit.cut if limit else None)
    try:
        with watch.stage("checking", "check", nodes=nodes):
            data, held, verdict = make_certificate(
                matter_of(about.domain, about.network, tree),
                finding,
                prover,
                domain_from=about.domain_from,
                trust=trust,
                progress=watch.count,
                stop=stop,
                lenient=limit is not None,
            )
    except InvalidProof as error:
        if not error.refused:
            raise
        return None, error.refused
    if verdict.checked.cut is not None:
        why = "stopped" if watch.stopped else "the time limit came"
        watch.note(
            f"{why}: the kernel had checked {verdict.checked.cut.nodes} of the proof's {nodes} "
            "nodes; the rest is left open"
        )
    return Settled(held, verdict, data), verdict.checked.refused


def _worth_another(
    made: Settled,
    finding: Finding,
    refused: Collection[int],
    watch: Watch,
    limit: Limit | None,
) -> bool:
    """Whether there is something to search on for, and time for it and for another check."""
    checked = made.proved.checked
    if not refused or limit is None or checked.cut is not None or watch.stopped:
        return False
    return not is_open(finding.proof) and limit.end - 1.2 * checked.seconds > now()


def _search_on(
    about: About,
    tree: Tree,
    finding: Finding,
    refused: Collection[int],
    deadline: float | None,
    watch: Watch,
) -> Finding:
    """The finding with the refused steps opened, and searched again if time is left."""
    from verifier.provers import branch  # takes a while to import

    proof = reopen(finding.proof, refused)
    if is_open(finding.proof):
        return Finding(proof, finding.counterexamples)
    with watch.stage("proving again what the kernel refused", "search", deadline=deadline):
        options = Options(
            deadline=deadline, progress=watch.tell, resume=proof, refused=frozenset(refused)
        )
        again = branch.prove(about.domain, about.network, tree, options)
    points = dict.fromkeys(finding.counterexamples + again.counterexamples)
    return Finding(again.proof, tuple(points))
