"""What every page is about: a result's certificate, and what the kernel found in it."""

from __future__ import annotations

from verifier.jobs.result import Result
from verifier.model.certificate import Certificate
from verifier.model.errors import LeafproofError
from verifier.model.verdict import Verdict


def proof_of(result: Result) -> tuple[Certificate, Verdict]:
    """The certificate and the verdict; raises LeafproofError where no proof was asked for."""
    if result.certificate is None or result.proved is None:
        raise LeafproofError("there is nothing to report: no proof was asked for")
    return result.certificate, result.proved
