"""Certificates whose sample states something else, with hashes that are right again."""

from __future__ import annotations

import json
from typing import Any

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
