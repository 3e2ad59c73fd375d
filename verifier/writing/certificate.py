"""Writing a certificate: only what the kernel has found in the very bytes of its proof."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import cast

from verifier.kernel.claim import claim_of
from verifier.kernel.stopping import Stop
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import CertificateError, LeafproofError, quoted
from verifier.model.proof import Finding, is_open
from verifier.model.question import Matter, check_names
from verifier.model.rows import Rows
from verifier.model.verdict import Verdict
from verifier.reading.certificate import certificate_of, form_of, hashes_of, pack
from verifier.reading.files import read_bytes
from verifier.reading.json_text import parse
from verifier.writing.curtail import Gradual
from verifier.writing.ensembles_json import ensembles_to_json
from verifier.writing.falling import Fallback, Falling
from verifier.writing.files import write_atomically
from verifier.writing.helping import rarely_collecting
from verifier.writing.json_nouns import domain_to_json
from verifier.writing.json_text import dump
from verifier.writing.models_json import models_to_json, question_to_json
from verifier.writing.proof_bytes import encode
from verifier.writing.ready import ready, same, takes_long
from verifier.writing.rows_bytes import rows_to_bytes
from verifier.writing.threads import Spread, check_in_threads

SAMPLED = 1 << 19
"""Cells that are not decided and that a sample may be drawn from, at most: of more the whole domain
is, as each of them takes some memory."""


def make_certificate(
    matter: Matter,
    finding: Finding,
    prover: str,
    *,
    domain_from: str | None = None,
    trust: Collection[str] = (),
    progress: Callable[[int], None] | None = None,
    stop: Stop | None = None,
    lenient: bool = False,
    rows: Rows | None = None,
    spread: Spread | None = None,
    fallback: Fallback | None = None,
) -> tuple[bytes, Certificate, Verdict]:
    """A certificate's bytes, what they hold, and the verdict that the kernel finds in them.

    The verdict returned trusts the solvers in ``trust``; the bytes do not depend on it.
    ``domain_from`` is where the domain came from, one of ``origin.ORIGINS``, if recorded; ``rows``
    are points to evaluate by themselves, which the file then holds. ``spread`` has the proof
    checked on other machines. ``fallback`` is a proof of less: its rest takes the place of the
    other's once there is no time for that (where the proof names no solver).

    The proof is written first, read back and checked; then the verdict found is added. Once
    ``stop`` says so the check ends (``checked.cut``), and what the kernel has not checked becomes
    Open; with ``lenient`` so do Constant steps that it refuses (``checked.refused``). Raises
    InvalidProof if it refuses another.
    """
    check_names(matter)
    with rarely_collecting():
        parts = members_of(matter, finding)
    if rows is not None:
        parts["rows.bin"] = rows_to_bytes(matter.domain, rows)
    form = form_of(parts, matter.domain)
    draft = pack(parts, prover, domain_from, form)
    size, opens = len(finding.proof), is_open(finding.proof)

    def read(space: Domain, data: bytes, n: int | None) -> tuple[Gradual, int]:
        if fallback is None or data[0]:
            return Gradual(data, n, space.columns, size, opens=opens), 0
        return Falling(data, n, space.columns, size, opens=opens, fallback=fallback), 0

    written = certificate_of(draft, read)
    del draft
    with rarely_collecting():
        asked = ready(written.matter, stop) if takes_long(written.matter) else None
    # the proof is our own search's: how long it may take is the search's time limit, none other
    verdict = check_in_threads(
        written,
        trust=trust,
        progress=progress,
        stop=stop,
        lenient=lenient,
        limited=False,
        spread=spread,
        keep_left=SAMPLED,
        asked=asked,
    )
    proof = cast(Gradual, written.proof).left(verdict.checked)
    parts["proof.bin"] = proof.data
    counterexamples = written.counterexamples
    if verdict.checked.cut is not None:
        counterexamples = counterexamples[: verdict.checked.cut.counterexamples]
        parts["witnesses.json"] = dump([list(p) for p in counterexamples])
    parts["verdict.json"] = dump(claim_of(verdict.stated, matter, form))
    data = pack(parts, prover, domain_from, form)
    final = replace(
        written,
        proof=proof,
        counterexamples=counterexamples,
        claim=parse(parts["verdict.json"], CertificateError),
        hashes=hashes_of(parts, form),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    same(written.matter, final.matter)
    return data, final, verdict


def found_by(name: str, command: str) -> str:
    """What a certificate records as its prover: the name, and the command that it was called by."""
    return f"{name}: {command}" if command else name


def write_certificate(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a certificate's bytes, whole or not at all, and make sure that they are there."""
    write_atomically(path, data)
    if read_bytes(path, "certificate", CertificateError) != data:
        raise LeafproofError(f"{quoted(path)} was changed by someone else while it was written")


def members_of(matter: Matter, finding: Finding) -> dict[str, bytes]:
    """The parts that a prover's finding makes, without a verdict."""
    models, weights = models_to_json(matter.domain, matter.models)
    points = [list(p) for p in dict.fromkeys(finding.counterexamples)]
    ensembles = [m.model for m in matter.models if isinstance(m.model, Ensemble)]
    extra = {"ensembles.json": dump(ensembles_to_json(ensembles))} if ensembles else {}
    return {
        **extra,
        "domain.json": dump(domain_to_json(matter.domain)),
        "models.json": dump(models),
        "weights.bin": weights,
        "question.json": dump(question_to_json(matter.models, matter.question)),
        "proof.bin": encode(finding.proof, len(matter.models)),
        "witnesses.json": dump(points),
    }
