"""The certificate file: one uncompressed ZIP of JSON, raw weights and proof bytes. Trusted.

Parts: ``domain.json``, ``teacher.json`` and ``weights.bin``, ``tree.json``, ``proof.bin``,
``counterexamples.json``, ``verdict.json``, ``manifest.json`` (format, prover, SHA-256 of every
other part). The same content always gives the same bytes, and a file whose bytes are not exactly
those is refused. See docs/certificate.md.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from verifier.model.certificate import Certificate
from verifier.model.domain import Domain, Point
from verifier.model.errors import CertificateError, LeafproofError, TooMuch, quoted
from verifier.model.limits import require_memory
from verifier.model.network import check_columns, check_width
from verifier.model.origin import ORIGINS, check_origin
from verifier.model.proof import Proof, check_shape
from verifier.model.question import matter_of
from verifier.model.tree import check_fits
from verifier.reading import container
from verifier.reading.files import read_bytes
from verifier.reading.json_nouns import domain_from_json, tree_from_json
from verifier.reading.json_text import parse
from verifier.reading.network_parts import teacher_from_parts
from verifier.reading.proof_bytes import decode

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


def read_certificate(path: str | os.PathLike[str]) -> Certificate:
    """Read a certificate file without checking its claim.

    Raises CertificateError naming the part that is malformed, TooMuch where one is too large.
    """
    data = read_bytes(path, "certificate", CertificateError)
    require_memory(4 * len(data), f"reading {quoted(path)}")
    try:
        return certificate_of(data)
    except TooMuch as error:
        raise TooMuch(f"{quoted(path)}: {error}") from None
    except LeafproofError as error:
        raise CertificateError(f"{quoted(path)} is not a usable certificate: {error}") from None


def _whole(domain: Domain, encoded: bytes) -> tuple[Proof, int]:
    require_memory(PROOF_BYTES * len(encoded), "the proof")
    proof = decode(encoded)
    return proof, check_shape(domain, proof)


def certificate_of(
    data: bytes, proof_of: Callable[[Domain, bytes], tuple[Proof, int]] = _whole
) -> Certificate:
    """The certificate that a file's bytes hold.

    ``proof_of`` decodes the proof and counts the points that it has evaluated.
    Raises CertificateError naming the part that is malformed, TooMuch where one is too large.
    """
    parts = container.unpack(data)
    manifest = _manifest(parts)
    prover = _part_names_and_hashes(manifest, parts)
    origin = manifest.get("domain")
    if (rebuilt := pack(parts, prover, origin)) != data:
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
    matter = matter_of(domain, teacher, tree)
    return Certificate(
        domain=domain,
        models=matter.models,
        question=matter.question,
        proof=proof,
        counterexamples=_points(_json(parts, "counterexamples.json")),
        prover=prover,
        claim=claim,
        hashes=hashes_of(parts),
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
    actual = hashes_of(parts)
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


def hashes_of(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each part, in hexadecimal, in the file's order."""
    held = [name for name in PARTS if name in parts and name != "manifest.json"]
    return {name: hashlib.sha256(parts[name]).hexdigest() for name in held}


def pack(parts: Mapping[str, bytes], prover: str, domain_from: str | None = None) -> bytes:
    """The file's bytes: a function of the parts, the prover's name and the domain's origin."""
    origin = {} if domain_from is None else {"domain": domain_from}
    manifest = {"format": FORMAT, "prover": prover, **origin, "sha256": hashes_of(parts)}
    held = {**parts, "manifest.json": json.dumps(manifest, ensure_ascii=False).encode()}
    return container.pack((name, held[name]) for name in PARTS if name in held)
