"""Certificates whose sample states something else, with hashes that are right again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from verifier import second_checker
from verifier.kernel.certificate import check_certificate
from verifier.model.errors import CertificateError, InvalidProof
from verifier.reading.certificate import certificate_of, pack
from verifier.reading.container import unpack


def stated_of(data: bytes) -> dict[str, Any]:
    """What a certificate states of its sample."""
    found: dict[str, Any] = json.loads(unpack(data)["sample.json"])
    return found


def restated(data: bytes, stated: dict[str, Any]) -> bytes:
    """The certificate where that is what it states; all else is as it was."""
    parts = unpack(data)
    parts["sample.json"] = json.dumps(stated).encode()
    del parts["manifest.json"]
    held = certificate_of(data)
    return pack(parts, held.prover, held.domain_from, 3)


def refused_where(data: bytes, where: Sequence[str | int], change: object) -> None:
    """Both checkers refuse the certificate where something else stands at a place of that."""
    stated = stated_of(data)
    place: Any = stated
    for key in where[:-1]:
        place = place[key]
    place[where[-1]] = change
    refused(restated(data, stated))


def refused(data: bytes) -> None:
    """Both checkers refuse the certificate."""
    with pytest.raises((InvalidProof, CertificateError)):
        check_certificate(certificate_of(data))
    with pytest.raises((InvalidProof, CertificateError)):
        second_checker.check(data)
