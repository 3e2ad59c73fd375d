"""Certificates made and written in one call, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from verifier.model.certificate import Certificate
from verifier.model.question import Matter
from verifier.model.verdict import Verdict
from verifier.writing.certificate import Finding, make_certificate, write_certificate


def save_certificate(
    path: Path | str, matter: Matter, finding: Finding, prover: str, **options: Any
) -> tuple[Certificate, Verdict]:
    """Make a certificate (with the ``options`` of ``make_certificate``) and write it."""
    data, made, verdict = make_certificate(matter, finding, prover, **options)
    write_certificate(path, data)
    return made, verdict
