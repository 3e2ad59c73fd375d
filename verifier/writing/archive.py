"""The certificate file: one uncompressed ZIP of JSON, raw weights and proof bytes.

Parts: ``domain.json``, ``teacher.json`` and ``weights.bin``, ``tree.json``, ``proof.bin``,
``counterexamples.json``, ``verdict.json``, ``manifest.json`` (format, prover, SHA-256 of every
other part). The same content always gives the same bytes, and a file whose bytes are not exactly
those is refused. See docs/certificate.md.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from threadpoolctl import threadpool_limits

from verifier.kernel import checker
from verifier.kernel.pairs import require_parts
from verifier.kernel.prepared import check_width, point_cost
from verifier.kernel.rules import WIDE
from verifier.kernel.stopping import Stop
from verifier.model.domain import Domain, Point
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError, TooMuch
from verifier.model.limits import count_words, require_memory, require_work
from verifier.model.network import Network, check_columns
from verifier.model.origin import ORIGINS, check_origin
from verifier.model.proof import Finding, Proof, check_shape
from verifier.model.tree import Tree, check_fits
from verifier.model.verdict import Verdict
from verifier.reading import container
from verifier.reading import proof_bytes as codec
from verifier.reading.files import quoted, read_bytes, write_atomically
from verifier.reading.json_nouns import (
    domain_from_json,
    domain_to_json,
    tree_from_json,
    tree_to_json,
)
from verifier.reading.json_text import dump, parse
from verifier.reading.network_parts import teacher_from_parts, teacher_to_parts
from verifier.writing.claim import claim_of, compare, listed_points
from verifier.writing.curtail import Gradual

FORMAT = "leafproof-certificate/1"
PARTS = (
    "domain.json",
    "teacher.json",
    "weights.bin",
    "tree.json",
    "proof.bin",
    "counterexamples.json",
    "verdict.json",
    "manifest.json",
)
PROOF_BYTES = 24
"""What a byte of a proof takes as a node, about, in bytes."""
_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class Certificate:
    """A certificate file's content. Nothing of it is believed before ``check``.

    ``enumerated`` is how many points its proof has evaluated (0 where it was not gone through).
    ``claim`` is the verdict that the file states, ``hashes`` the SHA-256 of each part and
    ``sha256`` that of the whole file, in hexadecimal. ``prover`` is what the file says of its
    making: a name, or ``name: command``.
    """

    domain: Domain
    teacher: Network
    tree: Tree
    proof: Proof
    counterexamples: tuple[Point, ...]
    prover: str
    claim: Mapping[str, Any] | None
    hashes: Mapping[str, str]
    sha256: str
    domain_from: str | None = None
    enumerated: int = 0

    @property
    def found_by(self) -> str:
        """The prover's name."""
        return self.prover.partition(": ")[0]

    @property
    def command(self) -> str | None:
        """The command that was asked for the certificate, if ``prover`` records one."""
        return self.prover.partition(": ")[2] or None

    def _repr_html_(self) -> str:
        from verifier.reports.notebook import certificate_html

        return certificate_html(self)


def check(
    certificate: Certificate,
    *,
    trust: Collection[str] = (),
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
    checked by then prove, and says nothing of what the file states. ``lenient`` and ``limited``
    are the kernel's.
    Raises InvalidProof where a step, a counterexample or the stated verdict does not hold.
    """
    c = certificate
    require_work(
        c.enumerated * point_cost(c.teacher, c.domain),
        f"checking the certificate, which has {count_words(c.enumerated)} points evaluated,",
    )
    if isinstance(c.proof, tuple):
        require_parts(c.domain, c.tree, c.proof)
    claim = c.claim
    listed: tuple[Point, ...] | InvalidProof = ()
    if claim is not None:
        listed = listed_points(claim, c.domain)
    points = (*c.counterexamples, *(() if isinstance(listed, InvalidProof) else listed))
    about = (c.domain, c.teacher, c.tree, c.proof, points)
    verdict = verify(
        *about, trust=trust, progress=progress, stop=stop, lenient=lenient, limited=limited
    )
    if verdict.checked.cut is None:
        if isinstance(listed, InvalidProof):  # said only now: of several faults, a step comes first
            raise listed
        if claim is not None:
            compare(claim, claim_of(verdict.stated, c.domain), verdict.stated)
    return verdict


def verify(
    domain: Domain,
    teacher: Network,
    tree: Tree,
    proof: Proof,
    counterexamples: Sequence[Point] = (),
    *,
    trust: Collection[str] = (),
    progress: Callable[[int], None] | None = None,
    stop: Stop | None = None,
    lenient: bool = False,
    limited: bool = True,
) -> Verdict:
    """``kernel.verify`` on all processors: its own threads, or those of a wide teacher's products.

    Raises what ``kernel.verify`` raises.
    """
    wide = max(teacher.widths) >= WIDE
    with threadpool_limits(None if wide else 1, "blas"):
        return checker.verify(
            domain,
            teacher,
            tree,
            proof,
            counterexamples,
            trust=trust,
            progress=progress,
            threads=1 if wide else os.cpu_count() or 1,
            stop=stop,
            lenient=lenient,
            limited=limited,
        )


def save(
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
    ``domain_from`` is where the domain came from, one of ``domain_origin.ORIGINS``, if recorded.

    The proof is written first, read back and checked; then the verdict found is added and the file
    appears under ``path``. Once ``stop`` says so the check ends (``checked.cut``), and what the
    kernel has not checked is written as Open; with ``lenient`` so are Constant steps that it
    refuses (``checked.refused``). Raises InvalidProof (and writes nothing) if it refuses another.
    """
    target = Path(path)
    check_fits(tree, domain, teacher.classes, teacher.labels)
    parts = _parts(domain, teacher, tree, finding)
    handle, name = tempfile.mkstemp(prefix=".leafproof.", suffix=".certificate")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_pack(parts, prover, domain_from))
        written = _read(_bytes(draft), lambda _, proof: (cast(Proof, Gradual(proof)), 0))
    finally:
        draft.unlink(missing_ok=True)
    # the proof is our own search's: how long it may take is the search's time limit, none other
    verdict = check(
        written, trust=trust, progress=progress, stop=stop, lenient=lenient, limited=False
    )
    proof, parts["proof.bin"] = cast(Gradual, written.proof).left(verdict.checked)
    counterexamples = written.counterexamples
    if verdict.checked.cut is not None:
        counterexamples = counterexamples[: verdict.checked.cut.counterexamples]
        parts["counterexamples.json"] = dump([list(p) for p in counterexamples])
    parts["verdict.json"] = dump(claim_of(verdict.stated, domain))
    data = _pack(parts, prover, domain_from)
    write_atomically(target, data)
    if _bytes(target) != data:
        raise LeafproofError(f"{quoted(target)} was changed by someone else while it was written")
    final = replace(
        written,
        proof=proof,
        counterexamples=counterexamples,
        claim=parse(parts["verdict.json"], CertificateError),
        hashes=_hashes(parts),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return final, verdict


def _parts(domain: Domain, teacher: Network, tree: Tree, finding: Finding) -> dict[str, bytes]:
    description, weights = teacher_to_parts(teacher)
    points = [list(p) for p in dict.fromkeys(finding.counterexamples)]
    return {
        "domain.json": dump(domain_to_json(domain)),
        "teacher.json": dump(description),
        "weights.bin": weights,
        "tree.json": dump(tree_to_json(tree)),
        "proof.bin": codec.encode(finding.proof),
        "counterexamples.json": dump(points),
    }


def _hashes(parts: Mapping[str, bytes]) -> dict[str, str]:
    held = [name for name in PARTS if name in parts and name != "manifest.json"]
    return {name: hashlib.sha256(parts[name]).hexdigest() for name in held}


def _pack(parts: Mapping[str, bytes], prover: str, domain_from: str | None = None) -> bytes:
    """The file's bytes: a function of the parts, the prover's name and the domain's origin."""
    origin = {} if domain_from is None else {"domain": domain_from}
    manifest = dump({"format": FORMAT, "prover": prover, **origin, "sha256": _hashes(parts)})
    held = {**parts, "manifest.json": manifest}
    return container.pack((name, held[name]) for name in PARTS if name in held)


def read(path: str | os.PathLike[str]) -> Certificate:
    """Read a certificate file without checking its claim.

    Raises CertificateError naming the part that is malformed, TooMuch where one is too large.
    """
    data = _bytes(path)
    require_memory(4 * len(data), f"reading {quoted(path)}")
    try:
        return _read(data)
    except TooMuch as error:
        raise TooMuch(f"{quoted(path)}: {error}") from None
    except LeafproofError as error:
        raise CertificateError(f"{quoted(path)} is not a usable certificate: {error}") from None


def _bytes(path: str | os.PathLike[str]) -> bytes:
    return read_bytes(path, "certificate", CertificateError)


def _whole(domain: Domain, encoded: bytes) -> tuple[Proof, int]:
    require_memory(PROOF_BYTES * len(encoded), "the proof")
    proof = codec.decode(encoded)
    return proof, check_shape(domain, proof)


def _read(
    data: bytes, proof_of: Callable[[Domain, bytes], tuple[Proof, int]] = _whole
) -> Certificate:
    parts = container.unpack(data)
    manifest = _manifest(parts)
    prover = _part_names_and_hashes(manifest, parts)
    origin = manifest.get("domain")
    if (rebuilt := _pack(parts, prover, origin)) != data:
        raise CertificateError(
            f"offset {container.difference(rebuilt, data)}: not the byte that Leafproof writes "
            "for these parts: the file was changed or packed again"
        )
    domain = _within("domain.json", domain_from_json, _json(parts, "domain.json"))
    _within("manifest.json", check_origin, origin, domain)
    teacher = _within(
        "teacher.json", teacher_from_parts, _json(parts, "teacher.json"), parts["weights.bin"]
    )
    _within("teacher.json", check_columns, teacher, domain)
    _within("teacher.json", check_width, teacher)
    tree = _within("tree.json", tree_from_json, _json(parts, "tree.json"))
    _within("tree.json", check_fits, tree, domain, teacher.classes)
    tree = replace(tree, labels=teacher.labels)  # for readers: its classes are the teacher's
    proof, enumerated = proof_of(domain, parts["proof.bin"])
    claim = _json(parts, "verdict.json") if "verdict.json" in parts else None
    if "verdict.json" in parts and not isinstance(claim, dict):
        raise CertificateError("verdict.json: line 1, column 1: not an object")
    return Certificate(
        domain=domain,
        teacher=teacher,
        tree=tree,
        proof=proof,
        counterexamples=_points(_json(parts, "counterexamples.json")),
        prover=prover,
        claim=claim,
        hashes=_hashes(parts),
        sha256=hashlib.sha256(data).hexdigest(),
        domain_from=origin,
        enumerated=enumerated,
    )


def _within(name: str, make: Callable[..., _T], *arguments: Any) -> _T:
    """What ``make`` gives; a complaint of it names the part."""
    try:
        return make(*arguments)
    except TooMuch:
        raise
    except LeafproofError as error:
        text = str(error)
        raise CertificateError(text if text.startswith(PARTS) else f"{name}: {text}") from None


def _json(parts: Mapping[str, bytes], name: str) -> Any:
    return _within(name, parse, parts[name], CertificateError)


def _manifest(parts: Mapping[str, bytes]) -> dict[str, Any]:
    """The manifest, if it states this format; looked at first, as others may have other parts."""
    if "manifest.json" not in parts:
        raise CertificateError("the part manifest.json is missing")
    manifest = _json(parts, "manifest.json")
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), str):
        raise CertificateError("manifest.json does not state a format")
    if manifest["format"] != FORMAT:
        raise CertificateError(
            f"manifest.json: its format is {quoted(manifest['format'])}, but this Leafproof reads "
            f"{FORMAT}: use the Leafproof that wrote it, or a newer one"
        )
    return manifest


def _part_names_and_hashes(manifest: Mapping[str, Any], parts: Mapping[str, bytes]) -> str:
    """Check that the manifest is about these parts; returns the prover's name."""
    names = list(parts)
    if unknown := [name for name in names if name not in PARTS]:
        raise CertificateError(f"the part {quoted(unknown[0])} is unknown")
    if missing := [name for name in PARTS if name not in parts and name != "verdict.json"]:
        raise CertificateError(f"the part {missing[0]} is missing")
    if names != [name for name in PARTS if name in parts]:
        raise CertificateError(f"the parts are out of order: {', '.join(names)}")
    prover = manifest.get("prover")
    known = {"format", "prover", "domain", "sha256"}
    if set(manifest) | {"domain"} != known or not isinstance(prover, str):
        raise CertificateError("manifest.json must hold format, prover and sha256")
    if "domain" in manifest and manifest["domain"] not in ORIGINS:
        raise CertificateError(f"manifest.json: domain is not one of {', '.join(ORIGINS)}")
    if not prover.isprintable():
        raise CertificateError("manifest.json: prover is not one line of printable text")
    actual = _hashes(parts)
    if manifest["sha256"] != actual:
        stated = manifest["sha256"] if isinstance(manifest["sha256"], dict) else {}
        wrong = next((n for n in actual if stated.get(n) != actual[n]), "manifest.json")
        raise CertificateError(f"{wrong} does not have the SHA-256 that manifest.json states")
    return prover


def _points(value: Any) -> tuple[Point, ...]:
    if not isinstance(value, list):
        raise CertificateError("counterexamples.json: line 1, column 1: not a list of points")
    for i, row in enumerate(value):
        if not isinstance(row, list) or not all(type(v) is int for v in row):
            raise CertificateError(f"counterexamples.json: [{i}] is not a list of value indices")
    return tuple(tuple(row) for row in value)
