"""The certificate file: one uncompressed ZIP of JSON, raw weights and proof bytes.

Parts: ``domain.json``, ``teacher.json`` and ``weights.bin``, ``tree.json``, ``proof.bin``,
``counterexamples.json``, ``verdict.json``, ``manifest.json`` (format, prover, SHA-256 of every
other part). The same content always gives the same bytes, and a file whose bytes are not exactly
those is refused. See docs/certificate.md.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from verifier.certificate import codec, kernel
from verifier.certificate.claim import claim_of
from verifier.certificate.curtail import Curtailed
from verifier.certificate.proof import Finding, Proof
from verifier.certificate.teacher_part import teacher_from_parts, teacher_to_parts
from verifier.certificate.verdict import Verdict
from verifier.domain import Domain, Point
from verifier.errors import CertificateError, InvalidProof, LeafproofError
from verifier.formats.files import quoted, read_bytes, write_atomically
from verifier.formats.json_text import dump, parse
from verifier.formats.text import domain_from_json, domain_to_json, tree_from_json, tree_to_json
from verifier.teacher import Teacher
from verifier.tree import Tree

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


@dataclass(frozen=True, eq=False)
class Certificate:
    """A certificate file's content. Nothing of it is believed before ``check``.

    ``claim`` is the verdict that the file states, ``hashes`` the SHA-256 of each part and
    ``sha256`` that of the whole file, in hexadecimal.
    """

    domain: Domain
    teacher: Teacher
    tree: Tree
    proof: Proof
    counterexamples: tuple[Point, ...]
    prover: str
    claim: Mapping[str, Any] | None
    hashes: Mapping[str, str]
    sha256: str

    def _repr_html_(self) -> str:
        from verifier.reports.notebook import certificate_html

        return certificate_html(self)


def check(
    certificate: Certificate,
    *,
    trust: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Verdict:
    """Have the kernel check every step, and compare what it finds with what the file states.

    The file states its verdict with solvers trusted; ``trust=False`` says what holds without them.
    Raises InvalidProof where a step, a counterexample or the stated verdict does not hold.
    """
    c = certificate
    verdict = kernel.verify(
        c.domain, c.teacher, c.tree, c.proof, c.counterexamples, progress=progress
    )
    found = claim_of(verdict, c.domain)
    if c.claim is not None and c.claim != found:
        wrong = next(key for key in found | dict(c.claim) if found.get(key) != c.claim.get(key))
        raise InvalidProof(
            f"the certificate states {wrong} = {_short(c.claim.get(wrong))}, "
            f"but its proof shows {_short(found.get(wrong))}"
        )
    if trust or not verdict.trusted:
        return verdict
    return kernel.verify(
        c.domain, c.teacher, c.tree, c.proof, c.counterexamples, trust=False, progress=progress
    )


def _short(value: Any) -> str:
    text = dump(value).decode()
    return text if len(text) < 100 else text[:97] + "..."


def save(
    path: str | os.PathLike[str],
    domain: Domain,
    teacher: Teacher,
    tree: Tree,
    finding: Finding,
    prover: str,
    *,
    progress: Callable[[int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Certificate, Verdict]:
    """Write a certificate and return it with the verdict that the kernel finds in it.

    The proof is written first, read back and checked; then the verdict found is added and the file
    appears under ``path``. From the moment ``stop`` says so, steps that the kernel has not come to
    are written as Open. Raises InvalidProof (and writes nothing) if the kernel refuses a step.
    """
    target = Path(path)
    parts = _parts(domain, teacher, tree, finding)
    handle, name = tempfile.mkstemp(prefix=".leafproof.", suffix=".certificate")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_pack(parts, prover))
        written = read(draft)
    finally:
        draft.unlink(missing_ok=True)
    read_by_kernel = Curtailed(written.proof, stop)
    verdict = check(replace(written, proof=cast(Proof, read_by_kernel)), progress=progress)
    parts["proof.bin"] = codec.encode(read_by_kernel.given)
    parts["verdict.json"] = dump(claim_of(verdict, domain))
    data = _pack(parts, prover)
    write_atomically(target, data)
    final = read(target)
    if final.hashes != _hashes(parts) or final.proof != read_by_kernel.given:
        raise LeafproofError(f"{quoted(target)} was changed by someone else while it was written")
    return final, verdict


def _parts(domain: Domain, teacher: Teacher, tree: Tree, finding: Finding) -> dict[str, bytes]:
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


def _pack(parts: Mapping[str, bytes], prover: str) -> bytes:
    """The file's bytes: a stored ZIP with fixed dates, so that they depend on the parts alone."""
    hashes = _hashes(parts)
    manifest = dump({"format": FORMAT, "prover": prover, "sha256": hashes})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in PARTS:
            data = manifest if name == "manifest.json" else parts.get(name)
            if data is not None:
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.create_system = 3
                info.external_attr = 0o644 << 16
                archive.writestr(info, data)
    return buffer.getvalue()


def read(path: str | os.PathLike[str]) -> Certificate:
    """Read a certificate file without checking its claim.

    Raises CertificateError naming the part that is malformed.
    """
    data = read_bytes(path, "certificate", CertificateError)
    try:
        return _read(data)
    except LeafproofError as error:
        raise CertificateError(f"{quoted(path)} is not a usable certificate: {error}") from None


def _read(data: bytes) -> Certificate:
    parts = _unpack(data)
    manifest = parse(parts["manifest.json"], CertificateError)
    _check_manifest(manifest, parts)
    if _pack(parts, manifest["prover"]) != data:
        raise CertificateError("its bytes are not those that Leafproof writes for these parts")
    hashes = dict(manifest["sha256"])
    domain = domain_from_json(parse(parts["domain.json"], CertificateError))
    teacher = teacher_from_parts(
        parse(parts["teacher.json"], CertificateError), parts["weights.bin"]
    )
    tree = tree_from_json(parse(parts["tree.json"], CertificateError))
    claim = None
    if "verdict.json" in parts:
        claim = parse(parts["verdict.json"], CertificateError)
        if not isinstance(claim, dict):
            raise CertificateError("verdict.json is not an object")
    return Certificate(
        domain=domain,
        teacher=teacher,
        tree=tree,
        proof=codec.decode(parts["proof.bin"]),
        counterexamples=_points(parse(parts["counterexamples.json"], CertificateError)),
        prover=manifest["prover"],
        claim=claim,
        hashes=hashes,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _unpack(data: bytes) -> dict[str, bytes]:
    """The parts, none of which may be compressed, encrypted, unknown or larger than the file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if names != [name for name in PARTS if name in names]:
                raise CertificateError(f"it holds unexpected parts: {quoted(', '.join(names))}")
            for entry in entries:
                if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
                    raise CertificateError(f"{entry.filename} is compressed or encrypted")
            if sum(entry.file_size for entry in entries) > len(data):
                raise CertificateError("its parts declare more bytes than the file has")
            parts = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as problem:
        if isinstance(problem, CertificateError):
            raise
        raise CertificateError(
            f"damaged, truncated or not a certificate at all ({str(problem).splitlines()[0]})"
            if str(problem)
            else "damaged, truncated or not a certificate at all"
        ) from None
    missing = [name for name in PARTS if name not in parts and name != "verdict.json"]
    if missing:
        raise CertificateError(f"the part {missing[0]} is missing")
    return parts


def _check_manifest(manifest: Any, parts: Mapping[str, bytes]) -> None:
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), str):
        raise CertificateError("manifest.json does not state a format")
    if manifest["format"] != FORMAT:
        raise CertificateError(
            f"its format is {quoted(manifest['format'])}, but this Leafproof reads {FORMAT}: "
            "use the Leafproof that wrote it, or a newer one"
        )
    if set(manifest) != {"format", "prover", "sha256"} or not isinstance(manifest["prover"], str):
        raise CertificateError("manifest.json must hold format, prover and sha256")
    actual = _hashes(parts)
    if manifest["sha256"] != actual:
        stated = manifest["sha256"] if isinstance(manifest["sha256"], dict) else {}
        wrong = next((n for n in actual if stated.get(n) != actual[n]), "manifest.json")
        raise CertificateError(f"{wrong} does not have the SHA-256 that manifest.json states")


def _points(value: Any) -> tuple[Point, ...]:
    good = isinstance(value, list) and all(
        isinstance(row, list) and all(type(i) is int for i in row) for row in value
    )
    if not good:
        raise CertificateError("counterexamples.json is not a list of points")
    return tuple(tuple(row) for row in value)
