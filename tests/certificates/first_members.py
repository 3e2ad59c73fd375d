"""The members of a random certificate whose proof has what is wanted."""

from __future__ import annotations

from verifier.model.errors import InvalidProof
from verifier.model.proof import Finding
from verifier.reading.container import unpack
from verifier.writing.certificate import make_certificate


def first_members(drawn, wanted):
    """Those of the first certificate, of questions and proofs as they are ``drawn``, that has a
    node that is ``wanted``."""
    while True:
        matter, proof = drawn()
        if any(map(wanted, proof)):
            try:
                data, _, _ = make_certificate(matter, Finding(proof), "random")
            except InvalidProof:  # beside cells of much larger numbers float64 shows less
                continue
            parts = unpack(data)
            return {name: parts[name] for name in parts if name != "manifest.json"}
