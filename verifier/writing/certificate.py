"""Writing a certificate: only what the kernel has found in the very bytes of its proof."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import cast

from verifier.kernel.claim import claim_of
from verifier.kernel.stopping import Stop
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError, LeafproofError, quoted
from verifier.model.network import Network
from verifier.model.proof import Finding, Proof
from verifier.model.tree import Tree, check_fits
from verifier.model.verdict import Verdict
from verifier.reading.certificate import certificate_of, hashes_of, pack
from verifier.reading.files import read_bytes
from verifier.reading.json_text import parse
from verifier.writing.curtail import Gradual
from verifier.writing.files import write_atomically
from verifier.writing.json_nouns import domain_to_json, tree_to_json
from verifier.writing.json_text import dump
from verifier.writing.network_parts import teacher_to_parts
from verifier.writing.proof_bytes import encode
from verifier.writing.threads import check_in_threads


def save_certificate(
    path: str | os.PathLike[str],
    domain: Domain,
    teacher: Network,
    tree: Tree,
    finding: Finding,
    prover: str,
    *,
    domain_from: str | None = None,
    trust: Collection[str] = (),
    progress: Callable[[int], None] | None = None,
    stop: Stop | None = None,
    lenient: bool = False,
) -> tuple[Certificate, Verdict]:
    """Write a certificate and return it with the verdict that the kernel finds in it.

    The verdict returned trusts the solvers in ``trust``; the file's bytes do not depend on it.
    ``domain_from`` is where the domain came from, one of ``origin.ORIGINS``, if recorded.

    The proof is written first, read back and checked; then the verdict found is added and the file
    appears under ``path``. Once ``stop`` says so the check ends (``checked.cut``), and what the
    kernel has not checked is written as Open; with ``lenient`` so are Constant steps that it
    refuses (``checked.refused``). Raises InvalidProof (and writes nothing) if it refuses another.
    """
    target = Path(path)
    check_fits(tree, domain, teacher.classes, teacher.labels)
    parts = parts_of(domain, teacher, tree, finding)
    handle, name = tempfile.mkstemp(prefix=".leafproof.", suffix=".certificate")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pack(parts, prover, domain_from))
        written = certificate_of(_bytes(draft), lambda _, proof: (cast(Proof, Gradual(proof)), 0))
    finally:
        draft.unlink(missing_ok=True)
    # the proof is our own search's: how long it may take is the search's time limit, none other
    verdict = check_in_threads(
        written, trust=trust, progress=progress, stop=stop, lenient=lenient, limited=False
    )
    proof, parts["proof.bin"] = cast(Gradual, written.proof).left(verdict.checked)
    counterexamples = written.counterexamples
    if verdict.checked.cut is not None:
        counterexamples = counterexamples[: verdict.checked.cut.counterexamples]
        parts["counterexamples.json"] = dump([list(p) for p in counterexamples])
    parts["verdict.json"] = dump(claim_of(verdict.stated, domain))
    data = pack(parts, prover, domain_from)
    write_atomically(target, data)
    if _bytes(target) != data:
        raise LeafproofError(f"{quoted(target)} was changed by someone else while it was written")
    final = replace(
        written,
        proof=proof,
        counterexamples=counterexamples,
        claim=parse(parts["verdict.json"], CertificateError),
        hashes=hashes_of(parts),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return final, verdict


def parts_of(domain: Domain, teacher: Network, tree: Tree, finding: Finding) -> dict[str, bytes]:
    """The parts that a prover's finding makes, without a verdict."""
    description, weights = teacher_to_parts(teacher)
    points = [list(p) for p in dict.fromkeys(finding.counterexamples)]
    return {
        "domain.json": dump(domain_to_json(domain)),
        "teacher.json": dump(description),
        "weights.bin": weights,
        "tree.json": dump(tree_to_json(tree)),
        "proof.bin": encode(finding.proof),
        "counterexamples.json": dump(points),
    }


def _bytes(path: Path) -> bytes:
    return read_bytes(path, "certificate", CertificateError)
