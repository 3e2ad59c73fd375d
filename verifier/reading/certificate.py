"""The certificate file: one uncompressed ZIP of JSON, raw weights and proof bytes. Trusted.

Its parts are those of PARTS; the manifest holds the format, the prover and the SHA-256 of every
other part. The same content always gives the same bytes, and a file whose bytes are not exactly
those is refused. Format 1 is about a network and a tree that both read all variables, format 2
about any models and question; format 3 may hold more: see docs/certificate.md.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from verifier.model.certificate import Certificate
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble
from verifier.model.errors import CertificateError, LeafproofError, TooMuch, quoted
from verifier.model.limits import require_memory
from verifier.model.network import check_columns, check_width
from verifier.model.origin import ORIGINS, check_origin
from verifier.model.proof import Proof
from verifier.model.question import Matter, matter_of, named
from verifier.model.tree import check_fits
from verifier.reading import container
from verifier.reading.encoded import Tell, read_proof
from verifier.reading.ensembles_json import ensembles_from_json
from verifier.reading.files import read_bytes
from verifier.reading.json_nouns import (
    DOMAIN_FORMAT,
    DOMAIN_FORMATS,
    domain_from_json,
    tree_from_json,
)
from verifier.reading.json_text import parse
from verifier.reading.models_json import models_from_json, question_from_json
from verifier.reading.network_parts import teacher_from_parts
from verifier.reading.rows_bytes import rows_of_bytes
from verifier.reading.sample_json import sample_from_json

FORMATS = {
    1: "leafproof-certificate/1",
    2: "leafproof-certificate/2",
    3: "leafproof-certificate/3",
}
PARTS = {
    1: (
        "domain.json",
        "teacher.json",
        "weights.bin",
        "tree.json",
        "proof.bin",
        "counterexamples.json",
        "verdict.json",
        "manifest.json",
    ),
    2: (
        "domain.json",
        "models.json",
        "weights.bin",
        "question.json",
        "proof.bin",
        "witnesses.json",
        "verdict.json",
        "manifest.json",
    ),
    3: (
        "domain.json",
        "models.json",
        "weights.bin",
        "ensembles.json",
        "question.json",
        "proof.bin",
        "witnesses.json",
        "rows.bin",
        "recorded.bin",
        "verdict.json",
        "sample.json",
        "manifest.json",
    ),
}
"""The parts of each format, in the file's order."""
EXTRA = "ensembles.json", "rows.bin", "recorded.bin", "sample.json"
"""The parts that make a file one of format 3, and that it may lack."""
POINTS = {1: "counterexamples.json", 2: "witnesses.json", 3: "witnesses.json"}
"""The part that lists the points found."""
NAMES = tuple(dict.fromkeys(name for names in PARTS.values() for name in names))
_T = TypeVar("_T")


def read_certificate(path: str | os.PathLike[str], tell: Tell | None = None) -> Certificate:
    """Read a certificate file without checking its claim.

    ``tell`` hears how far the proof is gone through. Raises CertificateError naming the part that
    is malformed, TooMuch where one is too large.
    """
    return read_with_bytes(path, tell)[0]


def read_with_bytes(
    path: str | os.PathLike[str], tell: Tell | None = None
) -> tuple[Certificate, bytes]:
    """The same, and the file's bytes."""
    data = read_bytes(path, "certificate", CertificateError)
    require_memory(4 * len(data), f"reading {quoted(path)}")
    try:
        return certificate_of(data, partial(read_proof, tell=tell)), data
    except TooMuch as error:
        raise TooMuch(f"{quoted(path)}: {error}") from None
    except LeafproofError as error:
        raise CertificateError(f"{quoted(path)} is not a usable certificate: {error}") from None


ProofOf = Callable[[Domain, bytes, int | None], tuple[Proof, int]]
"""Decodes a proof, of format 2 with so many models, and counts the points that it evaluated."""


def certificate_of(data: bytes, proof_of: ProofOf = read_proof) -> Certificate:
    """The certificate that a file's bytes hold.

    Raises CertificateError naming the part that is malformed, TooMuch where one is too large.
    """
    parts = container.unpack(data)
    manifest, form = _manifest(parts)
    prover = _part_names_and_hashes(manifest, parts, form)
    origin = manifest.get("domain")
    other = container.difference(data, _packed(parts, prover, origin, form))
    if other is not None:
        raise CertificateError(
            f"offset {other}: not the byte that Leafproof writes "
            "for these parts: the file was changed or packed again"
        )
    formats = (DOMAIN_FORMAT,) if form == 1 else DOMAIN_FORMATS
    domain = _within("domain.json", domain_from_json, _json(parts, "domain.json"), formats)
    if domain.infinite and form < 3:
        raise CertificateError("domain.json: continuous variables came with format 3")
    _within("manifest.json", check_origin, origin, domain)
    matter = _pair(domain, parts) if form == 1 else _matter(domain, parts)
    if form == 3 and form_of(parts, domain) != 3:
        raise CertificateError(
            f"manifest.json: its format is {quoted(FORMATS[3])}, but it has none of the parts, and "
            f"no continuous variable, for which that is: it is of format {quoted(FORMATS[2])}"
        )
    proof, enumerated = proof_of(
        domain, parts["proof.bin"], None if form == 1 else len(matter.models)
    )
    rows = None
    if "rows.bin" in parts:
        rows = _within("rows.bin", rows_of_bytes, domain, parts["rows.bin"])
    sample = None
    if "sample.json" in parts:
        sample = _within("sample.json", sample_from_json, _json(parts, "sample.json"))
    _check_recorded(matter, parts)
    claim = _json(parts, "verdict.json") if "verdict.json" in parts else None
    if "verdict.json" in parts and not isinstance(claim, dict):
        raise CertificateError("verdict.json: line 1, column 1: not an object")
    return Certificate(
        domain=domain,
        models=matter.models,
        question=matter.question,
        proof=proof,
        counterexamples=_points(POINTS[form], _json(parts, POINTS[form])),
        prover=prover,
        claim=claim,
        hashes=hashes_of(parts, form),
        sha256=hashlib.sha256(data).hexdigest(),
        domain_from=origin,
        enumerated=enumerated,
        format=form,
        sample=sample,
        recorded=parts.get("recorded.bin"),
        rows=rows,
    )


def _pair(domain: Domain, parts: Mapping[str, bytes]) -> Matter:
    """What a certificate of format 1 is about."""
    teacher = _within(
        "teacher.json", teacher_from_parts, _json(parts, "teacher.json"), parts["weights.bin"]
    )
    _within("teacher.json", check_columns, teacher, domain)
    _within("teacher.json", check_width, teacher)
    tree = _within("tree.json", tree_from_json, _json(parts, "tree.json"))
    _within("tree.json", check_fits, tree, domain, teacher.classes)
    return named(matter_of(domain, teacher, tree))


def _matter(domain: Domain, parts: Mapping[str, bytes]) -> Matter:
    """What a certificate of format 2 or 3 is about."""
    stated = _json(parts, "models.json"), parts["weights.bin"]
    ensembles: tuple[Ensemble, ...] = ()
    if "ensembles.json" in parts:
        held = _json(parts, "ensembles.json")
        ensembles = _within("ensembles.json", ensembles_from_json, held)
    models = _within("models.json", models_from_json, domain, *stated, ensembles)
    asked = _json(parts, "question.json")
    question = _within("question.json", question_from_json, models, asked)
    return named(_within("question.json", Matter, domain, models, question))


def _check_recorded(matter: Matter, parts: Mapping[str, bytes]) -> None:
    """Refuse a test without draws or answers, and answers without a test."""
    held = parts.get("recorded.bin")
    if matter.is_test != (held is not None) or (matter.is_test and "sample.json" not in parts):
        raise CertificateError(
            "recorded.bin and sample.json belong to a test of an opaque model, and it to them"
        )
    if held is None:
        return
    if "rows.bin" in parts:
        raise CertificateError("rows.bin: a test of an opaque model has no rows")
    classes = matter.models[0].classes
    if held and max(held) >= classes:
        at = next(i for i, klass in enumerate(held) if klass >= classes)
        raise CertificateError(
            f"recorded.bin: offset {at}: class {held[at]}, but the model has classes 0 to "
            f"{classes - 1}"
        )


def _within(name: str, make: Callable[..., _T], *arguments: Any) -> _T:
    """What ``make`` gives; a complaint of it names the part."""
    try:
        return make(*arguments)
    except TooMuch:
        raise
    except LeafproofError as error:
        text = str(error)
        raise CertificateError(text if text.startswith(NAMES) else f"{name}: {text}") from None


def _json(parts: Mapping[str, bytes], name: str) -> Any:
    return _within(name, parse, parts[name], CertificateError)


def _manifest(parts: Mapping[str, bytes]) -> tuple[dict[str, Any], int]:
    """The manifest and its format; looked at first, as other formats may have other parts."""
    if "manifest.json" not in parts:
        raise CertificateError("the part manifest.json is missing")
    manifest = _json(parts, "manifest.json")
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), str):
        raise CertificateError("manifest.json does not state a format")
    for form, name in FORMATS.items():
        if manifest["format"] == name:
            return manifest, form
    raise CertificateError(
        f"manifest.json: its format is {quoted(manifest['format'])}, but this Leafproof reads "
        f"{', '.join(FORMATS.values())}: use the Leafproof that wrote it, or a newer one"
    )


def _part_names_and_hashes(
    manifest: Mapping[str, Any], parts: Mapping[str, bytes], form: int
) -> str:
    """Check that the manifest is about these parts; returns the prover's name."""
    names = list(parts)
    if unknown := [name for name in names if name not in PARTS[form]]:
        raise CertificateError(f"the part {quoted(unknown[0])} is unknown")
    may_lack = "verdict.json", *EXTRA
    if missing := [name for name in PARTS[form] if name not in parts and name not in may_lack]:
        raise CertificateError(f"the part {missing[0]} is missing")
    if names != [name for name in PARTS[form] if name in parts]:
        raise CertificateError(f"the parts are out of order: {', '.join(names)}")
    prover = manifest.get("prover")
    known = {"format", "prover", "domain", "sha256"}
    if set(manifest) | {"domain"} != known or not isinstance(prover, str):
        raise CertificateError("manifest.json must hold format, prover and sha256")
    if "domain" in manifest and manifest["domain"] not in ORIGINS:
        raise CertificateError(f"manifest.json: domain is not one of {', '.join(ORIGINS)}")
    if not prover.isprintable():
        raise CertificateError("manifest.json: prover is not one line of printable text")
    actual = hashes_of(parts, form)
    if manifest["sha256"] != actual:
        stated = manifest["sha256"] if isinstance(manifest["sha256"], dict) else {}
        wrong = next((n for n in actual if stated.get(n) != actual[n]), "manifest.json")
        raise CertificateError(f"{wrong} does not have the SHA-256 that manifest.json states")
    return prover


def _points(name: str, value: Any) -> tuple[Point, ...]:
    if not isinstance(value, list):
        raise CertificateError(f"{name}: line 1, column 1: not a list of points")
    for i, row in enumerate(value):
        if not isinstance(row, list) or not all(type(v) is int for v in row):
            raise CertificateError(f"{name}: [{i}] is not a list of value indices")
    return tuple(tuple(row) for row in value)


def form_of(parts: Mapping[str, bytes], domain: Domain) -> int:
    """The format that parts other than those of format 1 are written in."""
    return 3 if domain.infinite or any(name in parts for name in EXTRA) else 2


def hashes_of(parts: Mapping[str, bytes], form: int = 2) -> dict[str, str]:
    """The SHA-256 of each part, in hexadecimal, in the file's order."""
    held = [name for name in PARTS[form] if name in parts and name != "manifest.json"]
    return {name: hashlib.sha256(parts[name]).hexdigest() for name in held}


def pack(
    parts: Mapping[str, bytes], prover: str, domain_from: str | None = None, form: int = 2
) -> bytes:
    """The file's bytes: a function of the parts, the prover's name and the domain's origin."""
    return b"".join(_packed(parts, prover, domain_from, form))


def _packed(
    parts: Mapping[str, bytes], prover: str, domain_from: str | None, form: int
) -> list[bytes]:
    """The same in pieces."""
    origin = {} if domain_from is None else {"domain": domain_from}
    hashes = hashes_of(parts, form)
    manifest = {"format": FORMATS[form], "prover": prover, **origin, "sha256": hashes}
    held = {**parts, "manifest.json": json.dumps(manifest, ensure_ascii=False).encode()}
    return container.pieces((name, held[name]) for name in PARTS[form] if name in held)
